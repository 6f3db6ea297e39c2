// SPDX-License-Identifier: GPL-2.0
/*
 * The commands of a TPM 2.0: one row for each, in the order of their codes.
 *
 * The dispatcher reads a row to know what it may let in, GetCapability to say
 * what there is (TPMA_CC, which resource managers parse), the documentation is
 * made from it.  "Handles" are those of the handle area: FlushContext has none,
 * its handle is a parameter.
 */
#include "vtpm_internal.h"

/* a handle: who must authorize its use, and what it may be */
#define PLAIN(kind)	{ VTPM_H_##kind, VTPM_ROLE_NONE }
#define USER(kind)	{ VTPM_H_##kind, VTPM_ROLE_USER }
#define ADMIN(kind)	{ VTPM_H_##kind, VTPM_ROLE_ADMIN }
#define DUP(kind)	{ VTPM_H_##kind, VTPM_ROLE_DUP }

#define NV		VTPM_C_NV
#define EXTENSIVE	VTPM_C_EXTENSIVE
#define FLUSHED		VTPM_C_FLUSHED
#define RHANDLE		VTPM_C_RHANDLE
#define DECRYPT		VTPM_C_DECRYPT
#define ENCRYPT		VTPM_C_ENCRYPT
#define NO_SESSIONS	VTPM_C_NO_SESSIONS
#define PP		VTPM_C_PP
#define NV_WRITE	VTPM_C_NV_WRITE
#define TRIAL		VTPM_C_TRIAL

