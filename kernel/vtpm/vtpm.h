/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TPM 2.0 in pure C: the interface.
 *
 * A struct vtpm is one TPM.  It has no globals and no locks: whoever owns it
 * lets one caller in at a time.  What it needs from outside comes through two
 * tables: the cryptographic primitives (vtpm_crypto.h) and the environment
 * below.
 *
 * It is its own resource manager.  A struct vtpm_space is what one open file of
 * the device sees: transient objects and loaded sessions of its own, gone with
 * the file.  Sessions put away with ContextSave belong to the TPM and outlive
 * the space.
 */
#ifndef IMA_NS_VTPM_H
#define IMA_NS_VTPM_H

#include "../port.h"
#include "pcr.h"
#include "vtpm_limits.h"

struct vtpm;
struct vtpm_crypto_ops;
struct vtpm_space;

/**
 * struct vtpm_env - what a vTPM needs from where it runs
 * @clock: milliseconds, never going back; the start does not matter
 * @interrupted: shall a long computation be given up?  Then the command answers
 *               TPM_RC_CANCELED and has changed nothing.
 * @random: fill @buf with @len random bytes, fit for keys
 * @pcr_read: copy the values of all banks, laid out as the layout says, and
 *            return the update counter, all at one instant
 * @pcr_extend: extend @pcr with @digest[bank] in each bank whose bit is set in
 *              @banks, as one step
 * @pcr_reset: set @pcr to zeros in all banks
 * @pcr_startup: TPM2_Startup(CLEAR) after a power cycle; NULL where the PCRs
 *               live as long as the vTPM
 *
 * The PCR values are not in here because log and PCRs change together, under
 * the log's lock, and a measurement must never wait for a TPM command.  None of
 * the PCR calls can fail.  All get struct vtpm_config.arg as their @arg.
 */
struct vtpm_env {
	u64 (*clock)(void *arg);
	bool (*interrupted)(void *arg);
	void (*random)(void *arg, u8 *buf, size_t len);
	u32 (*pcr_read)(void *arg, u8 *values);
	void (*pcr_extend)(void *arg, unsigned int pcr, unsigned int banks,
			   const u8 *const digest[IMA_NS_MAX_BANKS]);
	void (*pcr_reset)(void *arg, unsigned int pcr);
	void (*pcr_startup)(void *arg);
};

/**
 * struct vtpm_config - how a vTPM is made
 * @crypto: primitives
 * @env: environment
 * @arg: first argument of every call in @env
 * @pcr_layout: the PCR banks, sealed; outlives the vTPM
 * @measured_pcrs: BIT() of each PCR that belongs to the measurement log: a
 *                 command that extends or resets it gets TPM_RC_LOCALITY
 * @powered_off: wait for TPM2_Startup as hardware does.  Without it the vTPM
 *               has been started when vtpm_create() returns, so the first
 *               GetRandom of a client gets its answer.
 */
struct vtpm_config {
	const struct vtpm_crypto_ops *crypto;
	const struct vtpm_env *env;
	void *arg;
	const struct vtpm_pcr_layout *pcr_layout;
	u32 measured_pcrs;
	bool powered_off;
};

struct vtpm *vtpm_create(const struct vtpm_config *config);
void vtpm_destroy(struct vtpm *tpm);
void vtpm_power_cycle(struct vtpm *tpm);

struct vtpm_space *vtpm_space_create(struct vtpm *tpm);
void vtpm_space_destroy(struct vtpm_space *space);

int vtpm_execute(struct vtpm *tpm, struct vtpm_space *space, u8 *cmd, size_t len,
		 u8 *rsp, size_t size);

#endif /* IMA_NS_VTPM_H */
