/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The private interface of ima_ns.ko, in sections by owner.
 *
 * How one event travels:
 *
 *   LSM hook -> bpf/probe.bpf.c -> kfunc.c -> measure.c
 *     member.c      who
 *     policy.c      whether
 *     cache.c       already done?
 *     digest.c      what
 *     template.c    how
 *     log.c         record: append and extend together
 *
 * measure.c alone knows this order; the files it calls do not call each other,
 * except that log.c extends the PCRs and begins with a checkpoint, and
 * namespace.c makes and frees them all.
 */
#ifndef IMA_NS_H
#define IMA_NS_H

#include <linux/atomic.h>
#include <linux/crypto.h>
#include <linux/fs.h>
#include <linux/hash_info.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "../bpf/probe_api.h"
#include "limits.h"
#include "policy_rule.h"
#include "template.h"
#include "vtpm/pcr.h"

#define IMA_NS_VERSION "0.1"

struct bpf_map;
struct cred;
struct ima_namespace;
struct ns_common;
struct user_namespace;
struct ima_ns_entry;
struct ima_ns_event;
struct ima_ns_inode;
struct ima_ns_rec;

/* --- main.c: parameters, fixed once the module is loaded ------------------ */

extern const char *ima_ns_anchor_name;	/* "mnt", "pid", ... */
extern int ima_ns_anchor_type;		/* CLONE_NEWNS, CLONE_NEWPID, ... */
extern bool ima_ns_overflow_deny;
extern bool ima_ns_nested;	/* do namespaces of the host's containers nest? */
extern const char *ima_ns_boot_id;
extern const struct ima_ns_template *ima_ns_default_template;

/* --- hash.c: digests of bytes --------------------------------------------- */

/**
 * struct ima_ns_bank - one column of digests that every record has
 * @algo: enum hash_algo
 * @size: bytes of a digest
 * @offset: where this bank's digest starts in an entry
 * @pcr: index of the PCR bank it is extended into, or -1: a digest is kept for
 *       the log file (sha1, as host IMA does), but there is no such PCR bank
 */
struct ima_ns_bank {
	enum hash_algo algo;
	u8 size;
	u8 offset;
	s8 pcr;
};

extern struct ima_ns_bank ima_ns_banks[IMA_NS_MAX_BANKS + 1];
extern unsigned int ima_ns_nr_banks;	/* columns */
extern unsigned int ima_ns_digests_size; /* bytes of all columns together */
extern unsigned int ima_ns_dedup_bank;	/* the widest: duplicates are found by it */
extern struct vtpm_pcr_layout ima_ns_pcr_layout;
extern enum hash_algo ima_ns_hash_algo;

int ima_ns_hash_init(const char *banks, const char *hash);
void ima_ns_hash_exit(void);
struct crypto_shash *ima_ns_hash_tfm(enum hash_algo algo);
int ima_ns_pcr_bank(enum hash_algo algo);
int ima_ns_hash(enum hash_algo algo, const void *data, size_t len, u8 *digest);

/* --- digest.c: digests of files ------------------------------------------- */

int ima_ns_file_digest(struct file *file, enum hash_algo algo, u8 *digest);
int ima_ns_file_verity(struct file *file, enum hash_algo *algo, u8 *digest);

/* --- xattr.c: extended attributes of files ---------------------------------- */

/* first byte of security.ima and security.evm (host: enum evm_ima_xattr_type) */
enum ima_ns_xattr_type {
	IMA_NS_XATTR_DIGEST = 1,
	IMA_NS_XATTR_DIGSIG = 3,
	IMA_NS_XATTR_DIGEST_NG = 4,
	IMA_NS_XATTR_PORTABLE_DIGSIG = 5,
	IMA_NS_XATTR_VERITY_DIGSIG = 6,
};

/**
 * struct ima_ns_file_xattrs - what a record says of a file's attributes
 * @ima: security.ima, or NULL
 * @ima_len: bytes of it
 * @evm: security.evm, or NULL
 * @evm_len: bytes of it
 * @list: those that EVM protects and the file has
 * @nr: entries of @list
 */
