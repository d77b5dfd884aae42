# SPDX-License-Identifier: Apache-2.0
"""Cases about an enclave: a quote of version 3 with the collateral of SGX (dcap.md 1.3, 1.5, 9)."""

import collateral
import intel_pki
import quote
from case import Case, failing
from edits import const, put

QE_MRSIGNER = b"SIMULATED-QE-SGX" * 2
QE_PRODID = 1
INIT, DEBUG, MODE64BIT, PROVISIONKEY = 1 << 0, 1 << 1, 1 << 2, 1 << 4
USUAL = INIT | MODE64BIT

ENCLAVE = {
    "cpusvn": intel_pki.SGX["cpusvn"], "xfrm": quote.le(0xE7, 8),
    "mrenclave": b"SIMULATED-MRENC-" * 2, "mrsigner": b"SIMULATED-MRSIGN" * 2,
    "isvprodid": quote.le(1, 2), "isvsvn": quote.le(3, 2),
    "report_data": b"SIMULATED-DATA-0" * 2 + bytes(32),
}
NO_TD = ("dcap.td.debug", "dcap.td.attributes", "dcap.tdx-module.match", "tcb.tdx-module")


def as_sgx_quote(items):
    """The quote under the kind that an enclave's has."""
    return [dict(i, kind="sgx-quote") if i["part"] == "quote" else i for i in items]


def enclave(flags):
    """The edits that put an enclave with these attribute flags in the place of the TD."""
    body = quote.pack(quote.SGX_REPORT, dict(ENCLAVE, flags=quote.le(flags, 8)))
    return {
        "quote.header": put(version=quote.le(3, 2), tee_type=bytes(4), qe_svn=quote.le(7, 2),
                            pce_svn=quote.le(14, 2)),
        "quote.body": const(body), "quote.parts": put(padding=b""),
        "qe.fields": put(mrsigner=QE_MRSIGNER, isvprodid=quote.le(QE_PRODID, 2)),
        "tcb.object": collateral.to_sgx,
        "qei.object": put(id="QE", mrsigner=QE_MRSIGNER.hex().upper(), isvprodid=QE_PRODID),
        "items": as_sgx_quote}


def every():
    yield Case("pass-sgx", "a quote of an enclave, version 3, with the collateral of SGX",
               edits=enclave(USUAL), skips=NO_TD, lean=True,
               passes=("dcap.enclave.debug", "dcap.enclave.attributes", "tcb.status"))
    yield failing("dcap.enclave.debug", "", "the enclave is a debug enclave",
                  enclave(USUAL | DEBUG), NO_TD, lean=True)
    yield failing("dcap.enclave.attributes", "", "PROVISIONKEY is set (waived by default-1)",
                  enclave(USUAL | PROVISIONKEY), NO_TD, verdict="pass", lean=True)
