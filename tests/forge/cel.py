# SPDX-License-Identifier: Apache-2.0
"""Canonical event logs: TCG-CEL 1.0 in TLV as Confidential Space writes it (google/go-tpm-tools,
cel), and systemd's in JSON (RFC 7464), to bytes; and what each record extends."""

import dataclasses
import json

import eventlog

PCR, MR = 1, 108
COS = 80
(IMAGE_REF, IMAGE_DIGEST, RESTART_POLICY, IMAGE_ID, ARG, ENV, OVERRIDE_ARG, OVERRIDE_ENV, SEPARATOR,
 MEMORY_MONITOR) = range(10)


def tlv(kind, value):
    return bytes([kind]) + len(value).to_bytes(4, "big") + value


@dataclasses.dataclass(frozen=True)
class Record:
    """One measurement of Confidential Space; digests replaces digests by bank, and None leaves
    one out."""

    kind: int
    text: bytes
    number: int = None  # in place of the right one
    digests: dict = dataclasses.field(default_factory=dict)

    def content(self):
        return tlv(COS, tlv(self.kind, self.text))

    def digest(self, bank):
        return self.digests.get(bank, eventlog.hashed(bank, self.content()))

    def encode(self, number, register, banks):
        shown = [tlv(eventlog.BANKS[b], self.digest(b)) for b in banks if self.digest(b) is not None]
        number = number if self.number is None else self.number
        return (tlv(0, number.to_bytes(8, "big")) + tlv(register[0], bytes([register[1]]))
                + tlv(3, b"".join(shown)) + self.content())


def log(records, register, banks):
    """register: (PCR, 13) or (MR, 4)."""
    return b"".join(r.encode(i, register, banks) for i, r in enumerate(records))


def parse(data):
    """The inverse of log(), for records of Confidential Space: (records, register)."""
    at, out, register = 0, [], None

    def take():
        nonlocal at
        size = int.from_bytes(data[at + 1:at + 5], "big")
        at += 5 + size
        return data[at - size - 5], data[at - size:at]

    while at < len(data):
        take()
        kind, index = take()
        register = kind, index[0]
        take()
        _, content = take()
        out.append(Record(content[0], content[5:]))
    return out, register


def workload():
    """What a launcher measures before it lets go."""
    image = "registry.simulated.invalid/workload"
    return [Record(IMAGE_REF, ("%s:latest" % image).encode()),
            Record(IMAGE_DIGEST, b"sha256:" + eventlog.hashed("sha256", b"SIMULATED").hex().encode()),
            Record(RESTART_POLICY, b"Never"),
            Record(IMAGE_ID, b"sha256:" + eventlog.hashed("sha256", b"SIMULATED id").hex().encode()),
            Record(ARG, b"/bin/workload"), Record(ENV, b"HOSTNAME=SIMULATED"),
            Record(SEPARATOR, b""), Record(MEMORY_MONITOR, b"\0")]


# --- systemd

@dataclasses.dataclass(frozen=True)
class Phase:
    """One record of /run/log/systemd/tpm2-measure.log."""

    pcr: int
    text: str
    kind: str = "phase"
    digests: dict = dataclasses.field(default_factory=dict)

    def digest(self, bank):
        return self.digests.get(bank, eventlog.hashed(bank, self.text.encode()))

    def encode(self, banks):
        shown = [{"hashAlg": b, "digest": self.digest(b).hex()} for b in banks
                 if self.digest(b) is not None]
        value = {"pcr": self.pcr, "digests": shown, "content_type": "systemd", "content": {
            "eventType": self.kind, "string": self.text,
            "bootId": "51514d0053494d554c41544544000000", "timestamp": 2816998}}
        return b"\x1e" + json.dumps(value, separators=(",", ":")).encode() + b"\n"


def systemd(phases, banks):
    return b"".join(p.encode(banks) for p in phases)
