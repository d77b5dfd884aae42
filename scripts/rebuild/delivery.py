# SPDX-License-Identifier: Apache-2.0
"""What a rebuild leaves behind: a folder that is there whole or not at all, and a reference."""

import json
import os
import shutil
import tempfile

import comparison
from ending import TROUBLE, USAGE, Ending


def check(out):
    """Before hours of building: whether the folder can be made."""
    above = os.path.dirname(os.path.abspath(out))
    if os.path.lexists(out) and (os.path.islink(out.rstrip("/")) or not os.path.isdir(out) or os.listdir(out)):
        raise Ending(USAGE, f"--out {out}: is there and not an empty folder")
    if not os.path.isdir(above):
        raise Ending(USAGE, f"--out {out}: no folder {above}")
    if not os.access(above, os.W_OK | os.X_OK):
        raise Ending(USAGE, f"--out {out}: nothing can be made in {above}")


def check_repository(repository, more):
    """Before hours of building: whether it is there, where it is not to be made."""
    if "--init" not in more and not os.path.isdir(repository):
        raise Ending(USAGE, f"--into {repository}: no such repository; -- --init makes one")


def deliver(out, builds, artifacts, document, reproduced):
    """The artifact, or both where they differ; what the runs said; build.json."""
    part = tempfile.mkdtemp(prefix=".rebuild-", dir=os.path.dirname(os.path.abspath(out)))
    try:
        for build, artifact in zip(builds, artifacts):
            folder = part if reproduced else os.path.join(part, build.run)
            os.makedirs(folder, exist_ok=True)
            shutil.copyfile(artifact.path, os.path.join(folder, artifact.name))
            shutil.copyfile(build.log, os.path.join(part, build.run + ".log"))
        with open(os.path.join(part, "build.json"), "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1, sort_keys=True)
            file.write("\n")
        os.chmod(part, 0o755)
        os.rename(part, out)
    except OSError as broken:
        raise Ending(TROUBLE, f"--out {out}: {broken.strerror}") from broken
    finally:
        shutil.rmtree(part, ignore_errors=True)


def check_key(key):
    """Before hours of building: whether it can be read, and this ecart keeps who built something."""
    if not key.startswith("tpm:") and not os.path.isfile(key):
        raise Ending(USAGE, f"--key {key}: no such file")
    if "--build" not in comparison.ecart("audit", "reference", "add", "--help"):
        raise Ending(USAGE, "--key: this ecart writes no provenance")


def refer(repository, recipe, out, artifact, key, more):
    """The reference that says so, written and committed by ecart; what it prints."""
    value = artifact.value("tdx")
    if value is None:
        raise Ending(TROUBLE, "--into: a reference is of an MRTD, and the artifact has none")
    words = ["audit", "reference", "add", repository, "--product", recipe.product, "--version", recipe.version,
             "--source", recipe.source_name(), "--artifact", os.path.join(out, artifact.name), "--mrtd", value]
    for word in recipe.others():
        words += ["--parameter", word]
    if key:
        words += ["--build", os.path.join(out, "build.json"), "--key", key]
    with tempfile.TemporaryDirectory(prefix="rebuild-") as folder:
        # The file may be another by now.
        path = os.path.join(folder, os.path.basename(recipe.file))
        with open(path, "wb") as file:
            file.write(recipe.content)
        return comparison.ecart(*words, "--recipe", path, *more).strip()
