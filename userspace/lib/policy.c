// SPDX-License-Identifier: GPL-2.0
/*
 * Policies: checking a text as the kernel module would, and comparing rules.
 */
#include "lib/policy.h"
#include "lib/util.h"
#include "kernel/template.h"

/* How much of a line is shown around what is wrong. */
#define EXCERPT_BEFORE 48
#define EXCERPT_BEHIND 24
#define EXCERPT_TOKEN 60

/**
 * policy_dialect() - the grammar of a kernel
 * @release: as uname -r prints it
 *
 * Return: the dialect, or NULL when @release does not start with a version.
 */
const struct ima_ns_dialect *policy_dialect(const char *release)
{
	unsigned int major, minor;

	if (sscanf(release, "%u.%u", &major, &minor) != 2)
		return NULL;
	return ima_ns_dialect_for(major, minor);
}

/**
 * policy_format() - rules may name this template from now on
 * @format: a name, or fields joined by '|'
 * @len: bytes of it
 */
void policy_format(const char *format, size_t len)
{
	static char *known;
	char *own = xasprintf("%.*s", (int)len, format);

	if (ima_ns_template_find(own) || !ima_ns_template_define(own)) {
		free(own);
		return;
	}
	free(known);
	known = own;
}

static int template_index(void *data, const char *name, const char **shown)
{
	const struct ima_ns_template *t = ima_ns_template_find(name);

	(void)data;
	if (!t)
		return -EINVAL;
	*shown = ima_ns_template_label(t);
	return (int)ima_ns_template_index(t);
}

/* As fill_ctx() in kernel/policy.c, for ids and hashes without asking anybody. */
static struct ima_ns_policy_ctx context(const struct ima_ns_dialect *dialect, bool host)
{
	struct ima_ns_policy_ctx ctx = { .dialect = dialect, .caps = IMA_NS_CAPS_HOST };

	if (!host) {
		ctx.caps = IMA_NS_CAPS_NAMESPACE;
		ctx.pcrs = IMA_NS_PCRS;
		ctx.template = template_index;
	}
	return ctx;
}

/* Return: whether there may be more. */
static bool add_fault(struct policy_report *r, struct policy_fault f)
{
	if (r->count == POLICY_FAULTS_MAX)
		f = (struct policy_fault){ .err = EINVAL,
					   .reason = "too many bad lines; is this a policy?" };
	/* Room for a power of two. */
	if (!(r->count & (r->count - 1)))
		r->faults = xrealloc(r->faults, (r->count ? 2 * r->count : 1) * sizeof(f));
	r->faults[r->count++] = f;
	return r->count <= POLICY_FAULTS_MAX;
}

/* Return: whether it makes sense to go on. */
static bool check_line(struct ima_ns_policy_builder *b, const char *line, size_t len,
		       unsigned int number, struct policy_report *r)
{
	struct policy_fault f = { .line = number, .text = line, .text_len = len };
	const char *nul = len ? memchr(line, '\0', len) : NULL;
	struct ima_ns_policy_error e;

	if (nul) {
		f.column = (unsigned int)(nul - line) + 1;
		f.length = 1;
		f.err = EINVAL;
		f.reason = "a NUL byte ends the line for the kernel; delete it";
		return add_fault(r, f);
	}
	if (ima_ns_policy_add_line(b, line, len, &e) >= 0)
		return true;
	f.column = e.column;
	f.length = e.length;
	f.err = -e.err;
	f.reason = e.reason ? e.reason : "invalid";
	/* A policy that is too big does not get smaller. */
	return add_fault(r, f) && e.err != -ENOMEM &&
	       (e.err != -E2BIG || len > IMA_NS_POLICY_LINE_MAX);
}

static void build(const struct ima_ns_policy_builder *b, struct policy_report *r)
{
	struct policy_fault f = { 0 };
	int err = ima_ns_policy_build(b, 1, &r->policy);

	if (!err)
		return;
	f.err = -err;
	f.reason = err == -EINVAL ? "there is no rule in it; the kernel takes no empty policy" :
		   err == -E2BIG  ? "too many keyrings or labels; 4096 in all" :
				    "no memory";
	add_fault(r, f);
}

/**
 * policy_check() - read a policy as the kernel does
 * @dialect: grammar
 * @host: with all that host IMA can do, not with what a namespace can
 * @text: lines; the last newline may be missing
 * @len: bytes at @text
 * @report: what was found (out), to be given to policy_report_free(); points
 *          into @text
 *
 * Unlike the kernel this goes on behind a bad line, and takes no NUL bytes.
 */
void policy_check(const struct ima_ns_dialect *dialect, bool host, const char *text, size_t len,
		  struct policy_report *report)
{
	const struct ima_ns_policy_ctx ctx = context(dialect, host);
	struct ima_ns_policy_builder *b;
	const char *end;
	unsigned int number;
	size_t n;
	bool more = true;

	memset(report, 0, sizeof(*report));
	if (ima_ns_policy_builder_new(&ctx, NULL, &b)) {
		add_fault(report, (struct policy_fault){ .err = ENOMEM, .reason = "no memory" });
		return;
	}
	for (number = 1; len && more; number++) {
		end = memchr(text, '\n', len);
		n = end ? (size_t)(end - text) : len;
		more = check_line(b, text, n, number, report);
		n += !!end;
		text += n;
		len -= n;
	}
	if (!report->count)
		build(b, report);
	ima_ns_policy_builder_free(b);
}

