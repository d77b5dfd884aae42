# SPDX-License-Identifier: Apache-2.0
"""Cases about container, manifest, signatures and time (archive.md 2 to 7)."""

import base64
import json

import anchors
import dsse
import jcs
import pem
import tar
import tsa
import windows
import zstd
from case import QUOTE_ONLY, TINY, Case, failing, signer_policy
from edits import const, flip

EVIDENCE = ("dcap.quote.format", "dcap.quote.signature", "dcap.tcb-info.signature")
MANIFEST = ("archive.manifest", "archive.digests", "archive.signature")
GEN_TIME = windows.AS_OF + 19


def container():
    check = "archive.container"
    yield failing(check, "", "one zero block at the end", {"tar": lambda b: b[:-512]},
                  MANIFEST + EVIDENCE, lean=True)
    yield failing(check, "trailing", "a byte after the end", {"tar": lambda b: b + b"\1"},
                  MANIFEST, parts=TINY)
    yield failing(check, "cut", "cut inside the last item", {"tar": lambda b: b[:-1024 - 300]},
                  MANIFEST, parts=TINY)

    link = tar.member("items/zz/0000.bin", b"", typeflag=b"2", linkname=b"x")
    yield failing(check, "symlink", "a symbolic link",
                  {"tar": lambda b: b[:-1024] + link + tar.END}, MANIFEST, parts=TINY)


def manifest():
    check, skips = "archive.manifest", ("archive.digests",)

    def missing(value):
        item = dict(value["predicate"]["items"][0], name="items/zz/0000.bin")
        subject = dict(value["subject"][0], name="items/zz/0000.bin")
        inner = dict(value["predicate"], items=value["predicate"]["items"] + [item])
        return dict(value, predicate=inner, subject=value["subject"] + [subject])

    def size(value):
        item = value["predicate"]["items"][-1]
        items = value["predicate"]["items"][:-1] + [dict(item, size=item["size"] + 1)]
        return dict(value, predicate=dict(value["predicate"], items=items))

    yield failing(check, "", "the manifest is indented: manifest-noncanonical",
                  {"manifest.bytes": lambda t: json.dumps(json.loads(t), indent=1).encode()},
                  skips + EVIDENCE, lean=True)
    yield failing(check, "missing-item", "the manifest names an item that is not there",
                  {"manifest": missing}, skips, parts=TINY)
    yield failing(check, "extra-item", "an item that the manifest does not name",
                  {"members": lambda m: m + [("items/zz/0000.bin", b"surplus")]}, skips, parts=TINY)
    def upper(value):
        first = value["subject"][0]
        shouted = {name: text.upper() for name, text in first["digest"].items()}
        return dict(value, subject=[dict(first, digest=shouted)] + value["subject"][1:])

    yield failing(check, "member-name", "a member whose name is not of the subset: shown as hex, once",
                  {"manifest.bytes": lambda t: t.replace(
                      b'"format"', b'"\xc3\xa9\\\\":1,"format"', 1)},
                  skips, fails=(check, "archive.canonical"), parts=TINY)

    def others(value):
        """Many items that are not there."""
        names = ["items/zz/%04d.bin" % i for i in range(20)]
        item, subject = value["predicate"]["items"][0], value["subject"][0]
        inner = dict(value["predicate"], items=value["predicate"]["items"] + [
            dict(item, name=n) for n in names])
        return dict(value, predicate=inner, subject=value["subject"] + [
            dict(subject, name=n) for n in names])

    yield failing(check, "several", "twenty items are missing and one is too many: all are told",
                  {"manifest": others,
                   "members": lambda m: m + [("items/zz/a.bin", b"surplus")]}, skips, parts=TINY)
    yield failing(check, "upper-case", "a digest in upper case: manifest-noncanonical",
                  {"manifest": upper}, skips, parts=TINY)
    yield failing(check, "size", "an item has another size than the manifest says",
                  {"manifest": size}, skips, parts=TINY)


def digests():
    def sha384(value):
        first = value["subject"][0]
        wrong = dict(first["digest"], sha384="00" * 48)
        return dict(value, subject=[dict(first, digest=wrong)] + value["subject"][1:])

    def change(members):
        return members[:-1] + [(members[-1][0], flip(-1)(members[-1][1]))]

    yield failing("archive.digests", "", "a byte of the quote's padding is changed",
                  {"members": change}, EVIDENCE, lean=True)
    yield failing("archive.digests", "sha384", "SHA-256 is right, SHA-384 is not",
                  {"manifest": sha384, "digests": const(("sha256", "sha384"))}, parts=TINY)


