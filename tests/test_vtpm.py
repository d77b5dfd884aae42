#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The vTPM of the simulated guest, as tpm2-tools and openssl see it."""

import hashlib
import hmac
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
from urllib.parse import unquote

sys.dont_write_bytecode = True

from e2e import case, contains, ecart, equal, main, outcome, read, report, run, tool, write
from held_guest import (AK, AK_CERT, ALL, HCL, OWNER, PROGRAM, HeldGuest, held, skip_without_parts)

import hcl as hcl_report
import pem
import quote as quotes
import tpm as tpm_bytes

PERIOD = 2.1
NONCE = bytes(range(32))
OWNER_HANDLE, INDEX, PASSWORD_SESSION, NULL = 0x40000001, 0x01400001, 0x40000009, 0x40000007
RAW_TOOL = os.environ.get("ECART_VTPM", "")


def user_data_of(data):
    _, text, padding = hcl_report.parse(data)
    assert not padding.strip(b"\0"), "the padding is not zero"
    return bytes.fromhex(json.loads(text)["user-data"])


def raw(*commands):
    """The fixture alone, fed with commands in order: the responses."""
    guest = held()
    child = subprocess.Popen([RAW_TOOL, guest.known["vtpm"]], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE)
    out = []
    for command in commands:
        child.stdin.write(command(out) if callable(command) else command)
        child.stdin.flush()
        head = child.stdout.read(10)
        out.append(head + child.stdout.read(int.from_bytes(head[2:6], "big") - 10))
    child.stdin.close()
    assert child.wait(10) == 0
    return out


def command(tag, code, body):
    return struct.pack(">HII", tag, 10 + len(body), code) + body


def nv_read(auth_handle, session, size=16, offset=0, attributes=1, nonce=b"", proof=b""):
    area = (struct.pack(">I", session) + tpm_bytes.sized(nonce) + bytes([attributes])
            + tpm_bytes.sized(proof))
    return command(0x8002, 0x14E, struct.pack(">III", auth_handle, INDEX, len(area)) + area
                   + struct.pack(">HH", size, offset))


def code_of(response):
    return int.from_bytes(response[6:10], "big")


def check_inside(data):
    """All that must hold inside an HCL report, whatever its user-data."""
    fields, text, _ = hcl_report.parse(data)
    values = quotes.unpack(hcl_report.REPORT, fields["hardware"][:1024])
    equal(hashlib.sha256(text).digest() + bytes(32), values["report_data"], "REPORTDATA")
    equal(hashlib.sha384(values["tee_tcb_info"]).digest(), values["tee_tcb_info_hash"], "inner hash")
    equal(hashlib.sha384(values["tee_info"]).digest(), values["tee_info_hash"], "inner hash")
    return json.loads(text)


@case("tpm2_nvread gives the 2600 bytes of the HCL report, which libtpms cannot hold")
def whole_report(scratch):
    data = held().hcl_report(scratch)
    equal(2600, len(data), "size")
    equal(b"HCLA", data[:4], "magic")
    check_inside(data)
    contains(ecart("show", os.path.join(scratch, "hcl")).out, "azure-hcl-report")


@case("the index is listed, with Azure's attributes")
def listed(_):
    contains(held().tpm("tpm2_getcap", "handles-nv-index")[0].decode(), "0x1400001", "0x1C101D0")
    text = held().tpm("tpm2_nvreadpublic", HCL)[0].decode()
    contains(text, "size: 2600", "0x62060004")


@case("user data that the guest wrote come back in the report")
def user_data(scratch):
    guest = held()
    data = os.urandom(64)
    guest.write_user_data(scratch, data)
    time.sleep(PERIOD)
    equal(data, user_data_of(guest.hcl_report(scratch)), "user-data")
    check_inside(guest.hcl_report(scratch))


