// SPDX-License-Identifier: GPL-2.0
/* TPM2_GetCapability: lists, where they begin and end; what clients parse out of them. */
#include "tpm.h"

#define P(n, rc)	(VTPM_RC_##rc + VTPM_RC_P(n))

static u32 get(struct tpm *t, u32 cap, u32 property, u32 count)
{
	tpm_begin(t, VTPM_CC_GET_CAPABILITY, 0);
	buf_put_be32(&t->w, cap);
	buf_put_be32(&t->w, property);
	buf_put_be32(&t->w, count);
	return tpm_run(t);
}

/* the head of a list; returns how many entries follow */
static u32 begin(struct tpm *t, u32 cap, bool more)
{
	bool said = vtpm_get_u8(&t->out);
	u32 what = vtpm_get_u32(&t->out);
	u32 n = vtpm_get_u32(&t->out);

	return said == more && what == cap && !t->out.rc ? n : U32_MAX;
}

static bool ended(struct tpm *t)
{
	return !t->out.rc && !buf_left(&t->out.buf);
}

static void test_errors(struct tpm *t)
{
	tap_ok(get(t, VTPM_CAP_ACT, 0, 1) == P(1, VALUE), "no such capability");
	tap_ok(get(t, VTPM_CAP_HANDLES, 0x04000000, 1) == P(2, HANDLE), "no such handles");
	tap_ok(get(t, VTPM_CAP_PCRS, 1, 1) == P(2, VALUE), "PCRs from 1");
	tap_ok(get(t, VTPM_CAP_AUTH_POLICIES, 0x80000000, 1) == P(2, VALUE),
	       "policies of objects");
}

/* --- commands ------------------------------------------------------------------------- */

/* TPMA_CC as libtpms has it, of commands that have something of each bit */
static const u32 some_attrs[] = {
	0x0440011f, 0x04400120, 0x02c00121, 0x02c00126, 0x0240012a, 0x12000131, 0x04400134,
	0x0300013e, 0x00400142, 0x00400144, 0x04000147, 0x06000149, 0x0600014d, 0x0400014e,
	0x02000153, 0x12000157, 0x10000161, 0x02000162, 0x00000165, 0x10000167, 0x02000173,
	0x14000176, 0x00000178, 0x0000017a, 0x02400182, 0x06000184, 0x05400185, 0x10000186,
	0x12000191,
};

static bool is_ascending(const u32 *attrs, u32 n)
{
	u32 i;

	for (i = 1; i < n; i++)
		if ((attrs[i] & VTPMA_CC_INDEX) <= (attrs[i - 1] & VTPMA_CC_INDEX))
			return false;
	return true;
}

static void test_commands(struct tpm *t)
{
	u32 attrs[256], n, i, k, value;

	get(t, VTPM_CAP_COMMANDS, 0, 256);
	n = begin(t, VTPM_CAP_COMMANDS, false);
	assert(n < ARRAY_SIZE(attrs));
	for (i = 0; i < n; i++)
		attrs[i] = vtpm_get_u32(&t->out);
	tap_ok(ended(t) && is_ascending(attrs, n), "commands: %u, in order", n);
	for (k = 0; k < ARRAY_SIZE(some_attrs); k++) {
		for (i = 0; i < n && attrs[i] != some_attrs[k]; i++)
			;
		tap_ok(i < n, "commands: attributes %08x", some_attrs[k]);
	}
	vtpm_property(t->tpm, t->space, VTPM_PT_TOTAL_COMMANDS, &value);
	tap_ok(value == n, "commands: TOTAL_COMMANDS is their number");
	get(t, VTPM_CAP_COMMANDS, VTPM_CC_GET_RANDOM, 1);
	tap_ok(begin(t, VTPM_CAP_COMMANDS, true) == 1 && vtpm_get_u32(&t->out) == 0x17b && ended(t),
	       "commands: one, and there are more");
	get(t, VTPM_CAP_COMMANDS, 0x20000000, 9);
	tap_ok(!begin(t, VTPM_CAP_COMMANDS, false) && ended(t), "commands: none of a vendor");
	get(t, VTPM_CAP_COMMANDS, 0, 0);
	tap_ok(!begin(t, VTPM_CAP_COMMANDS, true) && ended(t), "commands: none wanted");
	get(t, VTPM_CAP_PP_COMMANDS, 0, 9);
	tap_ok(!begin(t, VTPM_CAP_PP_COMMANDS, false) && ended(t), "commands: none with presence");
	get(t, VTPM_CAP_AUDIT_COMMANDS, 0, 9);
	tap_ok(begin(t, VTPM_CAP_AUDIT_COMMANDS, false) == 1 &&
	       vtpm_get_u32(&t->out) == VTPM_CC_SET_COMMAND_CODE_AUDIT_STATUS && ended(t),
	       "commands: under audit at first");
}

