#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Services that answer late, wrongly or not at all: the metadata service of Azure, and TLS."""

import hashlib
import json
import os
import sys

sys.dont_write_bytecode = True

from collecting import collect, environment, ran, requests
from e2e import ECART, INCOMPLETE, USAGE, case, contains, equal, main, run
from held_guest import held, skip_without_parts
from stand_in import Kernel, requests_file, served

import pcs as collateral

DOCUMENT = "/metadata/attested/document"
QUOTE = "/acc/tdquote"
DEAD_PROXY = "http://127.0.0.1:9"


def faulty(*rules):
    """Rules of the guest's services; what was left of others is gone."""
    held().command("fault", "clear")
    for rule in rules:
        held().fault(**rule)


def ask(scratch, sources, *words, **options):
    """(what was collected from the Azure guest, what its services were asked)."""
    guest = held()
    before = len(requests(guest.known["requests"]))
    got = collect(scratch, guest.root, "--cacert", guest.known["ca"], "--source", sources, "--force",
                  *words, **options)
    asked = [row for row in requests(guest.known["requests"])[before:] if row["path"] != "/_fault"]
    return got, asked


def document(scratch, *words, **options):
    got, asked = ask(scratch, "tpm-caps,imds-attested", *words, **options)
    return got, [row for row in asked if row["path"] == DOCUMENT]


@case("the attested document answers ten digits of the session, and its issuers come with it")
def attested(scratch):
    faulty()
    got, asked = document(scratch)
    equal("ok", got.outcome("imds-attested"), "outcome")
    nonce = asked[0]["query"]["nonce"]
    assert len(nonce) == 10 and nonce.isdigit(), nonce
    digest = hashlib.sha256(b"ecart/1 imds\0" + got.session_root).digest()
    equal("%010d" % (int.from_bytes(digest[:8], "big") % 10**10), nonce, "nonce")
    equal(got.items("azure-imds-attested")[0]["name"], got.nonce("imds"), "binding")
    equal(2, len(got.items("cert-der")), "issuers")
    header = {name.lower(): value for name, value in asked[0]["headers"]}
    equal(("true", None), (header["metadata"], header.get("x-forwarded-for")), "headers")


@case("a cached nonce is asked again; one that stays is stored, marked unbound, and says so")
def cached(scratch):
    faulty({"path": DOCUMENT, "times": 1, "nonce": "9999999999"})
    got, asked = document(scratch)
    equal(("ok", 2), (got.outcome("imds-attested"), len(asked)), "once")
    assert got.nonce("imds"), "not bound"
    faulty({"path": DOCUMENT, "nonce": "9999999999"})
    got, asked = document(scratch)
    faulty()
    equal(("failed", 4), (got.outcome("imds-attested"), len(asked)), "for ever")
    contains(got.reason("imds-attested"), "nonce in the document is not ours", "marked unbound")
    contains(got.items("azure-imds-attested")[0]["name"], "unbound")
    equal(None, got.nonce("imds"), "binding")
    faulty({"path": DOCUMENT, "times": 1, "nonce": "9999999999"}, {"path": DOCUMENT, "status": 404})
    got, asked = document(scratch)
    faulty()
    equal([200, 404], [row["status"] for row in asked], "the second time there is none")
    contains(got.reason("imds-attested"), "nonce in the document is not ours")
    contains(got.items("azure-imds-attested")[0]["name"], "unbound")


@case("429 with Retry-After, 410 and 5xx of the metadata service are asked again, after that time")
def busy(scratch):
    faulty({"path": DOCUMENT, "times": 1, "status": 429, "headers": {"Retry-After": "2"}})
    got, asked = document(scratch)
    equal([429, 200], [row["status"] for row in asked], "429")
    assert got.steps["imds-attested"]["ms"] >= 2000, "earlier than Retry-After says"
    contains(" ".join(got.said), "again in 2", "429")
    for status in (410, 503):
        faulty({"path": DOCUMENT, "times": 1, "status": status})
        got, asked = document(scratch)
        equal(("ok", [status, 200]), (got.outcome("imds-attested"), [row["status"] for row in asked]),
              str(status))
    faulty({"path": DOCUMENT, "times": 1, "status": 404})
    got, asked = document(scratch)
    equal(("failed", [404]), (got.outcome("imds-attested"), [row["status"] for row in asked]), "404")
    contains(got.reason("imds-attested"), "404", "SIMULATED")


