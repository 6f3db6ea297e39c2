// SPDX-License-Identifier: GPL-2.0
/*
 * Assertions about the command, the TPM and the time: TPM 2.0 Library Part 3,
 * section 23.  Those that somebody else authorizes are in cmd_policy_auth.c.
 */
#include "vtpm_internal.h"

static bool is_trial(const struct vtpm_session *session)
{
	return session->type == VTPM_SE_TRIAL;
}

/* --- which branch ------------------------------------------------------------------ */

static bool in_list(const struct vtpm_digest_list *list, const struct vtpm_digest *digest)
{
	unsigned int i;

	for (i = 0; i < list->count; i++)
		if (vtpm_digest_equal(&list->digest[i], digest))
			return true;
	return false;
}

/** vtpm_cmd_policy_or() - TPM2_PolicyOR */
u32 vtpm_cmd_policy_or(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	struct vtpm_digest_list *list = vtpm_tmp(c, sizeof(*list));
	struct vtpm_hash h;
	unsigned int i;
	u32 rc;

	if (!list)
		return VTPM_RC_MEMORY;
	vtpm_get_digest_list(vtpm_param(c), 2, list);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!is_trial(session) && !in_list(list, &session->digest))
		return VTPM_RC_VALUE + VTPM_RC_P(1);
	vtpm_policy_zero(session);
	vtpm_policy_begin(c->tpm, session, VTPM_CC_POLICY_OR, &h);
	for (i = 0; i < list->count; i++)
		vtpm_hash_digest(&h, &list->digest[i]);
	vtpm_hash_final(&h, &session->digest);
	return 0;
}

/* --- the command ---------------------------------------------------------------------- */

/** vtpm_cmd_policy_command_code() - TPM2_PolicyCommandCode */
u32 vtpm_cmd_policy_command_code(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	u32 code = vtpm_get_u32(vtpm_param(c));
	u32 rc = vtpm_params_end(c);
	u8 be[4];

	if (rc)
		return rc;
	if (session->policy.command && session->policy.command != code)
		return VTPM_RC_VALUE + VTPM_RC_P(1);
	if (!vtpm_command_find(code))
		return VTPM_RC_POLICY_CC + VTPM_RC_P(1);
	put_unaligned_be32(code, be);
	vtpm_policy_extend(c->tpm, session, VTPM_CC_POLICY_COMMAND_CODE, be, sizeof(be));
	session->policy.command = code;
	return 0;
}

static bool right_size(const struct vtpm_session *session, const struct vtpm_digest *digest)
{
	return digest->size == vtpm_digest_size(session->hash);
}

static void limit_to_hash(struct vtpm_cmd *c, struct vtpm_session *session, u8 kind,
			  const struct vtpm_digest *digest)
{
	vtpm_policy_extend(c->tpm, session, c->row->code, digest->data, digest->size);
	vtpm_policy_set_hash(session, kind, digest);
}

/** vtpm_cmd_policy_cp_hash() - TPM2_PolicyCpHash */
u32 vtpm_cmd_policy_cp_hash(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	const struct vtpm_policy *policy = &session->policy;
	struct vtpm_digest digest;
	u32 rc;

	vtpm_get_digest(vtpm_param(c), &digest);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!right_size(session, &digest))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	if (policy->hash_kind != VTPM_POLICY_NO_HASH &&
	    (policy->hash_kind != VTPM_POLICY_CP_HASH || !vtpm_digest_equal(&digest, &policy->hash)))
		return VTPM_RC_CPHASH;
	limit_to_hash(c, session, VTPM_POLICY_CP_HASH, &digest);
	return 0;
}

/** vtpm_cmd_policy_name_hash() - TPM2_PolicyNameHash */
u32 vtpm_cmd_policy_name_hash(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	struct vtpm_digest digest;
	u32 rc;

	vtpm_get_digest(vtpm_param(c), &digest);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!right_size(session, &digest))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	if (session->policy.hash_kind != VTPM_POLICY_NO_HASH)
		return VTPM_RC_CPHASH;
	limit_to_hash(c, session, VTPM_POLICY_NAME_HASH, &digest);
	return 0;
}

