#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Logs with bytes changed, lost and added: the program and a second reader judge each alike.

The second reader is tests/forge/oracle_log.py, which shares no line with the program."""

import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "forge"))

import cases_dodge  # noqa: E402
import cases_log  # noqa: E402
import cases_register  # noqa: E402
import drbg  # noqa: E402
import oracle  # noqa: E402
import windows  # noqa: E402
from case import Case  # noqa: E402
from e2e import ECART, case, equal, main, run, simulated, write  # noqa: E402

LOGS = ("tcg-eventlog", "tdx-eventlog-ccel", "cel-json", "cel-tlv", "ima-log-binary",
        "acpi-ccel-table")
TABLE = ("log.format", "log.ccel-table", "log.cel", "log.ima-templates", "log.boot-aggregate")
OUTCOMES = {"equal": "pass", "differs": "fail", "differs-explained": "fail"}
ROUNDS = 8


class Dice:
    """Numbers that are the same everywhere."""

    def __init__(self, name):
        self.stream = drbg.Stream("spoiled " + name)

    def below(self, n):
        return int.from_bytes(self.stream.read(4), "big") % n

    def byte(self):
        return self.stream.read(1)

    def pad(self):
        return (b"\0", b"\xff")[self.below(2)] * (1 + self.below(40))


def overwritten(data, dice, new):
    at = dice.below(len(data))
    return data[:at] + new(data[at]) + data[at + 1:]


def shortened(data, dice):
    at = dice.below(len(data))
    return data[:at] + data[at + 1 + dice.below(60):]


SPOILS = (
    lambda data, dice: overwritten(data, dice, lambda b: bytes([b ^ 1 << dice.below(8)])),
    lambda data, dice: overwritten(data, dice, lambda _: b"\0\xff\1\x7f"[dice.below(4):][:1]),
    lambda data, dice: data[:dice.below(len(data))],
    lambda data, dice: data + dice.pad(),
    lambda data, dice: data + dice.pad() + dice.byte(),
    shortened,
    lambda data, dice: overwritten(overwritten(data, dice, lambda _: dice.byte()), dice,
                                   lambda _: dice.byte()),
)


def spoiled(one, dice):
    """The archive of a case with one of its logs spoiled."""
    def edit(items):
        items = [dict(i) for i in one.edits.get("items", lambda i: i)(items)]
        chosen = [i for i in items if i["kind"] in LOGS and i["data"]]
        if chosen:
            item = chosen[dice.below(len(chosen))]
            item["data"] = SPOILS[dice.below(len(SPOILS))](item["data"], dice)
        return items
    return Case(one.name, one.text, edits=dict(one.edits, items=edit), subject=one.subject).archive()


def outcomes(rows):
    return {check: sorted(row["outcome"] for row in rows if row["id"] == check and row["subject"]
                          and (check == "log.format" or row["outcome"] != "skip"))
            for check in TABLE}


def disagreements(data, rep):
    """Checks and registers that the two judge differently."""
    second = oracle.Replay(data, windows.AS_OF, None)
    for check, seen in outcomes([dict(row, subject=row.get("subject")) for row in rep["checks"]]).items():
        other = sorted(o for o in second.out.get(check, []) if check == "log.format" or o != "skip")
        if seen != other:
            yield check, seen, other
    contradicted = set()
    for row in rep["facts"].get("log", []):
        if "quote" in row and row["items"] and row["items"][0] in second.left_out:
            contradicted.add((row["items"][0], row["register"], row["bank"]))
            continue
        seen = OUTCOMES.get(row["result"], "skip")
        other = second.registers.get((row["register"], row["bank"]), "skip")
        if "quote" in row and seen != other:
            yield row["register"], row["bank"], seen, other
    if contradicted != second.contradicted:
        yield "left out", contradicted ^ second.contradicted


@case("every log of forge, spoiled in %d ways: two readers agree on each register" % ROUNDS)
def spoil_all(scratch):
    made = [c for area in (cases_log, cases_register, cases_dodge) for c in area.every()]
    archives = {}
    for one in made:
        for i in range(ROUNDS):
            path = "%s/%s.%d" % (scratch, one.name, i)
            archives[path] = spoiled(one, Dice("%s %d" % (one.name, i)))
            write(path, archives[path])
    done = run([ECART, "replay", *archives, "--at", "@%d" % windows.AS_OF, "--anchors",
                simulated("anchors"), "--format", "json"])
    lines = done.stdout.splitlines()
    equal(len(archives), len(lines), "reports")
    bad = ["%s: %s" % (os.path.basename(path), said) for (path, data), line in zip(archives.items(), lines)
           for said in disagreements(data, json.loads(line))]
    print("# %d spoiled logs" % len(lines))
    assert not bad, "\n".join(bad)


if __name__ == "__main__":
    main(needs_vectors=False)
