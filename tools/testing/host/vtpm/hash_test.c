// SPDX-License-Identifier: GPL-2.0
/*
 * Digests, HMACs and sequences; which results get a ticket.  Values are those of
 * FIPS 180 and RFC 4231.
 */
#include "tpm.h"

#define P(n, rc)	(VTPM_RC_##rc + VTPM_RC_P(n))
#define H(n, rc)	(VTPM_RC_##rc + VTPM_RC_H(n))

#define ABC_SHA1	"a9993e364706816aba3e25717850c26c9cd0d89d"
#define ABC_SHA256	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC_SHA384	"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed" \
			"8086072ba1e7cc2358baeca134c825a7"
#define ABC_SHA512	"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" \
			"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"

/* RFC 4231, test case 2: key "Jefe" */
#define JEFE_DATA	"what do ya want for nothing?"
#define JEFE_SHA256	"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
#define JEFE_SHA512	"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554" \
			"9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"

static void put_text(struct tpm *t, const char *text)
{
	vtpm_put_2b(&t->w, text, strlen(text));
}

/* the next parameter of the response is @hex */
static bool digest_is(struct tpm *t, const char *hex)
{
	u8 expected[VTPM_MAX_DIGEST];
	struct blob digest;

	assert(!hex2bin(expected, hex, strlen(hex) / 2));
	tpm_keep(t, &digest);
	return digest.size == strlen(hex) / 2 && !memcmp(digest.data, expected, digest.size);
}

/* the rest of the response is a ticket: of a hierarchy, or one that says nothing */
static bool ticket_is(struct tpm *t, u32 hierarchy)
{
	struct vtpm_ticket ticket;

	vtpm_get_ticket(&t->out, VTPM_ST_HASHCHECK, &ticket);
	if (t->out.rc || buf_left(&t->out.buf) || ticket.hierarchy != hierarchy)
		return false;
	return ticket.digest.size == (hierarchy == VTPM_RH_NULL ? 0 : 64);
}

/* --- TPM2_Hash ------------------------------------------------------------------------- */

static u32 hash(struct tpm *t, const void *data, size_t size, u16 alg, u32 hierarchy)
{
	tpm_begin(t, VTPM_CC_HASH, 0);
	vtpm_put_2b(&t->w, data, size);
	buf_put_be16(&t->w, alg);
	buf_put_be32(&t->w, hierarchy);
	return tpm_run(t);
}

