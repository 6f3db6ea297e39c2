#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What bash offers at the end of a command line.

if ! command -v bash >/dev/null; then
	echo "ok 1 # SKIP bash is not installed"
	echo "1..1"
	exit 0
fi

n=0
bad=0
root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT
mkdir "$root/4026532561" "$root/900.4"
touch "$root/status"

# completes "words" "expected": what may follow the words, the last one unfinished
completes()
{
	got=$(bash -c '
		. completion/imans.bash
		read -ra COMP_WORDS <<<"$1"
		[[ $1 == *" " ]] && COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_imans
		echo "${COMPREPLY[*]}"' bash "$1")
	n=$((n + 1))
	if [ "$got" = "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "# got  $got"
		echo "# want $2"
		bad=1
	fi
}

completes "imans " "status list log pcrs trim policy create doctor"
completes "imans l" "list log"
completes "imans --r" "--root"
completes "imans --root $root log " "4026532561 900.4"
completes "imans --root $root pcrs 9" "900.4"
completes "imans --root $root log --bank sha2" "sha256"
completes "imans log --f" "--follow --file"
completes "imans list --" "--json --help"
completes "imans --root $root trim " "4026532561 900.4"
completes "imans --root $root trim --save $root/9" "$root/900.4"
completes "imans --root $root/9" "$root/900.4"
completes "imans create --p" "--pid --parent"
completes "imans --root $root create --parent 9" "900.4"
completes "imans policy " "show check load"
completes "imans --root $root policy show " "default 4026532561 900.4"
completes "imans --root $root policy load d" "default"
completes "imans --root $root policy load default $root/9" "$root/900.4"
completes "imans policy check $root/st" "$root/status"
completes "imans policy check --k" "--kernel"
completes "imans policy check --kernel " "6.12 7.2"
completes "imans policy load --" "--pid --help"
completes "imans nonsense " ""
echo "1..$n"
exit $bad
