// SPDX-License-Identifier: GPL-2.0
/*
 * actor VERB ARGUMENT... - do one thing that a shell cannot, in a container.
 * Static, so that it brings nothing of its own into a log but itself.  Verbs
 * that end in "then" run another verb in the state that they have made.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/fsverity.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

static int act(char **argv);

static int fail(const char *what)
{
	fprintf(stderr, "actor: %s: %s\n", what, strerror(errno));
	return 1;
}

static int exec_fd(int fd, const char *name)
{
	char *argv[] = { (char *)name, NULL };

	syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
	return fail(name);
}

static int copy_to(int to, const char *from)
{
	char buf[65536];
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (write(to, buf, n) != n)
			return -1;
	close(fd);
	return n < 0 ? -1 : 0;
}

/* open FLAGS FILE: r, w, b (both), with a (append), t (truncate), c (create), d (direct) */
static int flags_of(const char *s)
{
	int flags = O_CLOEXEC;

	for (; *s; s++)
		flags |= *s == 'w' ? O_WRONLY : *s == 'b' ? O_RDWR : *s == 'a' ? O_APPEND :
			*s == 't' ? O_TRUNC : *s == 'c' ? O_CREAT : *s == 'd' ? O_DIRECT :
			*s == 'p' ? O_PATH : 0;
	return flags;
}

static int do_open(char **a)
{
	int fd = open(a[1], flags_of(a[0]), 0644);

	return fd < 0 ? fail(a[1]) : close(fd);
}

/*
 * seq FILE OP...: several openings of one file by one process.  r, w, b: open
 * and keep; c: close the oldest; C: close the newest; .: write a byte to it;
 * m: map it shared and writable, for good.
 */
static int do_seq(char **a)
{
	int fds[32], first = 0, n = 0;
	const char *file = *a++;
	void *p;

	for (; *a; a++) {
		switch (**a) {
		case 'c':
			close(fds[first++]);
			break;
		case 'C':
			close(fds[--n]);
			break;
		case '.':
			if (pwrite(fds[n - 1], ".", 1, 0) != 1)
				return fail("write");
			break;
		case 'm':
			p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fds[n - 1], 0);
			if (p == MAP_FAILED)
				return fail("mmap");
			*(volatile char *)p = 'm';
			break;
		default:
			fds[n] = open(file, flags_of(*a));
			if (fds[n++] < 0)
				return fail(file);
		}
	}
	return 0;
}

/* memfd FILE: execute a copy of it in memory */
static int do_memfd(char **a)
{
	int fd = memfd_create("actor in memory", MFD_CLOEXEC);

	return fd < 0 || copy_to(fd, a[0]) ? fail("memfd") : exec_fd(fd, "memfd");
}

/* tmpfile DIR FILE: execute a copy of it in a file that has no name */
static int do_tmpfile(char **a)
{
	int fd = open(a[0], O_TMPFILE | O_RDWR | O_CLOEXEC, 0755), ro;
	char path[32];

	if (fd < 0 || copy_to(fd, a[1]))
		return fail("O_TMPFILE");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ro = open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	return ro < 0 ? fail(path) : exec_fd(ro, "tmpfile");
}

/* unlinked FILE: execute it when it has no name any more */
static int do_unlinked(char **a)
{
	int fd = open(a[0], O_RDONLY | O_CLOEXEC);

	return fd < 0 || unlink(a[0]) ? fail(a[0]) : exec_fd(fd, "unlinked");
}

/* tree DIR FILE: execute DIR/FILE through a copy of the mount that is nowhere */
static int do_tree(char **a)
{
	int tree = syscall(SYS_open_tree, AT_FDCWD, a[0], 1 /* OPEN_TREE_CLONE */ | O_CLOEXEC);
	int fd = openat(tree, a[1], O_RDONLY | O_CLOEXEC);

	return fd < 0 ? fail(a[1]) : exec_fd(fd, "tree");
}

