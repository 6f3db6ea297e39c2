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

/**
 * vtpm_nv_define() - make an index that is not defined yet
 * @tpm: the vTPM
 * @pub: public area
 * @auth: authValue, without trailing zeros
 *
 * Return: 0, TPM_RC_NV_SPACE or TPM_RC_MEMORY.
 */
u32 vtpm_nv_define(struct vtpm *tpm, const struct vtpm_nv_public *pub,
		   const struct vtpm_digest *auth)
{
	struct vtpm_nv *nv, **at;
	size_t bytes = pub->size;

	for (nv = tpm->nv; nv; nv = nv->next)
		bytes += nv->pub.size;
	if (bytes > VTPM_NV_BYTES || vtpm_nv_count(tpm, false) == VTPM_NV_INDEXES)
		return VTPM_RC_NV_SPACE;
	nv = port_alloc(sizeof(*nv) + pub->size);
	if (!nv)
		return VTPM_RC_MEMORY;
	nv->pub = *pub;
	nv->auth = *auth;
	memset(nv->data, 0xff, pub->size);
	for (at = &tpm->nv; *at && (*at)->pub.index < pub->index; at = &(*at)->next)
		;
	nv->next = *at;
	*at = nv;
	return 0;
}

static bool is_counter(const struct vtpm_nv *nv)
{
	return VTPM_NT(nv->pub.attrs) == VTPM_NT_COUNTER;
}

/** vtpm_nv_remove() - undefine an index; no later counter has a value of this one again */
void vtpm_nv_remove(struct vtpm *tpm, struct vtpm_nv *nv)
{
	struct vtpm_nv **at = &tpm->nv;

	if (is_counter(nv) && nv->pub.attrs & VTPMA_NV_WRITTEN)
		tpm->nv_max_counter = max(tpm->nv_max_counter, get_unaligned_be64(nv->data));
	while (*at != nv)
		at = &(*at)->next;
	*at = nv->next;
	port_free_sensitive(nv, sizeof(*nv) + nv->pub.size);
}

/** vtpm_nv_clear() - what TPM2_Clear does: only the platform's indexes stay */
void vtpm_nv_clear(struct vtpm *tpm)
{
	struct vtpm_nv *nv, *next;

	for (nv = tpm->nv; nv; nv = next) {
		next = nv->next;
		if (!(nv->pub.attrs & VTPMA_NV_PLATFORMCREATE))
			vtpm_nv_remove(tpm, nv);
	}
}

/** vtpm_nv_count() - how many indexes, or how many counters, are defined */
unsigned int vtpm_nv_count(const struct vtpm *tpm, bool counters_only)
{
	const struct vtpm_nv *nv;
	unsigned int n = 0;

	for (nv = tpm->nv; nv; nv = nv->next)
		n += !counters_only || is_counter(nv);
	return n;
}

/* --- startup ------------------------------------------------------------------------- */

/* An index in RAM whose data was not saved: a counter may only have been lower. */
static void lose_orderly(struct vtpm_nv *nv)
{
	if (!is_counter(nv))
		nv->pub.attrs &= ~VTPMA_NV_WRITTEN;
	else if (nv->pub.attrs & VTPMA_NV_WRITTEN)
		nv->data[7] = 0xff;	/* TPM_PT_ORDERLY_COUNT */
}

static void unlock(struct vtpm_nv *nv)
{
	u32 *attrs = &nv->pub.attrs;

	*attrs &= ~VTPMA_NV_READLOCKED;
	if (!(*attrs & VTPMA_NV_WRITTEN) || !(*attrs & VTPMA_NV_WRITEDEFINE))
		*attrs &= ~VTPMA_NV_WRITELOCKED;
	if (*attrs & VTPMA_NV_CLEAR_STCLEAR)
		*attrs &= ~VTPMA_NV_WRITTEN;
}

/**
 * vtpm_nv_startup() - what TPM2_Startup does to the indexes
 * @tpm: the vTPM; ->shutdown is still what was before
 * @kind: TPM Reset, Restart or Resume
 */
void vtpm_nv_startup(struct vtpm *tpm, enum vtpm_startup_kind kind)
{
	struct vtpm_nv *nv;

	for (nv = tpm->nv; nv; nv = nv->next) {
		if (nv->pub.attrs & VTPMA_NV_ORDERLY && tpm->shutdown == VTPM_NOT_SHUT_DOWN)
			lose_orderly(nv);
		if (kind != VTPM_RESUME)
			unlock(nv);
	}
}

/* --- access ------------------------------------------------------------------------------ */

/* does the attribute of the one who has authorized allow it? an index has been asked before */
static u32 check_access(const struct vtpm_entity *auth, const struct vtpm_nv *nv, u32 owner,
			u32 platform)
{
	bool ok = auth->nv == nv;

	if (auth->handle == VTPM_RH_OWNER)
		ok = nv->pub.attrs & owner;
	else if (auth->handle == VTPM_RH_PLATFORM)
		ok = nv->pub.attrs & platform;
	return ok ? 0 : VTPM_RC_NV_AUTHORIZATION;
}

/**
 * vtpm_nv_read_access() - may this be read?
 * @auth: who has authorized the command
 * @nv: the index
 *
 * Return: 0, TPM_RC_NV_LOCKED, TPM_RC_NV_AUTHORIZATION or, if this is all that
 * is wrong, TPM_RC_NV_UNINITIALIZED.
 */
u32 vtpm_nv_read_access(const struct vtpm_entity *auth, const struct vtpm_nv *nv)
{
	u32 rc;

	if (nv->pub.attrs & VTPMA_NV_READLOCKED)
		return VTPM_RC_NV_LOCKED;
	rc = check_access(auth, nv, VTPMA_NV_OWNERREAD, VTPMA_NV_PPREAD);
	if (rc)
		return rc;
	return nv->pub.attrs & VTPMA_NV_WRITTEN ? 0 : VTPM_RC_NV_UNINITIALIZED;
}

/**
 * vtpm_nv_write_access() - may this be written?
 * @auth: who has authorized the command
 * @nv: the index
 *
 * Return: 0, TPM_RC_NV_LOCKED or TPM_RC_NV_AUTHORIZATION.
 */
u32 vtpm_nv_write_access(const struct vtpm_entity *auth, const struct vtpm_nv *nv)
{
	if (nv->pub.attrs & VTPMA_NV_WRITELOCKED)
		return VTPM_RC_NV_LOCKED;
	return check_access(auth, nv, VTPMA_NV_OWNERWRITE, VTPMA_NV_PPWRITE);
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