@case("an answer that is late, cut, a page, a redirect or of a wrong type is none; the way out is said")
def spoiled(scratch):
    for rule, word, again in (({"slow": 0.2}, "within 1000 ms", True),
                              ({"truncate": True}, "ends before it is complete", True),
                              ({"html": True}, "a page for people", False),
                              ({"type": "text/plain"}, "of type \"text/plain\"", False),
                              ({"location": "http://127.0.0.1:9/"}, "redirects are not followed", False),
                              ({"status": 200, "body": "{}"}, "signature", False),
                              ({"status": 200, "body": "{\"signature\":\"MII*\"}"}, "not base64", False)):
        faulty({"path": DOCUMENT, "times": 1, **rule})
        got, asked = document(scratch, "--timeout", "1")
        equal(2 if again else 1, len(asked), str(rule))
        equal("ok" if again else "failed", got.outcome("imds-attested"), str(rule))
        contains(" ".join(got.said) if again else got.reason("imds-attested"), word)
        equal(1 if again else 0, len(got.items("azure-imds-attested")), "stored: %s" % rule)
    faulty()


@case("a page's text is escaped once: in the manifest, in the log, in the report")
def escaped_once(scratch):
    faulty({"path": DOCUMENT, "html": True})
    got, _ = document(scratch)
    faulty()
    reason = got.reason("imds-attested")
    contains(reason, 'not application/json: "<!DOCTYPE html>\\x0a<html>')
    contains(got.one("collect-log").decode(), reason)
    equal(reason, got.steps["imds-attested"]["reason"], "--json")
    seen = json.loads(run([ECART, "replay", got.archive, "--format", "json"]).stdout)
    contains(seen["gaps"], "imds-attested: failed: " + reason)


@case("a quote over another report than the one that was sent is refused, and nothing of it is kept")
def other_report(scratch):
    faulty()
    old, _ = ask(scratch, "hcl-report,azure-tdquote")
    equal("ok", old.outcome("azure-tdquote"), "outcome")
    faulty({"path": QUOTE, "status": 200, "body": old.one("azure-tdquote-response").decode()})
    got, asked = ask(scratch, "hcl-report,azure-tdquote", status=INCOMPLETE)
    faulty()
    contains(got.reason("azure-tdquote"), "does not carry our REPORTDATA")
    equal([], got.items("tdx-quote") + got.items("azure-tdquote-response"), "kept")
    contains(got.done.out, "missing azure-tdquote: ")


@case("a quote that is no quote leaves a gap; exit 2")
def no_quote(scratch):
    for body, word in (('{"quote":"AAAA"}', "quote"), ("[]", "quote"), ('{"quote":1}', "quote")):
        faulty({"path": QUOTE, "status": 200, "body": body})
        got, _ = ask(scratch, "hcl-report,azure-tdquote", status=INCOMPLETE)
        contains(got.reason("azure-tdquote"), word)
    faulty()


@case("proxies of the environment are not for plain http; for https they are, and are named")
def proxies(scratch):
    faulty()
    proxy = environment(http_proxy=DEAD_PROXY, https_proxy=DEAD_PROXY, all_proxy=DEAD_PROXY,
                        HTTPS_PROXY=DEAD_PROXY, ALL_PROXY=DEAD_PROXY)
    got, _ = ask(scratch, "hcl-report,azure-tdquote,imds-attested", env=proxy)
    equal(["ok", "ok"], [got.outcome(name) for name in ("azure-tdquote", "imds-attested")], "IMDS")
    got, asked = ask(scratch, "tpm-caps,ak-cert", env=proxy)
    equal("ok", got.outcome("ak-cert"), "certificates")
    assert any(row["path"].startswith("/aia/") for row in asked), asked
    got = gather(scratch, "--pccs", served().https.base + "/pccs", status=INCOMPLETE, env=proxy)
    contains(" ".join(got.said), "through the proxy http://127.0.0.1:9",
             "no connection by the proxy: Connection refused (see https_proxy)")
    assert "is the service running" not in " ".join([*got.said, got.reason("collateral")]), got.said
    proxy["no_proxy"] = "127.0.0.0/8"
    equal("ok", gather(scratch, env=proxy).outcome("collateral"), "no_proxy")


@case("--minimal asks nothing that names the machine, --with-instance asks for what the host says")
def instance(scratch):
    faulty()
    guest = held()
    before = len(requests(guest.known["requests"]))
    got = collect(scratch, guest.root, "--no-collateral", "--minimal", "--skip", "ak-cert,tpm-quote")
    equal([QUOTE], [row["path"] for row in requests(guest.known["requests"])[before:]], "--minimal")
    equal([], got.items("http-headers") + got.items("ima-log-ascii"), "what names")
    assert "cmdline" not in got.one("ecart-session").decode(), "the command line is in it"
    got, _ = ask(scratch, "imds-instance", "--with-instance")
    contains(got.one("azure-imds-instance").decode(), held().known["vm-id"])


