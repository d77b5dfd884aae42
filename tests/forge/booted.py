# SPDX-License-Identifier: Apache-2.0
"""A SIMULATED machine that booted: what its logs say, what its registers hold, and the quotes over
them, which need not agree."""

import functools
import hashlib

import cel
import edits
import eventlog
import ima
import scene
import tpm

MRS = {0: "mrtd", 1: "rtmr0", 2: "rtmr1", 3: "rtmr2", 4: "rtmr3"}
# nobody signs these archives, and one digest an item is enough
LEAN = {"signers": edits.const([]), "digests": edits.const(("sha256",))}


class Machine:
    """Logs as they grow. boot() logs and extends; log() and extend() do one of the two."""

    def __init__(self, banks=("sha256",), pcrs=True, locality=0):
        self.banks = tuple(banks)
        self.holds = eventlog.Registers(banks, pcrs, locality)
        self.events, self.entries, self.phases, self.records = [], [], [], []

    def log(self, *events):
        self.events += events
        return self

    def extend(self, *events):
        self.holds.boot(events)
        return self

    def boot(self, *events):
        return self.log(*events).extend(*events)

    def only(self, register, *digests_of):
        """Extends one register and logs nothing; each is bank -> digest."""
        for digest_of in digests_of:
            self.holds.extend(register, digest_of)
        return self

    def text(self, register, *texts):
        """Extends digests of texts that no log here has."""
        return self.only(register, *[lambda b, t=t: eventlog.hashed(b, t.encode()) for t in texts])

    def measure(self, *entries, extended=True, order="little"):
        """Entries of IMA."""
        self.entries += entries
        if extended:
            for entry in entries:
                self.holds.extend(entry.pcr, lambda b, e=entry: e.digest(b, order))
        return self

    def userspace(self, *phases, extended=True):
        """Records of systemd."""
        self.phases += phases
        if extended:
            for phase in phases:
                self.holds.extend(phase.pcr, phase.digest)
        return self

    def launch(self, register, *records, extended=True):
        """Records of Confidential Space, all in one register."""
        self.records += records
        if extended:
            for record in records:
                self.holds.extend(register, record.digest)
        return self

    # --- the logs

    def tcg(self, **other):
        return {"tcg-log": eventlog.agile(self.events, self.banks, **other)}

    def legacy(self):
        return {"tcg-log": eventlog.legacy(self.events)}

    def ccel(self, **other):
        return {"ccel": eventlog.ccel(self.events, **other)}

    def ima(self, order="little", bank="sha1"):
        return {"ima-log": ima.log(self.entries, order, bank)}

    def systemd(self, banks=None):
        return {"systemd-log": cel.systemd(self.phases, banks or self.banks)}

    def cel(self, register):
        return {"cel": cel.log(self.records, register, self.banks)}


class Quoted(scene.Scene):
    """A TPM's quote of the chosen PCRs, [(bank, numbers)] in the order of the quote, and the logs."""

    def __init__(self, given=None, machine=None, chosen=(), logs=None, values=True):
        fields = {"selection": tpm.selections([(eventlog.BANKS[b], n) for b, n in chosen])}
        self.held = b"".join(v for b, n in chosen for v in machine.holds.of(b, n))
        fields["digest"] = hashlib.sha256(self.held).digest()
        super().__init__(dict(LEAN, **{"tpm.fields": edits.put(**fields)}, **(given or {})))
        self.logs, self.values = logs, values

    def parts(self):
        leaf = self.azure.certificate("leaf")
        made = {"tpm-message": self.tpm_message, "tpm-signature": self.tpm_signature,
                "tpm-pcrs": self.stage("tpm.pcrs", self.held), "ak-public": self.ak_public, "ak-cert": leaf,
                "ak-intermediate": self.azure.certificate("ca")}
        if not self.values:
            del made["tpm-pcrs"]
        return self.stage("logs", dict(made, **self.logs))


class QuotedTd(scene.Scene):
    """A TD's quote, without the collateral to judge its platform by, and the logs."""

    def __init__(self, given=None, machine=None, logs=None):
        held = {MRS[i]: machine.holds.values["sha384"][i] for i in range(1, 5)}
        super().__init__(dict(LEAN, td=edits.put(**held), **(given or {})))
        self.logs = logs

    def parts(self):
        return self.stage("logs", dict({"quote": self.quote}, **self.logs))


class Alone(scene.Scene):
    """Logs, and no quote."""

    def __init__(self, given=None, logs=None):
        super().__init__(dict(LEAN, **(given or {})))
        self.logs = logs

    def parts(self):
        return self.stage("logs", dict(self.logs))


def of(kind, **what):
    """What a case names as its subject."""
    return functools.partial(kind, **what)


def detail(part, text):
    """The manifest names the file that an item was read from."""
    return lambda items: [dict(i, detail=text) if i["part"] == part else i for i in items]


def related(part, rel, other):
    return lambda items: [dict(i, relates=i["relates"] + [(rel, other)]) if i["part"] == part else i
                          for i in items]
