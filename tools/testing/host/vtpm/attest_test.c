// SPDX-License-Identifier: GPL-2.0
/*
 * Attestations: what is in them, byte by byte, who can sign them, and what a
 * restricted key does not sign.
 */
#include "tpm.h"

#define P1(rc)	(VTPM_RC_##rc + VTPM_RC_P(1))
#define P2(rc)	(VTPM_RC_##rc + VTPM_RC_P(2))
#define P3(rc)	(VTPM_RC_##rc + VTPM_RC_P(3))
#define P4(rc)	(VTPM_RC_##rc + VTPM_RC_P(4))
#define H1(rc)	(VTPM_RC_##rc + VTPM_RC_H(1))
#define H2(rc)	(VTPM_RC_##rc + VTPM_RC_H(2))
#define H3(rc)	(VTPM_RC_##rc + VTPM_RC_H(3))

/**
 * struct attest - a TPMS_ATTEST that has been taken apart
 * @raw: all of it
 * @type: VTPM_ST_ATTEST_*
 * @signer: qualifiedSigner
 * @extra: extraData
 * @clock: clock
 * @resets: resetCount
 * @restarts: restartCount
 * @safe: safe
 * @firmware: firmwareVersion
 * @body: the rest
 */
struct attest {
	struct blob raw;
	u16 type;
	struct vtpm_name signer;
	struct vtpm_name extra;
	u64 clock;
	u32 resets;
	u32 restarts;
	bool safe;
	u64 firmware;
	struct vtpm_reader body;
};

static bool keep_attest(struct tpm *t, struct attest *a)
{
	struct vtpm_reader r;
	u32 magic;

	tpm_keep(t, &a->raw);
	vtpm_reader_init(&r, a->raw.data, a->raw.size, 0);
	magic = vtpm_get_u32(&r);
	a->type = vtpm_get_u16(&r);
	vtpm_get_name(&r, &a->signer);
	vtpm_get_name(&r, &a->extra);
	a->clock = vtpm_get_u64(&r);
	a->resets = vtpm_get_u32(&r);
	a->restarts = vtpm_get_u32(&r);
	a->safe = vtpm_get_yes_no(&r);
	a->firmware = vtpm_get_u64(&r);
	a->body = r;
	return !r.rc && magic == VTPM_GENERATED;
}

/* is what comes next in the response a signature of @key over @a? */
static bool signed_by(struct tpm *t, u32 key, const struct attest *a)
{
	struct vtpm_signature sig;
	struct vtpm_digest digest;

	vtpm_get_signature(&t->out, &sig, VTPM_NO_NULL);
	if (t->out.rc || buf_left(&t->out.buf))
		return false;
	vtpm_digest(t->tpm, sig.hash, a->raw.data, a->raw.size, &digest);
	return !vtpm_verify(t->tpm, vtpm_space_find(t->space, key), &digest, &sig);
}

static bool unsigned_(struct tpm *t)
{
	return vtpm_get_u16(&t->out) == VTPM_ALG_NULL && !buf_left(&t->out.buf);
}

static void put_null_scheme(struct tpm *t)
{
	buf_put_be16(&t->w, VTPM_ALG_NULL);
}

/* qualifyingData and a scheme that the key has to know */
static void put_common(struct tpm *t)
{
	vtpm_put_2b(&t->w, "nonce", 5);
	put_null_scheme(t);
}

static bool is_common(const struct tpm *t, u32 key, const struct attest *a, u16 type)
{
	const struct vtpm_name *q = &vtpm_space_find(t->space, key)->qualified;

	return a->type == type && a->extra.size == 5 && !memcmp(a->extra.data, "nonce", 5) &&
	       a->signer.size == q->size && !memcmp(a->signer.data, q->data, q->size) &&
	       a->clock && a->safe;
}

/* --- Quote -------------------------------------------------------------------------- */

static const struct vtpm_selection pcrs_0_and_10 = {
	.count = 1, .bank = { { VTPM_ALG_SHA256, { 0x01, 0x04, 0x00 } } },
};

static void begin_quote(struct tpm *t, u32 key, const struct vtpm_selection *pcrs)
{
	tpm_begin(t, VTPM_CC_QUOTE, 1, key);
	tpm_password(t, "");
	put_common(t);
	vtpm_put_selection(&t->w, pcrs);
}

