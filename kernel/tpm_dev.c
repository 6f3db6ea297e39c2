// SPDX-License-Identifier: GPL-2.0
/*
 * The TPM of a namespace as a character device, /dev/ima-ns/<nsid>/tpmrm0.
 *
 * One write() is one command, which runs in the writer, charged to it; read()
 * gives the answer, in pieces if that is wanted.  What is not allowed, and with
 * which error, is as with the kernel's own /dev/tpmrm0 (tpm-dev-common.c).  Each
 * open file has objects and sessions of its own (struct vtpm_space).
 *
 * Lifetimes.  The device number finds the namespace in an xarray, read under
 * RCU, until the namespace is buried; an open file holds a reference to the
 * namespace's memory, so its TPM goes on working until it is closed.  struct
 * node belongs to the driver core, which calls its devnode() up to the end of
 * device_del() and not after, so it may look at the namespace until then.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "ima_ns.h"
#include "vtpm/vtpm.h"

/* an answer that nobody fetches in this time is dropped by the next command */
#define ANSWER_TIME (120 * HZ)

/* smallest thing that has a size field: tag and size */
#define HEADER 6

/**
 * struct ima_ns_tpm_node - a device in the driver core
 * @dev: the device
 * @ns: whose; see above
 * @path: of the node, below /dev
 */
struct ima_ns_tpm_node {
	struct device dev;
	struct ima_namespace *ns;
	char path[IMA_NS_NAME + 16];
};

/**
 * struct tpm_file - one open file
 * @ns: namespace, referenced
 * @space: what of the TPM is this file's alone; under ns->tpm.lock
 * @lock: one read or write at a time; taken before ns->tpm.lock
 * @wait: pollers
 * @answered: when the command was done, jiffies
 * @len: bytes of the answer that are left; 0: none
 * @pos: first of them
 * @fetched: some of it was read: a new command may come
 * @command: as written
 * @answer: as computed
 */
struct tpm_file {
	struct ima_namespace *ns;
	struct vtpm_space *space;
	struct mutex lock;	/* everything below */
	wait_queue_head_t wait;
	unsigned long answered;
	size_t len;
	size_t pos;
	bool fetched;
	u8 command[VTPM_MAX_COMMAND];
	u8 answer[VTPM_MAX_RESPONSE];
};

static dev_t first;
static struct cdev cdev;
static DEFINE_XARRAY_ALLOC(devices);

/* --- files ----------------------------------------------------------------------- */

/* A reference to the namespace of a device number, if current may have it. */
static struct ima_namespace *node_get(unsigned int minor)
{
	struct ima_namespace *ns;

	rcu_read_lock();
	ns = xa_load(&devices, minor);
	if (!ns)
		ns = ERR_PTR(-ENXIO);
	else if (!ima_ns_may_see(ns))
		ns = ERR_PTR(-EACCES);
	else if (!refcount_inc_not_zero(&ns->refs))
		ns = ERR_PTR(-ENXIO);
	rcu_read_unlock();
	return ns;
}

static int tpm_open(struct inode *inode, struct file *file)
{
	struct ima_namespace *ns = node_get(iminor(inode) - MINOR(first));
	struct tpm_file *f;
	int err;

	if (IS_ERR(ns))
		return PTR_ERR(ns);
	err = -EBUSY;
	if (atomic_inc_return(&ns->tpm.files) > IMA_NS_MAX_TPM_FILES)
		goto put;
	err = -ENOMEM;
	f = kvzalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);
	if (!f)
		goto put;
	f->ns = ns;
	mutex_init(&f->lock);
	init_waitqueue_head(&f->wait);
	err = mutex_lock_interruptible(&ns->tpm.lock);
	if (err)
		goto free;
	f->space = vtpm_space_create(ns->tpm.vtpm);
	mutex_unlock(&ns->tpm.lock);
	err = -ENOMEM;
	if (!f->space)
		goto free;
	file->private_data = f;
	return nonseekable_open(inode, file);

free:
	kvfree(f);
put:
	atomic_dec(&ns->tpm.files);
	ima_ns_put(ns);
	return err;
}

