// SPDX-License-Identifier: GPL-2.0
/*
 * Digests of files.
 *
 * The data is read with the file's own ->read_iter(), as host IMA does it:
 * kernel_read() would run security_file_permission() and fsnotify on behalf of
 * the container's task, which a measurement must not do.
 *
 * Nothing is locked while a file is hashed: two namespaces that meet at a new
 * file may both hash it, but neither waits for the other.
 */
#include <crypto/hash.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "ima_ns.h"

#define CHUNK SZ_32K

static ssize_t read_chunk(struct file *file, loff_t pos, void *buf, size_t len)
{
	struct kvec vec = { .iov_base = buf, .iov_len = len };
	struct iov_iter iter;
	struct kiocb kiocb;

	init_sync_kiocb(&kiocb, file);
	kiocb.ki_pos = pos;
	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, len);
	return file->f_op->read_iter(&kiocb, &iter);
}

static int hash_content(struct file *file, struct crypto_shash *tfm, u8 *digest)
{
	/* an overlay's own inode does not know of changes below it */
	loff_t size = i_size_read(d_real_inode(file_dentry(file))), pos = 0;
	SHASH_DESC_ON_STACK(desc, tfm);
	void *buf;
	int err;

	desc->tfm = tfm;
	err = crypto_shash_init(desc);
	if (err || !size)
		return err ?: crypto_shash_final(desc, digest);
	buf = kmalloc(min_t(loff_t, size, CHUNK), GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;
	while (!err && pos < size) {
		ssize_t n = read_chunk(file, pos, buf, min_t(loff_t, size - pos, CHUNK));

		/* a file that ends early is not the file that was asked about */
		if (n <= 0) {
			err = n ?: -EINVAL;
			break;
		}
		pos += n;
		if (pos < size)
			err = crypto_shash_update(desc, buf, n);
		else
			err = crypto_shash_finup(desc, buf, n, digest);
		if (!err && fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	kfree(buf);
	return err;
}

/* A file opened for writing only is opened again, as its opener, for reading. */
static struct file *readable(struct file *file)
{
	unsigned int flags = file->f_flags &
		~(O_WRONLY | O_APPEND | O_TRUNC | O_CREAT | O_NOCTTY | O_EXCL);

	if (file->f_mode & FMODE_READ)
		return get_file(file);
	return dentry_open(&file->f_path, flags | O_RDONLY, file->f_cred);
}

/**
 * ima_ns_file_digest() - hash a file's content
 * @file: a regular file, open in any mode
 * @algo: algorithm
 * @digest: result, hash_digest_size[@algo] bytes
 *
 * Mirrors host IMA's ima_calc_file_hash().
 *
 * Context: process context, may sleep for long; a fatal signal ends it.
 * Return: 0; -EACCES for O_DIRECT, which would change what the page cache of
 * other readers holds; -EINVAL for a file that cannot be read this way or ends
 * early; or the error of reading.
 */
int ima_ns_file_digest(struct file *file, enum hash_algo algo, u8 *digest)
{
	struct crypto_shash *tfm = ima_ns_hash_tfm(algo);
	int err = -EINVAL;

	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	if (file->f_flags & O_DIRECT)
		return -EACCES;
	file = readable(file);
	if (IS_ERR(file))
		return PTR_ERR(file);
	if (file->f_op->read_iter)
		err = hash_content(file, tfm, digest);
	fput(file);
	return err;
}

/**
 * ima_ns_file_verity() - the digest that fs-verity enforces for a file
 * @file: the file; it is open, so fs-verity knows of it
 * @algo: result
 * @digest: result, IMA_NS_MAX_DIGEST bytes of room
 *
 * Of an overlay it is the lower or upper file's, which is the one that is read.
 * Host IMA asks the overlay's own inode, which never has one.
 *
 * Mirrors host IMA's ima_get_verity_digest().
 *
 * Context: process context; reads nothing.
 * Return: bytes of the digest, or 0 for a file without fs-verity.
 */
int ima_ns_file_verity(struct file *file, enum hash_algo *algo, u8 *digest)
{
	static_assert(FS_VERITY_MAX_DIGEST_SIZE <= IMA_NS_MAX_DIGEST);

	return fsverity_get_digest(d_real_inode(file_dentry(file)), digest, NULL, algo);
}
