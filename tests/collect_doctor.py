#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a person sees: doctor, the plan, the lines of a run on a terminal, in a file and as JSON; no
machine at all."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

sys.dont_write_bytecode = True

from collecting import collect, environment, ran, requests
from collection import tools_folder
from e2e import (ECART, INCOMPLETE, PASS, TROUBLE, UNREADABLE, USAGE, case, contains, equal, main, read,
                 write)
from held_guest import held, skip_without_parts
from stand_in import Folder, Kernel

SOURCES = ["host", "tpm-caps", "hcl-report", "azure-tdquote", "ak", "tpm-quote-first", "ak-cert",
           "tsm-report", "tdx-ioctl", "gramine", "collateral", "imds-attested", "imds-instance",
           "poc-tls", "poc-registry", "maa", "tpm-quote", "tcg-log", "ima-log", "systemd-log", "ccel",
           "tdx-rtmr", "ita"]
NOBODY = 65534
COLUMNS = 72


def doctor(root, *words, status=PASS, **options):
    value = json.loads(ran("doctor", "--root", root, "--json", *words, status=status, **options).stdout)
    return value, {row["source"]: row for row in value["sources"]}


@case("doctor on a complete guest: every source with its state and place, versions, exit 0")
def complete(_):
    guest = held()
    value, rows = doctor(guest.root)
    equal("an Azure confidential VM (TDX)", value["machine"], "machine")
    equal(sorted(SOURCES), sorted(rows), "sources")
    for name in ("host", "tpm-caps", "hcl-report", "ak", "ak-cert", "tpm-quote", "tcg-log", "ima-log",
                 "systemd-log"):
        equal("ok", rows[name]["state"], name)
    for name in ("azure-tdquote", "collateral", "imds-attested"):
        equal("network", rows[name]["state"], name)
    for name in ("maa", "ita", "imds-instance", "tpm-quote-first"):
        equal("not asked", rows[name]["state"], name)
    for name in ("tsm-report", "gramine", "ccel"):
        equal(("absent", False), (rows[name]["state"], rows[name]["required"]), name)
    for name in ("tpm2Tools", "kernel", "openssl", "libcurl"):
        assert re.search(r"\d\.\d", value[name]), name
    text = ran("doctor", "--root", guest.root).out
    contains(text, "machine   an Azure confidential VM (TDX)\n", "tpm2-tools ", "libcurl ", "OpenSSL ",
             "kernel ", "clock ", "group tss")
    for name in SOURCES:
        assert re.search("^%s +[a-z]" % name, text, re.M), name
    td, rows = doctor(held("--machine", "td").root)
    equal("a TDX guest without a paravisor", td["machine"], "machine")
    equal(["ok", "ok", "ok"], [rows[name]["state"] for name in ("tsm-report", "ccel", "tdx-rtmr")], "TD")


def seen(guest):
    """All that a look could change: files of the machine, indices of its TPM, what was asked."""
    files = {}
    for base, folders, names in os.walk(guest.root):
        folders[:] = [name for name in folders if name != ".guest"]
        files.update({os.path.join(base, name): read(os.path.join(base, name)) for name in names})
    return files, guest.tpm("tpm2_getcap", "handles-nv-index"), requests(guest.known["requests"])


@case("doctor writes nothing and asks no address")
def looks(_):
    guest = held()
    before = seen(guest)
    doctor(guest.root)
    assert before == seen(guest), "changed"


@case("doctor elsewhere: what is missing and what was looked for; exit 2")
def elsewhere(_):
    empty = Folder()
    value, rows = doctor(empty.root, status=INCOMPLETE)
    contains(value["machine"], "without a TEE")
    equal({"ok", "absent", "not asked"}, {row["state"] for row in rows.values()}, "states")
    kernel = Kernel()
    os.unlink(kernel.path("sys/firmware/acpi/tables/CCEL"))
    value, rows = doctor(kernel.root, status=INCOMPLETE)
    equal(("absent", True), (rows["ccel"]["state"], rows["ccel"]["required"]), "CCEL")
    contains(rows["ccel"]["remedy"], "ecart-collect(1)")


