// SPDX-License-Identifier: GPL-2.0
/*
 * Keys at work: RSA encryption, ECDH in one and two phases, symmetric ciphers.
 */
#include "tpm.h"

#define P1(rc)	(VTPM_RC_##rc + VTPM_RC_P(1))
#define P2(rc)	(VTPM_RC_##rc + VTPM_RC_P(2))
#define P3(rc)	(VTPM_RC_##rc + VTPM_RC_P(3))
#define P4(rc)	(VTPM_RC_##rc + VTPM_RC_P(4))
#define H1(rc)	(VTPM_RC_##rc + VTPM_RC_H(1))

#define DECRYPT	(TPM_FIXED | TPM_ORIGIN | VTPMA_OBJECT_DECRYPT)
#define SIGN	(TPM_FIXED | TPM_ORIGIN | VTPMA_OBJECT_SIGN)

static struct blob blob_of(const void *data, size_t size)
{
	struct blob b = { .size = size };

	memcpy(b.data, data, size);
	return b;
}

/* --- RSA -------------------------------------------------------------------------- */

static void put_padding(struct tpm *t, u16 scheme)
{
	buf_put_be16(&t->w, scheme);
	if (scheme == VTPM_ALG_OAEP)
		buf_put_be16(&t->w, VTPM_ALG_SHA256);
}

static void begin_encrypt(struct tpm *t, u32 key, const struct blob *message, u16 scheme,
			  const char *label, size_t label_size)
{
	tpm_begin(t, VTPM_CC_RSA_ENCRYPT, 1, key);
	tpm_put_blob(t, message);
	put_padding(t, scheme);
	vtpm_put_2b(&t->w, label, label_size);
}

static void begin_decrypt(struct tpm *t, u32 key, const struct blob *cipher, u16 scheme,
			  const char *label, size_t label_size)
{
	tpm_begin(t, VTPM_CC_RSA_DECRYPT, 1, key);
	tpm_password(t, "");
	tpm_put_blob(t, cipher);
	put_padding(t, scheme);
	vtpm_put_2b(&t->w, label, label_size);
}

/* there and back; @max: bytes of the longest message */
static void test_padding(struct tpm *t, u32 key, u16 scheme, size_t max, const char *what)
{
	struct blob message, cipher, back;
	size_t sizes[] = { 0, 1, 32, max }, i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		message.size = sizes[i];
		memset(message.data, 0x5a, sizes[i]);
		begin_encrypt(t, key, &message, scheme, "", 0);
		tpm_expect(t, 0, "%s: encrypt %zu bytes", what, sizes[i]);
		tpm_keep(t, &cipher);
		begin_decrypt(t, key, &cipher, scheme, "", 0);
		tpm_expect(t, 0, "%s: decrypt", what);
		tpm_keep(t, &back);
		tap_ok(blob_equal(&message, &back), "%s: the same", what);
	}
	message.size = max + 1;
	begin_encrypt(t, key, &message, scheme, "", 0);
	tpm_expect(t, VTPM_RC_VALUE, "%s: a message that is too long", what);
	cipher.data[cipher.size - 1] ^= 1;
	begin_decrypt(t, key, &cipher, scheme, "", 0);
	tpm_expect(t, VTPM_RC_VALUE, "%s: another ciphertext", what);
	cipher.size--;
	begin_decrypt(t, key, &cipher, scheme, "", 0);
	tpm_expect(t, VTPM_RC_SIZE, "%s: a short one", what);
}

/* without padding the message is a number */
static void test_number(struct tpm *t, u32 key)
{
	struct blob message = blob_of("\0\0\1\2\3", 5), cipher, back;

	begin_encrypt(t, key, &message, VTPM_ALG_NULL, "", 0);
	tpm_expect(t, 0, "number: encrypt");
	tpm_keep(t, &cipher);
	begin_decrypt(t, key, &cipher, VTPM_ALG_NULL, "", 0);
	tpm_expect(t, 0, "number: decrypt");
	tpm_keep(t, &back);
	tap_ok(back.size == 256 && !back.data[252] && !memcmp(back.data + 253, "\1\2\3", 3),
	       "number: the same, as long as the modulus");
	memset(message.data, 0xff, 256);
	message.size = 256;
	begin_encrypt(t, key, &message, VTPM_ALG_NULL, "", 0);
	tpm_expect(t, VTPM_RC_VALUE, "number: one above the modulus");
	begin_decrypt(t, key, &message, VTPM_ALG_NULL, "", 0);
	tpm_run(t);
	tap_ok(t->rc, "number: also not to decrypt");
}

