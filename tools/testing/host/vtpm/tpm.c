// SPDX-License-Identifier: GPL-2.0
/* A vTPM under test, and commands for it. */
#include "tpm.h"

/**
 * tpm_create() - manufacture a TPM that has been started
 * @t: zeros, but for what the caller wants in the environment
 * @seed: TPMs of one seed are the same
 */
void tpm_create(struct tpm *t, u64 seed)
{
	t->env.seed = seed;
	t->env.banks = 2;
	t->tpm = host_env_create(&t->env);
	t->space = vtpm_space_create(t->tpm);
	assert(t->space);
}

void tpm_destroy(struct tpm *t)
{
	vtpm_space_destroy(t->space);
	host_env_destroy(&t->env, t->tpm);
}

/* --- commands ------------------------------------------------------------------ */

#define HEADER 10

/** tpm_begin() - a command with its handles, before passwords and parameters */
void tpm_begin(struct tpm *t, u32 code, unsigned int handles, ...)
{
	va_list ap;

	buf_writer_init(&t->w, t->cmd, sizeof(t->cmd));
	buf_put_be16(&t->w, VTPM_ST_NO_SESSIONS);
	buf_put_be32(&t->w, 0);
	buf_put_be32(&t->w, code);
	va_start(ap, handles);
	while (handles--)
		buf_put_be32(&t->w, va_arg(ap, u32));
	va_end(ap);
	t->code = code;
	t->auth = 0;
}

/** tpm_password() - authorize the next handle with a password, "" if it has none */
void tpm_password(struct tpm *t, const char *password)
{
	tpm_session(t, VTPM_RS_PW, password);
}

/** tpm_session() - the same with a session that needs no HMAC, or with its password */
void tpm_session(struct tpm *t, u32 session, const char *password)
{
	if (!t->auth) {
		put_unaligned_be16(VTPM_ST_SESSIONS, t->cmd);
		t->auth = t->w.len;
		buf_put_be32(&t->w, 0);
	}
	buf_put_be32(&t->w, session);
	buf_put_be16(&t->w, 0);
	buf_put_u8(&t->w, VTPMA_SESSION_CONTINUE);
	vtpm_put_2b(&t->w, password, strlen(password));
	put_unaligned_be32(t->w.len - t->auth - 4, t->cmd + t->auth);
}

/**
 * tpm_run() - execute what has been put together
 * @t: the TPM
 *
 * Return: response code; after VTPM_RC_SUCCESS @t->handle is the response's
 * handle, if it has one, and @t->out reads its parameters.
 */
u32 tpm_run(struct tpm *t)
{
	const struct vtpm_command *row = vtpm_command_find(t->code);
	struct vtpm_reader r;
	u32 size;
	int len;

	put_unaligned_be32(t->w.len, t->cmd + 2);
	len = vtpm_execute(t->tpm, t->space, t->cmd, t->w.len, t->rsp, sizeof(t->rsp));
	assert(len >= HEADER && get_unaligned_be32(t->rsp + 2) == (u32)len);
	t->rc = get_unaligned_be32(t->rsp + 6);
	vtpm_reader_init(&r, t->rsp + HEADER, len - HEADER, 0);
	if (!t->rc && row->flags & VTPM_C_RHANDLE)
		t->handle = vtpm_get_u32(&r);
	size = buf_left(&r.buf);
	if (!t->rc && t->auth)
		size = vtpm_get_u32(&r);
	vtpm_reader_init(&t->out, buf_get(&r.buf, size), size, 0);
	return t->rc;
}

/** tpm_must() - run it; other cases make no sense if it fails */
void tpm_must(struct tpm *t)
{
	if (!tpm_run(t))
		return;
	tap_note("command %x failed with %03x", t->code, t->rc);
	abort();
}

/** tpm_keep() - the next TPM2B of the response, without its size */
void tpm_keep(struct tpm *t, struct blob *b)
{
	struct vtpm_blob blob;

	vtpm_get_blob(&t->out, sizeof(b->data), &blob);
	b->size = blob.size;
	if (b->size)
		memcpy(b->data, blob.data, b->size);
}

