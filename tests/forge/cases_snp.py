# SPDX-License-Identifier: Apache-2.0
"""Cases about SEV-SNP reports, alone and in a paravisor's (azure.md 2, 4)."""

import json

import case
import ec
import pem
import quote
import rsa
import snp
import x509
from archive import CERT, JSON, OCTETS, PEM
from case import Case
from edits import const, expired, flip, not_yet, put, window

ALONE = ("snp-report", "vcek", "ask")
GUEST = ("hcl", "tpm-message", "tpm-signature", "tpm-pcrs", "ak-public", "vcek", "ask")
ABOVE = ("snp.tcb", "snp.debug")
COSE = "application/cose"
NO_CRL = ("gap CRL of AMD's key server: not looked at; whether AMD revoked the chip's key or one "
          "above it is not told")
NO_UVM = ("gap UVM endorsements (COSE_Sign1): not judged by this version; whose software the "
          "MEASUREMENT of the SEV-SNP report is, is not told")
HCL = ("hcl.runtime-data.binding", "hcl.runtime-data.format", "hcl.ak", "tpm.quote.signature",
       "tpm.quote.pcrs")
OTHER_CHIP = b"SIMULATED-CHIP-1" * 4


def good(name, text, edits=None, parts=ALONE, passes=case.SNP, **other):
    return Case("pass-snp" + name, text, edits=edits or {}, parts=parts, passes=passes, subject=snp.Guest,
                **other)


def bad(check, why, text, edits, skips=(), parts=ALONE, **other):
    return case.failing(check, why, text, edits, skips, parts=parts, subject=snp.Guest, **other)


def incomplete(name, text, edits=None, parts=ALONE, skips=(), **other):
    return Case("incomplete-snp-" + name, text, "incomplete", edits or {}, skips=skips, parts=parts,
                subject=snp.Guest, **other)


def tcbs(**values):
    """An edit of a report: its TCBs, by name and number."""
    return put(**{name + "_tcb": snp.tcb(dict(snp.TCB, **svns)) for name, svns in values.items()})


def item(kind, data, ext, media, **other):
    return dict({"part": kind, "kind": kind, "ext": ext, "mediaType": media, "data": data,
                 "relates": []}, **other)


def holds():
    yield good("", "a paravisor's report of an SEV-SNP guest, its vTPM's quote, VCEK and ASK",
               parts=GUEST, passes=case.SNP + ("hcl.format",) + HCL)
    yield good("-alone", "an SEV-SNP report that is an item itself",
               says=(NO_CRL,))
    yield good("-uvm", "and a UVM endorsement, which is not judged",
               {"items": before(item("cose-sign1", b"\xd2\x84\x40\xa0\x40\x40", "cose", COSE))},
               says=(NO_CRL, NO_UVM))
    yield good("-version-2", "version 2, which does not say what CPU it is",
               {"snp.report": put(version=quote.le(2, 4), cpuid=bytes(3))})
    yield good("-turin", "version 5 by a Turin: another order in the TCB, 8 bytes of chip id",
               {"snp.report": snp.turin, "snp.chip": const((snp.CHIP[:8], snp.TURIN_TCB))})
    yield good("-thim", "the certificates as Azure's host answers, in the spelling of its "
               "documentation", {"thim": const(snp.thim(*certificates(), upper=True))},
               parts=("snp-report", "thim"))
    yield good("-bundle", "VCEK, ASK and ARK in one PEM file, in any order",
               {"items": bundled}, parts=("snp-report", "vcek", "ask", "ark"))
    yield good("-masked", "the host masks the chip id: the certificate is found by the signature",
               {"snp.report": put(chip_id=bytes(64)), "items": before(stranger())})
    yield good("-versions", "the host reports and commits to less than what runs",
               {"snp.report": tcbs(current={"microcode": 222}, committed={"microcode": 220})})
    yield good("-launch-above", "launched by more than runs now: firmware that was taken back",
               {"snp.report": tcbs(launch={"microcode": 220})},
               says=("got snp.tcb launched by microcode 220",))
    yield good("-two", "reports of two chips, and the certificates of both",
               {"items": before(*second())})


