#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# base.sh - a container by crun has an IMA of its own: everything it executes is
# in its log, evmctl accepts the log, and the container sees it where a host has
# its own.
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

inside=/sys/kernel/security/ima

make_root one/rootfs
add_program one/rootfs /usr/bin/env /usr/bin/evmctl

the_log_begins_with_the_first_program() {
	start_container one || return
	equal first boot_aggregate "$(awk 'NR == 1 { print $NF }' "$dir/ascii_runtime_measurements")"
	equal second /bin/busybox "$(awk 'NR == 2 { print $NF }' "$dir/ascii_runtime_measurements")"
	equal count 2 "$(records "$dir")"
	stop_container one
}

everything_executed_is_in_it() {
	local lib

	start_container one || return
	expect in_container one /bin/sh -c '/bin/payload; /usr/bin/env true; cp /bin/payload /tmp/x; /tmp/x'
	expect record_of "$dir" one/rootfs/bin/busybox /bin/busybox
	expect record_of "$dir" one/rootfs/bin/payload /bin/payload
	expect record_of "$dir" one/rootfs/bin/payload /tmp/x
	expect record_of "$dir" one/rootfs/usr/bin/env /usr/bin/env
	for lib in $(ldd /usr/bin/env | grep -oE '/[^ :)]+'); do
		expect grep -qE " sha256:$(sha256sum < "one/rootfs$lib" | cut -d ' ' -f 1) /\S*/${lib##*/}( |$)" \
			"$dir/ascii_runtime_measurements"
	done
	expect log_holds "$dir"
	stop_container one
}

evmctl_rejects_what_is_not_so() {
	start_container one || return
	in_container one /bin/payload
	cp "$dir"/pcrs_* .
	cat "$dir/binary_runtime_measurements" > log
	expect evmctl_accepts log .
	# a digest in the log
	printf '\x55' | dd of=log bs=1 seek=200 conv=notrunc status=none
	expect not evmctl_accepts log . > /dev/null
	# a record too few
	head -c "$(($(stat -c %s log) / 3))" "$dir/binary_runtime_measurements" > log
	expect not evmctl_accepts log . > /dev/null
	# a PCR
	cat "$dir/binary_runtime_measurements" > log
	sed -i '/PCR-10/s/:.*/: 00 00/' pcrs_sha256
	expect not evmctl_accepts log . > /dev/null
	rm -f pcrs_* log
	stop_container one
}

the_container_sees_what_a_host_would() {
	local file

	start_container one || return
	in_container one /bin/ls "$inside" > names.in
	ls "$dir" > names.out
	expect cmp names.in names.out
	for file in ascii_runtime_measurements{,_sha1,_sha256} runtime_measurements_count violations; do
		equal "$file" "$(cat "$dir/$file")" "$(in_container one /bin/cat "$inside/$file")"
	done
	for file in binary_runtime_measurements{,_sha1,_sha256}; do
		in_container one /bin/cat "$inside/$file" > in.bin
		expect cmp in.bin "$dir/$file"
	done
	equal policy "$(cat "$dir/policy")" "$(in_container one /bin/cat $inside/policy)"
	expect in_container one /usr/bin/evmctl ima_measurement --pcrs sha1,$inside/pcrs_sha1 \
		--pcrs sha256,$inside/pcrs_sha256 $inside/binary_runtime_measurements > /dev/null
	stop_container one
}

two_containers_have_two_logs() {
	local first second

	make_root two/rootfs
	make_unique two/rootfs two
	start_container one || return
	first=$dir
	start_container two || return
	second=$dir
	expect [ "$first" != "$second" ]
	in_container two /bin/payload
	expect record_of "$second" two/rootfs/bin/payload /bin/payload
	expect not record_of "$first" two/rootfs/bin/payload /bin/payload
	expect not record_of "$first" one/rootfs/bin/payload /bin/payload
	equal "records of the first" 2 "$(records "$first")"
	expect log_holds "$first"
	expect log_holds "$second"
	stop_container one
	stop_container two
	expect until_true 10 [ ! -e "$first" ]
	expect until_true 10 [ ! -e "$second" ]
}

host_ima_is_as_before() {
	local before after

	before=$(sha256sum < /sys/kernel/security/ima/binary_runtime_measurements)
	run_container one '.process.args = ["/bin/payload"]' || bad=1
	after=$(sha256sum < /sys/kernel/security/ima/binary_runtime_measurements)
	equal "host log" "$before" "$after"
}

run_tests the_log_begins_with_the_first_program everything_executed_is_in_it \
	evmctl_rejects_what_is_not_so the_container_sees_what_a_host_would \
	two_containers_have_two_logs host_ima_is_as_before
