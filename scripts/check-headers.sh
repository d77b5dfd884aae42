#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-headers.sh INSTALLED, from the source root; CC, CXX
# Each header compiles by itself in C; the installed one in C++ too.
set -eu
. "$(dirname "$0")/tap.sh"
installed=$1
cc=${CC:-cc}
cxx=${CXX:-c++}

for header in $(find . -name '*.h' -not -path './build/*' -not -path './.*' |
	sed 's|^\./||' | sort); do
	printf '#include "%s"\n' "$header" >"$tap_tmp/alone.c"
	bad=$($cc -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror \
		-Wno-unused-const-variable -I. -Itests -fsyntax-only \
		"$tap_tmp/alone.c" 2>&1 | head -n 5) || true
	tap "$header alone" "$bad"
done
printf '#include "%s"\n#include "%s"\nint main() { return 0; }\n' \
	"$installed" "$installed" >"$tap_tmp/alone.cc"
if command -v "$cxx" >/dev/null; then
	bad=$($cxx -std=c++11 -Wall -Wextra -Wpedantic -Werror -I. \
		-fsyntax-only "$tap_tmp/alone.cc" 2>&1 | head -n 5) || true
	tap "$installed alone in C++" "$bad"
else
	tap_skip "$installed alone in C++" "no C++ compiler"
fi
printf '#include "%s"\n' "$installed" >"$tap_tmp/strict.c"
bad=$($cc -std=c99 -Wall -Wextra -Wpedantic -Werror -I. -fsyntax-only \
	"$tap_tmp/strict.c" 2>&1 | head -n 5) || true
tap "$installed alone in C99" "$bad"
tap_done
