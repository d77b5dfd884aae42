#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives as they lie on a disk: damaged ones shown, files beside them."""

import json
import os
import shutil
import sys

sys.dont_write_bytecode = True

from e2e import (UNREADABLE, case, contains, ecart, equal, main, read,
                 simulated, write)


def archive_of(name):
    return simulated("replay", name, "archive.tar")


def shown(path):
    return json.loads(ecart("show", path, "--json").stdout)


@case("show calls an archive damaged where it is, and marks the items")
def show_damaged(_):
    for name, fault, item_fault in (
            ("fail-archive.digests", "digest", "digest"),
            ("fail-archive.manifest-missing-item", "missing-item",
             "missing-item"),
            ("fail-archive.container-trailing", "container", None)):
        out = shown(archive_of(name))
        equal(True, out["damaged"], name)
        equal(fault, out["fault"], name)
        faults = [item["fault"] for item in out["items"] if "fault" in item]
        equal([item_fault] if item_fault else [], faults, name)
        for item in out["items"]:
            equal(item.get("fault") != "missing-item", "size" in item,
                  "an item that is not there has no size")
    contains(ecart("show", archive_of("fail-archive.digests")).out,
             "damaged yes", "fault digest")


@case("show does not call an archive damaged that another tar has packed")
def show_noted(_):
    for name in ("fail-archive.canonical", "fail-archive.canonical-order",
                 "pass"):
        out = shown(archive_of(name))
        equal(False, out["damaged"], name)
        assert "fault" not in out, name
        assert not any("fault" in item for item in out["items"]), name


# --- ARCHIVE.sig/ ---

def beside(scratch, case_name="token"):
    """A copy of an archive, and the empty folder of detached files."""
    archive = f"{scratch}/a.ecart"
    shutil.copy(archive_of(case_name), archive)
    os.mkdir(archive + ".sig")
    return archive, archive + ".sig"


@case("files beside an archive that are none of the format are not touched")
def foreign_files(scratch):
    archive, folder = beside(scratch)
    alone = ecart("verify", archive, "--format", "json").stdout
    os.mkdir(folder + "/folder")
    os.mkdir(folder + "/.hidden.pem")
    write(folder + "/large.bin", bytes(2 << 20))
    os.symlink("nowhere", folder + "/dangling")
    os.mkfifo(folder + "/pipe")
    os.mkfifo(folder + "/.pipe.pem")
    for i in range(300):
        write(f"{folder}/{i}.minisig", b"x")
    equal(alone, ecart("verify", archive, "--format", "json").stdout, "report")


@case("a file of the format that cannot be read is unreadable input, at once")
def unreadable_files(scratch):
    archive, folder = beside(scratch)
    path = folder + "/x.pem"
    for make in (os.mkdir, os.mkfifo, lambda p: os.symlink("nowhere", p),
                 lambda p: write(p, bytes((1 << 20) + 1))):
        make(path)
        done = ecart("verify", archive, status=UNREADABLE)
        contains(done.err, path + ": ")
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    for i in range(257):
        write(f"{folder}/{i}.pem", b"x")
    contains(ecart("verify", archive, status=UNREADABLE).err, folder,
             "at most 256")


@case("no folder, an empty one, and a file of that name are no signatures")
def no_folder(scratch):
    archive, folder = beside(scratch)
    ecart("verify", archive)
    os.rmdir(folder)
    ecart("verify", archive)
    write(folder, b"a file")
    ecart("verify", archive)
    ecart("verify", "-", stdin=read(archive))


@case("a folder that cannot be looked into is not taken for an absent one")
def closed_folder(scratch):
    archive, folder = beside(scratch)
    os.rmdir(folder)
    os.symlink(folder, folder)              # to itself: ELOOP, root too
    contains(ecart("verify", archive, status=UNREADABLE).err, folder + ": ")


main(needs_vectors=False)
