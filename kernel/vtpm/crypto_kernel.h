/* SPDX-License-Identifier: GPL-2.0 */
/* The primitives of a vTPM on the kernel's crypto API; see vtpm_crypto.h. */
#ifndef IMA_NS_VTPM_CRYPTO_KERNEL_H
#define IMA_NS_VTPM_CRYPTO_KERNEL_H

#include "vtpm_crypto.h"

extern const struct vtpm_crypto_ops vtpm_crypto_kernel;

int vtpm_crypto_kernel_init(void);
void vtpm_crypto_kernel_exit(void);

#endif /* IMA_NS_VTPM_CRYPTO_KERNEL_H */
