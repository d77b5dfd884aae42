#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Quotes of TPMs: real ones of several makers, with the result that their source states, and of a
TPM of software, by keys of every family."""

import atexit
import base64
import functools
import hashlib
import os
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from collection import PlainTpm
from e2e import (FAIL, INCOMPLETE, PASS, Skip, at_path, case, contains, ecart, equal, failed, findings, flip,
                 main, outcome, read, report, tool, vector, write)

QUOTES, SWTPM = ("eventlog", "quotes"), ("tpm-swtpm",)
SOON = "@%d" % (time.time() + 3600)  # the certificates are made meanwhile
GUARD = ("IMN-DELL", "IMN-SUPERMICRO-no-epp", "dell-notebook-5eventlogs-WBCL", "dl160-fwupd-report",
         "failed-1", "failed-2", "good-1", "ludmilla")
USAGE = """basicConstraints=critical,CA:FALSE
keyUsage=digitalSignature
extendedKeyUsage=2.23.133.8.3
"""
ANCHOR = """Name: SIMULATED vTPM root
Owner: SIMULATED
For: azure-vtpm-root
Subject: CN=SIMULATED vTPM root
Spki-Sha256: %s
Confirm: made by this test
Simulated: yes

%s"""
KEY_ATTRIBUTES = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign"


def anchors_with(folder, certificate):
    """A folder of anchors that pins the key of a certificate."""
    text = tool(["openssl", "x509", "-in", certificate, "-pubkey", "-noout"]).out
    spki = base64.b64decode("".join(text.split("\n")[1:-2]))
    path = os.path.join(folder, "anchors", "azure-vtpm-root.pem")
    write(path, (ANCHOR % (hashlib.sha256(spki).hexdigest(), text)).encode())
    return os.path.dirname(path)


class Authority:
    """Certifies whatever key it is shown, as the operator of a vTPM does."""

    def __init__(self, folder):
        self.folder, self.serial = folder, 0
        tool(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out",
              "ca.pem", "-days", "3650", "-subj", "/CN=SIMULATED vTPM root"], cwd=folder)
        tool(["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "other.key", "-out",
              "request.pem", "-subj", "/CN=SIMULATED AK"], cwd=folder)
        write(os.path.join(folder, "usage"), USAGE.encode())
        self.anchors = anchors_with(folder, os.path.join(folder, "ca.pem"))

    def certificate(self, key):
        """The path of a certificate of a public key in PEM."""
        self.serial += 1
        path = os.path.join(self.folder, "ak%d.pem" % self.serial)
        tool(["openssl", "x509", "-req", "-in", "request.pem", "-force_pubkey", key, "-CA", "ca.pem",
              "-CAkey", "ca.key", "-set_serial", str(self.serial), "-days", "3650", "-extfile", "usage",
              "-out", path], cwd=self.folder)
        return path


@functools.lru_cache(maxsize=None)
def authority():
    folder = tempfile.mkdtemp(prefix="ecart-e2e-ca-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Authority(folder)


def judged(scratch, *items, status=PASS, anchors=None):
    """The report of an archive packed of KIND=PATH."""
    archive = os.path.join(scratch, "tpm.ecart")
    if os.path.exists(archive):
        os.unlink(archive)
    ecart("pack", "-o", archive, *items)
    return report("--at", SOON, "--anchors", anchors or authority().anchors, archive, status=status)


def listed(scratch, *parts):
    """The path of values, given as one in hex a line, joined."""
    text = read(vector(*QUOTES, *parts)).decode()
    return write(os.path.join(scratch, "values"), b"".join(bytes.fromhex(v) for v in text.split()))


def passes(rep, *ids):
    for check in ids:
        equal("pass", outcome(rep, check), check)


def got(rep, check):
    rows = findings(rep, check)
    equal(1, len(rows), check + ": findings")
    return rows[0].get("got", ""), rows[0].get("reason", "")


JUDGED = ("tpm.quote.format", "tpm.quote.selection", "tpm.quote.signature", "tpm.quote.pcrs",
          "tpm.quote.clock", "tpm.ak.certificate", "tpm.ak.match")


# --- real quotes


@case("quotes of Azure's vTPMs, bare signature and key alone: signed, and by the platform's template")
def azure(scratch):
    for name in ("az-tdx-vtpm", "az-snp-vtpm"):
        key = vector(*QUOTES, name + ".ak.pem")
        items = ["tpm-quote-attest=" + vector(*QUOTES, name + ".attest"),
                 "tpm-quote-signature=" + vector(*QUOTES, name + ".sig.raw"), "key-pem=" + key,
                 "tpm-pcrs=" + listed(scratch, name + ".pcrs.sha256")]
        rep = judged(scratch, *items, "cert-pem=" + authority().certificate(key))
        passes(rep, *JUDGED, "tpm.ak.name")
        equal(b"challenge".hex(), at_path(rep, "facts.tpm.extraData"), "nonce")
        equal("endorsement", at_path(rep, "facts.tpm.akHierarchy"), "hierarchy")
        equal(False, at_path(rep, "facts.tpm.countersObscured"), "counters")
        rep = judged(scratch, *items, status=INCOMPLETE)
        contains(got(rep, "tpm.quote.signature")[1], "the key signed this quote, but nothing vouches")
        equal(False, at_path(rep, "facts.tpm.trusted"), "trusted")


@case("a quote of trustee's TPM: signed; nothing is known of its key but the key")
def trustee(scratch):
    key = os.path.join(scratch, "ak.pem")
    tool(["openssl", "pkey", "-pubin", "-inform", "DER", "-in", vector(*QUOTES, "trustee-tpm.ak.spki.der"),
          "-out", key])
    rep = judged(scratch, "tpm-quote-attest=" + vector(*QUOTES, "trustee-tpm.attest"),
                 "tpm-quote-signature=" + vector(*QUOTES, "trustee-tpm.sig"), "key-pem=" + key,
                 "tpm-pcrs=" + listed(scratch, "trustee-tpm.pcrs.sha256"),
                 "cert-pem=" + authority().certificate(key))
    passes(rep, *JUDGED)
    contains(got(rep, "tpm.ak.name")[1], "absent: no public area")


@case("a quote of a shielded VM: RSASSA over SHA-1 holds and is weak, the key's name is the stated one")
def shielded(scratch):
    certificate = authority().certificate(vector(*QUOTES, "win-gcp-ak.pem"))
    items = ["tpm-quote-signature=" + vector(*QUOTES, "win-gcp-sig"),
             "tpm2b-public=" + vector(*QUOTES, "win-gcp-ak.tpmt_public"), "cert-pem=" + certificate,
             "tpm-pcrs=" + listed(scratch, "win-gcp-pcrs.sha1")]
    attest = vector(*QUOTES, "win-gcp-attest")
    rep = judged(scratch, "tpm-quote-attest=" + attest, *items)
    passes(rep, *JUDGED, "tpm.ak.attributes")
    equal("weak: SHA-1", got(rep, "tpm.quote.signature")[0], "signature")
    facts = at_path(rep, "facts.tpm")
    equal("000b4ce9b151f75089d74c15dabe9d520cffafbcafd5d43be0aad2e2d88d54717e2e", facts["akName"], "name")
    equal(("SHA-1", "sha1", ""), (facts["weak"], facts["signatureHash"], facts["extraData"]), "facts")
    contains(got(rep, "tpm.ak.name")[1], "unknown: ")
    assert "countersObscured" not in facts, "of a hierarchy that is not known"
    broken = write(os.path.join(scratch, "broken"), flip(read(attest), 60))
    rep = judged(scratch, "tpm-quote-attest=" + broken, *items, status=FAIL)
    contains(got(rep, "tpm.quote.signature")[1], "signature: ")


@case("quotes without a key are read and said to have none; one that covers nothing fails")
def keyless(scratch):
    for name in GUARD:
        rep = judged(scratch, "tpm-quote-attest=" + vector(*QUOTES, "guard-ev-%s.attest" % name),
                     "tpm-quote-signature=" + vector(*QUOTES, "guard-ev-%s.sig" % name),
                     status=FAIL if name == "IMN-DELL" else INCOMPLETE)
        passes(rep, "tpm.quote.format")
        contains(got(rep, "tpm.quote.signature")[1], "absent: no key of the quote")
        equal(("ecdsa", "sha256"), (at_path(rep, "facts.tpm.signatureScheme"),
                                    at_path(rep, "facts.tpm.signatureHash")), name)
        if name == "IMN-DELL":
            contains(got(rep, "tpm.quote.selection")[1], "selection: empty")
        if name == "dl160-fwupd-report":
            equal(["sha256", "sha1"], [b["bank"] for b in at_path(rep, "facts.tpm.selection")],
                  "order of the banks")
    rep = judged(scratch, "tpm-quote-attest=" + vector(*QUOTES, "dstack-tpm_quote_sample.bin"),
                 status=INCOMPLETE)
    passes(rep, "tpm.quote.format", "tpm.quote.selection")
    contains(got(rep, "tpm.quote.signature")[1], "absent: tpm-quote-signature")


@case("keylime's quote and PCR file: of the same three registers")
def keylime(scratch):
    rep = judged(scratch, "tpm-quote-attest=" + vector(*QUOTES, "keylime-quote.out"),
                 "tpm-quote-signature=" + vector(*QUOTES, "keylime-quotesig.out"),
                 vector(*QUOTES, "keylime-quotepcr.out"), status=INCOMPLETE)
    passes(rep, "tpm.quote.format", "tpm.quote.selection")
    equal([{"bank": "sha256", "pcrs": [15, 16, 22]}], at_path(rep, "facts.tpm.selection"), "selection")
    values = [v for v in at_path(rep, "facts.pcr.sha256").values()]
    equal("ec1636c69c548fd09a165a4f874e5d1610a8fbe362415660" + "17e92b17e144b971",
          hashlib.sha256(bytes.fromhex("".join(values))).hexdigest(), "digest of the values")


# --- vectors of tpm2-tools


def swtpm_items(number, signature, values, kind):
    return ["tpm-quote-attest=" + vector(*SWTPM, "quote%s.msg" % number),
            "tpm-quote-signature=" + vector(*SWTPM, "quote%s.sig.%s" % (number, signature)),
            kind + "=" + vector(*SWTPM, "quote%s.pcrs.%s" % (number, values))]


def swtpm_key():
    return ["tpm2b-public=" + vector(*SWTPM, "ak.tpm2b_public"),
            "cert-der=" + vector(*SWTPM, "akcert.nv.bin")]


def swtpm_judged(scratch, *items, **options):
    anchors = anchors_with(scratch, vector(*SWTPM, "synthetic-ca.pem"))
    return judged(scratch, *items, *swtpm_key(), anchors=anchors, **options)


@case("quotes of tpm2-tools in each format of signature and values: all that the tools accept passes")
def tools(scratch):
    for number, signature, values, kind, banks in (
            ("", "tss", "serialized", "tpm-pcrs-serialized", ["sha256"]),
            ("2", "plain", "values", "tpm-pcrs", ["sha256"]),
            ("3", "tss", "serialized", "tpm-pcrs-serialized", ["sha1", "sha256", "sha384"])):
        rep = swtpm_judged(scratch, *swtpm_items(number, signature, values, kind))
        passes(rep, *JUDGED, "tpm.ak.name", "tpm.ak.attributes")
        contains(findings(rep, "tpm.ak.certificate")[0]["got"], "names no purpose")
        facts = at_path(rep, "facts")
        equal(banks, [b["bank"] for b in facts["tpm"]["selection"]], "banks")
        equal("ab" * 32, facts["tpm"]["extraData"], "nonce")
        equal(read(vector(*SWTPM, "ak.name")).hex(), facts["tpm"]["akName"], "name")
        equal(read(vector(*SWTPM, "ak.qualified-name")).hex(), facts["tpm"]["qualifiedSigner"],
              "qualified name")
        for bank in banks:
            equal(24, len(facts["pcr"][bank]), bank)


@case("a quote of an empty selection vouches for nothing, whatever is beside it")
def empty(scratch):
    items = ["tpm-quote-attest=" + vector(*SWTPM, "quote4-empty-selection.msg"),
             "tpm-quote-signature=" + vector(*SWTPM, "quote4-empty-selection.sig.tss")]
    for more in ([], ["tpm-pcrs-serialized=" + vector(*SWTPM, "quote4.pcrs.serialized")],
                 ["tpm-pcrs=" + vector(*SWTPM, "quote2.pcrs.values")]):
        rep = swtpm_judged(scratch, *items, *more, status=FAIL)
        equal(["tpm.quote.selection"], [check for check, _ in failed(rep)], "failed")
        passes(rep, "tpm.quote.signature")
        assert "pcr" not in rep["facts"], "values that no quote covers"


@case("what a software key signed in a TPM's name is no quote: the magic number is wrong")
def magic(scratch):
    rep = judged(scratch, "tpm-quote-attest=" + vector(*SWTPM, "neg-wrong-magic.msg"),
                 "tpm-quote-signature=" + vector(*SWTPM, "neg-wrong-magic.sig.plain"),
                 "key-pem=" + vector(*SWTPM, "neg-wrong-magic.key.pem"),
                 "tpm-pcrs-serialized=" + vector(*SWTPM, "quote.pcrs.serialized"), status=FAIL)
    contains(got(rep, "tpm.quote.format")[1], "tpm: tpm-quote: magic at byte 0: ")


@case("three quotes of one key: each is held against the one before it")
def three(scratch):
    items = [item for number, signature, values in (
        ("", "tss", "serialized"), ("2", "plain", "values"), ("3", "tss", "serialized"))
             for item in swtpm_items(number, signature, values, "")[:2]]
    rep = swtpm_judged(scratch, *items, status=INCOMPLETE)
    rows = findings(rep, "tpm.quote.clock")
    equal(["pass"] * 3, [row["outcome"] for row in rows], "clocks")
    for row, before in zip(rows[1:], rows):
        contains(row["got"], " ms after " + before["subject"])
    swapped = items[4:] + items[:4]
    rep = swtpm_judged(scratch, *swapped, status=INCOMPLETE)
    rows = findings(rep, "tpm.quote.clock")
    equal(["pass", "fail", "pass"], [row["outcome"] for row in rows], "clocks")
    contains(rows[1]["reason"], " ms behind that of items/tpm-quote-attest/0000.bin")


@case("show names algorithms beside their numbers")
def shown(scratch):
    for kind, name, words in (
            ("tpm-quote-signature", "quote.sig.tss", ("rsassa", "sha256")),
            ("tpm2b-public", "ak.tpm2b_public", ("rsa", "rsassa", "sha256")),
            ("tpm-quote-attest", "quote3.msg", ("sha1", "sha256", "sha384")),
            ("tpm-pcrs-serialized", "quote3.pcrs.serialized", ("sha1", "sha384"))):
        archive = os.path.join(scratch, kind)
        ecart("pack", "-o", archive, kind + "=" + vector(*SWTPM, name))
        contains(ecart("show", "--json", archive).out, *('"%s"' % word for word in words))


# --- a TPM of software


SCHEMES = (  # -G, -g, scheme and hash as facts call them, hierarchy
    ("ecc256:ecdsa-sha256:null", "sha256", "ecdsa", "e", "endorsement"),
    ("ecc384:ecdsa-sha384:null", "sha384", "ecdsa", "o", "owner"),
    ("rsa2048:rsapss-sha256:null", "sha256", "rsapss", "p", "platform"),
    ("rsa2048:rsassa-sha1:null", "sha1", "rsassa-pkcs1-v1_5", "n", "null"),
)


def ran(tpm, *words):
    """A tool; what it loaded goes, since no resource manager is between."""
    tpm.run(*words)
    tpm.run("tpm2_flushcontext", "-t")


def quoted(tpm, name, banks, digest, *more):
    """Quotes by the key in key.ctx: what pack takes."""
    ran(tpm, "tpm2_quote", "-c", "key.ctx", "-l", banks, "-q", "ab" * 32, "-m", name + ".msg", "-s",
            name + ".sig", "-o", name + ".pcrs", "-g", digest, *more)
    path = os.path.join(tpm.folder, name)
    return ["tpm-quote-attest=" + path + ".msg", "tpm-quote-signature=" + path + ".sig"]


def key_of(tpm, scheme, hierarchy):
    """Makes the primary key of a template: pack's items for it."""
    ran(tpm, "tpm2_createprimary", "-C", hierarchy, "-G", scheme, "-g", "sha256", "-a", KEY_ATTRIBUTES, "-c",
            "key.ctx", "-Q")
    ran(tpm, "tpm2_readpublic", "-c", "key.ctx", "-f", "tss", "-o", "key.tss", "-Q")
    ran(tpm, "tpm2_readpublic", "-c", "key.ctx", "-f", "pem", "-o", "key.pem", "-Q")
    path = os.path.join(tpm.folder, "key")
    return ["tpm2b-public=" + path + ".tss", "cert-pem=" + authority().certificate(path + ".pem")]


