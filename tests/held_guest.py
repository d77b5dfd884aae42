# SPDX-License-Identifier: Apache-2.0
"""A simulated guest that a suite starts once, asks in every case, and ends when it is through."""

import atexit
import functools
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

sys.dont_write_bytecode = True

from e2e import ROOT, read, run, tool, write  # noqa: E402

PROGRAM = os.path.join(ROOT, "tests", "guest", "guest.py")
NEEDED = ("swtpm", "tpm2_nvread", "openssl")
ALL = "sha256:" + ",".join(str(i) for i in range(24))
AK, AK_CERT, HCL, USER_DATA = "0x81000003", "0x01C101D0", "0x01400001", "0x01400002"
OWNER = "0x40000001"

sys.path.append(os.path.join(ROOT, "tests", "forge"))


def skip_without_parts():
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        print("1..0 # SKIP %s is not installed" % missing[0])
        sys.exit(0)


class HeldGuest:
    """known: what guest.py said when it started."""

    def __init__(self, *options):
        self.folder = tempfile.mkdtemp(prefix="ecart-guest-")
        atexit.register(self.end)
        self.root = os.path.join(self.folder, "g")
        self.known = json.loads(self.command("start", *options).out)
        self.context = ssl.create_default_context(cafile=self.known["ca"])

    def command(self, name, *words):
        return tool([sys.executable, PROGRAM, name, self.root, *words])

    def end(self):
        if os.path.isdir(self.folder):
            run([sys.executable, PROGRAM, "stop", self.root])
            shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.root, *names)

    def state(self, *names):
        return os.path.join(self.known["vtpm"], *names)

    # --- TPM

    def environment(self):
        kept = {name: os.environ[name] for name in os.environ if name.endswith("SAN_OPTIONS")}
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TPM2TOOLS_TCTI": self.known["tcti"], **kept}

    def spawn(self, *words, cwd=None):
        return subprocess.Popen(words, cwd=cwd, env=self.environment(), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def tpm(self, *words, cwd=None, status=0):
        """A tool against the guest's vTPM: (stdout, stderr)."""
        child = self.spawn(*words, cwd=cwd)
        out, err = child.communicate(timeout=60)
        assert child.returncode == status, "%s: %d\n%s" % (words, child.returncode, err.decode())
        return out, err.decode()

    def hcl_report(self, folder):
        path = os.path.join(folder, "hcl")
        self.tpm("tpm2_nvread", HCL, "-C", OWNER, "-o", path)
        return read(path)

    def write_user_data(self, folder, data):
        if USER_DATA[2:].lstrip("0") not in self.tpm("tpm2_getcap", "handles-nv-index")[0].decode():
            self.tpm("tpm2_nvdefine", USER_DATA, "-C", OWNER, "-s", "64", "-a", "ownerread|ownerwrite")
        path = write(os.path.join(folder, "ud"), data)
        self.tpm("tpm2_nvwrite", USER_DATA, "-C", OWNER, "-i", path)

    def tpm_fault(self, name, content):
        return write(self.state("faults", name), content)

    # --- services

    def fault(self, **rule):
        self.command("fault", json.dumps(rule))

    def open(self, url, body=None, headers=None):
        """(status, headers, body) of one question; nothing is followed, no proxy is used."""
        asked = urllib.request.Request(url, body, headers or {})
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.context),
            Unfollowed())
        try:
            with opener.open(asked, timeout=20) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.headers, refusal.read()

    def good(self, url, body=None, headers=None):
        status, head, data = self.open(url, body, headers)
        assert status == 200, "%s: status %d: %r" % (url, status, data[:200])
        return head, data

    def pcs(self, path):
        return self.good(self.known["pcs"] + path)

    def imds(self, path, body=None):
        headers = {"Metadata": "true", "Content-Type": "application/json"}
        return json.loads(self.good(self.known["imds"] + path, body, headers)[1])


class Unfollowed(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other."""

    def redirect_request(self, *_):
        return None


@functools.lru_cache(maxsize=None)
def held(*options):
    return HeldGuest(*options)
