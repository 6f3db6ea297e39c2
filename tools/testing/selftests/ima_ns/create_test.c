// SPDX-License-Identifier: GPL-2.0
/*
 * Birth by hand: a namespace that exists before its container's first
 * instruction, and everything that must be refused.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

#define CREATE TOP "/create"

static int create_from(const char *path)
{
	char line[32];
	int fd = open(path, O_RDONLY), err;

	if (fd < 0)
		return -1000;
	snprintf(line, sizeof(line), "fd=%d\n", fd);
	err = write_file(CREATE, line);
	close(fd);
	return err;
}

static char *ns_of(pid_t pid, const char *type)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, type);
	return path;
}

FIXTURE(create) {
	struct ct ct;
};

/* A container that has done nothing that counts yet. */
FIXTURE_SETUP(create)
{
	struct ct_options options = { .no_join = true, .flags = CLONE_NEWUTS | CLONE_NEWNET };

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&self->ct, "root", &options));
	ASSERT_TRUE(absent(self->ct.dir));
}

FIXTURE_TEARDOWN(create)
{
	ct_stop(&self->ct);
	EXPECT_TRUE(ct_gone(&self->ct));
}

TEST_F(create, before_the_first_event)
{
	char info[96], id[128], id2[128];

	ASSERT_EQ(0, create_from(ns_of(self->ct.pid, "mnt")));
	ASSERT_TRUE(exists(self->ct.dir));
	snprintf(info, sizeof(info), "%s/info", self->ct.dir);
	EXPECT_EQ(0, number_in(info, "members"));
	/* boot_aggregate */
	EXPECT_EQ(1, number_in(info, "records"));
	EXPECT_STREQ("alive", text_in(info, "state"));
	ASSERT_EQ(0, ct_id(&self->ct, id, sizeof(id)));
	ASSERT_EQ(0, ct_fork(&self->ct, do_exec, "/bin/payload"));
	EXPECT_EQ(1, records_of(self->ct.dir, "/bin/payload"));
	ASSERT_EQ(0, ct_id(&self->ct, id2, sizeof(id2)));
	EXPECT_STREQ(id, id2);
	EXPECT_STREQ(text_in(info, "cgroup"), "/");
}

TEST_F(create, twice)
{
	ASSERT_EQ(0, create_from(ns_of(self->ct.pid, "mnt")));
	EXPECT_EQ(-EEXIST, create_from(ns_of(self->ct.pid, "mnt")));
	EXPECT_EQ(0, ct_fork(&self->ct, do_exec, "/bin/payload"));
	EXPECT_EQ(-EEXIST, create_from(ns_of(self->ct.pid, "mnt")));
}

TEST_F(create, what_was_born_by_itself)
{
	ASSERT_EQ(0, ct_fork(&self->ct, do_exec, "/bin/payload"));
	ASSERT_TRUE(exists(self->ct.dir));
	EXPECT_EQ(-EEXIST, create_from(ns_of(self->ct.pid, "mnt")));
}

TEST_F(create, another_type)
{
	static const char *const types[] = { "uts", "net", "pid", "ipc", "user", "cgroup", "time" };
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		EXPECT_EQ(-EINVAL, create_from(ns_of(self->ct.pid, types[i])))
			TH_LOG("type %u", i);
}

TEST_F(create, the_hosts_own)
{
	EXPECT_EQ(-EPERM, create_from("/proc/1/ns/mnt"));
	EXPECT_EQ(-EPERM, create_from("/proc/self/ns/mnt"));
}

TEST_F(create, not_a_namespace)
{
	int pair[2];
	char line[32];

	EXPECT_EQ(-EINVAL, create_from("/dev/null"));
	EXPECT_EQ(-EINVAL, create_from("/proc/self/status"));
	EXPECT_EQ(-EINVAL, create_from("/proc/self/ns"));
	EXPECT_EQ(-EINVAL, create_from("root/bin/payload"));
	EXPECT_EQ(-EINVAL, create_from(TOP "/status"));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	snprintf(line, sizeof(line), "fd=%d", pair[0]);
	EXPECT_EQ(-EINVAL, write_file(CREATE, line));
	/* a path only */
	snprintf(line, sizeof(line), "fd=%d", open(ns_of(self->ct.pid, "mnt"), O_PATH));
	EXPECT_GT(0, write_file(CREATE, line));
	EXPECT_TRUE(absent(self->ct.dir));
}

