#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signers, thresholds and time stamps, each also by tools that users have."""

import base64
import hashlib
import json
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True

from e2e import (ECART, FAIL, GCP_AT, PASS, ROOT, case, contains, ecart, equal,
                 failed, findings, flip, main, outcome, pack_gcp, read, report,
                 run, tool, write, UNREADABLE, USAGE)

PAYLOAD_TYPE = b"application/vnd.in-toto+json"


def keygen(scratch, name, algorithm="ed25519"):
    key = f"{scratch}/{name}.pem"
    ecart("keygen", "-o", key, "--algorithm", algorithm)
    return key


def verdict(*words, status=PASS):
    return json.loads(ecart("verify", *words, "--format", "json",
                            status=status).stdout)


def keyid(key):
    der = tool(["openssl", "pkey", "-pubin", "-in", key + ".pub", "-outform",
                "DER"]).stdout
    return hashlib.sha256(der).hexdigest()


@case("keygen writes a secret key of mode 0600 and a public one, for each "
      "algorithm")
def keys(scratch):
    for algorithm in ("ed25519", "p256", "p384"):
        key = keygen(scratch, algorithm, algorithm)
        equal(0o600, os.stat(key).st_mode & 0o777, "mode")
        tool(["openssl", "pkey", "-in", key, "-noout"])
        public = tool(["openssl", "pkey", "-in", key, "-pubout"]).stdout
        equal(public, read(key + ".pub"), "public key")
        before = read(key)
        done = run([ECART, "keygen", "-o", key])
        assert done.status != PASS, str(done)
        equal(before, read(key), "key that was there")


def add_algorithm(algorithm):
    @case(f"{algorithm}: pack --key, then verify --key")
    def signed(scratch):
        key = keygen(scratch, "K", algorithm)
        archive = pack_gcp(scratch, key=key)
        rep = verdict(archive, "--key", key + ".pub")
        equal("pass", outcome(rep, "archive.signature"), "signature")
        equal("pass", outcome(rep, "archive.threshold"), "threshold")
        row, = rep["archive"]["signed"]
        equal(keyid(key), row["keyid"], "key id")
        equal(f"sig/{keyid(key)[:16]}.dsse.json", row["file"], "file")


for algorithm_name in ("ed25519", "p256", "p384"):
    add_algorithm(algorithm_name)


@case("signing changes neither the archive's id nor any item")
def identity(scratch):
    key = keygen(scratch, "K")
    plain = pack_gcp(scratch)
    before = verdict(plain)["archive"]
    ecart("sign", plain, "--key", key)
    after = verdict(plain, "--key", key + ".pub")["archive"]
    equal(before["id"], after["id"], "id")
    equal(before["items"], after["items"], "items")
    one, two = scratch + "/1", scratch + "/2"
    for folder in (one, two):
        os.mkdir(folder)
    equal(read(pack_gcp(one, key=key)), read(pack_gcp(two, key=key)),
          "two archives of one key")


@case("verify without a key says that none was given and vouches for nobody")
def no_key(scratch):
    archive = pack_gcp(scratch, key=keygen(scratch, "K"))
    out = ecart("verify", archive).out
    contains(out, "intact", "none by a key given", "signer-untrusted")
    equal("skip", outcome(verdict(archive), "archive.signature"), "signature")


@case("verify of an unsigned archive says unsigned, and fails with a key")
def unsigned(scratch):
    archive = pack_gcp(scratch)
    contains(ecart("verify", archive).out, "unsigned")
    key = keygen(scratch, "K")
    ecart("verify", archive, "--key", key + ".pub", status=FAIL)


@case("another key's signature does not count")
def wrong_key(scratch):
    archive = pack_gcp(scratch, key=keygen(scratch, "K"))
    other = keygen(scratch, "other")
    rep = verdict(archive, "--key", other + ".pub", status=FAIL)
    equal([("archive.threshold", "manifest.json")], failed(rep), "failed")
    row, = findings(rep, "archive.signature")
    equal("skip", row["outcome"], "signature")
    contains(row["reason"], "signer-untrusted")


