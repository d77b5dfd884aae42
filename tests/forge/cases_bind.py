# SPDX-License-Identifier: Apache-2.0
"""Cases about the nonces of one session (collect.md 9)."""

import hashlib

import bound
from case import GUEST, QUOTE_ONLY, TINY, Case, failing
from edits import const, drop, flip, put

CHALLENGE = bytes(range(0x20, 0x40))
WHOLE = ("session", "imds", "salt-imds", "maa") + GUEST
# Without collateral: what does not fail is incomplete, and a third of the size.
REPORT = ("session", "hcl", "quote")
TPM = REPORT + ("tpm-message", "tpm-signature")
PARTS = TPM + ("imds", "salt-imds", "maa")
ITA = REPORT + ("ita-nonce", "ita-hcl", "ita-quote", "ita-token")
ALL = tuple("bind." + use for use in ("hcl", "tpm-quote", "imds", "maa"))
SMALL = ("session", "maa")
TOKEN = {"use": "ita", "round": 2, "item": "items/ita-token/0000.jwt"}
ASKED = put(challenge=CHALLENGE.hex())


def unsigned(edits):
    return dict({"signers": const([])}, **edits)


def passing(name, text, edits=None, **other):
    """What the session binds passes; the verdict is as the parts allow."""
    other.setdefault("subject", bound.Bound)
    word = other.get("verdict", "pass")
    return Case(word + "-bound" + name, text, edits=unsigned(edits or {}), **other)


def lean(name, text, edits=None, **other):
    return passing(name, text, edits, verdict="incomplete", **other)


def differing(check, why, text, edits, **other):
    other.setdefault("parts", PARTS)
    other.setdefault("subject", bound.Bound)
    return failing(check, why, text, unsigned(edits), **other)


def named(use, name):
    """A binding that names another item for a use."""
    return lambda nonces: [dict(n, item=name) if n["use"] == use else n for n in nonces]


def whole():
    yield passing("", "collected in one session, from a test root, with a nonce of its own",
                  parts=WHOLE, passes=ALL, skips=("bind.report-data", "bind.ita", "bind.challenge"))
    yield passing("-challenge", "the session answers the verifier's challenge; a TD without a "
                  "paravisor", {"bind.document": ASKED}, nonce=CHALLENGE, subject=bound.PlainTd,
                  parts=("session",) + QUOTE_ONLY, passes=("bind.report-data", "bind.challenge"))
    ita = ("bind.hcl", "bind.ita")
    yield lean("-ita", "a second round for Intel Trust Authority", parts=ITA, passes=ita)
    yield lean("-list", "the token says a list of nonces (RFC 9711), of which one is the session's",
               {"bind.maa": lambda v: {"eat_nonce": ["00" * 32, v["nonce"]]}}, parts=SMALL,
               passes=("bind.maa",))
    yield lean("-ita-token", "the binding names the token, which repeats the report's user data",
                  {"bind.nonces": const([TOKEN])}, parts=("session", "ita-nonce", "ita-token"),
                  passes=("bind.ita",))


def challenge():
    check = "bind.challenge"
    yield differing(check, "", "the session answers another challenge than the verifier's",
                    {"bind.document": ASKED}, nonce=flip(5)(CHALLENGE), parts=SMALL)
    yield differing(check, "self-made", "the session's nonce is self-made", {}, nonce=CHALLENGE,
                    parts=SMALL)
    yield lean("-challenge-unborne", "the session is the verifier's, and no report is of it",
               {"bind.document": ASKED}, skips=(check,), parts=("session",) + TINY,
               nonce=CHALLENGE)
    yield Case("incomplete-challenge-no-session", "a challenge, and an archive without a session",
               "incomplete", skips=(check,), parts=TINY, nonce=CHALLENGE)


def nonces():
    yield differing("bind.hcl", "", "the report holds another session's user data",
                    {"bind.hcl": flip(63)}, parts=REPORT)
    yield differing("bind.hcl", "none", "the report holds no user data",
                    {"hcl.claims": drop("user-data")}, parts=REPORT)
    yield differing("bind.report-data", "", "the quote holds another session's hash",
                    {"td": lambda t: dict(t, report_data=hashlib.sha512(b"other").digest())},
                    subject=bound.PlainTd, parts=("session", "quote"))
    check = "bind.tpm-quote"
    yield differing(check, "", "the quote holds another nonce, as the manifest's entry says too",
                    {"bind.tpm": flip(0)}, parts=TPM, subject=bound.Early)
    yield differing(check, "order", "two items of the list stand in another order",
                    {"bind.after": lambda items: items[::-1]}, parts=TPM, subject=bound.Early)
    yield differing(check, "content", "the report changed after the quote",
                    {"bind.after": lambda items: items[:-1] + [items[-1][:2] + (b"another",)]},
                    parts=TPM, subject=bound.Early)
    moved = {"salt-imds": lambda d: d[:31], "imds": lambda d: bound.SALT[31:] + d}
    yield differing(check, "short-salt", "a byte of the salt moved to the content", {
        "items": lambda items: [dict(i, data=moved.get(i["part"], lambda d: d)(i["data"]))
                                for i in items]}, fails=(check, "bind.imds", "imds.format"))
    yield differing("bind.ita", "", "the second report holds another hash", {"bind.ita": flip(0)},
                    parts=ITA)