/** vtpm_cmd_policy_template() - TPM2_PolicyTemplate */
u32 vtpm_cmd_policy_template(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	const struct vtpm_policy *policy = &session->policy;
	struct vtpm_digest digest;
	u32 rc;

	vtpm_get_digest(vtpm_param(c), &digest);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (policy->hash_kind == VTPM_POLICY_TEMPLATE_HASH) {
		if (!vtpm_digest_equal(&digest, &policy->hash))
			return VTPM_RC_VALUE + VTPM_RC_P(1);
	} else if (policy->hash_kind != VTPM_POLICY_NO_HASH) {
		return VTPM_RC_CPHASH;
	}
	if (!right_size(session, &digest))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	limit_to_hash(c, session, VTPM_POLICY_TEMPLATE_HASH, &digest);
	return 0;
}

/* nameHash of the TPM2_Duplicate that PolicyDuplicationSelect allows */
static void limit_to_duplicate(struct vtpm_cmd *c, struct vtpm_session *session,
			       const struct vtpm_name *object, const struct vtpm_name *parent)
{
	struct vtpm_digest digest;
	struct vtpm_hash h;

	vtpm_hash_start(c->tpm, &h, session->hash);
	vtpm_hash_name(&h, object);
	vtpm_hash_name(&h, parent);
	vtpm_hash_final(&h, &digest);
	vtpm_policy_set_hash(session, VTPM_POLICY_NAME_HASH, &digest);
	session->policy.command = VTPM_CC_DUPLICATE;
}

/** vtpm_cmd_policy_duplication_select() - TPM2_PolicyDuplicationSelect */
u32 vtpm_cmd_policy_duplication_select(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	struct vtpm_name object, parent;
	struct vtpm_hash h;
	u8 include;
	u32 rc;

	vtpm_get_name(vtpm_param(c), &object);
	vtpm_get_name(vtpm_param(c), &parent);
	include = vtpm_get_yes_no(vtpm_param(c));
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (session->policy.hash_kind != VTPM_POLICY_NO_HASH)
		return VTPM_RC_CPHASH;
	if (session->policy.command)
		return VTPM_RC_COMMAND_CODE;
	vtpm_policy_begin(c->tpm, session, VTPM_CC_POLICY_DUPLICATION_SELECT, &h);
	if (include)
		vtpm_hash_name(&h, &object);
	vtpm_hash_name(&h, &parent);
	vtpm_hash_update(&h, &include, 1);
	vtpm_hash_final(&h, &session->digest);
	limit_to_duplicate(c, session, &object, &parent);
	return 0;
}

/* --- PCRs, locality, presence ------------------------------------------------------------ */

/* do the PCRs have the values they shall have? a trial takes them as given */
static u32 check_pcrs(struct vtpm *tpm, const struct vtpm_session *session,
		      const struct vtpm_digest *wanted, struct vtpm_digest *digest)
{
	const struct vtpm_policy *policy = &session->policy;

	if (is_trial(session)) {
		if (wanted->size)
			*digest = *wanted;
		return 0;
	}
	/* what an earlier assertion of the session has seen is over */
	if (policy->pcr_checked && policy->pcr_counter != tpm->pcr_updates)
		return VTPM_RC_PCR_CHANGED;
	if (wanted->size && !vtpm_digest_equal(wanted, digest))
		return VTPM_RC_VALUE + VTPM_RC_P(1);
	return 0;
}

