// SPDX-License-Identifier: GPL-2.0
/*
 * PCRs: TPM 2.0 Library Part 3, section 22.
 *
 * A PCR that the measurement log extends is not for commands to change: that is
 * answered like a PCR of another locality.
 */
#include "vtpm_internal.h"

static bool is_measured(const struct vtpm *tpm, u32 pcr)
{
	return tpm->measured_pcrs & BIT(pcr);
}

/**
 * vtpm_pcr_extend_ok() - may a command extend this PCR?
 * @tpm: the vTPM
 * @pcr: handle of a PCR, or VTPM_RH_NULL
 *
 * Return: 0 or TPM_RC_LOCALITY.
 */
u32 vtpm_pcr_extend_ok(const struct vtpm *tpm, u32 pcr)
{
	if (pcr == VTPM_RH_NULL)
		return 0;
	if (is_measured(tpm, pcr) || !(vtpm_pcr_attrs(pcr)->extend & VTPM_LOCALITY_0))
		return VTPM_RC_LOCALITY;
	return 0;
}

/**
 * vtpm_pcr_extend_list() - extend a PCR in several banks
 * @tpm: the vTPM
 * @pcr: handle of a PCR, or VTPM_RH_NULL: nothing happens
 * @list: digests; those of banks that do not exist are ignored
 *
 * It is one step unless the list has the same bank twice.
 */
void vtpm_pcr_extend_list(struct vtpm *tpm, u32 pcr, const struct vtpm_hash_list *list)
{
	const u8 *digest[IMA_NS_MAX_BANKS];
	unsigned int i, bank, banks = 0;

	if (pcr == VTPM_RH_NULL)
		return;
	for (i = 0; i < list->count; i++) {
		bank = vtpm_bank(tpm, list->digest[i].hash);
		if (bank == tpm->pcr_layout->nr_banks)
			continue;
		if (banks & BIT(bank)) {
			tpm->env->pcr_extend(tpm->env_arg, pcr, banks, digest);
			banks = 0;
		}
		digest[bank] = list->digest[i].data;
		banks |= BIT(bank);
	}
	if (banks)
		tpm->env->pcr_extend(tpm->env_arg, pcr, banks, digest);
}

/** vtpm_cmd_pcr_extend() - TPM2_PCR_Extend */
u32 vtpm_cmd_pcr_extend(struct vtpm_cmd *c)
{
	u32 pcr = c->entity[0].handle;
	struct vtpm_hash_list list;
	u32 rc;

	vtpm_get_hash_list(vtpm_param(c), &list);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = vtpm_pcr_extend_ok(c->tpm, pcr);
	if (!rc)
		vtpm_pcr_extend_list(c->tpm, pcr, &list);
	return rc;
}

/**
 * vtpm_event_end() - extend a PCR with the digests of an event and put them out
 * @c: the command
 * @pcr: handle of a PCR, or VTPM_RH_NULL
 * @hash: one started digest for each algorithm; ended
 */
void vtpm_event_end(struct vtpm_cmd *c, u32 pcr, struct vtpm_hash hash[VTPM_NR_HASHES])
{
	struct vtpm_digest digest[VTPM_NR_HASHES];
	struct vtpm_hash_list list;
	unsigned int i;

	list.count = VTPM_NR_HASHES;
	buf_put_be32(&c->out, VTPM_NR_HASHES);
	for (i = 0; i < VTPM_NR_HASHES; i++) {
		vtpm_hash_final(&hash[i], &digest[i]);
		list.digest[i].hash = hash[i].alg;
		list.digest[i].data = digest[i].data;
		buf_put_be16(&c->out, hash[i].alg);
		buf_put(&c->out, digest[i].data, digest[i].size);
	}
	vtpm_pcr_extend_list(c->tpm, pcr, &list);
}

/** vtpm_cmd_pcr_event() - TPM2_PCR_Event */
u32 vtpm_cmd_pcr_event(struct vtpm_cmd *c)
{
	u32 pcr = c->entity[0].handle;
	struct vtpm_hash *hash = vtpm_tmp(c, VTPM_NR_HASHES * sizeof(*hash));
	struct vtpm_blob event;
	unsigned int i;
	u32 rc;

	if (!hash)
		return VTPM_RC_MEMORY;
	vtpm_get_blob(vtpm_param(c), VTPM_INPUT_BUFFER, &event);
	rc = vtpm_params_end(c);
	if (!rc)
		rc = vtpm_pcr_extend_ok(c->tpm, pcr);
	if (rc)
		return rc;
	for (i = 0; i < VTPM_NR_HASHES; i++) {
		vtpm_hash_start(c->tpm, &hash[i], vtpm_hash_alg(i));
		vtpm_hash_update(&hash[i], event.data, event.size);
	}
	vtpm_event_end(c, pcr, hash);
	return 0;
}

