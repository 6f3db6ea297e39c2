// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions, and the session area of a command and its response: TPM 2.0 Library
 * Part 1, sections 18 and 19.
 *
 * The order of the checks is part of the interface: a client that makes two
 * mistakes is told of the same one as by libtpms.
 */
#include "vtpm_internal.h"

/* --- sessions and their slots ------------------------------------------------ */

/** vtpm_session_is_policy() - a policy session, trial or not */
bool vtpm_session_is_policy(const struct vtpm_session *session)
{
	return session->type != VTPM_SE_HMAC;
}

/**
 * vtpm_session_create() - an empty session with the lowest free handle
 * @tpm: the vTPM
 * @space: who will have it loaded
 * @type: VTPM_SE_*
 * @session: result
 *
 * Return: 0, TPM_RC_SESSION_MEMORY: the space has its fill,
 * TPM_RC_SESSION_HANDLES: the vTPM has, or TPM_RC_MEMORY.
 */
u32 vtpm_session_create(struct vtpm *tpm, struct vtpm_space *space, u8 type,
			struct vtpm_session **session)
{
	struct vtpm_session *s;
	unsigned int i;

	if (space->sessions == VTPM_SPACE_SESSIONS)
		return VTPM_RC_SESSION_MEMORY;
	for (i = 0; i < VTPM_ACTIVE_SESSIONS; i++)
		if (!tpm->slots[i].loaded && !tpm->slots[i].saved)
			break;
	if (i == VTPM_ACTIVE_SESSIONS)
		return VTPM_RC_SESSION_HANDLES;
	s = port_alloc(sizeof(*s));
	if (!s)
		return VTPM_RC_MEMORY;
	s->space = space;
	s->type = type;
	tpm->slots[i].type = type == VTPM_SE_HMAC ? VTPM_HT_HMAC_SESSION : VTPM_HT_POLICY_SESSION;
	tpm->slots[i].loaded = s;
	s->handle = VTPM_HR(tpm->slots[i].type, i);
	space->sessions++;
	*session = s;
	return 0;
}

/** vtpm_session_flush() - end a loaded session */
void vtpm_session_flush(struct vtpm *tpm, struct vtpm_session *session)
{
	if (tpm->exclusive == session->handle)
		tpm->exclusive = VTPM_RH_UNASSIGNED;
	memset(&tpm->slots[session->handle & 0xffffff], 0, sizeof(tpm->slots[0]));
	session->space->sessions--;
	port_free_sensitive(session, sizeof(*session));
}

/**
 * vtpm_session_find() - session that a space has loaded
 * @tpm: the vTPM
 * @space: the caller's
 * @handle: any number
 *
 * Return: the session, or NULL.
 */
struct vtpm_session *vtpm_session_find(const struct vtpm *tpm, const struct vtpm_space *space,
				       u32 handle)
{
	u32 nr = handle & 0xffffff;
	struct vtpm_session *session;

	if (nr >= VTPM_ACTIVE_SESSIONS)
		return NULL;
	session = tpm->slots[nr].loaded;
	return session && session->space == space && session->handle == handle ? session : NULL;
}

/** vtpm_session_policy_reset() - a policy session that has asserted nothing yet */
void vtpm_session_policy_reset(struct vtpm_session *session)
{
	memset(&session->policy, 0, sizeof(session->policy));
	memset(&session->digest, 0, sizeof(session->digest));
	session->digest.size = vtpm_digest_size(session->hash);
}

/** vtpm_session_start_time() - the nonce is new: timeouts count from now */
void vtpm_session_start_time(struct vtpm *tpm, struct vtpm_session *session)
{
	session->started = tpm->clock.time;
	session->epoch = tpm->clock.epoch;
}

/* --- the session area of a command --------------------------------------------- */

static bool is_session(u32 handle)
{
	return (VTPM_HT(handle) == VTPM_HT_HMAC_SESSION ||
		VTPM_HT(handle) == VTPM_HT_POLICY_SESSION) &&
	       (handle & 0xffffff) < VTPM_ACTIVE_SESSIONS;
}

/* one session can be the decrypting one, one the encrypting, one the audit session */
static u32 claim(int *role, unsigned int i)
{
	if (*role >= 0)
		return VTPM_RC_ATTRIBUTES;
	*role = i;
	return 0;
}

