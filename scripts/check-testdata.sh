#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-testdata.sh, from the source root
# testdata/ holds what tests/forge makes, to the byte.
set -eu
. "$(dirname "$0")/tap.sh"
bad=$(python3 tests/forge/forge.py --check testdata 2>&1 | head -n 20)
tap "testdata is what tests/forge makes" "$bad"
tap_done
