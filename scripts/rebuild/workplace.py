# SPDX-License-Identifier: Apache-2.0
"""The folder that a rebuild works in, and the shell texts that are run in it."""

import ctypes
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile

from ending import TROUBLE, USAGE, Ending

TAIL, TAIL_BYTES = 25, 8192
SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tail(path):
    """Its last lines; what a terminal would obey is spelt out."""
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - TAIL_BYTES))
        rows = file.read(TAIL_BYTES).decode("utf-8", "backslashreplace").split("\n")
    return "\n".join("".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in row)
                     for row in rows[-TAIL - 1:]).rstrip("\n")


def adopt():
    """From here on whose parent is gone becomes a child of the driver, so that it can be ended, too."""
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children():
    """The process ids of the driver's own."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def end(pid):
    """Whether a child was ended; one of another user's is let be."""
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (PermissionError, ProcessLookupError, ChildProcessError):
        return False
    return True


def children_end(child=None):
    """A child and all of its own, in a session of their own as well; without one whatever there is."""
    if child:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
    while any([end(pid) for pid in children()]):  # those of the ended come next
        pass


def run(words, log, cwd=None, env=None):
    """A program to its end, what it says in the log; its exit status."""
    adopt()
    with open(log, "ab") as out:
        child = None
        try:
            child = subprocess.Popen(words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=subprocess.STDOUT, start_new_session=True)
            return child.wait()
        finally:
            children_end(child)


class Workplace:
    """Folders below top: inputs (copies of the recipe's), fetched (what prepare leaves), state (its own), published.
    One that nobody gave is removed at the end."""

    def __init__(self, given):
        self.kept = given is not None
        if self.kept:
            os.makedirs(given, exist_ok=True)
            if os.listdir(given):
                raise Ending(USAGE, f"--work {given}: not empty")
            self.top = os.path.realpath(given)
        else:
            self.top = os.path.realpath(tempfile.mkdtemp(prefix="rebuild-"))
        os.chmod(self.top, 0o755)
        for name in ("inputs", "fetched", "state", "published"):
            self.folder(name)

    def path(self, *names):
        return os.path.join(self.top, *names)

    def folder(self, *names, uid=None):
        path = self.path(*names)
        os.makedirs(path, mode=0o755, exist_ok=True)
        if uid is not None:
            os.chown(path, uid, uid)
        return path

    def script(self, name, text):
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def copy_inputs(self, recipe):
        for row in recipe.inputs:
            path = os.path.join(recipe.folder, row["path"])
            try:
                if not stat.S_ISREG(os.stat(path).st_mode):
                    raise Ending(USAGE, f"recipe: input {row['path']}: is no regular file")
                copy = shutil.copyfile(path, self.path("inputs", os.path.basename(path)))
            except OSError as broken:
                raise Ending(USAGE, f"recipe: input {row['path']}: {broken.strerror}") from broken
            os.chmod(copy, 0o644)
        wrong = self.other_input(recipe)
        if wrong:
            raise Ending(USAGE, "recipe: " + wrong)

    def other_input(self, recipe):
        """The first input that is another than the recipe names, or None."""
        for row in recipe.inputs:
            path = self.path("inputs", os.path.basename(row["path"]))
            found = digest(path) if os.path.isfile(path) and not os.path.islink(path) else "no file"
            if found != row["sha256"]:
                return f"input {row['path']}: want sha256 {row['sha256']}, found {found}"
        return None

    def check_inputs(self, recipe, when):
        wrong = self.other_input(recipe)
        if wrong:
            raise Ending(TROUBLE, f"{when}: {wrong}")

    def environment(self):
        """What every shell text finds in its variables."""
        return {"INPUTS": self.path("inputs"), "FETCHED": self.path("fetched")}

    def once(self, name, text, cwd):
        """Shell text that is run once, as the caller, with the network."""
        if not text.strip():
            return
        environment = {**os.environ, **self.environment(), "STATE": self.path("state"), "LC_ALL": "C.UTF-8"}
        script, log = self.script(name + ".sh", text), self.path(name + ".log")
        status = run(["/bin/bash", "-e", script], log, self.path(cwd), environment)
        if status != 0:
            raise Ending(TROUBLE, f"{name}: the steps ended with {status}:\n{tail(log)}")

    def check_source(self, recipe):
        """Where the source is a file, it is the one that the recipe names."""
        if "file" not in recipe.source:
            return
        name, wanted = recipe.source["file"], recipe.source["sha256"]
        for folder in ("fetched", "inputs"):
            path = self.path(folder, os.path.basename(name))
            if os.path.isfile(path):
                found = digest(path)
                if found != wanted:
                    raise Ending(TROUBLE, f"source {name}: want sha256 {wanted}, found {found}")
                return
        raise Ending(TROUBLE, f"source {name}: neither fetched nor an input")

    def close(self):
        children_end()
        if not self.kept:
            shutil.rmtree(self.top, ignore_errors=True)
