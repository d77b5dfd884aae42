# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON in the subset of archive.md 3; what the subset forbids raises ValueError."""

import json
import re

NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,128}\Z")


def check(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if not NAME.match(key):
                raise ValueError("member name %r" % key)
            check(inner)
    elif isinstance(value, list):
        for inner in value:
            check(inner)
    elif isinstance(value, str):
        if any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F for c in value):
            raise ValueError("control character in %r" % value)
    elif isinstance(value, bool):
        pass
    elif not isinstance(value, int) or abs(value) >= 2**53:
        raise ValueError("not in the subset: %r" % (value,))


def encode(value):
    check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
