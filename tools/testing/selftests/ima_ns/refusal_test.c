// SPDX-License-Identifier: GPL-2.0
/*
 * What a policy file refuses, and that it says so: the kernel log and an audit
 * record name the token and the reason.  And whose ids the rules are about.
 */
#define _GNU_SOURCE
#include <errno.h>
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

static const struct refusal {
	const char *line;
	int err;
	const char *token;
	const char *reason;
} refusals[] = {
	/* no module can */
	{ "measure obj_user=system_u", EOPNOTSUPP, "obj_user=system_u", "LSM labels" },
	{ "measure obj_role=object_r", EOPNOTSUPP, "obj_role=object_r", "LSM labels" },
	{ "measure obj_type=var_log_t", EOPNOTSUPP, "obj_type=var_log_t", "LSM labels" },
	{ "measure subj_user=staff_u", EOPNOTSUPP, "subj_user=staff_u", "LSM labels" },
	{ "measure subj_role=unconfined", EOPNOTSUPP, "subj_role=unconfined", "LSM labels" },
	{ "measure uid=0 subj_type=init_t", EOPNOTSUPP, "subj_type=init_t", "LSM labels" },
	/* the host's */
	{ "measure func=KEXEC_KERNEL_CHECK", EOPNOTSUPP, "func=KEXEC_KERNEL_CHECK",
	  "only the host loads kernels" },
	{ "measure func=KEXEC_INITRAMFS_CHECK", EOPNOTSUPP, "func=KEXEC_INITRAMFS_CHECK",
	  "only the host loads kernels" },
	{ "measure func=KEXEC_CMDLINE", EOPNOTSUPP, "func=KEXEC_CMDLINE",
	  "only the host loads kernels" },
	{ "measure func=KEY_CHECK", EOPNOTSUPP, "func=KEY_CHECK", "keyrings are not per namespace" },
	{ "measure func=KEY_CHECK keyrings=.ima|.evm", EOPNOTSUPP, "func=KEY_CHECK",
	  "keyrings are not per namespace" },
	{ "measure func=CRITICAL_DATA label=selinux", EOPNOTSUPP, "func=CRITICAL_DATA",
	  "critical data is the host kernel's" },
	/* not yet */
	{ "appraise func=SETXATTR_CHECK appraise_algos=sha256", EOPNOTSUPP, "appraise",
	  "appraisal" },
	{ "appraise func=BPRM_CHECK appraise_type=imasig", EOPNOTSUPP, "appraise", "appraisal" },
	{ "appraise digest_type=verity appraise_type=sigv3", EOPNOTSUPP, "appraise", "appraisal" },
	{ "dont_appraise fsmagic=0x9fa0", EOPNOTSUPP, "dont_appraise", "appraisal" },
	/* there is none */
	{ "measure pcr=24", EOPNOTSUPP, "pcr=24", "no such PCR" },
	/* host IMA says no as well */
	{ "measure func=NOSUCH", EINVAL, "func=NOSUCH", "unknown func" },
	{ "measure template=d-ng|x", EINVAL, "template=d-ng|x", "unknown template" },
	{ "measure digest_type=sha256", EINVAL, "digest_type=sha256", "digest_type" },
	{ "measure uid=99999999999999999999", ERANGE, "uid=99999999999999999999", "id" },
	{ "appraise func=MODULE_CHECK appraise_type=imasig|modsig", EINVAL,
	  "appraise_type=imasig|mo", "appraise_type" },
};

#define N_REFUSALS (sizeof(refusals) / sizeof(*refusals))

FIXTURE(refusal) {
	struct ct ct;
	char path[96];
	int audit;
	int klog;
};

FIXTURE_SETUP(refusal)
{
	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&self->ct, "root", NULL));
	snprintf(self->path, sizeof(self->path), "%s/policy", self->ct.dir);
	self->audit = audit_open();
	self->klog = klog_open();
	ASSERT_LE(0, self->audit);
	ASSERT_LE(0, self->klog);
}

FIXTURE_TEARDOWN(refusal)
{
	close(self->audit);
	close(self->klog);
	ct_stop(&self->ct);
}

/* Return: 0, or the errno of the write. */
static int put_line(int fd, const char *line)
{
	char text[512];
	int len = snprintf(text, sizeof(text), "%s\n", line);

	return write(fd, text, len) == len ? 0 : errno;
}

