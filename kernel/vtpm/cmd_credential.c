// SPDX-License-Identifier: GPL-2.0
/*
 * Credentials: a secret that only the TPM with both keys can read.  TPM 2.0
 * Library Part 1, section 24; Part 3, sections 12.5 and 12.6.
 */
#include "vtpm_internal.h"

/* TPM2B_ID_OBJECT: HMAC and credential, each a TPM2B */
#define MAX_ID_OBJECT		(2 * (2 + VTPM_MAX_DIGEST))

/*
 * Can a seed be sent to it, and has it a cipher?  Then it is an asymmetric storage
 * key; without a nameAlg, as LoadExternal accepts it, it has no hash to derive from.
 */
static bool protects_identity(const struct vtpm_object *key)
{
	const u32 storage = VTPMA_OBJECT_RESTRICTED | VTPMA_OBJECT_DECRYPT;

	return (key->pub.type == VTPM_ALG_RSA || key->pub.type == VTPM_ALG_ECC) &&
	       (key->pub.attrs & storage) == storage && key->pub.name_alg != VTPM_ALG_NULL;
}

/**
 * struct credential - a credential being made
 * @info: what it says
 * @name: Name of the object it is for
 * @seed: seed of the wrap
 * @secret: TPM2B_ENCRYPTED_SECRET of @seed
 * @len: bytes of @data
 * @data: TPM2B_DIGEST of @info, then the TPMS_ID_OBJECT
 */
struct credential {
	struct vtpm_digest info;
	struct vtpm_name name;
	struct vtpm_digest seed;
	u8 secret[2 + VTPM_MAX_RSA];
	size_t len;
	u8 data[MAX_ID_OBJECT];
};

/** vtpm_cmd_make_credential() - TPM2_MakeCredential */
u32 vtpm_cmd_make_credential(struct vtpm_cmd *c)
{
	const struct vtpm_object *key = c->entity[0].object;
	struct credential *m = vtpm_tmp(c, sizeof(*m));
	struct buf_writer w, secret;
	u32 rc;

	if (!m)
		return VTPM_RC_MEMORY;
	vtpm_get_digest(vtpm_param(c), &m->info);
	vtpm_get_name(vtpm_param(c), &m->name);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!protects_identity(key))
		return VTPM_RC_TYPE + VTPM_RC_H(1);
	if (m->info.size > vtpm_digest_size(key->pub.name_alg))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	buf_writer_init(&secret, m->secret, sizeof(m->secret));
	rc = vtpm_secret_make(c->tpm, key, "IDENTITY", &m->seed, &secret);
	if (rc)
		return rc;
	buf_writer_init(&w, m->data, sizeof(m->data));
	vtpm_put_digest(&w, &m->info);
	m->len = w.len;
	rc = vtpm_wrap_outer(c->tpm, key, &m->name, &m->seed, false, m->data, &m->len,
			     sizeof(m->data));
	if (rc)
		return rc;
	vtpm_put_2b(&c->out, m->data, m->len);
	buf_put(&c->out, m->secret, secret.len);
	return 0;
}

static u32 open_credential(struct vtpm *tpm, const struct vtpm_object *key,
			   const struct vtpm_name *name, const struct vtpm_digest *seed,
			   const struct vtpm_blob *blob, struct vtpm_digest *credential)
{
	u8 data[MAX_ID_OBJECT];
	struct vtpm_reader r;
	size_t len;
	u32 rc;

	rc = vtpm_unwrap_outer(tpm, key, name, seed, false, blob, data, &len);
	if (rc)
		return rc;
	vtpm_reader_init(&r, data, len, 0);
	vtpm_get_digest(&r, credential);
	if (!r.rc && buf_left(&r.buf))
		vtpm_reader_fail(&r, VTPM_RC_SIZE);
	memzero_explicit(data, sizeof(data));
	return r.rc;
}

/** vtpm_cmd_activate_credential() - TPM2_ActivateCredential */
u32 vtpm_cmd_activate_credential(struct vtpm_cmd *c)
{
	const struct vtpm_object *object = c->entity[0].object, *key = c->entity[1].object;
	struct vtpm_digest credential, seed;
	struct vtpm_blob blob, secret;
	u32 rc;

	vtpm_get_blob(vtpm_param(c), MAX_ID_OBJECT, &blob);
	vtpm_get_blob(vtpm_param(c), VTPM_MAX_RSA, &secret);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!protects_identity(key))
		return VTPM_RC_TYPE + VTPM_RC_H(2);
	rc = vtpm_secret_open(c->tpm, key, "IDENTITY", &secret, &seed);
	if (rc)
		return vtpm_rc_at(rc, VTPM_RC_P(2));
	rc = open_credential(c->tpm, key, &object->name, &seed, &blob, &credential);
	if (!rc)
		vtpm_put_digest(&c->out, &credential);
	memzero_explicit(&seed, sizeof(seed));
	memzero_explicit(&credential, sizeof(credential));
	return vtpm_rc_at(rc, VTPM_RC_P(1));
}
