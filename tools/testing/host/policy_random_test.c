// SPDX-License-Identifier: GPL-2.0
/*
 * Random policies, right and wrong, in the grammar of either kernel and for
 * callers that can do all, little or nothing.  Of each:
 *
 *  - a line is taken or refused, with the errno and at the word that a second
 *    parser says (policy_naive.c);
 *  - one wrong line and there is no policy, whatever the others are;
 *  - what is taken shows as a second printer says, and reads back as the same;
 *  - decisions are those of a list walk, also of what was read back, and also
 *    with everything overwritten that they do not depend on.
 *
 *	policy_random_test [-seed=N] [-runs=N] [-max_total_time=SECONDS]
 *			   [-artifact_prefix=PREFIX]
 *
 * The options are those of libFuzzer, so that ../fuzz.sh runs it beside the
 * fuzzers.  Every policy has a seed of its own, which is printed when something is
 * wrong: with -seed=THAT -runs=1 it comes again.
 */
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <sanitizer/common_interface_defs.h>

#include "policy_random.h"
#include "tap.h"

#define SUBJECTS 150
#define LINES_MAX IMA_NS_MAX_RULES

static const char *artifact_prefix = "";
static unsigned long lines, refused, rules, events, acted;

/* the policy at hand */
static u64 current_seed;
static struct ima_ns_policy_ctx ctx;
static struct naive_rule rule[LINES_MAX];
static unsigned int nr_rules;
static char text[LINES_MAX * 500], canonical[LINES_MAX * 500];
static size_t len, canonical_len;
static int first_err;
static unsigned int first_err_line;
static bool reads_back;

/* @what is wrong: false, for the caller to return */
__attribute__((__format__(printf, 1, 2)))
static bool wrong(const char *what, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, what);
	vprintf(what, ap);
	va_end(ap);
	printf("\n");
	return false;
}

static bool is_start(const struct random_line *l, unsigned int column)
{
	unsigned int i;

	for (i = 0; i < l->nr; i++)
		if (l->start[i] + 1 == column)
			return true;
	return false;
}

/* One line of its own: taken or refused as the second parser says? */
static bool check_line(const struct random_line *l, const struct naive_reading *r)
{
	size_t n = strlen(l->text);
	struct ima_ns_policy_builder *b;
	struct ima_ns_policy_error e;
	struct ima_ns_policy *p;
	bool good;
	ssize_t rc;

	if (ima_ns_policy_builder_new(&ctx, NULL, &b))
		abort();
	rc = ima_ns_policy_add_line(b, l->text, n, &e);
	if (!r->err)
		good = rc == (ssize_t)n + 1 && !e.err && !e.reason;
	else
		good = rc == r->err && e.err == r->err && e.line == 1 && e.reason;
	/* a word that cannot be read has a place; a rule that makes no sense, perhaps */
	if (good && r->err && r->at < l->nr)
		good = e.column == l->start[r->at] + 1 && e.length == strlen(l->words[r->at].text);
	else if (good && r->err)
		good = !e.column || is_start(l, e.column);
	if (good && r->nothing)
		good = ima_ns_policy_build(b, 1, &p) == -EINVAL && !p;
	ima_ns_policy_builder_free(b);
	return good ||
		wrong("%s: \"%s\": want %d at word %u, got %zd (%d) at column %u: %s",
		      ctx.dialect->name, l->text, r->err, r->at, rc, e.err, e.column,
		      e.reason ? e.reason : "-");
}

/* Add a line to the policy, the way the rest of the test expects it. */
static bool add_line(const struct random_line *l, const struct naive_reading *r,
		     const struct naive_rule *read)
{
	lines++;
	len += sprintf(text + len, "%s\n", l->text);
	if (r->err) {
		refused++;
		if (!first_err) {
			first_err = r->err;
			first_err_line = lines;
		}
	} else if (!r->nothing) {
		rule[nr_rules++] = *read;
		reads_back = reads_back && naive_reads_back(read, ctx.dialect->grammar);
		canonical_len += naive_show(read, ctx.dialect->grammar, canonical + canonical_len,
					    sizeof(canonical) - canonical_len);
	}
	return check_line(l, r);
}

/* A policy of @n lines; without wrong ones if @right. */
static bool make_policy(unsigned int n, u32 rare, bool right)
{
	struct random_line l;
	struct naive_rule read;
	struct naive_reading r;
	unsigned int i, tries;

	for (i = 0; i < n; i++) {
		tries = 0;
		do {
			if (one_in(20))
				random_comment(&l);
			else
				random_line(&l, rare, tries < 3 && one_in(right ? 4 : 3));
			r = naive_read(l.words, l.nr, &ctx, &read);
		} while (right && r.err && ++tries < 100);
		if (right && r.err)
			random_comment(&l), r = naive_read(l.words, 0, &ctx, &read);
		if (!add_line(&l, &r, &read))
			return false;
	}
	return true;
}

static bool same(const struct ima_ns_decision *a, const struct ima_ns_decision *b)
{
	return a->action == b->action && a->pcr == b->pcr && a->template == b->template &&
	       a->algos == b->algos && a->rule == b->rule;
}

static bool check_decisions(const struct ima_ns_policy *p)
{
	struct ima_ns_decision want, got, blurred;
	struct ima_ns_subject s;
	unsigned int i;

	for (i = 0; i < SUBJECTS; i++) {
		random_subject(&s);
		naive_eval(rule, nr_rules, &s, &want);
		ima_ns_policy_eval(p, &s, &got);
		random_blur(p, &s);
		ima_ns_policy_eval(p, &s, &blurred);
		events++;
		acted += want.action != 0;
		if (!same(&want, &got) || !same(&want, &blurred) ||
		    want.action & IMA_NS_DO_MASK & ~ima_ns_policy_may(p, s.func))
			return wrong("func %s mask %#x: want %#x rule %d, got %#x rule %d, blurred %#x rule %d",
				     ima_ns_func_name(s.func), s.mask, want.action, want.rule,
				     got.action, got.rule, blurred.action, blurred.rule);
	}
	return true;
}

