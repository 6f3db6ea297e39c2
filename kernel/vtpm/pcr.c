// SPDX-License-Identifier: GPL-2.0
/*
 * PCR banks.  No lock and no global in here: the caller owns the instance.
 *
 * Initial values are those of the PC Client Platform TPM Profile: PCR 17 to 22
 * (dynamic launch, never run in a container) start as all ones, the rest as
 * zeros.
 */
#include "pcr.h"

#define PCR_DRTM_FIRST 17
#define PCR_DRTM_LAST 22

static u8 *value(struct vtpm_pcrs *pcrs, unsigned int bank, unsigned int pcr)
{
	const struct vtpm_pcr_layout *l = pcrs->layout;

	return pcrs->values + l->offset[bank] + pcr * l->size[bank];
}

/**
 * vtpm_pcr_layout_seal() - compute offsets once alg and size are filled in
 * @layout: the layout
 */
void vtpm_pcr_layout_seal(struct vtpm_pcr_layout *layout)
{
	unsigned int i;

	layout->total = 0;
	for (i = 0; i < layout->nr_banks; i++) {
		layout->offset[i] = layout->total;
		layout->total += IMA_NS_PCRS * layout->size[i];
	}
}

/**
 * vtpm_pcrs_create() - banks as after TPM2_Startup(CLEAR)
 * @layout: a sealed layout that outlives the result
 *
 * Context: may sleep.
 * Return: the banks, or NULL without memory.
 */
struct vtpm_pcrs *vtpm_pcrs_create(const struct vtpm_pcr_layout *layout)
{
	struct vtpm_pcrs *pcrs = port_alloc(sizeof(*pcrs) + layout->total);
	unsigned int bank;

	if (!pcrs)
		return NULL;
	pcrs->layout = layout;
	for (bank = 0; bank < layout->nr_banks; bank++)
		memset(value(pcrs, bank, PCR_DRTM_FIRST), 0xff,
		       (PCR_DRTM_LAST - PCR_DRTM_FIRST + 1) * layout->size[bank]);
	return pcrs;
}

/** vtpm_pcrs_destroy() - free the banks; NULL is fine */
void vtpm_pcrs_destroy(struct vtpm_pcrs *pcrs)
{
	port_free(pcrs);
}

/**
 * vtpm_pcr_value() - TPM2_PCR_Read of one PCR
 * @pcrs: the banks
 * @bank: index of the bank
 * @pcr: 0 to IMA_NS_PCRS - 1
 *
 * Return: the digest, of the bank's size.
 */
const u8 *vtpm_pcr_value(const struct vtpm_pcrs *pcrs, unsigned int bank, unsigned int pcr)
{
	return value((struct vtpm_pcrs *)pcrs, bank, pcr);
}

/**
 * vtpm_pcr_extend() - TPM2_PCR_Extend of one PCR in one bank
 * @pcrs: the banks
 * @bank: index of the bank
 * @pcr: 0 to IMA_NS_PCRS - 1
 * @digest: data of the bank's digest size
 *
 * Context: any; cannot fail.
 */
void vtpm_pcr_extend(struct vtpm_pcrs *pcrs, unsigned int bank, unsigned int pcr,
		     const u8 *digest)
{
	pcrs->layout->extend(bank, value(pcrs, bank, pcr), digest);
	pcrs->updates++;
}
