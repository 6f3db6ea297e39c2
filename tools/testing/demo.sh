#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# demo.sh [trixie|sid] - what ima-ns does, shown and checked with two containers
# in a guest.  Boots the guest twice: once without the modules, to know what
# the host's own IMA records by itself, and once with them.  Fails when anything
# that it claims did not hold.
set -eu
cd "$(dirname "$(readlink -f "$0")")/../.."
. tools/testing/qemu/lib.sh

suite=${1:-trixie}
case $suite in
trixie | sid) ;;
*) die "usage: demo.sh [trixie|sid]" ;;
esac

progress() { printf '%s: %s\n' demo "$*"; }

# quietly WHAT FILE COMMAND... - its output is shown only when it fails
quietly() {
	local what=$1 file=$2

	shift 2
	progress "$what"
	"$@" > "$file" 2>&1 && return
	tail -n 30 "$file" >&2
	die "$what: failed; all of the output is in $file"
}

make_disk() {
	tools/testing/demo/mkroot "$(tree_of "$suite")" "$work/disk/debian" &&
		tools/testing/qemu/mkdisk "$work/disk.img" "$work/disk" 512M
}

# boot SCRIPT - run a script of demo/ in the guest.  Both boots get the same
# disk and a TPM without a history, and one processor, so that things happen in
# the same order.
boot() {
	cp --sparse=always "$work/disk.img" "$work/run.img"
	tools/testing/qemu/guest --suite "$suite" --smp 1 --timeout 600 --tpm \
		--scratch 0 --disk "$work/run.img:/mnt/demo" --out "$work/out" --log "$logs/demo-$1.klog" \
		-- env COLOUR="$colour" "/src/tools/testing/demo/$1"
}

[ "$(id -u)" = 0 ] || die "must be root, for chroot and mount"
need mmdebstrap:mmdebstrap qemu-system-x86_64:qemu-system-x86 swtpm:swtpm mke2fs:e2fsprogs \
	cpio:cpio xz:xz-utils flock:util-linux
colour=''
[ ! -t 1 ] || [ -n "${NO_COLOR:-}" ] || colour=1
logs=$CACHE/logs
mkdir -p "$logs"
work=$(mktemp -d "$CACHE/demo.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$work/disk" "$work/out"

[ -d "$(tree_of "$suite")" ] ||
	progress "no guest yet: downloading Debian packages for one, 1.4 GB when unpacked"
tools/testing/qemu/mktree "$suite"
quietly "building the modules and the tool for $suite" "$logs/demo-build.out" \
	tools/testing/qemu/build "$suite" -s modules userspace
quietly "making a small Debian root file system for the containers" "$logs/demo-disk.out" make_disk
quietly "booting the guest without our modules, to have something to compare with" \
	"$logs/demo-without.out" boot without
progress "booting the guest with them"
status=0
boot with || status=$?
case $status in
0 | 1) ;;
97) progress "FAILED: the kernel log tells of a bug; it is in $logs/demo-with.klog" ;;
*) progress "FAILED: the guest did not come to the end; its kernel log is $logs/demo-with.klog" ;;
esac
exit $status
