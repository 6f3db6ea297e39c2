// SPDX-License-Identifier: GPL-2.0
/*
 * Rules compiled into what a decision looks up.
 *
 * Host IMA walks its list.  We turn the question round: for each dimension of
 * an event (its fsmagic, its uid, ...) there is a table from values to the set
 * of rules that this value fits.  The intersection of one set per dimension is
 * what the event fits, and the lowest bit is the first match.  A set is 64
 * rules to a word, so a policy of everyday size is one word, and a thousand
 * rules cost a handful of binary searches.
 *
 * A table has one class per value that rules name and one per gap between two
 * of them, which makes '<' and '>' the same as '='.  Strings and UUIDs are found
 * by a hash and compared by policy_eval.c.
 *
 * Per func, only rules that can still matter are kept: not those behind a rule
 * that catches everything, and not a tail of dont_ rules, which say what no
 * match says.  The fewer dimensions are left, the longer a verdict can be kept
 * (ima_ns_policy_depends()).
 */
#include "policy_int.h"

/* distinct values in one dimension */
#define MAX_KEYS 4096

const u16 ima_ns_group_action[NR_GROUPS] = {
	IMA_NS_MEASURE, IMA_NS_APPRAISE, IMA_NS_AUDIT, IMA_NS_HASH,
};

static unsigned int group_of(const struct ima_ns_rule *r)
{
	unsigned int g;

	for (g = 0; g < NR_GROUPS - 1; g++)
		if (r->action & (ima_ns_group_action[g] | ima_ns_group_action[g] << 1))
			break;
	return g;
}

static void set_bit_in(u64 *set, unsigned int bit)
{
	set[bit / 64] |= 1ULL << bit % 64;
}

/* --- what a rule asks of a dimension ------------------------------------------- */

/**
 * struct demand - one rule, one dimension
 * @op: '=', '>' or '<'; '\0' when the rule takes any value
 * @key: the value
 * @next: rest of a list of alternatives, or NULL
 */
struct demand {
	char op;
	u64 key;
	const char *next;
};

static void demand_name(struct demand *d, const char *s)
{
	d->op = '=';
	d->key = name_key(s, strlen(s));
}

/* item of "a|b|c" at @s */
static void demand_item(struct demand *d, const char *s)
{
	size_t len = strcspn(s, "|");

	d->op = '=';
	d->key = name_key(s, len);
	d->next = s[len] ? s + len + 1 : NULL;
}

static const struct ima_ns_token *token_of(unsigned int dim, u32 conds)
{
	unsigned int i;

	for (i = 0; i < ima_ns_nr_tokens; i++)
		if (ima_ns_tokens[i].dim == dim && ima_ns_tokens[i].cond & conds)
			return &ima_ns_tokens[i];
	return NULL;
}

/* every dimension but the mask, which has classes of its own */
static struct demand demand_of(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
			       unsigned int dim)
{
	const struct ima_ns_token *t = token_of(dim, r->conds);
	struct demand d = { 0 };

	if (!t)
		return d;
	switch (dim) {
	case IMA_NS_DIM_FSMAGIC:
		d.op = '=';
		d.key = r->fsmagic;
		break;
	case IMA_NS_DIM_FSNAME:
		demand_name(&d, p->names + r->fsname);
		break;
	case IMA_NS_DIM_FS_SUBTYPE:
		demand_name(&d, p->names + r->fs_subtype);
		break;
	case IMA_NS_DIM_FSUUID:
		d.op = '=';
		d.key = uuid_key((const u8 *)p->names + r->fsuuid);
		break;
	case IMA_NS_DIM_DATA:
		demand_item(&d, p->names + r->list);
		break;
	default:
		d.op = r->id_op[t->id];
		d.key = r->id[t->id];
	}
	return d;
}

/* --- the table of one dimension ---------------------------------------------------- */

/**
 * struct table - a dimension while it is built
 * @p: the policy
 * @dim: enum ima_ns_policy_dim
 * @keys: values named, ascending
 * @nr_keys: how many
 * @sets: per class, a set of rules; p->nr_words words each
 * @nr_classes: how many
 */
struct table {
	const struct ima_ns_policy *p;
	unsigned int dim;
	u64 *keys;
	unsigned int nr_keys;
	u64 *sets;
	unsigned int nr_classes;
};