static void test_label(struct tpm *t, u32 key)
{
	struct blob message = blob_of("message", 7), cipher, back;

	begin_encrypt(t, key, &message, VTPM_ALG_OAEP, "label", 6);
	tpm_expect(t, 0, "label: encrypt");
	tpm_keep(t, &cipher);
	begin_decrypt(t, key, &cipher, VTPM_ALG_OAEP, "label", 6);
	tpm_expect(t, 0, "label: decrypt");
	tpm_keep(t, &back);
	tap_ok(blob_equal(&message, &back), "label: the same");
	begin_decrypt(t, key, &cipher, VTPM_ALG_OAEP, "other", 6);
	tpm_expect(t, VTPM_RC_VALUE, "label: another");
	begin_encrypt(t, key, &message, VTPM_ALG_OAEP, "label", 5);
	tpm_expect(t, P3(VALUE), "label: not terminated");
}

static void test_rsa_keys(struct tpm *t, u32 ecc)
{
	struct vtpm_public sign = tpm_rsa(SIGN, VTPM_ALG_NULL);
	struct vtpm_public storage = tpm_rsa(DECRYPT | VTPMA_OBJECT_RESTRICTED, VTPM_ALG_NULL);
	struct vtpm_public oaep = tpm_rsa(DECRYPT, VTPM_ALG_OAEP);
	struct blob message = blob_of("message", 7), cipher, back;
	u32 key = tpm_primary(t, VTPM_RH_OWNER, &sign);

	begin_encrypt(t, ecc, &message, VTPM_ALG_OAEP, "", 0);
	tpm_expect(t, H1(KEY), "RSA: an ECC key");
	begin_encrypt(t, key, &message, VTPM_ALG_OAEP, "", 0);
	tpm_expect(t, H1(ATTRIBUTES), "RSA: a signing key");
	tpm_flush(t, key);
	key = tpm_primary(t, VTPM_RH_OWNER, &storage);
	begin_encrypt(t, key, &message, VTPM_ALG_OAEP, "", 0);
	tpm_expect(t, 0, "RSA: a storage key encrypts");
	tpm_keep(t, &cipher);
	begin_decrypt(t, key, &cipher, VTPM_ALG_OAEP, "", 0);
	tpm_expect(t, H1(ATTRIBUTES), "RSA: but does not decrypt");
	tpm_flush(t, key);
	key = tpm_primary(t, VTPM_RH_OWNER, &oaep);
	begin_encrypt(t, key, &message, VTPM_ALG_RSAES, "", 0);
	tpm_expect(t, P2(SCHEME), "RSA: another scheme than the key's");
	begin_encrypt(t, key, &message, VTPM_ALG_NULL, "", 0);
	tpm_expect(t, 0, "RSA: the key's");
	tpm_keep(t, &cipher);
	begin_decrypt(t, key, &cipher, VTPM_ALG_OAEP, "", 0);
	tpm_expect(t, 0, "RSA: named by the caller");
	tpm_keep(t, &back);
	tap_ok(blob_equal(&message, &back), "RSA: the same");
	begin_encrypt(t, key, &message, VTPM_ALG_RSASSA, "", 0);
	tpm_expect(t, P2(VALUE), "RSA: a scheme for signatures");
	tpm_flush(t, key);
}

/* --- ECDH ------------------------------------------------------------------------- */

static void begin_zgen(struct tpm *t, u32 key, const struct blob *point)
{
	tpm_begin(t, VTPM_CC_ECDH_ZGEN, 1, key);
	tpm_password(t, "");
	tpm_put_blob(t, point);
}

