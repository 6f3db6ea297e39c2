// SPDX-License-Identifier: GPL-2.0
/*
 * Signatures with any kind of key: what scheme, and the dispatch.
 */
#include "vtpm_internal.h"

static bool fits(u16 type, u16 scheme)
{
	switch (type) {
	case VTPM_ALG_RSA:
		return scheme == VTPM_ALG_RSASSA || scheme == VTPM_ALG_RSAPSS;
	case VTPM_ALG_ECC:
		return scheme == VTPM_ALG_ECDSA || scheme == VTPM_ALG_ECDAA;
	}
	return scheme == VTPM_ALG_HMAC;
}

/**
 * vtpm_scheme_select() - the scheme that counts: the key's or the command's
 * @key: signing key, or NULL: no signature
 * @scheme: the command's; replaced by the one to use
 *
 * A key with a scheme signs with that one only.  Mirrors Part 3, 18.1, table
 * "signature scheme selection".
 *
 * Return: 0; VTPM_RC_SCHEME: there is none, they differ, or it is not one of such a
 *         key.
 */
u32 vtpm_scheme_select(const struct vtpm_object *key, struct vtpm_scheme *scheme)
{
	const struct vtpm_scheme *own;

	if (!key) {
		*scheme = (struct vtpm_scheme){ .scheme = VTPM_ALG_NULL, .hash = VTPM_ALG_NULL };
		return 0;
	}
	if (key->pub.type == VTPM_ALG_SYMCIPHER)
		return VTPM_RC_SCHEME;
	own = &key->pub.scheme;
	if (own->scheme == VTPM_ALG_NULL)
		return fits(key->pub.type, scheme->scheme) ? 0 : VTPM_RC_SCHEME;
	if (scheme->scheme == VTPM_ALG_NULL) {
		/* the command would have to say which TPM2_Commit it goes with */
		if (own->scheme == VTPM_ALG_ECDAA)
			return VTPM_RC_SCHEME;
		*scheme = *own;
		return 0;
	}
	return own->scheme == scheme->scheme && own->hash == scheme->hash ? 0 : VTPM_RC_SCHEME;
}

/* --- RSA ------------------------------------------------------------------- */

static u32 rsa_sign(struct vtpm *tpm, const struct vtpm_object *key,
		    const struct vtpm_digest *digest, struct vtpm_signature *sig)
{
	size_t len = key->pub.rsa.size;
	u32 rc;

	switch (sig->alg) {
	case VTPM_ALG_RSASSA:
		rc = vtpm_rsassa_encode(sig->hash, digest, sig->rsa.data, len);
		break;
	case VTPM_ALG_RSAPSS:
		rc = vtpm_pss_encode(tpm, sig->hash, digest, sig->rsa.data, len);
		break;
	default:
		return VTPM_RC_SCHEME;
	}
	sig->rsa.size = len;
	return rc ? rc : vtpm_rsa_private(tpm, key, sig->rsa.data);
}

static u32 rsa_verify(struct vtpm *tpm, const struct vtpm_object *key,
		      const struct vtpm_digest *digest, const struct vtpm_signature *sig)
{
	u8 power[VTPM_MAX_RSA], right[VTPM_MAX_RSA];
	size_t len = key->pub.rsa.size;
	u32 rc;

	if (sig->alg != VTPM_ALG_RSASSA && sig->alg != VTPM_ALG_RSAPSS)
		return VTPM_RC_SCHEME;
	if (sig->rsa.size != len)
		return VTPM_RC_SIGNATURE;
	memcpy(power, sig->rsa.data, len);
	rc = vtpm_rsa_public(tpm, &key->pub, power);
	if (rc == VTPM_RC_MEMORY)
		return rc;
	if (!rc && sig->alg == VTPM_ALG_RSAPSS) {
		rc = vtpm_pss_verify(tpm, sig->hash, digest, power, len);
	} else if (!rc) {
		rc = vtpm_rsassa_encode(sig->hash, digest, right, len);
		if (!rc && memcmp(power, right, len))
			rc = VTPM_RC_SIGNATURE;
	}
	return rc ? VTPM_RC_SIGNATURE : 0;
}

/* --- HMAC: of the digest, as if that were the message ------------------------ */

