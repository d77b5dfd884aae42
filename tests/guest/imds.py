# SPDX-License-Identifier: Apache-2.0
"""The instance metadata service: quotes for TDREPORTs, the attested document, the instance (azure.md 8)."""

import base64
import json
import re
import threading
import time

import authority
import der
import hcl
import pem
import services
import x509

VM_ID = "51514d00-5349-4d55-4c41-544544000000"  # as in forge's runtime claims
SUBSCRIPTION = "51514d00-0000-4000-8000-000000000000"
RSA_SHA256 = der.seq(der.oid("1.2.840.113549.1.1.11"), der.null())
RSA = der.seq(der.oid("1.2.840.113549.1.1.1"), der.null())
DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
TLS_SERVER, TLS_CLIENT = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"
NAMES = ["SIMULATED TLS RSA Root G2", "SIMULATED TLS G2 RSA CA OCSP 00", "metadata.azure.com"]
WINDOW = 6 * 3600


def b64url_decode(text):
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", True)


def moment(seconds):
    return der.moment(seconds).strftime("%m/%d/%y %H:%M:%S -0000")


def content(nonce, now):
    return json.dumps({
        "licenseType": "", "nonce": nonce, "plan": {"name": "", "product": "", "publisher": ""},
        "sku": "simulated", "subscriptionId": SUBSCRIPTION,
        "timeStamp": {"createdOn": moment(now), "expiresOn": moment(now + WINDOW)},
        "vmId": VM_ID}, separators=(",", ":")).encode()


def signed_data(text, authority):
    """SignedData as Azure makes it: no signed attributes, and the signature's algorithm where a
    digest's should stand; one certificate (azure.md 8)."""
    certificate = authority.chain[0]
    fields = x509.parse(certificate)[0]
    signer = der.seq(
        der.integer(1), der.seq(x509.name(*fields["issuer"]), der.integer(fields["serial"])),
        RSA_SHA256, RSA, der.octets(authority.key.sign(text)))
    inner = der.seq(
        der.integer(1), der.set_of(RSA_SHA256),
        der.seq(der.oid(DATA), der.explicit(0, der.octets(text))),
        der.tlv(0xA0, certificate), der.set_of(signer))
    return der.seq(der.oid(SIGNED_DATA), der.explicit(0, inner))


class Imds:
    """evidence quotes; base is where the certificates' issuers are served."""

    def __init__(self, evidence, base):
        self.evidence, self.lock = evidence, threading.Lock()
        san = x509.ext("2.5.29.17", der.seq(der.tlv(0x82, NAMES[2].encode())))
        self.authority = authority.Authority(
            NAMES, leaf_extensions=[x509.ext_key_usage((b"\xb0", 4)), san,
                                    x509.ext_eku(TLS_SERVER, TLS_CLIENT)],
            aia={1: base + "/aia/imds-0.cer", 2: base + "/aia/imds-1.cer"})

    def root(self):
        """What vouches for documents: (subject, SubjectPublicKeyInfo, the same as PEM)."""
        spki = self.authority.keys[0].spki()
        return authority.subject(NAMES[0]), spki, pem.encode("PUBLIC KEY", spki)

    def routes(self):
        out = {("GET", "/aia/imds-%d.cer" % level): self.issuer(level) for level in (0, 1)}
        out["POST", "/acc/tdquote"] = asked(self.quote)
        out["GET", "/metadata/attested/document"] = asked(self.document)
        out["GET", "/metadata/instance"] = asked(instance)
        return out

    def issuer(self, level):
        def answer(_):
            with self.lock:
                return services.Reply(self.authority.certificates[level], "application/pkix-cert")
        return answer

    def quote(self, request):
        report = b64url_decode(request.json()["report"])
        if len(report) != 1024:
            raise ValueError("a TDREPORT has 1024 bytes")
        return services.Reply({"quote": hcl.b64url(self.evidence.quote_of(report))})

    def document(self, request):
        nonce = request.query.get("nonce", "")
        if not re.fullmatch(r"[0-9]{10}|", nonce):
            raise ValueError("a nonce has ten digits")
        now = int(time.time())
        nonce = nonce or der.moment(now).strftime("%Y%m%d-%H%M%S")
        with self.lock:
            data = signed_data(content(request.fault.get("nonce", nonce), now), self.authority)
        return services.Reply({"encoding": "pkcs7", "signature": base64.b64encode(data).decode()})


def asked(function):
    """The rules for every question: the header, no proxy, a version where a document is asked."""
    def answer(request):
        if request.headers.get("Metadata", "").lower() != "true":
            raise ValueError("Metadata: true is missing")
        if request.headers.get("X-Forwarded-For"):
            raise ValueError("the question came through a proxy")
        if request.path.startswith("/metadata/") and "api-version" not in request.query:
            raise ValueError("api-version is missing")
        return function(request)
    return answer


def instance(_):
    compute = {
        "azEnvironment": "AzurePublicCloud", "location": "simulated", "name": "simulated",
        "osType": "Linux", "subscriptionId": SUBSCRIPTION, "vmId": VM_ID,
        "vmSize": "Standard_DC2es_v6",
        "securityProfile": {"secureBootEnabled": "true", "virtualTpmEnabled": "true",
                            "securityType": "ConfidentialVM"}}
    return services.Reply({"compute": compute, "network": {"interface": []}})


