/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The private interface of the vTPM, in sections by owner.
 *
 * How one command travels:
 *
 *   vtpm_execute() in command.c
 *     command_table.c   what the command is made of
 *     entity.c          its handles become entities
 *     session.c         its sessions authorize them; first parameter decrypted
 *     cmd_*.c           one handler: validate, update, output
 *     session.c         the response's sessions
 *
 * Every function that returns u32 returns a response code.  Below the handlers
 * format-1 codes are bare; a handler adds VTPM_RC_P(n) or VTPM_RC_H(n), with
 * vtpm_rc_at(), where it knows which parameter was meant.
 *
 * A handler validates everything before it changes anything: a command that
 * fails has done nothing.  It must not keep pointers into the command, and big
 * variables come from vtpm_tmp(), not from the stack.
 */
#ifndef IMA_NS_VTPM_INTERNAL_H
#define IMA_NS_VTPM_INTERNAL_H

#include "marshal.h"
#include "vtpm.h"
#include "vtpm_algo.h"
#include "vtpm_command.h"

struct vtpm_auth;
struct vtpm_cmd;
struct vtpm_entity;
struct vtpm_nv;
struct vtpm_object;
struct vtpm_tmp;

/* what a TPM2_Startup is, together with the TPM2_Shutdown before it */
enum vtpm_startup_kind {
	VTPM_RESET,	/* CLEAR after none or CLEAR */
	VTPM_RESTART,	/* CLEAR after STATE */
	VTPM_RESUME,	/* STATE after STATE */
};

/* --- hierarchy.c: seeds, proofs, and who may authorize -------------------- */

enum vtpm_hierarchy_id {
	VTPM_OWNER,
	VTPM_ENDORSEMENT,
	VTPM_PLATFORM,
	VTPM_NULL,
	VTPM_LOCKOUT,
	VTPM_NR_HIERARCHIES
};

/**
 * struct vtpm_hierarchy - what belongs to a hierarchy's handle
 * @handle: VTPM_RH_*
 * @enabled: its objects can be used; always set for VTPM_NULL and VTPM_LOCKOUT
 * @auth: authValue, without trailing zeros
 * @policy: authPolicy, or empty
 * @policy_alg: hash of @policy, or VTPM_ALG_NULL
 * @seed: primary seed; VTPM_LOCKOUT has none
 * @proof: key of tickets and contexts; VTPM_LOCKOUT has none
 */
struct vtpm_hierarchy {
	u32 handle;
	bool enabled;
	struct vtpm_digest auth;
	struct vtpm_digest policy;
	u16 policy_alg;
	u8 seed[VTPM_SEED];
	u8 proof[VTPM_SEED];
};

void vtpm_hierarchies_manufacture(struct vtpm *tpm);
void vtpm_hierarchies_startup(struct vtpm *tpm, enum vtpm_startup_kind kind);
void vtpm_hierarchy_clear(struct vtpm *tpm);
void vtpm_hierarchy_renew(struct vtpm *tpm, enum vtpm_hierarchy_id id);
struct vtpm_hierarchy *vtpm_hierarchy(struct vtpm *tpm, u32 handle);
struct vtpm_hierarchy *vtpm_object_hierarchy(struct vtpm *tpm, const struct vtpm_object *object);

/* --- object.c: objects, their slots, Names -------------------------------- */

/* what a slot holds */
enum vtpm_object_kind {
	VTPM_KEY,		/* anything with a public area */
	VTPM_SEQUENCE_HASH,
	VTPM_SEQUENCE_HMAC,
	VTPM_SEQUENCE_EVENT,	/* all banks at once */
};

/**
 * struct vtpm_sequence - a hash, HMAC or event sequence
 * @auth: authValue
 * @started: it has seen its first bytes
 * @generated: these began like a structure that the TPM signs itself: the
 *             result gets no ticket
 * @key: object of an HMAC sequence's key is not needed again: this block is
 * @count: of @hash; VTPM_NR_HASHES in an event sequence
 * @hash: the digests
 */
struct vtpm_sequence {
	struct vtpm_digest auth;
	bool started;
	bool generated;
	u8 key[VTPM_MAX_HASH_BLOCK];
	unsigned int count;
	struct vtpm_hash hash[];
};

