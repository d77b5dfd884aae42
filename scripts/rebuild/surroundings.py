# SPDX-License-Identifier: Apache-2.0
"""The two surroundings of a recipe's runs: what is varied between them, what is not, and why."""

import glob
import os
import subprocess

FIRST, SECOND = "a", "b"
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"  # of the steps, whoever runs them
DAYS = 403
SECOND_UID = 64321
NOISE = {"NOISE": "$(false) `false` \\", "COLUMNS": "43", "LINES": "17", "EDITOR": "false",
         "LANGUAGE": "tr", "LESS": "x", "DISPLAY": ":99", "XDG_SESSION_ID": "c2", "CI": "true"}


def is_root():
    return os.geteuid() == 0


def faketime_library():
    found = sorted(glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + glob.glob("/usr/lib/faketime/libfaketime.so.1"))
    return found[0] if found else None


def other_locale():
    """One whose case and collation are others' than C's, where there is one."""
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    return next((name for name in ("tr_TR.utf8", "de_DE.utf8", "en_US.utf8") if name in known), "C")


def processors():
    return sorted(os.sched_getaffinity(0))


def in_memory(path):
    """Whether the file system of a folder is in memory itself."""
    done = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=False)
    return done.stdout.strip() in ("tmpfs", "ramfs")


NEEDS_ROOT = "only root can vary it"

# name: (what it is, the first run's, the second's, why it cannot be varied here or None)
TABLE = {
    "path": ("the path of the build folder", lambda: "", lambda: "", lambda: None),
    "clock": ("the time that programs read", lambda: "the machine's", lambda: f"{DAYS} days later, by libfaketime",
              lambda: None if faketime_library() else "libfaketime is not here"),
    "umask": ("what new files' modes lose", lambda: "022", lambda: "077", lambda: None),
    "locale": ("LC_ALL", lambda: "C.UTF-8", other_locale, lambda: None),
    "timezone": ("TZ", lambda: "UTC", lambda: "XYZ-13:45", lambda: None),
    "cpus": ("processors that a run may use", lambda: str(len(processors())), lambda: "1",
             lambda: None if len(processors()) > 1 else "the machine has one"),
    "user": ("the numeric user id", lambda: str(os.geteuid()), lambda: str(SECOND_UID),
             lambda: None if is_root() else NEEDS_ROOT),
    "hostname": ("the name of the machine", lambda: "first", lambda: "second-rebuild",
                 lambda: None if is_root() else NEEDS_ROOT),
    "environment": ("variables that no build should read", lambda: "none", lambda: " ".join(sorted(NOISE)),
                    lambda: None),
    "file-order": ("the order in which a folder lists its files", lambda: "that of the disk's file system",
                   lambda: "that of a file system in memory", lambda: None if is_root() else NEEDS_ROOT),
}
NAMES = tuple(TABLE)


class Plan:
    """For one recipe on this machine: varied {name: (first, second)} and held {name: reason}."""

    def __init__(self, recipe, work_folder, first_path, second_path):
        """The paths are those of the build folders where they may differ."""
        self.varied, self.held = {}, {}
        self.fixed_path = recipe.fixed_path()
        for name, (_, first, second, impossible) in TABLE.items():
            row, here = recipe.held_row(name), impossible()
            if name == "file-order" and not here and in_memory(work_folder):
                here = "the work folder is in memory already; --work names another"
            if row:
                self.held[name] = "the recipe: " + row["reason"]
            elif here:
                self.held[name] = "this machine: " + here
            elif name == "path":
                self.varied[name] = (first_path, second_path)
            else:
                self.varied[name] = (first(), second())

    def value(self, name, run):
        """What the run has of it; the first's, where it is held equal."""
        return self.varied[name][run == SECOND] if name in self.varied else TABLE[name][1]()

    def differs(self, name, run):
        return run == SECOND and name in self.varied

    def environment(self, run):
        found = {"PATH": PATH, "LC_ALL": self.value("locale", run),
                 "TZ": self.value("timezone", run), "SHELL": "/bin/bash"}
        if self.differs("environment", run):
            found.update(NOISE)
        if self.differs("clock", run):
            found.update(LD_PRELOAD=faketime_library(), FAKETIME=f"+{DAYS}d", FAKETIME_DONT_FAKE_MONOTONIC="1",
                         # Times of files are the machine's, also where a program sets one to now.
                         NO_FAKE_STAT="1", FAKE_UTIME="1")
        return found

    def cpus(self, run):
        return processors()[:1] if self.differs("cpus", run) else processors()

    def uid(self, run):
        """The id to change to; None where the run is the caller's own."""
        return SECOND_UID if self.differs("user", run) else None
