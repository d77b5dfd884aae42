/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SEV-SNP evidence of agentrust-io/cmcp (azure page 6.1): the report and the
 * runtime claims that it commits to, a TPM quote without values, and the key
 * that made it.
 */
#include "collect/part.h"
#include "collect/wrap.h"

static const char object[] = "cmcp-evidence";

/* In the order of the structure. */
enum { SNP, CLAIMS, MESSAGE, SIGNATURE, KEY, CHAIN, N_ROWS };

static const struct co_part_row rows[N_ROWS] = {
	[SNP] = { "snp_report", "snp_report", "snp-report", CO_BASE64,
		  "snp_report, base64" },
	[CLAIMS] = { "runtime_data", "runtime_data", "azure-runtime-data",
		     CO_BASE64, "runtime_data, base64" },
	[MESSAGE] = { "quote_msg", "quote_msg", "tpm-quote-attest", CO_BASE64,
		      "quote_msg, base64" },
	[SIGNATURE] = { "quote_sig", "quote_sig", "tpm-quote-signature",
			CO_BASE64, "quote_sig, base64" },
	[KEY] = { "ak_pub_pem", "ak_pub_pem", "key-pem", CO_TEXT,
		  "ak_pub_pem, text" },
	[CHAIN] = { "vcek_chain_pem", "vcek_chain_pem", "cert-pem", CO_BASE64,
		    "vcek_chain_pem, base64" },
};

/* Which part belongs to which. */
static const struct {
	int part, of;
	const char *rel;
} relations[] = {
	{ SIGNATURE, MESSAGE, "signature-of" },
	{ KEY, MESSAGE, "key-of" },
	{ CHAIN, SNP, "key-of" },
};

bool co_wrap_cmcp_is_evidence(struct ev_span content)
{
	return co_part_json_names(content, "snp_report") &&
	       co_part_json_names(content, "runtime_data") &&
	       co_part_json_names(content, "quote_msg");
}

static enum ev_code check_version(const json_t *json, struct ev_error *err)
{
	const json_t *v = json_object_get(json, "v");

	if (json_is_integer(v) && json_integer_value(v) == 1)
		return EV_OK;
	return ev_fail(err, EV_VALUE, object, "v", 0, "1",
		       json_is_integer(v) ? "another number" : "no number");
}

enum ev_code co_wrap_cmcp_evidence(struct ev_span content,
				   struct co_parts *list, size_t from,
				   struct ev_error *err)
{
	static const char *const known[] = {
		"v",	     "snp_report", "runtime_data",   "quote_msg",
		"quote_sig", "ak_pub_pem", "vcek_chain_pem", NULL,
	};
	ev_auto_json json_t *json = NULL;
	size_t at[N_ROWS];

	if (ev_json_parse(content, CO_WRAPPER_MAX, object, &json, err) != EV_OK)
		return err->code;
	if (!json_is_object(json))
		return ev_fail(err, EV_SYNTAX, object, "document", 0,
			       "an object", ev_json_type_word(json));
	if (check_version(json, err) != EV_OK)
		return err->code;
	for (size_t i = 0; i < N_ROWS; i++)
		if (co_part_decode(json, object, &rows[i], list, from, &at[i],
				   err) != EV_OK)
			return err->code;
	for (size_t i = 0; i < sizeof(relations) / sizeof(relations[0]); i++)
		co_parts_relate(list, at[relations[i].part], relations[i].rel,
				at[relations[i].of]);
	co_part_note_unknown(json, known, list);
	return EV_OK;
}
