// SPDX-License-Identifier: GPL-2.0
/*
 * Signatures over a caller's digest: TPM 2.0 Library Part 3, section 20.
 */
#include "vtpm_internal.h"

/**
 * struct sign - a signature and what it is about
 * @digest: what is signed
 * @scheme: inScheme, then the scheme it is signed with
 * @ticket: validation
 * @right: what the ticket should be
 * @signature: the signature
 */
struct sign {
	struct vtpm_digest digest;
	struct vtpm_scheme scheme;
	struct vtpm_ticket ticket;
	struct vtpm_ticket right;
	struct vtpm_signature signature;
};

/*
 * A restricted key signs nothing that the TPM has not hashed itself: nobody can
 * have it sign what looks like an attestation.
 */
static u32 check_digest(struct vtpm *tpm, const struct vtpm_object *key, struct sign *s)
{
	if (!s->ticket.digest.size && !(key->pub.attrs & VTPMA_OBJECT_RESTRICTED))
		return s->digest.size == vtpm_digest_size(s->scheme.hash) ?
			0 : VTPM_RC_SIZE + VTPM_RC_P(1);
	vtpm_ticket_hashcheck(tpm, s->ticket.hierarchy, s->scheme.hash, &s->digest, &s->right);
	return vtpm_ticket_equal(&s->ticket, &s->right) ? 0 : VTPM_RC_TICKET + VTPM_RC_P(3);
}

/** vtpm_cmd_sign() - TPM2_Sign */
u32 vtpm_cmd_sign(struct vtpm_cmd *c)
{
	const struct vtpm_object *key = c->entity[0].object;
	struct sign *s = vtpm_tmp(c, sizeof(*s));
	u32 rc;

	if (!s)
		return VTPM_RC_MEMORY;
	vtpm_get_digest(vtpm_param(c), &s->digest);
	vtpm_get_sig_scheme(vtpm_param(c), &s->scheme, VTPM_NULL_OK);
	vtpm_get_ticket(vtpm_param(c), VTPM_ST_HASHCHECK, &s->ticket);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!vtpm_object_signs(key))
		return VTPM_RC_KEY + VTPM_RC_H(1);
	if (key->pub.attrs & VTPMA_OBJECT_X509_SIGN)
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(1);
	rc = vtpm_scheme_select(key, &s->scheme);
	if (rc)
		return vtpm_rc_at(rc, VTPM_RC_P(2));
	rc = check_digest(c->tpm, key, s);
	if (!rc)
		rc = vtpm_sign(c->tpm, key, &s->scheme, &s->digest, &s->signature);
	if (rc)
		return rc;
	vtpm_put_signature(&c->out, &s->signature);
	return 0;
}

/** vtpm_cmd_verify_signature() - TPM2_VerifySignature */
u32 vtpm_cmd_verify_signature(struct vtpm_cmd *c)
{
	const struct vtpm_object *key = c->entity[0].object;
	struct sign *s = vtpm_tmp(c, sizeof(*s));
	u32 rc;

	if (!s)
		return VTPM_RC_MEMORY;
	vtpm_get_digest(vtpm_param(c), &s->digest);
	vtpm_get_signature(vtpm_param(c), &s->signature, VTPM_NO_NULL);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!(key->pub.attrs & VTPMA_OBJECT_SIGN))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(1);
	rc = vtpm_verify(c->tpm, key, &s->digest, &s->signature);
	if (rc)
		return vtpm_rc_at(rc, VTPM_RC_P(2));
	if (key->hierarchy == VTPM_RH_NULL || key->pub.name_alg == VTPM_ALG_NULL)
		vtpm_ticket_null(VTPM_ST_VERIFIED, &s->ticket);
	else
		vtpm_ticket_verified(c->tpm, key->hierarchy, &s->digest, &key->name, &s->ticket);
	vtpm_put_ticket(&c->out, &s->ticket);
	return 0;
}