static void test_ecdh(struct tpm *t, u16 curve, const char *what)
{
	struct vtpm_public pub = tpm_ecc(DECRYPT, VTPM_ALG_ECDH);
	struct blob z, point, again, bad;
	u32 key;

	pub.curve = curve;
	key = tpm_primary(t, VTPM_RH_OWNER, &pub);
	tpm_begin(t, VTPM_CC_ECDH_KEY_GEN, 1, key);
	tpm_expect(t, 0, "%s: one half", what);
	tpm_keep(t, &z);
	tpm_keep(t, &point);
	begin_zgen(t, key, &point);
	tpm_expect(t, 0, "%s: the other half", what);
	tpm_keep(t, &again);
	tap_ok(z.size > 4 && blob_equal(&z, &again), "%s: they agree", what);
	bad = point;
	bad.data[bad.size - 1] ^= 1;
	begin_zgen(t, key, &bad);
	tpm_expect(t, P1(ECC_POINT), "%s: a point beside the curve", what);
	bad = point;
	bad.data[bad.size++] = 0;
	begin_zgen(t, key, &bad);
	tpm_expect(t, P1(SIZE), "%s: a point with a byte left over", what);
	bad.size = 0;
	begin_zgen(t, key, &bad);
	tpm_expect(t, P1(SIZE), "%s: no point", what);
	tpm_flush(t, key);
}

static void test_ecdh_keys(struct tpm *t, u32 rsa)
{
	struct vtpm_public sign = tpm_ecc(SIGN, VTPM_ALG_NULL), storage = tpm_storage();
	struct blob z, point;
	u32 key;

	tpm_begin(t, VTPM_CC_ECDH_KEY_GEN, 1, rsa);
	tpm_expect(t, H1(KEY), "ECDH: with an RSA key");
	key = tpm_primary(t, VTPM_RH_OWNER, &sign);
	tpm_begin(t, VTPM_CC_ECDH_KEY_GEN, 1, key);
	tpm_expect(t, 0, "ECDH: with any public key");
	tpm_keep(t, &z);
	tpm_keep(t, &point);
	begin_zgen(t, rsa, &point);
	tpm_expect(t, H1(KEY), "ECDH: the other half with an RSA key");
	begin_zgen(t, key, &point);
	tpm_expect(t, H1(ATTRIBUTES), "ECDH: with a signing key");
	tpm_flush(t, key);
	key = tpm_primary(t, VTPM_RH_OWNER, &storage);
	begin_zgen(t, key, &point);
	tpm_expect(t, H1(ATTRIBUTES), "ECDH: with a storage key");
	tpm_flush(t, key);
}

/* EC_Ephemeral; its counter */
static u16 ephemeral(struct tpm *t, struct blob *point)
{
	tpm_begin(t, VTPM_CC_EC_EPHEMERAL, 0);
	buf_put_be16(&t->w, VTPM_ECC_NIST_P256);
	tpm_must(t);
	tpm_keep(t, point);
	return vtpm_get_u16(&t->out);
}

static void begin_phase2(struct tpm *t, u32 key, const struct blob *static_key,
			 const struct blob *ephemeral_key, u16 scheme, u16 counter)
{
	tpm_begin(t, VTPM_CC_ZGEN_2PHASE, 1, key);
	tpm_password(t, "");
	tpm_put_blob(t, static_key);
	tpm_put_blob(t, ephemeral_key);
	buf_put_be16(&t->w, scheme);
	buf_put_be16(&t->w, counter);
}

/* public point of a key, as a TPMS_ECC_POINT */
static void public_point(struct tpm *t, u32 key, struct blob *point)
{
	struct buf_writer w;

	buf_writer_init(&w, point->data, sizeof(point->data));
	vtpm_put_point(&w, &vtpm_space_find(t->space, key)->pub.ecc);
	point->size = w.len;
}

