// SPDX-License-Identifier: GPL-2.0
/* PCRs: values, what locality zero may do, the update counter, reading, events. */
#include "tpm.h"

#define P(n, rc)	(VTPM_RC_##rc + VTPM_RC_P(n))
#define H1(rc)		(VTPM_RC_##rc + VTPM_RC_H(1))
#define S1(rc)		(VTPM_RC_##rc + VTPM_RC_S(1))

/* PCR of the measurement log in these tests */
#define MEASURED	10

static const u8 sha1_data[20] = "a digest of 20 bytes";
static const u8 sha256_data[32] = "a digest that is of thirty-two b";

/* --- reading ------------------------------------------------------------------------ */

static void put_selection(struct tpm *t, u16 hash, u32 pcrs)
{
	buf_put_be16(&t->w, hash);
	buf_put_u8(&t->w, 3);
	buf_put_u8(&t->w, pcrs);
	buf_put_u8(&t->w, pcrs >> 8);
	buf_put_u8(&t->w, pcrs >> 16);
}

static u32 read_pcrs(struct tpm *t, u16 hash, u32 pcrs)
{
	tpm_begin(t, VTPM_CC_PCR_READ, 0);
	buf_put_be32(&t->w, 1);
	put_selection(t, hash, pcrs);
	return tpm_run(t);
}

/* what TPM2_PCR_Read answered */
struct answer {
	u32 updates;
	struct vtpm_selection selection;
	struct vtpm_digest_list list;
};

static void keep_answer(struct tpm *t, struct answer *a)
{
	a->updates = vtpm_get_u32(&t->out);
	vtpm_get_selection(&t->out, &a->selection);
	vtpm_get_digest_list(&t->out, 0, &a->list);
	assert(!t->out.rc && !buf_left(&t->out.buf));
}

/* the value of one PCR is @hex, in the bank of SHA-1 or SHA-256 */
static bool pcr_is(struct tpm *t, unsigned int pcr, const char *hex)
{
	u16 hash = strlen(hex) == 40 ? VTPM_ALG_SHA1 : VTPM_ALG_SHA256;
	u8 expected[VTPM_MAX_DIGEST];
	struct answer a;

	assert(!hex2bin(expected, hex, strlen(hex) / 2));
	if (read_pcrs(t, hash, 1 << pcr))
		return false;
	keep_answer(t, &a);
	return a.list.count == 1 && a.list.digest[0].size == strlen(hex) / 2 &&
	       !memcmp(a.list.digest[0].data, expected, strlen(hex) / 2);
}

static bool is_byte(const struct vtpm_digest *digest, u8 byte)
{
	return digest->size && !memchr_inv(digest->data, byte, digest->size);
}

static void test_initial(struct tpm *t)
{
	unsigned int pcr;
	struct answer a;

	for (pcr = 0; pcr < IMA_NS_PCRS; pcr++) {
		assert(!read_pcrs(t, VTPM_ALG_SHA256, 1 << pcr));
		keep_answer(t, &a);
		tap_ok(is_byte(&a.list.digest[0], pcr >= 17 && pcr <= 22 ? 0xff : 0),
		       "initial value of PCR %u", pcr);
	}
}

static u32 map_of(const struct answer *a, unsigned int i)
{
	const u8 *map = a->selection.bank[i].map;

	return map[0] | map[1] << 8 | map[2] << 16;
}

static void test_read(struct tpm *t)
{
	struct answer a;

	assert(!read_pcrs(t, VTPM_ALG_SHA256, 0xffffff));
	keep_answer(t, &a);
	tap_ok(a.list.count == 8 && map_of(&a, 0) == 0xff, "read: eight, and it says which");
	assert(!read_pcrs(t, VTPM_ALG_SHA384, 1));
	keep_answer(t, &a);
	tap_ok(!a.list.count && a.selection.count == 1 && !map_of(&a, 0),
	       "read: of a bank that there is not, nothing");
	tpm_begin(t, VTPM_CC_PCR_READ, 0);
	buf_put_be32(&t->w, 2);
	put_selection(t, VTPM_ALG_SHA256, 0x3f0);
	put_selection(t, VTPM_ALG_SHA1, 0xf0);
	tpm_must(t);
	keep_answer(t, &a);
	tap_ok(a.list.count == 8 && map_of(&a, 0) == 0x3f0 && map_of(&a, 1) == 0x30 &&
	       a.list.digest[5].size == 32 && a.list.digest[6].size == 20,
	       "read: two banks, cut in the second");
	tap_ok(read_pcrs(t, VTPM_ALG_AES, 1) == P(1, HASH), "read: no hash");
	tpm_begin(t, VTPM_CC_PCR_READ, 0);
	buf_put_be32(&t->w, 1);
	buf_put_be16(&t->w, VTPM_ALG_SHA1);
	buf_put_be16(&t->w, 0x0201);
	buf_put_u8(&t->w, 0);
	tpm_expect(t, P(1, VALUE), "read: a map of two bytes");
	tpm_begin(t, VTPM_CC_PCR_READ, 0);
	buf_put_be32(&t->w, 5);
	tpm_expect(t, P(1, SIZE), "read: five banks");
	tpm_begin(t, VTPM_CC_PCR_READ, 0);
	buf_put_be32(&t->w, 0);
	buf_put_u8(&t->w, 0);
	tpm_expect(t, VTPM_RC_SIZE, "read: one byte too many");
}