struct ima_ns_file_xattrs {
	u8 *ima;
	int ima_len;
	u8 *evm;
	int evm_len;
	struct ima_ns_xattr list[IMA_NS_EVM_XATTRS];
	unsigned int nr;
};

void ima_ns_xattrs_read_ima(struct file *file, struct ima_ns_file_xattrs *x);
void ima_ns_xattrs_read(struct file *file, u32 needs, struct ima_ns_file_xattrs *x);
void ima_ns_xattrs_free(struct ima_ns_file_xattrs *x);
enum hash_algo ima_ns_xattrs_algo(const struct ima_ns_file_xattrs *x);
void ima_ns_xattrs_fill(const struct ima_ns_file_xattrs *x, struct ima_ns_template_input *in);

/* --- path.c ---------------------------------------------------------------- */

int ima_ns_path_init(void);
void ima_ns_path_exit(void);
char *ima_ns_name_alloc(void);
void ima_ns_name_free(char *buf);
const char *ima_ns_path(const struct ima_ns_event *event, char *buf);

/* --- cache.c: what is known about an inode, and recorded by whom ---------- */

/**
 * struct ima_ns_known - the digest of a file, as of one version of its data
 * @algo: enum hash_algo of @digest
 * @len: bytes
 * @digest: the digest
 */
struct ima_ns_known {
	enum hash_algo algo;
	u8 len;
	u8 digest[IMA_NS_MAX_DIGEST];
};

/**
 * struct ima_ns_stamp - identifies the data of a file at one moment
 * @data: state of the inode that holds the data (the lower or upper one of an
 *        overlay), referenced; NULL without memory
 * @version: its i_version without the QUERIED bit
 * @epoch: see cache.c
 * @tracked: every later change of the data changes @version
 * @writers: somebody can change it right now
 */
struct ima_ns_stamp {
	struct ima_ns_inode *data;
	u64 version;
	int epoch;
	bool tracked;
	bool writers;
};

/* what can have been done with one version of a file, for one namespace */
#define IMA_NS_DONE_PCR(n)	BIT_ULL(n)	/* measured into PCR n */
#define IMA_NS_DONE_PCRS	GENMASK_ULL(31, 0)
#define IMA_NS_DONE_AUDIT	BIT_ULL(32)
#define IMA_NS_DONE_HASH	BIT_ULL(33)

/**
 * enum ima_ns_access - how an event uses its file
 * @IMA_NS_READER: opened or mapped for reading: writers are a violation
 * @IMA_NS_WRITER: opened for writing
 * @IMA_NS_EXEC: executed, or read by the kernel: certainty is needed
 */
enum ima_ns_access {
	IMA_NS_READER,
	IMA_NS_WRITER,
	IMA_NS_EXEC,
};

int ima_ns_cache_init(void);
void ima_ns_cache_exit(void);
bool ima_ns_cache_done(struct file *file, struct ima_namespace *ns, u64 need,
		       enum ima_ns_access access);
void ima_ns_cache_stamp(struct file *file, enum ima_ns_access access,
			struct ima_ns_stamp *stamp);
void ima_ns_cache_unstamp(struct ima_ns_stamp *stamp);
bool ima_ns_cache_digest(const struct ima_ns_stamp *stamp, enum hash_algo algo,
			 struct ima_ns_known *known);
void ima_ns_cache_store(const struct ima_ns_stamp *stamp, const struct ima_ns_known *known);
void ima_ns_cache_record(struct file *file, struct ima_namespace *ns,
			 const struct ima_ns_stamp *stamp, u64 done);
int ima_ns_cache_arm(struct file *file, struct ima_namespace *ns);
bool ima_ns_cache_written(struct file *file);
struct ima_namespace *ima_ns_cache_tomtou(struct file *file);
void ima_ns_cache_inode_freed(struct inode *inode);
void ima_ns_cache_forget(struct ima_namespace *ns);
void ima_ns_cache_flush(void);
unsigned int ima_ns_cache_inodes(void);

/* --- log.c: records and PCRs of a namespace ------------------------------- */

/**
 * struct ima_ns_entry - one record
 * @next: the record after this one; written once, under the log lock
 * @template: how @data is laid out
 * @data_len: bytes of template data
 * @pcr: PCR it was extended into
 * @violation: digests are shown as zeros and 0xff was extended
 * @data: one digest for each of ima_ns_banks, then the template data
 */
