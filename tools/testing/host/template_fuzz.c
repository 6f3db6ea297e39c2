// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer on the template encoder.  The bytes choose a template and what its
 * fields are made of; then
 *
 *  - the record is what a second encoder, written from the description of the
 *    fields (ima_template_lib.c), makes of the same things;
 *  - its ASCII form is what a second printer makes of them;
 *  - a writer that counts agrees with one that writes, and one that lacks room
 *    says so and writes nothing beyond its end;
 *  - template data of any bytes is shown without reading past its end;
 *  - a name or format is found if and only if a template has it;
 *  - a format of one's own is taken if and only if it has only fields, and few.
 */
#include "template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

/* flags in the input */
enum {
	VIOLATION = 1, VERITY = 2, OLD_DIGEST = 4, BASENAME = 8, SIG = 16, BUF = 32, INODE = 64,
	EVMSIG = 128,
};

#define XATTRS_MAX 4

/* an expected field: its bytes, and as text */
struct field {
	u8 data[1 << 17];
	size_t len;
	char text[2 * (1 << 17) + 64];
	size_t text_len;
};

static void add(struct field *f, const void *data, size_t len)
{
	CHECK(f->len + len <= sizeof(f->data));
	if (len)
		memcpy(f->data + f->len, data, len);
	f->len += len;
}

static void add_text(struct field *f, const char *text)
{
	f->text_len += sprintf(f->text + f->text_len, "%s", text);
}

static void add_hex(struct field *f, const u8 *data, size_t len)
{
	bin2hex(f->text + f->text_len, data, len);
	f->text_len += 2 * len;
}

/* bytes that are shown as what they are */
static void add_both(struct field *f, const void *data, size_t len)
{
	add(f, data, len);
	add_hex(f, data, len);
}

static void model_d(struct field *f, const struct ima_ns_template_input *in)
{
	static const u8 zeros[20];

	if (in->d && !in->violation)
		add_both(f, in->d, in->d_len);
	else
		add_both(f, zeros, 20);
}

static void prefixed_digest(struct field *f, const char *type,
			    const struct ima_ns_template_input *in)
{
	add(f, type, strlen(type));
	add(f, in->algo, strlen(in->algo));
	add(f, ":", 2);
	add(f, in->digest, in->digest_len);
	add_text(f, type);
	add_text(f, in->algo);
	add_text(f, ":");
	add_hex(f, in->digest, in->digest_len);
}

static void model_d_ng(struct field *f, const struct ima_ns_template_input *in)
{
	prefixed_digest(f, "", in);
}

static void model_d_ngv2(struct field *f, const struct ima_ns_template_input *in)
{
	prefixed_digest(f, in->violation || !in->verity ? "ima:" : "verity:", in);
}

static void name(struct field *f, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		add(f, s[i] == ' ' ? "_" : s + i, 1);
	add(f, "", 1);
	memcpy(f->text, f->data, len);
	f->text_len = len;
}

static void model_n(struct field *f, const struct ima_ns_template_input *in)
{
	const char *s = strlen(in->path) > 255 && in->basename ? in->basename : in->path;

	name(f, s, min(strlen(s), (size_t)255));
}

static void model_n_ng(struct field *f, const struct ima_ns_template_input *in)
{
	name(f, in->path, strlen(in->path));
}

static void model_evmsig(struct field *f, const struct ima_ns_template_input *in)
{
	if (in->evmsig)
		add_both(f, in->evmsig, in->evmsig_len);
}

static void model_sig(struct field *f, const struct ima_ns_template_input *in)
{
	if (in->sig)
		add_both(f, in->sig, in->sig_len);
	else
		model_evmsig(f, in);
}

/* signatures behind a file's data are looked for by appraisal only */
static void model_modsig(struct field *f, const struct ima_ns_template_input *in)
{
}

