# SPDX-License-Identifier: Apache-2.0
"""A SIMULATED attested document of the instance metadata service (azure.md 8)."""

import base64
import hashlib
import json

import der
import drbg
import rsa
import tsa
import windows
import x509

DATA = "1.2.840.113549.1.7.1"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
NAME = [(x509.O, x509.UTF8, "SIMULATED"), (x509.CN, x509.UTF8, "metadata.azure.com")]
VM_ID = "51514d00-5349-4d55-4c41-544544000000"  # as in the runtime claims


def members(nonce):
    """What is signed, in the service's order."""
    return {
        "licenseType": "", "nonce": nonce, "plan": {"name": "", "product": "", "publisher": ""},
        "sku": "", "subscriptionId": "51514d00-0000-4000-8000-000000000000",
        "timeStamp": {"createdOn": "06/08/26 12:42:40 -0000", "expiresOn": "06/08/26 18:42:40 -0000"},
        "vmId": VM_ID}


def text_of(value):
    return json.dumps(value, separators=(",", ":")).encode()


def content(nonce):
    """The signed JSON."""
    return text_of(members(nonce))


def certificate():
    """Issued by itself: an anchor of its own vouches for it."""
    key = rsa.key("imds")
    fields = {
        "serial": int.from_bytes(drbg.take("imds serial", 16), "big"),
        "algorithm": rsa.sig_algorithm("sha256"), "issuer": NAME, "subject": NAME,
        "window": windows.AK, "spki": key.spki(),
        "extensions": [x509.ext_basic(False), x509.ext_key_usage(x509.SIGN)]}
    return x509.certificate(fields, key.sign), NAME, fields["serial"]


def attribute(oid, *values):
    return der.seq(der.oid(oid), der.set_of(*values))


def attributes(text):
    """What RFC 5652, 5.3 wants signed beside a content."""
    return [attribute(CONTENT_TYPE, der.oid(DATA)),
            attribute(MESSAGE_DIGEST, der.octets(hashlib.sha256(text).digest()))]


def message(text, certificates, issuer, serial, signature, algorithm=rsa.sig_algorithm("sha256"),
            attributes=(), versions=(1, 1), content_type=DATA):
    """SignedData, as Azure's without signed attributes; the digest algorithms name a signature, as
    Azure's do. versions: of the message and of its signer."""
    more = [der.tlv(0xA0, b"".join(attributes))] if attributes else []
    signer = der.seq(
        der.integer(versions[1]), der.seq(x509.name(*issuer), der.integer(serial)), algorithm, *more,
        algorithm, der.octets(signature))
    held = [der.tlv(0xA0, b"".join(certificates))] if certificates else []
    inner = der.seq(der.integer(versions[0]), der.set_of(algorithm),
                    der.seq(der.oid(content_type), der.explicit(0, der.octets(text))),
                    *held, der.set_of(signer))
    return der.seq(der.oid(tsa.SIGNED_DATA), der.explicit(0, inner))


def signed(text):
    """By the certificate that issued itself."""
    made, issuer, serial = certificate()
    return message(text, [made], issuer, serial, rsa.key("imds").sign(text))


def reply(data):
    """The body of the service's answer, around a message."""
    value = {"encoding": "pkcs7", "signature": base64.b64encode(data).decode()}
    return json.dumps(value, separators=(",", ":")).encode()


def message_of(body):
    value = json.loads(body)
    assert value["encoding"] == "pkcs7"
    return base64.b64decode(value["signature"], validate=True)


def content_of(data):
    """The octets that are signed, without a look at the signature."""
    (_, _), (_, wrapped) = der.split(der.only(data))
    _, _, (_, encapsulated), *_ = der.split(der.only(wrapped))
    (_, _), (_, octets) = der.split(encapsulated)
    return der.only(octets, 0x04)


def parse(body):
    """The signed JSON, read back without a look at the signature."""
    return json.loads(content_of(message_of(body)))
