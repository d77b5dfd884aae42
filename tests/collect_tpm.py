#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with a TPM, row by row: the line that a person reads, what is stored, the exit."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True

from collection import (TPM_ALONE, WITH_REPORT, Collection, PlainTpm, attested, check_quotes,
                        collect, refused, tools_folder)
from e2e import (ECART, INCOMPLETE, UNREADABLE, USAGE, Skip, case, contains, equal, main, read, run,
                 write)
from held_guest import AK, HCL, OWNER, USER_DATA, held, skip_without_parts

import hcl as hcl_report

NOBODY = 65534
DECRYPT = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt"
STORAGE = "rsa2048:null:aes128cfb"
CODES = {"quote": "00000158", "nvread": "0000014e", "readpublic": "00000173"}
USER_DATA_SIZE = 64


@contextlib.contextmanager
def fault(name, content):
    path = held().tpm_fault(name, content)
    try:
        yield
    finally:
        if os.path.exists(path):
            os.unlink(path)


def reason(archive, source, outcome, *parts):
    step = archive.step(source)
    equal(outcome, step["outcome"], source)
    contains(step["reason"], *parts)
    assert step["reason"].rstrip().endswith(")"), "no way out at the end of %r" % step["reason"]
    contains(archive.one("collect-log").decode(), step["reason"])


def failing(scratch, source, outcome, *parts, words=TPM_ALONE, status=INCOMPLETE, **options):
    """A run whose named source comes to that outcome, for a reason with these parts."""
    archive = collect(scratch, *words, status=status, **options)
    reason(archive, source, outcome, *parts)
    return archive


def user_data(archive, name):
    return bytes.fromhex(json.loads(hcl_report.parse(archive.items[name])[1])["user-data"])


def check_report(archive):
    """What is bound is bound to this session; what is not bears no nonce."""
    bound = [row["item"] for row in archive.nonces("hcl")]
    for name in archive.named("azure-hcl-report"):
        equal(name in bound, "nonce" in archive.entry[name], "nonce of " + name)
        equal(name in bound, user_data(archive, name) == archive.session_root(), name)


# --- the way to the TPM

@case("no device: nothing to ask, exit 2, no file, and where it was looked for")
def no_device(scratch):
    refused(scratch, "--tpm", "77", "--tcti", "device:/dev/tpmrm77", root=scratch,
            status=INCOMPLETE, said=["there is no TPM at device:/dev/tpmrm77",
                                     "give the machine a vTPM", "ecart doctor"])
    refused(scratch, root=scratch, status=INCOMPLETE, said=['names no "tcti"'])


@case("no permission: root or group tss")
def no_permission(scratch):
    device = write(os.path.join(scratch, "tpm"), b"")
    os.chmod(device, 0)
    words, before = ["--tcti", "device:" + device], ()
    os.makedirs(os.path.join(scratch, "tmp"), exist_ok=True)
    if os.geteuid() == 0:  # to whom everything is open
        before = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups",
                  os.path.join(scratch, "env")]
        shutil.copy(ECART, os.path.join(scratch, "ecart"))
        write(before[-1], b'#!/bin/sh\nshift\nexec "%s" "$@"\n' % os.path.join(
            scratch, "ecart").encode())
        for name in (".", "tmp", "env", "ecart"):
            os.chown(os.path.join(scratch, name), NOBODY, NOBODY)
        os.chmod(before[-1], 0o755)
    refused(scratch, *words, root=scratch, before=before, status=INCOMPLETE,
            said=["permission denied for device:%s (run as root or join group tss)" % device])


@case("a TCTI that nobody knows: which package, and nothing else is tried")
def unknown_tcti(scratch):
    refused(scratch, "--tcti", "nosuch:x", root=scratch, status=INCOMPLETE,
            said=["there is no module that loads nosuch:x", "libtss2-tcti-NAME0"])
    refused(scratch, "--tcti", "swtpm:path=" + scratch + "/none", root=scratch, status=INCOMPLETE,
            said=["/none"])


