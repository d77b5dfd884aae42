# SPDX-License-Identifier: Apache-2.0
"""The second opinion on attested documents and on place (azure.md 8, 11)."""

import calendar
import hashlib
import json
import re
import time
import uuid

import attested
import der
import oracle_dcap
import oracle_tpm
import pem
import rsa
import x509

LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
HOSTS = re.compile(r"(?:(?:\*|" + LABEL + r")\.)?(?:" + LABEL + r"\.)*(?:metadata\.azure\.(?:com|us|cn)|metadata\.microsoftazure\.de)",
                   re.IGNORECASE)
GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
DIGESTS = {oid: name for table in (rsa.PREFIX, rsa.SIGNATURE) for name, oid in table.items()
           if name != "sha1"}
COMMON, ALTERNATIVES = "2.5.4.3", "2.5.29.17"


def moment(text):
    assert re.fullmatch(r"\d\d/\d\d/\d\d \d\d:\d\d:\d\d -0000", text)
    return calendar.timegm(time.strptime("20" + text[6:8] + text[:6] + text[8:17], "%Y%m/%d/ %H:%M:%S"))


def whole(data):
    """The message is one value of DER and nothing behind it."""
    tag, _, end = der.head(data)
    assert tag == 0x30 and end == len(data)
    return data


class Document:
    """One message, taken apart."""

    def __init__(self, data):
        (_, kind), (_, wrapped) = der.split(der.only(whole(data)))
        assert der.oid_text(kind) == "1.2.840.113549.1.7.2"
        (_, version), _, (_, inner), *rest = der.split(der.only(wrapped))
        self.type = der.split(inner)[0]
        assert der.oid_text(self.type[1]) == attested.DATA and version == b"\1"
        self.content = attested.content_of(data)
        self.certificates = [der.tlv(t, v) for tag, held in rest if tag == 0xA0 for t, v in der.split(held)]
        (_, signer), = der.split(rest[-1][1])
        (_, version), (_, identifier), (_, digest), *more, _, (_, self.signature) = der.split(signer)
        assert version == b"\1"
        self.covered = self.attributes(more[0][1]) if more else self.content
        self.digest = der.oid_text(der.split(digest)[0][1])
        (_, issuer), (_, serial) = der.split(identifier)
        self.signer = x509.name_attributes(issuer), int.from_bytes(serial, "big")

    def attributes(self, listed):
        """What is signed in place of the content: each of the two once, with one value."""
        found = [[der.oid_text(oid), *der.split(values)]
                 for _, one in der.split(listed) for (_, oid), (_, values) in [der.split(one)]]
        assert [f[1:] for f in found if f[0] == attested.CONTENT_TYPE] == [[self.type]]
        (digest,), = [f[1:] for f in found if f[0] == attested.MESSAGE_DIGEST]
        assert digest[0] == 0x04
        self.told = digest[1]
        return der.tlv(0x31, listed)

    told = None

    def read(self):
        self.value = json.loads(self.content, object_pairs_hook=oracle_dcap.no_twice)
        assert isinstance(self.value["nonce"], str) and isinstance(self.value["vmId"], str)
        self.window = [moment(self.value["timeStamp"][name]) for name in ("createdOn", "expiresOn")]

    def leaf(self, replay):
        for data in self.certificates:
            fields, signature = x509.parse(data)
            if (fields["issuer"], fields["serial"]) == self.signer:
                return fields, signature, data
        return replay.one("the signer's certificate")


def is_document(data):
    content = attested.content_of(data)
    return content.startswith(b"{") and b'"vmId"' in content and b'"nonce"' in content


def signature(replay, document):
    fields = document.leaf(replay)[0]
    assert document.told in (None, hashlib.sha256(document.content).digest())
    assert oracle_tpm.of_spki(fields["spki"]).verifies(document.covered, document.signature,
                                                       DIGESTS[document.digest])


def authorities(replay):
    """(fields, signature, DER) of every certificate in the archive that may be an issuer's."""
    ders = replay.of_kind("cert-der")
    for text in replay.of_kind("cert-pem"):
        ders = ders + pem.decode(text.decode())
    return [x509.parse(raw[:4 + int.from_bytes(raw[2:4], "big")]) + (raw,) for raw in ders]


def signed_by(certificate, key):
    fields, value, raw = certificate
    body = der.tlv(0x30, der.split(der.split(raw)[0][1])[0][1])
    name = DIGESTS[der.oid_text(der.split(der.only(fields["algorithm"]))[0][1])]
    return key.verifies(body, value, name)


def may_certify(fields):
    """It is a CA, whose key usage, where it is named, has keyCertSign."""
    usage = oracle_tpm.extension(fields, "2.5.29.15")
    return oracle_tpm.is_ca(fields) and (not usage or bool(der.only(usage, 0x03)[1] & 0x04))


