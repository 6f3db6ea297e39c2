// SPDX-License-Identifier: GPL-2.0
/*
 * Contexts in and out, and persistent objects: TPM 2.0 Library Part 3, section
 * 28.
 */
#include "vtpm_internal.h"

#define HMAC_SIZE	64	/* of a context: SHA-512 */

/* bytes of content that no context has less of; the reference code's fingerprint */
#define CONTENT_MIN	8

/* --- TPM2_ContextSave --------------------------------------------------------------- */

static u32 object_handle(const struct vtpm_object *object)
{
	if (VTPM_OBJECT_IS_SEQUENCE(object))
		return VTPM_CONTEXT_SEQUENCE;
	return object->st_clear ? VTPM_CONTEXT_ST_CLEAR : VTPM_CONTEXT_OBJECT;
}

/* The pointer to its space has no meaning where it will be loaded. */
static void put_session(struct buf_writer *w, const struct vtpm_session *session)
{
	size_t space = offsetof(struct vtpm_session, space);
	size_t begin = w->len;

	buf_put(w, session, sizeof(*session));
	if (!w->overflow)
		memset(w->data + begin + space, 0, sizeof(session->space));
}

/* The session is gone, its slot is not: that knows which context is the right one. */
static void unload_session(struct vtpm *tpm, struct vtpm_session *session, u64 sequence)
{
	struct vtpm_session_slot *slot = &tpm->slots[session->handle & 0xffffff];

	slot->loaded = NULL;
	slot->saved = sequence;
	session->space->sessions--;
	port_free_sensitive(session, sizeof(*session));
}

/** vtpm_cmd_context_save() - TPM2_ContextSave */
u32 vtpm_cmd_context_save(struct vtpm_cmd *c)
{
	struct vtpm_session *session = c->entity[0].session;
	struct vtpm_object *object = c->entity[0].object;
	u8 *data = vtpm_tmp(c, VTPM_MAX_CONTEXT);
	struct vtpm_context ctx = { };
	struct vtpm_digest hmac;
	struct buf_writer w;
	u32 rc;

	if (!data)
		return VTPM_RC_MEMORY;
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	buf_writer_init(&w, data, VTPM_MAX_CONTEXT - 2 - HMAC_SIZE);
	if (session)
		put_session(&w, session);
	else
		vtpm_put_object(&w, object);
	if (WARN_ON_ONCE(w.overflow))
		return VTPM_RC_FAILURE;
	ctx.sequence = ++c->tpm->context_sequence;
	ctx.handle = session ? session->handle : object_handle(object);
	ctx.hierarchy = session ? VTPM_RH_NULL : object->hierarchy;
	vtpm_context_crypt(c->tpm, true, &ctx, data, w.len);
	vtpm_context_hmac(c->tpm, &ctx, data, w.len, &hmac);
	buf_put_be64(&c->out, ctx.sequence);
	buf_put_be32(&c->out, ctx.handle);
	buf_put_be32(&c->out, ctx.hierarchy);
	buf_put_be16(&c->out, 2 + HMAC_SIZE + w.len);
	vtpm_put_digest(&c->out, &hmac);
	buf_put(&c->out, data, w.len);
	if (session) {
		unload_session(c->tpm, session, ctx.sequence);
		vtpm_entity_gone(c, 0);
	}
	return 0;
}

/* --- TPM2_ContextLoad --------------------------------------------------------------- */

static u32 load_object(struct vtpm_cmd *c, const struct vtpm_context *ctx, struct vtpm_reader *r)
{
	struct vtpm_object *object;
	u32 rc;

	if (!vtpm_hierarchy(c->tpm, ctx->hierarchy)->enabled)
		return VTPM_RC_HIERARCHY + VTPM_RC_P(1);
	if (!vtpm_space_has_slot(c->space))
		return VTPM_RC_OBJECT_MEMORY;
	object = vtpm_object_alloc();
	if (!object)
		return VTPM_RC_MEMORY;
	rc = vtpm_get_object(c->tpm, r, object);
	if (!rc)
		rc = vtpm_space_add(c->space, object);
	if (rc) {
		vtpm_object_free(object);
		return rc;
	}
	c->response_handle = object->handle;
	return 0;
}

static u32 load_session(struct vtpm_cmd *c, const struct vtpm_context *ctx, struct vtpm_reader *r)
{
	u32 nr = ctx->handle & 0xffffff;
	struct vtpm_session_slot *slot;
	struct vtpm_session *session;
	const u8 *stored;

	if (nr >= VTPM_ACTIVE_SESSIONS)
		return VTPM_RC_HANDLE + VTPM_RC_P(1);
	slot = &c->tpm->slots[nr];
	/* an older context of the session, or one of a session that has ended */
	if (slot->loaded || slot->saved != ctx->sequence)
		return VTPM_RC_HANDLE + VTPM_RC_P(1);
	if (c->space->sessions == VTPM_SPACE_SESSIONS)
		return VTPM_RC_SESSION_MEMORY;
	stored = buf_get(&r->buf, sizeof(*session));
	if (WARN_ON_ONCE(!stored))
		return VTPM_RC_FAILURE;
	session = port_alloc(sizeof(*session));
	if (!session)
		return VTPM_RC_MEMORY;
	memcpy(session, stored, sizeof(*session));
	session->space = c->space;
	c->space->sessions++;
	slot->loaded = session;
	slot->saved = 0;
	c->response_handle = session->handle;
	return 0;
}

