# SPDX-License-Identifier: Apache-2.0
"""ECDSA on P-256 and P-384 in plain Python, with deterministic nonces (RFC 6979)."""

import functools
import hashlib
import hmac

import der
import drbg


class Curve:
    """A short Weierstrass curve with a = -3, and a table of 4-bit multiples of its base point."""

    def __init__(self, name, oid, bits, p, n, gx, gy):
        self.name, self.oid, self.size = name, oid, bits // 8
        self.p, self.n, self.base = p, n, (gx, gy)
        self.digest = hashlib.sha256 if bits == 256 else hashlib.sha384
        self.sig_oid = "1.2.840.10045.4.3." + ("2" if bits == 256 else "3")

    def double(self, a):
        x, y, z = a
        p = self.p
        delta, gamma = z * z % p, y * y % p
        beta = x * gamma % p
        alpha = 3 * (x - delta) * (x + delta) % p
        rx = (alpha * alpha - 8 * beta) % p
        rz = ((y + z) ** 2 - gamma - delta) % p
        return rx, (alpha * (4 * beta - rx) - 8 * gamma * gamma) % p, rz

    def add(self, a, b):
        """Sum of a Jacobian point (or None) and an affine point."""
        if a is None:
            return b[0], b[1], 1
        x1, y1, z1 = a
        p = self.p
        zz = z1 * z1 % p
        h = (b[0] * zz - x1) % p
        r = (b[1] * zz * z1 - y1) % p
        if h == 0:
            return self.double(a) if r == 0 else None
        hh = h * h % p
        hhh, v = h * hh % p, x1 * hh % p
        x3 = (r * r - hhh - 2 * v) % p
        return x3, (r * (v - x3) - y1 * hhh) % p, z1 * h % p

    def affine(self, a):
        inv = pow(a[2], -1, self.p)
        return a[0] * inv * inv % self.p, a[1] * inv * inv * inv % self.p

    @functools.cached_property
    def table(self):
        """rows[i][d] = d * 16^i * G, affine."""
        rows, point = [], self.base
        for _ in range(self.size * 2):
            row, total = [None], None
            for _ in range(15):
                total = self.add(total, point)
                row.append(self.affine(total))
            rows.append(row)
            point = self.affine(self.add(total, point))
        return rows

    def multiply(self, k, point):
        """k times an affine point, Jacobian."""
        total = None
        for bit in bin(k)[2:]:
            if total is not None:
                total = self.double(total)
            if bit == "1":
                total = self.add(total, point)
        return total

    def verifies(self, public, message, r, s):
        """Whether (r, s) is a signature of message under the public point X || Y."""
        x = int.from_bytes(public[:self.size], "big")
        y = int.from_bytes(public[self.size:], "big")
        on_curve = (y * y - x * x * x + 3 * x - self.b) % self.p == 0
        if not on_curve or not 0 < r < self.n or not 0 < s < self.n:
            return False
        e = int.from_bytes(self.digest(message).digest(), "big")
        w = pow(s, -1, self.n)
        point = self.multiply(r * w % self.n, (x, y))
        total = self.add(point, self.multiply_base(e * w % self.n))
        return total is not None and self.affine(total)[0] % self.n == r

    @functools.cached_property
    def b(self):
        x, y = self.base
        return (y * y - x * x * x + 3 * x) % self.p

    def multiply_base(self, k):
        total = None
        for row in self.table:
            if k & 15:
                total = self.add(total, row[k & 15])
            k >>= 4
        return self.affine(total)


P256 = Curve(
    "P-256", "1.2.840.10045.3.1.7", 256,
    2**256 - 2**224 + 2**192 + 2**96 - 1,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)

P384 = Curve(
    "P-384", "1.3.132.0.34", 384,
    2**384 - 2**128 - 2**96 + 2**32 - 1,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
    0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F)


class Key:
    """A private key, made from its name."""

    def __init__(self, name, curve=P256):
        self.name, self.curve = name, curve
        raw = drbg.take("ec " + curve.name + " " + name, curve.size + 8)
        self.d = int.from_bytes(raw, "big") % (curve.n - 1) + 1
        self.x, self.y = curve.multiply_base(self.d)

    def raw_public(self):
        """X || Y, as quotes carry it (dcap.md 0)."""
        size = self.curve.size
        return self.x.to_bytes(size, "big") + self.y.to_bytes(size, "big")

    def point(self):
        return b"\x04" + self.raw_public()

    def spki(self):
        algorithm = der.seq(der.oid("1.2.840.10045.2.1"), der.oid(self.curve.oid))
        return der.seq(algorithm, der.bits(self.point()))

    def sig_algorithm(self):
        return der.seq(der.oid(self.curve.sig_oid))

    def sign_raw(self, message):
        """r || s over the curve's hash of message."""
        r, s = _sign(self, message)
        size = self.curve.size
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    def sign(self, message):
        """DER ECDSA-Sig-Value over the curve's hash of message."""
        r, s = _sign(self, message)
        return der.seq(der.integer(r), der.integer(s))

    def pkcs8(self):
        size = self.curve.size
        inner = der.seq(der.integer(1), der.octets(self.d.to_bytes(size, "big")),
                        der.explicit(1, der.bits(self.point())))
        algorithm = der.seq(der.oid("1.2.840.10045.2.1"), der.oid(self.curve.oid))
        return der.seq(der.integer(0), algorithm, der.octets(inner))


@functools.lru_cache(maxsize=None)
def key(name, curve=P256):
    return Key(name, curve)


def _nonces(d, h1, curve):
    """The candidates of RFC 6979 3.2."""
    size, hash_name = curve.size, curve.digest
    x = d.to_bytes(size, "big")
    h = (int.from_bytes(h1, "big") % curve.n).to_bytes(size, "big")
    width = hash_name().digest_size
    v, k = b"\1" * width, b"\0" * width
    for tag in (b"\0", b"\1"):
        k = hmac.new(k, v + tag + x + h, hash_name).digest()
        v = hmac.new(k, v, hash_name).digest()
    while True:
        v = hmac.new(k, v, hash_name).digest()
        yield int.from_bytes(v, "big")
        k = hmac.new(k, v + b"\0", hash_name).digest()
        v = hmac.new(k, v, hash_name).digest()


@functools.lru_cache(maxsize=None)
def _sign(key_, message):
    curve = key_.curve
    h1 = curve.digest(message).digest()
    e = int.from_bytes(h1, "big")
    for k in _nonces(key_.d, h1, curve):
        if not 0 < k < curve.n:
            continue
        r = curve.multiply_base(k)[0] % curve.n
        s = pow(k, -1, curve.n) * (e + r * key_.d) % curve.n
        if r and s:
            return r, s
    raise AssertionError("unreachable")
