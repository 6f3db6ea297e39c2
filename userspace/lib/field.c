// SPDX-License-Identifier: GPL-2.0
/*
 * Templates and template fields: one row each.
 */
#include "lib/log.h"
#include "lib/util.h"

/* Longest run of opaque bytes that decoded text shows in full. */
#define HEX_SHOWN 64

/**
 * struct field_type - how the bytes of a field are to be read
 * @id: id in format strings
 * @role: what a record uses it for
 * @ascii: print as host IMA's ASCII log does (names escaped)
 * @text: print for a reader
 * @json: add members that say more than the raw bytes
 */
struct field_type {
	const char *id;
	enum field_role role;
	void (*ascii)(FILE *out, const struct log_field *f);
	void (*text)(FILE *out, const struct log_field *f);
	void (*json)(struct json_object *obj, const struct log_field *f);
};

static const struct {
	const char *name;
	const char *format;
} templates[] = {
	{ "ima", "d|n" },
	{ "ima-ng", "d-ng|n-ng" },
	{ "ima-ngv2", "d-ngv2|n-ng" },
	{ "ima-sig", "d-ng|n-ng|sig" },
	{ "ima-sigv2", "d-ngv2|n-ng|sig" },
	{ "ima-buf", "d-ng|n-ng|buf" },
	{ "ima-modsig", "d-ng|n-ng|sig|d-modsig|modsig" },
	{ "evm-sig", "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode" },
};

/* enum hash_algo of the kernel's uapi, in order. */
static const char *const hash_algo_names[] = {
	"md4",	       "md5",	      "sha1",	  "rmd160",   "sha256",	  "sha384",
	"sha512",      "sha224",      "rmd128",	  "rmd256",   "rmd320",	  "wp256",
	"wp384",       "wp512",	      "tgr128",	  "tgr160",   "tgr192",	  "sm3",
	"streebog256", "streebog512", "sha3-256", "sha3-384", "sha3-512",
};

static void put_hex(FILE *out, const struct log_field *f)
{
	hex_put(out, f->data, f->len);
}

static void put_hex_short(FILE *out, const struct log_field *f)
{
	if (f->len <= HEX_SHOWN) {
		hex_put(out, f->data, f->len);
		return;
	}
	hex_put(out, f->data, HEX_SHOWN / 2);
	fprintf(out, "...(%u bytes)", f->len);
}

static void json_hex(struct json_object *obj, const struct log_field *f)
{
	json_add_hex(obj, "hex", f->data, f->len);
}

/* The NUL that ends a name is part of the field, except in template ima. */
static size_t string_len(const struct log_field *f)
{
	return f->len && !f->data[f->len - 1] ? f->len - 1 : f->len;
}

static void put_string(FILE *out, const struct log_field *f)
{
	text_put(out, f->data, string_len(f));
}

static void json_string(struct json_object *obj, const struct log_field *f)
{
	json_add_text(obj, "text", f->data, string_len(f));
}

/* Length of "algo:" in "algo:\0digest", or 0 when the field is not of that form. */
static size_t algo_prefix(const struct log_field *f)
{
	const u8 *nul = f->len ? memchr(f->data, 0, f->len) : NULL;
	size_t n = nul ? (size_t)(nul - f->data) : 0;

	return n > 1 && f->data[n - 1] == ':' ? n : 0;
}

static void put_algo_digest(FILE *out, const struct log_field *f)
{
	size_t n = algo_prefix(f);

	if (!n) {
		put_hex(out, f);
		return;
	}
	text_put(out, f->data, n);
	hex_put(out, f->data + n + 1, f->len - n - 1);
}

static void json_algo_digest(struct json_object *obj, const struct log_field *f)
{
	size_t n = algo_prefix(f);

	if (!n) {
		json_hex(obj, f);
		return;
	}
	json_add_text(obj, "algo", f->data, n - 1);
	json_add_hex(obj, "digest", f->data + n + 1, f->len - n - 1);
}

