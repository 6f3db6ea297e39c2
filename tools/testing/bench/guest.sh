#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest.sh PART - the measuring half of bench.sh, in the guest: one boot, one
# policy for the host's IMA and ours.  Prints what bench.c prints.
#
# States: plain (in a container: no module, no policy), ours, ours-generic (with the
# hash drivers that the host's IMA has), ima (the host's IMA, in a container as
# well: a path costs more the deeper it is); plain-host, host (a host task beside
# the modules); plain-200, host-200 (the same beside 200 idle containers).
set -eu

root=/mnt/ext4/root
repetitions=11
bench=/build/tools/testing/bench/bench
ours=/sys/kernel/security/ima-ns
ima=/sys/kernel/security/ima

make_root() {
	local file

	mkdir $root
	cp /build/tools/testing/bench/{bench,true} $root/
	for file in $(ldd $root/true | grep -oE '/[^ :)]+'); do
		mkdir -p "$root${file%/*}"
		cp -L "$file" "$root$file"
	done
}

# measuring reads a file whole; so that nobody pays for it later, all do
warm() { find "$@" -type f -exec cat {} + > /dev/null; }

# The rules of ima_policy=tcb.
tcb() {
	local magic

	for magic in 0x9fa0 0x62656572 0x64626720 0x01021994 0x1cd1 0x42494e4d 0x73636673 \
		0xf97cff8c 0x43415d53 0x27e0eb 0x63677270 0x6e736673 0xde5e81e4; do
		echo "dont_measure fsmagic=$magic"
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

# many KIND COUNT - as many rules, of which the last three match something
many() {
	local i

	for ((i = 3; i < $2; i++)); do
		case $1 in
		func) echo "dont_measure func=FIRMWARE_CHECK" ;;
		uid) echo "dont_measure uid=$((60000 + i))" ;;
		fowner) echo "dont_measure fowner=$((60000 + i))" ;;
		esac
	done
	cat <<-END
		measure func=MMAP_CHECK mask=MAY_EXEC
		measure func=BPRM_CHECK mask=MAY_EXEC
		measure func=FILE_CHECK mask=^MAY_READ euid=0
	END
}

sha256_driver() {
	awk '/^name/ { name = $3 } /^driver/ { driver = $3 }
		/^priority/ && name == "sha256" && $3 > best { best = $3; found = driver }
		END { print found }' /proc/crypto
}

