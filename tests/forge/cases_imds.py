# SPDX-License-Identifier: Apache-2.0
"""Cases about attested documents and the place of a machine (azure.md 8, 11; collect.md 11)."""

import attested
import der
import imds_pki
import placed
import rsa
import tsa
import x509
from archive import CERT
from case import GUEST, TINY, Case, failing
from edits import const, expired, extension, flip, put, replaced, together, usages, window

# A document alone, and with what names its VM.
ALONE = ("imds", "imds-ca")
VM = ("imds", "imds-ca", "hcl", "quote")
ROWS = ("imds.format", "imds.signature", "imds.chain", "imds.window", "imds.vm-id")
SWAPPED = "004d5151-4953-554d-4c41-544544000000"
OTHER = "51514d00-5349-4d55-4c41-544544000001"


def document(name, text, edits=None, verdict="incomplete", **other):
    """A document that fails in nothing; the verdict is as the parts allow."""
    other.setdefault("parts", ALONE)
    return Case(verdict + "-imds" + name, text, verdict, edits=dict({"signers": const([])}, **(edits or {})),
                subject=placed.Placed, **other)


def wrong(check, why, text, edits, **other):
    other.setdefault("parts", ALONE)
    rest = ROWS[ROWS.index(check) + 1:] if check != "imds.window" else ()
    return failing(check, why, text, dict({"signers": const([])}, **edits), rest,
                   subject=placed.Placed, **other)


def times(**changed):
    return lambda value: dict(value, timeStamp=dict(value["timeStamp"], **changed))


def host(*alternatives, common="SIMULATED"):
    """A leaf that is for these hosts."""
    def edit(fields):
        kept = [e for e in fields["extensions"] if e[0] != imds_pki.ALTERNATIVES]
        named = [imds_pki.ext_hosts(*alternatives)] if alternatives else []
        return dict(fields, subject=[(x509.CN, x509.UTF8, common)], extensions=kept + named)
    return {"imds.leaf.fields": edit}


def wide_name(text):
    """A leaf with a common name of type BMPString and no alternatives."""
    edit = host(common=text)["imds.leaf.fields"]
    return {"imds.leaf.fields": lambda fields: dict(edit(fields), subject=[(x509.CN, 0x1E, text)])}


def good():
    some = ROWS[:4]
    yield document("", "an attested document about the VM that the paravisor names", parts=VM, passes=ROWS)
    yield document("-byte-swapped", "a document that spells the VM's id in the other byte order",
                   {"imds.content": put(vmId=SWAPPED)}, parts=VM, passes=ROWS)
    yield document("-edges", "a document that was made and expires at the time itself", {
        "imds.content": times(createdOn="06/08/26 12:42:41 -0000", expiresOn="06/08/26 12:42:41 -0000")},
        passes=some, skips=ROWS[4:])
    yield document("-host-alternative", "a certificate whose alternative name alone is the service's",
                   host("other.invalid", "EastUS.Metadata.Azure.com"), passes=some)
    yield document("-host-common", "a certificate without alternatives, whose common name is the "
                   "service's", host(common="metadata.azure.com"), passes=some)
    yield document("-message", "the message alone, decoded", {"items": bare}, passes=some)


def bare(items):
    out = []
    for item in items:
        if item["part"] == "imds":
            item = dict(item, kind="cms", ext="p7", mediaType="application/cms",
                        data=attested.message_of(item["data"]))
        out.append(item)
    return out


def foreign_message(items):
    """Signed data that is no document: nobody's business."""
    leaf = placed.Placed().imds_pki.certificate("leaf")
    fields = x509.parse(leaf)[0]
    data = attested.message(b"hello", [leaf], fields["issuer"], fields["serial"],
                            rsa.key("imds leaf").sign(b"hello"))
    return items + [{"part": "cms", "kind": "cms", "ext": "p7", "mediaType": "application/cms",
                     "data": data, "relates": []}]


def attributes():
    return attested.attributes(placed.Placed().text())


