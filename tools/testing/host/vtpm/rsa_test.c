// SPDX-License-Identifier: GPL-2.0
/*
 * RSA: keys that a seed makes, the operations and paddings against OpenSSL, what
 * must be refused.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "algo.h"

static const u8 label[] = "DUPLICATE";

static const struct {
	u16 alg;
	const char *name;
	const EVP_MD *(*md)(void);
} hashes[] = {
	{ VTPM_ALG_SHA1, "SHA-1", EVP_sha1 },
	{ VTPM_ALG_SHA256, "SHA-256", EVP_sha256 },
	{ VTPM_ALG_SHA384, "SHA-384", EVP_sha384 },
	{ VTPM_ALG_SHA512, "SHA-512", EVP_sha512 },
};

static void seeded(struct vtpm_rng *rng, const char *seed)
{
	vtpm_rng_seed(algo_tpm(), rng, (const u8 *)seed, strlen(seed), "RSA", NULL, NULL, 0);
}

static void generate(struct vtpm_object *key, const char *seed, unsigned int bits)
{
	struct vtpm_rng rng;

	memset(key, 0, sizeof(*key));
	key->pub.type = VTPM_ALG_RSA;
	key->pub.name_alg = VTPM_ALG_SHA256;
	key->pub.bits = bits;
	key->pub.scheme.scheme = VTPM_ALG_NULL;
	key->pub.scheme.hash = VTPM_ALG_NULL;
	seeded(&rng, seed);
	tap_ok(!vtpm_rsa_generate(&rng, &key->pub, &key->sensitive), "RSA-%u: generate", bits);
}

/* the same key in OpenSSL's hands */
static EVP_PKEY *openssl_key(const struct vtpm_object *key)
{
	BIGNUM *n = BN_bin2bn(key->pub.rsa.data, key->pub.rsa.size, NULL);
	BIGNUM *p = BN_bin2bn(key->sensitive.data, key->sensitive.size, NULL);
	BIGNUM *q = algo_number(), *e = algo_number(), *d = algo_number(), *p1 = algo_number();
	BIGNUM *q1 = algo_number(), *phi = algo_number(), *dp = algo_number(), *dq = algo_number();
	EVP_PKEY *pkey = EVP_PKEY_new();
	RSA *rsa = RSA_new();

	BN_div(q, phi, n, p, algo_ctx());
	tap_ok(BN_is_zero(phi), "p divides n");
	tap_ok(BN_check_prime(p, algo_ctx(), NULL) == 1 && BN_check_prime(q, algo_ctx(), NULL) == 1,
	       "both factors are prime, OpenSSL says");
	BN_set_word(e, 65537);
	BN_sub(p1, p, BN_value_one());
	BN_sub(q1, q, BN_value_one());
	BN_mul(phi, p1, q1, algo_ctx());
	BN_mod_inverse(d, e, phi, algo_ctx());
	BN_mod(dp, d, p1, algo_ctx());
	BN_mod(dq, d, q1, algo_ctx());
	RSA_set0_crt_params(rsa, dp, dq, BN_mod_inverse(NULL, q, p, algo_ctx()));
	RSA_set0_factors(rsa, p, q);
	RSA_set0_key(rsa, n, e, d);
	EVP_PKEY_assign_RSA(pkey, rsa);
	BN_free(p1);
	BN_free(q1);
	BN_free(phi);
	return pkey;
}

/* the same numbers at each time, on each machine: a primary key does not change */
static void test_determinism(void)
{
	struct vtpm_digest digest;
	struct vtpm_rng rng;
	u8 a[64], b[64];

	seeded(&rng, "seed");
	tap_ok(!vtpm_rsa_prime(&rng, a, 512, 65537), "a prime of 512 bits");
	seeded(&rng, "seed");
	vtpm_rsa_prime(&rng, b, 512, 65537);
	tap_ok(!memcmp(a, b, sizeof(a)), "the same seed gives the same one");
	vtpm_rsa_prime(&rng, b, 512, 65537);
	tap_ok(memcmp(a, b, sizeof(a)), "and then another");
	seeded(&rng, "Seed");
	vtpm_rsa_prime(&rng, b, 512, 65537);
	tap_ok(memcmp(a, b, sizeof(a)), "as does another seed");
	vtpm_digest(algo_tpm(), VTPM_ALG_SHA256, a, sizeof(a), &digest);
	algo_is(digest.data, digest.size,
		"6c67a5e889f3aa259ee7a1bb011ed7cdd126aa73ad6af9331a013fc349dd490a",
		"it is the one that this seed always gave");
	tap_ok(a[0] >= 0xc0 && (a[63] & 3) == 3, "two highest and two lowest bits are set");
}

