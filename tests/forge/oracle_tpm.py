# SPDX-License-Identifier: Apache-2.0
"""The second opinion on TPM quotes, their keys and AK certificates (azure.md 6, 7; eventlog.md 7)."""

import hashlib

import der
import ec
import oracle_dcap
import pem
import rsa
import tpm
import x509

HASHES = {number: name for name, number in tpm.HASH.items()}
TEMPLATE = 0x00050472
NEEDED, DECRYPT = 0x2 | 0x10 | 0x20 | 0x10000 | 0x40000, 0x20000
HIERARCHIES = (0x4000000B, 0x40000001, 0x4000000C, 0x40000007)


class Rsa:
    """An RSA public key."""

    def __init__(self, n, e):
        self.n, self.e, self.size = n, e, (n.bit_length() + 7) // 8
        self.same = (n, e)

    def modulus(self):
        return self.n.to_bytes(self.size, "big")

    def block(self, value):
        return pow(int.from_bytes(value, "big"), self.e, self.n).to_bytes(self.size, "big")

    def verifies(self, message, value, hash_name="sha256"):
        return self.block(value) == rsa.encoded(message, hash_name, self.size)

    def verifies_pss(self, message, value, hash_name):
        """EMSA-PSS with whatever salt is in it (RFC 8017 9.1.2)."""
        block, size = self.block(value), hashlib.new(hash_name).digest_size
        h = block[-1 - size:-1]
        masked = block[:-1 - size]
        plain = bytes(a ^ b for a, b in zip(masked, rsa.mask(h, len(masked), hash_name)))
        plain = bytes([plain[0] & 0x7F]) + plain[1:]
        return block == rsa.encoded_pss(message, hash_name, self.size, plain.lstrip(b"\0")[1:])


class Ec:
    """A point of P-256 or P-384."""

    def __init__(self, raw):
        self.raw, self.curve = raw, {64: ec.P256, 96: ec.P384}[len(raw)]
        self.same = raw

    def verifies(self, message, r, s, hash_name):
        assert self.curve.digest().name == hash_name
        return self.curve.verifies(self.raw, message, int.from_bytes(r, "big"),
                                   int.from_bytes(s, "big"))


def of_spki(spki):
    (_, algorithm), (_, bits) = der.split(der.only(spki))
    if der.split(algorithm)[0][1] == der.split(der.oid("1.2.840.10045.2.1"))[0][1]:
        return Ec(bits[2:])
    (_, n), (_, e) = der.split(der.only(bits[1:]))
    return Rsa(int.from_bytes(n, "big"), int.from_bytes(e, "big"))


def of_area(area):
    """Of a TPMT_PUBLIC."""
    if area[:2] == tpm.be(1, 2):
        return Rsa(int.from_bytes(area[-256:], "big"), 65537)
    size = (len(area) - 24) // 2
    return Ec(area[-2 * size - 2:-size - 2] + area[-size:])


def fields(data):
    """TPM2B after TPM2B, to the end."""
    out = []
    while data:
        size = int.from_bytes(data[:2], "big")
        out.append(data[2:2 + size])
        data = data[2 + size:]
    return out


def banks(selection):
    """[(hash name, registers)] of a TPML_PCR_SELECTION."""
    out, at = [], 4
    while at < len(selection):
        size = selection[at + 2]
        bits = int.from_bytes(selection[at + 3:at + 3 + size], "little")
        out.append((HASHES[int.from_bytes(selection[at:at + 2], "big")],
                    [i for i in range(8 * size) if bits >> i & 1]))
        at += 3 + size
    return out


def tpm_format(replay):
    raw = replay.one("tpm-quote-attest")
    replay.message = raw if raw[:2] == b"\xff\x54" else raw[2:]
    replay.attest = values = tpm.parse(replay.message)
    assert (values["magic"], values["type"], values["rest"]) == (tpm.MAGIC, tpm.QUOTE, b"")
    names = [name for name, _ in banks(values["selection"])]
    assert len(set(names)) == len(names)


def lists_of(data, order, spaced):
    """The values of a PCR file behind its selection; spaced: each in 64 bytes, eight to a list."""
    def number(size):
        nonlocal data
        value, data = int.from_bytes(data[:size], order), data[size:]
        return value

    out = []
    for _ in range(number(4)):
        count = number(4)
        for i in range(8 if spaced else count):
            size = number(2)
            out += [data[:size]] if i < count else []
            data = data[64 if spaced else size:]
    return b"".join(out)


