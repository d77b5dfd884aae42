#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Launch measurements of images: the vectors, Debian's firmware, and images forged here with a second opinion."""

import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "forge"))

import igvm
import launch
import tdvf
from drbg import take
from e2e import (ECART, GCP_AT, UNREADABLE, USAGE, Skip, case, contains, ecart, equal, main, pack_gcp, read, report,
                 vector, write)

REGISTERS = {"TDX": ("tdx", "mrtd"), "SEV_SNP": ("snp", "ld"), "VSM_ISOLATION": ("vbs", "boot-digest")}
PAGE = 4096


def measured(path, *more):
    out = ecart("audit", "measure", path, "--json", *more).out
    parsed = json.loads(out)
    equal(json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False), out, "canonical JSON")
    return parsed


def refusal(path):
    done = ecart("audit", "measure", path, "--json", status=UNREADABLE)
    contains(done.err, "ecart: ")
    said = json.loads(done.out)["refused"]
    assert set(said) >= {"object", "field", "want", "got"}, said
    return said


def values(said, platform="tdx", default=None):
    return [row["value"] for row in said["measurements"]
            if row["platform"] == platform and default in (None, row["default"])]


def by_rule(said, **rule):
    found = [row for row in said["measurements"] if all(row["rule"].get(k) == v for k, v in rule.items())]
    assert len(found) == 1, f"{rule}: {len(found)} of {said['measurements']}"
    return found[0]


def check_expected(name, want):
    path = vector("measure", name)
    if want["expect"] == "reject":
        print(f"# {name}: refused: {refusal(path)['object']}: {refusal(path)['field']}")
        return
    said = measured(path)
    equal((want["sha256"], want["size"]), (said["image"]["sha256"], said["image"]["size"]), name)
    for platform, digest in want.get("digests", {}).items():
        short, register = REGISTERS[platform]
        equal([digest], values(said, short, True), f"{name} {platform}")
        assert register in {row["register"] for row in said["measurements"]}
    if "mrtd_single_pass" in want:
        row = by_rule(said, pageOrder="single")
        equal((want["mrtd_single_pass"], True), (row["value"], row["default"]), name)
        row = by_rule(said, pageOrder="two-pass")
        equal((want["mrtd_two_pass"], False), (row["value"], row["default"]), name)
    if want["expect"] == "warn":
        assert len(values(said)) > 1 and said["notes"], said
    print(f"# {name}: {' '.join(row['platform'] + ' ' + row['value'][:12] for row in said['measurements'])}")


@case("every entry of expected.json: the digest, or the refusal")
def expected(scratch):
    entries = json.loads(read(vector("measure", "expected.json")))
    images = {name: want for name, want in entries.items() if not name.endswith(".cbor")}
    assert {want["expect"] for want in images.values()} >= {"ok", "reject"}, images
    for name, want in images.items():
        equal(want["size"], len(read(vector("measure", name))), name)
        check_expected(name, want)


def debian_files():
    return json.loads(read(vector("measure", "debian-ovmf.json")))["files"]


def debian(name):
    """Its path, where the package is installed in the version that the vectors speak of."""
    path, want = "/" + name, debian_files()[name]
    if not os.path.exists(path):
        raise Skip(f"{name} of Debian's package ovmf is not installed")
    if hashlib.sha256(read(path)).hexdigest() != want.get("sha256", hashlib.sha256(read(path)).hexdigest()):
        raise Skip(f"{name} is of another version than the vectors")
    return path


@case("Debian's OVMF.fd: both page orders, Google's hand-off block")
def debian_whole(scratch):
    want = debian_files()["usr/share/ovmf/OVMF.fd"]
    said = measured(debian("usr/share/ovmf/OVMF.fd"), "--all")
    equal("tdvf", said["image"]["format"], "format")
    equal([want["mrtd_single_pass"]], values(said, default=True), "default")
    by_order = {row["rule"].get("pageOrder"): row["value"] for row in said["measurements"]
                if "tdHob" not in row["rule"]}
    equal({"single": want["mrtd_single_pass"], "two-pass": want["mrtd_two_pass"]}, by_order, "page orders")
    for shape, value in want["mrtd_google_tdhob_bug"].items():
        equal(value, by_rule(said, tdHob=shape, earlyAccept="no")["value"], shape)
        print(f"# {shape}: {value[:12]}")
    for shape, value in want["mrtd_google_tdhob_bug_early_accept"].items():
        equal(value, by_rule(said, tdHob=shape, earlyAccept="yes")["value"], shape)
        print(f"# {shape}, early accept: {value[:12]}")
    few = measured(debian("usr/share/ovmf/OVMF.fd"))
    equal(2, len(few["measurements"]), "without --all")


@case("Debian's split images are refused with the hint, and joined ones are not")
def debian_split(scratch):
    for name, want in debian_files().items():
        if "split" not in want.get("expect", ""):
            continue
        said = refusal(debian(name))
        equal(("tdvf descriptor", "size of the volumes"), (said["object"], said["field"]), name)
        contains(said["want"], "prepend the variable store")
    code = debian("usr/share/OVMF/OVMF_CODE.fd")
    joined = read(os.path.join(os.path.dirname(code), "OVMF_VARS.fd")) + read(code)
    want = debian_files()["usr/share/ovmf/OVMF.fd"]["mrtd_single_pass"]
    done = ecart("audit", "measure", "-", "--json", stdin=joined)
    equal([want], values(json.loads(done.out), default=True), "VARS and CODE")


@case("Debian's firmware without TDX: the table is there, the entry is not")
def debian_without(scratch):
    said = refusal(debian("usr/share/OVMF/OVMF_CODE_4M.fd"))
    equal("GUID table present, no TDX metadata entry", said["got"], "got")


def gcp_facts():
    text = read(vector("measure", "gcp", "gcp-tdx-firmware-1782809233.yaml")).decode()
    found = dict(re.findall(r"(\w+): >-\s+([0-9a-f]+)", text))
    return found["mrtd"], bytes.fromhex(found["bytes"])


