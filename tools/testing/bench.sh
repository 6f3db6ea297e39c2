#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bench.sh [trixie|sid] [PART...] - what an IMA costs, ours and the host's, in
# guest instructions, each figure against the bar that it has to pass.
#
#   events        open, mmap, execve of recorded files; a host task
#   rules         the same under 10, 100 and 1000 rules: nine boots, which are
#                 parts as well: rules-func-10, ..., rules-fowner-1000
#   first         the first measurement of a file; many containers, one image
#   log           memory of a record, reading logs, extending a PCR
#   table         measure nothing, print what the last runs gave
#
# Each part is a boot in which the host's IMA gets the same policy (which it can
# be given only once a boot).  Default: all parts.
set -eu
cd "$(dirname "$(readlink -f "$0")")/../.."
. tools/testing/qemu/lib.sh

all_rules=$(printf 'rules-%s ' {func,uid,fowner}-{10,100,1000})

# row PART SECTION WHAT OURS HOST-IMA [BAR] - see bench/table.awk
row() { printf '%s|%s|%s|%s|%s|%s\n' "$1" "$2" "$3" "$4" "$5" "${6-}"; }

# more ROW-ARGUMENTS... - the same where what a call costs without an IMA is to be
# subtracted: OURS and HOST-IMA are operations
more() { row "$1" "$2" "$3" "ours/$4 - plain/$4" "ima/$5 - plain/$5" "${6-}"; }

rows() {
	local op kind n s

	s='recorded file, policy tcb'
	for op in open mmap execve; do
		more events "$s" $op $op $op 'ratio 0.5'
	done
	more events "$s" 'spawn, static' spawn:static spawn:static
	more events "$s" 'spawn, dynamic' spawn:dynamic spawn:dynamic

	s='host task, each hook'
	for op in open mmap security_file_post_open security_bprm_{creds_for_exec,check,creds_from_file}; do
		row events "$s" "${op#security_}" "host/$op - plain-host/$op" '' 260
		row events "$s" "${op#security_}, 200 idle namespaces" "host-200/$op - plain-host/$op" '' 260
	done
	s='spawn by a host task; modules : none'
	for op in static dynamic; do
		row events "$s" "$op" "host/spawn:$op" "plain-host/spawn:$op" 'ratio 1.01'
		row events "$s" "$op, beside 200 idle containers" "host-200/spawn:$op" \
			"plain-200/spawn:$op" 'ratio 1.01'
	done

	for kind in func uid fowner; do
		for n in 10 100 1000; do
			s=0.5
			[ $n != 1000 ] || s=0.05
			for op in open mmap execve; do
				more rules-$kind-$n "recorded file, $kind rules" "$op, $n rules" \
					$op:$kind-$n $op:$kind-$n "ratio $s"
			done
		done
	done

	s='first measurement of a file'
	more first "$s" '1 byte' first:1 first:1 'ratio 1.1'
	more first "$s" '4096 bytes' first:4096 first:4096
	row first "$s" "1 MB, host IMA's sha256" 'ours-generic/first:1M - plain/first:1M' \
		'ima/first:1M - plain/first:1M' 'ratio 1.0'
	more first "$s" '1 MB, our sha256' first:1M first:1M "ratio $fastest_bar"

	s='1 MB of an image under many overlays'
	more first "$s" 'first container' use:container-1 use:container-1 'ratio 1.0'
	s+='; ours : first 1 byte'
	more first "$s" 'second container' use:container-2 first:1 'ratio 1.1'
	row first "$s" 'hundredth container' 'ours/use:container-100 - plain/use:container-2' \
		'ima/first:1 - plain/first:1' 'ratio 1.1'

	s='reading a log, per record'
	for n in 1000 10000 100000; do
		row log "$s" "binary, $n records" "ours/read:binary-$n" "ima/read:binary-$n" 2500
		row log "$s" "ASCII, $n records" "ours/read:ascii-$n" "ima/read:ascii-$n" 15000
	done
	row log 'a record' 'memory, bytes' ours/memory ima/memory 484
	row log 'a record' 'extending a PCR in two banks' ours/extend '' 15000
}

table() { # FILE...
	local host mine fastest_bar=0.65

	# a kernel whose own IMA has the fastest driver leaves nothing to gain
	host=$(sed -n "s/^# host IMA's sha256 //p" "$@")
	mine=$(sed -n 's/^# our sha256 //p' "$@")
	[ "$host" != "$mine" ] || fastest_bar=1.0
	echo "Guest instructions; of calls: what they cost more than without any IMA; medians."
	awk -f tools/testing/bench/table.awk <(rows) "$@"
}

measure() { # SUITE PART
	local out=$CACHE/logs/bench-$1-$2.out

	rm -f "$out"
	say "$2"
	echo "# part $2" > "$out.new"
	# PART or PART-KIND-COUNT; one processor, so that nobody needs to lock
	# shellcheck disable=SC2086
	tools/testing/qemu/guest --suite "$1" --icount --timeout 900 --scratch 1G \
		--log "$CACHE/logs/bench-$1-$2.klog" -- /src/tools/testing/bench/guest.sh ${2//-/ } \
		>> "$out.new" || { grep -v $'\t' "$out.new" >&2; exit 1; }
	mv "$out.new" "$out"
}

suite=${1:-trixie}
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- events rules first log
parts=()
for part; do
	case $part in
	rules) read -ra more <<< "$all_rules"; parts+=("${more[@]}") ;;
	events | first | log) parts+=("$part") ;;
	table) ;;
	*)
		[[ " $all_rules" == *" $part "* ]] || die "$part: no such part; see the head of this file"
		parts+=("$part") ;;
	esac
done

mkdir -p "$CACHE/logs"
if [ ${#parts[@]} -gt 0 ]; then
	tools/testing/qemu/mktree "$suite"
	tools/testing/qemu/build "$suite" -s modules
	tools/testing/qemu/build "$suite" -s -C /build/tools/testing/bench
	for part in "${parts[@]}"; do
		measure "$suite" "$part"
	done
else
	read -ra parts <<< "events $all_rules first log"
fi
files=()
for part in "${parts[@]}"; do
	[ ! -f "$CACHE/logs/bench-$suite-$part.out" ] || files+=("$CACHE/logs/bench-$suite-$part.out")
done
[ ${#files[@]} -gt 0 ] || die "no figures for $suite yet"
table "${files[@]}"
