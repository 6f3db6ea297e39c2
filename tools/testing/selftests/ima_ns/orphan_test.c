// SPDX-License-Identifier: GPL-2.0
/*
 * The ends of a namespace: an anchor that goes before its members do, numbers
 * that are used again, logs that are read after the container's death.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

FIXTURE(orphan) {
	struct ct ct;
	char dir[128];		/* the orphan's */
	char id[128];
	int go;			/* to the survivor: what to execute */
	int ready;		/* from it */
	int log;		/* its log, opened while all was well */
};

static int to_survivor[2], from_survivor[2];

static void answer(int status)
{
	char c = status;

	if (write(from_survivor[1], &c, 1) != 1)
		_exit(1);
}

/* A member that leaves the mount namespace that is the anchor, and lives on. */
static int survive(const char *arg)
{
	char name[64];
	ssize_t n;

	if (fork())
		return 0;
	prctl(PR_SET_PDEATHSIG, 0);
	close(to_survivor[1]);
	close(from_survivor[0]);
	answer(unshare(CLONE_NEWNS));
	while ((n = read(to_survivor[0], name, sizeof(name) - 1)) > 0) {
		name[n] = '\0';
		answer(spawn(name));
	}
	_exit(0);
}

static int told(int fd)
{
	char c;

	return read(fd, &c, 1) == 1 ? c : -1;
}

static int fresh(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "root/bin/%s", name);
	return copy_file("root/bin/payload", path, name);
}

FIXTURE_SETUP(orphan)
{
	char path[128];
	const char *seq;

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, fresh("before"));
	ASSERT_EQ(0, fresh("after"));
	ASSERT_EQ(0, pipe(to_survivor));
	ASSERT_EQ(0, pipe(from_survivor));
	ASSERT_EQ(0, ct_start(&self->ct, "root", NULL));
	ASSERT_EQ(0, ct_fork(&self->ct, do_exec, "/bin/before"));
	ASSERT_EQ(0, ct_id(&self->ct, self->id, sizeof(self->id)));
	seq = strrchr(self->id, '-') + 1;
	snprintf(self->dir, sizeof(self->dir), "%s.%s", self->ct.dir, seq);
	snprintf(path, sizeof(path), "%s/binary_runtime_measurements", self->ct.dir);
	self->log = open(path, O_RDONLY);
	ASSERT_LE(0, self->log);

	ASSERT_EQ(0, ct_call(&self->ct, survive, ""));
	close(to_survivor[0]);
	close(from_survivor[1]);
	self->go = to_survivor[1];
	self->ready = from_survivor[0];
	ASSERT_EQ(0, told(self->ready));
	ct_stop(&self->ct);
	ASSERT_TRUE(wait_for(exists, self->dir, 10000))
		TH_LOG("there is no %s", self->dir);
}

FIXTURE_TEARDOWN(orphan)
{
	close(self->go);
	close(self->log);
	EXPECT_TRUE(wait_for(absent, self->dir, 10000));
}

TEST_F(orphan, is_renamed)
{
	char path[160], id[128];
	struct ct moved = self->ct;

	EXPECT_TRUE(absent(self->ct.dir));
	snprintf(path, sizeof(path), "%s/info", self->dir);
	EXPECT_STREQ("orphan", text_in(path, "state"));
	EXPECT_EQ(self->ct.nsid, number_in(path, "nsid"));
	snprintf(moved.dir, sizeof(moved.dir), "%.63s", self->dir);
	ASSERT_EQ(0, ct_id(&moved, id, sizeof(id)));
	EXPECT_STREQ(self->id, id);
	EXPECT_EQ(1, number_in(path, "members"));
}

TEST_F(orphan, goes_on_measuring_into_the_same_log)
{
	char why[256], *raw = malloc(1 << 16);
	long born = status_number("born");

	ASSERT_EQ(10, write(self->go, "/bin/after", 10));
	ASSERT_EQ(0, told(self->ready));
	EXPECT_EQ(1, records_of(self->dir, "/bin/before"));
	EXPECT_EQ(1, records_of(self->dir, "/bin/after"));
	EXPECT_EQ(2, dir_check(self->dir, why, sizeof(why)))
		TH_LOG("%s", why);
	EXPECT_EQ(born, status_number("born"));
	/* as seen by who had it open before */
	ASSERT_LT(0, read(self->log, raw, 1 << 16));
	EXPECT_NE(NULL, memmem(raw, 1 << 16, "/bin/after", 10));
	free(raw);
}

