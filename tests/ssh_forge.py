# SPDX-License-Identifier: Apache-2.0
"""Keys, certificates and signatures of SSH by number, for tests/e2e_ssh.py: what no ssh-keygen
makes.  Slow and in the open: for tests alone."""

import base64
import hashlib
import struct

# --- wire (RFC 4251, 5) ---


def string(data):
    data = data.encode() if isinstance(data, str) else data
    return struct.pack(">I", len(data)) + data


def mpint(n):
    return string(n.to_bytes(n.bit_length() // 8 + 1, "big") if n else b"")


def take(blob):
    n = struct.unpack(">I", blob[:4])[0]
    return blob[4:4 + n], blob[4 + n:]


# --- Ed25519 (RFC 8032, 5.1) ---

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def _recover(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - x2) % P == 0, "no point"
    return P - x if x % 2 != sign else x


def _add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P,
            (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P)


def _times(n, point):
    out = (0, 1)
    for bit in bin(n)[2:]:
        out = _add(out, out)
        if bit == "1":
            out = _add(out, point)
    return out


_Y = 4 * pow(5, -1, P) % P
BASE = (_recover(_Y, 0), _Y)


def _pack(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


class Ed25519:
    name = "ssh-ed25519"

    def __init__(self, seed):
        h = hashlib.sha512(seed).digest()
        self.a = int.from_bytes(h[:32], "little") & (2**254 - 8) | 2**254
        self.prefix = h[32:]
        self.public = _pack(_times(self.a, BASE))

    def fields(self):
        return string(self.public)

    def sign(self, data, more=0):
        """more: how often the order is added to S."""
        r = int.from_bytes(hashlib.sha512(self.prefix + data).digest(), "little") % ORDER
        big = _pack(_times(r, BASE))
        k = int.from_bytes(hashlib.sha512(big + self.public + data).digest(), "little")
        s = (r + k * self.a) % ORDER + more * ORDER
        return big + s.to_bytes(32, "little")

    def proof(self, data, **how):
        return string(self.name) + string(self.sign(data, **how))


class SmallOrder(Ed25519):
    """A key whose point has small order: R of the signature is S times the base, S any."""

    def __init__(self, public):
        self.public = public

    def sign(self, data, more=0):
        for s in range(2, 200):
            big = _pack(_times(s, BASE))
            k = int.from_bytes(hashlib.sha512(big + self.public + data).digest(), "little")
            if k % 8 == 0:
                return big + (s + more * ORDER).to_bytes(32, "little")
        raise AssertionError("no such S")


# --- ECDSA over P-256 (SP 800-186, 3.2.1.3) ---

Q = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)


def _ec_add(a, b):
    if a is None or b is None:
        return a or b
    (x1, y1), (x2, y2) = a, b
    if x1 == x2 and (y1 + y2) % Q == 0:
        return None
    if a == b:
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, Q)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, Q)
    x = (slope * slope - x1 - x2) % Q
    return x, (slope * (x1 - x) - y1) % Q


def _ec_times(n, point):
    out = None
    for bit in bin(n)[2:]:
        out = _ec_add(out, out)
        if bit == "1":
            out = _ec_add(out, point)
    return out


class Ecdsa:
    name, curve = "ecdsa-sha2-nistp256", "nistp256"

    def __init__(self, seed):
        self.use(int.from_bytes(hashlib.sha256(seed).digest(), "big") % N)

    def use(self, d):
        self.d = d
        x, y = _ec_times(d, G)
        self.point = b"\4" + x.to_bytes(32, "big") + y.to_bytes(32, "big")

    def fields(self):
        return string(self.curve) + string(self.point)

    def sign(self, data, high=False):
        z = int.from_bytes(hashlib.sha256(data).digest(), "big")
        k = int.from_bytes(hashlib.sha256(b"k" + data).digest(), "big") % N
        r = _ec_times(k, G)[0] % N
        s = pow(k, -1, N) * (z + r * self.d) % N
        return mpint(r) + mpint(N - s if high else s)

    def proof(self, data, **how):
        return string(self.name) + string(self.sign(data, **how))


# --- tokens (PROTOCOL.u2f) ---


