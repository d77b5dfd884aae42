# SPDX-License-Identifier: Apache-2.0
# Sourced: adds lines "N passed, N failed, N skipped" of several runs.
# usage: total_of FILE...: prints their sum as one such line; fails where one
# failed or a run has no such line.
total_of() {
	for log; do
		grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" |
			tail -n 1 | grep . || echo "0 passed, 1 failed, 0 skipped"
	done | awk '{ passed += $1; failed += $3; skipped += $5 }
		END {
			printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
			exit failed > 0
		}'
}
