#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Google Cloud set as of its hour: every link holds, facts are reported."""

import re
import sys

sys.dont_write_bytecode = True

from e2e import (FAIL, GCP_AT, PASS, at_path, case, ecart, equal, failed,
                 findings, flip, gcp_collateral, gcp_evidence, main, outcome,
                 pack, pack_gcp, read, report, vector, write)

QUOTE = "items/tdx-quote/0000.bin"
QUOTE_SIZE = 48 + 584 + 4 + 4299

# The table of the vectors' README, row by row: path in the report -> value.
FACTS = {
    "facts.quote.size": 8000,
    "facts.quote.quoteSize": QUOTE_SIZE,
    "facts.quote.version": 4,
    "facts.quote.signatureDataSize": 4299,
    "facts.quote.trailingBytes": 3065,
    "facts.quote.trailingBytesZero": True,
    "facts.tdx.trusted": True,
    "facts.tdx.teeTcbSvn": "0d010800000000000000000000000000",
    "facts.tdx.mrseam": "489e585f1c54bc5a02066c8c6ec21619ff0334ec6f21e07e2a35"
                        "202c59183789c8057e7d97dd591bb08314b185819e72",
    "facts.tdx.mrtd": "9bf86e6280ec4282b8b5822d8166410a456cdb720109aa799f0011"
                      "fa63df1de3ee5e35e293fc410c061433163acb03a6",
    "facts.tdx.xfam": "e700060000000000",
    "facts.platform.trusted": True,
    "facts.platform.certificate.notBefore": "2026-05-27T22:13:59Z",
    "facts.platform.certificate.notAfter": "2033-05-27T22:13:59Z",
    "facts.platform.fmspc": "00806f050000",
    "facts.platform.ppid": "0749bf90ceea86f7917d4d484356081c",
    "facts.platform.components": [8, 8, 2, 2, 4, 1, 0, 6] + [0] * 8,
    "facts.platform.pcesvn": 11,
    "facts.quote.qeIsvsvn": 6,
    "facts.tcb.trusted": True,
    "facts.tcb.status": "UpToDate",
    "facts.tcb.platform.status": "UpToDate",
    "facts.tcb.platform.date": "2025-05-14T00:00:00Z",
    "facts.tcb.module.id": "TDX_01",
    "facts.tcb.module.svn": 13,
    "facts.tcb.module.status": "UpToDate",
    "facts.tcb.module.date": "2025-05-14T00:00:00Z",
    "facts.tcb.qe.isvsvn": 6,
    "facts.tcb.qe.status": "UpToDate",
    "facts.tcb.qe.date": "2025-05-14T00:00:00Z",
    "facts.tcb.evaluationDataNumber.tcbInfo": 19,
    "facts.tcb.evaluationDataNumber.qeIdentity": 19,
}

COLLATERAL = [
    {"kind": "tcbInfo", "evaluationDataNumber": 19, "fmspc": "00806f050000",
     "notBefore": "2026-06-30T07:53:47Z", "notAfter": "2026-07-30T07:53:47Z"},
    {"kind": "qeIdentity", "id": "TD_QE", "evaluationDataNumber": 19,
     "notBefore": "2026-06-30T08:12:19Z", "notAfter": "2026-07-30T08:12:19Z"},
    {"kind": "crl", "entries": 57},
]

_kept = {}


def gcp_report(scratch):
    if "report" not in _kept:
        _kept["report"] = report(pack_gcp(scratch), "--at", GCP_AT)
    return _kept["report"]


@case("the set packs and passes as of its hour")
def passes(scratch):
    archive = pack_gcp(scratch)
    equal("pass", report(archive, "--at", GCP_AT)["verdict"], "verdict")
    text = ecart("replay", archive, "--at", GCP_AT).out
    assert text.startswith("PASS  as of 2026-06-30T08:47:13Z"), text
    assert "Azure" not in text, text


