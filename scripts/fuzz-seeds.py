#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Copies the seeds of a fuzz target into its corpus folder.

usage: fuzz-seeds.py BUILD NAME CORPUS

The seeds are those that the build replays (the arguments of the test NAME);
libFuzzer itself takes folders only.  Targets of event logs start from the real
ones as well, where the vectors are here.
"""

import hashlib
import json
import os
import subprocess
import sys


def files_of(path):
    if os.path.isfile(path):
        yield path
    for folder, _, names in sorted(os.walk(path)):
        for name in sorted(names):
            yield os.path.join(folder, name)


def vectors_of(name):
    """Of targets that read event logs; those of libFuzzer are 64 KiB at most."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folder = os.environ.get("ECART_VECTORS", os.path.join(root, "..", "shared", "vectors"))
    folder = os.path.join(folder, "eventlog")
    reads = ("fuzz_log", "fuzz_kind-tcg-eventlog", "fuzz_kind-tdx-eventlog-ccel",
             "fuzz_kind-ima-log-binary", "fuzz_kind-cel-tlv")
    if name not in reads or not os.path.isdir(folder):
        return []
    names = sorted(os.listdir(folder)) + [os.path.join("malformed", n) for n in
                                          sorted(os.listdir(os.path.join(folder, "malformed")))]
    paths = [os.path.join(folder, n) for n in names if n.endswith((".bin", ".ima"))]
    return [p for p in paths if os.path.getsize(p) <= 65536]


def main(words):
    build, name, corpus = words
    tests = json.loads(subprocess.check_output(["meson", "introspect", build, "--tests"]))
    seeds = next(test["cmd"][1:] for test in tests if test["name"] == name)
    for seed in seeds + vectors_of(name):
        for path in files_of(seed):
            with open(path, "rb") as file:
                data = file.read()
            if name == "fuzz_log" and seed not in seeds:
                data = b"\7" + data  # which register is looked at
            with open(os.path.join(corpus, hashlib.sha256(data).hexdigest()), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    main(sys.argv[1:])
