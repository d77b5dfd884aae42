# SPDX-License-Identifier: Apache-2.0
"""Firmware volumes (PI 1.7 volume 3), their files and sections, programs in them, and LZMA around
all that: what a build in another folder changes, and what another source does."""

import struct
import uuid

from eventlog import le

FFS2 = "8c8ce578-8a3d-4f1c-9935-896185c32dd3"
LZMA = "ee4e5898-3914-4259-9d6e-dc7bd79403cf"
OUTER = "48db5e17-707c-472d-91cd-1613e7ef51b0"
INNER = "7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1"
PACKED = "9e21fd93-9c72-4c15-8c4b-e77f1db2d792"


def guid(text):
    return uuid.UUID(text).bytes_le


def padded(data, step, fill=b"\0"):
    return data + fill * (-len(data) % step)


# --- LZMA without a match: a range coder and literals alone (lzma-specification.txt)

class RangeCoder:
    """Adaptive bits of 11, shifted out carry and all."""

    def __init__(self):
        self.low, self.range, self.cache, self.pending = 0, 0xffffffff, 0, 1
        self.out = bytearray()

    def shift(self):
        if self.low < 0xff000000 or self.low > 0xffffffff:
            carry = self.low >> 32
            byte = self.cache
            while self.pending:
                self.out.append((byte + carry) & 0xff)
                byte = 0xff
                self.pending -= 1
            self.cache = self.low >> 24 & 0xff
        self.pending += 1
        self.low = (self.low & 0x00ffffff) << 8

    def bit(self, table, index, bit):
        p = table.get(index, 1024)
        bound = (self.range >> 11) * p
        if bit:
            self.low += bound
            self.range -= bound
            table[index] = p - (p >> 5)
        else:
            self.range = bound
            table[index] = p + (2048 - p >> 5)
        while self.range < 1 << 24:
            self.range = self.range << 8 & 0xffffffff
            self.shift()

    def finish(self):
        for _ in range(5):
            self.shift()
        return bytes(self.out)


def lzma_alone(data, dictionary=1 << 16):
    """lc 3, lp 0, pb 2, size in the header, no end marker."""
    coder, is_match, literal, before = RangeCoder(), {}, {}, 0
    for at, byte in enumerate(data):
        coder.bit(is_match, at & 3, 0)
        symbol = 1
        for i in range(7, -1, -1):
            bit = byte >> i & 1
            coder.bit(literal, (before >> 5, symbol), bit)
            symbol = symbol << 1 | bit
        before = byte
    return b"\x5d" + le(dictionary, 4) + le(len(data), 8) + coder.finish()


# --- programs (PE/COFF; PE32+ for x86-64, as GenFw of EDK II lays them out)

def directory_entry(address, size):
    return le(address, 4) + le(size, 4)


def program(code, data=b"", path_room=24, base=0, relocated=(), resources=False, blank=False):
    """.text, .data with the debug entry and blank room for a path, .rsrc, .reloc; file and
    memory alignment are 0x20.  relocated: offsets in code of words that count from base; blank:
    the debug entry and its directory are, as GenFw leaves them in a release."""
    code = bytearray(padded(code, 0x20))
    for at in relocated:
        word = struct.unpack_from("<Q", code, at)[0]
        struct.pack_into("<Q", code, at, word + base)
    text_at = 0x220
    data_at = text_at + len(code)
    debug_at = data_at + len(padded(data, 4))
    debug = struct.pack("<IIHHIIII", 0, 0, 0, 0, 2, path_room, debug_at + 28, debug_at + 28)
    if blank:
        debug = bytes(len(debug))
    data = padded(padded(data, 4) + debug + bytes(path_room), 0x40)
    sections = [(b".text", 0x60000020, bytes(code)), (b".data", 0xc0000040, data)]
    at = data_at + len(data)
    resource_at, resource = 0, b""
    if resources:
        resource_at = at
        leaf = le(at + 0x58, 4) + le(8, 4) + bytes(8)
        table = bytes(12) + le(0, 2) + le(1, 2)
        resource = (table + le(1, 4) + le(0x80000018, 4) + table + le(1, 4) + le(0x80000030, 4)
                    + table + le(1, 4) + le(0x48, 4) + leaf + b"resource")
        sections.append((b".rsrc", 0x40000040, padded(resource, 0x20)))
        at += len(padded(resource, 0x20))
    entries = b"".join(le(10 << 12 | text_at + i, 2) for i in relocated)
    entries = padded(entries, 4)
    relocations = le(0, 4) + le(8 + len(entries), 4) + entries
    sections.append((b".reloc", 0x42000040, padded(relocations, 0x20)))
    end = at + len(sections[-1][2])
    directories = [(0, 0)] * 16
    directories[2] = (resource_at, len(resource))
    directories[5] = (at, len(relocations))
    directories[6] = (0, 0) if blank else (debug_at, 28)
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20b, 0, 0, len(code),
                           end - data_at, 0, text_at, text_at, base, 0x20, 0x20, 0, 0, 0, 0, 0, 0,
                           0, end, text_at, 0, 11, 0, 0, 0, 0, 0, 0, 16)
    optional += b"".join(directory_entry(*d) for d in directories)
    head = b"MZ" + bytes(0x3a) + le(0x40, 4) + b"PE\0\0" + struct.pack(
        "<HHIIIHH", 0x8664, len(sections), 0, 0, 0, len(optional), 0x2e) + optional
    where = text_at
    for name, flags, body in sections:
        head += name.ljust(8, b"\0") + struct.pack("<IIIIIIHHI", len(body), where, len(body), where,
                                                   0, 0, 0, 0, flags)[:32]
        where += len(body)
    assert len(head) <= text_at
    return head.ljust(text_at, b"\0") + b"".join(body for _, _, body in sections)


