#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What interrupts a collection: a TPM that does not answer, signals, kill -9, full disks, others.

ECART_KILLS: how many at random moments, else 40; scripts/endurance asks for more."""

import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from collection import (TPM_ALONE, WITH_REPORT, Archive, Collection, PlainTpm, check_quotes, collect,
                        processes_in, refused, skip_without_strace, tools_folder, wait_until)
from collecting import preload, preload_hindrance
from e2e import (ECART, INCOMPLETE, PASS, TROUBLE, USAGE, Skip, case, contains, equal, main, read,
                 run)
from held_guest import held, skip_without_parts

KILLS = int(os.environ.get("ECART_KILLS", 40))
QUOTE = "00000158"
GRACE = 1  # between SIGTERM and SIGKILL to a child
SPARE = 4  # seconds that a busy machine may take on top


def flush_sessions():
    """A resource manager ends the sessions of a tool that was killed; swtpm alone keeps them."""
    held().tpm("tpm2_flushcontext", "-l")


@contextlib.contextmanager
def fault(name, content):
    path = held().tpm_fault(name, content)
    try:
        yield
    finally:
        if os.path.exists(path):
            os.unlink(path)
        flush_sessions()


def tool_runs(run_of, name):
    """Whether a child of the run is that tool (and not what becomes it)."""
    for pid in processes_in(run_of.temporary):
        with contextlib.suppress(OSError):
            if read("/proc/%d/cmdline" % pid).split(b"\0")[0].endswith(name.encode()):
                return True
    return False


def hanging(scratch, *words, tool="tpm2_quote", **options):
    """A run that waits for the tool; call it under a fault that delays."""
    begun = Collection(scratch, *TPM_ALONE, *words, **options)
    wait_until(lambda: tool_runs(begun, tool), 30, tool + " runs")
    return begun


# --- limits

@case("a TPM that is stopped: each command ends at its limit, none is there, exit 2")
def stopped_tpm(scratch):
    with PlainTpm(scratch) as tpm:
        tpm.process.send_signal(signal.SIGSTOP)
        done = refused(scratch, "--timeout", "1", root=tpm.root, status=INCOMPLETE,
                       said=["tpm2_getcap: no end after 1.0 s (", "run again"])
        assert done.seconds < 2 * (1 + GRACE) + SPARE, done.seconds
        done = refused(scratch, root=tpm.root, status=INCOMPLETE, said=["no end after 5.0 s ("])
        assert 10 <= done.seconds < 2 * (5 + GRACE) + SPARE, done.seconds


@case("a TPM that stops answering in the middle: what was collected is kept, the rest is said")
def stops_answering(scratch):
    with fault("delay-" + QUOTE, b"60000"):
        done = Collection(scratch, *TPM_ALONE, "--timeout", "1").end(INCOMPLETE).leaves_nothing()
    archive = done.archive()
    contains(archive.step("tpm-quote")["reason"], "tpm2_quote: no end after 1.0 s (")
    equal("ok", archive.step("ak")["outcome"], "ak")
    assert done.seconds < 2 * (1 + GRACE) + 2 + SPARE, done.seconds


@case("tools that ignore SIGTERM, and what they started, are killed")
def stubborn(scratch):
    folder = tools_folder(scratch, {"tpm2_quote": "trap '' TERM\nsleep 60 &\nsleep 60"})
    begun = Collection(scratch, *TPM_ALONE, "--tpm2-tools", folder, "--timeout", "1")
    begun.end(INCOMPLETE).leaves_nothing()
    contains(begun.archive().step("tpm-quote")["reason"], "no end after 1.0 s")


@case("tools that print for ever are cut and ended, and take no memory")
def talkative(scratch):
    folder = tools_folder(scratch, {"tpm2_quote": "exec cat /dev/zero"})
    done = Collection(scratch, *TPM_ALONE, "--tpm2-tools", folder, "--timeout", "1").end(INCOMPLETE)
    done.leaves_nothing()
    assert os.path.getsize(done.output) < 1 << 20


# --- signals

@case("SIGINT, SIGTERM, SIGHUP, SIGQUIT: cleaned up, died of that signal, no file, no child")
def signals(scratch):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        with fault("delay-" + QUOTE, b"60000"):
            begun = hanging(scratch)
            at = time.monotonic()
            begun.child.send_signal(number)
            begun.end(-number).wrote_nothing()
        assert time.monotonic() - at < GRACE + SPARE, number
        equal("", begun.run.out, "stdout")


@case("a signal while the TPM is looked for is obeyed, and nothing is said to be absent")
def early_signal(scratch):
    with fault("delay-0000017a", b"60000"):
        begun = hanging(scratch, tool="tpm2_getcap")
        time.sleep(0.2)
        begun.child.send_signal(signal.SIGTERM)
        begun.end(-signal.SIGTERM).wrote_nothing()
    assert "nothing on this machine" not in begun.run.err, begun.run


@case("a signal while a report is waited for ends the wait")
def signal_in_wait(scratch):
    with fault("stale", b"1"):
        begun = Collection(scratch, *WITH_REPORT)
        time.sleep(1.5)
        at = time.monotonic()
        begun.child.send_signal(signal.SIGINT)
        begun.end(-signal.SIGINT).wrote_nothing()
    assert time.monotonic() - at < 2, "it waited"


@case("a second SIGINT does not wait for a child that does not go")
def second_interrupt(scratch):
    folder = tools_folder(scratch, {"tpm2_quote": "trap '' TERM\nexec sleep 60"})
    begun = hanging(scratch, "--tpm2-tools", folder, tool="sleep")
    begun.child.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert begun.child.poll() is None, "it did not wait for its child"
    at = time.monotonic()
    begun.child.send_signal(signal.SIGINT)
    begun.end(128 + signal.SIGINT)
    assert time.monotonic() - at < 0.5, "it still waited"
    assert not os.path.exists(begun.output)
    wait_until(lambda: not processes_in(begun.temporary), 1, "the child goes with it")
    collect(scratch, *TPM_ALONE)  # leaves nothing, of itself or of the run before


@case("what was ignored at the start stays ignored, as nohup wants it")
def ignored(scratch):
    with fault("delay-" + QUOTE, b"1000"):
        begun = hanging(scratch, before=["sh", "-c", 'trap "" HUP; exec "$@"', "sh"])
        begun.child.send_signal(signal.SIGHUP)
        begun.end(PASS).leaves_nothing()


@case("a reader of stdout that went is trouble, not death; the archive is there")
def broken_pipe(scratch):
    reader, writer = os.pipe()
    os.close(reader)
    output = os.path.join(scratch, "b.ecart")
    child = subprocess.run([ECART, "collect", "--root", held().root, "-o", output, *TPM_ALONE],
                           stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writer)
    equal(TROUBLE, child.returncode, "status")
    check_quotes(Archive(output))


# --- kill -9

def ways(scratch):
    """Name, words and output of the runs that are killed; the second writes over an archive."""
    key = os.path.join(scratch, "key.pem")
    equal(PASS, run([ECART, "keygen", "-o", key]).status, "keygen")
    signed = (*TPM_ALONE, "--key", key)
    stamped = (*signed, "--tsa", held().known["tsa"], "--cacert", held().known["ca"])
    new, over = "%d.ecart", "over.ecart"
    return [("new", TPM_ALONE, new), ("over", (*TPM_ALONE, "--force"), over),
            ("signed over", (*signed, "--force"), over), ("stamped", stamped, new),
            ("whole", ("--cacert", held().known["ca"]), new)]


@case("kill -9 at %d random moments: an archive that verifies or none, nothing beside it" % KILLS)
def killed(scratch):
    turns = [(*way, Collection(scratch, *way[1], output=way[2].replace("%d", way[0])).end().seconds)
             for way in ways(scratch)]
    chance, written, left = random.Random(os.getpid()), 0, 0
    there = sorted(os.listdir(scratch))
    for number in range(KILLS):
        way, words, output, seconds = turns[number % len(turns)]
        begun = Collection(scratch, *words, output=output.replace("%d", str(number)))
        # Half of them in the last fifth, where the file is made.
        share = chance.uniform(0, 1.1) if number // len(turns) % 2 else chance.uniform(0.8, 1.1)
        time.sleep(share * seconds)
        begun.child.kill()
        begun.end(None)
        assert begun.run.status in (-signal.SIGKILL, PASS), begun.run
        wait_until(lambda one=begun: not processes_in(one.temporary), 1, "children go")
        left += len(os.listdir(begun.temporary))
        written += os.path.exists(begun.output)
        if os.path.exists(begun.output):
            equal(PASS, run([ECART, "verify", begun.output]).status, way)
        if output != "over.ecart" and os.path.exists(begun.output):
            os.unlink(begun.output)
        # Between the name and the last name of what writes over, there is a whole part.
        beside = [name for name in os.listdir(scratch) if name.startswith(".over.ecart.ecart-part-")]
        equal(there, sorted(set(os.listdir(scratch)) - set(beside)), "names in the folder")
        flush_sessions()
    print("# %d archives, %d work directories left on the way" % (written, left))
    collect(scratch, *TPM_ALONE, "--force", output="over.ecart")  # takes what is left away
    equal(there, sorted(os.listdir(scratch)), "names in the folder")


@case("kill -9 between the two names of a replacing archive: the old one, and a part until the next")
def killed_between(scratch):
    skip_without_strace()
    first = Collection(scratch, *TPM_ALONE).end()
    old = read(first.output)
    done = Collection(scratch, *TPM_ALONE, "--force", env={"ASAN_OPTIONS": "detect_leaks=0"}, before=[
        "strace", "-o", "/dev/null", "-e", "trace=renameat,renameat2", "-e",
        "inject=renameat,renameat2:signal=KILL"]).end(None)
    assert done.run.status not in (PASS, INCOMPLETE), done.run
    equal(old, read(first.output), "the archive")
    equal(PASS, run([ECART, "verify", os.path.join(scratch, ".a.ecart.ecart-part-0")]).status, "the part")
    collect(scratch, *TPM_ALONE, "--force")
    equal(["a.ecart", "tmp"], sorted(os.listdir(scratch)), "names in the folder")


@case("a file system without unnamed files or careful renames: whole or not at all, never over another's")
def old_file_system(scratch):
    if preload_hindrance():
        raise Skip(preload_hindrance())
    env = preload("oldfs")
    first = Collection(scratch, *TPM_ALONE, env=env).end().leaves_nothing()
    check_quotes(first.archive())
    old = read(first.output)
    refused_one = Collection(scratch, *TPM_ALONE, env=env).end(USAGE)
    contains(refused_one.run.err, "exists already")
    equal(old, read(first.output), "the archive")
    Collection(scratch, *TPM_ALONE, "--force", env=env).end().leaves_nothing()
    equal(["a.ecart", "tmp"], sorted(os.listdir(scratch)), "names in the folder")


# --- disks that are full

def limited(size):
    def set_limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return set_limit


@case("a limit on the size of files, at each size: exit 5 and no file, until it is enough")
def file_size(scratch):
    size = os.path.getsize(Collection(scratch, *TPM_ALONE, output="b.ecart").end().output)
    for limit in (0, 1, 31, 200, 1000, 8191, 16384, size // 2, size - 1):
        refused(scratch, *TPM_ALONE, status=TROUBLE, preexec_fn=limited(limit), said=["File too large"])
    collect(scratch, *TPM_ALONE, preexec_fn=limited(2 * size))


def mounted(folder, options):
    """Words that run a program with a small file system at the folder, seen by it alone."""
    return ["unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), "--mount", "sh", "-c",
            'mount -t tmpfs -o "%s" tmpfs "$0" && shift 0 && exec "$@"' % options, folder]


def skip_without_mounts(scratch):
    if not shutil.which("unshare"):
        raise Skip("unshare is not installed")
    folder = os.path.join(scratch, "try")
    os.mkdir(folder)
    tried = run([*mounted(folder, "size=64k"), "true"])
    os.rmdir(folder)
    if tried.status != 0:
        raise Skip("no file system can be mounted here: %s" % tried.err.strip())


@case("a work directory on a full disk, at each page: exit 5 and no file, until it is enough")
def full_work_directory(scratch):
    skip_without_mounts(scratch)
    folder = os.path.join(scratch, "small")
    os.mkdir(folder)
    ends = []
    for pages in (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16):
        before = mounted(folder, "size=%dk" % (4 * pages))
        done = Collection(scratch, *TPM_ALONE, "--force", before=before,
                          env={"TMPDIR": folder}).end(None)
        ends.append(done.run.status)
        if done.run.status == TROUBLE:
            done.wrote_nothing()
            contains(done.run.err, "No space left on device", "TMPDIR")
        else:
            check_quotes(done.archive())
            os.unlink(done.output)
    equal({TROUBLE, PASS}, set(ends), "ends")
    equal(sorted(ends, reverse=True), ends, "more room is never worse")
    before = mounted(folder, "size=64k,nr_inodes=1")
    refused(scratch, *TPM_ALONE, before=before, env={"TMPDIR": folder}, status=TROUBLE,
            said=["cannot make a directory", "No space left on device"])
    before = mounted(folder, "size=64k,nr_inodes=2")
    refused(scratch, *TPM_ALONE, before=before, env={"TMPDIR": folder}, status=TROUBLE,
            said=["No space left on device"])
    before = mounted(folder, "ro")
    refused(scratch, *TPM_ALONE, before=before, env={"TMPDIR": folder}, status=TROUBLE,
            said=["Read-only file system", "TMPDIR"])


@case("a target on a full disk, at each size: exit 5 and no file; on a read-only one before all")
def full_target(scratch):
    skip_without_mounts(scratch)
    folder = os.path.join(scratch, "small")
    os.mkdir(folder)
    listing = os.path.join(scratch, "listing")
    for options in ("size=4k", "size=8k", "size=16k", "size=24k", "nr_inodes=1"):
        # What is in the file system is looked at before it goes with its namespace.
        before = [*mounted(folder, options), "sh", "-c", '"$@"; s=$?; ls -A %s >%s; exit $s' % (
            folder, listing), "sh"]
        done = Collection(scratch, *TPM_ALONE, before=before, output="small/a.ecart").end(TROUBLE)
        contains(done.run.err, "No space left on device")
        equal(b"", read(listing), "in the file system of " + options)
    done = Collection(scratch, *TPM_ALONE, before=mounted(folder, "ro"),
                      output="small/a.ecart").end(TROUBLE)
    contains(done.run.err, "cannot write to the directory: Read-only file system")
    assert "tpm-quote" not in done.run.err, done.run


@case("a TMPDIR that is none, or a device: exit 5 and the way out")
def no_work_directory(scratch):
    for path in (os.path.join(scratch, "none"), "/dev/full", "/proc/self/fd"):
        refused(scratch, *TPM_ALONE, env={"TMPDIR": path}, status=TROUBLE, said=["set TMPDIR to "])


@case("tools whose output a full disk took, and that say 0: found by the bytes")
def lost_output(scratch):
    for number, (tool, script) in enumerate((
            ("tpm2_quote", '{TOOL} "$@"; : >q.sig; exit 0'),
            ("tpm2_quote", '{TOOL} "$@"; : >q.msg; exit 0'),
            ("tpm2_readpublic", '{TOOL} "$@"; : >ak; exit 0'),
            ("tpm2_nvread", '{TOOL} "$@"; [ -e nv ] && : >nv; exit 0'))):
        folder = tools_folder(scratch, {tool: script}, "tools%d" % number)
        words = (*WITH_REPORT, "--tpm2-tools", folder)
        done = Collection(scratch, *words, "--force").end(INCOMPLETE).leaves_nothing()
        source = {"tpm2_quote": "tpm-quote", "tpm2_readpublic": "ak",
                  "tpm2_nvread": "hcl-report"}[tool]
        equal("failed", done.archive().step(source)["outcome"], tool)
    folder = tools_folder(scratch, {"tpm2_quote": '{TOOL} "$@"; : >q.pcrs; exit 0'})
    done = Collection(scratch, *TPM_ALONE, "--tpm2-tools", folder, "--force").end(INCOMPLETE)
    contains(done.archive().step("tpm-quote")["reason"], "stored without values")
    equal([], done.archive().named("tpm-pcrs"), "values")
    check_quotes(done.archive())


# --- two at once

@case("two collectors at once: one waits for the other, both are bound")
def two_at_once(scratch):
    with fault("delay-" + QUOTE, b"700"):
        one = Collection(scratch, *WITH_REPORT, output="1.ecart")
        two = Collection(scratch, *WITH_REPORT, output="2.ecart")
        for done in (one.end(), two.end()):
            archive = done.archive()
            equal(1, len(archive.nonces("hcl")), "bound reports")
            check_quotes(archive)
    waited = [done for done in (one, two) if "another collection runs here" in done.run.err]
    equal(1, len(waited), "who waited")
    equal([], os.listdir(one.temporary), "left in TMPDIR")


@case("many at once end well; a killed holder holds nobody up; a reader does not wait at all")
def many_at_once(scratch):
    runs = [Collection(scratch, *TPM_ALONE, output="%d.ecart" % i) for i in range(4)]
    for done in runs:
        check_quotes(done.end().archive())
    folder = tools_folder(scratch, {"tpm2_quote": "exec sleep 60"})
    holder = hanging(scratch, "--tpm2-tools", folder, tool="sleep", output="h.ecart")
    waiter = Collection(scratch, *TPM_ALONE, output="w.ecart")
    time.sleep(0.5)
    done = Collection(scratch, "--read-only", "--source", "tpm-caps,ak", output="r.ecart").end()
    assert "another collection" not in done.run.err, done.run
    assert waiter.child.poll() is None, "it did not wait"
    holder.child.kill()
    holder.end(None)
    contains(waiter.end().run.err, "another collection runs here")
    check_quotes(waiter.archive())


@case("a place for the lock that is none, or somebody's pipe, holds nobody up")
def odd_lock(scratch):
    root = os.path.join(scratch, "root")
    os.makedirs(os.path.join(root, "run", "lock"))
    shutil.copy(held().path("ecart-root.json"), root)
    lock = os.path.join(root, "run", "lock", "ecart-collect.lock")
    for make in (os.mkfifo, os.mkdir, lambda path: os.symlink(__file__, path)):
        make(lock)
        collect(scratch, *TPM_ALONE, "--force", root=root)
        (os.rmdir if os.path.isdir(lock) and not os.path.islink(lock) else os.unlink)(lock)
    collect(scratch, *TPM_ALONE, "--force", root=root)
    equal(0o644, os.stat(lock).st_mode & 0o7777, "mode")
    shutil.rmtree(os.path.join(root, "run"))
    collect(scratch, *TPM_ALONE, "--force", root=root)


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
