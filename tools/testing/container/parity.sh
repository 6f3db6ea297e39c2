#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# parity.sh - policy "tcb": what host IMA records of a container's accesses, the
# module records, byte by byte and in the same order.
# guest-options: --tpm --append ima_test=tcb
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"
. "$HERE/parity_lib.sh"

# host IMA's built-in policy of that name; Linux 7.x measures what runs from tmpfs
tcb_policy() {
	local tmpfs='' magic

	[[ $(uname -r) == 6.* ]] || tmpfs='func=FILE_CHECK '
	for magic in 9fa0 62656572 64626720; do
		echo "dont_measure fsmagic=0x$magic"
	done
	echo "dont_measure ${tmpfs}fsmagic=0x1021994"
	for magic in 1cd1 42494e4d 73636673 f97cff8c 43415d53 27e0eb 63677270 6e736673 de5e81e4; do
		echo "dont_measure fsmagic=0x$magic"
	done
	cat <<-END
	measure func=MMAP_CHECK mask=MAY_EXEC
	measure func=BPRM_CHECK mask=MAY_EXEC
	measure func=FILE_CHECK mask=^MAY_READ euid=0
	measure func=FILE_CHECK mask=^MAY_READ uid=0
	measure func=MODULE_CHECK
	measure func=FIRMWARE_CHECK
	measure func=POLICY_CHECK
	END
}

reload policy=tcb || exit 1
tcb_policy > policy
parity policy programs maps names changes places filesystems readers violations xattrs programs@overlay
