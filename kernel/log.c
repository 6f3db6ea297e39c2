// SPDX-License-Identifier: GPL-2.0
/*
 * The measurement log of a namespace and the PCRs that vouch for it.
 *
 * Everything that can fail, sleep or take long (memory, hashing of files and
 * templates) has happened when ima_ns_log_add() takes the lock.  Under it a
 * record is linked in and every bank is extended, so a reader of the PCRs is
 * never ahead of the log nor behind it.
 *
 * Records are found through ->next, by readers under RCU.  Duplicates are found
 * through a hash table of digests, under the lock, which a trim leaves alone: as
 * on the host, what was recorded once is not recorded again when its record is
 * gone.  The table is ours rather than an rhashtable because an insertion under
 * the lock must not be able to fail and because its memory is the container's.
 */
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "ima_ns.h"

#define DUPS_MIN 64u

/**
 * struct ima_ns_seen - a digest that was recorded
 * @next: chain of the hash table, under the log lock
 * @pcr: PCR it was extended into
 * @digest: in the bank duplicates are found by
 */
struct ima_ns_seen {
	struct ima_ns_seen *next;
	u8 pcr;
	u8 digest[];
};

static const u8 *dup_digest(const struct ima_ns_entry *e)
{
	return e->data + ima_ns_banks[ima_ns_dedup_bank].offset;
}

static u32 dup_hash(const u8 *digest, u32 mask)
{
	return get_unaligned_le32(digest) & mask;
}

/**
 * ima_ns_log_init() - an empty log with fresh PCRs
 * @log: the log
 *
 * Context: may sleep; charged to the caller's memory cgroup.
 * Return: 0 or -ENOMEM.
 */
int ima_ns_log_init(struct ima_ns_log *log)
{
	struct ima_ns_checkpoint *start = ima_ns_checkpoint_create(NULL);

	spin_lock_init(&log->lock);
	mutex_init(&log->trimming);
	init_waitqueue_head(&log->wait);
	RCU_INIT_POINTER(log->start, start);
	log->dups_mask = DUPS_MIN - 1;
	log->dups = kvcalloc(DUPS_MIN, sizeof(*log->dups), GFP_KERNEL_ACCOUNT);
	log->pcrs = vtpm_pcrs_create(&ima_ns_pcr_layout);
	if (start && log->dups && log->pcrs) {
		log->tail = &start->first;
		return 0;
	}
	ima_ns_log_free(log);
	return -ENOMEM;
}

/* The first @n records of a list that nobody can see any more. */
static void free_entries(struct ima_ns_entry *e, unsigned long n)
{
	while (e && n--) {
		struct ima_ns_entry *next = rcu_dereference_protected(e->next, true);

		kvfree(e);
		cond_resched();
		e = next;
	}
}

/**
 * ima_ns_log_free() - free records and PCRs
 * @log: a log, also one whose ima_ns_log_init() failed
 *
 * The last user is gone, an RCU grace period ago: nobody reads.
 */
void ima_ns_log_free(struct ima_ns_log *log)
{
	struct ima_ns_checkpoint *start = rcu_dereference_protected(log->start, true);
	u32 i;

	if (start)
		free_entries(rcu_dereference_protected(start->first, true), ULONG_MAX);
	for (i = 0; log->dups && i <= log->dups_mask; i++) {
		while (log->dups[i]) {
			struct ima_ns_seen *seen = log->dups[i];

			log->dups[i] = seen->next;
			kfree(seen);
			cond_resched();
		}
	}
	kvfree(log->dups);
	vtpm_pcrs_destroy(log->pcrs);
	ima_ns_checkpoint_free(start);
	RCU_INIT_POINTER(log->start, NULL);
	log->dups = NULL;
	log->pcrs = NULL;
}

/**
 * ima_ns_entry_alloc() - memory for one record
 * @template: its template
 * @data_len: bytes of template data
 *
 * Context: may sleep; charged to the caller's memory cgroup.
 * Return: the record, to be filled in and given to ima_ns_log_add(), or NULL.
 */
struct ima_ns_entry *ima_ns_entry_alloc(const struct ima_ns_template *template,
					size_t data_len)
{
	struct ima_ns_entry *e;

	e = kvmalloc(struct_size(e, data, ima_ns_digests_size + data_len), GFP_KERNEL_ACCOUNT);
	if (!e)
		return NULL;
	memset(e, 0, sizeof(*e));
	e->template = template;
	e->data_len = data_len;
	return e;
}

/*
 * Keep the chains short.  The new table is allocated without the lock; when two
 * tasks race, the loser's is dropped.  Without memory the old one serves on.
 */
