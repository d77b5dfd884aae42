#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/rebuild/rebuild: recipes that come out twice the same, that do not, and that cannot be run."""

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from e2e import (AZURE_AT, ECART, FAIL, INCOMPLETE, ROOT, TROUBLE, USAGE, Skip, case, contains, ecart,
                 equal, main, read, run, simulated, tool, tree, write)

FOLDER = os.path.join(ROOT, "scripts", "rebuild")
RECIPES = os.path.join(FOLDER, "recipes")
sys.path[:0] = [os.path.join(ROOT, "tests", "forge"), FOLDER, os.path.join(RECIPES, "simulated-paravisor")]

import case as forged  # noqa: E402
import igvm  # noqa: E402
import inside  # noqa: E402
import paravisor  # noqa: E402
import surroundings  # noqa: E402

os.environ["ECART_BIN"] = ECART  # that of the driver, too
SIMULATED = os.path.join(RECIPES, "simulated-paravisor.json")
WORDS = ["--at", AZURE_AT, "--anchors", simulated("anchors")]
ROOT_ONLY = {"user", "hostname", "file-order"}


def rebuild(scratch, recipe, *words, status=0, out="out"):
    """The driver in that folder; what its work leaves behind is looked for there."""
    os.makedirs(scratch + "/tmp", exist_ok=True)
    os.chmod(scratch, 0o755)
    os.environ["TMPDIR"] = scratch + "/tmp"
    done = run([os.path.join(FOLDER, "rebuild"), recipe, "--out", os.path.join(scratch, out), *words], scratch)
    assert done.status == status, f"want status {status}\n{done}"
    equal([], os.listdir(scratch + "/tmp"), "left in the temporary folder")
    equal([], [name for name in os.listdir(scratch) if name.startswith(".rebuild-")], "half a delivery")
    return done


def build_of(scratch, out="out"):
    return json.loads(read(os.path.join(scratch, out, "build.json")))


def recipe(scratch, steps, **members):
    """A recipe with those steps, beside which an image lies as the input image.igvm."""
    image = igvm.build([igvm.platform(1, igvm.TDX), igvm.page(0x1000, 1, 0)], bytes(4096))
    write(scratch + "/image.igvm", image)
    value = {"recipe": "ecart-recipe/1", "product": "toy", "version": "1", "description": "A toy.",
             "source": {"repository": "https://git.example/toy", "commit": "0123456789" * 4},
             "inputs": [{"path": "image.igvm", "sha256": hashlib.sha256(image).hexdigest()}],
             "requires": {}, "steps": steps, "artifact": "made.igvm", "held": [], **members}
    value = {name: member for name, member in value.items() if member is not None}
    return write(scratch + "/toy.json", json.dumps(value).encode())


GOOD = ['cp "$INPUTS/image.igvm" made.igvm']


def quoted(scratch, mrtd):
    """An archive with a SIMULATED quote of a TD of that MRTD."""
    edits = {"td": lambda td: dict(td, mrtd=bytes.fromhex(mrtd))}
    made = forged.Case("rebuilt", "a quote over what was built", lean=True, edits=edits)
    return write(scratch + "/quoted.ecart", made.archive())


@case("simulated-paravisor comes out twice the same: exit 0, its record, and so does the next rebuild")
def reproducible(scratch):
    done = rebuild(scratch, SIMULATED)
    contains(done.out, "run a and run b: identical, byte by byte", "tdx mrtd of both: ")
    equal({"a.log", "b.log", "build.json", "paravisor.igvm"}, set(os.listdir(scratch + "/out")), "left behind")
    image = read(scratch + "/out/paravisor.igvm")
    measured = json.loads(ecart("audit", "measure", scratch + "/out/paravisor.igvm", "--json").out)
    build = build_of(scratch)
    for one in build["runs"]:
        equal((hashlib.sha256(image).hexdigest(), len(image)),
              (one["artifact"]["sha256"], one["artifact"]["size"]), "artifact")
        equal([measured["measurements"][0]["value"]],
              [row["value"] for row in one["artifact"]["measurements"]], "measurement")
    equal(True, build["outcome"]["runs"]["identical"], "outcome")
    rebuild(scratch, SIMULATED, out="again")
    equal(image, read(scratch + "/again/paravisor.igvm"), "the same another time")


