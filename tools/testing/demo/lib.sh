# SPDX-License-Identifier: GPL-2.0
# lib.sh - what the guest's side of the demo shares: words on the screen, claims
# that are checked, containers.  Sourced.

DEMO=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
HOST_IMA=/sys/kernel/security/ima
SECURITY=/sys/kernel/security/ima-ns
export PATH=$PATH:/build/userspace

# there is no systemd in the guest
crun() { command crun --cgroup-manager=cgroupfs "$@"; }

if [ -n "${COLOUR:-}" ]; then
	bold=$'\033[1m' dim=$'\033[2m' green=$'\033[32m' red=$'\033[31m' plain=$'\033[0m'
else
	bold='' dim='' green='' red='' plain=''
fi

title() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
say() { fold -s -w 78 <<<"$*" | sed 's/ *$//'; }

# short - dots in place of most of a digest
short() { sed -E 's/([0-9a-fA-F]{6})[0-9a-fA-F]{14,}/\1../g'; }
indent() { sed 's/^/  /'; }

# typed COMMAND-LINE - as somebody would have typed it
typed() { printf '\n  %s# %s%s\n' "$dim" "$1" "$plain"; }

# run COMMAND-LINE - as typed, then what it prints
run() {
	local status=0

	typed "$1"
	eval "$1" > /run/output 2>&1 || status=$?
	short < /run/output | cut -c 1-78 | sed "s/ *$//" | indent
	return $status
}

# what imans prints on a terminal, with PCRs so short that a list fits this one
imans() {
	script -qec "imans $*" /dev/null < /dev/null | tr -d '\r' |
		sed -E 's/([0-9a-f]{8})[0-9a-f]{8}\.\.\./\1.../; s/PCR 10 {8}/PCR 10/'
}

# claim TEXT COMMAND... - the command says whether it is true
claims=() verdicts=() failed=0
claim() {
	local text=$1

	shift
	claims+=("$text")
	if "$@"; then
		verdicts+=(1)
		printf '  %s[ ok ]%s %s\n' "$green" "$plain" "$text"
	else
		verdicts+=(0)
		failed=$((failed + 1))
		printf '  %s[FAIL]%s %s\n' "$red" "$plain" "$text"
	fi
}
not() { ! "$@"; }

summary() {
	local i

	title "Summary"
	for i in "${!claims[@]}"; do
		if [ "${verdicts[i]}" = 1 ]; then
			printf '  %s[ ok ]%s %s\n' "$green" "$plain" "${claims[i]}"
		else
			printf '  %s[FAIL]%s %s\n' "$red" "$plain" "${claims[i]}"
		fi
	done
	printf '\n  %d of %d claims hold.\n' $((${#claims[@]} - failed)) ${#claims[@]}
	[ $failed = 0 ]
}

# make_container NAME [HOOK] - a bundle: a root of its own over the shared image
make_container() {
	local dir=/mnt/demo/$1

	mkdir -p "$dir"/{upper,work,rootfs}
	mount -t overlay overlay "$dir/rootfs" \
		-o "lowerdir=/mnt/demo/debian,upperdir=$dir/upper,workdir=$dir/work"
	(cd "$dir" && crun spec)
	jq --arg name "$1" --arg hook "${2:-}" '
		.process.terminal = false | .root.readonly = false | .hostname = $name |
		.process.args = ["sleep", "infinity"] | .linux.cgroupsPath = "/" + $name |
		if $hook == "" then . else .hooks.createContainer = [{path: $hook}] end
		' "$dir/config.json" > "$dir/config.new"
	mv "$dir/config.new" "$dir/config.json"
}

start_container() { # NAME
	crun run --detach -b "/mnt/demo/$1" "$1" < /dev/null > "/mnt/demo/$1/crun.out" 2>&1 || {
		cat "/mnt/demo/$1/crun.out" >&2
		echo "demo: container $1 did not start" >&2
		exit 1
	}
}

inside() { # NAME COMMAND...
	crun exec "$@"
}

remove_container() { # NAME
	crun delete --force "$1"
	umount "/mnt/demo/$1/rootfs"
}

nsid_of() { # NAME
	local pid

	pid=$(crun state "$1" | jq .pid)
	stat -Lc %i "/proc/$pid/ns/mnt"
}

# host_ima OUT - two containers at work under host IMA; leaves its log and the
# TPM's PCR 10 in files OUT.*.  Runs the same with and without our modules.
host_ima() {
	local name

	printf 'measure func=%s mask=MAY_EXEC\n' BPRM_CHECK MMAP_CHECK > /run/host-policy
	echo /run/host-policy > $HOST_IMA/policy
	for name in first second; do
		make_container "$name"
		start_container "$name"
		inside "$name" sh -c "ls / > /tmp/$name; cp /usr/bin/env /tmp/$name-env; /tmp/$name-env md5sum /tmp/$name"
		remove_container "$name"
	done > /dev/null
	tpm2_pcrread sha256:10 > "$1.pcr"
	cat $HOST_IMA/ascii_runtime_measurements > "$1.log"
}
