# SPDX-License-Identifier: Apache-2.0
"""The instant everything is judged at, and the windows of validity around it."""

import calendar
import time

AS_OF = 1780922561  # 2026-06-08T12:42:41Z


def at(text):
    """Seconds of "YYYY-MM-DDTHH:MM:SSZ"."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def between(begin, end):
    return at(begin + "Z"), at(end + "Z")


ROOT = between("2020-01-01T00:00:00", "2049-12-31T23:59:59")
PCK_CA = between("2020-01-01T00:05:00", "2035-01-01T00:05:00")
PCK = between("2025-12-16T06:19:25", "2032-12-16T06:19:25")
TCB_SIGNING = between("2025-05-06T09:25:00", "2032-05-06T09:25:00")
ROOT_CRL = between("2026-02-26T13:04:00", "2027-02-26T13:04:00")
PCK_CRL = between("2026-06-08T12:24:22", "2026-07-08T12:24:22")
TCB_INFO = between("2026-06-08T11:32:35", "2026-07-08T11:32:35")
QE_IDENTITY = between("2026-06-08T11:28:48", "2026-07-08T11:28:48")
AK_ROOT = between("2023-06-01T18:08:53", "2048-06-01T18:15:41")
AK_CA = between("2026-03-11T00:00:00", "2029-03-10T00:00:00")
AK = between("2026-06-08T00:00:00", "2027-06-07T00:00:00")
TSA_ROOT = between("2024-01-01T00:00:00", "2044-01-01T00:00:00")
TSA = between("2024-01-01T00:00:00", "2034-01-01T00:00:00")
TSA_EXPIRED = between("2024-01-01T00:00:00", "2026-01-01T00:00:00")

EXPIRED = AS_OF - 1       # an end that is one second past
NOT_YET = AS_OF + 1       # a begin that is one second ahead
