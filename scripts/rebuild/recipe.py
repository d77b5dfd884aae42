# SPDX-License-Identifier: Apache-2.0
"""A recipe: how an artifact is made from its source; the format is ecart-recipe(5)."""

import hashlib
import json
import os
import posixpath
import re

import surroundings
from ending import USAGE, Ending

FORMAT = "ecart-recipe/1"
SIZE_MAX = 256 * 1024
PRODUCT = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~-]{0,63}")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+:~-]{0,127}")
URL = re.compile(r"[!-~]{1,1024}")
PATH = re.compile(r"[A-Za-z0-9._+~-][A-Za-z0-9._+~/-]{0,254}")
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
SHA256 = re.compile(r"[0-9a-f]{64}")
MRTD = re.compile(r"[0-9a-f]{96}")
SHELL_NOT = re.compile(r"[\n\0\ud800-\udfff]")
TEXT_MAX = 4096
PORT_MAX = 65535
LEFT_BESIDE = ("build.json", "a.log", "b.log")


def refuse(where, found, wanted):
    raise Ending(USAGE, f"recipe: {where}: want {wanted}, found {found}")


def _json(value):
    text = json.dumps(value)
    return text if len(text) < 80 else text[:77] + "..."


def members(value, where, required, optional=()):
    """The object itself, where it has every required member and none that is unknown."""
    if not isinstance(value, dict):
        refuse(where, _json(value), "an object")
    for name in required:
        if name not in value:
            refuse(where, "none", f"the member {name!r}")
    for name in value:
        if name not in required and name not in optional:
            refuse(f"{where}.{name}", "an unknown member", "one of " + ", ".join([*required, *optional]))
    return value


def matched(value, where, pattern, wanted):
    if not isinstance(value, str) or not pattern.fullmatch(value):
        refuse(where, _json(value), wanted)
    return value


def text(value, where):
    # It is printed among what was compared: no line of its own, nothing that a terminal obeys.
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_MAX or not value.isprintable():
        refuse(where, _json(value), f"1 to {TEXT_MAX} printable characters on one line")
    return value


def listed(value, where, most=64):
    if not isinstance(value, list) or len(value) > most:
        refuse(where, _json(value), f"a list of at most {most}")
    return value


def lines(value, where):
    """Shell text: a list of lines."""
    for i, line in enumerate(listed(value, where, 200)):
        if not isinstance(line, str) or SHELL_NOT.search(line):
            refuse(f"{where}[{i}]", _json(line), "one line of shell text")
    return "\n".join(value) + "\n"


def inner_path(value, where):
    """A path that stays below the folder it is relative to."""
    matched(value, where, PATH, "a relative path")
    if posixpath.normpath(value) != value or value.split("/")[0] == ".." or value == ".":
        refuse(where, _json(value), "a path below the build folder, without '.' and '..'")
    return value


def input_path(value, where):
    """A file beside the recipe, or further up."""
    matched(value, where, PATH, "a relative path")
    if posixpath.normpath(value) != value:
        refuse(where, _json(value), "a path in its shortest form")
    return value


def _source(value):
    if isinstance(value, dict) and "commit" in value:
        members(value, "source", ("repository", "commit"))
        matched(value["commit"], "source.commit", COMMIT, "40 or 64 lower-case hex digits")
    else:
        members(value, "source", ("repository", "file", "sha256"))
        matched(value["file"], "source.file", PATH, "the name of a file")
        matched(value["sha256"], "source.sha256", SHA256, "64 lower-case hex digits")
    matched(value["repository"], "source.repository", URL, "printable characters without blanks")
    return value


def _inputs(value):
    seen = set()
    for i, row in enumerate(listed(value, "inputs")):
        where = f"inputs[{i}]"
        members(row, where, ("path", "sha256"))
        input_path(row["path"], where + ".path")
        matched(row["sha256"], where + ".sha256", SHA256, "64 lower-case hex digits")
        name = posixpath.basename(row["path"])
        if name in seen:
            refuse(where + ".path", name, "a file name that no other input has")
        seen.add(name)
    return value


REQUIRED = {  # kind: (members that must be, members that may be)
    "programs": (("name", "reason"), ()),
    "packages": (("name", "reason"), ("version",)),
    "network": (("name", "reason"), ()),
}


def _host_port(value, where):
    found = re.fullmatch(r"[^:]+:([1-9][0-9]{0,4})", value)
    if not found or int(found[1]) > PORT_MAX:
        refuse(where, _json(value), "HOST:PORT")


def _requires(value):
    members(value, "requires", (), REQUIRED)
    for kind, rows in value.items():
        for i, row in enumerate(listed(rows, f"requires.{kind}")):
            where = f"requires.{kind}[{i}]"
            members(row, where, *REQUIRED[kind])
            matched(row["name"], where + ".name", WORD, "a name (of network: HOST:PORT)")
            text(row["reason"], where + ".reason")
            if "version" in row:
                matched(row["version"], where + ".version", WORD, "a version")
            if kind == "network":
                _host_port(row["name"], where + ".name")
    return value


