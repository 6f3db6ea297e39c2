/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests of algorithms share: a vTPM that has primitives and a source of
 * "random" numbers and nothing else, numbers out of OpenSSL, hex.
 */
#ifndef IMA_NS_ALGO_H
#define IMA_NS_ALGO_H

#include <openssl/bn.h>

#include "tap.h"
#include "vtpm/bn.h"
#include "vtpm/ecc_group.h"
#include "vtpm/vtpm_internal.h"

/* hash states, keys and numbers of a test fit in here */
#define ALGO_BYTES	512

struct vtpm *algo_tpm(void);
/* the next random numbers, before the generator goes on by itself */
void algo_feed(const void *data, size_t len);
/* vtpm_interrupted() says yes from the @after-th question on; -1: never */
void algo_interrupt(int after);

/* bytes of a hex string; @max: bytes there are */
size_t algo_hex(u8 *bytes, size_t max, const char *hex);

/* one case: are @len bytes at @got those of @want?  In here as tap.h counts for each file. */
static inline bool algo_is(const u8 *got, size_t len, const char *want, const char *name)
{
	u8 bytes[ALGO_BYTES];
	char hex[2 * ALGO_BYTES + 1];
	bool good = algo_hex(bytes, sizeof(bytes), want) == len && !memcmp(got, bytes, len);

	if (!tap_ok(good, "%s", name)) {
		*bin2hex(hex, got, len) = '\0';
		tap_note("got  %s", hex);
		tap_note("want %s", want);
	}
	return good;
}

BIGNUM *algo_number(void);
BIGNUM *algo_from_limbs(const u64 *a, size_t n);
void algo_to_limbs(u64 *r, size_t n, const BIGNUM *bn);
bool algo_same(const u64 *a, size_t n, const BIGNUM *bn);
BN_CTX *algo_ctx(void);

#endif /* IMA_NS_ALGO_H */
