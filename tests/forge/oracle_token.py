# SPDX-License-Identifier: Apache-2.0
"""The second opinion on tokens (tokens.md 1, 3 to 5): parts, keys, signatures, chains, time, nonce."""

import base64
import hashlib
import json
import re

import der
import oracle_claims
import oracle_dcap
import pem
import rsa
import tokens
import x509
from oracle_container import hold
from oracle_tpm import Rsa, of_spki

SERVICES = {"maa": {"RS256"}, "ita": {"PS384", "RS256"}, "google": {"RS256"}}
MAA = re.compile(r"https://[a-z0-9][a-z0-9.-]*\.attest\.azure\.net")
ISSUERS = {"maa": MAA.fullmatch, "ita": lambda iss: iss == "Intel Trust Authority",
           "google": lambda iss: iss == "https://confidentialcomputing.googleapis.com"}


def unb64(text):
    """base64url in its one spelling."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    hold(base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text, "another spelling")
    return data


def number(text):
    return int.from_bytes(unb64(text), "big")


class Token:
    """One token of a service, with the key set that says it is its own."""

    def __init__(self, replay, service, entry):
        self.replay, self.service, self.name = replay, service, entry["name"]
        self.text = replay.data[entry["name"]].decode("latin-1")

    def form(self):
        header, payload, signature = self.text.split(".")
        self.signed = (header + "." + payload).encode()
        self.header, self.payload = [
            json.loads(unb64(part), object_pairs_hook=oracle_dcap.no_twice)
            for part in (header, payload)]
        self.signature = unb64(signature)
        hold(self.signature, "no signature")
        hold(not {"crit", "b64"} & set(self.header), "an extension")
        hold(self.header["alg"] in SERVICES[self.service], "algorithm")
        hold(ISSUERS[self.service](self.payload["iss"]), "issuer")

    def certificates(self):
        """DER of x5c, leaf first: of the header where the service puts them there."""
        if "x5c" in self.header:
            return [pem.decode(text)[0] for text in self.header["x5c"]]
        return [base64.b64decode(text) for text in self.key().get("x5c", [])]

    def key_set(self):
        """The set that the manifest calls this token's, else the first that has its kid."""
        related = {"rel": "key-of", "name": self.name}
        sets = [e for e in self.replay.items if e["kind"] == "jwks"]
        own = [e for e in sets if related in e.get("relates", [])]
        kid = json.dumps(self.header.get("kid")).encode()
        own += [e for e in sets if kid in self.replay.data[e["name"]]]
        if not own:
            self.replay.one("a key set")
        return json.loads(self.replay.data[own[0]["name"]])["keys"]

    def key(self):
        """The one of the kid."""
        found = [k for k in self.key_set() if k["kid"] == self.header["kid"]]
        hold(len(found) == 1, "kid")
        return found[0]

    def public(self):
        if "x5c" in self.header or "n" not in self.key():
            return of_spki(x509.parse(self.certificates()[0])[0]["spki"])
        return Rsa(number(self.key()["n"]), number(self.key()["e"]))

    def maa_key(self):
        hold("jku" not in self.header or self.header["jku"] == self.payload["iss"] + "/certs", "jku")
        raw = self.certificates()[0]
        fields, signature = x509.parse(raw)
        hold(tokens.commitment(fields["spki"]) == self.header["kid"], "commitment")
        hold(fields["subject"] == [(x509.CN, x509.UTF8, self.payload["iss"])], "subject")
        hold(of_spki(fields["spki"]).verifies(body(raw), signature), "not its own")

    def verifies(self):
        key = self.public()
        hold(key.e == 65537 and 128 <= key.size <= 1024, "key")
        if self.service == "ita":
            hold(hashlib.sha384(self.certificates()[0]).hexdigest() == self.header["kid"], "kid")
        if "x5c" in self.header:
            hold(tokens.thumbprint(key) == self.header["kid"], "kid")
        if self.header["alg"] == "RS256":
            hold(key.verifies(self.signed, self.signature), "RS256")
        else:
            hold(pss_verifies(key, self.signed, self.signature, "sha384"), "PS384")

    def chain(self):
        """Each by the next, the last by the pinned key, all in their windows."""
        raws = self.certificates()
        root = rsa.key(self.service + " root")
        issuers = [of_spki(x509.parse(raw)[0]["spki"]) for raw in raws[1:]]
        issuers.append(Rsa(root.n, root.e))
        for raw, issuer in zip(raws, issuers):
            fields, signature = x509.parse(raw)
            name = "sha512" if self.service == "ita" else "sha256"
            hold(issuer.verifies(body(raw), signature, name), "chain")
            oracle_dcap.in_window(self.replay, *fields["window"])

    def window(self):
        begin = self.payload.get("nbf", self.payload.get("iat"))
        hold(begin <= self.replay.as_of < self.payload["exp"], "window")
        if self.service == "maa":
            oracle_dcap.in_window(self.replay, *x509.parse(self.certificates()[0])[0]["window"])

    def nonce(self):
        claims = self.payload.get("tdx", self.payload)
        nonce = claims.get("verifier_nonce")
        if nonce is None or "tdx_report_data" not in claims:
            self.replay.one("a nonce")
        parts = [nonce["val"], nonce["iat"], claims["attester_held_data"]]
        held = b"".join(base64.b64decode(part) for part in parts)
        runtime = claims.get("attester_runtime_data", {})  # on Azure
        hold(hashlib.sha512(held).hexdigest() == runtime.get("user-data", claims["tdx_report_data"]),
             "nonce")
        if "user-data" in runtime:
            if not self.replay.td:
                self.replay.one("a report")
            oracle_claims.committed(self.replay, runtime, self.replay.td["report_data"])


