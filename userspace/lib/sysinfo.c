// SPDX-License-Identifier: GPL-2.0
/*
 * Facts about the host: kernel, security modules, module signatures, crypto.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "kernel/buf.h"
#include "lib/sysinfo.h"
#include "lib/util.h"

#define SIG_MAGIC "~Module signature appended~\n"
#define SIG_INFO 12 /* struct module_signature */
#define SECURE_BOOT_VAR "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/** sys_read() - read a small file; NULL with errno, or text to be freed */
char *sys_read(const char *sysroot, const char *path)
{
	char *full = xasprintf("%s%s", sysroot, path);
	char *text = read_small_file(AT_FDCWD, full, NULL);
	int err = errno;

	free(full);
	errno = err;
	return text;
}

/** sys_exists() - whether a file is there */
bool sys_exists(const char *sysroot, const char *path)
{
	char *full = xasprintf("%s%s", sysroot, path);
	bool found = !access(full, F_OK);

	free(full);
	return found;
}

/** sys_release() - release of the kernel, to be freed, or NULL */
char *sys_release(const char *sysroot)
{
	char *text = sys_read(sysroot, "/proc/sys/kernel/osrelease");

	if (text)
		text[strcspn(text, "\n")] = '\0';
	/* It becomes part of paths. */
	if (text && (!*text || strchr(text, '/'))) {
		free(text);
		return NULL;
	}
	return text;
}

/* gzread() passes plain files through, so both kinds of file are read this way. */
static char *read_gz(const char *path)
{
	size_t used = 0, cap = 64u << 10;
	gzFile gz = gzopen(path, "rbe");
	char *text;
	int n;

	if (!gz)
		return NULL;
	text = xalloc(cap + 1);
	while ((n = gzread(gz, text + used, (unsigned int)(cap - used))) > 0) {
		used += (size_t)n;
		if (used == cap && cap >= (4u << 20))
			break;
		if (used == cap) {
			cap *= 2;
			text = xrealloc(text, cap + 1);
		}
	}
	gzclose(gz);
	text[used] = '\0';
	if (n < 0 || !used) {
		free(text);
		return NULL;
	}
	return text;
}

/**
 * sys_config() - configuration of the running kernel
 * @sysroot: prefix
 * @release: of the kernel
 * @file: where it was found, to be freed (out)
 *
 * Return: text to be freed, or NULL.
 */
char *sys_config(const char *sysroot, const char *release, char **file)
{
	char *files[] = {
		xasprintf("%s/proc/config.gz", sysroot),
		xasprintf("%s/boot/config-%s", sysroot, release),
		xasprintf("%s/lib/modules/%s/config", sysroot, release),
		xasprintf("%s/lib/modules/%s/build/.config", sysroot, release),
	};
	char *text = NULL;
	size_t i;

	*file = NULL;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		if (!text) {
			text = read_gz(files[i]);
			if (text)
				*file = xstrdup(files[i]);
		}
		free(files[i]);
	}
	return text;
}

/** config_value() - 'y' or 'm' for an option without its "CONFIG_", or 'n' */
char config_value(const char *config, const char *option)
{
	char *key = xasprintf("CONFIG_%s", option);
	size_t len;
	const char *v = kv_find(config, key, &len);

	free(key);
	return v && len == 1 && (*v == 'y' || *v == 'm') ? *v : 'n';
}

/** sys_mount_type() - type of the file system mounted last at a path, to be freed, or NULL */
char *sys_mount_type(const char *sysroot, const char *where)
{
	char *text = sys_read(sysroot, "/proc/self/mounts");
	char *line, *save = NULL, *type = NULL;
	char *dir, *fs, *fields;

	if (!text)
		return NULL;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		fields = NULL;
		if (!strtok_r(line, " ", &fields))
			continue;
		dir = strtok_r(NULL, " ", &fields);
		fs = strtok_r(NULL, " ", &fields);
		if (dir && fs && !strcmp(dir, where)) {
			free(type);
			type = xstrdup(fs);
		}
	}
	free(text);
	return type;
}

/** sys_lockdown() - the state in brackets, to be freed, or NULL without lockdown */
char *sys_lockdown(const char *sysroot)
{
	char *text = sys_read(sysroot, "/sys/kernel/security/lockdown");
	char *open_bracket = text ? strchr(text, '[') : NULL;
	char *close_bracket = open_bracket ? strchr(open_bracket, ']') : NULL;
	char *state = NULL;

	if (close_bracket) {
		*close_bracket = '\0';
		state = xstrdup(open_bracket + 1);
	}
	free(text);
	return state;
}

/** sys_secure_boot() - whether the firmware checks what it boots */
enum secure_boot sys_secure_boot(const char *sysroot)
{
	enum secure_boot ret = SECURE_BOOT_UNKNOWN;
	char *path, *text, *type;
	size_t len = 0;

