#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measurements against references from a git repository, by the program."""

import hashlib
import json
import os
import struct
import subprocess
import sys
import zlib

sys.dont_write_bytecode = True

from e2e import (AZURE_AT, FAIL, INCOMPLETE, UNREADABLE, azure_collateral,
                 azure_evidence, case, contains, ecart, equal, findings,
                 gcp_collateral, gcp_evidence, main, outcome, pack, pack_azure,
                 read, report, simulated, vector, write)

OTHER = "ab" * 48
SOURCE = "https://git.example/paravisor@" + "0123456789abcdef" * 2 + "01234567"
SIMULATED = [simulated("replay/pass/archive.tar"), "--at", AZURE_AT,
             "--anchors", simulated("anchors")]


def add_reference(repository, version, mrtd, *more, status=0):
    scratch = repository.rpartition("/")[0]
    write(scratch + "/recipe", b"how it is built\n")
    write(scratch + "/image", b"what came of it\n")
    return ecart("audit", "reference", "add", repository, "--product",
                 "paravisor", "--version", version, "--source", SOURCE,
                 "--recipe", scratch + "/recipe", "--artifact",
                 scratch + "/image", "--mrtd", mrtd, "--since",
                 "2026-01-01T00:00:00Z", "--time", "2026-01-02T00:00:00Z",
                 *more, status=status)


def repository_with(scratch, mrtd):
    path = scratch + "/references.git"
    add_reference(path, "1.0", mrtd, "--init")
    return path


def git(repository, *words):
    return subprocess.run(["git", "-C", repository, *words], check=True,
                          capture_output=True, text=True).stdout.strip()


def head_of(repository):
    return git(repository, "rev-parse", "HEAD")


def simulated_mrtd():
    done = ecart("replay", *SIMULATED, "--format", "json")
    return json.loads(done.out)["facts"]["tdx"]["mrtd"]


def audited(*words, status):
    done = ecart("audit", *words, "--format", "json", status=status)
    return json.loads(done.out)


@case("the real machine has no reference: exit 2, never called known")
def real_machine(scratch):
    archive, repository = pack_azure(scratch), repository_with(scratch, OTHER)
    rep = audited(archive, "--references", repository, "--at", AZURE_AT,
                  status=INCOMPLETE)
    row, = rep["audit"]
    equal("no-reference", row["result"], "result")
    equal(head_of(repository), row["repository"]["commit"], "commit")
    equal("skip", outcome(rep, "measure.mrtd"), "measure.mrtd")
    text = ecart("audit", archive, "--references", repository, "--at",
                 AZURE_AT, status=INCOMPLETE).out
    contains(text, "no-reference", "ff450b138c5ee673")
    assert " known" not in text, text


@case("a reference with the measurement: exit 0, with the commit's id")
def match(scratch):
    repository = repository_with(scratch, simulated_mrtd())
    rep = audited(*SIMULATED, "--references", repository, status=0)
    row, = rep["audit"]
    equal("match", row["result"], "result")
    equal(head_of(repository), row["repository"]["commit"], "commit")
    # Nobody signed, and nobody seems to have.
    equal(["commit", "manifests", "sha256", "signature"],
          sorted(row["repository"]), "members of repository")
    equal("unsigned", row["repository"]["signature"]["state"], "signature")
    equal("1.0", row["reference"]["version"], "version")
    equal("pass", outcome(rep, "measure.mrtd"), "measure.mrtd")
    text = ecart("audit", *SIMULATED, "--references", repository, "--full").out
    contains(text, head_of(repository))


@case("the first line is the verdict and its question; 80 columns")
def text_for_people(scratch):
    repository = repository_with(scratch, simulated_mrtd())
    broken_one = simulated("replay/fail-dcap.quote.signature/archive.tar")
    for words, status, verdict in (
            (SIMULATED, 0, "PASS "),
            ([broken_one, *SIMULATED[1:]], FAIL, "FAIL ")):
        lines = ecart("audit", *words, "--references", repository,
                      status=status).out.splitlines()
        assert lines[0].startswith(verdict), lines[0]
        contains(lines[0], 'under policy "default-1"',
                 "as of 2026-06-08T12:42:41Z")
        equal([], [line for line in lines if len(line) > 80], "wide lines")


