// SPDX-License-Identifier: GPL-2.0
/*
 * Paddings of RSA: PKCS #1 2.2 (RFC 8017), sections 7 and 9.
 *
 * What came out of a decryption is looked at without branches until it is clear
 * whether it is right, and then it is only said whether, not what was wrong.
 */
#include "bn.h"
#include "vtpm_internal.h"

/* --- OAEP (7.1) ------------------------------------------------------------ */

/**
 * vtpm_oaep_encode() - EME-OAEP, with MGF1 of the same hash
 * @tpm: the vTPM
 * @hash: hash
 * @label: label, with its terminating zero
 * @label_len: bytes of @label
 * @in: message
 * @in_len: bytes of @in
 * @out: result, to be encrypted
 * @out_len: bytes of the modulus
 *
 * Return: 0; VTPM_RC_VALUE: no hash, or the message is too long; VTPM_RC_HASH: the
 *         key is too short for it.
 */
u32 vtpm_oaep_encode(struct vtpm *tpm, u16 hash, const u8 *label, size_t label_len,
		     const u8 *in, size_t in_len, u8 *out, size_t out_len)
{
	size_t h = vtpm_digest_size(hash), db_len;
	u8 *seed = out + 1, *db = out + 1 + h;
	struct vtpm_digest digest;

	if (!h)
		return VTPM_RC_VALUE;
	if (out_len < 2 * h + 2)
		return VTPM_RC_HASH;
	if (in_len > out_len - 2 * h - 2)
		return VTPM_RC_VALUE;

	db_len = out_len - 1 - h;
	memset(out, 0, out_len);
	vtpm_random(tpm, seed, h);
	vtpm_digest(tpm, hash, label, label_len, &digest);
	memcpy(db, digest.data, h);
	db[db_len - in_len - 1] = 1;
	if (in_len)
		memcpy(db + db_len - in_len, in, in_len);
	vtpm_mgf1_xor(tpm, hash, seed, h, db, db_len);
	vtpm_mgf1_xor(tpm, hash, db, db_len, seed, h);
	return 0;
}

/* the message of @len bytes at the end of @from, which is right if @bad is 0 */
static u32 take_message(u64 bad, const u8 *from, size_t from_len, size_t start, u8 *out,
			size_t *out_len)
{
	size_t len;

	if (bad)
		return VTPM_RC_VALUE;
	len = from_len - start;
	if (len > *out_len)
		return VTPM_RC_VALUE;
	memcpy(out, from + start, len);
	*out_len = len;
	return 0;
}

/**
 * vtpm_oaep_decode() - the reverse of vtpm_oaep_encode()
 * @tpm: the vTPM
 * @hash: hash
 * @label: label, with its terminating zero
 * @label_len: bytes of @label
 * @in: what was decrypted; overwritten, to be zeroed by the caller
 * @in_len: bytes of the modulus
 * @out: message
 * @out_len: bytes available, then bytes of the message
 *
 * Return: 0 or VTPM_RC_VALUE.
 */
u32 vtpm_oaep_decode(struct vtpm *tpm, u16 hash, const u8 *label, size_t label_len,
		     u8 *in, size_t in_len, u8 *out, size_t *out_len)
{
	size_t h = vtpm_digest_size(hash), db_len, i;
	u8 *seed = in + 1, *db = in + 1 + h;
	u64 bad, looking = U64_MAX, start = 0;
	struct vtpm_digest digest;

	if (!h || in_len < 2 * h + 2)
		return VTPM_RC_VALUE;
	db_len = in_len - 1 - h;
	vtpm_mgf1_xor(tpm, hash, db, db_len, seed, h);
	vtpm_mgf1_xor(tpm, hash, seed, h, db, db_len);
	vtpm_digest(tpm, hash, label, label_len, &digest);

	bad = in[0];
	for (i = 0; i < h; i++)
		bad |= db[i] ^ digest.data[i];
	/* zeros, then a one */
	for (i = h; i < db_len; i++) {
		u64 zero = vtpm_mask_zero(db[i]), one = vtpm_mask_zero(db[i] ^ 1);

		bad |= looking & ~zero & ~one;
		start |= looking & one & (i + 1);
		looking &= zero;
	}
	return take_message(bad | looking, db, db_len, start, out, out_len);
}

