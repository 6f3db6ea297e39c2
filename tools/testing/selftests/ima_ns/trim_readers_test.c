// SPDX-License-Identifier: GPL-2.0
/*
 * Trimming a log: who may, and what happens to those who read meanwhile.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

FIXTURE(trim) {
	struct ct ct;
	char path[128];		/* the binary log */
};

FIXTURE_SETUP(trim)
{
	struct ct_options options = { .securityfs = "/sys/kernel/security" };

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&self->ct, "root", &options));
	snprintf(self->path, sizeof(self->path), "%s/binary_runtime_measurements", self->ct.dir);
}

FIXTURE_TEARDOWN(trim)
{
	ct_stop(&self->ct);
	run("rm -rf root");
}

/* Read to the end or to an error, which is stored. */
static char *drain(int fd, size_t *len, int *err)
{
	char *buf = malloc(1 << 20);
	ssize_t got;

	*len = 0;
	while ((got = read(fd, buf + *len, (1 << 20) - *len)) > 0)
		*len += got;
	*err = got < 0 ? errno : 0;
	return buf;
}

TEST_F(trim, a_reader_at_the_end_stays_there)
{
	char *part, *all;
	size_t len, all_len;
	struct pollfd p = { .events = POLLIN };
	int fd = open(self->path, O_RDONLY), err;

	ASSERT_EQ(0, ct_call(&self->ct, do_map_many, "end 0 40"));
	free(drain(fd, &len, &err));
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, log_trim(self->ct.dir, 42));
	p.fd = fd;
	EXPECT_EQ(0, poll(&p, 1, 0));
	part = drain(fd, &len, &err);
	EXPECT_EQ(0, err);
	EXPECT_EQ(0, len);
	free(part);
	ASSERT_EQ(0, ct_call(&self->ct, do_map_many, "more 0 40"));
	EXPECT_EQ(1, poll(&p, 1, 0));
	part = drain(fd, &len, &err);
	EXPECT_EQ(0, err);
	all = read_file(self->path, &all_len);
	ASSERT_EQ(all_len, len);
	EXPECT_EQ(0, memcmp(all, part, len));
	free(all);
	free(part);
	close(fd);
}

/* The same descriptor reads, trims and reads on: an agent's loop. */
TEST_F(trim, who_trims_can_go_on_reading)
{
	int fd = open(self->path, O_RDWR), err, round;
	char arg[32], text[16], *part;
	struct log log;
	size_t len;

	for (round = 0; round < 3; round++) {
		snprintf(arg, sizeof(arg), "r%d 0 40", round);
		ASSERT_EQ(0, ct_call(&self->ct, do_map_many, arg));
		part = drain(fd, &len, &err);
		ASSERT_EQ(0, err);
		ASSERT_EQ(0, log_parse(&log, (uint8_t *)part, len, "sha1"));
		EXPECT_EQ(round ? 40 : 42, log.nr);
		snprintf(text, sizeof(text), "%u\n", log.nr);
		ASSERT_EQ(strlen(text), write(fd, text, strlen(text)));
		EXPECT_EQ(0, info_number(self->ct.dir, "records"));
		log_free(&log);
		free(part);
	}
	close(fd);
}

/* It is told so until it begins anew, and then it gets what is left. */
static bool starts_again(const char *dir, int fd)
{
	struct log log;
	bool good;
	size_t len;
	char *rest, c;
	int err;

	if (read(fd, &c, 1) != -1 || errno != ESTALE || lseek(fd, 0, SEEK_SET))
		return false;
	rest = drain(fd, &len, &err);
	good = !err && !log_parse(&log, (uint8_t *)rest, len, "sha1") &&
		log.nr == info_number(dir, "records");
	log_free(&log);
	free(rest);
	return good;
}

/*
 * A reader takes a piece, which brings some records into its buffer; then @n
 * are trimmed.  Return: how many it gets before the end, or before *@err.
 */
