# SPDX-License-Identifier: Apache-2.0
"""The second opinion on HCL report, TPM quote and AK certificate (azure.md 2, 3, 6, 7)."""

import base64
import hashlib
import json

import der
import hcl
import oracle_dcap
import pem
import quote
import rsa
import tpm
import x509

SAME = [name for name, _ in quote.TD_15]


class Public:
    """An RSA public key."""

    def __init__(self, n, e):
        self.n, self.e, self.size = n, e, (n.bit_length() + 7) // 8

    def modulus(self):
        return self.n.to_bytes(self.size, "big")

    def verifies(self, message, value, hash_name="sha256"):
        block = pow(int.from_bytes(value, "big"), self.e, self.n).to_bytes(self.size, "big")
        return block == rsa.encoded(message, hash_name, self.size)


def of_spki(spki):
    bits = der.split(der.only(spki))[1][1]
    (_, n), (_, e) = der.split(der.only(bits[1:]))
    return Public(int.from_bytes(n, "big"), int.from_bytes(e, "big"))


def hcl_format(replay):
    raw = replay.one("azure-hcl-report")
    fields, text, padding = hcl.parse(raw)
    size = int.from_bytes(fields["variable_size"], "little")
    assert fields["magic"] == b"HCLA" and len(text) == size and not any(padding)
    assert fields["data_version"] == b"\1\0\0\0" and fields["report_type"] == b"\4\0\0\0"
    replay.claims, replay.hash_type = text, int.from_bytes(fields["hash_type"], "little")
    replay.report = quote.unpack(hcl.REPORT, fields["hardware"][:1024])


def hcl_hashes(replay):
    report = replay.report
    assert hashlib.sha384(report["tee_tcb_info"]).digest() == report["tee_tcb_info_hash"]
    assert hashlib.sha384(report["tee_info"]).digest() == report["tee_info_hash"]


def hcl_match(replay):
    known = quote.unpack(hcl.TCB_INFO, replay.report["tee_tcb_info"])
    known.update(quote.unpack(hcl.TD_INFO, replay.report["tee_info"]))
    known["report_data"] = replay.report["report_data"]
    known["mrservicetd"] = known["servtd_hash"]
    assert all(known[name] == value for name, value in replay.td.items() if name in SAME)


def hcl_binding(replay):
    name = {1: "sha256", 2: "sha384", 3: "sha512"}[replay.hash_type]
    digest = hashlib.new(name, replay.claims).digest()
    assert replay.td["report_data"] == digest + bytes(64 - len(digest))


def runtime_data(replay):
    value = json.loads(replay.claims, object_pairs_hook=oracle_dcap.no_twice)
    kids = [k["kid"] for k in value["keys"]]
    assert len(set(kids)) == len(kids)
    replay.keys = {k["kid"]: k for k in value["keys"]}


def hcl_ak(replay):
    key = replay.keys["HCLAkPub"]
    raw = base64.urlsafe_b64decode(key["n"] + "=" * (-len(key["n"]) % 4))
    assert key["kty"] == "RSA" and key["e"] == "AQAB" and len(raw) == 256
    replay.ak = Public(int.from_bytes(raw, "big"), 65537)


def tpm_format(replay):
    raw = replay.one("tpm-quote-attest")
    replay.message = raw if raw[:2] == b"\xff\x54" else raw[2:]
    replay.attest = tpm.parse(replay.message)
    values = replay.attest
    assert (values["magic"], values["type"], values["rest"]) == (tpm.MAGIC, tpm.QUOTE, b"")


def tpm_selection(replay):
    count = sum(bin(b).count("1") for b in replay.attest["selection"][7:])
    values = replay.of_kind("tpm-pcrs")
    assert count and (not values or len(values[0]) == 32 * count)


def tpm_signature(replay):
    """By the key that the paravisor names, else by one that a good certificate is for."""
    value = replay.one("tpm-quote-signature")
    if not replay.of_kind("azure-hcl-report"):
        replay.ak = given_key(replay)
        assert replay.ak.verifies(replay.message, value[-256:])
        replay.signed = True
        if not replay.passed("tpm.ak.certificate") or of_spki(replay.ak_leaf["spki"]).n != replay.ak.n:
            replay.one("a word on the key")
    assert replay.ak.verifies(replay.message, value[-256:])
    replay.signed = True


def given_key(replay):
    """Of a public area, else a key alone."""
    if replay.of_kind("tpm2b-public"):
        return Public(int.from_bytes(replay.one("tpm2b-public")[-256:], "big"), 65537)
    return of_spki(pem.decode(replay.one("key-pem").decode())[0])


