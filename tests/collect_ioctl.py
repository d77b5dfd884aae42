#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Collections in a TD without configfs-tsm: TDREPORT by ioctl, quote by the host's service.

The device is a library in LD_PRELOAD (guest/tdx_guest.c): no file answers an ioctl."""

import errno
import json
import os
import sys

sys.dont_write_bytecode = True

from collecting import collect, environment, preload, preload_hindrance
from e2e import ECART, INCOMPLETE, case, contains, equal, main, outcome, run, write
from stand_in import Device

import anchors as trust
import quote as quotes

REPORT = "sys/kernel/config/tsm/report"
ALONE = ("--no-collateral",)
PREFIX = "anchors/simulated/"
NONCE = "8f1c22e2"
QGS_ERROR = 0x12001


def with_device(scratch, td, *words, **options):
    return collect(scratch, td.root, *ALONE, *words, env=environment(**preload("tdx_guest")), **options)


def report_data(quote):
    return quotes.parse(quote)["body"][-64:]


def replayed(scratch, archive):
    """The report under the anchors of the simulated processor; a verdict is not asked for."""
    folder = os.path.join(scratch, "anchors")
    for path, data in trust.files().items():
        if path.startswith(PREFIX):
            write(os.path.join(folder, path[len(PREFIX):]), data)
    done = run([ECART, "replay", archive, "--anchors", folder, "--nonce", NONCE, "--format",
                "json"])
    return json.loads(done.stdout)


def no_quote(got, *parts):
    """The TDREPORT stands alone, bound to the session, and the source failed for that reason."""
    equal([], got.items("tdx-quote"), "quotes")
    equal("failed", got.outcome("tdx-ioctl"), str(got.steps))
    contains(got.reason("tdx-ioctl"), *parts)
    equal(got.session_root, got.one("tdx-report")[128:192], "REPORTDATA of the TDREPORT")
    contains(got.done.out, "missing tsm-report: ")
    equal(None, got.nonce("report-data"), "binding")


@case("no configfs: report and quote by ioctl and service, bound, nothing missing, replay agrees")
def good(scratch):
    td = Device()
    got = with_device(scratch, td, "--qgs", td.address, "--nonce", NONCE)
    equal(["absent", "ok"], [got.outcome(name) for name in ("tsm-report", "tdx-ioctl")], "outcomes")
    quote, report = got.one("tdx-quote"), got.one("tdx-report")
    equal([got.session_root] * 2, [report_data(quote), report[128:192]], "REPORTDATA")
    equal("items/tdx-quote/0000.bin", got.nonce("report-data"), "binding")
    equal({"type": "qgs", "detail": td.address}, got.items("tdx-quote")[0]["source"], "source")
    contains(got.steps["tdx-ioctl"]["detail"], "quote v4", "nonce bound")
    assert "missing tsm-report" not in got.done.out, got.done
    contains(" ".join(got.said), "tsm-report: not missing, since tdx-ioctl gave the same")
    contains(got.one("collect-log").decode(), "tsm-report: not missing, since tdx-ioctl gave")
    rep = replayed(scratch, got.archive)
    equal(["pass"] * 3, [outcome(rep, name) for name in (
        "bind.report-data", "bind.challenge", "dcap.quote.signature")], "checks")


@case("--strict takes such a quote; ecart-root.json and tdx-attest.conf name the service too")
def named(scratch):
    td = Device()
    with_device(scratch, td, "--qgs", td.address, "--strict", name="1.ecart")
    td.where(qgs=td.address)
    equal(1, len(with_device(scratch, td, name="2.ecart").items("tdx-quote")), "quotes")
    td.where()
    td.machine.write("etc/tdx-attest.conf", "port=1\n")
    got = with_device(scratch, td, status=INCOMPLETE, name="3.ecart")
    no_quote(got, "the quote service of the host: ")


@case("tdx-attest.conf: the port of a line that begins with it, and not of a comment")
def configured(scratch):
    td = Device()
    for number, (text, part) in enumerate((
            ("# port=1\n#port=2\nreport=3\nport=none\n", "no quote service is named ("),
            ("", "no quote service is named ("),
            ("port=\n1\n", "no quote service is named ("),
            ("# the old port=4050\n \t port = 1\n", "the quote service of the host: "))):
        td.machine.write("etc/tdx-attest.conf", text)
        no_quote(with_device(scratch, td, status=INCOMPLETE, name="%d.ecart" % number), part)


@case("configfs that gives no quote, and an ioctl that does: complete, and said why")
def failing_configfs(scratch):
    td = Device()
    os.makedirs(td.path(REPORT))  # a directory that nobody fills in
    got = with_device(scratch, td, "--qgs", td.address)
    equal(["failed", "ok"], [got.outcome(name) for name in ("tsm-report", "tdx-ioctl")], "outcomes")
    assert "missing tsm-report" not in got.done.out, got.done
    contains(" ".join(got.said), "tsm-report: not missing, since tdx-ioctl gave the same")


@case("a service that fails, cuts, lies about sizes or is not there: the TDREPORT is kept, exit 2")
def bad_service(scratch):
    td = Device()
    for number, (rule, part) in enumerate((
            ({"error": QGS_ERROR}, "it answers with error 0x00012001"),
            ({"sizes": True}, "qgs.reply"),
            ({"message": 9}, "another version, type or size"),
            ({"frame": True}, "not framed"),
            ({"truncate": True}, "in time"))):
        td.faults.clear()
        td.faults.add(dict(rule, path="qgs"))
        got = with_device(scratch, td, "--qgs", td.address, "--timeout", "1", status=INCOMPLETE,
                          name="%d.ecart" % number)
        no_quote(got, part)
    gone = "unix:" + os.path.join(scratch, "none")
    no_quote(with_device(scratch, td, "--qgs", gone, status=INCOMPLETE, name="n.ecart"),
             "No such file")
    no_quote(with_device(scratch, td, status=INCOMPLETE, name="w.ecart"), "give --qgs vsock:4050")


@case("a service that fails once is asked again")
def again(scratch):
    td = Device()
    td.faults.add({"path": "qgs", "times": 1, "error": QGS_ERROR})
    equal(1, len(with_device(scratch, td, "--qgs", td.address).items("tdx-quote")), "quotes")


@case("a quote over other bytes than ours is not taken; the TDREPORT is")
def foreign(scratch):
    td = Device()
    td.qgs.quote_of = lambda _: td.made.bare_quote_of(td.made.td_report(b"F" * 64))
    got = with_device(scratch, td, "--qgs", td.address, status=INCOMPLETE)
    no_quote(got, "does not carry our REPORTDATA")


@case("a TDREPORT over other bytes than ours is kept, marked as bound to nothing, and not quoted")
def foreign_report(scratch):
    td = Device()
    td.give(td.made.td_report(b"F" * 64))
    got = with_device(scratch, td, "--qgs", td.address, status=INCOMPLETE)
    equal([], got.items("tdx-quote"), "quotes")
    contains(got.reason("tdx-ioctl"), "the TDREPORT does not carry our REPORTDATA (")
    equal(b"F" * 64, got.one("tdx-report")[128:192], "REPORTDATA")
    assert "nonce" not in got.items("tdx-report")[0], "it has a nonce"


@case("a device that is busy, interrupted or fails once is asked again; the reason says the way out")
def trouble(scratch):
    td = Device()
    report = td.made.td_report(bytes(64), **td.registers)
    for code in (errno.EBUSY, errno.EINTR, errno.EIO):
        td.give(report + bytes([code]))
        got = with_device(scratch, td, "--qgs", td.address, name="%d.ecart" % code)
        equal("ok", got.outcome("tdx-ioctl"), os.strerror(code))
    for code, part in ((errno.EBUSY, "somebody else asks; run again)"), (errno.EIO, "run again)"),
                       (errno.EINVAL, "(see dmesg)")):
        td.give(report + bytes([code]) * 2)
        got = with_device(scratch, td, "--qgs", td.address, status=INCOMPLETE,
                          name="%d-2.ecart" % code)
        equal("failed", got.outcome("tdx-ioctl"), os.strerror(code))
        contains(got.reason("tdx-ioctl"), "dev/tdx_guest: " + os.strerror(code) + " (", part)


@case("a device that knows no ioctl fails, one that is not there is none; --read-only asks nothing")
def no_device(scratch):
    td = Device()
    got = with_device(scratch, td, "--qgs", td.address, "--read-only", status=INCOMPLETE,
                      name="r.ecart")
    equal(("failed", []), (got.outcome("tdx-ioctl"), got.items("tdx-report")), "read-only")
    td.give(b"")
    got = with_device(scratch, td, "--qgs", td.address, status=INCOMPLETE, name="0.ecart")
    equal("failed", got.outcome("tdx-ioctl"), "outcome")
    contains(got.reason("tdx-ioctl"), "dev/tdx_guest: Inappropriate ioctl", "(see which driver")
    os.rename(td.path("dev/tdx_guest"), td.path("dev/tdx-guest"))  # its name of before
    got = with_device(scratch, td, "--qgs", td.address, status=INCOMPLETE, name="1.ecart")
    contains(got.reason("tdx-ioctl"), "dev/tdx-guest: Inappropriate ioctl")
    os.remove(td.path("dev/tdx-guest"))
    os.makedirs(td.path(REPORT))  # what tells that it is a TD
    got = with_device(scratch, td, "--qgs", td.address, status=INCOMPLETE, name="2.ecart")
    equal("absent", got.outcome("tdx-ioctl"), "outcome")
    contains(got.reason("tdx-ioctl"), "dev/tdx_guest: No such file", "(modprobe tdx_guest)")


if __name__ == "__main__":
    why = preload_hindrance()
    if why:
        print("1..0 # SKIP " + why)
        sys.exit(0)
    main(needs_vectors=False)
