// SPDX-License-Identifier: GPL-2.0
/*
 * Is this template, is this object allowed?  TPM 2.0 Library Part 1, section 25
 * (attributes), Part 2, section 12.2 (public areas), Part 3, section 12.
 *
 * The order of the checks is that of the TCG's reference code, so that a
 * template with two faults gets the same answer.
 */
#include "vtpm_internal.h"

#define STORAGE	(VTPMA_OBJECT_RESTRICTED | VTPMA_OBJECT_DECRYPT)

static bool has(const struct vtpm_public *pub, u32 attrs)
{
	return (pub->attrs & attrs) == attrs;
}

/* do two public areas differ in an attribute? */
static bool differ(const struct vtpm_public *a, const struct vtpm_public *b, u32 attr)
{
	return (a->attrs ^ b->attrs) & attr;
}

static bool sign_is_decrypt(const struct vtpm_public *pub)
{
	return has(pub, VTPMA_OBJECT_SIGN) == has(pub, VTPMA_OBJECT_DECRYPT);
}

/* --- schemes ----------------------------------------------------------------- */

static bool is_sign_scheme(u16 type, u16 scheme)
{
	if (type == VTPM_ALG_RSA)
		return scheme == VTPM_ALG_RSASSA || scheme == VTPM_ALG_RSAPSS;
	return scheme == VTPM_ALG_ECDSA || scheme == VTPM_ALG_ECDAA;
}

static bool is_decrypt_scheme(u16 type, u16 scheme)
{
	if (type == VTPM_ALG_RSA)
		return scheme == VTPM_ALG_RSAES || scheme == VTPM_ALG_OAEP;
	return scheme == VTPM_ALG_ECDH;
}

static u32 check_keyedhash_scheme(const struct vtpm_public *pub)
{
	const struct vtpm_scheme *s = &pub->scheme;

	if (sign_is_decrypt(pub))
		return s->scheme == VTPM_ALG_NULL ? 0 : VTPM_RC_SCHEME;
	if (has(pub, VTPMA_OBJECT_SIGN))
		return s->scheme == VTPM_ALG_HMAC ? 0 : VTPM_RC_SCHEME;
	if (s->scheme != VTPM_ALG_XOR)
		return VTPM_RC_SCHEME;
	if (!has(pub, VTPMA_OBJECT_RESTRICTED))
		return 0;
	/* a parent of derived objects */
	if (s->kdf != VTPM_ALG_KDF1_SP800_108)
		return VTPM_RC_SCHEME;
	return vtpm_digest_size(s->hash) ? 0 : VTPM_RC_HASH;
}

static bool asymmetric_scheme_ok(const struct vtpm_public *pub)
{
	u16 scheme = pub->scheme.scheme;

	/* one field cannot say how to sign and how to decrypt */
	if (sign_is_decrypt(pub))
		return scheme == VTPM_ALG_NULL;
	if (has(pub, VTPMA_OBJECT_SIGN)) {
		if (is_sign_scheme(pub->type, scheme))
			return pub->scheme.hash != VTPM_ALG_NULL;
		return scheme == VTPM_ALG_NULL && !has(pub, VTPMA_OBJECT_RESTRICTED);
	}
	if (scheme == VTPM_ALG_NULL)
		return true;
	return !has(pub, VTPMA_OBJECT_RESTRICTED) && is_decrypt_scheme(pub->type, scheme);
}

static u32 check_asymmetric_scheme(const struct vtpm_public *pub)
{
	if (!asymmetric_scheme_ok(pub))
		return VTPM_RC_SCHEME;
	/* only a parent protects something with a cipher */
	if (!has(pub, STORAGE) && pub->sym.alg != VTPM_ALG_NULL)
		return VTPM_RC_SYMMETRIC;
	/* no command would use it */
	if (pub->type == VTPM_ALG_ECC && pub->kdf.scheme != VTPM_ALG_NULL)
		return VTPM_RC_KDF;
	return 0;
}

/* A storage key that cannot leave its parent protects as well as that one. */
static u32 check_storage(const struct vtpm_public *pub, const struct vtpm_object *parent)
{
	const struct vtpm_sym *a = &pub->sym, *b;

	if (a->alg == VTPM_ALG_NULL)
		return VTPM_RC_SYMMETRIC;
	if (!parent || !has(pub, VTPMA_OBJECT_FIXED_PARENT))
		return 0;
	if (pub->name_alg != parent->pub.name_alg)
		return VTPM_RC_HASH;
	b = &parent->pub.sym;
	return a->alg == b->alg && a->bits == b->bits && a->mode == b->mode ?
		0 : VTPM_RC_SYMMETRIC;
}

