#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Registers that move while they are quoted: each collection is whole or says what it lacks.

ECART_RACES: how many collections, else 16; scripts/endurance asks for more."""

import contextlib
import os
import sys
import threading

sys.dont_write_bytecode = True

from collection import TPM_ALONE, Archive, Collection, attested, check_quotes, tools_folder
from e2e import ECART, case, contains, equal, main, run
from held_guest import held, skip_without_parts

COUNT = int(os.environ.get("ECART_RACES", 16))
REGISTER = 23


@contextlib.contextmanager
def extender():
    """Extends a register over and over; gives the list of how often."""
    stop, count = threading.Event(), [0]

    def extend():
        digests = "sha256=%s,sha384=%s" % ("11" * 32, "22" * 48)
        while not stop.is_set():
            held().tpm("tpm2_pcrextend", "%d:%s" % (REGISTER, digests))
            count[0] += 1

    thread = threading.Thread(target=extend)
    thread.start()
    try:
        yield count
    finally:
        stop.set()
        thread.join()


def values_of(archive, attest):
    return [name for name in archive.named("tpm-pcrs")
            if {"rel": "values-of", "name": attest} in archive.entry[name]["relates"]]


def look_at(archive, status):
    """True where it is whole; what is missing must be said, what is there must fit."""
    check_quotes(archive)
    step = archive.step("tpm-quote")
    first = archive.nonces("tpm-quote")[0]["item"]
    equal({0: "ok", 2: "failed"}[status], step["outcome"], "outcome")
    if step["outcome"] == "failed":
        contains(step["reason"], "PCRs changed during 5 tries; stored without values (")
    equal(step["outcome"] == "ok", bool(values_of(archive, first)), "values of the first quote")
    second = [name for name in archive.named("tpm-quote-attest") if name != first]
    if not second or not values_of(archive, second[0]):
        contains(archive.one("collect-log").decode(), "SHA-384 bank: ")
    return step["outcome"] == "ok"


@case("%d collections beside a program that extends a register: whole or marked, none wrong" % COUNT)
def beside_extender(scratch):
    whole, moved = 0, set()
    with extender() as count:
        for number in range(COUNT):
            done = Collection(scratch, *TPM_ALONE, "--force").end(None).leaves_nothing()
            assert done.run.status in (0, 2), done.run
            archive = Archive(done.output)
            whole += look_at(archive, done.run.status)
            moved.add(attested(archive.items[archive.nonces("tpm-quote")[0]["item"]])[2])
            seen = run([ECART, "verify", done.output])
            equal(0, seen.status, str(seen))
    print("# %d of %d whole; %d extends" % (whole, COUNT, count[0]))
    assert count[0] > COUNT, "the register hardly moved"
    assert len(moved) > COUNT / 2, "the quotes hardly differ"


@case("a register that moves during every try: stored without values, and marked so")
def every_try(scratch):
    folder = tools_folder(scratch, {"tpm2_quote": """for a; do [ "$a" = -o ] && moved=1; done
[ -n "$moved" ] || exec {TOOL} "$@"
echo "ERROR: Error validating calculated PCR composite with quote" >&2
echo "ERROR: PCR values failed to match quote's digest!" >&2
exit 1"""})
    done = Collection(scratch, *TPM_ALONE, "--tpm2-tools", folder).end(2).leaves_nothing()
    assert not look_at(done.archive(), 2)
    equal(2, len(done.archive().named("tpm-quote-attest")), "quotes")
    equal([], done.archive().named("tpm-pcrs"), "values")
    contains(done.run.out, "missing tpm-quote: PCRs changed during 5 tries")


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
