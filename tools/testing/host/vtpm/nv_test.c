// SPDX-License-Identifier: GPL-2.0
/* NV indexes: what can be defined, each type, locks, who may do what, startup. */
#include "tpm.h"

#define P(n, rc)	(VTPM_RC_##rc + VTPM_RC_P(n))
#define H(n, rc)	(VTPM_RC_##rc + VTPM_RC_H(n))
#define S1(rc)		(VTPM_RC_##rc + VTPM_RC_S(1))

#define OWNER		VTPM_RH_OWNER
#define PLATFORM	VTPM_RH_PLATFORM
#define INDEX		0x01000001u

#define A(name)		VTPMA_NV_##name
#define TYPE(name)	((u32)VTPM_NT_##name << 4)
#define BY_OWNER	(A(OWNERWRITE) | A(OWNERREAD))
#define BY_ALL		(BY_OWNER | A(AUTHWRITE) | A(AUTHREAD) | A(NO_DA))
#define BY_PLATFORM	(A(PPWRITE) | A(PPREAD) | A(PLATFORMCREATE))

static u32 define(struct tpm *t, u32 by, u32 index, u32 attrs, u16 size, const char *auth)
{
	tpm_begin(t, VTPM_CC_NV_DEFINE_SPACE, 1, by);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, auth, strlen(auth));
	buf_put_be16(&t->w, 14);
	buf_put_be32(&t->w, index);
	buf_put_be16(&t->w, VTPM_ALG_SHA256);
	buf_put_be32(&t->w, attrs);
	buf_put_be16(&t->w, 0);
	buf_put_be16(&t->w, size);
	return tpm_run(t);
}

static u32 undefine(struct tpm *t, u32 by, u32 index)
{
	tpm_begin(t, VTPM_CC_NV_UNDEFINE_SPACE, 2, by, index);
	tpm_password(t, "");
	return tpm_run(t);
}

static u32 write_nv(struct tpm *t, u32 by, const char *auth, const void *data, u16 size, u16 offset)
{
	tpm_begin(t, VTPM_CC_NV_WRITE, 2, by, INDEX);
	tpm_password(t, auth);
	vtpm_put_2b(&t->w, data, size);
	buf_put_be16(&t->w, offset);
	return tpm_run(t);
}

static u32 read_nv(struct tpm *t, u32 by, const char *auth, u16 size, u16 offset)
{
	tpm_begin(t, VTPM_CC_NV_READ, 2, by, INDEX);
	tpm_password(t, auth);
	buf_put_be16(&t->w, size);
	buf_put_be16(&t->w, offset);
	return tpm_run(t);
}

/* the index begins with these bytes */
static bool holds(struct tpm *t, u32 by, const void *data, u16 size)
{
	struct blob b;

	if (read_nv(t, by, "", size, 0))
		return false;
	tpm_keep(t, &b);
	return b.size == size && !memcmp(b.data, data, size);
}

/* commands without parameters */
static u32 act(struct tpm *t, u32 code, u32 by)
{
	tpm_begin(t, code, 2, by, INDEX);
	tpm_password(t, "");
	return tpm_run(t);
}

static u32 attrs_of(struct tpm *t)
{
	struct blob public;

	tpm_begin(t, VTPM_CC_NV_READ_PUBLIC, 1, INDEX);
	if (tpm_run(t))
		return 0;
	tpm_keep(t, &public);
	return public.size < 10 ? 0 : get_unaligned_be32(public.data + 6);
}

static void startup(struct tpm *t, bool orderly)
{
	if (orderly) {
		tpm_begin(t, VTPM_CC_SHUTDOWN, 0);
		buf_put_be16(&t->w, VTPM_SU_CLEAR);
		tpm_must(t);
	}
	vtpm_power_cycle(t->tpm);
	tpm_begin(t, VTPM_CC_STARTUP, 0);
	buf_put_be16(&t->w, VTPM_SU_CLEAR);
	tpm_must(t);
}

/* --- what can be defined ---------------------------------------------------------------- */

