# SPDX-License-Identifier: Apache-2.0
"""Cases about event logs: logs that give what was quoted, and logs that are not what they say.
Registers that differ: cases_register.py."""

import dataclasses
import json

import booted
import cel
import edits
import eventlog
import firmware
import ima
from booted import Alone, Machine, Quoted, QuotedTd
from case import Case
from eventlog import NO_ACTION, Event

FORMAT = "log.format"
NO_VALUES = "gap PCR values: not in the archive; the quote has a digest of them alone"
OUTSIDE = "the guest may extend this register and log nothing"


def row(register, result, explanation="", bank="sha256"):
    """A line of `expect` on a row of facts.log."""
    words = ["register", register, bank, result, explanation]
    return " ".join(word for word in words if word)


def rows(registers, result="equal", bank="sha256"):
    return tuple(row("pcr%d" % i, result, bank=bank) for i in registers)


def after(k, n, more=""):
    return "after %d of the %d entries that follow firmware's%s" % (k, n, more)


def reason(check, text):
    return "reason %s %s" % (check, text)


def fact(path, value):
    """What the report has at "boot/commandLine/0/trusted" of its facts; None: nothing."""
    return "fact %s %s" % (path, json.dumps(value))


def quoted(name, text, machine, chosen, logs, says, verdict="pass", given=None, values=True, **other):
    """A case of a TPM's quote; chosen: numbers of PCRs in the bank SHA-256, or [(bank, numbers)]."""
    if not isinstance(chosen, list) or not isinstance((chosen + [0])[0], tuple):
        chosen = [("sha256", chosen)]
    subject = booted.of(Quoted, machine=machine, chosen=chosen, logs=logs, values=values)
    return Case(name, text, verdict, given or {}, subject=subject, says=tuple(says), **other)


def quoted_td(name, text, machine, logs, says, verdict="incomplete", given=None, **other):
    """A case of a TD's quote: the verdict wants the collateral that is not there."""
    return Case(name, text, verdict, given or {}, says=tuple(says),
                subject=booted.of(QuotedTd, machine=machine, logs=logs), **other)


def steps(register, n, kind="step"):
    """Actions of one register that no other has."""
    return [firmware.action("SIMULATED %s %d of %d" % (kind, i, register), register)
            for i in range(1, n + 1)]


def small(registers=range(8), banks=("sha256",), **other):
    """A boot of as few events as there can be."""
    return Machine(banks, **other).boot(firmware.crtm(), *firmware.separators(registers))


# --- firmware's logs

def whole():
    m = Machine(("sha1", "sha256"), locality=3).boot(*firmware.pc_boot())
    boot = [i for i in range(10)] + [14]
    yield quoted("pass-log.pcr", "a PC's log, from locality 3 to the end of boot services; the quote "
                 "has SHA-256 before SHA-1", m, [("sha256", boot), ("sha1", boot)], m.tcg(),
                 rows(boot) + rows(boot, bank="sha1") + tuple(
                     fact("log/%d/weak" % i, None) for i in range(2 * len(boot))),
                 passes=("log.pcr", FORMAT))
    m = Machine(("sha1",), locality=4).boot(firmware.hcrtm(), firmware.crtm(), *firmware.separators())
    yield quoted("pass-log.pcr-legacy", "a log of SHA-1 alone, which an H-CRTM began", m,
                 [("sha1", range(8))], m.legacy(), rows(range(8), bank="sha1") + (
                     fact("log/7/weak", "SHA-1"),), passes=("log.pcr",))
    banks = ("sha1", "sha256", "sha384", "sha512", "sm3", "sha3_256", "sha3_384", "sha3_512")
    names = dict({b: b for b in banks}, sm3="sm3_256")
    m = Machine(banks).boot(firmware.locality(0, b"\0\0\0"), firmware.crtm(),
                            Event(17, eventlog.EVENT_TAG, b"SIMULATED launch"),
                            Event(18, eventlog.EVENT_TAG, b"SIMULATED launched"))
    yield quoted("pass-log.pcr-banks", "every bank, a dynamic launch, padding of zeros", m,
                 [(b, [0, 17]) for b in banks], {"tcg-log": m.tcg(vendor=b"SIM")["tcg-log"] + bytes(64)},
                 [row(r, "equal", bank=names[b]) for b in banks for r in ("pcr0", "pcr17")],
                 passes=("log.pcr",))


