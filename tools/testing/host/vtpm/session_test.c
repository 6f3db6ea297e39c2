// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions, against a client that computes its side with OpenSSL: HMACs of
 * commands and responses, session keys, rolling nonces, encryption of the first
 * parameter, binding, audit.
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "tpm.h"

#define S1(rc)	(VTPM_RC_##rc + VTPM_RC_S(1))
#define P(n, rc)	(VTPM_RC_##rc + VTPM_RC_P(n))
#define H(n, rc)	(VTPM_RC_##rc + VTPM_RC_H(n))

#define SIZE	32	/* of everything with SHA-256 */

/**
 * struct client - the client's side of a session with SHA-256
 * @handle: of the session
 * @sym: VTPM_ALG_NULL, _AES (128 bits, CFB) or _XOR
 * @key: sessionKey; @key_len is 0 without salt and bind
 * @nonce_tpm: the last one of the TPM
 * @nonce_caller: the last one of ours
 * @attrs: for the next command; those of the last response afterwards
 */
struct client {
	u32 handle;
	u16 sym;
	u8 key[SIZE];
	size_t key_len;
	u8 nonce_tpm[SIZE];
	u8 nonce_caller[SIZE];
	u8 attrs;
};

/* --- the client's cryptography ----------------------------------------------------------- */

static void sha256(const u8 *data, size_t len, u8 *digest)
{
	assert(EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL));
}

static void hmac(const u8 *key, size_t key_len, const u8 *data, size_t len, u8 *result)
{
	assert(HMAC(EVP_sha256(), key_len ? key : (const u8 *)"", key_len, data, len, result,
		    NULL));
}

/* KDFa with two nonces of SIZE bytes */
static void kdfa(const u8 *key, size_t key_len, const char *label, const u8 *u, const u8 *v,
		 u8 *out, size_t bytes)
{
	u8 in[200], block[SIZE];
	struct buf_writer w;
	u32 counter;
	size_t n;

	for (counter = 1; bytes; counter++, out += n, bytes -= n) {
		buf_writer_init(&w, in, sizeof(in));
		buf_put_be32(&w, counter);
		buf_put(&w, label, strlen(label) + 1);
		buf_put(&w, u, SIZE);
		buf_put(&w, v, SIZE);
		buf_put_be32(&w, 8 * (bytes + (counter - 1) * SIZE));
		hmac(key, key_len, in, w.len, block);
		n = min_t(size_t, bytes, SIZE);
		memcpy(out, block, n);
	}
}

static void crypt(struct client *s, const char *auth, bool response, u8 *data, size_t len)
{
	const u8 *newer = response ? s->nonce_tpm : s->nonce_caller;
	const u8 *older = response ? s->nonce_caller : s->nonce_tpm;
	u8 key[SIZE + 64], mask[256], iv[32];
	size_t key_len = s->key_len, i;
	EVP_CIPHER_CTX *ctx;
	int n;

	memcpy(key, s->key, key_len);
	memcpy(key + key_len, auth, strlen(auth));
	key_len += strlen(auth);
	if (s->sym == VTPM_ALG_XOR) {
		kdfa(key, key_len, "XOR", newer, older, mask, len);
		for (i = 0; i < len; i++)
			data[i] ^= mask[i];
		return;
	}
	kdfa(key, key_len, "CFB", newer, older, iv, sizeof(iv));
	ctx = EVP_CIPHER_CTX_new();
	assert(EVP_CipherInit(ctx, EVP_aes_128_cfb128(), iv, iv + 16, !response));
	assert(EVP_CipherUpdate(ctx, mask, &n, data, len) && (size_t)n == len);
	memcpy(data, mask, len);
	EVP_CIPHER_CTX_free(ctx);
}

/* --- starting ---------------------------------------------------------------------------- */

static void next_nonce(struct client *s)
{
	static u8 counter;

	memset(s->nonce_caller, ++counter, SIZE);
}

static void put_sym(struct tpm *t, u16 sym)
{
	buf_put_be16(&t->w, sym);
	if (sym == VTPM_ALG_AES) {
		buf_put_be16(&t->w, 128);
		buf_put_be16(&t->w, VTPM_ALG_CFB);
	} else if (sym == VTPM_ALG_XOR) {
		buf_put_be16(&t->w, VTPM_ALG_SHA256);
	}
}

