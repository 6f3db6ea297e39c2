/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A binary measurement log, one record at a time.
 *
 * log.c finds where a record and its fields start and end, field.c knows what a
 * field means, digest.c computes template digests.  Everything in a log is
 * untrusted: lengths are checked before they are used, and bytes stay bytes
 * until text_put() or json_text() shows them.
 */
#ifndef IMANS_LOG_H
#define IMANS_LOG_H

#include <stdio.h>

#include <json-c/json.h>

#include "kernel/buf.h"

#define LOG_NAME_MAX 255 /* TCG_EVENT_NAME_LEN_MAX, also the name limit of template ima */
#define LOG_FIELDS_MAX 15 /* TEMPLATE_NUM_FIELDS_MAX */
#define LOG_FIELD_ID_MAX 16 /* TEMPLATE_FIELD_ID_LEN */
#define LOG_DIGEST_MAX 64
#define LOG_IMA_DIGEST 20 /* field d of template ima has no length of its own */

/*
 * Largest template data.  Bigger than anything the kernel measures (a buffer, an
 * xattr, a PKCS#7 message), small enough to hold in memory.
 */
#define LOG_DATA_MAX (16u << 20)

struct field_type;

/**
 * struct log_field - one field of a record
 * @id: its id; not terminated, and of unknown content in a custom template
 * @id_len: length of @id; 0 in a template that we do not know
 * @type: how to show it
 * @data: its bytes
 * @len: how many
 */
struct log_field {
	const char *id;
	size_t id_len;
	const struct field_type *type;
	const u8 *data;
	u32 len;
};

/**
 * struct log_record - one record; all pointers lead into the parsed bytes
 * @number: position in the log, the first is 1 (set by log_next())
 * @raw: the record as it was read (set by log_next())
 * @raw_len: length of @raw
 * @pcr: PCR index
 * @digest: template digest of the log's bank
 * @digest_len: length of @digest
 * @name: template name or format string, any bytes
 * @name_len: length of @name
 * @data: template data
 * @data_len: length of @data
 * @ima: template "ima", whose data and digest have a form of their own
 * @violation: all bytes of @digest are zero
 * @nr_fields: fields in @fields
 * @fields: the fields, in order
 */
struct log_record {
	u64 number;
	const u8 *raw;
	size_t raw_len;
	u32 pcr;
	const u8 *digest;
	size_t digest_len;
	const char *name;
	size_t name_len;
	const u8 *data;
	size_t data_len;
	bool ima;
	bool violation;
	unsigned int nr_fields;
	struct log_field fields[LOG_FIELDS_MAX];
};

/**
 * struct log_error - where decoding stopped
 * @record: number of the record
 * @field: what was being read there, printable
 * @what: what is wrong with it
 */
struct log_error {
	u64 record;
	char field[80];
	char what[96];
};

ssize_t log_parse(const u8 *data, size_t size, size_t digest_len, struct log_record *rec,
		  struct log_error *err);

/**
 * enum log_status - what log_next() found
 * @LOG_RECORD: a record
 * @LOG_END: the end, between two records
 * @LOG_PARTIAL: the end, inside a record; calling again reads on
 * @LOG_BAD: bytes that are no record; there is no way to find the next one
 * @LOG_UNREADABLE: read() failed, errno is set
 */
enum log_status { LOG_RECORD, LOG_END, LOG_PARTIAL, LOG_BAD, LOG_UNREADABLE };

/**
 * struct log_stream - a log that is read from a file descriptor
 * @fd: the descriptor, owned by the caller
 * @digest_len: bytes of a template digest, given by the log's bank
 * @records: records returned so far
 * @bytes: bytes read so far
 * @buf: bytes read and not yet decoded
 * @cap: size of @buf
 * @start: first byte of the next record
 * @end: end of what was read
 */
struct log_stream {
	int fd;
	size_t digest_len;
	u64 records;
	u64 bytes;
	u8 *buf;
	size_t cap, start, end;
};

void log_stream_init(struct log_stream *s, int fd, size_t digest_len);
int log_stream_rewind(struct log_stream *s);
enum log_status log_next(struct log_stream *s, struct log_record *rec, struct log_error *err);
void log_stream_free(struct log_stream *s);

/* field.c */

enum field_role { FIELD_OTHER, FIELD_FILE_DIGEST, FIELD_FILE_NAME };

const char *template_format(const char *name, size_t len, size_t *format_len);
const struct field_type *field_lookup(const char *id, size_t len);
enum field_role field_role(const struct log_field *f);
void field_put_ascii(FILE *out, const struct log_field *f);
void field_put(FILE *out, const struct log_field *f);
void field_put_id(FILE *out, const struct log_record *rec, unsigned int i);
struct json_object *field_json(const struct log_record *rec, unsigned int i);
void field_json_value(struct json_object *obj, const char *key, const struct log_field *f);

/* digest.c */

/**
 * struct bank - a PCR bank
 * @name: as in the names of files
 * @size: bytes of a digest
 * @evp: OpenSSL's name of the algorithm
 */
struct bank {
	const char *name;
	size_t size;
	const char *evp;
};

struct hasher;

const struct bank *bank_lookup(const char *name, size_t len);
struct hasher *hasher_new(const struct bank *bank);
void hasher_free(struct hasher *h);
int hasher_template_digest(struct hasher *h, const struct log_record *rec, u8 *digest);

#endif /* IMANS_LOG_H */
