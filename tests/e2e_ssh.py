#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signatures of SSH and allowed signers, each judged by audit/ssh (tests/ssh_judge.c) and by the
ssh-keygen that is installed, in UTC: the same signatures are good to both, for the same principals.
Keys are made anew each time; what is done to them follows from a seed."""

import base64
import collections
import functools
import hashlib
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True

import ssh_forge as forge
from e2e import ROOT, Skip, case, equal, main, write

PROGRAM = os.environ.get("ECART_SSH_JUDGE") or os.path.join(ROOT, "build", "tests", "ssh_judge")
SERVER = (os.environ.get("ECART_SSH_KEYGEN_SERVER")
          or os.path.join(ROOT, "build", "tests", "libssh_keygen_server.so"))
UTC = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
NOW = 1800000000
MESSAGE = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
TYPES = (("ed25519", ()), ("ecdsa", ("-b", "256")), ("ecdsa", ("-b", "384")),
         ("ecdsa", ("-b", "521")), ("rsa", ("-b", "2048")), ("rsa", ("-b", "1024")))

Pair = collections.namedtuple("Pair", "label signers armour message namespace identity at")
total = collections.Counter()


def pair(label, signers, armour, namespace="git", identity="", at=NOW, message=MESSAGE):
    return Pair(label, signers, armour, message, namespace, identity, at)


# --- keys and signatures of ssh-keygen ---

class Fixture:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ssh-")
        self.keys = {}
        for name, bits in TYPES:
            self.make("-".join([name, *bits[1:]]), name, bits)
        self.make("ca", "ed25519", ())
        self.make("other", "ed25519", ())

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def make(self, name, kind, bits):
        keygen("-q", "-t", kind, *bits, "-N", "", "-C", "", "-f", self.path(name))
        with open(self.path(name) + ".pub", "rb") as file:
            self.keys[name] = base64.b64decode(file.read().split()[1])

    def sign(self, name, message=MESSAGE, namespace="git", *how):
        """By a key's name, or that of a certificate beside it."""
        return keygen("-q", "-Y", "sign", "-f", self.path(name), "-n", namespace, *how,
                      stdin=message).stdout

    def certify(self, name, *how, ca="ca"):
        """The blob of a new certificate of the key, which signs for it from then on."""
        keygen("-q", "-s", self.path(ca), "-I", "id", *how, self.path(name) + ".pub")
        with open(self.path(name) + "-cert.pub", "rb") as file:
            return base64.b64decode(file.read().split()[1])

    def line(self, name, principals="a@example.com", options=""):
        return forge.line(principals, self.keys[name], options)


def keygen(*words, stdin=b"", good=True):
    done = subprocess.run(["ssh-keygen", *words], input=stdin, capture_output=True, env=UTC,
                          check=False, timeout=60)
    assert not good or done.returncode == 0, (words, done.stderr)
    return done


_fixture = []


def fixture():
    if not _fixture:
        if not any(os.access(os.path.join(folder, "ssh-keygen"), os.X_OK)
                   for folder in os.environ["PATH"].split(":")):
            raise Skip("the package openssh-client is not here: no ssh-keygen")
        _fixture.append(Fixture())
    return _fixture[0]


# --- the two judges ---

def stamp(at):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(at))


class Files:
    """Contents as files, each once."""

    def __init__(self, scratch):
        self.scratch = scratch

    def of(self, content):
        if content is None:
            return "-"
        path = os.path.join(self.scratch, hashlib.sha256(content).hexdigest())
        if not os.path.exists(path):
            write(path, content)
        return path


class Keygen:
    """Runs of ssh-keygen that share one start of it (ssh_keygen_server.c)."""

    def __init__(self):
        assert os.path.exists(SERVER), SERVER
        self.process = subprocess.Popen(
            ["ssh-keygen", "-Y", "serve"], env={**UTC, "LD_PRELOAD": SERVER}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def run(self, message, *words):
        """The exit status and what it printed."""
        sent = b"".join(os.fsencode(word) + b"\0" for word in (message, "ssh-keygen", *words))
        self.process.stdin.write(struct.pack("=I", len(sent)) + sent)
        self.process.stdin.flush()
        head = self.process.stdout.read(8)
        assert len(head) == 8, f"ssh-keygen's server ended: {self.process.wait()}"
        status, n = struct.unpack("=II", head)
        assert status < 256, (status, words)
        return status, self.process.stdout.read(n)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=60)


def alone(message, *words, env=None):
    """The same of one run by itself."""
    with open(message, "rb") as file:
        done = subprocess.run(["ssh-keygen", *words], stdin=file, capture_output=True, check=False,
                              timeout=60, env=env or UTC)
    return done.returncode, done.stdout


