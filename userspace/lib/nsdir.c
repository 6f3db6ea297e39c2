// SPDX-License-Identifier: GPL-2.0
/*
 * Finding a namespace and reading what the kernel says about it.
 *
 * Functions that return an exit code have told the user what is wrong; those
 * that return a negative errno leave that to the caller.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/nsdir.h"
#include "lib/util.h"

#define LOAD_MODULE "load the module: modprobe ima_ns_probe"

/**
 * ns_root_status() - read the file status
 * @root: where
 * @status: its content, to be freed (out)
 *
 * Return: exit code.
 */
int ns_root_status(const struct ns_root *root, char **status)
{
	char *path = xasprintf("%s/status", root->path);
	int ret = IMANS_OK;

	*status = read_small_file(AT_FDCWD, path, NULL);
	if (!*status)
		ret = fail_errno(path, errno == ENOENT ? LOAD_MODULE : NULL, errno);
	free(path);
	return ret;
}

/**
 * ns_anchor() - which kind of namespace makes a container
 * @root: where
 * @anchor: name as in /proc/PID/ns (out)
 * @size: room there
 *
 * Return: exit code.
 */
int ns_anchor(const struct ns_root *root, char *anchor, size_t size)
{
	const char *v;
	char *status;
	size_t len;
	int ret = ns_root_status(root, &status);

	if (ret)
		return ret;
	v = kv_find(status, "anchor", &len);
	/* It becomes part of a path, so nothing but letters will do. */
	if (v && len && len < size && strspn(v, "abcdefghijklmnopqrstuvwxyz") == len) {
		memcpy(anchor, v, len);
		anchor[len] = '\0';
	} else {
		ret = fail(root->path, "is this another version of ima_ns?",
			   "status has no usable anchor");
	}
	free(status);
	return ret;
}

/**
 * ns_name_parse() - read "<nsid>" or "<nsid>.<seq>"
 * @s: text
 * @name: the name (out)
 *
 * Return: whether it is one.
 */
bool ns_name_parse(const char *s, struct ns_name *name)
{
	const char *dot = strchr(s, '.');
	size_t len = strlen(s), left = dot ? (size_t)(dot - s) : len;

	memset(name, 0, sizeof(*name));
	if (len >= sizeof(name->dir) || !number_parse(s, left, &name->nsid))
		return false;
	if (dot && !number_parse(dot + 1, len - left - 1, &name->seq))
		return false;
	memcpy(name->dir, s, len);
	return true;
}