static const struct {
	const char *what;
	u32 by;
	u32 attrs;
	u16 size;
	u32 rc;
} definitions[] = {
	{ "ordinary", OWNER, BY_OWNER, 8, 0 },
	{ "of no bytes", OWNER, BY_OWNER, 0, 0 },
	{ "as large as can be", OWNER, BY_OWNER, VTPM_NV_INDEX_MAX, 0 },
	{ "larger", OWNER, BY_OWNER, VTPM_NV_INDEX_MAX + 1, P(2, SIZE) },
	{ "written at once, too large for it", OWNER, BY_OWNER | A(WRITEALL), 1025, P(2, SIZE) },
	{ "counter", OWNER, BY_OWNER | TYPE(COUNTER), 8, 0 },
	{ "counter of 4 bytes", OWNER, BY_OWNER | TYPE(COUNTER), 4, P(2, SIZE) },
	{ "counter that is cleared", OWNER, BY_OWNER | TYPE(COUNTER) | A(CLEAR_STCLEAR), 8,
	  P(2, ATTRIBUTES) },
	{ "bits", OWNER, BY_OWNER | TYPE(BITS), 8, 0 },
	{ "extend", OWNER, BY_OWNER | TYPE(EXTEND), 32, 0 },
	{ "extend of SHA-1's size", OWNER, BY_OWNER | TYPE(EXTEND), 20, P(2, SIZE) },
	{ "PIN pass", OWNER, BY_OWNER | TYPE(PIN_PASS), 8, 0 },
	{ "PIN pass that writes itself", OWNER, BY_OWNER | TYPE(PIN_PASS) | A(AUTHWRITE), 8,
	  P(2, ATTRIBUTES) },
	{ "PIN fail", OWNER, BY_OWNER | TYPE(PIN_FAIL) | A(NO_DA), 8, 0 },
	{ "PIN fail under DA", OWNER, BY_OWNER | TYPE(PIN_FAIL), 8, P(2, ATTRIBUTES) },
	{ "of no type", OWNER, BY_OWNER | 0x30, 8, P(2, ATTRIBUTES) },
	{ "reserved attribute", OWNER, BY_OWNER | 0x100, 8, P(2, RESERVED_BITS) },
	{ "nobody reads", OWNER, A(OWNERWRITE), 8, P(2, ATTRIBUTES) },
	{ "nobody writes", OWNER, A(OWNERREAD), 8, P(2, ATTRIBUTES) },
	{ "written already", OWNER, BY_OWNER | A(WRITTEN), 8, P(2, ATTRIBUTES) },
	{ "cleared and locked for good", OWNER, BY_OWNER | A(CLEAR_STCLEAR) | A(WRITEDEFINE), 8,
	  P(2, ATTRIBUTES) },
	{ "the platform's, by the owner", OWNER, BY_PLATFORM, 8, H(1, ATTRIBUTES) },
	{ "the owner's, by the platform", PLATFORM, BY_OWNER, 8, H(1, ATTRIBUTES) },
	{ "the platform's", PLATFORM, BY_PLATFORM, 8, 0 },
	{ "deleted by policy", PLATFORM, BY_PLATFORM | A(POLICY_DELETE), 8, 0 },
	{ "deleted by policy, the owner's", OWNER, BY_OWNER | A(POLICY_DELETE), 8,
	  P(2, ATTRIBUTES) },
};

