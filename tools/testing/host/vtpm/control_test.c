// SPDX-License-Identifier: GPL-2.0
/*
 * Control of the TPM: framing of commands, startup and shutdown, hierarchies,
 * dictionary attacks, clock.
 */
#include "tpm.h"

#define P(n, rc)	(VTPM_RC_##rc + VTPM_RC_P(n))
#define H(n, rc)	(VTPM_RC_##rc + VTPM_RC_H(n))
#define S1(rc)		(VTPM_RC_##rc + VTPM_RC_S(1))

#define OWNER		VTPM_RH_OWNER
#define ENDORSEMENT	VTPM_RH_ENDORSEMENT
#define PLATFORM	VTPM_RH_PLATFORM
#define LOCKOUT		VTPM_RH_LOCKOUT

/* --- framing ---------------------------------------------------------------------------- */

static const struct {
	const char *what;
	const char *hex;
	u32 rc;
} frames[] = {
	{ "nothing", "", VTPM_RC_INSUFFICIENT },
	{ "half a header", "80010000000c0000", VTPM_RC_COMMAND_SIZE },
	{ "an unknown tag", "80030000000a0000017b", VTPM_RC_BAD_TAG },
	{ "a tag of TPM 1.2", "00c10000000a0000017b", VTPM_RC_BAD_TAG },
	{ "a size too small", "80010000000b0000017b0008", VTPM_RC_COMMAND_SIZE },
	{ "a size too large", "80010000000d0000017b0008", VTPM_RC_COMMAND_SIZE },
	{ "an unknown command", "80010000000a0000011e", VTPM_RC_COMMAND_CODE },
	{ "a vendor's command", "80010000000a20000001", VTPM_RC_COMMAND_CODE },
	{ "a parameter too short", "80010000000b0000017b00", P(1, INSUFFICIENT) },
	{ "a parameter too many", "80010000000d0000017b000800", VTPM_RC_SIZE },
	{ "half a handle", "80010000000c000001730000", H(1, INSUFFICIENT) },
	{ "a handle of no kind", "80010000000e0000017304000000", H(1, VALUE) },
	{ "a permanent handle for an object", "80010000000e0000017340000001", H(1, VALUE) },
	{ "an object that there is not", "80010000000e0000017380000000", VTPM_RC_REFERENCE_H0 },
	{ "a persistent object that there is not", "80010000000e0000017381000001", H(1, HANDLE) },
	{ "an index that there is not", "80010000000e0000016901000001", H(1, HANDLE) },
	{ "no authorization", "80010000000e0000013d00000010", VTPM_RC_AUTH_MISSING },
	{ "an empty session area", "8002000000100000017b000000000008", VTPM_RC_SIZE },
	{ "a session area past the end", "8002000000100000017b0000ffff0008", VTPM_RC_SIZE },
	{ "a password that authorizes nothing",
	  "8002000000190000017b00000009" "40000009" "0000" "01" "0000" "0008", S1(HANDLE) },
	{ "a password that decrypts",
	  "80020000001b0000013d00000010" "00000009" "40000009" "0000" "21" "0000", S1(ATTRIBUTES) },
	{ "a reserved attribute",
	  "80020000001b0000013d00000010" "00000009" "40000009" "0000" "09" "0000",
	  S1(RESERVED_BITS) },
	{ "a session that there is not",
	  "80020000001b0000013d00000010" "00000009" "02000000" "0000" "01" "0000",
	  VTPM_RC_REFERENCE_S0 },
	{ "a session of no kind",
	  "80020000001b0000013d00000010" "00000009" "80000000" "0000" "01" "0000", S1(VALUE) },
	{ "sessions where none can be",
	  "800200000017" "00000165" "00000009" "40000009" "0000" "01" "0000", VTPM_RC_AUTH_CONTEXT },
	{ "GetRandom", "80010000000c0000017b0008", 0 },
};

