#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# parity_custom.sh - records in a format of one's own, which has every field that
# there is: the host's by a parameter of the kernel, ours by one of the module.
# guest-options: --tpm --append ima_test=custom --append ima_template_fmt=d-ngv2|n-ng|d|n|sig|evmsig|buf|d-modsig|modsig|iuid|igid|imode|xattrnames|xattrlengths|xattrvalues
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"
. "$HERE/parity_lib.sh"

format=$(sed 's/.*ima_template_fmt=\([^ ]*\).*/\1/' /proc/cmdline)

reload policy=tcb "template=$format" || exit 1
tcb_policy > policy
parity policy programs names violations xattrs
