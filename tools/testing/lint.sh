#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lint.sh - checkpatch --strict, sparse, compiler warnings on both kernels,
# licence lines, shell syntax.  Says what is wrong and fails; changes nothing.
set -eu
cd "$(dirname "$(readlink -f "$0")")/../.."
. tools/testing/qemu/lib.sh

wrong=0
found() { # TITLE LINES
	[ -n "$2" ] || return 0
	printf '\n== %s\n%s\n' "$1" "$2"
	wrong=1
}

tracked() { git ls-files -- "$@" | grep -v -e 'lskel\.h$' -e kselftest_harness.h; }

# Not for a module outside of the tree: it has no MAINTAINERS, tells kernels
# apart by their version, and gives 7.x the strncpy() that libbpf's header wants.
ignore=FILE_PATH_CHANGES,LINUX_VERSION_CODE,SPLIT_STRING,CONSTANT_COMPARISON,STRNCPY
# What a BPF program is made of: kfuncs are externs, constants of the loader are
# volatile, types are declared as the kernel has them, BPF_PROG() looks like C.
ignore_bpf=$ignore,AVOID_EXTERNS,VOLATILE,NEW_TYPEDEFS,CAMELCASE,SPACING

checkpatch() { # IGNORE FILES...
	local ignore=$1

	shift
	# in the copy, because checkpatch leaves a file where it runs
	tracked "$@" | (cd "$CACHE/lint-trixie" &&
		xargs perl "$CACHE/kernel-source/checkpatch.pl" --no-tree --strict --terse --no-summary \
			--show-types --max-line-length=100 --ignore "$ignore" -f 2>&1) |
		grep -E '^[a-z/_.]+:[0-9]+: ' || true
}

# Every file of the modules, checked anew.  sparse knows neither the generated
# header's strings nor that a kfunc is called by no C.
sparse() { # SUITE
	tools/testing/qemu/build --dir "$CACHE/lint-$1" "$1" -s modules C=2 W=1 \
		CF="-D__CHECK_ENDIAN__ -Wno-shift-count-overflow" 2>&1 >/dev/null |
		grep -E '^(/build/)?(kernel|bpf)/.*(warning|error):|^make.*Error' |
		grep -vE 'lskel\.h:|/kfunc\.c:.* was not declared' || true
}

licences() {
	tracked '*.c' '*.h' '*.sh' '*.mk' Makefile Kbuild '*/Makefile' | while read -r file; do
		head -n 3 "$file" | grep -q SPDX-License-Identifier || echo "$file: no SPDX line"
	done
}

shells() {
	git grep -lE '^#!/bin/(ba)?sh|^#!/usr/bin/env bash' -- tools .ci | while read -r file; do
		bash -n "$file" 2>&1 || true
	done
}

long_files() {
	tracked '*.[ch]' '*.sh' | xargs wc -l | awk '$2 != "total" && $1 > 800 { print $2 ": " $1 " lines" }'
}

need perl:perl
tools/testing/qemu/mktree trixie
for suite in trixie sid; do
	[ -d "$(tree_of $suite)" ] || continue
	rm -rf "$CACHE/lint-$suite"
	found "sparse and W=1, $suite" "$(sparse $suite)"
done
found "checkpatch --strict" "$(checkpatch "$ignore" 'kernel/*.[ch]'; checkpatch "$ignore_bpf" 'bpf/*.[ch]')"
found "licences" "$(licences)"
found "shell syntax" "$(shells)"
found "files past 800 lines" "$(long_files)"
[ $wrong = 0 ] && echo "lint: clean"
exit $wrong