@case("a TPM that is no Azure vTPM: no index is made on it, no key is found on it")
def plain(scratch):
    with PlainTpm(scratch) as tpm:
        archive = collect(scratch, "--source", "tpm-caps,hcl-report,ak,ak-cert,tpm-quote",
                          root=tpm.root)
        equal("", tpm.run("tpm2_getcap", "handles-nv-index"), "indices")
        reason(archive, "hcl-report", "absent", "no report at NV 0x01400001 (")
        reason(archive, "ak", "absent", "no key at 0x81000003 (", "--ak HANDLE)")
        reason(archive, "ak-cert", "absent", "no certificate at NV 0x01c101d0 (")
        reason(archive, "tpm-quote", "absent", "no attestation key to quote with (")


# --- indices

@case("an index that vanished after it was listed")
def index_absent(scratch):
    with fault("rc-%s-01400001" % CODES["nvread"], b"18b"):
        failing(scratch, "hcl-report", "failed", "the TPM has no such index, code 0x18b (",
                words=WITH_REPORT)


@case("the certificate's index is there and not written: said after a while; once it passes, taken")
def not_written(scratch):
    with PlainTpm(scratch) as tpm:
        tpm.run("tpm2_nvdefine", "0x01C101D0", "-C", "p", "-s", "100", "-a",
                "authwrite|ownerread|authread|no_da|platformcreate")
        failing(scratch, "ak-cert", "failed", "defined but not written yet, code 0x14a (", "its host",
                words=("--source", "tpm-caps,ak-cert"), root=tpm.root, status=0)
        done = Collection(scratch, "--source", "tpm-caps,ak-cert", "--quiet", root=tpm.root,
                          output="quiet.ecart").end()
        contains(done.run.out, "\nnot required, not collected: ak-cert\nwrote ")
        equal("", done.run.err, "--quiet")
    with fault("rc-%s-01c101d0" % CODES["nvread"], b"14a 2"):
        archive = collect(scratch, "--source", "tpm-caps,ak,ak-cert", output="b.ecart")
        assert archive.named("cert-der")


@case("what is no certificate in the certificate's index: kept as it came, and nobody's")
def no_certificate(scratch):
    content = b"\x30\x82\xff\xff no certificate".ljust(100, b"\xee")
    path = write(os.path.join(scratch, "content"), content)
    with PlainTpm(scratch) as tpm:
        tpm.make_key(AK)
        tpm.run("tpm2_nvdefine", "0x01C101D0", "-C", "p", "-s", "100", "-a",
                "authwrite|ownerread|authread|no_da|platformcreate")
        tpm.run("tpm2_nvwrite", "0x01C101D0", "-C", "0x01C101D0", "-i", path)
        archive = failing(scratch, "ak-cert", "failed", "kept as it came (", root=tpm.root,
                          words=("--source", "tpm-caps,ak,ak-cert,tpm-quote"), status=0)
    equal(["items/cert-der/0000-unread.der"], archive.named("cert-der"), "items")
    equal(content, archive.one("cert-der"), "bytes")
    entry = archive.entry["items/cert-der/0000-unread.der"]
    equal(({"type": "tpm-nv", "detail": "0x01c101d0"}, []),
          (entry["source"], entry.get("relates", [])), "entry")
    check_quotes(archive)
    done = run([ECART, "replay", archive.path, "--format", "json"])
    rows = [row for row in json.loads(done.stdout)["checks"] if "0000-unread" in str(row)]
    assert not [row for row in rows if row["outcome"] == "fail"], rows


@case("an index that is not open to the owner")
def index_auth(scratch):
    with PlainTpm(scratch) as tpm:
        tpm.run("tpm2_nvdefine", "0x01C101D0", "-C", "p", "-s", "8", "-a",
                "authwrite|authread|no_da|platformcreate")
        failing(scratch, "ak-cert", "failed", "the index is not open to the owner, code 0x149 (",
                words=("--source", "tpm-caps,ak-cert"), root=tpm.root, status=0)


