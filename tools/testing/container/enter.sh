#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# enter.sh - who comes into a container from outside, and containers that share
# namespaces with others or with the host, or have a user namespace: all that
# runs in a container is in its log.
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

make_root one/rootfs
cp -a one two
for n in exec mnt all dead shared; do
	cp one/rootfs/bin/payload "one/rootfs/bin/$n"
	echo "$n" >> "one/rootfs/bin/$n"
done
cp one/rootfs/bin/exec two/rootfs/bin/

in_log() { # NAME TIMES
	equal "records of /bin/$1" "$2" "$(grep -c " /bin/$1 " "$dir/ascii_runtime_measurements")"
}

born() { sed -n 's/^born=//p' $SECURITY/status; }

exec_and_nsenter_join() {
	local before

	start_container one || return
	before=$(born)
	expect in_container one /bin/exec
	in_log exec 1
	expect nsenter -t "$pid" -m /bin/mnt
	in_log mnt 1
	expect nsenter -t "$pid" -a /bin/all
	in_log all 1
	# the root only, the host's mount namespace: the host's doing
	expect chroot "/proc/$pid/root" /bin/dead
	in_log dead 0
	equal born "$before" "$(born)"
	expect log_holds "$dir" > holds.out
	stop_container one
}

a_log_ends_with_its_container() {
	start_container one '.process.args = ["/bin/sh", "-c", "/bin/exec; exec sleep 1000"]' || return
	until_true 10 grep -q ' /bin/exec ' "$dir/ascii_runtime_measurements"
	expect mkdir -p view
	expect mount --bind "$dir" view
	"${CRUN[@]}" kill one KILL
	expect until_true 10 [ ! -e "$dir" ]
	# through a mount that is left there is an empty directory
	equal view "" "$(ls view)"
	umount view
	stop_container one
}

containers_of_a_pod_have_their_own() {
	local first before shared

	start_container one || return
	first=$dir
	before=$(born)
	# all but the mount namespace is shared
	shared='.linux.namespaces = [{type: "mount"}] + [("pid", "network", "ipc", "uts") |
		{type: ., path: ("/proc/'$pid'/ns/" + sub("network"; "net"))}]'
	start_container two "$shared" || return
	equal born $((before + 1)) "$(born)"
	expect [ "$dir" != "$first" ]
	expect in_container two /bin/exec
	in_log exec 1
	dir=$first
	in_log exec 0
	stop_container two
	stop_container one
}

a_container_that_shares_all_with_the_host_has_one_too() {
	start_container one '.linux.namespaces = [{type: "mount"}] | del(.hostname)' || return
	expect in_container one /bin/exec
	in_log exec 1
	stop_container one
}

a_user_namespace_owns_its_log() {
	local map='[{containerID: 0, hostID: 100000, size: 65536}]'

	chmod 755 . one one/rootfs
	start_container one '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = '"$map"' | .linux.gidMappings = '"$map" || return
	equal owner 100000 "$(stat -c %u "$dir")"
	expect in_container one /bin/exec
	in_log exec 1
	equal "its log" "$(cat "$dir/ascii_runtime_measurements")" \
		"$(in_container one /bin/cat /sys/kernel/security/ima/ascii_runtime_measurements)"
	expect not "${CRUN[@]}" exec --user 1000:1000 one /bin/cat \
		/sys/kernel/security/ima/ascii_runtime_measurements > /dev/null 2>&1
	stop_container one
}

a_container_without_the_hook_is_born_by_itself() {
	start_container one 'del(.hooks)' || return
	equal first /bin/busybox "$(awk 'NR == 2 { print $NF }' "$dir/ascii_runtime_measurements")"
	expect in_container one /bin/exec
	in_log exec 1
	stop_container one
}

run_tests exec_and_nsenter_join a_log_ends_with_its_container \
	containers_of_a_pod_have_their_own a_container_that_shares_all_with_the_host_has_one_too \
	a_user_namespace_owns_its_log a_container_without_the_hook_is_born_by_itself
