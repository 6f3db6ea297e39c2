// SPDX-License-Identifier: GPL-2.0
/*
 * The primitives of a vTPM on the kernel's crypto API: synchronous hashes, and
 * the AES library, whose keys are plain memory.
 *
 * Both work wherever one is called, without memory of their own, once the
 * transforms exist.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/hash.h>

#include "../compat.h"
#include "crypto_kernel.h"
#include "tpm2.h"

/* by vtpm_crypto_kernel_init(); unkeyed, so that any number of states share one */
static struct {
	u16 alg;
	const char *name;
	struct crypto_shash *tfm;
} hashes[] = {
	{ VTPM_ALG_SHA1, "sha1" },
	{ VTPM_ALG_SHA256, "sha256" },
	{ VTPM_ALG_SHA384, "sha384" },
	{ VTPM_ALG_SHA512, "sha512" },
};

static struct crypto_shash *tfm_of(u16 alg)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hashes); i++)
		if (hashes[i].alg == alg)
			return hashes[i].tfm;
	WARN_ONCE(1, "no hash %#x", alg);
	return hashes[ARRAY_SIZE(hashes) - 1].tfm;
}

/* a state is a descriptor with its context behind it */
static void hash_start(u16 alg, void *state)
{
	struct shash_desc *desc = state;

	desc->tfm = tfm_of(alg);
	WARN_ON_ONCE(crypto_shash_init(desc));
}

static void hash_update(u16 alg, void *state, const void *data, size_t len)
{
	WARN_ON_ONCE(crypto_shash_update(state, data, len));
}

static void hash_final(u16 alg, void *state, u8 *digest)
{
	WARN_ON_ONCE(crypto_shash_final(state, digest));
}

static size_t hash_export(u16 alg, const void *state, u8 *blob)
{
	/* crypto_shash_export() does not change it, whatever its prototype says */
	struct shash_desc *desc = (struct shash_desc *)state;

	WARN_ON_ONCE(crypto_shash_export(desc, blob));
	return crypto_shash_statesize(desc->tfm);
}

static int hash_import(u16 alg, void *state, const u8 *blob, size_t len)
{
	struct shash_desc *desc = state;

	desc->tfm = tfm_of(alg);
	if (len != crypto_shash_statesize(desc->tfm))
		return -EINVAL;
	return crypto_shash_import(desc, blob) ? -EINVAL : 0;
}

static void aes_set_key(void *state, const u8 *key, unsigned int bits)
{
	BUILD_BUG_ON(sizeof(struct compat_aes_key) > VTPM_AES_STATE);
	WARN_ON_ONCE(compat_aes_preparekey(state, key, bits / 8));
}

static void aes_encrypt_block(const void *state, u8 *out, const u8 *in)
{
	aes_encrypt((const struct compat_aes_key *)state, out, in);
}

static void aes_decrypt_block(const void *state, u8 *out, const u8 *in)
{
	aes_decrypt((const struct compat_aes_key *)state, out, in);
}

const struct vtpm_crypto_ops vtpm_crypto_kernel = {
	.hash_start = hash_start,
	.hash_update = hash_update,
	.hash_final = hash_final,
	.hash_export = hash_export,
	.hash_import = hash_import,
	.aes_set_key = aes_set_key,
	.aes_encrypt = aes_encrypt_block,
	.aes_decrypt = aes_decrypt_block,
};

/**
 * vtpm_crypto_kernel_init() - get what vtpm_crypto_kernel needs
 *
 * Context: may sleep; before the table is used.
 * Return: 0, or why a transform is not to be had.
 */
int vtpm_crypto_kernel_init(void)
{
	struct crypto_shash *tfm;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hashes); i++) {
		tfm = crypto_alloc_shash(hashes[i].name, 0, 0);
		if (IS_ERR(tfm)) {
			pr_err("vtpm: the kernel cannot compute %s (%ld)\n", hashes[i].name,
			       PTR_ERR(tfm));
			vtpm_crypto_kernel_exit();
			return PTR_ERR(tfm);
		}
		hashes[i].tfm = tfm;
		if (sizeof(struct shash_desc) + crypto_shash_descsize(tfm) > VTPM_HASH_STATE ||
		    crypto_shash_statesize(tfm) > VTPM_HASH_EXPORT) {
			pr_err("vtpm: the state of %s (%s) is too large\n", hashes[i].name,
			       crypto_shash_driver_name(tfm));
			vtpm_crypto_kernel_exit();
			return -EINVAL;
		}
	}
	return 0;
}

/** vtpm_crypto_kernel_exit() - the reverse; also after a failure */
void vtpm_crypto_kernel_exit(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hashes); i++) {
		crypto_free_shash(hashes[i].tfm);
		hashes[i].tfm = NULL;
	}
}
