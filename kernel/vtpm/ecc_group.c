// SPDX-License-Identifier: GPL-2.0
/*
 * The groups of P-256 and P-384 in constant time.
 *
 * There is one addition: of an affine point to a Jacobian one.  Its formula is
 * wrong where the two are equal, where they are opposite, and where one is
 * infinity.  Multiplication adds table entries to a multiple of the point.  Let
 * A and T be the scalars of the two, as they stand before the addition.  The
 * scalar that is being built only grows towards k, which is below n, so
 *
 *	0 <= A, T <= A + T <= k < n.
 *
 * Opposite points: A + T would be n, or both are 0.  Equal points: A = T.  But
 * T has only digits 0 and 1 in the places of its teeth (or one digit below 16),
 * and A, which has just been doubled (or multiplied by 16), only even ones (or
 * multiples of 16) there.  So both are 0.  What remains is infinity; masks deal
 * with that, because whether a digit of k is zero is secret.
 */
#include "ecc_group.h"

/* --- the field; results may be arguments ----------------------------------- */

/* "unroll": loops over a constant number of limbs, which stay in registers then */

static __always_inline void add_n(u64 *r, const u64 *a, const u64 *b, const u64 *p, size_t n)
{
	u64 sum[VTPM_ECC_LIMBS], carry = 0, borrow = 0, mask;
	size_t i;

#pragma GCC unroll 8
	for (i = 0; i < n; i++)
		sum[i] = vtpm_adc(a[i], b[i], &carry);
#pragma GCC unroll 8
	for (i = 0; i < n; i++)
		sum[i] = vtpm_sbb(sum[i], p[i], &borrow);
	/* p was too much: add it again */
	mask = vtpm_mask(carry ^ borrow);
	carry = 0;
#pragma GCC unroll 8
	for (i = 0; i < n; i++)
		r[i] = vtpm_adc(sum[i], p[i] & mask, &carry);
}

static __always_inline void sub_n(u64 *r, const u64 *a, const u64 *b, const u64 *p, size_t n)
{
	u64 diff[VTPM_ECC_LIMBS], carry = 0, borrow = 0, mask;
	size_t i;

#pragma GCC unroll 8
	for (i = 0; i < n; i++)
		diff[i] = vtpm_sbb(a[i], b[i], &borrow);
	mask = vtpm_mask(borrow);
#pragma GCC unroll 8
	for (i = 0; i < n; i++)
		r[i] = vtpm_adc(diff[i], p[i] & mask, &carry);
}

static void add(const struct vtpm_group *g, u64 *r, const u64 *a, const u64 *b)
{
	if (g->p.n == 4)
		add_n(r, a, b, g->p.m, 4);
	else
		add_n(r, a, b, g->p.m, VTPM_ECC_LIMBS);
}

static void sub(const struct vtpm_group *g, u64 *r, const u64 *a, const u64 *b)
{
	if (g->p.n == 4)
		sub_n(r, a, b, g->p.m, 4);
	else
		sub_n(r, a, b, g->p.m, VTPM_ECC_LIMBS);
}

static void mul(const struct vtpm_group *g, u64 *r, const u64 *a, const u64 *b)
{
	if (g->p.p256)
		vtpm_p256_mul(r, a, b);
	else
		vtpm_mont_mul(&g->p, r, a, b);
}

static void copy(const struct vtpm_group *g, u64 *r, const u64 *a)
{
	memcpy(r, a, g->p.n * sizeof(*r));
}

/* 1 / @a in Montgomery form; that of a * R is 1 / a / R */
static void invert(const struct vtpm_group *g, u64 *r, const u64 *a, u64 *work)
{
	vtpm_bn_inverse(r, a, g->p.m, g->p.n, work);
	vtpm_mont_to(&g->p, r, r);
	vtpm_mont_to(&g->p, r, r);
}

/* --- points ---------------------------------------------------------------- */