@case("keys of each family in each hierarchy of an swtpm: what they quote passes, a flipped bit does not")
def software(scratch):
    if not shutil.which("swtpm") or not shutil.which("tpm2_quote"):
        raise Skip("swtpm or tpm2-tools are not installed")
    banks = "sha1:1,9+sha256:0,16,23"
    with PlainTpm(scratch) as tpm:
        tpm.run("tpm2_pcrextend", "16:sha256=" + "11" * 32)
        for scheme, digest, name, short, hierarchy in SCHEMES:
            key = key_of(tpm, scheme, short)
            spelled = ("--scheme", scheme.split(":")[1].split("-")[0])
            items = quoted(tpm, "q", banks, digest, *spelled)
            values = os.path.join(tpm.folder, "q.pcrs")
            rep = judged(scratch, *items, *key, "tpm-pcrs-serialized=" + values)
            passes(rep, *JUDGED, "tpm.ak.name", "tpm.ak.attributes")
            facts = at_path(rep, "facts.tpm")
            equal((name, digest, hierarchy, short in "on"),
                  (facts["signatureScheme"], facts["signatureHash"], facts["akHierarchy"],
                   facts["countersObscured"]), scheme)
            equal("SHA-1" if digest == "sha1" else None, facts.get("weak"), "weak")
            broken = write(os.path.join(scratch, "broken"), flip(read(os.path.join(tpm.folder, "q.sig")), -1))
            rep = judged(scratch, items[0], "tpm-quote-signature=" + broken, *key, status=FAIL)
            contains(got(rep, "tpm.quote.signature")[1], "signature: ")
            plain = quoted(tpm, "v", banks, digest, "-F", "values", *spelled)
            rep = judged(scratch, *plain, *key, "tpm-pcrs=" + os.path.join(tpm.folder, "v.pcrs"))
            passes(rep, *JUDGED)
            tpm.run("tpm2_pcrread", banks, "-o", "read.pcrs")
            rep = judged(scratch, *plain, *key, "tpm-pcrs=" + os.path.join(tpm.folder, "read.pcrs"))
            passes(rep, *JUDGED)


@case("an swtpm that was reset between two quotes of one key says so, and its clock may begin anew")
def restarted(scratch):
    if not shutil.which("swtpm") or not shutil.which("tpm2_quote"):
        raise Skip("swtpm or tpm2-tools are not installed")
    with PlainTpm(scratch) as tpm:
        template = ("ecc256:ecdsa-sha256:null", "o")
        key_of(tpm, *template)
        items = quoted(tpm, "one", "sha256:0", "sha256")
        tpm.run("tpm2_shutdown", "-c")
        tpm.stop()
        tpm.spawn()
        key = key_of(tpm, *template)
        items += quoted(tpm, "two", "sha256:0", "sha256")
    rep = judged(scratch, *items, *key, status=INCOMPLETE)
    rows = findings(rep, "tpm.quote.clock")
    equal(["pass", "pass"], [row["outcome"] for row in rows], "clocks")
    contains(rows[1]["got"], "the machine was reset since items/tpm-quote-attest/0000.bin")


main()