def canonical():
    def repacked(members):
        out = b"".join(tar.gnu_member(n, d) for n, d in members) + tar.END
        return out + bytes(-len(out) % 10240)

    yield failing("archive.canonical", "", "repacked with the spelling of GNU tar, an owner and "
                  "a time (waived by default-1)",
                  {"writer": const(repacked)}, verdict="pass", lean=True)
    yield failing("archive.canonical", "order", "items out of order (waived by default-1)",
                  {"members": lambda m: m[:-2] + [m[-1], m[-2]]}, verdict="pass", lean=True)
    yield failing("archive.canonical", "unknown-member", "a member of the predicate that no version "
                  "knows yet (waived by default-1)",
                  {"manifest": lambda m: dict(m, predicate=dict(m["predicate"], later={"a": 1}))},
                  verdict="pass", lean=True)
    yield Case("pass-zstd", "the archive in a zstd frame", edits={"tar": zstd.frame}, lean=True,
               says=("place L0 yes no no no no no",))


def signers(*names):
    return const([anchors.signers()[n] for n in names])


def edit_envelope(which, change):
    """Changes the decoded envelope of one signer."""
    name = dsse.file_name(anchors.signers()[which])

    def edit(files):
        return [(n, jcs.encode(change(json.loads(d))) if n == name else d) for n, d in files]
    return edit


def spoil(envelope):
    """Another signature over the same payload, of the right length."""
    line = envelope["signatures"][0]
    wrong = anchors.signers()["second"].sign(b"something else")
    return dict(envelope, signatures=[dict(line, sig=dsse.b64(wrong))])


def other_payload(_):
    return dsse.envelope(b'{"other":"statement"}', [anchors.signers()["second"]])


def signatures():
    both = signer_policy("forge-one-of-two", 1, "lab", "second")
    signed = ("archive.signature", "archive.threshold")
    spoiled = {"signers": signers("lab", "second"), "sig": edit_envelope("second", spoil)}
    yield Case("pass-signature-spoiled", "one of two signatures is wrong; the other is enough for "
               "the threshold", edits=spoiled, policy=both, lean=True, skips=signed[:1],
               passes=("archive.threshold",))
    other = edit_envelope("second", other_payload)
    yield Case("pass-signature-payload", "the second envelope holds another statement; the first is "
               "enough", edits={"signers": signers("lab", "second"), "sig": other}, policy=both,
               skips=signed[:1], passes=("archive.threshold",), lean=True)
    yield failing("archive.signature", "", "the one envelope holds another statement",
                  {"signers": signers("second"), "sig": other}, EVIDENCE, fails=signed,
                  policy=both, lean=True)
    two = signer_policy("forge-two-of-two", 2, "lab", "second")
    yield failing("archive.threshold", "", "one signature where the policy wants two", {},
                  EVIDENCE, policy=two, lean=True)

    yield failing("archive.threshold", "spoiled", "a signature of the policy's key is wrong",
                  {"signers": signers("second"), "sig": edit_envelope("second", spoil)},
                  skips=signed[:1], policy=both, parts=TINY)

    def twice(envelope):
        line = envelope["signatures"][0]
        return dict(envelope, signatures=[line, dict(line, keyid="00" * 32)])

    yield failing("archive.threshold", "one-key-twice", "two signatures of one key under two key ids",
                  {"envelope": twice}, policy=two, parts=TINY)
    yield failing("archive.threshold", "stranger", "the second signer is not in the policy",
                  {"signers": signers("lab", "stranger")}, policy=two, parts=TINY)
    yield from good_signatures(two)


def good_signatures(two):
    passes = ("archive.signature", "archive.threshold")
    yield Case("two-signers", "Ed25519 and P-256, both in the policy, threshold 2",
               edits={"signers": signers("lab", "second")}, policy=two, passes=passes, lean=True)

    def one_envelope(files):
        payload = base64.b64decode(json.loads(files[0][1])["payload"])
        keys = [anchors.signers()[n] for n in ("lab", "second", "third")]
        return [(files[0][0], jcs.encode(dsse.envelope(payload, keys)))]

    yield Case("three-signers-one-envelope", "Ed25519, P-256 and P-384 in one envelope, threshold 3; "
               "no evidence", "incomplete", {"sig": one_envelope}, passes=passes, parts=TINY,
               policy=signer_policy("forge-three-of-three", 3, "lab", "second", "third"))
    yield Case("unsigned", "no signature at all", edits={"signers": const([])},
               skips=("archive.signature",), lean=True)
    demanded = signer_policy("forge-signature-required", 0, "lab", require=("archive.signature",))
    yield Case("incomplete-unsigned", "no signature, and a policy that requires one without a "
               "threshold", verdict="incomplete", edits={"signers": const([])}, policy=demanded,
               skips=passes + EVIDENCE, lean=True)
    yield Case("pass-signature-required", "the same policy, a good signature and a stranger's",
               edits={"signers": signers("lab", "stranger")}, policy=demanded,
               passes=passes[1:], skips=passes[:1], lean=True)
    yield Case("pass-signer-unknown", "signed by a key that no policy names: signer-untrusted",
               edits={"signers": signers("stranger")}, skips=("archive.signature",), lean=True)


