#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who built what is referred to: signed, committed, checked by git itself."""

import base64
import concurrent.futures
import hashlib
import json
import os
import shutil
import sys

sys.dont_write_bytecode = True

from collection import PlainTpm
from e2e import (FAIL, UNREADABLE, USAGE, Skip, case, contains, ecart, equal,
                 main, read, run, tool, write)

SOURCE = "https://git.example/paravisor@" + "0123456789abcdef" * 2 + "01234567"
MANIFEST = "references/paravisor/1.0.json"
ENVELOPE = "provenance/paravisor/1.0.dsse.json"
NAMED = ("--product", "paravisor", "--version", "1.0")
MRTD = "ab" * 48
WHO = ("-c", "user.name=SIMULATED", "-c", "user.email=simulated@localhost")
PREDICATE = {
    "buildDefinition": {
        "buildType": "https://example.org/rebuild/1",
        "externalParameters": {"recipe": "recipe"},
        "resolvedDependencies": [
            {"uri": "pkg:deb/debian/nasm@2.16.01-1"},
            {"name": "gcc", "digest": {"sha256": "00" * 32}}]},
    "runDetails": {
        "builder": {"id": "https://example.org/builders/simulated"},
        "metadata": {"startedOn": "2026-01-01T00:00:00Z"}}}


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def key_in(scratch, name="key", algorithm="ed25519"):
    path = f"{scratch}/{name}.pem"
    ecart("keygen", "-o", path, "--algorithm", algorithm)
    return path


def build_in(scratch, predicate=None):
    path = scratch + "/build.json"
    write(path, json.dumps({"host": "SIMULATED",
                            "predicate": predicate or PREDICATE}).encode())
    return path


def inputs(scratch):
    """The options of a new reference, with the files that they name."""
    write(scratch + "/recipe", b"how it is built\n")
    write(scratch + "/image", b"what came of it\n")
    return ["--source", SOURCE, "--recipe", scratch + "/recipe", "--artifact",
            scratch + "/image", "--mrtd", MRTD, "--since",
            "2026-01-01T00:00:00Z", "--time", "2026-01-02T00:00:00Z"]


def add(repository, *words, status=0):
    return ecart("audit", "reference", "add", repository, *NAMED, *words,
                 status=status)


def repository_with(scratch, *more, name="references.git"):
    path = f"{scratch}/{name}"
    add(path, *inputs(scratch), "--init", *more)
    return path


def git(repository, *words):
    return tool(["git", "-C", repository, *WHO, *words]).out.strip()


def object_at(repository, path):
    return tool(["git", "-C", repository, "show", "HEAD:" + path]).stdout


def check(repository, *words, status=0):
    return ecart("audit", "reference", "check", repository, *words,
                 status=status)


def changed_in_clone(scratch, repository, files):
    """A clone in which these files stand in a commit of somebody else."""
    tree = scratch + "/clone"
    tool(["git", "clone", "-q", repository, tree])
    for path, content in files.items():
        write(f"{tree}/{path}", content)
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "changed")
    return tree


def pinned(repository, envelope):
    """Both files, the manifest's digest being that of the envelope."""
    manifest = json.loads(object_at(repository, MANIFEST))
    manifest["provenance"]["sha256"] = hashlib.sha256(envelope).hexdigest()
    return {MANIFEST: canonical(manifest), ENVELOPE: envelope}


def pae(payload):
    kind = b"application/vnd.in-toto+json"
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


@case("what the builder said is signed, committed and found again")
def round_trip(scratch):
    key = key_in(scratch)
    repository = repository_with(scratch, "--build", build_in(scratch),
                                 "--key", key)
    equal(sorted([MANIFEST, ENVELOPE, "recipes/paravisor/1.0/recipe"]),
          git(repository, "ls-tree", "-r", "--name-only", "HEAD").split(),
          "files of the commit")
    envelope = object_at(repository, ENVELOPE)
    manifest = json.loads(object_at(repository, MANIFEST))
    equal({"path": ENVELOPE, "sha256": hashlib.sha256(envelope).hexdigest()},
          manifest["provenance"], "provenance of the manifest")
    payload = base64.b64decode(json.loads(envelope)["payload"])
    equal(canonical(json.loads(payload)), payload, "canonical payload")
    equal({"_type": "https://in-toto.io/Statement/v1",
           "predicateType": "https://slsa.dev/provenance/v1",
           "predicate": PREDICATE,
           "subject": [{"name": "image", "digest": {
               "sha256": manifest["artifact"]["sha256"]}}]},
          json.loads(payload), "statement")
    said = check(repository).out
    contains(said, "1 with provenance", "not looked at", "0 faults, 0 notes")
    said = check(repository, "--provenance-key", key + ".pub").out
    contains(said, "1 with provenance", "held against the keys given")


