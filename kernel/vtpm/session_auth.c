// SPDX-License-Identifier: GPL-2.0
/*
 * Does a session authorize an entity?  TPM 2.0 Library Part 1, section 19.
 */
#include "vtpm_internal.h"

static struct vtpm_entity *entity_of(struct vtpm_cmd *c, const struct vtpm_auth *auth)
{
	return auth->authorizes < 0 ? NULL : &c->entity[auth->authorizes];
}

static u8 role_of(struct vtpm_cmd *c, const struct vtpm_auth *auth)
{
	return c->row->handle[auth->authorizes].role;
}

/* --- bound sessions ------------------------------------------------------------- */

/* SHA-256 of Name and authValue: changes with either */
static void bind_digest(struct vtpm *tpm, const struct vtpm_entity *entity,
			struct vtpm_digest *digest)
{
	struct vtpm_digest auth;
	struct vtpm_name name;
	struct vtpm_hash h;

	vtpm_entity_name(tpm, entity, &name);
	vtpm_entity_auth(tpm, entity, &auth);
	vtpm_hash_start(tpm, &h, VTPM_ALG_SHA256);
	vtpm_hash_u16(&h, name.size);
	vtpm_hash_name(&h, &name);
	vtpm_hash_digest(&h, &auth);
	vtpm_hash_final(&h, digest);
	memzero_explicit(&auth, sizeof(auth));
}

/** vtpm_session_bind() - bind a new session to an entity; a policy session gets its DA only */
void vtpm_session_bind(struct vtpm *tpm, struct vtpm_session *session,
		       const struct vtpm_entity *entity)
{
	struct vtpm_digest digest;

	bind_digest(tpm, entity, &digest);
	memcpy(session->bind, digest.data, sizeof(session->bind));
	session->bound = true;
	session->bind_da = !vtpm_entity_no_da(entity);
	session->bind_lockout = entity->handle == VTPM_RH_LOCKOUT;
}

/** vtpm_session_bound_to() - is it bound to this entity, with the authValue it has now? */
bool vtpm_session_bound_to(struct vtpm *tpm, const struct vtpm_session *session,
			   const struct vtpm_entity *entity)
{
	struct vtpm_digest digest;

	if (!session->bound)
		return false;
	bind_digest(tpm, entity, &digest);
	return vtpm_equal(digest.data, session->bind, sizeof(session->bind));
}

/* --- authValue: passwords and HMACs ------------------------------------------------ */

/**
 * vtpm_auth_key() - HMAC or encryption key of a session
 * @c: the command
 * @auth: its session
 * @with_auth: append the authValue of the entity that it authorizes, if any
 * @key: result, VTPM_AUTH_KEY bytes; to be zeroed after use
 * @len: bytes of it
 */
void vtpm_auth_key(struct vtpm_cmd *c, const struct vtpm_auth *auth, bool with_auth,
		   u8 *key, size_t *len)
{
	const struct vtpm_entity *entity = entity_of(c, auth);
	const struct vtpm_digest *session_key = &auth->session->key;
	struct vtpm_digest value;

	memcpy(key, session_key->data, session_key->size);
	*len = session_key->size;
	if (!with_auth || !entity)
		return;
	vtpm_entity_auth(c->tpm, entity, &value);
	memcpy(key + *len, value.data, value.size);
	*len += value.size;
	memzero_explicit(&value, sizeof(value));
}

/* A wrong authValue was given: which code, and does it count as an attack? */
static u32 auth_failed(struct vtpm_cmd *c, const struct vtpm_auth *auth)
{
	const struct vtpm_entity *entity = entity_of(c, auth);
	const struct vtpm_session *session = auth->session;
	bool lockout = entity && entity->handle == VTPM_RH_LOCKOUT;
	bool guarded = entity && !vtpm_entity_no_da(entity);

	if (session) {
		guarded = session->bind_da || (guarded && auth->include_auth);
		lockout = session->bind_lockout || lockout;
	}
	if (!guarded)
		return VTPM_RC_BAD_AUTH;
	vtpm_da_failed(c->tpm, lockout);
	return VTPM_RC_AUTH_FAIL;
}

static u32 check_password(struct vtpm_cmd *c, struct vtpm_auth *auth)
{
	struct vtpm_digest value;
	bool ok;

	vtpm_trim_auth(&auth->hmac);
	vtpm_entity_auth(c->tpm, entity_of(c, auth), &value);
	ok = vtpm_digest_equal(&auth->hmac, &value);
	memzero_explicit(&value, sizeof(value));
	return ok ? 0 : auth_failed(c, auth);
}

/* nonces of the other sessions that encrypt, in the HMAC of the first session only */
static void add_other_nonces(struct vtpm_cmd *c, const struct vtpm_auth *auth, struct vtpm_hash *h)
{
	int self = auth - c->auth;

	if (self || auth->authorizes < 0)
		return;
	if (c->decrypt > 0)
		vtpm_hash_digest(h, &c->auth[c->decrypt].session->nonce_tpm);
	if (c->encrypt > 0 && c->encrypt != c->decrypt)
		vtpm_hash_digest(h, &c->auth[c->encrypt].session->nonce_tpm);
}

