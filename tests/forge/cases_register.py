# SPDX-License-Identifier: Apache-2.0
"""Cases about registers that are not what their logs say: each hypothesis of the search alone, two
at once, and none."""

import dataclasses

import cel
import edits
import eventlog
import firmware
import ima
from booted import Machine
from cases_log import FILES, UNEXPLAINED, busy, fact, quoted, quoted_td, row, rows, small, steps
from eventlog import NO_ACTION

CHECK = "log.pcr"
EXPLAINED, DIFFERS = "differs-explained", "differs"
LAST = "equal with one extend after the last entry: "


def differing(why, text, machine, chosen, logs, says, fails=(CHECK,), **other):
    return quoted("fail-%s%s" % (fails[0], why and "-" + why), text, machine, chosen, logs, says, "fail",
                  fails=fails, **other)


def localities():
    for logged, held in ((3, 0), (0, 3), (0, 4)):
        m = Machine(locality=held).boot(*([firmware.locality(logged)] if logged else []),
                                        firmware.crtm(), firmware.separator(0), firmware.separator(7))
        yield differing("locality-%d" % held, "the log has locality %d, PCR 0 began with %d" % (
            logged, held), m, [0, 7], m.tcg(), [row("pcr7", "equal"), row(
                "pcr0", EXPLAINED, "equal if the startup locality was %d" % held)], passes=(CHECK,))


class Planter:
    """Logs steps of a register, extends what the caller makes of them, and knows their numbers."""

    def __init__(self, machine):
        self.machine, self.says = machine, []

    def plant(self, register, n, chosen, explanation, kind="step"):
        """chosen: places of the steps that are extended, from 1, and other events."""
        events = steps(register, n, kind)
        first = len(self.machine.events)
        self.machine.log(*events)
        self.machine.extend(*[events[c - 1] if isinstance(c, int) else c for c in chosen])
        numbers = tuple(first + i for i in range(1, n + 1))
        if explanation:
            text = explanation % {"n%d" % i: number for i, number in enumerate(numbers, 1)}
            self.says.append(row("pcr%d" % register, EXPLAINED, text))
        return numbers


def alone():
    m = Machine().boot(firmware.crtm())
    p = Planter(m)
    p.plant(1, 3, [1, 2], "equal before event %(n3)d: of 3 entries 2 were extended")
    p.plant(2, 3, [1, 3], "equal if event %(n2)d was not extended")
    p.plant(3, 3, [1, 2, 2, 3], "equal if event %(n2)d was extended twice")
    p.plant(4, 3, [1, 3, 2], "equal if event %(n3)d was extended before event %(n2)d")
    p.plant(5, 2, [1, 2] + firmware.exit_boot(), 'equal if 2 actions of the end of boot services '
            'followed the last entry, the last of them "Exit Boot Services Returned with Success"')
    p.plant(7, 2, [1, 2, firmware.separator(7)], LAST + "the digest of a separator of 00000000")
    foreign = dataclasses.replace(m.events[2], register=8)
    p.plant(8, 2, [1, 2, foreign], LAST + "the digest of event 3")
    ones = eventlog.Event(14, eventlog.IPL, b"", digests={"sha256": b"\xff" * 32})
    p.plant(14, 2, [1, 2, ones], LAST + "a digest of bytes ff")
    p.plant(12, 2, [1, firmware.separator(12), 2],
            "equal if a separator of 00000000 was extended before event %(n2)d")
    # an event retyped so that a reader does not extend it
    hidden = steps(6, 3)
    m.log(hidden[0], dataclasses.replace(
        hidden[1], type=NO_ACTION, digests={"sha256": hidden[1].digest("sha256")}), hidden[2])
    m.extend(*hidden)
    p.says.append(row("pcr6", EXPLAINED, "equal if event %d, an EV_NO_ACTION, was extended"
                      % (len(m.events) - 1)))
    # the table of final events was read as well
    a, b, c = steps(9, 3)
    m.log(a, b, c, b, c).extend(a, b, c)
    p.says.append(row("pcr9", EXPLAINED, "equal before event %d: of 5 entries 3 were extended, and "
                      "the others repeat them" % (len(m.events) - 1)))
    # systemd's phases, of which there is no log, and one entry of IMA
    p.plant(11, 2, [1, 2], 'equal if systemd\'s phases from "sysinit" to "ready" and 1 of 1 entries '
            'of IMA followed the last entry')
    m.text(11, "sysinit", "ready").measure(ima.ng(FILES[0], pcr=11))
    p.plant(13, 2, [1, 2], "")
    m.text(13, "SIMULATED what nobody knows")
    m.boot(firmware.separator(15))
    yield differing("alone", "each hypothesis in a register of its own; PCR 13 has none that helps, "
                    "PCR 0 and 15 need none", m, [i for i in range(16) if i != 10],
                    dict(m.tcg(), **m.ima()), p.says + [
                        row("pcr0", "equal"), row("pcr15", "equal"), row("pcr13", DIFFERS, UNEXPLAINED)],
                    passes=(CHECK,))


