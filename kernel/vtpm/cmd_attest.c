// SPDX-License-Identifier: GPL-2.0
/*
 * Attestation: TPM 2.0 Library Part 3, sections 18, 21 and 31.16.
 */
#include "vtpm_internal.h"

/* qualifyingData and inScheme, with which most of these commands begin */
static void get_common(struct vtpm_cmd *c, struct vtpm_attest *a)
{
	vtpm_get_data(vtpm_param(c), &a->extra);
	vtpm_get_sig_scheme(vtpm_param(c), &a->scheme, VTPM_NULL_OK);
}

/** vtpm_cmd_certify() - TPM2_Certify: this object is loaded */
u32 vtpm_cmd_certify(struct vtpm_cmd *c)
{
	const struct vtpm_object *object = c->entity[0].object;
	struct vtpm_attest *a = vtpm_tmp(c, sizeof(*a));
	u32 rc;

	if (!a)
		return VTPM_RC_MEMORY;
	get_common(c, a);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = vtpm_attest_check(c, a, 1, VTPM_RC_P(2));
	if (rc)
		return rc;
	vtpm_attest_begin(c, a, VTPM_ST_ATTEST_CERTIFY);
	vtpm_put_name(&a->w, &object->name);
	if (vtpm_attest_anonymous(a))
		buf_put_be16(&a->w, 0);
	else
		vtpm_put_name(&a->w, &object->qualified);
	return vtpm_attest_end(c, a);
}

/** vtpm_cmd_certify_creation() - TPM2_CertifyCreation: this object was made so */
u32 vtpm_cmd_certify_creation(struct vtpm_cmd *c)
{
	const struct vtpm_object *object = c->entity[1].object;
	struct vtpm_attest *a = vtpm_tmp(c, sizeof(*a));
	struct vtpm_ticket ticket, right;
	struct vtpm_digest hash;
	u32 rc;

	if (!a)
		return VTPM_RC_MEMORY;
	vtpm_get_data(vtpm_param(c), &a->extra);
	vtpm_get_digest(vtpm_param(c), &hash);
	vtpm_get_sig_scheme(vtpm_param(c), &a->scheme, VTPM_NULL_OK);
	vtpm_get_ticket(vtpm_param(c), VTPM_ST_CREATION, &ticket);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = vtpm_attest_check(c, a, 0, VTPM_RC_P(3));
	if (rc)
		return rc;
	vtpm_ticket_creation(c->tpm, ticket.hierarchy, &object->name, &hash, &right);
	if (!vtpm_ticket_equal(&ticket, &right))
		return VTPM_RC_TICKET + VTPM_RC_P(4);
	vtpm_attest_begin(c, a, VTPM_ST_ATTEST_CREATION);
	vtpm_put_name(&a->w, &object->name);
	vtpm_put_digest(&a->w, &hash);
	return vtpm_attest_end(c, a);
}

/** vtpm_cmd_quote() - TPM2_Quote: these are the PCRs */
u32 vtpm_cmd_quote(struct vtpm_cmd *c)
{
	struct vtpm_attest *a = vtpm_tmp(c, sizeof(*a));
	struct vtpm_selection pcrs;
	struct vtpm_digest digest;
	u32 rc;

	if (!a)
		return VTPM_RC_MEMORY;
	get_common(c, a);
	vtpm_get_selection(vtpm_param(c), &pcrs);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = vtpm_attest_check(c, a, 0, VTPM_RC_P(2));
	if (rc)
		return rc;
	/* nothing to compute the digest with: no scheme, or no key */
	if (a->scheme.hash == VTPM_ALG_NULL)
		return VTPM_RC_SCHEME + VTPM_RC_P(2);
	vtpm_selection_digest(c->tpm, a->scheme.hash, &pcrs, &digest);
	vtpm_attest_begin(c, a, VTPM_ST_ATTEST_QUOTE);
	vtpm_put_selection(&a->w, &pcrs);
	vtpm_put_digest(&a->w, &digest);
	return vtpm_attest_end(c, a);
}

/** vtpm_cmd_get_time() - TPM2_GetTime: this is the time */
u32 vtpm_cmd_get_time(struct vtpm_cmd *c)
{
	struct vtpm_attest *a = vtpm_tmp(c, sizeof(*a));
	u32 rc;

	if (!a)
		return VTPM_RC_MEMORY;
	get_common(c, a);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = vtpm_attest_check(c, a, 1, VTPM_RC_P(2));
	if (rc)
		return rc;
	vtpm_attest_begin(c, a, VTPM_ST_ATTEST_TIME);
	vtpm_put_time_info(&a->w, c->tpm);
	buf_put_be64(&a->w, VTPM_FIRMWARE_VERSION);
	return vtpm_attest_end(c, a);
}

