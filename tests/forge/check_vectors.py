# SPDX-License-Identifier: Apache-2.0
"""Self-check against real evidence: parse it into forge's own model, encode again, compare bytes."""

import base64
import glob
import hashlib
import json
import os
import re

import cases_sgx
import cel
import collateral
import crl
import dsse
import eventlog
import hcl
import ima
import jcs
import pem
import quote
import rsa
import sgx_extension
import tap
import tar
import tpm
import windows
import wrappers
import x509

AZURE = "e2e-tdx/azure-tdx-with-ak-intermediates-1780922561.yaml"
AZURE_COLLATERAL = "e2e-tdx/azure-collateral-with-ak-intermediates-1780922561.yaml"
GCP_COLLATERAL = "e2e-tdx/gcp-tdx-collateral-1782809233226668671.yaml"


class Vectors:
    """The folder of real evidence.  Without the folder the tests that want it are skipped;
    where it is there, or was named, a file that is missing in it is a failure."""

    def __init__(self, root):
        self.root = root

    def missing(self, path):
        if os.path.isdir(self.root) or os.environ.get("ECART_VECTORS"):
            raise AssertionError("no vector %s in %s" % (path, self.root))
        raise tap.Skip("no vector %s" % path)

    def read(self, path):
        full = os.path.join(self.root, path)
        if not os.path.exists(full):
            self.missing(path)
        with open(full, "rb") as file:
            return file.read()

    def find(self, pattern):
        found = sorted(glob.glob(os.path.join(self.root, pattern)))
        if not found:
            self.missing(pattern)
        return [os.path.relpath(path, self.root) for path in found]

    def scalar(self, path, name):
        """A top-level folded, literal or double-quoted scalar of the YAML vectors."""
        text = self.read(path).decode()
        found = re.search(r"^ *%s: (>-|\||\".*\")\n((?:  .*\n)*)" % name, text, re.M)
        if found[1].startswith('"'):
            return json.loads(found[1])
        depth = re.match(" *", found[2])[0]
        lines = [n[len(depth):] for n in found[2].splitlines() if n.startswith(depth)]
        return "".join(n + ("\n" if found[1] == "|" else "") for n in lines)

    def azure(self):
        """(quote, HCL report, message, signature, PCR values, PEM certificates) of the Azure set."""
        text = self.read(AZURE).decode()
        blobs = [base64.urlsafe_b64decode(self.scalar(AZURE, n))
                 for n in ("tdx_quote_base64", "hcl_report_base64")]
        certificates = re.findall(r"-----BEGIN.*?-----END [A-Z]+-----\n", text, re.S)
        certificates = [c.replace("    ", "") for c in certificates]
        tail = text[text.index("\n    signature:"):text.index("  event_log:")]
        parts = re.split(r"\w+:\n", tail)[1:]
        signature, message, pcrs = [bytes(int(n) for n in re.findall(r"\d+", p)) for p in parts]
        return (*blobs, message, signature, pcrs, certificates)


def quotes(vectors):
    count = {False: 0, True: 0}
    paths = (vectors.find("dcap/*/quote.bin") + vectors.find("azure/tdx*-td-quote.bin")
             + vectors.find("e2e-tdx/gcp-tdx-1782809233226668671"))
    for path in paths:
        data = vectors.read(path)
        if data[0] not in (3, 4, 5) or path.startswith("dcap/x-intel"):
            continue
        parts = quote.parse(data)
        tap.same(quote.encode(parts), data, path)
        for layout, part in ((quote.HEADER, "header"), (quote.SGX_REPORT, "qe_report")):
            tap.same(quote.pack(layout, quote.unpack(layout, parts[part])), parts[part], path)
        layout = quote.SGX_REPORT if data[0] == 3 else quote.TD_BODIES[parts.get("body_type", 0)]
        tap.same(quote.pack(layout, quote.unpack(layout, parts["body"])), parts["body"], path)
        count[data[0] == 3] += 1
    assert count[False] >= 10, "only %d quotes of versions 4 and 5" % count[False]
    assert count[True] >= 8, "only %d quotes of version 3" % count[True]


def certificates(vectors):
    data = vectors.azure()[0]
    chain = quote.parse(data)["cert_data"].rstrip(b"\0").decode()
    texts = [chain] + vectors.azure()[5]
    texts += [vectors.scalar(AZURE_COLLATERAL, "tcb_info_issuer_chain")]
    for text in texts:
        for raw in pem.decode(text):
            fields, signature = x509.parse(raw)
            tap.same(x509.certificate(fields, lambda _, s=signature: s), raw, "certificate")