def banks():
    m = Machine(("sha1", "sha256", "sha384")).boot(firmware.crtm())
    padded, cut, grown = steps(8, 2), steps(9, 2), steps(7, 2)
    m.log(*padded, *cut, *grown)
    for events, source in ((padded, "sha1"), (cut, "sha384"), (grown, "sha256")):
        for e in events:
            m.only(e.register, lambda b, e=e, s=source: (e.digest(s) + bytes(48))[:eventlog.size_of(b)])
    yield differing("banks", "digests of one bank were extended into another; PCR 0 is equal in all", m,
                    [("sha256", [0, 8, 9]), ("sha384", [0, 7]), ("sha1", [0])], m.tcg(), [
                        row("pcr0", "equal"), row("pcr0", "equal", bank="sha384"),
                        row("pcr0", "equal", bank="sha1"),
                        row("pcr8", EXPLAINED,
                            "equal if the SHA-1 digests were extended, padded with zeros"),
                        row("pcr9", EXPLAINED,
                            "equal if the first bytes of the sha384 digests were extended"),
                        row("pcr7", EXPLAINED,
                            "equal if the first bytes of the sha256 digests were extended",
                            "sha384")], passes=(CHECK,))
    m = Machine(("sha1", "sha256")).boot(firmware.crtm(), firmware.separator(7))
    m.only(7, lambda b: eventlog.hashed(b, b"SIMULATED defect") if b == "sha1" else None)
    yield differing("bank-differs", "a bank that firmware extended with other values than it logged: "
                    "the other bank is equal all the same", m, [("sha256", [0, 7]), ("sha1", [0, 7])],
                    m.tcg(), rows([0, 7]) + (row("pcr0", "equal", bank="sha1"),
                                             row("pcr7", DIFFERS, UNEXPLAINED, "sha1")),
                    passes=(CHECK,))
    m = Machine(("sha1", "sha256")).boot(firmware.crtm(), firmware.separator(7))
    m.only(7, lambda b: eventlog.hashed(b, b"SIMULATED defect") if b == "sha256" else None)
    yield differing("bank-weak", "a register that is equal in SHA-1 alone", m,
                    [("sha256", [0, 7]), ("sha1", [0, 7])], m.tcg(),
                    rows([0]) + (row("pcr7", DIFFERS, UNEXPLAINED),) + rows([0, 7], bank="sha1") + (
                        fact("log/2/weak", None), fact("log/3/weak", "SHA-1")), passes=(CHECK,))


