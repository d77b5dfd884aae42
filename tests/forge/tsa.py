# SPDX-License-Identifier: Apache-2.0
"""A SIMULATED time-stamping authority: its certificates and RFC 3161 responses (archive.md 7)."""

import hashlib

import der
import ec
import windows
import x509

SIGNED_DATA = "1.2.840.113549.1.7.2"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
SHA256 = der.seq(der.oid("2.16.840.1.101.3.4.2.1"), der.null())
POLICY = "1.3.6.1.4.1.99999.1"
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
ROOT_NAME = [(x509.O, x509.UTF8, "SIMULATED"), (x509.CN, x509.UTF8, "ecart forge TSA root")]
TSA_NAME = [(x509.O, x509.UTF8, "SIMULATED"), (x509.CN, x509.UTF8, "ecart forge TSA")]


def root_certificate(name="tsa root"):
    key = ec.key(name)
    identifier = x509.key_id(key.spki())
    fields = {
        "serial": 1, "algorithm": key.sig_algorithm(), "issuer": ROOT_NAME, "subject": ROOT_NAME,
        "window": windows.TSA_ROOT, "spki": key.spki(),
        "extensions": [x509.ext_ski(identifier), x509.ext_aki(identifier), x509.ext_basic(True),
                       x509.ext_key_usage(x509.SIGN_CERT_CRL)]}
    return x509.certificate(fields, key.sign)


def certificate(window=windows.TSA, root="tsa root", critical=True, purposes=(TIME_STAMPING,)):
    key, issuer = ec.key("tsa"), ec.key(root)
    fields = {
        "serial": 2 + (window == windows.TSA_EXPIRED), "algorithm": issuer.sig_algorithm(),
        "issuer": ROOT_NAME, "subject": TSA_NAME, "window": window, "spki": key.spki(),
        "extensions": [x509.ext_basic(False), x509.ext_key_usage(x509.SIGN),
                       x509.ext_eku(*purposes, critical=critical),
                       x509.ext_ski(x509.key_id(key.spki())),
                       x509.ext_aki(x509.key_id(issuer.spki()))]}
    return x509.certificate(fields, issuer.sign)


def info(data, seconds, serial, bare=False):
    """TSTInfo (RFC 3161 2.4.2): imprint SHA-256, accuracy one second, no nonce.

    bare: a quarter of a second more, no accuracy, and ordering claimed."""
    imprint = der.seq(SHA256, der.octets(hashlib.sha256(data).digest()))
    name = der.explicit(0, der.explicit(4, x509.name(*TSA_NAME)))
    moment, rest = der.general_time(seconds), der.seq(der.integer(1))
    if bare:
        moment, rest = der.tlv(0x18, moment[2:-1] + b".25Z"), der.boolean(True)
    return der.seq(der.integer(1), der.oid(POLICY), imprint, der.integer(serial), moment, rest,
                   name)


def _attribute(oid, value):
    return der.seq(der.oid(oid), der.set_of(value))


def signer_info(content, seconds, cert):
    """CMS SignerInfo with signed attributes, ESSCertIDv2 among them (RFC 5816)."""
    ess = der.seq(der.seq(der.seq(der.octets(hashlib.sha256(cert).digest()))))
    attributes = der.set_of(
        _attribute("1.2.840.113549.1.9.3", der.oid(TST_INFO)),
        _attribute("1.2.840.113549.1.9.5", der.time(seconds)),
        _attribute("1.2.840.113549.1.9.4", der.octets(hashlib.sha256(content).digest())),
        _attribute("1.2.840.113549.1.9.16.2.47", ess))
    key = ec.key("tsa")
    serial = x509.parse(cert)[0]["serial"]
    return der.seq(der.integer(1), der.seq(x509.name(*ROOT_NAME), der.integer(serial)), SHA256,
                   b"\xa0" + attributes[1:], key.sig_algorithm(), der.octets(key.sign(attributes)))


def token(data, seconds, cert, serial=2, embed=True, bare=False):
    """ContentInfo with SignedData over TSTInfo; one certificate inside, or none."""
    content = info(data, seconds, serial, bare)
    signed = der.seq(
        der.integer(3), der.set_of(SHA256),
        der.seq(der.oid(TST_INFO), der.explicit(0, der.octets(content))),
        der.tlv(0xA0, cert) if embed else b"", der.set_of(signer_info(content, seconds, cert)))
    return der.seq(der.oid(SIGNED_DATA), der.explicit(0, signed))


def response(data, seconds, cert=None, status=0, with_token=True, **options):
    """TimeStampResp over data, issued at the given second."""
    made = token(data, seconds, cert or certificate(), **options)
    return der.seq(der.seq(der.integer(status)), made if with_token else b"")