@case("two machines in one archive: each quote has its own result")
def two_quotes(scratch):
    archive = scratch + "/two.ecart"
    pack(archive, azure_evidence(), azure_collateral(), gcp_evidence(),
         gcp_collateral(), time=AZURE_AT)
    alone = report(pack_azure(scratch), "--at", AZURE_AT)
    repository = repository_with(scratch, alone["facts"]["tdx"]["mrtd"])
    rep = audited(archive, "--references", repository, status=FAIL)
    signed = [row["subject"] for row in findings(rep, "dcap.quote.signature")]
    equal(2, len(signed), "quotes")
    equal(signed, [entry["item"] for entry in rep["audit"]], "items")
    equal(signed, [row["subject"] for row in findings(rep, "measure.mrtd")],
          "subjects")
    matched = [entry["value"] for entry in rep["audit"]
               if entry["result"] == "match"]
    equal([alone["facts"]["tdx"]["mrtd"]], matched, "what matches")


@case("a withdrawn reference: exit 1; at the commit before, exit 0")
def withdrawn(scratch):
    repository = repository_with(scratch, simulated_mrtd())
    ecart("audit", "reference", "add", repository, "--product", "paravisor",
          "--version", "1.0", "--state", "withdrawn", "--reason", "a mistake",
          "--since", "2026-05-01T00:00:00Z", "--time", "2026-05-02T00:00:00Z")
    rep = audited(*SIMULATED, "--references", repository, status=FAIL)
    row, = findings(rep, "measure.mrtd")
    equal("fail", row["outcome"], "measure.mrtd")
    contains(row["reason"], "differs-explained", "withdrawn")
    entry, = rep["audit"]
    equal("differs-explained", entry["result"], "result")
    equal("withdrawn", entry["reference"]["status"], "status")
    contains(entry["explanation"], "withdrawn since 2026-05-01", "a mistake")
    audited(*SIMULATED, "--references", repository + "@HEAD~1", status=0)


@case("withdrawn later than as-of: it still matches, and what came is told")
def withdrawn_later(scratch):
    repository = repository_with(scratch, simulated_mrtd())
    ecart("audit", "reference", "add", repository, "--product", "paravisor",
          "--version", "1.0", "--state", "withdrawn", "--reason", "a mistake",
          "--since", "2026-09-01T00:00:00Z", "--time", "2026-09-02T00:00:00Z")
    entry, = audited(*SIMULATED, "--references", repository, status=0)["audit"]
    equal("match", entry["result"], "result")
    equal("good", entry["reference"]["status"], "status")
    equal({"reason": "a mistake", "since": "2026-09-01T00:00:00Z",
           "status": "withdrawn"}, entry["reference"]["later"], "later")
    text = ecart("audit", *SIMULATED, "--references", repository).out
    contains(text, "  later       withdrawn since 2026-09-01T00:00:00Z: a "
                   "mistake")


@case("--product does not hide that the value was withdrawn elsewhere")
def product(scratch):
    repository = repository_with(scratch, simulated_mrtd())
    write(scratch + "/recipe", b"how it is built\n")
    ecart("audit", "reference", "add", repository, "--product", "other",
          "--version", "9", "--source", SOURCE, "--recipe",
          scratch + "/recipe", "--artifact", scratch + "/image", "--mrtd",
          simulated_mrtd(), "--state", "withdrawn", "--reason", "a mistake",
          "--since", "2026-05-01T00:00:00Z", "--time", "2026-05-02T00:00:00Z")
    for asked in ("paravisor", "paravisor@1.0", "neither"):
        rep = audited(*SIMULATED, "--references", repository, "--product",
                      asked, status=FAIL)
        entry, = rep["audit"]
        equal("differs-explained", entry["result"], "result")
        equal("other", entry["reference"]["product"], "product")
        contains(entry["reason"], "other 9", "withdrawn")


