// SPDX-License-Identifier: GPL-2.0
/*
 * What is known about a file, shared by all namespaces, and which namespace has
 * recorded it.
 *
 * Two kinds of objects:
 *
 * struct ima_ns_inode, one per inode, holds the digest of the data of that
 * inode.  For an overlay it is the lower or upper inode: one library under a
 * hundred containers is hashed once.
 *
 * struct ima_ns_rec, one per (inode that was opened, namespace), says that the
 * namespace's log has a record for this version of the data.  Finding it is all
 * that happens for a file that is already recorded: one look-up under RCU, no
 * lock, no hash, no allocation.
 *
 * Validity.  i_version changes with every change of the data once it has been
 * queried (the QUERIED flag), with two exceptions.  A store through a writable
 * mapping that exists already changes nothing: a digest taken under writers is
 * kept for nobody, and what was recorded under writers is void when they are
 * gone.  And some file systems do not notice stores at all (tmpfs): there every
 * opening for writing starts a new @epoch.  A file system without i_version is
 * not tracked: its files are hashed each time.
 *
 * While a file has writers, who reads it or maps it is not measured again: as in
 * host IMA, one open_writers violation says that nothing is certain.  That holds
 * for writers of the inode that was opened.  An upper file of an overlay that is
 * written by its own path is hashed at every event, and so is what is executed.
 *
 * Lifetimes.  An inode cannot go while a hook holds a file on it.  When it does
 * go, inode_free_security calls ima_ns_cache_inode_freed(), which unhashes the
 * struct ima_ns_inode and every rec of it, before the memory of the inode can
 * be used again; readers are under RCU.  A rec holds a reference to the struct
 * ima_ns_inode of the data, whose ->inode is NULL from then on.
 */
#include <linux/backing-dev.h>
#include <linux/dcache.h>
#include <linux/hash.h>
#include <linux/iversion.h>
#include <linux/slab.h>

#include "ima_ns.h"

/**
 * struct ima_ns_inode - state of one inode
 * @node: in the inodes table
 * @inode: key; NULL once the inode is gone
 * @recs: struct ima_ns_rec of this inode, under cache_lock
 * @refs: one for the table, one for each rec and each stamp whose @data this is
 * @lock: @version, @hash_epoch, @valid and @known
 * @epoch: openings for writing on a file system that does not notice stores
 * @version: of the data that @known is the digest of
 * @hash_epoch: @epoch before that data was read
 * @valid: @known means something
 * @known: the digest
 * @rcu: for freeing
 */
struct ima_ns_inode {
	struct rhash_head node;
	struct inode *inode;
	struct list_head recs;
	refcount_t refs;
	spinlock_t lock;	/* the digest and what it is of */
	atomic_t epoch;
	int hash_epoch;
	bool valid;
	u64 version;
	struct ima_ns_known known;
	struct rcu_head rcu;
};

struct rec_key {
	struct inode *inode;
	struct ima_namespace *ns;
};

/* bits of struct ima_ns_rec.flags */
enum {
	REC_ARMED,	/* a measured reader: the next writer is a ToMToU violation */
	REC_TOLD,	/* open_writers was recorded for the present writers */
};

/**
 * struct ima_ns_rec - "this version of this inode is in that log"
 * @node: in the recs table
 * @key: inode that was opened, and namespace
 * @data: state of the inode that held the data
 * @version: of the data
 * @epoch: of the data
 * @done: IMA_NS_DONE_*: what has been done with this version; 0 in a rec that is
 *        only armed, and nothing above means anything then
 * @writers: there were writers when it was recorded
 * @flags: REC_* bits
 * @on_inode: link in struct ima_ns_inode.recs, under cache_lock
 * @on_ns: link in struct ima_namespace.recs, under cache_lock
 * @rcu: for freeing
 *
 * Once @done is not 0 nothing but @flags changes: a new version is a new object.
 * What is only armed is filled in where it is, @done last; a reader under RCU reads
 * @done first.  So it cannot see half of one.
 */
struct ima_ns_rec {
	struct rhash_head node;
	struct rec_key key;
	struct ima_ns_inode *data;
	u64 version;
	u64 done;
	int epoch;
	bool writers;
	unsigned long flags;
	struct list_head on_inode;
	struct list_head on_ns;
	struct rcu_head rcu;
};

