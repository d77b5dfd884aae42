# SPDX-License-Identifier: Apache-2.0
"""Cases about the HCL report, the vTPM quote and the AK certificate (azure.md 2, 3, 6, 7)."""

import hashlib

import azure_pki
import hcl
import pem
import quote
import rsa
import scene
import tpm
import x509
from archive import CERT, OCTETS, PEM
from case import GUEST, QUOTE_ONLY, Case, failing
from edits import const, expired, extension, flip, not_yet, put, put_at, window

VTPM = ("tpm-message", "tpm-signature", "tpm-pcrs", "ak-public")
TPM = ("tpm.quote.signature", "tpm.quote.pcrs")
JSON = ("hcl.runtime-data.format", "hcl.ak") + TPM
HCL = ("hcl.td-report.hashes", "hcl.report.match", "hcl.runtime-data.binding") + JSON


def guest(check, why, text, edits, skips=(), **other):
    """A failing case with everything but the AK certificate."""
    return failing(check, why, text, edits, skips, parts=GUEST, **other)


def report(check, why, text, edits, skips=()):
    """A failing case about the HCL report; only the first of a check has the TPM quote too."""
    parts = QUOTE_ONLY + ("hcl",) if why else GUEST
    return failing(check, why, text, edits, skips, parts=parts)


def hcl_format():
    check = "hcl.format"
    rows = [
        ("", "the magic is HCLB", {"hcl.fields": put(magic=b"HCLB")}),
        ("padding", "a byte after the claims is not zero", {"hcl": flip(-1)}),
        ("report-type", "report type 1 (VBS)", {"hcl.fields": put(report_type=quote.le(1, 4))}),
        ("variable-size", "the claims run over the end",
         {"hcl.fields": put(variable_size=quote.le(1400, 4), data_size=quote.le(1420, 4))}),
        ("data-version", "request-data version 3", {"hcl.fields": put(data_version=quote.le(3, 4))}),
    ]
    for why, text, edits in rows:
        yield report(check, why, text, edits, HCL)


def hcl_report():
    check = "hcl.td-report.hashes"
    yield report(check, "", "TEE_INFO_HASH is wrong",
                 {"hcl.report": put(tee_info_hash=bytes(48))})
    yield report(check, "tcb-info", "TEE_TCB_INFO_HASH is wrong",
                 {"hcl.report": put(tee_tcb_info_hash=bytes(48))})
    check = "hcl.report.match"
    yield report(check, "", "another MRTD in the TDREPORT than in the quote",
                 {"hcl.td": put(mrtd=b"SIMULATED-MRTD-1" * 3)})
    yield report(check, "report-data", "another REPORTDATA in the TDREPORT than in the quote",
                 {"hcl.td": put(report_data=bytes(64))})
    yield report(check, "rtmr3", "another RTMR3 in the TDREPORT than in the quote",
                 {"hcl.td": put(rtmr3=b"\1" * 48)})
    fifth = {"quote.header": put(version=quote.le(5, 2)), "quote.body_type": const(3)}
    yield failing(check, "svn2", "body 1.5: another TEE_TCB_SVN_2 in the TDREPORT",
                  dict(fifth, **{"hcl.td": put(tee_tcb_svn2=bytes([7, 1, 6]) + bytes(13))}),
                  parts=("quote", "hcl"))
    yield failing(check, "servicetd", "body 1.5: another MRSERVICETD in the quote, which is not zero",
                  dict(fifth, **{"quote.td": put(mrservicetd=b"\1" * 48)}), parts=("quote", "hcl"),
                  fails=(check, "dcap.td.attributes"))
    check = "hcl.runtime-data.binding"
    yield report(check, "", "the claims name another machine than those that were bound",
                 {"hcl.shown": lambda t: t.replace(b"544544000000", b"544544000001")}, JSON)
    yield report(check, "last-half", "REPORTDATA bytes 32 to 63 are not zero",
                 {"td": lambda t: dict(t, report_data=flip(63)(t["report_data"]))}, JSON)


