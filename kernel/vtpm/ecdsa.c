// SPDX-License-Identifier: GPL-2.0
/*
 * ECDSA: FIPS 186-5, section 6.
 */
#include "ecc_group.h"
#include "vtpm_internal.h"

/**
 * struct ecdsa_work - memory of one operation
 * @group: for multiplications
 * @public: the key's point
 * @e: the digest as a number below n, Montgomery form, as all but @k and @wide
 * @d: private scalar
 * @k: secret of one signature
 * @r: half of the signature
 * @s: the other half
 * @t: for intermediate results
 * @wide: twice as many limbs
 */
struct ecdsa_work {
	struct vtpm_group_work group;
	struct vtpm_affine public;
	u64 e[VTPM_ECC_LIMBS];
	u64 d[VTPM_ECC_LIMBS];
	u64 k[VTPM_ECC_LIMBS];
	u64 r[VTPM_ECC_LIMBS];
	u64 s[VTPM_ECC_LIMBS];
	u64 t[VTPM_ECC_LIMBS];
	u64 wide[2 * VTPM_ECC_LIMBS];
};

/* the leftmost bits of a digest, as many as n has (6.4.1, step 2) */
static void load_digest(const struct vtpm_group *g, u64 *e, const struct vtpm_digest *digest)
{
	vtpm_bn_load(e, g->n.n, digest->data, min_t(size_t, digest->size, 8 * g->n.n));
	vtpm_bn_reduce(e, 0, e, g->n.m, g->n.n);
	vtpm_mont_to(&g->n, e, e);
}

/* w->r = x coordinate of the point in w->group, modulo n; no Montgomery form yet */
static bool x_modulo_n(const struct vtpm_group *g, struct ecdsa_work *w)
{
	if (!vtpm_group_affine(g, &w->group, &w->group.entry))
		return false;
	vtpm_mont_from(&g->p, w->t, w->group.entry.x);
	/* p is below 2n */
	vtpm_bn_reduce(w->t, 0, w->t, g->n.m, g->n.n);
	return true;
}

/* @r = 1 / @a modulo n; @a is no Montgomery form, the result is */
static void invert(const struct vtpm_group *g, u64 *r, const u64 *a, u64 *work)
{
	vtpm_bn_inverse(r, a, g->n.m, g->n.n, work);
	vtpm_mont_to(&g->n, r, r);
}

/* r and s from w->k; false: one of them is 0, so that it needs another */
static bool sign(const struct vtpm_group *g, struct ecdsa_work *w)
{
	size_t n = g->n.n;
	u64 carry;

	vtpm_group_mul_base(g, &w->group, w->k);
	if (!x_modulo_n(g, w))
		return false;
	memcpy(w->r, w->t, sizeof(w->r));
	vtpm_mont_to(&g->n, w->t, w->t);

	/* s = (e + r * d) / k */
	vtpm_mont_mul(&g->n, w->s, w->t, w->d);
	carry = vtpm_bn_add(w->s, w->s, w->e, n);
	vtpm_bn_reduce(w->s, carry, w->s, g->n.m, n);
	invert(g, w->t, w->k, w->group.inverse);
	vtpm_mont_mul(&g->n, w->s, w->s, w->t);
	vtpm_mont_from(&g->n, w->s, w->s);
	return !(vtpm_bn_is_zero(w->r, n) | vtpm_bn_is_zero(w->s, n));
}

static u32 sign_with(struct vtpm_rng *rng, const struct vtpm_curve *curve, struct ecdsa_work *w,
		     struct vtpm_signature *sig)
{
	const struct vtpm_group *g = vtpm_group(curve->id);
	u8 k[VTPM_MAX_ECC];
	u32 rc;

	do {
		rc = vtpm_ecc_scalar(rng, curve, k);
		if (rc)
			return rc;
		vtpm_bn_load(w->k, g->n.n, k, curve->size);
	} while (!sign(g, w));
	memzero_explicit(k, sizeof(k));
	sig->ecc.x.size = curve->size;
	sig->ecc.y.size = curve->size;
	vtpm_bn_store(sig->ecc.x.data, curve->size, w->r, g->n.n);
	vtpm_bn_store(sig->ecc.y.data, curve->size, w->s, g->n.n);
	return 0;
}

