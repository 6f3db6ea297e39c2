# SPDX-License-Identifier: GPL-2.0
# parity_places.sh - where the root of a workload can be.  place_PLACE NAME finds a
# directory NAME/rootfs on ext4 and leaves its files there, on what the place says.
# Sourced by parity_lib.sh.

# uuid NAME - of the file system of a workload's root, for rules with fsuuid=
uuid() {
	md5sum <<<"$1" | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/'
}

# image NAME SIZE COMMAND... - COMMAND makes a file system in NAME/image
image() {
	local name=$1

	truncate -s "$2" "$name/image"
	shift 2
	"$@" "$name/image" > mkfs.out 2>&1 && return
	sed "s/^/# $1: /" mkfs.out
	return 1
}

# mount_image NAME WHERE - an empty file system, filled with the files
mount_image() {
	mv "$1/rootfs" "$1/tree"
	mkdir -p "$1/rootfs" "$2"
	modprobe loop && mount -o loop "$1/image" "$2"
}

fill() { # NAME WHERE
	cp -a "$1/tree/." "$2/" && rm -rf "$1/tree"
}

on_overlay() { # NAME LOWER UPPER-AND-WORK
	mkdir -p "$3/upper" "$3/work"
	mount -t overlay "$1" -o "lowerdir=$2,upperdir=$3/upper,workdir=$3/work" "$1/rootfs"
}

# a directory of the guest's ext4 disk
place_home() { :; }

place_ext4() {
	image "$1" 48M mkfs.ext4 -q -U "$(uuid "$1")" && mount_image "$1" "$1/rootfs" &&
		fill "$1" "$1/rootfs"
}

place_xfs() {
	image "$1" 320M mkfs.xfs -q -m uuid="$(uuid "$1")" && mount_image "$1" "$1/rootfs" &&
		fill "$1" "$1/rootfs"
}

place_btrfs() {
	image "$1" 128M mkfs.btrfs -q -U "$(uuid "$1")" && mount_image "$1" "$1/rootfs" &&
		fill "$1" "$1/rootfs"
}

place_tmpfs() {
	mv "$1/rootfs" "$1/tree"
	mkdir "$1/rootfs"
	mount -t tmpfs -o mode=755 tmpfs "$1/rootfs" && fill "$1" "$1/rootfs"
}

# the next two can only be read
place_erofs() {
	mkfs.erofs -U "$(uuid "$1")" "$1/image" "$1/rootfs" > mkfs.out 2>&1 &&
		mount_image "$1" "$1/rootfs" && rm -rf "$1/tree"
}

place_squashfs() {
	mksquashfs "$1/rootfs" "$1/image" -comp zstd -quiet > mkfs.out 2>&1 &&
		mount_image "$1" "$1/rootfs" && rm -rf "$1/tree"
}

# as that of a container from an image
place_overlay() {
	mv "$1/rootfs" "$1/lower"
	mkdir "$1/rootfs"
	on_overlay "$1" "$1/lower" "$1"
}

# all layers on one xfs
place_overlay_xfs() {
	image "$1" 320M mkfs.xfs -q && mount_image "$1" "$1/layers" && mkdir "$1/layers/lower" &&
		fill "$1" "$1/layers/lower" && on_overlay "$1" "$1/layers/lower" "$1/layers"
}

# a read-only image under what is forgotten
place_overlay_erofs() {
	mkfs.erofs "$1/image" "$1/rootfs" > mkfs.out 2>&1 && mount_image "$1" "$1/lower" &&
		rm -rf "$1/tree" && mkdir "$1/layers" && mount -t tmpfs tmpfs "$1/layers" &&
		on_overlay "$1" "$1/lower" "$1/layers"
}

# leave_places - unmount all of them, what is on top first
leave_places() {
	awk -v here="$PWD/" 'index($2, here) == 1 { print $2 }' /proc/mounts | tac |
		xargs -r -n 1 umount
}