static void model_xattrnames(struct field *f, const struct ima_ns_template_input *in)
{
	unsigned int i;

	for (i = 0; i < in->nr_xattrs; i++) {
		add(f, "|", i > 0);
		add(f, in->xattrs[i].name, strlen(in->xattrs[i].name));
	}
	memcpy(f->text, f->data, f->len);
	f->text_len = f->len;
	add(f, "", in->nr_xattrs > 0);
}

static void model_xattrlengths(struct field *f, const struct ima_ns_template_input *in)
{
	unsigned int i;

	/* the host is little endian, as the record */
	for (i = 0; i < in->nr_xattrs; i++)
		add_both(f, (const u8 *)&in->xattrs[i].len, 4);
}

static void model_xattrvalues(struct field *f, const struct ima_ns_template_input *in)
{
	unsigned int i;

	for (i = 0; i < in->nr_xattrs; i++)
		add_both(f, in->xattrs[i].value, in->xattrs[i].len);
}

static void model_buf(struct field *f, const struct ima_ns_template_input *in)
{
	if (in->buf)
		add_both(f, in->buf, in->buf_len);
}

static void number(struct field *f, const void *v, size_t len, u32 shown)
{
	add(f, v, len);
	f->text_len = sprintf(f->text, "%u", shown);
}

static void model_iuid(struct field *f, const struct ima_ns_template_input *in)
{
	if (in->has_inode)
		number(f, &in->uid, 4, in->uid);
}

static void model_igid(struct field *f, const struct ima_ns_template_input *in)
{
	if (in->has_inode)
		number(f, &in->gid, 4, in->gid);
}

static void model_imode(struct field *f, const struct ima_ns_template_input *in)
{
	if (in->has_inode)
		number(f, &in->mode, 2, in->mode);
}

static const struct {
	const char *id;
	void (*make)(struct field *f, const struct ima_ns_template_input *in);
} models[] = {
	{ "d", model_d }, { "n", model_n }, { "d-ng", model_d_ng }, { "d-ngv2", model_d_ngv2 },
	{ "n-ng", model_n_ng }, { "sig", model_sig }, { "buf", model_buf },
	{ "d-modsig", model_modsig }, { "modsig", model_modsig }, { "evmsig", model_evmsig },
	{ "iuid", model_iuid }, { "igid", model_igid }, { "imode", model_imode },
	{ "xattrnames", model_xattrnames }, { "xattrlengths", model_xattrlengths },
	{ "xattrvalues", model_xattrvalues },
};

/* Where the field is that begins at @id, or how many there are. */
static size_t model_of(const char *id)
{
	size_t i, n = strcspn(id, "|");

	for (i = 0; i < ARRAY_SIZE(models); i++)
		if (strlen(models[i].id) == n && !memcmp(models[i].id, id, n))
			break;
	return i;
}

/* What the record and its text must be; both to be freed. */
static size_t expect(const struct ima_ns_template *t, const struct ima_ns_template_input *in,
		     char **record, char **text, size_t *text_len)
{
	static struct field f;
	const char *id = t->fmt;
	size_t len, n, i;
	FILE *r = open_memstream(record, &len), *s = open_memstream(text, text_len);

	CHECK(r && s);
	for (; *id; id += n + (id[n] == '|')) {
		n = strcspn(id, "|");
		i = model_of(id);
		CHECK(i < ARRAY_SIZE(models) || !"a field without a model: write one");
		f.len = 0;
		f.text_len = 0;
		models[i].make(&f, in);
		fwrite(&(u32){ f.len }, 4, 1, r);
		fwrite(f.data, 1, f.len, r);
		fputc(' ', s);
		fwrite(f.text, 1, f.text_len, s);
	}
	fclose(r);
	fclose(s);
	return len;
}

/* A string of the input: no NUL but the last, in memory of just that size. */
static char *string_of(struct buf_reader *r, size_t len)
{
	char *s;

	len = min(len, buf_left(r));
	s = calloc(1, len + 1);
	CHECK(s);
	if (len)
		memcpy(s, buf_get(r, len), len);
	return realloc(s, strlen(s) + 1);
}

