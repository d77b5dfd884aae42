# SPDX-License-Identifier: Apache-2.0
"""Cases about the quote itself and its PCK chain (dcap.md 6 A, B, E)."""

import der
import ec
import intel_pki
import pem
import quote
import scene
import windows
import x509
from case import GUEST, Case, failing
from edits import const, expired, extension, flip, not_yet, put, splice, together, window

NO_CHAIN = ("dcap.pck.extension", "dcap.qe-report.signature", "dcap.qe-report.binding",
            "dcap.quote.signature", "dcap.pck.revocation", "dcap.pck-ca.revocation",
            "dcap.tcb-info.match", "dcap.tdx-module.match", "dcap.qe-identity.match",
            "dcap.td.debug", "tcb.platform", "tcb.tdx-module", "tcb.qe", "tcb.status")
NO_QUOTE = ("dcap.quote.padding", "dcap.pck.chain", "dcap.collateral.eval-number") + NO_CHAIN
NO_HCL = ("hcl.report.match", "hcl.runtime-data.binding", "hcl.runtime-data.format", "hcl.ak",
          "tpm.quote.signature", "tpm.quote.pcrs")
LENGTH = 48 + 584            # of the signature data, version 4
OUTER = LENGTH + 4 + 128     # type and size of the certification data


def rogue(stage_name):
    """Certificates under a root that nobody pinned; the leaf keys stay."""
    other = scene.Scene({"pki.root.key": const(ec.key("rogue root"))})
    return const(getattr(other.intel, stage_name)())


def good_crl_chain():
    """The chain of the PCK CRL as it is when nothing is edited."""
    return const(scene.Scene().intel.pck_chain()[1:])


def quote_format():
    check = "dcap.quote.format"
    yield failing(check, "", "the QE vendor id in the quote header is not Intel's",
                  {"quote.header": put(vendor=b"SIMULATED-VENDOR")}, NO_QUOTE + NO_HCL, parts=GUEST)
    rows = [
        ("version", "quote version 6", {"quote.header": put(version=quote.le(6, 2))}),
        ("key-type", "attestation key type 3 (P-384)",
         {"quote.header": put(key_type=quote.le(3, 2))}),
        ("tee-type", "TEE type 0x82", {"quote.header": put(tee_type=quote.le(0x82, 4))}),
        ("cut", "the quote ends inside its certification data", {"quote": lambda q: q[:3000]}),
        ("length", "the signature data length runs over the end",
         {"quote": splice(LENGTH, quote.le(6000, 4))}),
        ("outer-size", "the outer certification size is one less than the signature data holds",
         {"quote": lambda q: splice(OUTER + 2, quote.le(
             int.from_bytes(q[OUTER + 2:OUTER + 6], "little") - 1, 4))(q)}),
        ("outer-type", "certification data of type 5 outside, where version 4 has 6",
         {"quote.parts": put(outer_type=5)}),
    ]
    for why, text, edits in rows:
        yield failing(check, why, text, edits, NO_QUOTE, parts=("quote",))
    yield failing("dcap.quote.padding", "", "a byte that is not zero after the quote",
                  {"quote.parts": put(padding=bytes(69) + b"\1")}, verdict="pass", lean=True)
    yield Case("pass-quote-respelled", "no padding, no QE authentication data, PEM with CR LF and "
               "without the trailing NUL", lean=True,
               edits={"qe.auth": const(b""), "quote.parts": lambda p: dict(
                   p, padding=b"", cert_data=p["cert_data"][:-1].replace(b"\n", b"\r\n"))})


