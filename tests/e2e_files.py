#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives as files: large ones, links, interruptions, two writers at once."""

import fcntl
import hashlib
import json
import os
import resource
import stat
import subprocess
import sys

sys.dont_write_bytecode = True

from e2e import (ECART, PASS, TROUBLE, UNREADABLE, case, contains, ecart,
                 equal, main, read, tree, write)

MIB = 1 << 20


def keygen(scratch, name="K"):
    key = f"{scratch}/{name}.pem"
    ecart("keygen", "-o", key)
    return key


@case("a manifest over 786,000 bytes is signed, inside and beside the archive")
def large_manifest(scratch):
    key, other = keygen(scratch), keygen(scratch, "other")
    archive = scratch + "/a.ecart"
    for i in range(700):
        write(f"{scratch}/in/{i}", b"%d" % i)
    ecart("pack", "-o", archive, "--key", key, "--source-note", "n" * 1024,
          f"salt={scratch}/in")
    ecart("unpack", archive, scratch + "/un")
    size = os.path.getsize(scratch + "/un/manifest.json")
    assert size > 786_432, f"the manifest has only {size} bytes"
    ecart("sign", archive, "--key", other, "--detached")
    contains(ecart("verify", archive, "--key", key + ".pub", "--key",
                   other + ".pub", "--threshold", "2").out, "pass")


def limited(*words, data, env=None):
    """The program with so many bytes of memory of its own: maps of files
    that it only reads do not count."""
    if b"__asan_init" in read(ECART):
        data = resource.RLIM_INFINITY   # its shadow alone is terabytes
    done = subprocess.run(
        [ECART, *words], capture_output=True, check=False, timeout=300,
        env={**os.environ, **(env or {})}, preexec_fn=lambda:
        resource.setrlimit(resource.RLIMIT_DATA, (data, data)))
    assert done.returncode == PASS, f"{words}: {done.returncode} {done.stderr}"
    return done.stdout.decode()


