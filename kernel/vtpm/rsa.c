// SPDX-License-Identifier: GPL-2.0
/*
 * RSA keys, and the two operations on numbers.  Paddings are in rsa_pad.c.
 *
 * A TPM's private key is one prime; the rest is computed from it when it is
 * needed.  The private operation uses the Chinese remainder theorem and checks
 * its result with the public one, so that a bit that flips in between does not
 * give the factors away.
 */
#include "bn.h"
#include "vtpm_internal.h"

#define DEFAULT_EXPONENT	65537u

/**
 * struct rsa_key - a private key
 * @n: limbs of a prime
 * @e: public exponent
 * @modulus: 2 * @n limbs
 * @p: prime of the sensitive area
 * @q: the other one
 * @dp: 1 / e modulo p - 1
 * @dq: 1 / e modulo q - 1
 * @q_inverse: 1 / q modulo p
 */
struct rsa_key {
	size_t n;
	u32 e;
	u64 modulus[VTPM_RSA_LIMBS];
	u64 p[VTPM_PRIME_LIMBS];
	u64 q[VTPM_PRIME_LIMBS];
	u64 dp[VTPM_PRIME_LIMBS];
	u64 dq[VTPM_PRIME_LIMBS];
	u64 q_inverse[VTPM_PRIME_LIMBS];
};

/**
 * struct rsa_work - memory of one operation
 * @key: private key
 * @in: argument
 * @out: result
 * @check: result of the public operation
 * @m: residue
 * @x: more of them
 * @rr: for a modulus
 * @table: of exponentiations, or memory for an inverse
 */
struct rsa_work {
	struct rsa_key key;
	u64 in[VTPM_RSA_LIMBS];
	u64 out[VTPM_RSA_LIMBS];
	u64 check[VTPM_RSA_LIMBS];
	u64 m[2][VTPM_PRIME_LIMBS];
	u64 x[VTPM_PRIME_LIMBS];
	u64 rr[VTPM_RSA_LIMBS];
	u64 table[VTPM_MONT_TABLE(VTPM_PRIME_LIMBS)];
};

static u32 exponent_of(const struct vtpm_public *pub)
{
	return pub->exponent ? pub->exponent : DEFAULT_EXPONENT;
}

static bool is_prime(u32 x)
{
	u32 d;

	if (x < 3 || !(x & 1))
		return x == 2;
	for (d = 3; d <= x / d; d += 2)
		if (x % d == 0)
			return false;
	return true;
}

/* can the modulus be calculated with? */
static bool modulus_ok(const struct vtpm_public *pub)
{
	u16 size = pub->rsa.size;

	return size && size <= VTPM_MAX_RSA && size % 16 == 0 && pub->rsa.data[0] & 0x80 &&
	       pub->rsa.data[size - 1] & 1;
}

/*
 * @d = 1 / @e modulo @p - 1: the only number k * (p - 1) + 1 with k < e that e
 * divides, divided.  Returns the mask of: there is one.
 */
static u64 private_exponent(u64 *d, const u64 *p, u32 e, size_t n)
{
	u64 minus_one[VTPM_PRIME_LIMBS], dividend[VTPM_PRIME_LIMBS + 1];
	u64 exponent = e, rest, k, exists, work[VTPM_INVERSE_WORK(1)];

	memcpy(minus_one, p, n * sizeof(*p));
	minus_one[0] ^= 1;
	rest = vtpm_bn_mod_word(minus_one, n, e);
	exists = vtpm_bn_inverse(&k, &rest, &exponent, 1, work);
	k = exponent - k;
	vtpm_bn_mul(dividend, minus_one, n, &k, 1);
	dividend[0] |= 1;	/* p - 1 is even */
	vtpm_bn_div_exact(d, n, dividend, &exponent, 1);
	memzero_explicit(minus_one, sizeof(minus_one));
	memzero_explicit(dividend, sizeof(dividend));
	memzero_explicit(work, sizeof(work));
	return exists;
}

/* w->key: all of the key from its public and its sensitive area */
static u32 expand(struct rsa_work *w, const struct vtpm_public *pub,
		  const struct vtpm_sensitive *sensitive)
{
	u64 ok, *product = w->out, *reduced = w->x;
	struct rsa_key *key = &w->key;
	size_t n = sensitive->size / 8;

	BUILD_BUG_ON(sizeof(w->table) < VTPM_INVERSE_WORK(VTPM_PRIME_LIMBS) * sizeof(u64));
	if (!modulus_ok(pub) || sensitive->size * 2 != pub->rsa.size ||
	    !(sensitive->data[0] & 0x80) || !(sensitive->data[sensitive->size - 1] & 1))
		return VTPM_RC_BINDING;
	key->n = n;
	key->e = exponent_of(pub);
	if (!(key->e & 1) || key->e < 3)
		return VTPM_RC_BINDING;

	vtpm_bn_load(key->modulus, 2 * n, pub->rsa.data, pub->rsa.size);
	vtpm_bn_load(key->p, n, sensitive->data, sensitive->size);
	vtpm_bn_div_exact(key->q, n, key->modulus, key->p, n);
	vtpm_bn_mul(product, key->p, n, key->q, n);
	ok = vtpm_bn_equal(product, key->modulus, 2 * n);
	ok &= private_exponent(key->dp, key->p, key->e, n);
	ok &= private_exponent(key->dq, key->q, key->e, n);
	/* both have their highest bit set: q is below 2 * p */
	vtpm_bn_reduce(reduced, 0, key->q, key->p, n);
	ok &= vtpm_bn_inverse(key->q_inverse, reduced, key->p, n, w->table);
	return ok ? 0 : VTPM_RC_BINDING;
}

