#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An audit on the word of allowed signers: who vouches, since when, who built it."""

import hashlib
import json
import os
import sys

sys.dont_write_bytecode = True

from e2e import (AZURE_AT, FAIL, INCOMPLETE, USAGE, case, contains, ecart,
                 equal, findings, main, read, run, simulated, tool, write, ECART)

SOURCE = "https://git.example/paravisor@" + "0123456789abcdef" * 2 + "01234567"
ARCHIVE = simulated("replay/pass/archive.tar")
SIMULATED = [ARCHIVE, "--at", AZURE_AT, "--anchors", simulated("anchors")]
NAMED = ("--product", "paravisor", "--version", "1.0")
BUILD = {"predicate": {
    "buildDefinition": {
        "buildType": "https://example.org/rebuild/1",
        "externalParameters": {"recipe": "recipe"},
        "resolvedDependencies": [{"uri": "pkg:deb/debian/nasm@2.16.01-1"}]},
    "runDetails": {"builder": {"id": "https://example.org/builders/simulated"}}}}


def mrtd():
    done = ecart("replay", *SIMULATED, "--format", "json")
    return json.loads(done.out)["facts"]["tdx"]["mrtd"]


def add(repository, version, value, *more):
    scratch = os.path.dirname(repository)
    write(scratch + "/recipe", b"how it is built\n")
    write(scratch + "/image", b"what came of it\n")
    return ecart("audit", "reference", "add", repository, "--product", "paravisor",
                 "--version", version, "--source", SOURCE, "--recipe", scratch + "/recipe",
                 "--artifact", scratch + "/image", "--mrtd", value, "--since",
                 "2026-01-01T00:00:00Z", "--time", "2026-01-02T00:00:00Z", *more).out.split()[0]


def key_in(scratch, name="key"):
    ecart("keygen", "-o", f"{scratch}/{name}.pem")
    return f"{scratch}/{name}.pem"


def signers_in(scratch, key, principal="alice@example.org", options=""):
    """A file of allowed signers with that key; options stand behind the principal."""
    line = ecart("audit", "reference", "signer", key + ".pub", "--principal", principal).out
    if options:
        line = line.replace('namespaces="git"', options)
    return write(scratch + "/signers", line.encode())


def signed_repository(scratch, *more):
    """(repository, key, commit) of one signed reference that has the measurement."""
    repository, key = scratch + "/references.git", key_in(scratch)
    commit = add(repository, "1.0", mrtd(), "--init", "--key", key, *more)
    return repository, key, commit


def audited(repository, *words, status=0):
    done = ecart("audit", *SIMULATED, "--references", repository, *words, "--format", "json",
                 status=status)
    rep = json.loads(done.out)
    entry, = rep["audit"]
    return entry, rep


@case("an allowed signer vouches: match, with source, commit, signer, and when it came")
def good(scratch):
    repository, key, commit = signed_repository(scratch)
    signers = signers_in(scratch, key)
    entry, rep = audited(repository, "--allowed-signers", signers)
    equal("match", entry["result"], "result")
    repo, ref = entry["repository"], entry["reference"]
    equal((commit, "alice@example.org"), (repo["commit"], repo["signedBy"]), "repository")
    equal("0123456789abcdef" * 2 + "01234567", ref["source"]["commit"], "source")
    equal(("good", "commit", commit), tuple(ref["vouchedBy"][m] for m in ("state", "kind", "object")),
          "vouched by")
    equal((commit, "2026-01-02T00:00:00Z", "added"),
          tuple(ref["entered"][m] for m in ("commit", "time", "kind")), "entered")
    equal("alice@example.org", ref["entered"]["signature"]["principals"], "entered")
    assert "changed" not in ref, ref
    owner, = [row for row in rep["trust"] if row["owner"] == "keeper of the references"]
    contains(owner["anchor"], commit, "signed by alice@example.org (SHA256:")
    text = ecart("audit", *SIMULATED, "--references", repository, "--allowed-signers", signers).out
    contains(text, "the commit: signed by alice@example.org", "  entered     2026-01-02T00:00:00Z (claimed)")


