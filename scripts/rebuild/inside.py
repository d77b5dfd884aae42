# SPDX-License-Identifier: Apache-2.0
"""usage: inside.py SPEC.json: a program of its own, one run inside its surroundings.

Enters what SPEC says (mounts and names only where it is root, in name spaces of its own), gives
up writing anywhere but in its own folders (Landlock), runs the steps, and copies the artifact out.
Exit status: that of the steps; 251 where the surroundings cannot be entered, 252 where the steps
left no artifact."""

import ctypes
import json
import os
import shutil
import socket
import stat
import subprocess
import sys

CANNOT_ENTER, NO_ARTIFACT = 251, 252

# linux/landlock.h
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
WRITE_FILE, TRUNCATE = 1 << 1, 1 << 14
# Writing, removing, making of each kind, linking over folders, truncating; not reading and running.
WRITES = WRITE_FILE | sum(1 << bit for bit in range(4, 15))
# In their own folders the steps do all of it but make devices, through which root reaches the disk.
OWN = WRITES & ~(1 << 6 | 1 << 11)
PATH_BENEATH = 1
OLDEST = 3  # the first version that knows truncation
SET_NO_NEW_PRIVS = 38
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty")


class Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def _call(*words):
    libc = ctypes.CDLL(None, use_errno=True)
    found = libc.syscall(*words)
    if found < 0:
        raise OSError(ctypes.get_errno(), "landlock: " + os.strerror(ctypes.get_errno()))
    return found


def can_confine():
    """Whether the kernel can keep a program from writing elsewhere."""
    try:
        return _call(CREATE_RULESET, None, ctypes.c_size_t(0), 1) >= OLDEST
    except OSError:
        return False


def confine(folders):
    """From here on this process and its children write below the folders alone, and to a few devices."""
    handled = ctypes.c_uint64(WRITES)
    rules = _call(CREATE_RULESET, ctypes.byref(handled), ctypes.c_size_t(8), 0)
    rows = [(path, OWN) for path in folders]
    rows += [(path, WRITE_FILE | TRUNCATE) for path in DEVICES if os.path.exists(path)]
    if os.path.isdir("/dev/shm"):
        rows.append(("/dev/shm", OWN))
    for path, allowed in rows:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        _call(ADD_RULE, rules, PATH_BENEATH, ctypes.byref(Beneath(allowed, fd)), 0)
        os.close(fd)
    if ctypes.CDLL(None, use_errno=True).prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    _call(RESTRICT_SELF, rules, 0)


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def place(spec):
    """The build folder where the steps are to see it."""
    if spec["memory"]:
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", spec["folder"])
    if spec["build"] != spec["folder"]:
        mount("--bind", spec["folder"], spec["build"])
    if spec["memory"] and spec["uid"] is not None:
        os.chown(spec["build"], spec["uid"], spec["uid"])


def enter(spec):
    if os.geteuid() == 0:
        mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", "/dev/shm")  # what lies in it has names of process ids
        if spec["hidden"]:
            mount("-t", "tmpfs", "-o", "mode=000,ro", "tmpfs", spec["hidden"])
    if spec["hostname"]:
        socket.sethostname(spec["hostname"])
    place(spec)
    os.sched_setaffinity(0, spec["cpus"])
    os.umask(spec["umask"])
    if spec["uid"] is not None:
        os.setgroups([])
        os.setresgid(*[spec["uid"]] * 3)
        os.setresuid(*[spec["uid"]] * 3)
    os.chdir(spec["build"])
    if spec["confined"]:
        confine([spec["build"], *spec["writable"]])


def take(spec):
    """The artifact, copied to where the driver takes it; what is in its way is said."""
    top = os.path.realpath(spec["build"])
    path = os.path.join(top, spec["artifact"])
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return "is no regular file"
        if os.path.realpath(path) != path:
            return "stands behind a symbolic link"
        with open(path, "rb") as made, open(spec["out"], "xb") as taken:
            shutil.copyfileobj(made, taken)
    except OSError as broken:
        return broken.strerror
    return None


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    try:
        enter(spec)
        steps = subprocess.Popen(["/bin/bash", "-e", spec["script"]], env=spec["environment"],
                                 stdin=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as broken:
        print(f"rebuild: the surroundings cannot be entered: {broken}", file=sys.stderr)
        return CANNOT_ENTER
    status = steps.wait()
    if status != 0:
        status = status if status > 0 else 128 - status  # as a shell has it of a signal
        return 1 if status in (CANNOT_ENTER, NO_ARTIFACT) else status
    wrong = take(spec)
    if wrong:
        print(f"rebuild: {spec['artifact']}: {wrong}", file=sys.stderr)
        return NO_ARTIFACT
    return 0


if __name__ == "__main__":
    sys.exit(main())