static struct kmem_cache *inode_cache, *rec_cache;
static struct rhashtable inodes, recs;
/* the lists that tie recs to inodes and namespaces; never held for long */
static DEFINE_SPINLOCK(cache_lock);
static atomic_t nr_inodes = ATOMIC_INIT(0);

static inline u32 inode_hash(const void *data, u32 len, u32 seed)
{
	return hash_ptr(*(void *const *)data, 32);
}

static inline u32 rec_hash(const void *data, u32 len, u32 seed)
{
	const struct rec_key *key = data;

	return hash_long((unsigned long)key->inode ^ ((unsigned long)key->ns << 7), 32);
}

static inline int rec_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct rec_key *key = arg->key;
	const struct ima_ns_rec *rec = obj;

	return rec->key.inode != key->inode || rec->key.ns != key->ns;
}

static inline int inode_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	return ((const struct ima_ns_inode *)obj)->inode != *(struct inode *const *)arg->key;
}

static const struct rhashtable_params inode_params = {
	.head_offset = offsetof(struct ima_ns_inode, node),
	.key_offset = offsetof(struct ima_ns_inode, inode),
	.key_len = sizeof(struct inode *),
	.hashfn = inode_hash,
	.obj_cmpfn = inode_cmp,
	.automatic_shrinking = true,
};

static const struct rhashtable_params rec_params = {
	.head_offset = offsetof(struct ima_ns_rec, node),
	.key_offset = offsetof(struct ima_ns_rec, key),
	.key_len = sizeof(struct rec_key),
	.hashfn = rec_hash,
	.obj_cmpfn = rec_cmp,
	.automatic_shrinking = true,
};

static struct inode *data_inode(struct file *file)
{
	return d_real_inode(file_dentry(file));
}

/*
 * Does anybody else write to the inode?  Who opens a file for writing has not
 * written yet when the event comes, so an event does not count itself.
 */
static bool others_write(const struct inode *inode, enum ima_ns_access access)
{
	return atomic_read(&inode->i_writecount) > (access == IMA_NS_WRITER);
}

/*
 * A number that changes with the data, or false.  Read-only media cannot
 * change under us; FUSE and network file systems can, whatever they say.
 */
static __always_inline bool data_version(struct inode *inode, bool query, u64 *version)
{
	const struct super_block *sb = inode->i_sb;
	struct timespec64 ctime;

	/* memfd and SysV memory: their writers hold no write count */
	if (sb->s_flags & SB_KERNMOUNT || sb->s_iflags & SB_I_IMA_UNVERIFIABLE_SIGNATURE)
		return false;
	if (IS_I_VERSION(inode)) {
		*version = query ? inode_query_iversion(inode) :
			inode_peek_iversion_raw(inode) >> I_VERSION_QUERIED_SHIFT;
		return true;
	}
	if (sb_rdonly(sb) && sb->s_bdev) {
		ctime = inode_get_ctime(inode);
		*version = ((u64)ctime.tv_sec << 30) ^ ctime.tv_nsec;
		return true;
	}
	return false;
}

static void inode_put(struct ima_ns_inode *i)
{
	if (refcount_dec_and_test(&i->refs))
		kfree_rcu(i, rcu);
}

static void rec_free(struct ima_ns_rec *rec)
{
	inode_put(rec->data);
	kfree_rcu(rec, rcu);
}

/* Unhash a rec.  Readers that found it already hold a file on its inode. */
static void rec_unlink(struct ima_ns_rec *rec)
{
	lockdep_assert_held(&cache_lock);
	rhashtable_remove_fast(&recs, &rec->node, rec_params);
	list_del(&rec->on_inode);
	list_del(&rec->on_ns);
}

/*
 * The state of an inode that the caller keeps alive, created if need be.
 * Return: a reference, or NULL without memory.
 */
static struct ima_ns_inode *inode_get(struct inode *inode)
{
	struct ima_ns_inode *i, *old;

	rcu_read_lock();
	i = rhashtable_lookup(&inodes, &inode, inode_params);
	if (i && !refcount_inc_not_zero(&i->refs))
		i = NULL;
	rcu_read_unlock();
	if (i)
		return i;

