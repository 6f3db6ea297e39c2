// SPDX-License-Identifier: GPL-2.0
/*
 * IMA namespaces: identity, membership, birth and death.
 *
 * Identity.  A namespace is named after the inode number of its anchor (a mount
 * namespace by default).  The kernel reuses such a number the moment it is
 * free, for any type, so the number alone proves nothing: the anchor table is
 * keyed by number and the address of the anchor, and inum.c has an entry taken
 * out before the number can be handed out again.
 *
 * Lifetimes, in two stages.
 *
 * ->life counts the anchor, the members (a member's reference sits in its BPF
 * task storage and is dropped when the task's memory is) and the inner namespaces
 * that are not buried, whose members are its business too.  While the anchor
 * lives, tasks may join; when it is gone the namespace is an orphan, which only
 * its members and their children belong to, and moves out of the way of a
 * newcomer with the same number (<nsid>.<seq>).  When ->life drops to zero, no
 * event can come any more and the reaper buries it: files unpublished, cached
 * records forgotten.
 *
 * ->refs counts users of the memory: life as a whole, open files, and the memory
 * of inner namespaces.  It drops
 * to zero after the burial, and the memory is freed an RCU grace period later,
 * because the anchor table and the inodes of the files are read under RCU.  An
 * event needs no reference: its task is a member for as long as it runs.
 *
 * Locks: family (mutex, of an outermost namespace: births inside) > births
 * (mutex: creation, renaming, burial) > anchors_lock (raw spinlock, taken from
 * softirq by ima_ns_anchor_gone()).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/hashtable.h>
#include <linux/random.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "ima_ns.h"

/* how long an orphan may wait for its last members before it is renamed */
#define ORPHAN_DELAY (HZ / 2)

struct ima_ns_stats ima_ns_stats;

static DEFINE_MUTEX(births);
static LIST_HEAD(all_namespaces);	/* under births */
static DEFINE_RAW_SPINLOCK(anchors_lock);
static DEFINE_HASHTABLE(anchors, 9);	/* written under anchors_lock, read under RCU */
static struct workqueue_struct *reaper;
static u64 last_seq;			/* under births */
static atomic_t nr_objects = ATOMIC_INIT(0);	/* whose memory is not free yet */

static void free_work(struct work_struct *work)
{
	struct ima_namespace *ns = container_of(to_rcu_work(work), struct ima_namespace, free);

	ima_ns_tpm_free(ns);
	ima_ns_log_free(&ns->log);
	ima_ns_policy_death(&ns->policy);
	ima_ns_put(ns->parent);
	kfree(ns->cgroup);
	kfree(ns);
	atomic_dec(&nr_objects);
}

/**
 * ima_ns_name() - what a namespace is called in securityfs and below /dev
 * @ns: namespace
 * @buf: IMA_NS_NAME bytes
 *
 * Return: @buf.
 */
const char *ima_ns_name(const struct ima_namespace *ns, char *buf)
{
	if (READ_ONCE(ns->renamed))
		snprintf(buf, IMA_NS_NAME, "%u.%llu", ns->inum, ns->seq);
	else
		snprintf(buf, IMA_NS_NAME, "%u", ns->inum);
	return buf;
}

/** ima_ns_put() - drop a reference to the memory; NULL is fine */
void ima_ns_put(struct ima_namespace *ns)
{
	/*
	 * Unpublished, but who found the namespace before may still look at
	 * ->refs or ->life: a grace period.
	 */
	if (ns && refcount_dec_and_test(&ns->refs))
		queue_rcu_work(reaper, &ns->free);
}

/**
 * ima_ns_member_get() - one more member
 * @ns: namespace that has a member already, who cannot go meanwhile
 *
 * Context: any; does not sleep.
 * Return: @ns, to be given back with ima_ns_member_put().
 */
struct ima_namespace *ima_ns_member_get(struct ima_namespace *ns)
{
	refcount_inc(&ns->life);
	atomic_inc(&ns->members);
	return ns;
}

static void life_put(struct ima_namespace *ns)
{
	if (refcount_dec_and_test(&ns->life))
		mod_delayed_work(reaper, &ns->reap, 0);
}