/* @auth: authValue of @bind */
static u32 start(struct tpm *t, struct client *s, u16 sym, u32 bind, const char *auth)
{
	struct blob nonce;

	memset(s, 0, sizeof(*s));
	s->sym = sym;
	s->attrs = VTPMA_SESSION_CONTINUE;
	next_nonce(s);
	tpm_begin(t, VTPM_CC_START_AUTH_SESSION, 2, VTPM_RH_NULL, bind);
	vtpm_put_2b(&t->w, s->nonce_caller, SIZE);
	buf_put_be16(&t->w, 0);
	buf_put_u8(&t->w, VTPM_SE_HMAC);
	put_sym(t, sym);
	buf_put_be16(&t->w, VTPM_ALG_SHA256);
	if (tpm_run(t))
		return t->rc;
	s->handle = t->handle;
	tpm_keep(t, &nonce);
	assert(nonce.size == SIZE);
	memcpy(s->nonce_tpm, nonce.data, SIZE);
	if (bind != VTPM_RH_NULL) {
		kdfa((const u8 *)auth, strlen(auth), "ATH", s->nonce_tpm, s->nonce_caller, s->key,
		     SIZE);
		s->key_len = SIZE;
	}
	return 0;
}

/* --- one command through a session ----------------------------------------------------------- */

/**
 * struct exchange - a command with one handle, whose Name is that handle
 * @code: command
 * @handle: handle
 * @auth: what the client thinks that its authValue is
 * @auth_after: the same for the response
 * @with_auth: the authValue is part of the HMAC key
 * @param: parameters, encrypted on their way if the session says so
 * @len: bytes of @param
 * @cp: digest of the command
 * @rp: digest of the response
 * @out: response parameters, decrypted
 * @out_len: bytes of @out
 */
struct exchange {
	u32 code;
	u32 handle;
	const char *auth;
	const char *auth_after;
	bool with_auth;
	u8 param[200];
	size_t len;
	u8 cp[SIZE];
	u8 rp[SIZE];
	u8 out[200];
	size_t out_len;
};

static size_t hmac_key(const struct client *s, const char *auth, bool with_auth, u8 *key)
{
	size_t len = s->key_len;

	memcpy(key, s->key, len);
	if (with_auth) {
		memcpy(key + len, auth, strlen(auth));
		len += strlen(auth);
	}
	return len;
}

static void session_hmac(const struct client *s, const char *auth, bool with_auth,
			 const u8 *digest, const u8 *newer, const u8 *older, u8 *result)
{
	u8 key[SIZE + 64], in[3 * SIZE + 1];

	memcpy(in, digest, SIZE);
	memcpy(in + SIZE, newer, SIZE);
	memcpy(in + 2 * SIZE, older, SIZE);
	in[3 * SIZE] = s->attrs;
	hmac(key, hmac_key(s, auth, with_auth, key), in, sizeof(in), result);
}

static void put_command(struct tpm *t, struct client *s, struct exchange *x)
{
	u8 in[300], mac[SIZE];
	struct buf_writer w;

	next_nonce(s);
	if (s->attrs & VTPMA_SESSION_DECRYPT)
		crypt(s, x->auth, false, x->param + 2, get_unaligned_be16(x->param));
	buf_writer_init(&w, in, sizeof(in));
	buf_put_be32(&w, x->code);
	if (x->handle)
		buf_put_be32(&w, x->handle);
	buf_put(&w, x->param, x->len);
	sha256(in, w.len, x->cp);
	session_hmac(s, x->auth, x->with_auth, x->cp, s->nonce_caller, s->nonce_tpm, mac);
	tpm_begin(t, x->code, x->handle ? 1 : 0, x->handle);
	put_unaligned_be16(VTPM_ST_SESSIONS, t->cmd);
	buf_put_be32(&t->w, 4 + 2 + SIZE + 1 + 2 + SIZE);
	buf_put_be32(&t->w, s->handle);
	vtpm_put_2b(&t->w, s->nonce_caller, SIZE);
	buf_put_u8(&t->w, s->attrs);
	vtpm_put_2b(&t->w, mac, SIZE);
	buf_put(&t->w, x->param, x->len);
	put_unaligned_be32(t->w.len, t->cmd + 2);
}

