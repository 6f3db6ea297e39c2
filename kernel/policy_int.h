/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the policy room share and nobody else sees: the shape of a
 * rule, the row of a token, the compiled lookup structures.
 */
#ifndef IMA_NS_POLICY_INT_H
#define IMA_NS_POLICY_INT_H

#include "policy_rule.h"

/* --- a rule ------------------------------------------------------------------ */

/* what a rule names, one bit each; ima_ns_rule.conds */
#define COND_FUNC	0x00000001u
#define COND_MASK	0x00000002u	/* mask=: the event's mask is exactly that */
#define COND_INMASK	0x00000004u	/* mask=^: the event's mask contains it */
#define COND_FSMAGIC	0x00000008u
#define COND_FSNAME	0x00000010u
#define COND_FS_SUBTYPE	0x00000020u
#define COND_KEYRINGS	0x00000040u
#define COND_LABEL	0x00000080u
#define COND_PCR	0x00000100u
#define COND_FSUUID	0x00000200u
#define COND_UID	0x00000400u
#define COND_EUID	0x00000800u
#define COND_GID	0x00001000u
#define COND_EGID	0x00002000u
#define COND_FOWNER	0x00004000u
#define COND_FGROUP	0x00008000u
#define COND_ALGOS	0x00010000u
#define COND_OBJ_USER	0x00020000u
#define COND_OBJ_ROLE	0x00040000u
#define COND_OBJ_TYPE	0x00080000u
#define COND_SUBJ_USER	0x00100000u
#define COND_SUBJ_ROLE	0x00200000u
#define COND_SUBJ_TYPE	0x00400000u
#define COND_TEMPLATE	0x00800000u
#define COND_DIGSIG	0x01000000u
#define COND_SIGV3	0x02000000u
#define COND_MODSIG	0x04000000u
#define COND_VERITY	0x08000000u
#define COND_DIRECTIO	0x10000000u
#define COND_MAX	29

#define COND_LSM \
	(COND_OBJ_USER | COND_OBJ_ROLE | COND_OBJ_TYPE | \
	 COND_SUBJ_USER | COND_SUBJ_ROLE | COND_SUBJ_TYPE)
#define COND_IDS \
	(COND_UID | COND_EUID | COND_GID | COND_EGID | COND_FOWNER | COND_FGROUP)
/* conditions that an event is compared with, KEY_CHECK and CRITICAL_DATA aside */
#define COND_MATCHED \
	(COND_MASK | COND_INMASK | COND_FSMAGIC | COND_FSNAME | COND_FS_SUBTYPE | \
	 COND_FSUUID | COND_IDS)

/**
 * struct ima_ns_rule - one rule, compiled
 * @fsmagic: fsmagic=
 * @conds: COND_* set: what the rule names
 * @result: OR-ed into the decision: its IMA_NS_DO_MASK bit, IMA_NS_RULE_FLAGS
 * @id: uid= or euid=, gid= or egid=, fowner=, fgroup=; enum rule_id
 * @algos: appraise_algos=, bit per algorithm
 * @fsname: offset into the policy's names, as are the next ones
 * @fs_subtype: fs_subtype=
 * @fsuuid: fsuuid=, 16 bytes
 * @list: keyrings= or label=, items still joined by '|'
 * @lsm: labels, NUL-terminated, one for each COND_LSM bit from the lowest
 * @template_name: what to show for template=
 * @algos_text: what to show for appraise_algos=
 * @action: one of IMA_NS_MEASURE ... IMA_NS_DONT_HASH
 * @pcr: pcr=, or -1
 * @id_op: '=', '>' or '<' for each of @id
 * @func: func=, or IMA_NS_FUNC_NONE
 * @mask: mask=, IMA_NS_MAY_*
 * @template: index of template=, or IMA_NS_TEMPLATE_NONE
 */
struct ima_ns_rule {
	u64 fsmagic;
	u32 conds;
	u32 result;
	u32 id[4];
	u32 algos;
	u32 fsname;
	u32 fs_subtype;
	u32 fsuuid;
	u32 list;
	u32 lsm;
	u32 template_name;
	u32 algos_text;
	u16 action;
	s16 pcr;
	char id_op[4];
	u8 func;
	u8 mask;
	u8 template;
};

/* uid and euid share a place, as do gid and egid: a rule has one of each pair */
enum rule_id { RULE_UID, RULE_GID, RULE_FOWNER, RULE_FGROUP };

