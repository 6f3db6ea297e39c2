// SPDX-License-Identifier: GPL-2.0
/*
 * The directory of a namespace, and the files above them all.
 *
 * A file's i_private is the namespace with the index of a bank in its low bits.
 * It is set to NULL before the files are removed, an RCU grace period before
 * the namespace is freed, so open() either gets a reference or finds nothing;
 * securityfs itself has no such protection.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/hash_info.h>
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/hex.h>
#include <linux/magic.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "ima_ns.h"

#define BANK_MASK 0x7ul

static struct dentry *top;

/**
 * ima_ns_may_see() - may current look at a namespace?
 * @ns: the namespace; NULL: at what is the host's
 *
 * A member sees its own namespace and those inside it, and nothing else of ours;
 * the host sees all.
 *
 * Context: RCU read side.
 */
bool ima_ns_may_see(const struct ima_namespace *ns)
{
	const struct ima_namespace *mine = ima_ns_current();

	return !mine || ima_ns_within(ns, mine);
}

/**
 * ima_ns_node_get() - the namespace that a file shows
 * @inode: inode of the file
 * @bank: result, index into ima_ns_banks
 *
 * Return: a reference, to be given back with ima_ns_put(); or an ERR_PTR:
 * -ENOENT when the namespace is gone, -EACCES for a member of another one.
 */
struct ima_namespace *ima_ns_node_get(struct inode *inode, unsigned int *bank)
{
	struct ima_namespace *ns;
	unsigned long v;

	rcu_read_lock();
	v = (unsigned long)READ_ONCE(inode->i_private);
	*bank = v & BANK_MASK;
	ns = (struct ima_namespace *)(v & ~BANK_MASK);
	if (!ns || !ima_ns_may_see(ns))
		ns = ERR_PTR(ns ? -EACCES : -ENOENT);
	else if (!refcount_inc_not_zero(&ns->refs))
		ns = ERR_PTR(-ENOENT);
	rcu_read_unlock();
	return ns;
}

/*
 * Directories open like any other, except for members of other namespaces:
 * i_private is the namespace, or NULL for the top.
 */
static int dir_open(struct inode *inode, struct file *file)
{
	bool see;

	rcu_read_lock();
	see = ima_ns_may_see(READ_ONCE(inode->i_private));
	rcu_read_unlock();
	return see ? dcache_dir_open(inode, file) : -EACCES;
}

static const struct file_operations dir_fops = {
	.owner = THIS_MODULE,
	.open = dir_open,
	.release = dcache_dir_close,
	.llseek = dcache_dir_lseek,
	.read = generic_read_dir,
	.iterate_shared = dcache_readdir,
	.fsync = noop_fsync,
};

/* --- small text files ------------------------------------------------------ */

struct text_ctx {
	struct ima_namespace *ns;
	unsigned int bank;
};

static int text_open(struct inode *inode, struct file *file,
		     int (*show)(struct seq_file *m, void *v))
{
	struct text_ctx *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);
	int err;

	if (!ctx)
		return -ENOMEM;
	ctx->ns = ima_ns_node_get(inode, &ctx->bank);
	if (IS_ERR(ctx->ns)) {
		err = PTR_ERR(ctx->ns);
		goto free;
	}
	err = single_open(file, show, ctx);
	if (!err)
		return 0;
	ima_ns_put(ctx->ns);
free:
	kfree(ctx);
	return err;
}

static int text_release(struct inode *inode, struct file *file)
{
	struct text_ctx *ctx = ((struct seq_file *)file->private_data)->private;

	ima_ns_put(ctx->ns);
	kfree(ctx);
	return single_release(inode, file);
}

#define DEFINE_TEXT_FILE(name)						\
static int name##_open(struct inode *inode, struct file *file)		\
{									\
	return text_open(inode, file, name##_show);			\
}									\
static const struct file_operations name##_fops = {			\
	.owner = THIS_MODULE,						\
	.open = name##_open,						\
	.read = seq_read,						\
	.llseek = seq_lseek,						\
	.release = text_release,					\
}

static int count_show(struct seq_file *m, void *v)
{
	struct text_ctx *ctx = m->private;

	seq_printf(m, "%lu\n", READ_ONCE(ctx->ns->log.count));
	return 0;
}

