#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# trim.sh - an administrator trims the log of a running container: nothing is
# lost that was saved, evmctl accepts the pieces, and who reads is told.
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

imans=/build/userspace/imans
inside=/sys/kernel/security/ima

make_root one/rootfs

run_programs() { # WORD COUNT
	in_container one /bin/sh -c "for i in \$(/bin/busybox seq $2); do
		cp /bin/payload /tmp/$1-\$i; echo $1-\$i >> /tmp/$1-\$i; /tmp/$1-\$i; done"
}

trimmed() { sed -n 's/^records=//p' "$dir/checkpoint"; }

the_pieces_are_the_whole_log() {
	start_container one || return
	rm -f saved
	run_programs first 10
	equal "records" 12 "$(records "$dir")"
	equal "imans trim" "5 records deleted" "$($imans trim --save saved "${dir##*/}" 5)"
	expect "$TOOLS/replay" "$dir" > /dev/null
	run_programs second 5
	equal "imans trim all" "12 records deleted" "$($imans trim --save saved "${dir##*/}" all)"
	expect "$TOOLS/replay" "$dir" > /dev/null
	run_programs third 3
	equal "records that are left" 3 "$(records "$dir")"
	equal "records that are gone" 17 "$(trimmed)"
	cat saved "$dir/binary_runtime_measurements" > whole
	expect evmctl_accepts whole "$dir"
	# and what is left is not accepted without what is gone
	cat "$dir/binary_runtime_measurements" > rest
	expect not evmctl_accepts rest "$dir" > /dev/null
	stop_container one
}

the_kernel_takes_the_language_of_7_2() {
	start_container one || return
	run_programs echo 6
	expect eval 'echo 3 > "$dir/ascii_runtime_measurements_sha256"'
	equal "records" 5 "$(records "$dir")"
	equal "number of the first that is left" 4 "$($imans log "${dir##*/}" | awk '$2 == 10 { print $1; exit }')"
	expect eval '$imans list | grep -q "5 (3 trimmed)"'
	stop_container one
}

a_follower_is_told_what_it_missed() {
	local follower

	start_container one || return
	$imans log --follow "${dir##*/}" > follow.out 2> follow.err &
	follower=$!
	run_programs seen 1
	expect until_true 20 grep -q /tmp/seen-1 follow.out
	kill -STOP $follower
	run_programs missed 3
	expect "$imans" trim "${dir##*/}" all > /dev/null
	kill -CONT $follower
	run_programs later 1
	expect until_true 20 grep -q /tmp/later-1 follow.out
	expect grep -q "3 records were trimmed before they were read" follow.err
	equal "number of the record after them" 7 "$(awk '/later-1/ { print $1 }' follow.out)"
	stop_container one
	wait $follower
	equal "its exit status" 1 $?
}

the_container_cannot_trim() {
	start_container one "$with_caps" || return
	expect not in_container one /bin/sh -c "echo 1 > $inside/binary_runtime_measurements" 2> /dev/null
	equal records 2 "$(records "$dir")"
	equal "checkpoint in the container" "$(cat "$dir/checkpoint")" \
		"$(in_container one /bin/cat $inside/checkpoint)"
	stop_container one
}

run_tests the_pieces_are_the_whole_log the_kernel_takes_the_language_of_7_2 \
	a_follower_is_told_what_it_missed the_container_cannot_trim
