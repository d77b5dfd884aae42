#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two images compared by the program: the vectors, and forged pairs that differ
in one thing."""

import hashlib
import html.parser
import json
import os
import re
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "forge"))

import browser
import igvm
import volume
from e2e import (FAIL, PASS, UNREADABLE, USAGE, case, contains, ecart,
                 equal, main, read, run, vector, write)

PAGE = 4096
TDX, SNP, VBS = 1, 2, 4
PLATFORMS = [igvm.platform(TDX, igvm.TDX), igvm.platform(SNP, igvm.SNP),
             igvm.platform(VBS, igvm.VSM)]
ALL = TDX | SNP | VBS
BASE = 0x8000000


def data(*changed):
    """Eight pages; changed: (page, byte)."""
    out = bytearray(b"".join(bytes([i + 1]) * PAGE for i in range(8)))
    for page, byte in changed:
        out[page * PAGE + byte] ^= 1
    return bytes(out)


def pages(flags=None, kinds=None, order=range(6), mask=ALL):
    """Directives of six pages, the last one shared."""
    flags, kinds = flags or {}, kinds or {}
    return [igvm.page(BASE + i * PAGE, mask, i,
                      flags.get(i, igvm.SHARED if i == 5 else 0), kinds.get(i, 0))
            for i in order]


def image(directives, content=None, policy=0x3001f, platforms=None):
    heads = (PLATFORMS if platforms is None else platforms) + [igvm.policy(SNP, policy)]
    return igvm.build(heads + directives, data() if content is None else content)


def diff(scratch, a, b, *words, status=FAIL):
    one = write(scratch + "/a.igvm", a)
    other = write(scratch + "/b.igvm", b)
    return ecart("audit", "diff", one, other, *words, status=status)


def differences(scratch, a, b, status=FAIL):
    document = json.loads(diff(scratch, a, b, "--format", "json", status=status).out)
    return document["differences"], document


def vectors_of(a, b):
    return vector("measure", *a.split("/")), vector("measure", *b.split("/"))


def with_kernel(seed, flags=None, order=range(12)):
    """Six measured pages, and a kernel in six shared ones, each with a byte of the seed."""
    kernel = bytearray((bytes(64) + b"Linux version 6.18 (x@y) #1\n").ljust(6 * PAGE, b"\x90"))
    for i in range(6):
        kernel[i * PAGE + 200] ^= seed
    flags = {5: 0, **{i: igvm.SHARED for i in range(6, 12)}, **(flags or {})}
    return igvm.build([igvm.platform(TDX, igvm.TDX)] + pages(flags, order=order, mask=TDX),
                      data()[:6 * PAGE] + bytes(kernel))


@case("a name of an image is shown once escaped, and drowns no sentence")
def named_at_length(scratch):
    def archive(content):
        return volume.cpio({"\x1b[31m</style>" + "n" * 900: content}).ljust(2 * PAGE, b"\0")
    a, b = (igvm.build([igvm.platform(TDX, igvm.TDX)]
                       + [igvm.page(BASE + i * PAGE, TDX, i) for i in range(2)], archive(content))
            for content in (b"1", b"2"))
    for form in ("text", "json", "html"):
        out = diff(scratch, a, b, "--format", form).out
        assert "\x1b" not in out and "x5cx1b" not in out, form
        assert "</style>n" not in out or form == "text" or form == "json", form
    first = json.loads(diff(scratch, a, b, "--format", "json").out)
    finding = first["contents"][0]["findings"][0]
    contains(finding["name"], "\\x1b[31m</style>" + "n" * 900)
    assert len(finding["sentence"]) < 200, finding["sentence"]


@case("many shared pages do not draw the sentence away from what is measured")
def drawn_away(scratch):
    for changed, words in (
            (with_kernel(1, order=[1, 0, *range(2, 12)]), "1 of 6 operations stands elsewhere"),
            (with_kernel(1, {1: igvm.UNMEASURED}), "1 page is measured in another way")):
        said = " ".join(diff(scratch, with_kernel(0), changed).out.split("\n\n")[0].split())
        contains(said, "kernel (shared pages) differs")
        contains(said, words)


@case("one byte of a measured page and one shared page, told apart in a sentence")
def mutated(scratch):
    pair = vectors_of("igvm/diff-base.igvm", "igvm/diff-mutated.igvm")
    lines = ecart("audit", "diff", *pair, status=FAIL).out.splitlines()
    equal("DIFFERS  1 measured page differs: 0x800d000, chunk 0x800d300, byte "
          "0x345; 1 shared page 0x8014000 differs too, which no digest covers",
          " ".join(" ".join(lines[:3]).split()).replace("DIFFERS ", "DIFFERS  "), "first screen")
    equal([], [line for line in lines if len(line) > 80], "wide lines")
    document = json.loads(ecart("audit", "diff", *pair, "--format", "json", status=FAIL).out)
    expected = json.loads(read(vector("measure", "expected.json")))
    for row in document["platforms"]:
        name = {"tdx": "TDX", "snp": "SEV_SNP"}[row["platform"]]
        for side, path in zip("ab", ("igvm/diff-base.igvm", "igvm/diff-mutated.igvm")):
            equal(expected[path]["digests"][name], row[side], f"{name} of {path}")
    equal({"tdx": False, "snp": False}, document["measurementEqual"], "measurementEqual")
    measured, shared = document["differences"]
    equal(("data", True, "0x800d000", "0x800d300", [[0x345, 0x345]]),
          tuple(measured[k] for k in ("class", "measured", "gpa", "chunk", "bytes")), "measured")
    equal(("data", False, "0x8014000"),
          tuple(shared[k] for k in ("class", "measured", "gpa")), "shared")


@case("a bit of the firmware volume changes MRTD, one of the variable store does not")
def volumes(scratch):
    pair = vectors_of("tdvf/guided.fd", "tdvf/guided-bitflip.fd")
    document = json.loads(ecart("audit", "diff", *pair, "--format", "json", status=FAIL).out)
    one, = document["differences"]
    equal(("0xffff5000", "0xffff5100", True, "BFV"),
          tuple(one[k] for k in ("gpa", "chunk", "measured", "component")), "difference")
    equal({"tdx": False}, document["measurementEqual"], "measurementEqual")
    pair = vectors_of("tdvf/guided.fd", "tdvf/guided-cfvflip.fd")
    document = json.loads(ecart("audit", "diff", *pair, "--format", "json", status=FAIL).out)
    one, = document["differences"]
    equal((False, "CFV"), (one["measured"], one["component"]), "difference")
    equal({"tdx": True}, document["measurementEqual"], "measurementEqual")
    contains(document["summary"], "nothing that is measured differs")


@case("the same pages in another order differ in the order alone")
def order(scratch):
    pair = vectors_of("igvm/tdx-order-a.igvm", "igvm/tdx-order-b.igvm")
    document = json.loads(ecart("audit", "diff", *pair, "--format", "json", status=FAIL).out)
    equal({"order"}, {row["class"] for row in document["differences"]}, "classes")
    rows, _ = differences(scratch, image(pages()), image(pages(order=[1, 0, 2, 3, 4, 5])))
    equal([("order", True)], [(row["class"], row["measured"]) for row in rows], "one moved")


@case("an image and itself: exit 0, and no difference")
def itself(scratch):
    for path in ("igvm/unit-snp.igvm", "igvm/unit-vbs.igvm", "igvm/tdx-empty.igvm",
                 "tdvf/legacy-offset.fd"):
        one = vector("measure", *path.split("/"))
        done = ecart("audit", "diff", one, one)
        contains(done.out, "EQUAL    both images load the same\n")
    # Data of the same pages at other places of the file.
    moved = data()[PAGE:2 * PAGE] + data()[:PAGE] + data()[2 * PAGE:]
    swapped = [igvm.page(BASE, ALL, 1), igvm.page(BASE + PAGE, ALL, 0)] + pages()[2:]
    rows, document = differences(scratch, image(pages()), image(swapped, moved), status=PASS)
    equal([], rows, "differences")
    contains(document["summary"], "though the files differ")


@case("flags: what is measured otherwise, and a page type that SNP alone measures")
def flags(scratch):
    rows, document = differences(scratch, image(pages()),
                                 image(pages({1: igvm.UNMEASURED, 2: igvm.SHARED, 5: igvm.SHARED})))
    equal([("flags", True, "0x8001000", "contents measured in A, not measured in B"),
           ("flags", True, "0x8002000", "private in A, shared in B")],
          [(row["class"], row["measured"], row["gpa"], row["words"].split("; ")[0])
           for row in rows], "flags")
    equal({False}, set(document["measurementEqual"].values()), "measurementEqual")
    # VBS has no such page type, so the image has not that platform.
    two = PLATFORMS[:2]
    rows, document = differences(
        scratch, image(pages(mask=TDX | SNP), platforms=two),
        image(pages(kinds={3: 1}, mask=TDX | SNP), platforms=two))
    equal([(False, ["tdx"]), (True, ["snp"])],
          sorted((row["measured"], row["platforms"]) for row in rows), "page type")
    equal({"tdx": True, "snp": False}, document["measurementEqual"], "measurementEqual")


@case("pages of one image alone, measured and shared")
def alone(scratch):
    more = pages() + [igvm.page(BASE + 9 * PAGE, ALL, 6),
                      igvm.page(BASE + 10 * PAGE, ALL, 7, igvm.SHARED)]
    rows, document = differences(scratch, image(pages()), image(more))
    equal([("only-b", True, "0x8009000"), ("only-b", False, "0x800a000")],
          [(row["class"], row["measured"], row["gpa"]) for row in rows], "only-b")
    contains(document["summary"], "1 operation is in B alone: 0x8009000",
             "1 shared page 0x800a000 is in B alone too, which no digest covers")
    rows, _ = differences(scratch, image(more), image(pages()))
    equal({"only-a"}, {row["class"] for row in rows}, "classes")


@case("a parameter area: its size is measured, what the image has there is not")
def parameter_area(scratch):
    def with_area(size, offset=0):
        return pages() + [igvm.area(size, 0, offset), igvm.insert(BASE + 32 * PAGE, ALL, 0)]

    rows, document = differences(scratch, image(with_area(5 * PAGE)), image(with_area(6 * PAGE)))
    equal([("parameter-area", True, "5 pages in A, 6 in B")],
          [(row["class"], row["measured"], row["words"]) for row in rows], "size")
    equal({False}, set(document["measurementEqual"].values()), "measurementEqual")
    rows, document = differences(scratch, image(with_area(PAGE)),
                                 image(with_area(PAGE, igvm.DATA + PAGE)))
    equal({("data", False)}, {(row["class"], row["measured"]) for row in rows}, "contents")
    equal({True}, set(document["measurementEqual"].values()), "measurementEqual")


@case("registers: a VMSA and a VBS list name the one that differs")
def registers(scratch):
    def with_states(rip):
        vmsa = bytearray(PAGE)
        struct.pack_into("<Q", vmsa, 0x178, rip)
        rows = igvm.registers([(0, 0x20010, struct.pack("<QQ", rip, 0)),
                               (0, 0x40000, struct.pack("<QQ", 0x31, 0))])
        content = data()[:6 * PAGE] + bytes(vmsa) + rows.ljust(PAGE, b"\0")
        states = [igvm.context(0xfffffffff000, SNP, igvm.DATA + 6 * PAGE),
                  igvm.context(0, VBS, igvm.DATA + 7 * PAGE)]
        return image(pages() + states, content)

    rows, document = differences(scratch, with_states(0x1000), with_states(0x2000))
    equal([("registers", True, ["vbs"], "RIP: 0x1000 in A, 0x2000 in B"),
           ("registers", True, ["snp"], "RIP (VMSA byte 0x178): 0x1000 in A, 0x2000 in B")],
          sorted(((row["class"], row["measured"], row["platforms"], row["words"])
                  for row in rows), key=lambda row: row[3] != "RIP: 0x1000 in A, 0x2000 in B"),
          "registers")
    equal({"tdx": True, "snp": False, "vbs": False}, document["measurementEqual"],
          "measurementEqual")


@case("a policy differs, and no digest can tell")
def policy(scratch):
    rows, document = differences(scratch, image(pages()), image(pages(), policy=0xb001f))
    equal([("policy", False, "0x3001f in A, 0xb001f in B", "guest policy")],
          [(row["class"], row["measured"], row["words"], row["component"]) for row in rows],
          "policy")
    assert not {"gpa", "chunk", "bytes"} & set(rows[0]), rows
    equal({True}, set(document["measurementEqual"].values()), "measurementEqual")


@case("a shared page cannot explain a digest, and the text says so")
def shared(scratch):
    text = diff(scratch, image(pages()), image(pages(), data((5, 0x123)))).out
    contains(text, "nothing that is measured differs", "which no digest covers",
             "not measured: cannot explain a digest", "mrtd is the same".replace("mrtd", "MRTD"))
    assert "measured: what explains" not in text, text


def paravisor(version="6.18.37", words="quiet", stale=False):
    """Eight pages as OpenHCL lays them out: a shared kernel of two pages, a command
    line, and the measured page with the digest of what is shared."""
    kernel = bytearray(b"\x90" * 2 * PAGE)
    banner = f"Linux version {version} (builder) #1\n".encode()
    kernel[0x40:0x40 + len(banner)] = banner
    held = bytes(kernel) if not stale else bytes(2 * PAGE)
    line = struct.pack("<HH", 0, len(words)) + words.encode()
    regions = struct.pack("<QQB7x", BASE // PAGE + 2, 2, 0)
    parts = [b"\xcc" * PAGE, b"\xcd" * PAGE, bytes(kernel), line.ljust(PAGE, b"\0"),
             (hashlib.sha384(held).digest() + regions).ljust(PAGE, b"\0")]
    directives = [igvm.page(BASE + where * PAGE, TDX | SNP, i,
                            igvm.SHARED if where in (2, 3) else 0)
                  for i, where in enumerate([0, 1, 2, 3, 5, 7])]
    return igvm.build(PLATFORMS[:2] + [igvm.policy(SNP)] + directives, b"".join(parts))


@case("a changed kernel is named, although no measured page holds it")
def kernel(scratch):
    rows, document = differences(scratch, paravisor(), paravisor("6.18.38"))
    equal([(False, "0x8002000"), (True, "0x8007000")],
          [(row["measured"], row["gpa"]) for row in rows], "differences")
    contains(rows[0]["component"], "kernel")
    contains(document["summary"], "which the digest covers through its page of digests alone")
    sentences = " ".join(f["sentence"] for f in document["contents"][0]["findings"])
    contains(sentences, "6.18.37", "6.18.38")
    # The same kernel under a digest of another one: image B cannot start.
    done = diff(scratch, paravisor(), paravisor(stale=True))
    contains(" ".join(done.out.split()), "image B")


@case("a command line is compared word by word")
def command_line(scratch):
    _, document = differences(scratch, paravisor(words="quiet OPENHCL_X=1"),
                              paravisor(words="quiet OPENHCL_CONFIDENTIAL_DEBUG=1 OPENHCL_X=1"))
    one, = document["differences"]
    equal("0x8005000", one["gpa"], "page")
    contains(one["component"], "command line")
    contains(" ".join(f["sentence"] for f in document["contents"][0]["findings"]),
             "OPENHCL_CONFIDENTIAL_DEBUG=1")


@case("of a platform that one image has alone, nothing is compared")
def platform_alone(scratch):
    rows, document = differences(scratch, image(pages()),
                                 image(pages(mask=TDX | SNP), platforms=PLATFORMS[:2]))
    equal([], rows, "differences")
    equal({"tdx": True, "snp": True, "vbs": False}, document["measurementEqual"], "measurementEqual")
    contains(document["summary"], "vbs: A alone is for this platform")


@case("a map file names the regions; one that does not parse is refused")
def map_file(scratch):
    lines = ["IGVM file layout:"]
    lines += [f"  {BASE + i * PAGE:016x} - {BASE + (i + 1) * PAGE:016x} (0x1000 bytes) {name}"
              for i, name in enumerate(["underhill-boot-shim", "underhill-command-line"])]
    good = write(scratch + "/a.map", "\n".join(lines).encode() + b"\n")
    bad = write(scratch + "/bad.map", b"IGVM file layout:\n  nonsense\n")
    done = diff(scratch, image(pages()), image(pages(), data((1, 7))), "--map-a", good,
                "--map-b", good, "--format", "json")
    one, = json.loads(done.out)["differences"]
    equal("underhill-command-line", one["component"], "component")
    diff(scratch, image(pages()), image(pages(), data((1, 7))), "--map-b", bad, status=UNREADABLE)
    done = ecart("audit", "diff", scratch + "/a.igvm", scratch + "/b.igvm", "--map-a", good,
                 "--map-b", bad, status=UNREADABLE)
    contains(done.err, "bad.map: map: range at byte 18")


@case("a refused image: exit 4, its name, and the refusal as JSON")
def refused(scratch):
    good, bad = vectors_of("igvm/diff-base.igvm", "igvm/bad-area-huge.igvm")
    done = ecart("audit", "diff", good, bad, "--format", "json", status=UNREADABLE)
    equal({"field", "got", "object", "offset", "want"}, set(json.loads(done.out)["refused"]), "refused")
    contains(done.err, "bad-area-huge.igvm: ")
    ecart("audit", "diff", good, scratch + "/absent", status=UNREADABLE)
    ecart("audit", "diff", good, status=USAGE)
    ecart("audit", "diff", good, good, "--format", "yaml", status=USAGE)


class Page(html.parser.HTMLParser):
    """What a page is made of; fails where tags do not match."""

    VOID = {"meta", "br", "rect", "path"}

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.texts = [], [], [], []
        self.feed(text)
        equal([], self.open, "open tags")

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID or self.open[-1:] == [tag]:
            equal(tag, self.open.pop(), "closing tag")

    def handle_data(self, text):
        self.texts.append(text)


def far_apart(scratch):
    """Two images whose memory has gaps, areas, and names to be escaped."""
    def one(changed):
        at = [0, 1, 0x2000, 0x2001, 0x90000, 0x90001]
        out = [igvm.page(BASE + where * PAGE, ALL, i,
                         [0, 0, igvm.UNMEASURED, 0, igvm.SHARED, igvm.SHARED][i])
               for i, where in enumerate(at)]
        out += [igvm.area(3 * PAGE, 0), igvm.insert(BASE + 0x3000 * PAGE, ALL, 0)]
        return image(out, data(*changed))

    a = write(scratch + "/<b>&'\".igvm", one([]))
    b = write(scratch + "/b.igvm", one([(1, 9), (2, 0x345), (5, 0xfff)]))
    return a, b


def rendered(scratch, a, b):
    out = scratch + "/diff.html"
    ecart("audit", "diff", a, b, "--format", "html", "-o", out, status=FAIL)
    return read(out).decode()


@case("the page stands alone: no script, nothing from elsewhere, every tag closed")
def page_alone(scratch):
    text = rendered(scratch, *far_apart(scratch))
    page = Page(text)
    tags = {tag for tag, _ in page.tags}
    equal(set(), tags & {"script", "link", "img", "iframe", "object", "b"}, "tags")
    equal([], re.findall(r"https?:|@import|url\((?!#)|\bon\w+=", text), "from elsewhere")
    equal(len(page.ids), len(set(page.ids)), "ids")
    contains(text, "prefers-color-scheme:dark", "@media print", "&lt;b&gt;&amp;&#39;&quot;.igvm")
    drawings = [attrs for tag, attrs in page.tags if tag == "svg" and attrs.get("role") == "img"]
    assert drawings, "no drawing"
    for attrs in drawings:
        for name in attrs["aria-labelledby"].split():
            assert name in page.ids, f"{name} labels and is not there"
    contains("".join(page.texts), "GiB of nothing", "measured page")


@case("the page says what the text says")
def page_and_text(scratch):
    a, b = far_apart(scratch)
    texts = " ".join(Page(rendered(scratch, a, b)).texts)
    document = json.loads(ecart("audit", "diff", a, b, "--format", "json", status=FAIL).out)
    contains(texts, document["summary"], document["a"]["sha256"], document["b"]["sha256"])
    for platform in document["platforms"]:
        contains(texts, platform["a"], platform["b"])
    for row in document["runs"]:
        contains(texts, row["gpa"], row["words"])


LABELS = """
out.push(d.documentElement.scrollWidth);
out.push(d.querySelectorAll('figure svg[role=img] .hit').length);
let beyond=0,small=0;
for(const s of d.querySelectorAll('figure svg[role=img]'))
 {const box=s.viewBox.baseVal,scale=s.getBoundingClientRect().width/box.width;
 for(const t of s.querySelectorAll('text')){const b=t.getBBox();
  if(b.x<0||b.x+b.width>box.width||b.y+b.height>box.height)beyond++;
  if(b.height*scale<9)small++;}
 for(const g of s.querySelectorAll('g')){const t=g.querySelector('text'),r=g.querySelector('rect');
  if(t&&t.getBBox().x+t.getBBox().width>r.getBBox().x+r.getBBox().width)beyond++;}}