	i = kmem_cache_zalloc(inode_cache, GFP_KERNEL);
	if (!i)
		return NULL;
	i->inode = inode;
	INIT_LIST_HEAD(&i->recs);
	spin_lock_init(&i->lock);
	refcount_set(&i->refs, 2);
	rcu_read_lock();
	old = rhashtable_lookup_get_insert_fast(&inodes, &i->node, inode_params);
	/* the inode lives, so the table's reference to @old does too */
	if (!IS_ERR_OR_NULL(old))
		refcount_inc(&old->refs);
	rcu_read_unlock();
	if (old) {
		kmem_cache_free(inode_cache, i);
		return IS_ERR(old) ? NULL : old;
	}
	atomic_inc(&nr_inodes);
	return i;
}

/**
 * ima_ns_cache_done() - has all been done with this version of the file?
 * @file: a regular file
 * @ns: namespace
 * @need: IMA_NS_DONE_* asked for
 * @access: how the event uses the file
 *
 * Context: RCU read side; does not sleep.  The path of every event on a file
 * that is already known.
 * Return: true when it has.
 */
bool ima_ns_cache_done(struct file *file, struct ima_namespace *ns, u64 need,
		       enum ima_ns_access access)
{
	struct inode *opened = file_inode(file), *data;
	const struct rec_key key = { .inode = opened, .ns = ns };
	/* violations are about what is measured; audit and hash arm nothing */
	bool reads = access == IMA_NS_READER && need & IMA_NS_DONE_PCRS;
	const struct ima_ns_rec *rec;
	u64 version, done;

	rec = rhashtable_lookup(&recs, &key, rec_params);
	if (!rec)
		return false;
	/* pairs with rec_fill() */
	done = smp_load_acquire(&rec->done);
	if (!done || (done & need) != need)
		return false;
	if (reads && !test_bit(REC_ARMED, &rec->flags))
		return false;
	if (unlikely(others_write(opened, access)))
		return access != IMA_NS_EXEC && (!reads || test_bit(REC_TOLD, &rec->flags));
	data = data_inode(file);
	/* behind an overlay's back nobody is told of a violation: look every time */
	if (data != opened && others_write(data, access))
		return false;
	return rec->data->inode == data && data_version(data, false, &version) &&
		rec->version == version && rec->epoch == atomic_read(&rec->data->epoch) &&
		!rec->writers;
}

/**
 * ima_ns_cache_stamp() - identify a file's data before it is read
 * @file: a regular file
 * @access: how the event uses the file
 * @stamp: result, for ima_ns_cache_unstamp()
 *
 * Sets the QUERIED flag of i_version: from here on a change is noticed.
 *
 * Context: may sleep.
 */
void ima_ns_cache_stamp(struct file *file, enum ima_ns_access access,
			struct ima_ns_stamp *stamp)
{
	struct inode *data = data_inode(file), *opened = file_inode(file);
	struct ima_ns_inode *i = inode_get(data);

	/* what stores to a mapping do to this file system's files is not noticed */
	if (!mapping_can_writeback(data->i_mapping))
		access = IMA_NS_EXEC;
	stamp->data = i;
	stamp->writers = others_write(opened, access) || others_write(data, access);
	stamp->tracked = i && data_version(data, true, &stamp->version);
	stamp->epoch = i ? atomic_read(&i->epoch) : 0;
}

/** ima_ns_cache_unstamp() - the event is over */
void ima_ns_cache_unstamp(struct ima_ns_stamp *stamp)
{
	if (stamp->data)
		inode_put(stamp->data);
}

/**
 * ima_ns_cache_digest() - the digest of the data, if it is known
 * @stamp: identifies the data
 * @algo: algorithm
 * @known: result
 *
 * A digest taken while nobody could write is good for every namespace; one
 * taken under writers is never stored.
 *
 * Context: process context.
 * Return: true when @known was filled in.
 */
bool ima_ns_cache_digest(const struct ima_ns_stamp *stamp, enum hash_algo algo,
			 struct ima_ns_known *known)
{
	struct ima_ns_inode *i = stamp->data;
	bool hit;

	if (!stamp->tracked || stamp->writers)
		return false;
	spin_lock(&i->lock);
	hit = i->valid && i->version == stamp->version &&
		i->hash_epoch == stamp->epoch && i->known.algo == algo;
	if (hit)
		*known = i->known;
	spin_unlock(&i->lock);
	return hit;
}

