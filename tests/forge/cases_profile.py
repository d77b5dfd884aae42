# SPDX-License-Identifier: Apache-2.0
"""Cases about the profile of certificates and their chains, rule by rule (dcap.md 2.1, 3)."""

import ec
import intel_pki
import scene
import windows
import x509
from case import Case, failing
from cases_dcap import NO_CHAIN
from edits import const, extension, flip, put

BASIC, SKI = "2.5.29.19", "2.5.29.14"
EXTENSION_SKIPS = ("dcap.tcb-info.match", "dcap.tdx-module.match", "tcb.platform", "tcb.status")

CA, NO_CA = extension(*x509.ext_basic(True, 0)), extension(*x509.ext_basic(False))
NO_SIGNING = extension(*x509.ext_key_usage((b"\x40", 6)))    # nonRepudiation alone
NO_CERT_SIGN = extension(*x509.ext_key_usage((b"\x02", 1)))  # cRLSign alone
OTHER_KEY = extension(*x509.ext_aki(bytes(20)))


def pki(**edits):
    """The hierarchy with edits of certificate fields by role (a low line for a minus)."""
    return scene.Scene({"pki.%s.fields" % role.replace("_", "-"): e for role, e in edits.items()}).intel


def renamed_root(role):
    """Certificates under a root of the pinned key and another name, which all below it name."""
    other = intel_pki.distinguished("Intel SGX Root CA 2")
    return pki(root=put(subject=other, issuer=other), **{role: put(issuer=other)})


def pck_roles():
    """What each certificate of a PCK chain must be."""
    rows = [
        ("leaf-ca", "a leaf with CA:TRUE, under an intermediate that lets it",
         pki(pck=CA, pck_ca=extension(*x509.ext_basic(True)))),
        ("leaf-no-signing", "a leaf without digitalSignature", pki(pck=NO_SIGNING)),
        ("leaf-no-key-id", "a leaf without a subject key id", pki(pck=extension(SKI))),
        ("leaf-no-basic", "a leaf without basic constraints", pki(pck=extension(BASIC))),
        ("leaf-other-key", "a leaf that names another authority key", pki(pck=OTHER_KEY)),
        ("ca-no-cert-sign", "an intermediate without keyCertSign", pki(pck_ca=NO_CERT_SIGN)),
        ("root-cn", "a root of the pinned key with another CN", renamed_root("pck_ca")),
        ("root-ca-flag", "a root of the pinned key with CA:FALSE", pki(root=NO_CA)),
        ("root-no-cert-sign", "a root of the pinned key without keyCertSign", pki(root=NO_CERT_SIGN)),
        ("root-path", "a root of the pinned key that lets no CA stand under it",
         pki(root=extension(*x509.ext_basic(True, 0)))),
    ]
    for why, text, made in rows:
        yield failing("dcap.pck.chain", why, text, {"quote.chain": const(made.pck_chain())}, NO_CHAIN,
                      parts=("quote",))
    yield failing("dcap.pck.chain", "self-signature", "the root's signature on itself is wrong",
                  {"quote.chain": lambda c: [*c[:2], flip(-1)(c[2])]}, NO_CHAIN, parts=("quote",))


def signing_roles():
    """The same of a TCB signing chain, which is of two."""
    other = [(o, t, "Intel SGX TCB Signing 2" if o == x509.CN else v)
             for o, t, v in intel_pki.distinguished("Intel SGX TCB Signing")]
    rows = [
        ("three", "the root certificate stands twice", pki().tcb_chain() + [pki().certificate("root")]),
        ("leaf-ca", "a leaf with CA:TRUE", pki(tcb_signing=CA).tcb_chain()),
        ("leaf-cn", "a leaf whose CN only begins as the role's",
         pki(tcb_signing=put(subject=other)).tcb_chain()),
        ("leaf-other-key", "a leaf that names another authority key",
         pki(tcb_signing=OTHER_KEY).tcb_chain()),
        ("root-cn", "a root of the pinned key with another CN", renamed_root("tcb_signing").tcb_chain()),
        ("root-ca-flag", "a root of the pinned key with CA:FALSE", pki(root=NO_CA).tcb_chain()),
        ("root-no-cert-sign", "a root of the pinned key without keyCertSign",
         pki(root=NO_CERT_SIGN).tcb_chain()),
    ]
    for why, text, chain in rows:
        yield failing("dcap.tcb-signing.chain", why, text, {"tcb.chain": const(chain)},
                      ("dcap.tcb-signing.revocation",), parts=("tcb-signing-chain",))


def under(ca, rows):
    """The edits that put the PCK certificate, with these entries of its extension, under a CA."""
    key = ec.key("intel " + ca)
    edits = {"pki.pck.rows": rows, "pki.pck.signer": const(key),
             "pki.pck.fields": lambda f: extension(*x509.ext_aki(x509.key_id(key.spki())))(
                 dict(f, issuer=intel_pki.distinguished(intel_pki.ROLES[ca][0])))}
    made = scene.Scene(edits).intel
    above = [made.certificate(ca), made.certificate("root")]
    return {"quote.chain": const([made.certificate("pck")] + above), "crl.chain": const(above),
            "crl.pck.der": const(made.crl("processor", ca, windows.PCK_CRL, []))}


def members():
    """Five entries under a Processor CA, seven under a Platform CA."""
    check = "dcap.pck.extension"
    yield Case("pass-processor-ca", "a PCK certificate of the Processor CA, whose extension has five "
               "entries", edits=under("processor-ca", lambda r: r[:5]), lean=True, passes=(check,))
    yield failing(check, "platform-five", "five entries under a Platform CA",
                  {"pki.pck.rows": lambda r: r[:5]}, EXTENSION_SKIPS, lean=True)
    yield failing(check, "processor-seven", "seven entries under a Processor CA",
                  under("processor-ca", lambda r: r), EXTENSION_SKIPS, lean=True)


def every():
    for group in (pck_roles, signing_roles, members):
        yield from group()
