# SPDX-License-Identifier: Apache-2.0
"""Cases about TCB evaluation (dcap.md 7)."""

import collateral
import quote
import scene
from case import REQUIRED, Case, failing
from cases_dcap import NO_QUOTE
from edits import const, put

STATUS = "tcb.status"


def top(status, advisories=()):
    """TCB levels whose first has another status."""
    def edit(rows):
        first = dict(rows[0], tcbStatus=status)
        if advisories:
            first["advisoryIDs"] = list(advisories)
        return [first, *rows[1:]]
    return edit


def raised(pcesvn):
    """TCB levels whose first needs a higher PCESVN."""
    def edit(rows):
        return [dict(rows[0], tcb=dict(rows[0]["tcb"], pcesvn=pcesvn)), *rows[1:]]
    return edit


def accepting(name, *got):
    """A policy that waives checks which fail with these words: (check, got)."""
    return {"policy": "ecart-policy/1", "name": name, "require": list(REQUIRED),
            "waive": [{"check": check, "got": [word], "reason": "accepted for the test"}
                      for check, word in got]}


def module_levels(*levels):
    return const([collateral.module("TDX_01", list(levels))])


def platform():
    fails = ("tcb.platform", STATUS)
    rows = [
        ("", "only the second level matches: OutOfDate", raised(15)),
        ("configuration-needed", "ConfigurationNeeded", top("ConfigurationNeeded")),
        ("swhardening-needed", "SWHardeningNeeded", top("SWHardeningNeeded", ["INTEL-SA-99905"])),
        ("configuration-and-swhardening-needed", "ConfigurationAndSWHardeningNeeded",
         top("ConfigurationAndSWHardeningNeeded")),
        ("out-of-date-configuration-needed", "OutOfDateConfigurationNeeded",
         top("OutOfDateConfigurationNeeded")),
        ("revoked", "Revoked", top("Revoked")),
        ("not-supported", "no level is low enough: NotSupported",
         lambda rows: [raised(99)(rows)[0]]),
    ]
    for why, text, edit in rows:
        yield failing("tcb.platform", why, "platform status " + text, {"tcb.levels": edit},
                      fails=fails, lean=True)


def parts():
    old = collateral.svn_level(6, scene.OLD, "OutOfDate", ["INTEL-SA-99903"])
    modules = [
        ("", "OutOfDate", [collateral.svn_level(8, scene.NEW, "UpToDate"), old]),
        ("revoked", "Revoked", [collateral.svn_level(2, scene.OLD, "Revoked")]),
        ("not-supported", "NotSupported", [collateral.svn_level(8, scene.NEW, "UpToDate")]),
    ]
    for why, text, levels in modules:
        yield failing("tcb.tdx-module", why, "TDX module status " + text,
                      {"tcb.modules": module_levels(*levels)}, fails=("tcb.tdx-module", STATUS),
                      lean=True)
        yield failing("tcb.qe", why, "QE status " + text, {"qei.levels": const(levels)},
                      fails=("tcb.qe", STATUS), lean=True)


def merged():
    old = collateral.svn_level(6, scene.OLD, "OutOfDate", ["INTEL-SA-99903"])
    yield failing("tcb.status", "merge", "ConfigurationNeeded with a TDX module OutOfDate: "
                  "OutOfDateConfigurationNeeded",
                  {"tcb.levels": top("ConfigurationNeeded"), "tcb.modules": module_levels(old)},
                  fails=("tcb.platform", "tcb.tdx-module", STATUS), lean=True)
    yield failing("tcb.status", "merge-revoked", "OutOfDate with a QE Revoked: Revoked",
                  {"tcb.levels": raised(15), "qei.levels": const(
                      [collateral.svn_level(4, scene.OLD, "Revoked")])},
                  fails=("tcb.platform", "tcb.qe", STATUS), lean=True)
    policy = accepting("forge-swhardening", *[(c, "SWHardeningNeeded") for c in ("tcb.platform", STATUS)])
    yield Case("waived-swhardening", "SWHardeningNeeded, and a policy that accepts it",
               edits={"tcb.levels": top("SWHardeningNeeded", ["INTEL-SA-99905"])},
               fails=("tcb.platform", STATUS), lean=True, policy=policy)


