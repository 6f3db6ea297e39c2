// SPDX-License-Identifier: GPL-2.0
/*
 * What the parameters of the module choose: PCR banks, template, algorithm.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

FIXTURE(parameters) {
	struct ct ct;
};

FIXTURE_SETUP(parameters)
{
	ASSERT_EQ(0, root_make("root"));
}

FIXTURE_TEARDOWN(parameters)
{
	ct_stop(&self->ct);
	EXPECT_EQ(0, modules_reload(""));
}

/* A container under these parameters, with a record. */
static void begin(struct __test_metadata *_metadata, struct ct *ct, const char *parameters)
{
	ASSERT_EQ(0, modules_reload(parameters));
	ASSERT_EQ(0, ct_start(ct, "root", NULL));
	ASSERT_EQ(0, copy_file("root/bin/payload", "root/bin/one", "one"));
	ASSERT_EQ(0, ct_fork(ct, do_exec, "/bin/one"));
	ASSERT_EQ(1, records_of(ct->dir, "/bin/one"));
}

static bool has(const struct ct *ct, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", ct->dir, name);
	return exists(path);
}

TEST_F(parameters, four_banks)
{
	static const char *const banks[] = { "sha1", "sha256", "sha384", "sha512" };
	uint8_t value[MAX_DIGEST];
	char why[256];
	unsigned int i;

	begin(_metadata, &self->ct, "banks=" ALL_BANKS);
	EXPECT_EQ(4, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(0, pcr_read(self->ct.dir, banks[i], 10, value));
	EXPECT_STREQ(ALL_BANKS, text_in(TOP "/status", "banks"));
}

/* As on the host without a bank for sha1: a file, but no PCRs. */
TEST_F(parameters, sha256_only)
{
	char why[256];

	begin(_metadata, &self->ct, "banks=sha256");
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	EXPECT_TRUE(has(&self->ct, "ascii_runtime_measurements_sha1"));
	EXPECT_TRUE(has(&self->ct, "ascii_runtime_measurements"));
	EXPECT_TRUE(has(&self->ct, "pcrs_sha256"));
	EXPECT_FALSE(has(&self->ct, "pcrs_sha1"));
	EXPECT_STREQ("sha256", text_in(TOP "/status", "banks"));
}

/* boot_aggregate falls back to sha1 and says so. */
TEST_F(parameters, sha1_only)
{
	uint8_t zeros[8 * 20] = {}, digest[20];
	struct log log;
	char why[256];

	begin(_metadata, &self->ct, "banks=sha1");
	EXPECT_EQ(1, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha1"));
	EXPECT_EQ(0, memcmp("sha1:", log.recs[0].fields[0].data, 6));
	hash("sha1", zeros, sizeof(zeros), digest);
	EXPECT_EQ(0, memcmp(digest, log.recs[0].fields[0].data + 6, 20));
	log_free(&log);
}

/* No bank that fits: zeros in ima_hash's name, but a record like any other. */
TEST_F(parameters, sha384_only)
{
	uint8_t zeros[32] = {};
	struct log log;
	char why[256];

	begin(_metadata, &self->ct, "banks=sha384");
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha384"));
	EXPECT_EQ(0, memcmp("sha256:", log.recs[0].fields[0].data, 8));
	EXPECT_EQ(0, memcmp(zeros, log.recs[0].fields[0].data + 8, 32));
	EXPECT_FALSE(rec_violation(&log, &log.recs[0]));
	log_free(&log);
}

TEST_F(parameters, template_ima_ng)
{
	const struct rec *r;
	struct log log;
	char why[256];

	begin(_metadata, &self->ct, "template=ima-ng");
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha1"));
	for (r = log.recs; r < log.recs + log.nr; r++) {
		EXPECT_STREQ("ima-ng", r->template);
		EXPECT_EQ(2, r->nr_fields);
	}
	log_free(&log);
}

/* The oldest template: a sha1 of the file, its own layout and digest rule. */
TEST_F(parameters, template_ima)
{
	const struct rec *r;
	struct log log;
	uint8_t digest[20];
	char why[256], *data;
	size_t len;

	begin(_metadata, &self->ct, "template=ima");
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha1"));
	r = log_find(&log, "/bin/one", NULL);
	ASSERT_NE(NULL, r);
	EXPECT_STREQ("ima", r->template);
	data = read_file("root/bin/one", &len);
	hash("sha1", data, len, digest);
	EXPECT_EQ(0, memcmp(digest, r->fields[0].data, 20));
	free(data);
	log_free(&log);
}

TEST_F(parameters, hash_sha512)
{
	const struct rec *r;
	struct log log;
	uint8_t digest[64];
	char why[256], *data;
	size_t len;

	begin(_metadata, &self->ct, "hash=sha512");
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha256"));
	r = log_find(&log, "/bin/one", NULL);
	ASSERT_NE(NULL, r);
	ASSERT_EQ(8 + 64, r->fields[0].len);
	EXPECT_EQ(0, memcmp("sha512:", r->fields[0].data, 8));
	data = read_file("root/bin/one", &len);
	hash("sha512", data, len, digest);
	EXPECT_EQ(0, memcmp(digest, r->fields[0].data + 8, 64));
	free(data);
	log_free(&log);
}

/* What makes no sense is refused at load, and nothing stays behind. */
TEST_F(parameters, nonsense_is_refused)
{
	static const char *const nonsense[] = {
		"banks=", "banks=md5", "banks=sha1,sha1", "banks=sha256,", "hash=nosuch",
		"template=nosuch", "policy=nosuch", "anchor=time", "overflow=maybe",
	};
	char command[128];
	unsigned int i;

	ASSERT_EQ(0, modules_unload());
	for (i = 0; i < sizeof(nonsense) / sizeof(*nonsense); i++) {
		snprintf(command, sizeof(command), "modprobe ima_ns %s 2>/dev/null", nonsense[i]);
		EXPECT_NE(0, run(command))
			TH_LOG("ima_ns took %s", nonsense[i]);
		EXPECT_TRUE(absent("/sys/module/ima_ns"));
		EXPECT_TRUE(absent(TOP));
		modules_unload();
	}
}

TEST_HARNESS_MAIN
