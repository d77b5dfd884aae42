# SPDX-License-Identifier: Apache-2.0
"""A SIMULATED attested document of the instance metadata service (azure.md 8)."""

import base64
import json

import der
import drbg
import rsa
import tsa
import windows
import x509

DATA = "1.2.840.113549.1.7.1"
NAME = [(x509.O, x509.UTF8, "SIMULATED"), (x509.CN, x509.UTF8, "metadata.azure.com")]


def content(nonce):
    """The signed JSON in the service's order of members."""
    return json.dumps({
        "licenseType": "", "nonce": nonce, "plan": {"name": "", "product": "", "publisher": ""},
        "sku": "", "subscriptionId": "51514d00-0000-4000-8000-000000000000",
        "timeStamp": {"createdOn": "06/08/26 12:42:40 -0000", "expiresOn": "06/08/26 18:42:40 -0000"},
        "vmId": "51514d00-5349-4d55-4c41-544544000000"}, separators=(",", ":")).encode()


def certificate():
    """Issued by itself: no chain is asked for yet."""
    key = rsa.key("imds")
    fields = {
        "serial": int.from_bytes(drbg.take("imds serial", 16), "big"),
        "algorithm": rsa.sig_algorithm("sha256"), "issuer": NAME, "subject": NAME,
        "window": windows.AK, "spki": key.spki(),
        "extensions": [x509.ext_basic(False), x509.ext_key_usage(x509.SIGN)]}
    return x509.certificate(fields, key.sign), fields["serial"]


def signed(text):
    """SignedData without signed attributes; the digest algorithms name a signature, as Azure's do."""
    algorithm = rsa.sig_algorithm("sha256")
    cert, serial = certificate()
    signer = der.seq(
        der.integer(1), der.seq(x509.name(*NAME), der.integer(serial)), algorithm,
        algorithm, der.octets(rsa.key("imds").sign(text)))
    inner = der.seq(der.integer(1), der.set_of(algorithm),
                    der.seq(der.oid(DATA), der.explicit(0, der.octets(text))),
                    der.tlv(0xA0, cert), der.set_of(signer))
    return der.seq(der.oid(tsa.SIGNED_DATA), der.explicit(0, inner))


def reply(text):
    """The body of the service's answer."""
    value = {"encoding": "pkcs7", "signature": base64.b64encode(signed(text)).decode()}
    return json.dumps(value, separators=(",", ":")).encode()


def parse(body):
    """The signed JSON, read back without a look at the signature."""
    value = json.loads(body)
    assert value["encoding"] == "pkcs7"
    (_, _), (_, wrapped) = der.split(der.only(base64.b64decode(value["signature"])))
    _, _, (_, encapsulated), *_ = der.split(der.only(wrapped))
    (_, _), (_, octets) = der.split(encapsulated)
    return json.loads(der.only(octets, 0x04))
