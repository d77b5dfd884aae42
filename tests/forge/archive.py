# SPDX-License-Identifier: Apache-2.0
"""Evidence archives: items, manifest, signatures, container (archive.md 1 to 5)."""

import hashlib

import collateral
import dsse
import ed25519
import jcs
import scene
import tar
import windows

OCTETS = "application/octet-stream"
JSON = "application/json"
PEM = "application/pem-certificate-chain"
CRL = "application/pkix-crl"
CERT = "application/pkix-cert"
JWT = "application/jwt"
JWKS = "application/jwk-set+json"

# part: (kind, extension, media type, relations by part name) (archive.md 4.1, 4.2)
PARTS = {
    "hcl": ("azure-hcl-report", "bin", OCTETS, []),
    "quote": ("tdx-quote", "bin", OCTETS, []),
    "tpm-message": ("tpm-quote-attest", "bin", OCTETS, []),
    "tpm-signature": ("tpm-quote-signature", "bin", OCTETS, [("signature-of", "tpm-message")]),
    "tpm-pcrs": ("tpm-pcrs", "bin", OCTETS, [("values-of", "tpm-message")]),
    "ak-public": ("tpm2b-public", "bin", OCTETS, [("key-of", "tpm-message")]),
    "ak-cert": ("cert-der", "der", CERT, [("key-of", "tpm-message")]),
    "ak-intermediate": ("cert-der", "der", CERT, [("issuer-of", "ak-cert")]),
    "tcb-info": ("dcap-tcbinfo", "json", JSON, [("collateral-for", "quote")]),
    "qe-identity": ("dcap-qe-identity", "json", JSON, [("collateral-for", "quote")]),
    "tcb-signing-chain": ("dcap-issuer-chain", "pem", PEM,
                          [("issuer-of", "tcb-info"), ("issuer-of", "qe-identity")]),
    "pck-crl-chain": ("dcap-issuer-chain", "pem", PEM, [("issuer-of", "pck-crl")]),
    "root-crl": ("crl-der", "der", CRL, [("collateral-for", "quote")]),
    "pck-crl": ("crl-der", "der", CRL, [("collateral-for", "quote")]),
    "session": ("ecart-session", "json", JSON, []),
    "imds": ("azure-imds-attested", "json", JSON, []),
    "imds-ca": ("cert-der", "der", CERT, [("issuer-of", "imds")]),
    "endorsement": ("owner-endorsement", "bin", OCTETS, [("endorses", "quote")]),
    "salt-imds": ("salt", "bin", OCTETS, [("salt-of", "imds")]),
    "maa": ("maa-token", "jwt", JWT, []),
    "ita-nonce": ("ita-nonce", "json", JSON, []),
    "ita-hcl": ("azure-hcl-report", "bin", OCTETS, []),
    "ita-quote": ("tdx-quote", "bin", OCTETS, []),
    "ita-token": ("ita-token", "jwt", JWT, [("answers", "ita-quote")]),
    "maa-signed": ("maa-token", "jwt", JWT, []),
    "maa-guest": ("maa-token", "jwt", JWT, []),
    "maa-keys": ("jwks", "json", JWKS, [("key-of", "maa-signed")]),
    "ita-signed": ("ita-token", "jwt", JWT, []),
    "ita-keys": ("jwks", "json", JWKS, [("key-of", "ita-signed")]),
    "enclave-tcb-info": ("dcap-tcbinfo", "json", JSON, []),
    "enclave-qe-identity": ("dcap-qe-identity", "json", JSON, []),
    "google-pki": ("google-token", "jwt", JWT, []),
    "google-oidc": ("google-token", "jwt", JWT, []),
    "google-keys": ("jwks", "json", JWKS, [("key-of", "google-oidc")]),
    "roundtrip": ("poc-tls-transcript", "json", JSON, []),
    "roundtrip-times": ("poc-tls-times", "bin", OCTETS, [("values-of", "roundtrip")]),
    "registry": ("poc-registry", "json", JSON, [("answers", "quote")]),
    "registry-keys": ("jwks", "json", JWKS, [("key-of", "registry")]),
    "tcg-log": ("tcg-eventlog", "bin", OCTETS, []),
    "tcg-log-2": ("tcg-eventlog", "bin", OCTETS, []),
    "tcg-log-3": ("tcg-eventlog", "bin", OCTETS, []),
    "ccel-table": ("acpi-ccel-table", "bin", OCTETS, []),
    "ccel": ("tdx-eventlog-ccel", "bin", OCTETS, []),
    "ima-log": ("ima-log-binary", "bin", OCTETS, []),
    "ima-log-2": ("ima-log-binary", "bin", OCTETS, []),
    "cel": ("cel-tlv", "bin", OCTETS, []),
    "snp-report": ("snp-report", "bin", OCTETS, []),
    "vcek": ("cert-der", "der", CERT, [("key-of", "hcl"), ("key-of", "snp-report")]),
    "ask": ("cert-der", "der", CERT, [("issuer-of", "vcek")]),
    "ark": ("cert-der", "der", CERT, [("issuer-of", "ask")]),
    "thim": ("azure-thim-amd", "json", JSON, []),
    "cel-2": ("cel-tlv", "bin", OCTETS, []),
    "systemd-log": ("cel-json", "json", "application/json-seq", []),
    "systemd-log-2": ("cel-json", "json", "application/json-seq", []),
}