def gap_of(part, number):
    kind, extension = {"tcg-log": ("tcg-eventlog", "bin")}[part]
    return ("gap items/%s/%04d.%s: left out, another log is the quote's or gives more of it"
            % (kind, number, extension))


def choices():
    m = small([5, 7])
    begun = Machine().boot(firmware.crtm())
    resumed = Machine().boot(firmware.crtm(), firmware.separator(5))
    logs = {"tcg-log": begun.tcg()["tcg-log"], "tcg-log-2": m.tcg()["tcg-log"],
            "tcg-log-3": resumed.tcg()["tcg-log"]}
    yield quoted("pass-log.pcr-several", "three logs of one machine: the one that gives most of the "
                 "quote is compared, the others are said to be left out", m, [0, 5, 7], logs,
                 rows([0, 5, 7]) + (gap_of("tcg-log", 0), gap_of("tcg-log", 2)), passes=("log.pcr",))
    yield quoted("pass-log.pcr-log-of", "two logs that both give the quote: the one that says it is "
                 "of it is compared", m, [0, 5, 7],
                 {"tcg-log": m.tcg(header=1)["tcg-log"], "tcg-log-2": m.tcg()["tcg-log"]},
                 rows([0, 5, 7]) + (gap_of("tcg-log", 0),),
                 given={"items": booted.related("tcg-log-2", "log-of", "tpm-message")})


def silences():
    m = Machine(("sha1", "sha256")).boot(
        firmware.crtm(), firmware.separator(3), firmware.separator(4),
        Event(3, eventlog.EVENT_TAG, b"SIMULATED without SHA-256", digests={"sha256": None}),
        Event(eventlog.NOWHERE, NO_ACTION, b"SIMULATED TrustPoint"),
        Event(24, eventlog.EVENT_TAG, b"SIMULATED beyond the registers"))
    m.text(2, "SIMULATED what no log has")
    yield quoted("pass-log.pcr-silent", "registers of which the log says nothing, or not all, or more "
                 "than the quote", m, [("sha256", [0, 1, 2, 3])], m.tcg(),
                 [row("pcr0", "equal"), row("pcr1", "no-evidence", "holds what it was reset to"),
                  row("pcr2", "no-evidence", "was extended, and no log here says by what"),
                  row("pcr3", "incomplete", "equal if entry 4 at byte 321, which has no digest of the "
                      "bank, was not extended"),
                  row("pcr4", "unquoted"), row("pcr0", "unquoted", bank="sha1")],
                 passes=("log.pcr",), skips=("log.pcr",))
    m = Machine(("sha256", "sha384")).boot(firmware.crtm(), firmware.separator(7))
    m.holds.values["sha384"][7] = m.holds.reset("sha384", 7)
    m.banks = ("sha256",)
    alone = "the log has entries of it in other banks alone"
    yield quoted("pass-log.pcr-bank-absent", "a bank that the log has not: it speaks of the registers in "
                 "another", m, [("sha256", [0, 7]), ("sha384", [0, 1, 7])], m.tcg(), rows([0, 7]) + (
                     row("pcr0", "incomplete", alone, "sha384"),
                     row("pcr1", "no-evidence", "holds what it was reset to", "sha384"),
                     row("pcr7", "incomplete", alone + ", and it holds what it was reset to", "sha384")),
                 passes=("log.pcr",), skips=("log.pcr",))
    m = small([7])
    unborne = dict(m.tcg(), **m.measure(ima.ng("/bin/sh"), extended=False).ima())
    yield quoted("fail-log.ima-none", "entries of IMA, and a register that was quoted before the first",
                 m, [7, 10], unborne, [row("pcr7", "equal"), row("pcr10", "differs-explained", NONE)],
                 "fail", fails=("log.ima",), passes=("log.pcr",))
    m = small([7])
    unborne = dict(m.tcg(), **m.measure(ima.ng("/bin/sh", pcr=7), extended=False).ima())
    yield quoted("fail-log.pcr-none", "entries of IMA behind a register that firmware's log gives",
                 m, [7], unborne, [row("pcr7", "differs-explained", NONE)], "fail", fails=("log.pcr",))
    m = small([7])
    alone = dict(m.tcg(), **m.measure(ima.ng("/bin/sh")).ima())
    alone.update(m.userspace(cel.Phase(11, "sysinit")).systemd())
    alone.update(m.launch(13, *cel.workload()).cel((cel.PCR, 13)))
    yield Case("incomplete-log-alone", "four logs, and no quote", "incomplete", {}, skips=("log.pcr",),
               passes=(FORMAT, "log.cel", "log.ima-templates"), subject=booted.of(Alone, logs=alone),
               says=rows([0, 7, 10, 11, 13], "unquoted"))
    m = small([7])
    yield quoted("incomplete-log.pcr-no-values", "a quote whose values are not here", m, [0, 7],
                 m.tcg(), [row("pcr7", "unquoted", "the quote's values are not here"), NO_VALUES,
                           fact("boot/secureBoot/why", "the quote's values are not here")], "incomplete",
                 values=False, skips=("log.pcr",))
    yield quoted("fail-tpm.quote.selection-log", "a quote that selects nothing vouches for no register "
                 "of the log", m, [("sha256", [])], m.tcg(),
                 rows([0, 7], "unquoted") + (reason("tpm.quote.selection", "selection: empty"),), "fail",
                 fails=("tpm.quote.selection",), skips=("log.pcr",))


