#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives with items withheld, what names somebody in them, and how they are cited."""

import base64
import hashlib
import json
import os
import re
import sys

sys.dont_write_bytecode = True

from e2e import (AZURE_AT, ECART, FAIL, GCP_AT, INCOMPLETE, PASS, ROOT, UNREADABLE, USAGE, case,
                 contains, ecart, equal, flip, main, outcome, pack, pack_azure, pack_gcp, read, run,
                 simulated, tool, vector, write)

HCL, QUOTE = "items/azure-hcl-report/0000.bin", "items/tdx-quote/0000.bin"
EVIDENCE = "items/wrapper/0000.yaml"
REAL = os.path.join(ROOT, "anchors")
IN_CHAIN = "no: inside the signed chain"


def replayed(archive, at, anchors):
    """(exit status, report); a report is there whatever the verdict."""
    done = run([ECART, "replay", archive, "--at", at, "--anchors", anchors, "--format", "json"])
    assert done.status in (PASS, FAIL, INCOMPLETE), str(done)
    return done.status, json.loads(done.stdout)


def members(archive):
    """{name: bytes} of an archive, by tar."""
    names = tool(["tar", "tf", archive]).out.split()
    return {name: tool(["tar", "xOf", archive, name]).stdout for name in names}


def predicate(archive):
    return json.loads(members(archive)["manifest.json"])["predicate"]


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def redact(source, target, *items, words=()):
    """Withholds the items, and what the program says has to go with them; the names of all."""
    names = list(items)
    while True:
        chosen = [word for name in names for word in ("--item", name)]
        done = run([ECART, "redact", source, "-o", target, "--force", *chosen, *words])
        more = re.search(r"redact: (items/\S+): want --item for it too", done.err)
        if not more:
            assert done.status == PASS, str(done)
            return names
        assert more.group(1) not in names, str(done)
        assert not os.path.exists(target) or len(names) > 0
        names.append(more.group(1))


def outcomes(report):
    return {(row["id"], row["subject"]): row["outcome"] for row in report["checks"]}


def sets(scratch):
    """[(name, archive, as of, anchors)]: the real set and simulated ones."""
    yield "real", pack_azure(scratch), AZURE_AT, REAL
    for name in ("pass", "pass-bound", "pass-bound-challenge"):
        folder = simulated("replay", name)
        yield (name, folder + "/archive.tar", read(folder + "/as-of").decode().strip(),
               simulated("anchors"))


@case("whatever is withheld, no check answers otherwise than before, or skips")
def every_item(scratch):
    for label, archive, at, anchors in sets(scratch):
        before_status, report = replayed(archive, at, anchors)
        before, target = outcomes(report), scratch + "/r.ecart"
        for item in predicate(archive)["items"]:
            name = item["name"]
            if item["kind"] == "salt":
                continue
            gone = redact(archive, target, name, words=("--reason", "for a test"))
            ecart("verify", target)
            status, report = replayed(target, at, anchors)
            for key, now in outcomes(report).items():
                if now == "skip":
                    continue
                equal(before.get(key), now, f"{label} without {gone}: {key}")
            assert status in (before_status, INCOMPLETE), f"{label} {gone} {status}"
            for path in gone:
                contains("\n".join(report["gaps"]), f"withheld: {path} (for a test)")


@case("the verdict of the real set says what the withheld items cost")
def verdicts(scratch):
    archive, target = pack_azure(scratch), scratch + "/r.ecart"
    equal(PASS, replayed(archive, AZURE_AT, REAL)[0], "verdict before")
    redact(archive, target, EVIDENCE)
    status, report = replayed(target, AZURE_AT, REAL)
    equal(PASS, status, "without the wrapper, which nothing rests on")
    redact(archive, target, HCL)
    status, report = replayed(target, AZURE_AT, REAL)
    equal(INCOMPLETE, status, "without the paravisor's report")
    equal("pass", outcome(report, "dcap.quote.signature"), "quote")
    equal("skip", outcome(report, "hcl.runtime-data.binding"), "link")
    text = run([ECART, "replay", target, "--at", AZURE_AT, "--anchors", REAL]).out
    contains(text, "INCOMPLETE", f"withheld: {HCL} (withheld)")
    redact(archive, target, HCL, words=("--reason", "a\\b\nc"))
    contains("\n".join(replayed(target, AZURE_AT, REAL)[1]["gaps"]),
             f"withheld: {HCL} (a\\x5cb\\x0ac)")


