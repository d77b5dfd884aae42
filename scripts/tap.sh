# SPDX-License-Identifier: Apache-2.0
# Sourced by the checks: each question is one line of the Test Anything
# Protocol, what was found stands behind it as comments.
tap_n=0
tap_bad=0

# usage: tap NAME FOUND: good where nothing was found.
tap() {
	tap_n=$((tap_n + 1))
	if [ -z "$2" ]; then
		echo "ok $tap_n - $1"
		return
	fi
	tap_bad=1
	echo "not ok $tap_n - $1"
	printf '%s\n' "$2" | sed 's/^/# /'
}

tap_skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

tap_done() {
	echo "1..$tap_n"
	exit $tap_bad
}

tap_tmp=$(mktemp -d)
trap 'rm -rf "$tap_tmp"' EXIT
