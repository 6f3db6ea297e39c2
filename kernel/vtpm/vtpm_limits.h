/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every bound of a vTPM, in one place.  GetCapability answers from here, and
 * the memory that one namespace can make the vTPM hold follows from here.
 */
#ifndef IMA_NS_VTPM_LIMITS_H
#define IMA_NS_VTPM_LIMITS_H

#include "../limits.h"

/* one command, one response; what the kernel's TPM device takes as well */
#define VTPM_MAX_COMMAND	4096
#define VTPM_MAX_RESPONSE	4096

/* of one open file: the smallest command set needs 4 to 6 objects at once */
#define VTPM_SPACE_OBJECTS	16
#define VTPM_SPACE_SESSIONS	8

/* of one vTPM: loaded anywhere or saved; and how far saved ones may lag */
#define VTPM_ACTIVE_SESSIONS	64
#define VTPM_CONTEXT_GAP	0xffff

/* of one vTPM: ephemeral ECC keys that can still be used */
#define VTPM_COMMITS		128

/* persistent objects; NV indexes: how many and bytes of data in all */
#define VTPM_PERSISTENT_OBJECTS	64
#define VTPM_NV_INDEXES		64
#define VTPM_NV_INDEX_MAX	2048
#define VTPM_NV_BYTES		32768

/* of one parameter */
#define VTPM_INPUT_BUFFER	1024	/* TPM2B_MAX_BUFFER, TPM2B_EVENT */
#define VTPM_NV_BUFFER		1024	/* TPM2B_MAX_NV_BUFFER */
#define VTPM_CAP_BUFFER		1024	/* TPMU_CAPABILITIES */
#define VTPM_MAX_DIGEST		64	/* SHA-512 */
#define VTPM_MAX_HASH_BLOCK	128
#define VTPM_MAX_NAME		(2 + VTPM_MAX_DIGEST)
#define VTPM_MAX_DATA		(2 + VTPM_MAX_DIGEST) /* TPM2B_DATA */
#define VTPM_MAX_SENSITIVE_DATA	128	/* sealed data, HMAC keys */
#define VTPM_MAX_RSA		256	/* RSA-2048 */
#define VTPM_MAX_ECC		48	/* P-384 */
#define VTPM_MAX_SYM_KEY	32
#define VTPM_AES_BLOCK		16
#define VTPM_MAX_PRIVATE	512	/* TPM2B_PRIVATE */
#define VTPM_MAX_CONTEXT	2048	/* TPM2B_CONTEXT_DATA */
#define VTPM_MAX_LABEL		32	/* label of a derivation */

/* of one list */
#define VTPM_NR_HASHES		IMA_NS_MAX_BANKS
#define VTPM_LIST_DIGESTS	8	/* TPML_DIGEST */
#define VTPM_MAX_SESSIONS	3	/* of one command */
#define VTPM_MAX_HANDLES	3	/* of one command */

#define VTPM_PCR_SELECT		((IMA_NS_PCRS + 7) / 8)

/* a seed and a proof: 64 bytes, as libtpms has them */
#define VTPM_SEED		64

/* defaults of the dictionary attack protection */
#define VTPM_DA_TRIES		3
#define VTPM_DA_RECOVERY	1000	/* seconds */
#define VTPM_DA_LOCKOUT		1000	/* seconds */

/* how often a TPM of silicon writes its clock to NV, ms */
#define VTPM_CLOCK_UPDATE	4096

#endif /* IMA_NS_VTPM_LIMITS_H */