/**
 * struct vtpm_object - a transient or persistent object
 * @next: in the list of persistent objects, in the order of handles
 * @handle: transient or persistent handle
 * @kind: enum vtpm_object_kind
 * @hierarchy: VTPM_RH_* it belongs to
 * @public_only: no sensitive area
 * @primary: made from a seed
 * @external: came through LoadExternal
 * @temporary: came through LoadExternal with a sensitive area: not for a parent
 * @st_clear: it or an ancestor has stClear
 * @pub: public area
 * @sensitive: sensitive area, or zeros
 * @name: Name
 * @qualified: qualified Name
 * @sequence: of a sequence; then only @handle, @kind, @hierarchy mean anything
 */
struct vtpm_object {
	struct vtpm_object *next;
	u32 handle;
	u8 kind;
	bool public_only;
	bool primary;
	bool external;
	bool temporary;
	bool st_clear;
	u32 hierarchy;
	struct vtpm_public pub;
	struct vtpm_sensitive sensitive;
	struct vtpm_name name;
	struct vtpm_name qualified;
	struct vtpm_sequence *sequence;
};

/* a sequence object of one or of all hashes */
#define VTPM_OBJECT_IS_SEQUENCE(object)	((object)->kind != VTPM_KEY)

struct vtpm_object *vtpm_object_alloc(void);
void vtpm_object_free(struct vtpm_object *object);
bool vtpm_space_has_slot(const struct vtpm_space *space);
u32 vtpm_space_add(struct vtpm_space *space, struct vtpm_object *object);
struct vtpm_object *vtpm_space_find(const struct vtpm_space *space, u32 handle);
void vtpm_space_flush(struct vtpm_space *space, struct vtpm_object *object);
struct vtpm_object *vtpm_persistent_find(const struct vtpm *tpm, u32 handle);
u32 vtpm_persistent_add(struct vtpm *tpm, const struct vtpm_object *object, u32 handle);
void vtpm_persistent_remove(struct vtpm *tpm, struct vtpm_object *object);
void vtpm_objects_flush_hierarchy(struct vtpm *tpm, u32 hierarchy);

void vtpm_object_name(struct vtpm *tpm, const struct vtpm_public *pub, struct vtpm_name *name);
void vtpm_object_qualify(struct vtpm *tpm, struct vtpm_object *object,
			 const struct vtpm_name *parent_qualified);
bool vtpm_object_is_parent(const struct vtpm_object *object);
bool vtpm_object_signs(const struct vtpm_object *object);
struct vtpm_sequence *vtpm_sequence_alloc(unsigned int hashes);
void vtpm_sequence_free(struct vtpm_sequence *sequence);

/* --- object_check.c: is this template, is this object allowed? ------------ */

u32 vtpm_check_public(const struct vtpm_public *pub, const struct vtpm_object *parent);
u32 vtpm_check_template(const struct vtpm_public *pub, const struct vtpm_object *parent,
			bool has_data);
u32 vtpm_check_load(struct vtpm *tpm, const struct vtpm_public *pub,
		    const struct vtpm_sensitive *sensitive, const struct vtpm_object *parent,
		    u32 at_public, u32 at_sensitive);

/* --- object_create.c: key material ---------------------------------------- */

u32 vtpm_object_create(struct vtpm *tpm, struct vtpm_rng *rng, struct vtpm_object *object,
		       const struct vtpm_sensitive_create *in);
void vtpm_symmetric_unique(struct vtpm *tpm, const struct vtpm_public *pub,
			   const struct vtpm_sensitive *sensitive, struct vtpm_digest *unique);
u32 vtpm_creation_data(struct vtpm *tpm, const struct vtpm_object *object,
		       const struct vtpm_object *parent,
		       const struct vtpm_name *outside, struct vtpm_selection *pcrs,
		       struct buf_writer *sized, struct vtpm_digest *creation_hash);

/* --- wrap.c: TPM2B_PRIVATE, duplicates, credentials ----------------------- */

void vtpm_put_private(struct buf_writer *w, const struct vtpm_sensitive *sensitive, u16 name_alg);
u32 vtpm_get_private(const u8 *data, size_t len, struct vtpm_sensitive *sensitive);
u32 vtpm_wrap_private(struct vtpm_cmd *c, const struct vtpm_object *object,
		      const struct vtpm_object *parent);
