# SPDX-License-Identifier: Apache-2.0
"""A guest that its cloud spoke of: an attested document of a PKI, and who certified the AK.

Stages beside those of bound.py and imds_pki.py: imds.content (members), imds.text (signed),
imds.shown (archived), imds.attributes, imds.signature, imds.certificates, imds.algorithm, imds.versions,
imds.type, imds.message."""

import functools

import attested
import azure_pki
import bound
import der
import imds_pki
import rsa
import session
import x509

STATEMENT = (b'{"issuer":"SIMULATED colocation owner","statement":"the machine with this PPID is in our '
             b'hall 2"}\n')


def named(vm_id):
    """An edit of an AK certificate's fields: its subject begins with the id of a VM."""
    name = azure_pki.LEAF_NAME[:-1] + [(x509.CN, x509.UTF8, vm_id + ".ConfidentialVM.Azure.windows.net")]
    return lambda fields: dict(fields, subject=name)


class Placed(bound.Early):
    """The guest of bound.py with a document that a PKI vouches for."""

    def __init__(self, edits=None):
        super().__init__(edits)
        self.imds_pki = imds_pki.Pki(self.stage)

    def text(self):
        """What is signed."""
        value = attested.members(self.stage("bind.imds", session.imds_nonce(self.root)))
        return self.stage("imds.text", attested.text_of(self.stage("imds.content", value)))

    @functools.cached_property
    def message(self):
        text = self.text()
        leaf = self.imds_pki.certificate("leaf")
        fields = x509.parse(leaf)[0]
        signed = self.stage("imds.attributes", [])
        signature = self.stage("imds.signature", self.imds_pki.key("leaf").sign(
            der.tlv(0x31, b"".join(signed)) if signed else text))
        made = attested.message(
            self.stage("imds.shown", text), self.stage("imds.certificates", [leaf]),
            fields["issuer"], fields["serial"], signature,
            self.stage("imds.algorithm", rsa.sig_algorithm("sha256")), signed,
            self.stage("imds.versions", (1, 1)), self.stage("imds.type", attested.DATA))
        return self.stage("imds.message", made)

    @functools.cached_property
    def imds(self):
        return attested.reply(self.message)

    def parts(self):
        return dict(super().parts(), **{"imds-ca": self.imds_pki.certificate("ca"),
                                        "endorsement": self.stage("endorsement", STATEMENT)})
