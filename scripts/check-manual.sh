#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-manual.sh ECART, from the source root
# Manual pages are good mdoc; each command is described in ecart(1).
set -eu
. "$(dirname "$0")/tap.sh"
ecart=$1
for page in docs/*.[1-9]; do
	if command -v mandoc >/dev/null; then
		tap "$page" "$(mandoc -T lint -W warning "$page" 2>&1 || true)"
	else
		tap_skip "$page" "no mandoc"
	fi
done
verbs=$("$ecart" help | sed -n 's/^  [^ ].\{21\} //p')
bad=$([ -n "$verbs" ] || echo "the program names no commands"
for verb in $verbs; do
	grep -q "^\.It Ic $verb\$" docs/ecart.1 ||
		echo "docs/ecart.1 does not describe $verb"
done)
tap "each command is in ecart(1)" "$bad"
tap_done
