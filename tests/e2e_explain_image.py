#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Launch measurements beside images, by the program: SIMULATED quotes over the measurements of
images that are here, real evidence beside images that never ran."""

import hashlib
import json
import os
import sys

sys.dont_write_bytecode = True

from e2e import (AZURE_AT, FAIL, GCP_AT, INCOMPLETE, ROOT, UNREADABLE, USAGE, case, contains, ecart,
                 equal, gcp_collateral, gcp_evidence, main, pack, read, simulated, vector, write)

sys.path.insert(0, os.path.join(ROOT, "tests", "forge"))

import case as forged  # noqa: E402
import cases_dcap  # noqa: E402
import quote  # noqa: E402

WORDS = ["--at", AZURE_AT, "--anchors", simulated("anchors")]


def expected(name):
    with open(vector("measure", "expected.json"), encoding="utf-8") as file:
        return json.load(file)[name]


def image(name):
    return vector("measure", *name.split("/"))


def mrtd(name):
    return bytes.fromhex(expected(name)["digests"]["TDX"])


def quoted(scratch, edits=None, **fields):
    """An archive with a SIMULATED quote of a TD with those fields."""
    edits = dict(edits or {}, td=lambda td: dict(td, **fields))
    made = forged.Case("explained", "a quote beside images", lean=True, edits=edits)
    return write(scratch + "/quoted.ecart", made.archive())


def explain(archive, names, *more, status=0):
    words = [word for name in names for word in ("--image", image(name))]
    return ecart("audit", "explain", archive, *words, *more, status=status)


def explained(archive, names, *more, status=0):
    """The one measurement of the document, and the document."""
    words = [archive, names, *more, "--format", "json"]
    done = explain(*words, status=status)
    equal(done.out, explain(*words, status=status).out, "the same bytes twice")
    document = json.loads(done.out)
    entry, = document["measurements"]
    return entry, document


def results(entry):
    return [beside["result"] for beside in entry["images"]]


@case("the default rule of an image makes the value: match, exit 0")
def match(scratch):
    value = expected("tdvf/guided.fd")["mrtd_single_pass"]
    archive = quoted(scratch, mrtd=bytes.fromhex(value))
    entry, document = explained(archive, ["tdvf/guided.fd"], *WORDS)
    equal(("match", "tdx", "mrtd", value), tuple(
        entry[name] for name in ("result", "platform", "register", "value")), "entry")
    equal(("match", "pass", True), tuple(
        document[name] for name in ("result", "verdict", "simulated")), "document")
    equal({"pageOrder": "single"}, entry["images"][0]["rule"], "rule")
    assert "policy" not in entry["images"][0], "TDVF asks for no policy"
    text = explain(archive, ["tdvf/guided.fd"], *WORDS).out
    contains(text.splitlines()[0], "MATCH ", "2026-06-08T12:42:41Z")
    contains(text, "SIMULATED", "the default rule (single-pass) makes this value")


@case("another rule makes it: match-with-variant names the parameters, exit 0")
def variant(scratch):
    value = expected("tdvf/guided.fd")["mrtd_two_pass"]
    archive = quoted(scratch, mrtd=bytes.fromhex(value))
    entry, document = explained(archive, ["tdvf/guided.fd"], *WORDS)
    equal("match-with-variant", entry["result"], "result")
    beside, = entry["images"]
    equal(({"pageOrder": "two-pass"}, False), (beside["rule"], beside["default"]), "rule")
    measured = document["images"][0]["measure"]["measurements"]
    equal(beside["compared"], len(measured), "every value that was tried is told")
    equal(1, sum(row["value"] == value for row in measured), "hits")
    text = explain(archive, ["tdvf/guided.fd"], "--full", *WORDS).out
    contains(text, "match-with-variant", "two-pass", *(row["value"] for row in measured))


@case("an image that ran and a build that did not: the page, the chunk, and what explains nothing")
def difference(scratch):
    archive = quoted(scratch, mrtd=mrtd("igvm/diff-base.igvm"))
    names = ["igvm/diff-base.igvm", "igvm/diff-mutated.igvm"]
    for order in (names, names[::-1]):
        entry, _ = explained(archive, order, *WORDS, status=FAIL)
        ran = 1 + order.index(names[0])
        equal("differs-explained", entry["result"], "result")
        equal({"match", "differs-explained"}, set(results(entry)), "results")
        apart, = entry["differences"]
        equal((ran, 3 - ran), (apart["a"], apart["b"]), "the image that ran is A")
        equal({"of": "20", "other": "0", "pages": "1"}, apart["measured"], "measured pages")
        equal("1", apart["unmeasured"], "unmeasured")
        equal(("data", "0x800d000", "0x800d300"), tuple(
            apart["first"][name] for name in ("class", "gpa", "chunk")), "first")
        assert "wanted" not in entry, entry
    text = explain(archive, names, *WORDS, status=FAIL).out
    contains(text.splitlines()[0], "DIFFERS ")
    contains(" ".join(text.split()), "image 1 has this value; image 2 differs from it in 1 of 20 "
             "measured pages", "0x800d000, chunk 0x800d300, byte 0x345",
             "1 difference is not measured: it explains nothing")


@case("a value of nobody's: unexplained, what was tried, how far apart, and what would help")
def nobody(scratch):
    archive = quoted(scratch, mrtd=b"nobody's" * 6)
    names = ["tdvf/guided.fd", "tdvf/guided-bitflip.fd"]
    entry, document = explained(archive, names, *WORDS, status=FAIL)
    equal("differs-unexplained", entry["result"], "result")
    equal(["differs-unexplained"] * 2, results(entry), "results")
    tried = sum(len(one["measure"]["measurements"]) for one in document["images"])
    equal(tried, sum(beside["compared"] for beside in entry["images"]), "tried")
    contains(entry["reason"], f"{tried} values were tried", "none is this one")
    apart, = entry["differences"]
    equal("1", apart["measured"]["pages"], "how far the images are from each other")
    contains(" ".join(entry["wanted"]), "vmfirmwareigvm.dll", "--references", "CoRIM")
    text = " ".join(explain(archive, names, *WORDS, status=FAIL).out.split())
    contains(text, "nearest cannot be told", "cannot be turned back into the pages")
    entry, _ = explained(archive, names[:1], *WORDS, status=FAIL)
    equal([], entry["differences"], "one image alone is set apart from nothing")


@case("a TD that can be debugged is not compared, though an image makes its value: exit 2")
def debug(scratch):
    archive = quoted(scratch, mrtd=mrtd("igvm/diff-base.igvm"),
                     td_attributes=bytes.fromhex("0100001000000000"))
    entry, _ = explained(archive, ["igvm/diff-base.igvm"], *WORDS, status=INCOMPLETE)
    equal("not-comparable", entry["result"], "result")
    beside, = entry["images"]
    equal(("not-comparable", 0), (beside["result"], beside["compared"]), "image")
    assert "rule" not in beside, beside
    text = explain(archive, ["igvm/diff-base.igvm"], *WORDS, status=INCOMPLETE).out
    contains(text.splitlines()[0], "NOT COMPARED ")
    contains(text, "debug: ")
    for word in ("known", "good", "makes this value"):
        assert word not in text, text


@case("a quote whose signer anybody may be is not compared: a debug enclave, a revoked key")
def unvouched(scratch):
    base = "igvm/diff-base.igvm"
    for check, edits in (
            ("dcap.qe.debug", {"qe.fields": cases_dcap.put(flags=quote.le(0x17, 8)),
                               "qei.object": cases_dcap.put(
                                   attributesMask="F9FFFFFFFFFFFFFF" + "00" * 8)}),
            ("dcap.pck.revocation", {"crl.pck.fields": cases_dcap.revoked("pck")}),
            ("dcap.pck-ca.revocation", {"crl.root.fields": cases_dcap.revoked("pck-ca")})):
        archive = quoted(scratch, edits, mrtd=mrtd(base))
        entry, _ = explained(archive, [base], *WORDS, status=INCOMPLETE)
        equal("not-comparable", entry["result"], check)
        contains(entry["reason"], f"unauthenticated: {check} failed")


@case("a quote that nobody signed is not compared: exit 2")
def unauthenticated(scratch):
    archive = quoted(scratch, {"quote.signature": lambda s: bytes([s[0] ^ 1]) + s[1:]},
                     mrtd=mrtd("igvm/diff-base.igvm"))
    entry, document = explained(archive, ["igvm/diff-base.igvm"], *WORDS, status=INCOMPLETE)
    equal("not-comparable", entry["result"], "result")
    contains(entry["reason"], "unauthenticated: dcap.quote.signature")
    equal("fail", document["verdict"], "verdict")


@case("no image has a launch of that platform: exit 2; beside one that has, it does not count")
def other_platform(scratch):
    archive = quoted(scratch, mrtd=mrtd("igvm/diff-base.igvm"))
    entry, _ = explained(archive, ["igvm/unit-snp.igvm"], *WORDS, status=INCOMPLETE)
    equal("not-comparable", entry["result"], "result")
    contains(entry["reason"], "no image at hand has a launch for tdx")
    entry, _ = explained(archive, ["igvm/unit-snp.igvm", "igvm/diff-base.igvm"], *WORDS)
    equal("match", entry["result"], "result")
    equal(["not-comparable", "match"], results(entry), "results")


@case("what the measurement does not cover is told apart, and beside the image's policy")
def outside(scratch):
    fields = {"mrtd": mrtd("igvm/diff-base.igvm"), "mrconfigid": b"configuration id" * 3,
              "rtmr1": b"x" * 48, "td_attributes": bytes(8)}
    archive = quoted(scratch, **fields)
    entry, _ = explained(archive, ["igvm/diff-base.igvm"], *WORDS)
    policy = entry["images"][0]["policy"]
    equal(False, policy["agrees"], "policy")
    contains(policy["says"], "wants SEPT_VE_DISABLE set", "SEPT_VE_DISABLE clear")
    rows = {row["name"]: row for row in entry["outside"]}
    contains(rows["attributes"]["says"], "SEPT_VE_DISABLE CLEAR")
    equal(fields["mrconfigid"].hex(), rows["mrconfigid"]["value"], "MRCONFIGID")
    contains(rows["mrconfigid"]["says"], "not zero")
    equal("zero", rows["mrowner"]["says"], "MROWNER")
    contains(rows["rtmr"]["says"], "not zero: 1;")
    equal(["teeTcbSvn", "mrseam", "attributes", "xfam", "mrconfigid", "mrowner", "mrownerconfig",
           "rtmr"], [row["name"] for row in entry["outside"]], "rows")


@case("a manifest that the image carries is told with what it is worth")
def manifest(scratch):
    archive = quoted(scratch, mrtd=mrtd("igvm/tdx-corim.igvm"))
    _, document = explained(archive, ["igvm/tdx-corim.igvm"], *WORDS)
    says, = document["images"][0]["statements"]
    equal(("corim", "agrees", "12", "unsigned"), (
        says["document"], says["result"], says["svn"], says["signature"]["state"]), "statement")
    contains(explain(archive, ["igvm/tdx-corim.igvm"], *WORDS).out, "CoRIM", "agrees", "unsigned")


@case("the real machine at Google beside an image that never ran there: unexplained")
def real_td(scratch):
    archive = scratch + "/gcp.ecart"
    pack(archive, gcp_evidence(), gcp_collateral(), time=GCP_AT)
    entry, document = explained(archive, ["tdvf/guided.fd"], status=FAIL)
    equal("differs-unexplained", entry["result"], "result")
    equal((False, "pass"), (document["simulated"], document["verdict"]), "document")
    contains(entry["value"], "9bf86e62")


@case("the real SEV-SNP report beside an image that never ran there: unexplained")
def real_snp(scratch):
    archive = scratch + "/snp.ecart"
    pack(archive, *(vector("azure", "snp1-" + name) for name in (
        "hcl-report.bin", "vcek.pem", "tpm-quote.json")), time="2025-06-01T00:00:00Z")
    entry, _ = explained(archive, ["igvm/unit-snp.igvm", "igvm/diff-base.igvm"], status=FAIL)
    equal(("snp", "ld", "differs-unexplained"), (
        entry["platform"], entry["register"], entry["result"]), "entry")
    rows = {row["name"]: row["says"] for row in entry["outside"]}
    contains(rows["policy"], "DEBUG clear")
    apart, = entry["differences"]
    equal((1, 2), (apart["a"], apart["b"]), "images")


def reference_of(scratch, name, value):
    """A plain folder with a reference whose artifact is that image."""
    recipe = b"how it is built\n"
    write(scratch + "/refs/references/paravisor/1.0.json", json.dumps({
        "artifact": {"name": "image", "sha256": expected(name)["sha256"]},
        "measurements": [{"alg": "sha384", "platform": "tdx", "register": "mrtd",
                          "value": value.hex()}],
        "product": "paravisor",
        "recipe": {"path": "recipes/build.txt", "sha256": hashlib.sha256(recipe).hexdigest()},
        "reference": "ecart-reference/1",
        "source": {"commit": "0123" * 10, "repository": "https://git.example/paravisor"},
        "status": [{"since": "2026-01-01T00:00:00Z", "state": "good"}],
        "version": "1.0"}, sort_keys=True, separators=(",", ":")).encode())
    write(scratch + "/refs/recipes/build.txt", recipe)
    return scratch + "/refs"


@case("audit --image: the image that ran against that of the reference; alone, neither explains")
def audit_images(scratch):
    base, mutated = "igvm/diff-base.igvm", "igvm/diff-mutated.igvm"
    archive = quoted(scratch, mrtd=mrtd(base))
    words = ["audit", archive, *WORDS, "--references", reference_of(scratch, mutated, mrtd(mutated)),
             "--product", "paravisor"]
    for names, result in (([base, mutated], "differs-explained"), ([mutated, base], "differs-explained"),
                          ([base], "differs-unexplained"), ([mutated], "differs-unexplained"),
                          ([], "differs-unexplained")):
        given = [word for name in names for word in ("--image", image(name))]
        done = ecart(*words, *given, "--format", "json", status=FAIL)
        entry, = json.loads(done.out)["audit"]
        equal(result, entry["result"], f"result with {names}")
        equal(result == "differs-explained", "ran" in entry, "ran")
    text = " ".join(ecart(*words, "--image", image(base), "--image", image(mutated),
                          status=FAIL).out.split())
    contains(text, "diff-base.igvm has this value; the image of paravisor 1.0 differs from it in 1 "
             "of 20 measured pages", "0x800d000, chunk 0x800d300", "which no digest covers")


@case("audit --image: an artifact that does not make its reference's value explains nothing")
def audit_false_reference(scratch):
    base, mutated = "igvm/diff-base.igvm", "igvm/diff-mutated.igvm"
    archive = quoted(scratch, mrtd=mrtd(base))
    done = ecart("audit", archive, *WORDS, "--references",
                 reference_of(scratch, mutated, mrtd("igvm/tdx-empty.igvm")), "--product",
                 "paravisor", "--image", image(base), "--image", image(mutated), "--format", "json",
                 status=FAIL)
    equal("differs-unexplained", json.loads(done.out)["audit"][0]["result"], "result")


@case("no line is wider than 80 columns, whatever a file is called")
def narrow(scratch):
    archive = quoted(scratch, mrtd=b"nobody's" * 6)
    name = write(scratch + "/" + "n" * 200, read(image("igvm/tdx-corim.igvm")))
    text = ecart("audit", "explain", archive, "--image", name, *WORDS, status=FAIL).out
    equal([], [line for line in text.splitlines() if len(line) > 80], "wide lines")


@case("usage: no image, two archives, seventeen images, an image that is none")
def usage(scratch):
    archive = quoted(scratch, mrtd=bytes(48))
    one = ["--image", image("igvm/tdx-empty.igvm")]
    ecart("audit", "explain", archive, *WORDS, status=USAGE)
    ecart("audit", "explain", archive, archive, *one, *WORDS, status=USAGE)
    ecart("audit", "explain", archive, *one * 17, *WORDS, status=USAGE)
    ecart("audit", "explain", archive, *one * 16, *WORDS, status=FAIL)
    done = ecart("audit", "explain", archive, "--image", image("igvm/bad-crc.igvm"), *WORDS,
                 "--format", "json", status=UNREADABLE)
    contains(done.err, "bad-crc.igvm", "want", "found")
    equal(["refused"], list(json.loads(done.out)), "document")


main()
