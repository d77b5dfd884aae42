# SPDX-License-Identifier: Apache-2.0
"""A SIMULATED vendor PKI in the shape of Intel's (dcap.md 2.1 and 5): names, extensions, CRLs."""

import crl
import drbg
import ec
import sgx_extension
import windows
import x509

ROOT_URL = "https://certificates.simulated.invalid/IntelSGXRootCA.der"
PCK_URL = "https://api.simulated.invalid/sgx/certification/v4/pckcrl?ca=platform&encoding=der"

# role: (CN, issuer role, window, CRL address, key usage, CA, path length)
ROLES = {
    "root": ("Intel SGX Root CA", "root", windows.ROOT, ROOT_URL, x509.SIGN_CERT_CRL, True, 1),
    "pck-ca": ("Intel SGX PCK Platform CA", "root", windows.PCK_CA, ROOT_URL,
               x509.SIGN_CERT_CRL, True, 0),
    "processor-ca": ("Intel SGX PCK Processor CA", "root", windows.PCK_CA, ROOT_URL,
                     x509.SIGN_CERT_CRL, True, 0),
    "pck": ("Intel SGX PCK Certificate", "pck-ca", windows.PCK, PCK_URL,
            x509.SIGN_REPUDIATE, False, None),
    "tcb-signing": ("Intel SGX TCB Signing", "root", windows.TCB_SIGNING, ROOT_URL,
                    x509.SIGN_REPUDIATE, False, None),
}

SGX = {
    "ppid": b"SIMULATED-PPID-0", "platform": b"SIMULATED-PI-ID-", "pceid": bytes(2),
    "fmspc": bytes.fromhex("51514d000000"), "type": 1, "configuration": [True, False, True],
    # the last component is 128, which DER writes as 00 80 (dcap.md 3)
    "components": [5, 5, 3, 3, 6, 2, 0, 7, 0, 0, 0, 0, 0, 0, 0, 128], "pcesvn": 14,
    "cpusvn": bytes([5, 5, 3, 3, 6, 2, 0, 7, 0, 0, 0, 0, 0, 0, 0, 128]),
}


def distinguished(cn):
    """Intel's attributes, then the mark of simulation, which no role is read from."""
    return [(x509.CN, x509.UTF8, cn), (x509.O, x509.UTF8, "Intel Corporation"),
            (x509.L, x509.UTF8, "Santa Clara"), (x509.ST, x509.UTF8, "CA"),
            (x509.C, x509.PRINTABLE, "US"), (x509.OU, x509.UTF8, "SIMULATED")]


class Pki:
    """Certificates and CRLs of one hierarchy; stage(name, value) lets a case edit any value."""

    def __init__(self, stage):
        self.stage = stage
        self.made = {}

    def key(self, role):
        return self.stage("pki.%s.key" % role, ec.key("intel " + role))

    def serial(self, role):
        """The subject key id, as Intel does for its CAs; any 20 bytes for a leaf."""
        if role == "pck":
            return int.from_bytes(drbg.take("pck serial", 20), "big") | 1 << 159
        return int.from_bytes(x509.key_id(self.key(role).spki()), "big")

    def extensions(self, role):
        _, issuer, _, url, usage, ca, path = ROLES[role]
        out = [x509.ext_aki(x509.key_id(self.key(issuer).spki())), x509.ext_crl_points(url),
               x509.ext_ski(x509.key_id(self.key(role).spki())),
               x509.ext_key_usage(usage), x509.ext_basic(ca, path)]
        if role == "pck":
            sgx = self.stage("pki.pck.sgx", dict(SGX))
            rows = self.stage("pki.pck.rows", sgx_extension.rows(sgx))
            value = self.stage("pki.pck.value", sgx_extension.der.seq(*rows))
            out.append(x509.ext(sgx_extension.OID, value))
        return out

    def certificate(self, role):
        if role not in self.made:
            cn, issuer, window = ROLES[role][:3]
            fields = self.stage("pki.%s.fields" % role, {
                "serial": self.serial(role), "algorithm": self.key(role).sig_algorithm(),
                "issuer": distinguished(ROLES[issuer][0]), "subject": distinguished(cn),
                "window": window, "spki": self.key(role).spki(),
                "extensions": self.extensions(role)})
            signer = self.stage("pki.%s.signer" % role, self.key(issuer))
            made = x509.certificate(fields, signer.sign)
            self.made[role] = self.stage("pki.%s.der" % role, made)
        return self.made[role]

    def pck_chain(self):
        return [self.certificate(role) for role in ("pck", "pck-ca", "root")]

    def tcb_chain(self):
        return [self.certificate(role) for role in ("tcb-signing", "root")]

    def crl(self, name, issuer, window, revoked):
        """A CRL shaped as Intel's: number 1, entries dated as the CRL itself (dcap.md 5.5)."""
        fields = self.stage("crl.%s.fields" % name, {
            "algorithm": self.key(issuer).sig_algorithm(),
            "issuer": distinguished(ROLES[issuer][0]), "window": window,
            "revoked": [(serial, window[0]) for serial in revoked],
            "extensions": [crl.ext_number(1),
                           x509.ext_aki(x509.key_id(self.key(issuer).spki()))]})
        signer = self.stage("crl.%s.signer" % name, self.key(issuer))
        return self.stage("crl.%s.der" % name, crl.make(fields, signer.sign))

    def root_crl(self):
        return self.crl("root", "root", windows.ROOT_CRL, [])

    def pck_crl(self):
        others = [int.from_bytes(drbg.take("revoked %d" % i, 20), "big") for i in range(3)]
        return self.crl("pck", "pck-ca", windows.PCK_CRL, others)
