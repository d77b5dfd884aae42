# SPDX-License-Identifier: Apache-2.0
"""Two files, byte by byte, and what both measure to."""

import json
import os
import shutil
import subprocess

import workplace
from ending import TROUBLE, Ending

REGISTERS = {"tdx": "mrtd", "snp": "ld", "vbs": "boot-digest"}


def program():
    """The ecart that measures."""
    found = os.environ.get("ECART_BIN") or os.environ.get("ECART") or shutil.which("ecart")
    if not found:
        raise Ending(TROUBLE, "no program ecart: install it, or name it by ECART_BIN")
    return found


def ecart(*words, statuses=(0,)):
    try:
        done = subprocess.run([program(), *words], capture_output=True, text=True, check=False)
    except OSError as broken:
        raise Ending(TROUBLE, f"the program ecart, {program()}: {broken.strerror}") from broken
    if done.returncode not in statuses:
        raise Ending(TROUBLE, f"ecart {' '.join(words)}: ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def measured(path):
    """[{platform, register, value}] by the default rule of each platform of an image."""
    rows = json.loads(ecart("audit", "measure", path, "--json"))["measurements"]
    return [{name: row[name] for name in ("platform", "register", "value")} for row in rows if row.get("default")]


class Artifact:
    """name, size, sha256 and measurements of a file."""

    def __init__(self, path):
        self.path, self.name = path, os.path.basename(path)
        self.size, self.sha256 = os.path.getsize(path), workplace.digest(path)
        self.measurements = measured(path)

    def value(self, platform):
        return next((row["value"] for row in self.measurements if row["platform"] == platform), None)


class Comparison:
    """identical; else first, the offset of the first byte that differs, and differing, how many do,
    with those that one file alone has."""

    def __init__(self, a, b):
        self.first, self.differing = None, abs(os.path.getsize(a) - os.path.getsize(b))
        shared = min(os.path.getsize(a), os.path.getsize(b))
        at = 0
        with open(a, "rb") as one, open(b, "rb") as other:
            while at < shared:
                left, right = one.read(1 << 16), other.read(1 << 16)
                if left != right:
                    places = [i for i, (x, y) in enumerate(zip(left, right)) if x != y]
                    self.differing += len(places)
                    if self.first is None and places:
                        self.first = at + places[0]
                at += 1 << 16
        if self.first is None and self.differing:
            self.first = shared
        self.identical = self.differing == 0
        self.sentence = None if self.identical else json.loads(
            ecart("audit", "diff", a, b, "--format", "json", statuses=(0, 1)))["summary"]

    def says(self, a="run a", b="run b"):
        if self.identical:
            return f"{a} and {b}: identical, byte by byte"
        where = f"{self.differing} bytes differ, the first at {self.first} (0x{self.first:x})"
        return f"{a} and {b}: {where}: {self.sentence}"
