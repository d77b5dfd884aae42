#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each production quote with each set of collateral that is not its own, and each second outside a
window of each of its own: refused, for the reason that is the case."""

import base64
import glob
import json
import os
import sys
from datetime import datetime, timedelta, timezone

sys.dont_write_bytecode = True

from e2e import ECART, VECTORS, case, contains, equal, main, pack, run

FORMAT = "%Y-%m-%dT%H:%M:%SZ"


AUTHORITIES = (b"Intel SGX PCK Platform CA", b"Intel SGX PCK Processor CA")


def authority(der):
    """The PCK CA that a PCK certificate or a PCK CRL names as its issuer."""
    named = [name for name in AUTHORITIES if name in der]
    assert len(named) == 1, named
    return named[0]


def leaf(quote):
    text = quote[quote.index(b"-----BEGIN CERTIFICATE-----") + 27:]
    return base64.b64decode(text[:text.index(b"-----END")])


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Set:
    """A folder of collateral, and what its documents are for."""

    def __init__(self, folder, judged):
        self.folder = os.path.join(folder, judged["collateral_dir"])
        self.at = judged["verification_time"]
        with open(os.path.join(self.folder, "tcb_info.json"), encoding="utf-8") as file:
            info = json.load(file)["tcbInfo"]
        self.fmspc, self.tee = info["fmspc"].lower(), info.get("id", "SGX")
        self.pceid = info["pceId"].lower()
        self.authority = authority(read(os.path.join(self.folder, "pck_crl.der")))


class Quote:
    def __init__(self, folder, described):
        self.name, self.path = os.path.basename(folder), folder + "/quote.bin"
        quote = described["quote"]
        self.fmspc, self.pceid = quote["pck"]["fmspc"].lower(), quote["pck"]["pceid"].lower()
        self.tee = quote["tee"]
        self.authority = authority(leaf(read(self.path)))
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
        tried = lists = 0
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
                revoked = " ".join(reasons(rep, "dcap.pck.revocation"))
                equal(one.authority != quote.authority, "CRL_INVALID" in revoked, one.folder)
                lists += one.authority != quote.authority
                judged = {row["id"] for row in rep["checks"] if row["outcome"] == "pass"}
                equal(set(), {"tcb.platform", "tcb.status", "tcb.tdx-module"} & judged, one.folder)
        assert tried > 10 and lists > 0, (tried, lists)

    @case("%s: a second before and behind each window is refused, by the item's name" % quote.name)
    def windows(scratch):
        for number, one in enumerate(quote.sets):
            archive = os.path.join(scratch, "whole-%u.ecart" % number)
            pack(archive, quote.path, one.folder)
            edges(archive, one)


def edges(archive, one):
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
                equal(not inside, bool(said), "%s of %s of %s of %s at %s"
                      % (name, row["what"], row["item"], one.folder, moved))


for each in QUOTES:
    add(each)

main()
