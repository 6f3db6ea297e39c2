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

/* Clock never gets so far by itself */
#define CLOCK_MAX	0xffff000000000000ull

/** vtpm_cmd_clock_set() - TPM2_ClockSet: only forward */
u32 vtpm_cmd_clock_set(struct vtpm_cmd *c)
{
	u64 clock = vtpm_get_u64(vtpm_param(c));
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	if (clock > CLOCK_MAX || clock < c->tpm->clock.clock)
		return VTPM_RC_VALUE + VTPM_RC_P(1);
	c->tpm->clock.clock = clock;
	return 0;
}

/* TPM_CLOCK_ADJUST, from -3, "coarse slower", to 3, "coarse faster"; in steps of the rate */
static const s16 adjustments[] = { 300, 30, 1, 0, -1, -30, -300 };

#define COARSE_SLOWER	(-3)

/* how far the rate can be moved in all: a sixth */
#define ADJUST_LIMIT	5000

/** vtpm_cmd_clock_rate_adjust() - TPM2_ClockRateAdjust */
u32 vtpm_cmd_clock_rate_adjust(struct vtpm_cmd *c)
{
	struct vtpm_reader *r = vtpm_param(c);
	int adjust = (s8)vtpm_get_u8(r) - COARSE_SLOWER, slow;
	u32 rc;

	if (adjust < 0 || adjust >= (int)ARRAY_SIZE(adjustments))
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	slow = (int)c->tpm->clock.slow + adjustments[adjust];
	c->tpm->clock.slow = clamp(slow, VTPM_CLOCK_NOMINAL - ADJUST_LIMIT,
				   VTPM_CLOCK_NOMINAL + ADJUST_LIMIT);
	return 0;
}
