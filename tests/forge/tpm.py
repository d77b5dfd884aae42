# SPDX-License-Identifier: Apache-2.0
"""TPM 2.0 quotes: TPMS_ATTEST, TPMT_PUBLIC, names (azure.md 6), to bytes and back; all big-endian."""

import hashlib

ATTRIBUTES = 0x00050472  # azure.md 6.3
MAGIC, QUOTE = 0xFF544347, 0x8018
SCHEME = {"rsassa": 0x14, "rsapss": 0x16, "ecdsa": 0x18, "ecdaa": 0x1A}
HASH = {"sha1": 4, "sha256": 0x0B, "sha384": 0x0C, "sha512": 0x0D, "sm3": 0x12, "sha3_256": 0x27,
        "sha3_384": 0x28, "sha3_512": 0x29}


def be(value, size):
    return value.to_bytes(size, "big")


def sized(data):
    return be(len(data), 2) + data


def public(key, attributes=ATTRIBUTES, scheme="rsassa", hash_name="sha256"):
    """TPMT_PUBLIC of an RSA or EC key; by default RSASSA/SHA-256 (azure.md 6.3)."""
    head = (be(1 if scheme != "ecdsa" else 0x23, 2) + be(0x0B, 2) + be(attributes, 4) + sized(b"")
            + be(0x10, 2) + be(SCHEME[scheme], 2) + be(HASH[hash_name], 2))
    if scheme != "ecdsa":
        return head + be(key.size * 8, 2) + be(0, 4) + sized(key.modulus())
    point, size = key.raw_public(), key.curve.size
    return (head + be({32: 3, 48: 4}[size], 2) + be(0x10, 2) + sized(point[:size])
            + sized(point[size:]))


def signature(scheme, hash_name, *values):
    """TPMT_SIGNATURE (eventlog.md 7.3)."""
    return be(SCHEME[scheme], 2) + be(HASH[hash_name], 2) + b"".join(sized(v) for v in values)


def name(area):
    return be(0x0B, 2) + hashlib.sha256(area).digest()


def signer_of_area(area, parent=be(0x4000000B, 4)):
    """Qualified name of a key below a hierarchy's handle, or below a key of that name."""
    return be(0x0B, 2) + hashlib.sha256(parent + name(area)).digest()


def qualified_signer(key, attributes=ATTRIBUTES):
    return signer_of_area(public(key, attributes))


def selection(*banks):
    """Each bank is a range of registers of SHA-256, three bytes of bitmap."""
    out = be(len(banks), 4)
    for indexes in banks:
        bitmap = sum(1 << i for i in indexes)
        out += be(0x0B, 2) + be(3, 1) + bitmap.to_bytes(3, "little")
    return out


def dump(indexes, values):
    """The PCR file of tpm2_quote as it lay in memory, little-endian (eventlog.md 7.6)."""
    bitmap = sum(1 << i for i in indexes)
    slots = bytes.fromhex("0b0003") + bitmap.to_bytes(3, "little") + bytes(2)
    lists = [values[i:i + 8] for i in range(0, len(values), 8)]
    out = b"\1\0\0\0" + slots + bytes(15 * 8) + len(lists).to_bytes(4, "little")
    for some in lists:
        out += len(some).to_bytes(4, "little")
        out += b"".join(len(v).to_bytes(2, "little") + v.ljust(64, b"\0") for v in some)
        out += bytes(66 * (8 - len(some)))
    return out


def marshaled(indexes, values):
    """The same as a TPM spells it."""
    lists = [values[i:i + 8] for i in range(0, len(values), 8)]
    return selection(indexes) + be(len(lists), 4) + b"".join(
        be(len(some), 4) + b"".join(sized(v) for v in some) for some in lists)


def selections(banks):
    """TPML_PCR_SELECTION of [(algorithm, indexes)], three bytes of bitmap each."""
    return be(len(banks), 4) + b"".join(
        be(alg, 2) + be(3, 1) + sum(1 << i for i in indexes).to_bytes(3, "little")
        for alg, indexes in banks)


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
