// SPDX-License-Identifier: GPL-2.0
/*
 * Dictionary attacks: TPM 2.0 Library Part 1, section 19.8.
 *
 * failedTries counts wrong authValues of protected entities.  At maxTries they
 * cannot be used with their authValue; one try is forgotten every recoveryTime.
 * A wrong lockoutAuth makes lockoutAuth unusable for lockoutRecovery.
 */
#include "vtpm_internal.h"

/** vtpm_da_manufacture() - parameters as after TPM2_Clear */
void vtpm_da_manufacture(struct vtpm *tpm)
{
	tpm->da = (struct vtpm_da) {
		.max_tries = VTPM_DA_TRIES,
		.recovery = VTPM_DA_RECOVERY,
		.lockout_recovery = VTPM_DA_LOCKOUT,
		.lockout_ok = true,
		.failed_at = tpm->clock.time,
		.lockout_at = tpm->clock.time,
	};
}

/** vtpm_da_startup() - Time has begun anew */
void vtpm_da_startup(struct vtpm *tpm)
{
	struct vtpm_da *da = &tpm->da;

	da->failed_at = tpm->clock.time;
	da->lockout_at = tpm->clock.time;
	if (!da->lockout_recovery)
		da->lockout_ok = true;
}

/** vtpm_da_heal() - forget what is old enough; once for each command */
void vtpm_da_heal(struct vtpm *tpm)
{
	struct vtpm_da *da = &tpm->da;
	u64 now = tpm->clock.time, step = (u64)da->recovery * 1000;

	if (da->failed && step)
		while (da->failed && now - da->failed_at >= step) {
			da->failed--;
			da->failed_at += step;
		}
	if (!da->lockout_ok && da->lockout_recovery &&
	    now - da->lockout_at >= (u64)da->lockout_recovery * 1000)
		da->lockout_ok = true;
}

/**
 * vtpm_da_locked() - may the authValue of a protected entity be used?
 * @tpm: the vTPM
 * @lockout: the entity is TPM_RH_LOCKOUT
 *
 * Return: 0 or TPM_RC_LOCKOUT.
 */
u32 vtpm_da_locked(const struct vtpm *tpm, bool lockout)
{
	const struct vtpm_da *da = &tpm->da;

	if (lockout ? !da->lockout_ok : da->failed >= da->max_tries)
		return VTPM_RC_LOCKOUT;
	return 0;
}

/** vtpm_da_failed() - a wrong authValue was given for a protected entity */
void vtpm_da_failed(struct vtpm *tpm, bool lockout)
{
	struct vtpm_da *da = &tpm->da;

	if (lockout) {
		da->lockout_ok = false;
		da->lockout_at = tpm->clock.time;
		return;
	}
	if (da->recovery)
		da->failed++;
	da->failed_at = tpm->clock.time;
}
