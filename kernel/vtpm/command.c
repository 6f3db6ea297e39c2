// SPDX-License-Identifier: GPL-2.0
/*
 * One command from bytes to bytes: TPM 2.0 Library Part 1, section 18.
 */
#include "vtpm_internal.h"

#define HEADER 10

/**
 * struct vtpm_tmp - memory that lives as long as a command
 * @next: list
 * @size: bytes of @data
 * @data: the memory
 */
struct vtpm_tmp {
	struct vtpm_tmp *next;
	size_t size;
	u8 data[] __aligned(16);
};

/**
 * vtpm_tmp() - zeroed memory that is zeroed and freed when the command ends
 * @c: the command
 * @size: bytes
 *
 * Return: the memory; NULL: the handler answers TPM_RC_MEMORY.
 */
void *vtpm_tmp(struct vtpm_cmd *c, size_t size)
{
	struct vtpm_tmp *tmp = port_alloc(sizeof(*tmp) + size);

	if (!tmp)
		return NULL;
	tmp->size = size;
	tmp->next = c->tmp;
	c->tmp = tmp;
	return tmp->data;
}

static void free_tmp(struct vtpm_cmd *c)
{
	while (c->tmp) {
		struct vtpm_tmp *tmp = c->tmp;

		c->tmp = tmp->next;
		port_free_sensitive(tmp, sizeof(*tmp) + tmp->size);
	}
}

/** vtpm_param() - reader of the next parameter: errors from here on name it */
struct vtpm_reader *vtpm_param(struct vtpm_cmd *c)
{
	c->in.where = VTPM_RC_P(++c->in.param);
	return &c->in;
}

/**
 * vtpm_params_end() - were the parameters right, and was that all of them?
 * @c: the command
 *
 * Return: 0, the first error, or TPM_RC_SIZE when bytes are left.
 */
u32 vtpm_params_end(struct vtpm_cmd *c)
{
	if (c->in.rc)
		return c->in.rc;
	return buf_left(&c->in.buf) ? VTPM_RC_SIZE : 0;
}

/** vtpm_entity_gone() - the entity of handle @i has been deleted by the command */
void vtpm_entity_gone(struct vtpm_cmd *c, unsigned int i)
{
	memset(&c->entity[i], 0, sizeof(c->entity[i]));
	c->entity[i].handle = VTPM_RH_NULL;
}

/* --- command ------------------------------------------------------------------- */

static u32 parse_header(struct vtpm_cmd *c, struct vtpm_reader *r, size_t len)
{
	u16 tag = vtpm_get_u16(r);
	u32 size = vtpm_get_u32(r);
	u32 code = vtpm_get_u32(r);

	if (len >= 2 && tag != VTPM_ST_SESSIONS && tag != VTPM_ST_NO_SESSIONS)
		return VTPM_RC_BAD_TAG;
	if (len >= 6 && (size != len || len > VTPM_MAX_COMMAND))
		return VTPM_RC_COMMAND_SIZE;
	if (r->rc)
		return r->rc;
	c->has_sessions = tag == VTPM_ST_SESSIONS;
	c->row = vtpm_command_find(code);
	if (!c->row)
		return VTPM_RC_COMMAND_CODE;
	return c->tpm->started == (code != VTPM_CC_STARTUP) ? 0 : VTPM_RC_INITIALIZE;
}

static u32 parse_handles(struct vtpm_cmd *c, struct vtpm_reader *r)
{
	unsigned int i, n = vtpm_command_handles(c->row);
	u32 handle[VTPM_MAX_HANDLES], rc;

	for (i = 0; i < n; i++) {
		r->where = VTPM_RC_H(i + 1);
		handle[i] = vtpm_get_u32(r);
		if (!r->rc && vtpm_handle_check(c->row->handle[i].kind, handle[i]))
			vtpm_reader_fail(r, VTPM_RC_VALUE);
		if (r->rc)
			return r->rc;
	}
	r->where = 0;
	for (i = 0; i < n; i++) {
		rc = vtpm_entity_resolve(c->tpm, c->space, handle[i], &c->entity[i]);
		if (rc == VTPM_RC_REFERENCE_H0)
			return rc + i;
		if (rc)
			return vtpm_rc_at(rc, VTPM_RC_H(i + 1));
		c->nr_handles = i + 1;
	}
	return 0;
}

