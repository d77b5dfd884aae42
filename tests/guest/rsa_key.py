# SPDX-License-Identifier: Apache-2.0
"""RSA keys that openssl made or a TPM holds, with the interface of forge's own."""

import base64
import hashlib
import os
import subprocess

import der
import pem
import rsa


class Public(rsa.Key):
    """A key of which only the public half is known here."""

    def __init__(self, n, e=65537):  # forge's would make a key from its name
        self.name, self.n, self.e, self.size = "given", n, e, n.bit_length() // 8

    def sign(self, message, hash_name="sha256"):
        raise ValueError("the private half of this key is not here")


class Private(rsa.Key):
    """From PKCS #1 RSAPrivateKey."""

    def __init__(self, data):
        numbers = [int.from_bytes(v, "big") for _, v in der.split(der.only(data))]
        self.n, self.e, self.d = numbers[1:4]
        self.p, self.q = max(numbers[4:6]), min(numbers[4:6])
        self.name, self.size, self.pkcs1_private = "fresh", (self.n.bit_length() + 7) // 8, data

    def pem(self):
        return pem.encode("RSA PRIVATE KEY", self.pkcs1_private)

    def sign_pss(self, message):
        """RSASSA-PSS with SHA-384 and a salt as long as the digest (RFC 8017 8.1, 9.1.1)."""
        bits = self.n.bit_length() - 1
        size = (bits + 7) // 8
        salt = os.urandom(48)
        digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
        block = b"\0" * (size - 48 - 48 - 2) + b"\1" + salt
        mask = _mgf1(digest, len(block))
        masked = bytearray(a ^ b for a, b in zip(block, mask))
        masked[0] &= 0xFF >> 8 * size - bits
        value = int.from_bytes(bytes(masked) + digest + b"\xbc", "big")
        return pow(value, self.d, self.n).to_bytes(self.size, "big")


def _mgf1(seed, size):
    out = b""
    while len(out) < size:
        out += hashlib.sha384(seed + (len(out) // 48).to_bytes(4, "big")).digest()
    return out[:size]


def fresh(bits=2048):
    done = subprocess.run(["openssl", "genrsa", "-traditional", str(bits)],
                          capture_output=True, check=True)
    return Private(pem.decode(done.stdout.decode())[0])


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def of_spki(data):
    """The public key of a SubjectPublicKeyInfo."""
    bits = der.split(der.only(data))[1][1]
    (_, n), (_, e) = der.split(der.only(bits[1:]))
    return Public(int.from_bytes(n, "big"), int.from_bytes(e, "big"))
