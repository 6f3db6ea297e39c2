#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# parity.sh - policy "tcb": what host IMA records of a container's accesses, the
# module records, byte by byte and in the same order.
# guest-options: --tpm --append ima_test=tcb
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"
. "$HERE/parity_lib.sh"

reload policy=tcb || exit 1
tcb_policy > policy
parity policy programs maps names changes places filesystems readers violations xattrs programs@overlay
