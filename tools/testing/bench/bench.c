// SPDX-License-Identifier: GPL-2.0
/*
 * bench.c - what a system call costs that an IMA looks at.
 *
 *	bench STATE OPERATION[:NOTE] REPETITIONS COUNT PATH
 *
 * prints one line: STATE, tab, OPERATION[:NOTE], tab, one value for each
 * repetition.  In a guest with an instruction clock (qemu/guest --icount) a
 * nanosecond of CLOCK_MONOTONIC is an instruction.  See operations[] below.
 *
 *	bench inside ROOT COMMAND...	be a container whose root is ROOT
 *	bench pause			say so, then do nothing
 *	bench idle COUNT ROOT		be COUNT containers that do nothing
 *	bench fill COUNT PATH		COUNT records: new content, same name
 *	bench				do nothing: what "spawn" starts
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_REPETITIONS 512

extern char **environ;

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void do_spawn(const char *path)
{
	char *const argv[] = { (char *)path, NULL };
	pid_t pid;
	int status;

	if (posix_spawn(&pid, path, NULL, NULL, argv, environ))
		die(path);
	if (waitpid(pid, &status, 0) != pid || status)
		die("wait");
}

static void do_open(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die(path);
	close(fd);
}

/* A mapping of no length: the hook runs, then do_mmap() refuses at once. */
static void do_mmap_hook(const char *path)
{
	static int fd = -1;

	if (fd < 0)
		fd = open(path, O_RDONLY);
	if (fd < 0 || mmap(NULL, 0, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) != MAP_FAILED)
		die(path);
}

static void map_executable(const char *path)
{
	int fd = open(path, O_RDONLY);
	void *map;

	if (fd < 0)
		die(path);
	map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		die(path);
	munmap(map, 4096);
	close(fd);
}

static void make_file(const char *path, size_t size, uint64_t seed)
{
	uint64_t *words = calloc(1, size + sizeof(*words));
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0755);
	size_t i;

	if (!words || fd < 0)
		die(path);
	for (i = 0; i <= size / sizeof(*words); i++)
		words[i] = (seed * 1000003 + i + 1) * 0x9E3779B97F4A7C15ull;
	if (write(fd, words, size) != (ssize_t)size)
		die(path);
	fsync(fd);
	close(fd);
	free(words);
}

/* Calls of @run, @count of them in a repetition; the value is that of one. */
static void repeat(double *value, int repetitions, int count, const char *path,
		   void (*run)(const char *))
{
	uint64_t start;
	int r, i;

	/* repetition -1 warms up: the first use of a file is another matter */
	for (r = -1; r < repetitions; r++) {
		start = now();
		for (i = 0; i < count; i++)
			run(path);
		if (r >= 0)
			value[r] = (double)(now() - start) / count;
	}
}

static void run_open(double *value, int repetitions, int count, const char *path)
{
	repeat(value, repetitions, count, path, do_open);
}

static void run_mmap_hook(double *value, int repetitions, int count, const char *path)
{
	repeat(value, repetitions, count, path, do_mmap_hook);
}

static void run_spawn(double *value, int repetitions, int count, const char *path)
{
	repeat(value, repetitions, count, path, do_spawn);
}

/* The first executable mapping of @size bytes, each time a new file in @dir. */
static void run_first(double *value, int repetitions, int size, const char *dir)
{
	char path[256];
	uint64_t start;
	int r;

	for (r = -1; r < repetitions; r++) {
		snprintf(path, sizeof(path), "%s/first-%d-%d", dir, size, r);
		make_file(path, size, (uint64_t)getpid() * 4096 + r + size * 7);
		start = now();
		map_executable(path);
		if (r >= 0)
			value[r] = now() - start;
		unlink(path);
	}
}

