# SPDX-License-Identifier: Apache-2.0
"""One case of testdata/replay: what is edited, and what a replay must say about it."""

import dataclasses
import json

import anchors
import archive
import scene
import windows

QUOTE_ONLY = ("quote", "tcb-info", "qe-identity", "tcb-signing-chain", "pck-crl-chain",
              "root-crl", "pck-crl")
GUEST = ("hcl", "tpm-message", "tpm-signature", "tpm-pcrs", "ak-public") + QUOTE_ONLY
TINY = ("tcb-signing-chain", "root-crl")

# what a policy of forge's own requires (cli.md "a policy")
REQUIRED = (
    "archive.container", "archive.manifest", "archive.digests",
    "dcap.quote.format", "dcap.pck.chain", "dcap.pck.extension", "dcap.qe-report.signature",
    "dcap.qe-report.binding", "dcap.quote.signature", "dcap.tcb-signing.chain",
    "dcap.crl.signature", "dcap.pck.revocation", "dcap.pck-ca.revocation",
    "dcap.tcb-signing.revocation", "dcap.tcb-info.signature", "dcap.qe-identity.signature",
    "dcap.collateral.window", "dcap.tcb-info.match", "dcap.tdx-module.match",
    "dcap.qe-identity.match", "dcap.qe.debug", "dcap.td.debug",
    "tcb.platform", "tcb.tdx-module", "tcb.qe", "tcb.status",
    "hcl.format", "hcl.td-report.hashes", "hcl.report.match", "hcl.runtime-data.binding",
    "hcl.runtime-data.format", "hcl.ak",
    "tpm.quote.format", "tpm.quote.selection", "tpm.quote.signature", "tpm.quote.pcrs")

# what default-1 requires: enclaves and expectations too
JUDGED = REQUIRED.index("tcb.platform")
DEFAULT = (REQUIRED[:JUDGED] + ("dcap.enclave.debug",) + REQUIRED[JUDGED:] + ("policy.expect",))
# and what it waives: checks that inform and do not judge
SNP = ("snp.format", "snp.signature", "snp.chain", "snp.tcb", "snp.debug")  # by default-1 too
INFORMS = ("archive.canonical", "dcap.quote.padding", "dcap.collateral.eval-number",
           "dcap.td.attributes", "dcap.enclave.attributes", "tpm.quote.clock", "place.tls",
           "place.registry")


@dataclasses.dataclass
class Case:
    """name and text are for people; edits go to the scene; the rest is what must come out."""

    name: str
    text: str
    verdict: str = "pass"
    edits: dict = dataclasses.field(default_factory=dict)
    fails: tuple = ()
    skips: tuple = ()
    passes: tuple = ()
    policy: dict = None
    lean: bool = False  # the quote and its collateral alone, where parts does not say
    parts: tuple = ()   # the parts that go in; all, where empty and not lean
    as_of: int = windows.AS_OF
    subject: type = scene.Scene  # what makes the evidence
    nonce: bytes = None          # the verifier's challenge, where there is one
    # lines "register …", "gap …", "place …", "reason CHECK …", "got CHECK …", "fact PATH …" of what the report
    # must say
    says: tuple = ()

    def expect(self):
        if set(self.fails) & set(self.skips):
            raise ValueError("%s: a check both fails and is skipped" % self.name)
        lines = [self.verdict]
        for word, ids in (("fail", self.fails), ("skip", self.skips), ("pass", self.passes)):
            lines += ["%s %s" % (word, check) for check in ids]
        lines += self.says
        return "\n".join(lines) + "\n"

    def archive(self):
        edits = dict(self.edits)
        chosen = self.parts or (QUOTE_ONLY if self.lean else ())
        if chosen:
            edits["parts"] = lambda parts: {p: parts[p] for p in parts if p in chosen}
            edits.setdefault("digests", lambda _: ("sha256",))
        return archive.build(self.subject(edits))

    def files(self):
        folder = "replay/%s/" % self.name
        out = {
            folder + "archive.tar": self.archive(),
            folder + "as-of": b"@%d\n" % self.as_of,
            folder + "README": (self.text + "\n").encode(),
            folder + "expect": self.expect().encode()}
        if self.nonce is not None:
            out[folder + "nonce"] = self.nonce.hex().encode() + b"\n"
        if self.policy:
            text = json.dumps(self.policy, indent=2) + "\n"
            out[folder + "policy.json"] = text.encode()
        return out


def expect_policy(name, expect):
    """default-1 and values that it expects: {fact: values}."""
    waive = [{"check": check, "reason": "informs, does not judge"} for check in INFORMS]
    return {"policy": "ecart-policy/1", "name": name, "require": list(DEFAULT), "waive": waive,
            "expect": expect}


def set_policy(name, require=DEFAULT, **choice):
    """default-1 and the collateral set that it names."""
    waive = [{"check": check, "reason": "informs, does not judge"} for check in INFORMS]
    return {"policy": "ecart-policy/1", "name": name, "require": list(require), "waive": waive,
            "collateral": choice}


def signer_policy(name, threshold, *keys, require=("archive.threshold",)):
    """default-1 with signers; nothing is waived, since these archives need no waiver."""
    require = list(REQUIRED) + list(require)
    return {"policy": "ecart-policy/1", "name": name, "require": require, "waive": [],
            "signers": {"threshold": threshold, "keys": [anchors.public(k) for k in keys]}}


def failing(check, why, text, edits, skips=(), fails=None, **other):
    """A case in which one check fails; tcb.* fail together with tcb.status."""
    name = "fail-" + check + ("-" + why if why else "")
    return Case(name, text, other.pop("verdict", "fail"), edits, fails or (check,), skips, **other)