/** policy_report_free() - free what policy_check() found */
void policy_report_free(struct policy_report *report)
{
	ima_ns_policy_free(report->policy);
	free(report->faults);
	memset(report, 0, sizeof(*report));
}

/**
 * policy_text() - rules as the kernel shows them
 * @policy: the rules
 * @len: bytes (out)
 *
 * Return: the text with a NUL behind it, to be freed.
 */
char *policy_text(const struct ima_ns_policy *policy, size_t *len)
{
	struct buf_writer w;
	char *text;

	buf_writer_init(&w, NULL, 0);
	ima_ns_policy_show(policy, &w);
	*len = w.len;
	text = xalloc(w.len + 1);
	buf_writer_init(&w, text, w.len);
	ima_ns_policy_show(policy, &w);
	return text;
}

/* comparing */

static bool is_id(const char *word, size_t key_len)
{
	static const char *const keys[] = { "uid", "euid", "gid", "egid", "fowner", "fgroup" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (strlen(keys[i]) == key_len && !memcmp(keys[i], word, key_len))
			return true;
	return false;
}

static bool same_word(const char *a, size_t a_len, const char *b, size_t b_len, bool same_ids)
{
	size_t key = strcspn(a, "=<>\n ");

	if (a_len == b_len && !memcmp(a, b, a_len))
		return true;
	/* The kernel shows ids as the host counts them. */
	return !same_ids && key < a_len && key < b_len && is_id(a, key) && !memcmp(a, b, key + 1);
}

static bool same_line(const char *a, const char *b, bool same_ids)
{
	size_t n, m;

	for (;;) {
		n = strcspn(a, "\n ");
		m = strcspn(b, "\n ");
		if (!same_word(a, n, b, m, same_ids) || a[n] != b[m])
			return false;
		if (a[n] != ' ')
			return true;
		a += n + 1;
		b += m + 1;
	}
}

static size_t lines(const char *text)
{
	size_t n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

static const char *next_line(const char *text)
{
	return text + strcspn(text, "\n") + 1;
}

/**
 * policy_in_force() - did rules that were written come into force?
 * @before: text of the policy before
 * @after: and now
 * @rules: what was written, in the kernel's form
 * @same_ids: ids are shown as they are written
 *
 * Rules are appended, or replace built-in ones.
 *
 * Return: whether @after ends with @rules, and for no older reason.
 */
bool policy_in_force(const char *before, const char *after, const char *rules, bool same_ids)
{
	size_t n = lines(rules), all = lines(after);

	if (all < n || (all != n && all <= lines(before)))
		return false;
	for (; all > n; all--)
		after = next_line(after);
	for (; n; n--) {
		if (!same_line(after, rules, same_ids))
			return false;
		after = next_line(after);
		rules = next_line(rules);
	}
	return !*after;
}

/* telling */

static size_t put_part(FILE *out, const char *p, size_t n)
{
	size_t size, width;
	char *s = NULL;
	FILE *f = open_memstream(&s, &size);

	if (!f)
		return 0;
	sentence_put(f, p, n);
	fclose(f);
	width = utf8_width(s);
	fputs(s, out);
	free(s);
	return width;
}

static void put_many(FILE *out, char c, size_t n)
{
	while (n--)
		putc(c, out);
}

/* The line, or what of it is near the token, and a mark below the token. */
static void put_excerpt(FILE *out, const struct policy_fault *f)
{
	size_t start = f->column - 1, from, length, end, left, width;

	from = start > EXCERPT_BEFORE ? start - EXCERPT_BEFORE : 0;
	length = min_t(size_t, f->length, EXCERPT_TOKEN);
	end = min(f->text_len, start + length + EXCERPT_BEHIND);
	fputs(from ? " ..." : "    ", out);
	left = put_part(out, f->text + from, start - from);
	width = put_part(out, f->text + start, length);
	put_part(out, f->text + start + length, end - start - length);
	fputs(end < f->text_len ? "...\n    " : "\n    ", out);
	put_many(out, ' ', left);
	putc('^', out);
	put_many(out, '~', width ? width - 1 : 0);
	putc('\n', out);
}

/**
 * policy_fault_put() - print "FILE:LINE:COLUMN: TOKEN: reason"
 * @out: where
 * @file: name of the file
 * @f: what is wrong
 * @excerpt: show the place, too
 */
void policy_fault_put(FILE *out, const char *file, const struct policy_fault *f, bool excerpt)
{
	sentence_put(out, file, strlen(file));
	if (f->line)
		fprintf(out, ":%u", f->line);
	if (f->column) {
		fprintf(out, ":%u: ", f->column);
		text_put(out, f->text + f->column - 1, min_t(size_t, f->length, EXCERPT_TOKEN));
		if (f->length > EXCERPT_TOKEN)
			fputs("...", out);
	}
	fprintf(out, ": %s\n", f->reason);
	if (excerpt && f->column)
		put_excerpt(out, f);
}