out.push(beyond,small);"""


@case("in a browser: no page is wider than its window, no label leaves its region")
def in_browser(scratch):
    browser.wanted()
    pairs = [far_apart(scratch), vectors_of("igvm/diff-base.igvm", "igvm/diff-mutated.igvm"),
             vectors_of("tdvf/guided.fd", "tdvf/guided-bitflip.fd")]
    for a, b in pairs:
        text = rendered(scratch, a, b)
        hits = len([1 for tag, attrs in Page(text).tags
                    if tag == "rect" and "hit" in attrs.get("class", "").split()
                    and "k9" not in attrs["class"]])
        for width in browser.WIDTHS:
            wide, drawn, beyond, small = browser.numbers(scratch, text, width, LABELS)
            equal(width, wide, f"width of the page at {width}")
            equal((hits, 0, 0), (drawn, beyond, small),
                  f"marks, labels beyond, labels too small at {width}")


@case("a page may be printed: chromium makes a PDF of it")
def printed(scratch):
    browser.wanted()
    a, b = far_apart(scratch)
    rendered(scratch, a, b)
    browser.prints(scratch, scratch + "/diff.html")


def large(scratch, name, fill):
    """64 MiB of pages, no two alike, as one TDX platform loads them."""
    count = (64 << 20) // PAGE
    heads = igvm.platform(1, igvm.TDX)
    at = 24 + len(heads) + 32 * count
    at += -at % PAGE
    rows = b"".join(igvm.header(0x302, struct.pack("<QIIIHH", BASE + i * PAGE, 1, at + i * PAGE,
                                                   igvm.SHARED if i % 4 == 0 else 0, 0, 0))
                    for i in range(count))
    body = heads + rows
    out = struct.pack("<4sIIIII", b"IGVM", 1, 24, len(body), at + count * PAGE, 0) + body
    content = b"".join(struct.pack("<I", i) + bytes([fill, i & 0xff]) * (PAGE // 2 - 2)
                       for i in range(count))
    return write(scratch + "/" + name, igvm.sealed(out.ljust(at, b"\0") + content))


@case("64 MiB of which every page differs: bounded memory, whole in JSON")
def bounded(scratch):
    a, b = large(scratch, "a.igvm", 1), large(scratch, "b.igvm", 2)
    done = ecart("audit", "diff", a, b, "--format", "json", "-o", scratch + "/out.json", status=FAIL)
    document = json.loads(read(scratch + "/out.json"))
    equal((64 << 20) // 256, len(document["differences"]), "differences")
    platform, = document["platforms"]
    equal(12, len(platform["checkpoints"]), "checkpoints")
    equal("", done.out, "standard output")
    code = ("import resource,subprocess,sys;resource.setrlimit(resource.RLIMIT_AS,(1<<30,1<<30));"
            "sys.exit(subprocess.call(sys.argv[1:],stdout=subprocess.DEVNULL))")
    if "libasan" not in run(["ldd", os.environ.get("ECART_BIN") or os.environ["ECART"]]).out:
        equal(FAIL, run([sys.executable, "-c", code, os.environ.get("ECART_BIN") or os.environ["ECART"],
                         "audit", "diff", a, b]).status, "status within 1 GiB")


if __name__ == "__main__":
    main()
