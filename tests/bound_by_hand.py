# SPDX-License-Identifier: Apache-2.0
"""The lines by which bind.* are repeated by hand, run where nothing but their programs is found."""

import json
import os
import shutil
import sys

sys.dont_write_bytecode = True

from e2e import ECART, contains, ecart, equal, findings, run

PROGRAMS = ("base64", "basenc", "cat", "head", "od", "sha256sum", "sha512sum", "tail", "tr",
            "openssl", "sed")


def plain_shell(line, folder, scratch):
    """What a line prints, as lines."""
    found = os.path.join(scratch, "bin")
    if not os.path.isdir(found):
        os.mkdir(found)
        for name in PROGRAMS:
            os.symlink(shutil.which(name), os.path.join(found, name))
    done = run(["env", "-i", "PATH=" + found, shutil.which("bash"), "-c", line], folder)
    assert done.status == 0 and done.err == "", f"{line}\n{done}"
    return done.out.splitlines()


def lines_of(check, words):
    """One for each finding; behind a comment where the anchors are simulated."""
    out = ecart("explain", *words, "--check", check, "--by-hand").out
    return [line for line in out.splitlines() if not line.startswith("#")]


def agreeing(scratch, archive, *words):
    """{check: on how many findings its line was tried}; each gives what the report says."""
    words = (archive, *words)
    folder = os.path.join(scratch, "by-hand")
    ecart("unpack", archive, folder)
    rep = json.loads(run([ECART, "replay", *words, "--format", "json"]).stdout)
    tried = {}
    for check in {row["id"] for row in rep["checks"] if row["id"].startswith("bind.")}:
        rows = [row for row in findings(rep, check) if row.get("want")]
        if not rows:
            continue
        lines = lines_of(check, words)
        equal(len(rows), len(lines), check)
        for row, line in zip(rows, lines):
            said = plain_shell(line, folder, scratch)
            if check != "bind.challenge":
                equal(row["want"], said.pop(0).split()[0], check)
            contains(said[0], row["got"])
            equal(1, len(said), check)
        tried[check] = len(rows)
    return tried
