# SPDX-License-Identifier: GPL-2.0
# lib.sh - what the container tests share: real containers, by crun, from a root
# made of the guest's own programs.  Sourced; the tests run in the guest, each
# in an empty directory, with the modules loaded (see qemu/run-tests).

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SECURITY=/sys/kernel/security/ima-ns
TOOLS=/build/tools/testing/selftests/ima_ns
CRUN=(crun --cgroup-manager=disabled)
bad=0

# expect COMMAND... - go on when it fails, but let the test fail
expect() {
	"$@" && return
	echo "# line ${BASH_LINENO[0]}: failed: $*"
	bad=1
}

# equal WHAT EXPECTED GOT
equal() {
	[ "$2" = "$3" ] && return
	echo "# line ${BASH_LINENO[0]}: $1: expected \"$2\", got \"$3\""
	bad=1
}

not() { ! "$@"; }

# run_tests FUNCTION... - each is one test; its name says what is true
run_tests() {
	local test n=0 failed=0

	echo "1..$#"
	for test; do
		n=$((n + 1)) bad=0
		"$test" || bad=1
		if [ $bad = 0 ]; then
			echo "ok $n ${test//_/ }"
		else
			echo "not ok $n ${test//_/ }"
			failed=1
		fi
	done
	return $failed
}

# until_true SECONDS COMMAND...
until_true() {
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

# make_root DIR - busybox, the payload, and what a runtime wants to find
make_root() {
	local applet

	mkdir -p "$1"/{bin,dev,etc,lib64,proc,run,sys,tmp,usr/bin}
	cp /usr/bin/busybox "$TOOLS/payload" "$TOOLS/actor" "$1/bin/"
	for applet in sh cat chmod chown chroot cp dd echo id ls ln mkdir mknod mount mv nsenter printf rm sleep \
		stat sync tail test touch true truncate umount unshare; do
		ln -s busybox "$1/bin/$applet"
	done
	echo "root:x:0:0:root:/:/bin/sh" > "$1/etc/passwd"
	echo "root:x:0:" > "$1/etc/group"
}

# add_program ROOT PROGRAM... - dynamic programs of the guest with what they need
add_program() {
	local root=$1 file

	shift
	for file in "$@" $(ldd "$@" | grep -oE '/[^ :)]+' | sort -u); do
		[[ ! -e $root$file || $file == /bin/* ]] || continue
		mkdir -p "$root${file%/*}"
		cp -L "$file" "$root$file"
	done
}

# make_unique ROOT WORD - give every program in it a content of its own: what
# host IMA has recorded once it does not record again
make_unique() {
	local file

	while read -r file; do
		printf '%s' "$2" >> "$file"
	done < <(find "$1" -type f)
}

# bundle DIR [JQ-FILTER] - config.json for DIR/rootfs: a quiet container whose
# /sys/kernel/security/ima is the directory of its namespace
bundle() {
	rm -f "$1/config.json"
	crun spec -b "$1" 2>/dev/null || (cd "$1" && crun spec)
	jq --arg hook "$HERE/hook" '
		.process.terminal = false | .root.readonly = false |
		.process.noNewPrivileges = false |
		.process.args = ["/bin/sleep", "1000"] |
		.process.env = ["PATH=/bin:/usr/bin"] |
		.mounts += [{destination: "/sys/kernel/security", type: "tmpfs",
			source: "tmpfs", options: ["nosuid", "nodev", "mode=0755"]}] |
		.mounts |= map(select(.type != "cgroup" and .type != "mqueue")) |
		.hooks.createContainer = [{path: $hook}] |
		'"${2:-.}" "$1/config.json" > "$1/config.new"
	mv "$1/config.new" "$1/config.json"
}

# with_caps - jq filter: the capabilities of a generous runtime
with_caps='.process.capabilities |= map_values(["CAP_SYS_ADMIN","CAP_SYS_CHROOT","CAP_SYS_PTRACE",
	"CAP_DAC_OVERRIDE","CAP_DAC_READ_SEARCH","CAP_SETUID","CAP_SETGID","CAP_MKNOD","CAP_CHOWN",
	"CAP_FOWNER","CAP_KILL"])'

# run_container NAME [JQ-FILTER] - run it to its end; its output is ours
run_container() {
	bundle "$1" "$2"
	"${CRUN[@]}" run -b "$1" "$1"
}

# start_container NAME [JQ-FILTER] - run it in the background; sets pid and dir
start_container() {
	bundle "$1" "$2"
	start_bundle "$1"
}

start_bundle() {
	"${CRUN[@]}" run --detach --pid-file "$PWD/$1/pid" -b "$1" "$1" < /dev/null > "$1/output" 2>&1 || {
		sed 's/^/# crun: /' "$1/output"
		return 1
	}
	pid=$(cat "$1/pid")
	dir=$SECURITY/$(stat -Lc %i "/proc/$pid/ns/mnt")
}

stop_container() { # NAME
	"${CRUN[@]}" delete --force "$1"
}

in_container() { # NAME COMMAND...
	"${CRUN[@]}" exec "$@"
}

# record_of DIR FILE NAME - is there a record of that name and this content?
record_of() {
	grep -qF " sha256:$(sha256sum < "$2" | cut -d ' ' -f 1) $3 " "$1/ascii_runtime_measurements"
}

records() { # DIR
	cat "$1/runtime_measurements_count"
}

# log_holds DIR - does everything agree, for our own replay and for evmctl?
log_holds() {
	"$TOOLS/replay" "$1" | sed 's/^/# /'
	[ "${PIPESTATUS[0]}" = 0 ] || return
	# evmctl takes no list in which template "ima" is one of several, nor long names
	# in a format of one's own
	awk '$3 == "ima" { ima = 1 } $3 != "ima" { other = 1 } $3 ~ /[|]/ { own = 1 }
		END { exit own || (ima && other) }' "$1/ascii_runtime_measurements" || return 0
	evmctl_accepts "$1/binary_runtime_measurements" "$1"
}

evmctl_accepts() { # LOG DIR-OF-PCRS
	local bank pcrs=()

	# what the word means to evmctl: extend what the kernel extends for them
	[ "$(cat "$dir/violations")" = 0 ] || pcrs=(--ignore-violations)
	for bank in "$2"/pcrs_*; do
		pcrs+=(--pcrs "${bank##*_},$bank")
	done
	evmctl ima_measurement "${pcrs[@]}" "$1" > evmctl.out 2>&1 || {
		sed 's/^/# evmctl: /' evmctl.out
		return 1
	}
}
