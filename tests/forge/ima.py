# SPDX-License-Identifier: Apache-2.0
"""Linux's IMA measurement list in its binary form (security/integrity/ima, ima_fs.c and
ima_template_lib.c), to bytes; and what each entry extends."""

import dataclasses
import hashlib

import eventlog


def sized(data, order):
    return len(data).to_bytes(4, order) + data


@dataclasses.dataclass(frozen=True)
class Entry:
    """fields are those of the template, in order; a violation is stored as zeros and extended as
    ones. stored replaces the template hash that the list shows."""

    pcr: int
    template: str
    fields: tuple
    violation: bool = False
    stored: bytes = None

    def data(self, order):
        if self.template == "ima":
            digest, name = self.fields
            return digest + sized(name, order)
        return b"".join(sized(f, order) for f in self.fields)

    def digest(self, bank, order="little"):
        """What the TPM was given."""
        if self.violation:
            return b"\xff" * eventlog.size_of(bank)
        if self.template == "ima":
            digest, name = self.fields
            return eventlog.hashed(bank, digest + name + bytes(256 - len(name)))
        return eventlog.hashed(bank, self.data(order))

    def encode(self, order="little", bank="sha1"):
        """bank: of the hashes that the list shows; kernels from 6.10 have a list a bank."""
        shown = self.digest(bank, order)
        if self.violation:
            shown = bytes(len(shown))
        if self.stored is not None:
            shown = self.stored
        data = self.data(order)
        if self.template != "ima":
            data = sized(data, order)
        return (self.pcr.to_bytes(4, order) + shown + sized(self.template.encode(), order) + data)


def log(entries, order="little", bank="sha1"):
    return b"".join(e.encode(order, bank) for e in entries)


def d_ng(data, alg="sha256"):
    return alg.encode() + b":\0" + hashlib.new(alg, data).digest()


def name(path):
    return path.encode() + b"\0"


def ng(path, pcr=10, violation=False, **other):
    """Template ima-ng: digest and name of a file whose content is its path."""
    digest = b"sha256:\0" + bytes(32) if violation else d_ng(b"SIMULATED " + path.encode())
    return Entry(pcr, "ima-ng", (digest, name(path)), violation, **other)


def sig(path, signature=b""):
    return Entry(10, "ima-sig", (d_ng(b"SIMULATED " + path.encode()), name(path), signature))


def buf(path, content):
    return Entry(10, "ima-buf", (d_ng(content), name(path), content))


def plain(path):
    return Entry(10, "ima", (hashlib.sha1(b"SIMULATED " + path.encode()).digest(), path.encode()))


def boot_aggregate(registers, bank="sha256"):
    """The first entry: PCR 0 to 9 of the bank, of SHA-1 0 to 7 (Linux 5.8, ima_crypto.c)."""
    values = registers.of(bank, range(8 if bank == "sha1" else 10))
    digest = eventlog.hashed(bank, b"".join(values))
    return Entry(10, "ima-ng", (bank.encode() + b":\0" + digest, name("boot_aggregate")))


def parse(data, order="little"):
    """The inverse of log(), for lists of SHA-1 template hashes."""
    at, out = 0, []

    def take(size):
        nonlocal at
        at += size
        return data[at - size:at]

    def counted():
        return take(int.from_bytes(take(4), order))

    while at < len(data):
        pcr, shown = int.from_bytes(take(4), order), take(20)
        template = counted().decode()
        if template == "ima":
            fields = (take(20), counted())
        else:
            end, fields = int.from_bytes(take(4), order) + at, []
            while at < end:
                fields.append(counted())
        out.append(Entry(pcr, template, tuple(fields), not any(shown)))
    return out