static void json_digest(struct json_object *obj, const struct log_field *f)
{
	json_add_hex(obj, "digest", f->data, f->len);
}

/* The kernel stores numbers of one, two, four or eight bytes. */
static bool uint_value(const struct log_field *f, u64 *v)
{
	switch (f->len) {
	case 1:
		*v = f->data[0];
		return true;
	case 2:
		*v = get_unaligned_le16(f->data);
		return true;
	case 4:
		*v = get_unaligned_le32(f->data);
		return true;
	case 8:
		*v = get_unaligned_le64(f->data);
		return true;
	default:
		return false;
	}
}

static void put_uint(FILE *out, const struct log_field *f)
{
	u64 v;

	if (uint_value(f, &v))
		fprintf(out, "%llu", (unsigned long long)v);
	else
		put_hex_short(out, f);
}

static void json_uint(struct json_object *obj, const struct log_field *f)
{
	u64 v;

	if (uint_value(f, &v))
		json_add_u64(obj, "value", v);
	else
		json_hex(obj, f);
}

/**
 * struct sig_header - head of security.ima or security.evm with a signature
 * @kind: what the type byte says
 * @version: of the header
 * @algo: of the signed digest
 * @keyid: last four bytes of the key's subject key id
 * @size: of the signature, as the header claims
 */
struct sig_header {
	const char *kind;
	u8 version;
	const char *algo;
	u32 keyid;
	u16 size;
};

static bool sig_parse(const struct log_field *f, struct sig_header *h)
{
	struct buf_reader r;
	u8 type, algo;

	buf_reader_init(&r, f->data, f->len);
	type = buf_get_u8(&r);
	h->version = buf_get_u8(&r);
	algo = buf_get_u8(&r);
	h->keyid = buf_get_be32(&r);
	h->size = buf_get_be16(&r);
	if (r.overflow || (h->version != 2 && h->version != 3))
		return false;
	if (type != 3 && type != 5 && type != 6)
		return false;
	h->kind = type == 3 ? "imasig" : type == 5 ? "evm-portable" : "verity";
	h->algo = algo < ARRAY_SIZE(hash_algo_names) ? hash_algo_names[algo] : "unknown";
	return true;
}

static void put_sig(FILE *out, const struct log_field *f)
{
	struct sig_header h;

	if (sig_parse(f, &h))
		fprintf(out, "%s,v%u,%s,key:%08x,%u-bytes", h.kind, h.version, h.algo, h.keyid,
			h.size);
	else
		put_hex_short(out, f);
}

static void json_sig(struct json_object *obj, const struct log_field *f)
{
	struct json_object *sig;
	struct sig_header h;
	char keyid[9];

	json_hex(obj, f);
	if (!sig_parse(f, &h))
		return;
	snprintf(keyid, sizeof(keyid), "%08x", h.keyid);
	sig = json_object_new_object();
	json_add_string(sig, "type", h.kind);
	json_add_u64(sig, "version", h.version);
	json_add_string(sig, "algo", h.algo);
	json_add_string(sig, "keyid", keyid);
	json_add_u64(sig, "size", h.size);
	json_add(obj, "signature", sig);
}

static bool is_text(const struct log_field *f)
{
	u32 i;

	for (i = 0; i < f->len; i++)
		if (f->data[i] < 0x20 || f->data[i] > 0x7e)
			return false;
	return f->len > 0;
}

static void put_buf(FILE *out, const struct log_field *f)
{
	if (!is_text(f) || f->len > 4 * HEX_SHOWN) {
		put_hex_short(out, f);
		return;
	}
	putc('"', out);
	text_put(out, f->data, f->len);
	putc('"', out);
}

static void json_buf(struct json_object *obj, const struct log_field *f)
{
	json_hex(obj, f);
	if (is_text(f))
		json_add_text(obj, "text", f->data, f->len);
}

static const struct field_type unknown_field = {
	"", FIELD_OTHER, put_hex, put_hex_short, json_hex,
};

