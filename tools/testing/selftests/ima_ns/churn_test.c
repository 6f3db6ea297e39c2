// SPDX-License-Identifier: GPL-2.0
/*
 * Containers by the thousand, born and dead; by the hundred, alive at once.
 * IMA_NS_CHURN and IMA_NS_ALIVE say how many.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

#define WORKERS 8
#define EXECS 5

static int number(const char *variable, int otherwise)
{
	const char *n = getenv(variable);

	return n ? atoi(n) : otherwise;
}

static bool all_dead(const void *arg)
{
	return status_number("namespaces") == 0 &&
		status_number("born") == status_number("died");
}

static bool no_recs(const void *arg)
{
	return slab_objects("ima_ns_rec") == 0;
}

static bool no_more_bpf(const void *arg)
{
	return bpf_objects() <= *(const int *)arg;
}

/* Directories of namespaces. */
static int directories(void)
{
	DIR *dir = opendir(TOP);
	struct dirent *d;
	int n = 0;

	while ((d = readdir(dir)))
		/* namespaces begin with a digit */
		if (d->d_name[0] >= '0' && d->d_name[0] <= '9') {
			printf("# left: %s\n", d->d_name);
			n++;
		}
	closedir(dir);
	return n;
}

FIXTURE(churn) {
	int bpf;
	long born;
	long refused;
};

FIXTURE_SETUP(churn)
{
	/* on a file system that goes with us */
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mkdir("roots", 0755) && errno != EEXIST);
	ASSERT_EQ(0, mount("roots", "roots", "tmpfs", 0, NULL));
	ASSERT_EQ(0, root_make("roots/root"));
	ASSERT_TRUE(wait_for(all_dead, NULL, 20000));
	ASSERT_TRUE(exists("/sys/kernel/slab/ima_ns_rec"));
	self->bpf = bpf_objects();
	self->born = status_number("born");
	self->refused = status_number("refused");
}

FIXTURE_TEARDOWN(churn)
{
	EXPECT_TRUE(wait_for(all_dead, NULL, 60000))
		TH_LOG("%ld alive, %ld born, %ld died", status_number("namespaces"),
		       status_number("born"), status_number("died"));
	EXPECT_EQ(0, directories());
	EXPECT_TRUE(wait_for(no_more_bpf, &self->bpf, 10000))
		TH_LOG("%d, now %d", self->bpf, bpf_objects());
	EXPECT_EQ(self->refused, status_number("refused"));
	/* freed after a grace period, in batches */
	EXPECT_TRUE(wait_for(no_recs, NULL, 20000))
		TH_LOG("%ld", slab_objects("ima_ns_rec"));
	/* the file system goes, and with it what is known of its files */
	ASSERT_EQ(0, umount2("roots", MNT_DETACH));
	usleep(500000);
	EXPECT_EQ(0, modules_reload(""));
}

static int be_born_and_die(int n)
{
	struct ct ct;
	int i;

	for (i = 0; i < n; i++) {
		if (ct_start(&ct, "roots/root", NULL) || ct_fork(&ct, do_exec, "/bin/payload"))
			return 1;
		/* boot_aggregate and one program: a number used again shows no more */
		if (i % 10 == 0 && records_of(ct.dir, "/bin/payload") != 1)
			return 2;
		ct_stop(&ct);
	}
	return 0;
}

TEST_F_TIMEOUT(churn, born_and_dead, 900)
{
	int total = number("IMA_NS_CHURN", 2000), i, status;

	for (i = 0; i < WORKERS; i++)
		if (!fork())
			_exit(be_born_and_die(total / WORKERS));
	for (i = 0; i < WORKERS; i++) {
		wait(&status);
		EXPECT_EQ(0, status);
	}
	EXPECT_EQ(self->born + total / WORKERS * WORKERS, status_number("born"));
}

/* In a container: run programs, some of them new. */
static int work(const char *name)
{
	char path[64];
	int i, bad = 0;

	for (i = 0; i < EXECS; i++) {
		snprintf(path, sizeof(path), "/tmp/%s-%d", name, i);
		bad += copy_file("/bin/payload", path, path) || spawn(path) || spawn("/bin/payload");
	}
	return bad;
}

TEST_F_TIMEOUT(churn, alive_at_once, 600)
{
	int n = number("IMA_NS_ALIVE", 200), i;
	struct ct *ct = calloc(n, sizeof(*ct));
	char name[32], path[64], why[256];

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 4096, 4096 }));
	for (i = 0; i < n; i++)
		ASSERT_EQ(0, ct_start(&ct[i], "roots/root", NULL))
			TH_LOG("number %d: %m", i);
	EXPECT_EQ(n, status_number("namespaces"));
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%d", i);
		ASSERT_EQ(0, ct_send(&ct[i], work, name));
	}
	for (i = 0; i < n; i++)
		EXPECT_EQ(0, ct_wait(&ct[i]));
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/tmp/%d-%d", i, EXECS - 1);
		EXPECT_EQ(1, records_of(ct[i].dir, path));
		if (i % 10)
			continue;
		EXPECT_EQ(2, dir_check(ct[i].dir, why, sizeof(why)))
			TH_LOG("%s", why);
	}
	for (i = 0; i < n; i++)
		kill(ct[i].pid, SIGKILL);
	for (i = 0; i < n; i++)
		ct_stop(&ct[i]);
	free(ct);
}

/* A container that dies in the middle of everything. */
TEST_F_TIMEOUT(churn, killed_while_measuring, 300)
{
	int i, n = number("IMA_NS_CHURN", 2000) / 40;
	struct ct ct;

	for (i = 0; i < n; i++) {
		ASSERT_EQ(0, ct_start(&ct, "roots/root", &(struct ct_options){
				      .flags = CLONE_NEWPID }));
		ASSERT_EQ(0, ct_send(&ct, work, "x"));
		usleep(i * 1000);
		ct_stop(&ct);
	}
}

TEST_HARNESS_MAIN