u32 vtpm_unwrap_private(struct vtpm_cmd *c, const struct vtpm_blob *in,
			const struct vtpm_object *parent, struct vtpm_object *object);
u32 vtpm_wrap_outer(struct vtpm *tpm, const struct vtpm_object *protector,
		    const struct vtpm_name *name, const struct vtpm_digest *seed, bool iv,
		    u8 *data, size_t *len, size_t size);
u32 vtpm_unwrap_outer(struct vtpm *tpm, const struct vtpm_object *protector,
		      const struct vtpm_name *name, const struct vtpm_digest *seed, bool iv,
		      const struct vtpm_blob *in, u8 *data, size_t *len);

/* --- context.c: saved contexts --------------------------------------------- */

void vtpm_context_crypt(struct vtpm *tpm, bool encrypt, const struct vtpm_context *ctx,
			u8 *data, size_t len);
void vtpm_context_hmac(struct vtpm *tpm, const struct vtpm_context *ctx, const u8 *data, size_t len,
		       struct vtpm_digest *hmac);
void vtpm_put_object(struct buf_writer *w, const struct vtpm_object *object);
u32 vtpm_get_object(struct vtpm *tpm, struct vtpm_reader *r, struct vtpm_object *object);

/* --- commit.c: ephemeral ECC keys that are remembered ----------------------- */

void vtpm_commit_startup(struct vtpm *tpm);
u32 vtpm_commit_next(struct vtpm *tpm, const struct vtpm_curve *curve, u8 *k);
u16 vtpm_commit(struct vtpm *tpm);
u32 vtpm_commit_find(struct vtpm *tpm, const struct vtpm_curve *curve, u16 counter, u8 *k);
void vtpm_commit_end(struct vtpm *tpm, u16 counter);

/* --- ticket.c ------------------------------------------------------------- */

void vtpm_ticket_null(u16 tag, struct vtpm_ticket *ticket);
void vtpm_ticket_creation(struct vtpm *tpm, u32 hierarchy, const struct vtpm_name *name,
			  const struct vtpm_digest *creation_hash, struct vtpm_ticket *ticket);
void vtpm_ticket_verified(struct vtpm *tpm, u32 hierarchy, const struct vtpm_digest *digest,
			  const struct vtpm_name *key, struct vtpm_ticket *ticket);
void vtpm_ticket_hashcheck(struct vtpm *tpm, u32 hierarchy, u16 alg,
			   const struct vtpm_digest *digest, struct vtpm_ticket *ticket);
void vtpm_ticket_auth(struct vtpm *tpm, u16 tag, u32 hierarchy, u64 timeout, bool expires_on_reset,
		      const struct vtpm_digest *cp_hash, const struct vtpm_name *policy_ref,
		      const struct vtpm_name *entity, struct vtpm_ticket *ticket);
bool vtpm_ticket_equal(const struct vtpm_ticket *a, const struct vtpm_ticket *b);

/* --- session.c, session_auth.c, session_crypt.c --------------------------- */

/**
 * struct vtpm_policy - what the assertions of a policy session have set
 * @command: command code it is good for, or 0
 * @hash: cpHash, nameHash or templateHash it is good for, by @hash_kind
 * @hash_kind: which; VTPM_POLICY_NO_HASH: any
 * @timeout: ms of the vTPM's time, or 0
 * @epoch: time epoch of @timeout
 * @pcr_counter: pcrUpdateCounter when PolicyPCR ran
 * @pcr_checked: @pcr_counter counts
 * @locality: TPMA_LOCALITY, 0: any
 * @auth_value: the HMAC key includes the entity's authValue
 * @password: the entity's authValue comes in the clear
 * @presence: physical presence is needed
 * @nv_checked: the NV index' WRITTEN bit must be @nv_written
 * @nv_written: see @nv_checked
 */
struct vtpm_policy {
	u32 command;
	struct vtpm_digest hash;
	u8 hash_kind;
	u8 locality;
	bool pcr_checked;
	bool auth_value;
	bool password;
	bool presence;
	bool nv_checked;
	bool nv_written;
	u32 pcr_counter;
	u64 timeout;
	u32 epoch;
};

