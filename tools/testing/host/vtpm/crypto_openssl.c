// SPDX-License-Identifier: GPL-2.0
/*
 * The primitives of a vTPM on OpenSSL.
 *
 * On its low-level functions, which are deprecated but have what the table wants:
 * a state that is plain memory.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/aes.h>
#include <openssl/sha.h>

#include "crypto_openssl.h"
#include "vtpm/tpm2.h"

/* what a state begins with */
union state {
	SHA_CTX sha1;
	SHA256_CTX sha256;
	SHA512_CTX sha512;
};

static void hash_start(u16 alg, void *state)
{
	union state *s = state;

	BUILD_BUG_ON(sizeof(*s) > VTPM_HASH_STATE || sizeof(*s) > VTPM_HASH_EXPORT);
	memset(s, 0, sizeof(*s));
	switch (alg) {
	case VTPM_ALG_SHA1:
		SHA1_Init(&s->sha1);
		break;
	case VTPM_ALG_SHA256:
		SHA256_Init(&s->sha256);
		break;
	case VTPM_ALG_SHA384:
		SHA384_Init(&s->sha512);
		break;
	case VTPM_ALG_SHA512:
		SHA512_Init(&s->sha512);
		break;
	default:
		WARN_ON(1);
	}
}

static void hash_update(u16 alg, void *state, const void *data, size_t len)
{
	union state *s = state;

	switch (alg) {
	case VTPM_ALG_SHA1:
		SHA1_Update(&s->sha1, data, len);
		break;
	case VTPM_ALG_SHA256:
		SHA256_Update(&s->sha256, data, len);
		break;
	default:
		SHA512_Update(&s->sha512, data, len);
	}
}

static void hash_final(u16 alg, void *state, u8 *digest)
{
	union state *s = state;

	switch (alg) {
	case VTPM_ALG_SHA1:
		SHA1_Final(digest, &s->sha1);
		break;
	case VTPM_ALG_SHA256:
		SHA256_Final(digest, &s->sha256);
		break;
	default:
		SHA512_Final(digest, &s->sha512);
	}
	memzero_explicit(s, sizeof(*s));
}

static size_t hash_export(u16 alg, const void *state, u8 *blob)
{
	memcpy(blob, state, sizeof(union state));
	return sizeof(union state);
}

static int hash_import(u16 alg, void *state, const u8 *blob, size_t len)
{
	union state *s = state;
	bool ok;

	if (len != sizeof(*s))
		return -EINVAL;
	memcpy(s, blob, len);
	/* how many bytes of a block are waiting is used as an index */
	switch (alg) {
	case VTPM_ALG_SHA1:
		ok = s->sha1.num < SHA_CBLOCK;
		break;
	case VTPM_ALG_SHA256:
		ok = s->sha256.num < SHA256_CBLOCK && s->sha256.md_len == SHA256_DIGEST_LENGTH;
		break;
	case VTPM_ALG_SHA384:
		ok = s->sha512.num < SHA512_CBLOCK && s->sha512.md_len == SHA384_DIGEST_LENGTH;
		break;
	default:
		ok = s->sha512.num < SHA512_CBLOCK && s->sha512.md_len == SHA512_DIGEST_LENGTH;
	}
	return ok ? 0 : -EINVAL;
}

struct aes {
	AES_KEY encrypt;
	AES_KEY decrypt;
};

static void aes_set_key(void *state, const u8 *key, unsigned int bits)
{
	struct aes *aes = state;

	BUILD_BUG_ON(sizeof(*aes) > VTPM_AES_STATE);
	WARN_ON(AES_set_encrypt_key(key, bits, &aes->encrypt));
	WARN_ON(AES_set_decrypt_key(key, bits, &aes->decrypt));
}

static void aes_encrypt(const void *state, u8 *out, const u8 *in)
{
	AES_encrypt(in, out, &((const struct aes *)state)->encrypt);
}

static void aes_decrypt(const void *state, u8 *out, const u8 *in)
{
	AES_decrypt(in, out, &((const struct aes *)state)->decrypt);
}

const struct vtpm_crypto_ops vtpm_crypto_openssl = {
	.hash_start = hash_start,
	.hash_update = hash_update,
	.hash_final = hash_final,
	.hash_export = hash_export,
	.hash_import = hash_import,
	.aes_set_key = aes_set_key,
	.aes_encrypt = aes_encrypt,
	.aes_decrypt = aes_decrypt,
};
