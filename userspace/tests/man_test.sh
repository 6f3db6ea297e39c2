#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The manual page is well formed, and no verb or option is missing from it or
# from the completion.

imans=${IMANS:-./imans}
n=0
bad=0

ok()
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		bad=1
	fi
}

if command -v groff >/dev/null; then
	warnings=$(groff -mdoc -Tascii -ww -z imans.8 2>&1)
	[ -z "$warnings" ]
	ok $? "imans.8 has no warning"
	[ -z "$warnings" ] || echo "$warnings" | sed 's/^/# /'
	text=$(groff -mdoc -Tascii -P-c imans.8 2>/dev/null | sed 's/.\x08//g')
else
	n=$((n + 1))
	echo "ok $n # SKIP groff is not installed"
	text=$(cat imans.8)
fi

verbs=$("$imans" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ "$(echo "$verbs" | wc -w)" -ge 6 ]
ok $? "there are verbs"
for verb in $verbs; do
	grep -q "^\.Ss $verb\$" imans.8
	ok $? "imans.8 describes $verb"
	grep -q "words='.*\<$verb\>.*'" completion/imans.bash
	ok $? "the completion knows $verb"
	options=$("$imans" "$verb" --help | sed -n 's/^  .*\(--[a-z-]*\).*/\1/p')
	for option in $options; do
		sed -n "/^\.Ss $verb\$/,/^\.S[sh] /p" imans.8 | grep -q "Fl Fl ${option#--}\>"
		ok $? "imans.8 describes $verb $option"
		sed -n "/^	.*\<$verb\>.*)/,/;;/p" completion/imans.bash | grep -q -- "$option\>"
		ok $? "the completion knows $verb $option"
	done
done
for option in root sysroot help version; do
	grep -q "^\.It.* Fl Fl $option\>" imans.8
	ok $? "imans.8 describes --$option"
done
"$imans" doctor 2>/dev/null | sed 's/^.....  *\([a-z_-]*\).*/\1/' >"${TMPDIR:-/tmp}/imans-checks.$$"
while read -r check; do
	sed -n '/^\.Ss doctor$/,/^\.Sh /p' imans.8 | grep -q "^\.It Li .*\<$check\>"
	ok $? "imans.8 describes the check $check"
done <"${TMPDIR:-/tmp}/imans-checks.$$"
rm -f "${TMPDIR:-/tmp}/imans-checks.$$"
case $text in
*"EXIT STATUS"*"All is well"*) ok 0 "the page can be read" ;;
*) ok 1 "the page can be read" ;;
esac
echo "1..$n"
exit $bad
