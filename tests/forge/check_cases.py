# SPDX-License-Identifier: Apache-2.0
"""Self-check of the cases: a second opinion (oracle.py) must see the failures that `expect` names."""

import json

import case
import cases
import cases_snp
import oracle
import oracle_container
import oracle_dcap
import oracle_imds
import oracle_log
import oracle_snp
import refusals

SUBJECTS = (  # the first prefix that fits names the kind of a check's subject
    ("dcap.tcb-info.signature", "dcap-tcbinfo"), ("dcap.qe-identity.signature", "dcap-qe-identity"),
    ("dcap.tcb-signing", "dcap-issuer-chain"), ("dcap.crl", "crl-der"),
    ("dcap.collateral", "crl-der"), ("dcap", "quote"), ("tcb", "quote"),
    ("hcl", "azure-hcl-report"), ("tpm", "tpm-quote-attest"))


def present(replay, check):
    """Whether the archive holds a subject for a check; archive.* always has one."""
    if check.startswith("snp."):
        return bool(oracle_snp.reports(replay))
    kind = next((k for prefix, k in SUBJECTS if check.startswith(prefix)), None)
    if check == "policy.expect":
        return check in replay.out
    if kind == "quote":
        return any(replay.of_kind(k) for k in oracle_dcap.QUOTES)
    if kind != "dcap-issuer-chain":
        return kind is None or bool(replay.of_kind(kind))
    return any(oracle_dcap.is_signing(text) for text in replay.of_kind(kind))


def verdict(replay, failed, policy):
    """default-1 (cli.md), or the policy beside the case."""
    waived = case.INFORMS
    if policy:
        waived = [w["check"] for w in policy["waive"]
                  if "got" not in w or replay.statuses.get(w["check"]) in w["got"]]
    if [f for f in failed if f not in waived]:
        return "fail"
    if "archive.threshold" in replay.out and not replay.passed("archive.threshold"):
        return "incomplete"
    required = list(policy["require"] if policy else case.DEFAULT + case.SNP)
    if policy and "collateral" in policy:
        required.append("dcap.tcb-info.match")
    if replay.nonce is not None:
        required.append("bind.challenge")
    for check in required:
        found = replay.out.get(check, ["skip"])
        # one good signature is what is asked for, whoever else signed
        enough = check in replay.moot or check == "archive.signature" and "pass" in found
        if not enough and "skip" in found and present(replay, check):
            return "incomplete"
    judged = [kind for kind in ("tdx-quote", "sgx-quote", "snp-report", "azure-hcl-report",
                                "tpm-quote-attest")
              if replay.of_kind(kind)]
    return "pass" if judged else "incomplete"


def registers(one, replay):
    """Registers on whose outcome a case and the second opinion differ."""
    outcomes = {"equal": "pass", "differs": "fail", "differs-explained": "fail"}
    for line in one.says:
        kind, register, bank, result = (line.split(" ") + [""] * 3)[:4]
        seen = getattr(replay, "registers", {}).get((register, bank), "skip")
        if result == "left-out":
            seen = "skip" if any(c[1:] == (register, bank) for c in replay.contradicted) else "not left out"
        if kind == "register" and seen != outcomes.get(result, "skip"):
            yield "%s %s: %s" % (register, bank, seen)


def places(one, replay):
    """Places that a case and the second opinion see differently."""
    wanted = [line for line in one.says if line.startswith("place ")]
    return [seen for seen in map(oracle_imds.place, [replay] * len(wanted)) if seen not in wanted]


def judge(one):
    """Problems with one case, as text."""
    files = {path.rsplit("/", 1)[1]: data for path, data in one.files().items()}
    replay = oracle.Replay(files["archive.tar"], one.as_of, one.policy, one.nonce)
    out = replay.out
    failed = sorted(check for check, all_ in out.items() if "fail" in all_)
    wanted = sorted(f for f in one.fails if not f.startswith("time."))
    problems = []
    if failed != wanted:
        problems.append("fails %s" % " ".join(failed))
    for check in one.skips:
        if not check.startswith("time.") and "skip" not in out.get(check, ["skip"]):
            problems.append("%s is %s, not skip" % (check, out[check]))
    for check in one.passes:
        # one that some of its subjects fail, or leave open, passes for another
        some = check in one.fails + one.skips or check in oracle_log.REGISTERS
        passed = "pass" in out.get(check, ()) if some else replay.passed(check)
        if not check.startswith("time.") and not passed:
            problems.append("%s does not pass" % check)
    problems += registers(one, replay)
    problems += places(one, replay)
    timed = [f for f in one.fails if f.startswith("time.")]
    seen = "fail" if timed else verdict(replay, failed, one.policy)
    if seen != one.verdict:
        problems.append("verdict %s" % seen)
    return problems


def manifest_parses(text):
    """Whether a manifest is one, of the type and format that archive.md 4 names."""
    try:
        value = json.loads(text.decode(), object_pairs_hook=oracle_dcap.no_twice)
        kind = value["predicateType"].endswith("ecart/evidence-archive/v1")
        names = [s["name"] for s in value["subject"]]
        oracle_container.order(["manifest.json"] + names)
        return kind and value["predicate"]["format"] == "ecart-archive/1"
    except (ValueError, KeyError, TypeError, AssertionError, oracle_container.Fail):
        return False


def reason(data):
    """The reason code that a reader must come to for a container of testdata/archive."""
    inner = data[12:] if data[:4] == b"\x28\xb5\x2f\xfd" else data
    size = inner[124:135]
    first = inner[512:512 + int(size, 8)] if inner[:14] == b"manifest.json\0" else b""
    if not manifest_parses(first):
        return "manifest-parse"
    try:
        _, canonical = oracle_container.members(data)
    except oracle_container.Fail:
        return "container"
    return "ok" if canonical else "container-noncanonical"


def containers():
    files = refusals.files()
    rows = [row.split("\t") for row in files["archive/index"].decode().splitlines()]
    wrong = ["%s: %s" % (n, got) for n, want in rows
             for got in [reason(files["archive/" + n])] if got != want]
    assert not wrong and len(rows) == len(files) - 1, "\n# ".join(wrong)


def area(prefix, chosen):
    def test():
        problems = ["%s: %s" % (c.name, "; ".join(p)) for c in chosen for p in [judge(c)] if p]
        assert not problems, "\n# ".join(problems)
    return "second opinion on %d cases %s" % (len(chosen), prefix), test


def tests():
    groups = {}
    for one in cases.every() + cases_snp.more():
        words = one.name.split("-")
        key = "fail-" + words[1].split(".")[0] if words[0] == "fail" else (
            words[0] if words[0] in ("pass", "incomplete") else "other")
        groups.setdefault(key, []).append(one)
    return [area(key, groups[key]) for key in sorted(groups)] + [
        ("second opinion on the containers of testdata/archive", containers)]
