// SPDX-License-Identifier: GPL-2.0
/*
 * The decision: by value, nothing allocated, nothing locked, never sleeping.
 * Means what ima_match_policy() of host IMA means, found by intersecting sets
 * of rules (policy_index.c) rather than by walking a list.
 */
#include "policy_int.h"

const u32 ima_ns_dim_conds[IMA_NS_DIM_MAX] = {
	[IMA_NS_DIM_MASK] = COND_MASK | COND_INMASK,
	[IMA_NS_DIM_FSMAGIC] = COND_FSMAGIC,
	[IMA_NS_DIM_UID] = COND_UID,
	[IMA_NS_DIM_GID] = COND_GID,
	[IMA_NS_DIM_FOWNER] = COND_FOWNER,
	[IMA_NS_DIM_FGROUP] = COND_FGROUP,
	[IMA_NS_DIM_EUID] = COND_EUID,
	[IMA_NS_DIM_EGID] = COND_EGID,
	[IMA_NS_DIM_FSNAME] = COND_FSNAME,
	[IMA_NS_DIM_FS_SUBTYPE] = COND_FS_SUBTYPE,
	[IMA_NS_DIM_FSUUID] = COND_FSUUID,
	[IMA_NS_DIM_DATA] = COND_KEYRINGS | COND_LABEL,
};

/* --- which class of a dimension an event is in ---------------------------------- */

static __always_inline const struct ima_ns_class *find_hashed(const struct ima_ns_dim *d,
							      u64 key)
{
	u32 slot = key_slot(key, d->shift);

	/* less than half of the slots are taken: an empty one ends every search */
	while (d->keys[slot] != key && d->classes[slot].live)
		slot = (slot + 1) & ((1u << (64 - d->shift)) - 1);
	return &d->classes[slot];
}

static const struct ima_ns_class *find_range(const struct ima_ns_dim *d, u64 key)
{
	const u64 *base = d->keys;
	u32 n = d->nr_keys, half;

	/* the last key that is not above, if there is one */
	while (n > 1) {
		half = n / 2;
		base += base[half] <= key ? half : 0;
		n -= half;
	}
	n = base - d->keys;
	return &d->classes[2 * n + (*base == key) + 2 * (*base < key)];
}

