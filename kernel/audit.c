// SPDX-License-Identifier: GPL-2.0
/*
 * Audit records, as host IMA's integrity_audit_message() writes them, with the
 * namespace added: nsid=.
 *
 * A container can cause them as fast as it can open files, so each namespace has
 * a limit.  What the host says to a policy file is not limited.
 */
#include <crypto/hash_info.h>
#include <linux/audit.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/dcache.h>
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

/* As the host's, whether or not auditing is on: without a daemon the kernel log has it. */
static struct audit_buffer *start(int type)
{
	struct audit_buffer *ab = audit_log_start(audit_context(), GFP_KERNEL, type);

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

/* The end of a record about a file of a namespace. */
static void end_file(struct audit_buffer *ab, const struct ima_namespace *ns,
		     const char *name, const struct inode *inode, bool good)
{
	log_comm(ab);
	audit_log_format(ab, " name=");
	log_untrusted(ab, name);
	audit_log_format(ab, " dev=");
	log_untrusted(ab, inode->i_sb->s_id);
	audit_log_format(ab, " ino=%llu nsid=%u res=%d errno=0", (u64)inode->i_ino, ns->inum,
			 good);
	audit_log_end(ab);
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
	struct audit_buffer *ab;

	if (!__ratelimit(&ns->audit_limit))
		return;
	ab = start(AUDIT_INTEGRITY_PCR);
	if (!ab)
		return;
	audit_log_format(ab, " op=invalid_pcr cause=%s", cause);
	end_file(ab, ns, name, inode, true);
}

/**
 * ima_ns_audit_data() - a file has no digest
 * @ns: namespace
 * @cause: "failed", "failed(directio)" or "no-verity-digest"
 * @file: the file
 *
 * As on the host the name is the last component.
 */
void ima_ns_audit_data(struct ima_namespace *ns, const char *cause, const struct file *file)
{
	struct audit_buffer *ab;
	struct name_snapshot snap;

	if (!__ratelimit(&ns->audit_limit))
		return;
	ab = start(AUDIT_INTEGRITY_DATA);
	if (!ab)
		return;
	audit_log_format(ab, " op=collect_data cause=%s", cause);
	take_dentry_name_snapshot(&snap, file->f_path.dentry);
	end_file(ab, ns, snap.name.name, file_inode(file), false);
	release_dentry_name_snapshot(&snap);
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

	if (!__ratelimit(&ns->audit_limit))
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

static void end_policy(struct audit_buffer *ab, const struct ima_namespace *ns, int err)
{
	log_comm(ab);
	if (ns)
		audit_log_format(ab, " nsid=%u", ns->inum);
	else
		audit_log_format(ab, " nsid=default");
	audit_log_format(ab, " res=%d errno=%d", !err, err);
	audit_log_end(ab);
}

/**
 * ima_ns_audit_policy() - a policy was loaded, or was not
 * @ns: namespace, or NULL: the policy of namespaces to come
 * @cause: "completed" or "failed"
 * @err: 0 or a negative errno
 */
void ima_ns_audit_policy(const struct ima_namespace *ns, const char *cause, int err)
{
	struct audit_buffer *ab = start(AUDIT_INTEGRITY_STATUS);

	if (!ab)
		return;
	audit_log_format(ab, " op=policy_update cause=%s", cause);
	end_policy(ab, ns, err);
}

/**
 * ima_ns_audit_bad_rule() - a rule was refused
 * @ns: namespace, or NULL: the policy of namespaces to come
 * @error: where and why; the reason is a text of ours, so it may be quoted
 */
void ima_ns_audit_bad_rule(const struct ima_namespace *ns,
			   const struct ima_ns_policy_error *error)
{
	struct audit_buffer *ab = start(AUDIT_INTEGRITY_STATUS);

	if (!ab)
		return;
	audit_log_format(ab, " op=update_policy cause=invalid-policy line=%u column=%u token=",
			 error->line, error->column);
	log_untrusted(ab, error->token);
	audit_log_format(ab, " reason=\"%s\"", error->reason ?: "invalid");
	end_policy(ab, ns, error->err);
}
