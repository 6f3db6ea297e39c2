// SPDX-License-Identifier: GPL-2.0
/*
 * The measurement log as files, in host IMA's two formats.
 *
 * A reader keeps its place: the record after the last one shown is found
 * through that record, not by walking from the head, so that reading a log is
 * linear.  Records live as long as the namespace, to which the open file holds
 * a reference, so there is nothing to lock.
 */
#include <crypto/hash_info.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "ima_ns.h"

/**
 * struct log_reader - one open log file
 * @ns: namespace
 * @bank: whose digests are shown
 * @pos: number of the next record
 * @last: record before it, or NULL when @pos is 0
 */
struct log_reader {
	struct ima_namespace *ns;
	unsigned int bank;
	loff_t pos;
	struct ima_ns_entry *last;
};

static struct ima_ns_entry *after(const struct log_reader *r, struct ima_ns_entry *e)
{
	/* pairs with rcu_assign_pointer() in ima_ns_log_add() */
	return e ? rcu_dereference_raw(e->next) : rcu_dereference_raw(r->ns->log.head);
}

static void *log_start(struct seq_file *m, loff_t *pos)
{
	struct log_reader *r = m->private;

	if (*pos != r->pos) {
		/* somebody has sought: walk */
		r->pos = 0;
		r->last = NULL;
		while (r->pos < *pos) {
			struct ima_ns_entry *e = after(r, r->last);

			if (!e)
				return NULL;
			r->last = e;
			r->pos++;
			cond_resched();
		}
	}
	return after(r, r->last);
}

static void *log_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct log_reader *r = m->private;

	r->last = v;
	WRITE_ONCE(r->pos, ++*pos);
	return after(r, v);
}

static void log_stop(struct seq_file *m, void *v)
{
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

static int log_open(struct inode *inode, struct file *file, const struct seq_operations *ops)
{
	struct log_reader *r;
	struct ima_namespace *ns;
	unsigned int bank;

	ns = ima_ns_node_get(inode, &bank);
	if (IS_ERR(ns))
		return PTR_ERR(ns);
	r = __seq_open_private(file, ops, sizeof(*r));
	if (!r) {
		ima_ns_put(ns);
		return -ENOMEM;
	}
	r->ns = ns;
	r->bank = bank;
	return 0;
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

	ima_ns_put(r->ns);
	return seq_release_private(inode, file);
}

static __poll_t log_poll(struct file *file, poll_table *wait)
{
	struct seq_file *m = file->private_data;
	struct log_reader *r = m->private;

	poll_wait(file, &r->ns->log.wait, wait);
	if (READ_ONCE(m->count) || READ_ONCE(r->ns->log.count) > READ_ONCE(r->pos))
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

const struct file_operations ima_ns_binary_log_fops = {
	.owner = THIS_MODULE,
	.open = binary_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.poll = log_poll,
	.release = log_release,
};

const struct file_operations ima_ns_ascii_log_fops = {
	.owner = THIS_MODULE,
	.open = ascii_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.poll = log_poll,
	.release = log_release,
};
