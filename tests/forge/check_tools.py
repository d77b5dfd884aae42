# SPDX-License-Identifier: Apache-2.0
"""Self-check of what forge makes, with openssl, tpm2-tools, tar, jq and zstd."""

import atexit
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

import anchors
import booted
import cases
import cases_archive
import der
import dsse
import ec
import eventlog
import firmware
import pem
import quote
import scene
import tap
import tar
import tsa
import windows
import wrappers

AT = str(windows.AS_OF)


class Bench:
    """A temporary folder with the good evidence in it as files."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="forge-")
        atexit.register(shutil.rmtree, self.folder)
        self.scene = scene.Scene()
        for part, data in self.scene.parts().items():
            self.put(part, data)

    def put(self, name, data):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
        return name

    def run(self, *words):
        tap.need(words[0])
        return tap.run(list(words), self.folder)

    def refused(self, *words):
        tap.need(words[0])
        tap.refused(list(words), self.folder)

    def certificates(self, name, *raw):
        return self.put(name, pem.chain(*raw))

    def raw_signature(self, key, message, signature, name):
        """An ECDSA r || s through openssl dgst."""
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        self.put(name + ".der", der.seq(der.integer(r), der.integer(s)))
        self.put(name + ".pub", pem.encode("PUBLIC KEY", key))
        self.put(name + ".msg", message)
        self.run("openssl", "dgst", "-sha256", "-verify", name + ".pub",
                 "-signature", name + ".der", name + ".msg")


def intel_chains(bench):
    leaf, ca, root = bench.scene.intel.pck_chain()
    bench.certificates("root.pem", root)
    bench.certificates("ca.pem", ca)
    bench.certificates("pck.pem", leaf)
    bench.run("openssl", "verify", "-attime", AT, "-x509_strict", "-CAfile", "root.pem",
              "-untrusted", "ca.pem", "pck.pem")
    bench.run("openssl", "verify", "-attime", AT, "-x509_strict", "-CAfile", "root.pem",
              "tcb-signing-chain")


def intel_crls(bench):
    intel_chains(bench)
    for crl, issuer in (("root-crl", "root.pem"), ("pck-crl", "ca.pem")):
        bench.run("openssl", "crl", "-inform", "DER", "-in", crl, "-out", crl + ".pem")
        done = subprocess.run(["openssl", "crl", "-in", crl + ".pem", "-verify", "-CAfile", issuer,
                               "-noout"], cwd=bench.folder, capture_output=True, check=False)
        assert b"verify OK" in done.stderr + done.stdout, done.stderr
    bench.run("openssl", "verify", "-attime", AT, "-crl_check_all", "-CRLfile", "root-crl.pem",
              "-CRLfile", "pck-crl.pem", "-CAfile", "root.pem", "-untrusted", "ca.pem", "pck.pem")


def revoked_certificates(bench):
    intel_chains(bench)
    for name in ("pck", "pck-ca"):
        case = next(c for c in cases.every() if c.name == "fail-dcap.%s.revocation" % name)
        pki = scene.Scene(case.edits).intel
        for part, data in (("r.der", pki.root_crl()), ("p.der", pki.pck_crl())):
            bench.put(part, data)
            bench.run("openssl", "crl", "-inform", "DER", "-in", part, "-out", part + ".pem")
        bench.refused("openssl", "verify", "-attime", AT, "-crl_check_all", "-CRLfile",
                      "r.der.pem", "-CRLfile", "p.der.pem", "-CAfile", "root.pem",
                      "-untrusted", "ca.pem", "pck.pem")


def ak_chain(bench):
    pki = bench.scene.azure
    for role in ("root", "ca", "leaf"):
        bench.certificates("ak-%s.pem" % role, pki.certificate(role))
    words = ["openssl", "verify", "-CAfile", "ak-root.pem", "-untrusted", "ak-ca.pem"]
    bench.run(*words, "-attime", AT, "-x509_strict", "ak-leaf.pem")
    bench.refused(*words, "-attime", str(windows.AK[1] + 1), "ak-leaf.pem")


def quote_signatures(bench):
    parts = bench.scene.quote_parts
    point = der.seq(der.oid("1.2.840.10045.2.1"), der.oid(ec.P256.oid))
    spki = der.seq(point, der.bits(b"\x04" + parts["key"]))
    bench.raw_signature(spki, quote.signed_part(parts), parts["signature"], "quote-check")
    pck = bench.scene.intel.key("pck").spki()
    bench.raw_signature(pck, parts["qe_report"], parts["qe_signature"], "qe-check")
    bound = hashlib.sha256(parts["key"] + parts["auth"]).digest()
    tap.same(parts["qe_report"][320:352], bound, "QE REPORTDATA")


def collateral_signatures(bench):
    key = bench.scene.intel.key("tcb-signing").spki()
    for body, member in ((bench.scene.tcb_info, "tcbInfo"),
                         (bench.scene.qe_identity, "enclaveIdentity")):
        text, signature = wrappers.inner(body, member)
        bench.raw_signature(key, text.encode(), bytes.fromhex(signature), member)


def tpm_quote(bench):
    bench.put("ak.pub", pem.encode("PUBLIC KEY", bench.scene.ak.spki()))
    bench.run("tpm2_checkquote", "-u", "ak.pub", "-m", "tpm-message", "-s", "tpm-signature",
              "-g", "sha256", "-q", scene.NONCE.hex())
    shown = bench.run("tpm2_print", "-t", "TPMS_ATTEST", "tpm-message").decode()
    digest = hashlib.sha256(b"".join(bench.scene.pcrs)).hexdigest()
    assert digest in shown and "ffffff" in shown, "tpm2_print shows another quote"
    bench.run("tpm2_print", "-t", "TPM2B_PUBLIC", "ak-public")


def boot_log(bench):
    """tpm2_eventlog 5.4 refuses events of no register and extends PCR 0 by EV_NO_ACTION: without these."""
    m = booted.Machine(("sha1", "sha256"))
    m.boot(*[e for e in firmware.pc_boot() if e.type != eventlog.NO_ACTION])
    bench.put("boot.log", m.tcg()["tcg-log"])
    shown = bench.run("tpm2_eventlog", "boot.log").decode()
    pcrs = shown[shown.index("\npcrs:"):].replace(" ", "")
    for bank in m.banks:
        wanted = ["%d:0x%s" % (i, m.holds.values[bank][i].hex()) for i in sorted(m.holds.touched)]
        assert "\n%s:\n%s\n" % (bank, "\n".join(wanted)) in pcrs + "\n", bank + " differs"


def time_stamps(bench):
    bench.certificates("tsa-root.pem", tsa.root_certificate())
    bench.put("data", b"the manifest")
    seconds = cases_archive.GEN_TIME
    words = ["openssl", "ts", "-verify", "-data", "data", "-CAfile", "tsa-root.pem",
             "-attime", str(seconds), "-in"]
    bench.put("good.tsr", tsa.response(b"the manifest", seconds))
    bench.run(*words, "good.tsr")
    bad = {
        "imprint": tsa.response(b"another", seconds),
        "expired": tsa.response(b"the manifest", seconds, tsa.certificate(windows.TSA_EXPIRED)),
        "untrusted": tsa.response(b"the manifest", seconds, tsa.certificate(root="rogue tsa root")),
        "eku": tsa.response(b"the manifest", seconds, tsa.certificate(critical=False)),
        "status": tsa.response(b"the manifest", seconds, status=2)}
    for name, data in bad.items():
        bench.refused(*words, bench.put(name + ".tsr", data))


def case_files(name):
    return {path.rsplit("/", 1)[1]: data for path, data in
            next(c for c in cases.every() if c.name == name).files().items()}


def unpacked(bench, name):
    """A folder with the archive of a case, unpacked by tar."""
    tap.need("tar")
    folder = os.path.join(bench.folder, name)
    os.makedirs(folder, exist_ok=True)
    tap.run(["tar", "xf", "-", "-C", folder], data=case_files(name)["archive.tar"])
    return folder


def archive_items(bench):
    tap.need("jq", "sha256sum")
    for name in ("pass", "fail-archive.canonical"):
        folder = unpacked(bench, name)
        rule = r'.subject[]|.digest.sha256+"  "+.name'
        sums = tap.run(["jq", "-r", rule, "manifest.json"], folder)
        tap.run(["sha256sum", "-c", "--strict"], folder, sums)
        with open(os.path.join(folder, "manifest.json"), "rb") as file:
            text = file.read()
        tap.same(tap.run(["jq", "-cjS", ".", "manifest.json"], folder), text, "manifest by jq")


def archive_signatures(bench):
    folder = unpacked(bench, "three-signers-one-envelope")
    lines = []
    for name in os.listdir(os.path.join(folder, "sig")):
        with open(os.path.join(folder, "sig", name), "rb") as file:
            lines = json.load(file)["signatures"]
    with open(os.path.join(folder, "manifest.json"), "rb") as file:
        bench.put("pae", dsse.pae(file.read()))
    for name, line in zip(("lab", "second", "third"), lines):
        bench.put("signer.pub", anchors.public(name))
        bench.put("signer.sig", base64.b64decode(line["sig"]))
        if name == "lab":
            bench.run("openssl", "pkeyutl", "-verify", "-rawin", "-in", "pae", "-pubin",
                      "-inkey", "signer.pub", "-sigfile", "signer.sig")
        else:
            digest = "-sha256" if name == "second" else "-sha384"
            bench.run("openssl", "dgst", digest, "-verify", "signer.pub",
                      "-signature", "signer.sig", "pae")
        sums = bench.run("openssl", "pkey", "-pubin", "-in", "signer.pub", "-outform", "DER")
        assert hashlib.sha256(sums).hexdigest() == line["keyid"], "keyid"


def private_key(bench):
    bench.put("lab.key", anchors.keys()["keys/lab.key.pem"])
    text = bench.run("openssl", "pkey", "-in", "lab.key", "-pubout").decode()
    tap.same(text, anchors.public("lab"), "public half of lab.key.pem")


def compression(bench):
    tap.need("zstd")
    data = case_files("pass-zstd")["archive.tar"]
    plain = tap.run(["zstd", "-dc"], data=data)
    tap.run(["tar", "tf", "-"], data=plain)
    tap.same(plain[257:265], tar.CANONICAL["magic"], "ustar magic in the frame")


def determinism(source):
    """The tree in testdata/ comes out again under another hash seed, time zone and locale."""
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "forge.py")
    env = dict(os.environ, PYTHONHASHSEED="12345", TZ="Asia/Kathmandu", LC_ALL="tr_TR.UTF-8")
    tap.run([sys.executable, program, "--check", os.path.join(source, "testdata")], env=env)


def size(source):
    total = 0
    for folder, _, names in os.walk(os.path.join(source, "testdata")):
        total += sum(os.path.getsize(os.path.join(folder, n)) for n in names
                     if not n.startswith("report."))
    assert total < 16 * 1024 * 1024, "testdata has %d bytes" % total


def tests(source):
    bench = Bench()
    known = (
        ("openssl verify: PCK chain and TCB signing chain", intel_chains),
        ("openssl crl, openssl verify -crl_check_all", intel_crls),
        ("openssl verify refuses the revoked certificates", revoked_certificates),
        ("openssl verify: AK certificate", ak_chain),
        ("openssl dgst: quote and QE report signatures", quote_signatures),
        ("openssl dgst: TCB info and QE identity signatures", collateral_signatures),
        ("tpm2_checkquote and tpm2_print: TPM quote", tpm_quote),
        ("tpm2_eventlog: registers of a boot", boot_log),
        ("openssl ts: good token accepted, bad tokens refused", time_stamps),
        ("tar, jq, sha256sum: items of archives", archive_items),
        ("openssl pkeyutl and dgst: three signatures of an envelope", archive_signatures),
        ("openssl pkey: the private key for demonstrations", private_key),
        ("zstd: the frame of raw blocks", compression),
    )
    out = [(name, lambda t=test: t(bench)) for name, test in known]
    out.append(("testdata/ is what forge makes, in any environment", lambda: determinism(source)))
    out.append(("testdata/ is below 16 MiB", lambda: size(source)))
    return out
