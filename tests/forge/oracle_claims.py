# SPDX-License-Identifier: Apache-2.0
"""The second opinion on what tokens claim and on the enclaves behind their keys (tokens.md 3.4 to 3.6)."""

import base64
import copy
import hashlib
import json

import claims
import der
import maa_enclave
import oracle_dcap
import oracle_snp
import oracle_tpm
import quote
import snp
import tokens
import x509
from oracle_container import Fail, hold

COUNTED = (
    "dcap.quote.format", "dcap.pck.chain", "dcap.pck.extension", "dcap.qe-report.signature",
    "dcap.qe-report.binding", "dcap.quote.signature", "dcap.pck.revocation", "dcap.pck-ca.revocation",
    "dcap.tcb-info.match", "dcap.qe-identity.match", "dcap.qe.debug", "tcb.platform", "tcb.qe",
    "tcb.status")
SNP_COUNTED = ("snp.format", "snp.signature", "snp.chain", "snp.tcb")
ORDER = (  # azure.md 2.2
    "keys", "vm-configuration", "user-data", "kid", "key_ops", "kty", "e", "n", "root-cert-thumbprint",
    "console-enabled", "secure-boot", "tpm-enabled", "tpm-persisted", "filtered-vpci-devices-allowed",
    "vmUniqueId")
OTHER_TEES = ("x-ms-sgx-mr", "x-ms-sevsnpvm-")
WORDS = {"x-ms-attestation-type": "tdxvm", "attester_type": "TDX", "dbgstat": "disabled"}
RUNTIME = ("x-ms-runtime", "attester_runtime_data")


# --- the enclave

class Evidence:
    """What a certificate carries: an SGX quote, or an SEV-SNP report with its chain."""

    def __init__(self, certificate):
        found = {oid: value for oid, _, value in x509.parse(certificate)[0]["extensions"]}
        self.snp = maa_enclave.SNP in found
        hold(found.get(maa_enclave.TEE) in (None, *[der.utf8("acisevsnp")] * self.snp), "TEE")
        if self.snp:
            value = json.loads(der.only(found[maa_enclave.SNP], 0x0C))
            self.report, self.chain = [unpadded(value[n]) for n in ("SnpReport", "VcekCertChain")]
            self.fields = snp.parse(self.report)[0]
            return
        raw = found.get(maa_enclave.NEW) or der.only(found[maa_enclave.OLD], 0x04)
        self.quote = raw[16:] if raw[:8] == b"\1\0\0\0\2\0\0\0" else raw
        hold(self.quote[12:28] == quote.VENDOR, "no quote")
        end = 436 + int.from_bytes(self.quote[432:436], "little")
        hold(not any(self.quote[end:]), "padding")
        self.fields = quote.unpack(quote.SGX_REPORT, self.quote[48:48 + 384])

    def debug(self):
        return self.fields["policy"][2] & 8 if self.snp else self.fields["flags"][0] & 2

    def own(self, replay):
        """The items of a case of its own."""
        if self.snp:
            return {"snp-report": [self.report], "cert-pem": [self.chain], "cert-der": [],
                    "azure-hcl-report": [], "azure-thim-amd": []}
        bodies = [(kind, raw, json.loads(raw)) for kind in ("dcap-tcbinfo", "dcap-qe-identity")
                  for raw in replay.of_kind(kind)]
        return {"sgx-quote": [self.quote], "tdx-quote": [],
                "dcap-tcbinfo": [raw for _, raw, v in bodies if v.get("tcbInfo", {}).get("id") == "SGX"],
                "dcap-qe-identity": [raw for _, raw, v in bodies
                                     if v.get("enclaveIdentity", {}).get("id") == "QE"]}


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def judge(replay, evidence):
    """As any quote or report is judged, with the collateral of SGX that the archive holds."""
    inner = copy.copy(replay)
    inner.out, inner.moot, inner.chosen, inner.own = {}, set(), {}, evidence.own(replay)
    (oracle_snp if evidence.snp else oracle_dcap).ask_all(inner)
    found = [inner.out.get(check, ["skip"]) for check in (SNP_COUNTED if evidence.snp else COUNTED)]
    hold(not any("fail" in outcomes for outcomes in found), "a row fails")
    if any("skip" in outcomes for outcomes in found):
        replay.one("what the enclave is judged by")


def enclave(token, question):
    """Asks once there is a certificate, of the evidence in it."""
    try:
        certificates = token.certificates()
    except Fail:
        certificates = []
    if not certificates:
        token.replay.one("a certificate")
    question(Evidence(certificates[0]), certificates[0])