/**
 * vtpm_auth_hmac_check() - is the HMAC of a session that of the command?
 * @c: the command
 * @auth: its session, no password
 *
 * Return: 0, TPM_RC_AUTH_FAIL (counts as an attack) or TPM_RC_BAD_AUTH.
 */
u32 vtpm_auth_hmac_check(struct vtpm_cmd *c, struct vtpm_auth *auth)
{
	const struct vtpm_session *session = auth->session;
	struct vtpm_digest cp, hmac = { 0 };
	u8 key[VTPM_AUTH_KEY];
	struct vtpm_hmac h;
	size_t len;

	vtpm_auth_key(c, auth, auth->include_auth, key, &len);
	if (len || auth->hmac.size) {
		vtpm_cp_hash(c, session->hash, &cp);
		vtpm_hmac_start(c->tpm, &h, session->hash, key, len);
		vtpm_hash_digest(&h.hash, &cp);
		vtpm_hash_digest(&h.hash, &auth->nonce_caller);
		vtpm_hash_digest(&h.hash, &session->nonce_tpm);
		add_other_nonces(c, auth, &h.hash);
		vtpm_hash_update(&h.hash, &auth->attrs, 1);
		vtpm_hmac_final(&h, &hmac);
	}
	memzero_explicit(key, sizeof(key));
	return vtpm_digest_equal(&hmac, &auth->hmac) ? 0 : auth_failed(c, auth);
}

/* --- what an entity admits ------------------------------------------------------------ */

/* must this be authorized by a policy session? */
static bool policy_required(struct vtpm_cmd *c, const struct vtpm_auth *auth)
{
	const struct vtpm_object *object = entity_of(c, auth)->object;

	switch (role_of(c, auth)) {
	case VTPM_ROLE_DUP:
		return true;
	case VTPM_ROLE_ADMIN:
		return !object || object->pub.attrs & VTPMA_OBJECT_ADMIN_WITH_POLICY;
	}
	return false;
}

/* is there an authValue, and may it be used for this? */
static bool value_available(struct vtpm_cmd *c, const struct vtpm_auth *auth)
{
	const struct vtpm_entity *entity = entity_of(c, auth);
	const struct vtpm_object *object = entity->object;

	if (entity->nv)
		return vtpm_nv_auth_usable(entity->nv, c->row->flags & VTPM_C_NV_WRITE);
	if (!object || object->sequence)
		return true;
	if (object->public_only)
		return false;
	return object->pub.attrs & VTPMA_OBJECT_USER_WITH_AUTH ||
	       (role_of(c, auth) == VTPM_ROLE_ADMIN &&
		!(object->pub.attrs & VTPMA_OBJECT_ADMIN_WITH_POLICY));
}

/* is there an authPolicy, and may it be used for this? */
static bool policy_available(struct vtpm_cmd *c, const struct vtpm_auth *auth)
{
	const struct vtpm_entity *entity = entity_of(c, auth);

	if (entity->hierarchy)
		return entity->hierarchy->policy.size;
	if (entity->object)
		return !entity->object->public_only && !entity->object->sequence;
	if (!entity->nv || !entity->nv->pub.policy.size)
		return false;
	if (policy_required(c, auth))
		return true;
	return entity->nv->pub.attrs & (c->row->flags & VTPM_C_NV_WRITE ? VTPMA_NV_POLICYWRITE :
									  VTPMA_NV_POLICYREAD);
}

/* --- policy sessions --------------------------------------------------------------------- */

static void name_hash(struct vtpm_cmd *c, u16 alg, struct vtpm_digest *digest)
{
	struct vtpm_name name;
	struct vtpm_hash h;
	unsigned int i;

	vtpm_hash_start(c->tpm, &h, alg);
	for (i = 0; i < c->nr_handles; i++) {
		vtpm_entity_name(c->tpm, &c->entity[i], &name);
		vtpm_hash_name(&h, &name);
	}
	vtpm_hash_final(&h, digest);
}

/* digest of the template, the second parameter of the commands that create */
static bool template_hash(struct vtpm_cmd *c, u16 alg, struct vtpm_digest *digest)
{
	struct vtpm_blob sensitive, template;
	struct vtpm_reader r;

	if (c->row->code != VTPM_CC_CREATE && c->row->code != VTPM_CC_CREATE_PRIMARY &&
	    c->row->code != VTPM_CC_CREATE_LOADED)
		return false;
	vtpm_reader_init(&r, c->param, c->param_len, 0);
	vtpm_get_blob(&r, c->param_len, &sensitive);
	vtpm_get_blob(&r, c->param_len, &template);
	if (r.rc)
		return false;
	vtpm_digest(c->tpm, alg, template.data, template.size, digest);
	return true;
}

