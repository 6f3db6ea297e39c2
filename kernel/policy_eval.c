// SPDX-License-Identifier: GPL-2.0
/*
 * The decision: by value, nothing allocated, nothing locked, never sleeping.
 * Means what ima_match_policy() of host IMA means, found by intersecting sets
 * of rules (policy_index.c) rather than by walking a list.
 */
#include "policy_int.h"

/* dimensions whose table is exact; names and UUIDs are compared afterwards */
#define EXACT_DIMS \
	(IMA_NS_DIM_BIT(IMA_NS_DIM_MASK) | IMA_NS_DIM_BIT(IMA_NS_DIM_FSMAGIC) | \
	 IMA_NS_DIMS_TASK | IMA_NS_DIM_BIT(IMA_NS_DIM_FOWNER) | \
	 IMA_NS_DIM_BIT(IMA_NS_DIM_FGROUP))
#define HASHED_DIMS \
	(IMA_NS_DIM_BIT(IMA_NS_DIM_FSNAME) | IMA_NS_DIM_BIT(IMA_NS_DIM_FS_SUBTYPE) | \
	 IMA_NS_DIM_BIT(IMA_NS_DIM_FSUUID) | IMA_NS_DIM_BIT(IMA_NS_DIM_DATA))

static_assert((EXACT_DIMS | HASHED_DIMS) == IMA_NS_DIM_BIT(IMA_NS_DIM_MAX) - 1,
	      "a dimension is one or the other");

static const struct ima_ns_class *find_class(const struct ima_ns_dim *d, u64 key)
{
	const u64 *base = d->keys;
	u32 n = d->nr_keys, half;

	/* keys[lo] <= key < keys[lo + n], if there is such a lo */
	while (n > 1) {
		half = n / 2;
		base += base[half] <= key ? half : 0;
		n -= half;
	}
	n = base - d->keys;
	return &d->classes[2 * n + (*base == key) + 2 * (*base < key)];
}

/* euid= and egid= look at three ids when the task could switch between them */
static unsigned int find_ids(const struct ima_ns_dim *d, u32 eid, u32 id, u32 sid, bool all,
			     const struct ima_ns_class **classes)
{
	unsigned int n = 0;

	classes[n++] = find_class(d, eid);
	if (all && id != eid)
		classes[n++] = find_class(d, id);
	if (all && sid != eid)
		classes[n++] = find_class(d, sid);
	return n;
}

static unsigned int find_name(const struct ima_ns_dim *d, const char *name,
			      const struct ima_ns_class **classes)
{
	if (!name)
		return 0;
	classes[0] = find_class(d, name_key(name, strlen(name)));
	return 1;
}

#define MAX_CLASSES 3

/* the classes of @dim that the subject is in: their union is what fits it */
static unsigned int find_classes(const struct ima_ns_policy *p, const struct ima_ns_subject *s,
				 unsigned int dim, const struct ima_ns_class **classes)
{
	const struct ima_ns_dim *d = p->dim[dim];

	switch (dim) {
	case IMA_NS_DIM_MASK:
		classes[0] = &d->classes[mask_class(s->mask)];
		return 1;
	case IMA_NS_DIM_FSMAGIC:
		classes[0] = find_class(d, s->fsmagic);
		return 1;
	case IMA_NS_DIM_UID:
		classes[0] = find_class(d, s->uid);
		return 1;
	case IMA_NS_DIM_GID:
		classes[0] = find_class(d, s->gid);
		return 1;
	case IMA_NS_DIM_FOWNER:
		classes[0] = find_class(d, s->fowner);
		return 1;
	case IMA_NS_DIM_FGROUP:
		classes[0] = find_class(d, s->fgroup);
		return 1;
	case IMA_NS_DIM_EUID:
		return find_ids(d, s->euid, s->uid, s->suid,
				s->flags & IMA_NS_SUBJECT_CAP_SETUID, classes);
	case IMA_NS_DIM_EGID:
		return find_ids(d, s->egid, s->gid, s->sgid,
				s->flags & IMA_NS_SUBJECT_CAP_SETGID, classes);
	case IMA_NS_DIM_FSNAME:
		return find_name(d, s->fsname, classes);
	case IMA_NS_DIM_FS_SUBTYPE:
		return find_name(d, s->fs_subtype, classes);
	case IMA_NS_DIM_DATA:
		return find_name(d, s->data, classes);
	case IMA_NS_DIM_FSUUID:
		if (!s->fsuuid)
			return 0;
		classes[0] = find_class(d, uuid_key(s->fsuuid));
		return 1;
	}
	return 0;
}

