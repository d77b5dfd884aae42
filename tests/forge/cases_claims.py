# SPDX-License-Identifier: Apache-2.0
"""Cases about what tokens claim, and about the enclave that vouches for their keys (tokens.md 3.4 to
3.6)."""

import cases_snp
import maa_enclave
import quote
import rsa
import tokens
import tpm
import x509
from case import QUOTE_ONLY, TINY, Case, expect_policy, failing
from cases_sgx import DEBUG, USUAL
from cases_tcb import raised
from cases_token import ITA, MAA, rows, unsigned
from claims import Azure, Claimed, Guest, evidence
from edits import const, flip, put, put_at

TOKEN = MAA + TINY
HELD = MAA + ("quote",)
ENCLAVE = ("enclave-tcb-info", "enclave-qe-identity")
WHOLE = MAA + QUOTE_ONLY + ENCLAVE
VOUCHED = ("maa.enclave", "maa.enclave.binding", "maa.enclave.debug")
SAID = ("maa.runtime-data", "maa.claims")
SPKI = rsa.key("maa").spki()


def good(name, text, parts, edits=None, verdict="incomplete", subject=Claimed, **other):
    return Case("%s-claims%s" % (verdict, name), text, verdict, unsigned(edits or {}), parts=parts,
                subject=subject, **other)


def bad(check, why, text, edits, reason, parts=TOKEN, subject=Claimed, **other):
    return failing(check, why, text, unsigned(edits), parts=parts, subject=subject,
                   says=("reason %s %s" % (check, reason),), **other)


def passing():
    guest = ("hcl", "tpm-message", "tpm-signature", "tpm-pcrs", "ak-public")
    yield good("", "all that a token of Azure Attestation says, and all that vouches for its key",
               WHOLE + guest, verdict="pass", passes=rows("maa") + VOUCHED + SAID,
               says=('fact maa/identity "unpinned"',))
    yield good("-azure-guest", "a guest's token: the TEE's claims stand inside; one in upper case",
               WHOLE + ("hcl",), {"maa.tee": lambda t: dict(t, tdx_mrtd=t["tdx_mrtd"].upper())},
               verdict="pass", subject=Guest, passes=rows("maa") + VOUCHED + SAID)
    azure = guest + ("ak-cert", "ak-intermediate", "imds", "imds-ca", "maa-guest")
    yield good("-azure", "all that Azure says of one guest, and Intel's service beside it",
               WHOLE + azure + ITA, verdict="pass", subject=Azure,
               passes=rows("maa") + VOUCHED + SAID + rows("ita") + ("ita.claims", "tpm.ak.match")
               + ("tpm.ak.certificate", "imds.signature", "imds.chain", "imds.window", "imds.vm-id"))
    yield good("-ita", "all that a token of Intel Trust Authority says, behind a paravisor",
               ITA + QUOTE_ONLY + ("hcl",), verdict="pass", passes=rows("ita") + ("ita.claims",))
    yield good("-2020", "evidence in the wrapping of 2020, without collateral: what it lacks is named",
               TOKEN, evidence(maa_enclave.extension_2020(maa_enclave.good_quote(SPKI))),
               skips=("maa.enclave",), passes=VOUCHED[1:],
               says=("reason maa.enclave incomplete: dcap.pck.revocation",))
    yield good("-snp-enclave", "the service runs on SEV-SNP: its report, with AMD's chain beside it",
               TOKEN, evidence(maa_enclave.extension_snp(SPKI)), passes=VOUCHED,
               says=(cases_snp.NO_CRL, cases_snp.NO_UVM))
    pins = {"maa.mrenclave": [maa_enclave.MRENCLAVE.hex()], "maa.isvsvn": ["6", "7"]}
    yield good("-pinned", "the policy expects this enclave", WHOLE, verdict="pass",
               policy=expect_policy("expect-maa", pins), passes=VOUCHED + ("policy.expect",),
               says=('fact maa/identity "expected"',))
    yield good("-pinned-svn", "the policy expects an SVN, which says nothing of whose enclave it is",
               WHOLE, verdict="pass", policy=expect_policy("expect-svn", {"maa.isvsvn": ["7"]}),
               passes=VOUCHED + ("policy.expect",), says=('fact maa/identity "unpinned"',))


