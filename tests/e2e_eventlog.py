#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every event log of the vectors: its registers beside what others say of them."""

import json
import os
import sys

sys.dont_write_bytecode = True

import eventlog
from e2e import AZURE_AT, anchored, case, contains, ecart, equal, main, read, run, write, ECART

TALLY = {"files": 0, "registers": 0, "equal": 0, "explained": 0, "unexplained": 0,
         "unconfirmed": 0}
STATED = ("quote", "TPM", "project", "tpm2_eventlog")


def rows_of(folder, *items):
    """The report of an archive of these items."""
    archive = os.path.join(folder, "a.ecart")
    ecart("pack", "--force", "-o", archive, "--time", AZURE_AT, *items)
    done = run([ECART, *anchored(("replay", "--format", "json", archive))])
    assert done.status in (0, 1, 2), str(done)
    return json.loads(done.stdout)


def number(row):
    return str(int(row["register"].lstrip("pcrtm")) + (row["register"].startswith("rtmr")))


def log_rows(rep):
    return {(row["bank"], number(row)): row for row in rep["facts"].get("log", [])
            if row["result"] != "left-out"}


def count(rows):
    """Adds the results of what was quoted or stated elsewhere."""
    for row in rows:
        TALLY["registers"] += 1
        TALLY[{"equal": "equal", "differs-explained": "explained"}.get(row, "unexplained")] += 1


def statements(name):
    """[(who, values)] of what does not come from a log."""
    said = eventlog.expected(name)
    found = []
    if "stated_pcrs" in said:
        found.append(("project", said["stated_pcrs"]))
    if eventlog.kind_of(name) == "tcg-eventlog":
        values, status = eventlog.tpm2_eventlog(name)
        if status == 0 and "te5.4: same PCRs" in README.get(name, ""):
            found.append(("tpm2_eventlog", values))
    return found


README = {}


def read_readme():
    for line in read(eventlog.path("README.md")).decode().splitlines():
        if line.startswith("| "):
            README[line.split(" ")[1]] = line


@case("every log is read, and its registers are those that others state")
def _(folder):
    read_readme()
    for name in eventlog.logs():
        TALLY["files"] += 1
        rep = rows_of(folder, f"{eventlog.kind_of(name)}={eventlog.path(name)}")
        rows = log_rows(rep)
        confirmed = set()
        for who, values in statements(name):
            for bank, of_bank in values.items():
                for n, value in of_bank.items():
                    row = rows.get((bank, n))
                    if row is None or "replayed" not in row:
                        continue
                    equal(value, row["replayed"], f"{name} {bank}:{n} by {who}")
                    confirmed.add((bank, n))
        count(["equal"] * len(confirmed))
        if name.startswith("guard-ev-dell-notebook-5eventlogs"):
            continue  # of five logs, the expectation is of one; compared below
        for bank, of_bank in eventlog.unconfirmed(name).items():
            for n, value in of_bank.items():
                row = rows.get((bank, n))
                if row is None or "replayed" not in row or (bank, n) in confirmed:
                    continue
                equal(value, row["replayed"], f"{name} {bank}:{n}")
                TALLY["unconfirmed"] += 1


GUARDS = {
    # name -> {(bank, number): (result, words of the explanation)} where it is not equal
    "guard-ev-good-1": {},
    "guard-ev-failed-1": {("sha256", "0"): ("differs", "unexplained")},
    "guard-ev-failed-2": {("sha256", "0"): ("differs", "unexplained")},
    "guard-ev-dl160-fwupd-report": {("sha256", "0"): ("differs", "unexplained"),
                                    ("sha1", "0"): ("differs", "unexplained")},
    "guard-ev-ludmilla": {},
    # In the bank that nobody uses somebody extended zeros last, as Windows does to close it.
    "guard-ev-IMN-SUPERMICRO-no-epp": {
        ("sha1", str(n)): ("differs-explained", "a digest of bytes 00") for n in range(8)},
    "guard-ev-dell-notebook-5eventlogs-WBCL": {},
    "guard-ev-h12ssl": {},
    "guard-ev-hahuri-invalid-eventlog": {
        ("sha1", "11"): ("differs-explained", 'phases from "sysinit" to "ready" and 1 of 1 entries'),
        ("sha256", "11"): ("differs-explained",
                           'phases from "sysinit" to "ready" and 1 of 1 entries')},
}


