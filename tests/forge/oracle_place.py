# SPDX-License-Identifier: Apache-2.0
"""The second opinion on round trips and registries (collect.md 11)."""

import base64
import hashlib
import json

import der
import ed25519
import oracle_dcap
import oracle_imds
import oracle_tpm
import roundtrip
import session
import tls
import tokens
import x509
from oracle_container import hold

ALT_NAME = "2.5.29.17"


def record_of(replay):
    """(record, {index: Flight}) of the archive's; ValueError where it is none."""
    value = json.loads(replay.one("poc-tls-transcript"), object_pairs_hook=oracle_dcap.no_twice)
    hold(value["format"] == "ecart-roundtrip/1" and 1 <= value["port"] <= 65535, "format")
    flights = {}
    for number, one in enumerate(value["tries"]):
        hold(one["index"] == number, "index")
        if "failed" in one:
            continue
        for clock in ("ns", "counter"):
            hold(int(one["start"][clock]) <= int(one["end"][clock]), "backwards")
        messages = [base64.b64decode(m, validate=True) for m in one["messages"]]
        flights[number] = tls.Flight(messages)
    return value, flights


def bind_tls(replay, binding):
    """Each try that came to an end, in order and with its nonce; no other."""
    binding.known()
    _, flights = record_of(replay)
    name = replay.entry("poc-tls-transcript")["name"]
    entries = [e for e in binding.value["nonces"] if e["item"] == name]
    for entry in entries:
        want = session.tls_nonce(binding.h0, entry["index"])
        hold(entry["index"] in flights and flights[entry["index"]].nonce == want, "nonce")
    hold([e["index"] for e in entries] == sorted(flights), "tries")


# --- place.tls


def signed_by(spki, flight):
    """The scheme names key, curve and digest (RFC 8446, 4.2.3)."""
    names = {number: name for name, number in tls.SCHEMES.items()}
    name, value = names[flight.scheme], flight.signature
    if name == "ed25519":
        known = [k for k in [ed25519.key("poc leaf")] if k.spki() == spki]
        return bool(known) and known[0].sign(flight.signed) == value
    key = oracle_tpm.of_spki(spki)
    if name.startswith("pss"):
        return isinstance(key, oracle_tpm.Rsa) and key.verifies_pss(flight.signed, value, name[4:])
    size = {"ecdsa-p256": 64, "ecdsa-p384": 96}[name]
    return (isinstance(key, oracle_tpm.Ec) and len(key.raw) == size
            and oracle_dcap.der_verifies(key.curve, key.raw, flight.signed, value))


def names_of(fields):
    value = next((v for oid, _, v in fields["extensions"] if oid == ALT_NAME), None)
    names = der.split(der.only(value)) if value else []
    return [text.decode() for tag, text in names if tag == 0x82]


def is_for(fields, host):
    rest = host.partition(".")[2]
    return any(n in (host, "*." + rest) for n in names_of(fields))


def issued(fields, raw, issuer_spki):
    (_, body), _, (_, bits) = der.split(der.only(raw))
    key = oracle_tpm.of_spki(issuer_spki)
    tbs = der.tlv(0x30, body)
    return oracle_dcap.der_verifies(key.curve, key.raw, tbs, bits[1:])


def walk(replay, chain):
    """Leaf, intermediates, the one root that is pinned; KeyError names an unknown one."""
    fields = [x509.parse(raw)[0] for raw in chain]
    root = roundtrip.root().spki()
    hold(all(oracle_tpm.is_ca(one) and oracle_imds.may_certify(one) for one in fields[1:]), "a CA")
    for one in fields:
        hold(oracle_tpm.serves(one), "purpose")
        hold(one["window"][0] <= replay.as_of <= one["window"][1], "window")
    for number, raw in enumerate(chain[:-1]):
        hold(issued(fields[number], raw, fields[number + 1]["spki"]), "issuer")
    if not issued(fields[-1], chain[-1], root):
        replay.one("an anchor for the chain")
    return fields


def agree(one, hz):
    """No time is 0, and the counter's is near the clock's where its frequency is known."""
    ns, ticks = [int(one["end"][c]) - int(one["start"][c]) for c in ("ns", "counter")]
    return ns > 0 and (hz == 0 or abs(ns - ticks * 10**9 // hz) <= ns // 50 + 20000)


def place_tls(replay):
    value, flights = record_of(replay)
    hold(flights, "tries")
    raw = replay.of_kind("poc-tls-times")
    took = [int(t["end"]["ns"]) - int(t["start"]["ns"]) if "end" in t else 2**64 - 1
            for t in value["tries"]]
    if raw:
        hold(raw[0] == b"".join(n.to_bytes(8, "little") for n in took), "times")
    last = {"ns": 0, "counter": 0}
    for number, flight in flights.items():
        one = value["tries"][number]
        hold(all(int(one["start"][c]) >= last[c] for c in last), "order")
        last = {c: int(one["end"][c]) for c in last}
        hold(agree(one, int(value["clock"]["counterHz"])), "clocks")
        leaf = x509.parse(flight.chain[0])[0]
        hold(flight.host() == value["host"] and is_for(leaf, value["host"]), "names")
        hold(oracle_tpm.signs(leaf) and oracle_tpm.serves(leaf), "a server")
        hold(signed_by(leaf["spki"], flight), "signature")
    for flight in flights.values():
        walk(replay, flight.chain)


# --- place.registry


def b64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def place_registry(replay):
    reply = json.loads(replay.one("poc-registry"), object_pairs_hook=oracle_dcap.no_twice)
    claims, number = tokens.claims_of(reply["jwt"].encode()), reply["machineId"]
    quote = replay.one("tdx-quote")
    hold(16 <= len(number) <= 64, "machineId")
    hold(hashlib.sha256(replay.sgx["ppid"]).hexdigest().startswith(number), "PPID")
    hold(claims.get("machine_id", number) == number, "token")
    if replay.of_kind("jwks"):
        known = {k["kid"]: k for k in json.loads(replay.one("jwks"))["keys"]}
        text, _, value = reply["jwt"].rpartition(".")
        header = json.loads(b64url(text.split(".")[0]))
        if header["kid"] not in known:
            replay.one("the token's key")
        numbers = [int.from_bytes(b64url(known[header["kid"]][m]), "big") for m in ("n", "e")]
        hold(oracle_tpm.Rsa(*numbers).verifies(text.encode(), b64url(value)), "signature")
    hold(claims.get("quote_hash") in (None, hashlib.sha256(quote).hexdigest()), "quote")


def ask_all(replay, binding):
    """binding: oracle_bind's, or None where the manifest has none."""
    if replay.of_kind("poc-tls-transcript"):
        if binding is None:
            replay.out["bind.tls"] = ["skip"]
        else:
            replay.ask("bind.tls", (), lambda: bind_tls(replay, binding))
        replay.ask("place.tls", ("bind.tls",), lambda: place_tls(replay))
    if replay.of_kind("poc-registry"):
        replay.ask("place.registry", ("dcap.quote.signature",), lambda: place_registry(replay))