DEFINE_TEXT_FILE(count);

static int violations_show(struct seq_file *m, void *v)
{
	struct text_ctx *ctx = m->private;

	seq_printf(m, "%lu\n", READ_ONCE(ctx->ns->log.violations));
	return 0;
}

DEFINE_TEXT_FILE(violations);

static int pcrs_show(struct seq_file *m, void *v)
{
	struct text_ctx *ctx = m->private;
	const struct ima_ns_bank *b = &ima_ns_banks[ctx->bank];
	u8 *values = kmalloc(IMA_NS_PCRS * b->size, GFP_KERNEL_ACCOUNT);
	unsigned int i, k;

	if (!values)
		return -ENOMEM;
	ima_ns_log_pcrs(&ctx->ns->log, b->pcr, values);
	for (i = 0; i < IMA_NS_PCRS; i++) {
		seq_printf(m, "PCR-%02u:", i);
		for (k = 0; k < b->size; k++)
			seq_printf(m, " %02X", values[i * b->size + k]);
		seq_putc(m, '\n');
	}
	kfree(values);
	return 0;
}

DEFINE_TEXT_FILE(pcrs);

/* "records=N", and "BANK:PCR=digest" of each PCR that these records were extended into */
static int checkpoint_show(struct seq_file *m, void *v)
{
	struct text_ctx *ctx = m->private;
	const struct ima_ns_checkpoint *start;
	const struct ima_ns_bank *b;
	unsigned long pcr;

	rcu_read_lock();
	start = rcu_dereference(ctx->ns->log.start);
	seq_printf(m, "records=%lu\n", start->records);
	for (b = ima_ns_banks; b < ima_ns_banks + ima_ns_nr_banks; b++) {
		if (b->pcr < 0)
			continue;
		for_each_set_bit(pcr, &start->extended, IMA_NS_PCRS)
			seq_printf(m, "%s:%lu=%*phN\n", hash_algo_name[b->algo], pcr, b->size,
				   vtpm_pcr_value(start->pcrs, b->pcr, pcr));
	}
	rcu_read_unlock();
	return 0;
}

DEFINE_TEXT_FILE(checkpoint);

static const char *const state_names[] = {
	[IMA_NS_ALIVE] = "alive",
	[IMA_NS_ORPHAN] = "orphan",
	[IMA_NS_DEAD] = "dead",
};

static int info_show(struct seq_file *m, void *v)
{
	struct ima_namespace *ns = ((struct text_ctx *)m->private)->ns;
	char name[IMA_NS_NAME], parent[IMA_NS_NAME] = "none";

	seq_printf(m, "nsid=%u\n", ns->inum);
	seq_printf(m, "id=%s-%llu\n", ima_ns_boot_id, ns->seq);
	seq_printf(m, "anchor=%s\n", ima_ns_anchor_name);
	if (ns->parent)
		ima_ns_name(ns->parent, parent);
	seq_printf(m, "parent=%s\n", parent);
	seq_printf(m, "nested=%d\n", !!(ns->nesting & IMA_NS_NESTS));
	seq_printf(m, "owner=%u\n", __kuid_val(ns->owner));
	seq_printf(m, "cgroup=%s\n", READ_ONCE(ns->cgroup) ?: "");
	seq_printf(m, "birth=%lld\n", ns->birth);
	seq_printf(m, "state=%s\n", state_names[READ_ONCE(ns->state)]);
	seq_printf(m, "members=%d\n", atomic_read(&ns->members));
	seq_printf(m, "records=%lu\n", READ_ONCE(ns->log.count));
	seq_printf(m, "trimmed=%lu\n", ima_ns_log_trimmed(&ns->log));
	seq_printf(m, "violations=%lu\n", READ_ONCE(ns->log.violations));
	seq_printf(m, "poisoned=%lu\n", READ_ONCE(ns->log.poisoned));
	seq_printf(m, "device=/dev/ima-ns/%s/tpmrm0\n", ima_ns_name(ns, name));
	return 0;
}

DEFINE_TEXT_FILE(info);

/* --- one directory ---------------------------------------------------------- */

enum node_kind {
	NODE_ONCE,	/* one file */
	NODE_COLUMN,	/* one for each bank of digests, "_<bank>" appended */
	NODE_BANK,	/* one for each PCR bank */
	NODE_LINK,	/* symbolic link to the sha1 file of this name */
};

