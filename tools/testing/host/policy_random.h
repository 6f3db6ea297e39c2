/* SPDX-License-Identifier: GPL-2.0 */
/* Random lines of policies and random events; all of it follows from a seed. */
#ifndef IMA_NS_POLICY_RANDOM_H
#define IMA_NS_POLICY_RANDOM_H

#include "policy_naive.h"

#define RANDOM_WORDS_MAX 24

/**
 * struct random_line - a line of a policy
 * @words: its words
 * @nr: how many
 * @start: where each of them begins in @text
 * @text: what is written, without newline
 */
struct random_line {
	struct naive_word words[RANDOM_WORDS_MAX];
	unsigned int nr;
	unsigned int start[RANDOM_WORDS_MAX];
	char text[RANDOM_WORDS_MAX * 204];
};

void random_seed(u64 seed);
void random_spread(u32 values);
u32 rnd(u32 below);
bool one_in(u32 n);
void random_line(struct random_line *l, u32 rare, bool disturbed);
void random_comment(struct random_line *l);
void random_subject(struct ima_ns_subject *s);
void random_blur(const struct ima_ns_policy *p, struct ima_ns_subject *s);

#endif /* IMA_NS_POLICY_RANDOM_H */
