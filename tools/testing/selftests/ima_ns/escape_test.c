// SPDX-License-Identifier: GPL-2.0
/*
 * Ways to run code that a container's log would not tell of.  Each of them ends
 * in a program (or mapping) of its own, which must be in that log, and in no
 * other: no namespace may be born of an escape.
 *
 * What no log can tell: code that is written into anonymous memory.  Its bytes
 * have come through a program that is in the log; host IMA cannot tell either.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

FIXTURE(escape) {
	struct ct ct;
	long born;
	int kept;	/* a file of the namespace, or -1 */
};

/* A program in the container's root that is like no other. */
static int fresh(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "root/bin/%s", name);
	return copy_file("root/bin/payload", path, name);
}

/* How often is it in the log? */
static int seen(const struct ct *ct, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/bin/%s", name);
	return records_of(ct->dir, path);
}

FIXTURE_SETUP(escape)
{
	struct ct_options options = { .flags = CLONE_NEWUTS | CLONE_NEWIPC };
	char *actor = test_program("actor");

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, copy_file(actor, "root/bin/actor", NULL));
	ASSERT_EQ(0, fresh("target"));
	mkdir("root/inner", 0755);
	mkdir("root/inner/bin", 0755);
	ASSERT_EQ(0, copy_file("root/bin/target", "root/inner/bin/inner", "inner"));
	ASSERT_EQ(0, ct_start(&self->ct, "root", &options));
	self->born = status_number("born");
	self->kept = -1;
	free(actor);
}

FIXTURE_TEARDOWN(escape)
{
	char why[256];

	EXPECT_EQ(self->born, status_number("born"))
		TH_LOG("a namespace was born of it");
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	ct_stop(&self->ct);
	close(self->kept);
	EXPECT_TRUE(ct_gone(&self->ct));
}

/* In the container: run /bin/actor with these words. */
static int act(const char *words)
{
	char copy[256], *argv[32] = { "/bin/actor" }, *save;
	int n = 1;

	snprintf(copy, sizeof(copy), "%s", words);
	for (argv[n] = strtok_r(copy, " ", &save); argv[n]; argv[++n] = strtok_r(NULL, " ", &save))
		;
	execv(argv[0], argv);
	return 99;
}

TEST_F(escape, unshare)
{
	static const char *const types[] = {
		"mnt", "pid", "uts", "ipc", "net", "user", "cgroup", "time", "fs",
	};
	char name[32], words[64];
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		snprintf(name, sizeof(name), "unshared-%s", types[i]);
		snprintf(words, sizeof(words), "unshare %s exec /bin/%s", types[i], name);
		ASSERT_EQ(0, fresh(name));
		EXPECT_EQ(0, ct_fork(&self->ct, act, words));
		EXPECT_EQ(1, seen(&self->ct, name))
			TH_LOG("%s", name);
	}
}

TEST_F(escape, unshare_user_then_mount)
{
	EXPECT_EQ(0, ct_fork(&self->ct, act, "unshare user unshare mnt exec /bin/target"));
	EXPECT_EQ(1, seen(&self->ct, "target"));
}

TEST_F(escape, another_root_in_another_mount_namespace)
{
	EXPECT_EQ(0, ct_fork(&self->ct, act, "pivot /inner exec /bin/inner"));
	EXPECT_EQ(1, seen(&self->ct, "inner"));
}

TEST_F(escape, chroot_keeps_the_name)
{
	EXPECT_EQ(0, ct_fork(&self->ct, act, "chroot /inner exec /bin/inner"));
	EXPECT_EQ(1, records_of(self->ct.dir, "/inner/bin/inner"));
	EXPECT_EQ(0, seen(&self->ct, "inner"));
}

TEST_F(escape, double_fork)
{
	EXPECT_EQ(0, ct_fork(&self->ct, act, "fork fork unshare mnt fork exec /bin/target"));
	EXPECT_EQ(1, seen(&self->ct, "target"));
}

TEST_F(escape, program_in_memory)
{
	EXPECT_EQ(0, ct_fork(&self->ct, act, "memfd /bin/target"));
	EXPECT_EQ(1, records_of(self->ct.dir, "memfd:actor_in_memory"));
}