enum vtpm_policy_hash {
	VTPM_POLICY_NO_HASH,
	VTPM_POLICY_CP_HASH,
	VTPM_POLICY_NAME_HASH,
	VTPM_POLICY_TEMPLATE_HASH,
};

/**
 * struct vtpm_session - an HMAC, policy or trial session that is loaded
 * @space: who has it loaded
 * @handle: its handle
 * @type: VTPM_SE_*
 * @hash: its hash
 * @sym: its parameter encryption
 * @nonce_tpm: the newest nonceTPM
 * @key: sessionKey, or empty
 * @started: vTPM time of the last nonce, ms
 * @epoch: time epoch of @started
 * @bound: to an entity: @bind identifies it together with its authValue
 * @bind_da: to one under dictionary attack protection
 * @bind_lockout: to lockout
 * @audit: is an audit session: @digest is its audit digest
 * @bind: SHA-256 of Name and authValue
 * @digest: policyDigest, or audit digest
 * @policy: what a policy session has asserted
 *
 * Has no pointers but @space, which ContextLoad sets anew: ContextSave stores it
 * as it is.
 */
struct vtpm_session {
	struct vtpm_space *space;
	u32 handle;
	u8 type;
	bool bound;
	bool bind_da;
	bool bind_lockout;
	bool audit;
	u16 hash;
	struct vtpm_sym sym;
	struct vtpm_digest nonce_tpm;
	struct vtpm_digest key;
	u64 started;
	u32 epoch;
	u8 bind[32];
	struct vtpm_digest digest;
	struct vtpm_policy policy;
};

/**
 * struct vtpm_session_slot - one of the active sessions; its number is part of
 *                            the handle
 * @loaded: the session, or NULL when free or saved
 * @saved: sequence number of the context it was saved into, or 0
 * @type: VTPM_HT_* of the handle
 */
struct vtpm_session_slot {
	struct vtpm_session *loaded;
	u64 saved;
	u8 type;
};

u32 vtpm_session_create(struct vtpm *tpm, struct vtpm_space *space, u8 type,
			struct vtpm_session **session);
void vtpm_session_flush(struct vtpm *tpm, struct vtpm_session *session);
struct vtpm_session *vtpm_session_find(const struct vtpm *tpm, const struct vtpm_space *space,
				       u32 handle);
void vtpm_session_policy_reset(struct vtpm_session *session);
void vtpm_session_start_time(struct vtpm *tpm, struct vtpm_session *session);
bool vtpm_session_is_policy(const struct vtpm_session *session);

u32 vtpm_sessions_parse(struct vtpm_cmd *c, struct vtpm_reader *r);
u32 vtpm_sessions_check(struct vtpm_cmd *c);
void vtpm_sessions_respond(struct vtpm_cmd *c);
void vtpm_cp_hash(struct vtpm_cmd *c, u16 alg, struct vtpm_digest *digest);

u32 vtpm_auth_check(struct vtpm_cmd *c, struct vtpm_auth *auth);
u32 vtpm_auth_hmac_check(struct vtpm_cmd *c, struct vtpm_auth *auth);
void vtpm_auth_key(struct vtpm_cmd *c, const struct vtpm_auth *auth, bool with_auth,
		   u8 *key, size_t *len);
u32 vtpm_policy_check(struct vtpm_cmd *c, const struct vtpm_auth *auth);
bool vtpm_session_bound_to(struct vtpm *tpm, const struct vtpm_session *session,
			   const struct vtpm_entity *entity);
void vtpm_session_bind(struct vtpm *tpm, struct vtpm_session *session,
		       const struct vtpm_entity *entity);

u32 vtpm_session_crypt(struct vtpm_cmd *c, const struct vtpm_auth *auth, bool response,
		       u8 *param, size_t len);

#define VTPM_AUTH_KEY	(2 * VTPM_MAX_DIGEST)	/* bytes: sessionKey || authValue */

/* --- policy.c: what the assertions have in common ------------------------- */

void vtpm_policy_begin(struct vtpm *tpm, const struct vtpm_session *session, u32 command,
		       struct vtpm_hash *h);
void vtpm_policy_extend(struct vtpm *tpm, struct vtpm_session *session, u32 command,
			const void *data, size_t len);
