// SPDX-License-Identifier: GPL-2.0
/*
 * Policy assertions: the digests that they make, what they refuse, and what a
 * session that has made them is good for.
 *
 * Digests: those of the EK profile are published (TCG EK Credential Profile 2.5,
 * annex B), the others were computed from the formulas of Part 3, section 23.
 */
#include "tpm.h"

#define P(n, rc)	(VTPM_RC_##rc + VTPM_RC_P(n))
#define S1(rc)		(VTPM_RC_##rc + VTPM_RC_S(1))

static const u8 counting[32] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
};

static u32 policy(struct tpm *t)
{
	return tpm_policy(t, VTPM_SE_POLICY, VTPM_ALG_SHA256);
}

static void put_none(struct tpm *t)
{
	buf_put_be16(&t->w, 0);
}

/* Name of an object with SHA-256 that begins with @first and counts from there */
static void put_name(struct tpm *t, bool down)
{
	u8 name[34] = { 0x00, 0x0b };
	unsigned int i;

	for (i = 0; i < 32; i++)
		name[2 + i] = down ? 31 - i : i;
	vtpm_put_2b(&t->w, name, sizeof(name));
}

/* --- digests ---------------------------------------------------------------------- */

static void secret_begin(struct tpm *t, u32 entity, const char *auth, u32 session)
{
	tpm_begin(t, VTPM_CC_POLICY_SECRET, 2, entity, session);
	tpm_password(t, auth);
}

/* nonceTPM, cpHashA, policyRef empty */
static u32 secret(struct tpm *t, u32 entity, u32 session, s32 expiration)
{
	secret_begin(t, entity, "", session);
	put_none(t);
	put_none(t);
	put_none(t);
	buf_put_be32(&t->w, expiration);
	return tpm_run(t);
}

static const struct {
	u16 hash;
	const char *a;
	const char *b;
	const char *c;
} ek_policies[] = {
	{ VTPM_ALG_SHA256,
	  "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa",
	  "ca3d0a99a2b93906f7a3342414efcfb3a385d44cd1fd459089d19b5071c0b7a0",
	  "3767e2edd43ff45a3a7e1eaefcef78643dca964632e7aad82c673a30d8633fde" },
	{ VTPM_ALG_SHA384,
	  "8bbf2266537c171cb56e403c4dc1d4b64f432611dc386e6f532050c3278c930e"
	  "143e8bb1133824ccb431053871c6db53",
	  "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4cb1c0ad9bde419ca"
	  "cb47ba09699646150f9fc000f3f80e12",
	  "d6032ce61f2fb3c240eb3cf6a33237ef2b6a16f4293c22b455e261cffd217ad5"
	  "b4947c2d73e63005eed2dc2b3593d165" },
	{ VTPM_ALG_SHA512,
	  "1e3b76502c8a1425aa0b7b3fc646a1b0fae063b03b5368f9c4cddecaff0891dd"
	  "682bac1a85d4d832b781ea451915de5fc5bf0dc4a1917cd42fa041e3f998e0ee",
	  "b8221ca69e8550a4914de3faa6a18c072cc01208073a928d5d66d59ef79e49a4"
	  "29c41a6b269571d57edb25fbdb1838425608b413cd616a5f6db5b6071af99bea",
	  "589ee1e146544716e8deafe6db247b01b81e9f9c7dd16b814aa159138749105f"
	  "ba5388dd1dea702f35240c184933121e2c61b8f50d3ef91393a49a38c3f73fc8" },
};

static void put_hex(struct tpm *t, const char *hex)
{
	u8 bytes[VTPM_MAX_DIGEST];

	assert(!hex2bin(bytes, hex, strlen(hex) / 2));
	vtpm_put_2b(&t->w, bytes, strlen(hex) / 2);
}

static u32 either(struct tpm *t, u32 session, const char *a, const char *b)
{
	tpm_begin(t, VTPM_CC_POLICY_OR, 1, session);
	buf_put_be32(&t->w, 2);
	put_hex(t, a);
	put_hex(t, b);
	return tpm_run(t);
}