def enclave():
    other = rsa.key("maa stranger")
    broken = maa_enclave.machine(SPKI, edits={"quote.signature": flip(3)}).quote
    yield bad("maa.enclave", "", "nobody's enclave signed the evidence",
              evidence(maa_enclave.extension(broken)), "dcap.quote.signature: ")
    yield bad("maa.enclave", "old", "the service's platform was out of date",
              {"maa.machine": const({"tcb.levels": raised(15)})}, "tcb.platform: ", parts=WHOLE)
    yield bad("maa.enclave", "none", "a certificate that nobody vouches for", {
        "maa.evidence": const([x509.ext_basic(True)])}, "no-evidence: ", fails=VOUCHED)
    def second(value):
        """Any certificate behind the one of the token's key."""
        keys = [dict(k, x5c=k["x5c"] + value["keys"][0]["x5c"]) for k in value["keys"]]
        return dict(value, keys=keys)
    yield bad("maa.enclave", "second", "another certificate behind one that nobody vouches for", {
        "maa.evidence": const([x509.ext_basic(True)]), "maa.set": second}, "no-evidence: ",
              fails=VOUCHED)
    yield bad("maa.enclave", "cut", "the evidence is no quote", evidence(
        maa_enclave.extension(b"SIMULATED")), "evidence: ", fails=VOUCHED)
    yield bad("maa.enclave", "padding", "bytes that nobody signed behind the quote", evidence(
        maa_enclave.extension(maa_enclave.good_quote(SPKI) + b"SIMULATED")),
        "evidence: maa-evidence: padding", fails=VOUCHED)
    yield bad("maa.enclave", "tee", "a quote of SGX under the word for SEV-SNP", evidence(
        maa_enclave.extension(maa_enclave.good_quote(SPKI)) + maa_enclave.extension_snp(SPKI)[1:]),
        "evidence: maa-evidence: tee", fails=VOUCHED)
    yield good("-padded", "zeros behind the quote say nothing", TOKEN, evidence(
        maa_enclave.extension(maa_enclave.good_quote(SPKI) + bytes(8))), passes=VOUCHED[1:],
        skips=VOUCHED[:1])
    yield bad("maa.enclave", "snp", "an SEV-SNP report that nobody signed", evidence(
        maa_enclave.extension_snp(SPKI, {"snp.report": flip(700)}.items())), "snp.signature: ")
    yield bad("maa.enclave.binding", "", "a self-signed certificate of the right name, in which the "
              "service's own evidence was copied",
              {"maa.instance.key": const(other), "maa.kid": const(tokens.commitment(other.spki())),
               "maa.quote": const(maa_enclave.good_quote(SPKI))}, "mismatch: ")
    yield bad("maa.enclave.debug", "", "the service's host can look into its enclave", evidence(
        maa_enclave.extension(maa_enclave.machine(SPKI, USUAL | DEBUG).quote)), "debug: ")
    pins = {"maa.mrenclave": [maa_enclave.MRENCLAVE.hex()]}
    yield bad("policy.expect", "maa-lacks", "the policy expects an enclave of SGX, the key is of SEV-SNP",
              evidence(maa_enclave.extension_snp(SPKI)), "unexpected: ",
              policy=expect_policy("expect-sgx-maa", pins))
    wrong = {"maa.mrsigner": ["00" * 32]}
    yield bad("policy.expect", "maa", "the policy expects another signer's enclave", {},
              "unexpected: ", parts=WHOLE, policy=expect_policy("expect-other-maa", wrong))


def runtime():
    def renamed(value):
        return dict(value, **{"vm-configuration": dict(value["vm-configuration"],
                                                       vmUniqueId="SIMULATED-OTHER-VM")})
    yield bad("maa.runtime-data", "", "the token says another VM than the hardware committed to",
              {"maa.runtime": renamed}, "mismatch: ", parts=HELD)
    yield bad("maa.runtime-data", "hidden", "the same, beside a claim of a name of Intel's service",
              {"maa.runtime": renamed, "maa.claims": put_at("sgx", {})}, "mismatch: ", parts=HELD)
    key = rsa.key("other ak")
    yield bad("maa.runtime-data", "ak", "the vTPM's quote is signed by another key than the token's",
              {"tpm.fields": put(signer=tpm.qualified_signer(key)),
               "tpm.public": const(tpm.public(key)), "tpm.signature": const(other_signature(key))},
              "ak: ", parts=HELD + ("tpm-message", "tpm-signature", "tpm-pcrs", "ak-public"))
    for name, none in (("empty", {}), ("null", None)):
        yield good("-no-runtime-" + name, "nobody gave the service runtime data: there are none to judge",
                   TOKEN, {"maa.runtime": const(none)}, skips=("maa.runtime-data",),
                   says=("reason maa.runtime-data absent: the token carries no runtime data",))
    yield bad("maa.runtime-data", "number", "a number stands for the runtime data",
              {"maa.runtime": const(7)}, "mismatch: ")
    yield good("-unknown-member", "runtime claims of a paravisor that nobody knows yet",
               HELD, {"maa.runtime": put_at("news", True)}, skips=("maa.runtime-data",),
               says=("reason maa.runtime-data unknown-member: news",))