def sgx_extensions(vectors):
    for path in vectors.find("dcap/tdx-*/quote.bin"):
        chain = quote.parse(vectors.read(path))["cert_data"].rstrip(b"\0").decode()
        fields, _ = x509.parse(pem.decode(chain)[0])
        value = next(v for oid, _, v in fields["extensions"] if oid == sgx_extension.OID)
        tap.same(sgx_extension.encode(sgx_extension.parse(value)), value, path)


def crls(vectors):
    for path in vectors.find("dcap/*/collateral-*/*_crl.der"):
        raw = vectors.read(path)
        fields, signature = crl.parse(raw)
        tap.same(crl.make(fields, lambda _, s=signature: s), raw, path)
    for name in ("root_ca_crl", "pck_crl"):
        raw = bytes.fromhex(vectors.scalar(AZURE_COLLATERAL, name))
        fields, signature = crl.parse(raw)
        tap.same(crl.make(fields, lambda _, s=signature: s), raw, name)


def model_levels(rows):
    return [collateral.svn_level(r["tcb"]["isvsvn"], r["tcbDate"], r["tcbStatus"],
                                 r.get("advisoryIDs", ())) for r in rows]


def model_tcb_info(text):
    """A real TCB info through the constructors that make the simulated one."""
    real = json.loads(text)

    def svns(row, name):
        return [c["svn"] for c in row["tcb"][name]]

    levels = [collateral.level(
        svns(r, "sgxtcbcomponents"), r["tcb"]["pcesvn"], svns(r, "tdxtcbcomponents"),
        r["tcbDate"], r["tcbStatus"], r.get("advisoryIDs", ())) for r in real["tcbLevels"]]
    modules = [collateral.module(m["id"], model_levels(m["tcbLevels"]))
               for m in real["tdxModuleIdentities"]]
    window = windows.at(real["issueDate"]), windows.at(real["nextUpdate"])
    made = collateral.tcb_info(window, bytes.fromhex(real["fmspc"]), bytes.fromhex(real["pceId"]),
                               real["tcbEvaluationDataNumber"], modules, levels)
    # either case occurs (dcap.md 0)
    return collateral.text(dict(made, fmspc=real["fmspc"]))


def tcb_infos(vectors):
    for path in (AZURE_COLLATERAL, GCP_COLLATERAL):
        text = vectors.scalar(path, "tcb_info")
        tap.same(model_tcb_info(text), text, path)
    for path in vectors.find("dcap/tdx-*/collateral-*/tcb_info.json"):
        body = vectors.read(path).strip()
        text, signature = wrappers.inner(body, "tcbInfo")
        if "tdxModuleIdentities" in text:
            tap.same(model_tcb_info(text), text, path)
        tap.same(collateral.body("tcbInfo", text, bytes.fromhex(signature)).lower().encode(),
                 body.lower(), path)


def qe_identities(vectors):
    for path in (AZURE_COLLATERAL, GCP_COLLATERAL):
        text = vectors.scalar(path, "qe_identity")
        real = json.loads(text)
        window = windows.at(real["issueDate"]), windows.at(real["nextUpdate"])
        made = collateral.qe_identity(window, real["tcbEvaluationDataNumber"], bytes.fromhex(
            real["mrsigner"]), model_levels(real["tcbLevels"]))
        tap.same(collateral.text(made), text, path)


def sgx_collateral(vectors):
    """The collateral of SGX: what to_sgx and cases_sgx make of the constructors' dictionaries."""
    for path in vectors.find("dcap/sgx-v3-*/collateral-*/tcb_info.json"):
        text = wrappers.inner(vectors.read(path).strip(), "tcbInfo")[0]
        real = json.loads(text)
        window = windows.at(real["issueDate"]), windows.at(real["nextUpdate"])
        rows = [dict(r, tcb=dict(r["tcb"], tdxtcbcomponents=[])) for r in real["tcbLevels"]]
        made = collateral.to_sgx(collateral.tcb_info(
            window, bytes.fromhex(real["fmspc"]), bytes.fromhex(real["pceId"]),
            real["tcbEvaluationDataNumber"], [], rows))
        tap.same(collateral.text(dict(made, fmspc=real["fmspc"])), text, path)
    for path in vectors.find("dcap/sgx-v3-*/collateral-*/qe_identity.json"):
        text = wrappers.inner(vectors.read(path).strip(), "enclaveIdentity")[0]
        real = json.loads(text)
        window = windows.at(real["issueDate"]), windows.at(real["nextUpdate"])
        made = collateral.qe_identity(window, real["tcbEvaluationDataNumber"], bytes.fromhex(
            real["mrsigner"]), model_levels(real["tcbLevels"]))
        made.update(id="QE", isvprodid=cases_sgx.QE_PRODID)
        tap.same(collateral.text(made), text, path)


