#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A collection of a guest in good order, and each option of it."""

import base64
import hashlib
import json
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True

from by_hand import agreeing
from collection import (TPM_ALONE, WITH_REPORT, Collection, attested, check_quotes, collect,
                        refused)
from e2e import (ECART, INCOMPLETE, TROUBLE, UNREADABLE, USAGE, case, contains, ecart, equal, main,
                 outcome, read, run, write)
from held_guest import ALL, held, skip_without_parts

import hcl as hcl_report

KINDS = """azure-hcl-report azure-imds-attested azure-tdquote-response cel-json cert-der collect-log
    crl-der dcap-issuer-chain dcap-qe-identity dcap-tcbinfo ecart-session http-headers
    ima-log-ascii ima-log-binary salt tcg-eventlog tdx-quote tpm-pcrread tpm-pcrs tpm-quote-attest
    tpm-quote-signature tpm-tool-output tpm2b-public""".split()
OUTCOMES = {"host": "ok", "tpm-caps": "ok", "hcl-report": "ok", "ak": "ok",
            "tpm-quote-first": "skipped", "ak-cert": "ok", "azure-tdquote": "ok",
            "collateral": "ok", "imds-attested": "ok", "imds-instance": "skipped", "maa": "skipped",
            "poc-tls": "skipped", "poc-registry": "skipped",
            "tpm-quote": "ok", "tcg-log": "ok", "ima-log": "ok", "systemd-log": "ok",
            "ita": "skipped"}
TPM_LOGS = ("--source", "tpm-caps,ak,tpm-quote,tcg-log,ima-log,systemd-log")
HOLD = """archive.digests dcap.quote.signature dcap.pck.chain dcap.tcb-info.signature
    hcl.report.match hcl.runtime-data.binding hcl.ak tpm.quote.signature tpm.quote.pcrs
    tpm.quote.selection tpm.ak.match bind.hcl bind.tpm-quote bind.imds bind.maa
    bind.challenge""".split()
ALL_REGISTERS = list(range(24))
SHA256, SHA384 = 0x000B, 0x000C


def ca():
    return ("--cacert", held().known["ca"])


def replayed(archive, *words):
    """The report under the guest's anchors; a verdict is not asked for."""
    done = run([ECART, "replay", archive.path, "--anchors", held().known["anchors"], "--format",
                "json", *words])
    return json.loads(done.stdout)


def check_hold(archive, *words):
    """None of the checks fails; those of what was not collected are skipped."""
    made = replayed(archive, *words)
    for row in made["checks"]:
        assert row["id"] not in HOLD or row["outcome"] in ("pass", "skip"), row
    return made


def user_data(report_bytes):
    text = hcl_report.parse(report_bytes)[1]
    return bytes.fromhex(json.loads(text)["user-data"])


def session_of(archive):
    return json.loads(archive.one("ecart-session"))


@case("a guest in good order gives a whole archive, which replays under its anchors")
def whole(scratch):
    archive = collect(scratch, *ca())
    equal(KINDS, sorted({row["kind"] for row in archive.entry.values()}), "kinds")
    equal(OUTCOMES, archive.outcomes(), "steps")
    made = check_hold(archive)
    for check in HOLD:
        if check not in ("bind.maa", "bind.challenge"):
            equal("pass", outcome(made, check), check)
    collector = archive.predicate["collector"]
    equal(("ecart", "collect", "test"),
          tuple(collector[name] for name in ("name", "verb", "root")), "collector")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", collector["clock"]["realtime"])
    equal(archive.predicate["time"], collector["clock"]["realtime"], "end of the run")
    equal(hashlib.sha256(read(ECART)).hexdigest(), collector["digest"]["sha256"],
          "digest of the program")
    equal("", session_of(archive)["challenge"], "challenge")


