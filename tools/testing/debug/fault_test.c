// SPDX-License-Identifier: GPL-2.0
/*
 * Memory runs out: every allocation that our modules make, or have made on
 * their behalf, fails once, one after the other, in every event that they take
 * part in.  Needs a kernel with FAILSLAB (tools/testing/qemu/debug.config).
 *
 * /proc/self/fail-nth makes the N-th allocation of a task fail, and the filter
 * by stack trace counts only those below a function of our module.  Such a loop
 * ends when an operation makes fewer than N allocations.
 *
 * What is true of each step: nothing crashes; an event is in the log, or its
 * loss is counted and the PCR spoiled; with overflow=deny, what is lost is
 * denied and nothing else is; a policy is the old one or the new one; a log is
 * trimmed or as before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../selftests/ima_ns/lib.h"
#include "../host/tap.h"

#define FAILSLAB "/sys/kernel/debug/failslab/"
#define MAX_NTH 300
#define ROOT "root"

/* --- failslab ---------------------------------------------------------------- */

static int set(const char *file, const char *value)
{
	char path[128];
	int err;

	snprintf(path, sizeof(path), FAILSLAB "%s", file);
	err = write_file(path, value);
	if (err)
		tap_note("%s = %s: %s", path, value, strerror(-err));
	return err;
}

/* Count only what is allocated below a function of the module. */
static int filter_module(const char *module)
{
	char name[64], start[32], end[32];
	unsigned long long size, base;
	FILE *f = fopen("/proc/modules", "r");
	bool found = false;

	while (f && !found && fscanf(f, "%63s %llu %*s %*s %*s %llx%*[^\n]", name, &size, &base) == 3)
		found = !strcmp(name, module);
	if (f)
		fclose(f);
	if (!found)
		return -1;
	snprintf(start, sizeof(start), "0x%llx", base);
	snprintf(end, sizeof(end), "0x%llx", base + size);
	return set("stacktrace-depth", "32") || set("require-start", start) ||
		set("require-end", end) ? -1 : 0;
}

static int failslab_on(void)
{
	return set("ignore-gfp-wait", "N") || set("cache-filter", "N") || set("verbose", "0") ||
		set("probability", "0") || set("times", "-1") ||
		filter_module("ima_ns") ? -1 : 0;
}

/* The next N-th allocation of this task fails. */
static void fail_nth(unsigned int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	write_file("/proc/self/fail-nth", text);
}

/* Return: did it? */
static bool failed_nth(void)
{
	char *text = read_file("/proc/self/fail-nth", NULL);
	bool failed = text && !atoi(text);

	free(text);
	fail_nth(0);
	return failed;
}

/* --- in the container ----------------------------------------------------------- */

/* "NTH PATH": map it.  Return: 0 nothing failed, 1 failed and mapped, 2 and was denied. */
static int map_failing(const char *arg)
{
	const char *path = strchr(arg, ' ') + 1;
	int err;

	fail_nth(atoi(arg));
	err = do_map(path);
	if (!failed_nth())
		return err ? 100 + err : 0;
	return !err ? 1 : err == EACCES || err == EPERM ? 2 : 100 + err;
}

/* --- tests -------------------------------------------------------------------------- */

struct counts {
	long poisoned;
	long records;
};

static struct counts counts_of(const struct ct *ct)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/info", ct->dir);
	return (struct counts){ number_in(path, "poisoned"), number_in(path, "records") };
}

static bool new_payload(unsigned int n)
{
	char *payload = test_program("../selftests/ima_ns/payload");
	char path[64], tail[32];
	bool good;

	snprintf(path, sizeof(path), ROOT "/bin/p%u", n);
	snprintf(tail, sizeof(tail), "%u.%d", n, getpid());
	good = !copy_file(payload, path, tail);
	free(payload);
	return good;
}

/*
 * One file that is new to everybody, mapped with the N-th allocation failing.
 * Return: is what happened in order?  *@more: an allocation failed.
 */
static bool event_step(struct ct *ct, unsigned int n, bool deny, bool *more)
{
	struct counts before = counts_of(ct), after;
	char arg[64], name[32];
	bool lost, recorded;
	int got;

	snprintf(arg, sizeof(arg), "%u /bin/p%u", n, n);
	snprintf(name, sizeof(name), "/bin/p%u", n);
	got = ct_fork(ct, map_failing, arg);
	after = counts_of(ct);
	*more = got == 1 || got == 2;
	lost = after.poisoned == before.poisoned + 1;
	recorded = records_of(ct->dir, name) == 1;
	if (got == (lost && deny ? 2 : *more) && lost != recorded)
		return true;
	tap_note("allocation %u: result %d, lost %ld, records %d", n, got,
		 after.poisoned - before.poisoned, records_of(ct->dir, name));
	return false;
}

