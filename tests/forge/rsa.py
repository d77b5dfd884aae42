# SPDX-License-Identifier: Apache-2.0
"""RSA keys made from a name, and PKCS #1 v1.5 signatures."""

import functools
import hashlib

import der
import drbg

PREFIX = {  # DigestInfo algorithms of RFC 8017 9.2
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
SIGNATURE = {
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}


def _small_primes(limit):
    sieve = bytearray([1]) * limit
    for i in range(2, int(limit**0.5) + 1):
        if sieve[i]:
            sieve[i * i::i] = bytes(len(range(i * i, limit, i)))
    return [i for i in range(3, limit) if sieve[i]]


SMALL = _small_primes(8000)


def _probable_prime(n):
    """Miller-Rabin; six fixed bases do for candidates that nobody chose."""
    s, d = 0, n - 1
    while d % 2 == 0:
        s, d = s + 1, d // 2
    for base in (2, 3, 5, 7, 11, 13):
        x = pow(base, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def _prime(stream, bits, e):
    """The first prime at or after a point of the stream, with its two top bits set."""
    start = int.from_bytes(stream.read(bits // 8), "big") | 3 << bits - 2 | 1
    rest = [start % q for q in SMALL]
    step = 0
    while True:
        if all((r + step) % q for r, q in zip(rest, SMALL)):
            p = start + step
            if (p - 1) % e and _probable_prime(p):
                return p
        step += 2


class Key:
    """A private key; the same name and size always give the same key."""

    def __init__(self, name, bits=2048, e=65537):
        stream = drbg.Stream("rsa %d %d %s" % (bits, e, name))
        p, q = _prime(stream, bits // 2, e), _prime(stream, bits // 2, e)
        self.name, self.e, self.n, self.size = name, e, p * q, bits // 8
        self.p, self.q = max(p, q), min(p, q)
        self.d = pow(e, -1, (p - 1) * (q - 1))

    def modulus(self):
        return self.n.to_bytes(self.size, "big")

    def spki(self):
        algorithm = der.seq(der.oid("1.2.840.113549.1.1.1"), der.null())
        return der.seq(algorithm, der.bits(self.pkcs1()))

    def pkcs1(self):
        return der.seq(der.integer(self.n), der.integer(self.e))

    def sign(self, message, hash_name="sha256"):
        return _sign(self, message, hash_name)

    def sign_pss(self, message, hash_name="sha256"):
        return _sign_pss(self, message, hash_name)


def sig_algorithm(hash_name):
    return der.seq(der.oid(SIGNATURE[hash_name]), der.null())


@functools.lru_cache(maxsize=None)
def key(name, bits=2048, e=65537):
    return Key(name, bits, e)


def encoded(message, hash_name, size):
    """EMSA-PKCS1-v1_5 (RFC 8017 9.2)."""
    digest = hashlib.new(hash_name, message).digest()
    info = der.seq(der.seq(der.oid(PREFIX[hash_name]), der.null()), der.octets(digest))
    return b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info


def mask(seed, size, hash_name):
    """MGF1 (RFC 8017 B.2.1)."""
    blocks = (hashlib.new(hash_name, seed + i.to_bytes(4, "big")).digest() for i in range(size))
    out = b""
    while len(out) < size:
        out += next(blocks)
    return out[:size]


def encoded_pss(message, hash_name, size, salt):
    """EMSA-PSS of a key of a whole number of bytes (RFC 8017 9.1.1)."""
    digest = hashlib.new(hash_name, message).digest()
    h = hashlib.new(hash_name, bytes(8) + digest + salt).digest()
    plain = b"\1" + salt
    plain = bytes(size - len(h) - 1 - len(plain)) + plain
    masked = bytes(a ^ b for a, b in zip(plain, mask(h, len(plain), hash_name)))
    return bytes([masked[0] & 0x7F]) + masked[1:] + h + b"\xbc"


@functools.lru_cache(maxsize=None)
def _sign(key_, message, hash_name):
    return _power(key_, encoded(message, hash_name, key_.size))


@functools.lru_cache(maxsize=None)
def _sign_pss(key_, message, hash_name):
    salt = drbg.take("pss salt " + key_.name, hashlib.new(hash_name).digest_size)
    return _power(key_, encoded_pss(message, hash_name, key_.size, salt))


def _power(key_, block):
    m = int.from_bytes(block, "big")
    a = pow(m, key_.d % (key_.p - 1), key_.p)
    b = pow(m, key_.d % (key_.q - 1), key_.q)
    value = b + key_.q * ((a - b) * pow(key_.q, -1, key_.p) % key_.p)
    return value.to_bytes(key_.size, "big")
