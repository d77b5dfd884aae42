#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Several archives at once, and collateral that comes from outside."""

import hashlib
import json
import os
import shutil
import sys

sys.dont_write_bytecode = True

from e2e import (AZURE_AT, FAIL, GCP_AT, INCOMPLETE, PASS, UNREADABLE,
                 azure_collateral, azure_evidence, case, contains, ecart,
                 equal, failed, gcp_collateral, gcp_evidence, main, pack,
                 pack_azure, pack_gcp, read, report, vector, write)

BOTH = "2026-07-01T00:00:00Z"   # inside the windows of both sets


def pair(scratch):
    return pack_azure(scratch), pack_gcp(scratch)


def ndjson(*words, status=PASS):
    out = ecart("replay", *words, "--format", "json", status=status).stdout
    assert out.endswith(b"\n"), out[-80:]
    return [json.loads(line) for line in out.splitlines()]


@case("--table gives one line each, in the order of the arguments")
def table(scratch):
    azure, gcp = pair(scratch)
    for order in ((azure, gcp), (gcp, azure)):
        lines = ecart("replay", "--table", "--at", BOTH,
                      *order).out.splitlines()
        equal(3, len(lines), "lines")
        for line, archive in zip(lines[1:], order):
            assert line.startswith("PASS "), line
            assert line.endswith(archive), line
            contains(line, BOTH, "UpToDate")
    contains(lines[1], "9bf86e6280ec4282", "00806f050000")
    contains(lines[2], "ff450b138c5ee673", "90c06f000000")


@case("two quotes in one replay: each has its own facts and its own block")
def two_quotes(scratch):
    azure, gcp = pair(scratch)
    known = {"ff450b138c5ee673": True, "9bf86e6280ec4282": False}
    for first, second in ((azure, gcp), (gcp, azure)):
        words = [first, "--collateral", second, "--at", BOTH]
        facts = report(*words)["facts"]
        mrtds = [tdx["mrtd"][:16] for tdx in facts["tdx"]]
        equal(set(known), set(mrtds), "MRTDs")
        paravisor, = facts["azure"]
        mine, = [tdx for tdx in facts["tdx"]
                 if tdx["item"] == paravisor["quote"]]
        assert known[mine["mrtd"][:16]], mine
        for area in ("tpm", "pcr", "ak"):
            equal(mine["item"], facts[area][0]["quote"], area)
        for area in ("platform", "tcb", "quote"):
            equal([tdx["item"] for tdx in facts["tdx"]],
                  [row["item"] for row in facts[area]], area)
        blocks = ecart("replay", *words).out.split("\n\n")[1:3]
        for block, tdx in zip(blocks, facts["tdx"]):
            contains(block, tdx["item"], f"MRTD {tdx['mrtd'][:16]}")
            equal(known[tdx["mrtd"][:16]], "Azure paravisor" in block, block)
            equal(known[tdx["mrtd"][:16]], "PCRs from the vTPM" in block,
                  block)
        contains(ecart("replay", *words, "--table").out, "2 quotes")


@case("--table of one archive is one line too")
def table_of_one(scratch):
    out = ecart("replay", "--table", "--at", BOTH, pack_gcp(scratch)).out
    equal(2, len(out.splitlines()), "lines")


@case("several archives without --table give the same lines")
def several_text(scratch):
    archives = pair(scratch)
    equal(ecart("replay", "--table", "--at", BOTH, *archives).out,
          ecart("replay", "--at", BOTH, *archives).out, "text of two")


@case("NDJSON holds the reports of the single replays, byte for byte")
def lines_of_json(scratch):
    azure, gcp = pair(scratch)
    single = [ecart("replay", "--at", BOTH, "--format", "json", one).stdout
              for one in (azure, gcp)]
    both = ecart("replay", "--at", BOTH, "--format", "json", azure,
                 gcp).stdout
    equal([one.rstrip(b"\n") for one in single], both.splitlines(), "lines")


@case("a folder means its files in bytewise order")
def folder(scratch):
    azure, gcp = pair(scratch)
    for name, archive in (("b", azure), ("a", gcp), ("B", azure)):
        os.makedirs(scratch + "/d", exist_ok=True)
        shutil.copy(archive, f"{scratch}/d/{name}.ecart")
    found = [row["facts"]["platform"]["fmspc"]
             for row in ndjson("--at", BOTH, scratch + "/d")]
    equal(["90c06f000000", "00806f050000", "90c06f000000"], found, "order")