/**
 * ima_ns_member_put() - one member less
 * @ns: namespace
 *
 * Context: any, also softirq (task storage is freed by RCU).
 */
void ima_ns_member_put(struct ima_namespace *ns)
{
	atomic_dec(&ns->members);
	life_put(ns);
}

static void bury(struct ima_namespace *ns)
{
	lockdep_assert_held(&births);
	ns->state = IMA_NS_DEAD;
	ima_ns_tpm_unpublish(ns);
	ima_ns_securityfs_unpublish(ns);
	list_del_init(&ns->all);
	if (ns->parent)
		ima_ns_outermost(ns)->descendants--;
	atomic_dec(&ima_ns_stats.alive);
	atomic64_inc(&ima_ns_stats.died);
}

/* An orphan's name becomes free for a newcomer with the same number. */
static void step_aside(struct ima_namespace *ns)
{
	lockdep_assert_held(&births);
	ima_ns_securityfs_rename(ns);
	ima_ns_tpm_rename(ns);
}

/*
 * Work of a namespace whose anchor is gone: bury it when no member is left,
 * else move its directory out of the way.
 */
static void reap_work(struct work_struct *work)
{
	struct ima_namespace *ns = container_of(to_delayed_work(work), struct ima_namespace, reap);
	bool dead = !refcount_read(&ns->life);

	mutex_lock(&births);
	if (dead)
		bury(ns);
	else
		step_aside(ns);
	mutex_unlock(&births);
	if (!dead)
		return;
	ima_ns_cache_forget(ns);
	/* nobody is left whose events are the parent's */
	if (ns->parent)
		life_put(ns->parent);
	ima_ns_put(ns);
}

static struct ima_namespace *find(u32 inum)
{
	struct ima_namespace *ns;

	hash_for_each_possible_rcu(anchors, ns, by_inum, inum)
		if (ns->inum == inum)
			return ns;
	return NULL;
}

/*
 * The live namespace of an anchor, as its newest member; NULL when there is none.
 * A stranger may join any, a member of @mine only what is inside that:
 * ERR_PTR(-EXDEV) otherwise.
 */
static struct ima_namespace *find_and_join(u32 inum, u64 anchor,
					   const struct ima_namespace *mine)
{
	struct ima_namespace *ns;

	rcu_read_lock();
	ns = find(inum);
	if (ns && ns->anchor != anchor)
		ns = NULL;
	if (ns && mine && !ima_ns_within(ns, mine))
		ns = ERR_PTR(-EXDEV);
	else if (ns && !refcount_inc_not_zero(&ns->life))
		ns = NULL;
	rcu_read_unlock();
	if (!IS_ERR_OR_NULL(ns))
		atomic_inc(&ns->members);
	return ns;
}

/* Take the namespace out of the anchor table.  Return: the caller owns its reference. */
static bool drop_anchor(struct ima_namespace *ns)
{
	unsigned long flags;
	bool dropped;

	raw_spin_lock_irqsave(&anchors_lock, flags);
	dropped = hash_hashed(&ns->by_inum);
	if (dropped) {
		hash_del_rcu(&ns->by_inum);
		WRITE_ONCE(ns->state, IMA_NS_ORPHAN);
		/* this address, too, may name something else now */
		WRITE_ONCE(ns->home, NULL);
	}
	raw_spin_unlock_irqrestore(&anchors_lock, flags);
	return dropped;
}

/**
 * ima_ns_anchor_gone() - an inode number of a namespace is about to be freed
 * @inum: the number, of a namespace of any type or a procfs entry
 *
 * Context: any, also softirq; before the number can be used again.
 */
void ima_ns_anchor_gone(u32 inum)
{
	struct ima_namespace *ns;

	rcu_read_lock();
	ns = find(inum);
	if (ns && drop_anchor(ns)) {
		mod_delayed_work(reaper, &ns->reap, ORPHAN_DELAY);
		life_put(ns);
	}
	rcu_read_unlock();
}

