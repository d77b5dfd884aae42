#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Round trips with a host on loopback whose key is certified and SIMULATED, with a relay in between,
and with hosts that answer otherwise; and the statement of a registry.  nginx, else openssl s_server."""

import atexit
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from collecting import collect, environment, ran, requests
from e2e import FAIL, INCOMPLETE, ROOT, USAGE, case, contains, ecart, equal, main, outcome, write
from stand_in import Kernel, evidence, requests_file, served

import ec
import pem
import roundtrip
import by_hand
import rsa_key
import services
import tls
import x509

TRIES = 5
ANCHORS = os.path.join(ROOT, "testdata", "anchors")
SOURCES = ("--no-collateral", "--source", "tsm-report,poc-tls,poc-registry", "--poc-tries", TRIES)
WORDS = "upper bound on distance to a holder of the key of localhost: %s km, under assumptions A1..A4"
DELAY = 0.02  # of the relay, each way
LIMIT = 20


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def certified(folder, key):
    """Files with the key and its chain: a leaf for localhost under forge's SIMULATED root."""
    def for_localhost(fields):
        kept = [e for e in fields["extensions"] if e[0] != "2.5.29.17"]
        return dict(fields, extensions=kept + [x509.ext_alt_dns("localhost")])

    edits = {"poc.leaf.key": lambda _: key, "poc.leaf.fields": for_localhost}
    pki = roundtrip.Pki(lambda name, value: edits[name](value) if name in edits else value)
    chain = pem.chain(pki.certificate("leaf"), pki.certificate("ca"))
    text = key.pem() if hasattr(key, "pem") else pem.encode("PRIVATE KEY", key.pkcs8())
    return (write(os.path.join(folder, "leaf.pem"), chain.encode()),
            write(os.path.join(folder, "leaf.key"), text.encode()))


class Edge:
    """A web server on a port of its own. old: TLS 1.2 alone; group: the one it insists on."""

    def __init__(self, key=None, old=False, group=None):
        self.folder, self.port = tempfile.mkdtemp(prefix="ecart-edge-"), free_port()
        chain, secret = certified(self.folder, key or ec.key("poc leaf"))
        words = (self.nginx if shutil.which("nginx") else self.s_server)(chain, secret, old, group)
        self.child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
        atexit.register(self.end)
        end = time.monotonic() + LIMIT
        while not is_open(self.port):
            assert time.monotonic() < end and self.child.poll() is None, "the web server does not start"
            time.sleep(0.05)

    def nginx(self, chain, secret, old, group):
        text = """daemon off; pid %(folder)s/pid; error_log /dev/null; worker_processes 1;
            events { worker_connections 64; }
            http { access_log off; client_body_temp_path %(folder)s; proxy_temp_path %(folder)s;
              fastcgi_temp_path %(folder)s; uwsgi_temp_path %(folder)s; scgi_temp_path %(folder)s;
              server { listen 127.0.0.1:%(port)d ssl; ssl_protocols %(protocol)s;
                ssl_certificate %(chain)s; ssl_certificate_key %(secret)s; %(more)s } }
            """ % {"folder": self.folder, "port": self.port, "chain": chain, "secret": secret,
                   "protocol": "TLSv1.2" if old else "TLSv1.2 TLSv1.3",
                   "more": "ssl_ecdh_curve %s;" % group if group else ""}
        return ["nginx", "-c", write(os.path.join(self.folder, "conf"), text.encode())]

    def s_server(self, chain, secret, old, group):
        return ["openssl", "s_server", "-accept", "127.0.0.1:%d" % self.port, "-www", "-quiet", "-cert",
                chain, "-cert_chain", chain, "-key", secret, "-tls1_2" if old else "-tls1_3",
                *(["-groups", group] if group else [])]

    def end(self):
        self.child.terminate()
        self.child.wait(LIMIT)
        shutil.rmtree(self.folder, ignore_errors=True)


class Relay:
    """Passes bytes on to a port, each piece after a delay, and looks at none."""

    def __init__(self, port):
        self.to, self.n, self.listener = port, 0, socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.loop, daemon=True).start()

    def loop(self):
        while True:
            ours = self.listener.accept()[0]
            theirs = socket.create_connection(("127.0.0.1", self.to))
            self.n += 1
            for a, b in ((ours, theirs), (theirs, ours)):
                threading.Thread(target=self.carry, args=(a, b), daemon=True).start()

    @staticmethod
    def carry(source, sink):
        try:
            for piece in iter(lambda: source.recv(65536), b""):
                time.sleep(DELAY)
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:  # one side went
            pass


def asked(scratch, port, *words, **options):
    return collect(scratch, Kernel().root, *SOURCES, "--poc", "localhost:%d" % port, "--force", *words,
                   **options)


def judged(got, *words):
    """The report under the SIMULATED anchors."""
    done = ecart("replay", got.archive, "--anchors", ANCHORS, "--format", "json", *words, status=INCOMPLETE)
    return json.loads(done.stdout)


def said_of(report, check, member):
    return next(row.get(member, "") for row in report["checks"] if row["id"] == check)