@case("threshold of two: two keys reach it, one does not, one twice does not")
def threshold(scratch):
    first, second = keygen(scratch, "1"), keygen(scratch, "2", "p256")
    archive = pack_gcp(scratch, key=first)
    both = ["--key", first + ".pub", "--key", second + ".pub"]
    ecart("verify", archive, *both, "--threshold", "2", status=FAIL)
    ecart("verify", archive, *both, "--threshold", "1")
    twice = scratch + "/twice.pub"
    shutil.copy(first + ".pub", twice)
    ecart("verify", archive, "--key", first + ".pub", "--key", twice,
          "--threshold", "2", status=FAIL)
    ecart("sign", archive, "--key", second)
    ecart("verify", archive, *both, "--threshold", "2")
    equal(2, len(verdict(archive, *both)["archive"]["signed"]), "signatures")


@case("a threshold above the number of keys is a usage error")
def threshold_usage(scratch):
    key = keygen(scratch, "K")
    archive = pack_gcp(scratch, key=key)
    contains(ecart("verify", archive, "--key", key + ".pub", "--threshold",
                   "2", status=USAGE).err, "--threshold 2")
    ecart("verify", archive, "--threshold", "1", status=USAGE)


@case("a --key that is no public key is refused, with its file and a way out")
def key_refused(scratch):
    key = keygen(scratch, "K")
    archive = pack_gcp(scratch, key=key)
    tsa = authority(scratch + "/tsa")
    text = write(scratch + "/text", b"not a key\n")
    for path, words in ((tsa + "/tsa.pem", ("an X.509 certificate",
                                            "openssl x509 -pubkey")),
                        (key, ("a private key", "openssl pkey -pubout")),
                        (text, ("begin line",)), (scratch + "/absent", ())):
        done = ecart("verify", archive, "--key", key + ".pub", "--key", path,
                     status=UNREADABLE)
        contains(done.err, path + ": ", *words)


@case("the same key's two envelopes count once")
def same_key_twice(scratch):
    key, other = keygen(scratch, "K", "p256"), keygen(scratch, "other")
    archive = pack_gcp(scratch, key=key)
    copy = scratch + "/copy"
    os.mkdir(copy)
    fresh = pack_gcp(copy)
    ecart("sign", fresh, "--key", key, "--detached")
    name, = os.listdir(fresh + ".sig")
    write(f"{archive}.sig/again-{name}", read(f"{fresh}.sig/{name}"))
    rep = verdict(archive, "--key", key + ".pub", "--key", other + ".pub",
                  "--threshold", "2", status=FAIL)
    equal([("archive.threshold", "manifest.json")], failed(rep), "failed")


@case("a detached signature leaves the archive alone and counts as one inside")
def detached(scratch):
    key = keygen(scratch, "K")
    archive = pack_gcp(scratch)
    before = read(archive)
    ecart("sign", archive, "--key", key, "--detached")
    equal(before, read(archive), "archive")
    equal([f"{keyid(key)[:16]}.dsse.json"], os.listdir(archive + ".sig"),
          "detached files")
    rep = verdict(archive, "--key", key + ".pub")
    equal("pass", outcome(rep, "archive.signature"), "signature")
    shutil.rmtree(archive + ".sig")
    ecart("verify", archive, "--key", key + ".pub", status=FAIL)


@case("a changed item, manifest or signature fails under the signer's key")
def changed(scratch):
    key = keygen(scratch, "K")
    content = read(pack_gcp(scratch, key=key))
    payload = content.index(b'"payload":"') + 40
    for name, at in (("item", len(content) - 3000),
                     ("manifest", content.index(b'"kind":"tdx-quote"') + 9),
                     ("payload", payload),
                     ("signature", content.index(b'"sig":"') + 12)):
        path = write(f"{scratch}/{name}", flip(content, at))
        done = run([ECART, "verify", path, "--key", key + ".pub"])
        assert done.status == FAIL, f"{name}: {done}"


