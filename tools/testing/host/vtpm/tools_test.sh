#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# tools_test.sh SERVER - tpm2-tools and OpenSSL against the vTPM of the host build.
#
# SERVER is vtpm_server.  A case is a function that uses the tools as an
# administrator would; it fails with the first command that does, and says which.
set -u
server=$(readlink -f "$1")
command -v tpm2_getrandom >/dev/null ||
	{ echo "ok 1 - tpm2-tools # SKIP they are not installed"; echo 1..1; exit 0; }

dir=$(mktemp -d)
port=$((20000 + $$ % 20000 * 2))
"$server" $port 2>"$dir/server.log" &
pid=$!
trap 'kill $pid 2>/dev/null; wait $pid 2>/dev/null; rm -rf "$dir"' EXIT
export TPM2TOOLS_TCTI="mssim:host=127.0.0.1,port=$port"
cd "$dir" || exit 1
for _ in $(seq 100); do
	tpm2_getrandom --hex 8 >/dev/null 2>&1 && break
	sleep 0.1
done

cases=0 failures=0
result() { # RC NAME LOG
	cases=$((cases + 1))
	[ "$1" = 0 ] && { echo "ok $cases - $2"; return; }
	failures=$((failures + 1))
	echo "not ok $cases - $2"
	tail -n 5 "$3" | sed 's/^/# /'
}

flow() { # NAME FUNCTION ARGUMENTS...
	local name=$1

	shift
	# no condition: in one, bash would go on after a command that fails
	(set -eE; trap 'echo "failed: $BASH_COMMAND"' ERR; "$@") >log 2>&1
	result $? "$name" log
}

# a command that has to fail; "! command" never ends a function
fails() { ! "$@"; }

echo "what is secret" >secret
echo "what is signed" >message
head -c 5000 /dev/urandom >big
printf '\0\0\0\0\0\0\0\5' >five

# --- keys and attestation: RSA or ECC ---------------------------------------------

sign_scheme() { if [ "$1" = rsa ]; then echo rsassa; else echo ecdsa; fi; }

attestation() {
	local alg=$1

	tpm2_clear
	tpm2_createek -c ek.ctx -G $alg -u ek.pub
	tpm2_createak -C ek.ctx -c ak.ctx -G $alg -g sha256 -s "$(sign_scheme $alg)" \
		-u ak.pub -n ak.name -f pem
	tpm2_quote -c ak.ctx -l sha256:0,1,16+sha1:0 -q abcd -m quote -s sig -o pcrs -g sha256
	tpm2_checkquote -u ak.pub -m quote -s sig -f pcrs -g sha256 -q abcd
	tpm2_quote -c ak.ctx -l sha256:0,1,16+sha1:0 -q abcd -m quote -s sig -f plain -o pcrs -g sha256
	openssl dgst -sha256 -verify ak.pub -signature sig quote
	tpm2_gettime -c ak.ctx -g sha256 -o sig --attestation time
}

credential() {
	tpm2_makecredential -e ek.pub -s five -n "$(xxd -p -c 100 ak.name)" -o cred -T none
	tpm2_startauthsession --policy-session -S s.ctx
	tpm2_policysecret -S s.ctx -c e
	tpm2_activatecredential -c ak.ctx -C ek.ctx -i cred -o plain -P session:s.ctx
	tpm2_flushcontext s.ctx
	cmp plain five
}

keys() {
	local alg=$1

	tpm2_createprimary -C o -g sha256 -G $alg -c primary.ctx
	tpm2_create -C primary.ctx -G $alg -u key.pub -r key.priv -p password
	tpm2_load -C primary.ctx -u key.pub -r key.priv -c key.ctx
	tpm2_sign -c key.ctx -p password -g sha256 -o sig message
	tpm2_verifysignature -c key.ctx -g sha256 -m message -s sig
	tpm2_readpublic -c key.ctx -f pem -o key.pem
	tpm2_sign -c key.ctx -p password -g sha256 -f plain -o sig message
	openssl dgst -sha256 -verify key.pem -signature sig message
	tpm2_certify -C ak.ctx -c key.ctx -P password -g sha256 -o certified -s sig
	tpm2_changeauth -C primary.ctx -c key.ctx -r other.priv -p password other
	tpm2_load -C primary.ctx -u key.pub -r other.priv -c other.ctx
	tpm2_sign -c other.ctx -p other -g sha256 -o sig big
}

