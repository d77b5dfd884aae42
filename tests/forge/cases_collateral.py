# SPDX-License-Identifier: Apache-2.0
"""Cases about collateral: TCB signing chain, CRLs, TCB info, QE identity, matches (dcap.md 4 to 6)."""

import json

import collateral
import crl
import der
import ec
import intel_pki
import pem
import quote
import scene
import windows
import x509
from case import QUOTE_ONLY, Case, failing
from cases_dcap import NO_CHAIN, listed, revoked, rogue
from edits import (const, drop, expired, extension, flip, not_yet, put, replaced, together,
                   window)

TCB = ("dcap.tcb-info.match", "dcap.tdx-module.match", "tcb.platform", "tcb.tdx-module",
       "tcb.status")
QEI = ("dcap.qe-identity.match", "tcb.qe", "tcb.status")
SIGNING = ("dcap.tcb-signing.revocation", "dcap.tcb-info.signature",
           "dcap.qe-identity.signature") + TCB + QEI


def signing_chain():
    check = "dcap.tcb-signing.chain"
    rows = [
        ("", "the signature of the TCB signing certificate is wrong", {"pki.tcb-signing.der": flip(-1)}),
        ("untrusted-root", "a chain under another root key", {"tcb.chain": rogue("tcb_chain")}),
        ("self-signature", "the root's signature on itself is wrong",
         {"tcb.chain": lambda c: [c[0], flip(-1)(c[1])]}),
        ("no-digital-signature", "a leaf whose key usage is not digitalSignature",
         {"pki.tcb-signing.fields": extension(*x509.ext_key_usage((b"\x20", 5)))}),
    ]
    for why, text, edits in rows:
        yield failing(check, why, text, edits, SIGNING, lean=True)


def crls():
    check = "dcap.crl.signature"
    root = ("dcap.pck-ca.revocation", "dcap.tcb-signing.revocation")
    pck = ("dcap.pck.revocation",)
    delta = extension("2.5.29.27", True, der.integer(1))
    point = extension("2.5.29.28", True, der.seq(der.tlv(0x81, b"\xff")))
    wrong = extension(*x509.ext_aki(bytes(20)))
    rows = [
        ("", "the signature of the root CRL is wrong", {"crl.root.der": flip(-1)}, root),
        ("pck", "the signature of the PCK CRL is wrong", {"crl.pck.der": flip(-1)}, pck),
        ("rogue", "the root CRL is signed by another key",
         {"crl.root.signer": const(ec.key("rogue root"))}, root),
        ("aki", "the PCK CRL names another authority key", {"crl.pck.fields": wrong}, pck),
        ("delta", "the PCK CRL is a delta CRL", {"crl.pck.fields": delta}, pck),
        ("distribution-point", "the PCK CRL covers only some certificates",
         {"crl.pck.fields": point}, pck),
        ("no-number", "the root CRL has no number", {"crl.root.fields": extension("2.5.29.20")}, root),
        ("chain", "the chain of the PCK CRL is broken: its CA is signed by nobody",
         {"crl.chain": lambda c: [flip(-1)(c[0]), c[1]]}, pck),
    ]
    for why, text, edits, skips in rows:
        yield failing(check, why, text, edits, skips, lean=True)
    null = ("1.3.6.1.4.1.99999.2", True, der.null())
    for why, text, edit in (
            ("", "the PCK CRL has an unknown critical extension", extension(*null)),
            ("entry-", "an entry of the PCK CRL has an unknown critical extension", lambda f: dict(
                f, revoked=[(*r, [crl.REASON, null]) for r in f["revoked"]]))):
        yield failing(check, why + "unknown-critical", text, {"crl.pck.fields": edit},
                      parts=("pck-crl", "pck-crl-chain"))
    alone = [
        ("aki", "the root CRL alone names another key than the pinned one", {"crl.root.fields": wrong}),
        ("name", "the root CRL alone names another issuer, the pinned key signed it",
         {"crl.root.fields": put(issuer=intel_pki.distinguished("Somebody Else"))}),
        ("rogue", "the root CRL alone names the pinned root and is signed by another key",
         {"crl.root.signer": const(ec.key("rogue root"))}),
    ]
    for why, text, edits in alone:
        yield failing(check, "alone-" + why, text, edits, parts=("root-crl",))
    yield Case("incomplete-root-crl-alone", "the root CRL and nothing else: its key is pinned",
               "incomplete", parts=("root-crl",), passes=(check,))
    yield from other_issuer()


