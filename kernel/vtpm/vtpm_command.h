/* SPDX-License-Identifier: GPL-2.0 */
/* The table of commands, command_table.c: what each of them is made of. */
#ifndef IMA_NS_VTPM_COMMAND_H
#define IMA_NS_VTPM_COMMAND_H

#include "vtpm_limits.h"

struct vtpm;
struct vtpm_cmd;

/* what a handle of the handle area may be: one of enum vtpm_handle_kind */
enum vtpm_handle_kind {
	VTPM_H_NONE,
	VTPM_H_OBJECT,		/* TPMI_DH_OBJECT */
	VTPM_H_OBJECT_NULL,	/* TPMI_DH_OBJECT+ */
	VTPM_H_PARENT,		/* TPMI_DH_PARENT+: object or hierarchy */
	VTPM_H_ENTITY,		/* TPMI_DH_ENTITY */
	VTPM_H_ENTITY_NULL,	/* TPMI_DH_ENTITY+ */
	VTPM_H_PCR,		/* TPMI_DH_PCR */
	VTPM_H_PCR_NULL,	/* TPMI_DH_PCR+ */
	VTPM_H_CONTEXT,		/* TPMI_DH_CONTEXT */
	VTPM_H_HIERARCHY,	/* TPMI_RH_HIERARCHY+: with NULL */
	VTPM_H_BASE,		/* TPMI_RH_HIERARCHY: owner, endorsement, platform */
	VTPM_H_HIERARCHY_AUTH,	/* TPMI_RH_HIERARCHY_AUTH: with lockout */
	VTPM_H_PROVISION,	/* TPMI_RH_PROVISION: owner, platform */
	VTPM_H_PLATFORM,	/* TPMI_RH_PLATFORM */
	VTPM_H_ENDORSEMENT,	/* TPMI_RH_ENDORSEMENT */
	VTPM_H_ENDORSE_NULL,	/* TPMI_RH_ENDORSEMENT+ */
	VTPM_H_CLEAR,		/* TPMI_RH_CLEAR: lockout, platform */
	VTPM_H_LOCKOUT,		/* TPMI_RH_LOCKOUT */
	VTPM_H_NV_AUTH,		/* TPMI_RH_NV_AUTH: owner, platform, index */
	VTPM_H_NV_INDEX,	/* TPMI_RH_NV_INDEX */
	VTPM_H_POLICY,		/* TPMI_SH_POLICY */
	VTPM_H_HMAC,		/* TPMI_SH_HMAC */
};

/* which authorization a handle needs */
enum vtpm_role {
	VTPM_ROLE_NONE,
	VTPM_ROLE_USER,
	VTPM_ROLE_ADMIN,
	VTPM_ROLE_DUP,
};

/**
 * struct vtpm_handle_spec - one handle of a command
 * @kind: enum vtpm_handle_kind
 * @role: enum vtpm_role
 */
struct vtpm_handle_spec {
	u8 kind;
	u8 role;
};

/* struct vtpm_command.flags */
#define VTPM_C_NV		BIT(0)	/* TPMA_CC: may write NV */
#define VTPM_C_EXTENSIVE	BIT(1)	/* TPMA_CC: may flush many contexts */
#define VTPM_C_FLUSHED		BIT(2)	/* TPMA_CC: flushes its handles */
#define VTPM_C_RHANDLE		BIT(3)	/* TPMA_CC: response has a handle */
#define VTPM_C_DECRYPT		BIT(4)	/* first parameter is a TPM2B */
#define VTPM_C_ENCRYPT		BIT(5)	/* first response parameter is a TPM2B */
#define VTPM_C_NO_SESSIONS	BIT(6)	/* no session of any kind */
#define VTPM_C_PP		BIT(7)	/* physical presence: can never run */
#define VTPM_C_NV_WRITE		BIT(8)	/* the NV index' authWrite, not authRead, counts */
#define VTPM_C_TRIAL		BIT(9)	/* its policy handle may be a trial session */

/**
 * struct vtpm_command - one command
 * @code: VTPM_CC_*
 * @flags: VTPM_C_*
 * @handle: its handles, in order; those that need authorization come first
 * @run: does it; NULL: not implemented, and then not listed by GetCapability
 */
struct vtpm_command {
	u16 code;
	u16 flags;
	struct vtpm_handle_spec handle[VTPM_MAX_HANDLES];
	u32 (*run)(struct vtpm_cmd *c);
};

/* bytes of a set with one bit for each row of the table */
#define VTPM_COMMAND_SET	16

extern const struct vtpm_command vtpm_commands[];
extern const unsigned int vtpm_nr_commands;	/* rows, implemented or not */

const struct vtpm_command *vtpm_command_find(u32 code);	/* implemented ones only */
u32 vtpm_command_attrs(const struct vtpm_command *command);	/* TPMA_CC */
unsigned int vtpm_command_handles(const struct vtpm_command *command);
bool vtpm_command_audited(const struct vtpm *tpm, const struct vtpm_command *command);

#endif /* IMA_NS_VTPM_COMMAND_H */
