#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-tables.sh ECART, from the source root
# The manual pages of section 7 are what the tables print.
set -eu
. "$(dirname "$0")/tap.sh"
ecart=$1
for table in checks kinds; do
	page=docs/ecart-$table.7
	bad=$("$ecart" $table --man 2>&1 | diff -u "$page" - 2>&1 | head -n 20)
	tap "$page is what 'ecart $table --man' prints" "$bad"
done
tap_done