def values_of(replay):
    """The values joined: plain, else of either file of tpm2-tools."""
    plain, files = replay.of_kind("tpm-pcrs"), replay.of_kind("tpm-pcrs-serialized")
    if plain or not files:
        return replay.one("tpm-pcrs")
    data = files[0]
    if data[0]:
        return lists_of(data[132:], "little", True)
    end = 4
    for _ in range(data[3]):
        end += 3 + data[end + 2]
    return lists_of(data[end:], "big", False)


def tpm_selection(replay):
    size = sum(hashlib.new(name).digest_size * len(registers)
               for name, registers in banks(replay.attest["selection"]))
    values = replay.of_kind("tpm-pcrs") + replay.of_kind("tpm-pcrs-serialized")
    assert size and (not values or len(values_of(replay)) == size)


def signed_by(replay, key):
    """Whether the quote's signature is by the key; bare ones are RSASSA over SHA-256."""
    value = replay.one("tpm-quote-signature")
    scheme = int.from_bytes(value[:2], "big")
    replay.hash = "sha256"
    if len(value) == 256:
        return key.verifies(replay.message, value)
    if scheme == tpm.SCHEME["ecdaa"]:
        replay.one("a scheme that can be verified")
    replay.hash, parts = HASHES[int.from_bytes(value[2:4], "big")], fields(value[4:])
    if scheme == tpm.SCHEME["rsapss"]:
        return key.verifies_pss(replay.message, *parts, replay.hash)
    return key.verifies(replay.message, *parts, replay.hash)


def tpm_signature(replay):
    """By the key that the paravisor names, else by one that a good certificate is for."""
    replay.one("tpm-quote-signature")
    if not replay.of_kind("azure-hcl-report"):
        replay.ak = given_key(replay)
        assert signed_by(replay, replay.ak)
        replay.signed = True
        certified = replay.passed("tpm.ak.certificate")
        if not certified or of_spki(replay.ak_leaf["spki"]).same != replay.ak.same:
            replay.one("a word on the key")
    assert signed_by(replay, replay.ak)
    replay.signed = True


def given_key(replay):
    """Of a public area, else a key alone."""
    if replay.of_kind("tpm2b-public"):
        return of_area(replay.one("tpm2b-public")[2:])
    return of_spki(pem.decode(replay.one("key-pem").decode())[0])


def ak_match(replay):
    """Asked where the key signed, whether or not anything vouches for it."""
    if not hasattr(replay, "signed"):
        replay.one("a signature")
    equal(of_spki(replay.ak_leaf["spki"]).same, replay.ak.same)


def equal(a, b):
    assert a == b


def tpm_pcrs(replay):
    equal(hashlib.new(replay.hash, values_of(replay)).digest(), replay.attest["digest"])


def tpm_nonce(replay):
    wanted = replay.entry("tpm-quote-attest")["nonce"]
    equal(replay.attest["extra"].hex(), wanted)


def tpm_clock(replay):
    """Safe, and not behind the quote before it unless the machine was reset."""
    now, before = replay.attest, getattr(replay, "earlier", None)
    replay.earlier = now
    equal(now["safe"], 1)
    if before and before["resets"] == now["resets"]:
        assert now["clock"] >= before["clock"]


def unpadded(raw):
    return raw[:4 + int.from_bytes(raw[2:4], "big")]


def certificates(replay):
    """(fields, signature, DER) of all, that of an attestation key first, by its purpose or else by what
    the manifest says; none without such a one."""
    found, said = [], []
    for item in replay.items:
        if item["kind"] not in ("cert-der", "cert-pem"):
            continue
        data = replay.data[item["name"]]
        ders = [data] if item["kind"] == "cert-der" else pem.decode(data.decode())
        ours = [x509.parse(raw) + (raw,) for raw in map(unpadded, ders)]
        found += ours
        if {"rel": "key-of", "name": replay.entry("tpm-quote-attest").get("name")} in item.get("relates", []):
            said += ours[:1]
    leaves = [c for c in found if has_purpose(c[0]) and not is_ca(c[0])] or said
    return leaves + [c for c in found if is_ca(c[0])] if leaves else []


def extension(fields_, oid):
    return next((value for o, _, value in fields_["extensions"] if o == oid), b"")


