/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policy room: text to rules, rules to text, rules and an event to a
 * decision.  Pure C, no locks, no globals that change; host IMA's grammar and
 * meaning (security/integrity/ima/ima_policy.c), byte for byte.
 *
 *   policy_token.c    the words of the language, one row each
 *   policy_parse.c    lines, validation, the builder
 *   policy_show.c     rules back to text
 *   policy_index.c    rules compiled into what a decision looks up
 *   policy_eval.c     the decision
 *   policy_builtin.c  the policies a namespace can be born with
 *
 * A policy is immutable once built.  Publish it with one pointer (RCU) and free
 * it when the last reader is gone.
 */
#ifndef IMA_NS_POLICY_RULE_H
#define IMA_NS_POLICY_RULE_H

#include "../bpf/probe_api.h"
#include "buf.h"
#include "limits.h"

/* --- vocabulary ------------------------------------------------------------- */

/*
 * func= values that host IMA knows and no event of a namespace carries.  They
 * parse, so that a host's policy can be checked, and are refused for a
 * namespace (see enum ima_ns_policy_caps).
 */
enum ima_ns_policy_func {
	IMA_NS_KEXEC_KERNEL_CHECK = IMA_NS_FUNC_MAX,
	IMA_NS_KEXEC_INITRAMFS_CHECK,
	IMA_NS_KEXEC_CMDLINE,
	IMA_NS_KEY_CHECK,
	IMA_NS_CRITICAL_DATA,
	IMA_NS_SETXATTR_CHECK,
	IMA_NS_POST_SETATTR,	/* an event, never a func= value */
	IMA_NS_POLICY_FUNC_MAX
};

/* What a rule orders and a decision says; numbers as in host IMA. */
#define IMA_NS_MEASURE		0x0001u
#define IMA_NS_DONT_MEASURE	0x0002u
#define IMA_NS_APPRAISE		0x0004u
#define IMA_NS_DONT_APPRAISE	0x0008u
#define IMA_NS_AUDIT		0x0040u
#define IMA_NS_DONT_AUDIT	0x0080u
#define IMA_NS_HASH		0x0100u
#define IMA_NS_DONT_HASH	0x0200u

#define IMA_NS_DO_MASK \
	(IMA_NS_MEASURE | IMA_NS_APPRAISE | IMA_NS_AUDIT | IMA_NS_HASH)
#define IMA_NS_DONT_MASK (IMA_NS_DO_MASK << 1)
#define IMA_NS_GROUPS 9	/* bits up to that of IMA_NS_HASH */

/* appraise: which cached verdict it concerns (host: get_subaction()) */
#define IMA_NS_FILE_APPRAISE	0x00001000u
#define IMA_NS_MMAP_APPRAISE	0x00004000u
#define IMA_NS_BPRM_APPRAISE	0x00010000u
#define IMA_NS_READ_APPRAISE	0x00040000u
#define IMA_NS_CREDS_APPRAISE	0x00100000u

/* properties of the rules that decided, OR-ed together */
#define IMA_NS_DIGSIG_REQUIRED	0x01000000u
#define IMA_NS_PERMIT_DIRECTIO	0x02000000u
#define IMA_NS_SIGV3_REQUIRED	0x08000000u
#define IMA_NS_MODSIG_ALLOWED	0x20000000u
#define IMA_NS_CHECK_BLACKLIST	0x40000000u
#define IMA_NS_VERITY_REQUIRED	0x80000000u
#define IMA_NS_RULE_FLAGS	0xff000000u

/* --- dialect and capabilities ----------------------------------------------- */

/* Differences of grammar between kernels; a dialect is a set of them. */
#define IMA_NS_GRAMMAR_DONT_AUDIT	0x01u	/* dont_audit */
#define IMA_NS_GRAMMAR_FS_SUBTYPE	0x02u	/* fs_subtype= */
#define IMA_NS_GRAMMAR_COMMENT		0x04u	/* '#' ends a rule */
#define IMA_NS_GRAMMAR_SIGV3_FILES	0x08u	/* sigv3 without verity, free order */
#define IMA_NS_GRAMMAR_TCB_TMPFS	0x10u	/* tcb measures what runs from tmpfs */

/**
 * struct ima_ns_dialect - the grammar of one kernel
 * @name: version it was read from, "6.12"
 * @grammar: IMA_NS_GRAMMAR_* set
 */
struct ima_ns_dialect {
	const char *name;
	u32 grammar;
};

extern const struct ima_ns_dialect ima_ns_dialect_6_12;
extern const struct ima_ns_dialect ima_ns_dialect_7_2;

const struct ima_ns_dialect *ima_ns_dialect_for(unsigned int major, unsigned int minor);