static const struct {
	const char *name;
	enum node_kind kind;
	umode_t mode;
	const struct file_operations *fops;
} nodes[] = {
	{ "ascii_runtime_measurements",  NODE_COLUMN, 0660, &ima_ns_ascii_log_fops },
	{ "binary_runtime_measurements", NODE_COLUMN, 0660, &ima_ns_binary_log_fops },
	{ "ascii_runtime_measurements",  NODE_LINK },
	{ "binary_runtime_measurements", NODE_LINK },
	{ "runtime_measurements_count",  NODE_ONCE,   0440, &count_fops },
	{ "violations",                  NODE_ONCE,   0440, &violations_fops },
	{ "policy",                      NODE_ONCE,   0600, &ima_ns_policy_fops },
	{ "pcrs",                        NODE_BANK,   0440, &pcrs_fops },
	{ "checkpoint",                  NODE_ONCE,   0440, &checkpoint_fops },
	{ "info",                        NODE_ONCE,   0440, &info_fops },
};

/*
 * A mount or an O_PATH descriptor may keep an inode for longer than this module
 * lives: nothing of ours may be reached through it any more, so to open it is
 * an error (EIO) from now on.  Who has it open goes on reading, and may fstat()
 * it: only the file operations stay bad.
 */
static void retire_file(struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);
	const struct inode_operations *i_op = inode->i_op;
	umode_t mode = inode->i_mode;

	WRITE_ONCE(inode->i_private, NULL);
	make_bad_inode(inode);
	inode->i_op = i_op;
	inode->i_mode = mode;
}

static void remove_dir(struct dentry *dir)
{
	WRITE_ONCE(d_inode(dir)->i_fop, &simple_dir_operations);
	WRITE_ONCE(d_inode(dir)->i_private, NULL);
	compat_securityfs_remove_tree(dir);
}

static void chown_node(struct dentry *dentry, const struct ima_namespace *ns)
{
	d_inode(dentry)->i_uid = ns->owner;
	d_inode(dentry)->i_gid = ns->group;
}

static int add_node(struct ima_namespace *ns, const char *name, size_t row, unsigned int bank)
{
	struct dentry *dentry;
	char target[64];

	if (WARN_ON_ONCE(ns->nr_files == IMA_NS_MAX_FILES))
		return -ENOSPC;
	if (nodes[row].kind == NODE_LINK) {
		snprintf(target, sizeof(target), "%s_sha1", name);
		dentry = securityfs_create_symlink(name, ns->dir, target, NULL);
	} else {
		dentry = securityfs_create_file(name, nodes[row].mode, ns->dir,
						(void *)((unsigned long)ns | bank),
						nodes[row].fops);
	}
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	chown_node(dentry, ns);
	if (nodes[row].kind != NODE_LINK)
		ns->files[ns->nr_files++] = dentry;
	return 0;
}

static int add_nodes(struct ima_namespace *ns, size_t row)
{
	char name[64];
	unsigned int i;
	int err = 0;

	if (nodes[row].kind == NODE_ONCE || nodes[row].kind == NODE_LINK)
		return add_node(ns, nodes[row].name, row, 0);
	for (i = 0; i < ima_ns_nr_banks && !err; i++) {
		if (nodes[row].kind == NODE_BANK && ima_ns_banks[i].pcr < 0)
			continue;
		snprintf(name, sizeof(name), "%s_%s", nodes[row].name,
			 hash_algo_name[ima_ns_banks[i].algo]);
		err = add_node(ns, name, row, i);
	}
	return err;
}

/**
 * ima_ns_securityfs_publish() - make a namespace's directory
 * @ns: the namespace
 *
 * Context: may sleep; no other namespace is being published.
 * Return: 0, or a negative errno after undoing all.
 */
