// SPDX-License-Identifier: GPL-2.0
/*
 * bench.c - what a system call costs that an IMA looks at.
 *
 *	bench LABEL OPERATION REPETITIONS COUNT PATH
 *
 * prints one line: LABEL, tab, OPERATION, tab, one value for each repetition,
 * per call.  In a guest with an instruction clock (qemu/guest --icount) a
 * nanosecond of CLOCK_MONOTONIC is an instruction.  Without arguments it does
 * nothing: then it is the static program that "spawn" starts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

/*
 * A file that is no program: open, file_post_open and bprm_check run, then
 * execve fails, in this same process.
 */
static void do_exec(const char *path)
{
	char *const argv[] = { (char *)path, NULL };

	execve(path, argv, environ);
	if (errno != ENOEXEC)
		die(path);
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

/* The first executable mapping of COUNT-byte files in PATH, each file a new one. */
static void measure_first(double *value, int repetitions, size_t size, const char *dir)
{
	char path[256];
	uint64_t start;
	int r;

	for (r = -1; r < repetitions; r++) {
		snprintf(path, sizeof(path), "%s/first-%zu-%d", dir, size, r);
		make_file(path, size, (uint64_t)getpid() * 4096 + r + size * 7);
		start = now();
		map_executable(path);
		if (r >= 0)
			value[r] = now() - start;
		unlink(path);
	}
}

static const struct {
	const char *name;
	void (*run)(const char *path);
} operations[] = {
	{ "open", do_open },
	{ "execve", do_exec },
	{ "mmap-hook", do_mmap_hook },
	{ "spawn-static", do_spawn },
	{ "spawn-dynamic", do_spawn },
};

static void measure(double *value, int repetitions, int count, const char *path,
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

int main(int argc, char **argv)
{
	static double value[MAX_REPETITIONS];
	int repetitions, count, r;
	size_t i;

	if (argc == 1)
		return 0;
	if (argc != 6)
		return 2;
	repetitions = atoi(argv[3]);
	count = atoi(argv[4]);
	if (repetitions < 1 || repetitions > MAX_REPETITIONS || count < 1)
		return 2;
	if (!strncmp(argv[2], "first-", 6)) {
		measure_first(value, repetitions, count, argv[5]);
	} else {
		for (i = 0; i < sizeof(operations) / sizeof(*operations); i++)
			if (!strcmp(operations[i].name, argv[2]))
				break;
		if (i == sizeof(operations) / sizeof(*operations))
			return 2;
		measure(value, repetitions, count, argv[5], operations[i].run);
	}
	printf("%s\t%s\t", argv[1], argv[2]);
	for (r = 0; r < repetitions; r++)
		printf("%.1f%c", value[r], r == repetitions - 1 ? '\n' : ' ');
	return 0;
}
