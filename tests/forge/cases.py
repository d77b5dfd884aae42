# SPDX-License-Identifier: Apache-2.0
"""All cases of testdata/replay, area by area."""

import case
import cases_absent
import cases_archive
import cases_azure
import cases_bind
import cases_claims
import cases_collateral
import cases_dcap
import cases_dodge
import cases_events
import cases_imds
import cases_log
import cases_policy
import cases_profile
import cases_register
import cases_roundtrip
import cases_sets
import cases_sgx
import cases_snp
import cases_tcb
import cases_token
import cases_tpm


def every():
    out = [case.Case("pass", "everything in order: quote, collateral, HCL report, TPM quote",
                     says=("place L2 yes yes yes untold no no",))]
    for area in (cases_archive, cases_dcap, cases_collateral, cases_tcb, cases_azure, cases_tpm,
                 cases_bind, cases_absent, cases_sgx, cases_policy, cases_sets, cases_profile, cases_log,
                 cases_register, cases_dodge, cases_events, cases_imds, cases_snp, cases_token,
                 cases_claims, cases_roundtrip):
        out += area.every()
    names = [c.name for c in out]
    if len(set(names)) != len(names):
        raise ValueError("two cases with one name")
    return out
