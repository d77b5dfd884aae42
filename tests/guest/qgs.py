# SPDX-License-Identifier: Apache-2.0
"""A quote generation service on a unix socket (collect.md 5): framed requests, quotes for TDREPORTs.

Faults, by the path "qgs": {"frame": true} answers without the length before the message,
{"sizes": true} with lengths that run over the end, {"error": CODE} with an error of QGS,
{"message": TYPE} with another type, {"truncate": true} with half of it, {"delay": S} late."""

import os
import socketserver
import struct
import threading

HEADER = struct.Struct("<HHIII")  # major, minor, type, size of all, error
REQUEST, RESPONSE = 0, 1
FRAME_MAX = 1 << 20
WRONG_SIZE, WRONG_TYPE, WRONG_PARAMETER = 0x12005, 0x12004, 0x12003


def message(kind, error, quote):
    body = struct.pack("<II", 0, len(quote)) + quote
    return HEADER.pack(1, 1, kind, HEADER.size + len(body), error) + body


def answer(data, quote_of):
    """The response to one request."""
    if len(data) < HEADER.size:
        return message(RESPONSE, WRONG_SIZE, b"")
    _, _, kind, size, _ = HEADER.unpack_from(data)
    if kind != REQUEST:
        return message(kind + 1, WRONG_TYPE, b"")
    if size != len(data) or size != HEADER.size + 8 + 1024:
        return message(RESPONSE, WRONG_SIZE, b"")
    try:
        return message(RESPONSE, 0, quote_of(data[HEADER.size + 8:]))
    except ValueError:
        return message(RESPONSE, WRONG_PARAMETER, b"")


def spoiled(fault, data):
    """The bytes that are sent, as the fault says."""
    if "error" in fault:
        data = message(RESPONSE, fault["error"], b"")
    if "message" in fault:
        data = data[:4] + struct.pack("<I", fault["message"]) + data[8:]
    if fault.get("sizes"):
        data = data[:16] + struct.pack("<II", 0xFFFFFFF0, 0x7FFFFFFF) + data[24:]
    if not fault.get("frame"):
        data = struct.pack(">I", len(data)) + data
    return data[:len(data) // 2] if fault.get("truncate") else data


class Handler(socketserver.StreamRequestHandler):
    """One connection, any number of requests."""

    timeout = 30

    def handle(self):
        try:
            while True:
                head = self.rfile.read(4)
                size = int.from_bytes(head, "big")
                # Without the frame a message begins 01 00 01 00: more than any frame.
                if len(head) < 4 or size > FRAME_MAX:
                    return
                data = self.rfile.read(size)
                fault = self.server.faults.take("qgs")
                self.wfile.write(spoiled(fault, answer(data, self.server.quote_of)))
        except OSError:  # the client is gone
            return


class Qgs(socketserver.ThreadingUnixStreamServer):
    """path: of the socket."""

    daemon_threads = True

    def __init__(self, path, quote_of, faults):
        if os.path.exists(path):
            os.unlink(path)
        super().__init__(path, Handler)
        self.path, self.quote_of, self.faults = path, quote_of, faults

    def start(self):
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()