def ak_match(replay):
    """Asked where the key signed, whether or not anything vouches for it."""
    if not hasattr(replay, "signed"):
        replay.one("a signature")
    equal(of_spki(replay.ak_leaf["spki"]).n, replay.ak.n)


def equal(a, b):
    assert a == b


def tpm_nonce(replay):
    wanted = replay.entry("tpm-quote-attest")["nonce"]
    equal(replay.attest["extra"].hex(), wanted)


def certificates(replay):
    """(fields, signature, DER) of all, that of an attestation key first; none without such a one."""
    ders = replay.of_kind("cert-der")
    for text in replay.of_kind("cert-pem"):
        ders += pem.decode(text.decode())
    found = [x509.parse(raw[:4 + int.from_bytes(raw[2:4], "big")]) + (raw,) for raw in ders]
    leaves = [c for c in found if has_purpose(c[0]) and not is_ca(c[0])]
    return leaves + [c for c in found if is_ca(c[0])] if leaves else []


def extension(fields, oid):
    return next((value for o, _, value in fields["extensions"] if o == oid), b"")


def has_purpose(fields):
    return der.oid("2.23.133.8.3") in extension(fields, "2.5.29.37")


def is_ca(fields):
    return der.boolean(True) in extension(fields, "2.5.29.19")


def ak_certificate(replay):
    """Leaf under intermediate under the pinned key, each at the as-of time."""
    known = certificates(replay)
    if not known:
        replay.one("no AK certificate")
    (leaf, leaf_signature, leaf_raw), *rest = known
    replay.ak_leaf = leaf
    if not rest:
        replay.one("no intermediate")
    ca, ca_signature, ca_raw = rest[0]
    root = rsa.key("azure root")
    for fields, signature, raw, issuer, name in (
            (leaf, leaf_signature, leaf_raw, of_spki(ca["spki"]), "sha512"),
            (ca, ca_signature, ca_raw, Public(root.n, root.e), "sha384")):
        body = der.tlv(0x30, der.split(der.split(raw)[0][1])[0][1])
        assert issuer.verifies(body, signature, name)
        oracle_dcap.in_window(replay, *fields["window"])


def ak_name(replay):
    """From the platform's template where the paravisor names the key, else from what was archived."""
    given = replay.of_kind("tpm2b-public")
    if replay.of_kind("azure-hcl-report") or not given:
        return tpm.qualified_signer(replay.ak)
    return tpm.signer_of_area(given[0][2:])


def ak_attributes(replay):
    area = replay.one("tpm2b-public")[2:]
    equal(area[-256:], replay.ak.modulus())
    equal(area[4:8], tpm.be(tpm.ATTRIBUTES, 4))


def ask_all(replay):
    """Every hcl.* and tpm.* question."""
    ask, bound = replay.ask, "dcap.quote.signature"
    ask("hcl.format", (), lambda: hcl_format(replay))
    ask("hcl.td-report.hashes", ("hcl.format",), lambda: hcl_hashes(replay))
    ask("hcl.report.match", ("hcl.format", bound), lambda: hcl_match(replay))
    ask("hcl.runtime-data.binding", ("hcl.format", bound), lambda: hcl_binding(replay))
    ask("hcl.runtime-data.format", ("hcl.runtime-data.binding",), lambda: runtime_data(replay))
    ask("hcl.ak", ("hcl.runtime-data.format",), lambda: hcl_ak(replay))
    ask("tpm.quote.format", (), lambda: tpm_format(replay))
    ask("tpm.quote.selection", ("tpm.quote.format",), lambda: tpm_selection(replay))
    signed = ("tpm.quote.signature",)
    ask("tpm.ak.certificate", (), lambda: ak_certificate(replay))
    named = ("hcl.ak",) if replay.of_kind("azure-hcl-report") else ()
    ask(*signed, ("tpm.quote.format",) + named, lambda: tpm_signature(replay))
    ask("tpm.quote.pcrs", signed + ("tpm.quote.selection",), lambda: equal(
        hashlib.sha256(replay.one("tpm-pcrs")).digest(), replay.attest["digest"]))
    ask("tpm.quote.nonce", signed, lambda: tpm_nonce(replay))
    ask("tpm.quote.clock", signed, lambda: equal(replay.attest["safe"], 1))
    ask("tpm.ak.attributes", signed, lambda: ak_attributes(replay))
    ask("tpm.ak.name", signed, lambda: equal(ak_name(replay), replay.attest["signer"]))
    ask("tpm.ak.match", ("tpm.ak.certificate",), lambda: ak_match(replay))
