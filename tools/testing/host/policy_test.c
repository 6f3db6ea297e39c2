// SPDX-License-Identifier: GPL-2.0
/*
 * The policy language on the host: every row of policy_rows.h in the dialects
 * it names, then what rows cannot say: appending, limits, callbacks, failing
 * allocations, the built-in policies.
 */
#include "policy_rule.h"
#include "tap.h"

long port_host_fail_in = -1;

enum { H6 = 1, H7 = 2, H = 3, M6 = 4, M7 = 8, M = 12, N6 = 16, N7 = 32, N = 48 };

enum kind { KIND_RULE, KIND_NOTHING, KIND_ERROR };

struct row {
	enum kind kind;
	int who;
	int err;
	unsigned int column;
	const char *text;
	const char *shown;	/* without the space at the end; NULL: as @text */
	const char *reason;
	bool once;		/* what is shown does not parse again */
};

#define SAME(w, t)		{ KIND_RULE, w, 0, 0, t, NULL, NULL, false },
#define GOOD(w, t, s)		{ KIND_RULE, w, 0, 0, t, s, NULL, false },
#define ONCE(w, t, s)		{ KIND_RULE, w, 0, 0, t, s, NULL, true },
#define NOTHING(w, t)		{ KIND_NOTHING, w, 0, 0, t, NULL, NULL, false },
#define BAD(w, c, t)		{ KIND_ERROR, w, -EINVAL, c, t, NULL, NULL, false },
#define ERR(w, e, c, t, r)	{ KIND_ERROR, w, e, c, t, NULL, r, false },

static const struct row rows[] = {
#include "policy_rows.h"
};

static const struct {
	int who;
	const char *name;
	struct ima_ns_policy_ctx ctx;
} speakers[] = {
	{ H6, "6.12", { .dialect = &ima_ns_dialect_6_12, .caps = IMA_NS_CAPS_HOST } },
	{ H7, "7.2", { .dialect = &ima_ns_dialect_7_2, .caps = IMA_NS_CAPS_HOST } },
	{ M6, "6.12+modsig",
	  { .dialect = &ima_ns_dialect_6_12, .caps = IMA_NS_CAPS_HOST | IMA_NS_CAP_MODSIG } },
	{ M7, "7.2+modsig",
	  { .dialect = &ima_ns_dialect_7_2, .caps = IMA_NS_CAPS_HOST | IMA_NS_CAP_MODSIG } },
	{ N6, "6.12 namespace", { .dialect = &ima_ns_dialect_6_12,
				  .caps = IMA_NS_CAPS_NAMESPACE, .pcrs = IMA_NS_PCRS } },
	{ N7, "7.2 namespace", { .dialect = &ima_ns_dialect_7_2,
				 .caps = IMA_NS_CAPS_NAMESPACE, .pcrs = IMA_NS_PCRS } },
};

static char shown[1 << 20];

static const char *show(const struct ima_ns_policy *p)
{
	struct buf_writer w, count;

	buf_writer_init(&w, shown, sizeof(shown) - 1);
	ima_ns_policy_show(p, &w);
	buf_writer_init(&count, NULL, 0);
	ima_ns_policy_show(p, &count);
	if (w.overflow || count.len != w.len)
		return "(the counting writer disagrees)";
	shown[w.len] = '\0';
	return shown;
}

static bool shows(const struct ima_ns_policy_ctx *ctx, const char *text, const char *want,
		  const char **got)
{
	struct ima_ns_policy *p;
	int rc;

	*got = "(refused)";
	rc = ima_ns_policy_from_text(ctx, text, strlen(text), 1, &p, NULL);
	if (rc)
		return false;
	*got = show(p);
	ima_ns_policy_free(p);
	return !strcmp(*got, want);
}

static void run_rule(const struct row *row, const char *name, const struct ima_ns_policy_ctx *ctx)
{
	char want[1024];
	const char *got;
	bool good;

	snprintf(want, sizeof(want), "%s \n", row->shown ? row->shown : row->text);
	good = shows(ctx, row->text, want, &got);
	if (good && !row->once)
		good = shows(ctx, want, want, &got);
	if (!tap_ok(good, "%s: %s", name, row->text))
		tap_note("want %s# got %s", want, got);
}

