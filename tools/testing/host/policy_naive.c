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
		put(buf, size, len, " %s%s%c%d", id->effective ? "e" : "", key, id->op, (int)id->id);
}

static const char *const label_keys[] = {
	"obj_user", "obj_role", "obj_type", "subj_user", "subj_role", "subj_type",
};

static void put_options(const struct naive_rule *r, u32 grammar, char *buf, size_t size,
			size_t *len)
{
	/* 6.12 has no flag of its own for sigv3: with verity it is that */
	u32 sigv3 = grammar & IMA_NS_GRAMMAR_SIGV3_FILES ? IMA_NS_SIGV3_REQUIRED :
		IMA_NS_VERITY_REQUIRED;
	unsigned int i, n = 0;

	for (i = 0; r->algos >> i; i++)
		if (r->algos >> i & 1)
			put(buf, size, len, "%s%s", n++ ? "," : " appraise_algos=",
			    ima_ns_policy_hash_names[i]);
	for (i = 0; i < ARRAY_SIZE(label_keys); i++)
		if (r->lsm >> i & 1)
			put(buf, size, len, " %s=x", label_keys[i]);
	if (r->template >= 0)
		put(buf, size, len, " template=%s", ima_ns_policy_template_names[r->template]);
	if (r->flags & IMA_NS_DIGSIG_REQUIRED)
		put(buf, size, len, " appraise_type=%s", r->flags & sigv3 ? "sigv3" : "imasig");
	if (r->flags & IMA_NS_VERITY_REQUIRED)
		put(buf, size, len, " digest_type=verity");
	if (r->flags & IMA_NS_PERMIT_DIRECTIO)
		put(buf, size, len, " permit_directio");
}

