// SPDX-License-Identifier: GPL-2.0
/*
 * Encryption of the first parameter: TPM 2.0 Library Part 1, section 21.
 */
#include "vtpm_internal.h"

static void crypt_aes(struct vtpm *tpm, const struct vtpm_session *session, bool encrypt,
		      const u8 *key, size_t key_len, const struct vtpm_digest *newer,
		      const struct vtpm_digest *older, u8 *data, size_t len)
{
	u8 key_iv[VTPM_MAX_SYM_KEY + VTPM_AES_BLOCK];
	unsigned int bits = session->sym.bits;

	vtpm_kdfa(tpm, session->hash, key, key_len, "CFB", newer->data, newer->size,
		  older->data, older->size, key_iv, bits + 8 * VTPM_AES_BLOCK);
	vtpm_aes_cfb(tpm, encrypt, key_iv, bits, key_iv + bits / 8, data, len);
	memzero_explicit(key_iv, sizeof(key_iv));
}

/**
 * vtpm_session_crypt() - decrypt a command's, encrypt a response's first parameter
 * @c: the command
 * @auth: the session that does it; its symmetric algorithm is not NULL
 * @response: encrypt; else decrypt
 * @param: parameters; the first is a TPM2B
 * @len: bytes of all of them
 *
 * The key always includes the authValue of the entity that the session
 * authorizes, bound or not.
 *
 * Return: 0; TPM_RC_INSUFFICIENT, TPM_RC_SIZE: there is no such parameter.
 */
u32 vtpm_session_crypt(struct vtpm_cmd *c, const struct vtpm_auth *auth, bool response,
		       u8 *param, size_t len)
{
	const struct vtpm_session *session = auth->session;
	const struct vtpm_digest *newer, *older;
	u8 key[VTPM_AUTH_KEY];
	size_t key_len, size;

	if (len < 2)
		return VTPM_RC_INSUFFICIENT;
	size = get_unaligned_be16(param);
	if (size > len - 2)
		return VTPM_RC_SIZE;
	newer = response ? &session->nonce_tpm : &auth->nonce_caller;
	older = response ? &auth->nonce_caller : &session->nonce_tpm;
	vtpm_auth_key(c, auth, true, key, &key_len);
	if (session->sym.alg == VTPM_ALG_XOR)
		vtpm_kdfa_xor(c->tpm, session->sym.hash, key, key_len, newer, older,
			      param + 2, size);
	else
		crypt_aes(c->tpm, session, response, key, key_len, newer, older, param + 2, size);
	memzero_explicit(key, sizeof(key));
	return 0;
}