def as_nobody():
    """Options of a child that may read what all may read."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": "/"} if os.geteuid() == 0 else {}


@case("a permission that is missing is named, with the way out; collect says so too, and exits 2")
def permission(scratch):
    os.chmod(scratch, 0o777)
    kernel = Kernel()
    denied = kernel.path("sys/firmware/acpi/tables/CCEL")
    os.chmod(denied, 0)
    value, rows = doctor(kernel.root, status=INCOMPLETE, **as_nobody())
    equal(("no permission", "run as root"), (rows["ccel"]["state"], rows["ccel"]["remedy"]), "CCEL")
    got = collect(scratch, kernel.root, "--no-collateral", "--source", "ccel", status=INCOMPLETE,
                  **as_nobody())
    equal("failed", got.outcome("ccel"), "outcome")
    contains(got.reason("ccel"), "permission denied", "run as root")
    device = write(os.path.join(scratch, "tpmrm0"), b"")
    os.chmod(device, 0)
    words = ("--tcti", "device:" + device)
    value, rows = doctor(kernel.root, *words, status=INCOMPLETE, **as_nobody())
    equal(("no permission", "run as root or join group tss"),
          (rows["tpm-caps"]["state"], rows["tpm-caps"]["remedy"]), "TPM")
    contains(value["tpmReason"], "permission denied", "group tss")


@case("--dry-run asks no address, writes nothing, not even to the TPM, and says what it would do")
def plan(scratch):
    guest = held()
    before = seen(guest)
    done = ran("collect", "--root", guest.root, "--dry-run", "-o", os.path.join(scratch, "a.ecart"),
               "--cacert", guest.known["ca"], "--maa", guest.known["maa"], "--tsa", guest.known["tsa"])
    assert before == seen(guest), "changed"
    equal([], os.listdir(scratch), "files")
    equal([], before[2], "requests: this case stands before those that ask")
    contains(done.out, "machine: an Azure confidential VM (TDX)", "NV 0x01400002", "POST IMDS /acc/tdquote",
             "a.ecart", guest.known["tsa"], guest.known["maa"], guest.known["pcs"], guest.known["imds"],
             "no address was asked, nothing was written")
    for name in SOURCES:
        assert re.search("^%s +(yes|no|required|-)" % name, done.out, re.M), name
    contains(ran("collect", "--root", guest.root, "--dry-run", "--read-only").out, "nothing (--read-only)")


@case("--json is one object a line on stderr: steps in their order, addresses before answers")
def lines(scratch):
    guest = held()
    got = collect(scratch, guest.root, "--cacert", guest.known["ca"])
    events = [json.loads(line) for line in got.done.err.splitlines()]
    equal({"step", "said"}, {event["event"] for event in events}, "events")
    names = [event["source"] for event in events if event["event"] == "step"]
    equal([name for name in SOURCES if name in names], sorted(names, key=SOURCES.index), "names")
    for event in events:
        if event["event"] == "step":
            assert {"source", "outcome", "time", "bytes", "items", "ms"} <= set(event), event
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["time"]), event
        else:
            assert re.match("(GET|POST) https?://127.0.0.1:|the TPM is cmd:", event["line"]), event
    addresses = [line for line in got.said if line.startswith(("GET ", "POST "))]
    asked = [row["method"] + " " + row["server"] + row["path"]
             for row in requests(guest.known["requests"])][-len(addresses):]
    equal(asked, [line.split("?")[0] for line in addresses], "each address is said once, in order")
    log = got.one("collect-log").decode()
    for name in names:
        assert re.search(r"^[0-9TZ:-]+ %s: (ok|absent)" % name, log, re.M), name
    for line in got.said:
        contains(log, line)


@case("without a terminal: a line for each source, a line for each address, what each absence costs")
def plain(scratch):
    guest = held("--machine", "td")
    archive = os.path.join(scratch, "a.ecart")
    done = ran("collect", "--root", guest.root, "-o", archive, "--cacert", guest.known["ca"])
    assert "\r" not in done.err and "\033" not in done.err, "for terminals"
    contains(done.err, "collect: this looks like a TDX guest without a paravisor\n")
    assert re.search(r"^  tsm-report +\d+ bytes   ", done.err, re.M), done.err
    contains(done.out, "unsigned: ", "(use --key)", "no timestamp: ", "(use --tsa)", "self-made nonce: ",
             "(use --nonce)", "wrote %s   %d bytes   id " % (archive, os.path.getsize(archive)))
    done = ran("collect", "--root", guest.root, "-o", archive, "--force", "--quiet", "--no-collateral")
    equal("", done.err, "--quiet")
    contains(done.out, "wrote ")


def on_terminal(words):
    """(status, all that came to a terminal of COLUMNS columns)."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    child = subprocess.Popen([ECART, *words], stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs,
                             env=environment(TERM="xterm"))
    os.close(theirs)
    out, end = b"", time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([ours], [], [], 0.5)[0]:
            continue
        try:
            more = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        out += more
    os.close(ours)
    return child.wait(60), out.decode()


@case("on a terminal the line of a source is updated in place, and fits the width")
def terminal(scratch):
    guest = held("--machine", "td")
    status, text = on_terminal(["collect", "--root", guest.root, "-o", os.path.join(scratch, "a.ecart"),
                                "--cacert", guest.known["ca"]])
    equal(PASS, status, text)
    for name in ("host", "tsm-report", "collateral", "ccel"):
        contains(text, "  %-17s ..." % name)
    passing = [piece for row in text.split("\n") for piece in row.split("\r")[:-1]]
    assert any("..." in piece for piece in passing), "nothing is updated in place"
    equal([], [piece for piece in passing if len(piece) >= COLUMNS and "..." in piece], "too wide")
    final = [row.rstrip("\r").split("\r")[-1] for row in text.split("\n")]
    equal([], [row for row in final if row.endswith("...")], "unfinished lines that stay")
    for name in ("host", "tsm-report", "collateral", "ccel", "tdx-rtmr"):
        equal(1, sum(bool(re.match("  %s +[0-9]+ bytes" % name, row)) for row in final), name)
    assert "\033" not in text, "escape sequences"