@case("within two seconds the old report is given without a word; the state outlives each tool")
def two_seconds(scratch):
    guest = held()
    for _ in range(5):
        first, second = os.urandom(64), os.urandom(64)
        guest.write_user_data(scratch, first)
        time.sleep(PERIOD)
        begin = time.monotonic()
        one = guest.hcl_report(scratch)
        guest.write_user_data(scratch, second)
        early = guest.hcl_report(scratch)
        if time.monotonic() - begin < 1.9:  # else the machine was too busy to be early
            break
    equal(first, user_data_of(one), "first")
    equal(one, early, "too early")
    time.sleep(PERIOD)
    equal(second, user_data_of(guest.hcl_report(scratch)), "second")


@case("a read at another offset never makes a new report")
def other_offset(scratch):
    guest = held()
    old = guest.hcl_report(scratch)
    guest.write_user_data(scratch, os.urandom(64))
    time.sleep(PERIOD)
    part = os.path.join(scratch, "part")
    guest.tpm("tpm2_nvread", HCL, "-C", OWNER, "--offset", "1236", "-s", "1000", "-o", part)
    equal(old[1236:2236], read(part), "bytes at 1236")
    assert guest.hcl_report(scratch) != old, "offset 0 made no new report"


@case("the runtime claims hold the public key of swtpm's AK, with Azure's attributes")
def ak_in_claims(scratch):
    guest = held()
    keys = {key["kid"]: key for key in check_inside(guest.hcl_report(scratch))["keys"]}
    path = os.path.join(scratch, "ak")
    guest.tpm("tpm2_readpublic", "-c", AK, "-f", "tss", "-o", path, "-Q")
    area = read(path)
    equal(282, len(area), "TPM2B_PUBLIC")
    equal(tpm_bytes.ATTRIBUTES, int.from_bytes(area[6:10], "big"), "attributes")
    equal(hcl_report.b64url(area[-256:]), keys["HCLAkPub"]["n"], "modulus")


@case("an HMAC session is checked, and answered with the HMAC that the specification says")
def session_hmac(_):
    started = command(0x8001, 0x176, struct.pack(">II", NULL, NULL) + tpm_bytes.sized(bytes(32))
                      + tpm_bytes.sized(b"") + b"\0" + struct.pack(">HH", 0x10, 0x0B))
    public = command(0x8001, 0x169, struct.pack(">I", INDEX))
    mine = bytes(range(32))

    def read_with(spoil):
        def make(out):
            handle, nonce = int.from_bytes(out[0][10:14], "big"), out[0][16:48]
            name = out[1][-34:]
            parameters = struct.pack(">HH", 100, 1236)
            digest = hashlib.sha256(struct.pack(">II", 0x14E, OWNER_HANDLE) + name
                                    + parameters).digest()
            proof = hmac.new(b"", digest + mine + nonce + b"\1", hashlib.sha256).digest()
            proof = bytes([proof[0] ^ spoil]) + proof[1:]
            return nv_read(OWNER_HANDLE, handle, 100, 1236, 1, mine, proof)
        return make

    out = raw(started, public, read_with(1), read_with(0))
    equal(0x9A2, code_of(out[2]), "a wrong HMAC")
    equal(0, code_of(out[3]), "the right HMAC")
    size = int.from_bytes(out[3][10:14], "big")
    parameters, tail = out[3][14:14 + size], out[3][14 + size:]
    digest = hashlib.sha256(struct.pack(">II", 0, 0x14E) + parameters).digest()
    want = hmac.new(b"", digest + tail[2:34] + mine + b"\1", hashlib.sha256).digest()
    equal(want, tail[-32:], "the HMAC of the response")


