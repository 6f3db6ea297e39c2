#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# policy.sh - in the guest: host IMA's policy file and ours, side by side, first
# a namespace's, or with "default" the one of namespaces to come.  Host IMA keeps
# what it was taught, so each needs a boot of its own.
. "$(dirname "$(readlink -f "$0")")/../container/lib.sh"

host=/sys/kernel/security/ima/policy
diff=/build/tools/testing/differential/policy_diff

if [ ! -r $host ] || ! (: 2>/dev/null < $host); then
	echo "1..0 # SKIP host IMA's policy cannot be read on this kernel"
	exit 4
fi
if [ "${0##*/}" = policy_default.sh ]; then
	exec $diff $host $SECURITY/default_policy
fi
make_root one/rootfs
start_container one || exit 1
$diff $host "$dir/policy"
status=$?
stop_container one
exit $status
