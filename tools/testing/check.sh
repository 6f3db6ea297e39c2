#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check.sh - run the tests.  "check.sh help" lists the verbs.
#
# Everything is built in the Debian tree (tools/testing/qemu/mktree), so that a
# result does not depend on the machine.  A C program or script can ask for a
# boot of its own with a line "guest-options: OPTIONS OF qemu/guest".
set -eu
cd "$(dirname "$(readlink -f "$0")")/../.."
. tools/testing/qemu/lib.sh

usage() {
	cat <<-'END'
	usage: check.sh VERB...
	  harness      would the harness notice a crash, a hang, a missing report?
	  host         unit tests of the pure C, the tool's tests, the committed skeleton
	  fuzz         what reads hostile bytes is fed with them, FUZZ_SECONDS=60 each
	  guest SUITE  test programs and container tests on the stock kernel of
	               trixie (Linux 6.12) or sid (Linux 7.x)
	  secureboot SUITE  a locked-down guest takes the signed modules and no other
	  all          the above, on both suites
	ONLY=REGEX picks tests of "guest" by name.  The last line is "N passed, N failed".
	END
}

logs=$CACHE/logs
runner=/src/tools/testing/qemu/run-tests
total_passed=0 total_failed=0 total_skipped=0

title() { printf '\n== %s\n' "$*"; }

# count LABEL OUTPUT [EXPECTED...] - add the results in a file of test output
count() {
	local label=$1 output=$2 verdict passed failed skipped

	shift 2
	verdict=$(awk -v EXPECTED="$*" -f tools/testing/tap.awk "$output")
	sed '$d' <<<"$verdict"
	read -r passed failed skipped <<<"$(tail -n 1 <<<"$verdict")"
	printf '%s: %d passed, %d failed, %d skipped\n' "$label" "$passed" "$failed" "$skipped"
	total_passed=$((total_passed + passed))
	total_failed=$((total_failed + failed))
	total_skipped=$((total_skipped + skipped))
}

# failure LABEL TEXT - something that must not happen, outside of any test
failure() {
	printf 'FAILED  %s: %s\n' "$1" "$2"
	total_failed=$((total_failed + 1))
}

# report NAME OUTPUT COMMAND... - run something that reports tests
report() {
	local name=$1 output=$2 status

	shift 2
	echo "## BEGIN $name" >> "$output"
	"$@" 2>&1 | tee -a "$output"
	status=${PIPESTATUS[0]}
	echo "## END $name $status" >> "$output"
}

as_test() { # NAME COMMAND... - a command as one test
	echo 1..1
	if "${@:2}"; then echo "ok 1 $1"; else echo "not ok 1 $1"; fi
}

# make_in DIR ARGUMENT... - make in the tree; what it says of files is true outside
make_in() {
	tools/testing/qemu/build trixie -s -C "/build/$1" "${@:2}" 2>&1 |
		sed "s,\\(^\\|[^[:alnum:]_./-]\\)/build/,\\1$(build_of trixie)/,g"
	return "${PIPESTATUS[0]}"
}

check_host() {
	local output=$logs/host.out dir

	title "host: unit tests"
	tools/testing/qemu/mktree trixie
	: > "$output"
	for dir in tools/testing/host userspace; do
		[ ! -f $dir/Makefile ] || report $dir "$output" make_in $dir check
	done
	report bpf/probe.lskel.h "$output" as_test skeleton \
		tools/testing/qemu/build trixie -s bpf-check
	count host "$output"
}

check_fuzz() {
	local output=$logs/fuzz.out

	title "fuzz: ${FUZZ_SECONDS:-60} s each"
	tools/testing/qemu/mktree trixie
	: > "$output"
	report fuzz-check "$output" make_in tools/testing/host fuzz-check
	report fuzz "$output" make_in tools/testing/host fuzz SECONDS="${FUZZ_SECONDS:-60}"
	count fuzz "$output"
}

check_harness() {
	local output=$logs/harness.out

	title "harness"
	tools/testing/qemu/mktree trixie
	: > "$output"
	report harness "$output" tools/testing/qemu/harness_test
	count harness "$output"
}