creation() {
	tpm2_create -C primary.ctx -G "$1" -u key.pub -r key.priv -l sha256:0,7 -q 1234 \
		--creation-data data -d hash -t ticket
	tpm2_load -C primary.ctx -u key.pub -r key.priv -c key.ctx
	tpm2_certifycreation -C ak.ctx -c key.ctx -d hash -t ticket -g sha256 -o sig \
		--attestation certified
}

persistent() {
	tpm2_evictcontrol -C o -c primary.ctx 0x81000001
	tpm2_readpublic -c 0x81000001
	tpm2_create -C 0x81000001 -G "$1" -u key.pub -r key.priv -c key.ctx
	tpm2_evictcontrol -C o -c 0x81000001
	fails tpm2_readpublic -c 0x81000001
}

salted() {
	tpm2_startauthsession --hmac-session -S s.ctx -c primary.ctx
	tpm2_sessionconfig s.ctx --enable-encrypt --enable-decrypt
	tpm2_create -C primary.ctx -P session:s.ctx -i secret -u sealed.pub -r sealed.priv
	tpm2_load -C primary.ctx -P session:s.ctx -u sealed.pub -r sealed.priv -c sealed.ctx
	tpm2_unseal -c sealed.ctx -p session:s.ctx -o plain
	tpm2_flushcontext s.ctx
	cmp plain secret
}

for alg in rsa ecc; do
	flow "$alg: EK, AK, quote" attestation $alg
	flow "$alg: credential" credential
	flow "$alg: keys, signatures, certificates" keys $alg
	flow "$alg: creation data" creation $alg
	flow "$alg: persistent keys" persistent $alg
	flow "$alg: salted and bound session" salted
done

# --- other uses of keys ----------------------------------------------------------------

rsa_crypt() {
	tpm2_createprimary -C o -G rsa -c primary.ctx
	tpm2_create -C primary.ctx -G rsa2048 -u key.pub -r key.priv -c key.ctx
	tpm2_readpublic -c key.ctx -f pem -o key.pem
	tpm2_rsaencrypt -c key.ctx -o enc secret
	tpm2_rsadecrypt -c key.ctx -o plain enc
	cmp plain secret
	openssl pkeyutl -encrypt -pubin -inkey key.pem -pkeyopt rsa_padding_mode:oaep \
		-pkeyopt rsa_oaep_md:sha256 -in secret -out enc
	tpm2_rsadecrypt -c key.ctx -s oaep-sha256 -o plain enc
	cmp plain secret
}

symmetric() {
	tpm2_create -C primary.ctx -G aes128 -u key.pub -r key.priv -c key.ctx
	tpm2_encryptdecrypt -c key.ctx -o enc secret
	fails cmp -s enc secret
	tpm2_encryptdecrypt -d -c key.ctx -o plain enc
	cmp plain secret
}

digests() {
	local hash

	for hash in sha1 sha256 sha384 sha512; do
		tpm2_hash -g $hash --hex big -o digest
		[ "$(cat digest)" = "$(${hash}sum <big | cut -d' ' -f1)" ]
	done
	tpm2_hash -g sha256 --hex message -o digest
	[ "$(cat digest)" = "$(sha256sum <message | cut -d' ' -f1)" ]
}

hmacs() {
	printf 'key of an hmac' >hmac.key
	tpm2_import -C primary.ctx -G hmac -i hmac.key -u key.pub -r key.priv
	tpm2_load -C primary.ctx -u key.pub -r key.priv -c key.ctx
	for file in message big; do
		tpm2_hmac -c key.ctx -g sha256 --hex $file -o digest
		[ "$(cat digest)" = "$(openssl dgst -sha256 -hmac 'key of an hmac' -r $file |
			cut -d' ' -f1)" ]
	done
}

