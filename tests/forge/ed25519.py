# SPDX-License-Identifier: Apache-2.0
"""Ed25519 signatures (RFC 8032 5.1) in plain Python."""

import functools
import hashlib

import der
import drbg

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
OID = "1.3.101.112"


def _base():
    y = 4 * pow(5, -1, P) % P
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x % 2:
        x = P - x
    return x, y, 1, x * y % P


def _add(a, b):
    """Complete addition in extended coordinates (RFC 8032 5.1.4)."""
    m = (a[1] - a[0]) * (b[1] - b[0]) % P
    n = (a[1] + a[0]) * (b[1] + b[0]) % P
    c = 2 * a[3] * b[3] * D % P
    d = 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


@functools.lru_cache(maxsize=None)
def _table():
    rows, point = [], _base()
    for _ in range(256):
        rows.append(point)
        point = _add(point, point)
    return rows


def _multiply_base(k):
    total = (0, 1, 1, 0)
    for point in _table():
        if k & 1:
            total = _add(total, point)
        k >>= 1
    return total


def _encode(point):
    inv = pow(point[2], -1, P)
    x, y = point[0] * inv % P, point[1] * inv % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class Key:
    """A private key, made from its name or given as 32 bytes."""

    def __init__(self, name, secret=None):
        self.name = name
        self.secret = secret or drbg.take("ed25519 " + name, 32)
        h = hashlib.sha512(self.secret).digest()
        self.a = (int.from_bytes(h[:32], "little") & (1 << 254) - 8) | 1 << 254
        self.prefix = h[32:]
        self.public = _encode(_multiply_base(self.a))

    def spki(self):
        return der.seq(der.seq(der.oid(OID)), der.bits(self.public))

    def pkcs8(self):
        return der.seq(der.integer(0), der.seq(der.oid(OID)), der.octets(der.octets(self.secret)))

    def sign(self, message):
        r = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % L
        head = _encode(_multiply_base(r))
        k = int.from_bytes(hashlib.sha512(head + self.public + message).digest(), "little")
        return head + ((r + k * self.a) % L).to_bytes(32, "little")


@functools.lru_cache(maxsize=None)
def key(name):
    return Key(name)