static void test_primes(void)
{
	unsigned int wrong = 0, factor = 0;
	struct vtpm_rng rng;
	u8 prime[64];
	char seed[16];
	BIGNUM *p;
	int i;

	for (i = 0; i < 24; i++) {
		snprintf(seed, sizeof(seed), "%d", i);
		seeded(&rng, seed);
		wrong += vtpm_rsa_prime(&rng, prime, 512, 65537) != 0;
		p = BN_bin2bn(prime, sizeof(prime), NULL);
		wrong += BN_check_prime(p, algo_ctx(), NULL) != 1;
		factor += BN_mod_word(p, 65537) == 1;
		BN_free(p);
	}
	tap_ok(!wrong, "24 primes are primes");
	tap_ok(!factor, "e is no factor of p - 1");
}

static void test_interrupt(void)
{
	struct vtpm_object key = { .pub.bits = 1024 };
	struct vtpm_rng rng;

	algo_interrupt(7);
	seeded(&rng, "interrupted");
	tap_ok(vtpm_rsa_generate(&rng, &key.pub, &key.sensitive) == VTPM_RC_CANCELED &&
	       !key.pub.rsa.size && !key.sensitive.size &&
	       !memchr_inv(key.sensitive.data, 0, sizeof(key.sensitive.data)),
	       "an interrupted search leaves nothing");
	algo_interrupt(-1);
}

static void test_templates(void)
{
	static const struct {
		u32 exponent;
		unsigned int bits;
		u32 rc;
	} rows[] = {
		{ 3, 1024, VTPM_RC_RANGE },
		{ 65535, 1024, VTPM_RC_RANGE },
		{ 65539 * 3u, 1024, VTPM_RC_RANGE },
		{ 65538, 1024, VTPM_RC_RANGE },
		{ 0, 0, VTPM_RC_VALUE },
		{ 0, 1536, VTPM_RC_VALUE },
		{ 0, 3072, VTPM_RC_VALUE },
	};
	struct vtpm_object key = {};
	struct vtpm_rng rng;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		key.pub.exponent = rows[i].exponent;
		key.pub.bits = rows[i].bits;
		seeded(&rng, "template");
		tap_ok(vtpm_rsa_generate(&rng, &key.pub, &key.sensitive) == rows[i].rc,
		       "no key of %u bits with exponent %u", rows[i].bits, rows[i].exponent);
	}
}

static void test_numbers(const struct vtpm_object *key, EVP_PKEY *pkey)
{
	const RSA *rsa = EVP_PKEY_get0_RSA(pkey);
	struct vtpm *tpm = algo_tpm();
	size_t size = key->pub.rsa.size;
	u8 data[VTPM_MAX_RSA], ours[VTPM_MAX_RSA], theirs[VTPM_MAX_RSA];
	unsigned int wrong = 0;
	int i;

	for (i = 0; i < 12; i++) {
		vtpm_random(tpm, data, size);
		data[0] &= 0x3f;
		if (i < 3) {
			memset(data, 0, size);
			data[size - 1] = i;
		}
		memcpy(ours, data, size);
		wrong += vtpm_rsa_public(tpm, &key->pub, ours) != 0;
		RSA_public_encrypt(size, data, theirs, (RSA *)rsa, RSA_NO_PADDING);
		wrong += memcmp(ours, theirs, size) != 0;
		memcpy(ours, data, size);
		wrong += vtpm_rsa_private(tpm, key, ours) != 0;
		RSA_private_decrypt(size, data, theirs, (RSA *)rsa, RSA_NO_PADDING);
		wrong += memcmp(ours, theirs, size) != 0;
	}
	tap_ok(!wrong, "RSA-%zu: powers, public and private", 8 * size);
	memcpy(data, key->pub.rsa.data, size);
	tap_ok(vtpm_rsa_public(tpm, &key->pub, data) == VTPM_RC_VALUE, "n is not below n, public");
	tap_ok(vtpm_rsa_private(tpm, key, data) == VTPM_RC_SIZE, "n is not below n, private");
}

