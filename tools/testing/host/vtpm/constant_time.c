// SPDX-License-Identifier: GPL-2.0
/*
 * Does the arithmetic branch on secrets or use them as indices?  To be run under
 * valgrind: secrets are memory that it takes for uninitialized, and it tells of
 * every jump and every address that depends on such.  With an argument there is
 * a branch, to see whether valgrind would tell.
 */
#include <valgrind/memcheck.h>

#include "vtpm/bn.h"
#include "vtpm/ecc_group.h"

static void secret(u64 *a, size_t n, u64 highest)
{
	size_t i;

	for (i = 0; i < n; i++)
		a[i] = 0x9e3779b97f4a7c15 * (2 * i + 3);
	a[0] |= 1;
	a[n - 1] = (a[n - 1] & ~(1ull << 63)) | highest << 63;
	VALGRIND_MAKE_MEM_UNDEFINED(a, 8 * n);
}

static void group(const struct vtpm_group *g)
{
	struct vtpm_group_work *w = port_alloc(sizeof(*w));
	struct vtpm_affine point;
	u64 k[VTPM_ECC_LIMBS];
	bool finite;

	secret(k, g->n.n, 0);
	vtpm_group_mul_base(g, w, k);
	finite = vtpm_group_affine(g, w, &point);
	VALGRIND_MAKE_MEM_DEFINED(&finite, sizeof(finite));
	VALGRIND_MAKE_MEM_DEFINED(&point, sizeof(point));
	assert(finite);
	vtpm_group_mul(g, w, k, &point);
	port_free(w);
}

static void numbers(size_t n)
{
	u64 p[VTPM_PRIME_LIMBS], x[VTPM_PRIME_LIMBS], e[VTPM_PRIME_LIMBS], r[VTPM_PRIME_LIMBS];
	u64 rr[VTPM_PRIME_LIMBS], wide[2 * VTPM_PRIME_LIMBS];
	u64 work[VTPM_INVERSE_WORK(VTPM_PRIME_LIMBS)];
	u64 table[VTPM_MONT_TABLE(VTPM_PRIME_LIMBS)];
	u8 bytes[8 * VTPM_PRIME_LIMBS];
	struct vtpm_mont mont;

	secret(p, n, 1);
	secret(x, n, 0);
	secret(e, n, 0);
	secret(wide, 2 * n, 1);
	vtpm_mont_init(&mont, p, rr, n);
	vtpm_mont_mod(&mont, r, wide);
	vtpm_mont_to(&mont, x, x);
	vtpm_mont_exp(&mont, r, x, e, n, table);
	vtpm_mont_exp_public(&mont, r, x, 65537);
	vtpm_mont_from(&mont, r, r);
	vtpm_bn_inverse(r, x, p, n, work);
	vtpm_bn_mul(wide, p, n, x, n);
	vtpm_bn_div_exact(r, n, wide, p, n);
	vtpm_bn_mod_word(p, n, 12345);
	vtpm_bn_less(p, x, n);
	vtpm_bn_equal(p, x, n);
	vtpm_bn_is_zero(x, n);
	vtpm_bn_store(bytes, 8 * n, x, n);
	vtpm_bn_load(x, n, bytes, 8 * n);
}

int main(int argc, char **argv)
{
	u64 leak[1];

	group(&vtpm_group_p256);
	group(&vtpm_group_p384);
	numbers(1);
	numbers(VTPM_PRIME_LIMBS);
	secret(leak, 1, 0);
	if (argc > 1 && leak[0] & 2)
		puts("a branch on a secret");
	return 0;
}
