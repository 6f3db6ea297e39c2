// SPDX-License-Identifier: GPL-2.0
/*
 * imans doctor, on hosts made of files: one good, and one for each thing that
 * can be wrong.
 */
#include <stdio.h>
#include <unistd.h>

#include <json-c/json.h>

#include "tests/fake.h"
#include "tests/tap.h"

#define MODULES "lib/modules/6.12.5/updates"
#define SECURITY "sys/kernel/security"
#define SECURE_BOOT "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

static const char config[] = "CONFIG_BPF_SYSCALL=y\nCONFIG_BPF_JIT=y\nCONFIG_BPF_LSM=y\n"
			     "CONFIG_DEBUG_INFO_BTF=y\nCONFIG_DEBUG_INFO_BTF_MODULES=y\n"
			     "CONFIG_FUNCTION_TRACER=y\nCONFIG_IMA=y\nCONFIG_SECURITYFS=y\n";

static void module(const char *dir, const char *name, bool is_signed)
{
	char path[128];
	u8 file[60] = "ELF";

	file[20 + 2] = 2;
	file[20 + 11] = 200;
	memcpy(file + 32, "~Module signature appended~\n", 28);
	snprintf(path, sizeof(path), MODULES "/%s.ko", name);
	fake_file(dir, path, file, is_signed ? sizeof(file) : 20);
	snprintf(path, sizeof(path), "sys/module/%s/initstate", name);
	fake_text(dir, path, "live\n");
	snprintf(path, sizeof(path), "sys/module/%s/taint", name);
	fake_text(dir, path, "O\n");
	snprintf(path, sizeof(path), "sys/module/%s/version", name);
	fake_text(dir, path, "0.1\n");
}

/* A host where all is as it should be. */
static char *good_host(void)
{
	static const u8 secure_boot[5] = { 6, 0, 0, 0, 1 };
	char *dir = fake_dir(), root[4096];
	struct fake_log l = { 0 };

	fake_text(dir, "proc/sys/kernel/osrelease", "6.12.5\n");
	fake_text(dir, "proc/sys/kernel/tainted", "4096\n");
	fake_text(dir, "proc/cmdline", "root=/dev/vda1 ro quiet\n");
	fake_text(dir, "proc/cpuinfo", "flags\t\t: fpu sse ssse3 avx2\n");
	fake_text(dir, "proc/crypto",
		  "name         : sha256\ndriver       : sha256-avx2\nmodule       : sha256_ssse3\n"
		  "priority     : 170\n");
	fake_text(dir, "proc/self/mounts",
		  "securityfs /sys/kernel/security securityfs rw,relatime 0 0\n"
		  "efivarfs /sys/firmware/efi/efivars efivarfs rw 0 0\n");
	fake_text(dir, "boot/config-6.12.5", config);
	fake_text(dir, "sys/kernel/btf/vmlinux", "BTF");
	fake_text(dir, SECURITY "/lsm", "lockdown,capability,landlock,yama,apparmor,bpf,ima,evm");
	fake_text(dir, SECURITY "/integrity/ima/runtime_measurements_count", "17\n");
	fake_text(dir, SECURITY "/lockdown", "none [integrity] confidentiality\n");
	fake_text(dir, "sys/module/module/parameters/sig_enforce", "N\n");
	fake_file(dir, SECURE_BOOT, secure_boot, 5);
	fake_text(dir, "lib/modules/6.12.5/modules.dep",
		  "updates/ima_ns.ko:\nupdates/ima_ns_probe.ko: updates/ima_ns.ko\n");
	module(dir, "ima_ns", true);
	module(dir, "ima_ns_probe", true);
	snprintf(root, sizeof(root), "%s/" SECURITY "/ima-ns", dir);
	fake_text(dir, SECURITY "/ima-ns/status", "");
	fake_status(root, "attached");
	fake_append_file(&l, "/x", 0);
	fake_namespace(root, "12", NULL, &l);
	fake_log_free(&l);
	return dir;
}

/* Line of a check, or "". */
static const char *finding(const char *out, const char *check)
{
	static char text[4096];
	const char *p;
	size_t n;

	text[0] = '\0';
	for (p = out; *p; p += n + (p[n] == '\n')) {
		n = strcspn(p, "\n");
		if (n < 20 || n >= sizeof(text) || strncmp(p + 6, check, strlen(check)) ||
		    p[6 + strlen(check)] != ' ')
			continue;
		memcpy(text, p, n);
		text[n] = '\0';
	}
	return text;
}

/**
 * struct trouble - one thing that is wrong, and what doctor must say
 */
