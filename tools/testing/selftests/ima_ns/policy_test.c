// SPDX-License-Identifier: GPL-2.0
/*
 * Policies that are written: a namespace's own, and the one that namespaces are
 * born with.  What the grammar is, is tested where it is parsed; here, what a
 * rule does and how the file behaves.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

#define DEFAULT TOP "/default_policy"

FIXTURE(policy) {
	struct ct ct;
	char path[96];
};

FIXTURE_SETUP(policy)
{
	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, make_file("root/data", 100, 1));
	ASSERT_EQ(0, make_file("root/more", 100, 2));
	ASSERT_EQ(0, ct_start(&self->ct, "root", NULL));
	snprintf(self->path, sizeof(self->path), "%s/policy", self->ct.dir);
}

FIXTURE_TEARDOWN(policy)
{
	ct_stop(&self->ct);
}

/* Write lines, one by one, in one open.  Return: 0, or -errno of the first that fails. */
static int put(const char *path, const char *const *lines)
{
	int fd = open(path, O_WRONLY), err = 0;

	if (fd < 0)
		return -errno;
	for (; *lines && !err; lines++)
		if (write(fd, *lines, strlen(*lines)) != (ssize_t)strlen(*lines))
			err = -errno;
	close(fd);
	return err;
}

#define PUT(path, ...) put(path, (const char *const []){ __VA_ARGS__, NULL })

TEST_F(policy, rules_replace_the_built_in_ones)
{
	ASSERT_EQ(0, PUT(self->path, "measure func=FILE_CHECK mask=MAY_READ\n"));
	EXPECT_STREQ("measure func=FILE_CHECK mask=MAY_READ \n", read_file(self->path, NULL));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/data"));
	EXPECT_EQ(1, records_of(self->ct.dir, "/data"));
	/* what is executed is not asked for any more */
	ASSERT_EQ(0, copy_file("root/bin/payload", "root/bin/one", "one"));
	ASSERT_EQ(0, ct_fork(&self->ct, do_exec, "/bin/one"));
	EXPECT_EQ(0, records_of(self->ct.dir, "/bin/one"));
}

TEST_F(policy, rules_are_added_to_written_ones)
{
	ASSERT_EQ(0, PUT(self->path, "dont_measure fsmagic=0x1021994\n", "# a comment\n", "\n"));
	ASSERT_EQ(0, PUT(self->path, "measure func=FILE_CHECK mask=MAY_READ uid=0\n"));
	EXPECT_STREQ("dont_measure fsmagic=0x1021994 \nmeasure func=FILE_CHECK mask=MAY_READ uid=0 \n",
		     read_file(self->path, NULL));
}

TEST_F(policy, a_bad_line_spoils_all)
{
	char *before = read_file(self->path, NULL);

	EXPECT_EQ(-EINVAL, PUT(self->path, "measure func=FILE_CHECK\n", "measure func=NOSUCH\n"));
	EXPECT_STREQ(before, read_file(self->path, NULL));
	EXPECT_EQ(-EINVAL, PUT(self->path, "nonsense\n"));
	EXPECT_STREQ(before, read_file(self->path, NULL));
	/* and the file can still be used */
	ASSERT_EQ(0, PUT(self->path, "measure func=BPRM_CHECK\n"));
	EXPECT_STREQ("measure func=BPRM_CHECK \n", read_file(self->path, NULL));
}

/* As host IMA: one line for each write, however much there is. */
TEST_F(policy, one_line_at_a_time)
{
	static const char two[] = "measure func=BPRM_CHECK\nmeasure func=MMAP_CHECK\n";
	int fd = open(self->path, O_WRONLY);

	EXPECT_EQ(24, write(fd, two, strlen(two)));
	EXPECT_EQ(24, write(fd, two + 24, strlen(two) - 24));
	close(fd);
	EXPECT_STREQ("measure func=BPRM_CHECK \nmeasure func=MMAP_CHECK \n",
		     read_file(self->path, NULL));
}

