#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# parity_templates.sh - every template, of files with every kind of attribute,
# and fs-verity digests: which rule applies is a matter of the file's owner.
# guest-options: --tpm --append ima_test=templates
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"
. "$HERE/parity_lib.sh"

reads='measure func=FILE_CHECK mask=MAY_READ'

cat > policy <<END
$reads fowner=3001 template=ima
$reads fowner=3002 template=ima-ng
$reads fowner=3003 template=ima-ngv2
$reads fowner=3004 template=ima-sig
$reads fowner=3005 template=ima-sigv2
$reads fowner=3006 template=ima-buf
$reads fowner=3007 template=ima-modsig
$reads pcr=11 fowner=3008 template=evm-sig
$reads fowner=3009
$reads fowner=3011 template=ima digest_type=verity
$reads fowner=3012 template=ima-ng digest_type=verity
$reads fowner=3013 template=ima-ngv2 digest_type=verity
$reads pcr=12 fowner=3014 template=ima-sigv2 digest_type=verity
$reads fowner=3015 template=evm-sig digest_type=verity
$reads fowner=3016 digest_type=verity
measure func=BPRM_CHECK fowner=3017 template=ima-ngv2 digest_type=verity
measure func=MMAP_CHECK fowner=3018 template=ima-ngv2 digest_type=verity
measure func=BPRM_CHECK fowner=3013 template=ima-ngv2
audit func=FILE_CHECK mask=MAY_READ fowner=3019 digest_type=verity
$reads fowner=3019 template=ima-sigv2
END

reload || exit 1
cat policy > $SECURITY/default_policy || exit 1
parity policy templates verity
