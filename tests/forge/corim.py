# SPDX-License-Identifier: Apache-2.0
"""Writes testdata/corim/: `corim.py OUTDIR`; compares it: `corim.py --check DIR`. Always the same bytes.

Reference manifests (CoRIM) and their signatures (COSE_Sign1), good ones and each refusal alone, encoded by
python3-cbor2 and not by anything of ours. Apart from forge.py, since that needs nothing but Python.

index        a line a file: NAME TAB what it must be:  launch, general,  or  refuse OBJECT FIELD
signatures   a line a signature: NAME TAB DOCUMENT or - TAB use TAB roots TAB state  or  refuse OBJECT FIELD
"""

import hashlib
import os
import sys
import uuid

sys.dont_write_bytecode = True

import drbg  # noqa: E402
import ec  # noqa: E402
import pem  # noqa: E402
import rsa  # noqa: E402
import windows  # noqa: E402
import x509  # noqa: E402

try:
    import cbor2
except ImportError:
    sys.exit("no cbor2 in this Python: python3-cbor2 of Debian has it")

PROFILE = "tag:microsoft.com,2026:launch-measurement/v1"
SPACE = uuid.UUID("85f3f1c2-22a8-441e-a1b9-bccfb63ed5f7")
PLATFORMS = {"tdx": ("Intel", "TDX", "MRTD", 7, "sha384"), "snp": ("AMD", "SEV-SNP", "MEASUREMENT", 7, "sha384"),
             "vbs": ("Microsoft", "VBS", "MEASUREMENT", 1, "sha256")}
TAG = cbor2.CBORTag


def dump(value):
    return cbor2.dumps(value)


class Launch:
    """A launch measurement document; each part can be replaced before it is encoded."""

    def __init__(self, platform="tdx", **change):
        self.vendor, self.model, mkey, alg, name = PLATFORMS[platform]
        self.digest = hashlib.new(name, b"SIMULATED " + platform.encode()).digest()
        self.alg, self.mkey, self.svn = alg, mkey, TAG(552, 12)
        self.profile = TAG(32, PROFILE)
        self.tag_id = None
        self.series_digest = self.series_model = None
        self.change = {}
        for key, value in change.items():
            if key in vars(self):
                setattr(self, key, value)
            else:
                self.change[key] = value

    def part(self, name, value):
        """A part as it is, or as the case has it: a value, or a function of the good one."""
        other = self.change.get(name, value)
        return other(value) if callable(other) else other

    def environment(self, model=None):
        return self.part("environment", {0: {1: self.vendor, 2: model or self.model}})

    def measurement(self, digest):
        return self.part("measurement", {0: self.mkey, 1: self.part("mval", {2: [[self.alg, digest]]})})

    def comid(self):
        tag_id = self.tag_id or str(uuid.uuid5(SPACE, "%s/%s" % (self.vendor, self.model)))
        reference = self.part("reference", [[self.environment(), [self.measurement(self.digest)]]])
        entry = [[self.measurement(self.series_digest or self.digest)], [self.part("added", {1: {1: self.svn}})]]
        condition = [self.environment(self.series_model), self.part("claims", [])]
        series = self.part("series", [[condition, self.part("entries", [entry])]])
        triples = self.part("triples", {0: reference, 8: series})
        return self.part("comid", {1: self.part("identity", {0: tag_id}), 4: triples})

    def corim(self):
        name = "%s/%s/launch-measurement" % (self.vendor, self.model)
        tag = TAG(506, self.part("comid bytes", dump(self.comid())))
        corim = {0: self.part("id", name), 1: self.part("tags", [tag])}
        if self.profile is not None:
            corim[3] = self.profile
        return self.part("corim", corim)

    def encoded(self):
        return dump(self.part("document", TAG(501, self.corim())))


def without(*keys):
    return lambda good: {k: v for k, v in good.items() if k not in keys}


def beside(**more):
    """The same with another member; its key is behind the underscore."""
    return lambda good: {**good, **{int(k[1:]): v for k, v in more.items()}}


def twice(good):
    return [*good, *good]


def indefinite(good):
    """A list that cbor2 would encode with its length, without one."""
    return b"\x9f" + b"".join(dump(v) for v in good) + b"\xff"


