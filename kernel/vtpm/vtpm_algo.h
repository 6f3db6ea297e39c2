/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The algorithms of the vTPM, in sections by file.
 *
 * Every function that returns u32 returns a response code, bare.
 */
#ifndef IMA_NS_VTPM_ALGO_H
#define IMA_NS_VTPM_ALGO_H

#include "marshal.h"
#include "vtpm_crypto.h"

struct vtpm;
struct vtpm_object;

/* --- hash.c: digests, HMAC ------------------------------------------------ */

/**
 * struct vtpm_hash - a digest being computed
 * @ops: backend
 * @alg: VTPM_ALG_*
 * @size: of the digest; 0 for VTPM_ALG_NULL, which hashes nothing
 * @state: the backend's
 */
struct vtpm_hash {
	const struct vtpm_crypto_ops *ops;
	u16 alg;
	u16 size;
	u8 state[VTPM_HASH_STATE] __aligned(16);
};

/**
 * struct vtpm_hmac - an HMAC being computed
 * @hash: the inner digest
 * @key: the key as one block; needed again at the end
 */
struct vtpm_hmac {
	struct vtpm_hash hash;
	u8 key[VTPM_MAX_HASH_BLOCK];
};

/* equal, in a time that does not depend on where they differ */
bool vtpm_equal(const void *a, const void *b, size_t len);
bool vtpm_digest_equal(const struct vtpm_digest *a, const struct vtpm_digest *b);
u16 vtpm_digest_size(u16 alg);
u16 vtpm_hash_alg(unsigned int nr);
u16 vtpm_hash_block(u16 alg);
void vtpm_hash_start(struct vtpm *tpm, struct vtpm_hash *h, u16 alg);
void vtpm_hash_update(struct vtpm_hash *h, const void *data, size_t len);
void vtpm_hash_u16(struct vtpm_hash *h, u16 v);
void vtpm_hash_u32(struct vtpm_hash *h, u32 v);
void vtpm_hash_u64(struct vtpm_hash *h, u64 v);
void vtpm_hash_digest(struct vtpm_hash *h, const struct vtpm_digest *digest);
void vtpm_hash_name(struct vtpm_hash *h, const struct vtpm_name *name);
void vtpm_hash_final(struct vtpm_hash *h, struct vtpm_digest *digest);
void vtpm_digest(struct vtpm *tpm, u16 alg, const void *data, size_t len,
		 struct vtpm_digest *digest);

void vtpm_hmac_start(struct vtpm *tpm, struct vtpm_hmac *h, u16 alg, const u8 *key, size_t len);
void vtpm_hmac_final(struct vtpm_hmac *h, struct vtpm_digest *digest);

/* --- kdf.c: KDFa, KDFe, MGF1, and random numbers that can be repeated ----- */

/* partyU and partyV of KDFa and KDFe; labels include no terminating zero */
void vtpm_kdfa(struct vtpm *tpm, u16 alg, const u8 *key, size_t key_len, const char *label,
	       const void *u, size_t u_len, const void *v, size_t v_len,
	       u8 *out, unsigned int bits);
void vtpm_kdfa_xor(struct vtpm *tpm, u16 alg, const u8 *key, size_t key_len,
		   const struct vtpm_digest *u, const struct vtpm_digest *v,
		   u8 *data, size_t len);
void vtpm_kdfe(struct vtpm *tpm, u16 alg, const u8 *z, size_t z_len, const char *label,
	       const void *u, size_t u_len, const void *v, size_t v_len,
	       u8 *out, unsigned int bits);
void vtpm_mgf1_xor(struct vtpm *tpm, u16 alg, const u8 *seed, size_t seed_len,
		   u8 *data, size_t len);

/**
 * struct vtpm_rng - where key material comes from
 * @tpm: the vTPM
 * @seeded: derive from @key, else ask the environment
 * @counter: blocks given out
 * @key: HMAC-SHA-512 key of the sequence
 *
 * The sequence of a seed is part of what a primary key is: it never changes.
 */
struct vtpm_rng {
	struct vtpm *tpm;
	bool seeded;
	u64 counter;
	u8 key[VTPM_MAX_DIGEST];
};

void vtpm_rng_random(struct vtpm *tpm, struct vtpm_rng *rng);
void vtpm_rng_seed(struct vtpm *tpm, struct vtpm_rng *rng, const u8 *seed, size_t seed_len,
		   const char *label, const struct vtpm_name *name, const u8 *data, size_t len);
void vtpm_rng_bytes(struct vtpm_rng *rng, u8 *out, size_t len);

/* --- sym.c: AES in the modes of a TPM ------------------------------------- */

/* in place; iv is updated so that the next call goes on; data lengths in bytes */
void vtpm_aes_cfb(struct vtpm *tpm, bool encrypt, const u8 *key, unsigned int bits, u8 *iv,
		  u8 *data, size_t len);
u32 vtpm_sym_crypt(struct vtpm *tpm, bool encrypt, const struct vtpm_sym *sym, const u8 *key,
		   u8 *iv, u8 *data, size_t len);

