// SPDX-License-Identifier: GPL-2.0
/*
 * What all attestations have in common: the head of a TPMS_ATTEST, and its
 * signature.  TPM 2.0 Library Part 1, section 31; Part 2, section 10.12.
 */
#include "vtpm_internal.h"

/* the part of an attestation that tells one machine from another */
struct obfuscation {
	u64 firmware;
	u32 resets;
	u32 restarts;
};

/*
 * For a key of the owner's hierarchy or none: numbers that anybody could compare
 * are shifted by a secret that depends on the key.
 */
static void obfuscate(struct vtpm *tpm, const struct vtpm_name *signer, struct obfuscation *o)
{
	const struct vtpm_hierarchy *owner = &tpm->hierarchy[VTPM_OWNER];
	u8 shift[16];

	vtpm_kdfa(tpm, VTPM_ALG_SHA512, owner->proof, sizeof(owner->proof), "OBFUSCATE",
		  signer->data, signer->size, NULL, 0, shift, 8 * sizeof(shift));
	o->firmware += get_unaligned_be64(shift);
	o->resets += get_unaligned_be32(shift + 8);
	o->restarts += get_unaligned_be32(shift + 12);
}

static bool is_private(const struct vtpm_object *signer)
{
	return !signer || (signer->hierarchy != VTPM_RH_ENDORSEMENT &&
			   signer->hierarchy != VTPM_RH_PLATFORM);
}

/** vtpm_attest_anonymous() - does the signature hide which key has made it? */
bool vtpm_attest_anonymous(const struct vtpm_attest *a)
{
	return a->scheme.scheme == VTPM_ALG_ECDAA;
}

static void put_signer(struct vtpm_attest *a, struct vtpm_name *name)
{
	memset(name, 0, sizeof(*name));
	if (!a->signer) {
		name->size = sizeof(u32);
		put_unaligned_be32(VTPM_RH_NULL, name->data);
	} else if (!vtpm_attest_anonymous(a)) {
		*name = a->signer->qualified;
	}
	vtpm_put_name(&a->w, name);
}

static void put_head(struct vtpm_cmd *c, struct vtpm_attest *a, u16 type)
{
	struct vtpm *tpm = c->tpm;
	struct obfuscation o = {
		.firmware = VTPM_FIRMWARE_VERSION,
		.resets = tpm->clock.resets,
		.restarts = tpm->clock.restarts,
	};
	struct vtpm_name signer;

	buf_put_be32(&a->w, VTPM_GENERATED);
	buf_put_be16(&a->w, type);
	put_signer(a, &signer);
	if (is_private(a->signer))
		obfuscate(tpm, &signer, &o);
	/* an anonymous signature has the data beside the structure, not in it */
	if (vtpm_attest_anonymous(a))
		buf_put_be16(&a->w, 0);
	else
		vtpm_put_name(&a->w, &a->extra);
	buf_put_be64(&a->w, tpm->clock.clock);
	buf_put_be32(&a->w, o.resets);
	buf_put_be32(&a->w, o.restarts);
	buf_put_u8(&a->w, tpm->clock.safe);
	buf_put_be64(&a->w, o.firmware);
}

/**
 * vtpm_attest_check() - who signs, and how?
 * @c: the command, its parameters read
 * @a: has @scheme; gets @signer
 * @signer: which handle is the key's; VTPM_RH_NULL: not to be signed
 * @scheme: VTPM_RC_P() of the scheme
 *
 * Return: 0 or a response code.
 */
u32 vtpm_attest_check(struct vtpm_cmd *c, struct vtpm_attest *a, unsigned int signer, u32 scheme)
{
	a->signer = c->entity[signer].object;
	if (!a->signer) {
		memset(&a->scheme, 0, sizeof(a->scheme));
		a->scheme.scheme = VTPM_ALG_NULL;
		a->scheme.hash = VTPM_ALG_NULL;
		return 0;
	}
	if (!vtpm_object_signs(a->signer))
		return VTPM_RC_KEY + VTPM_RC_H(signer + 1);
	return vtpm_rc_at(vtpm_scheme_select(a->signer, &a->scheme), scheme);
}

/**
 * vtpm_attest_begin() - the head; the command puts its body into @a->w
 * @c: the command
 * @a: has been through vtpm_attest_check(), and has @extra
 * @type: VTPM_ST_ATTEST_*
 */
void vtpm_attest_begin(struct vtpm_cmd *c, struct vtpm_attest *a, u16 type)
{
	buf_writer_init(&a->w, a->data, sizeof(a->data));
	put_head(c, a, type);
}

/**
 * vtpm_attest_end() - sign; the structure and the signature become the response
 * @c: the command
 * @a: complete
 *
 * Return: 0 or a response code.
 */
u32 vtpm_attest_end(struct vtpm_cmd *c, struct vtpm_attest *a)
{
	struct vtpm_digest digest;
	struct vtpm_hash h;
	u32 rc;

	if (WARN_ON_ONCE(a->w.overflow))
		return VTPM_RC_FAILURE;
	a->signature.alg = VTPM_ALG_NULL;
	if (a->signer) {
		vtpm_digest(c->tpm, a->scheme.hash, a->data, a->w.len, &digest);
		if (vtpm_attest_anonymous(a) && a->extra.size) {
			vtpm_hash_start(c->tpm, &h, a->scheme.hash);
			vtpm_hash_name(&h, &a->extra);
			vtpm_hash_digest(&h, &digest);
			vtpm_hash_final(&h, &digest);
		}
		rc = vtpm_sign(c->tpm, a->signer, &a->scheme, &digest, &a->signature);
		if (rc)
			return rc;
	}
	vtpm_put_2b(&c->out, a->data, a->w.len);
	vtpm_put_signature(&c->out, &a->signature);
	return 0;
}
