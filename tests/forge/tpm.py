# SPDX-License-Identifier: Apache-2.0
"""TPM 2.0 quotes: TPMS_ATTEST, TPMT_PUBLIC, names (azure.md 6), to bytes and back; all big-endian."""

import hashlib

ATTRIBUTES = 0x00050472  # azure.md 6.3
MAGIC, QUOTE = 0xFF544347, 0x8018


def be(value, size):
    return value.to_bytes(size, "big")


def sized(data):
    return be(len(data), 2) + data


def public(key, attributes=ATTRIBUTES):
    """TPMT_PUBLIC of an RSA-2048 key with RSASSA/SHA-256 (azure.md 6.3)."""
    return (be(1, 2) + be(0x0B, 2) + be(attributes, 4) + sized(b"")
            + be(0x10, 2) + be(0x14, 2) + be(0x0B, 2) + be(key.size * 8, 2) + be(0, 4)
            + sized(key.modulus()))


def name(area):
    return be(0x0B, 2) + hashlib.sha256(area).digest()


def signer_of_area(area):
    """Name of a key below the endorsement hierarchy, 0x4000000B."""
    return be(0x0B, 2) + hashlib.sha256(be(0x4000000B, 4) + name(area)).digest()


def qualified_signer(key, attributes=ATTRIBUTES):
    return signer_of_area(public(key, attributes))


def selection(indexes):
    """One bank, SHA-256, three bytes of bitmap."""
    bitmap = sum(1 << i for i in indexes)
    return be(1, 4) + be(0x0B, 2) + be(3, 1) + bitmap.to_bytes(3, "little")


def attest(values):
    """TPMS_ATTEST of a quote."""
    return (be(values["magic"], 4) + be(values["type"], 2) + sized(values["signer"])
            + sized(values["extra"]) + be(values["clock"], 8) + be(values["resets"], 4)
            + be(values["restarts"], 4) + be(values["safe"], 1) + be(values["firmware"], 8)
            + values["selection"] + sized(values["digest"]) + values.get("rest", b""))


def parse(data):
    """The inverse of attest()."""
    at = [0]

    def read(size):
        at[0] += size
        return data[at[0] - size:at[0]]

    def number(size):
        return int.from_bytes(read(size), "big")

    out = {"magic": number(4), "type": number(2), "signer": read(number(2)),
           "extra": read(number(2)), "clock": number(8), "resets": number(4),
           "restarts": number(4), "safe": number(1), "firmware": number(8)}
    begin = at[0]
    for _ in range(number(4)):
        read(2)
        read(number(1))
    out["selection"] = data[begin:at[0]]
    out["digest"] = read(number(2))
    out["rest"] = data[at[0]:]
    return out


def pcr_values():
    """24 values: used ones recognisably simulated, the others as a TPM resets them (azure.md 6.2)."""
    used = {0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 14}
    out = []
    for i in range(24):
        if i in used:
            out.append(hashlib.sha256(b"SIMULATED PCR %d" % i).digest())
        else:
            out.append((b"\xff" if 17 <= i <= 22 else b"\0") * 32)
    return out