static int compare_names(const void *a, const void *b)
{
	const struct ns_name *x = a, *y = b;

	if (x->nsid != y->nsid)
		return x->nsid < y->nsid ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/**
 * ns_list() - all namespaces, sorted by nsid
 * @root: where
 * @names: the names, to be freed (out)
 * @count: how many (out)
 *
 * Return: exit code.
 */
int ns_list(const struct ns_root *root, struct ns_name **names, size_t *count)
{
	DIR *dir = opendir(root->path);
	struct ns_name name;
	struct dirent *d;
	size_t cap = 0;

	*names = NULL;
	*count = 0;
	if (!dir)
		return fail_errno(root->path, errno == ENOENT ? LOAD_MODULE : NULL, errno);
	while ((d = readdir(dir))) {
		if (!ns_name_parse(d->d_name, &name))
			continue;
		if (*count == cap) {
			cap = cap ? 2 * cap : 64;
			*names = xrealloc(*names, cap * sizeof(**names));
		}
		(*names)[(*count)++] = name;
	}
	closedir(dir);
	if (*count)
		qsort(*names, *count, sizeof(**names), compare_names);
	return IMANS_OK;
}

/** ns_path() - path of a file of a namespace, to be freed; @file may be NULL */
char *ns_path(const struct ns_root *root, const struct ns_name *name, const char *file)
{
	if (!file)
		return xasprintf("%s/%s", root->path, name->dir);
	return xasprintf("%s/%s/%s", root->path, name->dir, file);
}

/**
 * ns_open_fd() - open the directory of a namespace
 * @root: where
 * @name: which
 *
 * Through the descriptor the files are found even when the directory is renamed,
 * and never those of another namespace that got the same number.
 *
 * Return: the descriptor or a negative errno.
 */
int ns_open_fd(const struct ns_root *root, const struct ns_name *name)
{
	char *path = ns_path(root, name, NULL);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = errno;

	free(path);
	return fd < 0 ? -err : fd;
}

/**
 * ns_open() - ns_open_fd() that tells the user about failure
 * @root: where
 * @name: which
 * @dirfd: the descriptor (out)
 *
 * Return: exit code.
 */
int ns_open(const struct ns_root *root, const struct ns_name *name, int *dirfd)
{
	char *path;
	int ret;

	*dirfd = ns_open_fd(root, name);
	if (*dirfd >= 0)
		return IMANS_OK;
	path = ns_path(root, name, NULL);
	ret = fail_errno(path, *dirfd == -ENOENT ? "see imans list" : NULL, -*dirfd);
	free(path);
	return ret;
}

static int read_number(int dirfd, const char *file, u64 *v)
{
	char *s = read_small_file(dirfd, file, NULL);
	bool ok;

	if (!s)
		return -errno;
	ok = number_parse(s, strcspn(s, "\n"), v);
	free(s);
	return ok ? 0 : -EBADMSG;
}

static u64 kv_number(const char *text, const char *key)
{
	size_t len;
	const char *v = kv_find(text, key, &len);
	u64 n;

	return v && number_parse(v, len, &n) ? n : 0;
}

/**
 * ns_info_read() - read what the kernel says about a namespace
 * @dirfd: its directory
 * @info: the answer (out), to be given to ns_info_free() in any case
 * @file: the file that could not be read (out)
 *
 * Return: 0 or a negative errno; -ENOENT when the namespace is gone by now.
 */
int ns_info_read(int dirfd, struct ns_info *info, const char **file)
{
	const char *v;
	size_t len;
	int ret;

	memset(info, 0, sizeof(*info));
	*file = "info";
	info->text = read_small_file(dirfd, *file, NULL);
	if (!info->text)
		return -errno;
	info->cgroup = kv_find(info->text, "cgroup", &info->cgroup_len);
	info->parent = kv_find(info->text, "parent", &info->parent_len);
	if (info->parent && info->parent_len == 4 && !memcmp(info->parent, "none", 4))
		info->parent = NULL;
	info->birth = kv_number(info->text, "birth");
	info->trimmed = kv_number(info->text, "trimmed");
	info->poisoned = kv_number(info->text, "poisoned");
	v = kv_find(info->text, "state", &len);
	if (v && len < sizeof(info->state))
		memcpy(info->state, v, len);
	*file = "runtime_measurements_count";
	ret = read_number(dirfd, *file, &info->records);
	if (ret)
		return ret;
	*file = "violations";
	return read_number(dirfd, *file, &info->violations);
}

/** ns_info_free() - free what ns_info_read() read */
void ns_info_free(struct ns_info *info)
{
	free(info->text);
	info->text = NULL;
}

/**
 * ns_banks() - the PCR banks of a namespace
 * @dirfd: its directory
 * @found: the banks (out)
 * @max: room there
 *
 * Return: how many.
 */
size_t ns_banks(int dirfd, const struct bank **found, size_t max)
{
	static const char *const names[] = { "sha1", "sha256", "sha384", "sha512", "sm3" };
	size_t i, n = 0;
	char file[32];

	for (i = 0; i < ARRAY_SIZE(names) && n < max; i++) {
		snprintf(file, sizeof(file), "pcrs_%s", names[i]);
		if (!faccessat(dirfd, file, F_OK, 0))
			found[n++] = bank_lookup(names[i], strlen(names[i]));
	}
	return n;
}

static bool parse_pcr(const char *line, size_t len, struct ns_pcrs *pcrs, unsigned int i)
{
	char head[16];
	int n = snprintf(head, sizeof(head), "PCR-%02u:", i);

	if (len < (size_t)n || memcmp(line, head, (size_t)n))
		return false;
	return hex_parse(line + n, len - (size_t)n, pcrs->value[i], pcrs->bank->size) ==
	       (ssize_t)pcrs->bank->size;
}

/**
 * ns_pcrs_read() - read the PCRs of a bank
 * @dirfd: directory of the namespace
 * @bank: the bank
 * @pcrs: the values (out)
 *
 * Return: 0 or a negative errno; -EBADMSG when it is not what the ABI says.
 */
int ns_pcrs_read(int dirfd, const struct bank *bank, struct ns_pcrs *pcrs)
{
	char file[32], *text, *line;
	unsigned int i;
	int ret = 0;

	snprintf(file, sizeof(file), "pcrs_%s", bank->name);
	text = read_small_file(dirfd, file, NULL);
	if (!text)
		return -errno;
	pcrs->bank = bank;
	line = text;
	for (i = 0; i < NS_PCRS && !ret; i++) {
		size_t len = strcspn(line, "\n");

		if (!parse_pcr(line, len, pcrs, i))
			ret = -EBADMSG;
		line += len + (line[len] == '\n');
	}
	free(text);
	return ret;
}

/**
 * ns_checkpoint_read() - read where the log begins
 * @dirfd: directory of the namespace
 * @bank: whose PCRs
 * @c: the answer (out)
 *
 * Return: 0 or a negative errno; -EBADMSG when it is not what the ABI says.
 */
int ns_checkpoint_read(int dirfd, const struct bank *bank, struct ns_checkpoint *c)
{
	char *text = read_small_file(dirfd, "checkpoint", NULL), key[24];
	const char *v;
	size_t len;
	unsigned int i;
	int ret = 0;

	if (!text)
		return -errno;
	memset(c, 0, sizeof(*c));
	c->pcrs.bank = bank;
	v = kv_find(text, "records", &len);
	if (!v || !number_parse(v, len, &c->records))
		ret = -EBADMSG;
	for (i = 0; i < NS_PCRS && !ret; i++) {
		snprintf(key, sizeof(key), "%s:%u", bank->name, i);
		v = kv_find(text, key, &len);
		if (!v)
			continue;
		if (hex_parse(v, len, c->pcrs.value[i], bank->size) != (ssize_t)bank->size)
			ret = -EBADMSG;
		c->known |= 1u << i;
	}
	free(text);
	return ret;
}

static int resolve_pid(const struct ns_root *root, const char *pid, struct ns_name *name)
{
	char anchor[16], *path, *dir;
	struct stat st;
	int ret;
	u64 n;

	if (!number_parse(pid, strlen(pid), &n))
		return usage_error(NULL, "--pid takes a number");
	ret = ns_anchor(root, anchor, sizeof(anchor));
	if (ret)
		return ret;
	path = xasprintf("%s/proc/%s/ns/%s", root->sysroot, pid, anchor);
	if (stat(path, &st)) {
		ret = fail_errno(path, errno == ENOENT ? "is the process running?" : NULL, errno);
		free(path);
		return ret;
	}
	free(path);
	memset(name, 0, sizeof(*name));
	name->nsid = st.st_ino;
	snprintf(name->dir, sizeof(name->dir), "%llu", (unsigned long long)name->nsid);
	dir = ns_path(root, name, NULL);
	if (access(dir, F_OK) && errno != ENOENT)
		ret = fail_errno(dir, NULL, errno);
	else if (access(dir, F_OK))
		ret = fail(dir, "it is a host process or has not run anything yet; see imans list",
			   "process %s has no IMA namespace", pid);
	free(dir);
	return ret;
}

static bool cgroup_contains(const struct ns_root *root, const struct ns_name *name,
			    const char *text)
{
	char *path = ns_path(root, name, "info");
	char *info = read_small_file(AT_FDCWD, path, NULL);
	const char *cgroup;
	bool found = false;
	size_t len;

	free(path);
	if (!info)
		return false;
	cgroup = kv_find(info, "cgroup", &len);
	found = cgroup && memmem(cgroup, len, text, strlen(text));
	free(info);
	return found;
}

static int resolve_cgroup(const struct ns_root *root, const char *arg, struct ns_name *name)
{
	struct ns_name *names;
	size_t count, i, found = 0;
	char *what;
	int ret = ns_list(root, &names, &count);

	if (ret)
		return ret;
	for (i = 0; i < count; i++) {
		if (!cgroup_contains(root, &names[i], arg))
			continue;
		*name = names[i];
		found++;
	}
	free(names);
	if (found == 1)
		return IMANS_OK;
	what = text_escape(arg, strlen(arg));
	if (found)
		ret = fail(root->path, "give more of it, or the number; see imans list",
			   "%zu namespaces have \"%s\" in their cgroup", found, what);
	else
		ret = fail(root->path, "see imans list",
			   "no namespace is called \"%s\" or has it in its cgroup", what);
	free(what);
	return ret;
}

/**
 * ns_resolve() - find the namespace that the user means
 * @root: where
 * @arg: its number, "<nsid>.<seq>", or a part of its cgroup that no other has
 * @pid: a process in it, instead of @arg; may be NULL
 * @name: the namespace (out)
 *
 * @arg is never used as a path unless it has the form of a directory's name.
 *
 * Return: exit code.
 */
int ns_resolve(const struct ns_root *root, const char *arg, const char *pid, struct ns_name *name)
{
	char *dir;
	bool found;

	if (pid)
		return resolve_pid(root, pid, name);
	if (!*arg)
		return usage_error(NULL, "the namespace has an empty name");
	if (ns_name_parse(arg, name)) {
		dir = ns_path(root, name, NULL);
		found = !access(dir, F_OK);
		free(dir);
		if (found)
			return IMANS_OK;
	}
	/* The short id of a container may consist of digits only. */
	return resolve_cgroup(root, arg, name);
}
