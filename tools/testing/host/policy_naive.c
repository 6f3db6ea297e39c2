// SPDX-License-Identifier: GPL-2.0
/* See policy_naive.h.  Slow and obvious on purpose. */
#include "policy_naive.h"

static const char *action_name(u32 action)
{
	switch (action) {
	case IMA_NS_MEASURE: return "measure";
	case IMA_NS_DONT_MEASURE: return "dont_measure";
	case IMA_NS_APPRAISE: return "appraise";
	case IMA_NS_DONT_APPRAISE: return "dont_appraise";
	case IMA_NS_AUDIT: return "audit";
	case IMA_NS_DONT_AUDIT: return "dont_audit";
	case IMA_NS_HASH: return "hash";
	default: return "dont_hash";
	}
}

static const char *mask_name(u32 mask)
{
	switch (mask) {
	case IMA_NS_MAY_EXEC: return "MAY_EXEC";
	case IMA_NS_MAY_WRITE: return "MAY_WRITE";
	case IMA_NS_MAY_READ: return "MAY_READ";
	default: return "MAY_APPEND";
	}
}

__attribute__((__format__(printf, 4, 5)))
static void put(char *buf, size_t size, size_t *len, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf + *len, size - *len, fmt, ap);
	va_end(ap);
	assert(n >= 0 && *len + n < size);
	*len += n;
}

static void put_id(char *buf, size_t size, size_t *len, const char *key,
		   const struct naive_id *id)
{
	if (id->op)
		put(buf, size, len, " %s%s%c%u", id->effective ? "e" : "", key, id->op, id->id);
}