def has_purpose(fields_):
    return der.oid("2.23.133.8.3") in extension(fields_, "2.5.29.37")


def is_ca(fields_):
    return der.boolean(True) in extension(fields_, "2.5.29.19")


def signs(fields_):
    """No CA, and a key usage only with digitalSignature."""
    usage = extension(fields_, "2.5.29.15")
    return not is_ca(fields_) and (not usage or bool(der.only(usage, 0x03)[1] & 0x80))


def serves(fields_):
    """A purpose named only with that of TLS servers."""
    purposes = extension(fields_, "2.5.29.37")
    return not purposes or der.oid("1.3.6.1.5.5.7.3.1") in purposes


def ak_certificate(replay):
    """Leaf under intermediate under the pinned key, each at the as-of time."""
    known = certificates(replay)
    if not known:
        replay.one("no AK certificate")
    (leaf, leaf_signature, leaf_raw), *rest = known
    replay.ak_leaf = leaf
    assert signs(leaf)
    assert has_purpose(leaf) or not extension(leaf, "2.5.29.37")
    rest = [c for c in rest if c[0]["subject"] == leaf["issuer"]]
    if not rest:
        replay.one("no intermediate")
    ca, ca_signature, ca_raw = rest[0]
    root = rsa.key("azure root")
    for fields_, signature, raw, issuer, name in (
            (leaf, leaf_signature, leaf_raw, of_spki(ca["spki"]), "sha512"),
            (ca, ca_signature, ca_raw, Rsa(root.n, root.e), "sha384")):
        body = der.tlv(0x30, der.split(der.split(raw)[0][1])[0][1])
        assert issuer.verifies(body, signature, name)
        oracle_dcap.in_window(replay, *fields_["window"])


def ak_name(replay):
    """From the platform's template where the paravisor names the key, else from what was archived,
    below whichever hierarchy; of a key below another nothing can be said."""
    given = replay.of_kind("tpm2b-public")
    if replay.of_kind("azure-hcl-report"):
        equal(tpm.qualified_signer(replay.ak), replay.attest["signer"])
        return
    area = given[0][2:] if given else tpm.public(replay.ak)
    names = [tpm.signer_of_area(area, tpm.be(handle, 4)) for handle in HIERARCHIES]
    if replay.attest["signer"] not in names:
        replay.one("a parent")


def ak_attributes(replay):
    area = replay.one("tpm2b-public")[2:]
    equal(of_area(area).same, replay.ak.same)
    bits = int.from_bytes(area[4:8], "big")
    if replay.of_kind("azure-hcl-report"):
        equal(bits, TEMPLATE)
    assert bits & (NEEDED | DECRYPT) == NEEDED


OF_A_QUOTE = ("tpm-quote-attest", "tpm-quote-signature", "tpm-pcrs", "tpm-pcrs-serialized")


def ask_all(replay):
    """Every tpm.* question; those about a quote for each of them, with its own items."""
    ask = replay.ask
    ask("tpm.ak.certificate", (), lambda: ak_certificate(replay))
    found = {kind: replay.of_kind(kind) for kind in OF_A_QUOTE}
    for i in range(max(1, len(found["tpm-quote-attest"]))):
        replay.own = {kind: items[i:i + 1] for kind, items in found.items()}
        ask_one(replay)
    replay.own = {}


def ask_one(replay):
    ask, signed = replay.ask, ("tpm.quote.signature",)
    ask("tpm.quote.format", (), lambda: tpm_format(replay))
    ask("tpm.quote.selection", ("tpm.quote.format",), lambda: tpm_selection(replay))
    named = ("hcl.ak",) if replay.of_kind("azure-hcl-report") else ()
    ask(*signed, ("tpm.quote.format",) + named, lambda: tpm_signature(replay))
    ask("tpm.quote.pcrs", signed + ("tpm.quote.selection",), lambda: tpm_pcrs(replay))
    ask("tpm.quote.nonce", signed, lambda: tpm_nonce(replay))
    ask("tpm.quote.clock", signed, lambda: tpm_clock(replay))
    ask("tpm.ak.attributes", signed, lambda: ak_attributes(replay))
    ask("tpm.ak.name", signed, lambda: ak_name(replay))
    ask("tpm.ak.match", ("tpm.ak.certificate",), lambda: ak_match(replay))
