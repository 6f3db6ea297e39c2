// SPDX-License-Identifier: GPL-2.0
/*
 * Start, stop and self test: TPM 2.0 Library Part 3, sections 9 and 10.
 *
 * There is nothing to test in software that has just tested itself by running:
 * all algorithms are always tested.
 */
#include "vtpm_internal.h"

/* of a TPML_ALG */
#define MAX_ALG_LIST	128

/** vtpm_cmd_startup() - TPM2_Startup */
u32 vtpm_cmd_startup(struct vtpm_cmd *c)
{
	struct vtpm *tpm = c->tpm;
	struct vtpm_reader *r = vtpm_param(c);
	u16 type = vtpm_get_u16(r);
	u32 rc;

	if (type != VTPM_SU_CLEAR && type != VTPM_SU_STATE)
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (type == VTPM_SU_STATE && tpm->shutdown != VTPM_SU_STATE)
		return VTPM_RC_VALUE + VTPM_RC_P(1);
	if (type == VTPM_SU_STATE)
		vtpm_startup(tpm, VTPM_RESUME);
	else
		vtpm_startup(tpm, tpm->shutdown == VTPM_SU_STATE ? VTPM_RESTART : VTPM_RESET);
	return 0;
}

/** vtpm_cmd_shutdown() - TPM2_Shutdown */
u32 vtpm_cmd_shutdown(struct vtpm_cmd *c)
{
	struct vtpm_reader *r = vtpm_param(c);
	u16 type = vtpm_get_u16(r);
	u32 rc;

	if (type != VTPM_SU_CLEAR && type != VTPM_SU_STATE)
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	rc = vtpm_params_end(c);
	if (!rc)
		c->tpm->shutdown = type;
	return rc;
}

/** vtpm_cmd_self_test() - TPM2_SelfTest */
u32 vtpm_cmd_self_test(struct vtpm_cmd *c)
{
	vtpm_get_yes_no(vtpm_param(c));
	return vtpm_params_end(c);
}

/* TPML_ALG, of any algorithms */
static void get_algs(struct vtpm_reader *r)
{
	u32 count = vtpm_get_u32(r);

	if (count > MAX_ALG_LIST)
		vtpm_reader_fail(r, VTPM_RC_SIZE);
	vtpm_get_here(r, 2 * count);
}

/** vtpm_cmd_incremental_self_test() - TPM2_IncrementalSelfTest: nothing is left to do */
u32 vtpm_cmd_incremental_self_test(struct vtpm_cmd *c)
{
	u32 rc;

	get_algs(vtpm_param(c));
	rc = vtpm_params_end(c);
	if (!rc)
		buf_put_be32(&c->out, 0);
	return rc;
}

/** vtpm_cmd_get_test_result() - TPM2_GetTestResult */
u32 vtpm_cmd_get_test_result(struct vtpm_cmd *c)
{
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	buf_put_be16(&c->out, 0);
	buf_put_be32(&c->out, c->tpm->test_result);
	return 0;
}
