/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies, read by the kernel module's own parser: it is linked in, so what is
 * good here is good there.
 */
#ifndef IMANS_POLICY_H
#define IMANS_POLICY_H

#include "kernel/policy_rule.h"

/* Largest text; a policy of 1000 longest rules has half of it. */
#define POLICY_TEXT_MAX (8u << 20)
/* Nobody reads more bad lines than this. */
#define POLICY_FAULTS_MAX 10000

/**
 * struct policy_fault - something wrong with a policy
 * @line: from 1; 0 when the policy as a whole is meant
 * @column: first byte of the token, from 1; 0 when the line as a whole is meant
 * @length: bytes of the token
 * @err: positive errno that the kernel would give
 * @reason: what is wrong and what to do
 * @text: the line, inside the text that was checked; NULL without line
 * @text_len: bytes of it, newline not counted
 */
struct policy_fault {
	unsigned int line, column, length;
	int err;
	const char *reason;
	const char *text;
	size_t text_len;
};

/**
 * struct policy_report - what the parser says about a policy
 * @policy: the rules; NULL when there is a fault
 * @faults: in the order of their lines
 * @count: how many
 */
struct policy_report {
	struct ima_ns_policy *policy;
	struct policy_fault *faults;
	size_t count;
};

const struct ima_ns_dialect *policy_dialect(const char *release);
void policy_format(const char *format, size_t len);
void policy_check(const struct ima_ns_dialect *dialect, bool host, const char *text, size_t len,
		  struct policy_report *report);
void policy_report_free(struct policy_report *report);
char *policy_text(const struct ima_ns_policy *policy, size_t *len);
bool policy_in_force(const char *before, const char *after, const char *rules, bool same_ids);
void policy_fault_put(FILE *out, const char *file, const struct policy_fault *f, bool excerpt);

#endif /* IMANS_POLICY_H */