static void test_ek_policies(struct tpm *t)
{
	unsigned int i;
	u32 session;

	for (i = 0; i < ARRAY_SIZE(ek_policies); i++) {
		session = tpm_policy(t, VTPM_SE_POLICY, ek_policies[i].hash);
		tap_ok(either(t, session, ek_policies[i].a, ek_policies[i].c) == P(1, VALUE),
		       "or: none of the branches, hash %x", ek_policies[i].hash);
		tap_ok(!secret(t, VTPM_RH_ENDORSEMENT, session, 0) &&
		       tpm_policy_is(t, session, ek_policies[i].a),
		       "PolicyA, hash %x", ek_policies[i].hash);
		tap_ok(!either(t, session, ek_policies[i].a, ek_policies[i].c) &&
		       tpm_policy_is(t, session, ek_policies[i].b),
		       "PolicyB, hash %x", ek_policies[i].hash);
		tpm_flush(t, session);
	}
}

/* one assertion in a session of its own makes this digest */
#define DIGEST(t, code, hex, what, ...)						\
do {										\
	u32 session = policy(t);						\
										\
	tpm_begin(t, code, 1, session);						\
	__VA_ARGS__;								\
	tap_ok(!tpm_run(t) && tpm_policy_is(t, session, hex), "digest: " what);	\
	tpm_flush(t, session);							\
} while (0)

#define AUTH_VALUE "8fcd2169ab92694e0c633f1ab772842b8241bbc20288981fc7ac1eddc1fddb0e"
#define NV_WRITTEN "f7887d158ae8d38be0ac5319f37a9e07618bf54885453c7a54ddb0c6a6193beb"
#define SIGN_ONLY "cc6918b226273b08f5bd406d7f10cf160f0a7d13dfd83b7770ccbcd1aa80d811"

static void put_pcrs_0_16(struct tpm *t)
{
	buf_put_be32(&t->w, 1);
	buf_put_be16(&t->w, VTPM_ALG_SHA256);
	buf_put_u8(&t->w, 3);
	buf_put_u8(&t->w, 1);
	buf_put_u8(&t->w, 0);
	buf_put_u8(&t->w, 1);
}

static void test_digests(struct tpm *t)
{
	static const u8 zeros[8];

	DIGEST(t, VTPM_CC_POLICY_AUTH_VALUE, AUTH_VALUE, "PolicyAuthValue");
	DIGEST(t, VTPM_CC_POLICY_PASSWORD, AUTH_VALUE, "PolicyPassword");
	DIGEST(t, VTPM_CC_POLICY_COMMAND_CODE, SIGN_ONLY, "PolicyCommandCode",
	       buf_put_be32(&t->w, VTPM_CC_SIGN));
	DIGEST(t, VTPM_CC_POLICY_LOCALITY,
	       "ddee6af14bf3c4e8127ced87bcf9a57e1c0c8ddb5e67735c8505f96f07b8dbb8",
	       "PolicyLocality", buf_put_u8(&t->w, 1));
	DIGEST(t, VTPM_CC_POLICY_PHYSICAL_PRESENCE,
	       "0d7c6747b1b9facbba03492097aa9d5af792e5efc07346e05f9daa8b3d9e13b5",
	       "PolicyPhysicalPresence");
	DIGEST(t, VTPM_CC_POLICY_PCR,
	       "eaba795a1470d109ab9532d03d4eeec2ebcd8dff15bb650343d1edd10cfb8d5c",
	       "PolicyPCR", put_none(t); put_pcrs_0_16(t));
	DIGEST(t, VTPM_CC_POLICY_CP_HASH,
	       "8e4cbcadb43e7a0890318ce11337ceaed337ba59af481251f9caf9baf8ffc84e",
	       "PolicyCpHash", vtpm_put_2b(&t->w, counting, 32));
	DIGEST(t, VTPM_CC_POLICY_NAME_HASH,
	       "20e0a19f0e4ed89cb371128ef563ba3ce3417739b391d44fee263d85a05c8279",
	       "PolicyNameHash", vtpm_put_2b(&t->w, counting, 32));
	DIGEST(t, VTPM_CC_POLICY_TEMPLATE,
	       "b4db211440d77ead1cffe04747bfe2add448a4e045e1ff6145b5d062717a4099",
	       "PolicyTemplate", vtpm_put_2b(&t->w, counting, 32));
	DIGEST(t, VTPM_CC_POLICY_NV_WRITTEN, NV_WRITTEN, "PolicyNvWritten",
	       buf_put_u8(&t->w, 1));
	DIGEST(t, VTPM_CC_POLICY_DUPLICATION_SELECT,
	       "37c7a731c590fc05ccb6c46b6c248a25f93e1ab310490b88f2d02b87c6e7fee2",
	       "PolicyDuplicationSelect with object",
	       put_name(t, false); put_name(t, true); buf_put_u8(&t->w, 1));
	DIGEST(t, VTPM_CC_POLICY_DUPLICATION_SELECT,
	       "3388368e996788e20dac31a380873c78c6423d9158dd326e6fce52259c6eb440",
	       "PolicyDuplicationSelect without object",
	       put_name(t, false); put_name(t, true); buf_put_u8(&t->w, 0));
	DIGEST(t, VTPM_CC_POLICY_COUNTER_TIMER,
	       "166698bae210b9ae663e9c667fbba19638bb98a2942d9b7b8761a9742cc19a76",
	       "PolicyCounterTimer", vtpm_put_2b(&t->w, zeros, 8); buf_put_be16(&t->w, 8);
	       buf_put_be16(&t->w, VTPM_EO_UNSIGNED_GT));
}