def formats():
    m = small([4, 7])
    cut = len(m.tcg()["tcg-log"]) + 20
    m.boot(*steps(4, 1), firmware.separator(5))
    yield quoted("fail-log.format", "the log is cut inside an event: its prefix still gives some "
                 "registers", m, [0, 4, 5, 7], {"tcg-log": m.tcg()["tcg-log"][:cut]},
                 [row("pcr0", "equal"), row("pcr7", "equal"),
                  row("pcr4", "differs", "the log is cut at byte %d, and no hypothesis gives the "
                      "value" % (cut - 20)),
                  row("pcr5", "no-evidence", "was extended, and no log here says by what"),
                  reason(FORMAT, "truncated")], "fail", fails=(FORMAT, "log.pcr"), passes=("log.pcr",))
    m = small([7])
    data = m.tcg()["tcg-log"]
    hidden = data + b"\xff" * 32 + eventlog.agile_event(firmware.separator(7), m.banks)
    yield quoted("fail-log.format-hidden", "an event behind the padding", m, [0, 7],
                 {"tcg-log": hidden}, rows([0, 7]) + (reason(FORMAT, "data-after-padding: "),),
                 "fail", fails=(FORMAT,), passes=("log.pcr",))
    spec = data.index(eventlog.le(0x0B, 2) + eventlog.le(32, 2))
    for why, text, bad in (
            ("digest-size", "the header says that a SHA-256 digest has 31 bytes",
             edits.splice(spec + 2, b"\x1f\0")(data)),
            ("empty", "the log has no byte", b""),
            ("no-bank", "the header names no bank", edits.splice(32 + 24, bytes(4))(data))):
        yield Case("fail-log.format-" + why, text, "fail", {}, (FORMAT,),
                   subject=booted.of(Alone, logs={"tcg-log": bad}))
    m = small([7]).measure(ima.ng("/bin/sh"), ima.ng("/bin/ls"))
    m.userspace(cel.Phase(11, "sysinit")).launch(13, *cel.workload())
    logs = {"ima-log": m.ima()["ima-log"][:-5], "cel": m.cel((cel.PCR, 13))["cel"][:-1],
            "systemd-log": m.systemd()["systemd-log"][1:]}
    yield Case("fail-log.format-others", "an IMA log and a canonical one that are cut, and one that "
               "does not begin with a record", "fail", {}, (FORMAT,),
               subject=booted.of(Alone, logs=logs), says=rows([10], "unquoted"))


# --- the logs of a TD

