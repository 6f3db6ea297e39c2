// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes shown as text and as JSON, numbers, hex and small files.
 */
#include <fcntl.h>

#include "lib/table.h"
#include "lib/util.h"
#include "tests/fake.h"
#include "tests/tap.h"

static void test_escape(void)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out;
	} rows[] = {
		{ "/usr/bin/cat", 12, "/usr/bin/cat" },
		{ "a b", 3, "a\\ b" },
		{ "a\\n", 3, "a\\\\n" },
		{ "a\nb", 3, "a\\nb" },
		{ "\a\b\t\v\f\r", 6, "\\a\\b\\t\\v\\f\\r" },
		{ "\033[2J", 4, "\\033[2J" },
		{ "\0x", 2, "\\000x" },
		{ "\177", 1, "\\177" },
		{ "\x80", 1, "\\x80" },
		{ "\xc3\xa9", 2, "\xc3\xa9" },
		{ "\xc3", 1, "\\xC3" },
		{ "\xc0\xaf", 2, "\\xC0\\xAF" }, /* overlong slash */
		{ "\xe2\x80\xae", 3, "\\xE2\\x80\\xAE" }, /* right-to-left override */
		{ "\xc2\x9b", 2, "\\xC2\\x9B" }, /* CSI in one character */
		{ "\xed\xa0\x80", 3, "\\xED\\xA0\\x80" }, /* surrogate */
		{ "\xf4\x90\x80\x80", 4, "\\xF4\\x90\\x80\\x80" }, /* beyond Unicode */
		{ "\xf0\x9f\x98\x80", 4, "\xf0\x9f\x98\x80" },
		{ "", 0, "" },
	};
	size_t i;
	char *s;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		s = text_escape(rows[i].in, rows[i].len);
		is(s, rows[i].out, rows[i].out);
		free(s);
	}
	ok(utf8_width("a\xc3\xa9z") == 3, "a character of two bytes is one column");
}

/* Every sequence of two bytes: the escaped form is printable, on one line, and unique. */
static void test_all_pairs(void)
{
	unsigned int a, b, bad = 0;

	for (a = 0; a < 256; a++) {
		for (b = 0; b < 256; b++) {
			u8 in[2] = { (u8)a, (u8)b };
			char *s = text_escape(in, 2), *p;
			struct json_object *str = json_text(in, 2), *back;
			const char *json = json_object_to_json_string(str);

			for (p = s; *p; p++)
				bad += (u8)*p < 0x21 || *p == 0x7f ? !(p > s && p[-1] == '\\') : 0;
			back = json_tokener_parse(json);
			bad += !back;
			json_object_put(back);
			json_object_put(str);
			free(s);
		}
	}
	ok(!bad, "all pairs of bytes are harmless as text and valid as JSON");
}

static char *json_of(struct json_object *obj)
{
	static char *s;
	size_t size;
	FILE *f;

	free(s);
	s = NULL;
	f = open_memstream(&s, &size);
	json_put(f, obj, false);
	fclose(f);
	json_object_put(obj);
	return s;
}

static void test_json(void)
{
	struct json_object *obj = json_object_new_object();

	json_add_text(obj, "good", "a\"\n\033\xc3\xa9", 6);
	json_add_text(obj, "bad", "a\xff", 2);
	is(json_of(obj),
	   "{\"good\":\"a\\\"\\n\\u001b\xc3\xa9\",\"bad\":\"a\xef\xbf\xbd\",\"bad_hex\":\"61ff\"}\n",
	   "what is no UTF-8 is replaced, and there in hex");
	obj = json_object_new_object();
	json_add_text(obj, "x", "\xc2\x9b\xe2\x80\xae\x7f\xf3\xa0\x81\x81", 10);
	is(json_of(obj), "{\"x\":\"\\u009b\\u202e\\u007f\\udb40\\udc41\"}\n",
	   "characters that act on a terminal are escaped");
	obj = json_object_new_object();
	json_add_text(obj, "x", "a\0b", 3);
	is(json_of(obj), "{\"x\":\"a\\u0000b\"}\n", "a NUL does not end a string");
}

