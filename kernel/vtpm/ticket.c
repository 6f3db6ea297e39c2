// SPDX-License-Identifier: GPL-2.0
/*
 * Tickets: what the TPM has seen once and will not look at again.  TPM 2.0
 * Library Part 2, section 10.7.
 *
 * A ticket is an HMAC-SHA-512 under the proof of a hierarchy, so it dies with
 * TPM2_Clear or a new seed.  Nobody but the TPM looks into it.
 */
#include "vtpm_internal.h"

/** vtpm_ticket_null() - a ticket that says nothing */
void vtpm_ticket_null(u16 tag, struct vtpm_ticket *ticket)
{
	memset(ticket, 0, sizeof(*ticket));
	ticket->tag = tag;
	ticket->hierarchy = VTPM_RH_NULL;
}

static void begin(struct vtpm *tpm, u16 tag, u32 hierarchy, struct vtpm_hmac *h,
		  struct vtpm_ticket *ticket)
{
	const struct vtpm_hierarchy *from = vtpm_hierarchy(tpm, hierarchy);

	if (!from)
		from = &tpm->hierarchy[VTPM_NULL];
	ticket->tag = tag;
	ticket->hierarchy = hierarchy;
	vtpm_hmac_start(tpm, h, VTPM_ALG_SHA512, from->proof, sizeof(from->proof));
	vtpm_hash_u16(&h->hash, tag);
}

/**
 * vtpm_ticket_creation() - TPMT_TK_CREATION: the TPM made this object so
 * @tpm: the vTPM
 * @hierarchy: VTPM_RH_* of the object
 * @name: its Name
 * @creation_hash: digest of its creation data
 * @ticket: result
 */
void vtpm_ticket_creation(struct vtpm *tpm, u32 hierarchy, const struct vtpm_name *name,
			  const struct vtpm_digest *creation_hash, struct vtpm_ticket *ticket)
{
	struct vtpm_hmac h;

	begin(tpm, VTPM_ST_CREATION, hierarchy, &h, ticket);
	vtpm_hash_name(&h.hash, name);
	vtpm_hash_digest(&h.hash, creation_hash);
	vtpm_hmac_final(&h, &ticket->digest);
}

/**
 * vtpm_ticket_verified() - TPMT_TK_VERIFIED: this key has signed this digest
 * @tpm: the vTPM
 * @hierarchy: VTPM_RH_* of the key
 * @digest: what was signed
 * @key: Name of the key
 * @ticket: result
 */
void vtpm_ticket_verified(struct vtpm *tpm, u32 hierarchy, const struct vtpm_digest *digest,
			  const struct vtpm_name *key, struct vtpm_ticket *ticket)
{
	struct vtpm_hmac h;

	begin(tpm, VTPM_ST_VERIFIED, hierarchy, &h, ticket);
	vtpm_hash_digest(&h.hash, digest);
	vtpm_hash_name(&h.hash, key);
	vtpm_hmac_final(&h, &ticket->digest);
}

/**
 * vtpm_ticket_hashcheck() - TPMT_TK_HASHCHECK: the TPM computed this digest, of
 *                           nothing that looks like a structure of its own
 * @tpm: the vTPM
 * @hierarchy: VTPM_RH_* that the caller named
 * @alg: hash of @digest
 * @digest: the digest
 * @ticket: result
 */
void vtpm_ticket_hashcheck(struct vtpm *tpm, u32 hierarchy, u16 alg,
			   const struct vtpm_digest *digest, struct vtpm_ticket *ticket)
{
	struct vtpm_hmac h;

	begin(tpm, VTPM_ST_HASHCHECK, hierarchy, &h, ticket);
	vtpm_hash_u16(&h.hash, alg);
	vtpm_hash_digest(&h.hash, digest);
	vtpm_hmac_final(&h, &ticket->digest);
}

/**
 * vtpm_ticket_auth() - TPMT_TK_AUTH: PolicySigned or PolicySecret has succeeded
 * @tpm: the vTPM
 * @tag: VTPM_ST_AUTH_SIGNED or VTPM_ST_AUTH_SECRET
 * @hierarchy: VTPM_RH_* of the entity
 * @timeout: when it expires, ms of the vTPM's time; 0: never
 * @expires_on_reset: also at a TPM Reset
 * @cp_hash: command it is limited to, or empty
 * @policy_ref: policyRef, or empty
 * @entity: Name of the entity
 * @ticket: result
 */
void vtpm_ticket_auth(struct vtpm *tpm, u16 tag, u32 hierarchy, u64 timeout, bool expires_on_reset,
		      const struct vtpm_digest *cp_hash, const struct vtpm_name *policy_ref,
		      const struct vtpm_name *entity, struct vtpm_ticket *ticket)
{
	struct vtpm_hmac h;

	begin(tpm, tag, hierarchy, &h, ticket);
	/* two of variable size side by side: their sizes keep them apart */
	vtpm_hash_u16(&h.hash, cp_hash->size);
	vtpm_hash_digest(&h.hash, cp_hash);
	vtpm_hash_u16(&h.hash, policy_ref->size);
	vtpm_hash_name(&h.hash, policy_ref);
	vtpm_hash_name(&h.hash, entity);
	vtpm_hash_u64(&h.hash, timeout);
	if (timeout) {
		vtpm_hash_u32(&h.hash, tpm->clock.epoch);
		if (expires_on_reset)
			vtpm_hash_u64(&h.hash, tpm->total_resets);
	}
	vtpm_hmac_final(&h, &ticket->digest);
}

/** vtpm_ticket_equal() - do the HMACs of two tickets of one tag and hierarchy agree? */
bool vtpm_ticket_equal(const struct vtpm_ticket *a, const struct vtpm_ticket *b)
{
	return vtpm_digest_equal(&a->digest, &b->digest);
}