def confidential():
    m = Machine(("sha384",), pcrs=False).boot(*firmware.td_boot())
    logs = dict(m.ccel(), **{"ccel-table": eventlog.ccel_table()})
    every = [row("rtmr%d" % i, "equal", bank="sha384") for i in range(3)]
    yield quoted_td("incomplete-log.rtmr", "a TD's log and its ACPI table; no collateral", m, logs,
                    every + [row("rtmr3", "no-evidence", "holds what it was reset to", "sha384")],
                    passes=("log.rtmr", FORMAT, "log.ccel-table"))
    workload = cel.workload()
    m = Machine(("sha384",), pcrs=False).boot(*firmware.td_boot()).launch(4, *workload)
    yield quoted_td("incomplete-log.cel", "Confidential Space: RTMR 3 is that of the launcher's log",
                    m, dict(m.ccel(pad=b"\0"), **m.cel((cel.MR, 4))),
                    every + [row("rtmr3", "equal", after(len(workload), len(workload)), "sha384")],
                    passes=("log.rtmr", "log.cel"))
    m = Machine(("sha384",), pcrs=False).boot(
        *firmware.td_boot(), Event(4, eventlog.EVENT_TAG, b"LEAA SIMULATED agent"))
    m.text(3, "SIMULATED workload").text(4, "SIMULATED operator", "SIMULATED operator 2")
    outside = [row("rtmr%d" % i, "extended-outside-log", OUTSIDE, "sha384") for i in (2, 3)]
    yield quoted_td("incomplete-log.rtmr-outside", "the guest extended RTMR 2 and 3 and logged "
                    "nothing", m, m.ccel(), every[:2] + outside, passes=("log.rtmr",),
                    skips=("log.rtmr",))


def tables():
    m = Machine(("sha384",), pcrs=False).boot(firmware.separator(1), firmware.separator(2))
    for why, text, table, says in (
            ("", "the table's bytes do not add up to 0", eventlog.ccel_table(checksum=1), "checksum: "),
            ("size", "the table names an area larger than the log",
             eventlog.ccel_table(laml=8192), "size: "),
            ("type", "the table is of an SEV guest", eventlog.ccel_table(512, cc_type=1), "cc-type: "),
            ("signature", "the table is another one", b"TPM2" + eventlog.ccel_table()[4:], "ccel-table")):
        check = "log.ccel-table"
        yield Case("fail-%s%s" % (check, why and "-" + why), text, "fail", {}, (check,),
                   subject=booted.of(Alone, logs=dict(m.ccel(size=512), **{"ccel-table": table})),
                   says=(reason(check, says),))
    yield Case("incomplete-log.ccel-table-alone", "an ACPI table, and no log", "incomplete", {},
               skips=("log.ccel-table",), subject=booted.of(
                   Alone, logs={"ccel-table": eventlog.ccel_table()}))


# --- what follows firmware

def canonical():
    check, good = "log.cel", cel.workload()
    image = cel.Record(cel.IMAGE_DIGEST, b"sha256:" + bytes(32).hex().encode())
    separator = cel.Record(cel.SEPARATOR, b"")
    m = small([7]).launch(13, *good)
    yield quoted("pass-log.cel", "a launcher's log in PCR 13", m, [0, 7, 13],
                 dict(m.tcg(), **m.cel((cel.PCR, 13))),
                 rows([0, 7]) + (row("pcr13", "equal", after(len(good), len(good))),), passes=(check,))
    lying = dataclasses.replace(good[1], digests={"sha256": good[1].digest("sha256")}, text=image.text)
    for why, text, records, says in (
            ("", "a record's digest is not that of its content", good[:1] + [lying] + good[2:],
             "entry: 2 at byte"),
            ("separator", "a second launch separator", good + [separator],
             "is a second launch separator"),
            ("late", "an image behind the launch separator", good + [image],
             "configures the workload behind the launch separator"),
            ("number", "a record's number is that of the one before",
             good[:2] + [dataclasses.replace(good[2], number=1)] + good[3:],
             "a record number out of order")):
        m = small([7]).launch(13, *records)
        n = len(records)
        yield quoted("fail-%s%s" % (check, why and "-" + why), text, m, [7, 13],
                     dict(m.tcg(), **m.cel((cel.PCR, 13))),
                     [row("pcr7", "equal"), row("pcr13", "equal", after(n, n)), reason(check, says)],
                     "fail", fails=(check,), passes=("log.pcr",))
    lying = cel.Phase(11, "ready", digests={"sha256": eventlog.hashed("sha256", b"leave-initrd")})
    m = small([7]).userspace(cel.Phase(11, "sysinit"), lying)
    yield quoted("fail-log.cel-systemd", "a digest of systemd's log is not that of its text", m,
                 [7, 11], dict(m.tcg(), **m.systemd()),
                 [row("pcr11", "equal", after(2, 2)), reason(check, "entry: 2 at byte"),
                  fact("events/1/timeline/0/borneOut", True), fact("events/1/timeline/1/borneOut", False)],
                 "fail", fails=(check,))


