# SPDX-License-Identifier: Apache-2.0
"""testdata/archive: small containers that a reader must refuse, or note (archive.md 2, 2.1, 2.2, 8)."""

import archive
import jcs
import scene
import tar
import zstd

NAME = "items/crl-der/0000.der"


def parts():
    """A manifest and one item: the smallest good archive, unsigned."""
    item = {"part": "root-crl", "kind": "crl-der", "ext": "der", "relates": [],
            "mediaType": archive.CRL, "data": scene.Scene().intel.root_crl()}
    names = archive.give_names([item])
    return archive.manifest([item], names, ("sha256",)), item["data"]


def text(names=(NAME,), change=None):
    """A manifest over the same bytes under given names."""
    value, _ = parts()
    subject, inner = value["subject"][0], value["predicate"]
    value["subject"] = [dict(subject, name=n) for n in names]
    inner["items"] = [dict(inner["items"][0], name=n) for n in names]
    if change:
        change(value)
    return jcs.encode(value)


def whole(item=None, name=NAME, end=tar.END, **other):
    """The small archive with its item's header changed."""
    _, data = parts()
    data = data if item is None else item
    return tar.member("manifest.json", text((name,))) + tar.member(name, data, **other) + end


def good():
    return whole()


def headers():
    """Header fields that the profile forbids."""
    size = len(parts()[1])
    for name, flag in (("hard-link", b"1"), ("symlink", b"2"), ("character-device", b"3"),
                       ("block-device", b"4"), ("directory", b"5"), ("fifo", b"6"),
                       ("contiguous", b"7"), ("nul-type", b"\0"), ("pax-header", b"x"),
                       ("pax-global", b"g"), ("gnu-long-name", b"L"), ("gnu-long-link", b"K"),
                       ("gnu-sparse", b"S")):
        yield "refuse-" + name, whole(typeflag=flag)
    base256 = b"\x80" + size.to_bytes(11, "big")
    yield "refuse-size-base256", whole(size=base256)
    yield "refuse-size-sign", whole(size=b"-0000000472 ")
    yield "refuse-size-not-octal", whole(size=b"00000000489 ")
    yield "refuse-size-empty", whole(size=b"            ")
    yield "refuse-mode-not-octal", whole(mode=b"000648 \0")
    yield "refuse-mtime-base256", whole(mtime=b"\x80" + bytes(11))
    yield "refuse-prefix", whole(prefix=b"items")
    yield "refuse-linkname", whole(linkname=b"elsewhere")
    yield "refuse-checksum", whole(chksum=b"000000\0 ")
    yield "refuse-checksum-spaces", whole(chksum=b" " * 8)
    yield "refuse-magic-gnu", whole(magic=b"ustar  \0")
    yield "refuse-magic-v7", whole(magic=bytes(8))
    yield "refuse-pad", whole(pad=b"x")
    hidden = tar.member(NAME.encode() + b"\0z", parts()[1])
    yield "refuse-name-after-nul", tar.member("manifest.json", text()) + hidden + tar.END


def ends():
    """Where and how the file stops."""
    body = whole(end=b"")
    yield "refuse-no-zero-block", body
    yield "refuse-one-zero-block", body + bytes(512)
    yield "refuse-trailing-byte", body + tar.END + b"\1"
    yield "refuse-trailing-zeros-odd", body + tar.END + bytes(100)
    yield "refuse-concatenated", whole() + whole()
    yield "refuse-cut-before-item", body[:-1024]
    yield "refuse-cut-in-header", body[:-700]
    yield "refuse-cut-in-data", body[:-300]
    yield "refuse-padding-not-zero", body[:-1] + b"\1" + tar.END
    yield "refuse-one-zero-block-then-member", body + bytes(512) + tar.member("items/z", b"")


def orders():
    """Members that stand twice, elsewhere, or not at all."""
    value, data = text(), parts()[1]
    manifest, item = tar.member("manifest.json", value), tar.member(NAME, data)
    signature = tar.member("sig/0000000000000000.dsse.json", b"{}")
    yield "refuse-duplicate-item", manifest + item + item + tar.END
    yield "refuse-duplicate-manifest", manifest + manifest + item + tar.END
    yield "refuse-sig-after-items", manifest + item + signature + tar.END
    yield "refuse-foreign-member", manifest + item + tar.member("other/0000.der", data) + tar.END


