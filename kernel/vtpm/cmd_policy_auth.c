// SPDX-License-Identifier: GPL-2.0
/*
 * Assertions that somebody else authorizes, with a key, a secret, or a ticket
 * that says they already have: TPM 2.0 Library Part 3, section 23.
 */
#include "vtpm_internal.h"

/* of a timeout that travels with a ticket: it is also over at a TPM Reset */
#define UNTIL_RESET	BIT_ULL(63)

/* what PolicySigned, PolicySecret and PolicyTicket have in common */
struct authorization {
	struct vtpm_digest nonce;
	struct vtpm_digest cp_hash;
	struct vtpm_name policy_ref;
	s32 expiration;
	u64 timeout;
};

static bool is_trial(const struct vtpm_session *session)
{
	return session->type == VTPM_SE_TRIAL;
}

/* a TPM2B_NONCE where a struct vtpm_name is wanted */
static void get_policy_ref(struct vtpm_reader *r, struct vtpm_name *ref)
{
	ref->size = vtpm_get_2b(r, VTPM_MAX_DIGEST, ref->data);
}

static void get_authorization(struct vtpm_cmd *c, struct authorization *in)
{
	vtpm_get_digest(vtpm_param(c), &in->nonce);
	vtpm_get_digest(vtpm_param(c), &in->cp_hash);
	get_policy_ref(vtpm_param(c), &in->policy_ref);
	in->expiration = (s32)vtpm_get_u32(vtpm_param(c));
	in->timeout = 0;
}

/* parameter @at_timeout is too late, parameter 2 is no cpHash for this session */
static u32 check_limits(struct vtpm *tpm, const struct vtpm_session *session,
			const struct authorization *in, u32 at_timeout)
{
	const struct vtpm_policy *policy = &session->policy;

	if (in->timeout && (in->timeout < tpm->clock.time || session->epoch != tpm->clock.epoch))
		return VTPM_RC_EXPIRED + at_timeout;
	if (!in->cp_hash.size)
		return 0;
	if (in->cp_hash.size != session->digest.size)
		return VTPM_RC_SIZE + VTPM_RC_P(2);
	if (policy->hash_kind != VTPM_POLICY_NO_HASH &&
	    !vtpm_digest_equal(&in->cp_hash, &policy->hash))
		return VTPM_RC_CPHASH;
	return 0;
}

static u32 check_authorization(struct vtpm *tpm, const struct vtpm_session *session,
			       struct authorization *in)
{
	in->timeout = vtpm_policy_timeout(tpm, session, in->expiration, &in->nonce);
	if (in->nonce.size && !vtpm_digest_equal(&in->nonce, &session->nonce_tpm))
		return VTPM_RC_NONCE + VTPM_RC_P(1);
	return check_limits(tpm, session, in, VTPM_RC_P(4));
}

static void authorize(struct vtpm *tpm, struct vtpm_session *session, u32 command,
		      const struct vtpm_name *name, const struct authorization *in)
{
	vtpm_policy_update(tpm, session, command, name, &in->policy_ref);
	if (in->cp_hash.size)
		vtpm_policy_set_hash(session, VTPM_POLICY_CP_HASH, &in->cp_hash);
	vtpm_policy_limit_time(session, in->timeout);
}

/* timeout and ticket: the caller asked for them with a negative expiration */
static void put_ticket(struct vtpm_cmd *c, u16 tag, u32 hierarchy, const struct vtpm_name *name,
		       const struct authorization *in, bool wanted)
{
	bool until_reset = !in->nonce.size;
	struct vtpm_ticket ticket;
	u64 timeout = in->timeout & ~UNTIL_RESET;

	if (!wanted || in->expiration >= 0) {
		buf_put_be16(&c->out, 0);
		vtpm_ticket_null(tag, &ticket);
	} else {
		vtpm_ticket_auth(c->tpm, tag, hierarchy, timeout, until_reset, &in->cp_hash,
				 &in->policy_ref, name, &ticket);
		buf_put_be16(&c->out, sizeof(timeout));
		buf_put_be64(&c->out, timeout | (until_reset ? UNTIL_RESET : 0));
	}
	vtpm_put_ticket(&c->out, &ticket);
}

/* --- PolicySigned ---------------------------------------------------------------------- */