@case("@LIST means the files that it lists, in its order")
def at_list(scratch):
    azure, gcp = pair(scratch)
    path = write(scratch + "/list", f"{gcp}\n{azure}\n{gcp}\n".encode())
    found = [row["facts"]["platform"]["fmspc"]
             for row in ndjson("--at", BOTH, "@" + path)]
    equal(["00806f050000", "90c06f000000", "00806f050000"], found, "order")


@case("exit status of several: 4 before 1 before 2 before 0")
def status_of_several(scratch):
    azure, gcp = pair(scratch)
    junk = write(scratch + "/junk", b"not an archive")
    poor = scratch + "/poor.ecart"
    pack(poor, azure_evidence(), time=AZURE_AT)
    broken = scratch + "/broken.ecart"
    pack(broken, azure_evidence(), gcp_collateral(), time=BOTH)
    for files, status in (
            ((azure, gcp), PASS),
            ((azure, poor, gcp), INCOMPLETE),
            ((poor, broken, azure), FAIL),
            ((broken, junk, poor), UNREADABLE),
            ((azure, scratch + "/nosuch"), UNREADABLE)):
        ecart("replay", "--at", BOTH, "--table", *files, status=status)


@case("an unreadable archive among several does not hide the others")
def unreadable_among(scratch):
    azure, gcp = pair(scratch)
    junk = write(scratch + "/junk", b"not an archive")
    done = ecart("replay", "--at", BOTH, "--format", "json", azure, junk, gcp,
                 status=UNREADABLE)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    equal(["pass", "unreadable", "pass"], [line["verdict"] for line in lines], "reports")
    equal(junk, lines[1]["file"], "which")
    contains(done.err, junk)
    table = ecart("replay", "--at", BOTH, azure, junk, gcp, status=UNREADABLE).out.splitlines()
    equal(["VERDICT", "PASS", "UNREADABLE", "PASS"], [line.split()[0] for line in table], "lines")


def same_judgement(packed, outside):
    """Outcomes are equal; only names and what is archived differ."""
    def rows(rep):
        # A set: equal bytes given twice from outside are one piece.
        return sorted({(row["id"], row["outcome"], row.get("got", ""))
                       for row in rep["checks"]
                       if not row["id"].startswith("archive.")})
    equal(packed["verdict"], outside["verdict"], "verdict")
    equal(rows(packed), rows(outside), "findings")
    for area in ("tdx", "platform"):
        equal(packed["facts"][area], outside["facts"][area], area)
    for name in ("status", "platform", "module", "qe", "distance"):
        equal(packed["facts"]["tcb"][name], outside["facts"]["tcb"][name],
              name)


def unpacked_collateral(archive, scratch):
    ecart("unpack", archive, scratch + "/un")
    files = []
    for kind in ("crl-der", "dcap-issuer-chain", "dcap-qe-identity",
                 "dcap-tcbinfo"):
        base = f"{scratch}/un/items/{kind}"
        files += [f"{base}/{name}" for name in sorted(os.listdir(base))]
    return files


@case("--collateral from an archive: same verdict, named as from outside")
def from_archive(scratch):
    packed = report(pack_gcp(scratch), "--at", GCP_AT)
    alone, more = scratch + "/quote.ecart", scratch + "/collateral.ecart"
    pack(alone, gcp_evidence(), time=GCP_AT)
    pack(more, gcp_collateral())
    equal("incomplete", report(alone, status=INCOMPLETE)["verdict"], "alone")
    rep = report(alone, "--collateral", more)
    same_judgement(packed, rep)
    kinds = sorted(row["kind"] for row in rep["notFromArchive"])
    for kind in ("crl-der", "dcap-tcbinfo", "dcap-qe-identity",
                 "dcap-issuer-chain"):
        assert kind in kinds, kinds
    archived = {row["sha256"] for row in rep["archive"]["items"]}
    for row in rep["notFromArchive"]:
        assert row["sha256"] not in archived, row
        # By kind and digest: a report must not depend on file names.
        equal(f"collateral/{row['kind']}/{row['sha256'][:16]}", row["name"],
              "name")
    equal([], packed["notFromArchive"], "packed set")


