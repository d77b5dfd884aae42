#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Collections in a TD without paravisor, and in an enclave: what the kernel offers as files."""

import os
import shutil
import sys
import time

sys.dont_write_bytecode = True

from collecting import collect
from collection import skip_without_strace
from e2e import ECART, INCOMPLETE, case, contains, equal, main, read, run, tree, write
from held_guest import held, skip_without_parts
from stand_in import Enclave, Kernel

import quote as quotes

REPORT = "sys/kernel/config/tsm/report"
ALONE = ("--no-collateral",)


def report_data(quote):
    return quotes.parse(quote)["body"][-64:]


@case("a TD gives its quote over the session's digest, its event log and its registers; exit 0")
def complete(scratch):
    guest = held("--machine", "td")
    got = collect(scratch, guest.root, "--cacert", guest.known["ca"])
    equal({"ok"}, {got.outcome(name) for name in (
        "host", "tsm-report", "collateral", "ccel", "tdx-rtmr")}, str(got.steps))
    equal(["not here"] * 4, [got.outcome(name) for name in (
        "tpm-quote", "azure-tdquote", "tdx-ioctl", "imds-attested")], "not of this machine")
    quote = got.one("tdx-quote")
    equal(got.session_root, report_data(quote), "REPORTDATA")
    equal("items/tdx-quote/0000.bin", got.nonce("report-data"), "binding")
    equal(read(guest.path("sys/firmware/acpi/tables/CCEL")), got.one("acpi-ccel-table"), "table")
    equal(read(guest.path("sys/firmware/acpi/tables/data/CCEL")), got.one("tdx-eventlog-ccel"), "log")
    body = quotes.unpack(quotes.TD_10, quotes.parse(quote)["body"])
    text = got.one("tdx-measurements").decode()
    for i in range(4):
        contains(text, "rtmr%d:sha384 %s\n" % (i, body["rtmr%d" % i].hex()))
    equal(8, len(text.splitlines()), "registers")


@case("REPORTDATA holds a verifier's nonce: the session says it, and another run has another")
def bound(scratch):
    kernel = Kernel()
    first = collect(scratch, kernel.root, *ALONE, "--nonce", "8f1c22e2", name="1.ecart")
    contains(first.one("ecart-session").decode(), '"challenge":"8f1c22e2"')
    second = collect(scratch, kernel.root, *ALONE, "--nonce", "8f1c22e2", name="2.ecart")
    for got in (first, second):
        equal(got.session_root, report_data(got.one("tdx-quote")), "REPORTDATA")
    assert first.session_root != second.session_root, "the seed is the same"


@case("a generation that jumped is asked again; one that always jumps is no quote, and says so")
def jumps(scratch):
    kernel = Kernel()
    kernel.faults.add({"path": "tsm", "times": 1, "jump": True})
    got = collect(scratch, kernel.root, *ALONE, name="1.ecart")
    equal(got.session_root, report_data(got.one("tdx-quote")), "REPORTDATA")
    kernel.faults.add({"path": "tsm", "jump": True})
    got = collect(scratch, kernel.root, *ALONE, status=INCOMPLETE, name="2.ecart")
    equal([], got.items("tdx-quote"), "quotes")
    contains(got.reason("tsm-report"), "somebody else wrote")
    contains(got.done.out, "missing tsm-report: ")
    equal("failed", got.outcome("tdx-ioctl"), "the way of older kernels is tried")


@case("an outblob of no bytes is no quote: asked again, and after three times said")
def empty(scratch):
    kernel = Kernel()
    kernel.faults.add({"path": "tsm", "times": 2, "empty": True})
    got = collect(scratch, kernel.root, *ALONE, name="1.ecart")
    equal(1, len(got.items("tdx-quote")), "quotes")
    kernel.faults.add({"path": "tsm", "empty": True})
    got = collect(scratch, kernel.root, *ALONE, status=INCOMPLETE, name="2.ecart")
    equal([], got.items("tdx-quote"), "quotes")
    contains(got.reason("tsm-report"), "outblob is empty")


