# SPDX-License-Identifier: Apache-2.0
"""The second opinion on event logs: read from the archive's bytes by a reader of its own, replayed
with hashlib, held against the quotes. It says equal or not; why not is not its question."""

import hashlib
import json
import re
import struct

import oracle_dcap
import oracle_tpm
from oracle_container import Fail

NAMES = {4: "sha1", 11: "sha256", 12: "sha384", 13: "sha512", 18: "sm3", 39: "sha3_256",
         40: "sha3_384", 41: "sha3_512"}
FACTS = {"sm3": "sm3_256"}  # where the report has another name
ALGS = {name: alg for alg, name in NAMES.items()}
NOWHERE = 0xFFFFFFFF
FIRMWARE = {"tcg-eventlog": 24, "tdx-eventlog-ccel": 5}
NO_QUOTE = {"selection": bytes(4)}
REGISTERS = ("log.pcr", "log.rtmr", "log.ima")
BEHIND = ("cel-json", "cel-tlv", "ima-log-binary")


def digest(alg, data):
    return hashlib.new(NAMES[alg], data).digest()


def wanted(held, message):
    if not held:
        raise Fail(message)


class Cut(Fail):
    """Something in the middle of a log cannot be read; what stands before it counts."""


class Log:
    """What one item says: entries of (register, {algorithm: digest}), as they are extended."""

    def __init__(self, kind, data, entry):
        self.kind, self.data, self.entry = kind, data, entry
        self.entries, self.fault, self.bad, self.start = [], None, None, None
        self.algs, self.aggregate, self.known = (4,), None, True
        self.events, self.agile = [], False  # firmware's: (register, type, digests, data)
        readers = {"tcg-eventlog": self.tcg, "tdx-eventlog-ccel": self.tcg, "cel-json": self.systemd,
                   "cel-tlv": self.cel, "ima-log-binary": self.ima}
        try:
            readers[kind]()
        except (Fail, struct.error, IndexError, KeyError, ValueError) as why:
            self.fault = why
            self.known = bool(self.entries) or isinstance(why, Cut)

    def take(self, at, size):
        wanted(at + size <= len(self.data), "beyond the end")
        return self.data[at:at + size], at + size

    # --- firmware's

    def tcg(self):
        register, kind, first, size = struct.unpack_from("<II20sI", self.data)
        data, at = self.take(32, size)
        sizes, agile = {4: 20}, kind == 3 and data[:16] == b"Spec ID Event03\0"
        self.agile = agile
        if agile:
            count = struct.unpack_from("<I", data, 24)[0]
            pairs = [struct.unpack_from("<HH", data, 28 + 4 * i) for i in range(min(count, 17))]
            wanted(0 < count <= 16 and len({a for a, _ in pairs}) == count, "banks")
            for alg, length in pairs:
                wanted(alg not in NAMES or len(digest(alg, b"")) == length, "size of a digest")
            self.algs, sizes = tuple(a for a, _ in pairs), dict(pairs)
        self.known = True
        if not agile:
            at = 0
        try:
            while not self.ended(at):
                at = self.event(at, sizes, agile)
        except (Fail, struct.error, KeyError) as why:
            raise Cut(str(why)) from None

    def ended(self, at):
        rest = self.data[at:]
        pad = rest[:1]
        least = 8 if pad == b"\xff" else 12
        if not rest or pad in (b"\0", b"\xff") and not rest.strip(pad):
            return True
        if pad in (b"\0", b"\xff") and not rest[:least].strip(pad):
            self.fault = Cut("something behind the padding")
            return True
        return False

    def event(self, at, sizes, agile):
        register, kind = struct.unpack_from("<II", self.data, at)
        at, found = at + 8, {}
        if agile:
            count, at = struct.unpack_from("<I", self.data, at)[0], at + 4
            for _ in range(count):
                alg = struct.unpack_from("<H", self.data, at)[0]
                wanted(alg in sizes and alg not in found, "algorithm")
                found[alg], at = self.take(at + 2, sizes[alg])
        else:
            found[4], at = self.take(at, 20)
        size = struct.unpack_from("<I", self.data, at)[0]
        data, at = self.take(at + 4, size)
        if self.kind == "tcg-eventlog":
            self.locality(register, kind, data)
        limit = FIRMWARE[self.kind]
        self.events.append((register, kind, found, data))
        if kind != 3 and register < limit and (register or limit == 24):
            self.entries.append((register, found))
        return at

    def locality(self, register, kind, data):
        untouched = self.start is None and not any(r == 0 for r, _ in self.entries)
        if register or not untouched:
            return
        if kind == 3 and data[:16] == b"StartupLocality\0" and data[16:17] in (b"\0", b"\3", b"\4"):
            self.start = data[16]
        if kind == 0x80000010:
            self.start = 4

    # --- those behind it

    def systemd(self):
        """A record that is none is not as it was measured; the next one is read all the same."""
        wanted(self.data[:1] == b"\x1e", "no record")
        for i, text in enumerate(self.data[1:].split(b"\x1e"), 1):
            try:
                self.phase(json.loads(text, object_pairs_hook=oracle_dcap.no_twice))
            except (KeyError, ValueError, TypeError, AttributeError, AssertionError, Fail):
                self.bad = self.bad or i

    def phase(self, value):
        found = {ALGS[d["hashAlg"]]: bytes.fromhex(d["digest"]) for d in value["digests"]
                 if d["hashAlg"] in ALGS}
        assert all(len(d) == len(digest(a, b"")) for a, d in found.items())
        if "pcr" in value:
            assert 0 <= value["pcr"] < 24
            self.entries.append((value["pcr"], found))
        string = value.get("content", {}).get("string", "").encode()
        assert not string or all(digest(a, string) == d for a, d in found.items())

    def tlv(self, at):
        kind, size = struct.unpack_from(">BI", self.data, at)
        return (kind,) + self.take(at + 5, size)

    def cel(self):
        at, number, separated = 0, 0, False
        while at < len(self.data):
            begin = at
            try:
                at, separated = self.record(at, number, separated)
            except (Fail, struct.error) as why:
                raise Cut("record at %d: %s" % (begin, why)) from None
            number += 1

    def record(self, at, number, separated):
        kind, value, at = self.tlv(at)
        wanted(kind == 0 and len(value) == 8, "record number")
        good = int.from_bytes(value, "big") == number
        place, register, at = self.tlv(at)
        wanted(place in (1, 108), "register")
        kind, value, end = self.tlv(at)
        wanted(kind == 3, "digests")
        at, found = at + 5, {}
        while at < end:
            alg, body, at = self.tlv(at)
            found[alg] = body
        kind, value, at = self.tlv(end)
        content = self.data[at - len(value) - 5:at]
        good &= all(digest(a, content) == d for a, d in found.items() if a in NAMES)
        good &= not separated or value[0] in (9, 10, 11)
        if not good:
            self.bad = self.bad or number + 1
        self.entries.append((register[0] if place == 1 else 100 + register[0], found))
        return at, separated or value[0] == 8

    def ima(self):
        path = re.search("measurements_([a-z0-9]+)$", self.entry["source"].get("detail", ""))
        stored = ALGS[path[1]] if path else 4
        order = "little" if self.data[0] < 24 and self.data[3] == 0 else "big"
        at, number = 0, 0
        while at < len(self.data):
            number += 1
            try:
                at = self.measured(at, order, stored, number)
            except (Fail, struct.error) as why:
                raise Cut("entry %d: %s" % (number, why)) from None

    def number(self, at, order):
        raw, at = self.take(at, 4)
        return int.from_bytes(raw, order), at

    def counted(self, at, order):
        size, at = self.number(at, order)
        return self.take(at, size)

    def measured(self, at, order, stored, number):
        register, at = self.number(at, order)
        shown, at = self.take(at, len(digest(stored, b"")))
        template, at = self.counted(at, order)
        wanted(re.fullmatch(rb"[!-~ ]{1,255}", template), "name of a template")
        if template == b"ima":
            file, at = self.take(at, 20)
            name, at = self.counted(at, order)
            data, fields = file + name.ljust(256, b"\0"), (b"sha1", file, name)
        else:
            data, at = self.counted(at, order)
            fields = named(data, template, order)
        violation = not any(shown)
        if not violation and digest(stored, data) != shown:
            self.bad = self.bad or number
        if fields and fields[2] == b"boot_aggregate" and self.aggregate is None:
            self.aggregate = ALGS.get(fields[0].decode("ascii", "replace")), fields[1]
        found = {a: b"\xff" * len(digest(a, b"")) if violation else digest(a, data) for a in NAMES}
        if not violation:
            found[stored] = shown
        self.entries.append((register, found))
        return at