struct ima_ns_entry {
	struct ima_ns_entry __rcu *next;
	const struct ima_ns_template *template;
	u32 data_len;
	u8 pcr;
	bool violation;
	u8 data[];
};

struct ima_ns_checkpoint;
struct ima_ns_seen;

/**
 * struct ima_ns_log - the measurement log and the PCRs that vouch for it
 * @lock: everything below but @wait; also makes a PCR read or a quote see log
 *        and PCRs at one instant.  Nothing sleeps, allocates or can fail under
 *        it, and it is a spinlock so that a throttled container cannot be
 *        descheduled inside.
 * @trimming: one trim at a time; taken by the host only.  Who holds it may walk
 *            the records: they are only added to.
 * @start: what was trimmed, and the first record.  Readers walk from there, and
 *         along ->next, under RCU; records are freed a grace period after
 *         another @start has been published.
 * @tail: where the next record is linked
 * @count: records in the list
 * @violations: violation records ever made
 * @poisoned: records that could not be stored
 * @dups: hash table of what was ever recorded, @dups_mask + 1 chains
 * @dups_mask: number of chains - 1
 * @nr_seen: entries of @dups
 * @pcrs: the PCR banks
 * @writer: task that has log files open for writing; compared, never followed
 * @writers: how many
 * @wait: pollers of the log files
 */
struct ima_ns_log {
	spinlock_t lock;	/* log and PCRs change together */
	struct mutex trimming;	/* one trim at a time */
	struct ima_ns_checkpoint __rcu *start;
	struct ima_ns_entry __rcu **tail;
	unsigned long count;
	unsigned long violations;
	unsigned long poisoned;
	struct ima_ns_seen **dups;
	u32 dups_mask;
	unsigned long nr_seen;
	struct vtpm_pcrs *pcrs;
	const struct task_struct *writer;
	unsigned int writers;
	wait_queue_head_t wait;
};

int ima_ns_log_init(struct ima_ns_log *log);
void ima_ns_log_free(struct ima_ns_log *log);
struct ima_ns_entry *ima_ns_entry_alloc(const struct ima_ns_template *template,
					size_t data_len);

/** ima_ns_entry_data() - template data of a record */
static inline u8 *ima_ns_entry_data(struct ima_ns_entry *e)
{
	return e->data + ima_ns_digests_size;
}

void ima_ns_entry_extend(const struct ima_ns_entry *entry, struct vtpm_pcrs *pcrs);
int ima_ns_log_add(struct ima_ns_log *log, struct ima_ns_entry *entry);
void ima_ns_log_poison(struct ima_ns_log *log, unsigned int pcr);
int ima_ns_log_trim(struct ima_ns_log *log, unsigned long n);
unsigned long ima_ns_log_trimmed(struct ima_ns_log *log);
void ima_ns_log_pcrs(struct ima_ns_log *log, unsigned int bank, u8 *values);
u32 ima_ns_log_pcr_snapshot(struct ima_ns_log *log, u8 *values);
void ima_ns_log_pcr_extend(struct ima_ns_log *log, unsigned int pcr, unsigned int banks,
			   const u8 *const digest[IMA_NS_MAX_BANKS]);
void ima_ns_log_pcr_reset(struct ima_ns_log *log, unsigned int pcr);

/* --- checkpoint.c: where a log begins -------------------------------------- */

/**
 * struct ima_ns_checkpoint - a place in a log: the records before it are gone
 * @records: how many
 * @extended: BIT() of each PCR that they were extended into
 * @pcrs: the PCRs of a log that ends here
 * @first: the record after it; written once, under the log lock
 */
struct ima_ns_checkpoint {
	unsigned long records;
	unsigned long extended;
	struct vtpm_pcrs *pcrs;
	struct ima_ns_entry __rcu *first;
};

struct ima_ns_checkpoint *ima_ns_checkpoint_create(const struct ima_ns_checkpoint *from);
void ima_ns_checkpoint_add(struct ima_ns_checkpoint *c, const struct ima_ns_entry *entry);
void ima_ns_checkpoint_free(struct ima_ns_checkpoint *c);