static void events(bool deny)
{
	unsigned int n, bad = 0, lost;
	bool more = true;
	struct ct ct;
	char why[256];

	tap_ok(!modules_reload(deny ? "overflow=deny" : ""), "modules load, overflow=%s",
	       deny ? "deny" : "allow");
	if (failslab_on() || ct_start(&ct, ROOT, NULL)) {
		tap_ok(false, "a container starts: %s", strerror(errno));
		return;
	}
	for (n = 1; more && n < MAX_NTH; n++) {
		if (!new_payload(n))
			break;
		bad += !event_step(&ct, n, deny, &more);
	}
	lost = counts_of(&ct).poisoned;
	tap_note("%u allocations, %u records lost", n - 2, lost);
	tap_ok(!bad && !more && n > 3, "an event is recorded, or its loss counted%s",
	       deny ? " and denied" : "");
	tap_ok(lost > 0, "a loss was provoked");
	/* the log is as good as ever, but for the PCR */
	tap_ok(dir_check(ct.dir, why, sizeof(why)) < 0, "the PCR does not match the log: %s", why);
	tap_ok(!log_trim(ct.dir, counts_of(&ct).records / 2) &&
	       !log_trim(ct.dir, counts_of(&ct).records) && !counts_of(&ct).records &&
	       dir_check(ct.dir, why, sizeof(why)) < 0,
	       "nor when what was lost is long ago: %s", why);
	ct_stop(&ct);
	tap_ok(ct_gone(&ct), "its directory goes");
}

/* A container whose first event meets a failing allocation. */
static bool birth_step(unsigned int n, bool deny, bool *more)
{
	static const struct ct_options no_join = { .no_join = true };
	long refused = status_number("refused");
	char arg[64];
	bool good;
	struct ct ct;
	int got;

	if (ct_start(&ct, ROOT, &no_join)) {
		tap_note("allocation %u: no container: %s", n, strerror(errno));
		return false;
	}
	snprintf(arg, sizeof(arg), "%u /bin/payload", n);
	got = ct_fork(&ct, map_failing, arg);
	*more = got == 1 || got == 2;
	refused = status_number("refused") - refused;
	if (refused)
		good = absent(ct.dir) && got == (deny ? 2 : 1);
	else
		good = exists(ct.dir) && (got <= 1 || (deny && counts_of(&ct).poisoned == 1));
	if (!good)
		tap_note("allocation %u: result %d, refused %ld, directory %s", n, got, refused,
			 exists(ct.dir) ? "there" : "absent");
	/* who was refused is asked again */
	if (!deny && (ct_fork(&ct, do_map, "/bin/payload") || !exists(ct.dir))) {
		tap_note("allocation %u: no second chance", n);
		good = false;
	}
	ct_stop(&ct);
	return ct_gone(&ct) && good;
}

static void births(bool deny)
{
	unsigned int n, bad = 0;
	bool more = true;

	for (n = 1; more && n < MAX_NTH; n++)
		bad += !birth_step(n, deny, &more);
	tap_note("%u allocations", n - 2);
	tap_ok(!bad && !more && n > 3, "a namespace is born, or refused and counted%s",
	       deny ? " and its event denied" : "");
}

/* --- policy and logs, from the host --------------------------------------------------- */

static char *policy_text(const char *path)
{
	return read_file(path, NULL) ?: strdup("?");
}

/* Write a rule with the N-th allocation failing: the policy is the old one or has it. */
static bool policy_step(const char *path, unsigned int n, bool *more)
{
	char *before = policy_text(path), *after, rule[64], want[8192];
	int fd, took = -1;
	bool same, added;

	snprintf(rule, sizeof(rule), "measure func=BPRM_CHECK fsname=f%u uid=%u \n", n, n);
	fail_nth(n);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		took = write(fd, rule, strlen(rule)) == (ssize_t)strlen(rule);
		close(fd);
	}
	*more = failed_nth();
	after = policy_text(path);
	same = !strcmp(before, after);
	/* the first custom policy takes the place of the built-in one */
	snprintf(want, sizeof(want), "%s%s", strstr(before, "fsname=f") ? before : "", rule);
	added = !strcmp(after, want);
	free(before);
	free(after);
	if (added && took == 1)
		return true;
	if (same && *more)
		return true;
	tap_note("allocation %u: write %d, %s", n, took, same ? "unchanged" : "changed");
	return false;
}

static void policies(const char *path, const char *what)
{
	unsigned int n, bad = 0;
	bool more = true;

	for (n = 1; more && n < MAX_NTH; n++)
		bad += !policy_step(path, n, &more);
	tap_note("%u allocations", n - 2);
	tap_ok(!bad && !more && n > 3, "%s is the old one or the new one", what);
}

/* Delete one record with the N-th allocation failing: it is gone, or nothing is. */
static bool trim_step(struct ct *ct, unsigned int n, bool *more)
{
	long before = counts_of(ct).records, after;
	char why[256] = "";
	bool took, good;

	fail_nth(n);
	took = !log_trim(ct->dir, 1);
	*more = failed_nth();
	after = counts_of(ct).records;
	good = dir_check(ct->dir, why, sizeof(why)) > 0;
	if (good && after == before - took && (took || *more))
		return true;
	tap_note("allocation %u: %s, %ld records of %ld are left; %s", n, took ? "taken" : "refused",
		 after, before, why);
	return false;
}

