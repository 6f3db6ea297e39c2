// SPDX-License-Identifier: GPL-2.0
/*
 * The decoder of binary logs, on logs of every template and on broken ones.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/log.h"
#include "tests/fake.h"
#include "tests/tap.h"

static const size_t digest_sizes[FAKE_BANKS] = { 20, 32 };

/* A field as text_put() and friends show it. */
static char *shown(const struct log_field *f, bool ascii)
{
	static char *s;
	size_t size;
	FILE *mem;

	free(s);
	s = NULL;
	mem = open_memstream(&s, &size);
	if (ascii)
		field_put_ascii(mem, f);
	else
		field_put(mem, f);
	fclose(mem);
	return s;
}

static void test_templates(void)
{
	static const struct {
		const char *name;
		unsigned int fields;
		const char *ids; /* of the last field */
		const char *last;
	} want[] = {
		{ "ima", 2, "n", "/bin/ima" },
		{ "ima-ng", 2, "n-ng", "/bin/ng" },
		{ "ima-ngv2", 2, "n-ng", "/bin/ngv2" },
		{ "ima-sig", 3, "sig", "imasig,v2,sha256,key:56cf448f,256-bytes" },
		{ "ima-sigv2", 3, "sig", "" },
		{ "ima-buf", 3, "buf", "\"6.12.0\"" },
		{ "ima-modsig", 5, "modsig", "308201" },
		{ "evm-sig", 9, "imode", "35309" },
		{ "n-ng|d-ng|zz", 3, "zz", "01ff" },
		{ "future", 3, "", "00" },
		{ "ima-sig", 3, "sig", "" },
	};
	struct fake_log l = { 0 };
	unsigned int bank, i;

	fake_append_sample(&l);
	for (bank = 0; bank < FAKE_BANKS; bank++) {
		const u8 *p = l.bank[bank].data;
		size_t left = l.bank[bank].len;

		for (i = 0; i < ARRAY_SIZE(want); i++) {
			struct log_record rec;
			struct log_error err;
			ssize_t n = log_parse(p, left, digest_sizes[bank], &rec, &err);
			const struct log_field *last = &rec.fields[rec.nr_fields - 1];

			if (!ok(n > 0 && rec.nr_fields == want[i].fields &&
					rec.name_len == strlen(want[i].name) &&
					!memcmp(rec.name, want[i].name, rec.name_len),
				"bank %u record %u is a complete %s", bank, i, want[i].name))
				break;
			ok(last->id_len == strlen(want[i].ids) &&
				   (!last->id_len || !memcmp(last->id, want[i].ids, last->id_len)),
			   "its last field is \"%s\"", want[i].ids);
			is(shown(last, false), want[i].last, "and has the right value");
			ok(rec.violation == (i == 10), "and it is known whether it is a violation");
			ok(rec.pcr == (i == 4 ? 11 : 10), "and its PCR");
			p += n;
			left -= (size_t)n;
		}
		ok(left == 0, "nothing is left of the log of bank %u", bank);
	}
	fake_log_free(&l);
}

static void test_ascii_fields(void)
{
	static const char *const want[] = {
		"sha256:0808080808080808080808080808080808080808080808080808080808080808",
		"/bin/evm",
		NULL,
		"security.ima",
		"0d000000",
		"0404",
		"1000",
		"1000",
		"35309",
	};
	struct fake_log l = { 0 };
	struct log_record rec;
	struct log_error err;
	size_t pos = 0;
	unsigned int i;

	fake_append_sample(&l);
	for (i = 0; i < 8; i++)
		pos += (size_t)log_parse(l.bank[0].data + pos, l.bank[0].len - pos, 20, &rec, &err);
	for (i = 0; i < ARRAY_SIZE(want); i++)
		if (want[i])
			is(shown(&rec.fields[i], true), want[i], "field of evm-sig as in ASCII");
	ok(!strncmp(shown(&rec.fields[2], true), "03020456cf448f0100aa00", 22),
	   "a signature is hex in ASCII");
	fake_log_free(&l);
}

