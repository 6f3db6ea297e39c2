#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nesting.sh - crun in a container by crun: with nested=1 the inner container has
# an IMA of its own, which it sees where a host has its own, and the outer one's
# log has all of it too; without, it is a part of the outer one.
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

make_root outer/rootfs
add_program outer/rootfs /usr/bin/crun /usr/bin/jq
# what the inner runtime asks for at its own places
mkdir -p outer/rootfs/run/crun outer/rootfs/inner
make_root outer/rootfs/inner/rootfs
make_unique outer/rootfs/inner/rootfs inner
add_program outer/rootfs/inner/rootfs /usr/bin/env
bundle outer/rootfs/inner '.hooks.createContainer = [{path: "/bin/hook"}]'

cat > outer/rootfs/bin/hook <<'END'
#!/bin/sh
# as ../hook, with what there is in the outer container
security=/sys/kernel/security/ima-ns
where=/inner/rootfs/sys/kernel/security/ima
exec 9< /proc/self/ns/mnt
[ ! -f /create ] || echo fd=9 > $security/create || exit 1
mkdir $where
[ ! -f /create ] || mount --bind $security/$(stat -Lc %i /proc/self/ns/mnt) $where
END
chmod +x outer/rootfs/bin/hook

# A generous outer container: the inner runtime needs it.  Its first process waits
# for those of ended inner containers, who are members until somebody does.
generous='
	.process.args = ["/bin/sh", "-c", "while :; do /bin/sleep 1000 & wait; done"] |
	.process.capabilities |= map_values(["CAP_SYS_ADMIN","CAP_SYS_CHROOT","CAP_SYS_PTRACE",
		"CAP_DAC_OVERRIDE","CAP_DAC_READ_SEARCH","CAP_SETUID","CAP_SETGID","CAP_MKNOD",
		"CAP_CHOWN","CAP_FOWNER","CAP_KILL","CAP_SETPCAP","CAP_NET_ADMIN","CAP_SYS_RESOURCE",
		"CAP_AUDIT_WRITE","CAP_NET_BIND_SERVICE","CAP_FSETID","CAP_SETFCAP","CAP_NET_RAW"]) |
	del(.linux.maskedPaths, .linux.readonlyPaths, .linux.seccomp) |
	.mounts |= map(select(.destination != "/sys/kernel/security")) |
	.mounts += [{destination: "/sys/kernel/security", type: "bind",
		source: "/sys/kernel/security", options: ["rbind", "rw"]},
		{destination: "/sys/fs/cgroup", type: "bind", source: "/sys/fs/cgroup",
		options: ["rbind", "rw"]}]'

# outer [WORD] - start the outer container; its namespace is made with this word
outer() {
	local hook='del(.hooks)'

	[ $# = 0 ] || hook='.hooks.createContainer = [{path: $create, args: ["create", "'$1'"]}]'
	bundle outer "$generous | ${hook//\$create/\"$PWD/create\"}"
	start_bundle outer || return
	outer_dir=$dir
}

# a hook that makes the namespace and shows nothing: securityfs is mounted whole
cat > create <<'END'
#!/bin/bash
exec 9< /proc/self/ns/mnt
echo "fd=9 $1" > /sys/kernel/security/ima-ns/create
END
chmod +x create

# inner [--create] - start the inner one; its directory, if it has one, in inner_dir
inner() {
	if [ "${1:-}" = --create ]; then touch outer/rootfs/create; else rm -f outer/rootfs/create; fi
	in_container outer /usr/bin/crun --cgroup-manager=disabled run --detach -b /inner inner \
		< /dev/null > inner.out 2>&1 || {
		sed 's/^/# inner crun: /' inner.out
		return 1
	}
	inner_dir=$(inner_dirs)
}

inner_dirs() {
	grep -lx "parent=${outer_dir##*/}" $SECURITY/*/info 2>/dev/null | sed 's,/info$,,'
}

no_inner_dir() { [ -z "$(inner_dirs)" ]; }

in_inner() {
	in_container outer /usr/bin/crun --cgroup-manager=disabled exec inner "$@"
}

stop_both() {
	in_container outer /usr/bin/crun --cgroup-manager=disabled delete --force inner
	stop_container outer
	expect until_true 10 [ ! -e "$outer_dir" ]
	[ -z "$inner_dir" ] || expect until_true 10 [ ! -e "$inner_dir" ]
}

the_inner_container_has_its_own() {
	outer nested=1 && inner || { stop_container outer; return 1; }
	equal "inner namespaces" 1 "$(inner_dirs | wc -l)"
	expect in_inner /bin/sh -c '/bin/payload; /usr/bin/env true; cp /bin/payload /tmp/x; /tmp/x'
	equal first boot_aggregate "$(awk 'NR == 1 { print $NF }' "$inner_dir/ascii_runtime_measurements")"
	for dir in "$inner_dir" "$outer_dir"; do
		expect record_of "$dir" outer/rootfs/inner/rootfs/bin/busybox /bin/busybox
		expect record_of "$dir" outer/rootfs/inner/rootfs/bin/payload /bin/payload
		expect record_of "$dir" outer/rootfs/inner/rootfs/bin/payload /tmp/x
		expect record_of "$dir" outer/rootfs/inner/rootfs/usr/bin/env /usr/bin/env
		expect log_holds "$dir"
	done
	# what the outer one does is its own affair
	expect record_of "$outer_dir" outer/rootfs/bin/busybox /bin/busybox
	expect not record_of "$inner_dir" outer/rootfs/bin/busybox /bin/busybox
	expect record_of "$outer_dir" outer/rootfs/usr/bin/crun /usr/bin/crun
	stop_both
}

it_is_there_before_its_first_instruction_and_sees_itself() {
	local file inside=/sys/kernel/security/ima

	outer nested=1 && inner --create || { stop_container outer; return 1; }
	in_inner /bin/payload
	for file in ascii_runtime_measurements runtime_measurements_count violations; do
		equal "$file" "$(cat "$inner_dir/$file")" "$(in_inner /bin/cat $inside/$file)"
	done
	equal second /bin/busybox "$(awk 'NR == 2 { print $NF }' "$inner_dir/ascii_runtime_measurements")"
	# the outer one sees it, too
	equal outer "$(cat "$inner_dir/runtime_measurements_count")" \
		"$(in_container outer /bin/cat "$inner_dir/runtime_measurements_count")"
	stop_both
}

without_nested_it_belongs_to_the_outer_one() {
	outer && inner || { stop_container outer; return 1; }
	equal "inner namespaces" "" "$inner_dir"
	expect in_inner /bin/payload
	expect record_of "$outer_dir" outer/rootfs/inner/rootfs/bin/payload /bin/payload
	expect log_holds "$outer_dir"
	stop_both
}

the_inner_one_ends_before_the_outer_one() {
	outer nested=1 && inner || { stop_container outer; return 1; }
	in_container outer /usr/bin/crun --cgroup-manager=disabled delete --force inner
	expect until_true 10 no_inner_dir
	equal state alive "$(sed -n 's/^state=//p' "$outer_dir/info")"
	inner || return
	expect in_inner /bin/payload
	expect record_of "$inner_dir" outer/rootfs/inner/rootfs/bin/payload /bin/payload
	stop_both
}

run_tests the_inner_container_has_its_own \
	it_is_there_before_its_first_instruction_and_sees_itself \
	without_nested_it_belongs_to_the_outer_one the_inner_one_ends_before_the_outer_one
