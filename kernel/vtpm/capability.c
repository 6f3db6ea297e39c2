// SPDX-License-Identifier: GPL-2.0
/*
 * What this TPM says about itself: TPM 2.0 Library Part 2, section 6.13.
 *
 * Clients decide by these what to try, so nothing is listed that does not work.
 */
#include "vtpm_internal.h"

#define FOUR(a, b, c, d)	((u32)(a) << 24 | (b) << 16 | (c) << 8 | (d))

/* not registered with the TCG; no client takes it for the name of a simulator */
#define MANUFACTURER		FOUR('I', 'M', 'N', 'S')
#define VENDOR_STRING_1		FOUR('i', 'm', 'a', '-')
#define VENDOR_STRING_2		FOUR('n', 's', ' ', 'v')
#define VENDOR_STRING_3		FOUR('T', 'P', 'M', 0)

/* TPMA_MEMORY: objects and indexes share memory, objects are copied to RAM */
#define MEMORY			0x6

/* --- TPM_PT_FIXED ------------------------------------------------------------------ */

static const struct {
	u32 property;
	u32 value;
} fixed[] = {
	{ VTPM_PT_FAMILY_INDICATOR, FOUR('2', '.', '0', 0) },
	{ VTPM_PT_LEVEL, 0 },
	{ VTPM_PT_REVISION, 164 },
	{ VTPM_PT_DAY_OF_YEAR, 75 },
	{ VTPM_PT_YEAR, 2021 },
	{ VTPM_PT_MANUFACTURER, MANUFACTURER },
	{ VTPM_PT_VENDOR_STRING_1, VENDOR_STRING_1 },
	{ VTPM_PT_VENDOR_STRING_2, VENDOR_STRING_2 },
	{ VTPM_PT_VENDOR_STRING_3, VENDOR_STRING_3 },
	{ VTPM_PT_VENDOR_STRING_4, 0 },
	{ VTPM_PT_VENDOR_TPM_TYPE, 1 },
	{ VTPM_PT_FIRMWARE_VERSION_1, VTPM_FIRMWARE_VERSION >> 32 },
	{ VTPM_PT_FIRMWARE_VERSION_2, VTPM_FIRMWARE_VERSION & U32_MAX },
	{ VTPM_PT_INPUT_BUFFER, VTPM_INPUT_BUFFER },
	{ VTPM_PT_HR_TRANSIENT_MIN, VTPM_SPACE_OBJECTS },
	{ VTPM_PT_HR_PERSISTENT_MIN, VTPM_PERSISTENT_OBJECTS },
	{ VTPM_PT_HR_LOADED_MIN, VTPM_SPACE_SESSIONS },
	{ VTPM_PT_ACTIVE_SESSIONS_MAX, VTPM_ACTIVE_SESSIONS },
	{ VTPM_PT_PCR_COUNT, IMA_NS_PCRS },
	{ VTPM_PT_PCR_SELECT_MIN, VTPM_PCR_SELECT },
	{ VTPM_PT_CONTEXT_GAP_MAX, VTPM_CONTEXT_GAP },
	{ VTPM_PT_NV_COUNTERS_MAX, 0 },
	{ VTPM_PT_NV_INDEX_MAX, VTPM_NV_INDEX_MAX },
	{ VTPM_PT_MEMORY, MEMORY },
	{ VTPM_PT_CLOCK_UPDATE, VTPM_CLOCK_UPDATE },
	{ VTPM_PT_CONTEXT_HASH, VTPM_ALG_SHA512 },
	{ VTPM_PT_CONTEXT_SYM, VTPM_ALG_AES },
	{ VTPM_PT_CONTEXT_SYM_SIZE, 256 },
	{ VTPM_PT_ORDERLY_COUNT, 255 },
	{ VTPM_PT_MAX_COMMAND_SIZE, VTPM_MAX_COMMAND },
	{ VTPM_PT_MAX_RESPONSE_SIZE, VTPM_MAX_RESPONSE },
	{ VTPM_PT_MAX_DIGEST, VTPM_MAX_DIGEST },
	/* a TPMS_CONTEXT: sequence, handle, hierarchy, blob */
	{ VTPM_PT_MAX_OBJECT_CONTEXT, 8 + 4 + 4 + 2 + VTPM_MAX_CONTEXT },
	{ VTPM_PT_MAX_SESSION_CONTEXT, 8 + 4 + 4 + 2 + VTPM_MAX_CONTEXT },
	{ VTPM_PT_PS_FAMILY_INDICATOR, FOUR('2', '.', '0', 0) },
	{ VTPM_PT_PS_LEVEL, 0 },
	{ VTPM_PT_PS_REVISION, 164 },
	{ VTPM_PT_PS_DAY_OF_YEAR, 75 },
	{ VTPM_PT_PS_YEAR, 2021 },
	{ VTPM_PT_SPLIT_MAX, VTPM_COMMITS },
	{ VTPM_PT_VENDOR_COMMANDS, 0 },
	{ VTPM_PT_NV_BUFFER_MAX, VTPM_NV_BUFFER },
	{ VTPM_PT_MODES, 0 },
	{ VTPM_PT_MAX_CAP_BUFFER, VTPM_CAP_BUFFER },
};

