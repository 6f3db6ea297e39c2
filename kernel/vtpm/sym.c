// SPDX-License-Identifier: GPL-2.0
/*
 * Modes of AES over the backend's block function: SP 800-38A.
 */
#include "vtpm_internal.h"

struct aes {
	const struct vtpm_crypto_ops *ops;
	u8 state[VTPM_AES_STATE] __aligned(16);
};

static void xor_block(u8 *r, const u8 *a, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		r[i] ^= a[i];
}

/*
 * CFB with 128 bits of feedback.  The register of the next block is this
 * block's ciphertext, so the last block may be a short one: then the register
 * is filled up with zeros.
 */
static void cfb(const struct aes *aes, bool encrypt, u8 *iv, u8 *data, size_t len)
{
	u8 stream[VTPM_AES_BLOCK];
	size_t n;

	for (; len; data += n, len -= n) {
		n = min_t(size_t, len, VTPM_AES_BLOCK);
		aes->ops->aes_encrypt(aes->state, stream, iv);
		memset(iv, 0, VTPM_AES_BLOCK);
		if (!encrypt)
			memcpy(iv, data, n);
		xor_block(data, stream, n);
		if (encrypt)
			memcpy(iv, data, n);
	}
	memzero_explicit(stream, sizeof(stream));
}

/* OFB: the key stream is the register, encrypted again and again */
static void ofb(const struct aes *aes, bool encrypt, u8 *iv, u8 *data, size_t len)
{
	size_t n;

	for (; len; data += n, len -= n) {
		n = min_t(size_t, len, VTPM_AES_BLOCK);
		aes->ops->aes_encrypt(aes->state, iv, iv);
		xor_block(data, iv, n);
	}
}

/* CTR: the register is a big-endian number that counts blocks */
static void ctr(const struct aes *aes, bool encrypt, u8 *iv, u8 *data, size_t len)
{
	u8 stream[VTPM_AES_BLOCK];
	size_t n, i;

	for (; len; data += n, len -= n) {
		n = min_t(size_t, len, VTPM_AES_BLOCK);
		aes->ops->aes_encrypt(aes->state, stream, iv);
		xor_block(data, stream, n);
		for (i = VTPM_AES_BLOCK; i-- > 0;)
			if (++iv[i])
				break;
	}
	memzero_explicit(stream, sizeof(stream));
}

static void cbc(const struct aes *aes, bool encrypt, u8 *iv, u8 *data, size_t len)
{
	u8 next[VTPM_AES_BLOCK];

	for (; len; data += VTPM_AES_BLOCK, len -= VTPM_AES_BLOCK) {
		if (encrypt) {
			xor_block(data, iv, VTPM_AES_BLOCK);
			aes->ops->aes_encrypt(aes->state, data, data);
			memcpy(iv, data, VTPM_AES_BLOCK);
		} else {
			memcpy(next, data, VTPM_AES_BLOCK);
			aes->ops->aes_decrypt(aes->state, data, data);
			xor_block(data, iv, VTPM_AES_BLOCK);
			memcpy(iv, next, VTPM_AES_BLOCK);
		}
	}
}

static void ecb(const struct aes *aes, bool encrypt, u8 *iv, u8 *data, size_t len)
{
	for (; len; data += VTPM_AES_BLOCK, len -= VTPM_AES_BLOCK) {
		if (encrypt)
			aes->ops->aes_encrypt(aes->state, data, data);
		else
			aes->ops->aes_decrypt(aes->state, data, data);
	}
}

static const struct {
	u16 mode;
	bool whole_blocks;
	void (*run)(const struct aes *aes, bool encrypt, u8 *iv, u8 *data, size_t len);
} modes[] = {
	{ VTPM_ALG_CFB, false, cfb },
	{ VTPM_ALG_CTR, false, ctr },
	{ VTPM_ALG_OFB, false, ofb },
	{ VTPM_ALG_CBC, true, cbc },
	{ VTPM_ALG_ECB, true, ecb },
};

/**
 * vtpm_aes_cfb() - encrypt or decrypt in place
 * @tpm: the vTPM
 * @encrypt: direction
 * @key: key
 * @bits: of @key, 128 or 256
 * @iv: one block; changed so that a call with the data that follows goes on
 * @data: data
 * @len: bytes of @data
 */
void vtpm_aes_cfb(struct vtpm *tpm, bool encrypt, const u8 *key, unsigned int bits, u8 *iv,
		  u8 *data, size_t len)
{
	struct aes aes = { .ops = tpm->crypto };

	aes.ops->aes_set_key(aes.state, key, bits);
	cfb(&aes, encrypt, iv, data, len);
	memzero_explicit(&aes, sizeof(aes));
}

/**
 * vtpm_sym_crypt() - the same in any mode
 * @tpm: the vTPM
 * @encrypt: direction
 * @sym: cipher and mode
 * @key: key of sym->bits
 * @iv: one block, changed likewise; VTPM_ALG_ECB leaves it alone
 * @data: data
 * @len: bytes of @data
 *
 * Return: 0; VTPM_RC_SYMMETRIC: not AES; VTPM_RC_MODE: no such mode; VTPM_RC_SIZE:
 *         the mode wants whole blocks.
 */
u32 vtpm_sym_crypt(struct vtpm *tpm, bool encrypt, const struct vtpm_sym *sym, const u8 *key,
		   u8 *iv, u8 *data, size_t len)
{
	struct aes aes = { .ops = tpm->crypto };
	size_t i;

	if (sym->alg != VTPM_ALG_AES)
		return VTPM_RC_SYMMETRIC;
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (modes[i].mode == sym->mode)
			break;
	if (i == ARRAY_SIZE(modes))
		return VTPM_RC_MODE;
	if (modes[i].whole_blocks && len % VTPM_AES_BLOCK)
		return VTPM_RC_SIZE;
	aes.ops->aes_set_key(aes.state, key, sym->bits);
	modes[i].run(&aes, encrypt, iv, data, len);
	memzero_explicit(&aes, sizeof(aes));
	return 0;
}