def runtime_data():
    def keys(*chosen):
        return lambda claims: dict(claims, keys=[claims["keys"][i] for i in chosen])

    def exponent(claims):
        return dict(claims, keys=[dict(claims["keys"][0], e="Aw"), claims["keys"][1]])

    check, skips = "hcl.runtime-data.format", ("hcl.ak",) + TPM
    yield report(check, "", "the claims are bound, but no JSON", {"hcl.text": lambda t: t[:-1]}, skips)
    yield report(check, "kid-twice", "two keys HCLAkPub", {"hcl.claims": keys(0, 0, 1)}, skips)
    yield report(check, "member-twice", "a JSON member stands twice", {
        "hcl.text": lambda t: t.replace(b'"kty":"RSA"', b'"kty":"RSA","kty":"RSA"', 1)}, skips)
    check = "hcl.ak"
    yield report(check, "", "no key HCLAkPub", {"hcl.claims": keys(1)}, TPM)
    yield report(check, "exponent", "HCLAkPub with exponent 3", {"hcl.claims": exponent}, TPM)
    small = hcl.jwk("HCLAkPub", "sign", rsa.key("small", 1024))
    yield report(check, "size", "HCLAkPub with 1024 bits",
                 {"hcl.claims": lambda c: dict(c, keys=[small, c["keys"][1]])}, TPM)
    yield Case("pass-hcl-key-order", "HCLEkPub stands before HCLAkPub; user data in upper case",
               edits={"hcl.claims": lambda c: put_at("user-data", "AB" * 64)(keys(1, 0)(c))},
               parts=GUEST)


def tpm_quote():
    check, skips = "tpm.quote.format", ("tpm.quote.selection",) + TPM
    for why, text, edits in (
            ("", "the magic is not that of a TPM", put(magic=0xFF544348)),
            ("type", "a certification, not a quote", put(type=0x8017)),
            ("rest", "a byte after the structure", put(rest=b"\0"))):
        yield guest(check, why, text, {"tpm.fields": edits}, skips)
    check, skips = "tpm.quote.selection", ("tpm.quote.pcrs",)
    part = hashlib.sha256(b"".join(tpm.pcr_values()[:23])).digest()
    for why, text, edits in (
            ("", "23 PCRs are quoted, 24 values are given",
             put(selection=tpm.selection(range(23)), digest=part)),
            ("empty", "no PCR is quoted",
             put(selection=tpm.selection([]), digest=hashlib.sha256(b"").digest()))):
        yield guest(check, why, text, {"tpm.fields": edits}, skips)
    yield guest("tpm.quote.signature", "", "the signature of the TPM quote is wrong",
                {"tpm.signature": flip(7)},
                ("tpm.quote.pcrs", "tpm.quote.nonce", "tpm.quote.clock", "tpm.ak.name",
                 "tpm.ak.attributes"))
    yield guest("tpm.quote.pcrs", "", "the value of PCR 4 is not the quoted one",
                {"tpm.pcrs": flip(4 * 32)})
    yield guest("tpm.quote.nonce", "", "the quote answers another nonce",
                {"tpm.fields": put(extra=b"SIMULATED-OTHER-" * 2)})
    yield guest("tpm.quote.clock", "", "the clock is not safe (waived by default-1)",
                {"tpm.fields": put(safe=0)}, verdict="pass")