static void test_define(struct tpm *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(definitions); i++) {
		tap_ok(define(t, definitions[i].by, INDEX, definitions[i].attrs,
			      definitions[i].size, "") == definitions[i].rc,
		       "define: %s", definitions[i].what);
		if (!t->rc && definitions[i].attrs & A(POLICY_DELETE)) {
			tap_ok(undefine(t, PLATFORM, INDEX) == H(2, ATTRIBUTES),
			       "undefine: only with its policy");
			vtpm_nv_remove(t->tpm, vtpm_nv_find(t->tpm, INDEX));
		} else if (!t->rc) {
			tap_ok(!undefine(t, definitions[i].by, INDEX), "undefine");
		}
	}
	tap_ok(define(t, OWNER, 0x81000001, BY_OWNER, 8, "") == P(2, VALUE), "define: no index");
	define(t, OWNER, INDEX, BY_OWNER, 8, "");
	tap_ok(define(t, OWNER, INDEX, BY_OWNER, 8, "") == VTPM_RC_NV_DEFINED, "define: twice");
	undefine(t, OWNER, INDEX);
	define(t, PLATFORM, INDEX, BY_PLATFORM, 8, "");
	tap_ok(undefine(t, OWNER, INDEX) == VTPM_RC_NV_AUTHORIZATION,
	       "undefine: not the platform's, by the owner");
	tap_ok(!undefine(t, PLATFORM, INDEX), "undefine: by the platform");
	tap_ok(undefine(t, PLATFORM, INDEX) == H(2, HANDLE), "undefine: what there is not");
}

static void test_space(struct tpm *t)
{
	unsigned int i, n = VTPM_NV_BYTES / VTPM_NV_INDEX_MAX;

	for (i = 0; i < n; i++)
		if (define(t, OWNER, INDEX + i, BY_OWNER, VTPM_NV_INDEX_MAX, ""))
			break;
	tap_ok(i == n && define(t, OWNER, INDEX + n, BY_OWNER, 1, "") == VTPM_RC_NV_SPACE,
	       "space: all bytes are taken");
	while (i--)
		undefine(t, OWNER, INDEX + i);
	for (i = 0; i < VTPM_NV_INDEXES; i++)
		if (define(t, OWNER, INDEX + i, BY_OWNER, 1, ""))
			break;
	tap_ok(i == VTPM_NV_INDEXES &&
	       define(t, OWNER, INDEX + i, BY_OWNER, 1, "") == VTPM_RC_NV_SPACE,
	       "space: as many as there can be");
	while (i--)
		undefine(t, OWNER, INDEX + i);
}

/* --- reading and writing ------------------------------------------------------------------- */

static void test_ordinary(struct tpm *t)
{
	define(t, OWNER, INDEX, BY_ALL, 8, "auth");
	tap_ok(read_nv(t, OWNER, "", 8, 0) == VTPM_RC_NV_UNINITIALIZED, "ordinary: no data yet");
	tap_ok(write_nv(t, INDEX, "wrong", "x", 1, 0) == S1(BAD_AUTH), "ordinary: wrong password");
	tap_ok(!write_nv(t, INDEX, "auth", "middle", 4, 2), "ordinary: written in part");
	tap_ok(holds(t, OWNER, "\xff\xffmidd\xff\xff", 8), "ordinary: the rest is ones");
	tap_ok(attrs_of(t) == (BY_ALL | A(WRITTEN)), "ordinary: its attributes say so");
	tap_ok(!read_nv(t, INDEX, "auth", 0, 8), "ordinary: nothing at the end");
	tap_ok(read_nv(t, INDEX, "auth", 1, 8) == VTPM_RC_NV_RANGE, "ordinary: past the end");
	tap_ok(read_nv(t, INDEX, "auth", 0, 9) == P(2, VALUE), "ordinary: begins past the end");
	tap_ok(read_nv(t, INDEX, "auth", 1025, 0) == P(1, VALUE), "ordinary: more than a buffer");
	tap_ok(write_nv(t, OWNER, "", "xx", 2, 7) == VTPM_RC_NV_RANGE, "write past the end");
	tap_ok(write_nv(t, OWNER, "", "", 0, 9) == P(2, VALUE), "write begins past the end");
	tap_ok(write_nv(t, PLATFORM, "", "x", 1, 0) == VTPM_RC_NV_AUTHORIZATION,
	       "write: not by the platform");
	tap_ok(read_nv(t, PLATFORM, "", 1, 0) == VTPM_RC_NV_AUTHORIZATION,
	       "read: not by the platform");
	undefine(t, OWNER, INDEX);
	define(t, OWNER, INDEX, BY_OWNER | A(WRITEALL), 8, "");
	tap_ok(write_nv(t, OWNER, "", "1234567", 7, 0) == VTPM_RC_NV_RANGE, "writeall: not in part");
	tap_ok(write_nv(t, INDEX, "", "12345678", 8, 0) == VTPM_RC_AUTH_UNAVAILABLE,
	       "write: not with its own password");
	tap_ok(!write_nv(t, OWNER, "", "12345678", 8, 0), "writeall: all of it");
	undefine(t, OWNER, INDEX);
}

