# SPDX-License-Identifier: Apache-2.0
"""DER as bytes: small constructors, and a reader that splits a value into (tag, content) pairs."""

import datetime


def tlv(tag, content):
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    width = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | width]) + size.to_bytes(width, "big") + content


def seq(*parts):
    return tlv(0x30, b"".join(parts))


def set_of(*parts):
    """SET OF, sorted by encoding (X.690 11.6)."""
    return tlv(0x31, b"".join(sorted(parts)))


def integer(value):
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def enumerated(value):
    return tlv(0x0A, bytes([value]))


def boolean(value):
    return tlv(0x01, b"\xff" if value else b"\0")


def null():
    return b"\x05\x00"


def octets(value):
    return tlv(0x04, value)


def bits(value, unused=0):
    return tlv(0x03, bytes([unused]) + value)


def utf8(text):
    return tlv(0x0C, text.encode())


def printable(text):
    return tlv(0x13, text.encode("ascii"))


def ia5(tag, text):
    return tlv(tag, text.encode("ascii"))


def explicit(number, content):
    return tlv(0xA0 | number, content)


def oid(dotted):
    arcs = [int(a) for a in dotted.split(".")]
    out = b""
    for arc in [arcs[0] * 40 + arcs[1]] + arcs[2:]:
        chunk = bytes([arc & 0x7F])
        while arc > 0x7F:
            arc >>= 7
            chunk = bytes([0x80 | arc & 0x7F]) + chunk
        out += chunk
    return tlv(0x06, out)


def oid_text(content):
    arcs, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(a) for a in [first, arcs[0] - 40 * first] + arcs[1:])


def moment(seconds):
    """Unix seconds as a UTC datetime; no clock and no time zone is consulted."""
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return epoch + datetime.timedelta(seconds=seconds)


def time(seconds):
    """UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5)."""
    at = moment(seconds)
    if at.year < 2050:
        return tlv(0x17, at.strftime("%y%m%d%H%M%SZ").encode())
    return general_time(seconds)


def general_time(seconds):
    return tlv(0x18, moment(seconds).strftime("%Y%m%d%H%M%SZ").encode())


def time_seconds(tag, content):
    """The inverse of time()."""
    text = content.decode("ascii")
    if tag == 0x17:
        text = ("19" if text[:2] >= "50" else "20") + text
    at = datetime.datetime.strptime(text, "%Y%m%d%H%M%SZ")
    return int((at - datetime.datetime(1970, 1, 1)).total_seconds())


def head(data, at=0):
    """(tag, offset of content, end) of the value at an offset."""
    tag, size, start = data[at], data[at + 1], at + 2
    if size & 0x80:
        width = size & 0x7F
        size = int.from_bytes(data[start:start + width], "big")
        start += width
    if start + size > len(data):
        raise ValueError("DER value at %d runs over the end" % at)
    return tag, start, start + size


def split(content):
    """All values in content, as (tag, inner content)."""
    out, at = [], 0
    while at < len(content):
        tag, start, end = head(content, at)
        out.append((tag, content[start:end]))
        at = end
    return out


def only(data, tag=0x30):
    """The content of the single value that data must be."""
    parts = split(data)
    if len(parts) != 1 or parts[0][0] != tag:
        raise ValueError("not one value of tag %#x" % tag)
    return parts[0][1]