static u32 execute(struct tpm *t, const char *hex)
{
	size_t len = strlen(hex) / 2;
	int n;

	assert(!hex2bin(t->cmd, hex, len));
	n = vtpm_execute(t->tpm, t->space, t->cmd, len, t->rsp, sizeof(t->rsp));
	t->rc = get_unaligned_be32(t->rsp + 6);
	assert(get_unaligned_be32(t->rsp + 2) == (u32)n);
	/* an error is ten bytes and has no sessions, whatever the command had */
	assert(!t->rc || (n == 10 && get_unaligned_be16(t->rsp) == VTPM_ST_NO_SESSIONS));
	return t->rc;
}

static void test_frames(struct tpm *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(frames); i++)
		if (!tap_ok(execute(t, frames[i].hex) == frames[i].rc, "frame: %s", frames[i].what))
			tap_note("%03x instead of %03x", t->rc, frames[i].rc);
}

/* --- startup and shutdown ------------------------------------------------------------------ */

static u32 with_u16(struct tpm *t, u32 code, u16 value)
{
	tpm_begin(t, code, 0);
	buf_put_be16(&t->w, value);
	return tpm_run(t);
}

static u32 startup(struct tpm *t, u16 type)
{
	return with_u16(t, VTPM_CC_STARTUP, type);
}

static u32 property(struct tpm *t, u32 nr)
{
	u32 value = 0;

	vtpm_property(t->tpm, t->space, nr, &value);
	return value;
}

static bool is_orderly(struct tpm *t)
{
	return property(t, VTPM_PT_STARTUP_CLEAR) & VTPMA_STARTUP_ORDERLY;
}

/* resetCount and restartCount, without a signature that would hide them */
static bool counts_are(struct tpm *t, u32 resets, u32 restarts)
{
	tpm_begin(t, VTPM_CC_READ_CLOCK, 0);
	tpm_must(t);
	vtpm_get_u64(&t->out);
	vtpm_get_u64(&t->out);
	return vtpm_get_u32(&t->out) == resets && vtpm_get_u32(&t->out) == restarts &&
	       vtpm_get_u8(&t->out) == 1 && !buf_left(&t->out.buf);
}

static void test_startup(struct tpm *t)
{
	tap_ok(startup(t, VTPM_SU_CLEAR) == VTPM_RC_INITIALIZE, "startup: has been done");
	tap_ok(counts_are(t, 0, 0), "startup: nothing has been counted");
	vtpm_power_cycle(t->tpm);
	tap_ok(with_u16(t, VTPM_CC_GET_RANDOM, 8) == VTPM_RC_INITIALIZE, "startup: is needed");
	tap_ok(startup(t, VTPM_SU_STATE) == P(1, VALUE), "startup: there is no state");
	tap_ok(startup(t, 2) == P(1, VALUE), "startup: of no kind");
	tap_ok(!startup(t, VTPM_SU_CLEAR) && counts_are(t, 1, 0) && !is_orderly(t), "TPM Reset");
	tap_ok(!with_u16(t, VTPM_CC_SHUTDOWN, VTPM_SU_STATE), "shutdown");
	vtpm_power_cycle(t->tpm);
	tap_ok(!startup(t, VTPM_SU_STATE) && counts_are(t, 1, 1) && is_orderly(t), "TPM Resume");
	with_u16(t, VTPM_CC_SHUTDOWN, VTPM_SU_STATE);
	vtpm_power_cycle(t->tpm);
	tap_ok(!startup(t, VTPM_SU_CLEAR) && counts_are(t, 1, 2), "TPM Restart");
	with_u16(t, VTPM_CC_SHUTDOWN, VTPM_SU_CLEAR);
	vtpm_power_cycle(t->tpm);
	tap_ok(!startup(t, VTPM_SU_CLEAR) && counts_are(t, 2, 0) && is_orderly(t),
	       "TPM Reset after a shutdown");
}

