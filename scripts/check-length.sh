#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-length.sh, from the source root
# No source file over 600 lines, no function over 60 between its braces, no
# line over 80 columns with tabs of 8 (but for one that is a string: text for
# people stands in the source as it is printed).
set -eu
. "$(dirname "$0")/tap.sh"
files=$(find . \( -name '*.c' -o -name '*.h' \) -not -path './build/*' \
	-not -path './.*' | sed 's|^\./||' | sort)

# shellcheck disable=SC2086 # names of source files hold no blanks
bad=$(awk 'FNR == 1 && file != "" && n > 600 { print file ": " n " lines" }
	{ file = FILENAME; n = FNR }
	END { if (n > 600) print file ": " n " lines" }' $files)
tap "no file over 600 lines" "$bad"

# In this layout "{" alone in the first column opens a function and nothing
# else does; its name stands on the last line before that begins a line.
# shellcheck disable=SC2086
bad=$(awk 'FNR == 1 { open = 0; head = "" }
	/^[A-Za-z_].*\(/ { head = $0 }
	/^[{][[:space:]]*$/ { open = FNR; next }
	/^[}][[:space:]]*$/ && open {
		name = head
		sub(/\(.*/, "", name)
		sub(/.*[ *]/, "", name)
		if (FNR - open - 1 > 60)
			print FILENAME ": " name ": " FNR - open - 1 " lines"
		open = 0
	}' $files)
tap "no function over 60 lines" "$bad"

# shellcheck disable=SC2086
bad=$(for file in $files; do
	expand -t 8 "$file" | awk -v file="$file" '/^ *"/ { next }
		length($0) > 80 {
		print file ":" NR ": " length($0) " columns" }'
done)
tap "no line over 80 columns" "$bad"
tap_done
