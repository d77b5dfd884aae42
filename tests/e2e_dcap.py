#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Production quotes with each collateral set: statuses as case.json has them."""

import glob
import hashlib
import json
import os
import sys

sys.dont_write_bytecode = True

from e2e import (FAIL, INCOMPLETE, PASS, VECTORS, case, contains, ecart, equal, findings, main, pack, read,
                 tool, write)

# Attributes that policy judges fail for these quotes beside their levels.
INFORMS = {"dcap.td.attributes", "dcap.enclave.attributes",
           "dcap.quote.padding", "dcap.collateral.eval-number"}
LEVELS = {"tcb.platform", "tcb.tdx-module", "tcb.qe", "tcb.status"}


def add(folder, judged):
    expect = judged["expect"]
    title = f"{os.path.basename(folder)} with {judged['collateral_dir']}"

    @case(f"{title}: {expect['tcb_status']}")
    def statuses(scratch):
        archive = f"{scratch}/case.ecart"
        pack(archive, f"{folder}/quote.bin",
             f"{folder}/{judged['collateral_dir']}")
        at = judged["verification_time"]
        good = expect["tcb_status"] == "UpToDate" and not expect["debug"]
        done = ecart("replay", archive, "--at", at, "--format", "json",
                     status=PASS if good else FAIL)
        rep = json.loads(done.out)
        tcb = rep["facts"]["tcb"]
        equal(expect["tcb_status"], tcb["status"], "merged status")
        equal(expect["platform_level_status"] or "NotSupported", tcb["platform"]["status"],
              "platform status")
        equal(sorted(set(expect["advisory_ids"])), tcb["advisories"],
              "advisories")
        if expect["current_status"]:
            equal(expect["launch_status"], tcb["launch"], "launch")
            equal(expect["current_status"], tcb["current"], "current")
        broken = {f["id"] for f in rep["checks"] if f["outcome"] == "fail"}
        debug = {"dcap.enclave.debug", "dcap.td.debug"} & broken
        equal(bool(expect["debug"]), bool(debug), "debug")
        equal(set(), broken - INFORMS - LEVELS - debug, "other checks failed")
        if rep["facts"]["quote"]["tee"] == "SGX":
            for finding in findings(rep, "tcb.tdx-module",
                                    "dcap.tdx-module.match", "dcap.td.debug"):
                equal(False, finding["required"], finding["id"])


sets = []
for path in sorted(glob.glob(f"{VECTORS}/dcap/[st]*-v*/case.json")):
    with open(path) as stream:
        sets += [(os.path.dirname(path), entry)
                 for entry in json.load(stream)["cases"]]


@case("20 quotes with 31 sets of collateral are here")
def complete(scratch):
    equal((20, 31), (len({folder for folder, _ in sets}), len(sets)),
          f"quotes and sets in {VECTORS}/dcap")


for quote_folder, judged_set in sets:
    add(quote_folder, judged_set)


def extra(name, *more):
    folder = f"{VECTORS}/dcap/{name}"
    return [f"{folder}/{part}" for part in ("quote.bin", *more)]


def reason(scratch, name, check, status):
    archive = f"{scratch}/case.ecart"
    pack(archive, *extra(name))
    rep = json.loads(ecart("replay", archive, "--at", "2025-01-01T00:00:00Z", "--format", "json",
                           status=status).out)
    [finding] = findings(rep, check)
    after = [f for f in findings(rep, "dcap.pck.extension", "dcap.qe-report.signature",
                                 "dcap.quote.signature") if f["outcome"] == "pass"]
    equal([], after, "what rests on the chain")
    return finding["outcome"], finding["reason"]


@case("certification data of type 3 holds no chain: asked for, nothing rests on its absence")
def no_chain(scratch):
    outcome, why = reason(scratch, "x-sgx-v3-certdata3-eppid", "dcap.pck.chain", INCOMPLETE)
    equal("skip", outcome, "outcome")
    contains(why, "PCK_CHAIN_MISSING", "type 3")