def general():
    """A manifest of no profile: a CoMID with three digests, a CoSWID that nobody opens."""
    env, other = {0: {1: "Example", 2: "Board"}}, {0: {0: TAG(111, b"\x2a\x03")}}
    comid = {1: {0: uuid.uuid5(SPACE, "general").bytes, 1: 3}, 4: {
        0: [[env, [{0: "boot", 1: {2: [[7, bytes(48)], [1, bytes(32)]], 11: "name"}}]]],
        1: [[other, [{1: {1: TAG(553, 4)}}, {0: 7, 1: {2: [[-44, b"\x07" * 64]]}}]]], 5: ["not looked at"]}}
    corim = {0: "example/board", 1: [TAG(505, dump({0: "swid"})), TAG(506, dump(comid))],
             4: {1: TAG(1, windows.AS_OF)}}
    return dump(TAG(501, corim))


def nested(depth):
    value = 0
    for _ in range(depth):
        value = [value]
    return value


def launch_refusals():
    """name: (bytes, object, field)"""
    out = {}

    def refuse(name, obj, field, platform="tdx", **change):
        out[name] = (Launch(platform, **change).encoded(), obj, field)

    refuse("wrong-tag", "corim", "document", document=lambda good: TAG(500, good.value))
    refuse("no-tag", "corim", "document", document=lambda good: good.value)
    refuse("no-id", "corim", "id", corim=without(0))
    refuse("id-number", "corim", "id", id=5)
    refuse("no-tags", "corim", "tags", tags=[])
    refuse("two-comids", "corim", "tags", tags=twice)
    refuse("coswid-alone", "corim", "tags", tags=[TAG(505, dump({}))])
    refuse("comid-and-coswid", "corim", "tags", tags=lambda good: [*good, TAG(505, dump({}))])
    refuse("untagged-comid", "corim", "tags", tags=lambda good: [good[0].value])
    refuse("comid-not-wrapped", "corim", "tag", tags=lambda good: [TAG(506, cbor2.loads(good[0].value))])
    refuse("profile-bare", "corim", "profile", profile=PROFILE)
    refuse("profile-list", "corim", "profile", profile=[TAG(32, PROFILE)])
    refuse("validity", "corim", "keys", corim=beside(_4={1: TAG(1, windows.AS_OF)}))
    refuse("dependency", "corim", "keys", corim=beside(_2=[{0: TAG(32, "https://example.com")}]))
    refuse("comid-truncated", "comid", "length", **{"comid bytes": lambda good: good[:-1]})
    refuse("comid-trailing", "comid", "item", **{"comid bytes": lambda good: good + b"\0"})
    refuse("comid-array", "comid", "document", comid=[])
    refuse("language", "comid", "keys", comid=beside(_0="en"))
    refuse("entities", "comid", "keys", comid=beside(_2=[{0: "name", 2: [1]}]))
    refuse("no-identity", "comid", "tag identity", comid=without(1))
    refuse("no-tag-id", "comid", "tag-id", identity={})
    refuse("tag-version", "comid", "tag identity", identity=beside(_1=1))
    refuse("tag-id-of-snp", "comid", "tag-id", tag_id=str(uuid.uuid5(SPACE, "AMD/SEV-SNP")))
    refuse("tag-id-short", "comid", "tag-id", tag_id="e0510081")
    refuse("tag-id-bytes", "comid", "tag-id", tag_id=uuid.uuid5(SPACE, "Intel/TDX").bytes)
    refuse("no-triples", "comid", "triples", comid=without(4))
    refuse("no-reference", "comid", "reference triple", triples=without(0))
    refuse("no-series", "comid", "series triple", triples=without(8))
    refuse("endorsed-triple", "comid", "triples", triples=beside(_1=[]))
    refuse("two-references", "comid", "reference triple", reference=twice)
    refuse("empty-reference", "comid", "reference triple", reference=[])
    refuse("two-series", "comid", "series triple", series=twice)
    refuse("two-entries", "comid", "series", entries=twice)
    refuse("claims", "comid", "claims", claims=lambda good: [{0: "MRTD", 1: {1: 1}}])
    refuse("vendor", "comid", "vendor", vendor="Intel Corporation", tag_id="x")
    refuse("vendor-case", "comid", "vendor", vendor="intel")
    refuse("model-of-another", "comid", "vendor", model="SEV-SNP")
    refuse("no-model", "comid", "model", environment={0: {1: "Intel"}})
    refuse("instance", "comid", "environment", environment=beside(_1=TAG(550, bytes(33))))
    refuse("layer", "comid", "class", environment={0: {1: "Intel", 2: "TDX", 3: 0}})
    refuse("condition-of-another", "comid", "vendor", series_model="SGX")
    refuse("mkey", "comid", "mkey", mkey="RTMR0")
    refuse("mkey-number", "comid", "mkey", mkey=0)
    refuse("no-mkey", "comid", "mkey", measurement=without(0))
    refuse("authorized-by", "comid", "measurement", measurement=beside(_2=[]))
    refuse("raw-value", "comid", "mval", mval=beside(_4=TAG(560, b"")))
    refuse("two-digests", "comid", "digests", mval=lambda good: {2: twice(good[2])})
    refuse("no-digests", "comid", "digests", mval={})
    refuse("alg-sha256", "comid", "digest algorithm", alg=1)
    refuse("alg-sha512", "comid", "digest algorithm", alg=8)
    refuse("alg-negative", "comid", "digest algorithm", alg=-43)
    refuse("vbs-alg-sha384", "comid", "digest algorithm", platform="vbs", alg=7)
    refuse("digest-short", "comid", "digest size", digest=bytes(47))
    refuse("digest-long", "comid", "digest size", digest=bytes(49))
    refuse("digest-of-vbs-size", "comid", "digest size", digest=bytes(32))
    refuse("digest-text", "comid", "digest", digest="00" * 24, series_digest=bytes(48))
    refuse("series-digest", "comid", "series digest", series_digest=bytes(48))
    refuse("least-svn", "comid", "svn", svn=TAG(553, 12))
    refuse("untagged-svn", "comid", "svn", svn=12)
    refuse("negative-svn", "comid", "svn", svn=TAG(552, -1))
    refuse("svn-text", "comid", "svn", svn=TAG(552, "12"))
    refuse("no-svn", "comid", "svn", added={1: {}})
    refuse("added-digest", "comid", "addition", added=lambda good: {1: {**good[1], 2: [[7, bytes(48)]]}})
    refuse("added-mkey", "comid", "addition", added=beside(_0="MRTD"))
    return out


