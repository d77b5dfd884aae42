#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a collection leaves in configfs-tsm, however it ends; whose entries it takes away.

rmdir is played by a library in LD_PRELOAD (guest/configfs.c): a plain directory keeps its files."""

import fcntl
import os
import shutil
import signal
import sys
import time

sys.dont_write_bytecode = True

from collecting import collect, environment, preload, preload_hindrance, started
from collection import wait_until
from e2e import INCOMPLETE, Skip, case, equal, main, run
from held_guest import skip_without_parts
from stand_in import Folder, Kernel

REPORT = "sys/kernel/config/tsm/report"
ALONE = ("--no-collateral",)
AGE = 60  # seconds; an entry of less than ten may be about to be locked


def entries(kernel):
    return sorted(os.listdir(kernel.path(REPORT)))


def with_rmdir(scratch, kernel, *words, **options):
    return collect(scratch, kernel.root, *ALONE, *words, env=environment(**preload("configfs")),
                   **options)


def waiting(scratch, kernel):
    """A run that has its entry, and waits for the quote; the name of the entry."""
    kernel.faults.add({"path": "tsm", "times": 1, "delay": 30})
    _, child = started(["collect", "--root", kernel.root, "-o", os.path.join(scratch, "w.ecart"),
                        *ALONE], env=environment(**preload("configfs")))
    inblob = lambda: [name for name in entries(kernel) if os.path.exists(
        kernel.path(REPORT, name, "inblob")) and os.path.getsize(
            kernel.path(REPORT, name, "inblob")) == 64]
    wait_until(inblob, 20, "a nonce is written")
    return child, inblob()[0]


def aged(kernel, name):
    then = time.time() - AGE
    os.utime(kernel.path(REPORT, name), (then, then))


@case("a run that ends well, or fails, leaves no entry")
def ends(scratch):
    kernel = Kernel()
    with_rmdir(scratch, kernel, name="1.ecart")
    equal([], entries(kernel), "entries")
    kernel.faults.add({"path": "tsm", "empty": True})
    with_rmdir(scratch, kernel, status=INCOMPLETE, name="2.ecart")
    equal([], entries(kernel), "entries")


@case("SIGTERM, SIGINT, SIGHUP while the quote is waited for: the entry goes at once")
def stopped(scratch):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        kernel = Kernel()
        child, _ = waiting(scratch, kernel)
        child.send_signal(number)
        child.communicate(timeout=20)
        equal(-number, child.returncode, "end")
        equal([], entries(kernel), "entries")


@case("SIGKILL: the entry stays, and the next run takes it away")
def killed(scratch):
    kernel = Kernel()
    child, name = waiting(scratch, kernel)
    child.kill()
    child.communicate(timeout=20)
    equal([name], entries(kernel), "entries")
    fresh = Kernel()  # whose stand-in does not wait
    os.rename(kernel.path(REPORT, name), fresh.path(REPORT, name))
    aged(fresh, name)
    with_rmdir(scratch, fresh)
    equal([], entries(fresh), "entries")


@case("an entry of a run that lives stays, whatever its age; the other's quote is its own")
def living(scratch):
    kernel = Kernel()
    child, name = waiting(scratch, kernel)
    aged(kernel, name)
    shutil.rmtree(kernel.path("run"))  # the lock of the machine, which a container has not
    with_rmdir(scratch, kernel, status=INCOMPLETE, name="other.ecart")  # the stand-in waits
    equal([name], entries(kernel), "entries")
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=20)
    equal([], entries(kernel), "entries")


def namespace():
    """Words that run a program as the first process of a PID namespace."""
    words = ["unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), "--pid", "--fork"]
    if not shutil.which("unshare"):
        raise Skip("unshare is not installed")
    tried = run([*words, "true"])
    if tried.status != 0:
        raise Skip("no PID namespace can be made here: %s" % tried.err.strip()[:80])
    return words


@case("seen from another PID namespace, what is held stays, and what nobody holds goes")
def other_namespace(scratch):
    folder = Folder()
    held, dead = "ecart-" + "0" * 15 + "1", "ecart-" + "0" * 15 + "2"
    for name in (held, dead):
        os.makedirs(folder.path(REPORT, name))
        aged(folder, name)
    lock = os.open(folder.path(REPORT, held), os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    before = namespace()
    with_rmdir(scratch, folder, status=INCOMPLETE, before=before, name="1.ecart")
    equal([held], entries(folder), "entries")
    os.close(lock)
    with_rmdir(scratch, folder, status=INCOMPLETE, before=before, name="2.ecart")
    equal([], entries(folder), "entries")


@case("what is young, of another length or another's name is nobody's to take away")
def others(scratch):
    folder = Folder()
    young = "ecart-0123456789abcdef"
    names = {"ecart-0123456789abcde", "ecart-0123456789abcdeff", "ecart-0123456789abcdeg",
             "com.intel.dcap", young}
    for name in names:
        os.makedirs(folder.path(REPORT, name))
        if name != young:
            aged(folder, name)
    with_rmdir(scratch, folder, status=INCOMPLETE)
    equal(sorted(names), entries(folder), "entries")


if __name__ == "__main__":
    skip_without_parts()
    why = preload_hindrance()
    if why:
        print("1..0 # SKIP " + why)
        sys.exit(0)
    main(needs_vectors=False)
