# SPDX-License-Identifier: Apache-2.0
"""One run of `ecart collect` from beginning to end, its steps as --json says them, and its archive.

collection.py is for a run that something happens to on its way, and for nonces computed again."""

import base64
import hashlib
import json
import os
import subprocess
import tarfile

from e2e import ECART, PASS, Run, equal, read

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
PATIENCE = 120  # of one run


def environment(**more):
    """Without the proxies of the machine that the tests run on."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
    return {**kept, **more}


def started(words, before=(), **options):
    """(words, the program on its way); before: words that run it, such as strace."""
    words = [*before, ECART, *(str(word) for word in words)]
    options.setdefault("env", environment())
    return words, subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, **options)


def ran(*words, status=PASS, **options):
    """The program, its environment cleaned; its exit status is part of what is expected."""
    words, child = started(words, **options)
    out, err = child.communicate(timeout=PATIENCE)
    done = Run(words, subprocess.CompletedProcess(words, child.returncode, out, err))
    assert done.status == status, "want status %d\n%s" % (status, done)
    return done


def preload_hindrance():
    """Why ecart takes no library that plays a part of the kernel (LD_PRELOAD); "" where it does."""
    program = read(ECART)
    if not os.environ.get("ECART_PRELOADS"):
        return "ECART_PRELOADS names no folder with the libraries of tests/guest"
    if b"ld-linux" not in program and b"ld-musl" not in program:
        return "ecart is static, and takes no library by LD_PRELOAD"
    return ""


def preload(name):
    """What a program's environment needs for guest/NAME.c to stand in for the C library; a sanitizer
    would refuse to come second."""
    given = os.environ.get("ASAN_OPTIONS", "")
    return {"LD_PRELOAD": os.path.join(os.environ["ECART_PRELOADS"], name + ".so"),
            "ASAN_OPTIONS": given + ":verify_asan_link_order=0"}


class Collected:
    """done: of the run. steps: {source: its step}. said: the lines in between."""

    def __init__(self, archive, done):
        self.archive, self.done = archive, done
        events = [json.loads(line) for line in done.err.splitlines() if line.startswith("{")]
        self.steps = {e["source"]: e for e in events if e["event"] == "step"}
        self.said = [e["line"] for e in events if e["event"] == "said"]
        self.members = members(archive) if os.path.exists(archive) else {}
        self.manifest = manifest_of(self.members) if self.members else None

    def step(self, source):
        """As the manifest has it, which tells of those too that were not asked; {}: not here."""
        rows = self.manifest["collector"]["steps"] if self.manifest else self.steps.values()
        return next((row for row in rows if row["source"] == source), {})

    def outcome(self, source):
        return self.step(source).get("outcome", "not here")

    def reason(self, source):
        return self.step(source).get("reason", "")

    def items(self, kind):
        """Entries of the manifest of that kind."""
        return [item for item in self.manifest["items"] if item["kind"] == kind]

    def all(self, kind):
        return [self.members[item["name"]] for item in self.items(kind)]

    def one(self, kind):
        found = self.all(kind)
        equal(1, len(found), "items of kind %s in %s" % (kind, sorted(self.members)))
        return found[0]

    def kinds(self):
        return sorted({item["kind"] for item in self.manifest["items"]})

    @property
    def session_root(self):
        """H0: what everything is bound to."""
        return hashlib.sha512(self.one("ecart-session")).digest()

    def nonce(self, use, round_number=1):
        """The item that the manifest says holds the nonce of that use; None where it says none."""
        rows = [row for row in self.manifest.get("binding", {}).get("nonces", [])
                if (row["use"], row["round"]) == (use, round_number)]
        assert len(rows) < 2, rows
        return rows[0]["item"] if rows else None


def members(archive):
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar.getmembers()}


def manifest_of(files):
    statement = json.loads(files["manifest.json"])
    return statement.get("predicate", statement)


def collect(scratch, root, *words, status=PASS, name="a.ecart", **options):
    """A run below that root; its steps are read from --json."""
    archive = os.path.join(scratch, name)
    done = ran("collect", "--root", root, "-o", archive, "--json", *words, status=status, **options)
    return Collected(archive, done)


def b64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def requests(path):
    """What the services noted: one row a request."""
    if not os.path.exists(path):
        return []
    return [json.loads(line) for line in read(path).splitlines()]