def services():
    yield differing("bind.imds", "", "the service answered from its cache: another nonce",
                    {"bind.imds": const("0123456789")}, parts=("session", "imds"))
    yield differing("bind.maa", "", "the token was issued for another nonce",
                    {"bind.maa": put(nonce="00" * 32)}, parts=("session", "maa"))
    yield differing("bind.maa", "none", "the token holds no nonce", {"bind.maa": drop("nonce")},
                    parts=("session", "maa"))
    yield differing("bind.maa", "eat", "the token says another nonce by another name as well",
                    {"bind.maa": put(eat_nonce="00" * 32)}, parts=("session", "maa"))
    yield differing("bind.maa", "list", "the second name is a list, of other nonces",
                    {"bind.maa": put(eat_nonce=["00" * 32, "11" * 32])}, parts=("session", "maa"))
    yield differing("bind.maa", "number", "the second name is a number, which no nonce is",
                    {"bind.maa": put(eat_nonce=7)}, parts=("session", "maa"))
    yield differing("bind.ita", "places", "the token says two user data, in two places",
                    {"bind.nonces": const([TOKEN]), "bind.ita.claims": put(
                        tdx={"attester_runtime_data": {"user-data": "00" * 64}})},
                    parts=("session", "ita-nonce", "ita-token"))
    yield differing("bind.maa", "kind", "the binding names a CRL for a token's nonce",
                    {"bind.nonces": named("maa", "items/crl-der/0000.der")},
                    parts=("session", "maa", "root-crl"))


def redacted(value):
    """The manifest without document and salt, which it names by one digest."""
    kept = [i for i in value["predicate"]["items"] if i["kind"] not in ("azure-imds-attested", "salt")]
    body = bound.Bound().imds
    inner = dict(value["predicate"], items=kept, redactions=[{
        "name": bound.path("imds"), "kind": "azure-imds-attested", "reason": "subscription",
        "size": len(body),
        "salted": {"sha256": hashlib.sha256(bound.SALT + body).hexdigest()}}])
    subject = [s for s in value["subject"] if s["name"] in [i["name"] for i in kept]]
    return dict(value, predicate=inner, subject=subject)


def manifests():
    def withheld(members):
        return [m for m in members if not m[0].startswith(("items/azure-imds", "items/salt"))]

    yield lean("-redacted", "the attested document was withheld; the TPM quote still covers it",
               {"manifest": redacted, "members": withheld}, parts=PARTS, skips=("bind.imds",),
               passes=("bind.hcl", "bind.tpm-quote", "bind.maa"))
    small = ("session",) + TINY
    yield lean("-later-recipe", "a recipe that this version does not know",
                  {"bind.binding": put(recipe="ecart/2")}, skips=ALL, parts=small)
    yield lean("-no-binding", "collected with --read-only: no binding",
                  {"bind.binding": const(None)}, skips=ALL, parts=TINY)
    yield lean("-steps", "a step that is none: said among the gaps, and nothing else",
                  {"bind.collector": put(steps=[{"source": "host", "outcome": "perhaps"}])},
                  parts=small)
    every = ALL + ("bind.report-data", "bind.ita", "bind.tls", "bind.challenge")
    yield differing("bind.hcl", "binding", "the binding has a use that is not one",
                    {"bind.nonces": lambda n: [{"use": "hcl-report", "round": 1,
                                                "item": bound.path("session")}]},
                    fails=every, parts=small)
    yield differing("bind.maa", "session", "the session is of a version that is not 1",
                    {"bind.document": put(v=2)}, fails=("bind.maa", "bind.challenge"), parts=SMALL)


def policies():
    require = {"policy": "ecart-policy/1", "name": "forge-bound", "waive": [],
               "require": ["archive.digests", "bind.*"]}
    yield Case("incomplete-bind-no-session", "the policy wants a session, there is none", "incomplete",
               skips=("bind.tpm-quote",), parts=TINY, policy=require)
    yield lean("-unnamed", "the policy wants bound evidence, the binding leaves the token out",
               {"bind.nonces": const([])}, skips=("bind.maa",), parts=SMALL, policy=require)
    yield lean("-missing", "the policy wants bound evidence, an item of the TPM quote's list is not "
               "there", skips=("bind.tpm-quote",), parts=TPM, policy=require)


def every():
    for group in (whole, challenge, nonces, services, manifests, policies):
        yield from group()
