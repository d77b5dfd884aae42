#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a collection does to the machine: nothing that it need not, and nothing of it leaks."""

import base64
import ctypes
import os
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True

from collection import (WITH_REPORT, Collection, PlainTpm, collect, refused, skip_without_strace,
                        tools_folder)
from e2e import (INCOMPLETE, PASS, USAGE, Skip, case, contains, ecart, equal, main, read, tree,
                 write)
from held_guest import OWNER, USER_DATA, held, skip_without_parts

READERS = {"tpm2_getcap", "tpm2_nvreadpublic", "tpm2_nvread", "tpm2_readpublic", "tpm2_quote",
           "tpm2_pcrread"}
MEASUREMENTS = "sys/devices/virtual/misc/tdx_guest/measurements"
WRITTEN = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|creat\(")


def landlock():
    """Whether the kernel has it: the version of landlock_create_ruleset(2)."""
    return ctypes.CDLL(None).syscall(444, None, 0, 1) > 0


def logged_tools(scratch, name="logged"):
    """Tools that say in a file how they were called, and with what environment."""
    log = os.path.join(scratch, name + ".log")
    folder = tools_folder(scratch, {"all": 'echo "${0##*/} $*" >>%s\nenv | sed "s/^/env /" >>%s\n'
                                    'exec {TOOL} "$@"' % (log, log)}, name)
    return folder, log


def tpm_state():
    """What a TPM keeps: indices with their content, keys, registers, counters of wrong passwords."""
    guest = held()
    found = {"pcrs": guest.tpm("tpm2_pcrread")[0]}
    for name in ("handles-nv-index", "handles-persistent", "handles-transient"):
        found[name] = guest.tpm("tpm2_getcap", name)[0]
    for index in found["handles-nv-index"].decode().replace("-", " ").split():
        found[index] = guest.tpm("tpm2_nvreadpublic", index)[0]
    if b"1400002" in found["handles-nv-index"]:
        found["user-data"] = guest.tpm("tpm2_nvread", USER_DATA, "-C", OWNER)[0]
    variable = guest.tpm("tpm2_getcap", "properties-variable")[0].decode()
    found["lockout"] = [line for line in variable.splitlines() if "LOCKOUT_COUNTER" in line]
    return found


@case("--read-only writes nothing to the TPM: not on one that was never written, not later")
def read_only(scratch):
    for number in range(2):
        before = tpm_state()
        equal(number, before["handles-nv-index"].decode().count("1400002"), "index of user-data")
        folder, log = logged_tools(scratch, "logged%d" % number)
        archive = collect(scratch, *WITH_REPORT, "--read-only", "--tpm2-tools", folder,
                          output="%d.ecart" % number)
        after = tpm_state()
        equal(before, after, "state")
        called = {line.split()[0] for line in read(log).decode().splitlines()
                  if not line.startswith("env ")}
        equal(READERS, called, "tools")
        assert "binding" not in archive.predicate
        assert archive.named("azure-hcl-report")
        assert "nonce" not in archive.entry[archive.named("azure-hcl-report")[0]]
        collect(scratch, *WITH_REPORT, output="w%d.ecart" % number)  # which writes


@case("read-only says what it costs; the report is there, bound to nothing")
def read_only_said(scratch):
    done = Collection(scratch, *WITH_REPORT, "--read-only").end().leaves_nothing()
    contains(done.run.out, "read-only: the report is not bound")


@case("a run writes to the TPM its 64 bytes, and nothing else")
def writes_little(scratch):
    collect(scratch, *WITH_REPORT)
    before = tpm_state()
    folder, log = logged_tools(scratch)
    archive = collect(scratch, *WITH_REPORT, "--tpm2-tools", folder, output="b.ecart")
    after = tpm_state()
    equal(archive.session_root(), after.pop("user-data"), "user-data")
    before.pop("user-data")
    equal(before, after, "all else")
    written = [line for line in read(log).decode().splitlines()
               if line.split()[0] not in READERS | {"env"}]
    # A report of less than two seconds ago costs a second writing.
    equal({"tpm2_nvwrite 0x01400002 -C 0x40000001 -i ./in"}, set(written), "writes")


@case("the tools get a short environment, and paths in their own directory alone")
def environment(scratch):
    folder, log = logged_tools(scratch)
    collect(scratch, *WITH_REPORT, "--tpm2-tools", folder, env={
        "LD_PRELOAD": "", "SECRET": "CANARY", "TSS2_LOG": "all+trace", "TPM2TOOLS_TCTI": "x"})
    lines = read(log).decode().splitlines()
    names = {line[4:].split("=")[0] for line in lines if line.startswith("env ")}
    equal({"PATH", "LC_ALL", "HOME", "TPM2TOOLS_TCTI"}, names - {"PWD", "SHLVL", "_", "OLDPWD"},
          "variables")
    for line in lines:
        if not line.startswith("env "):
            for word in line.split()[1:]:
                assert word.startswith("./") or "/" not in word, line


@case("registers of a TD are opened to read alone; nothing is written but what is ours")
def registers(scratch):
    skip_without_strace()
    guest, log = held("--machine", "td"), os.path.join(scratch, "trace")
    before = tree(guest.path(MEASUREMENTS))
    archive = collect(scratch, "--source", "tdx-rtmr,ccel", root=guest.root, env={
        "ASAN_OPTIONS": "detect_leaks=0"}, before=[  # leaks cannot be looked for under strace
        "strace", "-f", "-y", "-e", "trace=open,openat,openat2,creat", "-o", log])
    equal(8, archive.one("tdx-measurements").count(b"\n"), "registers")
    equal(before, tree(guest.path(MEASUREMENTS)), "the registers")
    lines = read(log).decode(errors="replace").splitlines()
    opened = [line for line in lines if "measurements/" in line]
    assert len(opened) >= 8, "the registers were not opened"
    for line in opened:
        assert not WRITTEN.search(line), line
    mine = (scratch, "/dev/null", "/dev/tty", "ecart-collect.lock", '".", O_WRONLY|O_TMPFILE',
            "O_TMPFILE")
    for line in lines:
        assert not WRITTEN.search(line) or any(part in line for part in mine), line


@case("a tool that writes elsewhere cannot: archive's folder, TMPDIR and the root are all there is")
def confined(scratch):
    with PlainTpm(scratch) as tpm:
        elsewhere = tempfile.mkdtemp(prefix="ecart-elsewhere-", dir="/var/tmp")
        try:
            script = "touch %s; echo $? >>%s\nexec {TOOL} \"$@\""
            folder = tools_folder(scratch, {"tpm2_getcap": script % (
                os.path.join(elsewhere, "here"), os.path.join(scratch, "log"))})
            collect(scratch, "--source", "tpm-caps", "--tpm2-tools", folder, root=tpm.root)
            log = read(os.path.join(scratch, "log")).decode().split()
            if "0" in log and not landlock():
                raise Skip("this kernel has no Landlock")
            equal([], os.listdir(elsewhere), "written")
            equal({"1"}, set(log), "what the tool got")
            again = Collection(scratch, "--source", "tpm-caps", root=tpm.root, output="b.ecart",
                               env={"TMPDIR": ""}).end()  # which means /tmp
            assert os.path.exists(again.output)
        finally:
            shutil.rmtree(elsewhere)


@case("no line of the collector opens a register to write")
def registers_in_source(_):
    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "collect")
    for name in sorted(os.listdir(folder)):
        text = read(os.path.join(folder, name)).decode()
        if "measurements" in text and name.startswith("src_"):
            assert not WRITTEN.search(text), name


