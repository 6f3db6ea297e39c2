// SPDX-License-Identifier: GPL-2.0
/*
 * The path of one measurement.  This file alone knows the order of things:
 *
 *   ima_ns_settled()        nothing to do?  (every event; RCU only)
 *   ima_ns_measure_event()  otherwise, for each func of the event:
 *     whether  ima_ns_policy_decide()
 *     name     ima_ns_path()
 *     readers  ima_ns_cache_arm(): a violation, if somebody is writing
 *     what     ima_ns_cache_stamp(), then the shared digest or a fresh one
 *     how      ima_ns_template_encode(), digest for each bank
 *     record   ima_ns_log_add(): append and extend together
 *     done     ima_ns_cache_record()
 *   All but "name" and "what" once for each namespace that the task is in: its own
 *   and those around it (nesting.c).
 *   ima_ns_measure_mprotect()  a mapping becomes executable: the same, later
 *   ima_ns_measure_tomtou()  a writer comes to a file that was measured
 *
 * Mirrors process_measurement() of the host.  Whatever fails on the way leaves
 * a trace: a record without a digest when a file cannot be read, a poisoned log
 * when a record cannot be stored.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/hash_info.h>
#include <linux/dcache.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "ima_ns.h"

/* first byte of security.ima (host: enum evm_ima_xattr_type) */
enum {
	XATTR_DIGEST = 1,
	XATTR_DIGSIG = 3,
	XATTR_DIGEST_NG = 4,
	XATTR_VERITY_DIGSIG = 6,
};

#define SIG_HDR_SIZE 9	/* struct signature_v2_hdr */

/* the template "ima" hashes the name padded to this (host: IMA_EVENT_NAME_LEN_MAX + 1) */
#define IMA_NAME_PAD 256

/* the events that host IMA checks for violations */
#define READER_FUNCS (IMA_NS_FUNC_BIT(IMA_NS_FILE_CHECK) | \
		      IMA_NS_FUNC_BIT(IMA_NS_MMAP_CHECK) | \
		      IMA_NS_FUNC_BIT(IMA_NS_MMAP_CHECK_REQPROT))

static enum ima_ns_access access_of(const struct file *file, u32 funcs)
{
	if (!(funcs & READER_FUNCS))
		return IMA_NS_EXEC;
	return file->f_mode & FMODE_WRITE ? IMA_NS_WRITER : IMA_NS_READER;
}

/* What a decision asks for, as the cache keeps it. */
static u64 needs(const struct ima_ns_decision *d)
{
	u64 need = 0;

	if (d->action & IMA_NS_MEASURE)
		need |= IMA_NS_DONE_PCR(d->pcr >= 0 ? d->pcr : IMA_NS_PCR);
	if (d->action & IMA_NS_AUDIT)
		need |= IMA_NS_DONE_AUDIT;
	if (d->action & IMA_NS_HASH)
		need |= IMA_NS_DONE_HASH;
	return need;
}

/* Ask the rules.  Out of line: ima_ns_settled() is not to pay for its stack. */
static noinline bool rules_settle(struct file *file, struct ima_namespace *ns, u32 funcs,
				  u32 mask, const struct cred *exec_cred)
{
	struct ima_ns_event event = { .file = file, .ns = ns, .mask = mask };
	struct ima_ns_decision decision;

	for (; funcs; funcs &= funcs - 1) {
		event.func = __ffs(funcs);
		event.cred = event.func == IMA_NS_CREDS_CHECK ? exec_cred : NULL;
		ima_ns_policy_decide(&event, &decision);
		if (decision.action & IMA_NS_DO_MASK &&
		    !ima_ns_cache_done(file, ns, needs(&decision), access_of(file, funcs)))
			return false;
	}
	return true;
}

/**
 * ima_ns_settled() - is there nothing to do for an event?
 * @file: file of the event, may be NULL
 * @ns: namespace of current
 * @funcs: IMA_NS_FUNC_BIT() of each func the event carries
 * @mask: IMA_NS_MAY_*
 * @exec_cred: credentials of a program being executed, or NULL
 *
 * The path of every event of every member: what is common comes first.
 *
 * Context: RCU read side; does not sleep, allocate or lock.
 * Return: true when there is nothing to do.
 */
