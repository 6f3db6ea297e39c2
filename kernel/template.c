// SPDX-License-Identifier: GPL-2.0
/*
 * Template fields: one row each, encoded into a record and shown in ASCII.
 *
 * The bytes are host IMA's: every field is a little-endian u32 length and that
 * many bytes, and a record's digest is the hash of exactly this sequence.  Only
 * the template "ima" differs (no length before "d", the name without its NUL);
 * see ima_ns_template_encode().
 */
#include "template.h"

#define ALGO_PREFIX_MAX 40

/**
 * struct ima_ns_field - how one field is made and shown
 * @id: as in a format string
 * @needs: IMA_NS_NEEDS_*
 * @encode: append the field's bytes, without length; nothing for an empty field
 * @show: append its text
 */
struct ima_ns_field {
	const char *id;
	u32 needs;
	void (*encode)(const struct ima_ns_template_input *in, struct buf_writer *w);
	void (*show)(const u8 *data, size_t len, struct buf_writer *w);
};

static void buf_put_str(struct buf_writer *w, const char *s)
{
	buf_put(w, s, strlen(s));
}

/**
 * buf_put_hex() - append lower-case hex
 * @w: writer
 * @data: bytes
 * @len: how many
 */
void buf_put_hex(struct buf_writer *w, const u8 *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	u8 *p;
	size_t i;

	if (len > SIZE_MAX / 2) {
		w->overflow = true;
		return;
	}
	p = buf_reserve(w, 2 * len);
	if (!p)
		return;
	for (i = 0; i < len; i++) {
		*p++ = digits[data[i] >> 4];
		*p++ = digits[data[i] & 0xf];
	}
}

static void put_decimal(struct buf_writer *w, u32 v)
{
	char tmp[10];
	unsigned int n = sizeof(tmp);

	do {
		tmp[--n] = '0' + v % 10;
		v /= 10;
	} while (v);
	buf_put(w, tmp + n, sizeof(tmp) - n);
}

/* host: ima_write_template_field_data() turns spaces into '_' in the record */
static void put_name(struct buf_writer *w, const char *name, size_t len)
{
	u8 *p = buf_reserve(w, len + 1);
	size_t i;

	if (!p)
		return;
	for (i = 0; i < len; i++)
		p[i] = name[i] == ' ' ? '_' : name[i];
	p[len] = '\0';
}

static void encode_d(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	static const u8 zeros[20];

	if (in->violation || !in->d)
		buf_put(w, zeros, sizeof(zeros));
	else
		buf_put(w, in->d, in->d_len);
}

static void encode_d_ng(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	buf_put_str(w, in->algo);
	buf_put(w, ":", 2);
	buf_put(w, in->digest, in->digest_len);
}

static void encode_d_ngv2(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	buf_put_str(w, in->verity && !in->violation ? "verity:" : "ima:");
	encode_d_ng(in, w);
}

static void encode_n(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	const char *name = in->path;
	size_t len = strlen(name);

	/* 255 bytes is all that the oldest template can say */
	if (len > 255 && in->basename) {
		name = in->basename;
		len = strlen(name);
	}
	if (len > 255)
		len = 255;
	put_name(w, name, len);
}

static void encode_n_ng(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	put_name(w, in->path, strlen(in->path));
}

static void encode_evmsig(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	if (in->evmsig)
		buf_put(w, in->evmsig, in->evmsig_len);
}

/* host: without a signature in security.ima that in security.evm stands for it */
static void encode_sig(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	if (in->sig)
		buf_put(w, in->sig, in->sig_len);
	else
		encode_evmsig(in, w);
}

static void encode_buf(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	if (in->buf)
		buf_put(w, in->buf, in->buf_len);
}

/*
 * d-modsig and modsig.  Host IMA looks for an appended signature only if an
 * appraise rule with appraise_type=imasig|modsig asks for it.
 */
static void encode_nothing(const struct ima_ns_template_input *in, struct buf_writer *w)
{
}

static void encode_iuid(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	if (in->has_inode)
		buf_put_le32(w, in->uid);
}

static void encode_igid(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	if (in->has_inode)
		buf_put_le32(w, in->gid);
}

static void encode_imode(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	if (in->has_inode)
		buf_put_le16(w, in->mode);
}

