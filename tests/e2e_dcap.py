#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Production quotes with each collateral set: statuses as case.json has them."""

import glob
import json
import os
import sys

sys.dont_write_bytecode = True

from e2e import FAIL, PASS, VECTORS, case, ecart, equal, findings, main, pack

# Attributes that policy judges fail for these quotes beside their levels.
INFORMS = {"dcap.td.attributes", "dcap.enclave.attributes",
           "dcap.quote.padding", "dcap.collateral.eval-number"}
LEVELS = {"tcb.platform", "tcb.tdx-module", "tcb.qe", "tcb.status"}


def add(folder, judged):
    expect = judged["expect"]
    title = f"{os.path.basename(folder)} with {judged['collateral_dir']}"

    @case(f"{title}: {expect['tcb_status']}")
    def statuses(scratch):
        archive = f"{scratch}/case.ecart"
        pack(archive, f"{folder}/quote.bin",
             f"{folder}/{judged['collateral_dir']}")
        at = judged["verification_time"]
        good = expect["tcb_status"] == "UpToDate" and not expect["debug"]
        done = ecart("replay", archive, "--at", at, "--format", "json",
                     status=PASS if good else FAIL)
        rep = json.loads(done.out)
        tcb = rep["facts"]["tcb"]
        equal(expect["tcb_status"], tcb["status"], "merged status")
        equal(expect["platform_level_status"] or "NotSupported", tcb["platform"]["status"],
              "platform status")
        equal(sorted(set(expect["advisory_ids"])), tcb["advisories"],
              "advisories")
        if expect["current_status"]:
            equal(expect["launch_status"], tcb["launch"], "launch")
            equal(expect["current_status"], tcb["current"], "current")
        broken = {f["id"] for f in rep["checks"] if f["outcome"] == "fail"}
        debug = {"dcap.enclave.debug", "dcap.td.debug"} & broken
        equal(bool(expect["debug"]), bool(debug), "debug")
        equal(set(), broken - INFORMS - LEVELS - debug, "other checks failed")
        if rep["facts"]["quote"]["tee"] == "SGX":
            for finding in findings(rep, "tcb.tdx-module",
                                    "dcap.tdx-module.match", "dcap.td.debug"):
                equal(False, finding["required"], finding["id"])


sets = []
for path in sorted(glob.glob(f"{VECTORS}/dcap/[st]*-v*/case.json")):
    with open(path) as stream:
        sets += [(os.path.dirname(path), entry)
                 for entry in json.load(stream)["cases"]]


@case("20 quotes with 31 sets of collateral are here")
def complete(scratch):
    equal((20, 31), (len({folder for folder, _ in sets}), len(sets)),
          f"quotes and sets in {VECTORS}/dcap")


for quote_folder, judged_set in sets:
    add(quote_folder, judged_set)

main()