def theirs(p, files, run=alone):
    """Whether ssh-keygen takes it, and what find-principals prints; asked as git asks it where
    no identity is given."""
    at = "-Overify-time=" + stamp(p.at)

    def ask(*words):
        return run(files.of(p.message), "-Y", *words, "-s", files.of(p.armour))

    if p.signers is None:
        return ask("check-novalidate", "-n", p.namespace)[0] == 0, []
    signers = files.of(p.signers)
    names = [p.identity]
    if not p.identity:
        status, printed = ask("find-principals", at, "-f", signers)
        names = [n.decode("latin-1") for n in printed.split(b"\n") if n]
        names = [n[:-1] if n.endswith("\r") else n for n in names]  # as git does
        if status != 0:
            return False, []
    good = any(ask("verify", at, "-f", signers, "-I", name.encode("latin-1"),
                   "-n", p.namespace)[0] == 0 for name in names)
    return good, names


def theirs_of_all(pairs, files):
    """By two of them, each a half."""
    def half(which):
        keygen_of_it = Keygen()
        try:
            return [theirs(p, files, keygen_of_it.run) for p in pairs[which::2]]
        finally:
            keygen_of_it.close()

    with ThreadPoolExecutor(2) as pool:
        said = [None] * len(pairs)
        said[::2], said[1::2] = pool.map(half, (0, 1))
    return said


