#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tokens and time-stamps: MAA, Intel Trust Authority, RFC 3161; what they refuse and what is kept
secret."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True

from collecting import b64url, collect, members, ran, requests
from e2e import (ECART, FAIL, INCOMPLETE, PASS, TROUBLE, case, contains, ecart, equal, flip, main,
                 outcome, read, run, tool, write)
from held_guest import held, skip_without_parts
from stand_in import Enclave, served

import hcl
import maa as simulated_maa
import quote as quotes
import services

CANARY = "SECRET-CANARY-0123456789abcdef"
QUOTE_SOURCES = "hcl-report,azure-tdquote"


TOKEN = '{"token":"eyJhbGciOiJub25lIn0.e30."}'


def td():
    """A TD without paravisor, which gives a quote at once: Azure's takes two seconds between two."""
    return held("--machine", "td")


def faulty(*rules, guest=None):
    guest = guest or held()
    guest.command("fault", "clear")
    for rule in rules:
        guest.fault(**rule)


def ask(scratch, sources, *words, guest=None, **options):
    guest = guest or held()
    before = len(requests(guest.known["requests"]))
    got = collect(scratch, guest.root, "--cacert", guest.known["ca"], "--source", sources, "--force",
                  *words, **options)
    return got, requests(guest.known["requests"])[before:]


def secret_file(scratch, text=CANARY):
    path = write(os.path.join(scratch, "secret"), (text + "\n").encode())
    os.chmod(path, 0o600)
    return path


def nowhere(got, word):
    """The word is in nothing that was printed, kept or noted."""
    for text in (got.done.out, got.done.err):
        assert word not in text, text
    for name, data in got.members.items():
        assert word.encode() not in data, name


ITA_CHECKS = ("ita.format", "ita.signature", "ita.chain", "ita.window", "ita.nonce")


def claims(token):
    return json.loads(b64url(token.decode().split(".")[1]))


def relation(got, kind, rel):
    """The item that one of this kind names so."""
    rows = [row["name"] for row in got.items(kind)[0]["relates"] if row["rel"] == rel]
    equal(1, len(rows), "%s of %s" % (rel, kind))
    return rows[0]


def believed(got, guest, *checks):
    """A replay under the guest's anchors passes these checks, whatever else it says."""
    done = run([ECART, "replay", got.archive, "--anchors", guest.known["anchors"], "--format", "json"])
    rows = {row["id"]: row for row in json.loads(done.stdout)["checks"]}
    for check in checks:
        equal("pass", rows[check]["outcome"], "%s (%s)" % (check, rows[check].get("reason")))


@case("MAA: the token answers the session's nonce over this quote; its keys and configuration beside it")
def maa(scratch):
    faulty()
    got, asked = ask(scratch, QUOTE_SOURCES + ",maa", "--maa", held().known["maa"])
    equal("ok", got.outcome("maa"), "outcome")
    value = claims(got.one("maa-token"))
    nonce = hashlib.sha256(b"ecart/1 maa\0" + got.session_root).hexdigest()
    equal(nonce, value["nonce"], "nonce")
    equal(got.items("maa-token")[0]["name"], got.nonce("maa"), "binding")
    body = quotes.unpack(quotes.TD_10, quotes.parse(got.one("tdx-quote"))["body"])
    equal(body["report_data"].hex(), value["tdx_report_data"], "REPORTDATA")
    sent = json.loads(got.one("maa-request"))
    equal(got.one("tdx-quote"), b64url(sent["quote"]), "quote that was sent")
    equal(hcl.parse(got.one("azure-hcl-report"))[1], b64url(sent["runtimeData"]["data"]), "runtime data")
    equal(got.items("maa-request")[0]["name"], relation(got, "maa-token", "answers"), "question")
    wrapper = got.members[relation(got, "maa-token", "decoded-from")]
    equal(got.one("maa-token").decode(), json.loads(wrapper)["token"], "reply")
    for kind in ("jwks", "oidc-config"):
        equal(got.items("maa-token")[0]["name"], relation(got, kind, "key-of"), kind)
    equal(["/attest/TdxVm", "/certs", "/.well-known/openid-configuration"],
          [row["path"] for row in asked][-3:], "asked")


