#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each production quote with each set of collateral that is not its own, and each second outside a
window: refused, for the reason that is the case."""

import glob
import json
import os
import sys
from datetime import datetime, timedelta, timezone

sys.dont_write_bytecode = True

from e2e import ECART, VECTORS, case, contains, equal, main, pack, run

FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class Set:
    """A folder of collateral, and what its documents are for."""

    def __init__(self, folder, judged):
        self.folder = os.path.join(folder, judged["collateral_dir"])
        self.at = judged["verification_time"]
        with open(os.path.join(self.folder, "tcb_info.json"), encoding="utf-8") as file:
            info = json.load(file)["tcbInfo"]
        self.fmspc, self.tee = info["fmspc"].lower(), info.get("id", "SGX")
        self.pceid = info["pceId"].lower()


class Quote:
    def __init__(self, folder, described):
        self.name, self.path = os.path.basename(folder), folder + "/quote.bin"
        quote = described["quote"]
        self.fmspc, self.pceid = quote["pck"]["fmspc"].lower(), quote["pck"]["pceid"].lower()
        self.tee = quote["tee"]
        self.sets = [Set(folder, judged) for judged in described["cases"]]


def load():
    quotes = []
    for path in sorted(glob.glob(VECTORS + "/dcap/[st]*-v*/case.json")):
        with open(path, encoding="utf-8") as file:
            quotes.append(Quote(os.path.dirname(path), json.load(file)))
    return quotes


QUOTES = load()


def replayed(archive, at, *words):
    done = run([ECART, "replay", archive, "--at", at, "--format", "json", *words])
    assert done.status in (0, 1, 2), str(done)
    return done.status, json.loads(done.out)


def reasons(rep, check):
    return [row["reason"] for row in rep["checks"] if row["id"] == check and row["outcome"] == "fail"]


def add(quote):
    @case("%s: every foreign set of collateral is refused as that" % quote.name)
    def foreign(scratch):
        archive = os.path.join(scratch, "quote.ecart")
        pack(archive, quote.path)
        tried = 0
        for other in QUOTES:
            for one in other.sets:
                if (one.fmspc, one.tee, one.pceid) == (quote.fmspc, quote.tee, quote.pceid):
                    continue
                tried += 1
                status, rep = replayed(archive, one.at, "--collateral", one.folder)
                equal(1, status, one.folder)
                contains(" ".join(reasons(rep, "dcap.tcb-info.match")), "TCB_INFO_MISMATCH")
                if one.tee != quote.tee:
                    contains(" ".join(reasons(rep, "dcap.qe-identity.match")), "QE_IDENTITY_MISMATCH")
                judged = {row["id"] for row in rep["checks"] if row["outcome"] == "pass"}
                equal(set(), {"tcb.platform", "tcb.status", "tcb.tdx-module"} & judged, one.folder)
        assert tried > 10, tried

    @case("%s: a second before and behind each window is refused, by the item's name" % quote.name)
    def windows(scratch):
        archive = os.path.join(scratch, "whole.ecart")
        one = quote.sets[0]
        pack(archive, quote.path, one.folder)
        rows = replayed(archive, one.at)[1]["windows"]
        assert len(rows) >= 9, rows
        for row in rows:
            for name, step in (("notBefore", -1), ("notAfter", 1)):
                edge = datetime.strptime(row[name], FORMAT).replace(tzinfo=timezone.utc)
                for moved, inside in ((edge, True), (edge + timedelta(seconds=step), False)):
                    rep = replayed(archive, moved.strftime(FORMAT))[1]
                    said = [check["reason"] for check in rep["checks"]
                            if check["id"] == "dcap.collateral.window" and check["outcome"] == "fail"
                            and check["subject"] == row["item"] and row["what"] in check["reason"]]
                    equal(not inside, bool(said), "%s of %s of %s at %s" % (name, row["what"], row["item"],
                                                                         moved))


for each in QUOTES:
    add(each)

main()
