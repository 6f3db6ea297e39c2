// SPDX-License-Identifier: GPL-2.0
/*
 * Digests and HMACs of what a caller has, at once or in a sequence: TPM 2.0
 * Library Part 3, sections 15.4, 15.5 and 17.
 *
 * A digest comes with a ticket that says the TPM has computed it, so a restricted
 * key may sign it.  Only such a key signs the TPM's own structures, and these
 * begin with TPM_GENERATED: what begins so gets no ticket.
 */
#include "vtpm_internal.h"

/* long enough to tell, and does not begin like a structure of the TPM's own */
static bool is_safe(const struct vtpm_blob *data)
{
	return data->size >= 4 && get_unaligned_be32(data->data) != VTPM_GENERATED;
}

static void put_ticket(struct vtpm_cmd *c, u32 hierarchy, bool safe, u16 alg,
		       const struct vtpm_digest *digest)
{
	struct vtpm_ticket ticket;

	if (safe && hierarchy != VTPM_RH_NULL)
		vtpm_ticket_hashcheck(c->tpm, hierarchy, alg, digest, &ticket);
	else
		vtpm_ticket_null(VTPM_ST_HASHCHECK, &ticket);
	vtpm_put_ticket(&c->out, &ticket);
}

/** vtpm_cmd_hash() - TPM2_Hash */
u32 vtpm_cmd_hash(struct vtpm_cmd *c)
{
	struct vtpm_digest digest;
	struct vtpm_blob data;
	u32 hierarchy, rc;
	u16 alg;

	vtpm_get_blob(vtpm_param(c), VTPM_INPUT_BUFFER, &data);
	alg = vtpm_get_hash_alg(vtpm_param(c), VTPM_NO_NULL);
	hierarchy = vtpm_get_hierarchy(vtpm_param(c));
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	vtpm_digest(c->tpm, alg, data.data, data.size, &digest);
	vtpm_put_digest(&c->out, &digest);
	put_ticket(c, hierarchy, data.size < 4 || is_safe(&data), alg, &digest);
	return 0;
}

/* --- HMAC ---------------------------------------------------------------------------- */

/* Is handle 1 a key that makes HMACs of anything?  Then *@alg becomes the hash. */
static u32 check_hmac_key(const struct vtpm_object *key, u16 *alg)
{
	const struct vtpm_public *pub = &key->pub;

	if (VTPM_OBJECT_IS_SEQUENCE(key) || pub->type != VTPM_ALG_KEYEDHASH)
		return VTPM_RC_TYPE + VTPM_RC_H(1);
	if (pub->attrs & VTPMA_OBJECT_RESTRICTED)
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(1);
	if (!(pub->attrs & VTPMA_OBJECT_SIGN))
		return VTPM_RC_KEY + VTPM_RC_H(1);
	if (pub->scheme.scheme != VTPM_ALG_NULL) {
		if (*alg != VTPM_ALG_NULL && *alg != pub->scheme.hash)
			return VTPM_RC_VALUE + VTPM_RC_P(2);
		*alg = pub->scheme.hash;
	}
	return *alg == VTPM_ALG_NULL ? VTPM_RC_VALUE + VTPM_RC_P(2) : 0;
}

/** vtpm_cmd_hmac() - TPM2_HMAC */
u32 vtpm_cmd_hmac(struct vtpm_cmd *c)
{
	const struct vtpm_object *key = c->entity[0].object;
	struct vtpm_digest digest;
	struct vtpm_blob data;
	struct vtpm_hmac h;
	u16 alg;
	u32 rc;

	vtpm_get_blob(vtpm_param(c), VTPM_INPUT_BUFFER, &data);
	alg = vtpm_get_hash_alg(vtpm_param(c), VTPM_NULL_OK);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = check_hmac_key(key, &alg);
	if (rc)
		return rc;
	vtpm_hmac_start(c->tpm, &h, alg, key->sensitive.data, key->sensitive.size);
	vtpm_hash_update(&h.hash, data.data, data.size);
	vtpm_hmac_final(&h, &digest);
	vtpm_put_digest(&c->out, &digest);
	return 0;
}

/* --- sequences ------------------------------------------------------------------------- */

/* a sequence object with room for its digests; loaded at once */
static u32 new_sequence(struct vtpm_cmd *c, u8 kind, unsigned int hashes,
			const struct vtpm_digest *auth, struct vtpm_sequence **sequence)
{
	struct vtpm_object *object;
	u32 rc;

	if (!vtpm_space_has_slot(c->space))
		return VTPM_RC_OBJECT_MEMORY;
	object = vtpm_object_alloc();
	if (!object)
		return VTPM_RC_MEMORY;
	object->sequence = vtpm_sequence_alloc(hashes);
	rc = object->sequence ? vtpm_space_add(c->space, object) : VTPM_RC_MEMORY;
	if (rc) {
		vtpm_object_free(object);
		return rc;
	}
	object->kind = kind;
	object->hierarchy = VTPM_RH_NULL;
	object->pub.name_alg = VTPM_ALG_NULL;
	object->pub.attrs = VTPMA_OBJECT_USER_WITH_AUTH | VTPMA_OBJECT_NO_DA;
	object->sequence->auth = *auth;
	vtpm_trim_auth(&object->sequence->auth);
	c->response_handle = object->handle;
	*sequence = object->sequence;
	return 0;
}

