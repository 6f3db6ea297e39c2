// SPDX-License-Identifier: GPL-2.0
/*
 * Prime numbers for RSA.
 *
 * A random start, then every fourth number: those without small factors go
 * through Miller-Rabin.  Candidates are 3 modulo 4, because then one power is
 * all there is to a round of Miller-Rabin: p - 1 is twice an odd number.
 *
 * What an observer may learn: how many candidates there were, and which of them
 * had a small factor; which factor that was, no.
 */
#include "bn.h"
#include "vtpm_internal.h"

/* Odd primes to divide by: the more, the fewer rounds of Miller-Rabin are in vain. */
#define SMALL_PRIMES	1024
#define SMALL_LIMIT	8192	/* there are 1027 odd primes below */

/* candidates from one start: with 1024 bits one of 355 is a prime */
#define CANDIDATES	8192

/*
 * Rounds of Miller-Rabin with random bases.  For random candidates of 512 bits
 * and more the probability that a composite one passes is below 2^-100 (FIPS
 * 186-4, table C.3, wants 5 for 512 bits and 4 for 1024).
 */
#define ROUNDS		5

/**
 * struct search - memory of one search
 * @p: candidate
 * @rr: for @mont
 * @mont: modulus @p
 * @half: (@p - 1) / 2
 * @base: of a round
 * @power: @base ^ @half
 * @table: for the exponentiation
 * @bytes: random numbers
 * @divisor: small primes
 * @rest: @p modulo each
 * @exponent_rest: @p modulo the public exponent
 */
struct search {
	u64 p[VTPM_PRIME_LIMBS];
	u64 rr[VTPM_PRIME_LIMBS];
	struct vtpm_mont mont;
	u64 half[VTPM_PRIME_LIMBS];
	u64 base[VTPM_PRIME_LIMBS];
	u64 power[VTPM_PRIME_LIMBS];
	u64 table[VTPM_MONT_TABLE(VTPM_PRIME_LIMBS)];
	u8 bytes[VTPM_MAX_RSA / 2];
	u16 divisor[SMALL_PRIMES];
	u16 rest[SMALL_PRIMES];
	u32 exponent_rest;
};

/* Eratosthenes, on odd numbers only; bit i of @sieve is 2 * i + 1 */
static void find_small_primes(u16 *primes)
{
	u8 composite[SMALL_LIMIT / 16] = {};
	unsigned int n, i, count = 0;

	for (n = 3; count < SMALL_PRIMES; n += 2) {
		if (composite[n / 16] >> n / 2 % 8 & 1)
			continue;
		primes[count++] = n;
		for (i = 3 * n; i < SMALL_LIMIT; i += 2 * n)
			composite[i / 16] |= 1 << i / 2 % 8;
	}
}

/* @rest + 4 modulo @divisor */
static u32 step(u32 rest, u32 divisor)
{
	u64 next = (u64)rest + 4;

	/* twice, because the smallest divisor is 3 */
	next -= divisor & ~vtpm_mask_less(next, divisor);
	next -= divisor & ~vtpm_mask_less(next, divisor);
	return (u32)next;
}

/* a random number with the two highest and the two lowest bits set */
static void start(struct vtpm_rng *rng, struct search *s, size_t n, u32 exponent)
{
	size_t i;

	vtpm_rng_bytes(rng, s->bytes, 8 * n);
	s->bytes[0] |= 0xc0;
	s->bytes[8 * n - 1] |= 3;
	vtpm_bn_load(s->p, n, s->bytes, 8 * n);
	for (i = 0; i < SMALL_PRIMES; i++)
		s->rest[i] = (u16)vtpm_bn_mod_word(s->p, n, s->divisor[i]);
	s->exponent_rest = vtpm_bn_mod_word(s->p, n, exponent);
}

/*
 * Go on to the next candidate.  Returns false when the numbers of this length
 * are at an end.
 */
