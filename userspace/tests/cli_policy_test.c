// SPDX-License-Identifier: GPL-2.0
/*
 * imans policy, on policy files that are plain: what is written is there at
 * once, and appended only where a test says so.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>

#include "tests/fake.h"
#include "tests/tap.h"

static char *dir;
static char good[128], bad[128], file[128];

/* As the kernel shows them, so that a plain file is like the kernel's. */
#define END " " /* before every newline */ "\n"
static const char two_rules[] = "dont_measure fsmagic=0x9fa0" END "measure func=BPRM_CHECK" END;

static void exits(const struct fake_run *r, int status, const char *name)
{
	if (!ok(r->status == status, "exit status %d: %s", status, name))
		printf("# got %d\n# stdout: %s\n# stderr: %s\n", r->status, r->out, r->err);
}

static char *content(const char *name)
{
	static char text[8192];
	char path[256];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (f) {
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	return text;
}

/* A policy file that is really another one. */
static void policy_is(const char *target)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/9/policy", dir);
	unlink(path);
	if (symlink(target, path))
		exit(99);
}

static void test_usage(void)
{
	exits(imans("policy"), 2, "no verb");
	exits(imans("policy", "sho"), 2, "no such verb");
	exits(imans("policy", "check"), 2, "check without a file");
	exits(imans("policy", "check", "--kernel", "5.4", good), 2, "no such kernel");
	exits(imans("policy", "check", "--kernel"), 2, "no kernel");
	exits(imans("policy", "check", "--pid", "1", good), 2, "check has no --pid");
	exits(imans("policy", "load", "default"), 2, "load without a file");
	exits(imans("policy", "load", "--pid", "1"), 2, "load without a file, by process");
	exits(imans("policy", "load", "--pid", "1", "9", good), 2, "load with two namespaces");
	exits(imans("policy", "show", "9", "10"), 2, "show with two namespaces");
	exits(imans("policy", "show", "--pid", "1", "9"), 2, "show with two namespaces");
	has(imans("policy", "load", "--help")->out, "imans policy load NSID|default FILE",
	    "help of a verb");
}

static void test_show(void)
{
	struct fake_run *r;

	fake_text(dir, "default_policy", "measure func=BPRM_CHECK" END);
	fake_text(dir, "9/policy", two_rules);
	r = imans("--root", dir, "policy", "show");
	exits(r, 0, "show");
	is(r->out, "measure func=BPRM_CHECK" END, "the default policy");
	is(imans("--root", dir, "policy", "show", "default")->out, "measure func=BPRM_CHECK" END,
	   "by its name");
	is(imans("--root", dir, "policy", "show", "9")->out, two_rules, "that of a namespace");
	is(imans("--root", dir, "policy", "show", "docker-9")->out, two_rules, "by its cgroup");
	exits(imans("--root", dir, "policy", "show", "77"), 1, "no such namespace");
	exits(imans("--root", "/nonexistent", "policy", "show"), 1, "no module");
	r = imans("--root", dir, "policy", "show", "10");
	exits(r, 1, "no policy file");
	has(r->err, "/10/policy: No such file", "is named");
}

/* A rule may name the format that the module was loaded with, as it is. */
static void test_format(void)
{
	char rules[256];

	snprintf(rules, sizeof(rules), "%s/formats", dir);
	fake_text(dir, "formats", "measure fowner=1 template=n-ng|d-ng|iuid" END);
	exits(imans("--root", dir, "policy", "check", rules), 1, "a format that is not there");
	fake_text(dir, "status", "version=0.1\ntemplate=n-ng|d-ng|iuid\nhash=sha256\n");
	exits(imans("--root", dir, "policy", "check", rules), 0, "the module's own format");
	exits(imans("--root", dir, "policy", "check", "--kernel", "7.2", rules), 1,
	      "another machine's module has another");
	fake_text(dir, "9/policy", "");
	exits(imans("--root", dir, "policy", "load", "9", rules), 0, "it is loaded");
	is(content("9/policy"), "measure fowner=1 template=n-ng|d-ng|iuid" END, "as it is");
	fake_text(dir, "status", "version=0.1\ntemplate=n-ng|nosuch\n");
	exits(imans("--root", dir, "policy", "check", rules), 1, "a format that makes no sense");
	fake_status(dir, "attached");
}

