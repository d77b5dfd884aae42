# SPDX-License-Identifier: Apache-2.0
"""The good evidence as single files, as a person would give them to `ecart pack`."""

NAMES = {
    "quote": "quote.bin", "hcl": "hcl.bin", "tpm-message": "tpm-message.bin",
    "tpm-signature": "tpm-signature.bin", "tpm-pcrs": "tpm-pcrs.bin", "ak-public": "ak-public.bin",
    "tcb-info": "tcb-info.json", "qe-identity": "qe-identity.json",
    "tcb-signing-chain": "tcb-signing-chain.pem", "pck-crl-chain": "pck-crl-chain.pem",
    "root-crl": "root-crl.der", "pck-crl": "pck-crl.der", "ak-cert": "ak-cert.der",
    "ak-intermediate": "ak-intermediate.der",
}


def files(parts):
    return {"loose/" + NAMES[part]: data for part, data in parts.items()}