static u32 count_commands(void)
{
	unsigned int i;
	u32 n = 0;

	for (i = 0; i < vtpm_nr_commands; i++)
		n += !!vtpm_commands[i].run;
	return n;
}

static bool fixed_property(u32 property, u32 *value)
{
	size_t i;

	if (property == VTPM_PT_TOTAL_COMMANDS || property == VTPM_PT_LIBRARY_COMMANDS) {
		*value = count_commands();
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(fixed); i++)
		if (fixed[i].property == property) {
			*value = fixed[i].value;
			return true;
		}
	return false;
}

/* --- TPM_PT_VAR ---------------------------------------------------------------------- */

static u32 permanent(const struct vtpm *tpm)
{
	u32 flags = VTPMA_PERMANENT_TPM_EPS;

	if (tpm->hierarchy[VTPM_OWNER].auth.size)
		flags |= VTPMA_PERMANENT_OWNER_AUTH;
	if (tpm->hierarchy[VTPM_ENDORSEMENT].auth.size)
		flags |= VTPMA_PERMANENT_ENDORSE_AUTH;
	if (tpm->hierarchy[VTPM_LOCKOUT].auth.size)
		flags |= VTPMA_PERMANENT_LOCKOUT_AUTH;
	if (tpm->disable_clear)
		flags |= VTPMA_PERMANENT_DISABLE_CLEAR;
	if (vtpm_da_locked(tpm, false))
		flags |= VTPMA_PERMANENT_IN_LOCKOUT;
	return flags;
}

static u32 startup_clear(const struct vtpm *tpm)
{
	u32 flags = 0;

	if (tpm->hierarchy[VTPM_PLATFORM].enabled)
		flags |= VTPMA_STARTUP_PH_ENABLE;
	if (tpm->hierarchy[VTPM_OWNER].enabled)
		flags |= VTPMA_STARTUP_SH_ENABLE;
	if (tpm->hierarchy[VTPM_ENDORSEMENT].enabled)
		flags |= VTPMA_STARTUP_EH_ENABLE;
	if (tpm->nv_platform_enabled)
		flags |= VTPMA_STARTUP_PH_ENABLE_NV;
	if (tpm->orderly)
		flags |= VTPMA_STARTUP_ORDERLY;
	return flags;
}

static u32 active_sessions(const struct vtpm *tpm)
{
	unsigned int i;
	u32 n = 0;

	for (i = 0; i < VTPM_ACTIVE_SESSIONS; i++)
		n += tpm->slots[i].loaded || tpm->slots[i].saved;
	return n;
}

static u32 transient_objects(const struct vtpm_space *space)
{
	unsigned int i;
	u32 n = 0;

	for (i = 0; i < VTPM_SPACE_OBJECTS; i++)
		n += !!space->objects[i];
	return n;
}

static bool variable_property(const struct vtpm *tpm, const struct vtpm_space *space,
			      u32 property, u32 *value)
{
	const u32 values[] = {
		[VTPM_PT_PERMANENT - VTPM_PT_VAR] = permanent(tpm),
		[VTPM_PT_STARTUP_CLEAR - VTPM_PT_VAR] = startup_clear(tpm),
		[VTPM_PT_HR_NV_INDEX - VTPM_PT_VAR] = vtpm_nv_count(tpm, false),
		[VTPM_PT_HR_LOADED - VTPM_PT_VAR] = space->sessions,
		[VTPM_PT_HR_LOADED_AVAIL - VTPM_PT_VAR] = VTPM_SPACE_SESSIONS - space->sessions,
		[VTPM_PT_HR_ACTIVE - VTPM_PT_VAR] = active_sessions(tpm),
		[VTPM_PT_HR_ACTIVE_AVAIL - VTPM_PT_VAR] =
			VTPM_ACTIVE_SESSIONS - active_sessions(tpm),
		[VTPM_PT_HR_TRANSIENT_AVAIL - VTPM_PT_VAR] =
			VTPM_SPACE_OBJECTS - transient_objects(space),
		[VTPM_PT_HR_PERSISTENT - VTPM_PT_VAR] = tpm->nr_persistent,
		[VTPM_PT_HR_PERSISTENT_AVAIL - VTPM_PT_VAR] =
			VTPM_PERSISTENT_OBJECTS - tpm->nr_persistent,
		[VTPM_PT_NV_COUNTERS - VTPM_PT_VAR] = vtpm_nv_count(tpm, true),
		[VTPM_PT_NV_COUNTERS_AVAIL - VTPM_PT_VAR] =
			VTPM_NV_INDEXES - vtpm_nv_count(tpm, false),
		[VTPM_PT_ALGORITHM_SET - VTPM_PT_VAR] = 0,
		[VTPM_PT_LOADED_CURVES - VTPM_PT_VAR] = 2,
		[VTPM_PT_LOCKOUT_COUNTER - VTPM_PT_VAR] = tpm->da.failed,
		[VTPM_PT_MAX_AUTH_FAIL - VTPM_PT_VAR] = tpm->da.max_tries,
		[VTPM_PT_LOCKOUT_INTERVAL - VTPM_PT_VAR] = tpm->da.recovery,
		[VTPM_PT_LOCKOUT_RECOVERY - VTPM_PT_VAR] = tpm->da.lockout_recovery,
		[VTPM_PT_NV_WRITE_RECOVERY - VTPM_PT_VAR] = 0,
		[VTPM_PT_AUDIT_COUNTER_0 - VTPM_PT_VAR] = tpm->audit_count >> 32,
		[VTPM_PT_AUDIT_COUNTER_1 - VTPM_PT_VAR] = tpm->audit_count,
	};

	if (property >= VTPM_PT_VAR + ARRAY_SIZE(values))
		return false;
	*value = values[property - VTPM_PT_VAR];
	return true;
}

