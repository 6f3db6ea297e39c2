/* SPDX-License-Identifier: GPL-2.0 */
/* What a vTPM needs from where it runs, on the host: real PCRs, time, randomness. */
#ifndef IMA_NS_HOST_ENV_H
#define IMA_NS_HOST_ENV_H

#include "vtpm/vtpm.h"

/**
 * struct host_env - environment of one vTPM
 * @layout: PCR banks: SHA-1, SHA-256, SHA-384, SHA-512
 * @pcrs: their values
 */
struct host_env {
	struct vtpm_pcr_layout layout;
	struct vtpm_pcrs *pcrs;
};

struct vtpm *host_env_create(struct host_env *env, bool powered_off);
void host_env_destroy(struct host_env *env, struct vtpm *tpm);

#endif /* IMA_NS_HOST_ENV_H */