/* --- RSAES-PKCS1-v1_5 (7.2) ------------------------------------------------ */

/**
 * vtpm_rsaes_encode() - EME-PKCS1-v1_5
 * @tpm: the vTPM
 * @in: message
 * @in_len: bytes of @in
 * @out: result, to be encrypted
 * @out_len: bytes of the modulus
 *
 * Return: 0; VTPM_RC_VALUE: the message is too long.
 */
u32 vtpm_rsaes_encode(struct vtpm *tpm, const u8 *in, size_t in_len, u8 *out, size_t out_len)
{
	size_t i, pad;

	if (out_len < 11 || in_len > out_len - 11)
		return VTPM_RC_VALUE;
	pad = out_len - in_len - 3;
	out[0] = 0;
	out[1] = 2;
	vtpm_random(tpm, out + 2, pad);
	for (i = 2; i < 2 + pad; i++)
		while (!out[i])
			vtpm_random(tpm, out + i, 1);
	out[2 + pad] = 0;
	if (in_len)
		memcpy(out + 3 + pad, in, in_len);
	return 0;
}

/**
 * vtpm_rsaes_decode() - the reverse of vtpm_rsaes_encode()
 * @in: what was decrypted
 * @in_len: bytes of the modulus
 * @out: message
 * @out_len: bytes available, then bytes of the message
 *
 * Return: 0 or VTPM_RC_VALUE.
 */
u32 vtpm_rsaes_decode(const u8 *in, size_t in_len, u8 *out, size_t *out_len)
{
	u64 bad, looking = U64_MAX, start = 0;
	size_t i;

	if (in_len < 11)
		return VTPM_RC_VALUE;
	bad = in[0] | (in[1] ^ 2);
	/* at least 8 bytes that are not zero, then a zero */
	for (i = 2; i < in_len; i++) {
		u64 zero = vtpm_mask_zero(in[i]);

		start |= looking & zero & (i + 1);
		looking &= ~zero;
	}
	bad |= looking | vtpm_mask_less(start, 11);
	return take_message(bad, in, in_len, start, out, out_len);
}

/* --- signatures (9.1, 9.2) ------------------------------------------------- */

/* DER of DigestInfo up to the digest, RFC 8017 section 9.2, note 1 */
static const u8 info_sha1[] = {
	0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14
};

static const u8 info_sha256[] = {
	0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
	0x05, 0x00, 0x04, 0x20
};

static const u8 info_sha384[] = {
	0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02,
	0x05, 0x00, 0x04, 0x30
};

static const u8 info_sha512[] = {
	0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03,
	0x05, 0x00, 0x04, 0x40
};

static const struct {
	u16 hash;
	u8 len;
	const u8 *der;
} digest_infos[] = {
	{ VTPM_ALG_SHA1, sizeof(info_sha1), info_sha1 },
	{ VTPM_ALG_SHA256, sizeof(info_sha256), info_sha256 },
	{ VTPM_ALG_SHA384, sizeof(info_sha384), info_sha384 },
	{ VTPM_ALG_SHA512, sizeof(info_sha512), info_sha512 },
};

/**
 * vtpm_rsassa_encode() - EMSA-PKCS1-v1_5
 * @hash: hash that @digest is of
 * @digest: what is signed
 * @out: result
 * @out_len: bytes of the modulus
 *
 * Return: 0; VTPM_RC_SCHEME: no such hash; VTPM_RC_VALUE: not a digest of it;
 *         VTPM_RC_SIZE: the key is too short.
 */