/**
 * enum ima_ns_policy_caps - what the caller can do for a rule
 *
 * A rule that is correct but asks for something the caller lacks is refused
 * with -EOPNOTSUPP and a reason; a rule that host IMA would not take gets host
 * IMA's errno, whatever else is in it.
 *
 * @IMA_NS_CAP_APPRAISE: appraise, dont_appraise, func=SETXATTR_CHECK
 * @IMA_NS_CAP_MODSIG: appraise_type=imasig|modsig; unlike the others, off means
 *                     -EINVAL: host IMA without IMA_APPRAISE_MODSIG says so too
 * @IMA_NS_CAP_KEXEC: func=KEXEC_*
 * @IMA_NS_CAP_KEYS: func=KEY_CHECK
 * @IMA_NS_CAP_CRITICAL_DATA: func=CRITICAL_DATA
 * @IMA_NS_CAP_LSM: obj_*= and subj_*=.  Parsed and shown, never matched, as on
 *                  a host whose LSM does not know the label.
 * @IMA_NS_CAPS_NAMESPACE: what a namespace can do
 * @IMA_NS_CAPS_HOST: everything that Debian's kernels accept: to check a host's
 *                    policy
 */
enum ima_ns_policy_caps {
	IMA_NS_CAP_APPRAISE = 0x01,
	IMA_NS_CAP_MODSIG = 0x02,
	IMA_NS_CAP_KEXEC = 0x04,
	IMA_NS_CAP_KEYS = 0x08,
	IMA_NS_CAP_CRITICAL_DATA = 0x10,
	IMA_NS_CAP_LSM = 0x20,
	IMA_NS_CAPS_NAMESPACE = 0,
	IMA_NS_CAPS_HOST = 0x3f & ~IMA_NS_CAP_MODSIG,
};

/* --- errors ------------------------------------------------------------------ */

#define IMA_NS_POLICY_TOKEN_MAX 32

/**
 * struct ima_ns_policy_error - the first thing wrong with a line
 * @err: negative errno; 0 when nothing is wrong
 * @line: line the builder is at, from 1
 * @column: first byte of the token, from 1; 0 when the line as a whole is meant
 * @length: bytes of the token
 * @token: the token, cut to fit; bytes that do not print are '?'
 * @reason: what is wrong and what to do, a static string without full stop
 */
struct ima_ns_policy_error {
	int err;
	unsigned int line;
	unsigned int column;
	unsigned int length;
	char token[IMA_NS_POLICY_TOKEN_MAX];
	const char *reason;
};

/* --- parsing ----------------------------------------------------------------- */

/* bytes of one line, newline not counted (host IMA: what one write() carries) */
#define IMA_NS_POLICY_LINE_MAX 4095
/* bytes of names (fsname=, label=, ...) that the rules of one policy hold */
#define IMA_NS_POLICY_NAMES_MAX (256 * 1024)

#define IMA_NS_TEMPLATE_NONE 0xffu

/**
 * struct ima_ns_policy_ctx - what the parser asks its caller
 * @dialect: grammar; required
 * @caps: enum ima_ns_policy_caps set
 * @pcrs: number of PCRs; pcr= at or above is refused.  0 stands for host IMA's 64.
 * @data: passed to the callbacks
 * @map_uid: decimal value of a rule, 0..2^32-1, to the id that subjects carry
 *           (kernel: make_kuid() in the writer's user namespace); returns 0 or
 *           a negative errno.  The result 2^32-1 is invalid.  NULL: identity.
 * @map_gid: the same for groups
 * @template: name or format to an index 0..254 and the name to show; negative
 *            errno when there is no such template.  NULL: the names of host
 *            IMA's table, in its order (ima_ns_policy_template_names).
 * @hash: name of an algorithm to its number, 0..31 (enum hash_algo); negative
 *        errno when unknown or not loadable.  NULL: ima_ns_policy_hash_names.
 */
struct ima_ns_policy_ctx {
	const struct ima_ns_dialect *dialect;
	u32 caps;
	unsigned int pcrs;
	void *data;
	int (*map_uid)(void *data, u32 value, u32 *id);
	int (*map_gid)(void *data, u32 value, u32 *id);
	int (*template)(void *data, const char *name, const char **shown);
	int (*hash)(void *data, const char *name);
};

/* in the order of host IMA's tables; both end with NULL */
extern const char *const ima_ns_policy_template_names[];
extern const char *const ima_ns_policy_hash_names[];

struct ima_ns_policy;
struct ima_ns_policy_builder;

int ima_ns_policy_builder_new(const struct ima_ns_policy_ctx *ctx,
			      const struct ima_ns_policy *base,
			      struct ima_ns_policy_builder **builder);
void ima_ns_policy_builder_free(struct ima_ns_policy_builder *builder);
ssize_t ima_ns_policy_add_line(struct ima_ns_policy_builder *builder, const char *text,
			       size_t len, struct ima_ns_policy_error *error);
