/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What any backend has to compute: one table for the host, on OpenSSL, and for
 * the guest, in the kernel.  Pure C, like the algorithms.
 */
#ifndef IMA_NS_KNOWN_ANSWERS_H
#define IMA_NS_KNOWN_ANSWERS_H

#include "port.h"

struct vtpm;
struct vtpm_crypto_ops;
struct vtpm_digest;

/**
 * struct known_answer - one row
 * @name: what is computed
 * @run: compute it on @tpm and leave the SHA-256 of the result in @digest; false:
 *       something else went wrong
 * @digest: what it must be, hex
 */
struct known_answer {
	const char *name;
	bool (*run)(struct vtpm *tpm, struct vtpm_digest *digest);
	const char *digest;
};

extern const struct known_answer known_answers[];
extern const unsigned int nr_known_answers;

bool known_answer_right(const struct known_answer *row, const struct vtpm_crypto_ops *ops);

#endif /* IMA_NS_KNOWN_ANSWERS_H */
