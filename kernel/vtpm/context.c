// SPDX-License-Identifier: GPL-2.0
/*
 * What goes into a saved context, and how it is protected: TPM 2.0 Library
 * Part 1, section 30.
 *
 * The content is encrypted and authenticated under the proof of its hierarchy
 * together with the number of resets, so it dies with either.  Both keys depend
 * on the sequence number, which is never used twice.
 *
 * A session can be loaded from its context once: the TPM remembers the sequence
 * number that each of the saved sessions has.  It remembers all 64 bits, so
 * there is no gap between them that could become too large.
 */
#include "vtpm_internal.h"

#define FLAG_PUBLIC_ONLY	BIT(0)
#define FLAG_PRIMARY		BIT(1)
#define FLAG_EXTERNAL		BIT(2)
#define FLAG_ST_CLEAR		BIT(3)
#define FLAG_STARTED		BIT(4)
#define FLAG_GENERATED		BIT(5)

/* --- protection ------------------------------------------------------------------- */

static const struct vtpm_hierarchy *proof_of(struct vtpm *tpm, const struct vtpm_context *ctx)
{
	const struct vtpm_hierarchy *h = vtpm_hierarchy(tpm, ctx->hierarchy);

	return h ? h : &tpm->hierarchy[VTPM_NULL];
}

/**
 * vtpm_context_crypt() - encrypt or decrypt the content of a context in place
 * @tpm: the vTPM
 * @encrypt: direction
 * @ctx: sequence, handle and hierarchy
 * @data: content
 * @len: bytes of @data
 */
void vtpm_context_crypt(struct vtpm *tpm, bool encrypt, const struct vtpm_context *ctx,
			u8 *data, size_t len)
{
	const struct vtpm_hierarchy *h = proof_of(tpm, ctx);
	u8 key[VTPM_MAX_SYM_KEY + VTPM_AES_BLOCK], when[16], what[4];

	put_unaligned_be64(ctx->sequence, when);
	put_unaligned_be64(tpm->total_resets, when + 8);
	put_unaligned_be32(ctx->handle, what);
	vtpm_kdfa(tpm, VTPM_ALG_SHA512, h->proof, sizeof(h->proof), "CONTEXT",
		  when, sizeof(when), what, sizeof(what), key, 8 * sizeof(key));
	vtpm_aes_cfb(tpm, encrypt, key, 8 * VTPM_MAX_SYM_KEY, key + VTPM_MAX_SYM_KEY, data, len);
	memzero_explicit(key, sizeof(key));
}

/**
 * vtpm_context_hmac() - what protects the integrity of a context
 * @tpm: the vTPM
 * @ctx: sequence, handle and hierarchy
 * @data: encrypted content
 * @len: bytes of @data
 * @hmac: result
 */
void vtpm_context_hmac(struct vtpm *tpm, const struct vtpm_context *ctx, const u8 *data, size_t len,
		       struct vtpm_digest *hmac)
{
	const struct vtpm_hierarchy *from = proof_of(tpm, ctx);
	struct vtpm_hmac h;

	vtpm_hmac_start(tpm, &h, VTPM_ALG_SHA512, from->proof, sizeof(from->proof));
	vtpm_hash_u64(&h.hash, tpm->total_resets);
	if (ctx->handle == VTPM_CONTEXT_ST_CLEAR)
		vtpm_hash_u32(&h.hash, tpm->clear_count);
	vtpm_hash_u64(&h.hash, ctx->sequence);
	vtpm_hash_u32(&h.hash, ctx->handle);
	vtpm_hash_update(&h.hash, data, len);
	vtpm_hmac_final(&h, hmac);
}

/* --- sequences --------------------------------------------------------------------- */

static void put_hash(struct buf_writer *w, const struct vtpm_hash *h)
{
	u8 blob[VTPM_HASH_EXPORT];

	buf_put_be16(w, h->alg);
	vtpm_put_2b(w, blob, h->ops->hash_export(h->alg, h->state, blob));
	memzero_explicit(blob, sizeof(blob));
}

static int get_hash(struct vtpm *tpm, struct vtpm_reader *r, struct vtpm_hash *h)
{
	u16 alg = vtpm_get_hash_alg(r, VTPM_NO_NULL);
	struct vtpm_blob blob;

	vtpm_get_blob(r, VTPM_HASH_EXPORT, &blob);
	if (r->rc)
		return -EINVAL;
	vtpm_hash_start(tpm, h, alg);
	return h->ops->hash_import(alg, h->state, blob.data, blob.size);
}

