# SPDX-License-Identifier: Apache-2.0
"""Cases in which something is absent: never a pass of what would have needed it (cli.md, default-1)."""

from archive import OCTETS
from case import GUEST, QUOTE_ONLY, TINY, Case
from cases_dcap import NO_HCL

TCB_INFO = ("dcap.tcb-info.match", "dcap.tdx-module.match", "tcb.platform", "tcb.tdx-module",
            "tcb.status")


def without(*names, base=GUEST):
    return tuple(p for p in base if p not in names)


def with_items(*rows):
    """An edit that adds items of (kind, extension, content) that no part stands for."""
    def add(items):
        return items + [{"part": kind, "kind": kind, "ext": ext, "mediaType": OCTETS, "data": data,
                         "relates": []} for kind, ext, data in rows]
    return {"items": add}


SGX = ("sgx-report", "bin", b"SIMULATED SGX report")
TOKEN = ("eat-jwt", "jwt", b"SIMULATED.token.")
IMA_TEXT = ("ima-log-ascii", "txt", b"10 SIMULATED\n")


def unjudged():
    """What no check is asked about stands in gaps, and is no evidence that passes."""
    yield Case("incomplete-collateral-alone", "collateral and no evidence", "incomplete", parts=TINY)
    yield Case("incomplete-unjudged", "evidence of kinds that no check is asked about, and a "
               "TPM's values without its quote", "incomplete", parts=TINY + ("tpm-pcrs",),
               edits=with_items(SGX, TOKEN))
    yield Case("pass-unjudged", "a log of IMA as text, which nothing replays, and a token, beside "
               "a TPM quote that is judged", edits=with_items(TOKEN, IMA_TEXT),
               parts=("tpm-message", "tpm-signature", "tpm-pcrs", "ak-public", "ak-cert",
                      "ak-intermediate"))


def every():
    yield from unjudged()
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