@case("sign refuses an archive that is damaged")
def sign_damaged(scratch):
    key = keygen(scratch, "K")
    archive = pack_gcp(scratch)
    write(archive, flip(read(archive), len(read(archive)) - 3000))
    before = read(archive)
    ecart("sign", archive, "--key", key, status=FAIL)
    equal(before, read(archive), "archive")


@case("policy's signers make replay judge the signature too")
def policy(scratch):
    archive = pack_gcp(scratch, key=keygen(scratch, "K"))
    keygen(scratch, "other")
    base = json.loads(ecart("policy", "--json").stdout)
    for name, status in (("K", PASS), ("other", FAIL)):
        base["signers"] = {"threshold": 1, "keys": [
            read(f"{scratch}/{name}.pem.pub").decode()]}
        path = write(scratch + "/p.json", json.dumps(base).encode())
        rep = report(archive, "--policy", path, status=status)
        if status == PASS:
            assert any(row["owner"].startswith("signer")
                       for row in rep["trust"]), rep["trust"]


# --- the same with coreutils, jq and openssl ---

@case("unpack, then jq and sha256sum -c check every item")
def by_hand_digests(scratch):
    archive = pack_gcp(scratch, key=keygen(scratch, "K"))
    ecart("unpack", archive, scratch + "/un")
    done = tool(["bash", "-c", "set -o pipefail; jq -r '.subject[]|.digest."
                 "sha256+\"  \"+.name' manifest.json | sha256sum -c"],
                scratch + "/un")
    items = verdict(archive)["archive"]["items"]
    equal(len(items), done.out.count(": OK\n"), "items")


@case("tar unpacks it, and sha256sum of manifest.json is the id")
def by_hand_id(scratch):
    archive = pack_gcp(scratch)
    os.mkdir(scratch + "/un")
    tool(["tar", "xf", archive, "-C", scratch + "/un"])
    done = tool(["sha256sum", scratch + "/un/manifest.json"])
    equal(verdict(archive)["archive"]["id"], done.out.split()[0], "id")
    ecart("unpack", archive, scratch + "/un2")
    tool(["diff", "-r", scratch + "/un", scratch + "/un2"])


def pae(payload):
    return (b"DSSEv1 %d %s %d " % (len(PAYLOAD_TYPE), PAYLOAD_TYPE,
                                   len(payload))) + payload


def add_by_hand(algorithm, words):
    @case(f"{algorithm}: openssl verifies the envelope's signature by hand")
    def by_hand(scratch):
        key = keygen(scratch, "K", algorithm)
        archive = pack_gcp(scratch, key=key)
        ecart("unpack", archive, scratch + "/un")
        name, = os.listdir(scratch + "/un/sig")
        envelope = json.loads(read(f"{scratch}/un/sig/{name}"))
        manifest = read(scratch + "/un/manifest.json")
        equal(PAYLOAD_TYPE.decode(), envelope["payloadType"], "payloadType")
        equal(manifest, base64.b64decode(envelope["payload"]), "payload")
        write(scratch + "/pae", pae(manifest))
        write(scratch + "/sig", base64.b64decode(
            envelope["signatures"][0]["sig"]))
        command = ["openssl"] + [word.format(scratch=scratch, key=key)
                                 for word in words]
        done = tool(command)
        assert "erified" in done.out, str(done)
        write(scratch + "/pae", pae(manifest) + b" ")
        assert run(command).status != 0, "a longer message verifies too"


