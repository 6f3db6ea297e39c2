// SPDX-License-Identifier: GPL-2.0
/*
 * imans log, on good, hostile and broken logs.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>

#include "tests/fake.h"
#include "tests/tap.h"

static char *dir;

static void exits(const struct fake_run *r, int status, const char *name)
{
	if (!ok(r->status == status, "exit status %d: %s", status, name))
		printf("# got %d\n# stderr: %s\n", r->status, r->err);
}

/* Line @n of a text, the first being 0; valid until the next call. */
static char *line(const char *text, unsigned int n)
{
	static char *copy;

	free(copy);
	while (n-- && text)
		text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
	copy = text ? strndup(text, strcspn(text, "\n")) : NULL;
	return copy;
}

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static const char *member(const char *json, const char *path)
{
	static struct json_object *root;
	struct json_object *obj;

	json_object_put(root);
	root = json ? json_tokener_parse(json) : NULL;
	if (!root || json_pointer_get(root, path, &obj))
		return NULL;
	return obj ? json_object_get_string(obj) : "null";
}

#define HEX32(b) b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b

static void test_text(void)
{
	static const struct {
		unsigned int pcr;
		const char *template, *digest, *rest;
	} want[] = {
		{ 10, "ima", "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", "/bin/ima" },
		{ 10, "ima-ng", "sha256:" HEX32("01"), "/bin/ng" },
		{ 10, "ima-ngv2", "verity:sha256:" HEX32("02"), "/bin/ngv2" },
		{ 10, "ima-sig", "sha256:" HEX32("03"),
		  "/bin/sig sig=imasig,v2,sha256,key:56cf448f,256-bytes" },
		{ 11, "ima-sigv2", "ima:sha256:" HEX32("04"), "/bin/sigv2" },
		{ 10, "ima-buf", "sha256:" HEX32("05"), "kernel_version buf=\"6.12.0\"" },
		{ 10, "ima-modsig", "sha256:" HEX32("06"),
		  "/m.ko d-modsig=sha256:" HEX32("07") " modsig=308201" },
		{ 10, "evm-sig", "sha256:" HEX32("08"),
		  "/bin/evm evmsig=imasig,v2,sha256,key:56cf448f,256-bytes "
		  "xattrnames=security.ima xattrlengths=0d000000 xattrvalues=0404 iuid=1000 "
		  "igid=1000 imode=35309" },
		{ 10, "n-ng|d-ng|zz", "sha256:" HEX32("09"), "/bin/custom zz=01ff" },
		{ 10, "future", "-", "- field1=616263 field3=00" },
		{ 10, "ima-sig", "VIOLATION", "/bin/violated" },
	};
	struct fake_run *r = imans("--root", dir, "log", "900");
	unsigned int i;
	char row[512];

	exits(r, 0, "log");
	ok(count_lines(r->out) == ARRAY_SIZE(want) + 1, "a line for each record, and a head");
	has(line(r->out, 0), " RECORD PCR TEMPLATE  FILE DIGEST ", "the head");
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		snprintf(row, sizeof(row), "%7u %3u %-8s  %-71s  %s", i + 1, want[i].pcr,
			 want[i].template, want[i].digest, want[i].rest);
		is(line(r->out, i + 1), row, "line of log");
	}
	is(r->err, "", "and nothing on stderr");
	r = imans("--root", dir, "log", "--bank", "sha1", "900", "--verify-digests");
	exits(r, 0, "the log of another bank, verified");
	has(line(r->out, 4), "/bin/sig sig=imasig", "shows the same");
}

/* Records keep their numbers when those before them are gone. */
static void test_trimmed(void)
{
	struct fake_run *r;

	fake_text(dir, "900/checkpoint", "records=120\n");
	r = imans("--root", dir, "log", "900");
	exits(r, 0, "a log that was trimmed");
	is(line(r->out, 1), "(120 records were trimmed)", "says so");
	has(line(r->out, 2), "    121  10 ima ", "its first record");
	has(line(r->out, 12), "    131  10 ima-sig ", "its last record");
	r = imans("--root", dir, "log", "--json", "900");
	exits(r, 0, "the same as JSON");
	is(member(line(r->out, 0), "/record"), "121", "its first record");
	r = imans("--root", dir, "log", "--ascii", "900");
	exits(r, 0, "the same as ASCII");
	ok(count_lines(r->out) == 11, "has records only");
	fake_text(dir, "900/checkpoint", "records=0\n");
	r = imans("--root", dir, "log", "900");
	ok(count_lines(r->out) == 12, "without trimming there is nothing to say");
}