/* @r = @a ^ @e modulo @modulus of @n limbs; @rr: n limbs of memory */
static void public_power(u64 *r, const u64 *a, u32 e, const u64 *modulus, u64 *rr, size_t n)
{
	u64 base[VTPM_RSA_LIMBS];
	struct vtpm_mont mont;

	vtpm_mont_init(&mont, modulus, rr, n);
	vtpm_mont_to(&mont, base, a);
	vtpm_mont_exp_public(&mont, r, base, e);
	vtpm_mont_from(&mont, r, r);
	memzero_explicit(base, sizeof(base));
}

/**
 * vtpm_rsa_public() - RSAEP (RFC 8017, 5.1.1)
 * @tpm: the vTPM
 * @pub: key of VTPM_ALG_RSA
 * @data: number of pub->rsa.size bytes; replaced by its power
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_VALUE: not below the modulus, or one cannot calculate with
 *         that modulus; VTPM_RC_MEMORY.
 */
u32 vtpm_rsa_public(struct vtpm *tpm, const struct vtpm_public *pub, u8 *data)
{
	size_t size = pub->rsa.size, n = size / 8;
	struct rsa_work *w;
	u32 rc = 0;

	if (!modulus_ok(pub))
		return VTPM_RC_VALUE;
	w = port_alloc(sizeof(*w));
	if (!w)
		return VTPM_RC_MEMORY;
	vtpm_bn_load(w->key.modulus, n, pub->rsa.data, size);
	vtpm_bn_load(w->in, n, data, size);
	if (vtpm_bn_less(w->in, w->key.modulus, n)) {
		public_power(w->out, w->in, exponent_of(pub), w->key.modulus, w->rr, n);
		vtpm_bn_store(data, size, w->out, n);
	} else {
		rc = VTPM_RC_VALUE;
	}
	port_free_sensitive(w, sizeof(*w));
	return rc;
}

/* @r = w->in ^ @d modulo @prime */
static void residue(struct rsa_work *w, u64 *r, const u64 *d, const u64 *prime)
{
	size_t n = w->key.n;
	struct vtpm_mont mont;

	vtpm_mont_init(&mont, prime, w->rr, n);
	vtpm_mont_mod(&mont, w->x, w->in);
	vtpm_mont_to(&mont, w->x, w->x);
	vtpm_mont_exp(&mont, r, w->x, d, n, w->table);
	vtpm_mont_from(&mont, r, r);
}

/* w->out = w->in ^ d: out = m1 + q * ((m0 - m1) / q modulo p) */
static void private_power(struct rsa_work *w)
{
	const struct rsa_key *key = &w->key;
	u64 *m0 = w->m[0], *m1 = w->m[1], *h = w->x;
	size_t n = key->n, i;
	struct vtpm_mont mont;
	u64 carry;

	residue(w, m0, key->dp, key->p);
	residue(w, m1, key->dq, key->q);

	vtpm_bn_reduce(h, 0, m1, key->p, n);
	carry = vtpm_bn_sub(h, m0, h, n);
	vtpm_bn_add_masked(h, h, key->p, vtpm_mask(carry), n);
	vtpm_mont_init(&mont, key->p, w->rr, n);
	vtpm_mont_to(&mont, h, h);
	vtpm_mont_mul(&mont, h, h, key->q_inverse);

	vtpm_bn_mul(w->out, h, n, key->q, n);
	carry = vtpm_bn_add(w->out, w->out, m1, n);
	for (i = n; i < 2 * n; i++)
		w->out[i] = vtpm_adc(w->out[i], 0, &carry);
}

static u32 private_operation(struct rsa_work *w, const struct vtpm_object *key, u8 *data)
{
	size_t size = key->pub.rsa.size, n = size / 8;
	u32 rc = expand(w, &key->pub, &key->sensitive);

	if (rc)
		return rc;
	vtpm_bn_load(w->in, n, data, size);
	if (!vtpm_bn_less(w->in, w->key.modulus, n))
		return VTPM_RC_SIZE;
	private_power(w);
	public_power(w->check, w->out, w->key.e, w->key.modulus, w->rr, n);
	if (!vtpm_bn_equal(w->check, w->in, n))
		return VTPM_RC_BINDING;
	vtpm_bn_store(data, size, w->out, n);
	return 0;
}

