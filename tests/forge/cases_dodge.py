# SPDX-License-Identifier: Apache-2.0
"""Cases about logs that would keep a register from being judged: entries without a digest of the
bank, a second log beside the one that is compared, more entries than a search may try."""

import dataclasses

import cel
import eventlog
import firmware
import ima
from booted import Machine
from cases_log import FILES, UNEXPLAINED, after, busy, quoted, row, rows, small, steps
from cases_register import CHECK, DIFFERS, EXPLAINED, differing

LIMIT = "not known: the limit of extends was reached while trying %s"


def without(event, bank="sha256"):
    """The event without its digest of a bank."""
    return dataclasses.replace(event, digests={bank: None})


def offset(machine, number):
    """Where the event of this number begins in the log."""
    return len(eventlog.agile(machine.events[:number - 1], machine.banks))


def lacks(machine, number, equal=False):
    text = "entry %d at byte %d" % (number, offset(machine, number))
    if equal:
        return "equal if %s, which has no digest of the bank, was not extended" % text
    return text + " has no digest of the bank"


CEL_LACKS = "entry 2 at byte 138 has no digest of the bank"


def lacking():
    m = Machine(("sha1", "sha256")).boot(firmware.crtm(), firmware.separator(7))

    def plant(register, extended):
        """Three steps and behind the second one without its SHA-256, of which these were extended."""
        a, b, c = steps(register, 3)
        hole = without(firmware.action("SIMULATED hole", register))
        m.log(a, b, hole, c)
        m.extend(*[(a, b, c, hole)[i] for i in extended])
        return len(m.events) - 4

    first = plant(4, [0, 2])
    second = plant(5, [0])
    third = plant(6, [1, 0, 2])
    says = [row("pcr0", "equal"), row("pcr7", "equal"),
            row("pcr4", EXPLAINED, "equal if event %d was not extended" % (first + 2)),
            row("pcr5", EXPLAINED, "equal before event %d: of 3 entries 1 were extended" % (second + 2)),
            row("pcr6", EXPLAINED, "equal if event %d was extended before event %d" % (third + 2, third + 1))]
    yield differing("lacking", "an entry without a digest of the bank does not hide that the others are "
                    "not what was extended", m, [0, 4, 5, 6, 7], m.tcg(), says, passes=(CHECK,))
    m = Machine(("sha1", "sha256")).boot(firmware.crtm(), firmware.separator(7))
    m.log(*steps(4, 2), without(steps(4, 3)[2])).text(4, "SIMULATED loader")
    yield differing("lacking-bank", "of two banks one lacks a digest, and the other differs", m,
                    [("sha256", [0, 4, 7]), ("sha1", [0, 4, 7])], m.tcg(),
                    [row("pcr4", DIFFERS, "it differs in bank sha1, which has a digest of each of its entries"),
                     row("pcr4", DIFFERS, UNEXPLAINED, "sha1")] + list(rows([0, 7])), passes=(CHECK,))
    m = Machine(("sha1", "sha256")).boot(firmware.crtm(), firmware.separator(7))
    m.log(*steps(4, 2), without(steps(4, 3)[2])).text(4, "SIMULATED loader")
    m.log(*steps(5, 1), without(steps(5, 2)[1])).extend(*steps(5, 1))
    number, other = len(m.events) - 2, len(m.events)
    log = "items/tcg-eventlog/0000.bin"
    yield quoted("pass-log.pcr-lacking", "an entry without a digest of the bank: nothing tells the "
                 "register, and a gap names it", m, [0, 4, 5, 7], m.tcg(),
                 list(rows([0, 7])) + [
                     row("pcr4", "incomplete", lacks(m, number)),
                     row("pcr5", "incomplete", lacks(m, other, True)),
                     "gap sha256:4: %s, in %s" % (lacks(m, number), log),
                     "gap sha256:5: %s, in %s" % (lacks(m, other, True), log)],
                 passes=(CHECK,), skips=(CHECK,))
    m = small([7], ("sha1", "sha256"))
    workload = cel.workload()
    hole = dataclasses.replace(workload[1], digests={"sha256": None})
    m.launch(13, workload[0], hole, workload[2], extended=False)
    m.only(13, workload[0].digest).text(13, "SIMULATED nobody knows")
    yield quoted("pass-log.pcr-lacking-cel", "a record without a digest of the bank", m, [7, 13],
                 dict(m.tcg(), **m.cel((cel.PCR, 13))),
                 [row("pcr7", "equal"), row("pcr13", "incomplete", CEL_LACKS),
                  "gap sha256:13: %s, in items/cel-tlv/0000.bin" % CEL_LACKS],
                 passes=(CHECK,), skips=(CHECK,))


def gap(kind, number, extension="bin"):
    return ("gap items/%s/%04d.%s: left out, another log is the quote's or gives more of it"
            % (kind, number, extension))


def rivals():
    m = small([4, 5, 7])
    other = small([5, 7]).boot(firmware.crtm("SIMULATED 0.9"))
    logs = {"tcg-log": other.tcg()["tcg-log"], "tcg-log-2": m.tcg()["tcg-log"]}
    yield quoted("pass-log.pcr-contradicted", "two logs: the one that gives most of the quote is compared, "
                 "and it is said where the other contradicts it", m, [0, 4, 5, 7], logs,
                 list(rows([0, 4, 5, 7])) + [gap("tcg-eventlog", 0),
                 row("pcr0", "left-out", "equal before event 4: of 2 entries 1 were extended")],
                 passes=(CHECK,), skips=(CHECK,))
    m = busy().measure(*[ima.ng(path) for path in FILES])
    m.userspace(cel.Phase(11, "sysinit"), cel.Phase(11, "ready")).launch(13, *cel.workload())
    false = Machine().measure(ima.ng("/bin/false", pcr=10))
    false.userspace(cel.Phase(11, "final")).launch(13, *cel.workload()[1:])
    logs = dict(m.tcg(), **false.ima(), **false.systemd(), **false.cel((cel.PCR, 13)))
    logs.update({"ima-log-2": m.ima()["ima-log"], "systemd-log-2": m.systemd()["systemd-log"],
                 "cel-2": m.cel((cel.PCR, 13))["cel"]})
    n = len(cel.workload())
    yield quoted("pass-log.pcr-several-behind", "two logs of IMA, of systemd and of a launcher: those "
                 "that lead to the quote are compared, whichever comes first", m, list(range(12)) + [13],
                 logs, list(rows(range(10))) + [
                     row("pcr10", "equal", after(4, 4)), row("pcr11", "equal", after(2, 2)),
                     row("pcr13", "equal", after(n, n)), gap("ima-log-binary", 0),
                     gap("cel-json", 0, "json"), gap("cel-tlv", 0)],
                 passes=(CHECK, "log.ima"))


def limits():
    m = Machine().boot(firmware.crtm(), *steps(4, 400)).text(4, "SIMULATED what nobody knows")
    yield differing("limit", "so many entries that not every hypothesis can be tried", m, [0, 4], m.tcg(),
                    [row("pcr0", "equal"), row("pcr4", DIFFERS, LIMIT % "an entry that is missing")],
                    passes=(CHECK,))


def every():
    for group in (lacking, rivals, limits):
        yield from group()
