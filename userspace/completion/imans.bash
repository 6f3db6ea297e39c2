# SPDX-License-Identifier: GPL-2.0
# bash completion for imans(8)

_imans_nsids()
{
	local d
	for d in "$1"/[0-9]*/; do
		[[ -d $d ]] || continue
		d=${d%/}
		printf '%s\n' "${d##*/}"
	done
}

_imans_pids()
{
	local d
	for d in /proc/[0-9]*/; do
		d=${d%/}
		printf '%s\n' "${d##*/}"
	done
}

_imans()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local root=/sys/kernel/security/ima-ns verb='' sub='' place=0 i words

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--root) root=${COMP_WORDS[++i]} ;;
		--sysroot) root=${COMP_WORDS[++i]}/sys/kernel/security/ima-ns ;;
		-*) ;;
		*)
			verb=${COMP_WORDS[i]}
			break
			;;
		esac
	done
	if [[ $verb == policy ]]; then
		sub=${COMP_WORDS[i + 1]}
		place=$((COMP_CWORD - i))
	fi
	case $prev in
	--root | --sysroot)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--file | --ns | -n | --save | -s)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--bank | -b)
		mapfile -t COMPREPLY < <(compgen -W 'sha1 sha256 sha384 sha512 sm3' -- "$cur")
		return
		;;
	--kernel | -k)
		mapfile -t COMPREPLY < <(compgen -W '6.12 7.2' -- "$cur")
		return
		;;
	--parent)
		mapfile -t COMPREPLY < <(compgen -W "$(_imans_nsids "$root")" -- "$cur")
		return
		;;
	--pid | -p)
		mapfile -t COMPREPLY < <(compgen -W "$(_imans_pids)" -- "$cur")
		return
		;;
	esac
	case $verb in
	'')
		words='status list log pcrs trim policy create doctor'
		[[ $cur == -* ]] && words='--root --sysroot --help --version'
		;;
	status | list | doctor) words='--json --help' ;;
	log)
		words=$(_imans_nsids "$root")
		[[ $cur == -* ]] && words='--follow --json --ascii --bank --verify-digests --pid --file --help'
		;;
	pcrs)
		words=$(_imans_nsids "$root")
		[[ $cur == -* ]] && words='--json --bank --checkpoint --pid --help'
		;;
	trim)
		words=$(_imans_nsids "$root")
		[[ $cur == -* ]] && words='--save --bank --pid --help'
		;;
	policy)
		words='show check load'
		((place > 1)) && words="default $(_imans_nsids "$root")"
		((place > 2)) && words=''
		if [[ $cur == -* ]]; then
			words='--pid --help'
			[[ $sub == check ]] && words='--kernel --host --json --help'
		elif ((place > 1)) && [[ $sub == check || $sub == load && place -gt 2 ]]; then
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
		fi
		;;
	create) words='--pid --ns --nested --parent --help' ;;
	*) words='' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _imans imans