def encoding_refusals():
    """What cbor2 does not write: edits of encoded bytes."""
    good, out = Launch().encoded(), {}
    profile = dump(TAG(32, PROFILE))
    text = dump("Intel/TDX/launch-measurement")
    assert good.endswith(profile) and good.count(text) == 1
    out["indefinite-map"] = (b"\xd9\x01\xf5\xbf" + good[4:] + b"\xff", "corim", "length")
    out["indefinite-text"] = (good.replace(text, b"\x7f" + text + b"\xff"), "corim", "length")
    out["indefinite-array"] = (dump(TAG(501, {0: "x"}))[:-4] + b"\xa2\x00\x61x\x01" + indefinite([1]),
                               "corim", "length")
    comid = dump(Launch().comid())
    assert comid[:2] == b"\xa2\x01"
    inside = b"\xbf" + comid[1:] + b"\xff"
    out["indefinite-comid"] = (Launch(**{"comid bytes": inside}).encoded(), "comid", "length")
    out["twice-id"] = (good.replace(b"\xa3\x00" + text, b"\xa4\x00" + text + b"\x00" + text), "corim", "map key")
    out["twice-long-key"] = (good.replace(b"\xa3\x00" + text, b"\xa4\x00" + text + b"\x18\x00" + text),
                             "corim", "map key")
    out["twice-profile"] = (b"\xd9\x01\xf5\xa4" + good[4:] + b"\x03" + profile, "corim", "map key")
    out["twice-in-comid"] = (Launch(**{"comid bytes": b"\xa3" + comid[1:] + b"\x04\xa0"}).encoded(),
                             "comid", "map key")
    out["deep"] = (dump(TAG(501, {0: "x", 1: nested(40)})), "corim", "depth")
    out["deep-in-comid"] = (Launch(comid=beside(_9=nested(40))).encoded(), "comid", "depth")
    out["length-2-32-text"] = (good.replace(text, b"\x7b\0\0\0\1\0\0\0\0" + text[2:]), "corim", "item")
    out["length-2-32-tags"] = (good.replace(b"\x01\x81\xd9\x01\xfa", b"\x01\x9b\0\0\0\1\0\0\0\0\xd9\x01\xfa"),
                               "corim", "length")
    out["length-2-32-map"] = (b"\xd9\x01\xf5\xbb\0\0\0\1\0\0\0\0" + good[4:], "corim", "length")
    out["length-2-64-comid"] = (good.replace(b"\xd9\x01\xfa\x58", b"\xd9\x01\xfa\x5b" + b"\xff" * 8), "corim", "item")
    out["trailing"] = (good + b"\0", "corim", "item")
    out["truncated"] = (good[:-1], "corim", "item")
    out["empty"] = (b"", "corim", "item")
    out["id-not-utf8"] = (good.replace(b"Intel/TDX/l", b"Intel/\xff\xffX/l"), "corim", "text")
    for name, (data, _, _) in out.items():
        assert data != good, name
    return out


