# SPDX-License-Identifier: Apache-2.0
"""What token services say about a TDX quote (tokens.md 3.5), read from the quote itself."""

import quote as quotes

NAMES = {
    "tdx_tee_tcb_svn": "tee_tcb_svn", "tdx_mrseam": "mrseam", "tdx_mrsignerseam": "mrsignerseam",
    "tdx_seam_attributes": "seam_attributes", "tdx_td_attributes": "td_attributes",
    "tdx_xfam": "xfam", "tdx_mrtd": "mrtd", "tdx_mrconfigid": "mrconfigid",
    "tdx_mrowner": "mrowner", "tdx_mrownerconfig": "mrownerconfig", "tdx_rtmr0": "rtmr0",
    "tdx_rtmr1": "rtmr1", "tdx_rtmr2": "rtmr2", "tdx_rtmr3": "rtmr3",
    "tdx_report_data": "report_data"}
BITS = {"debug": 0, "septve_disable": 28, "protection_keys": 30, "key_locker": 31, "perfmon": 63}


def body(data):
    """The fields of the TD in a quote of version 4; ValueError where it is none."""
    if len(data) < 632 or data[:2] != b"\4\0" or data[4:8] != b"\x81\0\0\0":
        raise ValueError("no TDX quote of version 4")
    return quotes.unpack(quotes.TD_10, data[48:632])


def claims(data):
    fields = body(data)
    attributes = int.from_bytes(fields["td_attributes"], "little")
    out = {claim: fields[name].hex() for claim, name in NAMES.items()}
    for name, bit in BITS.items():
        out["tdx_td_attributes_" + name] = bool(attributes >> bit & 1)
    out["tdx_seamsvn"] = fields["tee_tcb_svn"][0]
    out["attester_tcb_status"] = "UpToDate"
    out["dbgstat"] = "enabled" if attributes & 1 else "disabled"
    return out