static void test_self_test(struct tpm *t)
{
	tpm_begin(t, VTPM_CC_INCREMENTAL_SELF_TEST, 0);
	buf_put_be32(&t->w, 2);
	buf_put_be16(&t->w, VTPM_ALG_RSA);
	buf_put_be16(&t->w, VTPM_ALG_ECC);
	tap_ok(!tpm_run(t) && !vtpm_get_u32(&t->out) && !buf_left(&t->out.buf),
	       "self test: nothing is left to do");
	tpm_begin(t, VTPM_CC_INCREMENTAL_SELF_TEST, 0);
	buf_put_be32(&t->w, 129);
	tpm_expect(t, P(1, SIZE), "self test: too many algorithms");
	tpm_begin(t, VTPM_CC_GET_TEST_RESULT, 0);
	tap_ok(!tpm_run(t) && !vtpm_get_u16(&t->out) && !vtpm_get_u32(&t->out), "self test: passed");
}

/* --- hierarchies ------------------------------------------------------------------------------ */

static u32 command(struct tpm *t, u32 code, u32 by, const char *auth)
{
	tpm_begin(t, code, 1, by);
	tpm_password(t, auth);
	return tpm_run(t);
}

static u32 control(struct tpm *t, u32 by, u32 which, u8 on)
{
	tpm_begin(t, VTPM_CC_HIERARCHY_CONTROL, 1, by);
	tpm_password(t, "");
	buf_put_be32(&t->w, which);
	buf_put_u8(&t->w, on);
	return tpm_run(t);
}

static void test_control(struct tpm *t)
{
	struct vtpm_public pub = tpm_storage();
	u32 object = tpm_primary(t, OWNER, &pub);
	struct blob name;

	tap_ok(control(t, ENDORSEMENT, OWNER, 0) == VTPM_RC_AUTH_TYPE, "control: of another");
	tap_ok(control(t, OWNER, OWNER, 2) == P(2, VALUE), "control: neither on nor off");
	tap_ok(control(t, PLATFORM, LOCKOUT, 0) == P(1, VALUE), "control: of lockout");
	tap_ok(!control(t, OWNER, OWNER, 0), "control: the owner off");
	tap_ok(tpm_name(t, object, &name) == VTPM_RC_REFERENCE_H0, "control: its objects are gone");
	tap_ok(!tpm_primary(t, OWNER, &pub) && t->rc == H(1, HIERARCHY), "control: no new ones");
	tap_ok(control(t, OWNER, OWNER, 1) == H(1, HIERARCHY), "control: not on by itself");
	tap_ok(!control(t, PLATFORM, OWNER, 1) && tpm_primary(t, OWNER, &pub),
	       "control: on by the platform");
	tpm_flush(t, t->handle);
	tap_ok(control(t, OWNER, VTPM_RH_PLATFORM_NV, 0) == VTPM_RC_AUTH_TYPE,
	       "control: the platform's NV is its own");
	tap_ok(!control(t, PLATFORM, VTPM_RH_PLATFORM_NV, 0) &&
	       !control(t, PLATFORM, VTPM_RH_PLATFORM_NV, 1), "control: the platform's NV");
	tap_ok(!control(t, PLATFORM, PLATFORM, 0) &&
	       control(t, PLATFORM, PLATFORM, 1) == H(1, HIERARCHY),
	       "control: the platform off, until startup");
	vtpm_power_cycle(t->tpm);
	startup(t, VTPM_SU_CLEAR);
	tap_ok(!control(t, PLATFORM, PLATFORM, 1), "control: it is back");
}

static u32 change_auth(struct tpm *t, u32 which, const char *old, const char *new, size_t size)
{
	tpm_begin(t, VTPM_CC_HIERARCHY_CHANGE_AUTH, 1, which);
	tpm_password(t, old);
	vtpm_put_2b(&t->w, new, size);
	return tpm_run(t);
}

static void test_auth(struct tpm *t)
{
	tap_ok(!change_auth(t, OWNER, "", "abc\0\0", 5), "auth: changed");
	tap_ok(property(t, VTPM_PT_PERMANENT) & VTPMA_PERMANENT_OWNER_AUTH, "auth: and said so");
	tap_ok(change_auth(t, OWNER, "", "", 0) == S1(BAD_AUTH), "auth: wrong");
	tap_ok(!change_auth(t, OWNER, "abc", "", 0), "auth: zeros at its end do not count");
}