load_modules() { # [MODULE.KO]: with the hash drivers that are there already
	if [ $# -gt 0 ]; then insmod "$1"; else modprobe ima_ns; fi
	modprobe ima_ns_probe
	echo /tmp/policy > $ours/default_policy
}

unload_modules() {
	modprobe -r ima_ns_probe
	[ ! -e /sys/module/ima_ns ] || modprobe -r ima_ns
}

# A policy of the host's IMA can be loaded once, and not unloaded.
load_host_policy() { echo /tmp/policy > $ima/policy; }

# start PROGRAM... - in the background, until it says that it is ready; sets pid
start() {
	local line

	exec 7< <(exec "$@")
	pid=$!
	read -r line <&7
	[ "$line" = ready ]
}

stop() {
	kill "$pid"
	exec 7<&-
}

start_container() { start $bench inside $root /bench pause; }

on_host() { chroot $root "$@"; }
in_container() { nsenter -t "$pid" -m -r "$@"; }

# traced "FUNCTION..." COMMAND... - how long each call of them took: lines of name
# and instructions, of everything that runs meanwhile
traced() {
	local tracing=/sys/kernel/tracing

	mountpoint -q $tracing || mount -t tracefs tracefs $tracing
	echo mono > $tracing/trace_clock
	echo 16384 > $tracing/buffer_size_kb
	echo "$1" > $tracing/set_ftrace_filter
	echo function_graph > $tracing/current_tracer
	"${@:2}"
	echo 0 > $tracing/tracing_on
	sed -nE 's/.* ([0-9.]+) us +\|  ([a-z_]+)( \[[a-z_]+\])?\(.*/\2 \1/p' $tracing/trace |
		awk '{ printf "%s %.0f\n", $1, $2 * 1000 }'
	echo nop > $tracing/current_tracer
	echo > $tracing/set_ftrace_filter
	echo 1 > $tracing/tracing_on
}

# execve RUNNER STATE [NOTE] - the hooks of an execution, one by one: a whole
# execve() varies by more than they cost, with what else the kernel has allocated
execve() {
	traced "security_file_post_open security_bprm_creds_for_exec security_bprm_check
		security_bprm_creds_from_file" "$1" /bench - spawn 1 200 /bench |
		sort -k 1,1 -k 2,2n | awk -v state="$2" -v note="$3" '
		$1 != name { add(); name = $1; n = 0 }
		{ value[++n] = $2 }
		function add() {
			if (n < 200)
				return
			sum += value[int((n + 1) / 2)]
			printf "%s\t%s%s\t%d\n", state, name, note, value[int((n + 1) / 2)]
		}
		END { add(); printf "%s\texecve%s\t%d\n", state, note, sum }'
}

# hooks RUNNER STATE [NOTE] - of files that are known
hooks() {
	"$1" /bench "$2" "open$3" $repetitions 2000 /bench
	"$1" /bench "$2" "mmap$3" $repetitions 5000 /bench
	execve "$1" "$2" "$3"
}

spawns() { # RUNNER STATE
	"$1" /bench "$2" spawn:static $repetitions 30 /bench
	"$1" /bench "$2" spawn:dynamic $repetitions 30 /true
}

events() { hooks "$1" "$2" "" && spawns "$1" "$2"; }

# contained COMMAND STATE [NOTE] - in a container of its own
contained() {
	start_container
	"$1" in_container "${@:2}"
	stop
}

part_events() {
	tcb > /tmp/policy
	contained events plain
	events on_host plain-host
	start $bench idle 200 $root
	spawns on_host plain-200
	stop
	load_modules
	events on_host host
	start $bench idle 200 $root
	grep -qx 'namespaces=200' $ours/status
	events on_host host-200
	stop
	contained events ours
	unload_modules
	# what the phases before have left behind must not count for the next one
	contained events plain
	events on_host plain-host
	load_host_policy
	contained events ima
}

part_rules() { # KIND COUNT
	many "$1" "$2" > /tmp/policy
	contained hooks plain ":$1-$2"
	load_modules
	contained hooks ours ":$1-$2"
	unload_modules
	load_host_policy
	contained hooks ima ":$1-$2"
}

first() { # RUNNER STATE
	"$1" /bench "$2" first:1 $repetitions 1 /
	"$1" /bench "$2" first:4096 $repetitions 4096 /
	"$1" /bench "$2" first:1M 7 1048576 /
}

# One image with eleven libraries of 1 MB under COUNT containers, one after the
# other, each with an overlay of its own.
shared_image() { # STATE COUNT
	local i over=/mnt/ext4/over/$1

	for ((i = 1; i <= $2; i++)); do
		mkdir -p "$over/$i/upper" "$over/$i/work" "$over/$i/root"
		unshare --mount sh -c 'mount -t overlay -o \
			lowerdir='$root',upperdir=$0/upper,workdir=$0/work overlay $0/root &&
			exec '$bench' inside $0/root /bench '"$1 use:container-$i"' 10 0 /library' \
			"$over/$i"
	done
}

part_first() {
	local i

	tcb > /tmp/policy
	for i in {0..10}; do
		head -c 1M /dev/urandom > $root/library$i
	done
	modprobe overlay
	warm $root
	echo "# host IMA's sha256 $(sha256_driver)"
	contained first plain
	shared_image plain 2
	load_modules /build/ima_ns.ko
	contained first ours-generic
	unload_modules
	load_modules
	echo "# our sha256 $(sha256_driver)"
	contained first ours
	shared_image ours 100
	unload_modules
	load_host_policy
	contained first ima
	shared_image ima 2
}

kernel_memory() {
	sync
	echo 3 > /proc/sys/vm/drop_caches
	sleep 2
	awk '/^(SUnreclaim|VmallocUsed|Percpu):/ { sum += $2 } END { print sum * 1024 }' /proc/meminfo
}

# fill_to RUNNER DIR COUNT - records, until the log has so many
fill_to() {
	"$1" /bench fill $(($3 - $(cat "$2/runtime_measurements_count"))) \
		/usr/lib/x86_64-linux-gnu/libexample-of-52.so.1.2.34
}

logs() { # RUNNER STATE DIR
	local count before=0 after=0 format

	mkdir -p $root/usr/lib/x86_64-linux-gnu
	for count in 1000 10000 100000; do
		before=$after
		fill_to "$1" "$3" $count
		after=$(kernel_memory)
		for format in binary ascii; do
			$bench "$2" read:$format-$count $((count > 10000 ? 1 : 3)) $count \
				"$3/${format}_runtime_measurements"
		done
	done
	printf '%s\tmemory\t%d\n' "$2" $(((after - before) / 90000))
}

# Extending one record: a call of vtpm_pcr_extend() for each of the two banks.
extending() { # DIR
	local records=101

	traced vtpm_pcr_extend fill_to in_container "$1" \
		$(($(cat "$1/runtime_measurements_count") + records)) |
		awk -v records=$records '{ sum += $2; calls++ }
			END { if (calls == 2 * records) printf "ours\textend\t%.0f\n", sum / records }'
}

part_log() {
	local dir

	tcb > /tmp/policy
	load_modules
	start_container
	dir=$ours/$(stat -Lc %i "/proc/$pid/ns/mnt")
	logs in_container ours "$dir"
	extending "$dir"
	stop
	unload_modules
	load_host_policy
	logs on_host ima $ima
}

make_root
warm $root
part=$1
shift
"part_$part" "$@"