static void check_refusals(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) *self,
			   const char *path, const char *what, const char *nsid)
{
	char *before = read_file(path, NULL), want[256];
	int fd = open(path, O_WRONLY);
	const char *said;
	unsigned int i;

	ASSERT_LE(0, fd);
	for (i = 0; i < N_REFUSALS; i++) {
		const struct refusal *r = &refusals[i];

		EXPECT_EQ(r->err, put_line(fd, r->line))
			TH_LOG("%s", r->line);

		snprintf(want, sizeof(want), "%s, line %u column %d: \"%s", what, i + 1,
			 (int)(strstr(r->line, r->token) - r->line) + 1, r->token);
		said = klog_find(self->klog, want);
		EXPECT_TRUE(said && strstr(said, r->reason))
			TH_LOG("kernel log: %s%s", want, said ?: ": not there");

		snprintf(want, sizeof(want), " op=update_policy cause=invalid-policy line=%u column=%d token=\"%s",
			 i + 1, (int)(strstr(r->line, r->token) - r->line) + 1, r->token);
		said = audit_find(self->audit, AUDIT_INTEGRITY_STATUS, want);
		EXPECT_TRUE(said && strstr(said, " reason=\"") && strstr(said, r->reason) &&
			    strstr(said, nsid) && strstr(said, " res=0 "))
			TH_LOG("audit: %s%s", want, said ?: ": not there");
	}
	close(fd);
	said = audit_find(self->audit, AUDIT_INTEGRITY_STATUS, " op=policy_update cause=failed");
	EXPECT_TRUE(said && strstr(said, nsid));
	EXPECT_STREQ(before, read_file(path, NULL));
}

TEST_F(refusal, names_token_and_reason)
{
	char what[64], nsid[64];

	snprintf(what, sizeof(what), "policy of %u", self->ct.nsid);
	snprintf(nsid, sizeof(nsid), " nsid=%u ", self->ct.nsid);
	check_refusals(_metadata, self, self->path, what, nsid);
}

TEST_F(refusal, the_same_of_the_default_policy)
{
	check_refusals(_metadata, self, DEFAULT, "default_policy", " nsid=default ");
}

/* A namespace's limit of audit records is for what the container does. */
TEST_F(refusal, as_often_as_it_happens)
{
	int fd = open(self->path, O_WRONLY), i;
	char want[32];

	ASSERT_LE(0, fd);
	for (i = 1; i <= 120; i++)
		EXPECT_EQ(EOPNOTSUPP, put_line(fd, "measure obj_type=x"));
	close(fd);
	for (i = 1; i <= 120; i++) {
		snprintf(want, sizeof(want), " line=%d ", i);
		EXPECT_NE(NULL, audit_find(self->audit, AUDIT_INTEGRITY_STATUS, want))
			TH_LOG("record %d", i);
	}
}

/* What somebody else has written into a policy does no harm to a log. */
TEST_F(refusal, of_odd_bytes)
{
	int fd = open(self->path, O_WRONLY);
	const char *said;

	ASSERT_LE(0, fd);
	EXPECT_EQ(EINVAL, put_line(fd, "measure a\"b=\001\xff\x1b[2J"));
	close(fd);
	said = klog_find(self->klog, "column 9");
	EXPECT_TRUE(said && strstr(said, "\"a\"b=???[2J\": unknown word"))
		TH_LOG("%s", said);
	/* a quotation mark would end the value: in hex, as audit does it */
	EXPECT_NE(NULL, audit_find(self->audit, AUDIT_INTEGRITY_STATUS,
				   " token=6122623D3F3F3F5B324A reason="));
}

TEST_F(refusal, what_is_taken_is_said_too)
{
	ASSERT_EQ(0, write_file(self->path, READS "fowner=7 template=evm-sig digest_type=verity\n"));
	EXPECT_NE(NULL, audit_find(self->audit, AUDIT_INTEGRITY_STATUS,
				   " op=policy_update cause=completed "));
	EXPECT_STREQ(READS "fowner=7 template=evm-sig digest_type=verity \n",
		     read_file(self->path, NULL));
}

/* --- ids ------------------------------------------------------------------------ */

