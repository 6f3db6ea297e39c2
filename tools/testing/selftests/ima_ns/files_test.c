// SPDX-License-Identifier: GPL-2.0
/*
 * The directory of a namespace: what is in it, under which names, with which
 * modes and owners; compared with host IMA's own directory.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

static const struct {
	const char *name;
	unsigned int mode;	/* with the type */
} files[] = {
	{ "ascii_runtime_measurements", S_IFLNK | 0444 },
	{ "ascii_runtime_measurements_sha1", S_IFREG | 0660 },
	{ "ascii_runtime_measurements_sha256", S_IFREG | 0660 },
	{ "binary_runtime_measurements", S_IFLNK | 0444 },
	{ "binary_runtime_measurements_sha1", S_IFREG | 0660 },
	{ "binary_runtime_measurements_sha256", S_IFREG | 0660 },
	{ "checkpoint", S_IFREG | 0440 },
	{ "info", S_IFREG | 0440 },
	{ "pcrs_sha1", S_IFREG | 0440 },
	{ "pcrs_sha256", S_IFREG | 0440 },
	{ "policy", S_IFREG | 0600 },
	{ "runtime_measurements_count", S_IFREG | 0440 },
	{ "violations", S_IFREG | 0440 },
};

#define NR_FILES (sizeof(files) / sizeof(*files))

FIXTURE(directory) {
	struct ct ct;
};

FIXTURE_SETUP(directory)
{
	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&self->ct, "root", NULL));
	ASSERT_TRUE(exists(self->ct.dir));
}

FIXTURE_TEARDOWN(directory)
{
	ct_stop(&self->ct);
}

static char *in_dir(const struct ct *ct, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", ct->dir, name);
	return path;
}

static const struct dirent *next_file(DIR *dir)
{
	const struct dirent *d;

	do
		d = readdir(dir);
	while (d && d->d_name[0] == '.');
	return d;
}

TEST_F(directory, has_the_documented_files)
{
	const struct dirent *d;
	unsigned int i, n = 0;
	DIR *dir = opendir(self->ct.dir);
	struct stat st;

	ASSERT_NE(NULL, dir);
	while ((d = next_file(dir))) {
		for (i = 0; i < NR_FILES && strcmp(files[i].name, d->d_name); i++)
			;
		EXPECT_LT(i, NR_FILES)
			TH_LOG("%s is in no document", d->d_name);
		n++;
	}
	closedir(dir);
	EXPECT_EQ(NR_FILES, n);
	for (i = 0; i < NR_FILES; i++) {
		ASSERT_EQ(0, lstat(in_dir(&self->ct, files[i].name), &st))
			TH_LOG("%s: %m", files[i].name);
		EXPECT_EQ(files[i].mode, st.st_mode)
			TH_LOG("%s: mode %o, not %o", files[i].name, st.st_mode, files[i].mode);
		EXPECT_EQ(0, st.st_uid);
		EXPECT_EQ(0, st.st_gid);
		EXPECT_EQ(0, st.st_size);
	}
	ASSERT_EQ(0, lstat(self->ct.dir, &st));
	EXPECT_EQ(S_IFDIR | 0550, st.st_mode);
	EXPECT_EQ(0, st.st_uid);
	EXPECT_EQ(0, st.st_gid);
}

/*
 * What host IMA has, a namespace has: the same names, types, link targets, and
 * for what is to be read the same bits for reading.  (6.12 has no log files that
 * can be trimmed.  The policy can be read, the host's not.)
 */
TEST_F(directory, has_what_host_ima_has)
{
	char host[256], ours[256], target[2][256];
	const struct dirent *d;
	DIR *dir = opendir(HOST_IMA);
	struct stat h, o;
	unsigned int n = 0;

	ASSERT_NE(NULL, dir);
	for (; (d = next_file(dir)); n++) {
		snprintf(host, sizeof(host), HOST_IMA "/%.200s", d->d_name);
		snprintf(ours, sizeof(ours), "%s/%.180s", self->ct.dir, d->d_name);
		ASSERT_EQ(0, lstat(host, &h));
		ASSERT_EQ(0, lstat(ours, &o))
			TH_LOG("%s: %m", ours);
		EXPECT_EQ(h.st_mode & S_IFMT, o.st_mode & S_IFMT);
		EXPECT_EQ(h.st_uid, o.st_uid);
		EXPECT_EQ(h.st_gid, o.st_gid);
		if (strcmp(d->d_name, "policy")) {
			EXPECT_EQ(h.st_mode & 07555, o.st_mode & 07555)
				TH_LOG("%s: mode %o, host %o", d->d_name, o.st_mode, h.st_mode);
		}
		if (S_ISLNK(h.st_mode)) {
			memset(target, 0, sizeof(target));
			ASSERT_LT(0, readlink(host, target[0], 255));
			ASSERT_LT(0, readlink(ours, target[1], 255));
			EXPECT_STREQ(target[0], target[1]);
		}
	}
	closedir(dir);
	/* two links, two logs of sha1, count, violations, perhaps the policy */
	EXPECT_LE(6, n);
}

TEST_F(directory, counts_agree)
{
	char *count = read_file(in_dir(&self->ct, "runtime_measurements_count"), NULL);
	char *violations = read_file(in_dir(&self->ct, "violations"), NULL);
	struct log log;
	char expected[32];

	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha1"));
	/* boot_aggregate and /bin/payload */
	EXPECT_EQ(2, log.nr);
	snprintf(expected, sizeof(expected), "%u\n", log.nr);
	EXPECT_STREQ(expected, count);
	EXPECT_STREQ("0\n", violations);
	EXPECT_EQ(log.nr, number_in(in_dir(&self->ct, "info"), "records"));
	log_free(&log);
	free(count);
	free(violations);
}