/* tmpfs as well as the file system of the root; the name is the inode's number */
TEST_F(escape, file_without_a_name)
{
	const struct rec *r;
	char *digest = file_digest("root/bin/target");
	unsigned int n = 0;
	struct log log;

	EXPECT_EQ(0, ct_fork(&self->ct, act, "tmpfile /inner /bin/target"));
	EXPECT_EQ(0, ct_fork(&self->ct, act, "tmpfile /tmp /bin/target"));
	ASSERT_EQ(0, log_read(&log, self->ct.dir, "sha1"));
	for (r = log.recs; r < log.recs + log.nr; r++)
		n += !strncmp(rec_name(r), "/inner/#", 8) || !strncmp(rec_name(r), "/tmp/#", 6);
	EXPECT_EQ(2, n);
	log_free(&log);
	free(digest);
}

TEST_F(escape, deleted_program)
{
	EXPECT_EQ(0, ct_fork(&self->ct, act, "unlinked /bin/target"));
	EXPECT_EQ(1, seen(&self->ct, "target"));
}

TEST_F(escape, mount_that_is_nowhere)
{
	EXPECT_EQ(0, ct_fork(&self->ct, act, "tree /bin target"));
	EXPECT_EQ(1, records_of(self->ct.dir, "target"));
}

TEST_F(escape, mapping)
{
	EXPECT_EQ(0, ct_fork(&self->ct, act, "map /bin/target"));
	EXPECT_EQ(1, seen(&self->ct, "target"));
}

TEST_F(escape, mapping_executable_by_personality)
{
	EXPECT_EQ(0, ct_fork(&self->ct, act, "implied /bin/target"));
	EXPECT_EQ(1, seen(&self->ct, "target"));
}

/* Mapped to be read, made executable afterwards: the file's bytes run. */
TEST_F(escape, mapping_made_executable)
{
	EXPECT_EQ(0, ct_fork(&self->ct, act, "mprotect /bin/target"));
	EXPECT_EQ(1, seen(&self->ct, "target"));
}

/* The dynamic loader is the program; what it loads is mapped. */
TEST_F(escape, by_the_dynamic_loader)
{
	static const char *const files[] = {
		"/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6",
	};
	char path[128];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "root/bin/%s", strrchr(files[i], '/') + 1);
		ASSERT_EQ(0, copy_file(files[i], path, NULL));
	}
	ASSERT_EQ(0, copy_file("/usr/bin/true", "root/bin/dynamic", NULL));
	ASSERT_EQ(0, chmod("root/bin/dynamic", 0644));
	EXPECT_EQ(0, ct_fork(&self->ct, act,
			     "exec /bin/ld-linux-x86-64.so.2 --library-path /bin /bin/dynamic"));
	EXPECT_EQ(1, seen(&self->ct, "ld-linux-x86-64.so.2"));
	EXPECT_EQ(1, seen(&self->ct, "dynamic"));
	EXPECT_EQ(1, seen(&self->ct, "libc.so.6"));
}

/*
 * The host's namespaces, entered by somebody who has got a file of them: what
 * he runs of the host's is his container's doing.
 */
static int enter_host(const char *fd_and_path)
{
	char *path;

	if (setns(strtol(fd_and_path, &path, 10), 0))
		return errno;
	return do_exec(path + 1);
}