static void grow_dups(struct ima_ns_log *log)
{
	u32 mask = READ_ONCE(log->dups_mask), i;
	struct ima_ns_seen **new, **old, *seen, *next;
	u32 new_mask = mask * 4 + 3;

	if (READ_ONCE(log->nr_seen) <= mask || new_mask < mask)
		return;
	new = kvcalloc((size_t)new_mask + 1, sizeof(*new), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!new)
		return;
	spin_lock(&log->lock);
	old = new;
	if (log->dups_mask == mask) {
		for (i = 0; i <= mask; i++) {
			for (seen = log->dups[i]; seen; seen = next) {
				struct ima_ns_seen **slot = &new[dup_hash(seen->digest, new_mask)];

				next = seen->next;
				seen->next = *slot;
				*slot = seen;
			}
		}
		old = log->dups;
		log->dups = new;
		log->dups_mask = new_mask;
	}
	spin_unlock(&log->lock);
	kvfree(old);
}

/*
 * Without memory for it a record is kept all the same, and may be recorded a
 * second time: better than to lose it.
 */
static struct ima_ns_seen *new_seen(const struct ima_ns_entry *e)
{
	const struct ima_ns_bank *bank = &ima_ns_banks[ima_ns_dedup_bank];
	struct ima_ns_seen *seen;

	seen = kmalloc(struct_size(seen, digest, bank->size), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!seen)
		return NULL;
	seen->pcr = e->pcr;
	memcpy(seen->digest, dup_digest(e), bank->size);
	return seen;
}

static bool is_dup(const struct ima_ns_log *log, const struct ima_ns_entry *e)
{
	const struct ima_ns_bank *bank = &ima_ns_banks[ima_ns_dedup_bank];
	const u8 *digest = dup_digest(e);
	const struct ima_ns_seen *seen;

	lockdep_assert_held(&log->lock);
	for (seen = log->dups[dup_hash(digest, log->dups_mask)]; seen; seen = seen->next)
		if (seen->pcr == e->pcr && !memcmp(seen->digest, digest, bank->size))
			return true;
	return false;
}

static void remember(struct ima_ns_log *log, struct ima_ns_seen *seen)
{
	struct ima_ns_seen **slot = &log->dups[dup_hash(seen->digest, log->dups_mask)];

	lockdep_assert_held(&log->lock);
	seen->next = *slot;
	*slot = seen;
	log->nr_seen++;
}

/**
 * ima_ns_entry_extend() - extend PCRs with a record, in every bank
 * @entry: the record
 * @pcrs: a log's PCRs, under its lock, or a checkpoint's
 *
 * Context: any; cannot fail.
 */
void ima_ns_entry_extend(const struct ima_ns_entry *entry, struct vtpm_pcrs *pcrs)
{
	static const u8 ones[IMA_NS_MAX_DIGEST] = { [0 ... IMA_NS_MAX_DIGEST - 1] = 0xff };
	unsigned int i;

	for (i = 0; i < ima_ns_nr_banks; i++) {
		const struct ima_ns_bank *b = &ima_ns_banks[i];

		if (b->pcr >= 0)
			vtpm_pcr_extend(pcrs, b->pcr, entry->pcr,
					entry->violation ? ones : entry->data + b->offset);
	}
}

/**
 * ima_ns_log_add() - append a record and extend its PCR, as one step
 * @log: the log
 * @entry: a filled-in record; belongs to the log afterwards, or is freed when
 *         it is a duplicate
 *
 * Mirrors host IMA's ima_add_template_entry(): a record with the same digest
 * and PCR as an earlier one is dropped, violations never are.
 *
 * Context: process context, may sleep before it takes the lock.
 * Return: 0, or -EEXIST for a duplicate.
 */
int ima_ns_log_add(struct ima_ns_log *log, struct ima_ns_entry *entry)
{
	struct ima_ns_seen *seen = entry->violation ? NULL : new_seen(entry);

	grow_dups(log);
	spin_lock(&log->lock);
	if (entry->violation) {
		log->violations++;
	} else if (is_dup(log, entry)) {
		spin_unlock(&log->lock);
		kfree(seen);
		kvfree(entry);
		return -EEXIST;
	}
	if (seen)
		remember(log, seen);
	ima_ns_entry_extend(entry, log->pcrs);
	rcu_assign_pointer(*log->tail, entry);
	log->tail = &entry->next;
	log->count++;
	spin_unlock(&log->lock);
	if (wq_has_sleeper(&log->wait))
		wake_up_interruptible_poll(&log->wait, EPOLLIN | EPOLLRDNORM);
	return 0;
}

/**
 * ima_ns_log_poison() - make the loss of a record visible for good
 * @log: the log
 * @pcr: PCR that the record would have been extended into
 *
 * The PCR is extended with ones in every bank without a record that says so,
 * so no verifier accepts this log any more; a counter tells the reason.
 *
 * Context: process context, does not sleep.
 */
void ima_ns_log_poison(struct ima_ns_log *log, unsigned int pcr)
{
	const struct ima_ns_entry lost = { .pcr = pcr, .violation = true };

	spin_lock(&log->lock);
	ima_ns_entry_extend(&lost, log->pcrs);
	log->poisoned++;
	spin_unlock(&log->lock);
}

/**
 * ima_ns_log_pcr_snapshot() - all PCRs of all banks at one instant
 * @log: the log
 * @values: result, as ima_ns_pcr_layout says
 *
 * Return: the PCRs' update counter.
 */
