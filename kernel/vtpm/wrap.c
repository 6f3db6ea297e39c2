// SPDX-License-Identifier: GPL-2.0
/*
 * What protects secrets outside of the TPM: TPM 2.0 Library Part 1, sections 22
 * to 24.
 *
 * Outer wrap, of a private area, a duplicate or a credential:
 *
 *	2B HMAC || [2B IV ||] AES-CFB(content)
 *
 * Both keys come from the protector's seed or from one that travels beside it
 * under a public key; the HMAC covers what follows it and the Name of the object
 * that the content belongs to.
 */
#include "vtpm_internal.h"

static void integrity_key(struct vtpm *tpm, u16 alg, const struct vtpm_digest *seed, u8 *key)
{
	vtpm_kdfa(tpm, alg, seed->data, seed->size, "INTEGRITY", NULL, 0, NULL, 0,
		  key, 8 * vtpm_digest_size(alg));
}

/*
 * HMAC of the encrypted bytes and the Name.  Not inline: its state and that of a
 * KDF together would be too much for the stack.
 */
static noinline void outer_hmac(struct vtpm *tpm, u16 alg, const u8 *key,
				const struct vtpm_name *name, const u8 *data, size_t len,
				struct vtpm_digest *hmac)
{
	struct vtpm_hmac h;

	vtpm_hmac_start(tpm, &h, alg, key, vtpm_digest_size(alg));
	vtpm_hash_update(&h.hash, data, len);
	vtpm_hash_name(&h.hash, name);
	vtpm_hmac_final(&h, hmac);
}

static void outer_crypt(struct vtpm *tpm, bool encrypt, const struct vtpm_object *protector,
			const struct vtpm_digest *seed, const struct vtpm_name *name, u8 *iv,
			u8 *data, size_t len)
{
	u16 bits = protector->pub.sym.bits;
	u8 key[VTPM_MAX_SYM_KEY];

	vtpm_kdfa(tpm, protector->pub.name_alg, seed->data, seed->size, "STORAGE",
		  name->data, name->size, NULL, 0, key, bits);
	vtpm_aes_cfb(tpm, encrypt, key, bits, iv, data, len);
	memzero_explicit(key, sizeof(key));
}

/**
 * vtpm_wrap_outer() - put the outer wrap around something
 * @tpm: the vTPM
 * @protector: storage key, with its sensitive area if @seed is NULL
 * @name: Name that the content belongs to
 * @seed: seed, or NULL: that of @protector
 * @iv: begin with a random IV; without it the IV is zeros
 * @data: content, which is replaced by the wrapped content
 * @len: bytes of @data, before and after
 * @size: bytes there are at @data
 *
 * Return: 0, or TPM_RC_SIZE if the result does not fit.
 */
u32 vtpm_wrap_outer(struct vtpm *tpm, const struct vtpm_object *protector,
		    const struct vtpm_name *name, const struct vtpm_digest *seed, bool iv,
		    u8 *data, size_t *len, size_t size)
{
	u16 alg = protector->pub.name_alg, hmac_size = vtpm_digest_size(alg);
	size_t head = 2 + hmac_size, iv_size = iv ? 2 + VTPM_AES_BLOCK : 0;
	u8 block[VTPM_AES_BLOCK] = { }, key[VTPM_MAX_DIGEST];
	struct vtpm_digest hmac;

	if (head + iv_size + *len > size)
		return VTPM_RC_SIZE;
	if (!seed)
		seed = &protector->sensitive.seed;
	memmove(data + head + iv_size, data, *len);
	if (iv) {
		vtpm_random(tpm, block, sizeof(block));
		put_unaligned_be16(sizeof(block), data + head);
		memcpy(data + head + 2, block, sizeof(block));
	}
	outer_crypt(tpm, true, protector, seed, name, block, data + head + iv_size, *len);
	*len += iv_size;
	integrity_key(tpm, alg, seed, key);
	outer_hmac(tpm, alg, key, name, data + head, *len, &hmac);
	memzero_explicit(key, sizeof(key));
	put_unaligned_be16(hmac.size, data);
	memcpy(data + 2, hmac.data, hmac.size);
	*len += head;
	return 0;
}

/**
 * vtpm_unwrap_outer() - check and take off the outer wrap
 * @tpm: the vTPM
 * @protector: storage key, with its sensitive area if @seed is NULL
 * @name: Name that the content should belong to
 * @seed: seed, or NULL: that of @protector
 * @iv: it begins with an IV
 * @in: the wrapped content
 * @data: gets the content; @in->size bytes are always enough
 * @len: bytes of it
 *
 * Nothing is decrypted before the HMAC has been found right.
 *
 * Return: 0 or a bare response code.
 */
