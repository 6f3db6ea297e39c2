// SPDX-License-Identifier: GPL-2.0
/*
 * Errors, memory, numbers and small files.  Text and JSON are in text.c.
 */
#include <fcntl.h>
#include <unistd.h>

#include "lib/util.h"

static void error_line(const char *who, const char *todo, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void error_line(const char *who, const char *todo, const char *fmt, va_list ap)
{
	char *what = xvasprintf(fmt, ap);

	/* Names come from arguments and directories: they may hold anything. */
	fflush(stdout);
	fputs("imans: ", stderr);
	sentence_put(stderr, who, strlen(who));
	fputs(": ", stderr);
	sentence_put(stderr, what, strlen(what));
	if (todo)
		fprintf(stderr, ": %s", todo);
	fputc('\n', stderr);
	free(what);
}

/**
 * fail() - say on stderr what is wrong, as "imans: FILE: what: what to do"
 * @file: the file it is about
 * @todo: what the reader should do, or NULL when @fmt leaves no doubt
 * @fmt: what is wrong
 *
 * Return: IMANS_FAILED, for the caller to return.
 */
int fail(const char *file, const char *todo, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	error_line(file, todo, fmt, ap);
	va_end(ap);
	return IMANS_FAILED;
}

/**
 * fail_errno() - fail() with the text of an errno, and advice where it is always the same
 * @file: the file it is about
 * @todo: what to do, or NULL for the usual advice
 * @err: positive errno
 *
 * Return: IMANS_FAILED.
 */
int fail_errno(const char *file, const char *todo, int err)
{
	if (!todo && (err == EACCES || err == EPERM))
		todo = "run as root on the host";
	return fail(file, todo, "%s", strerror(err));
}

/**
 * usage_error() - say on stderr what is wrong with the command line
 * @verb: the verb, or NULL when there is none
 * @fmt: what is wrong
 *
 * Return: IMANS_USAGE, for the caller to return.
 */
int usage_error(const char *verb, const char *fmt, ...)
{
	char *todo = verb ? xasprintf("see imans %s --help", verb) : xstrdup("see imans --help");
	va_list ap;

	va_start(ap, fmt);
	error_line(verb ? verb : "command line", todo, fmt, ap);
	va_end(ap);
	free(todo);
	return IMANS_USAGE;
}

/**
 * output_finish() - make sure that everything printed has arrived
 * @out: the stream
 *
 * A full disk shows up here at the latest; without this check half an answer
 * would look like a whole one.
 *
 * Return: IMANS_OK, or IMANS_FAILED after telling why.
 */
int output_finish(FILE *out)
{
	int bad = ferror(out);

	errno = 0;
	if (fflush(out) || bad)
		return fail("standard output", "is the disk full?", "%s",
			    strerror(errno ? errno : EIO));
	return IMANS_OK;
}

static void *or_die(void *p)
{
	if (p)
		return p;
	fputs("imans: memory: there is none left: stop something\n", stderr);
	exit(IMANS_FAILED);
}

/** xalloc() - zeroed memory, or the end of the program */
void *xalloc(size_t size)
{
	return or_die(calloc(1, size ? size : 1));
}

/** xrealloc() - realloc(), or the end of the program */
void *xrealloc(void *p, size_t size)
{
	return or_die(realloc(p, size ? size : 1));
}

/** xstrdup() - strdup(), or the end of the program */
char *xstrdup(const char *s)
{
	return or_die(strdup(s));
}

/** xvasprintf() - vasprintf(), or the end of the program */
char *xvasprintf(const char *fmt, va_list ap)
{
	char *s;

	return vasprintf(&s, fmt, ap) < 0 ? or_die(NULL) : s;
}

/** xasprintf() - asprintf(), or the end of the program */
char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

/**
 * number_parse() - read a decimal number that fills its text
 * @s: digits, need not be terminated
 * @n: how many
 * @value: the number
 *
 * Return: whether it is one and fits.
 */
bool number_parse(const char *s, size_t n, u64 *value)
{
	u64 v = 0;
	size_t i;

	if (!n)
		return false;
	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (u64)(s[i] - '0'), &v))
			return false;
	}
	*value = v;
	return true;
}

/**
 * read_fd() - read what is left of a file, and close it
 * @fd: the file
 * @max: bytes that are too many
 * @len: bytes read (out, may be NULL)
 *
 * Return: the content with a NUL behind it, to be freed, or NULL with errno set
 * (EFBIG from @max bytes on).
 */
char *read_fd(int fd, size_t max, size_t *len)
{
	size_t used = 0, cap = 4096;
	ssize_t got;
	int err = 0;
	char *buf = xalloc(cap + 1);

	while ((got = read(fd, buf + used, cap - used)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		used += (size_t)got;
		if (used == cap && cap >= max) {
			errno = EFBIG;
			got = -1;
			break;
		}
		if (used == cap) {
			cap *= 2;
			buf = xrealloc(buf, cap + 1);
		}
	}
	if (got < 0)
		err = errno;
	close(fd);
	if (err) {
		free(buf);
		errno = err;
		return NULL;
	}
	buf[used] = '\0';
	if (len)
		*len = used;
	return buf;
}

/**
 * read_small_file() - read a file of /proc, /sys or securityfs
 * @dirfd: directory, or AT_FDCWD
 * @path: file
 * @len: bytes read (out, may be NULL)
 *
 * Return: the content with a NUL behind it, to be freed, or NULL with errno set
 * (EFBIG above SMALL_FILE_MAX).
 */
char *read_small_file(int dirfd, const char *path, size_t *len)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? NULL : read_fd(fd, SMALL_FILE_MAX, len);
}

/**
 * kv_find() - find a value among lines of key=value
 * @text: the lines
 * @key: the key
 * @len: length of the value (out)
 *
 * The first line wins, so that a value cannot be overridden by what follows it.
 *
 * Return: the value inside @text, not terminated, or NULL.
 */
const char *kv_find(const char *text, const char *key, size_t *len)
{
	size_t key_len = strlen(key);

	while (*text) {
		size_t line = strcspn(text, "\n");

		if (line > key_len && !memcmp(text, key, key_len) && text[key_len] == '=') {
			*len = line - key_len - 1;
			return text + key_len + 1;
		}
		text += line + (text[line] == '\n');
	}
	return NULL;
}
