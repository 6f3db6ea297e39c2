// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing lists, tickets, NV public areas and contexts (TPM 2.0
 * Library Part 2, sections 10, 13 and 14).
 */
#include "vtpm_internal.h"

/* --- lists ------------------------------------------------------------------------ */

/* a count that the list cannot have; 0 in error, so that nothing is read */
static u32 get_count(struct vtpm_reader *r, u32 min, u32 max)
{
	u32 count = vtpm_get_u32(r);

	if (count >= min && count <= max)
		return count;
	vtpm_reader_fail(r, VTPM_RC_SIZE);
	return 0;
}

/** vtpm_get_selection() - TPML_PCR_SELECTION */
void vtpm_get_selection(struct vtpm_reader *r, struct vtpm_selection *selection)
{
	unsigned int i;

	memset(selection, 0, sizeof(*selection));
	selection->count = get_count(r, 0, ARRAY_SIZE(selection->bank));
	for (i = 0; i < selection->count; i++) {
		selection->bank[i].hash = vtpm_get_hash_alg(r, VTPM_NO_NULL);
		if (vtpm_get_u8(r) != VTPM_PCR_SELECT)
			vtpm_reader_fail(r, VTPM_RC_VALUE);
		vtpm_get_bytes(r, selection->bank[i].map, VTPM_PCR_SELECT);
	}
}

/** vtpm_put_selection() - TPML_PCR_SELECTION */
void vtpm_put_selection(struct buf_writer *w, const struct vtpm_selection *selection)
{
	unsigned int i;

	buf_put_be32(w, selection->count);
	for (i = 0; i < selection->count; i++) {
		buf_put_be16(w, selection->bank[i].hash);
		buf_put_u8(w, VTPM_PCR_SELECT);
		buf_put(w, selection->bank[i].map, VTPM_PCR_SELECT);
	}
}

/**
 * vtpm_get_digest_list() - TPML_DIGEST
 * @r: reader
 * @min: fewer are too few
 * @list: result
 */
void vtpm_get_digest_list(struct vtpm_reader *r, u32 min, struct vtpm_digest_list *list)
{
	unsigned int i;

	memset(list, 0, sizeof(*list));
	list->count = get_count(r, min, ARRAY_SIZE(list->digest));
	for (i = 0; i < list->count; i++)
		vtpm_get_digest(r, &list->digest[i]);
}

/** vtpm_put_digest_list() - TPML_DIGEST */
void vtpm_put_digest_list(struct buf_writer *w, const struct vtpm_digest_list *list)
{
	unsigned int i;

	buf_put_be32(w, list->count);
	for (i = 0; i < list->count; i++)
		vtpm_put_digest(w, &list->digest[i]);
}

/** vtpm_get_hash_list() - TPML_DIGEST_VALUES; the digests stay in the command */
void vtpm_get_hash_list(struct vtpm_reader *r, struct vtpm_hash_list *list)
{
	unsigned int i;

	memset(list, 0, sizeof(*list));
	list->count = get_count(r, 0, ARRAY_SIZE(list->digest));
	for (i = 0; i < list->count; i++) {
		u16 hash = vtpm_get_hash_alg(r, VTPM_NO_NULL);

		list->digest[i].hash = hash;
		list->digest[i].data = vtpm_get_here(r, vtpm_digest_size(hash));
	}
}

/* --- tickets ------------------------------------------------------------------------- */

static void get_ticket(struct vtpm_reader *r, bool known, u16 tag, struct vtpm_ticket *ticket)
{
	ticket->tag = tag;
	if (!known)
		vtpm_reader_fail(r, VTPM_RC_TAG);
	ticket->hierarchy = vtpm_get_hierarchy(r);
	vtpm_get_digest(r, &ticket->digest);
}

/**
 * vtpm_get_ticket() - TPMT_TK_CREATION, TPMT_TK_VERIFIED, TPMT_TK_HASHCHECK
 * @r: reader
 * @tag: VTPM_ST_* it must have
 * @ticket: result
 */
void vtpm_get_ticket(struct vtpm_reader *r, u16 tag, struct vtpm_ticket *ticket)
{
	get_ticket(r, vtpm_get_u16(r) == tag, tag, ticket);
}