/* --- trial sessions -------------------------------------------------------------------- */

static void put_ticket(struct tpm *t, u16 tag)
{
	buf_put_be16(&t->w, tag);
	buf_put_be32(&t->w, VTPM_RH_NULL);
	put_none(t);
}

static u32 authorize(struct tpm *t, u32 session)
{
	tpm_begin(t, VTPM_CC_POLICY_AUTHORIZE, 1, session);
	put_none(t);
	vtpm_put_2b(&t->w, "ref", 3);
	put_name(t, false);
	put_ticket(t, VTPM_ST_VERIFIED);
	return tpm_run(t);
}

static void test_trial(struct tpm *t)
{
	u32 session = tpm_policy(t, VTPM_SE_TRIAL, VTPM_ALG_SHA256);

	tap_ok(!authorize(t, session) &&
	       tpm_policy_is(t, session,
			     "d8cd76ed3494215408397c2c841f48be347e2de69b56333d81d4904e04d6a2ec"),
	       "trial: PolicyAuthorize needs no ticket");
	tap_ok(!either(t, session, AUTH_VALUE, NV_WRITTEN), "trial: PolicyOR takes any branch");
	tpm_begin(t, VTPM_CC_POLICY_TICKET, 1, session);
	put_none(t);
	put_none(t);
	put_none(t);
	put_none(t);
	put_ticket(t, VTPM_ST_AUTH_SECRET);
	tpm_expect(t, VTPM_RC_ATTRIBUTES + VTPM_RC_H(1), "trial: no PolicyTicket");
	tpm_begin(t, VTPM_CC_POLICY_RESTART, 1, session);
	tap_ok(!tpm_run(t) && tpm_policy_is(t, session,
	       "0000000000000000000000000000000000000000000000000000000000000000"),
	       "trial: PolicyRestart");
	tpm_begin(t, VTPM_CC_HIERARCHY_CHANGE_AUTH, 1, VTPM_RH_OWNER);
	tpm_session(t, session, "");
	put_none(t);
	tpm_expect(t, S1(ATTRIBUTES), "trial: authorizes nothing");
	tpm_flush(t, session);
	session = policy(t);
	tap_ok(authorize(t, session) == P(1, VALUE), "PolicyAuthorize of another policy");
	tpm_flush(t, session);
}

/* --- what a session is good for: owner's policy, set for each case ------------------------ */

static void set_policy(struct tpm *t, const char *hex)
{
	tpm_begin(t, VTPM_CC_SET_PRIMARY_POLICY, 1, VTPM_RH_OWNER);
	tpm_password(t, "");
	put_hex(t, hex);
	buf_put_be16(&t->w, *hex ? VTPM_ALG_SHA256 : VTPM_ALG_NULL);
	tpm_must(t);
}

/* the owner's policy is what @session has asserted so far */
static void adopt(struct tpm *t, u32 session)
{
	struct blob digest;
	char hex[65] = "";

	tpm_begin(t, VTPM_CC_POLICY_GET_DIGEST, 1, session);
	tpm_must(t);
	tpm_keep(t, &digest);
	bin2hex(hex, digest.data, digest.size);
	set_policy(t, hex);
}

/* NV_GlobalWriteLock by the owner: a command that changes nothing here */
static u32 use(struct tpm *t, u32 session, const char *password)
{
	tpm_begin(t, VTPM_CC_NV_GLOBAL_WRITE_LOCK, 1, VTPM_RH_OWNER);
	tpm_session(t, session, password);
	return tpm_run(t);
}

