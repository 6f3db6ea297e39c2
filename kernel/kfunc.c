// SPDX-License-Identifier: GPL-2.0
/*
 * What the probe calls.  Nothing is decided here: arguments that BPF vouches
 * for become an event, and errors become what a hook may return.
 *
 * The filter keeps other program types out: measuring is for LSM programs.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/binfmts.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/cfi.h>
#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>

#include "compat.h"
#include "ima_ns.h"

/* The same where containers are inside containers.  Out of line, as answer() is hot. */
static noinline int nested_answer(struct file *file, struct ima_namespace *ns, u32 funcs,
				  u32 mask, const struct cred *exec_cred)
{
	if (ns->nesting & IMA_NS_NESTS && ima_ns_newcomer(ns))
		return IMA_NS_NEWCOMER;
	return ima_ns_unsettled(file, ns, funcs, mask, exec_cred) ? IMA_NS_TODO : IMA_NS_SETTLED;
}

/* What ima_ns_settled() says about an event of current. */
static __always_inline int answer(struct file *file, u32 funcs, u32 mask,
				  const struct cred *exec_cred)
{
	struct ima_namespace *ns;
	int answer = IMA_NS_STRANGER;

	rcu_read_lock();
	ns = ima_ns_current();
	if (ns && unlikely(ns->nesting))
		answer = nested_answer(file, ns, funcs, mask, exec_cred);
	else if (ns)
		answer = ima_ns_settled(file, ns, funcs, mask, exec_cred) ?
			IMA_NS_SETTLED : IMA_NS_TODO;
	rcu_read_unlock();
	return answer;
}

/* Each func of an event, from the lowest. */
static int measure(struct ima_ns_event *event, u32 funcs)
{
	int err = 0;

	rcu_read_lock();
	event->ns = ima_ns_current();
	rcu_read_unlock();
	/* current is a member, so the namespace outlives this event, and so do its parents */
	if (!event->ns || !event->file || !S_ISREG(file_inode(event->file)->i_mode))
		return 0;
	if (event->ns->nesting & IMA_NS_NESTS && event->path_flags & IMA_NS_PATH_TOP)
		ima_ns_seen_on_top(event->ns, event->root_seq);
	for (; funcs && !err; funcs &= funcs - 1) {
		event->func = __ffs(funcs);
		/* only this one is about the credentials of the new program */
		event->cred = event->func == IMA_NS_CREDS_CHECK ? event->exec_cred : NULL;
		err = ima_ns_measure_event(event);
	}
	return err;
}

__bpf_kfunc_start_defs();

/**
 * ima_ns_settled_event() - is there nothing to do for this event?
 * @file: file of the event; NULL for an anonymous mapping
 * @funcs: IMA_NS_FUNC_BIT() of each func
 * @mask: IMA_NS_MAY_*
 *
 * Return: enum ima_ns_answer.
 */
__bpf_kfunc int ima_ns_settled_event(struct file *file, u32 funcs, u32 mask)
{
	return answer(file, funcs, mask, NULL);
}

/**
 * ima_ns_settled_exec() - the same for an execution
 * @bprm: what is being executed
 * @funcs: BPRM_CHECK, CREDS_CHECK or both
 *
 * Return: enum ima_ns_answer.
 */
__bpf_kfunc int ima_ns_settled_exec(struct linux_binprm *bprm, u32 funcs)
{
	return answer(bprm->file, funcs, IMA_NS_MAY_EXEC, bprm->cred);
}

/**
 * ima_ns_root_seq() - a number that changes with current's root directory
 *
 * Read before the probe looks at that directory; see ima_ns_path().
 *
 * Return: the number; odd while it changes.
 */
__bpf_kfunc u32 ima_ns_root_seq(void)
{
	return current->fs ? compat_fs_seq(current->fs) : 1;
}

/**
 * ima_ns_event_file() - measure an event of a member
 * @file: file of the event
 * @funcs: IMA_NS_FUNC_BIT() of each func, handled from the lowest
 * @mask: IMA_NS_MAY_*
 * @path_flags: IMA_NS_PATH_*
 * @root_seq: what ima_ns_root_seq() said before @path_flags were found out
 *
 * Context: may sleep.
 * Return: 0, or a negative errno for the hook to return.
 */
__bpf_kfunc int ima_ns_event_file(struct file *file, u32 funcs, u32 mask, u32 path_flags,
				  u32 root_seq)
{
	struct ima_ns_event event = {
		.file = file,
		.mask = mask,
		.path_flags = path_flags,
		.root_seq = root_seq,
	};

	return measure(&event, funcs);
}

/**
 * ima_ns_event_exec() - measure an execution by a member
 * @bprm: what is being executed
 * @funcs: BPRM_CHECK, CREDS_CHECK or both
 * @path_flags: IMA_NS_PATH_*
 * @root_seq: what ima_ns_root_seq() said before @path_flags were found out
 *
 * Context: may sleep.
 * Return: 0, or a negative errno for the hook to return.
 */
