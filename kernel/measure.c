// SPDX-License-Identifier: GPL-2.0
/*
 * The path of one measurement.  This file alone knows the order of things:
 *
 *   ima_ns_settled()        nothing to do?  (every event; RCU only)
 *   ima_ns_measure_event()  otherwise, for each func of the event:
 *     whether  ima_ns_policy_decide()
 *     what     ima_ns_cache_stamp(), then the shared digest or a fresh one
 *     how      ima_ns_path(), ima_ns_template_encode(), digest for each bank
 *     record   ima_ns_log_add(): append and extend together
 *     done     ima_ns_cache_record()
 *
 * Mirrors process_measurement() of the host.  Whatever fails on the way leaves
 * a trace: a record without a digest when a file cannot be read, a poisoned log
 * when a record cannot be stored.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/hash_info.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/tpm.h>

#include "ima_ns.h"

/* first byte of security.ima (host: enum evm_ima_xattr_type) */
enum {
	XATTR_DIGEST = 1,
	XATTR_DIGSIG = 3,
	XATTR_DIGEST_NG = 4,
	XATTR_VERITY_DIGSIG = 6,
};

#define SIG_HDR_SIZE 9	/* struct signature_v2_hdr */
#define MEASURE_PCR 10	/* CONFIG_IMA_MEASURE_PCR_IDX of every distribution */

/* the template "ima" hashes the name padded to this (host: IMA_EVENT_NAME_LEN_MAX + 1) */
#define IMA_NAME_PAD 256

/**
 * ima_ns_settled() - is there nothing to do for an event?
 * @file: file of the event, may be NULL
 * @ns: namespace of current
 * @funcs: IMA_NS_FUNC_BIT() of each func the event carries
 * @mask: IMA_NS_MAY_*
 *
 * Context: RCU read side; does not sleep, allocate or lock.
 */
bool ima_ns_settled(struct file *file, struct ima_namespace *ns, u32 funcs, u32 mask)
{
	struct ima_ns_event event = { .file = file, .ns = ns, .mask = mask };
	struct ima_ns_decision decision;
	u32 left;

	if (!(READ_ONCE(ns->funcs) & funcs) || !file || !S_ISREG(file_inode(file)->i_mode))
		return true;
	if (ima_ns_cache_recorded(file, ns))
		return true;
	for (left = funcs; left; left &= left - 1) {
		event.func = __ffs(left);
		ima_ns_policy_decide(&event, &decision);
		if (decision.action & IMA_NS_DO_MASK)
			return false;
	}
	return true;
}

/* Which algorithm security.ima asks for (host: ima_get_hash_algo()). */
static enum hash_algo xattr_algo(const u8 *x, int len)
{
	static const u8 zeros[4];
	bool verity = len > SIG_HDR_SIZE && x[0] == XATTR_VERITY_DIGSIG;

	if (len < 2)
		return ima_ns_hash_algo;
	switch (x[0]) {
	case XATTR_DIGSIG:
	case XATTR_VERITY_DIGSIG:
		if (len > SIG_HDR_SIZE && x[1] == (verity ? 3 : 2) && x[2] < HASH_ALGO__LAST)
			return x[2];
		break;
	case XATTR_DIGEST_NG:
		if (x[1] < HASH_ALGO__LAST)
			return x[1];
		break;
	case XATTR_DIGEST:
		if (len == 21)
			return memcmp(x + 17, zeros, 4) ? HASH_ALGO_SHA1 : HASH_ALGO_MD5;
		if (len == 17)
			return HASH_ALGO_MD5;
		break;
	}
	return ima_ns_hash_algo;
}

/*
 * The digest of the file's content: another namespace's, or computed now.
 * Return: 0; -EINTR when the task is being killed.  Any other failure to read
 * leaves a digest of zeros that is not kept.
 */
static int collect(struct file *file, const struct ima_ns_stamp *stamp, enum hash_algo algo,
		   struct ima_ns_known *known, bool *complete)
{
	int err;

