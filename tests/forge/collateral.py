# SPDX-License-Identifier: Apache-2.0
"""TCB info v3 for TDX and SGX, and TD_QE identity v2 (dcap.md 4), as dictionaries in Intel's order."""

import json

import der

ZERO48 = "00" * 48
NAMES_SGX = {0: ("BIOS", "Early Microcode Update"), 1: ("OS/VMM", "SGX Late Microcode Update"),
             2: ("OS/VMM", "TXT SINIT"), 3: ("BIOS", None), 4: ("BIOS", None), 5: ("BIOS", None),
             7: ("OS/VMM", "SEAMLDR ACM")}
NAMES_TDX = {0: ("OS/VMM", "TDX Module"), 1: ("OS/VMM", "TDX Module"),
             2: ("OS/VMM", "TDX Late Microcode Update")}


def text(value):
    """Intel's spelling: member order kept, no white space."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def stamp(seconds):
    return der.moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def components(svns, names):
    out = []
    for i, svn in enumerate(svns):
        row = {"svn": svn}
        category, kind = names.get(i, (None, None))
        if category:
            row["category"] = category
        if kind:
            row["type"] = kind
        out.append(row)
    return out


def level(sgx, pcesvn, tdx, date, status, advisories=()):
    """One platform level of TCB info."""
    row = {"tcb": {"sgxtcbcomponents": components(sgx, NAMES_SGX), "pcesvn": pcesvn,
                   "tdxtcbcomponents": components(tdx, NAMES_TDX)},
           "tcbDate": date, "tcbStatus": status}
    if advisories:
        row["advisoryIDs"] = list(advisories)
    return row


def svn_level(isvsvn, date, status, advisories=()):
    """One level of a TDX module or of a QE identity."""
    row = {"tcb": {"isvsvn": isvsvn}, "tcbDate": date, "tcbStatus": status}
    if advisories:
        row["advisoryIDs"] = list(advisories)
    return row


def module(identity, levels):
    return {"id": identity, "mrsigner": ZERO48, "attributes": "00" * 8,
            "attributesMask": "FF" * 8, "tcbLevels": levels}


def tcb_info(window, fmspc, pceid, number, modules, levels):
    return {
        "id": "TDX", "version": 3, "issueDate": stamp(window[0]), "nextUpdate": stamp(window[1]),
        "fmspc": fmspc.hex().upper(), "pceId": pceid.hex().upper(), "tcbType": 0,
        "tcbEvaluationDataNumber": number,
        "tdxModule": {"mrsigner": ZERO48, "attributes": "00" * 8, "attributesMask": "FF" * 8},
        "tdxModuleIdentities": modules, "tcbLevels": levels}


def to_sgx(value):
    """The TCB info of the same machine for SGX (dcap.md 4.2)."""
    out = {k: v for k, v in value.items() if not k.startswith("tdx")}
    levels = []
    for row in value["tcbLevels"]:
        kept = {k: v for k, v in row["tcb"].items() if k != "tdxtcbcomponents"}
        levels.append(dict(row, tcb=kept))
    return dict(out, id="SGX", tcbLevels=levels)


def to_version_2(value):
    """TCB info for SGX as version 2 spells it (dcap.md 4.2)."""
    out = {k: v for k, v in value.items() if k != "id"}
    levels = []
    for row in value["tcbLevels"]:
        svns = [c["svn"] for c in row["tcb"]["sgxtcbcomponents"]]
        tcb = {"sgxtcbcomp%02dsvn" % (i + 1): svn for i, svn in enumerate(svns)}
        levels.append(dict(row, tcb=dict(tcb, pcesvn=row["tcb"]["pcesvn"])))
    return dict(out, version=2, tcbLevels=levels)


def qe_identity(window, number, mrsigner, levels):
    return {
        "id": "TD_QE", "version": 2, "issueDate": stamp(window[0]), "nextUpdate": stamp(window[1]),
        "tcbEvaluationDataNumber": number, "miscselect": "00000000", "miscselectMask": "FFFFFFFF",
        "attributes": "11" + "00" * 15, "attributesMask": "FBFFFFFFFFFFFFFF" + "00" * 8,
        "mrsigner": mrsigner.hex().upper(), "isvprodid": 2, "tcbLevels": levels}


def body(member, inner, signature):
    """The response body: the signed object as text, and its signature in hex (dcap.md 4.1)."""
    return '{"%s":%s,"signature":"%s"}' % (member, inner, signature.hex())
