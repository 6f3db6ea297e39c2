# SPDX-License-Identifier: GPL-2.0
# parity_lib.sh - run workloads in containers while host IMA and the module
# measure under the same policy; the records must be the same, byte by byte.
#
# Host IMA records a content under a name once per boot, so every workload has a
# root whose files are like no others.  What the host itself does to run a
# container it has recorded after a first one.  Sourced, after lib.sh.

HOST_LOG=/sys/kernel/security/ima/binary_runtime_measurements
WORKLOADS=$HERE/parity

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

# extra[WORKLOAD] - name of the one record that the namespace has and host IMA has not
declare -A extra=()

# prepare_base - what the roots and bundles of all workloads have in common
prepare_base() {
	make_root base/rootfs
	add_program base/rootfs /usr/bin/env
	bundle base "$with_caps"' | del(.hooks) | .process.args = ["/bin/sh", "-c",
		"export w=/NAME; /bin/sh -x $w/script >/output 2>&1; echo $? > /done; exec sleep 1000"]'
}

# prepare_workload NAME - a root that host IMA has not seen; that of "image" is an
# overlay, as that of a container from an image
prepare_workload() {
	local root=$1/rootfs script=$1

	cp -a base "$1"
	if [ "$1" = image ]; then
		mv image/rootfs image/lower
		root=image/lower
		script=programs
	fi
	# no two workloads have the same files under the same names
	mkdir "$root/$1"
	cp "$WORKLOADS/$script" "$root/$1/script"
	sed -i "s,/NAME,/$1," "$1/config.json"
	make_unique "$root" "
# $1"
	[ ! -x "$WORKLOADS/$script.prepare" ] || (cd "$root" && "$WORKLOADS/$script.prepare") || exit 1
	[ "$1" = image ] || return 0
	mkdir image/{upper,work,rootfs}
	mount -t overlay image -o lowerdir=image/lower,upperdir=image/upper,workdir=image/work image/rootfs
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
	start_bundle "$1" || return
	sleep 0.1
	until_true 120 [ -s "$1/rootfs/done" ] || {
		echo "# the workload did not end"
		return 1
	}
}

# same_records NAME - a test: run the workload, compare
same_records() {
	run_workload "$1" || return
	"$TOOLS/logdiff" ${extra[$1]:+-x "${extra[$1]}"} "$HOST_LOG" "$offset" "$PWD/" "$dir/binary_runtime_measurements" > diff || bad=1
	[ ! -e "${HOST_LOG}_sha256" ] ||
		expect "$TOOLS/logdiff" ${extra[$1]:+-x "${extra[$1]}"} "${HOST_LOG}_sha256" "$offset256" "$PWD/" \
			"$dir/binary_runtime_measurements_sha256" sha256 > diff.sha256
	equal "status of the workload" 0 "$(cat "$1/rootfs/done")"
	echo "# $1: $(grep -c '^#  ' diff) records"
	# a workload that did nothing proves nothing
	expect [ "$(grep -c '^#  ' diff)" -ge 5 ]
	equal violations "$(grep -c '^#  10 0\{40\} ' diff)" "$(cat "$dir/violations")"
	if [ $bad != 0 ]; then
		echo "# host IMA (-) and the namespace (+):"
		cat diff
		sed 's/^/# output: /' "$1/rootfs/output"
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

# parity PARAMETERS FILE WORKLOAD... - all of it.  The module is loaded with these
# parameters; if they name no policy, that in FILE is written for it as for the
# host, else it is the one they name.
parity() {
	local parameters=$1 policy=$2 name tests=()

	shift 2
	rmmod ima_ns_probe
	until_true 10 rmmod ima_ns
	# shellcheck disable=SC2086 # parameters are words
	modprobe ima_ns $parameters && modprobe ima_ns_probe || exit 1
	[[ $parameters == *policy=* ]] || cat "$policy" > $SECURITY/default_policy || exit 1
	prepare_base
	for name; do
		prepare_workload "$name" || exit 1
		eval "records_of_$name() { same_records $name; }"
		tests+=("records_of_$name")
	done
	prepare_workload warm
	quicken
	cat "$policy" > /sys/kernel/security/ima/policy || exit 1
	same_records warm > /dev/null
	run_tests the_policy_is_the_same "${tests[@]}"
	name=$?
	[ ! -d image ] || umount image/rootfs
	return $name
}