@case("refusals are those of a TPM: range, handle, attributes, password, no session")
def refusals(_):
    out = raw(nv_read(OWNER_HANDLE, PASSWORD_SESSION),
              nv_read(OWNER_HANDLE, PASSWORD_SESSION, 16, 2590),
              nv_read(OWNER_HANDLE, PASSWORD_SESSION, 1025, 0),
              nv_read(0x4000000C, PASSWORD_SESSION),
              nv_read(INDEX, PASSWORD_SESSION),
              nv_read(OWNER_HANDLE, PASSWORD_SESSION, proof=b"guess"),
              nv_read(OWNER_HANDLE, PASSWORD_SESSION, attributes=0x41),
              nv_read(OWNER_HANDLE, 0x02000005),
              command(0x8001, 0x14E, struct.pack(">II", OWNER_HANDLE, INDEX)))
    equal([0, 0x146, 0x1D5, 0x149, 0x9A2, 0x9A2, 0x982, 0x9A2, 0x145], [code_of(r) for r in out],
          "codes")


@case("with an owner's password set, the index is refused with 0x9a2 until it is given")
def owner_password(scratch):
    guest = held()
    guest.tpm("tpm2_changeauth", "-c", "owner", "secret")
    try:
        path = os.path.join(scratch, "hcl")
        err = guest.tpm("tpm2_nvread", HCL, "-C", OWNER, "-o", path, status=1)[1]
        contains(err, "0x000009a2")
        write(guest.state("owner-auth"), b"secret")
        guest.tpm("tpm2_nvread", HCL, "-C", OWNER, "-P", "secret", "-o", path)
        equal(2600, len(read(path)), "size")
        guest.tpm("tpm2_nvread", HCL, "-C", OWNER, "-P", "guess", "-o", path, status=1)
    finally:
        guest.tpm("tpm2_changeauth", "-c", "owner", "-p", "secret")
        if os.path.exists(guest.state("owner-auth")):
            os.unlink(guest.state("owner-auth"))


@case("faults: a response code as often as asked, a delay, a stale report, another's user data")
def faults(scratch):
    guest = held()
    guest.tpm_fault("rc-0000014e-01c101d0", b"14a 1")
    path = os.path.join(scratch, "cert")
    err = guest.tpm("tpm2_nvread", AK_CERT, "-C", OWNER, "-o", path, status=1)[1]
    contains(err, "0x0000014a")
    guest.tpm("tpm2_nvread", AK_CERT, "-C", OWNER, "-o", path)
    guest.tpm_fault("delay-00000173", b"700 1")
    begin = time.monotonic()
    guest.tpm("tpm2_readpublic", "-c", AK, "-Q")
    assert time.monotonic() - begin >= 0.7, "no delay"
    old = guest.hcl_report(scratch)
    guest.write_user_data(scratch, os.urandom(64))
    guest.tpm_fault("stale", b"1 1")
    time.sleep(PERIOD)
    equal(old, guest.hcl_report(scratch), "stale")
    assert guest.hcl_report(scratch) != old, "the fault stayed"
    guest.tpm_fault("user-data", b"Z" * 64)
    time.sleep(PERIOD)
    equal(b"Z" * 64, user_data_of(guest.hcl_report(scratch)), "another's")
    os.unlink(guest.state("faults", "user-data"))
    guest.tpm_fault("report", b"no report")
    equal(b"no report", guest.hcl_report(scratch), "wrong report")
    os.unlink(guest.state("faults", "report"))


@case("tools that are killed leave no session behind, as under a resource manager")
def killed(scratch):
    guest = held()
    guest.tpm_fault("delay-0000014e", b"60000 5")
    for _ in range(5):
        child = guest.spawn("tpm2_nvread", HCL, "-C", OWNER, "-o", os.path.join(scratch, "x"))
        time.sleep(0.15)
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=10)
    if os.path.exists(guest.state("faults", "delay-0000014e")):
        os.unlink(guest.state("faults", "delay-0000014e"))
    equal(2600, len(guest.hcl_report(scratch)), "size")
    text = guest.tpm("tpm2_getcap", "handles-loaded-session")[0].decode()
    equal("", text.strip(), "loaded sessions")