def te(pe):
    """The same program with its headers cut to the 40 bytes of TE."""
    at = struct.unpack_from("<I", pe, 0x3c)[0]
    machine, n = struct.unpack_from("<HH", pe, at + 4)
    size = struct.unpack_from("<H", pe, at + 20)[0]
    optional = at + 24
    entry, code = struct.unpack_from("<II", pe, optional + 16)
    stripped = optional + size
    return (b"VZ" + le(machine, 2) + bytes([n, pe[optional + 68]]) + le(stripped, 2) + le(entry, 4)
            + le(code, 4) + pe[optional + 24:optional + 32] + pe[optional + 112 + 40:optional + 112 + 56]
            + pe[stripped:])


# --- sections, files, volumes

def section(kind, content):
    return le(4 + len(content), 3) + bytes([kind]) + content


def name(text):
    return section(0x15, text.encode("utf-16-le") + b"\0\0")


def version(text):
    return section(0x14, b"\0\0" + text.encode("utf-16-le") + b"\0\0")


def joined(*sections):
    return b"".join(padded(s, 4) for s in sections[:-1]) + sections[-1]


def packed(stream, how=lzma_alone):
    return section(0x02, guid(LZMA) + le(24, 2) + le(1, 2) + how(stream))


def file(owner, kind, body, attributes=0x40, state=0xf8):
    head = bytearray(guid(owner) + bytes([0, 0, kind, attributes]) + le(24 + len(body), 3) + b"\0")
    head[16] = -sum(head) & 0xff
    head[17] = -sum(body) & 0xff if attributes & 0x40 else 0xaa
    head[23] = state
    return bytes(head) + body


def module(owner, title, image, kind=0x07):
    return file(owner, kind, joined(section(0x10, image), name(title), version("1.0")))


HEADER_SIZE = 72


def files_of(files, owner):
    extended = guid(owner) + le(20, 4)
    body = file("ffffffff-ffff-ffff-ffff-ffffffffffff", 0xf0, extended, attributes=0)
    for f in files:
        body = padded(body, 8, b"\xff") + f
    return body


def place_of_next(files, owner=INNER):
    """Where the program of one more module would stand in the volume."""
    return HEADER_SIZE + len(padded(files_of(files, owner), 8)) + 24 + 4


def volume(files, owner=INNER, block=0x1000, file_system=FFS2):
    """With an extended header in a pad file, free space up to a whole block."""
    header_size = HEADER_SIZE
    body = files_of(files, owner)
    n = -(-(header_size + len(body)) // block)
    size = n * block
    head = bytearray(bytes(16) + guid(file_system) + le(size, 8) + b"_FVH" + le(0x4feff, 4)
                     + le(header_size, 2) + b"\0\0" + le(header_size + 24, 2) + b"\0\2"
                     + le(n, 4) + le(block, 4) + bytes(8))
    head[50:52] = le(-sum(struct.unpack("<36H", head)) & 0xffff, 2)
    return (bytes(head) + body).ljust(size, b"\xff")


# --- a small firmware, built three times

MODULES = [("11111111-0000-4000-8000-00000000000%d" % i, title) for i, title in enumerate(
    ("CoreDxe", "VideoDxe", "DiskDxe", "SetupApp", "BusDxe"))]


def code_of(title, seed=0):
    """What no compiler made: bytes that differ from module to module."""
    out, state = b"", sum(title.encode()) + seed
    for _ in range(96):
        state = (state * 1103515245 + 12345) & 0x7fffffff
        out += bytes([state >> 16 & 0xff])
    return out


def firmware(path_room=40, base=0x800000, patched=None, how=lzma_alone):
    """An outer volume, LZMA, an inner one with five modules.  The first says where its debug entry
    is; the second and the last are laid out for where they stand in a volume at base, the last has
    the same size anyway."""
    files = []
    for i, (owner, title) in enumerate(MODULES):
        image = program(code_of(title, 1 if title == patched else 0), b"table of " + title.encode(),
                        8 if i == 4 else path_room + len(title),
                        base=base + place_of_next(files) if i in (1, 4) else 0,
                        relocated=(8, 32) if i in (1, 4) else (), resources=i == 3, blank=i != 0)
        files.append(module(owner, title, image))
    inner = volume(files)
    outer = file(PACKED, 0x0b, packed(joined(section(0x19, bytes(12)), section(0x17, inner)), how))
    return volume([outer], OUTER)


def cpio_entry(path, data, mode=0o100644, inode=1):
    fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(path) + 1, 0)
    head = b"070701" + b"".join(b"%08x" % f for f in fields) + path.encode() + b"\0"
    return padded(padded(head, 4) + data, 4)


def cpio(files):
    """{path: data}, then the trailer, padded to 512."""
    out = b"".join(cpio_entry(path, data, inode=i + 1) for i, (path, data) in enumerate(files.items()))
    return padded(out + cpio_entry("TRAILER!!!", b"", mode=0, inode=0), 512)


def seeds():
    """Where fuzzing of audit/contents starts from, and what its tests read."""
    path = "fuzz/contents/"
    return {
        path + "built.fd": firmware(),
        path + "built-elsewhere.fd": firmware(path_room=4),
        path + "patched.fd": firmware(patched="VideoDxe"),
        path + "program.efi": program(code_of("x"), b"data", relocated=(8,), resources=True),
        path + "program.te": te(program(code_of("x"), b"data", relocated=(8,))),
        path + "initrd.cpio": cpio({"init": b"#!/bin/sh\n", "etc/version": b"1\n"})
        + cpio({"bin/program": program(code_of("y"))}),
    }
