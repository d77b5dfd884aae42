#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The installed library: found by pkg-config, used through its one header."""

import glob
import json
import os
import sys

sys.dont_write_bytecode = True

from e2e import ECART, INSTALLED, ROOT, Skip, case, ecart, equal, main, read, run, simulated, tool, write

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


def build(scratch, source):
    libs = pkg_config("--libs", "ecart")
    folder = next(word[2:] for word in libs if word.startswith("-L"))
    sanitizer = ["-fsanitize=address,undefined"] if "/asan/" in ECART else []
    tool(["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", *sanitizer, "-o", f"{scratch}/program", source,
          *pkg_config("--cflags", "ecart"), *libs, f"-Wl,-rpath,{folder}"])
    return f"{scratch}/program"


@case("a program built with pkg-config gives the program's own report")
def replays(scratch):
    if not INSTALLED:
        raise Skip("nothing is installed")
    program = build(scratch, write(f"{scratch}/program.c", PROGRAM))
    archive = simulated("replay", "pass", "archive.tar")
    anchors = sorted(glob.glob(simulated("anchors") + "/**/*.pem", recursive=True))
    mine = run([program, archive, AT, *anchors])
    equal(0, mine.status, f"exit status; {mine.err}")
    theirs = ecart("replay", archive, "--at", f"@{AT}", "--anchors", simulated("anchors"),
                   "--format", "json")
    equal(theirs.stdout, mine.stdout, "reports")
    equal(read(simulated("replay", "pass", "report.json")), mine.stdout, "golden report")


@case("the example judges a quote and its collateral, as files, at a time")
def quote_alone(scratch):
    if not INSTALLED:
        raise Skip("nothing is installed")
    program = build(scratch, f"{ROOT}/docs/examples/judge_quote.c")
    anchor = simulated("anchors", "simulated", "intel-sgx-root.pem")
    ecart("unpack", simulated("replay", "pass-two-sets-number", "archive.tar"), f"{scratch}/in")
    files = sorted(glob.glob(f"{scratch}/in/items/*/*"))
    equal(9, len(files), "quote, two sets, chains and lists")
    done = run([program, AT, anchor, *files])
    equal(1, done.status, f"the set of the higher number decides; {done.err}")
    kept = [name for name in files if "0001.json" not in name]
    equal(7, len(kept), "one set")
    for words, status, tcb in (((AT, anchor, *kept), 0, "UpToDate"), ((AT, anchor, *reversed(kept)), 0, "UpToDate"),
                               ((str(int(AT) + 10**8), anchor, *kept), 1, None),
                               ((AT, anchor, *[n for n in kept if "crl-der" not in n]), 2, None)):
        done = run([program, *words])
        equal(status, done.status, f"{words[0]}; {done.err}")
        facts = json.loads(done.out)["facts"]
        if tcb:
            equal(tcb, facts["tcb"]["status"], "status")
    equal(4, run([program, AT, anchor, f"{scratch}/none"]).status, "no file")
    equal(3, run([program, AT]).status, "usage")


@case("the version of the package is that of the program")
def version(scratch):
    if not INSTALLED:
        raise Skip("nothing is installed")
    word = pkg_config("--modversion", "ecart")[0]
    assert f"ecart {word}" in ecart("--version").out, word


main(needs_vectors=False)
