// SPDX-License-Identifier: GPL-2.0
/*
 * The policy room's kernel side: what of a task and a file rules look at.
 *
 * Parsing, showing and deciding are pure C (policy_*.c).  A policy is immutable
 * and reached through ns->policy under RCU.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/hash_info.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mnt_idmapping.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/version.h>

#include "ima_ns.h"
#include "policy_int.h"

static const char *builtin_name;

/* the policy of namespaces to come */
struct ima_ns_policy_slot ima_ns_default_policy;

static int template_index(void *data, const char *name, const char **shown)
{
	const struct ima_ns_template *t = ima_ns_template_find(name);

	if (!t)
		return -EINVAL;
	/* host IMA shows nothing for a custom format, which could not be loaded again */
	*shown = ima_ns_template_label(t);
	return ima_ns_template_index(t);
}

static int map_uid(void *data, u32 value, u32 *id)
{
	struct user_namespace *user_ns = data;

	*id = __kuid_val(make_kuid(user_ns ?: &init_user_ns, value));
	return 0;
}

static int map_gid(void *data, u32 value, u32 *id)
{
	struct user_namespace *user_ns = data;

	*id = __kgid_val(make_kgid(user_ns ?: &init_user_ns, value));
	return 0;
}

static int hash_number(void *data, const char *name)
{
	int algo = match_string(hash_algo_name, HASH_ALGO__LAST, name);

	return algo < 0 || IS_ERR(ima_ns_hash_tfm(algo)) ? -EINVAL : algo;
}

static void fill_ctx(struct ima_ns_policy_ctx *ctx, struct user_namespace *user_ns)
{
	*ctx = (struct ima_ns_policy_ctx){
		.dialect = ima_ns_dialect_for(LINUX_VERSION_MAJOR, LINUX_VERSION_PATCHLEVEL),
		.caps = IMA_NS_CAPS_NAMESPACE,
		.pcrs = IMA_NS_PCRS,
		.data = user_ns,
		.map_uid = map_uid,
		.map_gid = map_gid,
		.template = template_index,
		.hash = hash_number,
	};
}

/* The events that a policy can say something about. */
static u32 policy_funcs(const struct ima_ns_policy *policy)
{
	u32 funcs = 0, f;

	for (f = 0; f < IMA_NS_FUNC_MAX; f++)
		if (ima_ns_policy_may(policy, f))
			funcs |= IMA_NS_FUNC_BIT(f);
	return funcs;
}

/* The masks with which a FILE_CHECK can match a rule that orders something. */
static u32 policy_file_masks(const struct ima_ns_policy *policy)
{
	u32 masks = 0;
	unsigned int i, m;

	for (i = 0; i < policy->nr_rules; i++) {
		const struct ima_ns_rule *r = &policy->rules[i];

		if (!(r->action & IMA_NS_DO_MASK) ||
		    (r->func != IMA_NS_FUNC_NONE && r->func != IMA_NS_FILE_CHECK))
			continue;
		for (m = 0; m <= IMA_NS_MAY_ALL; m++)
			if (r->conds & COND_INMASK ? m & r->mask :
			    r->conds & COND_MASK ? m == r->mask : true)
				masks |= BIT(m);
	}
	return masks;
}

static u64 policy_plain_pcr(const struct ima_ns_policy *policy)
{
	unsigned int i;

	for (i = 0; i < policy->nr_rules; i++)
		if (policy->rules[i].pcr >= 0)
			return 0;
	return policy->groups == IMA_NS_MEASURE ? IMA_NS_DONE_PCR(IMA_NS_PCR) : 0;
}

/* Wrap a policy; frees it when there is no memory. */
static struct ima_ns_rules *new_rules(struct ima_ns_policy *policy, bool custom)
{
	struct ima_ns_rules *rules = kzalloc(sizeof(*rules), GFP_KERNEL_ACCOUNT);

	if (!rules) {
		ima_ns_policy_free(policy);
		return NULL;
	}
	rules->policy = policy;
	rules->custom = custom;
	rules->funcs = policy_funcs(policy);
	rules->file_masks = policy_file_masks(policy);
	rules->plain_pcr = policy_plain_pcr(policy);
	refcount_set(&rules->refs, 1);
	return rules;
}

static void free_rules(struct rcu_head *rcu)
{
	struct ima_ns_rules *rules = container_of(rcu, struct ima_ns_rules, rcu);

	ima_ns_policy_free(rules->policy);
	kfree(rules);
}