static int openssl_crypt(EVP_PKEY *pkey, bool encrypt, const EVP_MD *oaep, const u8 *in, size_t in_len,
			 u8 *out, size_t *out_len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	int ok;

	ok = (encrypt ? EVP_PKEY_encrypt_init(ctx) : EVP_PKEY_decrypt_init(ctx)) > 0 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, oaep ? RSA_PKCS1_OAEP_PADDING : RSA_PKCS1_PADDING) > 0;
	if (ok && oaep)
		ok = EVP_PKEY_CTX_set_rsa_oaep_md(ctx, oaep) > 0 &&
		     EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, OPENSSL_memdup(label, sizeof(label)),
						      sizeof(label)) > 0;
	*out_len = VTPM_MAX_RSA;
	ok = ok && (encrypt ? EVP_PKEY_encrypt(ctx, out, out_len, in, in_len) :
			      EVP_PKEY_decrypt(ctx, out, out_len, in, in_len)) > 0;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static void test_encryption(const struct vtpm_object *key, EVP_PKEY *pkey)
{
	u8 text[24] = "this is a short secret", block[VTPM_MAX_RSA], plain[VTPM_MAX_RSA];
	size_t size = key->pub.rsa.size, len, i, k;
	struct vtpm *tpm = algo_tpm();
	unsigned int accepted;
	bool ok;

	for (i = 0; i < ARRAY_SIZE(hashes); i++) {
		if (size < 2u * vtpm_digest_size(hashes[i].alg) + 2 + sizeof(text))
			continue;
		ok = !vtpm_oaep_encode(tpm, hashes[i].alg, label, sizeof(label), text, sizeof(text),
				       block, size) && !vtpm_rsa_public(tpm, &key->pub, block);
		ok = ok && openssl_crypt(pkey, false, hashes[i].md(), block, size, plain, &len);
		tap_ok(ok && len == sizeof(text) && !memcmp(plain, text, len),
		       "OAEP, %s: OpenSSL decrypts", hashes[i].name);
		ok = openssl_crypt(pkey, true, hashes[i].md(), text, sizeof(text), block, &len) &&
		     !vtpm_rsa_private(tpm, key, block);
		len = sizeof(text);
		memcpy(plain, block, size);
		ok = ok && !vtpm_oaep_decode(tpm, hashes[i].alg, label, sizeof(label), plain, size,
					     plain, &len);
		tap_ok(ok && len == sizeof(text) && !memcmp(plain, text, len),
		       "OAEP, %s: decrypt OpenSSL's", hashes[i].name);

		accepted = 0;
		for (k = 0; k < size; k++) {
			memcpy(plain, block, size);
			plain[k] ^= 1 << k % 8;
			len = sizeof(plain);
			accepted += !vtpm_oaep_decode(tpm, hashes[i].alg, label, sizeof(label), plain,
						      size, plain, &len);
		}
		tap_ok(!accepted, "OAEP, %s: not with any byte changed", hashes[i].name);
		memcpy(plain, block, size);
		len = sizeof(plain);
		tap_ok(vtpm_oaep_decode(tpm, hashes[i].alg, label, sizeof(label) - 1, plain, size,
					plain, &len) == VTPM_RC_VALUE, "OAEP: not with another label");
		memcpy(plain, block, size);
		len = sizeof(text) - 1;
		tap_ok(vtpm_oaep_decode(tpm, hashes[i].alg, label, sizeof(label), plain, size,
					plain, &len) == VTPM_RC_VALUE, "OAEP: not into too little room");
	}
	tap_ok(vtpm_oaep_encode(tpm, VTPM_ALG_SHA1, label, sizeof(label), block, size - 41, block,
				size) == VTPM_RC_VALUE, "OAEP: a message that is too long");
	tap_ok(vtpm_oaep_encode(tpm, VTPM_ALG_SHA512, label, sizeof(label), text, 0, block,
				128) == VTPM_RC_HASH, "OAEP: a hash that is too long");

	ok = !vtpm_rsaes_encode(tpm, text, sizeof(text), block, size) &&
	     !vtpm_rsa_public(tpm, &key->pub, block) &&
	     openssl_crypt(pkey, false, NULL, block, size, plain, &len);
	tap_ok(ok && len == sizeof(text) && !memcmp(plain, text, len), "RSAES: OpenSSL decrypts");
	ok = openssl_crypt(pkey, true, NULL, text, sizeof(text), block, &len) &&
	     !vtpm_rsa_private(tpm, key, block);
	len = sizeof(plain);
	ok = ok && !vtpm_rsaes_decode(block, size, plain, &len);
	tap_ok(ok && len == sizeof(text) && !memcmp(plain, text, len), "RSAES: decrypt OpenSSL's");
	for (k = 0; k < 10; k++) {
		u8 old = block[k];

		block[k] = k < 2 ? old ^ 1 : 0;
		len = sizeof(plain);
		tap_ok(vtpm_rsaes_decode(block, size, plain, &len) == VTPM_RC_VALUE,
		       "RSAES: byte %zu is wrong", k);
		block[k] = old;
	}
	memset(block + 2, 0xff, size - 2);
	len = sizeof(plain);
	tap_ok(vtpm_rsaes_decode(block, size, plain, &len) == VTPM_RC_VALUE, "RSAES: no end");
	tap_ok(vtpm_rsaes_encode(tpm, block, size - 10, block, size) == VTPM_RC_VALUE,
	       "RSAES: a message that is too long");
}

