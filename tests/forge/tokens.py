# SPDX-License-Identifier: Apache-2.0
"""SIMULATED tokens of attestation services (tokens.md 3 to 5): compact JWS, their keys and kids."""

import base64
import hashlib
import json

import hcl
import pem
import rsa
import windows

ISSUER = "https://simulated.sim.attest.azure.net"


def compact(header, payload, key):
    text = ".".join(hcl.b64url(json.dumps(v, separators=(",", ":")).encode())
                    for v in (header, payload))
    return (text + "." + hcl.b64url(key.sign(text.encode()))).encode()


SIGN = {"RS256": lambda key, text: key.sign(text),
        "PS384": lambda key, text: key.sign_pss(text, "sha384")}


def part(value):
    """A header or payload; text that is no object's stands as it is."""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return hcl.b64url(text.encode())


def commitment(spki):
    """kid of an instance of Azure Attestation (tokens.md 3.3)."""
    text = pem.encode("PUBLIC KEY", spki).encode() + b"\0"
    return base64.b64encode(hashlib.sha256(text).digest()).decode()


def thumbprint(key):
    """RFC 7638, of an RSA key."""
    number = lambda n: hcl.b64url(n.to_bytes((n.bit_length() + 7) // 8, "big"))
    text = '{"e":"%s","kty":"RSA","n":"%s"}' % (number(key.e), number(key.n))
    return hcl.b64url(hashlib.sha256(text.encode()).digest())


def x5c(certificates):
    return [base64.b64encode(raw).decode() for raw in certificates]


def jwk(kid, key=None, certificates=(), **members):
    """A member of a key set: of numbers, of certificates, or of both."""
    out = {"kid": kid, "kty": "RSA"}
    if key is not None:
        exponent = key.e.to_bytes((key.e.bit_length() + 7) // 8, "big")
        out.update(n=hcl.b64url(key.modulus()), e=hcl.b64url(exponent))
    if certificates:
        out["x5c"] = x5c(certificates)
    return dict(out, **members)


def maa(claims):
    """A token of Azure Attestation of the type tdxvm, with claims beside the usual ones."""
    header = {"alg": "RS256", "jku": ISSUER + "/certs", "kid": "SIMULATED", "typ": "JWT"}
    payload = {"iss": ISSUER, "iat": windows.AS_OF - 1, "nbf": windows.AS_OF - 1,
               "exp": windows.AS_OF + 28799, "x-ms-attestation-type": "tdxvm", "x-ms-ver": "1.0"}
    return compact(header, dict(payload, **claims), rsa.key("maa"))


def ita(claims):
    """A token of Intel Trust Authority, with claims beside the usual ones."""
    header = {"alg": "RS256", "kid": "SIMULATED", "typ": "JWT"}
    payload = {"iss": "Intel Trust Authority", "iat": windows.AS_OF - 1,
               "exp": windows.AS_OF + 299, "attester_type": "TDX", "ver": "2.0.0"}
    return compact(header, dict(payload, **claims), rsa.key("ita"))


def claims_of(token):
    """The payload, read back without a look at the signature."""
    text = token.split(b".")[1]
    return json.loads(base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
