# SPDX-License-Identifier: Apache-2.0
"""The second opinion on SEV-SNP reports and AMD's chain (SNP-ABI; KDS; azure.md 4)."""

import json

import der
import ec
import hcl
import oracle_dcap
import oracle_tpm
import pem
import quote
import rsa
import snp
import x509

OWN = ("snp.format", "snp.signature", "snp.chain", "snp.tcb", "snp.debug")


def reports(replay):
    """Every report, with whether a paravisor's holds it: alone first."""
    found = [(raw, False) for raw in replay.of_kind("snp-report")]
    for raw in replay.of_kind("azure-hcl-report"):
        if len(raw) >= 1236 and raw[1224:1228] == b"\2\0\0\0" and raw[32:36] in VERSIONS:
            found.append((hcl.parse(raw)[0]["hardware"], True))
    return found


VERSIONS = [quote.le(v, 4) for v in (2, 3, 5)]


class Certificate:
    """One certificate of the archive; chip where AMD's key server wrote it for one."""

    def __init__(self, raw):
        self.raw = raw
        self.fields, self.signature = x509.parse(raw)
        self.body = der.tlv(0x30, der.split(der.split(raw)[0][1])[0][1])
        known = {oid[len(snp.AMD):]: value for oid, _, value in self.fields["extensions"]
                 if oid.startswith(snp.AMD)}
        self.chip = known.get("4")
        self.product = der.only(known["2"], 0x16).decode() if self.chip else None
        self.tcb = {name: der.only(known[spl], 2)[-1] for name, spl in snp.SPL.items()
                    if spl in known}


def certificates(replay):
    out = [raw for raw in replay.of_kind("cert-der")]
    for text in replay.of_kind("cert-pem"):
        out += pem.decode(text.decode())
    for body in replay.of_kind("azure-thim-amd"):
        values = {name.lower(): value for name, value in json.loads(body).items()}
        out += pem.decode(values["vcekcert"]) + pem.decode(values["certificatechain"])
    whole = [raw for raw in out if is_whole(raw)]
    if not any(Certificate(raw).chip for raw in whole):
        whole = out  # a broken one may be the chip's
    return [Certificate(raw) for raw in whole]


def is_whole(raw):
    try:
        return Certificate(raw) is not None
    except (ValueError, IndexError, AssertionError, KeyError):
        return False


def report_format(replay, raw):
    values, replay.signed_part, r, s = snp.parse(raw)
    version = values["version"]
    assert version in VERSIONS and values["signature_algo"] == quote.le(1, 4)
    assert not any(r[48:]) and not any(s[48:]) and not any(raw[816:])
    zero = ["reserved%d" % i for i in range(1, 6)]
    zero += ["cpuid"] if version[0] == 2 else []
    zero += ["launch_mit_vector", "current_mit_vector"] if version[0] < 5 else []
    assert not any(any(values[name]) for name in zero)
    key = int.from_bytes(values["signing_key"], "little")
    assert key >> 5 == 0 and key >> 2 & 7 in (0, 1, 7)
    assert int.from_bytes(values["vmpl"], "little") in (0, 1, 2, 3, 0xFFFFFFFF)
    short = not any(values["chip_id"][8:]) and any(values["chip_id"])
    turin = values["cpuid"][0] >= 0x1A if version[0] > 2 else short
    unused = slice(4, 7) if turin else slice(2, 6)
    assert not any(any(values[name + "_tcb"][unused])
                   for name in ("current", "reported", "committed", "launch"))
    replay.snp, replay.turin = values, turin
    replay.rs = [int.from_bytes(half, "little") for half in (r, s)]


def numbers(replay, name):
    raw = replay.snp[name + "_tcb"]
    if replay.turin:
        return dict(zip(("fmc", "bootloader", "tee", "snp"), raw[:4]), microcode=raw[7])
    return {"bootloader": raw[0], "tee": raw[1], "snp": raw[6], "microcode": raw[7]}


def verifies(replay, certificate):
    raw = certificate.fields["spki"]
    return raw[-97] == 4 and ec.P384.verifies(raw[-96:], replay.signed_part, *replay.rs)


