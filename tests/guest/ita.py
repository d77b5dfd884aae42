# SPDX-License-Identifier: Apache-2.0
"""A token service in the shape of Intel's Trust Authority: nonce, attest, certs (collect.md 8.5)."""

import base64
import functools
import hashlib
import os
import threading
import time

import crl
import dates
import jws
import rsa
import services
import td_claims
import x509
from authority import Authority, subject

PREFIX = "/ita"
KEY = "SIMULATED-ITA-KEY"  # the API key that is accepted
NAMES = ["SIMULATED Root CA", "SIMULATED ATS Signing CA", "SIMULATED Attestation Token Signing"]
LIFE = 300


class Ita:
    """base: the address of the service, with its prefix."""

    def __init__(self, base):
        self.base, self.lock, self.nonces = base, threading.Lock(), {}
        self.authority = Authority(NAMES, "sha512", [
            x509.ext_key_usage(x509.SIGN), x509.ext_crl_points(base + "/crl/signing.crl")])

    def routes(self):
        return {("GET", PREFIX + "/appraisal/v2/nonce"): self.nonce,
                ("POST", PREFIX + "/appraisal/v2/attest"): self.attest,
                ("POST", PREFIX + "/appraisal/v2/attest/azure"): self.attest,
                ("GET", PREFIX + "/crl/signing.crl"): self.crl, ("GET", PREFIX + "/certs"): self.certs}

    @functools.cached_property
    def kid(self):
        return hashlib.sha384(self.authority.chain[0]).hexdigest()

    def headers(self, request):
        return {"request-id": request.headers.get("request-id", "SIMULATED"),
                "trace-id": "SIMULATED"}

    def denied(self, request):
        if request.headers.get("x-api-key") == KEY:
            return None
        return services.Reply({"error": "the key is refused"}, status=401,
                              headers=self.headers(request))

    def nonce(self, request):
        denied = self.denied(request)
        if denied:
            return denied
        value = {"val": os.urandom(32), "iat": issued(), "signature": os.urandom(256)}
        self.nonces[value["val"]] = value
        return services.Reply({name: base64.b64encode(data).decode()
                               for name, data in value.items()}, headers=self.headers(request))

    def attest(self, request):
        denied = self.denied(request)
        if denied:
            return denied
        asked = request.json()
        algorithm = asked.get("token_signing_alg", "PS384")
        if algorithm not in jws.SIGN:
            raise ValueError("token_signing_alg is PS384 or RS256")
        quote = base64.b64decode(asked["quote"], validate=True)
        nonce = {name: base64.b64decode(text) for name, text in asked["verifier_nonce"].items()}
        runtime = base64.b64decode(asked.get("runtime_data", ""))
        user = base64.b64decode(asked.get("user_data", ""))
        if self.nonces.get(nonce["val"]) != nonce:
            raise ValueError("the nonce is not ours")
        self.bound(quote, nonce, runtime, user, request.path.endswith("/azure"))
        with self.lock:
            token = self.token(algorithm, quote, asked)
        return services.Reply({"token": token}, headers=self.headers(request))

    def bound(self, quote, nonce, runtime, user, azure):
        """The nonce must be in the evidence: in REPORTDATA, or on Azure in the claims under it."""
        report_data = td_claims.body(quote)["report_data"]
        if azure:
            held = hashlib.sha512(nonce["val"] + nonce["iat"] + user).hexdigest()
            if report_data[:32] != hashlib.sha256(runtime).digest():
                raise ValueError("the quote is not over this runtime data")
            if held.encode() not in runtime.lower():
                raise ValueError("the runtime data do not hold the nonce")
        elif report_data != hashlib.sha512(nonce["val"] + nonce["iat"] + runtime).digest():
            raise ValueError("the quote is not over the nonce")

    def token(self, algorithm, quote, asked):
        now = int(time.time())
        claims = {
            "iss": "Intel Trust Authority", "ver": "2.0.0", "iat": now, "nbf": now,
            "exp": now + LIFE, "jti": hashlib.sha256(quote + str(now).encode()).hexdigest(),
            "attester_type": "TDX", "verifier_nonce": asked["verifier_nonce"],
            "attester_runtime_data": asked.get("runtime_data", ""),
            "attester_user_data": asked.get("user_data", ""), **td_claims.claims(quote)}
        header = {"alg": algorithm, "jku": self.base + "/certs", "kid": self.kid, "typ": "JWT"}
        return jws.token(header, claims, self.authority.key)

    def certs(self, _):
        with self.lock:
            return services.Reply(jws.key_set(self.kid, self.authority.key, self.authority.chain,
                                              alg="PS384"))

    def crl(self, _):
        with self.lock:
            key = self.authority.keys[1]
            fields = {
                "algorithm": rsa.sig_algorithm("sha512"), "issuer": subject(NAMES[1]),
                "window": (dates.NOW - dates.DAY, dates.NOW + 30 * dates.DAY), "revoked": [],
                "extensions": [crl.ext_number(1), x509.ext_aki(x509.key_id(key.spki()))]}
            made = crl.make(fields, lambda body: key.sign(body, "sha512"))
        return services.Reply(made, "application/pkix-crl")


def issued():
    return time.strftime("%Y-%m-%d %H:%M:%S +0000 UTC", time.gmtime()).encode()