@case("nobody is asked: a match as ever, and the signature is named, not judged")
def not_asked(scratch):
    repository, _, commit = signed_repository(scratch)
    entry, _ = audited(repository)
    equal("match", entry["result"], "result")
    equal(("not-asked", "ssh"),
          tuple(entry["repository"]["signature"][m] for m in ("state", "signature")), "signature")
    assert "signedBy" not in entry["repository"], entry["repository"]
    equal(commit, entry["reference"]["entered"]["commit"], "entered")


def no_match(repository, state, *words):
    entry, rep = audited(repository, *words, status=INCOMPLETE)
    equal("no-reference", entry["result"], "result")
    contains(entry["reason"], "paravisor 1.0 has this value", "no allowed signer vouches", state)
    row, = findings(rep, "measure.mrtd")
    equal("skip", row["outcome"], "outcome")
    assert "signedBy" not in entry["repository"], entry["repository"]
    return entry


@case("unsigned, an unknown key, an expired one, one for files: each its word, and no match")
def refused(scratch):
    repository, key, _ = signed_repository(scratch)
    other = signers_in(scratch, key_in(scratch, "other"))
    no_match(repository, "unknown-signer", "--allowed-signers", other)
    before = 'namespaces="git",valid-before="20260101Z"'
    no_match(repository, "expired", "--allowed-signers",
             signers_in(scratch, key, options=before))
    after = 'namespaces="git",valid-after="20270101Z"'
    no_match(repository, "not-yet-valid", "--allowed-signers",
             signers_in(scratch, key, options=after))
    no_match(repository, "other-namespace", "--allowed-signers",
             signers_in(scratch, key, options='namespaces="file"'))
    bare = scratch + "/unsigned/references.git"
    os.mkdir(scratch + "/unsigned")
    add(bare, "1.0", mrtd(), "--init")
    entry = no_match(bare, "unsigned", "--allowed-signers", signers_in(scratch, key))
    equal("unsigned", entry["repository"]["signature"]["state"], "signature")


@case("a signer is judged as of the time of the evidence, not of the commit")
def as_of(scratch):
    repository, key, _ = signed_repository(scratch)
    until = 'namespaces="git",valid-after="20260601Z",valid-before="20260701Z"'
    entry, _ = audited(repository, "--allowed-signers", signers_in(scratch, key, options=until))
    equal("match", entry["result"], "result")


@case("the commit that made the file vouches, behind an unsigned one")
def file_commit(scratch):
    repository, key, first = signed_repository(scratch)
    add(repository, "2.0", "ab" * 48)
    entry, _ = audited(repository, "--allowed-signers", signers_in(scratch, key))
    equal("match", entry["result"], "result")
    equal(("file-commit", first), tuple(entry["reference"]["vouchedBy"][m] for m in ("kind", "object")),
          "vouched by")
    equal("unsigned", entry["repository"]["signature"]["state"], "the commit's")
    text = ecart("audit", *SIMULATED, "--references", repository, "--allowed-signers",
                 scratch + "/signers").out
    contains(text, "  vouched by  the commit that made it: signed by")


@case("a state that nobody signed: good is no match, bad news is news")
def bad_news(scratch):
    repository, key, first = signed_repository(scratch)
    ecart("audit", "reference", "add", repository, *NAMED, "--state", "withdrawn", "--reason",
          "a mistake", "--since", "2026-05-01T00:00:00Z", "--time", "2026-05-02T00:00:00Z")
    signers = signers_in(scratch, key)
    entry, _ = audited(repository, "--allowed-signers", signers, status=FAIL)
    equal("differs-explained", entry["result"], "result")
    equal(("changed", "unsigned"), (entry["reference"]["changed"]["kind"],
                                    entry["reference"]["changed"]["signature"]["state"]), "changed")
    equal("good", entry["reference"]["entered"]["signature"]["state"], "entered")
    ecart("audit", "reference", "add", repository, *NAMED, "--state", "good", "--since",
          "2026-05-03T00:00:00Z", "--time", "2026-05-04T00:00:00Z")
    no_match(repository, "unsigned", "--allowed-signers", signers)