@case("a quote that its source marks as corrupted: where its chain breaks")
def corrupted(scratch):
    outcome, why = reason(scratch, "x-sgx-v3-corrupted", "dcap.pck.chain", FAIL)
    equal("fail", outcome, "outcome")
    contains(why, "PCK_CHAIN_MALFORMED", "at byte 1080")


@case("Intel's pre-production root has the names of the real one, is not trusted, and is named")
def preproduction(scratch):
    outcome, why = reason(scratch, "x-tdx-v4-preproduction-root", "dcap.pck.chain", FAIL)
    equal("fail", outcome, "outcome")
    contains(why, "ROOT_UNTRUSTED", "pre-production")


@case("Intel's sample, chain beside the quote, TCB info v2: UpToDate under its own root, untrusted else")
def sample(scratch):
    folder = f"{VECTORS}/dcap/x-intel-sample-testroot"
    chain = write(f"{scratch}/chain.pem", read(f"{folder}/pckCert.pem") + read(f"{folder}/pckSignChain.pem"))
    archive = f"{scratch}/case.ecart"
    pack(archive, chain, *extra("x-intel-sample-testroot", "tcbSignChain.pem", "tcbInfo.json",
                                "qeIdentity.json", "rootCaCrl.der", "intermediateCaCrl.der"))
    words = ["replay", archive, "--at", "2023-11-14T22:13:20Z", "--format", "json"]
    rep = json.loads(ecart(*words, status=FAIL).out)
    contains(findings(rep, "dcap.pck.chain")[0]["reason"], "ROOT_UNTRUSTED")
    equal(False, rep["facts"]["tcb"]["trusted"], "the level is")
    key = tool(["openssl", "x509", "-in", f"{folder}/trustedRootCaCert.pem", "-pubkey", "-noout"]).stdout
    der = tool(["openssl", "pkey", "-pubin", "-outform", "DER"], stdin=key).stdout
    os.mkdir(f"{scratch}/anchors")
    write(f"{scratch}/anchors/sample.pem", b"Name: Intel's sample root\nOwner: Intel (sample)\n"
          b"For: intel-sgx-root\nSpki-Sha256: %s\n\n" % hashlib.sha256(der).hexdigest().encode() + key)
    rep = json.loads(ecart(*words, "--anchors", f"{scratch}/anchors", status=PASS).out)
    equal(("UpToDate", True), (rep["facts"]["tcb"]["status"], rep["facts"]["tcb"]["trusted"]), "level")


@case("each piece of collateral has the digest of what is signed, however it is kept")
def digests(scratch):
    name = sorted(os.path.dirname(path) for path in glob.glob(f"{VECTORS}/dcap/tdx-v5-relaunch/*/tcb_info.json"))[0]
    texts = {"tcbInfo": read(f"{name}/tcb_info.json"), "qeIdentity": read(f"{name}/qe_identity.json")}
    wrapped = {"tcbInfo": "tcbInfo", "qeIdentity": "enclaveIdentity"}
    want = []
    for kind, text in texts.items():
        begin = text.index(b'"%s":{' % wrapped[kind].encode()) + len(wrapped[kind]) + 3
        end = text.index(b'},"signature":') + 1
        want.append((kind, hashlib.sha256(text[begin:end]).hexdigest()))
    der = read(f"{VECTORS}/dcap/x-intel-sample-testroot/rootCaCrl.der")
    crl = [write(f"{scratch}/crl.der", der + bytes(16)), write(f"{scratch}/crl.hex", der.hex().encode())]
    want += [("crl", hashlib.sha256(der).hexdigest())] * 2
    pack(f"{scratch}/case.ecart", f"{name}/tcb_info.json", f"{name}/qe_identity.json", f"crl-der={crl[0]}",
         f"crl-hex={crl[1]}")
    done = ecart("replay", f"{scratch}/case.ecart", "--at", "2026-01-12T12:00:00Z", "--format", "json",
                 status=INCOMPLETE)
    rows = json.loads(done.out)["facts"]["collateral"]
    equal(sorted(want), sorted((row["kind"], row.get("signedSha256", row.get("derSha256"))) for row in rows), "digests")


main()