static u32 assertion(struct tpm *t, u32 code, u32 session)
{
	tpm_begin(t, code, 1, session);
	return tpm_run(t);
}

static u32 command_code(struct tpm *t, u32 session, u32 code)
{
	tpm_begin(t, VTPM_CC_POLICY_COMMAND_CODE, 1, session);
	buf_put_be32(&t->w, code);
	return tpm_run(t);
}

static void test_command_code(struct tpm *t)
{
	u32 session = policy(t);

	tap_ok(command_code(t, session, 0x11e) == P(1, POLICY_CC), "command: not one we have");
	tap_ok(!command_code(t, session, VTPM_CC_NV_GLOBAL_WRITE_LOCK), "command: set");
	tap_ok(command_code(t, session, VTPM_CC_SIGN) == P(1, VALUE), "command: no other after it");
	adopt(t, session);
	tap_ok(!use(t, session, ""), "command: the right one");
	tap_ok(use(t, session, "") == S1(POLICY_FAIL), "command: once");
	command_code(t, session, VTPM_CC_SIGN);
	adopt(t, session);
	tap_ok(use(t, session, "") == S1(POLICY_CC), "command: another one");
	tpm_flush(t, session);
	set_policy(t, "");
	session = policy(t);
	tap_ok(use(t, session, "") == VTPM_RC_AUTH_UNAVAILABLE, "no policy, no policy session");
	tpm_flush(t, session);
}

static u32 change_auth(struct tpm *t, const char *old, const char *new)
{
	tpm_begin(t, VTPM_CC_HIERARCHY_CHANGE_AUTH, 1, VTPM_RH_OWNER);
	tpm_password(t, old);
	vtpm_put_2b(&t->w, new, strlen(new));
	return tpm_run(t);
}

static void test_auth_value(struct tpm *t)
{
	u32 session = policy(t);

	assertion(t, VTPM_CC_POLICY_PASSWORD, session);
	adopt(t, session);
	change_auth(t, "", "owner");
	tap_ok(use(t, session, "wrong") == S1(BAD_AUTH), "password: wrong");
	tap_ok(!use(t, session, "owner"), "password: right");
	assertion(t, VTPM_CC_POLICY_PASSWORD, session);
	assertion(t, VTPM_CC_POLICY_RESTART, session);
	assertion(t, VTPM_CC_POLICY_AUTH_VALUE, session);
	tap_ok(use(t, session, "owner") == S1(BAD_AUTH), "authValue: a password is no HMAC");
	tpm_flush(t, session);
	change_auth(t, "owner", "");
}

static u32 locality(struct tpm *t, u32 session, u8 value)
{
	tpm_begin(t, VTPM_CC_POLICY_LOCALITY, 1, session);
	buf_put_u8(&t->w, value);
	return tpm_run(t);
}

static void test_locality(struct tpm *t)
{
	u32 session = policy(t);

	tap_ok(locality(t, session, 0) == P(1, RANGE), "locality: none");
	tap_ok(!locality(t, session, 0x03), "locality: 0 or 1");
	tap_ok(locality(t, session, 0x04) == P(1, RANGE), "locality: nothing would be left");
	tap_ok(locality(t, session, 0x20) == P(1, RANGE), "locality: not extended any more");
	tap_ok(!locality(t, session, 0x11), "locality: 0 is left");
	adopt(t, session);
	tap_ok(!use(t, session, ""), "locality: 0 is ours");
	tap_ok(!locality(t, session, 0x02), "locality: 1");
	adopt(t, session);
	tap_ok(use(t, session, "") == VTPM_RC_LOCALITY, "locality: 1 is not ours");
	tpm_flush(t, session);
	session = policy(t);
	tap_ok(!locality(t, session, 0x20), "locality: extended");
	tap_ok(!locality(t, session, 0x20), "locality: the same extended");
	tap_ok(locality(t, session, 0x21) == P(1, RANGE), "locality: another extended");
	adopt(t, session);
	tap_ok(use(t, session, "") == VTPM_RC_LOCALITY, "locality: extended is not ours");
	tpm_flush(t, session);
}

static void test_presence(struct tpm *t)
{
	u32 session = policy(t);

	assertion(t, VTPM_CC_POLICY_PHYSICAL_PRESENCE, session);
	adopt(t, session);
	tap_ok(use(t, session, "") == S1(PP), "presence: nobody is there");
	tpm_flush(t, session);
}

