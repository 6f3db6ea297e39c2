// SPDX-License-Identifier: GPL-2.0
/*
 * Modes of AES over the backend's block function: SP 800-38A.
 */
#include "vtpm_internal.h"

struct aes {
	const struct vtpm_crypto_ops *ops;
	u8 state[VTPM_AES_STATE] __aligned(16);
};

/*
 * CFB with 128 bits of feedback.  The register of the next block is this
 * block's ciphertext, so the last block may be a short one.
 */
static void cfb(const struct aes *aes, bool encrypt, u8 *iv, u8 *data, size_t len)
{
	u8 stream[VTPM_AES_BLOCK];
	size_t i, n;

	for (; len; data += n, len -= n) {
		n = min_t(size_t, len, VTPM_AES_BLOCK);
		aes->ops->aes_encrypt(aes->state, stream, iv);
		for (i = 0; i < n; i++) {
			u8 in = data[i];

			data[i] ^= stream[i];
			iv[i] = encrypt ? data[i] : in;
		}
	}
	memzero_explicit(stream, sizeof(stream));
}

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
