/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Our programs among all BPF programs of the host.
 */
#ifndef IMANS_BPFINFO_H
#define IMANS_BPFINFO_H

#include "kernel/port.h"

#define BPF_NAME_PREFIX "ima_ns_"

/**
 * struct bpf_state - what is loaded
 * @programs: programs of ours
 * @linked: of these, programs that a link attaches to a hook
 */
struct bpf_state {
	unsigned int programs;
	unsigned int linked;
};

int bpf_state_read(struct bpf_state *state);

#endif /* IMANS_BPFINFO_H */
