# SPDX-License-Identifier: Apache-2.0
"""Trust anchors of the SIMULATED hierarchies and the signing keys, as files."""

import hashlib

import attested
import azure_pki
import ec
import ed25519
import imds_pki
import intel_pki
import pem
import roundtrip
import rsa
import token_pki
import snp
import tsa
import x509

README = """SIMULATED keys, made by tests/forge. lab.key.pem is a private key that everybody has:
signatures by it prove nothing. It is here so that scripts can sign archives in demonstrations.
"""


def text(name, purpose, subject, spki, block):
    lines = [
        "Name: " + name, "Owner: SIMULATED", "For: " + purpose,
        "Subject: " + x509.name_text(subject),
        "Spki-Sha256: " + hashlib.sha256(spki).hexdigest(),
        "Confirm: made by tests/forge", "Simulated: yes", ""]
    return ("\n".join(lines) + "\n" + block).encode()


def files():
    intel, azure = ec.key("intel root").spki(), rsa.key("azure root").spki()
    imds, own = rsa.key("imds root").spki(), rsa.key("imds").spki()
    stamp = tsa.root_certificate()
    subject = intel_pki.distinguished(intel_pki.ROLES["root"][0])
    return {
        "anchors/simulated/intel-sgx-root.pem": text(
            "SIMULATED Intel SGX Root CA", "intel-sgx-root", subject, intel,
            pem.encode("PUBLIC KEY", intel)),
        "anchors/simulated/azure-vtpm-root.pem": text(
            "SIMULATED Azure Virtual TPM Root", "azure-vtpm-root", azure_pki.ROOT_NAME, azure,
            pem.encode("PUBLIC KEY", azure)),
        "anchors/simulated/azure-imds-root.pem": text(
            "SIMULATED TLS RSA Root G2", "azure-imds-root", imds_pki.NAME["root"], imds,
            pem.encode("PUBLIC KEY", imds)),
        "anchors/simulated/azure-imds-self.pem": text(
            "SIMULATED metadata service, issued by itself", "azure-imds-root", attested.NAME, own,
            pem.encode("PUBLIC KEY", own)),
        "anchors/simulated/amd-ark.pem": text(
            "SIMULATED AMD ARK", "amd-ark", snp.named("ark"), snp.key("ark").spki(),
            pem.encode("PUBLIC KEY", snp.key("ark").spki())),
        "anchors/simulated/tls-root.pem": text(
            "SIMULATED TLS root", "tls-root", roundtrip.NAMES["root"], roundtrip.root().spki(),
            pem.encode("PUBLIC KEY", roundtrip.root().spki())),
        "anchors/simulated/tsa-root.pem": text(
            "SIMULATED time-stamping root", "tsa-root", tsa.ROOT_NAME, ec.key("tsa root").spki(),
            pem.encode("CERTIFICATE", stamp)),
        **token_roots(),
        **keys()}


def token_roots():
    out = {}
    for service, use, names in (("ita", "intel-trust-authority-root", token_pki.ITA),
                                ("google", "google-confidential-space-root", token_pki.GOOGLE)):
        spki = rsa.key(service + " root").spki()
        out["anchors/simulated/%s.pem" % use] = text(names[0], use, token_pki.name(names[0]), spki,
                                                     pem.encode("PUBLIC KEY", spki))
    return out


def signers():
    """The keys that sign archives, by name."""
    return {"lab": ed25519.key("lab"), "second": ec.key("second"),
            "third": ec.key("third", ec.P384), "stranger": ed25519.key("stranger")}


def public(name):
    return pem.encode("PUBLIC KEY", signers()[name].spki())


def keys():
    out = {"keys/%s.pub.pem" % name: public(name).encode() for name in signers()}
    out["keys/lab.key.pem"] = pem.encode("PRIVATE KEY", ed25519.key("lab").pkcs8()).encode()
    out["keys/README"] = README.encode()
    return out
