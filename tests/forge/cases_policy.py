# SPDX-License-Identifier: Apache-2.0
"""Cases about values that a policy expects (cli.md "a policy")."""

import scene
from case import Case, expect_policy, failing


def expecting(mrtd):
    return expect_policy("forge-expect-mrtd", {"tdx.mrtd": [mrtd.hex()]})


def every():
    yield Case("pass-policy.expect", "the policy expects the MRTD that the quote has", lean=True,
               policy=expecting(scene.TD["mrtd"]), passes=("policy.expect",))
    yield failing("policy.expect", "", "the policy expects another MRTD", {}, lean=True,
                  policy=expecting(b"SIMULATED-MRTD-1" * 3))
