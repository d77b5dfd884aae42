# SPDX-License-Identifier: Apache-2.0
"""The second opinion on what firmware's logs say: whether digests are of the data beside them, and
what that makes of Secure Boot."""

import hashlib
import uuid

import oracle_dcap
import oracle_log
from oracle_log import FIRMWARE, NAMES, digest

FACT = "log.secureBoot"
SEPARATOR, APPLICATION, ACTION = 4, 0x80000003, 0x80000007
CONFIG, BOOT, BOOT2, AUTHORITY = 0x80000001, 0x80000002, 0x8000000C, 0x800000E0
# types whose digest is of their data: IPL_PARTITION_DATA, OMIT_BOOT_DEVICE_EVENTS and GPT_EVENT too
BINDING = (SEPARATOR, 0xE, 0x12, CONFIG, BOOT, BOOT2, 0x80000006, ACTION, AUTHORITY)
GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c").bytes_le
DATABASE = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f").bytes_le
KEYS = [(GLOBAL, name) for name in ("SecureBoot", "PK", "KEK")] + [
    (DATABASE, name) for name in ("db", "dbx", "dbt", "dbr")]


def split(data):
    """((namespace, name), value, the structure alone) of UEFI_VARIABLE_DATA, or None."""
    chars, size = (int.from_bytes(data[i:i + 8], "little") for i in (16, 24))
    end = 32 + 2 * chars + size
    if len(data) < 32 or end > len(data):
        return None
    name = data[32:32 + 2 * chars].decode("utf-16-le", "replace")
    return (data[:16], name), data[32 + 2 * chars:end], data[:end]


def variable(name, value):
    text = name.encode("utf-16-le")
    return GLOBAL + len(name).to_bytes(8, "little") + len(value).to_bytes(8, "little") + text + value


def preimages(kind, data, agile):
    """What a digest of the type may be of."""
    parts = split(data)
    yield data
    if parts and kind in (CONFIG, BOOT, BOOT2, AUTHORITY):
        yield parts[2]
    if parts and (kind == BOOT or kind == CONFIG and not agile):
        yield parts[1]
    if kind == AUTHORITY:
        yield data[:-1]
    if kind == SEPARATOR and data not in (bytes(4), b"\xff" * 4):
        yield b"\1\0\0\0"
    if kind == SEPARATOR and len(data) != 4:
        yield from (bytes(4), b"\xff" * 4)


def is_bound(kind, data, alg, want, agile):
    return any(digest(alg, one) == want for one in preimages(kind, data, agile))


def is_good(log):
    return all(is_bound(kind, data, alg, want, log.agile)
               for _, kind, found, data in log.events if kind in BINDING
               for alg, want in found.items() if alg in NAMES)


# --- Secure Boot

def state(log, register, alg):
    """enabled, disabled or unknown, by the events of one register."""
    pcrs = log.kind == "tcg-eventlog"
    events = [(kind, found.get(alg), data) for r, kind, found, data in log.events
              if r == register and kind != 3]
    ends = [digest(alg, value) for value in (bytes(4), b"\xff" * 4)]
    marks = [i for i, e in enumerate(events) if e[1] in ends or e[0] == SEPARATOR]
    if len(marks) != 1 or events[marks[0]][0] != SEPARATOR or events[marks[0]][1] not in ends:
        return "unknown"
    switch = [digest(alg, variable("SecureBoot", value)) for value in (b"\0", b"\1", b"")]
    values = {}
    for i, (kind, want, data) in enumerate(events):
        parts = split(data)
        if want in switch and kind != CONFIG:
            return "unknown"
        if kind == CONFIG:
            if not parts or digest(alg, parts[2]) != want:
                return "unknown"
            if i > marks[0] and (pcrs or parts[0] in KEYS) or parts[0] in values:
                return "unknown"
            if parts[0] in KEYS:
                values[parts[0]] = parts[1]
        elif (pcrs or kind in BINDING) and not is_bound(kind, data, alg, want, log.agile):
            return "unknown"
        elif kind == AUTHORITY and not parts:
            return "unknown"
    return conclusion(values, events, log, pcrs)


def conclusion(values, events, log, pcrs):
    value = values.get((GLOBAL, "SecureBoot"))
    if value in (b"\0", b""):
        return "disabled"
    usual = (SEPARATOR, ACTION, CONFIG, AUTHORITY, 0x800000E3, 0x800000E4)
    if value != b"\1" or any(kind == ACTION and data == b"UEFI Debug Mode" for kind, _, data in events):
        return "unknown"
    if pcrs and any(kind not in usual for kind, _, _ in events):
        return "unknown"
    if not all(values.get(key) for key in ((GLOBAL, "PK"), (GLOBAL, "KEK"), (DATABASE, "db"))):
        return "unknown"
    images = [1 for r, kind, _, _ in log.events if kind == APPLICATION and r == (4 if pcrs else 2)]
    started = [1 for kind, _, _ in events if kind == AUTHORITY]
    return "unknown" if images and not started else "enabled"


def borne(replay, log):
    """The algorithm in which a trusted quote has the register, or None."""
    if log.kind == "tcg-eventlog":
        name, trusted = "pcr7", replay.passed("tpm.quote.pcrs")
    else:
        name, trusted = "rtmr0", all(replay.passed(check) for check in oracle_dcap.GROUNDS)
    good = [alg for alg in log.algs if alg in NAMES and trusted
            and replay.registers.get((name, oracle_log.FACTS.get(NAMES[alg], NAMES[alg]))) == "pass"]
    return max(good, key=lambda alg: hashlib.new(NAMES[alg]).digest_size, default=None)


def secure_boot(replay, log):
    accepted = (replay.policy or {}).get("expect", {}).get(FACT)
    if accepted is None or not log.known:
        return "skip"
    alg = borne(replay, log)
    found = "unknown" if alg is None else state(log, 7 if log.kind == "tcg-eventlog" else 1, alg)
    if found in accepted:
        return "pass"
    return "skip" if alg is None else "fail"


def ask_all(replay, logs):
    """log.events and log.secure-boot of each log of firmware."""
    for log in logs.all:
        if log.kind not in FIRMWARE:
            continue
        judged = "skip" if log.fault else "pass" if is_good(log) else "fail"
        oracle_log.record(replay, "log.events", judged)
        oracle_log.record(replay, "log.secure-boot", secure_boot(replay, log))
