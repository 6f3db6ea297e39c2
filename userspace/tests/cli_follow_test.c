// SPDX-License-Identifier: GPL-2.0
/*
 * imans log --follow: records that arrive while it runs.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/fake.h"
#include "tests/tap.h"

#define PATIENCE_MS 20000

static char *dir;
static const char log_file[] = "9/binary_runtime_measurements_sha256";

/**
 * struct follower - a running imans log --follow
 */
struct follower {
	pid_t pid;
	int out;
	char text[65536];
	size_t len;
};

static const char *program(void)
{
	const char *p = getenv("IMANS");

	return p ? p : "./imans";
}

static void start(struct follower *f, const char *const *argv, int in)
{
	int fds[2];

	memset(f, 0, sizeof(*f));
	if (pipe2(fds, O_CLOEXEC))
		exit(99);
	f->pid = fake_start(program(), argv, in, fds[1], -1);
	close(fds[1]);
	f->out = fds[0];
}

/* Read until a text appears or it has taken too long. */
static bool wait_for(struct follower *f, const char *text, int ms)
{
	struct pollfd p = { .fd = f->out, .events = POLLIN };
	struct timespec t;
	long long end, now;
	ssize_t n;

	clock_gettime(CLOCK_MONOTONIC, &t);
	end = t.tv_sec * 1000LL + t.tv_nsec / 1000000 + ms;
	while (!strstr(f->text, text)) {
		clock_gettime(CLOCK_MONOTONIC, &t);
		now = t.tv_sec * 1000LL + t.tv_nsec / 1000000;
		if (now >= end || poll(&p, 1, (int)(end - now)) <= 0)
			return false;
		n = read(f->out, f->text + f->len, sizeof(f->text) - 1 - f->len);
		if (n <= 0)
			return false;
		f->len += (size_t)n;
	}
	return true;
}

/* Exit status, or -1 when it does not end. */
static int end(struct follower *f, struct rusage *usage)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	int status, i;

	for (i = 0; i < PATIENCE_MS / 20; i++) {
		if (wait4(f->pid, &status, WNOHANG, usage) == f->pid) {
			close(f->out);
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
		nanosleep(&pause, NULL);
	}
	kill(f->pid, SIGKILL);
	wait4(f->pid, &status, 0, usage);
	close(f->out);
	return -1;
}

/* Processor time so far, in ticks of 10 ms. */
static unsigned long ticks(pid_t pid)
{
	unsigned long user = 0, system = 0;
	char path[64], text[1024] = "", *p;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f && !fgets(text, sizeof(text), f))
		text[0] = '\0';
	if (f)
		fclose(f);
	p = strrchr(text, ')');
	if (!p || sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			 &system) != 2)
		exit(99);
	return user + system;
}

static void test_growing_file(void)
{
	struct fake_log l = { 0 };
	struct rusage usage;
	struct follower f;
	size_t one, two;
	unsigned long before, after;
	char path[4200];

	fake_append_file(&l, "/one", 0);
	one = l.bank[1].len;
	fake_namespace(dir, "9", NULL, &l);
	start(&f, (const char *const[]){ "--root", dir, "log", "-fV", "9", NULL }, -1);
	ok(wait_for(&f, "/one\n", PATIENCE_MS), "the first record is shown at once");
	fake_append_file(&l, "/two", 0);
	two = l.bank[1].len;
	fake_append_to(dir, log_file, l.bank[1].data + one, 30);
	before = ticks(f.pid);
	ok(!wait_for(&f, "/two", 1500), "half a record is not shown");
	after = ticks(f.pid);
	/* A plain file is always readable; that must not make it spin. */
	if (!ok(after - before < 8, "and waiting does not take the processor"))
		printf("# %lu ticks of 150\n", after - before);
	fake_append_to(dir, log_file, l.bank[1].data + one + 30, two - one - 30);
	ok(wait_for(&f, "/two\n", PATIENCE_MS), "but once it is complete");
	fake_append_file(&l, "/three", 0);
	fake_append_file(&l, "/four", 0);
	fake_append_to(dir, log_file, l.bank[1].data + two, l.bank[1].len - two);
	ok(wait_for(&f, "/four\n", PATIENCE_MS), "two more records are shown");
	snprintf(path, sizeof(path), "%s/9/info", dir);
	unlink(path);
	ok(end(&f, &usage) == 0, "it ends with the namespace");
	fake_log_free(&l);
}

