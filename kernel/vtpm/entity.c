// SPDX-License-Identifier: GPL-2.0
/*
 * What a handle stands for, and what every such thing has: a Name, an
 * authValue, an authPolicy (TPM 2.0 Library Part 1, sections 16 and 19).
 */
#include "vtpm_internal.h"

/* --- handle types: the TPMI_DH_, TPMI_RH_ and TPMI_SH_ tables of Part 2 ------ */

#define T_OBJECT	BIT(0)	/* transient or persistent */
#define T_TRANSIENT	BIT(1)
#define T_PCR		BIT(2)
#define T_NV		BIT(3)
#define T_HMAC		BIT(4)
#define T_POLICY	BIT(5)
#define P_OWNER		BIT(6)
#define P_NULL		BIT(7)
#define P_LOCKOUT	BIT(8)
#define P_ENDORSEMENT	BIT(9)
#define P_PLATFORM	BIT(10)
#define P_BASE		(P_OWNER | P_ENDORSEMENT | P_PLATFORM)

static const u16 kinds[] = {
	[VTPM_H_OBJECT] = T_OBJECT,
	[VTPM_H_OBJECT_NULL] = T_OBJECT | P_NULL,
	[VTPM_H_PARENT] = T_OBJECT | P_BASE | P_NULL,
	[VTPM_H_ENTITY] = T_OBJECT | T_PCR | T_NV | P_BASE | P_LOCKOUT,
	[VTPM_H_ENTITY_NULL] = T_OBJECT | T_PCR | T_NV | P_BASE | P_LOCKOUT | P_NULL,
	[VTPM_H_PCR] = T_PCR,
	[VTPM_H_PCR_NULL] = T_PCR | P_NULL,
	[VTPM_H_CONTEXT] = T_TRANSIENT | T_HMAC | T_POLICY,
	[VTPM_H_HIERARCHY] = P_BASE | P_NULL,
	[VTPM_H_BASE] = P_BASE,
	[VTPM_H_HIERARCHY_AUTH] = P_BASE | P_LOCKOUT,
	[VTPM_H_PROVISION] = P_OWNER | P_PLATFORM,
	[VTPM_H_PLATFORM] = P_PLATFORM,
	[VTPM_H_ENDORSEMENT] = P_ENDORSEMENT,
	[VTPM_H_ENDORSE_NULL] = P_ENDORSEMENT | P_NULL,
	[VTPM_H_CLEAR] = P_LOCKOUT | P_PLATFORM,
	[VTPM_H_LOCKOUT] = P_LOCKOUT,
	[VTPM_H_NV_AUTH] = T_NV | P_OWNER | P_PLATFORM,
	[VTPM_H_NV_INDEX] = T_NV,
	[VTPM_H_POLICY] = T_POLICY,
	[VTPM_H_HMAC] = T_HMAC,
};

static u16 handle_types(u32 handle)
{
	u32 nr = handle & 0xffffff;

	switch (VTPM_HT(handle)) {
	case VTPM_HT_PCR:
		return nr < IMA_NS_PCRS ? T_PCR : 0;
	case VTPM_HT_NV_INDEX:
		return T_NV;
	case VTPM_HT_HMAC_SESSION:
		return nr < VTPM_ACTIVE_SESSIONS ? T_HMAC : 0;
	case VTPM_HT_POLICY_SESSION:
		return nr < VTPM_ACTIVE_SESSIONS ? T_POLICY : 0;
	case VTPM_HT_TRANSIENT:
		return nr < VTPM_SPACE_OBJECTS ? T_OBJECT | T_TRANSIENT : 0;
	case VTPM_HT_PERSISTENT:
		return T_OBJECT;
	}
	switch (handle) {
	case VTPM_RH_OWNER:
		return P_OWNER;
	case VTPM_RH_NULL:
		return P_NULL;
	case VTPM_RH_LOCKOUT:
		return P_LOCKOUT;
	case VTPM_RH_ENDORSEMENT:
		return P_ENDORSEMENT;
	case VTPM_RH_PLATFORM:
		return P_PLATFORM;
	}
	return 0;
}

/**
 * vtpm_handle_check() - may a handle of this value stand here?
 * @kind: enum vtpm_handle_kind
 * @handle: any number
 *
 * Return: 0 or TPM_RC_VALUE.
 */
u32 vtpm_handle_check(u8 kind, u32 handle)
{
	return kinds[kind] & handle_types(handle) ? 0 : VTPM_RC_VALUE;
}

/* --- from handles to entities -------------------------------------------------- */

static bool enabled(struct vtpm *tpm, u32 hierarchy)
{
	const struct vtpm_hierarchy *h = vtpm_hierarchy(tpm, hierarchy);

	return h && h->enabled;
}

static u32 resolve_persistent(struct vtpm *tpm, u32 handle, struct vtpm_entity *entity)
{
	bool platform = handle >= VTPM_PLATFORM_PERSISTENT;
	struct vtpm_object *object;

	if (!enabled(tpm, platform ? VTPM_RH_PLATFORM : VTPM_RH_OWNER))
		return VTPM_RC_HANDLE;
	object = vtpm_persistent_find(tpm, handle);
	if (!object)
		return VTPM_RC_HANDLE;
	/* what cannot be used can still be removed */
	if (!enabled(tpm, object->hierarchy) && tpm->cmd.row->code != VTPM_CC_EVICT_CONTROL)
		return VTPM_RC_HANDLE;
	entity->object = object;
	return 0;
}

