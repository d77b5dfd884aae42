#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Attested documents and AK certificates of real VMs, and where that leaves the machines."""

import base64
import json
import os
import sys

sys.dont_write_bytecode = True

from e2e import (AZURE_AT, FAIL, INCOMPLETE, at_path, azure_collateral, azure_evidence, case, contains,
                 ecart, equal, failed, findings, flip, main, outcome, pack, read, report, run, simulated, vector,
                 write)

AT = "2026-07-28T14:00:00Z"
ROWS = ("imds.format", "imds.signature", "imds.chain", "imds.window", "imds.vm-id")
CA, ROOT = "microsoft_tls_g2_rsa_ca_ocsp_02.pem", "microsoft_tls_rsa_root_g2.pem"
AK_CA, AK_ROOT = "ak-ca-global-virtual-tpm-ca-03.pem", "ak-root-azure-virtual-tpm-root-ca-2023.pem"
QUOTE = ("tpm-quote-attest=tl-tpm-quote.msg", "tpm-quote-signature=tl-tpm-quote.sig",
         "tpm-pcrs-serialized=tl-pcrs.bin", "tl-ak.pub.pem")


def azure(name):
    kind, sep, path = name.rpartition("=")
    return kind + sep + vector("azure", path)


def reply(scratch, message, name="document.json"):
    """A message as the service sends it."""
    text = {"encoding": "pkcs7", "signature": base64.b64encode(message).decode()}
    return write(os.path.join(scratch, name), json.dumps(text, separators=(",", ":")).encode())


def good_message():
    return read(vector("azure", "imds-attested-good-2026.p7"))


def packed(scratch, *paths, time=AT):
    archive = os.path.join(scratch, "a.ecart")
    if os.path.exists(archive):
        os.unlink(archive)
    pack(archive, *paths, time=time)
    return archive


def judged(scratch, *paths, at=AT, status=INCOMPLETE, time=AT):
    return report(packed(scratch, *paths, time=time), "--at", at, status=status)


def answers(rep):
    return {check: outcome(rep, check) for check in ROWS}


def told(place):
    return [place["level"]] + [level["holds"] for level in place["levels"]]


def all_pass_but_vm(rep):
    equal(dict.fromkeys(ROWS[:4], "pass") | {"imds.vm-id": "skip"}, answers(rep), "imds")


@case("the document of 2026 verifies at its own time, as the service sent it")
def good(scratch):
    rep = judged(scratch, reply(scratch, good_message()), azure(CA))
    all_pass_but_vm(rep)
    used = [row["name"] for row in rep["anchors"] if row["used"]]
    equal(["Microsoft TLS RSA Root G2"], used, "anchors used")
    for path, value in {
            "nonce": "20260728-192400", "vmId": "b1310a36-d400-46f6-82cb-6217df846586",
            "subscriptionId": "8a205152-b25a-417f-a676-80465535a6c9", "trusted": True,
            "createdOn": "2026-07-28T13:24:00Z", "expiresOn": "2026-07-28T19:24:00Z",
            "chain[0].notAfter": "2026-11-11T06:06:23Z",
            "chain[1].subject": "CN=Microsoft TLS G2 RSA CA OCSP 02,O=Microsoft Corporation,C=US",
    }.items():
        equal(value, at_path(rep, "facts.imds." + path), path)
    row, = findings(rep, "imds.signature")
    contains(row["got"], "names a signature algorithm in place of SHA-256")


@case("the same as its bare message, and with the root's certificate beside it")
def bare(scratch):
    path = vector("azure", "imds-attested-good-2026.p7")
    all_pass_but_vm(judged(scratch, path, azure(CA)))
    all_pass_but_vm(judged(scratch, path, azure(CA), azure(ROOT)))


@case("the window of the content is inclusive on both ends, and a second beyond is not in it")
def window(scratch):
    for at, want in (("2026-07-28T13:23:59Z", "fail"), ("2026-07-28T13:24:00Z", "pass"),
                     ("2026-07-28T19:24:00Z", "pass"), ("2026-07-28T19:24:01Z", "fail")):
        rep = judged(scratch, reply(scratch, good_message()), azure(CA), at=at,
                     status=FAIL if want == "fail" else INCOMPLETE)
        equal(want, outcome(rep, "imds.window"), at)
        equal("pass", outcome(rep, "imds.chain"), "chain at " + at)


