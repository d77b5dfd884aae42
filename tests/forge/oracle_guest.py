# SPDX-License-Identifier: Apache-2.0
"""The second opinion on the HCL report (azure.md 2, 3)."""

import base64
import hashlib
import json

import hcl
import oracle_dcap
import oracle_snp
import oracle_tpm
import quote

SAME = [name for name, _ in quote.TD_15]


def hcl_format(replay):
    raw = replay.one("azure-hcl-report")
    fields, text, padding = hcl.parse(raw)
    size = int.from_bytes(fields["variable_size"], "little")
    assert fields["magic"] == b"HCLA" and len(text) == size and not any(padding)
    assert fields["data_version"] == b"\1\0\0\0"
    replay.is_snp = fields["report_type"] == b"\2\0\0\0"
    assert fields["report_type"] == b"\4\0\0\0" or fields["hardware"][:4] in oracle_snp.VERSIONS
    replay.claims, replay.hash_type = text, int.from_bytes(fields["hash_type"], "little")
    replay.report = quote.unpack(hcl.REPORT, fields["hardware"][:1024])


def hcl_hashes(replay):
    report = replay.report
    assert hashlib.sha384(report["tee_tcb_info"]).digest() == report["tee_tcb_info_hash"]
    assert hashlib.sha384(report["tee_info"]).digest() == report["tee_info_hash"]


def hcl_match(replay):
    known = quote.unpack(hcl.TCB_INFO, replay.report["tee_tcb_info"])
    known.update(quote.unpack(hcl.TD_INFO, replay.report["tee_info"]))
    known["report_data"] = replay.report["report_data"]
    known["mrservicetd"] = known["servtd_hash"]
    assert all(known[name] == value for name, value in replay.td.items() if name in SAME)


def hcl_binding(replay):
    name = {1: "sha256", 2: "sha384", 3: "sha512"}[replay.hash_type]
    digest = hashlib.new(name, replay.claims).digest()
    bound = replay.snp if replay.is_snp else replay.td
    assert not replay.is_snp or bound["vmpl"] == bytes(4)  # the paravisor's
    assert bound["report_data"] == digest + bytes(64 - len(digest))


def runtime_data(replay):
    value = json.loads(replay.claims, object_pairs_hook=oracle_dcap.no_twice)
    kids = [k["kid"] for k in value["keys"]]
    assert len(set(kids)) == len(kids)
    replay.keys = {k["kid"]: k for k in value["keys"]}


def hcl_ak(replay):
    key = replay.keys["HCLAkPub"]
    raw = base64.urlsafe_b64decode(key["n"] + "=" * (-len(key["n"]) % 4))
    assert key["kty"] == "RSA" and key["e"] == "AQAB" and len(raw) == 256
    replay.ak = oracle_tpm.Rsa(int.from_bytes(raw, "big"), 65537)


def ask_all(replay):
    """Every hcl.* and tpm.* question."""
    ask, bound = replay.ask, ("dcap.quote.signature",)
    ask("hcl.format", (), lambda: hcl_format(replay))
    tdx = not getattr(replay, "is_snp", False)
    ask("hcl.td-report.hashes", ("hcl.format",), lambda: hcl_hashes(replay), tdx)
    ask("hcl.report.match", ("hcl.format",) + bound, lambda: hcl_match(replay), tdx)
    bound = bound if tdx else ("snp.signature", "snp.chain")
    ask("hcl.runtime-data.binding", ("hcl.format",) + bound, lambda: hcl_binding(replay))
    ask("hcl.runtime-data.format", ("hcl.runtime-data.binding",), lambda: runtime_data(replay))
    ask("hcl.ak", ("hcl.runtime-data.format",), lambda: hcl_ak(replay))
    oracle_tpm.ask_all(replay)
