// SPDX-License-Identifier: GPL-2.0
/*
 * Random numbers: TPM 2.0 Library Part 3, section 16.
 */
#include "vtpm_internal.h"

/** vtpm_cmd_get_random() - TPM2_GetRandom: never more than a digest has */
u32 vtpm_cmd_get_random(struct vtpm_cmd *c)
{
	u16 size = vtpm_get_u16(vtpm_param(c));
	u32 rc = vtpm_params_end(c);
	u8 *data;

	if (rc)
		return rc;
	size = min_t(u16, size, VTPM_MAX_DIGEST);
	buf_put_be16(&c->out, size);
	data = buf_reserve(&c->out, size);
	if (data)
		vtpm_random(c->tpm, data, size);
	return 0;
}

/*
 * vtpm_cmd_stir_random() - TPM2_StirRandom
 *
 * The environment's generator is seeded by the whole machine; a container's
 * bytes add nothing, and must not.
 */
u32 vtpm_cmd_stir_random(struct vtpm_cmd *c)
{
	struct vtpm_blob data;

	vtpm_get_blob(vtpm_param(c), VTPM_MAX_SENSITIVE_DATA, &data);
	return vtpm_params_end(c);
}