@case("a stopped TPM makes the tools wait; nothing is broken when it goes on")
def stopped(scratch):
    guest = held()
    os.kill(guest.known["swtpm-pid"], signal.SIGSTOP)
    try:
        child = guest.spawn("tpm2_nvread", HCL, "-C", OWNER, "-o", os.path.join(scratch, "x"))
        time.sleep(0.5)
        assert child.poll() is None, "it did not wait"
        child.terminate()
        child.communicate(timeout=10)
    finally:
        os.kill(guest.known["swtpm-pid"], signal.SIGCONT)
    equal(2600, len(guest.hcl_report(scratch)), "size")


def tpm_quote(scratch):
    guest = held()
    write(os.path.join(scratch, "nonce"), NONCE)
    guest.tpm("tpm2_quote", "-c", AK, "-l", ALL, "-q", "./nonce", "-g", "sha256", "-m", "./q.msg", "-s",
              "./q.sig", "-f", "tss", "-o", "./q.pcrs", "-F", "values", "-Q", cwd=scratch)
    return {name: read(os.path.join(scratch, "q." + name)) for name in ("msg", "sig", "pcrs")}


@case("a quote by the AK verifies with openssl, over the nonce and the values")
def quote(scratch):
    guest, made = held(), tpm_quote(scratch)
    write(os.path.join(scratch, "sig"), made["sig"][6:])
    guest.tpm("tpm2_readpublic", "-c", AK, "-f", "pem", "-o", "ak.pem", "-Q", cwd=scratch)
    contains(tool(["openssl", "dgst", "-sha256", "-verify", "ak.pem", "-signature", "sig", "q.msg"],
                  cwd=scratch).out, "Verified OK")
    fields = tpm_bytes.parse(made["msg"])
    equal(NONCE, fields["extra"], "nonce")
    equal(hashlib.sha256(made["pcrs"]).digest(), fields["digest"], "pcrDigest")


@case("a nonce of more than 50 bytes is refused, as by Azure's vTPM")
def long_nonce(scratch):
    for size, status in ((50, 0), (51, 1)):
        write(os.path.join(scratch, "n"), bytes(size))
        err = held().tpm("tpm2_quote", "-c", AK, "-l", "sha256:0", "-q", "./n", "-g", "sha256", "-m", "m",
                         "-s", "s", "-Q", cwd=scratch, status=status)[1]
    contains(err, "0x000001d5")


@case("quotes hold or say that the PCRs moved, while another program extends PCR 10")
def moving(scratch):
    guest, good = held(), 0
    words = [sys.executable, PROGRAM, "measure", guest.root, "30"]
    with subprocess.Popen(words) as beside:
        while beside.poll() is None:
            try:
                made = tpm_quote(scratch)
            except AssertionError as broken:
                contains(str(broken), "PCR values failed to match quote's digest")
                continue
            digest = tpm_bytes.parse(made["msg"])["digest"]
            equal(hashlib.sha256(made["pcrs"]).digest(), digest, "pcrDigest")
            good += 1
    assert good, "no quote at all"


@case("two tools at once are served one after the other")
def together(scratch):
    guest = held()
    for turn in range(5):
        paths = [os.path.join(scratch, "%d-%d" % (turn, i)) for i in range(4)]
        tools = [guest.spawn("tpm2_nvread", HCL, "-C", OWNER, "-o", path) for path in paths]
        for child in tools:
            child.communicate(timeout=20)
        equal([2600] * 4, [len(read(path)) for path in paths], "sizes")