@case("the record: SLSA provenance v1 of the source, the recipe, each input and tool by digest")
def provenance(scratch):
    rebuild(scratch, SIMULATED)
    build = build_of(scratch)
    equal("https://slsa.dev/provenance/v1", build["predicateType"], "type")
    equal({"buildDefinition", "runDetails"}, set(build["predicate"]), "predicate")
    definition, details = build["predicate"]["buildDefinition"], build["predicate"]["runDetails"]
    equal({"buildType", "externalParameters", "internalParameters", "resolvedDependencies"}, set(definition),
          "definition")
    equal({"sha256": hashlib.sha256(read(SIMULATED)).hexdigest()}, definition["externalParameters"]["recipe"],
          "recipe")
    equal({"stamp": "none"}, definition["externalParameters"]["parameters"], "parameters")
    digests = {row["name"]: row["digest"]["sha256"] for row in definition["resolvedDependencies"]}
    equal({"source", "start.c", "kernel.ld", "paravisor.py", "igvm.py"}, set(digests), "dependencies")
    equal(hashlib.sha256(read(os.path.join(ROOT, "tests", "forge", "igvm.py"))).hexdigest(), digests["igvm.py"],
          "the digest of an input")
    tools = {row["name"]: row for row in details["builder"]["builderDependencies"]}
    contains(tools["gcc"]["annotations"]["version"], "gcc")
    equal(build["runs"][0]["begun"], details["metadata"]["startedOn"], "started")
    equal(["a/paravisor.igvm", "b/paravisor.igvm"], [row["name"] for row in details["byproducts"]], "byproducts")


@case("with the time in its command line it does not: exit 1, and explain says so in one sentence")
def stamped(scratch):
    done = rebuild(scratch, SIMULATED, "--parameter", "stamp=time", status=FAIL)
    images = [f"{scratch}/out/{one}/paravisor.igvm" for one in "ab"]
    words = [next(word for word in read(image).split(b"\0") if b"built=" in word).split()[-1].decode()
             for image in images]
    assert words[0] != words[1], words
    apart = f"command line differs: {words[0]} in A, {words[1]} in B"
    contains(done.out, "bytes differ, the first at", apart, "DIFFERS  tdx mrtd: ")
    build = build_of(scratch)
    equal((False, False), (build["outcome"]["runs"]["identical"], build["outcome"]["tdx.mrtd"]["same"]), "outcome")
    archive = quoted(scratch, build["runs"][0]["artifact"]["measurements"][0]["value"])
    done = ecart("audit", "explain", archive, "--image", images[0], "--image", images[1], *WORDS, "--format", "json",
                 status=FAIL)
    entry, = json.loads(done.out)["measurements"]
    equal("differs-explained", entry["result"], "result")
    equal("image 1 (A) has this value; image 2 (B) differs from it in 1 of 3 measured pages: " + apart,
          entry["reason"], "the sentence")
    text = ecart("audit", "explain", archive, "--image", images[0], "--image", images[1], *WORDS, status=FAIL).out
    contains(" ".join(text.split()), entry["reason"])


def kernel(scratch, version):
    """The recipe's kernel of another version."""
    here = os.path.join(RECIPES, "simulated-paravisor")
    tool(["gcc", "-O2", "-fno-pie", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=sha1",
          "-Wl,-T," + here + "/kernel.ld", f'-DVERSION="{version}"', "-o", scratch + "/kernel", here + "/start.c"])
    return read(scratch + "/kernel")


@case("its parts are told as a paravisor's are: kernel, initrd, command line")
def parts(scratch):
    initrd = scratch + "/initrd"
    write(initrd + "/init", b"#!/bin/sh\n")
    old = kernel(scratch, "1.0"), paravisor.archive(initrd), "quiet"
    write(initrd + "/init", b"#!/bin/bash\n")
    new = kernel(scratch, "1.1"), paravisor.archive(initrd), "quiet x=1"
    base = write(scratch + "/base.igvm", paravisor.image(*old))
    for number, says in ((0, ('version "Linux version 1.0', '"Linux version 1.1', "build id")),
                         (1, ("initrd", "init ")), (2, ("command line differs: x=1 only in B",))):
        other = paravisor.image(*old[:number], new[number], *old[number + 1:])
        done = ecart("audit", "diff", base, write(scratch + "/other.igvm", other), "--format", "json", status=FAIL)
        document = json.loads(done.out)
        contains(" ".join(f["sentence"] for f in document["contents"][0]["findings"]), *says)
        equal({number < 2}, {"hash page" in document["summary"]}, document["summary"])
        assert "does not match" not in document["summary"], document["summary"]


# What a command line can show of each surrounding.
SHOWN = {"path": "$PWD", "clock": "$(date -u +%Y)", "umask": "$(umask)", "locale": "$LC_ALL", "timezone": "$TZ",
         "cpus": "$(nproc)", "user": "$(id -u)", "hostname": "$(hostname)", "environment": "${NOISE:-none}",
         "file-order": "$(ls -U order | md5sum | cut -c1-8)"}