void vtpm_policy_update(struct vtpm *tpm, struct vtpm_session *session, u32 command,
			const struct vtpm_name *name, const struct vtpm_name *policy_ref);
void vtpm_policy_zero(struct vtpm_session *session);
void vtpm_policy_set_hash(struct vtpm_session *session, u8 kind, const struct vtpm_digest *hash);
u64 vtpm_policy_timeout(const struct vtpm *tpm, const struct vtpm_session *session, s32 expiration,
			const struct vtpm_digest *nonce);
void vtpm_policy_limit_time(struct vtpm_session *session, u64 timeout);
bool vtpm_policy_holds(u16 operation, const u8 *a, const u8 *b, size_t size);

/* --- entity.c: what a handle stands for ----------------------------------- */

/**
 * struct vtpm_entity - a handle of the handle area; at most one pointer is set
 * @handle: as the command has it; VTPM_RH_NULL once the entity is gone
 * @object: transient or persistent object
 * @nv: NV index
 * @session: session
 * @hierarchy: permanent handle
 */
struct vtpm_entity {
	u32 handle;
	struct vtpm_object *object;
	struct vtpm_nv *nv;
	struct vtpm_session *session;
	struct vtpm_hierarchy *hierarchy;
};

u32 vtpm_handle_check(u8 kind, u32 handle);
u32 vtpm_entity_resolve(struct vtpm *tpm, struct vtpm_space *space, u32 handle,
			struct vtpm_entity *entity);
void vtpm_entity_name(struct vtpm *tpm, const struct vtpm_entity *entity,
		      struct vtpm_name *name);
void vtpm_entity_auth(struct vtpm *tpm, const struct vtpm_entity *entity,
		      struct vtpm_digest *auth);
u16 vtpm_entity_policy(struct vtpm *tpm, const struct vtpm_entity *entity,
		       struct vtpm_digest *policy);
u32 vtpm_entity_hierarchy(const struct vtpm_entity *entity);
bool vtpm_entity_no_da(const struct vtpm_entity *entity);
void vtpm_trim_auth(struct vtpm_digest *auth);

/* --- nv.c ----------------------------------------------------------------- */

/**
 * struct vtpm_nv - an NV index
 * @next: in the order of indexes
 * @pub: public area; the attributes are those of now
 * @auth: authValue, without trailing zeros
 * @data: pub.size bytes
 */
struct vtpm_nv {
	struct vtpm_nv *next;
	struct vtpm_nv_public pub;
	struct vtpm_digest auth;
	u8 data[];
};

struct vtpm_nv *vtpm_nv_find(const struct vtpm *tpm, u32 index);
u32 vtpm_nv_define(struct vtpm *tpm, const struct vtpm_nv_public *pub,
		   const struct vtpm_digest *auth);
void vtpm_nv_remove(struct vtpm *tpm, struct vtpm_nv *nv);
void vtpm_nv_name(struct vtpm *tpm, const struct vtpm_nv *nv, struct vtpm_name *name);
bool vtpm_nv_auth_usable(const struct vtpm_nv *nv, bool write);
void vtpm_nv_auth_used(struct vtpm_nv *nv, bool ok);
u32 vtpm_nv_read_access(const struct vtpm_entity *auth, const struct vtpm_nv *nv);
u32 vtpm_nv_write_access(const struct vtpm_entity *auth, const struct vtpm_nv *nv);
void vtpm_nv_startup(struct vtpm *tpm, enum vtpm_startup_kind kind);
void vtpm_nv_clear(struct vtpm *tpm);
unsigned int vtpm_nv_count(const struct vtpm *tpm, bool counters_only);

/* --- da.c: dictionary attacks --------------------------------------------- */

/**
 * struct vtpm_da - protection of authValues
 * @failed: failedTries
 * @max_tries: tries before lockout
 * @recovery: seconds for one try to be forgotten; 0: no lockout
 * @lockout_recovery: seconds before lockoutAuth can be used again; 0: at startup
 * @lockout_ok: lockoutAuth can be used
 * @failed_at: vTPM time from which @recovery counts
 * @lockout_at: vTPM time from which @lockout_recovery counts
 */
struct vtpm_da {
	u32 failed;
	u32 max_tries;
	u32 recovery;
	u32 lockout_recovery;
	bool lockout_ok;
	u64 failed_at;
	u64 lockout_at;
};