/* what the key signs: H(nonceTPM || expiration || cpHashA || policyRef) */
static u32 check_signature(struct vtpm_cmd *c, const struct authorization *in,
			   const struct vtpm_signature *signature)
{
	struct vtpm_digest digest;
	struct vtpm_hash h;
	u32 rc;

	vtpm_hash_start(c->tpm, &h, signature->hash);
	vtpm_hash_digest(&h, &in->nonce);
	vtpm_hash_u32(&h, in->expiration);
	vtpm_hash_digest(&h, &in->cp_hash);
	vtpm_hash_name(&h, &in->policy_ref);
	vtpm_hash_final(&h, &digest);
	rc = vtpm_verify(c->tpm, c->entity[0].object, &digest, signature);
	return vtpm_rc_at(rc, VTPM_RC_P(5));
}

/** vtpm_cmd_policy_signed() - TPM2_PolicySigned */
u32 vtpm_cmd_policy_signed(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[1].session;
	struct vtpm_signature *signature = vtpm_tmp(c, sizeof(*signature));
	struct authorization in;
	struct vtpm_name name;
	u32 rc;

	if (!signature)
		return VTPM_RC_MEMORY;
	get_authorization(c, &in);
	vtpm_get_signature(vtpm_param(c), signature, VTPM_NO_NULL);
	rc = vtpm_params_end(c);
	if (!rc && !is_trial(session))
		rc = check_authorization(c->tpm, session, &in);
	if (!rc && !is_trial(session))
		rc = check_signature(c, &in, signature);
	if (rc)
		return rc;
	vtpm_entity_name(c->tpm, &c->entity[0], &name);
	authorize(c->tpm, session, VTPM_CC_POLICY_SIGNED, &name, &in);
	put_ticket(c, VTPM_ST_AUTH_SIGNED, vtpm_entity_hierarchy(&c->entity[0]), &name, &in,
		   !is_trial(session));
	return 0;
}

/* --- PolicySecret ----------------------------------------------------------------------- */

/* a PIN Pass index authorizes a limited number of times, so never with a ticket */
static bool counts_uses(const struct vtpm_entity *entity)
{
	return entity->nv && VTPM_NT(entity->nv->pub.attrs) == VTPM_NT_PIN_PASS;
}

/** vtpm_cmd_policy_secret() - TPM2_PolicySecret: the authValue has been checked already */
u32 vtpm_cmd_policy_secret(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[1].session;
	const struct vtpm_entity *entity = &c->entity[0];
	struct authorization in;
	struct vtpm_name name;
	u32 rc;

	get_authorization(c, &in);
	rc = vtpm_params_end(c);
	if (!rc && !is_trial(session))
		rc = check_authorization(c->tpm, session, &in);
	if (rc)
		return rc;
	vtpm_entity_name(c->tpm, entity, &name);
	authorize(c->tpm, session, VTPM_CC_POLICY_SECRET, &name, &in);
	put_ticket(c, VTPM_ST_AUTH_SECRET, vtpm_entity_hierarchy(entity), &name, &in,
		   !is_trial(session) && !counts_uses(entity));
	return 0;
}

/* --- PolicyTicket ------------------------------------------------------------------------- */

static u32 check_ticket(struct vtpm_cmd *c, const struct authorization *in, bool until_reset,
			const struct vtpm_name *name, const struct vtpm_ticket *ticket)
{
	struct vtpm_ticket good;

	vtpm_ticket_auth(c->tpm, ticket->tag, ticket->hierarchy, in->timeout, until_reset,
			 &in->cp_hash, &in->policy_ref, name, &good);
	return vtpm_ticket_equal(&good, ticket) ? 0 : VTPM_RC_TICKET + VTPM_RC_P(5);
}

/** vtpm_cmd_policy_ticket() - TPM2_PolicyTicket: no trial, which would not need it */
u32 vtpm_cmd_policy_ticket(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	struct authorization in = { };
	struct vtpm_ticket ticket;
	struct vtpm_blob timeout;
	struct vtpm_name name;
	bool until_reset;
	u32 rc;

	vtpm_get_blob(vtpm_param(c), sizeof(u64), &timeout);
	vtpm_get_digest(vtpm_param(c), &in.cp_hash);
	get_policy_ref(vtpm_param(c), &in.policy_ref);
	vtpm_get_name(vtpm_param(c), &name);
	vtpm_get_auth_ticket(vtpm_param(c), &ticket);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (is_trial(session))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(1);
	if (timeout.size != sizeof(u64))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	in.timeout = get_unaligned_be64(timeout.data);
	until_reset = in.timeout & UNTIL_RESET;
	in.timeout &= ~UNTIL_RESET;
	rc = check_limits(c->tpm, session, &in, VTPM_RC_P(1));
	if (!rc)
		rc = check_ticket(c, &in, until_reset, &name, &ticket);
	if (rc)
		return rc;
	authorize(c->tpm, session, ticket.tag == VTPM_ST_AUTH_SIGNED ? VTPM_CC_POLICY_SIGNED :
								       VTPM_CC_POLICY_SECRET,
		  &name, &in);
	return 0;
}

