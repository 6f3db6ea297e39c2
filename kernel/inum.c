// SPDX-License-Identifier: GPL-2.0
/*
 * The news that an inode number of a namespace is free again.
 *
 * proc_free_inum() is called for every namespace, of any type, when it ends.
 * Not one call may be missed: a namespace of ours would outlive its anchor, and
 * stand in the way of the next one with its number.  A BPF program (fentry) does
 * miss some: its per-CPU guard against recursion skips a call that comes while
 * the program was preempted, or interrupted, on the same processor.  So this is
 * an ftrace callback.  It cannot recurse, as nothing it calls frees an inode
 * number, and says so to ftrace, which then calls it unconditionally.  PERMANENT:
 * the sysctl kernel.ftrace_enabled cannot turn it off.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>

#include "ima_ns.h"

/* not const: ftrace_set_filter() cuts it in pieces */
static u8 function[] = "proc_free_inum";

static void notrace inum_freed(unsigned long ip, unsigned long parent_ip,
			       struct ftrace_ops *ops, struct ftrace_regs *regs)
{
	ima_ns_anchor_gone(ftrace_regs_get_argument(regs, 0));
}

static struct ftrace_ops inum_ops = {
	.func = inum_freed,
	.flags = FTRACE_OPS_FL_RECURSION | FTRACE_OPS_FL_PERMANENT,
};

/**
 * ima_ns_inum_init() - begin to listen
 *
 * Return: 0, or a negative errno: the kernel has no such function, or ftrace is
 * turned off.
 */
int ima_ns_inum_init(void)
{
	int err = ftrace_set_filter(&inum_ops, function, strlen(function), 1);

	if (!err)
		err = register_ftrace_function(&inum_ops);
	if (!err)
		return 0;
	ftrace_free_filter(&inum_ops);
	pr_err("cannot listen to %s() (%d): is kernel.ftrace_enabled 1?\n", function, err);
	return err;
}

/** ima_ns_inum_exit() - returns when the callback runs nowhere any more */
void ima_ns_inum_exit(void)
{
	unregister_ftrace_function(&inum_ops);
	ftrace_free_filter(&inum_ops);
}
