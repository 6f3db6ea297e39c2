// SPDX-License-Identifier: GPL-2.0
/*
 * Rules back to text, as host IMA's policy file shows them: the action and each
 * part followed by one space, then a newline.  Mirrors ima_policy_show().
 */
#include "policy_int.h"

/* host: fsname= and fs_subtype= go through a buffer of 64 bytes */
#define SHOWN_NAME_MAX 63

static void put_str(struct buf_writer *w, const char *s)
{
	buf_put(w, s, strlen(s));
}

static void put_key(struct buf_writer *w, const struct ima_ns_token *t, char op)
{
	put_str(w, t->key);
	buf_put_u8(w, op);
}

void ima_ns_show_word(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
		      const struct ima_ns_token *t, struct buf_writer *w)
{
	put_str(w, t->key);
}

void ima_ns_show_func(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
		      const struct ima_ns_token *t, struct buf_writer *w)
{
	put_key(w, t, '=');
	put_str(w, ima_ns_func_name(r->func));
}

void ima_ns_show_mask(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
		      const struct ima_ns_token *t, struct buf_writer *w)
{
	static const char *const names[] = {
		[IMA_NS_MAY_EXEC] = "MAY_EXEC",
		[IMA_NS_MAY_WRITE] = "MAY_WRITE",
		[IMA_NS_MAY_READ] = "MAY_READ",
		[IMA_NS_MAY_APPEND] = "MAY_APPEND",
	};

	put_key(w, t, '=');
	if (r->conds & COND_INMASK)
		buf_put_u8(w, '^');
	put_str(w, names[r->mask]);
}

void ima_ns_show_fsmagic(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
			 const struct ima_ns_token *t, struct buf_writer *w)
{
	char num[24];

	scnprintf(num, sizeof(num), "0x%llx", (unsigned long long)r->fsmagic);
	put_key(w, t, '=');
	put_str(w, num);
}

/* fsname=, fs_subtype= */
void ima_ns_show_text(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
		      const struct ima_ns_token *t, struct buf_writer *w)
{
	const char *s = p->names + (t->text == TEXT_FSNAME ? r->fsname : r->fs_subtype);

	put_key(w, t, '=');
	buf_put(w, s, strnlen(s, SHOWN_NAME_MAX));
}

/* strings that are shown whole: keyrings=, label=, appraise_algos=, template= */
void ima_ns_show_list(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
		      const struct ima_ns_token *t, struct buf_writer *w)
{
	u32 at = r->list;

	if (t->text == TEXT_TEMPLATE)
		at = r->template_name;
	else if (t->text == TEXT_ALGOS)
		at = r->algos_text;
	put_key(w, t, '=');
	put_str(w, p->names + at);
}

void ima_ns_show_pcr(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
		     const struct ima_ns_token *t, struct buf_writer *w)
{
	char num[12];

	scnprintf(num, sizeof(num), "%d", r->pcr);
	put_key(w, t, '=');
	put_str(w, num);
}

void ima_ns_show_fsuuid(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
			const struct ima_ns_token *t, struct buf_writer *w)
{
	const u8 *u = (const u8 *)p->names + r->fsuuid;
	char hex[3];
	int i;

	put_key(w, t, '=');
	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_put_u8(w, '-');
		scnprintf(hex, sizeof(hex), "%02x", u[i]);
		put_str(w, hex);
	}
}

/* host: signed, and in the initial user namespace whoever reads */
void ima_ns_show_id(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
		    const struct ima_ns_token *t, struct buf_writer *w)
{
	char num[12];

	scnprintf(num, sizeof(num), "%d", (int)r->id[t->id]);
	put_key(w, t, r->id_op[t->id]);
	put_str(w, num);
}

void ima_ns_show_lsm(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
		     const struct ima_ns_token *t, struct buf_writer *w)
{
	const char *s = p->names + r->lsm;
	u32 before = r->conds & COND_LSM & (t->cond - 1);

	for (; before; before &= before - 1)
		s += strlen(s) + 1;
	put_key(w, t, '=');
	put_str(w, s);
}

void ima_ns_show_appraise_type(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
			       const struct ima_ns_token *t, struct buf_writer *w)
{
	put_key(w, t, '=');
	if (r->conds & COND_SIGV3)
		put_str(w, "sigv3");
	else if (r->conds & COND_MODSIG)
		put_str(w, "imasig|modsig");
	else
		put_str(w, "imasig");
}

void ima_ns_show_verity(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
			const struct ima_ns_token *t, struct buf_writer *w)
{
	put_key(w, t, '=');
	put_str(w, "verity");
}

/**
 * ima_ns_policy_show_rule() - canonical text of one rule
 * @policy: the rules
 * @index: which, 0..nr_rules - 1; beyond writes nothing
 * @w: where to; a line with its newline, no NUL
 *
 * Context: any; does not sleep or allocate.
 * Mirrors ima_policy_show() for one element.
 */
void ima_ns_policy_show_rule(const struct ima_ns_policy *policy, unsigned int index,
			     struct buf_writer *w)
{
	const struct ima_ns_rule *r;
	unsigned int i;

	if (index >= policy->nr_rules)
		return;
	r = &policy->rules[index];
	for (i = 0; i < ima_ns_nr_tokens; i++) {
		const struct ima_ns_token *t = &ima_ns_tokens[i];
		u32 cond = t->cond;

		/* one row writes both kinds of mask= */
		if (cond == COND_MASK)
			cond |= COND_INMASK;
		if (!t->show || (t->action ? t->action != r->action : !(r->conds & cond)))
			continue;
		t->show(policy, r, t, w);
		buf_put_u8(w, ' ');
	}
	buf_put_u8(w, '\n');
}

/**
 * ima_ns_policy_show() - canonical text of a policy
 * @policy: the rules
 * @w: where to; lines, no NUL.  A counting writer gives the size.
 *
 * Context: any; does not sleep or allocate.
 */
void ima_ns_policy_show(const struct ima_ns_policy *policy, struct buf_writer *w)
{
	unsigned int i;

	for (i = 0; i < policy->nr_rules; i++)
		ima_ns_policy_show_rule(policy, i, w);
}