def other_issuer():
    """dcap.md 5.3: a Processor CRL says nothing about a Platform certificate."""
    pki = scene.Scene().intel
    made = pki.crl("processor", "processor-ca", windows.PCK_CRL, [])
    chain = [pki.certificate("processor-ca"), pki.certificate("root")]
    yield failing("dcap.pck.revocation", "other-ca", "the PCK CRL is the Processor CA's, the PCK is "
                  "under the Platform CA: CRL_INVALID",
                  {"crl.pck.der": const(made), "crl.chain": const(chain)}, lean=True)
    yield from same_name()
    yield from spare()
    yield from unverified()


def beside(part, kind, data, relates=()):
    """An edit that adds one piece of collateral more."""
    ext, media = ("der", "application/pkix-crl") if kind == "crl-der" else (
        "pem", "application/pem-certificate-chain")
    return lambda items: items + [{"part": part, "kind": kind, "ext": ext, "mediaType": media,
                                   "data": data, "relates": list(relates)}]


def spare():
    """Collateral that nothing is judged by, beside a set that is whole."""
    pki = scene.Scene().intel
    yield Case("pass-spare-crl", "a Processor CRL without its chain beside the Platform CA's", lean=True,
               edits={"items": beside("spare", "crl-der", pki.crl(
                   "processor", "processor-ca", windows.PCK_CRL, []))})
    past = scene.Scene({"pki.tcb-signing.fields": window(expired)}).intel
    old = beside("spare", "dcap-issuer-chain", pem.chain(*past.tcb_chain()).encode())
    yield Case("pass-spare-chain", "an expired TCB signing chain beside the one that the collateral "
               "says it came with", lean=True, edits={"items": old})
    yield Case("pass-spare-chain-first", "an expired TCB signing chain before the one in force, and "
               "nothing says which is meant", lean=True, edits={"items": lambda items: old([]) + [
                   dict(i, relates=[]) if i["part"] == "tcb-signing-chain" else i
                   for i in items]})


def unverified():
    """dcap.md 5.2: the issuer of a CRL is one of a verified chain, or nobody."""
    alone = tuple(p for p in QUOTE_ONLY if p != "pck-crl-chain")
    yield Case("pass-crl-issuer-of-quote", "the PCK CRL without its chain: its CA is in the quote's",
               parts=alone, passes=("dcap.crl.signature",))
    yield failing("dcap.pck.chain", "crl-issuer", "a chain under another root key, and no other has the "
                  "CA of the PCK CRL", {"quote.chain": rogue("pck_chain")},
                  NO_CHAIN + ("dcap.crl.signature",), parts=alone)


def same_name():
    """Two PCK CAs of one name: the list of the old one, which was revoked, clears nobody."""
    check = "dcap.pck.revocation"
    old_key = {"pki.pck-ca.key": const(ec.key("old pck-ca"))}
    later = window(lambda w: (w[0] + 1, w[1]))
    old = scene.Scene(dict(old_key, **{"crl.pck.fields": later})).intel
    now = scene.Scene({"crl.pck.fields": revoked("pck")}).intel
    gone = {"crl.root.fields": listed(old.serial("pck-ca")),
            "crl.pck.der": const(old.pck_crl()), "crl.chain": const(old.pck_chain()[1:])}
    yield failing(check, "old-ca-beside", "the PCK certificate is in the PCK CRL; beside it a list "
                  "newer by a second, of a revoked CA of the same name", dict(gone, items=together(
                      beside("good-crl", "crl-der", now.pck_crl()),
                      beside("good-crl-chain", "dcap-issuer-chain",
                             pem.chain(*now.pck_chain()[1:]).encode(),
                             [("issuer-of", "good-crl")]))), lean=True)
    yield failing(check, "old-ca", "the one PCK CRL is of a revoked CA with the PCK CA's name: "
                  "CRL_INVALID", gone, lean=True)
    past = scene.Scene(dict(old_key, **{"pki.pck-ca.fields": window(expired)})).intel
    yield failing(check, "old-ca-expired", "the one PCK CRL is of an expired CA with the PCK CA's "
                  "name: CRL_INVALID", {"crl.pck.der": const(past.pck_crl()),
                                        "crl.chain": const(past.pck_chain()[1:])}, lean=True)