@case("no machine: exit 2, and what was looked for; nothing is written, nothing asked")
def nothing(scratch):
    empty = Folder()
    archive = os.path.join(scratch, "a.ecart")
    done = ran("collect", "--root", empty.root, "-o", archive, status=INCOMPLETE)
    contains(done.err, "looked for:", "TPM", "sys/kernel/config/tsm/report   not there",
             "dev/tdx_guest", "dev/attestation", "ecart doctor", "ecart pack")
    assert not os.path.exists(archive), "written"


@case("errors of usage: no file, one that exists, names that are no source, numbers that are none")
def usage(scratch):
    guest = held("--machine", "td")
    archive = write(os.path.join(scratch, "a.ecart"), b"mine")
    begin = ["collect", "--root", guest.root]
    for words in ([], ["-o", archive], ["-o", "-"], ["-o", "b", "--source", "nothing"],
                  ["-o", "b", "--skip", "host,nothing"], ["-o", "b", "--nonce", "zz"],
                  ["-o", "b", "--nonce", "0" * 130], ["-o", "b", "--ak", "7"], ["-o", "b", "--tpm", "x"],
                  ["-o", "b", "--timeout", "0"], ["-o", "b", "--bearer-file", archive],
                  ["-o", "b", "--ita-key-file", archive],
                  ["-o", "b", "--ita", "https://ita.example"],
                  ["-o", "b", "--read-only", "--nonce", "00"], ["-o", "b", "--skip", "host", "--nonce", "00"],
                  ["-o", "b", "--read-only", "--ita", "https://ita.example", "--ita-key-file", archive],
                  ["-o", "b", "--minimal", "--with-instance"],
                  ["-o", "b", "--no-collateral", "--hindsight"], ["-o", "b", "--tsa", "foo"],
                  ["-o", "b", "--tsa", "https://u:CANARY@tsa.example"], ["-o", "b", "--quiet", "--json"], ["-o", "b", "--maa", "ftp://maa.example"],
                  ["-o", "b", "--maa", "http://maa.example"], ["-o", "b", "--pccs", "pccs.example"],
                  ["-o", "b", "--collateral-from", "pccs=http://pccs.example"],
                  ["-o", "b", "--qgs", "foo"], ["-o", "b", "--qgs", "vsock:x"], ["-o", "b", "--qgs", "unix:"],
                  ["--dry-run", "-o", archive], ["-o", "b", "c"], ["-o", "b", "--unknown"],
                  ["-o", "b"] + ["--collateral-from", "pcs"] * 9):
        done = ran(*begin, *words, status=USAGE, cwd=scratch)
        assert done.err.strip() and "CANARY" not in done.err, words
    equal(b"mine", read(archive), "the file that was there")
    equal(["a.ecart"], os.listdir(scratch), "files")
    none = os.path.join(scratch, "none")
    done = ran("collect", "--root", none, "-o", "b", status=USAGE)
    contains(done.err, "--root: folder: want one that can be opened, found No such file or "
             "directory: " + none + "\n")
    done = ran(*begin, "-o", archive, "--no-collateral", "--strict", "--source", "tsm-report,ccel",
               "--read-only", "--force", status=INCOMPLETE)
    contains(done.err, "missing tsm-report: a quote needs", "--strict", "nothing was written")
    equal(b"mine", read(archive), "--strict")


@case("files that a collection will need are looked at before the machine is: exit 4, one line")
def files(scratch):
    log = os.path.join(scratch, "log")
    folder = tools_folder(scratch, {"all": "echo $0 >>%s\nexec false" % log})
    none, text = os.path.join(scratch, "none"), write(os.path.join(scratch, "text"), b"text\n")
    for words, said in ((["--cacert", none], "No such file"), (["--cacert", text], "--cacert"),
                        (["--cacert", scratch], "no plain file"), (["--reuse-collateral", none], "No such file"),
                        (["--reuse-collateral", text], "--collateral-from"),
                        (["--collateral-from", "PCS"], "PCS"),
                        (["--maa", "https://maa.example", "--bearer-file", none], "No such file"),
                        (["--ita", "https://ita.example", "--ita-key-file", scratch], "irectory"),
                        (["--owner-auth-file", none], "No such file")):
        for more in ([], ["--dry-run"]):
            done = ran("collect", "-o", os.path.join(scratch, "a"), "--tcti", "cmd:false",
                       "--tpm2-tools", folder, *words, *more, status=UNREADABLE, cwd=scratch)
            contains(done.err, said)
    for place in ("/proc/a", "/sys/a"):
        ran("collect", "-o", place, "--tcti", "cmd:false", "--tpm2-tools", folder, status=TROUBLE)
    equal(["text", "tools"], sorted(os.listdir(scratch)), "files")
    ran("collect", "-o", os.path.join(scratch, "a"), "--tcti", "cmd:false", "--tpm2-tools", folder,
        status=INCOMPLETE)
    assert os.path.exists(log), "the log does not show what it should"


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