/* --- properties ------------------------------------------------------------------------- */

/* a list of properties; returns the number of the last one, 0 if they are not in order */
static u32 properties(struct tpm *t, u32 from, u32 count, bool more, u32 *n)
{
	u32 i, last = 0, property;

	get(t, VTPM_CAP_TPM_PROPERTIES, from, count);
	*n = begin(t, VTPM_CAP_TPM_PROPERTIES, more);
	for (i = 0; i < *n; i++) {
		property = vtpm_get_u32(&t->out);
		vtpm_get_u32(&t->out);
		if (property <= last || t->out.rc)
			return 0;
		last = property;
	}
	return ended(t) ? last : 0;
}

static void test_properties(struct tpm *t)
{
	u32 n, value;

	tap_ok(properties(t, 0, 127, false, &n) == VTPM_PT_MAX_CAP_BUFFER && n == 46,
	       "properties: from 0, all the fixed ones");
	tap_ok(properties(t, 0x100, 127, false, &n) == VTPM_PT_MAX_CAP_BUFFER && n == 46,
	       "properties: from 0x100, the same");
	tap_ok(properties(t, 0x200, 127, false, &n) == VTPM_PT_AUDIT_COUNTER_1 && n == 21,
	       "properties: the variable ones");
	tap_ok(properties(t, 0x115, 1, true, &n) == 0x116 && n == 1,
	       "properties: the next one where there is none");
	tap_ok(!properties(t, 0x130, 9, false, &n) && !n, "properties: not into the next group");
	tap_ok(!properties(t, 0x300, 9, false, &n) && !n, "properties: no third group");
	tap_ok(properties(t, 0x12e, 1, false, &n) == 0x12e, "properties: the last one is the last");
	vtpm_property(t->tpm, t->space, VTPM_PT_VENDOR_STRING_1, &value);
	tap_ok(value != 0x53572020, "properties: not what the simulator calls itself");
}

static void test_counts(struct tpm *t)
{
	u32 object, session, value;
	struct vtpm_public pub = tpm_storage();

	object = tpm_primary(t, VTPM_RH_OWNER, &pub);
	session = tpm_start_session(t, VTPM_SE_HMAC);
	vtpm_property(t->tpm, t->space, VTPM_PT_HR_TRANSIENT_AVAIL, &value);
	tap_ok(value == VTPM_SPACE_OBJECTS - 1, "counts: one object less");
	vtpm_property(t->tpm, t->space, VTPM_PT_HR_LOADED, &value);
	tap_ok(value == 1, "counts: a loaded session");
	vtpm_property(t->tpm, t->space, VTPM_PT_HR_ACTIVE_AVAIL, &value);
	tap_ok(value == VTPM_ACTIVE_SESSIONS - 1, "counts: one active session less");
	tpm_flush(t, object);
	tpm_flush(t, session);
}

/* --- PCRs ------------------------------------------------------------------------------------ */

static void test_pcrs(struct tpm *t)
{
	static const struct {
		u32 property;
		u32 pcrs;
	} rows[] = {
		{ VTPM_PT_PCR_SAVE, 0x00ffff }, { VTPM_PT_PCR_EXTEND_L0, 0x81ffff },
		{ VTPM_PT_PCR_RESET_L0, 0x810000 }, { 0x03, 0x91ffff },
		{ 0x09, 0x87ffff }, { VTPM_PT_PCR_RESET_L4, 0x7e0000 },
		{ VTPM_PT_PCR_NO_INCREMENT, 0xe10000 }, { VTPM_PT_PCR_DRTM_RESET, 0x7e0000 },
	};
	struct vtpm_selection banks;
	unsigned int i;
	u32 n;

	get(t, VTPM_CAP_PCRS, 0, 1);
	tap_ok(!vtpm_get_u8(&t->out) && vtpm_get_u32(&t->out) == VTPM_CAP_PCRS, "PCRs: no more");
	vtpm_get_selection(&t->out, &banks);
	tap_ok(ended(t) && banks.count == 2, "PCRs: all banks, though one was wanted");
	get(t, VTPM_CAP_PCR_PROPERTIES, 0, 127);
	tap_ok(begin(t, VTPM_CAP_PCR_PROPERTIES, false) == 13, "PCR properties");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		get(t, VTPM_CAP_PCR_PROPERTIES, rows[i].property, 1);
		n = begin(t, VTPM_CAP_PCR_PROPERTIES,
			  rows[i].property != VTPM_PT_PCR_DRTM_RESET);
		tap_ok(n == 1 && vtpm_get_u32(&t->out) == rows[i].property &&
		       vtpm_get_u8(&t->out) == 3 && vtpm_get_u8(&t->out) == (rows[i].pcrs & 0xff) &&
		       vtpm_get_u8(&t->out) == (rows[i].pcrs >> 8 & 0xff) &&
		       vtpm_get_u8(&t->out) == rows[i].pcrs >> 16,
		       "PCR property %02x", rows[i].property);
	}
}

