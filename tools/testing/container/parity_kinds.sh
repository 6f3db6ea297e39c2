#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# parity_kinds.sh - rules of every other kind, each for file systems of its own: by
# owner, mask, type of file system, UUID; with templates and PCRs; exceptions;
# audit records.
# guest-options: --tpm --append ima_template=ima-ngv2 --append audit=1 --append audit_backlog_limit=8192
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"
. "$HERE/parity_lib.sh"

# all audit records reach the kernel log
sysctl -qw kernel.printk_ratelimit=0

dont_audit() {
	[[ $(uname -r) == 6.* ]] || echo "dont_audit fsuuid=$1 fowner=1002"
}

rules() { # ID-OF-A-FILE-SYSTEM... below the name of who is there
	local owners=$1 readers=$2 readers_xfs=$3 violations=$4 programs=$5 xattrs=$6

	cat <<-END
	dont_measure fsuuid=$owners fowner=1002
	measure func=BPRM_CHECK fsuuid=$owners fowner=1001 template=ima-ng
	measure func=MMAP_CHECK fsuuid=$owners fgroup=1001 template=ima-sig
	measure func=FILE_CHECK mask=MAY_READ fsuuid=$owners fowner>1002 fgroup<2000

	# masks
	measure func=FILE_CHECK mask=MAY_READ fsuuid=$readers uid=0 template=ima-sig
	measure func=FILE_CHECK mask=^MAY_WRITE pcr=11 fsuuid=$readers uid>0
	measure func=FILE_CHECK mask=^MAY_APPEND fsuuid=$readers template=ima-ng
	measure func=FILE_CHECK mask=MAY_EXEC fsuuid=$readers

	# a rule for everything
	dont_measure func=BPRM_CHECK fsname=xfs fsuuid=$readers_xfs fowner=0
	measure fsname=xfs fsuuid=$readers_xfs template=ima-buf

	measure func=FILE_CHECK mask=^MAY_READ fsmagic=0x9123683e pcr=12 fsuuid=$violations euid=0

	# a file may be in two PCRs
	audit func=BPRM_CHECK fsuuid=$programs
	$(dont_audit "$programs")
	audit func=FILE_CHECK mask=MAY_READ fsuuid=$programs
	measure func=BPRM_CHECK pcr=13 fsuuid=$programs
	measure func=FILE_CHECK mask=MAY_EXEC fsuuid=$programs template=ima-ng
	hash func=MMAP_CHECK fsuuid=$programs

	measure func=FILE_CHECK mask=MAY_READ fsuuid=$xattrs template=ima-sigv2
	measure func=BPRM_CHECK mask=MAY_EXEC pcr=14 fsuuid=$xattrs template=ima-sig

	# types of file systems
	measure func=BPRM_CHECK mask=MAY_EXEC fsname=xfs template=ima-sigv2
	measure func=MMAP_CHECK mask=MAY_EXEC fsmagic=0x58465342 template=ima-sigv2
	measure func=FILE_CHECK mask=^MAY_READ fsname=xfs uid=0 template=ima-sigv2
	measure func=BPRM_CHECK fsname=btrfs
	measure func=MMAP_CHECK_REQPROT fsname=btrfs template=ima-ng
	measure func=FILE_CHECK mask=^MAY_READ fsmagic=0x9123683e
	measure func=BPRM_CHECK mask=MAY_EXEC fsmagic=0xe0f5e1e2 template=ima-buf
	measure func=MMAP_CHECK fsname=erofs
	measure func=FILE_CHECK mask=^MAY_READ fsname=erofs
	measure func=BPRM_CHECK fsname=squashfs
	measure func=MMAP_CHECK mask=MAY_EXEC fsmagic=0x73717368 pcr=15
	measure func=FILE_CHECK mask=MAY_READ fsname=squashfs uid=1000
	measure func=BPRM_CHECK fsmagic=0x1021994 template=ima-sig
	measure func=MMAP_CHECK mask=MAY_EXEC fsname=tmpfs template=ima-sig
	measure func=BPRM_CHECK fsname=overlay
	measure func=MMAP_CHECK fsmagic=0x794c7630
	END
}

reload template=ima-ngv2 || exit 1
for name in owners_ext4 readers_ext4 readers_xfs violations_btrfs programs_ext4 xattrs_ext4; do
	ids+=("$(uuid $name)")
done
# comments and blank lines are for the reader
rules "${ids[@]}" | sed 's/^[[:space:]]*//' > rules
cat rules > $SECURITY/default_policy
grep -v -e '^#' -e '^$' rules > policy

audited[programs_ext4]=1
# there a change of the name is a change of the version
extra[changes_xfs]=/changes_xfs/p.1
extra[changes_btrfs]=/changes_btrfs/p.1
# host IMA misses what is appended to a file on xfs
[[ $(uname -r) == 6.* ]] || extra[readers_xfs]=/readers_xfs/mine
parity policy owners@ext4 readers@ext4 readers@xfs violations@btrfs programs@ext4 xattrs@ext4 \
	changes@xfs changes@btrfs changes@tmpfs readonly@erofs readonly@squashfs \
	changes@overlay-xfs programs@overlay-erofs places@overlay-xfs
