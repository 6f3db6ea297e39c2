// SPDX-License-Identifier: GPL-2.0
/*
 * imans policy: show, check and load the rules of a namespace, or of those to
 * come.
 */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "imans.h"
#include "lib/policy.h"
#include "lib/sysinfo.h"

/**
 * struct target - a policy file of the kernel
 * @dirfd: its directory
 * @file: its name there
 * @path: all of it, for messages
 */
struct target {
	int dirfd;
	const char *file;
	char *path;
};

static int open_default(const struct imans *im, struct target *t)
{
	t->file = "default_policy";
	t->path = xasprintf("%s/%s", im->root.path, t->file);
	t->dirfd = open(im->root.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->dirfd < 0)
		return fail_errno(im->root.path,
				  errno == ENOENT ? "load the module: modprobe ima_ns_probe" : NULL,
				  errno);
	return IMANS_OK;
}

static int open_target(const struct imans *im, const char *arg, const char *pid, struct target *t)
{
	struct ns_name name;
	int ret;

	*t = (struct target){ .dirfd = -1 };
	if (!pid && !strcmp(arg, "default"))
		return open_default(im, t);
	ret = ns_resolve(&im->root, arg, pid, &name);
	if (ret)
		return ret;
	t->file = "policy";
	t->path = ns_path(&im->root, &name, t->file);
	return ns_open(&im->root, &name, &t->dirfd);
}

static void close_target(struct target *t)
{
	free(t->path);
	if (t->dirfd >= 0)
		close(t->dirfd);
}

static char *read_target(const struct target *t)
{
	int fd = openat(t->dirfd, t->file, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? NULL : read_fd(fd, POLICY_TEXT_MAX, NULL);
}

static int fail_target(const struct target *t, int err)
{
	const char *todo = err == EBUSY	 ? "somebody else is writing it; try again" :
			   err == ENOENT ? "is this an older version of ima_ns?" :
					   NULL;

	return fail_errno(t->path, todo, err);
}

/* show */

static void put_lines(FILE *out, const char *text)
{
	size_t n;

	for (; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		sentence_put(out, text, n);
		putc('\n', out);
	}
}

static int show(const struct imans *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "pid", required_argument, NULL, 'p' },
		{ 0 },
	};
	const char *pid = NULL;
	struct target t;
	char *text;
	int c, ret;

	while ((c = getopt_long(argc, argv, ":p:", options, NULL)) != -1) {
		if (c != 'p')
			return option_error("policy", argv, c);
		pid = optarg;
	}
	if (argc - optind > !pid)
		return usage_error("policy", "show takes NSID, --pid PID or default");
	ret = open_target(im, optind < argc ? argv[optind] : "default", pid, &t);
	if (!ret) {
		text = read_target(&t);
		if (!text)
			ret = fail_target(&t, errno);
		else if (isatty(STDOUT_FILENO))
			put_lines(stdout, text);
		else
			fputs(text, stdout);
		free(text);
	}
	close_target(&t);
	return ret;
}

/* check */

/**
 * struct source - a policy that somebody wrote
 * @name: of its file, for messages
 * @text: its content
 * @len: bytes of it
 * @report: what the parser says
 */
struct source {
	const char *name;
	char *text;
	size_t len;
	struct policy_report report;
};

static int read_source(const char *file, const struct ima_ns_dialect *dialect, bool host,
		       struct source *s)
{
	bool is_stdin = !strcmp(file, "-");
	int fd = is_stdin ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);

	*s = (struct source){ .name = is_stdin ? "standard input" : file };
	if (fd >= 0)
		s->text = read_fd(fd, POLICY_TEXT_MAX, &s->len);
	if (!s->text)
		return fail_errno(s->name, NULL, errno);
	policy_check(dialect, host, s->text, s->len, &s->report);
	return IMANS_OK;
}

static void free_source(struct source *s)
{
	policy_report_free(&s->report);
	free(s->text);
}

static void put_faults(FILE *out, const struct source *s)
{
	bool excerpt = isatty(fileno(out));
	size_t i;

	for (i = 0; i < s->report.count; i++)
		policy_fault_put(out, s->name, &s->report.faults[i], excerpt);
}

static void put_rules(const struct source *s, const char *what)
{
	unsigned int n = s->report.policy->nr_rules;

	sentence_put(stdout, s->name, strlen(s->name));
	printf(": %u rule%s%s\n", n, n == 1 ? "" : "s", what);
}