u32 vtpm_rsassa_encode(u16 hash, const struct vtpm_digest *digest, u8 *out, size_t out_len)
{
	size_t i, info_len, pad;

	for (i = 0; i < ARRAY_SIZE(digest_infos); i++)
		if (digest_infos[i].hash == hash)
			break;
	if (i == ARRAY_SIZE(digest_infos))
		return VTPM_RC_SCHEME;
	if (digest->size != vtpm_digest_size(hash))
		return VTPM_RC_VALUE;
	info_len = digest_infos[i].len;
	if (out_len < info_len + digest->size + 11)
		return VTPM_RC_SIZE;

	pad = out_len - info_len - digest->size - 3;
	out[0] = 0;
	out[1] = 1;
	memset(out + 2, 0xff, pad);
	out[2 + pad] = 0;
	memcpy(out + 3 + pad, digest_infos[i].der, info_len);
	memcpy(out + 3 + pad + info_len, digest->data, digest->size);
	return 0;
}

/* H of EMSA-PSS: the digest of eight zeros, the digest, the salt; off the stack before MGF1 */
static noinline void pss_hash(struct vtpm *tpm, u16 hash, const struct vtpm_digest *digest,
			      const u8 *salt, size_t salt_len, struct vtpm_digest *result)
{
	struct vtpm_hash h;

	vtpm_hash_start(tpm, &h, hash);
	vtpm_hash_u64(&h, 0);
	vtpm_hash_digest(&h, digest);
	vtpm_hash_update(&h, salt, salt_len);
	vtpm_hash_final(&h, result);
}

/**
 * vtpm_pss_encode() - EMSA-PSS
 * @tpm: the vTPM
 * @hash: hash that @digest is of, also of MGF1
 * @digest: what is signed
 * @out: result
 * @out_len: bytes of the modulus, whose highest bit is set
 *
 * The salt is as long as the digest, or as long as there is room for.
 *
 * Return: 0; VTPM_RC_SCHEME: no such hash; VTPM_RC_VALUE: not a digest of it;
 *         VTPM_RC_SIZE: the key is too short.
 */
u32 vtpm_pss_encode(struct vtpm *tpm, u16 hash, const struct vtpm_digest *digest,
		    u8 *out, size_t out_len)
{
	size_t h = vtpm_digest_size(hash), db_len, salt_len;
	struct vtpm_digest result;
	u8 *salt;

	if (!h)
		return VTPM_RC_SCHEME;
	if (digest->size != h)
		return VTPM_RC_VALUE;
	if (out_len < h + 2)
		return VTPM_RC_SIZE;
	db_len = out_len - h - 1;
	salt_len = min(h, db_len - 1);

	memset(out, 0, out_len);
	salt = out + db_len - salt_len;
	vtpm_random(tpm, salt, salt_len);
	salt[-1] = 1;
	pss_hash(tpm, hash, digest, salt, salt_len, &result);
	memcpy(out + db_len, result.data, h);
	vtpm_mgf1_xor(tpm, hash, out + db_len, h, out, db_len);
	out[0] &= 0x7f;
	out[out_len - 1] = 0xbc;
	return 0;
}

/**
 * vtpm_pss_verify() - is this an EMSA-PSS encoding?  The salt may have any length.
 * @tpm: the vTPM
 * @hash: hash that @digest is of, also of MGF1
 * @digest: what was signed
 * @in: the signature's public power; overwritten
 * @in_len: bytes of the modulus
 *
 * Return: 0; VTPM_RC_SCHEME: no such hash; VTPM_RC_VALUE: no.
 */
u32 vtpm_pss_verify(struct vtpm *tpm, u16 hash, const struct vtpm_digest *digest,
		    u8 *in, size_t in_len)
{
	size_t h = vtpm_digest_size(hash), db_len, i;
	struct vtpm_digest result;

	if (!h)
		return VTPM_RC_SCHEME;
	if (digest->size != h || in_len < h + 2 || in[0] & 0x80 || in[in_len - 1] != 0xbc)
		return VTPM_RC_VALUE;
	db_len = in_len - h - 1;
	vtpm_mgf1_xor(tpm, hash, in + db_len, h, in, db_len);
	in[0] &= 0x7f;

	for (i = 0; i < db_len && !in[i]; i++)
		;
	if (i == db_len || in[i] != 1)
		return VTPM_RC_VALUE;
	pss_hash(tpm, hash, digest, in + i + 1, db_len - i - 1, &result);
	return vtpm_equal(in + db_len, result.data, h) ? 0 : VTPM_RC_VALUE;
}
