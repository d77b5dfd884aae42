# SPDX-License-Identifier: Apache-2.0
"""Small functions that cases put at stages: each takes the good value and returns the edited one."""

import windows
import x509


def const(value):
    return lambda _: value


def put(**members):
    """Replaces members of a dictionary; names with a minus are given by put_at."""
    return lambda value: dict(value, **members)


def put_at(name, member):
    return lambda value: dict(value, **{name: member})


def drop(name):
    return lambda value: {k: v for k, v in value.items() if k != name}


def flip(at, mask=1):
    """Flips bits of one byte; negative positions count from the end."""
    def edit(data):
        position = at % len(data)
        return data[:position] + bytes([data[position] ^ mask]) + data[position + 1:]
    return edit


def splice(at, new):
    """Overwrites bytes at a position."""
    return lambda data: data[:at] + new + data[at + len(new):]


def expired(value):
    """A window that ended one second before the as-of time."""
    return value[0], windows.EXPIRED


def not_yet(value):
    return windows.NOT_YET, value[1]


def window(change):
    """Applies expired or not_yet to the window of certificate or CRL fields."""
    return lambda fields: dict(fields, window=change(fields["window"]))


def extension(oid, critical=None, value=None):
    """Drops an extension (value None), or replaces or appends it."""
    def edit(fields):
        kept = [e for e in fields["extensions"] if e[0] != oid]
        if value is not None:
            kept.append((oid, bool(critical), value))
        return dict(fields, extensions=kept)
    return edit


def replaced(old, new):
    """A text with one part replaced, which must be there."""
    def edit(text):
        if old not in text:
            raise ValueError("%r is not in the text" % old)
        return text.replace(old, new, 1)
    return edit


def together(*edits):
    """One edit after the other."""
    def edit(value):
        for one in edits:
            value = one(value)
        return value
    return edit


def usages(prefix):
    """Edits of a leaf and of its CA that leave it no TLS server's: (why, text, edits); and, the last of
    them, a CA that may not sign."""
    leaf, ca = prefix + ".leaf.fields", prefix + ".ca.fields"
    code = x509.ext_eku("1.3.6.1.5.5.7.3.3")
    return (
        ("usage-ca", "the leaf is a CA's", {leaf: extension(*x509.ext_basic(True))}),
        ("usage-purpose", "the leaf is for signatures of code", {leaf: extension(*code)}),
        ("usage-key", "the leaf's key may sign certificates alone",
         {leaf: extension(*x509.ext_key_usage(x509.SIGN_CERT_CRL))}),
        ("usage-above", "the intermediate may vouch for signers of code alone", {ca: extension(*code)}),
        ("usage-no-sign", "the intermediate's key may not sign certificates",
         {ca: extension(*x509.ext_key_usage(x509.SIGN))}))
