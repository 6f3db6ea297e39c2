// SPDX-License-Identifier: GPL-2.0
/*
 * ima_ns_probe.ko: carries the BPF programs and keeps them attached.
 *
 * The bytecode is in this module, so the module's signature covers it, and no
 * process in user space has to load it, nor can it take it away.  The core is a
 * module of its own because the verifier finds a module's kfuncs only once that
 * module is live.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bpf.h>
#include <linux/delay.h>
#include <linux/fdtable.h>
#include <linux/jiffies.h>
#include <linux/module.h>

#include "compat.h"
#include "ima_ns.h"
#include "../bpf/probe.lskel.h"

/* every link of the skeleton, in the order of the programs */
#define NR_LINKS (sizeof(((struct probe_bpf *)0)->links) / sizeof(int))

static struct bpf_link *links[NR_LINKS];
static struct bpf_prog *progs[NR_LINKS];
static struct bpf_map *members;

/* Programs for events that this kernel does not have: let them go again. */
static void drop_unused_links(struct probe_bpf *skel)
{
	if (IMA_NS_HAS_LATE_CREDS)
		return;
	close_fd(skel->links.ima_ns_creds_fd);
	skel->links.ima_ns_creds_fd = 0;
	close_fd(skel->links.ima_ns_exec_check_fd);
	skel->links.ima_ns_exec_check_fd = 0;
}

/*
 * Keep links, programs and the member map by reference: no file descriptor of
 * ours stays in the process that loads the module (as kernel/bpf/preload).
 */
static int take_references(struct probe_bpf *skel)
{
	int *fds = (int *)&skel->links;
	unsigned int i;

	drop_unused_links(skel);
	for (i = 0; i < NR_LINKS; i++) {
		struct bpf_link *link;

		if (!fds[i])
			continue;
		link = bpf_link_get_from_fd(fds[i]);
		if (IS_ERR(link))
			return PTR_ERR(link);
		links[i] = link;
		bpf_prog_inc(link->prog);
		progs[i] = link->prog;
	}
	members = bpf_map_get(skel->maps.ima_ns_members.map_fd);
	if (IS_ERR(members)) {
		int err = PTR_ERR(members);

		members = NULL;
		return err;
	}
	return 0;
}

static bool detached(void)
{
	unsigned int i;

	for (i = 0; i < NR_LINKS; i++)
		if (progs[i] && atomic64_read(&progs[i]->aux->refcnt) > 1)
			return false;
	return true;
}

/* Poll for what the kernel does in work items of its own. */
static void wait_until(bool (*done)(void), const char *what)
{
	unsigned long warn = jiffies + 10 * HZ;

	while (!done()) {
		if (time_after(jiffies, warn)) {
			pr_warn("still waiting for %s\n", what);
			warn = jiffies + 60 * HZ;
		}
		msleep(20);
	}
}

static bool members_unused(void)
{
	return atomic64_read(&members->refcnt) == 1;
}

static void put_links(void)
{
	unsigned int i;

	for (i = 0; i < NR_LINKS; i++)
		if (links[i])
			bpf_link_put(links[i]);
}

static void put_programs(void)
{
	unsigned int i;

	for (i = 0; i < NR_LINKS; i++)
		if (progs[i])
			bpf_prog_put(progs[i]);
}

static int __init probe_init(void)
{
	struct probe_bpf *skel;
	int err;

	err = ima_ns_attach();
	if (err) {
		pr_err("another probe is attached already\n");
		return err;
	}
	err = -ENOMEM;
	skel = probe_bpf__open();
	if (!skel)
		goto detach;
	skel->rodata->anchor_type = ima_ns_anchor();
	skel->rodata->creds_with_bprm = !IMA_NS_HAS_LATE_CREDS;
	skel->rodata->host_anchor = (unsigned long)ima_ns_host_anchor();
	err = probe_bpf__load(skel);
	if (!err)
		err = probe_bpf__attach(skel);
	if (err < 0)
		pr_err("the kernel did not take the BPF programs (%d): is \"bpf\" in /sys/kernel/security/lsm?\n",
		       err);
	else
		err = take_references(skel);
	probe_bpf__destroy(skel);
	if (!err) {
		ima_ns_attached(members);
		return 0;
	}
	/*
	 * What was attached goes with the file descriptors, which the kernel
	 * closes when this process leaves it; until then the programs find the
	 * core not attached.
	 */
	put_links();
	put_programs();
	if (members)
		bpf_map_put(members);
detach:
	ima_ns_detach();
	return err;
}

/*
 * Detach, and come back when no program runs and no task is a member.
 *
 * A link is freed by a work item, which drops the program's reference after it
 * has patched the hook: all programs down to our reference means detached.
 * Programs that do not sleep run under RCU; those that do all use the member
 * map, whose reference they drop after their grace periods.
 */
static void __exit probe_exit(void)
{
	ima_ns_attached(NULL);
	put_links();
	wait_until(detached, "the programs to be detached");
	synchronize_rcu();
	put_programs();
	wait_until(members_unused, "the programs to be freed");
	bpf_map_put(members);
	ima_ns_detach();
}

module_init(probe_init);
module_exit(probe_exit);

MODULE_DESCRIPTION("The probe of ima_ns: BPF LSM programs");
MODULE_AUTHOR("ima-ns developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(IMA_NS_VERSION);
IMA_NS_IMPORT_NS(BPF_INTERNAL);
