#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Copies the seeds of a fuzz target into its corpus folder.

usage: fuzz-seeds.py BUILD NAME CORPUS

The seeds are those that the build replays (the arguments of the test NAME);
libFuzzer itself takes folders only.
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


def main(words):
    build, name, corpus = words
    tests = json.loads(subprocess.check_output(["meson", "introspect", build, "--tests"]))
    seeds = next(test["cmd"][1:] for test in tests if test["name"] == name)
    for seed in seeds:
        for path in files_of(seed):
            with open(path, "rb") as file:
                data = file.read()
            with open(os.path.join(corpus, hashlib.sha256(data).hexdigest()), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    main(sys.argv[1:])
