// SPDX-License-Identifier: GPL-2.0
/*
 * Text to rules: lines, tokens, validation, and the builder that collects what
 * one open of the policy file wrote.  Mirrors ima_parse_add_rule(),
 * ima_parse_rule() and ima_validate_rule() of host IMA.
 *
 * An error has the errno that host IMA returns and, unlike host IMA's, a place
 * and a reason.  What host IMA would accept and a namespace cannot do is told
 * apart by -EOPNOTSUPP; a real error in the same line goes first.
 */
#include "policy_int.h"

const struct ima_ns_dialect ima_ns_dialect_6_12 = {
	.name = "6.12",
	.grammar = 0,
};

const struct ima_ns_dialect ima_ns_dialect_7_2 = {
	.name = "7.2",
	.grammar = IMA_NS_GRAMMAR_DONT_AUDIT | IMA_NS_GRAMMAR_FS_SUBTYPE |
		   IMA_NS_GRAMMAR_COMMENT | IMA_NS_GRAMMAR_SIGV3_FILES |
		   IMA_NS_GRAMMAR_TCB_TMPFS,
};

/**
 * ima_ns_dialect_for() - the grammar of a kernel
 * @major: first part of its version
 * @minor: second part
 *
 * The grammar grew step by step between the two kernels that we know; those in
 * between get the whole of it, which takes nothing away from them.
 *
 * Return: the dialect.
 */
const struct ima_ns_dialect *ima_ns_dialect_for(unsigned int major, unsigned int minor)
{
	if (major < 6 || (major == 6 && minor <= 12))
		return &ima_ns_dialect_6_12;
	return &ima_ns_dialect_7_2;
}

/* --- one line ------------------------------------------------------------------ */

static int fail_at(struct ima_ns_parse *ps, struct span at, int err, const char *reason)
{
	ps->err = err;
	ps->error_at = at;
	ps->reason = reason;
	return err;
}

/**
 * ima_ns_parse_fail() - the token being parsed is wrong
 * @ps: the line
 * @err: negative errno
 * @reason: what is wrong and what to do, a static string
 *
 * Return: @err.
 */
int ima_ns_parse_fail(struct ima_ns_parse *ps, int err, const char *reason)
{
	return fail_at(ps, ps->at, err, reason);
}

static void note_places(struct ima_ns_parse *ps, u32 fresh)
{
	for (; fresh; fresh &= fresh - 1)
		ps->where[__ffs(fresh)] = ps->at;
}

static const struct ima_ns_token *find_token(const char *word, size_t len)
{
	unsigned int i;

	for (i = 0; i < ima_ns_nr_tokens; i++)
		if (!strncmp(ima_ns_tokens[i].key, word, len) && !ima_ns_tokens[i].key[len])
			return &ima_ns_tokens[i];
	return NULL;
}

static int parse_token(struct ima_ns_parse *ps, char *word)
{
	size_t len = strcspn(word, "=<>");
	const struct ima_ns_token *t = find_token(word, len);
	char op = word[len];
	char *value = word + len + (op != '\0');
	u32 before = ps->rule.conds;
	int rc;

	if (!t)
		return ima_ns_parse_fail(ps, -EINVAL, "unknown word; see ABI/testing/ima_policy");
	if (t->grammar & ~ps->ctx->dialect->grammar)
		return ima_ns_parse_fail(ps, -EINVAL, "the IMA of this kernel is older than this");
	if (!*t->ops && op)
		return ima_ns_parse_fail(ps, -EINVAL, "this word takes no value");
	if (*t->ops && (!op || !strchr(t->ops, op)))
		return ima_ns_parse_fail(ps, -EINVAL, t->ops[1] ?
					 "an '=', '>' or '<' must follow this word" :
					 "an '=' must follow this word");
	if (op && !*value)
		return ima_ns_parse_fail(ps, -EINVAL, "the value is missing");
	if (before & t->cond && !t->repeat)
		return ima_ns_parse_fail(ps, -EINVAL, "this is in the rule already");
	if (before & t->excludes)
		return ima_ns_parse_fail(ps, -EINVAL, "the rule has its sibling already");
	if (t->cap & ~ps->ctx->caps && !ps->refused) {
		ps->refused = t->refusal;
		ps->refused_at = ps->at;
	}
	ps->rule.conds |= t->cond;
	rc = t->parse(ps, t, op, value);
	note_places(ps, ps->rule.conds & ~before);
	return rc;
}