def documents():
    """name: (bytes, line of the index)"""
    out = {"good-" + p: (Launch(p).encoded(), "launch") for p in PLATFORMS}
    tag_id = str(uuid.uuid5(SPACE, "Intel/TDX")).upper()
    out["upper-tag-id"] = (Launch(tag_id=tag_id).encoded(), "launch")
    out["svn-zero"] = (Launch(svn=TAG(552, 0)).encoded(), "launch")
    out["svn-largest"] = (Launch(svn=TAG(552, 2**64 - 1)).encoded(), "launch")
    out["long-key"] = (Launch().encoded().replace(b"\xa3\x00", b"\xa3\x18\x00"), "launch")
    out["no-profile"] = (Launch(profile=None).encoded(), "general")
    out["profile-case"] = (Launch(profile=TAG(32, PROFILE.upper())).encoded(), "general")
    out["profile-oid"] = (Launch(profile=TAG(111, b"\x2a\x03")).encoded(), "general")
    out["general"] = (general(), "general")
    identity = TAG(37, uuid.uuid5(SPACE, "x").bytes)
    out["general-uuid"] = (dump(TAG(501, {0: identity, 1: [TAG(505, b"")]})), "general")
    for made in (launch_refusals(), encoding_refusals()):
        out.update({n: (b, "refuse\t%s\t%s" % (o, f)) for n, (b, o, f) in made.items()})
    return out


# --- signatures ------------------------------------------------------------------------------------------

WINDOW = {"root": windows.between("2020-01-01T00:00:00", "2040-01-01T00:00:00"),
          "ca": windows.between("2024-01-01T00:00:00", "2030-01-01T00:00:00"),
          "leaf": windows.between("2026-01-01T00:00:00", "2027-01-01T00:00:00")}
CODE_SIGNING, TLS_SERVER, TIME_STAMPING = ("1.3.6.1.5.5.7.3.%d" % n for n in (3, 1, 8))
LEAF_KEYS = {-38: lambda: rsa.key("corim ps384", 2048), -35: lambda: ec.key("corim es384", ec.P384),
             -7: lambda: ec.key("corim es256")}


def subject(text):
    return [(x509.O, x509.PRINTABLE, "SIMULATED"), (x509.CN, x509.PRINTABLE, "SIMULATED CoRIM " + text)]


def certificate(name, issuer, key, signer, window, extensions):
    return x509.certificate({
        "serial": int.from_bytes(drbg.take("corim serial " + name + issuer, 16), "big") >> 1,
        "algorithm": signer.sig_algorithm(), "issuer": subject(issuer), "subject": subject(name),
        "window": window, "spki": key.spki(), "extensions": extensions}, signer.sign)