def showing(scratch, held):
    """What both runs saw of every surrounding, of which those are held."""
    write(scratch + "/paravisor.py", read(paravisor.__file__))
    write(scratch + "/igvm.py", read(igvm.__file__))
    words = " ".join(f"{name}={value}" for name, value in SHOWN.items())
    inputs = [{"path": name, "sha256": hashlib.sha256(read(scratch + "/" + name)).hexdigest()}
              for name in ("paravisor.py", "igvm.py")]
    path = recipe(scratch, ["mkdir order initrd", "(cd order; for i in $(seq 40); do : >$i; done)",
                            f'words="{words}"', 'echo "$words" >initrd/init',
                            "printf '\\177ELF%100s' '' | tr ' ' '\\0' >kernel",
                            'python3 -B "$INPUTS/paravisor.py" kernel initrd "${words//[^ -~]/}" made.igvm'],
                  inputs=inputs, held=[{"name": name, "reason": "the test"} for name in held])
    done = rebuild(scratch, path, status=0 if held else FAIL, out="held" if held else "out")
    found = []
    for one in ("a/", "b/") if not held else ("", ""):
        image = read(f"{scratch}/{'held' if held else 'out'}/{one}made.igvm")
        line = image[image.index(b"path="):].split(b"\n")[0].decode().replace("$(false) `false` \\", "noise")
        found.append(dict(word.split("=", 1) for word in line.split(" ") if "=" in word))
    return done, found


@case("each surrounding that is called varied is, as the steps see it; each that is held is not")
def varied(scratch):
    _, (first, second) = showing(scratch, ())
    build = build_of(scratch)
    seen = {name for name in SHOWN if first[name] != second[name]}
    told = set(build["runs"][0]["surroundings"])
    equal(told, seen, "varied")
    equal(set(surroundings.NAMES), told | set(build["held"]), "all of them")
    missing = set() if os.geteuid() == 0 else ROOT_ONLY
    if len(os.sched_getaffinity(0)) == 1:
        missing.add("cpus")
    if surroundings.in_memory(scratch):
        missing.add("file-order")
    equal(missing, set(build["held"]), "held by the machine")
    for name, reason in build["held"].items():
        contains(reason, "this machine: ")
    done, (first, second) = showing(scratch, surroundings.NAMES)
    equal(first, second, "held")
    contains(done.out, "held     path: the recipe: the test", "identical, byte by byte")


@case("file-order is called varied only where one of both folders is not in memory")
def order_in_memory(scratch):
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "tmpfs", scratch], check=False).returncode != 0:
        raise Skip("no file system in memory can be mounted")
    try:
        done = rebuild(scratch, recipe(scratch, GOOD))
    finally:
        tool(["umount", scratch])
    contains(done.out, "held     file-order: this machine: the work folder is in memory already")


@case("what copies an input is reproduced and told; whose word a commit is, too")
def told(scratch):
    done = rebuild(scratch, recipe(scratch, GOOD))
    contains(done.out, "note     made.igvm is, byte by byte, the input file image.igvm: nothing was built",
             "note     source: that what is built is of this commit is the recipe's word, and not compared")
    source, *_ = build_of(scratch)["predicate"]["buildDefinition"]["resolvedDependencies"]
    equal(({"gitCommit": "0123456789" * 4}, {"verified": False}), (source["digest"], source["annotations"]), "source")
    done = rebuild(scratch, SIMULATED, out="made")
    assert "nothing was built" not in done.out and "word" not in done.out, done.out


@case("where the steps stand at a fixed path they do, and nothing is there behind them")
def fixed_path(scratch):
    if os.geteuid() != 0:
        raise Skip("only root puts a folder at a fixed path")
    path = scratch + "/fixed/by-recipe"
    held = [{"name": "path", "reason": "the test", "value": path}]
    rebuild(scratch, recipe(scratch, [f'[ "$PWD" = {path} ]', *GOOD], held=held))
    assert not os.path.exists(scratch + "/fixed"), "the folder stayed"
    for path, says in ((scratch + "/toy.json/below", "/toy.json: File exists"), ("/proc/not/here", "/proc/not: "),
                       ("/usr", "its surroundings cannot be entered")):
        held = [{"name": "path", "reason": "the test", "value": path}]
        contains(rebuild(scratch, recipe(scratch, GOOD, held=held), status=TROUBLE, out="no").err, says)


def spoiled(**members):
    return lambda scratch: recipe(scratch, members.get("steps", GOOD),
                                  **{name: value for name, value in members.items() if name != "steps"})