def resources(block):
    """[(type, attributes, start, length)] and the address of the end."""
    kind, size, _, version, mode = struct.unpack_from("<HHIII", block)
    equal((1, 56, 9, 0), (kind, size, version, mode), "hand-off")
    rows = []
    for at in range(56, len(block) - len(block) % 48 + 8, 48):
        if at + 48 > len(block):
            break
        kind, size, _, _, what, flags, start, length = struct.unpack_from("<HHI16sIIQQ", block, at)
        equal((3, 48), (kind, size), "resource")
        rows.append((what, flags, start, length))
    return rows, struct.unpack_from("<Q", block, 48)[0]


@case("the GCP machine's hand-off block: order and attributes as computed here")
def gcp_block(scratch):
    rows, end = resources(gcp_facts()[1])
    sections = [row for row in rows if row[0] == 0]
    ops = [launch.pages(start, size=length, name="TD_HOB" if start == 0x809000 else "")
           for _, _, start, length in sections]
    equal([(0, 7)] * 6, [row[:2] for row in rows[:6]], "sections come first")
    assert all(row[:2] == (7, 0x10000007) for row in rows[6:]), rows[6:]
    computed = launch.google_hob(ops, 16, 1, True)
    mine, my_end = resources(computed[:-8])
    equal(rows[:-1], mine[:-1], "all but the last length, which is the machine's")
    equal(rows[-1][:3], mine[-1][:3], "the last range")
    equal(end, my_end, "end of the list")
    equal(struct.pack("<HHI", 0xffff, 8, 0), computed[-8:], "the end")


@case("the GCP machine's MRTD is that of its firmware")
def gcp_mrtd(scratch):
    archive = pack_gcp(scratch)
    mrtd = gcp_facts()[0]
    equal(mrtd, report(archive, "--at", GCP_AT)["facts"]["tdx"]["mrtd"], "MRTD")


def used(path):
    """(status, seconds, bytes resident at most) of a measurement."""
    begin = time.monotonic()
    with open(os.devnull, "w") as null:
        child = subprocess.Popen([ECART, "audit", "measure", path, "--all"], stdout=null, stderr=null)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, time.monotonic() - begin, usage.ru_maxrss * 1024


@case("forged sizes end within a second and below 64 MiB")
def forged_sizes(scratch):
    base = used(vector("measure", "igvm", "tdx-empty.igvm"))[2]
    for name in ("igvm/bad-area-huge.igvm", "tdvf/bad-huge.fd"):
        status, seconds, size = used(vector("measure", name))
        print(f"# {name}: {seconds:.3f} s, {size >> 10} KiB")
        equal(UNREADABLE, status, name)
        assert seconds < 1, seconds
        if base > 48 << 20:
            raise Skip("this build needs more for nothing")
        assert size < 64 << 20, size


def saved(scratch, image):
    return write(os.path.join(scratch, "image"), image)


def check_launch(scratch, name, image, **ops):
    """Default digests of each platform, as computed a second time."""
    said = measured(saved(scratch, image), "--all")
    opinion = {"tdx": launch.mrtd, "snp": launch.snp, "vbs": launch.vbs}
    for platform, rows in ops.items():
        equal([opinion[platform](rows)], values(said, platform, True), f"{name} {platform}")
    equal(sorted(ops), sorted({row["platform"] for row in said["measurements"]}), name)
    return said


DATA = take("igvm pages", 8 * PAGE)


def data(number):
    return DATA[number * PAGE:][:PAGE]


def tdx(*headers, version=1):
    return igvm.build([igvm.platform(1, igvm.TDX), *headers], DATA, version=version)


@case("forged IGVM for TDX: flags, order, areas, zeros, masks")
def forged_tdx(scratch):
    a, b = igvm.page(0x1000, 1, 0), igvm.page(0x2000, 1, 1)
    first, second = launch.pages(0x1000, data(0)), launch.pages(0x2000, data(1))
    unmeasured = launch.pages(0x2000, data(1), measured=False)
    area = launch.pages(0x9000, size=3 * PAGE, kind="insert")
    rows = [
        ("a, b", [a, b], [first, second]),
        ("b, a", [b, a], [second, first]),
        ("unmeasured", [a, igvm.page(0x2000, 1, 1, igvm.UNMEASURED)], [first, unmeasured]),
        ("shared", [a, igvm.page(0x2000, 1, 1, igvm.SHARED)], [first]),
        ("shared and unmeasured", [a, igvm.page(0x2000, 1, 1, 6)], [first]),
        ("zeros", [a, igvm.page(0x2000, 1)], [first, launch.pages(0x2000, size=PAGE)]),
        ("area", [igvm.area(3 * PAGE, 7), a, igvm.insert(0x9000, 1, 7)], [first, area]),
        ("area with data", [igvm.area(3 * PAGE, 7, igvm.DATA), a, igvm.insert(0x9000, 1, 7)], [first, area]),
        ("area used", [igvm.area(3 * PAGE, 7), igvm.parameter(0x30e, 7, 8), igvm.insert(0x9000, 1, 7), a],
         [area, first]),
        ("secrets", [igvm.page(0x1000, 1, 0, 0, 1)], [first]),
        ("another mask", [igvm.page(0x1000, 2, 1), a], [first]),
        ("what is not measured", [igvm.relocatable(1), igvm.page_table(1), igvm.policy(1, 0), a,
                                  igvm.required(0x5000, 1), igvm.error_range(0x6000, 1)], [first]),
    ]
    for name, headers, ops in rows:
        for version in (1, 2):
            check_launch(scratch, name, tdx(*headers, version=version), tdx=ops)
    digests = {launch.mrtd(ops) for _, _, ops in rows[:7]}
    equal(6, len(digests), "a, b and b, a and the flags differ, but the two shared ones")


def crowded(hob):
    """Sections enough that a hand-off block fills more than a page."""
    rows = [row if row[4] != tdvf.TD_HOB else tdvf.section(tdvf.TD_HOB, 0x809000, hob) for row in tdvf.ovmf(0x7000)]
    rows += [tdvf.section(tdvf.TEMP_MEM, 0x1000000 + 2 * PAGE * i, PAGE) for i in range(60)]
    return tdvf.build(take("crowded", 0x7000 + PAGE), rows, place=0x800 + PAGE)


