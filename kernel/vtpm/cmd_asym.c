// SPDX-License-Identifier: GPL-2.0
/*
 * RSA and ECC keys at work: TPM 2.0 Library Part 3, section 14.
 */
#include "vtpm_internal.h"

/* --- RSA ------------------------------------------------------------------------- */

/**
 * struct rsa - a message, in the clear or not
 * @scheme: inScheme, then the scheme it is padded with
 * @label: label of OAEP
 * @size: bytes of @in
 * @in: message or ciphertext
 * @out: the reverse
 */
struct rsa {
	struct vtpm_scheme scheme;
	struct vtpm_name label;
	u16 size;
	u8 in[VTPM_MAX_RSA];
	u8 out[VTPM_MAX_RSA];
};

static u32 get_rsa(struct vtpm_cmd *c, struct rsa *m)
{
	m->size = vtpm_get_2b(vtpm_param(c), sizeof(m->in), m->in);
	vtpm_get_rsa_decrypt(vtpm_param(c), &m->scheme, VTPM_NULL_OK);
	vtpm_get_data(vtpm_param(c), &m->label);
	return vtpm_params_end(c);
}

static u32 check_rsa(const struct vtpm_object *key, bool private, const struct rsa *m)
{
	if (key->pub.type != VTPM_ALG_RSA)
		return VTPM_RC_KEY + VTPM_RC_H(1);
	if (!(key->pub.attrs & VTPMA_OBJECT_DECRYPT) ||
	    (private && key->pub.attrs & VTPMA_OBJECT_RESTRICTED))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(1);
	/* a label is a string */
	if (m->label.size && m->label.data[m->label.size - 1])
		return VTPM_RC_VALUE + VTPM_RC_P(3);
	return 0;
}

/* the key's scheme, the caller's, or one that both have */
static u32 select_rsa(const struct vtpm_object *key, struct rsa *m)
{
	const struct vtpm_scheme *own = &key->pub.scheme;

	if (own->scheme == VTPM_ALG_NULL)
		return 0;
	if (m->scheme.scheme == VTPM_ALG_NULL)
		m->scheme = *own;
	else if (m->scheme.scheme != own->scheme || m->scheme.hash != own->hash)
		return VTPM_RC_SCHEME + VTPM_RC_P(2);
	return 0;
}

/* without padding the message is a number, of at most @len bytes after its zeros */
static u32 pad_number(const u8 *in, size_t size, u8 *out, size_t len)
{
	for (; size && !*in; in++, size--)
		;
	if (size > len)
		return VTPM_RC_VALUE;
	memset(out, 0, len - size);
	memcpy(out + len - size, in, size);
	return 0;
}

static u32 pad(struct vtpm *tpm, struct rsa *m, size_t len)
{
	switch (m->scheme.scheme) {
	case VTPM_ALG_NULL:
		return pad_number(m->in, m->size, m->out, len);
	case VTPM_ALG_RSAES:
		return vtpm_rsaes_encode(tpm, m->in, m->size, m->out, len);
	case VTPM_ALG_OAEP:
		return vtpm_oaep_encode(tpm, m->scheme.hash, m->label.data, m->label.size,
					m->in, m->size, m->out, len);
	}
	return VTPM_RC_SCHEME;
}

static u32 unpad(struct vtpm *tpm, struct rsa *m, size_t *len)
{
	*len = sizeof(m->out);
	switch (m->scheme.scheme) {
	case VTPM_ALG_NULL:
		memcpy(m->out, m->in, m->size);
		*len = m->size;
		return 0;
	case VTPM_ALG_RSAES:
		return vtpm_rsaes_decode(m->in, m->size, m->out, len);
	case VTPM_ALG_OAEP:
		return vtpm_oaep_decode(tpm, m->scheme.hash, m->label.data, m->label.size,
					m->in, m->size, m->out, len);
	}
	return VTPM_RC_SCHEME;
}

/** vtpm_cmd_rsa_encrypt() - TPM2_RSA_Encrypt */
u32 vtpm_cmd_rsa_encrypt(struct vtpm_cmd *c)
{
	const struct vtpm_object *key = c->entity[0].object;
	struct rsa *m = vtpm_tmp(c, sizeof(*m));
	u32 rc;

	if (!m)
		return VTPM_RC_MEMORY;
	rc = get_rsa(c, m);
	if (!rc)
		rc = check_rsa(key, false, m);
	if (!rc)
		rc = select_rsa(key, m);
	if (!rc)
		rc = pad(c->tpm, m, key->pub.rsa.size);
	if (!rc)
		rc = vtpm_rsa_public(c->tpm, &key->pub, m->out);
	if (!rc)
		vtpm_put_2b(&c->out, m->out, key->pub.rsa.size);
	return rc;
}

