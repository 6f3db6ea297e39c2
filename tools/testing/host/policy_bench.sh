#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# policy_bench.sh PROGRAM - instructions per decision, by the index and by a
# walk over the rules, as callgrind counts them.
set -eu

prog=$1
rounds=1000

count() { # scenario, which, function
	valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect="$3" \
		"$prog" "$1" "$2" "$rounds" 2>&1 |
		awk -v n="$rounds" '/Collected/ { printf "%.0f", $NF / n }'
}

printf '%-22s %8s %8s %7s\n' decision index walk ratio
"$prog" --list | while read -r s; do
	e=$(count "$s" eval ima_ns_policy_eval)
	w=$(count "$s" naive naive_eval)
	awk -v s="$s" -v e="$e" -v w="$w" \
		'BEGIN { printf "%-22s %8d %8d %6.1fx\n", s, e, w, w / e }'
done