/* --- handles ------------------------------------------------------------------------------------ */

/* the list of handles from @from on is this one */
static bool handles_are(struct tpm *t, u32 from, unsigned int n, const u32 *handles)
{
	unsigned int i;

	get(t, VTPM_CAP_HANDLES, from, 254);
	if (begin(t, VTPM_CAP_HANDLES, false) != n)
		return false;
	for (i = 0; i < n; i++)
		if (vtpm_get_u32(&t->out) != handles[i])
			return false;
	return ended(t);
}

static void define(struct tpm *t, u32 index)
{
	tpm_begin(t, VTPM_CC_NV_DEFINE_SPACE, 1, VTPM_RH_OWNER);
	tpm_password(t, "");
	buf_put_be16(&t->w, 0);
	buf_put_be16(&t->w, 14);
	buf_put_be32(&t->w, index);
	buf_put_be16(&t->w, VTPM_ALG_SHA256);
	buf_put_be32(&t->w, VTPMA_NV_OWNERWRITE | VTPMA_NV_OWNERREAD);
	buf_put_be16(&t->w, 0);
	buf_put_be16(&t->w, 1);
	tpm_must(t);
}

#define HANDLES(...)	sizeof((u32[]) { __VA_ARGS__ }) / 4, (const u32[]) { __VA_ARGS__ }

static void test_handles(struct tpm *t)
{
	struct vtpm_space *other;
	u32 policy, hmac;

	tap_ok(handles_are(t, 0x40000000, HANDLES(VTPM_RH_OWNER, VTPM_RH_NULL, VTPM_RS_PW,
						  VTPM_RH_LOCKOUT, VTPM_RH_ENDORSEMENT,
						  VTPM_RH_PLATFORM, VTPM_RH_PLATFORM_NV)),
	       "handles: permanent");
	tap_ok(handles_are(t, 20, HANDLES(20, 21, 22, 23)), "handles: PCRs");
	define(t, 0x01ffffff);
	define(t, 0x01000005);
	tap_ok(handles_are(t, 0x01000000, HANDLES(0x01000005, 0x01ffffff)), "handles: NV, sorted");
	policy = tpm_start_session(t, VTPM_SE_POLICY);
	hmac = tpm_start_session(t, VTPM_SE_HMAC);
	tap_ok(handles_are(t, 0x01fffffe, HANDLES(0x01ffffff)),
	       "handles: after the last index there is no session");
	tap_ok(handles_are(t, 0x02000000, HANDLES(policy, hmac)), "handles: loaded sessions");
	other = t->space;
	t->space = vtpm_space_create(t->tpm);
	tap_ok(handles_are(t, 0x02000000, 0, NULL), "handles: not those of another file");
	vtpm_space_destroy(t->space);
	t->space = other;
	tpm_begin(t, VTPM_CC_CONTEXT_SAVE, 1, policy);
	tpm_must(t);
	tap_ok(handles_are(t, 0x02000000, HANDLES(hmac)), "handles: loaded, without a saved one");
	tap_ok(handles_are(t, 0x03000000, HANDLES(0x02000000 | (policy & 0xffffff))),
	       "handles: saved sessions");
	tpm_flush(t, hmac);
	tpm_flush(t, policy);
	tap_ok(handles_are(t, 0x80000000, 0, NULL), "handles: no objects");
	tap_ok(handles_are(t, 0x81000000, 0, NULL), "handles: no persistent objects");
}

/* --- algorithms, curves, policies ------------------------------------------------------------------ */