/** vtpm_cmd_rsa_decrypt() - TPM2_RSA_Decrypt */
u32 vtpm_cmd_rsa_decrypt(struct vtpm_cmd *c)
{
	const struct vtpm_object *key = c->entity[0].object;
	struct rsa *m = vtpm_tmp(c, sizeof(*m));
	size_t len;
	u32 rc;

	if (!m)
		return VTPM_RC_MEMORY;
	rc = get_rsa(c, m);
	if (!rc)
		rc = check_rsa(key, true, m);
	if (!rc)
		rc = select_rsa(key, m);
	if (!rc && m->size != key->pub.rsa.size)
		rc = VTPM_RC_SIZE;
	if (!rc)
		rc = vtpm_rsa_private(c->tpm, key, m->in);
	if (!rc)
		rc = unpad(c->tpm, m, &len);
	if (!rc)
		vtpm_put_2b(&c->out, m->out, len);
	return rc;
}

/* --- ECC ------------------------------------------------------------------------- */

/** vtpm_cmd_ecdh_key_gen() - TPM2_ECDH_KeyGen: one half of an exchange with a key */
u32 vtpm_cmd_ecdh_key_gen(struct vtpm_cmd *c)
{
	const struct vtpm_object *key = c->entity[0].object;
	const struct vtpm_curve *curve;
	struct vtpm_point point, z;
	u8 k[VTPM_MAX_ECC];
	struct vtpm_rng rng;
	u32 rc;

	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (key->pub.type != VTPM_ALG_ECC)
		return VTPM_RC_KEY + VTPM_RC_H(1);
	curve = vtpm_curve(key->pub.curve);
	vtpm_rng_random(c->tpm, &rng);
	rc = vtpm_ecc_scalar(&rng, curve, k);
	if (!rc)
		rc = vtpm_ecc_mul(c->tpm, curve->id, k, curve->size, NULL, &point);
	if (!rc)
		rc = vtpm_ecc_mul(c->tpm, curve->id, k, curve->size, &key->pub.ecc, &z);
	memzero_explicit(k, sizeof(k));
	if (rc == VTPM_RC_ECC_POINT)
		return VTPM_RC_KEY + VTPM_RC_H(1);
	if (rc)
		return rc;
	vtpm_put_sized_point(&c->out, &z);
	vtpm_put_sized_point(&c->out, &point);
	memzero_explicit(&z, sizeof(z));
	return 0;
}

/** vtpm_cmd_ecdh_zgen() - TPM2_ECDH_ZGen: the other half */
u32 vtpm_cmd_ecdh_zgen(struct vtpm_cmd *c)
{
	const struct vtpm_object *key = c->entity[0].object;
	struct vtpm_point point, z;
	u32 rc;

	vtpm_get_sized_point(vtpm_param(c), &point);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (key->pub.type != VTPM_ALG_ECC)
		return VTPM_RC_KEY + VTPM_RC_H(1);
	if (key->pub.attrs & VTPMA_OBJECT_RESTRICTED || !(key->pub.attrs & VTPMA_OBJECT_DECRYPT))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(1);
	if (key->pub.scheme.scheme != VTPM_ALG_ECDH && key->pub.scheme.scheme != VTPM_ALG_NULL)
		return VTPM_RC_SCHEME + VTPM_RC_H(1);
	rc = vtpm_ecc_mul(c->tpm, key->pub.curve, key->sensitive.data, key->sensitive.size,
			  &point, &z);
	if (rc)
		return vtpm_rc_at(rc, VTPM_RC_P(1));
	vtpm_put_sized_point(&c->out, &z);
	memzero_explicit(&z, sizeof(z));
	return 0;
}

/* the hash that NIST recommends for a KDF on a curve */
static u16 kdf_hash(const struct vtpm_curve *curve)
{
	return curve->bits > 256 ? VTPM_ALG_SHA384 : VTPM_ALG_SHA256;
}

/** vtpm_cmd_ecc_parameters() - TPM2_ECC_Parameters: TPMS_ALGORITHM_DETAIL_ECC */
u32 vtpm_cmd_ecc_parameters(struct vtpm_cmd *c)
{
	const struct vtpm_curve *curve = vtpm_curve(vtpm_get_curve(vtpm_param(c)));
	static const u8 cofactor = 1;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	buf_put_be16(&c->out, curve->id);
	buf_put_be16(&c->out, curve->bits);
	buf_put_be16(&c->out, VTPM_ALG_KDF1_SP800_56A);
	buf_put_be16(&c->out, kdf_hash(curve));
	buf_put_be16(&c->out, VTPM_ALG_NULL);
	vtpm_put_2b(&c->out, curve->p, curve->size);
	vtpm_put_2b(&c->out, curve->a, curve->size);
	vtpm_put_2b(&c->out, curve->b, curve->size);
	vtpm_put_2b(&c->out, curve->gx, curve->size);
	vtpm_put_2b(&c->out, curve->gy, curve->size);
	vtpm_put_2b(&c->out, curve->n, curve->size);
	vtpm_put_2b(&c->out, &cofactor, sizeof(cofactor));
	return 0;
}