static void run_error(const struct row *row, const char *name, const struct ima_ns_policy_ctx *ctx)
{
	struct ima_ns_policy_builder *b;
	struct ima_ns_policy_error e;
	bool good;
	ssize_t n;

	if (ima_ns_policy_builder_new(ctx, NULL, &b))
		abort();
	n = ima_ns_policy_add_line(b, row->text, strlen(row->text), &e);
	ima_ns_policy_builder_free(b);
	good = n == row->err && e.err == row->err && e.column == row->column && e.line == 1 &&
	       e.reason && (!row->reason || strstr(e.reason, row->reason));
	if (!tap_ok(good, "%s: %s", name, row->text))
		tap_note("want errno %d column %u, got %zd (%d) column %u '%s': %s", row->err,
			 row->column, n, e.err, e.column, e.token, e.reason ? e.reason : "-");
}

static void run_nothing(const struct row *row, const char *name,
			const struct ima_ns_policy_ctx *ctx)
{
	struct ima_ns_policy_builder *b;
	struct ima_ns_policy *p;
	ssize_t n;

	if (ima_ns_policy_builder_new(ctx, NULL, &b))
		abort();
	n = ima_ns_policy_add_line(b, row->text, strlen(row->text), NULL);
	tap_ok(n == (ssize_t)strlen(row->text) + 1 &&
	       ima_ns_policy_build(b, 1, &p) == -EINVAL && !p, "%s: nothing in '%s'", name,
	       row->text);
	ima_ns_policy_builder_free(b);
}

static void test_rows(void)
{
	size_t i, s;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (s = 0; s < ARRAY_SIZE(speakers); s++) {
			if (!(rows[i].who & speakers[s].who))
				continue;
			if (rows[i].kind == KIND_RULE)
				run_rule(&rows[i], speakers[s].name, &speakers[s].ctx);
			else if (rows[i].kind == KIND_ERROR)
				run_error(&rows[i], speakers[s].name, &speakers[s].ctx);
			else
				run_nothing(&rows[i], speakers[s].name, &speakers[s].ctx);
		}
	}
}

static const struct ima_ns_policy_ctx *host7 = &speakers[1].ctx;

/* --- lines --------------------------------------------------------------------- */

static void test_lines(void)
{
	static const struct {
		const char *text;
		size_t len;
		ssize_t want;
	} cases[] = {
		/* host IMA: one write consumes a line, and says so even if there is no newline */
		{ "measure\n", 8, 8 },
		{ "measure\nhash\n", 13, 8 },
		{ "measure", 7, 8 },
		{ "", 0, 1 },
		{ "\n", 1, 1 },
		{ "# x\nmeasure\n", 12, 4 },
		{ "measure\0hash\n", 13, 8 },
		{ "\0measure\n", 9, 1 },
		{ "measure xyz\n", 7, 8 },
	};
	struct ima_ns_policy_builder *b;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ssize_t n;

		if (ima_ns_policy_builder_new(host7, NULL, &b))
			abort();
		n = ima_ns_policy_add_line(b, cases[i].text, cases[i].len, NULL);
		tap_ok(n == cases[i].want, "line %zu consumes %zd", i, cases[i].want);
		ima_ns_policy_builder_free(b);
	}
}

static void test_error_place(void)
{
	static const char text[] =
		"# comment\n\nmeasure func=BPRM_CHECK\n  hash \tf\001nc\xe9=X  \nbad\n";
	static const char long_token[] =
		"measure fsname=a appraise_algos=0123456789012345678901234567890";
	struct ima_ns_policy_error e;
	struct ima_ns_policy *p;
	int rc;

	rc = ima_ns_policy_from_text(host7, text, sizeof(text) - 1, 1, &p, &e);
	tap_ok(rc == -EINVAL && !p, "a bad line spoils the text");
	tap_ok(e.line == 4 && e.column == 9 && e.length == 7, "line %u column %u length %u", e.line,
	       e.column, e.length);
	tap_ok(!strcmp(e.token, "f?nc?=X"), "token '%s' prints", e.token);
	rc = ima_ns_policy_from_text(host7, long_token, strlen(long_token), 1, &p, &e);
	tap_ok(rc == -EINVAL && strlen(e.token) == IMA_NS_POLICY_TOKEN_MAX - 1 && e.length == 46,
	       "a long token is cut, its length is not");
	rc = ima_ns_policy_from_text(host7, "measure\n", 8, 1, &p, &e);
	tap_ok(!rc && !e.err && !e.reason, "no error, nothing in the error");
	ima_ns_policy_free(p);
}

