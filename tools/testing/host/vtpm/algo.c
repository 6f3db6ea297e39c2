// SPDX-License-Identifier: GPL-2.0
#include "algo.h"
#include "crypto_openssl.h"

/* no allocation fails, unless a test says so */
long port_host_fail_in = -1;

static u8 fed[ALGO_BYTES];
static size_t fed_len, fed_pos;
static u64 counter;
static int questions = -1;

static void env_random(void *arg, u8 *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (fed_pos < fed_len) {
			buf[i] = fed[fed_pos++];
			continue;
		}
		counter = counter * 6364136223846793005u + 1442695040888963407u;
		buf[i] = counter >> 56;
	}
}

static bool env_interrupted(void *arg)
{
	if (questions > 0)
		questions--;
	return !questions;
}

static const struct vtpm_env env = {
	.interrupted = env_interrupted,
	.random = env_random,
};

struct vtpm *algo_tpm(void)
{
	static struct vtpm tpm = { .crypto = &vtpm_crypto_openssl, .env = &env };

	return &tpm;
}

void algo_feed(const void *data, size_t len)
{
	assert(len <= sizeof(fed));
	memcpy(fed, data, len);
	fed_len = len;
	fed_pos = 0;
}

void algo_interrupt(int after)
{
	questions = after;
}

size_t algo_hex(u8 *bytes, size_t max, const char *hex)
{
	size_t len = strlen(hex) / 2;

	assert(strlen(hex) % 2 == 0 && len <= max);
	assert(!hex2bin(bytes, hex, len));
	return len;
}

BN_CTX *algo_ctx(void)
{
	static BN_CTX *ctx;

	if (!ctx)
		ctx = BN_CTX_new();
	assert(ctx);
	return ctx;
}

BIGNUM *algo_number(void)
{
	BIGNUM *bn = BN_new();

	assert(bn);
	return bn;
}

BIGNUM *algo_from_limbs(const u64 *a, size_t n)
{
	u8 bytes[ALGO_BYTES];
	BIGNUM *bn;

	vtpm_bn_store(bytes, 8 * n, a, n);
	bn = BN_bin2bn(bytes, 8 * n, NULL);
	assert(bn);
	return bn;
}

void algo_to_limbs(u64 *r, size_t n, const BIGNUM *bn)
{
	u8 bytes[ALGO_BYTES];

	assert(BN_bn2binpad(bn, bytes, 8 * n) == (int)(8 * n));
	vtpm_bn_load(r, n, bytes, 8 * n);
}

bool algo_same(const u64 *a, size_t n, const BIGNUM *bn)
{
	u64 other[ALGO_BYTES / 8];

	if (BN_is_negative(bn) || BN_num_bits(bn) > (int)(64 * n))
		return false;
	algo_to_limbs(other, n, bn);
	return !memcmp(a, other, 8 * n);
}