/* host: ima_validate_rule() */
static int validate(struct ima_ns_parse *ps)
{
	const struct ima_ns_rule *r = &ps->rule;
	const struct ima_ns_func_row *row = ima_ns_func_row(r->func);
	unsigned int i;
	u32 wrong;

	if (!r->action)
		return fail_at(ps, (struct span){ 0 }, -EINVAL,
			       "no action; begin with measure, dont_measure, audit, hash, ...");
	for (i = 0; i < ima_ns_nr_tokens; i++) {
		const struct ima_ns_token *t = &ima_ns_tokens[i];

		if (t->actions && r->conds & t->cond && !(t->actions & r->action))
			return fail_at(ps, ps->where[__ffs(t->cond)], -EINVAL,
				       t->actions == IMA_NS_MEASURE ?
				       "only a measure rule has this" :
				       "only an appraise rule has this");
	}
	if (!(row->actions & r->action))
		return fail_at(ps, ps->where[__ffs(COND_FUNC)], -EINVAL,
			       row->actions == IMA_NS_APPRAISE ?
			       "this func goes with appraise only" :
			       "this func goes with measure and dont_measure only");
	wrong = r->conds & ~row->conds;
	if (wrong)
		return fail_at(ps, ps->where[__ffs(wrong)], -EINVAL,
			       "this does not go with the rule's func");
	if (row->needs & ~r->conds)
		return fail_at(ps, ps->where[__ffs(COND_FUNC)], -EINVAL,
			       "this func needs appraise_algos=");
	if (r->action == IMA_NS_APPRAISE && r->conds & COND_VERITY && !(r->conds & COND_DIGSIG))
		return fail_at(ps, ps->where[__ffs(COND_VERITY)], -EINVAL,
			       "a verity digest is appraised by its signature; add appraise_type=");
	return 0;
}

/**
 * ima_ns_parse_line() - one rule
 * @ps: zeroed but for ->ctx; filled
 * @line: NUL-terminated, modified
 *
 * Return: 0, the errno of host IMA, or -EOPNOTSUPP for what host IMA would take
 * and the caller cannot do; then ->reason and ->error_at say more.
 */
int ima_ns_parse_line(struct ima_ns_parse *ps, char *line)
{
	char *rest = line;
	char *word;
	int rc;

	ps->rule.pcr = -1;
	ps->rule.template = IMA_NS_TEMPLATE_NONE;
	while ((word = strsep(&rest, " \t"))) {
		if (*word == '#' && ps->ctx->dialect->grammar & IMA_NS_GRAMMAR_COMMENT)
			break;
		if (!*word)
			continue;
		ps->at = (struct span){ .start = word - line, .len = strlen(word) };
		rc = parse_token(ps, word);
		if (rc)
			return rc;
	}
	rc = validate(ps);
	if (rc)
		return rc;
	if (ps->refused)
		return fail_at(ps, ps->refused_at, -EOPNOTSUPP, ps->refused);
	if (ps->rule.action & IMA_NS_DO_MASK)
		ps->rule.result |= ps->rule.action;
	return 0;
}

/* --- the builder ------------------------------------------------------------------ */

/**
 * struct vec - an array that grows
 * @mem: elements
 * @used: how many
 * @room: how many fit
 */
struct vec {
	void *mem;
	u32 used;
	u32 room;
};

/**
 * struct ima_ns_policy_builder - rules on their way to a policy
 * @ctx: the caller's answers
 * @rules: rules so far
 * @nr_base: how many of them came from the base
 * @names: bytes of their strings
 * @line: lines seen
 * @failed: a line was wrong: nothing will come of it
 * @ps: the line being parsed
 * @buf: its text
 */
