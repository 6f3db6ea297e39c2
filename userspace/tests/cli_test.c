// SPDX-License-Identifier: GPL-2.0
/*
 * imans status, list, pcrs and create, run as a user runs them.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>

#include "tests/fake.h"
#include "tests/tap.h"

#define SHA1_HEX "0123456789abcdef0123456789abcdef01234567"

static char *dir;
static struct fake_log sample;

static void exits(const struct fake_run *r, int status, const char *name)
{
	if (!ok(r->status == status, "exit status %d: %s", status, name))
		printf("# got %d\n# stderr: %s\n", r->status, r->err);
}

/* A member along a path of keys and indices, as text. */
static const char *member(const char *json, const char *path)
{
	static struct json_object *root;
	struct json_object *obj;

	json_object_put(root);
	root = json_tokener_parse(json);
	if (!root || json_pointer_get(root, path, &obj))
		return NULL;
	return obj ? json_object_get_string(obj) : "null";
}

static void test_usage(void)
{
	static const char *const verbs[] = { "status", "list",	 "log",	   "pcrs",
					     "trim",   "policy", "create", "doctor" };
	struct fake_run *r;
	size_t i;

	exits(imans("--help"), 0, "--help");
	r = imans("--version");
	exits(r, 0, "--version");
	has(r->out, "imans ", "and it is told");
	r = fake_imans((const char *const[]){ NULL });
	exits(r, 2, "no command");
	is(r->out, "", "and nothing on stdout");
	has(r->err, "Usage:", "but the usage on stderr");
	r = imans("nonsense\033[2J");
	exits(r, 2, "no such command");
	has(r->err, "nonsense\\033[2J", "which is escaped");
	exits(imans("--nonsense"), 2, "no such option");
	exits(imans("--root"), 2, "an option without its argument");
	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		r = imans(verbs[i], "--help");
		exits(r, 0, verbs[i]);
		has(r->out, verbs[i], "its help");
		r = imans("--root", dir, verbs[i], "--nonsense");
		exits(r, 2, "no such option of a verb");
		has(r->err, "there is no option --nonsense", "it is named");
		r = imans("--root", dir, verbs[i], "-xj");
		exits(r, 2, "no such letter");
		has(r->err, "there is no option -x", "it is named");
		exits(imans("--root", dir, verbs[i], "a", "b", "c", "d"), 2, "too many arguments");
	}
	has(imans("list", "--json=x")->err, "there is no option --json=x", "a value too many");
	exits(imans("--root", dir, "pcrs"), 2, "pcrs without namespace");
	exits(imans("--root", dir, "pcrs", "1", "--pid", "1"), 2, "pcrs with two");
	exits(imans("--root", dir, "pcrs", "1", "--bank", "md5"), 2, "no such bank");
	exits(imans("--root", dir, "pcrs", "--bank"), 2, "no bank");
	exits(imans("--root", dir, "create"), 2, "create for nothing");
	exits(imans("--root", dir, "create", "--pid", "x"), 2, "create for no number");
	exits(imans("--root", dir, "create", "--pid", "1", "--ns", "x"), 2, "create for two");
}

static void test_absent(void)
{
	static const char *const verbs[] = { "status", "list" };
	struct fake_run *r;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		r = imans("--root", "/nonexistent", verbs[i]);
		exits(r, 1, "no module");
		has(r->err, "imans: /nonexistent", "the file is named");
		has(r->err, "modprobe ima_ns_probe", "and what to do");
	}
	exits(imans("--root", "/nonexistent", "pcrs", "1"), 1, "pcrs without module");
	exits(imans("--root", "/nonexistent", "create", "--pid", "1"), 1, "create without module");
}