static void test_spoiled(void)
{
	struct ima_ns_policy_builder *b;
	struct ima_ns_policy *p;

	if (ima_ns_policy_builder_new(host7, NULL, &b))
		abort();
	tap_ok(ima_ns_policy_build(b, 1, &p) == -EINVAL && !p, "no rules, no policy");
	tap_ok(ima_ns_policy_add_line(b, "measure", 7, NULL) == 8, "a good line");
	tap_ok(!ima_ns_policy_build(b, 1, &p) && p, "a policy");
	ima_ns_policy_free(p);
	tap_ok(ima_ns_policy_add_line(b, "mesure", 6, NULL) == -EINVAL, "a bad line");
	tap_ok(ima_ns_policy_add_line(b, "hash", 4, NULL) == 5, "another good line");
	tap_ok(ima_ns_policy_build(b, 1, &p) == -EINVAL && !p, "nothing comes of it any more");
	ima_ns_policy_builder_free(b);
	ima_ns_policy_builder_free(NULL);
	ima_ns_policy_free(NULL);
}

/* --- appending ------------------------------------------------------------------- */

static void test_append(void)
{
	static const char first[] = "measure fsname=ext4 obj_user=a obj_type=b template=ima-ng\n";
	static const char more[] =
		"dont_measure fsname=xfs fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f6\n";
	struct ima_ns_policy_builder *b;
	struct ima_ns_policy *base, *p;

	if (ima_ns_policy_from_text(host7, first, strlen(first), 1, &base, NULL) ||
	    ima_ns_policy_builder_new(host7, base, &b))
		abort();
	tap_ok(ima_ns_policy_build(b, 2, &p) == -EINVAL, "an update without rules is none");
	tap_ok(!ima_ns_policy_add_text(b, more, strlen(more), NULL), "an update");
	ima_ns_policy_free(base);
	tap_ok(!ima_ns_policy_build(b, 2, &p), "is built");
	ima_ns_policy_builder_free(b);
	tap_ok(!strcmp(show(p),
		       "measure fsname=ext4 obj_user=a obj_type=b template=ima-ng \n"
		       "dont_measure fsname=xfs fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f6 \n"),
	       "old rules first, whole, without their old owner");
	tap_ok(p->generation == 2, "its own generation");
	ima_ns_policy_free(p);
}

/* --- limits ---------------------------------------------------------------------- */

static void test_limits(void)
{
	struct ima_ns_policy_builder *b;
	struct ima_ns_policy_error e;
	static char line[8192];
	struct ima_ns_policy *p;
	unsigned int i;
	ssize_t n = 0;

	if (ima_ns_policy_builder_new(host7, NULL, &b))
		abort();
	for (i = 0; i < IMA_NS_MAX_RULES && n >= 0; i++) {
		int len = snprintf(line, sizeof(line), "measure fowner=%u\n", i);

		n = ima_ns_policy_add_line(b, line, len, &e);
	}
	tap_ok(n > 0, "%d rules fit", IMA_NS_MAX_RULES);
	tap_ok(!ima_ns_policy_build(b, 1, &p) && p->nr_rules == IMA_NS_MAX_RULES, "and build");
	ima_ns_policy_free(p);
	n = ima_ns_policy_add_line(b, "measure", 7, &e);
	tap_ok(n == -E2BIG && e.line == IMA_NS_MAX_RULES + 1 && !e.column, "one more does not");
	ima_ns_policy_builder_free(b);

	memset(line, 'a', sizeof(line));
	memcpy(line, "measure fsname=", 15);
	if (ima_ns_policy_builder_new(host7, NULL, &b))
		abort();
	n = ima_ns_policy_add_line(b, line, IMA_NS_POLICY_LINE_MAX, &e);
	tap_ok(n == IMA_NS_POLICY_LINE_MAX + 1, "a line of %d bytes", IMA_NS_POLICY_LINE_MAX);
	n = ima_ns_policy_add_line(b, line, IMA_NS_POLICY_LINE_MAX + 1, &e);
	tap_ok(n == -E2BIG && strstr(e.reason, "4095"), "one more byte is too long");
	/* the same name again costs nothing, another one does */
	for (i = 0; i < 200; i++)
		n = ima_ns_policy_add_line(b, line, IMA_NS_POLICY_LINE_MAX, &e);
	tap_ok(n > 0, "equal names are kept once");
	for (i = 0; i < 200 && n > 0; i++) {
		line[20] = 'a' + i % 2;
		line[21] = 'b';
		n = ima_ns_policy_add_line(b, line, IMA_NS_POLICY_LINE_MAX, &e);
	}
	tap_ok(n == -E2BIG && i >= 60 && i <= 64, "names have a bound, reached by rule %u", i);
	ima_ns_policy_builder_free(b);
}