def body(raw):
    """The part of a certificate that is signed."""
    return der.tlv(0x30, der.split(der.split(raw)[0][1])[0][1])


def pss_verifies(key, message, value, hash_name):
    """EMSA-PSS with a salt of the digest's size (RFC 7518 3.5)."""
    size = hashlib.new(hash_name).digest_size
    block = key.block(value)
    h, masked = block[-1 - size:-1], block[:-1 - size]
    plain = bytes(a ^ b for a, b in zip(masked, rsa.mask(h, len(masked), hash_name)))
    return block == rsa.encoded_pss(message, hash_name, key.size, plain[-size:])


def ask_token(replay, service, entry):
    """The questions of one token; those before are asked of the same one."""
    token, passed = Token(replay, service, entry), set()

    def ask(row, after, question, applies=True):
        check = "%s.%s" % (service, row)
        before = len(replay.out.get(check, []))
        if not passed >= set(after):
            replay.out.setdefault(check, []).append("skip")
            return
        replay.ask(check, (), question, applies)
        if replay.out[check][before:] == ["pass"]:
            passed.add(row)

    ask("format", (), token.form)
    if service == "maa":
        ask("key", ("format",), token.maa_key)
    ask("signature", ("format", "key") if service == "maa" else ("format",), token.verifies)
    if service != "maa":
        own = service == "ita" or "format" not in passed or "x5c" in token.header
        ask("chain", ("format",), token.chain, own)
    ask("window", ("signature",), token.window)
    if service == "ita":
        ask("nonce", ("signature",), token.nonce)
    oracle_claims.ask_claims(token, ask)
    return token


def ask_all(replay):
    for service in SERVICES:
        for entry in replay.items:
            if entry["kind"] == service + "-token":
                token = ask_token(replay, service, entry)
                expectations(replay, token)


def expectations(replay, token):
    """policy.expect for what a policy pins of the enclave behind the key."""
    for fact, values in (replay.policy or {}).get("expect", {}).items():
        if fact.startswith("maa."):
            replay.ask("policy.expect", ("maa.format",),
                       lambda f=fact, v=values: oracle_claims.expected(token, {f: v}))
