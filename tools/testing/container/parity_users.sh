#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# parity_users.sh - rules by user and group, for file systems of all sorts, in the
# oldest template, which takes host IMA to sha1.
# guest-options: --tpm --append ima_template=ima
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"
. "$HERE/parity_lib.sh"

reload template=ima hash=sha1 || exit 1
cat > policy <<-END
	dont_measure func=BPRM_CHECK uid=1001
	measure func=BPRM_CHECK mask=MAY_EXEC uid=1000
	measure func=BPRM_CHECK mask=MAY_EXEC pcr=11 uid>2999
	measure func=MMAP_CHECK mask=MAY_EXEC euid=1000
	measure func=MMAP_CHECK mask=MAY_EXEC gid=2000
	measure func=CREDS_CHECK euid=1001
	measure func=FILE_CHECK mask=^MAY_READ uid=1000
	measure func=FILE_CHECK mask=MAY_READ pcr=12 euid=1001
	measure func=FILE_CHECK mask=MAY_READ uid<1000 egid=2000
	measure func=BPRM_CHECK fsuuid=$(uuid names_ext4) uid=0
END
cat policy > $SECURITY/default_policy
parity policy users@ext4 users@xfs users@btrfs users@tmpfs users@overlay names@ext4
