# SPDX-License-Identifier: Apache-2.0
"""The good evidence as single files, as a person would give them to `ecart pack`."""

import snp

NAMES = {
    "quote": "quote.bin", "hcl": "hcl.bin", "tpm-message": "tpm-message.bin",
    "tpm-signature": "tpm-signature.bin", "tpm-pcrs": "tpm-pcrs.bin", "ak-public": "ak-public.bin",
    "tcb-info": "tcb-info.json", "qe-identity": "qe-identity.json",
    "tcb-signing-chain": "tcb-signing-chain.pem", "pck-crl-chain": "pck-crl-chain.pem",
    "root-crl": "root-crl.der", "pck-crl": "pck-crl.der", "ak-cert": "ak-cert.der",
    "ak-intermediate": "ak-intermediate.der",
}


# The places of fuzz_replay.c's list of kinds.
PLACES = {
    "quote": 0, "tcb-info": 2, "qe-identity": 3, "tcb-signing-chain": 4, "pck-crl-chain": 4, "root-crl": 5,
    "pck-crl": 5, "hcl": 6, "tpm-message": 7, "tpm-signature": 8, "tpm-pcrs": 9, "ak-public": 10,
    "ak-cert": 11, "ak-intermediate": 11, "vcek": 11, "ask": 11, "snp-report": 15, "thim": 16,
}


def seed(parts, names):
    """Items as fuzz_replay.c reads them."""
    return b"".join(bytes([PLACES[name]]) + len(parts[name]).to_bytes(4, "little") + parts[name]
                    for name in names)


SNP_NAMES = {"snp-report": "report.bin", "hcl": "hcl.bin", "vcek": "vcek.der", "ask": "ask.der",
             "thim": "thim-amd.json"}


def snp_files():
    """The same of a guest of SEV-SNP."""
    parts = snp.Guest().parts()
    out = {"loose-snp/" + name: parts[part] for part, name in SNP_NAMES.items()}
    out["fuzz/replay/snp.bin"] = seed(parts, ("hcl", "snp-report", "vcek", "ask", "thim"))
    return out


def files(parts):
    dcap = [name for name in PLACES if PLACES[name] < 6]
    out = {"loose/" + NAMES[part]: data for part, data in parts.items()}
    out["fuzz/replay/dcap.bin"] = seed(parts, dcap)
    out["fuzz/replay/azure.bin"] = seed(parts, [name for name in PLACES if name in parts])
    out.update(snp_files())
    return out
