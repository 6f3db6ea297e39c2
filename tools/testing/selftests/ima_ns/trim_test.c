// SPDX-License-Identifier: GPL-2.0
/*
 * Trimming a log, in the language of Linux 7.2: what is asked for, what is left,
 * what a verifier begins with, what is given back.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

static const char *const banks[] = { "sha1", "sha256", "sha384", "sha512" };

FIXTURE(trim) {
	struct ct ct;
	char path[128];		/* the binary log */
};

FIXTURE_SETUP(trim)
{
	struct ct_options options = { .securityfs = "/sys/kernel/security" };

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&self->ct, "root", &options));
	snprintf(self->path, sizeof(self->path), "%s/binary_runtime_measurements", self->ct.dir);
}

FIXTURE_TEARDOWN(trim)
{
	ct_stop(&self->ct);
	run("rm -rf root");
}

static const struct {
	const char *text;
	size_t len;
	int err;
} bad_requests[] = {
	{ "", 0, EINVAL },
	{ "\n", 1, EINVAL },
	{ "1", 1, EINVAL },
	{ "11", 2, EINVAL },
	{ "1\n1", 3, EINVAL },
	{ "1\n1\n", 4, EINVAL },
	{ "0\n", 2, EINVAL },
	{ "-1\n", 3, EINVAL },
	{ " 1\n", 3, EINVAL },
	{ "1 \n", 3, EINVAL },
	{ "0x1\n", 4, EINVAL },
	{ "x\n", 2, EINVAL },
	{ "A\n", 2, EINVAL },
	{ "D\n", 2, EINVAL },
	{ "\0\n", 2, EINVAL },
	{ "0000000000000000000001\n", 23, EINVAL },
	{ "000000000000000000001\n", 22, EINVAL },
	{ "99999999999999999999\n", 21, ERANGE },
	{ "18446744073709551616\n", 21, ERANGE },
	{ "18446744073709551615\n", 21, ENOENT },
	{ "1000000\n", 8, ENOENT },
};

static void check_bad_requests(struct __test_metadata *_metadata, const char *path)
{
	unsigned int i;

	for (i = 0; i < sizeof(bad_requests) / sizeof(*bad_requests); i++)
		EXPECT_EQ(bad_requests[i].err,
			  log_request(path, bad_requests[i].text, bad_requests[i].len))
			TH_LOG("bad_requests[%u]", i);
}

TEST_F(trim, wrong_requests_are_refused)
{
	long before = info_number(self->ct.dir, "records");
	char path[128];

	check_bad_requests(_metadata, self->path);
	snprintf(path, sizeof(path), "%s/ascii_runtime_measurements_sha256", self->ct.dir);
	check_bad_requests(_metadata, path);
	EXPECT_EQ(ENOENT, log_trim(self->ct.dir, before + 1));
	EXPECT_EQ(before, info_number(self->ct.dir, "records"));
	EXPECT_EQ(0, info_number(self->ct.dir, "trimmed"));
}

/* Whatever is refused here host IMA refuses too, where it can be trimmed. */
TEST(host_ima_refuses_the_same)
{
	const char *path = HOST_IMA "/binary_runtime_measurements";
	struct stat st;

	ASSERT_EQ(0, stat(path, &st));
	if (!(st.st_mode & 0200))
		SKIP(return, "this kernel's host IMA has no trimming");
	check_bad_requests(_metadata, path);
}

TEST_F(trim, odd_requests_are_taken)
{
	static const char *const odd[] = { "+1\n", "01\n", "1\n\n", "00000000000000000001\n" };
	unsigned int i;
	char why[256];

	ASSERT_EQ(0, ct_call(&self->ct, do_map_many, "odd 0 8"));
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(0, log_request(self->path, odd[i], strlen(odd[i])))
			TH_LOG("\"%s\"", odd[i]);
		EXPECT_EQ(10 - i - 1, info_number(self->ct.dir, "records"));
		EXPECT_EQ(i + 1, info_number(self->ct.dir, "trimmed"));
	}
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
}

