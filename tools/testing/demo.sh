#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# demo.sh [trixie|sid] - a container is measured, before your eyes: boots a guest
# with the modules of this checkout and runs itself in it.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 2

if [ ! -d /run/guest ]; then
	suite=${1:-trixie}
	tools/testing/qemu/mktree "$suite" &&
		tools/testing/qemu/build "$suite" -s modules userspace selftests &&
		exec tools/testing/qemu/guest --suite "$suite" -- /src/tools/testing/demo.sh
	exit
fi

. tools/testing/container/lib.sh
PATH=$PATH:/build/userspace

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { # COMMAND... - as typed, then what it prints
	printf '\033[36m# %s\033[0m\n' "$*"
	"$@"
}
host_records() { cat /sys/kernel/security/ima/runtime_measurements_count; }

cd /mnt/ext4 || exit
step "A stock kernel; two modules of ours"
show uname -r
show modprobe ima_ns_probe || exit
show imans status
before=$(host_records)

step "A container by crun"
make_root web/rootfs
start_container web || exit
show imans list
nsid=${dir##*/}

step "Something in it executes a program that it was not shipped with"
show in_container web /bin/sh -c 'cp /bin/payload /tmp/dropper; /tmp/dropper'

step "The log of the container tells, by the name the container gave it"
show imans log "$nsid"
step "The same, as the container and every existing tool reads it"
show in_container web /bin/tail -n 1 /sys/kernel/security/ima/ascii_runtime_measurements

step "The log and the PCRs of the container agree, says evmctl"
show sh -c "imans pcrs -b sha256 $nsid | grep 10:"
show evmctl ima_measurement --pcrs "sha1,$dir/pcrs_sha1" --pcrs "sha256,$dir/pcrs_sha256" \
	"$dir/binary_runtime_measurements"

step "The host's own IMA has not been touched"
echo "records before: $before, now: $(host_records)"

step "The container ends, and with it its namespace"
stop_container web
until_true 5 test ! -d "$dir"
show imans list
