# SPDX-License-Identifier: GPL-2.0
# lib.sh - what the scripts in this directory share: where things are kept,
# how an error is told, how a missing program is named.  Sourced, never run.

QEMU_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=$(cd "$QEMU_DIR/../../.." && pwd)
CACHE=${IMA_NS_CACHE:-${HOME:-/root}/.cache/ima-ns}

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 2; }

# need PROGRAM:PACKAGE... - fail once, naming every missing program.
need() {
	local pair missing=0

	for pair; do
		command -v "${pair%%:*}" >/dev/null && continue
		say "missing program: ${pair%%:*} (Debian package: ${pair#*:})"
		missing=1
	done
	[ $missing = 0 ] || exit 2
}

tree_of() { printf '%s/tree-%s\n' "$CACHE" "$1"; }
build_of() { printf '%s/build-%s\n' "$CACHE" "$1"; }

# need_tree SUITE - fail unless the tree is there; print its path.
need_tree() {
	local tree

	tree=$(tree_of "$1")
	[ -d "$tree/usr" ] ||
		die "$tree: no such tree; make it with tools/testing/qemu/mktree $1"
	printf '%s\n' "$tree"
}

# kernel_release TREE - the newest kernel installed in a tree.
kernel_release() {
	local image

	image=$(printf '%s\n' "$1"/boot/vmlinuz-* | sort -V | tail -n 1)
	[ -f "$image" ] || die "$1/boot: no vmlinuz-*; rebuild the tree with mktree"
	printf '%s\n' "${image##*/vmlinuz-}"
}

# in_tree TREE [DIR:WHERE...] -- COMMAND... - run in a tree, with directories of
# the host mounted in it.  In a mount namespace of its own: nothing stays
# mounted, whatever happens.  (objtool reads /proc.)
in_tree() {
	local tree=$1 mounts pair

	shift
	mounts="mount -t proc proc '$tree/proc'"
	while [ "$1" != -- ]; do
		pair=$1
		mounts+="; mkdir -p '$tree${pair##*:}'; mount --bind '${pair%:*}' '$tree${pair##*:}'"
		shift
	done
	shift
	unshare -m sh -ec "$mounts"'; tree=$1; shift; exec chroot "$tree" "$@"' sh "$tree" "$@"
}