static u32 check_scheme(const struct vtpm_public *pub, const struct vtpm_object *parent)
{
	u32 rc = 0;

	if (pub->type == VTPM_ALG_KEYEDHASH)
		return check_keyedhash_scheme(pub);
	if (pub->type != VTPM_ALG_SYMCIPHER)
		rc = check_asymmetric_scheme(pub);
	if (!rc && has(pub, STORAGE))
		rc = check_storage(pub, parent);
	return rc;
}

/* --- attributes -------------------------------------------------------------- */

static u32 check_attributes(const struct vtpm_public *pub, const struct vtpm_object *parent)
{
	/* a seed, parent of the primary objects, is fixedTPM */
	bool fixed = !parent || has(&parent->pub, VTPMA_OBJECT_FIXED_TPM);

	if (fixed && has(pub, VTPMA_OBJECT_FIXED_PARENT) != has(pub, VTPMA_OBJECT_FIXED_TPM))
		return VTPM_RC_ATTRIBUTES;
	if (!fixed && has(pub, VTPMA_OBJECT_FIXED_TPM))
		return VTPM_RC_ATTRIBUTES;

	if (sign_is_decrypt(pub)) {
		if (has(pub, VTPMA_OBJECT_RESTRICTED))
			return VTPM_RC_ATTRIBUTES;
		/* only data is good for neither */
		if (pub->type != VTPM_ALG_KEYEDHASH && !has(pub, VTPMA_OBJECT_SIGN))
			return VTPM_RC_ATTRIBUTES;
	}

	/* what cannot be duplicated needs no rule for it */
	if (has(pub, VTPMA_OBJECT_FIXED_TPM | VTPMA_OBJECT_ENCRYPTED_DUP))
		return VTPM_RC_ATTRIBUTES;
	/* what goes along when an ancestor is duplicated keeps that one's rule */
	if (!fixed && differ(pub, &parent->pub, VTPMA_OBJECT_ENCRYPTED_DUP))
		return VTPM_RC_ATTRIBUTES;
	return 0;
}

/**
 * vtpm_check_public() - is a public area consistent with itself and its parent?
 * @pub: public area
 * @parent: its parent, or NULL: a seed, or none at all
 *
 * Return: 0 or a bare response code.
 */
u32 vtpm_check_public(const struct vtpm_public *pub, const struct vtpm_object *parent)
{
	u32 rc;

	if (pub->name_alg == VTPM_ALG_NULL)
		return VTPM_RC_HASH;
	if (pub->policy.size && pub->policy.size != vtpm_digest_size(pub->name_alg))
		return VTPM_RC_SIZE;
	rc = check_attributes(pub, parent);
	return rc ? rc : check_scheme(pub, parent);
}

/* who says what the secret is: the TPM or the caller? */
static bool origin_ok(const struct vtpm_public *pub, bool primary, bool has_data)
{
	bool origin = has(pub, VTPMA_OBJECT_SENSITIVE_ORIGIN);

	if (!origin && !has_data)
		return false;
	/* a primary object takes the data as one more input of its derivation */
	if (origin && has_data && !primary)
		return false;
	if (pub->type == VTPM_ALG_RSA || pub->type == VTPM_ALG_ECC)
		return origin;
	if (pub->type == VTPM_ALG_KEYEDHASH && origin &&
	    !(pub->attrs & (VTPMA_OBJECT_SIGN | VTPMA_OBJECT_DECRYPT)))
		return false;
	/* a restricted key that others know may not look like one of the TPM */
	return origin || !has(pub, VTPMA_OBJECT_RESTRICTED) ||
	       !(pub->attrs & (VTPMA_OBJECT_FIXED_PARENT | VTPMA_OBJECT_FIXED_TPM));
}

/**
 * vtpm_check_template() - may an object be created like this?
 * @pub: template
 * @parent: parent, or NULL: a seed
 * @has_data: the caller gives the sensitive data
 *
 * Return: 0 or a bare response code.
 */
u32 vtpm_check_template(const struct vtpm_public *pub, const struct vtpm_object *parent,
			bool has_data)
{
	if (!origin_ok(pub, !parent, has_data))
		return VTPM_RC_ATTRIBUTES;
	return vtpm_check_public(pub, parent);
}

/* --- what comes from outside --------------------------------------------------- */

/* where to put the blame: added to codes about the public or the sensitive area */
struct blame {
	u32 public;
	u32 sensitive;
};

static u32 check_rsa(const struct vtpm_public *pub, const struct vtpm_sensitive *sensitive,
		     const struct blame *at)
{
	if (pub->rsa.size != pub->bits / 8 || !(pub->rsa.data[0] & 0x80))
		return VTPM_RC_KEY + at->public;
	if (pub->exponent && pub->exponent < 7)
		return VTPM_RC_VALUE + at->public;
	if (sensitive && (2 * sensitive->size != pub->rsa.size || !(sensitive->data[0] & 0x80)))
		return VTPM_RC_KEY_SIZE + at->sensitive;
	return 0;
}