@case("MAA: 400 with its error code, a reply without token, a page: said, nothing kept, exit 2")
def maa_refuses(scratch):
    words = ("--maa", td().known["maa"])
    for rule, parts in (({"status": 400, "headers": {"x-ms-error-code": "InvalidParameter"},
                          "body": '{"error":{"code":"InvalidParameter","message":"SIMULATED"}}'},
                         ("400", "(x-ms-error-code InvalidParameter)")),
                        ({"status": 200, "body": "{}"}, ("token",)),
                        ({"status": 200, "body": '{"token":7}'}, ("token",)),
                        ({"html": True}, ("a page for people",))):
        faulty({"path": "/attest/TdxVm", **rule}, guest=td())
        got, asked = ask(scratch, "tsm-report,maa", *words, guest=td(), status=INCOMPLETE)
        contains(got.reason("maa"), *parts)
        equal([], got.items("maa-token"), "kept")
        contains(got.done.out, "missing maa: ")
        equal(1, sum(row["path"] == "/attest/TdxVm" for row in asked), "tries")
    # A token whose keys cannot be had is a token all the same, and a gap.
    faulty({"path": "/attest/TdxVm", "status": 200, "body": TOKEN}, {"path": "/certs", "status": 404},
           guest=td())
    got, _ = ask(scratch, "tsm-report,maa", *words, guest=td(), status=INCOMPLETE)
    faulty(guest=td())
    equal((1, 0), (len(got.items("maa-token")), len(got.items("jwks"))), "kept")
    contains(got.reason("maa"), "404")


@case("MAA: without a quote nothing is sent")
def maa_nothing(scratch):
    faulty(guest=td())
    got, asked = ask(scratch, "maa", "--maa", td().known["maa"], guest=td(), status=INCOMPLETE)
    contains(got.reason("maa"), "no quote to send")
    equal([], asked, "asked")


@case("--bearer-file: the service gets the token, and nobody else sees it, even where it is repeated")
def bearer(scratch):
    words = ("--maa", td().known["maa"], "--bearer-file", secret_file(scratch))
    faulty({"path": "/attest/TdxVm", "status": 200, "body": TOKEN}, guest=td())
    got, asked = ask(scratch, "tsm-report,maa", *words, guest=td())
    row = next(row for row in asked if row["path"] == "/attest/TdxVm")
    contains(dict(row["headers"])["Authorization"], "Bearer " + CANARY)
    equal([], [row["path"] for row in asked if row["path"] != "/attest/TdxVm" and
               CANARY in json.dumps(row)], "sent to others")
    nowhere(got, CANARY)
    for rule in ({"status": 401, "body": '{"error":"bad token %s"}' % CANARY},
                 {"status": 200, "body": '{"token":"%s"}' % CANARY},
                 {"headers": {"X-Echo": "Bearer " + CANARY}}):
        faulty({"path": "/attest/TdxVm", **rule}, guest=td())
        got, _ = ask(scratch, "tsm-report,maa", *words, guest=td(), status=INCOMPLETE)
        nowhere(got, CANARY)
    faulty(guest=td())
    for text, word in (("", "first line is empty"), ("two words\x07", "single line")):
        got, _ = ask(scratch, "tsm-report,maa", "--maa", td().known["maa"], "--bearer-file",
                     secret_file(scratch, text), guest=td(), status=INCOMPLETE)
        contains(got.reason("maa"), word)


@case("MAA of an enclave: the path of SGX, the quote alone")
def sgx(scratch):
    enclave, service = Enclave(), simulated_maa.Maa(served().https.base)
    asked = []

    def attest(request):
        asked.append(request)
        return services.Reply(TOKEN)

    served().add({**service.routes(), ("POST", "/attest/SgxEnclave"): attest})
    got = collect(scratch, enclave.root, "--cacert", served().ca, "--no-collateral", "--maa",
                  served().https.base)
    equal("ok", got.outcome("maa"), "outcome")
    equal("2022-08-01", asked[0].query["api-version"], "version")
    sent = asked[0].json()
    equal((got.one("sgx-quote"), False), (b64url(sent["quote"]), "runtimeData" in sent), "body")


