// SPDX-License-Identifier: GPL-2.0
/*
 * NV indexes: TPM 2.0 Library Part 3, section 31.
 *
 * All commands but DefineSpace and ReadPublic have the index as their last
 * handle, after the one that authorizes.
 */
#include "vtpm_internal.h"

/* --- TPM2_NV_DefineSpace -------------------------------------------------------------- */

/* sizes of a type of index that are no number of bytes */
#define ANY_SIZE	0
#define DIGEST_SIZE	1

/* what would let the authValue of a PIN write it, or nobody */
#define NO_PIN		(VTPMA_NV_AUTHWRITE | VTPMA_NV_GLOBALLOCK | VTPMA_NV_WRITEDEFINE)

/* what the size and the attributes of a type of index must be */
static const struct type {
	u8 type;
	u16 size;		/* ANY_SIZE, DIGEST_SIZE, or bytes */
	u32 needs;
	u32 forbids;
} types[] = {
	{ VTPM_NT_ORDINARY, ANY_SIZE, 0, 0 },
	{ VTPM_NT_COUNTER, 8, 0, VTPMA_NV_CLEAR_STCLEAR },
	{ VTPM_NT_BITS, 8, 0, 0 },
	{ VTPM_NT_EXTEND, DIGEST_SIZE, 0, 0 },
	/* its authValue cannot be used before it has been written */
	{ VTPM_NT_PIN_FAIL, 8, VTPMA_NV_NO_DA, NO_PIN },
	{ VTPM_NT_PIN_PASS, 8, 0, NO_PIN },
};

#define ANY_READ	(VTPMA_NV_OWNERREAD | VTPMA_NV_PPREAD | VTPMA_NV_AUTHREAD | \
			 VTPMA_NV_POLICYREAD)
#define ANY_WRITE	(VTPMA_NV_OWNERWRITE | VTPMA_NV_PPWRITE | VTPMA_NV_AUTHWRITE | \
			 VTPMA_NV_POLICYWRITE)
#define STATE		(VTPMA_NV_WRITTEN | VTPMA_NV_WRITELOCKED | VTPMA_NV_READLOCKED)

static u32 check_type(const struct vtpm_nv_public *pub)
{
	const struct type *t = types, *end = types + ARRAY_SIZE(types);
	u16 size;

	while (t < end && t->type != VTPM_NT(pub->attrs))
		t++;
	if (t == end)
		return VTPM_RC_ATTRIBUTES;
	size = t->size == DIGEST_SIZE ? vtpm_digest_size(pub->name_alg) : t->size;
	if (size != ANY_SIZE && pub->size != size)
		return VTPM_RC_SIZE;
	if ((pub->attrs & t->needs) != t->needs || pub->attrs & t->forbids)
		return VTPM_RC_ATTRIBUTES;
	return 0;
}

static u32 check_attributes(const struct vtpm_nv_public *pub)
{
	const u32 both = VTPMA_NV_CLEAR_STCLEAR | VTPMA_NV_WRITEDEFINE;

	if (pub->attrs & STATE || !(pub->attrs & ANY_READ) || !(pub->attrs & ANY_WRITE) ||
	    (pub->attrs & both) == both)
		return VTPM_RC_ATTRIBUTES;
	return 0;
}

/* is it for this hierarchy to define such an index? */
static u32 check_creator(struct vtpm_cmd *c, const struct vtpm_nv_public *pub)
{
	bool platform = c->entity[0].handle == VTPM_RH_PLATFORM;

	if (!(pub->attrs & VTPMA_NV_PLATFORMCREATE) == platform)
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(1);
	if (pub->attrs & VTPMA_NV_POLICY_DELETE && !platform)
		return VTPM_RC_ATTRIBUTES + VTPM_RC_P(2);
	return 0;
}

static u32 check_define(struct vtpm_cmd *c, const struct vtpm_nv_public *pub,
			const struct vtpm_digest *auth)
{
	u16 size = vtpm_digest_size(pub->name_alg);
	u32 rc;

	if (pub->policy.size && pub->policy.size != size)
		return VTPM_RC_SIZE + VTPM_RC_P(2);
	if (auth->size > size)
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	if (c->entity[0].handle == VTPM_RH_PLATFORM && !c->tpm->nv_platform_enabled)
		return VTPM_RC_HIERARCHY + VTPM_RC_H(1);
	rc = check_type(pub);
	if (!rc)
		rc = check_attributes(pub);
	if (rc)
		return vtpm_rc_at(rc, VTPM_RC_P(2));
	rc = check_creator(c, pub);
	if (rc)
		return rc;
	/* one write cannot be as long */
	if (pub->size > VTPM_NV_BUFFER && pub->attrs & VTPMA_NV_WRITEALL)
		return VTPM_RC_SIZE + VTPM_RC_P(2);
	return vtpm_nv_find(c->tpm, pub->index) ? VTPM_RC_NV_DEFINED : 0;
}