ecdh() {
	tpm2_create -C primary.ctx -G ecc:ecdh -u key.pub -r key.priv -c key.ctx
	tpm2_ecdhkeygen -u ephemeral -o z1 -c key.ctx
	tpm2_ecdhzgen -u ephemeral -o z2 -c key.ctx
	cmp z1 z2
	tpm2_geteccparameters ecc256 -o parameters
	tpm2_geteccparameters ecc384 -o parameters
	tpm2_ecephemeral -u ephemeral -t counter ecc256
}

import_rsa() {
	openssl genrsa -out private.pem 2048
	openssl rsa -in private.pem -pubout -out public.pem
	tpm2_import -C primary.ctx -G rsa -i private.pem -u key.pub -r key.priv
	tpm2_load -C primary.ctx -u key.pub -r key.priv -c key.ctx
	tpm2_sign -c key.ctx -g sha256 -f plain -s rsapss -o sig message
	openssl dgst -sha256 -sigopt rsa_padding_mode:pss -verify public.pem -signature sig message
	tpm2_loadexternal -G rsa -C n -r private.pem -c external.ctx
}

import_ecc() {
	openssl ecparam -name secp384r1 -genkey -noout -out private.pem
	openssl ec -in private.pem -pubout -out public.pem
	tpm2_import -C primary.ctx -G ecc -i private.pem -u key.pub -r key.priv
	tpm2_load -C primary.ctx -u key.pub -r key.priv -c key.ctx
	tpm2_sign -c key.ctx -g sha384 -f plain -o sig message
	openssl dgst -sha384 -verify public.pem -signature sig message
}

flow "RSA encryption" rsa_crypt
flow "AES" symmetric
flow "digests" digests
flow "HMACs" hmacs
flow "ECDH" ecdh
flow "import of an RSA key" import_rsa
flow "import of a P-384 key" import_ecc

# --- policies: secrets that only they open -------------------------------------------------

trial() { # FILE ASSERTION...
	local file=$1

	shift
	tpm2_startauthsession -S trial.ctx
	"$@" -S trial.ctx -L "$file"
	tpm2_flushcontext trial.ctx
}

seal() { # POLICY OPTIONS...
	local policy=$1

	shift
	tpm2_create -C primary.ctx -i secret -L "$policy" -u sealed.pub -r sealed.priv \
		-a "fixedtpm|fixedparent" "$@"
	tpm2_load -C primary.ctx -u sealed.pub -r sealed.priv -c sealed.ctx
}

begin() { tpm2_startauthsession --policy-session -S s.ctx; }

unseal() { # [PASSWORD]
	tpm2_unseal -c sealed.ctx -p "session:s.ctx${1:+$1}" -o plain
	tpm2_flushcontext s.ctx
	cmp plain secret
}

# the session is not good for it
closed() {
	fails tpm2_unseal -c sealed.ctx -p session:s.ctx -o plain
	tpm2_flushcontext s.ctx
}

policy_pcr() {
	trial pcr.policy tpm2_policypcr -l sha256:16
	seal pcr.policy
	tpm2_unseal -c sealed.ctx -p pcr:sha256:16 -o plain
	cmp plain secret
	tpm2_pcrextend 16:sha256="$(sha256sum <message | cut -d' ' -f1)"
	fails tpm2_unseal -c sealed.ctx -p pcr:sha256:16 -o plain
	tpm2_pcrreset 16
}

policy_or() {
	trial command.policy tpm2_policycommandcode TPM2_CC_Unseal
	trial or.policy tpm2_policyor sha256:command.policy,pcr.policy
	seal or.policy
	begin
	tpm2_policypcr -S s.ctx -l sha256:16
	tpm2_policyor -S s.ctx sha256:command.policy,pcr.policy
	unseal
}

policy_secret() {
	trial secret.policy tpm2_policysecret -c o
	seal secret.policy
	begin
	closed
	begin
	tpm2_policysecret -S s.ctx -c o
	unseal
	begin
	tpm2_policysecret -S s.ctx -c o -x -t -3600 --ticket ticket --timeout timeout
	tpm2_flushcontext s.ctx
}

