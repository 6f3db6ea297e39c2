#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# tpm.sh - the packaged tpm2-tools find a TPM in a container's device, used from
# the host.
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

make_root one/rootfs
payload=one/rootfs/bin/payload

# start_tpm - a fresh container, and with it a fresh TPM; sets node
start_tpm() {
	rm -f ./*.ctx ./*.pub ./*.priv ./*.pem
	start_container one || return
	node=/dev/ima-ns/${dir##*/}/tpmrm0
	export TPM2TOOLS_TCTI=device:$node
}

# tpm COMMAND... - tpm2_COMMAND; what it says is in tpm.out and, failed, in ours
tpm() {
	"tpm2_$1" "${@:2}" > tpm.out 2> tpm.err && return
	sed "s/^/# tpm2_$1: /" tpm.err
	return 1
}

# refused CODE COMMAND... - tpm2_COMMAND fails, and with this response code
refused() {
	"tpm2_$2" "${@:3}" > tpm.out 2> tpm.err && return 1
	grep -qi "($1)" tpm.err && return
	sed "s/^/# tpm2_$2: /" tpm.err
	return 1
}

# pcr_by_tool BANK INDEX, pcr_by_file BANK INDEX - hex, lower case
pcr_by_tool() {
	tpm pcrread "$1:$2" && sed -n 's/^ *[0-9]* *: 0x//p' tpm.out | tr A-F a-f
}

pcr_by_file() {
	sed -n "s/^PCR-0*$2: *//p" "$dir/pcrs_$1" | tr -d ' ' | tr A-F a-f
}

ones=$(printf 'a%.0s' {1..64})

the_tpm_has_the_pcrs_of_the_log() {
	local bank file

	start_tpm || return
	expect tpm getrandom --hex 8
	equal "digits of 8 random bytes" 16 "$(tr -d '\n' < tpm.out | wc -c)"
	expect in_container one /bin/payload
	for file in "$dir"/pcrs_*; do
		bank=${file##*_}
		expect [ -n "$(pcr_by_file "$bank" 10)" ]
		equal "PCR 10 of $bank" "$(pcr_by_file "$bank" 10)" "$(pcr_by_tool "$bank" 10)"
	done
	expect log_holds "$dir"
	stop_container one
}

only_the_log_extends_pcr_10() {
	local before

	start_tpm || return
	before=$(pcr_by_tool sha256 10)
	expect refused 0x907 pcrextend "10:sha256=$ones"
	equal "PCR 10" "$before" "$(pcr_by_tool sha256 10)"
	expect tpm pcrextend "16:sha256=$ones"
	equal "PCR 16" "$(printf '%064d%s' 0 "$ones" | xxd -r -p | sha256sum | cut -d ' ' -f 1)" \
		"$(pcr_by_tool sha256 16)"
	expect tpm pcrreset 16
	equal "PCR 16 after reset" "$(printf '%064d' 0)" "$(pcr_by_tool sha256 16)"
	stop_container one
}

a_quote_vouches_for_the_log() {
	local kind scheme

	start_tpm || return
	for kind in ecc:ecdsa rsa:rsassa; do
		scheme=${kind#*:} kind=${kind%:*}
		expect tpm createek -G "$kind" -c ek.ctx -u ek.pub
		expect tpm createak -C ek.ctx -c ak.ctx -G "$kind" -g sha256 -s "$scheme" -u ak.pem -f pem -n ak.name
		expect tpm quote -c ak.ctx -l sha256:10 -q 1234 -m q.msg -s q.sig -o q.pcrs
		expect tpm checkquote -u ak.pem -m q.msg -s q.sig -f q.pcrs -g sha256 -q 1234
		expect not tpm checkquote -u ak.pem -m q.msg -s q.sig -f q.pcrs -g sha256 -q 4321 > /dev/null
		# what was signed is the digest of the PCR that the log gives
		expect grep -q "$(pcr_by_file sha256 10 | xxd -r -p | sha256sum | cut -d ' ' -f 1)" \
			<(xxd -p -c 0 q.msg)
	done
	expect log_holds "$dir"
	stop_container one
}

what_is_sealed_to_a_pcr_opens_while_it_stays() {
	start_tpm || return
	printf secret > secret
	expect tpm createprimary -C o -G ecc -c prim.ctx
	expect tpm createpolicy --policy-pcr -l sha256:10 -L pcr.policy
	expect tpm create -C prim.ctx -i secret -L pcr.policy -u seal.pub -r seal.priv
	expect tpm load -C prim.ctx -u seal.pub -r seal.priv -c seal.ctx
	expect tpm unseal -c seal.ctx -p pcr:sha256:10
	equal unsealed secret "$(cat tpm.out)"
	printf again >> "$payload"
	expect in_container one /bin/payload
	expect not tpm unseal -c seal.ctx -p pcr:sha256:10 > /dev/null
	equal "unsealed after the change" "" "$(cat tpm.out)"
	stop_container one
}

nv_and_persistent_objects_last_until_cleared() {
	start_tpm || return
	printf hello > nv
	expect tpm nvdefine 0x1500016 -C o -s 32 -a "ownerread|ownerwrite"
	expect tpm nvwrite 0x1500016 -C o -i nv
	expect tpm nvread 0x1500016 -C o -s 5
	equal NV hello "$(cat tpm.out)"
	expect tpm nvdefine 0x1500017 -C o -s 8 -a "ownerread|ownerwrite|nt=counter"
	expect tpm nvincrement 0x1500017 -C o
	expect tpm nvread 0x1500017 -C o
	xxd -p tpm.out > first
	expect tpm nvincrement 0x1500017 -C o
	expect tpm nvread 0x1500017 -C o
	equal "counter's step" 1 $((0x$(xxd -p tpm.out) - 0x$(cat first)))
	expect tpm createprimary -C o -G ecc -c prim.ctx
	expect tpm evictcontrol -C o -c prim.ctx 0x81000001
	expect tpm readpublic -c 0x81000001
	expect tpm clear
	expect not tpm readpublic -c 0x81000001 > /dev/null
	expect not tpm nvread 0x1500016 -C o > /dev/null
	stop_container one
}

openssl_and_the_tpm_agree_on_keys() {
	start_tpm || return
	printf message > message
	expect tpm createprimary -C o -G ecc -c prim.ctx
	expect tpm create -C prim.ctx -G ecc -u key.pub -r key.priv -c key.ctx
	expect tpm readpublic -c key.ctx -f pem -o key.pem
	expect tpm sign -c key.ctx -g sha256 -f plain -o sig message
	expect openssl dgst -sha256 -verify key.pem -signature sig message > /dev/null
	openssl ecparam -name prime256v1 -genkey -noout -out own.pem 2> /dev/null
	expect tpm import -C prim.ctx -G ecc -i own.pem -u own.pub -r own.priv
	expect tpm load -C prim.ctx -u own.pub -r own.priv -c own.ctx
	expect tpm sign -c own.ctx -g sha256 -f plain -o sig message
	openssl ec -in own.pem -pubout -out ownpub.pem 2> /dev/null
	expect openssl dgst -sha256 -verify ownpub.pem -signature sig message > /dev/null
	expect not openssl dgst -sha256 -verify key.pem -signature sig message > /dev/null
	stop_container one
}

run_tests the_tpm_has_the_pcrs_of_the_log only_the_log_extends_pcr_10 a_quote_vouches_for_the_log \
	what_is_sealed_to_a_pcr_opens_while_it_stays nv_and_persistent_objects_last_until_cleared \
	openssl_and_the_tpm_agree_on_keys
