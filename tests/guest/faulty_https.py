# SPDX-License-Identifier: Apache-2.0
"""HTTPS on loopback that answers well or with every fault a client must bear.

Prints one line a thing ("ca PATH", "https PORT", ...) and then "ready"; lives until its standard
input ends, and two minutes at the most.  Its keys and certificates are made by the openssl command
in a folder that goes with it.
"""

import http.server
import os
import select
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

LIFETIME = 120
CHAIN = "-----BEGIN%20CERTIFICATE-----%0AMIIB+x%2Bz%2F%3D%0A-----END%20CERTIFICATE-----%0A"
JSON = "application/json"
MIB = 1 << 20

seen = []  # requests that came, each with its headers, as text
counts = {}  # how often a path was asked
proxied = []  # what the proxy was asked


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Faulty"
    sys_version = ""

    def log_message(self, *_):
        """Says nothing: standard error is the test's."""

    def whole(self, status, kind, body, extra=()):
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        for name, value in extra:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def raw(self, text):
        self.wfile.write(text)
        self.wfile.flush()
        self.close_connection = True

    def begin(self, length, kind=JSON):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def good(self):
        self.whole(200, JSON + "; charset=utf-8", b'{"good":true}')

    def slow(self):
        self.begin(5)
        for byte in b"12345":
            time.sleep(0.1)
            self.raw(bytes([byte]))

    def trickle(self):
        self.begin(1000)
        for _ in range(100):
            time.sleep(0.1)
            self.raw(b".")

    def never(self):
        time.sleep(30)
        self.close_connection = True

    def cut(self):
        self.begin(1000)
        self.raw(b"only this")

    def cut_headers(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/js")

    def cut_chunk(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                 b"2\r\n{}\r\n")

    def closed(self):  # no length, and no close_notify of TLS either: anybody could have cut it
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}")

    def odd_length(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}")

    def odd_coding(self):
        self.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n{}")

    def nothing(self):
        self.close_connection = True

    def large(self):
        self.begin(5 * MIB)
        self.raw(b"x" * (5 * MIB))

    def limit(self):
        self.whole(200, "application/octet-stream", b"x" * (4 * MIB))

    def endless(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            self.raw(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    def headers_many(self):
        line = b"X-%d: " + b"y" * 1000 + b"\r\n"
        self.raw(b"HTTP/1.1 200 OK\r\n" + b"".join(line % n for n in range(270)))
        self.raw(b"Content-Length: 2\r\n\r\n{}")

    def header_long(self):
        self.raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200000 + b"\r\nContent-Length: 2\r\n\r\n{}")

    def busy(self):
        self.whole(429, JSON, b"{}", [("Retry-After", "2")])

    def twice(self):
        bad = counts[self.path] <= 2
        self.whole(500 if bad else 200, JSON, b'{"error":"at first"}' if bad else b'{"third":true}')

    def gone_once(self):
        bad = counts[self.path] <= 1
        self.whole(410 if bad else 200, JSON, b"{}")

    def absent(self):
        self.whole(404, JSON, b'{"error":"no \x1b[31m such\n thing"}')

    def moved(self):
        self.whole(301, JSON, b"{}", [("Location", "/good")])

    def html(self):
        self.whole(200, "text/html", b"<!DOCTYPE html><title>Sign in</title>")

    def html_as_json(self):
        self.whole(200, JSON, b"\n <HTML><title>Sign in</title>")

    def text(self):
        self.whole(200, "text/plain", b"\xff\x00 plain" + b"+" * 200)

    def untyped(self):
        self.whole(200, None, b"{}")

    def encoded(self):
        self.whole(200, JSON, b"\x1f\x8b\x08", [("Content-Encoding", "gzip")])

    def empty(self):
        self.whole(204, None, b"")

    def chain(self):
        self.whole(200, JSON, b"{}", [("tcb-info-issuer-CHAIN", "  %s " % CHAIN)])

    def interim(self):
        self.raw(b"HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"
                 b"HTTP/1.1 200 Fine\r\nX-Final: 1\r\nContent-Type: application/json\r\n"
                 b"Transfer-Encoding: chunked\r\nTrailer: X-Trailer\r\n\r\n"
                 b"2\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n")

    def old(self):
        self.raw(b"just text, as HTTP/0.9 had it\n" * 9)

    def echo(self):
        self.whole(200, "text/plain", seen[-1].encode())

    def last(self):
        self.whole(200, "text/plain", seen[-2].encode())

    def echo_refused(self):
        self.whole(403, "text/plain", seen[-1].encode())

    def proxy_seen(self):
        self.whole(200, "text/plain", "\n".join(proxied).encode())

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("latin-1")
        seen.append("%s\n%s\n%s" % (self.requestline, self.headers, body))
        counts[self.path] = counts.get(self.path, 0) + 1
        what = getattr(self, PATHS.get(self.path.split("?")[0], "absent"))
        try:
            what()
        except OSError:  # the client had enough of it
            self.close_connection = True

    do_GET = do_POST = answer


PATHS = {"/" + name.replace("_", "-"): name for name in (
    "good", "slow", "trickle", "never", "cut", "cut_headers", "cut_chunk", "closed", "odd_length", "odd_coding",
    "nothing", "large", "limit", "endless", "headers_many", "header_long", "busy", "twice", "gone_once", "moved",
    "html", "html_as_json", "text", "untyped", "encoded", "empty", "chain", "interim", "old", "echo", "last",
    "echo_refused", "proxy_seen")}


class Proxy(socketserver.StreamRequestHandler):
    """Answers CONNECT for loopback alone."""

    def handle(self):
        head = []
        while True:
            line = self.rfile.readline(65536).decode("latin-1").strip()
            if not line:
                break
            head.append(line)
        proxied.append("\n".join(head))
        if self.server.refuses:
            self.wfile.write(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
            return
        port = int(head[0].split()[1].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as there:
            self.wfile.write(b"HTTP/1.1 200 Through\r\nX-Proxy: 1\r\n\r\n")
            self.forward(there)

    def forward(self, there):
        pairs = {self.connection: there, there: self.connection}
        while True:
            for ready in select.select(list(pairs), [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    return
                pairs[ready].sendall(data)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    context = None
    refuses = False

    def get_request(self):
        connection, address = super().get_request()
        connection.settimeout(40)
        if self.context:
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, client_address):
        """A client that goes away is what is tested."""


def openssl(folder, *words):
    subprocess.run(("openssl",) + words, cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def make_authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=SIMULATED " + name, "-keyout", name + ".key", "-out", name + ".pem",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")


def make_leaf(folder, authority, name, names):
    with open(os.path.join(folder, name + ".ext"), "w", encoding="ascii") as out:
        out.write("basicConstraints=CA:FALSE\nsubjectAltName=%s\n" % names)
    openssl(folder, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=SIMULATED " + name, "-keyout", name + ".key", "-out", name + ".csr")
    openssl(folder, "x509", "-req", "-in", name + ".csr", "-CA", authority + ".pem", "-CAkey", authority + ".key",
            "-CAcreateserial", "-days", "1", "-extfile", name + ".ext", "-out", name + ".pem")


def context(folder, name, old=False):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key"))
    if old:
        warnings.simplefilter("ignore", DeprecationWarning)
        made.set_ciphers("DEFAULT:@SECLEVEL=0")
        made.minimum_version = ssl.TLSVersion.TLSv1
        made.maximum_version = ssl.TLSVersion.TLSv1_1
    return made


def start(name, handler, tls=None, refuses=False):
    server = Server(("127.0.0.1", 0), handler)
    server.context = tls
    server.refuses = refuses
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(name, server.server_address[1])


def main():
    with tempfile.TemporaryDirectory(prefix="ecart-test-https-") as folder:
        make_authority(folder, "ca")
        make_authority(folder, "stranger")
        make_leaf(folder, "ca", "leaf", "IP:127.0.0.1,DNS:localhost")
        make_leaf(folder, "ca", "other", "DNS:elsewhere.example")
        make_leaf(folder, "stranger", "unknown", "IP:127.0.0.1")
        print("ca", os.path.join(folder, "ca.pem"))
        start("https", Answers, context(folder, "leaf"))
        start("http", Answers)
        start("other-name", Answers, context(folder, "other"))
        start("unknown-ca", Answers, context(folder, "unknown"))
        start("old-tls", Answers, context(folder, "leaf", old=True))
        start("proxy", Proxy)
        start("refusing-proxy", Proxy, refuses=True)
        print("ready", flush=True)
        select.select([sys.stdin], [], [], LIFETIME)


if __name__ == "__main__":
    main()