@case("MAA in a TD without paravisor: no runtime data, since REPORTDATA is the session's digest")
def plain(scratch):
    guest = td()
    faulty({"path": "/attest/TdxVm", "times": 1, "status": 200, "body": TOKEN}, guest=guest)
    got = collect(scratch, guest.root, "--cacert", guest.known["ca"], "--no-collateral", "--maa",
                  guest.known["maa"])
    assert "runtimeData" not in json.loads(got.one("maa-request")), "runtime data"


def ita_words(scratch, key=None, guest=None):
    known = (guest or held()).known
    return ("--ita", known["ita"], "--ita-key-file", secret_file(scratch, key or known["ita-key"]))


@case("ITA: its nonce is in a report of a second round, with a quote of its own; both are bound")
def ita(scratch):
    faulty()
    got, asked = ask(scratch, QUOTE_SOURCES + ",ita", *ita_words(scratch))
    equal("ok", got.outcome("ita"), "outcome")
    nonce = {name: base64.b64decode(text) for name, text in json.loads(got.one("ita-nonce")).items()}
    data = hashlib.sha512(nonce["val"] + nonce["iat"] + got.session_root).digest()
    second = {kind: next(item["name"] for item in got.items(kind) if "round2" in item["name"])
              for kind in ("azure-hcl-report", "tdx-quote")}
    runtime = hcl.parse(got.members[second["azure-hcl-report"]])[1]
    equal(data.hex(), json.loads(runtime)["user-data"].lower(), "user-data of round 2")
    equal(hashlib.sha256(runtime).digest() + bytes(32),
          quotes.parse(got.members[second["tdx-quote"]])["body"][-64:], "quote of round 2")
    equal(second["azure-hcl-report"], got.nonce("ita", 2), "binding of round 2")
    assert "round2" not in got.nonce("hcl"), "binding of round 1"
    value = claims(got.one("ita-token"))
    equal(json.loads(got.one("ita-nonce")), value["verifier_nonce"], "nonce")
    believed(got, held(), *ITA_CHECKS)
    equal(got.session_root, base64.b64decode(value["attester_user_data"]), "user data")
    equal(got.items("ita-nonce")[0]["name"], relation(got, "ita-token", "answers"), "question")
    contains(got.members[got.items("wrapper")[0]["source"]["headers"]].decode().lower(), "trace-id:",
             "request-id:")
    equal(2, len(got.items("tdx-quote")), "quotes")
    nowhere(got, held().known["ita-key"])


@case("ITA in a TD without paravisor: REPORTDATA of the second quote holds its nonce")
def ita_plain(scratch):
    guest = held("--machine", "td")
    got = collect(scratch, guest.root, "--cacert", guest.known["ca"], "--no-collateral", "--ita",
                  guest.known["ita"], "--ita-key-file", secret_file(scratch, guest.known["ita-key"]))
    equal("ok", got.outcome("ita"), got.reason("ita"))
    nonce = {name: base64.b64decode(text) for name, text in json.loads(got.one("ita-nonce")).items()}
    data = hashlib.sha512(nonce["val"] + nonce["iat"] + got.session_root).digest()
    name = got.nonce("ita", 2)
    equal(data, quotes.parse(got.members[name])["body"][-64:], "REPORTDATA")
    contains(name, "round2")
    believed(got, guest, *ITA_CHECKS)