def nonce():
    """On Azure the nonce is in the paravisor's claims, and those are in the report."""
    user_data = Claimed().ita_data[1].hex()

    def alone(payload):
        return dict(payload, tdx=dict(payload["tdx"], attester_runtime_data={"user-data": user_data}))
    yield bad("ita.nonce", "azure", "runtime claims with the right nonce, of which no report speaks",
              {"ita.payload": alone, "td": put(report_data=b"\xee" * 64)}, "mismatch: ",
              parts=ITA + ("quote",) + TINY)
    yield good("-ita-unbound", "the same without any report", ITA + TINY, {"ita.payload": alone},
               skips=("ita.nonce",), says=("reason ita.nonce unbound: ",))
    yield good("-ita-unknown-member", "runtime claims of a paravisor that nobody knows yet",
               ITA + ("quote",) + TINY, {"ita.claims": lambda c: dict(
                   c, attester_runtime_data=dict(c["attester_runtime_data"], news=True))},
               skips=("ita.nonce",), says=("reason ita.nonce unbound: ",))


def other_signature(key):
    edits = {"tpm.fields": put(signer=tpm.qualified_signer(key))}
    return key.sign(Claimed(edits).tpm_message)


def claim():
    yield bad("maa.claims", "", "the token says another MRTD than the quote",
              {"maa.tee": put(tdx_mrtd="00" * 48)}, "differs: tdx_mrtd", parts=HELD)
    yield bad("maa.claims", "type", "a number as text", {"maa.tee": put(tdx_seamsvn="7")},
              "differs: tdx_seamsvn (another type)", parts=HELD)
    yield bad("maa.claims", "object", "the measurement inside of an object of its name",
              {"maa.tee": lambda t: dict(t, tdx_mrtd={"value": t["tdx_mrtd"]})},
              "differs: tdx_mrtd (another type)", parts=HELD)
    yield good("-word", "a token that says of the TD no more than its kind", HELD,
               {"maa.claims": const({"x-ms-attestation-type": "tdxvm", "dbgstat": "disabled"})},
               skips=("maa.claims",), says=("reason maa.claims unmeasured: ",))
    yield bad("maa.claims", "escaped", "the report lacks a runtime claim whose name is no plain text",
              {"maa.runtime": put_at("\x1b[31m.\u202e\\", True)},
              "differs: x-ms-runtime.\\x1b\\x5b31m\\x2e\\xe2\\x80\\xae\\x5c (not in the report)",
              parts=HELD + ("hcl",), skips=("maa.runtime-data",))
    yield bad("maa.claims", "inside", "a guest's token says inside that the TD is a debug TD",
              {"maa.tee": put(dbgstat="enabled")}, "differs: x-ms-isolation-tee.dbgstat", parts=HELD,
              subject=Guest)
    yield bad("maa.claims", "outside", "a guest's token says another MRTD outside of the TEE's claims",
              {"maa.claims": put_at("tdx_mrtd", "00" * 48)}, "differs: tdx_mrtd", parts=HELD, subject=Guest)
    yield bad("maa.claims", "other-tee", "a TD's token says an enclave's measurement as well",
              {"maa.tee": put_at("x-ms-sgx-mrenclave", "00" * 32)}, "differs: x-ms-sgx-mrenclave",
              parts=HELD)
    yield bad("ita.claims", "", "the token says other attributes than the quote",
              {"ita.claims": put(tdx_td_attributes="00" * 8)}, "differs: tdx.tdx_td_attributes",
              parts=ITA + ("quote",))


def every():
    for group in (passing, enclave, runtime, nonce, claim):
        yield from group()