@case("bad news that was taken away in another file: nobody vouches for what is left")
def taken_away(scratch):
    repository, key, _ = signed_repository(scratch)
    signers = signers_in(scratch, key)
    add(repository, "2.0", mrtd(), "--key", key)
    withdrawal = ecart("audit", "reference", "add", repository, "--product", "paravisor", "--version",
                       "2.0", "--state", "withdrawn", "--reason", "a mistake", "--since",
                       "2026-05-01T00:00:00Z", "--time", "2026-05-02T00:00:00Z", "--key",
                       key).out.split()[0]
    words = ("--allowed-signers", signers, "--known", withdrawal)
    entry, _ = audited(repository, *words, status=FAIL)
    equal("differs-explained", entry["result"], "withdrawn")
    tree = scratch + "/tree"
    tool(["git", "clone", "-q", repository, tree])
    who = ("-c", "user.name=SIMULATED", "-c", "user.email=simulated@localhost")
    tool(["git", "-C", tree, *who, "rm", "-q", "references/paravisor/2.0.json"])
    tool(["git", "-C", tree, *who, "commit", "-q", "-m", "gone"])
    entry = no_match(tree, "overruled", *words)
    contains(entry["reason"], "references/paravisor/2.0.json")
    add(tree, "3.0", "ab" * 48, "--key", key)
    entry, _ = audited(tree, *words)
    equal(("match", "commit"), (entry["result"], entry["reference"]["vouchedBy"]["kind"]),
          "who signs what is left vouches for it")


@case("a rewritten history: no match, whoever signed it; from the known commit on it is one")
def rewritten(scratch):
    repository, key, first = signed_repository(scratch)
    signers = signers_in(scratch, key)
    add(repository, "2.0", "ab" * 48, "--key", key)
    entry, _ = audited(repository, "--allowed-signers", signers, "--known", first)
    equal(("match", "ancestor"), (entry["result"], entry["repository"]["known"]["state"]), "known")
    tool(["git", "-C", repository, "update-ref", "refs/heads/old", "HEAD"])
    lost = tool(["git", "-C", repository, "rev-parse", "HEAD"]).out.strip()
    tool(["git", "-C", repository, "update-ref", "refs/heads/main", first])
    add(repository, "3.0", "cd" * 48, "--key", key)
    entry, _ = audited(repository, "--allowed-signers", signers)
    equal("match", entry["result"], "without the known commit")
    for words in (("--allowed-signers", signers), ()):
        entry, _ = audited(repository, *words, "--known", lost, status=INCOMPLETE)
        equal("no-reference", entry["result"], "result")
        contains(entry["reason"], "has this value, but nothing in its history counts: rewritten, ")
        equal("rewritten", entry["repository"]["known"]["state"], "known")
    text = ecart("audit", *SIMULATED, "--references", repository, "--known", lost,
                 status=INCOMPLETE).out
    contains(text, "  known       " + lost[:16] + "...: rewritten")


@case("a plain folder has no signer")
def folder(scratch):
    repository, key, _ = signed_repository(scratch)
    tree = scratch + "/tree"
    tool(["git", "clone", "-q", repository, tree])
    tool(["rm", "-rf", tree + "/.git"])
    entry, _ = audited(tree)
    equal("match", entry["result"], "result")
    no_match(tree, "not-in-git", "--allowed-signers", signers_in(scratch, key))


