// SPDX-License-Identifier: GPL-2.0
/*
 * Objects on their way from one parent to another: TPM 2.0 Library Part 1,
 * section 23; Part 3, section 13.
 *
 * A duplicate is a TPM2B_SENSITIVE with up to two wraps around it:
 *
 *	inner	AES-CFB(2B digest || sensitive) under a key that the owner knows
 *	outer	that of wrap.c, with a seed that travels under the new parent's key
 */
#include "vtpm_internal.h"

/**
 * struct duplicate - a duplicate being wrapped or unwrapped
 * @pub: objectPublic
 * @sensitive: sensitive area
 * @name: Name
 * @sym: cipher of the inner wrap, or VTPM_ALG_NULL
 * @key: its key
 * @seed: seed of the outer wrap
 * @secret: TPM2B_ENCRYPTED_SECRET of @seed
 * @len: bytes of @data
 * @data: the duplicate
 */
struct duplicate {
	struct vtpm_public pub;
	struct vtpm_sensitive sensitive;
	struct vtpm_name name;
	struct vtpm_sym sym;
	struct vtpm_name key;
	struct vtpm_digest seed;
	u8 secret[2 + VTPM_MAX_RSA];
	size_t len;
	u8 data[VTPM_MAX_PRIVATE];
};

/*
 * Can a seed be sent to it?  Also when only its public area is loaded, but not
 * without a nameAlg, as LoadExternal accepts it: there is no hash to derive from.
 */
static bool is_storage(const struct vtpm_object *key)
{
	const u32 storage = VTPMA_OBJECT_RESTRICTED | VTPMA_OBJECT_DECRYPT;

	return (key->pub.type == VTPM_ALG_RSA || key->pub.type == VTPM_ALG_ECC) &&
	       (key->pub.attrs & (storage | VTPMA_OBJECT_SIGN)) == storage &&
	       key->pub.name_alg != VTPM_ALG_NULL;
}

/* --- the inner wrap ------------------------------------------------------------ */

static void inner_crypt(struct vtpm *tpm, bool encrypt, struct duplicate *d)
{
	u8 iv[VTPM_AES_BLOCK] = { };

	vtpm_aes_cfb(tpm, encrypt, d->key.data, d->sym.bits, iv, d->data, d->len);
}

static void inner_digest(struct vtpm *tpm, u16 alg, const u8 *data, size_t len,
			 const struct vtpm_name *name, struct vtpm_digest *digest)
{
	struct vtpm_hash h;

	vtpm_hash_start(tpm, &h, alg);
	vtpm_hash_update(&h, data, len);
	vtpm_hash_name(&h, name);
	vtpm_hash_final(&h, digest);
}

static u32 wrap_inner(struct vtpm *tpm, u16 name_alg, struct duplicate *d)
{
	size_t head = 2 + vtpm_digest_size(name_alg);
	struct vtpm_digest digest;

	if (head + d->len > sizeof(d->data))
		return VTPM_RC_SIZE;
	inner_digest(tpm, name_alg, d->data, d->len, &d->name, &digest);
	memmove(d->data + head, d->data, d->len);
	put_unaligned_be16(digest.size, d->data);
	memcpy(d->data + 2, digest.data, digest.size);
	d->len += head;
	inner_crypt(tpm, true, d);
	return 0;
}

static u32 unwrap_inner(struct vtpm *tpm, u16 name_alg, struct duplicate *d)
{
	struct vtpm_digest sent, digest;
	struct vtpm_reader r;
	size_t head;

	inner_crypt(tpm, false, d);
	vtpm_reader_init(&r, d->data, d->len, 0);
	vtpm_get_digest(&r, &sent);
	if (r.rc)
		return r.rc;
	head = r.buf.pos;
	inner_digest(tpm, name_alg, d->data + head, d->len - head, &d->name, &digest);
	if (!vtpm_digest_equal(&sent, &digest))
		return VTPM_RC_INTEGRITY;
	d->len -= head;
	memmove(d->data, d->data + head, d->len);
	return 0;
}

/* --- TPM2_Duplicate -------------------------------------------------------------- */

static u32 check_duplicate(struct vtpm_cmd *c, const struct duplicate *d)
{
	const struct vtpm_object *object = c->entity[0].object, *parent = c->entity[1].object;

	if (object->pub.attrs & VTPMA_OBJECT_FIXED_PARENT)
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(1);
	if (VTPM_OBJECT_IS_SEQUENCE(object) || object->pub.name_alg == VTPM_ALG_NULL)
		return VTPM_RC_TYPE + VTPM_RC_H(1);
	if (parent && !is_storage(parent))
		return VTPM_RC_TYPE + VTPM_RC_H(2);
	if (object->pub.attrs & VTPMA_OBJECT_ENCRYPTED_DUP) {
		if (d->sym.alg == VTPM_ALG_NULL)
			return VTPM_RC_SYMMETRIC + VTPM_RC_P(2);
		if (!parent)
			return VTPM_RC_HIERARCHY + VTPM_RC_H(2);
	}
	/* no key given: the TPM makes one; no cipher: there is none to give */
	if (d->key.size && (d->sym.alg == VTPM_ALG_NULL || d->key.size != d->sym.bits / 8))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	return 0;
}