/**
 * vtpm_ecdsa_sign() - sign a digest
 * @rng: source of the signature's secret number
 * @curve: VTPM_ECC_*
 * @sensitive: private scalar, which vtpm_ecc_check() has accepted
 * @digest: digest; what is longer than n is cut off
 * @sig: result: r and s
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_CURVE, VTPM_RC_NO_RESULT, VTPM_RC_MEMORY.
 */
u32 vtpm_ecdsa_sign(struct vtpm_rng *rng, u16 curve, const struct vtpm_sensitive *sensitive,
		    const struct vtpm_digest *digest, struct vtpm_signature *sig)
{
	const struct vtpm_curve *c = vtpm_curve(curve);
	const struct vtpm_group *g = vtpm_group(curve);
	struct ecdsa_work *w;
	u32 rc;

	if (!c)
		return VTPM_RC_CURVE;
	w = port_alloc(sizeof(*w));
	if (!w)
		return VTPM_RC_MEMORY;
	load_digest(g, w->e, digest);
	vtpm_bn_load(w->d, g->n.n, sensitive->data, min_t(size_t, sensitive->size, c->size));
	vtpm_mont_to(&g->n, w->d, w->d);
	rc = sign_with(rng, c, w, sig);
	port_free_sensitive(w, sizeof(*w));
	vtpm_scrub_stack();
	return rc;
}

/* a half of a signature; false: it is not between 1 and n - 1 */
static bool load_half(const struct vtpm_group *g, u64 *r, const struct vtpm_coord *half)
{
	size_t n = g->n.n, skip = 0;

	while (skip < half->size && !half->data[skip])
		skip++;
	if (half->size - skip > 8 * n)
		return false;
	vtpm_bn_load(r, n, half->data + skip, half->size - skip);
	return vtpm_bn_less(r, g->n.m, n) & ~vtpm_bn_is_zero(r, n);
}

/* w->group.acc = @u * G + @v * the key's point, either of which may be nothing */
static void add_multiples(const struct vtpm_group *g, struct ecdsa_work *w, const u64 *u,
			  const u64 *v)
{
	vtpm_group_mul(g, &w->group, v, &w->public);
	vtpm_group_affine(g, &w->group, &w->public);
	if (vtpm_bn_is_zero(u, g->n.n))
		return;
	vtpm_group_mul_base(g, &w->group, u);
	vtpm_group_add_public(g, &w->group, &w->public);
}

/* x of (e / s) * G + (r / s) * Q is r modulo n */
static bool verify(const struct vtpm_group *g, struct ecdsa_work *w)
{
	u64 *inverse = w->t, *u = w->e, *v = w->s;
	bool ok;

	invert(g, inverse, w->s, w->group.inverse);
	vtpm_mont_mul(&g->n, u, w->e, inverse);
	vtpm_mont_from(&g->n, u, u);
	vtpm_mont_to(&g->n, v, w->r);
	vtpm_mont_mul(&g->n, v, v, inverse);
	vtpm_mont_from(&g->n, v, v);
	add_multiples(g, w, u, v);
	ok = x_modulo_n(g, w);
	return ok && vtpm_bn_equal(w->t, w->r, g->n.n);
}

/**
 * vtpm_ecdsa_verify() - check a signature
 * @tpm: the vTPM
 * @pub: public key
 * @digest: digest
 * @sig: r and s
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_SIGNATURE: it is not right, or the key is no point of the
 *         curve; VTPM_RC_CURVE, VTPM_RC_MEMORY.
 */
u32 vtpm_ecdsa_verify(struct vtpm *tpm, const struct vtpm_public *pub,
		      const struct vtpm_digest *digest, const struct vtpm_signature *sig)
{
	const struct vtpm_group *g = vtpm_group(pub->curve);
	struct vtpm_point point = pub->ecc;
	struct ecdsa_work *w;
	bool ok;

	if (!g)
		return VTPM_RC_CURVE;
	if (!vtpm_ecc_point_ok(tpm, pub->curve, &point))
		return VTPM_RC_SIGNATURE;
	w = port_alloc(sizeof(*w));
	if (!w)
		return VTPM_RC_MEMORY;
	vtpm_group_load(g, &w->public, point.x.data, point.y.data);
	load_digest(g, w->e, digest);
	ok = load_half(g, w->r, &sig->ecc.x) && load_half(g, w->s, &sig->ecc.y) && verify(g, w);
	port_free_sensitive(w, sizeof(*w));
	return ok ? 0 : VTPM_RC_SIGNATURE;
}