	*complete = true;
	if (ima_ns_cache_digest(stamp, algo, known))
		return 0;
	memset(known, 0, sizeof(*known));
	known->algo = algo;
	known->len = hash_digest_size[algo];
	err = ima_ns_file_digest(file, algo, known->digest);
	if (!err) {
		ima_ns_cache_store(stamp, known);
		return 0;
	}
	if (err == -EINTR)
		return err;
	*complete = false;
	if (file->f_flags & O_DIRECT) {
		known->algo = ima_ns_hash_algo;
		known->len = hash_digest_size[ima_ns_hash_algo];
	}
	memset(known->digest, 0, sizeof(known->digest));
	return 0;
}

/* The template digest of every bank. */
static int hash_entry(struct ima_ns_entry *e)
{
	const u8 *data = ima_ns_entry_data(e);
	size_t len = e->data_len;
	u8 *padded = NULL;
	unsigned int i;
	int err = 0;

	if (ima_ns_template_is_ima(e->template)) {
		/* digest, then the name padded with zeros; no lengths */
		size_t d = get_unaligned_le32(data);
		size_t n = len - d - 8;

		padded = kzalloc(d + IMA_NAME_PAD, GFP_KERNEL_ACCOUNT);
		if (!padded)
			return -ENOMEM;
		memcpy(padded, data + 4, d);
		memcpy(padded + d, data + 8 + d, min_t(size_t, n, IMA_NAME_PAD));
		data = padded;
		len = d + IMA_NAME_PAD;
	}
	for (i = 0; i < ima_ns_nr_banks && !err; i++) {
		const struct ima_ns_bank *b = &ima_ns_banks[i];

		if (e->violation)
			memset(e->data + b->offset, 0, b->size);
		else
			err = ima_ns_hash(b->algo, data, len, e->data + b->offset);
	}
	kfree(padded);
	return err;
}

/* Make a record and append it. */
static int store(struct ima_namespace *ns, const struct ima_ns_template *template,
		 unsigned int pcr, const struct ima_ns_template_input *in)
{
	struct ima_ns_entry *e;
	struct buf_writer w;
	int err;

	buf_writer_init(&w, NULL, 0);
	ima_ns_template_encode(template, in, &w);
	e = ima_ns_entry_alloc(template, w.len);
	if (!e)
		return -ENOMEM;
	e->pcr = pcr;
	e->violation = in->violation;
	buf_writer_init(&w, ima_ns_entry_data(e), e->data_len);
	ima_ns_template_encode(template, in, &w);
	err = WARN_ON_ONCE(w.overflow) ? -EINVAL : hash_entry(e);
	if (err) {
		kvfree(e);
		return err;
	}
	err = ima_ns_log_add(&ns->log, e);
	return err == -EEXIST ? 0 : err;
}

/* A record could not be stored: say so in the PCR, and perhaps to the task. */
static int lost(struct ima_namespace *ns, unsigned int pcr, int err)
{
	ima_ns_log_poison(&ns->log, pcr);
	pr_err_ratelimited("namespace %u lost a record (%d): its log no longer matches PCR %u\n",
			   ns->inum, err, pcr);
	return ima_ns_overflow_deny ? -EACCES : 0;
}

static void fill_inode(struct ima_ns_template_input *in, const struct inode *inode)
{
	in->has_inode = true;
	in->uid = i_uid_read(inode);
	in->gid = i_gid_read(inode);
	in->mode = inode->i_mode;
}

