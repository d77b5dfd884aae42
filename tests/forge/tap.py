# SPDX-License-Identifier: Apache-2.0
"""Test results in the Test Anything Protocol: collected, then printed with the plan first."""

import shutil
import subprocess


class Skip(Exception):
    """Raised by a test that cannot run here; the message says why."""


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip("%s is not installed" % program)


def run(words, folder=None, data=None, env=None):
    """Standard output of a command that must succeed; AssertionError with its words otherwise."""
    done = subprocess.run(words, cwd=folder, input=data, env=env, capture_output=True, check=False)
    if done.returncode:
        text = (done.stderr + done.stdout).decode(errors="replace").strip().splitlines()
        raise AssertionError("%s: %s" % (" ".join(words), " / ".join(text[-3:])))
    return done.stdout


def refused(words, folder=None):
    """The command must fail."""
    done = subprocess.run(words, cwd=folder, capture_output=True, check=False)
    if done.returncode == 0:
        raise AssertionError("%s: succeeded" % " ".join(words))


def same(got, want, what):
    if got != want:
        at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
        raise AssertionError("%s differs at %d (%d and %d long)" % (what, at, len(got), len(want)))


def line(number, name, test):
    """One result line, and whether it counts as a success."""
    try:
        test()
    except Skip as reason:
        return "ok %d - %s # SKIP %s" % (number, name, reason), True
    except (AssertionError, ValueError, KeyError, IndexError, OSError) as fault:
        text = "not ok %d - %s\n# %s: %s" % (number, name, type(fault).__name__, fault)
        return text, False
    return "ok %d - %s" % (number, name), True


def report(tests):
    """Runs [(name, function)]; returns the exit status."""
    print("1..%d" % len(tests), flush=True)
    good = True
    for number, (name, test) in enumerate(tests, 1):
        text, fine = line(number, name, test)
        print(text, flush=True)
        good = good and fine
    return 0 if good else 1