void vtpm_da_manufacture(struct vtpm *tpm);
void vtpm_da_startup(struct vtpm *tpm);
void vtpm_da_heal(struct vtpm *tpm);
u32 vtpm_da_locked(const struct vtpm *tpm, bool lockout);
void vtpm_da_failed(struct vtpm *tpm, bool lockout);

/* --- clock.c -------------------------------------------------------------- */

/**
 * struct vtpm_clock - TPMS_TIME_INFO
 * @base: environment's clock when @time and @clock were as they are
 * @time: ms since startup
 * @clock: ms, never goes back
 * @epoch: changes when @time starts anew
 * @resets: resetCount
 * @restarts: restartCount
 * @safe: @clock is greater than any it has ever shown
 * @slow: environment's time that is worth VTPM_CLOCK_NOMINAL of ours
 * @rest: less than @slow: what has not made a whole ms yet
 */
struct vtpm_clock {
	u64 base;
	u64 time;
	u64 clock;
	u32 epoch;
	u32 resets;
	u32 restarts;
	bool safe;
	u32 slow;
	u32 rest;
};

#define VTPM_CLOCK_NOMINAL	30000

void vtpm_clock_manufacture(struct vtpm *tpm);
void vtpm_clock_update(struct vtpm *tpm);
void vtpm_put_clock_info(struct buf_writer *w, const struct vtpm *tpm);
void vtpm_put_time_info(struct buf_writer *w, const struct vtpm *tpm);

/* --- pcr_select.c: PCRs as a command sees them ---------------------------- */

unsigned int vtpm_bank(const struct vtpm *tpm, u16 hash);	/* or tpm->pcr_layout->nr_banks */
void vtpm_pcr_snapshot(struct vtpm *tpm);
const u8 *vtpm_pcr_snapshot_value(const struct vtpm *tpm, unsigned int bank, unsigned int pcr);
void vtpm_selection_filter(const struct vtpm *tpm, struct vtpm_selection *selection);
bool vtpm_selected(const u8 *map, unsigned int pcr);
void vtpm_selection_digest(struct vtpm *tpm, u16 hash, struct vtpm_selection *selection,
			   struct vtpm_digest *digest);
u32 vtpm_pcr_counter(struct vtpm *tpm);

/* --- cmd_pcr.c: extending, also for cmd_hash.c ----------------------------- */

u32 vtpm_pcr_extend_ok(const struct vtpm *tpm, u32 pcr);
void vtpm_pcr_extend_list(struct vtpm *tpm, u32 pcr, const struct vtpm_hash_list *list);
void vtpm_event_end(struct vtpm_cmd *c, u32 pcr, struct vtpm_hash hash[VTPM_NR_HASHES]);

/* --- attest.c: TPMS_ATTEST ------------------------------------------------ */

/* magic, type, two names, clock, firmware; the longest body is that of NV_Certify */
#define VTPM_MAX_ATTEST	(6 + 2 * (2 + VTPM_MAX_NAME) + 17 + 8 + \
			 2 + VTPM_MAX_NAME + 2 + 2 + VTPM_NV_BUFFER)

/**
 * struct vtpm_attest - an attestation on its way; from vtpm_tmp()
 * @signer: key, or NULL: nobody signs
 * @extra: qualifyingData
 * @scheme: inScheme, then the scheme it is signed with
 * @w: writer to @data
 * @data: TPMS_ATTEST
 * @signature: its signature
 */
struct vtpm_attest {
	const struct vtpm_object *signer;
	struct vtpm_name extra;
	struct vtpm_scheme scheme;
	struct buf_writer w;
	u8 data[VTPM_MAX_ATTEST];
	struct vtpm_signature signature;
};

u32 vtpm_attest_check(struct vtpm_cmd *c, struct vtpm_attest *a, unsigned int signer, u32 scheme);
void vtpm_attest_begin(struct vtpm_cmd *c, struct vtpm_attest *a, u16 type);
u32 vtpm_attest_end(struct vtpm_cmd *c, struct vtpm_attest *a);
bool vtpm_attest_anonymous(const struct vtpm_attest *a);

/* --- audit.c: which commands are under audit ------------------------------- */