static bool openssl_signature(EVP_PKEY *pkey, bool sign, int padding, const EVP_MD *md,
			      const struct vtpm_digest *digest, u8 *sig, size_t *len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	int ok;

	ok = (sign ? EVP_PKEY_sign_init(ctx) : EVP_PKEY_verify_init(ctx)) > 0 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, padding) > 0 &&
	     EVP_PKEY_CTX_set_signature_md(ctx, md) > 0;
	ok = ok && (sign ? EVP_PKEY_sign(ctx, sig, len, digest->data, digest->size) :
			   EVP_PKEY_verify(ctx, sig, *len, digest->data, digest->size)) > 0;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static void test_signatures(const struct vtpm_object *key, EVP_PKEY *pkey)
{
	static const struct {
		u16 scheme;
		int padding;
		const char *name;
	} schemes[] = {
		{ VTPM_ALG_RSASSA, RSA_PKCS1_PADDING, "RSASSA" },
		{ VTPM_ALG_RSAPSS, RSA_PKCS1_PSS_PADDING, "RSAPSS" },
	};
	struct vtpm *tpm = algo_tpm();
	size_t i, k, len;

	for (i = 0; i < 2 * ARRAY_SIZE(hashes); i++) {
		const char *hash = hashes[i / 2].name, *scheme = schemes[i % 2].name;
		struct vtpm_scheme wanted = { schemes[i % 2].scheme, hashes[i / 2].alg };
		const EVP_MD *md = hashes[i / 2].md();
		struct vtpm_signature sig = {};
		struct vtpm_digest digest;
		unsigned int accepted = 0;

		vtpm_digest(tpm, wanted.hash, "message", 7, &digest);
		tap_ok(!vtpm_sign(tpm, key, &wanted, &digest, &sig), "%s, %s: sign", scheme, hash);
		len = sig.rsa.size;
		tap_ok(openssl_signature(pkey, false, schemes[i % 2].padding, md, &digest,
					 sig.rsa.data, &len), "%s, %s: OpenSSL verifies", scheme, hash);
		tap_ok(!vtpm_verify(tpm, key, &digest, &sig), "%s, %s: verify", scheme, hash);
		for (k = 0; k < len; k += 3) {
			sig.rsa.data[k] ^= 0x10;
			accepted += vtpm_verify(tpm, key, &digest, &sig) != VTPM_RC_SIGNATURE;
			sig.rsa.data[k] ^= 0x10;
		}
		tap_ok(!accepted, "%s, %s: not with a byte changed", scheme, hash);
		len = sizeof(sig.rsa.data);
		tap_ok(openssl_signature(pkey, true, schemes[i % 2].padding, md, &digest,
					 sig.rsa.data, &len) && !vtpm_verify(tpm, key, &digest, &sig),
		       "%s, %s: verify OpenSSL's", scheme, hash);
		digest.data[1] ^= 2;
		tap_ok(vtpm_verify(tpm, key, &digest, &sig) == VTPM_RC_SIGNATURE,
		       "%s, %s: not for another digest", scheme, hash);
		digest.size--;
		tap_ok(vtpm_sign(tpm, key, &wanted, &digest, &sig) == VTPM_RC_VALUE,
		       "%s, %s: no digest of that hash", scheme, hash);
	}
}

