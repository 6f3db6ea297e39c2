// SPDX-License-Identifier: GPL-2.0
/*
 * Ephemeral ECC keys that outlive the command that has made them: TPM 2.0
 * Library Part 1, section C.2.
 *
 * Such a key is not stored but derived again from its counter and a nonce that
 * is new at every TPM Reset.  Which of the last VTPM_COMMITS counters are still
 * good is in a set: each of them can be used once.
 */
#include "vtpm_internal.h"

/** vtpm_commit_startup() - a TPM Reset: no ephemeral key is good any more */
void vtpm_commit_startup(struct vtpm *tpm)
{
	vtpm_random(tpm, tpm->commit_nonce, sizeof(tpm->commit_nonce));
	memset(tpm->commits, 0, sizeof(tpm->commits));
	tpm->commit_count = 0;
}

static u32 derive(struct vtpm *tpm, const struct vtpm_curve *curve, u64 count, u8 *k)
{
	struct vtpm_rng rng;
	u8 which[8];
	u32 rc;

	put_unaligned_be64(count, which);
	vtpm_rng_seed(tpm, &rng, tpm->commit_nonce, sizeof(tpm->commit_nonce), "EPHEMERAL", NULL,
		      which, sizeof(which));
	rc = vtpm_ecc_scalar(&rng, curve, k);
	memzero_explicit(&rng, sizeof(rng));
	return rc;
}

/**
 * vtpm_commit_next() - private part of the ephemeral key that comes next
 * @tpm: the vTPM
 * @curve: its curve
 * @k: result
 *
 * It stays the next one until vtpm_commit().
 *
 * Return: 0 or a response code.
 */
u32 vtpm_commit_next(struct vtpm *tpm, const struct vtpm_curve *curve, u8 *k)
{
	return derive(tpm, curve, tpm->commit_count, k);
}

static u8 *commit_byte(struct vtpm *tpm, u16 counter)
{
	return &tpm->commits[counter % VTPM_COMMITS / 8];
}

/** vtpm_commit() - the next ephemeral key can be used from now on; returns its counter */
u16 vtpm_commit(struct vtpm *tpm)
{
	u16 counter = tpm->commit_count++;

	*commit_byte(tpm, counter) |= 1 << counter % 8;
	return counter;
}

/**
 * vtpm_commit_find() - private part of an ephemeral key
 * @tpm: the vTPM
 * @curve: its curve
 * @counter: what vtpm_commit() has returned
 * @k: result
 *
 * Return: 0, TPM_RC_VALUE: there is none or it has been used, or another code.
 */
u32 vtpm_commit_find(struct vtpm *tpm, const struct vtpm_curve *curve, u16 counter, u8 *k)
{
	/* 16 bits of the count were given out: it is the last one that ends so */
	u16 age = tpm->commit_count - counter;

	if (!(*commit_byte(tpm, counter) & 1 << counter % 8) || !age || age > VTPM_COMMITS)
		return VTPM_RC_VALUE;
	return derive(tpm, curve, tpm->commit_count - age, k);
}

/** vtpm_commit_end() - an ephemeral key has been used */
void vtpm_commit_end(struct vtpm *tpm, u16 counter)
{
	*commit_byte(tpm, counter) &= ~(1 << counter % 8);
}