@case("a hand-off block that does not fit its section is no candidate")
def forged_crowd(scratch):
    for hob, n in ((2 * PAGE, 14), (PAGE, 2)):
        rows = measured(saved(scratch, crowded(hob)), "--all")["measurements"]
        equal(n, len(rows), f"rules with a TD_HOB of {hob} bytes")
        equal(n, len({row["value"] for row in rows}), "values")


@case("a measured hand-off block is said to be the loader's, once as all notes of a type")
def forged_hob(scratch):
    def noted(rows, **how):
        return measured(saved(scratch, tdvf.build(take("volumes", 0x7000 + PAGE), rows, **how)))["notes"]

    rows = [(*row[:5], tdvf.EXTEND) if row[4] == tdvf.TD_HOB else row for row in tdvf.ovmf(0x7000)]
    notes = noted(rows)
    equal(1, len(notes), notes)
    contains(notes[0], "A measured TD_HOB section: loaders fill it")
    more = [tdvf.section(tdvf.PERM_MEM, 0x1000000 + PAGE * i, PAGE, 0, 0, tdvf.AUG) for i in range(20)]
    more += [tdvf.section(tdvf.PAYLOAD, 0x4000000, PAGE, 0, 100, tdvf.EXTEND)]
    notes = noted(rows + more, guided=False)
    equal(5, len(notes), notes)
    contains(notes[-1], "The data of a measured Payload section end early")


@case("forged IGVM for SEV-SNP: page types, processors, peers' rules")
def forged_snp(scratch):
    headers = [igvm.platform(1, igvm.SNP), igvm.policy(1), igvm.area(2 * PAGE, 1), igvm.area(PAGE, 2),
               igvm.page(0x1000, 1, 0), igvm.page(0x2000, 1, 1, igvm.UNMEASURED), igvm.page(0x3000, 1),
               igvm.page(0x4000, 1, 2, 0, 1), igvm.page(0x5000, 1, 3, 0, 2), igvm.page(0x6000, 1, 4, 0, 3),
               igvm.page(0x7000, 1, 5, igvm.SHARED), igvm.insert(0x9000, 1, 1), igvm.insert(0x8000, 1, 2),
               igvm.id_block(1), igvm.context(0xfffffffff000, 1, igvm.DATA + 6 * PAGE)]
    ops = [launch.pages(0x1000, data(0)), launch.pages(0x2000, data(1), measured=False),
           launch.pages(0x3000, size=PAGE), launch.pages(0x4000, data(2), type=1),
           launch.pages(0x5000, data(3), type=2), launch.pages(0x6000, data(4), type=3),
           launch.pages(0x7000, data(5), shared=True), launch.pages(0x9000, size=2 * PAGE, kind="insert"),
           launch.pages(0x8000, size=PAGE, kind="insert"),
           launch.pages(0xfffffffff000, data(6), kind="vmsa")]
    said = check_launch(scratch, "snp", igvm.build(headers, DATA), snp=ops)
    equal(4, len(said["measurements"]), "rules")
    for row in said["measurements"]:
        equal(launch.snp(ops, row["rule"]["nativeZero"] == "yes", row["rule"]["parameterInsert"] == "first-page"),
              row["value"], row["rule"])
    equal([], said["notes"], "notes")
    last = headers[:4] + headers[-1:] + headers[4:-1]
    said = check_launch(scratch, "a processor first", igvm.build(last, DATA), snp=ops[-1:] + ops[:-1])
    contains(" ".join(said["notes"]), "QEMU with KVM measures that state last")


@case("forged IGVM for VBS: pages, error ranges, registers behind all")
def forged_vbs(scratch):
    rows = [(2, 0x20000, take("rip", 16)), (0, 0x40000, take("efer", 16))]
    blob = igvm.registers(rows)
    image = DATA + blob
    headers = [igvm.platform(1, igvm.VSM, vtl=2), igvm.context(0, 1, igvm.DATA + len(DATA)),
               igvm.page(0x1000, 1, 0), igvm.page(0x2000, 1, 1, igvm.UNMEASURED), igvm.page(0x3000, 1, 2, igvm.SHARED),
               igvm.area(2 * PAGE, 1), igvm.insert(0x5000, 1, 1), igvm.error_range(0x9000, 1, 2 * PAGE),
               igvm.vbs_measurement(1)]
    ops = [dict(kind="registers", registers=rows, shared=False), launch.pages(0x1000, data(0)),
           launch.pages(0x2000, data(1), measured=False), launch.pages(0x5000, size=2 * PAGE, kind="insert"),
           launch.pages(0x9000, size=2 * PAGE, kind="errors")]
    check_launch(scratch, "vbs", igvm.build(headers, image), vbs=ops)


def merged(data_of_all=DATA):
    return igvm.build(
        [igvm.platform(1, igvm.TDX, boundary=1 << 47), igvm.platform(4, igvm.SNP), igvm.platform(2, igvm.VSM),
         igvm.platform(8, igvm.NATIVE), igvm.policy(4), igvm.policy(1, 2),
         igvm.page(0x1000, 15, 0), igvm.page(0x2000, 1, 1), igvm.page(0x2000, 4, 2), igvm.page(0x2000, 2, 3),
         igvm.page(0x3000, 5, 4, igvm.SHARED), igvm.context(0x8000, 4, igvm.DATA + 5 * PAGE)], data_of_all)


def merged_ops():
    first = launch.pages(0x1000, data(0))
    return dict(tdx=[first, launch.pages(0x2000, data(1))], vbs=[first, launch.pages(0x2000, data(3))],
                snp=[first, launch.pages(0x2000, data(2)), launch.pages(0x8000, data(5), kind="vmsa")])


@case("platforms merged into one file: each takes what is its own")
def forged_merged(scratch):
    said = check_launch(scratch, "merged", merged(), **merged_ops())
    contains(" ".join(said["notes"]), "NATIVE measures no launch")


