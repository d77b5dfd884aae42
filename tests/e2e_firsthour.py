#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The first hour: what a person meets who has read nothing yet."""

import json
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True

from e2e import (AZURE_AT, ECART, FAIL, GCP_AT, INCOMPLETE, PASS, UNREADABLE,
                 USAGE, case, contains, ecart, equal, failed, findings, flip,
                 gcp_evidence, main, pack, pack_azure, pack_gcp, read, report,
                 run, simulated, tool, tree, vector, write)

VERBS = ("pack", "unpack", "sign", "keygen", "show", "verify", "replay",
         "explain", "audit", "checks", "kinds", "policy")


def one_screen(text):
    lines = text.splitlines()
    assert len(lines) <= 24, f"{len(lines)} lines"
    for line in lines:
        assert len(line) <= 80, line


# 1

@case("no argument: fifteen lines, the verbs, one example each")
def no_argument(_):
    done = run([ECART])
    text = done.out + done.err
    lines = text.splitlines()
    assert len(lines) <= 15, text
    assert all(len(line) <= 80 for line in lines), text
    for verb in ("pack", "replay", "audit"):
        assert re.search(rf"^ +ecart {verb} \S", text, re.M), verb


# 2

@case("replay of a bare quote says what it is and how to wrap it")
def bare_quote(_):
    done = ecart("replay", gcp_evidence(), "--at", GCP_AT, status=UNREADABLE)
    contains(done.err, gcp_evidence(), "a bare TDX quote v4",
             "wrap it with `ecart pack`")


def add_bare(name, path, words):
    @case(f"replay of {name} says what it is and how to wrap it")
    def bare(_):
        done = ecart("replay", vector(*path), "--at", AZURE_AT,
                     status=UNREADABLE)
        contains(done.err, *words, "ecart pack")


add_bare("a paravisor's report", ("azure", "tdx1-hcl-report.bin"),
         ["azure-hcl-report"])
add_bare("another tool's evidence",
         ("e2e-tdx", "azure-tdx-with-ak-intermediates-1780922561.yaml"),
         ["begins with"])
add_bare("another tool's JSON", ("azure", "tdx1-evidence-v1.json"),
         ["begins with"])
add_bare("a certificate", ("azure", "ak-cert-0x01C101D0.der"),
         ["cert-der"])


@case("replay of something else, of nothing and of a folder says so")
def not_an_archive(scratch):
    text = write(scratch + "/hello", b"hello, world\n")
    contains(ecart("replay", text, "--at", AZURE_AT, status=UNREADABLE).err,
             text, "archive")
    empty = write(scratch + "/empty", b"")
    contains(ecart("replay", empty, "--at", AZURE_AT, status=UNREADABLE).err,
             empty)
    missing = scratch + "/nosuch"
    contains(ecart("replay", missing, "--at", AZURE_AT,
                   status=UNREADABLE).err, missing, "No such file")


@case("show of a bare quote prints its fields without judging")
def show_bare(_):
    out = ecart("show", gcp_evidence(), "--full").out
    contains(out, "9bf86e6280ec4282b8b5822d8166410a456cdb720109aa799f0011fa63"
                  "df1de3ee5e35e293fc410c061433163acb03a6")
    for word in ("PASS", "FAIL", "verified"):
        assert word not in out, word


# 4

@case("a quote and a folder of collateral, under names that mean nothing")
def by_content(scratch):
    ecart("unpack", pack_gcp(scratch), scratch + "/un")
    folder = scratch + "/stuff"
    for number, (name, content) in enumerate(sorted(
            tree(scratch + "/un/items").items())):
        if not name.startswith(("wrapper/", "tdx-quote/")):
            write(f"{folder}/{number}.dat", content)
    quote = scratch + "/x"
    shutil.copy(gcp_evidence(), quote)
    archive = scratch + "/new.ecart"
    done = pack(archive, quote, folder, time=GCP_AT)
    for kind in ("tdx-quote", "dcap-tcbinfo", "dcap-qe-identity", "crl-der",
                 "dcap-issuer-chain"):
        contains(done.out, kind)
    equal("pass", report(archive)["verdict"], "verdict")