def certificates(edits=None):
    """VCEK and its issuers, of a scene that is edited so."""
    made = snp.Guest(edits).amd
    return made.certificate("vcek"), (made.certificate("ask"), made.certificate("ark"))


def other_chip(name="snp other vcek"):
    return {"snp.vcek.key": const(ec.key(name, ec.P384)), "snp.chip": const((OTHER_CHIP, snp.TCB))}


def stranger():
    """The certificate of another chip, which no report here is of."""
    return item("cert-der", certificates(other_chip())[0], "der", CERT, part="stranger")


def second():
    """Another chip's report and certificate."""
    made = snp.Guest(dict(other_chip(), **{"snp.report": put(chip_id=OTHER_CHIP)}))
    return (item("snp-report", made.report, "bin", OCTETS, part="second"),
            item("cert-der", made.amd.certificate("vcek"), "der", CERT, part="second-vcek"))


def before(*more):
    return lambda items: list(more) + items


def bundled(items):
    data = {i["part"]: i["data"] for i in items}
    chain = pem.chain(data["ark"], data["vcek"], data["ask"]).encode()
    return [i for i in items if i["kind"] == "snp-report"] + [item("cert-pem", chain, "pem", PEM)]


def formats():
    check, skips = "snp.format", ("snp.signature", "snp.chain") + ABOVE
    for why, text, edits in (
            ("", "version 4", put(version=quote.le(4, 4))),
            ("reserved", "a reserved byte is not zero", put(reserved5=bytes(151) + b"\1")),
            ("algorithm", "signature algorithm 2", put(signature_algo=quote.le(2, 4))),
            ("vmpl", "VMPL 4, which no guest has", put(vmpl=quote.le(4, 4))),
            ("tcb", "a byte of the reported TCB that is none of its numbers",
             put(reported_tcb=bytes([4, 0, 1, 0, 0, 0, 24, 219])))):
        yield bad(check, why, text, {"snp.report": edits}, skips)
    yield bad("hcl.format", "snp", "the SEV-SNP report in the paravisor's is of version 4",
              {"snp.report": put(version=quote.le(4, 4))}, HCL, parts=GUEST)


def signatures():
    check = "snp.signature"
    yield bad(check, "", "the report's signature is wrong", {"snp.signature": flip(20)}, ABOVE)
    yield bad(check, "hcl", "the same in a paravisor's report", {"snp.signature": flip(20)},
              ABOVE + HCL, parts=GUEST)
    yield bad(check, "other-chip", "the only certificate is another chip's", other_signer(), ABOVE)
    yield bad(check, "unsigned", "the report says that no key signed it",
              {"snp.report": put(signing_key=quote.le(7 << 2, 4))}, ABOVE,
              fails=(check, "snp.chain"))
    yield bad(check, "masked-key", "the host masks the chip's key",
              {"snp.report": put(signing_key=quote.le(2, 4)), "snp.signature": const(bytes(96))},
              ABOVE)


def other_signer():
    """The report is as it was; the certificate is for another chip and its key."""
    return dict(other_chip(), **{"snp.signer": const(snp.key("vcek"))})


def chains():
    check, rogue = "snp.chain", const(rsa.key("snp rogue ark", 4096))
    yield bad(check, "", "the signature of the VCEK certificate is wrong",
              {"snp.vcek.der": flip(-1)}, ABOVE)
    for why, text, role, change in (
            ("expired", "the VCEK certificate is expired by one second", "vcek", expired),
            ("not-yet", "the VCEK certificate begins one second later", "vcek", not_yet),
            ("ask-expired", "the ASK is expired by one second", "ask", expired),
            ("ask-not-yet", "the ASK begins one second later", "ask", not_yet)):
        yield bad(check, why, text, {"snp.%s.fields" % role: window(change)}, ABOVE)
    yield bad(check, "untrusted", "the chain ends in an ARK that is not pinned",
              {"snp.ark.key": rogue}, ABOVE, parts=ALONE + ("ark",))
    yield bad(check, "hcl", "a chain that does not hold carries no paravisor",
              {"snp.vcek.der": flip(-1)}, ABOVE + HCL, parts=GUEST)
    yield bad(check, "usurped", "the ASK is signed in the ARK's name by another key",
              {"snp.ask.signer": rogue}, ABOVE)


