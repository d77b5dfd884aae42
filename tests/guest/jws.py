# SPDX-License-Identifier: Apache-2.0
"""Signed tokens (RFC 7515) and their key sets."""

import base64
import json

from rsa_key import b64url

SIGN = {"RS256": lambda key, text: key.sign(text),
        "PS384": lambda key, text: key.sign_pss(text)}


def part(value):
    return b64url(json.dumps(value, separators=(",", ":"), sort_keys=True).encode())


def token(header, claims, key):
    text = part(header) + "." + part(claims)
    return text + "." + b64url(SIGN[header["alg"]](key, text.encode()))


def key_set(kid, key, chain, **members):
    """A JWKS of one key with its certificates."""
    x5c = [base64.b64encode(certificate).decode() for certificate in chain]
    exponent = key.e.to_bytes((key.e.bit_length() + 7) // 8, "big")
    row = {"kid": kid, "kty": "RSA", "x5c": x5c, "e": b64url(exponent), "n": b64url(key.modulus())}
    return {"keys": [dict(row, **members)]}
