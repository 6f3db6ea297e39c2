// SPDX-License-Identifier: GPL-2.0
/*
 * Secrets under somebody's public key: seeds of credentials and duplicates, salts
 * of sessions.  Part 1, B.10 (RSA: OAEP with the key's nameAlg) and C.6 (ECC: an
 * ephemeral key, ECDH and KDFe).
 */
#include "vtpm_internal.h"

/* seed = KDFe(nameAlg, Z, label, ephemeral x, key's x) */
static void derive(struct vtpm *tpm, const struct vtpm_public *pub, const char *label,
		   const struct vtpm_point *z, const struct vtpm_coord *ephemeral,
		   struct vtpm_digest *secret)
{
	secret->size = vtpm_digest_size(pub->name_alg);
	vtpm_kdfe(tpm, pub->name_alg, z->x.data, z->x.size, label, ephemeral->data,
		  ephemeral->size, pub->ecc.x.data, pub->ecc.x.size, secret->data,
		  8 * secret->size);
}

/* --- to somebody ------------------------------------------------------------ */

/* "noinline": the frames of RSA and ECC do not add up */
static noinline u32 make_rsa(struct vtpm *tpm, const struct vtpm_public *pub, const char *label,
			     struct vtpm_digest *secret, struct buf_writer *w)
{
	u8 data[VTPM_MAX_RSA];
	u32 rc;

	secret->size = vtpm_digest_size(pub->name_alg);
	vtpm_random(tpm, secret->data, secret->size);
	rc = vtpm_oaep_encode(tpm, pub->name_alg, (const u8 *)label, strlen(label) + 1,
			      secret->data, secret->size, data, pub->rsa.size);
	if (!rc)
		rc = vtpm_rsa_public(tpm, pub, data);
	if (!rc)
		buf_put(w, data, pub->rsa.size);
	memzero_explicit(data, sizeof(data));
	return rc;
}

static noinline u32 make_ecc(struct vtpm *tpm, const struct vtpm_public *pub, const char *label,
			     struct vtpm_digest *secret, struct buf_writer *w)
{
	const struct vtpm_curve *curve = vtpm_curve(pub->curve);
	struct vtpm_point ephemeral, z;
	struct vtpm_rng rng;
	u8 k[VTPM_MAX_ECC];
	u32 rc;

	if (!curve)
		return VTPM_RC_CURVE;
	vtpm_rng_random(tpm, &rng);
	rc = vtpm_ecc_scalar(&rng, curve, k);
	if (!rc)
		rc = vtpm_ecc_mul(tpm, pub->curve, k, curve->size, NULL, &ephemeral);
	if (!rc)
		rc = vtpm_ecc_mul(tpm, pub->curve, k, curve->size, &pub->ecc, &z);
	if (!rc) {
		derive(tpm, pub, label, &z, &ephemeral.x, secret);
		vtpm_put_point(w, &ephemeral);
	}
	memzero_explicit(k, sizeof(k));
	memzero_explicit(&z, sizeof(z));
	return rc == VTPM_RC_ECC_POINT ? VTPM_RC_KEY : rc;
}

/**
 * vtpm_secret_make() - a new secret, and what its receiver gets
 * @tpm: the vTPM
 * @key: receiver's public key, for decryption
 * @label: what it is for
 * @secret: result, to be zeroed by the caller
 * @sized: TPM2B_ENCRYPTED_SECRET is put there
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_ATTRIBUTES: not for decryption; VTPM_RC_KEY: neither RSA nor
 *         ECC, or not on the curve; VTPM_RC_HASH: too short for its nameAlg;
 *         VTPM_RC_VALUE: no modulus; VTPM_RC_MEMORY.
 */
u32 vtpm_secret_make(struct vtpm *tpm, const struct vtpm_object *key, const char *label,
		     struct vtpm_digest *secret, struct buf_writer *sized)
{
	size_t begin = vtpm_put_begin(sized);
	u32 rc = VTPM_RC_KEY;