# --- nothing leads out of --root

@case("links that lead out of --root lead into it; what they name outside is not read")
def confined(scratch):
    canary = b"CANARY-%s" % os.urandom(8).hex().encode()
    outside = write(os.path.join(scratch, "outside", "secret"), canary)
    root = os.path.join(scratch, "root")
    os.makedirs(root)
    shutil.copy(held().path("ecart-root.json"), root)
    up = "../" * 20
    for path, target in (("etc/os-release", outside),
                         ("proc/cmdline", up + outside[1:]),
                         ("sys/class/dmi/id/sys_vendor", "/proc/self/cwd/../outside/secret"),
                         ("sys/class/dmi/id/product_name", "bios_vendor"),
                         ("sys/class/dmi/id/bios_vendor", "../../../../../outside/secret"),
                         ("sys/kernel/security/tpm0/binary_bios_measurements", outside),
                         ("sys/kernel/security/ima", os.path.dirname(outside))):
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        os.symlink(target, os.path.join(root, path))
    os.symlink(outside, os.path.join(os.path.dirname(outside), "binary_runtime_measurements"))
    words = ("--source", "tpm-caps,tcg-log,ima-log")
    archive = collect(scratch, *words, root=root)
    for name, content in archive.items.items():
        assert canary not in content, name
    equal("absent", archive.step("tcg-log")["outcome"], "tcg-log")
    equal("absent", archive.step("ima-log")["outcome"], "ima-log")
    # The same links, and something where they lead to inside.
    inside = write(os.path.join(root, outside[1:]), b"inside")
    assert os.path.exists(inside)
    archive = collect(scratch, *words, root=root, output="b.ecart")
    equal(b"inside", archive.one("tcg-eventlog"), "log")


