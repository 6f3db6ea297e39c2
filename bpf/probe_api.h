/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the probe and the core say to each other: numbers only, so that the
 * BPF compiler, the kernel and the host tests read the same file.
 */
#ifndef IMA_NS_PROBE_API_H
#define IMA_NS_PROBE_API_H

/**
 * enum ima_ns_func - the events a rule can name with func=
 *
 * Values are stable bit numbers: an event may carry several (mmap_file with
 * PROT_EXEC is MMAP_CHECK_REQPROT and MMAP_CHECK at once), lowest bit first,
 * which is the order in which host IMA processes them.
 *
 * @IMA_NS_FUNC_NONE: no func= in a rule: it is about all of them
 * @IMA_NS_FILE_CHECK: a file is opened
 * @IMA_NS_MMAP_CHECK_REQPROT: it is mapped, execution was asked for
 * @IMA_NS_MMAP_CHECK: it is mapped, execution was granted
 * @IMA_NS_BPRM_CHECK: it is executed, or is the interpreter of what is
 * @IMA_NS_CREDS_CHECK: the same, with the credentials of the new program
 * @IMA_NS_MODULE_CHECK: a kernel module is loaded
 * @IMA_NS_FIRMWARE_CHECK: firmware is loaded
 * @IMA_NS_POLICY_CHECK: an IMA policy is loaded
 * @IMA_NS_FUNC_MAX: one more than the last
 */
enum ima_ns_func {
	IMA_NS_FUNC_NONE = 0,
	IMA_NS_FILE_CHECK = 1,
	IMA_NS_MMAP_CHECK_REQPROT = 2,
	IMA_NS_MMAP_CHECK = 3,
	IMA_NS_BPRM_CHECK = 4,
	IMA_NS_CREDS_CHECK = 5,
	IMA_NS_MODULE_CHECK = 6,
	IMA_NS_FIRMWARE_CHECK = 7,
	IMA_NS_POLICY_CHECK = 8,
	IMA_NS_FUNC_MAX
};

#define IMA_NS_FUNC_BIT(f) (1u << (f))

/* permission mask of an event, as in the kernel's MAY_* */
#define IMA_NS_MAY_EXEC 0x1u
#define IMA_NS_MAY_WRITE 0x2u
#define IMA_NS_MAY_READ 0x4u
#define IMA_NS_MAY_APPEND 0x8u
#define IMA_NS_MAY_ALL 0xfu

/**
 * enum ima_ns_answer - what the core says to an event at once
 * @IMA_NS_TODO: it must be measured, or perhaps; call again where sleeping is fine
 * @IMA_NS_SETTLED: there is nothing to do
 * @IMA_NS_STRANGER: current is not a member of any namespace
 * @IMA_NS_NEWCOMER: it is, but seems to be in a container inside that one: try to
 *                   join; it must be measured in any case
 */
enum ima_ns_answer {
	IMA_NS_TODO,
	IMA_NS_SETTLED,
	IMA_NS_STRANGER,
	IMA_NS_NEWCOMER,
};

/*
 * What the probe finds out about mounts, which are private to the VFS.
 * DETACHED: the file's mount is in no mount namespace, or in an anonymous one.
 * TOP: the task's root directory is the top of its mount tree: no chroot.
 */
#define IMA_NS_PATH_DETACHED 0x1u
#define IMA_NS_PATH_TOP 0x2u

#endif /* IMA_NS_PROBE_API_H */