static bool list_has(const char *list, const char *item)
{
	size_t len = strlen(item), n;

	for (;; list += n + 1) {
		n = strcspn(list, "|");
		if (n == len && !memcmp(list, item, n))
			return true;
		if (!list[n])
			return false;
	}
}

/* names and UUIDs of a candidate; the tables know only their hashes */
static bool names_match(const struct ima_ns_policy *p, const struct ima_ns_subject *s,
			const struct ima_ns_rule *r, u32 dims)
{
	u32 conds = r->conds;

	if (conds & COND_FSNAME && dims & IMA_NS_DIM_BIT(IMA_NS_DIM_FSNAME) &&
	    strcmp(p->names + r->fsname, s->fsname))
		return false;
	if (conds & COND_FS_SUBTYPE && dims & IMA_NS_DIM_BIT(IMA_NS_DIM_FS_SUBTYPE) &&
	    strcmp(p->names + r->fs_subtype, s->fs_subtype))
		return false;
	if (conds & COND_FSUUID && dims & IMA_NS_DIM_BIT(IMA_NS_DIM_FSUUID) &&
	    memcmp(p->names + r->fsuuid, s->fsuuid, 16))
		return false;
	if (conds & (COND_KEYRINGS | COND_LABEL) && dims & IMA_NS_DIM_BIT(IMA_NS_DIM_DATA) &&
	    !list_has(p->names + r->list, s->data))
		return false;
	return true;
}

/* host: get_subaction() */
static u32 subaction(const struct ima_ns_rule *r, u32 func)
{
	static const u32 of_func[IMA_NS_POLICY_FUNC_MAX] = {
		[IMA_NS_FILE_CHECK] = IMA_NS_FILE_APPRAISE,
		[IMA_NS_POST_SETATTR] = IMA_NS_FILE_APPRAISE,
		[IMA_NS_MMAP_CHECK] = IMA_NS_MMAP_APPRAISE,
		[IMA_NS_MMAP_CHECK_REQPROT] = IMA_NS_MMAP_APPRAISE,
		[IMA_NS_BPRM_CHECK] = IMA_NS_BPRM_APPRAISE,
		[IMA_NS_CREDS_CHECK] = IMA_NS_CREDS_APPRAISE,
	};

	if (!(r->conds & COND_FUNC))
		return IMA_NS_FILE_APPRAISE;
	return of_func[func] ? of_func[func] : IMA_NS_READ_APPRAISE;
}

/* rule @i has answered a question */
static __always_inline void take(const struct ima_ns_policy *p, u32 func, int i, int *hash,
				 int *appraise, struct ima_ns_decision *d)
{
	const struct ima_ns_rule *r = &p->rules[i];

	d->action |= r->result;
	if (r->action == IMA_NS_MEASURE) {
		d->rule = i;
		d->pcr = r->pcr;
		d->template = r->template;
	} else if (unlikely(r->action == IMA_NS_APPRAISE)) {
		d->action |= subaction(r, func);
		d->algos = r->algos;
		*appraise = i;
	} else if (r->action == IMA_NS_HASH) {
		*hash = i;
	}
}

/* host: an appraise rule takes back what a hash rule before it ordered */
static void settle_hash(int hash, int appraise, struct ima_ns_decision *d)
{
	if (hash >= 0 && hash < appraise)
		d->action &= ~IMA_NS_HASH;
}

/* the rules in @set that the subject fits; one word */
static __always_inline u64 narrow_word(const struct ima_ns_policy *p,
				       const struct ima_ns_subject *s, u64 set, u32 dims)
{
	const struct ima_ns_class *c[MAX_CLASSES];
	const struct ima_ns_dim *d;
	unsigned int i, n;
	u64 fits;

	/* the two that everyday policies use, without the detour */
	if (dims & IMA_NS_DIM_BIT(IMA_NS_DIM_MASK)) {
		d = p->dim[IMA_NS_DIM_MASK];
		set &= d->wild[0] | d->pool[d->classes[mask_class(s->mask)].off];
	}
	if (dims & IMA_NS_DIM_BIT(IMA_NS_DIM_FSMAGIC)) {
		d = p->dim[IMA_NS_DIM_FSMAGIC];
		set &= d->wild[0] | d->pool[find_class(d, s->fsmagic)->off];
	}
	dims &= ~(IMA_NS_DIM_BIT(IMA_NS_DIM_MASK) | IMA_NS_DIM_BIT(IMA_NS_DIM_FSMAGIC));
	for (; dims && set; dims &= dims - 1) {
		d = p->dim[__ffs(dims)];
		n = find_classes(p, s, __ffs(dims), c);
		fits = d->wild[0];
		for (i = 0; i < n; i++)
			fits |= d->pool[c[i]->off];
		set &= fits;
	}
	return set;
}

