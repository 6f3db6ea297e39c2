// SPDX-License-Identifier: GPL-2.0
/*
 * Digests of bytes, on the kernel's crypto API.
 *
 * Transforms are allocated once, when the module is loaded: by then the CPU's
 * accelerated drivers are there (MODULE_SOFTDEP in main.c), which is why a
 * measurement here costs less than in host IMA, whose transforms are allocated
 * at boot, before any module.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/hash.h>
#include <crypto/hash_info.h>
#include <linux/slab.h>
#include <linux/tpm.h>

#include "compat.h"
#include "ima_ns.h"

struct ima_ns_bank ima_ns_banks[IMA_NS_MAX_BANKS + 1];
unsigned int ima_ns_nr_banks;
unsigned int ima_ns_digests_size;
unsigned int ima_ns_dedup_bank;
struct vtpm_pcr_layout ima_ns_pcr_layout;
enum hash_algo ima_ns_hash_algo;

/* PCR banks that a namespace may have */
static const struct {
	enum hash_algo algo;
	u16 tpm_alg;
} bank_algos[] = {
	{ HASH_ALGO_SHA1,   TPM_ALG_SHA1 },
	{ HASH_ALGO_SHA256, TPM_ALG_SHA256 },
	{ HASH_ALGO_SHA384, TPM_ALG_SHA384 },
	{ HASH_ALGO_SHA512, TPM_ALG_SHA512 },
};

/*
 * One transform for each algorithm that was ever asked for.  Entries are set
 * once, with cmpxchg(), and live until the module goes.
 */
static struct crypto_shash *tfms[HASH_ALGO__LAST];

/* algorithm of each PCR bank */
static enum hash_algo pcr_algo[IMA_NS_MAX_BANKS];

/**
 * ima_ns_hash_tfm() - the transform of an algorithm
 * @algo: enum hash_algo
 *
 * Context: may sleep the first time an algorithm is asked for.
 * Return: the transform, shared and never freed before the module; or an
 * ERR_PTR when this kernel cannot compute it or the digest is too large.
 */
struct crypto_shash *ima_ns_hash_tfm(enum hash_algo algo)
{
	struct crypto_shash *tfm, *old;

	if (algo >= HASH_ALGO__LAST || hash_digest_size[algo] > IMA_NS_MAX_DIGEST)
		return ERR_PTR(-EINVAL);
	tfm = READ_ONCE(tfms[algo]);
	if (tfm)
		return tfm;
	tfm = crypto_alloc_shash(hash_algo_name[algo], 0, 0);
	if (IS_ERR(tfm))
		return tfm;
	old = cmpxchg(&tfms[algo], NULL, tfm);
	if (!old)
		return tfm;
	crypto_free_shash(tfm);
	return old;
}

/**
 * ima_ns_hash() - digest of a buffer
 * @algo: algorithm
 * @data: bytes
 * @len: how many
 * @digest: result, hash_digest_size[@algo] bytes
 *
 * Context: any, once the algorithm's transform exists.
 * Return: 0, or the error of ima_ns_hash_tfm().
 */
int ima_ns_hash(enum hash_algo algo, const void *data, size_t len, u8 *digest)
{
	struct crypto_shash *tfm;

	if (compat_sha(algo, data, len, digest))
		return 0;
	tfm = ima_ns_hash_tfm(algo);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	return crypto_shash_tfm_digest(tfm, data, len, digest);
}

/**
 * ima_ns_pcr_bank() - index of the PCR bank of an algorithm
 * @algo: algorithm
 *
 * Return: the index, or -1 when there is no such bank.
 */
int ima_ns_pcr_bank(enum hash_algo algo)
{
	unsigned int i;

	for (i = 0; i < ima_ns_pcr_layout.nr_banks; i++)
		if (pcr_algo[i] == algo)
			return i;
	return -1;
}

