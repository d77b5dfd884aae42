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
options=$(sed -n 's/^[[:space:]]*\(TEXT\|FLAG\)("\([a-z0-9-]*\)",.*/\2/p; s/.*(struct option){ "\([a-z-]*\)", .*/\1/p' \
	collect/cmd_collect_options.c | grep -v -x -e help -e output)
bad=$(for option in $options; do
	grep -q "^\.It Fl -$option\( \|\$\)" docs/ecart-collect.1 ||
		echo "docs/ecart-collect.1 does not describe --$option"
done)
[ "$(echo "$options" | wc -l)" -gt 30 ] || bad="only these options were found: $options"
tap "each option of collect is in ecart-collect(1)" "$bad"
case " $verbs " in
*sources*)
	sources=$("$ecart" sources | cut -d' ' -f1)
	bad=$(for source in $sources; do
		grep -q "^\.It Li $source\$" docs/ecart-collect.1 ||
			echo "docs/ecart-collect.1 does not describe $source"
	done)
	[ -n "$sources" ] || bad="no source was found"
	tap "each source is in ecart-collect(1)" "$bad"
	;;
esac
tap_done