static const struct trouble {
	const char *file;
	const char *content; /* NULL: the file is missing */
	const char *check;
	const char *level;
	const char *says;
	const char *advises;
} troubles[] = {
	{ "proc/sys/kernel/osrelease", "6.1.0-9\n", "kernel", "fail", "older than 6.12",
	  "boot 6.12" },
	{ "proc/sys/kernel/osrelease", "5.99\n", "kernel", "fail", "older than 6.12", "boot 6.12" },
	{ "proc/sys/kernel/osrelease", "7.2.13\n", "kernel", "ok", "7.2.13", "" },
	{ "proc/sys/kernel/osrelease", "7.3.0\n", "kernel", "warn", "newer", "newer ima-ns" },
	{ "proc/sys/kernel/osrelease", NULL, "kernel", "warn", "unknown", "/proc" },
	{ "boot/config-6.12.5", "CONFIG_IMA=y\n", "config", "fail",
	  "lacks CONFIG_BPF_SYSCALL CONFIG_BPF", "linux-image-amd64" },
	{ "boot/config-6.12.5", NULL, "config", "warn", "no configuration", "modprobe configs" },
	{ "sys/kernel/btf/vmlinux", NULL, "btf", "fail", "missing", "CONFIG_DEBUG_INFO_BTF=y" },
	{ "proc/self/mounts", "x /sys sysfs rw 0 0\n", "securityfs", "fail", "not mounted",
	  "mount -t securityfs" },
	{ SECURITY "/lsm", "lockdown,capability,landlock,yama,apparmor,ima,evm", "lsm", "fail",
	  "bpf is not in lockdown,",
	  "add \"lsm=lockdown,landlock,yama,apparmor,bpf\" to GRUB_CMDLINE_LINUX" },
	{ SECURITY "/lsm", "bpfx,xbpf", "lsm", "fail", "bpf is not in", "\"lsm=bpfx,xbpf,bpf\"" },
	{ SECURITY "/lsm", "bpf\n", "lsm", "ok", "bpf is in bpf", "" },
	{ SECURITY "/lsm", NULL, "lsm", "fail", "No such file", "mount securityfs" },
	{ SECURITY "/integrity/ima/runtime_measurements_count", NULL, "ima", "fail", "not there",
	  "CONFIG_IMA=y" },
	{ SECURE_BOOT, "\6\0\0\0", "secure-boot", "warn", "cannot be read", "efivarfs" },
	{ SECURE_BOOT, NULL, "secure-boot", "warn", "off", "firmware" },
	{ SECURITY "/lockdown", "[none] integrity\n", "lockdown", "warn", "off",
	  "lockdown=integrity" },
	{ SECURITY "/lockdown", "[none] integrity\n", "signatures", "warn", "takes unsigned",
	  "module.sig_enforce=1" },
	{ SECURITY "/lockdown", "[confidentiality]\n", "lockdown", "warn", "confidentiality",
	  "lockdown=integrity" },
	{ SECURITY "/lockdown", "integrity [confidentiality]\n", "signatures", "ok", "lockdown",
	  "" },
	{ "sys/module/ima_ns/taint", "OE\n", "ima_ns", "warn", "without a valid signature",
	  "sign-file" },
	{ MODULES "/ima_ns.ko", "ELF", "ima_ns", "fail", "is not signed and will not load again",
	  "mokutil" },
	{ "sys/module/ima_ns_probe/initstate", NULL, "ima_ns_probe", "fail", "is not loaded; /",
	  "modprobe ima_ns_probe" },
	{ "sys/module/ima_ns/version", NULL, "ima_ns", "ok", "loaded, /", "" },
	{ SECURITY "/ima-ns/status", NULL, "probe", "fail", "/ima-ns/status: No such file",
	  "modprobe ima_ns_probe" },
	{ SECURITY "/ima-ns/status", NULL, "namespaces", "fail", "/ima-ns/status: No such file",
	  "modprobe ima_ns_probe" },
	{ SECURITY "/ima-ns/status", "probe=absent\n", "probe", "fail", "not attached",
	  "modprobe ima_ns_probe" },
	{ SECURITY "/ima-ns/status", "probe=attached\nrefused=3\n", "namespaces", "fail",
	  "3 could not be created", "limit" },
	{ SECURITY "/ima-ns/12/info", "poisoned=1\n", "namespaces", "fail", "1 of 1 lost records",
	  "memory" },
	{ "proc/sys/kernel/tainted", "0\n", "taint", "ok", "0, nothing", "" },
	{ "proc/sys/kernel/tainted", "8704\n", "taint", "warn",
	  "(W), an unsigned module was loaded (E)", "kernel log" },
	{ "proc/sys/kernel/tainted", "640\n", "taint", "fail",
	  "died in a task (D), the kernel printed", "reboot" },
	{ "proc/sys/kernel/tainted", NULL, "taint", "warn", "cannot be read", "/proc" },
	{ "proc/crypto",
	  "name         : sha256\ndriver       : sha256-generic\nmodule       : kernel\n"
	  "priority     : 100\n",
	  "hash", "warn", "sha256-generic, the processor can do better",
	  "add sha256_ssse3 to /etc/modules-load.d/ima-ns.conf" },
	{ "proc/crypto", "name         : md5\ndriver       : md5-generic\npriority     : 1\n",
	  "hash", "warn", "no sha256", "modprobe sha256" },
	{ SECURITY "/ima-ns/status", "probe=attached\nhash=sha512\n", "hash", "warn", "no sha512",
	  "modprobe sha512" },
};

