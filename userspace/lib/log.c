// SPDX-License-Identifier: GPL-2.0
/*
 * Where records and fields of a binary measurement log start and end.
 */
#include <stdio.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/util.h"

#define READ_SIZE (64u << 10)

/**
 * struct parse - a reader that remembers what it was reading when the bytes ran out
 * @r: the bytes
 * @what: name of the item, printable as far as we chose it
 * @len: length of @what
 */
struct parse {
	struct buf_reader r;
	const char *what;
	size_t len;
};

static void parse_at(struct parse *p, const char *what, size_t len)
{
	if (p->r.overflow)
		return;
	p->what = what;
	p->len = len;
}

static u32 parse_le32(struct parse *p, const char *what)
{
	parse_at(p, what, strlen(what));
	return buf_get_le32(&p->r);
}

static const u8 *parse_bytes(struct parse *p, size_t n, const char *what)
{
	parse_at(p, what, strlen(what));
	return buf_get(&p->r, n);
}

static void name_field(struct log_error *err, const struct parse *p)
{
	FILE *f = fmemopen(err->field, sizeof(err->field) - 1, "w");

	memset(err->field, 0, sizeof(err->field));
	if (!f)
		return;
	sentence_put(f, p->what, p->len);
	fclose(f);
}

static ssize_t bad(struct log_error *err, const struct parse *p, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static ssize_t bad(struct log_error *err, const struct parse *p, const char *fmt, ...)
{
	va_list ap;

	name_field(err, p);
	va_start(ap, fmt);
	vsnprintf(err->what, sizeof(err->what), fmt, ap);
	va_end(ap);
	return -EBADMSG;
}

static ssize_t incomplete(struct log_error *err, const struct parse *p)
{
	name_field(err, p);
	snprintf(err->what, sizeof(err->what), "the log ends inside it");
	return 0;
}

static struct log_field *add_field(struct log_record *rec, const char *id, size_t len)
{
	struct log_field *f = &rec->fields[rec->nr_fields++];

	f->id = id;
	f->id_len = len;
	f->type = field_lookup(id, len);
	return f;
}

/*
 * Template "ima" is older than self-describing data: no data length, a digest
 * without a length and a name without a NUL.
 */
static ssize_t parse_ima(struct parse *p, struct log_record *rec, struct log_error *err)
{
	struct log_field *d = add_field(rec, "d", 1);
	struct log_field *n = add_field(rec, "n", 1);
	size_t start = p->r.pos;

	d->len = LOG_IMA_DIGEST;
	d->data = parse_bytes(p, d->len, "d");
	n->len = parse_le32(p, "n");
	if (n->len > LOG_NAME_MAX)
		return bad(err, p, "length %u is more than %u", n->len, LOG_NAME_MAX);
	n->data = parse_bytes(p, n->len, "n");
	if (p->r.overflow)
		return incomplete(err, p);
	rec->data = p->r.data + start;
	rec->data_len = p->r.pos - start;
	return (ssize_t)p->r.pos;
}

/* The next id of "a|b|c", or false at its end. */
static bool next_id(const char **format, size_t *left, const char **id, size_t *len)
{
	const char *bar;

	if (!*format)
		return false;
	bar = memchr(*format, '|', *left);
	*id = *format;
	*len = bar ? (size_t)(bar - *format) : *left;
	*left -= bar ? *len + 1 : *len;
	*format = bar ? bar + 1 : NULL;
	return true;
}

static bool parse_field(struct parse *p, struct log_record *rec, const char *id, size_t len)
{
	struct log_field *f = add_field(rec, id, len);

	parse_at(p, len ? id : "unknown field", len ? len : strlen("unknown field"));
	f->len = buf_get_le32(&p->r);
	f->data = buf_get(&p->r, f->len);
	return !p->r.overflow;
}

/*
 * @size is the length the record claims; what of it is in memory may be less.
 * Then the fields are walked all the same, to tell in which one the log ends.
 */
static ssize_t parse_fields(struct parse *p, struct log_record *rec, size_t size,
			    struct log_error *err)
{
	bool whole = buf_left(&p->r) >= size;
	struct parse sub = { .what = "template data", .len = strlen("template data") };
	const char *format, *id = NULL;
	size_t left = 0, len = 0;

	buf_reader_init(&sub.r, p->r.data + p->r.pos, whole ? size : buf_left(&p->r));
	format = template_format(rec->name, rec->name_len, &left);
	/* A template that we do not know still has fields: take them as they come. */
	while (format ? next_id(&format, &left, &id, &len) : !id && buf_left(&sub.r)) {
		if (rec->nr_fields == LOG_FIELDS_MAX)
			return bad(err, &sub, "more than %u fields", LOG_FIELDS_MAX);
		if (parse_field(&sub, rec, id, len))
			continue;
		if (!whole)
			return incomplete(err, &sub);
		return bad(err, &sub, "does not fit into the template data");
	}
	if (!whole)
		return incomplete(err, &sub);
	if (buf_left(&sub.r)) {
		parse_at(&sub, "template data", strlen("template data"));
		return bad(err, &sub, "%zu bytes follow the last field", buf_left(&sub.r));
	}
	rec->data = sub.r.data;
	rec->data_len = size;
	buf_get(&p->r, size);
	return (ssize_t)p->r.pos;
}

static bool all_zero(const u8 *p, size_t n)
{
	while (n--)
		if (*p++)
			return false;
	return true;
}

/**
 * log_parse() - decode the record at the start of some bytes
 * @data: the bytes
 * @size: how many
 * @digest_len: length of a template digest in this log
 * @rec: the record (out); it points into @data
 * @err: where and why decoding stopped (out, unless there is a record)
 *
 * Return: bytes that the record takes; 0 when it is not complete; -EBADMSG when
 * no bytes that may follow can make it one.
 */
ssize_t log_parse(const u8 *data, size_t size, size_t digest_len, struct log_record *rec,
		  struct log_error *err)
{
	struct parse p = { .what = "", .len = 0 };
	u32 data_len;

	buf_reader_init(&p.r, data, size);
	memset(rec, 0, sizeof(*rec));
	rec->pcr = parse_le32(&p, "PCR index");
	rec->digest_len = digest_len;
	rec->digest = parse_bytes(&p, digest_len, "template digest");
	rec->name_len = parse_le32(&p, "template name");
	if (rec->name_len > LOG_NAME_MAX || (!rec->name_len && !p.r.overflow))
		return bad(err, &p, "length %zu is not between 1 and %u", rec->name_len,
			   LOG_NAME_MAX);
	rec->name = (const char *)parse_bytes(&p, rec->name_len, "template name");
	if (p.r.overflow)
		return incomplete(err, &p);
	rec->violation = all_zero(rec->digest, digest_len);
	rec->ima = rec->name_len == 3 && !memcmp(rec->name, "ima", 3);
	if (rec->ima)
		return parse_ima(&p, rec, err);

	data_len = parse_le32(&p, "template data");
	if (data_len > LOG_DATA_MAX)
		return bad(err, &p, "length %u is more than %u", data_len, LOG_DATA_MAX);
	if (p.r.overflow)
		return incomplete(err, &p);
	return parse_fields(&p, rec, data_len, err);
}

/**
 * log_stream_init() - read a log from a descriptor
 * @s: the stream
 * @fd: open file; stays the caller's
 * @digest_len: length of a template digest
 */
void log_stream_init(struct log_stream *s, int fd, size_t digest_len)
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->digest_len = digest_len;
	s->cap = 2 * READ_SIZE;
	s->buf = xalloc(s->cap);
}