policy_auth() {
	trial auth.policy tpm2_policyauthvalue
	seal auth.policy -p password
	begin
	tpm2_policyauthvalue -S s.ctx
	unseal +password
	begin
	tpm2_policypassword -S s.ctx
	unseal +password
	begin
	tpm2_policypassword -S s.ctx
	closed
}

policy_signed() {
	openssl ecparam -name prime256v1 -genkey -noout -out signer.pem
	openssl ec -in signer.pem -pubout -out signer.pub
	tpm2_loadexternal -C o -G ecc -u signer.pub -c signer.ctx -n signer.name
	printf '\0\0\0\0' >expiration
	openssl dgst -sha256 -sign signer.pem -out sig expiration
	trial signed.policy tpm2_policysigned -g sha256 -s sig -f ecdsa -c signer.ctx
	seal signed.policy
	begin
	tpm2_policysigned -S s.ctx -g sha256 -s sig -f ecdsa -c signer.ctx
	unseal
}

policy_authorize() {
	trial authorize.policy tpm2_policyauthorize -i pcr.policy -n signer.name
	seal authorize.policy
	openssl dgst -sha256 -sign signer.pem -out sig pcr.policy
	tpm2_verifysignature -c signer.ctx -g sha256 -m pcr.policy -s sig -t ticket -f ecdsa
	begin
	tpm2_policypcr -S s.ctx -l sha256:16
	tpm2_policyauthorize -S s.ctx -i pcr.policy -n signer.name -t ticket
	unseal
}

policy_nv() {
	tpm2_nvdefine -C o -s 8 -a "ownerread|ownerwrite" 0x1500001
	tpm2_nvwrite -C o -i five 0x1500001
	tpm2_startauthsession -S trial.ctx
	tpm2_policynv -S trial.ctx -C o -i five -L nv.policy 0x1500001 eq
	tpm2_flushcontext trial.ctx
	seal nv.policy
	begin
	tpm2_policynv -S s.ctx -C o -i five 0x1500001 eq
	unseal
	begin
	fails tpm2_policynv -S s.ctx -C o -i five 0x1500001 ult
	tpm2_flushcontext s.ctx
	tpm2_nvundefine -C o 0x1500001
}

policy_authorize_nv() {
	tpm2_nvdefine -C o -s 34 -a "ownerread|ownerwrite" 0x1500002
	{ printf '\0\13'; cat pcr.policy; } >approved
	tpm2_nvwrite -C o -i approved 0x1500002
	tpm2_startauthsession -S trial.ctx
	tpm2_policyauthorizenv -S trial.ctx -C o -L nv.policy 0x1500002
	tpm2_flushcontext trial.ctx
	seal nv.policy
	begin
	tpm2_policypcr -S s.ctx -l sha256:16
	tpm2_policyauthorizenv -S s.ctx -C o 0x1500002
	unseal
	tpm2_nvundefine -C o 0x1500002
}

duplication() {
	trial duplicate.policy tpm2_policycommandcode TPM2_CC_Duplicate
	tpm2_create -C primary.ctx -G rsa -u key.pub -r key.priv -L duplicate.policy \
		-a "sensitivedataorigin|sign|decrypt|userwithauth"
	tpm2_load -C primary.ctx -u key.pub -r key.priv -c key.ctx
	tpm2_createprimary -C p -G ecc -c parent.ctx
	begin
	tpm2_policycommandcode -S s.ctx TPM2_CC_Duplicate
	tpm2_duplicate -C parent.ctx -c key.ctx -G aes -p session:s.ctx -r dup.priv -s dup.seed \
		-o dup.key
	tpm2_flushcontext s.ctx
	tpm2_import -C parent.ctx -u key.pub -i dup.priv -s dup.seed -k dup.key -r new.priv
	tpm2_load -C parent.ctx -u key.pub -r new.priv -c new.ctx
	tpm2_sign -c new.ctx -g sha256 -o sig message
	tpm2_verifysignature -c key.ctx -g sha256 -m message -s sig
}