static int read_over_trim(const char *dir, const char *path, long n, int *err)
{
	int fd = open(path, O_RDONLY), got = -1;
	char piece[1000], *rest, *whole;
	struct log log;
	size_t len;

	if (read(fd, piece, sizeof(piece)) != sizeof(piece) || log_trim(dir, n))
		return -1;
	rest = drain(fd, &len, err);
	whole = malloc(sizeof(piece) + len);
	memcpy(whole, piece, sizeof(piece));
	memcpy(whole + sizeof(piece), rest, len);
	/* whole records, also where it ends with an error */
	if (!log_parse(&log, (uint8_t *)whole, sizeof(piece) + len, "sha1") &&
	    log_digests_hold(&log))
		got = log.nr;
	log_free(&log);
	free(whole);
	free(rest);
	if (*err && !starts_again(dir, fd))
		got = -1;
	close(fd);
	return got;
}

/* Those readers are told that have missed something, and no others. */
TEST_F(trim, a_reader_notices_what_it_missed)
{
	const char *dir = self->ct.dir;
	int err, buffered, i;
	char arg[32];
	long left;

	/* records of one length: a piece always brings the same number */
	ASSERT_EQ(0, log_trim(dir, 2));
	ASSERT_EQ(0, ct_call(&self->ct, do_map_many, "n 0 100"));
	buffered = read_over_trim(dir, self->path, 100, &err);
	EXPECT_EQ(ESTALE, err);
	ASSERT_LT(3, buffered);
	ASSERT_GT(90, buffered);
	for (i = -1; i <= 1; i++) {
		left = info_number(dir, "records");
		ASSERT_EQ(0, left ? log_trim(dir, left) : 0);
		snprintf(arg, sizeof(arg), "n %d 100", 200 + i * 100);
		ASSERT_EQ(0, ct_call(&self->ct, do_map_many, arg));
		EXPECT_EQ(i > 0 ? buffered : 100,
			  read_over_trim(dir, self->path, buffered + i, &err))
			TH_LOG("%d records buffered, %d trimmed", buffered, buffered + i);
		EXPECT_EQ(i > 0 ? ESTALE : 0, err);
	}
}