@case("its attested document is about the VM and answers the session; the place is L2")
def placed(scratch):
    made = replayed(collect(scratch, *ca()))
    for check in ("imds.format", "imds.signature", "imds.chain", "imds.window", "imds.vm-id"):
        equal("pass", outcome(made, check), check)
    place = made["facts"]["place"]
    # As on real VMs, the AK certificate's subject holds no VM id.
    equal(["L2", "yes", "yes", "yes", "untold", "yes", "yes"],
          [place["level"]] + [level["holds"] for level in place["levels"]], "place")
    equal("equal", made["facts"]["imds"]["vmIdMatch"], "VM")


@case("what each item is, and where it came from, stands in the manifest")
def provenance(scratch):
    guest, archive = held(), collect(scratch, *ca())
    kernel = "sys/kernel/security/"
    for name, path in (("tcg-eventlog", kernel + "tpm0/binary_bios_measurements"),
                       ("ima-log-binary", kernel + "ima/binary_runtime_measurements"),
                       ("ima-log-ascii", kernel + "ima/ascii_runtime_measurements"),
                       ("cel-json", "run/log/systemd/tpm2-measure.log")):
        equal(read(guest.path(path)), archive.one(name), name)
        equal(path, archive.entry[archive.named(name)[0]]["source"]["detail"], name)
    for name in archive.named("http-headers"):
        contains(archive.items[name].decode(), "HTTP/1.1 200")
        bodies = [body for body, row in archive.entry.items()
                  if row.get("source", {}).get("headers") == name]
        equal(1, len(bodies), "body of " + name)
    for name in archive.named("tpm-quote-attest"):
        equal(guest.known["tcti"], archive.entry[name]["source"]["detail"], "TCTI")
    log = archive.one("collect-log").decode()
    for source, word in archive.outcomes().items():
        if word != "skipped":
            contains(log, " %s: ok, " % source)
    for line in log.splitlines():
        assert re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ [a-z-]+: ", line), line


@case("every nonce follows from the archive alone: report, quotes, document, token")
def nonces(scratch):
    challenge = os.urandom(32).hex()
    archive = collect(scratch, *ca(), "--maa", held().known["maa"], "--sandwich", "--nonce",
                      challenge)
    equal(challenge, session_of(archive)["challenge"], "challenge")
    uses = [row["use"] for row in archive.predicate["binding"]["nonces"]]
    equal(["hcl", "imds", "maa", "tpm-quote", "tpm-quote", "tpm-quote"], sorted(uses), "uses")
    equal(archive.session_root(), user_data(archive.one("azure-hcl-report")), "user-data")
    check_quotes(archive)
    document = json.loads(archive.one("azure-imds-attested"))
    contains(base64.b64decode(document["signature"]).decode("latin-1"),
             '"nonce":"%s"' % archive.imds_nonce())
    contains(archive.entry[archive.named("azure-imds-attested")[0]]["source"]["uri"],
             "nonce=" + archive.imds_nonce())
    equal(archive.maa_nonce(), json.loads(archive.one("maa-request"))["nonce"], "asked of MAA")
    token = archive.one("maa-token")
    jws = json.loads(token)["token"] if token.startswith(b"{") else token.decode()
    claims = jws.split(".")[1]
    contains(base64.urlsafe_b64decode(claims + "==").decode(), archive.maa_nonce())
    made = check_hold(archive, "--nonce", challenge)
    for check in ("bind.maa", "bind.challenge", "maa.key", "maa.signature", "maa.window"):
        equal("pass", outcome(made, check), check)
    equal("fail", outcome(replayed(archive, "--nonce", "00" * 32), "bind.challenge"), "another's")
    text = run([ECART, "replay", archive.path, "--anchors", held().known["anchors"], "--nonce", "00" * 32]).out
    contains(text, "answers challenge " + challenge[:64], "[not what --nonce asked]")


@case("the lines of explain give each of these nonces by hand, with salts and without")
def by_hand(scratch):
    for salted_too in ((), ("--salted",)):
        challenge = os.urandom(32).hex()
        archive = collect(scratch, *ca(), "--maa", held().known["maa"], "--sandwich", "--nonce",
                          challenge, "--force", *salted_too)
        equal({"bind.hcl": 1, "bind.tpm-quote": 3, "bind.imds": 1, "bind.maa": 1,
               "bind.challenge": 1},
              agreeing(scratch, archive.path, "--anchors", held().known["anchors"], "--nonce",
                       challenge), "tried")
        shutil.rmtree(scratch + "/by-hand")