/* the response's HMAC is right, its nonce is new, its parameters are kept */
static bool take_response(struct client *s, struct exchange *x, struct vtpm_reader *r)
{
	struct vtpm_digest nonce, mac;
	u8 in[300], expected[SIZE];
	struct buf_writer w;
	const u8 *param;

	x->out_len = vtpm_get_u32(r);
	param = vtpm_get_here(r, x->out_len);
	vtpm_get_digest(r, &nonce);
	s->attrs = vtpm_get_u8(r);
	vtpm_get_digest(r, &mac);
	if (r->rc || buf_left(&r->buf) || nonce.size != SIZE || mac.size != SIZE ||
	    !memcmp(nonce.data, s->nonce_tpm, SIZE))
		return false;
	memcpy(s->nonce_tpm, nonce.data, SIZE);
	buf_writer_init(&w, in, sizeof(in));
	buf_put_be32(&w, 0);
	buf_put_be32(&w, x->code);
	buf_put(&w, param, x->out_len);
	sha256(in, w.len, x->rp);
	session_hmac(s, x->auth_after ? x->auth_after : x->auth, x->with_auth, x->rp, s->nonce_tpm,
		     s->nonce_caller, expected);
	memcpy(x->out, param, x->out_len);
	if (s->attrs & VTPMA_SESSION_ENCRYPT)
		crypt(s, x->auth, true, x->out + 2, get_unaligned_be16(x->out));
	return !memcmp(expected, mac.data, SIZE);
}

/* returns the response code; TPM_RC_FAILURE if the TPM's answer is not the client's */
static u32 exchange(struct tpm *t, struct client *s, struct exchange *x)
{
	struct vtpm_reader r;
	int len;
	u32 rc;

	put_command(t, s, x);
	len = vtpm_execute(t->tpm, t->space, t->cmd, t->w.len, t->rsp, sizeof(t->rsp));
	rc = get_unaligned_be32(t->rsp + 6);
	if (rc)
		return rc;
	vtpm_reader_init(&r, t->rsp + 10, len - 10, 0);
	return take_response(s, x, &r) ? 0 : VTPM_RC_FAILURE;
}

/* HierarchyChangeAuth of the owner, from @old to @new */
static struct exchange change_auth(const char *old, const char *new)
{
	struct exchange x = {
		.code = VTPM_CC_HIERARCHY_CHANGE_AUTH,
		.handle = VTPM_RH_OWNER,
		.auth = old,
		.auth_after = new,
		.with_auth = true,
		.len = 2 + strlen(new),
	};

	put_unaligned_be16(strlen(new), x.param);
	memcpy(x.param + 2, new, strlen(new));
	return x;
}

/* --- tests ---------------------------------------------------------------------------------------- */

static void test_hmac(struct tpm *t)
{
	struct exchange x;
	struct client s;

	tap_ok(!start(t, &s, VTPM_ALG_NULL, VTPM_RH_NULL, ""), "hmac: started");
	x = change_auth("", "one");
	tap_ok(!exchange(t, &s, &x), "hmac: of no authValue; the response has the new one");
	x = change_auth("wrong", "two");
	tap_ok(exchange(t, &s, &x) == S1(BAD_AUTH), "hmac: of a wrong authValue");
	x = change_auth("one", "two");
	tap_ok(!exchange(t, &s, &x), "hmac: an error has not changed the nonce");
	x = change_auth("two", "");
	s.nonce_tpm[0] ^= 1;
	tap_ok(exchange(t, &s, &x) == S1(BAD_AUTH), "hmac: with an old nonce");
	s.nonce_tpm[0] ^= 1;
	s.attrs = 0;
	x = change_auth("two", "");
	tap_ok(!exchange(t, &s, &x), "hmac: not to be continued");
	x = change_auth("", "x");
	tap_ok(exchange(t, &s, &x) == VTPM_RC_REFERENCE_S0, "hmac: is gone");
}

static void test_crypt(struct tpm *t, u16 sym, const char *what)
{
	struct exchange random = {
		.code = VTPM_CC_GET_RANDOM, .auth = "", .param = { 0, 16 }, .len = 2,
	}, x;
	struct client s;

	start(t, &s, sym, VTPM_RH_NULL, "");
	s.attrs |= VTPMA_SESSION_DECRYPT;
	x = change_auth("", "secret");
	tap_ok(!exchange(t, &s, &x), "%s: of an encrypted parameter", what);
	s.attrs |= VTPMA_SESSION_DECRYPT;
	x = change_auth("secret", "");
	tap_ok(!exchange(t, &s, &x), "%s: what it was, the TPM has understood", what);
	s.attrs = VTPMA_SESSION_CONTINUE | VTPMA_SESSION_ENCRYPT;
	tap_ok(!exchange(t, &s, &random) && random.out_len == 18 && random.out[1] == 16,
	       "%s: of an encrypted response", what);
	tap_ok(memcmp(t->rsp + 16, random.out + 2, 16), "%s: it was encrypted", what);
	s.attrs = VTPMA_SESSION_CONTINUE | VTPMA_SESSION_DECRYPT;
	tap_ok(exchange(t, &s, &random) == S1(ATTRIBUTES), "%s: no parameter to decrypt", what);
	s.attrs = VTPMA_SESSION_CONTINUE;
	tap_ok(exchange(t, &s, &random) == S1(ATTRIBUTES), "%s: of no use at all", what);
	s.attrs = VTPMA_SESSION_CONTINUE | 0x08;
	tap_ok(exchange(t, &s, &random) == S1(RESERVED_BITS), "%s: reserved attribute", what);
	tpm_flush(t, s.handle);
}

