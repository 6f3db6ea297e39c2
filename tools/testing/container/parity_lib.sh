# SPDX-License-Identifier: GPL-2.0
# parity_lib.sh - run workloads in containers while host IMA and the module
# measure under the same policy; the records must be the same, byte by byte.
#
# Host IMA records a content under a name once per boot, so every workload has a
# root whose files are like no others.  What the host itself does to run a
# container it has recorded after a first one.  Sourced, after lib.sh.

HOST_LOG=/sys/kernel/security/ima/binary_runtime_measurements
WORKLOADS=$HERE/parity
. "$HERE/parity_places.sh"

# host IMA's built-in policy of that name; Linux 7.x measures what runs from tmpfs
tcb_policy() {
	local tmpfs='' magic

	[[ $(uname -r) == 6.* ]] || tmpfs='func=FILE_CHECK '
	for magic in 9fa0 62656572 64626720; do
		echo "dont_measure fsmagic=0x$magic"
	done
	echo "dont_measure ${tmpfs}fsmagic=0x1021994"
	for magic in 1cd1 42494e4d 73636673 f97cff8c 43415d53 27e0eb 63677270 6e736673 de5e81e4; do
		echo "dont_measure fsmagic=0x$magic"
	done
	cat <<-END
	measure func=MMAP_CHECK mask=MAY_EXEC
	measure func=BPRM_CHECK mask=MAY_EXEC
	measure func=FILE_CHECK mask=^MAY_READ euid=0
	measure func=FILE_CHECK mask=^MAY_READ uid=0
	measure func=MODULE_CHECK
	measure func=FIRMWARE_CHECK
	measure func=POLICY_CHECK
	END
}

# extra[WORKLOAD_PLACE] - names of records that the namespace has and host IMA has
# not: every one is a documented difference, and has to be there
declare -A extra=()

# audited[WORKLOAD_PLACE] - set: the policy has audit rules for it
declare -A audited=()

# prepare_base - what the roots and bundles of all workloads have in common
prepare_base() {
	make_root base/rootfs
	mkdir base/rootfs/out
	add_program base/rootfs /usr/bin/env
	bundle base "$with_caps"' | del(.hooks) | .process.args = ["/bin/sh", "-c",
		"export w=/NAME; /bin/sh -x $w/script >/out/output 2>&1; echo $? > /out/done; exec sleep 1000"] |
		.mounts += [{destination: "/out", type: "bind", source: "'"$PWD"'/NAME/out",
			options: ["rbind"]}]'
}

# prepare_workload NAME WORKLOAD PLACE - a root that host IMA has not seen
prepare_workload() {
	local name=$1 script=$WORKLOADS/$2

	cp -a base "$name"
	mkdir "$name/out" "$name/rootfs/$name"
	# no two workloads have the same files under the same names
	cp "$script" "$name/rootfs/$name/script"
	sed -i "s,/NAME,/$name,g" "$name/config.json"
	make_unique "$name/rootfs" "
# $name"
	# last: it may sign or protect what is there
	[ ! -x "$script.prepare" ] || (cd "$name/rootfs" && "$script.prepare" "$name") || return
	"place_${3//-/_}" "$name"
}

# The guest's root is an overlay on 9p, which has no change cookie: host IMA would
# read a program anew each time.  Bring what we use to the upper layer: any change
# of attributes does.
quicken() {
	local programs

	cp "$TOOLS"/{logdiff,replay} /usr/local/bin/
	TOOLS=/usr/local/bin
	mapfile -t programs < <(command -v awk bash cat crun evmctl grep sed sha256sum sleep stat wc logdiff replay)
	ldd "${programs[@]}" | grep -oE '/[^ :)]+' | sort -u | xargs readlink -f | xargs chmod u+w
	readlink -f "${programs[@]}" | xargs chmod u+w
}

