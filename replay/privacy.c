/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of what names somebody, and the loop over it. */
#include "replay/privacy.h"

#include "replay/privacy_row.h"

/* collect's manual says the same in words (ecart-archive(5), REDACTION). */
#define ITEM	 "whole item"
#define CHAIN	 "no: inside the signed chain"
#define MANIFEST "no: inside the manifest"

#define JSON(kind, what, ...)                                                  \
	{                                                                      \
		kind, what, rp_find_json, ITEM,                                \
		{                                                              \
			__VA_ARGS__                                            \
		}                                                              \
	}
#define JWT(kind, what, ...)                                                   \
	{                                                                      \
		kind, what, rp_find_jwt, ITEM,                                 \
		{                                                              \
			__VA_ARGS__                                            \
		}                                                              \
	}
#define WHOLE(kind, words)                                                     \
	{                                                                      \
		kind, "all of it", rp_find_whole, ITEM,                        \
		{                                                              \
			words                                                  \
		}                                                              \
	}
#define NOTHING(kind)                                                          \
	{                                                                      \
		kind, NULL                                                     \
	}

#define CERT(kind, what, find, withhold, field)                                \
	{                                                                      \
		kind, what, find, withhold, { NULL }, field                    \
	}
#define CERT_ROWS(kind, find)                                                  \
	CERT(kind, "certificate serial", find, ITEM, RP_CERT_SERIAL),          \
		CERT(kind, "certificate subject", find, ITEM,                  \
		     RP_CERT_SUBJECT),                                         \
		CERT(kind, "host that asked for the certificate", find, ITEM,  \
		     RP_CERT_HOST),                                            \
		CERT(kind, "SEV-SNP chip id", find, ITEM, RP_CERT_CHIP),       \
		CERT(kind, "PPID", find, ITEM, RP_CERT_PPID),                  \
		CERT(kind, "platform instance id", find, ITEM,                 \
		     RP_CERT_INSTANCE),                                        \
		CERT(kind, "FMSPC", find, ITEM, RP_CERT_FMSPC)
#define QUOTE_ROWS(kind)                                                       \
	{ kind, "QE id (user data of the header)", rp_find_quote_user_data,    \
	  CHAIN },                                                             \
		CERT(kind, "PPID", rp_find_quote_ppid, CHAIN, RP_CERT_PPID),   \
		CERT(kind, "platform instance id", rp_find_quote_cert, CHAIN,  \
		     RP_CERT_INSTANCE),                                        \
		CERT(kind, "FMSPC", rp_find_quote_cert, CHAIN, RP_CERT_FMSPC), \
		CERT(kind, "PCK certificate serial", rp_find_quote_cert,       \
		     CHAIN, RP_CERT_SERIAL),                                   \
		CERT(kind, "PCK certificate subject", rp_find_quote_cert,      \
		     CHAIN, RP_CERT_SUBJECT)

#define HCL(what, ...)                                                         \
	{ "azure-hcl-report", what, rp_find_hcl_json, ITEM, { __VA_ARGS__ } }, \
		JSON("azure-runtime-data", what, __VA_ARGS__)
#define IMDS(kind, what, name)                                                 \
	{                                                                      \
		kind, what, rp_find_imds, ITEM,                                \
		{                                                              \
			name                                                   \
		}                                                              \
	}
#define INSTANCE(what, ...) JSON("azure-imds-instance", what, __VA_ARGS__)
#define TENANT(what, name)  INSTANCE(what, "compute", name)
#define NETWORK(what, ...)                                                     \
	INSTANCE(what, "network", "interface", "*", __VA_ARGS__)
/* Where tokens of Azure Attestation repeat a paravisor's claims: of TDX, and
 * of SEV-SNP. */
#define RUNTIME(what, ...)                                                     \
	JWT("maa-token", what, "x-ms-runtime", __VA_ARGS__),                   \
		JWT("maa-token", what, "x-ms-isolation-tee", "x-ms-runtime",   \
		    __VA_ARGS__)
/* Intel Trust Authority, first and second version of its tokens. */
#define ITA(what, ...)                                                         \
	JWT("ita-token", what, "attester_runtime_data", __VA_ARGS__),          \
		JWT("ita-token", what, "tdx", "attester_runtime_data",         \
		    __VA_ARGS__)
#define HEADER(name)                                                           \
	{                                                                      \
		"http-headers", "header of a reply", rp_find_header, ITEM,     \
		{                                                              \
			name                                                   \
		}                                                              \
	}
#define LOG_PART(kind, what, part, words)                                      \
	{                                                                      \
		kind, what, rp_find_log_part, ITEM, { words }, 0, part         \
	}