/**
 * vtpm_property() - value of a TPM_PT
 * @tpm: the vTPM
 * @space: the caller's: objects and sessions are counted as it sees them
 * @property: VTPM_PT_*, any number
 * @value: result
 *
 * Return: false if there is no such property.
 */
bool vtpm_property(const struct vtpm *tpm, const struct vtpm_space *space, u32 property,
		   u32 *value)
{
	if (property >= VTPM_PT_VAR)
		return variable_property(tpm, space, property, value);
	return fixed_property(property, value);
}

/* --- TPM_CAP_ALGS ----------------------------------------------------------------------- */

#define ASYMMETRIC	VTPMA_ALG_ASYMMETRIC
#define SYMMETRIC	VTPMA_ALG_SYMMETRIC
#define HASH		VTPMA_ALG_HASH
#define OBJECT		VTPMA_ALG_OBJECT
#define SIGNING		VTPMA_ALG_SIGNING
#define ENCRYPTING	VTPMA_ALG_ENCRYPTING
#define METHOD		VTPMA_ALG_METHOD

static const struct {
	u16 alg;
	u16 attrs;
} algs[] = {
	{ VTPM_ALG_RSA, ASYMMETRIC | OBJECT },
	{ VTPM_ALG_SHA1, HASH },
	{ VTPM_ALG_HMAC, HASH | SIGNING },
	{ VTPM_ALG_AES, SYMMETRIC },
	{ VTPM_ALG_MGF1, HASH | METHOD },
	{ VTPM_ALG_KEYEDHASH, HASH | OBJECT | SIGNING | ENCRYPTING },
	{ VTPM_ALG_XOR, HASH | SYMMETRIC },
	{ VTPM_ALG_SHA256, HASH },
	{ VTPM_ALG_SHA384, HASH },
	{ VTPM_ALG_SHA512, HASH },
	{ VTPM_ALG_RSASSA, ASYMMETRIC | SIGNING },
	{ VTPM_ALG_RSAES, ASYMMETRIC | ENCRYPTING },
	{ VTPM_ALG_RSAPSS, ASYMMETRIC | SIGNING },
	{ VTPM_ALG_OAEP, ASYMMETRIC | ENCRYPTING },
	{ VTPM_ALG_ECDSA, ASYMMETRIC | SIGNING | METHOD },
	{ VTPM_ALG_ECDH, ASYMMETRIC | METHOD },
	{ VTPM_ALG_KDF1_SP800_56A, HASH | METHOD },
	{ VTPM_ALG_KDF2, HASH | METHOD },
	{ VTPM_ALG_KDF1_SP800_108, HASH | METHOD },
	{ VTPM_ALG_ECC, ASYMMETRIC | OBJECT },
	{ VTPM_ALG_SYMCIPHER, OBJECT },
	{ VTPM_ALG_CTR, SYMMETRIC | ENCRYPTING },
	{ VTPM_ALG_OFB, SYMMETRIC | ENCRYPTING },
	{ VTPM_ALG_CBC, SYMMETRIC | ENCRYPTING },
	{ VTPM_ALG_CFB, SYMMETRIC | ENCRYPTING },
	{ VTPM_ALG_ECB, SYMMETRIC | ENCRYPTING },
};

/**
 * vtpm_algorithm() - the first algorithm from an identifier on
 * @alg: identifier, any number; becomes that of the algorithm found
 * @attrs: VTPMA_ALG_* of it
 *
 * Return: false if there is none.
 */
bool vtpm_algorithm(u32 *alg, u32 *attrs)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(algs); i++)
		if (algs[i].alg >= *alg) {
			*alg = algs[i].alg;
			*attrs = algs[i].attrs;
			return true;
		}
	return false;
}