/** vtpm_cmd_nv_define_space() - TPM2_NV_DefineSpace */
u32 vtpm_cmd_nv_define_space(struct vtpm_cmd *c)
{
	struct vtpm_nv_public pub;
	struct vtpm_digest auth;
	u32 rc;

	vtpm_get_digest(vtpm_param(c), &auth);
	vtpm_get_nv_public(vtpm_param(c), &pub);
	rc = vtpm_params_end(c);
	vtpm_trim_auth(&auth);
	if (!rc)
		rc = check_define(c, &pub, &auth);
	if (!rc)
		rc = vtpm_nv_define(c->tpm, &pub, &auth);
	memzero_explicit(&auth, sizeof(auth));
	return rc;
}

/* --- undefining ------------------------------------------------------------------------- */

static void undefine(struct vtpm_cmd *c, unsigned int i)
{
	vtpm_nv_remove(c->tpm, c->entity[i].nv);
	vtpm_entity_gone(c, i);
}

/** vtpm_cmd_nv_undefine_space() - TPM2_NV_UndefineSpace */
u32 vtpm_cmd_nv_undefine_space(struct vtpm_cmd *c)
{
	u32 attrs = c->entity[1].nv->pub.attrs;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	if (attrs & VTPMA_NV_POLICY_DELETE)
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(2);
	if (c->entity[0].handle == VTPM_RH_OWNER && attrs & VTPMA_NV_PLATFORMCREATE)
		return VTPM_RC_NV_AUTHORIZATION;
	undefine(c, 1);
	return 0;
}

/** vtpm_cmd_nv_undefine_space_special() - TPM2_NV_UndefineSpaceSpecial */
u32 vtpm_cmd_nv_undefine_space_special(struct vtpm_cmd *c)
{
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	if (!(c->entity[0].nv->pub.attrs & VTPMA_NV_POLICY_DELETE))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(1);
	undefine(c, 0);
	return 0;
}

/* --- writing ------------------------------------------------------------------------------ */

static u32 write_access(struct vtpm_cmd *c)
{
	return vtpm_nv_write_access(&c->entity[0], c->entity[1].nv);
}

static bool is_written(const struct vtpm_nv *nv)
{
	return nv->pub.attrs & VTPMA_NV_WRITTEN;
}

static bool has_type(const struct vtpm_nv *nv, u32 type)
{
	return VTPM_NT(nv->pub.attrs) == type;
}

/** vtpm_cmd_nv_write() - TPM2_NV_Write */
u32 vtpm_cmd_nv_write(struct vtpm_cmd *c)
{
	struct vtpm_nv *nv = c->entity[1].nv;
	struct vtpm_blob data;
	u16 offset;
	u32 rc;

	vtpm_get_blob(vtpm_param(c), VTPM_NV_BUFFER, &data);
	offset = vtpm_get_u16(vtpm_param(c));
	rc = vtpm_params_end(c);
	if (!rc)
		rc = write_access(c);
	if (rc)
		return rc;
	if (has_type(nv, VTPM_NT_COUNTER) || has_type(nv, VTPM_NT_BITS) ||
	    has_type(nv, VTPM_NT_EXTEND))
		return VTPM_RC_ATTRIBUTES;
	if (offset > nv->pub.size)
		return VTPM_RC_VALUE + VTPM_RC_P(2);
	if (data.size > nv->pub.size - offset)
		return VTPM_RC_NV_RANGE;
	if (nv->pub.attrs & VTPMA_NV_WRITEALL && data.size < nv->pub.size)
		return VTPM_RC_NV_RANGE;
	if (data.size)
		memcpy(nv->data + offset, data.data, data.size);
	nv->pub.attrs |= VTPMA_NV_WRITTEN;
	return 0;
}

/* of an index of 8 bytes; @unwritten before it has one */
static u64 number(const struct vtpm_nv *nv, u64 unwritten)
{
	return is_written(nv) ? get_unaligned_be64(nv->data) : unwritten;
}

static void set_number(struct vtpm_nv *nv, u64 value)
{
	put_unaligned_be64(value, nv->data);
	nv->pub.attrs |= VTPMA_NV_WRITTEN;
}

/** vtpm_cmd_nv_increment() - TPM2_NV_Increment: begins above every counter that was deleted */
u32 vtpm_cmd_nv_increment(struct vtpm_cmd *c)
{
	struct vtpm_nv *nv = c->entity[1].nv;
	u32 rc = vtpm_params_end(c);

	if (!rc)
		rc = write_access(c);
	if (rc)
		return rc;
	if (!has_type(nv, VTPM_NT_COUNTER))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(2);
	set_number(nv, number(nv, c->tpm->nv_max_counter) + 1);
	return 0;
}

/** vtpm_cmd_nv_set_bits() - TPM2_NV_SetBits */
u32 vtpm_cmd_nv_set_bits(struct vtpm_cmd *c)
{
	struct vtpm_nv *nv = c->entity[1].nv;
	u64 bits = vtpm_get_u64(vtpm_param(c));
	u32 rc = vtpm_params_end(c);

	if (!rc)
		rc = write_access(c);
	if (rc)
		return rc;
	if (!has_type(nv, VTPM_NT_BITS))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(2);
	set_number(nv, number(nv, 0) | bits);
	return 0;
}

