#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""--user: a collection that is not root's, and has what root alone may open; needs root."""

import fcntl
import os
import pwd
import shutil
import signal
import sys
import time

sys.dont_write_bytecode = True

from collecting import collect, environment, preload, preload_hindrance, ran, started
from collection import wait_until
from e2e import INCOMPLETE, USAGE, Skip, case, contains, equal, main, read
from held_guest import skip_without_parts
from stand_in import Kernel

REPORT = "sys/kernel/config/tsm/report"
ALONE = ("--no-collateral", "--user", "nobody")
NOBODY = pwd.getpwnam("nobody").pw_uid


def need_root():
    if os.geteuid() != 0:
        raise Skip("root alone becomes another user")


def td():
    """A TD, whose log, table and configfs are root's alone."""
    kernel = Kernel()
    os.chmod(kernel.folder, 0o755)
    os.chmod(kernel.root, 0o755)
    os.chmod(kernel.path(REPORT), 0o700)
    for name in ("sys/firmware/acpi/tables/CCEL", "sys/firmware/acpi/tables/data/CCEL"):
        os.chmod(kernel.path(name), 0o400)
    return kernel


def given(scratch):
    """A folder of theirs, and the environment."""
    folder = os.path.join(scratch, "theirs")
    os.makedirs(folder)
    os.chmod(scratch, 0o755)
    os.chown(folder, NOBODY, -1)
    return folder, environment(TMPDIR=folder, **preload("configfs"))


def uids(pid):
    rows = read("/proc/%d/status" % pid).decode().splitlines()
    return {int(uid) for row in rows if row.startswith("Uid:") for uid in row.split()[1:]}


def waiting(kernel, folder, env):
    """A run that has its entry and waits for the quote: the child, the entry."""
    kernel.faults.add({"path": "tsm", "times": 1, "delay": 30})
    _, child = started(["collect", "--root", kernel.root, "-o", os.path.join(folder, "w.ecart"), *ALONE],
                       env=env)
    asked = lambda: [name for name in os.listdir(kernel.path(REPORT)) if os.path.exists(
        kernel.path(REPORT, name, "inblob")) and os.path.getsize(
            kernel.path(REPORT, name, "inblob")) == 64]
    wait_until(asked, 20, "a nonce is written")
    return child, asked()[0]


@case("what root alone may open is collected, and the archive is the user's")
def whole(scratch):
    need_root()
    kernel, (folder, env) = td(), given(scratch)
    got = collect(folder, kernel.root, *ALONE, env=env)
    for name in ("tsm-report", "ccel"):
        equal("ok", got.outcome(name), name)
    equal(NOBODY, os.stat(got.archive).st_uid, "whose the archive is")
    equal([], os.listdir(kernel.path(REPORT)), "entries")
    equal(["a.ecart"], os.listdir(folder), "left in the folder")


@case("who asks is the user, with no way back, and a child that is root serves it; both end together")
def processes(scratch):
    need_root()
    kernel, (folder, env) = td(), given(scratch)
    child, name = waiting(kernel, folder, env)
    equal({NOBODY}, uids(child.pid), "users of the collection")
    contains(read("/proc/%d/status" % child.pid).decode(), "NoNewPrivs:\t1")
    children = read("/proc/%d/task/%d/children" % (child.pid, child.pid)).split()
    equal([{0}], [uids(int(pid)) for pid in children], "users of its children")
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=20)
    equal(-signal.SIGTERM, child.returncode, "end")
    equal([], os.listdir(kernel.path(REPORT)), "entries")
    assert not os.path.exists("/proc/" + children[0].decode()), "the opener lives on"


@case("kill -9: the opener takes the entry away and ends")
def killed(scratch):
    need_root()
    kernel, (folder, env) = td(), given(scratch)
    child, name = waiting(kernel, folder, env)
    opener = read("/proc/%d/task/%d/children" % (child.pid, child.pid)).split()[0].decode()
    child.kill()
    child.communicate(timeout=20)
    wait_until(lambda: not os.listdir(kernel.path(REPORT)), 5, "the entry goes")
    wait_until(lambda: not os.path.exists("/proc/" + opener), 5, "the opener ends")


@case("of other runs' entries the opener takes away those that nobody holds, and opens none")
def stale(scratch):
    need_root()
    kernel, (folder, env) = td(), given(scratch)
    held, dead = ("ecart-%016x" % number for number in (1, 2))
    then = time.time() - 60
    for name in (held, dead):
        os.makedirs(kernel.path(REPORT, name), mode=0o700)
        # which makes it young
        wait_until(lambda: os.path.exists(kernel.path(REPORT, name, "provider")), 5, "files")
        os.utime(kernel.path(REPORT, name), (then, then))
    lock = os.open(kernel.path(REPORT, held), os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    got = collect(folder, kernel.root, *ALONE, env=env)
    os.close(lock)
    equal("ok", got.outcome("tsm-report"), "tsm-report")
    equal([held], os.listdir(kernel.path(REPORT)), "entries")


@case("without --user, as that user: what root alone may open is missing, and said")
def without(scratch):
    need_root()
    kernel, (folder, env) = td(), given(scratch)
    got = collect(folder, kernel.root, "--no-collateral", env=env, status=INCOMPLETE, user=NOBODY,
                  group=NOBODY, extra_groups=[], cwd="/")
    contains(got.reason("ccel"), "permission denied")
    contains(got.reason("tsm-report"), "permission denied", "root")


@case("a user that is none, or root, is an error of usage; nothing is asked")
def nobody_else(scratch):
    kernel = Kernel()
    for name, said in (("no-such-user", "no such user"), ("root", "leave --user out")):
        done = ran("collect", "--root", kernel.root, "-o", os.path.join(scratch, "a.ecart"), "--user", name,
                   status=USAGE)
        contains(done.err, "--user " + name, said)
    equal([], os.listdir(scratch), "files")


if __name__ == "__main__":
    skip_without_parts()
    if preload_hindrance():
        print("1..0 # SKIP " + preload_hindrance())
        sys.exit(0)
    main(needs_vectors=False)