def tpm_key():
    yield guest("tpm.ak.attributes", "", "the AK's public area lacks `restricted`",
                {"tpm.public": const(tpm.public(rsa.key("ak"), 0x00040472))})
    bare = VTPM + ("quote", "hcl")
    yield failing("tpm.ak.attributes", "stranger", "the public area is that of another key",
                  {"tpm.public": const(tpm.public(rsa.key("other ak")))}, parts=bare)
    own = rsa.key("ak"), 0x00040472
    yield failing("tpm.ak.name", "own-area", "the quote's name and the public area agree, but are "
                  "not those of the platform's template",
                  {"tpm.public": const(tpm.public(*own)),
                   "tpm.fields": put(signer=tpm.qualified_signer(*own))},
                  fails=("tpm.ak.name", "tpm.ak.attributes"), parts=bare)
    other = tpm.qualified_signer(rsa.key("ak"), tpm.ATTRIBUTES & ~0x400)
    yield guest("tpm.ak.name", "", "qualifiedSigner is that of a key without noDA",
                {"tpm.fields": put(signer=other)})
    yield failing("tpm.ak.match", "", "the AK certificate is for another key",
                  {"ak.leaf.key": const(rsa.key("other ak"))})


def key_alone(items):
    """The AK as a public key alone, which says nothing about which quote it is for."""
    return [i for i in items if i["kind"] != "tpm2b-public"] + [
        {"part": "key", "kind": "key-pem", "ext": "pem", "mediaType": OCTETS, "relates": [],
         "data": pem.encode("PUBLIC KEY", rsa.key("ak").spki()).encode()}]


def tpm_key_alone():
    parts = VTPM + ("ak-cert", "ak-intermediate")
    yield Case("pass-key-pem", "the key of the quote as PEM, certified",
               edits={"items": key_alone}, parts=parts,
               passes=("tpm.quote.signature", "tpm.ak.match", "tpm.ak.certificate"))
    yield failing("tpm.ak.match", "key-pem", "the key of the quote as PEM, and the certificate of "
                  "another key: not certified",
                  {"items": key_alone, "ak.leaf.key": const(rsa.key("other ak"))},
                  ("tpm.quote.signature",), parts=parts)


def with_root(items):
    """Adds the certificate of a root that nobody pinned."""
    rogue = azure_pki.Pki(scene.Scene({"ak.root.key": const(rsa.key("rogue azure root"))}).stage,
                          rsa.key("ak"))
    return items + [{"part": "ak-root", "kind": "cert-der", "ext": "der", "mediaType": CERT,
                     "data": rogue.certificate("root"), "relates": [("issuer-of", "ak-intermediate")]}]


def ak_certificate():
    check, skips = "tpm.ak.certificate", ("tpm.ak.match",)
    for why, text, edits in (
            ("", "the signature of the AK certificate is wrong", {"ak.leaf.der": flip(-1)}),
            ("expired", "the AK certificate is expired by one second",
             {"ak.leaf.fields": window(expired)}),
            ("not-yet", "the AK certificate begins one second later",
             {"ak.leaf.fields": window(not_yet)}),
            ("ca-expired", "the intermediate is expired by one second",
             {"ak.ca.fields": window(expired)}),
            ("ca-not-yet", "the intermediate begins one second later",
             {"ak.ca.fields": window(not_yet)}),
            ("untrusted-root", "the chain ends in a root certificate of another key",
             {"ak.root.key": const(rsa.key("rogue azure root")), "items": with_root})):
        chosen = () if not why else ("ak-cert", "ak-intermediate")
        yield failing(check, why, text, edits, skips, parts=chosen)
    for why, text, edit in (
            ("ca", "the AK certificate is a CA's", extension("2.5.29.19", True, x509.ext_basic(True)[2])),
            ("purpose", "the AK certificate is a TLS server's",
             extension("2.5.29.37", False, x509.ext_eku("1.3.6.1.5.5.7.3.1")[2])),
            ("key-usage", "the AK certificate's key may sign certificates alone",
             extension("2.5.29.15", True, x509.ext_key_usage(x509.SIGN_CERT_CRL)[2]))):
        yield failing(check, why, text, {"ak.leaf.fields": edit, "signers": const([])}, skips,
                      parts=("tpm-message", "tpm-signature", "ak-public", "ak-cert", "ak-intermediate"))
    yield Case("pass-no-ak-purpose", "the AK certificate names no purpose, which is said",
               edits={"ak.leaf.fields": extension("2.5.29.37"), "signers": const([])},
               passes=("tpm.ak.certificate", "tpm.ak.match"),
               says=("got tpm.ak.certificate good; it names no purpose",),
               parts=GUEST + ("ak-cert", "ak-intermediate"))
    yield Case("pass-no-ak-intermediate", "the AK certificate's issuer is not in the archive; the "
               "check is skipped, and default-1 does not require it", parts=GUEST + ("ak-cert",),
               skips=("tpm.ak.certificate", "tpm.ak.match"))


