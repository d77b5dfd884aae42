#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Collateral of SIMULATED services: sets and numbers, revocation lists, origins and their order, reuse."""

import functools
import json
import os
import sys

sys.dont_write_bytecode = True

from collecting import collect, requests
from e2e import INCOMPLETE, case, contains, ecart, equal, main, read, write
from stand_in import Enclave, Kernel, made as simulated, requests_file, served

import anchors as trust
import evidence
import intel_pki
import pcs as collateral

FMSPC = intel_pki.SGX["fmspc"].hex()
ROOT_CRL = "/IntelSGXRootCA.der"


class Origin:
    """A service below a path of its own."""

    def __init__(self, kind, prefix, *numbers):
        self.service = kind(kernel().made, prefix, *numbers)
        self.base, self.prefix = served().https.base + prefix, prefix
        served().add(self.service.routes())


@functools.lru_cache(maxsize=None)
def kernel():
    return Kernel()


@functools.lru_cache(maxsize=None)
def origins():
    served().add(collateral.root_crl_routes(kernel().made))
    return {"pcs": Origin(collateral.Pcs, "/pcs"), "pccs": Origin(collateral.Pccs, "/pccs"),
            "thim": Origin(collateral.Pcs, "/thim", evidence.OLDER, evidence.STANDARD),
            "equal": Origin(collateral.Pcs, "/equal", 19, 19)}


def root(**other):
    """The kernel's folder, with these addresses."""
    base = {name: one.base for name, one in origins().items()}
    kernel().where(**{"pcs": base["pcs"], "thim": base["thim"],
                      "root-crl": served().https.base + ROOT_CRL, **other})
    return kernel().root


def gather(scratch, *words, **options):
    """(what was collected, the addresses that were asked, in order)."""
    before = len(requests(requests_file()))
    where = options.pop("where", {})
    got = collect(scratch, root(**where), "--cacert", served().ca, "--source",
                  "tsm-report,collateral", *words, **options)
    return got, requests(requests_file())[before:]


def paths(rows):
    return [row["path"] + ("?" if row["query"] else "") +
            "&".join("%s=%s" % pair for pair in sorted(row["query"].items())) for row in rows]


def numbers(got):
    """{(number of the TCB info): uri}."""
    out = {}
    for item in got.items("dcap-tcbinfo"):
        value = json.loads(got.members[item["name"]])["tcbInfo"]
        out[value["tcbEvaluationDataNumber"]] = item["source"]["uri"]
    return out


def identities(got):
    return sorted(json.loads(text)["enclaveIdentity"]["tcbEvaluationDataNumber"]
                  for text in got.all("dcap-qe-identity"))


@case("the standard and the early set are kept where they differ, each with its chain and headers")
def sets(scratch):
    got, asked = gather(scratch)
    equal([19, 20], sorted(numbers(got)), "TCB infos")
    equal([19, 20], identities(got), "identities")
    contains(numbers(got)[19], "update=standard")
    contains(numbers(got)[20], "update=early")
    early = [item for item in got.items("dcap-tcbinfo") if "early" in item["name"]]
    equal(["pcs, update=early"], [item["source"]["detail"] for item in early], "detail")
    equal(5, len(got.items("dcap-issuer-chain")), "chains: two of each set, one of the PCK CRL")
    for text in got.all("dcap-issuer-chain"):
        equal(2, text.count(b"-----BEGIN CERTIFICATE-----\n"), "certificates")
    for item in got.items("dcap-tcbinfo"):
        contains(got.members[item["source"]["headers"]].decode(), "HTTP/1.1 200 OK\r\n",
                 "TCB-Info-Issuer-Chain: -----BEGIN%20CERTIFICATE-----%0A")
    equal(["/pcs/tdx/certification/v4/tcb?fmspc=%s&update=standard" % FMSPC,
           "/pcs/tdx/certification/v4/qe/identity?update=standard",
           "/pcs/tdx/certification/v4/tcb?fmspc=%s&update=early" % FMSPC,
           "/pcs/tdx/certification/v4/qe/identity?update=early",
           "/pcs/sgx/certification/v4/pckcrl?ca=platform&encoding=der", ROOT_CRL],
          paths(asked), "what was asked")
    said = [line.split()[1] for line in got.said]
    equal([served().https.base + path for path in paths(asked)], said, "what was said")


