/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Byte cursors with a sticky error.
 *
 * A writer never passes its end and a reader never reads past it: the first
 * operation that would sets ->overflow, and every later one does nothing.  Code
 * that encodes or parses therefore reads like a schema and checks once, at the
 * end.
 */
#ifndef IMA_NS_BUF_H
#define IMA_NS_BUF_H

#include "port.h"

/**
 * struct buf_writer - where the next byte goes
 * @data: start of the memory; NULL only counts
 * @size: bytes available (SIZE_MAX when only counting)
 * @len: bytes written so far
 * @overflow: something did not fit; the content is not usable
 */
struct buf_writer {
	u8 *data;
	size_t size;
	size_t len;
	bool overflow;
};

/**
 * struct buf_reader - where the next byte comes from
 * @data: start of the memory
 * @size: bytes there
 * @pos: bytes consumed so far
 * @overflow: something was asked for that is not there
 */
struct buf_reader {
	const u8 *data;
	size_t size;
	size_t pos;
	bool overflow;
};

static inline void buf_writer_init(struct buf_writer *w, void *data, size_t size)
{
	w->data = data;
	w->size = data ? size : SIZE_MAX;
	w->len = 0;
	w->overflow = false;
}

/**
 * buf_reserve() - claim @n bytes
 * @w: writer
 * @n: bytes
 *
 * Return: where they go, or NULL when there is no room or @w only counts.
 */
static inline u8 *buf_reserve(struct buf_writer *w, size_t n)
{
	u8 *p;

	if (w->overflow || n > w->size - w->len) {
		w->overflow = true;
		return NULL;
	}
	p = w->data ? w->data + w->len : NULL;
	w->len += n;
	return p;
}

static inline void buf_put(struct buf_writer *w, const void *src, size_t n)
{
	u8 *p = buf_reserve(w, n);

	if (p && n)
		memcpy(p, src, n);
}

static inline void buf_put_u8(struct buf_writer *w, u8 v)
{
	buf_put(w, &v, 1);
}

static inline void buf_put_le16(struct buf_writer *w, u16 v)
{
	u8 *p = buf_reserve(w, 2);

	if (p)
		put_unaligned_le16(v, p);
}

static inline void buf_put_le32(struct buf_writer *w, u32 v)
{
	u8 *p = buf_reserve(w, 4);

	if (p)
		put_unaligned_le32(v, p);
}

static inline void buf_put_be16(struct buf_writer *w, u16 v)
{
	u8 *p = buf_reserve(w, 2);

	if (p)
		put_unaligned_be16(v, p);
}

static inline void buf_put_be32(struct buf_writer *w, u32 v)
{
	u8 *p = buf_reserve(w, 4);

	if (p)
		put_unaligned_be32(v, p);
}

static inline void buf_put_be64(struct buf_writer *w, u64 v)
{
	u8 *p = buf_reserve(w, 8);

	if (p)
		put_unaligned_be64(v, p);
}

static inline void buf_reader_init(struct buf_reader *r, const void *data, size_t size)
{
	r->data = data;
	r->size = size;
	r->pos = 0;
	r->overflow = false;
}

static inline size_t buf_left(const struct buf_reader *r)
{
	return r->overflow ? 0 : r->size - r->pos;
}

/**
 * buf_get() - take @n bytes
 * @r: reader
 * @n: bytes
 *
 * Return: pointer to them inside the reader's memory, or NULL when fewer are left.
 */
static inline const u8 *buf_get(struct buf_reader *r, size_t n)
{
	const u8 *p;

	if (r->overflow || n > r->size - r->pos) {
		r->overflow = true;
		return NULL;
	}
	p = r->data + r->pos;
	r->pos += n;
	return p;
}

static inline u8 buf_get_u8(struct buf_reader *r)
{
	const u8 *p = buf_get(r, 1);

	return p ? *p : 0;
}

static inline u32 buf_get_le32(struct buf_reader *r)
{
	const u8 *p = buf_get(r, 4);

	return p ? get_unaligned_le32(p) : 0;
}

static inline u16 buf_get_be16(struct buf_reader *r)
{
	const u8 *p = buf_get(r, 2);

	return p ? get_unaligned_be16(p) : 0;
}

static inline u32 buf_get_be32(struct buf_reader *r)
{
	const u8 *p = buf_get(r, 4);

	return p ? get_unaligned_be32(p) : 0;
}

static inline u64 buf_get_be64(struct buf_reader *r)
{
	const u8 *p = buf_get(r, 8);

	return p ? get_unaligned_be64(p) : 0;
}

#endif /* IMA_NS_BUF_H */