static void test_ascii(const struct fake_log *l)
{
	char want[512];
	struct fake_run *r;
	unsigned int i;
	size_t n;

	r = imans("--root", dir, "log", "--ascii", "--bank", "sha1", "900");
	exits(r, 0, "log --ascii");
	n = (size_t)sprintf(want, "10 ");
	for (i = 0; i < 20; i++)
		n += (size_t)sprintf(want + n, "%02x", l->bank[0].data[4 + i]);
	sprintf(want + n, " ima 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a /bin/ima");
	is(line(r->out, 0), want, "template ima as in host IMA's log");
	has(line(r->out, 4), " ima-sigv2 ima:sha256:" HEX32("04") " /bin/sigv2 ",
	    "an empty last field leaves a space");
	has(r->out, HEX32("04") " /bin/sigv2 \n", "at the end of the line");
	has(line(r->out, 6), " /m.ko  sha256:", "an empty field in between leaves two");
	has(line(r->out, 5), " kernel_version 362e31322e30", "a buffer is hex");
	has(line(r->out, 10), "10 0000000000000000000000000000000000000000 ima-sig sha256:00",
	    "a violation is zeros");
}

static void test_json(void)
{
	struct fake_run *r = imans("--root", dir, "log", "--json", "--verify-digests", "900");
	char *out = r->out;
	unsigned int i;

	exits(r, 0, "log --json");
	ok(count_lines(out) == 11, "a line for each record");
	for (i = 0; i < 11; i++)
		ok(member(line(out, i), "/record"), "line %u is an object", i);
	is(member(line(out, 3), "/name"), "/bin/sig", "the name");
	is(member(line(out, 3), "/file_digest"), "sha256:" HEX32("03"), "the digest");
	is(member(line(out, 3), "/template"), "ima-sig", "the template");
	is(member(line(out, 3), "/bank"), "sha256", "the bank");
	is(member(line(out, 3), "/digest_ok"), "true", "the template digest was verified");
	is(member(line(out, 3), "/fields/2/signature/keyid"), "56cf448f", "the key of a signature");
	is(member(line(out, 3), "/fields/0/algo"), "sha256", "the algorithm");
	is(member(line(out, 4), "/pcr"), "11", "the PCR");
	is(member(line(out, 5), "/fields/2/text"), "6.12.0", "a buffer of text");
	is(member(line(out, 5), "/fields/2/hex"), "362e31322e30", "and its bytes");
	is(member(line(out, 7), "/fields/8/value"), "35309", "a number");
	is(member(line(out, 8), "/fields/2/hex"), "01ff", "an unknown field");
	is(member(line(out, 9), "/fields/0/hex"), "616263", "a field of an unknown template");
	ok(!member(line(out, 9), "/fields/0/id"), "which has no id");
	is(member(line(out, 10), "/violation"), "true", "a violation");
	ok(!member(line(out, 10), "/digest_ok"), "whose digest says nothing");
	is(member(line(out, 2), "/violation"), "false", "no violation");
}

