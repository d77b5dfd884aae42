# SPDX-License-Identifier: Apache-2.0
"""A SIMULATED confidential VM in a folder, for `ecart collect --root FOLDER`.

  guest.py start FOLDER [--anchors DIR] [--machine azure|td] [--minutes N] [--vtpm PROGRAM]
  guest.py run FOLDER ...            the same, in the foreground
  guest.py stop FOLDER
  guest.py measure FOLDER [COUNT]    files are run: the integrity log and PCR 10 grow
  guest.py fault FOLDER JSON         see faults.py; "clear" takes all away

FOLDER stands for the root directory: logs and DMI files, and ecart-root.json with the addresses of
what is no file. Its state is in FOLDER/.guest. `start` prints one line of JSON when all is there.
Everything listens on loopback or on sockets below FOLDER, ends with the guest, and the guest ends by
itself after at most 30 minutes."""

import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "forge")]

import dates  # noqa: E402,F401  before the rest of forge
import anchors as trust  # noqa: E402
import event_log  # noqa: E402
import evidence  # noqa: E402
import ima_log  # noqa: E402
import imds  # noqa: E402
import ita  # noqa: E402
import maa  # noqa: E402
import machine  # noqa: E402
import pcs  # noqa: E402
import pem  # noqa: E402
import qgs  # noqa: E402
import rsa_key  # noqa: E402
import services  # noqa: E402
import stamp  # noqa: E402
import systemd_log  # noqa: E402
import tsm  # noqa: E402
import vtpm  # noqa: E402
from authority import subject  # noqa: E402

STATE = ".guest"
MINUTES_MAX = 30
START_LIMIT = 120
VTPM = os.environ.get("ECART_VTPM") or os.path.join(SOURCE, "build", "tests", "vtpm")
PREFIX = "anchors/simulated/"