def add_explained(algorithm):
    @case(f"{algorithm}: the line that explain prints verifies the signature")
    def explained(scratch):
        key = keygen(scratch, "K", algorithm)
        archive = pack_gcp(scratch, key=key)
        ecart("unpack", archive, scratch + "/un")
        write(scratch + "/un/signer.pem", read(key + ".pub"))
        line, = ecart("explain", archive, "--at", GCP_AT, "--check",
                      "archive.signature", "--by-hand").out.splitlines()
        done = run(["bash", "-c", line], scratch + "/un")
        equal(0, done.status, str(done))
        assert "erified" in done.out.splitlines()[-1], str(done)
        write(scratch + "/un/signer.pem",
              read(keygen(scratch, "other", algorithm) + ".pub"))
        assert run(["bash", "-c", line], scratch + "/un").status != 0


PKEYUTL = ["pkeyutl", "-verify", "-rawin", "-in", "{scratch}/pae", "-pubin",
           "-inkey", "{key}.pub", "-sigfile", "{scratch}/sig"]
for name_of, words_of in {
        "ed25519": PKEYUTL,
        "p256": ["dgst", "-sha256", "-verify", "{key}.pub", "-signature",
                 "{scratch}/sig", "{scratch}/pae"],
        "p384": ["dgst", "-sha384", "-verify", "{key}.pub", "-signature",
                 "{scratch}/sig", "{scratch}/pae"],
}.items():
    add_by_hand(name_of, words_of)
    add_explained(name_of)


# --- RFC 3161, SIMULATED: an authority made here ---

CONFIG = b"""[tsa]
default_tsa = one
[one]
serial = %(d)s/serial
signer_cert = %(d)s/tsa.pem
signer_key = %(d)s/tsa.key
certs = %(d)s/root.pem
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha384
signer_digest = sha256
accuracy = secs:1
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""


def authority(folder):
    """A root and a TSA under it, as spec'd for tests: P-256, critical EKU."""
    os.makedirs(folder)
    write(folder + "/cnf", CONFIG.replace(b"%(d)s", folder.encode()))
    write(folder + "/serial", b"01\n")
    for name in ("root", "tsa"):
        tool(["openssl", "ecparam", "-name", "prime256v1", "-genkey",
              "-noout", "-out", f"{folder}/{name}.key"])
    config = ["-config", folder + "/cnf"]
    tool(["openssl", "req", "-x509", "-new", "-key", folder + "/root.key",
          *config, "-extensions", "root", "-subj", "/CN=SIMULATED TSA root",
          "-days", "36500", "-out", folder + "/root.pem"])
    tool(["openssl", "req", "-new", "-key", folder + "/tsa.key", *config,
          "-subj", "/CN=SIMULATED TSA", "-out", folder + "/csr"])
    tool(["openssl", "x509", "-req", "-in", folder + "/csr", "-CA",
          folder + "/root.pem", "-CAkey", folder + "/root.key",
          "-set_serial", "7", "-days", "36000", "-extfile", folder + "/cnf",
          "-extensions", "leaf", "-out", folder + "/tsa.pem"])
    return folder


def stamp(folder, data, out, cert=("-cert",)):
    tool(["openssl", "ts", "-query", "-data", data, "-sha256", *cert,
          "-out", folder + "/q"])
    tool(["openssl", "ts", "-reply", "-config", folder + "/cnf", "-queryfile",
          folder + "/q", "-out", out])
    shown = tool(["openssl", "ts", "-reply", "-in", out, "-text"]).out
    stamped = re.search(r"Time stamp: (.*) GMT", shown).group(1)
    return tool(["date", "-u", "-d", stamped + " UTC",
                 "+%Y-%m-%dT%H:%M:%SZ"]).out.strip()


def stamped(scratch, packer=pack_gcp):
    """An archive with a detached token: (archive, TSA folder, genTime)."""
    archive = packer(scratch)
    tsa = authority(scratch + "/tsa")
    ecart("unpack", archive, scratch + "/un")
    os.makedirs(archive + ".sig")
    time = stamp(tsa, scratch + "/un/manifest.json",
                 archive + ".sig/manifest.0.tsr")
    return archive, tsa, time


