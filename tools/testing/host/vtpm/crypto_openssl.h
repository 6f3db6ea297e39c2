/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IMA_NS_CRYPTO_OPENSSL_H
#define IMA_NS_CRYPTO_OPENSSL_H

#include "vtpm/vtpm_crypto.h"

extern const struct vtpm_crypto_ops vtpm_crypto_openssl;

#endif /* IMA_NS_CRYPTO_OPENSSL_H */