static void test_check(void)
{
	struct json_object *all, *v;
	struct fake_run *r;
	char want[512];
	int in;

	r = imans("policy", "check", good);
	exits(r, 0, "check");
	snprintf(want, sizeof(want), "%s: 2 rules\n", good);
	is(r->out, want, "the number of rules");
	r = imans("policy", "check", bad);
	exits(r, 1, "a bad policy");
	snprintf(want, sizeof(want),
		 "%s:2:9: colour=red: unknown word; see ABI/testing/ima_policy\n"
		 "%s:3:1: appraise: appraisal per namespace is not in this release; measure "
		 "instead\n",
		 bad, bad);
	is(r->out, want, "all bad lines, and no mark as this is no terminal");
	is(r->err, "", "and nothing else");
	ok(!strstr(imans("policy", "check", "--host", bad)->out, "appraise"), "for a host");
	exits(imans("policy", "check", "--kernel", "7.2", file), 0, "a word of 7.2");
	exits(imans("policy", "check", "--kernel", "6.12", file), 1, "is none of 6.12");
	r = imans("policy", "check", bad, "/nonexistent", good);
	exits(r, 1, "one good file does not make up for a bad one");
	has(r->err, "imans: /nonexistent: No such file", "one that is missing is named");
	has(r->out, ": 2 rules\n", "and the next one read");
	exits(imans("policy", "check", "/dev/zero"), 1, "a file without end");
	exits(imans("policy", "check", dir), 1, "a directory");

	in = open(bad, O_RDONLY);
	r = fake_imans_stdin((const char *const[]){ "policy", "check", "-", NULL }, in);
	close(in);
	exits(r, 1, "standard input");
	has(r->out, "standard input:2:9: colour=red: ", "is called so");

	r = imans("policy", "check", "--json", "--kernel", "6.12", good, bad);
	exits(r, 1, "check --json");
	all = json_tokener_parse(r->out);
	ok(all && json_object_array_length(all) == 2, "an object for each file");
	ok(!json_pointer_get(all, "/0/rules", &v) && json_object_get_int(v) == 2, "rules");
	ok(!json_pointer_get(all, "/0/errors", &v) && !json_object_array_length(v), "no errors");
	ok(!json_pointer_get(all, "/1/errors/0/line", &v) && json_object_get_int(v) == 2, "line");
	ok(!json_pointer_get(all, "/1/errors/0/column", &v) && json_object_get_int(v) == 9,
	   "column");
	ok(!json_pointer_get(all, "/1/errors/1/token", &v) &&
		   !strcmp(json_object_get_string(v), "appraise"),
	   "token");
	ok(!json_pointer_get(all, "/1/errors/1/errno", &v) &&
		   !strcmp(json_object_get_string(v), "EOPNOTSUPP"),
	   "errno");
	json_object_put(all);
}

/* The language is that of the running kernel, whose version a tree can have. */
static void test_running_kernel(void)
{
	fake_text(dir, "proc/sys/kernel/osrelease", "6.12.94\n");
	exits(imans("--sysroot", dir, "policy", "check", file), 1, "on 6.12");
	fake_text(dir, "proc/sys/kernel/osrelease", "7.2.1\n");
	exits(imans("--sysroot", dir, "policy", "check", file), 0, "on 7.2");
	fake_text(dir, "proc/sys/kernel/osrelease", "x\n");
	has(imans("--sysroot", dir, "policy", "check", file)->err, "check --kernel",
	    "on no kernel that we know");
	exits(imans("--sysroot", dir, "policy", "check", "--kernel", "7.2", file), 0,
	      "where it need not be known");
}