@case("systemd's log explains the registers of phases and of the machine; without it nothing does")
def systemd(scratch):
    archive = collect(scratch, *TPM_LOGS)
    contains(archive.one("cel-json").decode(), "\x1e", '"string":"enter-initrd"', '"machine-id"')
    found = {(row["bank"], row["register"]): row["result"] for row in replayed(archive)["facts"]["log"]}
    for bank in ("sha256", "sha384"):
        for register in ("pcr11", "pcr15"):
            equal("equal", found[bank, register], "%s of %s" % (register, bank))
    guest = held()
    log = guest.path("run/log/systemd/tpm2-measure.log")
    kept = read(log)
    try:
        os.unlink(log)
        bare = Collection(scratch, *TPM_LOGS, output="b.ecart").end().archive()
        equal("absent", bare.step("systemd-log")["outcome"], "outcome")
        contains(bare.step("systemd-log")["reason"], "systemd measured nothing")
        write(log, b"")
        bare = Collection(scratch, *TPM_LOGS, output="c.ecart").end().archive()
        contains(bare.step("systemd-log")["reason"], "is empty")
    finally:
        write(log, kept)
    found = {row["register"]: row["result"] for row in replayed(bare)["facts"]["log"]}
    assert found["pcr11"] != "equal" and found["pcr15"] != "equal", found


@case("the quote covers all that was collected before it, in that order, and no log")
def covered(scratch):
    archive = collect(scratch, *ca())
    row = archive.nonces("tpm-quote")[0]
    kinds = [archive.entry[name]["kind"] for name in row["after"]]
    equal("ecart-session", kinds[0], "first")
    for kind in ("azure-hcl-report", "tdx-quote", "dcap-tcbinfo", "azure-imds-attested", "cert-der"):
        assert kind in kinds, kind
    for kind in ("tcg-eventlog", "ima-log-binary", "cel-json", "collect-log", "salt", "tpm-pcrread"):
        assert kind not in kinds, kind
    equal(len(set(row["after"])), len(row["after"]), "each once")
    banks = [attested(archive.items[name])[1] for name in archive.named("tpm-quote-attest")]
    equal([[(SHA256, ALL_REGISTERS)], [(SHA384, ALL_REGISTERS)]], banks, "selections")
    equal(archive.entry[row["item"]]["nonce"], archive.nonce_of_quote(row).hex(), "as asked")


@case("two runs share no seed; without --nonce the cost is said, with it not")
def seeds(scratch):
    first = Collection(scratch, *TPM_ALONE).end().leaves_nothing()
    again = Collection(scratch, *TPM_ALONE, "--nonce", "8f1c22e2", output="b.ecart").end()
    assert session_of(first.archive())["seed"] != session_of(again.archive())["seed"]
    contains(first.run.out, "self-made nonce", "unsigned: nobody vouches", "no timestamp: ")
    assert "self-made" not in again.run.out + again.run.err
    equal("8f1c22e2", session_of(again.archive())["challenge"], "challenge")


@case("a nonce that is none is refused before anything is asked")
def bad_nonces(scratch):
    for text in ("", "8", "8f1", "xy", "0x12", "ab" * 65):
        refused(scratch, "--nonce", text, status=USAGE, said=["--nonce: want 1 to 64 bytes"])


@case("--minimal leaves out what names the tenant, the host's text and the headers")
def minimal(scratch):
    archive = collect(scratch, *ca(), "--minimal")
    for kind in ("azure-imds-attested", "azure-imds-instance", "ima-log-ascii", "http-headers"):
        equal([], archive.named(kind), kind)
    assert "cmdline" not in session_of(archive)["host"]
    equal("skipped", archive.outcomes()["imds-attested"], "imds-attested")
    contains(archive.step("imds-attested")["reason"], "--minimal")
    assert archive.named("dcap-issuer-chain")
    check_quotes(archive)
    check_hold(archive)


