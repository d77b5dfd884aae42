# SPDX-License-Identifier: Apache-2.0
"""A scene about which token services speak: tokens that they signed, with the keys to verify them.

Stages beside those of scene.py, for NAME in maa, ita, google.pki, google.oidc: NAME.header,
NAME.payload, NAME.text (what is signed), NAME.key (what signs it), NAME.signature, NAME.token;
maa.kid, maa.quote and maa.evidence (of the enclave, and in the certificate), maa.instance.fields, maa.instance.der, maa.set, ita.set, google.set (key sets as
dictionaries), ita.part (the parts of its nonce), and those of token_pki.py."""

import base64
import functools
import hashlib
import json

import hcl
import maa_enclave
import pem
import rsa
import scene
import token_pki
import tokens
import windows

VAL, IAT = b"SIMULATED-ITA-VAL", b"2026-06-08 12:42:40 +0000 UTC"
GOOGLE = "https://confidentialcomputing.googleapis.com"


def times(lifetime):
    begin = windows.AS_OF - 1
    return {"iat": begin, "nbf": begin, "exp": begin + lifetime}


class Tokens(scene.Scene):
    """Four tokens: Azure Attestation's, Intel Trust Authority's, and Google's two kinds."""

    def __init__(self, edits=None):
        super().__init__(edits)
        self.ita_chain = token_pki.Chain(self.stage, "ita", token_pki.ITA, "sha512")
        self.google_chain = token_pki.Chain(self.stage, "google", token_pki.GOOGLE, "sha256")

    def signed(self, name, header, payload, key):
        """A token; each of its layers is a stage."""
        header = self.stage(name + ".header", header)
        payload = self.stage(name + ".payload", payload)
        text = self.stage(name + ".text", tokens.part(header) + "." + tokens.part(payload))
        signer = self.stage(name + ".key", key)
        algorithm = header.get("alg") if isinstance(header, dict) else "RS256"
        sign = tokens.SIGN.get(algorithm, tokens.SIGN["RS256"])
        signature = self.stage(name + ".signature", sign(signer, text.encode()))
        return self.stage(name + ".token", (text + "." + hcl.b64url(signature)).encode())

    @staticmethod
    def key_set(value):
        return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()

    # --- Azure Attestation (tokens.md 3)

    @functools.cached_property
    def maa_key(self):
        return self.stage("maa.instance.key", rsa.key("maa"))

    @functools.cached_property
    def maa_certificate(self):
        data = self.stage("maa.quote", maa_enclave.good_quote(self.maa_key.spki()))
        evidence = self.stage("maa.evidence", maa_enclave.extension(data))
        fields = self.stage("maa.instance.fields", dict(
            token_pki.instance_fields(self.maa_key, tokens.ISSUER), extensions=evidence))
        signer = self.stage("maa.instance.signer", self.maa_key)
        return self.stage("maa.instance.der", token_pki.self_signed(fields, signer))

    @functools.cached_property
    def maa_kid(self):
        return self.stage("maa.kid", tokens.commitment(self.maa_key.spki()))

    def maa_claims(self):
        return {"x-ms-attestation-type": "tdxvm", "x-ms-ver": "1.0"}

    def maa_token(self, name, claims):
        header = {"alg": "RS256", "jku": tokens.ISSUER + "/certs", "kid": self.maa_kid, "typ": "JWT"}
        payload = dict(times(28800), iss=tokens.ISSUER, **self.stage(name + ".claims", claims))
        return self.signed(name, header, payload, self.maa_key)

    @functools.cached_property
    def maa_signed(self):
        return self.maa_token("maa", self.maa_claims())

    @functools.cached_property
    def maa_keys(self):
        other = token_pki.self_signed(
            token_pki.instance_fields(rsa.key("maa other", 1024), tokens.ISSUER),
            rsa.key("maa other", 1024))
        keys = [tokens.jwk(tokens.commitment(rsa.key("maa other", 1024).spki()), None, [other]),
                tokens.jwk(self.maa_kid, None, [self.maa_certificate])]
        return self.key_set(self.stage("maa.set", {"keys": keys}))

    # --- Intel Trust Authority (tokens.md 4)

    @functools.cached_property
    def ita_kid(self):
        return hashlib.sha384(self.ita_chain.certificate("leaf")).hexdigest()

    @functools.cached_property
    def ita_data(self):
        """What the report held beside the nonce, and what the nonce makes of it."""
        held = b"SIMULATED held data"
        return held, hashlib.sha512(VAL + IAT + held).digest()

    def ita_claims(self):
        return {}

    @functools.cached_property
    def ita_signed(self):
        held, bound = self.ita_data
        text = {name: base64.b64encode(data).decode() for name, data in
                (("val", VAL), ("iat", IAT), ("held", held))}
        header = {"alg": "PS384", "kid": self.stage("ita.kid", self.ita_kid), "typ": "JWT"}
        payload = dict(times(300), iss="Intel Trust Authority", ver="2.0.0", tdx=self.stage(
            "ita.claims", dict({
                "attester_type": "TDX", "attester_held_data": text["held"],
                "tdx_report_data": bound.hex(),
                "verifier_nonce": {"val": text["val"], "iat": text["iat"]}}, **self.ita_claims())))
        return self.signed("ita", header, payload, self.ita_chain.key("leaf"))

    @functools.cached_property
    def ita_keys(self):
        row = tokens.jwk(self.stage("ita.kid", self.ita_kid), self.ita_chain.key("leaf"),
                         self.ita_chain.certificates(), alg="PS384")
        return self.key_set(self.stage("ita.set", {"keys": [row]}))

    # --- Google (tokens.md 5)

    def google(self, name, header, key):
        payload = dict(times(3600), iss=GOOGLE, aud="https://simulated.invalid",
                       hwmodel="GCP_INTEL_TDX", dbgstat="disabled-since-boot")
        return self.signed(name, header, payload, key)

    @functools.cached_property
    def google_pki(self):
        key = self.google_chain.key("leaf")
        certificates = [pem.encode("CERTIFICATE", raw) for raw in self.google_chain.certificates()]
        header = {"alg": "RS256", "kid": tokens.thumbprint(key), "typ": "JWT", "x5c": certificates}
        return self.google("google.pki", header, key)

    @functools.cached_property
    def google_kid(self):
        return hashlib.sha1(b"SIMULATED google oidc").hexdigest()

    @functools.cached_property
    def google_oidc(self):
        header = {"alg": "RS256", "kid": self.google_kid, "typ": "JWT"}
        return self.google("google.oidc", header, rsa.key("google oidc"))

    @functools.cached_property
    def google_keys(self):
        row = tokens.jwk(self.google_kid, rsa.key("google oidc"), alg="RS256", use="sig")
        return self.key_set(self.stage("google.set", {"keys": [row]}))

    def parts(self):
        return dict(super().parts(), **{
            "maa-signed": self.maa_signed, "maa-keys": self.maa_keys,
            "ita-signed": self.ita_signed, "ita-keys": self.ita_keys,
            "google-pki": self.google_pki, "google-oidc": self.google_oidc,
            "google-keys": self.google_keys})


def seeds():
    """What fuzzing of these formats starts from."""
    one = Tokens()
    config = {"issuer": tokens.ISSUER, "jwks_uri": tokens.ISSUER + "/certs",
              "id_token_signing_alg_values_supported": ["RS256"]}
    return {
        "fuzz/kind-google-token/pki.jwt": one.google_pki,
        "fuzz/kind-jwks/maa.json": one.maa_keys,
        "fuzz/kind-oidc-config/maa.json": json.dumps(config).encode(),
        "fuzz/token/maa": one.maa_signed + b"\n" + one.maa_keys,
        "fuzz/token/ita": one.ita_signed + b"\n" + one.ita_keys}
