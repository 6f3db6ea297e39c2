#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# policy.sh, policy_default.sh - in the guest: host IMA's policy file and ours, side
# by side: a namespace's, or the one of namespaces to come.  Where rules can be
# loaded again and again (../debug.sh) host IMA keeps what it was taught, so that
# each needs a boot of its own; a stock kernel is asked and not taught.
. "$(dirname "$(readlink -f "$0")")/../container/lib.sh"

host=/sys/kernel/security/ima/policy
diff=/build/tools/testing/differential/policy_diff

if [ "${0##*/}" = policy_default.sh ]; then
	exec $diff $host $SECURITY/default_policy
fi
make_root one/rootfs
start_container one || exit 1
$diff $host "$dir/policy"
status=$?
stop_container one
exit $status
