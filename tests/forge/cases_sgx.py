# SPDX-License-Identifier: Apache-2.0
"""Cases about an enclave: a quote of version 3 with the collateral of SGX (dcap.md 1.3, 1.5, 9)."""

import collateral
import intel_pki
import quote
from case import Case, failing
from cases_dcap import NO_QUOTE
from cases_tcb import raised
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


def enclave(flags, version=3):
    """The edits that put an enclave with these attribute flags in the place of the TD."""
    body = quote.pack(quote.SGX_REPORT, dict(ENCLAVE, flags=quote.le(flags, 8)))
    return {
        "quote.header": put(version=quote.le(version, 2), tee_type=bytes(4), qe_svn=quote.le(7, 2),
                            pce_svn=quote.le(14, 2)),
        "quote.body_type": const(1 if version == 5 else 0),
        "quote.body": const(body), "quote.parts": put(padding=b""),
        "qe.fields": put(mrsigner=QE_MRSIGNER, isvprodid=quote.le(QE_PRODID, 2)),
        "tcb.object": collateral.to_sgx,
        "qei.object": put(id="QE", mrsigner=QE_MRSIGNER.hex().upper(), isvprodid=QE_PRODID),
        "items": as_sgx_quote}


def versions():
    """What an enclave's quote may be beside version 3, and its TCB info beside version 3."""
    good = ("dcap.enclave.debug", "dcap.enclave.attributes", "dcap.tcb-info.match", "tcb.status")
    yield Case("pass-sgx-v4", "a quote of an enclave, version 4", edits=enclave(USUAL, 4), skips=NO_TD,
               lean=True, passes=good)
    yield Case("pass-sgx-v5", "a quote of an enclave, version 5 with body type 1", lean=True,
               edits=enclave(USUAL, 5), skips=NO_TD, passes=good)
    yield failing("dcap.quote.format", "v5-sgx-td", "a quote of version 5 for SGX with the body of a TD",
                  {"quote.header": put(version=quote.le(5, 2), tee_type=bytes(4)),
                   "quote.body_type": const(2), "items": as_sgx_quote}, NO_QUOTE, parts=("quote",))
    yield failing("dcap.quote.format", "v5-tdx-enclave", "a quote of version 5 for TDX with the body of "
                  "an enclave", dict(enclave(USUAL, 5), **{"quote.header": put(version=quote.le(5, 2)),
                                                           "items": lambda items: items}),
                  NO_QUOTE, parts=("quote",))
    second = dict(enclave(USUAL), **{"tcb.object": lambda o: collateral.to_version_2(collateral.to_sgx(o))})
    yield Case("pass-sgx-tcb-info-2", "TCB info of version 2, which has no id", edits=second, skips=NO_TD,
               lean=True, passes=good)
    yield failing("tcb.platform", "tcb-info-2", "TCB info of version 2, whose first level needs a higher "
                  "PCESVN: OutOfDate", dict(second, **{"tcb.levels": raised(15)}), NO_TD,
                  fails=("tcb.platform", "tcb.status"), lean=True)
    for member in ("tdxModule", "tdxModuleIdentities"):
        yield failing("dcap.tcb-info.signature", "malformed-sgx-" + member.lower(), "well signed, but "
                      "malformed: %s in TCB info of version 3 for SGX" % member, dict(
                          enclave(USUAL), **{"tcb.object": lambda o, m=member: dict(
                              collateral.to_sgx(o), **{m: o[m]})}), parts=("tcb-info",))


def every():
    yield from versions()
    yield Case("pass-sgx", "a quote of an enclave, version 3, with the collateral of SGX",
               edits=enclave(USUAL), skips=NO_TD, lean=True,
               passes=("dcap.enclave.debug", "dcap.enclave.attributes", "tcb.status"))
    yield failing("dcap.enclave.debug", "", "the enclave is a debug enclave",
                  enclave(USUAL | DEBUG), NO_TD, lean=True)
    yield failing("dcap.enclave.attributes", "reserved", "a reserved attribute bit is set (waived by "
                  "default-1)", enclave(USUAL | 1 << 20), NO_TD, verdict="pass", lean=True)
    yield failing("dcap.enclave.attributes", "", "PROVISIONKEY is set (waived by default-1)",
                  enclave(USUAL | PROVISIONKEY), NO_TD, verdict="pass", lean=True)
