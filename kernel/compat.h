/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the kernels we build for, 6.12 to 7.2, and nothing else.
 * Each entry names the version that retires it: when that is the oldest one
 * supported, the entry goes.
 */
#ifndef IMA_NS_COMPAT_H
#define IMA_NS_COMPAT_H

#include <crypto/aes.h>
#include <crypto/sha1.h>
#include <crypto/sha2.h>
#include <linux/btf.h>
#include <linux/fs_struct.h>
#include <linux/hash_info.h>
#include <linux/ns_common.h>
#include <linux/proc_ns.h>
#include <linux/security.h>
#include <linux/version.h>

/* 6.13: MODULE_IMPORT_NS() takes a string */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define IMA_NS_IMPORT_NS(ns) MODULE_IMPORT_NS(ns)
#else
#define IMA_NS_IMPORT_NS(ns) MODULE_IMPORT_NS(#ns)
#endif

/* 7.1: every kfunc takes trusted arguments only, the flag is gone */
#ifndef KF_TRUSTED_ARGS
#define KF_TRUSTED_ARGS 0
#endif

/* 6.16: securityfs_remove() takes a directory with all that is in it */
static inline void compat_securityfs_remove_tree(struct dentry *dir)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
	securityfs_recursive_remove(dir);
#else
	securityfs_remove(dir);
#endif
}

/*
 * 6.16: securityfs_create_*() return a borrowed dentry.  Before, the caller
 * owns a reference that securityfs_recursive_remove() drops.
 */

/* 6.18: the type of a namespace moved from its operations into ns_common */
static inline int compat_ns_type(const struct ns_common *ns)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
	return ns->ops->type;
#else
	return ns->ns_type;
#endif
}

/*
 * 6.14: CREDS_CHECK moved from bprm_check_security to bprm_creds_from_file, and
 * AT_EXECVE_CHECK appeared
 */
#define IMA_NS_HAS_LATE_CREDS (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0))

/* 7.1: a signature of an ordinary file may be of version 3 */
#define IMA_NS_HAS_SIGV3_FILES (LINUX_VERSION_CODE >= KERNEL_VERSION(7, 1, 0))

/* 6.18: fs_struct has a seqlock in place of a lock and a seqcount */
static inline unsigned int compat_fs_seq(const struct fs_struct *fs)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
	return raw_read_seqcount(&fs->seq);
#else
	return raw_read_seqcount(&fs->seq.seqcount);
#endif
}

/* 7.0: a key of the AES library is a struct aes_key, made by aes_preparekey() */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define compat_aes_key crypto_aes_ctx
#define compat_aes_preparekey aes_expandkey
#else
#define compat_aes_key aes_key
#define compat_aes_preparekey aes_preparekey
#endif

/*
 * 6.17: the library has all of these with the CPU's instructions; for the few bytes
 * of a record that is cheaper than the crypto API.  Return: false, use that.
 */
static inline bool compat_sha(enum hash_algo algo, const u8 *data, size_t len, u8 *digest)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
	switch (algo) {
	case HASH_ALGO_SHA1:
		sha1(data, len, digest);
		return true;
	case HASH_ALGO_SHA256:
		sha256(data, len, digest);
		return true;
	case HASH_ALGO_SHA384:
		sha384(data, len, digest);
		return true;
	case HASH_ALGO_SHA512:
		sha512(data, len, digest);
		return true;
	default:
		return false;
	}
#else
	return false;
#endif
}

/*
 * 7.2: strncpy() is gone from the kernel; libbpf's <bpf/skel_internal.h> still
 * uses it to fill in the zeroed name of a map.  Retired by a libbpf that does not.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0) && !defined(strncpy)
#define strncpy(dst, src, size) strscpy_pad(dst, src, size)
#endif

#endif /* IMA_NS_COMPAT_H */
