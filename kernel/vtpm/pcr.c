// SPDX-License-Identifier: GPL-2.0
/*
 * PCR banks.  No lock and no global in here: the caller owns the instance.
 *
 * Attributes are those of the PC Client Platform TPM Profile.
 */
#include "pcr.h"

static const struct vtpm_pcr_attrs attrs[] = {
	{ .first = 0, .last = 15, .extend = 0x1f, .saved = true, .counted = true },
	{ .first = 16, .last = 16, .reset = 0x0f, .extend = 0x1f },	/* debug */
	{ .first = 17, .last = 18, .reset = 0x10, .extend = 0x1c, .counted = true },
	{ .first = 19, .last = 19, .reset = 0x10, .extend = 0x0c, .counted = true },
	{ .first = 20, .last = 20, .reset = 0x14, .extend = 0x0e, .counted = true },
	{ .first = 21, .last = 22, .reset = 0x14, .extend = 0x04 },
	{ .first = 23, .last = 23, .reset = 0x0f, .extend = 0x1f },	/* applications */
};

/** vtpm_pcr_attrs() - attributes of a PCR, 0 to IMA_NS_PCRS - 1 */
const struct vtpm_pcr_attrs *vtpm_pcr_attrs(unsigned int pcr)
{
	const struct vtpm_pcr_attrs *a = attrs;

	while (pcr > a->last)
		a++;
	return a;
}

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

static void changed(struct vtpm_pcrs *pcrs, unsigned int pcr)
{
	if (vtpm_pcr_attrs(pcr)->counted)
		pcrs->updates++;
}

static void set(struct vtpm_pcrs *pcrs, unsigned int pcr, u8 byte)
{
	unsigned int bank;

	for (bank = 0; bank < pcrs->layout->nr_banks; bank++)
		memset(value(pcrs, bank, pcr), byte, pcrs->layout->size[bank]);
	changed(pcrs, pcr);
}

/**
 * vtpm_pcrs_startup() - TPM2_Startup(CLEAR)
 * @pcrs: the banks
 *
 * PCRs of a dynamic launch, which never runs in a container, become ones; the
 * others zeros.
 */
void vtpm_pcrs_startup(struct vtpm_pcrs *pcrs)
{
	unsigned int pcr;

	for (pcr = 0; pcr < IMA_NS_PCRS; pcr++)
		set(pcrs, pcr, VTPM_PCR_DRTM(vtpm_pcr_attrs(pcr)) ? 0xff : 0);
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

	if (!pcrs)
		return NULL;
	pcrs->layout = layout;
	vtpm_pcrs_startup(pcrs);
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
	changed(pcrs, pcr);
}

/**
 * vtpm_pcr_reset() - TPM2_PCR_Reset: zeros in all banks
 * @pcrs: the banks
 * @pcr: 0 to IMA_NS_PCRS - 1
 *
 * Context: any; cannot fail.
 */
void vtpm_pcr_reset(struct vtpm_pcrs *pcrs, unsigned int pcr)
{
	set(pcrs, pcr, 0);
}
