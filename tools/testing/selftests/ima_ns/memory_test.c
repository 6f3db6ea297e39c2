// SPDX-License-Identifier: GPL-2.0
/*
 * Whose memory is it?  What a container makes us keep is charged to its memory
 * cgroup; when there is no more, it is the container that pays.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

#define GROUP "/sys/fs/cgroup/ima_ns_test"
#define LEVELS 14
#define NAME 250

FIXTURE(memory) {
	struct ct ct;
	struct ct other;
	char path[128];
	int ns;		/* keeps the log when all processes have been killed */
};

/*
 * In the container: a file with a name of some 3.5 kB, its content changed and
 * mapped for execution @n times.  Each time makes a record.
 */
static int make_records(const char *n)
{
	static int fd = -1;
	static unsigned int serial;
	char name[NAME + 1];
	int i, count = atoi(n);
	void *p;

	if (fd < 0) {
		memset(name, 'n', NAME);
		name[NAME] = '\0';
		for (i = 0; i < LEVELS; i++)
			if (mkdir(name, 0755) || chdir(name))
				return -errno;
		fd = open("file", O_RDWR | O_CREAT, 0755);
		if (fd < 0)
			return -errno;
		close(fd);
	}
	for (i = 0; i < count; i++) {
		fd = open("file", O_RDWR);
		serial++;
		if (pwrite(fd, &serial, sizeof(serial), 0) != sizeof(serial))
			return -EIO;
		close(fd);
		fd = open("file", O_RDONLY);
		p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED)
			return -errno;
		munmap(p, 4096);
		close(fd);
	}
	return 0;
}

/* Kilobytes of kernel memory that the group is charged for. */
static long charged(void)
{
	char *text = read_file(GROUP "/memory.stat", NULL);
	char *at = strstr(text, "\nslab_unreclaimable ");
	long bytes = at ? atol(at + 20) : -1;

	free(text);
	return bytes / 1024;
}

static long event(const char *key)
{
	char *text = read_file(GROUP "/memory.events", NULL), *at = strstr(text, key);
	long n = at ? atol(at + strlen(key)) : -1;

	free(text);
	return n;
}

static int put_in_group(pid_t pid)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", pid);
	return write_file(GROUP "/cgroup.procs", number);
}

FIXTURE_SETUP(memory)
{
	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, mkdir(GROUP, 0755) && errno != EEXIST);
	ASSERT_TRUE(exists(GROUP "/memory.max"));
	ASSERT_EQ(0, ct_start(&self->other, "root", NULL));
	ASSERT_EQ(0, ct_start(&self->ct, "root", &(struct ct_options){ .no_join = true }));
	ASSERT_EQ(0, put_in_group(self->ct.pid));
	snprintf(self->path, sizeof(self->path), "/proc/%d/ns/mnt", self->ct.pid);
	self->ns = open(self->path, O_RDONLY);
	ASSERT_LE(0, self->ns);
	snprintf(self->path, sizeof(self->path), "%s/info", self->ct.dir);
}

static bool remove_group(const void *arg)
{
	return !rmdir(GROUP);
}

FIXTURE_TEARDOWN(memory)
{
	ct_stop(&self->ct);
	ct_stop(&self->other);
	close(self->ns);
	EXPECT_TRUE(ct_gone(&self->ct));
	run("rm -rf root");
	EXPECT_TRUE(wait_for(remove_group, NULL, 10000));
}

TEST_F(memory, records_are_charged)
{
	long before;

	ASSERT_EQ(0, ct_call(&self->ct, make_records, "20"));
	before = charged();
	ASSERT_LE(0, before);
	ASSERT_EQ(0, ct_call(&self->ct, make_records, "500"));
	EXPECT_EQ(520 + 1, number_in(self->path, "records"));
	/* 3.5 kB each, rounded up to 4 */
	EXPECT_LT(500 * 3, charged() - before)
		TH_LOG("%ld kB, before %ld", charged(), before);
	EXPECT_EQ(0, number_in(self->path, "poisoned"));
}

TEST_F(memory, given_back_at_death)
{
	ASSERT_EQ(0, ct_call(&self->ct, make_records, "500"));
	ASSERT_LT(500 * 3, charged());
	ct_stop(&self->ct);
	close(self->ns);
	ASSERT_TRUE(ct_gone(&self->ct));
	usleep(1000000);
	EXPECT_GT(500, charged())
		TH_LOG("%ld kB", charged());
}

/*
 * Until there is no more memory in the group: a process of the container is
 * killed, or a record is lost and counted; the host and others go on.
 */
TEST_F_TIMEOUT(memory, limit_hurts_the_container_only, 240)
{
	long available = meminfo("MemAvailable");
	char limit[32], why[256];
	bool killed = false;
	struct log log;
	int i, ret = 0;

	ASSERT_EQ(0, ct_call(&self->ct, make_records, "10"));
	snprintf(limit, sizeof(limit), "%ld", atol(read_file(GROUP "/memory.current", NULL)) +
		 (3L << 20));
	ASSERT_EQ(0, write_file(GROUP "/memory.swap.max", "0"));
	ASSERT_EQ(0, write_file(GROUP "/memory.max", limit));
	/* the killer prints a call trace, which is no sign of trouble here */
	klogctl(8, NULL, 1);
	for (i = 0; i < 200 && !ret; i++) {
		ret = ct_call(&self->ct, make_records, "50");
		if (!ret && number_in(self->path, "poisoned") > 0)
			break;
	}
	klogctl(8, NULL, 7);
	killed = ret == -EPIPE;
	ASSERT_LT(i, 200)
		TH_LOG("10000 records of 3.5 kB within 3 MB");
	ASSERT_TRUE(killed || number_in(self->path, "poisoned") > 0)
		TH_LOG("ended with %d", ret);
	if (killed)
		EXPECT_LT(0, event("oom_kill "));
	/* what was written holds, unless something was lost: then it does not, for good */
	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha256"));
	EXPECT_TRUE(log_digests_hold(&log));
	EXPECT_EQ(number_in(self->path, "poisoned") > 0 ? -1 : 2,
		  dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	log_free(&log);
	/* the other one and the host have noticed nothing */
	EXPECT_EQ(0, ct_fork(&self->other, do_exec, "/bin/payload"));
	EXPECT_EQ(2, dir_check(self->other.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	EXPECT_EQ(0, spawn("root/bin/payload"));
	EXPECT_GT(64 * 1024, available - meminfo("MemAvailable"));
}

TEST_HARNESS_MAIN