static void test_quote(struct tpm *t, u32 key, const char *what)
{
	struct vtpm_digest digest, right;
	struct vtpm_selection pcrs;
	struct attest a, b;
	u8 values[64];

	begin_quote(t, key, &pcrs_0_and_10);
	tpm_expect(t, 0, "%s: quote", what);
	tap_ok(keep_attest(t, &a) && is_common(t, key, &a, VTPM_ST_ATTEST_QUOTE),
	       "%s: its head", what);
	tap_ok(signed_by(t, key, &a), "%s: its signature", what);
	vtpm_get_selection(&a.body, &pcrs);
	vtpm_get_digest(&a.body, &digest);
	tap_ok(!a.body.rc && !buf_left(&a.body.buf) &&
	       !memcmp(&pcrs, &pcrs_0_and_10, sizeof(pcrs)), "%s: its PCRs", what);
	vtpm_pcr_snapshot(t->tpm);
	memcpy(values, vtpm_pcr_snapshot_value(t->tpm, 1, 0), 32);
	memcpy(values + 32, vtpm_pcr_snapshot_value(t->tpm, 1, 10), 32);
	vtpm_digest(t->tpm, VTPM_ALG_SHA256, values, sizeof(values), &right);
	tap_ok(vtpm_digest_equal(&digest, &right), "%s: their digest", what);
	begin_quote(t, key, &pcrs_0_and_10);
	tpm_run(t);
	keep_attest(t, &b);
	tap_ok(b.clock > a.clock, "%s: the clock goes on", what);
}

static void test_quote_errors(struct tpm *t, u32 key, u32 storage)
{
	struct vtpm_public pub = tpm_ecc(TPM_FIXED | TPM_ORIGIN | VTPMA_OBJECT_SIGN, VTPM_ALG_NULL);
	u32 plain = tpm_primary(t, VTPM_RH_OWNER, &pub);

	begin_quote(t, storage, &pcrs_0_and_10);
	tpm_expect(t, H1(KEY), "quote: with a storage key");
	begin_quote(t, VTPM_RH_NULL, &pcrs_0_and_10);
	tpm_expect(t, P2(SCHEME), "quote: without a key");
	begin_quote(t, plain, &pcrs_0_and_10);
	tpm_expect(t, P2(SCHEME), "quote: without a scheme");
	tpm_begin(t, VTPM_CC_QUOTE, 1, key);
	tpm_password(t, "");
	buf_put_be16(&t->w, 0);
	buf_put_be16(&t->w, VTPM_ALG_ECDSA);
	buf_put_be16(&t->w, VTPM_ALG_SHA1);
	vtpm_put_selection(&t->w, &pcrs_0_and_10);
	tpm_expect(t, P2(SCHEME), "quote: with another scheme than the key's");
	tpm_flush(t, plain);
}

/* --- the other attestations ------------------------------------------------------------ */

static void test_certify(struct tpm *t, u32 key, u32 object)
{
	const struct vtpm_object *o = vtpm_space_find(t->space, object);
	struct vtpm_name name, qualified;
	struct attest a;

	tpm_begin(t, VTPM_CC_CERTIFY, 2, object, key);
	tpm_password(t, "");
	tpm_password(t, "");
	put_common(t);
	tpm_expect(t, 0, "certify");
	tap_ok(keep_attest(t, &a) && is_common(t, key, &a, VTPM_ST_ATTEST_CERTIFY),
	       "certify: its head");
	tap_ok(signed_by(t, key, &a), "certify: its signature");
	vtpm_get_name(&a.body, &name);
	vtpm_get_name(&a.body, &qualified);
	tap_ok(!a.body.rc && !buf_left(&a.body.buf) && !memcmp(&name, &o->name, sizeof(name)) &&
	       !memcmp(&qualified, &o->qualified, sizeof(name)), "certify: the Names");
	tpm_begin(t, VTPM_CC_CERTIFY, 2, object, VTPM_RH_NULL);
	tpm_password(t, "");
	tpm_password(t, "");
	put_common(t);
	tpm_expect(t, 0, "certify: nobody signs");
	tap_ok(keep_attest(t, &a) && a.signer.size == 4 && unsigned_(t),
	       "certify: then there is no signature");
}