def reason(report, check):
    return said_of(report, check, "reason")


def record(got):
    return json.loads(got.one("poc-tls-transcript"))


def assert_bound(got):
    """Each try's nonce is in its hello, and the times are those of the record."""
    entries = [e for e in got.manifest["binding"]["nonces"] if e["use"] == "tls"]
    tries, times = record(got)["tries"], got.one("poc-tls-times")
    equal(list(range(TRIES)), [e["index"] for e in entries], "bound")
    for number, one in enumerate(tries):
        flight = tls.Flight([roundtrip.base64.b64decode(m) for m in one["messages"]])
        want = hashlib.sha256(b"ecart/1 tls\0" + got.session_root + number.to_bytes(4, "big")).digest()
        equal((want, "localhost"), (flight.nonce, flight.host()), "nonce and name")
        ns = int(one["end"]["ns"]) - int(one["start"]["ns"])
        equal(ns, int.from_bytes(times[8 * number:8 * number + 8], "little"), "time")
    starts = [int(one["start"]["ns"]) for one in tries]
    assert all(b - a > 150_000_000 for a, b in zip(starts, starts[1:])), "more than five a second"


@case("five handshakes with the host and five through a relay: both pass, in the same words")
def direct_and_relayed(scratch):
    edge = Edge()
    relay, said, kms = Relay(edge.port), [], []
    for name, port in (("direct", edge.port), ("relayed", relay.port)):
        got = asked(scratch, port, name=name + ".ecart")
        equal("ok", got.outcome("poc-tls"), got.reason("poc-tls"))
        assert_bound(got)
        report = judged(got)
        equal(("pass", "pass"), (outcome(report, "bind.tls"), outcome(report, "place.tls")), name)
        facts = report["facts"]["roundtrip"]
        equal((TRIES, 0, 0, True), (facts["tries"], facts["failed"], facts["retried"], facts["trusted"]),
              name)
        # on loopback a handshake may take less than the mean of TCP's own trips
        equal(WORDS % facts["boundKm"] + ("; its time is less than its connection's own"
                                          if facts["fastest"]["belowTcpRtt"] else ""),
              said_of(report, "place.tls", "got"), name)
        kms.append(int(facts["boundKm"]))
        said.append([facts[m] for m in ("grade", "assumptions", "limits", "revocation")])
    equal(TRIES, relay.n, "through the relay")
    equal(said[0], said[1], "what is said of a relay that nobody can see")
    equal("circumstantial", said[0][0], "grade")
    equal({"bind.tls": 1}, {check: n for check, n in by_hand.agreeing(
        scratch, got.archive, "--anchors", ANCHORS).items() if check == "bind.tls"}, "by hand")
    assert kms[1] > kms[0] and kms[1] >= 150 * 2000 * DELAY, kms
    text = ecart("replay", got.archive, "--anchors", ANCHORS, "--full", status=INCOMPLETE).stdout.decode()
    contains(" ".join(text.split()), "circumstantial: " + WORDS % kms[1], "a relay: a rented machine")


@case("an RSA key signs by PSS; a group of its own makes two trips of a try; both are judged")
def other_servers(scratch):
    report = judged(asked(scratch, Edge(key=rsa_key.fresh()).port))
    equal("pass", outcome(report, "place.tls"), reason(report, "place.tls"))
    contains(report["facts"]["roundtrip"]["fastest"]["scheme"], "rsa_pss_rsae_")
    report = judged(asked(scratch, Edge(group="secp384r1").port))
    facts = report["facts"]["roundtrip"]
    equal(("pass", TRIES, "secp384r1"), (outcome(report, "place.tls"), facts["retried"],
                                         facts["fastest"]["group"]), reason(report, "place.tls"))


@case("without an anchor the root is named and not judged; under another time the path is not good")
def anchors(scratch):
    got = asked(scratch, Edge().port)
    folder = os.path.join(scratch, "anchors")
    shutil.copytree(ANCHORS, folder)
    os.remove(os.path.join(folder, "simulated", "tls-root.pem"))
    report = json.loads(ecart("replay", got.archive, "--anchors", folder, "--format", "json",
                              status=INCOMPLETE).stdout)
    equal(("pass", "skip"), (outcome(report, "bind.tls"), outcome(report, "place.tls")), "outcomes")
    contains(reason(report, "place.tls"), "unknown-root: ", "SIMULATED TLS root")
    assert not report["facts"]["roundtrip"]["trusted"], "trusted"
    early = ecart("replay", got.archive, "--anchors", ANCHORS, "--format", "json", "--at", "@1600000000",
                  status=FAIL)
    contains(reason(json.loads(early.stdout), "place.tls"), "path: try 0: valid from ")


@case("a server of TLS 1.2 alone, nobody, and one that is silent: refused with the reason, none is kept")
def refused(scratch):
    def none(port, *words):
        got = asked(scratch, port, *words, status=INCOMPLETE)
        equal(("failed", []), (got.outcome("poc-tls"), got.items("poc-tls-transcript")), "outcome")
        return got.reason("poc-tls")

    contains(none(Edge(old=True).port), "does not speak TLS 1.3", "1 tries failed")
    contains(none(free_port()), "Connection refused", "%d tries failed" % TRIES)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        contains(none(silent.getsockname()[1], "--timeout", "1"), "no answer in time")


