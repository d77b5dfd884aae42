#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""By-hand lines work as they are printed, and give what the report says.

The line of time.token needs an archive with a token: e2e_signed.
"""

import json
import sys

sys.dont_write_bytecode = True

from by_hand import explained, hand_line, input_bytes, shell, unpacked
from e2e import (AZURE_AT, FAIL, INCOMPLETE, USAGE, case, contains,
                 ecart, equal, findings, flip, main, pack, pack_azure, read,
                 report, simulated, tree, vector, write)


def by_hand(archive, check, at=AZURE_AT):
    """explain is done once it has explained, whatever the verdict."""
    return ecart("explain", archive, "--at", at, "--check", check,
                 "--by-hand").out.splitlines()


def digests(text):
    return [line.split()[0] for line in text.splitlines()]


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


FORGED = ("--at", AZURE_AT, "--anchors", simulated("anchors"))


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


@case("an item without bytes has no byte 0..-1")
def no_bytes(scratch):
    path = write(scratch + "/empty", b"")
    pack(scratch + "/a.ecart", "tdx-quote=" + path, time=AZURE_AT)
    out = ecart("explain", scratch + "/a.ecart", "--check",
                "dcap.quote.format").out
    contains(out, "0000.bin, no bytes")
    assert "-1" not in out, out


main()
