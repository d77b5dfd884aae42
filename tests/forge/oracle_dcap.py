# SPDX-License-Identifier: Apache-2.0
"""The second opinion on quotes, chains, CRLs, collateral and TCB (dcap.md 1 to 8)."""

import hashlib
import json

import crl
import der
import ec
import intel_pki
import oracle_sets
import oracle_tcb
import pem
import quote
import sgx_extension

import x509

ALLOWED = {"2.5.29.35", "2.5.29.31", "2.5.29.14", "2.5.29.15", "2.5.29.19"}
GROUNDS = ("dcap.quote.signature", "dcap.pck.revocation", "dcap.pck-ca.revocation",
           "dcap.qe-identity.match", "dcap.qe.debug")  # to believe what a quote says
QUOTES = ("sgx-quote", "tdx-quote")
STATUSES = ("UpToDate", "SWHardeningNeeded", "ConfigurationNeeded", "OutOfDate", "Revoked",
            "ConfigurationAndSWHardeningNeeded", "OutOfDateConfigurationNeeded")


def der_verifies(curve, public, message, value):
    (_, r), (_, s) = der.split(der.only(value))
    return curve.verifies(public, message, int.from_bytes(r, "big"), int.from_bytes(s, "big"))


def raw_verifies(public, message, value):
    halves = [int.from_bytes(value[i:i + 32], "big") for i in (0, 32)]
    return ec.P256.verifies(public, message, *halves)


def public_of(fields):
    return fields["spki"][-64:]


def key_ids(found):
    """(authority, subject) key id, from the values of extensions."""
    (_, authority), = der.split(der.only(found["2.5.29.35"]))
    return authority, der.only(found["2.5.29.14"], 0x04)


def chain(replay, certificates, roles):
    """Names, extensions, signatures and pinned root of a chain (dcap.md 2.1); parsed, leaf first."""
    assert len(certificates) == len(roles)
    parsed = [(raw, *x509.parse(raw)) for raw in certificates]
    for i, (raw, fields, signature) in enumerate(parsed):
        issuer = parsed[min(i + 1, len(parsed) - 1)][1]
        cn, _, _, _, usage, ca, _ = intel_pki.ROLES[roles[i]]
        assert (x509.CN, x509.UTF8, cn) in fields["subject"] and fields["issuer"] == issuer["subject"]
        found = {oid: value for oid, _, value in fields["extensions"]}
        above = {oid: value for oid, _, value in issuer["extensions"]}
        critical = {oid for oid, flag, _ in fields["extensions"] if flag}
        assert ALLOWED <= set(found) and critical <= ALLOWED
        assert found["2.5.29.15"] == der.bits(*usage)
        assert (b"\x01\x01\xff" in found["2.5.29.19"]) == ca
        assert key_ids(found)[0] == key_ids(above)[1]
        own = i + 1 == len(parsed)
        assert not ca or own or above["2.5.29.19"] != x509.ext_basic(True, 0)[2]
        body = der.split(der.only(raw))[0][1]
        assert der_verifies(ec.P256, public_of(issuer), der.tlv(0x30, body), signature)
    assert parsed[-1][1]["spki"] == replay.pinned
    return [fields for _, fields, _ in parsed]


def window(replay, check, begin, end):
    replay.ask("dcap.collateral.window", (check,), lambda: in_window(replay, begin, end))


def in_window(replay, begin, end):
    assert begin <= replay.as_of <= end


