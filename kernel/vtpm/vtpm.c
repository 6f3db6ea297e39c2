// SPDX-License-Identifier: GPL-2.0
/*
 * A TPM and its spaces: from manufacture to scrap.
 */
#include "vtpm_internal.h"

static void flush_space(struct vtpm_space *space)
{
	struct vtpm *tpm = space->tpm;
	unsigned int i;

	for (i = 0; i < VTPM_SPACE_OBJECTS; i++)
		if (space->objects[i])
			vtpm_space_flush(space, space->objects[i]);
	for (i = 0; i < VTPM_ACTIVE_SESSIONS; i++)
		if (tpm->slots[i].loaded && tpm->slots[i].loaded->space == space)
			vtpm_session_flush(tpm, tpm->slots[i].loaded);
}

/**
 * vtpm_startup() - TPM2_Startup, once it is known which
 * @tpm: the vTPM
 * @kind: which
 */
void vtpm_startup(struct vtpm *tpm, enum vtpm_startup_kind kind)
{
	if (kind == VTPM_RESET) {
		memset(tpm->slots, 0, sizeof(tpm->slots));
		tpm->clock.resets++;
		tpm->clock.restarts = 0;
		tpm->clear_count = 0;
		tpm->total_resets++;
		tpm->audit_digest.size = 0;
		vtpm_commit_startup(tpm);
	} else {
		tpm->clock.restarts++;
	}
	if (kind == VTPM_RESTART)
		tpm->clear_count++;
	if (kind != VTPM_RESUME && tpm->env->pcr_startup)
		tpm->env->pcr_startup(tpm->env_arg);
	vtpm_hierarchies_startup(tpm, kind);
	vtpm_nv_startup(tpm, kind);
	vtpm_da_startup(tpm);
	tpm->orderly = tpm->shutdown != VTPM_NOT_SHUT_DOWN;
	tpm->shutdown = VTPM_NOT_SHUT_DOWN;
	tpm->started = true;
}

/**
 * vtpm_power_cycle() - _TPM_Init: power was off
 * @tpm: the vTPM
 *
 * What was loaded is gone in all spaces; the spaces themselves stay.
 */
void vtpm_power_cycle(struct vtpm *tpm)
{
	struct vtpm_space *space;

	for (space = tpm->spaces; space; space = space->next)
		flush_space(space);
	vtpm_clock_update(tpm);
	tpm->clock.time = 0;
	tpm->clock.epoch++;
	tpm->exclusive = VTPM_RH_UNASSIGNED;
	tpm->started = false;
}

/**
 * vtpm_create() - manufacture a TPM
 * @config: how; not needed after the call, what it points to is
 *
 * Context: may sleep; the memory is charged to the caller.
 * Return: the vTPM, or NULL without memory.
 */
struct vtpm *vtpm_create(const struct vtpm_config *config)
{
	struct vtpm *tpm = port_alloc(sizeof(*tpm));

	if (!tpm)
		return NULL;
	tpm->crypto = config->crypto;
	tpm->env = config->env;
	tpm->env_arg = config->arg;
	tpm->pcr_layout = config->pcr_layout;
	tpm->measured_pcrs = config->measured_pcrs;
	tpm->pcr_values = port_alloc(tpm->pcr_layout->total);
	if (!tpm->pcr_values) {
		vtpm_destroy(tpm);
		return NULL;
	}
	vtpm_clock_manufacture(tpm);
	tpm->exclusive = VTPM_RH_UNASSIGNED;
	tpm->shutdown = VTPM_NOT_SHUT_DOWN;
	vtpm_audit_manufacture(tpm);
	vtpm_hierarchies_manufacture(tpm);
	vtpm_da_manufacture(tpm);
	if (!config->powered_off)
		vtpm_startup(tpm, VTPM_RESET);
	return tpm;
}

/**
 * vtpm_destroy() - zero and free a TPM; NULL and a half-made one are fine
 * @tpm: the vTPM; has no spaces any more
 */
void vtpm_destroy(struct vtpm *tpm)
{
	if (!tpm)
		return;
	while (tpm->persistent)
		vtpm_persistent_remove(tpm, tpm->persistent);
	while (tpm->nv)
		vtpm_nv_remove(tpm, tpm->nv);
	port_free(tpm->pcr_values);
	port_free_sensitive(tpm, sizeof(*tpm));
}

/**
 * vtpm_space_create() - what one open file sees
 * @tpm: the vTPM; outlives the space
 *
 * Context: may sleep; one caller of the vTPM at a time.
 * Return: an empty space, or NULL without memory.
 */
struct vtpm_space *vtpm_space_create(struct vtpm *tpm)
{
	struct vtpm_space *space = port_alloc(sizeof(*space));

	if (!space)
		return NULL;
	space->tpm = tpm;
	space->next = tpm->spaces;
	tpm->spaces = space;
	return space;
}

/**
 * vtpm_space_destroy() - flush what the space has loaded and free it
 * @space: NULL is fine
 *
 * Sessions that were saved out of it stay active.
 *
 * Context: one caller of the vTPM at a time.
 */
void vtpm_space_destroy(struct vtpm_space *space)
{
	struct vtpm_space **at;

	if (!space)
		return;
	flush_space(space);
	for (at = &space->tpm->spaces; *at != space; at = &(*at)->next)
		;
	*at = space->next;
	port_free(space);
}