static struct json_object *fault_json(const struct policy_fault *f)
{
	struct json_object *obj = json_object_new_object();

	json_add_u64(obj, "line", f->line);
	json_add_u64(obj, "column", f->column);
	json_add_text(obj, "token", f->column ? f->text + f->column - 1 : "", f->length);
	json_add_string(obj, "errno", strerrorname_np(f->err));
	json_add_string(obj, "reason", f->reason);
	return obj;
}

static struct json_object *source_json(const struct source *s, const char *dialect, bool host)
{
	struct json_object *obj = json_object_new_object(), *faults = json_object_new_array();
	size_t i;

	json_add_text(obj, "file", s->name, strlen(s->name));
	json_add_string(obj, "kernel", dialect);
	json_add_string(obj, "for", host ? "host" : "namespace");
	json_add_u64(obj, "rules", s->report.policy ? s->report.policy->nr_rules : 0);
	for (i = 0; i < s->report.count; i++)
		json_object_array_add(faults, fault_json(&s->report.faults[i]));
	json_add(obj, "errors", faults);
	return obj;
}

static int check_files(char **files, const struct ima_ns_dialect *dialect, bool host, bool json)
{
	struct json_object *all = json ? json_object_new_array() : NULL;
	struct source s;
	int ret = IMANS_OK;

	for (; *files; files++) {
		if (read_source(*files, dialect, host, &s)) {
			ret = IMANS_FAILED;
			continue;
		}
		if (s.report.count)
			ret = IMANS_FAILED;
		if (all)
			json_object_array_add(all, source_json(&s, dialect->name, host));
		else if (s.report.count)
			put_faults(stdout, &s);
		else
			put_rules(&s, "");
		free_source(&s);
	}
	if (all)
		json_put(stdout, all, true);
	json_object_put(all);
	return ret;
}

/* The module may have been loaded with a format of one's own.  Without it there is none. */
static void running_format(const struct imans *im)
{
	char *path = xasprintf("%s/status", im->root.path);
	char *status = read_small_file(AT_FDCWD, path, NULL);
	const char *format;
	size_t len;

	format = status ? kv_find(status, "template", &len) : NULL;
	if (format)
		policy_format(format, len);
	free(status);
	free(path);
}

/* The grammar of this host. */
static int running_dialect(const struct imans *im, const struct ima_ns_dialect **dialect)
{
	char *release = sys_release(im->root.sysroot);

	running_format(im);
	*dialect = release ? policy_dialect(release) : NULL;
	free(release);
	if (*dialect)
		return IMANS_OK;
	return fail("/proc/sys/kernel/osrelease", "run where /proc is mounted, or check --kernel",
		    "the release of the kernel is not known");
}