static void test_status(void)
{
	struct fake_run *r;

	fake_status(dir, "attached");
	r = imans("--root", dir, "status");
	exits(r, 0, "status");
	has(r->out, "anchor:      mnt\n", "a line of it");
	r = imans("--root", dir, "status", "--json");
	is(member(r->out, "/banks"), "sha1,sha256", "status as JSON");
	ok(strstr(r->out, "\"born\": 5") || strstr(r->out, "\"born\":5"), "numbers are numbers");
	fake_status(dir, "absent");
	r = imans("--root", dir, "status");
	exits(r, 1, "status without probe");
	has(r->out, "probe:       absent\n", "is shown all the same");
	has(r->err, "status: the probe is not attached, nothing is measured: modprobe",
	    "and says what to do");
	fake_status(dir, "attached\033");
	r = imans("--root", dir, "status");
	exits(r, 1, "a strange state of the probe");
	has(r->out, "attached\\033", "which is escaped");
	fake_status(dir, "attached");
}

static void remove_namespace(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fake_remove(path);
}

static void test_list(void)
{
	char pcr[65] = "", path[4200];
	struct fake_run *r;
	unsigned int i;

	r = imans("--root", dir, "list");
	exits(r, 0, "an empty list");
	r = imans("--root", dir, "list", "--json");
	ok(member(r->out, "") && !member(r->out, "/0"), "an empty list as JSON");
	fake_namespace(dir, "4026532561", NULL, &sample);
	fake_namespace(dir, "900", "cgroup=/a b/\033[2J\xff\n", &sample);
	fake_namespace(dir, "900.31", "state=orphan\n", &sample);
	fake_namespace(dir, "900.4",
		       "poisoned=2\ndevice=/dev/ima-ns/900.4/tpmrm0\n", &sample);
	r = imans("--root", dir, "list");
	exits(r, 0, "a list");
	for (i = 0; i < 32; i++)
		sprintf(pcr + 2 * i, "%02x", sample.bank[1].pcr10[i]);
	has(r->out, pcr, "PCR 10 of the better bank, in full as this is no terminal");
	ok(strstr(r->out, "       900  ") < strstr(r->out, "     900.4  ") &&
		   strstr(r->out, "     900.4  ") < strstr(r->out, "    900.31  ") &&
		   strstr(r->out, "    900.31  ") < strstr(r->out, "4026532561  "),
	   "sorted by number");
	has(r->out, "  /a\\ b/\\033[2J\\xFF  ", "a cgroup that attacks the terminal");
	has(r->out, "  poisoned ", "a namespace that lost records");
	has(r->out, "  orphan ", "an orphan");
	has(r->out, "       11           1  ", "records and violations");
	r = imans("--root", dir, "list", "--json");
	is(member(r->out, "/3/nsid"), "4026532561", "list as JSON");
	is(member(r->out, "/3/pcr10/sha256"), pcr, "PCR 10 in it");
	is(member(r->out, "/0/cgroup_hex"), "2f6120622f1b5b324aff", "the exact cgroup");
	is(member(r->out, "/1/poisoned"), "2", "the first line of info counts");
	is(member(r->out, "/2/directory"), "900.31", "the directory of an orphan");
	is(member(r->out, "/1/device"), "/dev/ima-ns/900.4/tpmrm0", "the path of a TPM");
	is(member(r->out, "/2/device"), "null", "no device");
	r = imans("--root", dir, "list");
	ok(!strstr(r->out, "PARENT"), "no column for parents where there are none");
	fake_namespace(dir, "901", "parent=900.31\n", &sample);
	r = imans("--root", dir, "list");
	has(r->out, "  PARENT\n", "a container inside a container");
	has(r->out, "  900.31\n", "and whose it is");
	has(r->out, "  -\n", "while the others have none");
	r = imans("--root", dir, "list", "--json");
	is(member(r->out, "/3/parent"), "900.31", "the same as JSON");
	is(member(r->out, "/3/nested"), "0", "and whether there can be more inside");
	snprintf(path, sizeof(path), "%s/901", dir);
	fake_remove(path);
}

