#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The services around the simulated guest: what they answer, and what they answer wrongly on demand."""

import base64
import hashlib
import http.client
import json
import os
import socket
import ssl
import struct
import sys
import time
import urllib.error
from urllib.parse import unquote

sys.dont_write_bytecode = True

from e2e import ECART, case, contains, ecart, equal, main, read, run, tool, write
from held_guest import held, skip_without_parts

import hcl as hcl_report
import der
import pem
import quote as quotes

TDX, SGX = "/tdx/certification/v4/", "/sgx/certification/v4/"
TCB = TDX + "tcb?fmspc=51514d000000"
PATIENCE = 1


def b64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def raises(kind, function, *words):
    try:
        function(*words)
    except kind as fault:
        return fault
    raise AssertionError("%s was not raised" % kind)


def chain_of(head):
    values = [value for name, value in head.items() if name.lower().endswith("issuer-chain")]
    equal(1, len(values), "chain headers")
    assert "+" not in values[0] and " " not in values[0], "the chain is not percent-encoded"
    return unquote(values[0])


def check_signed(scratch, head, body, member):
    """The signature over the inner object's bytes holds under the chain's leaf, by openssl."""
    begin = len('{"%s":' % member)
    inner = body[begin:body.rindex(b',"signature"')]
    raw = bytes.fromhex(json.loads(body)["signature"])
    r, s = (int.from_bytes(part, "big") for part in (raw[:32], raw[32:]))
    write(os.path.join(scratch, "inner"), inner)
    write(os.path.join(scratch, "sig"), der.seq(der.integer(r), der.integer(s)))
    write(os.path.join(scratch, "chain.pem"), chain_of(head).encode())
    write(os.path.join(scratch, "root.pem"), pem.chain(pem.decode(chain_of(head))[1]).encode())
    tool(["openssl", "verify", "-CAfile", "root.pem", "chain.pem"], cwd=scratch)
    key = tool(["openssl", "x509", "-in", "chain.pem", "-noout", "-pubkey"], cwd=scratch).stdout
    write(os.path.join(scratch, "key.pem"), key)
    contains(tool(["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "sig", "inner"],
                  cwd=scratch).out, "Verified OK")
    return json.loads(inner)


@case("signed replies of the PCS verify with openssl, and their windows hold now")
def pcs_signatures(scratch):
    for path, member in ((TCB, "tcbInfo"), (SGX + "tcb?fmspc=51514D000000", "tcbInfo"),
                         (TDX + "qe/identity", "enclaveIdentity"),
                         (SGX + "qe/identity", "enclaveIdentity"),
                         (TDX + "tcbevaluationdatanumbers", "tcbEvaluationDataNumbers")):
        head, body = held().pcs(path)
        value = check_signed(scratch, head, body, member)
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        assert value["issueDate"] <= now <= value["nextUpdate"], path


@case("the PCS has a standard and an early set, and refuses as Intel's does")
def pcs_sets(_):
    guest = held()
    for path in (TCB + "&", TDX + "qe/identity?"):
        standard, early = (json.loads(guest.pcs(path + "update=" + word)[1])
                           for word in ("standard", "early"))
        (standard, early) = (value.get("tcbInfo", value.get("enclaveIdentity"))
                             for value in (standard, early))
        equal([19, 20], [v["tcbEvaluationDataNumber"] for v in (standard, early)], path)
    for query, status in (("tcb?fmspc=000000000000", 404), ("tcb?fmspc=00", 400),
                          ("tcb?fmspc=51514d000000&tcbEvaluationDataNumber=17", 410),
                          ("tcb?fmspc=51514d000000&tcbEvaluationDataNumber=99", 404),
                          ("tcb?fmspc=51514d000000&tcbEvaluationDataNumber=19&update=early", 400)):
        equal(status, guest.open(guest.known["pcs"] + TDX + query)[0], query)


@case("revocation lists: DER and PEM at the PCS, hexadecimal at the PCCS")
def lists(scratch):
    guest = held()
    data = guest.pcs(SGX + "pckcrl?ca=platform&encoding=der")[1]
    path = write(os.path.join(scratch, "crl"), data)
    contains(tool(["openssl", "crl", "-inform", "DER", "-in", path, "-noout", "-issuer"]).out,
             "Platform CA")
    head, text = guest.pcs(SGX + "pckcrl?ca=platform")
    equal([data], pem.decode(text.decode()), "PEM")
    equal(2, len(pem.decode(chain_of(head))), "chain")
    head, text = guest.good(guest.known["pccs"] + SGX + "pckcrl?ca=platform")
    equal(("application/x-pem-file", data.hex().encode()), (head["Content-Type"], text), "PCCS")
    root = guest.pcs("/IntelSGXRootCA.der")[1]
    head, text = guest.good(guest.known["pccs"] + SGX + "rootcacrl")
    equal(("application/pkix-crl", root.hex().encode()), (head["Content-Type"], text), "root")
    status, head, _ = guest.open(guest.known["pccs"] + TDX + "tcbevaluationdatanumbers")
    equal((404, True), (status, head["Content-Type"].startswith("text/html")), "numbers")
    old = json.loads(guest.good(guest.known["thim"] + TCB)[1])
    equal(18, old["tcbInfo"]["tcbEvaluationDataNumber"], "THIM")


def td_report(scratch):
    return held().hcl_report(scratch)[32:1056]


def asked_quote(report_bytes):
    return json.dumps({"report": hcl_report.b64url(report_bytes)}).encode()


@case("IMDS gives a quote over a TDREPORT, 70 zero bytes behind it, and none over a false one")
def tdquote(scratch):
    guest = held()
    made = td_report(scratch)
    data = b64url(guest.imds("/acc/tdquote", asked_quote(made))["quote"])
    parts = quotes.parse(data)
    equal(bytes(70), parts["padding"], "padding")
    body = quotes.unpack(quotes.TD_10, parts["body"])
    values = quotes.unpack(hcl_report.REPORT, made)
    inner = {**quotes.unpack(hcl_report.TCB_INFO, values["tee_tcb_info"]),
             **quotes.unpack(hcl_report.TD_INFO, values["tee_info"]),
             "report_data": values["report_data"]}
    equal({name: inner[name] for name in body}, body, "fields of the TD")
    path = write(os.path.join(scratch, "quote"), data)
    contains(ecart("show", path).out, "tdx-quote")
    address = guest.known["imds"] + "/acc/tdquote"
    for offset in (130, 230, 600):  # REPORTDATA, MAC, MRTD
        false = made[:offset] + bytes([made[offset] ^ 1]) + made[offset + 1:]
        equal(400, guest.open(address, asked_quote(false), {"Metadata": "true"})[0], str(offset))
    equal(400, guest.open(address, asked_quote(made))[0], "without the header")
    equal(400, guest.open(address, asked_quote(made), {"Metadata": "true", "X-Forwarded-For": "x"})[0],
          "through a proxy")


@case("the attested document echoes the nonce and verifies with openssl, issuers by AIA")
def attested(scratch):
    guest = held()
    path = "/metadata/attested/document?api-version=2021-02-01&nonce="
    value = guest.imds(path + "0123456789")
    equal("pkcs7", value["encoding"], "encoding")
    file = write(os.path.join(scratch, "p7"), base64.b64decode(value["signature"]))
    for level, name in ((0, "root"), (1, "issuer")):
        _, data = guest.good("%s/aia/imds-%d.cer" % (guest.known["http"], level))
        write(os.path.join(scratch, name + ".pem"), pem.chain(data).encode())
    write(os.path.join(scratch, "both.pem"), b"".join(
        read(os.path.join(scratch, name)) for name in ("root.pem", "issuer.pem")))
    text = tool(["openssl", "cms", "-verify", "-inform", "DER", "-in", file, "-CAfile", "both.pem",
                 "-purpose", "any"], cwd=scratch).out
    content = json.loads(text)
    equal(("0123456789", guest.known["vm-id"]), (content["nonce"], content["vmId"]), "content")
    certs = tool(["openssl", "pkcs7", "-inform", "DER", "-in", file, "-print_certs", "-text"]).out
    contains(certs, "metadata.azure.com", "/aia/imds-1.cer")
    write(os.path.join(scratch, "leaf.pem"), certs[certs.index("-----BEGIN"):].encode())
    contains(tool(["openssl", "verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted",
                   "issuer.pem", "leaf.pem"], cwd=scratch).out, "leaf.pem: OK")
    equal(1, certs.count("BEGIN CERTIFICATE"), "certificates")
    equal(400, guest.open(guest.known["imds"] + path + "12345", None, {"Metadata": "true"})[0],
          "a short nonce")
    guest.fault(path="/metadata/attested/document", times=1, nonce="9999999999")
    other = base64.b64decode(guest.imds(path + "0123456789")["signature"])
    contains(other.decode("latin-1"), '"nonce":"9999999999"')
    contains(guest.imds("/metadata/instance?api-version=2021-12-13&format=json")["compute"]["vmId"],
             guest.known["vm-id"])


def check_token(scratch, token, keys, options):
    """The signature holds under the key of that kid; the claims."""
    head, claims, signature = token.split(".")
    header = json.loads(b64url(head))
    row = next(key for key in keys if key["kid"] == header["kid"])
    certificate = base64.b64decode(row["x5c"][0])
    path = write(os.path.join(scratch, "cert"), certificate)
    key = tool(["openssl", "x509", "-inform", "DER", "-in", path, "-noout", "-pubkey"]).stdout
    write(os.path.join(scratch, "key.pem"), key)
    write(os.path.join(scratch, "sig"), b64url(signature))
    write(os.path.join(scratch, "text"), (head + "." + claims).encode())
    contains(tool(["openssl", "dgst", *options, "-verify", "key.pem", "-signature", "sig", "text"],
                  cwd=scratch).out, "Verified OK")
    return header, json.loads(b64url(claims))


@case("MAA's token verifies with its key set, repeats the quote, and needs the right runtime data")
def maa(scratch):
    guest = held()
    base = guest.known["maa"]
    data = guest.hcl_report(scratch)
    text = hcl_report.parse(data)[1]
    quote = guest.imds("/acc/tdquote", asked_quote(data[32:1056]))["quote"]

    def body(runtime):
        return json.dumps({"quote": quote, "nonce": "ab12", "runtimeData": {
            "data": hcl_report.b64url(runtime), "dataType": "JSON"}}).encode()

    address, kind = base + "/attest/TdxVm?api-version=2025-06-01", {"Content-Type": "application/json"}
    token = json.loads(guest.good(address, body(text), kind)[1])["token"]
    keys = json.loads(guest.good(base + "/certs")[1])["keys"]
    header, claims = check_token(scratch, token, keys, ["-sha256"])
    issuer = "https://simulated.sim.attest.azure.net"
    equal((issuer + "/certs", issuer, "ab12"), (header["jku"], claims["iss"], claims["nonce"]), "names")
    equal(hashlib.sha256(text).hexdigest() + "00" * 32, claims["tdx_report_data"], "REPORTDATA")
    equal(json.loads(text), claims["x-ms-runtime"], "runtime claims")
    assert claims["nbf"] <= time.time() < claims["exp"], "times"
    status, head, _ = guest.open(address, body(text + b" "), kind)
    equal((400, "InvalidParameter"), (status, head["x-ms-error-code"]), "other runtime data")
    found = json.loads(guest.good(base + "/.well-known/openid-configuration")[1])
    equal(header["jku"], found["jwks_uri"], "jwks_uri")


@case("ITA's tokens verify in both algorithms, and need its key and its nonce in the evidence")
def ita(scratch):
    guest = held()
    base = guest.known["ita"]
    headers = {"x-api-key": guest.known["ita-key"], "Content-Type": "application/json"}
    equal(401, guest.open(base + "/appraisal/v2/nonce", None, {"x-api-key": "other"})[0], "no key")
    nonce = json.loads(guest.good(base + "/appraisal/v2/nonce", None, headers)[1])
    val, iat = (base64.b64decode(nonce[name]) for name in ("val", "iat"))
    guest.write_user_data(scratch, hashlib.sha512(val + iat).digest())
    time.sleep(2.1)
    data = guest.hcl_report(scratch)
    text = hcl_report.parse(data)[1]
    quote = b64url(guest.imds("/acc/tdquote", asked_quote(data[32:1056]))["quote"])

    def body(algorithm, verifier_nonce):
        return json.dumps({"quote": base64.b64encode(quote).decode(), "verifier_nonce": verifier_nonce,
                           "runtime_data": base64.b64encode(text).decode(),
                           "token_signing_alg": algorithm}).encode()

    keys = json.loads(guest.good(base + "/certs")[1])["keys"]
    pss = ["-sha384", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
    for algorithm, options in (("PS384", pss), ("RS256", ["-sha256"])):
        reply = guest.good(base + "/appraisal/v2/attest/azure", body(algorithm, nonce), headers)[1]
        header, claims = check_token(scratch, json.loads(reply)["token"], keys, options)
        equal((algorithm, nonce), (header["alg"], claims["verifier_nonce"]), "claims")
    other = json.loads(guest.good(base + "/appraisal/v2/nonce", None, headers)[1])
    equal(400, guest.open(base + "/appraisal/v2/attest/azure", body("RS256", other), headers)[0],
          "a nonce that is not in the evidence")


@case("the time-stamping service's answer verifies with openssl under the anchor")
def stamp(scratch):
    guest = held()
    write(os.path.join(scratch, "data"), b"SIMULATED manifest")
    tool(["openssl", "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "q"], cwd=scratch)
    kind = {"Content-Type": "application/timestamp-query"}
    query = read(os.path.join(scratch, "q"))
    head, answer = guest.good(guest.known["tsa"], query, kind)
    equal("application/timestamp-reply", head["Content-Type"], "type")
    write(os.path.join(scratch, "r"), answer)
    anchor = read(os.path.join(guest.known["anchors"], "tsa-root.pem")).decode()
    write(os.path.join(scratch, "root.pem"), anchor[anchor.index("-----BEGIN"):].encode())
    contains(tool(["openssl", "ts", "-verify", "-queryfile", "q", "-in", "r", "-CAfile", "root.pem"],
                  cwd=scratch).out, "Verification: OK")
    equal(415, guest.open(guest.known["tsa"], query, {"Content-Type": "text/plain"})[0], "type")


@case("TLS: the own authority is needed, and the name must be right")
def tls(_):
    guest = held()
    fault = raises(urllib.error.URLError, guest.open, guest.known["https-other-name"] + TCB)
    contains(str(fault), "mismatch")
    guest.context, kept = ssl.create_default_context(), guest.context
    try:
        contains(str(raises(urllib.error.URLError, guest.open, guest.known["pcs"] + TCB)), "verify failed")
    finally:
        guest.context = kept


@case("faults: statuses N times, pages, types, redirects, sizes, and an unknown one is refused")
def answers(_):
    guest = held()
    base = guest.known["pcs"]
    guest.fault(path="/tdx/*/tcb", times=2, status=429, headers={"Retry-After": "1"})
    for _ in range(2):
        status, head, _ = guest.open(base + TCB)
        equal((429, "1"), (status, head["Retry-After"]), "first answers")
    good = guest.pcs(TCB)[1]
    rows = [({"html": True}, 200, "text/html; charset=utf-8"), ({"type": "text/plain"}, 200, "text/plain"),
            ({"location": "https://127.0.0.1:1/"}, 302, "application/json"),
            ({"status": 503, "body": "later"}, 503, "application/json")]
    for rule, status, kind in rows:
        guest.fault(path="/tdx/*/tcb", times=1, **rule)
        got, head, _ = guest.open(base + TCB)
        equal((status, kind), (got, head["Content-Type"]), str(rule))
    guest.fault(path="/tdx/*/tcb", times=1, size=5 << 20)
    equal(5 << 20, len(guest.pcs(TCB)[1]), "size")
    guest.fault(path="/tdx/*/tcb", times=1, hex=True)
    equal(good.hex().encode(), guest.pcs(TCB)[1], "hex")
    guest.fault(path="/tdx/*/tcb", times=1, plus=True)
    contains(guest.pcs(TCB)[0]["TCB-Info-Issuer-Chain"], "+")
    status = guest.open(guest.known["http"] + "/_fault", b'{"path":"*","unknown":1}')[0]
    equal(400, status, "unknown fault")
    guest.command("fault", "clear")
    equal(good, guest.pcs(TCB)[1], "after all")


@case("faults of time and length: late, slow, cut in the middle")
def lengths(_):
    guest = held()
    guest.fault(path="/tdx/*/tcb", times=1, delay=0.5)
    begin = time.monotonic()
    size = len(guest.pcs(TCB)[1])
    assert time.monotonic() - begin >= 0.5, "not late"
    guest.fault(path="/IntelSGXRootCA.der", times=1, slow=0.1)
    begin = time.monotonic()
    guest.pcs("/IntelSGXRootCA.der")
    assert time.monotonic() - begin >= 0.3, "not slow"
    guest.fault(path="/tdx/*/tcb", times=1, truncate=True)
    cut = raises(http.client.IncompleteRead, guest.open, guest.known["pcs"] + TCB)
    equal(size // 2, len(cut.partial), "what came")


@case("each request is noted, so that a test sees what a client sent")
def requests(_):
    guest = held()
    guest.good(guest.known["pcs"] + TCB, None, {"X-Mark": "seen"})
    rows = [json.loads(line) for line in read(guest.known["requests"]).splitlines()]
    equal(("GET", "51514d000000", 200), (rows[-1]["method"], rows[-1]["query"]["fmspc"],
                                         rows[-1]["status"]), "last")
    assert ["X-mark", "seen"] in rows[-1]["headers"] or ["X-Mark", "seen"] in rows[-1]["headers"]


def ask_qgs(data, frame=True):
    """What QGS sends back, until it closes or has sent one frame."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(PATIENCE)
        link.connect(held().known["qgs"].removeprefix("unix:"))
        link.sendall((struct.pack(">I", len(data)) if frame else b"") + data)
        out = b""
        while len(out) < 4 or len(out) < 4 + int.from_bytes(out[:4], "big"):
            try:
                more = link.recv(65536)
            except TimeoutError:
                break
            if not more:
                break
            out += more
    return out


def qgs_request(made):
    return struct.pack("<HHIIIII", 1, 1, 0, 24 + len(made), 0, len(made), 0) + made


@case("QGS answers a framed request with a quote, and an unframed one not at all")
def qgs(scratch):
    made = td_report(scratch)
    out = ask_qgs(qgs_request(made))
    _, _, kind, size, error, n_id, n_quote = struct.unpack_from("<HHIIIII", out, 4)
    equal((1, len(out) - 4, 0, 0, size - 24), (kind, size, error, n_id, n_quote), "header")
    parts = quotes.parse(out[28:])
    equal((made[128:192], b""), (parts["body"][-64:], parts["padding"]), "quote")
    equal(b"", ask_qgs(qgs_request(made), frame=False), "without frame")
    false = made[:200] + b"X" + made[201:]
    equal(0x12003, struct.unpack_from("<I", ask_qgs(qgs_request(false)), 16)[0], "false TDREPORT")
    equal(0x12005, struct.unpack_from("<I", ask_qgs(qgs_request(made[:1000])), 16)[0], "size")


@case("QGS misbehaves on demand: no frame, lengths over the end, an error, another type, half")
def qgs_faults(scratch):
    guest, made = held(), td_report(scratch)
    good = ask_qgs(qgs_request(made))

    def spoiled(**rule):
        guest.fault(path="qgs", times=1, **rule)
        return ask_qgs(qgs_request(made))

    equal(good[4:20], spoiled(frame=True)[:16], "no frame")
    equal((0xFFFFFFF0, 0x7FFFFFFF), struct.unpack_from("<II", spoiled(sizes=True), 20), "sizes")
    equal(0x11001, struct.unpack_from("<I", spoiled(error=0x11001), 16)[0], "error")
    equal(3, struct.unpack_from("<I", spoiled(message=3), 8)[0], "type")
    equal(len(good) // 2, len(spoiled(truncate=True)), "half")
    equal(good, ask_qgs(qgs_request(made)), "after all")


def tsm_entry(name):
    """A new entry of configfs-tsm: its folder, once its attributes are there."""
    folder = held("--machine", "td").path("sys/kernel/config/tsm/report", name)
    os.mkdir(folder)
    for _ in range(100):
        if os.path.exists(os.path.join(folder, "provider")):
            return folder
        time.sleep(0.01)
    raise AssertionError("no provider appeared")


def tsm_report(folder, data, generation):
    file = os.open(os.path.join(folder, "inblob"), os.O_WRONLY)
    os.write(file, data)
    os.close(file)
    for _ in range(300):
        if int(read(os.path.join(folder, "generation"))) == generation:
            return read(os.path.join(folder, "outblob"))
        time.sleep(0.01)
    raise AssertionError("generation: %s" % read(os.path.join(folder, "generation")))


def replay_ccel(log):
    """{MR: value} of the SHA-384 log; its tail is 0xff."""
    at = 32 + struct.unpack_from("<I", log, 28)[0]
    out = {}
    while log[at:at + 4] != b"\xff" * 4:
        register, _, count, kind = struct.unpack_from("<IIIH", log, at)
        equal((1, 0x000C), (count, kind), "digests at %d" % at)
        digest = log[at + 14:at + 62]
        out[register] = hashlib.sha384(out.get(register, bytes(48)) + digest).digest()
        at += 66 + struct.unpack_from("<I", log, at + 62)[0]
    return out


@case("configfs-tsm of a plain TD: a directory gives a quote over the 64 bytes written to it")
def tsm(scratch):
    guest = held("--machine", "td")
    folder = tsm_entry("ecart-0123456789abcdef")
    equal((b"tdx_guest\n", b"0\n", b""), tuple(read(os.path.join(folder, name)) for name in
                                               ("provider", "generation", "outblob")), "at first")
    first, second = os.urandom(64), os.urandom(64)
    data = tsm_report(folder, first, 1)
    equal(first, quotes.parse(data)["body"][-64:], "REPORTDATA")
    equal(second, quotes.parse(tsm_report(folder, second, 2))["body"][-64:], "the next")
    body = quotes.unpack(quotes.TD_10, quotes.parse(data)["body"])
    for register in range(4):
        path = "sys/devices/virtual/misc/tdx_guest/measurements/rtmr%d:sha384" % register
        equal(body["rtmr%d" % register], read(guest.path(path)), path)
    table = read(guest.path("sys/firmware/acpi/tables/CCEL"))
    equal((56, 0, 2), (len(table), sum(table) & 255, table[36]), "CCEL")
    log = read(guest.path("sys/firmware/acpi/tables/data/CCEL"))
    equal(struct.unpack_from("<Q", table, 40)[0], len(log), "area")
    equal({n: body["rtmr%d" % (n - 1)] for n in (1, 2, 3)}, replay_ccel(log), "what the log replays to")


@case("configfs-tsm misbehaves on demand: the generation jumps, outblob has no bytes")
def tsm_faults(_):
    guest = held("--machine", "td")
    folder = tsm_entry("ecart-faults")
    guest.fault(path="tsm", times=1, jump=True)
    tsm_report(folder, os.urandom(64), 2)
    guest.fault(path="tsm", times=1, empty=True)
    equal(b"", tsm_report(folder, os.urandom(64), 3), "outblob")


@case("a quote of the plain TD replays to a pass of every DCAP check under the guest's anchors")
def td_replays(scratch):
    guest = held("--machine", "td")
    write(os.path.join(scratch, "quote"), tsm_report(tsm_entry("ecart-replay"), bytes(64), 1))
    names = ["quote"]
    for name, path in (("tcb", TCB), ("identity", TDX + "qe/identity"),
                       ("pck.crl", SGX + "pckcrl?ca=platform&encoding=der"),
                       ("root.crl", "/IntelSGXRootCA.der")):
        head, data = guest.pcs(path)
        write(os.path.join(scratch, name), data)
        names.append(name)
        if "root" not in name:
            write(os.path.join(scratch, name + ".pem"), chain_of(head).encode())
            names += [name + ".pem"] if name != "identity" else []
    ecart("pack", "-o", "a.ecart", *names, cwd=scratch)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    done = run([ECART, "replay", os.path.join(scratch, "a.ecart"), "--at", now, "--anchors",
                guest.known["anchors"], "--format", "json"])
    rows = [row for row in json.loads(done.stdout)["checks"] if row["id"].startswith("dcap.")]
    assert len(rows) > 15, "%d checks" % len(rows)
    equal([], [row["id"] for row in rows if row["outcome"] == "fail"], "failed")
    equal("pass", next(row for row in rows if row["id"] == "dcap.quote.signature")["outcome"], "quote")


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
