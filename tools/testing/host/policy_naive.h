/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policy language once more, the naive way: a line is a list of words, read
 * one by one; a rule is a struct that is shown as text and compared with events
 * in a list walk, the way host IMA does (ima_parse_rule(), ima_validate_rule(),
 * ima_policy_show(), ima_match_policy()).  Shares nothing with kernel/policy_*.c
 * but the numbers, so that both can be wrong only separately.
 */
#ifndef IMA_NS_POLICY_NAIVE_H
#define IMA_NS_POLICY_NAIVE_H

#include "policy_rule.h"

/* uid=, euid>, ...: '\0' when absent */
struct naive_id {
	char op;
	bool effective;
	u32 id;
};

struct naive_rule {
	u32 action;
	u32 func;		/* 0: none */
	u32 mask;		/* 0: none */
	bool inmask;
	bool has_fsmagic;
	u64 fsmagic;
	const char *fsname;	/* NULL: none, as below */
	const char *fs_subtype;
	const u8 *fsuuid;
	struct naive_id uid;
	struct naive_id gid;
	struct naive_id fowner;
	struct naive_id fgroup;
	const char *keyrings;	/* items joined by '|' */
	const char *label;
	int pcr;		/* -1: none */
	int template;		/* -1: none */
	u32 algos;		/* set of hash algorithms; 0: none */
	u32 flags;		/* IMA_NS_*_REQUIRED and friends */
	u32 lsm;		/* set of the six label conditions, which nothing meets */
};

/* what a word of a line is */
enum naive_kind {
	NAIVE_ACTION,		/* value: IMA_NS_MEASURE, ... */
	NAIVE_FUNC,
	NAIVE_MASK,		/* value: IMA_NS_MAY_*, with NAIVE_ANY for '^' */
	NAIVE_FSMAGIC,
	NAIVE_FSNAME,		/* string, as are the next three */
	NAIVE_FS_SUBTYPE,
	NAIVE_KEYRINGS,
	NAIVE_LABEL,
	NAIVE_PCR,
	NAIVE_FSUUID,		/* uuid */
	NAIVE_UID,
	NAIVE_EUID,
	NAIVE_GID,
	NAIVE_EGID,
	NAIVE_FOWNER,
	NAIVE_FGROUP,
	NAIVE_ALGOS,		/* value: set */
	NAIVE_LSM,		/* value: which of the six */
	NAIVE_TEMPLATE,
	NAIVE_APPRAISE_TYPE,	/* value: 0 imasig, 1 sigv3 */
	NAIVE_DIGEST_TYPE,
	NAIVE_DIRECTIO,
	NAIVE_FLAG,		/* appraise_flag=, which means nothing */
	NAIVE_COMMENT,
	NAIVE_NOISE,		/* not a word of the language */
};

#define NAIVE_ANY 0x100

/**
 * struct naive_word - one word of a line
 * @kind: what it is
 * @op: '=', '>' or '<' of an id
 * @value: what it says, as is @string
 * @string: for words whose value is text
 * @uuid: for fsuuid=
 * @err: its value is spelled wrong: the errno of that
 * @text: spelling
 */
struct naive_word {
	enum naive_kind kind;
	char op;
	u64 value;
	const char *string;
	const u8 *uuid;
	int err;
	char text[200];
};

/**
 * struct naive_reading - what a line comes to
 * @err: 0, -EINVAL, -ERANGE, or -EOPNOTSUPP when host IMA takes the rule and the
 *       context does not
 * @nothing: a comment, or nothing at all
 * @at: the word at which reading failed; the number of words when the line as a
 *      whole is wrong
 */
struct naive_reading {
	int err;
	bool nothing;
	unsigned int at;
};

struct naive_reading naive_read(const struct naive_word *words, unsigned int n,
				const struct ima_ns_policy_ctx *ctx, struct naive_rule *rule);
size_t naive_show(const struct naive_rule *r, u32 grammar, char *buf, size_t size);
bool naive_reads_back(const struct naive_rule *r, u32 grammar);
void naive_eval(const struct naive_rule *rules, size_t n, const struct ima_ns_subject *s,
		struct ima_ns_decision *d);

#endif /* IMA_NS_POLICY_NAIVE_H */