static void encode_xattrnames(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	unsigned int i;

	for (i = 0; i < in->nr_xattrs; i++) {
		if (i)
			buf_put_u8(w, '|');
		buf_put_str(w, in->xattrs[i].name);
	}
	if (in->nr_xattrs)
		buf_put_u8(w, '\0');
}

static void encode_xattrlengths(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	unsigned int i;

	for (i = 0; i < in->nr_xattrs; i++)
		buf_put_le32(w, in->xattrs[i].len);
}

static void encode_xattrvalues(const struct ima_ns_template_input *in, struct buf_writer *w)
{
	unsigned int i;

	for (i = 0; i < in->nr_xattrs; i++)
		buf_put(w, in->xattrs[i].value, in->xattrs[i].len);
}

/* "[type:]algo:" NUL digest; a malformed prefix falls back to plain hex */
static void show_digest(const u8 *data, size_t len, struct buf_writer *w)
{
	size_t n = 0;

	while (n < len && n < ALGO_PREFIX_MAX && data[n])
		n++;
	if (n && n < len && !data[n] && data[n - 1] == ':') {
		buf_put(w, data, n);
		n++;
	} else {
		n = 0;
	}
	buf_put_hex(w, data + n, len - n);
}

static void show_string(const u8 *data, size_t len, struct buf_writer *w)
{
	size_t n = 0;

	while (n < len && data[n])
		n++;
	buf_put(w, data, n);
}

static void show_hex(const u8 *data, size_t len, struct buf_writer *w)
{
	buf_put_hex(w, data, len);
}

static void show_uint(const u8 *data, size_t len, struct buf_writer *w)
{
	if (len == 4)
		put_decimal(w, get_unaligned_le32(data));
	else if (len == 2)
		put_decimal(w, get_unaligned_le16(data));
	else
		buf_put_hex(w, data, len);
}

static const struct ima_ns_field fields[] = {
	{ "d",            IMA_NS_NEEDS_D,      encode_d,            show_hex },
	{ "n",            0,                   encode_n,            show_string },
	{ "d-ng",         0,                   encode_d_ng,         show_digest },
	{ "d-ngv2",       0,                   encode_d_ngv2,       show_digest },
	{ "n-ng",         0,                   encode_n_ng,         show_string },
	{ "sig",          IMA_NS_NEEDS_SIG,    encode_sig,          show_hex },
	{ "buf",          0,                   encode_buf,          show_hex },
	{ "d-modsig",     0,                   encode_nothing,      show_digest },
	{ "modsig",       0,                   encode_nothing,      show_hex },
	{ "evmsig",       IMA_NS_NEEDS_EVMSIG, encode_evmsig,       show_hex },
	{ "iuid",         0,                   encode_iuid,         show_uint },
	{ "igid",         0,                   encode_igid,         show_uint },
	{ "imode",        0,                   encode_imode,        show_uint },
	{ "xattrnames",   IMA_NS_NEEDS_XATTRS, encode_xattrnames,   show_string },
	{ "xattrlengths", IMA_NS_NEEDS_XATTRS, encode_xattrlengths, show_hex },
	{ "xattrvalues",  IMA_NS_NEEDS_XATTRS, encode_xattrvalues,  show_hex },
};

#define EVM_SIG_FMT \
	"d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode"

static struct ima_ns_template templates[] = {
	{ .name = "ima",        .fmt = "d|n" },
	{ .name = "ima-ng",     .fmt = "d-ng|n-ng" },
	{ .name = "ima-ngv2",   .fmt = "d-ngv2|n-ng" },
	{ .name = "ima-sig",    .fmt = "d-ng|n-ng|sig" },
	{ .name = "ima-sigv2",  .fmt = "d-ngv2|n-ng|sig" },
	{ .name = "ima-buf",    .fmt = "d-ng|n-ng|buf" },
	{ .name = "ima-modsig", .fmt = "d-ng|n-ng|sig|d-modsig|modsig" },
	{ .name = "evm-sig",    .fmt = EVM_SIG_FMT },
	{ .name = "",           .fmt = "" },	/* ima_ns_template_define() */
};

#define NR_BUILTIN (ARRAY_SIZE(templates) - 1)

static const struct ima_ns_field *find_field(const char *id, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (strlen(fields[i].id) == len && !memcmp(fields[i].id, id, len))
			return &fields[i];
	return NULL;
}

