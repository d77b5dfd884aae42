#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives as they lie on a disk: damaged ones shown, files beside them."""

import json
import sys

sys.dont_write_bytecode = True

from e2e import case, contains, ecart, equal, main, simulated


def archive_of(name):
    return simulated("replay", name, "archive.tar")


def shown(path):
    return json.loads(ecart("show", path, "--json").stdout)


@case("show calls an archive damaged where it is, and marks the items")
def show_damaged(_):
    for name, fault, item_fault in (
            ("fail-archive.digests", "digest", "digest"),
            ("fail-archive.manifest-missing-item", "missing-item",
             "missing-item"),
            ("fail-archive.container-trailing", "container", None)):
        out = shown(archive_of(name))
        equal(True, out["damaged"], name)
        equal(fault, out["fault"], name)
        faults = [item["fault"] for item in out["items"] if "fault" in item]
        equal([item_fault] if item_fault else [], faults, name)
        for item in out["items"]:
            equal(item.get("fault") != "missing-item", "size" in item,
                  "an item that is not there has no size")
    contains(ecart("show", archive_of("fail-archive.digests")).out,
             "damaged yes", "fault digest")


@case("show does not call an archive damaged that another tar has packed")
def show_noted(_):
    for name in ("fail-archive.canonical", "fail-archive.canonical-order",
                 "pass"):
        out = shown(archive_of(name))
        equal(False, out["damaged"], name)
        assert "fault" not in out, name
        assert not any("fault" in item for item in out["items"]), name


main(needs_vectors=False)
