# SPDX-License-Identifier: Apache-2.0
"""SIMULATED tokens of attestation services (tokens.md 3, 4): compact JWS, RS256."""

import base64
import json

import hcl
import rsa
import windows

ISSUER = "https://simulated.sim.attest.azure.net"


def compact(header, payload, key):
    text = ".".join(hcl.b64url(json.dumps(v, separators=(",", ":")).encode())
                    for v in (header, payload))
    return (text + "." + hcl.b64url(key.sign(text.encode()))).encode()


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
