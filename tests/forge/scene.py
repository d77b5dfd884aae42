# SPDX-License-Identifier: Apache-2.0
"""One SIMULATED guest and all evidence about it; every value passes a named stage that a case may edit.

An edit at a stage changes that value before what lies above it is hashed or signed, so that
the evidence stays consistent in all other respects and one check alone can fail."""

import copy
import functools
import hashlib

import azure_pki
import collateral
import ec
import hcl
import intel_pki
import pem
import quote
import rsa
import tpm
import windows

NONCE = b"SIMULATED-NONCE-" * 2
QE_MRSIGNER = b"SIMULATED-QE-MRS" * 2

TD = {
    "tee_tcb_svn": bytes([7, 1, 5]) + bytes(13), "tee_tcb_svn2": bytes([7, 1, 5]) + bytes(13),
    "mrseam": b"SIMULATED-MRSEAM" * 3, "td_attributes": bytes.fromhex("0000001000000000"),
    "xfam": bytes.fromhex("e718060000000000"), "mrtd": b"SIMULATED-MRTD-0" * 3,
    "cpusvn": intel_pki.SGX["cpusvn"], "mac": b"SIMULATED-MAC-00" * 2,
    "seam_attributes": bytes(8), "mrsignerseam": bytes(48), "mrconfigid": bytes(48),
    "mrowner": bytes(48), "mrownerconfig": bytes(48), "rtmr0": bytes(48), "rtmr1": bytes(48),
    "rtmr2": bytes(48), "rtmr3": bytes(48),
}
QE = {
    "cpusvn": intel_pki.SGX["cpusvn"], "flags": quote.le(0x15, 8), "xfrm": quote.le(0xE7, 8),
    "miscselect": bytes(4), "mrenclave": b"SIMULATED-QE-MRE" * 2, "mrsigner": QE_MRSIGNER,
    "isvprodid": quote.le(2, 2), "isvsvn": quote.le(7, 2),
}
LEVEL_TOP = ([4, 4, 3, 3, 6, 2, 0, 6] + [0] * 7 + [128], 14, [5, 0, 4] + [0] * 13)
LEVEL_MID = ([3, 3, 3, 3, 5, 2, 0, 6] + [0] * 8, 14, [5, 0, 3] + [0] * 13)
NEW, OLD = "2025-05-14T00:00:00Z", "2024-03-13T00:00:00Z"


def default_levels():
    return [
        collateral.level(*LEVEL_TOP, NEW, "UpToDate"),
        collateral.level(*LEVEL_MID, OLD, "OutOfDate", ["INTEL-SA-99901", "INTEL-SA-99902"]),
    ]


def default_modules():
    return [
        collateral.module("TDX_03", [collateral.svn_level(3, NEW, "UpToDate")]),
        collateral.module("TDX_01", [
            collateral.svn_level(6, NEW, "UpToDate"),
            collateral.svn_level(4, OLD, "OutOfDate", ["INTEL-SA-99903"])]),
    ]