struct ima_ns_policy_builder {
	struct ima_ns_policy_ctx ctx;
	struct vec rules;
	u32 nr_base;
	struct vec names;
	u32 line;
	bool failed;
	struct ima_ns_parse ps;
	char buf[IMA_NS_POLICY_LINE_MAX + 1];
};

/* append @n elements of @size bytes, @limit at most in all; the memory doubles */
static int vec_add(struct vec *v, const void *src, u32 n, size_t size, u32 limit)
{
	u32 room = max(v->room, 16u);
	void *mem;

	if (n > limit || v->used > limit - n)
		return -E2BIG;
	if (v->used + n > v->room) {
		while (room < v->used + n)
			room *= 2;
		mem = port_alloc(room * size);
		if (!mem)
			return -ENOMEM;
		if (v->used)
			memcpy(mem, v->mem, v->used * size);
		port_free(v->mem);
		v->mem = mem;
		v->room = room;
	}
	memcpy((char *)v->mem + v->used * size, src, n * size);
	v->used += n;
	return 0;
}

static int vec_add_rules(struct vec *v, const struct ima_ns_rule *rules, u32 n)
{
	return vec_add(v, rules, n, sizeof(*rules), IMA_NS_MAX_RULES);
}

static int vec_add_names(struct vec *v, const void *src, u32 n)
{
	return vec_add(v, src, n, 1, IMA_NS_POLICY_NAMES_MAX);
}

/* @same: offset of a string that may be equal, of the rule before */
static int add_name(struct ima_ns_policy_builder *b, const void *s, u32 len, u32 same,
		    u32 *at)
{
	const char *names = b->names.mem;

	if (len <= b->names.used - same && !memcmp(names + same, s, len)) {
		*at = same;
		return 0;
	}
	*at = b->names.used;
	return vec_add_names(&b->names, s, len);
}

static int add_labels(struct ima_ns_policy_builder *b, struct ima_ns_rule *r)
{
	const char *const *label = &b->ps.text[TEXT_OBJ_USER];
	int rc, i;

	r->lsm = b->names.used;
	for (i = 0; i < TEXT_MAX - TEXT_OBJ_USER; i++) {
		if (!label[i])
			continue;
		rc = vec_add_names(&b->names, label[i], strlen(label[i]) + 1);
		if (rc)
			return rc;
	}
	return 0;
}

static int add_rule(struct ima_ns_policy_builder *b)
{
	static const struct ima_ns_rule none;
	struct ima_ns_rule *r = &b->ps.rule;
	const struct ima_ns_rule *prev;
	static const struct {
		u8 text;
		u8 offset;
	} places[] = {
		{ TEXT_FSNAME, offsetof(struct ima_ns_rule, fsname) },
		{ TEXT_FS_SUBTYPE, offsetof(struct ima_ns_rule, fs_subtype) },
		{ TEXT_LIST, offsetof(struct ima_ns_rule, list) },
		{ TEXT_TEMPLATE, offsetof(struct ima_ns_rule, template_name) },
		{ TEXT_ALGOS, offsetof(struct ima_ns_rule, algos_text) },
	};
	unsigned int i;
	int rc;

	prev = b->rules.used ?
	       (const struct ima_ns_rule *)b->rules.mem + b->rules.used - 1 : &none;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		const char *s = b->ps.text[places[i].text];

		if (!s)
			continue;
		rc = add_name(b, s, strlen(s) + 1,
			      *(const u32 *)((const char *)prev + places[i].offset),
			      (u32 *)((char *)r + places[i].offset));
		if (rc)
			return rc;
	}
	if (r->conds & COND_FSUUID) {
		rc = add_name(b, b->ps.fsuuid, sizeof(b->ps.fsuuid), prev->fsuuid, &r->fsuuid);
		if (rc)
			return rc;
	}
	if (r->conds & COND_LSM) {
		rc = add_labels(b, r);
		if (rc)
			return rc;
	}
	return vec_add_rules(&b->rules, r, 1);
}

