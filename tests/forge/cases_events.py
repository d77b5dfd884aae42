# SPDX-License-Identifier: Apache-2.0
"""Cases about what firmware's logs say: events that are not what was measured, and Secure Boot."""

import dataclasses

import booted
import case
import eventlog
import firmware
import scene
from booted import Machine, QuotedTd
from case import Case, expect_policy
from cases_log import UNEXPLAINED, fact, quoted, reason, row, rows
from eventlog import EFI, Event

EVENTS, SECURE_BOOT = "log.events", "log.secure-boot"


def expecting(*states):
    return expect_policy("forge-secure-boot", {"log.secureBoot": list(states)})


class TrustedTd(QuotedTd):
    """The same with all that the platform is judged by."""

    def parts(self):
        every = scene.Scene.parts(self)
        return self.stage("logs", dict({p: every[p] for p in case.QUOTE_ONLY}, **self.logs))


# --- events

def boot_of(*events):
    return Machine(("sha1", "sha256")).boot(firmware.crtm(), *events, *firmware.separators())


def events():
    m = boot_of(*firmware.secure_boot(), firmware.boot_variable("BootOrder", eventlog.le(0, 2)),
                firmware.gpt(), firmware.action("SIMULATED action"),
                firmware.image("\\EFI\\BOOT\\BOOTX64.EFI"), firmware.grub("set root=(hd0,gpt2)"))
    yield quoted("pass-log.events", "every event of a type that binds its data is what was measured; "
                 "an image's digest is not of the log", m, range(8), m.tcg(), rows(range(8)),
                 passes=(EVENTS, "log.pcr"))
    good = firmware.action("SIMULATED action")
    other = dataclasses.replace(good, data=b"SIMULATED other", measured=good.data)
    m = boot_of(other)
    yield quoted("fail-log.events", "an action with another text than was measured; every register is "
                 "as it was quoted", m, range(8), m.tcg(), rows(range(8)) + (
                     reason(EVENTS, "entry: 2 at byte"),), "fail", fails=(EVENTS,), passes=("log.pcr",))
    weak = dataclasses.replace(good, digests={"sha1": eventlog.hashed("sha1", b"SIMULATED other")})
    m = boot_of(weak)
    yield quoted("fail-log.events-bank", "in the bank that nobody quotes an action's digest is of another "
                 "text", m, range(8), m.tcg(), rows(range(8)) + (
                     reason(EVENTS, "EV_EFI_ACTION has a digest in sha1 that is not of its data"),),
                 "fail", fails=(EVENTS,), passes=("log.pcr",))
    tag = Event(4, eventlog.EVENT_TAG, b"SIMULATED tag", measured=b"SIMULATED other",
                digests={"sha1": eventlog.hashed("sha1", b"SIMULATED tag")})
    m = boot_of(good, tag)
    yield quoted("pass-log.events-borne", "a digest is of the data, and that in the bank that is quoted is "
                 "not", m, range(8), m.tcg(), rows(range(8)) + tuple(
                     fact("events/0/timeline/%d/%s" % (i, name), value) for i, name, value in (
                         (1, "digest", "matches"), (1, "borneOut", True),
                         (2, "digest", "matches"), (2, "borneOut", False))), passes=(EVENTS, "log.pcr"))
    off = firmware.secure_boot(False)[0]
    m = boot_of(dataclasses.replace(off, data=firmware.secure_boot()[0].data, measured=off.data))
    yield quoted("fail-log.events-variable", "the log says that SecureBoot is 1; 0 was measured", m,
                 range(8), m.tcg(), rows(range(8)) + (
                     reason(EVENTS, "EV_EFI_VARIABLE_DRIVER_CONFIG has a digest in sha1"),),
                 "fail", fails=(EVENTS,), passes=("log.pcr",))


# --- Secure Boot

def booted_with(variables, more=()):
    """A PC that started an image by an authority."""
    return Machine().boot(
        firmware.crtm(), *variables, *firmware.separators(),
        firmware.authority("db", firmware.guid(firmware.OWNER) + firmware.certificate("db")),
        firmware.image("\\EFI\\BOOT\\BOOTX64.EFI"), *more)


def secured(name, text, machine, says=(), accepted=("enabled",), verdict="pass", **other):
    return quoted(name, text, machine, range(8), machine.tcg(), rows(range(8)) + tuple(says), verdict,
                  policy=expecting(*accepted), **other)


LISTS_TRUSTED = [fact("boot/dbTrusted", True), fact("boot/dbx/trusted", True),
                 fact("boot/loaderTrusted", False)]


