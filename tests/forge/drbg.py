# SPDX-License-Identifier: Apache-2.0
"""A SHA-256 counter generator: the same name always gives the same bytes (no clock, no randomness)."""

import hashlib

SEED = b"ecart tests/forge SIMULATED seed 1"


class Stream:
    """Bytes of SHA-256(SEED || name || counter) for counter 0, 1, 2, ..."""

    def __init__(self, name):
        self.prefix = hashlib.sha256(SEED + b"\0" + name.encode()).digest()
        self.counter = 0
        self.rest = b""

    def read(self, size):
        while len(self.rest) < size:
            block = self.prefix + self.counter.to_bytes(8, "big")
            self.rest += hashlib.sha256(block).digest()
            self.counter += 1
        out, self.rest = self.rest[:size], self.rest[size:]
        return out


def take(name, size):
    """The first size bytes of the stream called name."""
    return Stream(name).read(size)
