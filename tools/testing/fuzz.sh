#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# fuzz.sh SECONDS OUT -- NAME PROGRAM CORPUS [OPTION...] [-- NAME ...] - run fuzz
# targets of libFuzzer for so many seconds each, as many at a time as there are
# processors, and report each as one test.  OUT/NAME.log has what it said,
# OUT/NAME/ what it found: the input that crashes it, leaks, or takes too long.
# OUT/corpus/NAME collects inputs that reach new code; CORPUS is only read.  When
# that is "-" the program makes its inputs itself; it understands libFuzzer's
# options for time and place.
set -u

seconds=$1 out=$2
shift 2
names=()

# One target, to its end.  Options of its own come last and win.
run() { # NAME PROGRAM CORPUS OPTION...
	local name=$1 program=$2 corpus=$3

	shift 3
	rm -rf "${out:?}/$name"
	mkdir -p "$out/$name" "$out/corpus/$name"
	set -- -max_total_time="$seconds" -artifact_prefix="$out/$name/" "$@"
	if [ "$corpus" != - ]; then
		if [ -z "$(ls -A "$corpus")" ]; then
			echo "# $corpus: no corpus" > "$out/$name.log"
			return
		fi
		set -- -timeout=25 -rss_limit_mb=1024 -print_final_stats=1 "$@" "$out/corpus/$name" "$corpus"
	fi
	# far beyond what it was told: not even its own clock works
	timeout -k 5 $((2 * seconds + 120)) "$program" "$@" > "$out/$name.log" 2>&1
	echo $? > "$out/$name.status"
}

# NUMBER NAME - the result as TAP.  A target that has run no input but those of
# its corpus has not been fuzzed.
verdict() {
	local name=$2 log=$out/$2.log inputs seeds found status

	status=$(cat "$out/$name.status" 2> /dev/null || echo "no status")
	inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	seeds=$(sed -n 's/.*seed corpus: files: \([0-9]*\).*/\1/p' "$log")
	found=$(find "$out/$name" -type f 2> /dev/null | head -n 1)
	sed -n 's/^\(# s\|INFO: S\)eed:* \([0-9]*\)$/# seed \2/p' "$log"
	if [ "$status" = 0 ] && [ -z "$found" ] && [ "${inputs:-0}" -gt $((2 * ${seeds:-0})) ]; then
		echo "ok $1 - fuzz $name: $inputs inputs"
		return
	fi
	grep -aE '^(SUMMARY|==[0-9]+== ?ERROR|# |[^ ]+\.[ch]:[0-9]+:)' "$log" | grep -v '^# seed' |
		head -n 20 | sed 's/^\(# \)*/# /'
	if [ -n "$found" ]; then
		echo "not ok $1 - fuzz $name: reproducer $found, log $log"
	else
		echo "not ok $1 - fuzz $name: ended with $status after ${inputs:-no} inputs, log $log"
	fi
	failed=1
}

mkdir -p "$out"
while [ $# -gt 0 ]; do
	shift
	target=()
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		target+=("$1")
		shift
	done
	names+=("${target[0]}")
	rm -f "$out/${target[0]}".{log,status}
	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
		wait -n
	done
	run "${target[@]}" &
done
wait

failed=0
echo "1..${#names[@]}"
for i in "${!names[@]}"; do
	verdict $((i + 1)) "${names[i]}"
done
exit $failed
