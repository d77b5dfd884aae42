# SPDX-License-Identifier: Apache-2.0
"""Moves forge's windows of validity so that they lie around now; import it before all of forge.

A collector uses the real clock, so what a simulated guest serves must be valid today."""

import time

import windows

NOW = int(time.time())


def move():
    shift = NOW - windows.AS_OF
    for name, value in list(vars(windows).items()):
        if isinstance(value, tuple):
            setattr(windows, name, tuple(instant + shift for instant in value))
    windows.AS_OF = NOW
    windows.EXPIRED, windows.NOT_YET = NOW - 1, NOW + 1


move()
DAY = 86400
CA_WINDOW = (NOW - 365 * DAY, NOW + 3650 * DAY)
LEAF_WINDOW = (NOW - DAY, NOW + 180 * DAY)