static void trims(struct ct *ct)
{
	unsigned int n, bad = 0;
	bool more = true;
	char path[32];

	for (n = 1; n <= 40; n++) {
		snprintf(path, sizeof(path), "/bin/p%u", n);
		bad += !new_payload(n) || ct_fork(ct, do_map, path);
	}
	for (n = 1; more && n < 40; n++)
		bad += !trim_step(ct, n, &more);
	tap_note("%u allocations", n - 2);
	tap_ok(!bad && !more && n > 3, "a log is trimmed, or as before");
}

/* Read every file of a namespace: the text, or ENOMEM. */
static void logs(const char *dir)
{
	static const char *const files[] = {
		"ascii_runtime_measurements", "binary_runtime_measurements_sha256", "info",
		"runtime_measurements_count", "violations", "pcrs_sha256", "checkpoint", "policy",
	};
	unsigned int n, bad = 0;
	char path[160], *want, *got;
	size_t i, want_len, got_len;
	bool more;
	int err;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		want = read_file(path, &want_len);
		for (n = 1, more = true; more && n < MAX_NTH; n++) {
			fail_nth(n);
			got = read_file(path, &got_len);
			err = errno;
			more = failed_nth();
			if (got ? got_len != want_len || memcmp(got, want, got_len) :
			    err != ENOMEM || !more) {
				tap_note("%s, allocation %u: %s", files[i], n,
					 got ? "another text" : strerror(err));
				bad++;
			}
			free(got);
		}
		free(want);
	}
	tap_ok(!bad, "a file is read whole, or not at all");
}

static void from_the_host(void)
{
	char path[128];
	struct ct ct;

	if (failslab_on() || ct_start(&ct, ROOT, NULL)) {
		tap_ok(false, "a container starts: %s", strerror(errno));
		return;
	}
	logs(ct.dir);
	trims(&ct);
	snprintf(path, sizeof(path), "%s/policy", ct.dir);
	policies(path, "a namespace's policy");
	ct_stop(&ct);
	policies(TOP "/default_policy", "the default policy");
}

/* --- at random ------------------------------------------------------------------------ */

/* "SEED COUNT": map and execute, while one in ten allocations of this task fails. */
static int churn(const char *arg)
{
	unsigned int seed = atoi(arg), i;
	char path[64];

	if (write_file("/proc/self/make-it-fail", "1"))
		return 1;
	for (i = 0; i < 60; i++) {
		snprintf(path, sizeof(path), "/bin/p%u", 1 + (seed + i * 7) % 40);
		if (i % 3)
			do_map(path);
		else
			spawn(path);
	}
	return 0;
}

/* Containers come and go while allocations fail anywhere in the kernel. */
static void at_random(void)
{
	unsigned int round, i, good = 0;
	char arg[32];
	struct ct cts[3];

	for (i = 1; i <= 40; i++)
		new_payload(i);
	set("require-start", "0");
	set("require-end", "0xffffffffffffffff");
	set("stacktrace-depth", "0");
	set("task-filter", "Y");
	set("interval", "0");
	set("probability", "10");
	for (round = 0; round < 5; round++) {
		for (i = 0; i < 3; i++)
			cts[i].pid = ct_start(&cts[i], ROOT, NULL) ? 0 : cts[i].pid;
		for (i = 0; i < 3; i++) {
			snprintf(arg, sizeof(arg), "%u", round * 100 + i);
			if (cts[i].pid && ct_fork(&cts[i], churn, arg) >= 0)
				good++;
		}
		for (i = 0; i < 3; i++)
			ct_stop(&cts[i]);
	}
	set("probability", "0");
	set("task-filter", "N");
	tap_ok(good == 15, "containers live on while allocations fail: %u of 15", good);
	for (i = 0; i < 3; i++)
		tap_ok(ct_gone(&cts[i]), "container %u is forgotten", i + 1);
}

/* As root_make(), whose payload is beside the program. */
static int make_root(void)
{
	static const char *const dirs[] = { "", "/bin", "/dev", "/proc", "/security", "/tmp" };
	char path[64], *payload = test_program("../selftests/ima_ns/payload");
	size_t i;
	int err;

	for (i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(path, sizeof(path), ROOT "%s", dirs[i]);
		if (mkdir(path, 0755) && errno != EEXIST)
			return -1;
	}
	err = copy_file(payload, ROOT "/bin/payload", NULL);
	free(payload);
	return err;
}

int main(void)
{
	if (access(FAILSLAB "probability", W_OK)) {
		printf("1..0 # SKIP this kernel has no failslab\n");
		return 4;
	}
	if (make_root()) {
		printf("Bail out! no root for containers: %s\n", strerror(errno));
		return 2;
	}
	events(false);
	births(false);
	from_the_host();
	at_random();
	events(true);
	births(true);
	tap_ok(!modules_reload(""), "modules unload");
	return tap_done();
}