def guard_items(folder, name):
    """The files of one machine, with the values that its TPM gave."""
    values = eventlog.expected(name)["tpm_pcrs"]
    real = eventlog.path("quotes", name + ".attest")
    if os.path.exists(real):
        quote = read(real)
        pcrs = eventlog.joined(quote, values)
    else:
        quote, pcrs = eventlog.attest(values)
    files = [("tpm-quote-attest", write(os.path.join(folder, "q"), quote)),
             ("tpm-pcrs", write(os.path.join(folder, "p"), pcrs))]
    stem = "guard-ev-good-1" if "failed" in name else name
    for log in eventlog.logs():
        if log in (stem + ".bin", stem + ".ima") or log.startswith(stem + ".") and "WBCL" in stem:
            files.append((eventlog.kind_of(log), eventlog.path(log)))
    return [f"{kind}={at}" for kind, at in files]


@case("registers that TPMs gave are equal, explained, or said to differ, each by name")
def _(folder):
    for name, differ in GUARDS.items():
        rep = rows_of(folder, *guard_items(folder, name))
        for key, row in log_rows(rep).items():
            if row["result"] in ("no-evidence", "unquoted", "incomplete"):
                assert key not in differ, f"{name} {key} {row}"
                continue
            result, words = differ.get(key, ("equal", ""))
            equal(result, row["result"], f"{name} {key}")
            contains(row.get("explanation", ""), words)
            count([row["result"]])


@case("a log that lacks the end of boot services: the last entries are named")
def _(folder):
    name = "goatt-ebs_event_missing_eventlog.bin"
    quote, pcrs = eventlog.attest(
        {"sha1": {"5": "31245808d6d35849bc394f6343f2b3ff908ed5e3"}})
    rep = rows_of(folder, f"tpm-quote-attest={write(os.path.join(folder, 'q'), quote)}",
                  f"tpm-pcrs={write(os.path.join(folder, 'p'), pcrs)}",
                  f"tcg-eventlog={eventlog.path(name)}")
    row = log_rows(rep)["sha1", "5"]
    equal("differs-explained", row["result"], "PCR 5")
    contains(row["explanation"], "end of boot services")
    count([row["result"]])


@case("RTMRs of quotes: equal, and RTMR 2 of a guest that extended it outside the log")
def _(folder):
    for quote, log, results in (
            ("cos-113-tdx-quote.dat", "goev-ccel-cos-113-intel-tdx.bin",
             ["equal", "equal", "equal", "no-evidence"]),
            ("ccapi-quote.bin", "ccapi-ccel_data.bin",
             ["equal", "equal", "extended-outside-log", "no-evidence"])):
        rep = rows_of(folder, f"tdx-quote={eventlog.path('quotes', quote)}",
                      f"tdx-eventlog-ccel={eventlog.path(log)}")
        rows = log_rows(rep)
        equal(results, [rows["sha384", str(n)]["result"] for n in range(1, 5)], quote)
        count([r for r in results if r != "no-evidence"])


@case("a quote without a selection vouches for no register")
def _(folder):
    rep = rows_of(folder,
                  f"tpm-quote-attest={eventlog.path('quotes', 'guard-ev-IMN-DELL.attest')}",
                  f"tcg-eventlog={eventlog.path('guard-ev-good-1.bin')}")
    equal({"unquoted"}, {row["result"] for row in log_rows(rep).values()}, "results")
    selection, = [c for c in rep["checks"] if c["id"] == "tpm.quote.selection"]
    assert selection["outcome"] != "pass", selection


@case("a log of the Windows guest: every register that it has is the quoted one")
def _(folder):
    pcrs = bytes.fromhex(read(eventlog.path("quotes", "win-gcp-pcrs.sha1")).decode())
    rep = rows_of(folder, f"tpm-quote-attest={eventlog.path('quotes', 'win-gcp-attest')}",
                  f"tpm-pcrs={write(os.path.join(folder, 'p'), pcrs)}",
                  f"tcg-eventlog={eventlog.path('goatt-windows_gcp_shielded_vm.bin')}")
    results = [r["result"] for r in log_rows(rep).values() if r["result"] != "no-evidence"]
    equal({"equal"}, set(results), "results")
    count(results)