/** vtpm_cmd_get_session_audit_digest() - TPM2_GetSessionAuditDigest */
u32 vtpm_cmd_get_session_audit_digest(struct vtpm_cmd *c)
{
	const struct vtpm_session *session = c->entity[2].session;
	struct vtpm_attest *a = vtpm_tmp(c, sizeof(*a));
	u32 rc;

	if (!a)
		return VTPM_RC_MEMORY;
	get_common(c, a);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = vtpm_attest_check(c, a, 1, VTPM_RC_P(2));
	if (rc)
		return rc;
	if (!session->audit)
		return VTPM_RC_TYPE + VTPM_RC_H(3);
	vtpm_attest_begin(c, a, VTPM_ST_ATTEST_SESSION_AUDIT);
	buf_put_u8(&a->w, c->tpm->exclusive == session->handle);
	vtpm_put_digest(&a->w, &session->digest);
	return vtpm_attest_end(c, a);
}

/**
 * vtpm_cmd_get_command_audit_digest() - TPM2_GetCommandAuditDigest
 * @c: the command
 *
 * Once it has been signed the audit digest begins anew.
 */
u32 vtpm_cmd_get_command_audit_digest(struct vtpm_cmd *c)
{
	struct vtpm_attest *a = vtpm_tmp(c, sizeof(*a));
	struct vtpm_digest commands;
	u32 rc;

	if (!a)
		return VTPM_RC_MEMORY;
	get_common(c, a);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = vtpm_attest_check(c, a, 1, VTPM_RC_P(2));
	if (rc)
		return rc;
	vtpm_audit_commands(c->tpm, &commands);
	vtpm_attest_begin(c, a, VTPM_ST_ATTEST_COMMAND_AUDIT);
	buf_put_be64(&a->w, c->tpm->audit_count);
	buf_put_be16(&a->w, c->tpm->audit_alg);
	vtpm_put_digest(&a->w, &c->tpm->audit_digest);
	vtpm_put_digest(&a->w, &commands);
	rc = vtpm_attest_end(c, a);
	if (!rc && a->signer)
		c->tpm->audit_digest.size = 0;
	return rc;
}

/* one TPML_CC: every command in it joins or leaves the set; returns their number */
static u32 get_commands(struct vtpm_reader *r, u8 *set, bool audited)
{
	u32 i, count = vtpm_get_u32(r);

	if (count > VTPM_CAP_BUFFER / sizeof(u32))
		vtpm_reader_fail(r, VTPM_RC_SIZE);
	for (i = 0; i < count && !r->rc; i++)
		vtpm_audit_change(set, vtpm_get_u32(r), audited);
	return count;
}

/** vtpm_cmd_set_command_code_audit_status() - TPM2_SetCommandCodeAuditStatus */
u32 vtpm_cmd_set_command_code_audit_status(struct vtpm_cmd *c)
{
	u16 alg = vtpm_get_hash_alg(vtpm_param(c), VTPM_NULL_OK);
	struct vtpm *tpm = c->tpm;
	u8 set[VTPM_COMMAND_SET];
	u32 changes, rc;

	memcpy(set, tpm->audit_set, sizeof(set));
	changes = get_commands(vtpm_param(c), set, true);
	changes += get_commands(vtpm_param(c), set, false);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (alg == VTPM_ALG_NULL || alg == tpm->audit_alg) {
		memcpy(tpm->audit_set, set, sizeof(set));
		return 0;
	}
	/* one or the other */
	if (changes)
		return VTPM_RC_VALUE + VTPM_RC_P(1);
	tpm->audit_alg = alg;
	tpm->audit_digest.size = 0;
	/* computed with the old hash: the new digest begins after this command */
	c->command_cp_hash.size = 0;
	return 0;
}

/**
 * vtpm_cmd_nv_certify() - TPM2_NV_Certify: this is in the NV index
 * @c: the command
 *
 * Size and offset zero: a digest of all of it.
 */
u32 vtpm_cmd_nv_certify(struct vtpm_cmd *c)
{
	const struct vtpm_nv *nv = c->entity[2].nv;
	struct vtpm_attest *a = vtpm_tmp(c, sizeof(*a));
	struct vtpm_digest digest;
	struct vtpm_name name;
	u16 size, offset;
	u32 rc;

	if (!a)
		return VTPM_RC_MEMORY;
	get_common(c, a);
	size = vtpm_get_u16(vtpm_param(c));
	offset = vtpm_get_u16(vtpm_param(c));
	rc = vtpm_params_end(c);
	if (!rc)
		rc = vtpm_attest_check(c, a, 0, VTPM_RC_P(2));
	if (!rc)
		rc = vtpm_nv_read_access(&c->entity[1], nv);
	if (rc)
		return rc;
	if (size + offset > nv->pub.size)
		return VTPM_RC_NV_RANGE;
	if (size > VTPM_NV_BUFFER)
		return VTPM_RC_VALUE + VTPM_RC_P(3);
	vtpm_nv_name(c->tpm, nv, &name);
	if (!size && !offset) {
		vtpm_digest(c->tpm, a->scheme.hash, nv->data, nv->pub.size, &digest);
		vtpm_attest_begin(c, a, VTPM_ST_ATTEST_NV_DIGEST);
		vtpm_put_name(&a->w, &name);
		vtpm_put_digest(&a->w, &digest);
		return vtpm_attest_end(c, a);
	}
	vtpm_attest_begin(c, a, VTPM_ST_ATTEST_NV);
	vtpm_put_name(&a->w, &name);
	buf_put_be16(&a->w, offset);
	vtpm_put_2b(&a->w, nv->data + offset, size);
	return vtpm_attest_end(c, a);
}
