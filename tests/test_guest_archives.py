#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives of the simulated guest: signed by a key in its TPM, redacted, searched for what names it."""

import atexit
import base64
import functools
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True

from e2e import (ECART, FAIL, INCOMPLETE, PASS, TROUBLE, UNREADABLE, USAGE, case, contains, ecart,
                 equal, flip, main, read, run, tool, write)
from held_guest import OWNER, held, skip_without_parts

KEY, RSA_KEY = "0x81000010", "0x81000003"
ATTRIBUTES = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign|noda"
IMDS, SESSION = "items/azure-imds-attested/0000.json", "items/ecart-session/0000.json"
HCL = "items/azure-hcl-report/0000.bin"


@functools.lru_cache(maxsize=None)
def guest():
    """The guest with a signing key of P-256, and where its anchors are."""
    anchors = tempfile.mkdtemp(prefix="ecart-anchors-")
    atexit.register(shutil.rmtree, anchors, ignore_errors=True)
    g = held("--anchors", anchors)
    g.anchors = anchors
    made = os.path.join(g.folder, "key.ctx")
    g.tpm("tpm2_createprimary", "-Q", "-C", OWNER, "-G", "ecc256:ecdsa-sha256:null", "-a",
          ATTRIBUTES, "-c", made)
    g.tpm("tpm2_evictcontrol", "-Q", "-C", OWNER, "-c", made, KEY)
    g.tpm("tpm2_flushcontext", "-t")
    g.public = os.path.join(g.folder, "key.pem")
    g.tpm("tpm2_readpublic", "-Q", "-c", KEY, "-f", "pem", "-o", g.public)
    return g


def collect(target, *words, status=PASS):
    g = guest()
    return ecart("collect", "--root", g.root, "-o", target, "--cacert", g.known["ca"], *words,
                 status=status)


@functools.lru_cache(maxsize=None)
def collected():
    """One collection for all cases, signed in the TPM."""
    target = os.path.join(guest().folder, "run.ecart")
    done = collect(target, "--nonce", "8f1c22e2", "--key", "tpm:" + KEY, "--with-instance")
    return target, done


def members(archive):
    names = tool(["tar", "tf", archive]).out.split()
    return {name: tool(["tar", "xOf", archive, name]).stdout for name in names}


def replayed(archive):
    done = run([ECART, "replay", archive, "--anchors", guest().anchors, "--nonce", "8f1c22e2",
                "--format", "json"])
    assert done.status in (PASS, FAIL, INCOMPLETE), str(done)
    report = json.loads(done.stdout)
    return done.status, report, {(r["id"], r["subject"]): r["outcome"] for r in report["checks"]}


def check_signature(scratch, archive, public):
    """By openssl alone: the envelope's signature over its pre-authentication encoding."""
    ecart("verify", archive, "--key", public)
    found = members(archive)
    (name,) = [name for name in found if name.startswith("sig/")]
    envelope = json.loads(found[name])
    (entry,) = envelope["signatures"]
    payload = base64.b64decode(envelope["payload"])
    equal(found["manifest.json"], payload, "payload")
    kind = envelope["payloadType"]
    pae = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    write(scratch + "/pae", pae)
    write(scratch + "/sig", base64.b64decode(entry["sig"]))
    der = tool(["openssl", "pkey", "-pubin", "-in", public, "-outform", "DER"]).stdout
    equal(hashlib.sha256(der).hexdigest(), entry["keyid"], "key id")
    tool(["openssl", "dgst", "-sha256", "-verify", public, "-signature", scratch + "/sig",
          scratch + "/pae"])


@case("collect --key tpm:HANDLE: the envelope verifies, by ecart and by openssl")
def collect_signed(scratch):
    archive, done = collected()
    contains(done.out, "signed by p256 key ")
    check_signature(scratch, archive, guest().public)


@case("sign --key tpm:HANDLE signs an archive that exists, once, and detached")
def sign(scratch):
    g, archive = guest(), scratch + "/a.ecart"
    ecart("pack", "-o", archive, "--time", "@1780922561", "collect-log=" + g.public)
    words = ["sign", archive, "--key", "tpm:" + KEY, "--tcti", g.known["tcti"]]
    contains(ecart(*words, "--detached").out, "signed by p256 key ")
    os.remove(archive + ".sig/" + os.listdir(archive + ".sig")[0])
    contains(ecart(*words).out, "signed by p256 key ")
    check_signature(scratch, archive, g.public)
    contains(ecart(*words).err, "is there already: signed by this key")