def unified():
    """A unified kernel image: its sections, systemd's phases, one entry of IMA."""
    m = small([7]).boot(*[e for n in (".linux", ".osrel", ".cmdline", ".initrd")
                          for e in firmware.section(n)])
    m.userspace(*[cel.Phase(11, t) for t in ("enter-initrd", "leave-initrd", "sysinit", "ready")])
    m.userspace(cel.Phase(15, "machine-id:51514d0053494d554c41544544000000", "machine-id"))
    m.measure(ima.ng("/usr/bin/true", pcr=11))
    yield quoted("pass-log.pcr-systemd", "PCR 11: a kernel image's sections, systemd's phases, an entry of "
                 "IMA; PCR 15: systemd's alone", m, [7, 11, 15],
                 dict(m.tcg(), **m.systemd(), **m.ima()),
                 [row("pcr7", "equal"), row("pcr11", "equal", after(5, 5)),
                  row("pcr15", "equal", after(1, 1))], passes=("log.pcr", "log.cel"))


# --- IMA

FILES = ("/usr/lib/systemd/systemd", "/usr/bin/dash", "/usr/lib/libc.so.6")


def busy(banks=("sha256",)):
    """A machine whose IMA began on its firmware's registers."""
    m = small(range(10), banks)
    return m.measure(ima.boot_aggregate(m.holds, banks[-1]))


def measured():
    m = busy(("sha1", "sha256"))
    m.measure(*[ima.ng(path) for path in FILES], ima.ng("/var/log/journal", violation=True),
              ima.sig("/usr/bin/bash", b"\x03\x02\x04SIMULATED signature"), ima.sig("/usr/bin/cat"),
              ima.buf(".ima", b"SIMULATED key"))
    held = len(m.entries)
    m.measure(ima.ng("/usr/bin/late"), ima.ng("/usr/bin/later"), extended=False)
    boot = list(range(11))
    yield quoted("pass-log.ima", "IMA measured on after the quote; one violation", m,
                 [("sha256", boot), ("sha1", boot)], dict(m.tcg(), **m.ima()),
                 [row("pcr10", "equal", after(held, held + 2), bank) for bank in ("sha1", "sha256")]
                 + [fact("ima/0/files/%d/borneOut" % i, i not in (4, held, held + 1))
                    for i in range(held + 2)],
                 passes=("log.ima", "log.ima-templates", "log.boot-aggregate", "log.pcr"))
    m = small(range(8), ("sha1",))
    first = eventlog.hashed("sha1", b"".join(m.holds.of("sha1", range(8))))
    m.measure(ima.Entry(10, "ima", (first, b"boot_aggregate")), *[ima.plain(p) for p in FILES],
              order="big")
    yield quoted("pass-log.ima-big-endian", "a big-endian machine, template ima, SHA-1", m,
                 [("sha1", [0, 10])], dict(m.legacy(), **m.ima("big")),
                 [row("pcr10", "equal", after(4, 4), "sha1")],
                 passes=("log.ima", "log.ima-templates"), given={}, skips=())
    m = busy()
    m.measure(ima.ng("/var/log/journal", violation=True))
    yield quoted("pass-log.ima-list", "a list of SHA-256 template hashes, as newer kernels have a "
                 "bank", m, range(11), dict(m.tcg(), **m.ima(bank="sha256")),
                 [row("pcr10", "equal", after(2, 2))], passes=("log.ima", "log.boot-aggregate"),
                 given={"items": booted.detail("ima-log", "/sys/kernel/security/ima/"
                                               "binary_runtime_measurements_sha256")})
    m = small([7])
    m.entries = [ima.ng(path) for path in FILES]
    m.only(10, *[lambda b, e=e: e.digest("sha1") + bytes(12) for e in m.entries])
    yield quoted("pass-log.ima-padded", "a kernel before 5.8: SHA-1 template hashes, padded", m,
                 [7, 10], dict(m.tcg(), **m.ima()),
                 [row("pcr10", "equal", after(3, 3, ", by SHA-1 digests padded with zeros")),
                  fact("log/0/weak", None), fact("log/2/weak", "SHA-1")],
                 passes=("log.ima",))