def ca(name, issuer, key, signer, window):
    return certificate(name, issuer, key, signer, window,
                       [x509.ext_basic(True), x509.ext_key_usage(x509.SIGN_CERT_CRL),
                        x509.ext_ski(x509.key_id(key.spki())), x509.ext_aki(x509.key_id(signer.spki()))])


class Signer:
    """A leaf below a CA below a root, and what it signs with."""

    def __init__(self, alg=-38, world="", **change):
        self.alg, self.change = alg, change
        self.root_key = ec.key("corim root" + world, ec.P384)
        self.ca_key = ec.key("corim ca" + world, ec.P384)
        self.key = LEAF_KEYS[change.get("key", alg)]()
        self.root = ca("root" + world, "root" + world, self.root_key, self.root_key, WINDOW["root"])
        self.ca = ca("CA" + world, "root" + world, self.ca_key, self.root_key, change.get("ca_window", WINDOW["ca"]))
        extensions = change.get("extensions", [
            x509.ext_basic(False), x509.ext_key_usage(x509.SIGN), x509.ext_eku(CODE_SIGNING)])
        self.leaf = certificate("signer %d" % change.get("key", alg), "CA" + world, self.key,
                                change.get("issuer", self.ca_key), change.get("window", WINDOW["leaf"]), extensions)

    def headers(self):
        headers = {1: self.alg, 3: "application/rim+cbor", 33: [self.leaf, self.ca],
                   8: dump({0: {0: "SIMULATED signer", 1: TAG(32, "https://example.com")}})}
        other = self.change.get("headers", headers)
        return other(headers) if callable(other) else other

    def raw(self, message):
        if isinstance(self.key, rsa.Key):
            return self.key.sign_pss(message, "sha384")
        return self.key.sign_raw(message)

    def sign1(self, document, attached=False):
        protected = self.change.get("protected", dump(self.headers()))
        signed = self.change.get("signed", document)
        signature = self.raw(dump(["Signature1", protected, b"", signed]))
        signature = self.change.get("signature", lambda good: good)(signature)
        protected = self.change.get("tampered", lambda good: good)(protected)
        array = [protected, self.change.get("unprotected", {}), document if attached else None, signature]
        array = self.change.get("array", lambda good: good)(array)
        return dump(self.change.get("outer", lambda good: TAG(18, good))(array))


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def signatures():
    """name: (bytes, document or "-", use, roots, state or refusal)"""
    document, out = Launch().encoded(), {}
    at = windows.AS_OF

    def add(name, state, alg=-38, use="igvm", roots="roots", doc="good-tdx", world="", **change):
        made = Signer(alg, world, **change).sign1(document, use == "attached")
        out[name] = (made, "-" if use == "attached" else doc, use, roots, state)

    def refuse(name, obj, field, **change):
        add(name, "refuse\t%s\t%s" % (obj, field), **change)

    def header(**more):
        return lambda good: {**good, **{int(k[1:]): v for k, v in more.items()}}

    def meta(window):
        return header(_8=dump({0: {0: "x"}, 1: window}))

    add("ps384", "good")
    add("ps384-no-root", "good-no-root", roots="-")
    add("ps384-detached", "good", use="detached")
    add("es384", "good", alg=-35, use="detached")
    add("es256", "good", alg=-7, use="detached")
    add("attached-ps384", "good", use="attached")
    add("attached-es384", "good", alg=-35, use="attached")
    add("attached-es256", "good", alg=-7, use="attached", unprotected={"note": 1, 4: b"kid"})
    add("no-content-type", "good", headers=without(3))
    add("bag", "good", headers=lambda good: {**without(33)(good), 32: good[33][::-1]})
    add("leaf-alone", "no-issuer", headers=lambda good: {**good, 33: good[33][0]})
    add("claims", "good", headers=lambda good: {**without(8)(good), 15: {1: "issuer", 4: at, 5: at}})
    add("meta-window", "good", headers=meta({0: TAG(1, at), 1: TAG(1, at)}))
    add("any-purpose", "good", extensions=[x509.ext_basic(False)])
    add("two-purposes", "good", extensions=[x509.ext_eku(TLS_SERVER, CODE_SIGNING)])
    # what does not hold
    add("other-document", "bad-signature", doc="good-snp")
    add("other-signed", "bad-signature", signed=b"another")
    add("flipped", "bad-signature", signature=flipped)
    add("no-signature", "bad-signature", signature=lambda good: b"")
    add("short-es256", "bad-signature", alg=-7, use="detached", signature=lambda good: good[:-1])
    add("tampered", "bad-signature",
        tampered=lambda good: good.replace(b"SIMULATED signer", b"SIMULATED Signer"))
    add("es256-key-for-ps384", "other-key", key=-7, signature=lambda good: good)
    add("es384-key-for-es256", "other-key", alg=-7, key=-35, use="detached")
    add("other-root", "no-issuer", roots="other")
    add("other-world", "no-issuer", world=" of others")
    add("whole-other-world", "other-root", world=" of others",
        headers=lambda good: {**good, 33: [*good[33], Signer(world=" of others").root]})
    add("forged-ca", "bad-path", issuer=ec.key("corim forger", ec.P384))
    add("expired", "expired", window=windows.between("2025-01-01T00:00:00", "2026-01-01T00:00:00"))
    add("not-yet", "not-yet-valid", window=windows.between("2026-07-01T00:00:00", "2027-01-01T00:00:00"))
    add("ca-expired", "expired", ca_window=windows.between("2024-01-01T00:00:00", "2026-06-01T00:00:00"))
    add("leaf-is-ca", "other-usage", extensions=[x509.ext_basic(True), x509.ext_key_usage(x509.SIGN_ALL)])
    add("leaf-encrypts", "other-usage", extensions=[x509.ext_key_usage((b"\x20", 5))])
    add("leaf-of-tls", "other-usage", extensions=[x509.ext_eku(TLS_SERVER)])
    add("leaf-of-time-stamps", "other-usage", extensions=[x509.ext_eku(TIME_STAMPING, TLS_SERVER)])
    add("leaf-of-tls-no-root", "other-usage", roots="-", extensions=[x509.ext_eku(TLS_SERVER)])
    add("meta-over", "outside-validity", headers=meta({1: TAG(1, at - 1)}))
    add("meta-ahead", "outside-validity", headers=meta({0: TAG(1, at + 1), 1: TAG(1, at + 9)}))
    add("claims-over", "outside-validity", headers=header(_15={1: "issuer", 4: at - 1}))
    # what is no such signature
    box, head = "cose_sign1", "cose_sign1.protected"
    refuse("es384-in-igvm", head, "alg", alg=-35)
    refuse("es256-in-igvm", head, "alg", alg=-7)
    refuse("ps256", head, "alg", use="detached", headers=header(_1=-37))
    refuse("alg-text", head, "alg", use="detached", headers=header(_1="PS384"))
    refuse("no-alg", head, "alg", headers=without(1))
    refuse("no-headers", head, "item", protected=b"")
    refuse("content-type", head, "content type", headers=header(_3="application/cbor"))
    refuse("content-number", head, "content type", headers=header(_3=60))
    refuse("no-certificates", head, "certificates", headers=without(33))
    refuse("chain-and-bag", head, "certificates", headers=lambda good: {**good, 32: good[33]})
    refuse("empty-chain", head, "certificates", headers=header(_33=[]))
    refuse("nine-certificates", head, "certificates", headers=lambda good: {**good, 33: good[33][:1] * 9})
    refuse("certificate-text", head, "certificates", headers=header(_33="x"))
    refuse("not-a-certificate", "x509", "certificate", headers=header(_33=b"x"))
    refuse("neither-meta-nor-claims", head, "corim-meta", headers=without(8))
    refuse("meta-not-wrapped", head, "corim-meta", headers=header(_8={0: {0: "x"}}))
    refuse("meta-without-signer", head, "corim-meta signer", headers=header(_8=dump({})))
    refuse("meta-without-name", head, "corim-meta name", headers=header(_8=dump({0: {}})))
    refuse("meta-time-text", head, "corim-meta not-after", headers=meta({1: TAG(0, "2027-01-01T00:00:00Z")}))
    refuse("claims-without-issuer", head, "CWT iss", headers=header(_15={2: "x"}))
    refuse("claims-time-float", head, "CWT exp", headers=header(_15={1: "x", 4: 1.5}))
    refuse("critical", head, "crit", headers=header(_2=[33]))
    refuse("hash-envelope", head, "payload hash algorithm", headers=header(_258=-43))
    refuse("untagged", box, "document", outer=lambda good: good)
    refuse("tag-98", box, "document", outer=lambda good: TAG(98, good))
    refuse("three-parts", box, "document", array=lambda good: good[:3])
    refuse("payload-inside", box, "payload", array=lambda good: [*good[:2], document, good[3]])
    refuse("payload-absent", box, "payload", use="attached", array=lambda good: [*good[:2], None, good[3]])
    refuse("unprotected-in-igvm", box, "unprotected", unprotected={4: b"kid"})
    refuse("unprotected-alg", box, "unprotected", use="detached", unprotected={1: -7})
    refuse("unprotected-chain", box, "unprotected", use="detached", unprotected={33: b""})
    refuse("signature-text", box, "signature", array=lambda good: [*good[:3], "x"])
    return out


