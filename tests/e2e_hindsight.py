#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hindsight: production quotes with their earlier collateral, beside what the later says."""

import glob
import json
import os
import sys

sys.dont_write_bytecode = True

from e2e import (FAIL, PASS, UNREADABLE, USAGE, VECTORS, case, contains, ecart, equal, findings, main, pack,
                 simulated)

AT = "@1780922561"  # of testdata/replay/pass


def sets(folder):
    with open(os.path.join(folder, "case.json"), encoding="utf-8") as stream:
        return sorted(json.load(stream)["cases"], key=lambda row: row["verification_time"])


def packed(scratch, folder, judged):
    archive = os.path.join(scratch, "case.ecart")
    pack(archive, folder + "/quote.bin", os.path.join(folder, judged["collateral_dir"]))
    return archive


def add(folder, then, later):
    @case("%s: %s then, %s with %s" % (os.path.basename(folder), then["expect"]["tcb_status"],
                                       later["expect"]["tcb_status"], later["collateral_dir"]))
    def beside(scratch):
        archive = packed(scratch, folder, then)
        words = ["replay", archive, "--at", then["verification_time"], "--format", "json"]
        good = then["expect"]["tcb_status"] == "UpToDate" and not then["expect"]["debug"]
        plain = ecart(*words, status=PASS if good else FAIL)
        done = ecart(*words, "--hindsight", os.path.join(folder, later["collateral_dir"]),
                     status=PASS if good else FAIL)
        rep = json.loads(done.out)
        hindsight = rep.pop("hindsight")
        equal(json.loads(plain.out), rep, "what was said of then")
        equal("issued", hindsight["asOf"]["basis"], "basis")
        contains(" ".join(row["name"] for row in hindsight["notFromArchive"]), "hindsight/dcap-tcbinfo/")
        facts = hindsight["facts"]["tcb"]
        tcb = facts[0] if isinstance(facts, list) else facts
        equal(True, tcb["collateral"].startswith("hindsight/"), "which decides")
        equal(later["expect"]["tcb_status"], tcb["status"], "status")
        equal(sorted(set(later["expect"]["advisory_ids"])), tcb["advisories"], "advisories")
        at = ["--hindsight-at", later["verification_time"]]
        named = json.loads(ecart(*words, "--hindsight", os.path.join(folder, later["collateral_dir"]), *at,
                                 status=PASS if good else FAIL).out)["hindsight"]
        equal({"time": later["verification_time"], "basis": "given"}, named["asOf"], "--hindsight-at")
        equal("pass" if later["expect"]["tcb_status"] == "UpToDate" and not later["expect"]["debug"]
              else "fail", named["verdict"], "verdict")
        if later["expect"]["tcb_status"] != then["expect"]["tcb_status"]:
            text = ecart(*words[:-2], "--hindsight", os.path.join(folder, later["collateral_dir"]),
                         status=PASS if good else FAIL).out
            contains(text, "  together", then["expect"]["tcb_status"], later["expect"]["tcb_status"],
                     "What this means:", "the evidence does not say.")


@case("a level that is the same and of another date shows both dates")
def moved(scratch):
    folder = os.path.join(VECTORS, "dcap", "tdx-v5-relaunch")
    then, later = sets(folder)
    text = ecart("replay", packed(scratch, folder, then), "--at", then["verification_time"], "--hindsight",
                 os.path.join(folder, later["collateral_dir"])).out
    contains(text, "platform level   UpToDate 2024-03-13      UpToDate 2024-11-13",
             "TDX module       UpToDate 2024-03-13      OutOfDate since 2024-11-13: TDX",
             "                                          module TDX_01 SVN is 4, needs 6",
             "new advisories                            INTEL-SA-01036, INTEL-SA-01099",
             "verdict          PASS                     FAIL")


def hindsight_of(*words, status):
    return ecart("replay", simulated("replay/pass/archive.tar"), "--anchors", simulated("anchors"), "--at",
                 AT, *words, status=status)


@case("a PCK revoked later: the entry's date and reason, and what such a date does not say; exit as then")
def revoked(scratch):
    later = simulated("replay/fail-dcap.pck.revocation/archive.tar")
    text = hindsight_of("--hindsight", later, status=PASS).out
    contains(" ".join(text.split()), "PCK certificate good REVOKED: listed, entry date 2026-",
             "reason keyCompromise", "does not say when the key was lost")
    contains(text, "verdict          PASS                     FAIL")
    rep = json.loads(hindsight_of("--hindsight", later, "--format", "json", status=PASS).out)
    equal(["fail"], [f["outcome"] for f in findings(rep["hindsight"], "dcap.pck.revocation")], "revocation")
    equal("pass", rep["verdict"], "then")
    table = hindsight_of("--hindsight", later, "--table", status=PASS).out
    contains(table, "PASS")


@case("a level that is revoked later, and one that is not known any more: each its own sentence")
def level_lost(scratch):
    for name, sentence in [("tcb.platform-revoked", "its keys count as lost"),
                           ("tcb.platform-not-supported", "knows no level that what ran reaches")]:
        text = hindsight_of("--hindsight", simulated(f"replay/fail-{name}/archive.tar"), status=PASS).out
        contains(" ".join(text.split()), sentence)
        assert "whether anybody used it" not in text, text


