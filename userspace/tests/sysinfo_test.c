// SPDX-License-Identifier: GPL-2.0
/*
 * What is read about the host, from a tree of files.
 */
#include <stdio.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/sysinfo.h"
#include "lib/util.h"
#include "tests/fake.h"
#include "tests/tap.h"

#define MAGIC "~Module signature appended~\n"

static char *dir;

static void test_config(void)
{
	char *path = xasprintf("%s/proc/config.gz", dir), *file, *text;
	gzFile gz;

	ok(!sys_config(dir, "6.12.1", &file), "no configuration anywhere");
	fake_text(dir, "boot/config-6.12.1", "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=m\n");
	text = sys_config(dir, "6.12.1", &file);
	ok(text && config_value(text, "A") == 'y' && config_value(text, "B") == 'n' &&
		   config_value(text, "C") == 'm' && config_value(text, "D") == 'n',
	   "a plain configuration");
	free(text);
	free(file);
	fake_text(dir, "proc/x", "");
	gz = gzopen(path, "wb");
	gzputs(gz, "CONFIG_A=m\n");
	gzclose(gz);
	text = sys_config(dir, "6.12.1", &file);
	ok(text && config_value(text, "A") == 'm', "a compressed one comes first");
	is(file, path, "and is named");
	free(text);
	free(file);
	free(path);
}

static enum module_signature sign(const char *name, u8 id_type, u32 size, const char *magic)
{
	char body[64] = "module", *path = xasprintf("%s/%s", dir, name);
	enum module_signature sig;
	size_t len = 20;

	body[len + 2] = (char)id_type;
	put_unaligned_be32(size, body + len + 8);
	len += 12;
	memcpy(body + len, magic, strlen(magic));
	len += strlen(magic);
	fake_file(dir, name, body, len);
	sig = sys_module_signature(path);
	free(path);
	return sig;
}

static void test_signature(void)
{
	char *path = xasprintf("%s/z.ko.gz", dir), *none = xasprintf("%s/none.ko", dir);
	u8 *body = calloc(1, 40000);
	gzFile gz = gzopen(path, "wb");
	size_t i;

	ok(sign("a.ko", 2, 5, MAGIC) == MODULE_SIGNED, "a signature");
	ok(sign("a.ko", 2, 0, MAGIC) == MODULE_UNSIGNED, "an empty one");
	ok(sign("a.ko", 1, 5, MAGIC) == MODULE_UNSIGNED, "one of another kind");
	ok(sign("a.ko", 2, 5, "~Module signature appended~ ") == MODULE_UNSIGNED, "no magic");
	ok(sign("a.ko", 2, 5, "") == MODULE_UNSIGNED, "a short file");
	ok(sign("a.ko.xz", 2, 5, MAGIC) == MODULE_COMPRESSED, "a compressed file");
	ok(sys_module_signature(none) == MODULE_UNREADABLE, "no file");

	/* The trailer lies across the pieces in which the file is read. */
	body[16390 - 12 - 28 + 2] = 2;
	body[16390 - 12 - 28 + 11] = 9;
	memcpy(body + 16390 - 28, MAGIC, 28);
	gzwrite(gz, body, 16390);
	gzclose(gz);
	ok(sys_module_signature(path) == MODULE_SIGNED, "a signature in a gzip file");
	for (i = 16380; i < 16430; i += 7) {
		memset(body, 0, 40000);
		body[i - 40 + 2] = 2;
		body[i - 40 + 11] = 9;
		memcpy(body + i - 28, MAGIC, 28);
		gz = gzopen(path, "wb");
		gzwrite(gz, body, (unsigned int)i);
		gzclose(gz);
		ok(sys_module_signature(path) == MODULE_SIGNED, "a file of %zu bytes", i);
	}
	free(body);
	free(path);
	free(none);
}