def ours(pairs, files):
    words = []
    for p in pairs:
        words += [files.of(p.signers), files.of(p.armour), files.of(p.message), p.namespace,
                  p.identity.encode("latin-1"), str(p.at)]
    done = subprocess.run([PROGRAM, *words], capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, (done.returncode, done.stderr[-3000:])
    lines = done.stdout.decode("latin-1").split("\n")[:-1]
    equal(len(pairs), len(lines), "lines")
    return [line.split("\t") for line in lines]


def shown(names):
    return re.sub(r"[^ -~]|\\", lambda m: f"\\x{ord(m.group()):02x}", ",".join(names))


def compare(scratch, pairs, least_good=1, least_bad=1):
    """Every pair to both; the states that were ours."""
    files = Files(scratch)
    for p in pairs:  # here, where it is done once
        for content in (p.signers, p.armour, p.message):
            files.of(content)
    said = theirs_of_all(pairs, files)
    # What shares a start says what one by itself says.
    for at in range(0, len(pairs), 97):
        equal(theirs(pairs[at], files), said[at], pairs[at].label)
    answers = []
    for at in range(0, len(pairs), 100):
        answers += ours(pairs[at:at + 100], files)
    wrong, states = [], collections.Counter()
    for p, (good, names), answer in zip(pairs, said, answers):
        states[answer[0]] += 1
        if good != (answer[0] == "good"):
            wrong.append((p.label, "theirs", good, "ours", answer, p.signers, p.identity))
        elif good and not p.identity and p.signers is not None and len(shown(names)) < 250:
            # A name with an LF is two lines of it.
            if shown(names) != answer[2] and "\\x0a" not in answer[2]:
                wrong.append((p.label, "principals", names, answer, p.signers))
    print(f"# {len(pairs)} pairs: " + ", ".join(f"{n} {s}" for s, n in sorted(states.items())))
    total.update(states)
    assert not wrong, f"{len(wrong)} of {len(pairs)}: " + "\n".join(map(repr, wrong[:6]))
    assert states["good"] >= least_good, states
    assert len(pairs) - states["good"] >= least_bad, states
    return states


# --- cases ---

@case("a signature by a key of each type, with each hash, is judged as ssh-keygen judges it")
def types(scratch):
    f, pairs = fixture(), []
    for name, bits in TYPES:
        name = "-".join([name, *bits[1:]])
        for how in ((), ("-Ohashalg=sha256",), ("-Ohashalg=sha512",)):
            for namespace in ("git", "file"):
                made = f.sign(name, MESSAGE, namespace, *how)
                signers = f.line("other") + f.line(name, "*@example.com,b") + f.line("ca")
                for identity in ("", "a@example.com", "b", "c", "*@example.com", "A@example.com"):
                    pairs.append(pair(name, signers, made, identity=identity))
                pairs.append(pair(name, f.line("other"), made))
                pairs.append(pair(name, b"", made))
                pairs.append(pair(name, None, made))
                pairs.append(pair(name, None, made, message=MESSAGE + b"x"))
                pairs.append(pair(name, signers, made, message=b""))
    compare(scratch, pairs, 100, 100)


@case("a key's fingerprint and type are those that ssh-keygen -l prints")
def fingerprints(scratch):
    f = fixture()
    for name, bits in TYPES:
        name = "-".join([name, *bits[1:]])
        answer = ours([pair(name, None, f.sign(name))], Files(scratch))[0]
        printed = keygen("-l", "-f", f.path(name)).stdout.decode().split()
        equal(printed[1], answer[4], name)
        equal(forge.take(f.keys[name])[0].decode(), answer[3], name)


PRINCIPALS = (
    "a@example.com", "*", "*@example.com", "b@x,a@example.com", "!a@example.com,*", "*,!b*",
    "a?example.com", '"a@example.com"', '"a b"', 'a"@example.com"', '""', "A@example.com",
    "a@example.com,", ",a@example.com", "a@example.com,,b", "!*", "a", "**@**.com", "a*?*m",
    "b@example.com", '"a@example.com', "a@example.com,!b@example.com", "!!a@example.com", "?" * 13,
    "x" * 1021 + ",a@example.com", "a@example.com," + "x" * 1022, "a@example.com," + "x" * 1023,
    "x" * 1024 + ",a@example.com", '"*,!c"', "#*", "\\*", "a@example.com#", "[a]", "\xe4,*",
    '"a@example.com"x', 'a@example.com=b', "!b@example.com,!a@example.com", "*b@example.com")
OPTIONS = (
    "cert-authority", 'namespaces="git"', 'namespaces="file,git"', 'namespaces="!git,*"',
    'NameSpaces="g*"', "namespaces=git", 'namespaces=""', 'namespaces="a\\"b,git"',
    'namespaces="file"', 'namespaces="x y,git"', 'namespaces="git', "namespaces", "bogus",
    "cert-authorityx", "CERT-AUTHORITY", 'valid-after="20200101Z"', 'valid-before="20200101"',
    'valid-after="20400101"', 'valid-before="20400101Z"', 'valid-after="x"', "valid-after=2020",
    'valid-after=""', 'VALID-BEFORE="204001010000"', "no-touch-required", "", '"', '\\"',
    'namespaces="\\"', 'namespaces="\\g*"', 'namespaces="GIT"', "restrict", "no-cert-authority",
    'valid-before="19700101Z"', 'valid-before="20400101Z"x', "verify-required")
GAPS = (" ", " ", " ", "\t", "  ", " \t ", "\v", "\r", "")
FRONTS = ("", "", "", "", "", " ", "\t", "#", "\r", "\v", "\0", " #", '"')
TAILS = ("", "", "", "", " comment", "\tc \"q\" \"", "\r", "\0junk", " ", "=", "A", "====", "\v", "#")
IDENTITIES = ("", "", "", "a@example.com", "b@example.com", "*", "!a@example.com", "a b",
              "A@EXAMPLE.COM", "a@example.com,b", "x" * 1022, "\xe4")
WORDS = ("ssh-ed25519", "ssh-rsa", "rsa-sha2-256", "rsa-sha2-512", "ecdsa-sha2-nistp256",
         "ecdsa-sha2-nistp384", "ED25519", "ssh-ed25519-cert-v01@openssh.com", "ssh-dss",
         "sk-ssh-ed25519@openssh.com", "ssh-ed25519,", "SSH-ED25519", "ssh-rsa-cert-v01@openssh.com",
         "rsa-sha2-256-cert-v01@openssh.com", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com")


def spoil_base64(rng, text):
    """The text of a key, mostly as it is."""
    if rng.random() < 0.85:
        return text
    at = rng.randrange(len(text))
    return rng.choice((
        text[:at], text[:-1], text + "=", text[:at] + "\v" + text[at:], text[:at] + "-" + text[at:],
        text[:at] + "\f\v\r" + text[at:], text.rstrip("="), text[:at] + "=" + text[at:],
        text[:at] + " " + text[at:], text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1:], text + text,
        "\v" + text + "\v"))


def random_line(rng, blobs):
    blob = rng.choice(blobs)
    options = ",".join(rng.choice(OPTIONS) for _ in range(rng.choice((0, 0, 0, 1, 1, 1, 2, 3))))
    word = forge.take(blob)[0].decode() if rng.random() < 0.9 else rng.choice(WORDS)
    key = spoil_base64(rng, base64.b64encode(blob).decode())

    def gap():
        return " " if rng.random() < 0.8 else rng.choice(GAPS)

    text = rng.choice(FRONTS) + rng.choice(PRINCIPALS[:2] if rng.random() < 0.4 else PRINCIPALS) + gap()
    text += options + gap() if options else ""
    return (text + word + gap() + key + rng.choice(TAILS) + "\n").encode("latin-1")


def random_files(seed, n, signed, blobs):
    """signed: pairs of a signature and the blobs that may be good for it."""
    rng = random.Random(seed)
    for number in range(n):
        armour, mine = rng.choice(signed)
        lines = [random_line(rng, mine if rng.random() < 0.8 else blobs)
                 for _ in range(rng.choice((1, 1, 2, 3, 5)))]
        text = b"".join(lines)
        if rng.random() < 0.2:
            text = text[:-1]
        yield pair(f"{seed} {number}", text, armour, rng.choice(("git", "git", "git", "file")),
                   rng.choice(IDENTITIES))


@case("allowed signers of many shapes: plain keys")
def shapes(scratch):
    f = fixture()
    blobs = list(f.keys.values())
    signed = [(f.sign(n), [f.keys[n]]) for n in ("ed25519", "ecdsa-256", "rsa-2048", "ecdsa-521")]
    compare(scratch, list(random_files("plain", 1500, signed, blobs)), 100, 200)


@case("allowed signers of many shapes: certificates and their authorities")
def certified_shapes(scratch):
    f = fixture()
    signed = []
    for name, how in (("ed25519", ("-n", "a@example.com,b@example.com")), ("rsa-2048", ("-n", "a b,*")),
                      ("ecdsa-384", ()), ("ecdsa-256", ("-n", "b@example.com", "-h"))):
        blob = f.certify(name, *how)
        signed.append((f.sign(name + "-cert.pub"), [blob, f.keys["ca"], f.keys["ca"]]))
    blobs = [blob for _, mine in signed for blob in mine] + [f.keys["ed25519"]]
    rng = random.Random("authority")
    pairs = list(random_files("certified", 900, signed, blobs))
    for number in range(400):
        armour, mine = rng.choice(signed)
        text = forge.line(rng.choice(PRINCIPALS[:20]), f.keys["ca"], "cert-authority").replace(
            b"cert-authority", b"cert-authority" + rng.choice(("", "," + rng.choice(OPTIONS))).encode())
        pairs.append(pair(f"authority {number}", text, armour, "git", rng.choice(IDENTITIES)))
    compare(scratch, pairs, 40, 200)


TIMES = ("20300101", "20300101Z", "20300101z", "203001011200", "203001011200Z", "20300101120030",
         "20300101120030Z", "20300230", "20300231Z", "20300431", "20300400", "20301301", "20300001",
         "2030010124", "203001012400", "203001012360", "20300101235960", "20300101235961",
         "20300101235962", "2030 1 1", "2030 1 1Z", "2030 101", "20301 01", "203001 1", "2030-1-1",
         " 2030101", "19700101", "19700101000001Z", "19691231", "99991231", "00000101", "20300101UTC",
         "20300101utc", "20300101+00", "20300101T00", "Z", "UTC", "", "2030", "203001", "+2030101",
         "20300101 1 1", "20300101 1 1 1", "20300101Z ", " 20300101Z", "20300101ZZ", "20300101UTCZ",
         "2030010112003", "20300101 100", "202402290000", "20230229", "2030010100:0", "20380119031408Z",
         "21060207062816Z", "30000101", "203001010000000", "\t0300101", "2030010\t")


@case("times in all their spellings, before, at and after each")
def times(scratch):
    f = fixture()
    made = f.sign("ed25519")
    marks = [int(time.mktime(time.strptime(t, "%Y%m%d"))) for t in ("20300101", "20300302", "20300501")]
    around = sorted({m + d for m in marks for d in (-1, 0, 1, 43199, 43200, 43201, 43230, 43231, 86399,
                                                    86400, 86401, 86460, 86461)} | {1, NOW, 2**32})
    pairs = []
    for spelt in TIMES:
        for option in ("valid-after", "valid-before"):
            signers = f.line("ed25519", "a", f'{option}="{spelt}"')
            for at in around if spelt.startswith("2030") else (1, NOW, around[-2]):
                pairs.append(pair(spelt, signers, made, at=at, identity="a"))
    for after in ("20300101", "20300102Z", "20300103"):
        for before in ("20300101", "20300101000001", "20300102", "20300103Z"):
            signers = f.line("ed25519", "a", f'valid-after="{after}",valid-before="{before}"')
            pairs += [pair(after, signers, made, at=at) for at in around[:30]]
    compare(scratch, pairs, 300, 300)


@case("a certificate's window, kind, principals, options and authority")
def certificates(scratch):
    f, pairs = fixture(), []
    for ca in ("ca", "rsa-2048", "ecdsa-521"):
        authority = forge.line("*", f.keys[ca], "cert-authority")
        for how in (("-n", "a"), ("-n", "a,b"), (), ("-n", "a", "-h"), ("-n", "a", "-V", "20300101:20300201"),
                    ("-n", "a", "-O", "force-command=/bin/true"), ("-n", "a", "-O", "critical:x=y"),
                    ("-n", "a", "-O", "clear"), ("-n", "*"), ("-n", "a", "-z", "18446744073709551615")):
            blob = f.certify("ed25519", *how, ca=ca)
            made = f.sign("ed25519-cert.pub")
            first, last = struct.unpack(">QQ", certificate_window(blob))
            ats = [NOW] + [t for t in (first - 1, first, last - 1, last) if 0 < t < 2**40]
            for at in ats:
                for identity in ("", "a", "b", "*"):
                    pairs.append(pair(str(how), authority, made, identity=identity, at=at))
            for text in (forge.line("*", blob), forge.line("*", f.keys["ed25519"]),
                         forge.line("*", f.keys["other"], "cert-authority"), forge.line("*", f.keys[ca]),
                         forge.line("*", blob, "cert-authority"), forge.line("b*", f.keys[ca], "cert-authority"),
                         forge.line("a", f.keys[ca], 'cert-authority,namespaces="file"') + authority,
                         forge.line("a,*", f.keys[ca], 'cert-authority,valid-before="20200101"') + authority):
                pairs += [pair(str(how), text, made, identity=i) for i in ("", "a")]
    compare(scratch, pairs, 80, 200)


def certificate_window(blob):
    """Of an Ed25519 certificate: its two times."""
    for _ in range(3):
        _, blob = forge.take(blob)
    blob = blob[12:]
    for _ in range(2):
        _, blob = forge.take(blob)
    return blob[:16]


def forged(key, namespace="git", blob=None, hash_name="sha512", **how):
    """An armour by a key of forge's own; how: of the proof."""
    data = forge.covered(MESSAGE, namespace, hash_name)
    return forge.armour(forge.sshsig(blob or forge.public(key), namespace, key.proof(data, **how), hash_name))


@case("certificates that no ssh-keygen makes")
def odd_certificates(scratch):
    ca, key = forge.Ed25519(b"ca"), forge.Ed25519(b"key")
    token = forge.Token(forge.Ed25519(b"token"), "sk-ssh-ed25519@openssh.com")
    option = forge.string("x") + forge.string(b"")
    shapes = [dict(), dict(kind=2), dict(kind=0), dict(kind=3), dict(principals=()), dict(principals=("",)),
              dict(principals=("", "a@example.com")), dict(principals=("b,a@example.com",)),
              dict(principals=("a@example.com\n", "b")), dict(principals=("a\nb",)), dict(principals=("a\rb",)),
              dict(principals=(b"a@example.com\0",)), dict(principals=(b"a\0b",)),
              dict(principals=["p%d" % i for i in range(255)] + ["a@example.com"]),
              dict(principals=["p%d" % i for i in range(256)] + ["a@example.com"]),
              dict(critical=option), dict(critical=option[:-1]), dict(critical=option[:5]),
              dict(extensions=option), dict(extensions=option + b"\0"), dict(reserved=b"x"),
              dict(key_id=b"i\0d"), dict(key_id=b"id\0"), dict(after=NOW), dict(after=NOW + 1),
              dict(before=NOW), dict(before=NOW + 1), dict(after=2**63, before=2**64 - 1), dict(more=1)]
    pairs = []
    for shape in shapes:
        for who in (key, token):
            blob = forge.certificate(who, ca, **shape)
            made = forged(who, blob=blob)
            for text in (forge.line("*", forge.public(ca), "cert-authority"), forge.line("*", blob),
                         forge.line("a*,b*", forge.public(ca), "cert-authority")):
                pairs += [pair(str(shape)[:90], text, made, identity=i) for i in ("", "a@example.com", "b")]
    blob = forge.certificate(key, ca)
    authority = forge.line("*", forge.public(ca), "cert-authority")
    for at in range(len(blob)):
        changed = blob[:at] + bytes([blob[at] ^ 1 << at % 8]) + blob[at + 1:]
        pairs.append(pair(f"byte {at}", authority, forged(key, blob=changed)))
    for nested in (forge.string(forge.public(ca)) + b"", forge.public(ca) + b"\0"):
        pairs.append(pair("trailing", authority, forged(key, blob=blob + nested)))
    compare(scratch, pairs, 60, 300)


@case("every byte of an armour changed, and every byte of what is in it")
def bytes_changed(scratch):
    f, pairs = fixture(), []
    signers = b"".join(f.line(n, "a") for n in f.keys)
    for name in ("ed25519", "ecdsa-256", "rsa-1024"):
        made = f.sign(name)
        for at in range(len(made)):
            for mask in (1, 0x20):
                pairs.append(pair(f"{name} armour {at}", signers if at % 2 else None,
                                  made[:at] + bytes([made[at] ^ mask]) + made[at + 1:], identity="a"))
        data = forge.dearmour(made)
        for at in range(len(data)):
            changed = data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1:]
            pairs.append(pair(f"{name} byte {at}", signers, forge.armour(changed), identity="a"))
            if at % 5 == 0:
                pairs.append(pair(f"{name} prefix {at}", signers, forge.armour(data[:at]), identity="a"))
                pairs.append(pair(f"{name} armour prefix {at}", signers, made[:at], identity="a"))
    compare(scratch, pairs, 10, 1000)


