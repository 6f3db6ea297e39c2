// SPDX-License-Identifier: GPL-2.0
/*
 * Time and Clock: TPM 2.0 Library Part 1, section 36.
 *
 * Both advance with the environment's clock.  Clock is saved with the state,
 * exactly, and never goes back, so it is always safe: a verifier that saw a
 * quote sees a later one with a greater Clock, whatever happened in between.
 */
#include "vtpm_internal.h"

/** vtpm_clock_manufacture() - both begin, at the rate of the environment's */
void vtpm_clock_manufacture(struct vtpm *tpm)
{
	struct vtpm_clock *clock = &tpm->clock;

	clock->base = tpm->env->clock(tpm->env_arg);
	clock->slow = VTPM_CLOCK_NOMINAL;
	clock->safe = true;
	clock->resets = U32_MAX;	/* the first startup makes it 0 */
}

/** vtpm_clock_update() - bring Time and Clock to now; once for each command */
void vtpm_clock_update(struct vtpm *tpm)
{
	struct vtpm_clock *clock = &tpm->clock;
	u64 now = tpm->env->clock(tpm->env_arg), passed, ms;

	if (now <= clock->base)
		return;
	/* a command later than 2^49 ms after the last one would overflow: not in 17,000 years */
	passed = (now - clock->base) * VTPM_CLOCK_NOMINAL + clock->rest;
	ms = passed / clock->slow;
	clock->rest = passed - ms * clock->slow;
	clock->time += ms;
	clock->clock += ms;
	clock->base = now;
}

/** vtpm_put_clock_info() - TPMS_CLOCK_INFO */
void vtpm_put_clock_info(struct buf_writer *w, const struct vtpm *tpm)
{
	buf_put_be64(w, tpm->clock.clock);
	buf_put_be32(w, tpm->clock.resets);
	buf_put_be32(w, tpm->clock.restarts);
	buf_put_u8(w, tpm->clock.safe);
}

/** vtpm_put_time_info() - TPMS_TIME_INFO */
void vtpm_put_time_info(struct buf_writer *w, const struct vtpm *tpm)
{
	buf_put_be64(w, tpm->clock.time);
	vtpm_put_clock_info(w, tpm);
}
