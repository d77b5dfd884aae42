# SPDX-License-Identifier: Apache-2.0
"""A SIMULATED TD or enclave in a folder, with its services, in the test's own process: what a suite
takes where it wants to say itself what the kernel and the services answer (a whole guest is
held_guest.py)."""

import atexit
import ctypes
import functools
import json
import os
import select
import shutil
import sys
import tempfile
import threading
import time

from e2e import ROOT

sys.path[:0] = [os.path.join(ROOT, "tests", "guest"), os.path.join(ROOT, "tests", "forge")]

import dates  # noqa: E402,F401  before the rest of forge
import ec  # noqa: E402
import event_log  # noqa: E402
import evidence  # noqa: E402
import faults  # noqa: E402
import machine  # noqa: E402
import qgs  # noqa: E402
import quote as quotes  # noqa: E402
import rsa_key  # noqa: E402
import services  # noqa: E402
import tsm  # noqa: E402

CLOSE_WRITE = 0x8
LIBC = ctypes.CDLL(None, use_errno=True)


@functools.lru_cache(maxsize=None)
def key():
    return rsa_key.fresh()


def made(fmspc=None):
    """Evidence of a processor; fmspc: another than SIMULATED ones have."""
    out = evidence.Evidence(key(), key(), "http://127.0.0.1:1")
    if fmspc:
        out.edits["pki.pck.sgx"] = lambda sgx: dict(sgx, fmspc=bytes.fromhex(fmspc))
    return out


def sgx_quote(source, report_data):
    """A quote of an enclave (dcap.md 1.3), by the same quoting enclave."""
    parts = dict(source.quote_parts, body_type=0, padding=b"")
    parts["header"] = quotes.pack(quotes.HEADER, {
        "version": quotes.le(4, 2), "key_type": quotes.le(2, 2), "vendor": quotes.VENDOR,
        "user_data": b"SIMULATED-QE-ID-" + bytes(4)})
    parts["body"] = quotes.pack(quotes.SGX_REPORT, {
        "mrenclave": b"SIMULATED-ENCLAV" * 2, "mrsigner": b"SIMULATED-SIGNER" * 2,
        "flags": quotes.le(5, 8), "xfrm": quotes.le(0xE7, 8),
        "cpusvn": evidence.intel_pki.SGX["cpusvn"], "report_data": report_data})
    parts["signature"] = ec.key("attestation key").sign_raw(quotes.signed_part(parts))
    return quotes.encode(parts)


class Folder:
    """A root directory that goes with the process."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="ecart-stand-in-")
        atexit.register(shutil.rmtree, self.folder, True)
        os.chmod(self.folder, 0o755)
        self.root = os.path.join(self.folder, "root")
        self.machine = machine.Machine(self.root)
        self.machine.common("SIMULATED")

    def path(self, *names):
        return os.path.join(self.root, *names)

    def where(self, **addresses):
        """What is no file: ecart-root.json."""
        self.machine.write("ecart-root.json", json.dumps(addresses) + "\n")


class Kernel(Folder):
    """A TD whose kernel answers at configfs-tsm."""

    def __init__(self, source=None):
        super().__init__()
        self.made, self.faults = source or made(), faults.Faults()
        log = event_log.ccel()
        self.registers = {"rtmr%d" % i: log.value("sha384", i + 1) for i in range(4)}
        self.machine.trust_domain(log, dict(self.made.td, **self.registers))
        self.tsm = tsm.Tsm(self.root, self.quote, self.faults)
        self.tsm.start()

    def quote(self, report_data):
        return self.made.bare_quote_of(self.made.td_report(report_data, **self.registers))


class Device(Folder):
    """A TD whose kernel has no configfs-tsm: a TDREPORT from /dev/tdx_guest (preloaded tdx_guest), a
    quote from the host's service, which takes reports of its own processor alone."""

    def __init__(self, source=None):
        super().__init__()
        self.made, self.faults = source or made(), faults.Faults()
        log = event_log.ccel()
        self.registers = {"rtmr%d" % i: log.value("sha384", i + 1) for i in range(4)}
        self.machine.trust_domain(log, dict(self.made.td, **self.registers))
        self.give(self.made.td_report(bytes(64), **self.registers))
        self.qgs = qgs.Qgs(os.path.join(self.folder, "qgs"), self.made.bare_quote_of, self.faults)
        self.qgs.start()
        self.address = "unix:" + self.qgs.path

    def give(self, report):
        """What the device fills in; without it no ioctl succeeds."""
        self.machine.write("dev/tdx_guest", report)


class Enclave(Folder):
    """A process under Gramine: 64 bytes into user_report_data, and quote is over them."""

    def __init__(self, kind="dcap", source=None):
        super().__init__()
        self.made, self.asked, self.delay = source or made(), 0, 0
        self.put("attestation_type", kind.encode())
        for name in ("user_report_data", "target_info"):
            self.put(name, b"")
        self.put("my_target_info", b"SIMULATED-TARGET" * 32)
        self.put("quote", sgx_quote(self.made, bytes(64)))
        self.fd = LIBC.inotify_init1(0o2000000)
        for name in ("user_report_data", "target_info"):
            LIBC.inotify_add_watch(self.fd, os.fsencode(self.dev(name)), CLOSE_WRITE)
        threading.Thread(target=self.loop, daemon=True).start()

    def dev(self, name):
        return self.path("dev", "attestation", name)

    def put(self, name, content):
        """At once: a reader sees the old file or the new one."""
        self.machine.write("dev/attestation/." + name, content)
        os.rename(self.dev("." + name), self.dev(name))

    def loop(self):
        while True:
            select.select([self.fd], [], [])
            os.read(self.fd, 65536)
            try:
                self.answer()
            except OSError:  # the folder goes with the process
                return

    def answer(self):
        with open(self.dev("user_report_data"), "rb") as file:
            data = file.read()
        if len(data) == 64:
            self.asked += 1
            time.sleep(self.delay)
            self.put("quote", sgx_quote(self.made, data))
        self.put("report", b"SIMULATED-REPORT" * 27)


@functools.lru_cache(maxsize=None)
def served():
    """Services on loopback without routes; an address each for http and https, and their CA."""
    folder = tempfile.mkdtemp(prefix="ecart-services-")
    atexit.register(shutil.rmtree, folder, True)
    out = services.Services(folder)
    out.start()
    return out


def requests_file():
    return os.path.join(served().folder, "requests.ndjson")