@case("an ecart-root.json that is a link out, or says what nobody knows, starts nothing")
def root_file(scratch):
    root = os.path.join(scratch, "root")
    os.makedirs(root)
    os.symlink(held().path("ecart-root.json"), os.path.join(root, "ecart-root.json"))
    refused(scratch, root=root, status=INCOMPLETE, said=['names no "tcti"'])
    os.unlink(os.path.join(root, "ecart-root.json"))
    for text in (b"", b"[]", b"{", b'{"tcti":1}', b'{"tcti":"x","shell":"y"}', b"\xff", b"x" * 70000):
        write(os.path.join(root, "ecart-root.json"), text)
        done = Collection(scratch, root=root).end(None).wrote_nothing()
        assert done.run.status == USAGE, done.run
        contains(done.run.err, "ecart-root.json")
    refused(scratch, root=os.path.join(scratch, "none"), status=USAGE, said=["--root"])


@case("a pipe, a folder, a log without end in the place of a file: no wait, no lie")
def odd_files(scratch):
    root = os.path.join(scratch, "root")
    folder = os.path.join(root, "sys/kernel/security/")
    os.makedirs(folder + "tpm0")
    os.makedirs(folder + "ima/binary_runtime_measurements")
    shutil.copy(held().path("ecart-root.json"), root)
    log = folder + "tpm0/binary_bios_measurements"
    words = ("--source", "tpm-caps,tcg-log,ima-log", "--force")
    os.mkfifo(log)
    done = Collection(scratch, *words, root=root).end().leaves_nothing()
    equal(("absent", "failed"), tuple(done.archive().step(name)["outcome"]
                                      for name in ("tcg-log", "ima-log")), "outcomes")
    assert done.seconds < 5, done.seconds
    os.unlink(log)
    with open(log, "wb") as file:
        file.truncate((8 << 20) + 1)
    step = collect(scratch, *words, root=root).step("tcg-log")
    contains(step["reason"], "larger than is read here")
    write(log, b"")
    step = collect(scratch, *words, root=root).step("tcg-log")
    equal("absent", step["outcome"], "an empty log")
    contains(step["reason"], "the firmware log is empty")


# --- secrets

def forms(secret):
    return [secret, secret.hex().encode(), secret.hex().upper().encode(),
            base64.b64encode(secret).rstrip(b"="), base64.urlsafe_b64encode(secret).rstrip(b"=")]


def check_silent(done, secrets, *more):
    texts = [done.run.stdout, done.run.err.encode(), *more]
    if os.path.exists(done.output):
        texts += [read(done.output), *done.archive().items.values()]
    for secret in secrets:
        for form in forms(secret):
            for text in texts:
                assert form not in text, "%r was told" % form


@case("passwords, keys and tokens stand in no output, no archive, no argument of a child")
def canaries(scratch):
    secrets = {name: b"CANARY-%s-%s" % (name.encode(), os.urandom(6).hex().encode())
               for name in ("owner", "ita", "bearer", "proxy")}
    files = {name: write(os.path.join(scratch, name), secret) for name, secret in secrets.items()}
    folder, log = logged_tools(scratch)
    key = os.path.join(scratch, "k.pem")
    ecart("keygen", "-o", key)
    words = ["--owner-auth-file", files["owner"], "--ita", held().known["ita"], "--ita-key-file",
             files["ita"], "--maa", held().known["maa"], "--bearer-file", files["bearer"],
             "--key", key, "--cacert", held().known["ca"], "--tpm2-tools", folder]
    env = {"https_proxy": "http://user:%s@127.0.0.1:9" % secrets["proxy"].decode()}
    private = b"".join(read(key).splitlines()[1:-1])
    for number, words_more in enumerate(([], ["--json"], ["--quiet", "--salted"])):
        for environment_more in ({}, env):
            os.path.exists(log) and os.unlink(log)
            done = Collection(scratch, *words, *words_more, "--source",
                              "tpm-caps,hcl-report,ak,azure-tdquote,ak-cert,maa,ita,tpm-quote",
                              "--timeout", "5", "--force", env=environment_more).end(None)
            assert done.run.status == INCOMPLETE, done.run  # the key is not the service's
            done.leaves_nothing()
            check_silent(done, secrets.values(), read(log))
            assert private not in read(done.output) + read(log), number


@case("a file of secrets with more than a line, or bytes that are no text, is not told either")
def bad_secrets(scratch):
    secret = b"CANARY-%s" % os.urandom(6).hex().encode()
    for option, others in (("--bearer-file", ["--maa", held().known["maa"]]),
                           ("--ita-key-file", ["--ita", held().known["ita"]])):
        for content in (secret + b"\nX-Other: " + secret, secret + b"\0" + secret, b"\xff" + secret):
            path = write(os.path.join(scratch, "secret"), content)
            done = Collection(scratch, *others, option, path, "--source", "tpm-caps,maa,ita,"
                              "azure-tdquote,hcl-report", "--cacert", held().known["ca"], "--force",
                              "--timeout", "5").end(None).leaves_nothing()
            assert done.run.status in (PASS, INCOMPLETE), done.run
            check_silent(done, [secret])
    contains(read(held().known["requests"]).decode(), "TdxVm")
    assert b"X-Other" not in read(held().known["requests"])


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