static void test_numbers(void)
{
	u8 out[4];
	u64 v;

	ok(number_parse("0", 1, &v) && v == 0, "0");
	ok(number_parse("18446744073709551615", 20, &v) && v == UINT64_MAX, "the largest number");
	ok(!number_parse("18446744073709551616", 20, &v), "one more is none");
	ok(!number_parse("", 0, &v) && !number_parse("-1", 2, &v) && !number_parse("1 ", 2, &v) &&
		   !number_parse("0x1", 3, &v),
	   "neither are these");
	ok(hex_parse("0A ff", 5, out, 4) == 2 && out[0] == 10 && out[1] == 255, "hex with a space");
	ok(hex_parse("0", 1, out, 4) < 0 && hex_parse("0g", 2, out, 4) < 0 &&
		   hex_parse("0 0", 3, out, 4) < 0 && hex_parse("0011223344", 10, out, 4) < 0,
	   "hex that is none, or too long");
}

static void test_kv(void)
{
	static const char text[] = "nsid=12\nid=\ncgroup=/a=b\nstate=alive\nstate=dead";
	size_t len;
	const char *v;

	v = kv_find(text, "cgroup", &len);
	ok(v && len == 4 && !memcmp(v, "/a=b", 4), "a value with = in it");
	v = kv_find(text, "id", &len);
	ok(v && len == 0, "an empty value; nsid is another key");
	v = kv_find(text, "state", &len);
	ok(v && len == 5, "the first line counts");
	ok(!kv_find(text, "sid", &len) && !kv_find(text, "alive", &len) && !kv_find("", "a", &len),
	   "keys that are not there");
}

static void test_small_file(void)
{
	char *dir = fake_dir(), *big = calloc(1, SMALL_FILE_MAX + 2), *path, *s;
	size_t len;

	memset(big, 'x', SMALL_FILE_MAX + 1);
	fake_text(dir, "big", big);
	path = xasprintf("%s/big", dir);
	ok(!read_small_file(AT_FDCWD, path, NULL) && errno == EFBIG, "a file that is not small");
	fake_file(dir, "big", big, 10000);
	s = read_small_file(AT_FDCWD, path, &len);
	ok(s && len == 10000 && !s[10000], "one that is");
	free(s);
	ok(!read_small_file(AT_FDCWD, dir, NULL) && errno == EISDIR, "a directory");
	free(path);
	free(big);
	fake_remove(dir);
	free(dir);
}

static void test_ages(void)
{
	static const struct {
		u64 seconds;
		const char *text;
	} rows[] = {
		{ 0, "0s" },	     { 59, "59s" },	 { 60, "1m00s" },
		{ 192, "3m12s" },    { 3599, "59m59s" }, { 3600, "1h00m" },
		{ 86399, "23h59m" }, { 86400, "1d00h" }, { 266400, "3d02h" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char *s = age_string(rows[i].seconds);

		is(s, rows[i].text, rows[i].text);
		free(s);
	}
}

static char *table_text(size_t width)
{
	static const struct table_column columns[] = {
		{ "ID", TABLE_RIGHT, false },
		{ "PATH", TABLE_LEFT, true },
		{ "N", TABLE_RIGHT, false },
	};
	struct table *t = table_new(columns, ARRAY_SIZE(columns));
	static char *s;
	size_t size;
	FILE *f;

	table_cell(t, xstrdup("1"));
	table_cell(t, xstrdup("/kubepods/b\xc3\xa9/0123456789"));
	table_cell(t, xstrdup("7"));
	table_cell(t, xstrdup("4026532561"));
	table_cell(t, xstrdup("/x"));
	table_cell(t, xstrdup("1000"));
	free(s);
	s = NULL;
	f = open_memstream(&s, &size);
	table_print(t, f, width);
	fclose(f);
	table_free(t);
	return s;
}

static void test_table(void)
{
	is(table_text(0),
	   "        ID  PATH                        N\n"
	   "         1  /kubepods/b\xc3\xa9/0123456789     7\n"
	   "4026532561  /x                       1000\n",
	   "columns are aligned");
	is(table_text(34),
	   "        ID  PATH                 N\n"
	   "         1  ...b\xc3\xa9/0123456789     7\n"
	   "4026532561  /x                1000\n",
	   "a long path loses its start, by characters");
	has(table_text(10), "  ...123456789     7\n", "but keeps twelve columns");
	has(table_text(41), "  /kubepods/", "and nothing when it fits exactly");
	has(table_text(40), "  ...epods/b", "and something when one column is missing");
}

int main(void)
{
	test_escape();
	test_all_pairs();
	test_json();
	test_numbers();
	test_kv();
	test_small_file();
	test_ages();
	test_table();
	return tap_done();
}