/**
 * ima_ns_cache_store() - keep a digest for all namespaces
 * @stamp: taken before the data was read
 * @known: its digest
 *
 * Context: process context.
 */
void ima_ns_cache_store(const struct ima_ns_stamp *stamp, const struct ima_ns_known *known)
{
	struct ima_ns_inode *i = stamp->data;

	if (!stamp->tracked || stamp->writers)
		return;
	spin_lock(&i->lock);
	i->known = *known;
	i->version = stamp->version;
	i->hash_epoch = stamp->epoch;
	i->valid = true;
	spin_unlock(&i->lock);
}

/* A rec of an inode that was opened; @data is referenced. */
static struct ima_ns_rec *rec_alloc(const struct rec_key *key, struct ima_ns_inode *data)
{
	struct ima_ns_rec *rec = kmem_cache_zalloc(rec_cache, GFP_KERNEL);

	if (!rec)
		return NULL;
	rec->key = *key;
	rec->data = data;
	refcount_inc(&data->refs);
	return rec;
}

/* Say what was done, in a rec that is not published or that is only armed. */
static void rec_fill(struct ima_ns_rec *rec, const struct ima_ns_stamp *stamp, u64 done)
{
	refcount_inc(&stamp->data->refs);
	inode_put(rec->data);
	rec->data = stamp->data;
	rec->version = stamp->version;
	rec->epoch = stamp->epoch;
	rec->writers = stamp->writers;
	/* pairs with ima_ns_cache_done() */
	smp_store_release(&rec->done, done);
}

/* Put a rec in the place of @old, which may be NULL.  Return: false, not done. */
static bool rec_replace(struct ima_ns_rec *rec, struct ima_ns_rec *old,
			struct ima_ns_inode *opened)
{
	lockdep_assert_held(&cache_lock);
	if (rec->key.ns->forgotten)
		return false;
	if (old)
		rec_unlink(old);
	if (rhashtable_insert_fast(&recs, &rec->node, rec_params)) {
		/* the table keeps room for what was just taken out */
		if (old)
			rec_free(old);
		return false;
	}
	list_add(&rec->on_inode, &opened->recs);
	list_add(&rec->on_ns, &rec->key.ns->recs);
	if (old)
		rec_free(old);
	return true;
}

/* Fill in a rec that is only armed.  Return: false, there is none. */
static bool record_armed(const struct rec_key *key, const struct ima_ns_stamp *stamp, u64 done)
{
	struct ima_ns_rec *rec;
	bool armed;

	spin_lock(&cache_lock);
	rec = rhashtable_lookup_fast(&recs, key, rec_params);
	armed = rec && !rec->done;
	if (armed)
		rec_fill(rec, stamp, done);
	spin_unlock(&cache_lock);
	return armed;
}

/* Put a new rec in the place of what is there. */
static void record_anew(struct ima_ns_rec *rec, struct ima_ns_inode *opened)
{
	struct ima_ns_rec *old;
	bool replaced;

	spin_lock(&cache_lock);
	old = rhashtable_lookup_fast(&recs, &rec->key, rec_params);
	if (old) {
		rec->flags = READ_ONCE(old->flags);
		if (old->version == rec->version && old->epoch == rec->epoch &&
		    old->data == rec->data && !old->writers)
			rec->done |= old->done;
	}
	replaced = rec_replace(rec, old, opened);
	spin_unlock(&cache_lock);
	if (!replaced)
		rec_free(rec);
}

/**
 * ima_ns_cache_record() - remember what was done with this version
 * @file: the file
 * @ns: namespace, alive
 * @stamp: taken before the data was read
 * @done: IMA_NS_DONE_*
 *
 * Without memory nothing is remembered, and the next event hashes again.
 *
 * Context: may sleep.
 */
void ima_ns_cache_record(struct file *file, struct ima_namespace *ns,
			 const struct ima_ns_stamp *stamp, u64 done)
{
	const struct rec_key key = { .inode = file_inode(file), .ns = ns };
	struct ima_ns_inode *opened;
	struct ima_ns_rec *rec;

	if (!stamp->tracked || record_armed(&key, stamp, done))
		return;
	opened = inode_get(key.inode);
	if (!opened)
		return;
	rec = rec_alloc(&key, stamp->data);
	if (rec) {
		rec_fill(rec, stamp, done);
		record_anew(rec, opened);
	}
	inode_put(opened);
}