def chosen(replay):
    """The certificate that the report is held against (by chip, by signature, else any other's)."""
    key = int.from_bytes(replay.snp["signing_key"], "little") >> 2 & 7
    assert key != 7
    if key == 1:
        replay.one("a judge of VLEKs")
    known = [c for c in certificates(replay) if c.chip]
    chip = replay.snp["chip_id"]
    mine = [c for c in known if c.chip + bytes(64 - len(c.chip)) == chip]
    exact = [c for c in mine if c.tcb == numbers(replay, "reported")]
    others = [snp.parse(raw)[0]["chip_id"] for raw, _ in reports(replay)]
    rest = [c for c in known if c.chip + bytes(64 - len(c.chip)) not in others]
    for found in (exact, mine, [c for c in known if verifies(replay, c)], rest):
        if found:
            return best(replay, [c for c in known if (c.chip, c.tcb) == (found[0].chip, found[0].tcb)])
    return replay.one("a VCEK certificate")


def best(replay, copies):
    """The first of those that AMD made, whose window holds, whose key signed: in that order."""
    root = rsa.key("snp ark", 4096)
    pinned = oracle_tpm.Rsa(root.n, root.e)
    keys = [pinned] + [oracle_tpm.of_spki(c.fields["spki"]) for c in certificates(replay)
                       if not c.chip and signed(c, pinned)]

    def worth(one):
        begin, end = one.fields["window"]
        return (any(signed(one, k) for k in keys), begin <= replay.as_of <= end,
                verifies(replay, one))
    return max(copies, key=worth) if len(copies) > 1 else copies[0]


def signature(replay):
    found = chosen(replay)
    assert not replay.snp["signing_key"][0] & 2 and verifies(replay, found)


def chain(replay):
    """VCEK under ASK under the pinned key, RSASSA-PSS over SHA-384, each at the as-of time."""
    known, path = certificates(replay), [chosen(replay)]
    root = rsa.key("snp ark", 4096)
    pinned = oracle_tpm.Rsa(root.n, root.e)
    while not signed(path[-1], pinned):
        above = [c for c in known if c.fields["subject"] == path[-1].fields["issuer"]
                 and c.fields["subject"] != path[-1].fields["subject"]]
        if not above:
            usurped = path[-1].fields["issuer"] == snp.named("ark")
            assert not usurped
            replay.one("an issuer")
        above = [c for c in above if signed(path[-1], oracle_tpm.of_spki(c.fields["spki"]))]
        assert above
        path.append(above[0])
    for one in path:
        oracle_dcap.in_window(replay, *one.fields["window"])


def signed(one, key):
    return key.verifies_pss(one.body, one.signature, "sha384")


LINES = {"Milan": (0x19, range(16)), "Genoa": (0x19, [*range(16, 32), *range(0xA0, 0xB0)]),
         "Turin": (0x1A, range(32))}


def products(replay, found):
    """No two of the certificate's name, its issuer's and the report's CPU contradict each other."""
    mine = found.product.split("-")[0]
    issuer = dict((row[0], row[2]) for row in found.fields["issuer"])[x509.CN]
    above = issuer.removeprefix("SEV-").split("-")[0]
    if mine not in LINES:
        return
    assert above not in LINES or above == mine
    family, model = replay.snp["cpuid"][:2]
    if replay.snp["version"][0] > 2:
        known = [name for name, (of, models) in LINES.items() if of == family and model in models]
        assert mine in known if known else family == LINES[mine][0]


def versions(replay):
    found, reported = chosen(replay), numbers(replay, "reported")
    assert found.tcb == reported
    assert not any(replay.snp["chip_id"]) or (
        found.chip + bytes(64 - len(found.chip)) == replay.snp["chip_id"])
    products(replay, found)
    committed, current = numbers(replay, "committed"), numbers(replay, "current")
    assert all(reported[n] <= committed[n] <= current[n] for n in reported)
    for body in replay.of_kind("azure-thim-amd"):
        values = {name.lower(): value for name, value in json.loads(body).items()}
        of = Certificate(pem.decode(values["vcekcert"])[0])
        if "tcbm" in values and of.chip == found.chip:
            assert bytes.fromhex(values["tcbm"])[::-1] == snp.tcb(of.tcb)


def debug(replay):
    assert not replay.snp["policy"][2] & 8


def ask_all(replay):
    """Every snp.* question for each report; what the paravisor's is is left for hcl.*."""
    ask, both = replay.ask, ("snp.signature", "snp.chain")
    seen = {}
    for raw, _ in reports(replay):
        for check in OWN:
            seen.setdefault(check, []).extend(replay.out.pop(check, []))
        ask("snp.format", (), lambda r=raw: report_format(replay, r))
        ask("snp.signature", ("snp.format",), lambda: signature(replay))
        ask("snp.chain", ("snp.format",), lambda: chain(replay))
        ask("snp.tcb", both, lambda: versions(replay))
        ask("snp.debug", both, lambda: debug(replay))
    for check, before in seen.items():
        replay.out[check] = before + replay.out[check]
