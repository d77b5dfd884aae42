#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Azure set as of its hour: every link holds, every fact is reported."""

import sys

sys.dont_write_bytecode = True

from e2e import (AZURE_AT, FAIL, at_path, azure_collateral, azure_evidence,
                 case, contains, ecart, equal, failed, findings, flip, main,
                 outcome, pack, pack_azure, read, report, simulated, vector,
                 write)

ZERO48 = "00" * 48
QUOTE = "items/tdx-quote/0000.bin"
HCL = "items/azure-hcl-report/0000.bin"
AK = ("d746572400004bdb410e41b2763211acc392ac77d30321801c360e0d868a3be7385da2"
      "fc4747873f1e9b95ecda86772fe54c23e11d87b1e956c82b5b084a195dcb1342db6003"
      "7180fa9884f3ca079f9668c9255f969e5c791252a18c125fde28ed1302f2640ae2f1b5"
      "2aef5725026734080d9e7f98925546ffc39081222242c0beb260e92a07ffe3146f808c"
      "064332cf7bd04eb7911f6126646dfef643bb3e299cf1c6e7b6f20b01749ef9bc371169"
      "11b8b8e41406bb79ea9eee3511e48a9d00ecbecdf881d9d92515398be6ffb8f6d8f9eb"
      "ec8171614503c70862d0631337b22cf1c14926306b181980eb4e81633c93047b07c78b"
      "375dc430309d4fa027b503")
AZURE_ROOT = "Azure Virtual TPM Root Certificate Authority 2023"
REPORT_DATA = "48bd099b6e029bd4f96b14266444f1453d2f9e7a177c346dc339f5d16bcad7df"