/* Every file shows the end of what it has shown before; PCRs do not move. */
TEST_F(trim, deletes_the_oldest)
{
	static const char *const files[] = {
		"ascii_runtime_measurements", "ascii_runtime_measurements_sha256",
		"binary_runtime_measurements", "binary_runtime_measurements_sha256",
	};
	char path[160], *before[4], *pcrs, *after;
	size_t len[4], after_len, i;
	struct log log;

	ASSERT_EQ(0, ct_call(&self->ct, do_map_many, "old 0 50"));
	ASSERT_EQ(52, info_number(self->ct.dir, "records"));
	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", self->ct.dir, files[i]);
		before[i] = read_file(path, &len[i]);
	}
	snprintf(path, sizeof(path), "%s/pcrs_sha256", self->ct.dir);
	pcrs = read_file(path, NULL);
	ASSERT_EQ(0, log_trim(self->ct.dir, 20));
	EXPECT_STREQ(pcrs, read_file(path, NULL));
	EXPECT_EQ(32, info_number(self->ct.dir, "records"));
	snprintf(path, sizeof(path), "%s/runtime_measurements_count", self->ct.dir);
	EXPECT_STREQ("32\n", read_file(path, NULL));
	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", self->ct.dir, files[i]);
		after = read_file(path, &after_len);
		ASSERT_LT(after_len, len[i]);
		ASSERT_LT(0, after_len);
		EXPECT_EQ(0, memcmp(after, before[i] + len[i] - after_len, after_len));
		free(before[i]);
		free(after);
	}
	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha1"));
	/* two were there before the first of them */
	EXPECT_STREQ("/bin/old-0018", rec_name(&log.recs[0]));
	EXPECT_STREQ("/bin/old-0049", rec_name(&log.recs[log.nr - 1]));
	log_free(&log);
}

/* --- checkpoint ------------------------------------------------------------- */

/*
 * In the container, under the policy below: files mapped into PCR 11, programs
 * executed into PCR 10, and a violation, which is PCR 10's.
 */
static int mixed_work(const char *prefix)
{
	char path[64], arg[64];
	int fd, i, bad = 0;

	for (i = 0; i < 4; i++) {
		snprintf(arg, sizeof(arg), "%s 0%d 3", prefix, i * 3);
		bad += do_map_many(arg) != 0;
		snprintf(path, sizeof(path), "/bin/%s-exec-%d", prefix, i);
		bad += copy_file("/bin/payload", path, path) || spawn(path);
	}
	snprintf(path, sizeof(path), "/bin/%s-written", prefix);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0755);
	bad += write(fd, path, 8) != 8 || do_map(path);
	close(fd);
	return bad;
}

static void set_policy(struct __test_metadata *_metadata, const struct ct *ct)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/policy", ct->dir);
	f = fopen(path, "w");
	ASSERT_NE(NULL, f);
	setlinebuf(f);
	fprintf(f, "measure func=MMAP_CHECK mask=MAY_EXEC pcr=11\n");
	fprintf(f, "measure func=BPRM_CHECK mask=MAY_EXEC\n");
	ASSERT_EQ(0, fclose(f));
}

/*
 * The checkpoint is what a verifier gets who has the whole log and stops where
 * it was trimmed; with what is left it gives the PCRs.
 */
static void check_bank(struct __test_metadata *_metadata, const char *dir, const char *bank,
		       const struct log *whole, unsigned int trimmed)
{
	uint8_t value[MAX_DIGEST], want[MAX_DIGEST] = {};
	struct log begin = *whole, rest;
	unsigned int pcr;

	ASSERT_EQ(0, log_read(&rest, dir, bank));
	EXPECT_EQ(whole->nr - trimmed, rest.nr);
	begin.nr = trimmed;
	for (pcr = 10; pcr <= 12; pcr++) {
		memset(want, 0, sizeof(want));
		log_replay(&begin, pcr, want);
		ASSERT_EQ(0, checkpoint_pcr(dir, bank, pcr, value));
		EXPECT_EQ(0, memcmp(want, value, whole->digest_size))
			TH_LOG("%s: checkpoint of PCR %u after %u records", bank, pcr, trimmed);
		log_replay(&rest, pcr, value);
		ASSERT_EQ(0, pcr_read(dir, bank, pcr, want));
		EXPECT_EQ(0, memcmp(want, value, whole->digest_size))
			TH_LOG("%s: PCR %u after %u records", bank, pcr, trimmed);
	}
	log_free(&rest);
}