void vtpm_audit_manufacture(struct vtpm *tpm);
void vtpm_audit_change(u8 *set, u32 code, bool audited);
void vtpm_audit_commands(struct vtpm *tpm, struct vtpm_digest *digest);

/* --- capability.c: what this TPM says about itself ------------------------ */

#define VTPM_FIRMWARE_VERSION	0x0001000000000000ull

bool vtpm_algorithm(u32 *alg, u32 *attrs);
bool vtpm_property(const struct vtpm *tpm, const struct vtpm_space *space, u32 property,
		   u32 *value);

/* --- command.c: one command on its way ------------------------------------ */

/**
 * struct vtpm_auth - one session of a command
 * @handle: session handle or VTPM_RS_PW
 * @session: the session; NULL for a password
 * @attrs: VTPMA_SESSION_*, those of the response once it ran
 * @authorizes: index of the handle that it authorizes, or -1
 * @include_auth: the HMAC key includes the entity's authValue
 * @nonce_caller: the caller's nonce
 * @hmac: HMAC or password
 */
struct vtpm_auth {
	u32 handle;
	struct vtpm_session *session;
	u8 attrs;
	int authorizes;
	bool include_auth;
	struct vtpm_digest nonce_caller;
	struct vtpm_digest hmac;
};

/**
 * struct vtpm_cmd - one command
 * @tpm: the vTPM
 * @space: the caller's
 * @row: the command's row
 * @has_sessions: tag is TPM_ST_SESSIONS
 * @entity: its handles
 * @nr_handles: of @entity
 * @auth: its sessions
 * @nr_auths: of @auth
 * @decrypt: index of the session that decrypts the first parameter, or -1
 * @encrypt: index of the session that encrypts the first response parameter, or -1
 * @audit: index of the audit session, or -1
 * @in: parameters; vtpm_param() and vtpm_params_end() read them
 * @param: first byte of the parameters
 * @param_len: bytes of parameters
 * @out: response parameters; handlers put them in order
 * @out_param: first byte of the response's parameters
 * @response_handle: for VTPM_C_RHANDLE
 * @flush: an object to be flushed after the response has been authorized
 * @audit_cp_hash: cpHash for the audit digest; computed before the handler, as
 *                 Names can change
 * @command_cp_hash: the same for the command audit
 * @tmp: memory of vtpm_tmp()
 */
struct vtpm_cmd {
	struct vtpm *tpm;
	struct vtpm_space *space;
	const struct vtpm_command *row;
	bool has_sessions;
	struct vtpm_entity entity[VTPM_MAX_HANDLES];
	unsigned int nr_handles;
	struct vtpm_auth auth[VTPM_MAX_SESSIONS];
	unsigned int nr_auths;
	int decrypt;
	int encrypt;
	int audit;
	struct vtpm_reader in;
	u8 *param;
	size_t param_len;
	struct buf_writer out;
	size_t out_param;
	u32 response_handle;
	struct vtpm_object *flush;
	struct vtpm_digest audit_cp_hash;
	struct vtpm_digest command_cp_hash;
	struct vtpm_tmp *tmp;
};

/* Reader of the next parameter: errors from here on say "parameter n". */
struct vtpm_reader *vtpm_param(struct vtpm_cmd *c);
/* After the last parameter: 0, the first error, or TPM_RC_SIZE for bytes left over. */
u32 vtpm_params_end(struct vtpm_cmd *c);
/* Zeroed memory until the command ends; zeroed again then.  NULL: TPM_RC_MEMORY. */
void *vtpm_tmp(struct vtpm_cmd *c, size_t size);
/* Handle @i's entity does not exist any more: the response knows it as NULL. */
void vtpm_entity_gone(struct vtpm_cmd *c, unsigned int i);

/**
 * vtpm_rc_at() - say which parameter, handle or session a bare code is about
 * @rc: code
 * @where: VTPM_RC_P(n), VTPM_RC_H(n) or VTPM_RC_S(n)
 *
 * Return: @rc with @where if it is a format-1 code that does not say so yet.
 */
static inline u32 vtpm_rc_at(u32 rc, u32 where)
{
	if ((rc & VTPM_RC_FMT1) && rc < 0x100 && !(rc & 0x40))
		return rc + where;
	return rc;
}