def named(data, template, order):
    """(algorithm, digest, name) of a file, where the template says that they are there."""
    fields, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], order)
        at += 4 + size
        fields.append(data[at - size:at])
    counts = {b"ima-ng": 2, b"ima-sig": 3, b"ima-buf": 3}
    if at != len(data) or len(fields) != counts.get(template):
        return None
    algorithm, colon, file = fields[0].partition(b":\0")
    if fields[1][-1:] != b"\0":
        return None
    return (algorithm, file, fields[1][:-1]) if colon else (b"sha1", b"", fields[1][:-1])


# --- registers

class Held:
    """Registers of one algorithm after the entries of firmware's log."""

    def __init__(self, log, alg, limit):
        size = len(digest(alg, b""))
        self.alg, self.incomplete, self.touched = alg, set(), set()
        self.value, self.pcrs = [bytes(size)] * limit, limit == 24
        self.known = [[] for _ in range(limit)]
        if limit == 24:
            launched = log and any(17 <= r <= 22 for r, _ in log.entries)
            if not launched:
                self.value[17:23] = [b"\xff" * size] * 6
            if log and log.start:
                self.value[0] = bytes(size - 1) + bytes([log.start])
        self.initial = list(self.value)
        for register, found in log.entries if log else ():
            self.touched.add(register)
            if alg in found:
                self.known[register].append(found[alg])
                self.value[register] = digest(alg, self.value[register] + found[alg])
            else:
                self.incomplete.add(register)


