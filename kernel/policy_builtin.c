// SPDX-License-Identifier: GPL-2.0
/*
 * The policies a namespace can be born with, as text for the parser.
 *
 * "default" measures what becomes code: programs, libraries, modules, firmware,
 * wherever they lie, tmpfs and memfd included, for in a container that is where
 * the payload lands.  Left out are pseudo file systems whose files cannot hold
 * bytes of an attacker's choice that then run.  Why each is no hiding place:
 *
 *   proc        The rule looks at the file system of the inode that runs.
 *               /proc/PID/exe, /proc/PID/fd/N, /proc/PID/root/... and map_files
 *               are links to files elsewhere (memfd: on tmpfs) and are judged
 *               as those.  procfs' own files are SB_I_NOEXEC: neither execve()
 *               nor mmap(PROT_EXEC) takes them.
 *   sysfs, cgroup, cgroup2
 *               kernfs: SB_I_NOEXEC.
 *   binfmt_misc SB_I_NOEXEC; entries read back as the kernel's own text.
 *   devpts      Terminals, no regular files.
 *   nsfs        Handles without content.
 *   debugfs, securityfs, selinuxfs, smackfs
 *               Not mountable in a user namespace; what can be read or mapped
 *               there is written by the kernel, or by host root.
 *   efivarfs    Not mountable in a user namespace.  A file begins with the four
 *               bytes of the attributes, which no binary format begins with,
 *               and cannot be mapped.
 *
 * None of the magics can be forged: FUSE, overlay and all other file systems
 * that a container may mount set their own.
 *
 * "tcb" and "ima_tcb" are host IMA's boot parameters of these names, rule by
 * rule.  Mind that up to 6.12 they look away from tmpfs altogether.
 */
#include "policy_int.h"

#define PSEUDO_HEAD \
	"# procfs\n" \
	"dont_measure fsmagic=0x9fa0\n" \
	"# sysfs\n" \
	"dont_measure fsmagic=0x62656572\n" \
	"# debugfs\n" \
	"dont_measure fsmagic=0x64626720\n"

#define PSEUDO_TAIL \
	"# devpts\n" \
	"dont_measure fsmagic=0x1cd1\n" \
	"# binfmt_misc\n" \
	"dont_measure fsmagic=0x42494e4d\n" \
	"# securityfs\n" \
	"dont_measure fsmagic=0x73636673\n" \
	"# selinuxfs\n" \
	"dont_measure fsmagic=0xf97cff8c\n" \
	"# smackfs\n" \
	"dont_measure fsmagic=0x43415d53\n" \
	"# cgroup, cgroup2\n" \
	"dont_measure fsmagic=0x27e0eb\n" \
	"dont_measure fsmagic=0x63677270\n" \
	"# nsfs\n" \
	"dont_measure fsmagic=0x6e736673\n" \
	"# efivarfs\n" \
	"dont_measure fsmagic=0xde5e81e4\n"

#define TMPFS_ALL \
	"# tmpfs\n" \
	"dont_measure fsmagic=0x1021994\n"

#define TMPFS_OPENED \
	"# tmpfs: what runs from it counts, what is read from it does not\n" \
	"dont_measure func=FILE_CHECK fsmagic=0x1021994\n"

#define CODE \
	"measure func=MMAP_CHECK mask=MAY_EXEC\n" \
	"measure func=BPRM_CHECK mask=MAY_EXEC\n"

#define LOADED \
	"measure func=MODULE_CHECK\n" \
	"measure func=FIRMWARE_CHECK\n"

#define READ_BY_ROOT \
	"measure func=FILE_CHECK mask=^MAY_READ euid=0\n" \
	"measure func=FILE_CHECK mask=^MAY_READ uid=0\n"

static const struct {
	const char *name;
	u32 grammar;	/* for dialects with this bit; 0: the rest */
	const char *text;
} builtin[] = {
	{ "default", 0, PSEUDO_HEAD PSEUDO_TAIL CODE LOADED },
	{ "tcb", IMA_NS_GRAMMAR_TCB_TMPFS,
	  PSEUDO_HEAD TMPFS_OPENED PSEUDO_TAIL CODE READ_BY_ROOT LOADED
	  "measure func=POLICY_CHECK\n" },
	{ "tcb", 0,
	  PSEUDO_HEAD TMPFS_ALL PSEUDO_TAIL CODE READ_BY_ROOT LOADED
	  "measure func=POLICY_CHECK\n" },
	{ "ima_tcb", IMA_NS_GRAMMAR_TCB_TMPFS,
	  PSEUDO_HEAD TMPFS_OPENED PSEUDO_TAIL CODE
	  "measure func=FILE_CHECK mask=MAY_READ uid=0\n" LOADED },
	{ "ima_tcb", 0,
	  PSEUDO_HEAD TMPFS_ALL PSEUDO_TAIL CODE
	  "measure func=FILE_CHECK mask=MAY_READ uid=0\n" LOADED },
};

/**
 * ima_ns_policy_builtin() - the text of a built-in policy
 * @name: "default", "tcb" or "ima_tcb"
 * @dialect: of the running kernel: the tcb policies follow the host's
 *
 * Return: the text, for ima_ns_policy_from_text(), or NULL for an unknown name.
 */
const char *ima_ns_policy_builtin(const char *name, const struct ima_ns_dialect *dialect)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(builtin); i++)
		if (!strcmp(builtin[i].name, name) &&
		    (!builtin[i].grammar || builtin[i].grammar & dialect->grammar))
			return builtin[i].text;
	return NULL;
}

/**
 * ima_ns_policy_builtin_name() - enumerate the built-in policies
 * @index: from 0
 *
 * Return: a name; an adjacent one may repeat it.  NULL behind the last.
 */
const char *ima_ns_policy_builtin_name(unsigned int index)
{
	return index < ARRAY_SIZE(builtin) ? builtin[index].name : NULL;
}
