#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What endorses an image, and who says so, by the program."""

import json
import sys

sys.dont_write_bytecode = True

from e2e import (FAIL, INCOMPLETE, PASS, UNREADABLE, USAGE, case, contains,
                 ecart, equal, flip, main, read, simulated, vector, write)

AT = ["--at", "@1780922561"]
MRTD = ("eae16b09dcb5406a5547c90696778db4ac59a6ec5fb372a4f631e159d85b562e"
        "b671a212d37d1cf4360e6c2572eb2ffd")


def corim(*words, status):
    return ecart("audit", "corim", *words, status=status)


def told(*words, status):
    done = corim(*words, "--format", "json", status=status)
    return json.loads(done.out)


def trusted(name="roots.pem"):
    return ["--roots", simulated("corim/" + name), *AT]


def image():
    return vector("measure", "igvm", "tdx-corim.igvm")


def varint(n):
    out = b""
    while n >= 0x80:
        out, n = out + bytes([n & 0x7F | 0x80]), n >> 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def endorsement(*mrtds):
    """Of Google's shape: each (GiB or None, early, MRTD)."""
    tdx = field(1, 5)
    for ram, early, mrtd in mrtds:
        entry = field(1, ram) if ram is not None else b""
        entry += field(2, 1) if early else b""
        tdx += field(2, entry + field(3, mrtd))
    golden = field(1, field(1, 1780922561)) + field(2, 7) + field(5, bytes(48))
    return field(1, golden + field(8, tdx)) + field(2, b"signature")


@case("the vector's manifest agrees with its image; unsigned is no pass")
def carried(scratch):
    row, = told(image(), status=INCOMPLETE)["statements"]
    equal("corim", row["document"], "document")
    equal(MRTD, row["value"], "value")
    equal("agrees", row["result"], "result")
    equal("12", row["svn"], "svn")
    equal("unsigned", row["signature"]["state"], "signature")
    equal(bytes.fromhex(MRTD), read(image())[row["offset"]:][:48], "offset")
    text = corim(image(), status=INCOMPLETE).out
    contains(text, "agrees", "unsigned", MRTD[:32])


@case("a byte of a measured page changed: the manifest contradicts")
def changed(scratch):
    data = read(image())
    # The last page of the file is a measured one.
    path = write(scratch + "/image", flip(data, len(data) - 1))
    row, = told(path, status=FAIL)["statements"]
    equal("contradicts", row["result"], "result")


@case("a manifest beside an image: agrees, or contradicts")
def beside(scratch):
    document = vector("measure", "igvm", "tdx-corim.cbor")
    rep = told(document, "--image", image(), status=INCOMPLETE)
    equal("agrees", rep["statements"][0]["result"], "result")
    equal("e0510081-7b78-5b2a-97a6-d73d890e07b6", rep["corim"]["tagId"], "tag")
    rep = told(simulated("corim/good-tdx.cbor"), "--image", image(), status=FAIL)
    equal("contradicts", rep["statements"][0]["result"], "result")
    rep = told(simulated("corim/good-snp.cbor"), "--image", image(),
               status=INCOMPLETE)
    equal("not-compared", rep["statements"][0]["result"], "result")


@case("each signature: its state, and the status that follows")
def signatures(scratch):
    rows = [line.split("\t") for line in
            read(simulated("corim/signatures")).decode().splitlines()]
    n = 0
    for name, document, use, roots, state, *_ in rows:
        path = simulated("corim/" + name)
        words = [path] if document == "-" else [
            simulated("corim/" + document), "--signature", path]
        if roots != "-":
            words += trusted("roots.pem" if roots == "roots" else "other.pem")
        # Beside a file that stands alone other algorithms are taken.
        if use == "igvm" and state == "refuse":
            continue
        n += 1
        if state == "refuse":
            rep = told(*words, status=UNREADABLE)
            assert "refused" in rep, rep
            continue
        good = state in ("good", "good-no-root")
        rep = told(*words, status=INCOMPLETE if good else FAIL)
        equal(state, rep["statements"][0]["signature"]["state"], name)
    assert n >= 40, n


