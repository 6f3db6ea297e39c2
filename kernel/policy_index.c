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
 * of them, which makes '<' and '>' the same as '='.  Where all rules say '=' the
 * gaps are empty and the table is a hash table.  Strings and UUIDs are found by
 * a hash of theirs and compared by policy_eval.c.
 *
 * Per func, only rules that can still matter are kept: not those behind a rule
 * that catches everything, and not a tail of dont_ rules, which say what no
 * match says.  The fewer dimensions are left, the longer a verdict can be kept
 * (ima_ns_policy_depends()).
 */
#include "policy_int.h"

/* distinct values in one dimension */
#define MAX_KEYS 4096

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

/* every dimension but the mask, which has classes of its own */
static struct demand demand_of(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
			       unsigned int dim)
{
	static const u8 id_of[IMA_NS_DIM_MAX] = {
		[IMA_NS_DIM_UID] = RULE_UID,
		[IMA_NS_DIM_EUID] = RULE_UID,
		[IMA_NS_DIM_GID] = RULE_GID,
		[IMA_NS_DIM_EGID] = RULE_GID,
		[IMA_NS_DIM_FOWNER] = RULE_FOWNER,
		[IMA_NS_DIM_FGROUP] = RULE_FGROUP,
	};
	struct demand d = { 0 };

	if (!(r->conds & ima_ns_dim_conds[dim]))
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
		d.op = r->id_op[id_of[dim]];
		d.key = r->id[id_of[dim]];
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
 * @ranges: some rule says '<' or '>'
 * @sets: per class, a set of rules; p->nr_words words each
 * @nr_classes: how many
 */
struct table {
	const struct ima_ns_policy *p;
	unsigned int dim;
	u64 *keys;
	unsigned int nr_keys;
	bool ranges;
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
			t->ranges |= d.op != '=';
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
 * Words of a class from its first to its last that is not zero, with no pool
 * only counted.  A class equal to the one before shares its words.
 */
static u32 pack_class(const struct table *t, unsigned int class, struct ima_ns_class *out,
		      u64 *pool, u32 used)
{
	unsigned int words = t->p->nr_words, w, last = 0, nr = 0;
	const u64 *set = &t->sets[class * words];
	u64 bits;

	memset(out, 0, sizeof(*out));
	for (w = 0; w < words; w++) {
		if (!set[w])
			continue;
		if (!out->live)
			out->first = w;
		out->live |= 1u << w;
		last = w;
		for (bits = set[w]; bits; bits &= bits - 1)
			nr++;
	}
	out->nr = min(nr, 255u);
	if (!out->live)
		return used;
	out->off = used;
	for (w = out->first; w <= last; w++, used++)
		if (pool)
			pool[used] = set[w];
	return used;
}

/* where the class of a key goes in a hash table */
static struct ima_ns_class *claim_slot(struct ima_ns_dim *d, u64 key, u64 *keys,
				       struct ima_ns_class *classes)
{
	u32 mask = (1u << (64 - d->shift)) - 1;
	u32 slot = key_slot(key, d->shift);

	while (classes[slot].live)
		slot = (slot + 1) & mask;
	keys[slot] = key;
	return &classes[slot];
}

/* a word 0 for empty classes, then the words of the classes */
static u32 pool_size(const struct table *t)
{
	struct ima_ns_class unused;
	unsigned int c;
	u32 used = 1;

	for (c = 0; c < t->nr_classes; c++)
		used = pack_class(t, c, &unused, NULL, used);
	return used;
}

/* slots of the hash table, or the number of classes when it is none */
static u32 shape(const struct table *t, struct ima_ns_dim *d)
{
	u32 slots = 2;

	d->nr_keys = t->nr_keys;
	if (t->dim == IMA_NS_DIM_MASK || t->ranges)
		return t->nr_classes;
	d->shift = 63;
	while (slots <= 2 * t->nr_keys) {
		slots *= 2;
		d->shift--;
	}
	return slots;
}

/* header, keys, pool, wild, classes: one piece of memory, widest first */
static struct ima_ns_dim *finish(const struct table *t, const u64 *wild)
{
	struct ima_ns_dim proto = { 0 };
	u32 nr_classes = shape(t, &proto), nr_keys = proto.shift ? nr_classes : t->nr_keys;
	u32 used = pool_size(t), words = t->p->nr_words, c;
	struct ima_ns_class *classes;
	struct ima_ns_dim *d;
	u64 *keys, *pool, *w, bits;

	d = port_alloc(sizeof(*d) + (size_t)(nr_keys + used + words) * sizeof(u64) +
		       nr_classes * sizeof(*classes));
	if (!d)
		return NULL;
	*d = proto;
	keys = (u64 *)(d + 1);
	pool = keys + nr_keys;
	w = pool + used;
	classes = (struct ima_ns_class *)(w + words);
	d->keys = keys;
	d->pool = pool;
	d->wild = w;
	d->classes = classes;
	memcpy(w, wild, words * sizeof(*w));
	for (c = 0; c < words; c++) {
		d->wild_live |= wild[c] ? 1u << c : 0;
		for (bits = wild[c]; bits; bits &= bits - 1)
			d->wild_nr++;
	}
	for (c = 0; !d->shift && c < t->nr_keys; c++)
		keys[c] = t->keys[c];
	for (c = 0, used = 1; c < t->nr_classes; c++) {
		struct ima_ns_class *class = &classes[c];

		if (d->shift && !(c & 1))
			continue;
		if (d->shift)
			class = claim_slot(d, t->keys[c / 2], keys, classes);
		used = pack_class(t, c, class, pool, used);
	}
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
		if (!(p->rules[i].conds & ima_ns_dim_conds[dim]))
			set_bit_in(wild, i);
		else if (dim == IMA_NS_DIM_MASK)
			fill_mask(&t, i);
		else
			fill_keyed(&t, i);
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

	for (i = 0; i < IMA_NS_DIM_MAX; i++)
		if (ima_ns_dim_conds[i] & conds)
			dims |= IMA_NS_DIM_BIT(i);
	return dims;
}

/*
 * The conditions of @r that host IMA compares with an event of @func; others it
 * ignores: a key's gid, the mask of a setattr.  -1: the rule is not for @func.
 */
static int dims_for(const struct ima_ns_rule *r, unsigned int func)
{
	u32 conds = r->conds;

	/* no LSM here knows the label: the rule sleeps, as on the host */
	if (r->conds & COND_LSM)
		return -1;
	if (func == IMA_NS_POST_SETATTR) {
		if (!(r->action & (IMA_NS_APPRAISE | IMA_NS_DONT_APPRAISE)))
			return -1;
		return dims_of_conds(conds & COND_MATCHED & ~(COND_MASK | COND_INMASK));
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
	int end[IMA_NS_GROUPS] = { 0 };
	bool closed[IMA_NS_GROUPS] = { false };
	unsigned int g, w;
	int i, dims;

	/* per group: one behind the last rule that says more than no match says */
	for (i = 0; i < p->nr_rules; i++) {
		const struct ima_ns_rule *r = &p->rules[i];

		g = group_of(r);
		dims = dims_for(r, func);
		if (dims < 0 || closed[g] || !(p->groups & 1u << g))
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
		f->groups |= 1u << g;
		f->dims |= dims;
	}
	for (w = 0; w < p->nr_words; w++)
		f->live |= rules[w] ? 1u << w : 0;
	f->rules = rules;
	for (i = 0; i < IMA_NS_DIM_MAX; i++) {
		if (f->dims & IMA_NS_DIM_BIT(i))
			f->conds |= ima_ns_dim_conds[i];
		if (f->dims & HASHED_DIMS & IMA_NS_DIM_BIT(i))
			f->names |= ima_ns_dim_conds[i];
	}
}

/* the dimension that leaves the fewest rules comes first */
static void order_dims(const struct ima_ns_policy *p, struct ima_ns_func_index *f)
{
	unsigned int dim, i;

	for (dim = 0; dim < IMA_NS_DIM_MAX; dim++) {
		if (!(f->dims & IMA_NS_DIM_BIT(dim)))
			continue;
		for (i = f->nr_dims; i && p->dim[f->order[i - 1]]->wild_nr > p->dim[dim]->wild_nr;
		     i--)
			f->order[i] = f->order[i - 1];
		f->order[i] = dim;
		f->nr_dims++;
	}
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
	p->words = port_alloc((IMA_NS_GROUPS + IMA_NS_POLICY_FUNC_MAX) * words * sizeof(u64));
	if (!p->words)
		return -ENOMEM;
	place = p->words + IMA_NS_GROUPS * words;
	for (i = 0; i < IMA_NS_GROUPS; i++)
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
	for (i = 0; !rc && i < IMA_NS_POLICY_FUNC_MAX; i++)
		order_dims(p, &p->func[i]);
	return rc;
}
