#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The installed library: found by pkg-config, used through its one header."""

import glob
import os
import sys

sys.dont_write_bytecode = True

from e2e import ECART, INSTALLED, Skip, case, ecart, equal, main, read, run, simulated, tool, write

PROGRAM = rb"""
#include <ecart.h>
#include <stdio.h>
#include <stdlib.h>

static char *slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *p = malloc(1 << 20);

	if (f == NULL || p == NULL)
		exit(9);
	*n = fread(p, 1, 1 << 20, f);
	fclose(f);
	return p;
}

/* usage: program ARCHIVE SECONDS ANCHOR... */
int main(int argc, char **argv)
{
	struct ecart *e;
	struct ecart_report *report;
	struct ecart_options options = { .size = sizeof(options) };
	const char *json;
	char *archive;
	size_t n;
	int verdict;

	if (ecart_new(&e) != ECART_OK)
		return 9;
	for (int i = 3; i < argc; i++) {
		char *anchor = slurp(argv[i], &n);

		if (ecart_add_anchor(e, anchor, n) != ECART_OK)
			return 9;
		free(anchor);
	}
	archive = slurp(argv[1], &n);
	options.has_at = 1;
	options.at = atoll(argv[2]);
	if (ecart_replay(e, archive, n, &options, &report) != ECART_OK)
		return 9;
	json = ecart_report_json(report, &n);
	if (fwrite(json, 1, n, stdout) != n)
		return 9;
	verdict = (int)ecart_report_verdict(report);
	ecart_report_free(report);
	free(archive);
	ecart_free(e);
	return verdict;
}
"""

PREFIX = os.path.dirname(os.path.dirname(ECART))
AT = "1780922561"


def pkg_config(*words):
    found = glob.glob(f"{PREFIX}/lib/**/pkgconfig", recursive=True)
    equal(1, len(found), f"pkgconfig folders below {PREFIX}")
    return tool(["env", f"PKG_CONFIG_PATH={found[0]}", "pkg-config", *words]).out.split()


@case("a program built with pkg-config gives the program's own report")
def replays(scratch):
    if not INSTALLED:
        raise Skip("nothing is installed")
    source = write(f"{scratch}/program.c", PROGRAM)
    program = f"{scratch}/program"
    libs = pkg_config("--libs", "ecart")
    folder = next(word[2:] for word in libs if word.startswith("-L"))
    sanitizer = ["-fsanitize=address,undefined"] if "/asan/" in ECART else []
    tool(["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", *sanitizer, "-o", program, source,
          *pkg_config("--cflags", "ecart"), *libs, f"-Wl,-rpath,{folder}"])
    archive = simulated("replay", "pass", "archive.tar")
    anchors = sorted(glob.glob(simulated("anchors") + "/**/*.pem", recursive=True))
    mine = run([program, archive, AT, *anchors])
    equal(0, mine.status, f"exit status; {mine.err}")
    theirs = ecart("replay", archive, "--at", f"@{AT}", "--anchors", simulated("anchors"),
                   "--format", "json")
    equal(theirs.stdout, mine.stdout, "reports")
    equal(read(simulated("replay", "pass", "report.json")), mine.stdout, "golden report")


@case("the version of the package is that of the program")
def version(scratch):
    if not INSTALLED:
        raise Skip("nothing is installed")
    word = pkg_config("--modversion", "ecart")[0]
    assert f"ecart {word}" in ecart("--version").out, word


main(needs_vectors=False)
