#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tokens of verifier services: real ones at their time and outside it, and each way to be none."""

import base64
import json
import os
import sys

sys.dont_write_bytecode = True

from e2e import (FAIL, INCOMPLETE, ROOT, case, contains, ecart, equal, main, outcome, pack, read,
                 report, run, simulated, vector, write)

sys.path.insert(0, os.path.join(ROOT, "tests", "forge"))
import hcl  # noqa: E402
import rsa  # noqa: E402
import token_pki  # noqa: E402
import tokens  # noqa: E402
import windows  # noqa: E402
from token_scene import Tokens  # noqa: E402

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
AT = "@%d" % windows.AS_OF
# token, key set, nbf, exp (the table of the vectors' README), checks that pass at the time
REAL = {
    "maa": ("maa-sgx1-token.jwt", "maa-sgx1-jwks.json", 1695737747, 1695766547,
            ("maa.format", "maa.key", "maa.signature", "maa.window")),
    "ita": ("ita-sgx1-token.jwt", "ita-sgx1-jwks.json", 1703136668, 1703136968,
            ("ita.format", "ita.signature", "ita.window", "ita.nonce")),
    "pki": ("gcp-cs1-pki-token.jwt", None, 1730678013, 1730681613,
            ("google.format", "google.signature", "google.chain", "google.window")),
    "oidc": ("gcp-cs1-oidc-token.jwt", "gcp-cs1-oidc-jwks.json", 1730678012, 1730681612,
             ("google.format", "google.signature", "google.window")),
}


def token_file(*name):
    return vector("tokens", *name)


def packed(scratch, name, *paths):
    archive = os.path.join(scratch, name + ".ecart")
    pack(archive, *paths, time=AT)
    return archive


def real(scratch, name):
    token, keys = REAL[name][:2]
    return packed(scratch, name, token_file(token), *([token_file(keys)] if keys else []))


def row(rep, check):
    found = [r for r in rep["checks"] if r["id"] == check]
    equal(1, len(found), "findings of " + check)
    return found[0]


@case("real tokens verify at their time; pack tells by their issuers what they are")
def at_their_time(scratch):
    for name, (_, _, begin, end, checks) in REAL.items():
        archive = real(scratch, name)
        for at in (begin, end - 1):
            rep = report(archive, "--at", "@%d" % at, status=INCOMPLETE)
            equal({check: "pass" for check in checks}, {check: outcome(rep, check) for check in checks},
                  "%s at %d" % (name, at))
            equal("incomplete", rep["verdict"], "a token is no evidence by itself")
            contains("\n".join(rep["gaps"]), "evidence: a token is what a service says")


@case("a second before nbf and at exp itself a token is outside its time, and nothing else fails")
def outside(scratch):
    for name, (_, _, begin, end, checks) in REAL.items():
        archive = real(scratch, name)
        window = next(check for check in checks if check.endswith(".window"))
        for at, word in ((begin - 1, "not_yet_valid: "), (end, "expired: ")):
            rep = report(archive, "--at", "@%d" % at, status=FAIL)
            found = row(rep, window)
            equal("fail", found["outcome"], name)
            assert found["reason"].startswith(word), found["reason"]
            equal([window], [r["id"] for r in rep["checks"] if r["outcome"] == "fail"], name)


@case("what nobody has a key or a pin for is left open by name: no key set, an unknown root, no chain")
def left_open(scratch):
    for name in ("maa-snp1-token.jwt", "maa-azureguest1-token.jwt"):
        rep = report(packed(scratch, name, token_file(name)), "--at", "@1744085700", status=INCOMPLETE)
        equal("pass", outcome(rep, "maa.format"), name)
        equal(("skip", "absent: no key set with the token's key"),
              (row(rep, "maa.key")["outcome"], row(rep, "maa.key")["reason"]), name)
        equal(["skip", "skip"], [outcome(rep, "maa." + check) for check in ("signature", "window")], name)
    rep = report(real(scratch, "ita"), "--at", "@1703136700", status=INCOMPLETE)
    found = row(rep, "ita.chain")
    equal("skip", found["outcome"], "ita.chain")
    contains(found["reason"], "unknown-root: ", "CN=Development Amber Root CA")
    contains("\n".join(rep["gaps"]), "CRLs of a token's certificates: ")
    rep = report(real(scratch, "oidc"), "--at", "@1730678012", status=INCOMPLETE)
    contains(row(rep, "google.chain")["reason"], "unproven-key: ")


