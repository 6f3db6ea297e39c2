// SPDX-License-Identifier: GPL-2.0
/*
 * Audit records, as host IMA's integrity_audit_message() writes them, with the
 * namespace added: nsid=.
 *
 * A container can cause violations as fast as it can open files, so each
 * namespace has a limit.
 */
#include <crypto/hash_info.h>
#include <linux/audit.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/fs.h>
#include <linux/sched.h>

#include "ima_ns.h"

/* audit_log_untrustedstring(): quoted, or in hex if that would not be safe */
static void log_untrusted(struct audit_buffer *ab, const char *s)
{
	const char *p;

	for (p = s; *p; p++) {
		if (*p == '"' || *p < 0x21 || *p > 0x7e) {
			for (p = s; *p; p++)
				audit_log_format(ab, "%02X", (u8)*p);
			return;
		}
	}
	audit_log_format(ab, "\"%s\"", s);
}

static struct audit_buffer *start(struct ima_namespace *ns, int type)
{
	struct audit_buffer *ab;

	if (!audit_enabled || !__ratelimit(&ns->audit_limit))
		return NULL;
	ab = audit_log_start(audit_context(), GFP_KERNEL, type);
	if (!ab)
		return NULL;
	audit_log_format(ab, "pid=%d uid=%u auid=%u ses=%u", task_pid_nr(current),
			 from_kuid(&init_user_ns, current_uid()),
			 from_kuid(&init_user_ns, audit_get_loginuid(current)),
			 audit_get_sessionid(current));
	audit_log_task_context(ab);
	return ab;
}

static void log_comm(struct audit_buffer *ab)
{
	char comm[TASK_COMM_LEN];

	audit_log_format(ab, " comm=");
	log_untrusted(ab, get_task_comm(comm, current));
}

/**
 * ima_ns_audit_violation() - a violation was recorded
 * @ns: namespace
 * @cause: "ToMToU" or "open_writers"
 * @name: as in the record
 * @inode: of the file
 */
void ima_ns_audit_violation(struct ima_namespace *ns, const char *cause, const char *name,
			    const struct inode *inode)
{
	struct audit_buffer *ab = start(ns, AUDIT_INTEGRITY_PCR);

	if (!ab)
		return;
	audit_log_format(ab, " op=invalid_pcr cause=%s", cause);
	log_comm(ab);
	audit_log_format(ab, " name=");
	log_untrusted(ab, name);
	audit_log_format(ab, " dev=");
	log_untrusted(ab, inode->i_sb->s_id);
	audit_log_format(ab, " ino=%llu nsid=%u res=1 errno=0", (u64)inode->i_ino, ns->inum);
	audit_log_end(ab);
}

/**
 * ima_ns_audit_rule() - an audit rule of the policy matched
 * @ns: namespace
 * @name: path of the file
 * @known: its digest
 */
void ima_ns_audit_rule(struct ima_namespace *ns, const char *name,
		       const struct ima_ns_known *known)
{
	struct audit_buffer *ab;

	if (!audit_enabled || !__ratelimit(&ns->audit_limit))
		return;
	ab = audit_log_start(audit_context(), GFP_KERNEL, AUDIT_INTEGRITY_RULE);
	if (!ab)
		return;
	audit_log_format(ab, "file=");
	log_untrusted(ab, name);
	audit_log_format(ab, " hash=\"%s:%*phN\" nsid=%u", hash_algo_name[known->algo],
			 known->len, known->digest, ns->inum);
	audit_log_task_info(ab);
	audit_log_end(ab);
}

/**
 * ima_ns_audit_policy() - a policy was loaded, or was not
 * @ns: namespace
 * @op: "policy_update" or "update_policy"
 * @cause: "completed", "failed", or what was wrong
 * @err: 0 or a negative errno
 */
void ima_ns_audit_policy(struct ima_namespace *ns, const char *op, const char *cause,
			 int err)
{
	struct audit_buffer *ab = start(ns, AUDIT_INTEGRITY_STATUS);

	if (!ab)
		return;
	audit_log_format(ab, " op=%s cause=", op);
	log_untrusted(ab, cause);
	log_comm(ab);
	audit_log_format(ab, " nsid=%u res=%d errno=%d", ns->inum, !err, err);
	audit_log_end(ab);
}
