#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-layers.sh, from the source root
# An include may only go down: each line of `may` is "folder: folders, and
# single headers, that it may use".  Commands also see cli.h and the other headers of the root.
set -eu
. "$(dirname "$0")/tap.sh"
may='evidence/base: evidence/base
evidence: evidence evidence/base
replay: replay evidence evidence/base
audit/image: audit/image audit/references/reference.h evidence evidence/base
audit/contents: audit/contents audit/image/launch.h evidence evidence/base
audit/corim: audit/corim evidence evidence/base
audit/diff: audit/diff audit/html.h audit/image audit/contents replay evidence evidence/base
audit/ssh: audit/ssh evidence evidence/base
audit/references: audit/references audit/json_set.h audit/ssh evidence evidence/base
audit/history: audit/history audit/html.h audit/measured.h audit/compare.h audit/references replay evidence evidence/base
audit: audit audit/references audit/ssh audit/image audit/contents audit/corim audit/diff audit/history replay evidence evidence/base
collect: collect evidence evidence/base
.: . evidence evidence/base'

# The implementation of the installed header stands above both halves.
for dir in evidence/base evidence replay audit/image audit/contents audit/corim \
	audit/diff audit/history audit/references audit/ssh audit collect .; do
	bad=$(find "$dir" -maxdepth 1 -name '*.[ch]' | sort | while read -r file; do
		ok=$(printf '%s\n' "$may" | sed -n "s|^$dir: ||p")
		case $file in */cmd_*) ok="$ok ." ;; esac
		# Private keys are read and used in collect/ alone; who adds a
		# reference signs it, with the tools of a TPM where the key is.
		case $file in audit/cmd_audit_reference*)
			ok="$ok collect/sign.h collect/cmd_key.h collect/stop.h"
			;;
		esac
		sed -n 's|^[[:space:]]*#[[:space:]]*include "\(.*\)"|\1|p' "$file" |
			while read -r inc; do
				case " $ok evidence/limits.h " in # numbers alone
				*" $(dirname "$inc") "* | *" $inc "*) ;;
				*) echo "$file: may not include \"$inc\"" ;;
				esac
				[ -f "$inc" ] || echo "$file: no such file: \"$inc\""
			done
	done)
	tap "includes of $dir go down" "$bad"
done
tap_done