static void test_many_keys(void)
{
	struct ima_ns_policy_builder *b;
	struct ima_ns_policy *p;
	char line[4096];
	unsigned int i, j, key = 0;

	if (ima_ns_policy_builder_new(host7, NULL, &b))
		abort();
	for (i = 0; i < 9; i++) {
		int len = snprintf(line, sizeof(line), "measure func=KEY_CHECK keyrings=x");

		for (j = 0; j < 500; j++)
			len += snprintf(line + len, sizeof(line) - len, "|%x", key++);
		if (ima_ns_policy_add_line(b, line, len, NULL) < 0)
			abort();
		if (i == 7)
			tap_ok(!ima_ns_policy_build(b, 1, &p), "4001 keyrings are found");
		if (i == 7)
			ima_ns_policy_free(p);
	}
	tap_ok(ima_ns_policy_build(b, 1, &p) == -E2BIG && !p, "4501 are too many");
	ima_ns_policy_builder_free(b);
}

/* --- callbacks --------------------------------------------------------------------- */

static int shift_id(void *data, u32 value, u32 *id)
{
	if (value >= 65536)
		return -EINVAL;
	*id = value + *(u32 *)data;
	return 0;
}

static int lose_id(void *data, u32 value, u32 *id)
{
	(void)data;
	(void)value;
	*id = U32_MAX;
	return 0;
}

static int one_template(void *data, const char *name, const char **shown)
{
	(void)data;
	if (strcmp(name, "d-ng|n-ng|x"))
		return -EINVAL;
	*shown = "";
	return 7;
}

static int one_hash(void *data, const char *name)
{
	(void)data;
	if (!strcmp(name, "sha256"))
		return 4;
	return strcmp(name, "far") ? -ENOENT : 32;
}

static void test_callbacks(void)
{
	u32 base = 100000;
	struct ima_ns_policy_ctx ctx = {
		.dialect = &ima_ns_dialect_7_2, .caps = IMA_NS_CAPS_HOST, .data = &base,
		.map_uid = shift_id, .map_gid = shift_id, .template = one_template,
		.hash = one_hash,
	};
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "measure uid=0", "measure uid=100000 \n" },
		{ "measure fowner>5 fgroup<7", "measure fowner>100005 fgroup<100007 \n" },
		{ "measure uid=65536", NULL },
		{ "measure gid=65536", NULL },
		{ "measure template=ima-ng", NULL },
		{ "measure template=d-ng|n-ng|x", "measure template= \n" },
		{ "appraise appraise_algos=sha256", "appraise appraise_algos=sha256 \n" },
		{ "appraise appraise_algos=sha1", NULL },
		{ "appraise appraise_algos=far", NULL },
	};
	const char *got;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		bool same = shows(&ctx, cases[i].text, cases[i].want ? cases[i].want : "", &got);

		tap_ok(cases[i].want ? same : !strcmp(got, "(refused)"), "callbacks: %s",
		       cases[i].text);
	}
	ctx.map_uid = lose_id;
	ctx.map_gid = NULL;
	shows(&ctx, "measure fowner=0", "", &got);
	tap_ok(!strcmp(got, "(refused)"), "an invalid kuid is no kuid");
	tap_ok(shows(&ctx, "measure gid=5", "measure gid=5 \n", &got),
	       "without a callback: identity");
}

