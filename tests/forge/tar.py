# SPDX-License-Identifier: Apache-2.0
"""The ustar profile of archive.md 2, byte by byte, and the other spellings that tests need."""

CANONICAL = {
    "mode": b"000644 \0", "uid": b"000000 \0", "gid": b"000000 \0", "mtime": b"00000000000 ",
    "typeflag": b"0", "linkname": b"", "magic": b"ustar\x0000", "uname": b"", "gname": b"",
    "devmajor": b"000000 \0", "devminor": b"000000 \0", "prefix": b"", "pad": b"",
}
LAYOUT = (
    ("name", 100), ("mode", 8), ("uid", 8), ("gid", 8), ("size", 12), ("mtime", 12),
    ("chksum", 8), ("typeflag", 1), ("linkname", 100), ("magic", 8), ("uname", 32),
    ("gname", 32), ("devmajor", 8), ("devminor", 8), ("prefix", 155), ("pad", 12))
GNU = {  # as GNU tar --format=ustar spells numbers, with an owner and a time
    "mode": b"0000644\0", "uid": b"0001750\0", "gid": b"0001750\0", "mtime": b"15211337001\0",
    "uname": b"archivist", "gname": b"archivist", "devmajor": b"0000000\0",
    "devminor": b"0000000\0"}


def header(name, length, **other):
    """One 512-byte header; other replaces fields (chksum too, else it is computed)."""
    fields = dict(CANONICAL, name=name, size=b"%011o " % length, chksum=b" " * 8)
    fields.update(other)
    if isinstance(fields["name"], str):
        fields["name"] = fields["name"].encode()
    block = b"".join(fields[f].ljust(n, b"\0")[:n] for f, n in LAYOUT)
    if "chksum" in other:
        return block
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def padded(data):
    return data + bytes(-len(data) % 512)


def member(name, data, **other):
    return header(name, len(data), **other) + padded(data)


def gnu_member(name, data):
    return member(name, data, size=b"%011o\0" % len(data), **GNU)


END = bytes(1024)


def write(members):
    """A canonical archive of (name, data) pairs, in the order given."""
    return b"".join(member(n, d) for n, d in members) + END