# What runs in the guest: paths as the guest has them.
guest_tests() {
	local file

	for file in tools/testing/selftests/ima_ns/*_test.c; do
		[ ! -f "$file" ] || printf '%s\t%s\n' "$file" "/build/${file%.c}"
	done
	for file in tools/testing/container/*.sh tools/testing/differential/*.sh; do
		[ ! -x "$file" ] || printf '%s\t%s\n' "$file" "/src/$file"
	done
}

# one_boot LABEL SUITE OPTIONS TEST... - one guest, several tests
one_boot() {
	local label=$1 suite=$2 options=$3 output status

	shift 3
	output=$logs/$label.out
	# shellcheck disable=SC2086 # options and runner are words
	tools/testing/qemu/guest --suite "$suite" --timeout "${GUEST_TIMEOUT:-2400}" \
		--log "$logs/$label.klog" $options -- $runner "$@" |
		tee "$output"
	status=${PIPESTATUS[0]}
	count "$label" "$output" "${@##*/}"
	# a test that fails is counted; a guest that fails is one more
	case $status in
	0 | 1) ;;
	97) failure "$label" "trouble in the kernel log, $logs/$label.klog" ;;
	98) failure "$label" "the guest hung; kernel log: $logs/$label.klog" ;;
	*) failure "$label" "the guest ended with $status; kernel log: $logs/$label.klog" ;;
	esac
}

build_suite() { # SUITE
	tools/testing/qemu/mktree "$1"
	tools/testing/qemu/build "$1" > "$logs/build-$1.out" 2>&1 && return 0
	tail -n 30 "$logs/build-$1.out"
	failure "build $1" "see $logs/build-$1.out"
	return 1
}

check_guest() {
	local suite=$1 source test options boots=0
	local -A group=()

	title "guest: stock kernel of $suite"
	build_suite "$suite" || return 0
	grep -E '^(/build/)?(kernel|bpf|userspace)/.*warning:' "$logs/build-$suite.out" || true
	while IFS=$'\t' read -r source test; do
		[[ ${test##*/} =~ ${ONLY:-.} ]] || continue
		options=$(sed -n 's/^[ *#]*guest-options: *//p' "$source" | head -n 1)
		group[${options:-none}]+=" $test"
	done <<<"$(guest_tests)"
	for options in "${!group[@]}"; do
		boots=$((boots + 1))
		# shellcheck disable=SC2086 # tests are words
		one_boot "guest-$suite-$boots" "$suite" "${options#none}" ${group[$options]}
	done
}

check_secureboot() {
	local suite=$1

	title "secureboot: locked-down kernel of $suite"
	# the tools that prepare Secure Boot are trixie's
	tools/testing/qemu/mktree trixie
	build_suite "$suite" || return 0
	tools/testing/qemu/secureboot sign "$suite" > "$logs/sign-$suite.out" 2>&1 || {
		tail -n 10 "$logs/sign-$suite.out"
		failure "secureboot-$suite" "cannot sign; see $logs/sign-$suite.out"
		return 0
	}
	runner="$runner --no-load" one_boot "secureboot-$suite" "$suite" --secureboot /src/tools/testing/qemu/secureboot_test
}

summary() {
	echo
	[ $total_skipped = 0 ] || echo "$total_skipped skipped"
	[ $((total_passed + total_failed)) -gt 0 ] || echo "no test ran"
	echo "$total_passed passed, $total_failed failed"
	[ $total_failed = 0 ] && [ $total_passed -gt 0 ]
}

[ $# -gt 0 ] || { usage >&2; exit 2; }
need awk:mawk cpio:cpio flock:util-linux mke2fs:e2fsprogs mmdebstrap:mmdebstrap openssl:openssl \
	qemu-system-x86_64:qemu-system-x86 swtpm:swtpm unshare:util-linux xz:xz-utils
[ "$(id -u)" = 0 ] || die "the tests take root: they build and boot a Debian tree"
mkdir -p "$logs"
while [ $# -gt 0 ]; do
	case $1 in
	harness | host | fuzz) "check_$1" ;;
	guest | secureboot)
		[ $# -ge 2 ] || die "$1: which suite? trixie or sid"
		"check_$1" "$2"
		shift
		;;
	all)
		check_harness
		check_host
		check_fuzz
		for suite in trixie sid; do
			check_guest $suite
			check_secureboot $suite
		done
		;;
	help | -h | --help) usage; exit 0 ;;
	*) usage >&2; die "no such verb: $1" ;;
	esac
	shift
done
summary
