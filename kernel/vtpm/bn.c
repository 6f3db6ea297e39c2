// SPDX-License-Identifier: GPL-2.0
/*
 * Large numbers without secret-dependent branches, see bn.h.
 */
#include "bn.h"

/**
 * vtpm_bn_load() - a number from bytes
 * @r: result
 * @n: limbs of @r
 * @bytes: big-endian
 * @len: how many, at most 8 * @n
 */
void vtpm_bn_load(u64 *r, size_t n, const u8 *bytes, size_t len)
{
	size_t i;

	memset(r, 0, n * sizeof(*r));
	for (i = 0; i < len; i++)
		r[i / 8] |= (u64)bytes[len - 1 - i] << i % 8 * 8;
}

/**
 * vtpm_bn_store() - a number to bytes
 * @bytes: result, big-endian, with leading zeros
 * @len: bytes of @bytes; what does not fit is left out
 * @a: number
 * @n: limbs of @a
 */
void vtpm_bn_store(u8 *bytes, size_t len, const u64 *a, size_t n)
{
	size_t i;

	for (i = 0; i < len; i++)
		bytes[len - 1 - i] = i / 8 < n ? (u8)(a[i / 8] >> i % 8 * 8) : 0;
}

/** vtpm_bn_is_zero() - mask of @a == 0 */
u64 vtpm_bn_is_zero(const u64 *a, size_t n)
{
	u64 any = 0;
	size_t i;

	for (i = 0; i < n; i++)
		any |= a[i];
	return vtpm_mask_zero(any);
}

/** vtpm_bn_equal() - mask of @a == @b */
u64 vtpm_bn_equal(const u64 *a, const u64 *b, size_t n)
{
	u64 diff = 0;
	size_t i;

	for (i = 0; i < n; i++)
		diff |= a[i] ^ b[i];
	return vtpm_mask_zero(diff);
}

/** vtpm_bn_less() - mask of @a < @b */
u64 vtpm_bn_less(const u64 *a, const u64 *b, size_t n)
{
	u64 borrow = 0;
	size_t i;

	for (i = 0; i < n; i++)
		vtpm_sbb(a[i], b[i], &borrow);
	return vtpm_mask(borrow);
}

/**
 * vtpm_bn_mul() - @r = @a * @b
 * @r: result, @an + @bn limbs; not an argument
 * @a: factor
 * @an: its limbs
 * @b: factor
 * @bn: its limbs
 */
void vtpm_bn_mul(u64 *r, const u64 *a, size_t an, const u64 *b, size_t bn)
{
	size_t i, j;

	memset(r, 0, bn * sizeof(*r));
	for (i = 0; i < an; i++) {
		u64 carry = 0;

		for (j = 0; j < bn; j++)
			r[i + j] = vtpm_mul_add(a[i], b[j], r[i + j], &carry);
		r[i + bn] = carry;
	}
}

/**
 * vtpm_bn_div_exact() - @q = @a / @d, where that leaves no remainder
 * @q: quotient; if there is a remainder it is some number, so multiply and compare
 * @n: limbs of the quotient, and how many of @a are looked at
 * @a: dividend, at least @n limbs
 * @d: divisor, odd
 * @dn: its limbs
 *
 * From the lowest limb up: each limb of the quotient is the one that makes the
 * lowest limb of what is left zero.
 */
void vtpm_bn_div_exact(u64 *q, size_t n, const u64 *a, const u64 *d, size_t dn)
{
	u64 inv = vtpm_limb_inverse(d[0]);
	size_t i, j;

	memmove(q, a, n * sizeof(*q));
	for (i = 0; i < n; i++) {
		u64 carry = 0, borrow = 0, limb;

		q[i] *= inv;
		vtpm_mul_add(q[i], d[0], 0, &carry);
		for (j = 1; j < n - i; j++) {
			limb = vtpm_mul_add(q[i], j < dn ? d[j] : 0, 0, &carry);
			q[i + j] = vtpm_sbb(q[i + j], limb, &borrow);
		}
	}
}

/**
 * vtpm_bn_mod_word() - @a modulo @word
 * @a: number, may be secret
 * @n: its limbs
 * @word: divisor, public, not zero
 *
 * Multiplies with a reciprocal, because the time of a processor's division may
 * depend on the dividend.
 */
u32 vtpm_bn_mod_word(const u64 *a, size_t n, u32 word)
{
	u64 reciprocal = U64_MAX / word, rem = 0;
	size_t i;

	for (i = 2 * n; i-- > 0;) {
		u64 x = rem << 32 | (u32)(a[i / 2] >> i % 2 * 32);

		/* the quotient is too small by 2 at most */
		rem = x - (u64)(((u128)x * reciprocal) >> 64) * word;
		rem -= word & ~vtpm_mask_less(rem, word);
		rem -= word & ~vtpm_mask_less(rem, word);
	}
	return (u32)rem;
}

/**
 * vtpm_scrub_stack() - zero what functions that have returned left on the stack
 *
 * Called at the end of an operation with a private key.  The arithmetic keeps
 * its numbers in memory of the caller's; this is for what the compiler spilled
 * and for the few limbs that one multiplication needs.
 */
noinline void vtpm_scrub_stack(void)
{
	u8 dead[1024];

	memzero_explicit(dead, sizeof(dead));
}
