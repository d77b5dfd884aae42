# SPDX-License-Identifier: Apache-2.0
"""What token services claim of the scene's TD (tokens.md 3.5, 4), and a scene with such tokens."""

import functools
import json

import maa_enclave
import placed
import token_scene
from edits import const

HEX = ("tee_tcb_svn", "mrseam", "mrsignerseam", "seam_attributes", "td_attributes", "xfam", "mrtd",
       "mrconfigid", "mrowner", "mrownerconfig", "rtmr0", "rtmr1", "rtmr2", "rtmr3", "report_data")
BITS = {"td_attributes_debug": 0, "td_attributes_septve_disable": 28,
        "td_attributes_protection_keys": 30, "td_attributes_key_locker": 31,
        "td_attributes_perfmon": 63}


def of_td(td):
    """tdx_* of a TD, which both services spell in one way."""
    out = {"tdx_" + name: td[name].hex() for name in HEX}
    flags = int.from_bytes(td["td_attributes"], "little")
    out.update({"tdx_" + name: bool(flags >> bit & 1) for name, bit in BITS.items()})
    return dict(out, tdx_seamsvn=td["tee_tcb_svn"][0])


def ordered(value):
    """JSON as Azure Attestation prints what it was given: members sorted."""
    return json.loads(json.dumps(value, sort_keys=True))


class Claimed(token_scene.Tokens):
    """Tokens that say all of the guest; stages maa.tee and those of token_scene.py."""

    def tee(self):
        runtime = ordered(json.loads(self.claims_text))
        return self.stage("maa.tee", dict(of_td(self.td), **{
            "x-ms-attestation-type": "tdxvm", "x-ms-compliance-status": "azure-compliant-cvm",
            "attester_tcb_status": "UpToDate", "dbgstat": "disabled", "intuse": "generic",
            "eat_profile": "https://aka.ms/maa-eat-profile-tdxvm",
            "x-ms-runtime": self.stage("maa.runtime", runtime)}))

    def maa_claims(self):
        return dict(self.tee(), **{"x-ms-policy-hash": "U0lNVUxBVEVELVBPTElDWQ",
                                   "x-ms-ver": "1.0"})

    def ita_claims(self):
        """On Azure the report holds the digest of the runtime claims, and they the nonce's."""
        return dict(of_td(self.td), tdx_is_debuggable=False, attester_tcb_status="UpToDate",
                    attester_runtime_data=json.loads(self.claims_text))

    @functools.cached_property
    def user_data(self):
        return self.ita_data[1]

    @functools.cached_property
    def enclave(self):
        return maa_enclave.machine(self.maa_key.spki(), edits=self.stage("maa.machine", {}))

    def parts(self):
        return dict(super().parts(), **{"enclave-tcb-info": self.enclave.tcb_info,
                                        "enclave-qe-identity": self.enclave.qe_identity})


class Guest(Claimed):
    """The token of the kind that a guest's own agent asks for: the TEE stands inside."""

    def maa_claims(self):
        runtime = {"client-payload": {"nonce": "U0lNVUxBVEVE"}, "keys": []}
        vm_id = json.loads(self.claims_text)["vm-configuration"]["vmUniqueId"].upper()
        return {"secureboot": True, "x-ms-attestation-type": "azurevm",
                "x-ms-azurevm-attested-pcrs": list(range(8)), "x-ms-azurevm-vmid": vm_id,
                "x-ms-isolation-tee": self.tee(), "x-ms-policy-hash": "U0lNVUxBVEVELVBPTElDWQ",
                "x-ms-runtime": runtime, "x-ms-ver": "1.0"}


class Azure(Claimed):
    """All that Azure says of one guest: tokens of both kinds, and an attested document."""

    @functools.cached_property
    def maa_guest(self):
        return self.maa_token("maa.guest", Guest.maa_claims(self))

    def parts(self):
        document = placed.Placed().parts()
        return dict(super().parts(), **{"maa-guest": self.maa_guest, "imds": document["imds"],
                                        "imds-ca": document["imds-ca"]})


def evidence(data):
    """Edits that put other evidence into the certificate."""
    return {"maa.evidence": const(data)}
