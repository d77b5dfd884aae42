#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes an IGVM as large as a paravisor: large_igvm.py FILE [PAGES], every page measured on TDX."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "forge"))

import igvm  # noqa: E402


def main(path, pages=16384):
    igvm.DATA = 1 << 20  # its headers alone take half of that
    headers = [igvm.page(0x8000000 + i * igvm.PAGE, 1, i) for i in range(pages)]
    data = b"".join(i.to_bytes(8, "little") * 512 for i in range(pages))
    with open(path, "wb") as file:
        file.write(igvm.build([igvm.platform(1, igvm.TDX), *headers], data))


main(sys.argv[1], *map(int, sys.argv[2:]))
