# SPDX-License-Identifier: Apache-2.0
"""The firmware's log (crypto-agile TCG format) and the PCR values that it replays to (eventlog.md 1)."""

import hashlib
import struct

BANKS = (("sha1", 0x0004), ("sha256", 0x000B), ("sha384", 0x000C))
NO_ACTION, SEPARATOR, EVENT_TAG, CRTM_VERSION = 0x3, 0x4, 0x6, 0x8
CONFIG_FLAGS, IPL = 0xA, 0xD
VARIABLE, BOOT_VARIABLE, APPLICATION, ACTION = 0x80000001, 0x8000000C, 0x80000003, 0x80000007
GLOBAL = bytes.fromhex("61dfe48bca93d211aa0d00e098032b8c")
DATABASE = bytes.fromhex("cbb219d73a3d9645a3bcdad00e67656f")
KERNEL = "/vmlinuz-6.1.0-simulated root=UUID=51514d00-0000-4000-8000-000000000001 ro ima_policy=tcb"


def variable(vendor, name, data):
    """UEFI_VARIABLE_DATA."""
    return vendor + struct.pack("<QQ", len(name), len(data)) + name.encode("utf-16-le") + data


def image(path):
    """UEFI_IMAGE_LOAD_EVENT with a file path as device path."""
    name = (path + "\0").encode("utf-16-le")
    device = struct.pack("<BBH", 4, 4, 4 + len(name)) + name + bytes.fromhex("7fff0400")
    return struct.pack("<QQQQ", 0x3E000000, 0x20000, 0, len(device)) + device


def _firmware():
    """(register, type, data, what is hashed), in the order of a boot."""
    yield 0, CRTM_VERSION, "SIMULATED OpenHCL 1.0\0".encode("utf-16-le"), None
    for name, vendor, data in (("SecureBoot", GLOBAL, b"\1"), ("PK", GLOBAL, b"SIMULATED PK"),
                               ("KEK", GLOBAL, b"SIMULATED KEK"), ("db", DATABASE, b"SIMULATED db"),
                               ("dbx", DATABASE, b"SIMULATED dbx")):
        yield 7, VARIABLE, variable(vendor, name, data), None
    yield 7, SEPARATOR, bytes(4), None
    yield 1, BOOT_VARIABLE, variable(GLOBAL, "BootOrder", b"\0\0"), None
    yield 1, CONFIG_FLAGS, b"ACPI DATA", b"SIMULATED ACPI tables"
    yield 2, CONFIG_FLAGS, b"SIMULATED option", None
    yield 4, ACTION, b"Calling EFI Application from Boot Option", None
    for register in (0, 1, 2, 3, 4, 5, 6):
        yield register, SEPARATOR, bytes(4), None
    yield 4, APPLICATION, image("\\EFI\\BOOT\\BOOTX64.EFI"), b"SIMULATED shim"
    yield 14, IPL, b"MokList\0", b"SIMULATED MokList"
    yield 4, APPLICATION, image("\\EFI\\debian\\grubx64.efi"), b"SIMULATED grub"
    for text in ("grub_cmd: linux " + KERNEL, "grub_cmd: initrd /initrd.img-6.1.0-simulated",
                 "kernel_cmdline: " + KERNEL):
        yield 8, IPL, text.encode() + b"\0", text.split(": ", 1)[1].encode()
    yield 9, IPL, b"(hd0,gpt15)/vmlinuz-6.1.0-simulated\0", b"SIMULATED kernel"
    yield 9, IPL, b"(hd0,gpt15)/initrd.img-6.1.0-simulated\0", b"SIMULATED initrd"
    yield 5, ACTION, b"Exit Boot Services Invocation", None
    yield 5, ACTION, b"Exit Boot Services Returned with Success", None


def _header(banks, register=0):
    sizes = b"".join(struct.pack("<HH", number, hashlib.new(name).digest_size)
                     for name, number in banks)
    data = (b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 0, 2, len(banks))
            + sizes + b"\0")
    return struct.pack("<II20sI", register, NO_ACTION, bytes(20), len(data)) + data


class Log:
    """Events as bytes, and for each the digests that go into the registers."""

    def __init__(self, banks=BANKS, register=0):
        self.banks, self.bytes, self.extends = banks, _header(banks, register), []

    def add(self, register, kind, data, hashed=None):
        digests = {name: hashlib.new(name, data if hashed is None else hashed).digest()
                   for name, _ in self.banks}
        self.bytes += struct.pack("<III", register, kind, len(self.banks))
        self.bytes += b"".join(struct.pack("<H", number) + digests[name]
                               for name, number in self.banks)
        self.bytes += struct.pack("<I", len(data)) + data
        self.extends.append((register, digests))

    def value(self, bank, register):
        """The register after all events, from zeros."""
        value = bytes(hashlib.new(bank).digest_size)
        for index, digests in self.extends:
            if index == register:
                value = hashlib.new(bank, value + digests[bank]).digest()
        return value


def firmware():
    log = Log()
    for event in _firmware():
        log.add(*event)
    return log


def ccel():
    """The same boot as a TDX guest logs it: SHA-384 alone, PCRs as RTMRs (eventlog.md 3)."""
    log = Log((BANKS[2],), register=1)
    place = {0: 0, 1: 1, 7: 1, **{i: 2 for i in range(2, 7)}, **{i: 3 for i in range(8, 16)}}
    for register, kind, data, hashed in _firmware():
        if place[register]:
            log.add(place[register], kind, data, hashed)
    return log
