// SPDX-License-Identifier: GPL-2.0
/*
 * The TPM of a namespace: an instance of vtpm/, and what that needs from here.
 *
 * The PCRs are the log's, under the log's spinlock, so that a quote is never
 * ahead of the log nor behind it.  Everything else is the vTPM's, under a mutex
 * of the namespace's own: a command may take seconds, and no measurement and no
 * other namespace waits for it.  Locks: tpm.lock > log.lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "ima_ns.h"
#include "vtpm/crypto_kernel.h"
#include "vtpm/vtpm.h"

static u64 tpm_clock(void *arg)
{
	return ktime_to_ms(ktime_get_boottime());
}

/* a command runs in the task that has written it; the long ones ask this often */
static bool tpm_interrupted(void *arg)
{
	cond_resched();
	return signal_pending(current);
}

static void tpm_random(void *arg, u8 *buf, size_t len)
{
	get_random_bytes(buf, len);
}

static u32 tpm_pcr_read(void *arg, u8 *values)
{
	struct ima_namespace *ns = arg;

	return ima_ns_log_pcr_snapshot(&ns->log, values);
}

static void tpm_pcr_extend(void *arg, unsigned int pcr, unsigned int banks,
			   const u8 *const digest[IMA_NS_MAX_BANKS])
{
	struct ima_namespace *ns = arg;

	ima_ns_log_pcr_extend(&ns->log, pcr, banks, digest);
}

static void tpm_pcr_reset(void *arg, unsigned int pcr)
{
	struct ima_namespace *ns = arg;

	ima_ns_log_pcr_reset(&ns->log, pcr);
}

static const struct vtpm_env tpm_env = {
	.clock = tpm_clock,
	.interrupted = tpm_interrupted,
	.random = tpm_random,
	.pcr_read = tpm_pcr_read,
	.pcr_extend = tpm_pcr_extend,
	.pcr_reset = tpm_pcr_reset,
};

/**
 * ima_ns_tpm_create() - manufacture and start the TPM of a new namespace
 * @ns: the namespace; its log exists
 *
 * Context: may sleep; charged to the caller's memory cgroup.
 * Return: 0 or -ENOMEM.
 */
int ima_ns_tpm_create(struct ima_namespace *ns)
{
	const struct vtpm_config config = {
		.crypto = &vtpm_crypto_kernel,
		.env = &tpm_env,
		.arg = ns,
		.pcr_layout = &ima_ns_pcr_layout,
		.measured_pcrs = BIT(IMA_NS_PCR),
	};

	mutex_init(&ns->tpm.lock);
	ns->tpm.minor = -1;
	ns->tpm.vtpm = vtpm_create(&config);
	return ns->tpm.vtpm ? 0 : -ENOMEM;
}

/**
 * ima_ns_tpm_free() - destroy the TPM of a namespace, secrets and all
 * @ns: the namespace; nobody has its device open.  Also after
 *      ima_ns_tpm_create() failed or was not called.
 */
void ima_ns_tpm_free(struct ima_namespace *ns)
{
	vtpm_destroy(ns->tpm.vtpm);
	ns->tpm.vtpm = NULL;
}

/** ima_ns_tpm_init() - primitives and device numbers; 0 or a negative errno */
int ima_ns_tpm_init(void)
{
	int err = vtpm_crypto_kernel_init();

	if (err) {
		pr_err("this kernel lacks a primitive of TPMs (%d)\n", err);
		return err;
	}
	err = ima_ns_tpm_dev_init();
	if (err)
		vtpm_crypto_kernel_exit();
	return err;
}

/** ima_ns_tpm_exit() - no namespace is left, and no open file */
void ima_ns_tpm_exit(void)
{
	ima_ns_tpm_dev_exit();
	vtpm_crypto_kernel_exit();
}
