# SPDX-License-Identifier: Apache-2.0
"""An end-to-end suite: cases that run the installed program and nothing else.

A test file declares cases with @case("sentence") and ends with main().  A
case is a function of one argument, an empty scratch folder; it fails by
raising.  Output is the Test Anything Protocol, one point a case.  Words behind
the file's name leave the cases whose sentence has one of them.

Environment: ECART_BIN, the installed program with its anchors; where that is
not set ECART, a program in its build folder, which is then given the anchors of
the source tree.  ECART_VECTORS, the vectors (else ../shared/vectors beside the source root).
Without any vectors folder the suite is skipped; a file that is missing in it
is a failure.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VECTORS = os.environ.get(
    "ECART_VECTORS",
    os.path.join(os.path.dirname(ROOT), "shared", "vectors"))
ECART = os.environ.get("ECART_BIN") or os.environ.get("ECART", "")
# nohup and shells have some ignored for what runs beside them; children would inherit that.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
INSTALLED = bool(os.environ.get("ECART_BIN"))
# Commands that start from anchors, but these parts of `audit` and `--help`.
JUDGES = ("replay", "explain", "audit")
WITHOUT_ANCHORS = ("corim", "diff", "reference", "measure", "--help")

PASS, FAIL, INCOMPLETE, USAGE, UNREADABLE, TROUBLE = range(6)

AZURE_AT = "@1780922561"
GCP_AT = "@1782809233"

_cases = []


class Skip(Exception):
    """Raised by a case that cannot run here; the message says why."""


def case(sentence):
    """Registers a case under the sentence that it shows."""
    def register(function):
        _cases.append((sentence, function))
        return function
    return register


def vector(*parts):
    path = os.path.join(VECTORS, *parts)
    assert os.path.exists(path), f"vector missing: {path}"
    return path


def azure_evidence():
    return vector("e2e-tdx",
                  "azure-tdx-with-ak-intermediates-1780922561.yaml")


def azure_collateral():
    return vector("e2e-tdx",
                  "azure-collateral-with-ak-intermediates-1780922561.yaml")


def gcp_evidence():
    return vector("e2e-tdx", "gcp-tdx-1782809233226668671")


def gcp_collateral():
    return vector("e2e-tdx", "gcp-tdx-collateral-1782809233226668671.yaml")


def simulated(*parts):
    """A path of the forged evidence, which no installed anchor vouches for."""
    return os.path.join(ROOT, "testdata", *parts)


class Run:
    """What one run of a program left behind."""

    def __init__(self, words, done):
        self.words = words
        self.status = done.returncode
        self.stdout = done.stdout
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")

    def __str__(self):
        return (f"{' '.join(self.words)}\nstatus {self.status}\n"
                f"{self.out[:1500]}\n{self.err[:1500]}")


def run(words, cwd=None, stdin=b""):
    words = [str(word) for word in words]
    done = subprocess.run(words, cwd=cwd, input=stdin, capture_output=True,
                          check=False, timeout=300)
    return Run(words, done)


def tool(words, cwd=None, stdin=b""):
    """Another program that must succeed."""
    done = run(words, cwd, stdin)
    assert done.status == 0, str(done)
    return done


def anchored(words):
    """The words with the source tree's anchors where the program has none."""
    plain = INSTALLED or words[:1] == () or words[0] not in JUDGES
    if plain or "--anchors" in words or any(w in words for w in WITHOUT_ANCHORS):
        return list(words)
    part = 2 if words[:1] == ("audit",) and words[1] in ("explain", "history") else 1
    return [*words[:part], "--anchors", os.path.join(ROOT, "anchors"), *words[part:]]


def ecart(*words, status=PASS, cwd=None, stdin=b""):
    """The program; its exit status is part of what is expected."""
    done = run([ECART, *anchored(words)], cwd, stdin)
    assert done.status == status, f"want status {status}\n{done}"
    return done


def pack(archive, *paths, time=None, key=None):
    words = ["pack", "-o", archive]
    if time is not None:
        words += ["--time", time]
    if key is not None:
        words += ["--key", key]
    return ecart(*words, *paths)


def report(*words, status=PASS):
    """The report of a replay, parsed."""
    return json.loads(
        ecart("replay", *words, "--format", "json", status=status).stdout)


def pack_azure(scratch, **options):
    archive = os.path.join(scratch, "azure.ecart")
    pack(archive, azure_evidence(), azure_collateral(), time=AZURE_AT,
         **options)
    return archive


def pack_gcp(scratch, **options):
    archive = os.path.join(scratch, "gcp.ecart")
    pack(archive, gcp_evidence(), gcp_collateral(), time=GCP_AT, **options)
    return archive


def findings(rep, *ids):
    return [row for row in rep["checks"] if row["id"] in ids]


def outcome(rep, check):
    """The one outcome of a check."""
    found = {row["outcome"] for row in findings(rep, check)}
    assert len(found) == 1, f"{check}: outcomes {sorted(found)}"
    return found.pop()


def failed(rep):
    """[(id, subject)] of what is broken, in the order of the report."""
    return [(row["id"], row["subject"]) for row in rep["checks"]
            if row["outcome"] == "fail"]


def at_path(value, path):
    """The member of a JSON value that "a.b[0].c" names; KeyError if none."""
    for part in path.replace("[", ".[").split("."):
        if part.startswith("["):
            if not isinstance(value, list):
                raise KeyError(path)
            index = int(part[1:-1])
            if index >= len(value):
                raise KeyError(path)
            value = value[index]
        else:
            value = value[part]
    return value


def equal(want, got, what):
    assert want == got, f"{what}:\n  want {want!r}\n  got  {got!r}"


def contains(text, *parts):
    for part in parts:
        assert part in text, f"{part!r} is not in:\n{text}"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, content):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    return path


def flip(content, offset, mask=0x01):
    changed = bytearray(content)
    changed[offset] ^= mask
    return bytes(changed)


def tree(folder):
    """{path below folder: its bytes}."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            found[os.path.relpath(path, folder)] = read(path)
    return found


def _diagnose(text):
    for line in text.rstrip().splitlines():
        print("# " + line)


@contextlib.contextmanager
def _scratch():
    folder = tempfile.mkdtemp(prefix="ecart-e2e-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run_case(number, sentence, function):
    with _scratch() as folder:
        try:
            function(folder)
        except Skip as reason:
            print(f"ok {number} - {sentence} # SKIP {reason}")
            return True
        except AssertionError as broken:
            print(f"not ok {number} - {sentence}")
            _diagnose(str(broken) or traceback.format_exc())
            return False
        except Exception:  # a broken case is a failed one
            print(f"not ok {number} - {sentence}")
            _diagnose(traceback.format_exc())
            return False
    print(f"ok {number} - {sentence}")
    return True


def main(needs_vectors=True):
    if not os.access(ECART, os.X_OK) or os.path.isdir(ECART):
        print("Bail out! ECART_BIN names no program")
        sys.exit(1)
    if needs_vectors and not os.path.isdir(VECTORS):
        if "ECART_VECTORS" not in os.environ:
            print("1..0 # SKIP vectors absent")
            sys.exit(0)
    cases = [row for row in _cases
             if not sys.argv[1:] or any(words in row[0] for words in sys.argv[1:])]
    if not cases:
        print("Bail out! no case has these words")
        sys.exit(1)
    print(f"1..{len(cases)}")
    good = True
    for number, (sentence, function) in enumerate(cases, 1):
        good = _run_case(number, sentence, function) and good
        sys.stdout.flush()
    sys.exit(0 if good else 1)