/* lazy DIR FILE: execute it from a mount at DIR that has been taken away */
static int do_lazy(char **a)
{
	int fd;

	if (mount(a[0], a[0], NULL, MS_BIND, NULL) || chdir(a[0]))
		return fail(a[0]);
	fd = open(a[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || umount2(a[0], MNT_DETACH))
		return fail(a[1]);
	return exec_fd(fd, "lazy");
}

static int map(const char *file, int prot, int flags, int then)
{
	int fd = open(file, (flags & MAP_SHARED && prot & PROT_WRITE ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	void *p;

	if (fd < 0)
		return fail(file);
	p = mmap(NULL, 4096, prot, flags, fd, 0);
	if (p == MAP_FAILED)
		return fail("mmap");
	if (prot & PROT_WRITE)
		*(volatile char *)p = 'm';
	if (then && mprotect(p, 4096, then))
		return fail("mprotect");
	return 0;
}

static int do_map(char **a)
{
	return map(a[0], PROT_READ | PROT_EXEC, MAP_PRIVATE, 0);
}

static int do_mapdata(char **a)
{
	return map(a[0], PROT_READ, MAP_PRIVATE, 0);
}

static int do_mapwrite(char **a)
{
	return map(a[0], PROT_READ | PROT_WRITE, MAP_SHARED, 0);
}

static int do_mprotect(char **a)
{
	return map(a[0], PROT_READ, MAP_PRIVATE, PROT_READ | PROT_EXEC);
}

/* implied FILE: what is mapped to be read can be executed, by personality */
static int do_implied(char **a)
{
	if (personality(READ_IMPLIES_EXEC) < 0)
		return fail("personality");
	return map(a[0], PROT_READ, MAP_PRIVATE, 0);
}

/* deep LEVELS NAME FILE: execute a copy of it in each directory of a chain */
static int do_deep(char **a)
{
	int level, fd, status;

	for (level = atoi(a[0]); level; level--) {
		if (mkdir(a[1], 0755) || chdir(a[1]))
			return fail(a[1]);
		fd = open("deep", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
		if (fd < 0 || copy_to(fd, a[2]) || close(fd))
			return fail("deep");
		if (!fork()) {
			execl("./deep", "deep", (char *)NULL);
			_exit(1);
		}
		wait(&status);
	}
	return 0;
}

static int do_truncate(char **a)
{
	return truncate(a[0], atol(a[1])) ? fail(a[0]) : 0;
}

static int do_execcheck(char **a)
{
	char *argv[] = { a[0], NULL };

	return syscall(SYS_execveat, AT_FDCWD, a[0], argv, environ, AT_EXECVE_CHECK) ?
		fail(a[0]) : 0;
}

static int do_exec(char **a)
{
	execv(a[0], a);
	return fail(a[0]);
}

/* as UID EUID then */
static int do_as(char **a)
{
	if (setgroups(0, NULL) || setresuid(atoi(a[0]), atoi(a[1]), atoi(a[1])))
		return fail("setresuid");
	return act(a + 2);
}

/* group GID EGID then */
static int do_group(char **a)
{
	if (setresgid(atoi(a[0]), atoi(a[1]), atoi(a[1])))
		return fail("setresgid");
	return act(a + 2);
}

static int do_chroot(char **a)
{
	return chroot(a[0]) || chdir("/") ? fail(a[0]) : act(a + 1);
}

/* unshare TYPE then */
static int do_unshare(char **a)
{
	static const struct {
		const char *name;
		int flag;
	} types[] = {
		{ "mnt", CLONE_NEWNS }, { "pid", CLONE_NEWPID }, { "uts", CLONE_NEWUTS },
		{ "ipc", CLONE_NEWIPC }, { "net", CLONE_NEWNET }, { "user", CLONE_NEWUSER },
		{ "cgroup", CLONE_NEWCGROUP }, { "time", 0x80 }, { "fs", CLONE_FS },
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(types[i].name, a[0]))
			return unshare(types[i].flag) ? fail(a[0]) : act(a + 1);
	errno = EINVAL;
	return fail(a[0]);
}

/* pivot DIR then: DIR becomes the root of a mount namespace of its own */
static int do_pivot(char **a)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(a[0], a[0], NULL, MS_BIND, NULL) || chdir(a[0]) ||
	    syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
		return fail(a[0]);
	return act(a + 1);
}

/* fork then: in a child of a child, adopted by process 1 */
static int do_fork(char **a)
{
	int status, done[2];
	char ret = 1;

	if (pipe(done))
		return fail("pipe");
	if (!fork()) {
		if (!fork()) {
			pid_t pid = fork();

			if (!pid)
				_exit(act(a));
			waitpid(pid, &status, 0);
			ret = !WIFEXITED(status) || WEXITSTATUS(status);
			_exit(write(done[1], &ret, 1) != 1);
		}
		_exit(0);
	}
	wait(&status);
	return read(done[0], &ret, 1) == 1 ? ret : 1;
}

/* setns FILE then */
static int do_setns(char **a)
{
	int fd = open(a[0], O_RDONLY | O_CLOEXEC);

	return fd < 0 || setns(fd, 0) ? fail(a[0]) : act(a + 1);
}

/* verity FILE ALGORITHM: let fs-verity protect it from now on; print its digest */
static int do_verity(char **a)
{
	struct fsverity_enable_arg enable = {
		.version = 1,
		.hash_algorithm = strcmp(a[1], "sha512") ? FS_VERITY_HASH_ALG_SHA256 :
							   FS_VERITY_HASH_ALG_SHA512,
		.block_size = 4096,
	};
	struct {
		struct fsverity_digest head;
		unsigned char bytes[64];
	} digest = { .head.digest_size = 64 };
	int fd = open(a[0], O_RDONLY | O_CLOEXEC), i;

	if (fd < 0 || ioctl(fd, FS_IOC_ENABLE_VERITY, &enable) ||
	    ioctl(fd, FS_IOC_MEASURE_VERITY, &digest))
		return fail(a[0]);
	printf("%s:", a[1]);
	for (i = 0; i < digest.head.digest_size; i++)
		printf("%02x", digest.bytes[i]);
	putchar('\n');
	return close(fd);
}

static int do_nothing(char **a)
{
	return 0;
}

static const struct {
	const char *verb;
	int args;
	int (*act)(char **argv);
} verbs[] = {
	{ "open", 2, do_open }, { "seq", 2, do_seq }, { "memfd", 1, do_memfd },
	{ "tmpfile", 2, do_tmpfile }, { "unlinked", 1, do_unlinked }, { "tree", 2, do_tree },
	{ "lazy", 2, do_lazy }, { "map", 1, do_map }, { "mapdata", 1, do_mapdata },
	{ "mapwrite", 1, do_mapwrite }, { "mprotect", 1, do_mprotect },
	{ "implied", 1, do_implied }, { "deep", 3, do_deep }, { "truncate", 2, do_truncate },
	{ "execcheck", 1, do_execcheck }, { "exec", 1, do_exec }, { "as", 3, do_as },
	{ "group", 3, do_group },
	{ "chroot", 2, do_chroot }, { "unshare", 2, do_unshare }, { "pivot", 2, do_pivot },
	{ "fork", 1, do_fork }, { "setns", 2, do_setns }, { "verity", 2, do_verity },
	{ "nothing", 0, do_nothing },
};

static int act(char **argv)
{
	size_t i;
	int n = 0;

	while (argv[n])
		n++;
	for (i = 0; n && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(verbs[i].verb, argv[0]) && n > verbs[i].args)
			return verbs[i].act(argv + 1);
	errno = EINVAL;
	return fail(n ? argv[0] : "no verb");
}

int main(int argc, char **argv)
{
	return act(argv + 1);
}
