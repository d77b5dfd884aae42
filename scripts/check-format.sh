#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-format.sh, from the source root
# The layout of .clang-format, as version 14 of clang-format sees it: other
# versions differ, so without that one nothing is said.
set -eu
. "$(dirname "$0")/tap.sh"
name="the layout is that of .clang-format"
format=$(command -v clang-format-14 || command -v clang-format || true)
case $([ -z "$format" ] || "$format" --version) in
*"version 14."*) ;;
*)
	tap_skip "$name" "no clang-format 14"
	tap_done
	;;
esac
bad=$(find . -name '*.[ch]' -not -path './build/*' -not -path './.git/*' |
	sort | xargs "$format" --dry-run -Werror 2>&1 | grep 'error:' |
	cut -d: -f1 | sort | uniq -c || true)
tap "$name" "$bad"
tap_done
