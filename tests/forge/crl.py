# SPDX-License-Identifier: Apache-2.0
"""X.509 v2 certificate revocation lists, shaped as Intel's (dcap.md 5), to DER and back."""

import der
import x509

REASON = x509.ext("2.5.29.21", der.enumerated(1))  # keyCompromise


def ext_number(value):
    return x509.ext("2.5.29.20", der.integer(value))


def entry(serial, date, extensions=(REASON,)):
    return der.seq(der.integer(serial), der.time(date), x509.extensions(extensions))


def tbs(fields):
    """fields: algorithm, issuer, window, revoked (list of (serial, date), and the entry's extensions
    where they are not a reason alone), extensions."""
    begin, end = fields["window"]
    revoked = [entry(*row) for row in fields["revoked"]]
    return der.seq(
        der.integer(1), fields["algorithm"], x509.name(*fields["issuer"]),
        der.time(begin), der.time(end) if end is not None else b"",
        der.seq(*revoked) if revoked else b"",
        der.explicit(0, x509.extensions(fields["extensions"])))


def make(fields, sign):
    body = tbs(fields)
    return der.seq(body, fields["algorithm"], der.bits(sign(body)))


def parse(data):
    """(fields, signature): make(fields, lambda _: signature) gives data again."""
    (_, body), _, (_, signature) = der.split(der.only(data))
    parts = der.split(body)
    revoked = []
    if parts[5][0] == 0x30:
        for _, item in der.split(parts[5][1]):
            serial, date, (_, said) = der.split(item)
            row = (int.from_bytes(serial[1], "big"), der.time_seconds(*date))
            found = x509.parse_extensions(said)
            revoked.append(row if found == [REASON] else (*row, found))
    fields = {
        "algorithm": der.tlv(*parts[1]),
        "issuer": x509.name_attributes(parts[2][1]),
        "window": (der.time_seconds(*parts[3]), der.time_seconds(*parts[4])),
        "revoked": revoked,
        "extensions": x509.parse_extensions(der.only(parts[-1][1])),
    }
    return fields, signature[1:]