def items_of(parts, nonce=scene.NONCE):
    """Item descriptions in the order of collection, before names are given."""
    out = []
    for part, data in parts.items():
        kind, extension, media, relates = PARTS[part]
        item = {"part": part, "kind": kind, "ext": extension, "mediaType": media,
                "data": data, "relates": relates}
        if part == "tpm-signature":
            item["scheme"] = "rsassa-sha256"
        if part == "tpm-message":
            item["nonce"] = nonce.hex()
        out.append(item)
    return out


def give_names(items):
    """items/<kind>/<nnnn>.<ext>, counted within the kind (archive.md 2.1)."""
    count = {}
    for item in items:
        number = count.get(item["kind"], 0)
        count[item["kind"]] = number + 1
        item["name"] = "items/%s/%04d.%s" % (item["kind"], number, item["ext"])
    return {item["part"]: item["name"] for item in items}


def entry(item, names):
    out = {
        "name": item["name"], "size": len(item["data"]), "kind": item["kind"],
        "mediaType": item["mediaType"], "source": {"type": "file", "detail": item.get("detail", "SIMULATED")}}
    if "uri" in item:
        out["source"]["uri"] = item["uri"]
    relates = [{"rel": r, "name": names[p]} for r, p in item["relates"] if p in names]
    if relates:
        out["relates"] = relates
    for member in ("nonce", "scheme"):
        if member in item:
            out[member] = item[member]
    return out


def manifest(items, names, digests):
    """The in-toto statement of archive.md 4."""
    items = sorted(items, key=lambda item: item["name"])
    subject = [{"name": i["name"], "digest": {
        d: hashlib.new(d, i["data"]).hexdigest() for d in digests}} for i in items]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://w3id.org/ecart/evidence-archive/v1",
        "subject": subject,
        "predicate": {
            "format": "ecart-archive/1",
            "items": [entry(item, names) for item in items],
            "time": collateral.stamp(windows.AS_OF),
            "collector": {"name": "forge", "version": "1", "verb": "pack"}}}


def signatures(stage, text):
    """Members of sig/: one envelope for each signer, then tokens (archive.md 1)."""
    out = []
    for key in stage("signers", [ed25519.key("lab")]):
        value = stage("envelope", dsse.envelope(text, [key]))
        out.append((dsse.file_name(key), jcs.encode(value)))
    for number, make in enumerate(stage("tokens", [])):
        out.append(("sig/manifest.%d.tsr" % number, make(text)))
    return sorted(stage("sig", out))


def build(subject):
    """The bytes of the archive of a scene. Stages: parts, items, digests, manifest,
    manifest.bytes, signers, envelope, tokens, sig, members, writer, tar."""
    stage = subject.stage
    items = stage("items", items_of(stage("parts", subject.parts()), subject.tpm_nonce))
    names = give_names(items)
    made = manifest(items, names, stage("digests", ("sha256", "sha384")))
    made = subject.described(made, names)
    text = stage("manifest.bytes", jcs.encode(stage("manifest", made)))
    members = [("manifest.json", text)] + signatures(stage, text)
    members += sorted((item["name"], item["data"]) for item in items)
    members = stage("members", members)
    return stage("tar", stage("writer", tar.write)(members))