/* --- policy.c --------------------------------------------------------------- */

/**
 * struct ima_ns_event - what a hook saw
 * @file: the file; never NULL here
 * @ns: the namespace of the task
 * @func: enum ima_ns_func
 * @mask: IMA_NS_MAY_*
 * @path_flags: IMA_NS_PATH_*
 * @root_seq: of current's root directory, from before @path_flags
 * @cred: who does it; NULL: current
 * @exec_cred: credentials of the program being executed: @cred of CREDS_CHECK
 */
struct ima_ns_event {
	struct file *file;
	struct ima_namespace *ns;
	u32 func;
	u32 mask;
	u32 path_flags;
	u32 root_seq;
	const struct cred *cred;
	const struct cred *exec_cred;
};

/**
 * struct ima_ns_rules - a policy in force, and what a hook wants to know of it
 * @policy: the rules
 * @funcs: IMA_NS_FUNC_BIT() of the events that they can say something about
 * @file_masks: BIT() of each mask with which a FILE_CHECK can match
 * @plain_pcr: when all they can order is to measure into one PCR,
 *             IMA_NS_DONE_PCR() of it: a file that is done needs no decision.
 *             Else 0.
 * @custom: was written to the policy file; a later update appends
 * @refs: slots that hold it
 * @rcu: for freeing
 *
 * Never changed once published.
 */
struct ima_ns_rules {
	struct ima_ns_policy *policy;
	u32 funcs;
	u32 file_masks;
	u64 plain_pcr;
	bool custom;
	refcount_t refs;
	struct rcu_head rcu;
};

/**
 * struct ima_ns_policy_slot - the policy of a namespace, or of those to come
 * @rules: the rules in force; replaced by the writer of the policy file
 * @busy: bit 0: the policy file is open for writing
 * @user_ns: what the ids in rules are read in, NULL for the initial one
 */
struct ima_ns_policy_slot {
	struct ima_ns_rules __rcu *rules;
	unsigned long busy;
	struct user_namespace *user_ns;
};

extern struct ima_ns_policy_slot ima_ns_default_policy;

int ima_ns_policy_init(const char *name);
void ima_ns_policy_exit(void);
const char *ima_ns_policy_name(void);
int ima_ns_policy_birth(struct ima_ns_policy_slot *slot, struct user_namespace *user_ns);
void ima_ns_policy_death(struct ima_ns_policy_slot *slot);
int ima_ns_policy_begin(struct ima_ns_policy_slot *slot,
			struct ima_ns_policy_builder **builder);
int ima_ns_policy_commit(struct ima_ns_policy_slot *slot,
			 struct ima_ns_policy_builder *builder);
void ima_ns_policy_decide(const struct ima_ns_event *event, struct ima_ns_decision *decision);

/* --- tpm.c, tpm_dev.c: the vTPM of a namespace and its device ------------- */

struct vtpm;
struct ima_ns_tpm_node;

/**
 * struct ima_ns_tpm - the vTPM of a namespace
 * @lock: one command at a time
 * @vtpm: the vTPM
 * @files: open files of the device
 * @node: the device, under the births mutex
 * @minor: its number, or -1; likewise
 */
struct ima_ns_tpm {
	struct mutex lock;	/* @vtpm and all of its spaces */
	struct vtpm *vtpm;
	atomic_t files;
	struct ima_ns_tpm_node *node;
	int minor;
};

int ima_ns_tpm_init(void);
void ima_ns_tpm_exit(void);
int ima_ns_tpm_create(struct ima_namespace *ns);
void ima_ns_tpm_free(struct ima_namespace *ns);
int ima_ns_tpm_dev_init(void);
void ima_ns_tpm_dev_exit(void);
int ima_ns_tpm_publish(struct ima_namespace *ns);
void ima_ns_tpm_rename(struct ima_namespace *ns);
void ima_ns_tpm_unpublish(struct ima_namespace *ns);

/* --- namespace.c ------------------------------------------------------------ */

/**
 * enum ima_ns_state - stages of a namespace's life
 * @IMA_NS_ALIVE: the anchor namespace exists
 * @IMA_NS_ORPHAN: it is gone, members are not
 * @IMA_NS_DEAD: neither; being freed
 */
