/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel made of plain files: logs with real bytes, PCRs that agree with them,
 * and a way to run imans on it.
 */
#ifndef IMANS_FAKE_H
#define IMANS_FAKE_H

#include "kernel/port.h"

#define FAKE_BANKS 2 /* sha1, sha256 */

/**
 * struct fake_field - bytes of a template field
 */
struct fake_field {
	const void *data;
	size_t len;
};

/**
 * struct fake_log - a log in both banks, and PCR 10
 */
struct fake_log {
	struct {
		u8 *data;
		size_t len;
		u8 pcr10[32];
	} bank[FAKE_BANKS];
	unsigned int records, violations;
};

enum fake_flags { FAKE_VIOLATION = 1, FAKE_WRONG_DIGEST = 2 };

void fake_append(struct fake_log *l, u32 pcr, const char *template, const struct fake_field *fields,
		 size_t count, unsigned int flags);
void fake_append_ima(struct fake_log *l, const u8 *digest, const char *name);
void fake_append_file(struct fake_log *l, const char *path, unsigned int flags);
void fake_append_sample(struct fake_log *l);
void fake_log_free(struct fake_log *l);

struct fake_field fake_digest(const char *prefix, u8 fill);
struct fake_field fake_string(const char *s);
extern const u8 fake_signature[265];

char *fake_dir(void);
void fake_remove(const char *dir);
void fake_file(const char *dir, const char *name, const void *data, size_t len);
void fake_text(const char *dir, const char *name, const char *text);
void fake_append_to(const char *dir, const char *name, const void *data, size_t len);
void fake_status(const char *dir, const char *probe);
void fake_namespace(const char *dir, const char *name, const char *info, const struct fake_log *l);

/**
 * struct fake_run - what a program did
 */
struct fake_run {
	int status;
	char *out, *err;
	long max_rss_kb;
};

#define imans(...) fake_imans((const char *const[]){ __VA_ARGS__, NULL })
struct fake_run *fake_imans(const char *const *argv);
struct fake_run *fake_imans_stdin(const char *const *argv, int in);
void fake_refuse(int err, unsigned int size);
pid_t fake_start(const char *program, const char *const *argv, int in, int out, int err);

#endif /* IMANS_FAKE_H */
