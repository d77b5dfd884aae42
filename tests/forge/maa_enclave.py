# SPDX-License-Identifier: Apache-2.0
"""The SIMULATED enclave of Azure Attestation: its evidence in a signing certificate (tokens.md 3.4)."""

import base64
import functools
import json

import cases_sgx
import der
import drbg
import hcl
import pem
import quote
import scene
import snp
import tokens
import x509
from edits import const, put

OLD, NEW = "1.2.840.113556.10.1.1", "1.3.6.1.4.1.311.105.1"
SNP, TEE = "1.3.6.1.4.1.311.105.1000.1", "1.3.6.1.4.1.311.105.1000.2"
MRENCLAVE, MRSIGNER = b"SIMULATED-MAA-EN" * 2, b"SIMULATED-MAA-SI" * 2
HOST_DATA = b"SIMULATED-HOSTDA" * 2


def committed(spki):
    """The report data of an enclave that holds this key: its kid, then zeros."""
    return base64.b64decode(tokens.commitment(spki)) + bytes(32)


def machine(spki, flags=cases_sgx.USUAL, edits=()):
    """The scene of the service's own machine: an enclave's quote and the collateral of SGX."""
    body = dict(cases_sgx.ENCLAVE, mrenclave=MRENCLAVE, mrsigner=MRSIGNER, isvsvn=quote.le(7, 2),
                flags=quote.le(flags, 8), report_data=committed(spki))
    own = dict(cases_sgx.enclave(flags))
    own["quote.body"] = const(quote.pack(quote.SGX_REPORT, body))
    own.update(edits)
    return scene.Scene(own)


@functools.lru_cache(maxsize=None)
def good_quote(spki):
    return machine(spki).quote


def oe_header(data):
    """What Open Enclave puts before a remote report."""
    return quote.le(1, 4) + quote.le(2, 4) + quote.le(len(data), 8) + data


def extension(data):
    """The form of 2023."""
    return [x509.ext(NEW, oe_header(data))]


def extension_2020(data):
    return [x509.ext(OLD, der.octets(data)), x509.ext(OLD[:-1] + "2", der.integer(1))]


def extension_snp(spki, edits=()):
    """The form of 2025: a report and its chain as JSON."""
    maker = scene.Scene(dict(edits))
    pki = snp.Pki(maker.stage)
    values = dict(snp.fields(committed(spki)), host_data=HOST_DATA)
    values = maker.stage("snp.fields", values)
    signed = quote.pack(snp.REPORT, values)
    key = pki.key("vcek")
    report = maker.stage("snp.report", signed + snp.signature(key.sign_raw(signed)))
    chain = pem.chain(*[pki.certificate(role) for role in ("vcek", "ask", "ark")])
    text = json.dumps({"SnpReport": hcl.b64url(report), "VcekCertChain": hcl.b64url(chain.encode()),
                       "Endorsements": hcl.b64url(b'{"Uvm":[]}')}, separators=(",", ":"))
    return [x509.ext(SNP, der.utf8(text)), x509.ext(TEE, der.utf8("acisevsnp"))]