/* a frame of its own, which is not on the way to RSA */
static noinline void hmac(struct vtpm *tpm, const struct vtpm_object *key, u16 hash,
			  const struct vtpm_digest *digest, struct vtpm_digest *result)
{
	struct vtpm_hmac h;

	vtpm_hmac_start(tpm, &h, hash, key->sensitive.data, key->sensitive.size);
	vtpm_hash_digest(&h.hash, digest);
	vtpm_hmac_final(&h, result);
}

static u32 hmac_verify(struct vtpm *tpm, const struct vtpm_object *key,
		       const struct vtpm_digest *digest, const struct vtpm_signature *sig)
{
	const struct vtpm_scheme *own = &key->pub.scheme;
	struct vtpm_digest right;

	if (key->public_only)
		return VTPM_RC_HANDLE;
	if (sig->alg != VTPM_ALG_HMAC || sig->hash == VTPM_ALG_NULL)
		return VTPM_RC_SCHEME;
	if (own->scheme != VTPM_ALG_NULL && (own->scheme != sig->alg || own->hash != sig->hash))
		return VTPM_RC_SIGNATURE;
	hmac(tpm, key, sig->hash, digest, &right);
	return vtpm_digest_equal(&right, &sig->hmac) ? 0 : VTPM_RC_SIGNATURE;
}

/* --- any ------------------------------------------------------------------- */

/**
 * vtpm_sign() - sign a digest
 * @tpm: the vTPM
 * @key: signing key, or NULL: then the result is a signature of VTPM_ALG_NULL
 * @scheme: as vtpm_scheme_select() chose it
 * @digest: digest
 * @sig: result
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_SCHEME: not for this key; VTPM_RC_VALUE: not a digest of the
 *         scheme's hash; VTPM_RC_SIZE: key too short for it; VTPM_RC_BINDING: the key
 *         is none; VTPM_RC_MEMORY.
 */
u32 vtpm_sign(struct vtpm *tpm, const struct vtpm_object *key, const struct vtpm_scheme *scheme,
	      const struct vtpm_digest *digest, struct vtpm_signature *sig)
{
	struct vtpm_rng rng;

	sig->alg = scheme->scheme;
	sig->hash = scheme->hash;
	if (!key || scheme->scheme == VTPM_ALG_NULL) {
		sig->alg = VTPM_ALG_NULL;
		return 0;
	}
	switch (key->pub.type) {
	case VTPM_ALG_RSA:
		return rsa_sign(tpm, key, digest, sig);
	case VTPM_ALG_ECC:
		/* there is no TPM2_Commit, so no counter of one is right */
		if (scheme->scheme == VTPM_ALG_ECDAA)
			return VTPM_RC_VALUE;
		if (scheme->scheme != VTPM_ALG_ECDSA)
			return VTPM_RC_SCHEME;
		vtpm_rng_random(tpm, &rng);
		return vtpm_ecdsa_sign(&rng, key->pub.curve, &key->sensitive, digest, sig);
	case VTPM_ALG_KEYEDHASH:
		if (scheme->scheme != VTPM_ALG_HMAC)
			return VTPM_RC_SCHEME;
		hmac(tpm, key, scheme->hash, digest, &sig->hmac);
		return 0;
	default:
		return VTPM_RC_SCHEME;
	}
}

/**
 * vtpm_verify() - check a signature
 * @tpm: the vTPM
 * @key: key; its own scheme does not matter, except that of an HMAC key
 * @digest: digest
 * @sig: signature
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_SIGNATURE: it is not right; VTPM_RC_SCHEME: not one of such a
 *         key; VTPM_RC_HANDLE: an HMAC key without its secret; VTPM_RC_MEMORY.
 */
u32 vtpm_verify(struct vtpm *tpm, const struct vtpm_object *key,
		const struct vtpm_digest *digest, const struct vtpm_signature *sig)
{
	switch (key->pub.type) {
	case VTPM_ALG_RSA:
		return rsa_verify(tpm, key, digest, sig);
	case VTPM_ALG_ECC:
		if (sig->alg != VTPM_ALG_ECDSA)
			return VTPM_RC_SCHEME;
		return vtpm_ecdsa_verify(tpm, &key->pub, digest, sig);
	case VTPM_ALG_KEYEDHASH:
		return hmac_verify(tpm, key, digest, sig);
	default:
		return VTPM_RC_SCHEME;
	}
}
