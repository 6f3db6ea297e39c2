// SPDX-License-Identifier: GPL-2.0
/*
 * Montgomery arithmetic, see bn.h: products and powers modulo an odd number, in
 * a time that depends on the numbers of limbs only.
 */
#include "bn.h"

/* a sum of products: three limbs */
struct sum {
	u64 low, middle, high;
};

static __always_inline void add_product(struct sum *s, u64 a, u64 b)
{
	u128 product = (u128)a * b;
	u64 carry = 0;

	s->low = vtpm_adc(s->low, (u64)product, &carry);
	s->middle = vtpm_adc(s->middle, (u64)(product >> 64), &carry);
	s->high += carry;
}

static __always_inline u64 take_low(struct sum *s)
{
	u64 low = s->low;

	s->low = s->middle;
	s->middle = s->high;
	s->high = 0;
	return low;
}

/**
 * vtpm_mont_mul() - a product in Montgomery form
 * @mont: modulus
 * @r: result: @a * @b / R modulo the modulus
 * @a: factor; may be any number of n limbs
 * @b: factor, below the modulus
 *
 * Column by column: q is the number that makes the lower half of a * b + q * m
 * zero; each of its limbs is found when its column is complete.
 */
void vtpm_mont_mul(const struct vtpm_mont *mont, u64 *r, const u64 *a, const u64 *b)
{
	u64 q[VTPM_RSA_LIMBS], upper[VTPM_RSA_LIMBS];
	size_t n = mont->n, i, j;
	struct sum s = {};

	if (mont->p256) {
		vtpm_p256_mul(r, a, b);
		return;
	}
	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++) {
			add_product(&s, a[j], b[i - j]);
			add_product(&s, q[j], mont->m[i - j]);
		}
		add_product(&s, a[i], b[0]);
		q[i] = s.low * mont->inv;
		add_product(&s, q[i], mont->m[0]);
		take_low(&s);
	}
	for (i = n; i < 2 * n; i++) {
		for (j = i - n + 1; j < n; j++) {
			add_product(&s, a[j], b[i - j]);
			add_product(&s, q[j], mont->m[i - j]);
		}
		upper[i - n] = take_low(&s);
	}
	vtpm_bn_reduce(r, s.low, upper, mont->m, n);
}

/**
 * vtpm_mont_init() - prepare a modulus
 * @mont: result
 * @m: modulus, odd, with the highest bit of its highest limb set; stays in use
 * @rr: memory for R * R modulo @m, @n limbs; stays in use
 * @n: limbs
 */
void vtpm_mont_init(struct vtpm_mont *mont, const u64 *m, u64 *rr, size_t n)
{
	u64 carry = 0;
	size_t i;

	*mont = (struct vtpm_mont){ .n = n, .inv = -vtpm_limb_inverse(m[0]), .m = m, .rr = rr };

	/* R - m, which is the 1 of Montgomery forms; doubled n times it is 2^n */
	for (i = 0; i < n; i++)
		rr[i] = vtpm_sbb(0, m[i], &carry);
	for (i = 0; i < n; i++) {
		carry = vtpm_bn_add(rr, rr, rr, n);
		vtpm_bn_reduce(rr, carry, rr, m, n);
	}
	/* squared 6 times it is 2^(64 * n), which is R */
	for (i = 0; i < 6; i++)
		vtpm_mont_mul(mont, rr, rr, rr);
}

/** vtpm_mont_from() - @r = the number whose Montgomery form is @a */
void vtpm_mont_from(const struct vtpm_mont *mont, u64 *r, const u64 *a)
{
	static const u64 one[VTPM_RSA_LIMBS] = { 1 };

	vtpm_mont_mul(mont, r, a, one);
}

/**
 * vtpm_mont_mod() - reduce a number of twice as many limbs
 * @mont: modulus
 * @r: result; not @a
 * @a: number, 2 * n limbs
 */
void vtpm_mont_mod(const struct vtpm_mont *mont, u64 *r, const u64 *a)
{
	u64 low[VTPM_RSA_LIMBS];
	size_t n = mont->n;
	u64 carry;

	/* the lower half is below R, which is at most twice the modulus */
	vtpm_bn_reduce(low, 0, a, mont->m, n);
	/* the upper half counts Rs: that number is its Montgomery form */
	vtpm_mont_to(mont, r, a + n);
	carry = vtpm_bn_add(r, r, low, n);
	vtpm_bn_reduce(r, carry, r, mont->m, n);
	memzero_explicit(low, sizeof(low));
}

/* @r = entry @index of @table, reading all of it */
static void look_up(u64 *r, const u64 *table, u64 index, size_t n)
{
	u64 i, mask;
	size_t j;

	memset(r, 0, n * sizeof(*r));
	for (i = 0; i < 16; i++) {
		mask = vtpm_mask_zero(i ^ index);
		for (j = 0; j < n; j++)
			r[j] |= mask & table[i * n + j];
	}
}

/**
 * vtpm_mont_exp() - @r = @a ^ @e, for a secret exponent
 * @mont: modulus
 * @r: result, Montgomery form; not @a
 * @a: base, Montgomery form
 * @e: exponent; all of its bits cost the same
 * @en: its limbs
 * @table: VTPM_MONT_TABLE(n) limbs of memory, which the caller zeroes
 *
 * Four bits at a time.
 */
void vtpm_mont_exp(const struct vtpm_mont *mont, u64 *r, const u64 *a, const u64 *e, size_t en,
		   u64 *table)
{
	u64 power[VTPM_RSA_LIMBS];
	size_t n = mont->n, i, j;

	vtpm_mont_from(mont, table, mont->rr);
	for (i = 1; i < 16; i++)
		vtpm_mont_mul(mont, table + i * n, table + (i - 1) * n, a);

	memcpy(r, table, n * sizeof(*r));
	for (i = 16 * en; i-- > 0;) {
		for (j = 0; j < 4; j++)
			vtpm_mont_mul(mont, r, r, r);
		look_up(power, table, e[i / 16] >> i % 16 * 4 & 15, n);
		vtpm_mont_mul(mont, r, r, power);
	}
	memzero_explicit(power, sizeof(power));
}

/**
 * vtpm_mont_exp_public() - @r = @a ^ @e, where everybody may know @e
 * @mont: modulus
 * @r: result, Montgomery form; not @a
 * @a: base, Montgomery form
 * @e: exponent, not zero
 */
void vtpm_mont_exp_public(const struct vtpm_mont *mont, u64 *r, const u64 *a, u32 e)
{
	u32 bit = BIT(31);

	while (!(e & bit))
		bit >>= 1;
	memcpy(r, a, mont->n * sizeof(*r));
	while (bit >>= 1) {
		vtpm_mont_mul(mont, r, r, r);
		if (e & bit)
			vtpm_mont_mul(mont, r, r, a);
	}
}