const struct vtpm_command vtpm_commands[] = {
	{ VTPM_CC_NV_UNDEFINE_SPACE_SPECIAL, NV,
	  { ADMIN(NV_INDEX), USER(PLATFORM) }, vtpm_cmd_nv_undefine_space_special },
	{ VTPM_CC_EVICT_CONTROL, NV, { USER(PROVISION), PLAIN(OBJECT) }, vtpm_cmd_evict_control },
	{ VTPM_CC_HIERARCHY_CONTROL, NV | EXTENSIVE, { USER(BASE) }, vtpm_cmd_hierarchy_control },
	{ VTPM_CC_NV_UNDEFINE_SPACE, NV,
	  { USER(PROVISION), PLAIN(NV_INDEX) }, vtpm_cmd_nv_undefine_space },
	{ VTPM_CC_CHANGE_EPS, NV | EXTENSIVE, { USER(PLATFORM) }, vtpm_cmd_change_eps },
	{ VTPM_CC_CHANGE_PPS, NV | EXTENSIVE, { USER(PLATFORM) }, vtpm_cmd_change_pps },
	{ VTPM_CC_CLEAR, NV | EXTENSIVE, { USER(CLEAR) }, vtpm_cmd_clear },
	{ VTPM_CC_CLEAR_CONTROL, NV, { USER(CLEAR) }, vtpm_cmd_clear_control },
	{ VTPM_CC_CLOCK_SET, NV, { USER(PROVISION) }, vtpm_cmd_clock_set },
	{ VTPM_CC_HIERARCHY_CHANGE_AUTH, NV | DECRYPT,
	  { USER(HIERARCHY_AUTH) }, vtpm_cmd_hierarchy_change_auth },
	{ VTPM_CC_NV_DEFINE_SPACE, NV | DECRYPT, { USER(PROVISION) }, vtpm_cmd_nv_define_space },
	{ VTPM_CC_PCR_ALLOCATE, NV, { USER(PLATFORM) }, vtpm_cmd_pcr_allocate },
	{ VTPM_CC_PCR_SET_AUTH_POLICY, NV | DECRYPT,
	  { USER(PLATFORM) }, vtpm_cmd_pcr_set_auth_policy },
	{ VTPM_CC_PP_COMMANDS, NV | PP, { USER(PLATFORM) }, vtpm_cmd_pp_commands },
	{ VTPM_CC_SET_PRIMARY_POLICY, NV | DECRYPT,
	  { USER(HIERARCHY_AUTH) }, vtpm_cmd_set_primary_policy },
	{ VTPM_CC_CLOCK_RATE_ADJUST, 0, { USER(PROVISION) }, vtpm_cmd_clock_rate_adjust },
	{ VTPM_CC_CREATE_PRIMARY, RHANDLE | DECRYPT | ENCRYPT,
	  { USER(HIERARCHY) }, vtpm_cmd_create_primary },
	{ VTPM_CC_NV_GLOBAL_WRITE_LOCK, NV, { USER(PROVISION) }, vtpm_cmd_nv_global_write_lock },
	{ VTPM_CC_GET_COMMAND_AUDIT_DIGEST, NV | DECRYPT | ENCRYPT,
	  { USER(ENDORSEMENT), USER(OBJECT_NULL) }, vtpm_cmd_get_command_audit_digest },
	{ VTPM_CC_NV_INCREMENT, NV | NV_WRITE,
	  { USER(NV_AUTH), PLAIN(NV_INDEX) }, vtpm_cmd_nv_increment },
	{ VTPM_CC_NV_SET_BITS, NV | NV_WRITE,
	  { USER(NV_AUTH), PLAIN(NV_INDEX) }, vtpm_cmd_nv_set_bits },
	{ VTPM_CC_NV_EXTEND, NV | DECRYPT | NV_WRITE,
	  { USER(NV_AUTH), PLAIN(NV_INDEX) }, vtpm_cmd_nv_extend },
	{ VTPM_CC_NV_WRITE, NV | DECRYPT | NV_WRITE,
	  { USER(NV_AUTH), PLAIN(NV_INDEX) }, vtpm_cmd_nv_write },
	{ VTPM_CC_NV_WRITE_LOCK, NV | NV_WRITE,
	  { USER(NV_AUTH), PLAIN(NV_INDEX) }, vtpm_cmd_nv_write_lock },
	{ VTPM_CC_DA_LOCK_RESET, NV, { USER(LOCKOUT) }, vtpm_cmd_da_lock_reset },
	{ VTPM_CC_DA_PARAMETERS, NV, { USER(LOCKOUT) }, vtpm_cmd_da_parameters },
	{ VTPM_CC_NV_CHANGE_AUTH, NV | DECRYPT, { ADMIN(NV_INDEX) }, vtpm_cmd_nv_change_auth },
	{ VTPM_CC_PCR_EVENT, NV | DECRYPT, { USER(PCR_NULL) }, vtpm_cmd_pcr_event },
	{ VTPM_CC_PCR_RESET, NV, { USER(PCR) }, vtpm_cmd_pcr_reset },
	{ VTPM_CC_SEQUENCE_COMPLETE, FLUSHED | DECRYPT | ENCRYPT,
	  { USER(OBJECT) }, vtpm_cmd_sequence_complete },
	{ VTPM_CC_SET_ALGORITHM_SET, NV, { USER(PLATFORM) }, vtpm_cmd_set_algorithm_set },
	{ VTPM_CC_SET_COMMAND_CODE_AUDIT_STATUS, NV,
	  { USER(PROVISION) }, vtpm_cmd_set_command_code_audit_status },
	{ VTPM_CC_INCREMENTAL_SELF_TEST, NV, { }, vtpm_cmd_incremental_self_test },
	{ VTPM_CC_SELF_TEST, NV, { }, vtpm_cmd_self_test },
	{ VTPM_CC_STARTUP, NV | NO_SESSIONS, { }, vtpm_cmd_startup },
	{ VTPM_CC_SHUTDOWN, NV, { }, vtpm_cmd_shutdown },
	{ VTPM_CC_STIR_RANDOM, NV | DECRYPT, { }, vtpm_cmd_stir_random },
	{ VTPM_CC_ACTIVATE_CREDENTIAL, DECRYPT | ENCRYPT,
	  { ADMIN(OBJECT), USER(OBJECT) }, vtpm_cmd_activate_credential },
	{ VTPM_CC_CERTIFY, DECRYPT | ENCRYPT,
	  { ADMIN(OBJECT), USER(OBJECT_NULL) }, vtpm_cmd_certify },
	{ VTPM_CC_POLICY_NV, DECRYPT | TRIAL,
	  { USER(NV_AUTH), PLAIN(NV_INDEX), PLAIN(POLICY) }, vtpm_cmd_policy_nv },
	{ VTPM_CC_CERTIFY_CREATION, DECRYPT | ENCRYPT,
	  { USER(OBJECT_NULL), PLAIN(OBJECT) }, vtpm_cmd_certify_creation },
	{ VTPM_CC_DUPLICATE, DECRYPT | ENCRYPT,
	  { DUP(OBJECT), PLAIN(OBJECT_NULL) }, vtpm_cmd_duplicate },
	{ VTPM_CC_GET_TIME, DECRYPT | ENCRYPT,
	  { USER(ENDORSEMENT), USER(OBJECT_NULL) }, vtpm_cmd_get_time },
	{ VTPM_CC_GET_SESSION_AUDIT_DIGEST, DECRYPT | ENCRYPT,
	  { USER(ENDORSEMENT), USER(OBJECT_NULL), PLAIN(HMAC) },
	  vtpm_cmd_get_session_audit_digest },
	{ VTPM_CC_NV_READ, ENCRYPT, { USER(NV_AUTH), PLAIN(NV_INDEX) }, vtpm_cmd_nv_read },
	{ VTPM_CC_NV_READ_LOCK, NV, { USER(NV_AUTH), PLAIN(NV_INDEX) }, vtpm_cmd_nv_read_lock },
	{ VTPM_CC_OBJECT_CHANGE_AUTH, DECRYPT | ENCRYPT,
	  { ADMIN(OBJECT), PLAIN(OBJECT) }, vtpm_cmd_object_change_auth },
	{ VTPM_CC_POLICY_SECRET, DECRYPT | ENCRYPT | TRIAL,
	  { USER(ENTITY), PLAIN(POLICY) }, vtpm_cmd_policy_secret },
	{ VTPM_CC_REWRAP, DECRYPT | ENCRYPT,
	  { USER(OBJECT_NULL), PLAIN(OBJECT_NULL) }, vtpm_cmd_rewrap },
	{ VTPM_CC_CREATE, DECRYPT | ENCRYPT, { USER(OBJECT) }, vtpm_cmd_create },
	{ VTPM_CC_ECDH_ZGEN, DECRYPT | ENCRYPT, { USER(OBJECT) }, vtpm_cmd_ecdh_zgen },
	{ VTPM_CC_HMAC, DECRYPT | ENCRYPT, { USER(OBJECT) }, vtpm_cmd_hmac },
	{ VTPM_CC_IMPORT, DECRYPT | ENCRYPT, { USER(OBJECT) }, vtpm_cmd_import },
	{ VTPM_CC_LOAD, RHANDLE | DECRYPT | ENCRYPT, { USER(OBJECT) }, vtpm_cmd_load },
	{ VTPM_CC_QUOTE, DECRYPT | ENCRYPT, { USER(OBJECT_NULL) }, vtpm_cmd_quote },
	{ VTPM_CC_RSA_DECRYPT, DECRYPT | ENCRYPT, { USER(OBJECT) }, vtpm_cmd_rsa_decrypt },
	{ VTPM_CC_HMAC_START, RHANDLE | DECRYPT, { USER(OBJECT) }, vtpm_cmd_hmac_start },
	{ VTPM_CC_SEQUENCE_UPDATE, DECRYPT, { USER(OBJECT) }, vtpm_cmd_sequence_update },
	{ VTPM_CC_SIGN, DECRYPT, { USER(OBJECT) }, vtpm_cmd_sign },
	{ VTPM_CC_UNSEAL, ENCRYPT, { USER(OBJECT) }, vtpm_cmd_unseal },
	{ VTPM_CC_POLICY_SIGNED, DECRYPT | ENCRYPT | TRIAL,
	  { PLAIN(OBJECT), PLAIN(POLICY) }, vtpm_cmd_policy_signed },
	{ VTPM_CC_CONTEXT_LOAD, RHANDLE | NO_SESSIONS, { }, vtpm_cmd_context_load },
	{ VTPM_CC_CONTEXT_SAVE, NO_SESSIONS, { PLAIN(CONTEXT) }, vtpm_cmd_context_save },
	{ VTPM_CC_ECDH_KEY_GEN, ENCRYPT, { PLAIN(OBJECT) }, vtpm_cmd_ecdh_key_gen },
	{ VTPM_CC_ENCRYPT_DECRYPT, ENCRYPT, { USER(OBJECT) }, vtpm_cmd_encrypt_decrypt },
	{ VTPM_CC_FLUSH_CONTEXT, NO_SESSIONS, { }, vtpm_cmd_flush_context },
	{ VTPM_CC_LOAD_EXTERNAL, RHANDLE | DECRYPT | ENCRYPT, { }, vtpm_cmd_load_external },
	{ VTPM_CC_MAKE_CREDENTIAL, DECRYPT | ENCRYPT, { PLAIN(OBJECT) }, vtpm_cmd_make_credential },
	{ VTPM_CC_NV_READ_PUBLIC, ENCRYPT, { PLAIN(NV_INDEX) }, vtpm_cmd_nv_read_public },
	{ VTPM_CC_POLICY_AUTHORIZE, DECRYPT | TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_authorize },
	{ VTPM_CC_POLICY_AUTH_VALUE, TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_auth_value },
	{ VTPM_CC_POLICY_COMMAND_CODE, TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_command_code },
	{ VTPM_CC_POLICY_COUNTER_TIMER, DECRYPT | TRIAL,
	  { PLAIN(POLICY) }, vtpm_cmd_policy_counter_timer },
	{ VTPM_CC_POLICY_CP_HASH, DECRYPT | TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_cp_hash },
	{ VTPM_CC_POLICY_LOCALITY, TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_locality },
	{ VTPM_CC_POLICY_NAME_HASH, DECRYPT | TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_name_hash },
	{ VTPM_CC_POLICY_OR, TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_or },
	{ VTPM_CC_POLICY_TICKET, DECRYPT | TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_ticket },
	{ VTPM_CC_READ_PUBLIC, ENCRYPT, { PLAIN(OBJECT) }, vtpm_cmd_read_public },
	{ VTPM_CC_RSA_ENCRYPT, DECRYPT | ENCRYPT, { PLAIN(OBJECT) }, vtpm_cmd_rsa_encrypt },
	{ VTPM_CC_START_AUTH_SESSION, RHANDLE | DECRYPT | ENCRYPT,
	  { PLAIN(OBJECT_NULL), PLAIN(ENTITY_NULL) }, vtpm_cmd_start_auth_session },
	{ VTPM_CC_VERIFY_SIGNATURE, DECRYPT, { PLAIN(OBJECT) }, vtpm_cmd_verify_signature },
	{ VTPM_CC_ECC_PARAMETERS, 0, { }, vtpm_cmd_ecc_parameters },
	{ VTPM_CC_GET_CAPABILITY, 0, { }, vtpm_cmd_get_capability },
	{ VTPM_CC_GET_RANDOM, ENCRYPT, { }, vtpm_cmd_get_random },
	{ VTPM_CC_GET_TEST_RESULT, ENCRYPT, { }, vtpm_cmd_get_test_result },
	{ VTPM_CC_HASH, DECRYPT | ENCRYPT, { }, vtpm_cmd_hash },
	{ VTPM_CC_PCR_READ, 0, { }, vtpm_cmd_pcr_read },
	{ VTPM_CC_POLICY_PCR, DECRYPT | TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_pcr },
	{ VTPM_CC_POLICY_RESTART, TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_restart },
	{ VTPM_CC_READ_CLOCK, 0, { }, vtpm_cmd_read_clock },
	{ VTPM_CC_PCR_EXTEND, NV, { USER(PCR_NULL) }, vtpm_cmd_pcr_extend },
	{ VTPM_CC_PCR_SET_AUTH_VALUE, DECRYPT, { USER(PCR) }, vtpm_cmd_pcr_set_auth_value },
	{ VTPM_CC_NV_CERTIFY, DECRYPT | ENCRYPT,
	  { USER(OBJECT_NULL), USER(NV_AUTH), PLAIN(NV_INDEX) }, vtpm_cmd_nv_certify },
	{ VTPM_CC_EVENT_SEQUENCE_COMPLETE, NV | FLUSHED | DECRYPT,
	  { USER(PCR_NULL), USER(OBJECT) }, vtpm_cmd_event_sequence_complete },
	{ VTPM_CC_HASH_SEQUENCE_START, RHANDLE | DECRYPT, { }, vtpm_cmd_hash_sequence_start },
	{ VTPM_CC_POLICY_PHYSICAL_PRESENCE, TRIAL,
	  { PLAIN(POLICY) }, vtpm_cmd_policy_physical_presence },
	{ VTPM_CC_POLICY_DUPLICATION_SELECT, DECRYPT | TRIAL,
	  { PLAIN(POLICY) }, vtpm_cmd_policy_duplication_select },
	{ VTPM_CC_POLICY_GET_DIGEST, ENCRYPT | TRIAL,
	  { PLAIN(POLICY) }, vtpm_cmd_policy_get_digest },
	{ VTPM_CC_TEST_PARMS, 0, { }, vtpm_cmd_test_parms },
	{ VTPM_CC_COMMIT, DECRYPT | ENCRYPT, { USER(OBJECT) }, vtpm_cmd_commit },
	{ VTPM_CC_POLICY_PASSWORD, TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_password },
	{ VTPM_CC_ZGEN_2PHASE, DECRYPT | ENCRYPT, { USER(OBJECT) }, vtpm_cmd_zgen_2phase },
	{ VTPM_CC_EC_EPHEMERAL, ENCRYPT, { }, vtpm_cmd_ec_ephemeral },
	{ VTPM_CC_POLICY_NV_WRITTEN, TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_nv_written },
	{ VTPM_CC_POLICY_TEMPLATE, DECRYPT | TRIAL, { PLAIN(POLICY) }, vtpm_cmd_policy_template },
	{ VTPM_CC_CREATE_LOADED, RHANDLE | DECRYPT | ENCRYPT,
	  { USER(PARENT) }, vtpm_cmd_create_loaded },
	{ VTPM_CC_POLICY_AUTHORIZE_NV, TRIAL,
	  { USER(NV_AUTH), PLAIN(NV_INDEX), PLAIN(POLICY) }, vtpm_cmd_policy_authorize_nv },
	{ VTPM_CC_ENCRYPT_DECRYPT_2, DECRYPT | ENCRYPT,
	  { USER(OBJECT) }, vtpm_cmd_encrypt_decrypt_2 },
	{ VTPM_CC_CERTIFY_X509, DECRYPT | ENCRYPT,
	  { ADMIN(OBJECT), USER(OBJECT_NULL) }, vtpm_cmd_certify_x509 },
};

