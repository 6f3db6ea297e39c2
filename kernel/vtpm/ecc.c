// SPDX-License-Identifier: GPL-2.0
/*
 * ECC keys in TPM structures, over ecc_group.c.
 */
#include "ecc_group.h"
#include "vtpm_internal.h"

/* FIPS 186-4, D.1.2; the cofactors are 1 */
static const struct vtpm_curve curves[] = {
	{
		.id = VTPM_ECC_NIST_P256,
		.bits = 256,
		.size = 32,
		.p = {
			0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
			0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		},
		.a = {
			0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
			0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
		},
		.b = {
			0x5a, 0xc6, 0x35, 0xd8, 0xaa, 0x3a, 0x93, 0xe7, 0xb3, 0xeb, 0xbd, 0x55,
			0x76, 0x98, 0x86, 0xbc, 0x65, 0x1d, 0x06, 0xb0, 0xcc, 0x53, 0xb0, 0xf6,
			0x3b, 0xce, 0x3c, 0x3e, 0x27, 0xd2, 0x60, 0x4b,
		},
		.n = {
			0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
			0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
		},
		.gx = {
			0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5,
			0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0,
			0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
		},
		.gy = {
			0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a,
			0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce,
			0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
		},
	},
	{
		.id = VTPM_ECC_NIST_P384,
		.bits = 384,
		.size = 48,
		.p = {
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff,
			0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,
		},
		.a = {
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff,
			0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xfc,
		},
		.b = {
			0xb3, 0x31, 0x2f, 0xa7, 0xe2, 0x3e, 0xe7, 0xe4, 0x98, 0x8e, 0x05, 0x6b,
			0xe3, 0xf8, 0x2d, 0x19, 0x18, 0x1d, 0x9c, 0x6e, 0xfe, 0x81, 0x41, 0x12,
			0x03, 0x14, 0x08, 0x8f, 0x50, 0x13, 0x87, 0x5a, 0xc6, 0x56, 0x39, 0x8d,
			0x8a, 0x2e, 0xd1, 0x9d, 0x2a, 0x85, 0xc8, 0xed, 0xd3, 0xec, 0x2a, 0xef,
		},
		.n = {
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
			0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
		},
		.gx = {
			0xaa, 0x87, 0xca, 0x22, 0xbe, 0x8b, 0x05, 0x37, 0x8e, 0xb1, 0xc7, 0x1e,
			0xf3, 0x20, 0xad, 0x74, 0x6e, 0x1d, 0x3b, 0x62, 0x8b, 0xa7, 0x9b, 0x98,
			0x59, 0xf7, 0x41, 0xe0, 0x82, 0x54, 0x2a, 0x38, 0x55, 0x02, 0xf2, 0x5d,
			0xbf, 0x55, 0x29, 0x6c, 0x3a, 0x54, 0x5e, 0x38, 0x72, 0x76, 0x0a, 0xb7,
		},
		.gy = {
			0x36, 0x17, 0xde, 0x4a, 0x96, 0x26, 0x2c, 0x6f, 0x5d, 0x9e, 0x98, 0xbf,
			0x92, 0x92, 0xdc, 0x29, 0xf8, 0xf4, 0x1d, 0xbd, 0x28, 0x9a, 0x14, 0x7c,
			0xe9, 0xda, 0x31, 0x13, 0xb5, 0xf0, 0xb8, 0xc0, 0x0a, 0x60, 0xb1, 0xce,
			0x1d, 0x7e, 0x81, 0x9d, 0x7a, 0x43, 0x1d, 0x7c, 0x90, 0xea, 0x0e, 0x5f,
		},
	},
};

/** vtpm_curve() - a curve by its VTPM_ECC_*; NULL: not one of ours */
const struct vtpm_curve *vtpm_curve(u16 id)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(curves); i++)
		if (curves[i].id == id)
			return &curves[i];
	return NULL;
}

/** vtpm_group() - the same curve on limbs */
const struct vtpm_group *vtpm_group(u16 id)
{
	return id == VTPM_ECC_NIST_P256 ? &vtpm_group_p256 :
	       id == VTPM_ECC_NIST_P384 ? &vtpm_group_p384 : NULL;
}