/**
 * ima_ns_cache_arm() - a measured reader has opened or mapped the file
 * @file: the file, not open for writing
 * @ns: namespace, alive
 *
 * Mirrors the reader's half of host IMA's ima_rdwr_violation_check(): from now
 * on a writer is a ToMToU violation; and if there are writers already, that is
 * an open_writers violation, once until the last of them is gone.
 *
 * Context: may sleep.
 * Return: 1 when the caller shall record open_writers, 0 when not, -ENOMEM when
 * the file could not be armed.
 */
int ima_ns_cache_arm(struct file *file, struct ima_namespace *ns)
{
	struct inode *inode = file_inode(file);
	const struct rec_key key = { .inode = inode, .ns = ns };
	struct ima_ns_inode *opened = inode_get(inode);
	struct ima_ns_rec *rec, *fresh;
	int tell = -ENOMEM;

	if (!opened)
		return -ENOMEM;
	fresh = rec_alloc(&key, opened);
	spin_lock(&cache_lock);
	rec = rhashtable_lookup_fast(&recs, &key, rec_params);
	if (!rec && fresh && rec_replace(fresh, NULL, opened)) {
		rec = fresh;
		fresh = NULL;
	}
	if (rec) {
		set_bit(REC_ARMED, &rec->flags);
		/* armed first, then looked for writers; they do it the other way round */
		smp_mb__after_atomic();
		tell = inode_is_open_for_write(inode) &&
			!test_and_set_bit(REC_TOLD, &rec->flags);
	}
	spin_unlock(&cache_lock);
	if (fresh)
		rec_free(fresh);
	inode_put(opened);
	return tell;
}

/**
 * ima_ns_cache_written() - somebody opened the file for writing
 * @file: the file, open for writing by any task of the machine
 *
 * Context: any; does not sleep.
 * Return: true when there may be ToMToU violations: ima_ns_cache_tomtou().
 */
bool ima_ns_cache_written(struct file *file)
{
	struct inode *opened = file_inode(file), *data = data_inode(file);
	struct ima_ns_inode *i;
	struct ima_ns_rec *rec;
	bool armed = false;

	rcu_read_lock();
	i = rhashtable_lookup(&inodes, &data, inode_params);
	if (i && !mapping_can_writeback(data->i_mapping))
		atomic_inc(&i->epoch);
	if (data != opened)
		i = rhashtable_lookup(&inodes, &opened, inode_params);
	if (i && !list_empty(&i->recs)) {
		spin_lock(&cache_lock);
		list_for_each_entry(rec, &i->recs, on_inode) {
			/* the first writer again: the next reader is told */
			if (atomic_read(&opened->i_writecount) == 1)
				clear_bit(REC_TOLD, &rec->flags);
			armed |= test_bit(REC_ARMED, &rec->flags);
		}
		spin_unlock(&cache_lock);
	}
	rcu_read_unlock();
	return armed && atomic_read(&opened->i_readcount);
}

/**
 * ima_ns_cache_tomtou() - whose measured file is being written?
 * @file: the file, open for writing
 *
 * Mirrors the writer's half of host IMA's ima_rdwr_violation_check(); each call
 * disarms the namespace it returns.
 *
 * Context: process context.
 * Return: a namespace, to be given back with ima_ns_put(), or NULL for no more.
 */
struct ima_namespace *ima_ns_cache_tomtou(struct file *file)
{
	struct inode *inode = file_inode(file);
	struct ima_namespace *ns = NULL;
	struct ima_ns_inode *i;
	struct ima_ns_rec *rec;

	rcu_read_lock();
	i = rhashtable_lookup(&inodes, &inode, inode_params);
	if (i) {
		spin_lock(&cache_lock);
		list_for_each_entry(rec, &i->recs, on_inode) {
			if (!test_and_clear_bit(REC_ARMED, &rec->flags))
				continue;
			if (!refcount_inc_not_zero(&rec->key.ns->refs))
				continue;
			ns = rec->key.ns;
			break;
		}
		spin_unlock(&cache_lock);
	}
	rcu_read_unlock();
	return ns;
}