def follows(held, register, tails, want, padded=False):
    """(reached, extended, lacking) by the entries that follow: whether some of them lead to the
    value, how many were extended until then, whether one on the way has no digest of the bank."""
    value, lacking, n = held.value[register], register in held.incomplete, 0
    if register in held.touched and value == want:
        return True, 0, lacking
    for found in tails:
        new = found.get(4 if padded else held.alg)
        if new is None:
            lacking = True
            continue
        value, n = digest(held.alg, value + new.ljust(len(value), b"\0")), n + 1
        if value == want:
            return True, n, lacking
    return False, n, lacking


def reach(held, register, tails, ima, want):
    """The same, and where that does not lead there by SHA-1 digests with zeros behind them."""
    found = follows(held, register, tails, want)
    if found[0] or found[2] or not ima or held.alg == 4:
        return found
    padded = follows(held, register, tails, want, True)
    return padded if padded[0] else found


def joined(alg, value, digests):
    for new in digests:
        value = digest(alg, value + new)
    return value


def contradicted(held, register, known, want):
    """Entries without a digest of the bank apart, the value shows that another was not extended as
    the log says: from another locality, not all, all but one, or two of them in the other order."""
    start, size = held.initial[register], len(held.initial[register])
    others = [bytes(size - 1) + bytes([n]) for n in (0, 3, 4)] if register == 0 and held.pcrs else []
    tries = [(s, known) for s in others if s != start]
    for i in range(len(known)):
        tries += [(start, known[:i]), (start, known[:i] + known[i + 1:]),
                  (start, known[:i] + known[i:i + 2][::-1] + known[i + 2:])]
    return any(joined(held.alg, s, entries) == want for s, entries in tries if entries != known or s != start)


