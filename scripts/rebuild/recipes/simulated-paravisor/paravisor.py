# SPDX-License-Identifier: Apache-2.0
"""usage: paravisor.py KERNEL INITRD "COMMAND LINE" OUT: a SIMULATED paravisor as an IGVM file.

Laid out as OpenHCL is for a TD (microsoft/openvmm, vm/loader/src/paravisor.rs): what the kernel
loads and the initrd are shared memory, which no measurement takes; a measured page holds their
digest and where they are; the command line is a measured page of its own.  KERNEL is an ELF file,
INITRD a folder."""

import hashlib
import os
import stat
import struct
import sys

import igvm

TD = 1
BASE = 0x8000000  # 128 MiB
GAP = 0x200000
RESET = 0xfffff000
LOAD = 1


def entry(number, name, mode, content):
    """One file of a cpio archive of the kind "newc", whoever and whenever: owner and time are 0."""
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name + b"\0"
    return head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4)


def archive(folder):
    """All files of a folder by their names, whatever order it lists them in and whatever modes they have."""
    out = b""
    for number, name in enumerate(sorted(os.listdir(folder)), 1):
        with open(os.path.join(folder, name), "rb") as file:
            out += entry(number, name.encode(), stat.S_IFREG | 0o755, file.read())
    return out + entry(0, b"TRAILER!!!", 0, b"")


def segments(program):
    """(address, bytes) of what an ELF file of 64 bit loads, by address (System V gABI, chapter 5)."""
    table, = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    found = []
    for number in range(count):
        kind, _, offset, _, address, n = struct.unpack_from("<IIQQQQ", program, table + number * size)
        if kind == LOAD:
            found.append((address, program[offset:offset + n]))
    return sorted(found)


def pages(content):
    content += bytes(-len(content) % igvm.PAGE)
    return [content[at:at + igvm.PAGE] for at in range(0, len(content), igvm.PAGE)]


def command_line(text):
    """u16 policy 0 (nothing is appended by the host), u16 length, text."""
    return struct.pack("<HH", 0, len(text)) + text.encode("ascii")


def hash_page(shared):
    """The digest of all shared memory, then its ranges {first page, pages, not accepted}, by address."""
    digest = hashlib.sha384(b"".join(page for _, content in shared for page in content))
    ranges = b"".join(struct.pack("<QQB7x", gpa // igvm.PAGE, len(content), 0) for gpa, content in shared)
    return digest.digest() + ranges


def image(kernel, initrd, words):
    shared = [(gpa, pages(content)) for gpa, content in segments(kernel)] + [(BASE + GAP, pages(initrd))]
    measured = [(BASE + 2 * GAP, pages(command_line(words))), (BASE + 3 * GAP, pages(hash_page(shared))),
                (RESET, pages(b"\xf4\xeb\xfd"))]
    headers, data = [igvm.platform(TD, igvm.TDX, vtl=2, boundary=1 << 47), igvm.policy(TD, 2)], []
    for flags, rows in ((igvm.SHARED, shared), (0, measured)):
        for gpa, content in rows:
            for number, page in enumerate(content):
                headers.append(igvm.page(gpa + number * igvm.PAGE, TD, len(data), flags))
                data.append(page)
    return igvm.build(headers, b"".join(data))


def main(kernel, initrd, words, out):
    with open(kernel, "rb") as file:
        made = image(file.read(), archive(initrd), words)
    with open(out, "wb") as file:
        file.write(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
