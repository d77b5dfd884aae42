# SPDX-License-Identifier: Apache-2.0
"""What firmware, shim, GRUB and Linux measure: the data of each event as PFP 10.4 and UEFI lay it
out, and whole boots made of them."""

import uuid

import ec
import eventlog
import windows
import x509
from eventlog import EFI, NO_ACTION, Event, le

GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
DATABASE = "d719b2cb-3d3a-4596-a3bc-dad00e67656f"
SHIM = "605dab50-e046-4300-abb6-3dd810dd8b23"
CERT_X509 = "a5c059a1-94e4-4aa7-87b5-ab155c2bf072"
CERT_SHA256 = "c1c41626-504c-4092-aca9-41f936934328"
OWNER = "51514d00-5349-4d55-4c41-544544000000"


def guid(text):
    return uuid.UUID(text).bytes_le


def utf16(text):
    return text.encode("utf-16-le")


# --- variables (UEFI 8.2, 32.4.1; PFP 10.4.3)

def variable(owner, name, data):
    """UEFI_VARIABLE_DATA."""
    return guid(owner) + le(len(name), 8) + le(len(data), 8) + utf16(name) + data


def config(name, data, owner=GLOBAL, register=7):
    return Event(register, EFI + 1, variable(owner, name, data))


def boot_variable(name, data, register=1):
    """Its digest is of the variable's content alone."""
    return Event(register, EFI + 2, variable(GLOBAL, name, data), measured=data)


def authority(name, data, owner=DATABASE, register=7):
    return Event(register, EFI + 0xE0, variable(owner, name, data))


def signatures(kind, *values):
    """EFI_SIGNATURE_LIST."""
    entries = b"".join(guid(OWNER) + v for v in values)
    return guid(kind) + le(28 + len(entries), 4) + le(0, 4) + le(16 + len(values[0]), 4) + entries


def certificate(name):
    """A small one, made by its own key."""
    key = ec.key("uefi " + name)
    who = [(x509.CN, x509.UTF8, "SIMULATED " + name)]
    return x509.certificate({
        "serial": 1, "algorithm": key.sig_algorithm(), "issuer": who, "subject": who,
        "window": windows.ROOT, "spki": key.spki(), "extensions": [x509.ext_basic(True)]}, key.sign)


def secure_boot(on=True):
    """The variables of Secure Boot, and what stands behind them."""
    revoked = [eventlog.hashed("sha256", b"SIMULATED revoked %d" % i) for i in range(2)]
    return [config("SecureBoot", bytes([on])),
            config("PK", signatures(CERT_X509, certificate("PK"))),
            config("KEK", signatures(CERT_X509, certificate("KEK"))),
            config("db", signatures(CERT_X509, certificate("db")), DATABASE),
            config("dbx", signatures(CERT_SHA256, *revoked), DATABASE)]


def load_option(path, text):
    """EFI_LOAD_OPTION (UEFI 3.1.3)."""
    return le(1, 4) + le(len(path), 2) + utf16(text + "\0") + path


# --- device paths (UEFI 10.3)

def node(kind, subtype, data):
    return bytes([kind, subtype]) + le(4 + len(data), 2) + data


def device_path(file):
    """A file of the first partition of a disk behind a PCI root."""
    partition = le(1, 4) + le(2048, 8) + le(1048576, 8) + guid(OWNER) + bytes([2, 2])
    return (node(2, 1, bytes.fromhex("d041030a") + le(0, 4)) + node(1, 1, bytes([0, 3]))
            + node(4, 1, partition) + node(4, 4, utf16(file + "\0")) + node(0x7F, 0xFF, b""))


def image(file, register=4, kind=3):
    """UEFI_IMAGE_LOAD_EVENT; the digest is that of the PE file, which the log does not hold."""
    path = device_path(file)
    data = le(0x7E000000, 8) + le(65536, 8) + le(0, 8) + le(len(path), 8) + path
    return Event(register, EFI + kind, data, measured=b"SIMULATED PE " + file.encode())


# --- the rest of the firmware's

def crtm(text="SIMULATED 1.0"):
    return Event(0, eventlog.CRTM_VERSION, utf16(text + "\0"))


def locality(number, rest=b""):
    return Event(0, NO_ACTION, b"StartupLocality\0" + bytes([number]) + rest)


def hcrtm():
    return Event(0, eventlog.HCRTM, b"HCRTM", measured=b"SIMULATED H-CRTM")


def blob(text, base, size, register=0):
    """UEFI_PLATFORM_FIRMWARE_BLOB2."""
    data = bytes([len(text)]) + text.encode() + le(base, 8) + le(size, 8)
    return Event(register, EFI + 0xA, data, measured=b"SIMULATED FV " + text.encode())