def hcl_report(data, td_quote):
    """One real report: all layers encode again, and follow from the quote beside it."""
    fields, text, padding = hcl.parse(data)
    tap.same(hcl.encode(fields, text, len(data)), data, "HCL report")
    assert not any(padding), "padding is not zero"
    tap.same(hcl.claims_text(json.loads(text)), text, "runtime claims")
    raw = fields["hardware"][:1024]
    report = quote.unpack(hcl.REPORT, raw)
    known = quote.unpack(quote.TD_10, quote.parse(td_quote)["body"])
    tcb = quote.unpack(hcl.TCB_INFO, report["tee_tcb_info"])
    known.update(cpusvn=report["cpusvn"], mac=report["mac"], tee_tcb_svn2=tcb["tee_tcb_svn2"])
    tap.same(quote.pack(hcl.REPORT, dict(hcl.td_report(known), type=report["type"])), raw, "TDREPORT")
    tap.same(quote.pack(hcl.HEADER, dict(hcl.fields(raw, text), version=fields["version"])),
             data[:1236], "HCL header")
    tap.same(hashlib.sha256(text).digest() + bytes(32), known["report_data"], "REPORTDATA")


def hcl_reports(vectors):
    for number in (1, 2, 3):
        report = vectors.read("azure/tdx%d-hcl-report.bin" % number)
        hcl_report(report, vectors.read("azure/tdx%d-td-quote.bin" % number))
    hcl_report(vectors.azure()[1], vectors.azure()[0])


class PublicKey:
    """An RSA key out of runtime claims, with the members that forge's own keys have."""

    def __init__(self, jwk):
        raw = base64.urlsafe_b64decode(jwk["n"] + "=" * (-len(jwk["n"]) % 4))
        self.n, self.e, self.size = int.from_bytes(raw, "big"), 65537, len(raw)

    def modulus(self):
        return self.n.to_bytes(self.size, "big")

    def verifies(self, signature, message):
        block = pow(int.from_bytes(signature, "big"), self.e, self.n)
        return block.to_bytes(self.size, "big") == rsa.encoded(message, "sha256", self.size)


def tpm_quotes(vectors):
    report, message, signature, pcrs = vectors.azure()[1:5]
    sets = [(report, message, signature, pcrs)]
    sets.append((vectors.read("azure/tdx3-hcl-report.bin"), vectors.read("azure/tdx3-tpm-quote.msg"),
                 vectors.read("azure/tdx3-tpm-quote.sig"), None))
    for report, message, signature, pcrs in sets:
        values = tpm.parse(message)
        tap.same(tpm.attest(values), message, "TPMS_ATTEST")
        tap.same(values["selection"], tpm.selection(range(24)), "PCR selection")
        ak = PublicKey(json.loads(hcl.parse(report)[1])["keys"][0])
        tap.same(tpm.qualified_signer(ak), values["signer"], "qualifiedSigner")
        assert ak.verifies(signature, message), "the signature does not verify"
        if pcrs:
            tap.same(hashlib.sha256(pcrs).digest(), values["digest"], "pcrDigest")


def yaml_wrappers(vectors):
    td_quote, report, message, signature, pcrs, texts = vectors.azure()
    pcrs = [pcrs[i:i + 32] for i in range(0, len(pcrs), 32)]
    made = wrappers.evidence_yaml(td_quote, report, texts[0], texts[1:], signature, message, pcrs)
    tap.same(made.encode(), vectors.read(AZURE), "evidence YAML")
    for path in (AZURE_COLLATERAL, GCP_COLLATERAL):
        names = re.findall(r"^(\w+):", vectors.read(path).decode(), re.M)
        members = {name: vectors.scalar(path, name) for name in names}
        tap.same(wrappers.collateral_yaml(members).encode(), vectors.read(path), path)


def json_wrappers(vectors):
    for version, path in ((0, "azure/tdx1-evidence-v0.json"), (1, "azure/tdx1-evidence-v1.json")):
        real = json.loads(vectors.read(path))
        outer = real["tpm_quote"]
        decode = bytes if version == 0 else bytes.fromhex
        blob = bytes if version == 0 else (
            lambda t: base64.urlsafe_b64decode(t + "=" * (-len(t) % 4)))
        parts = {"tpm-signature": decode(outer["signature"]), "tpm-message": decode(outer["message"]),
                 "tpm-pcrs": b"".join(decode(v) for v in outer["pcrs"]),
                 "hcl": blob(real["hcl_report"]), "quote": blob(real["td_quote"])}
        made = json.loads(wrappers.trustee(parts, version))
        if version:  # padding is optional (azure.md 6.1)
            real.update({n: real[n].rstrip("=") for n in ("hcl_report", "td_quote")})
        assert made == real and list(made) == list(real), "%s differs" % path