/* two parties in one TPM */
static void test_two_phases(struct tpm *t)
{
	struct vtpm_public pub = tpm_ecc(DECRYPT, VTPM_ALG_NULL);
	struct blob qs_a, qs_b, qe_a, qe_b, z1_a, z1_b, z2_a, z2_b, bad;
	u32 a = tpm_primary(t, VTPM_RH_OWNER, &pub), b;
	u16 count_a = ephemeral(t, &qe_a), count_b = ephemeral(t, &qe_b);

	pub.policy.size = 32;
	b = tpm_primary(t, VTPM_RH_OWNER, &pub);
	public_point(t, a, &qs_a);
	public_point(t, b, &qs_b);
	tap_ok(count_b == count_a + 1, "two phases: counters count");
	tap_ok(!blob_equal(&qe_a, &qe_b), "two phases: ephemeral keys differ");
	begin_phase2(t, a, &qs_b, &qe_b, VTPM_ALG_ECDH, count_a);
	tpm_expect(t, 0, "two phases: one party");
	tpm_keep(t, &z1_a);
	tpm_keep(t, &z2_a);
	begin_phase2(t, b, &qs_a, &qe_a, VTPM_ALG_ECDH, count_b);
	tpm_expect(t, 0, "two phases: the other");
	tpm_keep(t, &z1_b);
	tpm_keep(t, &z2_b);
	tap_ok(blob_equal(&z1_a, &z1_b) && blob_equal(&z2_a, &z2_b) && !blob_equal(&z1_a, &z2_a),
	       "two phases: they agree");
	begin_phase2(t, a, &qs_b, &qe_b, VTPM_ALG_ECDH, count_a);
	tpm_expect(t, P4(VALUE), "two phases: an ephemeral key is good for one use");
	begin_phase2(t, a, &qs_b, &qe_b, VTPM_ALG_ECDH, 999);
	tpm_expect(t, P4(VALUE), "two phases: a counter that was not given out");
	begin_phase2(t, a, &qs_b, &qe_b, VTPM_ALG_ECDSA, count_a);
	tpm_expect(t, P3(SCHEME), "two phases: no key exchange");
	bad = qs_b;
	bad.data[bad.size - 1] ^= 1;
	begin_phase2(t, a, &bad, &qe_b, VTPM_ALG_ECDH, count_a);
	tpm_expect(t, P1(ECC_POINT), "two phases: static key beside the curve");
	begin_phase2(t, a, &qs_b, &bad, VTPM_ALG_ECDH, count_a);
	tpm_expect(t, P2(ECC_POINT), "two phases: ephemeral key beside the curve");
	tpm_flush(t, b);
	tpm_flush(t, a);
}

/* only so many can wait for their use, the latest ones */
static void test_commits(struct tpm *t)
{
	struct vtpm_public pub = tpm_ecc(DECRYPT, VTPM_ALG_NULL);
	u32 key = tpm_primary(t, VTPM_RH_OWNER, &pub);
	u16 first, last = 0;
	struct blob point;
	unsigned int i;

	first = ephemeral(t, &point);
	for (i = 0; i < VTPM_COMMITS; i++)
		last = ephemeral(t, &point);
	begin_phase2(t, key, &point, &point, VTPM_ALG_ECDH, first);
	tpm_expect(t, P4(VALUE), "ephemeral: one that is too old");
	begin_phase2(t, key, &point, &point, VTPM_ALG_ECDH, last - VTPM_COMMITS + 1);
	tpm_expect(t, 0, "ephemeral: the oldest one");
	begin_phase2(t, key, &point, &point, VTPM_ALG_ECDH, last);
	tpm_expect(t, 0, "ephemeral: the last one");
	last = ephemeral(t, &point);
	vtpm_power_cycle(t->tpm);
	vtpm_startup(t->tpm, VTPM_RESET);
	key = tpm_primary(t, VTPM_RH_OWNER, &pub);
	begin_phase2(t, key, &point, &point, VTPM_ALG_ECDH, last);
	tpm_expect(t, P4(VALUE), "ephemeral: none survives a reset");
	tpm_flush(t, key);
	tpm_begin(t, VTPM_CC_EC_EPHEMERAL, 0);
	buf_put_be16(&t->w, 99);
	tpm_expect(t, P1(CURVE), "ephemeral: unknown curve");
}