# name -> (outcome of log.format, words of its reason)
MALFORMED = {
    "short-header.bin": ("fail", "eventSize at byte 28"),
    "trunc-in-event-data.bin": ("fail", "truncated: tcg-log.event: event at byte 12138"),
    "trunc-in-digests.bin": ("fail", "truncated: tcg-log.event: digest at byte 12030"),
    "trunc-1-byte.bin": ("fail", "truncated: tcg-log.event: event at byte 24082"),
    "trailing-3-bytes.bin": ("pass", ""),
    "trailing-zero-pad.bin": ("pass", ""),
    "trailing-ff-pad.bin": ("pass", ""),
    "ff-pad-then-event.bin": ("fail", "data-after-padding: the log ends at byte 24122, and at byte "
                                      "24186"),
    "specid-numalgs-huge.bin": ("fail", "numberOfAlgorithms at byte 56"),
    "specid-numalgs-zero.bin": ("fail", "numberOfAlgorithms at byte 56"),
    "specid-sha1-size-19.bin": ("fail", "digestSize at byte 62: want 20, found 19"),
    "digest-count-huge.bin": ("fail", "digestCount at byte 3101"),
    "digest-unknown-alg.bin": ("fail", "algorithmId at byte 3105"),
    "digest-duplicate-alg.bin": ("fail", "algorithmId at byte 3127"),
    "event-size-wrap.bin": ("fail", "event at byte 3215"),
    "pcr-index-24.bin": ("pass", ""),
    "pcr-index-ffffffff-not-noaction.bin": ("pass", ""),
    "type-flip-app-to-ipl.bin": ("pass", ""),
    "data-flip-secureboot.bin": ("pass", ""),
    "type-flip-to-noaction.bin": ("pass", ""),
    "swap-two-events.bin": ("pass", ""),
    "drop-event.bin": ("pass", ""),
    "locality-after-extend.bin": ("pass", ""),
    "locality-first.bin": ("pass", ""),
    "locality-200.bin": ("pass", ""),
    "efivar-namelen-overflow.bin": ("pass", ""),
    "efivar-datalen-overflow.bin": ("pass", ""),
    "legacy-event-size-3g.bin": ("fail", "event at byte 32: want 3183472455"),
    "specid02-header.bin": ("fail", "truncated: tcg-log.event: event at byte 105"),
    "keylime-binary_bios_measurements-bogus.bin": ("fail", "event at byte 32: want 1919248394"),
    "ima-trunc.ima": ("fail", "truncated: ima-log.entry"),
    "ima-name-len-huge.ima": ("fail", "template_name"),
    "ima-big-endian-first.ima": ("pass", ""),
    "ima-bad-template-hash.ima": ("pass", ""),
    "ima-violation-first.ima": ("pass", ""),
}
# PCRs of goev-cos-85-amd-sev.bin in its SHA-256 bank that the changed log does not give.
CHANGED = {"pcr-index-24.bin": {"7"}, "pcr-index-ffffffff-not-noaction.bin": {"7"},
           "type-flip-to-noaction.bin": {"7"}, "drop-event.bin": {"1"}, "locality-first.bin": {"0"}}


# What is not bound to what was measured, and where: README.md says it of one, and the two others
# have other bytes in the same variable.
UNMEASURED = {name: "entry: 3 at byte 397: EV_EFI_VARIABLE_DRIVER_CONFIG has a digest in sha1"
              for name in ("data-flip-secureboot.bin", "efivar-namelen-overflow.bin",
                           "efivar-datalen-overflow.bin")}
FLAGS = {
    "ff-pad-then-event.bin": [("data-after-padding", 45, 24186)],
    "pcr-index-24.bin": [("index-out-of-range", 6, 3093)],
    "pcr-index-ffffffff-not-noaction.bin": [("extends-nowhere", 6, 3093)],
    "type-flip-to-noaction.bin": [("no-action-digest", 8, 8957)],
    "locality-after-extend.bin": [("late-locality", 46, 24122)],
    "locality-200.bin": [("bad-locality", 1, 73)],
}


def one(rep, check):
    row, = [c for c in rep["checks"] if c["id"] == check]
    return row


