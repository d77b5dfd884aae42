#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: whole-way.sh ECART SET ANCHORS FOLDER
# The real Azure set from pack to audit, without a key: everything that is
# printed or written goes into FOLDER, for comparison.  Paths in what is
# printed are those of FOLDER's own names alone.
set -euo pipefail
ecart=$1 set=$2 anchors=$3 name=azure-tdx-with-ak-intermediates-1780922561.yaml
collateral=azure-collateral-with-ak-intermediates-1780922561.yaml
testdata=$(cd "$(dirname "$0")/.." && pwd)/testdata
cd "$4"
mkdir -p folder/references/simulated
cp "$testdata/fuzz/reference/simulated-1.0.json" folder/references/simulated/1.0.json

"$ecart" pack -o azure.ecart --time @1780922561 "$set/$name" "$set/$collateral" >pack.txt
"$ecart" show azure.ecart >show.txt
"$ecart" show azure.ecart --json >show.json
"$ecart" verify azure.ecart >verify.txt
for format in text json; do
	"$ecart" replay azure.ecart --anchors "$anchors" --format $format >replay.$format
	"$ecart" audit azure.ecart --anchors "$anchors" --references folder \
		--format $format >audit.$format || [ $? = 2 ]
done
"$ecart" replay azure.ecart --anchors "$anchors" --full >full.txt
"$ecart" explain azure.ecart --anchors "$anchors" --check hcl.runtime-data.binding >explain.txt
