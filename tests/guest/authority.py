# SPDX-License-Identifier: Apache-2.0
"""A chain of SIMULATED RSA certificates, root first, for the services that sign what they say."""

import functools

import dates
import drbg
import rsa
import rsa_key
import x509


ORGANIZATION = "SIMULATED"


def subject(common_name, organization=ORGANIZATION):
    own = [(x509.CN, x509.UTF8, common_name)]
    return [(x509.O, x509.UTF8, organization)] + own if organization else own


class Authority:
    """names: common names, root first. aia: {level: address of the issuer's certificate}."""

    def __init__(self, names, hash_name="sha384", leaf_extensions=(), aia=None,
                 organization=ORGANIZATION):
        self.names, self.hash_name = names, hash_name
        self.leaf_extensions, self.aia = list(leaf_extensions), aia or {}
        self.organization = organization

    @functools.cached_property
    def keys(self):
        return [rsa_key.fresh() for _ in self.names]

    @property
    def key(self):
        return self.keys[-1]

    def extensions(self, level):
        last = level == len(self.names) - 1
        issuer = self.keys[max(level - 1, 0)]
        out = [x509.ext_basic(not last), x509.ext_ski(x509.key_id(self.keys[level].spki())),
               x509.ext_aki(x509.key_id(issuer.spki()))]
        if level in self.aia:
            out.append(x509.ext_ca_issuers(self.aia[level]))
        return out + (self.leaf_extensions if last else [x509.ext_key_usage(x509.SIGN_ALL)])

    def certificate(self, level):
        issuer = max(level - 1, 0)
        fields = {
            "serial": int.from_bytes(drbg.take("serial " + self.names[level], 16), "big"),
            "algorithm": rsa.sig_algorithm(self.hash_name),
            "issuer": subject(self.names[issuer], self.organization),
            "subject": subject(self.names[level], self.organization),
            "window": dates.LEAF_WINDOW if level == len(self.names) - 1 else dates.CA_WINDOW,
            "spki": self.keys[level].spki(), "extensions": self.extensions(level)}
        return x509.certificate(fields, lambda body: self.keys[issuer].sign(body, self.hash_name))

    @functools.cached_property
    def certificates(self):
        return [self.certificate(level) for level in range(len(self.names))]

    @property
    def chain(self):
        """Leaf first."""
        return self.certificates[::-1]