@case("a quote over other bytes than were written is not taken")
def foreign(scratch):
    kernel = Kernel()
    kernel.tsm.quote = lambda _: kernel.quote(b"F" * 64)
    got = collect(scratch, kernel.root, *ALONE, status=INCOMPLETE)
    equal([], got.items("tdx-quote"), "quotes")
    contains(got.reason("tsm-report"), "does not carry our REPORTDATA")


@case("a provider that is late is waited for, and another one than tdx_guest is named")
def provider(scratch):
    kernel = Kernel()
    kernel.faults.add({"path": "tsm", "times": 1, "delay": 0.4})
    got = collect(scratch, kernel.root, *ALONE, name="1.ecart")
    equal("ok", got.outcome("tsm-report"), "late")
    kernel.tsm.provider = b"arm_cca_guest\n"
    got = collect(scratch, kernel.root, *ALONE, status=INCOMPLETE, name="2.ecart")
    contains(got.reason("tsm-report"), '"arm_cca_guest"')


@case("a generation that is empty or no number is said, with a way out")
def generation(scratch):
    kernel = Kernel()
    for number, (first, part) in enumerate(((b"", "is empty"), (b"\n", "is no number"),
                                            (b"-1\n", "is no number"))):
        kernel.tsm.first = first
        got = collect(scratch, kernel.root, *ALONE, status=INCOMPLETE, name="%d.ecart" % number)
        contains(got.reason("tsm-report"), "generation " + part + " (see what stands")


class Busy:
    """A run whose writes of that number meet EBUSY."""

    def __init__(self, scratch, when, *words):
        skip_without_strace()
        kernel, trace = Kernel(), os.path.join(scratch, "trace")
        begin = time.monotonic()
        # Nothing else is written before inblob where nothing is said; leaks cannot be looked for
        # in a process that is traced.
        self.done = run(["env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-o", trace, "-e",
                         "trace=write", "-e", "inject=write:error=EBUSY:when=" + when, ECART,
                         "collect", "--root", kernel.root, "-o", os.path.join(scratch, "a.ecart"),
                         "--quiet", *ALONE, *words])
        self.seconds = time.monotonic() - begin
        self.refused = ["(INJECTED)" in row for row in read(trace).decode().splitlines()
                        if ", 64)" in row]


@case("a busy kernel (EBUSY at inblob) is asked again after ten seconds")
def busy(scratch):
    seen = Busy(scratch, "1")
    equal(0, seen.done.status, str(seen.done))
    equal([True, False], seen.refused, "writes of 64 bytes")
    assert 10 <= seen.seconds < 18, seen.seconds


@case("a kernel that stays busy: asked three times, and no wait behind the last")
def stays_busy(scratch):
    seen = Busy(scratch, "1..3")
    equal(INCOMPLETE, seen.done.status, str(seen.done))
    equal([True] * 3, seen.refused, "writes of 64 bytes")
    contains(seen.done.out, "missing tsm-report: inblob: Device or resource busy")
    assert 20 <= seen.seconds < 28, seen.seconds


@case("no wait for a busy kernel goes over the time of a try (--timeout)")
def busy_limit(scratch):
    seen = Busy(scratch, "1", "--timeout", "5")
    equal(INCOMPLETE, seen.done.status, str(seen.done))
    equal([True], seen.refused, "writes of 64 bytes")
    assert seen.seconds < 4, seen.seconds


@case("a log that comes slowly is read until its time is over (--timeout), and not kept in part")
def slow_log(scratch):
    skip_without_strace()
    kernel = Kernel()
    log = kernel.path("sys/firmware/acpi/tables/data/CCEL")
    write(log, bytes(1 << 20))  # 64 pieces
    got = collect(scratch, kernel.root, *ALONE, "--source", "ccel", "--timeout", "1",
                  status=INCOMPLETE, before=[
                      "env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-o", "/dev/null", "-P", log,
                      "-e", "trace=read", "-e", "inject=read:delay_enter=200000"])
    equal("failed", got.outcome("ccel"), "outcome")
    contains(got.reason("ccel"), "data/CCEL: not read to its end in time (")
    equal(([], 1), (got.items("tdx-eventlog-ccel"), len(got.items("acpi-ccel-table"))), "items")
    assert got.steps["ccel"]["ms"] < 2500, got.steps["ccel"]