/* CreatePrimary's creation data is what CertifyCreation vouches for */
static void test_creation(struct tpm *t, u32 key)
{
	struct blob public, data, hash, ticket;
	struct vtpm_public pub = tpm_storage();
	struct vtpm_digest digest;
	struct attest a;
	u32 handle;

	tpm_begin(t, VTPM_CC_CREATE_PRIMARY, 1, VTPM_RH_OWNER);
	tpm_password(t, "");
	tpm_put_create(t, "", "", &pub);
	tpm_expect(t, 0, "creation: make a key");
	handle = t->handle;
	tpm_keep(t, &public);
	tpm_keep(t, &data);
	tpm_keep(t, &hash);
	tpm_keep_rest(t, &ticket);
	ticket.size = 2 + 4 + 2 + VTPM_MAX_DIGEST;
	vtpm_digest(t->tpm, VTPM_ALG_SHA256, data.data, data.size, &digest);
	tap_ok(hash.size == digest.size && !memcmp(hash.data, digest.data, digest.size),
	       "creation: the hash is that of the data");

	tpm_begin(t, VTPM_CC_CERTIFY_CREATION, 2, key, handle);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, "nonce", 5);
	tpm_put_blob(t, &hash);
	put_null_scheme(t);
	buf_put(&t->w, ticket.data, ticket.size);
	tpm_expect(t, 0, "creation: certify");
	tap_ok(keep_attest(t, &a) && is_common(t, key, &a, VTPM_ST_ATTEST_CREATION) &&
	       signed_by(t, key, &a), "creation: head and signature");

	tpm_begin(t, VTPM_CC_CERTIFY_CREATION, 2, key, key);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, "nonce", 5);
	tpm_put_blob(t, &hash);
	put_null_scheme(t);
	buf_put(&t->w, ticket.data, ticket.size);
	tpm_expect(t, P4(TICKET), "creation: not of another object");
	hash.data[0] ^= 1;
	tpm_begin(t, VTPM_CC_CERTIFY_CREATION, 2, key, handle);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, "nonce", 5);
	tpm_put_blob(t, &hash);
	put_null_scheme(t);
	buf_put(&t->w, ticket.data, ticket.size);
	tpm_expect(t, P4(TICKET), "creation: not with other data");
	tpm_flush(t, handle);
}

static void test_time(struct tpm *t, u32 key)
{
	struct attest a;
	u64 clock;

	tpm_begin(t, VTPM_CC_GET_TIME, 2, VTPM_RH_ENDORSEMENT, key);
	tpm_password(t, "");
	tpm_password(t, "");
	put_common(t);
	tpm_expect(t, 0, "time");
	tap_ok(keep_attest(t, &a) && is_common(t, key, &a, VTPM_ST_ATTEST_TIME) &&
	       signed_by(t, key, &a), "time: head and signature");
	vtpm_get_u64(&a.body);
	clock = vtpm_get_u64(&a.body);
	tap_ok(clock == a.clock && vtpm_get_u32(&a.body) == t->tpm->clock.resets &&
	       vtpm_get_u32(&a.body) == t->tpm->clock.restarts && vtpm_get_yes_no(&a.body),
	       "time: it is there in the clear");
	vtpm_get_u64(&a.body);
	tap_ok(!a.body.rc && !buf_left(&a.body.buf), "time: and the firmware version");
}

/* --- NV ----------------------------------------------------------------------------------- */

#define NV_INDEX VTPM_HR(VTPM_HT_NV_INDEX, 1)

static void begin_nv_certify(struct tpm *t, u32 key, u16 size, u16 offset)
{
	tpm_begin(t, VTPM_CC_NV_CERTIFY, 3, key, VTPM_RH_OWNER, NV_INDEX);
	tpm_password(t, "");
	tpm_password(t, "");
	put_common(t);
	buf_put_be16(&t->w, size);
	buf_put_be16(&t->w, offset);
}

