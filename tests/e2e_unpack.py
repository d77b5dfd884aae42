#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""unpack: all of an archive or nothing of it, whatever comes between."""

import os
import resource
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from e2e import (ECART, TROUBLE, USAGE, case, contains, ecart, equal, main,
                 tree, write)

MIB = 1 << 20


def packed(scratch, image=0):
    """An archive of 40 small items and, if asked for, an image."""
    for i in range(40):
        write(f"{scratch}/in/{i}", b"%d" % i)
    words = [f"salt={scratch}/in"]
    if image > 0:
        with open(scratch + "/image", "wb") as file:
            file.truncate(image)
        words.append(f"igvm={scratch}/image")
    ecart("pack", "-o", scratch + "/a.ecart", *words)
    return scratch + "/a.ecart"


def interrupt(archive, folder, number, seen):
    """unpack, ended by a signal once `seen` is there."""
    running = subprocess.Popen([ECART, "unpack", archive, folder],
                               stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not seen() and time.monotonic() < end:
        time.sleep(0.001)
    running.send_signal(number)
    running.communicate(timeout=60)
    equal(-number, running.returncode, "the signal that it died of")


@case("a signal ends it and leaves nothing, of a new folder and of an old one")
def interrupted(scratch):
    archive = packed(scratch, 512 * MIB)
    new, old = scratch + "/new", scratch + "/old"
    write(old + "/mine", b"mine")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        interrupt(archive, new, number, lambda: os.path.exists(new))
        assert not os.path.exists(new), "the new folder is there"
        interrupt(archive, old, number, lambda: len(os.listdir(old)) > 1)
        equal(["mine"], os.listdir(old), "the old folder")


@case("a failure leaves nothing and says so")
def full(scratch):
    archive = packed(scratch, 4 * MIB)
    new, old = scratch + "/new", scratch + "/old"
    write(old + "/mine", b"mine")
    for folder in (new, old):
        done = subprocess.run(
            [ECART, "unpack", archive, folder], capture_output=True,
            check=False, preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_FSIZE, (MIB, MIB)))
        equal(TROUBLE, done.returncode, "status")
        contains(done.stderr.decode(), "nothing was unpacked")
    assert not os.path.exists(new), "the new folder is there"
    equal(["mine"], os.listdir(old), "the old folder")


@case("what is there already is kept, and is in the way only by its name")
def in_the_way(scratch):
    archive = packed(scratch)
    for name in ("manifest.json", "items/x", "sig/x"):
        folder = f"{scratch}/{name[:3]}"
        write(f"{folder}/{name}", b"mine")
        before = tree(folder)
        done = ecart("unpack", archive, folder, status=USAGE)
        contains(done.err, "exists; nothing was unpacked")
        equal(before, tree(folder), "the folder")
    write(scratch + "/old/mine", b"mine")
    ecart("unpack", archive, scratch + "/old")
    equal(["items", "manifest.json", "mine"],
          sorted(os.listdir(scratch + "/old")), "beside it")
    equal(40, len(os.listdir(scratch + "/old/items/salt")), "items")
    os.symlink("old", scratch + "/link")
    ecart("unpack", archive, scratch + "/link", status=TROUBLE)


main(needs_vectors=False)
