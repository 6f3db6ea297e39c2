// SPDX-License-Identifier: GPL-2.0
/*
 * Making an object: its key material, and the record of how it was made.
 * TPM 2.0 Library Part 1, section 27; Part 2, section 15.
 */
#include "vtpm_internal.h"

#define STORAGE	(VTPMA_OBJECT_RESTRICTED | VTPMA_OBJECT_DECRYPT)

static bool is_storage(const struct vtpm_public *pub)
{
	return (pub->attrs & STORAGE) == STORAGE;
}

/**
 * vtpm_symmetric_unique() - what binds the public area of a symmetric object to
 *                           its secret
 * @tpm: the vTPM
 * @pub: public area of a SYMCIPHER or KEYEDHASH object
 * @sensitive: sensitive area
 * @unique: result
 */
void vtpm_symmetric_unique(struct vtpm *tpm, const struct vtpm_public *pub,
			   const struct vtpm_sensitive *sensitive, struct vtpm_digest *unique)
{
	struct vtpm_hmac h;

	if (is_storage(pub)) {
		vtpm_hmac_start(tpm, &h, pub->name_alg, sensitive->seed.data,
				sensitive->seed.size);
		vtpm_hash_update(&h.hash, sensitive->data, sensitive->size);
		vtpm_hmac_final(&h, unique);
		return;
	}
	vtpm_hash_start(tpm, &h.hash, pub->name_alg);
	vtpm_hash_digest(&h.hash, &sensitive->seed);
	vtpm_hash_update(&h.hash, sensitive->data, sensitive->size);
	vtpm_hash_final(&h.hash, unique);
}

static void copy_data(struct vtpm_sensitive *sensitive, const struct vtpm_sensitive_create *in)
{
	sensitive->size = in->size;
	memcpy(sensitive->data, in->data, in->size);
}

/* @in is NULL where the TPM makes the secret */
static u32 create_symcipher(struct vtpm_rng *rng, const struct vtpm_public *pub,
			    struct vtpm_sensitive *sensitive,
			    const struct vtpm_sensitive_create *in)
{
	u16 size = pub->sym.bits / 8;

	if (in) {
		if (in->size != size)
			return VTPM_RC_KEY_SIZE;
		copy_data(sensitive, in);
		return 0;
	}
	sensitive->size = size;
	vtpm_rng_bytes(rng, sensitive->data, size);
	return 0;
}

static u32 create_keyedhash(struct vtpm_rng *rng, const struct vtpm_public *pub,
			    struct vtpm_sensitive *sensitive,
			    const struct vtpm_sensitive_create *in)
{
	bool key = pub->attrs & (VTPMA_OBJECT_SIGN | VTPMA_OBJECT_DECRYPT);
	u16 hash = pub->scheme.scheme == VTPM_ALG_NULL ? pub->name_alg : pub->scheme.hash;

	if (in) {
		if (key && in->size > vtpm_hash_block(hash))
			return VTPM_RC_SIZE;
		copy_data(sensitive, in);
		return 0;
	}
	sensitive->size = vtpm_digest_size(hash);
	vtpm_rng_bytes(rng, sensitive->data, sensitive->size);
	return 0;
}

static u32 create_key(struct vtpm_rng *rng, struct vtpm_public *pub,
		      struct vtpm_sensitive *sensitive, const struct vtpm_sensitive_create *in)
{
	if (pub->attrs & VTPMA_OBJECT_SENSITIVE_ORIGIN)
		in = NULL;
	switch (pub->type) {
	case VTPM_ALG_RSA:
		return vtpm_rsa_generate(rng, pub, sensitive);
	case VTPM_ALG_ECC:
		return vtpm_ecc_generate(rng, pub, sensitive);
	case VTPM_ALG_SYMCIPHER:
		return create_symcipher(rng, pub, sensitive, in);
	}
	return create_keyedhash(rng, pub, sensitive, in);
}

/*
 * What the children of a primary key are protected with.  In the endorsement
 * hierarchy it also depends on the proofs: after TPM2_Clear the same EK comes
 * back, but nothing that the former owner has made under it.
 */
static void create_seed(struct vtpm *tpm, struct vtpm_rng *rng, const struct vtpm_object *object,
			struct vtpm_digest *seed)
{
	u8 proofs[2 * VTPM_SEED];
	struct vtpm_rng stirred;

