# SPDX-License-Identifier: Apache-2.0
"""Cases about round trips and a registry's statement (collect.md 11). Both inform: under default-1 a
failure of theirs never turns a verdict, and their good outcome never mends one."""

import ec
import ed25519
import roundtrip
import rsa
import tls
from case import Case, failing
from edits import const, expired, extension, flip, not_yet, put, together, usages, window

PARTS = ("session", "roundtrip", "roundtrip-times")
REGISTRY = ("quote", "registry")
BOTH = ("bind.tls", "place.tls")
LONE = {"signers": const([])}


def trips(name, text, edits=None, **other):
    other.setdefault("parts", PARTS)
    word = other.pop("verdict", "incomplete")
    return Case("%s-poc-%s" % (word, name), text, word, dict(LONE, **(edits or {})),
                subject=roundtrip.RoundTrip, **other)


def broken(why, text, edits, check="place.tls", **other):
    """One check fails; place.* alone leave the verdict as the parts make it."""
    other.setdefault("parts", PARTS)
    other.setdefault("verdict", "incomplete" if check.startswith("place.") else "fail")
    return failing(check, why, text, dict(LONE, **edits), subject=roundtrip.RoundTrip, **other)


def of_try(index, **members):
    """Edits one try."""
    return lambda value: dict(value, **members) if value["index"] == index else value


def good():
    yield trips("tls", "three tries, each signed, timed and bound", passes=BOTH,
                says=('fact roundtrip/boundKm "149"', "fact roundtrip/fastest/belowTcpRtt false"))
    yield trips("rsa", "the host's key is RSA: rsa_pss_rsae_sha256",
                {"poc.leaf.key": const(rsa.key("poc leaf"))}, passes=BOTH)
    yield trips("p384", "the host's key is P-384, the suite one of SHA-384",
                {"poc.leaf.key": const(ec.key("poc leaf", ec.P384)),
                 "poc.try": lambda t: dict(t, suite=0x1302)}, passes=BOTH)
    yield trips("ed25519", "the host's key is Ed25519",
                {"poc.leaf.key": const(ed25519.key("poc leaf"))}, passes=BOTH)
    yield trips("retried", "one try had a HelloRetryRequest: its time is that of two trips",
                {"poc.try": of_try(2, retry=True, group=0x17)}, passes=BOTH)
    yield trips("failed-try", "one try did not come to an end, and is counted",
                {"poc.try": of_try(1, failed="no answer in time")}, passes=BOTH)
    yield trips("wildcard", "the certificate names *.simulated.example",
                {"poc.leaf.fields": extension("2.5.29.17", False, san("*.simulated.example"))},
                passes=BOTH)
    yield trips("no-usage", "the leaf names neither a key usage nor a purpose", {
        "poc.leaf.fields": together(extension("2.5.29.15"), extension("2.5.29.37"))}, passes=BOTH)
    yield trips("unknown-root", "the chain ends in a root that no anchor is of: named, not judged",
                {"poc.root.key": const(ec.key("rogue poc root"))}, passes=("bind.tls",),
                skips=("place.tls",))
    yield trips("no-binding", "nothing says which session the tries were made for",
                {"bind.binding": const(None)}, skips=BOTH)


def san(*names):
    return roundtrip.x509.ext_alt_dns(*names)[2]


def nonces():
    check = "bind.tls"
    yield broken("", "a try holds the nonce of another session",
                 {"poc.try": of_try(2, nonce=bytes(32))}, check, skips=("place.tls",))
    yield broken("none", "a try holds no nonce", {"poc.try": of_try(0, nonce=None)}, check,
                 skips=("place.tls",))
    yield broken("swapped", "the binding names the tries in another order", {"poc.bound": swapped}, check,
                 skips=("place.tls",))
    yield broken("left-out", "the binding leaves a try out", {"poc.bound": lambda b: b[:1] + b[2:]},
                 check, skips=("place.tls",))
    yield broken("missing-try", "the binding names a try that the record has not",
                 {"poc.record": lambda r: dict(r, tries=r["tries"][:2]),
                  "poc.bound": lambda b: b + [dict(b[0], index=2)]}, check, skips=("place.tls",))


def swapped(binding):
    return [dict(b, index=[1, 0, 2][b["index"]]) for b in binding]


def signatures():
    yield broken("", "the signature of one try is wrong",
                 {"poc.try": lambda t: dict(t, signature=flip(9)) if t["index"] == 2 else t},
                 says=("fact roundtrip/boundKm null", "fact roundtrip/trusted false"))
    yield broken("leaf", "another certificate of the same host than the key that signed",
                 {"poc.try": of_try(1, key=ec.key("another poc leaf"))})
    yield broken("scheme", "the signature is called one of another scheme",
                 {"poc.try": of_try(1, scheme=tls.SCHEMES["pss-sha256"])})
    yield broken("transcript", "the server's hello was changed after it was signed",
                 {"poc.messages": lambda m: m[:1] + [flip(10)(m[1])] + m[2:]})
    yield broken("retry-transcript", "the hello before a HelloRetryRequest was changed",
                 {"poc.try": lambda t: dict(t, retry=True, group=0x17),
                  "poc.messages": lambda m: [flip(-1)(m[0])] + m[1:]})


def names():
    yield broken("server-name", "a try asked for another host",
                 {"poc.try": of_try(1, host="edge.simulated.invalid")})
    yield broken("host-name", "the certificate names another host",
                 {"poc.leaf.fields": extension("2.5.29.17", False, san("other.simulated.example"))})
    yield broken("common-name", "the certificate names the host in its subject alone",
                 {"poc.leaf.fields": extension("2.5.29.17")})


