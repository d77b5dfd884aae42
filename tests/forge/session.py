# SPDX-License-Identifier: Apache-2.0
"""Recipe ecart/1: the nonces of one collection, from its session document (collect.md 9)."""

import hashlib

RECIPE = "ecart/1"


def root(document):
    """H0."""
    return hashlib.sha512(document).digest()


def commitment(items):
    """T over (path, salt, content) in the order of collection."""
    out = b""
    for path, salt, content in items:
        out += bytes([len(path)]) + path.encode() + hashlib.sha256(salt + content).digest()
    return out


def tpm_nonce(h0, committed):
    return hashlib.sha256(b"ecart/1 tpm-quote\0" + h0 + committed).digest()


def imds_nonce(h0):
    digest = hashlib.sha256(b"ecart/1 imds\0" + h0).digest()
    return "%010d" % (int.from_bytes(digest[:8], "big") % 10**10)


def maa_nonce(h0):
    return hashlib.sha256(b"ecart/1 maa\0" + h0).hexdigest()


def tls_nonce(h0, index):
    return hashlib.sha256(b"ecart/1 tls\0" + h0 + index.to_bytes(4, "big")).digest()


def ita_data(h0, val, iat):
    return hashlib.sha512(val + iat + h0).digest()
