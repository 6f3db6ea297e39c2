// SPDX-License-Identifier: GPL-2.0
/*
 * imans trim.  The kernel is a plain file here: a request arrives in it behind
 * what has been read.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fake.h"
#include "tests/tap.h"

#define LOG "5/binary_runtime_measurements_sha1"

static char *dir, *saved;
static struct fake_log first, whole;

static void exits(const struct fake_run *r, int status, const char *name)
{
	if (!ok(r->status == status, "exit status %d: %s", status, name))
		printf("# got %d\n# stderr: %s\n", r->status, r->err);
}

static size_t read_back(const char *path, char *buf, size_t room)
{
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(buf, 1, room, f) : 0;

	if (f)
		fclose(f);
	return n;
}

static bool holds(const char *path, const void *data, size_t len)
{
	char buf[65536];

	return read_back(path, buf, sizeof(buf)) == len && !memcmp(buf, data, len);
}

/* What was written to the log: all of it was read before. */
static const char *request(void)
{
	static char buf[65536];
	char path[4200];
	size_t n;

	snprintf(path, sizeof(path), "%s/" LOG, dir);
	n = read_back(path, buf, sizeof(buf) - 1);
	buf[n] = '\0';
	return n >= whole.bank[0].len ? buf + whole.bank[0].len : "(none)";
}

static void reset(void)
{
	fake_namespace(dir, "5", NULL, &whole);
	unlink(saved);
}

static void test_usage(void)
{
	exits(imans("--root", dir, "trim"), 2, "nothing");
	exits(imans("--root", dir, "trim", "5"), 2, "no count");
	exits(imans("--root", dir, "trim", "5", "0"), 2, "no record");
	exits(imans("--root", dir, "trim", "5", "-1"), 2, "less than that");
	exits(imans("--root", dir, "trim", "5", "many"), 2, "no number");
	exits(imans("--root", dir, "trim", "5", ""), 2, "an empty number");
	exits(imans("--root", dir, "trim", "--bank", "md5", "5", "1"), 2, "no such bank");
	exits(imans("--root", dir, "trim", "6", "1"), 1, "no such namespace");
	is(request(), "", "and nothing was written");
}

static void test_save(void)
{
	struct fake_run *r;
	char text[8192];

	reset();
	r = imans("--root", dir, "trim", "--save", saved, "5", "3");
	exits(r, 0, "three records");
	is(r->out, "3 records deleted\n", "are told");
	is(request(), "3\n", "and asked for");
	ok(holds(saved, first.bank[0].data, first.bank[0].len), "they are in the file");
	fake_namespace(dir, "5", NULL, &whole);
	r = imans("--root", dir, "trim", "--save", saved, "5", "all");
	exits(r, 0, "all records");
	snprintf(text, sizeof(text), "%u\n", whole.records);
	is(request(), text, "are asked for");
	memcpy(text, first.bank[0].data, first.bank[0].len);
	memcpy(text + first.bank[0].len, whole.bank[0].data, whole.bank[0].len);
	ok(holds(saved, text, first.bank[0].len + whole.bank[0].len), "and appended");
	reset();
	r = imans("--root", dir, "trim", "--bank", "sha256", "--save", saved, "5", "3");
	exits(r, 0, "another bank");
	ok(holds(saved, first.bank[1].data, first.bank[1].len), "is saved");
}

static void test_plain(void)
{
	struct fake_run *r;
	char path[4200], text[16];

	reset();
	exits(imans("--root", dir, "trim", "5", "2"), 0, "without a file");
	snprintf(path, sizeof(path), "%s/" LOG, dir);
	read_back(path, text, 2);
	ok(!memcmp(text, "2\n", 2), "nothing is read before the request");
	reset();
	r = imans("--root", dir, "trim", "5", "all");
	exits(r, 0, "all without a file");
	snprintf(text, sizeof(text), "%u records", whole.records);
	has(r->out, text, "are counted by the kernel");
}

/* Whatever goes wrong: the file is as before, and the log is not touched. */
static void test_trouble(void)
{
	struct fake_run *r;
	char cut[128];

	reset();
	fake_text(dir, "saved", "before");
	r = imans("--root", dir, "trim", "--save", saved, "5", "100");
	exits(r, 1, "more than there are");
	has(r->err, ": the log has only 11 records: nothing was deleted", "says so");
	is(request(), "", "no request");
	ok(holds(saved, "before", 6), "the file is as it was");
	fake_refuse(EBUSY, 2);
	r = imans("--root", dir, "trim", "--save", saved, "5", "3");
	fake_refuse(0, 0);
	exits(r, 1, "the kernel says no");
	is(request(), "", "no request arrived");
	ok(holds(saved, "before", 6), "the file is as it was");
	fake_refuse(ENOSPC, 0);
	r = imans("--root", dir, "trim", "--save", saved, "5", "3");
	fake_refuse(0, 0);
	exits(r, 1, "the disk is full");
	has(r->err, "No space left on device: nothing was deleted", "says so");
	is(request(), "", "no request");
	ok(holds(saved, "before", 6), "the file is as it was");
	snprintf(cut, sizeof(cut), "%s/nowhere/saved", dir);
	exits(imans("--root", dir, "trim", "--save", cut, "5", "3"), 1, "no such directory");
	r = imans("--root", dir, "trim", "--save", "/dev/null", "5", "3");
	exits(r, 1, "a device");
	has(r->err, "/dev/null: is not a regular file", "is no place to save to");
	is(request(), "", "no request");
	fake_file(dir, LOG, whole.bank[0].data, first.bank[0].len + 10);
	r = imans("--root", dir, "trim", "--save", saved, "5", "all");
	exits(r, 1, "a log that is cut off");
	has(r->err, "record 4: ", "names the record");
	ok(holds(saved, "before", 6), "the file is as it was");
}

int main(void)
{
	char path[4096];
	unsigned int i;

	dir = fake_dir();
	snprintf(path, sizeof(path), "%s/saved", dir);
	saved = strdup(path);
	for (i = 0; i < 3; i++)
		fake_append_file(&first, "/bin/file", 0);
	for (i = 0; i < 11; i++)
		fake_append_file(&whole, "/bin/file", 0);
	fake_status(dir, "attached");
	reset();
	test_usage();
	test_save();
	test_plain();
	test_trouble();
	fake_log_free(&first);
	fake_log_free(&whole);
	fake_remove(dir);
	free(saved);
	free(dir);
	return tap_done();
}