class Logs:
    """The logs of an archive."""

    def __init__(self, replay):
        kinds = tuple(FIRMWARE) + BEHIND
        self.all = [Log(i["kind"], replay.data[i["name"]], i) for i in replay.items
                    if i["kind"] in kinds]

    def of(self, kind):
        return [log for log in self.all if log.kind == kind and log.known]

    def named(self, kind, quote):
        return next((log for log in self.of(kind)
                     if {"rel": "log-of", "name": quote} in log.entry.get("relates", [])), None)

    def chosen(self, kind, quote, values):
        """The one that says it is of the quote, else the one that gives most of it."""
        return self.named(kind, quote) or max(
            self.of(kind), key=lambda log: self.gives(log, values), default=None)

    def gives(self, log, values):
        count = told = 0
        for alg in {a for a, _ in values} & set(log.algs):
            held = Held(log, alg, FIRMWARE[log.kind])
            count += sum(held.value[r] == want for (a, r), want in values.items()
                         if a == alg and r in held.touched - held.incomplete)
            told += sum(a == alg and r in held.touched for a, r in values)
        return count, told  # leaving entries out makes no log the better one

    def behind(self, kind, quote, values, firmware):
        """One log of each form that follows: the one that leads to most of the registers."""
        out = [next(iter(self.of(k)), None) for k in BEHIND]
        for place, k in enumerate(BEHIND):
            def leads(log, place=place):
                logs = out[:place] + [log] + out[place + 1:]
                return sum(self.leads(kind, firmware, logs, place, alg, register, want)
                           for (alg, register), want in values.items())

            rivals = self.of(k)
            out[place] = self.named(k, quote) or (
                rivals[0] if len(rivals) == 1 else max(rivals, key=leads, default=None))
        return out

    def leads(self, kind, firmware, logs, place, alg, register, want):
        held, tails = self.beside(kind, firmware, logs, alg, register)
        every = [found for tail in tails for found in tail]
        reached, n, lacking = reach(held, register, every, tails[2], want)
        return bool(tails[place]) and reached and n > 0 and not lacking

    @staticmethod
    def beside(kind, firmware, logs, alg, register):
        """What firmware's log makes of a bank, and the entries of a register in each log behind it."""
        held = Held(firmware if firmware and alg in firmware.algs else None, alg, FIRMWARE[kind])
        place = register + (0 if kind == "tcg-eventlog" else 100)
        return held, [[f for r, f in log.entries if r == place] if log else [] for log in logs]

    def judge(self, kind, firmware, behind, values):
        """[register, algorithm, outcome, whether IMA's alone, whether firmware speaks of it] of each
        quoted register."""
        out, lacks = [], set()
        for (alg, register), want in values.items():
            held, tails = self.beside(kind, firmware, behind, alg, register)
            alone = register not in held.touched and bool(tails[2]) and not tails[0] and not tails[1]
            outcome, lacking = self.outcome(held, register, tails, want, firmware)
            lacks |= {(alg, register)} if lacking else set()
            out.append([register, alg, outcome, alone, register in held.touched or register == 0
                        and bool(firmware) and firmware.start is not None and alg in firmware.algs])
        for one in out:  # another bank says that the entries are not what was extended
            one[2] = "fail" if (one[1], one[0]) in lacks and one[2] == "skip" and any(
                other[0] == one[0] and other[2] == "fail" and (other[1], other[0]) not in lacks
                for other in out) else one[2]
        return out

    def outcome(self, held, register, tails, want, firmware):
        """(outcome, whether an entry on the way has no digest of the bank)."""
        every = [found for tail in tails for found in tail]
        moved = register in held.touched or (register == 0 and firmware and firmware.start is not None)
        if not moved and not every:
            return "skip", False
        reached, n, lacking = reach(held, register, every, tails[2], want)
        if lacking and not reached:
            return ("fail" if self.disproved(held, register, tails, want, firmware, n) else "skip"), True
        if lacking:
            return "skip", True
        if every and held.value[register] == want:
            return "fail", False  # the quote has none of the entries that the others say
        return ("pass" if reached else "fail"), False

    @staticmethod
    def disproved(held, register, tails, want, firmware, n):
        if register not in held.touched and held.value[register] == want:
            return n > 0
        own = held.known[register] if firmware else [f[held.alg] for f in tails[2] if held.alg in f]
        if contradicted(held, register, own, want):
            return True
        speaking = [tail for tail in tails if tail]
        if register in held.touched or len(speaking) != 1:
            return False
        return contradicted(held, register, [f[held.alg] for f in speaking[0] if held.alg in f], want)


# --- questions

def record(replay, check, outcome):
    replay.out.setdefault(check, []).append(outcome)


def pcr_values(replay):
    """{(algorithm, register): value} of the TPM's quote, in the order of its selection."""
    out, at = {}, 0
    given = replay.of_kind("tpm-pcrs") + replay.of_kind("tpm-pcrs-serialized")
    values = oracle_tpm.values_of(replay) if given else b""
    for bank, registers in oracle_tpm.banks(getattr(replay, "attest", NO_QUOTE)["selection"]):
        size = hashlib.new(bank).digest_size
        for register in registers if values else ():
            out[ALGS[bank], register] = values[at:at + size]
            at += size
    return out