/** vtpm_cmd_hash_sequence_start() - TPM2_HashSequenceStart */
u32 vtpm_cmd_hash_sequence_start(struct vtpm_cmd *c)
{
	struct vtpm_sequence *s;
	struct vtpm_digest auth;
	unsigned int i;
	bool event;
	u16 alg;
	u32 rc;

	vtpm_get_digest(vtpm_param(c), &auth);
	alg = vtpm_get_hash_alg(vtpm_param(c), VTPM_NULL_OK);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	event = alg == VTPM_ALG_NULL;
	rc = new_sequence(c, event ? VTPM_SEQUENCE_EVENT : VTPM_SEQUENCE_HASH,
			  event ? VTPM_NR_HASHES : 1, &auth, &s);
	if (rc)
		return rc;
	for (i = 0; i < s->count; i++)
		vtpm_hash_start(c->tpm, &s->hash[i], event ? vtpm_hash_alg(i) : alg);
	return 0;
}

/** vtpm_cmd_hmac_start() - TPM2_HMAC_Start */
u32 vtpm_cmd_hmac_start(struct vtpm_cmd *c)
{
	const struct vtpm_object *key = c->entity[0].object;
	struct vtpm_sequence *s;
	struct vtpm_digest auth;
	struct vtpm_hmac h;
	u16 alg;
	u32 rc;

	vtpm_get_digest(vtpm_param(c), &auth);
	alg = vtpm_get_hash_alg(vtpm_param(c), VTPM_NULL_OK);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = check_hmac_key(key, &alg);
	if (!rc)
		rc = new_sequence(c, VTPM_SEQUENCE_HMAC, 1, &auth, &s);
	if (rc)
		return rc;
	vtpm_hmac_start(c->tpm, &h, alg, key->sensitive.data, key->sensitive.size);
	s->hash[0] = h.hash;
	memcpy(s->key, h.key, sizeof(s->key));
	memzero_explicit(&h, sizeof(h));
	return 0;
}

/* the first bytes decide whether there will be a ticket; then all of them are added */
static void update(struct vtpm_sequence *s, const struct vtpm_blob *data)
{
	unsigned int i;

	if (!s->started)
		s->generated = !is_safe(data);
	s->started = true;
	for (i = 0; i < s->count; i++)
		vtpm_hash_update(&s->hash[i], data->data, data->size);
}

/** vtpm_cmd_sequence_update() - TPM2_SequenceUpdate */
u32 vtpm_cmd_sequence_update(struct vtpm_cmd *c)
{
	struct vtpm_object *object = c->entity[0].object;
	struct vtpm_blob data;
	u32 rc;

	vtpm_get_blob(vtpm_param(c), VTPM_INPUT_BUFFER, &data);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!VTPM_OBJECT_IS_SEQUENCE(object))
		return VTPM_RC_MODE + VTPM_RC_H(1);
	update(object->sequence, &data);
	return 0;
}

static void end_hmac(struct vtpm_sequence *s, struct vtpm_digest *digest)
{
	struct vtpm_hmac h;

	h.hash = s->hash[0];
	memcpy(h.key, s->key, sizeof(h.key));
	vtpm_hmac_final(&h, digest);
}

/** vtpm_cmd_sequence_complete() - TPM2_SequenceComplete */
u32 vtpm_cmd_sequence_complete(struct vtpm_cmd *c)
{
	struct vtpm_object *object = c->entity[0].object;
	bool hmac = object->kind == VTPM_SEQUENCE_HMAC;
	struct vtpm_sequence *s = object->sequence;
	struct vtpm_digest digest;
	struct vtpm_blob data;
	u32 hierarchy, rc;

	vtpm_get_blob(vtpm_param(c), VTPM_INPUT_BUFFER, &data);
	hierarchy = vtpm_get_hierarchy(vtpm_param(c));
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!hmac && object->kind != VTPM_SEQUENCE_HASH)
		return VTPM_RC_MODE + VTPM_RC_H(1);
	update(s, &data);
	if (hmac)
		end_hmac(s, &digest);
	else
		vtpm_hash_final(&s->hash[0], &digest);
	vtpm_put_digest(&c->out, &digest);
	put_ticket(c, hierarchy, !hmac && !s->generated, s->hash[0].alg, &digest);
	c->flush = object;
	return 0;
}

/** vtpm_cmd_event_sequence_complete() - TPM2_EventSequenceComplete */
u32 vtpm_cmd_event_sequence_complete(struct vtpm_cmd *c)
{
	struct vtpm_object *object = c->entity[1].object;
	u32 pcr = c->entity[0].handle, rc;
	struct vtpm_blob data;

	vtpm_get_blob(vtpm_param(c), VTPM_INPUT_BUFFER, &data);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (object->kind != VTPM_SEQUENCE_EVENT)
		return VTPM_RC_MODE + VTPM_RC_H(2);
	rc = vtpm_pcr_extend_ok(c->tpm, pcr);
	if (rc)
		return rc;
	update(object->sequence, &data);
	vtpm_event_end(c, pcr, object->sequence->hash);
	c->flush = object;
	return 0;
}