/* Give a coordinate the size of the field; false: it is larger than that. */
static bool pad(struct vtpm_coord *coord, u16 size)
{
	u8 padded[VTPM_MAX_ECC] = {};

	if (coord->size > size) {
		if (memchr_inv(coord->data, 0, coord->size - size))
			return false;
		memmove(coord->data, coord->data + coord->size - size, size);
	} else {
		memcpy(padded + size - coord->size, coord->data, coord->size);
		memcpy(coord->data, padded, size);
	}
	coord->size = size;
	return true;
}

static bool load_point(const struct vtpm_curve *curve, struct vtpm_point *point,
		       struct vtpm_affine *affine)
{
	return pad(&point->x, curve->size) && pad(&point->y, curve->size) &&
	       vtpm_group_load(vtpm_group(curve->id), affine, point->x.data, point->y.data);
}

/* what has been computed in @w, or VTPM_RC_NO_RESULT */
static u32 store_point(const struct vtpm_curve *curve, struct vtpm_group_work *w,
		       struct vtpm_point *point)
{
	const struct vtpm_group *g = vtpm_group(curve->id);
	size_t n = g->p.n;

	if (!vtpm_group_affine(g, w, &w->entry))
		return VTPM_RC_NO_RESULT;
	vtpm_mont_from(&g->p, w->entry.x, w->entry.x);
	vtpm_mont_from(&g->p, w->entry.y, w->entry.y);
	point->x.size = curve->size;
	point->y.size = curve->size;
	vtpm_bn_store(point->x.data, curve->size, w->entry.x, n);
	vtpm_bn_store(point->y.data, curve->size, w->entry.y, n);
	return 0;
}

/**
 * vtpm_ecc_point_ok() - is this a point of the curve?
 * @tpm: the vTPM
 * @curve: VTPM_ECC_*
 * @point: point; its coordinates get the size of the field
 */
bool vtpm_ecc_point_ok(struct vtpm *tpm, u16 curve, struct vtpm_point *point)
{
	const struct vtpm_curve *c = vtpm_curve(curve);
	struct vtpm_affine affine;

	return c && load_point(c, point, &affine);
}

/* a scalar from 1 to n - 1; false: it is none */
static bool load_scalar(const struct vtpm_group *g, u64 *k, const u8 *bytes, size_t len)
{
	if (len > 8 * g->n.n)
		return false;
	vtpm_bn_load(k, g->n.n, bytes, len);
	return vtpm_bn_less(k, g->n.m, g->n.n) & ~vtpm_bn_is_zero(k, g->n.n);
}

/**
 * vtpm_ecc_scalar() - a random scalar from 1 to n - 1
 * @rng: what decides which one
 * @curve: curve
 * @k: result, curve->size bytes
 *
 * By rejection: the first number in range is it (FIPS 186-5, A.2.2).
 *
 * Return: 0; VTPM_RC_NO_RESULT: none found, which does not happen.
 */
u32 vtpm_ecc_scalar(struct vtpm_rng *rng, const struct vtpm_curve *curve, u8 *k)
{
	u64 scalar[VTPM_ECC_LIMBS];
	bool ok = false;
	int i;

	/* of 2^32 numbers one is not in range */
	for (i = 0; i < 16 && !ok; i++) {
		vtpm_rng_bytes(rng, k, curve->size);
		ok = load_scalar(vtpm_group(curve->id), scalar, k, curve->size);
	}
	memzero_explicit(scalar, sizeof(scalar));
	return ok ? 0 : VTPM_RC_NO_RESULT;
}

/**
 * vtpm_ecc_mul() - @result = @k * @point
 * @tpm: the vTPM
 * @curve: VTPM_ECC_*
 * @k: scalar, secret
 * @k_len: bytes of @k
 * @point: point, or NULL for the generator
 * @result: product; coordinates have the size of the field
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_CURVE; VTPM_RC_ECC_POINT: not on the curve; VTPM_RC_NO_RESULT:
 *         @k is not between 1 and n - 1; VTPM_RC_MEMORY.
 */
