# SPDX-License-Identifier: Apache-2.0
"""A second opinion on every case: a small, slow replay that shares nothing with the C program.

It asks each question of the check table on an archive and gives {check id: outcomes}. Time stamps
are left to openssl (check_tools.py)."""

import base64
import hashlib
import json

import dsse
import ec
import ed25519
import jcs
import oracle_bind
import oracle_dcap
import oracle_events
import oracle_guest
import oracle_imds
import oracle_log
import oracle_token
import oracle_snp
from oracle_container import Fail, members


PREDICATE = {"format", "items", "time", "collector", "binding", "subjectSystem", "previous",
             "series", "redactions"}


class Absent(Exception):
    """There is nothing to ask the question of, or no key to answer it with."""


class Replay:
    """Outcomes by check id for one archive."""

    def __init__(self, data, as_of, policy, nonce=None):
        self.as_of, self.policy, self.nonce = as_of, policy, nonce
        self.out, self.moot, self.chosen = {}, set(), {}
        self.own = {}  # {kind: items of the one that is asked about}
        self.ask("archive.container", (), lambda: self.open(data))
        self.ask("archive.canonical", ("archive.container",), self.canonical_bytes)
        self.ask("archive.manifest", ("archive.container",), self.read_manifest)
        self.ask("archive.digests", ("archive.manifest",), self.digests)
        self.signatures()
        signed = self.passed("archive.threshold") or "archive.threshold" not in self.out
        if self.passed("archive.digests") and signed:
            oracle_dcap.ask_all(self)
            oracle_snp.ask_all(self)
            oracle_guest.ask_all(self)
            oracle_events.ask_all(self, oracle_log.ask_all(self))
            oracle_imds.ask_all(self)
            self.expectations()
            oracle_bind.ask_all(self)
            oracle_token.ask_all(self)

    def ask(self, check, after, question, applies=True):
        """Runs a question unless something before it did not pass, or it is none for this
        evidence; records pass, fail or skip."""
        outcome = "skip"
        if not applies:
            self.moot.add(check)
        elif all(self.passed(before) for before in after):
            try:
                question()
                outcome = "pass"
            except Absent:
                pass
            except (Fail, ValueError, KeyError, IndexError, AssertionError):
                outcome = "fail"
        self.out.setdefault(check, []).append(outcome)

    def passed(self, check):
        return bool(self.out.get(check)) and set(self.out[check]) == {"pass"}

    def open(self, data):
        self.members, self.canonical = members(data)

    def canonical_bytes(self):
        predicate = json.loads(self.members[0][1])["predicate"]
        assert self.canonical and not set(predicate) - PREDICATE

    def read_manifest(self):
        (name, text), *rest = self.members
        assert name == "manifest.json"
        self.text, self.manifest = text, json.loads(text)
        assert jcs.encode(self.manifest) == text
        digests = [d for s in self.manifest["subject"] for d in s["digest"].values()]
        assert all(d == d.lower() for d in digests)
        items = [(n, len(d)) for n, d in rest if n.startswith("items/")]
        listed = [(i["name"], i["size"]) for i in self.manifest["predicate"]["items"]]
        assert sorted(items) == listed
        self.data = dict(rest)
        self.items = self.manifest["predicate"]["items"]

    def digests(self):
        for subject in self.manifest["subject"]:
            for name, want in subject["digest"].items():
                assert hashlib.new(name, self.data[subject["name"]]).hexdigest() == want

    def signatures(self):
        """archive.signature for each line, archive.threshold for all (archive.md 5)."""
        signers = (self.policy or {}).get("signers", {})
        keys = [base64.b64decode("".join(text.split("\n")[1:-2])) for text in signers.get("keys", [])]
        lines = [(json.loads(body), line)
                 for name, body in (self.members if self.passed("archive.manifest") else [])
                 if name.endswith(".dsse.json") for line in json.loads(body)["signatures"]]
        made = [self.maker(envelope, line, keys) for envelope, line in lines]
        wanted, good = signers.get("threshold", 0), len(set(made) - {None})
        required = bool({"archive.signature", "archive.threshold"} &
                        set((self.policy or {}).get("require", [])))
        if lines:
            self.out["archive.signature"] = [
                "pass" if key else "fail" if not self.covers(envelope) and good < wanted else "skip"
                for key, (envelope, _) in zip(made, lines)]
        if wanted or required:
            short = "fail" if wanted else "skip"
            self.out["archive.threshold"] = ["pass" if good >= (wanted or 1) else short]

    def covers(self, envelope):
        return base64.b64decode(envelope["payload"]) == self.text

    def maker(self, envelope, line, keys):
        """The key that made a line over the manifest, or None; the key id is not looked at."""
        message, value = dsse.pae(self.text), base64.b64decode(line["sig"])
        return next((k for k in keys if self.covers(envelope) and signed_by(k, message, value)), None)

    def expectations(self):
        """policy.expect for each fact; the facts of cases are fields of the TD report."""
        for fact, values in (self.policy or {}).get("expect", {}).items():
            if fact.startswith("maa."):
                continue
            if fact == oracle_events.FACT:
                good = self.passed("log.secure-boot")
                self.out.setdefault("policy.expect", []).append("pass" if good else "skip")
                continue
            grounds = ("snp.signature", "snp.chain") if fact[:3] == "snp" else oracle_dcap.GROUNDS
            self.ask("policy.expect", grounds, lambda f=fact, v=values: self.expected(f, v))

    def expected(self, fact, values):
        area, name = fact.split(".")
        if area == "tdx":
            assert self.td[name].hex() in values
        else:
            field = self.snp["".join("_" + c.lower() if c.isupper() else c for c in name)]
            number = name in ("vmpl", "guestSvn")
            assert (str(int.from_bytes(field, "little")) if number else field.hex()) in values

    def of_kind(self, kind):
        """The bytes of the items of a kind, in order."""
        if kind in self.own:
            return self.own[kind]
        return [self.data[i["name"]] for i in self.items if i["kind"] == kind]

    def entry(self, kind):
        return next((i for i in self.items if i["kind"] == kind), {})

    def one(self, kind):
        found = self.of_kind(kind)
        if kind in self.chosen:
            found = [raw for raw in [self.chosen[kind]] if raw]
        if not found:
            raise Absent(kind)
        return found[0]


def signed_by(spki, message, value):
    """Ed25519 is deterministic, and these keys are ours: sign again and compare."""
    if spki[-33] == 0 and len(spki) == 44:
        known = [ed25519.key(n) for n in ("lab", "stranger")]
        return any(k.spki() == spki and k.sign(message) == value for k in known)
    curve = ec.P256 if len(spki) == 91 else ec.P384
    try:
        return oracle_dcap.der_verifies(curve, spki[-2 * curve.size:], message, value)
    except ValueError:  # a signature of another algorithm is no DER
        return False
