#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SEV-SNP reports: each real one with its expected result, and changed ones.

Forged cases that testdata/ does not keep are made and replayed here.
"""

import base64
import json
import os
import sys

sys.dont_write_bytecode = True

import golden
from e2e import (ECART, FAIL, INCOMPLETE, PASS, ROOT, case, contains, ecart, equal,
                 failed, findings, flip, main, outcome, pack, read, report, run,
                 simulated, vector, write)

sys.path.insert(0, os.path.join(ROOT, "tests", "forge"))

AT, LATER, EARLIER = "2025-06-01T00:00:00Z", "2026-07-28T00:00:00Z", "2023-06-01T00:00:00Z"
SNP = ["snp.format", "snp.signature", "snp.chain", "snp.tcb", "snp.debug"]
HCL = ["hcl.runtime-data.binding", "hcl.runtime-data.format", "hcl.ak"]
TPM = ["tpm.quote.format", "tpm.quote.selection", "tpm.quote.signature", "tpm.ak.name"]
MILAN = "amd-milan-chain.pem"

# name -> files, time, verdict, measurement, VCEK's microcode
SETS = {
    "snp1": (["snp1-hcl-report.bin", "snp1-vcek.pem", "snp1-tpm-quote.json"], AT, PASS,
             "9ac48fca", 115),
    "snp2, version 0, with AMD's chain": (["snp2-evidence-v0.json", MILAN], AT, PASS, "", 219),
    "snp3, version 2, with AMD's chain": (["snp3-evidence-v2.json", MILAN], AT, PASS, "", 219),
    "snp5, as cmcp has it": (["snp5-cmcp-evidence.json"], LATER, INCOMPLETE, "5b0ce64a", 219),
}


def paths(files):
    return [vector("azure", name) for name in files]


def replayed(scratch, files, at, status, *more):
    archive = f"{scratch}/snp.ecart"
    ecart("pack", "--force", "-o", archive, *files)
    return report(archive, "--at", at, *more, status=status)


def all_pass(rep, checks):
    for check in checks:
        equal("pass", outcome(rep, check), check)


def reason(rep, check):
    row, = findings(rep, check)
    return row["reason"]


def add_cases(name, files, at, status, measurement, microcode):
    @case(f"{name}: everything that is there holds")
    def holds(scratch):
        rep = replayed(scratch, paths(files), at, status)
        all_pass(rep, SNP + HCL + TPM)
        equal([], failed(rep), "failed")
        if status == PASS:
            equal("pass", outcome(rep, "tpm.quote.pcrs"), "tpm.quote.pcrs")
        else:
            contains(reason(rep, "tpm.quote.pcrs"), "absent: tpm-pcrs")
        for check in ("hcl.td-report.hashes", "hcl.report.match"):
            contains(reason(rep, check), "not-applicable")
        snp = rep["facts"]["snp"]
        equal(True, snp["trusted"], "trusted")
        equal(microcode, snp["tcb"]["reported"]["microcode"], "microcode")
        contains(snp["measurement"], measurement)
        equal(snp["chipId"], snp["certificate"]["hwId"], "chip")
        equal("1f00030000000000", snp["policy"], "policy")
        equal(True, rep["facts"]["azure"]["runtimeData"]["trusted"], "claims")
        used = [a["name"] for a in rep["anchors"] if a["used"]]
        equal(["AMD ARK-Milan"], used, "anchors")


for set_name, row in SETS.items():
    add_cases(set_name, *row)


@case("snp2, snp3: PCR 0 is the quoted one, and without AMD's chain ASK is named")
def first_register(scratch):
    for files, pcr0 in ((["snp2-evidence-v0.json"], "e15c4479"),
                        (["snp3-evidence-v2.json"], "84275b2f")):
        rep = replayed(scratch, paths(files + [MILAN]), AT, PASS)
        contains(rep["facts"]["pcr"]["sha256"]["0"][:8], pcr0)
        rep = replayed(scratch, paths(files), AT, INCOMPLETE)
        contains(reason(rep, "snp.chain"), "missing-issuer", "CN=SEV-Milan")
        equal("pass", outcome(rep, "snp.signature"), "snp.signature")


@case("snp2: AMD's chain may come by --collateral")
def by_collateral(scratch):
    rep = replayed(scratch, paths(["snp2-evidence-v0.json"]), AT, PASS, "--collateral",
                   vector("azure", MILAN))
    all_pass(rep, SNP + HCL)


@case("snp3: the nonce is the beginning of the user data")
def nonce(scratch):
    rep = replayed(scratch, paths(["snp3-evidence-v2.json", MILAN]), AT, PASS)
    extra = rep["facts"]["tpm"]["extraData"]
    contains(extra, "982f5c6e")
    equal(extra, rep["facts"]["azure"]["runtimeData"]["userData"][:len(extra)].lower(), "nonce")


@case("snp4: by another chip's certificate the signature fails, without one it is open")
def other_chip(scratch):
    old = vector("azure", "snp4-hcl-report-2023.bin")
    rep = replayed(scratch, [old, vector("azure", "thim-style-certs-vcek-ask-ark.pem")],
                   EARLIER.replace("2023", "2025"), FAIL)
    equal([("snp.signature", "items/azure-hcl-report/0000.bin")], failed(rep), "failed")
    contains(reason(rep, "snp.signature"), "another chip")
    equal("pass", outcome(rep, "snp.chain"), "snp.chain")
    rep = replayed(scratch, [old], EARLIER, INCOMPLETE)
    contains(reason(rep, "snp.signature"), "absent: no certificate of the chip's key")
    contains("\n".join(rep["gaps"]), "VCEK certificate")
    equal(False, rep["facts"]["snp"]["trusted"], "trusted")
    equal("3a5d5b1d", rep["facts"]["snp"]["chipId"][:8], "chip")


@case("the certificates of the host's answer: chain of a chip whose report is not here")
def thim_chain(scratch):
    files = paths(["snp4-hcl-report-2023.bin", "thim-vcek.der", "thim-ask.der", "thim-ark.der"])
    rep = replayed(scratch, files, AT, FAIL)
    equal("pass", outcome(rep, "snp.chain"), "snp.chain")
    equal("fail", outcome(rep, "snp.signature"), "snp.signature")


# --- changed: byte of the paravisor's report of snp1 -> what must be said

CHANGED = {
    "reported TCB": (0x1A6, lambda b: 0, {"snp.signature": "did not sign"}),
    "a claim": (0x6E0, lambda b: b + 1, {"hcl.runtime-data.binding": "does not commit"}),
    "the AK's kid": (0x540, lambda b: 0, {"hcl.runtime-data.binding": "does not commit"}),
    "version": (0x20, lambda b: 4, {"hcl.format": "want 2, 3 or 5, found 4"}),
    "a reserved byte": (0x20 + 0x4C, lambda b: 1, {"hcl.format": "reserved at byte 108"}),
    "measurement": (0x20 + 0x90, lambda b: b ^ 1, {"snp.signature": "did not sign"}),
    "chip id": (0x20 + 0x1A0, lambda b: b ^ 1, {"snp.signature": "another chip"}),
    "signature": (0x20 + 0x2A0, lambda b: b ^ 1, {"snp.signature": "did not sign"}),
}


def add_changed(name, offset, change, wanted):
    @case(f"snp1, changed in {name}: that check fails")
    def changed(scratch):
        content = bytearray(read(vector("azure", "snp1-hcl-report.bin")))
        content[offset] = change(content[offset])
        path = write(f"{scratch}/hcl.bin", bytes(content))
        rep = replayed(scratch, [path] + paths(["snp1-vcek.pem", "snp1-tpm-quote.json"]), AT, FAIL)
        equal(sorted(wanted), [check for check, _ in failed(rep)], "failed")
        for check, words in wanted.items():
            contains(reason(rep, check), words)
        assert outcome(rep, "tpm.quote.signature") == "skip"


for change_name, row in CHANGED.items():
    add_changed(change_name, *row)


@case("the certificate's window: open before and after, closed a second outside")
def window(scratch):
    files = paths(SETS["snp1"][0])
    for at, status, word in (("2023-05-02T21:22:19Z", PASS, None),
                             ("2023-05-02T21:22:18Z", FAIL, "not_yet_valid"),
                             ("2030-05-02T21:22:19Z", PASS, None),
                             ("2030-05-02T21:22:20Z", FAIL, "expired")):
        rep = replayed(scratch, files, at, status)
        if word:
            contains(reason(rep, "snp.chain"), word)


@case("without AMD's anchor the chain is untrusted, whatever else is given")
def no_anchor(scratch):
    pack(f"{scratch}/a.ecart", *paths(SETS["snp1"][0]))
    rep = report(f"{scratch}/a.ecart", "--at", AT, "--anchors",
                 os.path.join(ROOT, "anchors", "intel"), status=FAIL)
    contains(reason(rep, "snp.chain"), "untrusted: ends at a root that is not pinned")


@case("the anchor is the key of the vectors' ARK")
def anchor_of_vectors(scratch):
    text = read(os.path.join(ROOT, "anchors", "amd", "ark-milan.pem")).decode()
    done = run(["openssl", "x509", "-inform", "DER", "-in", vector("azure", "thim-ark.der"),
                "-pubkey", "-noout"])
    contains(text, done.out)
    shown = json.loads(ecart("show", vector("azure", "thim-ark.der"), "--json").stdout)
    contains(json.dumps(shown), text.split("Subject: ")[1].split("\n")[0])


@case("by-hand lines: openssl agrees on signature and chain")
def by_hand(scratch):
    archive = f"{scratch}/a.ecart"
    pack(archive, *paths(SETS["snp1"][0]))
    ecart("unpack", archive, f"{scratch}/un")
    for check, words in (("snp.format", "\n".join(("          2", "          0", " 00000000", "   0   0"))),
                         ("snp.signature", "Verified OK"), ("snp.chain", "vcek.pem: OK"),
                         ("snp.tcb", "03 00 00 00 00 00 08 73"),
                         ("snp.debug", "1f 00 03 00 00 00 00 00")):
        line, = ecart("explain", archive, "--at", AT, "--check", check,
                      "--by-hand").out.splitlines()
        done = run(["bash", "-c", line], f"{scratch}/un")
        assert done.status == 0 and done.err == "", f"{line}\n{done}"
        contains(done.out, words)


@case("a policy may pin the measurement")
def pinned(scratch):
    archive, path = f"{scratch}/a.ecart", f"{scratch}/p.json"
    pack(archive, *paths(SETS["snp1"][0]))
    policy = {"policy": "ecart-policy/1", "name": "pin", "require": ["snp.*", "hcl.*"],
              "waive": []}
    measurement = report(archive, "--at", AT)["facts"]["snp"]["measurement"]
    for value, status in ((measurement, PASS), ("00" * 48, FAIL)):
        write(path, json.dumps(dict(policy, expect={"snp.measurement": [value]})).encode())
        report(archive, "--at", AT, "--policy", path, status=status)


@case("forged cases that are not kept: each as its maker says")
def forged(scratch):
    import cases_snp
    bad = []
    for one in cases_snp.more():
        for path, data in one.files().items():
            write(f"{scratch}/{path}", data)
        told, _ = golden.ask(ECART, f"{scratch}/replay/{one.name}", False)
        bad += [f"{one.name}: {line}" for line in told]
    assert not bad, "\n".join(bad)


def replay_forged(scratch, name):
    import cases_snp
    one, = [c for c in cases_snp.made() if c.name == name]
    path = write(f"{scratch}/{name}.ecart", one.archive())
    status = {"pass": PASS, "fail": FAIL, "incomplete": INCOMPLETE}[one.verdict]
    return report(path, "--at", f"@{one.as_of}", "--anchors", simulated("anchors"),
                  status=status)


@case("a product that cannot be compared is said")
def unknown_product(scratch):
    for name, words in (("pass-snp-product-model", "unknown (CPU family 25, model 66)"),
                        ("pass-snp-version-2", "product not said"),
                        ("pass-snp-product-siena", "version 3, Genoa")):
        rep = replay_forged(scratch, name)
        row, = findings(rep, "snp.format")
        contains(row["got"], words)
        row, = findings(rep, "snp.tcb")
        equal("siena" not in name, row["got"].endswith("; product not compared"), name)


@case("evidence of trustee about a forged guest, in each version: one verdict")
def trustee(scratch):
    import snp
    parts = snp.Guest().parts()
    issuer = write(f"{scratch}/ask.der", parts["ask"])
    for version in (0, 1, 2):
        path = write(f"{scratch}/{version}.json", snp.trustee(parts, version).encode())
        archive = f"{scratch}/{version}.ecart"
        pack(archive, path, issuer)
        rep = report(archive, "--at", "2026-06-08T12:42:41Z", "--anchors",
                     simulated("anchors"))
        all_pass(rep, SNP + ["hcl.format"] + HCL + TPM + ["tpm.quote.pcrs"])


@case("a bundle that is no PEM, and one whose ASK cannot be read, break the chain")
def broken_bundle(scratch):
    evidence = json.loads(read(vector("azure", "snp5-cmcp-evidence.json")))
    chain = base64.b64decode(evidence["vcek_chain_pem"]).decode()
    blocks = chain.split("-----BEGIN CERTIFICATE-----\n")
    for changed, wanted in (
            (chain.replace("BEGIN", "BEGUN", 1), ["snp.chain", "snp.signature"]),
            (chain.replace(blocks[2], "N" + blocks[2][1:]), ["snp.chain"])):
        evidence["vcek_chain_pem"] = base64.b64encode(changed.encode()).decode()
        path = write(f"{scratch}/e.json", json.dumps(evidence).encode())
        rep = replayed(scratch, [path], LATER, FAIL)
        equal(wanted, sorted(check for check, _ in failed(rep)), "failed")
        contains(reason(rep, "snp.chain"), "certificate: ")


@case("claims without their report: bound to the SEV-SNP report, or to none")
def claims_alone(scratch):
    evidence = json.loads(read(vector("azure", "snp5-cmcp-evidence.json")))
    claims = base64.b64decode(evidence["runtime_data"])
    evidence["runtime_data"] = base64.b64encode(flip(claims, 100)).decode()
    path = write(f"{scratch}/e.json", json.dumps(evidence).encode())
    rep = replayed(scratch, [path], LATER, FAIL)
    equal([("hcl.runtime-data.binding", "items/azure-runtime-data/0000.json")], failed(rep),
          "failed")
    rep = replayed(scratch, [write(f"{scratch}/claims.json", claims)], LATER, INCOMPLETE)
    contains(reason(rep, "hcl.runtime-data.binding"), "absent: tdx-quote or snp-report")


main()