#define BOOT_LOG(kind)                                                         \
	{ kind, "kernel command line", rp_find_log_command, ITEM },            \
		LOG_PART(kind, "device paths", RP_LOG_DEVICES,                 \
			 "MAC addresses, serial numbers, partitions"),         \
		LOG_PART(kind, "disks", RP_LOG_DISKS,                          \
			 "GUIDs of disks and partitions"),                     \
		LOG_PART(kind, "keys of Secure Boot", RP_LOG_KEYS,             \
			 "keys that were enrolled"),                           \
		WHOLE(kind,                                                    \
		      "boot: what firmware, its vendor and loaders wrote")
#define COS(what, name)                                                        \
	{                                                                      \
		"cel-tlv", what, rp_find_cos, ITEM,                            \
		{                                                              \
			name                                                   \
		}                                                              \
	}
#define SYSTEMD(what, name)                                                    \
	{                                                                      \
		"cel-json", what, rp_find_systemd, ITEM,                       \
		{                                                              \
			name                                                   \
		}                                                              \
	}
#define CLAIM(what, ...)                                                       \
	{                                                                      \
		"manifest", what, rp_find_json, MANIFEST,                      \
		{                                                              \
			"predicate", __VA_ARGS__                               \
		}                                                              \
	}

/* In the order in which a person reads of an item's parts. */
static const struct rp_privacy_row rows[] = {
	CLAIM("label", "subjectSystem", "label"),
	CLAIM("series", "series"),
	{ "manifest",
	  "notes on sources",
	  rp_find_notes,
	  MANIFEST,
	  { "predicate", "items", "*", "source", "detail" } },
	{ "manifest",
	  "what became of sources",
	  rp_find_notes,
	  MANIFEST,
	  { "predicate", "collector", "steps", "*", "reason" } },
	CLAIM("address that was asked", "items", "*", "source", "uri"),

	QUOTE_ROWS("tdx-quote"),
	QUOTE_ROWS("sgx-quote"),
	{ "snp-report", "SEV-SNP chip id", rp_find_snp_chip, ITEM },
	{ "azure-hcl-report", "SEV-SNP chip id", rp_find_hcl_chip, ITEM },
	HCL("vmUniqueId", "vm-configuration", "vmUniqueId"),
	HCL("HCLAkPub", "keys", "=HCLAkPub", "n"),
	HCL("HCLEkPub", "keys", "=HCLEkPub", "n"),
	HCL("user-data", "user-data"),
	CERT_ROWS("cert-der", rp_find_cert_der),
	CERT_ROWS("cert-pem", rp_find_cert_pem),
	WHOLE("azure-thim-amd", "the certificate of one chip, with its id"),
	JSON("dcap-tcbinfo", "FMSPC", "tcbInfo", "fmspc"),
	{ "tpm-quote-attest", "name of the attestation key", rp_find_tpm_signer,
	  ITEM },
	{ "tpm2b-public", "key of the TPM", rp_find_tpm_key, ITEM },
	WHOLE("key-pem", "a public key, such as the vTPM's attestation key"),
	WHOLE("tpm-tool-output", "what the TPM says of itself"),

	IMDS("azure-imds-attested", "vmId", "vmId"),
	IMDS("azure-imds-attested", "subscriptionId", "subscriptionId"),
	IMDS("cms", "vmId", "vmId"),
	IMDS("cms", "subscriptionId", "subscriptionId"),
	WHOLE("cms", "what somebody signed, and the signer's certificate"),
	TENANT("vmId", "vmId"),
	TENANT("subscriptionId", "subscriptionId"),
	TENANT("resource id", "resourceId"),
	TENANT("resource group", "resourceGroupName"),
	TENANT("name of the VM", "name"),
	TENANT("scale set", "vmScaleSetName"),
	TENANT("tags", "tags"),
	INSTANCE("host name", "compute", "osProfile", "computerName"),
	INSTANCE("administrator", "compute", "osProfile", "adminUsername"),
	INSTANCE("key of the administrator", "compute", "publicKeys", "*",
		 "keyData"),
	NETWORK("MAC address", "macAddress"),
	NETWORK("private address", "ipv4", "ipAddress", "*",
		"privateIpAddress"),
	NETWORK("public address", "ipv4", "ipAddress", "*", "publicIpAddress"),
	NETWORK("address", "ipv6", "ipAddress", "*", "privateIpAddress"),

	JWT("maa-token", "x-ms-azurevm-vmid", "x-ms-azurevm-vmid"),
	JWT("maa-token", "jti", "jti"),
	JWT("maa-token", "provider", "iss"),
	RUNTIME("vmUniqueId", "vm-configuration", "vmUniqueId"),
	RUNTIME("key of the runtime claims", "keys", "*", "n"),
	JWT("ita-token", "jti", "jti"),
	ITA("vmUniqueId", "vm-configuration", "vmUniqueId"),
	ITA("key of the runtime claims", "keys", "*", "n"),
	JWT("google-token", "subject", "sub"),
	JWT("google-token", "project", "submods", "gce", "project_id"),
	JWT("google-token", "instance", "submods", "gce", "instance_id"),
	JWT("google-token", "name of the VM", "submods", "gce",
	    "instance_name"),

	JSON("poc-tls-transcript", "host that was asked", "host"),
	JSON("poc-tls-transcript", "address that answered", "tries", "*",
	     "peer"),
	JSON("poc-registry", "number of the machine, made of the PPID",
	     "machineId"),
	JSON("poc-registry", "where a registry says it stands", "label"),
	JSON("ecart-session", "host name", "host", "hostname"),
	JSON("ecart-session", "kernel command line", "host", "cmdline"),
	WHOLE("collect-log", "what the collector did, and what it asked"),
	HEADER("request-id"),
	HEADER("x-ms-request-id"),
	HEADER("trace-id"),
	HEADER("date"),
	{ "ima-log-ascii", "paths of files", rp_find_ima_ascii, ITEM },
	{ "ima-log-binary",
	  "command line of another kernel",
	  rp_find_ima_buffer,
	  ITEM,
	  { "kexec-cmdline" } },
	{ "ima-log-binary", "paths of files", rp_find_ima_binary, ITEM },
	BOOT_LOG("tcg-eventlog"),
	BOOT_LOG("tdx-eventlog-ccel"),
	COS("image", "image-reference"),
	COS("argument", "argument"),
	COS("argument", "override-argument"),
	COS("environment", "environment"),
	COS("environment", "override-environment"),
	WHOLE("cel-tlv", "what was started: images, arguments, environment"),
	SYSTEMD("machine id", "machine-id"),
	SYSTEMD("product id", "product-id"),
	SYSTEMD("file system", "filesystem"),
	SYSTEMD("volume", "volume-key"),
	WHOLE("cel-json", "boots of the system, ids of machine and volumes"),
	WHOLE("wrapper", "all that other items were decoded from, and more"),
	WHOLE("azure-tdquote-response", "the quote that was decoded from it"),

	/* Measurements, statements of vendors, salts. */
	NOTHING("tdx-measurements"),
	NOTHING("tdx-report"),
	NOTHING("sgx-report"),
	NOTHING("acpi-ccel-table"),
	NOTHING("tpm-quote-signature"),
	NOTHING("tpm-pcrs"),
	NOTHING("tpm-pcrs-serialized"),
	NOTHING("tpm-pcrread"),
	NOTHING("dcap-qe-identity"),
	NOTHING("dcap-tcb-eval-numbers"),
	NOTHING("dcap-issuer-chain"),
	NOTHING("crl-der"),
	NOTHING("crl-pem"),
	NOTHING("crl-hex"),
	NOTHING("ocsp-response"),
	NOTHING("ita-nonce"),
	NOTHING("poc-tls-times"),
	NOTHING("jwks"),
	NOTHING("oidc-config"),
	NOTHING("igvm"),
	NOTHING("igvm-pe"),
	NOTHING("uefi-firmware"),
	NOTHING("rfc3161-response"),
	NOTHING("tlog-checkpoint"),
	NOTHING("tlog-proof"),
	NOTHING("salt"),
};
static const size_t n_rows = sizeof(rows) / sizeof(rows[0]);