@case("every DCAP and TCB check passes, every Azure one is absent")
def every_check(scratch):
    rep = gcp_report(scratch)
    for row in rep["checks"]:
        area = row["id"].split(".")[0]
        if row["id"].startswith("dcap.enclave."):
            assert row["reason"].startswith("not-applicable"), row
        elif area in ("dcap", "tcb"):
            equal("pass", row["outcome"], f"{row['id']} {row['subject']}")
        elif area in ("hcl", "tpm"):
            equal("skip", row["outcome"], row["id"])
            equal("", row["subject"], row["id"])
            assert row["reason"].startswith("absent"), row
            assert not row["required"], row


def add_fact_cases():
    for path, value in FACTS.items():
        @case(f"report {path}")
        def fact(scratch, path=path, value=value):
            try:
                found = at_path(gcp_report(scratch), path)
            except KeyError:
                raise AssertionError(f"not in the report: {path}") from None
            equal(value, found, path)


add_fact_cases()


@case("report holds each piece of collateral with its window and number")
def collateral(scratch):
    for want in COLLATERAL:
        assert any(want.items() <= row.items() and row["trusted"]
                   for row in gcp_report(scratch)["facts"]["collateral"]), want


@case("MRTD is the one that the firmware's owner publishes")
def firmware(scratch):
    text = read(vector("e2e-tdx", "gcp-tdx-firmware-1782809233226668671.yaml"))
    mrtd = re.match(rb"mrtd: >-\s+([0-9a-f]{96})", text).group(1).decode()
    equal(mrtd, gcp_report(scratch)["facts"]["tdx"]["mrtd"], "mrtd")


def with_quote(scratch, quote, status=PASS):
    path = write(scratch + "/quote.bin", quote)
    archive = scratch + "/changed.ecart"
    pack(archive, path, gcp_collateral(), time=GCP_AT)
    ecart("unpack", archive, scratch + "/un")
    equal(quote, read(f"{scratch}/un/{QUOTE}"), "archived quote")
    return report(archive, "--at", GCP_AT, status=status)


@case("3065 trailing bytes are archived but part of no digest of the quote")
def trailing(scratch):
    buffer = read(gcp_evidence())
    equal(8000, len(buffer), "buffer")
    whole = gcp_report(scratch)
    cut = with_quote(scratch, buffer[:QUOTE_SIZE])
    for name in ("quote", "tdx", "platform"):
        a, b = dict(whole["facts"][name]), dict(cut["facts"][name])
        if name == "quote":
            equal(3065, a.pop("trailingBytes"), "whole")
            equal(0, b.pop("trailingBytes"), "cut")
            equal(8000, a.pop("size"), "whole")
            equal(QUOTE_SIZE, b.pop("size"), "cut")
        equal(a, b, f"facts.{name}")
    assert whole["archive"]["id"] != cut["archive"]["id"], "one id for both"


@case("a trailing byte that is not zero is noted and turns no verdict")
def trailing_dirty(scratch):
    rep = with_quote(scratch, flip(read(gcp_evidence()), 7000))
    equal([("dcap.quote.padding", QUOTE)], failed(rep), "failed")
    row, = findings(rep, "dcap.quote.padding")
    assert row["waived"] and not row["required"], row
    equal([{"item": QUOTE, "offset": QUOTE_SIZE, "length": 3065}],
          row["inputs"], "inputs")
    equal(gcp_report(scratch)["facts"]["quote"]["sha256"],
          rep["facts"]["quote"]["sha256"], "digest of the quote proper")
    equal("pass", outcome(rep, "dcap.quote.signature"), "quote signature")


@case("a quote cut by one byte is malformed and nothing rests on it")
def cut_short(scratch):
    path = write(scratch + "/quote.bin", read(gcp_evidence())[:QUOTE_SIZE - 1])
    archive = scratch + "/cut.ecart"
    pack(archive, "tdx-quote=" + path, gcp_collateral(), time=GCP_AT)
    rep = report(archive, "--at", GCP_AT, status=FAIL)
    equal([("dcap.quote.format", QUOTE)], failed(rep), "failed")
    for row in rep["checks"]:
        # That check compares two pieces of collateral for the quote's sake.
        if row["id"] == "dcap.collateral.eval-number":
            continue
        if row["subject"] == QUOTE and row["id"].startswith(("dcap.", "tcb.")):
            assert row["outcome"] != "pass", row


main()