static void extend_with_pcrs(struct vtpm *tpm, struct vtpm_session *session,
			     const struct vtpm_selection *pcrs, const struct vtpm_digest *digest)
{
	u8 bytes[4 + VTPM_NR_HASHES * (2 + 1 + VTPM_PCR_SELECT)];
	struct buf_writer w;
	struct vtpm_hash h;

	buf_writer_init(&w, bytes, sizeof(bytes));
	vtpm_put_selection(&w, pcrs);
	vtpm_policy_begin(tpm, session, VTPM_CC_POLICY_PCR, &h);
	vtpm_hash_update(&h, bytes, w.len);
	vtpm_hash_digest(&h, digest);
	vtpm_hash_final(&h, &session->digest);
}

/** vtpm_cmd_policy_pcr() - TPM2_PolicyPCR */
u32 vtpm_cmd_policy_pcr(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	struct vtpm_digest wanted, digest;
	struct vtpm_selection pcrs;
	u32 rc;

	vtpm_get_digest(vtpm_param(c), &wanted);
	vtpm_get_selection(vtpm_param(c), &pcrs);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	vtpm_selection_digest(c->tpm, session->hash, &pcrs, &digest);
	rc = check_pcrs(c->tpm, session, &wanted, &digest);
	if (rc)
		return rc;
	extend_with_pcrs(c->tpm, session, &pcrs, &digest);
	if (!is_trial(session)) {
		session->policy.pcr_checked = true;
		session->policy.pcr_counter = c->tpm->pcr_updates;
	}
	return 0;
}

/* the first value that is one extended locality rather than a set of the five plain ones */
#define EXTENDED_LOCALITY	32

/*
 * TPMA_LOCALITY that is left when @more is asserted in addition: sets are
 * intersected, an extended locality stays what it is.  0: nothing is left.
 */
static u8 narrow_locality(u8 before, u8 more)
{
	if (before && (before < EXTENDED_LOCALITY) != (more < EXTENDED_LOCALITY))
		return 0;
	if (more < EXTENDED_LOCALITY)
		return (before ? before : EXTENDED_LOCALITY - 1) & more;
	return !before || before == more ? more : 0;
}

/** vtpm_cmd_policy_locality() - TPM2_PolicyLocality */
u32 vtpm_cmd_policy_locality(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	u8 more = vtpm_get_u8(vtpm_param(c)), left;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	left = narrow_locality(session->policy.locality, more);
	if (!left)
		return VTPM_RC_RANGE + VTPM_RC_P(1);
	vtpm_policy_extend(c->tpm, session, VTPM_CC_POLICY_LOCALITY, &more, 1);
	session->policy.locality = left;
	return 0;
}

/** vtpm_cmd_policy_physical_presence() - TPM2_PolicyPhysicalPresence: there is none, ever */
u32 vtpm_cmd_policy_physical_presence(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	vtpm_policy_extend(c->tpm, session, VTPM_CC_POLICY_PHYSICAL_PRESENCE, NULL, 0);
	session->policy.presence = true;
	return 0;
}

/* --- authValue: two assertions with one digest; the last one counts ----------------------- */

static u32 want_auth(struct vtpm_cmd *c, bool password)
{
	struct vtpm_session *session = c->entity[0].session;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	vtpm_policy_extend(c->tpm, session, VTPM_CC_POLICY_AUTH_VALUE, NULL, 0);
	session->policy.password = password;
	session->policy.auth_value = !password;
	return 0;
}

/** vtpm_cmd_policy_auth_value() - TPM2_PolicyAuthValue */
u32 vtpm_cmd_policy_auth_value(struct vtpm_cmd *c)
{
	return want_auth(c, false);
}

/** vtpm_cmd_policy_password() - TPM2_PolicyPassword */
u32 vtpm_cmd_policy_password(struct vtpm_cmd *c)
{
	return want_auth(c, true);
}

/* --- NV, time ------------------------------------------------------------------------------- */

