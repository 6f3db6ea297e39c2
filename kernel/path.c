// SPDX-License-Identifier: GPL-2.0
/*
 * The name in a record: the absolute path in the mount namespace, whatever root
 * the task has chosen for itself.
 *
 * Host IMA uses d_absolute_path(), which is not exported.  d_path() stops at
 * the root directory of the task that calls it, which a container's root may
 * move with chroot(2) and so forge names.
 *
 * When the probe has seen that current's root is the top of its mount tree, the
 * two agree, provided that no thread that shares it moved it meanwhile: the
 * sequence count of fs_struct tells.  Otherwise we ask a worker.  A kernel
 * thread's root lies outside every container's mount tree, so that d_path()
 * climbs to the top there.  What it adds for deleted files is cut off again.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "ima_ns.h"

#define DELETED " (deleted)"

/* room for d_path() to write a name of PATH_MAX bytes and what it may add */
#define NAME_BUF (PATH_MAX + 16)

static struct workqueue_struct *path_wq;
static struct kmem_cache *name_cache;

struct path_work {
	struct work_struct work;
	const struct path *path;
	char *buf;
	char *name;
};

static void path_work(struct work_struct *work)
{
	struct path_work *w = container_of(work, struct path_work, work);

	w->name = d_path(w->path, w->buf, NAME_BUF);
}

/* What d_absolute_path() refuses: host IMA then records the last component. */
static bool has_no_path(const struct path *path, u32 path_flags)
{
	const struct dentry *dentry = path->dentry;

	if (path_flags & IMA_NS_PATH_DETACHED)
		return true;
	if (path->mnt->mnt_flags & MNT_INTERNAL)
		return true;
	return dentry->d_op && dentry->d_op->d_dname &&
		(!IS_ROOT(dentry) || dentry != path->mnt->mnt_root);
}

/* host: ima_d_path() keeps 254 bytes of the name */
static const char *basename(struct dentry *dentry, char *buf)
{
	struct name_snapshot snap;

	take_dentry_name_snapshot(&snap, dentry);
	strscpy(buf, snap.name.name, NAME_MAX);
	release_dentry_name_snapshot(&snap);
	return buf;
}

/* d_absolute_path(), with " (deleted)" after the name of a deleted file */
static char *absolute_path(const struct ima_ns_event *event, char *buf)
{
	struct path_work w = { .path = &event->file->f_path, .buf = buf };

	if (event->path_flags & IMA_NS_PATH_TOP && !(event->root_seq & 1) && current->fs) {
		w.name = d_path(w.path, buf, NAME_BUF);
		smp_rmb();	/* the root was read before the count is */
		if (compat_fs_seq(current->fs) == event->root_seq)
			return w.name;
	}
	INIT_WORK_ONSTACK(&w.work, path_work);
	queue_work(path_wq, &w.work);
	flush_work(&w.work);
	destroy_work_on_stack(&w.work);
	return w.name;
}

/**
 * ima_ns_path() - the name of a file for its record
 * @event: the event, of current
 * @buf: from ima_ns_name_alloc()
 *
 * Mirrors host IMA's ima_d_path().
 *
 * Context: may sleep.
 * Return: the name, somewhere in @buf.
 */
const char *ima_ns_path(const struct ima_ns_event *event, char *buf)
{
	const struct path *path = &event->file->f_path;
	bool unlinked = d_unlinked(path->dentry);
	char *name;
	size_t len;

	if (has_no_path(path, event->path_flags))
		return basename(path->dentry, buf);
	name = absolute_path(event, buf);
	if (IS_ERR(name))
		return basename(path->dentry, buf);

	/*
	 * A file deleted meanwhile may or may not carry the suffix;
	 * one that was deleted before does, and a name that really ends like
	 * this is only cut when the dentry says so.
	 */
	len = strlen(name);
	if ((unlinked || d_unlinked(path->dentry)) && len > strlen(DELETED) &&
	    !strcmp(name + len - strlen(DELETED), DELETED)) {
		len -= strlen(DELETED);
		name[len] = '\0';
	}
	if (len >= PATH_MAX)
		return basename(path->dentry, buf);
	return name;
}

/**
 * ima_ns_name_alloc() - room for a name
 *
 * Context: may sleep; charged to the caller's memory cgroup.
 * Return: memory to be freed with ima_ns_name_free(), or NULL.
 */
char *ima_ns_name_alloc(void)
{
	return kmem_cache_alloc(name_cache, GFP_KERNEL);
}

/** ima_ns_name_free() - free it; NULL is fine */
void ima_ns_name_free(char *buf)
{
	if (buf)
		kmem_cache_free(name_cache, buf);
}

/*
 * Nothing has to be there when a name is written.  But the kernel zeroes what is
 * allocated without a constructor each time: a tenth of a first measurement.
 */
static void name_ctor(void *buf)
{
}

/** ima_ns_path_init() - 0 or -ENOMEM */
int ima_ns_path_init(void)
{
	name_cache = kmem_cache_create("ima_ns_name", NAME_BUF, 0, SLAB_ACCOUNT, name_ctor);
	if (!name_cache)
		return -ENOMEM;
	path_wq = alloc_workqueue("ima_ns_path", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (path_wq)
		return 0;
	kmem_cache_destroy(name_cache);
	return -ENOMEM;
}

/** ima_ns_path_exit() - no event is on its way */
void ima_ns_path_exit(void)
{
	destroy_workqueue(path_wq);
	kmem_cache_destroy(name_cache);
}
