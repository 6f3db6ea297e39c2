// SPDX-License-Identifier: GPL-2.0
/*
 * fs-verity digests where host IMA has nothing to compare with: on an overlay,
 * and where several rules and namespaces want different digests of one file.
 * And formats of one's own.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/audit.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

#define DEFAULT TOP "/default_policy"
#define READS "measure func=FILE_CHECK mask=MAY_READ "

FIXTURE(verity) {
	struct ct ct;
	char path[96];
	char *digest;	/* of /file, as fs-verity says */
	char *content;	/* of its bytes */
};

FIXTURE_SETUP(verity)
{
	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, copy_file("root/bin/payload", "root/file", "file"));
	ASSERT_EQ(0, copy_file("root/bin/payload", "root/plain", "plain"));
	self->digest = verity_enable("root/file", "sha256");
	ASSERT_NE(NULL, self->digest)
		TH_LOG("no fs-verity here?");
	self->content = file_digest("root/file");
	ASSERT_STRNE(self->digest, self->content);
	ASSERT_EQ(0, ct_start(&self->ct, "root", NULL));
	snprintf(self->path, sizeof(self->path), "%s/policy", self->ct.dir);
}

FIXTURE_TEARDOWN(verity)
{
	ct_stop(&self->ct);
	free(self->digest);
	free(self->content);
}

/* Is there a line "PCR ... TEMPLATE PREFIX DIGEST NAME" in the log? */
static bool logged(const struct ct *ct, int pcr, const char *template, const char *prefix,
		   const char *digest, const char *name)
{
	char path[128], want[512], head[8], *text, *line, *save;
	bool found = false;

	snprintf(path, sizeof(path), "%s/ascii_runtime_measurements", ct->dir);
	snprintf(want, sizeof(want), " %s %s%s %s", template, prefix, digest, name);
	snprintf(head, sizeof(head), "%2d ", pcr);
	text = read_file(path, NULL);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		found |= !strncmp(line, head, 3) && strstr(line, want);
	free(text);
	return found;
}

static void holds(struct __test_metadata *_metadata, const struct ct *ct)
{
	char why[256];

	EXPECT_EQ(2, dir_check(ct->dir, why, sizeof(why)))
		TH_LOG("%s", why);
}

TEST_F(verity, digest_and_type)
{
	ASSERT_EQ(0, write_file(self->path, READS "template=ima-ngv2 digest_type=verity\n"));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/file"));
	EXPECT_TRUE(logged(&self->ct, 10, "ima-ngv2", "verity:", self->digest, "/file"));
	/* known now: the second time nothing happens */
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/file"));
	EXPECT_EQ(1, records_of(self->ct.dir, "/file"));
	holds(_metadata, &self->ct);
}

/* As on the host: no record, but an audit record, each time. */
TEST_F(verity, a_file_without)
{
	int audit = audit_open();
	char *digest;

	ASSERT_LE(0, audit);
	ASSERT_EQ(0, write_file(self->path, READS "template=ima-ngv2 digest_type=verity\n"));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/plain"));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/plain"));
	EXPECT_EQ(0, records_of(self->ct.dir, "/plain"));
	EXPECT_NE(NULL, audit_find(audit, AUDIT_INTEGRITY_DATA,
				   " op=collect_data cause=no-verity-digest "));
	EXPECT_NE(NULL, audit_find(audit, AUDIT_INTEGRITY_DATA, " name=\"plain\" "));
	close(audit);
	/* it gets one: the next event has the digest */
	digest = verity_enable("root/plain", "sha512");
	ASSERT_NE(NULL, digest);
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/plain"));
	EXPECT_TRUE(logged(&self->ct, 10, "ima-ngv2", "verity:", digest, "/plain"));
	free(digest);
}

/* Each record says which kind of digest it has, whatever was asked for before. */
TEST_F(verity, two_rules_two_digests)
{
	/* the first replaces the built-in rules, the others are appended */
	ASSERT_EQ(0, write_file(self->path, READS "pcr=11 template=ima-ngv2 digest_type=verity\n"));
	ASSERT_EQ(0, write_file(self->path, "measure func=BPRM_CHECK pcr=12 template=ima-ngv2\n"));
	ASSERT_EQ(0, write_file(self->path, "measure func=MMAP_CHECK pcr=13 template=ima-ngv2 "
				"digest_type=verity\n"));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/file"));
	ASSERT_EQ(0, ct_fork(&self->ct, do_exec, "/file"));
	ASSERT_EQ(0, ct_call(&self->ct, do_map, "/file"));
	EXPECT_TRUE(logged(&self->ct, 11, "ima-ngv2", "verity:", self->digest, "/file"));
	EXPECT_TRUE(logged(&self->ct, 12, "ima-ngv2", "ima:", self->content, "/file"));
	EXPECT_TRUE(logged(&self->ct, 13, "ima-ngv2", "verity:", self->digest, "/file"));
}

