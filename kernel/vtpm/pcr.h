/* SPDX-License-Identifier: GPL-2.0 */
/* PCR banks of one vTPM: TPM 2.0 Library Part 1, section 17; pure C. */
#ifndef IMA_NS_VTPM_PCR_H
#define IMA_NS_VTPM_PCR_H

#include "../limits.h"
#include "../port.h"

/**
 * struct vtpm_pcr_layout - which banks exist; the same for every namespace
 * @nr_banks: 1 to IMA_NS_MAX_BANKS
 * @alg: TPM_ALG_ID of each bank
 * @size: bytes of a digest of each bank
 * @offset: where each bank starts in struct vtpm_pcrs
 * @total: bytes of all banks
 * @extend: digest = H(old || data) with the bank's algorithm; @data has the
 *          bank's digest size.  Cannot fail and must not sleep.
 */
struct vtpm_pcr_layout {
	unsigned int nr_banks;
	u16 alg[IMA_NS_MAX_BANKS];
	u8 size[IMA_NS_MAX_BANKS];
	u16 offset[IMA_NS_MAX_BANKS];
	u16 total;
	void (*extend)(unsigned int bank, u8 *digest, const u8 *data);
};

/**
 * struct vtpm_pcrs - the values
 * @layout: the banks
 * @updates: TPM2_PCR_Read's pcrUpdateCounter
 * @values: the banks one after the other, IMA_NS_PCRS digests each
 */
struct vtpm_pcrs {
	const struct vtpm_pcr_layout *layout;
	u32 updates;
	u8 values[];
};

/* localities as bits; a container only ever has locality zero */
#define VTPM_LOCALITY_0		0x01

/**
 * struct vtpm_pcr_attrs - what the PC Client profile says about a PCR
 * @first: first PCR it says so about
 * @last: last PCR
 * @reset: localities that can reset it
 * @extend: localities that can extend it
 * @saved: survives TPM2_Shutdown(STATE)
 * @counted: a change is one of pcrUpdateCounter
 */
struct vtpm_pcr_attrs {
	u8 first;
	u8 last;
	u8 reset;
	u8 extend;
	bool saved;
	bool counted;
};

/* set by a dynamic launch, which starts at locality 4: ones until then */
#define VTPM_PCR_DRTM(attrs)	((attrs)->reset & 0x10)

const struct vtpm_pcr_attrs *vtpm_pcr_attrs(unsigned int pcr);
void vtpm_pcr_layout_seal(struct vtpm_pcr_layout *layout);
struct vtpm_pcrs *vtpm_pcrs_create(const struct vtpm_pcr_layout *layout);
void vtpm_pcrs_startup(struct vtpm_pcrs *pcrs);
void vtpm_pcrs_destroy(struct vtpm_pcrs *pcrs);
const u8 *vtpm_pcr_value(const struct vtpm_pcrs *pcrs, unsigned int bank, unsigned int pcr);
void vtpm_pcr_extend(struct vtpm_pcrs *pcrs, unsigned int bank, unsigned int pcr,
		     const u8 *digest);
void vtpm_pcr_reset(struct vtpm_pcrs *pcrs, unsigned int pcr);

#endif /* IMA_NS_VTPM_PCR_H */
