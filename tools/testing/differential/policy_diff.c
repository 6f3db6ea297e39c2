// SPDX-License-Identifier: GPL-2.0
/*
 * The policy files of host IMA and of ours, on one kernel: the same lines are
 * taken, with the same errno, and what was taken is shown in the same words.
 *
 * Lines are those of tools/testing/host/policy_rows.h and combinations of parts
 * made here.  Of a row, host IMA must think what the row says that it thinks; what
 * only we refuse has to be one of the refusals that are documented.
 *
 * Host IMA cannot forget a rule.  Single lines are therefore tried behind a bad
 * one, so that close() drops them: any kernel can be asked this way.  One whose
 * policy can be written again and read (tools/testing/qemu/debug.config) then gets
 * what both take, some lines at a time, and the texts are compared after each.
 *
 *	policy_diff HOST-POLICY OUR-POLICY
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tap.h"

#define MAX_LINES 2000
#define LOADS 5

/* whom a row of policy_rows.h is about; those that are not hosts have no say here */
enum { H6 = 1, H7 = 2, H = H6 | H7, M6 = 0, M7 = 0, M = 0, N6 = 0, N7 = 0, N = 0 };

static const struct row {
	int who;
	int err;
	const char *text;
} rows[] = {
#define SAME(who, text) { who, 0, text },
#define GOOD(who, text, shown) { who, 0, text },
#define BAD(who, column, text) { who, EINVAL, text },
#define ERR(who, err, column, text, reason) { who, -(err), text },
#define ONCE(who, text, shown) { who, 0, text },
#define NOTHING(who, text) { who, 0, text },
#include "policy_rows.h"
};

/* nothing is said of the line */
#define ANY (-1)

static struct line {
	const char *text;
	int err;	/* of host IMA, or ANY */
} lines[MAX_LINES];
static unsigned int nr_lines;

/* host IMA's rules can be read, and written more than once */
static bool readable;

/* what both take, in the order in which it is loaded */
static const char *good[MAX_LINES];
static unsigned int nr_good;

enum { HOST, OURS };
static const char *paths[2];

static int open_policy(int side, int flags)
{
	int fd = open(paths[side], flags | O_CLOEXEC);

	if (fd < 0) {
		printf("Bail out! %s: %s\n", paths[side], strerror(errno));
		exit(2);
	}
	return fd;
}

static int put(int fd, const char *line)
{
	char buf[8192];
	int len = snprintf(buf, sizeof(buf), "%s\n", line);
	ssize_t n = write(fd, buf, len);

	if (n >= 0 && n != len)
		tap_note("%s: %zd bytes of %d taken", line, n, len);
	return n < 0 ? errno : 0;
}

/* @err: as in struct line */
static void add_line(const char *text, int err)
{
	unsigned int i;

	for (i = 0; i < nr_lines; i++) {
		if (strcmp(lines[i].text, text))
			continue;
		if (lines[i].err == ANY)
			lines[i].err = err;
		return;
	}
	if (nr_lines == MAX_LINES) {
		printf("Bail out! more than %d lines\n", MAX_LINES);
		exit(2);
	}
	lines[nr_lines++] = (struct line){ text, err };
}

/* The rows, with what they say of the kernel that runs. */
static void add_rows(void)
{
	struct utsname name;
	int major, minor, me;
	size_t i;

	if (uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2) {
		printf("Bail out! which kernel is this?\n");
		exit(2);
	}
	me = major < 6 || (major == 6 && minor <= 12) ? H6 : H7;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		add_line(rows[i].text, rows[i].who & me ? rows[i].err : ANY);
}

/* --- combinations ---------------------------------------------------------------- */

static const char *const actions[] = { "measure", "dont_measure", "hash", "dont_hash", "audit" };