@case("the owner has a password: the option that gives it; the right one works, none is guessed")
def owner_password(scratch):
    guest, password = held(), "CANARY-%s" % os.urandom(8).hex()
    guest.tpm("tpm2_changeauth", "-c", "owner", password)
    try:
        failing(scratch, "hcl-report", "failed", "the TPM refuses the owner's password, code 0x9a2 (",
                "--owner-auth-file FILE)", words=WITH_REPORT)
        wrong = write(os.path.join(scratch, "wrong"), b"wrong")
        log = os.path.join(scratch, "log")
        folder = tools_folder(scratch, {
            tool: 'case "$*" in *0x40000001*) echo %s >>%s;; esac\nexec {TOOL} "$@"' % (tool, log)
            for tool in ("tpm2_nvread", "tpm2_nvwrite", "tpm2_nvdefine")})
        archive = failing(scratch, "hcl-report", "failed", "code 0x9a2", output="b.ecart",
                          words=("--owner-auth-file", wrong, "--tpm2-tools", folder))
        equal("tpm2_nvread\n", read(log).decode(), "what the owner was asked")
        reason(archive, "ak-cert", "failed", "code 0x9a2")
        reason(archive, "azure-tdquote", "failed", "there is no HCL report to quote")
        cert = ("--source", "tpm-caps,ak-cert")
        failing(scratch, "ak-cert", "failed", "code 0x9a2 (", words=cert, status=0,
                output="without.ecart")
        write(guest.state("owner-auth"), password.encode())
        for end in (b"", b"\n", b"\r\n"):
            right = write(os.path.join(scratch, "right"), password.encode() + end)
            archive = collect(scratch, *cert, "--owner-auth-file", right, "--force")
            assert archive.named("cert-der")
        archive = collect(scratch, *WITH_REPORT, "--owner-auth-file", right, "--force")
        equal("ok", archive.step("hcl-report")["outcome"], "with the right one")
        check_report(archive)
        refused(scratch, "--owner-auth-file", write(os.path.join(scratch, "long"), b"x" * 65),
                output="d.ecart", status=UNREADABLE, said=["long"])
        refused(scratch, "--owner-auth-file", os.path.join(scratch, "none"), output="d.ecart",
                status=UNREADABLE, said=["none"])
    finally:
        guest.tpm("tpm2_changeauth", "-c", "owner", "-p", password, "")
        if os.path.exists(guest.state("owner-auth")):
            os.unlink(guest.state("owner-auth"))
    text = guest.tpm("tpm2_getcap", "properties-variable")[0].decode()
    contains(text, "TPM2_PT_LOCKOUT_COUNTER: 0x0")


@case("an index that has a password: it is never tried, so that the TPM is not locked by us")
def index_password(scratch):
    with PlainTpm(scratch) as tpm:
        for index in (HCL, "0x01C101D0"):
            tpm.run("tpm2_nvdefine", index, "-C", "o", "-s", "64", "-a", "authread|authwrite", "-p",
                    "secret")
        archive = collect(scratch, "--source", "tpm-caps,ak-cert,hcl-report", root=tpm.root,
                          status=None)
        reason(archive, "ak-cert", "failed", "the index is not open to the owner, code 0x149 (")
        equal("failed", archive.step("hcl-report")["outcome"], "hcl-report")
        equal(0, tpm.lockout_counter(), "tries that count")
    log = os.path.join(scratch, "log")
    with fault("rc-%s-01c101d0" % CODES["nvread"], b"98e"):
        folder = tools_folder(scratch, {"tpm2_nvread": 'echo "$1" >>%s\nexec {TOOL} "$@"' % log})
        failing(scratch, "ak-cert", "failed", "a password was wrong, and counts", "code 0x98e (",
                words=("--source", "tpm-caps,ak-cert", "--tpm2-tools", folder), output="b.ecart",
                status=0)
    equal(1, read(log).decode().splitlines().count("0x01c101d0"), "tries")