@case("openssl verifies the signature over the statement, of each algorithm")
def openssl(scratch):
    for algorithm in ("ed25519", "p256", "p384"):
        key = key_in(scratch, algorithm, algorithm)
        repository = repository_with(scratch, "--build", build_in(scratch),
                                     "--key", key, name=algorithm)
        envelope = json.loads(object_at(repository, ENVELOPE))
        write(scratch + "/pae", pae(base64.b64decode(envelope["payload"])))
        write(scratch + "/sig",
              base64.b64decode(envelope["signatures"][0]["sig"]))
        raw = ["-rawin"] if algorithm == "ed25519" else [
            "-rawin", "-digest", {"p256": "sha256", "p384": "sha384"}[
                algorithm]]
        tool(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey",
              key + ".pub", *raw, "-in", scratch + "/pae", "-sigfile",
              scratch + "/sig"])
        check(repository, "--provenance-key", key + ".pub")


@case("a changed envelope is told by its digest, and by its signature")
def tampered(scratch):
    key = key_in(scratch)
    repository = repository_with(scratch, "--build", build_in(scratch),
                                 "--key", key)
    envelope = json.loads(object_at(repository, ENVELOPE))
    statement = json.loads(base64.b64decode(envelope["payload"]))
    statement["predicate"]["runDetails"]["builder"]["id"] = "https://else.where"
    envelope["payload"] = base64.b64encode(canonical(statement)).decode()
    changed = canonical(envelope)
    tree = changed_in_clone(scratch, repository, {ENVELOPE: changed})
    said = check(tree, status=FAIL).err
    contains(said, MANIFEST, "provenance.sha256")
    # Whoever may commit may change both; the key tells.
    os.mkdir(scratch + "/both")
    tree = changed_in_clone(scratch + "/both", repository,
                            pinned(repository, changed))
    check(tree)
    said = check(tree, "--provenance-key", key + ".pub", status=FAIL).err
    contains(said, ENVELOPE, "signatures")


@case("a provenance that is gone, or no envelope, is named with its file")
def damaged(scratch):
    key = key_in(scratch)
    repository = repository_with(scratch, "--build", build_in(scratch),
                                 "--key", key)
    tree = changed_in_clone(scratch, repository, pinned(repository, b"{}"))
    contains(check(tree, status=FAIL).err, ENVELOPE, "payload")
    git(tree, "rm", "-q", ENVELOPE)
    git(tree, "commit", "-q", "-m", "gone")
    contains(check(tree, status=FAIL).err, MANIFEST, "provenance.path",
             "nothing")
    check(tree + "@HEAD~2", "--provenance-key", key + ".pub")


@case("the provenance of another file is not that of the artifact")
def other_subject(scratch):
    key, build = key_in(scratch), build_in(scratch)
    repository = repository_with(scratch, "--build", build, "--key", key)
    words = inputs(scratch)
    write(scratch + "/image", b"another image\n")
    other = scratch + "/other.git"
    add(other, *words, "--init", "--build", build, "--key", key)
    tree = changed_in_clone(scratch, repository, pinned(
        repository, object_at(other, ENVELOPE)))
    said = check(tree, "--provenance-key", key + ".pub", status=FAIL).err
    contains(said, ENVELOPE, "subject.digest.sha256")


@case("another key, and none where one is asked for, are faults")
def other_key(scratch):
    key, other = key_in(scratch), key_in(scratch, "other")
    repository = repository_with(scratch, "--build", build_in(scratch),
                                 "--key", key)
    said = check(repository, "--provenance-key", other + ".pub",
                 status=FAIL).err
    contains(said, ENVELOPE, "signatures")
    check(repository, "--provenance-key", other + ".pub", "--provenance-key",
          key + ".pub")
    bare = repository_with(scratch, name="without.git")
    check(bare)
    said = check(bare, "--provenance-key", key + ".pub", status=FAIL).err
    contains(said, MANIFEST, "provenance")
    check(repository, "--provenance-key", key, status=UNREADABLE)
    ecart("audit", "reference", "list", repository, "--provenance-key",
          key + ".pub", status=USAGE)


@case("--build without --key is usage; a key or a build that is none, exit 4")
def misuse(scratch):
    key, path = key_in(scratch), scratch + "/references.git"
    words = [*inputs(scratch), "--init"]
    said = add(path, *words, "--build", build_in(scratch), status=USAGE).err
    contains(said, "--key")
    for twice in (("--key", key), ("--build", build_in(scratch))):
        said = add(path, *words, "--build", build_in(scratch), "--key", key,
                   *twice, status=USAGE).err
        contains(said, "once")
    for wrong in (key + ".pub", scratch + "/none.pem"):
        add(path, *words, "--build", build_in(scratch), "--key", wrong,
            status=UNREADABLE)
    assert not os.path.exists(path), "a repository was made"
    lacking = dict(PREDICATE, runDetails={"builder": {}})
    said = add(path, *words, "--build", build_in(scratch, lacking), "--key",
               key, status=UNREADABLE).err
    contains(said, "build.json", "predicate.runDetails.builder.id")
    equal("", git(path, "for-each-ref"), "branches")


