# SPDX-License-Identifier: Apache-2.0
"""Cases with several collateral sets in one archive: which one decides (cli.md "several collateral
sets"), and what a policy that names one changes."""

import cases_dcap
import collateral
import scene
import windows
from archive import JSON
from case import Case, failing, set_policy
from edits import put, together

PCS = "https://api.trustedservices.example/tdx/certification/v4/"
HIGH = ([6] + scene.LEVEL_TOP[0][1:], *scene.LEVEL_TOP[1:])  # one more than the platform has
MATCHES = ("dcap.tcb-info.match", "dcap.tdx-module.match", "dcap.qe-identity.match")
LEVELS = ("tcb.platform", "tcb.tdx-module", "tcb.qe", "tcb.status")
BEHIND = ("tcb.platform", "tcb.status")


def levels():
    """No longer enough for the platform."""
    return [collateral.level(*HIGH, "2026-05-13T00:00:00Z", "UpToDate"),
            collateral.level(*scene.LEVEL_TOP, scene.NEW, "OutOfDate", ["INTEL-SA-99904"])]


def numbered(number, *edits):
    """A set of that number."""
    return scene.Scene({"tcb.object": together(put(tcbEvaluationDataNumber=number), *edits),
                        "qei.object": put(tcbEvaluationDataNumber=number)})


def with_set(made, update=None, first=None):
    """An edit that adds the set of a scene; update and first: what the addresses of the one that is
    added, and of the one that is there, asked for."""
    def edit(items):
        out = [dict(i, uri=PCS + "tcb?fmspc=51514d000000&update=" + first)
               if first and i["part"] == "tcb-info" else i for i in items]
        for part, kind, data in (("tcb-info", "dcap-tcbinfo", made.tcb_info),
                                 ("qe-identity", "dcap-qe-identity", made.qe_identity)):
            more = {"part": "more-" + part, "kind": kind, "ext": "json", "mediaType": JSON,
                    "data": data, "relates": [("collateral-for", "quote")]}
            if update and part == "tcb-info":
                more["uri"] = PCS + "tcb?update=%s&fmspc=51514d000000" % update
            out.append(more)
        return out
    return {"items": edit}


def named():
    """By number: 19 is enough for the platform, 20 is not."""
    two = with_set(numbered(20, put(tcbLevels=levels())))
    yield failing("tcb.platform", "two-sets", "two sets in force, and no policy names one: the higher "
                  "number decides", two, fails=BEHIND, lean=True)
    yield Case("pass-two-sets-number", "two sets in force: the policy names number 19, not the higher",
               edits=two, lean=True, passes=MATCHES + LEVELS,
               policy=set_policy("forge-number-19", evaluationDataNumber=19))
    yield failing("tcb.platform", "two-sets-number", "two sets in force: the policy names number 20",
                  two, fails=BEHIND, lean=True,
                  policy=set_policy("forge-number-20", evaluationDataNumber=20))
    yield Case("incomplete-two-sets-number", "two sets in force: the policy names number 21, and "
               "none stands in for it", "incomplete", two, skips=MATCHES + LEVELS, lean=True,
               policy=set_policy("forge-number-21", evaluationDataNumber=21))
    yield Case("incomplete-two-sets-lax", "the policy names number 21, and requires nothing else",
               "incomplete", two, skips=MATCHES + LEVELS, lean=True,
               policy=set_policy("forge-number-21-lax", (), evaluationDataNumber=21))
    yield Case("incomplete-one-set-number", "one set, of number 19: the policy names 20",
               "incomplete", skips=MATCHES + LEVELS, lean=True,
               policy=set_policy("forge-number-20", evaluationDataNumber=20))
    yield Case("pass-two-sets-pceid", "a newer set beside, of the same FMSPC and another PCEID",
               edits=with_set(numbered(20, put(pceId="0001"))), lean=True, passes=MATCHES + LEVELS)
    other = scene.Scene({"tcb.object": put(tcbEvaluationDataNumber=18), "qei.object": put(
        tcbEvaluationDataNumber=18, mrsigner="51" * 32)})
    yield Case("pass-two-sets-other-qe", "beside the set that decides one of number 18, whose identity is "
               "another enclave's: shown, and not trusted", edits=with_set(other), lean=True,
               passes=MATCHES + LEVELS)
    other = with_set(numbered(20, put(fmspc="51514D000001")))
    yield Case("incomplete-two-sets-platform", "the policy names number 20: the set of it is another "
               "platform's", "incomplete", other, skips=MATCHES + LEVELS, lean=True,
               policy=set_policy("forge-number-20", evaluationDataNumber=20))