static u8 *bytes_of(struct buf_reader *r, size_t len)
{
	u8 *b = calloc(1, len ? len : 1);

	CHECK(b);
	len = min(len, buf_left(r));
	if (len)
		memcpy(b, buf_get(r, len), len);
	return b;
}

static size_t encode(const struct ima_ns_template *t, const struct ima_ns_template_input *in,
		     u8 *data, size_t size, bool *overflow)
{
	struct buf_writer w;

	buf_writer_init(&w, data, size);
	ima_ns_template_encode(t, in, &w);
	*overflow = w.overflow;
	return w.len;
}

/* @cut: how much too small the small writer is */
static void check_encode(const struct ima_ns_template *t,
			 const struct ima_ns_template_input *in, size_t cut)
{
	size_t len, want_len, text_len, room;
	char *want, *want_text;
	struct buf_writer w;
	u8 *got, *small;
	bool overflow;

	want_len = expect(t, in, &want, &want_text, &text_len);
	len = encode(t, in, NULL, 0, &overflow);
	CHECK(!overflow && len == want_len);
	got = malloc(len);
	CHECK(got);
	CHECK(encode(t, in, got, len, &overflow) == len && !overflow);
	CHECK(!memcmp(got, want, len));

	room = len - 1 - cut % len;
	/* a writer of no memory would only count */
	small = malloc(room + 1);
	CHECK(small);
	small[room] = 0xa5;
	CHECK(encode(t, in, small, room, &overflow) <= room && overflow && small[room] == 0xa5);
	free(small);

	buf_writer_init(&w, NULL, 0);
	ima_ns_template_ascii(t, got, len, &w);
	CHECK(!w.overflow && w.len == text_len);
	small = malloc(w.len);
	CHECK(small);
	buf_writer_init(&w, small, w.len);
	ima_ns_template_ascii(t, got, len, &w);
	CHECK(!w.overflow && !memcmp(small, want_text, w.len));
	free(small);
	free(got);
	free(want);
	free(want_text);
}

/* Not a record: shown as far as it goes, the same in both kinds of writer. */
static void check_any_data(const struct ima_ns_template *t, struct buf_reader *r)
{
	size_t len = buf_left(r);
	u8 *data = bytes_of(r, len), *text;
	struct buf_writer w, count;

	buf_writer_init(&count, NULL, 0);
	ima_ns_template_ascii(t, data, len, &count);
	CHECK(!count.overflow);
	text = malloc(count.len + 1);
	CHECK(text);
	buf_writer_init(&w, text, count.len);
	ima_ns_template_ascii(t, data, len, &w);
	CHECK(count.len == 0 || (w.len == count.len && !w.overflow && text[0] == ' '));
	free(text);
	free(data);
}

static void check_find(const char *s)
{
	const struct ima_ns_template *found = ima_ns_template_find(s), *t;
	unsigned int i;
	bool has = false;

	CHECK(!found || !strcmp(found->name, s) || !strcmp(found->fmt, s));
	for (i = 0; (t = ima_ns_template_at(i)); i++) {
		CHECK(ima_ns_template_index(t) == i);
		CHECK(ima_ns_template_is_ima(t) == !strcmp(ima_ns_template_label(t), "ima"));
		has = has || (*s && (!strcmp(t->name, s) || !strcmp(t->fmt, s)));
	}
	CHECK(has == !!found || !*s);
}

/* A format of one's own: only fields, and not too many? */
static void check_define(const char *fmt)
{
	const char *id;
	unsigned int nr = 0;
	bool good = true;

	for (id = fmt; good; id++) {
		good = model_of(id) < ARRAY_SIZE(models) && ++nr <= IMA_NS_MAX_FIELDS;
		id += strcspn(id, "|");
		if (!*id)
			break;
	}
	CHECK(!!ima_ns_template_define(fmt) == good);
}

