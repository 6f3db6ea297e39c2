// SPDX-License-Identifier: GPL-2.0
/*
 * What the probe calls.  Nothing is decided here: arguments that BPF vouches
 * for become an event, and errors become what a hook may return.
 *
 * The filter keeps other program types out: measuring is for LSM programs, and
 * the news that an inode number is free comes from one tracing program.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/cfi.h>
#include <linux/fs_struct.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>

#include "compat.h"
#include "ima_ns.h"

/*
 * False until every program is attached and again before the first is
 * detached: only while all of them run is the cache told of every change.
 */
static bool attached;

bool ima_ns_probe_attached(void)
{
	return READ_ONCE(attached);
}

static DEFINE_MUTEX(probe_mutex);
static bool probe_present;

/**
 * ima_ns_attach() - a probe is about to attach its programs
 *
 * Return: 0, or -EBUSY when there is another probe.
 */
int ima_ns_attach(void)
{
	int err = 0;

	mutex_lock(&probe_mutex);
	if (probe_present)
		err = -EBUSY;
	probe_present = true;
	mutex_unlock(&probe_mutex);
	return err;
}
EXPORT_SYMBOL_GPL(ima_ns_attach);

/**
 * ima_ns_attached() - every program is attached, or the first one soon is not
 * @yes: which of the two
 */
void ima_ns_attached(bool yes)
{
	WRITE_ONCE(attached, yes);
}
EXPORT_SYMBOL_GPL(ima_ns_attached);

/**
 * ima_ns_detach() - no program of the probe runs any more
 *
 * Ends every namespace: without the probe nobody knows who belongs to it, nor
 * when its number names something else.
 *
 * Context: may sleep.
 */
void ima_ns_detach(void)
{
	ima_ns_bury_all();
	ima_ns_cache_flush();
	mutex_lock(&probe_mutex);
	probe_present = false;
	mutex_unlock(&probe_mutex);
}
EXPORT_SYMBOL_GPL(ima_ns_detach);

__bpf_kfunc_start_defs();

/**
 * ima_ns_settled_event() - is there nothing to do for this event?
 * @file: file of the event; NULL for an anonymous mapping
 * @cookie: namespace of current
 * @funcs: IMA_NS_FUNC_BIT() of each func
 * @mask: IMA_NS_MAY_*
 *
 * Return: 1 when nothing is to be done, 0 to call ima_ns_event().
 */
__bpf_kfunc int ima_ns_settled_event(struct file *file, u64 cookie, u32 funcs, u32 mask)
{
	struct ima_namespace *ns;
	bool settled = true;

	rcu_read_lock();
	ns = ima_ns_lookup(cookie);
	if (likely(ns && READ_ONCE(attached)))
		settled = ima_ns_settled(file, ns, funcs, mask);
	rcu_read_unlock();
	return settled;
}

/**
 * ima_ns_event_file() - measure an event
 * @file: file of the event
 * @cookie: namespace of current
 * @funcs: IMA_NS_FUNC_BIT() of each func, handled from the lowest
 * @mask: IMA_NS_MAY_*
 * @path_flags: IMA_NS_PATH_*
 *
 * Context: may sleep.
 * Return: 0, or a negative errno for the hook to return.
 */
__bpf_kfunc int ima_ns_event_file(struct file *file, u64 cookie, u32 funcs, u32 mask,
				  u32 path_flags)
{
	struct ima_ns_event event = { .file = file, .mask = mask, .path_flags = path_flags };
	int err = 0;

	if (!file)
		return 0;
	event.ns = ima_ns_get(cookie);
	if (!event.ns)
		return 0;
	for (; funcs && !err; funcs &= funcs - 1) {
		event.func = __ffs(funcs);
		err = ima_ns_measure_event(&event);
	}
	ima_ns_put(event.ns);
	return err;
}

/**
 * ima_ns_may_open() - may a member open this file of securityfs?
 * @file: the file, on any file system
 * @cookie: namespace of current
 *
 * Return: 0, or -EACCES for what belongs to another namespace or to the host.
 */
__bpf_kfunc int ima_ns_may_open(struct file *file, u64 cookie)
{
	struct ima_namespace *ns;
	int err = 0;

	rcu_read_lock();
	ns = ima_ns_lookup(cookie);
	if (ns && ima_ns_securityfs_foreign(file, ns))
		err = -EACCES;
	rcu_read_unlock();
	return err;
}

/**
 * ima_ns_written() - any task of the machine opened a file for writing
 * @file: the file
 */
__bpf_kfunc void ima_ns_written(struct file *file)
{
	if (READ_ONCE(attached))
		ima_ns_cache_written(file);
}

/**
 * ima_ns_inode_gone() - an inode is freed
 * @inode: the inode
 */
__bpf_kfunc void ima_ns_inode_gone(struct inode *inode)
{
	ima_ns_cache_inode_freed(inode);
}

