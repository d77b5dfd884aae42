# SPDX-License-Identifier: Apache-2.0
"""Small images that fuzzing starts from: each header once."""

import struct

import igvm
import tdvf

CODE = 0x2000
PARAMETERS = (0x307, 0x308, 0x309, 0x30a, 0x30c, 0x30e, 0x30f, 0x310, 0x312, 0x313)


def every_header():
    blob = igvm.registers([(2, 0x20000, bytes(range(16)))])
    data = b"page".ljust(4096, b"\0") + blob.ljust(64, b"\0") + b"corim"
    at = igvm.DATA + 4096
    return igvm.build([
        igvm.platform(1, igvm.TDX, boundary=1 << 47), igvm.platform(2, igvm.SNP), igvm.platform(4, igvm.VSM, vtl=2),
        igvm.platform(8, igvm.NATIVE), igvm.policy(2), igvm.policy(1, 2), igvm.relocatable(4), igvm.page_table(4),
        igvm.corim(1, at + 64, 5), igvm.corim(1, at + 64, 5, True),
        igvm.area(8192, 1, 0), igvm.area(4096, 2, igvm.DATA),
        igvm.page(0x1000, 15, 0), igvm.page(0x2000, 7, 0, igvm.UNMEASURED), igvm.page(0x3000, 7, 0, igvm.SHARED),
        igvm.page(0x4000, 2, 0, 0, 1), igvm.page(0x5000, 7), igvm.required(0x10000, 15),
        *[igvm.parameter(kind, 1, 8) for kind in PARAMETERS],
        igvm.insert(0x8000, 7, 1), igvm.insert(0xa000, 7, 2), igvm.id_block(2), igvm.error_range(0xb000, 4),
        igvm.context(0, 4, at), igvm.context(0xfffffffff000, 2, igvm.DATA), igvm.vbs_measurement(4),
        igvm.header(0x350 | igvm.OPTIONAL, b"\1"),
    ], data)


def firmware(guided):
    extra = [tdvf.section(tdvf.PERM_MEM, 0x900000, 4096, attributes=3)]
    if not guided:
        extra += [tdvf.section(tdvf.TD_INFO, 0, 0, 0, 64), tdvf.section(tdvf.PAYLOAD, 0xa00000, 4096, 0, 100, 1)]
    volumes = (b"volume".ljust(200, b"\0") + b"beyond").ljust(CODE + 0x1000, b"\0")
    return tdvf.build(volumes, tdvf.ovmf(CODE, extra=extra), guided=guided)


def small(version):
    body = igvm.platform(1, igvm.TDX) + igvm.page(0x1000, 1)
    fixed = 24 if version == 1 else 32
    head = struct.pack("<4sIIIII", b"IGVM", version, fixed, len(body), fixed + len(body), 0)
    return igvm.sealed(head + (b"" if version == 1 else struct.pack("<II", 0, 4096)) + body)


def seeds():
    images = {"every-header.igvm": every_header(), "igvm.dll": igvm.dll(small(1)), "small-1.igvm": small(1),
              "small-2.igvm": small(2), "ovmf.fd": firmware(True), "td-shim.fd": firmware(False)}
    return {"fuzz/image/" + name: image for name, image in images.items()}