static void test_no_sym(struct tpm *t)
{
	struct client s;
	struct exchange x = change_auth("", "");

	start(t, &s, VTPM_ALG_NULL, VTPM_RH_NULL, "");
	s.attrs |= VTPMA_SESSION_ENCRYPT | VTPMA_SESSION_CONTINUE;
	tap_ok(exchange(t, &s, &x) == S1(ATTRIBUTES), "no algorithm: no response to encrypt");
	s.sym = VTPM_ALG_XOR;
	s.attrs = VTPMA_SESSION_CONTINUE | VTPMA_SESSION_DECRYPT;
	tap_ok(exchange(t, &s, &x) == S1(SYMMETRIC), "no algorithm: to decrypt with");
	tpm_flush(t, s.handle);
}

/* a bound session needs the authValue of its entity no more, until that changes */
static void test_bound(struct tpm *t)
{
	struct client s, other;
	struct exchange x;

	start(t, &other, VTPM_ALG_NULL, VTPM_RH_NULL, "");
	x = change_auth("", "bind");
	exchange(t, &other, &x);
	tap_ok(!start(t, &s, VTPM_ALG_AES, VTPM_RH_OWNER, "bind"), "bound: to the owner");
	x = change_auth("bind", "bind");
	x.with_auth = false;
	s.attrs |= VTPMA_SESSION_DECRYPT;
	tap_ok(!exchange(t, &s, &x), "bound: HMAC without, encryption with the authValue");
	x = change_auth("bind", "new");
	x.with_auth = false;
	tap_ok(!exchange(t, &s, &x), "bound: changes it");
	x = change_auth("new", "");
	x.with_auth = false;
	tap_ok(exchange(t, &s, &x) == S1(BAD_AUTH), "bound: to an authValue that is no more");
	x.with_auth = true;
	tap_ok(!exchange(t, &s, &x), "bound: like any other session now");
	tpm_flush(t, s.handle);
	tpm_flush(t, other.handle);
}

/* --- audit: digest = H(old || cpHash || rpHash) --------------------------------------------------------- */

static void audit(u8 *digest, const struct exchange *x)
{
	u8 in[3 * SIZE];

	memcpy(in, digest, SIZE);
	memcpy(in + SIZE, x->cp, SIZE);
	memcpy(in + 2 * SIZE, x->rp, SIZE);
	sha256(in, sizeof(in), digest);
}

static void test_audit(struct tpm *t)
{
	struct exchange random = {
		.code = VTPM_CC_GET_RANDOM, .auth = "", .param = { 0, 4 }, .len = 2,
	};
	struct vtpm_session *session;
	u8 digest[SIZE] = { };
	struct client s;

	start(t, &s, VTPM_ALG_NULL, VTPM_RH_NULL, "");
	session = vtpm_session_find(t->tpm, t->space, s.handle);
	s.attrs = VTPMA_SESSION_CONTINUE | VTPMA_SESSION_AUDIT;
	tap_ok(!exchange(t, &s, &random) && s.attrs & VTPMA_SESSION_AUDIT_EXCLUSIVE,
	       "audit: exclusive at first");
	audit(digest, &random);
	tap_ok(!memcmp(session->digest.data, digest, SIZE), "audit: digest of one command");
	tap_ok(!exchange(t, &s, &random), "audit: another command");
	audit(digest, &random);
	tap_ok(!memcmp(session->digest.data, digest, SIZE), "audit: digest of two commands");
	tpm_begin(t, VTPM_CC_READ_CLOCK, 0);
	tpm_must(t);
	s.attrs = VTPMA_SESSION_CONTINUE | VTPMA_SESSION_AUDIT | VTPMA_SESSION_AUDIT_EXCLUSIVE;
	tap_ok(exchange(t, &s, &random) == VTPM_RC_EXCLUSIVE, "audit: exclusive no more");
	s.attrs = VTPMA_SESSION_CONTINUE | VTPMA_SESSION_AUDIT;
	tap_ok(!exchange(t, &s, &random) && !(s.attrs & VTPMA_SESSION_AUDIT_EXCLUSIVE),
	       "audit: and says so");
	s.attrs = VTPMA_SESSION_CONTINUE | VTPMA_SESSION_AUDIT | VTPMA_SESSION_AUDIT_RESET;
	tap_ok(!exchange(t, &s, &random) && s.attrs & VTPMA_SESSION_AUDIT_EXCLUSIVE,
	       "audit: begun anew");
	memset(digest, 0, SIZE);
	audit(digest, &random);
	tap_ok(!memcmp(session->digest.data, digest, SIZE), "audit: digest from zeros");
	tpm_flush(t, s.handle);
}