TEST_F(trim, checkpoint_leads_to_the_pcrs_in_every_bank)
{
	static const unsigned int steps[] = { 1, 1, 7, 4, 1 };
	struct log whole[4] = {};
	unsigned int i, k, trimmed = 0;
	char path[128], *text;

	ct_stop(&self->ct);
	ASSERT_EQ(0, modules_reload("banks=" ALL_BANKS));
	ASSERT_EQ(0, ct_start(&self->ct, "root", NULL));
	snprintf(self->path, sizeof(self->path), "%s/binary_runtime_measurements", self->ct.dir);
	snprintf(path, sizeof(path), "%s/checkpoint", self->ct.dir);
	text = read_file(path, NULL);
	EXPECT_STREQ("records=0\n", text);
	free(text);

	set_policy(_metadata, &self->ct);
	ASSERT_EQ(0, ct_call(&self->ct, mixed_work, "w"));
	EXPECT_EQ(1, info_number(self->ct.dir, "violations"));
	for (k = 0; k < 4; k++)
		ASSERT_EQ(0, log_read(&whole[k], self->ct.dir, banks[k]));
	ASSERT_LT(15, whole[0].nr);
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, log_trim(self->ct.dir, steps[i]));
		trimmed += steps[i];
		EXPECT_EQ(trimmed, number_in(path, "records"));
		for (k = 0; k < 4; k++)
			check_bank(_metadata, self->ct.dir, banks[k], &whole[k], trimmed);
	}
	/* and to the last one, with the violation */
	ASSERT_EQ(0, log_trim(self->ct.dir, whole[0].nr - trimmed));
	for (k = 0; k < 4; k++) {
		check_bank(_metadata, self->ct.dir, banks[k], &whole[k], whole[k].nr);
		log_free(&whole[k]);
	}
	ct_stop(&self->ct);
	EXPECT_EQ(0, modules_reload(""));
}

/* No line for a bank that has no PCRs. */
TEST_F(trim, checkpoint_has_the_banks_that_have_pcrs)
{
	char path[128], *text;

	ct_stop(&self->ct);
	ASSERT_EQ(0, modules_reload("banks=sha256"));
	ASSERT_EQ(0, ct_start(&self->ct, "root", NULL));
	snprintf(self->path, sizeof(self->path), "%s/binary_runtime_measurements", self->ct.dir);
	ASSERT_EQ(0, log_trim(self->ct.dir, 2));
	snprintf(path, sizeof(path), "%s/checkpoint", self->ct.dir);
	text = read_file(path, NULL);
	EXPECT_EQ(0, strncmp(text, "records=2\nsha256:10=", 20))
		TH_LOG("%s", text);
	EXPECT_EQ(20 + 64 + 1, strlen(text));
	free(text);
	ct_stop(&self->ct);
	EXPECT_EQ(0, modules_reload(""));
}

TEST_F(trim, an_empty_log_grows_again)
{
	struct pollfd p = { .events = POLLIN };
	char why[256], buf[4096], *text;
	size_t len;

	ASSERT_EQ(0, ct_call(&self->ct, do_map_many, "a 0 30"));
	ASSERT_EQ(0, log_trim(self->ct.dir, 32));
	EXPECT_EQ(0, info_number(self->ct.dir, "records"));
	EXPECT_EQ(ENOENT, log_trim(self->ct.dir, 1));
	text = read_file(self->path, &len);
	EXPECT_EQ(0, len);
	free(text);
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	p.fd = open(self->path, O_RDONLY);
	EXPECT_EQ(0, poll(&p, 1, 0));
	ASSERT_EQ(0, ct_call(&self->ct, do_map_many, "b 0 1"));
	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_LT(0, read(p.fd, buf, sizeof(buf)));
	EXPECT_EQ(0, poll(&p, 1, 0));
	close(p.fd);
	EXPECT_EQ(1, info_number(self->ct.dir, "records"));
	ASSERT_EQ(0, log_trim(self->ct.dir, 1));
	ASSERT_EQ(0, ct_call(&self->ct, do_map_many, "c 0 3"));
	EXPECT_EQ(3, info_number(self->ct.dir, "records"));
	EXPECT_EQ(33, info_number(self->ct.dir, "trimmed"));
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
}