u32 vtpm_ecc_mul(struct vtpm *tpm, u16 curve, const u8 *k, size_t k_len,
		 const struct vtpm_point *point, struct vtpm_point *result)
{
	const struct vtpm_curve *c = vtpm_curve(curve);
	const struct vtpm_group *g = vtpm_group(curve);
	u64 scalar[VTPM_ECC_LIMBS];
	struct vtpm_affine affine;
	struct vtpm_group_work *w;
	struct vtpm_point padded;
	u32 rc;

	if (!c)
		return VTPM_RC_CURVE;
	if (point) {
		padded = *point;
		if (!load_point(c, &padded, &affine))
			return VTPM_RC_ECC_POINT;
	}
	if (!load_scalar(g, scalar, k, k_len))
		return VTPM_RC_NO_RESULT;
	w = port_alloc(sizeof(*w));
	if (!w)
		return VTPM_RC_MEMORY;
	if (point)
		vtpm_group_mul(g, w, scalar, &affine);
	else
		vtpm_group_mul_base(g, w, scalar);
	rc = store_point(c, w, result);
	memzero_explicit(scalar, sizeof(scalar));
	port_free_sensitive(w, sizeof(*w));
	vtpm_scrub_stack();
	return rc;
}

/**
 * vtpm_ecc_generate() - make a key
 * @rng: what decides which one
 * @pub: template; the point is filled in
 * @sensitive: private scalar; filled in
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_CURVE; VTPM_RC_NO_RESULT, VTPM_RC_MEMORY.
 */
u32 vtpm_ecc_generate(struct vtpm_rng *rng, struct vtpm_public *pub,
		      struct vtpm_sensitive *sensitive)
{
	const struct vtpm_curve *curve = vtpm_curve(pub->curve);
	u32 rc;

	if (!curve)
		return VTPM_RC_CURVE;
	rc = vtpm_ecc_scalar(rng, curve, sensitive->data);
	if (rc)
		return rc;
	sensitive->size = curve->size;
	return vtpm_ecc_mul(rng->tpm, curve->id, sensitive->data, sensitive->size, NULL, &pub->ecc);
}

static bool same_coordinate(const struct vtpm_coord *a, const struct vtpm_coord *b)
{
	struct vtpm_coord padded = *a;

	return pad(&padded, b->size) && vtpm_equal(padded.data, b->data, b->size);
}

/**
 * vtpm_ecc_check() - is this a key one can use?
 * @tpm: the vTPM
 * @pub: public area
 * @sensitive: sensitive area, or NULL for a public key only
 *
 * Without a nameAlg nobody relies on the public area, and it is not looked at.
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_CURVE; VTPM_RC_KEY: coordinates of the wrong size;
 *         VTPM_RC_ECC_POINT: not on the curve; VTPM_RC_KEY_SIZE: no scalar of the
 *         curve; VTPM_RC_BINDING: not the point of that scalar; VTPM_RC_MEMORY.
 */
u32 vtpm_ecc_check(struct vtpm *tpm, const struct vtpm_public *pub,
		   const struct vtpm_sensitive *sensitive)
{
	const struct vtpm_curve *curve = vtpm_curve(pub->curve);
	struct vtpm_point point;
	u32 rc;

	if (!curve)
		return VTPM_RC_CURVE;
	if (!sensitive) {
		if (pub->ecc.x.size != curve->size || pub->ecc.y.size != curve->size)
			return VTPM_RC_KEY;
		point = pub->ecc;
		if (pub->name_alg != VTPM_ALG_NULL && !vtpm_ecc_point_ok(tpm, pub->curve, &point))
			return VTPM_RC_ECC_POINT;
		return 0;
	}
	rc = vtpm_ecc_mul(tpm, pub->curve, sensitive->data, sensitive->size, NULL, &point);
	if (rc == VTPM_RC_NO_RESULT)
		return VTPM_RC_KEY_SIZE;
	if (rc || pub->name_alg == VTPM_ALG_NULL)
		return rc;
	return same_coordinate(&pub->ecc.x, &point.x) && same_coordinate(&pub->ecc.y, &point.y) ?
		0 : VTPM_RC_BINDING;
}