@case("a reference that is there gets its provenance once")
def later(scratch):
    key, build = key_in(scratch), build_in(scratch)
    repository = repository_with(scratch)
    before = json.loads(object_at(repository, MANIFEST))
    add(repository, "--build", build, "--key", key)
    after = json.loads(object_at(repository, MANIFEST))
    equal(ENVELOPE, after.pop("provenance")["path"], "path")
    equal(before, after, "the rest of the manifest")
    check(repository, "--provenance-key", key + ".pub")
    contains(add(repository, "--build", build, "--key", key,
                 status=USAGE).err, "already")
    add(repository, "--state", "withdrawn", "--reason", "a mistake")
    check(repository, "--provenance-key", key + ".pub")


def race(scratch, repository, meanwhile):
    """An addition that waits for its recipe while somebody else commits."""
    words = inputs(scratch)
    os.unlink(scratch + "/recipe")
    os.mkfifo(scratch + "/recipe")
    with concurrent.futures.ThreadPoolExecutor(1) as beside:
        adding = beside.submit(add, repository, *words, status=UNREADABLE)
        # Opens once the program does, which has read the branch by then.
        with open(scratch + "/recipe", "wb") as recipe:
            meanwhile()
            recipe.write(b"how it is built\n")
    os.unlink(scratch + "/recipe")
    return adding.result().err


@case("a branch that was moved meanwhile is left alone, bare or not")
def lost_race(scratch):
    for name, more in (("bare", ["--bare"]), ("tree", [])):
        os.mkdir(f"{scratch}/{name}")
        repository = f"{scratch}/{name}/repository"
        tool(["git", "init", "-q", "-b", "main", *more, repository])
        empty = tool(["git", "-C", repository, "hash-object", "-w", "-t",
                      "tree", "--stdin"]).out.strip()
        for other in ("the first", "a later one"):
            said = race(f"{scratch}/{name}", repository, lambda: git(
                repository, "update-ref", "HEAD", git(
                    repository, "commit-tree", "-m", other, empty)))
            contains(said, "branch", git(repository, "rev-parse", "HEAD"),
                     "meanwhile")
        equal("1", git(repository, "rev-list", "--count", "HEAD"), "commits")
        equal("", git(repository, "ls-tree", "-r", "HEAD"), "files")
        assert not os.path.exists(f"{repository}/{MANIFEST}"), "written"


@case("a working tree gets all three files, and git finds it clean")
def working_tree(scratch):
    key, tree = key_in(scratch), scratch + "/tree"
    tool(["git", "init", "-q", "-b", "main", tree])
    add(tree, *inputs(scratch), "--build", build_in(scratch), "--key", key)
    equal(object_at(tree, ENVELOPE), read(f"{tree}/{ENVELOPE}"), "envelope")
    equal("", git(tree, "status", "--porcelain"), "status")
    git(tree, "fsck", "--strict")


def allowed_by(scratch, key, principal="builder@example.org"):
    """A file of allowed signers with that one key."""
    line = ecart("audit", "reference", "signer", key + ".pub", "--principal",
                 principal).out
    write(scratch + "/allowed_signers", line.encode())
    return scratch + "/allowed_signers"


def verify_commit(repository, allowed, commit="HEAD"):
    return run(["git", "-C", repository, "-c", "gpg.format=ssh", "-c",
                "gpg.ssh.allowedSignersFile=" + allowed, "verify-commit",
                commit])


def split_commit(repository):
    """What is signed of the commit, and the signature."""
    lines = tool(["git", "-C", repository, "cat-file", "commit",
                  "HEAD"]).stdout.split(b"\n")
    first = next(n for n, line in enumerate(lines)
                 if line.startswith(b"gpgsig "))
    last = first + 1
    while lines[last].startswith(b" "):
        last += 1
    armour = [lines[first][len(b"gpgsig "):],
              *(line[1:] for line in lines[first + 1:last])]
    return (b"\n".join(lines[:first] + lines[last:]),
            b"\n".join(armour) + b"\n")