/* --- extending and resetting ---------------------------------------------------------- */

static void put_digests(struct tpm *t)
{
	buf_put_be32(&t->w, 2);
	buf_put_be16(&t->w, VTPM_ALG_SHA1);
	buf_put(&t->w, sha1_data, sizeof(sha1_data));
	buf_put_be16(&t->w, VTPM_ALG_SHA256);
	buf_put(&t->w, sha256_data, sizeof(sha256_data));
}

static u32 extend(struct tpm *t, u32 pcr)
{
	tpm_begin(t, VTPM_CC_PCR_EXTEND, 1, pcr);
	tpm_password(t, "");
	put_digests(t);
	return tpm_run(t);
}

static u32 reset(struct tpm *t, u32 pcr)
{
	tpm_begin(t, VTPM_CC_PCR_RESET, 1, pcr);
	tpm_password(t, "");
	return tpm_run(t);
}

/* SHA-1 and SHA-256 of zeros and the data, computed with sha1sum and sha256sum */
#define SHA1_ONCE	"bbde1af85d9a1ea4f2660286ebcac27df1cd4121"
#define SHA1_TWICE	"2c5b6468b16e0c574b30d54d7ce954333d32a623"
#define SHA256_ONCE	"8ea1ce19fcbbaa57350b30cb3f0ebec57b0f247bbe809c27d65626571b46d6ec"

static void test_extend(struct tpm *t)
{
	unsigned int pcr;

	tap_ok(!extend(t, 16) && pcr_is(t, 16, SHA1_ONCE) && pcr_is(t, 16, SHA256_ONCE),
	       "extend: in both banks");
	tap_ok(!reset(t, 16) &&
	       pcr_is(t, 16, "0000000000000000000000000000000000000000"), "reset: zeros");
	for (pcr = 0; pcr < IMA_NS_PCRS; pcr++) {
		bool ours = pcr != MEASURED && (pcr <= 16 || pcr == 23);

		tap_ok(extend(t, pcr) == (ours ? 0 : VTPM_RC_LOCALITY), "extend of PCR %u", pcr);
		tap_ok(reset(t, pcr) == (pcr == 16 || pcr == 23 ? 0 : VTPM_RC_LOCALITY),
		       "reset of PCR %u", pcr);
	}
	tap_ok(!extend(t, VTPM_RH_NULL), "extend of no PCR");
	tap_ok(reset(t, VTPM_RH_NULL) == H1(VALUE), "reset of no PCR");
	tap_ok(extend(t, 24) == H1(VALUE), "extend of PCR 24");
	tpm_begin(t, VTPM_CC_PCR_EXTEND, 1, 16);
	put_digests(t);
	tpm_expect(t, VTPM_RC_AUTH_MISSING, "extend without authorization");
	tpm_begin(t, VTPM_CC_PCR_EXTEND, 1, 16);
	tpm_password(t, "x");
	put_digests(t);
	tpm_expect(t, S1(BAD_AUTH), "extend with a password: it has none");
	tpm_begin(t, VTPM_CC_PCR_EXTEND, 1, 16);
	tpm_password(t, "");
	buf_put_be32(&t->w, 1);
	buf_put_be16(&t->w, VTPM_ALG_SHA256);
	buf_put(&t->w, sha256_data, 31);
	tpm_expect(t, P(1, INSUFFICIENT), "extend with a short digest");
}

/* a bank twice: one after the other; a bank that there is not: ignored */
static void test_lists(struct tpm *t)
{
	reset(t, 16);
	tpm_begin(t, VTPM_CC_PCR_EXTEND, 1, 16);
	tpm_password(t, "");
	buf_put_be32(&t->w, 3);
	buf_put_be16(&t->w, VTPM_ALG_SHA1);
	buf_put(&t->w, sha1_data, sizeof(sha1_data));
	buf_put_be16(&t->w, VTPM_ALG_SHA384);
	buf_reserve(&t->w, 48);
	buf_put_be16(&t->w, VTPM_ALG_SHA1);
	buf_put(&t->w, sha1_data, sizeof(sha1_data));
	tap_ok(!tpm_run(t) && pcr_is(t, 16, SHA1_TWICE), "extend: a bank twice");
	reset(t, 16);
}

static u32 updates(struct tpm *t)
{
	struct answer a;

	assert(!read_pcrs(t, VTPM_ALG_SHA1, 1));
	keep_answer(t, &a);
	return a.updates;
}

static void test_counter(struct tpm *t)
{
	u32 before = updates(t);

	extend(t, 16);
	reset(t, 16);
	extend(t, 23);
	tap_ok(updates(t) == before, "counter: 16 and 23 do not count");
	extend(t, 0);
	tap_ok(updates(t) == before + 2, "counter: one for each bank");
}