static const char *const funcs[] = {
	"", " func=FILE_CHECK", " func=MMAP_CHECK", " func=MMAP_CHECK_REQPROT", " func=BPRM_CHECK",
	" func=CREDS_CHECK", " func=MODULE_CHECK", " func=FIRMWARE_CHECK", " func=POLICY_CHECK",
	" func=KEXEC_KERNEL_CHECK", " func=KEXEC_INITRAMFS_CHECK", " func=KEXEC_CMDLINE",
	" func=KEY_CHECK", " func=CRITICAL_DATA", " func=SETXATTR_CHECK",
};

static const char *const conditions[] = {
	"", " mask=MAY_EXEC", " mask=^MAY_READ", " fsmagic=0xef53", " fsname=ext4",
	" fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f6", " uid=0", " euid>5", " gid<7", " egid=1",
	" fowner>99", " fgroup=7", " pcr=11", " template=ima-sig", " permit_directio",
	" keyrings=.ima", " label=x", " appraise_type=imasig", " digest_type=verity",
	" appraise_algos=sha256", " appraise_flag=check_blacklist",
};

#define for_each(i, array) for ((i) = 0; (i) < sizeof(array) / sizeof(*(array)); (i)++)

static void combine(void)
{
	size_t a, f, c;
	char *line;

	for_each(f, funcs) {
		for_each(c, conditions) {
			/* each condition with measure, and with one other action */
			a = 1 + (f + c) % (sizeof(actions) / sizeof(*actions) - 1);
			if (asprintf(&line, "measure%s%s", funcs[f], conditions[c]) > 0)
				add_line(line, ANY);
			if (asprintf(&line, "%s%s%s", actions[a], conditions[c], funcs[f]) > 0)
				add_line(line, ANY);
		}
	}
}

/* --- single lines ------------------------------------------------------------------ */

/*
 * What a namespace does not do, and its parser says so (Documentation/
 * differences-from-host-ima.rst): one of these is in the line.
 */
static bool refusable(const char *line)
{
	static const char *const words[] = {
		"appraise", "KEXEC_", "KEY_CHECK", "CRITICAL_DATA",
		"obj_user=", "obj_role=", "obj_type=", "subj_user=", "subj_role=", "subj_type=",
	};
	const char *pcr = strstr(line, "pcr=");
	size_t i;

	for_each(i, words)
		if (strstr(line, words[i]))
			return true;
	return pcr && atoi(pcr + 4) >= 24;
}

/* A label is right or wrong by the kernel's LSMs, of which this one has none. */
static bool has_label(const char *line)
{
	return strstr(line, "obj_") || strstr(line, "subj_");
}

/* An action of it would slow the guest down or be written into the kernel log. */
static bool loud(const char *line)
{
	return strstr(line, "audit") || strstr(line, "hash ") || !strcmp(line, "hash");
}

/* Whether a kernel knows an algorithm is a matter of its configuration. */
static bool has_algorithms(const char *line)
{
	return strstr(line, "md4") || strstr(line, "sm3") || strstr(line, "sha3-512");
}

static void check_line(int fds[2], const struct line *l)
{
	int host = put(fds[HOST], l->text), ours = put(fds[OURS], l->text);
	bool same = host == ours, expected;

	if (!same && refusable(l->text))
		same = ours == EOPNOTSUPP || ours == EINVAL;
	if (has_label(l->text))
		same = ours != 0;
	expected = l->err == ANY || l->err == host || has_label(l->text) || has_algorithms(l->text);
	if (!tap_ok(same && expected, "%s", l->text))
		tap_note("host IMA: %s; ours: %s; expected of host IMA: %s", strerror(host),
			 strerror(ours), l->err == ANY ? "the same" : strerror(l->err));
	if (!host && !ours)
		good[nr_good++] = l->text;
}

static void check_lines(void)
{
	int fds[2] = { open_policy(HOST, O_WRONLY), open_policy(OURS, O_WRONLY) };
	unsigned int i, known = 0;

	/* whatever comes, nothing of it is loaded */
	if (!tap_ok(put(fds[HOST], "spoiled") == EINVAL && put(fds[OURS], "spoiled") == EINVAL,
		    "a bad line is refused"))
		exit(2);
	for (i = 0; i < nr_lines; i++) {
		check_line(fds, &lines[i]);
		known += lines[i].err != ANY;
	}
	close(fds[HOST]);
	close(fds[OURS]);
	tap_note("%u lines, %u of them with a known answer, %u taken by both", nr_lines, known,
		 nr_good);
}