static void put_sequence(struct buf_writer *w, const struct vtpm_sequence *s)
{
	unsigned int i;

	buf_put_u8(w, s->count);
	vtpm_put_digest(w, &s->auth);
	buf_put(w, s->key, sizeof(s->key));
	for (i = 0; i < s->count; i++)
		put_hash(w, &s->hash[i]);
}

static u32 get_sequence(struct vtpm *tpm, struct vtpm_reader *r, struct vtpm_object *object)
{
	struct vtpm_sequence *s;
	unsigned int i, count;
	const u8 *key;

	count = vtpm_get_u8(r);
	if (count > VTPM_NR_HASHES)
		return VTPM_RC_FAILURE;
	s = vtpm_sequence_alloc(count);
	if (!s)
		return VTPM_RC_MEMORY;
	object->sequence = s;
	vtpm_get_digest(r, &s->auth);
	key = buf_get(&r->buf, sizeof(s->key));
	if (!key)
		return VTPM_RC_FAILURE;
	memcpy(s->key, key, sizeof(s->key));
	for (i = 0; i < count; i++)
		if (get_hash(tpm, r, &s->hash[i]))
			return VTPM_RC_FAILURE;
	return 0;
}

/* --- objects ----------------------------------------------------------------------- */

static u8 flags_of(const struct vtpm_object *object)
{
	u8 flags = 0;

	if (object->public_only)
		flags |= FLAG_PUBLIC_ONLY;
	if (object->primary)
		flags |= FLAG_PRIMARY;
	if (object->external)
		flags |= FLAG_EXTERNAL;
	if (object->st_clear)
		flags |= FLAG_ST_CLEAR;
	if (object->sequence && object->sequence->started)
		flags |= FLAG_STARTED;
	if (object->sequence && object->sequence->generated)
		flags |= FLAG_GENERATED;
	return flags;
}

static void set_flags(struct vtpm_object *object, u8 flags)
{
	object->public_only = flags & FLAG_PUBLIC_ONLY;
	object->primary = flags & FLAG_PRIMARY;
	object->external = flags & FLAG_EXTERNAL;
	object->st_clear = flags & FLAG_ST_CLEAR;
	if (object->sequence) {
		object->sequence->started = flags & FLAG_STARTED;
		object->sequence->generated = flags & FLAG_GENERATED;
	}
}

/** vtpm_put_object() - an object or sequence, all that vtpm_get_object() needs */
void vtpm_put_object(struct buf_writer *w, const struct vtpm_object *object)
{
	buf_put_u8(w, object->kind);
	buf_put_u8(w, flags_of(object));
	buf_put_be32(w, object->hierarchy);
	if (object->sequence) {
		buf_put_be32(w, object->pub.attrs);
		put_sequence(w, object->sequence);
		return;
	}
	vtpm_put_public(w, &object->pub);
	if (!object->public_only)
		vtpm_put_sensitive(w, &object->sensitive);
	vtpm_put_name(w, &object->qualified);
}

/**
 * vtpm_get_object() - the reverse
 * @tpm: the vTPM
 * @r: what vtpm_put_object() has written, and nobody has touched since
 * @object: empty; to be freed by the caller also in error
 *
 * Return: 0, TPM_RC_MEMORY, or TPM_RC_FAILURE: this is something else.
 */
u32 vtpm_get_object(struct vtpm *tpm, struct vtpm_reader *r, struct vtpm_object *object)
{
	u8 flags;
	u32 rc;

	object->kind = vtpm_get_u8(r);
	flags = vtpm_get_u8(r);
	object->hierarchy = vtpm_get_u32(r);
	if (VTPM_OBJECT_IS_SEQUENCE(object)) {
		object->pub.attrs = vtpm_get_u32(r);
		rc = get_sequence(tpm, r, object);
		if (rc)
			return rc;
	} else {
		vtpm_get_public(r, &object->pub, VTPM_NULL_OK);
		if (!(flags & FLAG_PUBLIC_ONLY))
			vtpm_get_sensitive(r, &object->sensitive);
		vtpm_get_name(r, &object->qualified);
		vtpm_object_name(tpm, &object->pub, &object->name);
	}
	set_flags(object, flags);
	return r->rc ? VTPM_RC_FAILURE : 0;
}