def paths():
    yield broken("ca-signature", "the intermediate did not sign the leaf",
                 {"poc.leaf.signer": const(ec.key("rogue poc ca"))})
    yield broken("expired", "the leaf is expired by one second",
                 {"poc.leaf.fields": window(expired)})
    for why, text, edits in usages("poc"):
        yield broken(why, text, edits)
    yield broken("not-yet", "the leaf begins one second later", {"poc.leaf.fields": window(not_yet)})


def times():
    yield broken("order", "a try begins before the one before it ended",
                 {"poc.try": of_try(2, start=5200000000)})
    yield broken("backwards", "a try ends before it begins", {"poc.try": of_try(2, ns=-1)},
                 "bind.tls", verdict="fail", skips=("place.tls",))
    yield broken("no-time", "a try took no time", {"poc.try": of_try(1, ns=0, ticks=0)})
    yield broken("clocks", "by the counter a try took a nanosecond more than what the clock allows",
                 {"poc.try": ticked(1, 1000000, 1040001)})
    yield broken("counter-still", "the counter stood still", {"poc.try": of_try(1, ticks=0)})
    yield trips("clocks-edge", "the counter's time is as far from the clock's as it may be",
                {"poc.try": ticked(1, 1000000, 1040000)}, passes=BOTH)
    yield trips("counter-untold", "nothing says how fast the counter ticks",
                {"poc.try": of_try(1, ticks=7), "poc.record": clock(counterHz="0")}, passes=BOTH)
    yield trips("below-tcp", "the fastest try took less than TCP's own round trip: that is said",
                {"poc.try": ticked(1, 899999, 899999)}, passes=BOTH,
                says=("fact roundtrip/fastest/belowTcpRtt true",))
    yield broken("times", "the file of times has another time", {"poc.times": flip(8)})
    yield broken("times-short", "the file of times lacks a try", {"poc.times": lambda t: t[:-8]})


def ticked(index, ns, counted):
    """A try that took so many nanoseconds by the clock, and so many by the counter."""
    return of_try(index, ns=ns, ticks=-(-counted * roundtrip.HZ // 10**9))


def clock(**members):
    return lambda record: dict(record, clock=dict(record["clock"], **members))


def retries():
    """A HelloRetryRequest changes a key share, and nothing else."""
    skips, check = ("place.tls",), "bind.tls"
    for why, text, change in (
            ("retry-name", "asked for another host the second time", {"again": {"host": "edge.invalid"}}),
            ("retry-nonce", "has another nonce the second time", {"again": {"nonce": bytes(32)}}),
            ("retry-random", "has another random the second time", {"again": {"random": 7}}),
            ("retry-suite", "was asked for another suite than it got", {"asked": {"suite": 0x1302}}),
            ("retry-group", "was asked for another group than it got", {"asked": {"group": 0x18}})):
        yield broken(why, "a try that " + text, {"poc.try": of_try(2, retry=True, group=0x17, **change)},
                     check, skips=skips)


def records():
    """What is no record fails where its nonces are looked for."""
    skips, check = ("place.tls",), "bind.tls"
    yield broken("port", "the port is 0", {"poc.record": put(port=0)}, check, skips=skips)
    yield broken("truncated", "the record is cut", {"poc.text": lambda t: t[:-30]}, check, skips=skips)
    yield broken("tls12", "the server chose TLS 1.2", {"poc.try": of_try(1, version=0x0303)}, check,
                 skips=skips)
    yield broken("resumed", "a try resumed a session: no full handshake",
                 {"poc.try": of_try(1, more=[(tls.PSK, bytes(8))])}, check, skips=skips)
    yield broken("early-data", "a try sent early data", {"poc.try": of_try(1, more=[(tls.EARLY, b"")])},
                 check, skips=skips)
    yield broken("message-cut", "a message ends early",
                 {"poc.messages": lambda m: m[:3] + [m[3][:-1]] + m[4:]}, check, skips=skips)
    yield broken("no-verify", "the flight ends before CertificateVerify",
                 {"poc.messages": lambda m: m[:-1]}, check, skips=skips)


def registry():
    check = "place.registry"
    yield trips("registry", "a registry says where the quote's platform stands: its word",
                parts=REGISTRY, passes=(check,))
    keyed = REGISTRY + ("registry-keys",)
    yield trips("registry-keys", "the same with the registry's keys: its signature is good",
                parts=keyed, passes=(check,))
    yield trips("registry-no-key", "the key set has not the key that the token names",
                {"registry.keys": lambda t: t.replace(b'"SIMULATED"', b'"SIMULATED 2"')}, parts=keyed,
                skips=(check,))
    yield broken("signature", "the key set has another key of that name",
                 {"registry.keys": const(roundtrip.jcs.encode({"keys": [roundtrip.tokens.jwk(
                     "SIMULATED", rsa.key("rogue registry"))]}))}, check, parts=keyed)
    yield trips("registry-no-quote", "the same without the quote", parts=("registry",), skips=(check,))
    yield broken("", "the registry speaks of another platform",
                 {"registry.reply": put(machineId="00" * 16)}, check, parts=REGISTRY)
    yield broken("short", "its number of the machine is too short to tell",
                 {"registry.reply": put(machineId="00")}, check, parts=REGISTRY)
    yield broken("token", "the token names another machine than the answer around it",
                 {"registry.claims": put(machine_id="11" * 16)}, check, parts=REGISTRY)
    yield broken("quote-hash", "the token is about another quote",
                 {"registry.claims": put(quote_hash="22" * 32)}, check, parts=REGISTRY)
    yield broken("format", "the answer holds no token", {"registry.text": const(b'{"label":"x"}')},
                 check, parts=REGISTRY)


def every():
    for group in (good, nonces, signatures, names, paths, times, retries, records, registry):
        yield from group()