@case("what is kept keeps its bytes, its name, and its members of the manifest")
def kept(scratch):
    source, target = simulated("replay", "pass-bound", "archive.tar"), scratch + "/r.ecart"
    gone = redact(source, target, "items/azure-imds-attested/0000.json")
    before, after = members(source), members(target)
    for name, content in after.items():
        if name != "manifest.json":
            equal(before[name], content, name)
    lost = set(before) - set(after)
    assert set(gone) < lost and any("salt" in name for name in lost), lost
    assert all(name.startswith(("items/azure-imds", "items/salt", "sig/")) for name in lost), lost
    old, new = predicate(source), predicate(target)
    for member in ("binding", "time", "format"):
        equal(old[member], new[member], member)
        text = b'"%s":%s' % (member.encode(), canonical(old[member]))
        contains(before["manifest.json"], text)
        contains(after["manifest.json"], text)
    equal(dict(old["collector"], verb="redact"), new["collector"], "collector")
    equal(after["manifest.json"], canonical(json.loads(after["manifest.json"])), "canonical bytes")


@case("an item with a salt is named by the digest over both, and nonces still follow")
def salted(scratch):
    source, target = simulated("replay", "pass-bound", "archive.tar"), scratch + "/r.ecart"
    name = "items/azure-imds-attested/0000.json"
    entry, = [i for i in predicate(source)["items"]
              if {"name": name, "rel": "salt-of"} in i.get("relates", [])]
    before = members(source)
    redact(source, target, name)
    rows = {row["name"]: row for row in predicate(target)["redactions"]}
    equal({name, entry["name"]}, set(rows), "withheld")
    both = hashlib.sha256(before[entry["name"]] + before[name]).hexdigest()
    equal({"kind": "azure-imds-attested", "name": name, "reason": "withheld",
           "salted": {"sha256": both}, "size": len(before[name])}, rows[name], "entry")
    alone = before[entry["name"]]
    equal({"sha256": hashlib.sha256(alone).hexdigest(), "sha384": hashlib.sha384(alone).hexdigest()},
          rows[entry["name"]]["digest"], "salt")
    at = read(simulated("replay", "pass-bound", "as-of")).decode().strip()
    report = replayed(target, at, simulated("anchors"))[1]
    for check in ("bind.tpm-quote", "bind.hcl"):
        equal("pass", outcome(report, check), check)
    for secret in (hashlib.sha256(before[name]).hexdigest().encode(), before[name]):
        assert secret not in read(target), "the document can be told"


@case("old signatures and stamps are dropped and named; --key signs the new archive")
def signatures(scratch):
    key, target = scratch + "/K.pem", scratch + "/r.ecart"
    ecart("keygen", "-o", key)
    archive = pack_azure(scratch, key=key)
    old, = [name for name in members(archive) if name.startswith("sig/")]
    done = ecart("redact", archive, "-o", target, "--item", EVIDENCE, "--key", key)
    contains(done.out, f"withheld {EVIDENCE}\n", f"dropped {old}: it is over the manifest of",
             "signed by ed25519 key ", "kept 16 of 17 items", "1 without a salt")
    ecart("verify", target, "--key", key + ".pub")
    done = ecart("redact", archive, "-o", target, "--force", "--item", EVIDENCE)
    contains(done.out, "unsigned: ")
    ecart("verify", target, "--key", key + ".pub", status=FAIL)
    folder = simulated("replay", "token")
    stamps = [name for name in members(folder + "/archive.tar") if name.endswith(".tsr")]
    item = predicate(folder + "/archive.tar")["items"][0]["name"]
    done = ecart("redact", folder + "/archive.tar", "-o", target, "--force", "--item", item)
    contains(done.out, *[f"dropped {name}: " for name in stamps])


@case("the source is named with --link-source alone")
def source_link(scratch):
    archive, target = pack_azure(scratch), scratch + "/r.ecart"
    own = hashlib.sha256(members(archive)["manifest.json"]).hexdigest()
    done = ecart("redact", archive, "-o", target, "--item", EVIDENCE)
    assert own.encode() not in read(target) and own not in done.out, "the source is named"
    linked = scratch + "/l.ecart"
    ecart("redact", archive, "-o", linked, "--item", EVIDENCE, "--link-source")
    equal({"sha256": own}, predicate(linked)["source"], "source")
    assert members(target)["manifest.json"] != members(linked)["manifest.json"]
    again = scratch + "/a.ecart"
    ecart("redact", linked, "-o", again, "--item", HCL)
    assert "source" not in predicate(again) and own.encode() not in read(again)
    equal(2, len(predicate(again)["redactions"]), "withheld")