@case("a DLL around an IGVM measures like the IGVM")
def forged_dll(scratch):
    said = check_launch(scratch, "dll", igvm.dll(merged()), **merged_ops())
    equal("pe", said["image"]["format"], "format")
    offset = refusal(saved(scratch, igvm.dll(igvm.patched(merged(), 24 + 8, b"\3"))))["offset"]
    equal(0x400 + 0x200 + 20, offset, "the checksum's place in the DLL")


def refuses(scratch, rows):
    for name, image, obj, field in rows:
        said = refusal(saved(scratch, image))
        print(f"# {name}: {said['object']}: {said['field']} at {said.get('offset')}: "
              f"want {said['want']}, got {said['got']}")
        equal((obj, field), (said["object"], said["field"]), name)


def fixed_fields():
    good = tdx(igvm.page(0x1000, 1, 0))
    second = tdx(igvm.page(0x1000, 1, 0), version=2)

    def fix(at, value, image=good):
        return igvm.sealed(igvm.patched(image, at, value))

    return [
        ("version 0", igvm.patched(good, 4, b"\0"), "igvm header", "format_version"),
        ("version 3", igvm.patched(good, 4, b"\3"), "igvm header", "format_version"),
        ("headers inside the fixed one", fix(8, b"\x10"), "igvm header", "variable_header_offset"),
        ("headers unaligned", fix(8, b"\x1c"), "igvm header", "variable_header_offset"),
        ("headers of version 2 too early", igvm.patched(second, 8, b"\x18"), "igvm header", "variable_header_offset"),
        ("headers beyond the file", igvm.patched(good, 12, b"\0\0\0\1"), "igvm header", "variable_header_size"),
        ("a byte behind", good + b"\0", "igvm header", "total_file_size"),
        ("a byte less", good[:-1], "igvm header", "total_file_size"),
        ("checksum", igvm.patched(good, 20, b"\0\0\0\0"), "igvm header", "checksum"),
        ("a header changed", igvm.patched(good, 32, b"\2"), "igvm header", "checksum"),
        ("architecture", fix(24, b"\2", second), "igvm header", "architecture"),
        ("page size", fix(29, b"\x20", second), "igvm header", "page_size"),
        ("truncated", good[:20], "igvm header", "checksum"),
        ("only a magic", b"IGVM", "igvm header", "format_version"),
    ]


def walk_fields():
    page, area = igvm.page(0x1000, 1, 0), igvm.area(PAGE, 1)
    start = struct.pack("<II", 0x302, 24)
    return [
        ("length beyond", tdx(struct.pack("<II", 0x302, 48)), "igvm variable header", "length"),
        ("half a head", tdx(b"\2\3\0\0"), "igvm variable header", "length"),
        ("padding", tdx(igvm.header(0x304, bytes(20), b"\1")), "igvm variable header", "padding"),
        ("no padding", tdx(igvm.header(0x304, bytes(20))[:-4]), "igvm variable header", "padding"),
        ("a platform behind a directive", tdx(page, igvm.platform(2, igvm.NATIVE)), "igvm variable header", "order"),
        ("a policy behind a directive", tdx(page, igvm.policy(1)), "igvm variable header", "order"),
        ("a platform behind a policy", tdx(igvm.policy(1), igvm.platform(2, igvm.NATIVE)),
         "igvm variable header", "order"),
        ("unknown type", tdx(igvm.header(0x350, b"")), "igvm variable header", "type"),
        ("reserved type", tdx(igvm.header(0x306, bytes(8))), "igvm variable header", "type"),
        ("known and optional", tdx(page, igvm.header(0x302 | igvm.OPTIONAL, page[8:])),
         "igvm variable header", "type"),
        ("short content", tdx(igvm.header(0x302, start + bytes(8))), "igvm PAGE_DATA", "length"),
        ("long content", tdx(igvm.header(0x301, area[8:] + bytes(8))), "igvm PARAMETER_AREA", "length"),
    ]


def platform_fields():
    def first(*platforms):
        return igvm.build(list(platforms))

    def arm(kind):
        return igvm.build([igvm.platform(1, kind)], version=2, architecture=1)

    object_ = "igvm SUPPORTED_PLATFORM"
    return [
        ("no platform", first(), object_, "count"),
        ("no bit", first(igvm.platform(0, igvm.TDX)), object_, "compatibility_mask"),
        ("two bits", first(igvm.platform(3, igvm.TDX)), object_, "compatibility_mask"),
        ("a bit twice", first(igvm.platform(1, igvm.TDX), igvm.platform(1, igvm.VSM)), object_,
         "compatibility_mask"),
        ("a type twice", first(igvm.platform(1, igvm.TDX), igvm.platform(2, igvm.TDX)), object_, "platform_type"),
        ("unknown type", first(igvm.platform(1, 7)), object_, "platform_type"),
        ("VTL 1", first(igvm.platform(1, igvm.TDX, vtl=1)), object_, "highest_vtl"),
        ("version 2", first(igvm.platform(1, igvm.TDX, version=2)), object_, "platform_version"),
        ("NATIVE with a boundary", first(igvm.platform(1, igvm.NATIVE, boundary=1)), object_, "shared_gpa_boundary"),
        ("VSM with a boundary", first(igvm.platform(1, igvm.VSM, boundary=1)), object_, "shared_gpa_boundary"),
        ("CCA on x64", first(igvm.platform(1, igvm.CCA)), object_, "platform_type"),
        ("TDX on aarch64", arm(igvm.TDX), object_, "platform_type"),
        ("SNP without a policy", first(igvm.platform(1, igvm.SNP)), "igvm GUEST_POLICY", "compatibility_mask"),
    ]