@case("show takes a kind in front of a path, as pack does, and refuses a word that is none")
def shown_kind(scratch):
    # one event of a log of SHA-1 alone: by its bytes it might be anything
    log = write(scratch + "/log", bytes(4) + (5).to_bytes(4, "little") + bytes(20)
                + (9).to_bytes(4, "little") + b"SIMULATED")
    ecart("show", log, status=UNREADABLE)
    contains(ecart("show", "tcg-eventlog=" + log).out, "tcg-eventlog", "EV_ACTION", "SIMULATED")
    contains(ecart("show", "no-kind=" + log, status=USAGE).err, 'no kind "no-kind"')
    odd = write(scratch + "/no-kind=log", read(gcp_evidence()))
    contains(run([ECART, "show", "no-kind=log"], scratch).out, "tdx-quote")
    contains(ecart("show", "tdx-quote=" + odd).out, "tdx-quote")


@case("what is not recognised is named, with its first bytes and the way out")
def not_recognised(scratch):
    junk = write(scratch + "/junk.bin", bytes(range(0x41, 0x61)))
    archive = scratch + "/new.ecart"
    done = ecart("pack", "-o", archive, gcp_evidence(), junk,
                 status=UNREADABLE)
    contains(done.err, junk, "not recognised", "41 42 43", "KIND=")
    assert not os.path.exists(archive), "an archive was left behind"


@case("pack does not replace a file that is there, and says how to")
def not_replaced(scratch):
    archive = pack_gcp(scratch)
    before = read(archive)
    done = run([ECART, "pack", "-o", archive, gcp_evidence()])
    assert done.status not in (PASS, FAIL, INCOMPLETE), str(done)
    contains(done.err, archive, "--force")
    equal(before, read(archive), "archive")
    ecart("pack", "-o", archive, "--force", gcp_evidence())
    assert read(archive) != before, "not replaced"
    equal(["gcp.ecart"], os.listdir(scratch), "files")


# 5

@case("collateral that expired yesterday: piece, moment and two ways out")
def expired(scratch):
    out = ecart("replay", pack_azure(scratch), "--at", "2026-07-09T11:28:49Z",
                status=FAIL).out
    contains(out, "FAIL  as of 2026-07-09T11:28:49Z",
             "items/dcap-qe-identity/0000.json", "QE identity",
             "2026-07-08T11:28:48Z", "--at")
    contains(out, "newer collateral")


# 6

@case("one changed byte of an item: which part, and nothing else was judged")
def damaged(scratch):
    archive = pack_gcp(scratch)
    content = read(archive)
    at = content.index(read(gcp_evidence())[:64]) + 300
    write(archive, flip(content, at))
    rep = report(archive, status=FAIL)
    equal([("archive.digests", "items/tdx-quote/0000.bin")], failed(rep),
          "failed")
    for row in rep["checks"]:
        if not row["id"].startswith("archive."):
            equal("skip", row["outcome"], row["id"])
    for fact in ("tdx", "platform", "tcb", "quote"):
        assert not rep["facts"].get(fact, {}).get("trusted"), fact
    text = ecart("replay", archive, status=FAIL).out
    contains(text, "archive.digests", "items/tdx-quote/0000.bin",
             "not judged")
    text = ecart("verify", archive, status=FAIL).out
    contains(text, "DAMAGED", "items/tdx-quote/0000.bin", "judged")


@case("a changed manifest is refused before any evidence is read")
def damaged_manifest(scratch):
    archive = pack_gcp(scratch)
    content = read(archive)
    at = content.index(b'"sha256":"') + 12
    letter = content[at:at + 1]
    write(archive, content[:at] + (b"0" if letter != b"0" else b"1") +
          content[at + 1:])
    rep = report(archive, status=FAIL)
    assert all(row[0].startswith("archive.") for row in failed(rep)), rep
    assert failed(rep), "nothing failed"