def stamped(**options):
    """One token over manifest.json."""
    seconds = options.pop("seconds", GEN_TIME)
    return {"tokens": const([lambda text: tsa.response(text, seconds, **options)])}


def tokens():
    good = ("time.token", "time.proven", "time.order")
    yield Case("token", "signed, and a time-stamp token over the manifest", edits=stamped(),
               passes=good, lean=True)

    def over_signature(files):
        name, envelope = files[0]
        value = base64.b64decode(json.loads(envelope)["signatures"][0]["sig"])
        return files + [(name.replace(".dsse.json", ".0.sig.tsr"), tsa.response(value, GEN_TIME))]

    yield Case("token-over-signature", "a token over the signature: it proves no existence of the "
               "evidence (archive.md 6)", "incomplete", {"sig": over_signature}, passes=good[:1],
               skips=("time.proven",), parts=TINY)
    helper = [("sig/tsa.pem", pem.encode("CERTIFICATE", tsa.certificate()).encode())]
    yield Case("token-helper", "the TSA's certificate is not in the token, but beside it",
               edits=dict(stamped(embed=False), sig=lambda files: files + helper), passes=good,
               lean=True)
    yield Case("token-bare", "a token with a fraction of a second and no accuracy",
               edits=stamped(bare=True), passes=good, lean=True)

    def renewed(cert, first):
        """A token by that certificate, and a later one over it."""
        def edit(files):
            inner = dict(files)["sig/manifest.0.tsr"]
            return files + [("sig/manifest.0.tsr.0.tsr", tsa.response(inner, GEN_TIME + 300))]
        return dict(stamped(seconds=first, cert=cert), sig=edit)

    expired = tsa.certificate(windows.TSA_EXPIRED)
    yield Case("token-renewed", "a token, and a later one over it: the first one's chain holds at "
               "the time of the second", edits=renewed(None, GEN_TIME), passes=good, lean=True)
    yield failing("time.token", "renewed-late", "the TSA's certificate had ended when its token was "
                  "renewed", renewed(expired, windows.TSA_EXPIRED[1] - 3600), ("time.proven",),
                  parts=TINY)
    proof = [("sig/manifest.0.tlog-proof", b"anything")]
    yield Case("pass-log-proof", "a log proof, which is not judged yet and says so",
               edits={"sig": lambda files: files + proof}, skips=("archive.log-proof",), lean=True)
    check, skips = "time.token", ("time.proven",)
    wrong = {"tokens": const([lambda text: tsa.response(text + b" ", GEN_TIME)])}
    rows = [
        ("", "the token is over other bytes", wrong),
        ("expired-tsa", "the TSA's certificate had ended when it signed", stamped(cert=expired)),
        ("eku-not-critical", "the TSA's extended key usage is not critical",
         stamped(cert=tsa.certificate(critical=False))),
        ("eku-two", "the TSA's certificate has a second purpose", stamped(cert=tsa.certificate(
            purposes=(tsa.TIME_STAMPING, "1.3.6.1.5.5.7.3.1")))),
        ("rejected", "status rejection, with a token all the same", stamped(status=2)),
        ("no-token", "status granted, and no token", stamped(with_token=False)),
    ]
    for why, text, edits in rows:
        yield failing(check, why, text, edits, skips, parts=TINY)
    rogue = tsa.certificate(root="rogue tsa root")
    yield Case("pass-token-untrusted", "the TSA's certificate is under another root key: it says "
               "nothing", edits=stamped(cert=rogue), skips=good, lean=True)
    both = {"tokens": const([lambda text: tsa.response(text, GEN_TIME, cert=rogue),
                             lambda text: tsa.response(text, GEN_TIME)])}
    yield Case("pass-token-and-stranger", "a token of another TSA beside a good one",
               edits=both, passes=good[:2], skips=good[:1], lean=True)
    yield failing("time.order", "", "the token is older than the PCK CRL in the archive",
                  stamped(seconds=windows.PCK_CRL[0] - 600), parts=QUOTE_ONLY,
                  passes=("time.token", "time.proven"))


def every():
    for group in (container, manifest, digests, canonical, signatures, tokens):
        yield from group()