static void test_hostile_names(void)
{
	static const char evil[] =
		"/tmp/x\n10 aa ima-ng sha256:bb /bin/forged\033]0;t\a\xff\xe2\x80\xae";
	struct fake_log l = { 0 };
	struct fake_run *r;
	char *out;

	fake_append_file(&l, evil, 0);
	fake_append_file(&l, "/tmp/\xc3\xa9", 0);
	fake_append(&l, 10, "ima\n\033[2J|n", (struct fake_field[]){ { "x", 1 }, { "a\0b\0", 4 } },
		    2, 0);
	fake_append(&l, 10, "d-ng|n-ng",
		    (struct fake_field[]){ { "sha\033\xff:\0\x01", 8 }, { "\0", 1 } }, 2, 0);
	fake_namespace(dir, "6", NULL, &l);
	r = imans("--root", dir, "log", "6");
	exits(r, 0, "names that attack");
	ok(count_lines(r->out) == 5, "cannot forge a line");
	ok(!strpbrk(r->out, "\033\a\xff"), "nor reach the terminal");
	has(line(r->out, 1),
	    "/tmp/x\\n10\\ aa\\ ima-ng\\ sha256:bb\\ /bin/forged\\033]0;t\\a\\xFF\\xE2\\x80\\xAE",
	    "they are shown escaped");
	has(line(r->out, 2), "/tmp/\xc3\xa9", "a letter stays a letter");
	has(line(r->out, 3), "ima\\n\\033[2J|n", "a template's name is escaped");
	has(line(r->out, 3), "a\\000b", "a NUL in a name hides nothing");
	has(line(r->out, 4), "sha\\033\\xFF:01", "an algorithm is escaped");
	r = imans("--root", dir, "log", "--ascii", "6");
	ok(count_lines(r->out) == 4 && !strpbrk(r->out, "\033\a\xff"), "nor in ASCII");
	r = imans("--root", dir, "log", "--json", "6");
	out = r->out;
	exits(r, 0, "in JSON");
	ok(count_lines(out) == 4 && !strpbrk(out, "\033\a\xff") && !strstr(out, "\xe2\x80\xae"),
	   "neither");
	has(member(line(out, 0), "/name_hex"), "2f746d702f780a", "the exact bytes are there");
	is(member(line(out, 1), "/name"), "/tmp/\xc3\xa9", "a name in UTF-8");
	ok(!member(line(out, 1), "/name_hex"), "which needs no hex");
	ok(member(line(out, 2), "/fields/0/id") && member(line(out, 3), "/fields/0/algo_hex"),
	   "all lines are objects");
	fake_log_free(&l);
}

static void test_mismatch(void)
{
	struct fake_log l = { 0 };
	struct fake_run *r;

	fake_append_file(&l, "/one", 0);
	fake_append_file(&l, "/two", FAKE_WRONG_DIGEST);
	fake_append_file(&l, "/three", 0);
	fake_namespace(dir, "7", NULL, &l);
	exits(imans("--root", dir, "log", "7"), 0, "nobody asked whether digests are right");
	r = imans("--root", dir, "log", "-V", "7");
	exits(r, 1, "a wrong template digest");
	has(line(r->out, 2), "/two MISMATCH", "is flagged");
	ok(!strstr(line(r->out, 1), "MISMATCH") && !strstr(line(r->out, 3), "MISMATCH"),
	   "the others are not, and the log goes on");
	has(r->err,
	    "/7/binary_runtime_measurements_sha256: record 2: template digest: does not match",
	    "it is told");
	r = imans("--root", dir, "log", "-V", "--json", "7");
	exits(r, 1, "in JSON as well");
	is(member(line(r->out, 1), "/digest_ok"), "false", "digest_ok is false");
	fake_log_free(&l);
}

static void test_truncated(void)
{
	struct fake_log l = { 0 };
	struct fake_run *r;
	u8 *data;
	size_t len;

	fake_append_file(&l, "/one", 0);
	len = l.bank[1].len;
	fake_append_file(&l, "/two", 0);
	fake_namespace(dir, "8", NULL, &l);
	data = l.bank[1].data;
	fake_file(dir, "8/binary_runtime_measurements_sha256", data, l.bank[1].len - 6);
	r = imans("--root", dir, "log", "8");
	exits(r, 1, "a log that ends inside a record");
	has(r->out, "/one", "the first record is shown");
	has(r->err, "record 2: n-ng: the log ends inside it", "record and field are named");
	put_unaligned_le32(0x7fffffff, data + len + 4 + 32 + 4 + 7);
	fake_file(dir, "8/binary_runtime_measurements_sha256", data, l.bank[1].len);
	r = imans("--root", dir, "log", "8");
	exits(r, 1, "a length that cannot be");
	has(r->err, "record 2: template data: length 2147483647 is more than 16777216", "is named");
	/* A bank of another digest size makes no sense of the bytes. */
	fake_file(dir, "8/binary_runtime_measurements_sha256", l.bank[0].data, l.bank[0].len);
	r = imans("--root", dir, "log", "8");
	exits(r, 1, "the log of another bank");
	has(r->err, "is the bank right", "asks");
	fake_log_free(&l);
}