static void test_counter(struct tpm *t)
{
	define(t, OWNER, INDEX, BY_OWNER | TYPE(COUNTER), 8, "");
	tap_ok(write_nv(t, OWNER, "", "12345678", 8, 0) == VTPM_RC_ATTRIBUTES, "counter: not set");
	act(t, VTPM_CC_NV_INCREMENT, OWNER);
	act(t, VTPM_CC_NV_INCREMENT, OWNER);
	tap_ok(!act(t, VTPM_CC_NV_INCREMENT, OWNER) && holds(t, OWNER, "\0\0\0\0\0\0\0\3", 8),
	       "counter: 3");
	undefine(t, OWNER, INDEX);
	define(t, OWNER, INDEX, BY_OWNER | TYPE(COUNTER), 8, "");
	tap_ok(!act(t, VTPM_CC_NV_INCREMENT, OWNER) && holds(t, OWNER, "\0\0\0\0\0\0\0\4", 8),
	       "counter: a new one goes on where the old one was");
	undefine(t, OWNER, INDEX);
	define(t, OWNER, INDEX, BY_OWNER | TYPE(COUNTER) | A(ORDERLY), 8, "");
	act(t, VTPM_CC_NV_INCREMENT, OWNER);
	startup(t, true);
	tap_ok(holds(t, OWNER, "\0\0\0\0\0\0\0\5", 8), "counter in RAM: saved at shutdown");
	startup(t, false);
	tap_ok(holds(t, OWNER, "\0\0\0\0\0\0\0\xff", 8), "counter in RAM: else it may have been");
	undefine(t, OWNER, INDEX);
	define(t, OWNER, INDEX, BY_OWNER, 8, "");
	tap_ok(act(t, VTPM_CC_NV_INCREMENT, OWNER) == H(2, ATTRIBUTES), "increment: no counter");
	undefine(t, OWNER, INDEX);
}

static u32 set_bits(struct tpm *t, u64 bits)
{
	tpm_begin(t, VTPM_CC_NV_SET_BITS, 2, OWNER, INDEX);
	tpm_password(t, "");
	buf_put_be64(&t->w, bits);
	return tpm_run(t);
}

static u32 extend(struct tpm *t, const char *data)
{
	tpm_begin(t, VTPM_CC_NV_EXTEND, 2, OWNER, INDEX);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, data, strlen(data));
	return tpm_run(t);
}

static void test_bits_extend(struct tpm *t)
{
	u8 expected[32];

	define(t, OWNER, INDEX, BY_OWNER | TYPE(BITS), 8, "");
	set_bits(t, 1ull << 63);
	tap_ok(!set_bits(t, 6) && holds(t, OWNER, "\x80\0\0\0\0\0\0\6", 8), "bits: set, never clear");
	tap_ok(extend(t, "abc") == H(2, ATTRIBUTES), "extend: not of bits");
	undefine(t, OWNER, INDEX);
	define(t, OWNER, INDEX, BY_OWNER | TYPE(EXTEND), 32, "");
	tap_ok(set_bits(t, 6) == H(2, ATTRIBUTES), "bits: not of extend");
	/* SHA-256 of 32 zeros and "abc" */
	assert(!hex2bin(expected, "365aa7d8f7f9402c4b9434502b4cc89ddb09fe50d7cd95b493b834c62d5a5370", 32));
	tap_ok(!extend(t, "abc") && holds(t, OWNER, expected, 32), "extend");
	undefine(t, OWNER, INDEX);
}