/** vtpm_cmd_policy_nv_written() - TPM2_PolicyNvWritten */
u32 vtpm_cmd_policy_nv_written(struct vtpm_cmd *c)
{
	struct vtpm_policy *policy = &c->entity[0].session->policy;
	u8 written = vtpm_get_yes_no(vtpm_param(c));
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	if (policy->nv_checked && policy->nv_written != written)
		return VTPM_RC_VALUE + VTPM_RC_P(1);
	vtpm_policy_extend(c->tpm, c->entity[0].session, VTPM_CC_POLICY_NV_WRITTEN, &written, 1);
	policy->nv_checked = true;
	policy->nv_written = written;
	return 0;
}

/* "data at @offset @operation @operand": of PolicyNV and PolicyCounterTimer */
struct condition {
	struct vtpm_digest operand;
	u16 offset;
	u16 operation;
};

static u32 get_condition(struct vtpm_cmd *c, struct condition *in)
{
	struct vtpm_reader *r;

	vtpm_get_digest(vtpm_param(c), &in->operand);
	in->offset = vtpm_get_u16(vtpm_param(c));
	r = vtpm_param(c);
	in->operation = vtpm_get_u16(r);
	if (in->operation > VTPM_EO_BITCLEAR)
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	return vtpm_params_end(c);
}

/* H(old || command || H(operand || offset || operation) || name) */
static void extend_with_condition(struct vtpm_cmd *c, struct vtpm_session *session,
				  const struct condition *in, const struct vtpm_name *name)
{
	struct vtpm_digest args;
	struct vtpm_hash h;

	vtpm_hash_start(c->tpm, &h, session->hash);
	vtpm_hash_digest(&h, &in->operand);
	vtpm_hash_u16(&h, in->offset);
	vtpm_hash_u16(&h, in->operation);
	vtpm_hash_final(&h, &args);
	vtpm_policy_begin(c->tpm, session, c->row->code, &h);
	vtpm_hash_digest(&h, &args);
	if (name)
		vtpm_hash_name(&h, name);
	vtpm_hash_final(&h, &session->digest);
}

static u32 check_nv(struct vtpm_cmd *c, const struct condition *in)
{
	const struct vtpm_nv *nv = c->entity[1].nv;
	u32 rc = vtpm_nv_read_access(&c->entity[0], nv);

	if (rc)
		return rc;
	if (in->offset > nv->pub.size)
		return VTPM_RC_VALUE + VTPM_RC_P(2);
	if (in->operand.size > nv->pub.size - in->offset)
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	if (!vtpm_policy_holds(in->operation, nv->data + in->offset, in->operand.data,
			       in->operand.size))
		return VTPM_RC_POLICY;
	return 0;
}

/** vtpm_cmd_policy_nv() - TPM2_PolicyNV */
u32 vtpm_cmd_policy_nv(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[2].session;
	struct vtpm_name name;
	struct condition in;
	u32 rc;

	rc = get_condition(c, &in);
	if (!rc && !is_trial(session))
		rc = check_nv(c, &in);
	if (rc)
		return rc;
	vtpm_nv_name(c->tpm, c->entity[1].nv, &name);
	extend_with_condition(c, session, &in, &name);
	return 0;
}

/** vtpm_cmd_policy_counter_timer() - TPM2_PolicyCounterTimer: about a TPMS_TIME_INFO */
u32 vtpm_cmd_policy_counter_timer(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	struct condition in;
	struct buf_writer w;
	u8 info[32];
	u32 rc;

	rc = get_condition(c, &in);
	if (rc)
		return rc;
	buf_writer_init(&w, info, sizeof(info));
	vtpm_put_time_info(&w, c->tpm);
	if (in.offset > w.len)
		return VTPM_RC_VALUE + VTPM_RC_P(2);
	if (in.operand.size > w.len - in.offset)
		return VTPM_RC_RANGE;
	if (!is_trial(session) &&
	    !vtpm_policy_holds(in.operation, info + in.offset, in.operand.data, in.operand.size))
		return VTPM_RC_POLICY;
	extend_with_condition(c, session, &in, NULL);
	return 0;
}
