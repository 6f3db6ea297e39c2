// SPDX-License-Identifier: GPL-2.0
/* Files, modules, waiting. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib.h"

/* The whole file with a NUL behind it, or NULL and errno. */
char *read_file(const char *path, size_t *len)
{
	size_t room = 65536, n = 0;
	char *buf = malloc(room + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	while (fd >= 0 && buf && (got = read(fd, buf + n, room - n)) > 0) {
		n += got;
		if (n == room)
			buf = realloc(buf, (room *= 2) + 1);
	}
	if (fd >= 0)
		close(fd);
	if (got < 0 || !buf) {
		free(buf);
		return NULL;
	}
	buf[n] = '\0';
	if (len)
		*len = n;
	return buf;
}

/* Return: 0 or -errno of the write. */
int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err = -errno;
	close(fd);
	return err;
}

/* Copy, with @tail behind (an ELF file does not mind); executable. */
int copy_file(const char *from, const char *to, const char *tail)
{
	size_t len;
	char *data = read_file(from, &len);
	int fd, err = -1;

	if (!data)
		return -1;
	unlink(to);
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (fd >= 0 && write(fd, data, len) == (ssize_t)len &&
	    (!tail || write(fd, tail, strlen(tail)) == (ssize_t)strlen(tail)))
		err = 0;
	if (fd >= 0)
		close(fd);
	free(data);
	return err;
}

/* A file of arbitrary bytes. */
int make_file(const char *path, size_t size, unsigned int seed)
{
	FILE *f = fopen(path, "w");
	size_t i;

	if (!f)
		return -1;
	srandom(seed);
	for (i = 0; i < size; i++)
		putc(random() >> 8, f);
	return fclose(f);
}

/* The value of a "key=value" line, to be freed, or NULL. */
char *text_in(const char *path, const char *key)
{
	char *data = read_file(path, NULL), *line, *save, *value = NULL;

	for (line = data ? strtok_r(data, "\n", &save) : NULL; line && !value;
	     line = strtok_r(NULL, "\n", &save))
		if (!strncmp(line, key, strlen(key)) && line[strlen(key)] == '=')
			value = strdup(line + strlen(key) + 1);
	free(data);
	return value;
}

long number_in(const char *path, const char *key)
{
	char *text = text_in(path, key);
	long n = text ? atol(text) : -1;

	free(text);
	return n;
}

long status_number(const char *key)
{
	return number_in(TOP "/status", key);
}

/* The path of a program that was built beside this one. */
char *test_program(const char *name)
{
	char self[4096], *path = NULL;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return NULL;
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	return asprintf(&path, "%s/%s", self, name) < 0 ? NULL : path;
}

/* Let fs-verity protect a file.  Return: "sha256:<hex>" to be freed, or NULL. */
char *verity_enable(const char *path, const char *algo)
{
	char command[512], *actor = test_program("actor"), *text = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(command, sizeof(command), "%s verity %s %s", actor, path, algo);
	free(actor);
	f = popen(command, "r");
	if (!f || getline(&text, &room, f) < 10) {
		free(text);
		text = NULL;
	}
	if (f && pclose(f))
		return NULL;
	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

/* The path of a file in a directory; good until the next call. */
const char *file_in(const char *dir, const char *file)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return path;
}

/* The last component. */
const char *last_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool wait_for(bool (*done)(const void *arg), const void *arg, int ms)
{
	for (; !done(arg); ms -= 20) {
		if (ms <= 0)
			return false;
		usleep(20000);
	}
	return true;
}

bool exists(const void *path)
{
	return !access(path, F_OK);
}

bool absent(const void *path)
{
	return access(path, F_OK) && errno == ENOENT;
}

/* Return: exit status of a shell command. */
int run(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int modules_unload(void)
{
	return run("for m in ima_ns_probe ima_ns; do ! [ -d /sys/module/$m ] || rmmod $m; done");
}

int modules_load(const char *parameters)
{
	char command[512];

	snprintf(command, sizeof(command), "modprobe ima_ns %s && modprobe ima_ns_probe",
		 parameters);
	return run(command);
}

int modules_reload(const char *parameters)
{
	return modules_unload() ?: modules_load(parameters);
}

/* BPF programs, maps and links that exist on the machine. */
int bpf_objects(void)
{
	static const int next[] = { BPF_PROG_GET_NEXT_ID, BPF_MAP_GET_NEXT_ID, BPF_LINK_GET_NEXT_ID };
	union bpf_attr attr;
	size_t i;
	int n = 0;

	for (i = 0; i < sizeof(next) / sizeof(*next); i++) {
		memset(&attr, 0, sizeof(attr));
		while (!syscall(SYS_bpf, next[i], &attr, sizeof(attr))) {
			attr.start_id = attr.next_id;
			n++;
		}
	}
	return n;
}

/*
 * Objects in use in a slab cache; 0 when there is no such cache.  Exact only in a
 * guest with slab_nomerge, once the kernel's stocks of free objects are given back.
 */
long slab_objects(const char *cache)
{
	char path[128], *text;
	long n;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
	write_file(path, "1");
	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/objects", cache);
	text = read_file(path, NULL);
	n = text ? atol(text) : 0;
	free(text);
	return n;
}

long meminfo(const char *key)
{
	char *text = read_file("/proc/meminfo", NULL), *at = strstr(text, key);
	long kilobytes = at ? atol(at + strlen(key) + 1) : -1;

	free(text);
	return kilobytes;
}
