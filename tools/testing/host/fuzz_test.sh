#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# fuzz_test.sh CANARY OUT - does fuzz.sh notice what fuzzers are for?  CANARY is a
# target with a fault for each of these inputs.
set -u
cd "$(dirname "$(readlink -f "$0")")" || exit 2
canary=$1 out=$2
n=0 failed=0

# NAME INPUT EXPECTED - EXPECTED is a regular expression for the result
check() {
	local got

	n=$((n + 1))
	rm -rf "${out:?}"
	mkdir -p "$out/seeds"
	printf '%s' "$2" > "$out/seeds/seed"
	got=$(../fuzz.sh 1 "$out" -- canary "$canary" "$out/seeds" -timeout=2 -max_len=1 -seed=1 |
		grep -E '^(not )?ok')
	if [[ $got =~ $3 ]]; then
		echo "ok $n - $1"
	else
		echo "# got: $got"
		echo "not ok $n - $1"
		failed=1
	fi
}

found="^not ok 1 - fuzz canary: reproducer $out/canary/"
echo 1..6
check "a crash" c "${found}crash-"
check "a write past the end" o "${found}crash-"
check "undefined behaviour" u "${found}crash-"
check "a leak" l "${found}leak-"
check "a time-out" t "${found}timeout-"
n=$((n + 1))
if ../fuzz.sh 1 "$out" -- other "$canary" "$out/nosuch" 2> /dev/null | grep -q '^# .*: no corpus$'; then
	echo "ok $n - no corpus"
else
	echo "not ok $n - no corpus"
	failed=1
fi
exit $failed
