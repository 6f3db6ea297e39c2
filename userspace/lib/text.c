// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes from a container, shown to an administrator.
 *
 * Names in a measurement log are chosen by the attacker.  Printed raw, a newline
 * forges a line, an escape sequence drives the terminal, and a right-to-left mark
 * shows one file as another.  So text goes out as ls -b would print it, and JSON
 * carries \u escapes for everything that a terminal might act on.
 */
#include "lib/util.h"

struct range {
	u32 first, last;
};

/* Characters that show nothing, or change how their neighbours are shown. */
static const struct range unprintable[] = {
	{ 0x0000, 0x001f },    { 0x007f, 0x009f }, { 0x00ad, 0x00ad },	 { 0x061c, 0x061c },
	{ 0x115f, 0x1160 },    { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },	 { 0x200b, 0x200f },
	{ 0x2028, 0x202e },    { 0x2060, 0x206f }, { 0x3164, 0x3164 },	 { 0xd800, 0xf8ff },
	{ 0xfdd0, 0xfdef },    { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },	 { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },    { 0xfffe, 0xffff }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	{ 0xf0000, 0x10ffff },
};

static bool printable(u32 cp)
{
	size_t i;

	if (cp >= 0x20 && cp < 0x7f)
		return true;
	for (i = 0; i < ARRAY_SIZE(unprintable); i++)
		if (cp >= unprintable[i].first && cp <= unprintable[i].last)
			return false;
	return true;
}

/**
 * utf8_decode() - take one character
 * @p: bytes
 * @n: how many there are
 * @cp: the code point (out)
 *
 * Return: bytes it takes, 1 to 4, or 0 when @p does not start with valid UTF-8.
 */
size_t utf8_decode(const u8 *p, size_t n, u32 *cp)
{
	static const u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len, i;

	if (!n)
		return 0;
	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (n < len)
		return 0;
	*cp = p[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (p[i] & 0x3f);
	}
	/* Overlong forms, surrogates and what lies beyond Unicode are not characters. */
	if (*cp < least[len] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return len;
}

/**
 * utf8_width() - columns that a text takes, at one per character
 * @s: text as text_escape() makes it
 */
size_t utf8_width(const char *s)
{
	size_t width = 0;

	for (; *s; s++)
		width += ((u8)*s & 0xc0) != 0x80;
	return width;
}

static void put_byte(FILE *out, u8 c)
{
	static const char letters[] = "abtnvfr";

	if (c >= '\a' && c <= '\r')
		fprintf(out, "\\%c", letters[c - '\a']);
	else if (c < 0x80)
		fprintf(out, "\\%03o", c);
	else
		fprintf(out, "\\x%02X", c);
}

/* Bytes from the start of @p that can be printed as they are. */
static size_t plain_run(const u8 *p, size_t n, bool sentence)
{
	size_t run = 0, len;
	u32 cp = 0;

	while (run < n) {
		len = utf8_decode(p + run, n - run, &cp);
		if (!len || !printable(cp) || (!sentence && (cp == ' ' || cp == '\\')))
			break;
		run += len;
	}
	return run;
}

static void put_escaped(FILE *out, const u8 *p, size_t n, bool sentence)
{
	size_t len, i;
	u32 cp = 0;

	for (;;) {
		len = plain_run(p, n, sentence);
		fwrite(p, 1, len, out);
		p += len;
		n -= len;
		if (!n)
			return;
		len = utf8_decode(p, n, &cp);
		if (len && printable(cp)) {
			putc('\\', out);
			putc((int)cp, out);
		} else {
			len = len ? len : 1;
			for (i = 0; i < len; i++)
				put_byte(out, p[i]);
		}
		p += len;
		n -= len;
	}
}

/**
 * text_put() - print bytes so that they stay on their line and do nothing
 * @out: where
 * @p: bytes
 * @n: how many
 *
 * Printable characters go out as they are; space and backslash get a backslash,
 * control characters become \n or \033, and all other bytes \xHH.
 */
void text_put(FILE *out, const void *p, size_t n)
{
	put_escaped(out, p, n, false);
}

/** sentence_put() - print a sentence of ours that may quote others: spaces stay spaces */
void sentence_put(FILE *out, const void *p, size_t n)
{
	put_escaped(out, p, n, true);
}

/** text_escape() - what text_put() prints, to be freed */
char *text_escape(const void *p, size_t n)
{
	size_t size;
	char *s = NULL;
	FILE *f = open_memstream(&s, &size);

	if (f) {
		text_put(f, p, n);
		fclose(f);
	}
	return s ? s : xstrdup("");
}

static void to_hex(char *to, const u8 *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		to[2 * i] = digits[p[i] >> 4];
		to[2 * i + 1] = digits[p[i] & 15];
	}
}

/** hex_put() - print bytes as lower-case hex */
void hex_put(FILE *out, const u8 *p, size_t n)
{
	char buf[256];
	size_t len;

	for (; n; p += len, n -= len) {
		len = n < sizeof(buf) / 2 ? n : sizeof(buf) / 2;
		to_hex(buf, p, len);
		fwrite(buf, 1, 2 * len, out);
	}
}