static u32 claim_crypt(int *role, unsigned int i, bool allowed, const struct vtpm_session *session)
{
	if (!allowed || *role >= 0)
		return VTPM_RC_ATTRIBUTES;
	if (session->sym.alg == VTPM_ALG_NULL)
		return VTPM_RC_SYMMETRIC;
	return claim(role, i);
}

static u32 claim_audit(struct vtpm_cmd *c, unsigned int i, const struct vtpm_auth *auth)
{
	if (c->audit >= 0 || vtpm_session_is_policy(auth->session))
		return VTPM_RC_ATTRIBUTES;
	if (!(auth->attrs & VTPMA_SESSION_AUDIT_RESET) && auth->session->audit &&
	    auth->attrs & VTPMA_SESSION_AUDIT_EXCLUSIVE && c->tpm->exclusive != auth->handle)
		return VTPM_RC_EXCLUSIVE;
	return claim(&c->audit, i);
}

static u32 parse_password(const struct vtpm_auth *auth)
{
	if (auth->attrs & ~VTPMA_SESSION_CONTINUE)
		return VTPM_RC_ATTRIBUTES;
	if (auth->nonce_caller.size)
		return VTPM_RC_NONCE;
	return 0;
}

/* what a session that is none of the password is used for; bare codes */
static u32 parse_uses(struct vtpm_cmd *c, unsigned int i)
{
	struct vtpm_auth *auth = &c->auth[i];
	unsigned int k;
	u32 rc = 0;

	auth->session = vtpm_session_find(c->tpm, c->space, auth->handle);
	if (!auth->session)
		return VTPM_RC_REFERENCE_S0 + i;
	for (k = 0; k < i; k++)
		if (c->auth[k].handle == auth->handle)
			return VTPM_RC_HANDLE;
	if (auth->attrs & VTPMA_SESSION_DECRYPT)
		rc = claim_crypt(&c->decrypt, i, c->row->flags & VTPM_C_DECRYPT, auth->session);
	if (!rc && auth->attrs & VTPMA_SESSION_ENCRYPT)
		rc = claim_crypt(&c->encrypt, i, c->row->flags & VTPM_C_ENCRYPT, auth->session);
	if (!rc && auth->attrs & VTPMA_SESSION_AUDIT)
		rc = claim_audit(c, i, auth);
	return rc;
}

static u32 parse_one(struct vtpm_cmd *c, struct vtpm_reader *r, unsigned int i)
{
	struct vtpm_auth *auth = &c->auth[i];

	r->where = VTPM_RC_S(i + 1);
	auth->session = NULL;
	auth->authorizes = -1;
	auth->include_auth = false;
	auth->handle = vtpm_get_u32(r);
	if (auth->handle != VTPM_RS_PW && !is_session(auth->handle))
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	vtpm_get_digest(r, &auth->nonce_caller);
	auth->attrs = vtpm_get_u8(r);
	if (auth->attrs & VTPMA_SESSION_RESERVED)
		vtpm_reader_fail(r, VTPM_RC_RESERVED_BITS);
	vtpm_get_digest(r, &auth->hmac);
	if (r->rc)
		return r->rc;
	return vtpm_rc_at(auth->handle == VTPM_RS_PW ? parse_password(auth) : parse_uses(c, i),
			  r->where);
}

/**
 * vtpm_sessions_parse() - read the session area
 * @c: the command; gets its sessions
 * @r: the session area and nothing else
 *
 * Return: 0 or a complete code.
 */
u32 vtpm_sessions_parse(struct vtpm_cmd *c, struct vtpm_reader *r)
{
	unsigned int i;
	u32 rc;

	for (i = 0; buf_left(&r->buf); i++) {
		if (i == VTPM_MAX_SESSIONS)
			return VTPM_RC_SIZE + VTPM_RC_S(i + 1);
		rc = parse_one(c, r, i);
		if (rc)
			return rc;
		c->nr_auths = i + 1;
	}
	return 0;
}

static u32 check_one(struct vtpm_cmd *c, struct vtpm_auth *auth)
{
	const struct vtpm_session *session = auth->session;
	u32 rc;

	if (!session)
		return auth->authorizes < 0 ? VTPM_RC_HANDLE : vtpm_auth_check(c, auth);
	if (session->type == VTPM_SE_TRIAL)
		return VTPM_RC_ATTRIBUTES;
	if (session->bind_da) {
		rc = vtpm_da_locked(c->tpm, session->bind_lockout);
		if (rc)
			return rc;
	}
	if (auth->authorizes >= 0)
		return vtpm_auth_check(c, auth);
	if (!(auth->attrs & (VTPMA_SESSION_AUDIT | VTPMA_SESSION_ENCRYPT | VTPMA_SESSION_DECRYPT)))
		return VTPM_RC_ATTRIBUTES;
	return vtpm_auth_hmac_check(c, auth);
}