def states():
    on, off = firmware.secure_boot(), firmware.secure_boot(False)
    done = {"passes": (SECURE_BOOT, "policy.expect", EVENTS)}
    yield secured("pass-log.secure-boot", "Secure Boot is enabled, as the policy expects",
                  booted_with(on), LISTS_TRUSTED, **done)
    early = firmware.authority("db", firmware.guid(firmware.OWNER) + firmware.certificate("db"))
    yield secured("pass-log.secure-boot-early", "an image was let in before the separator: db may be that "
                  "authority under another type", booted_with(on + [early]),
                  [fact("boot/dbTrusted", False), fact("boot/dbx/trusted", False)], **done)
    yield secured("pass-log.secure-boot-disabled", "it is disabled, which the policy accepts too",
                  booted_with(off), LISTS_TRUSTED, accepted=("enabled", "disabled"), **done)
    yield secured("pass-log.secure-boot-unknown", "nothing is known of it, which the policy accepts",
                  booted_with([]), accepted=("unknown",), **done)
    bad = {"verdict": "fail", "fails": (SECURE_BOOT,), "skips": ("policy.expect",)}
    yield secured("fail-log.secure-boot", "it is disabled, and the policy expects it enabled",
                  booted_with(off), [reason(SECURE_BOOT, "disabled: SecureBoot is 0")], **bad)
    for why, text, machine, says in (
            ("separator", "a second separator", booted_with(on, [firmware.separator(7)]),
             "is a second separator"),
            ("twice", "the variable is measured twice", booted_with(off + on[:1]),
             "is a second variable SecureBoot"),
            ("late", "db is measured behind the separator", booted_with(on[:3] + on[4:], on[3:4]),
             "is a variable behind the separator"),
            ("keys", "it is 1 without a KEK", booted_with(on[:2] + on[3:]), "without a variable KEK"),
            ("debug", "firmware was in its debug mode",
             booted_with(on + [firmware.action("UEFI Debug Mode", 7)]), "debug mode"),
            ("type", "an event of a type that PCR 7 has not",
             booted_with(on + [Event(7, eventlog.EVENT_TAG, b"SIMULATED")]), "of a type that PCR 7 has not")):
        yield secured("fail-log.secure-boot-" + why, text, machine,
                      [reason(SECURE_BOOT, says)], passes=("log.pcr", EVENTS), **bad)


def forgeries():
    """Who runs on the machine extends what firmware with Secure Boot measures, and gives what stood
    there before other names."""
    on, off = firmware.secure_boot(), firmware.secure_boot(False)
    bad = {"verdict": "fail", "fails": (SECURE_BOOT,), "skips": ("policy.expect",)}
    hidden = [Event(7, EFI + 0xB, b"SIMULATED table", measured=e.data)
              for e in off + [firmware.separator(7)]]
    m = Machine().boot(firmware.crtm(), *hidden, *on, *firmware.separators())
    yield secured("fail-log.secure-boot-hidden", "the variable that says 0, and the separator, are "
                  "called tables", m, [reason(SECURE_BOOT, "is the variable SecureBoot under another type")],
                  passes=("log.pcr", EVENTS), **bad)
    hidden = Event(7, EFI + 7, bytes(4))
    m = Machine().boot(firmware.crtm(), hidden, *on, *firmware.separators())
    yield secured("fail-log.secure-boot-action", "the separator is called an action", m,
                  [reason(SECURE_BOOT, "is a separator under another type")],
                  passes=("log.pcr", EVENTS), **bad)
    lying = dataclasses.replace(off[0], data=on[0].data, measured=off[0].data)
    m = booted_with([lying] + on[1:])
    yield secured("fail-log.secure-boot-data", "the log says 1 where 0 was measured", m,
                  [reason(SECURE_BOOT, "has a digest that is not of its data")],
                  **dict(bad, fails=(EVENTS, SECURE_BOOT)))


def unquoted():
    m = booted_with(firmware.secure_boot())
    yield quoted("incomplete-log.secure-boot-unquoted", "the quote has every register but PCR 7", m,
                 range(7), m.tcg(), rows(range(7)) + (
                     row("pcr7", "unquoted"),
                     reason(SECURE_BOOT, "unknown: no quote here has the register"),
                     reason("policy.expect", "after: log.secure-boot did not pass")), "incomplete",
                 policy=expecting("enabled", "disabled"), skips=(SECURE_BOOT, "policy.expect"))
    m = booted_with(firmware.secure_boot())
    yield quoted("incomplete-log.secure-boot-no-log", "the policy expects it, and no log says it", m,
                 range(8), {}, (reason("policy.expect", "absent: the archive has no log.secureBoot"),),
                 "incomplete", policy=expecting("enabled", "disabled"), skips=("policy.expect",))
    m.text(7, "SIMULATED what no log has")
    yield quoted("fail-log.pcr-secure-boot", "PCR 7 is another than the log gives: nothing is known of "
                 "Secure Boot", m, range(8), m.tcg(), rows(range(7)) + (
                     row("pcr7", "differs", UNEXPLAINED),
                     reason(SECURE_BOOT, "unknown: the log does not give the quoted register")), "fail",
                 policy=expecting("enabled"), fails=("log.pcr",), skips=(SECURE_BOOT, "policy.expect"))


def confidential():
    m = Machine(("sha384",), pcrs=False).boot(
        *firmware.td_boot(),
        firmware.authority("db", firmware.guid(firmware.OWNER) + firmware.certificate("db"), register=1))
    says = tuple(row("rtmr%d" % i, "equal", bank="sha384") for i in range(3))
    yield Case("pass-log.secure-boot-td", "RTMR 0 of a TD, which holds tables and boot options too",
               policy=expecting("enabled"), says=says,
               passes=(SECURE_BOOT, EVENTS, "log.rtmr", "policy.expect"),
               subject=booted.of(TrustedTd, machine=m, logs=m.ccel()))


