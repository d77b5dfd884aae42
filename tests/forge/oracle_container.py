# SPDX-License-Identifier: Apache-2.0
"""The second opinion on containers: the profile of archive.md 2, field by field."""

import re

import tar
import zstd

GROUPS = ["manifest.json", "sig", "items"]
NUMBER = re.compile(rb"[0-7]+[ \0]+\Z")
SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}\Z")


class Fail(Exception):
    """The rule does not hold."""


def hold(truth, what):
    if not truth:
        raise Fail(what)


def frame(data):
    """The one zstd frame of raw blocks that data must be, opened; other data as it is."""
    if data[:4] != b"\x28\xb5\x2f\xfd":
        return data
    inner = data[12:12 + int.from_bytes(data[5:9], "little")]
    hold(zstd.frame(inner) == data, "not one frame")
    return inner


def header(block):
    """(name, size, canonical) of a header block."""
    fields, at = {}, 0
    for name, size in tar.LAYOUT:
        fields[name] = block[at:at + size]
        at += size
    hold(len(block) == 512 and fields["typeflag"] == b"0", "type or length")
    for name in ("linkname", "prefix", "pad"):
        hold(not any(fields[name]), name)
    hold(fields["magic"] == tar.CANONICAL["magic"], "magic")
    for name in ("mode", "uid", "gid", "size", "mtime", "chksum", "devmajor", "devminor"):
        hold(NUMBER.match(fields[name]), name)
    summed = sum(block) - sum(fields["chksum"]) + 8 * 32
    hold(int(fields["chksum"].rstrip(b" \0"), 8) == summed, "checksum")
    text, _, rest = fields["name"].partition(b"\0")
    hold(not any(rest), "bytes after the name")
    size = int(fields["size"].rstrip(b" \0"), 8)
    return text.decode("latin-1"), size, block == tar.header(text, size)


def path(name):
    """archive.md 2.1."""
    parts = name.split("/")
    hold(all(SEGMENT.match(p) for p in parts) and len(parts) <= 6, "path " + name)
    hold(name == "manifest.json" or len(parts) > 1 and parts[0] in ("sig", "items"), "group " + name)


def order(names):
    """Group order, no two names equal without case, no name a folder of another; True if canonical."""
    hold(names and names[0] == "manifest.json", "manifest.json is not first")
    groups = [GROUPS.index(n.split("/")[0]) for n in names]
    folded = {n.lower() for n in names}
    hold(groups == sorted(groups), "groups")
    hold(len(folded) == len(names), "a name twice")
    hold(not any(a != b and b.startswith(a + "/") for a in names for b in names), "a name in a name")
    return names == sorted(names, key=lambda n: (GROUPS.index(n.split("/")[0]), n))


def members(data):
    """(members, canonical); Fail where a reader must refuse."""
    data, out, at, canonical = frame(data), [], 0, True
    while any(data[at:at + 512]):
        name, size, spelled = header(data[at:at + 512])
        path(name)
        end = at + 512 + (size + 511) // 512 * 512
        hold(end <= len(data), "cut")
        hold(not any(data[at + 512 + size:end]), "padding")
        out.append((name, data[at + 512:at + 512 + size]))
        at, canonical = end, canonical and spelled
    rest = data[at:]
    hold(len(rest) >= 1024 and not any(rest), "end")
    hold(len(rest) == 1024 or len(data) % 10240 == 0, "blocking")
    ordered = order([n for n, _ in out])
    return out, canonical and ordered and len(rest) == 1024
