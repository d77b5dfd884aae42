#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives with several collateral sets: which one decides, and what a policy that names one changes."""

import json
import os
import sys

sys.dont_write_bytecode = True

from e2e import (FAIL, INCOMPLETE, PASS, UNREADABLE, case, contains, ecart, equal, failed, findings, main,
                 pack, simulated, vector, write)

NEED = ("dcap.tcb-info.match", "dcap.qe-identity.match")
BEHIND = ("dcap.tdx-module.match", "tcb.platform", "tcb.tdx-module", "tcb.qe", "tcb.status")
# Two sets of one platform, both in force on a day; and two that follow each other.
TOGETHER = ("sgx-v3-eval17-vs-19", ("collateral-2025-05-27-eval17", "collateral-2025-05-27-eval19"))
APART = ("tdx-v4-uptodate", ("collateral-2025-06-19-eval17", "collateral-2026-03-01-eval18"))
RELAUNCH = ("tdx-v5-relaunch", ("collateral-2025-02-12-eval17", "collateral-2026-01-12-eval18"))


def archive_of(scratch, evidence, sets=None):
    """The quote of a vector with some or all of its sets."""
    folder, all_sets = evidence
    archive = os.path.join(scratch, "case.ecart")
    pack(archive, vector("dcap", folder, "quote.bin"),
         *[vector("dcap", folder, name) for name in (sets or all_sets)])
    return archive


def policy(scratch, choice):
    """default-1 with a member of that value; the words of the command line."""
    text = json.loads(ecart("policy").out)
    text.update(name="named", collateral=choice)
    return ["--policy", write(os.path.join(scratch, "policy.json"), json.dumps(text).encode())]


def number(scratch, n):
    return policy(scratch, {"evaluationDataNumber": n})


def sets_of(rep):
    """[(evaluation number, status, decides)] as the report has them."""
    return [(row["evaluationDataNumber"]["tcbInfo"], row["status"], row["decides"])
            for row in rep["facts"]["tcb"]]


def both(*words, status):
    """The report, and the text in one line without its wrapping."""
    rep = json.loads(ecart("replay", *words, "--format", "json", status=status).out)
    return rep, " ".join(ecart("replay", *words, status=status).out.split())


@case("two real sets in force: the higher number decides, a policy that names the other turns it")
def together(scratch):
    archive = archive_of(scratch, TOGETHER)
    words = [archive, "--at", "2025-06-23T02:57:12Z"]
    rep, text = both(*words, status=FAIL)  # an enclave open to debugging, whatever its level
    equal([(19, "OutOfDate", True), (17, "SWHardeningNeeded", False)], sets_of(rep), "by the rule")
    equal({"name", "sha256"}, set(rep["policy"]), "what the policy says of sets")
    assert "the policy names" not in text, text
    rep, text = both(*words, *number(scratch, 17), status=FAIL)
    equal([(17, "SWHardeningNeeded", True), (19, "OutOfDate", False)], sets_of(rep), "by the policy")
    equal({"evaluationDataNumber": 17}, rep["policy"]["collateral"], "what the policy says of sets")
    [status] = findings(rep, "tcb.status")
    equal("SWHardeningNeeded", status["got"], "tcb.status")
    contains(text, "(decides): platform SWHardeningNeeded",
             "(the policy names this set: evaluation number 17) beside by items/dcap-tcbinfo/")
    rep, _ = both(*words, *number(scratch, 19), status=FAIL)
    equal([(19, "OutOfDate", True), (17, "SWHardeningNeeded", False)], sets_of(rep), "named as by the rule")


@case("a real set that does not hold the time decides where it is named, and its window fails")
def apart(scratch):
    words = [archive_of(scratch, APART), "--at", "2025-07-04T10:16:31Z"]
    for extra in ([], number(scratch, 17)):
        rep, _ = both(*words, *extra, status=PASS)
        equal([(17, "UpToDate", True), (18, "UpToDate", False)], sets_of(rep), "in force")
    rep, text = both(*words, *number(scratch, 18), status=FAIL)
    equal([(18, "UpToDate", True), (17, "UpToDate", False)], sets_of(rep), "named")
    equal({"dcap.collateral.window"}, {check for check, _ in failed(rep)}, "failed")
    contains(text, "not_yet_valid: TCB info holds from", "(the policy names this set: evaluation number 18)")


@case("a set that is named and not there: incomplete, said for each quote, and no other stands in for it")
def absent(scratch):
    words = [archive_of(scratch, APART), "--at", "2025-07-04T10:16:31Z", *number(scratch, 21)]
    rep, text = both(*words, status=INCOMPLETE)
    equal("incomplete", rep["verdict"], "verdict")
    equal([], failed(rep), "failed")
    for row in findings(rep, *NEED):
        equal(("skip", True, "absent: the policy's collateral set: evaluation number 21"),
              (row["outcome"], row["required"], row["reason"]), row["id"])
    for row in findings(rep, *BEHIND):
        equal("skip", row["outcome"], row["id"])
    equal({"pass"}, {row["outcome"] for row in findings(
        rep, "dcap.tcb-info.signature", "dcap.qe-identity.signature")}, "all are judged")
    equal([(17, "UpToDate", False), (18, "UpToDate", False)], sets_of(rep), "all are shown")
    equal([], [w for w in rep["windows"] if w["what"] in ("TCB info", "QE identity")], "windows")
    contains(text, "INCOMPLETE", "TCB level not judged: the policy names a set that is not here: evaluation "
             "number 21", "MISSING dcap.tcb-info.match: absent: the policy's collateral set: evaluation number 21")
    equal(2, len([row for row in findings(rep, "dcap.collateral.window") if row.get("reason") ==
                  "not-applicable: the policy names another set, and this one does not hold the time"]),
          "pieces of the set of another time")
    row = json.loads(ecart("replay", *words, "--table", "--format", "json", status=INCOMPLETE).out)
    equal(("", "", ""), (row["tcb_status"], row["platform_status"], row["advisories"]), "row of a database")
    line = ecart("replay", *words, "--table", status=INCOMPLETE).out
    assert "UpToDate" not in line, line