def tar_header(name, size):
    head = bytearray(512)
    head[:len(name)] = name.encode()
    head[100:148] = (b"000644 \0" + b"000000 \0" * 2 + b"%011o " % size
                     + b"%011o " % 0)
    head[148:156] = b" " * 8
    head[156:157] = b"0"
    head[257:265] = b"ustar\00000"
    head[329:345] = b"000000 \0" * 2
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def zeros_archive(n_items, size):
    """A compressed archive of items that are zeros: honest, and small."""
    digest = hashlib.sha256(bytes(size)).hexdigest()
    names = [f"items/igvm/{i:04}.igvm" for i in range(n_items)]
    manifest = json.dumps({
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://w3id.org/ecart/evidence-archive/v1",
        "subject": [{"name": name, "digest": {"sha256": digest}}
                    for name in names],
        "predicate": {
            "format": "ecart-archive/1", "time": "2026-06-08T12:42:41Z",
            "collector": {"name": "x", "version": "1", "verb": "pack"},
            "items": [{"name": name, "size": size, "kind": "igvm",
                       "mediaType": "application/octet-stream"}
                      for name in names]}},
        sort_keys=True, separators=(",", ":")).encode()
    frame = bytearray(b"\x28\xb5\x2f\xfd\x00\x58")   # RFC 8878, 2 MiB

    def raw(content):
        frame.extend((len(content) << 3).to_bytes(3, "little") + content)

    raw(tar_header("manifest.json", len(manifest)) + manifest
        + bytes(-len(manifest) % 512))
    for name in names:
        raw(tar_header(name, size))
        for _ in range(size // 131072):
            frame.extend((131072 << 3 | 2).to_bytes(3, "little") + b"\0")
    raw(bytes(1024))
    frame.extend(b"\x01\0\0")                           # the last, empty
    return bytes(frame)


@case("a compressed archive of 512 MiB costs no memory")
def bomb(scratch):
    key = keygen(scratch)
    archive = write(scratch + "/z.ecart", zeros_archive(2, 256 * MIB))
    assert os.path.getsize(archive) < 20_000
    env = {"TMPDIR": scratch + "/tmp"}
    os.mkdir(env["TMPDIR"])
    for words in (["verify", archive], ["show", archive],
                  ["sign", archive, "--key", key, "--detached"],
                  ["unpack", archive, scratch + "/un"]):
        limited(*words, data=128 * MIB, env=env)
    assert os.listdir(env["TMPDIR"]) == []


@case("a temporary file that cannot be written is trouble, and is named")
def no_room(scratch):
    archive = write(scratch + "/z.ecart", zeros_archive(1, MIB))
    done = subprocess.run([ECART, "verify", archive], capture_output=True,
                          check=False, env={**os.environ,
                                            "TMPDIR": scratch + "/absent"})
    assert done.returncode == TROUBLE, done
    contains(done.stderr.decode(), "temporary file: No such file")


@case("sign and pack --force write through a symbolic link")
def through_link(scratch):
    key = keygen(scratch)
    target, link = scratch + "/real/a.ecart", scratch + "/latest"
    salt = "salt=" + write(scratch + "/real/salt", b"1")
    ecart("pack", "-o", target, salt)
    os.chmod(target, 0o640)
    os.symlink("real/a.ecart", link)
    ecart("sign", link, "--key", key)
    ecart("verify", target, "--key", key + ".pub")
    ecart("pack", "-o", link, "--force", "--zstd", salt)
    equal("real/a.ecart", os.readlink(link), "the link")
    equal(b"\x28\xb5\x2f\xfd", read(target)[:4], "the target")
    equal(0o640, os.stat(target).st_mode & 0o7777, "permissions")
    equal(["a.ecart", "salt"], sorted(os.listdir(scratch + "/real")), "files")


@case("pack --force writes into a pipe and does not replace it")
def special(scratch):
    # Not a device: where this fails, the file is gone.
    pipe = scratch + "/pipe"
    os.mkfifo(pipe)
    salt = "salt=" + write(scratch + "/salt", b"1")
    ecart("pack", "-o", scratch + "/a.ecart", salt)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        try:
            ecart("pack", "-o", pipe, "--force", salt)
            assert stat.S_ISFIFO(os.stat(pipe).st_mode), "it is replaced"
            equal(read(scratch + "/a.ecart"), reader.stdout.read(), "bytes")
        finally:
            reader.kill()


@case("two signers at once: the second waits, and signs what the first left")
def concurrent(scratch):
    first, second = keygen(scratch, "1"), keygen(scratch, "2")
    salt = "salt=" + write(scratch + "/salt", b"1")
    archive, copy = scratch + "/a.ecart", scratch + "/b.ecart"
    ecart("pack", "-o", archive, salt)
    ecart("pack", "-o", copy, "--key", first, salt)
    with open(archive, "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = subprocess.Popen(
            [ECART, "sign", archive, "--key", second],
            stdout=subprocess.DEVNULL)
        try:
            waiting.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            pass
        assert waiting.returncode is None, "it did not wait"
        os.rename(copy, archive)
    equal(0, waiting.wait(timeout=60), "status")
    ecart("verify", archive, "--key", first + ".pub", "--key",
          second + ".pub", "--threshold", "2")


@case("eight signers at once leave eight signatures")
def many_signers(scratch):
    keys = [keygen(scratch, str(i)) for i in range(8)]
    archive = scratch + "/a.ecart"
    ecart("pack", "-o", archive, "salt=" + write(scratch + "/salt", b"1"))
    running = [subprocess.Popen([ECART, "sign", archive, "--key", key],
                                stdout=subprocess.PIPE) for key in keys]
    for process in running:
        process.communicate(timeout=60)
        equal(0, process.returncode, "status")
    words = [word for key in keys for word in ("--key", key + ".pub")]
    ecart("verify", archive, *words, "--threshold", "8")


@case("signing twice with one key is done the second time, inside and beside")
def sign_twice(scratch):
    salt = "salt=" + write(scratch + "/salt", b"1")
    for algorithm in ("ed25519", "p256"):
        key = f"{scratch}/{algorithm}.pem"
        ecart("keygen", "-o", key, "--algorithm", algorithm)
        for place in ([], ["--detached"]):
            archive = f"{scratch}/{algorithm}{len(place)}.ecart"
            ecart("pack", "-o", archive, salt)
            ecart("sign", archive, "--key", key, *place)
            before = tree(scratch)
            done = ecart("sign", archive, "--key", key, *place)
            contains(done.err, "is there already: signed by this key")
            assert before == tree(scratch), "something was written"
    name, = os.listdir(archive + ".sig")
    write(f"{archive}.sig/{name}", b"{}")
    done = ecart("sign", archive, "--key", key, "--detached",
                 status=UNREADABLE)
    equal(b"{}", read(f"{archive}.sig/{name}"), "the file in the way")


@case("256 MiB are packed and signed without a copy of them in memory")
def sign_large(scratch):
    key = keygen(scratch)
    with open(scratch + "/image", "wb") as file:
        file.truncate(256 * MIB)
    archive = scratch + "/a.ecart"
    limited("pack", "-o", archive, f"igvm={scratch}/image", data=128 * MIB)
    limited("sign", archive, "--key", key, data=128 * MIB)
    ecart("verify", archive, "--key", key + ".pub")


main(needs_vectors=False)
