/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every verb needs: errors in one form, text that cannot attack the
 * terminal, JSON that stays valid, small files.
 */
#ifndef IMANS_UTIL_H
#define IMANS_UTIL_H

#include <stdarg.h>
#include <stdio.h>

#include <json-c/json.h>

#include "kernel/port.h"

/* Exit codes of imans; imans(8) promises them. */
enum imans_exit {
	IMANS_OK = 0,
	IMANS_FAILED = 1,
	IMANS_USAGE = 2,
};

/* Largest file of /proc or securityfs that is read in one piece. */
#define SMALL_FILE_MAX (256u << 10)

/* errors */

int fail(const char *file, const char *todo, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int fail_errno(const char *file, const char *todo, int err);
int usage_error(const char *verb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int output_finish(FILE *out);

/* memory: these end the program when there is none, as nothing useful is left to do */

void *xalloc(size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/* text */

size_t utf8_decode(const u8 *p, size_t n, u32 *cp);
size_t utf8_width(const char *s);
void text_put(FILE *out, const void *p, size_t n);
void sentence_put(FILE *out, const void *p, size_t n);
char *text_escape(const void *p, size_t n);
void hex_put(FILE *out, const u8 *p, size_t n);
char *hex_string(const u8 *p, size_t n);
ssize_t hex_parse(const char *s, size_t n, u8 *out, size_t max);
bool number_parse(const char *s, size_t n, u64 *value);

/* JSON */

struct json_object *json_text(const void *p, size_t n);
void json_add_text(struct json_object *obj, const char *key, const void *p, size_t n);
void json_add_string(struct json_object *obj, const char *key, const char *s);
void json_add_hex(struct json_object *obj, const char *key, const u8 *p, size_t n);
void json_add_u64(struct json_object *obj, const char *key, u64 v);
void json_add(struct json_object *obj, const char *key, struct json_object *v);
void json_put(FILE *out, struct json_object *obj, bool pretty);

/* files */

char *read_fd(int fd, size_t max, size_t *len);
char *read_small_file(int dirfd, const char *path, size_t *len);
const char *kv_find(const char *text, const char *key, size_t *len);

#endif /* IMANS_UTIL_H */