@case("ITA: a refused key, a nonce of another shape, no key: said, exit 2; the key is nowhere")
def ita_refuses(scratch):
    guest, sources = td(), "tsm-report,ita"
    faulty(guest=guest)

    def refused(*words):
        return ask(scratch, sources, *words, guest=guest, status=INCOMPLETE)

    got, asked = refused(*ita_words(scratch, CANARY, guest))
    contains(got.reason("ita"), "401", "the key or token is refused")
    equal(1, sum(row["path"].endswith("/nonce") for row in asked), "tries")
    nowhere(got, CANARY)
    for body in ("{}", '{"val":"AA==","iat":7}', '{"val":"*","iat":"AA=="}', "[]", "null",
                 '{"val":"%s","iat":"AA=="}' % ("AAAA" * 400)):
        faulty({"path": "/ita/appraisal/v2/nonce", "status": 200, "body": body}, guest=guest)
        got, asked = refused(*ita_words(scratch, guest=guest))
        contains(got.reason("ita"), "nonce of the service")
        equal(1, len([row for row in asked if row["path"].startswith("/ita")]), "asked on")
    faulty({"path": "/ita/appraisal/v2/attest", "status": 400, "body": '{"error":"SIMULATED"}'},
           guest=guest)
    got, _ = refused(*ita_words(scratch, guest=guest))
    faulty(guest=guest)
    contains(got.reason("ita"), "400", "SIMULATED")
    equal(2, len(got.items("tdx-quote")), "the quote of round 2 is kept, and bound")
    assert got.nonce("ita", 2), "bound"


@case("without a session no token is asked that needs a report of its own; MAA's is not bound")
def unbound(scratch):
    faulty()
    got, asked = ask(scratch, QUOTE_SOURCES + ",maa,ita", "--skip", "host", "--maa", held().known["maa"],
                     *ita_words(scratch), status=INCOMPLETE)
    contains(got.reason("ita"), "source host")
    equal("ok", got.outcome("maa"), got.reason("maa"))
    assert "nonce" not in json.loads(got.one("maa-request")), "a nonce"
    assert "binding" not in got.manifest, "a binding"
    equal([], [row for row in asked if row["path"].startswith("/ita")], "asked")


# --- time-stamps


def tsa_root():
    return os.path.join(held().known["anchors"], "tsa-root.pem")


def verdict(*words, status=PASS):
    return json.loads(ecart("verify", *words, "--format", "json", status=status).stdout)


def stamp(archive, *words, status=PASS):
    return ran("stamp", archive, "--tsa", held().known["tsa"], "--cacert", held().known["ca"], *words,
               status=status)


def signed(scratch, *words):
    """An archive of the TD in the guest's place: no TPM, quick."""
    key = os.path.join(scratch, "K.pem")
    if not os.path.exists(key):
        ecart("keygen", "-o", key)
    got = collect(scratch, held("--machine", "td").root, "--no-collateral", "--key", key, "--force", *words)
    return got, key


@case("ecart stamp: the token proves the time under --tsa-root; id and older signatures are unchanged")
def stamped(scratch):
    faulty()
    got, key = signed(scratch)
    before = {name: data for name, data in got.members.items()}
    old = verdict(got.archive, "--key", key + ".pub")
    done = stamp(got.archive)
    contains(done.out, "archive ", "wrote ")
    assert re.search(r"^timestamp 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ by ", done.out, re.M), done.out
    after = members(got.archive)
    equal({"sig/manifest.0.tsr"}, set(after) - set(before), "new members")
    equal(before, {name: after[name] for name in before}, "old ones")
    rep = verdict(got.archive, "--key", key + ".pub", "--tsa-root", tsa_root())
    equal(["pass"] * 3, [outcome(rep, check) for check in (
        "archive.signature", "time.proven", "time.token")], "checks")
    equal(old["archive"]["id"], rep["archive"]["id"], "id")
    stamp(got.archive)
    equal({"sig/manifest.0.tsr", "sig/manifest.1.tsr"}, set(members(got.archive)) - set(before), "again")
    verdict(got.archive, "--key", key + ".pub", "--tsa-root", tsa_root())


