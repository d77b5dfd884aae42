# SPDX-License-Identifier: Apache-2.0
"""A time-stamping authority (RFC 3161) by `openssl ts`, with forge's SIMULATED certificates."""

import os
import threading

import ec
import pem
import services
import tool
import tsa

CONFIG = """[tsa]
default_tsa = simulated
[simulated]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
default_policy = %s
digests = sha256, sha384, sha512
accuracy = secs:1
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
""" % tsa.POLICY


class Tsa:
    """folder: for its key, certificate and serial number."""

    def __init__(self, folder):
        self.folder, self.lock = folder, threading.Lock()
        os.makedirs(folder, exist_ok=True)
        self.put("tsa.conf", CONFIG)
        self.put("serial", "01\n")
        self.put("signer.pem", pem.chain(tsa.certificate()))
        self.put("signer.key", pem.encode("PRIVATE KEY", ec.key("tsa").pkcs8()))

    def put(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
            file.write(text)

    def routes(self):
        return {("POST", "/tsa"): self.stamp}

    def stamp(self, request):
        if request.headers.get("Content-Type") != "application/timestamp-query":
            return services.Reply("not a query", "text/plain", 415)
        query, answer = os.path.join(self.folder, "query"), os.path.join(self.folder, "answer")
        with self.lock:  # one serial number each
            with open(query, "wb") as file:
                file.write(request.body)
            tool.run("openssl", "ts", "-reply", "-config", "tsa.conf", "-queryfile", query, "-out",
                     answer, cwd=self.folder)
            with open(answer, "rb") as file:
                return services.Reply(file.read(), "application/timestamp-reply")
