#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives as files: large ones, links, interruptions, two writers at once."""

import os
import sys

sys.dont_write_bytecode = True

from e2e import case, contains, ecart, main, write


def keygen(scratch, name="K"):
    key = f"{scratch}/{name}.pem"
    ecart("keygen", "-o", key)
    return key


@case("a manifest over 786,000 bytes is signed, inside and beside the archive")
def large_manifest(scratch):
    key, other = keygen(scratch), keygen(scratch, "other")
    archive = scratch + "/a.ecart"
    for i in range(700):
        write(f"{scratch}/in/{i}", b"%d" % i)
    ecart("pack", "-o", archive, "--key", key, "--source-note", "n" * 1024,
          f"salt={scratch}/in")
    ecart("unpack", archive, scratch + "/un")
    size = os.path.getsize(scratch + "/un/manifest.json")
    assert size > 786_432, f"the manifest has only {size} bytes"
    ecart("sign", archive, "--key", other, "--detached")
    contains(ecart("verify", archive, "--key", key + ".pub", "--key",
                   other + ".pub", "--threshold", "2").out, "pass")


main(needs_vectors=False)
