// SPDX-License-Identifier: GPL-2.0
/*
 * NV indexes: TPM 2.0 Library Part 1, section 37.
 */
#include "vtpm_internal.h"

/** vtpm_nv_find() - index of a handle, any number; NULL: not defined */
struct vtpm_nv *vtpm_nv_find(const struct vtpm *tpm, u32 index)
{
	struct vtpm_nv *nv;

	for (nv = tpm->nv; nv; nv = nv->next)
		if (nv->pub.index == index)
			return nv;
	return NULL;
}

/** vtpm_nv_remove() - undefine an index */
void vtpm_nv_remove(struct vtpm *tpm, struct vtpm_nv *nv)
{
	struct vtpm_nv **at;

	for (at = &tpm->nv; *at; at = &(*at)->next)
		if (*at == nv) {
			*at = nv->next;
			port_free_sensitive(nv, sizeof(*nv) + nv->pub.size);
			return;
		}
}

/** vtpm_nv_name() - Name of an index, with the attributes it has now */
void vtpm_nv_name(struct vtpm *tpm, const struct vtpm_nv *nv, struct vtpm_name *name)
{
	struct vtpm_digest digest;
	struct vtpm_hash h;

	vtpm_hash_start(tpm, &h, nv->pub.name_alg);
	vtpm_hash_u32(&h, nv->pub.index);
	vtpm_hash_u16(&h, nv->pub.name_alg);
	vtpm_hash_u32(&h, nv->pub.attrs);
	vtpm_hash_u16(&h, nv->pub.policy.size);
	vtpm_hash_digest(&h, &nv->pub.policy);
	vtpm_hash_u16(&h, nv->pub.size);
	vtpm_hash_final(&h, &digest);
	put_unaligned_be16(nv->pub.name_alg, name->data);
	memcpy(name->data + 2, digest.data, digest.size);
	name->size = 2 + digest.size;
}

static bool is_pin(const struct vtpm_nv *nv)
{
	u32 type = VTPM_NT(nv->pub.attrs);

	return type == VTPM_NT_PIN_FAIL || type == VTPM_NT_PIN_PASS;
}

/* TPMS_NV_PIN_COUNTER_PARAMETERS */
static u32 pin_count(const struct vtpm_nv *nv)
{
	return get_unaligned_be32(nv->data);
}

static u32 pin_limit(const struct vtpm_nv *nv)
{
	return get_unaligned_be32(nv->data + 4);
}

/**
 * vtpm_nv_auth_usable() - may the index' authValue authorize this?
 * @nv: the index
 * @write: a command that writes it
 */
bool vtpm_nv_auth_usable(const struct vtpm_nv *nv, bool write)
{
	if (write)
		return nv->pub.attrs & VTPMA_NV_AUTHWRITE;
	if (is_pin(nv))
		return nv->pub.attrs & VTPMA_NV_WRITTEN && pin_count(nv) < pin_limit(nv);
	return nv->pub.attrs & VTPMA_NV_AUTHREAD;
}

/**
 * vtpm_nv_auth_used() - the index' authValue was tried
 * @nv: the index
 * @ok: it was right
 */
void vtpm_nv_auth_used(struct vtpm_nv *nv, bool ok)
{
	u32 type = VTPM_NT(nv->pub.attrs);

	if (!(nv->pub.attrs & VTPMA_NV_WRITTEN))
		return;
	if (type == VTPM_NT_PIN_FAIL)
		put_unaligned_be32(ok ? 0 : pin_count(nv) + 1, nv->data);
	else if (type == VTPM_NT_PIN_PASS && ok)
		put_unaligned_be32(pin_count(nv) + 1, nv->data);
}