static int tpm_release(struct inode *inode, struct file *file)
{
	struct tpm_file *f = file->private_data;
	struct ima_namespace *ns = f->ns;

	mutex_lock(&ns->tpm.lock);
	vtpm_space_destroy(f->space);
	mutex_unlock(&ns->tpm.lock);
	kvfree_sensitive(f, sizeof(*f));
	atomic_dec(&ns->tpm.files);
	ima_ns_put(ns);
	return 0;
}

static bool answer_waits(const struct tpm_file *f)
{
	return f->len && !f->fetched && time_before(jiffies, f->answered + ANSWER_TIME);
}

static ssize_t execute(struct tpm_file *f, size_t len)
{
	struct ima_namespace *ns = f->ns;
	int ret;

	lockdep_assert_held(&f->lock);
	if (mutex_lock_interruptible(&ns->tpm.lock))
		return -ERESTARTSYS;
	ret = vtpm_execute(ns->tpm.vtpm, f->space, f->command, len, f->answer,
			   sizeof(f->answer));
	mutex_unlock(&ns->tpm.lock);
	/* it may have held authorization values */
	memzero_explicit(f->command, len);
	if (WARN_ON_ONCE(ret <= 0))
		return -EIO;
	f->pos = 0;
	f->fetched = false;
	f->answered = jiffies;
	WRITE_ONCE(f->len, ret);
	return len;
}

static ssize_t tpm_write(struct file *file, const char __user *buf, size_t len, loff_t *ppos)
{
	struct tpm_file *f = file->private_data;
	ssize_t ret;

	if (len > sizeof(f->command))
		return -E2BIG;
	if (mutex_lock_interruptible(&f->lock))
		return -ERESTARTSYS;
	if (answer_waits(f))
		ret = -EBUSY;
	else if (copy_from_user(f->command, buf, len))
		ret = -EFAULT;
	else if (len < HEADER || len < get_unaligned_be32(f->command + 2))
		ret = -EINVAL;
	else
		ret = execute(f, len);
	mutex_unlock(&f->lock);
	if (ret > 0)
		wake_up_interruptible(&f->wait);
	return ret;
}

static ssize_t tpm_read(struct file *file, char __user *buf, size_t len, loff_t *ppos)
{
	struct tpm_file *f = file->private_data;

	if (mutex_lock_interruptible(&f->lock))
		return -ERESTARTSYS;
	if (f->len && !f->fetched && !answer_waits(f))
		WRITE_ONCE(f->len, 0);
	len = min(len, f->len);
	if (len && copy_to_user(buf, f->answer + f->pos, len)) {
		mutex_unlock(&f->lock);
		return -EFAULT;
	}
	if (len) {
		memzero_explicit(f->answer + f->pos, len);
		f->fetched = true;
		f->pos += len;
		WRITE_ONCE(f->len, f->len - len);
	}
	mutex_unlock(&f->lock);
	return len;
}

static __poll_t tpm_poll(struct file *file, poll_table *wait)
{
	struct tpm_file *f = file->private_data;

	poll_wait(file, &f->wait, wait);
	return READ_ONCE(f->len) ? EPOLLIN | EPOLLRDNORM : EPOLLOUT | EPOLLWRNORM;
}

static const struct file_operations tpm_fops = {
	.owner = THIS_MODULE,
	.open = tpm_open,
	.read = tpm_read,
	.write = tpm_write,
	.poll = tpm_poll,
	.release = tpm_release,
};

/* --- nodes ----------------------------------------------------------------------- */

/*
 * Path, mode and owner of a node.  Also asked by who reads the device's uevent
 * file in sysfs: not for members of other namespaces.
 */
static char *tpm_devnode(const struct device *dev, umode_t *mode, kuid_t *uid, kgid_t *gid)
{
	const struct ima_ns_tpm_node *node = container_of(dev, struct ima_ns_tpm_node, dev);
	bool see;

	rcu_read_lock();
	see = ima_ns_may_see(node->ns);
	rcu_read_unlock();
	if (!see)
		return NULL;
	if (mode)
		*mode = 0660;
	if (uid)
		*uid = node->ns->owner;
	if (gid)
		*gid = node->ns->group;
	return kstrdup(node->path, GFP_KERNEL);
}

static void tpm_node_release(struct device *dev)
{
	kfree(container_of(dev, struct ima_ns_tpm_node, dev));
}

static const struct device_type tpm_type = {
	.name = "ima_ns_tpm",
	.devnode = tpm_devnode,
	.release = tpm_node_release,
};