def versions():
    check = "snp.tcb"
    for why, text, edits in (
            ("", "the reported TCB is one below the certificate's",
             tcbs(reported={"microcode": 218})),
            ("committed", "the committed TCB is below the reported one",
             tcbs(committed={"microcode": 218})),
            ("current", "the current TCB is below the committed one", tcbs(current={"snp": 23})),
            ("chip", "the chip id is not the certificate's", put(chip_id=OTHER_CHIP))):
        yield bad(check, why, text, {"snp.report": edits})
    yield bad(check, "layout", "a Turin's report and a certificate without its number",
              {"snp.report": snp.turin, "snp.chip": const((snp.CHIP[:8], {
                  k: v for k, v in snp.TURIN_TCB.items() if k != "fmc"}, "Turin-C1"))})
    yield bad("snp.debug", "", "the policy lets the host debug the guest",
              {"snp.report": put(policy=quote.le(0xB001F, 8))})


def answer(vcek=None, issuers=None, **members):
    """Azure's answer with members changed; None drops one."""
    made, above = certificates()
    values = json.loads(snp.thim(vcek or made, issuers or above))
    values.update(members)
    return json.dumps({k: v for k, v in values.items() if v is not None}).encode()


def older():
    """The chip's certificate for an older TCB."""
    return certificates({"snp.chip": const((snp.CHIP, dict(snp.TCB, microcode=218)))})[0]


def answers():
    check, parts = "snp.tcb", ("snp-report", "thim")
    for why, text, tcbm, words in (
            ("thim", "tcbm is one below the TCB of the certificate beside it", "DA18000000000004",
             "tcbm DA18000000000004, and the certificate beside it is for DB18000000000004"),
            ("thim-reserved", "tcbm has a byte that is none of the numbers", "DB18000100000004",
             "tcbm DB18000100000004"),
            ("thim-digits", "tcbm is not hex", "DB18 0000 0000 04", "tcbm that is not 16 hex digits"),
            ("thim-empty", "tcbm is an empty text", "", "tcbm that is not 16 hex digits")):
        yield bad(check, why, text, {"thim": const(answer(tcbm=tcbm))}, parts=parts,
                  says=("reason snp.tcb " + words,))
    yield bad(check, "thim-beside", "the same where a copy of the certificate lies beside",
              {"thim": const(answer(tcbm="DA18000000000004"))}, parts=ALONE + ("thim",))
    yield good("-thim-lower", "tcbm in lower case", {"thim": const(answer(tcbm="db18000000000004"))},
               parts=parts)
    yield good("-thim-no-tcbm", "an answer without tcbm", {"thim": const(answer(tcbm=None))}, parts=parts)
    yield good("-thim-older", "an older answer, for an older TCB, beside the certificate for this one",
               {"thim": const(answer(older(), tcbm="DA18000000000004"))}, parts=ALONE + ("thim",))


def product(name):
    return {"snp.chip": const((snp.CHIP, snp.TCB, name))}


def issued_as(name):
    """The key of another product's chips certifies this one's."""
    subject = [row[:2] + ("SEV-" + name,) if row[0] == x509.CN else row for row in snp.named("ask")]
    return {"snp.vcek.fields": put(issuer=subject), "snp.ask.fields": put(subject=subject)}


VERSION_2 = put(version=quote.le(2, 4), cpuid=bytes(3))