def templates():
    check = "log.ima-templates"
    lying = dataclasses.replace(ima.plain(FILES[0]), stored=ima.plain(FILES[1]).digest("sha1"))
    m = small(range(8), ("sha1",)).measure(ima.plain(FILES[2]), ima.plain(FILES[1]))
    m.entries[1] = lying
    yield quoted("fail-%s-sha1" % check, "a stored hash of another file, which is what the TPM was given",
                 m, [("sha1", [0, 10])], dict(m.legacy(), **m.ima()),
                 [row("pcr10", "equal", after(2, 2), "sha1"), reason(check, "entry: 2 at byte"),
                  fact("ima/0/files/0/borneOut", True), fact("ima/0/files/1/borneOut", False)],
                 "fail", fails=(check,), passes=("log.ima",))
    m = busy().measure(dataclasses.replace(ima.ng(FILES[0]), stored=b"\1" * 20))
    yield quoted("fail-" + check, "a stored template hash is not that of its entry", m, range(11),
                 dict(m.tcg(), **m.ima()),
                 [row("pcr10", "equal", after(2, 2)), reason(check, "entry: 2 at byte")],
                 "fail", fails=(check,), passes=("log.ima",))
    check = "log.boot-aggregate"
    other = Machine().boot(firmware.crtm("SIMULATED 0.9"))
    m = small(range(10))
    m.measure(ima.boot_aggregate(other.holds), ima.ng(FILES[0]))
    yield quoted("fail-" + check, "IMA began on other registers than those of this boot", m, range(11),
                 dict(m.tcg(), **m.ima()), [row("pcr10", "equal", after(2, 2)),
                                            reason(check, "mismatch: IMA began on other PCRs")],
                 "fail", fails=(check,), passes=("log.pcr", "log.ima"))
    for why, text, size, says in (("no-tpm", "IMA began without a TPM", 32, "no-tpm: "),
                                  ("size", "IMA's first digest is cut", 20, "size: ")):
        m = small(range(10))
        first = b"sha256:\0" + bytes(size)
        m.measure(ima.Entry(10, "ima-ng", (first, ima.name("boot_aggregate"))))
        yield quoted("fail-%s-%s" % (check, why), text, m, range(11), dict(m.tcg(), **m.ima()),
                     [reason(check, says)], "fail", fails=(check,))
    m = small(range(10))
    m.extend(firmware.separator(4))
    m.measure(ima.boot_aggregate(m.holds))
    yield quoted("fail-%s-log" % check, "IMA began on the registers that were quoted, and firmware's "
                 "log is not theirs", m, range(11), dict(m.tcg(), **m.ima()),
                 [row("pcr4", "differs-explained", "equal if event 6 was extended twice"),
                  reason(check, "mismatch: IMA began on the PCRs that were quoted")], "fail",
                 fails=(check, "log.pcr"))


NONE = "equal before the first of 1 entries: none of them was extended"
UNEXPLAINED = "unexplained: none of 13 hypotheses gives the value"


def every():
    for group in (whole, choices, silences, formats, confidential, tables, canonical, unified, measured,
                  templates):
        yield from group()