def quote_format(replay):
    raw = replay.one("sgx-quote" if replay.of_kind("sgx-quote") else "tdx-quote")
    enclave = raw[0] == 3 or raw[4] == 0
    layout = quote.SGX_REPORT if enclave else quote.TD_10
    if raw[0] == 5:
        layout = {1: quote.SGX_REPORT, **quote.TD_BODIES}[int.from_bytes(raw[48:50], "little")]
        assert enclave == (layout is quote.SGX_REPORT)
    size = quote.size_of(layout) + (6 if raw[0] == 5 else 0)
    parts = quote.parse(raw)
    header = quote.unpack(quote.HEADER, parts["header"])
    assert header["version"] in (b"\3\0", b"\4\0", b"\5\0") and header["key_type"] == b"\2\0"
    assert header["tee_type"] == (bytes(4) if enclave else b"\x81\0\0\0")
    assert header["vendor"] == quote.VENDOR and 48 + size + 4 <= len(raw)
    assert raw[0] == 3 or parts["outer_type"] == 6
    assert int.from_bytes(raw[48 + size:52 + size], "little") <= len(raw) - 52 - size
    # every length is told once more by the encoding
    assert quote.encode(parts) == raw
    replay.leaf = None
    if parts["cert_type"] == 4:
        replay.leaf, = pem.decode(parts["cert_data"].decode())
        x509.parse(replay.leaf)
    replay.parts, replay.is_td = parts, not enclave
    body = quote.unpack(layout, parts["body"])
    replay.td, replay.enclave = ({}, body) if enclave else (body, {})
    replay.qe = quote.unpack(quote.SGX_REPORT, parts["qe_report"])


def repeats(parts, sgx):
    """Whether certification data of types 1 to 3 say, behind the PPID, what the certificate says; the
    PCEID may be absent from type 1 (dcap.md 1.5)."""
    said = parts["cert_data"][{1: 16, 2: 256, 3: 384}[parts["cert_type"]]:]
    words = sgx["cpusvn"] + quote.le(sgx["pcesvn"], 2)
    return said == words + sgx["pceid"] or parts["cert_type"] == 1 and said == words


def sgx_values(certificate):
    value = next(v for o, _, v in certificate["extensions"] if o == sgx_extension.OID)
    return value, sgx_extension.parse(value)


def chain_item(replay):
    """The chain beside the quote: that which fits, then that which says so, then the first."""
    def order(item):
        first = pem.decode(replay.data[item["name"]].decode())[0]
        if replay.leaf is not None:
            return first != replay.leaf
        leaf = x509.parse(first)[0]
        says = any(r["rel"] == "issuer-of" for r in item.get("relates", []))
        return not repeats(replay.parts, sgx_values(leaf)[1]), not says

    found = sorted((i for i in replay.items if i["kind"] == "cert-pem"), key=order)
    return replay.data[found[0]["name"]] if found else replay.one("cert-pem")


def is_by(certificate, role):
    """Whether the issuer's CN is that of a role."""
    return (x509.CN, x509.UTF8, intel_pki.ROLES[role][0]) in x509.parse(certificate)[0]["issuer"]


def pck_chain(replay):
    data = replay.parts["cert_data"]
    if replay.parts["cert_type"] != 5:
        data = chain_item(replay)
    text = data.rstrip(b"\0").decode().replace("\r", "")
    found = pem.decode(text)
    replay.chain_leaf = found[0]
    replay.quote_names = [str(x509.parse(raw)[0]["subject"]) for raw in found[1:]]
    replay.pck_under = "processor-ca" if is_by(found[0], "processor-ca") else "pck-ca"
    replay.pck, replay.pck_ca, replay.quote_root = chain(
        replay, found, ("pck", replay.pck_under, "root"))


def pck_extension(replay):
    value, sgx = sgx_values(replay.pck)
    assert sgx_extension.encode(sgx) == value and max(sgx["components"]) < 256
    assert ("platform" in sgx) == (replay.pck_under == "pck-ca")
    assert len(sgx["fmspc"]) == 6 and len(sgx["components"]) == 16
    if replay.parts["cert_type"] in (1, 2, 3):
        assert repeats(replay.parts, sgx)
    if replay.parts["cert_type"] == 4:
        assert replay.leaf == replay.chain_leaf
    replay.sgx = sgx


