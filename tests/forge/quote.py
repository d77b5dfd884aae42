# SPDX-License-Identifier: Apache-2.0
"""Quotes of versions 3 to 5 and their parts (dcap.md 1), to bytes and back."""

VENDOR = bytes.fromhex("939a7233f79c4ca9940a0db3957f0607")

# dcap.md 1.4
TD_10 = (
    ("tee_tcb_svn", 16), ("mrseam", 48), ("mrsignerseam", 48), ("seam_attributes", 8),
    ("td_attributes", 8), ("xfam", 8), ("mrtd", 48), ("mrconfigid", 48), ("mrowner", 48),
    ("mrownerconfig", 48), ("rtmr0", 48), ("rtmr1", 48), ("rtmr2", 48), ("rtmr3", 48),
    ("report_data", 64))
TD_15 = TD_10 + (("tee_tcb_svn2", 16), ("mrservicetd", 48))
TD_15_EXTENDED = TD_15 + (
    ("vmid", 1), ("tdid", 32), ("devinfo", 48), ("init_servtd_hash", 48),
    ("init_servtd_attributes", 8), ("init_cpusvn", 16), ("init_tee_tcb_svn", 16),
    ("init_tee_fmspc", 12), ("cur_servtd_hash", 48), ("cur_servtd_attributes", 8))
# dcap.md 1.3
SGX_REPORT = (
    ("cpusvn", 16), ("miscselect", 4), ("reserved1", 12), ("isvextprodid", 16),
    ("flags", 8), ("xfrm", 8), ("mrenclave", 32), ("reserved2", 32), ("mrsigner", 32),
    ("reserved3", 32), ("configid", 64), ("isvprodid", 2), ("isvsvn", 2), ("configsvn", 2),
    ("reserved4", 42), ("isvfamilyid", 16), ("report_data", 64))
# by the body type of version 5; 0 stands for version 4
TD_BODIES = {0: TD_10, 2: TD_10, 3: TD_15, 4: TD_15_EXTENDED}
# dcap.md 1.1
HEADER = (
    ("version", 2), ("key_type", 2), ("tee_type", 4), ("qe_svn", 2), ("pce_svn", 2),
    ("vendor", 16), ("user_data", 20))


def pack(layout, values):
    """Fields in order; a field that is absent from values is zero."""
    out = b""
    for field, size in layout:
        value = values.get(field, b"\0" * size)
        if len(value) != size:
            raise ValueError("%s: %d bytes, want %d" % (field, len(value), size))
        out += value
    return out


def unpack(layout, data):
    out, at = {}, 0
    for field, size in layout:
        out[field] = data[at:at + size]
        at += size
    if at != len(data):
        raise ValueError("%d bytes, want %d" % (len(data), at))
    return out


def size_of(layout):
    return sum(size for _, size in layout)


def le(value, size):
    return value.to_bytes(size, "little")


def certification(parts):
    """QE report, its signature, authentication data, certification data: the inside of type 6,
    and the end of version 3."""
    data = parts["cert_data"]
    return (parts["qe_report"] + parts["qe_signature"]
            + le(len(parts["auth"]), 2) + parts["auth"]
            + le(parts["cert_type"], 2) + le(len(data), 4) + data)


def signed_part(parts):
    """Header and body, with the body descriptor of version 5 (dcap.md 1.2)."""
    kind = b""
    if parts.get("body_type"):
        kind = le(parts["body_type"], 2) + le(len(parts["body"]), 4)
    return parts["header"] + kind + parts["body"]


def encode(parts):
    inner = certification(parts)
    outer = le(parts.get("outer_type", 6), 2) + le(len(inner), 4)
    if parts["header"][0] == 3:  # flat (dcap.md 1.5)
        outer = b""
    data = parts["signature"] + parts["key"] + outer + inner
    return signed_part(parts) + le(len(data), 4) + data + parts["padding"]


def parse(data):
    """The inverse of encode()."""
    parts = {"header": data[:48]}
    at = 48
    if data[0] == 5:
        parts["body_type"] = int.from_bytes(data[48:50], "little")
        size = int.from_bytes(data[50:54], "little")
        at = 54
    else:
        size = size_of(TD_10) if data[4] == 0x81 else size_of(SGX_REPORT)
    parts["body"] = data[at:at + size]
    at += size
    end = at + 4 + int.from_bytes(data[at:at + 4], "little")
    parts["padding"] = data[end:]
    block = data[at + 4:end]
    parts["signature"], parts["key"] = block[:64], block[64:128]
    inner = block[128:]
    if data[0] != 3:
        parts["outer_type"] = int.from_bytes(block[128:130], "little")
        inner = block[134:]
    parts["qe_report"], parts["qe_signature"] = inner[:384], inner[384:448]
    count = int.from_bytes(inner[448:450], "little")
    parts["auth"] = inner[450:450 + count]
    rest = inner[450 + count:]
    parts["cert_type"] = int.from_bytes(rest[:2], "little")
    parts["cert_data"] = rest[6:6 + int.from_bytes(rest[2:6], "little")]
    return parts