@case("a real token without the pin of its root fails: another root is not the service's")
def another_root(scratch):
    rep = report(real(scratch, "pki"), "--at", "@1730678013", "--anchors",
                 simulated("anchors", "simulated"), status=FAIL)
    contains(row(rep, "google.chain")["reason"], "untrusted: ")
    equal("pass", outcome(rep, "google.signature"), "the signature is as good as ever")


@case("no token of which a character was changed verifies")
def changed(scratch):
    for name in ("maa", "ita", "oidc"):
        token, keys, begin, _, _ = REAL[name]
        good, paths = read(token_file(token)), [token_file(keys)]
        kind = {"maa": "maa-token", "ita": "ita-token", "oidc": "google-token"}[name]
        for number, at in enumerate(list(range(5, len(good), len(good) // 40)) + [len(good) - 1]):
            bad = good[:at] + (b"A" if good[at:at + 1] != b"A" else b"B") + good[at + 1:]
            paths.append(kind + "=" + write(os.path.join(scratch, "%s%d.jwt" % (name, number)), bad))
        rep = report(packed(scratch, name + "-changed", *paths), "--at", "@%d" % begin, status=FAIL)
        area = kind.split("-")[0]
        seen = [r["outcome"] for r in rep["checks"] if r["id"] == area + ".signature"]
        assert len(seen) > 40 and "pass" not in seen, (name, seen)


def last_bits(token):
    """Another spelling of the same signature: a bit that no byte uses."""
    at = ALPHABET.index(chr(token[-1]))
    return token[:-1] + ALPHABET[at ^ 1].encode()


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def header(**members):
    return {"maa.header": lambda value: dict(value, **members)}


def payload(**members):
    return {"maa.payload": lambda value: dict(value, **members)}


def without(stage, name):
    return {stage: lambda value: {k: v for k, v in value.items() if k != name}}


def text(stage, front="", back="", old=None, new=None):
    """Header or payload as a text of one's own."""
    def edit(value):
        out = compact(value)
        if old is not None:
            assert old in out, old
            out = out.replace(old, new)
        return "{" + front + out[1:-1] + back + "}"
    return {stage: edit}


def token(edit):
    return {"maa.token": edit}


def key_set(**members):
    return {"maa.set": lambda value: {"keys": [dict(key, **members) for key in value["keys"]]}}


def instance(key):
    return {"maa.instance.key": lambda _: key}


EXP = '"exp":%d' % (windows.AS_OF + 28799)
OTHER = token_pki.instance_fields(rsa.key("maa"), "https://other.sim.attest.azure.net")
# what is done, the check that fails, how its reason begins (tokens.md 8)
NEGATIVES = [
    ("alg none", header(alg="none"), "maa.format", "unsecured: an unsecured draft token"),
    ("alg None", header(alg="None"), "maa.format", "algorithm: "),
    ("alg nOnE", header(alg="nOnE"), "maa.format", "algorithm: "),
    ("alg HS256", header(alg="HS256"), "maa.format", "algorithm: "),
    ("alg RS512", header(alg="RS512"), "maa.format", "algorithm: "),
    ("alg PS384", header(alg="PS384"), "maa.format", "algorithm: "),
    ("no alg", without("maa.header", "alg"), "maa.format", "missing: "),
    ("extra dot", token(lambda t: t + b".AAAA"), "maa.format", "syntax: jwt: parts"),
    ("padding", token(lambda t: t + b"=="), "maa.format", "syntax: jwt: signature"),
    ("plus", token(lambda t: t[:-2] + b"+" + t[-1:]), "maa.format", "syntax: jwt: signature"),
    ("slash", token(lambda t: t[:-2] + b"/" + t[-1:]), "maa.format", "syntax: jwt: signature"),
    ("last bits", token(last_bits), "maa.format", "syntax: jwt: signature"),
    ("line feed", token(lambda t: t + b"\n"), "maa.format", "syntax: jwt: signature"),
    ("cut in the payload", token(lambda t: t[:t.index(b".") + 20]), "maa.format", "syntax: jwt: parts"),
    ("cut in the signature", token(lambda t: t[:-6]), "maa.signature", "signature: "),
    ("exp twice", text("maa.payload", back=',"exp":9999999999'), "maa.format", "duplicate: jwt.payload"),
    ("alg twice", text("maa.header", front='"alg":"none",'), "maa.format", "duplicate: jwt.header"),
    ("crit", header(crit=["exp"]), "maa.format", "value: jwt.header: crit"),
    ("b64", header(b64=False), "maa.format", "value: jwt.header: b64"),
    ("kid absent", without("maa.header", "kid"), "maa.key", "kid-absent: "),
    ("kid integer", header(kid=7), "maa.format", "syntax: jwt.header: kid"),
    ("kid twice", {"maa.set": lambda v: {"keys": v["keys"] * 2}}, "maa.key", "kid-twice: "),
    ("jku elsewhere", header(jku="https://other.sim.attest.azure.net/certs"), "maa.key", "jku: "),
    ("jku a suffix", header(jku="https://a.attest.azure.net.evil/"), "maa.key", "jku: "),
    ("jku a fragment", header(jku="https://evil/#.attest.azure.net"), "maa.key", "jku: "),
    ("issuer a suffix", payload(iss="https://a.attest.azure.net.evil/"), "maa.format", "issuer: "),
    ("issuer a fragment", payload(iss="https://evil/#.attest.azure.net"), "maa.format", "issuer: "),
    ("no issuer", without("maa.payload", "iss"), "maa.format", "issuer: "),
    ("another issuer", payload(iss="https://other.sim.attest.azure.net"), "maa.key", ("jku: ", "subject: ")),
    ("certificate of another", {"maa.instance.fields": lambda v: dict(
        v, subject=OTHER["subject"], issuer=OTHER["issuer"])}, "maa.key", "subject: "),
    ("certificate by another", {"maa.instance.signer": lambda _: rsa.key("attacker")}, "maa.key",
     "certificate: "),
    ("an attacker's key", dict(instance(rsa.key("attacker")), **{
        "maa.kid": lambda _: tokens.commitment(rsa.key("maa").spki())}), "maa.key", "commitment: "),
    ("certificate cut", {"maa.instance.der": lambda der: der[:-1]}, "maa.key", "key: "),
    ("use", key_set(use="enc"), "maa.key", "key-use: "),
    ("key_ops", key_set(key_ops=["sign", "encrypt"]), "maa.key", "key-use: "),
    ("key_ops, use", key_set(use="enc", key_ops=["verify"]), "maa.key", "key-use: "),
    ("no key_ops", key_set(key_ops=[]), "maa.key", "key-use: "),
    ("key_ops a text", key_set(key_ops="verify"), "maa.key", "key: jwks.key: key_ops"),
    ("key_ops numbers", key_set(key_ops=[1]), "maa.key", "key: jwks.key: key_ops"),
    ("exponent 3", instance(rsa.key("maa e3", 2048, 3)), "maa.signature", "exponent: "),
    ("512 bits", instance(rsa.key("maa small", 512)), "maa.signature", "key-size: "),
    ("another's signature", {"maa.key": lambda _: rsa.key("attacker")}, "maa.signature", "signature: "),
    ("exp is now", payload(exp=windows.AS_OF), "maa.window", "expired: "),
    ("nbf in a second", payload(nbf=windows.AS_OF + 1), "maa.window", "not_yet_valid: "),
    ("no exp", without("maa.payload", "exp"), "maa.window", "endless: "),
    ("exp a text", payload(exp="soon"), "maa.window", "syntax: jwt.payload: exp"),
    ("exp 1e309", text("maa.payload", old=EXP, new='"exp":1e309'), "maa.window", "value: jwt.payload: exp"),
    ("exp below 0", text("maa.payload", old=EXP, new='"exp":-1e9'), "maa.window",
     "value: jwt.payload: exp"),
    ("certificate ended", {"maa.instance.fields": lambda v: dict(
        v, window=(v["window"][0], windows.EXPIRED))}, "maa.window", "expired: the key's certificate"),
    ("depth", text("maa.payload", back=',"a":' + "[" * 10000 + "]" * 10000), "maa.format",
     "limit: jwt.payload: depth"),
    ("NUL", text("maa.payload", back=',"a\\u0000":1'), "maa.format", "syntax: jwt.payload: text"),
    ("no object", {"maa.payload": lambda _: "[]"}, "maa.format", "syntax: jwt.payload: text"),
    ("more behind it", {"maa.payload": lambda v: compact(v) + "{}"}, "maa.format", "trailing: jwt.payload"),
]


def made(scratch, name, edits, parts=(("maa-token", "maa_signed"), ("jwks", "maa_keys"))):
    """An archive of forge's tokens, packed as a person would."""
    scene, paths = Tokens(edits), []
    for kind, member in parts:
        path = os.path.join(scratch, "%s-%s" % (name.replace(" ", "-"), kind))
        paths.append(kind + "=" + write(path, getattr(scene, member)))
    return packed(scratch, name.replace(" ", "-"), *paths)


def judged(archive, status):
    return report(archive, "--at", AT, "--anchors", simulated("anchors", "simulated"), status=status)


@case("each way to be no good token fails alone, at its check, for its own reason")
def negatives(scratch):
    equal([], [r["id"] for r in judged(made(scratch, "good", {}), INCOMPLETE)["checks"]
               if r["outcome"] == "fail"], "the token that is changed is a good one")
    for name, edits, check, words in NEGATIVES:
        rep = judged(made(scratch, name, edits), FAIL)
        equal([check], [r["id"] for r in rep["checks"] if r["outcome"] == "fail"], name)
        reason = row(rep, check)["reason"]
        assert reason.startswith(words), "%s: %s" % (name, reason)


@case("Intel Trust Authority: the two algorithms are not each other's, and another nonce is one")
def ita(scratch):
    parts, key = (("ita-token", "ita_signed"), ("jwks", "ita_keys")), rsa.key("ita leaf")

    def signed(algorithm, sign):
        def edit(_):
            one = Tokens({"ita.header": lambda h: dict(h, alg=algorithm)})
            return sign(one.ita_signed.rsplit(b".", 1)[0])
        return {"ita.header": lambda h: dict(h, alg=algorithm), "ita.signature": edit}

    def moved(value):
        return dict(value, tdx=dict(value["tdx"], attester_held_data=base64.b64encode(b"x").decode()))
    for name, edits, failing, word in (
            ("good", {}, [], None), ("RS256", signed("RS256", key.sign), [], None),
            ("RS256 as PS384", signed("PS384", key.sign), ["ita.signature"], "signature: "),
            ("PS384 as RS256", signed("RS256", lambda text: key.sign_pss(text, "sha384")),
             ["ita.signature"], "signature: "),
            ("PS256 as PS384", signed("PS384", lambda text: key.sign_pss(text, "sha256")),
             ["ita.signature"], "signature: "),
            ("held data", {"ita.payload": moved}, ["ita.nonce"], "mismatch: ")):
        rep = judged(made(scratch, name, edits, parts), FAIL if failing else INCOMPLETE)
        equal(failing, [r["id"] for r in rep["checks"] if r["outcome"] == "fail"], name)
        for check in failing:
            assert row(rep, check)["reason"].startswith(word), row(rep, check)["reason"]


@case("a key may say that it is for signatures, and a token that it was made later is noted")
def said(scratch):
    rep = judged(made(scratch, "verify", key_set(use="sig", key_ops=["verify"])), INCOMPLETE)
    equal("pass", row(rep, "maa.key")["outcome"], "maa.key")
    rep = judged(made(scratch, "later", payload(iat=windows.AS_OF + 1)), INCOMPLETE)
    found = row(rep, "maa.window")
    equal(("pass", "current, though made (iat) only at 2026-06-08T12:42:42Z"), (found["outcome"], found["got"]),
          "maa.window")
    rep = judged(made(scratch, "long", payload(iat=windows.AS_OF + 1, exp=windows.AS_OF + 9)), INCOMPLETE)
    contains(row(rep, "maa.window")["got"], "current, for 10 seconds instead of 28800, though made (iat)")


def stood_in(scene, service):
    """The token under a signature of an attacker's, and a key set that has that key for the kid."""
    key, (token_of, algorithm) = rsa.key("attacker"), SHADOWED[service]
    text, kid = getattr(scene, token_of).rsplit(b".", 1)[0], getattr(scene, service + "_kid")
    signature = hcl.b64url(tokens.SIGN[algorithm](key, text)).encode()
    return text + b"." + signature, json.dumps({"keys": [tokens.jwk(kid, key)]}).encode()


SHADOWED = {"maa": ("maa_signed", "RS256"), "ita": ("ita_signed", "PS384"), "google": ("google_oidc", "RS256")}


@case("a second key set with the kid of the first does not shadow it, in whichever order")
def shadow(scratch):
    scene = Tokens()
    for service, failing in (("maa", ["maa.signature"]), ("ita", ["ita.signature"]),
                             ("google", ["google.signature"])):
        bad_token, bad_set = stood_in(scene, service)
        sets = {"good": getattr(scene, service + "_keys"), "bad": bad_set}
        for name, text in (("good", getattr(scene, SHADOWED[service][0])), ("bad", bad_token)):
            for order in (("good", "bad"), ("bad", "good")):
                paths = ["jwks=" + write(os.path.join(scratch, "%s-%s" % (service, n)), sets[n])
                         for n in order]
                paths.append(service + "-token=" + write(os.path.join(scratch, "token"), text))
                archive = packed(scratch, "shadow", *paths)
                # No digest tells which of two keys is Google's.
                wrong = failing if name == "bad" or service == "google" else []
                rep = judged(archive, FAIL if wrong else INCOMPLETE)
                equal(wrong, [r["id"] for r in rep["checks"] if r["outcome"] == "fail"],
                      "%s %s %s" % (service, name, order))
                if service == "google":
                    contains(row(rep, "google.signature")["reason"], "kid-twice: ")
                os.unlink(archive)


@case("a key of 1024 bits, as real key sets hold it, verifies and is called weak")
def weak(scratch):
    rep = judged(made(scratch, "weak", instance(rsa.key("maa weak", 1024))), INCOMPLETE)
    found = row(rep, "maa.signature")
    equal("pass", found["outcome"], "maa.signature")
    contains(found["got"], "weak-key: ", "1024 bits")


@case("a payload of 2 MiB is not even packed")
def large(scratch):
    path = write(os.path.join(scratch, "large"),
                 Tokens({"maa.payload": lambda v: dict(v, a="x" * (2 << 20))}).maa_signed)
    done = ecart("pack", "-o", os.path.join(scratch, "large.ecart"), "--time", AT, "maa-token=" + path,
                 status=4)
    contains(done.err, "1048576")


@case("show: every member of header and payload with its place in the decoded part, keys with their size")
def shown(scratch):
    archive = real(scratch, "maa")
    items = json.loads(ecart("show", archive, "--json").stdout)["items"]
    by_kind = {item["kind"]: item["fields"] for item in items}
    one = by_kind["maa-token"]
    raw = read(token_file(REAL["maa"][0])).split(b".")[1]
    payload_bytes = base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    claims = json.loads(payload_bytes)
    top = {r["name"]: r for r in one["payload"]["members"] if r["depth"] == 1}
    equal(sorted(claims), sorted(top), "claims")
    for name, value in claims.items():
        at = top[name]["offset"]
        equal(value, json.loads(payload_bytes[at:at + top[name]["length"]]), name)
    equal(("2023-09-26T14:15:47Z", "2023-09-26T22:15:47Z", 28800), (one["nbf"], one["exp"], one["lifetime"]),
          "window")
    equal([2048, 2048, 1024], [key["bits"] for key in by_kind["jwks"]["keys"]], "bits")


@case("by hand: openssl, basenc and jq come to what the checks say of real tokens")
def by_hand(scratch):
    for name, checks in (("maa", ("maa.key", "maa.signature")), ("ita", ("ita.signature",)),
                         ("pki", ("google.signature",)), ("oidc", ("google.signature",))):
        archive, folder = real(scratch, name), os.path.join(scratch, name)
        ecart("unpack", archive, folder)
        at = "@%d" % REAL[name][2]
        for check in checks:
            line = ecart("explain", archive, "--at", at, "--check", check, "--by-hand").out
            done = run(["bash", "-c", line], folder)
            equal((0, ""), (done.status, done.err), "%s: %s" % (check, line))
            want = "Verified OK"
            if check == "maa.key":
                want = row(report(archive, "--at", at, status=INCOMPLETE), check)["got"]
            equal(want, done.out.strip(), check)


if __name__ == "__main__":
    main()
