# SPDX-License-Identifier: Apache-2.0
"""A scene of a TPM alone, whose attestation key is of any family (eventlog.md 7).

Its evidence is a quote, its signature as a TPM spells it, the values, the public area, and the AK
certificate with its issuer; no paravisor names the key."""

import functools

import archive
import scene
import tpm

PARTS = ("tpm-message", "tpm-signature", "tpm-pcrs", "ak-public", "ak-cert", "ak-intermediate")


class Vtpm(scene.Scene):
    """parent: the handle of a hierarchy in four bytes, or the qualified name of a key."""

    def __init__(self, edits=None, key=None, scheme="rsassa", hash_name="sha256",
                 parent=tpm.be(0x4000000B, 4), attributes=tpm.ATTRIBUTES):
        super().__init__(dict(edits or {}, **({"ak.key": lambda _: key} if key else {})))
        self.scheme, self.tpm_hash, self.parent = scheme, hash_name, parent
        self.attributes = attributes

    def stage(self, name, value):
        if name == "items":  # a TPMT_SIGNATURE says its scheme itself
            value = [{k: v for k, v in item.items() if k != "scheme"} for item in value]
        return super().stage(name, value)

    @functools.cached_property
    def area(self):
        return self.stage("tpm.public", tpm.public(self.ak, self.attributes, self.scheme,
                                                   self.tpm_hash))

    @property
    def ak_public(self):
        return tpm.sized(self.area)

    def tpm_signer(self):
        return tpm.signer_of_area(self.area, self.parent)

    def sign(self, message):
        """The values of the signature, as many as the scheme has."""
        if self.scheme == "ecdsa":
            raw = self.ak.sign_raw(message)
            return raw[:len(raw) // 2], raw[len(raw) // 2:]
        make = self.ak.sign if self.scheme == "rsassa" else self.ak.sign_pss
        return (make(message, self.tpm_hash),)

    @functools.cached_property
    def tpm_signature(self):
        values = self.sign(self.tpm_message)
        return self.stage("tpm.signature", tpm.signature(self.scheme, self.tpm_hash, *values))

    def parts(self):
        leaf = self.azure.certificate("leaf")
        return {"tpm-message": self.tpm_message, "tpm-signature": self.tpm_signature,
                "tpm-pcrs": self.stage("tpm.pcrs", b"".join(self.pcrs)),
                "ak-public": self.ak_public, "ak-cert": leaf,
                "ak-intermediate": self.azure.certificate("ca")}


def second_quote(fields):
    """An edit of the items: one more quote by the same key, of the same registers."""
    def edit(items):
        other = Vtpm({"tpm.fields": lambda value: dict(value, **fields)})
        out = []
        for item in items:
            relates = [(r, p) for rel in item["relates"] for r, p in (rel, (rel[0], rel[1] + "-2"))]
            both = item["part"].startswith("ak-") and item["part"] != "ak-intermediate"
            out.append(dict(item, relates=relates) if both else item)
        values = (("tpm-message", other.tpm_message), ("tpm-signature", other.tpm_signature),
                  ("tpm-pcrs", b"".join(other.pcrs)))
        for part, data in values:
            kind, extension, media, relates = archive.PARTS[part]
            item = {"part": part + "-2", "kind": kind, "ext": extension, "mediaType": media,
                    "data": data, "relates": [(r, p + "-2") for r, p in relates]}
            if part == "tpm-message":
                item["nonce"] = scene.NONCE.hex()
            out.append(item)
        return out
    return edit


def values_as(make):
    """An edit of the items: the values as a file of tpm2-tools; make(registers, values)."""
    def edit(items):
        return [dict(item, part="dump", kind="tpm-pcrs-serialized",
                     data=make(range(24), tpm.pcr_values()))
                if item["part"] == "tpm-pcrs" else item for item in items]
    return edit
