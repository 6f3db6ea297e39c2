// SPDX-License-Identifier: GPL-2.0
/*
 * The measurement log as files, in host IMA's two formats, which the host can
 * trim as on Linux 7.2.
 *
 * A reader keeps its place: the record after the last one shown is found
 * through that record, not by walking from the head, so that reading a log is
 * linear.  It holds nothing, though: the record may be trimmed between two
 * calls.  Records are numbered from the birth of the log, and those below the
 * number in log->start are gone or going.  Within one RCU section a reader looks
 * at the number first: if its record is not below it, the record stays for the
 * rest of the section.  Otherwise the reader is told, with ESTALE, until it
 * begins anew.
 */
#include <crypto/hash_info.h>
#include <linux/capability.h>
#include <linux/kstrtox.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "ima_ns.h"

/* digits of an unsigned long, and a newline */
#define TRIM_REQUEST_MAX 21

/**
 * struct log_reader - one open log file
 * @ns: namespace
 * @bank: whose digests are shown
 * @number: of the next record
 * @last: record before it, to be looked at only if not trimmed
 */
struct log_reader {
	struct ima_namespace *ns;
	unsigned int bank;
	unsigned long number;
	struct ima_ns_entry *last;
};

/* The next record, NULL at the end, or -ESTALE when it has been trimmed. */
static struct ima_ns_entry *next_record(const struct log_reader *r,
					const struct ima_ns_checkpoint *start)
{
	if (r->number < start->records)
		return ERR_PTR(-ESTALE);
	if (r->number == start->records)
		return rcu_dereference(start->first);
	return rcu_dereference(r->last->next);
}

/* seq_file goes on where it was, or begins anew and skips what it was sought over */
static void *log_start(struct seq_file *m, loff_t *pos)
	__acquires(RCU)
{
	struct log_reader *r = m->private;
	const struct ima_ns_checkpoint *start;

	rcu_read_lock();
	start = rcu_dereference(r->ns->log.start);
	if (!*pos)
		WRITE_ONCE(r->number, start->records);
	return next_record(r, start);
}

static void *log_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct log_reader *r = m->private;

	++*pos;
	r->last = v;
	WRITE_ONCE(r->number, r->number + 1);
	/* who seeks in a long log shall not hold up the grace periods of the machine */
	rcu_read_unlock();
	cond_resched();
	rcu_read_lock();
	return next_record(r, rcu_dereference(r->ns->log.start));
}

