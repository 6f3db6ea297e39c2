// SPDX-License-Identifier: GPL-2.0
/*
 * A measurement log as a file: what is in it, reading it in any manner, waiting
 * for the next record, reading while it grows.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

#define PROGRAMS 40

FIXTURE(log) {
	struct ct ct;
	char path[128];
};

FIXTURE_SETUP(log)
{
	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&self->ct, "root", NULL));
	snprintf(self->path, sizeof(self->path), "%s/binary_runtime_measurements", self->ct.dir);
}

FIXTURE_TEARDOWN(log)
{
	ct_stop(&self->ct);
}

/* In the container: a new program, executed; its name is its content's tail. */
static int run_new(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/bin/%s", name);
	if (copy_file("/bin/payload", path, name))
		return 250;
	return spawn(path);
}

static int run_many(const char *prefix)
{
	char name[32];
	int i, bad = 0;

	for (i = 0; i < PROGRAMS; i++) {
		snprintf(name, sizeof(name), "%s-%d", prefix, i);
		bad += run_new(name) != 0;
	}
	return bad;
}

TEST_F(log, tells_what_was_executed)
{
	const struct rec *r;
	struct log log;
	char *digest, why[256];

	ASSERT_EQ(0, ct_call(&self->ct, run_new, "one"));
	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha256"));
	EXPECT_EQ(3, log.nr);
	EXPECT_STREQ("boot_aggregate", rec_name(&log.recs[0]));
	EXPECT_STREQ("/bin/payload", rec_name(&log.recs[1]));
	r = log_find(&log, "/bin/one", NULL);
	ASSERT_NE(NULL, r);
	EXPECT_EQ(10, r->pcr);
	EXPECT_STREQ("ima-sig", r->template);
	EXPECT_EQ(3, r->nr_fields);
	EXPECT_EQ(0, r->fields[2].len);
	digest = file_digest("root/bin/one");
	EXPECT_EQ(0, memcmp("sha256:", r->fields[0].data, 8));
	EXPECT_EQ(40, r->fields[0].len);
	log_free(&log);

	/* and the ASCII form holds the digest of the file as we compute it */
	snprintf(why, sizeof(why), "%s/ascii_runtime_measurements_sha256", self->ct.dir);
	EXPECT_NE(NULL, strstr(read_file(why, NULL), digest));
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	free(digest);
}

/* The first record is host IMA's for PCRs that are all zeros. */
TEST_F(log, begins_with_boot_aggregate)
{
	uint8_t zeros[10 * 32] = {}, digest[32];
	struct log log;

	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha1"));
	ASSERT_LE(1, log.nr);
	EXPECT_STREQ("boot_aggregate", rec_name(&log.recs[0]));
	hash("sha256", zeros, sizeof(zeros), digest);
	ASSERT_EQ(40, log.recs[0].fields[0].len);
	EXPECT_EQ(0, memcmp(digest, log.recs[0].fields[0].data + 8, 32));
	log_free(&log);
}

TEST_F(log, replays_in_every_bank)
{
	char why[256];

	ASSERT_EQ(0, ct_call(&self->ct, run_many, "many"));
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	EXPECT_EQ(1, records_of(self->ct.dir, "/bin/many-39"));
}

/* The same program again is no record; the same bytes elsewhere are. */
TEST_F(log, has_no_duplicates)
{
	ASSERT_EQ(0, ct_call(&self->ct, run_new, "one"));
	ASSERT_EQ(0, ct_call(&self->ct, run_new, "one"));
	ASSERT_EQ(0, ct_fork(&self->ct, do_exec, "/bin/one"));
	EXPECT_EQ(1, records_of(self->ct.dir, "/bin/one"));
	ASSERT_EQ(0, copy_file("root/bin/one", "root/bin/two", NULL));
	ASSERT_EQ(0, ct_fork(&self->ct, do_exec, "/bin/two"));
	EXPECT_EQ(1, records_of(self->ct.dir, "/bin/two"));
}

/* Read @path in pieces of @piece bytes, seeking to where we are before each. */
static size_t read_pieces(const char *path, size_t piece, bool seek, char *buf, size_t room)
{
	int fd = open(path, O_RDONLY);
	size_t n = 0;
	ssize_t got;

	do {
		if (seek && lseek(fd, n, SEEK_SET) != (off_t)n)
			break;
		got = read(fd, buf + n, n + piece > room ? room - n : piece);
		n += got > 0 ? got : 0;
	} while (got > 0);
	close(fd);
	return n;
}

static void check_pieces(struct __test_metadata *_metadata, const char *path)
{
	static const size_t pieces[] = { 1, 7, 100, 4095, 4096, 65536 };
	size_t len, i, n;
	char *whole = read_file(path, &len), *buf = malloc(len + 4096);

	for (i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		n = read_pieces(path, pieces[i], false, buf, len + 4096);
		EXPECT_EQ(len, n);
		EXPECT_EQ(0, memcmp(whole, buf, len))
			TH_LOG("%s in pieces of %zu", path, pieces[i]);
	}
	n = read_pieces(path, 333, true, buf, len + 4096);
	EXPECT_EQ(len, n);
	EXPECT_EQ(0, memcmp(whole, buf, len))
		TH_LOG("%s with lseek", path);
	free(whole);
	free(buf);
}

