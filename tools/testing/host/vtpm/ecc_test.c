// SPDX-License-Identifier: GPL-2.0
/*
 * ECC: the groups against OpenSSL's EC, ECDSA against RFC 6979 and OpenSSL, keys
 * that are none.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "algo.h"

struct curve {
	u16 id;
	int nid;
	const char *name;
	EC_GROUP *group;
};

static struct curve curves[] = {
	{ VTPM_ECC_NIST_P256, NID_X9_62_prime256v1, "P-256" },
	{ VTPM_ECC_NIST_P384, NID_secp384r1, "P-384" },
};

static EC_POINT *new_point(const struct curve *c)
{
	EC_POINT *point = EC_POINT_new(c->group);

	assert(point);
	return point;
}

/* is w->acc the point @want? */
static bool same_point(const struct curve *c, struct vtpm_group_work *w, const EC_POINT *want)
{
	const struct vtpm_group *g = vtpm_group(c->id);
	BIGNUM *x = algo_number(), *y = algo_number();
	struct vtpm_affine affine;
	bool ok;

	if (EC_POINT_is_at_infinity(c->group, want)) {
		ok = !vtpm_group_affine(g, w, &affine);
	} else {
		EC_POINT_get_affine_coordinates(c->group, want, x, y, algo_ctx());
		ok = vtpm_group_affine(g, w, &affine);
		vtpm_mont_from(&g->p, affine.x, affine.x);
		vtpm_mont_from(&g->p, affine.y, affine.y);
		ok = ok && algo_same(affine.x, g->p.n, x) && algo_same(affine.y, g->p.n, y);
	}
	BN_free(x);
	BN_free(y);
	return ok;
}

static void load_point(const struct curve *c, struct vtpm_affine *affine, const EC_POINT *point)
{
	const struct vtpm_group *g = vtpm_group(c->id);
	BIGNUM *x = algo_number(), *y = algo_number();
	u8 bytes[2][VTPM_MAX_ECC];

	EC_POINT_get_affine_coordinates(c->group, point, x, y, algo_ctx());
	BN_bn2binpad(x, bytes[0], 8 * g->p.n);
	BN_bn2binpad(y, bytes[1], 8 * g->p.n);
	assert(vtpm_group_load(g, affine, bytes[0], bytes[1]));
	BN_free(x);
	BN_free(y);
}

/* scalars: 1, 2, ... and n - 1, n - 2, ...; single bits; short ones; random ones */
static void scalar(const struct curve *c, BIGNUM *k, int i)
{
	const BIGNUM *n = EC_GROUP_get0_order(c->group);
	int bits = BN_num_bits(n);

	if (i < 64) {
		BN_set_word(k, i / 2 + 1);
	} else if (i < 64 + 2 * bits) {
		BN_zero(k);
		BN_set_bit(k, (i - 64) / 2);
	} else if (i < 64 + 2 * bits + 200) {
		BN_rand(k, 1 + i % bits, 0, 0);
	} else {
		BN_rand_range(k, n);
	}
	BN_mod(k, k, n, algo_ctx());
	if (BN_is_zero(k))
		BN_one(k);
	if (i & 1 && i < 64 + 2 * bits)
		BN_sub(k, n, k);
}