def handoff(text, register=1):
    """UEFI_HANDOFF_TABLE_POINTERS2."""
    data = bytes([len(text)]) + text.encode() + le(1, 8) + guid(OWNER) + le(0x7F000000, 8)
    return Event(register, EFI + 0xB, data, measured=b"SIMULATED table " + text.encode())


def reference_manifest():
    """SP800-155 (PFP 10.4.5.2): never extended."""
    strings = b"".join(bytes([len(t) + 1]) + t + b"\0" for t in (b"SIMULATED", b"Model", b"1", b"FW"))
    return Event(eventlog.NOWHERE, NO_ACTION,
                 b"SP800-155 Event\0" + le(0xFFFF, 4) + guid(OWNER) + strings)


def separator(register, value=bytes(4)):
    return Event(register, eventlog.SEPARATOR, value)


def separators(registers=range(8)):
    return [separator(i) for i in registers]


def action(text, register=4):
    return Event(register, EFI + 7, text.encode())


def gpt(register=5):
    """UEFI_GPT_DATA with one partition."""
    header = (b"EFI PART" + le(0x10000, 4) + le(92, 4) + le(0, 4) + le(0, 4) + le(1, 8) + le(2097151, 8)
              + le(34, 8) + le(2097118, 8) + guid(OWNER) + le(2, 8) + le(128, 4) + le(128, 4) + le(0, 4))
    entry = (guid("c12a7328-f81f-11d2-ba4b-00a0c93ec93b") + guid(OWNER) + le(2048, 8) + le(1050623, 8)
             + le(0, 8) + utf16("EFI System".ljust(36, "\0")))
    return Event(register, EFI + 6, header + le(1, 8) + entry)


def exit_boot(register=5):
    return [action("Exit Boot Services Invocation", register),
            action("Exit Boot Services Returned with Success", register)]


# --- boot loaders and Linux

def shim(name, register=14):
    return Event(register, eventlog.IPL, name.encode() + b"\0", measured=b"SIMULATED " + name.encode())


def grub(text, register=8, prefix="grub_cmd: "):
    """The prefix and the NUL are not hashed."""
    return Event(register, eventlog.IPL, (prefix + text + "\0").encode(), measured=text.encode())


def grub_file(path, register=9):
    return Event(register, eventlog.IPL, path.encode() + b"\0", measured=b"SIMULATED " + path.encode())


def section(name, register=11):
    """A unified kernel image: the section's name, then its content, under the same data."""
    data = utf16(name + "\0")
    return [Event(register, eventlog.IPL, data, measured=name.encode() + b"\0"),
            Event(register, eventlog.IPL, data, measured=b"SIMULATED section " + name.encode())]


def initrd(register=9):
    """Tag of Linux, started by firmware."""
    return Event(register, eventlog.EVENT_TAG, le(0x8F3B22EC, 4) + le(13, 4) + b"Linux initrd\0",
                 measured=b"SIMULATED initrd")


KERNEL = "(hd0,gpt2)/vmlinuz root=/dev/sda2 ro ima_policy=tcb"


def pc_boot():
    """A PC: firmware, Secure Boot, shim, GRUB, Linux."""
    disk = device_path("\\EFI\\simulated\\shimx64.efi")
    return ([locality(3), reference_manifest(), crtm(), blob("FV", 0xFF000000, 0x100000), handoff("ACPI")]
            + secure_boot()
            + [boot_variable("BootOrder", le(0, 2)),
               boot_variable("Boot0000", load_option(disk, "simulated")),
               action("Calling EFI Application from Boot Option")]
            + separators()
            + [authority("db", guid(OWNER) + certificate("db")), gpt(),
               image("\\EFI\\simulated\\shimx64.efi"), shim("MokList"), shim("MokListX"),
               authority("SbatLevel", b"sbat,1,2024010900\n", SHIM),
               image("\\EFI\\simulated\\grubx64.efi"), grub_file("(hd0,gpt2)/grub.cfg"),
               grub("set root=(hd0,gpt2)"), grub("linux " + KERNEL),
               grub_file("(hd0,gpt2)/vmlinuz"), grub(KERNEL, prefix="kernel_cmdline: "),
               initrd()]
            + exit_boot())


def td_boot():
    """A TD: TDVF measures into registers 1 and 2, shim, GRUB and Linux into 2 and 3."""
    return ([reference_manifest(), handoff("TdxTable", 1), blob("CFV", 0xFFC00000, 0x40000, 1)]
            + [Event(1, e.type, e.data) for e in secure_boot()]
            + [separator(1), boot_variable("BootOrder", le(0, 2), 1),
               action("Calling EFI Application from Boot Option", 2), separator(2), gpt(2),
               image("\\EFI\\BOOT\\BOOTX64.EFI", 2), shim("MokList", 3), grub("set root=(hd0,gpt2)", 3),
               grub_file("(hd0,gpt2)/vmlinuz", 3), grub(KERNEL, 3, "kernel_cmdline: "), initrd(3)]
            + exit_boot(2))