static u32 check_context(struct vtpm *tpm, const struct vtpm_context *ctx, struct vtpm_reader *r)
{
	struct vtpm_digest hmac, right;

	vtpm_get_digest(r, &hmac);
	if (r->rc)
		return r->rc;
	if (hmac.size != HMAC_SIZE || buf_left(&r->buf) < CONTENT_MIN)
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	vtpm_context_hmac(tpm, ctx, r->buf.data + r->buf.pos, buf_left(&r->buf), &right);
	return vtpm_digest_equal(&hmac, &right) ? 0 : VTPM_RC_INTEGRITY + VTPM_RC_P(1);
}

/** vtpm_cmd_context_load() - TPM2_ContextLoad */
u32 vtpm_cmd_context_load(struct vtpm_cmd *c)
{
	struct vtpm_context ctx;
	struct vtpm_reader r;
	size_t len;
	u8 *data;
	u32 rc;

	vtpm_get_context(vtpm_param(c), &ctx);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	vtpm_reader_init(&r, ctx.blob.data, ctx.blob.size, 0);
	rc = check_context(c->tpm, &ctx, &r);
	if (rc)
		return rc;
	len = buf_left(&r.buf);
	data = vtpm_tmp(c, len);
	if (!data)
		return VTPM_RC_MEMORY;
	memcpy(data, r.buf.data + r.buf.pos, len);
	vtpm_context_crypt(c->tpm, false, &ctx, data, len);
	vtpm_reader_init(&r, data, len, 0);
	if (VTPM_HT(ctx.handle) == VTPM_HT_TRANSIENT)
		return load_object(c, &ctx, &r);
	return load_session(c, &ctx, &r);
}

/* --- TPM2_FlushContext -------------------------------------------------------------- */

/*
 * A session by its number: a caller that has its handle from GetCapability does
 * not know of which type a saved one is.  What another file has loaded is that
 * file's; what is saved is everybody's.
 */
static u32 flush_session(struct vtpm_cmd *c, u32 handle)
{
	struct vtpm_session_slot *slot = &c->tpm->slots[handle & 0xffffff];

	if (slot->loaded) {
		if (slot->loaded->space != c->space)
			return VTPM_RC_HANDLE;
		vtpm_session_flush(c->tpm, slot->loaded);
		return 0;
	}
	if (!slot->saved)
		return VTPM_RC_HANDLE;
	if (c->tpm->exclusive == VTPM_HR(slot->type, handle & 0xffffff))
		c->tpm->exclusive = VTPM_RH_UNASSIGNED;
	memset(slot, 0, sizeof(*slot));
	return 0;
}

/** vtpm_cmd_flush_context() - TPM2_FlushContext */
u32 vtpm_cmd_flush_context(struct vtpm_cmd *c)
{
	struct vtpm_reader *r = vtpm_param(c);
	u32 handle = vtpm_get_u32(r);
	struct vtpm_object *object;
	u32 rc;

	if (vtpm_handle_check(VTPM_H_CONTEXT, handle))
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (VTPM_HT(handle) != VTPM_HT_TRANSIENT)
		return vtpm_rc_at(flush_session(c, handle), VTPM_RC_P(1));
	object = vtpm_space_find(c->space, handle);
	if (!object)
		return VTPM_RC_HANDLE + VTPM_RC_P(1);
	vtpm_space_flush(c->space, object);
	return 0;
}

/* --- TPM2_EvictControl -------------------------------------------------------------- */

static u32 check_evict(const struct vtpm_object *object, u32 auth, u32 handle)
{
	bool persistent = VTPM_HT(object->handle) == VTPM_HT_PERSISTENT;
	bool platform = object->hierarchy == VTPM_RH_PLATFORM;
	bool platform_handle = handle >= VTPM_PLATFORM_PERSISTENT;

	if (object->hierarchy == VTPM_RH_NULL || object->st_clear || object->public_only ||
	    VTPM_OBJECT_IS_SEQUENCE(object))
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(2);
	if (persistent && object->handle != handle)
		return VTPM_RC_HANDLE + VTPM_RC_H(2);
	/* the platform can remove everything, but not make everything persistent */
	if (auth == VTPM_RH_PLATFORM ? !persistent && !platform : platform)
		return VTPM_RC_HIERARCHY + VTPM_RC_H(2);
	if (!persistent && platform != platform_handle)
		return VTPM_RC_RANGE + VTPM_RC_P(1);
	return 0;
}

/** vtpm_cmd_evict_control() - TPM2_EvictControl: make persistent, or remove */
u32 vtpm_cmd_evict_control(struct vtpm_cmd *c)
{
	struct vtpm_object *object = c->entity[1].object;
	struct vtpm_reader *r = vtpm_param(c);
	u32 handle = vtpm_get_u32(r), rc;

	if (VTPM_HT(handle) != VTPM_HT_PERSISTENT)
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = check_evict(object, c->entity[0].handle, handle);
	if (rc)
		return rc;
	if (VTPM_HT(object->handle) == VTPM_HT_PERSISTENT) {
		vtpm_persistent_remove(c->tpm, object);
		vtpm_entity_gone(c, 1);
		return 0;
	}
	if (vtpm_persistent_find(c->tpm, handle))
		return VTPM_RC_NV_DEFINED;
	return vtpm_persistent_add(c->tpm, object, handle);
}