static char *current_cgroup(void)
{
	char *path = kmalloc(PATH_MAX, GFP_KERNEL_ACCOUNT), *copy = NULL;

	if (!path)
		return NULL;
	rcu_read_lock();
	cgroup_path(task_dfl_cgroup(current), path, PATH_MAX);
	rcu_read_unlock();
	copy = kstrdup(path, GFP_KERNEL_ACCOUNT);
	kfree(path);
	return copy;
}

static void set_owner(struct ima_namespace *ns, struct user_namespace *user_ns)
{
	ns->owner = make_kuid(user_ns, 0);
	ns->group = make_kgid(user_ns, 0);
	if (!uid_valid(ns->owner))
		ns->owner = GLOBAL_ROOT_UID;
	if (!gid_valid(ns->group))
		ns->group = GLOBAL_ROOT_GID;
}

/**
 * struct birth - a namespace to be born
 * @inum: inode number of its anchor, which the caller keeps alive
 * @anchor: address of the anchor's ns_common
 * @user_ns: of the container
 * @parent: namespace around it, alive until the birth is over, or NULL
 * @nested: IMA_NS_NESTS is wanted
 * @join: current becomes its first member
 */
struct birth {
	u32 inum;
	u64 anchor;
	struct user_namespace *user_ns;
	struct ima_namespace *parent;
	bool nested;
	bool join;
};

static struct ima_namespace *alloc_namespace(const struct birth *b)
{
	struct ima_namespace *ns = kzalloc(sizeof(*ns), GFP_KERNEL_ACCOUNT);

	if (!ns)
		return NULL;
	ns->inum = b->inum;
	ns->anchor = b->anchor;
	ns->birth = ktime_get_real_seconds();
	ns->depth = b->parent ? b->parent->depth + 1 : 1;
	if (b->parent)
		ns->nesting |= IMA_NS_INNER;
	if (b->nested && ns->depth < IMA_NS_MAX_DEPTH)
		ns->nesting |= IMA_NS_NESTS;
	mutex_init(&ns->family);
	refcount_set(&ns->life, 1);
	refcount_set(&ns->refs, 1);
	INIT_LIST_HEAD(&ns->recs);
	INIT_LIST_HEAD(&ns->all);
	INIT_HLIST_NODE(&ns->by_inum);
	INIT_DELAYED_WORK(&ns->reap, reap_work);
	INIT_RCU_WORK(&ns->free, free_work);
	set_owner(ns, b->user_ns);
	ratelimit_state_init(&ns->audit_limit, 5 * HZ, 50);
	if (ima_ns_policy_birth(&ns->policy, b->user_ns)) {
		kfree(ns);
		return NULL;
	}
	if (b->parent) {
		refcount_inc(&b->parent->refs);
		ns->parent = b->parent;
	}
	atomic_inc(&nr_objects);
	if (!ima_ns_log_init(&ns->log) && !ima_ns_tpm_create(ns) &&
	    !ima_ns_measure_boot_aggregate(ns))
		return ns;
	ima_ns_put(ns);
	return NULL;
}

/* An orphan that still uses the name of a newcomer moves out of its way. */
static void rename_orphans(u32 inum)
{
	struct ima_namespace *ns;

	lockdep_assert_held(&births);
	list_for_each_entry(ns, &all_namespaces, all)
		if (ns->inum == inum && ns->state == IMA_NS_ORPHAN)
			step_aside(ns);
}

/* Is there room for one more?  For certain only under births. */
static bool room_for(struct ima_namespace *parent)
{
	if (parent && READ_ONCE(ima_ns_outermost(parent)->descendants) >= IMA_NS_MAX_NESTED)
		return false;
	return atomic_read(&ima_ns_stats.alive) < IMA_NS_MAX_NAMESPACES;
}

/* Give a namespace its id, its directory and its place in the tables. */
static int publish(struct ima_namespace *ns)
{
	int err;

	lockdep_assert_held(&births);
	if (!room_for(ns->parent))
		return -ENOSPC;
	ns->seq = ++last_seq;
	rename_orphans(ns->inum);
	err = ima_ns_securityfs_publish(ns);
	if (!err)
		err = ima_ns_tpm_publish(ns);
	if (err) {
		ima_ns_securityfs_unpublish(ns);
		return err;
	}
	list_add(&ns->all, &all_namespaces);
	if (ns->parent) {
		refcount_inc(&ns->parent->life);
		ima_ns_outermost(ns)->descendants++;
	}
	atomic_inc(&ima_ns_stats.alive);
	atomic64_inc(&ima_ns_stats.born);

	raw_spin_lock_irq(&anchors_lock);
	hash_add_rcu(anchors, &ns->by_inum, ns->inum);
	raw_spin_unlock_irq(&anchors_lock);
	return 0;
}