static int chowned(const char *path, uid_t uid, gid_t gid, unsigned int seed)
{
	return make_file(path, 100, seed) || chmod(path, 0644) || chown(path, uid, gid);
}

FIXTURE(ids) {
	struct ct ct;
	char path[96];
};

/* Ids 0 to 65535 of the container are the host's 100000 to 165535. */
static const struct ct_options mapped = { .flags = CLONE_NEWUSER, .uid = 100000 };

FIXTURE_SETUP(ids)
{
	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, chown("root", 100000, 100000));
	ASSERT_EQ(0, chowned("root/theirs", 100005, 100006, 1));
	ASSERT_EQ(0, chowned("root/hosts", 5, 6, 2));
	ASSERT_EQ(0, ct_start(&self->ct, "root", &mapped));
	snprintf(self->path, sizeof(self->path), "%s/policy", self->ct.dir);
}

FIXTURE_TEARDOWN(ids)
{
	ct_stop(&self->ct);
}

FIXTURE_VARIANT(ids) {
	const char *condition;
	const char *shown;
	int theirs;	/* records of the two files */
	int hosts;
};

#define IDS(name, ...) FIXTURE_VARIANT_ADD(ids, name) { __VA_ARGS__ }

IDS(uid, "uid=0", "uid=100000", 1, 1);
IDS(uid_above, "uid>0", "uid>100000", 0, 0);
IDS(euid, "euid=0", "euid=100000", 1, 1);
IDS(gid, "gid=0", "gid=100000", 1, 1);
IDS(egid_below, "egid<1", "egid<100001", 1, 1);
IDS(fowner, "fowner=5", "fowner=100005", 1, 0);
IDS(fgroup, "fgroup=6", "fgroup=100006", 1, 0);
IDS(another_user, "uid=5", "uid=100005", 0, 0);

TEST_F(ids, are_the_containers)
{
	char rule[128], shown[128];

	snprintf(rule, sizeof(rule), READS "%s\n", variant->condition);
	snprintf(shown, sizeof(shown), READS "%s \n", variant->shown);
	ASSERT_EQ(0, write_file(self->path, rule));
	EXPECT_STREQ(shown, read_file(self->path, NULL));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/theirs"));
	ASSERT_EQ(0, ct_call(&self->ct, do_read, "/hosts"));
	EXPECT_EQ(variant->theirs, records_of(self->ct.dir, "/theirs"));
	EXPECT_EQ(variant->hosts, records_of(self->ct.dir, "/hosts"));
}

/* One that the container does not have is refused, by name. */
TEST_F(ids, that_do_not_exist)
{
	char bare[64], rule[128];
	int audit = audit_open();

	ASSERT_LE(0, audit);
	/* the condition with another number */
	snprintf(bare, sizeof(bare), "%.*s70000", (int)strcspn(variant->condition, "0123456789"),
		 variant->condition);
	snprintf(rule, sizeof(rule), READS "%s\n", bare);
	EXPECT_EQ(-EINVAL, write_file(self->path, rule));
	snprintf(rule, sizeof(rule), "token=\"%s\" reason=\"there is no such id", bare);
	EXPECT_NE(NULL, audit_find(audit, AUDIT_INTEGRITY_STATUS, rule))
		TH_LOG("%s", rule);
	close(audit);
}

/* The default policy is read anew for each container. */
TEST(ids_of_the_default_policy)
{
	struct ct plain, user;
	char path[96];

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, write_file(DEFAULT, READS "fowner=5 template=d-ng|n-ng\n"));
	ASSERT_EQ(0, ct_start(&plain, "root", NULL));
	ASSERT_EQ(0, chown("root", 100000, 100000));
	ASSERT_EQ(0, ct_start(&user, "root", &mapped));
	snprintf(path, sizeof(path), "%s/policy", plain.dir);
	EXPECT_STREQ(READS "fowner=5 template=ima-ng \n", read_file(path, NULL));
	snprintf(path, sizeof(path), "%s/policy", user.dir);
	EXPECT_STREQ(READS "fowner=100005 template=ima-ng \n", read_file(path, NULL));
	ct_stop(&plain);
	ct_stop(&user);
	EXPECT_EQ(0, modules_reload(""));
}

TEST_HARNESS_MAIN
