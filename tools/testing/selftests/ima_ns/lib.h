/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the test programs share: the files of a namespace, logs read by a
 * parser that shares no code with the product, containers without a runtime.
 */
#ifndef IMA_NS_TEST_LIB_H
#define IMA_NS_TEST_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define TOP "/sys/kernel/security/ima-ns"
#define HOST_IMA "/sys/kernel/security/integrity/ima"
#define ALL_BANKS "sha1,sha256,sha384,sha512"

/* --- lib.c: files, modules, waiting ---------------------------------------- */

char *read_file(const char *path, size_t *len);
int write_file(const char *path, const char *text);
int copy_file(const char *from, const char *to, const char *tail);
int make_file(const char *path, size_t size, unsigned int seed);
long number_in(const char *path, const char *key);
char *text_in(const char *path, const char *key);
long status_number(const char *key);
char *test_program(const char *name);
char *verity_enable(const char *path, const char *algo);
bool wait_for(bool (*done)(const void *arg), const void *arg, int ms);
const char *file_in(const char *dir, const char *file);
const char *last_of(const char *path);
bool exists(const void *path);
bool absent(const void *path);
int run(const char *command);
int modules_unload(void);
int modules_load(const char *parameters);
int modules_reload(const char *parameters);
int bpf_objects(void);
long slab_objects(const char *cache);
long meminfo(const char *key);

/* --- lib_log.c: measurement logs ------------------------------------------- */

#define MAX_DIGEST 64
#define MAX_FIELDS 16

/**
 * struct rec - one record of a binary log
 * @pcr: PCR index
 * @digest: template digest of the bank whose log this is
 * @template: name of the template, or its fields
 * @data: template data, with the lengths
 * @data_len: bytes of it
 * @fields: of @data
 * @nr_fields: fields
 */
struct rec {
	uint32_t pcr;
	const uint8_t *digest;
	char template[256];
	const uint8_t *data;
	uint32_t data_len;
	struct field {
		const uint8_t *data;
		uint32_t len;
	} fields[MAX_FIELDS];
	unsigned int nr_fields;
};

struct log {
	uint8_t *raw;
	size_t len;
	const char *bank;
	unsigned int digest_size;
	struct rec *recs;
	unsigned int nr;
	char error[512];
};

unsigned int bank_size(const char *bank);
void hash(const char *algo, const void *data, size_t len, uint8_t *digest);
int log_parse(struct log *log, const uint8_t *raw, size_t len, const char *bank);
int log_read(struct log *log, const char *dir, const char *bank);
void log_free(struct log *log);
const char *rec_name(const struct rec *r);
bool rec_violation(const struct log *log, const struct rec *r);
const struct rec *log_find(const struct log *log, const char *name, const struct rec *after);
unsigned int log_count(const struct log *log, const char *name);
char *log_ascii(const struct log *log);
bool log_digests_hold(struct log *log);
void log_replay(const struct log *log, unsigned int pcr, uint8_t *value);
int checkpoint_pcr(const char *dir, const char *bank, unsigned int pcr, uint8_t *value);
int pcr_read(const char *dir, const char *bank, unsigned int pcr, uint8_t *value);
int log_request(const char *path, const char *text, size_t len);
int log_trim(const char *dir, long n);
long info_number(const char *dir, const char *key);
int dir_check(const char *dir, char *why, size_t why_len);
int records_of(const char *dir, const char *name);
char *file_digest(const char *path);

/* --- lib_audit.c: what the kernel says --------------------------------------- */

int audit_open(void);
const char *audit_find(int fd, int type, const char *text);
int klog_open(void);
const char *klog_find(int fd, const char *text);

/* --- lib_container.c: containers ------------------------------------------- */

/**
 * struct ct_options - how a container differs from the plain one
 * @flags: CLONE_NEW* beside CLONE_NEWNS
 * @uid: with CLONE_NEWUSER: the host's id of the container's root
 * @securityfs: bind-mount this directory on /security of the container
 * @overlay: a directory: make the root an overlay with its upper layer there
 * @no_join: do not become a member at once
 * @create: create its namespace by hand, with these words behind "fd=N "
 * @within: start it in this container, in which the path of its root is.  It lives
 *          on when that one is stopped.
 */
struct ct_options {
	int flags;
	unsigned int uid;
	const char *securityfs;
	const char *overlay;
	bool no_join;
	const char *create;
	struct ct *within;
};

/**
 * struct ct - a running container
 * @pid: its first process
 * @sock: to talk to it
 * @nsid: inode number of its mount namespace
 * @dir: its directory
 */
struct ct {
	pid_t pid;
	int sock;
	unsigned int nsid;
	char dir[64];
};

typedef int ct_fn(const char *arg);

int root_make(const char *root);
int root_add(const char *root, const char *name);
int ct_create(pid_t pid, const char *words);
int ct_start(struct ct *ct, const char *root, const struct ct_options *options);
int ct_call(struct ct *ct, ct_fn *fn, const char *arg);
int ct_fork(struct ct *ct, ct_fn *fn, const char *arg);
int ct_send(struct ct *ct, ct_fn *fn, const char *arg);
int ct_wait(struct ct *ct);
bool ct_busy(const struct ct *ct);
int ct_stop(struct ct *ct);
bool ct_gone(const struct ct *ct);
int ct_id(const struct ct *ct, char *id, size_t size);

/* to be called in a container */
int do_exec(const char *path);
int do_map(const char *path);
int do_map_new(const char *name);
int do_map_many(const char *arg);
int do_mkdir(const char *path);
int do_read(const char *path);
int do_append(const char *path);
int do_overwrite(const char *path);
int spawn(const char *path);

#endif /* IMA_NS_TEST_LIB_H */
