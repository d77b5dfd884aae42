# SPDX-License-Identifier: Apache-2.0
"""Second opinion on which of several collateral sets decides (cli.md "several collateral sets")."""

import json
import urllib.parse
import windows


def choose(replay):
    """replay.chosen: {kind: bytes, or None where the policy's set is not there}; empty where there
    is one set and no policy that names one."""
    infos = [(item, replay.data[item["name"]]) for item in replay.items if item["kind"] == "dcap-tcbinfo"]
    named = (replay.policy or {}).get("collateral")
    if not named and len(infos) < 2:
        return
    rows = [(item, raw, json.loads(raw)["tcbInfo"]) for item, raw in infos]
    if named:
        rows = [row for row in rows if fits(replay, row[2]) and is_named(named, *row)]
    rows.sort(key=lambda row: (fits(replay, row[2]), asked(row[0]) == "standard", in_force(replay, row[2]),
                               row[2]["tcbEvaluationDataNumber"]))
    if not rows:
        replay.chosen = {"dcap-tcbinfo": None, "dcap-qe-identity": None}
        return
    _, raw, info = rows[-1]
    beside = [text for text in replay.of_kind("dcap-qe-identity")
              if json.loads(text)["enclaveIdentity"]["tcbEvaluationDataNumber"]
              == info["tcbEvaluationDataNumber"]]
    replay.chosen = {"dcap-tcbinfo": raw, "dcap-qe-identity": beside[0]}


def fits(replay, info):
    if not replay.passed("dcap.pck.extension"):  # nobody knows the platform
        return True
    return (bytes.fromhex(info["fmspc"]) == replay.sgx["fmspc"]
            and bytes.fromhex(info["pceId"]) == replay.sgx["pceid"]
            and info.get("id", "SGX") == ("TDX" if replay.is_td else "SGX"))


def asked(item):
    query = urllib.parse.urlsplit(item["source"].get("uri", "")).query
    return urllib.parse.parse_qs(query).get("update", [None])[0]


def in_force(replay, info):
    return windows.at(info["issueDate"]) <= replay.as_of <= windows.at(info["nextUpdate"])


def is_named(named, item, _raw, info):
    return (named.get("update", asked(item)) == asked(item)
            and named.get("evaluationDataNumber", info["tcbEvaluationDataNumber"])
            == info["tcbEvaluationDataNumber"])
