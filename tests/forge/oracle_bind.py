# SPDX-License-Identifier: Apache-2.0
"""The second opinion on nonces (collect.md 9): each is computed again from the archive alone."""

import base64
import hashlib
import json

import attested
import hcl
import jcs
import oracle_dcap
import oracle_place
import quote
import session
import tokens
import tpm
from oracle_container import hold

AFTER = {"hcl": ("hcl.runtime-data.format",), "report-data": ("dcap.quote.signature",),
         "tpm-quote": ("tpm.quote.signature",), "imds": (), "maa": (),
         "ita": ("hcl.runtime-data.format", "dcap.quote.signature"), "tls": ()}
MEMBERS = {"recipe", "session", "nonces"}


class Binding:
    """The binding of one manifest and the session that it names."""

    def __init__(self, replay):
        self.replay = replay
        self.predicate = replay.manifest["predicate"]
        self.value = self.predicate["binding"]

    def known(self):
        """Well formed, of a recipe that we know, its session here and good; sets h0."""
        if self.value["recipe"] != session.RECIPE:
            self.replay.one("another recipe")
        hold(set(self.value) >= MEMBERS, "members")
        for entry in self.value["nonces"]:
            hold(entry["use"] in AFTER and entry["round"] > 0, "use or round")
            hold(("after" in entry) == (entry["use"] == "tpm-quote"), "after")
        if self.value["session"] not in self.replay.data:
            self.replay.one("a session")
        document = self.replay.data[self.value["session"]]
        self.document = json.loads(document, object_pairs_hook=oracle_dcap.no_twice)
        hold(self.document["v"] == 1 and jcs.encode(self.document) == document, "session")
        hold(len(bytes.fromhex(self.document["seed"])) == 32, "seed")
        self.h0 = hashlib.sha512(document).digest()

    def item(self, name):
        if name not in self.replay.data:
            self.replay.one("an item that was withheld")
        return self.replay.data[name]

    def salt(self, name):
        for entry in self.replay.items:
            if {"rel": "salt-of", "name": name} in entry.get("relates", []):
                found = self.replay.data[entry["name"]]
                hold(len(found) == 32, "salt")
                return found
        return b""

    def committed(self, names):
        out = b""
        for name in names:
            digest = None
            if name in self.replay.data:
                digest = hashlib.sha256(self.salt(name) + self.replay.data[name]).digest()
            for entry in self.predicate.get("redactions", []):
                if digest is None and entry["name"] == name:
                    digest = bytes.fromhex((entry.get("salted") or entry["digest"])["sha256"])
            if digest is None:
                self.replay.one("an item of T")
            out += bytes([len(name)]) + name.encode() + digest
        return out

    def ita(self):
        nonce = json.loads(self.replay.one("ita-nonce"))
        return session.ita_data(self.h0, base64.b64decode(nonce["val"]),
                                base64.b64decode(nonce["iat"]))

    def check(self, entry):
        """One nonce, in its item."""
        self.known()
        data, use = self.item(entry["item"]), entry["use"]
        if use == "tpm-quote":
            want = session.tpm_nonce(self.h0, self.committed(entry["after"]))
            hold(tpm.parse(data)["extra"] == want, use)
        elif use == "imds":
            hold(attested.parse(data)["nonce"] == session.imds_nonce(self.h0), use)
        elif use == "maa":
            claims = tokens.claims_of(data)
            hold(nonces_of(claims, session.maa_nonce(self.h0)) == {session.maa_nonce(self.h0)}, use)
        else:
            hold(held(data) == (self.ita() if use == "ita" else self.h0), use)

    def challenge(self, nonce):
        self.known()
        if nonce is None:
            self.replay.one("a challenge")
        hold(self.document["challenge"] == nonce.hex(), "challenge")
        if not any(self.replay.passed("bind." + use) for use in ("hcl", "report-data", "tpm-quote")):
            self.replay.one("a report that rests on the session")


def nonces_of(claims, want):
    """What both names of a nonce say; of a list (RFC 9711, 4.1) the wanted one counts."""
    said = [claims[name] for name in ("nonce", "eat_nonce") if name in claims]
    lists = [value if isinstance(value, list) else [value] for value in said]
    return {want if want in value else value[0] for value in lists}


def held(data):
    """user-data of a paravisor's report or of a token's copy of it, REPORTDATA of a quote."""
    if data[:4] == b"HCLA":
        return bytes.fromhex(json.loads(hcl.parse(data)[1])["user-data"])
    if data[:2] == b"\x04\x00":
        return quote.unpack(quote.TD_10, data[48:48 + 584])["report_data"]
    claims = tokens.claims_of(data)
    said = {part["attester_runtime_data"]["user-data"] for part in (claims, claims.get("tdx", {}))
            if "attester_runtime_data" in part}
    hold(len(said) == 1, "one place")
    return bytes.fromhex(said.pop())


def malformed(value):
    """Whether the binding cannot be taken for one; then every question fails."""
    try:
        return value["recipe"] == session.RECIPE and not (
            isinstance(value["session"], str) and all(
                e["use"] in AFTER and e["item"] for e in value["nonces"]))
    except (KeyError, TypeError):
        return True


def ask_all(replay):
    """Every bind.* question of what the binding names; nothing else passes."""
    value = replay.manifest["predicate"].get("binding")
    if value is None:
        oracle_place.ask_all(replay, None)
        return
    binding, broken = Binding(replay), malformed(value)
    named = [] if broken else value.get("nonces", [])
    if broken:
        for use in AFTER:
            replay.ask("bind." + use, (), lambda: hold(False, "binding"))
    for entry in [e for e in named if e["use"] != "tls"]:
        after = () if "-token/" in entry["item"] else AFTER[entry["use"]]
        replay.ask("bind." + entry["use"], after, lambda e=entry: binding.check(e))
    oracle_place.ask_all(replay, binding)
    replay.ask("bind.challenge", (), lambda: (
        hold(not broken, "binding"), binding.challenge(replay.nonce)))