@case("the same choice gives the same bytes; with --zstd the same id")
def repeated(scratch):
    archive = pack_azure(scratch)
    for number in "12":
        ecart("redact", archive, "-o", f"{scratch}/{number}", "--item", EVIDENCE)
    equal(read(scratch + "/1"), read(scratch + "/2"), "bytes")
    done = ecart("redact", archive, "-o", scratch + "/z", "--item", EVIDENCE, "--zstd")
    contains(done.out, hashlib.sha256(members(scratch + "/1")["manifest.json"]).hexdigest())
    ecart("verify", scratch + "/z")


@case("what cannot be redacted is refused with the way out, and nothing is written")
def refusals(scratch):
    archive, target = pack_azure(scratch), scratch + "/r.ecart"
    everything = [word for item in predicate(archive)["items"] for word in ("--item", item["name"])]
    damaged = write(scratch + "/damaged",
                    flip(read(archive), read(archive).index(b"HCLA") + 100))
    bound = simulated("replay", "pass-bound", "archive.tar")
    salt = next(i["name"] for i in predicate(bound)["items"] if i["kind"] == "salt")
    for status, message, words in (
            (FAIL, f"not redacted: digest {HCL}", [damaged, "--item", EVIDENCE]),
            (USAGE, "items/none: want an item of the archive (ecart show", [archive, "--item", "items/none"]),
            (USAGE, f"{EVIDENCE}: want --item for it too", [archive, "--item", HCL]),
            (USAGE, "nothing would be kept", [archive, *everything]),
            (USAGE, "a salt goes with its item", [bound, "--item", salt]),
            (USAGE, "no --item PATH", [archive]),
            (USAGE, "--reason: more than 256 bytes",
             [archive, "--item", EVIDENCE, "--reason", "x" * 257]),
            (USAGE, "one FILE", ["--item", EVIDENCE]),
            (UNREADABLE, "absent: No such file", ["absent", "--item", EVIDENCE]),
            (UNREADABLE, "want an evidence archive", [__file__, "--item", EVIDENCE]),
            (UNREADABLE, "absent.pem", [archive, "--item", EVIDENCE, "--key", "absent.pem"])):
        done = run([ECART, "redact", *words, "-o", target])
        equal(status, done.status, str(done))
        contains(done.err, message)
        assert not os.path.exists(target), str(done)
    write(target, b"before")
    done = ecart("redact", archive, "-o", target, "--item", EVIDENCE, status=USAGE)
    contains(done.err, "--force replaces it")
    equal(b"before", read(target), "what was there")


# --- what names somebody ---

def spelled(trace, content):
    """The bytes that stand where a trace says, decoded as it says."""
    place = content[trace["offset"]:trace["offset"] + trace["length"]]
    equal(trace["length"], len(place), f"length of {trace}")
    if "within" not in trace:
        return place
    text = b"".join(place.split())
    text += b"=" * (-len(text) % 4)
    alphabet = {"base64": None, "base64url": b"-_"}[trace["within"]]
    return base64.b64decode(text, altchars=alphabet, validate=True)


def check_places(archive):
    """{item: [trace]}; every printed byte stands where the trace says."""
    traces = json.loads(ecart("show", archive, "--privacy", "--json").stdout)["traces"]
    content, found = members(archive), {}
    for trace in traces:
        found.setdefault(trace["item"], []).append(trace)
        there = spelled(trace, content[trace["item"]])
        if trace["form"] == "about":
            continue
        value = (bytes.fromhex(trace["value"]) if trace["form"] == "hex"
                 else re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(int(m.group(1), 16)),
                             trace["value"]).encode("latin-1"))
        if "within" in trace:
            assert value in there and len(there) <= len(value) + 4, trace
        else:
            equal(value, there, str(trace))
    return found


def value(traces, what):
    return next(trace["value"] for trace in traces if trace["what"] == what)


@case("--privacy of the real Azure set: values of the vectors' table, at their bytes")
def privacy_azure(scratch):
    found = check_places(pack_azure(scratch))
    quote = found[QUOTE]
    equal("bc81a278aaa2257b4dbe15bbfb1537a0", value(quote, "PPID"), "PPID")
    equal("90c06f000000", value(quote, "FMSPC"), "FMSPC")
    equal({IN_CHAIN}, {trace["withhold"] for trace in quote}, "withholding a quote's parts")
    hcl = {trace["what"]: trace for trace in found[HCL]}
    equal({"vmUniqueId", "HCLAkPub", "HCLEkPub", "user-data"}, set(hcl), "the paravisor's report")
    equal({"whole item"}, {trace["withhold"] for trace in hcl.values()}, "withholding it")
    equal("CN=2ede2d532aaf.ConfidentialVM.Azure.windows.net",
          value(found["items/cert-pem/0000.pem"], "certificate subject"), "AK certificate")
    assert "items/cert-pem/0001.pem" not in found, "a CA names no machine"
    assert EVIDENCE in found and "items/crl-der/0000.crl" not in found