@case("tries that fail are kept and counted; only those that came to an end are bound")
def some_fail(scratch):
    edge = Edge()

    class Fickle(Relay):
        def loop(self):
            while True:
                ours = self.listener.accept()[0]
                self.n += 1
                if self.n == 2:
                    ours.close()
                    continue
                theirs = socket.create_connection(("127.0.0.1", self.to))
                for a, b in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self.carry, args=(a, b), daemon=True).start()

    got = asked(scratch, Fickle(edge.port).port)
    equal([0, 2, 3, 4], [e["index"] for e in got.manifest["binding"]["nonces"] if e["use"] == "tls"],
          "bound")
    assert record(got)["tries"][1]["failed"], "why"
    equal(b"\xff" * 8, got.one("poc-tls-times")[8:16], "its time")
    report = judged(got)
    equal(("pass", 1), (outcome(report, "place.tls"), report["facts"]["roundtrip"]["failed"]), "place")


@case("a registry whose address is too long is not asked at another one")
def long_registry(scratch):
    base = served().https.base
    for size, outcome_ in ((1015, "failed"), (1016, "failed")):
        url = base + "/" + "a" * (size - len(base) - 1)
        got, rows = registered(scratch, "--poc-registry", url, status=INCOMPLETE)
        equal((outcome_, size == 1015), (got.outcome("poc-registry"), bool(rows)), got.reason("poc-registry"))
        if size == 1016:
            contains(got.reason("poc-registry"), "longer than 1023 bytes")


@case("no proxy is asked; a plan asks nobody; an address, a wrong port, a wrong number are usage errors")
def usage(scratch):
    edge = Edge()
    proxied = environment(https_proxy="http://127.0.0.1:1", all_proxy="http://127.0.0.1:1")
    equal("ok", asked(scratch, edge.port, env=proxied).outcome("poc-tls"), "past the proxy")
    relay, root = Relay(edge.port), Kernel().root
    done = ran("collect", "--root", root, "-o", os.path.join(scratch, "p"), "--dry-run", "--poc",
               "localhost:%d" % relay.port, "--poc-registry", "https://registry.simulated.invalid")
    contains(done.out, "localhost:%d" % relay.port, "https://registry.simulated.invalid",
             "sent the quote")
    equal(0, relay.n, "handshakes of a plan")
    for words in (("--poc", "127.0.0.1:443"), ("--poc", "0x7f000001"), ("--poc", "localhost:0"), ("--poc", "a", "--poc-tries", "0"),
                  ("--poc", "a", "--poc-tries", "1001")):
        ran("collect", "--root", root, "-o", os.path.join(scratch, "p"), *words, status=USAGE)


@case("without a session there is no nonce, and no handshake")
def no_session(scratch):
    relay = Relay(1)
    got = asked(scratch, relay.port, "--skip", "host", status=INCOMPLETE)
    contains(got.reason("poc-tls"), "source host")
    equal(0, relay.n, "handshakes")


def statement(request):
    """A registry that knows every machine."""
    quote = bytes.fromhex(request.json()["quote"])
    number = hashlib.sha256(evidence.intel_pki.SGX["ppid"]).hexdigest()[:32]
    claims = {"quote_hash": hashlib.sha256(quote).hexdigest(), "machine_id": number, "label": "rack 7"}
    token = roundtrip.tokens.compact({"alg": "RS256", "kid": "SIMULATED"}, claims,
                                     roundtrip.rsa.key("registry"))
    return services.Reply({"machineId": number, "label": "rack 7", "jwt": token.decode()})


def registered(scratch, *words, **options):
    before = len(requests(requests_file()))
    got = collect(scratch, Kernel().root, *SOURCES, "--cacert", served().ca, "--force", *words, **options)
    return got, requests(requests_file())[before:]


@case("a registry is asked where its address is given, and there alone; what it says is its word")
def registry(scratch):
    served().add({("POST", "/get_jwt"): statement})
    _, before = registered(scratch)
    equal([], before, "asked without consent")
    got, rows = registered(scratch, "--poc-registry", served().https.base)
    equal(("ok", ["/get_jwt"]), (got.outcome("poc-registry"), [row["path"] for row in rows]),
          got.reason("poc-registry"))
    report = judged(got)
    equal("pass", outcome(report, "place.registry"), reason(report, "place.registry"))
    facts = report["facts"]["registry"]
    equal(("rack 7", "not judged", "circumstantial", served().https.base + "/get_jwt"),
          (facts["label"], facts["signature"], facts["grade"], facts["asked"]), "facts")
    served().add({("POST", "/get_jwt"): lambda _: services.Reply({"error": "not whitelisted"}, status=403)})
    got, rows = registered(scratch, "--poc-registry", served().https.base, status=INCOMPLETE)
    contains(got.reason("poc-registry"), "403")
    equal([], got.items("poc-registry"), "kept")


if __name__ == "__main__":
    main(needs_vectors=False)
