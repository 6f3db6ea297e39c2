/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handlers that command_table.c names, by the file they are in.
 *
 * A handler that exists has its prototype here.  One that does not is NULL: its
 * row still says what the command looks like, but GetCapability does not list it
 * and its answer is TPM_RC_COMMAND_CODE.
 */
#ifndef IMA_NS_VTPM_HANDLERS_H
#define IMA_NS_VTPM_HANDLERS_H

struct vtpm_cmd;

/* cmd_startup.c */

#define vtpm_cmd_set_algorithm_set NULL
u32 vtpm_cmd_incremental_self_test(struct vtpm_cmd *c);
u32 vtpm_cmd_self_test(struct vtpm_cmd *c);
u32 vtpm_cmd_startup(struct vtpm_cmd *c);
u32 vtpm_cmd_shutdown(struct vtpm_cmd *c);
u32 vtpm_cmd_get_test_result(struct vtpm_cmd *c);

/* cmd_capability.c */

u32 vtpm_cmd_get_capability(struct vtpm_cmd *c);
u32 vtpm_cmd_test_parms(struct vtpm_cmd *c);

/* cmd_random.c */

u32 vtpm_cmd_stir_random(struct vtpm_cmd *c);
u32 vtpm_cmd_get_random(struct vtpm_cmd *c);

/* cmd_clock.c */

u32 vtpm_cmd_clock_set(struct vtpm_cmd *c);
u32 vtpm_cmd_clock_rate_adjust(struct vtpm_cmd *c);
u32 vtpm_cmd_read_clock(struct vtpm_cmd *c);

/* cmd_pcr.c */

u32 vtpm_cmd_pcr_allocate(struct vtpm_cmd *c);
#define vtpm_cmd_pcr_set_auth_policy NULL
u32 vtpm_cmd_pcr_event(struct vtpm_cmd *c);
u32 vtpm_cmd_pcr_reset(struct vtpm_cmd *c);
u32 vtpm_cmd_pcr_read(struct vtpm_cmd *c);
u32 vtpm_cmd_pcr_extend(struct vtpm_cmd *c);
#define vtpm_cmd_pcr_set_auth_value NULL

/* cmd_hash.c */

u32 vtpm_cmd_sequence_complete(struct vtpm_cmd *c);
u32 vtpm_cmd_hmac(struct vtpm_cmd *c);
u32 vtpm_cmd_hmac_start(struct vtpm_cmd *c);
u32 vtpm_cmd_sequence_update(struct vtpm_cmd *c);
u32 vtpm_cmd_hash(struct vtpm_cmd *c);
u32 vtpm_cmd_event_sequence_complete(struct vtpm_cmd *c);
u32 vtpm_cmd_hash_sequence_start(struct vtpm_cmd *c);

/* cmd_session.c */