def td():
    if not hasattr(td, "kernel"):
        td.kernel = Kernel()
        for part in (collateral.Pcs(td.kernel.made), collateral.Pccs(td.kernel.made, "/pccs")):
            served().add(part.routes())
        served().add(collateral.root_crl_routes(td.kernel.made))
    td.kernel.where(pcs=served().https.base, **{"root-crl": served().https.base + "/IntelSGXRootCA.der"})
    return td.kernel


def gather(scratch, *words, trust=True, **options):
    """Collateral of the TD in this process."""
    more = ("--cacert", served().ca) if trust else ()
    return collect(scratch, td().root, "--source", "tsm-report,collateral", "--force", *more, *words,
                   **options)


@case("TLS: a wrong name, an unknown authority and http are refused at once, whatever is asked")
def tls(scratch):
    before = len(requests(requests_file()))
    for words, trust, word in ((["--pccs", served().other_name.base], True, "for another name"),
                               ([], False, "not trusted here (give your own with --cacert)")):
        got = gather(scratch, *words, trust=trust, status=INCOMPLETE)
        contains(got.reason("collateral"), word)
        equal([], [line for line in got.said if "again" in line], "tried again")
    done = ran("collect", "-o", scratch + "/b", "--pccs", served().http.base, status=USAGE)
    contains(done.err, "--pccs http://", "https alone")
    rows = requests(requests_file())[before:]
    equal([], [row["path"] for row in rows if row["path"].endswith("/tcb")], "answered")


@case("no TLS there: tried four times, waited for once, and said")
def down(scratch):
    got = gather(scratch, "--pccs", served().http.base.replace("http:", "https:"), status=INCOMPLETE)
    contains(got.reason("collateral"), "no TLS", "(4 tries)")
    equal(3, sum("again in" in line for line in got.said), "waits: %s" % got.said)


@case("a body over 4 MiB, a page, a redirect, a wrong body: no piece, and the reason names the address")
def bodies(scratch):
    for rule, word in (({"size": 5 << 20}, "4 MiB"), ({"html": True}, "a page for people"),
                       ({"location": "https://127.0.0.1:9/x"}, "to \"https://127.0.0.1:9/x\""),
                       ({"status": 200, "body": "{\"tcbInfo\":{}}"}, "tcb"),
                       ({"headers": {"Content-Encoding": "gzip"}}, "gzip")):
        served().faults.add({"path": "/tdx/certification/v4/tcb", "times": 1, **rule})
        got = gather(scratch, status=INCOMPLETE)
        contains(got.reason("collateral"), word, "127.0.0.1")
        equal([], got.items("dcap-tcbinfo"), "kept: %s" % rule)
        served().faults.clear()


@case("a busy collateral service is asked again after Retry-After; a refusal is not")
def retry(scratch):
    served().faults.add({"path": "/tdx/certification/v4/tcb", "times": 1, "status": 429,
                         "headers": {"Retry-After": "1"}})
    equal("ok", gather(scratch).outcome("collateral"), "429")
    served().faults.add({"path": "/tdx/certification/v4/tcb", "times": 1, "truncate": True})
    equal("ok", gather(scratch).outcome("collateral"), "truncated")
    served().faults.add({"path": "/tdx/certification/v4/tcb", "times": 1, "status": 403})
    got = gather(scratch, status=INCOMPLETE)
    served().faults.clear()
    contains(got.reason("collateral"), "403")
    equal([], [line for line in got.said if "again" in line], "tried again")


@case("a chain header that is missing or not percent-encoded leaves no piece without its chain")
def header(scratch):
    for value, word in (("%ZZ", "not percent-encoded"), ("", "issuer chain")):
        served().faults.add({"path": "/tdx/certification/v4/tcb", "times": 1,
                             "headers": {"TCB-Info-Issuer-Chain": value}})
        got = gather(scratch, status=INCOMPLETE)
        served().faults.clear()
        contains(got.reason("collateral"), word)
        chains = {relation["name"] for chain in got.items("dcap-issuer-chain")
                  for relation in chain.get("relates", ())}
        equal(set(), {item["name"] for item in got.items("dcap-tcbinfo")} - chains, "without a chain")


@case("each address is printed before it is asked; --quiet prints none of it")
def said(scratch):
    got = gather(scratch)
    asked = [row for row in requests(requests_file())[-6:]]
    equal([row["method"] + " " + row["server"] + row["path"] for row in asked],
          [line.split("?")[0] for line in got.said], "addresses")
    archive = os.path.join(scratch, "q.ecart")
    done = ran("collect", "--root", td().root, "--cacert", served().ca, "-o", archive, "--quiet")
    equal("", done.err, "--quiet")


if __name__ == "__main__":
    skip_without_parts()
    main(needs_vectors=False)