/* Cut at every byte: never a record, never an error, always a place. */
static void test_truncation(void)
{
	struct fake_log l = { 0 };
	struct log_record rec;
	struct log_error err;
	unsigned int bad = 0, unnamed = 0;
	size_t pos = 0, cut;
	ssize_t n;
	u8 *copy;

	fake_append_sample(&l);
	while (pos < l.bank[1].len) {
		n = log_parse(l.bank[1].data + pos, l.bank[1].len - pos, 32, &rec, &err);
		if (n <= 0)
			break;
		for (cut = 0; cut < (size_t)n; cut++) {
			/* A copy of that size lets ASan see any step beyond. */
			copy = malloc(cut ? cut : 1);
			memcpy(copy, l.bank[1].data + pos, cut);
			memset(&err, 0, sizeof(err));
			bad += log_parse(copy, cut, 32, &rec, &err) != 0;
			unnamed += !err.field[0];
			free(copy);
		}
		pos += (size_t)n;
	}
	ok(pos == l.bank[1].len && !bad, "no cut record is taken for one or refused");
	ok(!unnamed, "every cut has a name");
	fake_log_free(&l);
}

static void test_truncation_names(void)
{
	static const struct {
		size_t len;
		const char *field;
	} want[] = {
		{ 3, "PCR index" },
		{ 4, "template digest" },
		{ 23, "template digest" },
		{ 24, "template name" },
		{ 30, "template name" },
		{ 35, "template data" },
		{ 39, "d-ng" },
		{ 43 + 10, "d-ng" },
		{ 43 + 40 + 2, "n-ng" },
		{ 43 + 40 + 4 + 3, "n-ng" },
		{ 43 + 40 + 4 + 6, "sig" },
	};
	struct fake_log l = { 0 };
	struct log_record rec;
	struct log_error err;
	unsigned int i;

	fake_append_file(&l, "/file", 0);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		log_parse(l.bank[0].data, want[i].len, 20, &rec, &err);
		if (!ok(!strcmp(err.field, want[i].field), "cut after %zu bytes: %s", want[i].len,
			want[i].field))
			printf("# got %s\n", err.field);
	}
	fake_log_free(&l);
}

/* Overwrite 4 bytes of a good record and see that it is refused, where and why. */
static void refuse(size_t offset, u32 value, const char *field, const char *what)
{
	struct fake_log l = { 0 };
	struct log_record rec;
	struct log_error err = { 0 };
	ssize_t n;

	fake_append_file(&l, "/file", 0);
	put_unaligned_le32(value, l.bank[0].data + offset);
	n = log_parse(l.bank[0].data, l.bank[0].len, 20, &rec, &err);
	if (!ok(n == -EBADMSG && !strcmp(err.field, field) && strstr(err.what, what),
		"%u at %zu is refused: %s: %s", value, offset, field, what))
		printf("# got %zd, %s: %s\n", n, err.field, err.what);
	fake_log_free(&l);
}

static void test_lengths(void)
{
	refuse(24, 0xffffffff, "template name", "not between");
	refuse(24, 256, "template name", "not between");
	refuse(24, 0, "template name", "not between");
	refuse(35, 0xffffffff, "template data", "more than");
	refuse(35, LOG_DATA_MAX + 1, "template data", "more than");
	refuse(35, 0, "d-ng", "does not fit");
	refuse(35, 10, "d-ng", "does not fit");
	refuse(39, 0xffffffff, "d-ng", "does not fit");
	refuse(39, 0, "n-ng", "does not fit");
	refuse(43 + 40, 7, "sig", "does not fit");
	refuse(43 + 40, 0, "sig", "does not fit");
}