/** tpm_keep_rest() - what is left of the response */
void tpm_keep_rest(struct tpm *t, struct blob *b)
{
	b->size = buf_left(&t->out.buf);
	memcpy(b->data, buf_get(&t->out.buf, b->size), b->size);
}

/** tpm_put_blob() - as a TPM2B */
void tpm_put_blob(struct tpm *t, const struct blob *b)
{
	vtpm_put_2b(&t->w, b->data, b->size);
}

bool blob_equal(const struct blob *a, const struct blob *b)
{
	return a->size == b->size && !memcmp(a->data, b->data, a->size);
}

/* --- what every test does ---------------------------------------------------------- */

/** tpm_put_create() - inSensitive, inPublic, outsideInfo and creationPCR */
void tpm_put_create(struct tpm *t, const char *auth, const char *data,
		    const struct vtpm_public *pub)
{
	size_t begin = vtpm_put_begin(&t->w);

	vtpm_put_2b(&t->w, auth, strlen(auth));
	vtpm_put_2b(&t->w, data, strlen(data));
	vtpm_put_end(&t->w, begin);
	vtpm_put_sized_public(&t->w, pub);
	buf_put_be16(&t->w, 0);
	buf_put_be32(&t->w, 0);
}

/** tpm_primary() - TPM2_CreatePrimary; returns the handle, 0 in error */
u32 tpm_primary(struct tpm *t, u32 hierarchy, const struct vtpm_public *pub)
{
	tpm_begin(t, VTPM_CC_CREATE_PRIMARY, 1, hierarchy);
	tpm_password(t, "");
	tpm_put_create(t, "", "", pub);
	return tpm_run(t) ? 0 : t->handle;
}

/**
 * tpm_make() - TPM2_Create and TPM2_Load
 * @t: the TPM
 * @parent: handle
 * @auth: authValue
 * @data: sensitive data, "" for a key
 * @pub: template
 *
 * Return: the handle, 0 in error.
 */
u32 tpm_make(struct tpm *t, u32 parent, const char *auth, const char *data,
	     const struct vtpm_public *pub)
{
	struct blob private, public;

	tpm_begin(t, VTPM_CC_CREATE, 1, parent);
	tpm_password(t, "");
	tpm_put_create(t, auth, data, pub);
	if (tpm_run(t))
		return 0;
	tpm_keep(t, &private);
	tpm_keep(t, &public);
	return tpm_load(t, parent, &private, &public);
}

/** tpm_load() - TPM2_Load; returns the handle, 0 in error */
u32 tpm_load(struct tpm *t, u32 parent, const struct blob *private, const struct blob *public)
{
	tpm_begin(t, VTPM_CC_LOAD, 1, parent);
	tpm_password(t, "");
	tpm_put_blob(t, private);
	tpm_put_blob(t, public);
	return tpm_run(t) ? 0 : t->handle;
}

/** tpm_policy() - a session of VTPM_SE_POLICY or VTPM_SE_TRIAL; its handle */
u32 tpm_policy(struct tpm *t, u8 type, u16 hash)
{
	static const u8 nonce[16];

	tpm_begin(t, VTPM_CC_START_AUTH_SESSION, 2, VTPM_RH_NULL, VTPM_RH_NULL);
	vtpm_put_2b(&t->w, nonce, sizeof(nonce));
	buf_put_be16(&t->w, 0);
	buf_put_u8(&t->w, type);
	buf_put_be16(&t->w, VTPM_ALG_NULL);
	buf_put_be16(&t->w, hash);
	return tpm_run(t) ? 0 : t->handle;
}

/** tpm_policy_is() - does TPM2_PolicyGetDigest give @hex? */
bool tpm_policy_is(struct tpm *t, u32 session, const char *hex)
{
	u8 expected[VTPM_MAX_DIGEST];
	struct blob digest;

	assert(!hex2bin(expected, hex, strlen(hex) / 2));
	tpm_begin(t, VTPM_CC_POLICY_GET_DIGEST, 1, session);
	if (tpm_run(t))
		return false;
	tpm_keep(t, &digest);
	return digest.size == strlen(hex) / 2 && !memcmp(digest.data, expected, digest.size);
}

