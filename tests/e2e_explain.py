#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""By-hand lines work as they are printed, and give what the report says.

The line of time.token needs an archive with a token: e2e_signed.
"""

import json
import os
import sys

sys.dont_write_bytecode = True

from bound_by_hand import agreeing, plain_shell
from e2e import (AZURE_AT, ECART, FAIL, INCOMPLETE, ROOT, USAGE, case, contains,
                 ecart, equal, findings, flip, main, pack, pack_azure, read,
                 report, run, simulated, tree, vector, write)


def by_hand(archive, check, at=AZURE_AT):
    """explain is done once it has explained, whatever the verdict."""
    return ecart("explain", archive, "--at", at, "--check", check,
                 "--by-hand").out.splitlines()


def shell(line, folder):
    done = run(["bash", "-c", line], folder)
    assert done.status == 0 and done.err == "", f"{line}\n{done}"
    return done.out


def digests(text):
    return [line.split()[0] for line in text.splitlines()]


def input_bytes(folder, part):
    content = read(os.path.join(folder, part["item"]))
    return content[part["offset"]:part["offset"] + part["length"]]


# What a line printed -> whether that is what the finding says.

def nothing(out, row, rep, folder):
    equal("", out, "names on one side only")


def item_digest(out, row, rep, folder):
    item, = [item for item in rep["archive"]["items"]
             if item["name"] == row["subject"]]
    equal(f"{item['sha256']}  {item['name']}\n", out, "digest")


def no_byte(out, row, rep, folder):
    equal("0", out.strip(), "bytes that are not zero")


def first_half(out, row, rep, folder):
    equal(row["want"][:64], digests(out)[0], "want")
    equal(row["got"][:64], digests(out)[0], "got")


def whole(out, row, rep, folder):
    equal(row["want"], digests(out)[0], "want")
    equal(row["got"], digests(out)[0], "got")


def both_hashes(out, row, rep, folder):
    stored = [input_bytes(folder, row["inputs"][n]).hex() for n in (1, 3)]
    equal(stored, digests(out), "stored hashes")
    assert row["want"] in stored and row["got"] in stored, row


def debug_byte(out, row, rep, folder):
    equal(rep["facts"]["tdx"]["attributes"][:2], out.strip(), "byte")


def same_json(out, row, rep, folder):
    equal(json.loads(input_bytes(folder, row["inputs"][0])), json.loads(out),
          "runtime data")
    claims = json.loads(out)
    equal(rep["facts"]["azure"]["runtimeData"]["vmUniqueId"],
          claims["vm-configuration"]["vmUniqueId"], "vmUniqueId")


def magic(out, row, rep, folder):
    equal("ff 54 43 47 80 18", out.strip(), "magic and type")
    equal(bytes.fromhex(out.replace(" ", "").strip()),
          input_bytes(folder, row["inputs"][0])[:6], "input")


def extra_data(out, row, rep, folder):
    equal(rep["facts"]["tpm"]["extraData"], "".join(out.split()), "extraData")


def verified(out, row, rep, folder):
    equal("pass", row["outcome"], "outcome")
    equal("Verified OK\n", out, "openssl")


INTEL_ROOT = "a0af031289f5d5d4132f9186068a7fc13628633ba235777472e29b6b6c67a49e"


def chain_to_root(out, row, rep, folder):
    chain, digest = out.splitlines()
    assert chain.endswith(": OK"), chain
    equal(f"{INTEL_ROOT}  -", digest, "key of the root")


def good_list(out, row, rep, folder):
    equal("verify OK\n", out, "openssl")


def ends_at_azure(out, row, rep, folder):
    chain, issuer = out.splitlines()
    equal("items/cert-pem/0000.pem: OK", chain, "openssl")
    contains(issuer, "Azure Virtual TPM Root Certificate Authority 2023")


def same_lines(out, row, rep, folder):
    equal("pass", row["outcome"], "outcome")
    first, second = out.splitlines()
    equal(first, second, "both sides")
    assert len(first) >= 64, out


LINES = {
    "archive.manifest": nothing,
    "archive.digests": item_digest,
    "dcap.quote.padding": no_byte,
    "dcap.pck.chain": chain_to_root,
    "dcap.qe-report.signature": verified,
    "dcap.quote.signature": verified,
    "dcap.tcb-signing.chain": chain_to_root,
    "dcap.crl.signature": good_list,
    "dcap.tcb-info.signature": verified,
    "dcap.qe-identity.signature": verified,
    "dcap.qe-report.binding": first_half,
    "dcap.td.debug": debug_byte,
    "hcl.td-report.hashes": both_hashes,
    "hcl.report.match": same_lines,
    "hcl.runtime-data.binding": first_half,
    "hcl.runtime-data.format": same_json,
    "tpm.ak.certificate": ends_at_azure,
    "tpm.ak.match": same_lines,
    "tpm.quote.format": magic,
    "tpm.quote.signature": verified,
    "tpm.quote.pcrs": whole,
    "tpm.quote.nonce": extra_data,
}


def unpacked(archive, folder):
    ecart("unpack", archive, folder)
    return folder


def add_line(check, agrees):
    @case(f"{check}: the printed line gives what the report says")
    def line_works(scratch):
        archive = pack_azure(scratch)
        rep = report(archive, "--at", AZURE_AT)
        folder = unpacked(archive, scratch + "/un")
        # A list of the root has no chain beside it that a line could use.
        rows = [row for row in findings(rep, check)
                if check != "dcap.crl.signature" or len(row["inputs"]) == 2]
        lines = by_hand(archive, check)
        equal(len(rows), len(lines), "lines")
        for row, line in zip(rows, lines):
            agrees(shell(line, folder), row, rep, folder)


for check_id, judge in LINES.items():
    add_line(check_id, judge)


@case("no other check of this set prints a line that nobody tries")
def no_other(scratch):
    archive = pack_azure(scratch)
    rep = report(archive, "--at", AZURE_AT)
    printed = {row["id"] for row in rep["checks"]
               if by_hand(archive, row["id"])}
    equal(sorted(LINES), sorted(printed), "checks with a line")


@case("the text holds claim, rule, source, bytes, both values and the line")
def text(scratch):
    archive = pack_azure(scratch)
    out = ecart("explain", archive, "--at", AZURE_AT, "--check",
                "hcl.runtime-data.binding").out
    digest = ("48bd099b6e029bd4f96b14266444f1453d2f9e7a177c346dc339f5d16bcad7"
              "df")
    for label in ("claim", "rule", "source", "input", "want", "got",
                  "by hand"):
        contains(out, "\n  " + label)
    contains(out, "hcl.runtime-data.binding   pass",
             "items/azure-hcl-report/0000.bin, bytes 1236..2431 (1196 bytes)",
             "items/tdx-quote/0000.bin, bytes 568..", digest,
             "tail -c +1237 items/azure-hcl-report/0000.bin | head -c 1196 | \\\n",
             " sha256sum\n")


@case("every check can be explained, with a claim, a rule and a source")
def every_check(scratch):
    archive = pack_azure(scratch)
    for row in json.loads(ecart("checks", "--json").stdout):
        out = ecart("explain", archive, "--at", AZURE_AT, "--check",
                    row["id"]).out
        contains(out, row["id"], row["claim"], row["rule"], row["source"])


@case("every input lies within its item")
def inputs(scratch):
    archive = pack_azure(scratch)
    folder = unpacked(archive, scratch + "/un")
    sizes = {name: len(content) for name, content in tree(folder).items()}
    for row in report(archive, "--at", AZURE_AT)["checks"]:
        for part in row["inputs"]:
            end = part["offset"] + part["length"]
            assert part["length"] > 0 and end <= sizes[part["item"]], row


@case("a changed register: the line gives the digest that was found")
def broken(scratch):
    good = unpacked(pack_azure(scratch), scratch + "/good")
    pcrs = good + "/items/tpm-pcrs/0000.bin"
    write(pcrs, flip(read(pcrs), 40))
    files = [f"{name.split('/')[1]}={good}/{name}" for name in tree(good)
             if name.startswith("items/") and "/wrapper/" not in name]
    archive = scratch + "/broken.ecart"
    pack(archive, *sorted(files), time=AZURE_AT)
    row, = findings(report(archive, status=FAIL), "tpm.quote.pcrs")
    equal("fail", row["outcome"], "outcome")
    line, = by_hand(archive, "tpm.quote.pcrs")
    found, = digests(shell(line, unpacked(archive, scratch + "/un")))
    assert row["want"] != row["got"], row
    equal(row["got"], found, "got")


@case("a legacy paravisor's report is explained at its own offsets")
def legacy(scratch):
    archive = scratch + "/a.ecart"
    pack(archive, vector("azure", "tdx1-evidence-v1.json"))
    at = "2026-03-01T00:00:00Z"
    rep = report(archive, "--at", at, status=INCOMPLETE)
    row, = findings(rep, "hcl.runtime-data.binding")
    line, = by_hand(archive, "hcl.runtime-data.binding", at)
    contains(line, "head -c 1201")
    first_half(shell(line, unpacked(archive, scratch + "/un")), row, rep, "")


@case("an unknown check is refused with the way to the list")
def unknown(scratch):
    done = ecart("explain", pack_azure(scratch), "--check", "no.such.check",
                 status=USAGE)
    contains(done.err, "no.such.check", "ecart checks")



def explained(case_name, check, *words):
    """(lines, finding, folder of items) of a forged case."""
    archive = simulated("replay", case_name, "archive.tar")
    words = (archive, "--at", AZURE_AT, "--anchors", simulated("anchors"),
             *words)
    lines = ecart("explain", *words, "--check", check).out.splitlines()
    done = run([ECART, "replay", *words, "--format", "json"])
    row, = findings(json.loads(done.stdout), check)
    return lines, row, archive


def hand_line(lines):
    """The line by hand as a person copies it: over several lines where it is long."""
    first, = [i for i, line in enumerate(lines) if line.startswith("  by hand")]
    last = next(i for i in range(first, len(lines)) if not lines[i].endswith("\\"))
    return "\n".join(line[len("  by hand   "):] for line in lines[first:last + 1])


@case("what rests on SIMULATED anchors says so, to a shell as a comment")
def said_simulated(scratch):
    check = "hcl.runtime-data.binding"
    lines, _, archive = explained("pass", check)
    assert lines[0].startswith("SIMULATED"), lines[0]
    out = ecart("explain", archive, "--at", AZURE_AT, "--anchors",
                simulated("anchors"), "--check", check, "--by-hand").out
    assert out.startswith("# SIMULATED"), out
    digests(shell(out, unpacked(archive, scratch + "/un")))
    out = ecart("explain", pack_azure(scratch), "--at", AZURE_AT, "--check",
                check).out
    assert "SIMULATED" not in out, out


@case("the line takes the hash that the report's hash type names")
def other_hash(scratch):
    lines, row, archive = explained("pass-hcl-hash-type",
                                    "hcl.runtime-data.binding")
    line = hand_line(lines)
    contains(line, "sha384sum")
    equal("sha384", row["hash"], "hash")
    found, = digests(shell(line, unpacked(archive, scratch + "/un")))
    equal(row["want"][:96], found, "digest")


@case("a quote with its size in front is explained behind it")
def sized_quote(scratch):
    lines, row, archive = explained("pass-tpm-wire-format",
                                    "tpm.quote.format")
    equal(2, row["inputs"][0]["offset"], "offset")
    out = shell(hand_line(lines), unpacked(archive, scratch + "/un"))
    equal("ff 54 43 47 80 18", out.strip(), "magic and type")


# --- what is bound to a session: what must be, then what the item holds

FORGED = ("--at", AZURE_AT, "--anchors", simulated("anchors"))
BOUND = {
    "pass-bound": ("hcl", "imds", "maa", "tpm-quote"),
    "pass-bound-challenge": ("challenge", "report-data"),
    "incomplete-bound-redacted": ("hcl", "maa", "tpm-quote"),
    "incomplete-bound-ita": ("hcl", "ita"),
    "incomplete-bound-ita-token": ("ita",),
    "fail-bind.challenge": ("challenge", "maa"),
    "fail-bind.hcl": ("hcl",),
    "fail-bind.imds": ("imds",),
    "fail-bind.ita": ("hcl", "ita"),
    "fail-bind.report-data": ("report-data",),
    "fail-bind.tls": ("tls",),
    "fail-bind.tls-none": ("tls",),
    "incomplete-poc-failed-try": ("tls",),
    "incomplete-poc-tls": ("tls",),
    "fail-bind.tpm-quote": ("hcl", "tpm-quote"),
    "fail-bind.tpm-quote-content": ("hcl", "tpm-quote"),
    "fail-bind.tpm-quote-order": ("hcl", "tpm-quote"),
}


def add_bound(name, uses):
    @case(f"{name}: coreutils, sed and openssl give both nonces of {', '.join(uses)}")
    def lines_work(scratch):
        archive = simulated("replay", name, "archive.tar")
        asked = bytes(range(0x20, 0x40)).hex()
        words = ("--nonce", asked) if "challenge" in uses else ()
        equal({"bind." + use: 1 for use in uses}, agreeing(scratch, archive, *FORGED, *words),
              "tried")


for bound_name, bound_uses in BOUND.items():
    add_bound(bound_name, bound_uses)


@case("a salt of another size is none, in the line as in the check")
def short_salt(scratch):
    lines, row, archive = explained("fail-bind.tpm-quote-short-salt", "bind.tpm-quote")
    said = plain_shell(hand_line(lines), unpacked(archive, scratch + "/un"), scratch)
    equal([row["want"], row["got"]], [said[0].split()[0], said[1]], "nonces")


@case("items withheld with and without salt: the nonce follows from what the manifest keeps")
def withheld(scratch):
    archive = scratch + "/less.ecart"
    ecart("redact", simulated("replay", "pass-bound", "archive.tar"), "-o", archive, "--item",
          "items/maa-token/0000.jwt", "--item", "items/azure-imds-attested/0000.json", "--reason",
          "its \"name\":\"items/a\" {\\ or } 'quoted'")
    equal({"bind.hcl": 1, "bind.tpm-quote": 1}, agreeing(scratch, archive, *FORGED), "tried")


@case("every check of what is bound has been tried")
def every_bound(scratch):
    ids = {row["id"] for row in json.loads(ecart("checks", "--json").stdout)}
    equal({name for name in ids if name.startswith("bind.")},
          {"bind." + use for uses in BOUND.values() for use in uses}, "checks")


# --- registers of a log: as replayed, then as quoted

def registers_agree(scratch, archive, *words, check="log.rtmr", tried=lambda row: True):
    """The results of the findings whose line was tried and gives what they say."""
    done = run([ECART, "replay", archive, *words, "--format", "json"])
    rows = [row for row in findings(json.loads(done.stdout), check) if tried(row)]
    lines = [line for line in ecart("explain", archive, *words, "--check", check,
                                    "--by-hand").out.splitlines() if not line.startswith("#")]
    equal(len(rows), len(lines), "lines")
    os.makedirs(scratch, exist_ok=True)
    folder = unpacked(archive, scratch + "/un")
    seen = []
    for row, line in zip(rows, lines):
        *replayed, quoted = shell(line, folder).split()
        replayed = replayed[0] if replayed else "nothing"
        equal(input_bytes(folder, row["inputs"][1]).hex(), quoted, "quoted")
        reason = row.get("reason", row["outcome"]).split(":")[0]
        if reason == "no-evidence":
            equal("00" * (len(quoted) // 2), replayed, "a register without events")
        elif reason == "incomplete":
            equal("nothing", replayed, "a register with an event without a digest")
        else:
            equal((row["want"], row["got"]), (quoted, replayed), row["subject"])
        seen.append(reason)
    return seen


@case("log.rtmr: coreutils and openssl give the registers of a log, whatever the outcome")
def by_hand_registers(scratch):
    for name, want in (
            ("incomplete-log.rtmr", ["pass", "pass", "pass", "no-evidence"]),
            ("incomplete-log.rtmr-outside",
             ["pass", "pass", "extended-outside-log", "extended-outside-log"]),
            ("fail-log.rtmr", ["differs", "differs-explained", "differs", "no-evidence"])):
        seen = registers_agree(os.path.join(scratch, name),
                               simulated("replay", name, "archive.tar"), *FORGED)
        equal(want, seen, name)


def has_line(row):
    """A bank that openssl has by that name, and a PCR that no dynamic launch resets; quoted."""
    bank, number = row["subject"].split(":")
    return (bank in ("sha1", "sha256", "sha384", "sha512") and int(number) < 17
            and row.get("reason") != "unquoted")


@case("log.pcr: coreutils and openssl give the registers of a log, whatever its form and bank")
def by_hand_pcrs(scratch):
    seen = []
    for name, n in (("pass-log.pcr", 22), ("pass-log.pcr-legacy", 8), ("pass-log.pcr-banks", 4),
                    ("pass-log.pcr-silent", 4), ("fail-log.pcr-locality-3", 2),
                    ("fail-log.pcr-bank-weak", 4)):
        found = registers_agree(os.path.join(scratch, name), simulated("replay", name, "archive.tar"),
                                *FORGED, check="log.pcr", tried=has_line)
        equal(n, len(found), name)
        seen += found
    equal({"pass": 39, "differs-explained": 1, "differs": 1, "no-evidence": 2, "incomplete": 1},
          {word: seen.count(word) for word in seen}, "outcomes")


@case("a screen has the line in pieces of 80 columns, and a shell takes it as one")
def wrapped(scratch):
    words = (simulated("replay", "pass-log.pcr", "archive.tar"), *FORGED)
    folder = unpacked(words[0], scratch + "/un")
    for check in ("log.pcr", "tpm.quote.signature", "archive.digests"):
        alone = [line for line in ecart("explain", *words, "--check", check, "--by-hand").out.splitlines()
                 if not line.startswith("#")]
        shown = [text for text in ecart("explain", *words, "--check", check).out.split("  by hand   ")[1:]]
        equal(len(alone), len(shown), check)
        for line, text in zip(alone[:3], shown):
            pieces = text.split("\n")
            end = next((i for i, piece in enumerate(pieces) if not piece.endswith(" \\")), 0)
            text = "\n".join(pieces[:end + 1])
            equal(line, text.replace(" \\\n            ", " "), check)
            assert max(map(len, pieces[1:end + 1] or [""])) < 80, text
            equal(shell(line, folder), shell(text, folder), check)


@case("log.rtmr: the same line gives the registers of a real log")
def by_hand_real_registers(scratch):
    archive = scratch + "/a.ecart"
    pack(archive, "tdx-eventlog-ccel=" + vector("eventlog", "goev-ccel-cos-113-intel-tdx.bin"),
         "tdx-quote=" + vector("eventlog", "quotes", "cos-113-tdx-quote.dat"), time=AZURE_AT)
    equal(["pass", "pass", "pass", "no-evidence"], registers_agree(
        scratch, archive, "--at", AZURE_AT, "--anchors", os.path.join(ROOT, "anchors")), "outcomes")


@case("an item without bytes has no byte 0..-1")
def no_bytes(scratch):
    path = write(scratch + "/empty", b"")
    pack(scratch + "/a.ecart", "tdx-quote=" + path, time=AZURE_AT)
    out = ecart("explain", scratch + "/a.ecart", "--check",
                "dcap.quote.format").out
    contains(out, "0000.bin, no bytes")
    assert "-1" not in out, out


main()
