#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One flipped byte breaks one link, and what rests on it is not judged.

The good Azure set is unpacked once; each case changes one byte of one item
(or of the YAML that it is decoded from), packs anew and replays.  Loose files
of equal bytes are packed once, so each of the two ways has its own good set.
"""

import base64
import json
import re
import sys

sys.dont_write_bytecode = True

from e2e import (AZURE_AT, FAIL, GCP_AT, case, contains, ecart, equal, failed,
                 findings, flip, main, pack, pack_azure, pack_gcp, read,
                 report, tree, write, azure_collateral, azure_evidence,
                 gcp_collateral, gcp_evidence)

QUOTE = "items/tdx-quote/0000.bin"
HCL = "items/azure-hcl-report/0000.bin"
MESSAGE = "items/tpm-quote-attest/0000.bin"
SIGNATURE = "items/tpm-quote-signature/0000.bin"
PCRS = "items/tpm-pcrs/0000.bin"
AK_CERT = "items/cert-pem/0000.pem"
TCB_INFO = "items/dcap-tcbinfo/0000.json"
QE_IDENTITY = "items/dcap-qe-identity/0000.json"
ROOT_CRL = "items/crl-der/0000.crl"
PCK_CRL = "items/crl-der/0001.crl"

BODY = 48
SIGNATURE_AT = 48 + 584 + 4
KEY_AT = SIGNATURE_AT + 64
QE_REPORT_AT = KEY_AT + 64 + 6
AUTH_AT = QE_REPORT_AT + 384 + 64 + 2
PEM_AT = 1258

# The window of a piece is judged only once the piece is believed.
WINDOW_GATES = ("dcap.pck.chain", "dcap.tcb-signing.chain",
                "dcap.crl.signature", "dcap.tcb-info.signature",
                "dcap.qe-identity.signature")
# What looks a serial up in one list rests on that list alone.
LOOKED_UP = {PCK_CRL: ("dcap.pck.revocation",),
             ROOT_CRL: ("dcap.pck-ca.revocation",
                        "dcap.tcb-signing.revocation")}
# Asked where the key did sign, be it one that nothing vouches for.
SIGNED = {"tpm.quote.signature": ("tpm.ak.match",)}

# Checks that hold bytes which they do not decide on: the reason is theirs.
READS_PAST = {
    "archive.digests": "the changed items are packed anew, with new digests",
    "dcap.quote.format": "reads all of the quote; sizes and numbers decide",
    "tpm.quote.format": "reads all of the message; its structure decides",
    "hcl.format": "reads all of the report; its header and padding decide",
    "hcl.runtime-data.format": "reads all of the claims; their syntax decides",
}

_kept = {}


def good(way="loose"):
    """The good set: {item: bytes} and its report."""
    return _kept[way]


def after():
    """{check: the checks that must pass before it}."""
    return _kept["after"]


def unpacked(archive, folder):
    """{item: bytes} of an archive, but for the files of other tools."""
    ecart("unpack", archive, folder)
    return {name: content for name, content in tree(folder).items()
            if name.startswith("items/") and "/wrapper/" not in name}


def keep(scratch):
    if _kept:
        return
    archive = pack_azure(scratch)
    items = unpacked(archive, scratch + "/yaml")
    rep = report(archive, "--at", AZURE_AT)
    checks = json.loads(ecart("checks", "--json").stdout)
    _kept["after"] = {row["id"]: row["after"] for row in checks}
    _kept["yaml"] = items, rep
    files = [f"{name.split('/')[1]}={scratch}/yaml/{name}"
             for name in sorted(items)]
    archive = scratch + "/loose.ecart"
    pack(archive, *files, time=AZURE_AT)
    items = unpacked(archive, scratch + "/loose")
    _kept["loose"] = items, report(archive, "--at", AZURE_AT)


def replay_items(scratch, items, status=FAIL):
    """Packs the items as loose files, KIND by their folder, and replays."""
    paths = []
    for name, content in sorted(items.items()):
        write(f"{scratch}/loose/{name}", content)
        paths.append(f"{name.split('/')[1]}={scratch}/loose/{name}")
    archive = scratch + "/changed.ecart"
    pack(archive, *paths, time=AZURE_AT)
    assert items == unpacked(archive, scratch + "/changed"), "other items"
    return report(archive, "--at", AZURE_AT, status=status)


def dependents(check):
    """Every check that cannot be judged once this one failed."""
    found = set()
    queue = [check]
    while queue:
        broken = queue.pop()
        more = [row for row, needs in after().items()
                if broken in needs and row not in found]
        found.update(more)
        queue += more
    return found


def covered(row, item, offset):
    return any(part["item"] == item and
               part["offset"] <= offset < part["offset"] + part["length"]
               for part in row["inputs"])


def holders(rep, item, offset):
    """The findings that passed and rest on this byte."""
    return [row for row in rep["checks"]
            if row["outcome"] == "pass" and covered(row, item, offset)]


def must_skip(row, check, subject):
    """Whether a finding rests on the broken link."""
    if row["subject"] == "":
        return False
    if row["id"] == "dcap.collateral.window" and check in WINDOW_GATES:
        return row["subject"] == subject
    if check == "dcap.crl.signature":
        return row["id"] in LOOKED_UP[subject]
    return row["id"] in dependents(check) or row["id"] in SIGNED.get(check, ())


def judge(rep, check, subject, item, offsets, way="loose"):
    """One broken link that holds the bytes; dependents skip; rest as good."""
    whole = good(way)[1]
    equal("fail", rep["verdict"], "verdict")
    equal([(check, subject)], failed(rep), "failed")
    row, = [row for row in findings(rep, check) if row["subject"] == subject]
    assert row["reason"], row
    for offset in offsets:
        assert covered(row, item, offset), (
            f"byte {offset} of {item} is not in {row['inputs']}")
        for other in holders(whole, item, offset):
            assert ((other["id"], other["subject"]) == (check, subject)
                    or must_skip(other, check, subject)
                    or other["id"] in READS_PAST), (
                f"{other['id']} holds byte {offset} of {item} and is neither "
                f"broken nor skipped")
    before = {(row["id"], row["subject"]): row for row in whole["checks"]}
    for row in rep["checks"]:
        if (row["id"], row["subject"]) == (check, subject):
            continue
        what = f"{row['id']} {row['subject']}"
        was = before[row["id"], row["subject"]]["outcome"]
        if not must_skip(row, check, subject):
            equal(was, row["outcome"], what)
        elif was == "pass":
            equal("skip", row["outcome"], what)
            named = re.match(r"after: (\S+) did not pass\b", row["reason"])
            assert named and (named[1] == check
                              or named[1] in dependents(check)), row


# what is changed: item, offset, the link that breaks, its subject
FLIPS = {
    "quote header, user data": (QUOTE, 30, "dcap.quote.signature", QUOTE),
    "quote body, TEE_TCB_SVN": (QUOTE, BODY, "dcap.quote.signature", QUOTE),
    "quote body, MRSEAM": (QUOTE, BODY + 20, "dcap.quote.signature", QUOTE),
    "quote body, attributes": (QUOTE, BODY + 120, "dcap.quote.signature",
                               QUOTE),
    "quote body, MRTD": (QUOTE, BODY + 140, "dcap.quote.signature", QUOTE),
    "quote body, RTMR2": (QUOTE, BODY + 430, "dcap.quote.signature", QUOTE),
    "quote body, REPORTDATA": (QUOTE, BODY + 520, "dcap.quote.signature",
                               QUOTE),
    "quote body, its last byte": (QUOTE, BODY + 583, "dcap.quote.signature",
                                  QUOTE),
    "quote signature, r": (QUOTE, SIGNATURE_AT + 3, "dcap.quote.signature",
                           QUOTE),
    "quote signature, s": (QUOTE, SIGNATURE_AT + 63, "dcap.quote.signature",
                           QUOTE),
    "attestation key": (QUOTE, KEY_AT + 9, "dcap.qe-report.binding", QUOTE),
    "QE authentication data": (QUOTE, AUTH_AT + 5, "dcap.qe-report.binding",
                               QUOTE),
    "QE report, CPUSVN": (QUOTE, QE_REPORT_AT, "dcap.qe-report.signature",
                          QUOTE),
    "QE report, MRSIGNER": (QUOTE, QE_REPORT_AT + 130,
                            "dcap.qe-report.signature", QUOTE),
    "QE report, REPORTDATA": (QUOTE, QE_REPORT_AT + 330,
                              "dcap.qe-report.signature", QUOTE),
    "QE report signature": (QUOTE, QE_REPORT_AT + 384 + 40,
                            "dcap.qe-report.signature", QUOTE),
    "HCL runtime data, first brace": (HCL, 1236, "hcl.runtime-data.binding",
                                      HCL),
    "HCL runtime data, its middle": (HCL, 1236 + 600,
                                     "hcl.runtime-data.binding", HCL),
    "HCL runtime data, last brace": (HCL, 1236 + 1195,
                                     "hcl.runtime-data.binding", HCL),
    "HCL padding": (HCL, 2500, "hcl.format", HCL),
    "HCL report type": (HCL, 1216 + 8, "hcl.format", HCL),
    "TDREPORT, TEE_TCB_INFO.VALID": (HCL, 32 + 256, "hcl.td-report.hashes",
                                     HCL),
    "TPM message, magic": (MESSAGE, 0, "tpm.quote.format", MESSAGE),
    "TPM message, extraData": (MESSAGE, 50, "tpm.quote.signature", MESSAGE),
    "TPM message, clock": (MESSAGE, 80, "tpm.quote.signature", MESSAGE),
    "TPM message, pcrDigest": (MESSAGE, 120, "tpm.quote.signature", MESSAGE),
    "TPM signature": (SIGNATURE, 100, "tpm.quote.signature", MESSAGE),
    "PCR 0": (PCRS, 0, "tpm.quote.pcrs", MESSAGE),
    "PCR 11": (PCRS, 11 * 32 + 7, "tpm.quote.pcrs", MESSAGE),
    "PCR 23, its last byte": (PCRS, 767, "tpm.quote.pcrs", MESSAGE),
    "PCK CRL, a serial": (PCK_CRL, 900, "dcap.crl.signature", PCK_CRL),
    "root CRL, its signature": (ROOT_CRL, 290, "dcap.crl.signature",
                                ROOT_CRL),
}


def add_flip(name, item, offset, check, subject):
    @case(f"{name}: {check} breaks, nothing else")
    def one_byte(scratch):
        keep(scratch)
        items = dict(good()[0])
        items[item] = flip(items[item], offset)
        judge(replay_items(scratch, items), check, subject, item, [offset])


for flip_name, flip_row in FLIPS.items():
    add_flip(flip_name, *flip_row)


def other_letter(content, offset):
    """Another letter of base64 in its place."""
    letter = content[offset:offset + 1]
    assert letter.isalnum(), letter
    return content[:offset] + (b"A" if letter != b"A" else b"B") + \
        content[offset + 1:]


def pem_letter(content, begin, nth, der_offset):
    """The offset of the base64 letter that spells a byte of a certificate."""
    at = content.index(b"-----BEGIN CERTIFICATE-----", begin)
    for _ in range(nth):
        at = content.index(b"-----BEGIN CERTIFICATE-----", at + 1)
    at = content.index(b"\n", at) + 1
    letters = der_offset * 4 // 3
    while letters > 0 or content[at:at + 1] == b"\n":
        if content[at:at + 1] != b"\n":
            letters -= 1
        at += 1
    return at


def pem_der(content, begin):
    text = content[begin:].split(b"-----BEGIN CERTIFICATE-----", 1)[1]
    return base64.b64decode(text.split(b"-----END", 1)[0])


def add_pem(name, item, begin, find, check, subject):
    @case(f"{name}: {check} breaks, nothing else")
    def one_letter(scratch):
        keep(scratch)
        items = dict(good()[0])
        content = items[item]
        offset = pem_letter(content, begin, 0, find(pem_der(content, begin)))
        items[item] = other_letter(content, offset)
        judge(replay_items(scratch, items), check, subject, item, [offset])


def key_at(der):
    """Some way into the RSA modulus: after the OID rsaEncryption."""
    return der.index(bytes.fromhex("06092a864886f70d0101010500")) + 60


def ec_key_at(der):
    return der.index(bytes.fromhex("06082a8648ce3d030107")) + 30


def fmspc_at(der):
    return der.index(bytes.fromhex("060a2a864886f84d010d0104")) + 16


def signature_at(der):
    return len(der) - 20


for pem_name, pem_row in {
        "PCK leaf, its key": (QUOTE, PEM_AT, ec_key_at, "dcap.pck.chain",
                              QUOTE),
        "PCK leaf, FMSPC": (QUOTE, PEM_AT, fmspc_at, "dcap.pck.chain", QUOTE),
        "PCK leaf, its signature": (QUOTE, PEM_AT, signature_at,
                                    "dcap.pck.chain", QUOTE),
        "AK certificate, its key": (AK_CERT, 0, key_at, "tpm.ak.certificate",
                                    AK_CERT),
        "AK certificate, its signature": (AK_CERT, 0, signature_at,
                                          "tpm.ak.certificate", AK_CERT),
}.items():
    add_pem(pem_name, *pem_row)


def add_digit(name, item, member, check):
    @case(f"{name}: {check} breaks, nothing else")
    def one_digit(scratch):
        keep(scratch)
        items = dict(good()[0])
        found = re.search(member, items[item])
        offset = found.start(1)
        items[item] = flip(items[item], offset)
        judge(replay_items(scratch, items), check, item, item, [offset])


add_digit("TCB info, a component's SVN", TCB_INFO, rb'"svn":(\d)',
          "dcap.tcb-info.signature")
add_digit("TCB info, evaluation number", TCB_INFO,
          rb'"tcbEvaluationDataNumber":1(\d)', "dcap.tcb-info.signature")
add_digit("TCB info, its signature", TCB_INFO,
          rb'"signature":"[0-9a-f]*?([0-9])', "dcap.tcb-info.signature")
add_digit("QE identity, a level's ISVSVN", QE_IDENTITY, rb'"isvsvn":(\d)',
          "dcap.qe-identity.signature")
add_digit("QE identity, its signature", QE_IDENTITY,
          rb'"signature":"[0-9a-f]*?([0-9])', "dcap.qe-identity.signature")


# --- the same through the YAML files that the set came in ---

def replay_yaml(scratch, evidence, collateral):
    """Packs both files, finds which item bytes changed, and replays."""
    keep(scratch)
    archive = scratch + "/yaml.ecart"
    pack(archive, write(scratch + "/e.yaml", evidence),
         write(scratch + "/c.yaml", collateral), time=AZURE_AT)
    items, was = unpacked(archive, scratch + "/un"), good("yaml")[0]
    equal(sorted(was), sorted(items), "items")
    changed = [(name, [at for at, pair in enumerate(zip(content, was[name]))
                       if pair[0] != pair[1]])
               for name, content in items.items() if content != was[name]]
    equal(1, len(changed), "items that changed")
    return report(archive, "--at", AZURE_AT, status=FAIL), changed[0]


def base64_value(text, name):
    """Where the folded base64 of a member begins, after its key line."""
    return text.index(b"\n", text.index(name + b": >-")) + 3


def yaml_letter(text, name, decoded_offset):
    """The letter of a folded base64 value that spells a byte."""
    at = base64_value(text, name)
    letters = decoded_offset * 4 // 3 + 1
    while letters > 0 or text[at:at + 1] in b"\n ":
        if text[at:at + 1] not in (b"\n", b" "):
            letters -= 1
        at += 1
    return at


def add_yaml(name, change, check, subject):
    @case(f"YAML, {name}: {check} breaks, nothing else")
    def one_place(scratch):
        evidence, collateral = read(azure_evidence()), read(azure_collateral())
        evidence, collateral = change(evidence, collateral)
        rep, (item, offsets) = replay_yaml(scratch, evidence, collateral)
        judge(rep, check, subject, item, offsets, "yaml")


def in_quote(offset):
    def change(evidence, collateral):
        at = yaml_letter(evidence, b"tdx_quote_base64", offset)
        return other_letter(evidence, at), collateral
    return change


def in_hcl(offset):
    def change(evidence, collateral):
        at = yaml_letter(evidence, b"hcl_report_base64", offset)
        return other_letter(evidence, at), collateral
    return change


def in_list(name, nth):
    """Another decimal byte in a list of bytes of the evidence."""
    def change(evidence, collateral):
        at = evidence.index(name + b":")
        numbers = re.compile(rb"- +(\d+)\n")
        found = list(numbers.finditer(evidence, at))[nth]
        number = int(found.group(1)) ^ 1
        return (evidence[:found.start(1)] + str(number).encode() +
                evidence[found.end(1):]), collateral
    return change


def in_ak(evidence, collateral):
    at = evidence.index(b"ak_certificate_pem")
    indented = evidence[at:].split(b"-----END", 1)[0]
    der = base64.b64decode(b"".join(
        line.strip() for line in indented.split(b"\n")[2:]))
    letters = key_at(der) * 4 // 3
    at = evidence.index(b"\n", evidence.index(b"-----BEGIN", at)) + 1
    while letters > 0 or evidence[at:at + 1].isspace():
        if not evidence[at:at + 1].isspace():
            letters -= 1
        at += 1
    return other_letter(evidence, at), collateral


def in_collateral(pattern):
    def change(evidence, collateral):
        at = re.search(pattern, collateral).start(1)
        return evidence, flip(collateral, at)
    return change


for yaml_name, yaml_row in {
        "quote body": (in_quote(BODY + 140), "dcap.quote.signature", QUOTE),
        "quote signature": (in_quote(SIGNATURE_AT + 12),
                            "dcap.quote.signature", QUOTE),
        "QE report": (in_quote(QE_REPORT_AT + 200),
                      "dcap.qe-report.signature", QUOTE),
        "tcb_info": (in_collateral(rb'\ntcb_info: .*?svn\\":(\d)'),
                     "dcap.tcb-info.signature", TCB_INFO),
        "qe_identity": (in_collateral(rb'\nqe_identity: .*?isvsvn\\":(\d)'),
                        "dcap.qe-identity.signature", QE_IDENTITY),
        "HCL JSON": (in_hcl(1236 + 300), "hcl.runtime-data.binding", HCL),
        "TPM quote message": (in_list(b"message", 90), "tpm.quote.signature",
                              MESSAGE),
        "a quoted PCR": (in_list(b"pcrs", 100), "tpm.quote.pcrs", MESSAGE),
        "AK certificate key": (in_ak, "tpm.ak.certificate", AK_CERT),
}.items():
    add_yaml(yaml_name, *yaml_row)


# --- the other tests of the vectors' README ---

def swapped(scratch, evidence, collateral, mine, other):
    """Both windows hold 2026-07-01; only the platform is another."""
    archive = scratch + "/swapped.ecart"
    pack(archive, evidence, collateral, time="2026-07-01T00:00:00Z")
    rep = report(archive, status=FAIL)
    equal([("dcap.tcb-info.match", QUOTE)], failed(rep), "failed")
    row, = findings(rep, "dcap.tcb-info.match")
    contains(row["reason"], "TCB_INFO_MISMATCH", "FMSPC")
    contains(row["reason"] + row["want"] + row["got"], mine, other)
    for check in ("dcap.tdx-module.match", "tcb.platform", "tcb.tdx-module",
                  "tcb.status"):
        equal("skip", findings(rep, check)[0]["outcome"], check)
    text = ecart("replay", archive, status=FAIL).out
    contains(text, "dcap.tcb-info.match", "FMSPC", mine)


@case("Azure evidence with GCP's collateral: FMSPC is the reason")
def swapped_azure(scratch):
    swapped(scratch, azure_evidence(), gcp_collateral(), "90c06f000000",
            "00806f050000")


@case("GCP evidence with Azure's collateral: FMSPC is the reason")
def swapped_gcp(scratch):
    swapped(scratch, gcp_evidence(), azure_collateral(), "00806f050000",
            "90c06f000000")


def facts_of_quote(rep):
    facts = {name: dict(rep["facts"][name])
             for name in ("quote", "tdx", "platform")}
    for name in ("size", "trailingBytes", "trailingBytesZero"):
        facts["quote"].pop(name)
    return facts


@case("seventy trailing bytes change no digest of the quote and are kept")
def trailing(scratch):
    keep(scratch)
    items, whole = dict(good()[0]), good()[1]
    for number, tail in enumerate((b"", b"\0" * 69, b"\0" * 4000,
                                   b"\0" * 69 + b"\1")):
        items[QUOTE] = good()[0][QUOTE][:4936] + tail
        rep = replay_items(f"{scratch}/{number}", items, status=0)
        equal(facts_of_quote(whole), facts_of_quote(rep), f"tail {number}")
        equal(len(tail), rep["facts"]["quote"]["trailingBytes"], "told")
        assert rep["archive"]["id"] != whole["archive"]["id"], number
        broken = [("dcap.quote.padding", QUOTE)] if any(tail) else []
        equal(broken, failed(rep), f"failed with tail {number}")


@case("an item changed without packing anew is refused by its digest")
def not_packed_anew(scratch):
    archive = pack_gcp(scratch)
    content = read(archive)
    at = content.index(read(gcp_evidence())[:100])
    rep = report(write(scratch + "/b.ecart", flip(content, at + 200)), "--at",
                 GCP_AT, status=FAIL)
    equal([("archive.digests", QUOTE)], failed(rep), "failed")
    for row in rep["checks"]:
        if not row["id"].startswith("archive."):
            equal("skip", row["outcome"], row["id"])


main()