static bool policy_hash_ok(struct vtpm_cmd *c, const struct vtpm_session *session)
{
	struct vtpm_digest digest;

	switch (session->policy.hash_kind) {
	case VTPM_POLICY_CP_HASH:
		vtpm_cp_hash(c, session->hash, &digest);
		break;
	case VTPM_POLICY_NAME_HASH:
		name_hash(c, session->hash, &digest);
		break;
	case VTPM_POLICY_TEMPLATE_HASH:
		if (!template_hash(c, session->hash, &digest))
			return false;
		break;
	default:
		return true;
	}
	return vtpm_digest_equal(&digest, &session->policy.hash);
}

static bool policy_nv_ok(const struct vtpm_policy *policy, const struct vtpm_entity *entity)
{
	if (!policy->nv_checked)
		return true;
	return entity->nv && !(entity->nv->pub.attrs & VTPMA_NV_WRITTEN) == !policy->nv_written;
}

/* is the policy made for this command? */
static u32 policy_command_ok(struct vtpm_cmd *c, const struct vtpm_auth *auth)
{
	u32 command = auth->session->policy.command;

	if (command)
		return command == c->row->code ? 0 : VTPM_RC_POLICY_CC;
	return role_of(c, auth) == VTPM_ROLE_USER ? 0 : VTPM_RC_POLICY_FAIL;
}

/**
 * vtpm_policy_check() - is the authPolicy of the entity fulfilled?
 * @c: the command
 * @auth: a policy session that authorizes a handle
 *
 * Return: 0 or a bare code.
 */
u32 vtpm_policy_check(struct vtpm_cmd *c, const struct vtpm_auth *auth)
{
	const struct vtpm_session *session = auth->session;
	const struct vtpm_policy *policy = &session->policy;
	struct vtpm_entity *entity = entity_of(c, auth);
	struct vtpm *tpm = c->tpm;
	struct vtpm_digest wanted;
	u16 alg;
	u32 rc;

	if (c->row->code == VTPM_CC_POLICY_SECRET && !policy->password && !policy->auth_value)
		return VTPM_RC_MODE;
	if (policy->pcr_checked && policy->pcr_counter != vtpm_pcr_counter(tpm))
		return VTPM_RC_PCR_CHANGED;
	alg = vtpm_entity_policy(tpm, entity, &wanted);
	if (!vtpm_digest_equal(&session->digest, &wanted) || alg != session->hash)
		return VTPM_RC_POLICY_FAIL;
	if (policy->timeout &&
	    (policy->timeout < tpm->clock.time || policy->epoch != tpm->clock.epoch))
		return VTPM_RC_EXPIRED;
	rc = policy_command_ok(c, auth);
	if (rc)
		return rc;
	if (policy->locality && !(policy->locality < 32 && policy->locality & VTPMA_LOCALITY_ZERO))
		return VTPM_RC_LOCALITY;
	if (policy->presence)
		return VTPM_RC_PP;
	if (!policy_hash_ok(c, session) || !policy_nv_ok(policy, entity))
		return VTPM_RC_POLICY_FAIL;
	return 0;
}

/* --- the decision --------------------------------------------------------------------------- */

/**
 * vtpm_auth_check() - does a session authorize the handle that it stands for?
 * @c: the command
 * @auth: its session, with ->authorizes set; gets ->include_auth
 *
 * Return: 0 or a bare code.
 */
u32 vtpm_auth_check(struct vtpm_cmd *c, struct vtpm_auth *auth)
{
	struct vtpm_entity *entity = entity_of(c, auth);
	struct vtpm_session *session = auth->session;
	bool policy = session && vtpm_session_is_policy(session);
	u32 rc;

	if (c->row->flags & VTPM_C_PP && entity->handle == VTPM_RH_PLATFORM)
		return VTPM_RC_PP;
	if (!session)
		auth->include_auth = true;
	else if (policy)
		auth->include_auth = session->policy.auth_value || session->policy.password;
	else
		auth->include_auth = !vtpm_session_bound_to(c->tpm, session, entity);
	if (auth->include_auth && !vtpm_entity_no_da(entity)) {
		rc = vtpm_da_locked(c->tpm, entity->handle == VTPM_RH_LOCKOUT);
		if (rc)
			return rc;
	}
	if (policy) {
		if (!policy_available(c, auth))
			return VTPM_RC_AUTH_UNAVAILABLE;
		rc = vtpm_policy_check(c, auth);
		if (rc)
			return rc;
	} else {
		if (policy_required(c, auth))
			return VTPM_RC_AUTH_TYPE;
		if (!value_available(c, auth))
			return VTPM_RC_AUTH_UNAVAILABLE;
	}
	if (!session || (policy && session->policy.password))
		rc = check_password(c, auth);
	else
		rc = vtpm_auth_hmac_check(c, auth);
	if (entity->nv && auth->include_auth)
		vtpm_nv_auth_used(entity->nv, !rc);
	return rc;
}
