#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The files of other tools, each by its own way to one verdict."""

import json
import os
import sys

sys.dont_write_bytecode = True

from e2e import (AZURE_AT, UNREADABLE, USAGE, case, contains, ecart, equal,
                 failed, main, pack, read, report, simulated, tree, vector,
                 write)

ANCHORS = simulated("anchors", "simulated")
TRUSTEE = [simulated("wrappers", f"trustee-v{n}.json") for n in range(3)]
DCAP = simulated("wrappers", "dcap-collateral.json")
# The certificates that trustee's evidence leaves to the verifier.
AK = [simulated("loose", "ak-cert.der"),
      simulated("loose", "ak-intermediate.der")]
YAML = [simulated("wrappers", "attested-tls-evidence.yaml"),
        simulated("wrappers", "attested-tls-collateral.yaml")]


def parts(archive, folder):
    """What was decoded: {item: bytes}, without wrappers and certificates,
    whose spelling is the tool's."""
    ecart("unpack", archive, folder)
    return {path: content for path, content in tree(folder).items()
            if path.startswith("items/") and not
            path.startswith(("items/wrapper/", "items/cert-"))}


@case("trustee's evidence, versions 0, 1 and 2, with dcap-qvl's collateral "
      "passes as attested-tls's does")
def one_verdict(scratch):
    archive = scratch + "/yaml.ecart"
    pack(archive, *YAML, time=AZURE_AT)
    want = report(archive, "--anchors", ANCHORS)
    decoded = parts(archive, scratch + "/yaml")
    for number, evidence in enumerate(TRUSTEE):
        archive = f"{scratch}/v{number}.ecart"
        pack(archive, evidence, DCAP, *AK, time=AZURE_AT)
        rep = report(archive, "--anchors", ANCHORS)
        equal("pass", rep["verdict"], "verdict")
        for area in ("platform", "tcb", "pcr"):
            equal(want["facts"][area], rep["facts"][area], area)
        equal(want["facts"]["tdx"]["mrtd"], rep["facts"]["tdx"]["mrtd"],
              "mrtd")
        # Version 2 is of the same machine, with a nonce in its report.
        if number < 2:
            equal(decoded, parts(archive, f"{scratch}/v{number}"), "items")


@case("each decoded item says how it was spelled and from which wrapper")
def provenance(scratch):
    archive = scratch + "/a.ecart"
    pack(archive, TRUSTEE[2], DCAP, *AK)
    ecart("unpack", archive, scratch + "/un")
    items = json.loads(read(scratch + "/un/manifest.json"))[
        "predicate"]["items"]
    by_kind = {item["kind"]: item for item in items}
    for kind, wrapper, spelling in (
            ("tdx-quote", 0, "td_quote, base64url"),
            ("azure-hcl-report", 0, "hcl_report, base64url"),
            ("tpm-quote-attest", 0, "tpm_quote.message, hex"),
            ("dcap-tcbinfo", 1, "tcb_info and tcb_info_signature"),
            ("crl-der", 1, "crl, hex")):
        item = by_kind[kind]
        contains(item["source"]["detail"], spelling)
        names = [row["name"] for row in item["relates"]
                 if row["rel"] == "decoded-from"]
        equal([f"items/wrapper/{wrapper:04}.json"], names, kind)
    equal(read(TRUSTEE[2]), read(scratch + "/un/items/wrapper/0000.json"),
          "the wrapper itself")


@case("the order of the files does not show in the archive")
def order(scratch):
    pack(scratch + "/1", TRUSTEE[2], DCAP)
    pack(scratch + "/2", DCAP, TRUSTEE[2])
    equal(read(scratch + "/1"), read(scratch + "/2"), "archive")


@case("no format has a time of its own: replay then needs --at")
def no_time(scratch):
    for name, files in (("yaml", YAML), ("trustee", [TRUSTEE[2], DCAP, *AK])):
        archive = f"{scratch}/{name}.ecart"
        contains(pack(archive, *files).out, "no time claimed")
        done = ecart("replay", archive, "--anchors", ANCHORS, status=USAGE)
        contains(done.err, "--at")
        rep = report(archive, "--anchors", ANCHORS, "--at", AZURE_AT)
        equal([], failed(rep), "failed")


@case("what is broken in a wrapper is named, and nothing is written")
def broken(scratch):
    for source, member, value, word in (
            (TRUSTEE[2], "td_quote", "!", "td_quote"),
            (TRUSTEE[2], "version", 3, "version"),
            (TRUSTEE[2], "hcl_report", None, "hcl_report"),
            (DCAP, "pck_crl", "zz", "pck_crl"),
            (DCAP, "tcb_info_signature", "00", "tcb_info_signature")):
        content = json.loads(read(source))
        content[member] = value
        path = write(scratch + "/broken.json", json.dumps(content).encode())
        done = ecart("pack", "-o", scratch + "/a.ecart", path,
                     status=UNREADABLE)
        contains(done.err, "broken.json", word)
        assert not os.path.exists(scratch + "/a.ecart")


@case("real evidence of trustee gives the pieces that were saved beside it")
def real(scratch):
    for version in ("v0", "v1"):
        archive = f"{scratch}/{version}.ecart"
        pack(archive, vector("azure", f"tdx1-evidence-{version}.json"))
        found = parts(archive, f"{scratch}/{version}")
        equal(read(vector("azure", "tdx1-td-quote.bin")),
              found["items/tdx-quote/0000.bin"], "quote")
        equal(read(vector("azure", "tdx1-hcl-report.bin")),
              found["items/azure-hcl-report/0000.bin"], "report")


main()