/* --- PolicyAuthorize, PolicyAuthorizeNV: a policy that can be changed ----------------------- */

/* nameAlg of a Name that has the right size for it */
static u32 name_alg_of(const struct vtpm_name *name, u16 *alg)
{
	*alg = name->size < 2 ? VTPM_ALG_NULL : get_unaligned_be16(name->data);
	if (!vtpm_digest_size(*alg))
		return VTPM_RC_HASH;
	return vtpm_digest_size(*alg) == name->size - 2 ? 0 : VTPM_RC_SIZE;
}

/* has the key signed H(approvedPolicy || policyRef)? */
static u32 check_approval(struct vtpm_cmd *c, u16 alg, const struct vtpm_digest *approved,
			  const struct vtpm_name *policy_ref, const struct vtpm_name *key,
			  const struct vtpm_ticket *ticket)
{
	struct vtpm_digest digest;
	struct vtpm_ticket good;
	struct vtpm_hash h;

	if (!vtpm_digest_equal(&c->entity[0].session->digest, approved))
		return VTPM_RC_VALUE + VTPM_RC_P(1);
	vtpm_hash_start(c->tpm, &h, alg);
	vtpm_hash_digest(&h, approved);
	vtpm_hash_name(&h, policy_ref);
	vtpm_hash_final(&h, &digest);
	vtpm_ticket_verified(c->tpm, ticket->hierarchy, &digest, key, &good);
	return vtpm_ticket_equal(&good, ticket) ? 0 : VTPM_RC_VALUE + VTPM_RC_P(4);
}

/** vtpm_cmd_policy_authorize() - TPM2_PolicyAuthorize */
u32 vtpm_cmd_policy_authorize(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	struct vtpm_name policy_ref, key;
	struct vtpm_digest approved;
	struct vtpm_ticket ticket;
	u16 alg;
	u32 rc;

	vtpm_get_digest(vtpm_param(c), &approved);
	get_policy_ref(vtpm_param(c), &policy_ref);
	vtpm_get_name(vtpm_param(c), &key);
	vtpm_get_ticket(vtpm_param(c), VTPM_ST_VERIFIED, &ticket);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	rc = vtpm_rc_at(name_alg_of(&key, &alg), VTPM_RC_P(3));
	if (!rc && !is_trial(session))
		rc = check_approval(c, alg, &approved, &policy_ref, &key, &ticket);
	if (rc)
		return rc;
	vtpm_policy_zero(session);
	vtpm_policy_update(c->tpm, session, VTPM_CC_POLICY_AUTHORIZE, &key, &policy_ref);
	return 0;
}

/* does the index hold, as a TPMT_HA, the policy digest of the session? */
static u32 check_nv_policy(struct vtpm_cmd *c, const struct vtpm_session *session)
{
	const struct vtpm_nv *nv = c->entity[1].nv;
	struct vtpm_reader r;
	const u8 *digest;
	u16 alg;
	u32 rc;

	rc = vtpm_nv_read_access(&c->entity[0], nv);
	if (rc)
		return rc;
	vtpm_reader_init(&r, nv->data, nv->pub.size, 0);
	alg = vtpm_get_hash_alg(&r, VTPM_NO_NULL);
	digest = vtpm_get_here(&r, vtpm_digest_size(alg));
	if (r.rc)
		return r.rc;
	if (alg != session->hash)
		return VTPM_RC_HASH;
	return vtpm_equal(digest, session->digest.data, session->digest.size) ? 0 : VTPM_RC_VALUE;
}

/** vtpm_cmd_policy_authorize_nv() - TPM2_PolicyAuthorizeNV */
u32 vtpm_cmd_policy_authorize_nv(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[2].session;
	struct vtpm_name name;
	u32 rc = vtpm_params_end(c);

	if (!rc && !is_trial(session))
		rc = check_nv_policy(c, session);
	if (rc)
		return rc;
	vtpm_nv_name(c->tpm, c->entity[1].nv, &name);
	vtpm_policy_zero(session);
	vtpm_policy_extend(c->tpm, session, VTPM_CC_POLICY_AUTHORIZE_NV, name.data, name.size);
	return 0;
}