def _parameters(value):
    members(value, "parameters", (), value if isinstance(value, dict) else ())
    for name, row in value.items():
        where = f"parameters.{name}"
        matched(name, where, NAME, "letters, digits and '_'")
        members(row, where, ("values", "reason"))
        text(row["reason"], where + ".reason")
        if not listed(row["values"], where + ".values"):
            refuse(where + ".values", "none", "the default and what else may be chosen")
        for i, choice in enumerate(row["values"]):
            matched(choice, f"{where}.values[{i}]", WORD, "a word")
    return value


def _held(value):
    seen = set()
    for i, row in enumerate(listed(value, "held")):
        where = f"held[{i}]"
        members(row, where, ("name", "reason"), ("value",))
        if row["name"] not in surroundings.NAMES or row["name"] in seen:
            refuse(where + ".name", _json(row["name"]), "once each: " + ", ".join(surroundings.NAMES))
        seen.add(row["name"])
        text(row["reason"], where + ".reason")
        if "value" in row and row["name"] != "path":
            refuse(where + ".value", _json(row["value"]), "no value: only that of a path can be given")
        if "value" in row and (not re.fullmatch(r"(/[A-Za-z0-9._+-]+){1,16}", str(row["value"])) or
                               posixpath.normpath(row["value"]) != row["value"]):
            refuse(where + ".value", _json(row["value"]), "an absolute path")
    return value


def _artifact(value):
    inner_path(value, "artifact")
    if posixpath.basename(value) in LEFT_BESIDE:
        refuse("artifact", _json(value), "another name than those of what is left beside it: "
               + ", ".join(LEFT_BESIDE))
    return value


def _published(value):
    members(value, "published", ("steps", "file", "reason"))
    lines(value["steps"], "published.steps")
    inner_path(value["file"], "published.file")
    text(value["reason"], "published.reason")
    return value


def _expected(value):
    members(value, "expected", (), ("sha256", "mrtd"))
    for name, pattern in (("sha256", SHA256), ("mrtd", MRTD)):
        if name in value:
            matched(value[name], "expected." + name, pattern, "lower-case hex digits of its size")
    return value


READERS = {
    "recipe": lambda value: value if value == FORMAT else refuse("recipe", _json(value), FORMAT),
    "product": lambda value: matched(value, "product", PRODUCT, "a product's name"),
    "version": lambda value: matched(value, "version", VERSION, "a version"),
    "description": lambda value: text(value, "description"),
    "source": _source,
    "requires": _requires,
    "steps": lambda value: lines(value, "steps"),
    "artifact": _artifact,
    "held": _held,
}
OPTIONAL = {
    "inputs": _inputs,
    "parameters": _parameters,
    "prepare": lambda value: lines(value, "prepare"),
    "published": _published,
    "expected": _expected,
}


def _once(pairs):
    found = {}
    for name, value in pairs:
        if name in found:
            refuse(name, "the member twice", "it once")
        found[name] = value
    return found


class Recipe:
    """The members of a recipe by their names, absent ones empty; file, content and sha256 of the recipe itself;
    chosen, the value of every parameter."""

    def __init__(self, path, chosen=()):
        try:
            with open(path, "rb") as file:
                content = file.read(SIZE_MAX + 1)
            if len(content) > SIZE_MAX:
                refuse(path, "more", f"at most {SIZE_MAX} bytes")
            value = json.loads(content.decode("utf-8"), object_pairs_hook=_once)
        except OSError as broken:
            raise Ending(USAGE, f"recipe: {path}: {broken.strerror}") from broken
        except (ValueError, RecursionError) as broken:
            raise Ending(USAGE, f"recipe: {path}: no JSON: {broken}") from broken
        members(value, "recipe", tuple(READERS), tuple(OPTIONAL))
        self.file = path
        self.folder = os.path.dirname(os.path.abspath(path))
        self.content = content
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.inputs, self.parameters, self.prepare, self.published, self.expected = [], {}, "", {}, {}
        for name, reader in {**READERS, **OPTIONAL}.items():
            if name in value:
                setattr(self, name, reader(value[name]))
        self.chosen = self._choose(chosen)

    def _choose(self, chosen):
        found = {name: row["values"][0] for name, row in self.parameters.items()}
        for word in chosen:
            name, _, value = word.partition("=")
            if name not in found:
                raise Ending(USAGE, f"--parameter {word}: the recipe has "
                             + (", ".join(found) if found else "no parameters"))
            if value not in self.parameters[name]["values"]:
                raise Ending(USAGE, f"--parameter {word}: {name} is one of "
                             + ", ".join(self.parameters[name]["values"]))
            found[name] = value
        return found

    def others(self):
        """NAME=VALUE of each parameter that has another than its default."""
        return [f"{name}={value}" for name, value in self.chosen.items()
                if value != self.parameters[name]["values"][0]]

    def source_name(self):
        """REPOSITORY@COMMIT, or that of the digest of the one file that is the source."""
        return f"{self.source['repository']}@{self.source.get('commit') or self.source['sha256']}"

    def held_row(self, name):
        return next((row for row in self.held if row["name"] == name), None)

    def fixed_path(self):
        return (self.held_row("path") or {}).get("value")
