# SPDX-License-Identifier: Apache-2.0
"""The SGX extension of a PCK certificate (dcap.md 3), to DER and back."""

import der

OID = "1.2.840.113741.1.13.1"


def _pair(oid, value):
    return der.seq(der.oid(OID + oid), value)


def tcb(components, pcesvn, cpusvn):
    """The 18 entries of .2."""
    rows = [_pair(".2.%d" % i, der.integer(v)) for i, v in enumerate(components, 1)]
    rows.append(_pair(".2.17", der.integer(pcesvn)))
    rows.append(_pair(".2.18", der.octets(cpusvn)))
    return rows


def rows(sgx):
    """The seven entries of a Platform CA certificate in Intel's order, the five of a Processor CA
    certificate where there is no platform; cases may edit the list."""
    out = [
        _pair(".1", der.octets(sgx["ppid"])),
        _pair(".2", der.seq(*tcb(sgx["components"], sgx["pcesvn"], sgx["cpusvn"]))),
        _pair(".3", der.octets(sgx["pceid"])),
        _pair(".4", der.octets(sgx["fmspc"])),
        _pair(".5", der.enumerated(sgx["type"])),
    ]
    if "platform" in sgx:
        flags = [_pair(".7.%d" % i, der.boolean(v)) for i, v in enumerate(sgx["configuration"], 1)]
        out += [_pair(".6", der.octets(sgx["platform"])), _pair(".7", der.seq(*flags))]
    return out


def encode(sgx):
    return der.seq(*rows(sgx))


def parse(value):
    """The inverse of encode()."""
    found = {}
    for _, item in der.split(der.only(value)):
        (_, oid), (_, content) = der.split(item)
        found[der.oid_text(oid)[len(OID):]] = content
    inner = []
    for _, item in der.split(found[".2"]):
        inner.append(der.split(item)[1][1])
    out = {
        "ppid": found[".1"], "pceid": found[".3"], "fmspc": found[".4"],
        "type": found[".5"][0],
        "components": [int.from_bytes(v, "big") for v in inner[:16]],
        "pcesvn": int.from_bytes(inner[16], "big"), "cpusvn": inner[17],
    }
    if ".6" in found or ".7" in found:
        flags = [der.split(item)[1][1] == b"\xff" for _, item in der.split(found[".7"])]
        out.update(platform=found[".6"], configuration=flags)
    return out
