# SPDX-License-Identifier: GPL-2.0
# ima-ns: two kernel modules and a tool.  "make help" lists what there is.

KDIR ?= /lib/modules/$(shell uname -r)/build
DESTDIR ?=
PREFIX ?= /usr/local
UNITDIR ?= /etc/systemd/system
SUITE ?= trixie
PARTS ?=

QEMU := tools/testing/qemu
MODULES := ima_ns.ko ima_ns_probe.ko
RELEASE = $(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null)

all: modules userspace

help:
	@echo 'Build (KDIR=DIR: headers of the kernel to build for, now $(KDIR))'
	@echo '  make            modules and userspace'
	@echo '  make modules    ima_ns.ko and ima_ns_probe.ko'
	@echo '  make userspace  the tool, userspace/imans'
	@echo '  make selftests  the test programs that run in a guest'
	@echo '  make bpf        bpf/probe.lskel.h from bpf/probe.bpf.c (needs clang, bpftool)'
	@echo 'Install'
	@echo '  make sign       signed modules in signed/ (KEY=, CERT=: default a key of your own)'
	@echo '  make install    signed modules, tool, manual page, systemd unit (DESTDIR=, PREFIX=)'
	@echo '  make uninstall  take them away again'
	@echo 'Test (root; SUITE=trixie: Linux 6.12, SUITE=sid: Linux 7.x)'
	@echo '  make check      everything: host, guests, Secure Boot'
	@echo '  make demo       a container measured, in a guest'
	@echo '  make shell      a root shell in a guest with the modules loaded'
	@echo '  make bench      what an IMA costs, in guest instructions (PARTS="events first": not all)'
	@echo '  make lint       checkpatch, sparse, warnings'
	@echo '  make bpf-check  is the committed skeleton what the source gives?'
	@echo '  make clean'

# $(call need,COMMAND,PACKAGE): one line for each missing prerequisite
need = command -v $(1) >/dev/null || { echo "missing: $(1) (Debian package: $(2))" >&2; missing=1; }
need_file = [ -e $(1) ] || { echo "missing: $(1) (Debian package: $(2))" >&2; missing=1; }

modules-prerequisites:
	@missing=; $(call need,gcc,gcc); \
	$(call need_file,/usr/include/bpf/skel_internal.h,libbpf-dev); \
	$(call need_file,$(KDIR)/Makefile,linux-headers-$(shell uname -r)$(comma) or set KDIR=); \
	[ ! -e $(KDIR)/Makefile ] || [ -e $(KDIR)/vmlinux ] || { missing=1; \
		echo "missing: $(KDIR)/vmlinux: these headers cannot give a module its BTF; use those of Linux 6.12 or later" >&2; }; \
	[ -z "$$missing" ]
comma := ,

modules: modules-prerequisites
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

userspace:
	$(MAKE) -C userspace

CRYPTO_TEST := tools/testing/selftests/ima_ns/vtpm_crypto_mod

selftests:
	$(MAKE) -C tools/testing/selftests/ima_ns
	$(MAKE) -C tools/testing/differential
	$(MAKE) -C $(KDIR) M=$(CURDIR)/$(CRYPTO_TEST) modules

bpf:
	@missing=; $(call need,clang,clang); $(call need,bpftool,bpftool); \
	$(call need,llvm-strip,llvm); [ -z "$$missing" ]
	$(MAKE) -C bpf

bpf-check:
	$(MAKE) -C bpf check

sign: modules
	tools/sign-modules --kdir $(KDIR) $(if $(KEY),--key '$(KEY)') $(if $(CERT),--cert '$(CERT)') $(MODULES)

MODULE_DIR = $(DESTDIR)/lib/modules/$(RELEASE)/updates

# A staged installation (DESTDIR) leaves depmod to whoever unpacks it.
install: sign userspace
	install -d $(MODULE_DIR)
	install -m 644 $(addprefix signed/,$(MODULES)) $(MODULE_DIR)
	[ -n '$(DESTDIR)' ] || depmod $(RELEASE)
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)
	install -D -m 644 tools/ima-ns.service $(DESTDIR)$(UNITDIR)/ima-ns.service
	@echo 'Installed.  Load at every boot: systemctl enable --now ima-ns.service'

uninstall:
	rm -f $(addprefix $(MODULE_DIR)/,$(MODULES)) $(DESTDIR)$(UNITDIR)/ima-ns.service
	[ -n '$(DESTDIR)' ] || depmod $(RELEASE)
	$(MAKE) -C userspace uninstall DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

check:
	tools/testing/check.sh all

demo shell:
	tools/testing/$@.sh $(SUITE)

bench:
	tools/testing/bench.sh $(SUITE) $(PARTS)

lint:
	tools/testing/lint.sh

clean:
	rm -rf signed
	[ ! -e $(KDIR)/Makefile ] || { $(MAKE) -C $(KDIR) M=$(CURDIR) clean && \
		$(MAKE) -C $(KDIR) M=$(CURDIR)/$(CRYPTO_TEST) clean; }
	for dir in bpf userspace $(addprefix tools/testing/,host bench differential selftests/ima_ns); do \
		[ ! -e $$dir/Makefile ] || $(MAKE) -C $$dir clean || exit; done

.PHONY: all help modules-prerequisites modules userspace selftests bpf bpf-check sign install \
	uninstall check demo shell bench lint clean