@case("no event of a real log has a digest that is of something else, where its type forbids it")
def _(folder):
    judged = bound = 0
    for name in eventlog.logs():
        rep = rows_of(folder, f"{eventlog.kind_of(name)}={eventlog.path(name)}")
        row = one(rep, "log.events")
        if row.get("reason", "").startswith(("not-applicable", "after")):
            continue
        equal("pass", row["outcome"], name + " " + row.get("reason", ""))
        judged += 1
        bound += int(row["got"].split(", ")[1].split(" ")[0])
        told, = rep["facts"]["events"]
        equal(told["events"], len(told["timeline"]), name)
        assert len(json.dumps(rep)) < 80 << 10, f"{name}: {len(json.dumps(rep))}"
    print(f"# events: {judged} logs, {bound} events bound to their data")
    assert judged >= 55 and bound > 2700, (judged, bound)


@case("a damaged log: the events that are not what was measured, and the flags, by name")
def _(folder):
    for name in sorted(MALFORMED):
        if name.endswith(".ima"):
            continue
        rep = rows_of(folder, f"tcg-eventlog={eventlog.path('malformed', name)}")
        row = one(rep, "log.events")
        if name in UNMEASURED:
            equal("fail", row["outcome"], name)
            contains(row["reason"], UNMEASURED[name])
        else:
            equal("skip" if MALFORMED[name][0] == "fail" else "pass", row["outcome"], name)
        flags = [(f["flag"], f["event"], f["offset"])
                 for f in rep["facts"]["events"][0].get("flags", [])]
        equal(FLAGS.get(name, []), flags, name)


@case("Secure Boot of real logs: by a quote that is not trusted nothing is known")
def _(folder):
    rep = rows_of(folder, f"tdx-quote={eventlog.path('quotes', 'cos-113-tdx-quote.dat')}",
                  f"tdx-eventlog-ccel={eventlog.path('goev-ccel-cos-113-intel-tdx.bin')}")
    boot = rep["facts"]["boot"]
    equal(("unknown", "the quote is not trusted", "disabled"),
          tuple(boot["secureBoot"][m] for m in ("state", "why", "logged")), "cos-113")
    equal(["CN=UEFI DB Key v10,OU=Container Optimized OS,O=Google LLC.,L=Mountain View,"
           "ST=California,C=US"], boot["db"], "db")
    equal({"entries": 4, "certificates": 4, "trusted": False}, boot["dbx"], "dbx")
    contains(boot["loader"][0], "\\EFI\\BOOT\\BOOTX64.EFI")
    equal(True, boot["exitBootServices"], "end of boot services")
    contains(boot["commandLine"][0]["text"], "root=/dev/dm-0")
    equal(False, boot["commandLine"][0]["trusted"], "trusted")


@case("the kernel was started with the command line that GRUB measured, by its options' digest")
def _(folder):
    for name, options in (("gtt-gdc-host.bin", 155), ("ita-binary_bios_measurements12.bin", 161)):
        rep = rows_of(folder, f"tcg-eventlog={eventlog.path(name)}")
        found = [line["loadOptions"] for line in rep["facts"]["boot"]["commandLine"]
                 if "loadOptions" in line]
        equal([options], found, name)


@case("a log that is damaged is refused or read to where it is, by name and byte")
def _(folder):
    base = log_rows(rows_of(folder, f"tcg-eventlog={eventlog.path('goev-cos-85-amd-sev.bin')}"))
    for name in sorted(os.listdir(eventlog.path("malformed"))):
        if name == "empty.bin":
            continue  # an item without bytes is none that pack makes
        kind = "ima-log-binary" if name.endswith(".ima") else "tcg-eventlog"
        rep = rows_of(folder, f"{kind}={eventlog.path('malformed', name)}")
        row, = [c for c in rep["checks"] if c["id"] == "log.format"]
        outcome, words = MALFORMED[name]
        equal(outcome, row["outcome"], name)
        contains(row.get("reason", ""), words)
        if kind != "tcg-eventlog" or outcome == "fail" and "padding" not in words:
            continue
        differ = {n for (bank, n), r in log_rows(rep).items()
                  if bank == "sha256" and r["replayed"] != base[bank, n]["replayed"]}
        equal(CHANGED.get(name, set()), differ, name)


@case("the numbers")
def _(folder):
    del folder
    print("# event logs: " + ", ".join(f"{n} {what}" for what, n in TALLY.items()))
    assert TALLY["files"] >= 60 and TALLY["equal"] > 300, TALLY


main()