/* @r = 2 * @r; infinity stays infinity */
static void double_point(const struct vtpm_group *g, struct vtpm_jacobian *r,
			 u64 t[][VTPM_ECC_LIMBS])
{
	u64 *zz = t[0], *yy = t[1], *xyy4 = t[2], *slope = t[3], *x = t[4];

	mul(g, zz, r->z, r->z);
	mul(g, yy, r->y, r->y);
	mul(g, xyy4, r->x, yy);
	add(g, xyy4, xyy4, xyy4);
	add(g, xyy4, xyy4, xyy4);

	/* 3 * x^2 + a * z^4 with a = -3 */
	sub(g, x, r->x, zz);
	add(g, zz, r->x, zz);
	mul(g, x, x, zz);
	add(g, slope, x, x);
	add(g, slope, slope, x);

	mul(g, r->z, r->z, r->y);
	add(g, r->z, r->z, r->z);

	mul(g, x, slope, slope);
	sub(g, x, x, xyy4);
	sub(g, r->x, x, xyy4);

	sub(g, xyy4, xyy4, r->x);
	mul(g, r->y, slope, xyy4);
	add(g, yy, yy, yy);
	mul(g, yy, yy, yy);
	add(g, yy, yy, yy);
	sub(g, r->y, r->y, yy);
}

/* @r = @p + @q, which are neither equal nor opposite nor infinite; @h is 0 if they are */
static void add_points(const struct vtpm_group *g, struct vtpm_jacobian *r,
		       const struct vtpm_jacobian *p, const struct vtpm_affine *q,
		       u64 t[][VTPM_ECC_LIMBS])
{
	u64 *zz = t[0], *h = t[1], *slope = t[2], *xhh = t[3], *hhh = t[4];

	mul(g, zz, p->z, p->z);
	mul(g, h, q->x, zz);
	sub(g, h, h, p->x);
	mul(g, zz, zz, p->z);
	mul(g, slope, q->y, zz);
	sub(g, slope, slope, p->y);

	mul(g, xhh, h, h);
	mul(g, hhh, xhh, h);
	mul(g, xhh, xhh, p->x);
	mul(g, r->z, p->z, h);

	mul(g, r->x, slope, slope);
	sub(g, r->x, r->x, hhh);
	sub(g, r->x, r->x, xhh);
	sub(g, r->x, r->x, xhh);

	sub(g, xhh, xhh, r->x);
	mul(g, slope, slope, xhh);
	mul(g, hhh, hhh, p->y);
	sub(g, r->y, slope, hhh);
}

/**
 * vtpm_group_load() - a point from outside
 * @g: group
 * @point: result
 * @x: coordinate, as many bytes as the field has
 * @y: the same
 *
 * Return: is it a point of the curve?
 */
bool vtpm_group_load(const struct vtpm_group *g, struct vtpm_affine *point, const u8 *x,
		     const u8 *y)
{
	size_t n = g->p.n;
	u64 left[VTPM_ECC_LIMBS], right[VTPM_ECC_LIMBS];

	vtpm_bn_load(point->x, n, x, 8 * n);
	vtpm_bn_load(point->y, n, y, 8 * n);
	if (!(vtpm_bn_less(point->x, g->p.m, n) & vtpm_bn_less(point->y, g->p.m, n)))
		return false;
	vtpm_mont_to(&g->p, point->x, point->x);
	vtpm_mont_to(&g->p, point->y, point->y);

	/* y^2 = (x^2 - 3) * x + b */
	mul(g, left, point->y, point->y);
	mul(g, right, point->x, point->x);
	sub(g, right, right, g->one);
	sub(g, right, right, g->one);
	sub(g, right, right, g->one);
	mul(g, right, right, point->x);
	add(g, right, right, g->b);
	return vtpm_bn_equal(left, right, n);
}

/**
 * vtpm_group_affine() - @r = w->acc as an affine point
 * @g: group
 * @w: memory
 * @r: result, zeros if w->acc is infinity; may be &w->entry
 *
 * Return: is it another than infinity?
 */
bool vtpm_group_affine(const struct vtpm_group *g, struct vtpm_group_work *w,
		       struct vtpm_affine *r)
{
	u64 *inverse = w->t[0], *power = w->t[1];

