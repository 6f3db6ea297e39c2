// SPDX-License-Identifier: GPL-2.0
/*
 * The probe: LSM programs that tell the core what happens in containers.
 *
 * Each program passes an earlier verdict on, asks one question (who is this
 * task?) and, for members only, hands the file to the core.  Everything that
 * needs a decision is decided there.
 *
 * Who is this task?
 *
 *   a member      its task storage says so.  Set once, inherited in task_alloc,
 *                 never taken away: no unshare, setns or chroot leaves.
 *   the host      its anchor namespace is the initial one; or, with the mount
 *                 anchor, its root directory is that of the host's init
 *                 (systemd gives private mount namespaces to services).
 *   a newcomer    neither: the first event of a container, or of a process
 *                 that entered one from outside.  It becomes a member.  Where
 *                 containers inside containers count (kernel/nesting.c), the core
 *                 finds newcomers to them among the members.
 *
 * The order of programs in this file is the order in which they are attached:
 * what keeps the core's caches true comes before what fills them.
 */
#include "probe_types.h"
#include "probe_api.h"

#define EINTR 4
#define ENOMEM 12
#define EACCES 13
#define PROT_EXEC 0x4
#define FMODE_WRITE 0x2

#define CLONE_NEWNS 0x00020000
#define CLONE_NEWCGROUP 0x02000000
#define CLONE_NEWUTS 0x04000000
#define CLONE_NEWIPC 0x08000000
#define CLONE_NEWUSER 0x10000000
#define CLONE_NEWPID 0x20000000
#define CLONE_NEWNET 0x40000000

char _license[] SEC("license") = "GPL";

/* set by the module before the programs are loaded; constants to the verifier */
const volatile u32 anchor_type = CLONE_NEWNS;

/* the host's own anchor: address of the namespace object, set likewise */
const volatile u64 host_anchor;

/*
 * 6.12 asks for CREDS_CHECK together with BPRM_CHECK, before a set-user-id bit is
 * applied; later kernels in bprm_creds_from_file, afterwards.  Set likewise.
 */
const volatile bool creds_with_bprm = true;

/* root directory of the host's init; refreshed when a task does not match */
u64 host_root;

/**
 * struct member - what makes a task a member
 * @ns: the namespace, kept alive until the task's memory is freed
 *
 * The core reads it (member.c); only programs here write it.
 */
struct member {
	struct ima_namespace __kptr *ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct member);
} ima_ns_members SEC(".maps");

extern int ima_ns_settled_event(struct file *file, u32 funcs, u32 mask) __ksym;
extern u32 ima_ns_root_seq(void) __ksym;
extern int ima_ns_settled_exec(struct linux_binprm *bprm, u32 funcs) __ksym;
extern int ima_ns_event_exec(struct linux_binprm *bprm, u32 funcs, u32 path_flags,
			     u32 root_seq) __ksym;
extern int ima_ns_event_file(struct file *file, u32 funcs, u32 mask, u32 path_flags,
			     u32 root_seq) __ksym;
extern int ima_ns_written(struct file *file) __ksym;
extern void ima_ns_violated(struct file *file, u32 path_flags, u32 root_seq) __ksym;
extern void ima_ns_inode_gone(struct inode *inode) __ksym;
extern u64 ima_ns_host_root(void) __ksym;
extern struct ima_namespace *ima_ns_join(u32 inum, u64 anchor, int *err) __ksym;
extern struct ima_namespace *ima_ns_inherit(void) __ksym;
extern int ima_ns_unjoin(struct ima_namespace *ns) __ksym;
extern int ima_ns_made_executable(struct vm_area_struct *vma) __ksym;
extern void ima_ns_leave(struct ima_namespace *ns) __ksym;

/*
 * What a hook may return: the verifier wants to see the values.  The core says
 * no with -EACCES, and -EINTR of a task that is being killed.
 */
static __always_inline int verdict(s64 err)
{
	if (err >= 0)
		return 0;
	return err == -EINTR ? -EINTR : -EACCES;
}

