#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-needed.sh FILE: the auditor's half alone
# The program (or library) needs libcrypto, libarchive, jansson and libc.
set -eu
. "$(dirname "$0")/tap.sh"
printf '%s\n' libarchive libc libcrypto libjansson >"$tap_tmp/want"
readelf -d "$1" 2>&1 | sed -n 's/.*(NEEDED).*\[\(.*\)\.so[.0-9]*\]/\1/p' |
	LC_ALL=C sort >"$tap_tmp/got"
bad=$(diff "$tap_tmp/want" "$tap_tmp/got" || true)
tap "$(basename "$1") needs three libraries and libc" "$bad"
tap_done