def asked():
    """By what the recorded address asked for: standard is 19 here, early 20."""
    two = with_set(numbered(20, put(tcbLevels=levels())), update="early", first="standard")
    yield Case("pass-two-sets-standard", "the standard and the early set, and no policy names one",
               edits=two, lean=True, passes=MATCHES + LEVELS)
    yield failing("tcb.platform", "two-sets-early", "the standard and the early set: the policy names "
                  "early", two, fails=BEHIND, lean=True,
                  policy=set_policy("forge-early", update="early"))
    yield Case("pass-two-sets-update", "the early set in the place of the first, and number 20 is "
               "standard: the policy names early", lean=True, passes=MATCHES + LEVELS,
               edits=with_set(numbered(20, put(tcbLevels=levels())), update="standard", first="early"),
               policy=set_policy("forge-early", update="early"))
    yield Case("pass-two-sets-both", "the policy names the standard set, if it is number 19",
               edits=two, lean=True, passes=MATCHES + LEVELS,
               policy=set_policy("forge-standard-19", update="standard", evaluationDataNumber=19))
    yield Case("incomplete-two-sets-both", "the policy names the early set, if it is number 19: it is 20",
               "incomplete", two, skips=MATCHES + LEVELS, lean=True,
               policy=set_policy("forge-early-19", update="early", evaluationDataNumber=19))
    yield Case("incomplete-two-sets-unrecorded", "the policy names the standard set, and no address "
               "is recorded", "incomplete", with_set(numbered(20)), skips=MATCHES + LEVELS, lean=True,
               policy=set_policy("forge-standard", update="standard"))


def dated():
    """A set that does not hold the time decides if it is named, and does no harm if it is not."""
    past = put(nextUpdate=collateral.stamp(windows.EXPIRED))
    two = with_set(numbered(18, past))
    yield failing("dcap.collateral.window", "two-sets-number", "the policy names number 18, which "
                  "expired a second ago", two, lean=True,
                  policy=set_policy("forge-number-18", evaluationDataNumber=18))
    yield Case("incomplete-two-sets-expired", "a set that expired beside one in force: the policy "
               "names neither", "incomplete", two, skips=MATCHES + LEVELS, lean=True,
               policy=set_policy("forge-number-21", evaluationDataNumber=21))


def unknown_platform():
    """Without a PCK chain nobody knows whose set it should be: the number is all that is asked."""
    yield failing("dcap.collateral.window", "no-platform-number", "no PCK chain: the policy names "
                  "number 19, which is there and expired a second ago",
                  {"quote.parts": cases_dcap.certification_data(14),
                   "tcb.object": put(nextUpdate=collateral.stamp(windows.EXPIRED))},
                  ("dcap.pck.chain",), lean=True,
                  policy=set_policy("forge-number-19", evaluationDataNumber=19))
    yield Case("incomplete-no-platform-number", "no PCK chain: the policy names number 20, which is "
               "not there", "incomplete", {"quote.parts": cases_dcap.certification_data(14)},
               skips=("dcap.pck.chain",) + MATCHES + LEVELS, lean=True,
               policy=set_policy("forge-number-20", evaluationDataNumber=20))


def every():
    for group in (named, asked, dated, unknown_platform):
        yield from group()