def anchors_with(tsa, folder):
    """The installed anchors and this root, as a folder of anchors."""
    shutil.copytree(ROOT + "/anchors", folder)
    spki = tool(["bash", "-c", "openssl x509 -in \"$1\" -pubkey -noout | "
                 "openssl pkey -pubin -outform DER | sha256sum", "-",
                 tsa + "/root.pem"]).out.split()[0]
    head = (f"Name: SIMULATED TSA root\nOwner: tests\nFor: tsa-root\n"
            f"Spki-Sha256: {spki}\nConfirm: nowhere\nSimulated: yes\n\n")
    os.makedirs(folder + "/tsa", exist_ok=True)
    write(folder + "/tsa/root.pem", head.encode() + read(tsa + "/root.pem"))
    return folder


@case("a token by hand is verified with --tsa-root and proves its time")
def token(scratch):
    archive, tsa, time = stamped(scratch)
    root = tsa + "/root.pem"
    rep = verdict(archive, "--tsa-root", root)
    equal("pass", outcome(rep, "time.token"), "time.token")
    row, = findings(rep, "time.proven")
    equal("pass", row["outcome"], "time.proven")
    equal(time, row["got"], "proven time")
    contains(ecart("verify", archive, "--tsa-root", root).out,
             "existed before " + time)


@case("--tsa-root takes the same root twice, and an anchor file with its terms")
def roots(scratch):
    archive, tsa, time = stamped(scratch)
    root = tsa + "/root.pem"
    rep = verdict(archive, "--tsa-root", root, "--tsa-root", root)
    equal("pass", outcome(rep, "time.token"), "time.token")
    equal(1, len(rep["anchors"]), "anchors")
    for end, status, expected in ((time, PASS, "pass"),
                                  ("2020-01-01T00:00:00Z", FAIL, "fail")):
        head = f"Name: T\nOwner: O\nFor: tsa-root\nValid-To: {end}\n\n"
        anchor = write(scratch + "/anchor.pem", head.encode() + read(root))
        rep = verdict(archive, "--tsa-root", anchor, status=status)
        equal(expected, outcome(rep, "time.token"), "time.token until " + end)


@case("without a TSA root a token proves nothing, and says why")
def token_untrusted(scratch):
    archive, _, _ = stamped(scratch)
    rep = verdict(archive)
    row, = findings(rep, "time.token")
    equal("skip", row["outcome"], "time.token")
    contains(row["reason"], "token-untrusted")
    equal("skip", outcome(rep, "time.proven"), "time.proven")
    other = authority(scratch + "/other")
    rep = verdict(archive, "--tsa-root", other + "/root.pem")
    row, = findings(rep, "time.token")
    equal("skip", row["outcome"], "time.token of a TSA that is not listed")
    contains(row["reason"], "token-untrusted", "trusted root")
    equal("skip", outcome(rep, "time.proven"), "time.proven")


@case("a token without certificates is completed by sig/NAME.pem, inside or "
      "beside the archive")
def token_helper(scratch):
    archive, tsa, _ = stamped(scratch)
    root = tsa + "/root.pem"
    stamp(tsa, scratch + "/un/manifest.json", archive + ".sig/manifest.0.tsr",
          cert=())
    row, = findings(verdict(archive, "--tsa-root", root), "time.token")
    equal("skip", row["outcome"], "time.token without the certificate")
    contains(row["reason"], "token-untrusted", "not at hand")
    helper = f"{archive}.sig/helper.pem"
    write(helper, b"no certificate\n")
    row, = findings(verdict(archive, "--tsa-root", root), "time.token")
    equal("skip", row["outcome"], "time.token beside a file that is none")
    write(helper, read(tsa + "/root.pem") + read(tsa + "/tsa.pem"))
    row, = findings(verdict(archive, "--tsa-root", root), "time.token")
    equal("pass", row["outcome"], "time.token")
    contains(row["got"], "CN=SIMULATED TSA")
    other = authority(scratch + "/other")
    rep = verdict(archive, "--tsa-root", other + "/root.pem")
    equal("skip", outcome(rep, "time.token"), "a helper is not trust")


