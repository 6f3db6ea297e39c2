#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# debug.sh [--fast] [WHAT...] - run the tests on a kernel that tells of what goes
# wrong (qemu/mkkernel): KASAN, UBSAN, lockdep, RCU, kmemleak, failslab.  --fast:
# the kernel without KASAN and UBSAN.  WHAT is some of
#
#   policy     policy files against host IMA's, two boots
#   faults     allocations fail
#   selftests  test programs and container tests, as in check.sh
#
# by default all.  ONLY=REGEX picks selftests by name.  The last line is
# "N passed, N failed".
set -eu
cd "$(dirname "$(readlink -f "$0")")/../.."
. tools/testing/qemu/lib.sh

logs=$CACHE/logs
total_passed=0 total_failed=0 total_skipped=0
fast=''
[ "${1:-}" != --fast ] || { fast=--fast; shift; }
[ $# -gt 0 ] || set -- policy faults selftests

build_all() {
	tools/testing/qemu/mktree trixie
	# shellcheck disable=SC2086 # an option or nothing
	kernel=$(tools/testing/qemu/mkkernel $fast)
	build=$CACHE/build-debug$fast
	say "building the modules for it"
	mkdir -p "$logs"
	{
		tools/testing/qemu/build --dir "$build" --kdir "$kernel" trixie
		tools/testing/qemu/build --dir "$build" --kdir "$kernel" trixie \
			-C /build/tools/testing/debug
	} > "$logs/build-debug.out" 2>&1 || {
		tail -n 30 "$logs/build-debug.out"
		die "they did not build"
	}
	install_modules
}

# The kernel's own module directory, with ours in it.
install_modules() {
	local release at

	release=$(cat "$kernel/include/config/kernel.release")
	modules=$build/.modules-debug
	at=$modules/lib/modules/$release
	rm -rf "$modules"
	mkdir -p "$modules/lib/modules"
	cp -r "$kernel/modules/lib/modules/$release" "$at"
	mkdir -p "$at/updates"
	cp "$build/ima_ns.ko" "$build/ima_ns_probe.ko" "$at/updates/"
	in_tree "$(need_tree trixie)" "$modules:/kdir" -- depmod -b /kdir "$release"
}

count() { # LABEL EXPECTED...
	local label=$1 verdict passed failed skipped

	shift
	verdict=$(awk -v EXPECTED="$*" -f tools/testing/tap.awk "$logs/$label.out")
	sed '$d' <<<"$verdict"
	read -r passed failed skipped <<<"$(tail -n 1 <<<"$verdict")"
	printf '%s: %d passed, %d failed, %d skipped\n' "$label" "$passed" "$failed" "$skipped"
	total_passed=$((total_passed + passed))
	total_failed=$((total_failed + failed))
	total_skipped=$((total_skipped + skipped))
}

# boot LABEL TEST... - one guest; tests are paths in it.  On this kernel and under
# emulation a boot takes a minute.
boot() {
	local label=debug-$1 status=0

	shift
	printf '\n== %s\n' "$label"
	tools/testing/qemu/guest --kernel "$kernel/bzImage" --modules "$modules" --build "$build" \
		--mem 3G --timeout "${GUEST_TIMEOUT:-5400}" --log "$logs/$label.klog" \
		--append "slub_debug=FZPU kmemleak=on" ${options:-} -- \
		/src/tools/testing/debug/run "$@" > "$logs/$label.out" || status=$?
	grep -E '^(not ok|#)' "$logs/$label.out" || true
	count "$label" "${@##*/}" leaks
	case $status in
	0 | 1) ;;
	*)
		printf 'FAILED  %s: the guest ended with %d; kernel log: %s\n' "$label" "$status" \
			"$logs/$label.klog"
		total_failed=$((total_failed + 1)) ;;
	esac
}

selftests() {
	local file

	for file in tools/testing/selftests/ima_ns/*_test.c; do
		[[ ! ${file##*/} =~ ${ONLY:-.} ]] || printf '/build/%s\n' "${file%.c}"
	done
	for file in tools/testing/container/*.sh; do
		[[ ! -x $file || ! ${file##*/} =~ ${ONLY:-.} ]] || printf '/src/%s\n' "$file"
	done
}

build_all
for what; do
	case $what in
	policy)
		boot policy /src/tools/testing/differential/policy.sh
		boot policy-default /src/tools/testing/differential/policy_default.sh
		;;
	faults) boot faults /build/tools/testing/debug/fault_test ;;
	selftests)
		mapfile -t tests < <(selftests)
		boot selftests "${tests[@]}"
		;;
	*) die "unknown: $what; known are policy, faults, selftests" ;;
	esac
done
printf '%d passed, %d failed\n' "$total_passed" "$total_failed"
[ "$total_failed" = 0 ]
