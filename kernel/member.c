// SPDX-License-Identifier: GPL-2.0
/*
 * Who is current?  And is there a probe to tell us?
 *
 * The probe keeps a task's membership in BPF task storage: one reference to the
 * namespace, put there when the task joins or is forked, taken away with the
 * task's memory.  Here it is only read, through the kernel's public header, and
 * cheaper than a BPF helper could.
 */
#include <linux/bpf_local_storage.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

#include "ima_ns.h"

/* value of the probe's map: struct member of probe.bpf.c */
struct member {
	struct ima_namespace *ns;
};

static DEFINE_MUTEX(probe_mutex);
static bool probe_present;

/*
 * The member map while every program of the probe is attached, else NULL.  Only
 * while all of them run are the caches told of every change, so without it
 * nobody is a member and nothing is measured.
 */
static struct bpf_local_storage_map __rcu *members;

/** ima_ns_probe_attached() - are the programs running? */
bool ima_ns_probe_attached(void)
{
	return rcu_access_pointer(members);
}

/**
 * ima_ns_current() - the namespace of current
 *
 * Context: RCU read side.
 * Return: the namespace, or NULL for who is no member (yet).  It lives as long
 * as current runs.
 */
struct ima_namespace *ima_ns_current(void)
{
	struct bpf_local_storage_map *map = rcu_dereference(members);
	struct bpf_local_storage *storage = rcu_dereference(current->bpf_storage);
	struct bpf_local_storage_data *data;

	if (!map || !storage)
		return NULL;
	data = bpf_local_storage_lookup(storage, map, false);
	return data ? READ_ONCE(((struct member *)data->data)->ns) : NULL;
}

/**
 * ima_ns_attach() - a probe is about to attach its programs
 *
 * Return: 0, or -EBUSY when there is another probe.
 */
int ima_ns_attach(void)
{
	int err = 0;

	mutex_lock(&probe_mutex);
	if (probe_present)
		err = -EBUSY;
	probe_present = true;
	mutex_unlock(&probe_mutex);
	return err;
}
EXPORT_SYMBOL_GPL(ima_ns_attach);

/**
 * ima_ns_attached() - every program is attached, or the first one soon is not
 * @map: the member map, kept by the caller until ima_ns_detach(); NULL before
 *       the first program is detached
 */
void ima_ns_attached(struct bpf_map *map)
{
	rcu_assign_pointer(members,
			   map ? container_of(map, struct bpf_local_storage_map, map) : NULL);
}
EXPORT_SYMBOL_GPL(ima_ns_attached);

/**
 * ima_ns_detach() - no program of the probe runs any more
 *
 * Ends every namespace: without the probe nobody knows who belongs to it, nor
 * when its number names something else.
 *
 * Context: may sleep.
 */
void ima_ns_detach(void)
{
	int i;

	ima_ns_measure_wait();
	ima_ns_bury_all();
	ima_ns_cache_flush();
	/*
	 * Each program holds this module until it is freed, in a work item after
	 * its grace periods.  Wait, so that "rmmod ima_ns_probe ima_ns" works;
	 * not for long, as an open log holds it as well.  One reference is the
	 * probe module's own.
	 */
	for (i = 0; i < 250 && module_refcount(THIS_MODULE) > 1; i++)
		msleep(20);
	mutex_lock(&probe_mutex);
	probe_present = false;
	mutex_unlock(&probe_mutex);
}
EXPORT_SYMBOL_GPL(ima_ns_detach);