static void test_hash(struct tpm *t)
{
	static const struct {
		u16 alg;
		const char *digest;
	} rows[] = {
		{ VTPM_ALG_SHA1, ABC_SHA1 }, { VTPM_ALG_SHA256, ABC_SHA256 },
		{ VTPM_ALG_SHA384, ABC_SHA384 }, { VTPM_ALG_SHA512, ABC_SHA512 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		tap_ok(!hash(t, "abc", 3, rows[i].alg, VTPM_RH_OWNER) &&
		       digest_is(t, rows[i].digest) && ticket_is(t, VTPM_RH_OWNER),
		       "hash: %x, with a ticket", rows[i].alg);
	tap_ok(!hash(t, "abc", 3, VTPM_ALG_SHA256, VTPM_RH_NULL) && digest_is(t, ABC_SHA256) &&
	       ticket_is(t, VTPM_RH_NULL), "hash: no hierarchy, no ticket");
	hash(t, "\xffTCG", 4, VTPM_ALG_SHA1, VTPM_RH_OWNER);
	tpm_keep(t, &(struct blob) { 0 });
	tap_ok(ticket_is(t, VTPM_RH_NULL), "hash: no ticket for what looks like ours");
	hash(t, "\xffTC", 3, VTPM_ALG_SHA1, VTPM_RH_OWNER);
	tpm_keep(t, &(struct blob) { 0 });
	tap_ok(ticket_is(t, VTPM_RH_OWNER), "hash: three bytes are too few for that");
	tap_ok(hash(t, "", 0, VTPM_ALG_NULL, VTPM_RH_OWNER) == P(2, HASH), "hash: none");
	tap_ok(hash(t, "", 0, VTPM_ALG_SHA1, VTPM_RH_LOCKOUT) == P(3, VALUE),
	       "hash: lockout is no hierarchy");
	tpm_begin(t, VTPM_CC_HASH, 0);
	buf_put_be16(&t->w, 1025);
	buf_reserve(&t->w, 1025);
	tpm_expect(t, P(1, SIZE), "hash: too much");
}

/* --- sequences --------------------------------------------------------------------------- */

static u32 sequence(struct tpm *t, const char *auth, u16 alg)
{
	tpm_begin(t, VTPM_CC_HASH_SEQUENCE_START, 0);
	put_text(t, auth);
	buf_put_be16(&t->w, alg);
	return tpm_run(t) ? 0 : t->handle;
}

static u32 update(struct tpm *t, u32 handle, const char *auth, const char *text)
{
	tpm_begin(t, VTPM_CC_SEQUENCE_UPDATE, 1, handle);
	tpm_password(t, auth);
	put_text(t, text);
	return tpm_run(t);
}

static u32 complete(struct tpm *t, u32 handle, const char *auth, const char *text)
{
	tpm_begin(t, VTPM_CC_SEQUENCE_COMPLETE, 1, handle);
	tpm_password(t, auth);
	put_text(t, text);
	buf_put_be32(&t->w, VTPM_RH_OWNER);
	return tpm_run(t);
}

static void test_sequence(struct tpm *t)
{
	u32 handle = sequence(t, "auth", VTPM_ALG_SHA256);

	tap_ok(update(t, handle, "", "a") == VTPM_RC_BAD_AUTH + VTPM_RC_S(1),
	       "sequence: its password is needed");
	tap_ok(!update(t, handle, "auth", "a") && !update(t, handle, "auth", "b"),
	       "sequence: bytes one by one");
	tap_ok(!complete(t, handle, "auth", "c") && digest_is(t, ABC_SHA256),
	       "sequence: the digest of all of them");
	tap_ok(ticket_is(t, VTPM_RH_NULL), "sequence: one byte does not tell what it will be");
	tap_ok(complete(t, handle, "auth", "") == VTPM_RC_REFERENCE_H0, "sequence: is gone");
}

/* the first update decides, or the end if there was none */
static bool sequence_ticket(struct tpm *t, const char *first, const char *last, u32 hierarchy)
{
	u32 handle = sequence(t, "", VTPM_ALG_SHA1);

	if (first && update(t, handle, "", first))
		return false;
	if (complete(t, handle, "", last))
		return false;
	tpm_keep(t, &(struct blob) { 0 });
	return ticket_is(t, hierarchy);
}

static void test_tickets(struct tpm *t)
{
	tap_ok(sequence_ticket(t, "text", "\xffTCG", VTPM_RH_OWNER), "ticket: begins well");
	tap_ok(sequence_ticket(t, "\xffTCG", "text", VTPM_RH_NULL), "ticket: begins as ours");
	tap_ok(sequence_ticket(t, "\xffTC", "G", VTPM_RH_NULL), "ticket: in two pieces");
	tap_ok(sequence_ticket(t, NULL, "\xffTCG", VTPM_RH_NULL), "ticket: in one piece");
	tap_ok(sequence_ticket(t, NULL, "text", VTPM_RH_OWNER), "ticket: well in one piece");
	tap_ok(sequence_ticket(t, NULL, "", VTPM_RH_NULL), "ticket: nothing at all");
}

static void test_event(struct tpm *t)
{
	u32 handle = sequence(t, "", VTPM_ALG_NULL);
	struct vtpm_hash_list list;
	u8 sha1[20];

	update(t, handle, "", "ab");
	tap_ok(complete(t, handle, "", "") == H(1, MODE), "event: is no hash sequence");
	tpm_begin(t, VTPM_CC_EVENT_SEQUENCE_COMPLETE, 2, 17, handle);
	tpm_password(t, "");
	tpm_password(t, "");
	put_text(t, "c");
	tpm_expect(t, VTPM_RC_LOCALITY, "event: not into PCR 17");
	tpm_begin(t, VTPM_CC_EVENT_SEQUENCE_COMPLETE, 2, 16, handle);
	tpm_password(t, "");
	tpm_password(t, "");
	put_text(t, "c");
	tpm_expect(t, 0, "event: into PCR 16");
	vtpm_get_hash_list(&t->out, &list);
	assert(!hex2bin(sha1, ABC_SHA1, 20));
	tap_ok(!t->out.rc && list.count == 4 && !memcmp(list.digest[0].data, sha1, 20),
	       "event: digests of all hashes");
	tap_ok(memchr_inv(vtpm_pcr_value(t->env.pcrs, 0, 16), 0, 20), "event: PCR 16 has changed");
	handle = sequence(t, "", VTPM_ALG_SHA1);
	tpm_begin(t, VTPM_CC_EVENT_SEQUENCE_COMPLETE, 2, VTPM_RH_NULL, handle);
	tpm_password(t, "");
	tpm_password(t, "");
	put_text(t, "");
	tpm_expect(t, H(2, MODE), "event: a hash sequence is none");
	tpm_flush(t, handle);
}

/* --- HMAC ------------------------------------------------------------------------------------ */

static u32 hmac(struct tpm *t, u32 key, u16 alg)
{
	tpm_begin(t, VTPM_CC_HMAC, 1, key);
	tpm_password(t, "");
	put_text(t, JEFE_DATA);
	buf_put_be16(&t->w, alg);
	return tpm_run(t);
}

static u32 hmac_start(struct tpm *t, u32 key, u16 alg)
{
	tpm_begin(t, VTPM_CC_HMAC_START, 1, key);
	tpm_password(t, "");
	put_text(t, "");
	buf_put_be16(&t->w, alg);
	return tpm_run(t);
}

static void test_hmac(struct tpm *t)
{
	struct vtpm_public storage = tpm_storage();
	struct vtpm_public any = tpm_keyedhash(VTPMA_OBJECT_SIGN | VTPMA_OBJECT_DECRYPT,
					       VTPM_ALG_NULL);
	struct vtpm_public sha256 = tpm_keyedhash(VTPMA_OBJECT_SIGN, VTPM_ALG_HMAC);
	struct vtpm_public sealed = tpm_keyedhash(0, VTPM_ALG_NULL);
	u32 parent = tpm_primary(t, VTPM_RH_OWNER, &storage), key;

	key = tpm_make(t, parent, "", "Jefe", &any);
	tap_ok(!hmac(t, key, VTPM_ALG_SHA256) && digest_is(t, JEFE_SHA256), "hmac: SHA-256");
	tap_ok(!hmac(t, key, VTPM_ALG_SHA512) && digest_is(t, JEFE_SHA512), "hmac: SHA-512");
	tap_ok(hmac(t, key, VTPM_ALG_NULL) == P(2, VALUE), "hmac: no hash at all");
	tap_ok(!hmac_start(t, key, VTPM_ALG_SHA512), "hmac sequence");
	update(t, t->handle, "", "what do ya want ");
	tap_ok(!complete(t, VTPM_TRANSIENT_FIRST + 2, "", "for nothing?") &&
	       digest_is(t, JEFE_SHA512) && ticket_is(t, VTPM_RH_NULL),
	       "hmac sequence: the same, without a ticket");
	tpm_flush(t, key);
	key = tpm_make(t, parent, "", "Jefe", &sha256);
	tap_ok(!hmac(t, key, VTPM_ALG_NULL) && digest_is(t, JEFE_SHA256), "hmac: the key's hash");
	tap_ok(hmac(t, key, VTPM_ALG_SHA512) == P(2, VALUE), "hmac: not another");
	tap_ok(hmac_start(t, key, VTPM_ALG_SHA512) == P(2, VALUE), "hmac sequence: not another");
	tpm_flush(t, key);
	key = tpm_make(t, parent, "", "Jefe", &sealed);
	tap_ok(hmac(t, key, VTPM_ALG_SHA256) == H(1, KEY), "hmac: sealed data is no key");
	tpm_flush(t, key);
	tap_ok(hmac(t, parent, VTPM_ALG_SHA256) == H(1, TYPE), "hmac: nor is a storage key");
	tap_ok(update(t, parent, "", "") == H(1, MODE), "update: nor is it a sequence");
	tpm_flush(t, parent);
}

static void test_slots(struct tpm *t)
{
	unsigned int i;

	for (i = 0; i < VTPM_SPACE_OBJECTS; i++)
		if (!sequence(t, "", VTPM_ALG_SHA1))
			break;
	tap_ok(i == VTPM_SPACE_OBJECTS && !sequence(t, "", VTPM_ALG_SHA1) &&
	       t->rc == VTPM_RC_OBJECT_MEMORY, "sequences: as many as there are slots");
}

int main(void)
{
	static struct tpm tpm;

	tpm_create(&tpm, 1);
	test_hash(&tpm);
	test_sequence(&tpm);
	test_tickets(&tpm);
	test_event(&tpm);
	test_hmac(&tpm);
	test_slots(&tpm);
	tpm_destroy(&tpm);
	return tap_done();
}
