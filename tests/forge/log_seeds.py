# SPDX-License-Identifier: Apache-2.0
"""Small event logs that fuzzing of their kinds starts from: each field once, nothing judged."""

import hashlib
import json

import eventlog
import firmware


def le(value, size=4):
    return value.to_bytes(size, "little")


def sized(data, order="little"):
    return len(data).to_bytes(4, order) + data


def sha1(data):
    return hashlib.sha1(data).digest()


def entry(template, data, order="little"):
    """Of IMA's list, with the hash of its data."""
    shown = (10).to_bytes(4, order) + sha1(data) + sized(template, order)
    return shown + (data if template == b"ima" else sized(data, order))


def ima(order="little"):
    digest, name = b"sha256:\0" + bytes(range(32)), b"/usr/bin/true\0"
    fields = {
        b"ima-ng": (digest, name), b"ima-sigv2": (b"verity:" + digest, name, b"\3\2\4signature"),
        b"ima-buf": (digest, b"kexec-cmdline\0", b"root=/dev/sda"),
        b"ima-modsig": (digest, name, b"", digest, b"modsig"), b"d-ng|n-ng|buf": (digest, name, b"\1"),
        b"evm-sig": (digest, name, b"\3\2", b"user.a", le(1), b"x", le(0), le(0), le(0o755, 2)),
        b"unheard-of": (b"?",),
    }
    return (entry(b"ima", sha1(b"file") + sized(b"/init", order), order)
            + b"".join(entry(template, b"".join(sized(f, order) for f in parts), order)
                       for template, parts in fields.items()))


def tlv(kind, value):
    """A type and what has a length in front of it."""
    return bytes([kind]) + sized(value, "big")


def record(number, register, content):
    digests = tlv(4, sha1(content)) + tlv(12, hashlib.sha384(content).digest())
    return tlv(0, number.to_bytes(8, "big")) + register + tlv(3, digests) + content


def cel_tlv():
    contents = [tlv(80, tlv(kind, b"text %d" % kind)) for kind in (0, 5, 8, 99)]
    contents += [tlv(5, b"event"), tlv(80, b"no TLV")]
    return b"".join(record(i, tlv(1, b"\x0d") if i < 2 else tlv(108, b"\4"), content)
                    for i, content in enumerate(contents))


def cel_json():
    out = b""
    said = ((11, "phase", "sysinit"), (15, "machine-id", "machine-id:00\u00e9"), (None, "x", ""))
    for register, kind, text in said:
        digests = [{"hashAlg": alg, "digest": hashlib.new(alg, text.encode()).hexdigest()}
                   for alg in ("sha1", "sha256")]
        made = {} if register is None else {"pcr": register}
        made.update(digests=digests, content_type="systemd",
                    content={"string": text, "eventType": kind, "timestamp": 1})
        out += b"\x1e" + json.dumps(made).encode() + b"\n"
    return out + b"\x1e{}\n"


def ccel_table():
    table = (b"CCEL" + le(56) + b"\1\0" + b"ECART EVENTLOG" + le(1) + b"FORG" + le(1) + b"\2\0\0\0"
             + le(65536, 8) + le(0x7d646000, 8))
    return table[:9] + bytes([-sum(table) % 256]) + table[10:]


def boots():
    """Logs of firmware, of PCRs and of measurement registers."""
    pc = eventlog.agile(firmware.pc_boot() + [firmware.reference_manifest()], ("sha1", "sha256"))
    return {
        "fuzz/kind-tcg-eventlog/agile.bin": pc,
        "fuzz/kind-tcg-eventlog/legacy.bin": eventlog.legacy(firmware.pc_boot()[:12]),
        "fuzz/kind-tdx-eventlog-ccel/ccel.bin": eventlog.ccel(firmware.td_boot(), 8192),
        # The first byte is what fuzz_log.c takes the register from.
        "fuzz/log/pcr5.bin": b"\5" + pc,
        "fuzz/log/rtmr1.bin": b"\x82" + eventlog.ccel(firmware.td_boot(), 8192),
    }


def seeds():
    return {
        **boots(),
        "fuzz/kind-acpi-ccel-table/table.bin": ccel_table(),
        "fuzz/kind-cel-json/log.json": cel_json(),
        "fuzz/kind-cel-tlv/log.bin": cel_tlv(),
        "fuzz/kind-ima-log-binary/big-endian.bin": ima("big"),
        "fuzz/kind-ima-log-binary/log.bin": ima(),
    }
