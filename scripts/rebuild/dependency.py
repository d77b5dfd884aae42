# SPDX-License-Identifier: Apache-2.0
"""What a build was made from, and by: files with their digests, programs with their versions."""

import hashlib
import os
import re
import shutil
import subprocess
import urllib.parse

import prerequisite
import surroundings
import workplace
from ending import TROUBLE, Ending

RESOLVED = "resolved"  # the file in state/ where prepare may name what it installed
LINE = re.compile(r"(\S{1,1024}) ([0-9a-f]{64}|-)")
LINES_MAX = 4096


def _named(name, uri=None, sha256=None, **annotations):
    found = {"name": name}
    if uri:
        found["uri"] = uri
    if sha256:
        found["digest"] = {"sha256": sha256}
    if annotations:
        found["annotations"] = annotations
    return found


def _of_entry(path):
    """Of a link its target's, which it says and which need not be there."""
    if os.path.islink(path):
        return hashlib.sha256(os.fsencode(os.readlink(path))).hexdigest()
    return workplace.digest(path)


def _of_folder(top):
    """dirHash of in-toto: SHA-256 of the sorted lines "SHA256  PATH" of all files."""
    paths = []
    for folder, folders, files in os.walk(top):
        names = files + [name for name in folders if os.path.islink(os.path.join(folder, name))]
        paths += [os.path.relpath(os.path.join(folder, name), top) for name in names]
    digest = hashlib.sha256()
    for path in sorted(paths, key=os.fsencode):
        full = os.path.join(top, path)
        if os.path.isfile(full) or os.path.islink(full):
            digest.update(f"{_of_entry(full)}  ".encode() + os.fsencode(path) + b"\n")
    return digest.hexdigest()


def _files(folder, kind):
    rows = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isdir(path) and not os.path.islink(path):
            rows.append({**_named(name, kind=kind + " folder"), "digest": {"dirHash": _of_folder(path)}})
        elif os.path.isfile(path) and not os.path.islink(path):
            rows.append(_named(name, sha256=workplace.digest(path), kind=kind))
    return rows


def _told(path):
    """Lines URI SHA256 that prepare wrote; "-" where it knows no digest."""
    if not os.path.lexists(path):
        return []
    if not os.path.isfile(path):
        raise Ending(TROUBLE, f"prepare: {RESOLVED} is no regular file")
    with open(path, encoding="utf-8", errors="backslashreplace") as file:
        lines = file.read().splitlines()
    if len(lines) > LINES_MAX:
        raise Ending(TROUBLE, f"prepare: {len(lines)} lines in {RESOLVED}, at most {LINES_MAX}")
    rows = []
    for number, line in enumerate(lines, 1):
        found = LINE.fullmatch(line)
        if not found:
            raise Ending(TROUBLE, f"prepare: {RESOLVED}, line {number}: want URI and a sha256 or '-': {line[:80]}")
        uri, sha256 = found.groups()
        rows.append(_named(uri.rpartition("/")[2], uri, None if sha256 == "-" else sha256, kind="installed"))
    return rows


def same(sha256, rows):
    """What of the inputs and the fetched files has that digest: KIND NAME."""
    return [f"the {row['annotations']['kind']} file {row['name']}" for row in rows
            if row.get("annotations", {}).get("kind") in ("input", "fetched")
            and row["digest"].get("sha256") == sha256]


def _source(source):
    """Of a file the digest was verified; a commit is what the recipe says that it builds."""
    if "sha256" in source:
        return _named("source", source["repository"], source["sha256"])
    found = _named("source", source["repository"], verified=False)
    return {**found, "digest": {"gitCommit": source["commit"]}}


def resolved(recipe, work):
    """The source first, then inputs, what was fetched, and what was installed."""
    rows = [_source(recipe.source)]
    rows += _files(work.path("inputs"), "input") + _files(work.path("fetched"), "fetched")
    rows += _told(work.path("state", RESOLVED))
    for row in recipe.requires.get("packages", []):
        version = urllib.parse.quote(prerequisite.installed(row["name"]) or "", safe="~.-")
        rows.append(_named(row["name"], f"pkg:deb/debian/{row['name']}@{version}", kind="package"))
    return rows


def _first_line(path):
    """What a program says of its version, where it says it by --version at once."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False,
                              stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    return lines[0][:200] if done.returncode == 0 and lines else None


def tools(recipe):
    """The programs that the recipe asks for: where they are, their digests, what they say they are."""
    rows = []
    for row in recipe.requires.get("programs", []):
        path = shutil.which(row["name"], path=surroundings.PATH)
        if path:
            said = _first_line(path)
            rows.append(_named(row["name"], sha256=workplace.digest(path), **({"version": said} if said else {})))
    return rows