/* the rule as a line, in an order that is not the canonical one */
size_t naive_text(const struct naive_rule *r, char *buf, size_t size)
{
	size_t len = 0;
	int i;

	put(buf, size, &len, "%s", action_name(r->action));
	if (r->template >= 0)
		put(buf, size, &len, " template=%s", ima_ns_policy_template_names[r->template]);
	put_id(buf, size, &len, "fgroup", &r->fgroup);
	put_id(buf, size, &len, "fowner", &r->fowner);
	put_id(buf, size, &len, "gid", &r->gid);
	put_id(buf, size, &len, "uid", &r->uid);
	if (r->fsuuid) {
		put(buf, size, &len, " fsuuid=");
		for (i = 0; i < 16; i++)
			put(buf, size, &len, "%s%02X",
			    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", r->fsuuid[i]);
	}
	if (r->fsname)
		put(buf, size, &len, " fsname=%s", r->fsname);
	if (r->fs_subtype)
		put(buf, size, &len, " fs_subtype=%s", r->fs_subtype);
	if (r->has_fsmagic)
		put(buf, size, &len, " fsmagic=%llX", (unsigned long long)r->fsmagic);
	if (r->mask)
		put(buf, size, &len, " mask=%s%s", r->inmask ? "^" : "", mask_name(r->mask));
	if (r->func)
		put(buf, size, &len, " func=%s", ima_ns_func_name(r->func));
	for (i = 0; i < 3 && r->items[i]; i++)
		put(buf, size, &len, "%s%s", i ? "|" : r->func == IMA_NS_KEY_CHECK ?
		    " keyrings=" : " label=", r->items[i]);
	if (r->lsm)
		put(buf, size, &len, " obj_type=nobody_t");
	if (r->pcr >= 0)
		put(buf, size, &len, " pcr=%d", r->pcr);
	if (r->algos)
		put(buf, size, &len, " appraise_algos=%s", r->algos == 4 ? "sha1" :
		    r->algos == 16 ? "sha256" : "sha256,sha1");
	if (r->flags & IMA_NS_VERITY_REQUIRED)
		put(buf, size, &len, " digest_type=verity");
	if (r->flags & IMA_NS_DIGSIG_REQUIRED)
		put(buf, size, &len, " appraise_type=%s",
		    r->flags & IMA_NS_SIGV3_REQUIRED ? "sigv3" : "imasig");
	if (r->flags & IMA_NS_PERMIT_DIRECTIO)
		put(buf, size, &len, " permit_directio");
	put(buf, size, &len, "\n");
	return len;
}

static bool id_op(char op, u32 have, u32 want)
{
	return op == '=' ? have == want : op == '>' ? have > want : have < want;
}

static bool id_matches(const struct naive_id *r, u32 id, u32 eid, u32 sid, bool cap)
{
	if (!r->op)
		return true;
	if (!r->effective)
		return id_op(r->op, id, r->id);
	if (!cap)
		return id_op(r->op, eid, r->id);
	return id_op(r->op, eid, r->id) || id_op(r->op, sid, r->id) || id_op(r->op, id, r->id);
}

static bool data_matches(const struct naive_rule *r, const struct ima_ns_subject *s)
{
	int i;

	if (r->uid.op && !r->uid.effective && !id_op(r->uid.op, s->uid, r->uid.id))
		return false;
	if (!r->items[0])
		return true;
	for (i = 0; s->data && i < 3 && r->items[i]; i++)
		if (!strcmp(r->items[i], s->data))
			return true;
	return false;
}

static bool matches(const struct naive_rule *r, const struct ima_ns_subject *s)
{
	bool setattr = s->func == IMA_NS_POST_SETATTR;

	if (r->func && r->func != s->func && !setattr)
		return false;
	if (s->func == IMA_NS_KEY_CHECK || s->func == IMA_NS_CRITICAL_DATA)
		return r->func == s->func && !r->lsm && data_matches(r, s);
	if (r->mask && !setattr) {
		if (r->inmask ? !(r->mask & s->mask) : r->mask != s->mask)
			return false;
	}
	if (r->has_fsmagic && r->fsmagic != s->fsmagic)
		return false;
	if (r->fsname && (!s->fsname || strcmp(r->fsname, s->fsname)))
		return false;
	if (r->fs_subtype && (!s->fs_subtype || strcmp(r->fs_subtype, s->fs_subtype)))
		return false;
	if (r->fsuuid && (!s->fsuuid || memcmp(r->fsuuid, s->fsuuid, 16)))
		return false;
	if (!id_matches(&r->uid, s->uid, s->euid, s->suid,
			s->flags & IMA_NS_SUBJECT_CAP_SETUID) ||
	    !id_matches(&r->gid, s->gid, s->egid, s->sgid,
			s->flags & IMA_NS_SUBJECT_CAP_SETGID))
		return false;
	if (r->fowner.op && !id_op(r->fowner.op, s->fowner, r->fowner.id))
		return false;
	if (r->fgroup.op && !id_op(r->fgroup.op, s->fgroup, r->fgroup.id))
		return false;
	return !r->lsm;
}

static u32 subaction(const struct naive_rule *r, u32 func)
{
	if (!r->func)
		return IMA_NS_FILE_APPRAISE;
	switch (func) {
	case IMA_NS_MMAP_CHECK:
	case IMA_NS_MMAP_CHECK_REQPROT:
		return IMA_NS_MMAP_APPRAISE;
	case IMA_NS_BPRM_CHECK:
		return IMA_NS_BPRM_APPRAISE;
	case IMA_NS_CREDS_CHECK:
		return IMA_NS_CREDS_APPRAISE;
	case IMA_NS_FILE_CHECK:
	case IMA_NS_POST_SETATTR:
		return IMA_NS_FILE_APPRAISE;
	default:
		return IMA_NS_READ_APPRAISE;
	}
}

/* questions that the policy as a whole can answer */
static u32 policy_groups(const struct naive_rule *rules, size_t n)
{
	u32 groups = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (rules[i].func != IMA_NS_SETXATTR_CHECK)
			groups |= rules[i].action & IMA_NS_DO_MASK;
	return groups;
}

/* host: ima_get_action() and ima_match_policy(), read line by line */
void naive_eval(const struct naive_rule *rules, size_t n, const struct ima_ns_subject *s,
		struct ima_ns_decision *d)
{
	u32 asked = s->groups & policy_groups(rules, n);
	size_t i;

	/* nothing but appraisal looks at attributes */
	if (s->func == IMA_NS_POST_SETATTR)
		asked &= IMA_NS_APPRAISE;
	asked |= asked << 1;
	*d = (struct ima_ns_decision){ .pcr = -1, .template = IMA_NS_TEMPLATE_NONE, .rule = -1 };
	for (i = 0; i < n && asked; i++) {
		const struct naive_rule *r = &rules[i];

		if (!(r->action & asked) || !matches(r, s))
			continue;
		d->action |= r->flags | (r->action & IMA_NS_DO_MASK);
		if (r->action == IMA_NS_MEASURE)
			d->rule = i;
		if (r->action == IMA_NS_APPRAISE) {
			d->action |= subaction(r, s->func);
			d->action &= ~IMA_NS_HASH;
			d->algos = r->algos;
		}
		if (r->action & IMA_NS_DO_MASK)
			asked &= ~(r->action | r->action << 1);
		else
			asked &= ~(r->action | r->action >> 1);
		if (r->pcr >= 0)
			d->pcr = r->pcr;
		if (r->template >= 0)
			d->template = r->template;
	}
}