def tcb_info():
    check = "dcap.tcb-info.signature"
    yield failing(check, "", "the signature of the TCB info is wrong",
                  {"tcb.signature": flip(5)}, TCB, lean=True)
    yield failing(check, "changed", "the evaluation number is changed after signing",
                  {"tcb.shown": replaced('DataNumber":19', 'DataNumber":18')}, TCB, lean=True)
    rows = [
        ("version", "version 4", {"tcb.object": put(version=4)}),
        ("tcb-type", "tcbType 1", {"tcb.object": put(tcbType=1)}),
        ("status", "an unknown tcbStatus",
         {"tcb.text": replaced('"tcbStatus":"OutOfDate"', '"tcbStatus":"Outdated"')}),
        ("fraction", "the version as 3.0", {"tcb.text": replaced('"version":3', '"version":3.0')}),
        ("twice", "the member fmspc stands twice",
         {"tcb.text": replaced('"pceId"', '"fmspc":"51514D000000","pceId"')}),
        ("same-level", "two levels with the same SVNs",
         {"tcb.levels": lambda rows: [rows[0], *rows]}),
        ("depth", "a member nested 40 deep",
         {"tcb.object": put(extra=json.loads("[" * 40 + "]" * 40))}),
        ("no-tdx-module", "no tdxModule", {"tcb.object": drop("tdxModule")}),
    ]
    for why, text, edits in rows:
        yield failing(check, "malformed-" + why, "well signed, but malformed: " + text, edits, TCB,
                      lean=True)


def malformed():
    """What does not parse is refused, whatever came of its signing chain."""
    alone = tuple(p for p in QUOTE_ONLY if p != "tcb-signing-chain")
    broken = {"pki.tcb-signing.der": flip(-1)}
    for check, stage, skips in (("dcap.tcb-info.signature", "tcb.object", TCB),
                                ("dcap.qe-identity.signature", "qei.object", QEI)):
        edits = {stage: put(version=4)}
        yield failing(check, "malformed-no-chain", "malformed, and no TCB signing chain", edits,
                      skips, parts=alone)
        yield failing(check, "malformed-bad-chain", "malformed, and the TCB signing chain fails",
                      dict(edits, **broken), skips, fails=("dcap.tcb-signing.chain", check), lean=True)


def qe_identity():
    check = "dcap.qe-identity.signature"
    yield failing(check, "", "the signature of the QE identity is wrong",
                  {"qei.signature": flip(5)}, QEI, lean=True)
    hardening = [collateral.svn_level(4, scene.NEW, "SWHardeningNeeded")]
    rows = [
        ("version", "version 1", {"qei.object": put(version=1)}),
        ("status", "a status that QE levels do not have", {"qei.levels": const(hardening)}),
        ("negative", "isvprodid -2", {"qei.object": put(isvprodid=-2)}),
    ]
    for why, text, edits in rows:
        yield failing(check, "malformed-" + why, "well signed, but malformed: " + text, edits, QEI,
                      lean=True)


def item_windows():
    rows = [("root-crl", "crl.root.fields", window), ("pck-crl", "crl.pck.fields", window),
            ("tcb-info", "tcb.window", None), ("qe-identity", "qei.window", None)]
    for name, stage, wrap in rows:
        for word, change in (("expired", expired), ("not-yet", not_yet)):
            yield failing("dcap.collateral.window", "%s-%s" % (name, word),
                          "the %s is %s by one second" % (name, word.replace("-", " ")),
                          {stage: wrap(change) if wrap else change}, lean=True)
    for word, change in (("begin", lambda w: (windows.AS_OF, w[1])),
                         ("end", lambda w: (w[0], windows.AS_OF))):
        edits = {stage: wrap(change) if wrap else change for _, stage, wrap in rows}
        for role in ("root", "pck-ca", "pck", "tcb-signing"):
            edits["pki.%s.fields" % role] = window(change)
        yield Case("pass-windows-%s" % word, "all windows %s at the as-of second itself" % word,
                   edits=edits, lean=True)
    yield failing("dcap.collateral.eval-number", "", "TCB info and QE identity carry different "
                  "evaluation numbers (waived by default-1)",
                  {"qei.object": put(tcbEvaluationDataNumber=20)}, verdict="pass", lean=True)


