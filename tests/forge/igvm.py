# SPDX-License-Identifier: Apache-2.0
"""IGVM files and the DLL that carries one, written from the layout alone (microsoft/igvm, igvm_defs)."""

import struct
import zlib

NATIVE, VSM, SNP, TDX, SEV, SEV_ES, CCA = range(7)
UNMEASURED, SHARED = 2, 4
DATA = 0x4000  # where the data of every file begin
PAGE = 4096
OPTIONAL = 0x80000000


def header(kind, content, padding=b"\0"):
    filled = content + padding * (-len(content) % 8)
    return struct.pack("<II", kind, len(content)) + filled


def platform(mask, kind, vtl=0, version=1, boundary=0):
    return header(0x1, struct.pack("<IBBHQ", mask, vtl, kind, version, boundary))


def policy(mask, value=0x3001f, reserved=0):
    return header(0x101, struct.pack("<QII", value, mask, reserved))


def relocatable(mask, alignment=PAGE, flags=1, gpa=0x8000000):
    return header(0x102, struct.pack("<IHBBQQQQQ", mask, 0, 2, flags, alignment, gpa, 0x4000000, 0, 0x40000000))


def page_table(mask, size=0x4000, used=0x2000, reserved=0):
    return header(0x103, struct.pack("<IHBBQQQ", mask, 0, 2, reserved, 0x9000000, size, used))


def corim(mask, offset, size, signature=False, reserved=0):
    return header(0x105 if signature else 0x104, struct.pack("<IIII", mask, offset, size, reserved))


def cca_policy(mask, algorithm=0, reserved=b"\0" * 6):
    return header(0x106, struct.pack("<IIQQBB6s", mask, 0, 0, 0, algorithm, 0, reserved))


def area(size, index, offset=0):
    return header(0x301, struct.pack("<QII", size, index, offset))


def page(gpa, mask, number=None, flags=0, kind=0, reserved=0):
    """number: of the page in the file's data; None: zeros."""
    offset = 0 if number is None else DATA + number * PAGE
    return header(0x302, struct.pack("<QIIIHH", gpa, mask, offset, flags, kind, reserved))


def insert(gpa, mask, index):
    return header(0x303, struct.pack("<QII", gpa, mask, index))


def context(gpa, mask, offset, vp=0, reserved=0):
    return header(0x304, struct.pack("<QIIHH", gpa, mask, offset, vp, reserved))


def required(gpa, mask, size=PAGE, flags=0, reserved=0):
    return header(0x305, struct.pack("<QIIII", gpa, mask, size, flags, reserved))


def parameter(kind, index, offset=0):
    return header(kind, struct.pack("<II", index, offset))


def id_block(mask, author=0, reserved=b"\0" * 3):
    return header(0x30b, struct.pack("<IB3s", mask, author, reserved) + bytes(688))


def error_range(gpa, mask, size=PAGE):
    return header(0x30d, struct.pack("<QII", gpa, mask, size))


def vbs_measurement(mask):
    return header(0x311, struct.pack("<I", mask) + bytes(860))


def registers(rows):
    """A VSM context: rows of (VTL, name, 16 bytes)."""
    out = struct.pack("<I", len(rows))
    for vtl, name, value in rows:
        out += struct.pack("<BI", vtl, name) + bytes(11) + value
    return out


def sealed(image):
    """The same with the checksum that its headers have."""
    offset, size = struct.unpack_from("<II", image, 8)
    fixed = 24 if struct.unpack_from("<I", image, 4)[0] == 1 else 32
    crc = zlib.crc32(image[:20] + bytes(4) + image[24:fixed])
    crc = zlib.crc32(image[offset:offset + size], crc)
    return image[:20] + struct.pack("<I", crc) + image[24:]


def build(headers, data=b"", version=1, architecture=0, page_size=PAGE):
    """A whole file: its data begin at DATA, or there are none."""
    body = b"".join(headers)
    fixed = 24 if version == 1 else 32
    assert fixed + len(body) <= DATA
    size = DATA + len(data) if data else fixed + len(body)
    out = struct.pack("<4sIIIII", b"IGVM", version, fixed, len(body), size, 0)
    if version == 2:
        out += struct.pack("<II", architecture, page_size)
    out += body
    if data:
        out = out.ljust(DATA, b"\0") + data
    return sealed(out)


def patched(image, at, value):
    return image[:at] + value + image[at + len(value):]


def entry(name, to):
    return struct.pack("<II", name, to)


def directory(named, ids):
    return struct.pack("<IIHHHH", 0, 0, 0, 0, len(named), len(ids)) + b"".join(named + ids)


HIGH = 0x80000000
RSRC_RVA, RSRC_AT = 0x1000, 0x400


def resources(size, name="VMFW", rva=RSRC_RVA + 0x200):
    """The directories of one resource; its bytes stand 0x200 behind their begin."""
    types = directory([entry(HIGH | 0x80, HIGH | 0x18)], [])           # 0x00..0x18
    ids = directory([], [entry(1, HIGH | 0x30)])                       # 0x18..0x30
    languages = directory([], [entry(0x409, 0x58), entry(0x40c, 0x68)])  # 0x30..0x50
    out = (types + ids + languages).ljust(0x58, b"\0")
    out += struct.pack("<IIII", rva, size, 0, 0)
    out += struct.pack("<IIII", RSRC_RVA, 8, 0, 0)
    return out.ljust(0x80, b"\0") + struct.pack("<H", len(name)) + name.encode("utf-16-le")


def dll(carried, table=None):
    """A resource-only DLL around the bytes, some of others behind them."""
    body = (table or resources(len(carried))).ljust(0x200, b"\0") + carried + b"behind"
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 0x80)
    optional = struct.pack("<H", 0x20b).ljust(108, b"\0") + struct.pack("<I", 16)
    optional += bytes(16) + struct.pack("<II", RSRC_RVA, len(body)) + bytes(13 * 8)
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x2022)
    section = struct.pack("<8sIIIIIIHHI", b".rsrc", len(body), RSRC_RVA, len(body), RSRC_AT, 0, 0, 0, 0, 0x40000040)
    head = dos.ljust(0x80, b"\0") + b"PE\0\0" + coff + optional + section
    return head.ljust(RSRC_AT, b"\0") + body
