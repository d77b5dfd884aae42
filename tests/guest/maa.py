# SPDX-License-Identifier: Apache-2.0
"""An attestation service in the shape of Microsoft's: /attest/TdxVm, /certs, its configuration
(collect.md 8.4; tokens.md 3)."""

import base64
import functools
import hashlib
import json
import threading
import time

import jws
import maa_enclave
import pem
import services
import td_claims
from authority import Authority
from imds import b64url_decode

ISSUER = "https://simulated.sim.attest.azure.net"  # where the guest cannot listen
POLICY = b"version=1.0; authorizationrules { => permit(); }; issuancerules { };"


def refusal(code, message):
    return services.Reply({"error": {"code": code, "message": message}}, status=400,
                          headers={"x-ms-error-code": code})


class Maa:
    """base: the service's own address, at which it is asked."""

    def __init__(self, base):
        self.base, self.lock = base, threading.Lock()
        self.authority = Authority([ISSUER], "sha256", organization=None)
        enclave = maa_enclave.machine(self.authority.key.spki())
        self.authority.leaf_extensions = maa_enclave.extension(enclave.quote)

    def routes(self):
        return {("POST", "/attest/TdxVm"): self.attest, ("GET", "/certs"): self.certs,
                ("GET", "/.well-known/openid-configuration"): self.configuration}

    @functools.cached_property
    def kid(self):
        """Of the enclave's key (tokens.md 3.3)."""
        text = pem.encode("PUBLIC KEY", self.authority.key.spki()).encode() + b"\0"
        return base64.b64encode(hashlib.sha256(text).digest()).decode()

    def attest(self, request):
        if "api-version" not in request.query:
            return refusal("InvalidParameter", "api-version is missing")
        try:
            asked = request.json()
            quote = b64url_decode(asked["quote"])
            runtime = b64url_decode(asked["runtimeData"]["data"])
            fields = td_claims.body(quote)
        except (ValueError, KeyError, TypeError) as fault:
            return refusal("InvalidParameter", str(fault))
        if fields["report_data"][:32] != hashlib.sha256(runtime).digest():
            return refusal("InvalidParameter", "the quote is not over this runtime data")
        with self.lock:
            nonce = request.fault.get("nonce", asked.get("nonce"))
            return services.Reply({"token": self.token(quote, runtime, nonce)})

    def token(self, quote, runtime, nonce):
        now = int(time.time())
        policy = base64.urlsafe_b64encode(POLICY).rstrip(b"=")
        claims = {
            "iss": ISSUER, "iat": now, "nbf": now, "exp": now + 28800, "x-ms-ver": "1.0",
            "jti": hashlib.sha256(quote + str(now).encode()).hexdigest(),
            "x-ms-attestation-type": "tdxvm", "x-ms-compliance-status": "azure-compliant-cvm",
            "x-ms-policy-hash": jws.b64url(hashlib.sha256(policy).digest()),
            "x-ms-runtime": json.loads(runtime), "intuse": "generic",
            "eat_profile": "https://aka.ms/maa-eat-profile-tdxvm", **td_claims.claims(quote)}
        if nonce is not None:
            claims["nonce"] = nonce
        header = {"alg": "RS256", "jku": ISSUER + "/certs", "kid": self.kid, "typ": "JWT"}
        return jws.token(header, claims, self.authority.key)

    def certs(self, _):
        with self.lock:
            return services.Reply(jws.key_set(self.kid, self.authority.key, self.authority.chain),
                                  "application/jwk-set+json; charset=utf-8")

    def configuration(self, _):
        return services.Reply({
            "issuer": ISSUER, "jwks_uri": ISSUER + "/certs",
            "response_types_supported": ["token", "none"],
            "id_token_signing_alg_values_supported": ["RS256"]})
