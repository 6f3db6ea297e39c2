// SPDX-License-Identifier: GPL-2.0
/*
 * Hierarchies: TPM 2.0 Library Part 1, section 13.
 *
 * The seed of a hierarchy is what its primary keys are derived from, its proof
 * is the key of its tickets and contexts.  The NULL hierarchy's are new at every
 * TPM Reset; the lockout has neither, only an authorization.
 */
#include "vtpm_internal.h"

static const u32 handles[VTPM_NR_HIERARCHIES] = {
	[VTPM_OWNER] = VTPM_RH_OWNER,
	[VTPM_ENDORSEMENT] = VTPM_RH_ENDORSEMENT,
	[VTPM_PLATFORM] = VTPM_RH_PLATFORM,
	[VTPM_NULL] = VTPM_RH_NULL,
	[VTPM_LOCKOUT] = VTPM_RH_LOCKOUT,
};

static void forget_auth(struct vtpm_hierarchy *h)
{
	memzero_explicit(&h->auth, sizeof(h->auth));
	memset(&h->policy, 0, sizeof(h->policy));
	h->policy_alg = VTPM_ALG_NULL;
}

/** vtpm_hierarchies_manufacture() - a TPM that nobody has owned */
void vtpm_hierarchies_manufacture(struct vtpm *tpm)
{
	unsigned int i;

	for (i = 0; i < VTPM_NR_HIERARCHIES; i++) {
		struct vtpm_hierarchy *h = &tpm->hierarchy[i];

		h->handle = handles[i];
		h->enabled = true;
		forget_auth(h);
		if (i == VTPM_LOCKOUT)
			continue;
		vtpm_random(tpm, h->seed, sizeof(h->seed));
		vtpm_random(tpm, h->proof, sizeof(h->proof));
	}
	tpm->nv_platform_enabled = true;
	tpm->disable_clear = false;
}

/**
 * vtpm_hierarchies_startup() - what TPM2_Startup does to them
 * @tpm: the vTPM
 * @kind: TPM Reset, Restart or Resume
 */
void vtpm_hierarchies_startup(struct vtpm *tpm, enum vtpm_startup_kind kind)
{
	struct vtpm_hierarchy *null = &tpm->hierarchy[VTPM_NULL];

	tpm->hierarchy[VTPM_PLATFORM].enabled = true;
	if (kind == VTPM_RESUME)
		return;
	tpm->hierarchy[VTPM_OWNER].enabled = true;
	tpm->hierarchy[VTPM_ENDORSEMENT].enabled = true;
	tpm->nv_platform_enabled = true;
	forget_auth(&tpm->hierarchy[VTPM_PLATFORM]);
	if (kind == VTPM_RESET) {
		vtpm_random(tpm, null->seed, sizeof(null->seed));
		vtpm_random(tpm, null->proof, sizeof(null->proof));
	}
}

/** vtpm_hierarchy_clear() - what TPM2_Clear does to them: the platform's stays */
void vtpm_hierarchy_clear(struct vtpm *tpm)
{
	struct vtpm_hierarchy *owner = &tpm->hierarchy[VTPM_OWNER];
	struct vtpm_hierarchy *endorsement = &tpm->hierarchy[VTPM_ENDORSEMENT];

	vtpm_random(tpm, owner->seed, sizeof(owner->seed));
	vtpm_random(tpm, owner->proof, sizeof(owner->proof));
	vtpm_random(tpm, endorsement->proof, sizeof(endorsement->proof));
	owner->enabled = true;
	endorsement->enabled = true;
	forget_auth(owner);
	forget_auth(endorsement);
	forget_auth(&tpm->hierarchy[VTPM_LOCKOUT]);
}

/**
 * vtpm_hierarchy_renew() - what TPM2_ChangeEPS and TPM2_ChangePPS do to it
 * @tpm: the vTPM
 * @id: VTPM_ENDORSEMENT; or VTPM_PLATFORM, whose authValue stays
 */
void vtpm_hierarchy_renew(struct vtpm *tpm, enum vtpm_hierarchy_id id)
{
	struct vtpm_hierarchy *h = &tpm->hierarchy[id];
	struct vtpm_digest auth = h->auth;

	vtpm_random(tpm, h->seed, sizeof(h->seed));
	vtpm_random(tpm, h->proof, sizeof(h->proof));
	forget_auth(h);
	if (id == VTPM_PLATFORM)
		h->auth = auth;
	memzero_explicit(&auth, sizeof(auth));
}

/** vtpm_hierarchy() - hierarchy of a handle, also lockout; NULL: not one */
struct vtpm_hierarchy *vtpm_hierarchy(struct vtpm *tpm, u32 handle)
{
	unsigned int i;

	for (i = 0; i < VTPM_NR_HIERARCHIES; i++)
		if (handles[i] == handle)
			return &tpm->hierarchy[i];
	return NULL;
}

/** vtpm_object_hierarchy() - hierarchy that an object belongs to */
struct vtpm_hierarchy *vtpm_object_hierarchy(struct vtpm *tpm, const struct vtpm_object *object)
{
	struct vtpm_hierarchy *h = vtpm_hierarchy(tpm, object->hierarchy);

	return h ? h : &tpm->hierarchy[VTPM_NULL];
}