def pck_chain():
    check = "dcap.pck.chain"
    yield failing(check, "", "the signature of the PCK certificate is wrong",
                  {"pki.pck.der": flip(-1)}, NO_CHAIN + NO_HCL, parts=GUEST)
    other_name = [(o, t, "Intel SGX PCK Certificate 2" if o == x509.CN else v)
                  for o, t, v in intel_pki.distinguished("Intel SGX PCK Certificate")]
    null = ("1.3.6.1.4.1.99999.2", True, der.null())
    rows = [
        ("untrusted-root", "a chain under another root key: ROOT_UNTRUSTED",
         {"quote.chain": rogue("pck_chain")}),
        ("two-certificates", "the root certificate is left out of the quote",
         {"quote.chain": lambda c: c[:2]}),
        ("order", "root before intermediate", {"quote.chain": lambda c: [c[0], c[2], c[1]]}),
        ("other-cn", "a leaf whose CN only begins as the role's",
         {"pki.pck.fields": put(subject=other_name)}),
        ("ca-flag", "an intermediate with CA:FALSE",
         {"pki.pck-ca.fields": extension(*x509.ext_basic(False))}),
        ("unknown-critical", "a leaf with an unknown critical extension",
         {"pki.pck.fields": extension(*null)}),
        ("no-key-usage", "a leaf without key usage", {"pki.pck.fields": extension("2.5.29.15")}),
    ]
    for why, text, edits in rows:
        edits = dict(edits, **{"crl.chain": good_crl_chain()})
        yield failing(check, why, text, edits, NO_CHAIN, lean=True)


def sgx_extension():
    check = "dcap.pck.extension"
    skips = ("dcap.tcb-info.match", "dcap.tdx-module.match", "tcb.platform", "tcb.status")
    short = der.seq(der.oid("1.2.840.113741.1.13.1.4"), der.octets(b"\x51\x51\x4d\0\0"))
    rows = [
        ("", "the FMSPC entry stands twice, and the configuration is gone",
         {"pki.pck.rows": lambda r: r[:6] + [r[3]]}),
        ("count", "six entries under a Platform CA", {"pki.pck.rows": lambda r: r[:6]}),
        ("fmspc-length", "an FMSPC of five bytes",
         {"pki.pck.rows": lambda r: r[:3] + [short] + r[4:]}),
        ("range", "a component of 256",
         {"pki.pck.sgx": lambda s: dict(s, components=[256] + s["components"][1:])}),
    ]
    for why, text, edits in rows:
        yield failing(check, why, text, edits, skips, lean=True)
    yield Case("pass-pck-cpusvn", "the CPUSVN of the PCK certificate is not its components: said, and "
               "passed", edits={"pki.pck.sgx": put(cpusvn=bytes(16))}, lean=True, passes=(check,))


def certification_data(pcesvn, kind=3, pceid=intel_pki.SGX["pceid"], cpusvn=intel_pki.SGX["cpusvn"]):
    """Types 1 to 3: PPID, encrypted from 2 on, CPUSVN, PCESVN, PCEID (dcap.md 1.5)."""
    ppid = {1: intel_pki.SGX["ppid"], 2: b"SIMULATED-PPID-C" * 16, 3: b"SIMULATED-PPID-C" * 24}[kind]
    return put(cert_type=kind, cert_data=ppid + cpusvn + quote.le(pcesvn, 2) + pceid)


def chain_item(sgx=None, rel="collateral-for", part="pck-chain"):
    """An edit that adds a PCK chain as an item, as a collector fetches it."""
    edits = {"pki.pck.sgx": lambda s: dict(s, **sgx)} if sgx else {}
    chain = pem.chain(*scene.Scene(edits).intel.pck_chain()).encode()
    return lambda items: items + [{"part": part, "kind": "cert-pem", "ext": "pem", "data": chain,
                                   "mediaType": "application/pem-certificate-chain",
                                   "relates": [(rel, "quote")]}]