/* What nobody looked into may hold anything. */
static void say(const struct rp_trace *as, const char *what, const char *words,
		struct ev_span bytes, struct rp_traces *out)
{
	const struct rp_layer layer = { .item = bytes, .bytes = bytes };
	struct rp_trace t = *as;

	t.what = what;
	t.withhold = ITEM;
	rp_trace_about(out, &t, &layer, bytes, words);
}

static void say_unreadable(const struct rp_trace *as,
			   const struct ev_error *err, struct ev_span bytes,
			   struct rp_traces *out)
{
	char line[400];

	if (err->code == EV_TROUBLE) {
		out->no_memory = true;
		return;
	}
	ev_error_format(err, line, sizeof(line));
	say(as, "cannot be read", line, bytes, out);
}

void rp_privacy_item(const char *name, const char *kind, struct ev_span bytes,
		     struct rp_traces *out)
{
	struct rp_trace as = { .item = name, .kind = kind };
	struct ev_error err = { 0 };
	bool known = false;

	for (size_t i = 0; i < n_rows && err.code == EV_OK; i++) {
		if (strcmp(rows[i].kind, kind) != 0)
			continue;
		known = true;
		as.what = rows[i].what;
		as.withhold = rows[i].withhold;
		if (rows[i].what != NULL)
			rows[i].find(&rows[i], bytes, &as, out, &err);
	}
	if (err.code != EV_OK)
		say_unreadable(&as, &err, bytes, out);
	if (!known)
		say(&as, "not searched", "no row looks into this kind", bytes,
		    out);
}

void rp_privacy_archive(const struct ev_archive *archive, struct rp_traces *out)
{
	const struct ev_manifest *m = &archive->manifest;

	rp_privacy_item("manifest.json", "manifest", archive->manifest_bytes,
			out);
	for (size_t i = 0; i < m->n_items; i++)
		rp_privacy_item(m->items[i].name, m->items[i].kind_name,
				archive->items[i].data, out);
}