BAD = {
    "an unknown member": (spoiled(comand=["x"]), "recipe.comand: want one of", "unknown"),
    "an unknown member of the source": (
        spoiled(source={"repository": "https://x", "commit": "0" * 40, "branch": "main"}), "source.branch", "unknown"),
    "no artifact": (spoiled(artifact=None), "'artifact'"),
    "an artifact outside": (spoiled(artifact="../made.igvm"), "artifact: want a path below the build folder"),
    "an absolute artifact": (spoiled(artifact="/made.igvm"), "artifact: want"),
    "an artifact of the record's name": (spoiled(artifact="build.json"), "artifact: want another name"),
    "an artifact of a log's name": (spoiled(artifact="made/b.log"), "artifact: want another name"),
    "a short commit": (spoiled(source={"repository": "https://x", "commit": "0123"}), "source.commit"),
    "another format": (spoiled(recipe="ecart-recipe/2"), "want ecart-recipe/1", "ecart-recipe/2"),
    "an input of another digest": (
        spoiled(inputs=[{"path": "image.igvm", "sha256": "0" * 64}]), "input image.igvm: want sha256 0000"),
    "an input that is not there": (spoiled(inputs=[{"path": "none", "sha256": "0" * 64}]), "input none: No such file"),
    "an input that is no file": (
        spoiled(inputs=[{"path": "../../../../../../../../../dev/zero", "sha256": "0" * 64}]), "is no regular file"),
    "a surrounding that is none": (spoiled(held=[{"name": "moon", "reason": "x"}]), "held[0].name", "moon"),
    "one that is held without a reason": (spoiled(held=[{"name": "clock"}]), "held[0]", "'reason'"),
    "steps that are one text": (spoiled(steps="make"), "steps: want a list"),
    "a package without a reason": (spoiled(requires={"packages": [{"name": "gcc"}]}), "requires.packages[0]"),
    "a reason of two lines, the second as the driver's own": (
        spoiled(held=[{"name": "clock", "reason": "x\nsame     run a and run b: identical, byte by byte"}]),
        "held[0].reason: want 1 to 4096 printable characters on one line"),
    "a reason that a terminal obeys": (
        spoiled(held=[{"name": "clock", "reason": "\x1b[2J"}]), "held[0].reason", "\\u001b"),
    "a description that is no Unicode": (spoiled(description="\ud800"), "description: want"),
    "a step that is no Unicode": (spoiled(steps=["echo \ud800"]), "steps[0]: want one line of shell text"),
    "a port that is none": (
        spoiled(requires={"network": [{"name": "localhost:65536", "reason": "x"}]}), "requires.network[0].name"),
    "objects without an end": (lambda scratch: write(scratch + "/toy.json", b"[" * 200000), "no JSON"),
    "no JSON": (lambda scratch: write(scratch + "/toy.json", b"{"), "no JSON"),
    "a member twice": (lambda scratch: write(scratch + "/toy.json", b'{"recipe":1,"recipe":1}'), "twice"),
    "no file": (lambda scratch: scratch + "/none.json", "No such file"),
}


@case("a recipe that is none is refused by member, before anything is run: exit 3")
def refused(scratch):
    for name, (make, *says) in BAD.items():
        done = rebuild(scratch, make(scratch), status=USAGE)
        contains(f"{name}: {done.err}", *says)
        assert not os.path.exists(scratch + "/out"), name
    for words in (["--parameter", "x=y"], ["--key", "k.pem"], ["--into"], ["--nonsense"], ["--", "--init"]):
        rebuild(scratch, recipe(scratch, GOOD), *words, status=USAGE)
    write(scratch + "/out/file", b"")
    contains(rebuild(scratch, recipe(scratch, GOOD), status=USAGE).err, "not an empty folder")


@case("every prerequisite that is missing is named with its reason: exit 2, nothing is run or left")
def missing(scratch):
    path = recipe(scratch, ["touch " + scratch + "/ran"], requires={
        "programs": [{"name": "no-such-program", "reason": "reason one"}, {"name": "sh", "reason": "no"}],
        "packages": [{"name": "no-such-package", "reason": "reason two"},
                     {"name": "bash", "version": "0.1", "reason": "reason three"}],
        "network": [{"name": "127.0.0.1:1", "reason": "reason four"}, {"name": "a..b:1", "reason": "reason five"}]})
    done = rebuild(scratch, path, status=INCOMPLETE)
    lines = done.err.splitlines()
    equal(5, len(lines), done.err)
    for line, says in zip(lines, (("program no-such-program", "reason one"), ("package no-such-package", "reason two"),
                                  ("package bash", "reason three"), ("network 127.0.0.1:1", "reason four"),
                                  ("network a..b:1", "reason five"))):
        contains(line, "missing  ", *says)
    assert not os.path.exists(scratch + "/ran") and not os.path.exists(scratch + "/out")


@case("openhcl-x64-cvm says what this machine lacks for OpenHCL's own pipeline")
def openhcl(scratch):
    if shutil.which("nix-shell", path=surroundings.PATH):
        raise Skip("nix-shell is here: the pipeline would run")
    value = json.loads(read(os.path.join(RECIPES, "openhcl-x64-cvm.json")))
    for row in value["requires"]["network"]:
        row["name"] = "127.0.0.1:1"  # a test asks nobody else
    done = rebuild(scratch, write(scratch + "/openhcl.json", json.dumps(value).encode()), status=INCOMPLETE)
    contains(done.err, "missing  program nix-shell", "the pipeline wraps each command in nix-shell --pure",
             "missing  network 127.0.0.1:1: no connection")


