# SPDX-License-Identifier: Apache-2.0
"""A scene whose evidence was collected in one session: every nonce follows from its document.

Stages beside those of scene.py: bind.document, bind.session (its bytes), bind.hcl, bind.tpm,
bind.imds, bind.maa, bind.ita, bind.after, bind.nonces, bind.binding, bind.collector."""

import base64
import functools

import archive
import attested
import collateral
import hcl
import jcs
import scene
import session
import tokens
import windows

SALT = b"SIMULATED-SALT-0" * 2
VAL, IAT = b"SIMULATED-ITA-NONCE", b"2026-06-08 12:42:40 +0000 UTC"
AFTER = ("session", "hcl", "quote", "imds", "maa")
USES = (("hcl", 1, "hcl"), ("tpm-quote", 1, "tpm-message"), ("imds", 1, "imds"), ("maa", 1, "maa"),
        ("ita", 2, "ita-hcl"))
STEPS = [
    {"source": "host", "outcome": "ok"}, {"source": "hcl-report", "outcome": "ok"},
    {"source": "tcg-log", "outcome": "absent", "reason": "the firmware log is empty on this host"},
    {"source": "ima-log", "outcome": "failed", "reason": "permission denied (run as root)"},
    {"source": "ita", "outcome": "skipped"}]


def path(part):
    """The first item of the part's kind (archive.md 2.1)."""
    kind, extension = archive.PARTS[part][:2]
    return "items/%s/0000.%s" % (kind, extension)


class Bound(scene.Scene):
    """The guest of scene.py, asked with the nonces of a session."""

    uses, after = USES, AFTER

    @functools.cached_property
    def document(self):
        value = self.stage("bind.document", {
            "v": 1, "challenge": "", "seed": (b"SIMULATED-SEED-0" * 2).hex(),
            "started": collateral.stamp(windows.AS_OF - 2),
            "host": {"sysname": "Linux", "vendor": "SIMULATED"}})
        return self.stage("bind.session", jcs.encode(value))

    @functools.cached_property
    def root(self):
        return session.root(self.document)

    @functools.cached_property
    def user_data(self):
        return self.stage("bind.hcl", self.root)

    @functools.cached_property
    def imds(self):
        nonce = self.stage("bind.imds", session.imds_nonce(self.root))
        return attested.reply(attested.signed(attested.content(nonce)))

    @functools.cached_property
    def maa(self):
        return tokens.maa(self.stage("bind.maa", {"nonce": session.maa_nonce(self.root)}))

    def content(self, part):
        known = {"session": self.document, "hcl": self.hcl, "quote": self.quote, "imds": self.imds,
                 "maa": self.maa}
        return known[part]

    @functools.cached_property
    def tpm_nonce(self):
        items = [(path(p), SALT if p == "imds" else b"", self.content(p)) for p in self.after]
        committed = session.commitment(self.stage("bind.after", items))
        return self.stage("bind.tpm", session.tpm_nonce(self.root, committed))

    def second_round(self):
        """What Intel Trust Authority is asked about: a report of its own."""
        data = self.stage("bind.ita", session.ita_data(self.root, VAL, IAT))
        other = scene.Scene({"hcl.claims": lambda c: dict(c, **{"user-data": data.hex()})})
        nonce = {"val": base64.b64encode(VAL).decode(), "iat": base64.b64encode(IAT).decode(),
                 "signature": base64.b64encode(b"SIMULATED").decode()}
        claims = {"attester_runtime_data": {"user-data": data.hex()}}
        return {"ita-nonce": jcs.encode(nonce), "ita-hcl": other.hcl, "ita-quote": other.quote,
                "ita-token": tokens.ita(self.stage("bind.ita.claims", claims))}

    def parts(self):
        return dict({"session": self.document}, **super().parts(), imds=self.imds, maa=self.maa,
                    **{"salt-imds": SALT}, **self.second_round())

    def described(self, made, names):
        """The manifest with what the collector says of nonces and of its run."""
        nonces = [{"use": use, "round": number, "item": names[part]}
                  for use, number, part in self.uses if part in names]
        for entry in nonces:
            if entry["use"] == "tpm-quote":
                entry["after"] = [path(p) for p in self.after]
        value = {"recipe": session.RECIPE, "session": path("session"),
                 "nonces": self.stage("bind.nonces", nonces)}
        collector = dict(made["predicate"]["collector"], verb="collect", root="test", steps=STEPS)
        inner = dict(made["predicate"], collector=self.stage("bind.collector", collector))
        value = self.stage("bind.binding", value)
        if value is not None:
            inner["binding"] = value
        return dict(made, predicate=inner)


class Early(Bound):
    """The TPM quote came right after the report."""

    after = ("session", "hcl")


class PlainTd(Bound):
    """A TD without a paravisor: its quote holds the nonce itself."""

    uses = (("report-data", 1, "quote"),)

    def __init__(self, edits=None):
        super().__init__(dict({"td": lambda t: dict(t, report_data=self.user_data)},
                              **(edits or {})))


def seeds():
    """What fuzzing of these formats starts from."""
    one = Bound()
    parts = one.parts()
    names = {part: path(part) for part in parts if part in archive.PARTS}
    made = one.described({"predicate": {"collector": {"name": "forge"}}}, names)
    return {
        "fuzz/binding/predicate.json": jcs.encode(made["predicate"]),
        "fuzz/kind-cms/message.p7": attested.message_of(one.imds),
        "fuzz/carrier/imds.json": one.imds, "fuzz/carrier/maa.jwt": one.maa,
        "fuzz/carrier/ita.jwt": parts["ita-token"],
        "fuzz/kind-ecart-session/session.json": one.document}
