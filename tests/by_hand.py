# SPDX-License-Identifier: Apache-2.0
"""Lines by which a check is repeated by hand: got, run, and compared with the report."""

import json
import os
import shutil
import sys

sys.dont_write_bytecode = True

from e2e import AZURE_AT, ECART, contains, ecart, equal, findings, read, run, simulated

PROGRAMS = ("base64", "basenc", "cat", "head", "od", "sha256sum", "sha512sum", "tail", "tr",
            "openssl", "sed")


def plain_shell(line, folder, scratch):
    """What a line prints, as lines, where nothing but its programs is found."""
    found = os.path.join(scratch, "bin")
    if not os.path.isdir(found):
        os.mkdir(found)
        for name in PROGRAMS:
            os.symlink(shutil.which(name), os.path.join(found, name))
    done = run(["env", "-i", "PATH=" + found, shutil.which("bash"), "-c", line], folder)
    assert done.status == 0 and done.err == "", f"{line}\n{done}"
    return done.out.splitlines()


def shell(line, folder):
    done = run(["bash", "-c", line], folder)
    assert done.status == 0 and done.err == "", f"{line}\n{done}"
    return done.out


def unpacked(archive, folder):
    ecart("unpack", archive, folder)
    return folder


def input_bytes(folder, part):
    content = read(os.path.join(folder, part["item"]))
    return content[part["offset"]:part["offset"] + part["length"]]


def explained(case_name, check, *words):
    """(lines, finding, folder of items) of a forged case."""
    archive = simulated("replay", case_name, "archive.tar")
    words = (archive, "--at", AZURE_AT, "--anchors", simulated("anchors"),
             *words)
    lines = ecart("explain", *words, "--check", check).out.splitlines()
    done = run([ECART, "replay", *words, "--format", "json"])
    row, = findings(json.loads(done.stdout), check)
    return lines, row, archive


def hand_line(lines):
    """The line by hand as a person copies it: over several lines where it is long."""
    first, = [i for i, line in enumerate(lines) if line.startswith("  by hand")]
    last = next(i for i in range(first, len(lines)) if not lines[i].endswith("\\"))
    return "\n".join(line[len("  by hand   "):] for line in lines[first:last + 1])


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
