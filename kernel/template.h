/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Templates: which fields a record has and how they look, in binary and ASCII.
 * Pure C; mirrors security/integrity/ima/ima_template*.c of the host.
 */
#ifndef IMA_NS_TEMPLATE_H
#define IMA_NS_TEMPLATE_H

#include "buf.h"
#include "limits.h"

/**
 * struct ima_ns_template_input - everything a field may be made of
 * @algo: name of the digest's algorithm, as hash_algo_name[] spells it
 * @digest: file digest, @digest_len bytes; zeros for a violation
 * @digest_len: bytes of @digest
 * @digest_sha1: digest for field "d", 20 bytes, or NULL
 * @verity: @digest is an fs-verity digest
 * @violation: the record is a violation
 * @path: path or name of the event, NUL-terminated
 * @basename: last component, for field "n" when @path is too long, or NULL
 * @sig: content of security.ima when it is a signature, or NULL
 * @sig_len: bytes of @sig
 * @buf: data of a buffer measurement, or NULL
 * @buf_len: bytes of @buf
 * @has_inode: @uid, @gid and @mode mean something
 * @uid: owner in the file system's user namespace
 * @gid: group in the file system's user namespace
 * @mode: type and permissions
 */
struct ima_ns_template_input {
	const char *algo;
	const u8 *digest;
	u8 digest_len;
	const u8 *digest_sha1;
	bool verity;
	bool violation;
	const char *path;
	const char *basename;
	const u8 *sig;
	u32 sig_len;
	const u8 *buf;
	u32 buf_len;
	bool has_inode;
	u32 uid;
	u32 gid;
	u16 mode;
};

struct ima_ns_field;

/**
 * struct ima_ns_template - an ordered list of fields
 * @name: as in a record; "" for a custom format, which is recorded as @fmt
 * @fmt: field ids joined by '|'
 * @nr_fields: how many
 * @fields: their rows in the field table
 */
struct ima_ns_template {
	const char *name;
	const char *fmt;
	unsigned int nr_fields;
	const struct ima_ns_field *fields[IMA_NS_MAX_FIELDS];
};

int ima_ns_template_init(void);
const struct ima_ns_template *ima_ns_template_find(const char *name);
unsigned int ima_ns_template_index(const struct ima_ns_template *t);
const struct ima_ns_template *ima_ns_template_at(unsigned int index);
const char *ima_ns_template_label(const struct ima_ns_template *t);
bool ima_ns_template_is_ima(const struct ima_ns_template *t);
bool ima_ns_template_wants_sig(const struct ima_ns_template *t);
void ima_ns_template_encode(const struct ima_ns_template *t,
			    const struct ima_ns_template_input *in, struct buf_writer *w);
void ima_ns_template_ascii(const struct ima_ns_template *t, const u8 *data, size_t len,
			   struct buf_writer *w);

void buf_put_hex(struct buf_writer *w, const u8 *data, size_t len);

#endif /* IMA_NS_TEMPLATE_H */
