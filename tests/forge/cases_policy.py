# SPDX-License-Identifier: Apache-2.0
"""Cases about values that a policy expects (cli.md "a policy")."""

import scene
from case import QUOTE_ONLY, Case, expect_policy, failing
from cases_dcap import revoked


def expecting(mrtd):
    return expect_policy("forge-expect-mrtd", {"tdx.mrtd": [mrtd.hex()]})


def every():
    yield Case("pass-policy.expect", "the policy expects the MRTD that the quote has", lean=True,
               policy=expecting(scene.TD["mrtd"]), passes=("policy.expect",))
    yield failing("policy.expect", "", "the policy expects another MRTD", {}, lean=True,
                  policy=expecting(b"SIMULATED-MRTD-1" * 3))
    good = {"policy": expecting(scene.TD["mrtd"]), "skips": ("policy.expect",)}
    yield failing("dcap.pck.revocation", "expect", "the MRTD is the expected one, and the platform "
                  "that says so is revoked", {"crl.pck.fields": revoked("pck")}, lean=True, **good)
    yield Case("incomplete-no-root-crl-expect", "the MRTD is the expected one, and nothing says "
               "whether the PCK CA was revoked", "incomplete",
               parts=tuple(p for p in QUOTE_ONLY if p != "root-crl"), **good)
