# SPDX-License-Identifier: Apache-2.0
"""Whether the runs agree with each other, with what the recipe expects, and with what was published."""

import os

import comparison
import record
from ending import TROUBLE, Ending


class Outcome:
    """said, one line for each comparison; good, whether all agree; rows, the same for the record; trouble, why
    what was published could not be compared."""

    def __init__(self, artifacts):
        self.artifacts, self.good, self.said, self.rows, self.trouble = artifacts, True, [], {}, None

    def _say(self, name, good, sentence, row):
        self.good = self.good and good
        self.said.append(("same     " if good else "DIFFERS  ") + sentence)
        self.rows[name] = row

    def between_runs(self):
        one, other = self.artifacts
        found = comparison.Comparison(one.path, other.path)
        self._say("runs", found.identical, found.says(), record.compared(found))
        for row in one.measurements:
            value = other.value(row["platform"])
            register = f"{row['platform']} {row['register']}"
            same = value == row["value"]
            self._say(f"{row['platform']}.{row['register']}", same,
                      f"{register} of both: {value}" if same else
                      f"{register}: {row['value']} of run a, {value or 'none'} of run b", {"same": same})
        return found

    def expected(self, recipe):
        one = self.artifacts[0]
        for name, value in (("sha256", one.sha256), ("mrtd", one.value("tdx"))):
            wanted = recipe.expected.get(name)
            if wanted:
                self._say("expected." + name, wanted == value,
                          f"{name} that the recipe expects: {wanted}"
                          + ("" if wanted == value else f", found {value or 'none'}"), {"same": wanted == value})

    def published(self, recipe, work):
        """Fetched only now: nothing of it can have been in a build."""
        if not recipe.published:
            return
        path = work.path("published", *recipe.published["file"].split("/"))
        try:
            work.once("published", "\n".join(recipe.published["steps"]) + "\n", "published")
            if os.path.realpath(path) != path or not os.path.isfile(path):
                raise Ending(TROUBLE, f"{recipe.published['file']}: no regular file, or behind a symbolic link")
            found = comparison.Comparison(self.artifacts[0].path, path)
        except (Ending, OSError) as broken:
            self.trouble = f"what was published: {broken}"
            self.rows["published"] = record.compared(None)
            return
        self._say("published", found.identical, found.says("what was built", "what was published"),
                  record.compared(found))