TEST_F(trim, offsets_count_from_what_is_left)
{
	int fd = open(self->path, O_RDONLY), err;
	char *whole, *left, buf[64];
	size_t len, left_len;

	ASSERT_EQ(0, ct_call(&self->ct, do_map_many, "off 0 60"));
	whole = drain(fd, &len, &err);
	ASSERT_EQ(0, log_trim(self->ct.dir, 30));
	left = read_file(self->path, &left_len);
	ASSERT_EQ(sizeof(buf), pread(fd, buf, sizeof(buf), left_len / 2));
	EXPECT_EQ(0, memcmp(left + left_len / 2, buf, sizeof(buf)));
	ASSERT_EQ(1000, lseek(fd, 1000, SEEK_SET));
	ASSERT_EQ(sizeof(buf), read(fd, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp(left + 1000, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp(whole + len - left_len + 1000, buf, sizeof(buf)));
	EXPECT_EQ(0, pread(fd, buf, sizeof(buf), left_len));
	free(whole);
	free(left);
	close(fd);
}

/* One process records, three read, one trims, all as fast as they can. */
TEST_F(trim, all_at_once)
{
	long total = 0;
	char why[256];
	int status, i;
	pid_t pids[4];

	ASSERT_EQ(0, ct_send(&self->ct, do_map_many, "race 0 400"));
	for (i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		for (;;) {
			struct log log;
			size_t len;
			int fd = open(self->path, O_RDONLY), err;
			char *raw = drain(fd, &len, &err);

			if ((err && err != ESTALE) ||
			    log_parse(&log, (uint8_t *)raw, len, "sha1") ||
			    !log_digests_hold(&log))
				_exit(1);
			log_free(&log);
			free(raw);
			close(fd);
		}
	}
	while (ct_busy(&self->ct)) {
		long n = info_number(self->ct.dir, "records") * 2 / 3;

		if (n) {
			ASSERT_EQ(0, log_trim(self->ct.dir, n));
			total += n;
		}
	}
	ASSERT_EQ(0, ct_wait(&self->ct));
	for (i = 0; i < 3; i++) {
		/* whoever saw something wrong has ended by itself */
		EXPECT_EQ(0, waitpid(pids[i], &status, WNOHANG));
		kill(pids[i], SIGKILL);
		waitpid(pids[i], &status, 0);
	}
	EXPECT_LT(100, total);
	EXPECT_EQ(total, info_number(self->ct.dir, "trimmed"));
	EXPECT_EQ(402, total + info_number(self->ct.dir, "records"));
	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
}

/* --- who may ------------------------------------------------------------------- */

static int held = -1;

/* In the container: keep a log open, having read a part of it. */
static int hold(const char *path)
{
	char c;

	held = open(path, O_RDONLY);
	return held < 0 ? errno : read(held, &c, 1) != 1;
}

static int read_held(const char *arg)
{
	char buf[8192];
	ssize_t n;

	while ((n = read(held, buf, sizeof(buf))) > 0)
		;
	return n < 0 ? errno : 0;
}

static char *inside(const char *path)
{
	static char name[256];

	snprintf(name, sizeof(name), "/security%s", path + strlen("/sys/kernel/security"));
	return name;
}

/* Where host IMA would say EBUSY: a container must not keep its log whole this way. */
TEST_F(trim, a_container_that_reads_does_not_prevent_it)
{
	ASSERT_EQ(0, ct_call(&self->ct, do_map_many, "h 0 60"));
	ASSERT_EQ(0, ct_call(&self->ct, hold, inside(self->path)));
	EXPECT_EQ(0, log_trim(self->ct.dir, 62));
	EXPECT_EQ(0, info_number(self->ct.dir, "records"));
	EXPECT_EQ(ESTALE, ct_call(&self->ct, read_held, NULL));
}

static int write_one(const char *path)
{
	return log_request(path, "1\n", 2);
}

/* "PID FD": take this file of that process, and trim through it */
static int write_stolen(const char *arg)
{
	int pid, fd, pidfd, mine;
	ssize_t n;

	if (sscanf(arg, "%d %d", &pid, &fd) != 2)
		return 250;
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	mine = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	if (mine < 0)
		return 251;
	n = write(mine, "1\n", 2);
	return n < 0 ? errno : 0;
}

TEST_F(trim, a_member_cannot)
{
	int fd = open(self->path, O_WRONLY);
	char arg[64];

	EXPECT_EQ(EPERM, ct_call(&self->ct, write_one, inside(self->path)));
	/* not even through a file that the host has opened */
	ASSERT_LE(0, fd);
	snprintf(arg, sizeof(arg), "%d %d", getpid(), fd);
	EXPECT_EQ(EPERM, ct_call(&self->ct, write_stolen, arg));
	EXPECT_EQ(2, info_number(self->ct.dir, "records"));
	ASSERT_EQ(2, write(fd, "1\n", 2));
	EXPECT_EQ(1, info_number(self->ct.dir, "records"));
	close(fd);
}

TEST_F(trim, root_without_the_capability_cannot)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = {};
	int status;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(syscall(SYS_capset, &header, none) ? 250 : write_one(self->path));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(EPERM, WEXITSTATUS(status));
	EXPECT_EQ(2, info_number(self->ct.dir, "records"));
}

/* One writer at a time, who may have several files open; readers do not count. */
TEST_F(trim, one_task_at_a_time)
{
	char path[128];
	int fd, other, reader, status;
	pid_t pid;

	reader = open(self->path, O_RDONLY);
	fd = open(self->path, O_RDWR);
	ASSERT_LE(0, reader);
	ASSERT_LE(0, fd);
	snprintf(path, sizeof(path), "%s/ascii_runtime_measurements_sha256", self->ct.dir);
	other = open(path, O_WRONLY);
	ASSERT_LE(0, other);
	pid = fork();
	if (!pid)
		_exit(write_one(path));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(EBUSY, WEXITSTATUS(status));
	close(fd);
	pid = fork();
	if (!pid)
		_exit(write_one(path));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(EBUSY, WEXITSTATUS(status));
	close(other);
	pid = fork();
	if (!pid)
		_exit(write_one(path));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_EQ(1, info_number(self->ct.dir, "records"));
	close(reader);
}

TEST_HARNESS_MAIN
