/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Large numbers: arrays of 64-bit limbs, the least significant first.
 *
 * Why our own: whoever sends commands to a vTPM also times them, and must not
 * learn a private key that way.  What the kernel exports branches on its
 * operands (mpi_powm() on each bit of the exponent, vli_mod_inv() on every bit),
 * has no private exponentiation of another kind, gives no y of an ECDH product,
 * and needs 3 to 40 times the instructions (Documentation/design.rst).
 *
 * Nothing here branches on a value or uses one as an index; only lengths do,
 * and lengths are public.  A condition is a mask: all bits set, or none.  The
 * compiler is kept from finding out that there are only two (vtpm_mask()).
 *
 * Results may be arguments where both have the same length.
 */
#ifndef IMA_NS_VTPM_BN_H
#define IMA_NS_VTPM_BN_H

#include "../port.h"
#include "vtpm_limits.h"

#define VTPM_LIMBS(bytes)	((bytes) / 8)
#define VTPM_RSA_LIMBS		VTPM_LIMBS(VTPM_MAX_RSA)
#define VTPM_PRIME_LIMBS	(VTPM_RSA_LIMBS / 2)
#define VTPM_ECC_LIMBS		VTPM_LIMBS(VTPM_MAX_ECC)

/* --- masks ---------------------------------------------------------------- */

/** vtpm_mask() - all ones if @bit is 1, zero if it is 0 */
static __always_inline u64 vtpm_mask(u64 bit)
{
	OPTIMIZER_HIDE_VAR(bit);
	return -bit;
}

/** vtpm_mask_zero() - mask of @x == 0 */
static __always_inline u64 vtpm_mask_zero(u64 x)
{
	return vtpm_mask((~x & (x - 1)) >> 63);
}

/** vtpm_mask_less() - mask of @a < @b, both below 2^63 */
static __always_inline u64 vtpm_mask_less(u64 a, u64 b)
{
	return vtpm_mask((a - b) >> 63);
}

/* --- limbs: written such that compilers find "add with carry" -------------- */

/** vtpm_adc() - @a + @b + *@carry; returns the limb, leaves the carry */
static __always_inline u64 vtpm_adc(u64 a, u64 b, u64 *carry)
{
	u64 sum, c;

	c = __builtin_add_overflow(a, b, &sum);
	c |= __builtin_add_overflow(sum, *carry, &sum);
	*carry = c;
	return sum;
}

/** vtpm_sbb() - @a - @b - *@borrow; returns the limb, leaves the borrow */
static __always_inline u64 vtpm_sbb(u64 a, u64 b, u64 *borrow)
{
	u64 diff, c;

	c = __builtin_sub_overflow(a, b, &diff);
	c |= __builtin_sub_overflow(diff, *borrow, &diff);
	*borrow = c;
	return diff;
}

/** vtpm_mul_add() - @a * @b + @x + *@carry; returns the lower limb, leaves the upper one */
static __always_inline u64 vtpm_mul_add(u64 a, u64 b, u64 x, u64 *carry)
{
	u128 product = (u128)a * b;
	u64 low = (u64)product, high = (u64)(product >> 64);

	low += x;
	high += low < x;
	low += *carry;
	high += low < *carry;
	*carry = high;
	return low;
}

/**
 * vtpm_limb_inverse() - 1 / @x modulo 2^64, for odd @x
 *
 * Newton's iteration doubles the number of bits that are right.  They are three
 * to begin with: x * x is 1 modulo 8.
 */
static inline u64 vtpm_limb_inverse(u64 x)
{
	u64 y = x;
	int i;

	for (i = 0; i < 5; i++)
		y *= 2 - x * y;
	return y;
}

/* --- bn.c: numbers -------------------------------------------------------- */

/** vtpm_bn_add() - @r = @a + @b; returns the carry */
static __always_inline u64 vtpm_bn_add(u64 *r, const u64 *a, const u64 *b, size_t n)
{
	u64 carry = 0;
	size_t i;

	for (i = 0; i < n; i++)
		r[i] = vtpm_adc(a[i], b[i], &carry);
	return carry;
}

/** vtpm_bn_sub() - @r = @a - @b; returns the borrow */
static __always_inline u64 vtpm_bn_sub(u64 *r, const u64 *a, const u64 *b, size_t n)
{
	u64 borrow = 0;
	size_t i;

	for (i = 0; i < n; i++)
		r[i] = vtpm_sbb(a[i], b[i], &borrow);
	return borrow;
}