static void test_list_trimmed(void)
{
	struct fake_run *r;

	fake_namespace(dir, "78", "trimmed=120\n", &sample);
	r = imans("--root", dir, "list");
	exits(r, 0, "a list with a log that was trimmed");
	has(r->out, "  11 (120 trimmed)           1  ", "says so");
	r = imans("--root", dir, "list", "--json");
	is(member(r->out, "/0/records"), "11", "what is left, as JSON");
	is(member(r->out, "/0/trimmed"), "120", "what is gone, as JSON");
	ok(strstr(r->out, "\"trimmed\": 120") || strstr(r->out, "\"trimmed\":120"),
	   "is a number");
	remove_namespace("78");
}

static void test_list_trouble(void)
{
	struct fake_run *r;

	fake_text(dir, "77/x", "");
	r = imans("--root", dir, "list");
	exits(r, 0, "a namespace that dies meanwhile is no error");
	ok(!strstr(r->out, " 77 "), "and not listed");
	fake_namespace(dir, "77", NULL, &sample);
	fake_text(dir, "77/violations", "many\n");
	r = imans("--root", dir, "list");
	exits(r, 1, "a file that is not what it should be");
	has(r->err, "/77/violations: the content is not what it should be: ", "is named");
	has(r->out, "4026532561", "the others are still listed");
	fake_namespace(dir, "77", NULL, &sample);
	fake_text(dir, "77/pcrs_sha256", "PCR-00: 00\n");
	r = imans("--root", dir, "list");
	exits(r, 1, "PCRs that are none");
	remove_namespace("77");
	r = imans("--root", dir, "list", "--json", "extra");
	exits(r, 2, "list takes no argument");
	r = fake_imans_stdin((const char *const[]){ "--root", dir, "list", NULL }, -1);
	exits(r, 0, "and all is well again");
}

static void test_full_disk(void)
{
	struct fake_run *r;
	FILE *full = fopen("/dev/full", "w"), *err = tmpfile();
	const char *program = getenv("IMANS");
	int status;
	pid_t pid;
	char text[256] = "";

	(void)r;
	pid = fake_start(program ? program : "./imans",
			 (const char *const[]){ "--root", dir, "list", NULL }, -1, fileno(full),
			 fileno(err));
	waitpid(pid, &status, 0);
	rewind(err);
	if (!fgets(text, sizeof(text), err))
		text[0] = '\0';
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "a full disk is an error");
	has(text, "No space left", "and told");
	fclose(full);
	fclose(err);
}

/* Take the last byte from the last PCR. */
static void cut_pcr(const char *name)
{
	char path[4200], text[4096];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	n = f ? fread(text, 1, sizeof(text), f) : 0;
	if (f)
		fclose(f);
	fake_file(dir, name, text, n > 4 ? n - 4 : 0);
}