@case("the same collateral changes nothing, and that is said")
def same(scratch):
    text = hindsight_of("--hindsight", simulated("replay/pass/archive.tar"), "--hindsight-at", AT,
                        status=PASS).out
    contains(text, "nothing that this collateral knows takes away")
    rep = json.loads(hindsight_of("--hindsight", simulated("replay/pass/archive.tar"), "--hindsight-at", AT,
                                  "--format", "json", status=PASS).out)
    equal("pass", rep["hindsight"]["verdict"], "verdict")
    equal([], [f["id"] for f in rep["hindsight"]["checks"] if f["outcome"] == "fail"], "failures")


REASSURED = "nothing that this collateral knows takes away"
# Where the later collateral is of, or when; what the meaning says; what the rows say.
WORSE = [
    ("fail-dcap.tcb-signing.revocation", (), "A key that signs TCB levels is no longer believed",
     ["good BROKEN: listed, entry date 2026-", "together UpToDate UpToDate"]),
    ("fail-dcap.qe-identity.match", (), "is not the quoting enclave that this collateral names",
     ["quoting enclave UpToDate 2025-05-14 not judged", "together UpToDate not judged",
      "not judged in hindsight, which neither confirms them nor takes them away: tcb.qe, tcb.status."]),
    ("fail-dcap.tdx-module.match-no-identities", (), "The TDX module that ran is none that this collateral names",
     ["platform level UpToDate 2025-05-14 UpToDate 2025-05-14", "TDX module UpToDate 2025-05-14 not judged"]),
    ("fail-dcap.tcb-info.signature", (), "A piece of this collateral is not what its issuer signed",
     ["platform level UpToDate 2025-05-14 not judged", "together UpToDate not judged", "tcb.platform"]),
    ("fail-dcap.crl.signature", (), "A piece of this collateral is not what its issuer signed",
     ["PCK CA good not judged", "takes them away: dcap.pck-ca.revocation, "]),
    ("fail-tcb.tdx-module", (), "The level was that of then",
     ["OutOfDate since 2025-05-14: TDX module TDX_01 SVN is 7, needs 8", "together UpToDate OutOfDate"]),
    ("fail-tcb.qe", (), "The level was that of then",
     ["OutOfDate since 2025-05-14: quoting enclave SVN is 7, needs 8"]),
    ("pass-two-sets-update", (), "The level was that of then",
     ["platform level UpToDate 2025-05-14 OutOfDate 2025-05-14, since 2026-05-13"]),
    ("fail-dcap.collateral.eval-number", (), "are waived by the policy: dcap.collateral.eval-number.", []),
    ("pass", ("--hindsight-at", "2027-06-08T00:00:00Z"), "Something was not valid at the later time",
     ["dcap.collateral.window hindsight/crl-der/", "dcap.collateral.window hindsight/dcap-tcbinfo/",
      "tpm.ak.certificate good BROKEN: expired"]),
]


def add_worse(name, words, meaning, rows):
    @case("%s%s later: what that means, and no word that nothing was taken away" % (name, words))
    def worse(_):
        text = hindsight_of("--hindsight", simulated("replay", name, "archive.tar"), *words, status=PASS).out
        text = " ".join(text.split("\n  hindsight", 1)[1].split())
        said = text.split("What this means:", 1)[1]
        contains(said, meaning)
        contains(text, *rows)
        assert REASSURED not in said, said


for row in WORSE:
    add_worse(*row)


@case("what fails and has no sentence of its own is named")
def general(scratch):
    policy = os.path.join(scratch, "policy.json")
    with open(policy, "w", encoding="utf-8") as stream:
        json.dump({"policy": "ecart-policy/1", "name": "all", "require": ["dcap.collateral.*"],
                   "waive": [], "expect": {}}, stream)
    text = hindsight_of("--hindsight", simulated("replay/fail-dcap.collateral.eval-number/archive.tar"),
                        "--policy", policy, status=PASS).out
    said = " ".join(text.split("What this means:", 1)[1].split())
    contains(said, "not shown any more: dcap.collateral.eval-number.")
    assert REASSURED not in said, said


@case("what is no collateral, is damaged, says no time, or stands alone is refused")
def refused(scratch):
    folder = os.path.join(VECTORS, "dcap", "tdx-v5-relaunch")
    chain = os.path.join(folder, sets(folder)[0]["collateral_dir"], "tcb_info_issuer_chain.pem")
    chain = chain if os.path.exists(chain) else sorted(glob.glob(
        os.path.join(folder, sets(folder)[0]["collateral_dir"], "*.pem")))[0]
    for words, status, said in ((["--hindsight", folder + "/quote.bin"], UNREADABLE, "no collateral"),
                                (["--hindsight", scratch + "/none"], UNREADABLE, "No such file"),
                                (["--hindsight", chain], USAGE, "says when it was issued"),
                                (["--hindsight-at", AT], USAGE, "no --hindsight"),
                                (["--hindsight", chain, "--hindsight-at", "now"], USAGE, "--hindsight-at now")):
        contains(hindsight_of(*words, status=status).err, said)


for path in sorted(glob.glob(VECTORS + "/dcap/[st]*-v*/case.json")):
    rows = sets(os.path.dirname(path))
    for one, other in zip(rows, rows[1:]):
        add(os.path.dirname(path), one, other)

main()