static void test_last_words(void)
{
	struct fake_log l = { 0 };
	struct rusage usage;
	struct follower f;
	size_t one;
	char path[4200], gone[4200];

	fake_append_file(&l, "/one", 0);
	one = l.bank[1].len;
	fake_namespace(dir, "9", NULL, &l);
	start(&f, (const char *const[]){ "--root", dir, "log", "-f", "9", NULL }, -1);
	wait_for(&f, "/one\n", PATIENCE_MS);
	/* The directory is renamed, as that of an orphan is. */
	snprintf(path, sizeof(path), "%s/9", dir);
	snprintf(gone, sizeof(gone), "%s/9.1", dir);
	if (rename(path, gone))
		exit(99);
	fake_append_file(&l, "/two", 0);
	fake_append_to(dir, "9.1/binary_runtime_measurements_sha256", l.bank[1].data + one,
		       l.bank[1].len - one);
	ok(wait_for(&f, "/two\n", PATIENCE_MS), "an orphan is followed under its new name");
	fake_append_file(&l, "/three", 0);
	fake_append_to(dir, "9.1/binary_runtime_measurements_sha256",
		       l.bank[1].data + l.bank[1].len - 20, 20);
	fake_remove(gone);
	ok(end(&f, &usage) == 1, "a log that ends inside a record is an error in the end");
	fake_log_free(&l);
}

/* A pipe has a real poll(). */
static void test_pipe(void)
{
	static const char *const argv[] = { "log",  "-f",     "--json", "--bank",
					    "sha1", "--file", "-",	NULL };
	struct fake_log l = { 0 };
	struct rusage usage;
	struct follower f;
	int fds[2];
	size_t i;

	fake_append_file(&l, "/one", 0);
	fake_append_file(&l, "/two", 0);
	if (pipe2(fds, O_CLOEXEC))
		exit(99);
	start(&f, argv, fds[0]);
	close(fds[0]);
	for (i = 0; i < l.bank[0].len - 1; i++)
		if (write(fds[1], l.bank[0].data + i, 1) != 1)
			break;
	ok(wait_for(&f, "\"name\":\"/one\"", PATIENCE_MS), "a record comes through a pipe");
	ok(!wait_for(&f, "/two", 300), "half of one does not");
	i = write(fds[1], l.bank[0].data + i, 1) == 1;
	ok(i && wait_for(&f, "\"name\":\"/two\"", PATIENCE_MS), "the other half brings it");
	close(fds[1]);
	ok(end(&f, &usage) == 0, "it ends when the writer closes");
	fake_log_free(&l);
}

static void test_reader_gone(void)
{
	struct fake_log l = { 0 };
	struct rusage usage;
	struct follower f;
	int status;

	fake_append_file(&l, "/one", 0);
	fake_namespace(dir, "9", NULL, &l);
	start(&f, (const char *const[]){ "--root", dir, "log", "-f", "9", NULL }, -1);
	wait_for(&f, "/one\n", PATIENCE_MS);
	close(f.out);
	f.out = open("/dev/null", O_RDONLY);
	status = end(&f, &usage);
	ok(status == 0, "it ends when nobody reads any more, as in imans log -f | head");
	fake_log_free(&l);
}

int main(void)
{
	dir = fake_dir();
	fake_status(dir, "attached");
	test_growing_file();
	test_last_words();
	test_pipe();
	test_reader_gone();
	fake_remove(dir);
	free(dir);
	return tap_done();
}