/* encryptionKeyOut: the key of the inner wrap, if the caller does not know it yet */
static void put_inner_key(struct vtpm_cmd *c, struct duplicate *d)
{
	if (d->key.size || d->sym.alg == VTPM_ALG_NULL) {
		vtpm_put_2b(&c->out, NULL, 0);
		return;
	}
	d->key.size = d->sym.bits / 8;
	vtpm_random(c->tpm, d->key.data, d->key.size);
	vtpm_put_name(&c->out, &d->key);
}

/* put the outer wrap around @d->data, and both the result and its seed into the response */
static u32 put_outer(struct vtpm_cmd *c, const struct vtpm_object *parent, struct duplicate *d)
{
	struct buf_writer secret;
	u32 rc;

	buf_writer_init(&secret, d->secret, sizeof(d->secret));
	rc = vtpm_secret_make(c->tpm, parent, "DUPLICATE", &d->seed, &secret);
	if (!rc)
		rc = vtpm_wrap_outer(c->tpm, parent, &d->name, &d->seed, false, d->data, &d->len,
				     sizeof(d->data));
	if (rc)
		return rc;
	vtpm_put_2b(&c->out, d->data, d->len);
	buf_put(&c->out, d->secret, secret.len);
	return 0;
}

static void put_bare(struct vtpm_cmd *c, const struct duplicate *d)
{
	vtpm_put_2b(&c->out, d->data, d->len);
	vtpm_put_2b(&c->out, NULL, 0);
}

/** vtpm_cmd_duplicate() - TPM2_Duplicate */
u32 vtpm_cmd_duplicate(struct vtpm_cmd *c)
{
	const struct vtpm_object *object = c->entity[0].object, *parent = c->entity[1].object;
	struct duplicate *d = vtpm_tmp(c, sizeof(*d));
	struct buf_writer w;
	u32 rc;

	if (!d)
		return VTPM_RC_MEMORY;
	vtpm_get_data(vtpm_param(c), &d->key);
	vtpm_get_sym_object(vtpm_param(c), &d->sym, VTPM_NULL_OK);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = check_duplicate(c, d);
	if (rc)
		return rc;
	d->name = object->name;
	put_inner_key(c, d);
	buf_writer_init(&w, d->data, sizeof(d->data));
	vtpm_put_private(&w, &object->sensitive, object->pub.name_alg);
	d->len = w.len;
	if (d->sym.alg != VTPM_ALG_NULL)
		rc = wrap_inner(c->tpm, object->pub.name_alg, d);
	if (rc)
		return rc;
	if (parent)
		return put_outer(c, parent, d);
	put_bare(c, d);
	return 0;
}

/* --- TPM2_Rewrap ------------------------------------------------------------------ */

static u32 unwrap_old(struct vtpm_cmd *c, const struct vtpm_blob *in,
		      const struct vtpm_blob *secret, struct duplicate *d)
{
	const struct vtpm_object *parent = c->entity[0].object;
	u32 rc;

	if (!parent) {
		if (in->size)
			memcpy(d->data, in->data, in->size);
		d->len = in->size;
		return 0;
	}
	if (!is_storage(parent))
		return VTPM_RC_TYPE + VTPM_RC_H(1);
	if (vtpm_secret_open(c->tpm, parent, "DUPLICATE", secret, &d->seed))
		return VTPM_RC_VALUE + VTPM_RC_P(3);
	rc = vtpm_unwrap_outer(c->tpm, parent, &d->name, &d->seed, false, in, d->data, &d->len);
	return vtpm_rc_at(rc, VTPM_RC_P(1));
}

/** vtpm_cmd_rewrap() - TPM2_Rewrap: a new outer wrap for a duplicate */
u32 vtpm_cmd_rewrap(struct vtpm_cmd *c)
{
	const struct vtpm_object *old = c->entity[0].object, *parent = c->entity[1].object;
	struct duplicate *d = vtpm_tmp(c, sizeof(*d));
	struct vtpm_blob in, secret;
	u32 rc;

	if (!d)
		return VTPM_RC_MEMORY;
	vtpm_get_blob(vtpm_param(c), VTPM_MAX_PRIVATE, &in);
	vtpm_get_name(vtpm_param(c), &d->name);
	vtpm_get_blob(vtpm_param(c), VTPM_MAX_RSA, &secret);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!old != !secret.size)
		return VTPM_RC_HANDLE + VTPM_RC_H(1);
	rc = unwrap_old(c, &in, &secret, d);
	if (rc)
		return rc;
	if (!parent) {
		put_bare(c, d);
		return 0;
	}
	if (!is_storage(parent))
		return VTPM_RC_TYPE + VTPM_RC_H(2);
	rc = put_outer(c, parent, d);
	/* a duplicate that is as long as it can be has no room for a wrap */
	return rc == VTPM_RC_SIZE ? VTPM_RC_VALUE + VTPM_RC_P(1) : rc;
}

