#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Collateral is in force to the second, and the piece that is not is named."""

import sys

sys.dont_write_bytecode = True

from e2e import (FAIL, PASS, case, contains, ecart, equal, failed, findings, main,
                 pack_azure, pack_gcp, report)

PCK_CRL = "items/crl-der/0001.crl"
TCB_INFO = "items/dcap-tcbinfo/0000.json"
QE_IDENTITY = "items/dcap-qe-identity/0000.json"

# set: first good second, the piece that begins then; last good second, the
# piece that ends then; the second before and after.
SETS = {
    "Azure": (pack_azure,
              "2026-06-08T12:24:22Z", "2026-06-08T12:24:21Z", PCK_CRL,
              "2026-07-08T11:28:48Z", "2026-07-08T11:28:49Z", QE_IDENTITY),
    "GCP": (pack_gcp,
            "2026-06-30T08:12:19Z", "2026-06-30T08:12:18Z", QE_IDENTITY,
            "2026-07-30T07:53:47Z", "2026-07-30T07:53:48Z", TCB_INFO),
}


def refused(archive, at, item, state, edge):
    """One broken link, and it names the piece, its state and its edge."""
    rep = report(archive, "--at", at, status=FAIL)
    equal([("dcap.collateral.window", item)], failed(rep), f"failed at {at}")
    row, = [row for row in findings(rep, "dcap.collateral.window")
            if row["subject"] == item]
    equal(state, row["got"], "got")
    equal("current", row["want"], "want")
    contains(row["reason"], edge)
    equal(item, row["inputs"][0]["item"], "inputs")
    text = ecart("replay", archive, "--at", at, status=FAIL).out
    contains(text, "FAIL  as of " + at, item, edge)


def add_cases(name, packer, first, before, first_item, last, after, last_item):
    @case(f"{name} set: good in its first second {first}")
    def good_first(scratch):
        equal([], failed(report(packer(scratch), "--at", first)), "failed")

    @case(f"{name} set: refused one second earlier, {first_item} named")
    def too_early(scratch):
        refused(packer(scratch), before, first_item, "not_yet_valid", first)

    @case(f"{name} set: good in its last second {last}, and the text says from when until when")
    def good_last(scratch):
        archive = packer(scratch)
        equal([], failed(report(archive, "--at", last)), "failed")
        for at, status, words in (
                (last, PASS, [f"until {last} (", f"holds since {first} ("]),
                (before, FAIL, [f"until {last} (", f"holds only from {first} ("]),
                (after, FAIL, ["none: ", f" ended at {last}"])):
            text = " ".join(ecart("replay", archive, "--at", at, status=status).out.split())
            contains(text[text.index("time left"):], *words)

    @case(f"{name} set: refused one second later, {last_item} named")
    def too_late(scratch):
        refused(packer(scratch), after, last_item, "expired", last)


for set_name, row in SETS.items():
    add_cases(set_name, *row)


@case("long after, each expired piece is a link of its own")
def long_after(scratch):
    rep = report(pack_azure(scratch), "--at", "2026-07-09T00:00:00Z",
                 status=FAIL)
    equal([("dcap.collateral.window", item)
           for item in (PCK_CRL, TCB_INFO, QE_IDENTITY)], failed(rep),
          "failed")


@case("as-of is printed as it was given, never this machine's clock")
def as_of(scratch):
    archive = pack_gcp(scratch)
    for at in ("@1782809233", "2026-06-30T08:47:13Z"):
        rep = report(archive, "--at", at)
        equal({"time": "2026-06-30T08:47:13Z", "basis": "given"}, rep["asOf"],
              at)


main()