/* --- what is kept, what is given back ------------------------------------------ */

/* The same bytes again: they are hashed anew, for the version has changed. */
static int rewrite(const char *name)
{
	char path[64];
	int fd, err = 0;

	snprintf(path, sizeof(path), "/bin/%s", name);
	fd = open(path, O_RDWR);
	if (fd < 0 || pwrite(fd, name, strlen(name), 0) != (ssize_t)strlen(name))
		err = errno;
	close(fd);
	return err ?: do_map(path);
}

/* As on the host, what was recorded is not recorded again when its record is gone. */
TEST_F(trim, duplicates_are_still_known)
{
	ASSERT_EQ(0, ct_call(&self->ct, do_map_new, "dup"));
	ASSERT_EQ(3, info_number(self->ct.dir, "records"));
	ASSERT_EQ(0, ct_call(&self->ct, rewrite, "dup"));
	ASSERT_EQ(3, info_number(self->ct.dir, "records"));
	ASSERT_EQ(0, log_trim(self->ct.dir, 3));
	ASSERT_EQ(0, ct_call(&self->ct, rewrite, "dup"));
	EXPECT_EQ(0, info_number(self->ct.dir, "records"));
	ASSERT_EQ(0, ct_call(&self->ct, do_map_new, "new"));
	EXPECT_EQ(1, info_number(self->ct.dir, "records"));
}

#define GROUP "/sys/fs/cgroup/ima_ns_trim"
#define LEVELS 14
#define NAME 250

/* In the container: @n records of 3.5 kB, by one file with a long name that changes. */
static int long_records(const char *n)
{
	char name[NAME + 1];
	int i, fd;

	memset(name, 'n', NAME);
	name[NAME] = '\0';
	for (i = 0; i < LEVELS; i++)
		if ((mkdir(name, 0755) && errno != EEXIST) || chdir(name))
			return errno;
	for (i = 0; i < atoi(n); i++) {
		fd = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0755);
		if (fd < 0 || pwrite(fd, &i, sizeof(i), 0) != sizeof(i))
			return errno;
		close(fd);
		if (do_map("file"))
			return errno;
	}
	return chdir("/");
}

/* Kilobytes of the kernel's memory that the group is charged for. */
static long charged(void)
{
	char *text = read_file(GROUP "/memory.stat", NULL), *at;
	long bytes = -1;

	at = text ? strstr(text, "\nslab_unreclaimable ") : NULL;
	if (at)
		bytes = atol(at + strlen("\nslab_unreclaimable "));
	free(text);
	return bytes / 1024;
}

static bool group_gone(const void *arg)
{
	return !rmdir(GROUP);
}

TEST_F(trim, memory_goes_back_to_the_container)
{
	char pid[16];
	long full, empty;
	int reader;

	run("echo +memory > /sys/fs/cgroup/cgroup.subtree_control");
	ASSERT_EQ(0, mkdir(GROUP, 0755));
	ASSERT_TRUE(exists(GROUP "/memory.stat"));
	snprintf(pid, sizeof(pid), "%d", self->ct.pid);
	ASSERT_EQ(0, write_file(GROUP "/cgroup.procs", pid));
	ASSERT_EQ(0, ct_call(&self->ct, long_records, "500"));
	ASSERT_EQ(502, info_number(self->ct.dir, "records"));
	full = charged();
	ASSERT_LT(500 * 3, full);
	/* a reader that has not come far keeps nothing */
	reader = open(self->path, O_RDONLY);
	ASSERT_EQ(1, read(reader, pid, 1));
	ASSERT_EQ(0, log_trim(self->ct.dir, 502));
	empty = charged();
	EXPECT_LT(500 * 3, full - empty)
		TH_LOG("%ld kB before, %ld kB after", full, empty);
	close(reader);
	ct_stop(&self->ct);
	EXPECT_TRUE(ct_gone(&self->ct));
	run("rm -rf root");
	EXPECT_TRUE(wait_for(group_gone, NULL, 10000));
}

TEST_HARNESS_MAIN
