#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measurements over many archives, by the program: over all real evidence that
is at hand, and over SIMULATED archives for what that does not show."""

import hashlib
import html.parser
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True

import browser
from e2e import (AZURE_AT, ECART, INCOMPLETE, PASS, ROOT, UNREADABLE, USAGE, VECTORS, anchored,
                 case, contains, ecart, equal, main, pack, pack_azure, pack_gcp, read, simulated,
                 vector, write)

# In the order in which they were first seen.
AZURE = ("024a32b0", "bb379f8e", "273828c4", "ff450b13")
GCP = ("dae67181", "9bf86e62")
ALL = ("024a32b0", "bb379f8e", "dae67181", "273828c4", "ff450b13", "9bf86e62")
SOURCE = "https://git.example/paravisor@" + "0123456789abcdef" * 2 + "01234567"
SIMULATED = ("--anchors", simulated("anchors"))


made = []  # the corpus, once: its folder and what was said


def corpus():
    if not made:
        whole = tempfile.TemporaryDirectory(prefix="ecart-corpus-")
        folder = whole.name + "/corpus"
        done = subprocess.run([sys.executable, os.path.join(ROOT, "scripts", "corpus"), folder],
                              env=dict(os.environ, ECART_VECTORS=VECTORS), capture_output=True,
                              text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        made.extend((folder, done.stdout, whole))
    return made[:2]


def known_mrtd():
    """The public table as a document of sightings: made anew each time, kept nowhere."""
    entries = []
    for line in read(vector("measure", "known-mrtd.md")).decode().splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) != 5 or not re.fullmatch("[0-9a-f]{96}", cells[0]):
            continue
        value, place, source, time, remarks = cells
        entry = {"platform": "tdx", "register": "mrtd", "value": value, "place": place,
                 "source": source}
        stated = re.match(r"\d{4}(-\d\d){0,2}", time)
        entry |= {"time": stated.group(0)} if stated else {}
        entry |= {"remarks": remarks} if remarks else {}
        entries.append(entry)
    return entries


def sightings(scratch, entries):
    return write(scratch + "/sightings.json", json.dumps(
        {"sightings": "ecart-sightings/1", "list": entries}).encode())


def history(*words, status=PASS):
    return json.loads(ecart("audit", "history", *words, "--format", "json", status=status).out)


def seen(document):
    return [row for row in document["measurements"] if row["seen"] == "evidence"]


def order_of(document, values):
    found = [row["value"][:8] for row in seen(document)]
    return tuple(value for value in found if value in values)


@case("all real evidence: the measurements of Azure and GCP in order of time")
def real(scratch):
    folder, said = corpus()
    packed = re.findall(r"^packed   (\S+)", said, re.M)
    equal(sorted(os.listdir(folder)), sorted(packed), "what is in the folder")
    assert len(re.findall("^left out .*: .+", said, re.M)) >= 8, said
    document = history(folder, status=INCOMPLETE)
    equal(ALL, order_of(document, ALL), "in order of time")
    rows = seen(document)
    times = [row["firstSeen"]["time"] for row in rows]
    equal(sorted(times), times, "order of first sight")
    equal({"claimed"}, {row["firstSeen"]["basis"] for row in rows}, "bases")
    by_value = {row["value"][:8]: row for row in rows}
    equal({"tdx.mrtd.hcl"}, {by_value[v]["line"] for v in AZURE}, "line of Azure")
    equal({"tdx.mrtd"}, {by_value[v]["line"] for v in GCP}, "line of GCP")
    # The same quote in four archives is one machine.
    equal((4, 1), (by_value["273828c4"]["archives"], by_value["273828c4"]["machines"]), "273828c4")
    levels = by_value["dae67181"]["levels"]
    equal(["UpToDate", "OutOfDate"], [level["status"] for level in levels], "levels over time")
    snp = [row for row in rows if row["platform"] == "snp"]
    equal(["5b0ce64a"], [row["value"][:8] for row in snp], "SEV-SNP")
    equal([("705ee938", 2)], [(row["value"][:8], row["archives"]) for row in document["notCounted"]],
          "not counted")
    contains(document["notCounted"][0]["reason"], "debug: ")
    hcl, = (line for line in document["lines"] if line["line"] == "tdx.mrtd.hcl")
    equal([("024a32b0", "273828c4"), ("273828c4", "ff450b13")],
          [(gap["after"][:8], gap["before"][:8]) for gap in hcl["gaps"]], "gaps of Azure's line")


@case("public sightings stand beside, and move nothing")
def public(scratch):
    folder, _ = corpus()
    entries = known_mrtd()
    assert len(entries) > 20, entries
    alone = history(folder, status=INCOMPLETE)
    document = history(folder, "--sightings", sightings(scratch, entries), status=INCOMPLETE)
    equal([row["value"] for row in seen(alone)], [row["value"] for row in seen(document)], "rows")
    for before, after in zip(seen(alone), seen(document)):
        told = after.pop("sightings")
        equal(before, after, "what archives say")
        equal(sorted(e["source"] for e in entries if e["value"] == after["value"]),
              sorted(one["source"] for one in told), "sightings of " + after["value"])
        equal({"public"}, {one["basis"] for one in told} | {"public"}, "basis")
    others = [row for row in document["measurements"] if row["seen"] == "public"]
    equal({e["value"] for e in entries} - {row["value"] for row in seen(alone)},
          {row["value"] for row in others}, "seen by the public alone")
    assert all("firstSeen" not in row and row["archives"] == 0 for row in others), others
    text = ecart("audit", "history", folder, "--sightings", scratch + "/sightings.json",
                 status=INCOMPLETE).out
    equal([], [line for line in text.splitlines() if len(line) > 80], "wide lines")
    contains(text, "12bdbc1609ef066d  2025-10-23            public alone")


@case("the same bytes for any order of archives, any zone, locale and folder")
def same(scratch):
    folder, _ = corpus()
    names = sorted(os.listdir(folder))
    words = ["audit", "history", "--sightings", sightings(scratch, known_mrtd())]
    rng = random.Random(8)
    for form in ("json", "text", "html"):
        outputs = set()
        for surroundings in ({}, {"TZ": "Pacific/Kiritimati"}, {"LC_ALL": "tr_TR.UTF-8"},
                             {"LC_ALL": "C", "TZ": "UTC"}):
            rng.shuffle(names)
            done = subprocess.run(
                [ECART, *anchored(tuple(words)), "--format", form, *names], cwd=folder,
                env=dict(os.environ, **surroundings), capture_output=True, check=False)
            equal(INCOMPLETE, done.returncode, done.stderr)
            outputs.add(done.stdout)
        outputs.add(ecart(*words, "--format", form, folder, status=INCOMPLETE).stdout)
        equal(1, len(outputs), f"outputs as {form}")


@case("an archive given twice counts once, and that is said")
def twice(scratch):
    azure, gcp = pack_azure(scratch), pack_gcp(scratch)
    shutil.copy(azure, scratch + "/again.ecart")
    one, both = history(azure, gcp), history(scratch + "/again.ecart", gcp, azure)
    equal(one["measurements"], both["measurements"], "measurements")
    equal((2, 1), (both["archives"]["counted"], both["archives"]["duplicates"]), "archives")
    contains(ecart("audit", "history", azure, azure).out, "1 file is an archive given already")


@case("no identifier of a machine is in any output, but the digest that is documented")
def private(scratch):
    azure = pack_azure(scratch)
    instance, ppid = "40a35541af7e85d744e09f9785d48d3b", "bc81a278aaa2257b4dbe15bbfb1537a0"
    for words in (("json",), ("html",), ("text", "--full")):
        out = ecart("audit", "history", azure, "--format", *words).out.lower()
        assert instance not in out and ppid not in out, words
    row, = history(azure)["measurements"]
    want = hashlib.sha256(f"ecart-machine/1 platformInstanceId {instance}".encode()).hexdigest()
    equal([want], row["machineIds"], "machineIds")


@case("--at is for archives alone that say no time; without it they are left out")
def at(scratch):
    azure, bare = pack_azure(scratch), simulated("replay/pass/archive.tar")
    copy = scratch + "/untimed.ecart"
    pack(copy, vector("e2e-tdx", "gcp-tdx-1782809233226668671"),
         vector("e2e-tdx", "gcp-tdx-collateral-1782809233226668671.yaml"))
    done = ecart("audit", "history", azure, copy, status=INCOMPLETE)
    contains(done.err, "neither proves nor claims a time")
    contains(done.out, "1 archive says no time", "1 measurement, 1 archive")
    document = history(azure, copy, "--at", "2026-07-01T00:00:00Z")
    equal([("2026-06-08T12:42:41Z", "claimed"), ("2026-07-01T00:00:00Z", "given")],
          [(row["firstSeen"]["time"], row["firstSeen"]["basis"])
           for row in document["measurements"]], "times")
    document = history(bare, *SIMULATED, "--at", AZURE_AT)
    equal(True, document["simulated"], "simulated")
    contains(ecart("audit", "history", bare, *SIMULATED, "--at", AZURE_AT).out, "SIMULATED")


@case("what cannot be read is told, and the history covers the rest")
def unreadable(scratch):
    azure, broken = pack_azure(scratch), write(scratch + "/broken.ecart", b"no archive")
    done = ecart("audit", "history", broken, azure, scratch + "/absent.ecart", status=UNREADABLE)
    contains(done.err, "broken.ecart", "absent.ecart")
    contains(done.out, "ff450b138c5ee673", "2 files could not be read")
    document = history(broken, azure, status=UNREADABLE)
    equal(1, document["archives"]["unreadable"], "unreadable")
    ecart("audit", "history", status=USAGE)
    ecart("audit", "history", azure, "--format", "yaml", status=USAGE)
    ecart("audit", "history", azure, "--sightings", scratch + "/absent", status=UNREADABLE)
    entry = known_mrtd()[0] | {"value": "00"}
    done = ecart("audit", "history", azure, "--sightings", sightings(scratch, [entry]),
                 status=UNREADABLE)
    contains(done.err, "sightings: list.value at byte", "want 96 lower-case hex digits, found 00")


@case("a quote that nobody answers for is never counted as seen")
def unanswered(scratch):
    good, bad = (simulated(f"replay/{name}/archive.tar")
                 for name in ("pass", "fail-dcap.quote.signature"))
    document = history(good, bad, *SIMULATED, "--at", AZURE_AT, status=INCOMPLETE)
    row, = document["measurements"]
    equal((1, 1), (row["archives"], len(row["sights"])), "archives")
    left, = document["notCounted"]
    equal((row["value"], 1), (left["value"], left["archives"]), "not counted")
    contains(left["reason"], "unauthenticated: dcap.quote.signature")


def spoiled(scratch, name, item):
    """An archive of testdata with one bit of an item flipped, and its manifest as it was."""
    path = simulated(f"replay/{name}/archive.tar")
    with tarfile.open(path) as tar:
        at = next(m.offset_data for m in tar if item in m.name)
    data = bytearray(read(path))
    data[at + 200] ^= 1
    return write(f"{scratch}/{item.replace('/', '-')}.ecart", bytes(data))


@case("a tampered archive is none: neither seen nor a copy of the one whose manifest it has")
def tampered(scratch):
    good = simulated("replay/pass/archive.tar")
    pcrs, quote = (spoiled(scratch, "pass", item) for item in ("items/tpm-pcrs", "items/tdx"))
    words = (*SIMULATED, "--at", AZURE_AT)
    alone = history(good, *words)
    outputs = set()
    for order in ((good, pcrs, quote), (quote, pcrs, good), (pcrs, good, quote)):
        document = history(*order, *words, status=INCOMPLETE)
        equal(alone["measurements"], document["measurements"], "measurements")
        equal(2, sum(row["archives"] for row in document["notCounted"]), "not counted")
        equal((3, 0), (document["archives"]["counted"], document["archives"]["duplicates"]),
              "archives")
        outputs.add(json.dumps(document))
    equal(1, len(outputs), "outputs")


@case("references name the build; what is withdrawn as of the last sight is none")
def references(scratch):
    azure = pack_azure(scratch)
    mrtd = history(azure)["measurements"][0]["value"]
    write(scratch + "/recipe", b"how it is built\n")
    write(scratch + "/image", b"what came of it\n")
    add = ["audit", "reference", "add", scratch + "/refs.git", "--product", "paravisor",
           "--version", "1.0"]
    ecart(*add, "--source", SOURCE, "--recipe", scratch + "/recipe", "--artifact",
          scratch + "/image", "--mrtd", mrtd, "--since", "2026-01-01T00:00:00Z", "--time",
          "2026-01-02T00:00:00Z", "--init")
    words = [azure, pack_gcp(scratch), "--references", scratch + "/refs.git"]
    document = history(*words)
    rows = [row["reference"] for row in document["measurements"]]
    equal(["match", "no-reference"], [row["result"] for row in rows], "results")
    equal(("paravisor", "1.0", SOURCE.partition("@")[2]),
          (rows[0]["product"], rows[0]["version"], rows[0]["source"]["commit"]), "reference")
    equal(40, len(document["references"]["commit"]), "commit")
    contains(ecart("audit", "history", *words).out, "1 explained by a reproducible build",
             "known build paravisor 1.0 (match), source 0123456789ab", "known build none",
             f"\nAgainst 1 reference at commit {document['references']['commit'][:16]}...\n")
    ecart(*add, "--state", "withdrawn", "--reason", "a mistake", "--since",
          "2026-05-01T00:00:00Z", "--time", "2026-05-02T00:00:00Z")
    row = history(*words)["measurements"][0]["reference"]
    equal(("differs-explained", "withdrawn"), (row["result"], row["status"]), "later")
    contains(ecart("audit", "history", *words).out, "0 explained by a reproducible build",
             "(differs-explained, withdrawn)")


@case("interleaved measurements overlap for as long as they ran side by side")
def overlap(scratch):
    """One GCP quote over two weeks and, amid them, another's."""
    paths = []
    for name, time in (("tdx-v4-gcp-module-svn", "2025-06-10T00:00:00Z"),
                       ("tdx-v4-azure-attr0", "2025-06-12T00:00:00Z"),
                       ("tdx-v4-gcp-module-svn", "2025-06-20T00:00:00Z"),
                       ("tdx-v4-azure-attr0", "2025-06-15T12:00:00Z")):
        folder = vector("dcap", name)
        collateral = sorted(e for e in os.listdir(folder) if e.startswith("collateral"))[0]
        paths.append(f"{scratch}/{len(paths)}.ecart")
        pack(paths[-1], folder + "/quote.bin", f"{folder}/{collateral}", time=time)
    line, = history(*paths)["lines"]
    one, = line["overlaps"]
    equal(("dae67181", "024a32b0", 3, "2025-06-12T00:00:00Z", "2025-06-15T12:00:00Z"),
          (one["a"][:8], one["b"][:8], one["days"], one["from"], one["to"]), "overlap")
    contains(" ".join(ecart("audit", "history", *paths).out.split()),
             "dae67181 and 024a32b0 ran side by side 3 days")