/* Attributes out of the input; *values is all of their memory. */
static unsigned int make_xattrs(struct buf_reader *r, struct ima_ns_xattr *xattrs, u8 **values)
{
	static const char *const names[XATTRS_MAX] = {
		"security.selinux", "security.apparmor", "security.ima", "security.capability",
	};
	unsigned int i, nr = buf_get_u8(r) % (XATTRS_MAX + 1);

	for (i = 0; i < nr; i++) {
		xattrs[i].name = names[i];
		xattrs[i].len = buf_get_u8(r);
		values[i] = bytes_of(r, xattrs[i].len);
		xattrs[i].value = values[i];
	}
	return nr;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		const char *name;
		u8 len;
	} algos[] = {
		{ "md5", 16 }, { "sha1", 20 }, { "sha256", 32 }, { "sha384", 48 },
		{ "sha512", 64 }, { "sha3-512", 64 }, { "streebog256", 32 }, { "sm3", 32 },
	};
	static const char *const formats[] = {
		"d-ng|n-ng|iuid|igid|imode", "n|d", "buf|evmsig|d", "xattrvalues|n-ng|xattrnames",
		"imode|imode|imode|imode|imode|imode|imode|imode|imode|imode|imode|imode|imode|imode|d",
	};
	struct ima_ns_xattr xattrs[XATTRS_MAX];
	struct ima_ns_template_input in = {};
	const struct ima_ns_template *t;
	unsigned int nr = 0, flags, algo, i;
	char *path, *basename, *label;
	u8 *digest, *old, *sig, *buf, *evmsig, *values[XATTRS_MAX];
	struct buf_reader r;
	size_t path_len;
	u16 cut;

	CHECK(!ima_ns_template_init());
	while (ima_ns_template_at(nr))
		nr++;
	buf_reader_init(&r, data, size);
	t = ima_ns_template_at(buf_get_u8(&r) % nr);
	flags = buf_get_u8(&r);
	algo = buf_get_u8(&r) % ARRAY_SIZE(algos);
	cut = buf_get_be16(&r);
	in.uid = buf_get_le32(&r);
	in.gid = buf_get_le32(&r);
	in.mode = buf_get_be16(&r);
	path_len = buf_get_be16(&r) % 4096;
	in.sig_len = buf_get_be16(&r);
	in.buf_len = buf_get_be16(&r);
	if (r.overflow)
		return 0;
	in.algo = algos[algo].name;
	in.digest_len = algos[algo].len;
	in.digest = digest = bytes_of(&r, in.digest_len);
	in.d_len = cut & 1 ? 16 : 20;
	old = bytes_of(&r, 20);
	path = string_of(&r, path_len);
	basename = string_of(&r, path_len % 256);
	label = string_of(&r, path_len % 64);
	sig = bytes_of(&r, in.sig_len);
	buf = bytes_of(&r, in.buf_len);
	in.evmsig_len = buf_get_u8(&r);
	evmsig = bytes_of(&r, in.evmsig_len);
	in.xattrs = xattrs;
	in.nr_xattrs = make_xattrs(&r, xattrs, values);
	in.path = path;
	in.basename = flags & BASENAME ? basename : NULL;
	in.d = flags & OLD_DIGEST ? old : NULL;
	in.sig = flags & SIG ? sig : NULL;
	in.buf = flags & BUF ? buf : NULL;
	in.evmsig = flags & EVMSIG ? evmsig : NULL;
	in.violation = flags & VIOLATION;
	in.verity = flags & VERITY;
	in.has_inode = flags & INODE;
	check_define(label);
	CHECK(ima_ns_template_define(formats[in.gid % ARRAY_SIZE(formats)]));
	check_encode(t, &in, cut);
	check_find(label);
	check_any_data(t, &r);
	for (i = 0; i < in.nr_xattrs; i++)
		free(values[i]);
	free(digest);
	free(old);
	free(path);
	free(basename);
	free(label);
	free(sig);
	free(buf);
	free(evmsig);
	return 0;
}
