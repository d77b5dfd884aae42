# SPDX-License-Identifier: Apache-2.0
"""A collection on its way, which a suite can stop, spoil and look at, and the nonces of an archive.

collecting.py is for a run that is only waited for."""

import atexit
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time

sys.dont_write_bytecode = True

from e2e import ECART, Run, Skip, contains, equal, run, write
from held_guest import held

TPM_ALONE = ("--source", "tpm-caps,ak,tpm-quote")
WITH_REPORT = ("--source", "tpm-caps,hcl-report,ak,tpm-quote")
LIMIT = 120


class Archive:
    """What an archive says, read without ecart."""

    def __init__(self, path):
        self.path, self.items = path, {}
        with tarfile.open(path) as tar:
            for member in tar:
                self.items[member.name] = tar.extractfile(member).read()
        self.manifest = json.loads(self.items.pop("manifest.json"))
        self.predicate = self.manifest["predicate"]
        self.entry = {row["name"]: row for row in self.predicate["items"]}

    def named(self, kind):
        return sorted(name for name, row in self.entry.items() if row["kind"] == kind)

    def one(self, kind):
        names = self.named(kind)
        equal(1, len(names), "items of kind " + kind)
        return self.items[names[0]]

    def step(self, source):
        rows = [row for row in self.predicate["collector"]["steps"] if row["source"] == source]
        equal(1, len(rows), "steps of source " + source)
        return rows[0]

    def outcomes(self):
        return {row["source"]: row["outcome"] for row in self.predicate["collector"]["steps"]}

    def nonces(self, use):
        return [row for row in self.predicate.get("binding", {}).get("nonces", ())
                if row["use"] == use]

    def salt_of(self, name):
        for salt in self.named("salt"):
            if {"rel": "salt-of", "name": name} in self.entry[salt]["relates"]:
                return self.items[salt]
        return b""

    # --- the nonces, from what stands in the archive (ecart-archive(5), BINDING)

    def session_root(self):
        return hashlib.sha512(self.items[self.predicate["binding"]["session"]]).digest()

    def nonce_of_quote(self, row):
        covered = b""
        for name in row["after"]:
            digest = hashlib.sha256(self.salt_of(name) + self.items[name]).digest()
            covered += bytes([len(name)]) + name.encode() + digest
        return hashlib.sha256(b"ecart/1 tpm-quote\0" + self.session_root() + covered).digest()

    def imds_nonce(self):
        digest = hashlib.sha256(b"ecart/1 imds\0" + self.session_root()).digest()
        return "%010d" % (int.from_bytes(digest[:8], "big") % 10 ** 10)

    def maa_nonce(self):
        return hashlib.sha256(b"ecart/1 maa\0" + self.session_root()).hexdigest()


def attested(attest):
    """(extraData, [(bank, registers)], pcrDigest) of a TPMS_ATTEST of a quote."""
    equal(b"\xffTCG\x80\x18", attest[:6], "magic and type")
    at = 6
    at += 2 + int.from_bytes(attest[at:at + 2], "big")
    size = int.from_bytes(attest[at:at + 2], "big")
    extra, at = attest[at + 2:at + 2 + size], at + 2 + size
    at += 17 + 8  # clock and firmware
    banks, at = [], at + 4
    for _ in range(int.from_bytes(attest[at - 4:at], "big")):
        bank, size = int.from_bytes(attest[at:at + 2], "big"), attest[at + 2]
        bits = int.from_bytes(attest[at + 3:at + 3 + size], "little")
        banks.append((bank, [i for i in range(8 * size) if bits >> i & 1]))
        at += 3 + size
    size = int.from_bytes(attest[at:at + 2], "big")
    return extra, banks, attest[at + 2:at + 2 + size]


def check_quotes(archive):
    """Each quote carries the nonce that the archive gives, and has its values or none."""
    rows = archive.nonces("tpm-quote")
    equal(sorted(row["item"] for row in rows), archive.named("tpm-quote-attest"), "bound quotes")
    for row in rows:
        extra, banks, digest = attested(archive.items[row["item"]])
        equal(archive.nonce_of_quote(row), extra, "nonce of " + row["item"])
        assert banks and banks[0][1], "nothing is selected in " + row["item"]
        for name in archive.named("tpm-pcrs"):
            if {"rel": "values-of", "name": row["item"]} in archive.entry[name]["relates"]:
                equal(hashlib.sha256(archive.items[name]).digest(), digest, name)