/** tpm_flush() - TPM2_FlushContext */
u32 tpm_flush(struct tpm *t, u32 handle)
{
	tpm_begin(t, VTPM_CC_FLUSH_CONTEXT, 0);
	buf_put_be32(&t->w, handle);
	return tpm_run(t);
}

/**
 * tpm_start_session() - TPM2_StartAuthSession, neither salted nor bound
 * @t: the TPM
 * @type: VTPM_SE_*
 *
 * Return: the handle, 0 in error.
 */
u32 tpm_start_session(struct tpm *t, u8 type)
{
	tpm_begin(t, VTPM_CC_START_AUTH_SESSION, 2, VTPM_RH_NULL, VTPM_RH_NULL);
	vtpm_put_2b(&t->w, "0123456789abcdef", 16);
	buf_put_be16(&t->w, 0);
	buf_put_u8(&t->w, type);
	buf_put_be16(&t->w, VTPM_ALG_NULL);
	buf_put_be16(&t->w, VTPM_ALG_SHA256);
	return tpm_run(t) ? 0 : t->handle;
}

/** tpm_name() - Name of a loaded object; returns the response code */
u32 tpm_name(struct tpm *t, u32 handle, struct blob *name)
{
	struct blob public;

	tpm_begin(t, VTPM_CC_READ_PUBLIC, 1, handle);
	if (tpm_run(t))
		return t->rc;
	tpm_keep(t, &public);
	tpm_keep(t, name);
	return 0;
}

/* --- templates ----------------------------------------------------------------------- */

#define ALWAYS	(VTPMA_OBJECT_USER_WITH_AUTH | VTPMA_OBJECT_NO_DA)

static const struct vtpm_scheme no_scheme = { VTPM_ALG_NULL, VTPM_ALG_NULL, VTPM_ALG_NULL, 0 };
static const struct vtpm_sym no_sym = { VTPM_ALG_NULL, 0, VTPM_ALG_NULL, VTPM_ALG_NULL };
static const struct vtpm_sym aes128 = { VTPM_ALG_AES, 128, VTPM_ALG_CFB, VTPM_ALG_NULL };

static struct vtpm_public template(u16 type, u32 attrs, u16 scheme)
{
	struct vtpm_public pub = {
		.type = type,
		.name_alg = VTPM_ALG_SHA256,
		.attrs = attrs | ALWAYS,
		.sym = (attrs & TPM_STORAGE) == TPM_STORAGE ? aes128 : no_sym,
		.scheme = no_scheme,
		.kdf = no_scheme,
	};

	if (scheme != VTPM_ALG_NULL) {
		pub.scheme.scheme = scheme;
		pub.scheme.hash = VTPM_ALG_SHA256;
	}
	return pub;
}

struct vtpm_public tpm_ecc(u32 attrs, u16 scheme)
{
	struct vtpm_public pub = template(VTPM_ALG_ECC, attrs, scheme);

	pub.curve = VTPM_ECC_NIST_P256;
	return pub;
}

struct vtpm_public tpm_rsa(u32 attrs, u16 scheme)
{
	struct vtpm_public pub = template(VTPM_ALG_RSA, attrs, scheme);

	pub.bits = 2048;
	return pub;
}

struct vtpm_public tpm_keyedhash(u32 attrs, u16 scheme)
{
	return template(VTPM_ALG_KEYEDHASH, attrs, scheme);
}

struct vtpm_public tpm_symcipher(u32 attrs)
{
	struct vtpm_public pub = template(VTPM_ALG_SYMCIPHER, attrs, VTPM_ALG_NULL);

	pub.sym = aes128;
	return pub;
}

/** tpm_storage() - an ECC storage key that does not leave its parent */
struct vtpm_public tpm_storage(void)
{
	return tpm_ecc(TPM_FIXED | TPM_ORIGIN | TPM_STORAGE, VTPM_ALG_NULL);
}