static void test_module_file(void)
{
	char *file, *want = xasprintf("%s/lib/modules/6.12.1/updates/ima-ns.ko.xz", dir);

	ok(!sys_module_file(dir, "6.12.1", "ima_ns"), "no modules.dep");
	fake_text(dir, "lib/modules/6.12.1/modules.dep",
		  "kernel/x/ima_ns_probe.ko: updates/ima-ns.ko.xz\n"
		  "kernel/x/xima_ns.ko:\nupdates/ima_ns.ko.bak:\nupdates/ima-ns.ko.xz:\n");
	file = sys_module_file(dir, "6.12.1", "ima_ns");
	is(file, want, "a module by its name, dash or underscore");
	free(file);
	file = sys_module_file(dir, "6.12.1", "ima_ns_probe");
	has(file, "kernel/x/ima_ns_probe.ko", "the other module");
	free(file);
	ok(!sys_module_file(dir, "6.12.1", "ima"), "half a name is none");
	free(want);
}

static void test_crypto(void)
{
	struct crypto_driver d;

	ok(!sys_crypto_driver(dir, "sha256", &d), "no /proc/crypto");
	fake_text(dir, "proc/crypto",
		  "name         : sha256\ndriver       : sha256-ni\nmodule       : sha256_ssse3\n"
		  "priority     : 250\n\nname         : hmac(sha256)\ndriver       : hmac-x\n"
		  "module       : x\npriority     : 900\n\n"
		  "name         : sha256\ndriver       : sha256-generic\nmodule       : kernel\n"
		  "priority     : 100\n");
	ok(sys_crypto_driver(dir, "sha256", &d), "sha256 is there");
	is(d.name, "sha256-ni", "the driver of the highest priority");
	is(d.module, "sha256_ssse3", "and its module");
	ok(!sys_crypto_driver(dir, "sha", &d), "half a name is none");
}

static void test_security(void)
{
	static const u8 on[5] = { 6, 0, 0, 0, 1 }, off[5] = { 6, 0, 0, 0, 0 };
	static const char var[] =
		"sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	char *s;

	ok(!sys_lockdown(dir), "no lockdown");
	fake_text(dir, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	s = sys_lockdown(dir);
	is(s, "integrity", "the state in brackets");
	free(s);
	fake_text(dir, "sys/kernel/security/lockdown", "none ]integrity[\n");
	ok(!sys_lockdown(dir), "brackets the wrong way round");

	ok(sys_secure_boot(dir) == SECURE_BOOT_NONE, "no EFI");
	fake_text(dir, "sys/firmware/efi/x", "");
	ok(sys_secure_boot(dir) == SECURE_BOOT_UNKNOWN, "EFI without its variables");
	fake_text(dir, "proc/self/mounts", "e /sys/firmware/efi/efivars efivarfs rw 0 0\n");
	ok(sys_secure_boot(dir) == SECURE_BOOT_OFF, "EFI without this variable");
	fake_file(dir, var, on, 5);
	ok(sys_secure_boot(dir) == SECURE_BOOT_ON, "Secure Boot");
	fake_file(dir, var, off, 5);
	ok(sys_secure_boot(dir) == SECURE_BOOT_OFF, "no Secure Boot");
	fake_file(dir, var, off, 4);
	ok(sys_secure_boot(dir) == SECURE_BOOT_UNKNOWN, "a short variable");
}

static void test_mounts(void)
{
	char *s;

	fake_text(dir, "proc/self/mounts",
		  "a /sys sysfs rw 0 0\nb /sys/kernel/security tmpfs rw 0 0\nshort\n"
		  "c /sys/kernel/security securityfs rw 0 0\nd /sys/kernel/security/x y rw 0 0\n");
	s = sys_mount_type(dir, "/sys/kernel/security");
	is(s, "securityfs", "what is mounted last");
	free(s);
	ok(!sys_mount_type(dir, "/none"), "what is not mounted");
}

static void test_release(void)
{
	char *s;

	ok(!sys_release(dir), "no release");
	fake_text(dir, "proc/sys/kernel/osrelease", "6.12.1-x\n");
	s = sys_release(dir);
	is(s, "6.12.1-x", "the release");
	free(s);
	fake_text(dir, "proc/sys/kernel/osrelease", "../../etc\n");
	ok(!sys_release(dir), "a release that is a path");
}

int main(void)
{
	dir = fake_dir();
	test_config();
	test_signature();
	test_module_file();
	test_crypto();
	test_security();
	test_mounts();
	test_release();
	fake_remove(dir);
	free(dir);
	return tap_done();
}