def strange_leaf():
    """A leaf of a PKI that has nothing to do with a TPM: no AIK purpose, and a key of its own."""
    def named(fields):
        name = [(x509.CN, x509.UTF8, "SIMULATED service")]
        kept = [e for e in fields["extensions"] if e[0] != "2.5.29.37"]
        return dict(fields, subject=name, issuer=name[:-1] + [(x509.CN, x509.UTF8, "SIMULATED CA")],
                    extensions=kept)
    edits = {"ak.leaf.fields": named, "ak.leaf.key": const(rsa.key("strange leaf"))}
    return azure_pki.Pki(scene.Scene(edits).stage, rsa.key("ak")).certificate("leaf")


def certificate(data, part="stranger", relates=()):
    return {"part": part, "kind": "cert-der", "ext": "der", "mediaType": CERT, "data": data,
            "relates": list(relates)}


def hash_type():
    digest = hashlib.sha384(scene.Scene().claims_text).digest()
    yield Case("pass-hcl-hash-type", "hash type 2: SHA-384 of the claims",
               edits={"hcl.fields": put(hash_type=quote.le(2, 4)),
                      "td": lambda t: dict(t, report_data=digest + bytes(16))},
               parts=QUOTE_ONLY + ("hcl",), passes=("hcl.runtime-data.binding", "hcl.ak"))


def other_certificates():
    def beside(items):
        return [certificate(strange_leaf())] + items

    def bundled(items):
        parts = {i["part"]: i["data"] for i in items}
        leaf = parts["ak-cert"][:4 + int.from_bytes(parts["ak-cert"][2:4], "big")]
        bundle = {"part": "bundle", "kind": "cert-pem", "ext": "pem", "mediaType": PEM,
                  "data": pem.chain(leaf, parts["ak-intermediate"]).encode(),
                  "relates": [("key-of", "tpm-message")]}
        return [i for i in items if i["kind"] != "cert-der"] + [bundle]

    ids = ("tpm.ak.certificate", "tpm.ak.match")
    yield Case("pass-strange-certificate", "a certificate of a service lies beside the evidence: it "
               "is no attestation key's and nobody asks about it", edits={"items": beside}, passes=ids,
               parts=VTPM + ("ak-cert", "ak-intermediate"))
    yield Case("incomplete-strange-certificate", "the same without the AK certificate: nothing "
               "vouches for the key", "incomplete", {"items": beside}, skips=ids, parts=VTPM)
    yield Case("pass-ak-bundle", "AK certificate and intermediate in one PEM item",
               edits={"items": bundled}, passes=ids, parts=VTPM + ("ak-cert", "ak-intermediate"))


def spellings():
    def wrapped(items):
        out = []
        for item in items:
            if item["part"] == "tpm-message":
                item = dict(item, data=tpm.sized(item["data"]))
            if item["part"] == "tpm-signature":
                item = {k: v for k, v in item.items() if k != "scheme"}
                item["data"] = bytes.fromhex("0014000b") + tpm.sized(item["data"])
            out.append(item)
        return out

    yield Case("pass-tpm-wire-format", "TPM2B_ATTEST and TPMT_SIGNATURE in place of the bare forms",
               edits={"items": wrapped}, parts=GUEST, says=("place L1 yes yes no no no no",))


def every():
    for group in (hcl_format, hcl_report, runtime_data, tpm_quote, tpm_key, tpm_key_alone, ak_certificate,
                  other_certificates, hash_type, spellings):
        yield from group()