@case("--privacy of documents, tokens and certificates of clouds, at their bytes")
def privacy_clouds(scratch):
    cms = base64.b64encode(read(vector("azure", "imds-attested-good-2026.p7"))).decode()
    write(scratch + "/imds.json", json.dumps({"encoding": "pkcs7", "signature": cms}).encode())
    archive = scratch + "/a.ecart"
    pack(archive, "azure-imds-attested=" + scratch + "/imds.json",
         "maa-token=" + vector("tokens", "maa-azureguest1-token.jwt"),
         "google-token=" + vector("tokens", "gcp-cs1-oidc-token.jwt"),
         "ita-token=" + vector("tokens", "ita-sgx1-token.jwt"),
         "cert-der=" + vector("azure", "ak-cert-0x01C101D0.der"), time=AZURE_AT)
    found = check_places(archive)
    imds = {trace["what"]: trace["value"] for trace in found["items/azure-imds-attested/0000.json"]}
    equal({"vmId", "subscriptionId"}, set(imds), "attested document")
    assert all(re.fullmatch(r"[0-9A-Fa-f-]{36}", text) for text in imds.values()), imds
    maa = found["items/maa-token/0000.jwt"]
    equal("70F5CE9A-2BDC-4B6B-8401-E9B964D3AEB7", value(maa, "x-ms-azurevm-vmid"), "MAA")
    assert value(maa, "jti") and value(found["items/ita-token/0000.jwt"], "jti")
    equal("flare-network-sandbox", value(found["items/google-token/0000.jwt"], "project"), "GCP")
    equal("LYH101050602037", value(found["items/cert-der/0000.der"],
                                   "host that asked for the certificate"), "AK certificate")


@case("--privacy of simulated archives, of a GCP set, and of one item")
def privacy_others(scratch):
    for label in ("pass", "pass-bound", "pass-quote-v5", "pass-tpm-wire-format"):
        found = check_places(simulated("replay", label, "archive.tar"))
        assert QUOTE in found, label
    found = check_places(pack_gcp(scratch))
    assert value(found[QUOTE], "PPID"), "PPID"
    archive = scratch + "/gcp.ecart"
    done = ecart("show", archive, "--privacy", "--item", QUOTE)
    contains(done.out, f"{QUOTE} (tdx-quote)", "PPID: ", f"can be withheld: {IN_CHAIN}",
             "Nothing is searched for by guess")
    assert "manifest.json" not in done.out, done.out
    done = ecart("show", archive, "--privacy", "--item", "items/none", status=UNREADABLE)
    contains(done.err, "no item is called items/none")
    done = ecart("show", vector("azure", "tdx1-td-quote.bin"), "--privacy")
    contains(done.out, "QE id (user data of the header): ")


@case("an item that is withheld is named by --privacy no more")
def privacy_after(scratch):
    archive, target = pack_azure(scratch), scratch + "/r.ecart"
    unique = value(check_places(archive)[HCL], "vmUniqueId").encode()
    assert unique in members(archive)[HCL]
    redact(archive, target, HCL)
    assert HCL not in check_places(target)
    assert unique not in read(target), "it is still there"


# --- citing ---

@case("--cite prints id and versions, and command lines that work")
def cite(scratch):
    archive = pack_gcp(scratch)
    own = hashlib.sha256(members(archive)["manifest.json"]).hexdigest()
    done = ecart("show", archive, "--cite")
    version = tool([ECART, "--version"]).out.split()[1]
    contains(done.out, f"archive  sha256:{own}\n", "format   ecart-archive/1\n", version,
             "verify   ecart verify gcp.ecart\n")
    said = json.loads(ecart("show", archive, "--cite", "--json").stdout)
    equal(own, said["id"], "id")
    contains(done.out, f"verify   {said['verify']}\n", f"replay   {said['replay']}\n")
    for line in (said["verify"].split(), said["replay"].split() + ["--anchors", REAL]):
        done = run([ECART, *line[1:]], cwd=scratch)
        assert done.status in (PASS, INCOMPLETE), str(done)
    equal(GCP_AT[1:], str(int(time_of(said["claimedTime"]))), "claimed time")
    odd = scratch + "/a b'.ecart"
    os.rename(archive, odd)
    contains(ecart("show", odd, "--cite").out, "ecart verify FILE\n")
    done = ecart("show", vector("azure", "tdx1-td-quote.bin"), "--cite", status=UNREADABLE)
    contains(done.err, "ecart pack")


def time_of(text):
    import calendar
    import time
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


if __name__ == "__main__":
    main()