int ima_ns_securityfs_publish(struct ima_namespace *ns)
{
	char name[IMA_NS_NAME];
	size_t row;
	int err = 0;

	BUILD_BUG_ON(IMA_NS_MAX_BANKS + 1 > BANK_MASK + 1);
	ns->dir = securityfs_create_dir(ima_ns_name(ns, name), top);
	if (IS_ERR(ns->dir)) {
		err = PTR_ERR(ns->dir);
		ns->dir = NULL;
		return err;
	}
	d_inode(ns->dir)->i_mode = S_IFDIR | 0550;
	d_inode(ns->dir)->i_private = ns;
	d_inode(ns->dir)->i_fop = &dir_fops;
	chown_node(ns->dir, ns);
	for (row = 0; row < ARRAY_SIZE(nodes) && !err; row++)
		err = add_nodes(ns, row);
	if (err)
		ima_ns_securityfs_unpublish(ns);
	return err;
}

/**
 * ima_ns_securityfs_rename() - move an orphan's directory to <nsid>.<seq>
 * @ns: the namespace
 *
 * The dentry stays the same, and so do mounts of it.  Without memory for the
 * new name it keeps the old one, and a newcomer with this number waits.
 *
 * Context: may sleep; no other namespace is being published.
 */
void ima_ns_securityfs_rename(struct ima_namespace *ns)
{
	struct dentry *target;
	char name[IMA_NS_NAME];

	if (!ns->dir || ns->renamed)
		return;
	snprintf(name, sizeof(name), "%u.%llu", ns->inum, ns->seq);
	inode_lock(d_inode(top));
	target = d_alloc_name(top, name);
	if (target) {
		d_move(ns->dir, target);
		dput(target);
		WRITE_ONCE(ns->renamed, true);
	}
	inode_unlock(d_inode(top));
}

/**
 * ima_ns_securityfs_unpublish() - remove a namespace's directory
 * @ns: the namespace
 *
 * Afterwards no open() finds the namespace; files that are open keep their
 * reference.
 *
 * Context: may sleep.
 */
void ima_ns_securityfs_unpublish(struct ima_namespace *ns)
{
	if (!ns->dir)
		return;
	while (ns->nr_files)
		retire_file(ns->files[--ns->nr_files]);
	remove_dir(ns->dir);
	ns->dir = NULL;
}

/* --- top level --------------------------------------------------------------- */

static int status_show(struct seq_file *m, void *v)
{
	unsigned int i, n = 0;

	seq_puts(m, "version=" IMA_NS_VERSION "\n");
	seq_printf(m, "anchor=%s\n", ima_ns_anchor_name);
	seq_printf(m, "probe=%s\n", ima_ns_probe_attached() ? "attached" : "absent");
	seq_printf(m, "template=%s\n", ima_ns_template_label(ima_ns_default_template));
	seq_printf(m, "hash=%s\n", hash_algo_name[ima_ns_hash_algo]);
	seq_puts(m, "banks=");
	for (i = 0; i < ima_ns_nr_banks; i++)
		if (ima_ns_banks[i].pcr >= 0)
			seq_printf(m, "%s%s", n++ ? "," : "",
				   hash_algo_name[ima_ns_banks[i].algo]);
	seq_putc(m, '\n');
	seq_printf(m, "policy=%s\n", ima_ns_policy_name());
	seq_printf(m, "overflow=%s\n", ima_ns_overflow_deny ? "deny" : "allow");
	seq_printf(m, "nested=%d\n", ima_ns_nested);
	seq_printf(m, "boot_id=%s\n", ima_ns_boot_id);
	seq_printf(m, "namespaces=%d\n", atomic_read(&ima_ns_stats.alive));
	seq_printf(m, "born=%lld\n", atomic64_read(&ima_ns_stats.born));
	seq_printf(m, "died=%lld\n", atomic64_read(&ima_ns_stats.died));
	seq_printf(m, "refused=%lld\n", atomic64_read(&ima_ns_stats.refused));
	seq_printf(m, "inodes=%u\n", ima_ns_cache_inodes());
	return 0;
}

/* the files at the top are the host's */
static int top_open(struct inode *inode, struct file *file)
{
	bool see;

	rcu_read_lock();
	see = ima_ns_may_see(NULL);
	rcu_read_unlock();
	return see ? 0 : -EACCES;
}

static int status_open(struct inode *inode, struct file *file)
{
	int err = top_open(inode, file);

	return err ?: single_open(file, status_show, NULL);
}

