#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Azure evidence without collateral: bindings hold, what is missing is said."""

import sys

sys.dont_write_bytecode = True

from e2e import (INCOMPLETE, USAGE, case, contains, ecart, equal, failed,
                 findings, main, outcome, pack, report, vector)

AT = "2026-03-01T00:00:00Z"
BOUND = """dcap.quote.format dcap.quote.padding dcap.pck.chain
    dcap.pck.extension dcap.qe-report.signature dcap.qe-report.binding
    dcap.quote.signature dcap.qe.debug dcap.td.debug dcap.collateral.window
    hcl.format hcl.td-report.hashes hcl.report.match hcl.runtime-data.binding
    hcl.runtime-data.format hcl.ak""".split()
QUOTED = """tpm.quote.format tpm.quote.selection tpm.quote.signature
    tpm.quote.pcrs tpm.quote.clock tpm.ak.name""".split()
MISSING = {
    "dcap.pck.revocation": "CRL",
    "dcap.pck-ca.revocation": "CRL",
    "dcap.tcb-info.match": "dcap-tcbinfo",
    "dcap.qe-identity.match": "dcap-qe-identity",
}

# name -> files, quoted PCRs, begin of MRTD, FMSPC
SETS = {
    "tdx1, loose files": (
        ["tdx1-hcl-report.bin", "tdx1-td-quote.bin", "tdx1-tpm-quote.json"],
        True, "024a32b0", "00806f050000"),
    "tdx1, serialisation v0": (["tdx1-evidence-v0.json"], True, "024a32b0",
                               "00806f050000"),
    "tdx1, serialisation v1": (["tdx1-evidence-v1.json"], True, "024a32b0",
                               "00806f050000"),
    "tdx2": (["tdx2-hcl-report.bin", "tdx2-td-quote.bin"], False, "bb379f8e",
             "00806f050000"),
    "tdx3": (["tdx3-openhcl-evidence-v1.json"], True, "273828c46252fcbd",
             "90c06f000000"),
    "tdx3, loose files": (
        ["tdx3-hcl-report.bin", "tdx3-td-quote.bin", "tdx3-tpm-quote.msg",
         "tpm-quote-signature=tdx3-tpm-quote.sig"],
        None, "273828c46252fcbd", "90c06f000000"),
}


def packed(scratch, files):
    archive = f"{scratch}/{files[0].rpartition('=')[2]}.ecart"
    paths = []
    for name in files:
        kind, sep, path = name.rpartition("=")
        paths.append(kind + sep + vector("azure", path))
    pack(archive, *paths)
    return archive


def add_cases(name, files, quoted, mrtd, fmspc):
    @case(f"{name}: every binding holds, nothing is broken")
    def bindings(scratch):
        rep = report(packed(scratch, files), "--at", AT, status=INCOMPLETE)
        equal("incomplete", rep["verdict"], "verdict")
        for check in BOUND + (QUOTED if quoted else []):
            equal("pass", outcome(rep, check), check)
        broken = [row for row in rep["checks"]
                  if row["outcome"] == "fail" and not row["waived"]]
        equal([], broken, "broken")
        contains(rep["facts"]["tdx"]["mrtd"][:len(mrtd)], mrtd)
        equal(fmspc, rep["facts"]["platform"]["fmspc"], "fmspc")
        equal(70, rep["facts"]["quote"]["trailingBytes"], "trailing bytes")
        equal(True, rep["facts"]["tdx"]["trusted"], "trusted")

    @case(f"{name}: exit 2, and each missing piece is named")
    def missing(scratch):
        archive = packed(scratch, files)
        rep = report(archive, "--at", AT, status=INCOMPLETE)
        text = ecart("replay", archive, "--at", AT, status=INCOMPLETE).out
        assert text.startswith("INCOMPLETE  as of " + AT), text
        for check, piece in MISSING.items():
            row, = findings(rep, check)
            equal("skip", row["outcome"], check)
            assert row["required"], row
            contains(row["reason"], "absent", piece)
            contains(" ".join(text.split()),
                     f"MISSING {check}: {row['reason']}")
        gaps = "\n".join(rep["gaps"])
        contains(gaps, "TCB info", "QE identity", "CRL")
        if quoted:
            contains(gaps, "AK certificate", "event log")
        for check in ("tcb.platform", "tcb.tdx-module", "tcb.qe",
                      "tcb.status"):
            equal("skip", outcome(rep, check), check)
        assert "tcb" not in rep["facts"], "a TCB level without TCB info"


for set_name, row in SETS.items():
    add_cases(set_name, *row)


@case("tdx1: SEPT_VE_DISABLE clear is reported and waived")
def attributes(scratch):
    rep = report(packed(scratch, SETS["tdx1, serialisation v1"][0]), "--at",
                 AT, status=INCOMPLETE)
    equal([("dcap.td.attributes", "items/tdx-quote/0000.bin")], failed(rep),
          "failed")
    contains(findings(rep, "dcap.td.attributes")[0]["reason"],
             "SEPT_VE_DISABLE")


@case("tdx1: both serialisations and the loose files give one set of findings")
def same_verdict(scratch):
    found = []
    for number, name in enumerate(SETS):
        if not name.startswith("tdx1"):
            continue
        archive = f"{scratch}/{number}.ecart"
        pack(archive, *[vector("azure", path) for path in SETS[name][0]])
        rep = report(archive, "--at", AT, status=INCOMPLETE)
        found.append(([row for row in rep["checks"]
                       if not row["id"].startswith("archive.")],
                      rep["facts"]))
    equal(3, len(found), "archives")
    equal(found[0], found[1], "v0 against loose files")
    equal(found[0], found[2], "v1 against loose files")


@case("tdx1: the quote's extra data is the word challenge")
def challenge(scratch):
    rep = report(packed(scratch, SETS["tdx1, serialisation v1"][0]), "--at",
                 AT, status=INCOMPLETE)
    equal(b"challenge".hex(), rep["facts"]["tpm"]["extraData"], "extraData")


@case("tdx2: user data is told in full")
def user_data_upper(scratch):
    rep = report(packed(scratch, SETS["tdx2"][0]), "--at", AT,
                 status=INCOMPLETE)
    equal("cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47"
          "d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
          rep["facts"]["azure"]["runtimeData"]["userData"].lower(),
          "userData")


@case("tdx3: OpenHCL is told from the older paravisor, user data in full")
def family(scratch):
    rep = report(packed(scratch, SETS["tdx3"][0]), "--at", AT,
                 status=INCOMPLETE)
    data = rep["facts"]["azure"]["runtimeData"]
    equal("OpenHCL", data["family"], "family")
    equal(b"attestation-test-fixture".hex().ljust(128, "0"),
          data["userData"], "userData")
    rep = report(packed(scratch, SETS["tdx2"][0]), "--at", AT,
                 status=INCOMPLETE)
    equal("legacy HCL", rep["facts"]["azure"]["runtimeData"]["family"],
          "family")


@case("without a time in archive or on the command line, replay asks for one")
def no_time(scratch):
    done = ecart("replay", packed(scratch, SETS["tdx2"][0]), status=USAGE)
    contains(done.err, "--at")


main()
