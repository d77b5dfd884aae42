#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-branches.sh, from the source root
# A collection below --root is the collection of a real machine: nothing in
# collect/ is there for tests alone.  What may differ is where things are.
set -eu
. "$(dirname "$0")/tap.sh"

# Comments say what they like.
for file in collect/*.[ch]; do
	sed -e 's|/\*[^*]*\*/||g' -e '/\/\*/,/\*\//d' "$file" |
		sed "s|^|$file: |"
done >"$tap_tmp/code"

tap "variables of the environment are those of every program" "$(
	grep -E 'getenv *\(' "$tap_tmp/code" | grep -v -E \
		'getenv\("(TMPDIR|XDG_RUNTIME_DIR|TPM2TOOLS_TCTI)"\)|^collect/http_proxy\.c: .*getenv\(\*names\)' || true)"
tap "no variable is one of ours" "$(
	grep -E '"ECART_|\benviron\b' "$tap_tmp/code" || true)"
tap "the preprocessor decides nothing" "$(
	grep -E ': *# *(if|elif|else|ifdef|undef)\b' "$tap_tmp/code" || true)"
tap "no word of a test but that of the manifest" "$(
	grep -i -E '"[^"]*(\btest\b|fake|mock|simulat|swtpm|localhost|127\.0\.0)[^"]*"' \
		"$tap_tmp/code" |
		grep -v -E '^collect/collection_claims\.c: .*root\.given \? "test" : NULL' || true)"
# Each of these says where something is: a file, an address, a device.
tap "--root decides where things are, in places that are known" "$(
	grep -E '\broot(\.|->)given\b' "$tap_tmp/code" | grep -v -E \
		'^collect/(collateral|collection|collection_claims|imds|lock|root|src_logs|src_tsm)\.c: ' || true)"
tap "nothing is compiled in for tests" "$(
	grep -n -E "c_args|-D" collect/meson.build || true)"
tap_done
