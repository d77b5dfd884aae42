#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-words.sh, from the source root
# Nothing is left for later, and no path of one machine stands in the tree.
set -eu
. "$(dirname "$0")/tap.sh"
# Spelled so that this file does not hold what it looks for.
later='TO''DO|FIX''ME|\bXX''X\b|\bstu''bs?\b|place''holder'
paths='/ho''me/[a-z]|(^|[^a-z])/ro''ot/|/wo''rk/|/tm''p/pl'
files=$(find . -type f -not -path './build*' -not -path './.git/*' \
	-not -path './testdata/*' -not -name '*.pyc' -not -name LICENSE \
	-not -name '*.o' | sort)
# shellcheck disable=SC2086 # names of source files hold no blanks
tap "nothing is left for later" "$(grep -n -I -E "$later" $files || true)"
# shellcheck disable=SC2086
tap "no path of one machine" "$(grep -n -I -E "$paths" $files || true)"
tap_done
