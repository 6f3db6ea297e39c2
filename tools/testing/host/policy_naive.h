/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules once more, the naive way: a struct that is written out as text for the
 * parser and walked as a list, the way host IMA does.  Shares nothing with
 * kernel/policy_*.c but the numbers, so that both can be wrong only separately.
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
	const char *items[3];	/* keyrings or labels */
	int pcr;		/* -1: none */
	int template;		/* -1: none */
	u32 algos;		/* 0: none; sha1 (4), sha256 (16) or both */
	u32 flags;		/* IMA_NS_*_REQUIRED and friends */
	bool lsm;		/* a label that nothing has */
};

size_t naive_text(const struct naive_rule *r, char *buf, size_t size);
void naive_eval(const struct naive_rule *rules, size_t n, const struct ima_ns_subject *s,
		struct ima_ns_decision *d);

#endif /* IMA_NS_POLICY_NAIVE_H */
