# SPDX-License-Identifier: Apache-2.0
"""Writes testdata/: `forge.py OUTDIR`; compares it: `forge.py --check DIR`. Always the same bytes."""

import os
import sys

sys.dont_write_bytecode = True

import anchors  # noqa: E402
import bound  # noqa: E402
import cases  # noqa: E402
import image_seeds  # noqa: E402
import log_seeds  # noqa: E402
import loose  # noqa: E402
import refusals  # noqa: E402
import roundtrip  # noqa: E402
import scene  # noqa: E402
import token_scene  # noqa: E402
import volume  # noqa: E402
import wrappers  # noqa: E402


README = """Everything here is SIMULATED: made by tests/forge from a fixed seed, never by a real machine.

anchors/simulated/  the roots that the evidence ends in       keys/     keys that sign the archives
loose/              the good evidence as single files          wrappers/ the same in other tools' formats
loose-snp/          that of a guest of SEV-SNP
replay/CASE/        archive.tar, as-of, what a replay must say (expect), policy.json and nonce
                    where needed
archive/            containers to refuse or to note; index: name, TAB, reason
fuzz/               what fuzzing starts from

Make it again: python3 tests/forge/forge.py testdata      Compare it: … forge.py --check testdata
A file report.json in a case is a stored report of ecart itself; forge neither makes nor reads it.
"""


def tree():
    """Every file of testdata/ that forge owns: {path: bytes}."""
    parts = scene.Scene().parts()
    out = {"README": README.encode()}
    for part in (anchors.files(), loose.files(parts), wrappers.files(parts), refusals.files(),
                 bound.seeds(), image_seeds.seeds(), log_seeds.seeds(), roundtrip.seeds(), token_scene.seeds(),
                 volume.seeds()):
        out.update(part)
    for case in cases.every():
        out.update(case.files())
    return out


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write(files, folder):
    """Writes what differs; never deletes (reports beside the cases belong to another program)."""
    for path, data in files.items():
        full = os.path.join(folder, path)
        if read(full) == data:
            continue
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(data)


def differing(files, folder):
    """Paths that differ or are absent, and containers that forge no longer makes."""
    bad = [path for path, data in files.items() if read(os.path.join(folder, path)) != data]
    for part in ("replay", "archive"):
        for where, _, names in os.walk(os.path.join(folder, part)):
            paths = [os.path.relpath(os.path.join(where, n), folder) for n in names]
            bad += [p for p in paths if p.endswith(".tar") and p not in files]
    return sorted(bad)


def main(words):
    if len(words) == 2 and words[0] == "--check":
        bad = differing(tree(), words[1])
        for path in bad:
            print(path)
        return 1 if bad else 0
    if len(words) != 1 or words[0].startswith("-"):
        print("usage: forge.py OUTDIR | forge.py --check DIR", file=sys.stderr)
        return 3
    write(tree(), words[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
