// SPDX-License-Identifier: GPL-2.0
/*
 * What is wrong with a policy, and whether rules are in force.
 */
#include <stdio.h>

#include "lib/policy.h"
#include "lib/util.h"
#include "tests/tap.h"

#define OLD (&ima_ns_dialect_6_12)
#define NEW (&ima_ns_dialect_7_2)

/* All that is said about a text. */
static const char *said(const struct ima_ns_dialect *dialect, bool host, const char *text,
			size_t len)
{
	struct policy_report r;
	static char *s;
	size_t size, i;
	/* No byte behind the text, so that the sanitizer sees one that is read. */
	char *exact = xalloc(len);
	FILE *f;

	free(s);
	s = NULL;
	f = open_memstream(&s, &size);
	if (len)
		memcpy(exact, text, len);
	policy_check(dialect, host, exact, len, &r);
	for (i = 0; i < r.count; i++)
		policy_fault_put(f, "F", &r.faults[i], false);
	if (r.policy)
		fprintf(f, "%u rules\n", r.policy->nr_rules);
	policy_report_free(&r);
	free(exact);
	fclose(f);
	return s;
}

static void test_check(void)
{
	static const struct {
		const char *name;
		const struct ima_ns_dialect *dialect;
		bool host;
		const char *text;
		const char *says;
	} rows[] = {
		{ "rules, a comment, an empty line", OLD, false, "# x\n\nmeasure\naudit\n",
		  "2 rules\n" },
		{ "no newline at the end", OLD, false, "measure", "1 rules\n" },
		{ "every bad line", OLD, false, "measur\nmeasure\n\n measure x=1\nmeasure\n",
		  "F:1:1: measur: unknown word; see ABI/testing/ima_policy\n"
		  "F:4:10: x=1: unknown word; see ABI/testing/ima_policy\n" },
		{ "a line as a whole", OLD, false, "func=BPRM_CHECK\n",
		  "F:1: no action; begin with measure, dont_measure, audit, hash, ...\n" },
		{ "nothing", OLD, false, "",
		  "F: there is no rule in it; the kernel takes no empty policy\n" },
		{ "comments only", OLD, false, "# measure\n",
		  "F: there is no rule in it; the kernel takes no empty policy\n" },
		{ "what a namespace cannot do", NEW, false, "appraise\n",
		  "F:1:1: appraise: appraisal per namespace is not in this release; measure "
		  "instead\n" },
		{ "a host can", NEW, true, "appraise\n", "1 rules\n" },
		{ "a path is no rule", OLD, false, "/etc/ima/policy\n",
		  "F:1:1: /etc/ima/policy: unknown word; see ABI/testing/ima_policy\n" },
		{ "no PCR of 24", OLD, false, "measure pcr=24\n",
		  "F:1:9: pcr=24: the TPM has no such PCR\n" },
		{ "the last one", OLD, false, "measure pcr=23\n", "1 rules\n" },
		{ "a host has 64", OLD, true, "measure pcr=63\n", "1 rules\n" },
		{ "a template of ours", OLD, false, "measure template=ima-buf\n", "1 rules\n" },
		{ "one by its fields", OLD, false, "measure template=d-ngv2|n-ng|sig\n", "1 rules\n" },
		{ "none of ours", OLD, false, "measure template=d-ngv2|sig\n",
		  "F:1:9: template=d-ngv2|sig: unknown template; ima-ng, ima-sig and ima-ngv2 are "
		  "common ones\n" },
		{ "a digest of fs-verity", OLD, false, "measure digest_type=verity\n", "1 rules\n" },
		{ "a word of 7.2", NEW, false, "dont_audit\n", "1 rules\n" },
		{ "which 6.12 does not know", OLD, false, "dont_audit\n",
		  "F:1:1: dont_audit: the IMA of this kernel is older than this\n" },
		{ "bytes that drive a terminal", OLD, false, "\033[2J\xff\r\n",
		  "F:1:1: \\033[2J\\xFF\\r: unknown word; see ABI/testing/ima_policy\n" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		is(said(rows[i].dialect, rows[i].host, rows[i].text, strlen(rows[i].text)),
		   rows[i].says, rows[i].name);
	is(said(OLD, false, "measure\0audit\n\0", 15),
	   "F:1:8: \\000: a NUL byte ends the line for the kernel; delete it\n"
	   "F:2:1: \\000: a NUL byte ends the line for the kernel; delete it\n",
	   "NUL bytes");
}

static void test_size(void)
{
	size_t len = 1u << 20;
	char *text = malloc(len), *p = text;
	const char *s;
	int i;

	memset(text, 'x', len);
	is(said(OLD, false, text, len), "F:1: the line is longer than 4095 bytes\n",
	   "a line of 1 MB");
	s = said(OLD, false, text, 4095);
	ok(!strncmp(s, "F:1:1: xxxx", 11) && strlen(s) < 130, "a token of 4095 bytes is cut");
	memcpy(text + 4096, "\nmeasure\nx", 10);
	is(said(OLD, false, text, 4106),
	   "F:1: the line is longer than 4095 bytes\n"
	   "F:3:1: x: unknown word; see ABI/testing/ima_policy\n",
	   "what follows a long line is read");
	memset(text, 0, len);
	is(said(OLD, false, text, len),
	   "F:1:1: \\000: a NUL byte ends the line for the kernel; delete it\n", "1 MB of NULs");
	for (i = 0; i < 1002; i++)
		p = stpcpy(p, "measure\n");
	is(said(OLD, false, text, 8000), "1000 rules\n", "1000 rules");
	is(said(OLD, false, text, 8016),
	   "F:1001: the policy is too big; 1000 rules, 256 KiB of names\n",
	   "one too many is told once");
	for (i = 0, p = text; i < POLICY_FAULTS_MAX; i++, p += 2)
		memcpy(p, "x\n", 2);
	s = said(OLD, false, text, 2 * POLICY_FAULTS_MAX);
	ok(!strstr(s, "too many") && strstr(s, "\nF:10000:1: x: "), "10000 bad lines");
	memcpy(p, "x\nx\nx\n", 6);
	s = said(OLD, false, text, 2 * POLICY_FAULTS_MAX + 6);
	p = strstr(s, "F: too many bad lines; is this a policy?\n");
	ok(p && strstr(s, "\nF:10000:1: x: ") && !strchr(p, '\n')[1], "one more, and it gives up");
	free(text);
}

/* Any bytes: the sanitizers look on. */
static void test_noise(void)
{
	static const char alphabet[] = "measure func=BPRM_CHECK \t\n#\0^|,=<>0f-\xff\033";
	unsigned int seed = 1, i, n, seen = 0;
	char text[512];

	for (i = 0; i < 3000; i++) {
		for (n = 0; n < sizeof(text); n++) {
			seed = seed * 1103515245 + 12345;
			text[n] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		seen += !strncmp(said(i & 1 ? OLD : NEW, i & 2, text, i % sizeof(text)), "F:", 2);
	}
	ok(seen > 2900, "noise is no policy");
}

static void test_excerpt(void)
{
	struct policy_fault f = { .line = 1, .err = EINVAL, .reason = "no" };
	char line[300], *s = NULL, want[400];
	size_t size;
	FILE *out = open_memstream(&s, &size);

	f.text = "\tmeasure \xc3\xa9 x";
	f.text_len = 13;
	f.column = 10;
	f.length = 2;
	policy_fault_put(out, "a\nb", &f, true);
	fclose(out);
	is(s, "a\\nb:1:10: \xc3\xa9: no\n    \\tmeasure \xc3\xa9 x\n              ^\n",
	   "a mark below the token, in columns");
	free(s);
	memset(line, 'a', sizeof(line));
	memset(line + 100, 'b', 10);
	f.text = line;
	f.text_len = sizeof(line);
	f.column = 101;
	f.length = 10;
	out = open_memstream(&s, &size);
	policy_fault_put(out, "F", &f, true);
	fclose(out);
	snprintf(want, sizeof(want), "F:1:101: bbbbbbbbbb: no\n ...%.82s...\n%52s^~~~~~~~~~\n",
		 line + 52, "");
	is(s, want, "a long line is cut on both sides");
	free(s);
}

static void test_in_force(void)
{
	static const struct {
		const char *name;
		const char *before, *after, *rules;
		bool same_ids, want;
	} rows[] = {
		{ "built-in rules replaced", "x\ny\nz\n", "a\n", "a\n", true, true },
		{ "by as many", "x\n", "a\n", "a\n", true, true },
		{ "by the same", "a\n", "a\n", "a\n", true, true },
		{ "rules appended", "a\n", "a\na\n", "a\n", true, true },
		{ "two of them", "x\n", "x\na\nb\n", "a\nb\n", true, true },
		{ "nothing appended", "x\na\n", "x\na\n", "a\n", true, false },
		{ "nothing replaced", "x\ny\n", "x\ny\n", "a\n", true, false },
		{ "another one", "", "b\n", "a\n", true, false },
		{ "half of it", "", "a\n", "a\nb\n", true, false },
		{ "the other order", "", "b\na\n", "a\nb\n", true, false },
		{ "nothing at all", "", "", "a\n", true, false },
		{ "half a line", "", "a\nb", "a\n", true, false },
		{ "a longer one", "", "a b\n", "a\n", true, false },
		{ "a shorter one", "", "a\n", "a b\n", true, false },
		{ "another id", "", "a uid=7\n", "a uid=8\n", true, false },
		{ "the id of a user namespace", "", "a fowner<100007 f=1\n", "a fowner<7 f=1\n",
		  false, true },
		{ "another operator", "", "a uid<7\n", "a uid=7\n", false, false },
		{ "another kind of id", "", "a uid=7\n", "a gid=7\n", false, false },
		{ "what is no id", "", "a pcr=7\n", "a pcr=8\n", false, false },
		{ "no value", "", "a uid\n", "a uid=8\n", false, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		ok(policy_in_force(rows[i].before, rows[i].after, rows[i].rules,
				   rows[i].same_ids) == rows[i].want,
		   "%s: %s", rows[i].name, rows[i].want ? "yes" : "no");
}

static void test_dialect(void)
{
	ok(policy_dialect("6.12.94-amd64") == OLD && policy_dialect("7.2.0") == NEW &&
		   policy_dialect("6.13") == NEW,
	   "the language of a kernel");
	ok(!policy_dialect("") && !policy_dialect("x") && !policy_dialect("6"),
	   "what is no release");
}

int main(void)
{
	test_check();
	test_size();
	test_noise();
	test_excerpt();
	test_in_force();
	test_dialect();
	said(OLD, false, "", 0);
	return tap_done();
}
