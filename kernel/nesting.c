// SPDX-License-Identifier: GPL-2.0
/*
 * Containers inside containers.
 *
 * A namespace that nests (nested=1) lets a container inside its container have a
 * namespace of its own, whose parent it is.  A task is a member of one
 * namespace, the innermost; what it does is judged and recorded by that one and
 * by every one around it, along ->parent.
 *
 * Inwards only.  A member becomes a member of an inner namespace when the anchor
 * it is in and its root directory are those of a container inside: the probe's
 * test for the host (probe.bpf.c), with the task's own namespace in the host's
 * place.  It never becomes a member of one that is not inside its own
 * (namespace.c: may_join()), so none that has ever judged it loses it.
 *
 * Lifetimes.  An inner namespace holds ->life of its parent until it is buried
 * and ->refs until its memory is freed.  So ->parent, which never changes, may be
 * followed by who may look at the namespace: a task that is a member of it, for
 * as long as its event takes; the owner of a reference; and under RCU who found
 * it under RCU, for the references are dropped a grace period after that.
 */
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "ima_ns.h"

/**
 * ima_ns_anchor_of() - a task's anchor namespace
 * @task: current or init_task
 *
 * The same object as the probe's anchor_slot() points to.
 *
 * Return: its address, to be compared with; NULL for a task that is exiting.
 */
const void *ima_ns_anchor_of(const struct task_struct *task)
{
	const struct nsproxy *proxy = task->nsproxy;

	switch (ima_ns_anchor_type) {
	case CLONE_NEWUSER:
		return rcu_access_pointer(task->cred)->user_ns;
	case CLONE_NEWPID:
		return task_active_pid_ns((struct task_struct *)task);
	}
	if (!proxy)
		return NULL;
	switch (ima_ns_anchor_type) {
	case CLONE_NEWUTS:
		return proxy->uts_ns;
	case CLONE_NEWIPC:
		return proxy->ipc_ns;
	case CLONE_NEWNET:
		return proxy->net_ns;
	case CLONE_NEWCGROUP:
		return proxy->cgroup_ns;
	default:
		return proxy->mnt_ns;
	}
}

/**
 * ima_ns_host_anchor() - the host's own anchor, as the probe sees that of a task
 *
 * Return: its address, to be compared with.
 */
const void *ima_ns_host_anchor(void)
{
	return ima_ns_anchor_of(&init_task);
}
EXPORT_SYMBOL_GPL(ima_ns_host_anchor);

/**
 * ima_ns_within() - is a namespace another one, or inside it?
 * @ns: may be NULL: the host, which is inside of none
 * @outer: the other
 *
 * Context: @ns is alive, see above.
 */
bool ima_ns_within(const struct ima_namespace *ns, const struct ima_namespace *outer)
{
	for (; ns; ns = ns->parent)
		if (ns == outer)
			return true;
	return false;
}

/** ima_ns_outermost() - the namespace around a namespace that has no parent */
struct ima_namespace *ima_ns_outermost(struct ima_namespace *ns)
{
	while (ns->parent)
		ns = ns->parent;
	return ns;
}

static const void *current_root(void)
{
	return current->fs ? READ_ONCE(current->fs->root.dentry) : NULL;
}

/**
 * ima_ns_newcomer() - has current, a member, entered a container inside?
 * @ns: its namespace, which nests
 *
 * Whether it may join there is another question.
 *
 * Context: RCU read side.  The path of every event of a member of a namespace
 * that nests; mostly the first comparison is the last.
 */
bool ima_ns_newcomer(const struct ima_namespace *ns)
{
	const void *anchor = ima_ns_anchor_of(current), *root;

	if (anchor == READ_ONCE(ns->home) || !anchor)
		return false;
	if (anchor == ima_ns_host_anchor())
		return false;
	if (ima_ns_anchor_type != CLONE_NEWNS)
		return true;
	root = current_root();
	for (; ns && root; ns = ns->parent)
		if (root == READ_ONCE(ns->root))
			return false;
	return root;
}

/**
 * ima_ns_seen_in() - current, in the anchor of a namespace, has joined it
 * @ns: the namespace
 */
void ima_ns_seen_in(struct ima_namespace *ns)
{
	if (!(ns->nesting & IMA_NS_NESTS) || READ_ONCE(ns->home))
		return;
	WRITE_ONCE(ns->root, current_root());
	WRITE_ONCE(ns->home, ima_ns_anchor_of(current));
}

/**
 * ima_ns_seen_on_top() - current's root is the top of its mount tree
 * @ns: its namespace
 * @root_seq: ima_ns_root_seq() from before that was found out
 *
 * If it is in its namespace's anchor this is the container's root directory.
 * Another one than before, if a runtime has changed the root twice.
 */
void ima_ns_seen_on_top(struct ima_namespace *ns, u32 root_seq)
{
	const void *root = current_root();

	if (!root || root == READ_ONCE(ns->root) || root_seq & 1 ||
	    ima_ns_anchor_of(current) != READ_ONCE(ns->home))
		return;
	smp_rmb();	/* the root was read before the count is */
	if (compat_fs_seq(current->fs) == root_seq)
		WRITE_ONCE(ns->root, root);
}