@case("a TPM that is locked against guessing: the owner's reads and the key's quotes still work")
def lockout(scratch):
    with PlainTpm(scratch) as tpm:
        tpm.make_key(AK)
        tpm.run("tpm2_nvdefine", "0x01500001", "-C", "o", "-s", "8", "-a", "authread|authwrite", "-p",
                "secret")
        for _ in range(5):
            tpm.run("tpm2_nvread", "0x01500001", "-C", "0x01500001", "-P", "wrong", status=None)
        contains(tpm.run("tpm2_getcap", "properties-variable"), "inLockout:                 1")
        archive = collect(scratch, *TPM_ALONE, root=tpm.root)
        check_quotes(archive)
    with fault("rc-%s" % CODES["quote"], b"921"):
        failing(scratch, "tpm-quote", "failed", "the TPM is locked against guessing passwords, code "
                "0x921 (wait", output="b.ecart")


# --- keys, banks, memory

@case("no key at the handle: listed or not")
def key_absent(scratch):
    archive = failing(scratch, "ak", "absent", "no key at 0x81000099 (", "--ak HANDLE)",
                      words=(*TPM_ALONE, "--ak", "0x81000099"))
    equal("absent", archive.step("tpm-quote")["outcome"], "tpm-quote")
    with fault("rc-%s-81000003" % CODES["readpublic"], b"18b"):
        failing(scratch, "ak", "failed", "the TPM has no key at this handle, code 0x18b (",
                output="b.ecart")
    for text in ("o", "0x40000001", "81000003", "0x81000003x", "-1"):
        refused(scratch, "--ak", text, status=USAGE, output="c.ecart", said=["--ak " + text])


@case("a key that does not sign, and one at another handle that does")
def no_signing_key(scratch):
    with PlainTpm(scratch) as tpm:
        tpm.make_key("0x81000010", DECRYPT, STORAGE)
        tpm.make_key("0x81000011")
        archive = failing(scratch, "tpm-quote", "failed", "this key is not for that, code "
                          "0x19c (name a signing key with --ak HANDLE)",
                          words=(*TPM_ALONE, "--ak", "0x81000010"), root=tpm.root)
        equal([], archive.named("tpm-quote-attest"), "quotes")
        archive = collect(scratch, *TPM_ALONE, "--ak", "0x81000011", root=tpm.root, output="b.ecart")
        equal("0x81000011", archive.entry[archive.named("tpm2b-public")[0]]["source"]["detail"],
              "handle")
        check_quotes(archive)
    with fault("rc-%s" % CODES["quote"], b"12f"):
        failing(scratch, "tpm-quote", "failed", "this key does not sign, code 0x12f (name a signing",
                output="c.ecart")


@case("a TPM without a SHA-256 bank is quoted over SHA-384; without both, it says which are needed")
def banks(scratch):
    with PlainTpm(scratch, "sha1:all+sha256:none+sha384:all+sha512:none") as tpm:
        tpm.make_key(AK)
        archive = collect(scratch, *TPM_ALONE, root=tpm.root)
        equal([[(0x000C, list(range(24)))]],
              [attested(archive.items[name])[1] for name in archive.named("tpm-quote-attest")],
              "selections")
        equal(48 * 24, len(archive.one("tpm-pcrs")), "values")
        check_quotes(archive)
    shutil.rmtree(os.path.join(scratch, "plain"))
    with PlainTpm(scratch, "sha1:all+sha256:none+sha384:none+sha512:none") as tpm:
        tpm.make_key(AK)
        failing(scratch, "tpm-quote", "absent", "no SHA-256 or SHA-384 bank of PCRs (",
                root=tpm.root, output="b.ecart", status=None)
    with fault("rc-%s" % CODES["quote"], b"3c3"):
        failing(scratch, "tpm-quote", "failed", "no such hash or bank of PCRs, code 0x3c3 (choose",
                output="c.ecart")