static void test_odd_records(void)
{
	struct fake_field fields[17] = { { "", 0 } };
	struct fake_log l = { 0 };
	struct log_record rec;
	struct log_error err;
	u8 digest[20] = { 1 };
	ssize_t n;

	fake_append(
		&l, 10, "ima-ng",
		(struct fake_field[]){ fake_digest("sha256:", 1), fake_string("/x"), { "y", 1 } },
		3, 0);
	ok(log_parse(l.bank[0].data, l.bank[0].len, 20, &rec, &err) == -EBADMSG &&
		   strstr(err.what, "5 bytes follow"),
	   "bytes behind the last field are refused");
	fake_log_free(&l);

	fake_append(&l, 10, "future", fields, 16, 0);
	ok(log_parse(l.bank[0].data, l.bank[0].len, 20, &rec, &err) == -EBADMSG &&
		   strstr(err.what, "more than 15"),
	   "16 fields are too many");
	fake_log_free(&l);
	fake_append(&l, 10, "future", fields, 15, 0);
	ok(log_parse(l.bank[0].data, l.bank[0].len, 20, &rec, &err) > 0 && rec.nr_fields == 15,
	   "15 are not");
	fake_log_free(&l);
	fake_append(&l, 10, "n|n|n|n|n|n|n|n|n|n|n|n|n|n|n|n", fields, 16, 0);
	ok(log_parse(l.bank[0].data, l.bank[0].len, 20, &rec, &err) == -EBADMSG,
	   "nor are 16 in a format string allowed");
	fake_log_free(&l);

	fake_append(&l, 10, "a|\033[31m\n", (struct fake_field[]){ { "", 0 }, { "x", 1 } }, 1, 0);
	n = log_parse(l.bank[0].data, l.bank[0].len, 20, &rec, &err);
	ok(n == -EBADMSG && !strcmp(err.field, "\\033[31m\\n"),
	   "a hostile field id is escaped in an error");
	fake_log_free(&l);

	fake_append(&l, 10, "d-ng", (struct fake_field[]){ { "sha256", 6 } }, 1, 0);
	n = log_parse(l.bank[0].data, l.bank[0].len, 20, &rec, &err);
	ok(n > 0, "a format of a single field is known");
	is(shown(&rec.fields[0], true), "736861323536", "a digest without algorithm is hex");
	fake_log_free(&l);

	fake_append_ima(&l, digest, "/x");
	put_unaligned_le32(256, l.bank[0].data + 4 + 20 + 4 + 3 + 20);
	ok(log_parse(l.bank[0].data, l.bank[0].len, 20, &rec, &err) == -EBADMSG &&
		   !strcmp(err.field, "n"),
	   "a name of 256 bytes in template ima is refused");
	fake_log_free(&l);
}

static void test_digests(void)
{
	struct fake_log l = { 0 };
	unsigned int bank, wrong, i;

	fake_append_sample(&l);
	for (bank = 0; bank < FAKE_BANKS; bank++) {
		struct hasher *h = hasher_new(bank_lookup(bank ? "sha256" : "sha1", bank ? 6 : 4));
		size_t pos = 0;

		wrong = 0;
		for (i = 0; i < l.records; i++) {
			struct log_record rec;
			struct log_error err;
			u8 digest[LOG_DIGEST_MAX];
			ssize_t n = log_parse(l.bank[bank].data + pos, l.bank[bank].len - pos,
					      digest_sizes[bank], &rec, &err);

			if (n <= 0 || hasher_template_digest(h, &rec, digest) ||
			    !memcmp(digest, rec.digest, rec.digest_len) == rec.violation)
				wrong++;
			pos += n > 0 ? (size_t)n : 0;
		}
		ok(!wrong, "template digests of bank %u agree with OpenSSL's", bank);
		hasher_free(h);
	}
	ok(!bank_lookup("sha2", 4) && !bank_lookup("sha2567", 7), "no bank by half a name");
	fake_log_free(&l);
}

