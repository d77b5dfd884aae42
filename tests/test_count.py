#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts/count.py makes of programs that pass, fail, skip and die."""

import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "scripts"))

from count import Count

# (what it shows, text, died, (passed, failed, skipped))
CASES = [
    ("points that pass", "1..2\nok 1 - a\nok 2 - b\n", None, (2, 0, 0)),
    ("a point that fails", "1..2\nok 1 - a\nnot ok 2 - b\n", "FAIL", (1, 1, 0)),
    ("a point that is skipped", "1..1\nok 1 - a # SKIP no such tool\n", None, (0, 0, 1)),
    ("a suite that is skipped whole", "1..0 # SKIP vectors absent\n", None, (0, 0, 1)),
    ("no points and no reason", "1..0\n", None, (0, 1, 0)),
    ("nothing said", "", None, (0, 1, 0)),
    ("fewer points than planned", "1..2\nok 1 - a\n", None, (1, 1, 0)),
    ("a death behind good points", "1..1\nok 1 - a\n", "TIMEOUT", (1, 1, 0)),
    ("a death behind a reason to skip", "1..0 # SKIP vectors absent\n", "FAIL", (0, 1, 0)),
]


def main():
    good = True
    print("1..%d" % len(CASES))
    for number, (name, text, died, want) in enumerate(CASES, 1):
        count = Count()
        count.program("program", text, died)
        got = count.passed, len(count.failed), len(count.skipped)
        fine = got == want
        good = good and fine
        print("%sok %d - %s" % ("" if fine else "not ", number, name))
        if not fine:
            print("# want %r, got %r" % (want, got))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
