// SPDX-License-Identifier: GPL-2.0
/*
 * Key derivation: KDFa and KDFe (TPM 2.0 Library Part 1, section 11.4.10), MGF1
 * (RFC 8017 B.2.1), and the random numbers that keys are made of.
 */
#include "vtpm_internal.h"

/* a number of bits that is not one of bytes: the excess bits of the first byte are zero */
static void mask_bits(u8 *out, unsigned int bits)
{
	if (bits % 8)
		out[0] &= (1 << bits % 8) - 1;
}

/* the first of @len bytes that are still to be had, from a block */
static size_t take(u8 *out, size_t len, const struct vtpm_digest *block)
{
	size_t n = min_t(size_t, len, block->size);

	memcpy(out, block->data, n);
	return n;
}

/* what all blocks of one KDFa have in common; the names of vtpm_kdfa() */
struct kdfa {
	u16 alg;
	const u8 *key;
	size_t key_len;
	const char *label;
	const void *u;
	size_t u_len;
	const void *v;
	size_t v_len;
	unsigned int bits;
};

static void kdfa_block(struct vtpm *tpm, const struct kdfa *in, u32 counter,
		       struct vtpm_digest *block)
{
	struct vtpm_hmac h;

	vtpm_hmac_start(tpm, &h, in->alg, in->key, in->key_len);
	vtpm_hash_u32(&h.hash, counter);
	vtpm_hash_update(&h.hash, in->label, strlen(in->label) + 1);
	vtpm_hash_update(&h.hash, in->u, in->u_len);
	vtpm_hash_update(&h.hash, in->v, in->v_len);
	vtpm_hash_u32(&h.hash, in->bits);
	vtpm_hmac_final(&h, block);
}

/**
 * vtpm_kdfa() - SP 800-108 in counter mode with HMAC
 * @tpm: the vTPM
 * @alg: hash of the HMAC
 * @key: key
 * @key_len: bytes of @key
 * @label: what the result is for; its terminating zero is part of the input
 * @u: partyU
 * @u_len: bytes of @u
 * @v: partyV
 * @v_len: bytes of @v
 * @out: result, DIV_ROUND_UP(@bits, 8) bytes
 * @bits: of the result
 */
void vtpm_kdfa(struct vtpm *tpm, u16 alg, const u8 *key, size_t key_len, const char *label,
	       const void *u, size_t u_len, const void *v, size_t v_len,
	       u8 *out, unsigned int bits)
{
	const struct kdfa in = { alg, key, key_len, label, u, u_len, v, v_len, bits };
	size_t len = DIV_ROUND_UP(bits, 8), done = 0;
	struct vtpm_digest block;
	u32 counter = 0;

	while (done < len) {
		kdfa_block(tpm, &in, ++counter, &block);
		done += take(out + done, len - done, &block);
	}
	mask_bits(out, bits);
	memzero_explicit(&block, sizeof(block));
}

/**
 * vtpm_kdfa_xor() - XOR obfuscation: @data ^= KDFa(@key, "XOR", @u, @v)
 * @tpm: the vTPM
 * @alg: hash of the HMAC
 * @key: key
 * @key_len: bytes of @key
 * @u: newer nonce
 * @v: older nonce
 * @data: to be masked or unmasked
 * @len: bytes of @data
 */
void vtpm_kdfa_xor(struct vtpm *tpm, u16 alg, const u8 *key, size_t key_len,
		   const struct vtpm_digest *u, const struct vtpm_digest *v,
		   u8 *data, size_t len)
{
	const struct kdfa in = { alg, key, key_len, "XOR", u->data, u->size, v->data, v->size,
				 8 * len };
	struct vtpm_digest block;
	size_t done, i, n;
	u32 counter = 0;

	for (done = 0; done < len; done += n) {
		kdfa_block(tpm, &in, ++counter, &block);
		n = min_t(size_t, len - done, block.size);
		for (i = 0; i < n; i++)
			data[done + i] ^= block.data[i];
	}
	memzero_explicit(&block, sizeof(block));
}

/**
 * vtpm_kdfe() - SP 800-56A single step, for a secret out of ECDH
 * @tpm: the vTPM
 * @alg: hash
 * @z: x coordinate of the shared point, of field size
 * @z_len: bytes of @z
 * @label: what the result is for; its terminating zero is part of the input
 * @u: x coordinate of the ephemeral key
 * @u_len: bytes of @u
 * @v: x coordinate of the static key
 * @v_len: bytes of @v
 * @out: result, DIV_ROUND_UP(@bits, 8) bytes
 * @bits: of the result
 */