static void test_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave, status;
	const char *program = getenv("IMANS");
	char text[4096] = "";
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	if (master < 0 || grantpt(master) || unlockpt(master)) {
		tap_skip("no terminals here");
		return;
	}
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	pid = fake_start(program ? program : "./imans",
			 (const char *const[]){ "policy", "check", bad, NULL }, -1, slave, -1);
	close(slave);
	while ((n = read(master, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	waitpid(pid, &status, 0);
	close(master);
	has(text, "\r\n    measure colour=red\r\n            ^~~~~~~~~~\r\n",
	    "a mark below the token on a terminal");
}

static void test_load(void)
{
	struct fake_run *r;

	fake_text(dir, "default_policy", "");
	fake_text(dir, "9/policy", "");
	r = imans("--root", dir, "policy", "load", "default", good);
	exits(r, 0, "load");
	has(r->out, ": 2 rules loaded\n", "says how many");
	is(content("default_policy"), two_rules, "all is written");
	is(content("9/policy"), "", "and where it belongs");
	exits(imans("--root", dir, "policy", "load", "9", good), 0, "load into a namespace");
	is(content("9/policy"), two_rules, "all is written");
	fake_text(dir, "9/policy", "");
	r = imans("--root", dir, "policy", "load", "9", bad);
	exits(r, 1, "a bad policy");
	has(r->err, ":2:9: colour=red: unknown word", "is checked first");
	has(r->err, "2 errors: nothing has been loaded", "says so");
	is(content("9/policy"), "", "and nothing written");
	exits(imans("--root", dir, "policy", "load", "77", good), 1, "no such namespace");
	exits(imans("--root", dir, "policy", "load", "10", good), 1, "no policy file");
	exits(imans("--root", dir, "policy", "load", "9", "/nonexistent"), 1, "no such file");
}

static void test_refused(void)
{
	struct fake_run *r;

	/* It takes no text, and does not change. */
	policy_is("/proc/self/oom_score_adj");
	r = imans("--root", dir, "policy", "load", "9", good);
	exits(r, 1, "the kernel refuses a line");
	has(r->err, "/9/policy: refuses line 1 of ", "says which");
	has(r->err, ": Invalid argument: nothing has changed: the kernel log says why", "and why");
	is(r->out, "", "and not that rules were loaded");
	/* It takes all, and close() does not say that it was in vain. */
	policy_is("/dev/null");
	r = imans("--root", dir, "policy", "load", "9", good);
	exits(r, 1, "the kernel drops it all");
	has(r->err, " as a whole: nothing has changed: ", "says so");

	policy_is("real");
	fake_text(dir, "9/real", "");
	fake_refuse(EOPNOTSUPP, sizeof("measure func=BPRM_CHECK ") - 1 + 1);
	r = imans("--root", dir, "policy", "load", "9", good);
	fake_refuse(0, 0);
	exits(r, 1, "the second line is refused");
	has(r->err, "refuses line 2 of ", "says which");
	has(r->err, "Operation not supported: and yet the policy is another one now",
	    "and does not say that nothing has changed when something has");
	fake_refuse(EBUSY, 0);
	r = imans("--root", dir, "policy", "load", "9", good);
	fake_refuse(0, 0);
	exits(r, 1, "a line is refused");
	fake_text(dir, "9/real",
		  "measure func=MMAP_CHECK" END "measure func=MMAP_CHECK" END
		  "measure func=MMAP_CHECK" END);
	exits(imans("--root", dir, "policy", "load", "9", good), 1,
	      "a policy that ends with other rules");
}

int main(void)
{
	struct fake_log none = { 0 };

	dir = fake_dir();
	fake_status(dir, "attached");
	fake_append_file(&none, "/x", 0);
	fake_namespace(dir, "9", NULL, &none);
	fake_namespace(dir, "10", NULL, &none);
	fake_text(dir, "good", two_rules);
	fake_text(dir, "bad", "measure\nmeasure colour=red\nappraise\naudit\n");
	fake_text(dir, "new", "dont_audit\n");
	snprintf(good, sizeof(good), "%s/good", dir);
	snprintf(bad, sizeof(bad), "%s/bad", dir);
	snprintf(file, sizeof(file), "%s/new", dir);
	test_usage();
	test_show();
	test_check();
	test_format();
	test_running_kernel();
	test_terminal();
	test_load();
	test_refused();
	fake_log_free(&none);
	fake_remove(dir);
	free(dir);
	return tap_done();
}