/* the rule as a line, as host IMA's policy file shows it */
size_t naive_show(const struct naive_rule *r, u32 grammar, char *buf, size_t size)
{
	size_t len = 0;
	int i;

	put(buf, size, &len, "%s", action_name(r->action));
	if (r->func)
		put(buf, size, &len, " func=%s", ima_ns_func_name(r->func));
	if (r->mask)
		put(buf, size, &len, " mask=%s%s", r->inmask ? "^" : "", mask_name(r->mask));
	if (r->has_fsmagic)
		put(buf, size, &len, " fsmagic=0x%llx", (unsigned long long)r->fsmagic);
	if (r->fsname)
		put(buf, size, &len, " fsname=%.63s", r->fsname);
	if (r->fs_subtype)
		put(buf, size, &len, " fs_subtype=%.63s", r->fs_subtype);
	if (r->keyrings)
		put(buf, size, &len, " keyrings=%s", r->keyrings);
	if (r->label)
		put(buf, size, &len, " label=%s", r->label);
	if (r->pcr >= 0)
		put(buf, size, &len, " pcr=%d", r->pcr);
	if (r->fsuuid) {
		put(buf, size, &len, " fsuuid=");
		for (i = 0; i < 16; i++)
			put(buf, size, &len, "%s%02x",
			    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", r->fsuuid[i]);
	}
	put_id(buf, size, &len, "uid", &r->uid);
	put_id(buf, size, &len, "gid", &r->gid);
	put_id(buf, size, &len, "fowner", &r->fowner);
	put_id(buf, size, &len, "fgroup", &r->fgroup);
	put_options(r, grammar, buf, size, &len);
	put(buf, size, &len, " \n");
	return len;
}

static bool negative(const struct naive_id *id)
{
	return id->op && id->id > 0x7fffffff;
}

/*
 * Not all that host IMA shows it reads: ids have a sign when shown, and 6.12 shows
 * appraise_type= before the digest_type= that it has to follow.
 */
bool naive_reads_back(const struct naive_rule *r, u32 grammar)
{
	if (negative(&r->uid) || negative(&r->gid) || negative(&r->fowner) || negative(&r->fgroup))
		return false;
	return grammar & IMA_NS_GRAMMAR_SIGV3_FILES || !(r->flags & IMA_NS_DIGSIG_REQUIRED) ||
		!(r->flags & IMA_NS_VERITY_REQUIRED);
}

/* --- words to a rule ------------------------------------------------------------ */

static int read_id(struct naive_id *id, const struct naive_word *w)
{
	/* uid= and euid= have one place, as have gid= and egid= */
	if (id->op)
		return -EINVAL;
	if (w->err)
		return w->err;
	id->op = w->op;
	id->id = w->value;
	id->effective = w->kind == NAIVE_EUID || w->kind == NAIVE_EGID;
	return 0;
}

static int read_appraise_type(struct naive_rule *r, const struct naive_word *w, bool files)
{
	if (w->err)
		return w->err;
	if (!w->value && r->flags & IMA_NS_VERITY_REQUIRED)
		return -EINVAL;
	if (w->value && !files && !(r->flags & IMA_NS_VERITY_REQUIRED))
		return -EINVAL;
	if (w->value && files)
		r->flags |= IMA_NS_SIGV3_REQUIRED;
	r->flags |= IMA_NS_DIGSIG_REQUIRED | IMA_NS_CHECK_BLACKLIST;
	return 0;
}

static int read_word(struct naive_rule *r, const struct naive_word *w, u32 grammar)
{
	bool files = grammar & IMA_NS_GRAMMAR_SIGV3_FILES;
	bool twice = false;

	switch (w->kind) {
	case NAIVE_ACTION:
		twice = r->action;
		r->action = w->value;
		if (w->value == IMA_NS_DONT_AUDIT && !(grammar & IMA_NS_GRAMMAR_DONT_AUDIT))
			return -EINVAL;
		break;
	case NAIVE_FUNC:
		twice = r->func;
		r->func = w->value;
		break;
	case NAIVE_MASK:
		twice = r->mask;
		r->mask = w->value & 0xff;
		r->inmask = w->value & NAIVE_ANY;
		break;
	case NAIVE_FSMAGIC:
		/* a magic of zero counts as none when it comes to a second one */
		twice = r->fsmagic;
		r->has_fsmagic = true;
		r->fsmagic = w->value;
		break;
	case NAIVE_FSNAME:
		r->fsname = w->string;
		break;
	case NAIVE_FS_SUBTYPE:
		twice = r->fs_subtype;
		r->fs_subtype = w->string;
		if (!(grammar & IMA_NS_GRAMMAR_FS_SUBTYPE))
			return -EINVAL;
		break;
	case NAIVE_KEYRINGS:
		twice = r->keyrings;
		r->keyrings = w->string;
		break;
	case NAIVE_LABEL:
		twice = r->label;
		r->label = w->string;
		break;
	case NAIVE_PCR:
		r->pcr = w->value;
		break;
	case NAIVE_FSUUID:
		/* as the magic */
		twice = r->fsuuid && memchr_inv(r->fsuuid, 0, 16);
		r->fsuuid = w->uuid;
		break;
	case NAIVE_UID:
	case NAIVE_EUID:
		return read_id(&r->uid, w);
	case NAIVE_GID:
	case NAIVE_EGID:
		return read_id(&r->gid, w);
	case NAIVE_FOWNER:
		return read_id(&r->fowner, w);
	case NAIVE_FGROUP:
		return read_id(&r->fgroup, w);
	case NAIVE_ALGOS:
		twice = r->algos;
		r->algos = w->value;
		break;
	case NAIVE_LSM:
		twice = r->lsm >> w->value & 1;
		r->lsm |= 1u << w->value;
		break;
	case NAIVE_TEMPLATE:
		if (r->action != IMA_NS_MEASURE)
			return -EINVAL;
		twice = r->template >= 0;
		r->template = w->value;
		break;
	case NAIVE_APPRAISE_TYPE:
		return read_appraise_type(r, w, files);
	case NAIVE_DIGEST_TYPE:
		if (!files && r->flags & IMA_NS_DIGSIG_REQUIRED)
			return -EINVAL;
		r->flags |= IMA_NS_VERITY_REQUIRED;
		break;
	case NAIVE_DIRECTIO:
		r->flags |= IMA_NS_PERMIT_DIRECTIO;
		break;
	case NAIVE_FLAG:
		break;
	case NAIVE_COMMENT:
	case NAIVE_NOISE:
		return -EINVAL;
	}
	return twice ? -EINVAL : w->err;
}

/* conditions of a file, of its opening, of how a digest is made and judged */
static bool any_file(const struct naive_rule *r)
{
	return r->has_fsmagic || r->fsname || r->fs_subtype || r->fsuuid || r->fowner.op ||
		r->fgroup.op || r->uid.effective || r->gid.effective;
}

static bool any_opening(const struct naive_rule *r)
{
	return r->mask || r->flags || r->algos;
}

/* host: ima_validate_rule() */
static bool valid(const struct naive_rule *r)
{
	bool measures = r->action == IMA_NS_MEASURE || r->action == IMA_NS_DONT_MEASURE;

	if (!r->action || (r->action != IMA_NS_MEASURE && r->pcr >= 0))
		return false;
	if (r->action != IMA_NS_APPRAISE && (r->flags & IMA_NS_DIGSIG_REQUIRED || r->algos))
		return false;
	if ((r->keyrings && r->func != IMA_NS_KEY_CHECK) ||
	    (r->label && r->func != IMA_NS_CRITICAL_DATA))
		return false;
	switch (r->func) {
	case IMA_NS_MODULE_CHECK:
	case IMA_NS_KEXEC_KERNEL_CHECK:
	case IMA_NS_KEXEC_INITRAMFS_CHECK:
		return !(r->flags & IMA_NS_VERITY_REQUIRED);
	case IMA_NS_KEXEC_CMDLINE:
		return measures && !any_opening(r);
	case IMA_NS_KEY_CHECK:
	case IMA_NS_CRITICAL_DATA:
		return measures && !any_opening(r) && !any_file(r) && !r->lsm;
	case IMA_NS_SETXATTR_CHECK:
		return r->action == IMA_NS_APPRAISE && r->algos && !r->mask && !r->flags &&
			!any_file(r) && !r->uid.op && !r->gid.op;
	}
	return r->action != IMA_NS_APPRAISE || !(r->flags & IMA_NS_VERITY_REQUIRED) ||
		r->flags & IMA_NS_DIGSIG_REQUIRED;
}

/* what a context must be able to do for a rule */
static u32 caps_for(const struct naive_rule *r)
{
	u32 caps = 0;

	if (r->action & (IMA_NS_APPRAISE | IMA_NS_DONT_APPRAISE))
		caps |= IMA_NS_CAP_APPRAISE;
	if (r->lsm)
		caps |= IMA_NS_CAP_LSM;
	switch (r->func) {
	case IMA_NS_KEXEC_KERNEL_CHECK:
	case IMA_NS_KEXEC_INITRAMFS_CHECK:
	case IMA_NS_KEXEC_CMDLINE:
		return caps | IMA_NS_CAP_KEXEC;
	case IMA_NS_KEY_CHECK:
		return caps | IMA_NS_CAP_KEYS;
	case IMA_NS_CRITICAL_DATA:
		return caps | IMA_NS_CAP_CRITICAL_DATA;
	}
	return caps;
}

/* host: ima_parse_add_rule(), ima_parse_rule() */
struct naive_reading naive_read(const struct naive_word *words, unsigned int n,
				const struct ima_ns_policy_ctx *ctx, struct naive_rule *rule)
{
	u32 grammar = ctx->dialect->grammar;
	struct naive_reading reading = {};
	bool pcrs = true;

	*rule = (struct naive_rule){ .pcr = -1, .template = -1 };
	if (!n || words[0].kind == NAIVE_COMMENT) {
		reading.nothing = true;
		return reading;
	}
	for (; reading.at < n; reading.at++) {
		const struct naive_word *w = &words[reading.at];

		if (w->kind == NAIVE_COMMENT && grammar & IMA_NS_GRAMMAR_COMMENT)
			break;
		reading.err = read_word(rule, w, grammar);
		if (reading.err)
			return reading;
		/* each of them counts, though the last one wins */
		pcrs = pcrs && (w->kind != NAIVE_PCR || !ctx->pcrs || w->value < ctx->pcrs);
	}
	reading.at = n;
	if (!valid(rule))
		reading.err = -EINVAL;
	else if (caps_for(rule) & ~ctx->caps || !pcrs)
		reading.err = -EOPNOTSUPP;
	return reading;
}

/* --- rules to a decision ---------------------------------------------------------- */

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
	const char *list = s->func == IMA_NS_KEY_CHECK ? r->keyrings : r->label;
	size_t len = s->data ? strlen(s->data) : 0;

	if (r->uid.op && !r->uid.effective && !id_op(r->uid.op, s->uid, r->uid.id))
		return false;
	if (!list)
		return true;
	for (; s->data && list; list = strchr(list, '|') ? strchr(list, '|') + 1 : NULL)
		if (strcspn(list, "|") == len && !strncmp(list, s->data, len))
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
