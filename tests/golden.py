#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Replays every case of testdata/replay through the program.

usage: golden.py ECART [--update] [--cases WORD]

Two questions a case, each a line of the Test Anything Protocol: does the
report say what the maker of the case expects (file `expect`: the verdict,
every check that fails, some that are skipped or pass; words of their reasons,
rows of facts.log, levels of place, gaps), and are its bytes those of report.json?  --update writes report.json.  The paths it gives to
the program are those of its own folder, absolute; the working directory and
the environment are passed on as they are, so that a caller can make them
hostile.
"""

import concurrent.futures
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TESTDATA = os.path.join(os.path.dirname(HERE), "testdata")
STATUS = {"pass": 0, "fail": 1, "incomplete": 2}


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def replay(ecart, folder):
    """What the program prints for one case: (status, report, messages)."""
    words = [ecart, "replay", os.path.join(folder, "archive.tar"),
             "--at", read(os.path.join(folder, "as-of")).decode().strip(),
             "--anchors", os.path.join(TESTDATA, "anchors"), "--format", "json"]
    policy = os.path.join(folder, "policy.json")
    if os.path.exists(policy):
        words += ["--policy", policy]
    nonce = read(os.path.join(folder, "nonce"))
    if nonce is not None:
        words += ["--nonce", nonce.decode().strip()]
    run = subprocess.run(words, capture_output=True, check=False)
    return run.returncode, run.stdout, run.stderr.decode("utf-8", "replace")


def outcomes(report):
    """{check id: set of its outcomes}."""
    found = {}
    for row in report["checks"]:
        found.setdefault(row["id"], set()).add(row["outcome"])
    return found


def register_line(row):
    """A row of facts.log as `expect` spells it."""
    words = ["register", row["register"], row["bank"], row["result"], row.get("explanation", "")]
    return " ".join(word for word in words if word)


WORDS = ("register", "gap", "reason", "got", "fact", "place")


def fact(path, report):
    """What stands at members and places of facts: "boot/commandLine/0/trusted"."""
    value = report["facts"]
    for step in path.split("/"):
        try:
            value = value[int(step) if isinstance(value, list) else step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def place_lines(report):
    """The level of each place, and what holds of the levels in order."""
    places = report["facts"].get("place", [])
    for place in places if isinstance(places, list) else [places]:
        answers = [level["holds"] for level in place["levels"]]
        yield " ".join(["place", place["level"]] + answers)


def untold(lines, report):
    """What the lines of WORDS name and the report does not say."""
    rows = [register_line(row) for row in report["facts"].get("log", [])]
    said = rows + list(place_lines(report)) + ["gap " + text for text in report["gaps"]]
    words = {word: [(row["id"], row.get(word, "")) for row in report["checks"]]
             for word in ("reason", "got")}
    for line in lines:
        kind, check, text = (line.split(" ", 2) + ["", ""])[:3]
        if kind in words:
            if not any(check == i and text in said_of for i, said_of in words[kind]):
                yield "%s does not say %r" % (check, text)
        elif kind == "fact":
            if fact(check, report) != json.loads(text):
                yield "%s is %r, not %s" % (check, fact(check, report), text)
        elif line not in said:
            near = [row for row in said if row.startswith(" ".join(line.split(" ")[:3]))]
            yield "not said: %s; but: %s" % (line, near)
    for row in rows:
        if row.split(" ")[3].startswith("differs") and row not in lines:
            yield "not expected: " + row


def disagreements(expect, status, report):
    """Where the report is not what the case is made for."""
    lines = expect.split("\n")
    found = outcomes(report)
    told = [line for line in lines[1:] if line.split(" ")[0] in WORDS]
    lines = [line for line in lines if line not in told]
    bad = list(untold(told, report))
    if report["verdict"] != lines[0]:
        bad.append("verdict %s, want %s" % (report["verdict"], lines[0]))
    if status != STATUS[lines[0]]:
        bad.append("exit status %d, want %d" % (status, STATUS[lines[0]]))
    want = [line.split(" ") for line in lines[1:] if line]
    for outcome, check in want:
        if outcome not in found.get(check, ()):
            bad.append("%s does not %s" % (check, outcome))
    fails = {check for check, seen in found.items() if "fail" in seen}
    for check in sorted(fails - {c for o, c in want if o == "fail"}):
        bad.append("%s fails" % check)
    return bad


def ask(ecart, folder, update):
    """The two answers about a case: lists of complaints."""
    status, text, messages = replay(ecart, folder)
    try:
        report = json.loads(text)
    except ValueError:
        said = ["no report, exit status %d" % status] + messages.split("\n")[:3]
        return said, said
    told = disagreements(read(os.path.join(folder, "expect")).decode(), status, report)
    path = os.path.join(folder, "report.json")
    if update:
        with open(path, "wb") as file:
            file.write(text)
    golden = read(path)
    if golden is None:
        return told, ["there is no report.json"]
    if golden != text:
        at = next((i for i, (a, b) in enumerate(zip(golden, text)) if a != b),
                  min(len(golden), len(text)))
        return told, ["differs from byte %d: want %r, found %r" %
                      (at, golden[at - 30:at + 50], text[at - 30:at + 50])]
    return told, []


def main(words):
    update = "--update" in words
    only = words[words.index("--cases") + 1] if "--cases" in words else ""
    ecart = os.path.abspath(words[0])
    suite = os.path.join(TESTDATA, "replay")
    names = sorted(n for n in os.listdir(suite) if only in n)
    bad = n = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        folders = [os.path.join(suite, name) for name in names]
        asked = list(pool.map(lambda folder: ask(ecart, folder, update), folders))
    for name, answers in zip(names, asked):
        for question, said in zip(("as expected", "same bytes"), answers):
            n += 1
            bad += bool(said)
            print("%sok %d - %s: %s" % ("not " if said else "", n, name, question))
            for line in said:
                print("#   " + line)
    print("1..%d" % n, flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