static u32 set_policy(struct tpm *t, size_t size, u16 alg)
{
	static const u8 digest[64];

	tpm_begin(t, VTPM_CC_SET_PRIMARY_POLICY, 1, ENDORSEMENT);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, digest, size);
	buf_put_be16(&t->w, alg);
	return tpm_run(t);
}

static void test_policy(struct tpm *t)
{
	tap_ok(set_policy(t, 31, VTPM_ALG_SHA256) == P(1, SIZE), "policy: of another size");
	tap_ok(set_policy(t, 32, VTPM_ALG_NULL) == P(1, SIZE), "policy: without a hash");
	tap_ok(!set_policy(t, 32, VTPM_ALG_SHA256), "policy: set");
	tap_ok(!set_policy(t, 0, VTPM_ALG_NULL), "policy: none again");
}

static void primary_name(struct tpm *t, u32 hierarchy, struct blob *name)
{
	struct vtpm_public pub = tpm_storage();
	u32 handle = tpm_primary(t, hierarchy, &pub);

	assert(handle);
	tpm_name(t, handle, name);
	tpm_flush(t, handle);
}

static void test_seeds(struct tpm *t, u32 code, u32 hierarchy, u32 other, const char *what)
{
	struct blob name, other_name, now;

	primary_name(t, hierarchy, &name);
	primary_name(t, other, &other_name);
	tap_ok(!command(t, code, PLATFORM, ""), "%s", what);
	primary_name(t, hierarchy, &now);
	tap_ok(!blob_equal(&name, &now), "%s: other keys", what);
	primary_name(t, other, &now);
	tap_ok(blob_equal(&other_name, &now), "%s: not elsewhere", what);
}

static u32 clear_control(struct tpm *t, u32 by, u8 disable)
{
	tpm_begin(t, VTPM_CC_CLEAR_CONTROL, 1, by);
	tpm_password(t, "");
	buf_put_u8(&t->w, disable);
	return tpm_run(t);
}

static void test_clear(struct tpm *t)
{
	struct blob owner, endorsement, now;

	tap_ok(!clear_control(t, LOCKOUT, 1), "clear: disabled");
	tap_ok(command(t, VTPM_CC_CLEAR, PLATFORM, "") == VTPM_RC_DISABLED, "clear: it is");
	tap_ok(clear_control(t, LOCKOUT, 0) == VTPM_RC_AUTH_FAIL, "clear: not enabled by lockout");
	tap_ok(!clear_control(t, PLATFORM, 0), "clear: enabled by the platform");
	tap_ok(command(t, VTPM_CC_CLEAR, OWNER, "") == H(1, VALUE), "clear: not by the owner");
	primary_name(t, OWNER, &owner);
	primary_name(t, ENDORSEMENT, &endorsement);
	change_auth(t, OWNER, "", "o", 1);
	change_auth(t, LOCKOUT, "", "l", 1);
	tap_ok(!command(t, VTPM_CC_CLEAR, LOCKOUT, "l"), "clear");
	tap_ok(!(property(t, VTPM_PT_PERMANENT) & 7), "clear: no authValues");
	tap_ok(counts_are(t, 0, 0), "clear: counts are zero");
	primary_name(t, OWNER, &now);
	tap_ok(!blob_equal(&owner, &now), "clear: other keys of the owner");
	primary_name(t, ENDORSEMENT, &now);
	tap_ok(blob_equal(&endorsement, &now), "clear: the same EK");
}

/* --- lockout -------------------------------------------------------------------------------------- */

static u32 da_parameters(struct tpm *t, u32 tries, u32 recovery, u32 lockout)
{
	tpm_begin(t, VTPM_CC_DA_PARAMETERS, 1, LOCKOUT);
	tpm_password(t, "");
	buf_put_be32(&t->w, tries);
	buf_put_be32(&t->w, recovery);
	buf_put_be32(&t->w, lockout);
	return tpm_run(t);
}