TEST_F(policy, one_writer_at_a_time)
{
	int fd = open(self->path, O_WRONLY);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, open(self->path, O_WRONLY));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(-1, open(self->path, O_RDWR));
	EXPECT_EQ(EACCES, errno);
	EXPECT_NE(NULL, read_file(self->path, NULL));
	close(fd);
	fd = open(self->path, O_WRONLY);
	EXPECT_LE(0, fd);
	close(fd);
}

/* A rule takes effect for files that are recorded already, once they change. */
TEST_F(policy, pcr_and_template_of_a_rule)
{
	const struct rec *r;
	struct log log;

	ASSERT_EQ(0, PUT(self->path, "measure func=FILE_CHECK mask=MAY_READ pcr=11\n",
			 "measure func=BPRM_CHECK template=ima-ng\n"));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/data"));
	ASSERT_EQ(0, copy_file("root/bin/payload", "root/bin/one", "one"));
	ASSERT_EQ(0, ct_fork(&self->ct, do_exec, "/bin/one"));
	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha256"));
	r = log_find(&log, "/data", NULL);
	ASSERT_NE(NULL, r);
	EXPECT_EQ(11, r->pcr);
	r = log_find(&log, "/bin/one", NULL);
	ASSERT_NE(NULL, r);
	EXPECT_STREQ("ima-ng", r->template);
	log_free(&log);
}

static void pcrs_agree(struct __test_metadata *_metadata, const struct ct *ct, unsigned int pcr)
{
	uint8_t told[MAX_DIGEST], replayed[MAX_DIGEST];
	struct log log;

	ASSERT_EQ(0, log_read(&log, ct->dir, "sha256"));
	log_replay(&log, pcr, replayed);
	ASSERT_EQ(0, pcr_read(ct->dir, "sha256", pcr, told));
	EXPECT_EQ(0, memcmp(replayed, told, 32))
		TH_LOG("PCR %u", pcr);
	log_free(&log);
}

TEST_F(policy, other_pcrs_are_extended)
{
	ASSERT_EQ(0, PUT(self->path, "measure func=FILE_CHECK mask=MAY_READ pcr=11\n"));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/data"));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/more"));
	pcrs_agree(_metadata, &self->ct, 10);
	pcrs_agree(_metadata, &self->ct, 11);
	pcrs_agree(_metadata, &self->ct, 12);
}

/*
 * A violation by somebody else: the host writes what the container reads.  The
 * record has the file's last component, not a path of the host's.
 */
TEST_F(policy, a_writer_from_outside)
{
	struct log log;
	char why[256];
	int fd;

	ASSERT_EQ(0, PUT(self->path, "measure func=FILE_CHECK mask=MAY_READ\n"));
	fd = open("root/data", O_WRONLY);
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/data"));
	close(fd);
	EXPECT_EQ(1, ct_info(&self->ct, "violations"));
	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha1"));
	EXPECT_TRUE(rec_violation(&log, log_find(&log, "/data", NULL)));
	log_free(&log);
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
}

/* --- the policy of those to come --------------------------------------------- */

TEST(newborns_have_the_default_policy)
{
	struct ct before, after;

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, make_file("root/data", 100, 1));
	ASSERT_EQ(0, ct_start(&before, "root", NULL));
	ASSERT_EQ(0, PUT(DEFAULT, "measure func=FILE_CHECK mask=MAY_READ\n"));
	EXPECT_STREQ("custom", text_in(TOP "/status", "policy"));
	ASSERT_EQ(0, ct_start(&after, "root", NULL));
	EXPECT_EQ(0, ct_call(&before, do_read, "/data"));
	EXPECT_EQ(0, ct_call(&after, do_read, "/data"));
	EXPECT_EQ(0, records_of(before.dir, "/data"));
	EXPECT_EQ(1, records_of(after.dir, "/data"));
	ct_stop(&before);
	ct_stop(&after);
	EXPECT_EQ(0, modules_reload(""));
	EXPECT_STREQ("default", text_in(TOP "/status", "policy"));
}

TEST_HARNESS_MAIN