/* --- rsa.c, rsa_prime.c, rsa_pad.c ---------------------------------------- */

u32 vtpm_rsa_generate(struct vtpm_rng *rng, struct vtpm_public *pub,
		      struct vtpm_sensitive *sensitive);
u32 vtpm_rsa_check(struct vtpm *tpm, const struct vtpm_public *pub,
		   const struct vtpm_sensitive *sensitive);
u32 vtpm_rsa_public(struct vtpm *tpm, const struct vtpm_public *pub, u8 *data);
u32 vtpm_rsa_private(struct vtpm *tpm, const struct vtpm_object *key, u8 *data);
u32 vtpm_rsa_prime(struct vtpm_rng *rng, u8 *prime, unsigned int bits, u32 exponent);

u32 vtpm_oaep_encode(struct vtpm *tpm, u16 hash, const u8 *label, size_t label_len,
		     const u8 *in, size_t in_len, u8 *out, size_t out_len);
u32 vtpm_oaep_decode(struct vtpm *tpm, u16 hash, const u8 *label, size_t label_len,
		     u8 *in, size_t in_len, u8 *out, size_t *out_len);
u32 vtpm_rsaes_encode(struct vtpm *tpm, const u8 *in, size_t in_len, u8 *out, size_t out_len);
u32 vtpm_rsaes_decode(const u8 *in, size_t in_len, u8 *out, size_t *out_len);
u32 vtpm_rsassa_encode(u16 hash, const struct vtpm_digest *digest, u8 *out, size_t out_len);
u32 vtpm_pss_encode(struct vtpm *tpm, u16 hash, const struct vtpm_digest *digest,
		    u8 *out, size_t out_len);
u32 vtpm_pss_verify(struct vtpm *tpm, u16 hash, const struct vtpm_digest *digest,
		    u8 *in, size_t in_len);

/* --- ecc.c, ecdsa.c ------------------------------------------------------- */

/**
 * struct vtpm_curve - one curve, y^2 = x^3 + ax + b over p
 * @id: VTPM_ECC_*
 * @bits: of the field
 * @size: bytes of a coordinate and of a scalar
 * @p: the field
 * @a: coefficient
 * @b: coefficient
 * @n: order of the generator, a prime
 * @gx: generator
 * @gy: generator
 */
struct vtpm_curve {
	u16 id;
	u16 bits;
	u16 size;
	u8 p[VTPM_MAX_ECC];
	u8 a[VTPM_MAX_ECC];
	u8 b[VTPM_MAX_ECC];
	u8 n[VTPM_MAX_ECC];
	u8 gx[VTPM_MAX_ECC];
	u8 gy[VTPM_MAX_ECC];
};

const struct vtpm_curve *vtpm_curve(u16 id);
u32 vtpm_ecc_scalar(struct vtpm_rng *rng, const struct vtpm_curve *curve, u8 *k);
u32 vtpm_ecc_generate(struct vtpm_rng *rng, struct vtpm_public *pub,
		      struct vtpm_sensitive *sensitive);
u32 vtpm_ecc_check(struct vtpm *tpm, const struct vtpm_public *pub,
		   const struct vtpm_sensitive *sensitive);
bool vtpm_ecc_point_ok(struct vtpm *tpm, u16 curve, struct vtpm_point *point);
u32 vtpm_ecc_mul(struct vtpm *tpm, u16 curve, const u8 *k, size_t k_len,
		 const struct vtpm_point *point, struct vtpm_point *result);
u32 vtpm_ecdsa_sign(struct vtpm_rng *rng, u16 curve, const struct vtpm_sensitive *sensitive,
		    const struct vtpm_digest *digest, struct vtpm_signature *sig);
u32 vtpm_ecdsa_verify(struct vtpm *tpm, const struct vtpm_public *pub,
		      const struct vtpm_digest *digest, const struct vtpm_signature *sig);

/* --- sign.c: any key, any scheme ------------------------------------------ */

u32 vtpm_scheme_select(const struct vtpm_object *key, struct vtpm_scheme *scheme);
u32 vtpm_sign(struct vtpm *tpm, const struct vtpm_object *key, const struct vtpm_scheme *scheme,
	      const struct vtpm_digest *digest, struct vtpm_signature *sig);
u32 vtpm_verify(struct vtpm *tpm, const struct vtpm_object *key,
		const struct vtpm_digest *digest, const struct vtpm_signature *sig);

/* --- secret.c: seeds and salts under a public key ("DUPLICATE", "IDENTITY", "SECRET") */

u32 vtpm_secret_make(struct vtpm *tpm, const struct vtpm_object *key, const char *label,
		     struct vtpm_digest *secret, struct buf_writer *sized);
u32 vtpm_secret_open(struct vtpm *tpm, const struct vtpm_object *key, const char *label,
		     const struct vtpm_blob *in, struct vtpm_digest *secret);

#endif /* IMA_NS_VTPM_ALGO_H */