def version_0():
    """TDX module version 0: tdxModule says who signs it, no identity does (dcap.md 6 E3)."""
    signer, check = b"SIMULATED-SIGNER" * 3, "dcap.tdx-module.match"
    skips = ("tcb.tdx-module", "tcb.status")

    def old(module=None, **td):
        edits = {"td": put(tee_tcb_svn=bytes([5, 0, 5]) + bytes(13), **td)}
        if module:
            edits["tcb.object"] = lambda o: dict(o, tdxModule=dict(o["tdxModule"], **module))
        return edits

    yield Case("pass-module-version-0", "TDX module version 0: MRSIGNERSEAM is that of tdxModule, which "
               "no identity has", edits=old({"mrsigner": signer.hex()}, mrsignerseam=signer),
               lean=True, passes=(check, "tcb.status"))
    yield failing(check, "version-0", "TDX module version 0: MRSIGNERSEAM is that of the identities, "
                  "tdxModule has another", old({"mrsigner": signer.hex()}), skips, lean=True)
    yield failing(check, "version-0-attributes", "TDX module version 0: SEAMATTRIBUTES is zero, and "
                  "tdxModule has others", old({"attributes": "01" + "00" * 7}), skips, lean=True)


def version_5():
    """Quotes of version 5 (dcap.md 7, TD report 1.5)."""
    def shape(launch, current):
        return {"quote.header": put(version=quote.le(5, 2)), "quote.body_type": const(3),
                "td": put(tee_tcb_svn=bytes(launch) + bytes(13),
                          tee_tcb_svn2=bytes(current) + bytes(13))}

    yield Case("pass-quote-v5-td10", "a quote of version 5 with body type 2: TD report 1.0", lean=True,
               edits={"quote.header": put(version=quote.le(5, 2)), "quote.body_type": const(2)})
    yield Case("pass-quote-v5", "a quote of version 5 with body type 3",
               edits=shape([7, 1, 5], [7, 1, 5]), lean=True)
    yield Case("pass-quote-v5-extended", "a quote of version 5 with body type 4: TD report 1.5, "
               "extended", lean=True,
               edits=dict(shape([7, 1, 5], [7, 1, 5]), **{
                   "quote.body_type": const(4),
                   "quote.td": put(vmid=b"\1", tdid=bytes(range(32)), init_cpusvn=b"\2" * 16)}))
    yield failing("dcap.quote.format", "v5-extended-size", "a quote of version 5 with body type 4 and "
                  "the size of type 3", {"quote.header": put(version=quote.le(5, 2)),
                                         "quote.body_type": const(4),
                                         "quote.body": lambda body: body[:648]},
                  NO_QUOTE, parts=("quote",), lean=True)
    yield failing("tcb.status", "relaunch", "launched with an old TDX module, a newer one runs now: "
                  "TDRelaunchAdvised", shape([5, 1, 5], [7, 1, 5]),
                  fails=("tcb.tdx-module", STATUS), lean=True)
    got = (("tcb.platform", "ConfigurationNeeded"), ("tcb.tdx-module", "OutOfDate"),
           (STATUS, "TDRelaunchAdvisedConfigurationNeeded"))
    yield Case("waived-relaunch-configuration", "launched with an old TDX module, a newer one runs now, "
               "the platform ConfigurationNeeded: TDRelaunchAdvisedConfigurationNeeded, and a policy "
               "that accepts these words alone", lean=True, fails=tuple(check for check, _ in got),
               edits=dict(shape([5, 1, 5], [7, 1, 5]), **{"tcb.levels": top("ConfigurationNeeded")}),
               policy=accepting("forge-relaunch-configuration", *got))
    yield Case("waived-current-not-supported", "launched up to date, and no identity knows the TDX "
               "module that runs now: NotSupported, and a policy that accepts this word alone",
               edits=shape([7, 1, 5], [7, 2, 5]), fails=(STATUS,), lean=True,
               passes=("tcb.platform", "tcb.tdx-module"),
               policy=accepting("forge-not-supported", (STATUS, "NotSupported")))
    yield failing(STATUS, "current-no-level", "launched up to date, and no level is low enough for the "
                  "TDX module that runs now: NotSupported", shape([7, 1, 5], [7, 1, 0]), lean=True)
    yield Case("pass-current-out-of-date", "launched up to date, an older TDX module runs now: the "
               "launch is the result", edits=shape([7, 1, 5], [5, 1, 5]), lean=True, passes=(STATUS,))


def every():
    for group in (platform, parts, merged, version_0, version_5):
        yield from group()
