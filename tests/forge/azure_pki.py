# SPDX-License-Identifier: Apache-2.0
"""A SIMULATED PKI for AK certificates, in the shape of Azure's (azure.md 7)."""

import drbg
import rsa
import windows
import x509

POLICY = "1.3.6.1.4.1.311.108.200.2"
WINDOWS_KEY = "1.3.6.1.4.1.311.10.3.12"
TCG_EK, TCG_AIK = "2.23.133.8.1", "2.23.133.8.3"
AIA = "http://cdn.simulated.invalid/cacerts/azurevtpmica/cert.cer"
CRL = "http://cdn.simulated.invalid/crls/azurevtpm/current.crl"

ROOT_NAME = [(x509.C, x509.PRINTABLE, "US"), (x509.O, x509.PRINTABLE, "Microsoft Corporation"),
             (x509.OU, x509.PRINTABLE, "SIMULATED"),
             (x509.CN, x509.PRINTABLE, "Azure Virtual TPM Root Certificate Authority 2023")]
CA_NAME = [(x509.OU, x509.PRINTABLE, "SIMULATED"),
           (x509.CN, x509.PRINTABLE, "Azure Cloud Virtual TPM CA - 00")]
LEAF_NAME = [(x509.OU, x509.PRINTABLE, "SIMULATED"),
             (x509.CN, x509.PRINTABLE, "51514d000000.ConfidentialVM.Azure.windows.net")]
NAMES = {"root": (ROOT_NAME, ROOT_NAME), "ca": (CA_NAME, ROOT_NAME), "leaf": (LEAF_NAME, CA_NAME)}
WINDOW = {"root": windows.AK_ROOT, "ca": windows.AK_CA, "leaf": windows.AK}
ISSUER = {"root": "root", "ca": "root", "leaf": "ca"}
HASH = {"root": "sha384", "ca": "sha384", "leaf": "sha512"}


class Pki:
    """Root, one intermediate and the AK leaf; stage(name, value) lets a case edit any value."""

    def __init__(self, stage, ak):
        self.stage, self.ak, self.made = stage, ak, {}

    def key(self, role):
        known = self.ak if role == "leaf" else rsa.key("azure " + role)
        return self.stage("ak.%s.key" % role, known)

    def identifiers(self, role):
        return [x509.ext_ski(x509.key_id(self.key(role).spki())),
                x509.ext_aki(x509.key_id(self.key(ISSUER[role]).spki()))]

    def extensions(self, role):
        if role == "root":
            return [x509.ext_key_usage(x509.SIGN_ALL), x509.ext_basic(True),
                    self.identifiers(role)[0]]
        if role == "ca":
            return [x509.ext_basic(True, 0), x509.ext_eku(WINDOWS_KEY, TCG_EK, TCG_AIK),
                    x509.ext_key_usage(x509.SIGN_ALL), *self.identifiers(role),
                    x509.ext_crl_points(CRL), x509.ext_ca_issuers(AIA)]
        return [x509.ext_policies(POLICY), x509.ext_basic(False),
                x509.ext_eku(WINDOWS_KEY, TCG_AIK), x509.ext_key_usage(x509.SIGN),
                *self.identifiers(role), x509.ext_ca_issuers(AIA)]

    def certificate(self, role):
        if role not in self.made:
            subject, issuer = NAMES[role]
            fields = self.stage("ak.%s.fields" % role, {
                "serial": int.from_bytes(drbg.take("ak serial " + role, 16), "big"),
                "algorithm": rsa.sig_algorithm(HASH[role]), "issuer": issuer, "subject": subject,
                "window": WINDOW[role], "spki": self.key(role).spki(),
                "extensions": self.extensions(role)})
            signer = self.stage("ak.%s.signer" % role, self.key(ISSUER[role]))
            made = x509.certificate(fields, lambda body: signer.sign(body, HASH[role]))
            self.made[role] = self.stage("ak.%s.der" % role, made)
        return self.made[role]