/* --- vtpm.c: the TPM ------------------------------------------------------ */

/**
 * struct vtpm_space - one open file
 * @tpm: the vTPM
 * @next: in the vTPM's list
 * @objects: transient objects; the index is the handle's number
 * @sessions: how many it has loaded
 */
struct vtpm_space {
	struct vtpm *tpm;
	struct vtpm_space *next;
	struct vtpm_object *objects[VTPM_SPACE_OBJECTS];
	unsigned int sessions;
};

/**
 * struct vtpm - one TPM
 * @crypto: primitives
 * @env: environment
 * @env_arg: its argument
 * @pcr_layout: PCR banks
 * @measured_pcrs: see struct vtpm_config
 * @pcr_values: snapshot of all PCRs, pcr_layout->total bytes; see vtpm_pcr_snapshot()
 * @pcr_updates: the update counter that belongs to @pcr_values
 * @started: TPM2_Startup has been done
 * @orderly: there was a TPM2_Shutdown before the last TPM2_Startup
 * @shutdown: TPM_SU_* of an orderly shutdown, or VTPM_NOT_SHUT_DOWN
 * @hierarchy: by enum vtpm_hierarchy_id
 * @nv_platform_enabled: phEnableNV
 * @disable_clear: disableClear
 * @clear_count: resets of stClear objects; part of their contexts' key
 * @total_resets: never set back; part of every context's key
 * @clock: time
 * @da: dictionary attacks
 * @slots: active sessions
 * @context_sequence: of the last saved context; never goes back
 * @exclusive: handle of the exclusive audit session, or VTPM_RH_UNASSIGNED
 * @persistent: persistent objects in the order of handles
 * @nr_persistent: how many
 * @nv: NV indexes in the order of handles
 * @nv_max_counter: largest value that a deleted counter ever had
 * @audit_alg: hash of the command audit
 * @audit_count: auditCounter
 * @audit_digest: command audit digest, empty when it begins anew
 * @audit_set: commands under audit, one bit for each row of the table
 * @commit_count: counter of Commit and EC_Ephemeral
 * @commit_nonce: what their ephemeral keys come from; new at each TPM Reset
 * @commits: which of the last VTPM_COMMITS ephemeral keys have not been used yet
 * @test_result: of the self test
 * @spaces: all of them
 * @cmd: the command being executed
 */
struct vtpm {
	const struct vtpm_crypto_ops *crypto;
	const struct vtpm_env *env;
	void *env_arg;
	const struct vtpm_pcr_layout *pcr_layout;
	u32 measured_pcrs;
	u8 *pcr_values;
	u32 pcr_updates;

	bool started;
	bool orderly;
	u16 shutdown;
	struct vtpm_hierarchy hierarchy[VTPM_NR_HIERARCHIES];
	bool nv_platform_enabled;
	bool disable_clear;
	u32 clear_count;
	u64 total_resets;
	struct vtpm_clock clock;
	struct vtpm_da da;

	struct vtpm_session_slot slots[VTPM_ACTIVE_SESSIONS];
	u64 context_sequence;
	u32 exclusive;

	struct vtpm_object *persistent;
	unsigned int nr_persistent;
	struct vtpm_nv *nv;
	u64 nv_max_counter;

	u16 audit_alg;
	u64 audit_count;
	struct vtpm_digest audit_digest;
	u8 audit_set[VTPM_COMMAND_SET];

	u64 commit_count;
	u8 commit_nonce[VTPM_MAX_DIGEST];
	u8 commits[VTPM_COMMITS / 8];

	u32 test_result;
	struct vtpm_space *spaces;
	struct vtpm_cmd cmd;
};

#define VTPM_NOT_SHUT_DOWN	0xffff

void vtpm_startup(struct vtpm *tpm, enum vtpm_startup_kind kind);

static inline void vtpm_random(struct vtpm *tpm, void *buf, size_t len)
{
	tpm->env->random(tpm->env_arg, buf, len);
}

static inline bool vtpm_interrupted(struct vtpm *tpm)
{
	return tpm->env->interrupted(tpm->env_arg);
}

/* --- handlers, by file ---------------------------------------------------- */

#include "vtpm_handlers.h"

#endif /* IMA_NS_VTPM_INTERNAL_H */