@case("the AK certificate chains to the anchor, each issuer found by AIA")
def ak_certificate(scratch):
    guest = held()
    guest.tpm("tpm2_nvread", AK_CERT, "-C", OWNER, "-o", "leaf", cwd=scratch)
    data = read(os.path.join(scratch, "leaf"))
    size = 4 + int.from_bytes(data[2:4], "big")
    equal(2048, len(data), "index")
    equal(b"", data[size:].strip(b"\0"), "padding")
    chain = [data[:size]]
    while len(chain) < 5:
        path = write(os.path.join(scratch, "der"), chain[-1])
        text = tool(["openssl", "x509", "-inform", "DER", "-in", path, "-noout", "-ext",
                     "authorityInfoAccess"]).out
        found = re.search(r"URI:(http://127.0.0.1:\S+)", text)
        if not found:
            break
        chain.append(guest.good(found.group(1))[1])
    equal(4, len(chain), "certificates")
    write(os.path.join(scratch, "leaf.pem"), pem.chain(chain[0]).encode())
    write(os.path.join(scratch, "middle.pem"), pem.chain(*chain[1:3]).encode())
    write(os.path.join(scratch, "root.pem"), pem.chain(chain[3]).encode())
    contains(tool(["openssl", "verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "middle.pem",
                   "leaf.pem"], cwd=scratch).out, "leaf.pem: OK")
    spki = tool(["openssl", "x509", "-in", "root.pem", "-noout", "-pubkey"], cwd=scratch).out
    anchor = read(os.path.join(guest.known["anchors"], "azure-vtpm-root.pem")).decode()
    contains(anchor, spki.strip())
    guest.tpm("tpm2_readpublic", "-c", AK, "-f", "pem", "-o", "ak.pem", "-Q", cwd=scratch)
    key = tool(["openssl", "x509", "-in", "leaf.pem", "-noout", "-pubkey"], cwd=scratch).out
    equal(read(os.path.join(scratch, "ak.pem")).decode(), key, "the certified key")


def registers(text):
    """{bank: {register: hex}} of what tpm2_pcrread and tpm2_eventlog print."""
    out, bank = {}, None
    for line in text.splitlines():
        head = re.fullmatch(r"\s*(sha\d+):\s*", line)
        row = re.fullmatch(r"\s*(\d+)\s*: 0x([0-9a-fA-F]+)", line)
        if head:
            bank = out.setdefault(head.group(1), {})
        elif row:
            bank[int(row.group(1))] = row.group(2).lower()
    return out


@case("the firmware's log replays to the PCRs in all three banks, as tpm2_eventlog sees it")
def firmware_log(_):
    guest = held()
    path = guest.path("sys/kernel/security/tpm0/binary_bios_measurements")
    text = tool(["tpm2_eventlog", path]).out
    replayed = registers(text[text.index("pcrs:"):])
    values = registers(guest.tpm("tpm2_pcrread")[0].decode())
    equal(["sha1", "sha256", "sha384"], sorted(replayed), "banks")
    equal(sorted(replayed), sorted(bank for bank in values if values[bank]), "banks of the TPM")
    for bank, rows in replayed.items():
        assert len(rows) >= 11, "%s: %d registers" % (bank, len(rows))
        for register, value in rows.items():
            equal(value, values[bank][register], "%s %d" % (bank, register))


def replay_ima(data):
    """PCR 10 of the SHA-256 bank, and the number of entries."""
    value, at, count = bytes(32), 0, 0
    while at < len(data):
        pcr, _, size = struct.unpack_from("<I20sI", data, at)
        assert pcr == 10 and data[at + 28:at + 28 + size] == b"ima-ng"
        at += 28 + size
        size, = struct.unpack_from("<I", data, at)
        value = hashlib.sha256(value + hashlib.sha256(data[at + 4:at + 4 + size]).digest()).digest()
        at, count = at + 4 + size, count + 1
    return value, count


@case("the kernel's log replays to PCR 10, also after it grew, and its text says the same")
def kernel_log(_):
    guest = held()
    binary = guest.path("sys/kernel/security/ima/binary_runtime_measurements")
    value, count = replay_ima(read(binary))
    text = guest.tpm("tpm2_pcrread", "sha256:10")[0].decode()
    equal(value.hex(), registers(text)["sha256"][10], "PCR 10")
    guest.command("measure", "3")
    value, grown = replay_ima(read(binary))
    equal(count + 3, grown, "entries")
    text = guest.tpm("tpm2_pcrread", "sha256:10")[0].decode()
    equal(value.hex(), registers(text)["sha256"][10], "PCR 10 after")
    lines = read(guest.path("sys/kernel/security/ima/ascii_runtime_measurements")).decode()
    equal(grown, len(lines.splitlines()), "lines")


