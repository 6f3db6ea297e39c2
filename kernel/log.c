// SPDX-License-Identifier: GPL-2.0
/*
 * The measurement log of a namespace and the PCRs that vouch for it.
 *
 * Everything that can fail, sleep or take long (memory, hashing of files and
 * templates) has happened when ima_ns_log_add() takes the lock.  Under it a
 * record is linked in and every bank is extended, so a reader of the PCRs is
 * never ahead of the log nor behind it.
 *
 * Records are found twice: through ->next, by readers under RCU, and through a
 * hash table of ->dup_next chains, by writers under the lock.  The table is
 * ours rather than an rhashtable because an insertion under the lock must not
 * be able to fail and because its memory is the container's.
 */
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "ima_ns.h"

#define DUPS_MIN 64u

static u32 dup_hash(const struct ima_ns_entry *e, u32 mask)
{
	const u8 *digest = e->data + ima_ns_banks[ima_ns_dedup_bank].offset;

	return get_unaligned_le32(digest) & mask;
}

static bool same_record(const struct ima_ns_entry *a, const struct ima_ns_entry *b)
{
	const struct ima_ns_bank *bank = &ima_ns_banks[ima_ns_dedup_bank];

	return a->pcr == b->pcr && !memcmp(a->data + bank->offset, b->data + bank->offset,
					   bank->size);
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
	spin_lock_init(&log->lock);
	init_waitqueue_head(&log->wait);
	RCU_INIT_POINTER(log->head, NULL);
	log->tail = &log->head;
	log->dups_mask = DUPS_MIN - 1;
	log->dups = kvcalloc(DUPS_MIN, sizeof(*log->dups), GFP_KERNEL_ACCOUNT);
	log->pcrs = vtpm_pcrs_create(&ima_ns_pcr_layout);
	if (log->dups && log->pcrs)
		return 0;
	ima_ns_log_free(log);
	return -ENOMEM;
}

/**
 * ima_ns_log_free() - free records and PCRs
 * @log: a log, also one whose ima_ns_log_init() failed
 *
 * The last user is gone, an RCU grace period ago: nobody reads.
 */
void ima_ns_log_free(struct ima_ns_log *log)
{
	struct ima_ns_entry *e = rcu_dereference_protected(log->head, true);

	while (e) {
		struct ima_ns_entry *next = rcu_dereference_protected(e->next, true);

		kvfree(e);
		cond_resched();
		e = next;
	}
	kvfree(log->dups);
	vtpm_pcrs_destroy(log->pcrs);
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
	struct ima_ns_entry **new, **old, *e, *next;
	u32 new_mask = mask * 4 + 3;

	if (READ_ONCE(log->count) <= mask || new_mask < mask)
		return;
	new = kvcalloc((size_t)new_mask + 1, sizeof(*new), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!new)
		return;
	spin_lock(&log->lock);
	old = new;
	if (log->dups_mask == mask) {
		for (i = 0; i <= mask; i++) {
			for (e = log->dups[i]; e; e = next) {
				struct ima_ns_entry **slot = &new[dup_hash(e, new_mask)];

				next = e->dup_next;
				e->dup_next = *slot;
				*slot = e;
			}
		}
		old = log->dups;
		log->dups = new;
		log->dups_mask = new_mask;
	}
	spin_unlock(&log->lock);
	kvfree(old);
}

static void extend_all(struct ima_ns_log *log, const struct ima_ns_entry *e)
{
	static const u8 ones[IMA_NS_MAX_DIGEST] = { [0 ... IMA_NS_MAX_DIGEST - 1] = 0xff };
	unsigned int i;

	lockdep_assert_held(&log->lock);
	for (i = 0; i < ima_ns_nr_banks; i++) {
		const struct ima_ns_bank *b = &ima_ns_banks[i];

		if (b->pcr >= 0)
			vtpm_pcr_extend(log->pcrs, b->pcr, e->pcr,
					e->violation ? ones : e->data + b->offset);
	}
}

static bool is_dup(const struct ima_ns_log *log, const struct ima_ns_entry *entry)
{
	const struct ima_ns_entry *e;

	lockdep_assert_held(&log->lock);
	for (e = log->dups[dup_hash(entry, log->dups_mask)]; e; e = e->dup_next)
		if (same_record(e, entry))
			return true;
	return false;
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
	struct ima_ns_entry **slot;

	grow_dups(log);
	spin_lock(&log->lock);
	if (entry->violation) {
		log->violations++;
	} else {
		if (is_dup(log, entry)) {
			spin_unlock(&log->lock);
			kvfree(entry);
			return -EEXIST;
		}
		slot = &log->dups[dup_hash(entry, log->dups_mask)];
		entry->dup_next = *slot;
		*slot = entry;
	}
	extend_all(log, entry);
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
	extend_all(log, &lost);
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