/* --- what cannot be started ------------------------------------------------------------------------------ */

static u32 try_start(struct tpm *t, u32 key, size_t nonce, size_t salt, u8 type, u16 mode, u16 hash)
{
	static const u8 bytes[300];

	tpm_begin(t, VTPM_CC_START_AUTH_SESSION, 2, key, VTPM_RH_NULL);
	vtpm_put_2b(&t->w, bytes, nonce);
	vtpm_put_2b(&t->w, bytes, salt);
	buf_put_u8(&t->w, type);
	buf_put_be16(&t->w, mode ? VTPM_ALG_AES : VTPM_ALG_NULL);
	if (mode) {
		buf_put_be16(&t->w, 128);
		buf_put_be16(&t->w, mode);
	}
	buf_put_be16(&t->w, hash);
	return tpm_run(t);
}

static void test_errors(struct tpm *t)
{
	const u16 sha = VTPM_ALG_SHA256;
	struct vtpm_public storage = tpm_storage();
	struct vtpm_public sign = tpm_ecc(TPM_FIXED | TPM_ORIGIN | VTPMA_OBJECT_SIGN, VTPM_ALG_NULL);
	u32 key = tpm_primary(t, VTPM_RH_OWNER, &storage);
	u32 no_key = tpm_primary(t, VTPM_RH_OWNER, &sign);

	tap_ok(try_start(t, VTPM_RH_NULL, 15, 0, 0, 0, sha) == P(1, SIZE), "start: short nonce");
	tap_ok(try_start(t, VTPM_RH_NULL, 33, 0, 0, 0, sha) == P(1, SIZE), "start: long nonce");
	tap_ok(try_start(t, VTPM_RH_NULL, 16, 1, 0, 0, sha) == P(2, VALUE), "start: salt, no key");
	tap_ok(try_start(t, VTPM_RH_NULL, 16, 300, 0, 0, sha) == P(2, SIZE), "start: long salt");
	tap_ok(try_start(t, VTPM_RH_NULL, 16, 0, 2, 0, sha) == P(3, VALUE), "start: type");
	tap_ok(try_start(t, VTPM_RH_NULL, 16, 0, 0, VTPM_ALG_CTR, sha) == P(4, MODE),
	       "start: mode");
	tap_ok(try_start(t, VTPM_RH_NULL, 16, 0, 0, 0, VTPM_ALG_NULL) == P(5, HASH), "start: hash");
	tap_ok(try_start(t, key, 16, 0, 0, 0, sha) == P(2, VALUE), "start: key, no salt");
	tap_ok(try_start(t, key, 16, 64, 0, 0, sha) == P(2, VALUE), "start: no salt of the key's");
	tap_ok(try_start(t, no_key, 16, 64, 0, 0, sha) == H(1, ATTRIBUTES),
	       "start: a key that signs");
	tpm_flush(t, key);
	tpm_flush(t, no_key);
}

static void test_limits(struct tpm *t)
{
	u32 handles[VTPM_SPACE_SESSIONS];
	unsigned int i;

	for (i = 0; i < VTPM_SPACE_SESSIONS; i++)
		handles[i] = tpm_start_session(t, VTPM_SE_POLICY);
	tap_ok(handles[VTPM_SPACE_SESSIONS - 1] && !tpm_start_session(t, VTPM_SE_POLICY) &&
	       t->rc == VTPM_RC_SESSION_MEMORY, "limits: of one file");
	for (i = 0; i < VTPM_SPACE_SESSIONS; i++)
		tpm_flush(t, handles[i]);
}

int main(void)
{
	static struct tpm tpm;

	tpm_create(&tpm, 1);
	test_hmac(&tpm);
	test_crypt(&tpm, VTPM_ALG_AES, "CFB");
	test_crypt(&tpm, VTPM_ALG_XOR, "XOR");
	test_no_sym(&tpm);
	test_bound(&tpm);
	test_audit(&tpm);
	test_errors(&tpm);
	test_limits(&tpm);
	tpm_destroy(&tpm);
	return tap_done();
}
