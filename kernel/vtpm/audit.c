// SPDX-License-Identifier: GPL-2.0
/*
 * Which commands are under audit: TPM 2.0 Library Part 1, section 34.
 *
 * The set has one bit for each row of the command table.  That the set has been
 * changed is itself audited, always.
 */
#include "vtpm_internal.h"

/**
 * vtpm_audit_change() - put a command into a set, or take it out
 * @set: VTPM_COMMAND_SET bytes
 * @code: command code, any number; one that does not exist is ignored
 * @audited: in or out
 */
void vtpm_audit_change(u8 *set, u32 code, bool audited)
{
	const struct vtpm_command *command = vtpm_command_find(code);
	size_t row;

	/* one of these cannot come, the other cannot go */
	if (!command || code == (audited ? VTPM_CC_SHUTDOWN :
					   VTPM_CC_SET_COMMAND_CODE_AUDIT_STATUS))
		return;
	row = command - vtpm_commands;
	if (audited)
		set[row / 8] |= 1 << row % 8;
	else
		set[row / 8] &= ~(1 << row % 8);
}

/** vtpm_audit_manufacture() - a TPM whose audit nobody has set up */
void vtpm_audit_manufacture(struct vtpm *tpm)
{
	tpm->audit_alg = VTPM_ALG_SHA512;
	memset(tpm->audit_set, 0, sizeof(tpm->audit_set));
	vtpm_audit_change(tpm->audit_set, VTPM_CC_SET_COMMAND_CODE_AUDIT_STATUS, true);
}

/** vtpm_audit_commands() - digest of the codes of the commands under audit, ascending */
void vtpm_audit_commands(struct vtpm *tpm, struct vtpm_digest *digest)
{
	struct vtpm_hash h;
	unsigned int i;

	vtpm_hash_start(tpm, &h, tpm->audit_alg);
	for (i = 0; i < vtpm_nr_commands; i++)
		if (vtpm_command_audited(tpm, &vtpm_commands[i]))
			vtpm_hash_u32(&h, vtpm_commands[i].code);
	vtpm_hash_final(&h, digest);
}