def varint(n):
    head = []
    while n >= 0x80:
        head.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes([*head, n])


def field(number, value):
    """Of a protocol buffers message: a number, or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def seeds():
    """What fuzzing starts from besides: a launch endorsement, an ID block, an identity document."""
    mrtd = hashlib.sha384(b"SIMULATED endorsed").digest()
    tdx = field(1, 1) + b"".join(
        field(2, field(1, ram) + field(2, early) + field(3, mrtd)) for ram in (16, 352) for early in (0, 1))
    snp = field(1, 2) + b"".join(field(2, field(1, n) + field(2, mrtd)) for n in (1, 224))
    snp += field(3, bytes(16)) + field(4, bytes(16)) + field(5, 0x30000) + field(6, b"PEM")
    golden = (field(1, field(1, windows.AS_OF) + field(2, 1)) + field(2, 1) + field(3, b"commit") + field(4, b"DER")
              + field(5, mrtd) + field(6, b"PEM") + field(7, snp) + field(8, tdx))
    words = [(1).to_bytes(4, "little"), (2).to_bytes(4, "little")]
    number, key = bytes(144), words[1] + bytes(148)
    block = words[1] + b"\1\0\0\0" + mrtd + bytes(15) + b"\1openhcl" + bytes(9) + words[0] * 4 + (number + key) * 2
    identity = ('{"environment":{"class_id":"7fb00ee4-a7ff-11ed-9e2f-00155d09de56"},"series":[{"reference":'
                '{"snp_ld":"%s"},"endorsement":{"snp_isvsvn":1,"build_info":{"debug_build":false}}}]}\n')
    assert len(block) == 696
    return {"endorsement.bin": field(1, golden) + field(2, b"signature"), "id-block.bin": block,
            "identity.json": (identity % mrtd.hex().upper()).encode()}


def files():
    out = {"fuzz/corim/" + name: data for name, data in seeds().items()}
    index, lines = [], []
    for name, (data, expect) in documents().items():
        out["corim/%s.cbor" % name] = data
        index.append("%s.cbor\t%s\n" % (name, expect))
    for name, (data, document, use, roots, state) in signatures().items():
        out["corim/%s.cose" % name] = data
        row = (name + ".cose", document if document == "-" else document + ".cbor", use, roots, state)
        lines.append("\t".join(row) + "\n")
    out["corim/index"] = "".join(index).encode()
    out["corim/signatures"] = "".join(lines).encode()
    out["corim/roots.pem"] = pem.encode("CERTIFICATE", Signer().root).encode()
    out["corim/other.pem"] = pem.encode("CERTIFICATE", Signer(world=" of nobody").root).encode()
    return out


def main(words):
    check = len(words) == 2 and words[0] == "--check"
    if not check and len(words) != 1:
        sys.exit(__doc__)
    bad = []
    for path, data in files().items():
        full = os.path.join(words[-1], path)
        if check:
            if not os.path.exists(full) or open(full, "rb").read() != data:
                bad.append(path)
            continue
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(data)
    print("\n".join(bad), end="\n" if bad else "")


main(sys.argv[1:])
