# SPDX-License-Identifier: Apache-2.0
"""What the hardware and the vendor of a simulated guest say: reports, quotes, collateral.

All of it is forge's, for the AK that swtpm holds and with windows around now (dates.py)."""

import functools
import hashlib
import hmac

import dates  # noqa: F401  before the rest of forge
import ak_chain
import collateral
import hcl
import intel_pki
import quote
import scene

MAC_KEY = b"SIMULATED-MAC-KEY"
STANDARD, EARLY, OLDER = 19, 20, 18  # evaluation numbers


class Evidence(scene.Scene):
    """ak, ek: public keys of the vTPM; base: address below which certificates are served."""

    def __init__(self, ak, ek, base):  # forge's would make an AK of its own
        self.chain = ak_chain.Chain(base)
        self.edits = self.chain.edits()
        self.intel = intel_pki.Pki(self.stage)
        self.ak, self.ek = ak, ek
        self.azure = ak_chain.Pki(self.stage, ak)

    @functools.cached_property
    def claims_text(self):
        keys = [hcl.jwk("HCLAkPub", "sign", self.ak), hcl.jwk("HCLEkPub", "encrypt", self.ek)]
        return hcl.claims_text(hcl.claims(keys, bytes(64)))

    def td_report(self, report_data, **changes):
        """The 1024 bytes that the processor gives for 64 bytes of a TD."""
        td = dict(self.td, report_data=report_data, **changes)
        packed = quote.pack(hcl.REPORT, hcl.td_report(td))
        return packed[:224] + mac(packed) + packed[256:]

    def quote_of(self, report):
        """The quote over a TDREPORT; ValueError where this processor did not make that."""
        values = quote.unpack(hcl.REPORT, report)
        inner = [(values["tee_tcb_info"], values["tee_tcb_info_hash"]),
                 (values["tee_info"], values["tee_info_hash"])]
        if any(hashlib.sha384(part).digest() != digest for part, digest in inner):
            raise ValueError("a hash inside the TDREPORT is wrong")
        if mac(report) != values["mac"]:
            raise ValueError("the MAC of the TDREPORT is not of this processor")
        other = Evidence.__new__(Evidence)
        other.edits, other.intel = {}, self.intel
        other.td = {**quote.unpack(hcl.TCB_INFO, values["tee_tcb_info"]),
                    **quote.unpack(hcl.TD_INFO, values["tee_info"]),
                    "report_data": values["report_data"]}
        return other.quote

    def bare_quote_of(self, report):
        """Without the zero bytes that Azure's service puts behind a quote."""
        data = self.quote_of(report)
        begin = 48 + quote.size_of(quote.TD_10)
        return data[:begin + 4 + int.from_bytes(data[begin:begin + 4], "little")]

    def signed(self, member, value):
        """The body of a signed reply of Intel's (dcap.md 4.1)."""
        text = collateral.text(value)
        signature = self.intel.key("tcb-signing").sign_raw(text.encode())
        return collateral.body(member, text, signature).encode()

    def tcb_info_of(self, tee, number):
        value = collateral.tcb_info(
            scene.windows.TCB_INFO, intel_pki.SGX["fmspc"], intel_pki.SGX["pceid"], number,
            scene.default_modules(), scene.default_levels())
        if tee == "sgx":
            value["id"] = "SGX"
            del value["tdxModule"], value["tdxModuleIdentities"]
            for level in value["tcbLevels"]:
                del level["tcb"]["tdxtcbcomponents"]
        return self.signed("tcbInfo", value)

    def identity_of(self, name, number):
        levels = [collateral.svn_level(4, scene.NEW, "UpToDate")]
        value = collateral.qe_identity(scene.windows.QE_IDENTITY, number, scene.QE_MRSIGNER, levels)
        value["id"] = name
        return self.signed("enclaveIdentity", value)

    def numbers_of(self, tee):
        window = scene.windows.TCB_INFO
        rows = [{"tcbEvaluationDataNumber": number, "tcbRecoveryEventDate": scene.OLD,
                 "tcbDate": scene.NEW} for number in (EARLY, STANDARD)]
        value = {"id": tee.upper(), "version": 1, "issueDate": collateral.stamp(window[0]),
                 "nextUpdate": collateral.stamp(window[1]), "tcbEvalNumbers": rows}
        return self.signed("tcbEvaluationDataNumbers", value)


def mac(report):
    """Of the first 224 bytes, by a key that stands for the processor's own (azure.md 3)."""
    return hmac.new(MAC_KEY, report[:224], hashlib.sha256).digest()
