/* SPDX-License-Identifier: GPL-2.0 */
/* What a vTPM needs from where it runs, on the host. */
#ifndef IMA_NS_HOST_ENV_H
#define IMA_NS_HOST_ENV_H

#include "vtpm/vtpm.h"

/**
 * struct host_env - environment of one vTPM
 * @seed: 0: time and random numbers are the machine's.  Else the clock advances
 *        by 1 ms for each command, and a seed gives the same numbers each time.
 * @clock: of a seeded one, ms; tests may set it forward
 * @interrupted: shall long computations be given up?
 * @banks: PCR banks: the first so many of SHA-1, SHA-256, SHA-384, SHA-512
 * @measured_pcrs: see struct vtpm_config
 * @powered_off: see struct vtpm_config
 * @layout: of the PCR banks
 * @pcrs: their values
 *
 * What is before @layout is the caller's to set.
 */
struct host_env {
	u64 seed;
	u64 clock;
	bool interrupted;
	unsigned int banks;
	u32 measured_pcrs;
	bool powered_off;
	struct vtpm_pcr_layout layout;
	struct vtpm_pcrs *pcrs;
};

struct vtpm *host_env_create(struct host_env *env);
void host_env_destroy(struct host_env *env, struct vtpm *tpm);

#endif /* IMA_NS_HOST_ENV_H */