static u32 with_digest(struct tpm *t, u32 code, u32 session, const u8 *digest, size_t size)
{
	tpm_begin(t, code, 1, session);
	vtpm_put_2b(&t->w, digest, size);
	return tpm_run(t);
}

/* cpHash and nameHash of use() */
static void hash_use(struct tpm *t, bool with_code, struct vtpm_digest *digest)
{
	u8 bytes[8];

	put_unaligned_be32(VTPM_CC_NV_GLOBAL_WRITE_LOCK, bytes);
	put_unaligned_be32(VTPM_RH_OWNER, bytes + 4);
	vtpm_digest(t->tpm, VTPM_ALG_SHA256, bytes + (with_code ? 0 : 4), with_code ? 8 : 4,
		    digest);
}

static void test_hashes(struct tpm *t)
{
	static const u32 codes[] = {
		VTPM_CC_POLICY_CP_HASH, VTPM_CC_POLICY_NAME_HASH, VTPM_CC_POLICY_TEMPLATE,
	};
	struct vtpm_digest digest;
	unsigned int i;
	u32 session;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		session = policy(t);
		tap_ok(with_digest(t, codes[i], session, counting, 31) == P(1, SIZE),
		       "%x: size", codes[i]);
		tap_ok(!with_digest(t, codes[i], session, counting, 32), "%x: set", codes[i]);
		tap_ok(with_digest(t, codes[(i + 1) % 3], session, counting, 32) == VTPM_RC_CPHASH,
		       "%x: no other kind after it", codes[i]);
		adopt(t, session);
		tap_ok(use(t, session, "") == S1(POLICY_FAIL), "%x: another command", codes[i]);
		tpm_flush(t, session);
		if (codes[i] == VTPM_CC_POLICY_TEMPLATE)
			continue;
		session = policy(t);
		hash_use(t, !i, &digest);
		with_digest(t, codes[i], session, digest.data, digest.size);
		adopt(t, session);
		tap_ok(!use(t, session, ""), "%x: the right command", codes[i]);
		tpm_flush(t, session);
	}
	session = policy(t);
	with_digest(t, VTPM_CC_POLICY_CP_HASH, session, counting, 32);
	tap_ok(!with_digest(t, VTPM_CC_POLICY_CP_HASH, session, counting, 32), "cpHash: again");
	tap_ok(with_digest(t, VTPM_CC_POLICY_CP_HASH, session, (u8[32]) { 1 }, 32) ==
	       VTPM_RC_CPHASH, "cpHash: another");
	tpm_flush(t, session);
	session = policy(t);
	with_digest(t, VTPM_CC_POLICY_TEMPLATE, session, counting, 32);
	tap_ok(with_digest(t, VTPM_CC_POLICY_TEMPLATE, session, (u8[32]) { 1 }, 32) == P(1, VALUE),
	       "template: another");
	tpm_flush(t, session);
}

/* --- PCRs ---------------------------------------------------------------------------------- */

static u32 policy_pcr(struct tpm *t, u32 session, const u8 *digest, size_t size)
{
	tpm_begin(t, VTPM_CC_POLICY_PCR, 1, session);
	vtpm_put_2b(&t->w, digest, size);
	put_pcrs_0_16(t);
	return tpm_run(t);
}

static u32 extend(struct tpm *t, u32 pcr)
{
	tpm_begin(t, VTPM_CC_PCR_EXTEND, 1, pcr);
	tpm_password(t, "");
	buf_put_be32(&t->w, 1);
	buf_put_be16(&t->w, VTPM_ALG_SHA256);
	buf_put(&t->w, counting, 32);
	return tpm_run(t);
}

static void test_pcrs(struct tpm *t)
{
	u32 session = policy(t);

	tap_ok(policy_pcr(t, session, counting, 32) == P(1, VALUE), "pcr: other values");
	tap_ok(!policy_pcr(t, session, NULL, 0), "pcr: the values there are");
	adopt(t, session);
	extend(t, 23);
	tap_ok(!use(t, session, ""), "pcr: 23 does not count");
	policy_pcr(t, session, NULL, 0);
	extend(t, 1);
	tap_ok(use(t, session, "") == VTPM_RC_PCR_CHANGED, "pcr: 1 counts, selected or not");
	tap_ok(policy_pcr(t, session, NULL, 0) == VTPM_RC_PCR_CHANGED, "pcr: and again");
	tpm_flush(t, session);
	extend(t, 16);
	session = policy(t);
	policy_pcr(t, session, NULL, 0);
	tap_ok(use(t, session, "") == S1(POLICY_FAIL), "pcr: 16 has changed");
	tpm_flush(t, session);
}