/* Where the task keeps the pointer to its anchor namespace. */
static __always_inline void *anchor_slot(struct task_struct *task)
{
	struct nsproxy *proxy = task->nsproxy;
	struct pid *pid = task->thread_pid;

	switch (anchor_type) {
	case CLONE_NEWUTS:
		return &proxy->uts_ns;
	case CLONE_NEWIPC:
		return &proxy->ipc_ns;
	case CLONE_NEWNET:
		return &proxy->net_ns;
	case CLONE_NEWCGROUP:
		return &proxy->cgroup_ns;
	case CLONE_NEWUSER:
		return (void *)&task->cred->user_ns;
	case CLONE_NEWPID:
		/* the innermost one, as task_active_pid_ns() */
		return (char *)pid + bpf_core_field_offset(struct pid, numbers) +
			pid->level * bpf_core_type_size(struct upid) +
			bpf_core_field_offset(struct upid, ns);
	default:
		return &proxy->mnt_ns;
	}
}

/* Is the task's anchor the host's own?  In a few instructions. */
static __always_inline bool on_host_anchor(struct task_struct *task)
{
	u64 anchor = 0;

	if (anchor_type == CLONE_NEWNS)
		return (u64)task->nsproxy->mnt_ns == host_anchor;
	bpf_probe_read_kernel(&anchor, sizeof(anchor), anchor_slot(task));
	return anchor == host_anchor;
}

/* Where the ns_common is in an anchor namespace. */
static __always_inline u32 common_offset(void)
{
	switch (anchor_type) {
	case CLONE_NEWUTS:
		return bpf_core_field_offset(struct uts_namespace, ns);
	case CLONE_NEWIPC:
		return bpf_core_field_offset(struct ipc_namespace, ns);
	case CLONE_NEWNET:
		return bpf_core_field_offset(struct net, ns);
	case CLONE_NEWCGROUP:
		return bpf_core_field_offset(struct cgroup_namespace, ns);
	case CLONE_NEWUSER:
		return bpf_core_field_offset(struct user_namespace, ns);
	case CLONE_NEWPID:
		return bpf_core_field_offset(struct pid_namespace, ns);
	default:
		return bpf_core_field_offset(struct mnt_namespace, ns);
	}
}

/* With the mount anchor: does the task see the host's root directory? */
static __always_inline bool on_host_root(struct task_struct *task)
{
	u64 root = (u64)task->fs->root.dentry;

	if (root == host_root)
		return true;
	/* init may have changed its root since: switch_root of an initramfs */
	host_root = ima_ns_host_root();
	return root == host_root;
}