@case("a token over other bytes is refused")
def token_of_other(scratch):
    archive, tsa, _ = stamped(scratch)
    stamp(tsa, archive, archive + ".sig/manifest.0.tsr")
    rep = verdict(archive, "--tsa-root", tsa + "/root.pem", status=FAIL)
    equal([("time.token", "sig/manifest.0.tsr")], failed(rep), "failed")
    equal("skip", outcome(rep, "time.proven"), "time.proven")


@case("a changed token is refused")
def token_changed(scratch):
    archive, tsa, _ = stamped(scratch)
    path = archive + ".sig/manifest.0.tsr"
    write(path, flip(read(path), len(read(path)) - 5))
    rep = verdict(archive, "--tsa-root", tsa + "/root.pem", status=FAIL)
    equal(["time.token"], [row[0] for row in failed(rep)], "failed")


@case("replay judges as of the proven time where --at is not given")
def replay_proven(scratch):
    archive, tsa, time = stamped(scratch)
    anchors = anchors_with(tsa, scratch + "/anchors")
    done = run([ECART, "replay", archive, "--anchors", anchors, "--format",
                "json"])
    assert done.status in (PASS, FAIL), str(done)
    rep = json.loads(done.stdout)
    equal({"time": time, "basis": "proven"}, rep["asOf"], "asOf")
    equal("pass", outcome(rep, "time.proven"), "time.proven")
    rep = report(archive, "--anchors", anchors, "--at", GCP_AT,
                 status=done_status(archive, anchors))
    equal("given", rep["asOf"]["basis"], "basis")


def done_status(archive, anchors):
    """1 where the token is older than what it stamps: this clock's matter."""
    return run([ECART, "replay", archive, "--anchors", anchors, "--at",
                GCP_AT]).status


@case("time.order compares the proven time with the latest signed time")
def order(scratch):
    archive, tsa, time = stamped(scratch)
    anchors = anchors_with(tsa, scratch + "/anchors")
    rep = report(archive, "--anchors", anchors, "--at", GCP_AT,
                 status=done_status(archive, anchors))
    row, = findings(rep, "time.order")
    newest = "2026-06-30T08:12:19Z"         # the QE identity of this set
    contains(row["want"], newest)
    equal(time, row["got"], "got")
    equal("pass" if time >= newest else "fail", row["outcome"], "time.order")


@case("openssl verifies the same token, and the line of explain shows it")
def token_by_hand(scratch):
    archive, tsa, time = stamped(scratch)
    path = archive + ".sig/manifest.0.tsr"
    manifest = scratch + "/un/manifest.json"
    done = tool(["openssl", "ts", "-verify", "-data", manifest, "-in", path,
                 "-CAfile", tsa + "/root.pem"])
    contains(done.out + done.err, "OK")
    write(scratch + "/un/sig/manifest.0.tsr", read(path))
    line, = ecart("explain", archive, "--at", GCP_AT, "--check", "time.token",
                  "--by-hand").out.splitlines()
    out = tool(["bash", "-c", line], scratch + "/un").out
    digest = verdict(archive)["archive"]["id"]
    contains(out, digest + "  manifest.json", "Granted")
    shown = re.findall(r"^    [0-9a-f]{4} - ((?:[0-9a-f]{2}[ -]){16})", out,
                       re.M)
    equal(digest, re.sub(r"[ -]", "", "".join(shown)), "imprint")


@case("adding a token leaves id and signatures as they were")
def token_and_signature(scratch):
    key = keygen(scratch, "K")
    archive, tsa, _ = stamped(scratch)
    before = verdict(archive)["archive"]["id"]
    ecart("sign", archive, "--key", key)
    rep = verdict(archive, "--key", key + ".pub", "--tsa-root",
                  tsa + "/root.pem")
    equal(before, rep["archive"]["id"], "id")
    for check in ("archive.signature", "time.token", "time.proven"):
        equal("pass", outcome(rep, check), check)


main()
