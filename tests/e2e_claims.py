#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Claims of real tokens against the raw evidence that they were issued for, one by one, and the
enclave that vouches for the key."""

import base64
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "forge"))

import hcl
import maa_enclave
import rsa
import token_pki
import tokens
import windows
import x509
from case import expect_policy
from claims import Claimed, Guest
from e2e import (FAIL, INCOMPLETE, PASS, case, contains, ecart, equal, findings, main, read, report,
                 simulated, tool, vector, write)

SGX_AT, SNP_AT, GUEST_AT = "@1695737800", "@1744085800", "@1680173400"
OLD_AT = "@1590623600"
ANCHORS = ("--anchors", simulated("anchors"))


def token(name):
    return read(vector("tokens", name)).strip()


def packed(scratch, at, **items):
    """An archive of items by kind."""
    paths = [kind.replace("_", "-") + "=" + write(os.path.join(scratch, "in", kind), data)
             for kind, data in items.items()]
    archive = os.path.join(scratch, "made.ecart")
    ecart("pack", "--force", "-o", archive, "--time", at, *paths)
    return archive


def told(rep, check):
    row, = findings(rep, check)
    return row["outcome"], row.get("reason", "")


def results(rep):
    """{claim: result} of the one token."""
    only, = rep["facts"]["token"]
    return {claim["name"]: claim["result"] for claim in only["claims"]}


def payload_of(text):
    part = text.split(b".")[1]
    return json.loads(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))


def with_payload(text, payload):
    """The same token with another payload, under a signature that is no longer one."""
    header, _, signature = text.split(b".")
    return b".".join((header, tokens.part(payload).encode(), signature))


def old_token():
    """The reply of 2020, whose signature nobody kept, as a token."""
    header, payload = re.split(r"\n\s*\n", read(vector("tokens", "maa-sgx0-decoded-token.txt")).decode())
    return ".".join((tokens.part(json.loads(header)), tokens.part(json.loads(payload)), "AAAA")).encode()


def old_quote():
    request = json.loads(read(vector("tokens", "maa-sgx0-request.json")))
    return base64.urlsafe_b64decode(request["Quote"] + "==")[16:]


@case("a real token of SGX: signature, key, enclave; what its TCB lacks is named")
def real_sgx(scratch):
    archive = packed(scratch, SGX_AT, maa_token=token("maa-sgx1-token.jwt"),
                     jwks=read(vector("tokens", "maa-sgx1-jwks.json")))
    rep = report(archive, status=INCOMPLETE)
    for check in ("maa.format", "maa.key", "maa.signature", "maa.window", "maa.enclave.binding",
                  "maa.enclave.debug", "maa.runtime-data"):
        equal("pass", told(rep, check)[0], check)
    equal(("skip", "incomplete: dcap.pck.revocation, dcap.pck-ca.revocation, dcap.tcb-info.match, "
           "dcap.qe-identity.match, tcb.platform, tcb.qe, tcb.status"), told(rep, "maa.enclave"), "enclave")
    enclave = rep["facts"]["maa"]
    equal("8f0c8a14a0318ee5286b820d7c2afccf56e624fe769c3639eacd6b4003f9cdef", enclave["mrenclave"], "identity")
    equal("74ba5fba208571cf99e1f7158e6536a05bbb6ce7807eef8f6a97f64a7af64b83", enclave["mrsigner"], "signer")
    equal(("00906ed50000", 1, 1, False), (enclave["platform"]["fmspc"], enclave["isvprodid"],
                                          enclave["isvsvn"], enclave["debug"]), "platform")
    passed = {row["id"] for row in enclave["checks"] if row["outcome"] == "pass"}
    assert {"dcap.pck.chain", "dcap.qe-report.signature", "dcap.qe-report.binding",
            "dcap.quote.signature"} <= passed
    equal("good", rep["facts"]["token"][0]["signature"], "signature")
    contains(ecart("replay", archive, status=INCOMPLETE).out, "signature good", "MRENCLAVE",
             enclave["mrenclave"], "nothing here vouches for which enclave that is")
    equal("unpinned", enclave["identity"], "identity")
    for value, word in ((enclave["mrsigner"], "expected"), ("00" * 32, "unexpected")):
        policy = write(os.path.join(scratch, "policy.json"), json.dumps(
            expect_policy("expect-maa", {"maa.mrsigner": [value]})).encode())
        equal(word, report(archive, "--policy", policy, status=INCOMPLETE)["facts"]["maa"]["identity"], word)
        out = ecart("replay", archive, "--policy", policy, status=INCOMPLETE).out
        equal((False, word == "unexpected"), ("vouches for which" in out, "NOT the enclave" in out), "text")
    folder = os.path.join(scratch, "by-hand")
    ecart("unpack", archive, folder)
    line, = ecart("explain", archive, "--check", "maa.enclave.binding", "--by-hand").out.splitlines()
    equal(enclave["reportData"][:64], tool(["bash", "-c", line], cwd=folder).out.split()[0], "by hand")


@case("two tokens of one key are of one enclave, and each says so")
def one_enclave(scratch):
    text = token("maa-sgx1-token.jwt")
    paths = ["maa-token=" + write(os.path.join(scratch, "in", name), data) for name, data in (
        ("a", text), ("b", with_payload(text, dict(payload_of(text), svn=2))))]
    archive = os.path.join(scratch, "two.ecart")
    ecart("pack", "-o", archive, "--time", SGX_AT, *paths, "jwks=" + vector("tokens", "maa-sgx1-jwks.json"))
    rep = report(archive, status=FAIL)
    rows = findings(rep, "maa.enclave")
    equal(2, len(rows), "findings")
    equal(1, len({(row["outcome"], row["reason"]) for row in rows}), "answers")
    equal(*[enclave["checks"] for enclave in rep["facts"]["maa"]], "rows")
    equal(["pass", "fail"], [row["outcome"] for row in findings(rep, "maa.signature")], "signatures")


@case("a real token of SEV-SNP: 17 of 17 claims follow from its report; no key set, no signature")
def real_snp(scratch):
    archive = packed(scratch, SNP_AT, maa_token=token("maa-snp1-token.jwt"),
                     snp_report=read(vector("tokens", "maa-snp1-request-snp-report.bin")))
    rep = report(archive, status=INCOMPLETE)
    found = results(rep)
    own = {name: result for name, result in found.items() if name.startswith("x-ms-sevsnpvm-")}
    equal((17, {"equal"}), (len(own), set(own.values())), "claims")
    equal(("pass", ""), told(rep, "maa.claims"), "claims")
    equal(("skip", "absent: no key set with the token's key"), told(rep, "maa.key"), "key")
    equal("no-key", rep["facts"]["token"][0]["signature"], "signature")
    contains(ecart("replay", archive, status=INCOMPLETE).out, "nothing here has its key",
             "of 25 claims 18 follow from items/snp-report/0000.bin, 7 are the")
    equal("not-recomputable", found["x-ms-policy-hash"], "policy hash")


@case("explain prints each claim: its value in the token, recomputed, and the bytes")
def table(scratch):
    archive = packed(scratch, SNP_AT, maa_token=token("maa-snp1-token.jwt"),
                     snp_report=read(vector("tokens", "maa-snp1-request-snp-report.bin")))
    out = ecart("explain", archive, "--check", "maa.claims").out
    contains(out, "  equal             x-ms-sevsnpvm-microcode-svn\n"
             "    token           115\n"
             "    recomputed      115\n"
             "    from            items/snp-report/0000.bin, bytes 391..391\n",
             "  not-recomputable  x-ms-policy-hash\n"
             "    token           9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco\n",
             "    from            items/snp-report/0000.bin, bytes 144..191\n")
    equal(18, out.count("    recomputed "), "claims that follow")


@case("a real guest's token: the runtime claims inside hash to the report data that it says")
def real_guest(scratch):
    text = token("maa-azureguest1-token.jwt")
    rep = report(packed(scratch, GUEST_AT, maa_token=text), status=INCOMPLETE)
    equal(("pass", ""), told(rep, "maa.runtime-data"), "runtime data")
    payload = payload_of(text)
    payload["x-ms-isolation-tee"]["x-ms-runtime"]["vm-configuration"]["secure-boot"] = False
    rep = report(packed(scratch, GUEST_AT, maa_token=with_payload(text, payload)), status=FAIL)
    outcome, reason = told(rep, "maa.runtime-data")
    equal(("fail", "mismatch:"), (outcome, reason.split()[0]), "runtime data")
    out = ecart("replay", os.path.join(scratch, "made.ecart"), status=FAIL).out
    equal(False, "x-ms-compliance-status" in out, "a claim that nobody signed is not explained")


@case("runtime data of another report are not those of a real token")
def other_runtime(scratch):
    text = token("maa-snp1-token.jwt")
    runtime = json.loads(read(vector("tokens", "maa-snp1-request-runtimedata.json")))
    made = with_payload(text, dict(payload_of(text), **{"x-ms-runtime": runtime}))
    rep = report(packed(scratch, SNP_AT, maa_token=made,
                        snp_report=read(vector("tokens", "maa-snp1-request-snp-report.bin"))), status=FAIL)
    outcome, reason = told(rep, "maa.runtime-data")
    equal(("fail", "mismatch:"), (outcome, reason.split()[0]), "runtime data")
    equal("pass", told(rep, "maa.claims")[0], "claims")


@case("the reply of 2020: its claims follow from the quote of its request; its enclave is a debug enclave")
def real_2020(scratch):
    archive = packed(scratch, OLD_AT, maa_token=old_token(), sgx_quote=old_quote(),
                     jwks=read(vector("tokens", "maa-sgx0-jwks-2020.json")))
    rep = report(archive, status=FAIL)
    equal({"is-debuggable", "maa-attestationcollateral.maa-quotehash", "product-id", "sgx-mrenclave",
           "sgx-mrsigner", "svn", "tee"}, {n for n, r in results(rep).items() if r == "equal"}, "claims")
    equal(("pass", ""), told(rep, "maa.claims"), "claims")
    equal("fail", told(rep, "maa.enclave.debug")[0], "debug")
    equal("pass", told(rep, "maa.enclave.binding")[0], "binding")
    equal(["debug:", "incomplete:"], [told(rep, c)[1].split()[0] for c in ("maa.enclave.debug", "maa.enclave")],
          "reasons")
    enclave = rep["facts"]["maa"]
    equal(("1.2.840.113556.10.1.1", True, False, True), tuple(
        enclave[name] for name in ("oid", "octetString", "oeHeader", "debug")), "evidence")


def spoiled(payload, path):
    """The payload with the claim of a path changed, type kept."""
    out = json.loads(json.dumps(payload))
    *way, last = path
    inside = out
    for name in way:
        inside = inside[name]
    value = inside[last]
    inside[last] = (not value if isinstance(value, bool) else value + 1 if isinstance(value, int)
                    else ("0" if value[0] != "0" else "1") + value[1:])
    return out


def each_alone(scratch, at, text, status, **evidence):
    """Each claim that follows from the evidence, changed alone, is named, and no other."""
    rep = report(packed(scratch, at, maa_token=text, **evidence), status=status)
    names = [name for name, result in results(rep).items() if result == "equal"]
    payload = payload_of(text)
    for name in names:
        made = with_payload(text, spoiled(payload, name.split(".")))
        found = results(report(packed(scratch, at, maa_token=made, **evidence), status=FAIL))
        equal([name], [n for n, r in found.items() if r == "differs"], "what differs")
    return len(names)


@case("each claim of SGX and of SEV-SNP, changed alone, differs alone")
def alone(scratch):
    equal(7, each_alone(scratch, OLD_AT, old_token(), INCOMPLETE, sgx_quote=old_quote()), "of SGX")
    equal(18, each_alone(scratch, SNP_AT, token("maa-snp1-token.jwt"), INCOMPLETE, snp_report=read(
        vector("tokens", "maa-snp1-request-snp-report.bin"))), "of SEV-SNP")


@case("each claim of TDX, changed alone, differs alone")
def alone_tdx(scratch):
    folder = os.path.join(scratch, "unpacked")
    ecart("unpack", simulated("replay", "pass-claims", "archive.tar"), folder)
    text = read(os.path.join(folder, "items", "maa-token", "0000.jwt"))
    quote = read(os.path.join(folder, "items", "tdx-quote", "0000.bin"))
    at = read(simulated("replay", "pass-claims", "as-of")).decode().strip()
    equal(23, each_alone(scratch, at, text, FAIL, tdx_quote=quote), "of TDX")


@case("real evidence that was copied into a certificate of the right name is of another key")
def copied(scratch):
    real = base64.b64decode(json.loads(read(vector("tokens", "maa-sgx1-jwks.json")))["keys"][0]["x5c"][0])
    evidence = [row for row in x509.parse(real)[0]["extensions"] if row[0] == maa_enclave.NEW]
    key, text = rsa.key("maa stranger"), token("maa-sgx1-token.jwt")
    issuer = payload_of(text)["iss"]
    fields = dict(token_pki.instance_fields(key, issuer), extensions=evidence)
    kid = tokens.commitment(key.spki())
    keys = {"keys": [tokens.jwk(kid, None, [token_pki.self_signed(fields, key)])]}
    header = {"alg": "RS256", "jku": issuer + "/certs", "kid": kid, "typ": "JWT"}
    signed = tokens.part(header) + "." + tokens.part(payload_of(text))
    made = (signed + "." + hcl.b64url(key.sign(signed.encode()))).encode()
    rep = report(packed(scratch, SGX_AT, maa_token=made, jwks=json.dumps(keys).encode()), status=FAIL)
    equal(["pass"] * 3, [told(rep, c)[0] for c in ("maa.key", "maa.signature", "maa.enclave.debug")], "token")
    outcome, reason = told(rep, "maa.enclave.binding")
    equal(("fail", "mismatch:"), (outcome, reason.split()[0]), "binding")
    equal(["maa.enclave.binding"], [row["id"] for row in rep["checks"] if row["outcome"] == "fail"], "alone")


@case("upper case is another spelling of the same, and noted")
def upper(scratch):
    archive = simulated("replay", "pass-claims-azure-guest", "archive.tar")
    at = read(simulated("replay", "pass-claims-azure-guest", "as-of")).decode().strip()
    rep = report(archive, "--at", at, *ANCHORS, status=PASS)
    claims = {c["name"]: c for c in rep["facts"]["token"][0]["claims"]}
    equal(("equal", "upper case"), tuple(claims["x-ms-isolation-tee.tdx_mrtd"][n] for n in ("result", "note")),
          "claim")


SIMULATED_AT = "@%d" % windows.AS_OF
LATER = "says that a policy of the service's owner found a confidential VM"


def claimed(scratch, edits, subject=Claimed, parts=("maa-signed", "maa-keys"), *extra):
    """An archive of forge's tokens with claims of one's own."""
    made, paths = subject(edits).parts(), list(extra)
    for name in parts:
        kind = {"maa-signed": "maa-token", "maa-keys": "jwks", "quote": "tdx-quote"}[name]
        paths.append(kind + "=" + write(os.path.join(scratch, "in", name), made[name]))
    archive = os.path.join(scratch, "claimed.ecart")
    ecart("pack", "--force", "-o", archive, "--time", SIMULATED_AT, *paths)
    return archive


@case("what the compliance status says is told of the service's own claim, in a token that is signed")
def compliance(scratch):
    name = "x-ms-compliance-status"

    def told_of(edits, subject=Claimed, status=INCOMPLETE):
        archive = claimed(scratch, edits, subject)
        return LATER in " ".join(ecart("replay", archive, *ANCHORS, status=status).out.split())
    for subject in (Claimed, Guest):
        equal(True, told_of({}, subject), "signed")
        equal(False, told_of({"maa.key": lambda _: rsa.key("attacker")}, subject, FAIL), "not signed")
    others = ("my-" + name, "x.x-ms-isolation-tee." + name, "x-ms-isolation-tee." + name, name + "-x")
    for other in others:
        equal(False, told_of({"maa.tee": lambda t, n=other: dict(
            {k: v for k, v in t.items() if k != name}, **{n: "azure-compliant-cvm"})}), other)
    equal(False, told_of({"maa.tee": lambda t: dict(
        {k: v for k, v in t.items() if k != name}, mine={name: "azure-compliant-cvm"})}), "inside")


@case("characters that turn a line round, or show nothing, reach nobody")
def invisible(scratch):
    evil = "\u202etxt.\u2066 \u2028verdict PASS\u200b\u200f\ufeff\u061c\u2060"
    archive = claimed(scratch, {
        "maa.claims": lambda c: dict(c, **{"x-ms-attestation-type": evil, evil: evil,
                                           "x-ms-compliance-status": evil}),
        "maa.header": lambda h: dict(h, typ=evil, jku=h["jku"] + evil)}, Claimed,
        ("maa-signed", "maa-keys", "quote"))
    for words in (["replay"], ["replay", "--full"], ["replay", "--format", "json"],
                  ["explain", "--check", "maa.claims"], ["explain", "--check", "maa.key"],
                  ["show"], ["show", "--json"]):
        more = [] if words[0] == "show" else ANCHORS
        done = ecart(words[0], archive, *words[1:], *more, status=FAIL if words[0] == "replay" else 0)
        equal([], sorted({c for c in done.out + done.err if ord(c) > 0x7e or (ord(c) < 32 and c != "\n")}),
              " ".join(words))
    contains(ecart("explain", archive, "--check", "maa.claims", *ANCHORS).out, "\\xe2\\x80\\xaetxt\\x2e")


@case("the seventeenth enclave is not followed, and that fails")
def many_enclaves(scratch):
    for n, status in ((16, INCOMPLETE), (17, FAIL)):
        paths = []
        for i in range(n):
            key = rsa.key("limit %d" % i, 1024)
            one = Claimed({"maa.instance.key": lambda _, k=key: k})
            for kind, data in (("maa-token", one.maa_signed), ("jwks", one.maa_keys)):
                paths.append(kind + "=" + write(os.path.join(scratch, "many", "%s%02d" % (kind, i)), data))
        archive = claimed(scratch, {}, Claimed, (), *paths)
        rows = findings(report(archive, *ANCHORS, status=status), "maa.enclave")
        equal(n, len(rows), "rows")
        over = [row["reason"] for row in rows if row["outcome"] == "fail"]
        equal(["limit: only 16 keys are followed"] * (n - 16), over, "over the limit")


main()