	if (!sys_exists(sysroot, "/sys/firmware/efi"))
		return SECURE_BOOT_NONE;
	path = xasprintf("%s" SECURE_BOOT_VAR, sysroot);
	text = read_small_file(AT_FDCWD, path, &len);
	type = sys_mount_type(sysroot, "/sys/firmware/efi/efivars");
	/* Four bytes of attributes precede the value. */
	if (text && len == 5)
		ret = text[4] ? SECURE_BOOT_ON : SECURE_BOOT_OFF;
	else if (!text && type && !strcmp(type, "efivarfs"))
		ret = SECURE_BOOT_OFF; /* the variables are there, and this is not among them */
	free(type);
	free(text);
	free(path);
	return ret;
}

/* Whether a path is that of a module, in any compression; '-' and '_' are the same. */
static bool is_module_path(const char *path, const char *module)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	for (; *module; module++, base++)
		if (*base != *module && !(*module == '_' && *base == '-'))
			return false;
	return !strcmp(base, ".ko") || !strcmp(base, ".ko.gz") || !strcmp(base, ".ko.xz") ||
	       !strcmp(base, ".ko.zst");
}

/**
 * sys_module_file() - file that modprobe would load
 * @sysroot: prefix
 * @release: of the kernel
 * @module: name with '_'
 *
 * Return: its path, to be freed, or NULL.
 */
char *sys_module_file(const char *sysroot, const char *release, const char *module)
{
	char *dep = xasprintf("%s/lib/modules/%s/modules.dep", sysroot, release);
	char *line = NULL, *colon, *file = NULL;
	size_t cap = 0;
	FILE *f = fopen(dep, "re");

	free(dep);
	while (f && !file && getline(&line, &cap, f) > 0) {
		colon = strchr(line, ':');
		if (!colon)
			continue;
		*colon = '\0';
		if (is_module_path(line, module))
			file = xasprintf("%s/lib/modules/%s/%s", sysroot, release, line);
	}
	free(line);
	if (f)
		fclose(f);
	return file;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* The last bytes of a file, plain or gzip; -1 when it cannot be read. */
static int read_tail(const char *file, u8 *tail, size_t size)
{
	gzFile gz = gzopen(file, "rbe");
	u8 buf[16384];
	size_t have = 0, keep;
	int n;

	if (!gz)
		return -1;
	while ((n = gzread(gz, buf, sizeof(buf))) > 0) {
		if ((size_t)n >= size) {
			memcpy(tail, buf + n - size, size);
			have = size;
			continue;
		}
		keep = have + (size_t)n > size ? size - (size_t)n : have;
		memmove(tail, tail + have - keep, keep);
		memcpy(tail + keep, buf, (size_t)n);
		have = keep + (size_t)n;
	}
	gzclose(gz);
	if (n < 0)
		errno = EIO;
	return n < 0 ? -1 : (int)have;
}

/** sys_module_signature() - whether the file of a module carries a signature */
enum module_signature sys_module_signature(const char *file)
{
	u8 tail[SIG_INFO + sizeof(SIG_MAGIC) - 1];
	int n;

	if (ends_with(file, ".xz") || ends_with(file, ".zst"))
		return MODULE_COMPRESSED;
	n = read_tail(file, tail, sizeof(tail));
	if (n < 0)
		return MODULE_UNREADABLE;
	if (n < (int)sizeof(tail) || memcmp(tail + SIG_INFO, SIG_MAGIC, sizeof(SIG_MAGIC) - 1))
		return MODULE_UNSIGNED;
	/* The kernel accepts PKCS#7 (2) only, and an empty signature is none. */
	return tail[2] == 2 && get_unaligned_be32(tail + 8) ? MODULE_SIGNED : MODULE_UNSIGNED;
}

static void copy_field(char *to, size_t size, const char *line)
{
	const char *v = strchr(line, ':');

	if (!v)
		return;
	v += 1 + strspn(v + 1, " ");
	snprintf(to, size, "%s", v);
}

static bool has_key(const char *line, const char *key)
{
	size_t n = strlen(key);

	return !strncmp(line, key, n) && (line[n] == ' ' || line[n] == ':');
}

/**
 * sys_crypto_driver() - the implementation of a hash that the kernel would choose
 * @sysroot: prefix
 * @algo: name of the algorithm
 * @best: the driver (out)
 *
 * Return: whether there is one.
 */
bool sys_crypto_driver(const char *sysroot, const char *algo, struct crypto_driver *best)
{
	char *text = sys_read(sysroot, "/proc/crypto"), *line, *save = NULL;
	struct crypto_driver d = { 0 };
	bool match = false, found = false;
	char value[64];

	memset(best, 0, sizeof(*best));
	if (!text)
		return false;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (has_key(line, "name")) {
			copy_field(value, sizeof(value), line);
			match = !strcmp(value, algo);
			memset(&d, 0, sizeof(d));
		} else if (has_key(line, "driver")) {
			copy_field(d.name, sizeof(d.name), line);
		} else if (has_key(line, "module")) {
			copy_field(d.module, sizeof(d.module), line);
		} else if (has_key(line, "priority")) {
			copy_field(value, sizeof(value), line);
			if (!number_parse(value, strlen(value), &d.priority))
				d.priority = 0;
			if (match && (!found || d.priority > best->priority))
				*best = d;
			found |= match;
		}
	}
	free(text);
	return found;
}