def certification_types():
    yield Case("incomplete-no-pck-chain", "certification data of type 3 and no PCK chain in the "
               "archive: PCK_CHAIN_MISSING", "incomplete", {"quote.parts": certification_data(14)},
               skips=("dcap.pck.chain",) + NO_CHAIN, lean=True)
    yield Case("pass-pck-chain-item", "certification data of type 3, the PCK chain as an item",
               edits={"quote.parts": certification_data(14), "items": chain_item()}, lean=True)
    yield Case("pass-pck-chain-fits", "certification data of type 3, two PCK chains: the one that "
               "says it is the quote's is of another PCESVN", lean=True,
               edits={"quote.parts": certification_data(14), "items": together(
                   chain_item({"pcesvn": 13}, "issuer-of", "other"), chain_item())})
    yield Case("pass-pck-chain-says", "certification data of type 3, PCK chains of two platforms "
               "with one TCB: the second says that it is the quote's", lean=True,
               edits={"quote.parts": certification_data(14), "items": together(
                   chain_item({"ppid": bytes(16), "pcesvn": 14}, part="other"),
                   chain_item(rel="issuer-of"))})
    yield failing("dcap.pck.extension", "certdata-pcesvn", "certification data of type 3 names "
                  "another PCESVN than the certificate",
                  {"quote.parts": certification_data(13), "items": chain_item()}, lean=True)
    for kind, text in ((1, "a PPID in the clear"), (2, "a PPID encrypted to 256 bytes")):
        yield Case("pass-certdata-%d" % kind, "certification data of type %d, %s, the PCK chain as an item"
                   % (kind, text), lean=True,
                   edits={"quote.parts": certification_data(14, kind), "items": chain_item()})
    yield Case("pass-certdata-1-no-pceid", "certification data of type 1 that ends before the PCEID",
               edits={"quote.parts": certification_data(14, 1, pceid=b""), "items": chain_item()}, lean=True)
    for kind in (1, 3):
        for why, other in (("pceid", {"pceid": b"\1\0"}), ("cpusvn", {"cpusvn": bytes(16)})):
            yield failing("dcap.pck.extension", "certdata-%d-%s" % (kind, why), "certification data of "
                          "type %d names another %s than the certificate" % (kind, why.upper()),
                          {"quote.parts": certification_data(14, kind, **other), "items": chain_item()},
                          lean=True)


def leaf_data(sgx=None, text=None):
    """Type 4: the PCK certificate alone; sgx: of another platform (dcap.md 1.5)."""
    edits = {"pki.pck.sgx": lambda s: dict(s, **sgx)} if sgx else {}
    leaf = pem.chain(scene.Scene(edits).intel.certificate("pck")).encode()
    return put(cert_type=4, cert_data=leaf if text is None else text)


def leaf_alone():
    yield Case("pass-pck-leaf", "certification data of type 4, the chain of that certificate as an item",
               edits={"quote.parts": leaf_data(), "items": chain_item()}, lean=True)
    yield Case("pass-pck-leaf-fits", "certification data of type 4, two PCK chains: the one of that "
               "certificate is neither the first nor the one that says it is the quote's", lean=True,
               edits={"quote.parts": leaf_data(), "items": together(
                   chain_item({"ppid": bytes(16)}, "issuer-of", "other"), chain_item())})
    yield failing("dcap.pck.extension", "leaf", "certification data of type 4 is another platform's "
                  "certificate than the chain's",
                  {"quote.parts": leaf_data({"pcesvn": 3}), "items": chain_item()}, lean=True)
    yield failing("dcap.quote.format", "leaf", "certification data of type 4 is no certificate",
                  {"quote.parts": leaf_data(text=pem.chain(bytes.fromhex("30036162c3")).encode()),
                   "items": chain_item()}, lean=True)


def qe_report():
    check = "dcap.qe-report.signature"
    skips = ("dcap.qe-report.binding", "dcap.quote.signature", "dcap.qe-identity.match",
             "dcap.qe.debug", "dcap.td.debug", "tcb.qe", "tcb.status")
    yield failing(check, "", "the signature of the QE report is wrong", {"qe.signature": flip(40)},
                  skips, lean=True)
    check, skips = "dcap.qe-report.binding", ("dcap.quote.signature", "dcap.td.debug", "tcb.status")
    yield failing(check, "", "the QE report binds another attestation key",
                  {"qe.fields": lambda f: dict(f, report_data=flip(0)(f["report_data"]))},
                  skips, lean=True)
    yield failing(check, "last-half", "the last 32 bytes of the QE's REPORTDATA are not zero",
                  {"qe.fields": lambda f: dict(f, report_data=flip(63)(f["report_data"]))},
                  skips, lean=True)
    yield failing("dcap.qe.debug", "", "the QE is a debug enclave, and its identity's mask allows it",
                  {"qe.fields": put(flags=quote.le(0x17, 8)), "qei.object": put(
                      attributesMask="F9FFFFFFFFFFFFFF" + "00" * 8)}, lean=True)


