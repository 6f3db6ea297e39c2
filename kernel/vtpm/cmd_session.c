// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: TPM 2.0 Library Part 3, section 11, and the two policy commands that
 * assert nothing (23.1 PolicyRestart, 23.18 PolicyGetDigest).
 */
#include "vtpm_internal.h"

/* parameters of TPM2_StartAuthSession */
struct start {
	struct vtpm_digest nonce_caller;
	struct vtpm_blob encrypted_salt;
	u8 type;
	struct vtpm_sym sym;
	u16 hash;
	struct vtpm_digest salt;
};

enum { P_NONCE = 1, P_SALT, P_TYPE, P_SYM, P_HASH };
enum { H_KEY = 1, H_BIND };

static u8 get_type(struct vtpm_reader *r)
{
	u8 type = vtpm_get_u8(r);

	switch (type) {
	case VTPM_SE_HMAC:
	case VTPM_SE_POLICY:
	case VTPM_SE_TRIAL:
		break;
	default:
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	}
	return type;
}

static u32 parse(struct vtpm_cmd *c, struct start *in)
{
	vtpm_get_digest(vtpm_param(c), &in->nonce_caller);
	vtpm_get_blob(vtpm_param(c), VTPM_MAX_RSA, &in->encrypted_salt);
	in->type = get_type(vtpm_param(c));
	vtpm_get_sym_def(vtpm_param(c), &in->sym, VTPM_NULL_OK);
	in->hash = vtpm_get_hash_alg(vtpm_param(c), VTPM_NO_NULL);
	return vtpm_params_end(c);
}

/* the salt under tpmKey, which needs no authorization for this */
static u32 open_salt(struct vtpm_cmd *c, struct start *in)
{
	const struct vtpm_object *key = c->entity[0].object;

	if (!key)
		return in->encrypted_salt.size ? VTPM_RC_VALUE + VTPM_RC_P(P_SALT) : 0;
	if (VTPM_OBJECT_IS_SEQUENCE(key) ||
	    (key->pub.type != VTPM_ALG_RSA && key->pub.type != VTPM_ALG_ECC))
		return VTPM_RC_KEY + VTPM_RC_H(H_KEY);
	if (!in->encrypted_salt.size)
		return VTPM_RC_VALUE + VTPM_RC_P(P_SALT);
	if (key->public_only)
		return VTPM_RC_HANDLE + VTPM_RC_H(H_KEY);
	if (!(key->pub.attrs & VTPMA_OBJECT_DECRYPT))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(H_KEY);
	if (vtpm_secret_open(c->tpm, key, "SECRET", &in->encrypted_salt, &in->salt))
		return VTPM_RC_VALUE + VTPM_RC_P(P_SALT);
	return 0;
}

/* an entity whose authValue is known, and tells its own Name */
static bool can_bind(const struct vtpm_entity *entity)
{
	const struct vtpm_object *object = entity->object;

	if (entity->nv)
		return VTPM_NT(entity->nv->pub.attrs) != VTPM_NT_PIN_FAIL &&
		       VTPM_NT(entity->nv->pub.attrs) != VTPM_NT_PIN_PASS;
	if (object && VTPM_HT(object->handle) == VTPM_HT_TRANSIENT)
		return !VTPM_OBJECT_IS_SEQUENCE(object) && !object->public_only &&
		       object->pub.name_alg != VTPM_ALG_NULL;
	return true;
}

static u32 check(struct vtpm_cmd *c, struct start *in)
{
	u32 rc;

	if (in->nonce_caller.size < 16 || in->nonce_caller.size > vtpm_digest_size(in->hash))
		return VTPM_RC_SIZE + VTPM_RC_P(P_NONCE);
	rc = open_salt(c, in);
	if (rc)
		return rc;
	if (!can_bind(&c->entity[1]))
		return VTPM_RC_HANDLE + VTPM_RC_H(H_BIND);
	if (in->sym.alg == VTPM_ALG_AES && in->sym.mode != VTPM_ALG_CFB)
		return VTPM_RC_MODE + VTPM_RC_P(P_SYM);
	return 0;
}

/* sessionKey = KDFa(authValue of bind || salt, "ATH", nonceTPM, nonceCaller) */
static void make_key(struct vtpm *tpm, struct vtpm_session *session, const struct start *in,
		     const struct vtpm_entity *bind)
{
	u8 key[2 * VTPM_MAX_DIGEST];
	struct vtpm_digest auth;
	u16 size = vtpm_digest_size(in->hash);

	vtpm_entity_auth(tpm, bind, &auth);
	memcpy(key, auth.data, auth.size);
	memcpy(key + auth.size, in->salt.data, in->salt.size);
	vtpm_kdfa(tpm, in->hash, key, auth.size + in->salt.size, "ATH", session->nonce_tpm.data, size,
		  in->nonce_caller.data, in->nonce_caller.size, session->key.data, 8 * size);
	session->key.size = size;
	memzero_explicit(&auth, sizeof(auth));
	memzero_explicit(key, sizeof(key));
}

/** vtpm_cmd_start_auth_session() - TPM2_StartAuthSession */
u32 vtpm_cmd_start_auth_session(struct vtpm_cmd *c)
{
	const struct vtpm_entity *key = &c->entity[0], *bind = &c->entity[1];
	struct start *in = vtpm_tmp(c, sizeof(*in));
	struct vtpm_session *session;
	u32 rc;

	if (!in)
		return VTPM_RC_MEMORY;
	rc = parse(c, in);
	if (!rc)
		rc = check(c, in);
	if (!rc)
		rc = vtpm_session_create(c->tpm, c->space, in->type, &session);
	if (rc)
		return rc;
	session->hash = in->hash;
	session->sym = in->sym;
	session->nonce_tpm.size = vtpm_digest_size(in->hash);
	vtpm_random(c->tpm, session->nonce_tpm.data, session->nonce_tpm.size);
	if (key->object || bind->handle != VTPM_RH_NULL)
		make_key(c->tpm, session, in, bind);
	if (bind->handle != VTPM_RH_NULL)
		vtpm_session_bind(c->tpm, session, bind);
	vtpm_session_policy_reset(session);
	vtpm_session_start_time(c->tpm, session);
	c->response_handle = session->handle;
	vtpm_put_digest(&c->out, &session->nonce_tpm);
	return 0;
}

/** vtpm_cmd_policy_restart() - TPM2_PolicyRestart: the nonce and its age stay */
u32 vtpm_cmd_policy_restart(struct vtpm_cmd *c)
{
	u32 rc = vtpm_params_end(c);

	if (!rc)
		vtpm_session_policy_reset(c->entity[0].session);
	return rc;
}

/** vtpm_cmd_policy_get_digest() - TPM2_PolicyGetDigest */
u32 vtpm_cmd_policy_get_digest(struct vtpm_cmd *c)
{
	u32 rc = vtpm_params_end(c);

	if (!rc)
		vtpm_put_digest(&c->out, &c->entity[0].session->digest);
	return rc;
}