static void test_pcrs(void)
{
	char line[128] = "  10: 0x", path[4200];
	struct fake_run *r;
	unsigned int i;
	size_t n = strlen(line);

	for (i = 0; i < 20; i++)
		n += (size_t)sprintf(line + n, "%02x", sample.bank[0].pcr10[i]);
	r = imans("--root", dir, "pcrs", "4026532561");
	exits(r, 0, "pcrs");
	has(r->out, "sha1:\n  0 : 0x0000000000000000000000000000000000000000\n", "PCR 0 of sha1");
	has(r->out, line, "PCR 10 of sha1");
	has(r->out, "sha256:\n", "sha256");
	has(r->out, "  17: 0xff", "PCR 17");
	r = imans("--root", dir, "pcrs", "--bank", "sha256", "900.4");
	ok(!strstr(r->out, "sha1"), "one bank only");
	r = imans("--root", dir, "pcrs", "--json", "docker-4026532561");
	exits(r, 0, "a namespace by a part of its cgroup");
	is(member(r->out, "/sha1/10"), line + 8, "PCR 10 as JSON");
	r = imans("--root", dir, "pcrs", "--bank", "sha512", "900");
	exits(r, 1, "a bank that is not there");
	has(r->err, "pcrs_sha512: No such file", "is named");
	cut_pcr("900/pcrs_sha1");
	r = imans("--root", dir, "pcrs", "900");
	exits(r, 1, "a PCR that is too short");
	has(r->err, "pcrs_sha1: the content is not a list of PCRs", "is told");
	snprintf(path, sizeof(path), "%s/900/pcrs_sha1", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/900/pcrs_sha256", dir);
	unlink(path);
	exits(imans("--root", dir, "pcrs", "900"), 1, "no PCRs at all");
	fake_namespace(dir, "900", NULL, &sample);
}

static void test_checkpoint(void)
{
	struct fake_run *r;

	fake_text(dir, "900/checkpoint", "records=0\n");
	r = imans("--root", dir, "pcrs", "--checkpoint", "900.4");
	exits(r, 1, "no checkpoint");
	has(r->err, "900.4/checkpoint: No such file", "is named");
	r = imans("--root", dir, "pcrs", "-c", "900");
	exits(r, 0, "a log that was not trimmed");
	is(r->out, "after 0 records, sha1:\nafter 0 records, sha256:\n", "begins with nothing");
	fake_text(dir, "900/checkpoint",
		  "records=7\nsha1:10=" SHA1_HEX "\nsha1:11=" SHA1_HEX "\nsha256:10=" SHA1_HEX
		  "000000000000000000000000\n");
	r = imans("--root", dir, "pcrs", "--checkpoint", "900");
	exits(r, 0, "a checkpoint");
	is(r->out,
	   "after 7 records, sha1:\n  10: 0x" SHA1_HEX "\n  11: 0x" SHA1_HEX
	   "\nafter 7 records, sha256:\n  10: 0x" SHA1_HEX "000000000000000000000000\n",
	   "has the PCRs that it has");
	r = imans("--root", dir, "pcrs", "--checkpoint", "--json", "900");
	is(member(r->out, "/records"), "7", "records as JSON");
	is(member(r->out, "/sha1/11"), SHA1_HEX, "a PCR as JSON");
	ok(!member(r->out, "/sha256/11"), "and no other");
	fake_text(dir, "900/checkpoint", "records=7\nsha256:10=" SHA1_HEX "\n");
	r = imans("--root", dir, "pcrs", "--checkpoint", "900");
	exits(r, 1, "a digest that is too short");
	has(r->err, "checkpoint: the content is not a list of PCRs", "is told");
	fake_text(dir, "900/checkpoint", "sha256:10=\n");
	exits(imans("--root", dir, "pcrs", "--checkpoint", "900"), 1, "no number of records");
}

static void test_names(void)
{
	struct fake_run *r;
	char self[32], pid[32];
	struct stat st;

	r = imans("--root", dir, "pcrs", "docker-900");
	exits(r, 1, "an ambiguous part");
	has(r->err, "3 namespaces have \"docker-900\" in their cgroup: give more", "says so");
	r = imans("--root", dir, "pcrs", "901");
	exits(r, 1, "no such number");
	has(r->err, "no namespace is called \"901\"", "says so");
	exits(imans("--root", dir, "pcrs", "../status"), 1, "a path is no name");
	exits(imans("--root", dir, "pcrs", "4026532561/"), 1, "nor is this");
	exits(imans("--root", dir, "pcrs", ""), 2, "nor an empty one");
	exits(imans("--root", dir, "pcrs", "900.31"), 0, "an orphan by its name");
	exits(imans("--root", dir, "pcrs", "900.31.1"), 1, "too many dots");

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	r = imans("--root", dir, "pcrs", "--pid", pid);
	exits(r, 1, "a process without namespace");
	has(r->err, "has no IMA namespace: ", "says so");
	stat("/proc/self/ns/mnt", &st);
	snprintf(self, sizeof(self), "%llu", (unsigned long long)st.st_ino);
	fake_namespace(dir, self, NULL, &sample);
	exits(imans("--root", dir, "pcrs", "--pid", pid), 0, "a process with one");
	exits(imans("--root", dir, "pcrs", "--pid", "999999999"), 1, "no such process");
	exits(imans("--root", dir, "pcrs", "--pid", "1/../self"), 2, "no number");
	fake_text(dir, "status", "anchor=../../x\nprobe=attached\n");
	r = imans("--root", dir, "pcrs", "--pid", pid);
	exits(r, 1, "an anchor that is a path");
	has(r->err, "status has no usable anchor", "is not used as one");
	fake_status(dir, "attached");
}

static void first_line(const char *path, char *line, int size)
{
	FILE *f = fopen(path, "r");

	if (!f || !fgets(line, size, f))
		line[0] = '\0';
	if (f)
		fclose(f);
}

static void test_create(void)
{
	char pid[32], line[64] = "", self[64], path[4200];
	struct fake_run *r;
	unsigned long long parent;
	struct stat st;
	int fd, nested;

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	stat("/proc/self/ns/mnt", &st);
	snprintf(self, sizeof(self), "%llu\n", (unsigned long long)st.st_ino);
	r = imans("--root", dir, "create", "--pid", pid);
	exits(r, 0, "create");
	is(r->out, self, "prints the number");
	snprintf(path, sizeof(path), "%s/create", dir);
	first_line(path, line, sizeof(line));
	ok(sscanf(line, "fd=%d\n", &fd) == 1 && fd > 2, "the kernel is given a descriptor");
	ok(!strchr(line, ' '), "and nothing else");
	exits(imans("--root", dir, "create", "--pid", pid, "--nested", "--parent", "4026532561"), 0,
	      "create inside another one");
	first_line(path, line, sizeof(line));
	ok(sscanf(line, "fd=%d parent=%llu nested=%d\n", &fd, &parent, &nested) == 3 &&
		   parent == 4026532561 && nested == 1,
	   "the kernel is told so");
	r = imans("--root", dir, "create", "--pid", pid, "--parent", "4026532562");
	exits(r, 1, "inside none");
	has(r->err, "no namespace is called \"4026532562\"", "which is named");
	fake_refuse(ESRCH, 0);
	r = imans("--root", dir, "create", "--pid", pid, "--parent", "4026532561");
	exits(r, 1, "inside one that has just ended");
	has(r->err, "there is no namespace 4026532561 to be the parent: see imans list", "says so");
	fake_refuse(EINVAL, 0);
	r = imans("--root", dir, "create", "--pid", pid, "--parent", "4026532561");
	exits(r, 1, "inside one that does not nest");
	has(r->err, "the parent does not nest", "is one of two reasons");
	fake_refuse(0, 0);
	fake_text(dir, "create", "");
	r = imans("--root", dir, "create", "--ns", "/proc/self/ns/mnt");
	exits(r, 0, "create for a file");
	is(r->out, self, "the same number");
	fake_refuse(EEXIST, 0);
	r = imans("--root", dir, "create", "--pid", pid);
	exits(r, 0, "a namespace that is there already");
	is(r->out, self, "its number");
	has(r->err, "/ns/mnt: has an IMA namespace already: nothing to do\n", "says so");
	fake_refuse(ENOSPC, 0);
	r = imans("--root", dir, "create", "--pid", pid);
	exits(r, 1, "another error");
	is(r->out, "", "has no number");
	fake_refuse(0, 0);
	r = imans("--root", dir, "create", "--ns", "/nonexistent");
	exits(r, 1, "no such file");
	has(r->err, "imans: /nonexistent: No such file", "is named");
	unlink(path);
	r = imans("--root", dir, "create", "--pid", pid);
	exits(r, 1, "a kernel without create");
	has(r->err, "modprobe ima_ns_probe", "says what to do");
	if (!symlink("/dev/full", path)) {
		r = imans("--root", dir, "create", "--pid", pid);
		exits(r, 1, "no more namespaces");
		has(r->err, "there are too many namespaces: ", "says so");
	}
	is(r->out, "", "and no number is printed");
}

int main(void)
{
	dir = fake_dir();
	fake_append_sample(&sample);
	test_usage();
	test_absent();
	test_status();
	test_list();
	test_list_trimmed();
	test_list_trouble();
	test_full_disk();
	test_pcrs();
	test_checkpoint();
	test_names();
	test_create();
	fake_log_free(&sample);
	fake_remove(dir);
	free(dir);
	member("null", "");
	return tap_done();
}