@case("--read-only makes no entry and asks for no quote; the rest is collected, exit 2")
def read_only(scratch):
    kernel = Kernel()
    before = tree(kernel.root)
    got = collect(scratch, kernel.root, *ALONE, "--read-only", status=INCOMPLETE)
    assert before == tree(kernel.root), "files changed"
    equal([], os.listdir(kernel.path(REPORT)), "entries")
    contains(got.reason("tsm-report"), "--read-only")
    assert "binding" not in got.manifest, "there is a binding"
    equal(["ok", "ok"], [got.outcome(name) for name in ("ccel", "tdx-rtmr")], "the rest")


@case("a table CCEL without its log, a log of no bytes, no registers: each is said")
def pieces(scratch):
    kernel = Kernel()
    log = "sys/firmware/acpi/tables/data/CCEL"
    os.unlink(kernel.path(log))
    shutil.rmtree(kernel.path("sys/devices/virtual/misc/tdx_guest/measurements"))
    got = collect(scratch, kernel.root, *ALONE, status=INCOMPLETE, name="1.ecart")
    contains(got.reason("ccel"), "table CCEL is there, its data is not")
    equal(1, len(got.items("acpi-ccel-table")), "the table is kept")
    contains(got.reason("tdx-rtmr"), "6.16")
    write(kernel.path(log), b"")
    got = collect(scratch, kernel.root, *ALONE, status=INCOMPLETE, name="2.ecart")
    equal("absent", got.outcome("ccel"), "outcome")
    contains(got.reason("ccel"), "empty")


@case("an enclave under Gramine gives a quote over the session's digest, and its report")
def gramine(scratch):
    enclave = Enclave()
    got = collect(scratch, enclave.root, *ALONE)
    equal(got.session_root, report_data(got.one("sgx-quote")), "REPORTDATA")
    equal("items/sgx-quote/0000.bin", got.nonce("report-data"), "binding")
    equal(432, len(got.one("sgx-report")), "report")


@case("a quote that is late under Gramine is asked for again; one of another report is not taken")
def late_gramine(scratch):
    enclave = Enclave()
    enclave.delay = 0.05
    got = collect(scratch, enclave.root, *ALONE, name="1.ecart")
    equal(got.session_root, report_data(got.one("sgx-quote")), "REPORTDATA")
    enclave.delay = 30
    got = collect(scratch, enclave.root, *ALONE, status=INCOMPLETE, name="2.ecart")
    contains(got.reason("gramine"), "does not carry our REPORTDATA")
    equal(None, got.manifest, "an archive of nothing")


@case("Gramine that holds up a read: each of two tries has its time (--timeout), and ends with it")
def slow_gramine(scratch):
    skip_without_strace()
    enclave = Enclave()
    got = collect(scratch, enclave.root, *ALONE, "--timeout", "1", status=INCOMPLETE, before=[
        "env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-o", "/dev/null", "-P",
        enclave.dev("quote"), "-e", "trace=read", "-e", "inject=read:delay_enter=1200000"])
    contains(got.reason("gramine"), "dev/attestation/quote: not read to its end in time (")
    equal(2, enclave.asked, "tries")
    assert got.steps["gramine"]["ms"] < 5000, got.steps["gramine"]


@case("Gramine without DCAP is said; --read-only takes the quote that is there, unbound")
def other_gramine(scratch):
    got = collect(scratch, Enclave("none").root, *ALONE, status=INCOMPLETE, name="1.ecart")
    contains(got.reason("gramine"), "attestation_type", "remote_attestation")
    enclave = Enclave()
    before = tree(enclave.root)
    got = collect(scratch, enclave.root, *ALONE, "--read-only", name="2.ecart")
    equal(bytes(64), report_data(got.one("sgx-quote")), "REPORTDATA")
    equal(0, enclave.asked, "written")
    assert before == tree(enclave.root), "files changed"
    assert "binding" not in got.manifest, "there is a binding"


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