	seed->size = vtpm_digest_size(object->pub.name_alg);
	if (!object->primary || object->hierarchy != VTPM_RH_ENDORSEMENT) {
		vtpm_rng_bytes(rng, seed->data, seed->size);
		return;
	}
	memcpy(proofs, tpm->hierarchy[VTPM_OWNER].proof, VTPM_SEED);
	memcpy(proofs + VTPM_SEED, tpm->hierarchy[VTPM_ENDORSEMENT].proof, VTPM_SEED);
	vtpm_rng_seed(tpm, &stirred, rng->key, sizeof(rng->key), "CHILDREN", NULL,
		      proofs, sizeof(proofs));
	vtpm_rng_bytes(&stirred, seed->data, seed->size);
	memzero_explicit(proofs, sizeof(proofs));
	memzero_explicit(&stirred, sizeof(stirred));
}

/**
 * vtpm_object_create() - make the key or take over the data
 * @tpm: the vTPM
 * @rng: where everything that is not given comes from
 * @object: @pub is a template that vtpm_check_template() has let through;
 *          @primary and @hierarchy are set.  Gets the rest of @pub, @sensitive
 *          and @name
 * @in: authValue, and the data if it is given
 *
 * Return: 0 or a response code; as in the reference code, it names no parameter.
 */
u32 vtpm_object_create(struct vtpm *tpm, struct vtpm_rng *rng, struct vtpm_object *object,
		       const struct vtpm_sensitive_create *in)
{
	struct vtpm_sensitive *sensitive = &object->sensitive;
	struct vtpm_public *pub = &object->pub;
	u32 rc;

	memset(sensitive, 0, sizeof(*sensitive));
	sensitive->type = pub->type;
	sensitive->auth = in->auth;
	rc = create_key(rng, pub, sensitive, in);
	if (rc)
		return rc;
	create_seed(tpm, rng, object, &sensitive->seed);
	if (pub->type == VTPM_ALG_SYMCIPHER || pub->type == VTPM_ALG_KEYEDHASH)
		vtpm_symmetric_unique(tpm, pub, sensitive, &pub->digest);
	else if (!is_storage(pub) || pub->attrs & VTPMA_OBJECT_SIGN)
		memzero_explicit(&sensitive->seed, sizeof(sensitive->seed));
	vtpm_object_name(tpm, pub, &object->name);
	return 0;
}

static void put_parent(struct buf_writer *w, const struct vtpm_object *parent, u32 hierarchy)
{
	unsigned int i;

	if (parent) {
		buf_put_be16(w, parent->pub.name_alg);
		vtpm_put_name(w, &parent->name);
		vtpm_put_name(w, &parent->qualified);
		return;
	}
	buf_put_be16(w, VTPM_ALG_NULL);
	for (i = 0; i < 2; i++) {
		buf_put_be16(w, sizeof(hierarchy));
		buf_put_be32(w, hierarchy);
	}
}

/**
 * vtpm_creation_data() - TPM2B_CREATION_DATA and its digest
 * @tpm: the vTPM
 * @object: a new object
 * @parent: parent, or NULL for a primary object
 * @outside: what the caller wants to have in it
 * @pcrs: PCRs whose values go into it; reduced to those there are
 * @sized: gets the TPM2B
 * @creation_hash: result, with the object's nameAlg
 *
 * Return: 0 or a response code.
 */
u32 vtpm_creation_data(struct vtpm *tpm, const struct vtpm_object *object,
		       const struct vtpm_object *parent,
		       const struct vtpm_name *outside, struct vtpm_selection *pcrs,
		       struct buf_writer *sized, struct vtpm_digest *creation_hash)
{
	struct vtpm_digest pcr_digest;
	size_t begin, content;

	vtpm_selection_digest(tpm, object->pub.name_alg, pcrs, &pcr_digest);
	begin = vtpm_put_begin(sized);
	content = sized->len;
	vtpm_put_selection(sized, pcrs);
	vtpm_put_digest(sized, &pcr_digest);
	buf_put_u8(sized, VTPMA_LOCALITY_ZERO);
	put_parent(sized, parent, object->hierarchy);
	vtpm_put_name(sized, outside);
	vtpm_put_end(sized, begin);
	if (sized->overflow)
		return VTPM_RC_FAILURE;
	vtpm_digest(tpm, object->pub.name_alg, sized->data + content, sized->len - content,
		    creation_hash);
	return 0;
}