static void test_group(const struct curve *c)
{
	unsigned int wrong_base = 0, wrong_mul = 0, wrong_add = 0;
	const BIGNUM *n = EC_GROUP_get0_order(c->group);
	struct vtpm_group_work *w = port_alloc(sizeof(*w));
	const struct vtpm_group *g = vtpm_group(c->id);
	BIGNUM *k = algo_number(), *l = algo_number();
	EC_POINT *p = new_point(c), *q = new_point(c);
	u64 limbs[VTPM_ECC_LIMBS];
	struct vtpm_affine affine;
	int i, j;

	for (i = 0; i < 1800; i++) {
		scalar(c, k, i);
		algo_to_limbs(limbs, g->n.n, k);
		EC_POINT_mul(c->group, p, k, NULL, NULL, algo_ctx());
		vtpm_group_mul_base(g, w, limbs);
		wrong_base += !same_point(c, w, p);
		if (i >= 64 && i % 16)
			continue;

		load_point(c, &affine, p);
		scalar(c, l, i * 7 % 1800);
		algo_to_limbs(limbs, g->n.n, l);
		EC_POINT_mul(c->group, q, NULL, p, l, algo_ctx());
		vtpm_group_mul(g, w, limbs, &affine);
		wrong_mul += !same_point(c, w, q);

		/* add p to itself, to -p, to infinity, to another */
		for (j = 0; j < 4; j++) {
			if (j == 0)
				BN_copy(l, k);
			else if (j == 1)
				BN_sub(l, n, k);
			algo_to_limbs(limbs, g->n.n, l);
			vtpm_group_mul_base(g, w, limbs);
			EC_POINT_mul(c->group, q, l, NULL, NULL, algo_ctx());
			if (j == 2) {
				memset(&w->acc, 0, sizeof(w->acc));
				EC_POINT_set_to_infinity(c->group, q);
				BN_rand_range(l, n);
			}
			vtpm_group_add_public(g, w, &affine);
			EC_POINT_add(c->group, q, q, p, algo_ctx());
			wrong_add += !same_point(c, w, q);
		}
	}
	tap_ok(!wrong_base, "%s: multiples of the generator", c->name);
	tap_ok(!wrong_mul, "%s: multiples of a point", c->name);
	tap_ok(!wrong_add, "%s: sums of equal, opposite, any points", c->name);
	BN_free(k);
	BN_free(l);
	EC_POINT_free(p);
	EC_POINT_free(q);
	port_free(w);
}

/* vtpm_curve() is what ECC_Parameters answers; the group is what is calculated with */
static void test_parameters(const struct curve *c)
{
	const struct vtpm_curve *curve = vtpm_curve(c->id);
	const struct vtpm_group *g = vtpm_group(c->id);
	BIGNUM *p = algo_number(), *a = algo_number(), *b = algo_number();
	const BIGNUM *n = EC_GROUP_get0_order(c->group);
	u64 limbs[VTPM_ECC_LIMBS];
	u8 bytes[VTPM_MAX_ECC];
	size_t size = curve->size;
	struct vtpm_affine affine;
	bool ok;

	EC_GROUP_get_curve(c->group, p, a, b, algo_ctx());
	ok = curve->bits == EC_GROUP_order_bits(c->group) && size == 8 * g->p.n;
	BN_bn2binpad(p, bytes, size);
	ok &= !memcmp(bytes, curve->p, size) && algo_same(g->p.m, g->p.n, p);
	BN_bn2binpad(a, bytes, size);
	ok &= !memcmp(bytes, curve->a, size);
	BN_bn2binpad(b, bytes, size);
	ok &= !memcmp(bytes, curve->b, size);
	vtpm_mont_from(&g->p, limbs, g->b);
	ok &= algo_same(limbs, g->p.n, b);
	BN_bn2binpad(n, bytes, size);
	ok &= !memcmp(bytes, curve->n, size) && algo_same(g->n.m, g->n.n, n);
	tap_ok(ok, "%s: p, a, b, n", c->name);

	load_point(c, &affine, EC_GROUP_get0_generator(c->group));
	vtpm_mont_from(&g->p, affine.x, affine.x);
	vtpm_mont_from(&g->p, affine.y, affine.y);
	vtpm_bn_store(bytes, size, affine.x, g->p.n);
	ok = !memcmp(bytes, curve->gx, size);
	vtpm_bn_store(bytes, size, affine.y, g->p.n);
	tap_ok(ok && !memcmp(bytes, curve->gy, size), "%s: the generator", c->name);
	BN_free(p);
	BN_free(a);
	BN_free(b);
}