static void test_parameters(struct tpm *t, u16 id)
{
	const struct vtpm_curve *curve = vtpm_curve(id);
	struct vtpm_scheme kdf;
	struct blob p, a, b, gx, gy, n, h;
	u16 bits;

	tpm_begin(t, VTPM_CC_ECC_PARAMETERS, 0);
	buf_put_be16(&t->w, id);
	tpm_expect(t, 0, "parameters of curve %u", id);
	tap_ok(vtpm_get_u16(&t->out) == id, "parameters: which curve");
	bits = vtpm_get_u16(&t->out);
	vtpm_get_kdf_scheme(&t->out, &kdf, VTPM_NO_NULL);
	tap_ok(bits == curve->bits && kdf.scheme == VTPM_ALG_KDF1_SP800_56A &&
	       vtpm_get_u16(&t->out) == VTPM_ALG_NULL, "parameters: size, KDF, scheme");
	tpm_keep(t, &p);
	tpm_keep(t, &a);
	tpm_keep(t, &b);
	tpm_keep(t, &gx);
	tpm_keep(t, &gy);
	tpm_keep(t, &n);
	tpm_keep(t, &h);
	tap_ok(p.size == curve->size && !memcmp(p.data, curve->p, p.size) &&
	       gx.size == curve->size && !memcmp(gx.data, curve->gx, gx.size) &&
	       n.size == curve->size && h.size == 1 && h.data[0] == 1 && a.size && b.size &&
	       gy.size && !buf_left(&t->out.buf), "parameters: the numbers");
}

/* --- symmetric ciphers -------------------------------------------------------------------- */

/* SP 800-38A, F: AES-128, the first two blocks in each mode */
static const u8 aes_key[] = "\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c";
static const u8 aes_plain[] =
	"\x6b\xc1\xbe\xe2\x2e\x40\x9f\x96\xe9\x3d\x7e\x11\x73\x93\x17\x2a"
	"\xae\x2d\x8a\x57\x1e\x03\xac\x9c\x9e\xb7\x6f\xac\x45\xaf\x8e\x51";
static const u8 aes_iv[] = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f";
static const u8 aes_counter[] = "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff";

static const struct {
	const char *name;
	u16 mode;
	const u8 *iv;
	const char *cipher;
} modes[] = {
	{ "ECB", VTPM_ALG_ECB, NULL,
	  "\x3a\xd7\x7b\xb4\x0d\x7a\x36\x60\xa8\x9e\xca\xf3\x24\x66\xef\x97"
	  "\xf5\xd3\xd5\x85\x03\xb9\x69\x9d\xe7\x85\x89\x5a\x96\xfd\xba\xaf" },
	{ "CBC", VTPM_ALG_CBC, aes_iv,
	  "\x76\x49\xab\xac\x81\x19\xb2\x46\xce\xe9\x8e\x9b\x12\xe9\x19\x7d"
	  "\x50\x86\xcb\x9b\x50\x72\x19\xee\x95\xdb\x11\x3a\x91\x76\x78\xb2" },
	{ "CFB", VTPM_ALG_CFB, aes_iv,
	  "\x3b\x3f\xd9\x2e\xb7\x2d\xad\x20\x33\x34\x49\xf8\xe8\x3c\xfb\x4a"
	  "\xc8\xa6\x45\x37\xa0\xb3\xa9\x3f\xcd\xe3\xcd\xad\x9f\x1c\xe5\x8b" },
	{ "OFB", VTPM_ALG_OFB, aes_iv,
	  "\x3b\x3f\xd9\x2e\xb7\x2d\xad\x20\x33\x34\x49\xf8\xe8\x3c\xfb\x4a"
	  "\x77\x89\x50\x8d\x16\x91\x8f\x03\xf5\x3c\x52\xda\xc5\x4e\xd8\x25" },
	{ "CTR", VTPM_ALG_CTR, aes_counter,
	  "\x87\x4d\x61\x91\xb6\x20\xe3\x26\x1b\xef\x68\x64\x99\x0d\xb6\xce"
	  "\x98\x06\xf6\x6b\x79\x70\xfd\xff\x86\x17\x18\x7b\xb9\xff\xfd\xff" },
};