u32 vtpm_unwrap_outer(struct vtpm *tpm, const struct vtpm_object *protector,
		      const struct vtpm_name *name, const struct vtpm_digest *seed, bool iv,
		      const struct vtpm_blob *in, u8 *data, size_t *len)
{
	u8 block[VTPM_AES_BLOCK] = { }, key[VTPM_MAX_DIGEST];
	u16 alg = protector->pub.name_alg;
	struct vtpm_digest hmac, right;
	struct vtpm_reader r;
	struct vtpm_blob sent;

	if (!seed)
		seed = &protector->sensitive.seed;
	vtpm_reader_init(&r, in->data, in->size, 0);
	vtpm_get_digest(&r, &hmac);
	if (r.rc)
		return r.rc;
	integrity_key(tpm, alg, seed, key);
	outer_hmac(tpm, alg, key, name, in->data + r.buf.pos, buf_left(&r.buf), &right);
	memzero_explicit(key, sizeof(key));
	if (!vtpm_digest_equal(&hmac, &right))
		return VTPM_RC_INTEGRITY;
	if (iv) {
		vtpm_get_blob(&r, sizeof(block), &sent);
		if (r.rc)
			return r.rc;
		if (sent.size != sizeof(block))
			return VTPM_RC_VALUE;
		memcpy(block, sent.data, sizeof(block));
	}
	*len = buf_left(&r.buf);
	if (*len)
		memcpy(data, in->data + r.buf.pos, *len);
	outer_crypt(tpm, false, protector, seed, name, block, data, *len);
	return 0;
}

/**
 * vtpm_put_private() - TPM2B_SENSITIVE as it goes into a wrap
 * @w: where it goes
 * @sensitive: sensitive area
 * @name_alg: of its public area; the authValue is padded to its size, so that the
 *            size of a wrap does not tell how long a password is
 */
void vtpm_put_private(struct buf_writer *w, const struct vtpm_sensitive *sensitive, u16 name_alg)
{
	size_t begin = vtpm_put_begin(w);
	u16 size = max(vtpm_digest_size(name_alg), sensitive->auth.size);

	buf_put_be16(w, sensitive->type);
	buf_put_be16(w, size);
	buf_put(w, sensitive->auth.data, sensitive->auth.size);
	for (; size > sensitive->auth.size; size--)
		buf_put_u8(w, 0);
	vtpm_put_digest(w, &sensitive->seed);
	vtpm_put_2b(w, sensitive->data, sensitive->size);
	vtpm_put_end(w, begin);
}

/**
 * vtpm_get_private() - TPM2B_SENSITIVE as it comes out of a wrap
 * @data: content of the wrap
 * @len: bytes of @data
 * @sensitive: result
 *
 * Return: 0, the bare code of what is malformed, or TPM_RC_SIZE for bytes left over.
 */
u32 vtpm_get_private(const u8 *data, size_t len, struct vtpm_sensitive *sensitive)
{
	struct vtpm_reader r;
	u16 size;

	vtpm_reader_init(&r, data, len, 0);
	size = vtpm_get_u16(&r);
	if (!r.rc && size != buf_left(&r.buf))
		return VTPM_RC_SIZE;
	vtpm_get_sensitive(&r, sensitive);
	if (!r.rc && buf_left(&r.buf))
		return VTPM_RC_SIZE;
	return r.rc;
}

/**
 * vtpm_wrap_private() - TPM2B_PRIVATE: an object's sensitive area under its parent,
 *                       into the response
 * @c: the command
 * @object: has its @name
 * @parent: parent
 *
 * Return: 0, or TPM_RC_FAILURE when the response is full.
 */
u32 vtpm_wrap_private(struct vtpm_cmd *c, const struct vtpm_object *object,
		      const struct vtpm_object *parent)
{
	struct buf_writer *w = &c->out;
	size_t begin = vtpm_put_begin(w), content = w->len, len;

	vtpm_put_private(w, &object->sensitive, object->pub.name_alg);
	if (w->overflow)
		return VTPM_RC_FAILURE;
	len = w->len - content;
	if (vtpm_wrap_outer(c->tpm, parent, &object->name, NULL, true, w->data + content, &len,
			    w->size - content))
		return VTPM_RC_FAILURE;
	w->len = content + len;
	vtpm_put_end(w, begin);
	return 0;
}

/**
 * vtpm_unwrap_private() - take an object's sensitive area out of its TPM2B_PRIVATE
 * @c: the command
 * @in: content of the TPM2B
 * @parent: parent
 * @object: has its @name; gets @sensitive
 *
 * Return: 0 or a bare response code.
 */
u32 vtpm_unwrap_private(struct vtpm_cmd *c, const struct vtpm_blob *in,
			const struct vtpm_object *parent, struct vtpm_object *object)
{
	u8 *data = vtpm_tmp(c, in->size);
	size_t len;
	u32 rc;

	if (!data)
		return VTPM_RC_MEMORY;
	rc = vtpm_unwrap_outer(c->tpm, parent, &object->name, NULL, true, in, data, &len);
	if (rc)
		return rc;
	/* the HMAC is right, so this is not what anybody could have meant */
	return vtpm_get_private(data, len, &object->sensitive) ? VTPM_RC_SENSITIVE : 0;
}
