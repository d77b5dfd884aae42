# SPDX-License-Identifier: Apache-2.0
"""A second opinion of launch measurements: MRTD, SEV-SNP's launch digest, VBS's boot digest.

An operation is a dict: kind (pages, insert, vmsa, registers, errors), gpa,
size, data (zeros follow), and flags measured, shared, aug, type.
"""

import hashlib
import struct

PAGE, CHUNK, GIB = 4096, 256, 1 << 30
SHAPES = {"c3-standard-4": (16, 1), "c3-standard-8": (32, 1), "c3-standard-22": (88, 1),
          "c3-standard-44": (176, 1), "c3-standard-88": (352, 2), "c3-standard-176": (704, 4)}


def pages(gpa, data=b"", size=None, measured=True, shared=False, kind="pages", aug=False, type=0, beyond=b"", name=""):
    size = -(-len(data) // PAGE) * PAGE if size is None else size
    return dict(gpa=gpa, data=data, size=size, measured=measured, shared=shared, kind=kind, aug=aug, type=type,
                beyond=beyond, name=name)


def contents(op, beyond=False):
    data = op["data"] + (op["beyond"] if beyond else b"")
    return data[:op["size"]].ljust(op["size"], b"\0")


def mrtd(ops, two_pass=False, aug_skips=True, measure_all=False, beyond=False, hob=None):
    running = hashlib.sha384()

    def add(gpa):
        running.update(b"MEM.PAGE.ADD".ljust(16, b"\0") + struct.pack("<Q", gpa) + bytes(104))

    def extend(gpa, page):
        for at in range(0, PAGE, CHUNK):
            running.update(b"MR.EXTEND".ljust(16, b"\0") + struct.pack("<Q", gpa + at) + bytes(104))
            running.update(page[at:at + CHUNK])

    for op in ops:
        if op["shared"] or op["kind"] not in ("pages", "insert"):
            continue
        adds = not (op["aug"] and aug_skips)
        extends = op["kind"] == "pages" and (op["measured"] or measure_all)
        data = contents(op, beyond)
        if hob is not None and op["name"] == "TD_HOB":
            data = hob.ljust(op["size"], b"\0")
        steps = [(adds, extends)] if not two_pass else [(adds, False), (False, extends)]
        for do_add, do_extend in steps:
            for at in range(0, op["size"], PAGE):
                if do_add:
                    add(op["gpa"] + at)
                if do_extend:
                    extend(op["gpa"] + at, data[at:at + PAGE])
    return running.hexdigest()


def snp(ops, native_zero=False, insert_first=False):
    digest = bytes(48)
    for op in ops:
        if op["shared"] or op["kind"] not in ("pages", "insert", "vmsa"):
            continue
        size = PAGE if op["kind"] == "insert" and insert_first else op["size"]
        for at in range(0, size, PAGE):
            kind = {"vmsa": 2, "insert": 4}.get(op["kind"])
            if kind is None:
                kind = {0: 1 if op["measured"] else 4, 1: 5, 2: 6, 3: 6}[op["type"]]
            if kind == 1 and native_zero and not op["data"]:
                kind = 3
            page = hashlib.sha384(contents(op)[at:at + PAGE]).digest() if kind in (1, 2) else bytes(48)
            info = digest + page + struct.pack("<HBB4xQ", 0x70, kind, 0, op["gpa"] + at)
            digest = hashlib.sha384(info).digest()
    return digest.hex()


def vbs(ops):
    digest = bytes(32)

    def extend(chunk):
        nonlocal digest
        digest = hashlib.sha256(digest + chunk).digest()

    for op in ops:
        if op["shared"] or op["kind"] not in ("pages", "insert", "errors"):
            continue
        how = {"insert": 4, "errors": 7}.get(op["kind"], 0 if op["measured"] else 4)
        for at in range(0, op["size"], PAGE):
            page = contents(op)[at:at + PAGE] if how == 0 else bytes(PAGE)
            extend(struct.pack("<IIQQQ", 0x1020, 2, 0, how, (op["gpa"] + at) // PAGE) + page)
    for op in ops:
        for vtl, name, value in op.get("registers", ()):
            extend(struct.pack("<IIQIBBHII", 0x30, 0, 0, 0, vtl, 0, 0, 0, name) + value)
    return digest.hex()


def google_hob(ops, ram, nodes, early):
    """The hand-off block: sections, the memory between them, the end."""
    ranges = [(0, 7, op["gpa"], op["gpa"] + op["size"]) for op in ops]
    banks = [(0, 3 * GIB), (4 * GIB - (2 << 20), 4 * GIB)]
    start = 4 * GIB
    for node in range(nodes):
        end = start + ram // nodes * GIB - (3 * GIB if node == 0 else 0)
        banks.append((start, end))
        start = end
    taken = sorted((start, end) for _, _, start, end in ranges)
    for start, end in banks:
        for low, high in taken + [(1 << 63, 1 << 63)]:
            if high <= start or start >= end:
                continue
            gap = min(low, end)
            if gap > start:
                flags = 0x10000007 if early or gap <= 4 * GIB else 7
                ranges.append((7, flags, start, gap))
            start = max(start, high)
    base = next(op["gpa"] for op in ops if op["name"] == "TD_HOB")
    out = struct.pack("<HHIII", 1, 56, 0, 9, 0) + bytes(32) + struct.pack("<Q", base + 56 + 48 * len(ranges))
    for kind, flags, start, end in ranges:
        out += struct.pack("<HHI16sIIQQ", 3, 48, 0, b"", kind, flags, start, end - start)
    return out + struct.pack("<HHI", 0xffff, 8, 0)
