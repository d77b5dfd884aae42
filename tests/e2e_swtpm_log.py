#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A made boot on a TPM of software: what its log says is extended and quoted, packed and replayed."""

import contextlib
import os
import shutil
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "forge"))

import azure_pki  # noqa: E402
import booted  # noqa: E402
import cel  # noqa: E402
import eventlog  # noqa: E402
import firmware  # noqa: E402
import ima  # noqa: E402
import windows  # noqa: E402
from collection import PlainTpm  # noqa: E402
from e2e import (FAIL, Skip, case, equal, findings, main, outcome, read, report, ecart,  # noqa: E402
                 simulated, tool, write)

BANKS = ("sha1", "sha256")
AK = "0x81010003"
AT = "@%d" % windows.AS_OF
FIRMWARE = list(range(10)) + [14]
ALL = FIRMWARE + [10, 11, 15]
PHASES = ("enter-initrd", "leave-initrd", "sysinit", "ready")


class Certified:
    """The public half of a key that a TPM has."""

    def __init__(self, spki):
        self.bits = spki

    def spki(self):
        return self.bits


class Tpm(PlainTpm):
    """With both banks, an attestation key, and SIMULATED certificates for it."""

    def __init__(self, scratch):
        super().__init__(scratch, "sha1:all+sha256:all")
        self.run("tpm2_createprimary", "-C", "e", "-G", "rsa2048:rsassa-sha256:null", "-g", "sha256",
                 "-a", "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|sign",
                 "-c", "key.ctx", "-Q")
        self.run("tpm2_evictcontrol", "-C", "o", "-c", "key.ctx", AK, "-Q")
        self.run("tpm2_flushcontext", "-t")
        self.run("tpm2_readpublic", "-c", AK, "-o", "ak.pub", "-Q")
        self.run("tpm2_readpublic", "-c", AK, "-f", "der", "-o", "ak.der", "-Q")
        spki = read(self.path("ak.der"))
        pki = azure_pki.Pki(lambda _, value: value, Certified(spki))
        self.certify("ak-cert.der", pki.certificate("leaf"))
        self.certify("ak-ca.der", pki.certificate("ca"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def certify(self, name, data):
        write(self.path(name), data)
        tool(["openssl", "x509", "-inform", "DER", "-in", self.path(name), "-noout"])

    def extend(self, *events):
        """Events, entries and records alike: (register, digest of a bank)."""
        words = ["%d:%s" % (register, ",".join("%s=%s" % (b, of(b).hex()) for b in BANKS))
                 for register, of in events]
        for begin in range(0, len(words), 8):
            self.run("tpm2_pcrextend", *words[begin:begin + 8])

    def quote(self, registers):
        chosen = "+".join("%s:%s" % (b, ",".join(map(str, registers))) for b in BANKS[::-1])
        self.run("tpm2_quote", "-c", AK, "-l", chosen, "-g", "sha256", "-m", "quote", "-s", "signature",
                 "-o", "pcrs", "-Q")
        return ["tpm-quote-attest=quote", "tpm-quote-signature=signature", "tpm-pcrs-serialized=pcrs"]

    def quote_nothing(self):
        """TPM2_Quote of an empty selection, which tpm2_quote does not ask for."""
        body = (struct.pack(">II", 0x158, int(AK, 16)) + struct.pack(">IIHBH", 9, 0x40000009, 0, 0, 0)
                + struct.pack(">HHI", 0, 0x10, 0))
        write(self.path("command"), struct.pack(">HI", 0x8002, 6 + len(body)) + body)
        self.run("tpm2_send", "-o", "answer", "command")
        answer = read(self.path("answer"))
        equal(0, struct.unpack_from(">I", answer, 6)[0], "response code")
        size = struct.unpack_from(">H", answer, 14)[0]
        write(self.path("quote"), answer[16:16 + size])
        write(self.path("signature"), answer[16 + size:-5])
        return ["tpm-quote-attest=quote", "tpm-quote-signature=signature"]

    def judge(self, quoted, logs, status=0):
        """The report of these items, the key and its certificates."""
        for name, data in logs.items():
            write(self.path(name), data)
        known = ["tpm2b-public=ak.pub", "cert-der=ak-cert.der", "cert-der=ak-ca.der"]
        items = [i.replace("=", "=" + self.folder + "/") for i in quoted + known + list(map(
            "{0}={0}".format, logs))]
        archive = self.path("a.ecart")
        ecart("pack", "--force", "-o", archive, "--time", AT, *items)
        return report(archive, "--anchors", simulated("anchors"), status=status)


@contextlib.contextmanager
def booted_tpm(scratch):
    """A TPM that a machine's logs were extended into, and the machine."""
    missing = [p for p in ("swtpm", "tpm2_pcrextend", "tpm2_send") if not shutil.which(p)]
    if missing:
        raise Skip(missing[0] + " is not installed")
    m = booted.Machine(BANKS)
    m.boot(*[e for e in firmware.pc_boot() if e.data[:15] != b"StartupLocality"])
    m.boot(*firmware.section(".linux"))
    m.userspace(*[cel.Phase(11, text) for text in PHASES], cel.Phase(15, "machine-id:00", "machine-id"))
    m.measure(ima.boot_aggregate(m.holds), ima.ng("/usr/bin/dash"), ima.ng("/var/log", violation=True),
              ima.sig("/usr/bin/bash", b"\x03\x02SIMULATED"))
    with Tpm(scratch) as t:
        t.extend(*[(e.register, e.digest) for e in m.events if e.type != eventlog.NO_ACTION])
        t.extend(*[(p.pcr, p.digest) for p in m.phases], *[(e.pcr, e.digest) for e in m.entries])
        yield t, m


def logs_of(m):
    return {"tcg-eventlog": m.tcg()["tcg-log"], "cel-json": m.systemd()["systemd-log"],
            "ima-log-binary": m.ima()["ima-log"]}


def rows(rep):
    return {(row["register"], row["bank"]): row for row in rep["facts"]["log"]}


@case("what the logs say is extended and quoted: the verdict is pass, each register that they have equal")
def made_boot(scratch):
    with booted_tpm(scratch) as (t, m):
        rep = t.judge(t.quote(ALL), logs_of(m))
        found = rows(rep)
        equal("pass", rep["verdict"], "verdict")
        equal({("pcr%d" % i, b) for i in ALL for b in BANKS}, set(found), "registers")
        equal({"equal"}, {row["result"] for row in found.values()}, "results")
        equal({True}, {row["trusted"] for row in found.values()}, "the quote is to be believed")
        for (register, bank), row in found.items():
            equal(m.holds.values[bank][int(register[3:])].hex(), row["quoted"], register + " " + bank)
        for check in ("log.pcr", "log.ima", "log.ima-templates", "log.cel", "log.boot-aggregate",
                      "tpm.quote.signature", "tpm.quote.pcrs", "tpm.ak.certificate"):
            # a check of one form of logs is not applicable to another
            equal({"pass"}, {row["outcome"] for row in findings(rep, check)} - {"skip"}, check)


def one_more(scratch, register, choose):
    """After one more extend exactly that register differs, and why is said."""
    with booted_tpm(scratch) as (t, m):
        digest_of, name = choose(m)
        t.extend((register, digest_of))
        rep = t.judge(t.quote(ALL), logs_of(m), status=FAIL)
        found = rows(rep)
        other = {key for key, row in found.items() if row["result"] != "equal"}
        equal({("pcr%d" % register, b) for b in BANKS}, other, "registers that are not equal")
        for bank in BANKS:
            row = found["pcr%d" % register, bank]
            equal(("differs-explained", LAST + name), (row["result"], row["explanation"]), bank)
        equal(["log.pcr"] * 2, [row["id"] for row in rep["checks"] if row["outcome"] == "fail"], "fails")


LAST = "equal with one extend after the last entry: the digest of "


@case("one extend more, of a separator: that register differs by one extend after the last entry")
def separator_more(scratch):
    one_more(scratch, 7, lambda _: (firmware.separator(7).digest, "a separator of 00000000"))


@case("one extend more, of another register's event: that register differs by the event that is named")
def event_more(scratch):
    def of_grub(m):
        event = next(e for e in m.events if e.register == 8)
        return event.digest, "event %d" % (m.events.index(event) + 1)
    one_more(scratch, 2, of_grub)


@case("a quote that selects nothing is signed well and vouches for no register of the logs")
def nothing_quoted(scratch):
    with booted_tpm(scratch) as (t, m):
        rep = t.judge(t.quote_nothing(), logs_of(m), status=FAIL)
        equal("pass", outcome(rep, "tpm.quote.signature"), "signature")
        equal("fail", outcome(rep, "tpm.quote.selection"), "selection")
        equal({"unquoted"}, {row["result"] for row in rows(rep).values()}, "results")
        equal(set(), {row["id"] for row in rep["checks"] if row["outcome"] == "pass"} &
              {"log.pcr", "log.ima", "tpm.quote.pcrs"}, "what passes")


if __name__ == "__main__":
    main(needs_vectors=False)
