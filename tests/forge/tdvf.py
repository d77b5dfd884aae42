# SPDX-License-Identifier: Apache-2.0
"""Firmware with TDX metadata, written from the layout alone (TDVF Design Guide; OVMF's GUID table)."""

import struct
import uuid

BFV, CFV, TD_HOB, TEMP_MEM, PERM_MEM, PAYLOAD, PAYLOAD_PARAM, TD_INFO, TD_PARAMS = range(9)
EXTEND, AUG = 1, 2
FOOTER = uuid.UUID("96b582de-1fb2-45f7-baea-a366c55a082d").bytes_le
OFFSET = uuid.UUID("e47a6535-984a-4798-865e-4685a7bf8ec2").bytes_le
METADATA = uuid.UUID("e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae").bytes_le
RESET = uuid.UUID("00f771de-1a7e-4fcb-890e-68c77e2fb44e").bytes_le
DESCRIPTOR_FROM_END = 0x800
TOP = 1 << 32


def section(kind, gpa, size, offset=0, raw=0, attributes=0):
    return (offset, raw, gpa, size, kind, attributes)


def ovmf(code, variables=0x1000, extra=(), attributes=0):
    """The sections that OVMF has, for volumes of these sizes."""
    size = code + variables
    return [section(BFV, TOP - code, code, variables, code, EXTEND),
            section(CFV, TOP - size, variables, 0, variables, attributes),
            section(TEMP_MEM, 0x810000, 0x2000), section(TD_HOB, 0x809000, 0x2000), *extra]


def descriptor(sections, version=1, length=None, magic=b"TDVF", count=None):
    length = 16 + 32 * len(sections) if length is None else length
    count = len(sections) if count is None else count
    out = struct.pack("<4sIII", magic, length, version, count)
    return out + b"".join(struct.pack("<IIQQII", *row) for row in sections)


def table(entries, length=None):
    """Entries (GUID, data) and the footer, as they stand 32 bytes before the end."""
    out = b"".join(data + struct.pack("<H", len(data) + 18) + guid for guid, data in entries)
    return out + struct.pack("<H", len(out) + 18 if length is None else length) + FOOTER


def build(volumes, sections, guided=True, entries=None, guid=METADATA, footer=None,
          from_end=None, place=DESCRIPTOR_FROM_END, **fields):
    """The volumes' bytes with the metadata written into them, place bytes before the end."""
    n = len(volumes)
    out = bytearray(volumes)
    at = n - place
    from_end = place if from_end is None else from_end
    meta = guid + descriptor(sections, **fields)
    out[at - 16:at - 16 + len(meta)] = meta
    if guided:
        if entries is None:
            entries = [(OFFSET, struct.pack("<I", from_end)), (RESET, b"\1\2\3\4")]
        foot = table(entries) if footer is None else footer
        out[n - 32 - len(foot):n - 32] = foot
    else:
        out[n - 64:n] = bytes(64)
        out[n - 32:n - 28] = struct.pack("<I", n - from_end)
    return bytes(out)