def init_fields():
    return [
        ("policy twice", tdx(igvm.policy(1), igvm.policy(1)), "igvm GUEST_POLICY", "compatibility_mask"),
        ("policy reserved", tdx(igvm.policy(1, 0, 1)), "igvm GUEST_POLICY", "reserved"),
        ("relocation alignment", tdx(igvm.relocatable(1, 0x3000)), "igvm RELOCATABLE_REGION",
         "relocation_alignment"),
        ("relocation alignment 0", tdx(igvm.relocatable(1, 0)), "igvm RELOCATABLE_REGION", "relocation_alignment"),
        ("relocation flags", tdx(igvm.relocatable(1, flags=8)), "igvm RELOCATABLE_REGION", "flags"),
        ("relocation gpa", tdx(igvm.relocatable(1, gpa=1)), "igvm RELOCATABLE_REGION", "relocation_region_gpa"),
        ("page table used", tdx(igvm.page_table(1, 0x1000, 0x2000)), "igvm PAGE_TABLE_RELOCATION", "used_size"),
        ("page table size", tdx(igvm.page_table(1, 0x1001, 0)), "igvm PAGE_TABLE_RELOCATION", "size"),
        ("page table reserved", tdx(igvm.page_table(1, reserved=1)), "igvm PAGE_TABLE_RELOCATION", "reserved"),
        ("corim beyond", tdx(igvm.corim(1, igvm.DATA, 9 * PAGE)), "igvm CORIM_DOCUMENT", "file_offset"),
        ("corim in the headers", tdx(igvm.corim(1, 24, 8)), "igvm CORIM_DOCUMENT", "file_offset"),
        ("corim empty", tdx(igvm.corim(1, igvm.DATA, 0)), "igvm CORIM_DOCUMENT", "size_bytes"),
        ("corim reserved", tdx(igvm.corim(1, igvm.DATA, 8, reserved=1)), "igvm CORIM_DOCUMENT", "reserved"),
        ("corim twice", tdx(igvm.corim(1, igvm.DATA, 8), igvm.corim(1, igvm.DATA, 8)), "igvm CORIM_DOCUMENT",
         "compatibility_mask"),
        ("signature first", tdx(igvm.corim(1, igvm.DATA, 8, True)), "igvm CORIM_SIGNATURE", "order"),
        ("signature twice", tdx(igvm.corim(1, igvm.DATA, 8), igvm.corim(1, igvm.DATA, 8, True),
                                igvm.corim(1, igvm.DATA, 8, True)), "igvm CORIM_SIGNATURE", "compatibility_mask"),
        ("CCA hash", tdx(igvm.cca_policy(1, 3)), "igvm CCA_POLICY", "hash_algorithm"),
        ("CCA reserved", tdx(igvm.cca_policy(1, 0, b"\0\0\0\0\0\1")), "igvm CCA_POLICY", "reserved"),
    ]


def directive_fields():
    page = igvm.page(0x1000, 1, 0)
    area, insert = igvm.area(2 * PAGE, 1), igvm.insert(0x5000, 1, 1)
    data_, area_ = "igvm PAGE_DATA", "igvm PARAMETER_AREA"
    insert_, index = "igvm PARAMETER_INSERT", "parameter_area_index"
    return [
        ("2 MB page", tdx(igvm.page(0x200000, 1, 0, 1)), data_, "flags"),
        ("unknown flag", tdx(igvm.page(0x1000, 1, 0, 8)), data_, "flags"),
        ("data type 4", tdx(igvm.page(0x1000, 1, 0, 0, 4)), data_, "data_type"),
        ("page reserved", tdx(igvm.page(0x1000, 1, 0, reserved=1)), data_, "reserved"),
        ("page gpa", tdx(igvm.page(0x1001, 1, 0)), data_, "gpa"),
        ("page data beyond", tdx(igvm.page(0x1000, 1, 8)), data_, "file_offset"),
        ("page data in the headers", tdx(igvm.header(0x302, struct.pack("<QIIIHH", 0x1000, 1, 24, 0, 0, 0))),
         data_, "file_offset"),
        ("a page twice", tdx(page, igvm.page(0x1000, 1, 1)), "igvm directives", "gpa"),
        ("a page in an area", tdx(area, insert, igvm.page(0x6000, 1, 1)), "igvm directives", "gpa"),
        ("area of half a page", tdx(igvm.area(100, 1)), area_, "number_of_bytes"),
        ("area too large", tdx(igvm.area(1 << 40, 1)), area_, "number_of_bytes"),
        ("area twice", tdx(area, area), area_, index),
        ("area data beyond", tdx(igvm.area(16 * PAGE, 1, igvm.DATA)), area_, "file_offset"),
        ("too many areas", igvm_of_areas(4097), area_, "count"),
        ("insert undeclared", tdx(insert), insert_, index),
        ("insert twice", tdx(area, insert, igvm.insert(0x8000, 1, 1)), insert_, index),
        ("insert gpa", tdx(area, igvm.insert(0x5001, 1, 1)), insert_, "gpa"),
        ("insert at the end", tdx(area, igvm.insert((1 << 64) - PAGE, 1, 1)), insert_, "gpa"),
        ("too many pages", tdx(igvm.area(1 << 32, 1), igvm.area(PAGE, 2), igvm.insert(0, 1, 1),
                               igvm.insert(1 << 33, 1, 2)), "launch", "pages"),
        ("parameter undeclared", tdx(igvm.parameter(0x30c, 1)), "igvm MEMORY_MAP", index),
        ("parameter inserted", tdx(area, insert, igvm.parameter(0x307, 1)), "igvm VP_COUNT", index),
        ("parameter beyond", tdx(area, igvm.parameter(0x30f, 1, 2 * PAGE)), "igvm SLIT", "byte_offset"),
        ("required gpa", tdx(igvm.required(1, 1)), "igvm REQUIRED_MEMORY", "gpa"),
        ("required bytes", tdx(igvm.required(0, 1, 2048)), "igvm REQUIRED_MEMORY", "number_of_bytes"),
        ("required flags", tdx(igvm.required(0, 1, flags=2)), "igvm REQUIRED_MEMORY", "flags"),
        ("required reserved", tdx(igvm.required(0, 1, reserved=1)), "igvm REQUIRED_MEMORY", "reserved"),
        ("error range bytes", tdx(igvm.error_range(0, 1, 2048)), "igvm ERROR_RANGE", "size_bytes"),
    ]


def igvm_of_areas(n):
    """More headers than fit before the data of the others."""
    body = igvm.platform(1, igvm.TDX) + b"".join(igvm.area(PAGE, i) for i in range(n))
    head = struct.pack("<4sIIIII", b"IGVM", 1, 24, len(body), 24 + len(body), 0)
    return igvm.sealed(head + body)


