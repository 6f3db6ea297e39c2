// SPDX-License-Identifier: GPL-2.0
/*
 * The policy room's kernel side: what of a task and a file rules look at.
 *
 * Parsing, showing and deciding are pure C (policy_*.c).  A policy is immutable
 * and reached through ns->policy under RCU.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mnt_idmapping.h>
#include <linux/user_namespace.h>
#include <linux/version.h>

#include "ima_ns.h"
#include "policy_int.h"

static const char *builtin_name;
static struct ima_ns_policy *builtin;

static int template_index(void *data, const char *name, const char **shown)
{
	const struct ima_ns_template *t = ima_ns_template_find(name);

	if (!t)
		return -EINVAL;
	*shown = t->name;
	return ima_ns_template_index(t);
}

/* rules are text of the module: ids are those of the initial namespace */
static const struct ima_ns_policy_ctx builtin_ctx = {
	.caps = 0,
	.pcrs = IMA_NS_PCRS,
	.template = template_index,
};

/**
 * ima_ns_policy_init() - build the policy of new namespaces
 * @name: name of a built-in policy
 *
 * Return: 0; -EINVAL for an unknown name; -ENOMEM.
 */
int ima_ns_policy_init(const char *name)
{
	struct ima_ns_policy_ctx ctx = builtin_ctx;
	struct ima_ns_policy_error error = {};
	const char *text;
	int err;

	ctx.dialect = ima_ns_dialect_for(LINUX_VERSION_MAJOR, LINUX_VERSION_PATCHLEVEL);
	text = ima_ns_policy_builtin(name, ctx.dialect);
	if (!text) {
		pr_err("policy: there is no built-in policy \"%s\"\n", name);
		return -EINVAL;
	}
	err = ima_ns_policy_from_text(&ctx, text, strlen(text), 1, &builtin, &error);
	if (err)
		pr_err("policy: built-in \"%s\", line %u column %u: \"%s\": %s (%d)\n", name,
		       error.line, error.column, error.token, error.reason, err);
	builtin_name = name;
	return err;
}

/** ima_ns_policy_exit() - free it; no namespace is left */
void ima_ns_policy_exit(void)
{
	ima_ns_policy_free(builtin);
}

/** ima_ns_policy_default() - the policy a namespace is born with */
const struct ima_ns_policy *ima_ns_policy_default(void)
{
	return builtin;
}

/** ima_ns_policy_name() - its name */
const char *ima_ns_policy_name(void)
{
	return builtin_name;
}

/**
 * ima_ns_policy_funcs() - the events that a policy can say something about
 * @policy: the rules
 *
 * Return: IMA_NS_FUNC_BIT() set.
 */
u32 ima_ns_policy_funcs(const struct ima_ns_policy *policy)
{
	u32 funcs = 0, f;

	for (f = 0; f < IMA_NS_FUNC_MAX; f++)
		if (ima_ns_policy_may(policy, f))
			funcs |= IMA_NS_FUNC_BIT(f);
	return funcs;
}

/**
 * ima_ns_policy_plain_pcr() - can the policy only measure, into one PCR?
 * @policy: the rules
 *
 * Return: IMA_NS_DONE_PCR() of that PCR, or 0.
 */
u64 ima_ns_policy_plain_pcr(const struct ima_ns_policy *policy)
{
	unsigned int i;

	for (i = 0; i < policy->nr_rules; i++)
		if (policy->rules[i].pcr >= 0)
			return 0;
	return policy->groups == IMA_NS_MEASURE ? IMA_NS_DONE_PCR(IMA_NS_PCR) : 0;
}

/* Fill in only what the rules for this event look at. */
static void fill_subject(struct ima_ns_subject *s, const struct ima_ns_event *event, u32 dims)
{
	const struct inode *inode = file_inode(event->file);
	const struct super_block *sb = inode->i_sb;
	const struct cred *cred;

	if (dims & IMA_NS_DIMS_FILE) {
		struct mnt_idmap *idmap = file_mnt_idmap(event->file);

		s->fsmagic = sb->s_magic;
		s->fsname = sb->s_type->name;
		s->fs_subtype = sb->s_subtype;
		s->fsuuid = sb->s_uuid.b;
		s->fowner = __vfsuid_val(i_uid_into_vfsuid(idmap, inode));
		s->fgroup = __vfsgid_val(i_gid_into_vfsgid(idmap, inode));
	}
	if (!(dims & IMA_NS_DIMS_TASK))
		return;
	cred = current_cred();
	s->uid = __kuid_val(cred->uid);
	s->euid = __kuid_val(cred->euid);
	s->suid = __kuid_val(cred->suid);
	s->gid = __kgid_val(cred->gid);
	s->egid = __kgid_val(cred->egid);
	s->sgid = __kgid_val(cred->sgid);
	/* as host IMA: has_capability_noaudit() asks about the initial namespace */
	if (cred->user_ns == &init_user_ns && cap_raised(cred->cap_effective, CAP_SETUID))
		s->flags |= IMA_NS_SUBJECT_CAP_SETUID;
	if (cred->user_ns == &init_user_ns && cap_raised(cred->cap_effective, CAP_SETGID))
		s->flags |= IMA_NS_SUBJECT_CAP_SETGID;
}

/**
 * ima_ns_policy_decide() - what the namespace's rules say about an event
 * @event: the event, of current
 * @decision: result
 *
 * Context: RCU read side; does not sleep.
 */
void ima_ns_policy_decide(const struct ima_ns_event *event, struct ima_ns_decision *decision)
{
	const struct ima_ns_policy *policy = rcu_dereference(event->ns->policy);
	struct ima_ns_subject subject;

	*decision = (struct ima_ns_decision){ .pcr = -1, .template = IMA_NS_TEMPLATE_NONE, .rule = -1 };
	subject.func = event->func;
	subject.mask = event->mask;
	subject.flags = 0;
	subject.groups = ima_ns_policy_may(policy, event->func);
	if (!subject.groups)
		return;
	fill_subject(&subject, event, ima_ns_policy_depends(policy, event->func));
	ima_ns_policy_eval(policy, &subject, decision);
}