/**
 * ima_ns_policy_builder_new() - begin a policy
 * @ctx: the caller's answers; copied, what it points to must outlive the builder
 * @base: rules that stay in front of the new ones (an update appends), or NULL
 * @builder: result
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ima_ns_policy_builder_new(const struct ima_ns_policy_ctx *ctx,
			      const struct ima_ns_policy *base,
			      struct ima_ns_policy_builder **builder)
{
	struct ima_ns_policy_builder *b = port_alloc(sizeof(*b));
	int rc;

	*builder = NULL;
	if (!b)
		return -ENOMEM;
	b->ctx = *ctx;
	/* offset 0 is the empty string */
	rc = vec_add_names(&b->names, base ? base->names : "", base ? base->names_len : 1);
	if (!rc && base)
		rc = vec_add_rules(&b->rules, base->rules, base->nr_rules);
	if (rc) {
		ima_ns_policy_builder_free(b);
		return rc;
	}
	b->nr_base = b->rules.used;
	*builder = b;
	return 0;
}

/**
 * ima_ns_policy_builder_free() - drop a builder and the rules in it
 * @builder: may be NULL or half built
 *
 * Context: may sleep.
 */
void ima_ns_policy_builder_free(struct ima_ns_policy_builder *builder)
{
	if (!builder)
		return;
	port_free(builder->rules.mem);
	port_free(builder->names.mem);
	port_free(builder);
}

static void report(struct ima_ns_policy_builder *b, const char *text, int err,
		   struct ima_ns_policy_error *error)
{
	unsigned int i, n = min_t(unsigned int, b->ps.error_at.len, sizeof(error->token) - 1);

	b->failed = true;
	if (!error)
		return;
	memset(error, 0, sizeof(*error));
	error->err = err;
	error->line = b->line;
	error->reason = b->ps.reason;
	error->length = b->ps.error_at.len;
	error->column = error->length ? b->ps.error_at.start + 1 : 0;
	for (i = 0; i < n; i++) {
		char c = text[b->ps.error_at.start + i];

		error->token[i] = c > ' ' && c < 0x7f ? c : '?';
	}
}

/**
 * ima_ns_policy_add_line() - one line of a policy
 * @builder: where the rule goes
 * @text: the line, up to a newline, a NUL or @len bytes; not modified
 * @len: bytes at @text
 * @error: filled when the line is wrong; may be NULL
 *
 * Blank lines and comments are lines.  After an error the builder goes on
 * taking lines, and nothing will be built: host IMA's policy file behaves so.
 *
 * Context: may sleep.
 * Mirrors ima_parse_add_rule().
 * Return: bytes consumed, the newline included, which makes it @len + 1 when
 * there is none; or a negative errno: -EINVAL or -ERANGE as host IMA,
 * -EOPNOTSUPP for what the caller cannot do, -E2BIG beyond IMA_NS_MAX_RULES,
 * IMA_NS_POLICY_LINE_MAX or IMA_NS_POLICY_NAMES_MAX, -ENOMEM.
 */
ssize_t ima_ns_policy_add_line(struct ima_ns_policy_builder *builder, const char *text,
			       size_t len, struct ima_ns_policy_error *error)
{
	struct ima_ns_policy_builder *b = builder;
	size_t n = 0;
	size_t start;
	int rc;

	/* host: the text is a C string, so a NUL ends a line, too */
	while (n < len && text[n] != '\n' && text[n] != '\0')
		n++;
	b->line++;
	if (error)
		memset(error, 0, sizeof(*error));
	memset(&b->ps, 0, sizeof(b->ps));
	b->ps.ctx = &b->ctx;
	if (n > IMA_NS_POLICY_LINE_MAX) {
		rc = fail_at(&b->ps, (struct span){ 0 }, -E2BIG,
			     "the line is longer than 4095 bytes");
		report(b, text, rc, error);
		return rc;
	}
	if (n)
		memcpy(b->buf, text, n);
	b->buf[n] = '\0';
	start = strspn(b->buf, " \t");
	if (b->buf[start] == '\0' || b->buf[start] == '#')
		return n + 1;
	rc = ima_ns_parse_line(&b->ps, b->buf);
	if (!rc) {
		rc = add_rule(b);
		if (rc)
			fail_at(&b->ps, (struct span){ 0 }, rc, rc != -E2BIG ? "no memory" :
				"the policy is too big; 1000 rules, 256 KiB of names");
	}
	if (rc) {
		report(b, text, rc, error);
		return rc;
	}
	return n + 1;
}