class Scene:
    """The evidence of one guest. edits: {stage name: function of the value}."""

    user_data, tpm_nonce = bytes(64), NONCE  # what the guest asked with
    tpm_hash = "sha256"                      # of the scheme that the quote is signed by

    def __init__(self, edits=None):
        self.edits = edits or {}
        self.intel = intel_pki.Pki(self.stage)
        self.ak = self.stage("ak.key", rsa.key("ak"))
        self.azure = azure_pki.Pki(self.stage, self.ak)

    def stage(self, name, value):
        edit = self.edits.get(name)
        return edit(copy.copy(value) if isinstance(value, (dict, list)) else value) if edit else value

    # --- paravisor: runtime claims, TDREPORT, HCL report (azure.md 2, 3)

    @functools.cached_property
    def claims_text(self):
        keys = [hcl.jwk("HCLAkPub", "sign", self.ak),
                hcl.jwk("HCLEkPub", "encrypt", rsa.key("ek"))]
        value = self.stage("hcl.claims", hcl.claims(keys, self.user_data))
        return self.stage("hcl.text", hcl.claims_text(value))

    @functools.cached_property
    def td(self):
        report_data = hashlib.sha256(self.claims_text).digest() + bytes(32)
        return self.stage("td", dict(TD, report_data=report_data))

    @functools.cached_property
    def hcl(self):
        report = hcl.td_report(self.stage("hcl.td", dict(self.td)))
        packed = quote.pack(hcl.REPORT, self.stage("hcl.report", report))
        text = self.stage("hcl.shown", self.claims_text)
        fields = self.stage("hcl.fields", hcl.fields(packed, text))
        return self.stage("hcl", hcl.encode(fields, text))

    # --- quoting enclave and quote (dcap.md 1)

    @functools.cached_property
    def quote_parts(self):
        key = ec.key("attestation key")
        public = self.stage("quote.key", key.raw_public())
        auth = self.stage("qe.auth", bytes(range(32)))
        bound = hashlib.sha256(public + auth).digest() + bytes(32)
        fields = self.stage("qe.fields", dict(QE, report_data=bound))
        report = quote.pack(quote.SGX_REPORT, fields)
        chain = self.stage("quote.chain", self.intel.pck_chain())
        parts = {
            "header": quote.pack(quote.HEADER, self.stage("quote.header", {
                "version": quote.le(4, 2), "key_type": quote.le(2, 2),
                "tee_type": quote.le(0x81, 4), "vendor": quote.VENDOR,
                "user_data": b"SIMULATED-QE-ID-" + bytes(4)})),
            "body_type": self.stage("quote.body_type", 0), "key": public, "auth": auth,
            "qe_report": report, "padding": bytes(70),
            "qe_signature": self.stage("qe.signature", self.intel.key("pck").sign_raw(report)),
            "cert_type": 5, "cert_data": pem.chain(*chain).encode() + b"\0",
        }
        td = self.stage("quote.td", dict(self.td))
        layout = quote.TD_BODIES.get(parts["body_type"], quote.TD_10)
        parts["body"] = self.stage("quote.body", quote.pack(layout, td))
        parts["signature"] = self.stage("quote.signature", key.sign_raw(quote.signed_part(parts)))
        return self.stage("quote.parts", parts)

    @functools.cached_property
    def quote(self):
        return self.stage("quote", quote.encode(self.quote_parts))

    # --- collateral (dcap.md 4, 5)

    def signed_json(self, prefix, member, value):
        """Stages PREFIX.object, .text (signed), .shown (archived), .signature, .body."""
        value = self.stage(prefix + ".object", value)
        text = self.stage(prefix + ".text", collateral.text(value))
        signer = self.intel.key("tcb-signing")
        signature = self.stage(prefix + ".signature", signer.sign_raw(text.encode()))
        shown = self.stage(prefix + ".shown", text)
        return self.stage(prefix + ".body", collateral.body(member, shown, signature)).encode()

    @functools.cached_property
    def tcb_info(self):
        window = self.stage("tcb.window", windows.TCB_INFO)
        value = collateral.tcb_info(window, intel_pki.SGX["fmspc"], intel_pki.SGX["pceid"], 19,
                                    self.stage("tcb.modules", default_modules()),
                                    self.stage("tcb.levels", default_levels()))
        return self.signed_json("tcb", "tcbInfo", value)

    @functools.cached_property
    def qe_identity(self):
        window = self.stage("qei.window", windows.QE_IDENTITY)
        levels = self.stage("qei.levels", [collateral.svn_level(4, NEW, "UpToDate")])
        value = collateral.qe_identity(window, 19, QE_MRSIGNER, levels)
        return self.signed_json("qei", "enclaveIdentity", value)

    # --- vTPM (azure.md 6)

    @functools.cached_property
    def pcrs(self):
        return tpm.pcr_values()

    def tpm_signer(self):
        return tpm.qualified_signer(self.ak)

    @functools.cached_property
    def tpm_message(self):
        fields = self.stage("tpm.fields", {
            "magic": tpm.MAGIC, "type": tpm.QUOTE, "signer": self.tpm_signer(),
            "extra": self.tpm_nonce, "clock": 2816998, "resets": 1, "restarts": 0, "safe": 1,
            "firmware": 0x2020031200120003, "selection": tpm.selection(range(24)),
            "digest": hashlib.new(self.tpm_hash, b"".join(self.pcrs)).digest()})
        return self.stage("tpm.message", tpm.attest(fields))

    @functools.cached_property
    def tpm_signature(self):
        return self.stage("tpm.signature", self.ak.sign(self.tpm_message))

    @functools.cached_property
    def ak_public(self):
        return tpm.sized(self.stage("tpm.public", tpm.public(self.ak)))

    def described(self, made, _names):
        """The manifest, to which a collector adds."""
        return made

    def parts(self):
        """All loose parts by name, in the order of collection."""
        leaf = self.azure.certificate("leaf")
        return {
            "hcl": self.hcl, "quote": self.quote, "tpm-message": self.tpm_message,
            "tpm-signature": self.tpm_signature,
            "tpm-pcrs": self.stage("tpm.pcrs", b"".join(self.pcrs)),
            "ak-public": self.ak_public, "ak-cert": leaf + bytes(4096 - len(leaf)),
            "ak-intermediate": self.azure.certificate("ca"), "tcb-info": self.tcb_info,
            "qe-identity": self.qe_identity,
            "tcb-signing-chain": pem.chain(
                *self.stage("tcb.chain", self.intel.tcb_chain())).encode(),
            "pck-crl-chain": pem.chain(*self.stage(
                "crl.chain", self.intel.pck_chain()[1:])).encode(),
            "root-crl": self.intel.root_crl(), "pck-crl": self.intel.pck_crl(),
        }
