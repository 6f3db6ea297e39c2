// SPDX-License-Identifier: GPL-2.0
/*
 * What a member of one namespace can see of another, of the host, of the
 * module: nothing; and whose events are whose.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

FIXTURE(two) {
	struct ct mine;
	struct ct other;
};

/* Both have all of securityfs, as a careless administrator would give it. */
FIXTURE_SETUP(two)
{
	struct ct_options options = { .securityfs = "/sys/kernel/security" };

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&self->mine, "root", &options));
	ASSERT_EQ(0, ct_start(&self->other, "root", &options));
	ASSERT_NE(self->mine.nsid, self->other.nsid);
}

FIXTURE_TEARDOWN(two)
{
	ct_stop(&self->mine);
	ct_stop(&self->other);
}

/* The container's name for a path of securityfs. */
static const char *inside(const char *path)
{
	static char name[256];

	snprintf(name, sizeof(name), "/security%s", path + strlen("/sys/kernel/security"));
	return name;
}

/* In the container.  Return: 0 or errno. */
static int do_list(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	if (!dir)
		return errno;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n > 2 ? 0 : ENODATA;
}

/* How many of the files can be opened?  Or -errno of another error than EACCES. */
static int open_all(const char *dir)
{
	static const char *const names[] = {
		"ascii_runtime_measurements", "ascii_runtime_measurements_sha1",
		"ascii_runtime_measurements_sha256", "binary_runtime_measurements",
		"binary_runtime_measurements_sha1", "binary_runtime_measurements_sha256",
		"runtime_measurements_count", "violations", "policy", "pcrs_sha1",
		"pcrs_sha256", "checkpoint", "info",
	};
	char path[300];
	unsigned int i;
	int fd, opened = 0;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		fd = open(path, O_RDONLY);
		if (fd >= 0)
			opened++;
		else if (errno != EACCES)
			return -errno;
		close(fd);
	}
	return opened;
}

TEST_F(two, own_files_can_be_read)
{
	EXPECT_EQ(13, ct_call(&self->mine, open_all, inside(self->mine.dir)));
	EXPECT_EQ(0, ct_call(&self->mine, do_list, inside(self->mine.dir)));
	EXPECT_EQ(13, ct_call(&self->other, open_all, inside(self->other.dir)));
}

TEST_F(two, files_of_the_other_cannot_be_opened)
{
	EXPECT_EQ(0, ct_call(&self->mine, open_all, inside(self->other.dir)));
	EXPECT_EQ(0, ct_call(&self->other, open_all, inside(self->mine.dir)));
	EXPECT_EQ(EACCES, ct_call(&self->mine, do_list, inside(self->other.dir)));
}

TEST_F(two, files_of_the_module_cannot_be_opened)
{
	EXPECT_EQ(EACCES, ct_call(&self->mine, do_list, inside(TOP)));
	EXPECT_EQ(EACCES, ct_call(&self->mine, do_read, inside(TOP "/status")));
	EXPECT_EQ(EACCES, ct_call(&self->mine, do_read, inside(TOP "/default_policy")));
}

static int write_open(const char *path)
{
	int fd = open(path, O_WRONLY);

	return fd < 0 ? errno : 0;
}

/* Nor written, its own policy and log included. */
TEST_F(two, nothing_can_be_written)
{
	char path[128];
	int err;

	EXPECT_EQ(EACCES, ct_call(&self->mine, write_open, inside(TOP "/create")));
	EXPECT_EQ(EACCES, ct_call(&self->mine, write_open, inside(TOP "/default_policy")));
	snprintf(path, sizeof(path), "%s/policy", self->other.dir);
	err = ct_call(&self->mine, write_open, inside(path));
	EXPECT_TRUE(err == EACCES || err == EPERM)
		TH_LOG("%d", err);
	snprintf(path, sizeof(path), "%s/policy", self->mine.dir);
	EXPECT_EQ(EPERM, ct_call(&self->mine, write_open, inside(path)));
	snprintf(path, sizeof(path), "%s/ascii_runtime_measurements", self->mine.dir);
	EXPECT_EQ(EPERM, ct_call(&self->mine, write_open, inside(path)));
	snprintf(path, sizeof(path), "%s/ascii_runtime_measurements", self->other.dir);
	EXPECT_EQ(EACCES, ct_call(&self->mine, write_open, inside(path)));
}

/* A name that can be had without opening, opened again through /proc. */
static int reopen(const char *path)
{
	char self[64];
	int fd = open(path, O_PATH), again;

	if (fd < 0)
		return errno;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	again = open(self, O_RDONLY);
	return again < 0 ? errno : 0;
}

TEST_F(two, no_way_round_through_a_path_descriptor)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/info", self->other.dir);
	EXPECT_EQ(EACCES, ct_call(&self->mine, reopen, inside(path)));
	EXPECT_EQ(EACCES, ct_call(&self->mine, reopen, inside(self->other.dir)));
	EXPECT_EQ(EACCES, ct_call(&self->mine, reopen, inside(TOP)));
}