/* first key that is not below @key */
static unsigned int key_place(const struct table *t, u64 key)
{
	unsigned int lo = 0, hi = t->nr_keys;

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;

		if (t->keys[mid] < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int add_key(struct table *t, u64 key)
{
	unsigned int at = key_place(t, key);

	if (at < t->nr_keys && t->keys[at] == key)
		return 0;
	if (t->nr_keys == MAX_KEYS)
		return -E2BIG;
	memmove(&t->keys[at + 1], &t->keys[at], (t->nr_keys - at) * sizeof(*t->keys));
	t->keys[at] = key;
	t->nr_keys++;
	return 0;
}

static int collect_keys(struct table *t)
{
	unsigned int i;
	int rc;

	for (i = 0; i < t->p->nr_rules; i++) {
		struct demand d = demand_of(t->p, &t->p->rules[i], t->dim);

		while (d.op) {
			rc = add_key(t, d.key);
			if (rc)
				return rc;
			if (!d.next)
				break;
			demand_item(&d, d.next);
		}
	}
	return 0;
}

static void fit(struct table *t, unsigned int class, unsigned int rule)
{
	set_bit_in(&t->sets[class * t->p->nr_words], rule);
}

static void fill_keyed(struct table *t, unsigned int rule)
{
	struct demand d = demand_of(t->p, &t->p->rules[rule], t->dim);
	unsigned int class, c;

	while (d.op) {
		class = 2 * key_place(t, d.key) + 1;
		if (d.op == '=')
			fit(t, class, rule);
		for (c = class + 1; d.op == '>' && c < t->nr_classes; c++)
			fit(t, c, rule);
		for (c = 0; d.op == '<' && c < class; c++)
			fit(t, c, rule);
		if (!d.next)
			break;
		demand_item(&d, d.next);
	}
}

static void fill_mask(struct table *t, unsigned int rule)
{
	const struct ima_ns_rule *r = &t->p->rules[rule];
	unsigned int m;

	for (m = 0; m < MASK_CLASSES; m++)
		if (r->conds & COND_INMASK ? m & r->mask : m == r->mask)
			fit(t, m, rule);
}

/*
 * Words of a class from its first to its last that is not zero.  A class equal
 * to the one before shares its words.
 */
static u32 pack_class(const struct table *t, unsigned int class, struct ima_ns_class *out,
		      const struct ima_ns_class *prev, u64 *pool, u32 used)
{
	unsigned int words = t->p->nr_words, w, last = 0;
	const u64 *set = &t->sets[class * words];

	for (w = 0; w < words; w++) {
		if (!set[w])
			continue;
		if (!out->live)
			out->first = w;
		out->live |= 1u << w;
		last = w;
	}
	if (!out->live)
		return used;
	if (prev && !memcmp(set, set - words, words * sizeof(*set))) {
		*out = *prev;
		return used;
	}
	out->off = used;
	for (w = out->first; w <= last; w++, used++)
		if (pool)
			pool[used] = set[w];
	return used;
}

/* word 0 of the pool is the zero of empty classes */
static u32 pack(const struct table *t, struct ima_ns_class *classes, u64 *pool)
{
	unsigned int c;
	u32 used = 1;

	memset(classes, 0, t->nr_classes * sizeof(*classes));
	for (c = 0; c < t->nr_classes; c++)
		used = pack_class(t, c, &classes[c], c ? &classes[c - 1] : NULL, pool, used);
	return used;
}

/* header, keys, pool, wild, classes: one piece of memory, widest first */
static struct ima_ns_dim *finish(const struct table *t, const u64 *wild)
{
	size_t classes_size = t->nr_classes * sizeof(struct ima_ns_class);
	unsigned int w, words = t->p->nr_words;
	struct ima_ns_class *classes;
	struct ima_ns_dim *d;
	u64 *place;
	u32 used;

	classes = port_alloc(classes_size);
	if (!classes)
		return NULL;
	used = pack(t, classes, NULL);
	d = port_alloc(sizeof(*d) + (t->nr_keys + used + words) * sizeof(u64) + classes_size);
	if (d) {
		place = (u64 *)(d + 1);
		d->nr_keys = t->nr_keys;
		d->keys = place;
		memcpy(place, t->keys, t->nr_keys * sizeof(u64));
		place += t->nr_keys;
		d->pool = place;
		pack(t, classes, place);
		place += used;
		d->wild = place;
		memcpy(place, wild, words * sizeof(u64));
		place += words;
		d->classes = (struct ima_ns_class *)place;
		memcpy(place, classes, classes_size);
		for (w = 0; w < words; w++)
			d->wild_live |= wild[w] ? 1u << w : 0;
	}
	port_free(classes);
	return d;
}

static int build_dim(struct ima_ns_policy *p, unsigned int dim, u64 *keys)
{
	struct table t = { .p = p, .dim = dim, .keys = keys };
	u64 wild[IMA_NS_RULE_WORDS] = { 0 };
	unsigned int i;
	int rc;

	if (dim != IMA_NS_DIM_MASK) {
		rc = collect_keys(&t);
		if (rc)
			return rc;
	}
	t.nr_classes = dim == IMA_NS_DIM_MASK ? MASK_CLASSES : 2 * t.nr_keys + 1;
	t.sets = port_alloc((size_t)t.nr_classes * p->nr_words * sizeof(u64));
	if (!t.sets)
		return -ENOMEM;
	for (i = 0; i < p->nr_rules; i++) {
		u32 conds = p->rules[i].conds;

		if (dim == IMA_NS_DIM_MASK && conds & (COND_MASK | COND_INMASK))
			fill_mask(&t, i);
		else if (dim != IMA_NS_DIM_MASK && token_of(dim, conds))
			fill_keyed(&t, i);
		else
			set_bit_in(wild, i);
	}
	p->dim[dim] = finish(&t, wild);
	port_free(t.sets);
	return p->dim[dim] ? 0 : -ENOMEM;
}

/* --- what a func sees ------------------------------------------------------------------ */

static u32 dims_of_conds(u32 conds)
{
	u32 dims = 0;
	unsigned int i;

	for (i = 0; i < ima_ns_nr_tokens; i++)
		if (ima_ns_tokens[i].cond & conds && ima_ns_tokens[i].dim < IMA_NS_DIM_MAX)
			dims |= IMA_NS_DIM_BIT(ima_ns_tokens[i].dim);
	return dims;
}

/*
 * The conditions of @r that host IMA compares with an event of @func; others it
 * ignores: a key's gid, the mask of a setattr.  -1: the rule is not for @func.
 */
static int dims_for(const struct ima_ns_rule *r, unsigned int func)
{
	u32 conds = r->conds & COND_INMASK ? r->conds | COND_MASK : r->conds;

	/* no LSM here knows the label: the rule sleeps, as on the host */
	if (r->conds & COND_LSM)
		return -1;
	if (func == IMA_NS_POST_SETATTR) {
		if (!(r->action & (IMA_NS_APPRAISE | IMA_NS_DONT_APPRAISE)))
			return -1;
		return dims_of_conds(conds & COND_MATCHED & ~COND_MASK);
	}
	if (func == IMA_NS_KEY_CHECK || func == IMA_NS_CRITICAL_DATA) {
		if (r->func != func)
			return -1;
		return dims_of_conds(conds & (COND_UID | COND_KEYRINGS | COND_LABEL));
	}
	if (r->func && r->func != func)
		return -1;
	return dims_of_conds(conds & COND_MATCHED);
}

static void index_func(struct ima_ns_policy *p, unsigned int func, u64 *rules)
{
	struct ima_ns_func_index *f = &p->func[func];
	int end[NR_GROUPS] = { 0 };
	bool closed[NR_GROUPS] = { false };
	unsigned int g, w;
	int i, dims;

	/* per group: one behind the last rule that says more than no match says */
	for (i = 0; i < p->nr_rules; i++) {
		const struct ima_ns_rule *r = &p->rules[i];

		g = group_of(r);
		dims = dims_for(r, func);
		if (dims < 0 || closed[g] || !(p->groups & ima_ns_group_action[g]))
			continue;
		if (r->result)
			end[g] = i + 1;
		/* nobody gets past a rule without conditions */
		closed[g] = !dims;
	}
	for (i = 0; i < p->nr_rules; i++) {
		g = group_of(&p->rules[i]);
		dims = dims_for(&p->rules[i], func);
		if (dims < 0 || i >= end[g])
			continue;
		set_bit_in(rules, i);
		f->groups |= ima_ns_group_action[g];
		f->dims |= dims;
	}
	for (w = 0; w < p->nr_words; w++)
		f->live |= rules[w] ? 1u << w : 0;
	f->rules = rules;
}

/* host: ima_update_policy_flags() */
static void summarise(struct ima_ns_policy *p)
{
	unsigned int i;

	for (i = 0; i < p->nr_rules; i++) {
		const struct ima_ns_rule *r = &p->rules[i];

		if (r->func == IMA_NS_SETXATTR_CHECK) {
			/* the first one sticks */
			if (!p->setxattr_algos)
				p->setxattr_algos = r->algos;
			continue;
		}
		p->groups |= r->action & IMA_NS_DO_MASK;
		if (r->action == IMA_NS_APPRAISE)
			p->appraise_funcs |= 1u << r->func;
	}
}

/**
 * ima_ns_policy_index() - compile the rules of a policy
 * @p: with ->rules, ->nr_rules and ->names; the rest is filled
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM or -E2BIG; ima_ns_policy_free() cleans up either way.
 */
int ima_ns_policy_index(struct ima_ns_policy *p)
{
	unsigned int i, words = DIV_ROUND_UP(p->nr_rules, 64);
	u64 *place, *keys;
	u32 dims = 0;
	int rc = 0;

	p->nr_words = words;
	summarise(p);
	p->words = port_alloc((NR_GROUPS + IMA_NS_POLICY_FUNC_MAX) * words * sizeof(u64));
	if (!p->words)
		return -ENOMEM;
	place = p->words + NR_GROUPS * words;
	for (i = 0; i < NR_GROUPS; i++)
		p->group_rules[i] = p->words + i * words;
	for (i = 0; i < p->nr_rules; i++)
		set_bit_in(p->words + group_of(&p->rules[i]) * words, i);
	for (i = 0; i < IMA_NS_POLICY_FUNC_MAX; i++) {
		if (i != IMA_NS_FUNC_NONE)
			index_func(p, i, place + i * words);
		dims |= p->func[i].dims;
	}
	keys = port_alloc(MAX_KEYS * sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	for (i = 0; !rc && i < IMA_NS_DIM_MAX; i++)
		if (dims & IMA_NS_DIM_BIT(i))
			rc = build_dim(p, i, keys);
	port_free(keys);
	return rc;
}
