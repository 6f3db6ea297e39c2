// SPDX-License-Identifier: GPL-2.0
/*
 * Where a log begins: how many records were trimmed from it, and what the PCRs
 * of a log of just these records are.
 *
 * A verifier takes these values where it would take those of a fresh TPM, and
 * goes on with the records that are left.  They are computed from the records
 * that go, never copied from the PCRs, so an extend without a record
 * (ima_ns_log_poison()) is in no checkpoint: a log that does not give its PCRs
 * gives them after a trim no more than before, and one that does still does.
 *
 * A checkpoint is complete when it is published and does not change any more,
 * but for the record after it, which is linked in as after any record.
 */
#include <linux/slab.h>

#include "ima_ns.h"

/**
 * ima_ns_checkpoint_create() - a checkpoint to add records to
 * @from: where it starts, or NULL: the beginning, with PCRs as at TPM2_Startup
 *
 * Context: may sleep; charged to the caller's memory cgroup.
 * Return: the checkpoint, with no record after it, or NULL.
 */
struct ima_ns_checkpoint *ima_ns_checkpoint_create(const struct ima_ns_checkpoint *from)
{
	struct ima_ns_checkpoint *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);

	if (!c)
		return NULL;
	c->pcrs = vtpm_pcrs_create(&ima_ns_pcr_layout);
	if (!c->pcrs) {
		kfree(c);
		return NULL;
	}
	if (from) {
		c->records = from->records;
		c->extended = from->extended;
		memcpy(c->pcrs->values, from->pcrs->values, ima_ns_pcr_layout.total);
	}
	return c;
}

/**
 * ima_ns_checkpoint_add() - move a checkpoint behind one more record
 * @c: a checkpoint that is not published yet
 * @entry: the record
 *
 * Context: any.
 */
void ima_ns_checkpoint_add(struct ima_ns_checkpoint *c, const struct ima_ns_entry *entry)
{
	ima_ns_entry_extend(entry, c->pcrs);
	c->extended |= BIT(entry->pcr);
	c->records++;
}

/** ima_ns_checkpoint_free() - of a checkpoint that no reader can see; NULL is fine */
void ima_ns_checkpoint_free(struct ima_ns_checkpoint *c)
{
	if (!c)
		return;
	vtpm_pcrs_destroy(c->pcrs);
	kfree(c);
}