@case("git and ssh-keygen verify the commit, of each algorithm")
def signed_commit(scratch):
    for algorithm in ("ed25519", "p256", "p384"):
        key = key_in(scratch, algorithm, algorithm)
        repository = repository_with(scratch, "--key", key, name=algorithm)
        allowed = allowed_by(scratch, key)
        done = verify_commit(repository, allowed)
        equal(0, done.status, str(done))
        contains(done.err, "Good", "builder@example.org")
        covered, armour = split_commit(repository)
        write(scratch + "/signature", armour)
        words = ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I",
                 "builder@example.org", "-n", "git", "-s",
                 scratch + "/signature"]
        tool(words, stdin=covered)
        assert run(words, stdin=covered + b"x").status != 0, "changed"
        git(repository, "fsck", "--strict")
        other = allowed_by(scratch, key_in(scratch, "not-" + algorithm))
        assert verify_commit(repository, other).status != 0, "another key"


@case("a key inside a TPM signs both, and git verifies its commit")
def tpm_key(scratch):
    missing = [name for name in ("swtpm", "tpm2_createprimary", "tpm2_sign")
               if shutil.which(name) is None]
    if missing:
        raise Skip("no " + ", ".join(missing))
    handle, key = "0x81000005", scratch + "/tpm"
    with PlainTpm(scratch) as tpm:
        tpm.make_key(handle, scheme="ecc256:ecdsa-sha256:null")
        tpm.run("tpm2_readpublic", "-c", handle, "-f", "pem", "-o",
                key + ".pub", "-Q")
        repository = repository_with(
            scratch, "--build", build_in(scratch), "--key", "tpm:" + handle,
            "--tcti", tpm.tcti)
    check(repository, "--provenance-key", key + ".pub")
    done = verify_commit(repository, allowed_by(scratch, key))
    equal(0, done.status, str(done))


@case("the line of allowed signers is of one key, one name and git alone")
def allowed_signers(scratch):
    for algorithm, named in (("ed25519", "ssh-ed25519"),
                             ("p256", "ecdsa-sha2-nistp256"),
                             ("p384", "ecdsa-sha2-nistp384")):
        key = key_in(scratch, algorithm, algorithm)
        who, options, kind, blob = read(allowed_by(scratch, key)).split()
        equal((b"builder@example.org", b'namespaces="git"', named.encode()),
              (who, options, kind), "line")
        write(scratch + "/ssh.pub", kind + b" " + blob + b"\n")
        if algorithm != "ed25519":  # whose SPKI OpenSSH 9.2 cannot read
            pem = tool(["ssh-keygen", "-e", "-m", "PKCS8", "-f",
                        scratch + "/ssh.pub"]).stdout
            equal(read(key + ".pub"), pem, "the same key")
        tool(["ssh-keygen", "-l", "-f", scratch + "/ssh.pub"])
    for name in ("", "a b", "*@example.org", "a,b", "#a", 'a"'):
        ecart("audit", "reference", "signer", key + ".pub", "--principal",
              name, status=USAGE)
    ecart("audit", "reference", "signer", key + ".pub", status=USAGE)
    said = ecart("audit", "reference", "signer", key, "--principal", "a",
                 status=UNREADABLE).err
    contains(said, "a private key", "openssl pkey -pubout")
    write(scratch + "/rsa.pem", tool(["openssl", "genrsa", "2048"]).stdout)
    tool(["openssl", "pkey", "-in", scratch + "/rsa.pem", "-pubout", "-out",
          scratch + "/rsa.pub"])
    said = ecart("audit", "reference", "signer", scratch + "/rsa.pub",
                 "--principal", "a", status=UNREADABLE).err
    contains(said, "RSA")


@case("every change to a signed reference is a signed commit of its own")
def signed_history(scratch):
    key = key_in(scratch)
    tree = scratch + "/tree"
    tool(["git", "init", "-q", "-b", "main", tree])
    add(tree, *inputs(scratch), "--key", key)
    add(tree, "--build", build_in(scratch), "--key", key)
    add(tree, "--state", "vulnerable", "--reason", "a mistake", "--since",
        "2026-02-01T00:00:00Z", "--key", key)
    allowed = allowed_by(scratch, key)
    for commit in ("HEAD", "HEAD~1", "HEAD~2"):
        done = verify_commit(tree, allowed, commit)
        equal(0, done.status, str(done))
    equal("", git(tree, "status", "--porcelain"), "status")
    add(tree, "--state", "withdrawn", "--reason", "a mistake", "--since",
        "2026-03-01T00:00:00Z")
    assert verify_commit(tree, allowed).status != 0, "unsigned"


@case("the same inputs make the same commit")
def determinism(scratch):
    key, build = key_in(scratch), build_in(scratch)
    ids = set()
    for name in ("a.git", "b.git"):
        repository = repository_with(scratch, "--build", build, "--key", key,
                                     name=name)
        ids.add(git(repository, "rev-parse", "HEAD"))
    equal(1, len(ids), "commits")


main()