@case("Google's endorsement: the measurement of this image stands in it, or not")
def google(scratch):
    mrtd = bytes.fromhex(MRTD)
    path = write(scratch + "/e", endorsement((16, False, bytes(48)), (None, False, mrtd)))
    rep = told(path, "--image", image(), status=INCOMPLETE)
    row, = rep["statements"]
    equal("agrees", row["result"], "result")
    equal("for any size of memory", row["reason"], "reason")
    equal("16", rep["launchEndorsement"]["tdx"]["measurements"][0]["ramGib"], "RAM")
    equal(mrtd, read(path)[row["offset"]:][:48], "offset")
    equal("unsigned", row["signature"]["state"], "signature")
    contains(row["signature"]["reason"], "not verified here")
    contains(corim(path, status=INCOMPLETE).out, "16 GiB", "any memory")
    path = write(scratch + "/e", endorsement((352, True, mrtd)))
    row, = told(path, "--image", image(), status=INCOMPLETE)["statements"]
    equal("for 352 GiB of memory, accepted early", row["reason"], "reason")
    path = write(scratch + "/e", endorsement((16, False, bytes(48))))
    row, = told(path, "--image", image(), status=FAIL)["statements"]
    equal("contradicts", row["result"], "result")
    write(path, read(path)[:-1])
    told(path, status=UNREADABLE)


@case("igvmfilegen's identity document against the image")
def identity(scratch):
    text = json.dumps({
        "environment": {"class_id": "7fb00ee4-a7ff-11ed-9e2f-00155d09de56"},
        "series": [{"reference": {"tdx_mrtd": MRTD.upper()}, "endorsement": {
            "tdx_isvsvn": 1, "build_info": {"debug_build": True}}}]}) + "\n"
    path = write(scratch + "/openhcl-tdx.json", text.encode())
    row, = told(path, "--image", image(), status=INCOMPLETE)["statements"]
    equal("agrees", row["result"], "result")
    contains(row["name"], "a debug build")
    write(path, text.replace("EAE1", "EAE2").encode())
    told(path, "--image", image(), status=FAIL)
    write(path, b"{}")
    told(path, status=UNREADABLE)


def add_identity(scratch, member, value, *more, debug=False, status=PASS):
    """A reference from an identity document; a repository of its own."""
    platform = member.split("_")[0]
    text = json.dumps({
        "environment": {"class_id": "7fb00ee4-a7ff-11ed-9e2f-00155d09de56"},
        "series": [{"reference": {member: value}, "endorsement": {
            platform + "_isvsvn": 1, "build_info": {"debug_build": debug}}}]})
    write(scratch + "/identity.json", text.encode())
    write(scratch + "/recipe", b"how it is built\n")
    return ecart(
        "audit", "reference", "add", scratch + "/refs.git", "--product",
        "openhcl", "--version", member.replace("_", "."), "--source",
        "https://git.example/openhcl@" + "01" * 20, "--recipe",
        scratch + "/recipe", "--artifact", image(), "--identity",
        scratch + "/identity.json", "--time", "2026-01-02T00:00:00Z",
        "--init", *more, status=status)


@case("a reference from an identity document, of each platform")
def reference(scratch):
    add_identity(scratch, "tdx_mrtd", MRTD.upper())
    add_identity(scratch, "snp_ld", "AB" * 48)
    add_identity(scratch, "vbs_boot_digest", "CD" * 32)
    text = ecart("audit", "reference", "list", scratch + "/refs.git").out
    contains(text, "good", "tdx.mrtd " + MRTD, "snp.ld " + "ab" * 48,
             "vbs.boot-digest " + "cd" * 32)


@case("a debug build is no good reference, nor is what is no document")
def no_reference(scratch):
    add_identity(scratch, "tdx_mrtd", MRTD, debug=True, status=USAGE)
    add_identity(scratch, "tdx_mrtd", MRTD, "--mrtd", MRTD, status=USAGE)
    add_identity(scratch, "tdx_mrtd", MRTD[:-2], status=UNREADABLE)
    add_identity(scratch, "tdx_mrtd", MRTD, "--state", "vulnerable", "--reason",
                 "debug build", debug=True)
    text = ecart("audit", "reference", "list", scratch + "/refs.git").out
    contains(text, "vulnerable")


@case("usage: roots and a time belong together, one file is wanted")
def usage(scratch):
    document = simulated("corim/good-tdx.cbor")
    for words in ([], [document, document], [document, "--roots", document],
                  [document, *AT], [document, "--at", "yesterday"],
                  [document, "--format", "html"], [document, "--wrong"],
                  [image(), "--image", image()],
                  [image(), "--signature", document]):
        corim(*words, status=USAGE)
    contains(corim("--help", status=PASS).out, "ecart audit corim")
    corim(document, "--roots", document, *AT, status=UNREADABLE)
    corim(scratch + "/none", status=UNREADABLE)
    corim(document, "--image", document, status=UNREADABLE)
    write(scratch + "/empty", b"")
    corim(document, "--signature", scratch + "/empty", status=UNREADABLE)
    corim(scratch + "/empty", status=UNREADABLE)
    corim(vector("measure", "igvm", "bad-crc.igvm"), status=UNREADABLE)


main()
