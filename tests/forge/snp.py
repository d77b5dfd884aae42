# SPDX-License-Identifier: Apache-2.0
"""SEV-SNP reports and a SIMULATED hierarchy of AMD's shape above them (azure.md 2, 4)."""

import base64
import functools
import hashlib
import json

import der
import drbg
import ec
import hcl
import pem
import quote
import rsa
import scene
import windows
import x509

AMD = "1.3.6.1.4.1.3704.1."
REPORT = (  # SNP-ABI, ATTESTATION_REPORT; version 5
    ("version", 4), ("guest_svn", 4), ("policy", 8), ("family_id", 16), ("image_id", 16),
    ("vmpl", 4), ("signature_algo", 4), ("current_tcb", 8), ("platform_info", 8),
    ("signing_key", 4), ("reserved1", 4), ("report_data", 64), ("measurement", 48),
    ("host_data", 32), ("id_key_digest", 48), ("author_key_digest", 48), ("report_id", 32),
    ("report_id_ma", 32), ("reported_tcb", 8), ("cpuid", 3), ("reserved2", 21), ("chip_id", 64),
    ("committed_tcb", 8), ("current_firmware", 3), ("reserved3", 1), ("committed_firmware", 3),
    ("reserved4", 1), ("launch_tcb", 8), ("launch_mit_vector", 8), ("current_mit_vector", 8),
    ("reserved5", 152))
SIGNATURE = (("r", 72), ("s", 72), ("reserved6", 368))
CHIP = b"SIMULATED-CHIP-0" * 4
TCB = {"bootloader": 4, "tee": 0, "snp": 24, "microcode": 219}
TURIN_TCB = {"fmc": 1, "bootloader": 1, "tee": 1, "snp": 3, "microcode": 71}
SPL = {"bootloader": "3.1", "tee": "3.2", "snp": "3.3", "microcode": "3.8", "fmc": "3.9"}


def tcb(values):
    """TCB_VERSION; of Turin where there is an fmc (SNP-ABI, 2.2)."""
    places = ({"fmc": 0, "bootloader": 1, "tee": 2, "snp": 3, "microcode": 7} if "fmc" in values
              else {"bootloader": 0, "tee": 1, "snp": 6, "microcode": 7})
    out = bytearray(8)
    for name, svn in values.items():
        out[places[name]] = svn
    return bytes(out)


def fields(report_data):
    """A report of version 3 by a Milan, all in order."""
    version = tcb(TCB)
    return {
        "version": quote.le(3, 4), "guest_svn": quote.le(12, 4), "policy": quote.le(0x3001F, 8),
        "family_id": b"\1" + bytes(15), "image_id": b"\2" + bytes(15),
        "signature_algo": quote.le(1, 4), "current_tcb": version, "platform_info": quote.le(0x25, 8),
        "report_data": report_data, "measurement": b"SIMULATED-LAUNCH" * 3,
        "report_id": b"SIMULATED-REPORT" * 2, "report_id_ma": b"\xff" * 32, "reported_tcb": version,
        "cpuid": bytes([0x19, 0x01, 0x01]), "chip_id": CHIP, "committed_tcb": version,
        "current_firmware": bytes([29, 55, 1]), "committed_firmware": bytes([29, 55, 1]),
        "launch_tcb": version}


def turin(values):
    """The same report by a Turin, version 5."""
    version = tcb(TURIN_TCB)
    return dict(values, version=quote.le(5, 4), cpuid=bytes([0x1A, 0x02, 0x01]),
                chip_id=CHIP[:8] + bytes(56), launch_mit_vector=quote.le(1, 8),
                current_mit_vector=quote.le(3, 8),
                **{name + "_tcb": version for name in ("current", "reported", "committed", "launch")})


def signature(raw):
    """r || s, most significant byte first, as a report spells it."""
    half = len(raw) // 2
    return quote.pack(SIGNATURE, {"r": raw[:half][::-1] + bytes(72 - half),
                                  "s": raw[half:][::-1] + bytes(72 - half)})


def parse(data):
    """(fields, the signed bytes, r, s) of a report."""
    values = quote.unpack(REPORT, data[:672])
    parts = quote.unpack(SIGNATURE, data[672:])
    return values, data[:672], parts["r"], parts["s"]


# --- certificates (KDS)

PSS = der.seq(
    der.oid("1.2.840.113549.1.1.10"),
    der.seq(der.explicit(0, der.seq(der.oid("2.16.840.1.101.3.4.2.2"), der.null())),
            der.explicit(1, der.seq(der.oid("1.2.840.113549.1.1.8"),
                                    der.seq(der.oid("2.16.840.1.101.3.4.2.2"), der.null()))),
            der.explicit(2, der.integer(48))))
WINDOW = {"ark": windows.ROOT, "ask": windows.PCK_CA, "vcek": windows.PCK}
ISSUER = {"ark": "ark", "ask": "ark", "vcek": "ask"}
COMMON = {"ark": "ARK-SIMULATED", "ask": "SEV-SIMULATED", "vcek": "SEV-VCEK"}