TEST_F(create, garbage)
{
	static const char *const lines[] = {
		"", "\n", "fd", "fd=", "fd=x", "fd=-1", "fd= 9", "fd=9 4", "fd=9x", "fd=9\n4",
		"fd=99999999999999999999", "fd=4294967295", "pid=1", "9", "FD=9",
		"fd=9\nfd=9\n", "fd=000000000000000000000000000000000009",
	};
	unsigned int i;
	int fd = open(ns_of(self->ct.pid, "mnt"), O_RDONLY), err;

	ASSERT_LE(0, fd);
	/* where the lines above say it is */
	ASSERT_EQ(9, dup2(fd, 9));
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		err = write_file(CREATE, lines[i]);
		/* no bytes, no error */
		if (!*lines[i])
			continue;
		EXPECT_TRUE(err == -EINVAL || err == -EBADF)
			TH_LOG("line %u: %d", i, err);
	}
	EXPECT_TRUE(absent(self->ct.dir));
	EXPECT_EQ(0, write_file(CREATE, "fd=9\n"));
	EXPECT_TRUE(exists(self->ct.dir));
	close(9);
	close(fd);
}

TEST_F(create, without_a_newline)
{
	char line[32];
	int fd = open(ns_of(self->ct.pid, "mnt"), O_RDONLY);

	snprintf(line, sizeof(line), "fd=%d", fd);
	EXPECT_EQ(0, write_file(CREATE, line));
	EXPECT_TRUE(exists(self->ct.dir));
	close(fd);
}

/* Root without the capability, who has an open file nevertheless. */
TEST_F(create, without_the_capability)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {};
	int fd = open(CREATE, O_WRONLY), ns, status;
	char line[32];

	ASSERT_LE(0, fd);
	ns = open(ns_of(self->ct.pid, "mnt"), O_RDONLY);
	snprintf(line, sizeof(line), "fd=%d", ns);
	if (!fork()) {
		if (syscall(SYS_capset, &header, data))
			_exit(1);
		_exit(write(fd, line, strlen(line)) == -1 && errno == EPERM ? 0 : 2);
	}
	wait(&status);
	EXPECT_EQ(0, status);
	EXPECT_TRUE(absent(self->ct.dir));
	EXPECT_EQ(strlen(line), write(fd, line, strlen(line)));
	close(ns);
}

/* The file is gone again, the container never ran: so is the namespace. */
TEST_F(create, for_nothing)
{
	long died = status_number("died"), born = status_number("born");

	ASSERT_EQ(0, create_from(ns_of(self->ct.pid, "mnt")));
	EXPECT_EQ(born + 1, status_number("born"));
	ct_stop(&self->ct);
	ASSERT_TRUE(ct_gone(&self->ct));
	usleep(300000);
	EXPECT_EQ(died + 1, status_number("died"));
}

/* A member may neither list what is not its own nor create anything. */
static int create_within(const char *arg)
{
	return open("/security/create", O_WRONLY) >= 0 ? 0 : errno;
}

TEST(by_a_member)
{
	struct ct_options options = { .securityfs = TOP };
	struct ct ct;

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&ct, "root", &options));
	EXPECT_EQ(EACCES, ct_fork(&ct, create_within, ""));
	ct_stop(&ct);
	EXPECT_TRUE(ct_gone(&ct));
}

/* Many create the same one at once, while its first process runs: one is born. */
TEST(at_once)
{
	struct ct_options options = { .no_join = true };
	int round, i, status, created, ready[2];
	long born;
	struct ct ct;
	char c;

	ASSERT_EQ(0, root_make("root"));
	for (round = 0; round < 20; round++) {
		ASSERT_EQ(0, ct_start(&ct, "root", &options));
		born = status_number("born");
		ASSERT_EQ(0, pipe(ready));
		for (i = 0; i < 4; i++) {
			if (fork())
				continue;
			close(ready[1]);
			status = read(ready[0], &c, 1);
			_exit(-create_from(ns_of(ct.pid, "mnt")));
		}
		close(ready[0]);
		close(ready[1]);
		ASSERT_EQ(0, ct_fork(&ct, do_exec, "/bin/payload"));
		for (i = created = 0; i < 4; i++) {
			wait(&status);
			ASSERT_TRUE(!status || WEXITSTATUS(status) == EEXIST);
			created += !status;
		}
		EXPECT_LE(created, 1);
		EXPECT_EQ(born + 1, status_number("born"));
		EXPECT_EQ(1, records_of(ct.dir, "/bin/payload"));
		ct_stop(&ct);
	}
	EXPECT_TRUE(ct_gone(&ct));
}

TEST_HARNESS_MAIN
