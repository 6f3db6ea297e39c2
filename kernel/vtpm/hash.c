// SPDX-License-Identifier: GPL-2.0
/*
 * Digests and HMAC (RFC 2104) over the backend's hashes.
 *
 * A digest of VTPM_ALG_NULL is allowed: it has no bytes.
 */
#include "vtpm_internal.h"

static const struct {
	u16 alg;
	u8 size;
	u8 block;
} hashes[] = {
	{ VTPM_ALG_SHA1, 20, 64 },
	{ VTPM_ALG_SHA256, 32, 64 },
	{ VTPM_ALG_SHA384, 48, 128 },
	{ VTPM_ALG_SHA512, 64, 128 },
};

/** vtpm_equal() - compare secrets: takes as long whatever is in them */
bool vtpm_equal(const void *a, const void *b, size_t len)
{
	const u8 *x = a, *y = b;
	unsigned int differ = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		differ |= x[i] ^ y[i];
		OPTIMIZER_HIDE_VAR(differ);	/* it might be nonzero, or not */
	}
	return !differ;
}

/** vtpm_digest_equal() - compare digests or authValues; their sizes are no secret */
bool vtpm_digest_equal(const struct vtpm_digest *a, const struct vtpm_digest *b)
{
	return a->size == b->size && vtpm_equal(a->data, b->data, a->size);
}

/** vtpm_digest_size() - bytes of a digest of @alg; 0: not a hash we have */
u16 vtpm_digest_size(u16 alg)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hashes); i++)
		if (hashes[i].alg == alg)
			return hashes[i].size;
	return 0;
}

/** vtpm_hash_alg() - the hashes in their order: 0 to VTPM_NR_HASHES - 1 */
u16 vtpm_hash_alg(unsigned int nr)
{
	BUILD_BUG_ON(ARRAY_SIZE(hashes) != VTPM_NR_HASHES);
	return hashes[nr].alg;
}

/** vtpm_hash_block() - bytes of a block of @alg; 0: not a hash we have */
u16 vtpm_hash_block(u16 alg)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hashes); i++)
		if (hashes[i].alg == alg)
			return hashes[i].block;
	return 0;
}

/**
 * vtpm_hash_start() - begin a digest
 * @tpm: the vTPM
 * @h: its state; ends with vtpm_hash_final()
 * @alg: one of the hashes, or VTPM_ALG_NULL
 */
void vtpm_hash_start(struct vtpm *tpm, struct vtpm_hash *h, u16 alg)
{
	h->ops = tpm->crypto;
	h->alg = alg;
	h->size = vtpm_digest_size(alg);
	if (h->size)
		h->ops->hash_start(alg, h->state);
}

void vtpm_hash_update(struct vtpm_hash *h, const void *data, size_t len)
{
	if (h->size && len)
		h->ops->hash_update(h->alg, h->state, data, len);
}

void vtpm_hash_u16(struct vtpm_hash *h, u16 v)
{
	u8 be[2];

	put_unaligned_be16(v, be);
	vtpm_hash_update(h, be, sizeof(be));
}

void vtpm_hash_u32(struct vtpm_hash *h, u32 v)
{
	u8 be[4];

	put_unaligned_be32(v, be);
	vtpm_hash_update(h, be, sizeof(be));
}

void vtpm_hash_u64(struct vtpm_hash *h, u64 v)
{
	u8 be[8];

	put_unaligned_be64(v, be);
	vtpm_hash_update(h, be, sizeof(be));
}

/** vtpm_hash_digest() - add a TPM2B's bytes, without its size */
void vtpm_hash_digest(struct vtpm_hash *h, const struct vtpm_digest *digest)
{
	vtpm_hash_update(h, digest->data, digest->size);
}

/** vtpm_hash_name() - add a Name's bytes, without its size */
void vtpm_hash_name(struct vtpm_hash *h, const struct vtpm_name *name)
{
	vtpm_hash_update(h, name->data, name->size);
}

/**
 * vtpm_hash_final() - end a digest and forget its state
 * @h: a started digest
 * @digest: result; may be one that was hashed
 */
void vtpm_hash_final(struct vtpm_hash *h, struct vtpm_digest *digest)
{
	digest->size = h->size;
	if (h->size)
		h->ops->hash_final(h->alg, h->state, digest->data);
	memzero_explicit(h->state, sizeof(h->state));
}

/** vtpm_digest() - digest of @len bytes at @data */
void vtpm_digest(struct vtpm *tpm, u16 alg, const void *data, size_t len,
		 struct vtpm_digest *digest)
{
	struct vtpm_hash h;

	vtpm_hash_start(tpm, &h, alg);
	vtpm_hash_update(&h, data, len);
	vtpm_hash_final(&h, digest);
}

static void pad(u8 *key, u8 with)
{
	size_t i;

	for (i = 0; i < VTPM_MAX_HASH_BLOCK; i++)
		key[i] ^= with;
}

/**
 * vtpm_hmac_start() - begin an HMAC; add data with vtpm_hash_update(&h->hash)
 * @tpm: the vTPM
 * @h: its state; ends with vtpm_hmac_final()
 * @alg: hash
 * @key: key
 * @len: bytes of @key
 */
void vtpm_hmac_start(struct vtpm *tpm, struct vtpm_hmac *h, u16 alg, const u8 *key, size_t len)
{
	u16 block = vtpm_hash_block(alg);

	memset(h->key, 0, sizeof(h->key));
	if (len > block) {
		struct vtpm_digest digest;

		vtpm_digest(tpm, alg, key, len, &digest);
		memcpy(h->key, digest.data, digest.size);
		memzero_explicit(&digest, sizeof(digest));
	} else if (len) {
		memcpy(h->key, key, len);
	}
	pad(h->key, 0x36);
	vtpm_hash_start(tpm, &h->hash, alg);
	vtpm_hash_update(&h->hash, h->key, block);
	pad(h->key, 0x36);
}

/** vtpm_hmac_final() - end an HMAC and forget its key */
void vtpm_hmac_final(struct vtpm_hmac *h, struct vtpm_digest *digest)
{
	const struct vtpm_crypto_ops *ops = h->hash.ops;
	u16 alg = h->hash.alg;

	vtpm_hash_final(&h->hash, digest);
	if (digest->size) {
		pad(h->key, 0x5c);
		ops->hash_start(alg, h->hash.state);
		ops->hash_update(alg, h->hash.state, h->key, vtpm_hash_block(alg));
		ops->hash_update(alg, h->hash.state, digest->data, digest->size);
		ops->hash_final(alg, h->hash.state, digest->data);
	}
	memzero_explicit(h, sizeof(*h));
}
