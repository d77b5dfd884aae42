# SPDX-License-Identifier: Apache-2.0
"""Cases about quotes of TPMs that no paravisor speaks for (eventlog.md 7)."""

import functools
import hashlib

import ec
import rsa
import tpm
import vtpm
from case import Case, failing
from edits import flip, put

HANDLES = {"owner": 0x40000001, "platform": 0x4000000C, "null": 0x40000007}
JUDGED = ("tpm.quote.signature", "tpm.quote.pcrs", "tpm.quote.nonce", "tpm.quote.clock",
          "tpm.ak.attributes", "tpm.ak.match")
NAMED = JUDGED + ("tpm.ak.name",)
AFTER = ("tpm.quote.pcrs", "tpm.quote.nonce", "tpm.quote.clock", "tpm.ak.name", "tpm.ak.attributes",
         "tpm.ak.match")


def made(**choice):
    """What a case says of its scene."""
    return {"subject": functools.partial(vtpm.Vtpm, **choice), "parts": vtpm.PARTS}


def schemes():
    for name, text, choice, at in (
            ("ecdsa-p256", "ECDSA on P-256 over SHA-256",
             {"key": ec.key("ak", ec.P256), "scheme": "ecdsa"}, -1),
            ("ecdsa-p384", "ECDSA on P-384 over SHA-384",
             {"key": ec.key("ak", ec.P384), "scheme": "ecdsa", "hash_name": "sha384"}, -1),
            ("rsapss", "RSAPSS over SHA-256", {"scheme": "rsapss"}, 20)):
        yield Case("pass-tpm-" + name, "the TPM signs by " + text, passes=NAMED, **made(**choice))
        yield failing("tpm.quote.signature", name, "signed by " + text + ", and a bit of it flipped",
                      {"tpm.signature": flip(at)}, AFTER, **made(**choice))
    yield Case("pass-tpm-sha1", "the TPM signs over SHA-1: it holds, and is weak", passes=NAMED,
               **made(hash_name="sha1"))
    # of a key on P-256, since what makes one of ECDAA is not known here
    yield Case("incomplete-tpm-ecdaa", "the signature says that it is one of ECDAA", "incomplete",
               {"tpm.signature": lambda s: tpm.be(0x1A, 2) + s[2:]},
               skips=("tpm.quote.signature",) + AFTER,
               **made(key=ec.key("ak", ec.P256), scheme="ecdsa"))


def names():
    for name, handle in HANDLES.items():
        yield Case("pass-tpm-" + name, "the key is a primary key of the %s hierarchy" % name,
                   passes=NAMED, **made(parent=tpm.be(handle, 4)))
    parent = tpm.signer_of_area(tpm.public(rsa.key("ek")))
    yield Case("pass-tpm-child", "the key's parent is a key that is not in the archive: its "
               "qualified name cannot be made again", passes=JUDGED, skips=("tpm.ak.name",),
               **made(parent=parent))
    for why, text, attributes in (
            ("unrestricted", "a key that signs whatever it is given", tpm.ATTRIBUTES & ~0x10000),
            ("decrypt", "a key that decrypts as well", tpm.ATTRIBUTES | 0x20000)):
        yield failing("tpm.ak.attributes", why, text + ", vouched for by a certificate alone", {},
                      **made(attributes=attributes))
    yield Case("pass-tpm-attributes", "a key without userWithAuth and noDA, of which nothing "
               "depends", passes=NAMED, **made(attributes=0x00050032))


def several():
    for name, text, fields, fails in (
            ("fail-tpm.quote.clock-back", "the second quote of a key has an earlier clock, and "
             "there was no reset (waived by default-1)", {"clock": 2816997}, ("tpm.quote.clock",)),
            ("pass-tpm-later", "the second quote of a key is a second later", {"clock": 2817998}, ()),
            ("pass-tpm-reset", "the machine was started anew between two quotes of a key",
             {"clock": 1998, "resets": 2}, ())):
        yield Case(name, text, edits={"items": vtpm.second_quote(fields)}, fails=fails,
                   passes=tuple(check for check in NAMED if check not in fails), **made())


def selection():
    yield failing("tpm.quote.format", "bank-twice", "the selection lists a bank twice, so that a "
                  "register would have two values",
                  {"tpm.fields": put(selection=tpm.selection(range(24), [0]))},
                  ("tpm.quote.selection", "tpm.quote.signature") + AFTER, **made())


def files():
    def wrong(_, values):
        return tpm.dump(range(24), values[:4] + [hashlib.sha256(b"SIMULATED").digest()] + values[5:])

    def lie(_, values):
        """Registers 1 to 24, though the quote is of 0 to 23."""
        return tpm.marshaled(range(24), values).replace(b"\xff\xff\xff", b"\xfe\xff\xff\1", 1).replace(
            tpm.be(3, 1) + b"\xfe", tpm.be(4, 1) + b"\xfe", 1)

    for name, text, make in (
            ("dump", "the values are tpm2-tools' own file of them", tpm.dump),
            ("marshaled", "the values are the file of later tpm2-tools", tpm.marshaled),
            ("dump-lies", "the file of the values says other registers than the quote does, "
             "which nobody believes", lie)):
        yield Case("pass-tpm-" + name, text, edits={"items": vtpm.values_as(make)}, passes=NAMED,
                   **made())
    yield failing("tpm.quote.pcrs", "dump", "a value in tpm2-tools' file is not the quoted one",
                  {"items": vtpm.values_as(wrong)}, **made())


def every():
    for group in (schemes, names, several, selection, files):
        yield from group()
