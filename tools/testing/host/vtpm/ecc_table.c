// SPDX-License-Identifier: GPL-2.0
/*
 * Prints kernel/vtpm/ecc_table.c: what ecc_group.c knows of the curves, as
 * OpenSSL computes it.
 */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <stdio.h>
#include <stdlib.h>

#include "vtpm/ecc_group.h"

static BN_CTX *ctx;

static void *need(void *p)
{
	if (!p) {
		fprintf(stderr, "ecc_table: out of memory\n");
		exit(1);
	}
	return p;
}

static BIGNUM *number(void)
{
	return need(BN_new());
}

/* @value modulo 2^(64 * @n) as limbs, four on a line */
static void limbs(const BIGNUM *value, int n)
{
	BIGNUM *x = need(BN_dup(value));
	int i;

	for (i = 0; i < n; i++) {
		BIGNUM *low = need(BN_dup(x));

		BN_mask_bits(low, 64);
		printf("%s0x%016lx,", i % 4 ? " " : "\n\t", (unsigned long)BN_get_word(low));
		BN_free(low);
		BN_rshift(x, x, 64);
	}
	BN_free(x);
}

/* @r = @x * 2^(64 * @n) modulo @m */
static void montgomery(BIGNUM *r, const BIGNUM *x, const BIGNUM *m, int n)
{
	BN_lshift(r, x, 64 * n);
	BN_mod(r, r, m, ctx);
}

static void array(const char *curve, const char *name, const BIGNUM *value, int n)
{
	printf("static const u64 %s_%s[] = {", curve, name);
	limbs(value, n);
	printf("\n};\n\n");
}

/* -1 / @m modulo 2^64 */
static unsigned long minus_inverse(const BIGNUM *m)
{
	BIGNUM *two64 = number(), *x = number();
	unsigned long result;

	BN_one(two64);
	BN_lshift(two64, two64, 64);
	BN_mod_inverse(x, m, two64, ctx);
	BN_sub(x, two64, x);
	result = BN_get_word(x);
	BN_free(two64);
	BN_free(x);
	return result;
}

static void comb_point(const EC_GROUP *group, const BIGNUM *p, int n, int columns,
		       int tables, int table, int i)
{
	BIGNUM *scalar = number(), *x = number(), *y = number();
	EC_POINT *point = need(EC_POINT_new(group));
	int j;

	for (j = 0; j < VTPM_COMB_TEETH; j++)
		if (i >> j & 1)
			BN_set_bit(scalar, (j * tables + table) * columns);
	EC_POINT_mul(group, point, scalar, NULL, NULL, ctx);
	EC_POINT_get_affine_coordinates(group, point, x, y, ctx);
	montgomery(x, x, p, n);
	montgomery(y, y, p, n);
	limbs(x, n);
	limbs(y, n);
	EC_POINT_free(point);
	BN_free(scalar);
	BN_free(x);
	BN_free(y);
}

static void curve(const char *name, int nid, int n, int tables)
{
	EC_GROUP *group = need(EC_GROUP_new_by_curve_name(nid));
	BIGNUM *p = number(), *b = number(), *x = number();
	int columns = DIV_ROUND_UP(64 * n, tables * VTPM_COMB_TEETH), table, i;
	const BIGNUM *order = EC_GROUP_get0_order(group);

	EC_GROUP_get_curve(group, p, NULL, b, ctx);
	array(name, "p", p, n);
	BN_one(x);
	montgomery(x, x, p, n);
	array(name, "one", x, n);
	montgomery(x, x, p, n);
	array(name, "rr", x, n);
	montgomery(x, b, p, n);
	array(name, "b", x, n);
	array(name, "n", order, n);
	BN_one(x);
	montgomery(x, x, order, n);
	montgomery(x, x, order, n);
	array(name, "n_rr", x, n);

	printf("static const u64 %s_comb[] = {", name);
	for (table = 0; table < tables; table++)
		for (i = 1; i <= VTPM_COMB_POINTS; i++)
			comb_point(group, p, n, columns, tables, table, i);
	printf("\n};\n\n");

	printf("const struct vtpm_group vtpm_group_%s = {\n", name);
	printf("\t.p = { .n = %d, .p256 = %s, .inv = 0x%016lx, .m = %s_p, .rr = %s_rr },\n", n,
	       n == 4 ? "true" : "false", minus_inverse(p), name, name);
	printf("\t.n = { .n = %d, .inv = 0x%016lx, .m = %s_n, .rr = %s_n_rr },\n", n,
	       minus_inverse(order), name, name);
	printf("\t.one = %s_one,\n\t.b = %s_b,\n\t.tables = %d,\n\t.columns = %d,\n", name, name,
	       tables, columns);
	printf("\t.comb = %s_comb,\n};\n", name);
	BN_free(p);
	BN_free(b);
	BN_free(x);
	EC_GROUP_free(group);
}

int main(void)
{
	ctx = need(BN_CTX_new());
	printf("// SPDX-License-Identifier: GPL-2.0\n"
	       "/*\n"
	       " * Constants of ecc_group.h, least significant limb first.\n"
	       " * Made by \"make ecc-table\" in tools/testing/host; do not edit.\n"
	       " */\n"
	       "#include \"ecc_group.h\"\n\n");
	curve("p256", NID_X9_62_prime256v1, 4, 4);
	printf("\n");
	curve("p384", NID_secp384r1, 6, 2);
	BN_CTX_free(ctx);
	return 0;
}
