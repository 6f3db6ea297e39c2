#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run test programs that speak TAP, and add up.  A program that dies, or that
# reports fewer tests than it planned, is a failure of its own.

passed=0
failed=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

for t in "$@"; do
	echo "# $t"
	case $t in
	*.sh) sh "$t" ;;
	*) "$t" ;;
	esac >"$out" 2>&1
	status=$?
	cat "$out"
	p=$(grep -c '^ok ' "$out")
	n=$(grep -c '^not ok ' "$out")
	plan=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$out")
	if [ "$plan" != $((p + n)) ]; then
		echo "not ok - $t: planned ${plan:-nothing}, ran $((p + n)), exit status $status"
		n=$((n + 1))
	elif [ "$n" = 0 ] && [ "$status" != 0 ]; then
		echo "not ok - $t: exit status $status"
		n=$((n + 1))
	fi
	passed=$((passed + p))
	failed=$((failed + n))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