u32 vtpm_cmd_start_auth_session(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_restart(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_get_digest(struct vtpm_cmd *c);

/* cmd_context.c */

u32 vtpm_cmd_evict_control(struct vtpm_cmd *c);
u32 vtpm_cmd_context_load(struct vtpm_cmd *c);
u32 vtpm_cmd_context_save(struct vtpm_cmd *c);
u32 vtpm_cmd_flush_context(struct vtpm_cmd *c);

/* cmd_object.c */

u32 vtpm_cmd_create_primary(struct vtpm_cmd *c);
u32 vtpm_cmd_object_change_auth(struct vtpm_cmd *c);
u32 vtpm_cmd_create(struct vtpm_cmd *c);
u32 vtpm_cmd_load(struct vtpm_cmd *c);
u32 vtpm_cmd_unseal(struct vtpm_cmd *c);
u32 vtpm_cmd_load_external(struct vtpm_cmd *c);
u32 vtpm_cmd_read_public(struct vtpm_cmd *c);
u32 vtpm_cmd_create_loaded(struct vtpm_cmd *c);

/* cmd_policy.c */

u32 vtpm_cmd_policy_nv(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_auth_value(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_command_code(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_counter_timer(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_cp_hash(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_locality(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_name_hash(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_or(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_pcr(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_physical_presence(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_duplication_select(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_password(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_nv_written(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_template(struct vtpm_cmd *c);

/* cmd_policy_auth.c */

u32 vtpm_cmd_policy_secret(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_signed(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_authorize(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_ticket(struct vtpm_cmd *c);
u32 vtpm_cmd_policy_authorize_nv(struct vtpm_cmd *c);

/* cmd_attest.c */

u32 vtpm_cmd_get_command_audit_digest(struct vtpm_cmd *c);
u32 vtpm_cmd_set_command_code_audit_status(struct vtpm_cmd *c);
u32 vtpm_cmd_certify(struct vtpm_cmd *c);
u32 vtpm_cmd_certify_creation(struct vtpm_cmd *c);
u32 vtpm_cmd_get_time(struct vtpm_cmd *c);
u32 vtpm_cmd_get_session_audit_digest(struct vtpm_cmd *c);
u32 vtpm_cmd_quote(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_certify(struct vtpm_cmd *c);
#define vtpm_cmd_certify_x509 NULL

/* cmd_sign.c */

u32 vtpm_cmd_sign(struct vtpm_cmd *c);
u32 vtpm_cmd_verify_signature(struct vtpm_cmd *c);

/* cmd_asym.c */

u32 vtpm_cmd_ecdh_zgen(struct vtpm_cmd *c);
u32 vtpm_cmd_rsa_decrypt(struct vtpm_cmd *c);
u32 vtpm_cmd_ecdh_key_gen(struct vtpm_cmd *c);
u32 vtpm_cmd_rsa_encrypt(struct vtpm_cmd *c);
u32 vtpm_cmd_ecc_parameters(struct vtpm_cmd *c);
#define vtpm_cmd_commit NULL
u32 vtpm_cmd_zgen_2phase(struct vtpm_cmd *c);
u32 vtpm_cmd_ec_ephemeral(struct vtpm_cmd *c);

/* cmd_sym.c */

u32 vtpm_cmd_encrypt_decrypt(struct vtpm_cmd *c);
u32 vtpm_cmd_encrypt_decrypt_2(struct vtpm_cmd *c);

/* cmd_credential.c */

u32 vtpm_cmd_activate_credential(struct vtpm_cmd *c);
u32 vtpm_cmd_make_credential(struct vtpm_cmd *c);

/* cmd_duplicate.c */

u32 vtpm_cmd_duplicate(struct vtpm_cmd *c);
u32 vtpm_cmd_rewrap(struct vtpm_cmd *c);
u32 vtpm_cmd_import(struct vtpm_cmd *c);

/* cmd_nv.c */

u32 vtpm_cmd_nv_undefine_space_special(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_undefine_space(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_define_space(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_global_write_lock(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_increment(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_set_bits(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_extend(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_write(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_write_lock(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_change_auth(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_read(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_read_lock(struct vtpm_cmd *c);
u32 vtpm_cmd_nv_read_public(struct vtpm_cmd *c);

/* cmd_hierarchy.c */

u32 vtpm_cmd_hierarchy_control(struct vtpm_cmd *c);
u32 vtpm_cmd_change_eps(struct vtpm_cmd *c);
u32 vtpm_cmd_change_pps(struct vtpm_cmd *c);
u32 vtpm_cmd_clear(struct vtpm_cmd *c);
u32 vtpm_cmd_clear_control(struct vtpm_cmd *c);
u32 vtpm_cmd_hierarchy_change_auth(struct vtpm_cmd *c);
#define vtpm_cmd_pp_commands NULL
u32 vtpm_cmd_set_primary_policy(struct vtpm_cmd *c);

/* cmd_da.c */

u32 vtpm_cmd_da_lock_reset(struct vtpm_cmd *c);
u32 vtpm_cmd_da_parameters(struct vtpm_cmd *c);

#endif /* IMA_NS_VTPM_HANDLERS_H */