TEST_F(escape, setns_to_the_host)
{
	static const char *const types[] = { "uts", "ipc", "net", "cgroup", "pid", "mnt" };
	struct ct ct;
	char path[PATH_MAX], words[PATH_MAX + 16], name[32], cwd[PATH_MAX - 64];
	int fds[6];
	unsigned int i;

	ASSERT_NE(NULL, getcwd(cwd, sizeof(cwd)));
	for (i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), "/proc/1/ns/%s", types[i]);
		fds[i] = open(path, O_RDONLY);
		ASSERT_LE(0, fds[i]);
	}
	/* a container that has inherited them */
	ASSERT_EQ(0, ct_start(&ct, "root", &(struct ct_options){ .flags = CLONE_NEWUTS |
			      CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP }));
	self->born++;
	for (i = 0; i < 6; i++) {
		bool mnt = i == 5;

		snprintf(name, sizeof(name), "host-%s", types[i]);
		ASSERT_EQ(0, fresh(name));
		/* in the host's mount namespace the program has the host's name */
		snprintf(path, sizeof(path), "%s/bin/%s", mnt ? "root" : "", name);
		if (mnt)
			snprintf(path, sizeof(path), "%s/root/bin/%s", cwd, name);
		snprintf(words, sizeof(words), "%d %s", fds[i], path);
		EXPECT_EQ(0, ct_fork(&ct, enter_host, words));
		EXPECT_EQ(1, records_of(ct.dir, path))
			TH_LOG("%s", path);
		close(fds[i]);
	}
	ct_stop(&ct);
	EXPECT_TRUE(ct_gone(&ct));
}

/* Tracing: code is put into a task of the container, which maps a file. */
static int inject(const char *path)
{
	struct user_regs_struct regs;
	int status, fd;
	pid_t pid;

	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 1;
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		syscall(SYS_kill, getpid(), SIGSTOP);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (!WIFSTOPPED(status) || ptrace(PTRACE_GETREGS, pid, 0, &regs))
		return 2;
	/* back to the syscall instruction that it is behind */
	regs.rip -= 2;
	regs.orig_rax = -1;
	regs.rax = SYS_mmap;
	regs.rdi = 0;
	regs.rsi = 4096;
	regs.rdx = PROT_READ | PROT_EXEC;
	regs.r10 = MAP_PRIVATE;
	regs.r8 = fd;
	regs.r9 = 0;
	if (ptrace(PTRACE_SETREGS, pid, 0, &regs) || ptrace(PTRACE_SINGLESTEP, pid, 0, 0))
		return 3;
	waitpid(pid, &status, 0);
	if (!WIFSTOPPED(status) || ptrace(PTRACE_GETREGS, pid, 0, &regs) || (long)regs.rax < 0)
		return 4;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return 0;
}

TEST_F(escape, ptrace)
{
	EXPECT_EQ(0, ct_fork(&self->ct, inject, "/bin/target"));
	EXPECT_EQ(1, seen(&self->ct, "target"));
}

/* --- from outside ------------------------------------------------------------ */

/* Enter the mount namespace of a process, do something, leave no trace but that. */
static int enter(pid_t pid, const char *path, int again)
{
	char ns[64];
	int fd, status;
	pid_t child;

	snprintf(ns, sizeof(ns), "/proc/%d/ns/mnt", pid);
	fd = pid ? open(ns, O_RDONLY) : again;
	if (fd < 0)
		return -1;
	child = fork();
	if (!child) {
		if (setns(fd, CLONE_NEWNS))
			_exit(98);
		_exit(do_exec(path));
	}
	if (pid)
		close(fd);
	return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(escape, somebody_enters)
{
	EXPECT_EQ(0, enter(self->ct.pid, "/bin/target", -1));
	EXPECT_EQ(1, seen(&self->ct, "target"));
}

/*
 * All processes are gone, a file keeps the mount namespace, somebody enters it:
 * it is still the same namespace, and its log goes on.
 */
TEST_F(escape, namespace_kept_by_a_file)
{
	char path[64], id[128], id2[128];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", self->ct.pid);
	self->kept = open(path, O_RDONLY);
	ASSERT_LE(0, self->kept);
	ASSERT_EQ(0, ct_id(&self->ct, id, sizeof(id)));
	ct_stop(&self->ct);
	usleep(1500000);
	EXPECT_TRUE(exists(self->ct.dir));
	EXPECT_EQ(0, enter(0, "/bin/target", self->kept));
	EXPECT_EQ(1, seen(&self->ct, "target"));
	EXPECT_EQ(1, seen(&self->ct, "payload"));
	ASSERT_EQ(0, ct_id(&self->ct, id2, sizeof(id2)));
	EXPECT_STREQ(id, id2);
}

TEST_HARNESS_MAIN