static bool next(struct search *s, size_t n, u32 exponent)
{
	u64 carry = 0;
	size_t i;

	s->p[0] = vtpm_adc(s->p[0], 4, &carry);
	for (i = 1; i < n; i++)
		s->p[i] = vtpm_adc(s->p[i], 0, &carry);
	for (i = 0; i < SMALL_PRIMES; i++)
		s->rest[i] = (u16)step(s->rest[i], s->divisor[i]);
	s->exponent_rest = step(s->exponent_rest, exponent);
	return !carry;
}

/*
 * Has the candidate no small factor, and p - 1 not the prime @exponent as one?
 * Looks at all of them in any case.
 */
static bool worth_a_try(const struct search *s)
{
	u64 bad = vtpm_mask_zero(s->exponent_rest ^ 1);
	size_t i;

	for (i = 0; i < SMALL_PRIMES; i++)
		bad |= vtpm_mask_zero(s->rest[i]);
	return !bad;
}

/* one round: base ^ ((p - 1) / 2) must be 1 or -1 */
static bool round_passed(struct vtpm_rng *rng, struct search *s, size_t n)
{
	const u64 *one = s->table;	/* its first entry, afterwards */
	u64 *minus_one = s->base;	/* which is not needed any more then */

	vtpm_rng_bytes(rng, s->bytes, 8 * n);
	vtpm_bn_load(s->base, n, s->bytes, 8 * n);
	/* random as a Montgomery form, too */
	vtpm_bn_reduce(s->base, 0, s->base, s->p, n);
	vtpm_mont_exp(&s->mont, s->power, s->base, s->half, n, s->table);
	vtpm_bn_sub(minus_one, s->p, one, n);
	return vtpm_bn_equal(s->power, one, n) | vtpm_bn_equal(s->power, minus_one, n);
}

static u32 miller_rabin(struct vtpm_rng *rng, struct search *s, size_t n, bool *prime)
{
	size_t i;

	vtpm_mont_init(&s->mont, s->p, s->rr, n);
	for (i = 0; i < n; i++)
		s->half[i] = s->p[i] >> 1 | (i + 1 < n ? s->p[i + 1] << 63 : 0);
	for (i = 0, *prime = true; *prime && i < ROUNDS; i++) {
		if (vtpm_interrupted(rng->tpm))
			return VTPM_RC_CANCELED;
		*prime = round_passed(rng, s, n);
	}
	return 0;
}

static u32 search(struct vtpm_rng *rng, struct search *s, size_t n, u32 exponent)
{
	bool prime = false;
	unsigned int i;
	u32 rc;

	for (;;) {
		start(rng, s, n, exponent);
		for (i = 0; i < CANDIDATES; i++) {
			if (worth_a_try(s)) {
				rc = miller_rabin(rng, s, n, &prime);
				if (rc || prime)
					return rc;
			}
			if (!next(s, n, exponent))
				break;
		}
	}
}

/**
 * vtpm_rsa_prime() - a random prime p, such that @exponent has an inverse modulo p - 1
 * @rng: what decides which one
 * @prime: result, @bits / 8 bytes; the two highest bits are set, so the product of
 *         two has twice as many bits
 * @bits: multiple of 64, 512 to 1024
 * @exponent: prime
 *
 * Context: takes long; asks vtpm_interrupted() before each exponentiation.
 * Return: 0, VTPM_RC_CANCELED, VTPM_RC_MEMORY.
 */
u32 vtpm_rsa_prime(struct vtpm_rng *rng, u8 *prime, unsigned int bits, u32 exponent)
{
	struct search *s = port_alloc(sizeof(*s));
	size_t n = bits / 64;
	u32 rc;

	if (!s)
		return VTPM_RC_MEMORY;
	find_small_primes(s->divisor);
	rc = search(rng, s, n, exponent);
	if (!rc)
		vtpm_bn_store(prime, 8 * n, s->p, n);
	port_free_sensitive(s, sizeof(*s));
	vtpm_scrub_stack();
	return rc;
}