@case("--collateral from loose files, each given: same verdict")
def from_files(scratch):
    archive = pack_gcp(scratch)
    alone = scratch + "/quote.ecart"
    pack(alone, gcp_evidence(), time=GCP_AT)
    words = []
    for path in unpacked_collateral(archive, scratch):
        words += ["--collateral", path]
    rep = report(alone, *words)
    equal([], failed(rep), "failed")
    equal("pass", rep["verdict"], "verdict")
    given = {hashlib.sha256(read(path)).hexdigest() for path in words[1::2]}
    equal(given, {row["sha256"] for row in rep["notFromArchive"]}, "digests")


@case("--collateral from a folder: same verdict")
def from_folder(scratch):
    archive = pack_azure(scratch)
    alone = scratch + "/evidence.ecart"
    pack(alone, azure_evidence(), time=AZURE_AT)
    for number, path in enumerate(unpacked_collateral(archive, scratch)):
        write(f"{scratch}/loose/{number}", read(path))
    rep = report(alone, "--collateral", scratch + "/loose")
    equal("pass", rep["verdict"], "verdict")
    equal([], failed(rep), "failed")


@case("--collateral of another platform: FMSPC does not fit")
def of_another(scratch):
    alone, more = scratch + "/quote.ecart", scratch + "/collateral.ecart"
    pack(alone, gcp_evidence(), time=BOTH)
    pack(more, azure_collateral())
    rep = report(alone, "--collateral", more, status=FAIL)
    equal(["dcap.tcb-info.match"], [row[0] for row in failed(rep)], "failed")


@case("text says which pieces are not from the archive")
def said_in_text(scratch):
    alone, more = scratch + "/quote.ecart", scratch + "/collateral.ecart"
    pack(alone, gcp_evidence(), time=GCP_AT)
    pack(more, gcp_collateral())
    out = ecart("replay", alone, "--collateral", more).out
    contains(out, "not from the archive", "collateral/dcap-tcbinfo/")


@case("-o writes what stdout would hold, and stdout stays empty")
def output(scratch):
    archive = pack_azure(scratch)
    for words in (["--format", "json"], ["--full"], ["--table"]):
        want = ecart("replay", archive, *words).stdout
        path = scratch + "/out"
        done = ecart("replay", archive, *words, "-o", path)
        equal(b"", done.stdout, "stdout")
        equal(want, read(path), "file")
        os.remove(path)


@case("- is standard input")
def standard_input(scratch):
    archive = pack_azure(scratch)
    want = ecart("replay", archive, "--format", "json").stdout
    got = ecart("replay", "-", "--format", "json", stdin=read(archive)).stdout
    equal(want, got, "report")
    for verb in ("verify", "show"):
        ecart(verb, "-", stdin=read(archive))


@case("a compressed archive gives the same report as the plain one")
def compressed(scratch):
    archive = pack_azure(scratch)
    small = scratch + "/small.ecart"
    ecart("pack", "-o", small, "--zstd", "--time", AZURE_AT,
          azure_evidence(), azure_collateral())
    equal(b"\x28\xb5\x2f\xfd", read(small)[:4], "zstd")
    equal(ecart("replay", archive, "--format", "json").stdout,
          ecart("replay", small, "--format", "json").stdout, "report")


@case("an archive over --limit is refused")
def limit(scratch):
    archive = pack_azure(scratch)
    done = ecart("replay", archive, "--limit", "10KiB", status=UNREADABLE)
    contains(done.err, archive)


@case("other directory and hostile environment leave the report as it is")
def surroundings(scratch):
    archive = pack_azure(scratch)
    want = ecart("replay", archive, "--format", "json").stdout
    kept = dict(os.environ)
    try:
        os.environ.update(TZ="Pacific/Kiritimati", LC_ALL="tr_TR.UTF-8",
                          OPENSSL_CONF="/nonexistent", NO_COLOR="1")
        got = ecart("replay", archive, "--format", "json", cwd="/").stdout
    finally:
        os.environ.clear()
        os.environ.update(kept)
    equal(want, got, "report")


@case("trustee's two serialisations in one folder give two equal verdicts")
def serialisations(scratch):
    for number in (0, 1):
        name = f"tdx1-evidence-v{number}.json"
        os.makedirs(scratch + "/d", exist_ok=True)
        pack(f"{scratch}/d/{number}.ecart", vector("azure", name))
    rows = ndjson("--at", "2026-03-01T00:00:00Z", scratch + "/d",
                  status=INCOMPLETE)
    equal(rows[0]["facts"], rows[1]["facts"], "facts")


main()