def products():
    check = "snp.tcb"
    yield bad(check, "product", "the report is of a Milan, the certificate of a Genoa", product("Genoa-B1"),
              says=("reason snp.tcb of a Genoa, and the report of Milan",))
    yield bad(check, "product-family", "a CPU of a family that is not Milan's, with a Milan's certificate",
              {"snp.report": put(cpuid=bytes([0x17, 0x31, 0]))},
              says=("reason snp.tcb of a Milan, and the report of another processor",))
    yield bad(check, "product-issuer", "version 2: a Milan's certificate by the key for Genoa",
              dict(issued_as("Genoa"), **{"snp.report": VERSION_2}),
              says=("reason snp.tcb of a Milan, and the issuer certifies those of Genoa",))
    yield good("-product-issuer", "version 2: a Milan's certificate by the key for Milan",
               dict(issued_as("Milan"), **{"snp.report": VERSION_2}))
    yield good("-product-model", "a model that is not known here, of the family of the certificate's",
               {"snp.report": put(cpuid=bytes([0x19, 0x42, 0]))})
    yield good("-product-siena", "a Siena's report, whose keys go by the name of Genoa",
               dict(product("Genoa-A0"), **{"snp.report": put(cpuid=bytes([0x19, 0xA0, 2]))}))


def bindings():
    yield bad("hcl.runtime-data.binding", "snp", "the claims are not those that the report holds",
              {"hcl.shown": lambda t: t.replace(b"544544000000", b"544544000001")}, HCL[1:], parts=GUEST)


    yield bad("hcl.runtime-data.binding", "snp-vmpl", "the guest's own kernel asked for the report",
              {"snp.report": put(vmpl=quote.le(3, 4))}, HCL[1:], parts=GUEST)
    yield bad("hcl.runtime-data.binding", "snp-half", "report data bytes 32 to 63 are not zero",
              {"snp.report": lambda r: dict(r, report_data=flip(63)(r["report_data"]))}, HCL[1:],
              parts=GUEST)


def absent():
    upper = ("snp.signature", "snp.chain") + ABOVE
    yield incomplete("no-vcek", "no certificate of the chip's key", parts=("snp-report", "ask"),
                     skips=upper, says=("gap VCEK certificate: nothing vouches for the SEV-SNP report",))
    yield incomplete("no-vcek-hcl", "the same of a paravisor's report",
                     parts=tuple(p for p in GUEST if p not in ("vcek", "ask")), skips=upper + HCL)
    yield incomplete("no-thim-chain", "the host's answer has no chain but the chip's certificate again",
                     {"thim": const(snp.thim(certificates()[0], certificates()[:1]))},
                     parts=("snp-report", "thim"), skips=("snp.chain",) + ABOVE)
    yield incomplete("no-ask", "the VCEK certificate's issuer is not here",
                     parts=("snp-report", "vcek"), skips=("snp.chain",) + ABOVE)
    yield incomplete("vlek", "the report is signed with a VLEK, which is not judged here",
                     {"snp.report": put(signing_key=quote.le(1 << 2, 4))}, skips=upper,
                     says=("gap VLEK: a key of the cloud and not of the chip signed the SEV-SNP report; "
                           "this version has no chain for such keys",))


def copy(edits=None, part="copy", change=None):
    """Another certificate of the report's chip and TCB."""
    made = certificates(edits)[0]
    return item("cert-der", change(made) if change else made, "der", CERT, part=part)


def rogue_copy():
    """One by an ASK that is not AMD's, which lies beside it."""
    rogue = const(rsa.key("snp rogue ark", 4096))
    made, (ask, _) = certificates({"snp.ask.key": rogue, "snp.ask.signer": rogue})
    return (item("cert-der", made, "der", CERT, part="copy"),
            item("cert-der", ask, "der", CERT, part="copy-ask"))


def lacking(fields):
    return dict(fields, extensions=[e for e in fields["extensions"] if e[0] != snp.AMD + "4"])


