// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers: random ones and those at the edges, against OpenSSL's BN.
 */
#include <openssl/rand.h>

#include "algo.h"

#define ROUNDS	400

static const size_t sizes[] = { 1, 4, 6, 8, 16, 32 };

/* what of a function went wrong, counted */
static unsigned int wrong_load, wrong_rr, wrong_mod, wrong_mul, wrong_exp, wrong_public,
	wrong_word, wrong_inverse, wrong_product, wrong_div, wrong_compare;

static void random_limbs(u64 *a, size_t n, int round)
{
	size_t i;

	RAND_bytes((u8 *)a, 8 * n);
	/* long rows of ones and zeros carry furthest */
	for (i = 0; i < n; i++)
		if (round % 3 == 1)
			a[i] = a[i] & 1 ? U64_MAX : 0;
}

static void one_modulus(size_t n, int round)
{
	u64 m[32], rr[32], a[64], b[32], e[32], r[64], table[VTPM_MONT_TABLE(32)];
	BIGNUM *bm, *ba, *bb, *be, *x = algo_number(), *y = algo_number();
	struct vtpm_mont mont;
	u8 bytes[ALGO_BYTES];

	random_limbs(m, n, round);
	random_limbs(a, 2 * n, round + 1);
	random_limbs(b, n, round);
	random_limbs(e, n, round + 2);
	m[0] |= 1;
	m[n - 1] |= 1ull << 63;
	bm = algo_from_limbs(m, n);
	ba = algo_from_limbs(a, 2 * n);
	bb = algo_from_limbs(b, n);
	be = algo_from_limbs(e, n);

	vtpm_bn_store(bytes, 8 * n, b, n);
	vtpm_bn_load(r, n, bytes, 8 * n);
	wrong_load += memcmp(r, b, 8 * n) != 0;
	wrong_compare += !!vtpm_bn_less(b, m, n) != (BN_cmp(bb, bm) < 0);
	wrong_compare += !!vtpm_bn_equal(b, m, n) != (BN_cmp(bb, bm) == 0);
	wrong_compare += !!vtpm_bn_is_zero(b, n) != BN_is_zero(bb);

	vtpm_mont_init(&mont, m, rr, n);
	BN_one(x);
	BN_lshift(x, x, 128 * n);
	BN_mod(x, x, bm, algo_ctx());
	wrong_rr += !algo_same(rr, n, x);

	vtpm_mont_mod(&mont, r, a);
	BN_mod(x, ba, bm, algo_ctx());
	wrong_mod += !algo_same(r, n, x);

	vtpm_mont_to(&mont, a, r);
	vtpm_mont_to(&mont, b, b);
	vtpm_mont_mul(&mont, r, a, b);
	vtpm_mont_from(&mont, r, r);
	BN_mod_mul(y, x, bb, bm, algo_ctx());
	wrong_mul += !algo_same(r, n, y);

	vtpm_mont_exp(&mont, r, a, e, n, table);
	vtpm_mont_from(&mont, r, r);
	BN_mod_exp(y, x, be, bm, algo_ctx());
	wrong_exp += !algo_same(r, n, y);

	vtpm_mont_exp_public(&mont, r, a, (u32)e[0] | 1);
	vtpm_mont_from(&mont, r, r);
	BN_set_word(y, (u32)e[0] | 1);
	BN_mod_exp(y, x, y, bm, algo_ctx());
	wrong_public += !algo_same(r, n, y);

	BN_free(bm);
	BN_free(ba);
	BN_free(bb);
	BN_free(be);
	BN_free(x);
	BN_free(y);
}

static void one_inverse(size_t n, int round)
{
	u64 m[16], a[16], r[32], q[16], work[VTPM_INVERSE_WORK(16)];
	BIGNUM *bm, *ba, *inverse, *product = algo_number();
	u64 exists;
	u32 word;

	random_limbs(m, n, round);
	random_limbs(a, n, round + 1);
	/* moduli of any length, small numbers */
	if (round % 5 == 0)
		m[n - 1] >>= round % 64;
	m[0] |= 1;
	if (round % 7 == 0)
		memset(a + 1, 0, 8 * (n - 1));
	bm = algo_from_limbs(m, n);
	if (BN_is_one(bm)) {
		m[0] = 3;
		BN_set_word(bm, 3);
	}
	ba = algo_from_limbs(a, n);
	BN_mod(ba, ba, bm, algo_ctx());
	if (round % 11 == 0)
		BN_zero(ba);
	algo_to_limbs(a, n, ba);

	exists = vtpm_bn_inverse(r, a, m, n, work);
	inverse = BN_mod_inverse(NULL, ba, bm, algo_ctx());
	wrong_inverse += !!exists != !!inverse || (inverse && !algo_same(r, n, inverse));
	BN_free(inverse);

	vtpm_bn_mul(r, a, n, m, n);
	BN_mul(product, ba, bm, algo_ctx());
	wrong_product += !algo_same(r, 2 * n, product);
	vtpm_bn_div_exact(q, n, r, m, n);
	wrong_div += memcmp(q, a, 8 * n) != 0;

	word = (u32)m[0] >> round % 30 | 1;
	wrong_word += vtpm_bn_mod_word(a, n, word) != BN_mod_word(ba, word);
	BN_free(bm);
	BN_free(ba);
	BN_free(product);
}

int main(void)
{
	size_t i;
	int k;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (k = 0; k < (sizes[i] > 8 ? ROUNDS / 8 : ROUNDS); k++)
			one_modulus(sizes[i], k);
		for (k = 0; sizes[i] <= VTPM_PRIME_LIMBS && k < ROUNDS; k++)
			one_inverse(sizes[i], k);
	}
	tap_ok(!wrong_load, "bytes to limbs and back");
	tap_ok(!wrong_compare, "less, equal, zero");
	tap_ok(!wrong_rr, "R^2 modulo a number");
	tap_ok(!wrong_mod, "a number of twice the length modulo a number");
	tap_ok(!wrong_mul, "products in Montgomery form");
	tap_ok(!wrong_exp, "powers with secret exponents");
	tap_ok(!wrong_public, "powers with public exponents");
	tap_ok(!wrong_word, "a number modulo a word");
	tap_ok(!wrong_inverse, "inverses, and that there is none");
	tap_ok(!wrong_product, "products");
	tap_ok(!wrong_div, "quotients without remainder");
	BN_CTX_free(algo_ctx());
	return tap_done();
}