/**
 * vtpm_sessions_check() - is the command authorized?  Then decrypt its parameter.
 * @c: a command with its handles and sessions
 *
 * Return: 0 or a complete code.
 */
u32 vtpm_sessions_check(struct vtpm_cmd *c)
{
	unsigned int i;
	u32 rc;

	for (i = 0; i < c->nr_handles; i++) {
		if (c->row->handle[i].role == VTPM_ROLE_NONE)
			continue;
		if (i >= c->nr_auths)
			return VTPM_RC_AUTH_MISSING;
		c->auth[i].authorizes = i;
	}
	for (i = 0; i < c->nr_auths; i++) {
		rc = check_one(c, &c->auth[i]);
		if (rc)
			return vtpm_rc_at(rc, VTPM_RC_S(i + 1));
	}
	/* Names may change while the command runs, and parameters are about to */
	if (c->audit >= 0)
		vtpm_cp_hash(c, c->auth[c->audit].session->hash, &c->audit_cp_hash);
	if (vtpm_command_audited(c->tpm, c->row))
		vtpm_cp_hash(c, c->tpm->audit_alg, &c->command_cp_hash);
	if (c->decrypt < 0)
		return 0;
	rc = vtpm_session_crypt(c, &c->auth[c->decrypt], false, c->param, c->param_len);
	return vtpm_rc_at(rc, VTPM_RC_S(c->decrypt + 1));
}

/**
 * vtpm_cp_hash() - cpHash: digest of the command, its Names and its parameters
 * @c: the command; the parameters are as they came
 * @alg: hash
 * @digest: result
 */
void vtpm_cp_hash(struct vtpm_cmd *c, u16 alg, struct vtpm_digest *digest)
{
	struct vtpm_name name;
	struct vtpm_hash h;
	unsigned int i;

	vtpm_hash_start(c->tpm, &h, alg);
	vtpm_hash_u32(&h, c->row->code);
	for (i = 0; i < c->nr_handles; i++) {
		vtpm_entity_name(c->tpm, &c->entity[i], &name);
		vtpm_hash_name(&h, &name);
	}
	vtpm_hash_update(&h, c->param, c->param_len);
	vtpm_hash_final(&h, digest);
}

/* --- the session area of a response ----------------------------------------------- */

/* rpHash: digest of the response's parameters as they leave */
static void rp_hash(struct vtpm_cmd *c, u16 alg, const u8 *param, size_t len,
		    struct vtpm_digest *digest)
{
	struct vtpm_hash h;

	vtpm_hash_start(c->tpm, &h, alg);
	vtpm_hash_u32(&h, VTPM_RC_SUCCESS);
	vtpm_hash_u32(&h, c->row->code);
	vtpm_hash_update(&h, param, len);
	vtpm_hash_final(&h, digest);
}

static void extend_audit(struct vtpm_cmd *c, u16 alg, const struct vtpm_digest *cp,
			 const u8 *param, size_t len, struct vtpm_digest *digest)
{
	struct vtpm_digest rp;
	struct vtpm_hash h;

	rp_hash(c, alg, param, len, &rp);
	vtpm_hash_start(c->tpm, &h, alg);
	vtpm_hash_digest(&h, digest);
	vtpm_hash_digest(&h, cp);
	vtpm_hash_digest(&h, &rp);
	vtpm_hash_final(&h, digest);
}

static void audit_session(struct vtpm_cmd *c, struct vtpm_auth *auth, const u8 *param, size_t len)
{
	struct vtpm_session *session = auth->session;
	struct vtpm *tpm = c->tpm;

	if (!session->audit || auth->attrs & VTPMA_SESSION_AUDIT_RESET) {
		session->audit = true;
		session->bound = false;
		memset(&session->digest, 0, sizeof(session->digest));
		session->digest.size = vtpm_digest_size(session->hash);
		tpm->exclusive = auth->handle;
	} else if (tpm->exclusive != auth->handle) {
		tpm->exclusive = VTPM_RH_UNASSIGNED;
	}
	auth->attrs &= ~VTPMA_SESSION_AUDIT_EXCLUSIVE;
	if (tpm->exclusive == auth->handle)
		auth->attrs |= VTPMA_SESSION_AUDIT_EXCLUSIVE;
	extend_audit(c, session->hash, &c->audit_cp_hash, param, len, &session->digest);
}

