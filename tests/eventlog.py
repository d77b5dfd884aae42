# SPDX-License-Identifier: Apache-2.0
"""The event logs of the vectors: what each is, and what others say of its registers.

A statement is (who, {bank: {register number: hex}}).  `confirmed` are those of TPMs, quotes, the
projects that the logs are from and tpm2_eventlog; a value of `expected/*.json` alone was computed by
one implementation that nobody else checked.
"""

import json
import os
import re
import struct

from e2e import VECTORS, run

FOLDER = os.path.join(VECTORS, "eventlog")
BANKS = {0x4: "sha1", 0xb: "sha256", 0xc: "sha384", 0xd: "sha512"}
SIZES = {"sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
NOT_LOGS = ("goev-ccel-CCEL.bin", "goev-ccel-cos-113-intel-tdx.table.bin")


def path(*parts):
    return os.path.join(FOLDER, *parts)


def kind_of(name):
    if "ima" in name.replace("binary_bios", "") and not name.startswith("goev") or name.endswith(".ima"):
        return "ima-log-binary"
    if name.startswith("cel-"):
        return "cel-tlv"
    ccel = ("ccapi-", "goev-ccel", "trustee-CCEL")
    return "tdx-eventlog-ccel" if name.startswith(ccel) else "tcg-eventlog"


def logs():
    """The file names of the logs, in order."""
    names = sorted(os.listdir(FOLDER))
    return [n for n in names if n.endswith((".bin", ".ima")) and n not in NOT_LOGS]


def expected(name):
    stem = re.sub(r"\.[0-4]?\.?(bin|ima)$", "", name) if name.startswith("guard-ev-") else name
    try:
        with open(path("expected", stem + ".json"), encoding="ascii") as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


def unconfirmed(name):
    """{bank: {number: hex}} of expected/*.json."""
    said = expected(name)
    if kind_of(name) == "ima-log-binary":
        said = said.get("ima", said)
        # Of a template hash that is not of its data the TPM saw what is stored.
        padded = said.get("replayed_zero_padded_sha1", {}).get("sha1")
        return dict(said["replayed"], **({"sha1": padded} if padded else {}))
    if kind_of(name) == "cel-tlv":
        return {key.split(":")[2]: {key.split(":")[1]: value}
                for key, value in said["replayed"].items()}
    return said.get("replayed", {})


def tpm2_eventlog(name):
    """{bank: {number: hex}} as Debian's tpm2_eventlog gives them, and its exit status."""
    done = run(["tpm2_eventlog", path(name)])
    found, bank = {}, None
    for line in done.out[done.out.rfind("\npcrs:"):].splitlines():
        head = re.match(r"^  (\w+):$", line)
        row = re.match(r"^    (\d+) *: *0x([0-9a-fA-F]+)$", line)
        if head:
            bank = found.setdefault(head[1], {})
        elif row and bank is not None:
            bank[row[1]] = row[2].lower()
    return found, done.status


def attest(values):
    """An unsigned TPMS_ATTEST that selects these values, and them joined in its order."""
    joined, selection = b"", b""
    for alg, bank in BANKS.items():
        if bank not in values:
            continue
        bits = 0
        for number in sorted(map(int, values[bank])):
            bits |= 1 << number
            joined += bytes.fromhex(values[bank][str(number)])
        selection += struct.pack(">HB", alg, 3) + bits.to_bytes(3, "little")
    head = struct.pack(">IHHHQIIBQ", 0xff544347, 0x8018, 0, 0, 1, 1, 0, 1, 1)
    count = sum(bank in values for bank in BANKS.values())
    return head + struct.pack(">I", count) + selection + struct.pack(">H", 0), joined


def selection_of(quote):
    """[(bank, [numbers])] in the order of a real TPMS_ATTEST."""
    at = 6
    for _ in range(2):
        at += 2 + struct.unpack_from(">H", quote, at)[0]
    at += 25
    count, = struct.unpack_from(">I", quote, at)
    at += 4
    found = []
    for _ in range(count):
        alg, size = struct.unpack_from(">HB", quote, at)
        bits = int.from_bytes(quote[at + 3:at + 3 + size], "little")
        found.append((BANKS[alg], [n for n in range(8 * size) if bits >> n & 1]))
        at += 3 + size
    return found


def joined(quote, values):
    """The values that a quote selects, in its order."""
    return b"".join(bytes.fromhex(values[bank][str(n)])
                    for bank, numbers in selection_of(quote) for n in numbers)