def named(role):
    return [(x509.OU, x509.UTF8, "SIMULATED"), (x509.C, x509.PRINTABLE, "US"),
            (x509.O, x509.UTF8, "Advanced Micro Devices"), (x509.CN, x509.UTF8, COMMON[role])]


def key(role):
    """The keys of the CAs have 4096 bits, as AMD's."""
    return ec.key("snp vcek", ec.P384) if role == "vcek" else rsa.key("snp " + role, 4096)


def chip_extensions(chip, values, product=None):
    """What the key server says of a chip; hwID is bare."""
    product = product or ("Turin-C1" if "fmc" in values else "Milan-B0")
    rows = [(AMD + "1", der.integer(0)), (AMD + "2", der.ia5(0x16, product))]
    rows += [(AMD + SPL[name], der.integer(svn)) for name, svn in values.items()]
    rows += [(AMD + "4", chip)]
    return [x509.ext(oid, value) for oid, value in rows]


class Pki:
    """ARK, ASK and the VCEK of one chip; stages snp.ROLE.key, .fields, .signer, .der."""

    def __init__(self, stage):
        self.stage, self.made = stage, {}

    def key(self, role):
        return self.stage("snp.%s.key" % role, key(role))

    def extensions(self, role):
        if role == "vcek":
            return chip_extensions(*self.stage("snp.chip", (CHIP, TCB)))
        return [x509.ext_key_usage(x509.SIGN_CERT_CRL), x509.ext_basic(True)]

    def certificate(self, role):
        if role not in self.made:
            made = self.stage("snp.%s.fields" % role, {
                "serial": int.from_bytes(drbg.take("snp serial " + role, 8), "big"),
                "algorithm": PSS, "issuer": named(ISSUER[role]), "subject": named(role),
                "window": WINDOW[role], "spki": self.key(role).spki(),
                "extensions": self.extensions(role)})
            signer = self.stage("snp.%s.signer" % role, self.key(ISSUER[role]))
            self.made[role] = self.stage("snp.%s.der" % role, x509.certificate(
                made, lambda body: signer.sign_pss(body, "sha384")))
        return self.made[role]


def thim(vcek, issuers, upper=False):
    """The answer of Azure's host, in the spelling of code or of documentation."""
    names = ("VcekCert", "Tcbm", "CacheControl", "CertificateChain") if upper else (
        "vcekCert", "tcbm", "cacheControl", "certificateChain")
    values = (pem.chain(vcek), tcb(TCB)[::-1].hex().upper(), "86400", pem.chain(*issuers))
    return json.dumps(dict(zip(names, values)), separators=(",", ":")).encode()


class Guest(scene.Scene):
    """A guest of SEV-SNP behind the same paravisor, with the same vTPM."""

    def __init__(self, edits=None):
        super().__init__(edits)
        self.amd = Pki(self.stage)

    @functools.cached_property
    def bound(self):
        return hashlib.sha256(self.claims_text).digest() + bytes(32)

    @functools.cached_property
    def report(self):
        values = self.stage("snp.report", fields(self.bound))
        body = quote.pack(REPORT, values)
        signer = self.stage("snp.signer", self.amd.key("vcek"))
        made = self.stage("snp.signature", signer.sign_raw(body))
        return self.stage("snp", body + signature(made))

    @functools.cached_property
    def hcl(self):
        text = self.stage("hcl.shown", self.claims_text)
        values = dict(hcl.fields(self.report, text), report_type=quote.le(2, 4))
        return self.stage("hcl", hcl.encode(self.stage("hcl.fields", values), text))

    def parts(self):
        vcek, ask, ark = [self.amd.certificate(role) for role in ("vcek", "ask", "ark")]
        return {
            "hcl": self.hcl, "tpm-message": self.tpm_message, "tpm-signature": self.tpm_signature,
            "tpm-pcrs": self.stage("tpm.pcrs", b"".join(self.pcrs)), "ak-public": self.ak_public,
            "snp-report": self.report, "vcek": vcek, "ask": ask, "ark": ark, "thim": self.stage("thim", thim(vcek, (ask, ark)))}


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def trustee(parts, version):
    """Azure evidence JSON of trustee: the certificate is PEM, later DER (azure.md 6.1)."""
    joined = parts["tpm-pcrs"]
    values = [joined[i:i + 32] for i in range(0, len(joined), 32)]
    if version == 0:
        return json.dumps({
            "quote": {"signature": list(parts["tpm-signature"]),
                      "message": list(parts["tpm-message"]), "pcrs": [list(v) for v in values]},
            "report": list(parts["hcl"]), "vcek": pem.chain(parts["vcek"])}, separators=(",", ":"))
    return json.dumps({
        "version": version,
        "tpm_quote": {"signature": parts["tpm-signature"].hex(),
                      "message": parts["tpm-message"].hex(), "pcrs": [v.hex() for v in values]},
        "hcl_report": url64(parts["hcl"]), "vcek": url64(parts["vcek"])}, indent=2)
