# SPDX-License-Identifier: Apache-2.0
"""The files below the guest's root directory that its firmware, kernel and distribution would show."""

import os
import struct

import event_log

OS_RELEASE = """PRETTY_NAME="SIMULATED Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
ID=debian
"""
AZURE_CHASSIS = "7783-7084-3265-9085-8269-3286-77"  # azure.md 1
FIRMWARE_LOG = "sys/kernel/security/tpm0/binary_bios_measurements"
IMA_BINARY = "sys/kernel/security/ima/binary_runtime_measurements"
IMA_ASCII = "sys/kernel/security/ima/ascii_runtime_measurements"
SYSTEMD_LOG = "run/log/systemd/tpm2-measure.log"
CCEL, CCEL_DATA = "sys/firmware/acpi/tables/CCEL", "sys/firmware/acpi/tables/data/CCEL"
MEASUREMENTS = "sys/devices/virtual/misc/tdx_guest/measurements/"
CCEL_AREA, CCEL_ADDRESS = 65536, 0x7B000000


class Machine:
    """root: the folder."""

    def __init__(self, root):
        self.root = root

    def write(self, path, content, mode="wb"):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, mode) as file:
            file.write(content.encode() if isinstance(content, str) else content)

    def common(self, chassis):
        self.write("etc/os-release", OS_RELEASE)
        self.write("proc/cmdline", event_log.KERNEL + "\n")
        os.makedirs(os.path.join(self.root, "run", "lock"), exist_ok=True)
        self.write("sys/class/dmi/id/sys_vendor", "Microsoft Corporation\n")
        self.write("sys/class/dmi/id/chassis_asset_tag", chassis + "\n")

    def azure(self, log, entries, records):
        self.common(AZURE_CHASSIS)
        self.write(FIRMWARE_LOG, log.bytes)
        self.write(SYSTEMD_LOG, "".join(record.line() for record in records))
        self.write(IMA_BINARY, b"")
        self.write(IMA_ASCII, b"")
        self.measure(entries)

    def measure(self, entries):
        """Appends to the integrity log; the kernel extends the register after that."""
        self.write(IMA_BINARY, b"".join(entry.binary() for entry in entries), "ab")
        self.write(IMA_ASCII, "".join(entry.ascii() for entry in entries), "ab")

    def trust_domain(self, log, td):
        """A TD without paravisor: CCEL and its table, and the registers in sysfs."""
        self.common("SIMULATED")
        table = struct.pack("<4sIBB6s8sI4sIBBHQQ", b"CCEL", 56, 1, 0, b"SIMUL ", b"SIMULATE", 1,
                            b"SIMU", 1, 2, 0, 0, CCEL_AREA, CCEL_ADDRESS)
        checksum = -sum(table) & 0xFF
        self.write(CCEL, table[:9] + bytes([checksum]) + table[10:])
        self.write(CCEL_DATA, log.bytes.ljust(CCEL_AREA, b"\xff"))
        self.write("dev/tdx_guest", b"")
        for name in ("mrconfigid", "mrowner", "mrownerconfig"):
            self.write(MEASUREMENTS + name, td[name])
        for name in ("mrtd", "rtmr0", "rtmr1", "rtmr2", "rtmr3"):
            self.write(MEASUREMENTS + name + ":sha384", td[name])