# The table of the vectors' README, row by row: path in the report -> value.
FACTS = {
    # decoded quote
    "facts.quote.size": 5006,
    "facts.quote.version": 4,
    "facts.quote.attestationKeyType": 2,
    "facts.quote.tee": "TDX",
    "facts.quote.teeType": 0x81,
    "facts.quote.signatureDataSize": 4300,
    "facts.quote.trailingBytes": 70,
    "facts.quote.trailingBytesZero": True,
    # certification data
    "facts.quote.outerCertificationDataType": 6,
    "facts.quote.certificationDataType": 5,
    "facts.quote.pckChainCertificates": 3,
    # the TD
    "facts.tdx.trusted": True,
    "facts.tdx.teeTcbSvn": "0d010400000000000000000000000000",
    "facts.tdx.mrseam": "489e585f1c54bc5a02066c8c6ec21619ff0334ec6f21e07e2a35"
                        "202c59183789c8057e7d97dd591bb08314b185819e72",
    "facts.tdx.attributes": "0000001000000000",
    "facts.tdx.xfam": "e718060000000000",
    "facts.tdx.mrtd": "ff450b138c5ee6734a43dc35afb437abfa24ef743bc9e9484ef4af"
                      "365fcd89a6c50913248ed7fcb92a7d42b1ba7da984",
    "facts.tdx.rtmr": [ZERO48] * 4,
    "facts.tdx.mrconfigid": ZERO48,
    "facts.tdx.mrowner": ZERO48,
    "facts.tdx.reportData": REPORT_DATA + "00" * 32,
    # PCK certificate
    "facts.platform.trusted": True,
    "facts.platform.certificate.notBefore": "2025-12-16T06:19:25Z",
    "facts.platform.certificate.notAfter": "2032-12-16T06:19:25Z",
    "facts.platform.fmspc": "90c06f000000",
    "facts.platform.ppid": "bc81a278aaa2257b4dbe15bbfb1537a0",
    "facts.platform.components": [4, 4, 2, 2, 4, 1, 0, 5] + [0] * 8,
    "facts.platform.pcesvn": 13,
    "facts.quote.qeIsvsvn": 7,
    # levels
    "facts.tcb.trusted": True,
    "facts.tcb.status": "UpToDate",
    "facts.tcb.platform.status": "UpToDate",
    "facts.tcb.platform.date": "2025-05-14T00:00:00Z",
    "facts.tcb.module.id": "TDX_01",
    "facts.tcb.module.svn": 13,
    "facts.tcb.module.status": "UpToDate",
    "facts.tcb.module.date": "2025-05-14T00:00:00Z",
    "facts.tcb.qe.isvsvn": 7,
    "facts.tcb.qe.status": "UpToDate",
    "facts.tcb.qe.date": "2025-05-14T00:00:00Z",
    "facts.tcb.evaluationDataNumber.tcbInfo": 19,
    "facts.tcb.evaluationDataNumber.qeIdentity": 19,
    # HCL report
    "facts.azure.trusted": True,
    "facts.azure.size": 2600,
    "facts.azure.headerVersion": 2,
    "facts.azure.reportSize": 2432,
    "facts.azure.requestType": 2,
    "facts.azure.status": 0,
    "facts.azure.hardwareReport.offset": 32,
    "facts.azure.hardwareReport.size": 1184,
    "facts.azure.dataSize": 1216,
    "facts.azure.requestVersion": 1,
    "facts.azure.reportType": 4,
    "facts.azure.hashType": 1,
    "facts.azure.runtimeData.offset": 1236,
    "facts.azure.runtimeData.size": 1196,
    "facts.azure.runtimeData.trusted": True,
    "facts.azure.runtimeData.sha256": REPORT_DATA,
    "facts.azure.runtimeData.akModulus": AK,
    # vm-configuration and user-data
    "facts.azure.runtimeData.vmConfiguration.secure-boot": True,
    "facts.azure.runtimeData.vmConfiguration.tpm-enabled": True,
    "facts.azure.runtimeData.vmConfiguration.tpm-persisted": False,
    "facts.azure.runtimeData.vmConfiguration.console-enabled": True,
    "facts.azure.runtimeData.vmConfiguration.filtered-vpci-devices-allowed":
        False,
    "facts.azure.runtimeData.vmConfiguration.root-cert-thumbprint": "",
    "facts.azure.runtimeData.vmUniqueId":
        "3c18c97a-0d2a-4565-969d-166cdcef26a3",
    "facts.azure.runtimeData.userData": "00" * 64,
    # TPM quote
    "facts.tpm.trusted": True,
    "facts.tpm.signatureScheme": "rsassa-pkcs1-v1_5",
    "facts.tpm.signatureHash": "sha256",
    "facts.tpm.extraData": "00" * 32,
    "facts.tpm.selection": [{"bank": "sha256", "pcrs": list(range(24))}],
    "facts.tpm.pcrDigest": "262aaef0977c0eda19f5697a776e18afc42230e77788bf73f"
                           "cbaaf2471d5a703",
    "facts.pcr.trusted": True,
    # AK certificate and its chain
    "facts.ak.trusted": True,
    "facts.ak.chain[0].subject":
        "CN=2ede2d532aaf.ConfidentialVM.Azure.windows.net",
    "facts.ak.chain[0].issuer": "CN=Azure Cloud Virtual TPM CA - 24",
    "facts.ak.chain[0].notBefore": "2026-06-08T00:00:00Z",
    "facts.ak.chain[0].notAfter": "2027-06-07T00:00:00Z",
    "facts.ak.chain[0].signatureAlgorithm": "sha512WithRSAEncryption",
    "facts.ak.chain[1].subject": "CN=Azure Cloud Virtual TPM CA - 24",
    "facts.ak.chain[1].notBefore": "2026-03-11T00:00:00Z",
    "facts.ak.chain[1].notAfter": "2029-03-10T00:00:00Z",
    "facts.ak.chain[2].subject": "CN=Azure Cloud Virtual TPM CA 2025",
    "facts.ak.chain[2].notBefore": "2025-08-06T21:02:02Z",
    "facts.ak.chain[2].notAfter": "2031-08-05T21:02:02Z",
    "facts.ak.chain[2].issuer": f"CN={AZURE_ROOT},O=Microsoft Corporation,C=US",
}

# Rows that are found by what they are, not by their place in a list.
COLLATERAL = [
    {"kind": "tcbInfo", "version": 3, "tee": "TDX", "levels": 3,
     "evaluationDataNumber": 19, "fmspc": "90c06f000000", "trusted": True,
     "notBefore": "2026-06-08T11:32:35Z", "notAfter": "2026-07-08T11:32:35Z"},
    {"kind": "qeIdentity", "id": "TD_QE", "evaluationDataNumber": 19,
     "trusted": True,
     "notBefore": "2026-06-08T11:28:48Z", "notAfter": "2026-07-08T11:28:48Z"},
    {"kind": "crl", "entries": 0, "trusted": True,
     "notBefore": "2026-02-26T13:04:00Z", "notAfter": "2027-02-26T13:04:00Z"},
    {"kind": "crl", "entries": 57, "trusted": True,
     "notBefore": "2026-06-08T12:24:22Z", "notAfter": "2026-07-08T12:24:22Z"},
]

# "All good" of the table, and what the other rows say is equal.
GOOD = """
    dcap.quote.format dcap.quote.padding dcap.pck.chain dcap.pck.extension
    dcap.qe-report.signature dcap.qe-report.binding dcap.quote.signature
    dcap.tcb-signing.chain dcap.crl.signature dcap.pck.revocation
    dcap.pck-ca.revocation dcap.tcb-signing.revocation
    dcap.tcb-info.signature dcap.qe-identity.signature
    dcap.collateral.window dcap.collateral.eval-number dcap.tcb-info.match
    dcap.tdx-module.match dcap.qe-identity.match dcap.qe.debug dcap.td.debug
    dcap.td.attributes tcb.platform tcb.tdx-module tcb.qe tcb.status
    hcl.format hcl.td-report.hashes hcl.report.match hcl.runtime-data.binding
    hcl.runtime-data.format hcl.ak tpm.quote.format tpm.quote.selection
    tpm.quote.signature tpm.quote.pcrs tpm.quote.clock tpm.ak.name
    tpm.ak.certificate tpm.ak.match""".split()