/* --- locks ---------------------------------------------------------------------------------- */

static void test_write_locks(struct tpm *t)
{
	define(t, OWNER, INDEX, BY_OWNER | A(WRITE_STCLEAR), 8, "");
	write_nv(t, OWNER, "", "x", 1, 0);
	tap_ok(act(t, VTPM_CC_NV_WRITE_LOCK, PLATFORM) == VTPM_RC_NV_AUTHORIZATION,
	       "write lock: not by the platform");
	tap_ok(!act(t, VTPM_CC_NV_WRITE_LOCK, OWNER), "write lock");
	tap_ok(write_nv(t, OWNER, "", "x", 1, 0) == VTPM_RC_NV_LOCKED, "write lock: locked");
	tap_ok(!act(t, VTPM_CC_NV_WRITE_LOCK, OWNER), "write lock: again");
	startup(t, true);
	tap_ok(!write_nv(t, OWNER, "", "x", 1, 0), "write lock: until startup");
	undefine(t, OWNER, INDEX);
	define(t, OWNER, INDEX, BY_OWNER | A(WRITEDEFINE), 8, "");
	write_nv(t, OWNER, "", "x", 1, 0);
	act(t, VTPM_CC_NV_WRITE_LOCK, OWNER);
	startup(t, true);
	tap_ok(write_nv(t, OWNER, "", "x", 1, 0) == VTPM_RC_NV_LOCKED, "write lock: for good");
	undefine(t, OWNER, INDEX);
	define(t, OWNER, INDEX, BY_OWNER | A(GLOBALLOCK), 8, "");
	tap_ok(act(t, VTPM_CC_NV_WRITE_LOCK, OWNER) == H(2, ATTRIBUTES), "write lock: not of this");
	tpm_begin(t, VTPM_CC_NV_GLOBAL_WRITE_LOCK, 1, OWNER);
	tpm_password(t, "");
	tap_ok(!tpm_run(t) && write_nv(t, OWNER, "", "x", 1, 0) == VTPM_RC_NV_LOCKED,
	       "write lock: of all that want it");
	undefine(t, OWNER, INDEX);
}

static void test_read_locks(struct tpm *t)
{
	define(t, OWNER, INDEX, BY_OWNER | A(READ_STCLEAR) | A(CLEAR_STCLEAR), 8, "");
	tap_ok(!act(t, VTPM_CC_NV_READ_LOCK, OWNER), "read lock: without data");
	write_nv(t, OWNER, "", "x", 1, 0);
	tap_ok(read_nv(t, OWNER, "", 1, 0) == VTPM_RC_NV_LOCKED, "read lock: locked");
	tap_ok(!act(t, VTPM_CC_NV_READ_LOCK, OWNER), "read lock: again");
	startup(t, true);
	tap_ok(read_nv(t, OWNER, "", 1, 0) == VTPM_RC_NV_UNINITIALIZED,
	       "read lock: until startup, which has cleared the data");
	undefine(t, OWNER, INDEX);
	define(t, OWNER, INDEX, BY_OWNER, 8, "");
	tap_ok(act(t, VTPM_CC_NV_READ_LOCK, OWNER) == H(2, ATTRIBUTES), "read lock: not of this");
	undefine(t, OWNER, INDEX);
}

/* --- PINs -------------------------------------------------------------------------------------- */

/* any command that the index authorizes with its PIN */
static u32 use_pin(struct tpm *t, const char *pin)
{
	u32 session = tpm_start_session(t, VTPM_SE_POLICY), rc;

	tpm_begin(t, VTPM_CC_POLICY_SECRET, 2, INDEX, session);
	tpm_password(t, pin);
	buf_put_be16(&t->w, 0);
	buf_put_be16(&t->w, 0);
	buf_put_be16(&t->w, 0);
	buf_put_be32(&t->w, 0);
	rc = tpm_run(t);
	tpm_flush(t, session);
	return rc;
}