/** vtpm_bn_add_masked() - @r = @a + (@b & @mask); returns the carry */
static __always_inline u64 vtpm_bn_add_masked(u64 *r, const u64 *a, const u64 *b, u64 mask,
					      size_t n)
{
	u64 carry = 0;
	size_t i;

	for (i = 0; i < n; i++)
		r[i] = vtpm_adc(a[i], b[i] & mask, &carry);
	return carry;
}

/** vtpm_bn_select() - @r = @mask ? @a : @b */
static __always_inline void vtpm_bn_select(u64 *r, u64 mask, const u64 *a, const u64 *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		r[i] = b[i] ^ (mask & (a[i] ^ b[i]));
}

/**
 * vtpm_bn_reduce() - subtract the modulus once, if that leaves no negative number
 * @r: result, below @m
 * @carry: a limb above @a: 0 or 1
 * @a: number; with @carry below 2 * @m
 * @m: modulus
 * @n: limbs of @r, @a, @m
 */
static __always_inline void vtpm_bn_reduce(u64 *r, u64 carry, const u64 *a, const u64 *m, size_t n)
{
	carry ^= vtpm_bn_sub(r, a, m, n);
	/* it was less than m: add it again */
	vtpm_bn_add_masked(r, r, m, vtpm_mask(carry), n);
}

void vtpm_bn_load(u64 *r, size_t n, const u8 *bytes, size_t len);
void vtpm_bn_store(u8 *bytes, size_t len, const u64 *a, size_t n);
u64 vtpm_bn_is_zero(const u64 *a, size_t n);
u64 vtpm_bn_equal(const u64 *a, const u64 *b, size_t n);
u64 vtpm_bn_less(const u64 *a, const u64 *b, size_t n);
void vtpm_bn_mul(u64 *r, const u64 *a, size_t an, const u64 *b, size_t bn);
void vtpm_bn_div_exact(u64 *q, size_t n, const u64 *a, const u64 *d, size_t dn);
u32 vtpm_bn_mod_word(const u64 *a, size_t n, u32 word);
void vtpm_scrub_stack(void);

/* --- inverse.c ------------------------------------------------------------ */

/* limbs of memory for it */
#define VTPM_INVERSE_WORK(n)	(5 * ((n) + 1))

u64 vtpm_bn_inverse(u64 *r, const u64 *x, const u64 *m, size_t n, u64 *work);

/* --- mont.c: arithmetic modulo an odd number ------------------------------ */

/**
 * struct vtpm_mont - a modulus
 * @n: limbs, at most VTPM_RSA_LIMBS
 * @p256: it is the field of P-256, which has a multiplication of its own
 * @inv: -1 / @m modulo 2^64
 * @m: the modulus, odd, with its highest bit set
 * @rr: R * R modulo @m, with R = 2^(64 * @n)
 *
 * x is kept as x * R modulo @m, which is called its Montgomery form: products
 * need no division then.
 */
struct vtpm_mont {
	size_t n;
	bool p256;
	u64 inv;
	const u64 *m;
	const u64 *rr;
};

/* limbs of the table of vtpm_mont_exp() */
#define VTPM_MONT_TABLE(n)	(16 * (n))

void vtpm_mont_init(struct vtpm_mont *mont, const u64 *m, u64 *rr, size_t n);
void vtpm_mont_mul(const struct vtpm_mont *mont, u64 *r, const u64 *a, const u64 *b);
void vtpm_mont_from(const struct vtpm_mont *mont, u64 *r, const u64 *a);
void vtpm_mont_mod(const struct vtpm_mont *mont, u64 *r, const u64 *a);
void vtpm_mont_exp(const struct vtpm_mont *mont, u64 *r, const u64 *a, const u64 *e, size_t en,
		   u64 *table);
void vtpm_mont_exp_public(const struct vtpm_mont *mont, u64 *r, const u64 *a, u32 e);

/** vtpm_mont_to() - @r = Montgomery form of @a, which may be any n limbs */
static inline void vtpm_mont_to(const struct vtpm_mont *mont, u64 *r, const u64 *a)
{
	vtpm_mont_mul(mont, r, a, mont->rr);
}

void vtpm_p256_mul(u64 *r, const u64 *a, const u64 *b);

#endif /* IMA_NS_VTPM_BN_H */