/* --- loading ------------------------------------------------------------------------- */

static char *text_of(int side)
{
	size_t room = 1 << 20, n = 0;
	char *text = calloc(1, room);
	int fd = open_policy(side, O_RDONLY);
	ssize_t got;

	while ((got = read(fd, text + n, room - 1 - n)) > 0)
		n += got;
	close(fd);
	return text;
}

static void first_difference(const char *host, const char *ours)
{
	unsigned int line = 1;
	size_t i, from = 0;

	for (i = 0; host[i] && host[i] == ours[i]; i++) {
		if (host[i] == '\n') {
			line++;
			from = i + 1;
		}
	}
	tap_note("line %u: host IMA \"%.*s\", ours \"%.*s\"", line,
		 (int)strcspn(host + from, "\n"), host + from,
		 (int)strcspn(ours + from, "\n"), ours + from);
}

static unsigned int rules_in(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static bool same_text(const char *what)
{
	char *host = text_of(HOST), *ours = text_of(OURS);
	bool same = tap_ok(!strcmp(host, ours), "%s: same text of %u rules", what, rules_in(host));

	if (!same) {
		tap_note("host IMA has %u rules, ours %u", rules_in(host), rules_in(ours));
		first_difference(host, ours);
	}
	free(host);
	free(ours);
	return same;
}

/* Both sides: the lines, each in a write of its own; one bad line in between if @bad. */
static void load(unsigned int from, unsigned int to, bool bad)
{
	unsigned int i;
	int side, fd, err;

	for (side = HOST; side <= OURS; side++) {
		fd = open_policy(side, O_WRONLY);
		for (i = from; i < to; i++) {
			err = put(fd, good[i]);
			if (err)
				tap_ok(false, "%s: taken before, now: %s", good[i], strerror(err));
			if (bad && i == (from + to) / 2)
				put(fd, "measure func=NOSUCH");
		}
		close(fd);
	}
}

static int quiet_first(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	int d = loud(*x) - loud(*y);

	return d ?: (x > y) - (x < y);
}

/*
 * Host IMA shall not measure the whole guest meanwhile: "dont_measure" goes
 * first, and what is loud at the end.
 */
static void order_lines(void)
{
	unsigned int i;

	for (i = 0; i < nr_good; i++) {
		if (!strcmp(good[i], "dont_measure")) {
			good[i] = good[0];
			good[0] = "dont_measure";
		}
	}
	qsort(good + 1, nr_good - 1, sizeof(*good), quiet_first);
}

static void check_loads(void)
{
	unsigned int k, from, to;
	char what[64];

	order_lines();
	load(0, nr_good / LOADS, true);
	/* the built-in rules differ: ours are not empty */
	tap_ok(!*text_of(HOST), "one bad line: host IMA loads nothing");
	for (k = 0; k < LOADS; k++) {
		from = nr_good * k / LOADS;
		to = nr_good * (k + 1) / LOADS;
		load(from, to, false);
		snprintf(what, sizeof(what), "load %u", k + 1);
		same_text(what);
		if (k == 1) {
			load(from, to, true);
			same_text("one bad line, nothing is appended");
		}
	}
}

/* --- how the file behaves --------------------------------------------------------------- */

static void check_write(const char *what, const char *text, size_t len)
{
	ssize_t n[2];
	int err[2], side, fd;

	for (side = HOST; side <= OURS; side++) {
		fd = open_policy(side, O_WRONLY);
		put(fd, "spoiled");
		errno = 0;
		n[side] = write(fd, text, len);
		err[side] = n[side] < 0 ? errno : 0;
		close(fd);
	}
	if (!tap_ok(n[HOST] == n[OURS] && err[HOST] == err[OURS], "write: %s", what))
		tap_note("host IMA: %zd %s; ours: %zd %s", n[HOST], strerror(err[HOST]),
			 n[OURS], strerror(err[OURS]));
}

static void check_writes(void)
{
	static char big[10000];

	check_write("one line", "measure uid=77\n", 15);
	check_write("no newline", "measure uid=77", 14);
	check_write("two lines", "measure uid=77\nmeasure uid=78\n", 30);
	check_write("nothing", "", 0);
	check_write("a newline", "\n", 1);
	check_write("a NUL in it", "measure\0uid=77\n", 15);
	check_write("a NUL first", "\0measure\n", 9);
	check_write("a path that is not there", "/no/such/file\n", 14);
	check_write("a directory", "/\n", 2);
	memset(big, ' ', sizeof(big));
	memcpy(big, "measure", 7);
	check_write("4095 bytes", big, 4095);
	check_write("4096 bytes", big, 4096);
	check_write("10000 bytes", big, sizeof(big));
	memset(big + 8, 'x', sizeof(big) - 8);
	check_write("a long word", big, sizeof(big));
	memcpy(big, "#", 1);
	check_write("a long comment", big, sizeof(big));
}

static int open_errno(int side, int flags)
{
	int fd = open(paths[side], flags | O_CLOEXEC), err = fd < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return err;
}

static void same_errno(const char *what, const int err[2])
{
	if (!tap_ok(err[HOST] == err[OURS], "%s", what))
		tap_note("host IMA: %s; ours: %s", strerror(err[HOST]), strerror(err[OURS]));
}

static void check_opens(void)
{
	int rdwr[2], second[2], reader[2], pwrites[2], trunc[2], side, fd;

	for (side = HOST; side <= OURS; side++) {
		rdwr[side] = open_errno(side, O_RDWR);
		trunc[side] = open_errno(side, O_WRONLY | O_TRUNC | O_APPEND);
		fd = open_policy(side, O_WRONLY);
		second[side] = open_errno(side, O_WRONLY);
		reader[side] = open_errno(side, O_RDONLY);
		pwrites[side] = pwrite(fd, "hash\n", 5, 1) < 0 ? errno : 0;
		close(fd);
	}
	same_errno("open for reading and writing", rdwr);
	same_errno("open as a shell's > or >> does", trunc);
	same_errno("a second writer", second);
	if (readable)
		same_errno("a reader beside a writer", reader);
	same_errno("write at an offset", pwrites);
}

/* A file's name instead of rules. */
static void check_files(void)
{
	static const char *const texts[] = {
		"hash uid=4711\n", "# a comment\nhash uid=4712\n\nhash uid=4713\n",
		"hash uid=4714\nbad\n", "hash uid=4715", "", "\n",
	};
	static const char path[] = "/tmp/policy.rules";
	int side, err[2];
	char what[64];
	size_t i;

	for_each(i, texts) {
		FILE *f = fopen(path, "w");

		/* closed before it is read: a file with a writer is refused (ETXTBSY) */
		if (!f || fputs(texts[i], f) < 0 || fclose(f))
			tap_note("%s: %s", path, strerror(errno));
		for (side = HOST; side <= OURS; side++) {
			int policy = open_policy(side, O_WRONLY);

			err[side] = put(policy, path);
			close(policy);
		}
		snprintf(what, sizeof(what), "file %zu", i);
		same_errno(what, err);
		same_text(what);
	}
	unlink(path);
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: policy_diff HOST-POLICY OUR-POLICY\n");
		return 2;
	}
	paths[HOST] = argv[1];
	paths[OURS] = argv[2];
	fd = open(paths[HOST], O_RDONLY);
	readable = fd >= 0;
	close(fd);
	add_rows();
	combine();
	check_opens();
	check_writes();
	check_lines();
	if (readable) {
		check_loads();
		check_files();
	}
	return tap_done();
}
