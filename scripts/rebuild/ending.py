# SPDX-License-Identifier: Apache-2.0
"""How a run of the driver ends: an exit status and, where it is not good, why."""

REPRODUCED, DIFFERS, MISSING, USAGE, TROUBLE = 0, 1, 2, 3, 5


class Ending(Exception):
    """Ends the driver with that status; the message is for people, one line or several."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