enum ima_ns_state {
	IMA_NS_ALIVE,
	IMA_NS_ORPHAN,
	IMA_NS_DEAD,
};

/* struct ima_namespace.nesting */
#define IMA_NS_NESTS	BIT(0)	/* containers inside have namespaces of their own */
#define IMA_NS_INNER	BIT(1)	/* has a parent */

/**
 * struct ima_namespace - one IMA namespace
 * @seq: counter part of the id, never used twice
 * @anchor: address of the anchor's ns_common, compared, never followed
 * @inum: inode number of the anchor: the nsid
 * @nesting: IMA_NS_NESTS, IMA_NS_INNER; never changed
 * @depth: 1 for a namespace without a parent, else one more than the parent's
 * @state: enum ima_ns_state, written under the anchor table's lock
 * @life: one for the anchor while it exists, one for each member and one for
 *        each inner namespace that is not buried; at zero the namespace is
 *        buried (reap work)
 * @refs: one for life (until buried) and one for each user of the memory: open
 *        files, events on their way, inner namespaces.  At zero freed after an
 *        RCU grace period.
 * @parent: the namespace around it, or NULL; never changed, see nesting.c
 * @home: the anchor as tasks in it point to it, while it exists; compared, never
 *        followed.  Kept where @nesting has IMA_NS_NESTS, as is @root.
 * @root: dentry of the container's root directory, likewise
 * @family: births in the tree whose outermost namespace this is
 * @descendants: inner namespaces of that tree, under the births mutex
 * @members: tasks that belong to it
 * @birth: seconds since the epoch
 * @owner: root of the container's user namespace
 * @group: its group
 * @cgroup: path of the cgroup of the first member, or NULL while unknown
 * @policy: its policy
 * @log: records and PCRs
 * @tpm: the vTPM, which vouches for those PCRs
 * @recs: files recorded, list of struct ima_ns_rec, under the cache's lock
 * @forgotten: @recs takes no more, under the cache's lock
 * @by_inum: chain of the anchor table; unhashed once the anchor is gone
 * @all: list of all namespaces, under the births mutex
 * @audit_limit: keeps a container from flooding the audit log
 * @dir: directory in securityfs, or NULL
 * @files: what is in it
 * @nr_files: entries of @files
 * @renamed: @dir already has its orphan's name
 * @reap: work that renames an orphan and buries the dead
 * @free: frees the memory after a grace period
 */
struct ima_namespace {
	u64 seq;
	u64 anchor;
	u32 inum;
	u8 nesting;
	u8 depth;
	u32 state;
	refcount_t life;
	refcount_t refs;
	struct ima_namespace *parent;
	const void *home;
	const void *root;
	struct mutex family;	/* births inside: one at a time */
	unsigned int descendants;
	atomic_t members;
	time64_t birth;
	kuid_t owner;
	kgid_t group;
	char *cgroup;
	struct ima_ns_policy_slot policy;
	struct ima_ns_log log;
	struct ima_ns_tpm tpm;
	struct list_head recs;
	bool forgotten;
	struct hlist_node by_inum;
	struct list_head all;
	struct ratelimit_state audit_limit;
	struct dentry *dir;
	struct dentry *files[IMA_NS_MAX_FILES];
	unsigned int nr_files;
	bool renamed;
	struct delayed_work reap;
	struct rcu_work free;
};

/* bytes of a name, "<nsid>" or "<nsid>.<seq>" */
#define IMA_NS_NAME 32

/**
 * struct ima_ns_create_args - what is written to the create file
 * @anchor: the anchor namespace, kept alive by the caller's open file
 * @parent: nsid of the namespace around it; 0: none, or the caller's own
 * @nested: 1, 0, or -1: as the parent, or as the module parameter
 */
struct ima_ns_create_args {
	struct ns_common *anchor;
	u32 parent;
	int nested;
};

int ima_ns_namespace_init(void);
void ima_ns_namespace_exit(void);
void ima_ns_put(struct ima_namespace *ns);
const char *ima_ns_name(const struct ima_namespace *ns, char *buf);
struct ima_namespace *ima_ns_member_get(struct ima_namespace *ns);
void ima_ns_member_put(struct ima_namespace *ns);
struct ima_namespace *ima_ns_join_anchor(u32 inum, u64 anchor, struct ima_namespace *mine);
int ima_ns_create(const struct ima_ns_create_args *args, struct ima_namespace *mine);
void ima_ns_anchor_gone(u32 inum);
void ima_ns_bury_all(void);