/* Where a task's membership is stored, or NULL without memory. */
static __always_inline struct member *member_of(struct task_struct *task)
{
	return bpf_task_storage_get(&ima_ns_members, task, NULL,
				    BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* Store a membership; takes the reference over. */
static __always_inline void remember(struct member *m, struct ima_namespace *ns)
{
	ns = bpf_kptr_xchg(&m->ns, ns);
	if (ns)
		ima_ns_leave(ns);
}

/*
 * A newcomer?  Return: 1 now a member of its anchor's namespace; 0 it is the
 * host's, or remains what it was; or a negative errno.
 */
static __noinline int join(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ima_namespace *ns;
	struct member *m;
	u64 anchor = 0;
	u32 inum = 0;
	int err = 0;

	bpf_probe_read_kernel(&anchor, sizeof(anchor), anchor_slot(task));
	/* a task that is exiting has no namespaces any more */
	if (!anchor || (anchor_type == CLONE_NEWNS && on_host_root(task)))
		return 0;
	anchor += common_offset();
	bpf_probe_read_kernel(&inum, sizeof(inum), (void *)(anchor +
			      bpf_core_field_offset(struct ns_common, inum)));
	ns = ima_ns_join(inum, anchor, &err);
	if (!ns)
		return err;
	m = member_of(task);
	/* a membership that cannot be kept is no membership */
	if (!m)
		return ima_ns_unjoin(ns);
	remember(m, ns);
	return 1;
}

/*
 * Is the task's root directory the top of its mount tree?  Then its own view of
 * a path is the absolute one.  Mounts on the way up that cover their parent's
 * root (the container's root over the initramfs) change nothing in a path.
 */
static __always_inline bool on_top(struct task_struct *task)
{
	struct mount *m = container_of_mount(task->fs->root.mnt);
	struct dentry *dentry = task->fs->root.dentry;
	int i;

	for (i = 0; i < 4; i++) {
		struct mount *parent = m->mnt_parent;

		if (!parent || dentry != m->mnt.mnt_root)
			return false;
		if (parent == m)
			return true;
		dentry = m->mnt_mountpoint;
		m = parent;
	}
	return false;
}

/* What the core has to know about mounts to name a file. */
static __always_inline u32 path_flags(struct file *file)
{
	u32 flags = 0;

	if (is_detached(container_of_mount(file->f_path.mnt)->mnt_ns))
		flags |= IMA_NS_PATH_DETACHED;
	if (on_top(bpf_get_current_task_btf()))
		flags |= IMA_NS_PATH_TOP;
	return flags;
}

/*
 * Is current a member whose event has to be measured?  @answer is what the core
 * said at once.  Return: 1, 0, or a negative errno.
 */
static __always_inline int member_todo(int answer)
{
	int joined;

	if (answer == IMA_NS_SETTLED)
		return 0;
	if (answer == IMA_NS_TODO)
		return 1;
	if (on_host_anchor(bpf_get_current_task_btf()))
		return answer == IMA_NS_NEWCOMER;
	joined = join();
	/* it was a member before */
	return answer == IMA_NS_NEWCOMER && !joined ? 1 : joined;
}

static __always_inline int event(struct file *file, u32 funcs, u32 mask)
{
	int answer = IMA_NS_STRANGER;
	u32 seq;

	if (bpf_get_current_task_btf()->bpf_storage)
		answer = ima_ns_settled_event(file, funcs, mask);
	answer = member_todo(answer);
	if (answer <= 0)
		return verdict(answer);
	seq = ima_ns_root_seq();
	return verdict(ima_ns_event_file(file, funcs, mask, path_flags(file), seq));
}

static __always_inline int exec_event(struct linux_binprm *bprm, u32 funcs)
{
	int answer = IMA_NS_STRANGER;
	u32 seq;

	if (bpf_get_current_task_btf()->bpf_storage)
		answer = ima_ns_settled_exec(bprm, funcs);
	answer = member_todo(answer);
	if (answer <= 0)
		return verdict(answer);
	seq = ima_ns_root_seq();
	return verdict(ima_ns_event_exec(bprm, funcs, path_flags(bprm->file), seq));
}

/* --- what keeps the core's knowledge true ---------------------------------- */

SEC("lsm/inode_free_security")
int BPF_PROG(ima_ns_inode_free, struct inode *inode)
{
	ima_ns_inode_gone(inode);
	return 0;
}

SEC("lsm.s/task_alloc")
int BPF_PROG(ima_ns_task_alloc, struct task_struct *child, unsigned long clone_flags, int ret)
{
	struct ima_namespace *ns;
	struct member *m;

	if (ret || !bpf_get_current_task_btf()->bpf_storage)
		return ret;
	ns = ima_ns_inherit();
	if (!ns)
		return 0;
	m = member_of(child);
	if (!m) {
		/* a child that could leave must not be */
		ima_ns_leave(ns);
		return -ENOMEM;
	}
	remember(m, ns);
	return 0;
}

/* --- events ------------------------------------------------------------------ */

SEC("lsm.s/file_post_open")
int BPF_PROG(ima_ns_file_open, struct file *file, int mask, int ret)
{
	if (ret)
		return ret;
	if (file->f_mode & FMODE_WRITE && ima_ns_written(file)) {
		u32 seq = ima_ns_root_seq();

		ima_ns_violated(file, path_flags(file), seq);
	}
	return event(file, IMA_NS_FUNC_BIT(IMA_NS_FILE_CHECK), mask);
}

SEC("lsm.s/bprm_check_security")
int BPF_PROG(ima_ns_exec, struct linux_binprm *bprm, int ret)
{
	u32 funcs = IMA_NS_FUNC_BIT(IMA_NS_BPRM_CHECK);

	if (ret)
		return ret;
	if (creds_with_bprm)
		funcs |= IMA_NS_FUNC_BIT(IMA_NS_CREDS_CHECK);
	return exec_event(bprm, funcs);
}

SEC("lsm.s/mmap_file")
int BPF_PROG(ima_ns_mmap, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	u32 funcs = 0;

	if (ret)
		return ret;
	if (reqprot & PROT_EXEC)
		funcs |= IMA_NS_FUNC_BIT(IMA_NS_MMAP_CHECK_REQPROT);
	if (prot & PROT_EXEC)
		funcs |= IMA_NS_FUNC_BIT(IMA_NS_MMAP_CHECK);
	/*
	 * 6.12 declares file non-NULL and drops this test; it is NULL for an
	 * anonymous mapping all the same, which the kfuncs know.
	 */
	if (!funcs || !file)
		return 0;
	return event(file, funcs, IMA_NS_MAY_EXEC);
}

/* a mapping is made executable after the fact */
SEC("lsm/file_mprotect")
int BPF_PROG(ima_ns_mprotect, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot, int ret)
{
	if (ret || !(prot & PROT_EXEC) || !bpf_get_current_task_btf()->bpf_storage)
		return ret;
	return verdict(ima_ns_made_executable(vma));
}

/* what the kernel reads from a file on a member's behalf */
SEC("lsm.s/kernel_read_file")
int BPF_PROG(ima_ns_read_file, struct file *file, enum kernel_read_file_id id, bool contents,
	     int ret)
{
	u32 func = IMA_NS_FILE_CHECK;

	if (ret)
		return ret;
	if (id == bpf_core_enum_value(enum kernel_read_file_id, READING_MODULE) ||
	    (bpf_core_enum_value_exists(enum kernel_read_file_id___new,
					READING_MODULE_COMPRESSED) &&
	     id == bpf_core_enum_value(enum kernel_read_file_id___new,
				       READING_MODULE_COMPRESSED)))
		func = IMA_NS_MODULE_CHECK;
	else if (id == bpf_core_enum_value(enum kernel_read_file_id, READING_FIRMWARE))
		func = IMA_NS_FIRMWARE_CHECK;
	else if (id == bpf_core_enum_value(enum kernel_read_file_id, READING_POLICY))
		func = IMA_NS_POLICY_CHECK;
	else if (id == bpf_core_enum_value(enum kernel_read_file_id, READING_KEXEC_IMAGE) ||
		 id == bpf_core_enum_value(enum kernel_read_file_id, READING_KEXEC_INITRAMFS))
		return 0;	/* the next kernel is the host's affair */
	return event(file, IMA_NS_FUNC_BIT(func), IMA_NS_MAY_READ);
}

/* --- events of newer kernels: detached at once where the core says so -------- */

SEC("lsm.s/bprm_creds_from_file")
int BPF_PROG(ima_ns_creds, struct linux_binprm *bprm, const struct file *file, int ret)
{
	return ret ?: exec_event(bprm, IMA_NS_FUNC_BIT(IMA_NS_CREDS_CHECK));
}

/* AT_EXECVE_CHECK: a program asks whether it might execute a file */
SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(ima_ns_exec_check, struct linux_binprm *bprm, int ret)
{
	struct linux_binprm___new *new = (void *)bprm;

	if (ret || !bpf_core_field_exists(new->is_check) ||
	    !BPF_CORE_READ_BITFIELD(new, is_check))
		return ret;
	return exec_event(bprm, IMA_NS_FUNC_BIT(IMA_NS_BPRM_CHECK));
}