void vtpm_kdfe(struct vtpm *tpm, u16 alg, const u8 *z, size_t z_len, const char *label,
	       const void *u, size_t u_len, const void *v, size_t v_len,
	       u8 *out, unsigned int bits)
{
	size_t len = DIV_ROUND_UP(bits, 8), done = 0;
	struct vtpm_digest block;
	struct vtpm_hash h;
	u32 counter = 0;

	while (done < len) {
		vtpm_hash_start(tpm, &h, alg);
		vtpm_hash_u32(&h, ++counter);
		vtpm_hash_update(&h, z, z_len);
		vtpm_hash_update(&h, label, strlen(label) + 1);
		vtpm_hash_update(&h, u, u_len);
		vtpm_hash_update(&h, v, v_len);
		vtpm_hash_final(&h, &block);
		done += take(out + done, len - done, &block);
	}
	mask_bits(out, bits);
	memzero_explicit(&block, sizeof(block));
}

/**
 * vtpm_mgf1_xor() - @data ^= MGF1(@seed)
 * @tpm: the vTPM
 * @alg: hash
 * @seed: seed
 * @seed_len: bytes of @seed
 * @data: to be masked or unmasked
 * @len: bytes of @data
 */
void vtpm_mgf1_xor(struct vtpm *tpm, u16 alg, const u8 *seed, size_t seed_len,
		   u8 *data, size_t len)
{
	struct vtpm_digest block;
	struct vtpm_hash h;
	size_t done, i, n;
	u32 counter = 0;

	for (done = 0; done < len; done += n) {
		vtpm_hash_start(tpm, &h, alg);
		vtpm_hash_update(&h, seed, seed_len);
		vtpm_hash_u32(&h, counter++);
		vtpm_hash_final(&h, &block);
		n = min_t(size_t, len - done, block.size);
		for (i = 0; i < n; i++)
			data[done + i] ^= block.data[i];
	}
	memzero_explicit(&block, sizeof(block));
}

/** vtpm_rng_random() - let @rng give the environment's random numbers */
void vtpm_rng_random(struct vtpm *tpm, struct vtpm_rng *rng)
{
	memset(rng, 0, sizeof(*rng));
	rng->tpm = tpm;
}

/**
 * vtpm_rng_seed() - let @rng give numbers that depend on a seed and nothing else
 * @tpm: the vTPM
 * @rng: to be zeroed by the caller after use
 * @seed: secret
 * @seed_len: bytes of @seed
 * @label: what the numbers are for
 * @name: Name of the template, or NULL
 * @data: more input, or NULL
 * @len: bytes of @data
 *
 * The key is HMAC-SHA-512(@seed, label || 0 || 2B name || data), block i of the
 * numbers is HMAC-SHA-512(key, i) with i as 64 bits from 1.  HMAC is a PRF, so
 * without the seed the numbers are random.
 */
void vtpm_rng_seed(struct vtpm *tpm, struct vtpm_rng *rng, const u8 *seed, size_t seed_len,
		   const char *label, const struct vtpm_name *name, const u8 *data, size_t len)
{
	struct vtpm_digest key;
	struct vtpm_hmac h;

	vtpm_rng_random(tpm, rng);
	rng->seeded = true;
	vtpm_hmac_start(tpm, &h, VTPM_ALG_SHA512, seed, seed_len);
	vtpm_hash_update(&h.hash, label, strlen(label) + 1);
	vtpm_hash_u16(&h.hash, name ? name->size : 0);
	if (name)
		vtpm_hash_name(&h.hash, name);
	vtpm_hash_update(&h.hash, data, len);
	vtpm_hmac_final(&h, &key);
	memcpy(rng->key, key.data, sizeof(rng->key));
	memzero_explicit(&key, sizeof(key));
}

/** vtpm_rng_bytes() - the next @len bytes; a call begins with a new block */
void vtpm_rng_bytes(struct vtpm_rng *rng, u8 *out, size_t len)
{
	struct vtpm_digest block;
	struct vtpm_hmac h;
	size_t done = 0;

	if (!rng->seeded) {
		vtpm_random(rng->tpm, out, len);
		return;
	}
	while (done < len) {
		vtpm_hmac_start(rng->tpm, &h, VTPM_ALG_SHA512, rng->key, sizeof(rng->key));
		vtpm_hash_u64(&h.hash, ++rng->counter);
		vtpm_hmac_final(&h, &block);
		done += take(out + done, len - done, &block);
	}
	memzero_explicit(&block, sizeof(block));
}