@case("the leaf's own end is the chain's")
def leaf_end(scratch):
    rep = judged(scratch, reply(scratch, good_message()), azure(CA), at="2026-11-11T06:06:24Z",
                 status=FAIL)
    row, = findings(rep, "imds.chain")
    contains(row["reason"], "expired: valid until 2026-11-11T06:06:23Z")
    equal("skip", outcome(rep, "imds.window"), "window")


@case("without its intermediate the document is incomplete, and that is named")
def no_intermediate(scratch):
    rep = judged(scratch, reply(scratch, good_message()))
    row, = findings(rep, "imds.chain")
    equal("skip", row["outcome"], "imds.chain")
    contains(row["reason"], "missing-issuer", "Microsoft TLS G2 RSA CA OCSP 02")
    equal([], failed(rep), "failed")


@case("another root is not Microsoft's")
def other_root(scratch):
    archive = packed(scratch, reply(scratch, good_message()), azure(CA), azure(ROOT))
    rep = report(archive, "--anchors", simulated("anchors"), status=FAIL)
    row, = findings(rep, "imds.chain")
    contains(row["reason"], "untrusted: ends at a root that is not pinned")


@case("each changed byte of content or signature is a signature that does not verify")
def changed(scratch):
    message = good_message()
    for at in (66 + 292 - 5, 2900, len(message) - 1):  # of vmId, first and last of the signature
        rep = judged(scratch, reply(scratch, flip(message, at)), azure(CA), status=FAIL)
        equal([("imds.signature", "items/azure-imds-attested/0000.json")], failed(rep), at)


@case("the edited document of 2019 is not what was signed")
def edited(scratch):
    message = base64.b64decode(read(vector("azure", "imds-attested-message-bad.b64")))
    assert message.endswith(b"\n")
    rep = judged(scratch, reply(scratch, message[:-1]), status=FAIL)
    equal(["imds.signature"], [row[0] for row in failed(rep)], "failed")
    # The file's end of line was encoded with it.
    rep = judged(scratch, reply(scratch, message), status=FAIL)
    equal(["imds.format"], [row[0] for row in failed(rep)], "failed")


@case("a document about another VM than the paravisor's claims is said to be")
def other_vm(scratch):
    archive = packed(scratch, azure_evidence(), azure_collateral(), reply(scratch, good_message()),
                     azure(CA), time=AZURE_AT)
    rep = report(archive, "--at", AZURE_AT, status=FAIL)
    equal(["imds.window", "imds.vm-id"], [row[0] for row in failed(rep)], "failed")
    row, = findings(rep, "imds.vm-id")
    equal(("3c18c97a-0d2a-4565-969d-166cdcef26a3", "b1310a36-d400-46f6-82cb-6217df846586"),
          (row["want"], row["got"]), "VMs")
    equal("L2", rep["facts"]["place"]["level"], "level")


@case("show says every member and part, of the reply and of the message")
def show(scratch):
    for path in (reply(scratch, good_message()), vector("azure", "imds-attested-good-2026.p7")):
        fields = json.loads(ecart("show", "--json", path).stdout)["items"][0]["fields"]
        equal("b1310a36-d400-46f6-82cb-6217df846586", fields["document"]["vmId"], "vmId")
        equal({"offset": 66, "length": 292}, fields["content"], "content")
        equal([{"der": {"offset": 362, "length": 2381}}], fields["certificates"], "certificates")
        equal("41002ea4c308281aabaa069a030000002ea4c3", fields["signer"]["serial"], "serial")


@case("what names somebody is found in both forms")
def privacy(scratch):
    for path in (reply(scratch, good_message()), vector("azure", "imds-attested-good-2026.p7")):
        out = ecart("show", "--privacy", packed(scratch, path)).out
        contains(out, "b1310a36-d400-46f6-82cb-6217df846586", "8a205152-b25a-417f-a676-80465535a6c9")