@case("collect --tsa does the same in one run; without an answer the archive is written, and says so")
def at_once(scratch):
    faulty()
    got, key = signed(scratch, "--tsa", held().known["tsa"], "--cacert", held().known["ca"])
    assert re.search(r"^timestamp 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ by ", got.done.out, re.M), got.done.out
    rep = verdict(got.archive, "--key", key + ".pub", "--tsa-root", tsa_root())
    equal("pass", outcome(rep, "time.proven"), "time")
    for rule, word in (({"status": 403}, "403"), ({"html": True}, "a page for people")):
        faulty({"path": "/tsa", **rule})
        got, key = signed(scratch, "--tsa", held().known["tsa"], "--cacert", held().known["ca"])
        contains(got.done.out, "no timestamp: ", word)
        equal([], [name for name in got.members if name.endswith(".tsr")], "tokens")
        verdict(got.archive, "--key", key + ".pub")
    faulty()


def answer(scratch, *request, config=None):
    """What openssl's authority answers to a query of ours."""
    query, reply = os.path.join(scratch, "q"), os.path.join(scratch, "r")
    folder = os.path.join(held().known["state"], "tsa")
    tool(["openssl", "ts", "-query", *request, "-out", query], cwd=scratch)
    text = read(os.path.join(folder, "tsa.conf")).decode()
    own = write(os.path.join(scratch, "tsa.conf"), (config or (lambda t: t))(text).encode())
    for name in ("serial", "signer.pem", "signer.key"):
        shutil.copy(os.path.join(folder, name), scratch)
    subprocess.run(["openssl", "ts", "-reply", "-config", own, "-queryfile", query, "-out", reply],
                   cwd=scratch, check=False, capture_output=True)
    return read(reply)


@case("a token over other data, without our nonce, a refusal, no token: no stamp, the archive as it was")
def no_stamp(scratch):
    faulty()
    got, _ = signed(scratch)
    before, kind = read(got.archive), "application/timestamp-reply"
    manifest = write(os.path.join(scratch, "m"), got.members["manifest.json"])
    other = write(os.path.join(scratch, "o"), b"other data")
    denied = answer(scratch, "-data", manifest, "-sha1", "-cert")
    replies = {"other data": answer(scratch, "-data", other, "-sha256", "-cert"),
               "does not carry our nonce": answer(scratch, "-data", manifest, "-sha256", "-cert",
                                                  "-no_nonce"),
               "or does not carry": answer(scratch, "-data", manifest, "-sha256", "-cert"),
               "status": denied, "timestamp": b"\x30\x03\x02\x01\x00", "": b""}
    for word, body in replies.items():
        served().add({("POST", "/tsa"): lambda _, body=body: services.Reply(body, kind)})
        done = ran("stamp", got.archive, "--tsa", served().https.base + "/tsa", "--cacert", served().ca,
                   status=TROUBLE)
        contains(done.err, "no time-stamp: ", word)
        assert before == read(got.archive), "the archive changed"
    faulty({"path": "/tsa", "html": True})
    contains(stamp(got.archive, status=TROUBLE).err, "a page for people")
    faulty()


@case("--detached leaves the archive alone; the token beside it proves the time")
def detached(scratch):
    faulty()
    got, key = signed(scratch)
    before = read(got.archive)
    stamp(got.archive, "--detached")
    equal((before, ["manifest.0.tsr"]), (read(got.archive), os.listdir(got.archive + ".sig")), "files")
    rep = verdict(got.archive, "--key", key + ".pub", "--tsa-root", tsa_root())
    equal("pass", outcome(rep, "time.proven"), "time")


@case("what is damaged is not stamped, nothing is asked; no address is an error of usage")
def damaged(scratch):
    got, _ = signed(scratch)
    data = read(got.archive)
    at = data.index(b'"challenge"')
    write(got.archive, flip(data, at + 2))
    before = len(requests(held().known["requests"]))
    contains(stamp(got.archive, status=FAIL).err, "not stamped")
    equal(before, len(requests(held().known["requests"])), "asked")
    ran("stamp", got.archive, status=3)
    ran("stamp", scratch + "/none", "--tsa", held().known["tsa"], status=4)
    contains(ran("stamp", signed(scratch)[0].archive, "--tsa", "ftp://127.0.0.1/", status=TROUBLE).err,
             "refused")


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