/* Does it show as expected?  *shown is to be freed. */
static bool check_shown(const struct ima_ns_policy *p, char **shown)
{
	struct buf_writer w;

	buf_writer_init(&w, NULL, 0);
	ima_ns_policy_show(p, &w);
	*shown = malloc(w.len + 1);
	buf_writer_init(&w, *shown, w.len);
	ima_ns_policy_show(p, &w);
	(*shown)[w.len] = '\0';
	if (!w.overflow && w.len == canonical_len && !memcmp(*shown, canonical, w.len))
		return true;
	return wrong("shown:\n%s# want:\n%.*s", *shown, (int)canonical_len, canonical);
}

static bool check_policy(void)
{
	struct ima_ns_policy_error e;
	struct ima_ns_policy *p, *again;
	bool good;
	char *shown = NULL;
	int want = first_err ? first_err : nr_rules ? 0 : -EINVAL;
	int rc = ima_ns_policy_from_text(&ctx, text, len, 1, &p, &e);

	if (rc != want || !p != !!rc || (first_err && e.line != first_err_line)) {
		ima_ns_policy_free(p);
		return wrong("the whole: want %d in line %u, got %d in line %u: %s", want,
			     first_err_line, rc, e.line, e.reason ? e.reason : "-");
	}
	if (!p)
		return true;
	rules += p->nr_rules;
	good = p->nr_rules == nr_rules && check_shown(p, &shown) && check_decisions(p);
	ima_ns_policy_free(p);
	if (good && reads_back) {
		rc = ima_ns_policy_from_text(&ctx, shown, strlen(shown), 1, &again, &e);
		free(shown);
		if (rc)
			return wrong("shown and read: %d in line %u: %s", rc, e.line, e.reason);
		good = check_shown(again, &shown) && check_decisions(again);
		ima_ns_policy_free(again);
	}
	free(shown);
	return good;
}

/* Everything about one policy follows from its seed. */
static bool run(u64 seed)
{
	static const u32 sizes[] = { 1, 2, 3, 8, 20, 20, 63, 64, 65, 130, 400, 1000 };
	u32 n, rare;
	bool right;

	current_seed = seed;
	random_seed(seed);
	n = sizes[rnd(one_in(8) ? ARRAY_SIZE(sizes) : 6)];
	random_spread(one_in(2) ? 4 + rnd(8) : 2 * n + 4);
	rare = 2 + rnd(12);
	right = !one_in(3);
	ctx = (struct ima_ns_policy_ctx){
		.dialect = one_in(2) ? &ima_ns_dialect_6_12 : &ima_ns_dialect_7_2,
		.caps = one_in(4) ? rnd(0x100) & IMA_NS_CAPS_HOST :
			one_in(4) ? 0 : IMA_NS_CAPS_HOST,
		.pcrs = one_in(3) ? IMA_NS_PCRS : 0,
	};
	lines = nr_rules = 0;
	len = canonical_len = 0;
	first_err = first_err_line = 0;
	reads_back = true;
	return make_policy(n, rare, right) && check_policy();
}

/* How to see the policy at hand again, and its text. */
static void tell(void)
{
	unsigned long long seed = current_seed;
	char path[4096];
	FILE *f;

	printf("# again: policy_random_test -seed=%llu -runs=1\n", seed);
	snprintf(path, sizeof(path), "%spolicy-%llu", artifact_prefix, seed);
	f = *artifact_prefix ? fopen(path, "w") : NULL;
	if (!f)
		return;
	fwrite(text, 1, len, f);
	fclose(f);
}

/* an assertion; the sanitizers have a call of their own */
static void aborted(int signal)
{
	tell();
	_exit(1);
}

int main(int argc, char **argv)
{
	unsigned long all_lines = 0, runs = ~0ul, done, seconds = 0;
	u64 seed = (u64)time(NULL) << 20;
	time_t end;
	bool good = true;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "-seed=", 6))
			seed = strtoull(argv[i] + 6, NULL, 0);
		else if (!strncmp(argv[i], "-runs=", 6))
			runs = strtoul(argv[i] + 6, NULL, 0);
		else if (!strncmp(argv[i], "-max_total_time=", 16))
			seconds = strtoul(argv[i] + 16, NULL, 0);
		else if (!strncmp(argv[i], "-artifact_prefix=", 17))
			artifact_prefix = argv[i] + 17;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	__sanitizer_set_death_callback(tell);
	signal(SIGABRT, aborted);
	printf("# seed %llu\n", (unsigned long long)seed);
	end = time(NULL) + seconds;
	for (done = 0; done < runs && good && (!seconds || time(NULL) < end); done++) {
		good = run(seed + done);
		all_lines += lines;
		if (!good)
			tell();
	}
	tap_ok(good, "%lu policies of %lu lines, %lu of them refused, %lu rules", done, all_lines,
	       refused, rules);
	/* all of one kind would prove little */
	tap_ok(runs < 100 || !good ||
	       (refused > all_lines / 20 && refused < all_lines / 2 && rules > all_lines / 20 &&
		acted > events / 20),
	       "%lu decisions, %lu to act", events, acted);
	printf("stat::number_of_executed_units: %lu\n", done);
	return tap_done();
}