# --- command lines

KERNEL_PREFIX = "kernel_cmdline: "
SAFE = "/vmlinuz lockdown=confidentiality"


def line(measured, why=None, at=0):
    """facts of a command line: what is known of it."""
    path = "boot/commandLine/%d/" % at
    return (fact(path + "measured", measured), fact(path + "trusted", why is None), fact(path + "why", why))


def called(event, prefix):
    """What GRUB hashed under another prefix."""
    return dataclasses.replace(event, data=prefix.encode() + event.measured + b"\0")


def with_prefix(text, register):
    """A loader that hashes the prefix, too."""
    return Event(register, eventlog.IPL, (KERNEL_PREFIX + text + "\0").encode())


def options(text):
    """Linux, of what it was handed: in UTF-16LE behind BOOT_IMAGE=, as GRUB makes it."""
    name = b"LOADED_IMAGE::LoadOptions\0"
    return Event(9, eventlog.EVENT_TAG, eventlog.le(0x8F3B22ED, 4) + eventlog.le(len(name), 4) + name,
                 measured=firmware.utf16("BOOT_IMAGE=" + text + "\0"))


def loaded(*events, log=None):
    """What was measured, which the log may call otherwise."""
    m = Machine().boot(firmware.crtm(), *firmware.separators()).extend(*events)
    return m.log(*(log or events)).boot(*firmware.exit_boot())


def commands():
    """Which command lines are trusted: none that GRUB alone speaks of."""
    echo, kernel = firmware.grub(SAFE), firmware.grub(firmware.KERNEL, prefix=KERNEL_PREFIX)
    m = loaded(echo, kernel, log=(called(echo, KERNEL_PREFIX), called(kernel, "grub_cmd: ")))
    unsaid = with_prefix(SAFE, 8)
    lying = dataclasses.replace(unsaid, measured=kernel.measured)
    for why, text, machine, says in (
            ("called", "a command of GRUB is called the kernel's command line, and that a command", m,
             line(True, "prefix-not-measured") + (fact("boot/commandLine/0/text", SAFE),
                                                  fact("boot/commandLine/1", None))),
            ("options", "the kernel measured what it was handed", loaded(
                kernel, options(firmware.KERNEL)),
             line(True, "register-open") + (fact("boot/commandLine/0/loadOptions", 11),)),
            ("prefix", "the prefix is hashed, but whoever runs later may have measured it",
             loaded(unsaid), line(True, "register-open")),
            ("text", "the digest is of another text", loaded(lying), line(False, "not-of-text"))):
        yield quoted("pass-log.pcr-command-" + why, text, machine, range(10), machine.tcg(),
                     rows(list(range(8)) + [8]) + says, passes=("log.pcr", EVENTS))
    m = loaded(kernel, options(firmware.KERNEL))
    yield quoted("pass-log.pcr-command-options-unquoted", "the register of the kernel's own digest is "
                 "in no quote", m, range(9), m.tcg(), rows(range(9)) + line(True, "prefix-not-measured")
                 + (fact("boot/commandLine/0/loadOptions", 11),), passes=("log.pcr",))
    m = loaded(kernel)
    yield quoted("pass-log.pcr-command-unquoted", "the quote has every register but GRUB's", m, range(8),
                 m.tcg(), rows(range(8)) + line(False, "not-borne-out"), passes=("log.pcr",))


def trusted_td(name, text, *events):
    """RTMR 1, in which boot services end; the log may call what was measured otherwise."""
    m = Machine(("sha384",), pcrs=False).boot(*[e for e in firmware.td_boot() if e.register != 3][:-2])
    return lambda log, says: Case(
        name, text, says=says, passes=("log.rtmr", EVENTS),
        subject=booted.of(TrustedTd, machine=m.extend(*events).log(*log), logs=m.ccel()))


def commands_of_td():
    before, (calls, ends) = with_prefix(SAFE, 2), firmware.exit_boot(2)
    plain = firmware.grub(SAFE, 2, KERNEL_PREFIX)
    hidden = Event(2, eventlog.EVENT_TAG, b"SIMULATED tag", measured=ends.data)
    for why, text, measured, log, says in (
            ("", "the prefix is hashed, and the end of boot services stands behind it in its register",
             (before, calls, ends), (before, calls, ends), line(True)),
            ("-prefix", "the same, and the prefix is not hashed", (plain, calls, ends),
             (plain, calls, ends), line(True, "prefix-not-measured")),
            ("-late", "whoever ran after the end of boot services measured it, and another end",
             (calls, ends, before, calls, ends), (calls, hidden, before, calls, ends),
             line(True, "register-open"))):
        yield trusted_td("pass-log.rtmr-command" + why, text, *measured)(
            log, (row("rtmr1", "equal", bank="sha384"),) + says)


def every():
    for group in (events, states, forgeries, unquoted, confidential, commands, commands_of_td):
        yield from group()
