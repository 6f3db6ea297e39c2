// SPDX-License-Identifier: GPL-2.0
/*
 * Our programs among all BPF programs of the host.
 *
 * The status file says what the module believes; this asks the BPF subsystem.
 */
#include <unistd.h>

#include <bpf/bpf.h>

#include "lib/bpfinfo.h"
#include "lib/util.h"

/* Programs that are remembered while links are searched; the probe has fewer. */
#define PROGRAMS_MAX 128

static bool is_ours(u32 id)
{
	struct bpf_prog_info info = { 0 };
	u32 len = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);
	bool ours;

	/* Programs come and go while we look. */
	if (fd < 0)
		return false;
	ours = !bpf_obj_get_info_by_fd(fd, &info, &len) &&
	       !strncmp(info.name, BPF_NAME_PREFIX, strlen(BPF_NAME_PREFIX));
	close(fd);
	return ours;
}

static u32 linked_program(u32 link_id)
{
	struct bpf_link_info info = { 0 };
	u32 len = sizeof(info);
	int fd = bpf_link_get_fd_by_id(link_id);
	u32 id = 0;

	if (fd < 0)
		return 0;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len))
		id = info.prog_id;
	close(fd);
	return id;
}

/**
 * bpf_state_read() - count our programs and those that are attached
 * @state: the counts (out)
 *
 * Return: 0 or a negative errno; -EPERM without CAP_SYS_ADMIN.
 */
int bpf_state_read(struct bpf_state *state)
{
	u32 programs[PROGRAMS_MAX], id = 0, linked;
	unsigned int i;

	memset(state, 0, sizeof(*state));
	while (!bpf_prog_get_next_id(id, &id))
		if (is_ours(id) && state->programs < PROGRAMS_MAX)
			programs[state->programs++] = id;
	if (errno != ENOENT)
		return -errno;
	id = 0;
	while (!bpf_link_get_next_id(id, &id)) {
		linked = linked_program(id);
		for (i = 0; i < state->programs && linked; i++) {
			if (programs[i] != linked)
				continue;
			/* A program with two links is one program. */
			programs[i] = 0;
			state->linked++;
		}
	}
	return errno == ENOENT ? 0 : -errno;
}
