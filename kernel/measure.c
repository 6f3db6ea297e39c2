// SPDX-License-Identifier: GPL-2.0
/*
 * The path of one measurement.  This file alone knows the order of things:
 *
 *   ima_ns_settled()        nothing to do?  (every event; RCU only)
 *   ima_ns_measure_event()  otherwise, for each func of the event:
 *     whether  ima_ns_policy_decide()
 *     name     ima_ns_path()
 *     readers  ima_ns_cache_arm(): a violation, if somebody is writing
 *     what     ima_ns_cache_stamp(), then the shared digest, a fresh one, or fs-verity's
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
#include <crypto/sha1.h>
#include <linux/dcache.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "ima_ns.h"

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

/* The template of the record that a decision asks for. */
static const struct ima_ns_template *template_of(const struct ima_ns_decision *d)
{
	return ima_ns_template_at(d->template) ?: ima_ns_default_template;
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

/*
 * Ask the rules.  Out of line: ima_ns_settled() is not to pay for its stack.  With
 * @plain it has found out already that what they may order has not been done.
 */
static noinline bool rules_settle(struct file *file, struct ima_namespace *ns, u32 funcs,
				  u32 mask, const struct cred *exec_cred, bool plain)
{
	struct ima_ns_event event = { .file = file, .ns = ns, .mask = mask };
	struct ima_ns_decision decision;

	for (; funcs; funcs &= funcs - 1) {
		event.func = __ffs(funcs);
		event.cred = event.func == IMA_NS_CREDS_CHECK ? exec_cred : NULL;
		ima_ns_policy_decide(&event, &decision);
		if (decision.action & IMA_NS_DO_MASK &&
		    (plain || !ima_ns_cache_done(file, ns, needs(&decision),
						 access_of(file, funcs))))
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
	return rules_settle(file, ns, funcs, mask, exec_cred, rules->plain_pcr);
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

/* bytes of template data that most records have at most */
#define SMALL_RECORD 256

/* Make a record and append it. */
static int store(struct ima_namespace *ns, const struct ima_ns_template *template,
		 unsigned int pcr, const struct ima_ns_template_input *in)
{
	u8 small[SMALL_RECORD];
	struct ima_ns_entry *e;
	struct buf_writer w;
	bool is_small;
	int err;

	/* the size is not known before the fields are laid out: do it once, if they are few */
	buf_writer_init(&w, small, sizeof(small));
	ima_ns_template_encode(template, in, &w);
	is_small = !w.overflow;
	if (!is_small) {
		buf_writer_init(&w, NULL, 0);
		ima_ns_template_encode(template, in, &w);
	}
	e = ima_ns_entry_alloc(template, w.len);
	if (!e)
		return -ENOMEM;
	e->pcr = pcr;
	e->violation = in->violation;
	if (is_small) {
		memcpy(ima_ns_entry_data(e), small, w.len);
	} else {
		buf_writer_init(&w, ima_ns_entry_data(e), e->data_len);
		ima_ns_template_encode(template, in, &w);
	}
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

/*
 * A violation of the configured PCR, in the default template, as host IMA's.  It
 * says nothing of the content, nor shows what security.ima says of it.
 */
static int store_violation(struct ima_namespace *ns, const char *cause, const char *name,
			   struct file *file)
{
	static const u8 zeros[IMA_NS_MAX_DIGEST];
	struct ima_ns_file_xattrs xattrs = {};
	struct ima_ns_template_input in = {
		.algo = hash_algo_name[ima_ns_hash_algo],
		.digest = zeros,
		.digest_len = hash_digest_size[ima_ns_hash_algo],
		.violation = true,
		.path = name,
	};
	int err;

	fill_inode(&in, file_inode(file));
	ima_ns_xattrs_read(file, ima_ns_default_template->needs, &xattrs);
	ima_ns_xattrs_fill(&xattrs, &in);
	err = store(ns, ima_ns_default_template, IMA_NS_PCR, &in);
	ima_ns_xattrs_free(&xattrs);
	if (err)
		return record_lost(ns, IMA_NS_PCR, err);
	ima_ns_audit_violation(ns, cause, name, file_inode(file));
	return 0;
}

/**
 * struct subject_matter - what is known of the file of one event
 * @stamp: identifies its data
 * @known: its digest
 * @verity: that is fs-verity's
 * @incomplete: there is none: zeros, it could not be read
 * @name: for the record
 * @xattrs: its extended attributes
 */
struct subject_matter {
	struct ima_ns_stamp stamp;
	struct ima_ns_known known;
	bool verity;
	bool incomplete;
	const char *name;
	struct ima_ns_file_xattrs xattrs;
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

/*
 * The digest of the file's content: another namespace's, or computed now.
 * Return: 0; -EINTR when the task is being killed.  Any other failure to read
 * leaves a digest of zeros that is not kept.
 */
static int collect(struct file *file, const struct interest *who, struct subject_matter *m,
		   enum hash_algo algo, struct ima_ns_known *known)
{
	int err;

	if (ima_ns_cache_digest(&m->stamp, algo, known))
		return 0;
	memset(known, 0, sizeof(*known));
	known->algo = algo;
	known->len = hash_digest_size[algo];
	err = ima_ns_file_digest(file, algo, known->digest);
	if (!err) {
		ima_ns_cache_store(&m->stamp, known);
		return 0;
	}
	if (err == -EINTR)
		return err;
	m->incomplete = true;
	if (file->f_flags & O_DIRECT) {
		known->algo = ima_ns_hash_algo;
		known->len = hash_digest_size[ima_ns_hash_algo];
	}
	memset(known->digest, 0, sizeof(known->digest));
	ima_ns_audit_data(who->ns, file->f_flags & O_DIRECT ? "failed(directio)" : "failed",
			  file);
	return 0;
}

/*
 * The digest that the rules of one namespace ask for; those of the one before may
 * have asked for the same.  As on the host a file without fs-verity has none where a
 * rule says digest_type=verity, and there will be no record of it.
 * Return: 0, -ENODATA for such a file, or -EINTR.
 */
static int find_digest(struct file *file, const struct interest *who, struct subject_matter *m)
{
	enum hash_algo algo = ima_ns_hash_algo;
	bool before = m->known.len && !m->verity && !m->incomplete;

	m->incomplete = false;
	m->verity = who->decision.action & IMA_NS_VERITY_REQUIRED;
	if (m->verity) {
		m->known.len = ima_ns_file_verity(file, &m->known.algo, m->known.digest);
		if (m->known.len)
			return 0;
		ima_ns_audit_data(who->ns, "no-verity-digest", file);
		return -ENODATA;
	}
	/* host: the oldest template does not look at security.ima */
	if (!ima_ns_template_is_ima(template_of(&who->decision))) {
		ima_ns_xattrs_read_ima(file, &m->xattrs);
		algo = ima_ns_xattrs_algo(&m->xattrs);
	}
	if (before && m->known.algo == algo)
		return 0;
	return collect(file, who, m, algo, &m->known);
}

static bool fits_d(enum hash_algo algo)
{
	return algo == HASH_ALGO_SHA1 || algo == HASH_ALGO_MD5;
}

/*
 * The digest for field "d": the one that is there, or another one of the content.
 * Mirrors host IMA's ima_eventdigest_init().
 */
static int fill_d(struct file *file, const struct interest *who, struct subject_matter *m,
		  struct ima_ns_known *other, struct ima_ns_template_input *in)
{
	const struct ima_ns_known *d = &m->known;
	int err = 0;

	if (!fits_d(d->algo)) {
		err = collect(file, who, m, fits_d(ima_ns_hash_algo) ? ima_ns_hash_algo :
			      HASH_ALGO_SHA1, other);
		d = m->incomplete ? NULL : other;
	}
	if (d) {
		in->d = d->digest;
		in->d_len = d->len;
	}
	return err;
}

static int measure_file(struct file *file, const struct interest *who, struct subject_matter *m)
{
	const struct ima_ns_decision *decision = &who->decision;
	const struct ima_ns_template *template = template_of(decision);
	unsigned int pcr = decision->pcr >= 0 ? decision->pcr : IMA_NS_PCR;
	struct ima_ns_template_input in = {};
	struct ima_ns_known other;
	int err;

	in.algo = hash_algo_name[m->known.algo];
	in.digest = m->known.digest;
	in.digest_len = m->known.len;
	in.verity = m->verity;
	if (template->needs & IMA_NS_NEEDS_D) {
		err = fill_d(file, who, m, &other, &in);
		if (err)
			return err;
	}
	in.path = m->name;
	in.basename = file->f_path.dentry->d_name.name;
	fill_inode(&in, file_inode(file));
	ima_ns_xattrs_read(file, template->needs, &m->xattrs);
	ima_ns_xattrs_fill(&m->xattrs, &in);
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
		err = store_violation(who->ns, "open_writers", name, file);
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

	if (who->decision.action & (IMA_NS_MEASURE | IMA_NS_AUDIT))
		err = find_digest(file, who, m);
	if (!err && who->decision.action & IMA_NS_MEASURE)
		err = measure_file(file, who, m);
	if (!err && who->decision.action & IMA_NS_AUDIT)
		ima_ns_audit_rule(who->ns, m->name, &m->known);
	if (!err && !m->incomplete)
		ima_ns_cache_record(file, who->ns, &m->stamp, who->need);
	return err == -ENODATA ? 0 : err;
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
	for (i = 0; i < n && !err; i++)
		if (who[i].need)
			err = act(file, &who[i], &m);
	ima_ns_xattrs_free(&m.xattrs);
	ima_ns_cache_unstamp(&m.stamp);
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
	buf = ima_ns_name_alloc();
	if (buf) {
		err = act_all(event, who, n, buf);
		ima_ns_name_free(buf);
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
			buf = ima_ns_name_alloc();
		take_dentry_name_snapshot(&snap, dentry);
		store_violation(ns, "ToMToU", buf ? ima_ns_path(event, buf) :
				(const char *)snap.name.name, event->file);
		release_dentry_name_snapshot(&snap);
		ima_ns_name_free(buf);
		buf = NULL;
		ima_ns_put(ns);
	}
}

/* Digest of the PCRs that say how the machine was booted (host: the same name with _tfm). */
static int calc_boot_aggregate(struct ima_namespace *ns, unsigned int bank, enum hash_algo algo,
			       u8 *digest)
{
	unsigned int size = ima_ns_pcr_layout.size[bank];
	u8 *values = kmalloc(IMA_NS_PCRS * size, GFP_KERNEL_ACCOUNT);
	int err;

	if (!values)
		return -ENOMEM;
	ima_ns_log_pcrs(&ns->log, bank, values);
	err = ima_ns_hash(algo, values, (algo == HASH_ALGO_SHA1 ? 8 : 10) * size, digest);
	kfree(values);
	return err;
}

/**
 * ima_ns_measure_boot_aggregate() - the first record of a log
 * @ns: a namespace whose log is empty
 *
 * Mirrors host IMA's ima_add_boot_aggregate(): the digest of PCR 0 to 9 (0 to 7
 * for sha1) in the bank of the digest algorithm; without such a bank in sha256,
 * else in sha1, else zeros.  Field "d" has that of the sha1 bank.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int ima_ns_measure_boot_aggregate(struct ima_namespace *ns)
{
	static const enum hash_algo fallback[] = { HASH_ALGO_SHA256, HASH_ALGO_SHA1 };
	struct ima_ns_template_input in = { .path = "boot_aggregate" };
	u8 digest[IMA_NS_MAX_DIGEST] = {}, d[SHA1_DIGEST_SIZE];
	enum hash_algo algo = ima_ns_hash_algo;
	unsigned int i;
	int bank, err = 0;

	bank = ima_ns_pcr_bank(algo);
	for (i = 0; bank < 0 && i < ARRAY_SIZE(fallback); i++)
		bank = ima_ns_pcr_bank(algo = fallback[i]);
	if (bank < 0)
		algo = ima_ns_hash_algo;
	else
		err = calc_boot_aggregate(ns, bank, algo, digest);
	in.algo = hash_algo_name[algo];
	in.digest = digest;
	in.digest_len = hash_digest_size[algo];
	bank = ima_ns_pcr_bank(HASH_ALGO_SHA1);
	if (fits_d(algo)) {
		in.d = digest;
		in.d_len = in.digest_len;
	} else if (!err && bank >= 0) {
		err = calc_boot_aggregate(ns, bank, HASH_ALGO_SHA1, d);
		in.d = d;
		in.d_len = sizeof(d);
	}
	return err ?: store(ns, ima_ns_default_template, IMA_NS_PCR, &in);
}
