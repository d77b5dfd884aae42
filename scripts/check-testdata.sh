#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-testdata.sh, from the source root
# testdata/ holds what tests/forge makes, to the byte.
set -eu
. "$(dirname "$0")/tap.sh"
bad=$(python3 tests/forge/forge.py --check testdata 2>&1 | head -n 20)
tap "testdata is what tests/forge makes" "$bad"
# Its encoder is Debian's python3-cbor2, which another Python may not have.
cbor=
for python in python3 /usr/bin/python3; do
	[ -n "$cbor" ] || ! "$python" -c 'import cbor2' 2>/dev/null || cbor=$python
done
if [ -n "$cbor" ]; then
	bad=$("$cbor" tests/forge/corim.py --check testdata 2>&1 | head -n 20)
	tap "testdata/corim is what tests/forge/corim.py makes" "$bad"
else
	tap_skip "testdata/corim is what tests/forge/corim.py makes" \
		"no python3-cbor2"
fi
tap_done
