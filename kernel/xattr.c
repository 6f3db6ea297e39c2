// SPDX-License-Identifier: GPL-2.0
/*
 * Extended attributes of files, as records show them: security.ima, which also
 * names the algorithm of the digest, security.evm, and those that EVM protects.
 *
 * Nothing is verified here.  A signature is shown as it is found, for whoever
 * reads the log to verify.
 */
#include <crypto/hash_info.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/xattr.h>

#include "compat.h"
#include "ima_ns.h"

/* host: struct signature_v2_hdr; version and algorithm are its bytes 1 and 2 */
#define SIG_HDR_SIZE 9

/*
 * host: evm_config_default_xattrnames, in its order; whether the LSM is there
 * does not matter.  Names that were added to a kernel with EVM_ADD_XATTRS are
 * not known to us.
 */
static const char *const evm_names[] = {
	XATTR_NAME_SELINUX, XATTR_NAME_SMACK, XATTR_NAME_SMACKEXEC, XATTR_NAME_SMACKTRANSMUTE,
	XATTR_NAME_SMACKMMAP, XATTR_NAME_APPARMOR, XATTR_NAME_IMA, XATTR_NAME_CAPS,
};

static_assert(ARRAY_SIZE(evm_names) == IMA_NS_EVM_XATTRS, "a place for each");

/*
 * Read one attribute; the value is to be freed with kvfree().
 * Return: bytes read; 0: it is empty; or a negative errno, -ENODATA without it.
 */
static int read_xattr(struct file *file, const char *name, u8 **value)
{
	struct dentry *dentry = file_dentry(file);
	struct inode *inode = d_inode(dentry);
	int len, got;
	u8 *buf;

	*value = NULL;
	len = __vfs_getxattr(dentry, inode, name, NULL, 0);
	if (len <= 0)
		return len;
	if (len > IMA_NS_MAX_XATTR)
		return -E2BIG;
	buf = kvmalloc(len, GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;
	got = __vfs_getxattr(dentry, inode, name, buf, len);
	if (got > 0)
		*value = buf;
	else
		kvfree(buf);
	return got;
}

/**
 * ima_ns_xattrs_read_ima() - read security.ima
 * @file: the file
 * @x: ->ima and ->ima_len are set; to be freed with ima_ns_xattrs_free()
 *
 * One that cannot be read counts as none.
 *
 * Context: may sleep.
 */
void ima_ns_xattrs_read_ima(struct file *file, struct ima_ns_file_xattrs *x)
{
	x->ima_len = max(read_xattr(file, XATTR_NAME_IMA, &x->ima), 0);
}

static bool has_ima_sig(const struct ima_ns_file_xattrs *x)
{
	return x->ima_len && (x->ima[0] == IMA_NS_XATTR_DIGSIG ||
			      x->ima[0] == IMA_NS_XATTR_VERITY_DIGSIG);
}

/* host: evm_read_protected_xattrs(); an error other than -ENODATA, and all is void */
static void read_protected(struct file *file, struct ima_ns_file_xattrs *x)
{
	unsigned int i;

	if (!IS_ENABLED(CONFIG_EVM))
		return;
	for (i = 0; i < ARRAY_SIZE(evm_names); i++) {
		u8 *value;
		int len = read_xattr(file, evm_names[i], &value);

		if (len == -ENODATA)
			continue;
		if (len < 0)
			break;
		x->list[x->nr++] = (struct ima_ns_xattr){ evm_names[i], value, len };
	}
	while (i < ARRAY_SIZE(evm_names) && x->nr)
		kvfree(x->list[--x->nr].value);
}

/**
 * ima_ns_xattrs_read() - read what the fields of a template show
 * @file: the file
 * @needs: IMA_NS_NEEDS_* of the template
 * @x: security.ima is there already, if it is to be shown; the rest is added
 *
 * Context: may sleep.
 */
void ima_ns_xattrs_read(struct file *file, u32 needs, struct ima_ns_file_xattrs *x)
{
	if (needs & IMA_NS_NEEDS_EVMSIG || (needs & IMA_NS_NEEDS_SIG && !has_ima_sig(x)))
		x->evm_len = max(read_xattr(file, XATTR_NAME_EVM, &x->evm), 0);
	if (needs & IMA_NS_NEEDS_XATTRS)
		read_protected(file, x);
}

/** ima_ns_xattrs_free() - free the values; @x may be zeroed, not read */
void ima_ns_xattrs_free(struct ima_ns_file_xattrs *x)
{
	kvfree(x->ima);
	kvfree(x->evm);
	while (x->nr)
		kvfree(x->list[--x->nr].value);
}

/**
 * ima_ns_xattrs_algo() - which algorithm security.ima asks for
 * @x: security.ima has been read
 *
 * Mirrors host IMA's ima_get_hash_algo().
 *
 * Return: the algorithm; that of the parameter "hash" when it asks for none.
 */
enum hash_algo ima_ns_xattrs_algo(const struct ima_ns_file_xattrs *x)
{
	static const u8 zeros[4];
	const u8 *v = x->ima;
	int len = x->ima_len;
	bool v2, v3;

	if (len < 2)
		return ima_ns_hash_algo;
	switch (v[0]) {
	case IMA_NS_XATTR_DIGSIG:
	case IMA_NS_XATTR_VERITY_DIGSIG:
		v2 = v[1] == 2 && v[0] == IMA_NS_XATTR_DIGSIG;
		v3 = v[1] == 3 && (IMA_NS_HAS_SIGV3_FILES || v[0] == IMA_NS_XATTR_VERITY_DIGSIG);
		if ((v2 || v3) && len > SIG_HDR_SIZE && v[2] < HASH_ALGO__LAST)
			return v[2];
		break;
	case IMA_NS_XATTR_DIGEST_NG:
		if (v[1] < HASH_ALGO__LAST)
			return v[1];
		break;
	case IMA_NS_XATTR_DIGEST:
		if (len == 21)
			return memcmp(v + 17, zeros, 4) ? HASH_ALGO_SHA1 : HASH_ALGO_MD5;
		if (len == 17)
			return HASH_ALGO_MD5;
		break;
	}
	return ima_ns_hash_algo;
}

/**
 * ima_ns_xattrs_fill() - what a record shows of them
 * @x: the attributes; must outlive @in
 * @in: filled in
 */
void ima_ns_xattrs_fill(const struct ima_ns_file_xattrs *x, struct ima_ns_template_input *in)
{
	if (has_ima_sig(x)) {
		in->sig = x->ima;
		in->sig_len = x->ima_len;
	}
	if (x->evm_len && x->evm[0] == IMA_NS_XATTR_PORTABLE_DIGSIG) {
		in->evmsig = x->evm;
		in->evmsig_len = x->evm_len;
	}
	in->xattrs = x->list;
	in->nr_xattrs = x->nr;
}