/* RFC 6979, A.2.5 and A.2.6: message "sample"; the vTPM's random number is that k */
static const struct {
	u16 curve, hash;
	const char *d, *x, *y, *k, *digest, *r, *s;
} ecdsa_rows[] = {
	{ VTPM_ECC_NIST_P256, VTPM_ALG_SHA256,
	  "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
	  "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
	  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
	  "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60",
	  "sample",
	  "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
	  "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
	{ VTPM_ECC_NIST_P384, VTPM_ALG_SHA384,
	  "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
	  "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13",
	  "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720",
	  "94ed910d1a099dad3254e9242ae85abde4ba15168eaf0ca87a555fd56d10fbca2907e3e83ba95368623b8c4686915cf9",
	  "sample",
	  "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46",
	  "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8" },
};

static void coord(struct vtpm_coord *to, const char *hex)
{
	to->size = algo_hex(to->data, sizeof(to->data), hex);
}

static void test_ecdsa(size_t row)
{
	const char *name = ecdsa_rows[row].curve == VTPM_ECC_NIST_P256 ? "P-256" : "P-384";
	struct vtpm *tpm = algo_tpm();
	struct vtpm_public pub = { .type = VTPM_ALG_ECC, .name_alg = VTPM_ALG_SHA256 };
	struct vtpm_sensitive sensitive = { .type = VTPM_ALG_ECC };
	struct vtpm_signature sig = {}, bad;
	struct vtpm_digest digest;
	char text[80];
	struct vtpm_rng rng;
	u8 k[VTPM_MAX_ECC];
	size_t i;

	pub.curve = ecdsa_rows[row].curve;
	coord(&pub.ecc.x, ecdsa_rows[row].x);
	coord(&pub.ecc.y, ecdsa_rows[row].y);
	sensitive.size = algo_hex(sensitive.data, sizeof(sensitive.data), ecdsa_rows[row].d);
	vtpm_digest(tpm, ecdsa_rows[row].hash, "sample", 6, &digest);
	tap_ok(!vtpm_ecc_check(tpm, &pub, &sensitive), "%s: RFC 6979's key", name);

	algo_feed(k, algo_hex(k, sizeof(k), ecdsa_rows[row].k));
	vtpm_rng_random(tpm, &rng);
	tap_ok(!vtpm_ecdsa_sign(&rng, pub.curve, &sensitive, &digest, &sig), "%s: sign", name);
	snprintf(text, sizeof(text), "%s: r of RFC 6979", name);
	algo_is(sig.ecc.x.data, sig.ecc.x.size, ecdsa_rows[row].r, text);
	snprintf(text, sizeof(text), "%s: s of RFC 6979", name);
	algo_is(sig.ecc.y.data, sig.ecc.y.size, ecdsa_rows[row].s, text);
	tap_ok(!vtpm_ecdsa_verify(tpm, &pub, &digest, &sig), "%s: it verifies", name);

	for (i = 0; i < 2; i++) {
		bad = sig;
		(i ? &bad.ecc.y : &bad.ecc.x)->data[7] ^= 4;
		tap_ok(vtpm_ecdsa_verify(tpm, &pub, &digest, &bad) == VTPM_RC_SIGNATURE,
		       "%s: not with another %s", name, i ? "s" : "r");
		memset((i ? &bad.ecc.y : &bad.ecc.x)->data, 0, VTPM_MAX_ECC);
		tap_ok(vtpm_ecdsa_verify(tpm, &pub, &digest, &bad) == VTPM_RC_SIGNATURE,
		       "%s: not with a zero %s", name, i ? "s" : "r");
		memcpy((i ? &bad.ecc.y : &bad.ecc.x)->data, vtpm_curve(pub.curve)->n,
		       VTPM_MAX_ECC);
		tap_ok(vtpm_ecdsa_verify(tpm, &pub, &digest, &bad) == VTPM_RC_SIGNATURE,
		       "%s: not with n as %s", name, i ? "s" : "r");
	}
	digest.data[0] ^= 1;
	tap_ok(vtpm_ecdsa_verify(tpm, &pub, &digest, &sig) == VTPM_RC_SIGNATURE,
	       "%s: not for another digest", name);
}

/* every digest size, random keys: what one signs the other one verifies */
static void test_openssl(const struct curve *c)
{
	static const u16 hashes[] = {
		VTPM_ALG_SHA1, VTPM_ALG_SHA256, VTPM_ALG_SHA384, VTPM_ALG_SHA512
	};
	unsigned int wrong = 0, refused = 0;
	struct vtpm *tpm = algo_tpm();
	size_t i;

	for (i = 0; i < 40; i++) {
		struct vtpm_public pub = { .type = VTPM_ALG_ECC, .curve = c->id };
		struct vtpm_sensitive sensitive = {};
		struct vtpm_signature sig = {};
		struct vtpm_digest digest;
		EC_KEY *key = EC_KEY_new();
		ECDSA_SIG *theirs;
		BIGNUM *x, *y, *d;
		struct vtpm_rng rng;

		vtpm_rng_seed(tpm, &rng, (u8 *)&i, sizeof(i), "test", NULL, NULL, 0);
		assert(!vtpm_ecc_generate(&rng, &pub, &sensitive));
		vtpm_digest(tpm, hashes[i % 4], &i, sizeof(i), &digest);
		EC_KEY_set_group(key, c->group);
		x = BN_bin2bn(pub.ecc.x.data, pub.ecc.x.size, NULL);
		y = BN_bin2bn(pub.ecc.y.data, pub.ecc.y.size, NULL);
		d = BN_bin2bn(sensitive.data, sensitive.size, NULL);
		wrong += !EC_KEY_set_public_key_affine_coordinates(key, x, y);
		wrong += !EC_KEY_set_private_key(key, d) || !EC_KEY_check_key(key);

		assert(!vtpm_ecdsa_sign(&rng, c->id, &sensitive, &digest, &sig));
		theirs = ECDSA_SIG_new();
		ECDSA_SIG_set0(theirs, BN_bin2bn(sig.ecc.x.data, sig.ecc.x.size, NULL),
			       BN_bin2bn(sig.ecc.y.data, sig.ecc.y.size, NULL));
		refused += ECDSA_do_verify(digest.data, digest.size, theirs, key) != 1;
		ECDSA_SIG_free(theirs);

		theirs = ECDSA_do_sign(digest.data, digest.size, key);
		sig.ecc.x.size = BN_bn2bin(ECDSA_SIG_get0_r(theirs), sig.ecc.x.data);
		sig.ecc.y.size = BN_bn2bin(ECDSA_SIG_get0_s(theirs), sig.ecc.y.data);
		refused += vtpm_ecdsa_verify(tpm, &pub, &digest, &sig) != 0;
		ECDSA_SIG_free(theirs);
		BN_free(x);
		BN_free(y);
		BN_free(d);
		EC_KEY_free(key);
	}
	tap_ok(!wrong, "%s: OpenSSL takes generated keys", c->name);
	tap_ok(!refused, "%s: signatures of one are those of the other", c->name);
}

static void test_bad_keys(const struct curve *c)
{
	const struct vtpm_curve *curve = vtpm_curve(c->id);
	struct vtpm_public pub = { .type = VTPM_ALG_ECC, .curve = c->id };
	struct vtpm_sensitive sensitive = { .size = curve->size };
	struct vtpm *tpm = algo_tpm();
	struct vtpm_point z;
	struct vtpm_rng rng;

	pub.name_alg = VTPM_ALG_SHA256;
	vtpm_rng_random(tpm, &rng);
	assert(!vtpm_ecc_generate(&rng, &pub, &sensitive));
	tap_ok(!vtpm_ecc_check(tpm, &pub, NULL), "%s: a public key", c->name);
	tap_ok(!vtpm_ecc_check(tpm, &pub, &sensitive), "%s: a key", c->name);
	sensitive.data[3] ^= 1;
	tap_ok(vtpm_ecc_check(tpm, &pub, &sensitive) == VTPM_RC_BINDING,
	       "%s: the private key of another", c->name);
	memset(sensitive.data, 0, curve->size);
	tap_ok(vtpm_ecc_check(tpm, &pub, &sensitive) == VTPM_RC_KEY_SIZE, "%s: d = 0", c->name);
	memcpy(sensitive.data, curve->n, curve->size);
	tap_ok(vtpm_ecc_check(tpm, &pub, &sensitive) == VTPM_RC_KEY_SIZE, "%s: d = n", c->name);
	pub.ecc.y.data[5] ^= 1;
	tap_ok(vtpm_ecc_check(tpm, &pub, NULL) == VTPM_RC_ECC_POINT, "%s: off the curve", c->name);
	tap_ok(vtpm_ecc_mul(tpm, c->id, curve->gx, curve->size, &pub.ecc, &z) == VTPM_RC_ECC_POINT,
	       "%s: a multiple of no point", c->name);
	pub.ecc.y.size--;
	tap_ok(vtpm_ecc_check(tpm, &pub, NULL) == VTPM_RC_KEY, "%s: short coordinate", c->name);
	pub.ecc.x.size = curve->size;
	memcpy(pub.ecc.x.data, curve->p, curve->size);
	tap_ok(!vtpm_ecc_point_ok(tpm, c->id, &pub.ecc), "%s: x = p", c->name);
}

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(curves); i++) {
		curves[i].group = EC_GROUP_new_by_curve_name(curves[i].nid);
		assert(curves[i].group);
		test_parameters(&curves[i]);
		test_group(&curves[i]);
		test_openssl(&curves[i]);
		test_bad_keys(&curves[i]);
		EC_GROUP_free(curves[i].group);
	}
	for (i = 0; i < ARRAY_SIZE(ecdsa_rows); i++)
		test_ecdsa(i);
	BN_CTX_free(algo_ctx());
	return tap_done();
}