@case("a working tree's files are not read, its commit is")
def working_tree(scratch):
    bare, tree = repository_with(scratch, simulated_mrtd()), scratch + "/tree"
    subprocess.run(["git", "clone", "-q", bare, tree], check=True)
    path = tree + "/references/paravisor/1.0.json"
    write(path, read(path).replace(simulated_mrtd().encode(), OTHER.encode()))
    rep = audited(*SIMULATED, "--references", tree, status=0)
    equal("match", rep["audit"][0]["result"], "result")


@case("what is broken is not compared: exit 1")
def broken(scratch):
    repository = repository_with(scratch, simulated_mrtd())
    archive = simulated("replay/fail-dcap.quote.signature/archive.tar")
    rep = audited(archive, *SIMULATED[1:], "--references", repository,
                  status=FAIL)
    equal("not-comparable", rep["audit"][0]["result"], "result")


@case("a repository that is none, a revision that is none: exit 4")
def nothing_there(scratch):
    repository = repository_with(scratch, OTHER)
    for place in (scratch, repository + "@no-such-branch"):
        ecart("audit", *SIMULATED, "--references", place, status=UNREADABLE)


@case("a repository without its HEAD is not read as a folder: exit 4")
def damaged(scratch):
    bare, tree = repository_with(scratch, OTHER), scratch + "/tree"
    subprocess.run(["git", "clone", "-q", bare, tree], check=True)
    path = tree + "/references/paravisor/1.0.json"
    write(path, read(path).replace(OTHER.encode(), simulated_mrtd().encode()))
    os.unlink(tree + "/.git/HEAD")
    ecart("audit", *SIMULATED, "--references", tree, status=UNREADABLE)


@case("a branch called like a commit's id, or like a tag, pins nothing")
def names(scratch):
    repository, absent = repository_with(scratch, OTHER), "0123" * 10
    pinned = head_of(repository)
    add_reference(repository, "2.0", simulated_mrtd())
    for name in (absent, pinned[:10], "v1"):
        git(repository, "update-ref", "refs/heads/" + name, "main")
    git(repository, "tag", "v1", pinned)
    audited(*SIMULATED, "--references", repository + "@" + pinned,
            status=INCOMPLETE)
    for name in (absent, pinned[:10], "v1"):
        ecart("audit", *SIMULATED, "--references", repository + "@" + name,
              status=UNREADABLE)
    said = ecart("audit", *SIMULATED, "--references", repository + "@v1",
                 status=UNREADABLE).err
    contains(said, "refs/tags/v1 and refs/heads/v1")


PATH = "references/paravisor/1.0.json"
MIB = 1 << 20


def packed(kind, size, prefix, content):
    """An object of a pack; git's pack format, "(deflated) object"."""
    head, size = [kind << 4 | size & 15], size >> 4
    while size:
        head[-1] |= 0x80
        head.append(size & 0x7f)
        size >>= 7
    return bytes(head) + prefix + zlib.compress(content, 1)


def varint(n):
    out = b""
    while n > 0x7f:
        out, n = out + bytes([n & 0x7f | 0x80]), n >> 7
    return out + bytes([n])


def put_on_base(repository, size):
    """Stores the manifest as a delta on a base of that size, in a pack."""
    text = read_object(repository, PATH)
    base = bytes(size)
    base_id = hashlib.sha1(b"blob %d\0" % size + base).digest()
    delta = varint(size) + varint(len(text))
    for at in range(0, len(text), 127):
        part = text[at:at + 127]
        delta += bytes([len(part)]) + part
    pack_bytes = (b"PACK" + struct.pack(">II", 2, 2) +
                  packed(3, size, b"", base) +
                  packed(7, len(delta), base_id, delta))
    path = repository + "/objects/pack/pack-x.pack"
    write(path, pack_bytes + hashlib.sha1(pack_bytes).digest())
    blob = git(repository, "rev-parse", "main:" + PATH)
    os.unlink(f"{repository}/objects/{blob[:2]}/{blob[2:]}")
    git(repository, "index-pack", path)