/** vtpm_cmd_nv_extend() - TPM2_NV_Extend: H(old || data), from zeros */
u32 vtpm_cmd_nv_extend(struct vtpm_cmd *c)
{
	struct vtpm_nv *nv = c->entity[1].nv;
	struct vtpm_digest digest;
	struct vtpm_blob data;
	struct vtpm_hash h;
	u32 rc;

	vtpm_get_blob(vtpm_param(c), VTPM_NV_BUFFER, &data);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = write_access(c);
	if (rc)
		return rc;
	if (!has_type(nv, VTPM_NT_EXTEND))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(2);
	if (!is_written(nv))
		memset(nv->data, 0, nv->pub.size);
	vtpm_hash_start(c->tpm, &h, nv->pub.name_alg);
	vtpm_hash_update(&h, nv->data, nv->pub.size);
	vtpm_hash_update(&h, data.data, data.size);
	vtpm_hash_final(&h, &digest);
	memcpy(nv->data, digest.data, digest.size);
	nv->pub.attrs |= VTPMA_NV_WRITTEN;
	return 0;
}

/* --- locks -------------------------------------------------------------------------------- */

/** vtpm_cmd_nv_write_lock() - TPM2_NV_WriteLock: again is no error */
u32 vtpm_cmd_nv_write_lock(struct vtpm_cmd *c)
{
	struct vtpm_nv *nv = c->entity[1].nv;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	rc = write_access(c);
	if (rc)
		return rc == VTPM_RC_NV_LOCKED ? 0 : rc;
	if (!(nv->pub.attrs & (VTPMA_NV_WRITEDEFINE | VTPMA_NV_WRITE_STCLEAR)))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(2);
	nv->pub.attrs |= VTPMA_NV_WRITELOCKED;
	return 0;
}

/** vtpm_cmd_nv_global_write_lock() - TPM2_NV_GlobalWriteLock */
u32 vtpm_cmd_nv_global_write_lock(struct vtpm_cmd *c)
{
	struct vtpm_nv *nv;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	for (nv = c->tpm->nv; nv; nv = nv->next)
		if (nv->pub.attrs & VTPMA_NV_GLOBALLOCK)
			nv->pub.attrs |= VTPMA_NV_WRITELOCKED;
	return 0;
}

/** vtpm_cmd_nv_read_lock() - TPM2_NV_ReadLock: also of an index that has no data yet */
u32 vtpm_cmd_nv_read_lock(struct vtpm_cmd *c)
{
	struct vtpm_nv *nv = c->entity[1].nv;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	rc = vtpm_nv_read_access(&c->entity[0], nv);
	if (rc && rc != VTPM_RC_NV_UNINITIALIZED)
		return rc == VTPM_RC_NV_LOCKED ? 0 : rc;
	if (!(nv->pub.attrs & VTPMA_NV_READ_STCLEAR))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(2);
	nv->pub.attrs |= VTPMA_NV_READLOCKED;
	return 0;
}

/* --- authValue ------------------------------------------------------------------------------ */

/** vtpm_cmd_nv_change_auth() - TPM2_NV_ChangeAuth */
u32 vtpm_cmd_nv_change_auth(struct vtpm_cmd *c)
{
	struct vtpm_nv *nv = c->entity[0].nv;
	struct vtpm_digest auth;
	u32 rc;

	vtpm_get_digest(vtpm_param(c), &auth);
	rc = vtpm_params_end(c);
	vtpm_trim_auth(&auth);
	if (!rc && auth.size > vtpm_digest_size(nv->pub.name_alg))
		rc = VTPM_RC_SIZE + VTPM_RC_P(1);
	if (!rc)
		nv->auth = auth;
	memzero_explicit(&auth, sizeof(auth));
	return rc;
}

/* --- reading ---------------------------------------------------------------------------------- */

/** vtpm_cmd_nv_read() - TPM2_NV_Read */
u32 vtpm_cmd_nv_read(struct vtpm_cmd *c)
{
	const struct vtpm_nv *nv = c->entity[1].nv;
	u16 size = vtpm_get_u16(vtpm_param(c));
	u16 offset = vtpm_get_u16(vtpm_param(c));
	u32 rc = vtpm_params_end(c);

	if (!rc)
		rc = vtpm_nv_read_access(&c->entity[0], nv);
	if (rc)
		return rc;
	if (size > VTPM_NV_BUFFER)
		return VTPM_RC_VALUE + VTPM_RC_P(1);
	if (offset > nv->pub.size)
		return VTPM_RC_VALUE + VTPM_RC_P(2);
	if (size > nv->pub.size - offset)
		return VTPM_RC_NV_RANGE;
	vtpm_put_2b(&c->out, nv->data + offset, size);
	return 0;
}

/** vtpm_cmd_nv_read_public() - TPM2_NV_ReadPublic */
u32 vtpm_cmd_nv_read_public(struct vtpm_cmd *c)
{
	const struct vtpm_nv *nv = c->entity[0].nv;
	struct vtpm_name name;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	vtpm_nv_name(c->tpm, nv, &name);
	vtpm_put_nv_public(&c->out, &nv->pub);
	vtpm_put_name(&c->out, &name);
	return 0;
}
