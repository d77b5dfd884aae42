# SPDX-License-Identifier: Apache-2.0
"""The AK certificate's chain as Azure has it today: leaf, CA, policy CA, root, found by AIA.

forge makes root, CA and leaf; the policy CA between root and CA is added by its edits."""

import functools

import azure_pki
import dates
import drbg
import rsa
import rsa_key
import x509

POLICY_NAME = [(x509.OU, x509.PRINTABLE, "SIMULATED"),
               (x509.CN, x509.PRINTABLE, "Azure Cloud Virtual TPM CA 2026")]
AIA, AKI = "1.3.6.1.5.5.7.1.1", "2.5.29.35"


def replaced(extensions, *new):
    """The list with its extensions of the same identifiers exchanged."""
    table = {item[0]: item for item in new}
    return [table.get(item[0], item) for item in extensions]


class Pki(azure_pki.Pki):
    """forge's, with a key of the CA that openssl made: many times faster than from its name."""

    @functools.cached_property
    def ca_key(self):
        return rsa_key.fresh()

    def key(self, role):
        return self.ca_key if role == "ca" else super().key(role)


class Chain:
    """base: the address below which the certificates are served."""

    def __init__(self, base):
        self.address = {role: "%s/aia/azure-vtpm-%s.cer" % (base, role)
                        for role in ("ca", "policy", "root")}

    @functools.cached_property
    def policy_key(self):
        return rsa_key.fresh()

    def edits(self):
        return {"ak.leaf.fields": self.leaf, "ak.ca.fields": self.ca,
                "ak.ca.signer": lambda _: self.policy_key}

    def leaf(self, fields):
        aia = x509.ext_ca_issuers(self.address["ca"])
        return dict(fields, extensions=replaced(fields["extensions"], aia))

    def ca(self, fields):
        aia = x509.ext_ca_issuers(self.address["policy"])
        aki = x509.ext_aki(x509.key_id(self.policy_key.spki()))
        return dict(fields, issuer=POLICY_NAME,
                    extensions=replaced(fields["extensions"], aia, aki))

    def policy(self):
        root = rsa.key("azure root")
        fields = {
            "serial": int.from_bytes(drbg.take("azure policy ca", 16), "big"),
            "algorithm": rsa.sig_algorithm("sha384"), "issuer": azure_pki.ROOT_NAME,
            "subject": POLICY_NAME, "window": dates.CA_WINDOW, "spki": self.policy_key.spki(),
            "extensions": [x509.ext_basic(True, 1), x509.ext_key_usage(x509.SIGN_ALL),
                           x509.ext_ski(x509.key_id(self.policy_key.spki())),
                           x509.ext_aki(x509.key_id(root.spki())),
                           x509.ext_ca_issuers(self.address["root"])]}
        return x509.certificate(fields, lambda body: root.sign(body, "sha384"))