static void test_algorithms(struct tpm *t)
{
	u32 n, i, last = 0, alg, attrs, sha256 = 0;

	get(t, VTPM_CAP_ALGS, 0, 127);
	n = begin(t, VTPM_CAP_ALGS, false);
	for (i = 0; i < n; i++) {
		alg = vtpm_get_u16(&t->out);
		attrs = vtpm_get_u32(&t->out);
		if (alg <= last)
			break;
		last = alg;
		if (alg == VTPM_ALG_SHA256)
			sha256 = attrs;
	}
	tap_ok(i == n && ended(t), "algorithms: in order");
	tap_ok(sha256 == VTPMA_ALG_HASH, "algorithms: SHA-256 is a hash");
	get(t, VTPM_CAP_ECC_CURVES, 1, 508);
	tap_ok(begin(t, VTPM_CAP_ECC_CURVES, false) == 2 &&
	       vtpm_get_u16(&t->out) == VTPM_ECC_NIST_P256 &&
	       vtpm_get_u16(&t->out) == VTPM_ECC_NIST_P384 && ended(t), "curves");
	get(t, VTPM_CAP_AUTH_POLICIES, 0x40000000, 99);
	tap_ok(begin(t, VTPM_CAP_AUTH_POLICIES, false) == 4 &&
	       vtpm_get_u32(&t->out) == VTPM_RH_OWNER && vtpm_get_u16(&t->out) == VTPM_ALG_NULL &&
	       vtpm_get_u32(&t->out) == VTPM_RH_LOCKOUT, "policies: none of four");
}

static u32 test_parms(struct tpm *t, u16 type, ...)
{
	va_list ap;
	int word;

	tpm_begin(t, VTPM_CC_TEST_PARMS, 0);
	buf_put_be16(&t->w, type);
	va_start(ap, type);
	while ((word = va_arg(ap, int)) >= 0)
		buf_put_be16(&t->w, word);
	va_end(ap);
	return tpm_run(t);
}

static void test_testparms(struct tpm *t)
{
	const int none = VTPM_ALG_NULL, sha256 = VTPM_ALG_SHA256;

	tap_ok(!test_parms(t, VTPM_ALG_RSA, none, none, 2048, 0, 0, -1), "parms: RSA-2048");
	tap_ok(test_parms(t, VTPM_ALG_RSA, none, none, 4096, 0, 0, -1) == P(1, VALUE),
	       "parms: RSA-4096");
	tap_ok(!test_parms(t, VTPM_ALG_ECC, none, VTPM_ALG_ECDSA, sha256, 3, none, -1),
	       "parms: P-256 with ECDSA");
	tap_ok(test_parms(t, VTPM_ALG_ECC, none, none, 5, none, -1) == P(1, CURVE), "parms: P-521");
	tap_ok(test_parms(t, VTPM_ALG_ECC, none, VTPM_ALG_RSASSA, sha256, 3, none, -1) ==
	       P(1, SCHEME), "parms: ECC with RSASSA");
	tap_ok(test_parms(t, VTPM_ALG_RSA, none, VTPM_ALG_ECDSA, sha256, 2048, 0, 0, -1) ==
	       P(1, VALUE), "parms: RSA with ECDSA");
	tap_ok(!test_parms(t, VTPM_ALG_SYMCIPHER, VTPM_ALG_AES, 256, VTPM_ALG_CTR, -1),
	       "parms: AES-256-CTR");
	tap_ok(test_parms(t, VTPM_ALG_SYMCIPHER, VTPM_ALG_AES, 192, VTPM_ALG_CFB, -1) ==
	       P(1, VALUE), "parms: AES-192");
	tap_ok(test_parms(t, VTPM_ALG_SYMCIPHER, none, -1) == P(1, SYMMETRIC), "parms: no cipher");
	tap_ok(test_parms(t, VTPM_ALG_SYMCIPHER, VTPM_ALG_AES, 128, sha256, -1) == P(1, MODE),
	       "parms: no mode");
	tap_ok(!test_parms(t, VTPM_ALG_KEYEDHASH, VTPM_ALG_XOR, sha256, VTPM_ALG_KDF1_SP800_108,
			   -1), "parms: XOR");
	tap_ok(test_parms(t, VTPM_ALG_KEYEDHASH, VTPM_ALG_XOR, sha256, sha256, -1) == P(1, KDF),
	       "parms: XOR without a KDF");
	tap_ok(test_parms(t, sha256, -1) == P(1, TYPE), "parms: no type of an object");
	tap_ok(test_parms(t, VTPM_ALG_RSA, none, none, 2048, 0, -1) == P(1, INSUFFICIENT),
	       "parms: too short");
	tap_ok(test_parms(t, VTPM_ALG_KEYEDHASH, none, 0, -1) == VTPM_RC_SIZE, "parms: too long");
}

int main(void)
{
	static struct tpm tpm;

	tpm_create(&tpm, 1);
	test_errors(&tpm);
	test_commands(&tpm);
	test_properties(&tpm);
	test_counts(&tpm);
	test_pcrs(&tpm);
	test_handles(&tpm);
	test_algorithms(&tpm);
	test_testparms(&tpm);
	tpm_destroy(&tpm);
	return tap_done();
}