@case("debian-ovmf is a recipe that is read, and pins what it builds from")
def debian(scratch):
    path = os.path.join(RECIPES, "debian-ovmf.json")
    value = json.loads(read(path))
    value["requires"]["programs"].append({"name": "no-such-program", "reason": "so that it ends here"})
    done = rebuild(scratch, write(scratch + "/ovmf.json", json.dumps(value).encode()), status=INCOMPLETE)
    contains(done.out, "recipe   debian-ovmf 2022.11-6+deb12u2")
    contains(done.err, "no-such-program")
    equal(64, len(value["source"]["sha256"]), "digest")


@case("a step that fails, no artifact, one that is no file: exit 5, what the step said, nothing left")
def failing(scratch):
    for steps, says, *artifact in (
            (["echo told by the step", "exit 7", "touch made.igvm"], ("a step ended with 7", "told by the step")),
            (["false", "true"], ("a step ended with 1",)),
            (["no-such-command"], ("a step ended with 127", "command not found")),
            (["exit 252"], ("a step ended with 1",)),
            (["kill -9 $$"], ("a step ended with 137",)),
            (["true"], ("its steps left no artifact made.igvm", "No such file")),
            (["mkdir made.igvm"], ("left no artifact", "no regular file")),
            (['ln -s "$INPUTS/image.igvm" made.igvm'], ("left no artifact", "no regular file")),
            (['ln -s "$INPUTS" made'], ("left no artifact", "behind a symbolic link"), "made/image.igvm"),
            (['ln -s "$INPUTS/image.igvm" "$HOME/../out/made.igvm"', *GOOD], ("left no artifact", "File exists")),
            (["echo no image >made.igvm"], ("audit measure",))):
        artifact = {"artifact": artifact[0]} if artifact else {}
        done = rebuild(scratch, recipe(scratch, steps, **artifact), status=TROUBLE)
        contains(done.err, *says)
        assert not os.path.exists(scratch + "/out"), steps
    done = rebuild(scratch, recipe(scratch, [r"printf '\033[2Jsaid\n'", "false"]), status=TROUBLE)
    contains(done.err, "\\x1b[2Jsaid")
    long = ["head -c 9000000 /dev/zero | tr '\\0' x", "echo; echo at its end; false"]
    done = rebuild(scratch, recipe(scratch, long), status=TROUBLE)
    contains(done.err, "\nat its end\n")
    assert len(done.err) < 10000, len(done.err)
    told = [r'''printf '\377 -\n' >"$STATE/resolved"''']
    rebuild(scratch, recipe(scratch, GOOD, prepare=told), out="told")
    contains(json.dumps(build_of(scratch, "told")["predicate"]), r"\\xff")
    done = rebuild(scratch, recipe(scratch, GOOD, prepare=['mkfifo "$STATE/resolved"']), status=TROUBLE)
    contains(done.err, "prepare: resolved is no regular file")
    done = rebuild(scratch, recipe(scratch, GOOD, prepare=["echo prepared; exit 3"]), status=TROUBLE)
    contains(done.err, "prepare: the steps ended with 3", "prepared")


@case("a step that writes outside its folders cannot: exit 5, and nothing was written")
def outside(scratch):
    if not inside.can_confine():
        raise Skip("this kernel has no Landlock")
    os.mkdir(scratch + "/open")
    os.chmod(scratch + "/open", 0o777)
    write(scratch + "/open/there", b"before")
    for step in (f"echo x >{scratch}/open/new", f"echo x >{scratch}/open/there", f"rm {scratch}/open/there",
                 'echo x >"$INPUTS/image.igvm"', 'echo x >"$FETCHED/x"', 'echo x >"$HOME/../../x"'):
        done = rebuild(scratch, recipe(scratch, [step, *GOOD]), status=TROUBLE)
        contains(done.err, "a step ended with 1", "ermission denied")
        equal({"there": b"before"}, tree(scratch + "/open"), step)
    if os.geteuid() == 0:
        held = [{"name": "user", "reason": "root may make devices"}]
        for device in ("b 7 250", "c 1 3"):
            done = rebuild(scratch, recipe(scratch, ["mknod device " + device, *GOOD], held=held), status=TROUBLE)
            contains(done.err, "a step ended with 1", "ermission denied")
    rebuild(scratch, recipe(scratch, ['echo x >"$HOME/x"; echo x >"$TMPDIR/x"; echo x >/dev/null', *GOOD]))


RANDOM = ['head -c 4088 "$INPUTS/image.igvm" >made.igvm', 'head -c 8 /dev/urandom >>made.igvm',
          'tail -c +4097 "$INPUTS/image.igvm" >>made.igvm']