@case("armours of other shapes")
def armours(scratch):
    f = fixture()
    made = f.sign("ed25519")
    data = forge.dearmour(made)
    text = base64.b64encode(data)
    begin, end = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
    shapes = [made, made.replace(b"\n", b"\r\n"), made[:-1], made + b"x" * 9, made + made, b"\n" + made,
              b" " + made, made.replace(end, b"x" + end), made.replace(end, end[:-1]), made.replace(b"\n" + end, end),
              begin + b"\n" + text + b"\n" + end, begin + text + b"\n" + end, begin + b"\r" + text + b"\n" + end,
              begin + b"\n\n\n" + text + b"\n\n\n" + end, begin + b" \n" + text + b"\n" + end, begin + b"\n" + end,
              begin + b"\n\n" + end, begin + b"\n" + text + b"\r\n" + end, begin + b"\n" + text + b"\0\n" + end,
              begin + b"\n" + text[:9] + b"\0" + text[9:] + b"\n" + end, begin + b"\n" + text + b"=\n" + end,
              begin + b"\n" + text.rstrip(b"=") + b"\n" + end, begin + b"\n" + b" ".join(
                  text[i:i + 1] for i in range(len(text))) + b"\n" + end, begin + b"\n" + text + b"\n\n" + end,
              begin + b"\n\v\f\t" + text + b"\n" + end, begin + b"\nComment: x\n" + text + b"\n" + end,
              begin + b"\n" + text + b"\n-----END\n" + end, begin, b"", begin + b"\n", begin.lower() + made[29:],
              begin + b"\n" + text.replace(b"A", b"A\n") + b"\n" + end, made.replace(b"\n", b"\n\n"),
              begin + b"\n" + b"\n" * 30000 + text + b"\n" + end, begin + b"\n" + text + b"\n" + end + b"\0" * 5]
    for extra in range(3):
        spaced = base64.b64encode(data + b"\0" * extra)
        shapes.append(begin + b"\n" + spaced + b"\n" + end)
    pairs = [pair(repr(s[:60]), None, s) for s in shapes]
    compare(scratch, pairs, 12, 12)


