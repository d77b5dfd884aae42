#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIMULATED archives by the thousand: 100 platforms, 10 collateral sets; every quote, quoting
enclave's report and archive signature is another.

usage: corpus.py ECART FOLDER N [PLATFORMS]
Writes FOLDER/NNN/NNNNNN.ecart (a thousand in a folder), and policy.json: default-1 with the signer."""

import functools
import hashlib
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "forge"), os.path.join(ROOT, "bench")]

import archive  # noqa: E402
import collateral  # noqa: E402
import drbg  # noqa: E402
import fast_key  # noqa: E402
import intel_pki  # noqa: E402
import pem  # noqa: E402
import scene  # noqa: E402

PLATFORMS, SETS, FOLDER = 100, 10, 1000
REVOKED = 24  # entries of a PCK CRL
LEVELS = 6    # of a TCB info, as Intel's have


@functools.lru_cache(maxsize=None)
def key(name):
    return fast_key.FastKey(name)


def fmspc(number):
    return bytes.fromhex("51514d0000%02x" % number)


def more_levels(levels):
    """Older levels behind those of the scene."""
    old = []
    for n in range(LEVELS - len(levels)):
        sgx = [3 - n // 2, 2, 2, 2, 3, 1, 0, 3] + [0] * 8
        old.append(collateral.level(sgx, 13 - n, [4 - n] + [0] * 15, scene.OLD, "OutOfDate",
                                    ["INTEL-SA-%05d" % (99910 + i) for i in range(n + 1)]))
    return levels + old


class Pki(intel_pki.Pki):
    """One hierarchy: a platform has its PCK certificate alone."""

    def __init__(self, stage, shared=None):
        super().__init__(stage)
        if shared is not None:
            self.made = {r: shared.certificate(r) for r in ("root", "pck-ca", "tcb-signing")}

    def key(self, role):
        return key(self.stage("pki.%s.name" % role, "intel " + role))

    def pck_crl(self):
        name = self.stage("crl.name", "revoked")
        others = [int.from_bytes(drbg.take("%s %d" % (name, i), 20), "big") for i in range(REVOKED)]
        return self.crl("pck", "pck-ca", intel_pki.windows.PCK_CRL, others)


class Set(scene.Scene):
    """The collateral of one FMSPC."""

    def __init__(self, number):
        super().__init__({
            "tcb.object": lambda v: dict(v, fmspc=fmspc(number).hex().upper()),
            "tcb.levels": more_levels, "crl.name": lambda n: "%s of set %d" % (n, number)})
        self.intel = Pki(self.stage)

    @functools.cached_property
    def made(self):
        parts = self.parts()
        return {n: parts[n] for n in ("tcb-info", "qe-identity", "tcb-signing-chain",
                                      "pck-crl-chain", "root-crl", "pck-crl")}


class Platform:
    """What one machine's quotes have in common."""

    def __init__(self, number, sets):
        self.set = sets[number % SETS]
        name = "platform %d" % number
        sgx = dict(intel_pki.SGX, fmspc=fmspc(number % SETS), ppid=drbg.take(name, 16))
        serial = int.from_bytes(drbg.take(name + " serial", 20), "big") | 1 << 159
        edits = {"pki.pck.name": lambda n: n + " of " + name, "pki.pck.sgx": lambda v: sgx,
                 "pki.pck.fields": lambda v: dict(v, serial=serial)}
        stage = scene.Scene(edits).stage
        pki = Pki(stage, self.set.intel)
        self.pck = pki.key("pck")
        self.attestation = key("attestation key of " + name)
        self.chain = pem.chain(*pki.pck_chain()).encode() + b"\0"

    def quote(self, nonce):
        """The scene's quote of this machine, with report data of its own."""
        made = dict(template())
        made["auth"] = hashlib.sha256(nonce).digest()
        made["key"] = self.attestation.raw_public()
        made["cert_data"] = self.chain
        made["body"] = made["body"][:-64] + hashlib.sha512(nonce).digest()
        bound = hashlib.sha256(made["key"] + made["auth"]).digest() + bytes(32)
        made["qe_report"] = made["qe_report"][:-64] + bound
        made["qe_signature"] = self.pck.sign_raw(made["qe_report"])
        made["signature"] = self.attestation.sign_raw(scene.quote.signed_part(made))
        return scene.quote.encode(made)


@functools.lru_cache(maxsize=None)
def template():
    return scene.Scene().quote_parts


class Archive:
    """What archive.build() asks a scene."""

    tpm_nonce = b""

    def __init__(self, platform, number):
        self.platform, self.number = platform, number

    def stage(self, name, value):
        return [key("archivist")] if name == "signers" else value

    def described(self, made, _names):
        return made

    def parts(self):
        quote = self.platform.quote(b"archive %d" % self.number)
        return dict({"quote": quote}, **self.platform.set.made)


def policy(ecart):
    """default-1 with the signer."""
    made = json.loads(subprocess.run([ecart, "policy"], check=True, stdout=subprocess.PIPE).stdout)
    signer = pem.encode("PUBLIC KEY", key("archivist").spki())
    return dict(made, name="corpus", signers={"keys": [signer], "threshold": 1})


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)


def main():
    if len(sys.argv) not in (4, 5) or not 0 < int(sys.argv[3]) <= 1000000:
        sys.exit("usage: corpus.py ECART FOLDER N [PLATFORMS]")
    ecart, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    machines = int(sys.argv[4]) if len(sys.argv) == 5 else PLATFORMS
    sets = [Set(n) for n in range(SETS)]
    platforms = [Platform(n, sets) for n in range(min(machines, count))]
    os.makedirs(folder, exist_ok=True)
    write(os.path.join(folder, "policy.json"), json.dumps(policy(ecart)).encode())
    for n in range(count):
        part = os.path.join(folder, "%03d" % (n // FOLDER))
        os.makedirs(part, exist_ok=True)
        write(os.path.join(part, "%06d.ecart" % n), archive.build(Archive(platforms[n % len(platforms)], n)))


if __name__ == "__main__":
    main()
