// SPDX-License-Identifier: GPL-2.0
/*
 * Control of the dictionary attack protection: TPM 2.0 Library Part 3, section 25.
 */
#include "vtpm_internal.h"

/** vtpm_cmd_da_lock_reset() - TPM2_DictionaryAttackLockReset */
u32 vtpm_cmd_da_lock_reset(struct vtpm_cmd *c)
{
	u32 rc = vtpm_params_end(c);

	if (!rc)
		c->tpm->da.failed = 0;
	return rc;
}

/** vtpm_cmd_da_parameters() - TPM2_DictionaryAttackParameters */
u32 vtpm_cmd_da_parameters(struct vtpm_cmd *c)
{
	u32 max_tries = vtpm_get_u32(vtpm_param(c));
	u32 recovery = vtpm_get_u32(vtpm_param(c));
	u32 lockout_recovery = vtpm_get_u32(vtpm_param(c));
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	c->tpm->da.max_tries = max_tries;
	c->tpm->da.recovery = recovery;
	c->tpm->da.lockout_recovery = lockout_recovery;
	return 0;
}
