/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The groups of the curves P-256 and P-384 on limbs.  ecc.c and ecdsa.c are
 * what knows TPM structures.
 */
#ifndef IMA_NS_VTPM_ECC_GROUP_H
#define IMA_NS_VTPM_ECC_GROUP_H

#include "bn.h"

/* the comb, see vtpm_group_mul_base() */
#define VTPM_COMB_TEETH		5	/* of one table */
#define VTPM_COMB_POINTS	((1 << VTPM_COMB_TEETH) - 1)

/**
 * struct vtpm_group - y^2 = x^3 - 3x + b over p, and its generator G of prime order n
 * @p: the field
 * @n: the order
 * @one: 1, Montgomery form
 * @b: b, Montgomery form
 * @tables: of the comb
 * @columns: bits of a tooth
 * @comb: each table has VTPM_COMB_POINTS points, x and y in Montgomery form.  Entry
 *        i - 1 of table t is the sum of 2^((j * @tables + t) * @columns) * G for
 *        all bits j that are set in i.
 */
struct vtpm_group {
	struct vtpm_mont p;
	struct vtpm_mont n;
	const u64 *one;
	const u64 *b;
	unsigned int tables;
	unsigned int columns;
	const u64 *comb;
};

/* in ecc_table.c */
extern const struct vtpm_group vtpm_group_p256;
extern const struct vtpm_group vtpm_group_p384;

/** struct vtpm_affine - a point, Montgomery form */
struct vtpm_affine {
	u64 x[VTPM_ECC_LIMBS];
	u64 y[VTPM_ECC_LIMBS];
};

/** struct vtpm_jacobian - the point (x / z^2, y / z^3); infinity if z is 0 */
struct vtpm_jacobian {
	u64 x[VTPM_ECC_LIMBS];
	u64 y[VTPM_ECC_LIMBS];
	u64 z[VTPM_ECC_LIMBS];
};

#define VTPM_WINDOW_POINTS	15

/**
 * struct vtpm_group_work - memory for multiplications, as of port_alloc()
 * @acc: result
 * @sum: @acc plus an entry
 * @entry: of a table
 * @t: for the formulas
 * @window: multiples of a point
 * @products: of their z
 * @inverse: for one
 */
struct vtpm_group_work {
	struct vtpm_jacobian acc;
	struct vtpm_jacobian sum;
	struct vtpm_affine entry;
	u64 t[5][VTPM_ECC_LIMBS];
	struct vtpm_jacobian window[VTPM_WINDOW_POINTS];
	u64 products[VTPM_WINDOW_POINTS][VTPM_ECC_LIMBS];
	u64 inverse[VTPM_INVERSE_WORK(VTPM_ECC_LIMBS)];
};

const struct vtpm_group *vtpm_group(u16 id);
bool vtpm_group_load(const struct vtpm_group *g, struct vtpm_affine *point, const u8 *x,
		     const u8 *y);
void vtpm_group_mul_base(const struct vtpm_group *g, struct vtpm_group_work *w, const u64 *k);
void vtpm_group_mul(const struct vtpm_group *g, struct vtpm_group_work *w, const u64 *k,
		    const struct vtpm_affine *point);
void vtpm_group_add_public(const struct vtpm_group *g, struct vtpm_group_work *w,
			   const struct vtpm_affine *point);
bool vtpm_group_affine(const struct vtpm_group *g, struct vtpm_group_work *w,
		       struct vtpm_affine *r);

#endif /* IMA_NS_VTPM_ECC_GROUP_H */