static void log_stop(struct seq_file *m, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

/* host: ima_measurements_show() */
static void put_binary(const struct log_reader *r, struct ima_ns_entry *e,
		       struct buf_writer *w)
{
	const struct ima_ns_bank *b = &ima_ns_banks[r->bank];
	const char *name = ima_ns_template_label(e->template);
	const u8 *data = ima_ns_entry_data(e);

	buf_put_le32(w, e->pcr);
	buf_put(w, e->data + b->offset, b->size);
	buf_put_le32(w, strlen(name));
	buf_put(w, name, strlen(name));
	if (ima_ns_template_is_ima(e->template)) {
		/* no total, no length of the digest, no NUL after the name */
		u32 d = get_unaligned_le32(data);
		u32 n = get_unaligned_le32(data + 4 + d) - 1;

		buf_put(w, data + 4, d);
		buf_put_le32(w, n);
		buf_put(w, data + 8 + d, n);
		return;
	}
	buf_put_le32(w, e->data_len);
	buf_put(w, data, e->data_len);
}

/* host: ima_ascii_measurements_show() */
static void put_ascii(const struct log_reader *r, struct ima_ns_entry *e,
		      struct buf_writer *w)
{
	const struct ima_ns_bank *b = &ima_ns_banks[r->bank];
	const char *name = ima_ns_template_label(e->template);
	u8 pcr[3] = { e->pcr < 10 ? ' ' : '0' + e->pcr / 10, '0' + e->pcr % 10, ' ' };

	buf_put(w, pcr, sizeof(pcr));
	buf_put_hex(w, e->data + b->offset, b->size);
	buf_put(w, " ", 1);
	buf_put(w, name, strlen(name));
	ima_ns_template_ascii(e->template, ima_ns_entry_data(e), e->data_len, w);
	buf_put(w, "\n", 1);
}

static int show(struct seq_file *m, void *v,
		void (*put)(const struct log_reader *r, struct ima_ns_entry *e,
			    struct buf_writer *w))
{
	struct buf_writer w;
	char *p;
	size_t room = seq_get_buf(m, &p);

	if (!room) {
		seq_commit(m, -1);
		return 0;
	}
	buf_writer_init(&w, p, room);
	put(m->private, v, &w);
	seq_commit(m, w.overflow ? -1 : w.len);
	return 0;
}

static int show_binary(struct seq_file *m, void *v)
{
	return show(m, v, put_binary);
}

static int show_ascii(struct seq_file *m, void *v)
{
	return show(m, v, put_ascii);
}

static const struct seq_operations binary_seq_ops = {
	.start = log_start,
	.next = log_next,
	.stop = log_stop,
	.show = show_binary,
};

static const struct seq_operations ascii_seq_ops = {
	.start = log_start,
	.next = log_next,
	.stop = log_stop,
	.show = show_ascii,
};

/*
 * Host IMA lets nobody else open a log file while somebody has one open for
 * writing, and the other way round.  Here a container could keep the host from
 * trimming that way, so only writers are kept apart.  As on the host, one task
 * may open several files.
 */
static int writer_get(struct ima_ns_log *log)
{
	int err = 0;

	spin_lock(&log->lock);
	if (log->writers && log->writer != current)
		err = -EBUSY;
	else
		log->writers++;
	if (!err)
		log->writer = current;
	spin_unlock(&log->lock);
	return err;
}

static void writer_put(struct ima_ns_log *log)
{
	spin_lock(&log->lock);
	log->writers--;
	spin_unlock(&log->lock);
}

/* A container does not delete what it has done, whatever it may do. */
static bool is_member(void)
{
	bool member;

	rcu_read_lock();
	member = ima_ns_current();
	rcu_read_unlock();
	return member;
}

/* host: _ima_measurements_open() */
static int log_open(struct inode *inode, struct file *file, const struct seq_operations *ops)
{
	bool write = file->f_mode & FMODE_WRITE;
	struct log_reader *r;
	struct ima_namespace *ns;
	unsigned int bank;
	int err;

	ns = ima_ns_node_get(inode, &bank);
	if (IS_ERR(ns))
		return PTR_ERR(ns);
	err = write && (is_member() || !capable(CAP_SYS_ADMIN)) ? -EPERM : 0;
	if (!err && write)
		err = writer_get(&ns->log);
	if (err)
		goto put;
	r = __seq_open_private(file, ops, sizeof(*r));
	if (!r) {
		err = -ENOMEM;
		goto unwrite;
	}
	r->ns = ns;
	r->bank = bank;
	r->number = ima_ns_log_trimmed(&ns->log);
	return 0;
unwrite:
	if (write)
		writer_put(&ns->log);
put:
	ima_ns_put(ns);
	return err;
}

static int binary_open(struct inode *inode, struct file *file)
{
	return log_open(inode, file, &binary_seq_ops);
}

static int ascii_open(struct inode *inode, struct file *file)
{
	return log_open(inode, file, &ascii_seq_ops);
}

static int log_release(struct inode *inode, struct file *file)
{
	struct log_reader *r = ((struct seq_file *)file->private_data)->private;

	if (file->f_mode & FMODE_WRITE)
		writer_put(&r->ns->log);
	ima_ns_put(r->ns);
	return seq_release_private(inode, file);
}

/* "N\n": delete the N oldest records (host: _ima_measurements_write()). */
static ssize_t log_write(struct file *file, const char __user *ubuf, size_t len, loff_t *ppos)
{
	struct log_reader *r = ((struct seq_file *)file->private_data)->private;
	char request[TRIM_REQUEST_MAX];
	unsigned long n;
	int err;

	/* it may have got the file from the host */
	if (is_member())
		return -EPERM;
	if (len < 2 || len > sizeof(request))
		return -EINVAL;
	if (copy_from_user(request, ubuf, len))
		return -EFAULT;
	if (request[len - 1] != '\n')
		return -EINVAL;
	request[len - 1] = '\0';
	err = kstrtoul(request, 10, &n);
	if (!err)
		err = n ? ima_ns_log_trim(&r->ns->log, n) : -EINVAL;
	return err ?: len;
}

static __poll_t log_poll(struct file *file, poll_table *wait)
{
	struct seq_file *m = file->private_data;
	struct log_reader *r = m->private;
	struct ima_ns_log *log = &r->ns->log;
	unsigned long end;

	poll_wait(file, &log->wait, wait);
	spin_lock(&log->lock);
	end = ima_ns_log_trimmed(log) + log->count;
	spin_unlock(&log->lock);
	/* a record that was trimmed is an error to be read */
	if (READ_ONCE(m->count) || end > READ_ONCE(r->number))
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

const struct file_operations ima_ns_binary_log_fops = {
	.owner = THIS_MODULE,
	.open = binary_open,
	.read = seq_read,
	.write = log_write,
	.llseek = seq_lseek,
	.poll = log_poll,
	.release = log_release,
};

const struct file_operations ima_ns_ascii_log_fops = {
	.owner = THIS_MODULE,
	.open = ascii_open,
	.read = seq_read,
	.write = log_write,
	.llseek = seq_lseek,
	.poll = log_poll,
	.release = log_release,
};
