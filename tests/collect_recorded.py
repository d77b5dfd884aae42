#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Recorded replies of Intel's PCS and of Intel's PCCS, served again and taken as collateral: the
pieces are those of the recording, byte for byte, and pass the DCAP checks of a real quote."""

import functools
import json
import os
import sys
from urllib.parse import quote as percent

sys.dont_write_bytecode = True

from collecting import collect, requests
from e2e import INCOMPLETE, case, contains, ecart, equal, main, outcome, read, vector, write
from stand_in import Kernel, made, requests_file, served

import pem
import services as http

TDX, SGX = "/tdx/certification/v4/", "/sgx/certification/v4/"
# FMSPC of the recording of each, and the hour of it.
PCCS_FMSPC, PCCS_AT = "b0c06f000000", "2025-06-20T00:00:00Z"
PCS_FMSPC, PCS_AT = "00806f050000", "2025-06-04T12:00:00Z"
QUOTE = ("dcap", "tdx-v4-uptodate", "quote.bin")  # of a platform of PCCS_FMSPC


@functools.lru_cache(maxsize=None)
def kernel(fmspc):
    return Kernel(made(fmspc))


def recorded(name):
    """A pair of the PCCS as it was sent, but for what every server says of its own connection."""
    lines = read(vector("http", "pccs", name + ".headers")).decode().splitlines()
    fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    kept = {key: value for key, value in fields.items()
            if key not in ("Content-Type", "Content-Length", "Connection", "Keep-Alive", "Date")}
    return http.Reply(read(vector("http", "pccs", name + ".body")), fields["Content-Type"],
                      int(lines[0].split()[1]), kept)


def pccs(request):
    """Which recording answers."""
    query = request.query
    if request.path.endswith("/tcbevaluationdatanumbers"):
        return "tcbevaluationdatanumbers-404"
    if request.path.endswith("/tcb"):
        if len(query.get("fmspc", "")) != 12:
            return "tcb-bad-fmspc-400"
        if query.get("update") == "early":
            return "tdx-tcb-early-404"
        return "tdx-tcb-evalnum-ignored" if "tcbEvaluationDataNumber" in query else "tdx-tcb"
    if request.path.endswith("/pckcrl"):
        if query["ca"] != "platform":
            return "pckcrl-processor-404"
        return {"der": "pckcrl-platform-der", "pem": "pckcrl-platform-pem-is-hex"}.get(
            query.get("encoding"), "pckcrl-platform-hex")
    return {"identity": "tdx-qe-identity", "rootcacrl": "rootcacrl-hex",
            "crl": "crl-root-der"}[request.path.rsplit("/", 1)[1]]


@functools.lru_cache(maxsize=None)
def cache():
    """The address of the recorded PCCS."""
    for path in (TDX + "tcb", TDX + "qe/identity", TDX + "tcbevaluationdatanumbers", SGX + "pckcrl",
                 SGX + "rootcacrl", SGX + "crl"):
        served().add({("GET", "/pccs" + path): lambda request: recorded(pccs(request))})
    return served().https.base + "/pccs"


def wrapped(name, member, header, kind="application/json"):
    """A reply of the PCS out of its wrapper; the header encoded again as the service does it."""
    value = json.loads(read(vector("http", "pcs", name + ".json")))
    return http.Reply(value[member], kind, headers={
        header: percent(value["issuer_chain"], safe="")})


def pcs_tcb(request):
    if request.query.get("update") != "standard":
        return http.Reply("", "text/plain", 404)
    return wrapped("tdx_tcb_info_00806F050000", "tcb_info_json", "TCB-Info-Issuer-Chain")


@functools.lru_cache(maxsize=None)
def service():
    """The address of the recorded PCS, and of its root list (which it has from the PCCS)."""
    base = "/pcs"
    served().add({
        ("GET", base + TDX + "tcb"): pcs_tcb,
        ("GET", base + TDX + "qe/identity"): lambda _: wrapped(
            "tdx_qe_identity", "enclave_identity_json", "SGX-Enclave-Identity-Issuer-Chain"),
        ("GET", base + TDX + "tcbevaluationdatanumbers"): lambda _: wrapped(
            "tdx_tcb_eval_nums", "tcb_evaluation_data_numbers_json",
            "TCB-Evaluation-Data-Numbers-Issuer-Chain"),
        ("GET", base + SGX + "pckcrl"): lambda _: wrapped(
            "pck_crl_platform", "crl_data", "SGX-PCK-CRL-Issuer-Chain", "application/x-pem-file"),
        ("GET", base + "/root.der"): lambda _: recorded("crl-root-der")})
    return served().https.base + base


def gather(scratch, fmspc, *words, **options):
    before = len(requests(requests_file()))
    machine = kernel(fmspc)
    machine.where(pcs=service(), **{"root-crl": service() + "/root.der"})
    got = collect(scratch, machine.root, "--cacert", served().ca, "--source",
                  "tsm-report,collateral", *words, **options)
    return got, requests(requests_file())[before:]


def passes(scratch, got, at, quote):
    """A real quote with this collateral and no other, at that hour, under Intel's anchor."""
    folder = os.path.join(scratch, "pieces")
    for kind in ("dcap-tcbinfo", "dcap-qe-identity", "dcap-issuer-chain", "crl-der", "crl-pem",
                 "crl-hex"):
        for item in got.items(kind):
            write(os.path.join(folder, item["name"].replace("/", "-")), got.members[item["name"]])
    archive = os.path.join(scratch, "real.ecart")
    ecart("pack", "-o", archive, "--time", at, quote, folder)
    rep = json.loads(ecart("replay", archive, "--at", at, "--format", "json").stdout)
    for check in ("dcap.tcb-info.signature", "dcap.tcb-info.match", "dcap.qe-identity.signature",
                  "dcap.qe-identity.match", "dcap.crl.signature", "dcap.pck.revocation",
                  "dcap.tcb-signing.chain", "dcap.collateral.window", "tcb.platform"):
        equal("pass", outcome(rep, check), check)