static void define_nv(struct tpm *t, u16 size)
{
	const struct vtpm_nv_public pub = {
		.index = NV_INDEX,
		.name_alg = VTPM_ALG_SHA256,
		.attrs = VTPMA_NV_OWNERWRITE | VTPMA_NV_OWNERREAD | VTPMA_NV_NO_DA,
		.size = size,
	};

	tpm_begin(t, VTPM_CC_NV_DEFINE_SPACE, 1, VTPM_RH_OWNER);
	tpm_password(t, "");
	buf_put_be16(&t->w, 0);
	vtpm_put_nv_public(&t->w, &pub);
	tpm_must(t);
}

static void test_nv(struct tpm *t, u32 key)
{
	struct vtpm_digest digest, right;
	struct vtpm_name name, now;
	struct attest a;
	struct blob part;

	define_nv(t, 16);
	begin_nv_certify(t, key, 4, 0);
	tpm_expect(t, VTPM_RC_NV_UNINITIALIZED, "NV: nothing has been written");
	tpm_begin(t, VTPM_CC_NV_WRITE, 2, VTPM_RH_OWNER, NV_INDEX);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, "0123456789abcdef", 16);
	buf_put_be16(&t->w, 0);
	tpm_must(t);
	begin_nv_certify(t, key, 4, 10);
	tpm_expect(t, 0, "NV: a part");
	tap_ok(keep_attest(t, &a) && is_common(t, key, &a, VTPM_ST_ATTEST_NV) &&
	       signed_by(t, key, &a), "NV: head and signature");
	vtpm_get_name(&a.body, &name);
	vtpm_nv_name(t->tpm, vtpm_nv_find(t->tpm, NV_INDEX), &now);
	tap_ok(name.size == now.size && !memcmp(name.data, now.data, now.size),
	       "NV: the Name of the index");
	tap_ok(vtpm_get_u16(&a.body) == 10, "NV: where it is");
	part.size = vtpm_get_2b(&a.body, 4, part.data);
	tap_ok(part.size == 4 && !memcmp(part.data, "abcd", 4) && !buf_left(&a.body.buf),
	       "NV: what it says");
	begin_nv_certify(t, key, 0, 0);
	tpm_expect(t, 0, "NV: a digest of all");
	keep_attest(t, &a);
	vtpm_get_name(&a.body, &name);
	vtpm_get_digest(&a.body, &digest);
	vtpm_digest(t->tpm, VTPM_ALG_SHA256, "0123456789abcdef", 16, &right);
	tap_ok(a.type == VTPM_ST_ATTEST_NV_DIGEST && vtpm_digest_equal(&digest, &right) &&
	       !buf_left(&a.body.buf), "NV: it is right");
	begin_nv_certify(t, key, 8, 9);
	tpm_expect(t, VTPM_RC_NV_RANGE, "NV: past the end");
}

/* --- obfuscation --------------------------------------------------------------------------- */

static void quote_once(struct tpm *t, u32 key, struct attest *a)
{
	begin_quote(t, key, &pcrs_0_and_10);
	tpm_run(t);
	keep_attest(t, a);
}

static void test_obfuscation(struct tpm *t, u32 owner, u32 endorsement)
{
	struct vtpm_public pub = tpm_ecc(TPM_ORIGIN | VTPMA_OBJECT_SIGN, VTPM_ALG_ECDSA);
	u32 other = tpm_primary(t, VTPM_RH_OWNER, &pub);
	struct attest a, b, c;

	quote_once(t, endorsement, &a);
	tap_ok(a.resets == t->tpm->clock.resets && a.restarts == t->tpm->clock.restarts,
	       "obfuscation: none for keys of the endorsement hierarchy");
	quote_once(t, owner, &b);
	tap_ok(b.resets != a.resets && b.firmware != a.firmware,
	       "obfuscation: for keys of the owner");
	quote_once(t, owner, &c);
	tap_ok(c.resets == b.resets && c.restarts == b.restarts && c.firmware == b.firmware,
	       "obfuscation: always the same for one key");
	quote_once(t, other, &c);
	tap_ok(c.resets != b.resets && c.firmware != b.firmware,
	       "obfuscation: another for another key");
	t->tpm->clock.resets++;
	quote_once(t, owner, &c);
	tap_ok(c.resets == b.resets + 1, "obfuscation: counters still count");
	t->tpm->clock.resets--;
	tpm_flush(t, other);
}

/* --- what a restricted key signs -------------------------------------------------------- */

