// SPDX-License-Identifier: GPL-2.0
/*
 * Control of the hierarchies: TPM 2.0 Library Part 3, section 24.
 */
#include "vtpm_internal.h"

/* --- on and off -------------------------------------------------------------------- */

/* TPMI_RH_ENABLES */
static u32 get_enables(struct vtpm_reader *r)
{
	u32 handle = vtpm_get_u32(r);

	if (handle != VTPM_RH_PLATFORM_NV && vtpm_handle_check(VTPM_H_BASE, handle))
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	return handle;
}

/* The platform may do everything; the others may only switch themselves off. */
static bool may_switch(u32 auth, u32 which, bool on)
{
	return auth == VTPM_RH_PLATFORM || (auth == which && !on);
}

/** vtpm_cmd_hierarchy_control() - TPM2_HierarchyControl */
u32 vtpm_cmd_hierarchy_control(struct vtpm_cmd *c)
{
	u32 which = get_enables(vtpm_param(c));
	bool on = vtpm_get_yes_no(vtpm_param(c));
	struct vtpm_hierarchy *h = vtpm_hierarchy(c->tpm, which);
	bool *enabled = h ? &h->enabled : &c->tpm->nv_platform_enabled;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	/* one that stays as it is may do that for itself */
	if (!may_switch(c->entity[0].handle, which, on && !*enabled))
		return VTPM_RC_AUTH_TYPE;
	if (h && *enabled && !on)
		vtpm_objects_flush_hierarchy(c->tpm, which);
	*enabled = on;
	return 0;
}

/* --- new seeds ------------------------------------------------------------------------ */

/* everything that was under a hierarchy */
static void forget_objects(struct vtpm *tpm, u32 hierarchy)
{
	struct vtpm_object *object, *next;

	vtpm_objects_flush_hierarchy(tpm, hierarchy);
	for (object = tpm->persistent; object; object = next) {
		next = object->next;
		if (object->hierarchy == hierarchy)
			vtpm_persistent_remove(tpm, object);
	}
}

static u32 change_seed(struct vtpm_cmd *c, enum vtpm_hierarchy_id id)
{
	struct vtpm_hierarchy *h = &c->tpm->hierarchy[id];
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	forget_objects(c->tpm, h->handle);
	vtpm_hierarchy_renew(c->tpm, id);
	return 0;
}

/** vtpm_cmd_change_eps() - TPM2_ChangeEPS */
u32 vtpm_cmd_change_eps(struct vtpm_cmd *c)
{
	return change_seed(c, VTPM_ENDORSEMENT);
}

/** vtpm_cmd_change_pps() - TPM2_ChangePPS */
u32 vtpm_cmd_change_pps(struct vtpm_cmd *c)
{
	return change_seed(c, VTPM_PLATFORM);
}

/* --- Clear ------------------------------------------------------------------------------ */

/** vtpm_cmd_clear() - TPM2_Clear: the TPM has no owner any more */
u32 vtpm_cmd_clear(struct vtpm_cmd *c)
{
	struct vtpm *tpm = c->tpm;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	if (tpm->disable_clear)
		return VTPM_RC_DISABLED;
	forget_objects(tpm, VTPM_RH_OWNER);
	forget_objects(tpm, VTPM_RH_ENDORSEMENT);
	vtpm_nv_clear(tpm);
	vtpm_hierarchy_clear(tpm);
	vtpm_da_manufacture(tpm);
	tpm->clear_count = 0;
	tpm->audit_count = 0;
	tpm->clock.clock = 0;
	tpm->clock.resets = 0;
	tpm->clock.restarts = 0;
	return 0;
}

/** vtpm_cmd_clear_control() - TPM2_ClearControl: only the platform allows it again */
u32 vtpm_cmd_clear_control(struct vtpm_cmd *c)
{
	bool disable = vtpm_get_yes_no(vtpm_param(c));
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	if (!disable && c->entity[0].handle == VTPM_RH_LOCKOUT)
		return VTPM_RC_AUTH_FAIL;
	c->tpm->disable_clear = disable;
	return 0;
}

/* --- authorization ------------------------------------------------------------------------- */

/** vtpm_cmd_hierarchy_change_auth() - TPM2_HierarchyChangeAuth */
u32 vtpm_cmd_hierarchy_change_auth(struct vtpm_cmd *c)
{
	struct vtpm_digest auth;
	u32 rc;

	vtpm_get_digest(vtpm_param(c), &auth);
	rc = vtpm_params_end(c);
	vtpm_trim_auth(&auth);
	if (!rc)
		c->entity[0].hierarchy->auth = auth;
	memzero_explicit(&auth, sizeof(auth));
	return rc;
}

/** vtpm_cmd_set_primary_policy() - TPM2_SetPrimaryPolicy */
u32 vtpm_cmd_set_primary_policy(struct vtpm_cmd *c)
{
	struct vtpm_hierarchy *h = c->entity[0].hierarchy;
	struct vtpm_digest policy;
	u16 alg;
	u32 rc;

	vtpm_get_digest(vtpm_param(c), &policy);
	alg = vtpm_get_hash_alg(vtpm_param(c), VTPM_NULL_OK);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (policy.size != vtpm_digest_size(alg))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	h->policy = policy;
	h->policy_alg = alg;
	return 0;
}