@case("the recorded PCCS gives all pieces, byte for byte; a real quote passes with them at that hour")
def cached(scratch):
    got, _ = gather(scratch, PCCS_FMSPC, "--pccs", cache())
    equal("ok", got.outcome("collateral"), "outcome")
    for kind, name in (("dcap-tcbinfo", "tdx-tcb"), ("dcap-qe-identity", "tdx-qe-identity"),
                       ("crl-der", "pckcrl-platform-der"), ("crl-hex", "rootcacrl-hex")):
        equal(recorded(name).body, got.one(kind), kind)
    passes(scratch, got, PCCS_AT, vector(*QUOTE))


@case("the chain out of a header is percent-decoded alone: '+' stays, and two certificates are in it")
def chains(scratch):
    got, _ = gather(scratch, PCCS_FMSPC, "--pccs", cache())
    texts = [text.decode() for text in got.all("dcap-issuer-chain")]
    equal(3, len(texts), "TCB info, identity, PCK CRL")
    for text in texts:
        equal(2, len(pem.decode(text)), "certificates")
        assert "%" not in text, "encoded still"
    assert any("+" in text for text in texts), "no '+' in a base64 text"
    head = got.members[got.items("dcap-tcbinfo")[0]["source"]["headers"]].decode()
    contains(head, "HTTP/1.1 200 OK", "X-Powered-By: Express",
             "TCB-Info-Issuer-Chain: -----BEGIN%20CERTIFICATE-----%0A")
    served().faults.add({"path": "/pccs/*", "plus": True})
    plain, _ = gather(scratch, PCCS_FMSPC, "--pccs", cache(), "--force")
    served().faults.clear()
    equal(texts, [text.decode() for text in plain.all("dcap-issuer-chain")], "'+' sent as it is")


@case("what the PCCS does not have: no early set, no numbers, another number ignored; none is mixed in")
def lacking(scratch):
    got, asked = gather(scratch, PCCS_FMSPC, "--pccs", cache(), "--hindsight")
    equal("ok", got.outcome("collateral"), "outcome")
    equal([1, 1, 0], [len(got.items(kind)) for kind in (
        "dcap-tcbinfo", "dcap-qe-identity", "dcap-tcb-eval-numbers")], "pieces")
    equal({404}, {row["status"] for row in asked if "numbers" in row["path"] or
                  row["query"].get("update") == "early"}, "asked and not there")


@case("hexadecimal lists under whatever type they come are kept as such")
def hexadecimal(scratch):
    served().faults.add({"path": "/pccs/sgx/*/pckcrl", "status": 404, "body": "No cache data"})
    got, _ = gather(scratch, PCCS_FMSPC, "--pccs", cache(), status=INCOMPLETE, name="1.ecart")
    served().faults.clear()
    contains(got.reason("collateral"), "404", "No cache data")
    served().add({("GET", "/pccs" + SGX + "pckcrl"): lambda _: recorded("pckcrl-platform-hex")})
    got, _ = gather(scratch, PCCS_FMSPC, "--pccs", cache(), name="2.ecart")
    equal(sorted(recorded(name).body for name in ("pckcrl-platform-hex", "rootcacrl-hex")),
          sorted(got.all("crl-hex")), "lists")
    passes(scratch, got, PCCS_AT, vector(*QUOTE))


@case("the recorded PCS gives all pieces, byte for byte; a real quote passes with them at that hour")
def intel(scratch):
    got, _ = gather(scratch, PCS_FMSPC)
    equal("ok", got.outcome("collateral"), "outcome")
    for kind, name, member in (("dcap-tcbinfo", "tdx_tcb_info_00806F050000", "tcb_info_json"),
                               ("dcap-qe-identity", "tdx_qe_identity", "enclave_identity_json"),
                               ("crl-pem", "pck_crl_platform", "crl_data")):
        value = json.loads(read(vector("http", "pcs", name + ".json")))
        equal(value[member].encode(), got.one(kind), kind)
    chain = json.loads(read(vector("http", "pcs", "tdx_qe_identity.json")))["issuer_chain"]
    assert chain.encode() in got.all("dcap-issuer-chain"), "the chain is not the recorded one"
    passes(scratch, got, PCS_AT, vector("dcap", "tdx-v4-gcp-module-svn", "quote.bin"))


@case("numbers of the recorded PCS with --hindsight: the list is kept, a number that is ignored is not")
def numbers(scratch):
    got, asked = gather(scratch, PCS_FMSPC, "--hindsight")
    listed = json.loads(got.one("dcap-tcb-eval-numbers"))["tcbEvaluationDataNumbers"]["tcbEvalNumbers"]
    wanted = {str(row["tcbEvaluationDataNumber"]) for row in listed} - {"17"}
    equal(wanted, {row["query"]["tcbEvaluationDataNumber"] for row in asked
                   if row["path"].endswith("/tcb") and "tcbEvaluationDataNumber" in row["query"]},
          "asked by number")
    equal(1, len(got.items("dcap-tcbinfo")), "sets")


if __name__ == "__main__":
    main()