def matches():
    check = "dcap.tcb-info.match"
    for why, text, edit in (
            ("", "TCB info of another FMSPC", put(fmspc="51514D000001")),
            ("pceid", "TCB info of another PCEID", put(pceId="0001")),
            ("sgx", "TCB info for SGX with a TDX quote", collateral.to_sgx)):
        yield failing(check, why, text, {"tcb.object": edit}, TCB[1:], lean=True)
    check, skips = "dcap.tdx-module.match", ("tcb.tdx-module", "tcb.status")
    for why, text, edits in (
            ("", "MRSIGNERSEAM is not that of the TDX module",
             {"td": put(mrsignerseam=b"SIMULATED-SIGNER" * 3)}),
            ("attributes", "SEAMATTRIBUTES is not zero", {"td": put(seam_attributes=quote.le(1, 8))}),
            ("attributes-listed", "SEAMATTRIBUTES is not zero, and the module's identity has the same",
             {"td": put(seam_attributes=quote.le(1, 8)), "tcb.modules": lambda modules: [
                 dict(m, attributes="01" + "00" * 7) for m in modules]}),
            ("attributes-wanted", "SEAMATTRIBUTES is zero, and the module's identity has others",
             {"tcb.modules": lambda modules: [dict(m, attributes="01" + "00" * 7) for m in modules]}),
            ("two", "MRSIGNERSEAM and SEAMATTRIBUTES both", {"td": put(
                seam_attributes=quote.le(1, 8), mrsignerseam=b"SIMULATED-SIGNER" * 3)}),
            ("unknown", "no identity for module version 2",
             {"td": put(tee_tcb_svn=bytes([7, 2, 5]) + bytes(13))}),
            ("no-identities", "a module version, and no tdxModuleIdentities (TCB_INFO_MISMATCH)",
             {"tcb.object": drop("tdxModuleIdentities")})):
        yield failing(check, why, text, edits, skips, lean=True)
    check, skips = "dcap.qe-identity.match", ("tcb.qe", "tcb.status")
    for why, text, edits in (
            ("", "another MRSIGNER", {"qei.object": put(mrsigner="51" * 32)}),
            ("prodid", "another ISVPRODID", {"qei.object": put(isvprodid=3)}),
            ("two", "another MRSIGNER and another ISVPRODID",
             {"qei.object": put(mrsigner="51" * 32, isvprodid=3)}),
            ("id", "the identity of the SGX QE", {"qei.object": put(id="QE")}),
            ("attributes", "attributes that the mask does not allow",
             {"qe.fields": put(flags=quote.le(0x95, 8))}),
            ("miscselect", "another MISCSELECT", {"qe.fields": put(miscselect=quote.le(1, 4))})):
        yield failing(check, why, text, edits, skips, lean=True)


def spellings():
    def pretty(text):
        return json.dumps(json.loads(text), indent=1)

    def turned(body):
        at = body.rindex(',"signature":')
        return "{%s,%s}" % (body[at + 1:-1], body[1:at])

    yield Case("pass-collateral-reformatted", "the signed TCB info was indented afterwards, and the "
               "QE identity has its signature first", lean=True,
               edits={"tcb.shown": pretty, "qei.body": turned})

    def unusual(value):
        rows = [dict(r, advisoryIDs=["INTEL-SA-99904"]) for r in value["tcbLevels"][:1]]
        return dict(value, fmspc="51514d000000", surprise={"a": [1, "}"]},
                    tcbLevels=value["tcbLevels"][:0:-1] + rows)

    yield Case("pass-collateral-unusual", "levels in rising order, an advisory with UpToDate, lower "
               "case FMSPC, an unknown member", lean=True, edits={"tcb.object": unusual})

    def hexadecimal(rows):
        return rows + [collateral.module("tdx_0a", [collateral.svn_level(2, scene.NEW, "UpToDate")])]

    def rising(rows):
        old = collateral.svn_level(1, scene.OLD, "OutOfDate", ["INTEL-SA-99903"])
        return [dict(r, tcbLevels=[old] + r["tcbLevels"][::-1]) for r in rows]

    yield Case("pass-svn-levels-rising", "the levels of the QE and of the TDX modules in rising order",
               lean=True, edits={"tcb.modules": rising, "qei.levels": lambda rows: [
                   collateral.svn_level(2, scene.OLD, "OutOfDate")] + rows})
    yield Case("pass-tdx-levels-rising", "two levels that differ in TDX components alone, in rising "
               "order", lean=True, edits={"tcb.levels": lambda rows: [collateral.level(
                   *scene.LEVEL_TOP[:2], scene.LEVEL_MID[2], scene.OLD, "OutOfDate"), rows[0]]})
    yield Case("pass-module-version-10", "TDX module version 10, found under tdx_0a", lean=True,
               edits={"tcb.modules": hexadecimal,
                      "td": put(tee_tcb_svn=bytes([2, 10, 5]) + bytes(13))})


def every():
    for group in (signing_chain, crls, tcb_info, qe_identity, malformed, item_windows, matches, spellings):
        yield from group()
