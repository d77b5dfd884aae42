# SPDX-License-Identifier: Apache-2.0
"""Cases in which something is absent: never a pass of what would have needed it (cli.md, default-1)."""

from case import GUEST, QUOTE_ONLY, Case
from cases_dcap import NO_HCL

TCB_INFO = ("dcap.tcb-info.match", "dcap.tdx-module.match", "tcb.platform", "tcb.tdx-module",
            "tcb.status")


def without(*names, base=GUEST):
    return tuple(p for p in base if p not in names)


def every():
    collateral = tuple(p for p in QUOTE_ONLY if p != "quote")
    tpm = ("tpm-message", "tpm-signature", "tpm-pcrs", "ak-public")
    rows = [
        ("no-collateral", "the evidence without any collateral", without(*collateral),
         ("dcap.pck.revocation", "dcap.pck-ca.revocation") + TCB_INFO + ("tcb.qe",)),
        ("no-hcl", "a TPM quote, but no HCL report and no other word on its key",
         without("hcl", "ak-public"), ("tpm.quote.signature", "tpm.quote.pcrs", "hcl.format")),
        ("no-quote", "an HCL report and a TPM quote, but no TDX quote",
         without("quote"), ("dcap.quote.format",) + NO_HCL),
        ("no-pcrs", "a TPM quote without the values", without("tpm-pcrs"), ("tpm.quote.pcrs",)),
        ("no-tpm-signature", "a TPM quote without its signature", without("tpm-signature"),
         ("tpm.quote.signature",)),
        ("no-tcb-info", "no TCB info", without("tcb-info", base=QUOTE_ONLY), TCB_INFO),
        ("no-qe-identity", "no QE identity", without("qe-identity", base=QUOTE_ONLY),
         ("dcap.qe-identity.match", "tcb.qe", "tcb.status")),
        ("no-tcb-signing-chain", "no TCB signing chain",
         without("tcb-signing-chain", base=QUOTE_ONLY),
         ("dcap.tcb-info.signature", "dcap.qe-identity.signature") + TCB_INFO),
        ("no-pck-crl", "no PCK CRL", without("pck-crl", "pck-crl-chain", base=QUOTE_ONLY),
         ("dcap.pck.revocation",)),
        ("no-root-crl", "no root CRL", without("root-crl", base=QUOTE_ONLY),
         ("dcap.pck-ca.revocation", "dcap.tcb-signing.revocation")),
    ]
    for name, text, parts, skips in rows:
        yield Case("incomplete-" + name, text, "incomplete", skips=skips, parts=parts)
    yield Case("pass-quote-only", "a quote with its collateral, nothing of the guest", parts=QUOTE_ONLY,
               skips=("hcl.format", "tpm.quote.format", "tpm.ak.certificate"))
    yield Case("pass-no-pck-crl-chain", "the PCK CRL without its own chain: the quote's PCK CA serves",
               parts=without("pck-crl-chain", base=QUOTE_ONLY))
