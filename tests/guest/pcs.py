# SPDX-License-Identifier: Apache-2.0
"""Collateral services: Intel's PCS, Azure's THIM, a caching PCCS; their differences (collect.md 8.2)."""

import functools
import urllib.parse

import evidence
import intel_pki
import pem
import services

FMSPC = intel_pki.SGX["fmspc"].hex().upper()
IDENTITIES = {("sgx", "qe"): "QE", ("sgx", "qve"): "QVE", ("tdx", "qe"): "TD_QE"}
TCB_CHAIN, OLD_TCB_CHAIN = "TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain"
IDENTITY_CHAIN, CRL_CHAIN = "SGX-Enclave-Identity-Issuer-Chain", "SGX-PCK-CRL-Issuer-Chain"
NUMBERS_CHAIN = "TCB-Evaluation-Data-Numbers-Issuer-Chain"
CRL, PEM_FILE = "application/pkix-crl", "application/x-pem-file"


class Refused(Exception):
    """Answered with a status alone."""


def encoded(*certificates):
    """The header value: PEM, each byte outside the unreserved ones as %XX."""
    return urllib.parse.quote(pem.chain(*certificates), safe="")


def refusing(function):
    @functools.wraps(function)
    def answer(request):
        try:
            return function(request)
        except Refused as refused:
            return services.Reply(str(refused.args[1]), "text/plain", refused.args[0])
    return answer


class Pcs:
    """prefix: path before /sgx/ and /tdx/. numbers: those served, by the word of update=."""

    def __init__(self, made, prefix="", standard=evidence.STANDARD, early=evidence.EARLY):
        self.made, self.prefix = made, prefix
        self.numbers = {"standard": standard, "early": early}

    def routes(self):
        out = {}
        for version in ("v3", "v4"):
            for tee in ("sgx", "tdx"):
                base = "%s/%s/certification/%s/" % (self.prefix, tee, version)
                out["GET", base + "tcb"] = functools.partial(self.tcb, tee, version)
                out["GET", base + "tcbevaluationdatanumbers"] = functools.partial(
                    self.evaluation_numbers, tee)
                for name in ("qe", "qve"):
                    if (tee, name) in IDENTITIES:
                        out["GET", base + name + "/identity"] = functools.partial(
                            self.identity, IDENTITIES[tee, name])
            base = "%s/sgx/certification/%s/" % (self.prefix, version)
            out["GET", base + "pckcrl"] = self.pck_crl
            out["GET", base + "fmspcs"] = self.fmspcs
        return {key: refusing(function) for key, function in out.items()}

    def number(self, query):
        """The evaluation number that update= or tcbEvaluationDataNumber= asks for."""
        word, number = query.get("update"), query.get("tcbEvaluationDataNumber")
        if word and number:
            raise Refused(400, "update and tcbEvaluationDataNumber together")
        if number:
            if not number.isdigit():
                raise Refused(400, "no number")
            if int(number) not in self.numbers.values():
                raise Refused(410 if int(number) < min(self.numbers.values()) else 404, "")
            return int(number)
        if (word or "standard") not in self.numbers:
            raise Refused(400, "update is standard or early")
        return self.numbers[word or "standard"]

    def tcb_chain(self):
        return encoded(*self.made.intel.tcb_chain())

    def tcb(self, tee, version, request):
        number = self.number(request.query)
        if len(request.query.get("fmspc", "")) != 12:
            raise Refused(400, "Invalid request parameters.")
        if request.query["fmspc"].upper() != FMSPC:
            raise Refused(404, "")
        header = OLD_TCB_CHAIN if version == "v3" else TCB_CHAIN
        return services.Reply(self.made.tcb_info_of(tee, number),
                              headers={header: self.tcb_chain(), "Request-ID": "SIMULATED"})

    def identity(self, name, request):
        body = self.made.identity_of(name, self.number(request.query))
        return services.Reply(body, headers={IDENTITY_CHAIN: self.tcb_chain()})

    def evaluation_numbers(self, tee, _):
        return services.Reply(self.made.numbers_of(tee), headers={NUMBERS_CHAIN: self.tcb_chain()})

    def fmspcs(self, _):
        return services.Reply([{"fmspc": FMSPC, "platform": "E5"}])

    def crl_of(self, query):
        if query.get("ca") not in ("platform", "processor"):
            raise Refused(400, "Invalid request parameters.")
        if query["ca"] == "processor":
            raise Refused(404, "")
        chain = encoded(self.made.intel.certificate("pck-ca"), self.made.intel.certificate("root"))
        return self.made.intel.pck_crl(), {CRL_CHAIN: chain}

    def pck_crl(self, request):
        data, headers = self.crl_of(request.query)
        if request.query.get("encoding") == "der":
            return services.Reply(data, CRL, headers=headers)
        return services.Reply(pem.encode("X509 CRL", data), PEM_FILE, headers=headers)


class Pccs(Pcs):
    """Intel's cache as it answers (vectors/http): hex where others send PEM or DER, no numbers."""

    def routes(self):
        out = {key: function for key, function in super().routes().items()
               if not key[1].endswith(("tcbevaluationdatanumbers", "fmspcs"))}
        for version in ("v3", "v4"):
            base = "%s/sgx/certification/%s/" % (self.prefix, version)
            out["GET", base + "rootcacrl"] = self.root_crl
            out["GET", base + "crl"] = self.any_crl
        return out

    def number(self, query):
        if query.get("update") == "early":
            raise Refused(404, "No cache data for this platform.")
        return self.numbers["standard"]

    def pck_crl(self, request):
        data, headers = self.crl_of(request.query)
        if request.query.get("encoding") == "der":
            return services.Reply(data, CRL, headers=headers)
        return services.Reply(data.hex(), PEM_FILE, headers=headers)

    def root_crl(self, _):
        return services.Reply(self.made.intel.root_crl().hex(), CRL)

    def any_crl(self, request):
        if not request.query.get("uri", "").endswith("/IntelSGXRootCA.der"):
            return services.Reply("No cache data for this platform.", "text/plain", 404)
        return services.Reply(self.made.intel.root_crl(), CRL)


def root_crl_routes(made):
    return {("GET", "/IntelSGXRootCA.der"): lambda _: services.Reply(made.intel.root_crl(), CRL)}


def aia_routes(made):
    """The certificates that the AK certificate's chain names."""
    chain = {"ca": lambda: made.azure.certificate("ca"), "policy": made.chain.policy,
             "root": lambda: made.azure.certificate("root")}
    return {("GET", urllib.parse.urlsplit(made.chain.address[role]).path):
            lambda _, make=make: services.Reply(make(), "application/pkix-cert")
            for role, make in chain.items()}