@case("who built it stands beside, as the provenance says of itself")
def built(scratch):
    build = write(scratch + "/build.json", json.dumps(BUILD).encode())
    repository, key, _ = signed_repository(scratch, "--build", build)
    entry, _ = audited(repository, "--allowed-signers", signers_in(scratch, key))
    made = entry["reference"]["provenance"]
    equal(("https://example.org/builders/simulated", "https://example.org/rebuild/1", 1),
          tuple(made[m] for m in ("builder", "buildType", "dependencies")), "provenance")
    equal(1, len(made["claimedKeys"]), "keys")
    text = ecart("audit", *SIMULATED, "--references", repository).out
    contains(text, "  built by    https://example.org/builders/simulated from 1 dependency, as it")


@case("a signature that names no key, or names it by any text, spoils no report")
def any_key_name(scratch):
    build = write(scratch + "/build.json", json.dumps(BUILD).encode())
    repository, _, _ = signed_repository(scratch, "--build", build)
    tree = scratch + "/tree"
    tool(["git", "clone", "-q", repository, tree])
    envelope, manifest = tree + "/provenance/paravisor/1.0.dsse.json", tree + "/references/paravisor/1.0.json"
    document, entry = json.loads(read(manifest)), json.loads(read(envelope))
    for name, want in ((None, []), ("", []), ("\u202ea\x1b[31m\u00e9\n", ["\\xe2\\x80\\xaea\\x1b[31m\\xc3\\xa9\\x0a"]),
                       ("k" * 1000, ["k" * 129 + "..."])):
        entry["signatures"] = [{"sig": "AAAA"} if name is None else {"sig": "AAAA", "keyid": name}]
        text = json.dumps(entry).encode()
        write(envelope, text)
        document["provenance"]["sha256"] = hashlib.sha256(text).hexdigest()
        write(manifest, json.dumps(document, sort_keys=True, separators=(",", ":")).encode())
        tool(["git", "-C", tree, "-c", "user.name=a", "-c", "user.email=b", "commit", "-qam", "m"])
        made = audited(tree)[0]["reference"]["provenance"]
        equal(want, made["claimedKeys"], "keys")


@case("the same bytes on every run, from anywhere, at any hour")
def same(scratch):
    repository, key, _ = signed_repository(scratch)
    words = [ECART, "audit", *SIMULATED, "--references", repository, "--allowed-signers",
             signers_in(scratch, key), "--format", "json"]
    first = run(words).stdout
    for env in (["TZ=Pacific/Kiritimati", "LC_ALL=tr_TR.UTF-8"], ["HOME=/nonexistent"]):
        equal(first, run(["env", *env, *words], "/").stdout, str(env))
    equal(first, run(["env", "ASAN_OPTIONS=verify_asan_link_order=0", "faketime",
                              "2031-01-01", *words], scratch).stdout, "another hour")


@case("history: a build is known where an allowed signer vouches for it")
def over_time(scratch):
    repository, key, _ = signed_repository(scratch)
    words = ("audit", "history", ARCHIVE, "--anchors", simulated("anchors"), "--at", AZURE_AT,
             "--references", repository, "--format", "json")
    for more, want in (((), "match"), (("--allowed-signers", signers_in(scratch, key)), "match")):
        row, = json.loads(ecart(*words, *more).out)["measurements"]
        equal(want, row["reference"]["result"], str(more))
    other = signers_in(scratch, key_in(scratch, "other"))
    row, = json.loads(ecart(*words, "--allowed-signers", other).out)["measurements"]
    equal("no-reference", row["reference"]["result"], "another signer")


@case("usage: signers without references, a known commit that is none")
def usage(scratch):
    write(scratch + "/signers", b"")
    ecart("audit", "history", ARCHIVE, "--allowed-signers", scratch + "/signers", status=USAGE)
    ecart("audit", ARCHIVE, "--references", scratch, "--known", "abcd", status=USAGE)


main()