@case("no room for one more object: tried again, then the resource manager is named")
def transient_memory(scratch):
    with PlainTpm(scratch) as tpm:
        tpm.make_key(AK)
        for _ in range(3):
            tpm.run("tpm2_createprimary", "-C", "o", "-g", "sha256", "-G", "ecc", "-c", "full.ctx",
                    "-Q", status=None)
        failing(scratch, "tpm-quote", "failed", "no room for one more object, code 0x902 (",
                "device:/dev/tpmrm0", root=tpm.root)
    with fault("rc-%s" % CODES["quote"], b"902 2"):
        check_quotes(collect(scratch, *TPM_ALONE, output="b.ecart"))


@case("tools that are not there, that die, that say 0 and leave nothing: a line each")
def tools(scratch):
    refused(scratch, "--tpm2-tools", "/nonexistent", status=INCOMPLETE,
            said=["tpm2_getcap: not found, in /nonexistent", "--tpm2-tools"])
    for number, (script, parts) in enumerate((
            ("kill -SEGV $$", ["signal 11 (SIGSEGV)"]),
            ("exit 0", ["tpm2_quote left no quote"]),
            ("mkdir q.msg; exec {TOOL} \"$@\"", ["q.msg", "run it by hand"]),  # cannot be written
            ("echo something >&2; exit 7", ["exit status 7: something", "run it by hand"]),
            ("for a; do :; done; : >q.msg; : >q.sig; : >q.pcrs", ["tpm-quote: magic"]))):
        folder = tools_folder(scratch, {"tpm2_quote": script}, "tools%d" % number)
        archive = collect(scratch, *TPM_ALONE, "--tpm2-tools", folder, status=INCOMPLETE,
                          output="%d.ecart" % number)
        contains(archive.step("tpm-quote")["reason"], *parts)
        equal([], archive.named("tpm-quote-attest"), "quotes")
    folder = tools_folder(scratch, {"tpm2_getcap": "[ $1 = properties-variable ] && exit 3\nexec {TOOL} "
                                    "\"$@\""}, "caps")
    failing(scratch, "tpm-caps", "failed", "tpm2_getcap: exit status 3", output="caps.ecart",
            words=(*TPM_ALONE, "--tpm2-tools", folder))
    folder = tools_folder(scratch, {"tpm2_getcap": "[ $1 = pcrs ] && exec {TOOL}\nexec {TOOL} \"$@\""},
                          "bug")
    refused(scratch, "--tpm2-tools", folder, status=INCOMPLETE,
            said=["tpm2_getcap: the tool was asked in a wrong way (", "bug of ecart"])


# --- reports that are not ours

@case("a report that stays old: stored as it is, not bound, exit 2")
def stale(scratch):
    with fault("stale", b"1"):
        archive = failing(scratch, "hcl-report", "failed", "does not carry our user-data after 3 "
                          "tries (", words=WITH_REPORT)
    equal(1, len(archive.named("azure-hcl-report")), "reports")
    contains(archive.named("azure-hcl-report")[0], "unbound")
    equal([], archive.nonces("hcl"), "bindings")
    check_report(archive)
    check_quotes(archive)


@case("a report of less than two seconds ago is not taken for ours; the next one is")
def two_seconds(scratch):
    for number in range(5):
        begin = time.monotonic()
        held().hcl_report(scratch)  # a new one, or one that is less than two seconds old
        archive = collect(scratch, *WITH_REPORT, output="%d.ecart" % number)
        equal(1, len(archive.nonces("hcl")), "bound reports")
        check_report(archive)
        if time.monotonic() - begin > 2:
            return
    raise AssertionError("five reports in a row were new")


