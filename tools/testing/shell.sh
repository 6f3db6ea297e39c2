#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shell.sh [trixie|sid] [OPTIONS OF qemu/guest] - a root shell in a guest with
# the modules of this checkout loaded.  Ctrl-D ends it; Ctrl-A x kills QEMU.
set -eu
cd "$(dirname "$(readlink -f "$0")")/../.."

suite=${1:-trixie}
[ $# = 0 ] || shift
tools/testing/qemu/mktree "$suite"
tools/testing/qemu/build "$suite" -s modules userspace
exec tools/testing/qemu/guest --suite "$suite" --shell "$@" -- \
	'modprobe ima_ns_probe; cd /sys/kernel/security/ima-ns; PATH=$PATH:/build/userspace'