# These alone may be skipped in this set, each with its reason.
SKIPPED = {
    "tpm.quote.nonce": "nonce",        # nobody wrote down what was asked for
    "tpm.ak.attributes": "tpm2b-public",     # the public area was not kept
}


def evidence_checks(rep):
    return [row for row in rep["checks"]
            if row["id"].split(".")[0] in ("dcap", "tcb", "hcl", "tpm")]


@case("the set packs, signed, and passes as of its hour")
def passes(scratch):
    key = scratch + "/K.pem"
    ecart("keygen", "-o", key)
    archive = pack_azure(scratch, key=key)
    rep = report(archive, "--at", AZURE_AT)
    equal("pass", rep["verdict"], "verdict")
    equal({"time": "2026-06-08T12:42:41Z", "basis": "given"}, rep["asOf"],
          "asOf")
    equal("ecart-report/1", rep["report"], "report")
    text = ecart("replay", archive, "--at", AZURE_AT).out
    assert text.startswith("PASS  as of 2026-06-08T12:42:41Z"), text


@case("every evidence check passes or says why it does not apply")
def every_check(scratch):
    rep = report(pack_azure(scratch), "--at", AZURE_AT)
    for check in GOOD:
        assert findings(rep, check), f"{check} is not in the report"
        equal("pass", outcome(rep, check), check)
    for row in evidence_checks(rep):
        if row["outcome"] == "pass":
            continue
        if row["id"].startswith("dcap.enclave."):
            equal("not-applicable: no enclave: a TDX quote", row["reason"],
                  row["id"])
            continue
        assert row["id"] in SKIPPED, f"{row['id']}: {row}"
        equal("skip", row["outcome"], row["id"])
        assert row["reason"].startswith("absent: "), row
        assert SKIPPED[row["id"]] in row["reason"], row
        assert not row["required"], row


@case("every collateral piece and chain is a subject of its own window")
def windows(scratch):
    rep = report(pack_azure(scratch), "--at", AZURE_AT)
    dated = {row["item"] for row in rep["windows"]
             if not row["what"].startswith("AK ")}
    judged = {row["subject"] for row in findings(rep, "dcap.collateral.window")}
    for kind in ("tdx-quote", "dcap-tcbinfo", "dcap-qe-identity", "crl-der",
                 "dcap-issuer-chain"):
        assert any(f"items/{kind}/" in name for name in judged), kind
    equal(judged, dated, "subjects with a window")


def add_fact_cases():
    for path, value in FACTS.items():
        @case(f"report {path}")
        def fact(scratch, path=path, value=value):
            rep = azure_report(scratch)
            try:
                found = at_path(rep, path)
            except KeyError:
                raise AssertionError(f"not in the report: {path}") from None
            equal(value, found, path)


_kept = {}


def azure_report(scratch):
    if "report" not in _kept:
        _kept["report"] = report(pack_azure(scratch), "--at", AZURE_AT)
    return _kept["report"]


add_fact_cases()


@case("report holds each piece of collateral with its window and number")
def collateral(scratch):
    rep = azure_report(scratch)
    for want in COLLATERAL:
        assert any(want.items() <= row.items()
                   for row in rep["facts"]["collateral"]), want
    equal(len(COLLATERAL), len(rep["facts"]["collateral"]), "pieces")


@case("runtime data, quote and TDREPORT carry one digest")
def binding(scratch):
    rep = azure_report(scratch)
    row, = findings(rep, "hcl.runtime-data.binding")
    equal(REPORT_DATA + "00" * 32, row["got"], "got")
    equal(row["want"], row["got"], "want")
    equal([{"item": HCL, "offset": 1236, "length": 1196},
           {"item": QUOTE, "offset": 568, "length": 64}], row["inputs"],
          "inputs")


@case("PCR digest is that of the twenty-four values")
def pcr_digest(scratch):
    rep = azure_report(scratch)
    row, = findings(rep, "tpm.quote.pcrs")
    equal(FACTS["facts.tpm.pcrDigest"], row["got"], "got")
    equal(row["want"], row["got"], "want")
    equal(sorted(map(str, range(24))), sorted(rep["facts"]["pcr"]["sha256"]),
          "registers")


