/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few kernel fields that the probe looks at.  CO-RE finds their offsets in
 * the running kernel's BTF; layouts here mean nothing.
 */
#ifndef IMA_NS_PROBE_TYPES_H
#define IMA_NS_PROBE_TYPES_H

#include <linux/bpf.h>

typedef __u32 u32;
typedef __s64 s64;
typedef __u64 u64;
typedef _Bool bool;
#define true 1
#define false 0
#ifndef NULL
#define NULL ((void *)0)
#endif

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#define CORE __attribute__((preserve_access_index))

struct ns_common {
	unsigned int inum;
} CORE;

/* private to fs/mount.h */
struct mnt_namespace {
	struct ns_common ns;
} CORE;

struct mnt_namespace___6_12 {
	u64 seq;	/* 0: anonymous */
} CORE;

struct mnt_namespace___7_2 {
	bool is_anon;
} CORE;

struct uts_namespace {
	struct ns_common ns;
} CORE;

struct ipc_namespace {
	struct ns_common ns;
} CORE;

struct net {
	struct ns_common ns;
} CORE;

struct cgroup_namespace {
	struct ns_common ns;
} CORE;

struct user_namespace {
	struct ns_common ns;
} CORE;

struct pid_namespace {
	struct ns_common ns;
} CORE;

struct nsproxy {
	struct uts_namespace *uts_ns;
	struct ipc_namespace *ipc_ns;
	struct mnt_namespace *mnt_ns;
	struct net *net_ns;
	struct cgroup_namespace *cgroup_ns;
} CORE;

struct upid {
	struct pid_namespace *ns;
} CORE;

struct pid {
	unsigned int level;
	struct upid numbers[];
} CORE;

struct cred {
	struct user_namespace *user_ns;
} CORE;

struct dentry;

struct vfsmount {
	struct dentry *mnt_root;
} CORE;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
} CORE;

/* private to fs/mount.h */
struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
} CORE;

struct fs_struct {
	struct path root;
} CORE;

struct bpf_local_storage;

struct task_struct {
	struct nsproxy *nsproxy;
	struct fs_struct *fs;
	const struct cred *cred;
	struct pid *thread_pid;
	struct bpf_local_storage *bpf_storage;
} CORE;

/* a complete type: a kfunc takes it */
struct inode {
	unsigned long i_ino;
} CORE;

struct file {
	unsigned int f_mode;
	struct path f_path;
} CORE;

struct vm_area_struct {
	unsigned long vm_start;
} CORE;

struct linux_binprm {
	struct file *file;
} CORE;

/* since 6.14 */
struct linux_binprm___new {
	unsigned int is_check : 1;
} CORE;

/* values are found by CO-RE, too */
enum kernel_read_file_id {
	READING_FIRMWARE = 1,
	READING_MODULE = 2,
	READING_KEXEC_IMAGE = 3,
	READING_KEXEC_INITRAMFS = 4,
	READING_POLICY = 5,
};

/* since 6.19 */
enum kernel_read_file_id___new {
	READING_MODULE_COMPRESSED = 7,
};

/* of ima_ns.ko; never looked into */
struct ima_namespace {
	u64 seq;
} CORE;

/* host: real_mount(); what it returns can be followed without a helper */
static __always_inline struct mount *container_of_mount(struct vfsmount *mnt)
{
	return bpf_core_cast((char *)mnt - bpf_core_field_offset(struct mount, mnt), struct mount);
}

/* host: is_anon_ns(), or no namespace at all */
static __always_inline bool is_detached(struct mnt_namespace *ns)
{
	struct mnt_namespace___6_12 *old = (void *)ns;
	struct mnt_namespace___7_2 *new = (void *)ns;

	if (!ns)
		return true;
	if (bpf_core_field_exists(new->is_anon))
		return new->is_anon;
	return bpf_core_field_exists(old->seq) && !old->seq;
}

#endif /* IMA_NS_PROBE_TYPES_H */