def chain(replay, document):
    """Up to one of the pinned keys, each link at the as-of time."""
    pinned = [oracle_tpm.Rsa(k.n, k.e) for k in (rsa.key("imds root"), rsa.key("imds"))]
    known, link = authorities(replay), document.leaf(replay)
    host(link[0])
    assert oracle_tpm.signs(link[0])
    for _ in range(8):
        assert oracle_tpm.serves(link[0])
        oracle_dcap.in_window(replay, *link[0]["window"])
        if any(signed_by(link, key) for key in pinned):
            return
        assert link[0]["subject"] != link[0]["issuer"]
        above = [c for c in known if c[0]["subject"] == link[0]["issuer"]]
        if not above:
            assert "SIMULATED TLS RSA Root G2" not in [v for _, _, v in link[0]["issuer"]]
            replay.one("an issuer")
        assert signed_by(link, oracle_tpm.of_spki(above[0][0]["spki"])) and may_certify(above[0][0])
        link = above[0]


def host(fields):
    names = [v for oid, tag, v in fields["subject"] if oid == COMMON and tag != 0x1E]
    for oid, _, value in fields["extensions"]:
        if oid == ALTERNATIVES:
            names = [v.decode() for t, v in der.split(der.only(value)) if t == 0x82]
    assert any(HOSTS.fullmatch(name) for name in names)


def same_vm(one, other):
    """As GUIDs, in either order of the first three fields' bytes."""
    assert GUID.fullmatch(one) and GUID.fullmatch(other)
    one, other = uuid.UUID(one), uuid.UUID(other)
    return one.bytes in (other.bytes, other.bytes_le)


def unique_id(replay):
    configuration = json.loads(replay.claims)["vm-configuration"]
    if "vmUniqueId" not in configuration:
        replay.one("a name of the VM")
    return configuration["vmUniqueId"]


def vm_id(replay, document):
    replay.one("azure-hcl-report")
    assert same_vm(document.value["vmId"], unique_id(replay))


def ask_document(replay, data):
    document = None

    def opened():
        nonlocal document
        document = Document(attested.message_of(data) if data[:1] == b"{" else data)
        document.read()

    ask, named = replay.ask, ("hcl.runtime-data.format",) if replay.of_kind("azure-hcl-report") else ()
    ask("imds.format", (), opened)
    ask("imds.signature", ("imds.format",), lambda: signature(replay, document))
    ask("imds.chain", ("imds.signature",), lambda: chain(replay, document))
    ask("imds.window", ("imds.chain",), lambda: oracle_dcap.in_window(replay, *document.window))
    ask("imds.vm-id", ("imds.chain",) + named, lambda: vm_id(replay, document))
    return document


def ask_all(replay):
    """Every imds.* question of each document; place.endorsement is never answered."""
    replay.documents = [ask_document(replay, data) for data in replay.of_kind("azure-imds-attested") +
                        [m for m in replay.of_kind("cms") if is_document(m)]]
    if replay.of_kind("owner-endorsement"):
        replay.ask("place.endorsement", (), lambda: replay.one("a key for the word of an owner"))


def subject_says(replay):
    """What the certificate of the key says of a VM: yes, no, untold."""
    if not hasattr(replay, "ak_leaf") or not replay.passed("hcl.runtime-data.format"):
        return "no"
    names = [value.split(".")[0] for oid, _, value in replay.ak_leaf["subject"] if oid == COMMON]
    found = [name for name in names if GUID.fullmatch(name)]
    if not found or not all(same_vm(one, found[0]) for one in found):
        return "untold"
    return "yes" if same_vm(found[0], unique_id(replay)) else "no"


def place(replay):
    """The level and the six answers of an archive with one machine, as `expect` spells them."""
    def all_(*checks):
        return "yes" if all(replay.passed(check) for check in checks) else "no"

    hcl = bool(replay.of_kind("azure-hcl-report"))
    key = all_("tpm.ak.certificate", "tpm.ak.match")
    if hcl and all_("tpm.quote.signature") == "no":
        key = "no"
    imds = all_("imds.signature", "imds.chain", "imds.window", "imds.vm-id")
    bound = all_("bind.imds", "bind.hcl") if hcl and imds == "yes" else "no"
    answers = [all_(*oracle_dcap.GROUNDS),
               all_("hcl.runtime-data.binding", "hcl.ak", "dcap.td.debug", "tpm.quote.signature"),
               key, subject_says(replay) if hcl and key == "yes" else "no", imds if hcl else "no", bound]
    level = next((i for i, answer in enumerate(answers) if answer != "yes"), len(answers))
    return " ".join(["place", "L%d" % (level - 1) if level else "none"] + answers)
