# SPDX-License-Identifier: Apache-2.0
"""SIMULATED TLS round trips (collect.md 11.1), the PKI of the host, a registry's answer (11.4).

Stages beside those of bound.py: poc.KIND.key, .fields, .der, .signer (KIND: root, ca, leaf), poc.chain,
poc.try (one dictionary a try), poc.messages, poc.record, poc.text, poc.times, poc.bound, registry.claims,
registry.reply, registry.text, registry.keys."""

import base64
import functools
import hashlib

import bound
import drbg
import ec
import ed25519
import intel_pki
import jcs
import rsa
import session
import tls
import tokens
import windows
import x509

HOST, PORT, TRIES = "edge.simulated.example", 443, 3
NS = (1834567, 990123, 1400001)  # of each try
HZ = 2100000000
NAMES = {role: [(x509.O, x509.UTF8, "SIMULATED"), (x509.CN, x509.UTF8, "SIMULATED TLS " + role)]
         for role in ("root", "ca")}
NAMES["leaf"] = [(x509.CN, x509.UTF8, HOST)]
ISSUER = {"root": "root", "ca": "root", "leaf": "ca"}
WINDOW = {"root": windows.ROOT, "ca": windows.PCK_CA, "leaf": windows.AK}
SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
REGISTRY = "https://registry.simulated.invalid"


class Pki:
    """Root, one intermediate and the host's leaf, in the shape of the web's."""

    def __init__(self, stage):
        self.stage = stage

    @functools.lru_cache(maxsize=None)
    def key(self, role):
        return self.stage("poc.%s.key" % role, ec.key("poc " + role))

    def extensions(self, role):
        identifiers = [x509.ext_ski(x509.key_id(self.key(role).spki())),
                       x509.ext_aki(x509.key_id(self.key(ISSUER[role]).spki()))]
        if role != "leaf":
            return [x509.ext_basic(True), x509.ext_key_usage(x509.SIGN_CERT_CRL), *identifiers]
        return [x509.ext_basic(False), x509.ext_key_usage(x509.SIGN), x509.ext_eku(SERVER_AUTH),
                x509.ext_alt_dns("other.simulated.example", HOST), *identifiers]

    @functools.lru_cache(maxsize=None)
    def certificate(self, role):
        signer = self.stage("poc.%s.signer" % role, self.key(ISSUER[role]))
        fields = self.stage("poc.%s.fields" % role, {
            "serial": int.from_bytes(drbg.take("poc serial " + role, 16), "big"),
            "algorithm": signer.sig_algorithm(), "issuer": NAMES[ISSUER[role]],
            "subject": NAMES[role], "window": WINDOW[role], "spki": self.key(role).spki(),
            "extensions": self.extensions(role)})
        return self.stage("poc.%s.der" % role, x509.certificate(fields, signer.sign))


def scheme_of(key):
    """(number, how it signs) of the host's key."""
    if isinstance(key, rsa.Key):
        return tls.SCHEMES["pss-sha256"], key.sign_pss
    if isinstance(key, ed25519.Key):
        return tls.SCHEMES["ed25519"], key.sign
    return tls.SCHEMES["ecdsa-p256" if key.curve is ec.P256 else "ecdsa-p384"], key.sign


def client(value, group):
    ours = [tls.server_name(value["host"]), tls.versions(), (tls.NONCE, value["nonce"]),
            *value["more"]]
    if value["nonce"] is None:
        ours = [e for e in ours if e[0] != tls.NONCE]
    return tls.client_hello(drbg.take("poc client %d" % value["random"], 32),
                            ours + [tls.shares(group, drbg.take("poc share", 32))])


def hellos(value):
    """ClientHello to ServerHello, with a HelloRetryRequest where `retry` says a group; `again` is what
    the second ClientHello has in place of the first one's, `asked` what the request has."""
    answer = tls.server_hello(
        drbg.take("poc server %d" % value["index"], 32), value["suite"],
        [tls.chosen_version(value["version"]), tls.share(value["group"], drbg.take("poc answer", 32))])
    if not value["retry"]:
        return [client(value, value["group"]), answer]
    asked = dict(value, **value["asked"])
    again = tls.server_hello(tls.RETRY, asked["suite"], [
        tls.chosen_version(), (tls.KEY_SHARE, tls.be(asked["group"], 2))])
    return [client(value, 0x1D), again, client(dict(value, **value["again"]), value["group"]), answer]