static int measure_file(struct ima_ns_event *event, const struct ima_ns_decision *decision)
{
	const struct ima_ns_template *template = ima_ns_template_at(decision->template) ?:
		ima_ns_default_template;
	unsigned int pcr = decision->pcr >= 0 ? decision->pcr : MEASURE_PCR;
	struct ima_ns_template_input in = {};
	struct ima_ns_known known, sha1;
	struct file *file = event->file;
	struct ima_ns_stamp stamp;
	bool complete, complete_sha1 = true;
	char *buf = NULL;
	u8 *xattr = NULL;
	int len, err;

	ima_ns_cache_stamp(file, &stamp);
	len = ima_ns_file_xattr(file, &xattr);
	err = collect(file, &stamp, xattr_algo(xattr, len), &known, &complete);
	if (!err && ima_ns_template_is_ima(template))
		err = collect(file, &stamp, HASH_ALGO_SHA1, &sha1, &complete_sha1);
	if (err)
		goto out;
	buf = kmalloc(IMA_NS_PATH_BUF, GFP_KERNEL_ACCOUNT);
	if (!buf) {
		err = lost(event->ns, pcr, -ENOMEM);
		goto out;
	}
	in.algo = hash_algo_name[known.algo];
	in.digest = known.digest;
	in.digest_len = known.len;
	in.digest_sha1 = ima_ns_template_is_ima(template) ? sha1.digest : NULL;
	in.path = ima_ns_path(event, buf);
	in.basename = file->f_path.dentry->d_name.name;
	if (len > 0 && (xattr[0] == XATTR_DIGSIG || xattr[0] == XATTR_VERITY_DIGSIG)) {
		in.sig = xattr;
		in.sig_len = len;
	}
	fill_inode(&in, file_inode(file));
	err = store(event->ns, template, pcr, &in);
	if (err)
		err = lost(event->ns, pcr, err);
	else if (complete && complete_sha1)
		ima_ns_cache_record(file, event->ns, &stamp);
out:
	kfree(buf);
	kvfree(xattr);
	return err;
}

/**
 * ima_ns_measure_event() - do what the policy says about an event
 * @event: the event, of current; one func
 *
 * Context: may sleep, for as long as it takes to read the file.
 * Return: 0, or a negative errno that the hook shall return: -EACCES when a
 * record was lost and overflow=deny, -EINTR when current is being killed.
 */
int ima_ns_measure_event(struct ima_ns_event *event)
{
	struct ima_ns_decision decision;

	bool recorded;

	rcu_read_lock();
	ima_ns_policy_decide(event, &decision);
	/* the first func of a hook may have made the record that the next one needs */
	recorded = ima_ns_cache_recorded(event->file, event->ns);
	rcu_read_unlock();
	if (!(decision.action & IMA_NS_MEASURE) || recorded)
		return 0;
	return measure_file(event, &decision);
}

/**
 * ima_ns_measure_boot_aggregate() - the first record of a log
 * @ns: a namespace whose log is empty
 *
 * Mirrors host IMA's ima_add_boot_aggregate(): the digest of PCR 0 to 9 (0 to 7
 * for sha1) in the bank of the digest algorithm; without such a bank in sha256,
 * else in sha1, else zeros.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int ima_ns_measure_boot_aggregate(struct ima_namespace *ns)
{
	static const enum hash_algo fallback[] = { HASH_ALGO_SHA256, HASH_ALGO_SHA1 };
	struct ima_ns_template_input in = { .path = "boot_aggregate" };
	enum hash_algo algo = ima_ns_hash_algo;
	u8 digest[IMA_NS_MAX_DIGEST] = {};
	u8 *values;
	unsigned int i;
	int bank, err = 0;

	bank = ima_ns_pcr_bank(algo);
	for (i = 0; bank < 0 && i < ARRAY_SIZE(fallback); i++)
		bank = ima_ns_pcr_bank(algo = fallback[i]);
	if (bank < 0) {
		algo = ima_ns_hash_algo;
	} else {
		unsigned int size = ima_ns_pcr_layout.size[bank];

		values = kmalloc(IMA_NS_PCRS * size, GFP_KERNEL_ACCOUNT);
		if (!values)
			return -ENOMEM;
		ima_ns_log_pcrs(&ns->log, bank, values);
		err = ima_ns_hash(algo, values, (algo == HASH_ALGO_SHA1 ? 8 : 10) * size, digest);
		kfree(values);
	}
	if (err)
		return err;
	in.algo = hash_algo_name[algo];
	in.digest = digest;
	in.digest_len = hash_digest_size[algo];
	in.digest_sha1 = algo == HASH_ALGO_SHA1 ? digest : NULL;
	return store(ns, ima_ns_default_template, MEASURE_PCR, &in);
}
