# SPDX-License-Identifier: Apache-2.0
"""The vTPM of the guest: swtpm behind the fixture vtpm, provisioned as Azure does (collect.md 2.1)."""

import ctypes
import os
import shlex
import signal
import subprocess
import time

import evidence
import pem
import rsa_key
import tool

AK, AK_CERT, HCL_REPORT = "0x81000003", "0x01C101D0", "0x01400001"
AK_CERT_SIZE = 2048  # Azure has 4096; libtpms ends at 2048
AK_ATTRIBUTES = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|sign"
PLATFORM_INDEX = "authwrite|ownerread|authread|no_da|platformcreate"
BANKS = "sha1:all+sha256:all+sha384:all+sha512:none"
PR_SET_PDEATHSIG = 1
SOCKET_PATH_MAX = 107
LIBC = ctypes.CDLL(None)


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Vtpm:
    """folder: the state of swtpm and of the fixture; program: the fixture."""

    def __init__(self, folder, program):
        self.folder, self.program, self.process = folder, program, None
        self.tcti = "cmd:%s %s" % (shlex.quote(program), shlex.quote(folder))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def start(self):
        """The banks of Azure's vTPM take effect when it starts again."""
        if len(self.path("swtpm.sock")) > SOCKET_PATH_MAX:
            raise ValueError("%s is too long for a socket; choose a shorter folder" % self.folder)
        if not os.access(self.program, os.X_OK):
            raise ValueError("%s is not there; build it: ninja -C build tests/vtpm" % self.program)
        for name in ("tpm", "faults", "empty"):
            os.makedirs(self.path(name), exist_ok=True)
        self.spawn()
        self.run("tpm2_pcrallocate", BANKS, "-Q")
        self.run("tpm2_shutdown", "-c")
        self.stop()
        self.spawn()

    def spawn(self):
        socket = self.path("swtpm.sock")
        with open(self.path("swtpm.log"), "ab") as log:
            self.process = subprocess.Popen(
                ["swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + self.path("tpm"),
                 "--server", "type=unixio,path=" + socket, "--flags",
                 "not-need-init,startup-clear"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent)
        for _ in range(500):
            if os.path.exists(socket):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        with open(self.path("swtpm.log"), encoding="utf-8", errors="replace") as log:
            raise ValueError("swtpm did not start: " + log.read())

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None
        if os.path.exists(self.path("swtpm.sock")):
            os.unlink(self.path("swtpm.sock"))

    def run(self, *words, data=b""):
        return tool.run(*words, cwd=self.path("empty"), tcti=self.tcti, data=data)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)

    def make_ak(self):
        """A restricted signing key, primary in the endorsement hierarchy; its public half."""
        context = self.path("ak.ctx")
        self.run("tpm2_createprimary", "-C", "e", "-G", "rsa2048:rsassa-sha256:null", "-g", "sha256",
                 "-a", AK_ATTRIBUTES, "-c", context, "-Q")
        self.run("tpm2_evictcontrol", "-C", "o", "-c", context, AK, "-Q")
        os.unlink(context)
        self.run("tpm2_readpublic", "-c", AK, "-f", "pem", "-o", self.path("ak.pem"), "-Q")
        with open(self.path("ak.pem"), encoding="ascii") as file:
            return rsa_key.of_spki(pem.decode(file.read())[0])

    def define(self, index, size, content):
        self.run("tpm2_nvdefine", index, "-C", "p", "-s", size, "-a", PLATFORM_INDEX, "-Q")
        self.write("content", content.ljust(size, b"\0"))
        self.run("tpm2_nvwrite", index, "-C", index, "-i", self.path("content"))
        os.unlink(self.path("content"))

    def extend(self, extends):
        """extends: [(register, {bank: digest})]."""
        words = ["%d:%s" % (register, ",".join("%s=%s" % (bank, digest.hex())
                                               for bank, digest in digests.items()))
                 for register, digests in extends]
        self.run("tpm2_pcrextend", *words)

    def give_report(self, template):
        """What the fixture makes HCL reports from."""
        self.write("report.key", evidence.MAC_KEY)
        self.write("report.template", template)
