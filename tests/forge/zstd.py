# SPDX-License-Identifier: Apache-2.0
"""zstd frames made of raw blocks (RFC 8878 3.1.1): compression by nothing, readable by everyone."""


def frame(data, step=128 * 1024):
    """One frame: single segment, 4-byte content size, raw blocks of step bytes, no checksum."""
    out = b"\x28\xb5\x2f\xfd" + bytes([0b10100000]) + len(data).to_bytes(4, "little")
    pieces = [data[i:i + step] for i in range(0, len(data), step)] or [b""]
    for i, piece in enumerate(pieces):
        last = i == len(pieces) - 1
        out += (len(piece) << 3 | last).to_bytes(3, "little") + piece
    return out


def skippable(data):
    return b"\x50\x2a\x4d\x18" + len(data).to_bytes(4, "little") + data