int ima_ns_policy_add_text(struct ima_ns_policy_builder *builder, const char *text,
			   size_t len, struct ima_ns_policy_error *error);
int ima_ns_policy_build(const struct ima_ns_policy_builder *builder, u64 generation,
			struct ima_ns_policy **policy);
int ima_ns_policy_from_text(const struct ima_ns_policy_ctx *ctx, const char *text,
			    size_t len, u64 generation, struct ima_ns_policy **policy,
			    struct ima_ns_policy_error *error);
void ima_ns_policy_free(struct ima_ns_policy *policy);

/* --- built-in policies --------------------------------------------------------- */

const char *ima_ns_policy_builtin(const char *name, const struct ima_ns_dialect *dialect);
const char *ima_ns_policy_builtin_name(unsigned int index);

/* --- text ---------------------------------------------------------------------- */

void ima_ns_policy_show_rule(const struct ima_ns_policy *policy, unsigned int index,
			     struct buf_writer *w);
void ima_ns_policy_show(const struct ima_ns_policy *policy, struct buf_writer *w);

/* --- deciding -------------------------------------------------------------------- */

/* the subject may do what euid= / egid= look at (host: has_capability_noaudit) */
#define IMA_NS_SUBJECT_CAP_SETUID	0x1u
#define IMA_NS_SUBJECT_CAP_SETGID	0x2u

/**
 * struct ima_ns_subject - an event, as rules see it
 * @func: enum ima_ns_func or enum ima_ns_policy_func
 * @mask: IMA_NS_MAY_* of the event; other bits never match an exact mask=
 * @groups: which questions are asked: any of IMA_NS_DO_MASK
 * @flags: IMA_NS_SUBJECT_*
 * @fsmagic: s_magic of the file system
 * @uid: real user id of the credentials, in the space that ctx->map_uid maps to
 * @euid: effective
 * @suid: saved
 * @gid: real group id
 * @egid: effective
 * @sgid: saved
 * @fowner: owner of the inode as seen through the mount's idmap
 * @fgroup: group, likewise
 * @fsname: name of the file system type; NULL matches no fsname=
 * @fs_subtype: s_subtype, or NULL
 * @fsuuid: 16 bytes, s_uuid; NULL matches no fsuuid=
 * @data: keyring (KEY_CHECK) or label (CRITICAL_DATA), or NULL
 *
 * Only the members named by ima_ns_policy_depends() are read.
 */
struct ima_ns_subject {
	u32 func;
	u32 mask;
	u32 groups;
	u32 flags;
	u64 fsmagic;
	u32 uid;
	u32 euid;
	u32 suid;
	u32 gid;
	u32 egid;
	u32 sgid;
	u32 fowner;
	u32 fgroup;
	const char *fsname;
	const char *fs_subtype;
	const u8 *fsuuid;
	const char *data;
};

/**
 * struct ima_ns_decision - what to do
 * @action: IMA_NS_DO_MASK bits, the *_APPRAISE bit of the hook, and the
 *          IMA_NS_RULE_FLAGS of every rule that decided a question, dont_ rules
 *          included.  (action & IMA_NS_DO_MASK) == 0: nothing to do.
 * @pcr: pcr= of the deciding measure rule, or -1: the configured one
 * @template: index of its template=, or IMA_NS_TEMPLATE_NONE: the default one
 * @algos: appraise_algos= of the deciding appraise rule, bit set; 0: any
 * @rule: index of the rule that decided to measure, from 0, or -1
 */
struct ima_ns_decision {
	u32 action;
	s16 pcr;
	u16 template;
	u32 algos;
	s32 rule;
};

/*
 * The members of a subject that a decision can depend on.  One bit each; the
 * first part doubles as the number of the dimension in the compiled index.
 */
enum ima_ns_policy_dim {
	IMA_NS_DIM_MASK,
	IMA_NS_DIM_FSMAGIC,
	IMA_NS_DIM_UID,
	IMA_NS_DIM_GID,
	IMA_NS_DIM_FOWNER,
	IMA_NS_DIM_FGROUP,
	IMA_NS_DIM_EUID,	/* euid; with CAP_SETUID also suid and uid */
	IMA_NS_DIM_EGID,	/* egid; with CAP_SETGID also sgid and gid */
	IMA_NS_DIM_FSNAME,
	IMA_NS_DIM_FS_SUBTYPE,
	IMA_NS_DIM_FSUUID,
	IMA_NS_DIM_DATA,
	IMA_NS_DIM_MAX
};

