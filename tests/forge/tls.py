# SPDX-License-Identifier: Apache-2.0
"""TLS 1.3 handshake messages (RFC 8446, 4), ClientHello to CertificateVerify, to bytes and back."""

import hashlib

CLIENT_HELLO, SERVER_HELLO, EXTENSIONS, CERTIFICATE, REQUEST, VERIFY = 1, 2, 8, 11, 13, 15
SERVER_NAME, STATUS, PSK, EARLY, VERSIONS, KEY_SHARE, NONCE = 0, 5, 41, 42, 43, 51, 0xFFEC
SUITES = {0x1301: "sha256", 0x1302: "sha384", 0x1303: "sha256"}
RETRY = hashlib.sha256(b"HelloRetryRequest").digest()
CONTEXT = b" " * 64 + b"TLS 1.3, server CertificateVerify\0"
SCHEMES = {"ecdsa-p256": 0x0403, "ecdsa-p384": 0x0503, "pss-sha256": 0x0804, "pss-sha384": 0x0805,
           "pss-sha512": 0x0806, "ed25519": 0x0807}


def be(value, size):
    return value.to_bytes(size, "big")


def vector(size, data):
    return be(len(data), size) + data


def message(kind, body):
    return be(kind, 1) + vector(3, body)


def extensions(items):
    return vector(2, b"".join(be(t, 2) + vector(2, data) for t, data in items))


def client_hello(random, items, suites=(0x1301, 0x1302)):
    return message(CLIENT_HELLO, be(0x0303, 2) + random + vector(1, b"")
                   + vector(2, b"".join(be(s, 2) for s in suites)) + vector(1, b"\0")
                   + extensions(items))


def server_hello(random, suite, items):
    return message(SERVER_HELLO, be(0x0303, 2) + random + vector(1, b"") + be(suite, 2) + b"\0"
                   + extensions(items))


def server_name(host):
    return SERVER_NAME, vector(2, b"\0" + vector(2, host.encode()))


def versions():
    return VERSIONS, vector(1, be(0x0304, 2))


def chosen_version(version=0x0304):
    return VERSIONS, be(version, 2)


def share(group, key):
    return KEY_SHARE, be(group, 2) + vector(2, key)


def shares(group, key):
    return KEY_SHARE, vector(2, be(group, 2) + vector(2, key))


def certificate(chain, ocsp=b""):
    """ocsp: stapled to the leaf."""
    out = b""
    for number, der in enumerate(chain):
        staple = [(STATUS, b"\1" + vector(3, ocsp))] if ocsp and number == 0 else []
        out += vector(3, der) + extensions(staple)
    return message(CERTIFICATE, vector(1, b"") + vector(3, out))


def verify(scheme, signature):
    return message(VERIFY, be(scheme, 2) + vector(2, signature))


class Reader:
    """Takes a record from the front."""

    def __init__(self, data):
        self.data = data

    def take(self, size):
        if size > len(self.data):
            raise ValueError("the end")
        out, self.data = self.data[:size], self.data[size:]
        return out

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def vector(self, size):
        return self.take(self.number(size))

    def finish(self):
        if self.data:
            raise ValueError("bytes behind the end")


def body(data, kind):
    r = Reader(data)
    if r.number(1) != kind:
        raise ValueError("another message")
    out = r.vector(3)
    r.finish()
    return Reader(out)


def parse_extensions(r):
    list_, out = Reader(r.vector(2)), {}
    while list_.data:
        kind = list_.number(2)
        if kind in out:
            raise ValueError("an extension twice")
        out[kind] = list_.vector(2)
    return out


def parse_client_hello(data):
    """(extensions, session id, what a second one has in common with it)."""
    r = body(data, CLIENT_HELLO)
    random, session, suites = r.take(34), r.vector(1), r.vector(2)
    r.vector(1)
    out = parse_extensions(r)
    r.finish()
    if PSK in out or EARLY in out:
        raise ValueError("no full handshake")
    return out, session, (random, session, suites, out.get(SERVER_NAME), out.get(NONCE))


def parse_server_hello(data):
    """(suite, random, extensions, session id)."""
    r = body(data, SERVER_HELLO)
    r.take(2)
    random, session = r.take(32), r.vector(1)
    suite = r.number(2)
    r.take(1)
    out = parse_extensions(r) if r.data else {}
    r.finish()
    if out.get(VERSIONS) != be(0x0304, 2) or PSK in out or suite not in SUITES:
        raise ValueError("no full handshake of TLS 1.3")
    return suite, random, out, session


def parse_certificate(data):
    r = body(data, CERTIFICATE)
    if r.vector(1):
        raise ValueError("a context")
    list_, out = Reader(r.vector(3)), []
    r.finish()
    while list_.data:
        out.append(list_.vector(3))
        parse_extensions(list_)
    return out


def parse_verify(data):
    r = body(data, VERIFY)
    scheme, signature = r.number(2), r.vector(2)
    r.finish()
    return scheme, signature


def signed(messages, suite):
    """What CertificateVerify is over, of the messages before it."""
    name, messages = SUITES[suite], list(messages)
    if messages[1][6:38] == RETRY:
        first = hashlib.new(name, messages[0]).digest()
        messages[0] = message(254, first)
    return CONTEXT + hashlib.new(name, b"".join(messages)).digest()


class Flight:
    """What the messages of one try say; ValueError where they are none."""

    def __init__(self, messages):
        rest = list(messages)
        self.hello, session, first = parse_client_hello(rest.pop(0))
        self.suite, random, answer, echo = parse_server_hello(rest.pop(0))
        if echo != session:
            raise ValueError("another session")
        if random == RETRY:
            asked = self.suite, answer.get(KEY_SHARE)
            if parse_client_hello(rest.pop(0))[2] != first:
                raise ValueError("another hello")
            self.suite, random, answer, echo = parse_server_hello(rest.pop(0))
            if random == RETRY or echo != session:
                raise ValueError("retried twice")
            if (self.suite, answer[KEY_SHARE][:2]) != asked:
                raise ValueError("another answer than was asked for")
        body(rest.pop(0), EXTENSIONS)
        if rest and rest[0][0] == REQUEST:
            rest.pop(0)
        self.chain = parse_certificate(rest.pop(0))
        self.scheme, self.signature = parse_verify(rest.pop(0))
        if rest or not self.chain:
            raise ValueError("messages")
        self.signed = signed(messages[:-1], self.suite)
        self.nonce = self.hello.get(NONCE, b"")

    def host(self):
        r = Reader(self.hello.get(SERVER_NAME, b""))
        names = Reader(r.vector(2))
        if names.number(1) != 0:
            raise ValueError("a name of another type")
        return names.vector(2).decode()