/* a key of the caller, with the mode of the command */
static u32 cipher_key(struct tpm *t, u32 attrs, u16 mode)
{
	struct vtpm_public pub = tpm_symcipher(attrs);
	size_t begin;

	pub.sym.mode = mode;
	tpm_begin(t, VTPM_CC_CREATE_PRIMARY, 1, VTPM_RH_OWNER);
	tpm_password(t, "");
	begin = vtpm_put_begin(&t->w);
	buf_put_be16(&t->w, 0);
	vtpm_put_2b(&t->w, aes_key, 16);
	vtpm_put_end(&t->w, begin);
	vtpm_put_sized_public(&t->w, &pub);
	buf_put_be16(&t->w, 0);
	buf_put_be32(&t->w, 0);
	tpm_must(t);
	return t->handle;
}

static void begin_crypt(struct tpm *t, u32 key, bool decrypt, u16 mode, const u8 *iv,
			const void *data, size_t len)
{
	tpm_begin(t, VTPM_CC_ENCRYPT_DECRYPT_2, 1, key);
	tpm_password(t, "");
	vtpm_put_2b(&t->w, data, len);
	buf_put_u8(&t->w, decrypt);
	buf_put_be16(&t->w, mode);
	vtpm_put_2b(&t->w, iv, iv ? 16 : 0);
}

static void test_modes(struct tpm *t, u32 key)
{
	struct blob first, second, iv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		begin_crypt(t, key, false, modes[i].mode, modes[i].iv, aes_plain, 32);
		tpm_expect(t, 0, "%s: encrypt", modes[i].name);
		tpm_keep(t, &first);
		tap_ok(first.size == 32 && !memcmp(first.data, modes[i].cipher, 32),
		       "%s: as SP 800-38A says", modes[i].name);
		begin_crypt(t, key, true, modes[i].mode, modes[i].iv, modes[i].cipher, 32);
		tpm_expect(t, 0, "%s: decrypt", modes[i].name);
		tpm_keep(t, &first);
		tap_ok(first.size == 32 && !memcmp(first.data, aes_plain, 32),
		       "%s: the same", modes[i].name);
		begin_crypt(t, key, false, modes[i].mode, modes[i].iv, aes_plain, 16);
		tpm_must(t);
		tpm_keep(t, &first);
		tpm_keep(t, &iv);
		tap_ok(iv.size == (modes[i].iv ? 16 : 0), "%s: an IV to go on with", modes[i].name);
		begin_crypt(t, key, false, modes[i].mode, modes[i].iv ? iv.data : NULL,
			    aes_plain + 16, 16);
		tpm_must(t);
		tpm_keep(t, &second);
		tap_ok(!memcmp(first.data, modes[i].cipher, 16) &&
		       !memcmp(second.data, modes[i].cipher + 16, 16),
		       "%s: in two commands", modes[i].name);
	}
}