static const struct class tpm_class = {
	.name = "ima_ns_tpm",
};

static void node_path(const struct ima_namespace *ns, char *path, size_t size)
{
	char name[IMA_NS_NAME];

	snprintf(path, size, "ima-ns/%s/tpmrm0", ima_ns_name(ns, name));
}

static int add_node(struct ima_namespace *ns)
{
	struct ima_ns_tpm_node *node = kzalloc(sizeof(*node), GFP_KERNEL_ACCOUNT);
	int err;

	if (!node)
		return -ENOMEM;
	node->ns = ns;
	node_path(ns, node->path, sizeof(node->path));
	device_initialize(&node->dev);
	node->dev.class = &tpm_class;
	node->dev.type = &tpm_type;
	node->dev.devt = first + ns->tpm.minor;
	/* nothing for udev to do, a thousand times over */
	dev_set_uevent_suppress(&node->dev, true);
	err = dev_set_name(&node->dev, "ima_ns_tpm%d", ns->tpm.minor);
	if (!err)
		err = device_add(&node->dev);
	if (err) {
		put_device(&node->dev);
		return err;
	}
	ns->tpm.node = node;
	return 0;
}

static void remove_node(struct ima_namespace *ns)
{
	if (ns->tpm.node)
		device_unregister(&ns->tpm.node->dev);
	ns->tpm.node = NULL;
}

/**
 * ima_ns_tpm_publish() - make a namespace's device
 * @ns: the namespace; its TPM is started
 *
 * Context: may sleep; no other namespace is being published.
 * Return: 0, or a negative errno after undoing all.
 */
int ima_ns_tpm_publish(struct ima_namespace *ns)
{
	u32 minor;
	int err;

	err = xa_alloc(&devices, &minor, ns, XA_LIMIT(0, IMA_NS_MAX_NAMESPACES - 1), GFP_KERNEL);
	if (err)
		return err;
	ns->tpm.minor = minor;
	err = add_node(ns);
	if (err)
		ima_ns_tpm_unpublish(ns);
	return err;
}

/**
 * ima_ns_tpm_rename() - let the device's node follow the namespace's name
 * @ns: the namespace, an orphan
 *
 * The number stays the same, and with it every mount of the node.  Without
 * memory the orphan's device is left without a node.
 *
 * Context: may sleep; no other namespace is being published.
 */
void ima_ns_tpm_rename(struct ima_namespace *ns)
{
	char path[IMA_NS_NAME + 16];

	node_path(ns, path, sizeof(path));
	if (!ns->tpm.node || !strcmp(ns->tpm.node->path, path))
		return;
	remove_node(ns);
	if (add_node(ns))
		pr_warn_ratelimited("no node for the device %s\n", path);
}

/**
 * ima_ns_tpm_unpublish() - remove a namespace's device
 * @ns: the namespace
 *
 * Afterwards nobody can open it; files that are open keep working.
 *
 * Context: may sleep.
 */
void ima_ns_tpm_unpublish(struct ima_namespace *ns)
{
	remove_node(ns);
	if (ns->tpm.minor >= 0)
		xa_erase(&devices, ns->tpm.minor);
	ns->tpm.minor = -1;
}

/** ima_ns_tpm_dev_init() - 0 or a negative errno */
int ima_ns_tpm_dev_init(void)
{
	int err = class_register(&tpm_class);

	if (err)
		return err;
	err = alloc_chrdev_region(&first, 0, IMA_NS_MAX_NAMESPACES, "ima_ns_tpm");
	if (err)
		goto class;
	cdev_init(&cdev, &tpm_fops);
	cdev.owner = THIS_MODULE;
	err = cdev_add(&cdev, first, IMA_NS_MAX_NAMESPACES);
	if (!err)
		return 0;
	unregister_chrdev_region(first, IMA_NS_MAX_NAMESPACES);
class:
	class_unregister(&tpm_class);
	return err;
}

/** ima_ns_tpm_dev_exit() - no namespace is left, and no open file */
void ima_ns_tpm_dev_exit(void)
{
	cdev_del(&cdev);
	unregister_chrdev_region(first, IMA_NS_MAX_NAMESPACES);
	class_unregister(&tpm_class);
	xa_destroy(&devices);
}