static const struct ima_ns_dialect *named_dialect(const char *name)
{
	static const struct ima_ns_dialect *const all[] = { &ima_ns_dialect_6_12,
							    &ima_ns_dialect_7_2 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	return NULL;
}

static int check(const struct imans *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "kernel", required_argument, NULL, 'k' },
		{ "host", no_argument, NULL, 'H' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	const struct ima_ns_dialect *dialect = NULL;
	bool host = false, json = false;
	int c, ret;

	while ((c = getopt_long(argc, argv, ":k:Hj", options, NULL)) != -1) {
		if (c == 'k') {
			dialect = named_dialect(optarg);
			if (!dialect)
				return usage_error("policy", "--kernel is 6.12 or 7.2");
		} else if (c == 'H') {
			host = true;
		} else if (c == 'j') {
			json = true;
		} else {
			return option_error("policy", argv, c);
		}
	}
	if (optind == argc)
		return usage_error("policy", "check needs a FILE, or - for standard input");
	ret = dialect ? IMANS_OK : running_dialect(im, &dialect);
	return ret ? ret : check_files(argv + optind, dialect, host, json);
}

/* load */

/* One write() is one line to the kernel.  Return: 0 or an errno, of line @number. */
static int write_lines(int fd, const char *text, size_t len, unsigned int *number)
{
	char line[IMA_NS_POLICY_LINE_MAX + 1];
	const char *end;
	ssize_t written;
	size_t n;

	for (*number = 1; len; ++*number) {
		end = memchr(text, '\n', len);
		n = end ? (size_t)(end - text) : len;
		memcpy(line, text, n); /* no longer than that: it was checked */
		line[n] = '\n';
		written = write(fd, line, n + 1);
		if (written != (ssize_t)n + 1)
			return written < 0 ? errno : EIO;
		n += !!end;
		text += n;
		len -= n;
	}
	return 0;
}

static int explain(const struct target *t, const struct source *s, unsigned int line, int err,
		   bool changed)
{
	const char *why = err == E2BIG ? "there would be too many rules" : strerror(err);
	char *what = line ? xasprintf("refuses line %u of %s: %s", line, s->name, why) :
			    xasprintf("refuses %s as a whole", s->name);
	int ret;

	if (changed)
		ret = fail(t->path, "see imans policy show",
			   "%s: and yet the policy is another one now", what);
	else
		ret = fail(t->path, "the kernel log says why", "%s: nothing has changed", what);
	free(what);
	return ret;
}

/*
 * What was written until close() comes into force then, so nothing must end the
 * program in between.
 */
static int transfer(const struct target *t, const struct source *s, bool same_ids)
{
	char *before, *after = NULL, *rules;
	unsigned int number = 0;
	int fd, err = 0, ret = IMANS_OK;
	sigset_t all, old;
	size_t len;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	fd = openat(t->dirfd, t->file, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		ret = fail_target(t, errno);
		goto out;
	}
	/* There is one writer at a time: this is what will be replaced or appended to. */
	before = read_target(t);
	if (before)
		err = write_lines(fd, s->text, s->len, &number);
	else
		ret = fail_target(t, errno);
	/* close() cannot say no. */
	close(fd);
	if (before)
		after = read_target(t);
	if (before && !after)
		ret = fail_target(t, errno);
	if (after) {
		rules = policy_text(s->report.policy, &len);
		if (err)
			ret = explain(t, s, number, err, strcmp(before, after) != 0);
		else if (!policy_in_force(before, after, rules, same_ids))
			ret = explain(t, s, 0, 0, strcmp(before, after) != 0);
		free(rules);
	}
	free(before);
	free(after);
out:
	sigprocmask(SIG_SETMASK, &old, NULL);
	return ret;
}

static int load_into(const struct imans *im, const char *arg, const char *pid,
		     const struct source *s)
{
	struct target t;
	int ret = open_target(im, arg, pid, &t);

	/* A namespace's ids are those of its user namespace, and shown as the host's. */
	if (!ret)
		ret = transfer(&t, s, !strcmp(t.file, "default_policy"));
	close_target(&t);
	return ret;
}

static int load(const struct imans *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "pid", required_argument, NULL, 'p' },
		{ 0 },
	};
	const struct ima_ns_dialect *dialect;
	const char *pid = NULL;
	struct source s;
	int c, ret;

	while ((c = getopt_long(argc, argv, ":p:", options, NULL)) != -1) {
		if (c != 'p')
			return option_error("policy", argv, c);
		pid = optarg;
	}
	if (argc - optind != 1 + !pid)
		return usage_error("policy",
				   "needs NSID, --pid PID or default, and a FILE to load");
	ret = running_dialect(im, &dialect);
	if (ret)
		return ret;
	ret = read_source(argv[argc - 1], dialect, false, &s);
	if (!ret && s.report.count) {
		put_faults(stderr, &s);
		ret = fail(s.name, "correct it", "%zu error%s: nothing has been loaded",
			   s.report.count, s.report.count == 1 ? "" : "s");
	}
	if (!ret)
		ret = load_into(im, argv[optind], pid, &s);
	if (!ret)
		put_rules(&s, " loaded");
	free_source(&s);
	return ret;
}

/** cmd_policy() - show, check or load a policy */
int cmd_policy(const struct imans *im, int argc, char **argv)
{
	static const struct option none[] = { { 0 } };
	static const struct {
		const char *name;
		int (*run)(const struct imans *im, int argc, char **argv);
	} verbs[] = { { "show", show }, { "check", check }, { "load", load } };
	size_t i;
	int c;

	for (i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(im, argc - 1, argv + 1);
	c = getopt_long(argc, argv, "+:", none, NULL);
	if (c != -1)
		return option_error("policy", argv, c);
	return usage_error("policy", "needs one of show, check, load");
}
