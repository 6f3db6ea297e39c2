// SPDX-License-Identifier: GPL-2.0
/*
 * Inverses modulo an odd number in constant time: the division steps of
 * Bernstein and Yang, "Fast constant-time gcd computation and modular inversion"
 * (2019).
 *
 * A division step takes (delta, f, g), f odd, to
 *
 *	(1 - delta, g, (g - f) / 2)		if delta > 0 and g is odd
 *	(1 + delta, f, (g + (g & 1) * f) / 2)	otherwise
 *
 * Beginning with (1, m, x), after (49 * bits + 57) / 17 steps g is zero and f is
 * plus or minus the greatest common divisor (theorem 11.2 of the paper).
 * A step depends on the lowest bits only, so 62 of them are done on one limb and
 * remembered as a matrix, which is then applied to f and g and, modulo m, to d
 * and e, of which d * x = f and e * x = g modulo m is true throughout.
 */
#include "bn.h"

#define STEPS	62	/* in one matrix; its entries are 2^62 at most */

/* what 62 steps do: 2^62 * (f', g') = (uu * f + uv * g, vu * f + vv * g) */
struct matrix {
	s64 uu, uv;
	s64 vu, vv;
};

/* the next steps' matrix; returns the new @eta, which is -delta */
static s64 steps(s64 eta, u64 f, u64 g, struct matrix *t)
{
	u64 uu = 1, uv = 0, vu = 0, vv = 1;
	int i;

	for (i = 0; i < STEPS; i++) {
		u64 positive = vtpm_mask((u64)eta >> 63), odd = vtpm_mask(g & 1);
		u64 swap = positive & odd;

		/* g is odd: add f to it, or subtract it */
		g += ((f ^ positive) - positive) & odd;
		vu += ((uu ^ positive) - positive) & odd;
		vv += ((uv ^ positive) - positive) & odd;
		/* what was subtracted from g makes the old g of f */
		f += g & swap;
		uu += vu & swap;
		uv += vv & swap;
		eta = (s64)(((u64)eta ^ swap) - 1 - swap);

		g >>= 1;
		uu <<= 1;
		uv <<= 1;
	}
	*t = (struct matrix){ (s64)uu, (s64)uv, (s64)vu, (s64)vv };
	return eta;
}

/* all ones if @a is negative; signed numbers are in two's complement and have n + 1 limbs */
static u64 sign(const u64 *a, size_t n)
{
	return vtpm_mask(a[n] >> 63);
}

/* limb @i, as a factor: the uppermost one has the sign */
static s128 limb(const u64 *a, size_t i, size_t n)
{
	return i == n ? (s128)(s64)a[i] : (s128)a[i];
}

/*
 * @r = (@u * @a + @v * @b - @k * @m) / 2^62, without a remainder.
 * |u| + |v| <= 2^62 and k < 2^62, so that no sum leaves 128 bits.
 */
static void combine(u64 *r, s64 u, const u64 *a, s64 v, const u64 *b, s64 k, const u64 *m, size_t n)
{
	s128 sum = 0;
	u64 low = 0;
	size_t i;

	for (i = 0; i <= n; i++) {
		sum += u * limb(a, i, n) + v * limb(b, i, n);
		if (i < n)
			sum -= k * (s128)m[i];
		if (i)
			r[i - 1] = low >> STEPS | (u64)sum << (64 - STEPS);
		low = (u64)sum;
		sum >>= 64;
	}
	r[n] = low >> STEPS | (u64)sum << (64 - STEPS);
}

/* (@f, @g) = @t * (@f, @g) / 2^62 */
static void update_fg(const struct matrix *t, u64 *f, u64 *g, u64 *next, size_t n)
{
	combine(next, t->uu, f, t->uv, g, 0, f, n);
	combine(g, t->vu, f, t->vv, g, 0, f, n);
	memcpy(f, next, (n + 1) * sizeof(*f));
}

/*
 * (@d, @e) = @t * (@d, @e) / 2^62 modulo m.  They come and go between -2m and m;
 * adding m to negative ones first makes that so.  k is what makes the lowest 62
 * bits zero.
 */
static void update_de(const struct matrix *t, u64 *d, u64 *e, const u64 *m, u64 inv, u64 *next,
		      size_t n)
{
	u64 k_d, k_e;

	d[n] += vtpm_bn_add_masked(d, d, m, sign(d, n), n);
	e[n] += vtpm_bn_add_masked(e, e, m, sign(e, n), n);
	k_d = inv * ((u64)t->uu * d[0] + (u64)t->uv * e[0]) & (U64_MAX >> 2);
	k_e = inv * ((u64)t->vu * d[0] + (u64)t->vv * e[0]) & (U64_MAX >> 2);
	combine(next, t->uu, d, t->uv, e, (s64)k_d, m, n);
	combine(e, t->vu, d, t->vv, e, (s64)k_e, m, n);
	memcpy(d, next, (n + 1) * sizeof(*d));
}

/* @a = -@a if @mask, n + 1 limbs */
static void negate(u64 *a, u64 mask, size_t n)
{
	u64 carry = mask & 1;
	size_t i;

	for (i = 0; i <= n; i++)
		a[i] = vtpm_adc(a[i] ^ mask, 0, &carry);
}

/**
 * vtpm_bn_inverse() - 1 / @x modulo @m
 * @r: result, if there is one
 * @x: number below @m
 * @m: modulus, odd
 * @n: limbs of all
 * @work: VTPM_INVERSE_WORK(n) limbs of memory, which the caller zeroes
 *
 * Return: mask of: there is one.
 */
u64 vtpm_bn_inverse(u64 *r, const u64 *x, const u64 *m, size_t n, u64 *work)
{
	u64 *f = work, *g = f + n + 1, *d = g + n + 1, *e = d + n + 1, *next = e + n + 1;
	u64 inv = vtpm_limb_inverse(m[0]);
	size_t i, rounds = DIV_ROUND_UP((49 * 64 * n + 57) / 17, STEPS);
	struct matrix t;
	s64 eta = -1;

	memset(work, 0, VTPM_INVERSE_WORK(n) * sizeof(*work));
	e[0] = 1;
	memcpy(f, m, n * sizeof(*f));
	memcpy(g, x, n * sizeof(*g));
	for (i = 0; i < rounds; i++) {
		eta = steps(eta, f[0], g[0], &t);
		update_fg(&t, f, g, next, n);
		update_de(&t, d, e, m, inv, next, n);
	}

	/* between -2m and m, to be between 0 and m; with the sign of f */
	d[n] += vtpm_bn_add_masked(d, d, m, sign(d, n), n);
	negate(d, sign(f, n), n);
	negate(f, sign(f, n), n);
	vtpm_bn_add_masked(r, d, m, sign(d, n), n);
	f[0] ^= 1;
	memzero_explicit(&t, sizeof(t));
	return vtpm_bn_is_zero(f, n + 1);
}
