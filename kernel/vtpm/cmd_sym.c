// SPDX-License-Identifier: GPL-2.0
/*
 * A caller's data under a symmetric key: TPM 2.0 Library Part 3, section 15.2.
 */
#include "vtpm_internal.h"

/**
 * struct crypt - parameters, in the order of one command or the other
 * @decrypt: direction
 * @mode: mode, or VTPM_ALG_NULL: the key's
 * @iv: ivIn
 * @data: inData
 * @at_mode: VTPM_RC_P() of each
 * @at_iv: and so on
 * @at_data: and so on
 */
struct crypt {
	bool decrypt;
	u16 mode;
	struct vtpm_blob iv;
	struct vtpm_blob data;
	u32 at_mode;
	u32 at_iv;
	u32 at_data;
};

static u32 check_key(const struct vtpm_object *key, bool decrypt)
{
	const u32 attrs = key->pub.attrs;

	if (key->pub.type != VTPM_ALG_SYMCIPHER)
		return VTPM_RC_KEY;
	if (attrs & VTPMA_OBJECT_RESTRICTED ||
	    !(attrs & (decrypt ? VTPMA_OBJECT_DECRYPT : VTPMA_OBJECT_SIGN)))
		return VTPM_RC_ATTRIBUTES;
	return 0;
}

static u32 select_mode(const struct vtpm_object *key, const struct crypt *in,
		       struct vtpm_sym *sym)
{
	*sym = key->pub.sym;
	if (sym->mode == VTPM_ALG_NULL)
		sym->mode = in->mode;
	else if (in->mode != VTPM_ALG_NULL && in->mode != sym->mode)
		return VTPM_RC_MODE;
	return sym->mode == VTPM_ALG_NULL ? VTPM_RC_MODE : 0;
}

static u32 check_sizes(u16 mode, const struct crypt *in)
{
	u16 iv = mode == VTPM_ALG_ECB ? 0 : VTPM_AES_BLOCK;

	if (in->iv.size != iv)
		return VTPM_RC_SIZE + in->at_iv;
	if ((mode == VTPM_ALG_CBC || mode == VTPM_ALG_ECB) && in->data.size % VTPM_AES_BLOCK)
		return VTPM_RC_SIZE + in->at_data;
	return 0;
}

static u32 run_crypt(struct vtpm_cmd *c, const struct crypt *in)
{
	const struct vtpm_object *key = c->entity[0].object;
	u8 iv[VTPM_AES_BLOCK] = { };
	struct vtpm_sym sym;
	u8 *data;
	u32 rc;

	rc = check_key(key, in->decrypt);
	if (rc)
		return rc + VTPM_RC_H(1);
	rc = select_mode(key, in, &sym);
	if (rc)
		return rc + in->at_mode;
	rc = check_sizes(sym.mode, in);
	if (rc)
		return rc;
	if (in->iv.size)
		memcpy(iv, in->iv.data, in->iv.size);
	buf_put_be16(&c->out, in->data.size);
	data = buf_reserve(&c->out, in->data.size);
	if (!data)
		return VTPM_RC_FAILURE;
	if (in->data.size)
		memcpy(data, in->data.data, in->data.size);
	rc = vtpm_sym_crypt(c->tpm, !in->decrypt, &sym, key->sensitive.data, iv, data,
			    in->data.size);
	if (!rc)
		vtpm_put_2b(&c->out, iv, in->iv.size);
	return rc;
}

/** vtpm_cmd_encrypt_decrypt() - TPM2_EncryptDecrypt */
u32 vtpm_cmd_encrypt_decrypt(struct vtpm_cmd *c)
{
	struct crypt in = {
		.at_mode = VTPM_RC_P(2), .at_iv = VTPM_RC_P(3), .at_data = VTPM_RC_P(4),
	};
	u32 rc;

	in.decrypt = vtpm_get_yes_no(vtpm_param(c));
	in.mode = vtpm_get_cipher_mode(vtpm_param(c), VTPM_NULL_OK);
	vtpm_get_blob(vtpm_param(c), VTPM_AES_BLOCK, &in.iv);
	vtpm_get_blob(vtpm_param(c), VTPM_INPUT_BUFFER, &in.data);
	rc = vtpm_params_end(c);
	return rc ? rc : run_crypt(c, &in);
}

/**
 * vtpm_cmd_encrypt_decrypt_2() - TPM2_EncryptDecrypt2: the data comes first, so
 *                                that a session can encrypt it
 * @c: the command
 */
u32 vtpm_cmd_encrypt_decrypt_2(struct vtpm_cmd *c)
{
	struct crypt in = {
		.at_data = VTPM_RC_P(1), .at_mode = VTPM_RC_P(3), .at_iv = VTPM_RC_P(4),
	};
	u32 rc;

	vtpm_get_blob(vtpm_param(c), VTPM_INPUT_BUFFER, &in.data);
	in.decrypt = vtpm_get_yes_no(vtpm_param(c));
	in.mode = vtpm_get_cipher_mode(vtpm_param(c), VTPM_NULL_OK);
	vtpm_get_blob(vtpm_param(c), VTPM_AES_BLOCK, &in.iv);
	rc = vtpm_params_end(c);
	return rc ? rc : run_crypt(c, &in);
}
