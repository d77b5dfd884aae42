#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-symbols.sh MAP LIBECART LIBRARY...
# The shared library exports what MAP lists and nothing else; global symbols
# of each static library begin with the prefix of its folder.
set -eu
. "$(dirname "$0")/tap.sh"
map=$1
shared=$2
shift 2

# Every symbol is named in the map: no pattern, so that the list is a review.
sed -n '/global:/,/local:/p' "$map" | sed 's|/\*.*\*/||' |
	grep -o '[a-z_0-9*]*;' | tr -d ';' | grep -vx '\*' | sort -u >"$tap_tmp/want"
nm -D --defined-only "$shared" | sed -n 's/.* [TDRBVW] //p' |
	sed 's/@.*//' | sort -u >"$tap_tmp/have"
bad=$(comm -3 "$tap_tmp/want" "$tap_tmp/have" |
	sed 's/^\t\(.*\)/exported, not in the map: \1/; t
		s/^/in the map, not exported: /')
tap "the shared library exports what the map says" "$bad"

for lib; do
	case $(basename "$lib") in
	libevidence.a) prefix='ev_' ;;
	libreplay.a) prefix='rp_|ecart_' ;;
	libcollect.a) prefix='co_' ;;
	libaudit.a) prefix='au_' ;;
	*) prefix='' ;;
	esac
	bad=$(nm -A --defined-only -g "$lib" 2>/dev/null |
		sed -n 's/^.*:\([^:]*\.o\):.* [TDRBC] /\1: /p' |
		grep -v -E ": ($prefix)|: (__|_)?(asan|odr|sancov|ubsan|gcov|llvm)" |
		sort -u || true)
	tap "global symbols of $(basename "$lib") begin with $prefix" "$bad"
done
tap_done