@case("a policy that requires nothing else is incomplete all the same")
def lax(scratch):
    archive = archive_of(scratch, APART)
    for n, status in ((17, PASS), (21, INCOMPLETE)):
        file = write(os.path.join(scratch, "lax.json"), json.dumps({
            "policy": "ecart-policy/1", "name": "lax", "require": [],
            "waive": json.loads(ecart("policy").out)["waive"],
            "collateral": {"evaluationDataNumber": n}}).encode())
        ecart("replay", archive, "--at", "2025-07-04T10:16:31Z", "--policy", file, status=status)


@case("by what the recorded address asked for: early, standard, and what no address says")
def update(scratch):
    def at(name, choice, status):
        words = [simulated("replay", name, "archive.tar"), "--anchors", simulated("anchors"), "--at",
                 "@1780922561"]
        return both(*words, *(policy(scratch, choice) if choice else []), status=status)

    name = "fail-tcb.platform-two-sets-early"
    standard, early = (19, "UpToDate"), (20, "OutOfDate")
    rep, text = at(name, None, PASS)
    equal([(*standard, True), (*early, False)], sets_of(rep), "by the rule")
    rep, text = at(name, {"update": "early"}, FAIL)
    equal([(*early, True), (*standard, False)], sets_of(rep), "early")
    equal({"update": "early"}, rep["policy"]["collateral"], "policy")
    equal({"tcb.platform", "tcb.status"}, {check for check, _ in failed(rep)}, "failed")
    contains(text, "(the policy names this set: update early)")
    rep, text = at(name, {"update": "standard", "evaluationDataNumber": 19}, PASS)
    equal([(*standard, True), (*early, False)], sets_of(rep), "standard, 19")
    contains(text, "(the policy names this set: update standard, evaluation number 19)")
    for name, choice, said in ((name, {"update": "early", "evaluationDataNumber": 19},
                                "update early, evaluation number 19"),
                               ("pass-two-sets-number", {"update": "standard"}, "update standard")):
        rep, text = at(name, choice, INCOMPLETE)
        equal({"absent: the policy's collateral set: " + said}, {row["reason"] for row in findings(rep, *NEED)},
              "reason")
        equal({False}, {decides for _, _, decides in sets_of(rep)}, "decides")
        contains(text, "not judged: the policy names a set that is not here: " + said)


@case("hindsight is what newer collateral says, whatever number the policy names for then")
def hindsight(scratch):
    archive = archive_of(scratch, RELAUNCH, RELAUNCH[1][:1])
    words = [archive, "--at", "2025-02-27T19:40:00Z", "--hindsight",
             vector("dcap", RELAUNCH[0], RELAUNCH[1][1])]
    plain, _ = both(*words, status=PASS)
    rep, text = both(*words, *number(scratch, 17), status=PASS)
    equal(plain["hindsight"], rep["hindsight"], "hindsight, the set of then named")
    equal([(18, "TDRelaunchAdvised", True), (17, "UpToDate", False)], sets_of(rep["hindsight"]), "later")
    contains(text, "(the policy names this set: evaluation number 17)", "together UpToDate TDRelaunchAdvised")
    rep, text = both(*words, *number(scratch, 18), status=INCOMPLETE)
    equal(("incomplete", "fail"), (rep["verdict"], rep["hindsight"]["verdict"]), "verdicts")
    # Nothing vouched for a place then, for want of the set that the policy names.
    place = rep["hindsight"]["facts"].pop("place")
    equal(("none", "L0"), (rep["facts"]["place"]["level"], place["level"]), "levels")
    equal(plain["hindsight"]["facts"], rep["hindsight"]["facts"], "facts, another set named")
    contains(text, "platform level not judged UpToDate", "together not judged TDRelaunchAdvised",
             "verdict INCOMPLETE FAIL")


@case("explain says why a check was skipped")
def explained(scratch):
    text = ecart("explain", archive_of(scratch, APART), "--at", "2025-07-04T10:16:31Z", "--check",
                 "dcap.tcb-info.match", *number(scratch, 21)).out
    contains(" ".join(text.split()), "absent: the policy's collateral set: evaluation number 21")


@case("a choice that names no set is refused with its field, what was wanted and what was found")
def refused(scratch):
    for choice, said in (({}, "policy: collateral"), ([], "want an object, found an array"),
                         ({"update": "latest"}, "want standard or early, found latest"),
                         ({"update": "early", "number": 3}, "found number"),
                         ({"evaluationDataNumber": "17"}, "want an integer, found a string"),
                         ({"evaluationDataNumber": -1}, "want 0 to 4294967295, found -1"),
                         (None, "want an object, found null")):
        done = ecart("replay", simulated("replay/pass/archive.tar"), "--at", "@1780922561",
                     *policy(scratch, choice), status=UNREADABLE)
        contains(done.err, "policy.json: policy: collateral", said)


main()