def formats():
    check = "imds.format"
    twice = replaced(b'{"licenseType":""', b'{"vmId":"","licenseType":""')
    yield wrong(check, "", "vmId stands twice", {"imds.text": twice})
    for why, text, edits in (
            ("version", "the message has the version of one with other certificates", {
                "imds.versions": const((5, 1))}),
            ("signer-version", "the signer has the version of one that is named by its key", {
                "imds.versions": const((1, 3))}),
            ("type", "the content is called signed data", {
                "imds.type": const(tsa.SIGNED_DATA), "imds.versions": const((3, 1))}),
            ("no-content-type", "the signed attributes lack the content's type", {
                "imds.attributes": lambda _: attributes()[1:]}),
            ("no-digest", "the signed attributes lack the content's digest", {
                "imds.attributes": lambda _: attributes()[:1]}),
            ("digest-twice", "the signed attributes have the content's digest twice", {
                "imds.attributes": lambda _: attributes() + attributes()[1:]}),
            ("two-digests", "the signed attribute of the digest has two values", {
                "imds.attributes": lambda _: attributes()[:1] + [attested.attribute(
                    attested.MESSAGE_DIGEST, der.octets(bytes(32)), der.octets(bytes(32)))]}),
            ("other-type", "the signed attributes name another type of content", {
                "imds.attributes": lambda _: [attested.attribute(
                    attested.CONTENT_TYPE, der.oid(tsa.SIGNED_DATA))] + attributes()[1:]})):
        yield wrong(check, why, text, edits)
    yield document("-attributes", "what is signed are attributes with the content's type and digest", {
        "imds.attributes": lambda _: attributes()}, passes=ROWS[:4])
    yield wrong("imds.signature", "digest", "the signed attributes have the digest of another content", {
        "imds.attributes": lambda _: attested.attributes(b"another")})
    yield document("-other-cms", "signed data that is no attested document, which is not judged",
                   {"items": foreign_message}, parts=TINY, skips=ROWS, says=(
                       "gap items/cms/0000.p7: signed data that is no attested document, not judged",))


def signatures():
    check = "imds.signature"
    yield wrong(check, "", "the signature is wrong", {"imds.signature": flip(7)})
    yield wrong(check, "content", "the content was edited after it was signed",
                {"imds.shown": replaced(b"544544000000", b"544544000001")})
    yield wrong(check, "weak", "signed over SHA-1", {
        "imds.algorithm": const(der.seq(der.oid(rsa.PREFIX["sha1"]), der.null())),
        "imds.signature": lambda _: rsa.key("imds leaf").sign(placed.Placed().text(), "sha1")})
    yield document("-no-certificate", "the signer's certificate is not in the message", {
        "imds.certificates": const([])}, skips=ROWS[1:],
        says=("reason imds.signature absent: the signer's certificate",))


def with_root(items):
    """Adds the certificate of a root that nobody pinned."""
    rogue = imds_pki.Pki(lambda name, value: rsa.key("rogue imds root") if name == "imds.root.key"
                         else value)
    return items + [{"part": "imds-root", "kind": "cert-der", "ext": "der", "mediaType": CERT,
                     "data": rogue.certificate("root"), "relates": [("issuer-of", "imds-ca")]}]


def with_pinned_root(items):
    """Adds the root's certificate as an issuer of the intermediate, as a collector finds it."""
    return items + [dict(with_root(items)[-1], data=placed.Placed().imds_pki.certificate("root"))]


def chains():
    check = "imds.chain"
    rogue = const(rsa.key("rogue imds root"))
    for why, text, edits in (
            ("", "the signature of the document's certificate is wrong",
             {"imds.leaf.signer": const(rsa.key("other imds ca"))}),
            ("expired", "the document's certificate is expired by one second",
             {"imds.leaf.fields": window(expired)}),
            ("untrusted-root", "the chain ends in a root certificate of another key",
             {"imds.root.key": rogue, "items": with_root}),
            ("usurped", "the intermediate has the pinned root's name as its issuer, and is signed by "
             "another key", {"imds.ca.signer": rogue}),
            ("no-constraints", "the intermediate says by its key usage alone that it is a CA",
             {"imds.ca.fields": extension("2.5.29.19")}),
            ("host-no-dot", "the certificate is for a host whose name only ends alike",
             host("evilmetadata.azure.com", common="notmetadata.azure.us")),
            ("host-hidden", "a common name is the service's, and the alternatives are not",
             host("other.invalid", common="metadata.azure.com")),
            ("host-wide", "the common name is the service's in octets, but of wider characters",
             wide_name("metadata.azure.com")),
            ("host-empty-label", "a host with an empty label", host("a..metadata.azure.com")),
            ("host-star", "a host with a star in its middle", host("a.*.metadata.azure.com"))):
        yield wrong(check, why, text, edits)
    for why, text, edits in usages("imds"):
        yield wrong(check, why, text, edits)
    yield document("-no-usage", "the leaf names neither a key usage nor a purpose", {
        "imds.leaf.fields": together(extension("2.5.29.15"), extension("2.5.29.37"))}, passes=ROWS[:4])
    yield document("-no-ca", "the document's intermediate is not in the archive", skips=ROWS[2:],
                   parts=("imds",), passes=ROWS[:2],
                   says=("reason imds.chain missing-issuer",))


