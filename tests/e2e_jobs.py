#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many archives by several processes, in pieces, and as rows of a table."""

import contextlib
import glob
import json
import os
import shutil
import signal
import subprocess
import sys

sys.dont_write_bytecode = True

from e2e import (ECART, FAIL, PASS, TROUBLE, UNREADABLE, USAGE, Skip, case, contains, ecart, equal, main, read,
                 run, simulated, tool, write)

AT = "@1780922561"
BASE = ("replay", "--anchors", simulated("anchors"), "--at", AT)
COLUMNS = """advisories archive as_of basis failed file fmspc missing module_status mrenclave mrseam mrsigner
    mrtd passed platform_status ppid qe_status quotes simulated tcb_date tcb_status tee trusted
    verdict""".split()


def corpus(count=60):
    return sorted(glob.glob(simulated("replay", "*", "archive.tar")))[:count]


def mixed(scratch):
    """Archives with two among them that are none."""
    junk = write(os.path.join(scratch, "junk"), b"not an archive")
    files = corpus()
    return files[:7] + [junk] + files[7:20] + [os.path.join(scratch, "none")] + files[20:]


@case("--jobs changes no byte, on standard output or standard error, in any format")
def jobs(scratch):
    files = mixed(scratch)
    for words in (["--format", "json"], ["--table"], ["--table", "--format", "json"]):
        one = ecart(*BASE, *words, *files, status=UNREADABLE)
        equal(len(files) + (words == ["--table"]), len(one.stdout.splitlines()), "lines")
        for number in ("2", "3", "16"):
            other = ecart(*BASE, *words, "--jobs", number, *files, status=UNREADABLE)
            equal((one.stdout, one.err), (other.stdout, other.err), "--jobs " + number)
        path = os.path.join(scratch, "out")
        ecart(*BASE, *words, "--jobs", "2", "-o", path, *files, status=UNREADABLE)
        equal(one.stdout, read(path), "-o")


@case("shards joined are the whole; each archive is in one of them, whatever its place")
def shards(scratch):
    files = mixed(scratch)
    whole = sorted(ecart(*BASE, "--format", "json", *files, status=UNREADABLE).stdout.splitlines())
    for count in (2, 5):
        pieces = [run([ECART, *BASE, "--format", "json", "--shard", "%d/%d" % (i, count), "--jobs", "2", *order])
                  .stdout.splitlines() for i in range(1, count + 1) for order in (files,)]
        equal(whole, sorted(line for piece in pieces for line in piece), "%d pieces" % count)
        backwards = run([ECART, *BASE, "--format", "json", "--shard", "1/%d" % count, *reversed(files)])
        equal(sorted(pieces[0]), sorted(backwards.stdout.splitlines()), "another order")
    one = simulated("replay", "pass", "archive.tar")
    alone = [ecart(*BASE, "--shard", "%d/2" % i, one).out for i in (1, 2)]
    equal(1, sum(bool(out) for out in alone), "one archive")


def reader_of(pipe, parent):
    """The child of that process that has the pipe open."""
    for child in read("/proc/%d/task/%d/children" % (parent, parent)).split():
        folder = "/proc/%s/fd" % child.decode()
        for name in os.listdir(folder):
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                if os.readlink(os.path.join(folder, name)) == os.path.realpath(pipe):
                    return int(child)
    raise AssertionError("nobody reads the pipe")


@case("a process that is killed takes the line of its one archive with it, which says so; exit 5")
def killed(scratch):
    waits = os.path.join(scratch, "waits")  # a pipe that nobody writes: its reader is there to be killed
    os.mkfifo(waits)
    files = corpus(8)
    files[3:3] = [waits]
    for words, want in ((["--table"], "TROUBLE"), (["--format", "json"], '"verdict":"trouble"')):
        for number in ("1", "2"):
            with open(os.path.join(scratch, "out"), "wb") as file:
                begun = subprocess.Popen([ECART, *BASE, *words, "--jobs", number, *files], stdout=file,
                                         stderr=subprocess.PIPE)
            held = os.open(waits, os.O_WRONLY)  # as soon as somebody reads
            os.kill(reader_of(waits, begun.pid), signal.SIGKILL)
            os.close(held)
            err = begun.communicate(timeout=60)[1]
            out = read(os.path.join(scratch, "out"))
            equal(TROUBLE, begun.returncode, "status")
            lines = out.decode().splitlines()
            lines = lines[1:] if words == ["--table"] else lines
            equal(len(files), len(lines), "lines")
            contains(lines[3], want, waits)
            contains(err.decode(), waits + ": the process that judged it died of signal 9")
            others = [file for file in files if file != waits]
            plain = run([ECART, *BASE, *words, *others]).out.splitlines()
            equal(plain[1:] if words == ["--table"] else plain, lines[:3] + lines[4:], "the others")


@case("rows for a database: the same columns in every line; sqlite3 reads them")
def rows(scratch):
    files = mixed(scratch)
    out = ecart(*BASE, "--table", "--format", "json", *files, status=UNREADABLE).out
    lines = [json.loads(line) for line in out.splitlines()]
    for line in lines:
        equal(COLUMNS, list(line), "columns of " + line["file"])
    equal(files, [line["file"] for line in lines], "files")
    if not shutil.which("sqlite3"):
        raise Skip("sqlite3 is not installed")
    write(os.path.join(scratch, "rows.ndjson"), out.encode())
    # The lines of the manual page.
    tool(["sh", "-c", "sed '1s/^/[/; $!s/$/,/; $s/$/]/' rows.ndjson >rows.json"], cwd=scratch)
    counted = tool(["sqlite3", ":memory:", "SELECT value->>'verdict', count(*) FROM "
                    "json_each(readfile('rows.json')) GROUP BY 1 ORDER BY 1"], cwd=scratch).out.split()
    want = {word: sum(line["verdict"] == word for line in lines) for word in {row["verdict"] for row in lines}}
    equal(["%s|%d" % pair for pair in sorted(want.items())], counted, "verdicts")
    page = read(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs",
                             "ecart-replay.1")).decode()
    contains(page, "sed '1s/^/[/; $!s/$/,/; $s/$/]/' rows.ndjson", "json_each(readfile('rows.json'))")


@case("numbers that are none are errors of usage")
def usage(_):
    one = simulated("replay", "pass", "archive.tar")
    for words in (["--jobs", "0"], ["--jobs", "x"], ["--jobs", "257"], ["--jobs", "1x"], ["--shard", "0/2"],
                  ["--shard", "3/2"], ["--shard", "1"], ["--shard", "1/"], ["--shard", "1/2/3"],
                  ["--shard", "-1/2"]):
        contains(ecart(*BASE, *words, one, status=USAGE).err, words[0])


main(needs_vectors=False)