TEST_F(log, is_the_same_in_pieces)
{
	char path[128];

	ASSERT_EQ(0, ct_call(&self->ct, run_many, "pieces"));
	check_pieces(_metadata, self->path);
	snprintf(path, sizeof(path), "%s/ascii_runtime_measurements_sha256", self->ct.dir);
	check_pieces(_metadata, path);
	snprintf(path, sizeof(path), "%s/pcrs_sha256", self->ct.dir);
	check_pieces(_metadata, path);
	snprintf(path, sizeof(path), "%s/info", self->ct.dir);
	check_pieces(_metadata, path);
}

TEST_F(log, can_be_sought)
{
	char *whole, buf[64];
	int fd = open(self->path, O_RDONLY);
	unsigned int i;
	size_t len;
	off_t at;

	ASSERT_EQ(0, ct_call(&self->ct, run_many, "seek"));
	whole = read_file(self->path, &len);
	srandom(1);
	for (i = 0; i < 300; i++) {
		at = random() % (len - sizeof(buf));
		if (i & 1) {
			ASSERT_EQ(sizeof(buf), pread(fd, buf, sizeof(buf), at));
		} else {
			ASSERT_EQ(at, lseek(fd, at, SEEK_SET));
			ASSERT_EQ(sizeof(buf), read(fd, buf, sizeof(buf)));
			ASSERT_EQ(at + (off_t)sizeof(buf), lseek(fd, 0, SEEK_CUR));
		}
		ASSERT_EQ(0, memcmp(whole + at, buf, sizeof(buf)))
			TH_LOG("at %ld", (long)at);
	}
	ASSERT_EQ(0, pread(fd, buf, sizeof(buf), len));
	/* as host IMA: there is no seeking from the end */
	ASSERT_EQ(-1, lseek(fd, 0, SEEK_END));
	close(fd);
	free(whole);
}

static char *drain(int fd, size_t *len)
{
	char *buf = malloc(1 << 20);
	ssize_t got;

	*len = 0;
	while ((got = read(fd, buf + *len, (1 << 20) - *len)) > 0)
		*len += got;
	return buf;
}

/* What one reader sees over time is what another sees at once. */
TEST_F(log, can_be_read_while_it_grows)
{
	int fd = open(self->path, O_RDONLY), ret, i;
	char *all, *part;
	size_t total = 0, len;
	char *grown = malloc(1 << 20);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (i = 0; i < 5; i++) {
		char name[16];

		snprintf(name, sizeof(name), "grow-%d", i);
		ret = ct_call(&self->ct, run_new, name);
		ASSERT_EQ(0, ret);
		ASSERT_EQ(1, poll(&p, 1, 0));
		part = drain(fd, &len);
		ASSERT_LT(0, len);
		memcpy(grown + total, part, len);
		total += len;
		free(part);
		/* and now there is nothing to be read */
		ASSERT_EQ(0, poll(&p, 1, 0));
	}
	all = read_file(self->path, &len);
	ASSERT_EQ(len, total);
	EXPECT_EQ(0, memcmp(all, grown, len));
	close(fd);
}

TEST_F(log, can_be_read_by_several_while_it_grows)
{
	int status, i, readers = 3;
	struct log log;
	size_t len;
	char why[256];
	pid_t pid;

	for (i = 0; i < readers; i++) {
		pid = fork();
		if (pid)
			continue;
		for (int k = 0; k < 150; k++) {
			char *raw = read_file(self->path, &len);

			/* at any time: whole records, of digests that hold */
			if (!raw || log_parse(&log, (uint8_t *)raw, len, "sha1") ||
			    (k % 10 == 0 && !log_digests_hold(&log)))
				_exit(1);
			log_free(&log);
			free(raw);
		}
		_exit(0);
	}
	ASSERT_EQ(0, ct_call(&self->ct, run_many, "race"));
	while (readers--) {
		wait(&status);
		EXPECT_EQ(0, status);
	}
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
}

TEST_F(log, wakes_who_waits)
{
	int fd = open(self->path, O_RDONLY), ready[2], status;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t len;
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(ready));
	free(drain(fd, &len));
	pid = fork();
	if (!pid) {
		char *rest;

		/* nothing yet: sleeps until the record comes */
		if (poll(&p, 1, 0))
			_exit(1);
		if (write(ready[1], "", 1) != 1 || poll(&p, 1, 60000) != 1)
			_exit(2);
		rest = drain(fd, &len);
		_exit(memmem(rest, len, "/bin/awake", 11) ? 0 : 3);
	}
	ASSERT_EQ(1, read(ready[0], &c, 1));
	usleep(300000);
	ASSERT_EQ(0, ct_call(&self->ct, run_new, "awake"));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status)
		TH_LOG("waiter ended with %d", WEXITSTATUS(status));
	close(fd);
}

TEST_HARNESS_MAIN
