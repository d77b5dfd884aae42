#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the points of the Test Anything Protocol in a run.

usage: count.py FOLDER    of meson's test log in a build folder
       count.py -         of what is read from standard input

Prints each point that failed, the names of those that were skipped, and as
its last line "N passed, N failed, N skipped".  A program that died, or said
fewer points than it planned, counts as one more failure; one that planned
none and said why ("1..0 # SKIP reason") as one skipped point.
"""

import json
import re
import sys

POINT = re.compile(r"^(not )?ok\b[ \d]*(?:- )?(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)(?:\s*#\s*skip\S*\s*(.*))?", re.IGNORECASE)
SHOWN = 40
SKIP = re.compile(r"#\s*skip", re.IGNORECASE)


class Count:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []

    def program(self, name, text, died):
        """Adds what one program said."""
        points = planned = failed = 0
        reason = None
        for line in text.split("\n"):
            plan = PLAN.match(line)
            if plan:
                planned += int(plan.group(1))
                reason = plan.group(2)
            point = POINT.match(line)
            if not point:
                continue
            points += 1
            what = "%s: %s" % (name, point.group(2))
            if SKIP.search(point.group(2)):
                self.skipped.append(what)
            elif point.group(1):
                failed += 1
                self.failed.append(what)
            else:
                self.passed += 1
        if points == planned == 0 and reason and not died:
            self.skipped.append("%s: %s" % (name, reason))
        elif points != planned or points == 0:
            self.failed.append("%s: said %d points of %d" % (name, points, planned))
        elif died and not failed:
            self.failed.append("%s: %s" % (name, died))

    def print(self):
        for what in self.skipped:
            print("skipped  " + what)
        for what in self.failed[:SHOWN]:
            print("FAILED   " + what)
        if len(self.failed) > SHOWN:
            print("FAILED   and %d more" % (len(self.failed) - SHOWN))
        print("%d passed, %d failed, %d skipped" %
              (self.passed, len(self.failed), len(self.skipped)))


def main(words):
    count = Count()
    if words == ["-"]:
        count.program("points", sys.stdin.read(), None)
    else:
        with open(words[0] + "/meson-logs/testlog.json", encoding="utf-8") as log:
            for line in log:
                test = json.loads(line)
                died = test["result"] if test["result"] not in ("OK", "SKIP") else None
                count.program(test["name"], test.get("stdout", ""), died)
    count.print()
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
