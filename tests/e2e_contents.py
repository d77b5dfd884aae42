#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is inside real firmware, and what differs between two of them, by tests/contents_of.c: the
readers of audit/contents without an image around them."""

import os
import resource
import struct
import subprocess
import sys

sys.dont_write_bytecode = True

from e2e import ROOT, Skip, case, contains, equal, main, write

sys.path.insert(0, os.path.join(ROOT, "tests", "forge"))
import volume  # noqa: E402
from eventlog import le  # noqa: E402

PROGRAM = os.environ.get("ECART_CONTENTS_OF") or os.path.join(ROOT, "build", "tests", "contents_of")
PACKAGE = "/usr/share/ovmf/OVMF.fd"
CODE = "/usr/share/OVMF/OVMF_CODE.fd"
SECURE = "/usr/share/OVMF/OVMF_CODE.secboot.fd"
MEMORY = 64 << 20


def contents(*files, memory=None):
    """The program's lines; memory: the most that it may touch."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run([PROGRAM, *files], capture_output=True, text=True, timeout=60)
    equal(0, done.returncode, done.stderr)
    # The most of all children: it can have grown by this one alone.
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert not memory or after == before or after << 10 < memory, after
    return done.stdout.splitlines()


def package(path):
    if not os.path.exists(path):
        raise Skip("the package ovmf is not here: no " + path)
    return path


def modules(lines):
    return [line.split("\t")[1] for line in lines if line.lstrip().startswith("module\t")]


@case("Debian's OVMF opens to its modules, each by name, and nothing is refused")
def debian(_):
    lines = contents(package(PACKAGE))
    names = modules(lines)
    for known in ("SecMain", "PeiCore", "PlatformPei", "DxeCore", "PlatformDxe", "QemuVideoDxe",
                  "TdxDxe", "SecureBootConfigDxe", "Tcg2Dxe", "Shell"):
        assert known in names, known
    assert "" not in names
    assert len(names) > 100, len(names)
    equal([], [line for line in lines if "refused" in line], "refusals")
    equal(["variable store", "FVMAIN_COMPACT", "SECFV"],
          [line.split("\t")[1] for line in lines if line.startswith("  volume\t")], "volumes")


@case("the firmware without its variables has the same modules")
def code_alone(_):
    equal(modules(contents(package(PACKAGE))), modules(contents(package(CODE))), "modules")


@case("Debian's build with SMM is another: its own modules are named as such")
def smm(_):
    lines = contents(package(CODE), package(SECURE))
    contains("\n".join(lines), "PiSmmCore")
    added = [line for line in lines if line.startswith("  [only-b]") and "module" in line]
    assert len(added) > 5, added
    contains(lines[0], "module PlatformPei")


def firmware(scratch, name, **how):
    return write(scratch + "/" + name, volume.firmware(**how))


@case("built in another folder: section sizes, the build path, nothing else")
def another_folder(scratch):
    lines = contents(firmware(scratch, "a"), firmware(scratch, "b", path_room=4))
    equal("4 modules differ only in section size, 1 more only in the address which that moves; "
          "build path length", lines[0], "first screen")
    equal([], [line for line in lines[1:]
               if not line.lstrip().startswith(("[section-size]", "[moved]"))], "the others")


@case("another source: the module and the place in it")
def another_source(scratch):
    for title in ("CoreDxe", "DiskDxe", "SetupApp"):
        lines = contents(firmware(scratch, "a"), firmware(scratch, "b", patched=title))
        contains(lines[0], "module " + title + " (11111111-")
        contains(lines[0], "differs: .text, first at 0x220")
        equal(3, len(lines), "lines")


@case("a forged size of a packed volume costs neither memory nor time")
def forged_size(scratch):
    for size in (1 << 30, 1 << 40, (1 << 64) - 1, 400 << 20):
        def pack(data, size=size):
            packed = volume.lzma_alone(data)
            return packed[:5] + le(size, 8) + packed[13:]
        path = firmware(scratch, "forged", how=pack)
        contains("\n".join(contents(path, memory=MEMORY)), "refused: lzma: ")


@case("volumes in volumes end at a depth")
def deep(scratch):
    data = volume.firmware()
    for _ in range(20):
        outer = volume.file(volume.PACKED, 0x0b, volume.section(0x17, data))
        data = volume.volume([outer], volume.OUTER)
    write(scratch + "/deep", data)
    lines = contents(scratch + "/deep", memory=MEMORY)
    assert len(lines) < 200, len(lines)


@case("a map of blocks that lies is refused by name")
def block_map(scratch):
    data = bytearray(volume.firmware())
    data[56:60] = le(2, 4)
    data[50:52] = b"\0\0"
    data[50:52] = le(-sum(struct.unpack("<36H", data[:72])) & 0xffff, 2)
    write(scratch + "/bad", bytes(data))
    contains("\n".join(contents(scratch + "/bad")), "refused: firmware volume: size at byte 32")


if __name__ == "__main__":
    main(needs_vectors=False)
