// SPDX-License-Identifier: GPL-2.0
/*
 * Modules that come and go while containers and the host work: nothing stays
 * behind, nobody notices, and what must hold a module holds it.  The kernel log
 * is judged by who runs the guest.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

#define CONTAINERS 3

/* IMA_NS_CYCLES; attaching the probe takes seconds on an emulated machine */
static int cycles(void)
{
	const char *n = getenv("IMA_NS_CYCLES");

	return n ? atoi(n) : 4;
}

/* In a container, or on the host: programs, one after the other, for ever. */
static int work(const char *payload)
{
	for (;; usleep(5000))
		if (spawn(payload))
			return 1;
}

FIXTURE(modules) {
	struct ct ct[CONTAINERS];
	pid_t host;
};

FIXTURE_SETUP(modules)
{
	ASSERT_EQ(0, root_make("root"));
	memset(self->ct, 0, sizeof(self->ct));
	self->host = 0;
}

FIXTURE_TEARDOWN(modules)
{
	int i;

	if (self->host)
		kill(self->host, SIGKILL);
	for (i = 0; i < CONTAINERS; i++)
		ct_stop(&self->ct[i]);
	EXPECT_EQ(0, modules_reload(""));
}

static void start_load(struct __test_metadata *_metadata, FIXTURE_DATA(modules) *self)
{
	int i;

	for (i = 0; i < CONTAINERS; i++) {
		ASSERT_EQ(0, ct_start(&self->ct[i], "root", NULL));
		ASSERT_EQ(0, ct_send(&self->ct[i], work, "/bin/payload"));
	}
	self->host = fork();
	if (!self->host) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(work("root/bin/payload"));
	}
}

static void nothing_left(struct __test_metadata *_metadata, int bpf)
{
	EXPECT_TRUE(absent("/sys/module/ima_ns"));
	EXPECT_TRUE(absent("/sys/module/ima_ns_probe"));
	EXPECT_TRUE(absent(TOP));
	EXPECT_EQ(bpf, bpf_objects());
	EXPECT_TRUE(absent("/sys/kernel/slab/ima_ns_rec"));
	EXPECT_TRUE(absent("/sys/kernel/slab/ima_ns_inode"));
	EXPECT_NE(0, run("grep -q ima_ns /proc/slabinfo"));
	EXPECT_NE(0, run("grep -q ima_ns /proc/vmallocinfo"));
}

TEST_F_TIMEOUT(modules, come_and_go_under_load, 900)
{
	int i, n = cycles(), bpf;
	long unreclaimable = 0, percpu = 0;

	ASSERT_EQ(0, modules_unload());
	bpf = bpf_objects();
	start_load(_metadata, self);
	/* the first rounds fill caches that stay */
	for (i = 0; i < n + 5; i++) {
		if (i == 5) {
			ASSERT_EQ(0, run("echo 3 > /proc/sys/vm/drop_caches"));
			unreclaimable = meminfo("SUnreclaim");
			percpu = meminfo("Percpu");
		}
		ASSERT_EQ(0, run("modprobe ima_ns_probe"));
		/* all three are found, by what they run next */
		ASSERT_TRUE(wait_for(exists, self->ct[i % CONTAINERS].dir, 10000));
		/* and there is no waiting between these two */
		ASSERT_EQ(0, run("rmmod ima_ns_probe && rmmod ima_ns"))
			TH_LOG("in round %d", i);
	}
	nothing_left(_metadata, bpf);
	ASSERT_EQ(0, run("echo 3 > /proc/sys/vm/drop_caches"));
	/* less than 20 kB a round: what is leaked once a round is seen here */
	EXPECT_LT(meminfo("SUnreclaim") - unreclaimable, 20L * n + 1000);
	EXPECT_LT(meminfo("Percpu") - percpu, 4L * n + 500);
	/* and no program of theirs has failed */
	for (i = 0; i < CONTAINERS; i++)
		EXPECT_TRUE(ct_busy(&self->ct[i]));
	EXPECT_EQ(0, waitpid(self->host, NULL, WNOHANG));
}