flow "policy: PCRs" policy_pcr
flow "policy: one of two" policy_or
flow "policy: a secret" policy_secret
flow "policy: authValue, password" policy_auth
flow "policy: signed" policy_signed
flow "policy: authorized" policy_authorize
flow "policy: NV" policy_nv
flow "policy: authorized in NV" policy_authorize_nv
flow "policy: duplication" duplication

# --- NV, PCRs, administration -------------------------------------------------------------------

nv_types() {
	local type all="ownerread|ownerwrite|authread|authwrite"

	for type in counter bits extend; do
		tpm2_nvdefine -C o -a "$all|nt=$type" 0x1500003
		case $type in
		counter) tpm2_nvincrement -C o 0x1500003 ;;
		bits) tpm2_nvsetbits -C o -i 0xff 0x1500003 ;;
		extend) tpm2_nvextend -C o -i message 0x1500003 ;;
		esac
		tpm2_nvread -C o 0x1500003 >value
		tpm2_nvcertify -C ak.ctx -c o -g sha256 -o sig --attestation certified \
			--size 8 0x1500003
		tpm2_nvundefine -C o 0x1500003
	done
	tpm2_nvdefine -C o -s 2048 -a "$all|read_stclear|writedefine" -p password 0x1500003
	head -c 2048 big >part
	tpm2_nvwrite -P password -i part 0x1500003
	tpm2_nvread -P password 0x1500003 >value
	cmp part value
	tpm2_nvwritelock -C o 0x1500003
	fails tpm2_nvwrite -C o -i five 0x1500003
	tpm2_nvreadlock -C o 0x1500003
	fails tpm2_nvread -C o 0x1500003
	tpm2_nvundefine -C o 0x1500003
}

pcrs() {
	tpm2_pcrread
	tpm2_pcrevent 23 message
	tpm2_pcrevent 23 big
	tpm2_pcrreset 23
	fails tpm2_pcrreset 0
	fails tpm2_pcrextend 17:sha256="$(sha256sum <message | cut -d' ' -f1)"
}

audit() {
	tpm2_setcommandauditstatus TPM2_CC_Unseal
	tpm2_getcommandauditdigest -c ak.ctx -g sha256 -s sig -m digest
	tpm2_startauthsession -S audit.ctx --audit-session
	tpm2_getrandom -S audit.ctx 8 --hex
	tpm2_getsessionauditdigest -c ak.ctx -g sha256 -m digest -s sig -S audit.ctx
	tpm2_flushcontext audit.ctx
}

administration() {
	tpm2_selftest
	tpm2_gettestresult
	tpm2_incrementalselftest rsa ecc
	tpm2_testparms rsa2048
	tpm2_testparms ecc384:ecdsa-sha256
	fails tpm2_testparms rsa4096
	tpm2_readclock
	tpm2_setclock 100000000
	tpm2_clockrateadjust f
	tpm2_dictionarylockout -s -n 5 -t 10 -l 10
	tpm2_dictionarylockout -c
	tpm2_changeauth -c o owner
	tpm2_changeauth -c o -p owner
	tpm2_setprimarypolicy -C o -L pcr.policy -g sha256
	tpm2_hierarchycontrol -C p shEnable clear
	fails tpm2_createprimary -C o -c none.ctx
	tpm2_hierarchycontrol -C p shEnable set
	tpm2_clearcontrol -C l s
	fails tpm2_clear
	tpm2_clearcontrol -C p c
	tpm2_changepps
	tpm2_changeeps
	tpm2_clear
}

capabilities() {
	local cap

	for cap in algorithms commands pcrs properties-fixed properties-variable ecc-curves \
		handles-transient handles-persistent handles-permanent handles-pcr \
		handles-nv-index handles-loaded-session handles-saved-session; do
		tpm2_getcap $cap
	done
}

flow "NV: types and locks" nv_types
flow "PCRs" pcrs
flow "audit" audit
flow "capabilities" capabilities
flow "administration" administration

# it says that nothing leaks when it has been told to end
kill $pid && wait $pid
result $? "the server ends well" server.log
echo "1..$cases"
[ $failures = 0 ]