static_assert(IMA_NS_MAX_RULES <= 1 << 15, "decisions carry rule numbers");
static_assert(IMA_NS_RULE_WORDS <= 16, "live words are a 16-bit set");
static_assert(IMA_NS_DIM_MAX <= 16, "dimensions are a 16-bit set");

/* --- tokens ------------------------------------------------------------------ */

/* strings of a rule while its line is parsed */
enum rule_text {
	TEXT_FSNAME,
	TEXT_FS_SUBTYPE,
	TEXT_LIST,
	TEXT_TEMPLATE,
	TEXT_ALGOS,
	TEXT_OBJ_USER,
	TEXT_OBJ_ROLE,
	TEXT_OBJ_TYPE,
	TEXT_SUBJ_USER,
	TEXT_SUBJ_ROLE,
	TEXT_SUBJ_TYPE,
	TEXT_MAX
};

/* where a token stands in its line: bytes */
struct span {
	u16 start;
	u16 len;
};

/**
 * struct ima_ns_parse - one line on its way to a rule
 * @ctx: the caller's answers
 * @rule: the rule so far; strings are still in @text
 * @text: strings, pointing into the line or at constants
 * @fsuuid: fsuuid=
 * @algos_text: appraise_algos= in the order it is shown
 * @at: the token being parsed
 * @where: first token that set a COND_* bit
 * @action_at: the action
 * @err: errno of the first error
 * @reason: its reason
 * @error_at: its token
 * @refused: reason of the first thing the caller cannot do, or NULL
 * @refused_at: its token
 */
struct ima_ns_parse {
	const struct ima_ns_policy_ctx *ctx;
	struct ima_ns_rule rule;
	const char *text[TEXT_MAX];
	u8 fsuuid[16];
	char algos_text[256];
	struct span at;
	struct span where[COND_MAX];
	struct span action_at;
	int err;
	const char *reason;
	struct span error_at;
	const char *refused;
	struct span refused_at;
};

struct ima_ns_token;
typedef void ima_ns_show_fn(const struct ima_ns_policy *p, const struct ima_ns_rule *r,
			    const struct ima_ns_token *t, struct buf_writer *w);

/**
 * struct ima_ns_token - one word of the grammar
 * @key: spelling, up to the operator
 * @ops: operators that may follow, "" when the word stands alone
 * @grammar: IMA_NS_GRAMMAR_* bit of the dialects that have it; 0: all have
 * @cap: capability it needs; 0: none
 * @refusal: reason when the capability is missing
 * @cond: COND_* bit that @parse sets; 0 for an action or a word without effect
 * @excludes: COND_* bits that cannot be in the same rule
 * @repeat: may stand in a rule more than once
 * @action: for an action, its number
 * @actions: actions that may use it; 0: all
 * @text: enum rule_text for a string
 * @id: enum rule_id for an id
 * @group: the id is a group's
 * @dim: enum ima_ns_policy_dim that it is matched in; IMA_NS_DIM_MAX: none
 * @parse: consume @value, which @op ('\0': none) precedes; 0 or an errno, by
 *         way of ima_ns_parse_fail()
 * @show: write the canonical text, without the space after it; NULL for a word
 *        that leaves no trace
 *
 * The table is in the order in which host IMA shows the parts of a rule.
 */
struct ima_ns_token {
	const char *key;
	const char *ops;
	u32 grammar;
	u32 cap;
	const char *refusal;
	u32 cond;
	u32 excludes;
	u16 action;
	u16 actions;
	u8 text;
	u8 id;
	bool group;
	bool repeat;
	u8 dim;
	int (*parse)(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
		     char *value);
	ima_ns_show_fn *show;
};

extern const struct ima_ns_token ima_ns_tokens[];
extern const unsigned int ima_ns_nr_tokens;

/**
 * struct ima_ns_func_row - what a rule with this func= may name
 * @name: spelling shown; NULL for what cannot be written
 * @alias: old spelling that is still read
 * @func: number
 * @actions: actions it goes with
 * @conds: COND_* bits it goes with, COND_FUNC included
 * @needs: COND_* bits it cannot do without
 * @cap: capability it needs
 * @refusal: reason when the capability is missing
 */
struct ima_ns_func_row {
	const char *name;
	const char *alias;
	u16 func;
	u16 actions;
	u32 conds;
	u32 needs;
	u32 cap;
	const char *refusal;
};

