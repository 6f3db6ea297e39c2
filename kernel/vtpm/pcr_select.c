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

/**
 * vtpm_pcr_snapshot() - take the values that vtpm_pcr_snapshot_value() then gives
 * @tpm: the vTPM
 *
 * Return: the update counter that belongs to them.
 */
u32 vtpm_pcr_snapshot(struct vtpm *tpm)
{
	return tpm->env->pcr_read(tpm->env_arg, tpm->pcr_values);
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
	return vtpm_pcr_snapshot(tpm);
}