class Collection:
    """One run of `ecart collect`; what it leaves in its TMPDIR is looked at."""

    def __init__(self, scratch, *words, root=None, output="a.ecart", cwd=None, env=None,
                 before=(), **options):
        self.scratch = scratch
        self.output = os.path.join(scratch, output) if output else None
        self.temporary = os.path.join(scratch, "tmp")
        os.makedirs(self.temporary, exist_ok=True)
        where = ["--root", root or held().root] if root is not False else []
        given = ["-o", self.output] if output else []
        self.words = [*before, ECART, "collect", *given, *where, *words]
        environment = dict(os.environ, TMPDIR=self.temporary)
        environment.pop("TPM2TOOLS_TCTI", None)
        environment.update(env or {})
        self.begun = time.monotonic()
        self.child = subprocess.Popen(self.words, cwd=cwd or scratch, env=environment,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, **options)

    def end(self, status=0):
        try:
            out, err = self.child.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            self.child.kill()
            raise
        self.seconds = time.monotonic() - self.begun
        done = subprocess.CompletedProcess(self.words, self.child.returncode, out, err)
        self.run = Run(self.words, done)
        assert status is None or self.run.status == status, "want %s\n%s" % (status, self.run)
        return self

    def leaves_nothing(self):
        equal([], os.listdir(self.temporary), "left in TMPDIR")
        wait_until(lambda: not processes_in(self.temporary), 1, "children are gone")
        return self

    def wrote_nothing(self):
        assert not os.path.lexists(self.output), "an archive was written\n%s" % self.run
        folder, name = os.path.split(self.output)
        beside = [other for other in (os.listdir(folder) if os.path.isdir(folder) else ())
                  if other.startswith((name, "." + name))]
        equal([], beside, "beside the archive")
        return self.leaves_nothing()

    def archive(self):
        return Archive(self.output)


def collect(scratch, *words, status=0, **options):
    """A run to its end, and its archive."""
    done = Collection(scratch, *words, **options).end(status).leaves_nothing()
    return done.archive()


def refused(scratch, *words, status, said=(), **options):
    """A run that must write nothing; all of `said` stands on stderr."""
    done = Collection(scratch, *words, **options).end(status).wrote_nothing()
    contains(done.run.err, *said)
    return done


def processes_in(folder):
    """Pids of what runs in the folder, or did before it was removed."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink("/proc/%s/cwd" % pid).startswith(folder + "/"):
                found.append(int(pid))
        except OSError:  # it has ended, or is another user's
            pass
    return found


def skip_without_strace():
    """Not installed, or a sandbox that lets nobody trace."""
    if not shutil.which("strace"):
        raise Skip("strace is not installed")
    tried = run(["strace", "-o", "/dev/null", "true"])
    if tried.status != 0:
        raise Skip("nothing can be traced here: %s" % tried.err.strip()[:80])


def wait_until(condition, seconds, what):
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("not within %g s: %s" % (seconds, what))


def tools_folder(scratch, scripts, name="tools"):
    """A folder for --tpm2-tools: all tools, some of them shell scripts; {TOOL} is the real one."""
    folder = os.path.join(scratch, name)
    os.makedirs(folder)
    for tool in ("tpm2_getcap", "tpm2_nvreadpublic", "tpm2_nvread", "tpm2_nvwrite",
                 "tpm2_nvdefine", "tpm2_readpublic", "tpm2_quote", "tpm2_pcrread"):
        script = scripts.get(tool, scripts.get("all"))
        path = os.path.join(folder, tool)
        if script is None:
            os.symlink("/usr/bin/" + tool, path)
        else:
            text = "#!/bin/sh\n" + script.replace("{TOOL}", "/usr/bin/" + tool) + "\n"
            write(path, text.encode())
            os.chmod(path, 0o755)
    return folder


class PlainTpm:
    """An swtpm of its own, which is no Azure vTPM; root is a folder that names it."""

    def __init__(self, scratch, pcrs=None):
        self.folder = os.path.join(scratch, "plain")
        self.root = os.path.join(self.folder, "root")
        self.socket = os.path.join(self.folder, "s")
        os.makedirs(self.root)
        self.tcti = "swtpm:path=" + self.socket
        write(os.path.join(self.root, "ecart-root.json"), json.dumps({"tcti": self.tcti}).encode())
        self.spawn()
        atexit.register(self.process.kill)  # where a case does not come to its end
        if pcrs:
            self.run("tpm2_pcrallocate", pcrs, "-Q")
            self.run("tpm2_shutdown", "-c")
            self.stop()
            self.spawn()
            atexit.register(self.process.kill)

    def spawn(self):
        self.process = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + self.folder, "--server",
             "type=unixio,path=" + self.socket, "--ctrl",
             "type=unixio,path=" + self.socket + ".ctrl", "--flags", "not-need-init,startup-clear"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: os.path.exists(self.socket), 10, "swtpm listens")

    def run(self, *words, status=0):
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TPM2TOOLS_TCTI": self.tcti}
        done = subprocess.run(words, cwd=self.folder, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False, timeout=60)
        assert status is None or done.returncode == status, (words, done.returncode, done.stderr)
        return done.stdout.decode()

    def make_key(self, handle, attributes="fixedtpm|fixedparent|sensitivedataorigin|userwithauth|"
                 "noda|restricted|sign", scheme="rsa2048:rsassa-sha256:null"):
        """A primary key that persists."""
        self.run("tpm2_createprimary", "-C", "o", "-G", scheme, "-g", "sha256", "-a", attributes,
                 "-c", "key.ctx", "-Q")
        self.run("tpm2_evictcontrol", "-C", "o", "-c", "key.ctx", handle, "-Q")
        self.run("tpm2_flushcontext", "-t")
        os.unlink(os.path.join(self.folder, "key.ctx"))

    def lockout_counter(self):
        text = self.run("tpm2_getcap", "properties-variable")
        line = [row for row in text.splitlines() if "LOCKOUT_COUNTER" in row][0]
        return int(line.split(":")[1], 0)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        for path in (self.socket, self.socket + ".ctrl"):
            if os.path.exists(path):
                os.unlink(path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGCONT)
        self.stop()
