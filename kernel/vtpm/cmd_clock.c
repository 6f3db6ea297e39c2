// SPDX-License-Identifier: GPL-2.0
/*
 * Clock and timers: TPM 2.0 Library Part 3, section 29.
 */
#include "vtpm_internal.h"

/** vtpm_cmd_read_clock() - TPM2_ReadClock */
u32 vtpm_cmd_read_clock(struct vtpm_cmd *c)
{
	u32 rc = vtpm_params_end(c);

	if (!rc)
		vtpm_put_time_info(&c->out, c->tpm);
	return rc;
}