/* deselect what does not fit into the list any more; the rest is what is returned */
static void read_selected(const struct vtpm *tpm, struct vtpm_selection *selection,
			  struct vtpm_digest_list *list)
{
	unsigned int i, pcr, bank;

	for (i = 0; i < selection->count; i++) {
		u8 *map = selection->bank[i].map;

		bank = vtpm_bank(tpm, selection->bank[i].hash);
		for (pcr = 0; pcr < IMA_NS_PCRS; pcr++) {
			struct vtpm_digest *digest = &list->digest[list->count];

			if (!vtpm_selected(map, pcr))
				continue;
			if (list->count == VTPM_LIST_DIGESTS) {
				map[pcr / 8] &= ~(1 << pcr % 8);
				continue;
			}
			digest->size = tpm->pcr_layout->size[bank];
			memcpy(digest->data, vtpm_pcr_snapshot_value(tpm, bank, pcr), digest->size);
			list->count++;
		}
	}
}

/** vtpm_cmd_pcr_read() - TPM2_PCR_Read */
u32 vtpm_cmd_pcr_read(struct vtpm_cmd *c)
{
	struct vtpm_digest_list *list = vtpm_tmp(c, sizeof(*list));
	struct vtpm_selection selection;
	u32 rc;

	if (!list)
		return VTPM_RC_MEMORY;
	vtpm_get_selection(vtpm_param(c), &selection);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	vtpm_pcr_snapshot(c->tpm);
	vtpm_selection_filter(c->tpm, &selection);
	read_selected(c->tpm, &selection, list);
	buf_put_be32(&c->out, c->tpm->pcr_updates);
	vtpm_put_selection(&c->out, &selection);
	vtpm_put_digest_list(&c->out, list);
	return 0;
}

/** vtpm_cmd_pcr_reset() - TPM2_PCR_Reset */
u32 vtpm_cmd_pcr_reset(struct vtpm_cmd *c)
{
	u32 pcr = c->entity[0].handle;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	if (is_measured(c->tpm, pcr) || !(vtpm_pcr_attrs(pcr)->reset & VTPM_LOCALITY_0))
		return VTPM_RC_LOCALITY;
	c->tpm->env->pcr_reset(c->tpm->env_arg, pcr);
	return 0;
}

/* --- TPM2_PCR_Allocate --------------------------------------------------------------- */

/* the maps that the banks would have, and what they would need */
struct allocation {
	u8 map[IMA_NS_MAX_BANKS][VTPM_PCR_SELECT];
	bool possible;
	u32 needed;
};

static void allocate(const struct vtpm *tpm, const struct vtpm_selection *wanted,
		     struct allocation *a)
{
	unsigned int i, pcr, bank;

	a->possible = true;
	a->needed = 0;
	memset(a->map, 0xff, sizeof(a->map));
	for (i = 0; i < wanted->count; i++) {
		bank = vtpm_bank(tpm, wanted->bank[i].hash);
		if (bank < tpm->pcr_layout->nr_banks)
			memcpy(a->map[bank], wanted->bank[i].map, VTPM_PCR_SELECT);
		for (pcr = 0; pcr < IMA_NS_PCRS; pcr++)
			if (bank == tpm->pcr_layout->nr_banks &&
			    vtpm_selected(wanted->bank[i].map, pcr)) {
				a->possible = false;
				a->needed += vtpm_digest_size(wanted->bank[i].hash);
			}
	}
	for (bank = 0; bank < tpm->pcr_layout->nr_banks; bank++)
		for (pcr = 0; pcr < IMA_NS_PCRS; pcr++)
			if (vtpm_selected(a->map[bank], pcr))
				a->needed += tpm->pcr_layout->size[bank];
			else
				a->possible = false;
}

static bool anywhere(const struct vtpm *tpm, const struct allocation *a, unsigned int pcr)
{
	unsigned int bank;

	for (bank = 0; bank < tpm->pcr_layout->nr_banks; bank++)
		if (vtpm_selected(a->map[bank], pcr))
			return true;
	return false;
}

/**
 * vtpm_cmd_pcr_allocate() - TPM2_PCR_Allocate
 * @c: the command
 *
 * The banks are the host's to choose, and the same for every container: an
 * allocation is possible if it is the present one.
 */
u32 vtpm_cmd_pcr_allocate(struct vtpm_cmd *c)
{
	struct vtpm_selection wanted;
	struct allocation a;
	u32 rc;

	vtpm_get_selection(vtpm_param(c), &wanted);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	allocate(c->tpm, &wanted, &a);
	/* those of the static and of the dynamic root of trust must be somewhere */
	if (!anywhere(c->tpm, &a, 0) || !anywhere(c->tpm, &a, 17))
		return VTPM_RC_PCR;
	buf_put_u8(&c->out, a.possible);
	buf_put_be32(&c->out, IMA_NS_PCRS);
	buf_put_be32(&c->out, a.needed);
	buf_put_be32(&c->out, c->tpm->pcr_layout->total);
	return 0;
}
