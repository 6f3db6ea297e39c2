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
 * struct ima_ns_xattr - an extended attribute that a record shows
 * @name: with its prefix, "security.ima"
 * @value: its bytes; may be NULL when @len is 0
 * @len: bytes of @value
 */
struct ima_ns_xattr {
	const char *name;
	const u8 *value;
	u32 len;
};

/**
 * struct ima_ns_template_input - everything a field may be made of
 * @algo: name of the digest's algorithm, as hash_algo_name[] spells it
 * @digest: file digest, @digest_len bytes; zeros for a violation
 * @digest_len: bytes of @digest
 * @d: digest for field "d", of md5 or sha1, or NULL: zeros
 * @d_len: bytes of @d
 * @verity: @digest is an fs-verity digest
 * @violation: the record is a violation
 * @path: path or name of the event, NUL-terminated
 * @basename: last component, for field "n" when @path is too long, or NULL
 * @sig: content of security.ima when it is a signature, or NULL
 * @sig_len: bytes of @sig
 * @evmsig: content of security.evm when it is a portable signature, or NULL
 * @evmsig_len: bytes of @evmsig
 * @xattrs: attributes that EVM protects and the file has, in EVM's order
 * @nr_xattrs: how many
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
	const u8 *d;
	u8 d_len;
	bool verity;
	bool violation;
	const char *path;
	const char *basename;
	const u8 *sig;
	u32 sig_len;
	const u8 *evmsig;
	u32 evmsig_len;
	const struct ima_ns_xattr *xattrs;
	unsigned int nr_xattrs;
	const u8 *buf;
	u32 buf_len;
	bool has_inode;
	u32 uid;
	u32 gid;
	u16 mode;
};

struct ima_ns_field;

/* what fields are made of that is not at hand anyway; ima_ns_template.needs */
#define IMA_NS_NEEDS_D		0x1u	/* @d */
#define IMA_NS_NEEDS_SIG	0x2u	/* @sig, or else @evmsig */
#define IMA_NS_NEEDS_EVMSIG	0x4u	/* @evmsig */
#define IMA_NS_NEEDS_XATTRS	0x8u	/* @xattrs */

/**
 * struct ima_ns_template - an ordered list of fields
 * @name: as in a record; "" for a custom format, which is recorded as @fmt
 * @fmt: field ids joined by '|'
 * @needs: IMA_NS_NEEDS_* of its fields
 * @nr_fields: how many
 * @fields: their rows in the field table
 */
struct ima_ns_template {
	const char *name;
	const char *fmt;
	u32 needs;
	unsigned int nr_fields;
	const struct ima_ns_field *fields[IMA_NS_MAX_FIELDS];
};

int ima_ns_template_init(void);
const struct ima_ns_template *ima_ns_template_define(const char *fmt);
const struct ima_ns_template *ima_ns_template_find(const char *name);
unsigned int ima_ns_template_index(const struct ima_ns_template *t);
const struct ima_ns_template *ima_ns_template_at(unsigned int index);
const char *ima_ns_template_label(const struct ima_ns_template *t);
bool ima_ns_template_is_ima(const struct ima_ns_template *t);
void ima_ns_template_encode(const struct ima_ns_template *t,
			    const struct ima_ns_template_input *in, struct buf_writer *w);
void ima_ns_template_ascii(const struct ima_ns_template *t, const u8 *data, size_t len,
			   struct buf_writer *w);

void buf_put_hex(struct buf_writer *w, const u8 *data, size_t len);

#endif /* IMA_NS_TEMPLATE_H */