class Page(html.parser.HTMLParser):
    """Its tags, checked to be balanced, and its text."""

    VOID = {"meta", "br"}

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.text = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs["href"]] if "href" in attrs else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        equal(self.open.pop(), tag, "closing tag")

    def handle_data(self, data):
        self.text.append(data)


def rendered(scratch):
    folder, _ = corpus()
    ecart("audit", "history", folder, "--sightings", sightings(scratch, known_mrtd()), "--format",
          "html", "-o", scratch + "/history.html", status=INCOMPLETE)
    return read(scratch + "/history.html").decode()


@case("the page stands alone and says what the JSON says")
def page(scratch):
    text = rendered(scratch)
    equal([], re.findall(r"https?:|@import|url\(|<script|\bon\w+=", text), "from elsewhere")
    found = Page(text)
    equal(sorted(set(found.ids)), sorted(found.ids), "ids, each once")
    equal([], [link for link in found.links if link[1:] not in found.ids], "links to nowhere")
    texts = " ".join(found.text)
    document = history(corpus()[0], "--sightings", scratch + "/sightings.json",
                       status=INCOMPLETE)
    for row in document["measurements"]:
        contains(texts, row["value"])
        for one in row.get("sights", []):
            contains(texts, one["archive"])
        for one in row["sightings"]:
            contains(texts, one["place"].encode("unicode_escape").decode())
    for row in document["notCounted"]:
        contains(texts, row["value"][:16], row["reason"])