/** hex_string() - bytes as lower-case hex, to be freed */
char *hex_string(const u8 *p, size_t n)
{
	char *s = xalloc(2 * n + 1);

	to_hex(s, p, n);
	return s;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/**
 * hex_parse() - read pairs of hex digits, spaces between the pairs allowed
 * @s: text, need not be terminated
 * @n: its length
 * @out: the bytes
 * @max: room there
 *
 * Return: number of bytes, or -EINVAL.
 */
ssize_t hex_parse(const char *s, size_t n, u8 *out, size_t max)
{
	size_t used = 0, i = 0;

	while (i < n) {
		if (s[i] == ' ') {
			i++;
			continue;
		}
		if (n - i < 2 || used == max || hex_digit(s[i]) < 0 || hex_digit(s[i + 1]) < 0)
			return -EINVAL;
		out[used++] = (u8)(hex_digit(s[i]) << 4 | hex_digit(s[i + 1]));
		i += 2;
	}
	return (ssize_t)used;
}

static bool is_utf8(const u8 *p, size_t n)
{
	size_t len;
	u32 cp;

	for (; n; p += len, n -= len) {
		len = utf8_decode(p, n, &cp);
		if (!len)
			return false;
	}
	return true;
}

/**
 * json_text() - a JSON string of bytes that may not be UTF-8
 * @p: bytes
 * @n: how many
 *
 * Every byte that is not part of a character becomes U+FFFD.
 */
struct json_object *json_text(const void *p, size_t n)
{
	struct json_object *str;
	const u8 *b = p;
	size_t size, len;
	char *s = NULL;
	FILE *f;
	u32 cp;

	if (is_utf8(p, n))
		return json_object_new_string_len(p, (int)n);
	f = open_memstream(&s, &size);
	if (!f)
		return NULL;
	for (; n; b += len, n -= len) {
		len = utf8_decode(b, n, &cp);
		if (len) {
			fwrite(b, 1, len, f);
		} else {
			fputs("\xef\xbf\xbd", f);
			len = 1;
		}
	}
	fclose(f);
	str = json_object_new_string_len(s, (int)size);
	free(s);
	return str;
}

/** json_add() - add a member; takes over @v */
void json_add(struct json_object *obj, const char *key, struct json_object *v)
{
	json_object_object_add(obj, key, v);
}

/**
 * json_add_text() - add a string made of any bytes
 * @obj: object
 * @key: name of the member
 * @p: bytes
 * @n: how many
 *
 * When they are not UTF-8 the string is only for reading, and KEY_hex has the
 * exact bytes.
 */
void json_add_text(struct json_object *obj, const char *key, const void *p, size_t n)
{
	json_add(obj, key, json_text(p, n));
	if (!is_utf8(p, n)) {
		char *hex_key = xasprintf("%s_hex", key);

		json_add_hex(obj, hex_key, p, n);
		free(hex_key);
	}
}

/** json_add_string() - add a string of our own */
void json_add_string(struct json_object *obj, const char *key, const char *s)
{
	json_add(obj, key, json_object_new_string(s));
}

/** json_add_hex() - add bytes as a string of lower-case hex */
void json_add_hex(struct json_object *obj, const char *key, const u8 *p, size_t n)
{
	char *s = hex_string(p, n);

	json_add_string(obj, key, s);
	free(s);
}

/** json_add_u64() - add a number */
void json_add_u64(struct json_object *obj, const char *key, u64 v)
{
	json_add(obj, key, json_object_new_uint64(v));
}

static void put_u_escape(FILE *out, u32 cp)
{
	if (cp >= 0x10000) {
		cp -= 0x10000;
		fprintf(out, "\\u%04x\\u%04x", 0xd800 + (cp >> 10), 0xdc00 + (cp & 0x3ff));
	} else {
		fprintf(out, "\\u%04x", cp);
	}
}

/**
 * json_put() - print a JSON value and a newline
 * @out: where
 * @obj: the value
 * @pretty: over several lines
 *
 * json-c escapes ASCII control characters only.  The others appear nowhere but
 * inside strings, so they can be replaced in the finished text.
 */
void json_put(FILE *out, struct json_object *obj, bool pretty)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;
	const u8 *p;
	size_t n, len;
	u32 cp = 0;

	flags |= pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED :
			  JSON_C_TO_STRING_PLAIN;
	p = (const u8 *)json_object_to_json_string_length(obj, flags, &n);
	while (n) {
		len = plain_run(p, n, true);
		fwrite(p, 1, len, out);
		p += len;
		n -= len;
		if (!n)
			break;
		len = utf8_decode(p, n, &cp);
		if (len && cp == '\n')
			putc('\n', out);
		else
			put_u_escape(out, len ? cp : 0xfffd);
		len = len ? len : 1;
		p += len;
		n -= len;
	}
	putc('\n', out);
}