def context_fields():
    def of(kind, *headers):
        return igvm.build([igvm.platform(1, kind), igvm.policy(1), *headers], DATA)

    object_ = "igvm VP_CONTEXT"
    huge = igvm.build([igvm.platform(1, igvm.VSM), igvm.context(0, 1, igvm.DATA)], b"\xff" * PAGE)
    return [
        ("TDX", of(igvm.TDX, igvm.context(0, 1, igvm.DATA)), object_, "compatibility_mask"),
        ("of no platform", of(igvm.SNP, igvm.context(0, 2, igvm.DATA)), object_, "compatibility_mask"),
        ("of two platforms", of(igvm.SNP, igvm.context(0, 3, igvm.DATA)), object_, "compatibility_mask"),
        ("gpa", of(igvm.SNP, igvm.context(8, 1, igvm.DATA)), object_, "gpa"),
        ("reserved", of(igvm.SNP, igvm.context(0, 1, igvm.DATA, reserved=1)), object_, "reserved"),
        ("no data", of(igvm.SNP, igvm.context(0, 1, 0)), object_, "file_offset"),
        ("data beyond", of(igvm.SNP, igvm.context(0, 1, igvm.DATA + 8 * PAGE - 8)), object_, "file_offset"),
        ("too many registers", huge, object_, "file_offset"),
        ("a secrets page in VBS", of(igvm.VSM, igvm.page(0x1000, 1, 0, 0, 1)), "igvm PAGE_DATA", "data_type"),
        ("id block twice", of(igvm.SNP, igvm.id_block(1), igvm.id_block(1)), "igvm SNP_ID_BLOCK",
         "compatibility_mask"),
        ("id block author", of(igvm.SNP, igvm.id_block(1, 2)), "igvm SNP_ID_BLOCK", "author_key_enabled"),
        ("id block reserved", of(igvm.SNP, igvm.id_block(1, 0, b"\0\0\1")), "igvm SNP_ID_BLOCK", "reserved"),
        ("measurement twice", of(igvm.VSM, igvm.vbs_measurement(1), igvm.vbs_measurement(1)),
         "igvm VBS_MEASUREMENT", "compatibility_mask"),
    ]


@case("one broken field of an IGVM each: refused by its name")
def igvm_refusals(scratch):
    for rows in (fixed_fields, walk_fields, platform_fields, init_fields, directive_fields, context_fields):
        refuses(scratch, rows())


@case("one broken field of a DLL each: refused by its name")
def dll_refusals(scratch):
    inner = tdx(igvm.page(0x1000, 1, 0))
    good = igvm.dll(inner)
    pe, rsrc = "PE header", "PE resource"

    def fix(at, value):
        return igvm.patched(good, at, value)

    def table(**more):
        return igvm.dll(inner, igvm.resources(len(inner), **more))

    twice = igvm.directory([igvm.entry(igvm.HIGH | 0x80, igvm.HIGH | 0x18)] * 2, [])
    refuses(scratch, [
        ("only MZ", b"MZ", pe, "DOS header"),
        ("e_lfanew", fix(60, b"\xff\xff\xff\x7f"), pe, "Signature"),
        ("signature", fix(0x80, b"NE"), pe, "Signature"),
        ("PE32", fix(0x98, b"\x0b\1"), pe, "Magic"),
        ("two directories", fix(0x98 + 108, b"\2"), pe, "NumberOfRvaAndSizes"),
        ("no resources", fix(0x98 + 128, bytes(8)), rsrc, "resource table"),
        ("resources elsewhere", fix(0x98 + 128, b"\0\0\0\x70"), rsrc, "resource table"),
        ("optional header cut", fix(0x94, b"\x20"), pe, "optional header"),
        ("too many sections", fix(0x86, b"\xff\xff"), pe, "section headers"),
        ("no bytes", igvm.dll(inner, igvm.resources(0)), rsrc, "data size"),
        ("another name", table(name="VMFX"), rsrc, "type VMFW"),
        ("another id", fix(0x400 + 0x28, b"\2"), rsrc, "id 1"),
        ("no language", fix(0x400 + 0x3e, b"\0\0"), rsrc, "language"),
        ("type is data", fix(0x400 + 0x17, b"\0"), rsrc, "type VMFW"),
        ("language is a directory", fix(0x400 + 0x47, b"\x80"), rsrc, "language"),
        ("type twice", igvm.dll(inner, twice.ljust(0x80, b"\0") + b"\4\0V\0M\0F\0W\0"), rsrc, "type VMFW"),
        ("data elsewhere", table(rva=0x70000000), rsrc, "data"),
        ("data too long", igvm.dll(inner, igvm.resources(0x7fffffff)), rsrc, "data"),
        ("section behind the file", good[:0x600], rsrc, "resource table"),
        ("no IGVM inside", igvm.dll(b"\0" * 64), "igvm header", "magic"),
    ])


VOLUMES = take("tdvf volumes", 0x9000)
CODE = 0x8000


def firmware(sections=None, **more):
    return tdvf.build(VOLUMES, sections or tdvf.ovmf(CODE), **more)


def ops_of(image, sections):
    return [launch.pages(gpa, image[offset:offset + raw], size, bool(flags & 1), aug=bool(flags & 2),
                         beyond=image[offset + raw:offset + size] if raw else b"",
                         name="TD_HOB" if kind == tdvf.TD_HOB else "")
            for offset, raw, gpa, size, kind, flags in sections if kind != tdvf.TD_INFO]


def rule_of(row, ops):
    rule = row["rule"]
    more = dict(two_pass=rule.get("pageOrder") == "two-pass", aug_skips=rule.get("pageAug", "skipped") == "skipped",
                beyond=rule.get("shortData") == "file", measure_all=rule.get("measured") == "all")
    if "tdHob" in rule:
        ram, nodes = launch.SHAPES[rule["tdHob"]]
        more.update(hob=launch.google_hob(ops, ram, nodes, rule["earlyAccept"] == "yes"), aug_skips=False)
    return more


