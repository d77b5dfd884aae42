# SPDX-License-Identifier: Apache-2.0
"""One run of a recipe's steps in its surroundings."""

import datetime
import json
import os
import sys

import inside
import surroundings
import workplace
from ending import TROUBLE, Ending

# Longer than the first's, so that whatever keeps a path differs in size, too.
FOLDERS = {surroundings.FIRST: ("a",), surroundings.SECOND: ("b", "a-longer-path-than-the-first")}
ENTRANCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inside.py")


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def paths(work):
    """The build folders of both runs."""
    return tuple(work.path(*folder, "build") for folder in FOLDERS.values())


class MountPoint:
    """The fixed path, made where it is not there, and removed by whoever made it."""

    def __init__(self, path):
        self.made = []
        while path and not os.path.isdir(path):
            self.made.append(path)
            path = os.path.dirname(path)

    def __enter__(self):
        wanted, self.made = self.made, []
        try:
            for path in reversed(wanted):
                os.mkdir(path, 0o755)
                self.made.insert(0, path)
        except OSError as broken:
            self.__exit__()
            raise Ending(TROUBLE, f"the recipe's path {wanted[0]}: {path}: {broken.strerror}") from broken

    def __exit__(self, *_):
        for path in self.made:
            os.rmdir(path)


class Hidden:
    """A folder that nobody looks into meanwhile, for who has no mounts of its own to cover it with."""

    def __init__(self, path):
        self.path = None if surroundings.is_root() else path

    def __enter__(self):
        if self.path:
            os.chmod(self.path, 0)

    def __exit__(self, *_):
        if self.path:
            os.chmod(self.path, 0o755)


class Build:
    """What a run was and left: path of the artifact, begun and ended, log."""

    def __init__(self, recipe, plan, work, run):
        self.run, self.plan, self.recipe = run, plan, recipe
        folder = FOLDERS[run]
        uid = plan.uid(run)
        work.folder(*folder)
        self.out = os.path.join(work.folder(*folder, "out", uid=uid), os.path.basename(recipe.artifact))
        self.log = work.path(run, "log")
        # What the first run left must not find its way into the second.
        self.hidden = work.path(surroundings.FIRST) if run == surroundings.SECOND else None
        # One after the other in one place, where the path must not differ; else each in its own.
        self.moved = None if "path" in plan.varied else work.path(*folder, "build")
        self.folder = work.path("build") if self.moved else work.path(*folder, "build")
        self.uid = uid
        own = {"HOME": work.folder(*folder, "home", uid=uid), "TMPDIR": work.folder(*folder, "tmp", uid=uid)}
        parameters = {"PARAMETER_" + name: value for name, value in recipe.chosen.items()}
        self.confined = inside.can_confine()
        self.spec = work.script(run + ".json", json.dumps({
            "hostname": plan.value("hostname", run) if "hostname" in plan.varied else None,
            "folder": self.folder, "build": plan.fixed_path or self.folder,
            "memory": plan.differs("file-order", run), "uid": uid, "cpus": plan.cpus(run),
            "umask": int(plan.value("umask", run), 8), "confined": self.confined,
            "hidden": self.hidden, "writable": [os.path.dirname(self.out), *own.values()],
            "environment": {**plan.environment(run), **work.environment(), **own, **parameters},
            "script": work.script("steps.sh", recipe.steps), "artifact": recipe.artifact, "out": self.out}))

    def words(self):
        words = [sys.executable, "-B", ENTRANCE, self.spec]
        if not surroundings.is_root():
            return words
        return ["unshare", "--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--kill-child=KILL",
                "--mount-proc", *words]

    def go(self):
        self.begun = now()
        os.mkdir(self.folder, 0o755)
        if self.uid is not None:
            os.chown(self.folder, self.uid, self.uid)
        with MountPoint(self.plan.fixed_path or "/"), Hidden(self.hidden):
            status = workplace.run(self.words(), self.log)
        self.ended = now()
        if self.moved:
            os.rename(self.folder, self.moved)
        if status != 0 or not os.path.isfile(self.out) or os.path.islink(self.out):
            said = {inside.CANNOT_ENTER: "its surroundings cannot be entered",
                    inside.NO_ARTIFACT: f"its steps left no artifact {self.recipe.artifact}"}
            raise Ending(TROUBLE, f"run {self.run}: {said.get(status, f'a step ended with {status}')}:\n"
                         + workplace.tail(self.log))