bool ima_ns_settled(struct file *file, struct ima_namespace *ns, u32 funcs, u32 mask,
		    const struct cred *exec_cred)
{
	const struct ima_ns_rules *rules = rcu_dereference(ns->policy.rules);

	funcs &= rules->funcs;
	if (!funcs || !file || !S_ISREG(file_inode(file)->i_mode))
		return true;
	if (funcs & IMA_NS_FUNC_BIT(IMA_NS_FILE_CHECK) &&
	    !(rules->file_masks & BIT(mask & IMA_NS_MAY_ALL)))
		return true;
	if (likely(rules->plain_pcr) &&
	    ima_ns_cache_done(file, ns, rules->plain_pcr, access_of(file, funcs)))
		return true;
	return rules_settle(file, ns, funcs, mask, exec_cred);
}

/**
 * ima_ns_unsettled() - who has something to do for an event?
 * @file: file of the event, may be NULL
 * @ns: namespace of current, or one around it; or NULL
 * @funcs: IMA_NS_FUNC_BIT() of each func the event carries
 * @mask: IMA_NS_MAY_*
 * @exec_cred: credentials of a program being executed, or NULL
 *
 * Context: RCU read side; does not sleep, allocate or lock.
 * Return: the first of @ns and those around it, or NULL when there is nothing to do.
 */
