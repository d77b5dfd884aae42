#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-purity.sh ALLOW LIBRARY...
# What a pure library needs of others must be its own or stand on ALLOW.
set -eu
. "$(dirname "$0")/tap.sh"
allow=$1
shift

sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$allow" | sort -u >"$tap_tmp/allow"
nm --defined-only -g "$@" 2>/dev/null |
	sed -n 's/.* [TDRBVW] //p' | sort -u >"$tap_tmp/own"
sort -u "$tap_tmp/allow" "$tap_tmp/own" >"$tap_tmp/may"
: >"$tap_tmp/used"
for lib; do
	nm -u -A "$lib" 2>/dev/null | sed -n 's/^\([^ ]*\) .*U /\1 /p' |
		sed 's/.*:\([^:]*\.o\): /\1 /' >"$tap_tmp/needs"
	[ -s "$tap_tmp/needs" ] || {
		tap "$(basename "$lib") can be read" "nm shows no symbol"
		continue
	}
	sed 's/.* //' "$tap_tmp/needs" >>"$tap_tmp/used"
	bad=$(awk 'NR == FNR { may[$1] = 1; next }
		!($2 in may) { print $1 " needs " $2 }' \
		"$tap_tmp/may" "$tap_tmp/needs" | sort -u)
	tap "$(basename "$lib") needs only what is allowed" "$bad"
done
tap_done