/**
 * ima_ns_host_root() - root directory of the host's init
 *
 * Return: address of the dentry, to be compared with.
 */
__bpf_kfunc u64 ima_ns_host_root(void)
{
	struct task_struct *init;
	u64 root = 0;

	rcu_read_lock();
	init = pid_task(find_pid_ns(1, &init_pid_ns), PIDTYPE_PID);
	if (init) {
		task_lock(init);
		if (init->fs)
			root = (unsigned long)READ_ONCE(init->fs->root.dentry);
		task_unlock(init);
	}
	rcu_read_unlock();
	return root;
}

/**
 * ima_ns_join() - current becomes a member of its anchor's namespace
 * @inum: inode number of the anchor
 * @anchor: address of its ns_common
 * @err: 0, or the errno for the hook to return when the result is NULL
 *
 * Context: may sleep.
 * Return: a member's reference, or NULL.
 */
__bpf_kfunc struct ima_namespace *ima_ns_join(u32 inum, u64 anchor, int *err)
{
	struct ima_namespace *ns;

	*err = 0;
	if (!READ_ONCE(attached))
		return NULL;
	ns = ima_ns_join_anchor(inum, anchor);
	if (!IS_ERR(ns))
		return ns;
	if (ima_ns_overflow_deny)
		*err = -EACCES;
	return NULL;
}

/**
 * ima_ns_inherit() - a child becomes a member of its parent's namespace
 * @cookie: of the parent's namespace
 *
 * Return: a member's reference, or NULL.
 */
__bpf_kfunc struct ima_namespace *ima_ns_inherit(u64 cookie)
{
	return ima_ns_member_get(cookie);
}

/** ima_ns_cookie_of() - what to remember a namespace by */
__bpf_kfunc u64 ima_ns_cookie_of(struct ima_namespace *ns)
{
	return ns->cookie;
}

/** ima_ns_leave() - give a member's reference back */
__bpf_kfunc void ima_ns_leave(struct ima_namespace *ns)
{
	ima_ns_member_put(ns);
}

/** ima_ns_leave_dtor() - the same, when task storage is freed */
__bpf_kfunc void ima_ns_leave_dtor(void *ns)
{
	ima_ns_member_put(ns);
}
#ifdef CFI_NOSEAL
CFI_NOSEAL(ima_ns_leave_dtor);
#endif

/** ima_ns_inum_freed() - an inode number is about to be freed */
__bpf_kfunc void ima_ns_inum_freed(u32 inum)
{
	ima_ns_anchor_gone(inum);
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(kfuncs)
BTF_ID_FLAGS(func, ima_ns_settled_event, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ima_ns_event_file, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, ima_ns_may_open, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ima_ns_written, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ima_ns_inode_gone, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ima_ns_host_root)
BTF_ID_FLAGS(func, ima_ns_join, KF_ACQUIRE | KF_RET_NULL | KF_SLEEPABLE)
BTF_ID_FLAGS(func, ima_ns_inherit, KF_ACQUIRE | KF_RET_NULL)
BTF_ID_FLAGS(func, ima_ns_cookie_of, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ima_ns_leave, KF_RELEASE)
BTF_ID_FLAGS(func, ima_ns_inum_freed)
BTF_KFUNCS_END(kfuncs)

BTF_ID_LIST(dtor_ids)
BTF_ID(struct, ima_namespace)
BTF_ID(func, ima_ns_leave_dtor)

/*
 * Ids cannot be told apart here: those of a module built outside the kernel
 * tree are relocated when they are registered.  So a tracing program is known
 * by the one function that ours is attached to.
 */
static int filter(const struct bpf_prog *prog, u32 id)
{
	if (prog->type == BPF_PROG_TYPE_LSM)
		return 0;
	if (prog->type == BPF_PROG_TYPE_TRACING && prog->aux->attach_func_name &&
	    !strcmp(prog->aux->attach_func_name, "proc_free_inum"))
		return 0;
	return -EACCES;
}

static const struct btf_kfunc_id_set kfunc_set = {
	.owner = THIS_MODULE,
	.set = &kfuncs,
	.filter = filter,
};

/**
 * ima_ns_kfunc_init() - offer the kfuncs
 *
 * LSM and TRACING programs share one set; registering it twice is an error.
 *
 * Return: 0 or a negative errno.
 */
int ima_ns_kfunc_init(void)
{
	const struct btf_id_dtor_kfunc dtor = {
		.btf_id = dtor_ids[0],
		.kfunc_btf_id = dtor_ids[1],
	};
	int err;

	err = register_btf_id_dtor_kfuncs(&dtor, 1, THIS_MODULE);
	if (!err)
		err = register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM, &kfunc_set);
	if (err)
		pr_err("kfuncs: %d: does this kernel have BTF (CONFIG_DEBUG_INFO_BTF_MODULES)?\n",
		       err);
	return err;
}
