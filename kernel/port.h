/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam between our pure C and where it runs.
 *
 * Files of layer 0 (policy_parse.c, policy_eval.c, template.c, vtpm/) include
 * this header and nothing else from the outside.  In the kernel it maps onto
 * kernel headers; on the host, where the same files are unit-tested, fuzzed and
 * linked into imans, port_host.h (found through -I) provides the same names.
 */
#ifndef IMA_NS_PORT_H
#define IMA_NS_PORT_H

#ifdef __KERNEL__

#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/hex.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>

/**
 * port_alloc() - zeroed memory, charged to the memory cgroup of the caller
 * @size: bytes
 *
 * Context: may sleep.
 * Return: the memory, or NULL.
 */
static inline void *port_alloc(size_t size)
{
	return kvzalloc(size, GFP_KERNEL_ACCOUNT);
}

/** port_free() - free what port_alloc() gave; NULL is fine */
static inline void port_free(void *p)
{
	kvfree(p);
}

/** port_free_sensitive() - the same for secrets: @size bytes are zeroed first */
static inline void port_free_sensitive(void *p, size_t size)
{
	kvfree_sensitive(p, size);
}

#else
#include "port_host.h"
#endif

#endif /* IMA_NS_PORT_H */