/* --- TPM2_Import ------------------------------------------------------------------ */

static u32 check_import(const struct vtpm_object *parent, const struct duplicate *d,
			const struct vtpm_blob *secret)
{
	bool inner = d->sym.alg != VTPM_ALG_NULL;
	u32 attrs = d->pub.attrs;

	if (attrs & (VTPMA_OBJECT_FIXED_TPM | VTPMA_OBJECT_FIXED_PARENT))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_P(2);
	if (!vtpm_object_is_parent(parent))
		return VTPM_RC_TYPE + VTPM_RC_H(1);
	if (d->key.size != (inner ? d->sym.bits / 8 : 0))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	if (attrs & VTPMA_OBJECT_ENCRYPTED_DUP && !inner)
		return VTPM_RC_ATTRIBUTES + VTPM_RC_P(1);
	if (secret->size && parent->pub.type == VTPM_ALG_SYMCIPHER)
		return VTPM_RC_TYPE + VTPM_RC_H(1);
	return 0;
}

/* take both wraps off; bare codes mean the duplicate */
static u32 unwrap_import(struct vtpm *tpm, const struct vtpm_object *parent, struct duplicate *d,
			 const struct vtpm_blob *in, bool outer)
{
	u32 rc = 0;

	if (outer) {
		rc = vtpm_unwrap_outer(tpm, parent, &d->name, &d->seed, false, in,
				       d->data, &d->len);
	} else {
		if (in->size)
			memcpy(d->data, in->data, in->size);
		d->len = in->size;
	}
	if (!rc && d->sym.alg != VTPM_ALG_NULL)
		rc = unwrap_inner(tpm, d->pub.name_alg, d);
	return rc ? rc : vtpm_get_private(d->data, d->len, &d->sensitive);
}

static u32 import(struct vtpm_cmd *c, struct duplicate *d, const struct vtpm_blob *in,
		  const struct vtpm_blob *secret)
{
	const struct vtpm_object *parent = c->entity[0].object;
	struct vtpm_object *object = vtpm_tmp(c, sizeof(*object));
	u32 rc;

	if (!object)
		return VTPM_RC_MEMORY;
	rc = check_import(parent, d, secret);
	if (rc)
		return rc;
	if (secret->size)
		rc = vtpm_secret_open(c->tpm, parent, "DUPLICATE", secret, &d->seed);
	else if (d->pub.attrs & VTPMA_OBJECT_ENCRYPTED_DUP)
		rc = VTPM_RC_ATTRIBUTES;
	if (rc)
		return vtpm_rc_at(rc, VTPM_RC_P(4));
	vtpm_object_name(c->tpm, &d->pub, &d->name);
	rc = unwrap_import(c->tpm, parent, d, in, secret->size);
	if (rc)
		return vtpm_rc_at(rc, VTPM_RC_P(3));
	/* what such a parent wraps is not looked at again when it is loaded */
	if (parent->pub.attrs & VTPMA_OBJECT_FIXED_TPM)
		rc = vtpm_check_load(c->tpm, &d->pub, &d->sensitive, NULL, VTPM_RC_P(2),
				     VTPM_RC_P(3));
	if (rc)
		return rc;
	object->pub = d->pub;
	object->sensitive = d->sensitive;
	object->name = d->name;
	return vtpm_wrap_private(c, object, parent);
}

/** vtpm_cmd_import() - TPM2_Import */
u32 vtpm_cmd_import(struct vtpm_cmd *c)
{
	struct duplicate *d = vtpm_tmp(c, sizeof(*d));
	struct vtpm_blob in, secret;
	u32 rc;

	if (!d)
		return VTPM_RC_MEMORY;
	vtpm_get_data(vtpm_param(c), &d->key);
	vtpm_get_sized_public(vtpm_param(c), &d->pub, VTPM_NO_NULL);
	vtpm_get_blob(vtpm_param(c), VTPM_MAX_PRIVATE, &in);
	vtpm_get_blob(vtpm_param(c), VTPM_MAX_RSA, &secret);
	vtpm_get_sym_object(vtpm_param(c), &d->sym, VTPM_NULL_OK);
	rc = vtpm_params_end(c);
	return rc ? rc : import(c, d, &in, &secret);
}