/**
 * vtpm_rsa_private() - RSADP (RFC 8017, 5.1.2)
 * @tpm: the vTPM
 * @key: key with its sensitive area
 * @data: number of as many bytes as the modulus; replaced by its power
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_SIZE: not below the modulus; VTPM_RC_BINDING: no private key,
 *         or one that does not do the reverse of the public one; VTPM_RC_MEMORY.
 */
u32 vtpm_rsa_private(struct vtpm *tpm, const struct vtpm_object *key, u8 *data)
{
	struct rsa_work *w = port_alloc(sizeof(*w));
	u32 rc;

	if (!w)
		return VTPM_RC_MEMORY;
	rc = private_operation(w, key, data);
	port_free_sensitive(w, sizeof(*w));
	vtpm_scrub_stack();
	return rc;
}

/**
 * vtpm_rsa_check() - is this a key one can use?
 * @tpm: the vTPM
 * @pub: public area
 * @sensitive: sensitive area, or NULL for a public key only
 *
 * Context: may sleep.
 * Return: 0; VTPM_RC_KEY: modulus of the wrong size; VTPM_RC_VALUE: exponent;
 *         VTPM_RC_KEY_SIZE: prime of the wrong size; VTPM_RC_BINDING: the prime is
 *         none of the modulus; VTPM_RC_MEMORY.
 */
u32 vtpm_rsa_check(struct vtpm *tpm, const struct vtpm_public *pub,
		   const struct vtpm_sensitive *sensitive)
{
	struct rsa_work *w;
	u32 rc;

	if (pub->rsa.size * 8 != pub->bits || pub->rsa.data[0] < 0x80)
		return VTPM_RC_KEY;
	if (pub->exponent && pub->exponent < 7)
		return VTPM_RC_VALUE;
	if (!sensitive)
		return 0;
	if (sensitive->size * 2 != pub->rsa.size || sensitive->data[0] < 0x80)
		return VTPM_RC_KEY_SIZE;

	w = port_alloc(sizeof(*w));
	if (!w)
		return VTPM_RC_MEMORY;
	rc = expand(w, pub, sensitive);
	port_free_sensitive(w, sizeof(*w));
	vtpm_scrub_stack();
	return rc;
}

/* |p - q| > 2^(bits of p - 100), as FIPS 186-5 has it: chance does not do otherwise */
static bool far_apart(const u64 *p, const u64 *q, u64 *diff, size_t n)
{
	u64 negative = vtpm_mask(vtpm_bn_sub(diff, p, q, n));

	return (diff[n - 1] ^ negative) | (diff[n - 2] ^ negative) >> 28;
}

static u32 generate(struct vtpm_rng *rng, struct rsa_work *w, u8 *p, unsigned int size, u32 e)
{
	u8 *q = (u8 *)w->table;
	size_t n = size / 8;
	u32 rc;

	rc = vtpm_rsa_prime(rng, p, 8 * size, e);
	if (rc)
		return rc;
	vtpm_bn_load(w->key.p, n, p, size);
	do {
		rc = vtpm_rsa_prime(rng, q, 8 * size, e);
		if (rc)
			return rc;
		vtpm_bn_load(w->key.q, n, q, size);
	} while (!far_apart(w->key.p, w->key.q, w->x, n));
	vtpm_bn_mul(w->key.modulus, w->key.p, n, w->key.q, n);
	return 0;
}

/**
 * vtpm_rsa_generate() - make a key
 * @rng: what decides which one
 * @pub: template; the modulus is filled in
 * @sensitive: prime; filled in
 *
 * Context: takes long; asks vtpm_interrupted().
 * Return: 0; VTPM_RC_RANGE: exponent not prime or too small; VTPM_RC_VALUE: size of
 *         key; VTPM_RC_CANCELED, VTPM_RC_MEMORY.
 */
u32 vtpm_rsa_generate(struct vtpm_rng *rng, struct vtpm_public *pub,
		      struct vtpm_sensitive *sensitive)
{
	unsigned int size = pub->bits / 16;
	u32 e = exponent_of(pub), rc;
	struct rsa_work *w;

	if (e < DEFAULT_EXPONENT || !is_prime(e))
		return VTPM_RC_RANGE;
	if (pub->bits % 1024 || !size || 2 * size > VTPM_MAX_RSA)
		return VTPM_RC_VALUE;
	w = port_alloc(sizeof(*w));
	if (!w)
		return VTPM_RC_MEMORY;
	rc = generate(rng, w, sensitive->data, size, e);
	if (rc) {
		memzero_explicit(sensitive->data, size);
	} else {
		sensitive->size = size;
		pub->rsa.size = 2 * size;
		vtpm_bn_store(pub->rsa.data, 2 * size, w->key.modulus, size / 4);
	}
	port_free_sensitive(w, sizeof(*w));
	vtpm_scrub_stack();
	return rc;
}
