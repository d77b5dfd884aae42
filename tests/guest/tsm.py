# SPDX-License-Identifier: Apache-2.0
"""Plays the kernel's configfs-tsm in a plain directory (collect.md 4).

A directory that is made below sys/kernel/config/tsm/report gets its attributes; when its inblob is
written and closed, outblob is a quote over those 64 bytes and the generation goes up. What a plain
directory cannot play: errors of write() (EBUSY, EINVAL), and rmdir() of a directory with attributes,
which configfs.c plays in the program itself.

Faults, by the path "tsm": {"jump": true} raises the generation by two, {"empty": true} leaves outblob
with no bytes, {"delay": S} takes its time."""

import ctypes
import os
import select
import struct
import threading

PLACE = "sys/kernel/config/tsm/report"
CLOSE_WRITE, CREATE, IS_DIR = 0x8, 0x100, 0x40000000
NONBLOCK, CLOEXEC = 0o4000, 0o2000000
EVENT = struct.Struct("iIII")
LIBC = ctypes.CDLL(None, use_errno=True)


class Tsm:
    """quote: 64 bytes -> outblob. faults as in faults.py."""

    def __init__(self, root, quote, faults):
        self.folder, self.quote, self.faults = os.path.join(root, PLACE), quote, faults
        self.provider, self.names, self.generation = b"tdx_guest\n", {}, {}
        self.first = b"0\n"  # of a new entry, its generation
        os.makedirs(self.folder, exist_ok=True)
        self.fd = LIBC.inotify_init1(NONBLOCK | CLOEXEC)
        self.top = self.watch(self.folder, CREATE)

    def watch(self, path, mask):
        number = LIBC.inotify_add_watch(self.fd, os.fsencode(path), mask)
        if number < 0:
            raise OSError(ctypes.get_errno(), "inotify: " + path)
        return number

    def start(self):
        threading.Thread(target=self.loop, daemon=True).start()

    def loop(self):
        while True:
            select.select([self.fd], [], [])
            data = os.read(self.fd, 65536)
            at = 0
            while at < len(data):
                number, mask, _, size = EVENT.unpack_from(data, at)
                name = data[at + EVENT.size:at + EVENT.size + size].rstrip(b"\0").decode()
                at += EVENT.size + size
                self.event(number, mask, name)

    def event(self, number, mask, name):
        try:
            if number == self.top and mask & IS_DIR:
                self.appear(name)
            elif number in self.names and name == "inblob":
                self.report(self.names[number])
        except OSError:  # the directory is gone again
            pass

    def put(self, entry, attribute, content):
        """A reader sees the old attribute or the new one; renaming is no write of an attribute."""
        part = os.path.join(self.folder, os.pardir, ".%s-%s" % (entry, attribute))
        with open(part, "wb") as file:
            file.write(content)
        os.rename(part, os.path.join(self.folder, entry, attribute))

    def appear(self, entry):
        self.generation[entry] = 0
        for attribute, content in (("inblob", b""), ("outblob", b""), ("auxblob", b""),
                                   ("generation", self.first), ("provider", self.provider)):
            self.put(entry, attribute, content)
        self.names[self.watch(os.path.join(self.folder, entry), CLOSE_WRITE)] = entry

    def report(self, entry):
        with open(os.path.join(self.folder, entry, "inblob"), "rb") as file:
            data = file.read()
        if len(data) != 64:  # opened, and what was written was refused
            return
        fault = self.faults.take("tsm")
        self.generation[entry] += 2 if fault.get("jump") else 1
        self.put(entry, "outblob", b"" if fault.get("empty") else self.quote(data))
        self.put(entry, "generation", b"%d\n" % self.generation[entry])
