# SPDX-License-Identifier: Apache-2.0
"""usage: bench_collect.py ECART VTPM [ROUNDS]

Collections from a simulated guest beside the sum of what they cannot do without: their child commands
(each timed by a wrapper) and the time that services took for their replies. Medians of ROUNDS."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

HERE = os.path.dirname(os.path.abspath(__file__))
GUEST = os.path.join(os.path.dirname(HERE), "guest", "guest.py")
SECOND_REPORT = 2.2  # the paravisor makes one in two seconds at most
GOAL, SIZE_GOAL = 1.5, 200 << 10
WRAPPER = """#!/bin/sh
begin=$(date +%%s%%N)
/usr/bin/"${0##*/}" "$@"
status=$?
echo $(($(date +%%s%%N) - begin)) >>%s
exit $status
"""


def guest(command, folder, *words):
    return subprocess.run([sys.executable, GUEST, command, folder, *words], check=True,
                          stdout=subprocess.PIPE).stdout


def wrapped(folder):
    """A directory of tools that note how long they took: (directory, the note)."""
    tools, note = os.path.join(folder, "tools"), os.path.join(folder, "children")
    os.mkdir(tools)
    for name in ("tpm2", *(n for n in os.listdir("/usr/bin") if n.startswith("tpm2_"))):
        path = os.path.join(tools, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(WRAPPER % note)
        os.chmod(path, 0o755)
    return tools, note


def lines(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def once(words, note, requests):
    """(ms of all, of its children, of its replies, how many of each)."""
    children, replies = len(lines(note)), len(lines(requests))
    begin = time.monotonic()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    total = 1000 * (time.monotonic() - begin)
    children = [int(line) / 1e6 for line in lines(note)[children:]]
    replies = [json.loads(line)["ms"] for line in lines(requests)[replies:]]
    return total, sum(children), sum(replies), len(children), len(replies)


def measure(title, words, plain, note, requests, rounds):
    """plain: the same without wrappers, whose time is the collection's own."""
    rows, totals = [], []
    for _ in range(rounds):
        time.sleep(SECOND_REPORT)
        rows.append(once(words, note, requests))
        time.sleep(SECOND_REPORT)
        totals.append(once(plain, note, requests)[0])
    total = statistics.median(totals)
    child, reply = (statistics.median(row[i] for row in rows) for i in (1, 2))
    ratio = total / (child + reply)
    print("%-34s %6.0f ms  children %d: %.0f ms  replies %d: %.0f ms  ratio %.2f" % (
        title, total, rows[0][3], child, rows[0][4], reply, ratio))
    return ratio


def main(program, vtpm, rounds="5"):
    with tempfile.TemporaryDirectory(prefix="ecart-bench-") as folder:
        root, archive = os.path.join(folder, "g"), os.path.join(folder, "a.ecart")
        known = json.loads(guest("start", root, "--vtpm", vtpm))
        try:
            tools, note = wrapped(folder)
            plain = [program, "collect", "--root", root, "-o", archive, "--cacert", known["ca"],
                     "--force", "--quiet"]
            ratio = measure("collect", plain + ["--tpm2-tools", tools], plain, note,
                            known["requests"], int(rounds))
            print("ratio %.2f, goal %.2f: %s" % (ratio, GOAL, "met" if ratio <= GOAL else "NOT met"))
            subprocess.run(plain, check=True, stdout=subprocess.DEVNULL)
            size = os.path.getsize(archive)
            print("archive %d bytes, goal %d: %s" % (size, SIZE_GOAL,
                                                    "met" if size < SIZE_GOAL else "NOT met"))
        finally:
            guest("stop", root)


if __name__ == "__main__":
    main(*sys.argv[1:])