class Guest:
    """All parts of one guest, held by one process."""

    def __init__(self, options):
        self.options, self.root = options, os.path.abspath(options.folder)
        self.state = os.path.join(self.root, STATE)
        self.anchors = os.path.abspath(options.anchors or os.path.join(self.state, "anchors"))
        self.azure = options.machine == "azure"
        for name in ("services", "tsa", "vtpm"):
            os.makedirs(os.path.join(self.state, name), exist_ok=True)
        self.pid_file = open(os.path.join(self.state, "pid"), "w", encoding="ascii")
        fcntl.flock(self.pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.pid_file.write("%d\n" % os.getpid())
        self.pid_file.flush()
        self.vtpm = vtpm.Vtpm(os.path.join(self.state, "vtpm"), os.path.abspath(options.vtpm))
        self.machine = machine.Machine(self.root)

    def start(self):
        log, faults = event_log.firmware(), []
        entries = ima_log.first_entries(log)
        records = systemd_log.booted([name for name, _ in event_log.BANKS])
        provision = threading.Thread(target=self.provision, args=(log, entries, records, faults))
        if self.azure:
            self.vtpm.start()
            provision.start()
        self.services = services.Services(os.path.join(self.state, "services"))
        self.write_anchors()
        if self.azure:
            provision.join()
            if faults:
                raise faults[0]
        else:
            self.ak = rsa_key.fresh()
        self.made = evidence.Evidence(self.ak, rsa_key.fresh(), self.services.http.base)
        if self.azure:
            self.give_certificate()
            self.machine.azure(log, entries, records)
        else:
            self.trust_domain()
        self.serve()
        self.write_root()

    def provision(self, log, entries, records, faults):
        """What needs the TPM alone; runs beside the making of keys."""
        try:
            self.ak = self.vtpm.make_ak()
            banks = [name for name, _ in event_log.BANKS]
            self.vtpm.extend(log.extends + [(ima_log.PCR, entry.extends(banks))
                                            for entry in entries]
                             + [record.extends() for record in records])
        except (OSError, ValueError) as fault:
            faults.append(fault)

    def give_certificate(self):
        leaf = self.made.azure.certificate("leaf")
        self.vtpm.define(vtpm.AK_CERT, vtpm.AK_CERT_SIZE, leaf)
        self.vtpm.give_report(self.made.hcl)

    def trust_domain(self):
        log = event_log.ccel()
        self.registers = {"rtmr%d" % i: log.value("sha384", i + 1) for i in range(4)}
        self.machine.trust_domain(log, dict(self.made.td, **self.registers))
        self.tsm = tsm.Tsm(self.root, self.quote, self.services.faults)
        self.tsm.start()

    def quote(self, report_data):
        return self.made.bare_quote_of(self.made.td_report(report_data, **self.registers))

    def serve(self):
        http, https = self.services.http.base, self.services.https.base
        documents = imds.Imds(self.made, http)
        self.write_anchor("azure-imds-guest.pem", trust.text(
            imds.NAMES[0], "azure-imds-root", *documents.root()))
        trust_authority = ita.Ita(https + ita.PREFIX)
        self.pin(trust_authority)
        parts = [documents, pcs.Pcs(self.made),
                 pcs.Pcs(self.made, "/thim", evidence.OLDER, evidence.STANDARD),
                 pcs.Pccs(self.made, "/pccs"), maa.Maa(https), trust_authority,
                 stamp.Tsa(os.path.join(self.state, "tsa"))]
        for part in parts:
            self.services.add(part.routes())
        self.services.add(pcs.root_crl_routes(self.made))
        self.services.add(pcs.aia_routes(self.made))
        self.services.start()
        self.qgs = qgs.Qgs(os.path.join(self.state, "qgs.sock"), self.made.bare_quote_of,
                           self.services.faults)
        self.qgs.start()

    def write_anchors(self):
        os.makedirs(self.anchors, exist_ok=True)
        for path, data in trust.files().items():
            if path.startswith(PREFIX):
                self.write_anchor(path[len(PREFIX):], data)

    def write_anchor(self, name, data):
        with open(os.path.join(self.anchors, name), "wb") as file:
            file.write(data)

    def pin(self, service):
        """The root of the token service is this guest's own."""
        use, spki = "intel-trust-authority-root", service.authority.keys[0].spki()
        text = trust.text(ita.NAMES[0], use, subject(ita.NAMES[0]), spki,
                          pem.encode("PUBLIC KEY", spki))
        self.write_anchor(use + ".pem", text)

    def write_root(self):
        https = self.services.https.base
        where = {"imds": self.services.http.base, "pcs": https,
                 "root-crl": https + "/IntelSGXRootCA.der", "thim": https + "/thim",
                 "qgs": "unix:" + self.qgs.path}
        if self.azure:
            where["tcti"] = self.vtpm.tcti
        self.machine.write("ecart-root.json", json.dumps(where, indent=2) + "\n")

    def summary(self):
        https = self.services.https.base
        out = {
            "root": self.root, "state": self.state, "machine": self.options.machine,
            "anchors": self.anchors, "ca": self.services.ca, "pid": os.getpid(),
            "http": self.services.http.base, "https": https,
            "https-other-name": self.services.other_name.base, "imds": self.services.http.base,
            "pcs": https, "pccs": https + "/pccs", "thim": https + "/thim", "maa": https,
            "ita": https + ita.PREFIX, "ita-key": ita.KEY, "tsa": https + "/tsa",
            "qgs": "unix:" + self.qgs.path, "vm-id": imds.VM_ID,
            "requests": os.path.join(self.state, "services", "requests.ndjson"),
            "nonces": {"user-data": 64, "tpm-quote": 32, "imds-digits": 10},
            "ends": int(time.time()) + 60 * self.options.minutes}
        if self.azure:
            out.update({"tcti": self.vtpm.tcti, "vtpm": self.vtpm.folder,
                        "swtpm-pid": self.vtpm.process.pid})
        return out

    def stop(self):
        self.vtpm.stop()


def leave(*_):
    raise SystemExit(0)


def run(options):
    """Makes the guest, says so on one line, and holds it until a signal or its time comes."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, leave)
    signal.alarm(60 * options.minutes)
    guest = Guest(options)
    try:
        guest.start()
        text = json.dumps(guest.summary())
        guest.machine.write(os.path.join(STATE, "guest.json"), text + "\n")
        print(text, flush=True)
        while True:
            signal.pause()
    finally:
        guest.stop()


def running(state):
    """The pid of the process that holds the guest, None where there is none."""
    try:
        with open(os.path.join(state, "pid"), encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read())
    except FileNotFoundError:
        pass
    return None


def start(options):
    state = os.path.join(os.path.abspath(options.folder), STATE)
    if os.path.exists(state):
        raise ValueError("%s was a guest before; remove it, or choose another folder"
                         % options.folder)
    os.makedirs(state)
    words = [sys.executable, os.path.abspath(__file__), "run", options.folder, "--machine",
             options.machine, "--minutes", str(options.minutes), "--vtpm", options.vtpm]
    words += ["--anchors", options.anchors] if options.anchors else []
    log = os.path.join(state, "log")
    with open(log, "wb") as file:
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=file, start_new_session=True)
    timer = threading.Timer(START_LIMIT, child.kill)
    timer.start()
    line = child.stdout.readline()
    timer.cancel()
    if not line:
        child.kill()
        child.wait()
        with open(log, encoding="utf-8", errors="replace") as file:
            raise ValueError("the guest did not start:\n" + file.read())
    sys.stdout.write(line.decode())
    child.returncode = 0  # it goes on without us


def stop(options):
    state = os.path.join(os.path.abspath(options.folder), STATE)
    pid = running(state)
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    for _ in range(500):
        if running(state) is None:
            return
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)


def summary_of(options):
    with open(os.path.join(options.folder, STATE, "guest.json"), encoding="utf-8") as file:
        return json.load(file)


def measure(options):
    known = summary_of(options)
    tpm = vtpm.Vtpm(known["vtpm"], options.vtpm)
    tpm.tcti = known["tcti"]
    banks = [name for name, _ in event_log.BANKS]
    for _ in range(options.count):
        entry = ima_log.of_file("/opt/simulated/%d" % time.time_ns())
        machine.Machine(known["root"]).measure([entry])
        tpm.extend([(ima_log.PCR, entry.extends(banks))])


def fault(options):
    base = summary_of(options)["http"]
    if options.json == "clear":
        asked = urllib.request.Request(base + "/_fault", method="DELETE")
    else:
        asked = urllib.request.Request(base + "/_fault", options.json.encode())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(asked, timeout=10):
        pass


def parse(words):
    parser = argparse.ArgumentParser(description="A SIMULATED confidential VM in a folder.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, function in (("start", start), ("run", run), ("stop", stop), ("measure", measure),
                           ("fault", fault)):
        command = commands.add_parser(name)
        command.set_defaults(function=function)
        command.add_argument("folder")
        command.add_argument("--vtpm", default=VTPM)
        if name in ("start", "run"):
            command.add_argument("--anchors")
            command.add_argument("--machine", choices=("azure", "td"), default="azure")
            command.add_argument("--minutes", type=int, choices=range(1, MINUTES_MAX + 1),
                                 metavar="N", default=MINUTES_MAX)
    commands.choices["measure"].add_argument("count", type=int, nargs="?", default=1)
    commands.choices["fault"].add_argument("json")
    return parser.parse_args(words)


def main(words):
    options = parse(words)
    try:
        options.function(options)
    except (ValueError, OSError) as trouble:
        print("guest: %s" % trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