@case("run b finds nothing that run a left: no artifact, no log, no shared memory")
def apart(scratch):
    first = '[ "${NOISE:-none}" = none ]'
    kept = [["echo no"],  # as it is: differs
            ['x=$(find "$FETCHED/.." -name made.igvm 2>/dev/null | head -1)',
             f'{first} || [ -z "$x" ] || {{ cp "$x" made.igvm; exit 0; }}'],
            ['x="$FETCHED/../a"', f'{first} || ! ls -R "$x" >/dev/null 2>&1 || [ -z "$(ls -A "$x")" ]']]
    tail = "base64 -w0 made.igvm | sed 's/^/IMAGE /;s/$/\\n/'"
    logged = ['x=$(cat "$FETCHED"/../*log "$FETCHED"/../a/* 2>/dev/null | sed -n "s/^IMAGE //p" | head -1)',
              f'{first} || [ -z "$x" ] || {{ echo "$x" | base64 -d >made.igvm; exit 0; }}', *RANDOM, tail]
    for held in ([], [{"name": "user", "reason": "the test"}],
                 [{"name": "user", "reason": "x"}, {"name": "path", "reason": "the test"}]):
        for steps in [*([*early, *RANDOM] for early in kept), logged]:
            shutil.rmtree(scratch + "/out", ignore_errors=True)
            done = rebuild(scratch, recipe(scratch, steps, held=held), status=FAIL)
            contains(done.out, "DIFFERS  run a and run b: ")
    shutil.rmtree(scratch + "/out")
    if os.geteuid() == 0:
        rebuild(scratch, recipe(scratch, ['[ "$(wc -l </proc/sysvipc/shm)" = 1 ]', "ipcmk -M 4096", *GOOD]))


@case("the steps have no network where the driver is root")
def no_network(scratch):
    if os.geteuid() != 0:
        raise Skip("only root takes it away")
    rebuild(scratch, recipe(scratch, ['[ "$(grep -c : /proc/net/dev)" = 1 ]', *GOOD]))


@case("the source must be the file that the recipe names, wherever prepare had it from")
def source(scratch):
    digest = hashlib.sha256(b"source\n").hexdigest()
    named = {"repository": "https://git.example/toy", "file": "toy.tar", "sha256": digest}
    prepare = ["echo source >toy.tar"]
    rebuild(scratch, recipe(scratch, ['grep -q source "$FETCHED/toy.tar"', *GOOD], source=named, prepare=prepare))
    kinds = [row.get("annotations", {}).get("kind") for row in
             build_of(scratch)["predicate"]["buildDefinition"]["resolvedDependencies"]]
    equal([None, "input", "fetched"], kinds, "kinds")
    prepare += ["mkdir -p tree/b; echo 1 >tree/b/one; echo 2 >tree/two; ln -s nowhere tree/link"]
    rebuild(scratch, recipe(scratch, GOOD, source=named, prepare=prepare), out="folder")
    row, = [row for row in build_of(scratch, "folder")["predicate"]["buildDefinition"]["resolvedDependencies"]
            if row["name"] == "tree"]
    text = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in
                   (("b/one", b"1\n"), ("link", b"nowhere"), ("two", b"2\n")))
    equal(({"dirHash": hashlib.sha256(text.encode()).hexdigest()}, {"kind": "fetched folder"}),
          (row["digest"], row["annotations"]), "a folder")
    for prepare, says in ((["echo other >toy.tar"], "want sha256 " + digest), ([], "neither fetched nor an input")):
        done = rebuild(scratch, recipe(scratch, GOOD, source=named, prepare=prepare), status=TROUBLE, out="no")
        contains(done.err, "source toy.tar", says)


