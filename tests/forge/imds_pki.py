# SPDX-License-Identifier: Apache-2.0
"""A SIMULATED PKI for attested documents, in the shape of Microsoft's for TLS (azure.md 8)."""

import der
import drbg
import rsa
import windows
import x509

TLS_SERVER = "1.3.6.1.5.5.7.3.1"
NAME = {
    "root": [(x509.C, x509.PRINTABLE, "US"), (x509.OU, x509.PRINTABLE, "SIMULATED"),
             (x509.CN, x509.PRINTABLE, "SIMULATED TLS RSA Root G2")],
    "ca": [(x509.OU, x509.PRINTABLE, "SIMULATED"),
           (x509.CN, x509.PRINTABLE, "SIMULATED TLS G2 RSA CA OCSP 00")],
    "leaf": [(x509.O, x509.PRINTABLE, "SIMULATED"), (x509.CN, x509.UTF8, "*.metadata.azure.com")]}
ISSUER = {"root": "root", "ca": "root", "leaf": "ca"}
WINDOW = {"root": windows.AK_ROOT, "ca": windows.AK_CA, "leaf": windows.AK}
ALTERNATIVES = "2.5.29.17"


def ext_hosts(*names):
    return x509.ext(ALTERNATIVES, der.seq(*[der.ia5(0x82, n) for n in names]))


class Pki:
    """Root, intermediate, leaf; stage(name, value) lets a case edit any value."""

    def __init__(self, stage):
        self.stage, self.made = stage, {}

    def key(self, role):
        return self.stage("imds.%s.key" % role, rsa.key("imds " + role))

    def extensions(self, role):
        out = [x509.ext_basic(role != "leaf"), x509.ext_ski(x509.key_id(self.key(role).spki())),
               x509.ext_aki(x509.key_id(self.key(ISSUER[role]).spki()))]
        if role != "leaf":
            return out + [x509.ext_key_usage(x509.SIGN_ALL)]
        return out + [x509.ext_key_usage(x509.SIGN), x509.ext_eku(TLS_SERVER),
                      ext_hosts("simulated.metadata.azure.com")]

    def fields(self, role):
        return self.stage("imds.%s.fields" % role, {
            "serial": int.from_bytes(drbg.take("imds serial " + role, 16), "big"),
            "algorithm": rsa.sig_algorithm("sha384"), "issuer": NAME[ISSUER[role]],
            "subject": NAME[role], "window": WINDOW[role], "spki": self.key(role).spki(),
            "extensions": self.extensions(role)})

    def certificate(self, role):
        if role not in self.made:
            signer = self.stage("imds.%s.signer" % role, self.key(ISSUER[role]))
            made = x509.certificate(self.fields(role), lambda body: signer.sign(body, "sha384"))
            self.made[role] = self.stage("imds.%s.der" % role, made)
        return self.made[role]