/* --- ephemeral keys ---------------------------------------------------------------- */

/** vtpm_cmd_ec_ephemeral() - TPM2_EC_Ephemeral: one for a two-phase exchange */
u32 vtpm_cmd_ec_ephemeral(struct vtpm_cmd *c)
{
	const struct vtpm_curve *curve = vtpm_curve(vtpm_get_curve(vtpm_param(c)));
	struct vtpm_point q;
	u8 k[VTPM_MAX_ECC];
	u32 rc;

	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	rc = vtpm_commit_next(c->tpm, curve, k);
	if (!rc)
		rc = vtpm_ecc_mul(c->tpm, curve->id, k, curve->size, NULL, &q);
	memzero_explicit(k, sizeof(k));
	if (rc)
		return rc;
	vtpm_put_sized_point(&c->out, &q);
	buf_put_be16(&c->out, vtpm_commit(c->tpm));
	return 0;
}

/**
 * struct exchange - the other side's keys, and what comes of them
 * @static_key: QsB
 * @ephemeral: QeB
 * @scheme: key exchange
 * @counter: of our ephemeral key
 * @z1: our static key with theirs
 * @z2: our ephemeral key with theirs
 */
struct exchange {
	struct vtpm_point static_key;
	struct vtpm_point ephemeral;
	u16 scheme;
	u16 counter;
	struct vtpm_point z1;
	struct vtpm_point z2;
};

static u32 get_exchange(struct vtpm_cmd *c, struct exchange *x)
{
	struct vtpm_reader *r;

	vtpm_get_sized_point(vtpm_param(c), &x->static_key);
	vtpm_get_sized_point(vtpm_param(c), &x->ephemeral);
	r = vtpm_param(c);
	x->scheme = vtpm_get_u16(r);
	if (x->scheme != VTPM_ALG_ECDH)
		vtpm_reader_fail(r, VTPM_RC_SCHEME);
	x->counter = vtpm_get_u16(vtpm_param(c));
	return vtpm_params_end(c);
}

static u32 check_exchange(struct vtpm *tpm, const struct vtpm_object *key, struct exchange *x)
{
	if (key->pub.type != VTPM_ALG_ECC)
		return VTPM_RC_KEY + VTPM_RC_H(1);
	if (key->pub.attrs & VTPMA_OBJECT_RESTRICTED || !(key->pub.attrs & VTPMA_OBJECT_DECRYPT))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(1);
	if (key->pub.scheme.scheme != VTPM_ALG_NULL && key->pub.scheme.scheme != x->scheme)
		return VTPM_RC_SCHEME + VTPM_RC_P(3);
	if (!vtpm_ecc_point_ok(tpm, key->pub.curve, &x->static_key))
		return VTPM_RC_ECC_POINT + VTPM_RC_P(1);
	if (!vtpm_ecc_point_ok(tpm, key->pub.curve, &x->ephemeral))
		return VTPM_RC_ECC_POINT + VTPM_RC_P(2);
	return 0;
}

/** vtpm_cmd_zgen_2phase() - TPM2_ZGen_2Phase */
u32 vtpm_cmd_zgen_2phase(struct vtpm_cmd *c)
{
	const struct vtpm_object *key = c->entity[0].object;
	struct exchange *x = vtpm_tmp(c, sizeof(*x));
	const struct vtpm_curve *curve;
	u8 k[VTPM_MAX_ECC];
	u32 rc;

	if (!x)
		return VTPM_RC_MEMORY;
	rc = get_exchange(c, x);
	if (!rc)
		rc = check_exchange(c->tpm, key, x);
	if (rc)
		return rc;
	curve = vtpm_curve(key->pub.curve);
	rc = vtpm_rc_at(vtpm_commit_find(c->tpm, curve, x->counter, k), VTPM_RC_P(4));
	if (!rc)
		rc = vtpm_ecc_mul(c->tpm, curve->id, key->sensitive.data, key->sensitive.size,
				  &x->static_key, &x->z1);
	if (!rc)
		rc = vtpm_ecc_mul(c->tpm, curve->id, k, curve->size, &x->ephemeral, &x->z2);
	memzero_explicit(k, sizeof(k));
	if (rc)
		return rc;
	vtpm_put_sized_point(&c->out, &x->z1);
	vtpm_put_sized_point(&c->out, &x->z2);
	vtpm_commit_end(c->tpm, x->counter);
	return 0;
}