/* --- events ------------------------------------------------------------------------------- */

/* SHA-1 of zeros and the SHA-1 of "abc" */
#define EVENT_SHA1	"ccd5bd41458de644ac34a2478b58ff819bef5acf"

static void test_event(struct tpm *t)
{
	struct vtpm_hash_list list;

	reset(t, 23);
	tpm_begin(t, VTPM_CC_PCR_EVENT, 1, 23);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, "abc", 3);
	tpm_must(t);
	vtpm_get_hash_list(&t->out, &list);
	tap_ok(!t->out.rc && !buf_left(&t->out.buf) && list.count == 4 &&
	       list.digest[3].hash == VTPM_ALG_SHA512, "event: digests of all hashes");
	tap_ok(!memcmp(list.digest[0].data, "\xa9\x99\x3e\x36\x47\x06\x81\x6a", 8) &&
	       !memcmp(list.digest[1].data, "\xba\x78\x16\xbf\x8f\x01\xcf\xea", 8) &&
	       !memcmp(list.digest[2].data, "\xcb\x00\x75\x3f\x45\xa3\x5e\x8b", 8) &&
	       !memcmp(list.digest[3].data, "\xdd\xaf\x35\xa1\x93\x61\x7a\xba", 8),
	       "event: they are those of FIPS 180");
	tap_ok(pcr_is(t, 23, EVENT_SHA1), "event: extended");
	tpm_begin(t, VTPM_CC_PCR_EVENT, 1, MEASURED);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, "abc", 3);
	tpm_expect(t, VTPM_RC_LOCALITY, "event: not in the PCR of the log");
	tpm_begin(t, VTPM_CC_PCR_EVENT, 1, 23);
	tpm_password(t, "");
	buf_put_be16(&t->w, 1025);
	buf_reserve(&t->w, 1025);
	tpm_expect(t, P(1, SIZE), "event: too long");
}

/* --- TPM2_PCR_Allocate ------------------------------------------------------------------------ */

static u32 allocate(struct tpm *t, u16 hash, u32 pcrs, u8 *possible, u32 *needed)
{
	tpm_begin(t, VTPM_CC_PCR_ALLOCATE, 1, VTPM_RH_PLATFORM);
	tpm_password(t, "");
	buf_put_be32(&t->w, 1);
	put_selection(t, hash, pcrs);
	if (tpm_run(t))
		return t->rc;
	*possible = vtpm_get_u8(&t->out);
	assert(vtpm_get_u32(&t->out) == IMA_NS_PCRS);
	*needed = vtpm_get_u32(&t->out);
	return 0;
}

static void test_allocate(struct tpm *t)
{
	const u32 now = IMA_NS_PCRS * (20 + 32);
	u8 possible;
	u32 needed;

	tap_ok(!allocate(t, VTPM_ALG_SHA256, 0xffffff, &possible, &needed) && possible &&
	       needed == now, "allocate: what there is");
	tap_ok(!allocate(t, VTPM_ALG_SHA384, 0, &possible, &needed) && possible &&
	       needed == now, "allocate: a bank less that there is not");
	tap_ok(!allocate(t, VTPM_ALG_SHA384, 3, &possible, &needed) && !possible &&
	       needed == now + 2 * 48, "allocate: a bank more is not possible");
	tap_ok(!allocate(t, VTPM_ALG_SHA1, 0, &possible, &needed) && !possible &&
	       needed == IMA_NS_PCRS * 32, "allocate: a bank less is not possible");
	tpm_begin(t, VTPM_CC_PCR_ALLOCATE, 1, VTPM_RH_PLATFORM);
	tpm_password(t, "");
	buf_put_be32(&t->w, 2);
	put_selection(t, VTPM_ALG_SHA1, 0);
	put_selection(t, VTPM_ALG_SHA256, 0xfffffe);
	tpm_expect(t, VTPM_RC_PCR, "allocate: PCR 0 is needed");
}

static void test_startup(struct tpm *t)
{
	struct answer a;

	extend(t, 0);
	vtpm_power_cycle(t->tpm);
	tpm_begin(t, VTPM_CC_STARTUP, 0);
	buf_put_be16(&t->w, VTPM_SU_CLEAR);
	tpm_must(t);
	assert(!read_pcrs(t, VTPM_ALG_SHA1, 1 | 1 << 17));
	keep_answer(t, &a);
	tap_ok(is_byte(&a.list.digest[0], 0) && is_byte(&a.list.digest[1], 0xff),
	       "TPM Reset: initial values");
}

int main(void)
{
	static struct tpm tpm;

	tpm.env.measured_pcrs = 1 << MEASURED;
	tpm_create(&tpm, 1);
	test_initial(&tpm);
	test_read(&tpm);
	test_extend(&tpm);
	test_lists(&tpm);
	test_counter(&tpm);
	test_event(&tpm);
	test_allocate(&tpm);
	test_startup(&tpm);
	tpm_destroy(&tpm);
	return tap_done();
}