def paths():
    """The path corpus of archive.md 2.1."""
    rows = (
        ("absolute", "/items/a.bin"), ("dotdot", "items/../a.bin"), ("dot", "items/./a.bin"),
        ("hidden", "items/.a"), ("minus", "items/-a"), ("empty-segment", "items//a.bin"),
        ("trailing-slash", "items/a/"), ("space", "items/a b"), ("colon", "items/c:a"),
        ("backslash", "items/a\\b"), ("newline", "items/a\nb"), ("utf8", "items/\u00e9"),
        ("control", "items/a\x01"), ("long-segment", "items/" + "a" * 65),
        ("deep", "items/a/b/c/d/e/f"))
    manifest = tar.member("manifest.json", text())
    for why, name in rows:
        # the manifest is a good one, so that nothing but the member's name is wrong before it is met
        yield "refuse-path-" + why, manifest + tar.member(name, parts()[1]) + tar.END


def layers():
    """The optional zstd frame around the archive."""
    frame = zstd.frame(good())
    yield "refuse-zstd-two-frames", frame + frame
    yield "refuse-zstd-skippable-after", frame + zstd.skippable(b"hello")
    yield "refuse-zstd-cut", zstd.frame(good(), 2048)[:-100]
    yield "refuse-zstd-trailing", frame + b"\1"


def manifests():
    """No manifest to speak of, so no report at all (archive.md 8)."""
    item = tar.member(NAME, parts()[1])

    def made(value):
        return tar.member("manifest.json", value) + item + tar.END

    def kind(value):
        value["predicateType"] = "https://example.invalid/other/v1"

    def form(value):
        value["predicate"]["format"] = "ecart-archive/9"

    yield "refuse-no-manifest", item + tar.END
    yield "refuse-manifest-last", item + tar.member("manifest.json", text()) + tar.END
    yield "refuse-zstd-skippable", zstd.skippable(b"hello") + zstd.frame(good())
    for why, other in (("case-fold", "items/crl-der/0000.DER"), ("directory-prefix", "items/crl-der")):
        yield "refuse-manifest-" + why, (tar.member("manifest.json", text((other, NAME)))
                                         + tar.member(other, parts()[1]) + item + tar.END)
    yield "refuse-zstd-in-zstd", zstd.frame(zstd.frame(good()))
    yield "refuse-empty", tar.END
    yield "refuse-nothing", b""
    yield "refuse-gzip", b"\x1f\x8b\x08" + bytes(200)
    yield "refuse-manifest-not-json", made(b"{")
    yield "refuse-manifest-array", made(b"[]")
    yield "refuse-manifest-empty", made(b"")
    yield "refuse-manifest-twice-member", made(text().replace(b'{"_type"', b'{"_type":"x","_type"'))
    yield "refuse-manifest-deep", made(b'{"a":' * 40 + b"1" + b"}" * 40)
    yield "refuse-manifest-bom", made(b"\xef\xbb\xbf" + text())
    yield "refuse-predicate-type", made(text(change=kind))
    yield "refuse-format-version", made(text(change=form))


def notes():
    """Other spellings that stay verifiable, with the note container-noncanonical."""
    value, data = text(), parts()[1]
    gnu = tar.gnu_member("manifest.json", value) + tar.gnu_member(NAME, data) + tar.END
    two = ("items/crl-der/0000.der", "items/crl-der/0001.der")
    yield "note-gnu-tar", gnu + bytes(-len(gnu) % 10240)
    yield "note-mtime", whole(mtime=b"15211337001 ")
    yield "note-owner", whole(uid=b"001750 \0", uname=b"archivist")
    yield "note-mode", whole(mode=b"000600 \0")
    yield "note-size-spelling", whole(size=b"%011o\0" % len(data))
    yield "note-blocking-factor", whole() + bytes(-len(whole()) % 10240)
    yield "note-item-order", (tar.member("manifest.json", text(two))
                              + b"".join(tar.member(n, data) for n in two[::-1]) + tar.END)
    yield "good-smallest", good()
    yield "good-zstd", zstd.frame(good())


REASONS = (
    (headers, "container"), (ends, "container"), (orders, "container"), (paths, "container"),
    (layers, "container"), (manifests, "manifest-parse"), (notes, "container-noncanonical"))


def files():
    """All containers, and `index`: name, TAB, reason code."""
    out, lines = {}, []
    for group, reason in REASONS:
        for name, data in group():
            out["archive/%s.tar" % name] = data
            lines.append("%s.tar\t%s" % (name, "ok" if name.startswith("good-") else reason))
    out["archive/index"] = ("\n".join(sorted(lines)) + "\n").encode()
    return out
