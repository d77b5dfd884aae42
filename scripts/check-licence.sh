#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-licence.sh, from the source root
# Each source file says its licence in its first two lines; recipes are data, and
# JSON has no comments.
set -eu
. "$(dirname "$0")/tap.sh"
bad=$(find . \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o \
	-name 'meson*' -o -name '*.map' -o -path './scripts/*' -o \
	-path './.ci/*' -o -path './docs/*.[1-9]' \) -type f \
	-not -name '*.sha256' -not -name '*.pyc' \
	-not -path './scripts/rebuild/recipes/*.json' \
	-not -path './build/*' -not -path './.git/*' -not -path './testdata/*' |
	sort | while read -r file; do
	head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0' ||
		echo "$file"
done)
tap "each file says its licence" "$bad"
tap_done
