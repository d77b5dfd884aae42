# SPDX-License-Identifier: Apache-2.0
"""What a recipe needs of the machine, and what of it is missing."""

import shutil
import socket
import subprocess

import surroundings

TIMEOUT = 5  # seconds that a host has to answer


def installed(package):
    """The version of a Debian package, or None."""
    if not shutil.which("dpkg-query"):
        return None
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package],
                          capture_output=True, text=True, check=False)
    status, _, version = done.stdout.partition(" ")
    return version if done.returncode == 0 and status == "installed" else None


def _program(row):
    return None if shutil.which(row["name"], path=surroundings.PATH) else f"not in {surroundings.PATH}"


def _package(row):
    found = installed(row["name"])
    if found is None:
        return "not installed"
    wanted = row.get("version", found)
    return None if found == wanted else f"want version {wanted}, found {found}"


def _network(row):
    host, _, port = row["name"].partition(":")
    try:
        socket.create_connection((host, int(port)), TIMEOUT).close()
    except (OSError, UnicodeError) as broken:  # the latter of what is no name of a host
        return f"no connection: {getattr(broken, 'strerror', None) or broken}"
    return None


KINDS = {"programs": ("program", _program), "packages": ("package", _package), "network": ("network", _network)}


def missing(recipe):
    """One line for each thing that is not here: what, how it is missing, what it is for."""
    found = []
    for kind, (word, look) in KINDS.items():
        for row in recipe.requires.get(kind, []):
            wrong = look(row)
            if wrong:
                found.append(f"{word} {row['name']}: {wrong}; for {row['reason']}")
    if recipe.fixed_path() and not surroundings.is_root():
        found.append(f"root: this user cannot put the build folder at {recipe.fixed_path()}; "
                     f"for {recipe.held_row('path')['reason']}")
    return found