/**
 * struct ima_ns_stats - numbers of the status file
 * @alive: namespaces published now
 * @born: ever created
 * @died: ever freed
 * @refused: could not be created
 */
struct ima_ns_stats {
	atomic_t alive;
	atomic64_t born;
	atomic64_t died;
	atomic64_t refused;
};

extern struct ima_ns_stats ima_ns_stats;

/* --- inum.c: an inode number is free again -------------------------------- */

int ima_ns_inum_init(void);
void ima_ns_inum_exit(void);

/* --- nesting.c -------------------------------------------------------------- */

const void *ima_ns_anchor_of(const struct task_struct *task);
bool ima_ns_within(const struct ima_namespace *ns, const struct ima_namespace *outer);
struct ima_namespace *ima_ns_outermost(struct ima_namespace *ns);
bool ima_ns_newcomer(const struct ima_namespace *ns);
void ima_ns_seen_in(struct ima_namespace *ns);
void ima_ns_seen_on_top(struct ima_namespace *ns, u32 root_seq);

/* --- measure.c -------------------------------------------------------------- */

bool ima_ns_settled(struct file *file, struct ima_namespace *ns, u32 funcs, u32 mask,
		    const struct cred *exec_cred);
struct ima_namespace *ima_ns_unsettled(struct file *file, struct ima_namespace *ns, u32 funcs,
				       u32 mask, const struct cred *exec_cred);
int ima_ns_measure_event(struct ima_ns_event *event);
int ima_ns_measure_policy(struct ima_namespace *ns, struct file *file);
int ima_ns_measure_mprotect(struct vm_area_struct *vma);
void ima_ns_measure_wait(void);
void ima_ns_measure_tomtou(const struct ima_ns_event *event);
int ima_ns_measure_boot_aggregate(struct ima_namespace *ns);

#define IMA_NS_PCR 10	/* CONFIG_IMA_MEASURE_PCR_IDX of every distribution */

/* --- audit.c ------------------------------------------------------------------ */

void ima_ns_audit_violation(struct ima_namespace *ns, const char *cause, const char *name,
			    const struct inode *inode);
void ima_ns_audit_rule(struct ima_namespace *ns, const char *name,
		       const struct ima_ns_known *known);
void ima_ns_audit_data(struct ima_namespace *ns, const char *cause, const struct file *file);
void ima_ns_audit_policy(const struct ima_namespace *ns, const char *cause, int err);
void ima_ns_audit_bad_rule(const struct ima_namespace *ns,
			   const struct ima_ns_policy_error *error);

/* --- kfunc.c ---------------------------------------------------------------- */

int ima_ns_kfunc_init(void);

/* --- member.c: who is current? ----------------------------------------------- */

bool ima_ns_probe_attached(void);
struct ima_namespace *ima_ns_current(void);

/* --- securityfs.c, securityfs_log.c ----------------------------------------- */

int ima_ns_securityfs_init(void);
void ima_ns_securityfs_exit(void);
int ima_ns_securityfs_publish(struct ima_namespace *ns);
void ima_ns_securityfs_rename(struct ima_namespace *ns);
void ima_ns_securityfs_unpublish(struct ima_namespace *ns);
bool ima_ns_may_see(const struct ima_namespace *ns);
struct ima_namespace *ima_ns_node_get(struct inode *inode, unsigned int *bank);

extern const struct file_operations ima_ns_policy_fops;
extern const struct file_operations ima_ns_default_policy_fops;
extern const struct file_operations ima_ns_ascii_log_fops;
extern const struct file_operations ima_ns_binary_log_fops;

/* --- exported to ima_ns_probe.ko -------------------------------------------- */

int ima_ns_anchor(void);
const void *ima_ns_host_anchor(void);
int ima_ns_attach(void);
void ima_ns_attached(struct bpf_map *members);
void ima_ns_detach(void);

#endif /* IMA_NS_H */