def qe_report(replay):
    parts = replay.parts
    assert raw_verifies(public_of(replay.pck), parts["qe_report"], parts["qe_signature"])


def qe_binding(replay):
    parts = replay.parts
    bound = hashlib.sha256(parts["key"] + parts["auth"]).digest() + bytes(32)
    assert replay.qe["report_data"] == bound


def quote_signature(replay):
    parts = replay.parts
    assert raw_verifies(parts["key"], quote.signed_part(parts), parts["signature"])


def is_signing(text):
    """Whether a PEM chain begins with a TCB signing certificate."""
    return b"Intel SGX TCB Signing" in pem.decode(text.decode())[0]


def signing_chain(replay):
    def out_of_force(certificates):
        begin, end = x509.parse(certificates[0])[0]["window"]
        return not begin <= replay.as_of <= end

    found = [pem.decode(text.decode()) for text in replay.of_kind("dcap-issuer-chain")
             if is_signing(text)]
    certificates = min(found, key=out_of_force) if found else replay.one("TCB signing chain")
    replay.signing, replay.signing_root = chain(replay, certificates, ("tcb-signing", "root"))


def named(fields):
    """Who a CA is: its name and the identifier of its key, as those that it signs say it."""
    return str(fields["subject"]), x509.ext_aki(x509.key_id(fields["spki"]))[2]


def crl_signatures(replay):
    """dcap.crl.signature for each CRL; the good ones are kept by issuer."""
    replay.crls = {}
    issuers = {}
    for text in replay.of_kind("dcap-issuer-chain"):
        for raw in pem.decode(text.decode()):
            fields = x509.parse(raw)[0]
            issuers.setdefault(named(fields), dict(fields, good=is_signed(raw, replay.pinned)))
    if replay.passed("dcap.pck.chain"):
        issuers.setdefault(named(replay.pck_ca), replay.pck_ca)
        issuers.setdefault(named(replay.quote_root), replay.quote_root)
    names = [name for name, _ in issuers]
    for raw in replay.of_kind("crl-der"):
        name = str(crl.parse(raw)[0]["issuer"])
        if name in replay.quote_names and name not in names:
            replay.ask("dcap.crl.signature", (), lambda: replay.one("verified issuer of the CRL"))
            continue
        if "Root" not in name and name not in names and not is_signed(raw, replay.pinned):
            continue  # of a CA that nobody here is under
        replay.ask("dcap.crl.signature", (), lambda r=raw: crl_signature(replay, r, issuers))


def is_signed(raw, spki):
    """Whether the key signed this certificate or CRL."""
    (_, body), _, (_, signature) = der.split(der.only(raw))
    return der_verifies(ec.P256, spki[-64:], der.tlv(0x30, body), signature[1:])


def crl_signature(replay, raw, issuers):
    fields = crl.parse(raw)[0]
    name = str(fields["issuer"])
    is_root = "Root" in name
    found = {oid: value for oid, _, value in fields["extensions"]}
    assert set(found) == {"2.5.29.20", "2.5.29.35"}
    # of an entry: serial, date, and what it has beside a reason
    assert not any(flag for row in fields["revoked"] for more in row[2:] for _, flag, _ in more)
    identifier = x509.ext_aki(x509.key_id(replay.pinned))[2]
    public = replay.pinned if is_root else issuers[name, found["2.5.29.35"]]["spki"]
    assert not is_root or found["2.5.29.35"] == identifier
    assert is_signed(raw, public) and (is_root or issuers[name, found["2.5.29.35"]].get("good", True))
    replay.crls[name, found["2.5.29.35"]] = fields


def revocation(replay, certificate, issuer):
    """A list counts where it is of the very key that signed the certificate (dcap.md 5.1, 5.3)."""
    by = named(issuer)
    others = [name for name, _ in replay.crls if "Root" not in name]
    assert "Root" in by[0] or not others or by in replay.crls
    if by not in replay.crls:
        replay.one("no CRL of that issuer")
    assert certificate["serial"] not in [row[0] for row in replay.crls[by]["revoked"]]