const unsigned int vtpm_nr_commands = ARRAY_SIZE(vtpm_commands);

/**
 * vtpm_command_find() - row of a command
 * @code: command code, any number
 *
 * Return: the row, or NULL if there is no such command or it has no handler.
 */
const struct vtpm_command *vtpm_command_find(u32 code)
{
	unsigned int low = 0, high = vtpm_nr_commands;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (vtpm_commands[mid].code < code)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == vtpm_nr_commands || vtpm_commands[low].code != code || !vtpm_commands[low].run)
		return NULL;
	return &vtpm_commands[low];
}

/** vtpm_command_handles() - how many handles the handle area of @command has */
unsigned int vtpm_command_handles(const struct vtpm_command *command)
{
	unsigned int n = 0;

	while (n < VTPM_MAX_HANDLES && command->handle[n].kind != VTPM_H_NONE)
		n++;
	return n;
}

/** vtpm_command_attrs() - TPMA_CC of @command */
u32 vtpm_command_attrs(const struct vtpm_command *command)
{
	u32 attrs = command->code | VTPMA_CC_HANDLES(vtpm_command_handles(command));

	if (command->flags & VTPM_C_NV)
		attrs |= VTPMA_CC_NV;
	if (command->flags & VTPM_C_EXTENSIVE)
		attrs |= VTPMA_CC_EXTENSIVE;
	if (command->flags & VTPM_C_FLUSHED)
		attrs |= VTPMA_CC_FLUSHED;
	if (command->flags & VTPM_C_RHANDLE)
		attrs |= VTPMA_CC_RHANDLE;
	return attrs;
}

/** vtpm_command_audited() - is @command in the set of SetCommandCodeAuditStatus? */
bool vtpm_command_audited(const struct vtpm *tpm, const struct vtpm_command *command)
{
	size_t row = command - vtpm_commands;

	BUILD_BUG_ON(ARRAY_SIZE(vtpm_commands) > 8 * VTPM_COMMAND_SET);
	return tpm->audit_set[row / 8] & 1 << row % 8;
}
