#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# parity_default.sh - the module's own policy: given the same rules, as the
# namespace's policy file shows them, host IMA makes the same records.
# guest-options: --tpm --append ima_test=default
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"
. "$HERE/parity_lib.sh"

reload policy=default || exit 1
cat $SECURITY/default_policy > policy

# host IMA does not measure what mprotect() makes executable; see "threat model"
extra[maps]=/maps/3

parity policy programs maps changes places filesystems programs@overlay