	secret->size = 0;
	if (!(key->pub.attrs & VTPMA_OBJECT_DECRYPT))
		return VTPM_RC_ATTRIBUTES;
	if (key->pub.type == VTPM_ALG_RSA)
		rc = make_rsa(tpm, &key->pub, label, secret, sized);
	else if (key->pub.type == VTPM_ALG_ECC)
		rc = make_ecc(tpm, &key->pub, label, secret, sized);
	vtpm_put_end(sized, begin);
	return rc;
}

/* --- from somebody ---------------------------------------------------------- */

static noinline u32 open_rsa(struct vtpm *tpm, const struct vtpm_object *key, const char *label,
			     const struct vtpm_blob *in, struct vtpm_digest *secret)
{
	const struct vtpm_scheme *own = &key->pub.scheme;
	size_t len = sizeof(secret->data);
	u8 data[VTPM_MAX_RSA];
	u16 hash;
	u32 rc;

	hash = own->scheme == VTPM_ALG_NULL ? key->pub.name_alg : own->hash;
	if ((own->scheme != VTPM_ALG_NULL && own->scheme != VTPM_ALG_OAEP) ||
	    !vtpm_digest_size(hash))
		return VTPM_RC_SCHEME;
	if (in->size != key->pub.rsa.size)
		return VTPM_RC_SIZE;
	memcpy(data, in->data, in->size);
	rc = vtpm_rsa_private(tpm, key, data);
	if (!rc)
		rc = vtpm_oaep_decode(tpm, hash, (const u8 *)label, strlen(label) + 1, data,
				      in->size, secret->data, &len);
	if (!rc && len > vtpm_digest_size(hash))
		rc = VTPM_RC_VALUE;
	if (!rc)
		secret->size = len;
	memzero_explicit(data, sizeof(data));
	return rc;
}

static noinline u32 open_ecc(struct vtpm *tpm, const struct vtpm_object *key, const char *label,
			     const struct vtpm_blob *in, struct vtpm_digest *secret)
{
	struct vtpm_point ephemeral, z;
	struct vtpm_reader r;
	u32 rc;

	vtpm_reader_init(&r, in->data, in->size, 0);
	vtpm_get_point(&r, &ephemeral);
	if (r.rc)
		return r.rc;
	rc = vtpm_ecc_mul(tpm, key->pub.curve, key->sensitive.data, key->sensitive.size,
			  &ephemeral, &z);
	/* x as it came: who left zeros out has left them out of KDFe, too */
	if (!rc)
		derive(tpm, &key->pub, label, &z, &ephemeral.x, secret);
	memzero_explicit(&z, sizeof(z));
	return rc;
}

/**
 * vtpm_secret_open() - the reverse
 * @tpm: the vTPM
 * @key: key with its sensitive area, for decryption
 * @label: what the secret is for
 * @in: content of the TPM2B_ENCRYPTED_SECRET
 * @secret: result, to be zeroed by the caller
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_KEY: neither RSA nor ECC; VTPM_RC_SCHEME: scheme of an RSA key
 *         is not OAEP; VTPM_RC_SIZE, VTPM_RC_VALUE: nothing that was encrypted for
 *         it; VTPM_RC_INSUFFICIENT, VTPM_RC_ECC_POINT: no point; VTPM_RC_BINDING,
 *         VTPM_RC_MEMORY.
 */
u32 vtpm_secret_open(struct vtpm *tpm, const struct vtpm_object *key, const char *label,
		     const struct vtpm_blob *in, struct vtpm_digest *secret)
{
	secret->size = 0;
	if (key->pub.type == VTPM_ALG_RSA)
		return open_rsa(tpm, key, label, in, secret);
	if (key->pub.type == VTPM_ALG_ECC)
		return open_ecc(tpm, key, label, in, secret);
	return VTPM_RC_KEY;
}
