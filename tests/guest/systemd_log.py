# SPDX-License-Identifier: Apache-2.0
"""systemd's log of what it measured: canonical records in JSON, for PCR 11 and 15 (eventlog.md 5.8)."""

import hashlib
import json

PHASES, MACHINE = 11, 15
MACHINE_ID = "machine-id:51514d0000004000800000000000beef"
WORDS = ((PHASES, "phase", "enter-initrd"), (PHASES, "phase", "leave-initrd"),
         (MACHINE, "machine-id", MACHINE_ID), (PHASES, "phase", "sysinit"), (PHASES, "phase", "ready"))


class Record:
    """One text that was measured."""

    def __init__(self, register, kind, text, banks):
        self.register, self.kind, self.text = register, kind, text
        self.digests = {name: hashlib.new(name, text.encode()).digest() for name in banks}

    def extends(self):
        return self.register, self.digests

    def line(self):
        digests = [{"hashAlg": name, "digest": value.hex()} for name, value in self.digests.items()]
        content = {"string": self.text, "bootId": "51514d00000040008000000000000b00",
                   "timestamp": 1780922000000000, "eventType": self.kind}
        made = {"pcr": self.register, "digests": digests, "content_type": "systemd",
                "content": content}
        return "\x1e" + json.dumps(made, separators=(",", ":")) + "\n"


def booted(banks):
    return [Record(*words, banks) for words in WORDS]