/* --- NV and time ------------------------------------------------------------------------------ */

#define INDEX	0x01000001u

static void define(struct tpm *t, u16 size)
{
	tpm_begin(t, VTPM_CC_NV_DEFINE_SPACE, 1, VTPM_RH_OWNER);
	tpm_password(t, "");
	put_none(t);
	buf_put_be16(&t->w, 14);
	buf_put_be32(&t->w, INDEX);
	buf_put_be16(&t->w, VTPM_ALG_SHA256);
	buf_put_be32(&t->w, VTPMA_NV_OWNERWRITE | VTPMA_NV_AUTHWRITE | VTPMA_NV_AUTHREAD |
		     VTPMA_NV_OWNERREAD | VTPMA_NV_NO_DA);
	put_none(t);
	buf_put_be16(&t->w, size);
	tpm_must(t);
}

static void write_nv(struct tpm *t, const u8 *data, size_t size)
{
	tpm_begin(t, VTPM_CC_NV_WRITE, 2, INDEX, INDEX);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, data, size);
	buf_put_be16(&t->w, 0);
	tpm_must(t);
}

static void undefine(struct tpm *t)
{
	tpm_begin(t, VTPM_CC_NV_UNDEFINE_SPACE, 2, VTPM_RH_OWNER, INDEX);
	tpm_password(t, "");
	tpm_must(t);
}

static u32 policy_nv(struct tpm *t, u32 session, const u8 *operand, size_t size, u16 offset, u16 op)
{
	tpm_begin(t, VTPM_CC_POLICY_NV, 3, INDEX, INDEX, session);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, operand, size);
	buf_put_be16(&t->w, offset);
	buf_put_be16(&t->w, op);
	return tpm_run(t);
}

/* which operators hold between the index and an operand, as bits by VTPM_EO_* */
static u32 holding(struct tpm *t, const u8 *operand, size_t size)
{
	u32 session, bits = 0, rc;
	u16 op;

	for (op = 0; op <= VTPM_EO_BITCLEAR; op++) {
		session = policy(t);
		rc = policy_nv(t, session, operand, size, 0, op);
		assert(!rc || rc == VTPM_RC_POLICY);
		bits |= !rc ? 1 << op : 0;
		tpm_flush(t, session);
	}
	return bits;
}