/* Hooks decide under RCU: the last one that saw these rules ends within a grace period. */
static void put_rules(struct ima_ns_rules *rules)
{
	if (rules && refcount_dec_and_test(&rules->refs))
		call_rcu(&rules->rcu, free_rules);
}

static struct ima_ns_rules *get_default_rules(void)
{
	struct ima_ns_rules *rules;

	rcu_read_lock();
	do {
		rules = rcu_dereference(ima_ns_default_policy.rules);
	} while (!refcount_inc_not_zero(&rules->refs));
	rcu_read_unlock();
	return rules;
}

static struct ima_ns_rules *rules_from_text(const char *text, size_t len, bool custom,
					    struct user_namespace *user_ns)
{
	struct ima_ns_policy_error error = {};
	struct ima_ns_policy_ctx ctx;
	struct ima_ns_policy *policy;
	struct ima_ns_rules *rules;
	int err;

	fill_ctx(&ctx, user_ns);
	err = ima_ns_policy_from_text(&ctx, text, len, 1, &policy, &error);
	if (err) {
		pr_err("policy, line %u column %u: \"%s\": %s (%d)\n", error.line, error.column,
		       error.token, error.reason ?: "", err);
		return ERR_PTR(err);
	}
	rules = new_rules(policy, custom);
	return rules ?: ERR_PTR(-ENOMEM);
}

/**
 * ima_ns_policy_init() - build the policy of new namespaces
 * @name: name of a built-in policy
 *
 * Return: 0; -EINVAL for an unknown name; -ENOMEM.
 */
int ima_ns_policy_init(const char *name)
{
	struct ima_ns_policy_ctx ctx;
	struct ima_ns_rules *rules;
	const char *text;

	fill_ctx(&ctx, NULL);
	text = ima_ns_policy_builtin(name, ctx.dialect);
	if (!text) {
		pr_err("policy: there is no built-in policy \"%s\"\n", name);
		return -EINVAL;
	}
	rules = rules_from_text(text, strlen(text), false, NULL);
	if (IS_ERR(rules))
		return PTR_ERR(rules);
	rcu_assign_pointer(ima_ns_default_policy.rules, rules);
	builtin_name = name;
	return 0;
}

/** ima_ns_policy_exit() - free it; no namespace is left */
void ima_ns_policy_exit(void)
{
	put_rules(rcu_dereference_protected(ima_ns_default_policy.rules, true));
	rcu_barrier();
}

/** ima_ns_policy_name() - of the policy of namespaces to come */
const char *ima_ns_policy_name(void)
{
	const char *name;

	rcu_read_lock();
	name = rcu_dereference(ima_ns_default_policy.rules)->custom ? "custom" : builtin_name;
	rcu_read_unlock();
	return name;
}

/* Does every id of a rule exist in the user namespace? */
static bool ids_mapped(const struct ima_ns_rule *r, struct user_namespace *user_ns)
{
	if (r->conds & (COND_UID | COND_EUID) &&
	    !uid_valid(make_kuid(user_ns, r->id[RULE_UID])))
		return false;
	if (r->conds & (COND_GID | COND_EGID) &&
	    !gid_valid(make_kgid(user_ns, r->id[RULE_GID])))
		return false;
	if (r->conds & COND_FOWNER && !uid_valid(make_kuid(user_ns, r->id[RULE_FOWNER])))
		return false;
	return !(r->conds & COND_FGROUP) || gid_valid(make_kgid(user_ns, r->id[RULE_FGROUP]));
}

/*
 * The default rules once more, their ids read in another user namespace.  A rule
 * about an id that does not exist there would never match: it is left out.
 */
static struct ima_ns_rules *translate(const struct ima_ns_rules *from,
				      struct user_namespace *user_ns)
{
	static const char nothing[] = "dont_measure\n";
	struct ima_ns_rules *rules;
	struct buf_writer w;
	unsigned int i;
	size_t size;
	char *text;

	buf_writer_init(&w, NULL, 0);
	ima_ns_policy_show(from->policy, &w);
	size = max(w.len, sizeof(nothing));
	text = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!text)
		return ERR_PTR(-ENOMEM);
	buf_writer_init(&w, text, size);
	for (i = 0; i < from->policy->nr_rules; i++)
		if (ids_mapped(&from->policy->rules[i], user_ns))
			ima_ns_policy_show_rule(from->policy, i, &w);
	if (!w.len)
		buf_put(&w, nothing, sizeof(nothing) - 1);
	rules = rules_from_text(text, w.len, from->custom, user_ns);
	kvfree(text);
	return rules;
}

