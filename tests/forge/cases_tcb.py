# SPDX-License-Identifier: Apache-2.0
"""Cases about TCB evaluation (dcap.md 7)."""

import collateral
import quote
import scene
from case import REQUIRED, Case, failing
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
    policy = {
        "policy": "ecart-policy/1", "name": "forge-swhardening", "require": list(REQUIRED),
        "waive": [{"check": check, "got": ["SWHardeningNeeded"], "reason": "accepted for the test"}
                  for check in ("tcb.platform", STATUS)]}
    yield Case("waived-swhardening", "SWHardeningNeeded, and a policy that accepts it",
               edits={"tcb.levels": top("SWHardeningNeeded", ["INTEL-SA-99905"])},
               fails=("tcb.platform", STATUS), lean=True, policy=policy)


def version_5():
    """Quotes of version 5, body type 3 (dcap.md 7, TD report 1.5)."""
    def shape(launch, current):
        return {"quote.header": put(version=quote.le(5, 2)), "quote.body_type": const(3),
                "td": put(tee_tcb_svn=bytes(launch) + bytes(13),
                          tee_tcb_svn2=bytes(current) + bytes(13))}

    yield Case("pass-quote-v5", "a quote of version 5 with body type 3",
               edits=shape([7, 1, 5], [7, 1, 5]), lean=True)
    yield failing("tcb.status", "relaunch", "launched with an old TDX module, a newer one runs now: "
                  "TDRelaunchAdvised", shape([5, 1, 5], [7, 1, 5]),
                  fails=("tcb.tdx-module", STATUS), lean=True)


def every():
    for group in (platform, parts, merged, version_5):
        yield from group()