@case("a program that writes the index between is found out: ours, or marked as not ours")
def other_writer(scratch):
    guest, stop = held(), threading.Event()
    other = write(os.path.join(scratch, "other"), b"x" * USER_DATA_SIZE)
    collect(scratch, *WITH_REPORT)  # defines the index

    def overwrite():
        while not stop.is_set():
            guest.tpm("tpm2_nvwrite", USER_DATA, "-C", OWNER, "-i", other)

    writer = threading.Thread(target=overwrite)
    writer.start()
    try:
        done = Collection(scratch, *WITH_REPORT, output="b.ecart").end(None).leaves_nothing()
    finally:
        stop.set()
        writer.join()
    check_report(done.archive())
    step = done.archive().step("hcl-report")
    equal({0: "ok", 2: "failed"}[done.run.status], step["outcome"], "outcome")
    if step["outcome"] == "failed":
        contains(step["reason"], "another program")
    archive = collect(scratch, *WITH_REPORT, output="c.ecart")
    equal(1, len(archive.nonces("hcl")), "bound reports, after its end")


@case("one foreign write between does not cost the binding: it is written again")
def one_overwrite(scratch):
    mark = os.path.join(scratch, "mark")
    other = write(os.path.join(scratch, "other"), b"y" * USER_DATA_SIZE)
    script = ('{TOOL} "$@" || exit\n[ -e %s ] && exit 0\n: >%s\nexec {TOOL} 0x01400002 -C 0x40000001 '
              "-i %s" % (mark, mark, other))
    folder = tools_folder(scratch, {"tpm2_nvwrite": script})
    archive = collect(scratch, *WITH_REPORT, "--tpm2-tools", folder)
    assert os.path.exists(mark)
    equal(1, len(archive.nonces("hcl")), "bound reports")
    check_report(archive)


# --- answers to other questions

@case("a quote over nothing, over other PCRs, or with another nonce is refused, whatever its status")
def other_question(scratch):
    rewrite = ('i=0; for a; do shift; if [ "$p" = -%s ]; then a=%s; fi; p=$a; set -- "$@" "$a"; '
               'done; exec {TOOL} "$@"')
    other = write(os.path.join(scratch, "nonce"), b"n" * 32)
    for number, (option, value, part) in enumerate((
            ("l", "sha256:24", "other PCRs"), ("l", "sha256:0,1", "other PCRs"),
            ("l", "sha1:0", "other PCRs"), ("q", other, "our nonce"))):
        folder = tools_folder(scratch, {"tpm2_quote": rewrite % (option, value)}, "t%d" % number)
        archive = collect(scratch, *TPM_ALONE, "--tpm2-tools", folder, status=INCOMPLETE,
                          output="%d.ecart" % number)
        equal("failed", archive.step("tpm-quote")["outcome"], value)
        contains(archive.step("tpm-quote")["reason"], part)
        equal([], archive.named("tpm-quote-attest"), "quotes")


@case("files named like handles and arguments in the caller's directory are not read")
def hostile_directory(scratch):
    folder = os.path.join(scratch, "hostile")
    for name in ("o", "in", "nonce", "0x81000003", "0x40000001", "0x01400001", "0x01400002", "ak",
                 "sha256", "tss", "q.msg", "nv", "tpm2_quote"):
        write(os.path.join(folder, name), b"hostile")
    before = sorted(os.listdir(folder))
    archive = collect(scratch, *WITH_REPORT, cwd=folder)
    check_quotes(archive)
    check_report(archive)
    equal(1, len(archive.nonces("hcl")), "bound reports")
    equal(before, sorted(os.listdir(folder)), "names in it")


class Rogue:
    """Whoever listens where tpm2-tss looks when no TCTI is given: 127.0.0.1:2321 and 2322."""

    def __init__(self):
        self.sockets, self.count = [], 0
        for port in (2321, 2322):
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.sockets.append(one)
            one.bind(("127.0.0.1", port))
            one.listen()
            threading.Thread(target=self.serve, args=(one,), daemon=True).start()

    def serve(self, one):
        with contextlib.suppress(OSError):
            while True:
                one.accept()[0].close()
                self.count += 1

    def close(self):
        for one in self.sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@case("a rogue TPM on the port that the tools would try is not asked when no TCTI is given")