TEST_F(orphan, makes_room_for_a_newcomer)
{
	struct ct ct;
	unsigned int tries;

	/* the kernel uses the number again at once, or soon */
	for (tries = 0; tries < 200; tries++) {
		ASSERT_EQ(0, ct_start(&ct, "root", NULL));
		if (ct.nsid == self->ct.nsid)
			break;
		ct_stop(&ct);
	}
	ASSERT_EQ(self->ct.nsid, ct.nsid)
		TH_LOG("number %u was not used again", self->ct.nsid);
	EXPECT_TRUE(exists(self->dir));
	EXPECT_EQ(0, records_of(ct.dir, "/bin/before"));
	/* and each has its own events */
	ASSERT_EQ(10, write(self->go, "/bin/after", 10));
	ASSERT_EQ(0, told(self->ready));
	EXPECT_EQ(1, records_of(self->dir, "/bin/after"));
	EXPECT_EQ(0, records_of(ct.dir, "/bin/after"));
	ct_stop(&ct);
	EXPECT_TRUE(ct_gone(&ct));
	EXPECT_TRUE(exists(self->dir));
}

/* A mount of the directory is a mount of the orphan's. */
TEST(mounts_of_the_directory_stay)
{
	char path[128], dir[128], id[128];
	struct ct ct;

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, fresh("after"));
	ASSERT_EQ(0, pipe(to_survivor));
	ASSERT_EQ(0, pipe(from_survivor));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, ct_start(&ct, "root", NULL));
	mkdir("view", 0755);
	ASSERT_EQ(0, mount(ct.dir, "view", NULL, MS_BIND, NULL));
	ASSERT_EQ(0, ct_id(&ct, id, sizeof(id)));
	ASSERT_EQ(0, ct_call(&ct, survive, ""));
	ASSERT_EQ(0, told(from_survivor[0]));
	ct_stop(&ct);
	snprintf(dir, sizeof(dir), "%s.%s", ct.dir, strrchr(id, '-') + 1);
	ASSERT_TRUE(wait_for(exists, dir, 10000));
	ASSERT_EQ(10, write(to_survivor[1], "/bin/after", 10));
	ASSERT_EQ(0, told(from_survivor[0]));
	EXPECT_EQ(1, records_of("view", "/bin/after"));
	snprintf(path, sizeof(path), "view/info");
	EXPECT_STREQ("orphan", text_in(path, "state"));
	close(to_survivor[0]);
	close(to_survivor[1]);
	EXPECT_TRUE(wait_for(absent, dir, 10000));
	umount2("view", MNT_DETACH);
}

/* Numbers are used again, ids never; nothing of the former log is seen. */
TEST(a_number_used_again_is_another_namespace)
{
	char id[128], first[128];
	struct ct ct;
	unsigned int i, nsid, reused = 0;

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, fresh("before"));
	ASSERT_EQ(0, ct_start(&ct, "root", NULL));
	ASSERT_EQ(0, ct_fork(&ct, do_exec, "/bin/before"));
	ASSERT_EQ(0, ct_id(&ct, first, sizeof(first)));
	nsid = ct.nsid;
	for (i = 0; i < 50; i++) {
		ct_stop(&ct);
		ASSERT_EQ(0, ct_start(&ct, "root", NULL));
		ASSERT_EQ(0, ct_id(&ct, id, sizeof(id)));
		ASSERT_STRNE(first, id);
		ASSERT_EQ(2, number_in(strcat(strcpy(id, ct.dir), "/info"), "records"));
		ASSERT_EQ(0, records_of(ct.dir, "/bin/before"));
		reused += ct.nsid == nsid;
	}
	ct_stop(&ct);
	EXPECT_LT(0, reused)
		TH_LOG("no number was used again: this has shown nothing");
	EXPECT_TRUE(ct_gone(&ct));
}

/* Who has a log open reads it to its end, though the container is dead. */
TEST(a_log_outlives_its_container_for_who_has_it_open)
{
	static const char *const names[] = {
		"ascii_runtime_measurements", "binary_runtime_measurements_sha256",
		"pcrs_sha1", "info", "runtime_measurements_count", "policy",
	};
	char path[160], *before[6], *after;
	int fds[6], again;
	struct ct ct;
	unsigned int i;

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&ct, "root", NULL));
	for (i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), "%s/%s", ct.dir, names[i]);
		before[i] = read_file(path, NULL);
		fds[i] = open(path, O_RDONLY);
		ASSERT_LE(0, fds[i]);
	}
	again = open(ct.dir, O_RDONLY | O_DIRECTORY);
	ct_stop(&ct);
	ASSERT_TRUE(ct_gone(&ct));
	for (i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[i]);
		after = calloc(1, 1 << 16);
		EXPECT_LT(0, read(fds[i], after, 65535))
			TH_LOG("%s: %m", names[i]);
		if (strcmp(names[i], "info")) {
			EXPECT_STREQ(before[i], after);
		} else {
			EXPECT_NE(NULL, strstr(after, "state=dead\n"));
			EXPECT_NE(NULL, strstr(after, "members=0\n"));
		}
		/* but not anew */
		EXPECT_EQ(-1, openat(again, names[i], O_RDONLY));
		EXPECT_EQ(-1, open(path, O_RDONLY));
		close(fds[i]);
		free(before[i]);
		free(after);
	}
	close(again);
	/* and then the memory is given back */
	usleep(500000);
	EXPECT_EQ(status_number("born") - status_number("namespaces"), status_number("died"));
}

TEST_HARNESS_MAIN