u32 ima_ns_log_pcr_snapshot(struct ima_ns_log *log, u8 *values)
{
	u32 updates;

	spin_lock(&log->lock);
	memcpy(values, log->pcrs->values, ima_ns_pcr_layout.total);
	updates = log->pcrs->updates;
	spin_unlock(&log->lock);
	return updates;
}

/**
 * ima_ns_log_pcr_extend() - extend a PCR that has no log
 * @log: the log
 * @pcr: 0 to IMA_NS_PCRS - 1, not one that records are extended into
 * @banks: BIT() of each bank to extend
 * @digest: data of each of them
 */
void ima_ns_log_pcr_extend(struct ima_ns_log *log, unsigned int pcr, unsigned int banks,
			   const u8 *const digest[IMA_NS_MAX_BANKS])
{
	unsigned int i;

	spin_lock(&log->lock);
	for (i = 0; i < ima_ns_pcr_layout.nr_banks; i++)
		if (banks & BIT(i))
			vtpm_pcr_extend(log->pcrs, i, pcr, digest[i]);
	spin_unlock(&log->lock);
}

/**
 * ima_ns_log_pcr_reset() - set a PCR that has no log to zeros
 * @log: the log
 * @pcr: 0 to IMA_NS_PCRS - 1, not one that records are extended into
 */
void ima_ns_log_pcr_reset(struct ima_ns_log *log, unsigned int pcr)
{
	spin_lock(&log->lock);
	vtpm_pcr_reset(log->pcrs, pcr);
	spin_unlock(&log->lock);
}

/**
 * ima_ns_log_pcrs() - all PCRs of one bank at one instant
 * @log: the log
 * @bank: index of the PCR bank
 * @values: result, IMA_NS_PCRS digests of the bank's size
 */
void ima_ns_log_pcrs(struct ima_ns_log *log, unsigned int bank, u8 *values)
{
	spin_lock(&log->lock);
	memcpy(values, vtpm_pcr_value(log->pcrs, bank, 0),
	       IMA_NS_PCRS * ima_ns_pcr_layout.size[bank]);
	spin_unlock(&log->lock);
}

/*
 * A reader that is among these records or before them notices by the number in
 * @start that it has lost its place, and looks at them no more (securityfs_log.c).
 */
static int trim(struct ima_ns_log *log, unsigned long n)
{
	struct ima_ns_entry *first, *last = NULL, *next;
	struct ima_ns_checkpoint *old, *new;
	unsigned long i;

	old = rcu_dereference_protected(log->start, lockdep_is_held(&log->trimming));
	new = ima_ns_checkpoint_create(old);
	if (!new)
		return -ENOMEM;
	first = rcu_dereference_check(old->first, lockdep_is_held(&log->trimming));
	next = first;
	for (i = 0; i < n; i++) {
		if (fatal_signal_pending(current)) {
			ima_ns_checkpoint_free(new);
			return -EINTR;
		}
		last = next;
		ima_ns_checkpoint_add(new, last);
		next = rcu_dereference_check(last->next, lockdep_is_held(&log->trimming));
		cond_resched();
	}

	spin_lock(&log->lock);
	/* the last one may have got a successor */
	next = rcu_dereference_protected(last->next, lockdep_is_held(&log->lock));
	RCU_INIT_POINTER(new->first, next);
	if (!next)
		log->tail = &new->first;
	log->count -= n;
	rcu_assign_pointer(log->start, new);
	spin_unlock(&log->lock);

	synchronize_rcu();
	ima_ns_checkpoint_free(old);
	free_entries(first, n);
	return 0;
}

/**
 * ima_ns_log_trim() - delete the oldest records, and give their memory back
 * @log: the log
 * @n: how many; more than 0
 *
 * Mirrors host IMA's ima_queue_delete_partial(): PCRs and the digests by which
 * duplicates are found stay.  Where the log begins from now on the checkpoint
 * says.  Records that arrive meanwhile neither wait nor are waited for.
 *
 * Context: may sleep, for a time that is linear in @n; not for a container.
 * Return: 0, -ENOENT when the log has less records, -ENOMEM, or -EINTR when the
 * task is being killed.
 */
int ima_ns_log_trim(struct ima_ns_log *log, unsigned long n)
{
	int err = mutex_lock_killable(&log->trimming);
	bool enough;

	if (err)
		return err;
	/* while we hold the mutex there can only be more of them */
	spin_lock(&log->lock);
	enough = n <= log->count;
	spin_unlock(&log->lock);
	err = enough ? trim(log, n) : -ENOENT;
	mutex_unlock(&log->trimming);
	return err;
}

/** ima_ns_log_trimmed() - how many records were ever deleted */
unsigned long ima_ns_log_trimmed(struct ima_ns_log *log)
{
	unsigned long records;

	rcu_read_lock();
	records = rcu_dereference(log->start)->records;
	rcu_read_unlock();
	return records;
}