/**
 * ima_ns_policy_add_text() - all lines of a text
 * @builder: where the rules go
 * @text: lines; the last newline may be missing
 * @len: bytes at @text
 * @error: filled when a line is wrong; may be NULL
 *
 * Stops at the first line that is wrong.
 *
 * Context: may sleep.
 * Return: 0 or what ima_ns_policy_add_line() returned.
 */
int ima_ns_policy_add_text(struct ima_ns_policy_builder *builder, const char *text,
			   size_t len, struct ima_ns_policy_error *error)
{
	if (error)
		memset(error, 0, sizeof(*error));
	while (len) {
		ssize_t n = ima_ns_policy_add_line(builder, text, len, error);

		if (n < 0)
			return n;
		if ((size_t)n >= len)
			break;
		text += n;
		len -= n;
	}
	return 0;
}

/**
 * ima_ns_policy_build() - rules to a policy
 * @builder: the rules; unchanged, may be used again
 * @generation: kept in the policy
 * @policy: result; free with ima_ns_policy_free()
 *
 * Context: may sleep.
 * Mirrors ima_check_policy() and ima_update_policy().
 * Return: 0; -EINVAL when a line was wrong or no rule was added, as host IMA;
 * -E2BIG when the rules name more than 4096 keyrings or labels; -ENOMEM.
 */
int ima_ns_policy_build(const struct ima_ns_policy_builder *builder, u64 generation,
			struct ima_ns_policy **policy)
{
	const struct ima_ns_policy_builder *b = builder;
	struct ima_ns_policy *p;
	int rc = -ENOMEM;

	*policy = NULL;
	if (b->failed || b->rules.used == b->nr_base)
		return -EINVAL;
	p = port_alloc(sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->generation = generation;
	p->nr_rules = b->rules.used;
	p->names_len = b->names.used;
	p->rules = port_alloc(p->nr_rules * sizeof(*p->rules));
	p->names = port_alloc(p->names_len);
	if (!p->rules || !p->names)
		goto fail;
	memcpy(p->rules, b->rules.mem, p->nr_rules * sizeof(*p->rules));
	memcpy(p->names, b->names.mem, p->names_len);
	rc = ima_ns_policy_index(p);
	if (rc)
		goto fail;
	*policy = p;
	return 0;
fail:
	ima_ns_policy_free(p);
	return rc;
}

/**
 * ima_ns_policy_from_text() - a text to a policy
 * @ctx: the caller's answers
 * @text: lines; the last newline may be missing
 * @len: bytes at @text
 * @generation: kept in the policy
 * @policy: result; free with ima_ns_policy_free()
 * @error: filled when a line is wrong; may be NULL
 *
 * Context: may sleep.
 * Return: 0 or a negative errno of ima_ns_policy_add_line() or
 * ima_ns_policy_build().
 */
int ima_ns_policy_from_text(const struct ima_ns_policy_ctx *ctx, const char *text,
			    size_t len, u64 generation, struct ima_ns_policy **policy,
			    struct ima_ns_policy_error *error)
{
	struct ima_ns_policy_builder *b;
	int rc;

	*policy = NULL;
	rc = ima_ns_policy_builder_new(ctx, NULL, &b);
	if (rc)
		return rc;
	rc = ima_ns_policy_add_text(b, text, len, error);
	if (!rc)
		rc = ima_ns_policy_build(b, generation, policy);
	ima_ns_policy_builder_free(b);
	return rc;
}

/**
 * ima_ns_policy_free() - free a policy
 * @policy: may be NULL or half built
 *
 * Context: may sleep; nobody may be evaluating it any more.
 */
void ima_ns_policy_free(struct ima_ns_policy *policy)
{
	unsigned int i;

	if (!policy)
		return;
	for (i = 0; i < IMA_NS_DIM_MAX; i++)
		port_free(policy->dim[i]);
	port_free(policy->words);
	port_free(policy->names);
	port_free(policy->rules);
	port_free(policy);
}