def read_object(repository, path):
    return subprocess.run(["git", "-C", repository, "show", "main:" + path],
                          check=True, capture_output=True).stdout


@case("a small manifest on a huge base costs no memory: exit 4")
def huge_base(scratch):
    for name, size, status in (("a", MIB, 0), ("b", 40 * MIB, UNREADABLE)):
        os.mkdir(scratch + "/" + name)
        repository = repository_with(scratch + "/" + name, simulated_mrtd())
        put_on_base(repository, size)
        said = ecart("audit", *SIMULATED, "--references", repository,
                     status=status).err
        contains(said, "memory" if status else "")


@case("a tag of a huge blob is refused for what it is, not loaded: exit 4")
def huge_tag(scratch):
    repository = repository_with(scratch, simulated_mrtd())
    write(scratch + "/huge", bytes(40 * MIB))
    blob = git(repository, "hash-object", "-w", scratch + "/huge")
    git(repository, "update-ref", "refs/tags/huge", blob)
    git(repository, "tag", "-a", "-m", "x", "over", blob)
    for name in ("huge", "over", blob, blob[:10]):
        said = ecart("audit", *SIMULATED, "--references",
                     repository + "@" + name, status=UNREADABLE).err
        assert "memory" not in said, said


def folder_with(scratch, measurement):
    """A plain folder with one reference of that measurement."""
    recipe = b"how it is built\n"
    write(scratch + "/references/paravisor/1.0.json", json.dumps({
        "artifact": {"name": "image", "sha256": "00" * 32},
        "measurements": [measurement], "product": "paravisor",
        "recipe": {"path": "recipes/build.txt",
                   "sha256": hashlib.sha256(recipe).hexdigest()},
        "reference": "ecart-reference/1",
        "source": {"commit": SOURCE[-40:], "repository": SOURCE[:-41]},
        "status": [{"since": "2025-01-01T00:00:00Z", "state": "good"}],
        "version": "1.0"}, sort_keys=True, separators=(",", ":")).encode())
    write(scratch + "/recipes/build.txt", recipe)
    return scratch


@case("the launch digest of an SEV-SNP report has its own row, measure.snp")
def sev_snp(scratch):
    archive = scratch + "/snp.ecart"
    pack(archive, *(vector("azure", "snp1-" + name) for name in (
        "hcl-report.bin", "vcek.pem", "tpm-quote.json")),
         time="2025-06-01T00:00:00Z")
    alone = report(archive)["facts"]["snp"]["measurement"]
    for platform, register, value, result, status, found in (
            ("snp", "ld", alone, "match", 0, "pass"),
            ("snp", "ld", OTHER, "no-reference", INCOMPLETE, "skip"),
            # The same bytes in another platform's register are no match.
            ("tdx", "mrtd", alone, "no-reference", INCOMPLETE, "skip")):
        rep = audited(archive, "--references", folder_with(
            scratch, {"alg": "sha384", "platform": platform,
                      "register": register, "value": value}), status=status)
        entry, = rep["audit"]
        equal(("snp", "ld", alone, result), tuple(
            entry[name] for name in ("platform", "register", "value",
                                     "result")), "entry")
        equal(found, outcome(rep, "measure.snp"), "measure.snp")
        equal([], findings(rep, "measure.mrtd"), "measure.mrtd")
    text = ecart("audit", archive, "--references", scratch, "--product",
                 "paravisor", status=INCOMPLETE).out
    contains(text, "  LD          " + alone[:16])


@case("reference list and check name what is there")
def listed(scratch):
    repository = repository_with(scratch, OTHER)
    contains(ecart("audit", "reference", "list", repository).out,
             "paravisor", "1.0")
    ecart("audit", "reference", "add", repository, "--product", "paravisor", "--version", "1.0", "--mrtd", "ab" * 48,
          "--parameter", "pageOrder=two-pass")
    contains(ecart("audit", "reference", "list", repository).out,
             "ab" * 48 + ' variant {"pageOrder":"two-pass"}\n')
    ecart("audit", "reference", "check", repository)


main()
