# SPDX-License-Identifier: Apache-2.0
"""The same good evidence in the exchange formats of other tools (import.md, azure.md 6.1)."""

import base64
import json

import hcl
import pem
import scene


def block(text, indent):
    """A YAML literal block's lines."""
    return "".join(" " * indent + line + "\n" for line in text.splitlines())


def numbers(data, indent):
    return "".join("%s- %d\n" % (" " * indent, byte) for byte in data)


def nested(values, indent):
    """A YAML list of lists of numbers."""
    out = ""
    for value in values:
        lines = numbers(value, indent + 2)
        out += " " * indent + "- " + lines[indent + 2:]
    return out


def url64(data):
    return base64.urlsafe_b64encode(data).decode()


def pcr_values(parts):
    joined = parts["tpm-pcrs"]
    return [joined[i:i + 32] for i in range(0, len(joined), 32)]


def evidence_yaml(quote, report, leaf, issuers, signature, message, pcrs):
    """YAML evidence of flashbots/attested-tls (vectors/e2e-tdx/README.md); certificates as PEM."""
    return (
        "tdx_quote_base64: >-\n  %s\n" % url64(quote)
        + "hcl_report_base64: >-\n  %s\n" % url64(report)
        + "tpm_attestation:\n  ak_certificate_pem: |\n" + block(leaf, 4)
        + "  ak_intermediate_certificates_pem:\n"
        + "".join("  - |\n" + block(issuer, 4) for issuer in issuers)
        + "  quote:\n    signature:\n" + numbers(signature, 4)
        + "    message:\n" + numbers(message, 4)
        + "    pcrs:\n" + nested(pcrs, 4)
        + "  event_log:\n    []\n  instance_info: null\n")


def attested_tls_evidence(parts):
    leaf = parts["ak-cert"]
    leaf = leaf[:4 + int.from_bytes(leaf[2:4], "big")]
    return evidence_yaml(
        parts["quote"], parts["hcl"], pem.chain(leaf), [pem.chain(parts["ak-intermediate"])],
        parts["tpm-signature"], parts["tpm-message"], pcr_values(parts))


def inner(body, member):
    """(signed text, signature in hex) of a response body."""
    at = body.rindex(b',"signature":')
    text = body[len('{"%s":' % member):at].decode()
    return text, json.loads(body)["signature"]


def collateral_members(parts):
    """The members that collateral files share, in the order of attested-tls."""
    tcb, tcb_signature = inner(parts["tcb-info"], "tcbInfo")
    qei, qei_signature = inner(parts["qe-identity"], "enclaveIdentity")
    signing = parts["tcb-signing-chain"].decode()
    return {
        "pck_crl_issuer_chain": parts["pck-crl-chain"].decode(),
        "root_ca_crl": parts["root-crl"].hex(), "pck_crl": parts["pck-crl"].hex(),
        "tcb_info_issuer_chain": signing, "tcb_info": tcb, "tcb_info_signature": tcb_signature,
        "qe_identity_issuer_chain": signing, "qe_identity": qei,
        "qe_identity_signature": qei_signature}


def collateral_yaml(members):
    """YAML collateral of flashbots/attested-tls."""
    out = ""
    for name, value in members.items():
        if value.startswith("-----"):
            out += "%s: |\n%s" % (name, block(value, 2))
        elif value.startswith("{"):
            out += "%s: %s\n" % (name, json.dumps(value))
        else:
            out += "%s: >-\n  %s\n" % (name, value)
    return out


def trustee(parts, version):
    """Azure evidence JSON of confidential-containers/trustee, version 0, 1 or 2."""
    values = pcr_values(parts)
    if version == 0:
        return json.dumps({
            "tpm_quote": {"signature": list(parts["tpm-signature"]),
                          "message": list(parts["tpm-message"]), "pcrs": [list(v) for v in values]},
            "hcl_report": list(parts["hcl"]), "td_quote": list(parts["quote"])},
            separators=(",", ":"))
    return json.dumps({
        "version": version,
        "tpm_quote": {"signature": parts["tpm-signature"].hex(),
                      "message": parts["tpm-message"].hex(), "pcrs": [v.hex() for v in values]},
        "hcl_report": hcl.b64url(parts["hcl"]), "td_quote": hcl.b64url(parts["quote"])}, indent=2)


def bound_to_nonce():
    """Version 2 wants the nonce at the start of the report's user data (azure.md 6.1)."""
    user = (scene.NONCE + bytes(32)).hex()
    edits = {"hcl.claims": lambda claims: dict(claims, **{"user-data": user})}
    return scene.Scene(edits).parts()


def files(parts):
    collateral = json.dumps(collateral_members(parts), indent=2)
    texts = {
        "attested-tls-evidence.yaml": attested_tls_evidence(parts),
        "attested-tls-collateral.yaml": collateral_yaml(collateral_members(parts)),
        "trustee-v0.json": trustee(parts, 0),
        "trustee-v1.json": trustee(parts, 1),
        "trustee-v2.json": trustee(bound_to_nonce(), 2),
        "dcap-collateral.json": collateral + "\n",
    }
    return {"wrappers/" + name: text.encode() for name, text in texts.items()}