static void hash(struct tpm *t, const void *data, size_t len, struct blob *digest,
		 struct blob *ticket)
{
	tpm_begin(t, VTPM_CC_HASH, 0);
	vtpm_put_2b(&t->w, data, len);
	buf_put_be16(&t->w, VTPM_ALG_SHA256);
	buf_put_be32(&t->w, VTPM_RH_OWNER);
	tpm_must(t);
	tpm_keep(t, digest);
	tpm_keep_rest(t, ticket);
}

static void begin_sign(struct tpm *t, u32 key, const struct blob *digest, const struct blob *ticket)
{
	tpm_begin(t, VTPM_CC_SIGN, 1, key);
	tpm_password(t, "");
	tpm_put_blob(t, digest);
	put_null_scheme(t);
	buf_put(&t->w, ticket->data, ticket->size);
}

/* VerifySignature of the signature that Sign has just given */
static void begin_verify(struct tpm *t, u32 key, const struct blob *digest,
			 const struct blob *signature)
{
	tpm_begin(t, VTPM_CC_VERIFY_SIGNATURE, 1, key);
	tpm_put_blob(t, digest);
	buf_put(&t->w, signature->data, signature->size);
}

static void test_restricted(struct tpm *t, u32 key)
{
	static const u8 fake[] = { 0xff, 'T', 'C', 'G', 0x80, 0x18 };
	struct blob digest, ticket, other, none, signature;

	hash(t, "message", 7, &digest, &ticket);
	begin_sign(t, key, &digest, &ticket);
	tpm_expect(t, 0, "restricted: signs what the TPM has hashed");
	tpm_keep_rest(t, &signature);
	begin_verify(t, key, &digest, &signature);
	tpm_expect(t, 0, "restricted: the signature is right");
	tap_ok(vtpm_get_u16(&t->out) == VTPM_ST_VERIFIED &&
	       vtpm_get_u32(&t->out) == VTPM_RH_ENDORSEMENT,
	       "restricted: and there is a ticket that says so");
	hash(t, "another", 7, &other, &none);
	begin_verify(t, key, &other, &signature);
	tpm_expect(t, P2(SIGNATURE), "restricted: not right for another digest");
	begin_sign(t, key, &other, &ticket);
	tpm_expect(t, P3(TICKET), "restricted: not another digest with that ticket");
	hash(t, fake, sizeof(fake), &digest, &none);
	tap_ok(get_unaligned_be32(none.data + 2) == VTPM_RH_NULL,
	       "restricted: no ticket for what looks like an attestation");
	begin_sign(t, key, &digest, &none);
	tpm_expect(t, P3(TICKET), "restricted: so it is not signed");
}

static void test_sign(struct tpm *t, const struct vtpm_public *pub, const char *what)
{
	u32 key = tpm_primary(t, VTPM_RH_OWNER, pub);
	struct blob digest, ticket, none, signature;

	hash(t, "message", 7, &digest, &ticket);
	none.size = 8;
	put_unaligned_be16(VTPM_ST_HASHCHECK, none.data);
	put_unaligned_be32(VTPM_RH_NULL, none.data + 2);
	put_unaligned_be16(0, none.data + 6);
	begin_sign(t, key, &digest, &none);
	tpm_expect(t, 0, "%s: sign", what);
	tpm_keep_rest(t, &signature);
	begin_verify(t, key, &digest, &signature);
	tpm_expect(t, 0, "%s: verify", what);
	digest.data[0] ^= 1;
	begin_verify(t, key, &digest, &signature);
	tpm_expect(t, P2(SIGNATURE), "%s: another digest", what);
	digest.data[0] ^= 1;
	signature.data[signature.size - 1] ^= 1;
	begin_verify(t, key, &digest, &signature);
	tpm_expect(t, P2(SIGNATURE), "%s: another signature", what);
	digest.size--;
	begin_sign(t, key, &digest, &none);
	tpm_expect(t, P1(SIZE), "%s: no digest of its hash", what);
	tpm_flush(t, key);
}