/* --- built-in policies --------------------------------------------------------------- */

static unsigned int count_of(const char *text, const char *what)
{
	unsigned int n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void test_builtin(void)
{
	static const struct {
		const char *name;
		unsigned int rules6;
		unsigned int rules7;
	} want[] = { { "default", 16, 16 }, { "tcb", 20, 20 }, { "ima_tcb", 18, 18 } };
	struct ima_ns_policy *p;
	const char *text;
	unsigned int i, s;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		for (s = 4; s < 6; s++) {
			const struct ima_ns_policy_ctx *ctx = &speakers[s].ctx;

			text = ima_ns_policy_builtin(want[i].name, ctx->dialect);
			tap_ok(text && !ima_ns_policy_from_text(ctx, text, strlen(text), 1, &p, NULL) &&
			       p->nr_rules == (s == 4 ? want[i].rules6 : want[i].rules7),
			       "%s for a %s", want[i].name, speakers[s].name);
			text = show(p);
			tap_ok(count_of(text, "fsmagic=0x1021994") == (i ? 1 : 0) &&
			       count_of(text, "func=FILE_CHECK fsmagic=0x1021994") == (i && s == 5),
			       "%s and tmpfs, %s", want[i].name, speakers[s].name);
			ima_ns_policy_free(p);
		}
	}
	tap_ok(!ima_ns_policy_builtin("nosuch", host7->dialect), "an unknown one");
	for (i = 0; ima_ns_policy_builtin_name(i); i++)
		tap_ok(ima_ns_policy_builtin(ima_ns_policy_builtin_name(i), host7->dialect),
		       "name %u: %s", i, ima_ns_policy_builtin_name(i));
	tap_ok(ima_ns_dialect_for(6, 12) == &ima_ns_dialect_6_12 &&
	       ima_ns_dialect_for(6, 1) == &ima_ns_dialect_6_12 &&
	       ima_ns_dialect_for(5, 15) == &ima_ns_dialect_6_12 &&
	       ima_ns_dialect_for(6, 13) == &ima_ns_dialect_7_2 &&
	       ima_ns_dialect_for(7, 2) == &ima_ns_dialect_7_2, "dialects of kernels");
}

/* --- no memory ------------------------------------------------------------------------ */

/* every allocation in turn fails; nothing leaks (ASan) and nothing half built appears */
static void test_no_memory(void)
{
	static const char text[] =
		"measure func=FILE_CHECK fsname=a uid>5 mask=^MAY_READ template=ima-ng\n"
		"dont_measure fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f6 egid<4\n"
		"measure func=KEY_CHECK keyrings=a|b|c\nmeasure subj_user=x\n";
	struct ima_ns_policy *base, *p;
	struct ima_ns_policy_builder *b;
	struct ima_ns_policy_error e;
	int rc = -ENOMEM;
	long n;

	if (ima_ns_policy_from_text(host7, text, strlen(text), 1, &base, NULL))
		abort();
	for (n = 0; n < 100 && rc == -ENOMEM; n++) {
		port_host_fail_in = n;
		rc = ima_ns_policy_builder_new(host7, base, &b);
		if (!rc)
			rc = ima_ns_policy_add_text(b, text, strlen(text), &e);
		if (!rc)
			rc = ima_ns_policy_build(b, 1, &p);
		port_host_fail_in = -1;
		ima_ns_policy_builder_free(b);
		b = NULL;
	}
	tap_ok(!rc && n > 10, "%ld allocations, each failed once", n - 1);
	ima_ns_policy_free(p);
	ima_ns_policy_free(base);
}

int main(void)
{
	test_rows();
	test_lines();
	test_error_place();
	test_spoiled();
	test_append();
	test_limits();
	test_many_keys();
	test_callbacks();
	test_builtin();
	test_no_memory();
	return tap_done();
}