def no_twice(pairs):
    out = dict(pairs)
    assert len(out) == len(pairs)
    return out


def refuse_float(text):
    raise ValueError(text)


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max([depth(v) for v in inner], default=0)


def signed_object(replay, kind, member):
    """(object, question whether its signature holds), over the slice or without white space
    (dcap.md 4.1)."""
    body = replay.one(kind).decode()
    outer = json.loads(body)
    at = body.index('"%s":' % member) + len(member) + 3
    end = json.JSONDecoder().raw_decode(body[at:])[1]
    tries = [body[at:at + end], json.dumps(outer[member], separators=(",", ":"))]
    signature = bytes.fromhex(outer["signature"])
    value = json.loads(tries[0], object_pairs_hook=no_twice, parse_float=refuse_float)
    assert depth(value) <= 32

    def ask():
        if not replay.passed("dcap.tcb-signing.chain"):
            replay.one("verified TCB signing chain")
        assert any(raw_verifies(public_of(replay.signing), t.encode(), signature) for t in tries)
    return value, ask


def tcb_info(replay):
    value, signed = signed_object(replay, "dcap-tcbinfo", "tcbInfo")
    assert value["version"] in (2, 3) and value["tcbType"] == 0
    if value["version"] == 3 and value["id"] == "SGX":
        assert not {"tdxModule", "tdxModuleIdentities"} & set(value)
    else:
        assert value["version"] == 2 or "tdxModule" in value
    rows = [json.dumps(r["tcb"]) for r in value["tcbLevels"]]
    assert len(set(rows)) == len(rows)
    modules = [r for m in value.get("tdxModuleIdentities", []) for r in m["tcbLevels"]]
    assert all(r["tcbStatus"] in STATUSES for r in value["tcbLevels"] + modules)
    signed()
    replay.tcb = value


def qe_identity(replay):
    value, signed = signed_object(replay, "dcap-qe-identity", "enclaveIdentity")
    assert value["version"] == 2 and value["isvprodid"] >= 0
    assert all(r["tcbStatus"] in ("UpToDate", "OutOfDate", "Revoked") for r in value["tcbLevels"])
    signed()
    replay.qei = value


def qe_match(replay):
    def masked(data, mask):
        return bytes(a & b for a, b in zip(data, bytes.fromhex(mask)))

    value, qe = replay.qei, replay.qe
    assert value["id"] == ("TD_QE" if replay.is_td else "QE")
    assert bytes.fromhex(value["mrsigner"]) == qe["mrsigner"]
    assert value["isvprodid"] == int.from_bytes(qe["isvprodid"], "little")
    assert masked(qe["miscselect"], value["miscselectMask"]) == bytes.fromhex(value["miscselect"])
    attributes = qe["flags"] + qe["xfrm"]
    assert masked(attributes, value["attributesMask"]) == bytes.fromhex(value["attributes"])


def hold(truth):
    assert truth


def td_attributes(replay):
    bits = int.from_bytes(replay.td["td_attributes"], "little")
    known = sum(1 << b for b in (0, 4, 5, 6, 16, 27, 28, 30, 31, 62, 63))
    assert bits >> 28 & 1 and not bits & ~known and not any(replay.td.get("mrservicetd", b""))


def enclave_flags(replay):
    return int.from_bytes(replay.enclave["flags"], "little")


def enclave_attributes(replay):
    known = sum(1 << b for b in (0, 1, 2, 5, 6, 7, 10))  # without PROVISIONKEY (dcap.md 9)
    assert not enclave_flags(replay) & ~known