/* A mount of the other's directory, made by somebody with the power to. */
static int bind_and_open(const char *dir)
{
	mkdir("/tmp/view", 0755);
	if (mount(dir, "/tmp/view", NULL, MS_BIND, NULL))
		return -errno;
	return open_all("/tmp/view");
}

TEST_F(two, no_way_round_through_a_mount)
{
	EXPECT_EQ(0, ct_call(&self->mine, bind_and_open, inside(self->other.dir)));
	EXPECT_EQ(13, ct_call(&self->other, open_all, inside(self->other.dir)));
}

static int leave_and_open(const char *dir)
{
	if (unshare(CLONE_NEWNS | CLONE_NEWUTS))
		return -errno;
	return open_all(dir);
}

TEST_F(two, no_way_round_through_another_namespace)
{
	EXPECT_EQ(0, ct_fork(&self->mine, leave_and_open, inside(self->other.dir)));
}

TEST_F(two, events_of_the_host_are_its_own)
{
	char path[PATH_MAX];
	long born = status_number("born");
	pid_t pid;
	int status;

	ASSERT_EQ(0, copy_file("root/bin/payload", "root/bin/hosts", "host"));
	/* the host's name for it, and the container's, from outside */
	EXPECT_EQ(0, spawn("root/bin/hosts"));
	snprintf(path, sizeof(path), "/proc/%d/root/bin/hosts", self->mine.pid);
	EXPECT_EQ(0, spawn(path));
	EXPECT_EQ(0, records_of(self->mine.dir, "/bin/hosts"));
	EXPECT_EQ(2, number_in(strcat(strcpy(path, self->mine.dir), "/info"), "records"));
	EXPECT_EQ(2, number_in(strcat(strcpy(path, self->other.dir), "/info"), "records"));
	/* a service with a private mount namespace, a chroot: not containers */
	pid = fork();
	if (!pid)
		_exit(unshare(CLONE_NEWNS) || spawn("root/bin/hosts"));
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, status);
	pid = fork();
	if (!pid)
		_exit(chroot("root") || spawn("/bin/hosts"));
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, status);
	EXPECT_EQ(born, status_number("born"));
}

TEST_F(two, events_of_one_are_not_the_others)
{
	ASSERT_EQ(0, copy_file("root/bin/payload", "root/bin/one", "one"));
	ASSERT_EQ(0, ct_fork(&self->mine, do_exec, "/bin/one"));
	EXPECT_EQ(1, records_of(self->mine.dir, "/bin/one"));
	EXPECT_EQ(0, records_of(self->other.dir, "/bin/one"));
	/* known by now; but not to the other's log */
	ASSERT_EQ(0, ct_fork(&self->other, do_exec, "/bin/one"));
	EXPECT_EQ(1, records_of(self->mine.dir, "/bin/one"));
	EXPECT_EQ(1, records_of(self->other.dir, "/bin/one"));
}

/* --- user namespaces --------------------------------------------------------- */

FIXTURE(user) {
	struct ct mine;
	struct ct other;
};

FIXTURE_SETUP(user)
{
	struct ct_options options = {
		.flags = CLONE_NEWUSER, .uid = 100000, .securityfs = "/sys/kernel/security",
	};

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, chmod(".", 0755));
	ASSERT_EQ(0, ct_start(&self->mine, "root", &options));
	options.uid = 300000;
	ASSERT_EQ(0, ct_start(&self->other, "root", &options));
}

FIXTURE_TEARDOWN(user)
{
	ct_stop(&self->mine);
	ct_stop(&self->other);
}

static int open_as_user(const char *dir)
{
	if (setgid(1000) || setuid(1000))
		return 99;
	return open_all(dir);
}

TEST_F(user, root_of_the_container_reads)
{
	EXPECT_EQ(13, ct_call(&self->mine, open_all, inside(self->mine.dir)));
	EXPECT_EQ(0, ct_call(&self->mine, do_list, inside(self->mine.dir)));
}

TEST_F(user, other_users_of_the_container_do_not)
{
	EXPECT_EQ(0, ct_fork(&self->mine, open_as_user, inside(self->mine.dir)));
}

TEST_F(user, root_of_another_does_not)
{
	EXPECT_EQ(0, ct_call(&self->other, open_all, inside(self->mine.dir)));
	EXPECT_EQ(EACCES, ct_call(&self->other, do_list, inside(self->mine.dir)));
	EXPECT_EQ(EACCES, ct_call(&self->other, do_list, inside(TOP)));
}

TEST_F(user, other_users_of_the_host_do_not)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(open_as_user(self->mine.dir));
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, status);
}

/* A container in a container: the outer log is the one. */
static int nested(const char *path)
{
	pid_t pid;
	int status;

	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS))
			_exit(99);
		_exit(spawn(path));
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

TEST_F(user, a_container_within_belongs_to_it)
{
	long born = status_number("born");

	ASSERT_EQ(0, copy_file("root/bin/payload", "root/bin/deep", "deep"));
	EXPECT_EQ(0, ct_call(&self->mine, nested, "/bin/deep"));
	EXPECT_EQ(1, records_of(self->mine.dir, "/bin/deep"));
	EXPECT_EQ(born, status_number("born"));
}

TEST_HARNESS_MAIN