@case("the lines by hand give what the checks say")
def by_hand(scratch):
    archive = packed(scratch, reply(scratch, good_message()), azure(CA))
    folder = os.path.join(scratch, "u")
    ecart("unpack", archive, folder)
    wanted = {"imds.signature": ("Verification successful", '"vmId":"b1310a36'),
              "imds.chain": ("leaf.pem: OK", "Microsoft TLS RSA Root G2", "DNS:metadata.azure.com"),
              "imds.window": ('"createdOn":"07/28/26 13:24:00 -0000"', '"expiresOn":"07/28/26 19:24:00')}
    for check, parts in wanted.items():
        line, = ecart("explain", archive, "--at", AT, "--check", check, "--by-hand").out.splitlines()
        done = run(["bash", "-c", line], folder)
        equal((0, ""), (done.status, done.err), line)
        contains(done.out, *parts)


# --- AK certificates of both hierarchies

@case("a zero-padded AK certificate goes over Global Virtual TPM CA - 03 to the root of 2023")
def global_hierarchy(scratch):
    der = read(vector("azure", "ak-cert-0x01C101D0.der"))
    padded = write(scratch + "/ak.der", der + bytes(4096 - len(der)))
    for leaf in (vector("azure", "ak-cert-0x01C101D0.der"), padded):
        rep = judged(scratch, leaf, azure(AK_CA), time="2026-07-28T00:00:00Z")
        equal("pass", outcome(rep, "tpm.ak.certificate"), leaf)
        equal("CN=f859864a6a31.TrustedVM.Azure.windows.net", rep["facts"]["ak"]["chain"][0]["subject"],
              "subject")
        used = [row["name"] for row in rep["anchors"] if row["used"]]
        equal(["Azure Virtual TPM Root Certificate Authority 2023"], used, "anchors used")


@case("bytes behind an AK certificate that are not zero are refused")
def padding(scratch):
    der = read(vector("azure", "ak-cert-0x01C101D0.der"))
    path = write(scratch + "/ak.der", der + bytes(100) + b"\1")
    rep = judged(scratch, "cert-der=" + path, azure(AK_CA), *map(azure, QUOTE), status=INCOMPLETE,
                 time="2026-07-28T00:00:00Z")
    contains(" ".join(rep["gaps"]), "a certificate that cannot be read, not used")
    assert outcome(rep, "tpm.ak.certificate") == "skip", findings(rep, "tpm.ak.certificate")


@case("a missing intermediate of the AK certificate is a skip that names it")
def missing(scratch):
    leaf = vector("azure", "ak-cert-0x01C101D0.der")
    for more in ((), (azure(AK_ROOT),)):
        rep = judged(scratch, leaf, *more, time="2026-07-28T00:00:00Z")
        row, = findings(rep, "tpm.ak.certificate")
        equal("skip", row["outcome"], "tpm.ak.certificate")
        contains(row["reason"], "missing-issuer", "Global Virtual TPM CA - 03")


@case("the intermediate's end is told, and is the chain's")
def intermediate_end(scratch):
    leaf = vector("azure", "ak-cert-0x01C101D0.der")
    archive = packed(scratch, leaf, azure(AK_CA), time="2026-07-28T00:00:00Z")
    told_ = {row["what"]: row["notAfter"] for row in report(archive, status=INCOMPLETE)["windows"]}
    equal("2027-04-24", told_["AK CA"][:10], "end of the CA")
    rep = report(archive, "--at", "2027-04-22T00:00:00Z", status=FAIL)
    contains(findings(rep, "tpm.ak.certificate")[0]["reason"], "expired")


@case("both hierarchies go to one root, and neither takes the other's intermediate")
def both(scratch):
    rep = judged(scratch, azure_evidence(), azure_collateral(), azure("ak-cert-0x01C101D0.der"), azure(AK_CA),
                 time="2026-07-28T00:00:00Z", at="2026-07-28T00:00:00Z", status=FAIL)
    rows = findings(rep, "tpm.ak.certificate")
    equal(["pass", "pass"], [row["outcome"] for row in rows], "certificates")
    chains = {at["chain"][0]["subject"].split(".")[1]: [c["subject"] for c in at["chain"][1:]]
              for at in rep["facts"]["ak"]}
    equal(["CN=Global Virtual TPM CA - 03"], chains["TrustedVM"], "global")
    equal(["CN=Azure Cloud Virtual TPM CA - 24", "CN=Azure Cloud Virtual TPM CA 2025"],
          chains["ConfidentialVM"], "cloud")


# --- Trusted Launch: a certified AK and no paravisor's report