@case("inputs stay what they were behind prepare, and all that the steps read while they run")
def spoilt_input(scratch):
    for words, says in (("echo x >\"$INPUTS/image.igvm\"", "behind prepare: input image.igvm: want sha256"),
                        ("rm \"$INPUTS/image.igvm\"", "behind prepare: input image.igvm: want sha256"),
                        ("mv \"$INPUTS/image.igvm\" ../x; ln -s ../x \"$INPUTS/image.igvm\"",
                         "behind prepare: input image.igvm: want sha256")):
        contains(rebuild(scratch, recipe(scratch, GOOD, prepare=[words]), status=TROUBLE).err, says)
    path = recipe(scratch, [": >begun", f"until [ -e {scratch}/go ]; do sleep 0.1; done", *GOOD])
    child = subprocess.Popen([os.path.join(FOLDER, "rebuild"), path, "--out", scratch + "/out", "--work",
                              scratch + "/kept"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while not os.path.exists(scratch + "/kept/a/build/begun") and time.monotonic() < deadline:
        time.sleep(0.05)
    write(scratch + "/kept/fetched/late", b"x")
    write(scratch + "/go", b"")
    _, said = child.communicate(timeout=60)
    equal(TROUBLE, child.returncode, said)
    contains(said, "what the steps read is not what it was before they ran")


@case("what is expected and what is published are compared, the latter fetched behind both runs")
def published(scratch):
    steps = ['[ ! -e "$FETCHED/../published/got" ]', *GOOD]
    for content, status, says in (("cp \"$INPUTS/image.igvm\" got", 0, "what was published: identical"),
                                  ("(cat \"$INPUTS/image.igvm\" | tr '\\001' '\\002') >got", TROUBLE, "audit diff")):
        path = recipe(scratch, steps, published={"steps": [content], "file": "got", "reason": "the test"})
        done = rebuild(scratch, path, status=status, out=f"out-{status}")
        contains(done.out + done.err, says)
        equal(status == 0, build_of(scratch, f"out-{status}")["outcome"]["published"]["compared"], "in the record")
    for made in ('ln -s "$INPUTS/image.igvm" got', "mkfifo got", 'ln -s "$INPUTS" d; mkdir got'):
        path = recipe(scratch, steps, published={"steps": [made], "file": "got", "reason": "the test"})
        shutil.rmtree(scratch + "/out-5")
        contains(rebuild(scratch, path, status=TROUBLE, out="out-5").err, "what was published: got: no regular file")
    other = igvm.build([igvm.platform(1, igvm.TDX), igvm.page(0x1000, 1, 0)], b"x" * 4096)
    write(scratch + "/other.igvm", other)
    path = recipe(scratch, steps, published={"steps": [f"cp {scratch}/other.igvm got"], "file": "got", "reason": "x"})
    contains(rebuild(scratch, path, status=FAIL).out, "DIFFERS  what was built and what was published: 4096 bytes")
    path = recipe(scratch, GOOD, expected={"sha256": "0" * 64, "mrtd": "1" * 96})
    done = rebuild(scratch, path, status=FAIL, out="expected")
    contains(done.out, "sha256 that the recipe expects: 0000", "mrtd that the recipe expects: 1111")


@case("interrupted: nothing half-written is left, and no step goes on")
def interrupted(scratch):
    path = recipe(scratch, ["echo $$ >\"$HOME/../pid\" || true", "sleep 71.07", *GOOD])
    os.makedirs(scratch + "/tmp")
    os.environ["TMPDIR"] = scratch + "/tmp"
    for number in (signal.SIGINT, signal.SIGTERM):
        child = subprocess.Popen([os.path.join(FOLDER, "rebuild"), path, "--out", scratch + "/out"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in child.stdout:
            if line.startswith("run a    begins"):
                break
        deadline = time.monotonic() + 10
        while not sleeping() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert sleeping(), "the step did not begin"
        child.send_signal(number)
        _, said = child.communicate(timeout=20)
        equal(TROUBLE, child.returncode, said)
        contains(said, "interrupted by " + number.name)
        deadline = time.monotonic() + 5
        while sleeping() and time.monotonic() < deadline:
            time.sleep(0.05)
        equal(0, sleeping(), "steps that go on")
        equal([], os.listdir(scratch + "/tmp"), "left in the temporary folder")
        equal({"image.igvm", "tmp", "toy.json"}, set(os.listdir(scratch)), "left behind")


@case("interrupted at any moment: all that was begun is there or nothing")
def any_moment(scratch):
    path = recipe(scratch, ["sleep 0.1", *GOOD], held=[{"name": "clock", "reason": "sleep"}])
    os.makedirs(scratch + "/tmp")
    os.environ["TMPDIR"] = scratch + "/tmp"
    seen = set()
    for i in range(24):
        child = subprocess.Popen([os.path.join(FOLDER, "rebuild"), path, "--out", scratch + "/out"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(0.05 * i)
        child.send_signal(signal.SIGTERM)
        _, said = child.communicate(timeout=20)
        seen.add(child.returncode)
        assert child.returncode in (0, TROUBLE, -signal.SIGTERM), said
        equal([], os.listdir(scratch + "/tmp"), f"left in the temporary folder, {i}")
        found = set(os.listdir(scratch)) - {"image.igvm", "tmp", "toy.json"}
        assert found <= {"out"}, found
        if found:
            equal({"a.log", "b.log", "build.json", "made.igvm"}, set(os.listdir(scratch + "/out")), "whole")
            shutil.rmtree(scratch + "/out")
    assert TROUBLE in seen, seen


def sleeping():
    """How many processes are in the step of the case above."""
    found = 0
    for name in os.listdir("/proc"):
        try:
            found += name.isdigit() and read(f"/proc/{name}/cmdline") == b"sleep\x0071.07\0"
        except OSError:
            pass
    return found


@case("what a text leaves running is ended with it, in a session of its own as well")
def leftovers(scratch):
    begin = ("setsid -f bash -c 'setsid -f sleep 71.07; sleep 71.07'; "
             "until pgrep -fx 'sleep 71.07' >/dev/null; do :; done")
    for members in ({"prepare": [begin]}, {"steps": [begin, *GOOD]},
                    {"published": {"steps": [begin, 'cp "$INPUTS/image.igvm" got'], "file": "got", "reason": "x"}}):
        shutil.rmtree(scratch + "/out", ignore_errors=True)
        rebuild(scratch, recipe(scratch, **{"steps": GOOD, **members}))
        equal(0, sleeping(), "still running")


@case("--into writes the reference: a SIMULATED quote over what was built is a match, by source and recipe")
def into(scratch):
    refs = scratch + "/refs.git"
    done = rebuild(scratch, SIMULATED, "--into", refs, "--", "--init", "--since", "2026-01-01T00:00:00Z")
    value = build_of(scratch)["runs"][0]["artifact"]["measurements"][0]["value"]
    contains(done.out, "simulated-paravisor")
    done = ecart("audit", quoted(scratch, value), *WORDS, "--references", refs, "--format", "json")
    entry, = json.loads(done.out)["audit"]
    equal(("match", value), (entry["result"], entry["value"]), "result")
    manifest = json.loads(tool(["git", "-C", refs, "show", "HEAD:references/simulated-paravisor/1.json"]).stdout)
    equal(hashlib.sha256(read(SIMULATED)).hexdigest(), manifest["recipe"]["sha256"], "recipe")
    equal(hashlib.sha256(read(scratch + "/out/paravisor.igvm")).hexdigest(), manifest["artifact"]["sha256"], "artifact")
    done = rebuild(scratch, SIMULATED, "--parameter", "stamp=time", "--into", refs, status=FAIL, out="no")
    commits = tool(["git", "-C", refs, "rev-list", "HEAD"]).out.split()
    equal(1, len(commits), "what differs becomes no reference")


@case("the reference has the recipe as it was read, and the parameters that are not the default")
def as_read(scratch):
    value = json.loads(read(recipe(scratch, None)))
    value.update(steps=GOOD, parameters={"flavour": {"values": ["plain", "other"], "reason": "the test"},
                                         "size": {"values": ["1", "2"], "reason": "the test"}},
                 published={"steps": [f"echo >>{scratch}/toy.json", 'cp "$INPUTS/image.igvm" got'], "file": "got",
                            "reason": "the recipe is another when the reference is made"})
    content = json.dumps(value).encode()
    refs = scratch + "/refs.git"
    rebuild(scratch, write(scratch + "/toy.json", content), "--parameter", "flavour=other", "--into", refs, "--",
            "--init")
    assert read(scratch + "/toy.json") != content
    equal(content, tool(["git", "-C", refs, "show", "HEAD:recipes/toy/1/toy.json"]).stdout, "the recipe")
    entry, = json.loads(tool(["git", "-C", refs, "show", "HEAD:references/toy/1.json"]).stdout)["measurements"]
    equal({"flavour": "other"}, entry["parameters"], "parameters")


@case("what cannot be left or entered is said before anything is run")
def beforehand(scratch):
    path = recipe(scratch, ["touch " + scratch + "/ran"])
    os.mkdir(scratch + "/folder")
    os.symlink("folder", scratch + "/link")
    contains(rebuild(scratch, path, status=USAGE, out="link").err, "is there and not an empty folder")
    contains(rebuild(scratch, path, "--into", scratch + "/none.git", status=USAGE).err,
             "none.git: no such repository; -- --init makes one")
    os.environ["ECART_BIN"] = scratch + "/no-ecart"
    try:
        done = rebuild(scratch, path, status=TROUBLE)
    finally:
        os.environ["ECART_BIN"] = ECART
    contains(done.err, f"the program ecart, {scratch}/no-ecart: No such file or directory")
    assert "begins" not in done.out, done.out


@case("--into with --key keeps the record, signed, beside the reference; a key that is none is refused at once")
def signed(scratch):
    done = rebuild(scratch, SIMULATED, "--into", scratch + "/refs.git", "--key", scratch + "/none.pem", status=USAGE)
    contains(done.err, "none.pem: no such file")
    key = scratch + "/lab.pem"
    ecart("keygen", "-o", key)
    if "--build" not in ecart("audit", "reference", "add", "--help").out:
        done = rebuild(scratch, SIMULATED, "--into", scratch + "/refs.git", "--key", key, status=USAGE)
        contains(done.err, "this ecart writes no provenance")
        raise Skip("this ecart writes no provenance, and it was said")
    rebuild(scratch, SIMULATED, "--into", scratch + "/refs.git", "--key", key, "--", "--init")
    done = ecart("audit", "reference", "check", scratch + "/refs.git", "--provenance-key", key + ".pub")
    contains(done.out, "1 with provenance", "0 faults")
    envelope = json.loads(tool(["git", "-C", scratch + "/refs.git", "show",
                                "HEAD:provenance/simulated-paravisor/1.dsse.json"]).stdout)
    statement = json.loads(base64.b64decode(envelope["payload"]))
    equal(build_of(scratch)["predicate"], statement["predicate"], "predicate")


main(needs_vectors=False)