@case("an early set with the standard's number is not kept, nor one that is not there")
def not_early(scratch):
    got, asked = gather(scratch, where={"pcs": origins()["equal"].base}, name="1.ecart")
    equal([[19], [19]], [sorted(numbers(got)), identities(got)], "sets")
    equal(0, sum("identity?update=early" in path for path in paths(asked)), "identity for nothing")
    got, _ = gather(scratch, "--pccs", origins()["pccs"].base, name="2.ecart")
    equal([[19], [19]], [sorted(numbers(got)), identities(got)], "a cache without early sets")
    equal("ok", got.outcome("collateral"), "outcome")


class Changing(collateral.Pcs):
    """Issues a new set after a number of replies."""

    left = 1

    def number(self, query):
        self.left -= 1
        return 20 if self.left < 0 else 19


class Alternating(collateral.Pcs):
    """TCB info and identity never of one number."""

    def tcb(self, tee, version, request):
        self.numbers["standard"] = 21
        return super().tcb(tee, version, request)

    def identity(self, name, request):
        self.numbers["standard"] = 22
        return super().identity(name, request)


@case("numbers are never mixed: a set that changes between two replies is asked again")
def changing(scratch):
    one = Origin(Changing, "/changing")
    got, asked = gather(scratch, where={"pcs": one.base}, name="1.ecart")
    equal([[20], [20]], [sorted(numbers(got)), identities(got)], "sets")
    equal(2, sum("tcb?" in path and "standard" in path for path in paths(asked)), "asked twice")
    one = Origin(Alternating, "/alternating")
    got, _ = gather(scratch, where={"pcs": one.base}, status=INCOMPLETE, name="2.ecart")
    contains(got.reason("collateral"), "evaluation number 21", "22", "twice")
    equal(0, len(got.items("dcap-tcbinfo") + got.items("dcap-qe-identity")), "mixed pieces kept")
    equal(2, len(got.items("crl-der")), "the lists count all the same")


@case("--hindsight has every number that is served, once; the list is kept")
def hindsight(scratch):
    got, asked = gather(scratch, "--hindsight", name="1.ecart")
    equal([[19, 20], [19, 20]], [sorted(numbers(got)), identities(got)], "no number twice")
    equal(1, len(got.items("dcap-tcb-eval-numbers")), "list")
    equal(0, sum("tcbEvaluationDataNumber=" in path for path in paths(asked)), "asked by number")
    got, _ = gather(scratch, "--hindsight", "--collateral-from", "thim", name="2.ecart")
    equal([18, 19], sorted(numbers(got)), "THIM has older ones")
    # A cache that ignores the number is no witness of it; the next one is asked.
    got, asked = gather(scratch, "--hindsight", "--collateral-from", "pccs=" + origins()["pccs"].base,
                        "--collateral-from", "pcs", name="3.ecart")
    equal([[19, 20], [19, 20]], [sorted(numbers(got)), identities(got)], "cache first")


@case("revocation lists: DER of a PCS, hexadecimal root list of a cache, whatever type it claims")
def lists(scratch):
    got, _ = gather(scratch, name="1.ecart")
    equal({kernel().made.intel.pck_crl(), kernel().made.intel.root_crl()}, set(got.all("crl-der")), "DER")
    got, asked = gather(scratch, "--pccs", origins()["pccs"].base, name="2.ecart")
    equal(kernel().made.intel.root_crl().hex().encode(), got.one("crl-hex"), "hexadecimal")
    equal("/pccs/sgx/certification/v4/rootcacrl", paths(asked)[-1], "root")
    served().faults.add({"path": "/pcs/sgx/certification/v4/pckcrl", "times": 1, "hex": True,
                         "type": "application/x-pem-file"})
    got, _ = gather(scratch, name="3.ecart")
    equal(kernel().made.intel.pck_crl().hex().encode(), got.one("crl-hex"), "hexadecimal as PEM")
    served().faults.add({"path": ROOT_CRL, "times": 1, "status": 200, "body": "no list"})
    got, _ = gather(scratch, status=INCOMPLETE, name="4.ecart")
    contains(got.reason("collateral"), ROOT_CRL, "neither DER nor PEM nor hex")