static const struct file_operations status_fops = {
	.owner = THIS_MODULE,
	.open = status_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

/* Members of a namespace that nests may make namespaces inside it. */
static int create_open(struct inode *inode, struct file *file)
{
	const struct ima_namespace *mine;
	bool may;

	rcu_read_lock();
	mine = ima_ns_current();
	may = !mine || mine->nesting & IMA_NS_NESTS;
	rcu_read_unlock();
	return may ? 0 : -EACCES;
}

static int create_from_fd(unsigned int fd, struct ima_ns_create_args *args)
{
	struct file *file = fget(fd);
	struct ima_namespace *mine;
	struct inode *inode;
	int err = -EINVAL;

	if (!file)
		return -EBADF;
	/* alive as long as current is a member */
	rcu_read_lock();
	mine = ima_ns_current();
	rcu_read_unlock();
	inode = file_inode(file);
	if (inode->i_sb->s_magic == NSFS_MAGIC && S_ISREG(inode->i_mode) && get_proc_ns(inode)) {
		args->anchor = get_proc_ns(inode);
		err = ima_ns_create(args, mine);
	}
	fput(file);
	return err;
}

enum { CREATE_FD, CREATE_PARENT, CREATE_NESTED, NR_CREATE };

static const char *const create_words[NR_CREATE] = { "fd", "parent", "nested" };

/*
 * Words of the form NAME=NUMBER, each at most once, with one space between them.
 * Return: BIT() of each that is there, or -EINVAL.
 */
static int parse_create(char *line, u32 *numbers)
{
	char *word, *number;
	int i, seen = 0;

	while ((word = strsep(&line, " "))) {
		number = strchr(word, '=');
		if (!number)
			return -EINVAL;
		*number++ = '\0';
		i = match_string(create_words, NR_CREATE, word);
		if (i < 0 || seen & BIT(i) || !isdigit(*number) || strlen(number) > 10 ||
		    kstrtou32(number, 10, &numbers[i]))
			return -EINVAL;
		seen |= BIT(i);
	}
	return seen;
}

static ssize_t create_write(struct file *file, const char __user *ubuf, size_t len,
			    loff_t *ppos)
{
	struct ima_ns_create_args args = {};
	u32 numbers[NR_CREATE] = {};
	char buf[64];
	int seen, err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (*ppos || !len || len >= sizeof(buf))
		return -EINVAL;
	if (copy_from_user(buf, ubuf, len))
		return -EFAULT;
	buf[len - (buf[len - 1] == '\n')] = '\0';
	if (strchr(buf, '\n'))
		return -EINVAL;
	seen = parse_create(buf, numbers);
	if (seen < 0 || !(seen & BIT(CREATE_FD)) || numbers[CREATE_NESTED] > 1 ||
	    (seen & BIT(CREATE_PARENT) && !numbers[CREATE_PARENT]))
		return -EINVAL;
	args.parent = numbers[CREATE_PARENT];
	args.nested = seen & BIT(CREATE_NESTED) ? numbers[CREATE_NESTED] : -1;
	err = create_from_fd(numbers[CREATE_FD], &args);
	return err ?: len;
}

static const struct file_operations create_fops = {
	.owner = THIS_MODULE,
	.open = create_open,
	.write = create_write,
};

static const struct {
	const char *name;
	umode_t mode;
	const struct file_operations *fops;
} top_nodes[] = {
	{ "status",         0400, &status_fops },
	{ "create",         0200, &create_fops },
	{ "default_policy", 0600, &ima_ns_default_policy_fops },
};

static struct dentry *top_files[ARRAY_SIZE(top_nodes)];

/** ima_ns_securityfs_init() - 0 or a negative errno */
int ima_ns_securityfs_init(void)
{
	size_t i;

	top = securityfs_create_dir("ima-ns", NULL);
	if (IS_ERR(top))
		return PTR_ERR(top);
	d_inode(top)->i_fop = &dir_fops;
	for (i = 0; i < ARRAY_SIZE(top_nodes); i++) {
		top_files[i] = securityfs_create_file(top_nodes[i].name, top_nodes[i].mode, top,
						      NULL, top_nodes[i].fops);
		if (IS_ERR(top_files[i])) {
			top_files[i] = NULL;
			ima_ns_securityfs_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

/** ima_ns_securityfs_exit() - no namespace is left */
void ima_ns_securityfs_exit(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(top_files); i++)
		if (top_files[i])
			retire_file(top_files[i]);
	remove_dir(top);
}
