#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults of other verifiers, one case each: what they took for good is refused here, for its reason, and
what they refused is judged (docs/sources.md has the projects)."""

import glob
import json
import os
import sys

sys.dont_write_bytecode = True

from e2e import (ECART, FAIL, INCOMPLETE, PASS, ROOT, VECTORS, case, contains, equal, main, pack, read, run,
                 simulated, write)

sys.path.insert(0, os.path.join(ROOT, "tests", "forge"))

import anchors  # noqa: E402
import archive  # noqa: E402
import ec  # noqa: E402
import intel_pki  # noqa: E402
import pem  # noqa: E402
import scene  # noqa: E402
from case import QUOTE_ONLY  # noqa: E402


def forged(name):
    """(exit status, report) of a case of testdata."""
    folder = simulated("replay", name)
    words = [ECART, "replay", os.path.join(folder, "archive.tar"), "--at",
             read(os.path.join(folder, "as-of")).decode().strip(), "--anchors", simulated("anchors"),
             "--format", "json"]
    done = run(words)
    assert done.status in (PASS, FAIL, INCOMPLETE), str(done)
    return done.status, json.loads(done.out)


def refused(name, check, *parts):
    """The case fails, by that check, with these words in its reason; the report."""
    status, rep = forged(name)
    equal(FAIL, status, name)
    rows = [row for row in rep["checks"] if row["id"] == check and row["outcome"] == "fail"]
    assert rows, "%s: %s did not fail" % (name, check)
    contains(" ".join(row["reason"] for row in rows), *parts)
    return rep


def judged(scratch, name, number=0):
    """The report of a production quote with one of its sets."""
    folder = os.path.join(VECTORS, "dcap", name)
    with open(os.path.join(folder, "case.json"), encoding="utf-8") as file:
        one = json.load(file)["cases"][number]
    archive = os.path.join(scratch, "%s-%d.ecart" % (name, number))
    pack(archive, folder + "/quote.bin", os.path.join(folder, one["collateral_dir"]))
    done = run([ECART, "replay", archive, "--at", one["verification_time"], "--format", "json"])
    return json.loads(done.out), one["expect"]


def status_is(scratch, name, number=0):
    rep, expect = judged(scratch, name, number)
    equal(expect["tcb_status"], rep["facts"]["tcb"]["status"], name)
    return rep


@case("the QE identity is verified: signature, MRSIGNER, ISVPRODID (CVE-2026-22696)")
def identity(_):
    refused("fail-dcap.qe-identity.signature", "dcap.qe-identity.signature", "QE_IDENTITY_BAD_SIGNATURE")
    for name in ("fail-dcap.qe-identity.match", "fail-dcap.qe-identity.match-prodid",
                 "fail-dcap.qe-identity.match-attributes", "fail-dcap.qe-identity.match-miscselect"):
        refused(name, "dcap.qe-identity.match", "QE_IDENTITY_MISMATCH")
    equal(INCOMPLETE, forged("incomplete-no-qe-identity")[0], "without one")


@case("an UpToDate TDX module does not replace the platform's OutOfDate")
def module(scratch):
    rep = status_is(scratch, "tdx-v4-module03-ood")
    equal(("OutOfDate", "UpToDate"), (rep["facts"]["tcb"]["platform"]["status"],
                                      rep["facts"]["tcb"]["module"]["status"]), "platform and module")


@case("TDX components 0 and 1 are the module identity's where there is one")
def components(scratch):
    for name in ("tdx-v4-gcp-module-svn", "tdx-v4-azure-attr0", "tdx-v5-servicetd-ood"):
        status_is(scratch, name)


@case("a TD-preserving update is seen: relaunch advised")
def relaunch(scratch):
    rep, _ = judged(scratch, "tdx-v5-relaunch", 1)
    equal(("TDRelaunchAdvised", "OutOfDate", "UpToDate"),
          tuple(rep["facts"]["tcb"][name] for name in ("status", "launch", "current")), "statuses")
    refused("fail-tcb.status-relaunch", "tcb.status")


@case("no level is an error of its own, and no status that policies might know")
def no_level(scratch):
    rep = status_is(scratch, "tdx-v4-notsupported")
    contains(" ".join(row.get("reason", "") for row in rep["checks"] if row["id"] == "tcb.platform"),
             "NotSupported")


@case("statuses merge by Intel's table, not by severity")
def merge(_):
    rep = refused("fail-tcb.status-merge", "tcb.status", "OutOfDateConfigurationNeeded")
    equal("ConfigurationNeeded", rep["facts"]["tcb"]["platform"]["status"], "platform")
    refused("fail-tcb.status-merge-revoked", "tcb.status", "Revoked")


@case("vendor id, PCEID and module identity are compared")
def identities(_):
    refused("fail-dcap.quote.format", "dcap.quote.format", "QUOTE_MALFORMED")
    refused("fail-dcap.tcb-info.match-pceid", "dcap.tcb-info.match", "TCB_INFO_MISMATCH", "PCEID")
    refused("fail-dcap.tdx-module.match-unknown", "dcap.tdx-module.match", "TDX_MODULE_MISMATCH")
    equal(PASS, forged("pass-module-version-10")[0], "version 10 is TDX_0A")


@case("a window has a beginning: certificates, CRLs and documents of the future are refused")
def beginnings(_):
    names = [os.path.basename(path) for path in glob.glob(
        simulated("replay", "fail-dcap.collateral.window-*-not-yet"))]
    assert len(names) >= 6, names
    for name in names:
        refused(name, "dcap.collateral.window", "not_yet_valid")
    for name in ("pass-windows-begin", "pass-windows-end"):
        equal(PASS, forged(name)[0], "the first and the last second are inside")


@case("JSON is verified as the bytes that were signed, whatever the order of its members")
def bytes_signed(_):
    equal(PASS, forged("pass-collateral-reformatted")[0], "white space")
    equal(PASS, forged("pass-collateral-unusual")[0], "order of levels, an unknown member")
    refused("fail-dcap.tcb-info.signature-changed", "dcap.tcb-info.signature", "TCB_INFO_BAD_SIGNATURE")


@case("the PCK CA is what the certificate says: Processor or Platform, each with its CRL")
def processor(scratch):
    for name in ("sgx-v3-processor-confsw", "sgx-v3-processor-ood"):
        rep = status_is(scratch, name)
        equal("processor", rep["facts"]["platform"]["ca"], name)
    refused("fail-dcap.pck.revocation-other-ca", "dcap.pck.revocation", "CRL_INVALID")


@case("the root's key is pinned, not its certificate: both of Intel's are good")
def roots(scratch):
    rep = status_is(scratch, "sgx-v3-old-root")
    equal(["pass"], [row["outcome"] for row in rep["checks"] if row["id"] == "dcap.pck.chain"], "chain")
    equal(PASS, forged("pass-other-root-certificate")[0], "another certificate of the key")
    refused("fail-dcap.pck.chain-untrusted-root", "dcap.pck.chain", "ROOT_UNTRUSTED")


@case("a platform under one root is not judged by what was signed under another")
def two_roots(scratch):
    other = scene.Scene({"pki.root.key": lambda _: ec.key("another root")})
    keys = os.path.join(scratch, "anchors")
    os.mkdir(keys)
    write(os.path.join(keys, "one.pem"), read(simulated("anchors", "simulated", "intel-sgx-root.pem")))
    write(os.path.join(keys, "other.pem"), anchors.text(
        "another SIMULATED root", "intel-sgx-root", intel_pki.distinguished("Intel SGX Root CA"),
        ec.key("another root").spki(), pem.encode("PUBLIC KEY", ec.key("another root").spki())))
    whole = scene.Scene({"parts": lambda p: {k: v for k, v in p.items() if k in QUOTE_ONLY}})
    mixed = scene.Scene({"parts": lambda p: {k: v for k, v in dict(
        p, **{"tcb-signing-chain": pem.chain(*other.intel.tcb_chain()).encode()}).items()
        if k in QUOTE_ONLY}, "items": lambda items: items + [
            {"part": "other-crl", "kind": "crl-der", "ext": "der", "data": other.intel.root_crl(),
             "mediaType": "application/pkix-crl", "relates": []}]})
    for made, status in ((whole, PASS), (mixed, FAIL)):
        path = write(os.path.join(scratch, "case.ecart"), archive.build(made))
        done = run([ECART, "replay", path, "--anchors", keys, "--format", "json"])
        equal(status, done.status, "exit")
        rep = json.loads(done.out)
        equal(["pass"], [r["outcome"] for r in rep["checks"] if r["id"] == "dcap.tcb-signing.chain"],
              "both roots are anchors")
    for check in ("dcap.tcb-info.match", "dcap.qe-identity.match"):
        contains(next(r["reason"] for r in rep["checks"] if r["id"] == check), "under another root")


@case("QE authentication data may have any size")
def authentication(_):
    equal(PASS, forged("pass-quote-respelled")[0], "none")


@case("bytes behind the quote are allowed, counted, and not judged")
def trailing(scratch):
    rep = status_is(scratch, "tdx-v4-gcp-module-svn")
    equal(True, rep["facts"]["quote"]["trailingBytes"] > 1000, "bytes")
    equal(True, rep["facts"]["quote"]["trailingBytesZero"], "zeros")


@case("JSON that is deep, doubled or of the wrong type is refused with its place")
def hostile(_):
    for name in ("depth", "twice", "tcb-type", "version", "fraction", "same-level"):
        refused("fail-dcap.tcb-info.signature-malformed-" + name, "dcap.tcb-info.signature",
                "TCB_INFO_MALFORMED")


@case("a quote without its chain is no crash and no pass")
def without_chain(scratch):
    archive = os.path.join(scratch, "case.ecart")
    pack(archive, os.path.join(VECTORS, "dcap", "x-sgx-v3-certdata3-eppid", "quote.bin"))
    done = run([ECART, "replay", archive, "--at", "2025-01-01T00:00:00Z"])
    equal(INCOMPLETE, done.status, str(done))
    contains(done.out, "PCK_CHAIN_MISSING")


@case("advisories beside UpToDate are shown, and no failure")
def advisories(_):
    status, rep = forged("pass-collateral-unusual")
    equal((PASS, "UpToDate", ["INTEL-SA-99904"]),
          (status, rep["facts"]["tcb"]["status"], rep["facts"]["tcb"]["advisories"]), "level")


@case("an outdated status stops nothing: every stage is reported")
def every_stage(scratch):
    rep, _ = judged(scratch, "sgx-v3-platform-ood")
    by = {row["id"]: row["outcome"] for row in rep["checks"]}
    equal("fail", by["tcb.platform"], "platform")
    for check in ("tcb.qe", "dcap.qe-identity.match", "dcap.qe-identity.signature", "dcap.quote.signature",
                  "dcap.collateral.window"):
        assert by[check] != "skip", check


CODES = """QUOTE_MALFORMED PCK_CHAIN_MISSING PCK_CHAIN_MALFORMED PCK_CHAIN_BAD_SIGNATURE ROOT_UNTRUSTED CRL_INVALID
    PCK_CA_REVOKED PCK_REVOKED TCB_INFO_MALFORMED TCB_SIGNING_CERT_REVOKED TCB_INFO_BAD_SIGNATURE
    QE_IDENTITY_MALFORMED QE_IDENTITY_BAD_SIGNATURE TCB_INFO_MISMATCH TDX_MODULE_MISMATCH
    QE_REPORT_BAD_SIGNATURE QE_REPORT_DATA_MISMATCH QE_IDENTITY_MISMATCH QUOTE_BAD_SIGNATURE""".split()


def codes_of(path):
    """The words of what failed in a stored report (suite golden compares these), and of a chain missed."""
    with open(path, encoding="utf-8") as file:
        checks = json.load(file)["checks"]
    said = [row["reason"].split(":")[0] for row in checks if "reason" in row and (
        row["outcome"] == "fail" and not row["waived"] or row["reason"].startswith("PCK_CHAIN_MISSING"))]
    return set(said)


@case("each reason of a DCAP failure is that of a forged case in which nothing else fails")
def codes(_):
    alone = [codes_of(path) for path in glob.glob(simulated("replay", "*", "report.json"))]
    equal([], [code for code in CODES if {code} not in alone], "never alone")


main()