static u32 parse_sessions(struct vtpm_cmd *c, struct vtpm_reader *r)
{
	struct vtpm_reader area;
	u32 size;

	if (!c->has_sessions)
		return 0;
	size = vtpm_get_u32(r);
	if (r->rc)
		return r->rc;
	/* 9 bytes: a session with neither nonce nor HMAC */
	if (size < 9 || size > buf_left(&r->buf))
		return VTPM_RC_SIZE;
	if (c->row->flags & VTPM_C_NO_SESSIONS)
		return VTPM_RC_AUTH_CONTEXT;
	vtpm_reader_init(&area, buf_get(&r->buf, size), size, 0);
	return vtpm_sessions_parse(c, &area);
}

/* everything before the handler; @cmd is decrypted in place */
static u32 prepare(struct vtpm_cmd *c, u8 *cmd, size_t len)
{
	struct vtpm_reader r;
	u32 rc;

	vtpm_reader_init(&r, cmd, len, 0);
	rc = parse_header(c, &r, len);
	if (rc)
		return rc;
	rc = parse_handles(c, &r);
	if (rc)
		return rc;
	rc = parse_sessions(c, &r);
	if (rc)
		return rc;
	c->param = cmd + r.buf.pos;
	c->param_len = len - r.buf.pos;
	rc = vtpm_sessions_check(c);
	if (rc)
		return rc;
	vtpm_reader_init(&c->in, c->param, c->param_len, 0);
	return 0;
}

/* --- response -------------------------------------------------------------------- */

static void put_header(u8 *rsp, u16 tag, size_t len, u32 rc)
{
	put_unaligned_be16(tag, rsp);
	put_unaligned_be32(len, rsp + 2);
	put_unaligned_be32(rc, rsp + 6);
}

/* the response of a command that succeeds: handle, size, parameters, sessions */
static u32 run(struct vtpm_cmd *c, u8 *rsp, size_t size)
{
	size_t handle = HEADER, param_size;
	u32 rc;

	buf_writer_init(&c->out, rsp, size);
	buf_reserve(&c->out, HEADER);
	if (c->row->flags & VTPM_C_RHANDLE)
		buf_put_be32(&c->out, 0);
	param_size = c->out.len;
	if (c->has_sessions)
		buf_put_be32(&c->out, 0);
	c->out_param = c->out.len;
	rc = c->row->run(c);
	if (rc)
		return rc;
	if (c->row->flags & VTPM_C_RHANDLE)
		put_unaligned_be32(c->response_handle, rsp + handle);
	if (c->has_sessions)
		put_unaligned_be32(c->out.len - c->out_param, rsp + param_size);
	if (WARN_ON_ONCE(c->out.overflow))
		return VTPM_RC_FAILURE;
	vtpm_sessions_respond(c);
	return WARN_ON_ONCE(c->out.overflow) ? VTPM_RC_FAILURE : 0;
}

/**
 * vtpm_execute() - execute one command
 * @tpm: the vTPM
 * @space: the caller's
 * @cmd: the command; overwritten
 * @len: bytes of it, any number
 * @rsp: the response
 * @size: bytes of @rsp, at least VTPM_MAX_RESPONSE
 *
 * Whatever is wrong with a command has a response that says so.
 *
 * Context: may sleep, and take as long as an RSA key takes to generate unless
 * struct vtpm_env.interrupted says so; one caller of the vTPM at a time.
 * Return: bytes of the response, or -EINVAL: @size is too small.
 */
int vtpm_execute(struct vtpm *tpm, struct vtpm_space *space, u8 *cmd, size_t len,
		 u8 *rsp, size_t size)
{
	struct vtpm_cmd *c = &tpm->cmd;
	int done = HEADER;
	u32 rc;

	if (WARN_ON_ONCE(size < VTPM_MAX_RESPONSE))
		return -EINVAL;
	memset(c, 0, sizeof(*c));
	c->tpm = tpm;
	c->space = space;
	c->decrypt = -1;
	c->encrypt = -1;
	c->audit = -1;
	vtpm_clock_update(tpm);
	if (tpm->started)
		vtpm_da_heal(tpm);
	rc = prepare(c, cmd, len);
	if (!rc)
		rc = run(c, rsp, VTPM_MAX_RESPONSE);
	if (!rc)
		done = c->out.len;
	put_header(rsp, !rc && c->has_sessions ? VTPM_ST_SESSIONS : VTPM_ST_NO_SESSIONS, done, rc);
	/* only now: the response's HMAC needed its authValue */
	if (c->flush)
		vtpm_space_flush(space, c->flush);
	free_tmp(c);
	memzero_explicit(c, sizeof(*c));
	return done;
}
