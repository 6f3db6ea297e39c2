// SPDX-License-Identifier: GPL-2.0
/*
 * Multiplication in the field of P-256.
 *
 * p = 2^256 - 2^224 + 2^192 + 2^96 - 1 is so sparse that Montgomery's reduction
 * needs shifts in place of multiplications, and -1 / p is 1 modulo 2^64: the
 * lowest limb q of a sum is itself the multiple of p that makes it zero.  One
 * limb further down, q * p is
 *
 *	q * 2^192 - q * 2^160 + q * 2^128 + q * 2^32
 *
 * This halves what a key of the default curve costs.
 */
#include "bn.h"

/*
 * (@t1 @t2 @t3 @t0) = (@t0 @t1 @t2 @t3 + @t0 * p) / 2^64, the fourth limb in
 * @t0.  It has no carry: the upper part of q * p is below 2^64 - 1.
 */
static __always_inline void reduce(u64 *t0, u64 *t1, u64 *t2, u64 *t3)
{
	u64 q = *t0, carry = 0;

	*t1 = vtpm_adc(*t1, q << 32, &carry);
	*t2 = vtpm_adc(*t2, q >> 32, &carry);
	*t3 = vtpm_adc(*t3, q - (q << 32), &carry);
	*t0 = q - (q >> 32) - (q < q << 32) + carry;
}

/**
 * vtpm_p256_mul() - @r = @a * @b / 2^256 modulo p
 * @r: result
 * @a: factor; may be any number of 4 limbs
 * @b: factor, below p
 */
void vtpm_p256_mul(u64 *r, const u64 *a, const u64 *b)
{
	static const u64 p[4] = {
		0xffffffffffffffff, 0x00000000ffffffff, 0x0000000000000000, 0xffffffff00000001
	};
	u64 b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
	u64 t0, t1, t2, t3, t4, t5, t6, t7, mask, carry = 0;

	t0 = vtpm_mul_add(a[0], b0, 0, &carry);
	t1 = vtpm_mul_add(a[0], b1, 0, &carry);
	t2 = vtpm_mul_add(a[0], b2, 0, &carry);
	t3 = vtpm_mul_add(a[0], b3, 0, &carry);
	t4 = carry;
	carry = 0;
	t1 = vtpm_mul_add(a[1], b0, t1, &carry);
	t2 = vtpm_mul_add(a[1], b1, t2, &carry);
	t3 = vtpm_mul_add(a[1], b2, t3, &carry);
	t4 = vtpm_mul_add(a[1], b3, t4, &carry);
	t5 = carry;
	carry = 0;
	t2 = vtpm_mul_add(a[2], b0, t2, &carry);
	t3 = vtpm_mul_add(a[2], b1, t3, &carry);
	t4 = vtpm_mul_add(a[2], b2, t4, &carry);
	t5 = vtpm_mul_add(a[2], b3, t5, &carry);
	t6 = carry;
	carry = 0;
	t3 = vtpm_mul_add(a[3], b0, t3, &carry);
	t4 = vtpm_mul_add(a[3], b1, t4, &carry);
	t5 = vtpm_mul_add(a[3], b2, t5, &carry);
	t6 = vtpm_mul_add(a[3], b3, t6, &carry);
	t7 = carry;

	reduce(&t0, &t1, &t2, &t3);
	reduce(&t1, &t2, &t3, &t0);
	reduce(&t2, &t3, &t0, &t1);
	reduce(&t3, &t0, &t1, &t2);
	carry = 0;
	t0 = vtpm_adc(t0, t4, &carry);
	t1 = vtpm_adc(t1, t5, &carry);
	t2 = vtpm_adc(t2, t6, &carry);
	t3 = vtpm_adc(t3, t7, &carry);

	/* below 2 * p: subtract p; add it again if that was too much */
	mask = carry;
	carry = 0;
	t0 = vtpm_sbb(t0, p[0], &carry);
	t1 = vtpm_sbb(t1, p[1], &carry);
	t2 = vtpm_sbb(t2, p[2], &carry);
	t3 = vtpm_sbb(t3, p[3], &carry);
	mask = vtpm_mask(mask ^ carry);
	carry = 0;
	r[0] = vtpm_adc(t0, p[0] & mask, &carry);
	r[1] = vtpm_adc(t1, p[1] & mask, &carry);
	r[2] = vtpm_adc(t2, p[2] & mask, &carry);
	r[3] = vtpm_adc(t3, p[3] & mask, &carry);
}