/* births, and before it the queue of one's own tree */
static int lock_births(struct ima_namespace *parent)
{
	int err;

	if (parent) {
		parent = ima_ns_outermost(parent);
		if (mutex_lock_killable(&parent->family))
			return -EINTR;
	}
	err = mutex_lock_killable(&births);	/* -EINTR */
	if (err && parent)
		mutex_unlock(&parent->family);
	return err;
}

static void unlock_births(struct ima_namespace *parent)
{
	mutex_unlock(&births);
	if (parent)
		mutex_unlock(&ima_ns_outermost(parent)->family);
}

/* Nobody was born.  Return: ERR_PTR(@err). */
static struct ima_namespace *refuse(const struct birth *b, int err)
{
	/* a task that is being killed has not been refused anything */
	if (err == -EINTR)
		return ERR_PTR(err);
	atomic64_inc(&ima_ns_stats.refused);
	pr_warn_ratelimited("no namespace for %s:[%u] (%d): its events are %s%s\n",
			    ima_ns_anchor_name, b->inum, err,
			    b->parent ? "measured in the outer one only" : "not measured",
			    ima_ns_overflow_deny ? ", executions are denied" : "");
	return ERR_PTR(err);
}

/*
 * Make the namespace of an anchor.
 * Return: the namespace, joined when @b->join; where there is one already and
 * !@b->join, -EEXIST; -EXDEV when current may not join it.
 */
static struct ima_namespace *give_birth(const struct birth *b)
{
	struct ima_namespace *ns, *other;
	int err;

	if (!room_for(b->parent))
		return refuse(b, -ENOSPC);
	/* all memory before the mutex: others wait only for the publishing */
	ns = alloc_namespace(b);
	if (!ns)
		return refuse(b, -ENOMEM);
	if (b->join)
		ns->cgroup = current_cgroup();

	err = lock_births(b->parent);
	if (err)
		goto free;
	other = find_and_join(b->inum, b->anchor, b->join ? b->parent : NULL);
	if (other) {
		unlock_births(b->parent);
		ima_ns_put(ns);
		if (b->join)
			return other;
		ima_ns_member_put(other);
		return ERR_PTR(-EEXIST);
	}
	if (b->join) {
		refcount_inc(&ns->life);
		atomic_inc(&ns->members);
		ima_ns_seen_in(ns);
	}
	err = publish(ns);
	unlock_births(b->parent);
	if (!err)
		return ns;
free:
	/* perhaps somebody has opened one of its files already */
	ima_ns_put(ns);
	return refuse(b, err);
}

/**
 * ima_ns_join_anchor() - current becomes a member of its anchor's namespace
 * @inum: inode number of current's anchor namespace
 * @anchor: address of its ns_common
 * @mine: the namespace that current is a member of, and which nests, or NULL
 *
 * Creates the namespace when this is the first event in it.  The anchor cannot
 * go away: current is in it.  Nor can @mine.
 *
 * Context: may sleep.
 * Return: the namespace, to be given back with ima_ns_member_put(); or an
 * ERR_PTR, -EXDEV when current has to stay where it is.
 */
struct ima_namespace *ima_ns_join_anchor(u32 inum, u64 anchor, struct ima_namespace *mine)
{
	struct ima_namespace *ns = find_and_join(inum, anchor, mine);
	const struct birth birth = {
		.inum = inum,
		.anchor = anchor,
		.user_ns = current_user_ns(),
		.parent = mine,
		.nested = mine || ima_ns_nested,
		.join = true,
	};
	char *cgroup;