static void test_trouble(const struct trouble *t)
{
	char *dir = good_host(), path[4096];
	struct fake_run *r;
	const char *line;

	if (t->content) {
		fake_text(dir, t->file, t->content);
	} else {
		snprintf(path, sizeof(path), "%s/%s", dir, t->file);
		unlink(path);
	}
	r = imans("--sysroot", dir, "doctor");
	line = finding(r->out, t->check);
	if (!ok(!strncmp(line, t->level, strlen(t->level)) && strstr(line, t->says) &&
			strstr(line, t->advises),
		"%s: %s: %s: %s", t->check, t->level, t->says, t->advises))
		printf("# got %s\n", line);
	ok(r->status == (strstr(r->out, "fail  ") ? 1 : 0), "and the exit status agrees");
	if (!strcmp(t->level, "ok"))
		ok(!strstr(line, ": add") && r->status == 0, "and all is well");
	fake_remove(dir);
	free(dir);
}

static void test_good(void)
{
	char *dir = good_host();
	struct fake_run *r = imans("--sysroot", dir, "doctor");
	struct json_object *checks, *first, *v;
	unsigned int lines = 0;
	const char *p;

	if (!ok(r->status == 0, "a good host"))
		printf("# stderr: %s\n", r->err);
	for (p = r->out; *p; p++)
		lines += *p == '\n' && !strncmp(p[1] ? p + 1 : "ok    ", "ok    ", 6);
	if (!ok(lines == 15, "15 checks, all ok"))
		printf("%s", r->out);
	is(finding(r->out, "taint"), "ok    taint         4096, nothing that matters here",
	   "a module from outside the tree is no reason to warn");
	r = imans("--sysroot", dir, "doctor", "--json");
	checks = json_tokener_parse(r->out);
	ok(checks && json_object_array_length(checks) == 15, "and as JSON");
	first = checks ? json_object_array_get_idx(checks, 0) : NULL;
	ok(first && json_object_object_get_ex(first, "result", &v) &&
		   !strcmp(json_object_get_string(v), "ok"),
	   "with results");
	json_object_put(checks);
	fake_remove(dir);
	free(dir);
}

static void test_cmdline(void)
{
	char *dir = good_host();
	struct fake_run *r;

	fake_text(dir, "proc/cmdline", "ro lsm=yama\n");
	fake_text(dir, SECURITY "/lsm", "capability,yama\n");
	r = imans("--sysroot", dir, "doctor");
	has(finding(r->out, "lsm"), "replace lsm=... by \"lsm=yama,bpf\" in GRUB_CMDLINE_LINUX",
	    "an lsm= that is there already is replaced");
	fake_text(dir, "sys/module/ima_ns/version", "\033[2J\n");
	r = imans("--sysroot", dir, "doctor");
	has(finding(r->out, "ima_ns"), "loaded, \\033[2J, /", "what a copied tree says is escaped");
	fake_text(dir, "proc/cpuinfo", "flags : fpu xssse3 ssse3x\n");
	fake_text(dir, "proc/crypto",
		  "name         : sha256\ndriver       : sha256-generic\npriority     : 100\n");
	r = imans("--sysroot", dir, "doctor");
	ok(!strncmp(finding(r->out, "hash"), "ok ", 3), "a processor that can do no better");
	fake_text(dir, SECURITY "/lockdown", "[none]\n");
	fake_text(dir, "sys/module/module/parameters/sig_enforce", "Y\n");
	r = imans("--sysroot", dir, "doctor");
	has(finding(r->out, "signatures"), "(module.sig_enforce)", "enforced by a parameter");
	fake_text(dir, "sys/module/module/parameters/sig_enforce", "N\n");
	fake_text(dir, MODULES "/ima_ns.ko", "ELF");
	r = imans("--sysroot", dir, "doctor");
	ok(!strncmp(finding(r->out, "ima_ns"), "warn ", 5), "an unsigned module, not enforced");
	fake_remove(dir);
	free(dir);
}

int main(void)
{
	size_t i;

	test_good();
	for (i = 0; i < ARRAY_SIZE(troubles); i++)
		test_trouble(&troubles[i]);
	test_cmdline();
	return tap_done();
}