/* The digests that namespaces share are those of contents. */
TEST_F(verity, two_namespaces_two_digests)
{
	struct ct other;
	char path[96];

	ASSERT_EQ(0, ct_start(&other, "root", NULL));
	snprintf(path, sizeof(path), "%s/policy", other.dir);
	ASSERT_EQ(0, write_file(self->path, READS "template=ima-ngv2 digest_type=verity\n"));
	ASSERT_EQ(0, write_file(path, READS "template=ima-ngv2\n"));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/file"));
	ASSERT_EQ(0, ct_call(&other, do_read, "/file"));
	EXPECT_TRUE(logged(&self->ct, 10, "ima-ngv2", "verity:", self->digest, "/file"));
	EXPECT_TRUE(logged(&other, 10, "ima-ngv2", "ima:", self->content, "/file"));
	/* and the other way round */
	ASSERT_EQ(0, ct_call(&other, do_read, "/bin/payload"));
	free(verity_enable("root/bin/payload", "sha256"));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/bin/payload"));
	EXPECT_EQ(1, records_of(self->ct.dir, "/bin/payload"));
	EXPECT_FALSE(logged(&self->ct, 10, "ima-ngv2", "ima:", "", "/bin/payload"));
	ct_stop(&other);
}

/* The file below an overlay is the one that is read, until it is copied up. */
TEST_F(verity, below_an_overlay)
{
	const struct ct_options options = { .overlay = "overlay" };
	struct ct ct;
	char path[96];

	ASSERT_EQ(0, ct_start(&ct, "root", &options));
	snprintf(path, sizeof(path), "%s/policy", ct.dir);
	ASSERT_EQ(0, write_file(path, READS "template=ima-ngv2 digest_type=verity\n"));
	ASSERT_EQ(0, ct_call(&ct, do_read, "/file"));
	EXPECT_TRUE(logged(&ct, 10, "ima-ngv2", "verity:", self->digest, "/file"));
	ASSERT_EQ(0, ct_call(&ct, do_append, "/file"));
	ASSERT_EQ(0, ct_call(&ct, do_read, "/file"));
	EXPECT_EQ(1, records_of(ct.dir, "/file"));
	holds(_metadata, &ct);
	ct_stop(&ct);
}

/* --- templates by parameter ------------------------------------------------------- */

/* Field "d" of the oldest template is sha1's, also that of boot_aggregate. */
TEST(template_ima)
{
	uint8_t zeros[8 * 20] = {}, aggregate[20];
	const struct rec *r;
	struct log log;
	struct ct ct;

	ASSERT_EQ(0, modules_reload("template=ima"));
	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&ct, "root", NULL));
	ASSERT_EQ(0, log_read(&log, ct.dir, "sha1"));
	r = log_find(&log, "boot_aggregate", NULL);
	ASSERT_NE(NULL, r);
	hash("sha1", zeros, sizeof(zeros), aggregate);
	EXPECT_STREQ("ima", r->template);
	EXPECT_EQ(0, memcmp(aggregate, r->fields[0].data, 20));
	log_free(&log);
	holds(_metadata, &ct);
	ct_stop(&ct);
	EXPECT_EQ(0, modules_reload(""));
}

/* A rule may name the format, as it is; it is read back, and read anew for others. */
TEST(a_format_of_ones_own)
{
	const struct ct_options mapped = { .flags = CLONE_NEWUSER, .uid = 100000 };
	static const char rule[] = READS "fowner=7 template=n-ng|d-ngv2|iuid";
	struct ct plain, user;
	char path[96], want[128];
	char *content;

	ASSERT_EQ(0, modules_reload("'template=n-ng|d-ngv2|iuid'"));
	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, make_file("root/data", 100, 1));
	ASSERT_EQ(0, chown("root/data", 7, 7));
	content = file_digest("root/data");
	EXPECT_STREQ("n-ng|d-ngv2|iuid", text_in(TOP "/status", "template"));
	EXPECT_EQ(-EINVAL, write_file(DEFAULT, READS "template=n-ng|d-ngv2\n"));
	snprintf(want, sizeof(want), "%s\n", rule);
	ASSERT_EQ(0, write_file(DEFAULT, want));
	snprintf(want, sizeof(want), "%s \n", rule);
	EXPECT_STREQ(want, read_file(DEFAULT, NULL));
	ASSERT_EQ(0, ct_start(&plain, "root", NULL));
	ASSERT_EQ(0, ct_call(&plain, do_read, "/data"));
	EXPECT_TRUE(logged(&plain, 10, "n-ng|d-ngv2|iuid /data", "ima:", content, "7"));
	holds(_metadata, &plain);
	ASSERT_EQ(0, ct_start(&user, "root", &mapped));
	snprintf(path, sizeof(path), "%s/policy", user.dir);
	EXPECT_STREQ(READS "fowner=100007 template=n-ng|d-ngv2|iuid \n", read_file(path, NULL));
	ct_stop(&plain);
	ct_stop(&user);
	free(content);
	EXPECT_EQ(0, modules_reload(""));
}

TEST(formats_that_are_none)
{
	int klog = klog_open();

	ASSERT_EQ(0, modules_unload());
	EXPECT_NE(0, modules_load("'template=d-ng|nosuch' 2> /dev/null"));
	EXPECT_NE(NULL, klog_find(klog, "\"d-ng|nosuch\" is neither a template nor"));
	EXPECT_NE(0, modules_load("'template=d-ng|' 2> /dev/null"));
	EXPECT_NE(0, modules_load("'template=n|n|n|n|n|n|n|n|n|n|n|n|n|n|n|n' 2> /dev/null"));
	EXPECT_EQ(0, modules_load(""));
	close(klog);
}

TEST_HARNESS_MAIN