def rogue(scratch):
    try:
        listener = Rogue()
    except OSError as taken:
        raise Skip("a port of 2321 and 2322 cannot be listened at: %s" % taken) from taken
    try:
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
        subprocess.run(["tpm2_getcap", "properties-fixed"], env=env, cwd=scratch, timeout=60,
                       check=False, stdin=subprocess.DEVNULL, capture_output=True)
        time.sleep(0.5)  # until the last of them is counted
        tried = listener.count
        assert tried > 0 or os.path.exists("/dev/tpm0"), "the tools did not try the port"
        done = Collection(scratch, "--tpm", "77", "--source", "tpm-caps", root=False).end(None)
        contains(done.run.err, "there is no TPM at device:/dev/tpmrm77")
        refused(scratch, root=scratch, output="b.ecart", status=INCOMPLETE, said=["TPM"])
        time.sleep(0.5)
        equal(tried, listener.count, "connections to the rogue")
    finally:
        listener.close()


@case("an inherited TPM2TOOLS_TCTI is dropped, and that is said")
def inherited(scratch):
    env = {"TPM2TOOLS_TCTI": held().known["tcti"]}
    done = refused(scratch, root=scratch, env=env, status=INCOMPLETE,
                   said=["TPM2TOOLS_TCTI of the environment is not used"])
    assert "vtpm" not in done.run.err, done.run
    env = {"TPM2TOOLS_TCTI": "device:/dev/null", "TSS2_LOG": "all+trace", "TPM2TOOLS_AUTOFLUSH": "x"}
    check_quotes(collect(scratch, *TPM_ALONE, env=env, output="b.ecart"))


# --- other versions of the tools

OLD = """for a; do case $a in -F) echo "%s" >&2; exit 1;; esac; done
[ "$1" = -v ] && {
echo 'tool="x" version="%s" tctis="libtss2-tctildr" tcti-default=tcti-device'; exit; }
exec {TOOL} "$@\""""


@case("tools of version 4 know no -F: found by version or by their refusal, and values are decoded")
def version_4(scratch):
    good = collect(scratch, *TPM_ALONE)
    for number, (refusal, version) in enumerate((
            ("tpm2_quote: invalid option -- 'F'", "4.1.1"),
            ("tpm2_quote: invalid option -- 'F'", "5.1"),
            ("/usr/bin/tpm2_quote: invalid option -- 'F'", "5.4"),
            ("tpm2_quote: unrecognized option: F", "git-1234"))):
        folder = tools_folder(scratch, {name: OLD % (refusal, version) for name in (
            "tpm2_quote", "tpm2_pcrread", "tpm2_getcap")}, "tools%d" % number)
        archive = collect(scratch, *TPM_ALONE, "--tpm2-tools", folder, output="%d.ecart" % number)
        equal(2, len(archive.named("tpm-pcrs-serialized")), "dumps")
        for name in archive.named("tpm-pcrs"):
            assert any(row["rel"] == "decoded-from" for row in archive.entry[name]["relates"]), name
            equal(good.items[name], archive.items[name], name)
        equal(good.one("tpm-pcrread"), archive.one("tpm-pcrread"), "pcrread")
        check_quotes(archive)


@case("a refusal that speaks of options, but not of -F, is none of version 4: not asked in its way")
def other_refusal(scratch):
    log = os.path.join(scratch, "log")
    for number, text in enumerate((
            "ERROR: Conflicting options", "tpm2_quote: invalid option -- 'q'",
            "ERROR: invalid option -- 'F' is not what this says")):
        folder = tools_folder(scratch, {"tpm2_quote": 'echo "$@" >>%s\necho "%s" >&2\nexit 1' % (
            log, text)}, "tools%d" % number)
        done = Collection(scratch, *TPM_ALONE, "--tpm2-tools", folder, "--force").end(INCOMPLETE)
        equal("failed", done.leaves_nothing().archive().step("tpm-quote")["outcome"], text)
    for line in read(log).decode().splitlines():
        assert line.endswith("-F values"), line


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
