# SPDX-License-Identifier: Apache-2.0
"""HTTP and HTTPS on loopback: a table of routes, a log of requests, faults on demand."""

import http.server
import json
import os
import ssl
import threading
import time
import urllib.parse

import faults
import tool

LIMIT = 1 << 20  # of a request's body
LOOPBACK = "127.0.0.1"


class Request:
    """What was asked; fault is the rule that is played on it."""

    def __init__(self, handler, body, fault):
        parts = urllib.parse.urlsplit(handler.path)
        self.method, self.path, self.headers = handler.command, parts.path, handler.headers
        self.query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        self.body, self.fault, self.base = body, fault, handler.server.base

    def json(self):
        value = json.loads(self.body)
        if not isinstance(value, dict):
            raise ValueError("the body is no object")
        return value


class Reply:
    """What is answered."""

    def __init__(self, body, kind="application/json", status=200, headers=None):
        if isinstance(body, (dict, list)):
            body = json.dumps(body, separators=(",", ":"))
        self.body = body.encode() if isinstance(body, str) else body
        self.type, self.status, self.headers = kind, status, headers or {}
        self.truncate, self.slow = False, 0


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "SIMULATED", ""
    timeout = 30
    disable_nagle_algorithm = True  # else a body waits 40 ms for the acknowledgment of its headers

    def log_message(self, *_):
        """Requests are logged by the services."""

    def answer(self):
        size = int(self.headers.get("Content-Length") or 0)
        if not 0 <= size <= LIMIT:
            self.close_connection = True
            return
        body = self.rfile.read(size)
        path = urllib.parse.urlsplit(self.path).path
        fault = {} if path == "/_fault" else self.server.services.faults.take(path)
        request = Request(self, body, fault)
        begin = time.monotonic()
        reply = self.server.services.reply(request)
        self.server.services.note(request, reply, time.monotonic() - begin)
        self.send(reply)

    do_GET = do_POST = do_DELETE = answer

    def send(self, reply):
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        body = reply.body
        if reply.truncate:
            body, self.close_connection = body[:len(body) // 2], True
        step = 64 if reply.slow else max(len(body), 1)
        for at in range(0, len(body), step):
            self.wfile.write(body[at:at + step])
            time.sleep(reply.slow)


class Server(http.server.ThreadingHTTPServer):
    """On a port that the system chooses; with TLS where a context is given."""

    daemon_threads = True

    def __init__(self, services, context=None):
        super().__init__((LOOPBACK, 0), Handler)
        self.services, self.context = services, context
        self.base = "%s://%s:%d" % ("https" if context else "http", LOOPBACK, self.server_port)

    def finish_request(self, request, client_address):
        """The handshake is made by the connection's own thread, so that nobody holds up others."""
        request.settimeout(Handler.timeout)
        try:
            if self.context:
                request = self.context.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
            if self.context:
                request.unwrap()
        except OSError:  # a client that goes, or refuses the certificate, is no trouble of ours
            pass


def certificates(folder):
    """An own authority, a certificate for loopback, and one for another name; by openssl."""
    def path(name):
        return os.path.join(folder, name)

    def openssl(*words):
        tool.run("openssl", *words, cwd=folder)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj",
            "/O=SIMULATED/CN=SIMULATED loopback CA")
    for name, alternative in (("server", "IP:127.0.0.1,DNS:localhost"),
                              ("other", "DNS:other.simulated.invalid")):
        with open(path(name + ".ext"), "w", encoding="ascii") as file:
            file.write("subjectAltName=%s\nbasicConstraints=critical,CA:false\n" % alternative)
        openssl("req", "-new", *key, "-keyout", name + ".key", "-out", name + ".csr", "-subj",
                "/O=SIMULATED/CN=SIMULATED " + name)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "30", "-extfile", name + ".ext", "-out", name + ".pem")
    return path("ca.pem")


def context(folder, name):
    out = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    out.load_cert_chain(os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key"))
    return out


class Services:
    """All services of one guest. Routes are added before or after the start."""

    def __init__(self, folder):
        self.folder, self.routes, self.faults = folder, {}, faults.Faults()
        self.lock = threading.Lock()
        self.ca = certificates(folder)
        self.http = Server(self)
        self.https = Server(self, context(folder, "server"))
        self.other_name = Server(self, context(folder, "other"))
        self.add({("POST", "/_fault"): self.set_fault, ("DELETE", "/_fault"): self.clear_faults})

    def servers(self):
        return (self.http, self.https, self.other_name)

    def start(self):
        for server in self.servers():
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()

    def add(self, routes):
        """routes: {(method, path): function of a Request that gives a Reply}."""
        self.routes.update(routes)

    def set_fault(self, request):
        self.faults.add(request.json())
        return Reply({})

    def clear_faults(self, _):
        self.faults.clear()
        return Reply({})

    def reply(self, request):
        function = self.routes.get((request.method, request.path))
        try:
            if function:
                reply = function(request)
            elif any(path == request.path for _, path in self.routes):
                reply = Reply({"error": "method"}, status=405)
            else:
                reply = Reply(faults.HTML, "text/html; charset=utf-8", 404)
        except (ValueError, KeyError, TypeError) as fault:
            reply = Reply({"error": str(fault)}, status=400)
        faults.spoil(request.fault, reply)
        return reply

    def note(self, request, reply, seconds):
        """One line of requests.ndjson, so that a test sees what a client sent."""
        row = {"server": request.base, "method": request.method, "path": request.path,
               "query": request.query, "headers": list(request.headers.items()),
               "size": len(request.body), "status": reply.status,
               "ms": round(1000 * seconds, 1)}
        with self.lock, open(os.path.join(self.folder, "requests.ndjson"), "a",
                             encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