@case("Trusted Launch: a guest-made key is not the certified one, and no level is reached")
def trusted_launch(scratch):
    rep = judged(scratch, *map(azure, QUOTE), azure("ak-cert-0x01C101D0.der"), azure(AK_CA),
                 time="2026-07-28T00:00:00Z", at="2026-07-28T00:00:00Z", status=FAIL)
    equal(["tpm.ak.match"], [row[0] for row in failed(rep)], "failed")
    contains(findings(rep, "tpm.ak.match")[0]["reason"], "AK not certified")
    equal("pass", outcome(rep, "tpm.ak.certificate"), "certificate")
    for check in ("hcl.format", "hcl.runtime-data.binding", "hcl.ak"):
        row, = findings(rep, check)
        equal(("skip", False), (row["outcome"], row["required"]), check)
    equal(["none", "no", "no", "no", "no", "no", "no"], told(rep["facts"]["place"]), "place")


@case("Trusted Launch: the same quote without its certificate has nobody's word")
def no_certificate(scratch):
    rep = judged(scratch, *map(azure, QUOTE), time="2026-07-28T00:00:00Z", at="2026-07-28T00:00:00Z")
    equal("skip", outcome(rep, "tpm.quote.signature"), "signature")
    contains(" ".join(rep["gaps"]), "nothing vouches for the TPM's key")
    equal("none", rep["facts"]["place"]["level"], "level")


# --- place

@case("a real VM with its AK certificate stands at L2, since its subject holds no VM id")
def real_place(scratch):
    archive = packed(scratch, azure_evidence(), azure_collateral(), time=AZURE_AT)
    place = report(archive, "--at", AZURE_AT, status=0)["facts"]["place"]
    equal(["L2", "yes", "yes", "yes", "untold", "no", "no"], told(place), "place")
    equal("bc81a278aaa2257b4dbe15bbfb1537a0", place["ppid"], "PPID")
    assert len(place["platformInstanceId"]) == 32, place
    out = " ".join(ecart("replay", archive, "--at", AZURE_AT).out.split())
    contains(out, "place L2 of L5: the cloud's CA certified the vTPM's key", "not L3, the key's certificate", "cannot be told",
             "PPID bc81a278aaa2257b4dbe15bbfb1537a0, platform instance id " + place["platformInstanceId"],
             "not shown in which building the processor stands")


@case("a real SEV-SNP machine whose AK nobody certified stands at L1")
def snp_place(scratch):
    rep = judged(scratch, *map(azure, ("snp1-tpm-quote.json", "snp1-hcl-report.bin", "snp1-vcek.pem",
                                       "amd-milan-chain.pem")), at="2024-06-08T12:00:00Z", status=0)
    equal(["L1", "yes", "yes", "no", "no", "no", "no"], told(rep["facts"]["place"]), "place")


@case("evidence without collateral has no level, and the report says what is missing for L0")
def no_collateral(scratch):
    rep = judged(scratch, vector("azure", "tdx3-openhcl-evidence-v1.json"), time="2026-06-08T12:42:41Z",
                 at="2026-06-08T12:42:41Z", status=INCOMPLETE)
    place = rep["facts"]["place"]
    equal(["none", "no", "yes"], told(place)[:3], "place")
    contains(place["levels"][0]["why"], "dcap.pck.revocation did not pass")
    assert len(place["ppid"]) == 32, place


# --- round trips

def place_text(name):
    folder = simulated("replay", name)
    done = ecart("replay", os.path.join(folder, "archive.tar"), "--anchors", simulated("anchors"), "--at",
                 read(os.path.join(folder, "as-of")).decode().strip(), "--full", status=INCOMPLETE)
    return " ".join(done.out.split())


@case("a try that failed bounds nothing: no distance is printed, and no assumption of one")
def no_bound(scratch):
    contains(place_text("incomplete-poc-tls"), "circumstantial: upper bound on distance", ": 149 km", "A1: ")
    out = place_text("fail-place.tls")
    contains(out, "circumstantial: tries at edge.simulated.example, of which nothing follows", "fastest 0.990 ms")
    for word in (" km", "upper bound", "A1", "shows not"):
        assert word not in out, f"{word!r} is in:\n{out}"


@case("a time below that of the connection is said")
def below_tcp(scratch):
    contains(place_text("incomplete-poc-below-tcp"), "the fastest took less than its connection's own round trip",
             ": 135 km")


main()