static void test_pins(struct tpm *t)
{
	define(t, OWNER, INDEX, BY_OWNER | A(AUTHREAD) | A(NO_DA) | TYPE(PIN_FAIL), 8, "pin");
	tap_ok(use_pin(t, "pin") == VTPM_RC_AUTH_UNAVAILABLE, "PIN fail: not written");
	write_nv(t, OWNER, "", "\0\0\0\0\0\0\0\2", 8, 0);
	tap_ok(!use_pin(t, "pin"), "PIN fail: the PIN");
	tap_ok(use_pin(t, "nip") == S1(BAD_AUTH) && holds(t, OWNER, "\0\0\0\1\0\0\0\2", 8),
	       "PIN fail: one wrong");
	tap_ok(!use_pin(t, "pin") && holds(t, OWNER, "\0\0\0\0\0\0\0\2", 8),
	       "PIN fail: the right one forgets it");
	use_pin(t, "nip");
	use_pin(t, "nip");
	tap_ok(use_pin(t, "pin") == VTPM_RC_AUTH_UNAVAILABLE, "PIN fail: two wrong are too many");
	undefine(t, OWNER, INDEX);
	define(t, OWNER, INDEX, BY_OWNER | A(AUTHREAD) | A(NO_DA) | TYPE(PIN_PASS), 8, "pin");
	write_nv(t, OWNER, "", "\0\0\0\0\0\0\0\1", 8, 0);
	tap_ok(!use_pin(t, "pin"), "PIN pass: once");
	tap_ok(use_pin(t, "pin") == VTPM_RC_AUTH_UNAVAILABLE, "PIN pass: and no more");
	undefine(t, OWNER, INDEX);
}

/* --- dictionary attacks, Clear ------------------------------------------------------------------- */

static void test_da(struct tpm *t)
{
	unsigned int i;

	define(t, OWNER, INDEX, BY_ALL & ~A(NO_DA), 8, "auth");
	for (i = 0; i < VTPM_DA_TRIES; i++)
		tap_ok(write_nv(t, INDEX, "wrong", "x", 1, 0) == S1(AUTH_FAIL),
		       "DA: try %u", i + 1);
	tap_ok(write_nv(t, INDEX, "auth", "x", 1, 0) == VTPM_RC_LOCKOUT, "DA: locked out");
	tap_ok(!write_nv(t, OWNER, "", "x", 1, 0), "DA: the owner is not");
	tpm_begin(t, VTPM_CC_DA_LOCK_RESET, 1, VTPM_RH_LOCKOUT);
	tpm_password(t, "");
	tap_ok(!tpm_run(t) && !write_nv(t, INDEX, "auth", "x", 1, 0), "DA: reset");
	for (i = 0; i < VTPM_DA_TRIES; i++)
		write_nv(t, INDEX, "wrong", "x", 1, 0);
	t->env.clock += VTPM_DA_RECOVERY * 1000;
	tap_ok(!write_nv(t, INDEX, "auth", "x", 1, 0), "DA: one try is forgotten in time");
	undefine(t, OWNER, INDEX);
}

static void test_clear(struct tpm *t)
{
	define(t, OWNER, INDEX, BY_OWNER, 8, "");
	define(t, PLATFORM, INDEX + 1, BY_PLATFORM, 8, "");
	tpm_begin(t, VTPM_CC_CLEAR, 1, VTPM_RH_LOCKOUT);
	tpm_password(t, "");
	tpm_must(t);
	tap_ok(!vtpm_nv_find(t->tpm, INDEX) && vtpm_nv_find(t->tpm, INDEX + 1),
	       "clear: only the platform's stay");
}

int main(void)
{
	static struct tpm tpm;

	tpm_create(&tpm, 1);
	test_define(&tpm);
	test_space(&tpm);
	test_ordinary(&tpm);
	test_counter(&tpm);
	test_bits_extend(&tpm);
	test_write_locks(&tpm);
	test_read_locks(&tpm);
	test_pins(&tpm);
	test_da(&tpm);
	test_clear(&tpm);
	tpm_destroy(&tpm);
	return tap_done();
}