/* Through a pipe, one byte at a time: a record may end anywhere in a read. */
static void test_stream(void)
{
	enum log_status status = LOG_END;
	struct fake_log l = { 0 };
	struct log_stream s;
	struct log_record rec;
	struct log_error err;
	unsigned int seen = 0;
	int fds[2];
	size_t i;
	pid_t pid;

	fake_append_sample(&l);
	if (pipe(fds))
		exit(99);
	pid = fork();
	if (!pid) {
		for (i = 0; i < l.bank[0].len - 1; i++)
			if (write(fds[1], l.bank[0].data + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(fds[1]);
	log_stream_init(&s, fds[0], 20);
	while ((status = log_next(&s, &rec, &err)) == LOG_RECORD) {
		ok(rec.number == seen + 1, "record %u of the stream", seen + 1);
		seen++;
	}
	ok(status == LOG_PARTIAL && seen == l.records - 1 && err.record == l.records &&
		   !strcmp(err.field, "sig"),
	   "the last one is cut in its last field");
	ok(log_next(&s, &rec, &err) == LOG_PARTIAL, "asking again gives the same answer");
	log_stream_free(&s);
	close(fds[0]);
	waitpid(pid, NULL, 0);
	fake_log_free(&l);
}

/* A record that is larger than any buffer we start with. */
static void test_big_record(void)
{
	size_t size = 3u << 20;
	u8 *big = calloc(1, size);
	struct fake_log l = { 0 };
	struct log_stream s;
	struct log_record rec;
	struct log_error err;
	FILE *f = tmpfile();

	fake_append(
		&l, 10, "ima-buf",
		(struct fake_field[]){ fake_digest("sha256:", 1), fake_string("b"), { big, size } },
		3, 0);
	fake_append_file(&l, "/after", 0);
	fwrite(l.bank[0].data, 1, l.bank[0].len, f);
	fflush(f);
	lseek(fileno(f), 0, SEEK_SET);
	log_stream_init(&s, fileno(f), 20);
	ok(log_next(&s, &rec, &err) == LOG_RECORD && rec.fields[2].len == size,
	   "a buffer of 3 MiB is read");
	ok(log_next(&s, &rec, &err) == LOG_RECORD && log_next(&s, &rec, &err) == LOG_END,
	   "and what follows it");
	log_stream_free(&s);
	fclose(f);
	free(big);
	fake_log_free(&l);
}

/* Flip bytes; whatever comes out, nothing may be read that is not there. */
static void test_flips(void)
{
	static const u8 values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct fake_log l = { 0 };
	struct log_record rec;
	struct log_error err;
	size_t i, v, f, bad = 0;
	u8 *copy, old;

	fake_append_sample(&l);
	copy = malloc(l.bank[0].len);
	memcpy(copy, l.bank[0].data, l.bank[0].len);
	for (i = 0; i < l.bank[0].len; i++) {
		for (v = 0; v < ARRAY_SIZE(values); v++) {
			size_t pos = 0;
			ssize_t n;

			old = copy[i];
			copy[i] = values[v];
			while ((n = log_parse(copy + pos, l.bank[0].len - pos, 20, &rec, &err)) >
			       0) {
				bad += pos + (size_t)n > l.bank[0].len;
				for (f = 0; f < rec.nr_fields; f++)
					bad += rec.fields[f].data < copy ||
					       rec.fields[f].data + rec.fields[f].len >
						       copy + l.bank[0].len;
				pos += (size_t)n;
			}
			copy[i] = old;
		}
	}
	ok(!bad, "%zu changed logs stay within their bytes", l.bank[0].len * ARRAY_SIZE(values));
	free(copy);
	fake_log_free(&l);
}

int main(void)
{
	test_templates();
	test_ascii_fields();
	test_truncation();
	test_truncation_names();
	test_lengths();
	test_odd_records();
	test_digests();
	test_stream();
	test_big_record();
	test_flips();
	return tap_done();
}