/* The first executable mapping of files that are there: @prefix0, @prefix1, ... */
static void run_use(double *value, int repetitions, int unused, const char *prefix)
{
	char path[256];
	uint64_t start;
	int r;

	(void)unused;
	for (r = -1; r < repetitions; r++) {
		snprintf(path, sizeof(path), "%s%d", prefix, r + 1);
		start = now();
		map_executable(path);
		if (r >= 0)
			value[r] = now() - start;
	}
}

/* A log from its beginning to its end; the value is that of one record. */
static void run_read(double *value, int repetitions, int records, const char *path)
{
	static char buf[1 << 20];
	uint64_t start;
	ssize_t n;
	int r, fd;

	for (r = 0; r < repetitions; r++) {
		start = now();
		fd = open(path, O_RDONLY);
		if (fd < 0)
			die(path);
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			;
		if (n < 0)
			die(path);
		close(fd);
		value[r] = (double)(now() - start) / records;
	}
}

static const struct {
	const char *name;
	void (*run)(double *value, int repetitions, int count, const char *path);
} operations[] = {
	{ "open", run_open },
	{ "mmap", run_mmap_hook },
	{ "spawn", run_spawn },
	{ "first", run_first },
	{ "use", run_use },
	{ "read", run_read },
};

static int measure(char **argv)
{
	static double value[MAX_REPETITIONS];
	size_t i, len = strcspn(argv[1], ":");
	int repetitions = atoi(argv[2]), r;

	if (repetitions < 1 || repetitions > MAX_REPETITIONS)
		return 2;
	for (i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		if (strlen(operations[i].name) != len ||
		    strncmp(operations[i].name, argv[1], len))
			continue;
		operations[i].run(value, repetitions, atoi(argv[3]), argv[4]);
		printf("%s\t%s\t", argv[0], argv[1]);
		for (r = 0; r < repetitions; r++)
			printf("%.1f%c", value[r], r == repetitions - 1 ? '\n' : ' ');
		return 0;
	}
	return 2;
}

/* As a runtime does it: a mount namespace whose only root is @root. */
static void enter_container(const char *root)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(root, root, NULL, MS_BIND | MS_REC, NULL) ||
	    chdir(root) ||
	    syscall(SYS_pivot_root, ".", ".") ||
	    umount2(".", MNT_DETACH) ||
	    chdir("/"))
		die(root);
}

static void __attribute__((noreturn)) wait_for_the_end(void)
{
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

/* Each has a namespace: its first event is the mapping of this program. */
static void __attribute__((noreturn)) idle(int count, const char *root)
{
	int ready[2];
	char byte = 0;
	int i;

	if (pipe(ready))
		die("pipe");
	for (i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		enter_container(root);
		map_executable("/bench");
		if (write(ready[1], &byte, 1) != 1)
			die("pipe");
		for (;;)
			pause();
	}
	close(ready[1]);
	for (i = 0; i < count; i++)
		if (read(ready[0], &byte, 1) != 1)
			die("a container ended");
	wait_for_the_end();
}

static int fill(long count, const char *path)
{
	uint64_t word = now();
	long i;

	for (i = 0; i < count; i++) {
		int fd = open(path, O_CREAT | O_WRONLY, 0755);

		word = word * 0x9E3779B97F4A7C15ull + 1;
		if (fd < 0 || pwrite(fd, &word, sizeof(word), 0) != sizeof(word))
			die(path);
		close(fd);
		map_executable(path);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 1)
		return 0;
	if (argc >= 4 && !strcmp(argv[1], "inside")) {
		enter_container(argv[2]);
		execv(argv[3], argv + 3);
		die(argv[3]);
	}
	if (argc == 2 && !strcmp(argv[1], "pause"))
		wait_for_the_end();
	if (argc == 4 && !strcmp(argv[1], "idle"))
		idle(atoi(argv[2]), argv[3]);
	if (argc == 4 && !strcmp(argv[1], "fill"))
		return fill(atol(argv[2]), argv[3]);
	return argc == 6 ? measure(argv + 1) : 2;
}
