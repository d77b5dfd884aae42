#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-needed.sh FILE: the auditor's half alone
# The program (or library) needs libcrypto, libarchive, jansson and libc.
set -eu
. "$(dirname "$0")/tap.sh"
needed=$(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
bad=$(printf '%s\n' "$needed" |
	grep -v -E '^(libcrypto|libarchive|libjansson|libc)\.so' || true)
tap "$(basename "$1") needs three libraries and libc" "$bad"
tap_done
