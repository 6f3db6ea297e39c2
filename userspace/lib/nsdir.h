/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The directory of a namespace in securityfs, as described in
 * Documentation/ABI/testing/securityfs-ima-ns.
 */
#ifndef IMANS_NSDIR_H
#define IMANS_NSDIR_H

#include "lib/log.h"

#define NS_PCRS 24
#define NS_BANKS_MAX 8

/**
 * struct ns_root - where the kernel's files are
 * @path: the ima-ns directory
 * @sysroot: prefix of /proc, /sys and /boot; "" on a running system
 */
struct ns_root {
	const char *path;
	const char *sysroot;
};

/**
 * struct ns_name - what a namespace's directory is called
 * @dir: "<nsid>", or "<nsid>.<seq>" when the anchor namespace is gone
 * @nsid: inode number of the anchor namespace
 * @seq: last part of the id; 0 when not in the name
 */
struct ns_name {
	char dir[48];
	u64 nsid;
	u64 seq;
};

/**
 * struct ns_info - the files info, runtime_measurements_count and violations
 * @text: content of info; the other pointers lead into it
 * @cgroup: path of the cgroup of the first member, any bytes
 * @cgroup_len: length of @cgroup
 * @parent: directory of the namespace around it, or NULL
 * @parent_len: length of @parent
 * @birth: seconds since the epoch
 * @records: records in the log
 * @trimmed: records that were deleted from it
 * @violations: violations so far
 * @poisoned: records that were lost
 * @state: alive, orphan or dead
 */
struct ns_info {
	char *text;
	const char *cgroup;
	size_t cgroup_len;
	const char *parent;
	size_t parent_len;
	u64 birth;
	u64 records;
	u64 trimmed;
	u64 violations;
	u64 poisoned;
	char state[16];
};

/**
 * struct ns_pcrs - the PCRs of one bank
 * @bank: the bank
 * @value: the values, @bank->size bytes each
 */
struct ns_pcrs {
	const struct bank *bank;
	u8 value[NS_PCRS][LOG_DIGEST_MAX];
};

/**
 * struct ns_checkpoint - where the log of a namespace begins
 * @records: records before it, which were trimmed
 * @known: bit n: PCR n is in @pcrs; the others were not extended by then
 * @pcrs: the PCRs of a bank at that point
 */
struct ns_checkpoint {
	u64 records;
	u32 known;
	struct ns_pcrs pcrs;
};

int ns_root_status(const struct ns_root *root, char **status);
bool ns_name_parse(const char *s, struct ns_name *name);
int ns_list(const struct ns_root *root, struct ns_name **names, size_t *count);
int ns_open_fd(const struct ns_root *root, const struct ns_name *name);
int ns_open(const struct ns_root *root, const struct ns_name *name, int *dirfd);
int ns_resolve(const struct ns_root *root, const char *arg, const char *pid, struct ns_name *name);
int ns_anchor(const struct ns_root *root, char *anchor, size_t size);
char *ns_path(const struct ns_root *root, const struct ns_name *name, const char *file);
int ns_info_read(int dirfd, struct ns_info *info, const char **file);
void ns_info_free(struct ns_info *info);
size_t ns_banks(int dirfd, const struct bank **found, size_t max);
int ns_pcrs_read(int dirfd, const struct bank *bank, struct ns_pcrs *pcrs);
int ns_checkpoint_read(int dirfd, const struct bank *bank, struct ns_checkpoint *c);

#endif /* IMANS_NSDIR_H */