static void audit_command(struct vtpm_cmd *c, const u8 *param, size_t len)
{
	struct vtpm *tpm = c->tpm;

	/* no cpHash: the command has just begun to be audited, by itself */
	if (!vtpm_command_audited(tpm, c->row) || !c->command_cp_hash.size)
		return;
	if (!tpm->audit_digest.size) {
		memset(&tpm->audit_digest, 0, sizeof(tpm->audit_digest));
		tpm->audit_digest.size = vtpm_digest_size(tpm->audit_alg);
		tpm->audit_count++;
	}
	extend_audit(c, tpm->audit_alg, &c->command_cp_hash, param, len, &tpm->audit_digest);
}

/*
 * The HMAC of a response.  A caller that sent none because the key is empty gets
 * none; one that sent the HMAC of the empty key gets that.
 */
static void respond_hmac(struct vtpm_cmd *c, struct vtpm_auth *auth, const u8 *param, size_t len,
			 struct vtpm_digest *hmac)
{
	const struct vtpm_session *session = auth->session;
	u8 key[VTPM_AUTH_KEY];
	struct vtpm_hmac h;
	struct vtpm_digest rp;
	size_t key_len;

	hmac->size = 0;
	if (vtpm_session_is_policy(session) && session->policy.password)
		return;
	vtpm_auth_key(c, auth, auth->include_auth, key, &key_len);
	if (key_len || auth->hmac.size) {
		rp_hash(c, session->hash, param, len, &rp);
		vtpm_hmac_start(c->tpm, &h, session->hash, key, key_len);
		vtpm_hash_digest(&h.hash, &rp);
		vtpm_hash_digest(&h.hash, &session->nonce_tpm);
		vtpm_hash_digest(&h.hash, &auth->nonce_caller);
		vtpm_hash_update(&h.hash, &auth->attrs, 1);
		vtpm_hmac_final(&h, hmac);
	}
	memzero_explicit(key, sizeof(key));
}

static void restart_policy(struct vtpm *tpm, struct vtpm_session *session)
{
	vtpm_session_policy_reset(session);
	vtpm_session_start_time(tpm, session);
}

static void respond_one(struct vtpm_cmd *c, struct vtpm_auth *auth, const u8 *param, size_t len)
{
	struct vtpm_session *session = auth->session;
	struct vtpm_digest hmac = { 0 };

	if (!session) {
		buf_put_be16(&c->out, 0);
		buf_put_u8(&c->out, auth->attrs | VTPMA_SESSION_CONTINUE);
		buf_put_be16(&c->out, 0);
		return;
	}
	respond_hmac(c, auth, param, len, &hmac);
	vtpm_put_digest(&c->out, &session->nonce_tpm);
	buf_put_u8(&c->out, auth->attrs);
	vtpm_put_digest(&c->out, &hmac);
	/* what a policy session has asserted is good for one command */
	if (!(auth->attrs & VTPMA_SESSION_CONTINUE))
		vtpm_session_flush(c->tpm, session);
	else if (vtpm_session_is_policy(session))
		restart_policy(c->tpm, session);
}

/**
 * vtpm_sessions_respond() - what sessions do after the command has run
 * @c: a command that has succeeded; @c->out ends with its parameters
 *
 * New nonces, then encryption, then audit, then the session area.
 */
void vtpm_sessions_respond(struct vtpm_cmd *c)
{
	u8 *param = c->out.data + c->out_param;
	size_t len = c->out.len - c->out_param;
	unsigned int i;

	for (i = 0; i < c->nr_auths; i++)
		if (c->auth[i].session)
			vtpm_random(c->tpm, c->auth[i].session->nonce_tpm.data,
				    c->auth[i].session->nonce_tpm.size);
	if (c->encrypt >= 0)
		WARN_ON_ONCE(vtpm_session_crypt(c, &c->auth[c->encrypt], true, param, len));
	if (c->audit >= 0)
		audit_session(c, &c->auth[c->audit], param, len);
	else if (!(c->row->flags & VTPM_C_NO_SESSIONS))
		c->tpm->exclusive = VTPM_RH_UNASSIGNED;
	audit_command(c, param, len);
	for (i = 0; i < c->nr_auths; i++)
		respond_one(c, &c->auth[i], param, len);
}