static void test_lockout(struct tpm *t)
{
	tap_ok(!da_parameters(t, 5, 6, 7) && property(t, VTPM_PT_MAX_AUTH_FAIL) == 5 &&
	       property(t, VTPM_PT_LOCKOUT_INTERVAL) == 6 &&
	       property(t, VTPM_PT_LOCKOUT_RECOVERY) == 7, "DA parameters");
	tap_ok(command(t, VTPM_CC_DA_LOCK_RESET, LOCKOUT, "x") == S1(AUTH_FAIL), "lockout: wrong");
	tap_ok(command(t, VTPM_CC_DA_LOCK_RESET, LOCKOUT, "") == VTPM_RC_LOCKOUT,
	       "lockout: once is enough");
	t->env.clock += 7000;
	tap_ok(!command(t, VTPM_CC_DA_LOCK_RESET, LOCKOUT, ""), "lockout: until it has recovered");
}

/* --- clock ------------------------------------------------------------------------------------------ */

static u64 clock_of(struct tpm *t)
{
	tpm_begin(t, VTPM_CC_READ_CLOCK, 0);
	tpm_must(t);
	vtpm_get_u64(&t->out);
	return vtpm_get_u64(&t->out);
}

static u32 set_clock(struct tpm *t, u64 clock)
{
	tpm_begin(t, VTPM_CC_CLOCK_SET, 1, OWNER);
	tpm_password(t, "");
	buf_put_be64(&t->w, clock);
	return tpm_run(t);
}

static u32 adjust(struct tpm *t, s8 rate)
{
	tpm_begin(t, VTPM_CC_CLOCK_RATE_ADJUST, 1, OWNER);
	tpm_password(t, "");
	buf_put_u8(&t->w, rate);
	return tpm_run(t);
}

/* ms that the TPM's clock has moved in @ms */
static u64 passed(struct tpm *t, u64 ms)
{
	u64 before = clock_of(t);

	t->env.clock += ms;
	return clock_of(t) - before;
}

static void test_clock(struct tpm *t)
{
	u64 now = clock_of(t);
	unsigned int i;

	tap_ok(!set_clock(t, now + 1000000) && clock_of(t) > now + 1000000, "clock: set forward");
	tap_ok(set_clock(t, now) == P(1, VALUE), "clock: not back");
	tap_ok(set_clock(t, 0xffff000000000001) == P(1, VALUE), "clock: not to the end of time");
	tap_ok(passed(t, 60000) - 60000 <= 1, "rate: that of the machine");
	tap_ok(adjust(t, 4) == P(1, VALUE) && adjust(t, -4) == P(1, VALUE), "rate: no such step");
	adjust(t, 3);
	tap_ok(passed(t, 29700) - 30000 <= 1, "rate: one hundredth faster");
	adjust(t, -3);
	tap_ok(passed(t, 60000) - 60000 <= 1, "rate: and back");
	for (i = 0; i < 100; i++)
		adjust(t, -3);
	tap_ok(passed(t, 35000) - 30000 <= 1, "rate: not more than a sixth slower");
}

int main(void)
{
	static struct tpm tpm;

	tpm_create(&tpm, 1);
	test_frames(&tpm);
	test_startup(&tpm);
	test_self_test(&tpm);
	test_control(&tpm);
	test_auth(&tpm);
	test_policy(&tpm);
	test_seeds(&tpm, VTPM_CC_CHANGE_EPS, ENDORSEMENT, OWNER, "ChangeEPS");
	test_seeds(&tpm, VTPM_CC_CHANGE_PPS, PLATFORM, ENDORSEMENT, "ChangePPS");
	test_clear(&tpm);
	test_lockout(&tpm);
	test_clock(&tpm);
	tpm_destroy(&tpm);
	return tap_done();
}