def windows_of():
    check = "imds.window"
    yield wrong(check, "", "the document expired one second ago",
                {"imds.content": times(expiresOn="06/08/26 12:42:40 -0000")})
    yield wrong(check, "not-yet", "the document was made one second later",
                {"imds.content": times(createdOn="06/08/26 12:42:42 -0000")})


def vm_ids():
    check = "imds.vm-id"
    yield wrong(check, "", "a document about another VM", {"imds.content": put(vmId=OTHER)}, parts=VM,
                says=("place none no no no no no no",))


def cn(text):
    return x509.CN, x509.UTF8, text + ".ConfidentialVM.Azure.windows.net"


def levels():
    ak, imds = ("ak-cert", "ak-intermediate"), ("imds", "imds-ca")
    own = {"ak.leaf.fields": placed.named(attested.VM_ID)}
    for name, text, parts, edits, place in (
            ("3", "and the certificate is for the same VM", GUEST + ak, own,
             "L3 yes yes yes yes no no"),
            ("4", "and an attested document is about the same VM", GUEST + ak + imds, own,
             "L4 yes yes yes yes yes no"),
            ("5", "and its nonce is that of the report", GUEST + ak + imds + ("session",), own,
             "L5 yes yes yes yes yes yes"),
            ("2-beyond", "the certificate's subject says nothing of a VM, and the rest holds",
             GUEST + ak + imds + ("session",), {}, "L2 yes yes yes untold yes yes")):
        yield Case("pass-place-" + name, text, edits=dict({"signers": const([])}, **edits), parts=parts,
                   subject=placed.Placed, says=("place " + place,))
    bare = ("hcl", "quote", "tpm-message", "tpm-signature") + ak
    yield Case("incomplete-place-other-vm", "the AK certificate is for another VM; nothing says that the "
               "processor's key was not revoked", "incomplete", parts=bare, subject=placed.Placed,
               edits={"signers": const([]), "ak.leaf.fields": placed.named(OTHER)},
               says=("place none no yes yes no no no",))
    for why, text, name in (
            ("glued", "begins with more than the id of the VM", [cn("deadbeef" + attested.VM_ID)]),
            ("elsewhere", "is of no VM, and its unit is called by the id", [
                (x509.OU, x509.UTF8, attested.VM_ID), cn("51514d000000")]),
            ("contradicts", "is two of two VMs", [cn(attested.VM_ID), cn(OTHER)])):
        yield Case("incomplete-place-subject-" + why, "the AK certificate's common name " + text,
                   "incomplete", parts=bare, subject=placed.Placed,
                   edits={"signers": const([]), "ak.leaf.fields": put(subject=name)},
                   says=("place none no yes yes untold no no",))
    yield Case("incomplete-place-no-ak-ca", "the AK certificate's issuer is not in the archive, and the "
               "whole chain of an attested document is: the AK is not certified, and nothing is broken",
               "incomplete", {"signers": const([]), "items": with_pinned_root}, subject=placed.Placed,
               parts=bare[:-1] + ("imds", "imds-ca"), skips=("tpm.ak.certificate",),
               passes=("imds.chain",), says=("place none no yes no no yes no",))
    yield Case("incomplete-place-none", "a certified vTPM key and no hardware behind it", "incomplete",
               edits={"signers": const([])}, subject=placed.Placed,
               parts=("tpm-message", "tpm-signature", "ak-public") + ak,
               says=("place none no no yes no no no",))


def endorsements():
    for why, text, statement, reason in (
            ("", "a site owner's statement that names its issuer", placed.STATEMENT,
             "SIMULATED colocation owner, as its statement says"),
            ("-opaque", "a site owner's statement of which nothing can be read", b"\x82\x01\x02",
             "SIMULATED, as its manifest says")):
        yield document("-endorsement" + why, text, {"endorsement": const(statement)},
                       parts=("endorsement",), skips=("place.endorsement",),
                       says=("reason place.endorsement not-judged: the statement of " + reason,))


def every():
    for group in (good, formats, signatures, chains, windows_of, vm_ids, levels, endorsements):
        yield from group()