static u32 resolve_nv(struct vtpm *tpm, u32 handle, struct vtpm_entity *entity)
{
	struct vtpm_nv *nv = vtpm_nv_find(tpm, handle);
	bool usable;

	if (!nv)
		return VTPM_RC_HANDLE;
	if (nv->pub.attrs & VTPMA_NV_PLATFORMCREATE)
		usable = tpm->nv_platform_enabled;
	else
		usable = enabled(tpm, VTPM_RH_OWNER);
	if (!usable)
		return VTPM_RC_HANDLE;
	entity->nv = nv;
	return 0;
}

/**
 * vtpm_entity_resolve() - find what a handle stands for
 * @tpm: the vTPM
 * @space: the caller's
 * @handle: a handle that vtpm_handle_check() has let through
 * @entity: result
 *
 * Return: 0; TPM_RC_REFERENCE_H0, to which the caller adds the handle's index;
 * or a bare format-1 code.
 */
u32 vtpm_entity_resolve(struct vtpm *tpm, struct vtpm_space *space, u32 handle,
			struct vtpm_entity *entity)
{
	memset(entity, 0, sizeof(*entity));
	entity->handle = handle;
	switch (VTPM_HT(handle)) {
	case VTPM_HT_PCR:
		return 0;
	case VTPM_HT_NV_INDEX:
		return resolve_nv(tpm, handle, entity);
	case VTPM_HT_HMAC_SESSION:
	case VTPM_HT_POLICY_SESSION:
		entity->session = vtpm_session_find(tpm, space, handle);
		return entity->session ? 0 : VTPM_RC_REFERENCE_H0;
	case VTPM_HT_TRANSIENT:
		entity->object = vtpm_space_find(space, handle);
		return entity->object ? 0 : VTPM_RC_REFERENCE_H0;
	case VTPM_HT_PERSISTENT:
		return resolve_persistent(tpm, handle, entity);
	}
	entity->hierarchy = vtpm_hierarchy(tpm, handle);
	return entity->hierarchy->enabled ? 0 : VTPM_RC_HIERARCHY;
}

/* --- what entities have ----------------------------------------------------------- */

/** vtpm_entity_name() - its Name: of an object or index, else the handle */
void vtpm_entity_name(struct vtpm *tpm, const struct vtpm_entity *entity, struct vtpm_name *name)
{
	if (entity->nv) {
		vtpm_nv_name(tpm, entity->nv, name);
	} else if (entity->object) {
		*name = entity->object->name;
	} else {
		name->size = 4;
		put_unaligned_be32(entity->handle, name->data);
	}
}

/** vtpm_trim_auth() - an authValue is without its trailing zeros */
void vtpm_trim_auth(struct vtpm_digest *auth)
{
	while (auth->size && !auth->data[auth->size - 1])
		auth->size--;
}

/** vtpm_entity_auth() - its authValue without trailing zeros; to be zeroed after use */
void vtpm_entity_auth(struct vtpm *tpm, const struct vtpm_entity *entity,
		      struct vtpm_digest *auth)
{
	const struct vtpm_digest *from = NULL;

	if (entity->hierarchy)
		from = &entity->hierarchy->auth;
	else if (entity->nv)
		from = &entity->nv->auth;
	else if (entity->object && entity->object->sequence)
		from = &entity->object->sequence->auth;
	else if (entity->object)
		from = &entity->object->sensitive.auth;
	memset(auth, 0, sizeof(*auth));
	if (from)
		*auth = *from;
	vtpm_trim_auth(auth);
}

/**
 * vtpm_entity_policy() - its authPolicy
 * @tpm: the vTPM
 * @entity: entity
 * @policy: result, empty if it has none
 *
 * Return: hash of the policy, or VTPM_ALG_NULL.
 */
u16 vtpm_entity_policy(struct vtpm *tpm, const struct vtpm_entity *entity,
		       struct vtpm_digest *policy)
{
	memset(policy, 0, sizeof(*policy));
	if (entity->hierarchy) {
		*policy = entity->hierarchy->policy;
		return entity->hierarchy->policy_alg;
	}
	if (entity->nv) {
		*policy = entity->nv->pub.policy;
		return entity->nv->pub.name_alg;
	}
	if (entity->object && !entity->object->sequence) {
		*policy = entity->object->pub.policy;
		return entity->object->pub.name_alg;
	}
	return VTPM_ALG_NULL;
}

/** vtpm_entity_hierarchy() - VTPM_RH_* of the hierarchy it belongs to */
u32 vtpm_entity_hierarchy(const struct vtpm_entity *entity)
{
	if (entity->object)
		return entity->object->hierarchy;
	if (entity->nv && entity->nv->pub.attrs & VTPMA_NV_PLATFORMCREATE)
		return VTPM_RH_PLATFORM;
	switch (entity->handle) {
	case VTPM_RH_PLATFORM:
	case VTPM_RH_ENDORSEMENT:
	case VTPM_RH_NULL:
		return entity->handle;
	}
	return VTPM_RH_OWNER;
}

/** vtpm_entity_no_da() - is it exempt from dictionary attack protection? */
bool vtpm_entity_no_da(const struct vtpm_entity *entity)
{
	if (entity->object)
		return entity->object->pub.attrs & VTPMA_OBJECT_NO_DA;
	if (entity->nv)
		return entity->nv->pub.attrs & VTPMA_NV_NO_DA;
	return entity->handle != VTPM_RH_LOCKOUT;
}