class Token:
    """Either of the two, held by a token."""
    flags, counter = 1, 7

    def __init__(self, inner, name, application="ssh:"):
        self.inner, self.name, self.application = inner, name, application

    def fields(self):
        return self.inner.fields() + string(self.application)

    def proof(self, data, **how):
        state = struct.pack(">BI", self.flags, self.counter)
        covered = (hashlib.sha256(self.application.encode()).digest() + state +
                   hashlib.sha256(data).digest())
        return string(self.name) + string(self.inner.sign(covered, **how)) + state


# --- RSA (RFC 8017, 8.2.2) ---

DIGEST_INFO = {
    "ssh-rsa": ("sha1", bytes.fromhex("3021300906052b0e03021a05000414")),
    "rsa-sha2-256": ("sha256", bytes.fromhex("3031300d060960864801650304020105000420")),
    "rsa-sha2-512": ("sha512", bytes.fromhex("3051300d060960864801650304020305000440")),
}


class Rsa:
    name = "ssh-rsa"

    def __init__(self, n, e, d):
        self.n, self.e, self.d = n, e, d
        self.size = (n.bit_length() + 7) // 8

    def fields(self):
        return mpint(self.e) + mpint(self.n)

    def sign(self, data, algorithm="rsa-sha2-512"):
        hash_name, prefix = DIGEST_INFO[algorithm]
        info = prefix + hashlib.new(hash_name, data).digest()
        padded = b"\0\1" + b"\xff" * (self.size - 3 - len(info)) + b"\0" + info
        return pow(int.from_bytes(padded, "big"), self.d, self.n).to_bytes(self.size, "big")

    def proof(self, data, algorithm="rsa-sha2-512", strip=False):
        made = self.sign(data, algorithm)
        return string(algorithm) + string(made.lstrip(b"\0") if strip else made)


def private_key(path):
    """The key of an OpenSSH private key file without a passphrase; Ed25519 and RSA."""
    with open(path, encoding="ascii") as file:
        lines = file.read().split("\n")
    blob = base64.b64decode("".join(lines[1:-2]))[len("openssh-key-v1\0"):]
    for _ in range(3):
        _, blob = take(blob)
    _, blob = take(blob[4:])
    inner, _ = take(blob)
    name, inner = take(inner[8:])
    if name == b"ssh-ed25519":
        _, inner = take(inner)
        return Ed25519(take(inner)[0][:32])
    assert name == b"ssh-rsa", name
    numbers = []
    for _ in range(3):
        number, inner = take(inner)
        numbers.append(int.from_bytes(number, "big"))
    return Rsa(*numbers)


# --- blobs ---


def public(key, name=None):
    return string(name or key.name) + key.fields()


def certificate(key, authority, serial=1, kind=1, key_id="id", principals=("a@example.com",),
                after=0, before=2**64 - 1, critical=b"", extensions=b"", reserved=b"", **how):
    """A certificate of key's own; how: of the authority's signature."""
    name = key.name.replace("@openssh.com", "") + "-cert-v01@openssh.com"
    body = (string(name) + string(b"n" * 32) + key.fields() + struct.pack(">QI", serial, kind) +
            string(key_id) + string(b"".join(string(p) for p in principals)) +
            struct.pack(">QQ", after, before) + string(critical) + string(extensions) +
            string(reserved) + string(public(authority)))
    return body + string(authority.proof(body, **how))


def covered(message, namespace, hash_name="sha512", reserved=b""):
    digest = hashlib.new(hash_name, message).digest()
    return b"SSHSIG" + string(namespace) + string(reserved) + string(hash_name) + string(digest)


def sshsig(blob, namespace, proof, hash_name="sha512", reserved=b"", version=1):
    return (b"SSHSIG" + struct.pack(">I", version) + string(blob) + string(namespace) +
            string(reserved) + string(hash_name) + string(proof))


def armour(data, width=70, eol="\n"):
    text = base64.b64encode(data).decode()
    lines = [text[i:i + width] for i in range(0, len(text), width)]
    return (eol.join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----"]) +
            eol).encode()


def dearmour(text):
    return base64.b64decode(b"".join(text.split(b"\n")[1:-2]))


def line(principals, blob, options="", kind=None):
    name = kind or take(blob)[0].decode()
    middle = " " + options if options else ""
    return f"{principals}{middle} {name} {base64.b64encode(blob).decode()}\n".encode()