def containers(vectors):
    made = tar.write([("manifest.json", b'{"x":1}\n'), ("items/a/b.bin", b"hi\n"), ("items/empty", b"")])
    tap.same(made, vectors.read("archive/tar/canonical-3.tar"), "canonical-3.tar")


def envelopes(vectors):
    folder = "archive/dsse-local/"
    manifest = vectors.read(folder + "manifest.json")
    tap.same(dsse.pae(manifest), vectors.read(folder + "pae"), "PAE")
    tap.same(jcs.encode(json.loads(manifest)), manifest, "manifest")
    envelope = vectors.read(folder + "env.dsse.json").rstrip(b"\n")
    tap.same(jcs.encode(json.loads(envelope)), envelope, "envelope")


def stated(vectors, name):
    """What is known of a log: the values that another says, where one does."""
    known = json.loads(vectors.read("eventlog/expected/%s.json" % name))
    return known.get("stated_pcrs") or known["replayed"]


def boot_logs(vectors):
    for name, pcrs in (("goev-debian-10.bin", True), ("goev-cos-85-amd-sev.bin", True),
                       ("goev-arch-linux-workstation.bin", True), ("trustee-CCEL_data_grub.bin", False),
                       ("goev-ccel-cos-113-intel-tdx.bin", False), ("tss-specid-vendordata.bin", True)):
        raw = vectors.read("eventlog/" + name)
        known = json.loads(vectors.read("eventlog/expected/%s.json" % name))
        data = raw[:known["end_offset"]]
        events, banks, header = eventlog.parse(data)
        made = b"".join(eventlog.agile_event(e, banks) for e in events)
        made = eventlog.legacy_event(header) + made if header else eventlog.legacy(events)
        tap.same(made, data, name)
        if header:
            size = 29 + 4 * len(banks)
            vendor = header.data[size:size + header.data[size - 1]]
            tap.same(eventlog.spec_id(banks, vendor)[24:], header.data[24:], name + ": Spec ID event")
        held = eventlog.Registers(banks, pcrs)
        held.boot(events)
        for bank, values in stated(vectors, name).items():
            for register in held.touched if bank in banks else ():
                tap.same(held.values[bank][register].hex(), values[str(register)],
                         "%s %s:%d" % (name, bank, register))


def runtime_logs(vectors):
    for name in ("tss-sml-ima-sig-sha256.bin", "tss-sml-ima-ng-sha1.bin", "tss-sml-ima-sha1.bin",
                 "tss-sml-ima-sha1-invalidated.bin"):
        data = vectors.read("eventlog/" + name)
        known = json.loads(vectors.read("eventlog/expected/%s.json" % name))
        cut = re.match(r"trunc hdr at (\d+)", known["error"] or "")
        data = data[:int(cut[1])] if cut else data
        entries = ima.parse(data)
        tap.same(ima.log(entries), data, name)
        held = eventlog.Registers(("sha1", "sha256"))
        for entry in entries:
            held.extend(entry.pcr, entry.digest)
        for bank in held.banks:
            tap.same(held.values[bank][10].hex(), known["replayed"][bank]["10"], name + " " + bank)
    name = "cel-cos-tdx.bin"
    data = vectors.read("eventlog/" + name)
    records, register = cel.parse(data)
    tap.same(cel.log(records, register, ("sha384",)), data, name)
    held = eventlog.Registers(("sha384",), pcrs=False)
    for one in records:
        held.extend(register[1], one.digest)
    tap.same(held.values["sha384"][4].hex(), stated(vectors, name)["108:4:sha384"], name)


def tests(root):
    vectors = Vectors(root)
    known = (
        ("real quotes of versions 3, 4 and 5 encode again", quotes),
        ("real certificates encode again", certificates),
        ("real SGX extensions encode again", sgx_extensions),
        ("real CRLs encode again", crls),
        ("real TCB infos come out of the constructors", tcb_infos),
        ("real QE identities come out of the constructors", qe_identities),
        ("real collateral of SGX comes out of the constructors", sgx_collateral),
        ("real HCL reports and TDREPORTs follow from their quotes", hcl_reports),
        ("real TPM quotes encode again, their signer is recomputed", tpm_quotes),
        ("real logs of firmware encode again and give the registers that are stated", boot_logs),
        ("real logs of IMA and of Confidential Space encode again", runtime_logs),
        ("the YAML wrapper of real evidence is written byte for byte", yaml_wrappers),
        ("the JSON wrappers of real evidence are written member for member", json_wrappers),
        ("the canonical archive is written byte for byte", containers),
        ("the DSSE vector: PAE and canonical JSON", envelopes),
    )
    return [(name, lambda t=test: t(vectors)) for name, test in known]