static __always_inline const struct ima_ns_class *find_class(const struct ima_ns_dim *d,
							     u64 key)
{
	return d->shift ? find_hashed(d, key) : find_range(d, key);
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

static bool id_fits(const struct ima_ns_rule *r, enum rule_id which, u32 id)
{
	u32 want = r->id[which];

	if (r->id_op[which] == '=')
		return id == want;
	return r->id_op[which] == '>' ? id > want : id < want;
}

static bool eid_fits(const struct ima_ns_rule *r, enum rule_id which, u32 eid, u32 id, u32 sid,
		     bool all)
{
	return id_fits(r, which, eid) ||
	       (all && (id_fits(r, which, id) || id_fits(r, which, sid)));
}

static bool ids_fit(const struct ima_ns_subject *s, const struct ima_ns_rule *r, u32 conds)
{
	if (conds & COND_UID && !id_fits(r, RULE_UID, s->uid))
		return false;
	if (conds & COND_EUID && !eid_fits(r, RULE_UID, s->euid, s->uid, s->suid,
					   s->flags & IMA_NS_SUBJECT_CAP_SETUID))
		return false;
	if (conds & COND_GID && !id_fits(r, RULE_GID, s->gid))
		return false;
	if (conds & COND_EGID && !eid_fits(r, RULE_GID, s->egid, s->gid, s->sgid,
					   s->flags & IMA_NS_SUBJECT_CAP_SETGID))
		return false;
	if (conds & COND_FOWNER && !id_fits(r, RULE_FOWNER, s->fowner))
		return false;
	return !(conds & COND_FGROUP) || id_fits(r, RULE_FGROUP, s->fgroup);
}

/*
 * The conditions of a rule among @conds, one by one: what the index knows only
 * the hash of, and what it was not asked because so few rules were left.
 */
static bool rule_fits(const struct ima_ns_policy *p, const struct ima_ns_subject *s,
		      const struct ima_ns_rule *r, u32 conds)
{
	conds &= r->conds;
	if (conds & COND_MASK && s->mask != r->mask)
		return false;
	if (conds & COND_INMASK && !(s->mask & r->mask))
		return false;
	if (conds & COND_FSMAGIC && s->fsmagic != r->fsmagic)
		return false;
	if (conds & COND_IDS && !ids_fit(s, r, conds))
		return false;
	if (conds & COND_FSNAME && (!s->fsname || strcmp(p->names + r->fsname, s->fsname)))
		return false;
	if (conds & COND_FS_SUBTYPE &&
	    (!s->fs_subtype || strcmp(p->names + r->fs_subtype, s->fs_subtype)))
		return false;
	if (conds & COND_FSUUID && (!s->fsuuid || memcmp(p->names + r->fsuuid, s->fsuuid, 16)))
		return false;
	if (conds & (COND_KEYRINGS | COND_LABEL) &&
	    (!s->data || !list_has(p->names + r->list, s->data)))
		return false;
	return true;
}

/* --- what the rules say ------------------------------------------------------------ */

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

/* rules that answered two of the questions, which interfere; -1: none */
struct answers {
	int hash;
	int appraise;
};

static __always_inline void take(const struct ima_ns_policy *p, u32 func, int i,
				 struct answers *a, struct ima_ns_decision *d)
{
	const struct ima_ns_rule *r = &p->rules[i];

	d->action |= r->result;
	if (likely(r->action == IMA_NS_MEASURE)) {
		d->rule = i;
		d->pcr = r->pcr;
		d->template = r->template;
	} else if (r->action == IMA_NS_APPRAISE) {
		d->action |= subaction(r, func);
		d->algos = r->algos;
		a->appraise = i;
	} else if (r->action == IMA_NS_HASH) {
		a->hash = i;
	}
}

/* host: an appraise rule takes back what a hash rule before it ordered */
static void settle_hash(const struct answers *a, struct ima_ns_decision *d)
{
	if (d->action & IMA_NS_HASH && a->hash < a->appraise)
		d->action &= ~IMA_NS_HASH;
}

/* first rule in a word of candidates that fits all of @conds, or -1 */
static __always_inline int first_fit(const struct ima_ns_policy *p,
				     const struct ima_ns_subject *s, u64 set, int base,
				     u32 conds)
{
	for (; set; set &= set - 1) {
		int i = base + __ffs64(set);

		if (likely(!conds) || rule_fits(p, s, &p->rules[i], conds))
			return i;
	}
	return -1;
}

static __always_inline bool two_at_most(u64 set)
{
	set &= set - 1;
	return !(set & (set - 1));
}

/* the rules in @set that fit in all of @dims; policies of one word */
static noinline u64 narrow_word(const struct ima_ns_policy *p, const struct ima_ns_subject *s,
				u64 set, u32 dims)
{
	const struct ima_ns_class *c[MAX_CLASSES];
	const struct ima_ns_dim *d;
	unsigned int i, n;
	u64 fits;

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

static noinline void eval_word(const struct ima_ns_policy *p, const struct ima_ns_subject *s,
			       u32 groups, struct ima_ns_decision *decision)
{
	const struct ima_ns_func_index *f = &p->func[s->func];
	struct answers answers = { -1, -1 };
	u64 set = f->rules[0];
	const struct ima_ns_dim *d;
	u32 dims = f->dims, conds;

	/* the two that everyday policies use, without the detour */
	if (dims & IMA_NS_DIM_BIT(IMA_NS_DIM_MASK)) {
		d = p->dim[IMA_NS_DIM_MASK];
		set &= d->wild[0] | d->pool[d->classes[mask_class(s->mask)].off];
	}
	if (dims & IMA_NS_DIM_BIT(IMA_NS_DIM_FSMAGIC)) {
		d = p->dim[IMA_NS_DIM_FSMAGIC];
		/* nothing compares magics with '<' */
		set &= d->wild[0] | d->pool[find_hashed(d, s->fsmagic)->off];
	}
	dims &= ~(IMA_NS_DIM_BIT(IMA_NS_DIM_MASK) | IMA_NS_DIM_BIT(IMA_NS_DIM_FSMAGIC));
	conds = f->names;
	if (dims && two_at_most(set))
		conds = f->conds;
	else if (dims)
		set = narrow_word(p, s, set, dims);
	for (; set && groups; groups &= groups - 1) {
		int i = first_fit(p, s, set & p->group_rules[__ffs(groups)][0], 0, conds);

		if (i >= 0)
			take(p, s->func, i, &answers, decision);
	}
	settle_hash(&answers, decision);
}

/* words @live of @from, less what does not fit in a dimension; returns the live ones */
static __always_inline u32 cut_words(const struct ima_ns_dim *d,
				     const struct ima_ns_class *const *c, unsigned int n,
				     const u64 *from, u32 live, u64 *set)
{
	unsigned int i, w;
	u32 todo;

	for (todo = live; todo; todo &= todo - 1) {
		u64 fits;

		w = __ffs(todo);
		fits = d->wild[w];
		for (i = 0; i < n; i++)
			if (c[i]->live >> w & 1)
				fits |= d->pool[c[i]->off + w - c[i]->first];
		fits &= from[w];
		set[w] = fits;
		if (!fits)
			live &= ~(1u << w);
	}
	return live;
}

/*
 * The same for up to IMA_NS_RULE_WORDS words, of which only the live ones are
 * ever touched, the most selective dimension first.  As soon as so few rules
 * are left that looking at them is cheaper than another dimension, all
 * conditions go to @conds.
 */
static u32 narrow_words(const struct ima_ns_policy *p, const struct ima_ns_subject *s,
			u64 *set, u32 *conds)
{
	const struct ima_ns_func_index *f = &p->func[s->func];
	const struct ima_ns_class *c[MAX_CLASSES];
	const u64 *from = f->rules;
	unsigned int i, n;
	u32 live = f->live;
	int k, left;

	for (k = 0; k < f->nr_dims && live; k++, from = set) {
		const struct ima_ns_dim *d = p->dim[f->order[k]];
		u32 may = d->wild_live;

		n = find_classes(p, s, f->order[k], c);
		left = d->wild_nr;
		for (i = 0; i < n; i++) {
			may |= c[i]->live;
			left += c[i]->nr;
		}
		/* a loop over one class is what the compiler can unroll */
		if (likely(n == 1))
			live = cut_words(d, c, 1, from, live & may, set);
		else
			live = cut_words(d, c, n, from, live & may, set);
		if (left < 8 * (f->nr_dims - 1 - k)) {
			*conds = f->conds;
			break;
		}
	}
	return live;
}

static noinline void eval_words(const struct ima_ns_policy *p, const struct ima_ns_subject *s,
				u32 groups, struct ima_ns_decision *decision)
{
	const struct ima_ns_func_index *f = &p->func[s->func];
	struct answers answers = { -1, -1 };
	u64 sets[IMA_NS_RULE_WORDS];
	const u64 *set = f->nr_dims ? sets : f->rules;
	u32 conds = f->names, live, todo;

	for (live = narrow_words(p, s, sets, &conds); live && groups; live &= live - 1) {
		unsigned int w = __ffs(live);

		for (todo = groups; todo; todo &= todo - 1) {
			unsigned int g = __ffs(todo);
			int i = first_fit(p, s, set[w] & p->group_rules[g][w], w * 64, conds);

			if (i < 0)
				continue;
			take(p, s->func, i, &answers, decision);
			groups &= ~(1u << g);
		}
	}
	settle_hash(&answers, decision);
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
