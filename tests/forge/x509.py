# SPDX-License-Identifier: Apache-2.0
"""X.509 v3 certificates as plain dictionaries of fields, to DER and back."""

import hashlib

import der

CN, O, OU, L, ST, C = "2.5.4.3", "2.5.4.10", "2.5.4.11", "2.5.4.7", "2.5.4.8", "2.5.4.6"
SHORT = {CN: "CN", O: "O", OU: "OU", L: "L", ST: "ST", C: "C"}
UTF8, PRINTABLE = 0x0C, 0x13

# KeyUsage bit strings: (content, unused bits)
SIGN_CERT_CRL = (b"\x06", 1)       # keyCertSign, cRLSign
SIGN_REPUDIATE = (b"\xc0", 6)      # digitalSignature, nonRepudiation
SIGN = (b"\x80", 7)                # digitalSignature
SIGN_ALL = (b"\x86", 1)            # digitalSignature, keyCertSign, cRLSign


def name(*attributes):
    """attributes: (oid, tag, text) in order."""
    return der.seq(*[der.set_of(der.seq(der.oid(o), der.tlv(t, v.encode()))) for o, t, v in attributes])


def name_attributes(content):
    """The inverse of name(), from the content of the SEQUENCE."""
    out = []
    for _, rdn in der.split(content):
        (_, attribute), = der.split(rdn)
        (_, o), (tag, value) = der.split(attribute)
        out.append((der.oid_text(o), tag, value.decode()))
    return out


def name_text(attributes):
    """One line for people, the common name first."""
    rows = ["%s=%s" % (SHORT[o], v) for o, _, v in attributes]
    return ", ".join(rows if rows[0].startswith("CN=") else rows[::-1])


def key_id(spki):
    """SHA-1 of the public key bits (RFC 5280 4.2.1.2, method 1)."""
    (_, _), (_, bits) = der.split(der.only(spki))
    return hashlib.sha1(bits[1:]).digest()


def ext(oid, value, critical=False):
    return oid, critical, value


def ext_aki(identifier):
    return ext("2.5.29.35", der.seq(der.tlv(0x80, identifier)))


def ext_ski(identifier):
    return ext("2.5.29.14", der.octets(identifier))


def ext_crl_points(*urls):
    points = [der.seq(der.explicit(0, der.explicit(0, der.ia5(0x86, u)))) for u in urls]
    return ext("2.5.29.31", der.seq(*points))


def ext_key_usage(usage, critical=True):
    return ext("2.5.29.15", der.bits(*usage), critical)


def ext_basic(ca, path=None):
    parts = [der.boolean(True)] if ca else []
    if path is not None:
        parts.append(der.integer(path))
    return ext("2.5.29.19", der.seq(*parts), True)


def ext_eku(*oids, critical=False):
    return ext("2.5.29.37", der.seq(*[der.oid(o) for o in oids]), critical)


def ext_policies(*oids):
    return ext("2.5.29.32", der.seq(*[der.seq(der.oid(o)) for o in oids]))


def ext_alt_dns(*names):
    return ext("2.5.29.17", der.seq(*[der.ia5(0x82, n) for n in names]))


def ext_ca_issuers(*urls):
    points = [der.seq(der.oid("1.3.6.1.5.5.7.48.2"), der.ia5(0x86, u)) for u in urls]
    return ext("1.3.6.1.5.5.7.1.1", der.seq(*points))


def extensions(items):
    out = []
    for oid, critical, value in items:
        flag = der.boolean(True) if critical else b""
        out.append(der.seq(der.oid(oid), flag, der.octets(value)))
    return der.seq(*out)


def tbs(fields):
    """The part that is signed. fields: serial, algorithm, issuer, window, subject, spki, extensions."""
    begin, end = fields["window"]
    return der.seq(
        der.explicit(0, der.integer(2)), der.integer(fields["serial"]), fields["algorithm"],
        name(*fields["issuer"]), der.seq(der.time(begin), der.time(end)),
        name(*fields["subject"]), fields["spki"],
        der.explicit(3, extensions(fields["extensions"])))


def certificate(fields, sign):
    """sign: bytes -> signature bytes."""
    body = tbs(fields)
    return der.seq(body, fields["algorithm"], der.bits(sign(body)))


def parse_extensions(content):
    out = []
    for _, item in der.split(content):
        parts = der.split(item)
        critical = len(parts) == 3 and parts[1][1] == b"\xff"
        out.append((der.oid_text(parts[0][1]), critical, parts[-1][1]))
    return out


def parse(data):
    """(fields, signature): certificate(fields, lambda _: signature) gives data again."""
    (_, body), _, (_, signature) = der.split(der.only(data))
    _, serial, algorithm, issuer, window, subject, spki, last = der.split(body)
    begin, end = [der.time_seconds(t, v) for t, v in der.split(window[1])]
    fields = {
        "serial": int.from_bytes(serial[1], "big"),
        "algorithm": der.tlv(*algorithm),
        "issuer": name_attributes(issuer[1]),
        "window": (begin, end),
        "subject": name_attributes(subject[1]),
        "spki": der.tlv(*spki),
        "extensions": parse_extensions(der.only(last[1])),
    }
    return fields, signature[1:]