@case("blobs that OpenSSH reads and does not write")
def blobs(scratch):
    f, ed, pairs = fixture(), forge.Ed25519(b"key"), []
    rsa, ec = forge.private_key(f.path("rsa-1024")), forge.Ecdsa(b"key")
    data = forge.covered(MESSAGE, "git")

    def add(label, key, blob=None, proof=None, signers=None, **how):
        made = forge.sshsig(blob or forge.public(key), how.pop("namespace", "git"),
                            proof or key.proof(data), **how)
        line = forge.line("a", forge.public(key))
        pairs.extend(pair(label, text, forge.armour(made)) for text in (None, line, signers or line))

    for version in (0, 1, 2, 2**31):
        add(f"version {version}", ed, version=version)
    for reserved in (b"", b"x", b"\0" * 300):
        add("reserved", ed, reserved=reserved)
    for namespace in ("git\0", "git\0\0", "git ", "", "file", "GIT"):
        add("namespace", ed, namespace=namespace)
    for hash_name in ("sha512\0", "SHA512", "sha384", "sha1", "", "sha512,", "sha*"):
        add("hash", ed, hash_name=hash_name, proof=ed.proof(
            forge.covered(MESSAGE, "git").replace(b"sha512", hash_name.encode())))
    for name in ("ssh-ed25519\0", "ED25519", "ed25519", "Ed25519", "ssh-ed25519 ", "ssh-rsa", "SSH-ED25519", "",
                 "ED25519-CERT"):
        blob = forge.public(ed, name)
        add("type " + name, ed, blob)
        if name.strip("\0 ") and "\0" not in name:
            add("line of type " + name, ed, blob, signers=forge.line("a", blob, kind="ssh-ed25519"))
            add("line as " + name, ed, signers=forge.line("a", forge.public(ed), kind=name.strip()))
    for name in ("rsa-sha2-256", "rsa-sha2-512", "RSA", "rsa", "ssh-rsa\0", "rsa-sha2-256-cert-v01@openssh.com"):
        blob = forge.public(rsa, name)
        add("type " + name, rsa, blob, signers=forge.line("a", blob, kind="ssh-rsa"))
        add("line as " + name, rsa, signers=forge.line("a", forge.public(rsa), kind=name.strip("\0")))
    for name in ("ECDSA", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp256\0", "ecdsa"):
        add("type " + name, ec, forge.public(ec, name))
    for blob in (forge.public(ed) + b"\0", forge.public(ed)[:-1], forge.string("ssh-ed25519") + forge.string(
            ed.public + b"\0"), forge.string("ssh-ed25519") + forge.string(ed.public[:31]), b""):
        add("key", ed, blob or b"\0")
    # Numbers with zeros in front, below zero, too large.
    n, e = forge.mpint(rsa.n)[4:], forge.mpint(rsa.e)[4:]
    for en, ee in ((b"\0" + n, e), (n, b"\0\0" + e), (b"\0" * 300 + n, e), (b"\0" * 1921 + n, e),
                   (b"\0" * 1920 + n, e), (b"\0" * 1919 + n, e), (n[1:], e), (n, b""), (b"", e), (n, b"\x81")):
        blob = forge.string("ssh-rsa") + forge.string(ee) + forge.string(en)
        add("numbers", rsa, blob, signers=forge.line("a", blob))
    for algorithm in ("rsa-sha2-256", "rsa-sha2-512", "ssh-rsa"):
        add(algorithm, rsa, proof=rsa.proof(data, algorithm))
    made = rsa.sign(data)
    for proof in (made + b"\0", made[:-1], b"\0" + made, made[1:], b"", b"\0", b"\1"):
        add("RSA bytes", rsa, proof=forge.string("rsa-sha2-512") + forge.string(proof))
    for name in ("rsa-sha2-256", "rsa-sha2-512\0", "rsa-sha2-384", "RSA-SHA2-512", "rsa-sha2-512-cert-v01@openssh.com"):
        add("RSA name", rsa, proof=forge.string(name) + forge.string(made))
    for more in range(0, 9):
        add(f"S and {more} orders", ed, proof=ed.proof(data, more=more))
    made = ed.sign(data)
    for proof in (made + b"\0", made[:-1], b"", made[:32] + made[32:63] + bytes([made[63] | 0x20])):
        add("Ed25519 bytes", ed, proof=forge.string("ssh-ed25519") + forge.string(proof))
    for name in ("ssh-ed25519\0", "ED25519", ""):
        add("Ed25519 name", ed, proof=forge.string(name) + forge.string(made))
    add("trailing", ed, proof=ed.proof(data) + b"\0")
    for high in (False, True):
        add("high S", ec, proof=ec.proof(data, high=high))
    r, rest = forge.take(ec.sign(data))
    s, _ = forge.take(rest)
    for er, es in ((b"\0" + r, s), (r, b"\0\0\0" + s), (r.lstrip(b"\0"), s), (r, b""), (b"", s), (b"", b""),
                   (r, (int.from_bytes(s, "big") + forge.N).to_bytes(34, "big")), (b"\0" * 2100 + r, s),
                   (b"\0" * 2000 + r, s)):
        add("ECDSA numbers", ec, proof=forge.string(ec.name) + forge.string(forge.string(er) + forge.string(es)))
    both = forge.string(r) + forge.string(s)
    for inner, behind in ((both + b"\0", b""), (both, b"\0"), (both[:-1], b"")):
        add("ECDSA trailing", ec, proof=forge.string(ec.name) + forge.string(inner) + behind)
    for name in ("ecdsa-sha2-nistp256\0", "ecdsa-sha2-nistp384", "ECDSA"):
        add("ECDSA name", ec, proof=forge.string(name) + forge.string(both))
    compare(scratch, pairs, 60, 100)


@case("RSA signatures that begin with zeros, with and without them")
def short_rsa(scratch):
    f, pairs = fixture(), []
    rsa = forge.private_key(f.path("rsa-1024"))
    messages = (b"%d" % i for i in range(100000))
    while len(pairs) < 6:
        message = next(messages)
        data = forge.covered(message, "git")
        if rsa.sign(data)[0] == 0:
            pairs += [pair("short", None, forge.armour(forge.sshsig(
                forge.public(rsa), "git", rsa.proof(data, strip=strip))), message=message)
                for strip in (False, True)]
    compare(scratch, pairs, 6, 0)


@case("Ed25519 keys of small order, and those spelt in another way")
def small_order(scratch):
    points = {"1": 1, "0": 0, "-1": forge.P - 1, "1 with sign": 1 | 1 << 255, "p": forge.P, "p + 1": forge.P + 1,
              "0 with sign": 1 << 255, "p - 1 with sign": forge.P - 1 | 1 << 255, "no point": 2, "p + 2": forge.P + 2,
              "p + 1 with sign": forge.P + 1 | 1 << 255,
              "order 8": int.from_bytes(bytes.fromhex(
                  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
              "order 8, too": int.from_bytes(bytes.fromhex(
                  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little")}
    pairs = []
    for label, value in points.items():
        key = forge.SmallOrder(value.to_bytes(32, "little"))
        for more in range(3):
            made = forged(key, more=more)
            pairs += [pair(label, text, made) for text in (None, forge.line("a", forge.public(key)))]
    compare(scratch, pairs, 4, 4)


@case("points that are not spelt with both coordinates")
def point_forms(scratch):
    pairs = []
    for d in (1, 2, forge.N - 1, forge.N - 2):
        ec = forge.Ecdsa(b"")
        ec.use(d)
        pairs.append(pair(f"{d} times the base", None, forged(ec)))
        for first in (2, 3, 0, 5, 6):
            ec.point = bytes([first]) + ec.point[1:33 if first in (2, 3) else 65]
            pairs.append(pair(f"form {first}", None, forged(ec)))
            ec.use(d)
    compare(scratch, pairs, 2, 10)


@case("keys that a token holds")
def tokens(scratch):
    pairs = []
    for inner, name in ((forge.Ed25519(b"t"), "sk-ssh-ed25519@openssh.com"),
                        (forge.Ecdsa(b"t"), "sk-ecdsa-sha2-nistp256@openssh.com")):
        for application in ("ssh:", "", "ssh:x"):
            for flags in (0, 1, 4, 5, 0xff):
                key = forge.Token(inner, name, application)
                key.flags = flags
                line = forge.line("a", forge.public(key))
                other = forge.line("a", forge.public(forge.Token(inner, name, "ssh:")))
                made = forged(key)
                pairs += [pair(name, text, made) for text in (None, line, other, forge.line("a", forge.public(key),
                                                                                          "no-touch-required"))]
        data = forge.dearmour(forged(key))
        for at in range(0, len(data), 2):
            pairs.append(pair(f"{name} byte {at}", None, forge.armour(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])))
        for blob in (forge.public(key, name + "\0"), forge.public(key, "ED25519-SK"), forge.public(key, "ECDSA-SK"),
                     forge.public(key, "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"), forge.public(key) + b"\0",
                     forge.string(name) + inner.fields()):
            pairs += [pair(name, text, forged(key, blob=blob)) for text in (None, line)]
    compare(scratch, pairs, 40, 100)


@case("what ssh-keygen takes and is refused here, each by name")
def differences(scratch):
    f, ca, key = fixture(), forge.private_key(fixture().path("rsa-2048")), forge.Ed25519(b"key")
    blob = forge.certificate(key, ca, algorithm="ssh-rsa")
    weak = forge.private_key(f.path("rsa-1024"))
    weak.e, weak.d = 1, 1
    long_armour = f.sign("ed25519").replace(b"\n", b"\n" * 20000)
    rows = [(pair("SHA-1", forge.line("*", forge.public(ca), "cert-authority"), forged(key, blob=blob)),
             "unsupported", "signature algorithm"),
            (pair("exponent", None, forged(weak)), "unsupported", "exponent"),
            (pair("armour", None, long_armour), "unreadable", "armour")]
    files = Files(scratch)
    for p, state, word in rows:
        equal(True, theirs(p, files)[0], p.label)
        answer = ours([p], files)[0]
        equal(state, answer[0], p.label)
        assert word in answer[5], answer
    made = f.sign("ed25519")
    for text, word in ((f.line("ed25519") + b"#" * (1 << 20), "file"),
                       (f.line("ed25519") + b"#" * ((64 << 10) + 1), "line")):
        p = pair(word, text, made)
        equal(True, theirs(p, files)[0], word)
        answer = ours([p], files)[0]
        assert answer[0] == "refused" and f": {word} at byte" in answer[1], answer


@case("a time without Z is UTC here, and local time for ssh-keygen")
def zones(scratch):
    f, files = fixture(), Files(scratch)
    made = f.sign("ed25519")
    at = 1893456000  # 2030-01-01T00:00:00Z
    for spelt, differs in (("20300101", True), ("20300101Z", False)):
        p = pair(spelt, f.line("ed25519", "a", f'valid-before="{spelt}"'), made, at=at)
        equal("good", ours([p], files)[0][0], spelt)
        equal(True, theirs(p, files)[0], spelt)
        east = {**UTC, "TZ": "EST-3"}
        there = functools.partial(alone, env=east)
        equal(not differs, theirs(p, files, there)[0], spelt + " in the east")


def summary():
    print(f"# {sum(total.values())} pairs in all, {total['good']} of them good")


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        main(needs_vectors=False)
    finally:
        summary()
