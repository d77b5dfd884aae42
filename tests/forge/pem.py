# SPDX-License-Identifier: Apache-2.0
"""PEM: base64 in lines of 64 between BEGIN and END."""

import base64
import re


def encode(label, data):
    text = base64.b64encode(data).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n" % (label, "\n".join(lines), label)


def chain(*certificates):
    """Certificates as one PEM text, in the order given."""
    return "".join(encode("CERTIFICATE", c) for c in certificates)


def decode(text):
    """All blocks of a text, decoded."""
    blocks = re.findall(r"-----BEGIN [^-]+-----(.*?)-----END", text, re.S)
    return [base64.b64decode(b) for b in blocks]