TEST_F(directory, info)
{
	static const char *const keys[] = {
		"nsid", "id", "anchor", "parent", "nested", "owner", "cgroup", "birth", "state",
		"members", "records", "trimmed", "violations", "poisoned", "device",
	};
	const char *info = in_dir(&self->ct, "info");
	char *text = read_file(info, NULL), *line, *save, *boot_id, *id;
	unsigned int i = 0;

	ASSERT_NE(NULL, text);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save), i++) {
		ASSERT_LT(i, sizeof(keys) / sizeof(*keys));
		EXPECT_EQ(0, strncmp(line, keys[i], strlen(keys[i])));
		EXPECT_EQ('=', line[strlen(keys[i])]);
	}
	EXPECT_EQ(sizeof(keys) / sizeof(*keys), i);
	free(text);

	EXPECT_EQ(self->ct.nsid, number_in(info, "nsid"));
	EXPECT_STREQ("mnt", text_in(info, "anchor"));
	EXPECT_STREQ("none", text_in(info, "parent"));
	EXPECT_EQ(0, number_in(info, "nested"));
	EXPECT_STREQ("alive", text_in(info, "state"));
	EXPECT_EQ(0, number_in(info, "owner"));
	EXPECT_EQ(1, number_in(info, "members"));
	EXPECT_EQ(0, number_in(info, "violations"));
	EXPECT_EQ(0, number_in(info, "poisoned"));
	EXPECT_LE(labs(number_in(info, "birth") - (long)time(NULL)), 60);
	boot_id = text_in(TOP "/status", "boot_id");
	id = text_in(info, "id");
	ASSERT_NE(NULL, boot_id);
	ASSERT_NE(NULL, id);
	EXPECT_EQ(0, strncmp(id, boot_id, strlen(boot_id)));
	EXPECT_EQ('-', id[strlen(boot_id)]);
}

/* Nothing can be written but a policy, and to a log how much to delete. */
TEST_F(directory, is_read_only)
{
	unsigned int i;
	ssize_t n;
	int fd;

	for (i = 0; i < NR_FILES; i++) {
		fd = open(in_dir(&self->ct, files[i].name), O_WRONLY);
		if (fd < 0)
			continue;
		n = write(fd, "x\n", 2);
		EXPECT_EQ(-1, n);
		EXPECT_EQ(EINVAL, errno)
			TH_LOG("%s: %m", files[i].name);
		/* succeeds, as for host IMA's files, and does nothing */
		n = ftruncate(fd, 0);
		close(fd);
	}
	EXPECT_EQ(2, number_in(in_dir(&self->ct, "info"), "records"));
	EXPECT_EQ(-1, unlink(in_dir(&self->ct, "policy")));
	EXPECT_EQ(-1, mkdir(in_dir(&self->ct, "x"), 0700));
	EXPECT_EQ(-1, rmdir(self->ct.dir));
	EXPECT_EQ(-1, rename(self->ct.dir, TOP "/x"));
}

/* The policy in force is shown as host IMA would, and is one it would take. */
TEST_F(directory, policy_is_shown)
{
	char *text = read_file(in_dir(&self->ct, "policy"), NULL);

	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "measure func=MMAP_CHECK mask=MAY_EXEC \n"));
	EXPECT_NE(NULL, strstr(text, "measure func=BPRM_CHECK mask=MAY_EXEC \n"));
	EXPECT_NE(NULL, strstr(text, "dont_measure fsmagic=0x9fa0 \n"));
	free(text);
}

/* A user namespace's root owns its directory, by the host's numbers. */
TEST(owner_is_the_containers_root)
{
	struct ct_options user = { .flags = CLONE_NEWUSER, .uid = 100000 };
	struct stat st;
	struct ct ct;
	unsigned int i;

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&ct, "root", &user))
		TH_LOG("%m");
	ASSERT_EQ(0, stat(ct.dir, &st));
	EXPECT_EQ(100000, st.st_uid);
	EXPECT_EQ(100000, st.st_gid);
	for (i = 0; i < NR_FILES; i++) {
		ASSERT_EQ(0, lstat(in_dir(&ct, files[i].name), &st));
		EXPECT_EQ(100000, st.st_uid);
		EXPECT_EQ(100000, st.st_gid);
	}
	EXPECT_EQ(100000, number_in(in_dir(&ct, "info"), "owner"));
	ct_stop(&ct);
	EXPECT_TRUE(ct_gone(&ct));
}

TEST(status)
{
	struct stat st;

	ASSERT_EQ(0, stat(TOP "/status", &st));
	EXPECT_EQ(S_IFREG | 0400, st.st_mode);
	ASSERT_EQ(0, stat(TOP "/create", &st));
	EXPECT_EQ(S_IFREG | 0200, st.st_mode);
	ASSERT_EQ(0, stat(TOP "/default_policy", &st));
	EXPECT_EQ(S_IFREG | 0600, st.st_mode);
	EXPECT_STREQ("attached", text_in(TOP "/status", "probe"));
	EXPECT_STREQ("sha1,sha256", text_in(TOP "/status", "banks"));
	EXPECT_STREQ("ima-sig", text_in(TOP "/status", "template"));
	EXPECT_STREQ("sha256", text_in(TOP "/status", "hash"));
	EXPECT_STREQ("mnt", text_in(TOP "/status", "anchor"));
}

TEST_HARNESS_MAIN