@case("origins are asked in their order, and the first that has a piece gives it; the manifest says who")
def order(scratch):
    cache = "pccs=" + origins()["pccs"].base
    got, _ = gather(scratch, "--collateral-from", cache, "--collateral-from", "pcs", name="1.ecart")
    details = {item["source"]["detail"] for item in got.items("dcap-tcbinfo")}
    equal({"pccs, update=standard", "pcs, update=early"}, details, "the cache first")
    got, _ = gather(scratch, "--collateral-from", "thim", "--collateral-from", "pcs", name="2.ecart")
    equal([18, 19], sorted(numbers(got)), "THIM first")
    served().faults.add({"path": "/pccs/tdx/*", "status": 404, "body": "No cache data"})
    got, _ = gather(scratch, "--collateral-from", cache, "--collateral-from", "pcs", name="3.ecart")
    served().faults.clear()
    equal([19, 20], sorted(numbers(got)), "numbers")
    details = {item["source"]["detail"].split(",")[0]
               for kind in ("dcap-tcbinfo", "dcap-qe-identity") for item in got.items(kind)}
    equal({"pcs"}, details, "what the cache does not have")
    crl = next(item for item in got.items("crl-der") if "pckcrl" in item["source"]["uri"])
    equal("pccs", crl["source"]["detail"], "what it has")


@case("an origin that gives no answer is waited for once, not for every piece")
def silent(scratch):
    got, asked = gather(scratch, "--collateral-from", "pccs=https://127.0.0.1:1",
                        "--collateral-from", "pcs")
    equal([19, 20], sorted(numbers(got)), "numbers")
    equal(1, sum(line.startswith("GET https://127.0.0.1:1/") and " again in " not in line
                 for line in got.said), "questions to nobody: %s" % got.said)
    contains(" ".join(got.said), "connection refused")


@case("a platform that is not known there, and a TCB info of another platform, are said")
def unknown(scratch):
    other = Kernel(simulated("00806f050000"))
    other.where(pcs=origins()["pcs"].base)
    got = collect(scratch, other.root, "--cacert", served().ca, "--source", "tsm-report,collateral",
                  status=INCOMPLETE, name="1.ecart")
    contains(got.reason("collateral"), "404")
    body = kernel().made.tcb_info_of("tdx", 19).decode()
    served().faults.add({"path": "/pcs/tdx/certification/v4/tcb", "status": 200, "body": body})
    got = collect(scratch, other.root, "--cacert", served().ca, "--source", "tsm-report,collateral",
                  status=INCOMPLETE, name="2.ecart")
    served().faults.clear()
    contains(got.reason("collateral"), "another platform")
    equal([], got.items("dcap-tcbinfo"), "kept")


@case("--no-collateral asks nothing and is no gap; without a quote there is nothing to ask for")
def none(scratch):
    got, asked = gather(scratch, "--no-collateral", name="1.ecart")
    equal(("skipped", []), (got.outcome("collateral"), asked), "collateral")
    got = collect(scratch, root(), "--source", "collateral", status=INCOMPLETE, name="2.ecart")
    contains(got.reason("collateral"), "no quote")


@functools.lru_cache(maxsize=None)
def anchors():
    folder = os.path.join(served().folder, "anchors")
    for path, data in trust.files().items():
        if path.startswith("anchors/simulated/"):
            write(os.path.join(folder, os.path.basename(path)), data)
    return folder