	invert(g, inverse, w->acc.z, w->inverse);
	mul(g, power, inverse, inverse);
	mul(g, r->x, w->acc.x, power);
	mul(g, power, power, inverse);
	mul(g, r->y, w->acc.y, power);
	return !vtpm_bn_is_zero(w->acc.z, g->p.n);
}

/* --- multiplication -------------------------------------------------------- */

/*
 * w->acc += w->entry, unless @digit is 0.  @infinite: mask of w->acc is infinity.
 * Returns the new @infinite.
 */
static u64 add_entry(const struct vtpm_group *g, struct vtpm_group_work *w, u64 digit, u64 infinite)
{
	u64 none = vtpm_mask_zero(digit);
	size_t n = g->p.n;

	add_points(g, &w->sum, &w->acc, &w->entry, w->t);
	vtpm_bn_select(w->sum.x, infinite, w->entry.x, w->sum.x, n);
	vtpm_bn_select(w->sum.y, infinite, w->entry.y, w->sum.y, n);
	vtpm_bn_select(w->sum.z, infinite, g->one, w->sum.z, n);
	vtpm_bn_select(w->acc.x, none, w->acc.x, w->sum.x, n);
	vtpm_bn_select(w->acc.y, none, w->acc.y, w->sum.y, n);
	vtpm_bn_select(w->acc.z, none, w->acc.z, w->sum.z, n);
	return infinite & none;
}

/*
 * @entry = point @digit of @table, or zeros for 0, reading all of it.  Points are
 * @stride limbs apart; they begin with x, at the offset of y is y.
 */
static __always_inline void look_up_n(struct vtpm_affine *entry, const u64 *table, size_t count,
				      size_t stride, size_t y, u64 digit, size_t n)
{
	u64 found[2 * VTPM_ECC_LIMBS] = {}, mask;
	size_t i, j;

	for (i = 1; i <= count; i++, table += stride) {
		mask = vtpm_mask_zero(i ^ digit);
#pragma GCC unroll 8
		for (j = 0; j < n; j++)
			found[j] |= mask & table[j];
#pragma GCC unroll 8
		for (j = 0; j < n; j++)
			found[n + j] |= mask & table[y + j];
	}
	memcpy(entry->x, found, n * sizeof(*found));
	memcpy(entry->y, found + n, n * sizeof(*found));
}

static void look_up(const struct vtpm_group *g, struct vtpm_affine *entry, const u64 *table,
		    size_t count, size_t stride, size_t y, u64 digit)
{
	if (g->p.n == 4)
		look_up_n(entry, table, count, stride, y, digit, 4);
	else
		look_up_n(entry, table, count, stride, y, digit, VTPM_ECC_LIMBS);
}

static u64 bit_of(const u64 *k, size_t i, size_t n)
{
	return i < 64 * n ? k[i / 64] >> i % 64 & 1 : 0;
}

/* the bits of @k in column @column of the teeth of table @table */
static u64 comb_digit(const struct vtpm_group *g, const u64 *k, unsigned int column,
		      unsigned int table)
{
	unsigned int i;
	u64 digit = 0;

	for (i = 0; i < VTPM_COMB_TEETH; i++)
		digit |= bit_of(k, (i * g->tables + table) * g->columns + column, g->n.n) << i;
	return digit;
}

/**
 * vtpm_group_mul_base() - w->acc = @k * G
 * @g: group
 * @w: memory
 * @k: scalar, 1 to n - 1; secret
 *
 * A comb: @k is cut into teeth, of which each table has 5.  From the top down,
 * every column of bits selects one entry of each table.
 */