static bool names_ids(const struct ima_ns_policy *policy)
{
	unsigned int i;

	for (i = 0; i < policy->nr_rules; i++)
		if (policy->rules[i].conds & COND_IDS)
			return true;
	return false;
}

/**
 * ima_ns_policy_birth() - give a new namespace its policy
 * @slot: of the namespace
 * @user_ns: the container's; ids in rules are read in it
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int ima_ns_policy_birth(struct ima_ns_policy_slot *slot, struct user_namespace *user_ns)
{
	struct ima_ns_rules *rules = get_default_rules(), *own;

	if (user_ns != &init_user_ns && names_ids(rules->policy)) {
		own = translate(rules, user_ns);
		put_rules(rules);
		if (IS_ERR(own))
			return PTR_ERR(own);
		rules = own;
	}
	slot->user_ns = get_user_ns(user_ns);
	rcu_assign_pointer(slot->rules, rules);
	return 0;
}

/** ima_ns_policy_death() - take it away; no event is on its way */
void ima_ns_policy_death(struct ima_ns_policy_slot *slot)
{
	put_rules(rcu_dereference_protected(slot->rules, true));
	put_user_ns(slot->user_ns);
}

/**
 * ima_ns_policy_begin() - start to write a policy
 * @slot: the caller has its busy bit
 * @builder: result, for ima_ns_policy_add_line()
 *
 * The built-in rules go with the first custom policy; later ones append.
 *
 * Return: 0 or -ENOMEM.
 */
int ima_ns_policy_begin(struct ima_ns_policy_slot *slot, struct ima_ns_policy_builder **builder)
{
	const struct ima_ns_rules *rules = rcu_dereference_protected(slot->rules,
						test_bit(0, &slot->busy));
	struct ima_ns_policy_ctx ctx;

	fill_ctx(&ctx, slot->user_ns);
	return ima_ns_policy_builder_new(&ctx, rules->custom ? rules->policy : NULL, builder);
}

/**
 * ima_ns_policy_commit() - put a written policy in force
 * @slot: the caller has its busy bit
 * @builder: all lines were good
 *
 * Context: may sleep.
 * Return: 0; or a negative errno, and the old policy stays.
 */
int ima_ns_policy_commit(struct ima_ns_policy_slot *slot, struct ima_ns_policy_builder *builder)
{
	struct ima_ns_rules *old, *rules;
	struct ima_ns_policy *policy;
	int err;

	old = rcu_dereference_protected(slot->rules, test_bit(0, &slot->busy));
	err = ima_ns_policy_build(builder, old->policy->generation + 1, &policy);
	if (err)
		return err;
	rules = new_rules(policy, true);
	if (!rules)
		return -ENOMEM;
	rcu_assign_pointer(slot->rules, rules);
	put_rules(old);
	return 0;
}

/* Fill in only what the rules for this event look at. */
static void fill_subject(struct ima_ns_subject *s, const struct ima_ns_event *event, u32 dims)
{
	const struct inode *inode = file_inode(event->file);
	const struct super_block *sb = inode->i_sb;
	const struct cred *cred;

	if (dims & IMA_NS_DIMS_FILE) {
		s->fsmagic = sb->s_magic;
		s->fsname = sb->s_type->name;
		s->fs_subtype = sb->s_subtype;
		s->fsuuid = sb->s_uuid.b;
	}
	/* each is a look at two maps */
	if (dims & (IMA_NS_DIM_BIT(IMA_NS_DIM_FOWNER) | IMA_NS_DIM_BIT(IMA_NS_DIM_FGROUP))) {
		struct mnt_idmap *idmap = file_mnt_idmap(event->file);

		s->fowner = __vfsuid_val(i_uid_into_vfsuid(idmap, inode));
		s->fgroup = __vfsgid_val(i_gid_into_vfsgid(idmap, inode));
	}
	if (!(dims & IMA_NS_DIMS_TASK))
		return;
	cred = event->cred ?: current_cred();
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
	const struct ima_ns_policy *policy = rcu_dereference(event->ns->policy.rules)->policy;
	struct ima_ns_subject subject;

	*decision = (struct ima_ns_decision){
		.pcr = -1,
		.template = IMA_NS_TEMPLATE_NONE,
		.rule = -1,
	};
	subject.func = event->func;
	subject.mask = event->mask;
	subject.flags = 0;
	subject.groups = ima_ns_policy_may(policy, event->func);
	if (!subject.groups)
		return;
	fill_subject(&subject, event, ima_ns_policy_depends(policy, event->func));
	ima_ns_policy_eval(policy, &subject, decision);
}