/* The probe alone: its namespaces end with it, and begin anew with it. */
TEST_F(modules, probe_goes_and_comes)
{
	char id[128], id2[128];

	start_load(_metadata, self);
	ASSERT_TRUE(wait_for(exists, self->ct[0].dir, 10000));
	ASSERT_EQ(0, ct_id(&self->ct[0], id, sizeof(id)));
	ASSERT_EQ(0, run("rmmod ima_ns_probe"));
	EXPECT_TRUE(absent(self->ct[0].dir));
	EXPECT_STREQ("absent", text_in(TOP "/status", "probe"));
	EXPECT_EQ(0, status_number("namespaces"));
	EXPECT_EQ(0, status_number("inodes"));
	EXPECT_EQ(status_number("born"), status_number("died"));
	ASSERT_EQ(0, run("modprobe ima_ns_probe"));
	EXPECT_STREQ("attached", text_in(TOP "/status", "probe"));
	ASSERT_TRUE(wait_for(exists, self->ct[0].dir, 10000));
	ASSERT_EQ(0, ct_id(&self->ct[0], id2, sizeof(id2)));
	EXPECT_STRNE(id, id2);
}

TEST_F(modules, both_in_one_command)
{
	ASSERT_EQ(0, ct_start(&self->ct[0], "root", NULL));
	EXPECT_EQ(0, run("rmmod ima_ns_probe ima_ns"));
	EXPECT_TRUE(absent("/sys/module/ima_ns"));
	EXPECT_EQ(0, run("modprobe ima_ns_probe && modprobe -r ima_ns_probe"));
	EXPECT_TRUE(absent("/sys/module/ima_ns"));
}

TEST_F(modules, core_stays_while_it_is_used)
{
	char path[128];
	int fd;

	/* by the probe */
	EXPECT_NE(0, run("rmmod ima_ns 2>/dev/null"));
	EXPECT_TRUE(exists("/sys/module/ima_ns"));
	/* by who has a log open */
	ASSERT_EQ(0, ct_start(&self->ct[0], "root", NULL));
	snprintf(path, sizeof(path), "%s/ascii_runtime_measurements", self->ct[0].dir);
	fd = open(path, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, run("rmmod ima_ns_probe"));
	EXPECT_TRUE(absent(path));
	EXPECT_NE(0, run("rmmod ima_ns 2>/dev/null"));
	EXPECT_LT(0, read(fd, path, sizeof(path)));
	close(fd);
	EXPECT_EQ(0, run("rmmod ima_ns"));
}

TEST_F(modules, probe_stays_alone)
{
	EXPECT_NE(0, run("insmod /lib/modules/$(uname -r)/updates/ima_ns_probe.ko 2>/dev/null"));
	EXPECT_STREQ("attached", text_in(TOP "/status", "probe"));
	ASSERT_EQ(0, ct_start(&self->ct[0], "root", NULL));
	EXPECT_TRUE(exists(self->ct[0].dir));
}

/* Members that will not run again, and one that has not been waited for. */
TEST_F(modules, go_with_members_that_stand_still)
{
	struct ct *ct = &self->ct[0];
	pid_t zombie;

	ASSERT_EQ(0, ct_start(ct, "root", NULL));
	ASSERT_EQ(0, ct_start(&self->ct[1], "root", NULL));
	ASSERT_EQ(0, kill(ct->pid, SIGSTOP));
	zombie = self->ct[1].pid;
	ASSERT_EQ(0, kill(zombie, SIGKILL));
	usleep(200000);
	ASSERT_EQ(0, run("timeout 60 rmmod ima_ns_probe"));
	ASSERT_EQ(0, run("timeout 60 rmmod ima_ns"));
	ASSERT_EQ(0, kill(ct->pid, SIGCONT));
	ASSERT_EQ(0, run("modprobe ima_ns_probe"));
	EXPECT_EQ(0, ct_fork(ct, do_exec, "/bin/payload"));
	EXPECT_EQ(1, records_of(ct->dir, "/bin/payload"));
}

TEST_HARNESS_MAIN