def together():
    m = Machine(locality=3)
    p = Planter(m)
    p.plant(0, 3, [1, 3, 2], "")
    p.plant(1, 4, [1, 3, 4, 4], "")
    p.plant(2, 4, [2, 4], "")
    p.plant(3, 4, [2, 1, 4, 3], "")
    p.plant(4, 2, [1, 1, 2, firmware.separator(4)], "")
    p.plant(5, 2, [1] + firmware.exit_boot(), "")
    p.plant(6, 2, [1, 2, firmware.separator(6), firmware.separator(6)], "")
    p.plant(7, 3, [1, firmware.separator(7), 3], "")
    p.plant(8, 2, [2, firmware.separator(8)], "")
    p.plant(11, 2, [1, 2], "")
    m.text(11, "ready", "sysinit")
    differ = [0, 1, 2, 3, 4, 5, 6, 7, 8, 11]
    m.boot(firmware.separator(9))
    yield differing("two", "two hypotheses at once in each register: none alone explains it; PCR 9 needs "
                    "none", m, sorted(differ + [9]), m.tcg(),
                    [row("pcr%d" % i, DIFFERS, UNEXPLAINED) for i in differ] + [row("pcr9", "equal")],
                    passes=(CHECK,))


def plain():
    m = small([4, 7]).text(4, "SIMULATED what nobody knows")
    yield differing("", "the log says nothing of what was extended last", m, [0, 4, 7], m.tcg(),
                    rows([0, 7]) + (row("pcr4", DIFFERS, UNEXPLAINED),), passes=(CHECK,))


def trusted():
    """A quote that is not to be believed says nothing of registers."""
    m = small([7])
    yield quoted("fail-tpm.quote.pcrs-log", "the values are not those that were quoted: no register is "
                 "judged", m, [0, 7], m.tcg(), [row("pcr0", DIFFERS, UNEXPLAINED)], "fail",
                 {"tpm.pcrs": edits.flip(0)}, fails=("tpm.quote.pcrs",), skips=(CHECK,))


def measured():
    m = busy().measure(*[ima.ng(path) for path in FILES[:2]])
    m.text(10, "SIMULATED what nobody knows").measure(ima.ng(FILES[2]))
    yield differing("", "something was extended between two entries of IMA", m, range(11),
                    dict(m.tcg(), **m.ima()), [row("pcr10", DIFFERS, UNEXPLAINED)],
                    ("log.ima",), passes=(CHECK, "log.boot-aggregate"))
    for why, text, m, logs in (
            ("entry", "an entry of IMA that was not extended", small([7]), Machine.tcg),
            ("entry-alone", "the same without a log of firmware", Machine(), lambda _: {})):
        entries = [ima.ng(path) for path in FILES]
        m.measure(*entries, extended=False)
        m.only(10, *[lambda b, e=e: e.digest(b) for e in (entries[0], entries[2])])
        yield differing(why, text, m, [10], dict(logs(m), **m.ima()),
                        [row("pcr10", EXPLAINED, "equal if event 2 was not extended")], ("log.ima",))


def rtmrs():
    m = Machine(("sha384",), pcrs=False).boot(*firmware.td_boot()[:-2])
    m.extend(*firmware.exit_boot(2)).text(1, "SIMULATED firmware").text(3, "SIMULATED workload")
    yield quoted_td("fail-log.rtmr", "RTMR 0 was extended outside the log, which is a fault of its; that "
                    "of RTMR 2 may be too", m, m.ccel(), [
                        row("rtmr0", DIFFERS, UNEXPLAINED, "sha384"),
                        row("rtmr1", EXPLAINED, 'equal if 2 actions of the end of boot services followed '
                            'the last entry, the last of them "Exit Boot Services Returned with Success"',
                            "sha384"),
                        row("rtmr2", DIFFERS, UNEXPLAINED, "sha384")],
                    "fail", fails=("log.rtmr",))
    m = Machine(("sha384",), pcrs=False).boot(firmware.separator(1), firmware.separator(2))
    records = cel.workload()
    m.launch(4, *records, extended=False)
    m.only(4, *[r.digest for r in records[:2] + records[3:]])
    yield quoted_td("fail-log.rtmr-cel", "a record of the launcher's log was not extended into RTMR 3", m,
                    m.cel((cel.MR, 4)),
                    [row("rtmr3", EXPLAINED, "equal if event 3 was not extended", "sha384")],
                    "fail", fails=("log.rtmr",))


def every():
    for group in (plain, localities, alone, banks, together, trusted, measured, rtmrs):
        yield from group()
