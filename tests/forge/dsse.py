# SPDX-License-Identifier: Apache-2.0
"""DSSE v1 envelopes over a manifest (archive.md 5)."""

import base64
import hashlib

TYPE = "application/vnd.in-toto+json"


def pae(payload, kind=TYPE):
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def key_id(key):
    return hashlib.sha256(key.spki()).hexdigest()


def b64(data):
    return base64.b64encode(data).decode()


def envelope(payload, keys):
    """One envelope with a signature of each key; the caller encodes it."""
    signatures = [{"keyid": key_id(k), "sig": b64(k.sign(pae(payload)))} for k in keys]
    return {"payload": b64(payload), "payloadType": TYPE, "signatures": signatures}


def file_name(key):
    return "sig/%s.dsse.json" % key_id(key)[:16]