@case("--salted puts 32 bytes beside every item, and the quote's nonce is over both")
def salted(scratch):
    archive = collect(scratch, *TPM_ALONE, "--salted")
    bare = [name for name in archive.entry
            if archive.entry[name]["kind"] not in ("salt", "collect-log")
            and len(archive.salt_of(name)) != 32]
    equal([], bare, "without salt")
    salts = [archive.items[name] for name in archive.named("salt")]
    equal(len(salts), len(set(salts)), "different salts")
    check_quotes(archive)
    plain = collect(scratch, *WITH_REPORT, output="b.ecart")
    have = {plain.entry[name]["kind"] for name in plain.entry if plain.salt_of(name)}
    equal({"ecart-session", "azure-hcl-report"}, have, "salted without being asked")


@case("--sandwich quotes before all else too")
def sandwich(scratch):
    archive = collect(scratch, *TPM_ALONE, "--sandwich", "--source",
                      "tpm-caps,ak,tpm-quote-first,tpm-quote")
    equal(3, len(archive.named("tpm-quote-attest")), "quotes")
    rows = {row["item"]: row for row in archive.nonces("tpm-quote")}
    first = [name for name in rows if "first" in name]
    equal(1, len(first), "first quotes")
    for name, row in rows.items():
        equal(name not in first, first[0] in row["after"], "T of " + name)
    check_quotes(archive)
    check_hold(archive)


@case("--with-instance asks for the instance metadata; without it nobody does")
def instance(scratch):
    archive = collect(scratch, "--with-instance", "--source", "imds-instance,tpm-caps")
    contains(archive.one("azure-imds-instance").decode(), held().known["vm-id"])
    equal({"host", "tpm-caps", "imds-instance"},
          {name for name, word in archive.outcomes().items() if word == "ok"}, "asked")


@case("--source takes these alone, --skip all but these; both say so, a wrong name is refused")
def chosen(scratch):
    archive = collect(scratch, *TPM_ALONE)
    for name, word in archive.outcomes().items():
        equal("ok" if name in ("host", "tpm-caps", "ak", "tpm-quote") else "skipped", word, name)
    contains(archive.step("hcl-report")["reason"], "--source or --skip")
    rest = [name for name in OUTCOMES if name not in ("host", "ima-log", "tcg-log")]
    archive = collect(scratch, "--skip", ",".join(rest), output="b.ecart")
    equal({"host", "ima-log", "tcg-log"},
          {name for name, word in archive.outcomes().items() if word == "ok"}, "asked")
    refused(scratch, "--source", "tpm-quote,nosuch", status=USAGE, output="c.ecart",
            said=['no source is called "nosuch"', "ecart sources"])
    refused(scratch, "--skip", "quote", status=USAGE, output="c.ecart", said=['"quote"'])


@case("label, series and the archive before stand in the manifest")
def chain(scratch):
    first = collect(scratch, *TPM_ALONE, "--label", "node 7", "--series", "nightly")
    equal("node 7", first.predicate["subjectSystem"]["label"], "label")
    equal("nightly", first.predicate["series"], "series")
    assert "previous" not in first.predicate
    second = collect(scratch, *TPM_ALONE, "--series", "nightly", "--previous", first.path,
                     output="b.ecart")
    contains(ecart("verify", first.path).out, "id " + second.predicate["previous"]["sha256"])
    damaged = write(os.path.join(scratch, "x"), read(first.path)[:700])
    refused(scratch, *TPM_ALONE, "--previous", damaged, status=UNREADABLE, output="c.ecart",
            said=["--previous"])
    refused(scratch, *TPM_ALONE, "--previous", os.path.join(scratch, "none"), status=UNREADABLE,
            output="c.ecart", said=["none"])