def binding(evidence, certificate):
    spki = x509.parse(certificate)[0]["spki"]
    want = base64.b64decode(tokens.commitment(spki)) + bytes(32)
    hold(evidence.fields["report_data"] == want, "report data")


def expected(token, values):
    """The facts that a policy pins, as the report spells them."""
    def ask(evidence, certificate):
        said = {"maa." + n: evidence.fields[n].hex() for n in ("mrenclave", "mrsigner")
                if n in evidence.fields}
        if not evidence.snp:
            said["maa.isvsvn"] = str(int.from_bytes(evidence.fields["isvsvn"], "little"))
        hold(set(values) <= set(said), "no such fact")
        judge(token.replay, evidence)
        binding(evidence, certificate)
        hold(not evidence.debug(), "debug")
        hold(all(said[fact] in allowed for fact, allowed in values.items()), "unexpected")
    enclave(token, ask)


# --- claims

def inside(payload):
    for name in ("x-ms-isolation-tee", "tdx"):
        if name in payload:
            return payload[name]
    return payload


def same(name, said, known):
    """Type and value; hex in either case."""
    if name.startswith("tdx_") and isinstance(said, str):
        said = said.lower()
    return type(said) is type(known) and said == known


def compare(token):
    replay, tee = token.replay, inside(token.payload)
    if not getattr(replay, "td", None) or not replay.of_kind("tdx-quote"):
        replay.one("a quote")
    entry = next(i for i in replay.items if i["name"] == token.name)
    answers = [r["name"] for r in entry.get("relates", []) if r["rel"] == "answers"]
    if answers and answers != [replay.entry("tdx-quote")["name"]]:
        return  # of another round, which this opinion does not look into
    known = dict(claims.of_td(replay.td), **WORDS)
    known["tdx_is_debuggable"] = known["tdx_td_attributes_debug"]
    outside = {} if tee is token.payload else dict(token.payload)
    outside.pop("x-ms-attestation-type", None)  # the guest's own
    for said in (tee, outside):
        hold(all(same(name, said[name], known[name]) for name in said if name in known), "differs")
        hold(not any(name.startswith(OTHER_TEES) for name in said), "another TEE's claim")
    if not {"tdx_mrtd", "tdx_report_data"} & (set(tee) | set(outside)):
        replay.one("a measurement among the claims")
    if hasattr(replay, "claims"):
        runtime = json.loads(replay.claims)
        hold(all(tee[name] == runtime for name in RUNTIME if name in tee), "runtime claims")
        said = token.payload.get("x-ms-azurevm-vmid", "").lower()
        hold(said in ("", runtime["vm-configuration"]["vmUniqueId"]), "vmid")


def rebuilt(value, replay):
    if isinstance(value, list):
        return [rebuilt(v, replay) for v in value]
    if not isinstance(value, dict):
        return value
    if set(value) - set(ORDER):
        replay.one("an order")
    return {name: rebuilt(value[name], replay) for name in ORDER if name in value}


def committed(replay, runtime, data):
    """The paravisor wrote what it hashed in an order of its own."""
    text = json.dumps(rebuilt(runtime, replay), separators=(",", ":"))
    hold(hashlib.sha256(text.encode()).digest() == data[:32], "runtime data")


def runtime_data(token):
    replay, tee = token.replay, inside(token.payload)
    if not tee.get("x-ms-runtime"):
        replay.one("runtime data")
    data = replay.td["report_data"] if replay.td else bytes.fromhex(tee["tdx_report_data"])
    committed(replay, tee["x-ms-runtime"], data)
    ak = next(k for k in tee["x-ms-runtime"]["keys"] if k["kid"] == "HCLAkPub")
    quoted = hasattr(replay, "ak") and replay.of_kind("tpm-quote-signature")
    if quoted and oracle_tpm.signed_by(replay, replay.ak):
        hold(replay.ak.n == int.from_bytes(unpadded(ak["n"]), "big"), "another AK")


def ask_claims(token, ask):
    """The questions of one token whose format is good."""
    if token.service == "maa":
        ask("enclave", ("format",), lambda: enclave(
            token, lambda evidence, _: judge(token.replay, evidence)))
        ask("enclave.binding", ("format",), lambda: enclave(token, binding))
        ask("enclave.debug", ("format",), lambda: enclave(
            token, lambda evidence, _: hold(not evidence.debug(), "debug")))
        ask("runtime-data", ("format",), lambda: runtime_data(token))
    if token.service in ("maa", "ita"):
        ask("claims", ("format",), lambda: compare(token))