@case("an archive cut anywhere is refused, never judged")
def cut(scratch):
    content = read(pack_gcp(scratch))
    for size in (0, 100, 511, 512, 5000, len(content) // 2,
                 len(content) - 1024, len(content) - 1):
        path = write(f"{scratch}/cut-{size}", content[:size])
        done = run([ECART, "replay", path])
        assert done.status in (FAIL, UNREADABLE), f"{size}: {done}"


# 7

@case("an unknown format version is named, with what this build reads")
def version(scratch):
    archive = simulated("archive", "refuse-format-version.tar")
    for verb in ("replay", "verify", "show"):
        words = ["--at", AZURE_AT] if verb == "replay" else []
        done = ecart(verb, archive, *words, status=UNREADABLE)
        assert re.search(r"ecart-archive/[02-9]", done.err), done.err
        contains(done.err, "ecart-archive/1")


# 8

@case("trailing zeros work, with one note")
def zeros(scratch):
    rep = report(pack_gcp(scratch), "--at", GCP_AT)
    row, = findings(rep, "dcap.quote.padding")
    equal("pass", row["outcome"], "padding")
    contains(str(row), "3065")


@case("an AK certificate padded to 4096 bytes works")
def padded_certificate(scratch):
    ecart("unpack", pack_azure(scratch), scratch + "/un")
    base = scratch + "/un/items"
    der = tool(["openssl", "x509", "-in", base + "/cert-pem/0000.pem",
                "-outform", "DER"]).stdout
    padded = write(scratch + "/ak.bin", der.ljust(4096, b"\0"))
    files = [f"{base}/{name}" for name in sorted(tree(base))
             if not name.startswith("wrapper/") and
             name not in ("cert-pem/0000.pem",
                          "tpm-quote-signature/0000.bin",
                          "tpm-pcrs/0000.bin")]
    archive = scratch + "/padded.ecart"
    done = pack(archive, padded, *files,
                f"tpm-quote-signature={base}/tpm-quote-signature/0000.bin",
                f"tpm-pcrs={base}/tpm-pcrs/0000.bin", time=AZURE_AT)
    contains(done.out, "cert-der")
    rep = report(archive)
    equal("pass", rep["verdict"], "verdict")
    row, = findings(rep, "tpm.ak.match")
    equal("pass", row["outcome"], "tpm.ak.match")


# 9

SHORT = simulated("replay")


@case("no level matches: the machine's numbers beside the nearest level's")
def no_level(_):
    """SIMULATED: no real machine here is below every level."""
    names = [name for name in sorted(os.listdir(SHORT))
             if "tcb.platform" in name and "not-supported" in name.lower()]
    assert names, "no simulated case of a platform below every level"
    folder = os.path.join(SHORT, names[0])
    at = read(folder + "/as-of").decode().strip()
    words = [folder + "/archive.tar", "--at", at, "--anchors",
             simulated("anchors")]
    rep = report(*words, status=FAIL)
    row, = findings(rep, "tcb.platform")
    equal("fail", row["outcome"], "outcome")
    equal("NotSupported", row["got"], "got")
    short = [level["short"] for level in rep["facts"]["tcb"]["distance"]]
    assert short and all(short), short
    text = ecart("replay", *words, status=FAIL).out
    for part in min(short, key=len):
        contains(text, part["component"])
        assert re.search(rf"\b{part['have']}\b.*\b{part['need']}\b", text), (
            f"have {part['have']} and need {part['need']} are not in\n{text}")
    # A row of the machine's numbers over a row of the level's.
    has = re.findall(r"^ +(\S+) has +(.*)$", text, re.M)
    needs = re.findall(r"^ +needs +(.*)$", text, re.M)
    equal(["SGX", "PCESVN", "TDX"], [name for name, _ in has], "rows")
    equal([16, 1, 16], [len(row.split()) for row in needs], "needs")
    for (name, row), need in zip(has, needs):
        for mine, level in zip(row.replace("*", "* ").split(), need.split()):
            equal(int(mine.rstrip("*")) < int(level), mine.endswith("*"),
                  f"{name} {mine} beside {level}")