MARKS = """
out.push(d.documentElement.scrollWidth,d.querySelectorAll('.time .seen').length);
let beyond=0,small=0;const right=d.documentElement.clientWidth;
for(const t of d.querySelectorAll('.time svg text')){const b=t.getBoundingClientRect();
 if(b.left<0||b.right>right)beyond++;if(b.height<9)small++;}
for(const m of d.querySelectorAll('.time svg path,.time svg rect'))
 {const b=m.getBoundingClientRect();if(b.left<0||b.right>right)beyond++;}
let close=0;for(const s of d.querySelectorAll('.time svg'))
 {let end=-9;for(const t of s.querySelectorAll('text'))
  {const b=t.getBoundingClientRect();if(b.left<end+2)close++;end=b.right;}}
out.push(beyond,small,close);"""


@case("in a browser: nothing is wider than its window, no label covers another")
def in_browser(scratch):
    browser.wanted()
    text = rendered(scratch)
    document = history(corpus()[0], status=INCOMPLETE)
    for width in browser.WIDTHS:
        wide, bars, beyond, small, close = browser.numbers(scratch, text, width, MARKS)
        equal(width, wide, f"width of the page at {width}")
        equal((len(seen(document)), 0, 0, 0), (bars, beyond, small, close),
              f"bars, marks beyond, labels too small, labels too close at {width}")
    browser.prints(scratch, scratch + "/history.html")


if __name__ == "__main__":
    main()