def quote_signature():
    check = "dcap.quote.signature"
    skips = ("dcap.td.debug", "dcap.td.attributes", "dcap.tdx-module.match", "tcb.platform",
             "tcb.tdx-module", "tcb.status")
    yield failing(check, "", "the signature of the quote is wrong", {"quote.signature": flip(3)},
                  skips + NO_HCL, parts=GUEST)
    yield failing(check, "body", "a byte of MRTD is changed after signing",
                  {"quote": flip(48 + 136)}, skips, lean=True)
    yield failing(check, "zero-r", "r is zero", {"quote.signature": splice(0, bytes(32))},
                  skips, lean=True)
    yield failing(check, "key-off-curve", "the attestation key is not a point of P-256",
                  {"quote.key": flip(63)}, skips, lean=True)


def listed(serial):
    """An edit of CRL fields that lists one serial more."""
    return lambda f: dict(f, revoked=f["revoked"] + [(serial, f["window"][0])])


def revoked(role):
    return listed(scene.Scene().intel.serial(role))


def revocation():
    yield failing("dcap.pck.revocation", "", "the PCK certificate is in the PCK CRL",
                  {"crl.pck.fields": revoked("pck")}, lean=True)
    yield failing("dcap.pck-ca.revocation", "", "the PCK CA is in the root CRL",
                  {"crl.root.fields": revoked("pck-ca")}, lean=True)
    yield failing("dcap.tcb-signing.revocation", "", "the TCB signing certificate is in the root CRL",
                  {"crl.root.fields": revoked("tcb-signing")}, lean=True)


def certificate_windows():
    for role, text in (("pck", "PCK certificate"), ("pck-ca", "PCK CA certificate"),
                       ("root", "root certificate"), ("tcb-signing", "TCB signing certificate")):
        for change in (expired, not_yet):
            word = "expired" if change is expired else "not-yet"
            yield failing("dcap.collateral.window", "%s-%s" % (role, word),
                          "the %s is %s by one second" % (text, word.replace("-", " ")),
                          {"pki.%s.fields" % role: window(change)}, lean=True)
    yield failing("dcap.collateral.window", "chain-expired", "all certificates of the PCK chain are "
                  "expired, and each is named",
                  {"pki.%s.fields" % role: window(expired) for role in ("pck", "pck-ca", "root")},
                  lean=True)
    yield failing("dcap.collateral.window", "chain-mixed", "the PCK certificate is not yet valid, its "
                  "CA is expired", {"pki.pck.fields": window(not_yet),
                                    "pki.pck-ca.fields": window(expired)}, lean=True)


def attributes():
    def bits(value):
        return {"td": put(td_attributes=quote.le(value, 8))}

    sept = 1 << 28
    yield failing("dcap.td.debug", "", "the TD is a debug TD", bits(sept | 1), parts=GUEST)
    yield failing("dcap.td.debug", "perfprof", "TDATTRIBUTES bit 5 is set", bits(sept | 1 << 5),
                  lean=True)
    check = "dcap.td.attributes"
    for why, text, value in (
            ("", "SEPT_VE_DISABLE is clear", 0),
            ("migratable", "MIGRATABLE is set", sept | 1 << 29),
            ("reserved", "a reserved attribute bit is set", sept | 1 << 40)):
        yield failing(check, why, text + " (waived by default-1)", bits(value),
                      verdict="pass", lean=True)
    yield failing(check, "several", "SEPT_VE_DISABLE is clear, MIGRATABLE and a reserved bit are set: "
                  "all is said", bits(1 << 29 | 1 << 40), verdict="pass", lean=True)
    yield failing(check, "servicetd", "body 1.5: a service TD is bound (waived by default-1)",
                  {"quote.header": put(version=quote.le(5, 2)), "quote.body_type": const(3),
                   "quote.td": put(mrservicetd=b"\1" * 48)}, verdict="pass", lean=True)


def root_certificates():
    other = scene.Scene({"pki.root.fields": put(window=windows.between(
        "2020-01-01T00:00:00", "2033-01-01T00:00:00"))})
    yield Case("pass-other-root-certificate", "the quote carries another certificate of the pinned "
               "root key than the collateral (dcap.md 2)", lean=True,
               edits={"quote.chain": const(other.intel.pck_chain())})


def every():
    for group in (quote_format, pck_chain, sgx_extension, certification_types, leaf_alone, qe_report,
                  quote_signature, revocation, certificate_windows, attributes, root_certificates):
        yield from group()