def pieces(scratch):
    """Everything that an archive of this guest holds, as files."""
    guest = held()
    tpm_quote(scratch)
    report_bytes = guest.hcl_report(scratch)
    body = json.dumps({"report": hcl_report.b64url(report_bytes[32:1056])}).encode()
    text = guest.imds("/acc/tdquote", body)["quote"]
    write(os.path.join(scratch, "quote"), hcl_report.base64.urlsafe_b64decode(text + "=="))
    guest.tpm("tpm2_readpublic", "-c", AK, "-f", "tss", "-o", "ak.pub", "-Q", cwd=scratch)
    guest.tpm("tpm2_nvread", AK_CERT, "-C", OWNER, "-o", "ak.cert", cwd=scratch)
    for name in ("ca", "policy"):
        address = "%s/aia/azure-vtpm-%s.cer" % (guest.known["http"], name)
        write(os.path.join(scratch, name + ".der"), guest.good(address)[1])

    for name, path in (("tcb", "/tdx/certification/v4/tcb?fmspc=51514d000000"),
                       ("identity", "/tdx/certification/v4/qe/identity"),
                       ("pck.crl", "/sgx/certification/v4/pckcrl?ca=platform&encoding=der"),
                       ("root.crl", "/IntelSGXRootCA.der")):
        head, data = guest.pcs(path)
        write(os.path.join(scratch, name), data)
        for header, value in head.items():
            if header.lower().endswith("issuer-chain"):
                write(os.path.join(scratch, name + ".pem"), unquote(value).encode())
    return ["hcl", "quote", "tcb", "identity", "tcb.pem", "pck.crl", "pck.crl.pem", "root.crl",
            "ak.cert", "ca.der", "policy.der", "q.msg", "q.sig", "tpm-pcrs=q.pcrs", "ak.pub"]


@case("all pieces packed replay to a pass under the anchors that the guest wrote")
def replays(scratch):
    names = pieces(scratch)
    ecart("pack", "-o", "a.ecart", *names, cwd=scratch)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    made = report(os.path.join(scratch, "a.ecart"), "--at", now, "--anchors", held().known["anchors"])
    equal("pass", made["verdict"], "verdict")
    for row in made["checks"]:
        if row["id"].startswith(("dcap.", "tcb.", "hcl.", "tpm.")):
            assert row["outcome"] != "fail", row
    for check in ("dcap.quote.signature", "dcap.tcb-info.signature", "hcl.ak", "tpm.quote.signature",
                  "tpm.ak.certificate", "tpm.ak.match"):
        equal("pass", outcome(made, check), check)


def gone(guest):
    for pid in (guest.known["pid"], guest.known["swtpm-pid"]):
        for _ in range(200):
            if not alive(pid):
                break
            time.sleep(0.02)
        assert not alive(pid), "%d lives" % pid


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@case("a guest ends whole: by stop, when its time comes, and when its holder is killed")
def ends(_):
    for end in (lambda guest: guest.command("stop"),
                lambda guest: os.kill(guest.known["pid"], signal.SIGALRM),
                lambda guest: os.kill(guest.known["pid"], signal.SIGKILL)):
        guest = HeldGuest()
        end(guest)
        gone(guest)
    equal("", guest.command("stop").out, "stop of what ended")


@case("a folder that was a guest is not taken again")
def used(_):
    again = run([sys.executable, PROGRAM, "start", held().root])
    equal(1, again.status, "status")
    contains(again.err, "choose another folder")


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