@case("AK certificate, HCLAkPub and quote have one key, under Azure's root")
def ak(scratch):
    rep = azure_report(scratch)
    row, = findings(rep, "tpm.ak.match")
    equal(AK, row["want"], "want")
    equal(AK, row["got"], "got")
    used = {row["name"] for row in rep["anchors"] if row["used"]}
    equal({"Intel SGX Root CA", AZURE_ROOT}, used, "anchors used")
    equal([], [row for row in rep["anchors"] if row["simulated"]],
          "simulated anchors")


@case("seventy trailing bytes are archived, named and not digested")
def trailing(scratch):
    rep = azure_report(scratch)
    row, = findings(rep, "dcap.quote.padding")
    equal([{"item": QUOTE, "offset": 4936, "length": 70}], row["inputs"],
          "inputs")
    sizes = {row["name"]: row["size"] for row in rep["archive"]["items"]}
    equal(5006, sizes[QUOTE], "size of the item")
    equal(4936, rep["facts"]["quote"]["quoteSize"], "quote proper")


@case("packing twice gives the same bytes and the same report")
def twice(scratch):
    first, second = scratch + "/1.ecart", scratch + "/2.ecart"
    for archive in (first, second):
        pack(archive, azure_evidence(), azure_collateral(), time=AZURE_AT)
    equal(read(first), read(second), "archives")
    reports = [ecart("replay", archive, "--at", AZURE_AT, "--format",
                     "json").stdout for archive in (first, second)]
    equal(reports[0], reports[1], "reports")


@case("claimed time stands in where --at is not given")
def claimed(scratch):
    rep = report(pack_azure(scratch))
    equal({"time": "2026-06-08T12:42:41Z", "basis": "claimed"}, rep["asOf"],
          "asOf")


@case("simulated anchors alone make the same evidence fail")
def other_anchors(scratch):
    rep = report(pack_azure(scratch), "--at", AZURE_AT, "--anchors",
                 simulated("anchors"), status=FAIL)
    row, = findings(rep, "dcap.pck.chain")
    equal("fail", row["outcome"], "dcap.pck.chain")
    assert "ROOT_UNTRUSTED" in row["reason"], row


@case("the windows of the AK certificate's path are told, and may end first")
def ak_windows(scratch):
    archive = pack_azure(scratch)
    told = {(row["what"], row["notAfter"]): row["item"]
            for row in report(archive, "--at", AZURE_AT)["windows"]}
    equal("items/cert-pem/0000.pem",
          told["AK certificate", "2027-06-07T00:00:00Z"], "AK certificate")
    equal("items/cert-pem/0001.pem", told["AK CA", "2029-03-10T00:00:00Z"],
          "first CA")
    equal("items/cert-pem/0002.pem", told["AK CA", "2031-08-05T21:02:02Z"],
          "second CA")
    archive = trusted_launch(scratch, TRUSTED_LAUNCH)
    out = ecart("replay", archive, status=FAIL).out
    contains(" ".join(out.split()), "(AK certificate ends)")


TRUSTED_LAUNCH = ("tl-tpm-quote.msg", "tpm-quote-signature=tl-tpm-quote.sig",
                  "tl-pcrs.bin", "ak-cert-0x01C101D0.der",
                  "ak-ca-global-virtual-tpm-ca-03.pem", "tl-ak.pub.pem")


def trusted_launch(scratch, names):
    paths = []
    for name in names:
        kind, sep, path = name.rpartition("=")
        paths.append(kind + sep + vector("azure", path))
    pack(scratch + "/tl.ecart", *paths, time="2026-07-28T00:00:00Z")
    return scratch + "/tl.ecart"


@case("a guest's own key signed, and the AK certificate is another key's")
def not_certified(scratch):
    rep = report(trusted_launch(scratch, TRUSTED_LAUNCH), status=FAIL)
    equal(["tpm.ak.match"], [row[0] for row in failed(rep)], "failed")
    contains(findings(rep, "tpm.ak.match")[0]["reason"], "AK not certified")
    signature, = findings(rep, "tpm.quote.signature")
    equal("skip", signature["outcome"], "signature")
    contains(signature["reason"], "the key signed this quote", "key-pem")
    equal("pass", outcome(rep, "tpm.ak.certificate"), "certificate")


@case("the same with a changed quote: the key did not sign it")
def not_signed(scratch):
    path = write(scratch + "/quote.msg",
                 flip(read(vector("azure", "tl-tpm-quote.msg")), 60))
    archive = scratch + "/changed.ecart"
    pack(archive, "tpm-quote-attest=" + path,
         *["tpm-quote-signature=" + vector("azure", "tl-tpm-quote.sig"),
           vector("azure", "tl-ak.pub.pem")], time="2026-07-28T00:00:00Z")
    rep = report(archive, status=FAIL)
    equal(["tpm.quote.signature"], [row[0] for row in failed(rep)], "failed")

main()