/* struct vtpm_pcr_layout.extend; the bank's transform exists since init */
static void extend(unsigned int bank, u8 *digest, const u8 *data)
{
	u8 both[2 * IMA_NS_MAX_DIGEST];
	unsigned int size = ima_ns_pcr_layout.size[bank];

	memcpy(both, digest, size);
	memcpy(both + size, data, size);
	WARN_ON_ONCE(ima_ns_hash(pcr_algo[bank], both, 2 * size, digest));
}

static int add_bank(enum hash_algo algo, int pcr)
{
	struct crypto_shash *tfm = ima_ns_hash_tfm(algo);
	struct ima_ns_bank *b = &ima_ns_banks[ima_ns_nr_banks];

	if (IS_ERR(tfm)) {
		pr_err("banks: the kernel cannot compute %s (%ld)\n", hash_algo_name[algo],
		       PTR_ERR(tfm));
		return PTR_ERR(tfm);
	}
	b->algo = algo;
	b->size = hash_digest_size[algo];
	b->offset = ima_ns_digests_size;
	b->pcr = pcr;
	if (b->size > ima_ns_banks[ima_ns_dedup_bank].size)
		ima_ns_dedup_bank = ima_ns_nr_banks;
	ima_ns_digests_size += b->size;
	ima_ns_nr_banks++;
	return 0;
}

static int add_pcr_bank(const char *name)
{
	unsigned int i, k, n = ima_ns_pcr_layout.nr_banks;

	for (i = 0; i < ARRAY_SIZE(bank_algos); i++)
		if (!strcmp(name, hash_algo_name[bank_algos[i].algo]))
			break;
	if (i == ARRAY_SIZE(bank_algos)) {
		pr_err("banks: \"%s\" is none of sha1, sha256, sha384, sha512\n", name);
		return -EINVAL;
	}
	for (k = 0; k < n; k++) {
		if (ima_ns_pcr_layout.alg[k] == bank_algos[i].tpm_alg) {
			pr_err("banks: %s is named twice\n", name);
			return -EINVAL;
		}
	}
	pcr_algo[n] = bank_algos[i].algo;
	ima_ns_pcr_layout.alg[n] = bank_algos[i].tpm_alg;
	ima_ns_pcr_layout.size[n] = hash_digest_size[bank_algos[i].algo];
	ima_ns_pcr_layout.nr_banks++;
	return add_bank(bank_algos[i].algo, n);
}

static int add_banks(const char *names)
{
	char *copy = kstrdup(names, GFP_KERNEL), *rest = copy, *name;
	bool sha1 = false;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	while (!err && (name = strsep(&rest, ","))) {
		sha1 |= !strcmp(name, "sha1");
		err = add_pcr_bank(name);
	}
	kfree(copy);
	/* the log files without a bank in their name show sha1, as on the host */
	if (!err && !sha1)
		err = add_bank(HASH_ALGO_SHA1, -1);
	return err;
}

/**
 * ima_ns_hash_init() - read the parameters and allocate the transforms
 * @banks: names of the PCR banks, comma separated
 * @hash: name of the algorithm of file digests
 *
 * Return: 0, or -EINVAL for a name that is not known, after saying which.
 */
int ima_ns_hash_init(const char *banks, const char *hash)
{
	int err, algo;

	algo = match_string(hash_algo_name, HASH_ALGO__LAST, hash);
	if (algo < 0 || IS_ERR(ima_ns_hash_tfm(algo))) {
		pr_err("hash: this kernel cannot compute \"%s\"\n", hash);
		return -EINVAL;
	}
	ima_ns_hash_algo = algo;
	err = add_banks(banks);
	if (err) {
		ima_ns_hash_exit();
		return err;
	}
	ima_ns_pcr_layout.extend = extend;
	vtpm_pcr_layout_seal(&ima_ns_pcr_layout);
	return 0;
}

/** ima_ns_hash_exit() - free the transforms */
void ima_ns_hash_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tfms); i++)
		if (tfms[i])
			crypto_free_shash(tfms[i]);
}