/** vtpm_get_auth_ticket() - TPMT_TK_AUTH: of PolicySigned or PolicySecret */
void vtpm_get_auth_ticket(struct vtpm_reader *r, struct vtpm_ticket *ticket)
{
	u16 tag = vtpm_get_u16(r);

	get_ticket(r, tag == VTPM_ST_AUTH_SIGNED || tag == VTPM_ST_AUTH_SECRET, tag, ticket);
}

/** vtpm_put_ticket() - any TPMT_TK_* */
void vtpm_put_ticket(struct buf_writer *w, const struct vtpm_ticket *ticket)
{
	buf_put_be16(w, ticket->tag);
	buf_put_be32(w, ticket->hierarchy);
	vtpm_put_digest(w, &ticket->digest);
}

/* --- handles as parameters ------------------------------------------------------------- */

/** vtpm_get_hierarchy() - TPMI_RH_HIERARCHY+; VTPM_RH_NULL in error */
u32 vtpm_get_hierarchy(struct vtpm_reader *r)
{
	u32 handle = vtpm_get_u32(r);

	if (!vtpm_handle_check(VTPM_H_HIERARCHY, handle))
		return handle;
	vtpm_reader_fail(r, VTPM_RC_VALUE);
	return VTPM_RH_NULL;
}

/* --- NV public areas --------------------------------------------------------------------- */

/** vtpm_get_nv_public() - TPM2B_NV_PUBLIC */
void vtpm_get_nv_public(struct vtpm_reader *r, struct vtpm_nv_public *pub)
{
	u16 size = vtpm_get_u16(r);
	size_t begin = r->buf.pos;

	memset(pub, 0, sizeof(*pub));
	if (!size)
		vtpm_reader_fail(r, VTPM_RC_SIZE);
	pub->index = vtpm_get_u32(r);
	if (vtpm_handle_check(VTPM_H_NV_INDEX, pub->index))
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	pub->name_alg = vtpm_get_hash_alg(r, VTPM_NO_NULL);
	pub->attrs = vtpm_get_u32(r);
	if (pub->attrs & VTPMA_NV_RESERVED)
		vtpm_reader_fail(r, VTPM_RC_RESERVED_BITS);
	vtpm_get_digest(r, &pub->policy);
	pub->size = vtpm_get_u16(r);
	if (pub->size > VTPM_NV_INDEX_MAX || r->buf.pos - begin != size)
		vtpm_reader_fail(r, VTPM_RC_SIZE);
}

/** vtpm_put_nv_public() - TPM2B_NV_PUBLIC */
void vtpm_put_nv_public(struct buf_writer *w, const struct vtpm_nv_public *pub)
{
	size_t begin = vtpm_put_begin(w);

	buf_put_be32(w, pub->index);
	buf_put_be16(w, pub->name_alg);
	buf_put_be32(w, pub->attrs);
	vtpm_put_digest(w, &pub->policy);
	buf_put_be16(w, pub->size);
	vtpm_put_end(w, begin);
}

/* --- contexts ------------------------------------------------------------------------------ */

/* TPMI_DH_SAVED */
static bool is_saved(u32 handle)
{
	switch (VTPM_HT(handle)) {
	case VTPM_HT_HMAC_SESSION:
	case VTPM_HT_POLICY_SESSION:
		return !vtpm_handle_check(VTPM_H_CONTEXT, handle);
	}
	return handle == VTPM_CONTEXT_OBJECT || handle == VTPM_CONTEXT_SEQUENCE ||
	       handle == VTPM_CONTEXT_ST_CLEAR;
}

/** vtpm_get_context() - TPMS_CONTEXT; the blob stays in the command */
void vtpm_get_context(struct vtpm_reader *r, struct vtpm_context *context)
{
	context->sequence = vtpm_get_u64(r);
	context->handle = vtpm_get_u32(r);
	if (!is_saved(context->handle))
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	context->hierarchy = vtpm_get_hierarchy(r);
	vtpm_get_blob(r, VTPM_MAX_CONTEXT, &context->blob);
}