static void test_cipher_errors(struct tpm *t, u32 any, u32 ecc)
{
	u32 cfb = cipher_key(t, VTPMA_OBJECT_SIGN | VTPMA_OBJECT_DECRYPT, VTPM_ALG_CFB);
	u32 encrypt = cipher_key(t, VTPMA_OBJECT_SIGN, VTPM_ALG_CFB);

	begin_crypt(t, any, false, VTPM_ALG_NULL, aes_iv, aes_plain, 16);
	tpm_expect(t, P3(MODE), "cipher: no mode");
	begin_crypt(t, cfb, false, VTPM_ALG_CBC, aes_iv, aes_plain, 16);
	tpm_expect(t, P3(MODE), "cipher: another mode than the key's");
	begin_crypt(t, cfb, false, VTPM_ALG_NULL, aes_iv, aes_plain, 15);
	tpm_expect(t, 0, "cipher: the key's mode");
	begin_crypt(t, cfb, false, VTPM_ALG_NULL, NULL, aes_plain, 16);
	tpm_expect(t, P4(SIZE), "cipher: no IV");
	begin_crypt(t, any, false, VTPM_ALG_ECB, aes_iv, aes_plain, 16);
	tpm_expect(t, P4(SIZE), "cipher: an IV for ECB");
	begin_crypt(t, any, false, VTPM_ALG_CBC, aes_iv, aes_plain, 15);
	tpm_expect(t, P1(SIZE), "cipher: half a block for CBC");
	begin_crypt(t, encrypt, true, VTPM_ALG_NULL, aes_iv, aes_plain, 16);
	tpm_expect(t, H1(ATTRIBUTES), "cipher: decrypt with a key that does not");
	begin_crypt(t, ecc, false, VTPM_ALG_CFB, aes_iv, aes_plain, 16);
	tpm_expect(t, H1(KEY), "cipher: with an ECC key");
	tpm_flush(t, cfb);
	tpm_flush(t, encrypt);
}

/* the older command: the data comes last */
static void test_older(struct tpm *t, u32 any)
{
	struct blob out;

	tpm_begin(t, VTPM_CC_ENCRYPT_DECRYPT, 1, any);
	tpm_password(t, "");
	buf_put_u8(&t->w, 0);
	buf_put_be16(&t->w, VTPM_ALG_CBC);
	vtpm_put_2b(&t->w, aes_iv, 16);
	vtpm_put_2b(&t->w, aes_plain, 32);
	tpm_expect(t, 0, "EncryptDecrypt");
	tpm_keep(t, &out);
	tap_ok(!memcmp(out.data, modes[1].cipher, 32), "EncryptDecrypt: the same result");
	tpm_begin(t, VTPM_CC_ENCRYPT_DECRYPT, 1, any);
	tpm_password(t, "");
	buf_put_u8(&t->w, 0);
	buf_put_be16(&t->w, VTPM_ALG_CBC);
	vtpm_put_2b(&t->w, aes_iv, 16);
	vtpm_put_2b(&t->w, aes_plain, 31);
	tpm_expect(t, P4(SIZE), "EncryptDecrypt: half a block, in parameter 4");
}

int main(void)
{
	struct vtpm_public rsa_pub = tpm_rsa(DECRYPT, VTPM_ALG_NULL), ecc_pub = tpm_storage();
	static struct tpm tpm;
	u32 rsa, ecc, any;

	tpm_create(&tpm, 6);
	rsa = tpm_primary(&tpm, VTPM_RH_OWNER, &rsa_pub);
	ecc = tpm_primary(&tpm, VTPM_RH_OWNER, &ecc_pub);
	test_padding(&tpm, rsa, VTPM_ALG_RSAES, 256 - 11, "RSAES");
	test_padding(&tpm, rsa, VTPM_ALG_OAEP, 256 - 2 * 32 - 2, "OAEP");
	test_number(&tpm, rsa);
	test_label(&tpm, rsa);
	test_rsa_keys(&tpm, ecc);
	test_ecdh(&tpm, VTPM_ECC_NIST_P256, "ECDH P-256");
	test_ecdh(&tpm, VTPM_ECC_NIST_P384, "ECDH P-384");
	test_ecdh_keys(&tpm, rsa);
	test_two_phases(&tpm);
	test_parameters(&tpm, VTPM_ECC_NIST_P256);
	test_parameters(&tpm, VTPM_ECC_NIST_P384);
	any = cipher_key(&tpm, VTPMA_OBJECT_SIGN | VTPMA_OBJECT_DECRYPT, VTPM_ALG_NULL);
	test_modes(&tpm, any);
	test_cipher_errors(&tpm, any, ecc);
	test_older(&tpm, any);
	test_commits(&tpm);
	tpm_destroy(&tpm);
	return tap_done();
}