	if (!ns)
		return give_birth(&birth);
	if (IS_ERR(ns))
		return ns;
	ima_ns_seen_in(ns);
	/* created by hand, before its container ran */
	if (unlikely(!READ_ONCE(ns->cgroup))) {
		cgroup = current_cgroup();
		if (cgroup && cmpxchg(&ns->cgroup, NULL, cgroup))
			kfree(cgroup);
	}
	return ns;
}

/* The live namespace of this number, with a reference to its life, or NULL. */
static struct ima_namespace *find_parent(u32 inum)
{
	struct ima_namespace *ns;

	rcu_read_lock();
	ns = find(inum);
	if (ns && !refcount_inc_not_zero(&ns->life))
		ns = NULL;
	rcu_read_unlock();
	return ns;
}

static bool is_initial(struct ns_common *anchor)
{
	struct ns_common *host = anchor->ops->get(&init_task);

	if (host)
		anchor->ops->put(host);
	return host == anchor;
}

static int create(const struct ima_ns_create_args *args, struct ima_namespace *parent)
{
	struct ns_common *anchor = args->anchor;
	struct user_namespace *user_ns = ima_ns_anchor_type == CLONE_NEWUSER ?
		container_of(anchor, struct user_namespace, ns) : anchor->ops->owner(anchor);
	const struct birth birth = {
		.inum = anchor->inum,
		.anchor = (unsigned long)anchor,
		.user_ns = user_ns ?: &init_user_ns,
		.parent = parent,
		.nested = args->nested >= 0 ? args->nested : parent || ima_ns_nested,
	};

	if (parent && !(parent->nesting & IMA_NS_NESTS))
		return -EINVAL;
	if (args->nested > 0 && parent && parent->depth + 1 >= IMA_NS_MAX_DEPTH)
		return -ENOSPC;
	return PTR_ERR_OR_ZERO(give_birth(&birth));
}

/**
 * ima_ns_create() - create a namespace before its first member
 * @args: what is wanted
 * @mine: the caller's own namespace, which then is the parent; NULL on the host
 *
 * Context: may sleep.
 * Return: 0; -EINVAL for another type than the configured one, or a parent that
 * does not nest; -EPERM for the initial namespace, for a member that names a
 * parent, or one of a namespace that does not nest; -ESRCH for no such parent;
 * -EEXIST; -ENOSPC at a limit; -ENOMEM; -EINTR.
 */
int ima_ns_create(const struct ima_ns_create_args *args, struct ima_namespace *mine)
{
	struct ima_namespace *parent;
	int err;

	if (compat_ns_type(args->anchor) != ima_ns_anchor_type)
		return -EINVAL;
	if (is_initial(args->anchor))
		return -EPERM;
	if (mine && (args->parent || !(mine->nesting & IMA_NS_NESTS)))
		return -EPERM;
	if (mine || !args->parent)
		return create(args, mine);
	parent = find_parent(args->parent);
	if (!parent)
		return -ESRCH;
	err = create(args, parent);
	life_put(parent);
	return err;
}

/**
 * ima_ns_bury_all() - end every namespace and wait until they are unpublished
 *
 * The probe is gone: there are no members, and nobody tells any more when an
 * anchor's number is freed, so none of them may be found by its number again.
 *
 * Context: may sleep.
 */
void ima_ns_bury_all(void)
{
	struct ima_namespace *ns;

	mutex_lock(&births);
	list_for_each_entry(ns, &all_namespaces, all)
		if (drop_anchor(ns))
			life_put(ns);
	mutex_unlock(&births);
	/* a member's reference may still be on its way through RCU */
	while (atomic_read(&ima_ns_stats.alive)) {
		flush_workqueue(reaper);
		if (atomic_read(&ima_ns_stats.alive))
			msleep(20);
	}
}

/** ima_ns_namespace_init() - 0 or -ENOMEM */
int ima_ns_namespace_init(void)
{
	reaper = alloc_workqueue("ima_ns", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return reaper ? 0 : -ENOMEM;
}

/** ima_ns_namespace_exit() - no probe, no open files, no members */
void ima_ns_namespace_exit(void)
{
	ima_ns_bury_all();
	while (atomic_read(&nr_objects))
		msleep(20);
	destroy_workqueue(reaper);
}