static void test_nv(struct tpm *t)
{
	static const u8 five[8] = { 0, 0, 0, 0, 0, 0, 0, 5 };
	u32 session = policy(t);

	define(t, 8);
	tap_ok(policy_nv(t, session, five, 8, 0, 0) == VTPM_RC_NV_UNINITIALIZED, "nv: not written");
	write_nv(t, five, 8);
	tap_ok(!policy_nv(t, session, five, 8, 0, VTPM_EO_EQ) &&
	       tpm_policy_is(t, session,
			     "f5e3279027f7b836553e28c9f0e166c7c0980075535c097a983402485f2d7344"),
	       "digest: PolicyNV");
	tap_ok(policy_nv(t, session, five, 8, 0, 12) == P(3, VALUE), "nv: no such operator");
	tap_ok(policy_nv(t, session, five, 8, 1, 0) == P(1, SIZE), "nv: past the end");
	tap_ok(policy_nv(t, session, five, 0, 9, 0) == P(2, VALUE), "nv: begins past the end");
	tap_ok(!policy_nv(t, session, five, 0, 8, VTPM_EO_EQ), "nv: nothing is equal to nothing");
	tpm_flush(t, session);
	/* EQ, both GE, both LE, BITSET */
	tap_ok(holding(t, five, 8) == (0x1 | 0xc0 | 0x300 | 0x400), "nv: 5 and 5");
	/* NEQ, both GT, both GE, BITCLEAR */
	tap_ok(holding(t, (u8[8]) { }, 8) == (0x2 | 0xc | 0xc0 | 0x400 | 0x800),
	       "nv: 5 and 0");
	/* NEQ, signed GT and GE, unsigned LT and LE */
	tap_ok(holding(t, (u8[8]) { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 8) ==
	       (0x2 | 0x4 | 0x20 | 0x40 | 0x200), "nv: 5 and -1");
	/* NEQ, both LT and LE */
	tap_ok(holding(t, (u8[8]) { 0, 0, 0, 0, 0, 0, 0, 7 }, 8) == (0x2 | 0x30 | 0x300),
	       "nv: 5 and 7");
	undefine(t);
}

static void test_nv_written(struct tpm *t)
{
	u32 session = policy(t);

	tpm_begin(t, VTPM_CC_POLICY_NV_WRITTEN, 1, session);
	buf_put_u8(&t->w, 1);
	tpm_expect(t, 0, "written: set");
	tpm_begin(t, VTPM_CC_POLICY_NV_WRITTEN, 1, session);
	buf_put_u8(&t->w, 0);
	tpm_expect(t, P(1, VALUE), "written: not the opposite after it");
	tpm_begin(t, VTPM_CC_POLICY_NV_WRITTEN, 1, session);
	buf_put_u8(&t->w, 2);
	tpm_expect(t, P(1, VALUE), "written: no such answer");
	adopt(t, session);
	tap_ok(use(t, session, "") == S1(POLICY_FAIL), "written: a hierarchy is no index");
	tpm_flush(t, session);
}

static u32 counter_timer(struct tpm *t, u32 session, u64 operand, u16 offset, u16 op)
{
	tpm_begin(t, VTPM_CC_POLICY_COUNTER_TIMER, 1, session);
	buf_put_be16(&t->w, 8);
	buf_put_be64(&t->w, operand);
	buf_put_be16(&t->w, offset);
	buf_put_be16(&t->w, op);
	return tpm_run(t);
}

static void test_counter_timer(struct tpm *t)
{
	u32 session = policy(t);

	tap_ok(!counter_timer(t, session, 1, 8, VTPM_EO_UNSIGNED_GE), "timer: after 1");
	tap_ok(counter_timer(t, session, 1, 8, VTPM_EO_UNSIGNED_LT) == VTPM_RC_POLICY,
	       "timer: not before 1");
	tap_ok(counter_timer(t, session, 1, 26, 0) == P(2, VALUE), "timer: begins past the end");
	tap_ok(counter_timer(t, session, 1, 18, 0) == VTPM_RC_RANGE, "timer: past the end");
	tap_ok(!counter_timer(t, session, 1, 17, VTPM_EO_EQ), "timer: restartCount and safe");
	tpm_flush(t, session);
}

/* --- PolicyAuthorizeNV ------------------------------------------------------------------------- */

static u32 authorize_nv(struct tpm *t, u32 session)
{
	tpm_begin(t, VTPM_CC_POLICY_AUTHORIZE_NV, 3, INDEX, INDEX, session);
	tpm_password(t, "");
	return tpm_run(t);
}

static void test_authorize_nv(struct tpm *t)
{
	u8 ha[34] = { 0x00, 0x0b };
	u32 session = policy(t);

	define(t, 34);
	tap_ok(authorize_nv(t, session) == VTPM_RC_NV_UNINITIALIZED, "authorizeNV: not written");
	assert(!hex2bin(ha + 2, AUTH_VALUE, 32));
	write_nv(t, ha, 34);
	tap_ok(authorize_nv(t, session) == VTPM_RC_VALUE, "authorizeNV: another policy");
	assertion(t, VTPM_CC_POLICY_AUTH_VALUE, session);
	tap_ok(!authorize_nv(t, session), "authorizeNV: this policy");
	ha[1] = 0x0c;
	write_nv(t, ha, 2);
	tap_ok(authorize_nv(t, session) == VTPM_RC_INSUFFICIENT, "authorizeNV: too short for it");
	ha[1] = 0x04;
	write_nv(t, ha, 2);
	tap_ok(authorize_nv(t, session) == VTPM_RC_HASH, "authorizeNV: another hash");
	ha[1] = 0x10;
	write_nv(t, ha, 2);
	tap_ok(authorize_nv(t, session) == VTPM_RC_HASH, "authorizeNV: no hash");
	tpm_flush(t, session);
	undefine(t);
}

/* --- expiration and tickets ----------------------------------------------------------------------- */

static void test_expiration(struct tpm *t)
{
	u32 session = policy(t);

	secret_begin(t, VTPM_RH_OWNER, "", session);
	vtpm_put_2b(&t->w, counting, 32);
	put_none(t);
	put_none(t);
	buf_put_be32(&t->w, 0);
	tpm_expect(t, P(1, NONCE), "secret: of another session");
	secret_begin(t, VTPM_RH_OWNER, "", session);
	put_none(t);
	vtpm_put_2b(&t->w, counting, 31);
	put_none(t);
	buf_put_be32(&t->w, 0);
	tpm_expect(t, P(2, SIZE), "secret: no cpHash");
	tap_ok(!secret(t, VTPM_RH_OWNER, session, 3600), "secret: good for an hour");
	adopt(t, session);
	tap_ok(!use(t, session, ""), "secret: within the hour");
	secret(t, VTPM_RH_OWNER, session, 3600);
	t->env.clock += 3601 * 1000;
	tap_ok(use(t, session, "") == S1(EXPIRED), "secret: an hour later");
	tap_ok(secret(t, VTPM_RH_OWNER, session, 3600) == P(4, EXPIRED), "secret: too late now");
	tpm_flush(t, session);
}

/* timeout and ticket of a PolicySecret with expiration -@seconds */
static void keep_ticket(struct tpm *t, u32 session, s32 seconds, struct blob *timeout,
			struct blob *ticket)
{
	assert(!secret(t, VTPM_RH_OWNER, session, -seconds));
	tpm_keep(t, timeout);
	tpm_keep_rest(t, ticket);
}

static u32 policy_ticket(struct tpm *t, u32 session, const struct blob *timeout,
			 const struct blob *ticket)
{
	tpm_begin(t, VTPM_CC_POLICY_TICKET, 1, session);
	tpm_put_blob(t, timeout);
	put_none(t);
	put_none(t);
	buf_put_be16(&t->w, 4);
	buf_put_be32(&t->w, VTPM_RH_OWNER);
	buf_put(&t->w, ticket->data, ticket->size);
	return tpm_run(t);
}

static void test_tickets(struct tpm *t)
{
	struct blob timeout, ticket, none;
	u32 session = policy(t);
	s32 now;

	secret(t, VTPM_RH_OWNER, session, 0);
	tpm_keep(t, &timeout);
	tpm_keep_rest(t, &none);
	tap_ok(!timeout.size && none.size == 8, "ticket: none without expiration");
	assertion(t, VTPM_CC_POLICY_RESTART, session);
	now = t->tpm->clock.time / 1000;
	keep_ticket(t, session, now + 60, &timeout, &ticket);
	tap_ok(timeout.size == 8 && ticket.size == 8 + 64, "ticket: with expiration");
	adopt(t, session);
	tpm_flush(t, session);

	session = policy(t);
	timeout.size = 7;
	tap_ok(policy_ticket(t, session, &timeout, &ticket) == P(1, SIZE), "ticket: no timeout");
	timeout.size = 8;
	tap_ok(!policy_ticket(t, session, &timeout, &ticket), "ticket: taken");
	tap_ok(!use(t, session, ""), "ticket: stands for the secret");
	timeout.data[7] ^= 1;
	tap_ok(policy_ticket(t, session, &timeout, &ticket) == P(5, TICKET),
	       "ticket: of another time");
	timeout.data[7] ^= 1;
	ticket.data[ticket.size - 1] ^= 1;
	tap_ok(policy_ticket(t, session, &timeout, &ticket) == P(5, TICKET), "ticket: changed");
	ticket.data[1] ^= 1;
	tap_ok(policy_ticket(t, session, &timeout, &ticket) == P(5, TAG), "ticket: of another kind");
	ticket.data[1] ^= 1;
	ticket.data[ticket.size - 1] ^= 1;
	t->env.clock += 61 * 1000;
	tap_ok(policy_ticket(t, session, &timeout, &ticket) == P(1, EXPIRED), "ticket: too late");
	tpm_flush(t, session);
}

int main(void)
{
	static struct tpm tpm;

	tpm_create(&tpm, 1);
	test_ek_policies(&tpm);
	test_digests(&tpm);
	test_trial(&tpm);
	test_command_code(&tpm);
	test_auth_value(&tpm);
	test_locality(&tpm);
	test_presence(&tpm);
	test_hashes(&tpm);
	test_pcrs(&tpm);
	test_nv(&tpm);
	test_nv_written(&tpm);
	test_counter_timer(&tpm);
	test_authorize_nv(&tpm);
	test_expiration(&tpm);
	test_tickets(&tpm);
	tpm_destroy(&tpm);
	return tap_done();
}