/* host: template_desc_init_fields() */
static int resolve(struct ima_ns_template *t)
{
	const char *p = t->fmt;
	size_t len;

	t->nr_fields = 0;
	t->needs = 0;
	for (;; p += len + 1) {
		const struct ima_ns_field *f;

		len = strcspn(p, "|");
		f = find_field(p, len);
		if (!f || t->nr_fields == IMA_NS_MAX_FIELDS)
			return -EINVAL;
		t->fields[t->nr_fields++] = f;
		t->needs |= f->needs;
		if (!p[len])
			return 0;
	}
}

/**
 * ima_ns_template_init() - resolve the built-in formats; call once
 *
 * Return: 0, or -EINVAL if a built-in format names an unknown field.
 */
int ima_ns_template_init(void)
{
	size_t i;
	int err = 0;

	for (i = 0; i < NR_BUILTIN && !err; i++)
		err = resolve(&templates[i]);
	return err;
}

/**
 * ima_ns_template_define() - a format of one's own becomes a template
 * @fmt: field ids joined by '|'; must outlive the template
 *
 * There is one such template, as on the host (ima_template_fmt=); another call
 * replaces it.  Before anybody looks templates up.
 *
 * Return: the template; or NULL when @fmt names no field, an unknown one, or
 * more than IMA_NS_MAX_FIELDS.
 */
const struct ima_ns_template *ima_ns_template_define(const char *fmt)
{
	struct ima_ns_template *t = &templates[NR_BUILTIN];

	t->fmt = fmt;
	if (!resolve(t))
		return t;
	t->fmt = "";
	return NULL;
}

/**
 * ima_ns_template_find() - look a template up
 * @name: its name or its exact format, as host IMA accepts both
 *
 * Return: the template, or NULL.
 */
const struct ima_ns_template *ima_ns_template_find(const char *name)
{
	size_t i;

	/* what has not been defined has neither */
	if (!*name)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(templates); i++)
		if (!strcmp(templates[i].name, name) || !strcmp(templates[i].fmt, name))
			return &templates[i];
	return NULL;
}

/** ima_ns_template_index() - a small number for a template, for rules to keep */
unsigned int ima_ns_template_index(const struct ima_ns_template *t)
{
	return t - templates;
}

/** ima_ns_template_at() - the template of an index, or NULL */
const struct ima_ns_template *ima_ns_template_at(unsigned int index)
{
	return index < ARRAY_SIZE(templates) ? &templates[index] : NULL;
}

/** ima_ns_template_label() - what a record calls the template: name, or format */
const char *ima_ns_template_label(const struct ima_ns_template *t)
{
	return t->name[0] ? t->name : t->fmt;
}

/** ima_ns_template_is_ima() - the oldest template, whose layout has no lengths */
bool ima_ns_template_is_ima(const struct ima_ns_template *t)
{
	return !strcmp(t->name, "ima");
}

/**
 * ima_ns_template_encode() - lay out a record's template data
 * @t: template
 * @in: what the fields are made of
 * @w: writer; check ->overflow afterwards
 *
 * The template "ima" is stored with lengths too, so that one decoder serves
 * all; the log files leave them out on the way to user space and the digest is
 * computed from the padded form (see log readers and measure.c).
 */
void ima_ns_template_encode(const struct ima_ns_template *t,
			    const struct ima_ns_template_input *in, struct buf_writer *w)
{
	unsigned int i;

	for (i = 0; i < t->nr_fields; i++) {
		u8 *len = buf_reserve(w, 4);
		size_t start = w->len;

		t->fields[i]->encode(in, w);
		if (len && !w->overflow)
			put_unaligned_le32(w->len - start, len);
	}
}

/**
 * ima_ns_template_ascii() - the fields as the ASCII log shows them
 * @t: template
 * @data: template data of a record
 * @len: bytes of @data
 * @w: writer; each field is preceded by one space
 */
void ima_ns_template_ascii(const struct ima_ns_template *t, const u8 *data, size_t len,
			   struct buf_writer *w)
{
	struct buf_reader r;
	unsigned int i;

	buf_reader_init(&r, data, len);
	for (i = 0; i < t->nr_fields; i++) {
		u32 n = buf_get_le32(&r);
		const u8 *field = buf_get(&r, n);

		if (!field)
			return;
		buf_put(w, " ", 1);
		t->fields[i]->show(field, n, w);
	}
}
