#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: run-unit.sh PROGRAM [ARGUMENT...]
# cmocka 1.1.5 writes a skipped test as "not ok N # SKIP", which the protocol
# reads as a failure: here it becomes "ok N # SKIP".
set -o pipefail
"$@" | sed -u 's/^not ok \([0-9]*\) # SKIP/ok \1 # SKIP/'
