// SPDX-License-Identifier: GPL-2.0
/*
 * The policy files: a namespace's, and default_policy for those to come.
 *
 * Writing behaves as host IMA's policy file with IMA_WRITE_POLICY: one line for
 * each write(), or "/path" of a file; atomic for each open: one bad line, and
 * close() drops them all; one writer at a time; built-in rules until the first
 * custom load, then appended.  Unlike host IMA's, what is wrong is said with
 * line and column.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/kernel_read_file.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "ima_ns.h"

/**
 * struct session - a policy file that is open
 * @slot: what is read or written
 * @ns: its namespace, or NULL for the default policy
 * @builder: the rules so far, when writing
 * @lines: rules or comments taken
 * @failed: a line was bad; close() will drop everything
 */
struct session {
	struct ima_ns_policy_slot *slot;
	struct ima_namespace *ns;
	struct ima_ns_policy_builder *builder;
	unsigned int lines;
	bool failed;
};

static void report(const struct session *s, const struct ima_ns_policy_error *e)
{
	char what[32];

	if (s->ns)
		snprintf(what, sizeof(what), "policy of %u", s->ns->inum);
	else
		strscpy(what, "default_policy");
	pr_err("%s, line %u column %u: \"%s\": %s\n", what, e->line, e->column, e->token,
	       e->reason ?: "invalid");
	ima_ns_audit_bad_rule(s->ns, e);
}

static ssize_t add_line(struct session *s, const char *line, size_t len)
{
	struct ima_ns_policy_error error;
	ssize_t n = ima_ns_policy_add_line(s->builder, line, len, &error);

	if (n < 0) {
		s->failed = true;
		report(s, &error);
	} else {
		s->lines++;
	}
	return n;
}

/* host: ima_read_policy() */
static int add_file(struct session *s, const char *path)
{
	struct file *file;
	void *data = NULL;
	ssize_t size, pos, n;
	int err = 0;

	file = filp_open(path, O_RDONLY, 0);
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
		pr_err("policy file %s: cannot be opened (%d)\n", path, err);
		goto out;
	}
	size = kernel_read_file(file, 0, &data, INT_MAX, NULL, READING_POLICY);
	if (size >= 0 && s->ns)
		err = ima_ns_measure_policy(s->ns, file);
	fput(file);
	if (size < 0 || err) {
		err = err ?: size;
		pr_err("policy file %s: cannot be read (%d)\n", path, err);
		goto out;
	}
	/* as on the host, a last line without a newline is an error */
	for (pos = 0; !err && pos < size; pos += n) {
		n = add_line(s, data + pos, size - pos);
		if (n < 0 || n > size - pos)
			err = n < 0 ? n : -EINVAL;
	}
	if (!size)
		err = -EINVAL;
	vfree(data);
out:
	if (err)
		s->failed = true;
	return err;
}

static ssize_t policy_write(struct file *file, const char __user *ubuf, size_t len,
			    loff_t *ppos)
{
	struct session *s = file->private_data;
	char *data;
	ssize_t n;

	/* one line at a time: the position never moves, so that cat(1) works */
	if (*ppos)
		return -EINVAL;
	len = min_t(size_t, len, IMA_NS_POLICY_LINE_MAX);
	data = memdup_user_nul(ubuf, len);
	if (IS_ERR(data)) {
		s->failed = true;
		return PTR_ERR(data);
	}
	if (data[0] == '/') {
		data[strcspn(data, "\n")] = '\0';
		n = add_file(s, data) ?: len;
	} else {
		n = add_line(s, data, len);
	}
	kfree(data);
	return n;
}

static int policy_show(struct seq_file *m, void *v)
{
	struct session *s = m->private;
	struct buf_writer w;
	char *p;
	size_t room = seq_get_buf(m, &p);

	buf_writer_init(&w, p, room);
	rcu_read_lock();
	ima_ns_policy_show(rcu_dereference(s->slot->rules)->policy, &w);
	rcu_read_unlock();
	seq_commit(m, w.overflow ? -1 : w.len);
	return 0;
}

static int begin(struct session *s)
{
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (test_and_set_bit(0, &s->slot->busy))
		return -EBUSY;
	err = ima_ns_policy_begin(s->slot, &s->builder);
	if (err)
		clear_bit(0, &s->slot->busy);
	return err;
}

/* host: ima_release_policy() */
static void end(struct session *s)
{
	const char *cause = "failed";
	int err = -EINVAL;

	if (s->lines && !s->failed)
		err = ima_ns_policy_commit(s->slot, s->builder);
	if (!err)
		cause = "completed";
	ima_ns_policy_builder_free(s->builder);
	clear_bit(0, &s->slot->busy);
	if (s->ns)
		pr_info("policy of %u: update %s\n", s->ns->inum, cause);
	else
		pr_info("default_policy: update %s\n", cause);
	ima_ns_audit_policy(s->ns, cause, err);
}

static int session_open(struct file *file, struct ima_ns_policy_slot *slot,
			struct ima_namespace *ns)
{
	struct session *s;
	int err;

	/* as on the host: either read or write */
	if ((file->f_flags & O_ACCMODE) == O_RDWR)
		return -EACCES;
	s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	s->slot = slot;
	s->ns = ns;
	if (file->f_mode & FMODE_WRITE) {
		err = begin(s);
		file->private_data = s;
	} else {
		err = single_open(file, policy_show, s);
	}
	if (err)
		kfree(s);
	return err;
}

static int policy_open(struct inode *inode, struct file *file)
{
	struct ima_namespace *ns, *mine;
	unsigned int bank;
	int err;

	ns = ima_ns_node_get(inode, &bank);
	if (IS_ERR(ns))
		return PTR_ERR(ns);
	rcu_read_lock();
	mine = ima_ns_current();
	rcu_read_unlock();
	/* a container does not choose what is measured in it, whatever it may do */
	err = mine && file->f_mode & FMODE_WRITE ? -EPERM : session_open(file, &ns->policy, ns);
	if (err)
		ima_ns_put(ns);
	return err;
}

static int default_policy_open(struct inode *inode, struct file *file)
{
	struct ima_namespace *mine;

	rcu_read_lock();
	mine = ima_ns_current();
	rcu_read_unlock();
	return mine ? -EACCES : session_open(file, &ima_ns_default_policy, NULL);
}

static loff_t policy_llseek(struct file *file, loff_t offset, int whence)
{
	return file->f_mode & FMODE_WRITE ? generic_file_llseek(file, offset, whence) :
					    seq_lseek(file, offset, whence);
}

static int policy_release(struct inode *inode, struct file *file)
{
	struct session *s;

	if (file->f_mode & FMODE_WRITE) {
		s = file->private_data;
		end(s);
	} else {
		s = ((struct seq_file *)file->private_data)->private;
		single_release(inode, file);
	}
	ima_ns_put(s->ns);
	kfree(s);
	return 0;
}

const struct file_operations ima_ns_policy_fops = {
	.owner = THIS_MODULE,
	.open = policy_open,
	.read = seq_read,
	.write = policy_write,
	.llseek = policy_llseek,
	.release = policy_release,
};

const struct file_operations ima_ns_default_policy_fops = {
	.owner = THIS_MODULE,
	.open = default_policy_open,
	.read = seq_read,
	.write = policy_write,
	.llseek = policy_llseek,
	.release = policy_release,
};
