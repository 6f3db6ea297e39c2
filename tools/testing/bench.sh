#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bench.sh [trixie|sid|--table FILE] - what an event costs, in guest instructions: without us,
# on the host beside us, in a container, and under host IMA's tcb policy, all in
# one boot.  Medians; the difference to the first column in brackets.
set -eu
cd "$(dirname "$(readlink -f "$0")")/../.."

phases="plain host container host-ima"
root=/mnt/ext4/root
repetitions=${REPETITIONS:-11}

on_host() {
	local suite=$1

	. tools/testing/qemu/lib.sh
	tools/testing/qemu/mktree "$suite"
	tools/testing/qemu/build "$suite" -s modules
	tools/testing/qemu/build "$suite" -s -C /build/tools/testing/bench
	mkdir -p "$CACHE/logs"
	# one long run on one processor: several minutes
	tools/testing/qemu/guest --suite "$suite" --icount --timeout 1800 \
		--log "$CACHE/logs/bench.klog" -- /src/tools/testing/bench.sh |
		tee "$CACHE/logs/bench.out" | sed -n 's/^\([^\t]*\)\t\([^\t]*\)\t.*/done: \1 \2/p' >&2
	table "$CACHE/logs/bench.out"
}

table() { # FILE
	awk -v phases="$phases" -F '\t' '
	function median(list,   v, n, i, j, x) {
		n = split(list, v, " ")
		for (i = 2; i <= n; i++) {
			x = v[i] + 0
			for (j = i - 1; j > 0 && v[j] + 0 > x; j--) v[j + 1] = v[j]
			v[j + 1] = x
		}
		return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
	}
	NF == 3 { if (!($2 in seen)) { seen[$2] = 1; order[++count] = $2 } m[$1, $2] = median($3) }
	END {
		n = split(phases, p, " ")
		printf "%-16s", "instructions"
		for (i = 1; i <= n; i++) printf "%24s", p[i]
		print ""
		for (o = 1; o <= count; o++) {
			printf "%-16s", order[o]
			for (i = 1; i <= n; i++) {
				if (!((p[i], order[o]) in m)) { printf "%24s", "-"; continue }
				x = m[p[i], order[o]]
				text = sprintf("%.0f", x)
				if (i > 1)
					text = text sprintf(" (%+.0f)", x - m[p[1], order[o]])
				printf "%24s", text
			}
			print ""
		}
	}' "$1"
}

# The rules of ima_policy=tcb; a policy can be loaded once, and not unloaded.
host_ima_tcb() {
	local magic

	for magic in 0x9fa0 0x62656572 0x64626720 0x01021994 0x1cd1 0x42494e4d 0x73636673 \
		0xf97cff8c 0x43415d53 0x27e0eb 0x63677270 0x6e736673 0xde5e81e4; do
		echo "dont_measure fsmagic=$magic"
	done > /tmp/policy
	cat >> /tmp/policy <<-END
		measure func=MMAP_CHECK mask=MAY_EXEC
		measure func=BPRM_CHECK mask=MAY_EXEC
		measure func=FILE_CHECK mask=^MAY_READ euid=0
		measure func=FILE_CHECK mask=^MAY_READ uid=0
		measure func=MODULE_CHECK
		measure func=FIRMWARE_CHECK
		measure func=POLICY_CHECK
	END
	echo /tmp/policy > /sys/kernel/security/ima/policy
}

# phase LABEL PREFIX... - all operations, in the same root, after the same warm-up
phase() {
	local label=$1

	shift
	# measuring reads a file whole; so that nobody pays for it later, all do
	find $root -type f -exec cat {} + > /dev/null
	"$@" chroot $root /bench "$label" open "$repetitions" 5000 /bench
	"$@" chroot $root /bench "$label" mmap-hook "$repetitions" 5000 /bench
	"$@" chroot $root /bench "$label" execve "$repetitions" 5000 /text
	"$@" chroot $root /bench "$label" spawn-static "$repetitions" 50 /bench
	"$@" chroot $root /bench "$label" spawn-dynamic "$repetitions" 50 /true
	"$@" chroot $root /bench "$label" first-4096 "$repetitions" 4096 /
	"$@" chroot $root /bench "$label" first-1048576 7 1048576 /
}

in_guest() {
	local file

	mkdir $root
	cp /build/tools/testing/bench/{bench,true} $root/
	for file in $(ldd $root/true | grep -oE '/[^ :)]+'); do
		mkdir -p "$root${file%/*}"
		cp -L "$file" "$root$file"
	done
	yes plain-text | head -c 4096 > $root/text || true
	chmod +x $root/text
	phase plain env
	modprobe ima_ns_probe
	phase host env
	phase container unshare --mount
	modprobe -r ima_ns_probe
	host_ima_tcb
	phase host-ima env
}

if [ -d /run/guest ]; then
	in_guest
elif [ "${1:-}" = --table ]; then
	table "$2"
else
	on_host "${1:-trixie}"
fi