static void test_bad_keys(const struct vtpm_object *good)
{
	struct vtpm *tpm = algo_tpm();
	struct vtpm_object bad = *good;
	size_t half = good->sensitive.size;
	u8 data[VTPM_MAX_RSA] = {};

	tap_ok(!vtpm_rsa_check(tpm, &good->pub, &good->sensitive), "the key is one");
	tap_ok(!vtpm_rsa_check(tpm, &good->pub, NULL), "its public part is one");
	bad.sensitive.data[half - 1] ^= 2;
	tap_ok(vtpm_rsa_check(tpm, &bad.pub, &bad.sensitive) == VTPM_RC_BINDING, "another prime");
	tap_ok(vtpm_rsa_private(tpm, &bad, data) == VTPM_RC_BINDING, "nothing is computed with it");
	bad.sensitive.data[half - 1] = good->sensitive.data[half - 1] ^ 1;
	tap_ok(vtpm_rsa_check(tpm, &bad.pub, &bad.sensitive) == VTPM_RC_BINDING, "an even prime");
	bad = *good;
	bad.sensitive.size--;
	tap_ok(vtpm_rsa_check(tpm, &bad.pub, &bad.sensitive) == VTPM_RC_KEY_SIZE, "a short prime");
	bad = *good;
	bad.pub.rsa.data[0] = 0x7f;
	tap_ok(vtpm_rsa_check(tpm, &bad.pub, NULL) == VTPM_RC_KEY, "a short modulus");
	bad = *good;
	bad.pub.exponent = 5;
	tap_ok(vtpm_rsa_check(tpm, &bad.pub, NULL) == VTPM_RC_VALUE, "a small exponent");
	bad.pub.exponent = 65536;
	tap_ok(vtpm_rsa_check(tpm, &bad.pub, &bad.sensitive) == VTPM_RC_BINDING, "an even exponent");
	bad = *good;
	bad.pub.rsa.data[bad.pub.rsa.size - 1] ^= 1;
	tap_ok(vtpm_rsa_public(tpm, &bad.pub, data) == VTPM_RC_VALUE, "an even modulus");
}

/* without memory: TPM_RC_MEMORY, and nothing else happens */
static void test_memory(const struct vtpm_object *key)
{
	struct vtpm_scheme pss = { VTPM_ALG_RSAPSS, VTPM_ALG_SHA256 };
	struct vtpm_object copy = *key;
	struct vtpm *tpm = algo_tpm();
	struct vtpm_signature sig = {};
	struct vtpm_digest digest;
	struct vtpm_rng rng;
	long i;

	vtpm_digest(tpm, VTPM_ALG_SHA256, "message", 7, &digest);
	port_host_fail_in = 0;
	tap_ok(vtpm_sign(tpm, key, &pss, &digest, &sig) == VTPM_RC_MEMORY, "no memory to sign");
	sig.alg = VTPM_ALG_RSAPSS;
	tap_ok(vtpm_verify(tpm, key, &digest, &sig) == VTPM_RC_MEMORY, "no memory to verify");
	tap_ok(vtpm_rsa_check(tpm, &key->pub, &key->sensitive) == VTPM_RC_MEMORY,
	       "no memory to check a key");
	for (i = 0; i < 3; i++) {
		port_host_fail_in = i;
		seeded(&rng, "memory");
		copy.pub.bits = 1024;
		tap_ok(vtpm_rsa_generate(&rng, &copy.pub, &copy.sensitive) == VTPM_RC_MEMORY,
		       "no memory for a key after %ld allocations", i);
	}
	port_host_fail_in = -1;
}

static void test_key(const char *seed, unsigned int bits)
{
	struct vtpm_object key;
	EVP_PKEY *pkey;

	generate(&key, seed, bits);
	pkey = openssl_key(&key);
	test_numbers(&key, pkey);
	test_encryption(&key, pkey);
	test_signatures(&key, pkey);
	test_bad_keys(&key);
	test_memory(&key);
	EVP_PKEY_free(pkey);
}

int main(void)
{
	test_determinism();
	test_primes();
	test_interrupt();
	test_templates();
	test_key("a key", 1024);
	test_key("another key", 2048);
	BN_CTX_free(algo_ctx());
	return tap_done();
}