@case("a missing required piece: exit 2 and an archive that says why; with --strict none")
def missing(scratch):
    held().tpm_fault("rc-00000158", b"923")
    try:
        done = Collection(scratch, *TPM_ALONE).end(INCOMPLETE).leaves_nothing()
        refused(scratch, *TPM_ALONE, "--strict", status=INCOMPLETE, output="b.ecart",
                said=["required pieces that are missing: 1", "--strict"])
    finally:
        os.unlink(held().state("faults", "rc-00000158"))
    contains(done.run.out, "missing tpm-quote: tpm2_quote: ")
    equal("failed", done.archive().step("tpm-quote")["outcome"], "step")
    collect(scratch, *TPM_ALONE, "--strict", output="c.ecart")


@case("an existing file stays as it is without --force, and gives way whole with it")
def existing(scratch):
    path = write(os.path.join(scratch, "a.ecart"), b"mine")
    done = Collection(scratch, *TPM_ALONE).end(USAGE).leaves_nothing()
    contains(done.run.err, "exists already", "--force")
    equal(b"mine", read(path), "the file")
    collect(scratch, *TPM_ALONE, "--force")
    equal(["a.ecart", "tmp"], sorted(os.listdir(scratch)), "beside it")


@case("a target that cannot be written: exit 5 and a line; a device is no target, even by force")
def unwritable(scratch):
    refused(scratch, *TPM_ALONE, status=TROUBLE, output="none/a.ecart",
            said=["none/a.ecart: cannot open the directory: No such file"])
    os.mkdir(os.path.join(scratch, "folder"))
    done = Collection(scratch, *TPM_ALONE, "--force", output="folder").end(None)
    assert done.run.status in (USAGE, TROUBLE), done.run
    assert os.path.isdir(os.path.join(scratch, "folder"))
    os.mkfifo(os.path.join(scratch, "pipe"))
    done = Collection(scratch, *TPM_ALONE, "--force", output="pipe").end(TROUBLE)
    contains(done.run.err, "is no plain file")
    contains(Collection(scratch, *TPM_ALONE, output="/dev/full").end(USAGE).run.err,
             "exists already")
    contains(Collection(scratch, "-o", "-", output=None).end(USAGE).run.err, "goes to a file")
    contains(Collection(scratch, *TPM_ALONE, output=None).end(USAGE).run.err, "no -o FILE")


@case("an unwritable target is found before the machine is asked")
def found_early(scratch):
    done = refused(scratch, status=TROUBLE, output="none/a.ecart", said=["none/a.ecart"])
    assert "tpm-quote" not in done.run.err, done.run


@case("--dry-run asks nobody, writes nothing, and names TCTI, sources and addresses")
def plan(scratch):
    before = os.path.getsize(held().known["requests"]) if os.path.exists(
        held().known["requests"]) else 0
    done = Collection(scratch, "--dry-run").end().wrote_nothing()
    contains(done.run.out, held().known["tcti"], "tpm-quote", "required", "0x01400002",
             "nothing was written")
    equal(before, os.path.getsize(held().known["requests"]) if before else 0, "requests")


@case("what the program says fits who listens: a person, a program, nobody")
def styles(scratch):
    done = Collection(scratch, *TPM_ALONE).end()
    contains(done.run.err, "this looks like an Azure confidential VM (TDX)", "  tpm-quote ")
    assert "\r" not in done.run.err
    done = Collection(scratch, *TPM_ALONE, "--quiet", output="b.ecart").end()
    equal("", done.run.err, "stderr under --quiet")
    done = Collection(scratch, *TPM_ALONE, "--json", output="c.ecart").end()
    lines = [json.loads(line) for line in done.run.err.splitlines()]
    equal(["host", "tpm-caps", "ak", "tpm-quote"],
          [row["source"] for row in lines if row["event"] == "step"], "steps")


@case("the list that tpm-pcrread holds values of stands beside it")
def all_banks(scratch):
    archive = collect(scratch, *TPM_ALONE)
    name = archive.named("tpm-pcrread")[0]
    contains(archive.entry[name]["source"]["detail"], "sha1:0,1,", ALL, "sha384:0,1,")
    equal(24 * (20 + 32 + 48), len(archive.items[name]), "size")


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