static void test_files(const struct fake_log *l)
{
	char sha1[4200], sha256[4200], plain[4200];
	struct fake_run *r;
	int fd;

	fake_file(dir, "saved_sha256", l->bank[1].data, l->bank[1].len);
	fake_file(dir, "saved", l->bank[0].data, l->bank[0].len);
	snprintf(sha256, sizeof(sha256), "%s/saved_sha256", dir);
	snprintf(sha1, sizeof(sha1), "%s/saved", dir);
	snprintf(plain, sizeof(plain), "%s/none", dir);
	exits(imans("log", "-V", "--file", sha1), 0, "a saved log, sha1");
	exits(imans("log", "-V", "--file", sha256), 0, "a saved log, its bank in its name");
	exits(imans("log", "-V", "--bank", "sha1", "--file", sha256), 1, "and not another");
	r = imans("log", "--file", plain);
	exits(r, 1, "no such file");
	has(r->err, "/none: No such file or directory", "is named");
	exits(imans("log", "--file", dir), 1, "a directory");
	fd = open(sha256, O_RDONLY);
	r = fake_imans_stdin(
		(const char *const[]){ "log", "-V", "-b", "sha256", "--file", "-", NULL }, fd);
	exits(r, 0, "standard input");
	close(fd);
	fake_text(dir, "empty", "");
	snprintf(plain, sizeof(plain), "%s/empty", dir);
	r = imans("log", "--json", "--file", plain);
	exits(r, 0, "an empty log");
	is(r->out, "", "has no records");
	exits(imans("log", "--bank", "md5", "--file", sha1), 2, "no such bank");
	exits(imans("log"), 2, "no log");
	exits(imans("log", "1", "--file", sha1), 2, "two logs");
	exits(imans("log", "--file"), 2, "no file");
}

/* Many records through a pipe: memory must not depend on how many. */
static long feed(unsigned int rounds, const struct fake_log *l)
{
	struct fake_run *r;
	unsigned int i;
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		exit(99);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		signal(SIGPIPE, SIG_DFL);
		for (i = 0; i < rounds; i++)
			if (write(fds[1], l->bank[1].data, l->bank[1].len) < 0)
				_exit(1);
		_exit(0);
	}
	close(fds[1]);
	r = fake_imans_stdin(
		(const char *const[]){ "log", "-V", "-b", "sha256", "--file", "-", NULL }, fds[0]);
	close(fds[0]);
	waitpid(pid, NULL, 0);
	ok(r->status == 0 && count_lines(r->out) == rounds * l->records + 1, "%u records are shown",
	   rounds * l->records);
	return r->max_rss_kb;
}

static void test_memory(const struct fake_log *l)
{
	const char *program = getenv("IMANS"), *plain = getenv("IMANS_PLAIN");
	char *saved = strdup(program ? program : "");
	long few, many;

	/* ASan keeps freed memory, so this needs the program without it. */
	if (!plain) {
		tap_skip("IMANS_PLAIN is not set");
		free(saved);
		return;
	}
	setenv("IMANS", plain, 1);
	few = feed(1, l);
	many = feed(10000, l);
	if (!ok(many < few + 1024, "which takes no more memory than a few do"))
		printf("# %ld kB, %ld kB\n", few, many);
	setenv("IMANS", saved, 1);
	free(saved);
}

int main(void)
{
	struct fake_log l = { 0 };

	dir = fake_dir();
	fake_status(dir, "attached");
	fake_append_sample(&l);
	fake_namespace(dir, "900", NULL, &l);
	test_text();
	test_trimmed();
	test_ascii(&l);
	test_json();
	test_hostile_names();
	test_mismatch();
	test_truncated();
	test_files(&l);
	test_memory(&l);
	fake_log_free(&l);
	fake_remove(dir);
	free(dir);
	line(NULL, 0);
	member(NULL, "");
	return tap_done();
}