struct ima_namespace *ima_ns_unsettled(struct file *file, struct ima_namespace *ns, u32 funcs,
				       u32 mask, const struct cred *exec_cred)
{
	while (ns && ima_ns_settled(file, ns, funcs, mask, exec_cred))
		ns = ns->parent;
	return ns;
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
static int record_lost(struct ima_namespace *ns, unsigned int pcr, int err)
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

/* A violation of the configured PCR, in the default template, as host IMA's. */
static int store_violation(struct ima_namespace *ns, const char *cause, const char *name,
			   const struct inode *inode)
{
	static const u8 zeros[IMA_NS_MAX_DIGEST];
	struct ima_ns_template_input in = {
		.algo = hash_algo_name[ima_ns_hash_algo],
		.digest = zeros,
		.digest_len = hash_digest_size[ima_ns_hash_algo],
		.violation = true,
		.path = name,
	};
	int err;

	fill_inode(&in, inode);
	err = store(ns, ima_ns_default_template, IMA_NS_PCR, &in);
	if (err)
		return record_lost(ns, IMA_NS_PCR, err);
	ima_ns_audit_violation(ns, cause, name, inode);
	return 0;
}

/**
 * struct subject_matter - what is known of the file of one event
 * @stamp: identifies its data
 * @known: its digest
 * @complete: the digest is that of the data; false: zeros, could not be read
 * @name: for the record
 * @xattr: security.ima
 * @xattr_len: bytes of it
 */
struct subject_matter {
	struct ima_ns_stamp stamp;
	struct ima_ns_known known;
	bool complete;
	const char *name;
	u8 *xattr;
	int xattr_len;
};

/**
 * struct interest - what one of the namespaces wants of an event
 * @ns: the namespace
 * @decision: what its policy says
 * @need: the same, as the cache keeps it; 0 when it has been done
 */
struct interest {
	struct ima_namespace *ns;
	struct ima_ns_decision decision;
	u64 need;
};

static int measure_file(struct file *file, const struct interest *who, struct subject_matter *m)
{
	const struct ima_ns_decision *decision = &who->decision;
	const struct ima_ns_template *template = ima_ns_template_at(decision->template) ?:
		ima_ns_default_template;
	unsigned int pcr = decision->pcr >= 0 ? decision->pcr : IMA_NS_PCR;
	struct ima_ns_template_input in = {};
	struct ima_ns_known sha1;
	int err;

	in.algo = hash_algo_name[m->known.algo];
	in.digest = m->known.digest;
	in.digest_len = m->known.len;
	if (ima_ns_template_is_ima(template)) {
		err = collect(file, &m->stamp, HASH_ALGO_SHA1, &sha1, &m->complete);
		if (err)
			return err;
		in.digest_sha1 = sha1.digest;
	}
	in.path = m->name;
	in.basename = file->f_path.dentry->d_name.name;
	if (m->xattr_len > 0 &&
	    (m->xattr[0] == XATTR_DIGSIG || m->xattr[0] == XATTR_VERITY_DIGSIG)) {
		in.sig = m->xattr;
		in.sig_len = m->xattr_len;
	}
	fill_inode(&in, file_inode(file));
	err = store(who->ns, template, pcr, &in);
	return err ? record_lost(who->ns, pcr, err) : 0;
}

/* The namespaces that want something of the event, from the task's own outwards. */
static unsigned int ask(const struct ima_ns_event *event, struct interest *who)
{
	enum ima_ns_access access = access_of(event->file, IMA_NS_FUNC_BIT(event->func));
	struct ima_ns_event asked = *event;
	unsigned int n = 0;

	rcu_read_lock();
	for (; asked.ns; asked.ns = asked.ns->parent) {
		ima_ns_policy_decide(&asked, &who[n].decision);
		who[n].ns = asked.ns;
		who[n].need = needs(&who[n].decision);
		/* the first func of a hook may have done what the next one asks for */
		if (who[n].decision.action & IMA_NS_DO_MASK &&
		    !ima_ns_cache_done(event->file, asked.ns, who[n].need, access))
			n++;
	}
	rcu_read_unlock();
	return n;
}

/* Arm a measured reader, and tell when somebody is writing.  That may be all there is to do. */
static int meet_writers(struct file *file, struct interest *who, enum ima_ns_access access,
			const char *name)
{
	int err = 0;

	if (who->decision.action & IMA_NS_MEASURE && access == IMA_NS_READER)
		err = ima_ns_cache_arm(file, who->ns);
	if (err > 0)
		err = store_violation(who->ns, "open_writers", name, file_inode(file));
	else if (err)
		err = record_lost(who->ns, IMA_NS_PCR, err);
	rcu_read_lock();
	if (ima_ns_cache_done(file, who->ns, who->need, access))
		who->need = 0;
	rcu_read_unlock();
	return err;
}

/* Do what one namespace has decided, and remember it. */
static int act(struct file *file, const struct interest *who, struct subject_matter *m)
{
	int err = 0;

	if (who->decision.action & IMA_NS_MEASURE)
		err = measure_file(file, who, m);
	if (!err && who->decision.action & IMA_NS_AUDIT)
		ima_ns_audit_rule(who->ns, m->name, &m->known);
	if (!err && m->complete)
		ima_ns_cache_record(file, who->ns, &m->stamp, who->need);
	return err;
}

/*
 * Do what was decided.  All are armed before the data is looked at, so that who
 * changes it afterwards is a violation for each; and it is looked at once.
 */
static int act_all(struct ima_ns_event *event, struct interest *who, unsigned int n, char *buf)
{
	enum ima_ns_access access = access_of(event->file, IMA_NS_FUNC_BIT(event->func));
	struct subject_matter m = { .name = ima_ns_path(event, buf) };
	struct file *file = event->file;
	unsigned int i;
	bool todo = false;
	int err = 0;

	for (i = 0; i < n && !err; i++) {
		err = meet_writers(file, &who[i], access, m.name);
		todo |= who[i].need;
	}
	if (err || !todo)
		return err;

	ima_ns_cache_stamp(file, access, &m.stamp);
	m.xattr_len = ima_ns_file_xattr(file, &m.xattr);
	err = collect(file, &m.stamp, xattr_algo(m.xattr, m.xattr_len), &m.known, &m.complete);
	for (i = 0; i < n && !err; i++)
		if (who[i].need)
			err = act(file, &who[i], &m);
	kvfree(m.xattr);
	return err;
}

/**
 * ima_ns_measure_event() - do what the policies say about an event
 * @event: the event, of current; one func
 *
 * Context: may sleep, for as long as it takes to read the file.
 * Return: 0, or a negative errno that the hook shall return: -EACCES when a
 * record was lost and overflow=deny, -EINTR when current is being killed.
 */
int ima_ns_measure_event(struct ima_ns_event *event)
{
	struct interest who[IMA_NS_MAX_DEPTH];
	unsigned int n = ask(event, who);
	char *buf;
	int err = 0;

	if (!n)
		return 0;
	buf = kmalloc(IMA_NS_PATH_BUF, GFP_KERNEL_ACCOUNT);
	if (buf) {
		err = act_all(event, who, n, buf);
		kfree(buf);
		return err;
	}
	while (n--)
		err = record_lost(who[n].ns, IMA_NS_PCR, -ENOMEM) ?: err;
	return err;
}

/**
 * struct late_event - a mapping that was made executable
 * @work: runs before the task returns to user space
 * @file: what is mapped
 */
struct late_event {
	struct callback_head work;
	struct file *file;
};

/* task work of ours that has not run yet; the module waits for it */
static atomic_t late_events = ATOMIC_INIT(0);

static void late_work(struct callback_head *work)
{
	struct late_event *late = container_of(work, struct late_event, work);
	struct ima_ns_event event = {
		.file = late->file,
		.func = IMA_NS_MMAP_CHECK,
		.mask = IMA_NS_MAY_EXEC,
		.root_seq = 1,
	};

	rcu_read_lock();
	event.ns = ima_ns_current();
	rcu_read_unlock();
	/* the mapping is there: a task that must not run on does not */
	if (event.ns && ima_ns_measure_event(&event) == -EACCES)
		force_sig(SIGKILL);
	fput(late->file);
	kfree(late);
	atomic_dec(&late_events);
}

/* The innermost namespace that is to measure a mapping that becomes executable. */
static struct ima_namespace *late_for(struct file *file, struct ima_namespace *ns)
{
	return ima_ns_unsettled(file, ns, IMA_NS_FUNC_BIT(IMA_NS_MMAP_CHECK), IMA_NS_MAY_EXEC,
				NULL);
}

/**
 * ima_ns_measure_mprotect() - a mapping is about to be made executable
 * @vma: the mapping, before the change
 *
 * Host IMA does not measure here, only denies; but code that runs this way runs.
 * The mmap lock is held, so the file cannot be read now: that is done on the
 * task's way back to user space, before it can use the mapping.
 *
 * Context: atomic; RCU read side.
 * Return: 0, or -EACCES when the event is lost and overflow=deny.
 */
int ima_ns_measure_mprotect(struct vm_area_struct *vma)
{
	struct file *file = vma->vm_file;
	struct ima_namespace *ns;
	struct late_event *late;
	int err = 0;

	if (!file || vma->vm_flags & VM_EXEC)
		return 0;
	ns = late_for(file, ima_ns_current());
	if (!ns)
		return 0;
	late = kmalloc(sizeof(*late), GFP_ATOMIC | __GFP_ACCOUNT);
	if (!late) {
		for (; ns; ns = late_for(file, ns->parent))
			err = record_lost(ns, IMA_NS_PCR, -ENOMEM);
		return err;
	}
	late->file = get_file(file);
	init_task_work(&late->work, late_work);
	atomic_inc(&late_events);
	if (task_work_add(current, &late->work, TWA_RESUME)) {
		/* it is exiting and will not run */
		fput(late->file);
		kfree(late);
		atomic_dec(&late_events);
	}
	return 0;
}

/** ima_ns_measure_wait() - until no task has work of ours to do any more */
void ima_ns_measure_wait(void)
{
	while (atomic_read(&late_events))
		msleep(20);
	/* the last one may still be on its way out of this module */
	synchronize_rcu();
}

/**
 * ima_ns_measure_policy() - record a policy that is being loaded, if the one in
 *			     force says so (func=POLICY_CHECK)
 * @ns: namespace
 * @file: the file it is read from
 *
 * Context: may sleep.
 * Return: 0 or a negative errno: do not load it.
 */
int ima_ns_measure_policy(struct ima_namespace *ns, struct file *file)
{
	struct ima_ns_event event = {
		.file = file,
		.ns = ns,
		.func = IMA_NS_POLICY_CHECK,
		.mask = IMA_NS_MAY_READ,
		.root_seq = 1,
	};

	return ima_ns_measure_event(&event);
}

/**
 * ima_ns_measure_tomtou() - somebody writes to a file that others have measured
 * @event: file, open for writing; current is any task of the machine
 *
 * The record's name is the writer's path where the writer is a member of the
 * namespace, or of one inside it.  A path of the host or of another container is
 * none of its business: it gets the last component.
 *
 * Context: may sleep.
 */
void ima_ns_measure_tomtou(const struct ima_ns_event *event)
{
	struct dentry *dentry = event->file->f_path.dentry;
	struct ima_namespace *ns;
	char *buf = NULL;

	while ((ns = ima_ns_cache_tomtou(event->file))) {
		struct name_snapshot snap;

		if (ima_ns_within(event->ns, ns))
			buf = kmalloc(IMA_NS_PATH_BUF, GFP_KERNEL_ACCOUNT);
		take_dentry_name_snapshot(&snap, dentry);
		store_violation(ns, "ToMToU", buf ? ima_ns_path(event, buf) :
				(const char *)snap.name.name, file_inode(event->file));
		release_dentry_name_snapshot(&snap);
		kfree(buf);
		buf = NULL;
		ima_ns_put(ns);
	}
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
	return store(ns, ima_ns_default_template, IMA_NS_PCR, &in);
}