def ask_registers(replay, logs):
    quoted = [("tcg-eventlog", "tpm-quote-attest", pcr_values(replay), "tpm.quote.pcrs", "log.pcr")]
    if "rtmr0" in getattr(replay, "td", {}):
        rtmrs = {(12, i): replay.td["rtmr%d" % (i - 1)] for i in range(1, 5)}
        quoted.append(("tdx-eventlog-ccel", "tdx-quote", rtmrs, "dcap.quote.signature", "log.rtmr"))
    replay.registers, replay.left_out, replay.contradicted = {}, set(), set()
    for kind, quote, values, before, check in quoted:
        if not logs.of(kind) and not any(logs.of(k) for k in BEHIND):
            continue
        name = replay.entry(quote).get("name")
        firmware = logs.chosen(kind, name, values)
        behind = logs.behind(kind, name, values, firmware)
        found = logs.judge(kind, firmware, behind, values)
        outside = kind == "tdx-eventlog-ccel" and is_outside(firmware, found)
        for register, alg, outcome, alone, _ in found:
            if outside and register > 2 and outcome == "fail":
                outcome = "skip"
            replay.registers[place(quote, register), FACTS.get(NAMES[alg], NAMES[alg])] = outcome
            if not replay.passed(before):
                outcome = "skip"
            record(replay, "log.ima" if alone else check, outcome)
        for log in logs.of(kind) if values else ():
            if log is not firmware:
                replay.left_out.add(log.entry["name"])
                ask_left_out(replay, logs, log, (kind, quote, name, behind, values, before, check))


def place(quote, register):
    return "pcr%d" % register if quote == "tpm-quote-attest" else "rtmr%d" % (register - 1)


def ask_left_out(replay, logs, log, asked):
    """Where a log that is not compared contradicts the quote, unless it is said to be of another."""
    kind, quote, name, behind, values, before, check = asked
    of = [r["name"] for r in log.entry.get("relates", []) if r["rel"] == "log-of"]
    if of and name not in of:
        return
    found = logs.judge(kind, log, behind, values)
    outside = kind == "tdx-eventlog-ccel" and is_outside(log, found)
    for register, alg, outcome, _, speaks in found:
        if speaks and outcome == "fail" and not (outside and register > 2):
            replay.contradicted.add((log.entry["name"], place(quote, register),
                                     FACTS.get(NAMES[alg], NAMES[alg])))
            record(replay, check, "skip")


def is_outside(ccel, found):
    """RTMR 0 and 1 are as the log gives them, and it is whole: it has no fault that 2 or 3 could
    be due to."""
    good = {register for register, _, outcome, *_ in found if outcome == "pass"}
    return bool(ccel) and ccel.fault is None and {1, 2} <= good


def ask_tables(replay, logs):
    for raw in replay.of_kind("acpi-ccel-table"):
        ccel = [log for log in logs.all if log.kind == "tdx-eventlog-ccel"]
        good = (len(raw) >= 56 and raw[:4] == b"CCEL" and sum(raw) % 256 == 0
                and int.from_bytes(raw[4:8], "little") == len(raw) and raw[36] == 2)
        if good and ccel:
            good = int.from_bytes(raw[40:48], "little") == len(ccel[0].data)
        record(replay, "log.ccel-table", "fail" if not good else "pass" if ccel else "skip")


def aggregate(replay, logs, log):
    """pass, fail or skip: IMA's first entry beside the registers of firmware's log or the quote."""
    if log.aggregate is None:
        return "skip"
    alg, want = log.aggregate
    if alg is None:
        return "skip"
    if len(want) != len(digest(alg, b"")) or not any(want):
        return "fail"
    values = pcr_values(replay)
    firmware = logs.chosen("tcg-eventlog", replay.entry("tpm-quote-attest").get("name"), values)
    held = Held(firmware, alg, 24) if firmware and alg in firmware.algs else None
    said = b""
    for register in range(8 if alg == 4 else 10):
        if held and (register in held.touched or (alg, register) not in values):
            said += held.value[register]
        elif (alg, register) in values:
            said += values[alg, register]
        else:
            return "skip"
    return "pass" if digest(alg, said) == want else "fail"


def ask_all(replay):
    """Every log.* question."""
    logs = Logs(replay)
    for log in logs.all:
        record(replay, "log.format", "fail" if log.fault else "pass")
        entries = {"ima-log-binary": "log.ima-templates", "cel-tlv": "log.cel", "cel-json": "log.cel"}
        if log.kind in entries:
            judged = "skip" if log.fault else "fail" if log.bad else "pass"
            record(replay, entries[log.kind], judged)
        if log.kind == "ima-log-binary":
            record(replay, "log.boot-aggregate",
                   "skip" if log.fault else aggregate(replay, logs, log))
    ask_tables(replay, logs)
    ask_registers(replay, logs)
    return logs