void vtpm_group_mul_base(const struct vtpm_group *g, struct vtpm_group_work *w, const u64 *k)
{
	size_t n = g->p.n, table_limbs = VTPM_COMB_POINTS * 2 * n;
	unsigned int column = g->columns, table;
	u64 infinite = U64_MAX, digit;

	memset(&w->acc, 0, sizeof(w->acc));
	while (column-- > 0) {
		double_point(g, &w->acc, w->t);
		for (table = 0; table < g->tables; table++) {
			digit = comb_digit(g, k, column, table);
			look_up(g, &w->entry, g->comb + table * table_limbs, VTPM_COMB_POINTS,
				2 * n, n, digit);
			infinite = add_entry(g, w, digit, infinite);
		}
	}
}

/* w->window = 1 to 15 times @point; afterwards x and y are affine coordinates */
static void make_window(const struct vtpm_group *g, struct vtpm_group_work *w,
			const struct vtpm_affine *point)
{
	struct vtpm_jacobian *window = w->window;
	u64 *inverse = w->entry.x, *this = w->entry.y;
	int i;

	copy(g, window[0].x, point->x);
	copy(g, window[0].y, point->y);
	copy(g, window[0].z, g->one);
	window[1] = window[0];
	double_point(g, &window[1], w->t);
	for (i = 2; i < VTPM_WINDOW_POINTS; i++)
		add_points(g, &window[i], &window[i - 1], point, w->t);

	/* one inverse for all: that of the product of all z */
	copy(g, w->products[0], window[0].z);
	for (i = 1; i < VTPM_WINDOW_POINTS; i++)
		mul(g, w->products[i], w->products[i - 1], window[i].z);
	invert(g, inverse, w->products[VTPM_WINDOW_POINTS - 1], w->inverse);
	for (i = VTPM_WINDOW_POINTS - 1; i > 0; i--) {
		mul(g, this, inverse, w->products[i - 1]);
		mul(g, inverse, inverse, window[i].z);
		mul(g, w->t[0], this, this);
		mul(g, window[i].x, window[i].x, w->t[0]);
		mul(g, w->t[0], w->t[0], this);
		mul(g, window[i].y, window[i].y, w->t[0]);
	}
}

/**
 * vtpm_group_mul() - w->acc = @k * @point
 * @g: group
 * @w: memory
 * @k: scalar, 1 to n - 1; secret
 * @point: point on the curve
 */
void vtpm_group_mul(const struct vtpm_group *g, struct vtpm_group_work *w, const u64 *k,
		    const struct vtpm_affine *point)
{
	u64 infinite = U64_MAX, digit;
	size_t n = g->p.n, i, j;

	make_window(g, w, point);
	memset(&w->acc, 0, sizeof(w->acc));
	for (i = 16 * n; i-- > 0;) {
		for (j = 0; j < 4; j++)
			double_point(g, &w->acc, w->t);
		digit = k[i / 16] >> i % 16 * 4 & 15;
		look_up(g, &w->entry, w->window[0].x, VTPM_WINDOW_POINTS,
			sizeof(w->window[0]) / sizeof(u64),
			offsetof(struct vtpm_jacobian, y) / sizeof(u64), digit);
		infinite = add_entry(g, w, digit, infinite);
	}
}

/**
 * vtpm_group_add_public() - w->acc += @point, whatever they are; not for secrets
 * @g: group
 * @w: memory
 * @point: point on the curve
 */
void vtpm_group_add_public(const struct vtpm_group *g, struct vtpm_group_work *w,
			   const struct vtpm_affine *point)
{
	size_t n = g->p.n;

	w->entry = *point;
	if (vtpm_bn_is_zero(w->acc.z, n)) {
		add_entry(g, w, 1, U64_MAX);
		return;
	}
	add_points(g, &w->sum, &w->acc, point, w->t);
	/* same x: z is 0, as it has to be if the points are opposite ones */
	if (vtpm_bn_is_zero(w->sum.z, n)) {
		mul(g, w->t[0], w->acc.z, w->acc.z);
		mul(g, w->t[0], w->t[0], w->acc.z);
		mul(g, w->t[0], w->t[0], point->y);
		if (vtpm_bn_equal(w->t[0], w->acc.y, n)) {
			double_point(g, &w->acc, w->t);
			return;
		}
	}
	w->acc = w->sum;
}