@case("keys that cannot sign an archive are refused, and nothing changes")
def sign_refused(scratch):
    g, archive = guest(), scratch + "/a.ecart"
    ecart("pack", "-o", archive, "--time", "@1780922561", "collect-log=" + g.public)
    before = read(archive)
    tcti = ["--tcti", g.known["tcti"]]
    for status, message, words in (
            (UNREADABLE, "found RSA", ["tpm:" + RSA_KEY, *tcti]),
            (UNREADABLE, "none at 0x81000044", ["tpm:0x81000044", *tcti]),
            (USAGE, "want a persistent handle", ["tpm:0x80000001", *tcti]),
            (USAGE, "want a persistent handle", ["tpm:ak", *tcti]),
            (TROUBLE, "nobody answers at", ["tpm:" + KEY, "--tcti", "swtpm:path=/nonexistent/s"]),
            (TROUBLE, "not found", ["tpm:" + KEY, *tcti, "--tpm2-tools", "/nonexistent"])):
        done = run([ECART, "sign", archive, "--key", *words])
        equal(status, done.status, str(done))
        contains(done.err, message)
    equal(before, read(archive), "archive")
    target = scratch + "/b.ecart"
    done = collect(target, "--key", "tpm:" + RSA_KEY, status=UNREADABLE)
    contains(done.err, "found RSA")
    assert not os.path.exists(target), "an archive was written"


@case("each salted item can be withheld, and the TPM quote still covers it")
def redact_salted(scratch):
    archive, target = collected()[0], scratch + "/r.ecart"
    before = replayed(archive)[2]
    items = json.loads(members(archive)["manifest.json"])["predicate"]["items"]
    salted = [relation["name"] for item in items for relation in item.get("relates", [])
              if relation["rel"] == "salt-of"]
    assert {IMDS, SESSION, HCL} <= set(salted), salted
    for name in salted:
        done = ecart("redact", archive, "-o", target, "--force", "--item", name, "--reason", "public")
        assert "without a salt" not in done.out, done.out
        contains(done.out, "withheld items/salt/")
        report, after = replayed(target)[1:]
        contains("\n".join(report["gaps"]), f"withheld: {name} (public)")
        for key, now in after.items():
            assert now in ("skip", before.get(key)), f"without {name}: {key} {now}"
        quotes = {now for (check, _), now in after.items() if check == "bind.tpm-quote"}
        equal({"skip"} if name == SESSION else {"pass"}, quotes, f"quotes without {name}")


@case("the redacted archive is signed in the TPM again, and keeps the run's claims")
def redact_signed(scratch):
    g, archive, target = guest(), collected()[0], scratch + "/r.ecart"
    done = ecart("redact", archive, "-o", target, "--item", IMDS, "--key", "tpm:" + KEY, "--tcti",
                 g.known["tcti"])
    contains(done.out, "dropped sig/", "signed by p256 key ")
    check_signature(scratch, target, g.public)
    old, new = (json.loads(members(path)["manifest.json"])["predicate"] for path in (archive, target))
    for member in ("time", "binding", "subjectSystem", "format"):
        equal(old[member], new[member], member)
    equal(dict(old["collector"], verb="redact"), new["collector"], "collector")
    equal("test", new["collector"]["root"], "root")


@case("a damaged archive is neither signed nor redacted")
def damaged(scratch):
    content = read(collected()[0])
    archive = write(scratch + "/a.ecart", flip(content, content.index(b"HCLA") + 40))
    for words in (["sign", archive, "--key", "tpm:" + KEY, "--tcti", guest().known["tcti"]],
                  ["redact", archive, "-o", scratch + "/r.ecart", "--item", IMDS]):
        contains(ecart(*words, status=FAIL).err, "digest " + HCL)
    assert not os.path.exists(scratch + "/r.ecart")


@case("--privacy finds the guest in every item that tells of it")
def privacy(scratch):
    archive = collected()[0]
    content = members(archive)
    traces = json.loads(ecart("show", archive, "--privacy", "--json").stdout)["traces"]
    found = {}
    for trace in traces:
        found.setdefault(trace["item"], {})[trace["what"]] = trace["value"]
    unique = guest().known["vm-id"]
    equal(unique, found[HCL]["vmUniqueId"], "vmUniqueId")
    equal(unique, found[IMDS]["vmId"].lower(), "vmId")
    contains(found[SESSION]["kernel command line"], "root=UUID=")
    equal("6 paths of files", found["items/ima-log-ascii/0000.txt"]["paths of files"], "IMA, text")
    equal(found["items/ima-log-ascii/0000.txt"]["paths of files"],
          found["items/ima-log-binary/0000.bin"]["paths of files"], "IMA, binary")
    assert found["items/azure-imds-instance/0000.json"]["subscriptionId"]
    for trace in traces:
        place = content[trace["item"]][trace["offset"]:trace["offset"] + trace["length"]]
        if trace["form"] == "text" and "within" not in trace and "\\x" not in trace["value"]:
            equal(trace["value"].encode(), place, str(trace))
    # Where the VM's id stands in the open, a trace says so.
    for name, bytes_of in content.items():
        if not name.startswith("items/"):
            continue
        for match in re.finditer(unique.encode(), bytes_of):
            assert any(t["item"] == name and t["offset"] <= match.start() and
                       match.end() <= t["offset"] + t["length"] for t in traces), f"{name} {match}"


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
