# SPDX-License-Identifier: Apache-2.0
"""The second opinion on TCB info: whether it is the quote's, and what levels it gives (dcap.md 6 E, 7)."""

OUT_OF_DATE = ("OutOfDate", "OutOfDateConfigurationNeeded")
CURRENT = ("UpToDate", "SWHardeningNeeded", "ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded")


def numbers(row):
    """What a level needs: SGX components, PCESVN, TDX components (version 2: dcap.md 4.2)."""
    tcb = row["tcb"]
    if "sgxtcbcomponents" in tcb:
        sgx = [c["svn"] for c in tcb["sgxtcbcomponents"]]
    else:
        sgx = [tcb["sgxtcbcomp%02dsvn" % i] for i in range(1, 17)]
    return sgx, tcb["pcesvn"], [c["svn"] for c in tcb.get("tdxtcbcomponents", [])]


def platform_status(replay, svn):
    for row in sorted(replay.tcb["tcbLevels"], key=numbers, reverse=True):
        sgx, pcesvn, tdx = numbers(row)
        first = 2 if svn and svn[1] else 0
        if (all(a >= b for a, b in zip(replay.sgx["components"], sgx))
                and replay.sgx["pcesvn"] >= pcesvn
                and all(a >= b for a, b in zip(svn[first:], tdx[first:]))):
            return row["tcbStatus"]
    return "NotSupported"


def svn_status(levels, svn):
    for row in sorted(levels, key=lambda r: -r["tcb"]["isvsvn"]):
        if svn >= row["tcb"]["isvsvn"]:
            return row["tcbStatus"]
    return "NotSupported"


def module_of(replay, version):
    """The identity of a TDX module version above 0; None where nobody knows it."""
    wanted = "TDX_%02X" % version
    return next((m for m in replay.tcb["tdxModuleIdentities"] if m["id"].upper() == wanted), None)


def tcb_match(replay):
    value = replay.tcb
    assert value.get("id", "SGX") == ("TDX" if replay.is_td else "SGX")
    assert bytes.fromhex(value["fmspc"]) == replay.sgx["fmspc"]
    assert bytes.fromhex(value["pceId"]) == replay.sgx["pceid"]


def module_match(replay):
    version = replay.td["tee_tcb_svn"][1]
    module = module_of(replay, version) if version else replay.tcb["tdxModule"]
    assert module and bytes.fromhex(module["mrsigner"]) == replay.td["mrsignerseam"]
    assert replay.td["seam_attributes"] == bytes(8) == bytes.fromhex(module["attributes"])


def module_status(replay, svn):
    """None for version 0, which the platform's level judges."""
    if not svn or not svn[1]:
        return None
    module = module_of(replay, svn[1])
    return svn_status(module["tcbLevels"], svn[0]) if module else "NotSupported"


def qe_status(replay):
    return svn_status(replay.qei["tcbLevels"], int.from_bytes(replay.qe["isvsvn"], "little"))


def merged(platform, components):
    if "NotSupported" in (platform, *components):
        return "NotSupported"
    if "Revoked" in (platform, *components):
        return "Revoked"
    if "OutOfDate" not in components or platform in OUT_OF_DATE:
        return platform
    return OUT_OF_DATE["Configuration" in platform]


def evaluated(replay, svn):
    components = [qe_status(replay), module_status(replay, svn)]
    return merged(platform_status(replay, svn), [c for c in components if c])


def result(replay):
    """Launch and current, and what they come to."""
    launch = evaluated(replay, replay.td.get("tee_tcb_svn", b""))
    if "tee_tcb_svn2" not in replay.td or launch == "NotSupported":
        return launch
    current = evaluated(replay, replay.td["tee_tcb_svn2"])
    if current == "NotSupported":
        return current
    if launch in OUT_OF_DATE and current in CURRENT:
        needed = "Configuration" in launch + current
        return "TDRelaunchAdvised" + ("ConfigurationNeeded" if needed else "")
    return launch


def ask_all(replay):
    svn = replay.td.get("tee_tcb_svn", b"")
    platform = ("dcap.quote.signature", "dcap.pck.extension", "dcap.tcb-info.match")

    def ask(check, after, question, applies=True):
        def up_to_date():
            replay.statuses[check] = question()
            assert replay.statuses[check] == "UpToDate"
        replay.ask(check, after, up_to_date, applies)

    replay.statuses = {}
    ask("tcb.platform", platform, lambda: platform_status(replay, svn))
    ask("tcb.tdx-module", ("dcap.tdx-module.match",), lambda: module_status(replay, svn),
        bool(svn) and svn[1] > 0)
    ask("tcb.qe", ("dcap.qe-identity.match",), lambda: qe_status(replay))
    parts = [c for c in ("tcb.platform", "tcb.tdx-module", "tcb.qe") if c not in replay.moot]
    matched = not replay.is_td or replay.passed("dcap.tdx-module.match")
    if not matched or any(replay.out[c] == ["skip"] for c in parts):
        replay.out["tcb.status"] = ["skip"]
    else:
        ask("tcb.status", (), lambda: result(replay))