/**
 * ima_ns_cache_inode_freed() - an inode goes: forget it
 * @inode: the inode; no file is open on it any more
 *
 * Context: atomic context; called for every inode of the machine.
 */
void ima_ns_cache_inode_freed(struct inode *inode)
{
	struct ima_ns_inode *i;
	struct ima_ns_rec *rec, *tmp;
	LIST_HEAD(gone);

	rcu_read_lock();
	i = rhashtable_lookup(&inodes, &inode, inode_params);
	if (i) {
		spin_lock(&cache_lock);
		rhashtable_remove_fast(&inodes, &i->node, inode_params);
		list_for_each_entry_safe(rec, tmp, &i->recs, on_inode) {
			rec_unlink(rec);
			list_add(&rec->on_inode, &gone);
		}
		WRITE_ONCE(i->inode, NULL);
		spin_unlock(&cache_lock);
		atomic_dec(&nr_inodes);
		inode_put(i);
	}
	rcu_read_unlock();
	list_for_each_entry_safe(rec, tmp, &gone, on_inode)
		rec_free(rec);
}

/**
 * ima_ns_cache_forget() - a namespace goes: forget what it has recorded
 * @ns: the namespace; an event that is still on its way adds nothing any more
 *
 * Context: may sleep.
 */
void ima_ns_cache_forget(struct ima_namespace *ns)
{
	struct ima_ns_rec *rec;
	bool more = true;

	while (more) {
		int n = 64;

		spin_lock(&cache_lock);
		ns->forgotten = true;
		while (n-- && (rec = list_first_entry_or_null(&ns->recs, struct ima_ns_rec,
							      on_ns))) {
			rec_unlink(rec);
			rec_free(rec);
		}
		more = !list_empty(&ns->recs);
		spin_unlock(&cache_lock);
		cond_resched();
	}
}

/** ima_ns_cache_inodes() - inodes whose state is cached, for the status file */
unsigned int ima_ns_cache_inodes(void)
{
	return atomic_read(&nr_inodes);
}

/**
 * ima_ns_cache_flush() - forget all inodes
 *
 * The probe is gone: nobody tells any more when an inode is freed.  All
 * namespaces are buried already, so no rec is left.
 *
 * Context: may sleep.
 */
void ima_ns_cache_flush(void)
{
	struct rhashtable_iter iter;
	struct ima_ns_inode *i;

	rhashtable_walk_enter(&inodes, &iter);
	do {
		rhashtable_walk_start(&iter);
		while ((i = rhashtable_walk_next(&iter)) && !IS_ERR(i)) {
			rhashtable_remove_fast(&inodes, &i->node, inode_params);
			atomic_dec(&nr_inodes);
			inode_put(i);
		}
		rhashtable_walk_stop(&iter);
		cond_resched();
	} while (i == ERR_PTR(-EAGAIN));
	rhashtable_walk_exit(&iter);
}

/** ima_ns_cache_init() - 0, or -ENOMEM */
int ima_ns_cache_init(void)
{
	int err = -ENOMEM;

	inode_cache = kmem_cache_create("ima_ns_inode", sizeof(struct ima_ns_inode), 0,
					SLAB_ACCOUNT, NULL);
	rec_cache = kmem_cache_create("ima_ns_rec", sizeof(struct ima_ns_rec), 0,
				      SLAB_ACCOUNT, NULL);
	if (!inode_cache || !rec_cache)
		goto free_caches;
	err = rhashtable_init(&inodes, &inode_params);
	if (err)
		goto free_caches;
	err = rhashtable_init(&recs, &rec_params);
	if (!err)
		return 0;
	rhashtable_destroy(&inodes);
free_caches:
	kmem_cache_destroy(rec_cache);
	kmem_cache_destroy(inode_cache);
	return err;
}

/** ima_ns_cache_exit() - after the last namespace and the probe are gone */
void ima_ns_cache_exit(void)
{
	ima_ns_cache_flush();
	rhashtable_destroy(&recs);
	rhashtable_destroy(&inodes);
	rcu_barrier();
	kmem_cache_destroy(rec_cache);
	kmem_cache_destroy(inode_cache);
}