#define IMA_NS_DIM_BIT(d) (1u << (d))
/* properties of the file (or its mount), as against those of the task */
#define IMA_NS_DIMS_FILE \
	(IMA_NS_DIM_BIT(IMA_NS_DIM_FSMAGIC) | IMA_NS_DIM_BIT(IMA_NS_DIM_FOWNER) | \
	 IMA_NS_DIM_BIT(IMA_NS_DIM_FGROUP) | IMA_NS_DIM_BIT(IMA_NS_DIM_FSNAME) | \
	 IMA_NS_DIM_BIT(IMA_NS_DIM_FS_SUBTYPE) | IMA_NS_DIM_BIT(IMA_NS_DIM_FSUUID))
#define IMA_NS_DIMS_TASK \
	(IMA_NS_DIM_BIT(IMA_NS_DIM_UID) | IMA_NS_DIM_BIT(IMA_NS_DIM_GID) | \
	 IMA_NS_DIM_BIT(IMA_NS_DIM_EUID) | IMA_NS_DIM_BIT(IMA_NS_DIM_EGID))

/* 64 rules a word */
#define IMA_NS_RULE_WORDS ((IMA_NS_MAX_RULES + 63) / 64)

/**
 * struct ima_ns_func_index - the compiled rules, as seen by one func
 * @groups: questions that some rule can answer with more than "nothing"; the
 *          others need not be asked
 * @dims: IMA_NS_DIM_BIT() set: what the answer depends on
 * @conds: conditions that are compared with an event of this func
 * @names: those among them that the index finds by a hash, to be compared after
 * @live: words of @rules that are not zero
 * @nr_dims: dimensions in @dims
 * @order: their numbers, the most selective first
 * @rules: bit per rule that can matter for this func
 */
struct ima_ns_func_index {
	u16 groups;
	u16 dims;
	u32 conds;
	u32 names;
	u16 live;
	u8 nr_dims;
	u8 order[IMA_NS_DIM_MAX];
	const u64 *rules;
};

struct ima_ns_rule;
struct ima_ns_dim;

/**
 * struct ima_ns_policy - an immutable set of rules, compiled
 * @generation: as given to ima_ns_policy_build(): a verdict kept from another
 *              generation is void
 * @nr_rules: rules, 1..IMA_NS_MAX_RULES
 * @nr_words: words of a bit set over the rules
 * @groups: questions that any rule can answer (host: ima_policy_flag)
 * @appraise_funcs: bit per func that an appraise rule names (host:
 *                  IMA_APPRAISE_POLICY and the like)
 * @setxattr_algos: algorithms security.ima may use (func=SETXATTR_CHECK), bit
 *                  set; 0: any
 * @rules: the rules, in order
 * @names: strings of the rules; offset 0 is ""
 * @names_len: bytes of @names
 * @group_rules: per group (bit number of measure, appraise, audit, hash), a bit
 *               set of rules
 * @dim: per dimension, its lookup structure
 * @func: per func, which rules and dimensions matter
 * @words: storage of all bit sets
 */
struct ima_ns_policy {
	u64 generation;
	u16 nr_rules;
	u16 nr_words;
	u32 groups;
	u32 appraise_funcs;
	u32 setxattr_algos;
	struct ima_ns_rule *rules;
	char *names;
	u32 names_len;
	const u64 *group_rules[IMA_NS_GROUPS];
	struct ima_ns_dim *dim[IMA_NS_DIM_MAX];
	struct ima_ns_func_index func[IMA_NS_POLICY_FUNC_MAX];
	u64 *words;
};

/**
 * ima_ns_policy_may() - can a decision be anything but "nothing"?
 * @policy: the rules
 * @func: enum ima_ns_func
 *
 * For the start of a hook, before a subject is filled in: with the default
 * policy it says no for every open of a file.
 *
 * Context: any.
 * Return: the questions worth asking, IMA_NS_DO_MASK bits; 0 for none.
 */
static inline u32 ima_ns_policy_may(const struct ima_ns_policy *policy, u32 func)
{
	return func < IMA_NS_POLICY_FUNC_MAX ? policy->func[func].groups : 0;
}

/**
 * ima_ns_policy_depends() - what decisions about @func depend on
 * @policy: the rules
 * @func: enum ima_ns_func
 *
 * Two subjects of the same @func, @groups and @flags that agree in these
 * members get the same decision, so a verdict may be kept under them and
 * @generation.
 *
 * Context: any.
 * Return: IMA_NS_DIM_BIT() set.
 */
static inline u32 ima_ns_policy_depends(const struct ima_ns_policy *policy, u32 func)
{
	return func < IMA_NS_POLICY_FUNC_MAX ? policy->func[func].dims : 0;
}

void ima_ns_policy_eval(const struct ima_ns_policy *policy,
			const struct ima_ns_subject *subject,
			struct ima_ns_decision *decision);
const char *ima_ns_func_name(u32 func);

#endif /* IMA_NS_POLICY_RULE_H */
