#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-help.sh ECART
# Help of every command fits a screen of 24 x 80, is on standard output, and
# ends with an example; the overview takes at most 15 lines.
set -eu
. "$(dirname "$0")/tap.sh"
ecart=$1

# usage: fits NAME LINES STATUS COMMAND...
fits() {
	name=$1 lines=$2 want=$3
	shift 3
	status=0
	"$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null || status=$?
	bad=$(
		[ "$status" = "$want" ] || echo "exit status $status, want $want"
		[ -s "$tap_tmp/out" ] || echo "nothing on standard output"
		[ ! -s "$tap_tmp/err" ] || echo "standard error is not empty"
		awk -v max="$lines" 'length($0) > 80 { print NR ": " length($0) " columns" }
			/\t/ { print NR ": a tab" }
			END { if (NR > max) print NR " lines" }' "$tap_tmp/out"
	)
	tap "$name fits" "$bad"
}

fits "ecart" 15 3 "$ecart"
fits "ecart help" 15 0 "$ecart" help
fits "ecart --version" 15 0 "$ecart" --version
# The overview names each command: its lines of names have two blanks first.
verbs=$("$ecart" help | sed -n 's/^  [^ ].\{21\} //p')
tap "the overview names commands" \
	"$([ -n "$verbs" ] || echo "none was found in 'ecart help'")"
for verb in $verbs; do
	fits "ecart $verb --help" 24 0 "$ecart" "$verb" --help
	bad=$(tail -n 3 "$tap_tmp/out" | grep -q "ecart $verb" ||
		echo "the last lines show no example")
	tap "ecart $verb --help ends with an example" "$bad"
	cp "$tap_tmp/out" "$tap_tmp/first"
	"$ecart" help "$verb" >"$tap_tmp/out" 2>&1 || true
	tap "ecart help $verb is the same" \
		"$(cmp "$tap_tmp/first" "$tap_tmp/out" 2>&1 || true)"
done
status=0
"$ecart" reply >"$tap_tmp/out" 2>"$tap_tmp/err" || status=$?
bad=$(
	[ "$status" = 3 ] || echo "exit status $status"
	grep -q 'nearest: replay' "$tap_tmp/err" || cat "$tap_tmp/err"
)
tap "a mistyped command: its neighbour is named" "$bad"
tap_done