/**
 * log_stream_rewind() - begin again with the first record of the file
 * @s: the stream, of a file that can be sought
 *
 * Return: 0 or a negative errno.
 */
int log_stream_rewind(struct log_stream *s)
{
	if (lseek(s->fd, 0, SEEK_SET))
		return -errno;
	s->start = s->end = 0;
	s->records = 0;
	return 0;
}

/* Bytes read, 0 at the end, -1 with errno. */
static ssize_t fill(struct log_stream *s)
{
	ssize_t got;

	if (s->start) {
		memmove(s->buf, s->buf + s->start, s->end - s->start);
		s->end -= s->start;
		s->start = 0;
	}
	/*
	 * Grows with the bytes that arrive, never with a length that a record
	 * claims.  log_parse() refuses records above LOG_DATA_MAX, so it ends.
	 */
	if (s->cap - s->end < READ_SIZE) {
		s->cap *= 2;
		s->buf = xrealloc(s->buf, s->cap);
	}
	do
		got = read(s->fd, s->buf + s->end, s->cap - s->end);
	while (got < 0 && errno == EINTR);
	if (got > 0) {
		s->end += (size_t)got;
		s->bytes += (u64)got;
	}
	return got;
}

/**
 * log_next() - the next record of a stream
 * @s: the stream
 * @rec: the record (out); valid until the next call
 * @err: what is wrong (out) when the result is LOG_PARTIAL or LOG_BAD
 */
enum log_status log_next(struct log_stream *s, struct log_record *rec, struct log_error *err)
{
	ssize_t n;

	for (;;) {
		n = log_parse(s->buf + s->start, s->end - s->start, s->digest_len, rec, err);
		if (n > 0) {
			rec->raw = s->buf + s->start;
			rec->raw_len = (size_t)n;
			s->start += (size_t)n;
			rec->number = ++s->records;
			return LOG_RECORD;
		}
		err->record = s->records + 1;
		if (n < 0)
			return LOG_BAD;
		n = fill(s);
		if (n < 0)
			return LOG_UNREADABLE;
		if (!n)
			return s->start == s->end ? LOG_END : LOG_PARTIAL;
	}
}

/** log_stream_free() - free a stream's memory; its descriptor stays open */
void log_stream_free(struct log_stream *s)
{
	free(s->buf);
	s->buf = NULL;
}