def copies():
    spoiled, old = copy(change=flip(-1)), {"snp.vcek.fields": window(expired)}
    key = {"snp.vcek.key": const(ec.key("snp other vcek", ec.P384))}
    garbage = dict(copy(change=lambda made: made + b"\1"), relates=[("key-of", "snp-report")])
    for why, text, more, says in (
            ("spoiled", "of which the certificate's own signature is wrong", (spoiled,), ()),
            ("expired", "that expired a second ago", (copy(old),), ()),
            ("not-yet", "that begins a second later", (copy({"snp.vcek.fields": window(not_yet)}),), ()),
            ("rogue", "that a key in the ASK's name certified, with that key's certificate",
             rogue_copy(), ()),
            ("key", "of another key", (copy(key),), ()),
            ("broken", "with a byte behind it", (garbage,), ("a certificate that cannot be read",)),
            ("lacking", "without the chip's id", (copy({"snp.vcek.fields": lacking}),),
             ("a VCEK certificate that lacks what one has",))):
        yield good("-copy-" + why, "before the certificate a copy " + text, {"items": before(*more)},
                   says=tuple("gap items/cert-der/0000.der: %s, not used" % words for words in says))
    yield good("-copy-masked", "a masked chip id, a spoiled copy before the certificate",
               {"snp.report": put(chip_id=bytes(64)), "items": before(spoiled)})
    yield bad("snp.chain", "copies", "a spoiled copy, and the certificate is expired: that is what is said",
              dict(old, items=before(spoiled)), ABOVE, says=("reason snp.chain expired: ",))


def broken():
    skips = ABOVE
    yield bad("snp.chain", "thim-broken", "the host's answer lacks a bracket",
              {"thim": lambda t: t[:-1]}, skips, parts=("snp-report", "thim"),
              fails=("snp.signature", "snp.chain"))


def expectations():
    want = {"snp.measurement": [(b"SIMULATED-LAUNCH" * 3).hex()], "snp.hostData": ["00" * 32]}
    yield good("-expect", "measurement and host data are those that the policy lists",
               policy=case.expect_policy("forge-snp", want), passes=("policy.expect",))
    want = {"snp.measurement": ["51" * 48]}
    yield bad("policy.expect", "snp", "another measurement than the policy lists", {},
              policy=case.expect_policy("forge-snp-other", want))


    want = {"snp.vmpl": ["1", "0"], "snp.guestSvn": ["12"], "snp.policy": ["1f00030000000000"],
            "snp.platformInfo": ["2500000000000000"], "snp.idKeyDigest": ["00" * 48]}
    yield good("-expect-numbers", "VMPL, SVN, policy and platform are those that the policy lists",
               policy=case.expect_policy("forge-snp-numbers", want), passes=("policy.expect",))
    for why, text, fact, value, edits in (
            ("vmpl", "VMPL 3, and the policy lists 0", "vmpl", "0", put(vmpl=quote.le(3, 4))),
            ("host", "the host asked, and the policy lists VMPL 0", "vmpl", "0", put(vmpl=b"\xff" * 4)),
            ("policy", "another guest policy", "policy", "1f00030000000000",
             put(policy=quote.le(0x7001F, 8))),
            ("svn", "an older guest SVN", "guestSvn", "12", put(guest_svn=quote.le(11, 4)))):
        yield bad("policy.expect", "snp-" + why, text, {"snp.report": edits},
                  policy=case.expect_policy("forge-snp-" + why, {"snp." + fact: [value]}),
                  says=("reason policy.expect does not list the snp." + fact,))
    yield good("-host", "a report that the host asked for", {"snp.report": put(vmpl=b"\xff" * 4)})


    yield incomplete("expect", "the policy lists a measurement of a report that nobody vouches for",
                     parts=("snp-report",), skips=("policy.expect",),
                     policy=case.expect_policy("forge-snp-other", want))


# Those that testdata/ keeps; tests/e2e_snp.py replays the others as they are made.
STORED = """
    pass-snp pass-snp-turin pass-snp-thim pass-snp-masked pass-snp-two pass-snp-copy-spoiled fail-snp.format
    fail-snp.signature fail-snp.signature-other-chip fail-snp.chain fail-snp.chain-untrusted
    pass-snp-launch-above fail-snp.tcb fail-snp.tcb-thim fail-snp.tcb-product fail-snp.debug fail-hcl.runtime-data.binding-snp incomplete-snp-no-vcek
    incomplete-snp-no-ask incomplete-snp-vlek fail-policy.expect-snp fail-policy.expect-snp-vmpl""".split()


def made():
    for group in (holds, formats, signatures, chains, versions, answers, products, bindings, absent, copies, broken, expectations):
        yield from group()


def every():
    return [one for one in made() if one.name in STORED]


def more():
    return [one for one in made() if one.name not in STORED]