const struct ima_ns_func_row *ima_ns_func_row(u32 func);

int ima_ns_parse_fail(struct ima_ns_parse *ps, int err, const char *reason);
int ima_ns_parse_line(struct ima_ns_parse *ps, char *line);

/* policy_show.c */
ima_ns_show_fn ima_ns_show_word, ima_ns_show_func, ima_ns_show_mask;
ima_ns_show_fn ima_ns_show_fsmagic, ima_ns_show_text, ima_ns_show_list, ima_ns_show_pcr;
ima_ns_show_fn ima_ns_show_fsuuid, ima_ns_show_id, ima_ns_show_lsm;
ima_ns_show_fn ima_ns_show_appraise_type, ima_ns_show_verity;

/* --- the compiled index ------------------------------------------------------- */

/**
 * struct ima_ns_class - the rules that one range of values of a dimension fits
 * @off: where its words start in the dimension's pool; 0 holds a zero
 * @live: words that are not zero
 * @first: number of the word at @off
 * @nr: rules, 255 for that many or more
 */
struct ima_ns_class {
	u32 off;
	u16 live;
	u8 first;
	u8 nr;
};

/**
 * struct ima_ns_dim - lookup structure of one dimension
 * @nr_keys: values in @keys
 * @shift: 0: @keys ascend and @classes are 2 * @nr_keys + 1: below the first
 *         key, equal to it, between it and the second, ...  Otherwise all rules
 *         say '=', and both are a hash table of 2^(64 - @shift) slots, less than
 *         half full; a slot without rules is empty.
 *         The mask dimension has MASK_CLASSES classes and no keys.
 * @wild_nr: rules without a condition here
 * @wild_live: words of @wild that are not zero
 * @wild: these rules
 * @keys: values that rules name
 * @classes: what they lead to
 * @pool: words of the classes
 */
struct ima_ns_dim {
	u32 nr_keys;
	u32 shift;
	u32 wild_nr;
	u32 wild_live;
	const u64 *wild;
	const u64 *keys;
	const struct ima_ns_class *classes;
	const u64 *pool;
};

/* multiplicative hashing: the upper bits depend on all of the key */
static inline u32 key_slot(u64 key, u32 shift)
{
	return key * 0x9e3779b97f4a7c15ULL >> shift;
}

/*
 * The mask dimension: a class per set of the four MAY_* bits that a rule can
 * name, and the same again for events with any other bit, which no mask=
 * without '^' equals.
 */
#define MASK_NAMED	(IMA_NS_MAY_EXEC | IMA_NS_MAY_WRITE | IMA_NS_MAY_READ | IMA_NS_MAY_APPEND)
#define MASK_CLASSES	(2 * (MASK_NAMED + 1))

static inline u32 mask_class(u32 mask)
{
	return mask <= MASK_NAMED ? mask : MASK_NAMED + 1 + (mask & MASK_NAMED);
}

/* FNV-1a: strings are found by it and then compared */
static inline u64 name_key(const char *s, size_t len)
{
	u64 h = 0xcbf29ce484222325ULL;

	while (len--)
		h = (h ^ (u8)*s++) * 0x100000001b3ULL;
	return h;
}

static inline u64 uuid_key(const u8 *uuid)
{
	return get_unaligned_le64(uuid) ^ get_unaligned_le64(uuid + 8) * 0x9e3779b97f4a7c15ULL;
}

/* COND_* bits that are matched in a dimension */
extern const u32 ima_ns_dim_conds[IMA_NS_DIM_MAX];

/* dimensions whose keys are hashes */
#define HASHED_DIMS \
	(IMA_NS_DIM_BIT(IMA_NS_DIM_FSNAME) | IMA_NS_DIM_BIT(IMA_NS_DIM_FS_SUBTYPE) | \
	 IMA_NS_DIM_BIT(IMA_NS_DIM_FSUUID) | IMA_NS_DIM_BIT(IMA_NS_DIM_DATA))

/* measure, appraise, audit, hash: bits 0, 2, 6 and 8 of an action */
static inline unsigned int group_of(const struct ima_ns_rule *r)
{
	return __ffs(r->action & IMA_NS_DO_MASK ? r->action : r->action >> 1);
}

int ima_ns_policy_index(struct ima_ns_policy *policy);

#endif /* IMA_NS_POLICY_INT_H */
