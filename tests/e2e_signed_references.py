#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signatures and histories of references, made by git and ssh-keygen."""

import json
import os
import random
import stat
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from e2e import (ECART, FAIL, INCOMPLETE, PASS, UNREADABLE, USAGE, case,
                 contains, ecart, equal, main, read, run, write)

START = 1780000000  # 2026-05-28T20:26:40Z
AT = "@1780922561"
WHO = "release@example.org"
PATH = "references/paravisor/1.0.json"


def manifest(version="1.0", mrtd="ab" * 48, status=(("good", "2026-01-01", ""),),
             name="image.bin"):
    """A reference as ecart-reference(5) has it, in its canonical form."""
    entries = []
    for state, since, reason in status:
        entry = {"state": state, "since": since + "T00:00:00Z"}
        if reason:
            entry["reason"] = reason
        entries.append(entry)
    document = {
        "reference": "ecart-reference/1", "product": "paravisor",
        "version": version,
        "source": {"repository": "https://example.org/x", "commit": "a" * 40},
        "recipe": {"path": "recipes/paravisor/build.txt", "sha256": "a" * 64},
        "artifact": {"name": name, "sha256": "a" * 64},
        "measurements": [{"platform": "tdx", "register": "mrtd",
                          "alg": "sha384", "value": mrtd}],
        "status": entries,
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


GOOD = manifest()
WITHDRAWN = manifest(status=(("good", "2026-01-01", ""),
                             ("withdrawn", "2026-12-01", "a key in it")))


class Repository:
    """A working tree of git's own, whose commits have fixed times."""

    def __init__(self, scratch, name="refs"):
        self.scratch, self.path = scratch, f"{scratch}/{name}"
        self.time = START
        os.makedirs(self.path, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words, status=0, stdin=None, where=None):
        env = {"PATH": os.environ["PATH"], "HOME": self.scratch, "TZ": "UTC",
               "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
               "GIT_AUTHOR_NAME": "A U Thor", "GIT_AUTHOR_EMAIL": WHO,
               "GIT_COMMITTER_NAME": "C O Mitter", "GIT_COMMITTER_EMAIL": WHO,
               "GIT_AUTHOR_DATE": f"{self.time} +0000",
               "GIT_COMMITTER_DATE": f"{self.time} +0000",
               "GIT_MERGE_AUTOEDIT": "no"}
        done = subprocess.run(["git", "-C", where or self.path, *words],
                              env=env, input=stdin, capture_output=True,
                              check=False)
        assert status is None or done.returncode == status, (
            f"git {words}: {done.returncode}\n{done.stderr.decode()}")
        return done.returncode if status is None else done.stdout.decode().strip()

    def sign_with(self, key, program=None):
        """Every commit and tag from here on, until None is said."""
        self.git("config", "gpg.format", "ssh")
        self.git("config", "commit.gpgsign", "true" if key else "false")
        self.git("config", "tag.gpgsign", "true" if key else "false")
        if key:
            self.git("config", "user.signingkey", key)
        if program:
            self.git("config", "gpg.ssh.program", program)

    def commit(self, files, *words):
        """One commit of files by path, None for one that goes."""
        self.time += 100
        for path, text in files.items():
            whole = f"{self.path}/{path}"
            if text is None:
                os.unlink(whole)
            else:
                os.makedirs(os.path.dirname(whole), exist_ok=True)
                write(whole, text.encode())
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change", "--allow-empty", *words)
        return self.head()

    def head(self, rev="HEAD"):
        return self.git("rev-parse", rev)


def new_key(scratch, name="key", kind="ed25519", bits=None):
    path = f"{scratch}/{name}"
    words = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", path]
    subprocess.run(words + (["-b", str(bits)] if bits else []), check=True)
    return path


def public(key):
    return " ".join(read(key + ".pub").decode().split()[:2])


def signers(scratch, *lines, name="signers"):
    path = f"{scratch}/{name}"
    write(path, "".join(line + "\n" for line in lines).encode())
    return path


def history(repository, *words, status=PASS):
    path = repository if isinstance(repository, str) else repository.path
    done = ecart("audit", "reference", "history", path, *words, "--json",
                 status=status)
    return json.loads(done.out)


def judged(repository, allowed, *words, status, at=AT):
    return history(repository, *words, "--allowed-signers", allowed, "--at",
                   at, status=status)


def kinds(reference):
    return [event["kind"] for event in reference["events"]]


@case("a signed commit vouches, with its signer, key and claimed time")
def signed(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.sign_with(key)
    head = r.commit({PATH: GOOD})
    allowed = signers(scratch, f'{WHO} namespaces="git" {public(key)}')
    told = judged(r, allowed, status=PASS)
    reference, = told["references"]
    entry = reference["signature"]
    print_of = subprocess.run(["ssh-keygen", "-lf", key + ".pub"], check=True,
                              capture_output=True, text=True).stdout.split()[1]
    equal({"state": "good", "kind": "commit", "object": head,
           "signature": "ssh", "principals": WHO, "key": print_of,
           "algorithm": "ssh-ed25519", "time": "2026-05-28T20:28:20Z"},
          entry, "signature")
    event, = reference["events"]
    equal("added", event["kind"], "kind")
    equal("A U Thor", event["author"], "author")
    equal("file-commit", event["signature"]["kind"], "of the event")
    equal("2026-06-08T12:42:41Z", told["asOf"], "as of")
    text = ecart("audit", "reference", "history", r.path,
                 "--allowed-signers", allowed, "--at", AT).out
    contains(text, "vouched for: good, commit " + head[:12] + ", " + WHO,
             "added " + head[:12] + " by A U Thor",
             "judged as of 2026-06-08T12:42:41Z")


@case("unsigned: exit 2, and 0 where nobody asks for signers")
def unsigned(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.commit({PATH: GOOD})
    allowed = signers(scratch, f"{WHO} {public(key)}")
    told = judged(r, allowed, status=INCOMPLETE)
    equal("unsigned", told["references"][0]["signature"]["state"], "state")
    told = history(r)
    equal("unsigned", told["references"][0]["signature"]["state"], "state")
    contains(ecart("audit", "reference", "history", r.path).out,
             "signatures not asked for")


@case("a signature is named and not judged where nobody is asked")
def not_asked(scratch):
    r = Repository(scratch)
    r.sign_with(new_key(scratch))
    r.commit({PATH: GOOD})
    entry = history(r)["references"][0]["signature"]
    equal(("not-asked", "ssh"), (entry["state"], entry["signature"]), "state")
    assert "principals" not in entry, entry


def one_state(scratch, line, at=AT, status=INCOMPLETE):
    """The state of a commit that WHO's key signed, by signers of one line."""
    r, key = Repository(scratch), f"{scratch}/key"
    if not os.path.exists(key):
        new_key(scratch)
    r.sign_with(key)
    r.commit({PATH: GOOD})
    allowed = signers(scratch, line.replace("KEY", public(key)))
    return judged(r, allowed, status=status, at=at)["references"][0]["signature"]


@case("an unknown signer is named by the key: exit 2")
def unknown(scratch):
    other = public(new_key(scratch, "other"))
    entry = one_state(scratch, f"{WHO} {other}")
    equal("unknown-signer", entry["state"], "state")
    contains(entry["key"], "SHA256:")
    assert "principals" not in entry, entry


@case("a signer who was valid only before is expired, and good as of then")
def expired(scratch):
    line = f'{WHO} valid-before="20260601Z" KEY'
    equal("expired", one_state(scratch, line)["state"], "now")
    equal("good", one_state(scratch, line, "2026-05-31T00:00:00Z",
                            PASS)["state"], "then")


@case("a signer who is valid only later is not yet valid")
def not_yet_valid(scratch):
    line = f'{WHO} valid-after="20270101Z" KEY'
    equal("not-yet-valid", one_state(scratch, line)["state"], "state")


@case("a signer for another namespace: other-namespace, exit 2")
def other_namespace(scratch):
    line = f'{WHO} namespaces="file,mail" KEY'
    equal("other-namespace", one_state(scratch, line)["state"], "state")


@case("a signature made over another namespace: exit 1")
def wrong_namespace(scratch):
    key, r = new_key(scratch), Repository(scratch)
    program = f"{scratch}/as-file"
    write(program, b'#!/bin/sh\nfor w; do shift; [ "$w" = git ] && w=file\n'
          b'set -- "$@" "$w"; done\nexec ssh-keygen "$@"\n')
    os.chmod(program, stat.S_IRWXU)
    r.sign_with(key, program)
    r.commit({PATH: GOOD})
    allowed = signers(scratch, f"{WHO} {public(key)}")
    told = judged(r, allowed, status=FAIL)
    equal("wrong-namespace", told["references"][0]["signature"]["state"],
          "state")


@case("a signature of another commit: bad-signature, exit 1")
def bad_signature(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.sign_with(key)
    r.commit({PATH: GOOD})
    raw = r.git("cat-file", "commit", "HEAD") + "\n"
    raw = raw.replace("A U Thor", "A N Other")
    spoiled = r.git("hash-object", "-t", "commit", "-w", "--stdin",
                    stdin=raw.encode())
    r.git("update-ref", "refs/heads/main", spoiled)
    allowed = signers(scratch, f"{WHO} {public(key)}")
    entry = judged(r, allowed, status=FAIL)["references"][0]["signature"]
    equal("bad-signature", entry["state"], "state")
    equal(spoiled, entry["object"], "object")


@case("a bad signature in the past is told although REV is good: exit 1")
def bad_past(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.sign_with(key)
    r.commit({PATH: GOOD})
    raw = r.git("cat-file", "commit", "HEAD") + "\n"
    spoiled = r.git("hash-object", "-t", "commit", "-w", "--stdin",
                    stdin=raw.replace("A U Thor", "A N Other").encode())
    r.git("update-ref", "refs/heads/main", spoiled)
    r.commit({PATH: WITHDRAWN})
    allowed = signers(scratch, f"{WHO} {public(key)}")
    reference, = judged(r, allowed, status=FAIL)["references"]
    equal("good", reference["signature"]["state"], "state")
    equal(["bad-signature", "good"],
          [e["signature"]["state"] for e in reference["events"]], "events")


@case("patterns that would take hours are given up: no match, and why")
def too_many_patterns(scratch):
    names = ",".join(str(i) for i in range(12000))
    lines = "\n".join(15 * [f'{names} namespaces="file" KEY'])
    entry = one_state(scratch, lines)
    contains(entry["reason"], "the patterns of its lines take too many steps")


@case("what has the shape of a PGP signature is named, not judged: exit 2")
def pgp(scratch):
    key, r = new_key(scratch), Repository(scratch)
    program = f"{scratch}/as-gpg"
    write(program, b'#!/bin/sh\ncat >/dev/null\necho "[GNUPG:] SIG_CREATED D"'
          b' >&2\nprintf -- "-----BEGIN PGP SIGNATURE-----\\n\\nabc\\n'
          b'-----END PGP SIGNATURE-----\\n"\n')
    os.chmod(program, stat.S_IRWXU)
    r.git("config", "gpg.program", program)
    r.commit({PATH: GOOD}, "-S")
    allowed = signers(scratch, f"{WHO} {public(key)}")
    entry = judged(r, allowed, status=INCOMPLETE)["references"][0]["signature"]
    equal(("not-judged", "pgp"), (entry["state"], entry["signature"]), "state")


@case("the commit of the file vouches where REV's is unsigned")
def file_commit(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.sign_with(key)
    first = r.commit({PATH: GOOD})
    r.sign_with(None)
    r.commit({"README": "x\n", "references/paravisor/2.0.json":
              manifest("2.0")})
    allowed = signers(scratch, f"{WHO} {public(key)}")
    told = judged(r, allowed, status=INCOMPLETE)
    states = {ref["version"]: (ref["signature"]["state"],
                               ref["signature"]["kind"],
                               ref["signature"]["object"])
              for ref in told["references"]}
    equal(("good", "file-commit", first), states["1.0"], "1.0")
    equal("unsigned", states["2.0"][0], "2.0")
    told = judged(r, allowed, "paravisor@1.0", status=PASS)
    equal(["1.0"], [ref["version"] for ref in told["references"]], "asked")
    equal(UNREADABLE, ecart("audit", "reference", "history", r.path, "other",
                            status=UNREADABLE).status, "of another product")


@case("a signed tag vouches for an unsigned commit, by its own name alone")
def signed_tag(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.commit({PATH: GOOD})
    r.git("tag", "-a", "-m", "plain", "v0")
    r.sign_with(key)
    r.git("tag", "-s", "-m", "signed", "v1")
    allowed = signers(scratch, f"{WHO} {public(key)}")
    told = judged(r.path + "@v1", allowed, status=PASS)
    entry = told["references"][0]["signature"]
    equal(("good", "tag", r.head("v1")),
          (entry["state"], entry["kind"], entry["object"]), "by the tag")
    equal(entry, told["tag"], "the tag")
    equal("unsigned", told["signature"]["state"], "the commit")
    for rev in ("main", "v0", r.head()):
        told = judged(f"{r.path}@{rev}", allowed, status=INCOMPLETE)
        equal("unsigned", told["references"][0]["signature"]["state"], rev)


@case("an index that puts objects outside of its pack is refused, as is a pipe")
def hostile_folder(scratch):
    r = Repository(scratch)
    r.commit({PATH: GOOD})
    r.git("gc", "-q")
    pack = f"{r.path}/.git/objects/pack/"
    name, = (n for n in os.listdir(pack) if n.endswith(".idx"))
    history(r)
    os.chmod(pack + name, stat.S_IRWXU)
    whole = read(pack + name)
    far = whole[:-44] + b"\x7f" + whole[-43:]
    for spoiled in (far, b"\xfftOc\0\0\0\2" + 5000 * b"\xff"):
        write(pack + name, spoiled)
        contains(ecart("audit", "reference", "history", r.path,
                       status=UNREADABLE).err, "pack index")
    write(pack + name, whole)
    r.git("multi-pack-index", "write")
    history(r)
    whole = read(pack + "multi-pack-index")
    os.chmod(pack + "multi-pack-index", stat.S_IRWXU)
    write(pack + "multi-pack-index", whole[:-24] + b"\0\7\2\xa9" + whole[-20:])
    contains(ecart("audit", "reference", "history", r.path,
                   status=UNREADABLE).err, "multi-pack-index")
    os.unlink(pack + "multi-pack-index")
    os.mkfifo(f"{r.path}/.git/objects/info/alternates")
    contains(ecart("audit", "reference", "history", r.path,
                   status=UNREADABLE).err, "alternates")


@case("commits of a MiB that change many files are loaded once")
def large_commits(scratch):
    r, out = Repository(scratch), []
    for mark in range(1, 8):
        text = "m" * 1000000
        out.append(f"commit refs/heads/main\nmark :{mark}\ncommitter a <b> "
                   f"{START + mark} +0000\ndata {len(text)}\n{text}\n")
        out += [f"M 100644 inline references/paravisor/{i}.json\ndata 1\n"
                f"{mark}\n" for i in range(400)]
    r.git("fast-import", "--quiet", stdin="".join(out).encode())
    begin = time.process_time() + sum(os.times()[2:4])
    equal(400, len(history(r)["references"]), "references")
    took = time.process_time() + sum(os.times()[2:4]) - begin
    assert took < 6, f"{took} seconds of CPU"


@case("a signed tag under another name than its own vouches for nothing")
def other_name(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.commit({PATH: GOOD})
    r.sign_with(key)
    r.git("tag", "-s", "-m", "signed", "v1")
    r.sign_with(None)
    r.git("update-ref", "refs/tags/v2", r.head("v1"))
    write(f"{r.path}/.git/refs/heads/v3", r.head("v1").encode() + b"\n")
    allowed = signers(scratch, f"{WHO} {public(key)}")
    for rev in ("v2", "refs/tags/v2", "v2~0", "v3"):
        told = judged(f"{r.path}@{rev}", allowed, status=INCOMPLETE)
        equal(("other-name", "unsigned"),
              (told["tag"]["state"],
               told["references"][0]["signature"]["state"]), rev)
    for rev in ("v1", "refs/tags/v1", r.head("v1"), r.head("v1")[:12]):
        told = judged(f"{r.path}@{rev}", allowed, status=PASS)
        equal("good", told["tag"]["state"], rev)


@case("a tag whose signature is false: exit 1, though its commit is good")
def bad_tag(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.sign_with(key)
    r.commit({PATH: GOOD})
    r.git("tag", "-s", "-m", "signed", "v1")
    raw = r.git("cat-file", "tag", "v1") + "\n"
    spoiled = r.git("hash-object", "-t", "tag", "-w", "--stdin",
                    stdin=raw.replace("tag v1", "tag v2").encode())
    r.git("update-ref", "refs/tags/v2", spoiled)
    allowed = signers(scratch, f"{WHO} {public(key)}")
    judged(r.path + "@v1", allowed, status=PASS)
    told = judged(r.path + "@v2", allowed, status=FAIL)
    equal("bad-signature", told["tag"]["state"], "tag")
    entry = told["references"][0]["signature"]
    equal(("good", "commit"), (entry["state"], entry["kind"]), "by")


@case("a rewritten history: exit 1, whoever signed it; nothing is good")
def rewritten(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.sign_with(key)
    first = r.commit({PATH: GOOD})
    lost = r.commit({PATH: WITHDRAWN})
    allowed = signers(scratch, f"{WHO} {public(key)}")
    for known, state in ((lost, "current"), (first, "ancestor")):
        told = judged(r, allowed, "--known", known, status=PASS)
        equal({"state": state, "commit": known}, told["known"], "known")
    r.git("reset", "-q", "--hard", first)
    r.commit({"README": "as if it had not been\n"})
    judged(r, allowed, status=PASS)
    told = judged(r, allowed, "--known", lost, status=FAIL)
    equal("rewritten", told["known"]["state"], "known")
    contains(told["known"]["reason"], "no ancestor")
    equal("rewritten", told["references"][0]["signature"]["state"], "state")
    history(r, "--known", lost, status=FAIL)
    told = history(r, "--known", "1" * 40, status=FAIL)
    contains(told["known"]["reason"], "not in the repository")
    ecart("audit", "reference", "history", r.path, "--known", "main",
          status=UNREADABLE)


@case("a reference withdrawn later than as-of: the change, its date, its cause")
def withdrawn_later(scratch):
    r = Repository(scratch)
    r.commit({PATH: GOOD})
    r.commit({PATH: WITHDRAWN})
    reference, = history(r)["references"]
    equal(["added", "changed"], kinds(reference), "events")
    equal({"from": "good", "to": "withdrawn", "reason": "a key in it",
           "since": "2026-12-01T00:00:00Z"}, reference["events"][1]["status"],
          "status")
    contains(ecart("audit", "reference", "history", r.path).out,
             "good -> withdrawn since 2026-12-01T00:00:00Z: a key in it")


@case("measurements and other members that change are counted and named")
def members(scratch):
    r = Repository(scratch)
    r.commit({PATH: GOOD})
    r.commit({PATH: manifest(mrtd="cd" * 48, name="other.bin")})
    change = history(r)["references"][0]["events"][1]
    equal({"added": 1, "removed": 1}, change["measurements"], "measurements")
    equal(["artifact"], change["members"], "members")
    assert "status" not in change, change


@case("a change of the mode alone is an event, as in git log")
def mode(scratch):
    r = Repository(scratch)
    r.commit({PATH: GOOD})
    r.git("update-index", "--chmod=+x", PATH)
    r.time += 100
    r.git("commit", "-q", "-m", "mode")
    event = history(r)["references"][0]["events"][1]
    equal(("changed", r.head()), (event["kind"], event["commit"]), "event")
    assert "restores" not in event and "status" not in event, event


@case("a revert names the commit whose content it restores")
def reverted(scratch):
    r = Repository(scratch)
    first = r.commit({PATH: GOOD})
    r.commit({PATH: WITHDRAWN})
    r.time += 100
    r.git("revert", "--no-edit", "HEAD")
    reference, = history(r)["references"]
    equal(["added", "changed", "changed"], kinds(reference), "events")
    equal(first, reference["events"][2]["restores"], "restores")
    equal(("withdrawn", "good"), (reference["events"][2]["status"]["from"],
                                  reference["events"][2]["status"]["to"]),
          "status")


@case("of a merge the side that has the file is followed")
def merged(scratch):
    r = Repository(scratch)
    r.commit({PATH: GOOD})
    r.git("checkout", "-q", "-b", "side")
    side = r.commit({PATH: WITHDRAWN})
    r.git("checkout", "-q", "main")
    r.commit({"README": "x\n"})
    r.time += 100
    r.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    reference, = history(r)["references"]
    equal(["added", "changed"], kinds(reference), "events")
    equal(side, reference["events"][1]["commit"], "commit")


@case("a merge that leaves a withdrawal out undoes it for nobody")
def dropped(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.sign_with(key)
    first = r.commit({PATH: GOOD})
    withdrawal = r.commit({PATH: WITHDRAWN})
    r.sign_with(None)
    allowed = signers(scratch, f"{WHO} {public(key)}")
    tree = r.head(f"{first}^{{tree}}")
    evil = r.git("commit-tree", "-m", "merge", "-p", withdrawal, "-p", first,
                 tree)
    r.git("update-ref", "refs/heads/main", evil)
    told = judged(r, allowed, "--known", withdrawal, status=INCOMPLETE)
    reference, = told["references"]
    equal(["added"], kinds(reference), "events, as git log has them")
    equal("good", reference["events"][0]["signature"]["state"], "of the event")
    equal(withdrawal, reference["dropped"], "dropped")
    equal("unsigned", reference["signature"]["state"], "state")
    contains(ecart("audit", "reference", "history", r.path).out,
             f"a merge left out what {withdrawal[:12]} made of it")
    # Later commits, and merges of the two, change nothing about it.
    r.git("reset", "-q", "--hard", "main")
    r.commit({"README": "x\n"})
    reference, = judged(r, allowed, status=INCOMPLETE)["references"]
    equal(withdrawal, reference["dropped"], "dropped")


@case("a withdrawal that was undone before the merge is left out as well")
def dropped_undone(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.sign_with(key)
    first = r.commit({PATH: GOOD})
    withdrawal = r.commit({PATH: WITHDRAWN})
    r.sign_with(None)
    undone = r.commit({PATH: GOOD})
    allowed = signers(scratch, f"{WHO} {public(key)}")
    tree = r.head(f"{first}^{{tree}}")
    evil = r.git("commit-tree", "-m", "m", "-p", withdrawal, "-p", first, tree)
    for parents in ((first, undone), (undone, first), (first, evil)):
        words = [word for each in parents for word in ("-p", each)]
        merge = r.git("commit-tree", "-m", "m", *words, tree)
        r.git("update-ref", "refs/heads/other", merge)
        reference, = judged(r.path + "@other", allowed, "--known", withdrawal,
                            status=INCOMPLETE)["references"]
        equal("unsigned", reference["signature"]["state"], str(parents))
        if parents[0] == first:
            equal(withdrawal, reference["dropped"], "dropped")


@case("the same version made on another side, too, leaves nothing out")
def dropped_same(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.commit({PATH: GOOD})
    r.git("branch", "side")
    r.sign_with(key)
    r.commit({PATH: WITHDRAWN})
    r.sign_with(None)
    r.git("checkout", "-q", "side")
    r.commit({PATH: WITHDRAWN, "README": "x\n"})
    r.git("checkout", "-q", "main")
    r.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    allowed = signers(scratch, f"{WHO} {public(key)}")
    reference, = judged(r, allowed, status=PASS)["references"]
    equal("file-commit", reference["signature"]["kind"], "kind")
    assert "dropped" not in reference, reference


@case("what a shallow clone does not have of a side may have been left out")
def dropped_shallow(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.sign_with(key)
    first = r.commit({PATH: GOOD})
    r.commit({PATH: WITHDRAWN})
    r.sign_with(None)
    undone = r.commit({PATH: GOOD})
    merge = r.git("commit-tree", "-m", "m", "-p", first, "-p", undone,
                  r.head(f"{first}^{{tree}}"))
    write(f"{r.path}/.git/shallow", f"{undone}\n".encode())
    r.git("update-ref", "refs/heads/main", merge)
    lost = r.git("rev-parse", merge + "^2")
    raw = f"{r.path}/.git/objects/"
    past = r.git("cat-file", "commit", lost).split("parent ")[1][:40]
    os.unlink(f"{raw}{past[:2]}/{past[2:]}")
    allowed = signers(scratch, f"{WHO} {public(key)}")
    reference, = judged(r, allowed, "--known", undone,
                        status=INCOMPLETE)["references"]
    equal((undone, "unsigned"), (reference["dropped"],
                                 reference["signature"]["state"]), "dropped")


@case("a merge that takes a deleted file back is told, too")
def dropped_deletion(scratch):
    r = Repository(scratch)
    first = r.commit({PATH: GOOD, "README": "x\n"})
    deletion = r.commit({PATH: None})
    evil = r.git("commit-tree", "-m", "m", "-p", deletion, "-p", first,
                 r.head(f"{first}^{{tree}}"))
    reference, = history(r.path + "@" + evil)["references"]
    equal(deletion, reference["dropped"], "dropped")


@case("a merge with what never had a file does not make it vanish")
def dropped_file(scratch):
    r = Repository(scratch)
    first = r.commit({"README": "x\n"})
    addition = r.commit({PATH: WITHDRAWN})
    evil = r.git("commit-tree", "-m", "m", "-p", addition, "-p", first,
                 r.head(f"{first}^{{tree}}"))
    reference, = history(r.path + "@" + evil)["references"]
    equal((False, [], addition), (reference["present"], reference["events"],
                                  reference["dropped"]), "reference")


@case("a merge of a branch that changed or added a file drops nothing")
def dropped_nothing(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.commit({PATH: GOOD})
    r.git("branch", "stale")
    r.git("checkout", "-q", "-b", "side")
    r.sign_with(key)
    r.commit({PATH: WITHDRAWN,
              "references/paravisor/2.0.json": manifest("2.0")})
    r.sign_with(None)
    r.git("checkout", "-q", "main")
    r.commit({"README": "x\n"})
    r.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    r.git("checkout", "-q", "stale")
    r.commit({"other": "y\n"})
    r.git("checkout", "-q", "main")
    r.git("merge", "-q", "--no-ff", "-m", "merge", "stale")
    allowed = signers(scratch, f"{WHO} {public(key)}")
    for reference in judged(r, allowed, status=PASS)["references"]:
        equal(("good", "file-commit"), (reference["signature"]["state"],
                                        reference["signature"]["kind"]),
              reference["path"])
        assert "dropped" not in reference, reference


@case("a deleted file is in the walk of all, and what it was before")
def deleted(scratch):
    r = Repository(scratch)
    r.commit({PATH: GOOD, "references/paravisor/2.0.json": manifest("2.0")})
    gone = r.commit({PATH: None})
    references = history(r)["references"]
    equal([False, True], [ref["present"] for ref in references], "present")
    equal(["added", "deleted"], kinds(references[0]), "events")
    equal(gone, references[0]["events"][1]["commit"], "commit")
    contains(ecart("audit", "reference", "history", r.path).out,
             PATH + ", deleted")
    r.commit({"references/paravisor/2.0.json": None, "README": "x\n"})
    equal([False, False], [ref["present"] for ref in history(r)["references"]],
          "without any reference left")


@case("a version that cannot be read is an event, and refuses nothing")
def unreadable(scratch):
    r = Repository(scratch)
    r.commit({PATH: "{}"})
    r.commit({PATH: GOOD})
    reference, = history(r)["references"]
    equal(["unreadable", "changed"], kinds(reference), "events")
    assert reference["events"][0]["reason"], reference
    assert reference["events"][1]["fromUnreadable"], reference


@case("a shallow clone is told by name, and nothing was added there")
def shallow(scratch):
    key, r = new_key(scratch), Repository(scratch)
    first = r.commit({PATH: GOOD})
    r.commit({"README": "x\n"})
    edge = r.commit({"README": "y\n"})
    r.commit({"README": "z\n"})
    r.git("clone", "-q", "--depth", "2", f"file://{r.path}",
          f"{scratch}/clone", where=scratch)
    told = history(f"{scratch}/clone")
    reference, = told["references"]
    equal("shallow", reference["end"], "end")
    equal(["earlier"], kinds(reference), "events")
    equal(edge, reference["events"][0]["commit"], "commit")
    contains(ecart("audit", "reference", "history", f"{scratch}/clone").out,
             "history ends at a shallow boundary")
    told = history(f"{scratch}/clone", "--known", first, status=INCOMPLETE)
    equal("not-reached", told["known"]["state"], "known")
    equal("not-reached", told["references"][0]["signature"]["state"], "state")
    history(f"{scratch}/clone", "--known", edge)


@case("committer times that go back are noted, and so are those of no year")
def times(scratch):
    r = Repository(scratch)
    r.commit({PATH: GOOD})
    r.time = START - 100000
    r.commit({PATH: WITHDRAWN})
    reference, = history(r)["references"]
    equal([False, True], ["timeGoesBack" in e for e in reference["events"]],
          "events")
    raw = r.git("cat-file", "commit", "HEAD") + "\n"
    raw = raw.replace(str(r.time), "999999999999999")
    far = r.git("hash-object", "-t", "commit", "-w", "--stdin",
                stdin=raw.encode())
    r.git("update-ref", "refs/heads/main", far)
    reference, = history(r)["references"]
    equal("@999999999999999", reference["events"][1]["time"], "time")


@case("a plain folder has no history: exit 0, and 2 where signers are asked")
def folder(scratch):
    os.makedirs(f"{scratch}/plain/references/paravisor")
    write(f"{scratch}/plain/{PATH}", GOOD.encode())
    told = history(f"{scratch}/plain")
    equal("not-in-git", told["signature"]["state"], "state")
    equal([], told["references"], "references")
    allowed = signers(scratch, f"{WHO} {public(new_key(scratch))}")
    judged(f"{scratch}/plain", allowed, status=INCOMPLETE)
    history(f"{scratch}/plain", "--known", "1" * 40, status=INCOMPLETE)


@case("usage: signers without a time, a time without signers, too many words")
def usage(scratch):
    for words in (["x", "--allowed-signers", "f"], ["x", "--at", AT], [],
                  ["x", "y", "z"], ["x", "--at", "noon"], ["x", "--no"]):
        ecart("audit", "reference", "history", *words, status=USAGE)
    ecart("audit", "reference", "history", scratch + "/none",
          status=UNREADABLE)
    r = Repository(scratch)
    r.commit({PATH: GOOD})
    ecart("audit", "reference", "history", r.path, "--allowed-signers",
          scratch + "/none", "--at", AT, status=UNREADABLE)


@case("JSON is the same on every run, from anywhere, bare or not")
def same(scratch):
    key, r = new_key(scratch), Repository(scratch)
    r.sign_with(key)
    for text in (GOOD, WITHDRAWN, GOOD):
        r.commit({PATH: text})
    allowed = signers(scratch, f"{WHO} {public(key)}")
    r.git("clone", "-q", "--bare", r.path, f"{scratch}/bare.git",
          where=scratch)
    runs = {json.dumps(judged(where, allowed, status=PASS))
            for where in (r.path, f"{scratch}/bare.git", r.path + "@main")}
    equal(1, len(runs), "texts")


def random_stream(seed, n):
    """git fast-import's input: n commits of three files with random merges."""
    rng = random.Random(seed)
    paths = [f"references/paravisor/{i}.json" for i in range(3)]
    trees, out = [], []
    for mark in range(1, n + 1):
        near = range(max(1, mark - 5), mark)
        others = rng.sample(near, min(len(near), rng.choice(
            [0] + 30 * [1] + 12 * [2] + [3])))
        if mark == n and n - 1 not in others:
            others.insert(0, n - 1)
        sides = [trees[other - 1] for other in others] or [{}]
        tree = dict(rng.choice(sides))
        for path in paths:
            roll = rng.random()
            if roll < 0.15:
                tree[path] = manifest(str(rng.randrange(3)),
                                      mrtd=rng.choice(["ab", "cd"]) * 48)
            elif roll < 0.2:
                tree.pop(path, None)
            elif roll < 0.4:
                side = rng.choice(sides)
                tree.pop(path, None)
                if path in side:
                    tree[path] = side[path]
        trees.append(tree)
        if not others:
            # A root: else fast-import goes on from the branch.
            out.append("reset refs/heads/main\n\n")
        out.append(f"commit refs/heads/main\nmark :{mark}\n"
                   f"committer a <b> {START + 60 * mark} +0000\n"
                   f"data 2\nm\n")
        out += [f"{'merge' if i else 'from'} :{other}\n"
                for i, other in enumerate(others)]
        out.append("deleteall\n")
        out += [f"M 100644 inline {path}\ndata {len(text)}\n{text}\n"
                for path, text in sorted(tree.items())]
        out.append("\n")
    return "".join(out).encode(), paths


@case("the commits of a file are those of git log, on random graphs")
def differential_log(scratch):
    n_events = n_merges = 0
    for seed in range(20):
        r = Repository(scratch, f"random{seed}")
        stream, paths = random_stream(seed, 150)
        r.git("fast-import", "--quiet", "--force", stdin=stream)
        told = {ref["path"]: ref["events"] for ref in history(r)["references"]}
        for path in paths:
            want = r.git("log", "--format=%H", "main", "--", path).split()
            found = [e["commit"] for e in told.get(path, [])]
            equal(sorted(want), sorted(found), f"seed {seed}: {path}")
            n_events += len(want)
        n_merges += len(r.git("rev-list", "--merges", "main").split())
        order = r.git("rev-list", "--parents", "main").splitlines()
        above = {line.split()[0]: line.split()[1:] for line in order}
        for path, events in told.items():
            seen = set()
            for event in events:
                seen.add(event["commit"])
                later = {e["commit"] for e in events} - seen
                assert not later & set(above[event["commit"]]), (seed, path)
    assert n_events > 300 and n_merges > 150, (n_events, n_merges)


@case("what vouches is what git verify-commit and verify-tag say")
def differential_verify(scratch):
    keys = {"ed": new_key(scratch, "ed"), "other": new_key(scratch, "other"),
            "p256": new_key(scratch, "p256", "ecdsa", 256),
            "p521": new_key(scratch, "p521", "ecdsa", 521),
            "rsa": new_key(scratch, "rsa", "rsa", 2048)}
    r = Repository(scratch)
    commits = {}
    for name, key in keys.items():
        r.sign_with(key)
        commits[name] = r.commit({PATH: GOOD + " " * len(commits)})
        r.git("tag", "-s", "-m", name, name)
    r.sign_with(None)
    commits["none"] = r.commit({"README": "x\n"})
    lines = {name: public(key) for name, key in keys.items()}
    files = [[f"{WHO} {lines['ed']}", f"{WHO} {lines['rsa']}"],
             [f"*@example.org,!{WHO} {lines['ed']}", f"* {lines['p256']}"],
             [f'{WHO} namespaces="git" {lines["p521"]}',
              f'{WHO} namespaces="file" {lines["p256"]}'],
             [f'{WHO} valid-before="20260101Z" {lines["ed"]}',
              f'{WHO} valid-after="20260101Z" {lines["other"]}'],
             [f"{WHO} cert-authority {lines['ed']}", "# nothing", "junk"]]
    verdicts = set()
    for i, lines_of_file in enumerate(files):
        allowed = signers(scratch, *lines_of_file, name=f"signers{i}")
        for name, commit in commits.items():
            at = "@" + r.git("show", "-s", "--format=%ct", commit)
            for rev, verb, member in ((commit, "verify-commit", "signature"),
                                      (name, "verify-tag", "tag")):
                if rev == "none":
                    continue
                want = r.git("-c", f"gpg.ssh.allowedSignersFile={allowed}",
                             verb, rev, status=None) == 0
                done = run([ECART, "audit", "reference", "history",
                            f"{r.path}@{rev}", "--allowed-signers", allowed,
                            "--at", at, "--json"])
                state = json.loads(done.out)[member]["state"]
                equal(want, state == "good", f"file {i}: {verb} {name}")
                verdicts.add((verb, want))
    equal(4, len(verdicts), "both verdicts of both verbs")


main(needs_vectors=False)