static const struct field_type field_types[] = {
	{ "d", FIELD_FILE_DIGEST, put_hex, put_hex, json_digest },
	{ "d-ng", FIELD_FILE_DIGEST, put_algo_digest, put_algo_digest, json_algo_digest },
	{ "d-ngv2", FIELD_FILE_DIGEST, put_algo_digest, put_algo_digest, json_algo_digest },
	{ "n", FIELD_FILE_NAME, put_string, put_string, json_string },
	{ "n-ng", FIELD_FILE_NAME, put_string, put_string, json_string },
	{ "sig", FIELD_OTHER, put_hex, put_sig, json_sig },
	{ "evmsig", FIELD_OTHER, put_hex, put_sig, json_sig },
	{ "buf", FIELD_OTHER, put_hex, put_buf, json_buf },
	{ "d-modsig", FIELD_OTHER, put_algo_digest, put_algo_digest, json_algo_digest },
	{ "modsig", FIELD_OTHER, put_hex, put_hex_short, json_hex },
	{ "iuid", FIELD_OTHER, put_uint, put_uint, json_uint },
	{ "igid", FIELD_OTHER, put_uint, put_uint, json_uint },
	{ "imode", FIELD_OTHER, put_uint, put_uint, json_uint },
	{ "xattrnames", FIELD_OTHER, put_string, put_string, json_string },
	{ "xattrlengths", FIELD_OTHER, put_hex, put_hex_short, json_hex },
	{ "xattrvalues", FIELD_OTHER, put_hex, put_hex_short, json_hex },
};

/**
 * template_format() - the fields of a template
 * @name: its name, or a format string
 * @len: length of @name
 * @format_len: length of the result (out)
 *
 * Return: the format string, or NULL when the name says nothing to us.
 */
const char *template_format(const char *name, size_t len, size_t *format_len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(templates); i++) {
		if (len != strlen(templates[i].name) || memcmp(name, templates[i].name, len))
			continue;
		*format_len = strlen(templates[i].format);
		return templates[i].format;
	}
	/* A template without a name is logged under its format string. */
	if (memchr(name, '|', len) || field_lookup(name, len) != &unknown_field) {
		*format_len = len;
		return name;
	}
	return NULL;
}

/** field_lookup() - the type of a field; never NULL, an unknown one is hex */
const struct field_type *field_lookup(const char *id, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(field_types); i++)
		if (len == strlen(field_types[i].id) && !memcmp(id, field_types[i].id, len))
			return &field_types[i];
	return &unknown_field;
}

/** field_role() - what a record uses a field for */
enum field_role field_role(const struct log_field *f)
{
	return f->type->role;
}

/** field_put_ascii() - print a field as the ASCII log does */
void field_put_ascii(FILE *out, const struct log_field *f)
{
	f->type->ascii(out, f);
}

/** field_put() - print a field for a reader */
void field_put(FILE *out, const struct log_field *f)
{
	f->type->text(out, f);
}

/** field_put_id() - print what a field is called */
void field_put_id(FILE *out, const struct log_record *rec, unsigned int i)
{
	if (rec->fields[i].id_len)
		text_put(out, rec->fields[i].id, rec->fields[i].id_len);
	else
		fprintf(out, "field%u", i + 1);
}

/** field_json() - a field as a JSON object */
struct json_object *field_json(const struct log_record *rec, unsigned int i)
{
	const struct log_field *f = &rec->fields[i];
	struct json_object *obj = json_object_new_object();

	if (f->id_len)
		json_add_text(obj, "id", f->id, f->id_len);
	f->type->json(obj, f);
	return obj;
}

/** field_json_value() - add a name or digest field as one string */
void field_json_value(struct json_object *obj, const char *key, const struct log_field *f)
{
	size_t size;
	char *s = NULL;
	FILE *mem;

	if (field_role(f) == FIELD_FILE_NAME) {
		json_add_text(obj, key, f->data, string_len(f));
		return;
	}
	mem = open_memstream(&s, &size);
	if (!mem)
		return;
	field_put(mem, f);
	fclose(mem);
	json_add_string(obj, key, s);
	free(s);
}