def check_firmware(scratch, image, sections, *more):
    """Every candidate as computed a second time."""
    said = measured(saved(scratch, image), *more)
    ops = ops_of(image, sections)
    for row in said["measurements"]:
        equal(launch.mrtd(ops, **rule_of(row, ops)), row["value"], row["rule"])
    all_values = values(said)
    equal(len(all_values), len(set(all_values)), "no value twice")
    return said


@case("forged firmware: every rule as computed a second time")
def forged_firmware(scratch):
    plain = tdvf.ovmf(CODE)
    said = check_firmware(scratch, firmware(), plain, "--all")
    equal(2 + 12, len(said["measurements"]), "rules")
    low = [row[:2] + (row[2] - (0x10000 if row[2] > tdvf.TOP // 2 else 0),) + row[3:] for row in plain]
    check_firmware(scratch, firmware(low), low, "--all")  # memory up to 4 GiB is left
    measured_cfv = tdvf.ovmf(CODE, attributes=1)
    check_firmware(scratch, firmware(measured_cfv), measured_cfv, "--all")
    zeros = tdvf.ovmf(CODE, extra=[tdvf.section(tdvf.TEMP_MEM, 0x800000, 0x3000, attributes=1)])
    check_firmware(scratch, firmware(zeros), zeros, "--all")
    aug = tdvf.ovmf(CODE, extra=[tdvf.section(tdvf.PERM_MEM, 0x1000000, 0x3000, attributes=2)])
    said = check_firmware(scratch, firmware(aug), aug, "--all")
    equal({"skipped", "ignored"}, {row["rule"].get("pageAug") for row in said["measurements"]} - {None}, "AUG")
    contains(" ".join(said["notes"]), "PAGE.AUG", "PermMem")
    shim = [tdvf.section(tdvf.BFV, tdvf.TOP - CODE, CODE, 0x1000, CODE, 1), tdvf.section(tdvf.TD_HOB, 0x809000, 0x2000),
            tdvf.section(tdvf.TD_INFO, 0, 0, 0, 0x100)]
    check_firmware(scratch, firmware(shim, guided=False), shim, "--all")
    check_firmware(scratch, firmware(shim), shim, "--all")


@case("short data: both values and a warning, with and without --all")
def short_data(scratch):
    sections = [tdvf.section(tdvf.BFV, tdvf.TOP - CODE, CODE, 0x1000, CODE, 1),
                tdvf.section(tdvf.TD_HOB, 0x809000, 0x2000),
                tdvf.section(tdvf.PAYLOAD, 0x1000000, 0x2000, 0x100, 0x480, 1)]
    image = firmware(sections, guided=False)
    said = check_firmware(scratch, image, sections)
    equal({("single", "zeros"), ("two-pass", "zeros"), ("single", "file"), ("two-pass", "file")},
          {(row["rule"]["pageOrder"], row["rule"]["shortData"]) for row in said["measurements"]}, "rules")
    contains(" ".join(said["notes"]), "The data of a measured Payload section end early")
    text = ecart("audit", "measure", saved(scratch, image)).out
    contains(text, "short data end in zeros", "short data go on in the file", "note ")
    check_firmware(scratch, image, sections, "--all")


def tdvf_descriptor_rows():
    ovmf = tdvf.ovmf(CODE)
    obj = "tdvf descriptor"
    return [
        ("GUID", firmware(guid=bytes(16)), obj, "GUID"),
        ("signature", firmware(magic=b"TDVX"), obj, "Signature"),
        ("version", firmware(version=2), obj, "Version"),
        ("length", firmware(length=16), obj, "Length"),
        ("count", firmware(count=5), obj, "Length"),
        ("many", firmware(length=16 + 32 * 65, count=65), obj, "NumberOfSectionEntries"),
        ("no TD_HOB", firmware(ovmf[:3]), obj, "TD_HOB sections"),
        ("two TD_HOB", firmware(ovmf + [tdvf.section(tdvf.TD_HOB, 0x900000, 0x1000)]), obj, "TD_HOB sections"),
        ("no BFV", firmware(ovmf[1:]), obj, "BFV sections"),
        ("code alone", firmware()[0x1000:], obj, "size of the volumes"),
        ("more than the volumes", bytes(0x1000) + firmware(), obj, "size of the volumes"),
        ("code alone, td-shim", firmware(ovmf + [tdvf.section(tdvf.TD_INFO, 0, 0)])[0x1000:], obj,
         "size of the volumes"),
        ("footer far", firmware(from_end=0x100000), "firmware GUID table", "TDX metadata"),
        ("descriptor near", firmware(from_end=8), "firmware GUID table", "TDX metadata"),
        ("no mark", bytes(0x9000), "image", "format"),
        ("no mark at the offset", firmware(guided=False, from_end=0x400), "image", "format"),
    ]


def tdvf_table_rows():
    obj = "firmware GUID table"
    offset = (tdvf.OFFSET, struct.pack("<I", tdvf.DESCRIPTOR_FROM_END))
    tail = struct.pack("<H", 40) + tdvf.OFFSET
    return [
        ("no entry", firmware(entries=[(tdvf.RESET, b"\0\0\0\0")]), obj, "TDX metadata"),
        ("entry twice", firmware(entries=[offset, offset]), obj, "guid"),
        ("entry of two bytes", firmware(entries=[(tdvf.OFFSET, b"\0\0")]), obj, "TDX metadata"),
        ("entry of five bytes", firmware(entries=[(tdvf.OFFSET, b"\0\0\0\0\0")]), obj, "end"),
        ("table of 17", firmware(footer=tdvf.table([offset], 17)), obj, "table length"),
        ("table beyond the file", firmware(footer=tdvf.table([offset], 0xffff)), obj, "table length"),
        ("entry beyond the table", firmware(footer=tail + struct.pack("<H", 36) + tdvf.FOOTER), obj, "entry length"),
        ("entry of 17", firmware(footer=struct.pack("<H", 17) + tdvf.OFFSET + struct.pack("<H", 36) + tdvf.FOOTER),
         obj, "entry length"),
        ("half an entry", firmware(footer=tdvf.table([offset], 18 + 22 + 9)), obj, "entry length"),
    ]


def tdvf_section_rows():
    def extra(*row, **more):
        return firmware(tdvf.ovmf(CODE, extra=[tdvf.section(*row, **more)]))

    def volume(**change):
        first, *rest = tdvf.ovmf(CODE)
        names = ("offset", "raw", "gpa", "size", "kind", "attributes")
        return firmware([tuple(change.get(name, value) for name, value in zip(names, first)), *rest])

    shim = [tdvf.section(tdvf.BFV, tdvf.TOP - CODE, CODE, 0x2000, CODE, 1), tdvf.section(tdvf.TD_HOB, 0x809000, 0x2000)]
    obj = "tdvf section"
    return [
        ("address", extra(tdvf.TEMP_MEM, 0x900800, 0x1000), obj, "MemoryAddress"),
        ("size", extra(tdvf.TEMP_MEM, 0x900000, 0x1800), obj, "MemoryDataSize"),
        ("size 0", extra(tdvf.TEMP_MEM, 0x900000, 0), obj, "MemoryDataSize"),
        ("zeros", extra(tdvf.TEMP_MEM, 0x900000, (1 << 28) + PAGE, attributes=1), obj, "MemoryDataSize"),
        ("size 2^45", extra(tdvf.TEMP_MEM, 0x900000, 1 << 45), obj, "MemoryDataSize"),
        ("end of memory", extra(tdvf.TEMP_MEM, (1 << 64) - PAGE, 0x2000), obj, "MemoryDataSize"),
        ("type 9", extra(9, 0x900000, 0x1000), obj, "Type"),
        ("attributes", extra(tdvf.TEMP_MEM, 0x900000, 0x1000, attributes=4), obj, "Attributes"),
        ("TempMem with data", extra(tdvf.TEMP_MEM, 0x900000, 0x1000, raw=0x100), obj, "RawDataSize"),
        ("PermMem with data", extra(tdvf.PERM_MEM, 0x900000, 0x1000, raw=0x100), obj, "RawDataSize"),
        ("TD_HOB with data", firmware(tdvf.ovmf(CODE)[:3] + [tdvf.section(tdvf.TD_HOB, 0x809000, 0x2000, raw=8)]),
         obj, "RawDataSize"),
        ("payload too long", extra(tdvf.PAYLOAD, 0x900000, 0x1000, raw=0x2000), obj, "RawDataSize"),
        ("volume short", volume(raw=CODE - PAGE), obj, "RawDataSize"),
        ("volume long", volume(raw=CODE + 1), obj, "RawDataSize"),
        ("TD_INFO at an address", extra(tdvf.TD_INFO, 0x1000, 0), obj, "MemoryAddress"),
        ("TD_INFO of a size", extra(tdvf.TD_INFO, 0, 0x1000), obj, "MemoryDataSize"),
        ("data outside", volume(offset=0x2000), obj, "DataOffset"),
        ("data outside, td-shim", firmware(shim, guided=False), obj, "DataOffset"),
        ("overlap", extra(tdvf.TEMP_MEM, 0x80a000, 0x1000), obj, "gpa"),
        ("too many pages", extra(tdvf.TEMP_MEM, 1 << 33, 1 << 32), "launch", "pages"),
    ]


@case("one broken field of firmware each: refused by its name")
def tdvf_refusals(scratch):
    for rows in (tdvf_descriptor_rows, tdvf_table_rows, tdvf_section_rows):
        refuses(scratch, rows())


@case("notes name what is odd, and areas that stay behind")
def notes(scratch):
    image = tdx(igvm.relocatable(1), igvm.area(PAGE, 1), igvm.page(0x1000, 1, 0), igvm.page(0x2000, 4, 0),
                igvm.header(0x350 | igvm.OPTIONAL, b"\1\2\3"))
    said = measured(saved(scratch, image))
    contains(" ".join(said["notes"]), "unknown type 0x80000350", "1 parameter area is never inserted",
             "1 header is for no platform", "may relocate")
    many = tdx(*[igvm.header(0x350 | igvm.OPTIONAL, b"")] * 40)
    equal(17, len(measured(saved(scratch, many))["notes"]), "cut at sixteen, with the number of others")
    contains(measured(saved(scratch, many))["notes"][-1], "24 more")


@case("what an image says of itself stands behind its values, compared with them")
def says(scratch):
    path = vector("measure", "igvm", "tdx-corim.igvm")
    said = measured(path)["statements"]
    equal([("corim", "agrees", "unsigned")],
          [(one["document"], one["result"], one["signature"]["state"]) for one in said], "statements")
    contains(ecart("audit", "measure", path).out, "What the image says of itself:", "agrees:", "unsigned:")
    assert "statements" not in measured(vector("measure", "igvm", "diff-base.igvm"))


@case("text is at most 80 columns wide and begins with the value")
def text(scratch):
    images = [vector("measure", "igvm", "unit-snp.igvm"), vector("measure", "tdvf", "permmem-aug.fd"),
              saved(scratch, merged()), saved(scratch, igvm.build([igvm.platform(1, igvm.NATIVE)]))]
    for path in images:
        lines = ecart("audit", "measure", path, "--all").out.splitlines()
        assert all(len(line) <= 80 for line in lines), max(lines, key=len)
    equal("no platform that measures a launch", lines[0], "NATIVE alone")
    first = ecart("audit", "measure", vector("measure", "tdvf", "guided.fd")).out.splitlines()
    equal("a3ca62a47329b8594675922e71c4a8bfe66f879b3fd24e851f82d7cf7196ba2ddf0f4759e5e602e80a17c50954da89b3",
          first[1].strip() + first[2].strip(), "two lines of 48 digits")


@case("usage: one image, known options; what is not there is unreadable")
def usage(scratch):
    ecart("audit", "measure", status=USAGE)
    ecart("audit", "measure", "a", "b", status=USAGE)
    ecart("audit", "measure", "a", "--rule", status=USAGE)
    ecart("audit", "measure", os.path.join(scratch, "none"), status=UNREADABLE)
    contains(ecart("audit", "measure", "--help").out, "Example: ecart audit measure")


main()
