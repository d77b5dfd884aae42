# SPDX-License-Identifier: Apache-2.0
"""The Azure HCL report, its TDREPORT and runtime claims (azure.md 2, 3), to bytes and back."""

import base64
import hashlib
import json

import quote

SIZE = 2600
TCB_INFO = (  # azure.md 3, offset 256
    ("valid", 8), ("tee_tcb_svn", 16), ("mrseam", 48), ("mrsignerseam", 48),
    ("seam_attributes", 8), ("tee_tcb_svn2", 16), ("reserved", 95))
TD_INFO = (  # azure.md 3, offset 512
    ("td_attributes", 8), ("xfam", 8), ("mrtd", 48), ("mrconfigid", 48), ("mrowner", 48),
    ("mrownerconfig", 48), ("rtmr0", 48), ("rtmr1", 48), ("rtmr2", 48), ("rtmr3", 48),
    ("servtd_hash", 48), ("reserved", 64))
REPORT = (  # azure.md 3
    ("type", 4), ("reserved1", 12), ("cpusvn", 16), ("tee_tcb_info_hash", 48),
    ("tee_info_hash", 48), ("report_data", 64), ("reserved2", 32), ("mac", 32),
    ("tee_tcb_info", 239), ("reserved3", 17), ("tee_info", 512))
HEADER = (  # azure.md 2
    ("magic", 4), ("version", 4), ("report_size", 4), ("request_type", 4), ("status", 4),
    ("reserved", 12), ("hardware", 1184), ("data_size", 4), ("data_version", 4),
    ("report_type", 4), ("hash_type", 4), ("variable_size", 4))


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def td_report(td):
    """The 1024 bytes for a TD; td holds the names of quote.TD_15 and cpusvn, mac."""
    known = dict(td, valid=bytes.fromhex("ff01030000000000"))
    tcb = quote.pack(TCB_INFO, {k: v for k, v in known.items() if k != "reserved"})
    info = quote.pack(TD_INFO, {k: v for k, v in known.items() if k != "reserved"})
    return {
        "type": bytes.fromhex("81000000"), "cpusvn": td["cpusvn"], "mac": td["mac"],
        "report_data": td["report_data"], "tee_tcb_info": tcb, "tee_info": info,
        "tee_tcb_info_hash": hashlib.sha384(tcb).digest(),
        "tee_info_hash": hashlib.sha384(info).digest(),
    }


def jwk(kid, operation, key):
    """One public key of the runtime claims; members in the paravisor's order."""
    exponent = key.e.to_bytes((key.e.bit_length() + 7) // 8, "big")
    return {"kid": kid, "key_ops": [operation], "kty": "RSA",
            "e": b64url(exponent), "n": b64url(key.modulus())}


def claims(keys, user_data):
    """The runtime claims as a dictionary in OpenHCL's order (azure.md 2.2)."""
    return {
        "keys": keys,
        "vm-configuration": {
            "root-cert-thumbprint": "", "console-enabled": True, "secure-boot": True,
            "tpm-enabled": True, "tpm-persisted": False, "filtered-vpci-devices-allowed": False,
            "vmUniqueId": "51514d00-5349-4d55-4c41-544544000000"},
        "user-data": user_data.hex(),
    }


def claims_text(value):
    return json.dumps(value, separators=(",", ":")).encode()


def fields(report, text):
    """Header fields for a TDREPORT and a claims text, all sizes right."""
    return {
        "magic": b"HCLA", "version": quote.le(2, 4), "report_size": quote.le(1236 + len(text), 4),
        "request_type": quote.le(2, 4), "hardware": report + b"\0" * (1184 - len(report)),
        "data_size": quote.le(20 + len(text), 4), "data_version": quote.le(1, 4),
        "report_type": quote.le(4, 4), "hash_type": quote.le(1, 4),
        "variable_size": quote.le(len(text), 4)}


def encode(values, text, size=SIZE):
    body = quote.pack(HEADER, values) + text
    return body + b"\0" * (size - len(body))


def parse(data):
    """(header fields, claims text, padding)."""
    values = quote.unpack(HEADER, data[:1236])
    size = int.from_bytes(values["variable_size"], "little")
    return values, data[1236:1236 + size], data[1236 + size:]