static u32 check_ecc(struct vtpm *tpm, const struct vtpm_public *pub,
		     const struct vtpm_sensitive *sensitive, const struct blame *at)
{
	u16 size = vtpm_curve(pub->curve)->size;
	struct vtpm_point point = pub->ecc;

	if (sensitive)
		return vtpm_ecc_check(tpm, pub, sensitive);
	if (point.x.size != size || point.y.size != size)
		return VTPM_RC_KEY + at->public;
	if (pub->name_alg != VTPM_ALG_NULL && !vtpm_ecc_point_ok(tpm, pub->curve, &point))
		return VTPM_RC_ECC_POINT + at->public;
	return 0;
}

static u32 check_keyedhash_size(const struct vtpm_public *pub,
				const struct vtpm_sensitive *sensitive, const struct blame *at)
{
	bool key = pub->scheme.scheme == VTPM_ALG_XOR || pub->scheme.scheme == VTPM_ALG_HMAC;

	/* a longer one would be hashed before it becomes the key of an HMAC */
	if (key && sensitive->size > vtpm_hash_block(pub->scheme.hash))
		return VTPM_RC_KEY_SIZE + at->sensitive;
	return 0;
}

static u32 check_symmetric(struct vtpm *tpm, const struct vtpm_public *pub,
			   const struct vtpm_sensitive *sensitive, const struct blame *at)
{
	u16 digest_size = vtpm_digest_size(pub->name_alg);
	struct vtpm_digest unique;
	u32 rc = 0;

	if (!sensitive)
		return pub->digest.size == digest_size ? 0 : VTPM_RC_KEY + at->public;
	if (pub->type == VTPM_ALG_KEYEDHASH)
		rc = check_keyedhash_size(pub, sensitive, at);
	else if (sensitive->size != pub->sym.bits / 8)
		rc = VTPM_RC_KEY_SIZE + at->sensitive;
	if (rc || pub->name_alg == VTPM_ALG_NULL)
		return rc;
	if (sensitive->seed.size != digest_size)
		return VTPM_RC_KEY_SIZE + at->sensitive;
	vtpm_symmetric_unique(tpm, pub, sensitive, &unique);
	return vtpm_digest_equal(&unique, &pub->digest) ? 0 : VTPM_RC_BINDING;
}

static u32 check_key(struct vtpm *tpm, const struct vtpm_public *pub,
		     const struct vtpm_sensitive *sensitive, const struct blame *at)
{
	u16 digest_size = vtpm_digest_size(pub->name_alg);
	u32 rc;

	if (sensitive) {
		if (sensitive->type != pub->type)
			return VTPM_RC_TYPE + at->sensitive;
		if (digest_size && sensitive->auth.size > digest_size)
			return VTPM_RC_SIZE + at->sensitive;
	}
	switch (pub->type) {
	case VTPM_ALG_RSA:
		rc = check_rsa(pub, sensitive, at);
		break;
	case VTPM_ALG_ECC:
		rc = check_ecc(tpm, pub, sensitive, at);
		break;
	default:
		rc = check_symmetric(tpm, pub, sensitive, at);
	}
	if (rc || !sensitive || !has(pub, STORAGE) || !digest_size)
		return rc;
	/* what protects the children has to be worth something */
	if (sensitive->seed.size < digest_size / 2 || sensitive->seed.size > digest_size)
		return VTPM_RC_SIZE + at->sensitive;
	return 0;
}

/**
 * vtpm_check_load() - may this object be used?
 * @tpm: the vTPM
 * @pub: public area
 * @sensitive: sensitive area, or NULL
 * @parent: parent, or NULL for LoadExternal and Import
 * @at_public: added to codes about the public area
 * @at_sensitive: added to codes about the sensitive area
 *
 * What a fixedTPM parent has wrapped was made here or checked at its import, so
 * the keys are not looked at again.
 *
 * Return: 0 or a response code.
 */
u32 vtpm_check_load(struct vtpm *tpm, const struct vtpm_public *pub,
		    const struct vtpm_sensitive *sensitive, const struct vtpm_object *parent,
		    u32 at_public, u32 at_sensitive)
{
	const struct blame at = { at_public, at_sensitive };
	u32 rc;

	if (!sensitive || pub->name_alg == VTPM_ALG_NULL) {
		rc = check_scheme(pub, NULL);
	} else {
		if (sensitive->seed.size > vtpm_digest_size(pub->name_alg))
			return VTPM_RC_KEY_SIZE + at_sensitive;
		rc = vtpm_check_public(pub, parent);
	}
	if (rc)
		return vtpm_rc_at(rc, at_public);
	if (parent && has(&parent->pub, VTPMA_OBJECT_FIXED_TPM))
		return 0;
	return check_key(tpm, pub, sensitive, &at);
}
