# SPDX-License-Identifier: Apache-2.0
"""SIMULATED certificates of token services (tokens.md 3.3, 4, 5): chains of three, and one alone."""

import drbg
import rsa
import windows
import x509

ITA = ("SIMULATED Trust Authority Root CA", "SIMULATED ATS Signing CA",
       "SIMULATED Attestation Token Signing")
GOOGLE = ("SIMULATED Confidential Space Root CA", "SIMULATED Confidential Space Intermediate CA",
          "SIMULATED Confidential Space Leaf Certificate")
WINDOWS = (windows.AK_ROOT, windows.AK_CA, windows.AK)
ROLES = ("root", "ca", "leaf")
INSTANCE = windows.between("2019-05-01T00:00:00", "2050-12-31T23:59:59")


def name(common_name):
    return [(x509.O, x509.UTF8, "SIMULATED"), (x509.CN, x509.UTF8, common_name)]


def serial(text):
    return int.from_bytes(drbg.take("token serial " + text, 15), "big")


class Chain:
    """Root, intermediate and leaf of a service; stages PREFIX.ROLE.key, .fields, .signer, .der."""

    def __init__(self, stage, prefix, names, hash_name):
        self.stage, self.prefix, self.hash_name = stage, prefix, hash_name
        self.names = dict(zip(ROLES, names))

    def key(self, role):
        return self.stage("%s.%s.key" % (self.prefix, role), rsa.key(self.prefix + " " + role))

    def extensions(self, role, issuer):
        usage = x509.SIGN if role == "leaf" else x509.SIGN_ALL
        return [x509.ext_basic(role != "leaf"), x509.ext_key_usage(usage),
                x509.ext_ski(x509.key_id(self.key(role).spki())),
                x509.ext_aki(x509.key_id(self.key(issuer).spki()))]

    def certificate(self, role):
        at = ROLES.index(role)
        issuer = ROLES[max(at - 1, 0)]
        fields = self.stage("%s.%s.fields" % (self.prefix, role), {
            "serial": serial(self.prefix + role), "algorithm": rsa.sig_algorithm(self.hash_name),
            "issuer": name(self.names[issuer]), "subject": name(self.names[role]),
            "window": WINDOWS[at], "spki": self.key(role).spki(),
            "extensions": self.extensions(role, issuer)})
        signer = self.stage("%s.%s.signer" % (self.prefix, role), self.key(issuer))
        made = x509.certificate(fields, lambda body: signer.sign(body, self.hash_name))
        return self.stage("%s.%s.der" % (self.prefix, role), made)

    def certificates(self):
        """Leaf first."""
        return [self.certificate(role) for role in reversed(ROLES)]


def instance_fields(key, issuer):
    """Of the one certificate of an instance of Azure Attestation: subject and issuer are its address."""
    own = [(x509.CN, x509.UTF8, issuer)]
    return {"serial": serial(issuer), "algorithm": rsa.sig_algorithm("sha256"), "issuer": own,
            "subject": own, "window": INSTANCE, "spki": key.spki(), "extensions": []}


def self_signed(fields, key):
    return x509.certificate(fields, lambda body: key.sign(body, "sha256"))
