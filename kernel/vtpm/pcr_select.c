// SPDX-License-Identifier: GPL-2.0
/*
 * PCRs as a command sees them: all of them at one instant.
 */
#include "vtpm_internal.h"

/** vtpm_bank() - index of the bank of a hash; the number of banks: there is none */
unsigned int vtpm_bank(const struct vtpm *tpm, u16 hash)
{
	unsigned int bank;

	for (bank = 0; bank < tpm->pcr_layout->nr_banks; bank++)
		if (tpm->pcr_layout->alg[bank] == hash)
			break;
	return bank;
}

/** vtpm_pcr_snapshot() - take the values that the functions below are about */
void vtpm_pcr_snapshot(struct vtpm *tpm)
{
	tpm->pcr_updates = tpm->env->pcr_read(tpm->env_arg, tpm->pcr_values);
}

/** vtpm_pcr_snapshot_value() - one PCR of the last snapshot, of the bank's size */
const u8 *vtpm_pcr_snapshot_value(const struct vtpm *tpm, unsigned int bank, unsigned int pcr)
{
	const struct vtpm_pcr_layout *l = tpm->pcr_layout;

	return tpm->pcr_values + l->offset[bank] + pcr * l->size[bank];
}

/** vtpm_pcr_counter() - the update counter as of now; takes a snapshot */
u32 vtpm_pcr_counter(struct vtpm *tpm)
{
	vtpm_pcr_snapshot(tpm);
	return tpm->pcr_updates;
}

/** vtpm_selection_filter() - deselect the PCRs of banks that there are not */
void vtpm_selection_filter(const struct vtpm *tpm, struct vtpm_selection *selection)
{
	unsigned int i;

	for (i = 0; i < selection->count; i++)
		if (vtpm_bank(tpm, selection->bank[i].hash) == tpm->pcr_layout->nr_banks)
			memset(selection->bank[i].map, 0, VTPM_PCR_SELECT);
}

/** vtpm_selected() - is @pcr in one bank's @map? */
bool vtpm_selected(const u8 *map, unsigned int pcr)
{
	return map[pcr / 8] & 1 << pcr % 8;
}

/**
 * vtpm_selection_digest() - digest of selected PCRs, one after the other
 * @tpm: the vTPM
 * @hash: of the digest
 * @selection: PCRs; those that do not exist are deselected
 * @digest: result
 *
 * Takes a snapshot: the values are of one instant, and tpm->pcr_updates of the
 * same.
 */
void vtpm_selection_digest(struct vtpm *tpm, u16 hash, struct vtpm_selection *selection,
			   struct vtpm_digest *digest)
{
	unsigned int i, pcr, bank;
	struct vtpm_hash h;

	vtpm_pcr_snapshot(tpm);
	vtpm_selection_filter(tpm, selection);
	vtpm_hash_start(tpm, &h, hash);
	for (i = 0; i < selection->count; i++) {
		bank = vtpm_bank(tpm, selection->bank[i].hash);
		for (pcr = 0; pcr < IMA_NS_PCRS; pcr++)
			if (vtpm_selected(selection->bank[i].map, pcr))
				vtpm_hash_update(&h, vtpm_pcr_snapshot_value(tpm, bank, pcr),
						 tpm->pcr_layout->size[bank]);
	}
	vtpm_hash_final(&h, digest);
}
