# SPDX-License-Identifier: Apache-2.0
"""Cases about the signatures of token services, their keys and their time (tokens.md 1, 3 to 5)."""

import hashlib

import rsa
import token_pki
import tokens
import windows
from case import QUOTE_ONLY, TINY, Case, failing
from edits import const, drop, expired, flip, put, window
from token_scene import Tokens

MAA = ("maa-signed", "maa-keys")
ITA = ("ita-signed", "ita-keys")
OIDC = ("google-oidc", "google-keys")
PKI = ("google-pki",)
ALL = MAA + ITA + PKI + OIDC
OF = {"maa": ("format", "key", "signature", "window"),
      "ita": ("format", "signature", "chain", "window", "nonce"),
      "google": ("format", "signature", "chain", "window")}
STRANGER = "attacker"


def rows(*areas):
    return tuple("%s.%s" % (area, row) for area in areas for row in OF[area])


def unsigned(edits):
    return dict({"signers": const([]), "digests": const(("sha256",))}, **edits)


def good(name, text, parts, edits=None, verdict="incomplete", **other):
    return Case("%s-token%s" % (verdict, name), text, verdict, unsigned(edits or {}), parts=parts,
                subject=Tokens, **other)


def bad(check, why, text, edits, reason, parts, **other):
    """The check fails, in these words."""
    return failing(check, why, text, unsigned(edits), parts=parts, subject=Tokens,
                   says=("reason %s %s" % (check, reason),), **other)


def passing():
    yield good("s", "tokens of three services, alone: they say nothing by themselves", ALL,
               passes=rows("maa", "ita", "google"), skips=("google.chain",))
    yield good("s", "tokens of three services beside a quote", ALL + QUOTE_ONLY,
               {"td": put(report_data=Tokens({}).ita_data[1])}, verdict="pass",
               passes=rows("maa", "ita", "google"), skips=("google.chain",))
    yield good("-no-keys", "two tokens whose key sets are not in the archive", MAA[:1] + ITA[:1] + TINY,
               passes=("maa.format", "ita.format"),
               skips=("maa.key", "maa.signature", "maa.window", "ita.signature", "ita.chain"))
    weak = rsa.key("maa weak", 1024)
    yield good("-weak", "a key of 1024 bits signed the token: marked, and verified", MAA,
               {"maa.instance.key": const(weak)}, passes=rows("maa"))


def maa():
    draft = {"maa.header": put(alg="none"),
             "maa.token": lambda t: t[:t.rindex(b".") + 1]}
    yield bad("maa.format", "draft", "the service's answer to a draft of a policy: nobody signed it",
              draft, "unsecured: an unsecured draft token", MAA)
    yield bad("maa.format", "issuer", "a host that only looks like the service's",
              {"maa.payload": put(iss=tokens.ISSUER + ".evil")}, "issuer:", MAA)
    yield bad("maa.key", "", "another key under the kid: an attacker's, with a certificate of its own",
              {"maa.instance.key": const(rsa.key(STRANGER)),
               "maa.kid": const(tokens.commitment(rsa.key("maa").spki()))}, "commitment:", MAA)
    yield bad("maa.key", "twice", "the kid stands twice in the set",
              {"maa.set": lambda v: {"keys": v["keys"] + v["keys"][1:]}}, "kid-twice:", MAA)
    yield bad("maa.key", "unknown", "the set that came with the token lacks its key",
              {"maa.set": lambda v: {"keys": v["keys"][:1]}}, "kid-unknown:", MAA)
    other = token_pki.instance_fields(rsa.key("maa"), "https://other.sim.attest.azure.net")
    yield bad("maa.key", "subject", "the certificate is of another instance",
              {"maa.instance.fields": put(subject=other["subject"], issuer=other["issuer"])},
              "subject:", MAA)
    yield bad("maa.key", "jku", "the header names a key set elsewhere",
              {"maa.header": put(jku="https://evil/#.attest.azure.net")}, "jku:", MAA)
    yield bad("maa.signature", "", "a byte of the signature differs", {"maa.signature": flip(100)},
              "signature:", MAA)
    yield bad("maa.window", "", "the token ends at this very second", {
        "maa.payload": put(exp=windows.AS_OF)}, "expired:", MAA)


def ita():
    yield bad("ita.format", "", "a token by a secret that everybody has: the public key",
              {"ita.header": put(alg="HS256")}, "algorithm:", ITA)
    salt = b"SIMULATED SALT OF 32 BYTES......"
    key = rsa.key("ita leaf")

    def short(_):
        text = Tokens({}).ita_signed.rsplit(b".", 1)[0]
        return rsa._power(key, rsa.encoded_pss(text, "sha384", key.size, salt))
    yield bad("ita.signature", "salt", "a salt of 32 bytes instead of 48", {"ita.signature": short},
              "signature:", ITA)
    yield bad("ita.signature", "kid", "a kid that is not the digest of the certificate",
              {"ita.kid": const("ab" * 48)}, "kid:", ITA)
    yield bad("ita.chain", "", "a root of the same name and another key",
              {"ita.root.key": const(rsa.key(STRANGER))}, "untrusted:", ITA)
    yield bad("ita.window", "", "the token begins in a second",
              {"ita.payload": put(nbf=windows.AS_OF + 1)}, "not_yet_valid:", ITA)

    def another(payload):
        return dict(payload, tdx=dict(payload["tdx"], tdx_report_data=hashlib.sha512(b"").hexdigest()))
    yield bad("ita.nonce", "", "the report was made for another nonce", {"ita.payload": another},
              "mismatch:", ITA)


def google():
    yield bad("google.format", "", "the header has an extension that must be understood",
              {"google.oidc.header": put(crit=["exp"])}, "value:", OIDC)
    yield bad("google.signature", "", "the key of another service's token signed it",
              {"google.oidc.key": const(rsa.key(STRANGER))}, "signature:", OIDC)
    yield bad("google.signature", "kid", "a kid that is not the thumbprint of the leaf's key",
              {"google.pki.header": put(kid=tokens.thumbprint(rsa.key(STRANGER)))}, "kid:", PKI)
    yield bad("google.chain", "", "the leaf ended a second ago", {"google.leaf.fields": window(expired)},
              "expired:", PKI)
    yield bad("google.chain", "usurped", "signed in the name of the root, which is not there, by another key",
              {"google.root.key": const(rsa.key(STRANGER)),
               "google.pki.header": lambda h: dict(h, x5c=h["x5c"][:2])}, "untrusted:", PKI)
    yield bad("google.window", "", "the token says no end", {"google.oidc.payload": drop("exp")},
              "endless:", OIDC)


def every():
    for group in (passing, maa, ita, google):
        yield from group()