class RoundTrip(bound.Bound):
    """The guest of bound.py, which also timed handshakes with a host and asked a registry."""

    @functools.cached_property
    def web(self):
        return Pki(self.stage)

    def chain(self):
        return self.stage("poc.chain", [self.web.certificate("leaf"), self.web.certificate("ca")])

    def messages(self, value):
        scheme, sign = scheme_of(value["key"])
        out = hellos(value) + [tls.message(tls.EXTENSIONS, tls.vector(2, b"")),
                               tls.certificate(value["chain"], value["ocsp"])]
        signature = sign(tls.signed(out, value["suite"]))
        return out + [tls.verify(value["scheme"] or scheme, value["signature"](signature))]

    def one(self, index):
        """A try, as the record has it."""
        start = 5000000000 + 200000000 * index
        value = self.stage("poc.try", {
            "index": index, "host": HOST, "nonce": session.tls_nonce(self.root, index), "more": [],
            "suite": 0x1301, "group": 0x1D, "version": 0x0304, "retry": False, "again": {}, "asked": {}, "random": index, "chain": self.chain(),
            "ocsp": b"SIMULATED OCSP" if index == 0 else b"", "key": self.web.key("leaf"),
            "scheme": None, "signature": lambda s: s, "start": start, "ns": NS[index], "failed": None,
            "ticks": NS[index] * (HZ // 10**8) // 10})
        if value["failed"]:
            return {"index": index, "failed": value["failed"]}
        ticks = value["start"] * (HZ // 10**8) // 10
        messages = self.stage("poc.messages", self.messages(value))
        return {"index": index, "peer": "192.0.2.1:443", "tcpRttUs": 900,
                "start": {"ns": str(value["start"]), "counter": str(ticks)},
                "end": {"ns": str(value["start"] + value["ns"]),
                        "counter": str(ticks + value["ticks"])},
                "messages": [base64.b64encode(m).decode() for m in messages]}

    @functools.cached_property
    def record(self):
        return self.stage("poc.record", {
            "format": "ecart-roundtrip/1", "host": HOST, "port": PORT,
            "clock": {"source": "tsc", "counter": "tsc", "counterHz": str(HZ)},
            "tries": [self.one(i) for i in range(TRIES)]})

    def times(self):
        out = b""
        for one in self.record["tries"]:
            ns = int(one["end"]["ns"]) - int(one["start"]["ns"]) if "end" in one else 2**64 - 1
            out += (ns % 2**64).to_bytes(8, "little")
        return self.stage("poc.times", out)

    def registry(self):
        ppid = intel_pki.SGX["ppid"]
        number = hashlib.sha256(ppid).hexdigest()[:32]
        claims = self.stage("registry.claims", {
            "quote_hash": hashlib.sha256(self.quote).hexdigest(), "machine_id": number,
            "label": "SIMULATED rack 7", "timestamp": windows.AS_OF - 1})
        token = tokens.compact({"alg": "RS256", "typ": "JWT", "kid": "SIMULATED"}, claims,
                               rsa.key("registry")).decode()
        reply = self.stage("registry.reply", {"machineId": number, "label": "SIMULATED rack 7",
                                              "jwt": token})
        return self.stage("registry.text", jcs.encode(reply))

    def registry_keys(self):
        """What nobody serves: the registry's keys as somebody archived them."""
        return self.stage("registry.keys", jcs.encode(
            {"keys": [tokens.jwk("SIMULATED", rsa.key("registry"))]}))

    def parts(self):
        return dict(super().parts(), roundtrip=self.stage("poc.text", jcs.encode(self.record)),
                    **{"roundtrip-times": self.times(), "registry": self.registry(),
                       "registry-keys": self.registry_keys()})

    def described(self, made, names):
        made = super().described(made, names)
        if "roundtrip" not in names or "binding" not in made["predicate"]:
            return made
        tries = [{"use": "tls", "round": 1, "item": names["roundtrip"], "index": one["index"]}
                 for one in self.record["tries"] if "failed" not in one]
        binding = made["predicate"]["binding"]
        binding = dict(binding, nonces=binding["nonces"] + self.stage("poc.bound", tries))
        return dict(made, predicate=dict(made["predicate"], binding=binding))


def root():
    """The key that the host's chain ends in, as it is when nothing is edited."""
    return ec.key("poc root")


def seeds():
    """What fuzzing of these kinds starts from."""
    parts = RoundTrip().parts()
    retried = RoundTrip({"poc.try": lambda t: dict(t, retry=True, group=0x17)}).parts()
    return {"fuzz/kind-poc-tls-transcript/record.json": parts["roundtrip"],
            "fuzz/kind-poc-tls-transcript/retried.json": retried["roundtrip"],
            "fuzz/kind-poc-tls-times/times.bin": parts["roundtrip-times"],
            "fuzz/kind-poc-registry/reply.json": parts["registry"]}