# run_workload NAME - sets dir and offset; the container waits when it is done
run_workload() {
	offset=$(wc -c < "$HOST_LOG")
	[ ! -e "${HOST_LOG}_sha256" ] || offset256=$(wc -c < "${HOST_LOG}_sha256")
	echo "parity: $1" > /dev/kmsg
	start_bundle "$1" || return
	sleep 0.1
	until_true 120 [ -s "$1/out/done" ] || {
		echo "# the workload did not end"
		return 1
	}
}

# audit_records NAME - of host IMA without, of the namespace with "nsid=": two files
# of names and digests, in order
audit_records() {
	# the last of them may be on its way
	sleep 0.5
	dmesg | awk -v mark="parity: $1" 'index($0, mark) { on = 1 } on && / type=1805 /' > audit
	grep -v ' nsid=' audit | grep -oE 'file=.* hash="[^"]*"' > audit.host
	grep ' nsid=' audit | grep -oE 'file=.* hash="[^"]*"' > audit.namespace
}

same_audit_records() {
	audit_records "$1"
	expect [ "$(wc -l < audit.host)" -ge 3 ]
	diff -u audit.host audit.namespace > audit.diff && return
	sed 's/^/# /' audit.diff
	bad=1
}

# compare BANK OFFSET - of the workload that has been run, host IMA's log and ours
compare() {
	local name=$1 log=$HOST_LOG options=() record

	for record in ${extra[$name]:-}; do
		options+=(-x "$record")
	done
	[ "$2" = sha1 ] || log=${HOST_LOG}_$2
	"$TOOLS/logdiff" "${options[@]}" "$log" "$3" "$PWD/" "$dir/binary_runtime_measurements_$2" "$2"
}

# same_records NAME - a test: run the workload, compare
same_records() {
	run_workload "$1" || return
	compare "$1" sha1 "$offset" > diff || bad=1
	[ ! -e "${HOST_LOG}_sha256" ] || expect compare "$1" sha256 "$offset256" > diff.sha256
	equal "status of the workload" 0 "$(cat "$1/out/done")"
	echo "# $1: $(grep -c '^#  ' diff) records"
	# a workload that did nothing proves nothing
	expect [ "$(grep -c '^#  ' diff)" -ge 5 ]
	equal violations "$(grep -c '^#  10 0\{40\} ' diff)" "$(cat "$dir/violations")"
	[ ! "${audited[$1]:-}" ] || same_audit_records "$1"
	if [ $bad != 0 ]; then
		echo "# host IMA (-) and the namespace (+):"
		cat diff
		sed 's/^/# output: /' "$1/out/output"
	fi
	log_holds "$dir" > replay.out || {
		cat replay.out
		bad=1
	}
	stop_container "$1"
}

the_policy_is_the_same() {
	start_bundle warm || return
	# the canonical form has a space behind every item
	equal policy "$(sed 's/ *$/ /' policy)" "$(cat "$dir/policy")"
	stop_container warm
}

# reload PARAMETER... - the module with these parameters
reload() {
	rmmod ima_ns_probe
	until_true 10 rmmod ima_ns
	modprobe ima_ns "$@" && modprobe ima_ns_probe
}

# parity FILE WORKLOAD@PLACE... - all of it.  FILE has the policy of the namespaces
# to come, as it is shown, which host IMA is given; without @PLACE a workload is at
# home on ext4.
parity() {
	local policy=$1 pair name tests=()

	shift
	trap leave_places EXIT
	prepare_base
	for pair in warm "$@"; do
		name=${pair//[@-]/_}
		[[ $pair = *@* ]] || pair+=@home
		prepare_workload "$name" "${pair%@*}" "${pair#*@}" || {
			echo "Bail out! cannot prepare $name"
			exit 1
		}
		eval "records_of_$name() { same_records $name; }"
		[ "$name" = warm ] || tests+=("records_of_$name")
	done
	quicken
	cat "$policy" > /sys/kernel/security/ima/policy || exit 1
	same_records warm > /dev/null
	run_tests the_policy_is_the_same "${tests[@]}"
}
