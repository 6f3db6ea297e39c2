// SPDX-License-Identifier: GPL-2.0
/*
 * vtpm_crypto_test.ko: does the kernel compute the known answers?  Loading it is
 * the test; it does not stay.  A line for each row, with its time, goes to the
 * kernel log.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ktime.h>
#include <linux/module.h>

#include "vtpm/crypto_kernel.h"
#include "vtpm/known_answers.h"
#include "vtpm/vtpm_internal.h"

static unsigned int cost;
module_param(cost, uint, 0);
MODULE_PARM_DESC(cost, "how many keys of each kind to make, for their mean time (default 0)");

static bool never(void *arg)
{
	cond_resched();
	return false;
}

static const struct vtpm_env env = { .interrupted = never };

static u32 make_key(struct vtpm *tpm, struct vtpm_public *pub, struct vtpm_sensitive *sensitive,
		    unsigned int seed)
{
	struct vtpm_rng rng;

	vtpm_rng_seed(tpm, &rng, (u8 *)&seed, sizeof(seed), "cost", NULL, NULL, 0);
	return pub->type == VTPM_ALG_RSA ? vtpm_rsa_generate(&rng, pub, sensitive) :
					   vtpm_ecc_generate(&rng, pub, sensitive);
}

static void measure(struct vtpm *tpm, struct vtpm_object *key, const char *name)
{
	u64 start = ktime_get_ns();
	unsigned int i;
	u32 rc = 0;

	for (i = 0; i < cost && !rc; i++)
		rc = make_key(tpm, &key->pub, &key->sensitive, i);
	pr_info("%s: %llu ns for a key (%u)\n", name, (ktime_get_ns() - start) / cost, rc);
}

static void measure_all(void)
{
	struct vtpm_object *key = port_alloc(sizeof(*key));
	struct vtpm *tpm = port_alloc(sizeof(*tpm));

	if (key && tpm) {
		tpm->crypto = &vtpm_crypto_kernel;
		tpm->env = &env;
		key->pub.type = VTPM_ALG_ECC;
		key->pub.curve = VTPM_ECC_NIST_P256;
		measure(tpm, key, "P-256");
		key->pub.curve = VTPM_ECC_NIST_P384;
		measure(tpm, key, "P-384");
		key->pub.type = VTPM_ALG_RSA;
		key->pub.bits = 2048;
		measure(tpm, key, "RSA-2048");
	}
	port_free(key);
	port_free(tpm);
}

static int __init vtpm_crypto_test_init(void)
{
	unsigned int i, wrong = 0;
	u64 start;
	bool ok;
	int err;

	err = vtpm_crypto_kernel_init();
	if (err)
		return err;
	for (i = 0; i < nr_known_answers; i++) {
		start = ktime_get_ns();
		ok = known_answer_right(&known_answers[i], &vtpm_crypto_kernel);
		wrong += !ok;
		pr_info("%s %s: %llu us\n", ok ? "ok" : "not ok", known_answers[i].name,
			(ktime_get_ns() - start) / 1000);
	}
	if (cost)
		measure_all();
	vtpm_crypto_kernel_exit();
	/* not to stay loaded; the test tells the two apart */
	return wrong ? -EBADMSG : -EAGAIN;
}
module_init(vtpm_crypto_test_init);

MODULE_DESCRIPTION("Known answers of the vTPM's algorithms");
MODULE_LICENSE("GPL");
MODULE_SOFTDEP("pre: sha256-ssse3 sha1-ssse3 sha512-ssse3");
