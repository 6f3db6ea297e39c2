// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing the plain types and sized buffers of Part 2.
 */
#include "vtpm_internal.h"

/**
 * vtpm_reader_init() - begin to read
 * @r: the reader
 * @data: bytes; must outlive the blobs that are read
 * @size: how many
 * @where: see struct vtpm_reader
 */
void vtpm_reader_init(struct vtpm_reader *r, const u8 *data, size_t size, u32 where)
{
	buf_reader_init(&r->buf, data, size);
	r->rc = 0;
	r->where = where;
	r->param = 0;
}

/** vtpm_reader_fail() - what was just read is wrong; the first error stays */
void vtpm_reader_fail(struct vtpm_reader *r, u32 rc)
{
	if (!r->rc)
		r->rc = vtpm_rc_at(rc, r->where);
	r->buf.overflow = true;
}

/* a get that went past the end says so */
static void check(struct vtpm_reader *r)
{
	if (r->buf.overflow)
		vtpm_reader_fail(r, VTPM_RC_INSUFFICIENT);
}

u8 vtpm_get_u8(struct vtpm_reader *r)
{
	u8 v = buf_get_u8(&r->buf);

	check(r);
	return v;
}

u16 vtpm_get_u16(struct vtpm_reader *r)
{
	u16 v = buf_get_be16(&r->buf);

	check(r);
	return v;
}

u32 vtpm_get_u32(struct vtpm_reader *r)
{
	u32 v = buf_get_be32(&r->buf);

	check(r);
	return v;
}

u64 vtpm_get_u64(struct vtpm_reader *r)
{
	u64 v = buf_get_be64(&r->buf);

	check(r);
	return v;
}

/** vtpm_get_yes_no() - TPMI_YES_NO */
bool vtpm_get_yes_no(struct vtpm_reader *r)
{
	u8 v = vtpm_get_u8(r);

	if (v > 1)
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	return v == 1;
}

/** vtpm_get_here() - @n bytes where they are; NULL in error */
const u8 *vtpm_get_here(struct vtpm_reader *r, size_t n)
{
	const u8 *here = buf_get(&r->buf, n);

	check(r);
	return here;
}

/** vtpm_get_bytes() - copy @n bytes to @data; zeros in error */
void vtpm_get_bytes(struct vtpm_reader *r, u8 *data, size_t n)
{
	const u8 *here = vtpm_get_here(r, n);

	memset(data, 0, n);
	if (here && n)
		memcpy(data, here, n);
}

/**
 * vtpm_get_blob() - any TPM2B
 * @r: reader
 * @max: bound of its content
 * @blob: result, pointing into the command; empty in error
 */
void vtpm_get_blob(struct vtpm_reader *r, size_t max, struct vtpm_blob *blob)
{
	blob->size = vtpm_get_u16(r);
	if (blob->size > max)
		vtpm_reader_fail(r, VTPM_RC_SIZE);
	blob->data = vtpm_get_here(r, blob->size);
	if (!blob->data)
		blob->size = 0;
}

/** vtpm_get_2b() - any TPM2B, copied to @data of @max bytes; returns its size */
u16 vtpm_get_2b(struct vtpm_reader *r, size_t max, u8 *data)
{
	struct vtpm_blob blob;

	vtpm_get_blob(r, max, &blob);
	memset(data, 0, max);
	if (blob.size)
		memcpy(data, blob.data, blob.size);
	return blob.size;
}

/** vtpm_get_digest() - TPM2B_DIGEST, TPM2B_NONCE, TPM2B_AUTH */
void vtpm_get_digest(struct vtpm_reader *r, struct vtpm_digest *digest)
{
	digest->size = vtpm_get_2b(r, sizeof(digest->data), digest->data);
}

/** vtpm_get_name() - TPM2B_NAME */
void vtpm_get_name(struct vtpm_reader *r, struct vtpm_name *name)
{
	name->size = vtpm_get_2b(r, sizeof(name->data), name->data);
}

/** vtpm_get_data() - TPM2B_DATA */
void vtpm_get_data(struct vtpm_reader *r, struct vtpm_name *data)
{
	data->size = vtpm_get_2b(r, VTPM_MAX_DATA, data->data);
}

/** vtpm_get_hash_alg() - TPMI_ALG_HASH; returns VTPM_ALG_NULL in error */
u16 vtpm_get_hash_alg(struct vtpm_reader *r, bool null_ok)
{
	u16 alg = vtpm_get_u16(r);

	if (vtpm_digest_size(alg) || (alg == VTPM_ALG_NULL && null_ok))
		return alg;
	vtpm_reader_fail(r, VTPM_RC_HASH);
	return VTPM_ALG_NULL;
}

/** vtpm_put_begin() - begin a TPM2B; returns what vtpm_put_end() wants */
size_t vtpm_put_begin(struct buf_writer *w)
{
	size_t begin = w->len;

	buf_put_be16(w, 0);
	return begin;
}

/** vtpm_put_end() - end a TPM2B: its size is what was put since @begin */
void vtpm_put_end(struct buf_writer *w, size_t begin)
{
	if (!w->overflow && w->data)
		put_unaligned_be16(w->len - begin - 2, w->data + begin);
}

void vtpm_put_2b(struct buf_writer *w, const void *data, size_t size)
{
	buf_put_be16(w, size);
	buf_put(w, data, size);
}

void vtpm_put_digest(struct buf_writer *w, const struct vtpm_digest *digest)
{
	vtpm_put_2b(w, digest->data, digest->size);
}

void vtpm_put_name(struct buf_writer *w, const struct vtpm_name *name)
{
	vtpm_put_2b(w, name->data, name->size);
}