/* a key that signs with any hash: the ticket says with which the digest was made */
static void test_ticket_hash(struct tpm *t)
{
	struct vtpm_public pub = tpm_ecc(TPM_ORIGIN | VTPMA_OBJECT_SIGN, VTPM_ALG_NULL);
	u32 key = tpm_primary(t, VTPM_RH_OWNER, &pub);
	struct blob digest, ticket;
	u16 alg;

	hash(t, "message", 7, &digest, &ticket);
	for (alg = VTPM_ALG_SHA256; alg <= VTPM_ALG_SHA384; alg++) {
		tpm_begin(t, VTPM_CC_SIGN, 1, key);
		tpm_password(t, "");
		tpm_put_blob(t, &digest);
		buf_put_be16(&t->w, VTPM_ALG_ECDSA);
		buf_put_be16(&t->w, alg);
		buf_put(&t->w, ticket.data, ticket.size);
		tpm_expect(t, alg == VTPM_ALG_SHA256 ? 0 : P3(TICKET),
			   "ticket of SHA-256 for %#x", alg);
	}
	tpm_flush(t, key);
}

/* --- audit ----------------------------------------------------------------------------------- */

static void set_audit(struct tpm *t, u16 alg, u32 set, u32 clear)
{
	tpm_begin(t, VTPM_CC_SET_COMMAND_CODE_AUDIT_STATUS, 1, VTPM_RH_OWNER);
	tpm_password(t, "");
	buf_put_be16(&t->w, alg);
	buf_put_be32(&t->w, !!set);
	if (set)
		buf_put_be32(&t->w, set);
	buf_put_be32(&t->w, !!clear);
	if (clear)
		buf_put_be32(&t->w, clear);
	tpm_run(t);
}

/* GetCommandAuditDigest: counter, hash and how long the digest is */
static u64 get_audit(struct tpm *t, u32 key, u16 *alg, u16 *size)
{
	struct vtpm_digest digest;
	struct attest a;
	u64 counter;

	tpm_begin(t, VTPM_CC_GET_COMMAND_AUDIT_DIGEST, 2, VTPM_RH_ENDORSEMENT, key);
	tpm_password(t, "");
	tpm_password(t, "");
	put_common(t);
	tpm_must(t);
	keep_attest(t, &a);
	counter = vtpm_get_u64(&a.body);
	*alg = vtpm_get_u16(&a.body);
	vtpm_get_digest(&a.body, &digest);
	*size = digest.size;
	return counter;
}

static void test_audit(struct tpm *t, u32 key)
{
	struct blob digest, ticket;
	u16 alg, size;
	u64 counter;

	counter = get_audit(t, key, &alg, &size);
	tap_ok(alg == VTPM_ALG_SHA512 && !size, "audit: nothing yet");
	set_audit(t, VTPM_ALG_NULL, VTPM_CC_HASH, 0);
	tap_ok(!t->rc && get_audit(t, key, &alg, &size) == counter + 1 && size == 64,
	       "audit: that the set changes is audited");
	tap_ok(get_audit(t, key, &alg, &size) == counter + 1 && !size,
	       "audit: a digest that was signed begins anew");
	hash(t, "x", 1, &digest, &ticket);
	tap_ok(get_audit(t, key, &alg, &size) == counter + 2 && size == 64,
	       "audit: a command of the set");
	set_audit(t, VTPM_ALG_SHA256, VTPM_CC_HASH, 0);
	tap_ok(t->rc == P1(VALUE), "audit: either another hash or another set");
	set_audit(t, VTPM_ALG_SHA256, 0, 0);
	tap_ok(!t->rc && get_audit(t, key, &alg, &size) == counter + 2 &&
	       alg == VTPM_ALG_SHA256 && !size, "audit: another hash");
	set_audit(t, VTPM_ALG_NULL, VTPM_CC_SHUTDOWN, VTPM_CC_HASH);
	get_audit(t, key, &alg, &size);
	hash(t, "x", 1, &digest, &ticket);
	get_audit(t, key, &alg, &size);
	tap_ok(!size, "audit: a command that has left the set");
	tpm_begin(t, VTPM_CC_SHUTDOWN, 0);
	buf_put_be16(&t->w, VTPM_SU_CLEAR);
	tpm_must(t);
	get_audit(t, key, &alg, &size);
	tap_ok(!size, "audit: Shutdown cannot be in it");
	set_audit(t, VTPM_ALG_NULL, 0, VTPM_CC_SET_COMMAND_CODE_AUDIT_STATUS);
	get_audit(t, key, &alg, &size);
	set_audit(t, VTPM_ALG_NULL, 0, 0);
	get_audit(t, key, &alg, &size);
	tap_ok(size, "audit: and that the set changes cannot leave it");
}

