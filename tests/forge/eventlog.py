# SPDX-License-Identifier: Apache-2.0
"""Event logs of firmware, little-endian: TCG-PFP 1.05, 10 (legacy and crypto-agile) and UEFI 2.10,
38.4 (CCEL), from events to bytes; and the registers that such events give."""

import dataclasses
import hashlib

NO_ACTION, SEPARATOR, ACTION, EVENT_TAG, CRTM_VERSION, IPL = 3, 4, 5, 6, 8, 0xD
EFI = 0x80000000
HCRTM = EFI + 0x10
NOWHERE = 0xFFFFFFFF

# TPM2-PART2 6.3, by the name that hashlib has for it
BANKS = {"sha1": 0x04, "sha256": 0x0B, "sha384": 0x0C, "sha512": 0x0D, "sm3": 0x12,
         "sha3_256": 0x27, "sha3_384": 0x28, "sha3_512": 0x29}


def le(value, size):
    return value.to_bytes(size, "little")


def hashed(bank, data):
    return hashlib.new(bank, data).digest()


def size_of(bank):
    return hashlib.new(bank).digest_size


@dataclasses.dataclass(frozen=True)
class Event:
    """One event; measured is what is hashed where that is not data. digests replaces digests by
    bank, and None leaves one out."""

    register: int
    type: int
    data: bytes
    measured: bytes = None
    digests: dict = dataclasses.field(default_factory=dict)

    def digest(self, bank):
        if bank in self.digests:
            return self.digests[bank]
        if self.type == NO_ACTION:
            return bytes(size_of(bank))
        return hashed(bank, self.data if self.measured is None else self.measured)


# --- bytes

def spec_id(banks, vendor=b"", rest=b""):
    """TCG_EfiSpecIDEvent of version 2.0 (PFP 10.4.5.1)."""
    algorithms = b"".join(le(BANKS[b], 2) + le(size_of(b), 2) for b in banks)
    return (b"Spec ID Event03\0" + le(0, 4) + bytes([0, 2, 0, 2]) + le(len(banks), 4) + algorithms
            + bytes([len(vendor)]) + vendor + rest)


def legacy_event(event):
    """TCG_PCR_EVENT (PFP 10.2.1)."""
    return (le(event.register, 4) + le(event.type, 4) + event.digest("sha1")
            + le(len(event.data), 4) + event.data)


def agile_event(event, banks):
    """TCG_PCR_EVENT2 (PFP 10.2.2)."""
    known = [(b, event.digest(b)) for b in banks]
    digests = [le(BANKS[b], 2) + d for b, d in known if d is not None]
    return (le(event.register, 4) + le(event.type, 4) + le(len(digests), 4) + b"".join(digests)
            + le(len(event.data), 4) + event.data)


def legacy(events):
    return b"".join(legacy_event(e) for e in events)


def agile(events, banks, header=0, **spec):
    """header: the register that the Spec ID event names; TDVF says 1."""
    first = Event(header, NO_ACTION, spec_id(banks, **spec))
    return legacy_event(first) + b"".join(agile_event(e, banks) for e in events)


def ccel(events, size=4096, pad=b"\xff", header=1):
    """The whole area of a confidential-computing log, with its padding."""
    data = agile(events, ("sha384",), header)
    return data + pad * (size - len(data))


def ccel_table(laml=4096, lasa=0x7D7A0000, cc_type=2, checksum=None):
    """The ACPI table (ACPI 6.5, 5.2.34)."""
    def table(value):
        return (b"CCEL" + le(56, 4) + bytes([1, value]) + b"SIMULA" + b"SIMULATE" + le(1, 4)
                + b"SIML" + le(1, 4) + bytes([cc_type, 0]) + le(0, 2) + le(laml, 8) + le(lasa, 8))
    return table(-sum(table(0)) % 256 if checksum is None else checksum)


def parse(data):
    """The inverse of legacy() and agile(): (events, banks, the Spec ID event or None)."""
    def number(at, size=4):
        return int.from_bytes(data[at:at + size], "little")

    at, events, banks, header = 0, [], ("sha1",), None
    while at < len(data):
        register, kind, found = number(at), number(at + 4), {}
        at += 8
        if header is None:
            found["sha1"], at = data[at:at + 20], at + 20
        else:
            count, at = number(at), at + 4
            for _ in range(count):
                bank = next(b for b in banks if BANKS[b] == number(at, 2))
                found[bank], at = data[at + 2:at + 2 + size_of(bank)], at + 2 + size_of(bank)
        size, at = number(at), at + 4
        known = {b: found.get(b) for b in banks}
        event = Event(register, kind, data[at:at + size], digests=known)
        at += size
        if not events and event.data[:16] == b"Spec ID Event03\0":
            header = event
            algorithms = [int.from_bytes(event.data[i:i + 2], "little")
                          for i in range(28, 28 + 4 * event.data[24], 4)]
            banks = tuple(b for a in algorithms for b in BANKS if BANKS[b] == a)
        else:
            events.append(event)
    return events, banks, header


# --- registers

class Registers:
    """What a TPM or a TD holds, by bank and number: new = H(old || digest). Measurement
    registers are counted as UEFI 38.4.1 counts them: 0 is MRTD, 1 to 4 are RTMR 0 to 3."""

    def __init__(self, banks, pcrs=True, locality=0):
        self.banks, self.pcrs = tuple(banks), pcrs
        self.values = {b: [self.reset(b, i, locality) for i in range(24 if pcrs else 5)]
                       for b in self.banks}
        self.touched = set()

    def reset(self, bank, register, locality=0):
        size = size_of(bank)
        if self.pcrs and 17 <= register <= 22:
            return b"\xff" * size
        return bytes(size - 1) + bytes([locality if register == 0 and self.pcrs else 0])

    def launch(self):
        """A dynamic launch clears PCR 17 to 22."""
        for bank in self.banks:
            self.values[bank][17:23] = [bytes(size_of(bank))] * 6

    def extend(self, register, digest_of):
        """digest_of: bank -> digest, or None where that bank is left alone."""
        self.touched.add(register)
        for bank in self.banks:
            digest = digest_of(bank)
            if digest is not None:
                self.values[bank][register] = hashed(bank, self.values[bank][register] + digest)

    def boot(self, events):
        """What firmware extends, for events that it logs as they are."""
        for event in events:
            if event.type == NO_ACTION or not 0 <= event.register < len(self.values[self.banks[0]]):
                continue
            if 17 <= event.register <= 22 and not self.touched & set(range(17, 23)):
                self.launch()
            self.extend(event.register, event.digest)

    def of(self, bank, chosen):
        return [self.values[bank][i] for i in chosen]
