/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The primitives that a vTPM does not compute itself: hashes and AES.
 *
 * Two tables exist: crypto_kernel.c on the kernel's crypto API and, for tests,
 * tools/testing/host/vtpm/crypto_openssl.c.  The table is as small as it can be,
 * because everything that is built of these is written once, in C of our own,
 * and is therefore the same in both: HMAC, KDFs, block modes, paddings, and the
 * arithmetic of RSA and ECC, for which bn.h says why.  The same seed gives the
 * same primary key because a backend has no say in it: it only computes
 * functions that have one result.
 *
 * Arguments may be secret.  A backend zeroes what it leaves behind.  Nothing here
 * sleeps, and nothing can fail but @hash_import: the backend has got what it
 * needs before its table is used.
 */
#ifndef IMA_NS_VTPM_CRYPTO_H
#define IMA_NS_VTPM_CRYPTO_H

#include "../port.h"
#include "vtpm_limits.h"

/* memory for the state of a hash and for an expanded AES key, bytes */
#define VTPM_HASH_STATE		448
#define VTPM_AES_STATE		576

/* bound of an exported hash state */
#define VTPM_HASH_EXPORT	256

/**
 * struct vtpm_crypto_ops - one backend
 * @hash_start: begin a digest; @alg is one of VTPM_ALG_SHA1, _SHA256, _SHA384,
 *              _SHA512; @state is VTPM_HASH_STATE bytes, aligned to 16.  The
 *              state is plain memory: it may be copied while nobody uses it,
 *              and needs no release but zeroing.
 * @hash_update: add bytes
 * @hash_final: write the digest; the state needs a new start
 * @hash_export: put @state into at most VTPM_HASH_EXPORT bytes that mean the
 *               same after it was destroyed, until the machine is rebooted;
 *               returns how many
 * @hash_import: the reverse; -EINVAL when @blob is no state of @alg
 * @aes_set_key: expand a key of 128 or 256 @bits into VTPM_AES_STATE bytes
 *               aligned to 16; plain memory
 * @aes_encrypt: one block of 16 bytes; @out may be @in
 * @aes_decrypt: one block of 16 bytes; @out may be @in
 *
 * All lengths are bytes.
 */
struct vtpm_crypto_ops {
	void (*hash_start)(u16 alg, void *state);
	void (*hash_update)(u16 alg, void *state, const void *data, size_t len);
	void (*hash_final)(u16 alg, void *state, u8 *digest);
	size_t (*hash_export)(u16 alg, const void *state, u8 *blob);
	int (*hash_import)(u16 alg, void *state, const u8 *blob, size_t len);

	void (*aes_set_key)(void *state, const u8 *key, unsigned int bits);
	void (*aes_encrypt)(const void *state, u8 *out, const u8 *in);
	void (*aes_decrypt)(const void *state, u8 *out, const u8 *in);
};

#endif /* IMA_NS_VTPM_CRYPTO_H */