/* a session that audits has a digest to be signed, one that does not has none */
static void test_session_audit(struct tpm *t, u32 key)
{
	u32 session = tpm_start_session(t, VTPM_SE_HMAC);
	struct vtpm_digest digest;
	struct attest a;

	tpm_begin(t, VTPM_CC_GET_SESSION_AUDIT_DIGEST, 3, VTPM_RH_ENDORSEMENT, key, session);
	tpm_password(t, "");
	tpm_password(t, "");
	put_common(t);
	tpm_expect(t, H3(TYPE), "session audit: of one that does not audit");
	tpm_begin(t, VTPM_CC_GET_RANDOM, 0);
	tpm_session(t, session, "");
	t->cmd[t->w.len - 3] = VTPMA_SESSION_CONTINUE | VTPMA_SESSION_AUDIT;
	buf_put_be16(&t->w, 8);
	tpm_expect(t, 0, "session audit: a command");
	tpm_begin(t, VTPM_CC_GET_SESSION_AUDIT_DIGEST, 3, VTPM_RH_ENDORSEMENT, key, session);
	tpm_password(t, "");
	tpm_password(t, "");
	put_common(t);
	tpm_expect(t, 0, "session audit: its digest");
	tap_ok(keep_attest(t, &a) && is_common(t, key, &a, VTPM_ST_ATTEST_SESSION_AUDIT) &&
	       signed_by(t, key, &a), "session audit: head and signature");
	tap_ok(vtpm_get_yes_no(&a.body), "session audit: the session was exclusive");
	vtpm_get_digest(&a.body, &digest);
	tap_ok(digest.size == 32 && !a.body.rc && !buf_left(&a.body.buf),
	       "session audit: the digest");
	tpm_flush(t, session);
}

int main(void)
{
	const u32 restricted = TPM_FIXED | TPM_ORIGIN | VTPMA_OBJECT_SIGN | VTPMA_OBJECT_RESTRICTED;
	const u32 plain = TPM_FIXED | TPM_ORIGIN | VTPMA_OBJECT_SIGN;
	struct vtpm_public ecc = tpm_ecc(restricted, VTPM_ALG_ECDSA);
	struct vtpm_public rsa = tpm_rsa(restricted, VTPM_ALG_RSASSA);
	struct vtpm_public ecdsa = tpm_ecc(plain, VTPM_ALG_ECDSA);
	struct vtpm_public rsassa = tpm_rsa(plain, VTPM_ALG_RSASSA);
	struct vtpm_public rsapss = tpm_rsa(plain, VTPM_ALG_RSAPSS);
	struct vtpm_public hmac = tpm_keyedhash(plain, VTPM_ALG_HMAC);
	struct vtpm_public parent = tpm_storage();
	u32 ak, rsa_ak, owner, storage;
	static struct tpm tpm;

	tpm_create(&tpm, 5);
	ak = tpm_primary(&tpm, VTPM_RH_ENDORSEMENT, &ecc);
	rsa_ak = tpm_primary(&tpm, VTPM_RH_ENDORSEMENT, &rsa);
	owner = tpm_primary(&tpm, VTPM_RH_OWNER, &ecc);
	storage = tpm_primary(&tpm, VTPM_RH_OWNER, &parent);
	test_quote(&tpm, ak, "ECC");
	test_quote(&tpm, rsa_ak, "RSA");
	test_quote_errors(&tpm, ak, storage);
	test_certify(&tpm, ak, storage);
	test_creation(&tpm, ak);
	test_time(&tpm, ak);
	test_nv(&tpm, ak);
	test_obfuscation(&tpm, owner, ak);
	test_restricted(&tpm, ak);
	test_sign(&tpm, &ecdsa, "ECDSA");
	test_sign(&tpm, &rsassa, "RSASSA");
	test_sign(&tpm, &rsapss, "RSAPSS");
	test_sign(&tpm, &hmac, "HMAC");
	test_ticket_hash(&tpm);
	test_audit(&tpm, ak);
	test_session_audit(&tpm, ak);
	tpm_destroy(&tpm);
	return tap_done();
}