static void eval_word(const struct ima_ns_policy *p, const struct ima_ns_subject *s,
		      u32 groups, struct ima_ns_decision *d)
{
	const struct ima_ns_func_index *f = &p->func[s->func];
	u64 set = narrow_word(p, s, f->rules[0], f->dims);
	int hash = -1, appraise = -1;
	unsigned int g;

	for (g = 0; set && g < NR_GROUPS; g++) {
		u64 match = set & p->group_rules[g][0];

		if (!(groups & ima_ns_group_action[g]))
			continue;
		for (; match; match &= match - 1) {
			int i = __ffs64(match);

			if (f->dims & HASHED_DIMS &&
			    !names_match(p, s, &p->rules[i], f->dims))
				continue;
			take(p, s->func, i, &hash, &appraise, d);
			break;
		}
	}
	settle_hash(hash, appraise, d);
}

/*
 * The same for up to IMA_NS_RULE_WORDS words, of which only the live ones are
 * ever touched: a value that few rules name leaves one or two after the first
 * dimension.
 */
static u32 narrow_words(const struct ima_ns_policy *p, const struct ima_ns_subject *s,
			const u64 *from, u32 live, u32 dims, u64 *set)
{
	const struct ima_ns_class *c[MAX_CLASSES];
	const struct ima_ns_dim *d;
	unsigned int i, n, w;
	u32 may, todo;

	for (; dims && live; dims &= dims - 1, from = set) {
		d = p->dim[__ffs(dims)];
		n = find_classes(p, s, __ffs(dims), c);
		may = d->wild_live;
		for (i = 0; i < n; i++)
			may |= c[i]->live;
		live &= may;
		for (todo = live; todo; todo &= todo - 1) {
			u64 fits;

			w = __ffs(todo);
			fits = d->wild[w];
			for (i = 0; i < n; i++)
				if (c[i]->live >> w & 1)
					fits |= d->pool[c[i]->off + w - c[i]->first];
			set[w] = from[w] & fits;
			if (!set[w])
				live &= ~(1u << w);
		}
	}
	return live;
}

static void eval_words(const struct ima_ns_policy *p, const struct ima_ns_subject *s,
		       u32 groups, struct ima_ns_decision *d)
{
	const struct ima_ns_func_index *f = &p->func[s->func];
	int hash = -1, appraise = -1;
	u64 sets[IMA_NS_RULE_WORDS];
	const u64 *set = f->dims ? sets : f->rules;
	unsigned int g, w;
	u32 live;

	live = narrow_words(p, s, f->rules, f->live, f->dims, sets);
	for (; live && groups; live &= live - 1) {
		w = __ffs(live);
		for (g = 0; g < NR_GROUPS; g++) {
			u64 match = set[w] & p->group_rules[g][w];

			if (!(groups & ima_ns_group_action[g]))
				continue;
			for (; match; match &= match - 1) {
				int i = w * 64 + __ffs64(match);

				if (f->dims & HASHED_DIMS &&
				    !names_match(p, s, &p->rules[i], f->dims))
					continue;
				take(p, s->func, i, &hash, &appraise, d);
				groups &= ~ima_ns_group_action[g];
				break;
			}
		}
	}
	settle_hash(hash, appraise, d);
}

/**
 * ima_ns_policy_eval() - what to do about an event
 * @policy: the rules
 * @subject: the event; see struct ima_ns_subject for what must be filled
 * @decision: result, always filled
 *
 * Context: any, also under RCU; does not sleep, lock or allocate.
 * Mirrors ima_match_policy(), with ima_get_action()'s limit to the questions
 * that the policy can answer.
 */
void ima_ns_policy_eval(const struct ima_ns_policy *policy,
			const struct ima_ns_subject *subject,
			struct ima_ns_decision *decision)
{
	u32 groups = subject->groups & ima_ns_policy_may(policy, subject->func);

	*decision = (struct ima_ns_decision){
		.pcr = -1,
		.template = IMA_NS_TEMPLATE_NONE,
		.rule = -1,
	};
	if (!groups)
		return;
	if (likely(policy->nr_words == 1))
		eval_word(policy, subject, groups, decision);
	else
		eval_words(policy, subject, groups, decision);
}
