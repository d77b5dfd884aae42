#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A replay of large event logs beside tpm2_eventlog and evmctl, whole processes.

usage: bench_log.py ECART BENCH_LOG FOLDER

Makes a boot event log of 64 MB (small events, SHA-1 and SHA-256) and an IMA log of 100 MB with
quotes that they give, and prints for each: user and system time of `ecart replay`, of the peer, their
ratio, the most memory, and the ratio of reading alone to the digests that it needs.
"""

import hashlib
import multiprocessing
import os
import struct
import subprocess
import sys
import time

TCG_SIZE, IMA_SIZE = 64 << 20, 100 << 20



def boot_log(path):
    """GRUB's commands in PCR 8; gives its values."""
    head = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 0, 2, 2)
    head += struct.pack("<HHHH", 4, 20, 11, 32) + b"\0"
    out = bytearray(struct.pack("<II20sI", 0, 3, bytes(20), len(head)) + head)
    sha1, sha256, i = bytes(20), bytes(32), 0
    while len(out) < TCG_SIZE:
        text = b"set x=%d" % i
        data = b"grub_cmd: " + text + b"\0"
        a, b = hashlib.sha1(text).digest(), hashlib.sha256(text).digest()
        sha1 = hashlib.sha1(sha1 + a).digest()
        sha256 = hashlib.sha256(sha256 + b).digest()
        out += struct.pack("<IIIH20sH32sI", 8, 13, 2, 4, a, 11, b, len(data)) + data
        i += 1
    with open(path, "wb") as file:
        file.write(out)
    return 8, sha256


def ima_log(path):
    """Template ima-ng in PCR 10; gives its value."""
    out, value, i = bytearray(), bytes(32), 0
    while len(out) < IMA_SIZE:
        digest = b"sha256:\0" + hashlib.sha256(b"%d" % i).digest()
        name = b"/usr/lib/x86_64-linux-gnu/libsomething-%d.so\0" % i
        data = struct.pack("<I", len(digest)) + digest + struct.pack("<I", len(name)) + name
        out += struct.pack("<I20sI", 10, hashlib.sha1(data).digest(), 6) + b"ima-ng"
        out += struct.pack("<I", len(data)) + data
        value = hashlib.sha256(value + hashlib.sha256(data).digest()).digest()
        i += 1
    with open(path, "wb") as file:
        file.write(out)
    return 10, value


def quote(path, pcr, value):
    """An unsigned quote of one register, and its value."""
    attest = struct.pack(">IHHHQIIBQ", 0xff544347, 0x8018, 0, 0, 1, 1, 0, 1, 1)
    attest += struct.pack(">IHB", 1, 11, 3) + (1 << pcr).to_bytes(3, "little")
    attest += struct.pack(">H", 32) + hashlib.sha256(value).digest()
    for name, data in (("attest", attest), ("pcrs", value)):
        with open(f"{path}.{name}", "wb") as file:
            file.write(data)


def cost(words, statuses):
    """CPU seconds and most memory in MiB; waits for it."""
    start = time.monotonic()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in statuses:
        sys.exit(f"{words[0]} ended with {child.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, time.monotonic() - start


def have(program):
    return any(os.access(os.path.join(folder, program), os.X_OK)
               for folder in os.environ["PATH"].split(":"))


def main(ecart, bench_log, folder):
    os.makedirs(folder, exist_ok=True)
    logs = (("tcg", boot_log, "tcg-eventlog", ["tpm2_eventlog"]),
            ("ima", ima_log, "ima-log-binary", ["evmctl", "ima_measurement", "--pcrs"]))
    for name, make, kind, peer in logs:
        log = os.path.join(folder, name)
        # In a process of its own: what a child is measured by begins with its parent's memory.
        with multiprocessing.Pool(1) as pool:
            pcr, value = pool.apply(make, (log,))
        quote(log, pcr, value)
        archive = log + ".ecart"
        subprocess.run([ecart, "pack", "--force", "-o", archive, "--time", "@1780922561",
                        f"{kind}={log}", f"tpm-quote-attest={log}.attest",
                        f"tpm-pcrs={log}.pcrs"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ours, memory, _ = cost([ecart, "replay", "--anchors", "anchors", "--format", "json", archive], (0, 1, 2))
        line = f"{name} log of {os.path.getsize(log) >> 20} MB: replay {ours:.2f} s, {memory:.1f} MiB"
        words = [*peer, log]
        if name == "ima":
            with open(log + ".txt", "w", encoding="ascii") as file:
                file.writelines(f"PCR-{n:02d}: {value.hex() if n == pcr else 64 * '0'}\n" for n in range(24))
            words = [*peer, f"sha256,{log}.txt", log]
        if have(peer[0]):
            theirs, most, _ = cost(words, (0,))
            line += (f"; {peer[0]} {theirs:.2f} s, {most:.1f} MiB: {theirs / ours:.1f} times as much"
                     " (goal 6)")
        else:
            line += f"; no {peer[0]} here"
        print(line)
        subprocess.run([bench_log, name, log], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
