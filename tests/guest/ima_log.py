# SPDX-License-Identifier: Apache-2.0
"""The kernel's integrity log, template ima-ng, for PCR 10 (eventlog.md 5)."""

import hashlib
import struct

PCR, TEMPLATE = 10, b"ima-ng"
FILES = ("/usr/lib/systemd/systemd", "/usr/bin/bash", "/usr/lib/x86_64-linux-gnu/libc.so.6",
         "/usr/bin/mount", "/usr/sbin/sshd")


def template(digest, path):
    """d-ng and n-ng, each with its length."""
    algorithm = b"sha256:\0" + digest
    name = path.encode() + b"\0"
    return struct.pack("<I", len(algorithm)) + algorithm + struct.pack("<I", len(name)) + name


class Entry:
    """One measured file."""

    def __init__(self, digest, path):
        self.digest, self.path = digest, path
        self.data = template(digest, path)

    def extends(self, banks):
        return {name: hashlib.new(name, self.data).digest() for name in banks}

    def binary(self):
        head = struct.pack("<I20sI", PCR, hashlib.sha1(self.data).digest(), len(TEMPLATE))
        return head + TEMPLATE + struct.pack("<I", len(self.data)) + self.data

    def ascii(self):
        return "%d %s ima-ng sha256:%s %s\n" % (
            PCR, hashlib.sha1(self.data).hexdigest(), self.digest.hex(), self.path)


def of_file(path):
    return Entry(hashlib.sha256(b"SIMULATED " + path.encode()).digest(), path)


def first_entries(log):
    """The boot aggregate over PCR 0 to 9, which ties this log to the firmware's, then files."""
    values = b"".join(log.value("sha256", register) for register in range(10))
    boot = Entry(hashlib.sha256(values).digest(), "boot_aggregate")
    return [boot] + [of_file(path) for path in FILES]