# 10

@case("--help of each verb fits one screen and ends with an example")
def help_screens(_):
    for verb in VERBS:
        for words in ([verb, "--help"], ["help", verb]):
            text = ecart(*words).out
            one_screen(text)
            tail = text.lower()[text.lower().rindex("example"):]
            contains(tail, f"ecart {verb}")


@case("--version names the formats and the libraries")
def version_of_program(_):
    out = ecart("--version").out
    contains(out, "ecart-archive/1", "ecart-report/1", "OpenSSL",
             "libarchive", "jansson")


@case("an unknown verb and an unknown option are usage errors with a way out")
def usage(_):
    contains(ecart("bogus", status=USAGE).err, "bogus", "help")
    contains(ecart("replay", "--bogus", "x", status=USAGE).err, "help")
    contains(ecart("replay", "x", "--at", "yesterday", status=USAGE).err,
             "yesterday", "2026-06-08T12:42:41Z", "@SECONDS")
    for nonce in ("", "0", "0g", "00f", "00" * 65):
        contains(ecart("replay", "x", "--nonce", nonce, status=USAGE).err,
                 "2 to 128 hex digits")
    ecart("replay", status=USAGE)
    ecart("pack", status=USAGE)
    ecart("audit", status=USAGE)


# and the rules that all three users share

@case("the first screen is the one that was promised")
def first_screen(scratch):
    out = ecart("replay", pack_azure(scratch), "--at",
                "2026-06-08T12:42:41Z").out
    contains(out, 'PASS  as of 2026-06-08T12:42:41Z\nunder policy "default-1"',
             "Intel TDX, Azure paravisor", "OpenHCL",
             "MRTD ff450b138c5ee673", "no reference given",
             "FMSPC 90c06f000000", "PPID bc81a278aaa2257b",
             "UpToDate (level of 2025-05-14)", "MRSEAM 489e585f1c54bc5a",
             "TDX_01 SVN 13", "TDX registers say nothing about the guest",
             "firmware event log", "2026-07-08T11:28:48Z")
    assert "known" not in out, out
    for line in out.splitlines():
        assert len(line) <= 80, line


@case("--full says on whose word the verdict rests, and on what it does not")
def whose_word(scratch):
    out = ecart("replay", pack_azure(scratch), "--full").out
    contains(out, "This verdict rests on", "Intel", "Microsoft",
             "It does not rest on", "network", "clock",
             "ff450b138c5ee6734a43dc35afb437abfa24ef743bc9e9484ef4af365fcd89a"
             "6c50913248ed7fcb92a7d42b1ba7da984")


@case("no colour where nobody sees it, and nothing on stderr when all is well")
def plain(scratch):
    done = ecart("replay", pack_azure(scratch))
    assert "\x1b" not in done.out, "colour"
    equal("", done.err, "stderr")


@case("audit without a reference of this MRTD: exit 2, no-reference")
def no_reference(scratch):
    archive = pack_azure(scratch)
    repo = scratch + "/refs"
    os.makedirs(repo + "/references")
    write(repo + "/README", b"none yet\n")
    write(repo + "/references/README", b"none yet\n")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", repo]
    tool(["git", "init", "-q", repo])
    tool(git + ["add", "."])
    tool(git + ["commit", "-q", "-m", "empty"])
    head = tool(git + ["rev-parse", "HEAD"]).out.strip()
    out = ecart("audit", archive, "--references", repo,
                status=INCOMPLETE).out
    contains(out, "no-reference")
    rep = json.loads(ecart("audit", archive, "--references", repo,
                           "--format", "json", status=INCOMPLETE).stdout)
    row, = [row for row in rep["audit"] if row["register"] == "mrtd"]
    equal("no-reference", row["result"], "result")
    contains(row["value"], "ff450b138c5ee673")
    equal(head, row["repository"]["commit"], "commit")


main()