def windows(replay):
    if replay.passed("dcap.pck.chain"):
        for fields in (replay.pck, replay.pck_ca, replay.quote_root):
            window(replay, "dcap.pck.chain", *fields["window"])
    if replay.passed("dcap.tcb-signing.chain"):
        for fields in (replay.signing, replay.signing_root):
            window(replay, "dcap.tcb-signing.chain", *fields["window"])
    for fields in replay.crls.values():
        window(replay, "archive.container", *fields["window"])
    at = intel_pki.windows.at
    for check, name in (("dcap.tcb-info.signature", "tcb"), ("dcap.qe-identity.signature", "qei")):
        if replay.passed(check):
            value = getattr(replay, name)
            window(replay, check, at(value["issueDate"]), at(value["nextUpdate"]))


def matching(replay):
    """What needs quote and collateral both."""
    ask = replay.ask
    if replay.passed("dcap.tcb-info.signature") and replay.passed("dcap.qe-identity.signature"):
        ask("dcap.collateral.eval-number", ("dcap.quote.format",), lambda: hold(
            replay.tcb["tcbEvaluationDataNumber"] == replay.qei["tcbEvaluationDataNumber"]))
    ask("dcap.tcb-info.match", ("dcap.pck.extension", "dcap.tcb-info.signature"),
        lambda: oracle_tcb.tcb_match(replay))
    ask("dcap.tdx-module.match", ("dcap.quote.signature", "dcap.tcb-info.match"),
        lambda: oracle_tcb.module_match(replay), replay.is_td)
    ask("dcap.qe-identity.match", ("dcap.qe-report.signature", "dcap.qe-identity.signature"),
        lambda: qe_match(replay))
    ask("dcap.qe.debug", ("dcap.qe-report.signature",), lambda: hold(
        not replay.qe["flags"][0] & 2))
    bound = ("dcap.quote.signature",)
    ask("dcap.td.debug", bound, lambda: hold(
        not replay.td["td_attributes"][0]), replay.is_td)
    ask("dcap.td.attributes", bound, lambda: td_attributes(replay), replay.is_td)
    ask("dcap.enclave.debug", bound, lambda: hold(not enclave_flags(replay) & 2), not replay.is_td)
    ask("dcap.enclave.attributes", bound, lambda: enclave_attributes(replay), not replay.is_td)


def ask_all(replay):
    """Every dcap.* and tcb.* question."""
    replay.pinned, replay.td, replay.is_td = ec.key("intel root").spki(), {}, True
    replay.quote_names = []
    ask = replay.ask
    ask("dcap.quote.format", (), lambda: quote_format(replay))
    ask("dcap.quote.padding", ("dcap.quote.format",), lambda: hold(
        not any(replay.parts["padding"])))
    ask("dcap.pck.chain", ("dcap.quote.format",), lambda: pck_chain(replay))
    ask("dcap.pck.extension", ("dcap.pck.chain",), lambda: pck_extension(replay))
    ask("dcap.qe-report.signature", ("dcap.pck.chain",), lambda: qe_report(replay))
    ask("dcap.qe-report.binding", ("dcap.qe-report.signature",), lambda: qe_binding(replay))
    ask("dcap.quote.signature", ("dcap.qe-report.binding",), lambda: quote_signature(replay))
    ask("dcap.tcb-signing.chain", (), lambda: signing_chain(replay))
    crl_signatures(replay)
    ask("dcap.pck.revocation", ("dcap.pck.chain",),
        lambda: revocation(replay, replay.pck, replay.pck_ca))
    ask("dcap.pck-ca.revocation", ("dcap.pck.chain",),
        lambda: revocation(replay, replay.pck_ca, replay.quote_root))
    ask("dcap.tcb-signing.revocation", ("dcap.tcb-signing.chain",),
        lambda: revocation(replay, replay.signing, replay.signing_root))
    oracle_sets.choose(replay)
    ask("dcap.tcb-info.signature", (), lambda: tcb_info(replay))
    ask("dcap.qe-identity.signature", (), lambda: qe_identity(replay))
    windows(replay)
    matching(replay)
    oracle_tcb.ask_all(replay)