__bpf_kfunc int ima_ns_event_exec(struct linux_binprm *bprm, u32 funcs, u32 path_flags,
				  u32 root_seq)
{
	struct ima_ns_event event = {
		.file = bprm->file,
		.mask = IMA_NS_MAY_EXEC,
		.exec_cred = bprm->cred,
		.path_flags = path_flags,
		.root_seq = root_seq,
	};

	return measure(&event, funcs);
}

/**
 * ima_ns_made_executable() - mprotect() adds PROT_EXEC to a mapping
 * @vma: the mapping, before the change
 *
 * Context: atomic.
 * Return: 0, or a negative errno for the hook to return.
 */
__bpf_kfunc int ima_ns_made_executable(struct vm_area_struct *vma)
{
	int err;

	rcu_read_lock();
	err = ima_ns_measure_mprotect(vma);
	rcu_read_unlock();
	return err;
}

/**
 * ima_ns_written() - any task of the machine opened a file for writing
 * @file: the file
 *
 * Return: 1 when ima_ns_violated() has to be called.
 */
__bpf_kfunc int ima_ns_written(struct file *file)
{
	return ima_ns_probe_attached() && S_ISREG(file_inode(file)->i_mode) &&
		ima_ns_cache_written(file);
}

/**
 * ima_ns_violated() - record that a measured file is being written
 * @file: the file
 * @path_flags: IMA_NS_PATH_*
 * @root_seq: what ima_ns_root_seq() said before @path_flags were found out
 *
 * Context: may sleep.
 */
__bpf_kfunc void ima_ns_violated(struct file *file, u32 path_flags, u32 root_seq)
{
	struct ima_ns_event event = {
		.file = file,
		.path_flags = path_flags,
		.root_seq = root_seq,
	};

	rcu_read_lock();
	event.ns = ima_ns_current();
	rcu_read_unlock();
	ima_ns_measure_tomtou(&event);
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
 * Current is a stranger, or, after IMA_NS_NEWCOMER, a member of a namespace that
 * nests; then NULL without an error means that it stays there.
 *
 * Context: may sleep.
 * Return: a member's reference, or NULL.
 */
__bpf_kfunc struct ima_namespace *ima_ns_join(u32 inum, u64 anchor, int *err)
{
	struct ima_namespace *ns, *mine;

	*err = 0;
	if (!ima_ns_probe_attached())
		return NULL;
	rcu_read_lock();
	mine = ima_ns_current();
	rcu_read_unlock();
	ns = ima_ns_join_anchor(inum, anchor, mine);
	if (!IS_ERR(ns))
		return ns;
	if (ima_ns_overflow_deny && ns != ERR_PTR(-EXDEV))
		*err = -EACCES;
	return NULL;
}

/**
 * ima_ns_inherit() - a child of current becomes a member as well
 *
 * Return: a member's reference, or NULL when current is none.
 */
__bpf_kfunc struct ima_namespace *ima_ns_inherit(void)
{
	struct ima_namespace *ns;

	rcu_read_lock();
	ns = ima_ns_current();
	if (ns)
		ima_ns_member_get(ns);
	rcu_read_unlock();
	return ns;
}

/**
 * ima_ns_unjoin() - a membership could not be stored
 * @ns: a member's reference, given back
 *
 * Return: 0, or -EACCES for the hook to return when overflow=deny.
 */
__bpf_kfunc int ima_ns_unjoin(struct ima_namespace *ns)
{
	atomic64_inc(&ima_ns_stats.refused);
	pr_warn_ratelimited("no memory for a member of namespace %u: its event is not measured\n",
			    ns->inum);
	ima_ns_member_put(ns);
	return ima_ns_overflow_deny ? -EACCES : 0;
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

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(kfuncs)
BTF_ID_FLAGS(func, ima_ns_settled_event, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ima_ns_settled_exec, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ima_ns_root_seq)
BTF_ID_FLAGS(func, ima_ns_event_exec, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, ima_ns_event_file, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, ima_ns_made_executable, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ima_ns_written, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ima_ns_violated, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, ima_ns_inode_gone, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ima_ns_host_root)
BTF_ID_FLAGS(func, ima_ns_join, KF_ACQUIRE | KF_RET_NULL | KF_SLEEPABLE)
BTF_ID_FLAGS(func, ima_ns_inherit, KF_ACQUIRE | KF_RET_NULL)
BTF_ID_FLAGS(func, ima_ns_unjoin, KF_RELEASE)
BTF_ID_FLAGS(func, ima_ns_leave, KF_RELEASE)
BTF_KFUNCS_END(kfuncs)

BTF_ID_LIST(dtor_ids)
BTF_ID(struct, ima_namespace)
BTF_ID(func, ima_ns_leave_dtor)

/* the set that LSM programs use is that of tracing programs too */
static int filter(const struct bpf_prog *prog, u32 id)
{
	return prog->type == BPF_PROG_TYPE_LSM ? 0 : -EACCES;
}

static const struct btf_kfunc_id_set kfunc_set = {
	.owner = THIS_MODULE,
	.set = &kfuncs,
	.filter = filter,
};

/**
 * ima_ns_kfunc_init() - offer the kfuncs
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