def judged(archive):
    """The report of a replay that passes."""
    return json.loads(ecart("replay", archive, "--anchors", anchors(), "--format", "json").stdout)


@case("what was collected passes every DCAP check on replay, and so does collateral out of an archive")
def replays(scratch):
    got, _ = gather(scratch, "--nonce", "01", name="1.ecart")
    rep = judged(got.archive)
    rows = [row for row in rep["checks"] if row["id"].split(".")[0] in ("dcap", "tcb")]
    assert len(rows) > 20, len(rows)
    equal([], [row["id"] for row in rows if row["outcome"] == "fail"], "failed")
    before = len(requests(requests_file()))
    old, asked = gather(scratch, "--reuse-collateral", got.archive, name="2.ecart")
    equal([], asked, "asked")
    for kind in ("dcap-tcbinfo", "dcap-qe-identity", "dcap-issuer-chain", "crl-der"):
        equal(sorted(got.all(kind)), sorted(old.all(kind)), kind)
    for item in old.items("dcap-tcbinfo"):
        equal("archive", item["source"]["type"], "type")
        twin = next(one for one in got.items("dcap-tcbinfo")
                    if got.members[one["name"]] == old.members[item["name"]])
        equal((twin["collected"], twin["source"]["uri"]), (item["collected"], item["source"]["uri"]),
              "its old time and address")
        contains(item["source"]["detail"], twin["name"])
    equal(before, len(requests(requests_file())), "requests")
    judged(old.archive)


@case("--reuse-collateral refuses what is damaged, has none, or is of another platform; order counts")
def reuse(scratch):
    good, _ = gather(scratch, name="good.ecart")
    bare, _ = gather(scratch, "--no-collateral", name="bare.ecart")
    bytes_of = read(good.archive)
    at = bytes_of.index(b'"tcbEvaluationDataNumber":19')
    broken = write(os.path.join(scratch, "broken.ecart"),
                   bytes_of[:at] + b'"tcbEvaluationDataNumber":18' + bytes_of[at + 28:])
    other = Kernel(simulated("00806f050000"))
    for archive, folder, word in ((broken, root(), "damaged"), (bare.archive, root(), "no collateral"),
                                  (good.archive, other.root, "no TCB info of FMSPC 00806f050000")):
        got = collect(scratch, folder, "--source", "tsm-report,collateral", "--reuse-collateral", archive,
                      "--force", status=INCOMPLETE)
        contains(got.reason("collateral"), word)
        equal([], got.items("dcap-tcbinfo"), "kept")
    # An archive first, then a service; and the other way round.
    got, asked = gather(scratch, "--collateral-from", broken, "--collateral-from", "pcs", name="3.ecart")
    equal([19, 20], sorted(numbers(got)), "the service, where the archive is no good")
    got, asked = gather(scratch, "--collateral-from", good.archive, "--collateral-from", "pcs",
                        name="4.ecart")
    equal([], asked, "the archive has it all")
    served().faults.add({"path": "/pcs/*", "status": 404})
    got, asked = gather(scratch, "--collateral-from", "pcs", "--collateral-from", good.archive,
                        name="5.ecart")
    served().faults.clear()
    equal([19, 20], sorted(numbers(got)), "the archive, where the service has nothing")


@case("an enclave's collateral is SGX's")
def enclave(scratch):
    folder = Enclave(source=kernel().made)
    folder.where(pcs=origins()["pcs"].base, **{"root-crl": served().https.base + ROOT_CRL})
    got = collect(scratch, folder.root, "--cacert", served().ca)
    equal({"SGX"}, {json.loads(text)["tcbInfo"]["id"] for text in got.all("dcap-tcbinfo")}, "TCB info")
    equal({"QE"}, {json.loads(text)["enclaveIdentity"]["id"]
                   for text in got.all("dcap-qe-identity")}, "identity")
    judged(got.archive)


if __name__ == "__main__":
    main(needs_vectors=False)
