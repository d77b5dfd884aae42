#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""By-hand lines of many archives beside coreutils, sed and openssl: what is bound to a session
(what must be, then what the item holds), and registers of logs (as replayed, then as quoted)."""

import json
import os
import sys

sys.dont_write_bytecode = True

from by_hand import agreeing, explained, hand_line, input_bytes, plain_shell, shell, unpacked
from e2e import AZURE_AT, ECART, ROOT, case, ecart, equal, findings, main, pack, run, simulated, vector

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


@case("log.rtmr: the same line gives the registers of a real log")
def by_hand_real_registers(scratch):
    archive = scratch + "/a.ecart"
    pack(archive, "tdx-eventlog-ccel=" + vector("eventlog", "goev-ccel-cos-113-intel-tdx.bin"),
         "tdx-quote=" + vector("eventlog", "quotes", "cos-113-tdx-quote.dat"), time=AZURE_AT)
    equal(["pass", "pass", "pass", "no-evidence"], registers_agree(
        scratch, archive, "--at", AZURE_AT, "--anchors", os.path.join(ROOT, "anchors")), "outcomes")


main()
