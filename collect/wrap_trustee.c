/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure evidence of confidential-containers/trustee (az-tdx-vtpm and
 * az-snp-vtpm), azure page 6.1: version 0 has every byte as a number,
 * versions 1 and 2 have hex and base64url.
 */
#include "collect/part.h"
#include "collect/tpm_parts.h"
#include "collect/wrap.h"

static const char object[] = "trustee-evidence";

#define TPM_SPELLING(at, spelling, words)                                      \
	{                                                                      \
		spelling, object, at "message", at "message, " words,          \
			at "signature", at "signature, " words, at "pcrs",     \
			at "pcrs, " words ", joined",                          \
	}

/* By the member's name, then by version: numbers first, then hex. */
static const struct co_tpm_spelling tpm_quote_rows[2] = {
	TPM_SPELLING("tpm_quote.", CO_INTS, "numbers"),
	TPM_SPELLING("tpm_quote.", CO_HEX, "hex"),
};
static const struct co_tpm_spelling quote_rows[2] = {
	TPM_SPELLING("quote.", CO_INTS, "numbers"),
	TPM_SPELLING("quote.", CO_HEX, "hex"),
};
static const struct co_tpm_spelling alone_rows[2] = {
	TPM_SPELLING("", CO_INTS, "numbers"),
	TPM_SPELLING("", CO_HEX, "hex"),
};

/* By version: numbers first, then base64url; the vcek of version 0 is PEM. */
static const struct co_part_row hcl_rows[2] = {
	{ "hcl_report", "hcl_report", "azure-hcl-report", CO_INTS,
	  "hcl_report, numbers" },
	{ "hcl_report", "hcl_report", "azure-hcl-report", CO_BASE64URL,
	  "hcl_report, base64url" },
};
static const struct co_part_row report_rows[2] = {
	{ "report", "report", "azure-hcl-report", CO_INTS, "report, numbers" },
	{ "report", "report", "azure-hcl-report", CO_BASE64URL,
	  "report, base64url" },
};
static const struct co_part_row td_rows[2] = {
	{ "td_quote", "td_quote", "tdx-quote", CO_INTS, "td_quote, numbers" },
	{ "td_quote", "td_quote", "tdx-quote", CO_BASE64URL,
	  "td_quote, base64url" },
};
static const struct co_part_row vcek_rows[2] = {
	{ "vcek", "vcek", "cert-pem", CO_TEXT, "vcek, text" },
	{ "vcek", "vcek", "cert-der", CO_BASE64URL, "vcek, base64url" },
};

/* One of two names that versions give the same thing. */
static enum ev_code one_name(const json_t *obj, const char *a, const char *b,
			     const char **out, struct ev_error *err)
{
	bool has_a = co_part_has(obj, a), has_b = co_part_has(obj, b);

	if (has_a && has_b)
		return ev_fail(err, EV_DUPLICATE, object, a, 0,
			       "one of two names", "both");
	*out = has_b ? b : a;
	return EV_OK;
}

/* 0 where the member is absent. */
static enum ev_code version_of(const json_t *obj, unsigned int *out,
			       struct ev_error *err)
{
	const json_t *value = json_object_get(obj, "version");
	json_int_t version = json_integer_value(value);

	if (value != NULL &&
	    (!json_is_integer(value) || version < 0 || version > 2))
		return ev_fail(err, EV_VALUE, object, "version", 0, "0, 1 or 2",
			       json_is_integer(value) ? "another number"
						      : "no number");
	*out = (unsigned int)version;
	return EV_OK;
}

static enum ev_code platform_parts(const json_t *obj, bool later,
				   struct co_parts *list, size_t from,
				   size_t hcl, struct ev_error *err)
{
	bool tdx = co_part_has(obj, "td_quote"), snp = co_part_has(obj, "vcek");
	enum ev_code code;
	size_t at;

	if (tdx && snp)
		return ev_fail(err, EV_DUPLICATE, object, "td_quote", 0,
			       "td_quote or vcek", "both");
	if (!tdx && !snp)
		return ev_fail(err, EV_MISSING, object, "td_quote", 0,
			       "td_quote or vcek", "neither");
	if (tdx)
		return co_part_decode(obj, object, &td_rows[later], list, from,
				      NULL, err);
	code = co_part_decode(obj, object, &vcek_rows[later], list, from, &at,
			      err);
	if (code == EV_OK)
		co_parts_relate(list, at, "key-of", hcl);
	return code;
}

static enum ev_code evidence_parts(json_t *obj, struct co_parts *list,
				   size_t from, struct ev_error *err)
{
	static const char *const known[] = {
		"version", "tpm_quote", "quote", "hcl_report",
		"report",  "td_quote",	"vcek",	 NULL,
	};
	const char *report = NULL, *quote = NULL;
	const struct co_tpm_spelling *how;
	const struct co_part_row *row;
	unsigned int version = 0;
	size_t hcl = 0, attest;
	enum ev_code code;

	code = version_of(obj, &version, err);
	if (code == EV_OK)
		code = one_name(obj, "hcl_report", "report", &report, err);
	if (code == EV_OK)
		code = one_name(obj, "tpm_quote", "quote", &quote, err);
	if (code != EV_OK)
		return code;
	row = strcmp(report, "report") == 0 ? report_rows : hcl_rows;
	how = strcmp(quote, "quote") == 0 ? quote_rows : tpm_quote_rows;
	code = co_part_decode(obj, object, &row[version > 0], list, from, &hcl,
			      err);
	if (code == EV_OK)
		code = platform_parts(obj, version > 0, list, from, hcl, err);
	if (code == EV_OK)
		code = co_tpm_parts(json_object_get(obj, quote),
				    &how[version > 0], list, from, &attest,
				    err);
	if (code == EV_OK)
		co_part_note_unknown(obj, known, list);
	return code;
}

/* attestation-rs: {"platform":"az-tdx","evidence":{...}}. */
static enum ev_code enclosed_parts(json_t *obj, struct co_parts *list,
				   size_t from, struct ev_error *err)
{
	static const char *const known[] = { "platform", "evidence", NULL };
	json_t *inner = json_object_get(obj, "evidence");
	const char *platform =
		json_string_value(json_object_get(obj, "platform"));
	enum ev_code code;

	if (platform == NULL || (strcmp(platform, "az-tdx") != 0 &&
				 strcmp(platform, "az-snp") != 0))
		return ev_fail(err, EV_VALUE, object, "platform", 0,
			       "az-tdx or az-snp",
			       platform == NULL ? "nothing" : "another");
	if (!json_is_object(inner))
		return ev_fail(err, EV_SYNTAX, object, "evidence", 0,
			       "an object", "something else");
	code = evidence_parts(inner, list, from, err);
	if (code == EV_OK)
		co_part_note_unknown(obj, known, list);
	return code;
}

static enum ev_code parse(struct ev_span content, json_t **out,
			  struct ev_error *err)
{
	enum ev_code code;

	code = ev_json_parse(content, CO_WRAPPER_MAX, object, out, err);
	if (code == EV_OK && !json_is_object(*out))
		return ev_fail(err, EV_SYNTAX, object, "document", 0,
			       "an object", "something else");
	return code;
}

bool co_wrap_trustee_is_evidence(struct ev_span content)
{
	return (co_part_json_names(content, "tpm_quote") ||
		co_part_json_names(content, "quote")) &&
	       (co_part_json_names(content, "hcl_report") ||
		co_part_json_names(content, "report")) &&
	       (co_part_json_names(content, "td_quote") ||
		co_part_json_names(content, "vcek"));
}

enum ev_code co_wrap_trustee_evidence(struct ev_span content,
				      struct co_parts *list, size_t from,
				      struct ev_error *err)
{
	ev_auto_json json_t *json = NULL;
	enum ev_code code;

	code = parse(content, &json, err);
	if (code != EV_OK)
		return code;
	if (json_object_get(json, "evidence") != NULL)
		return enclosed_parts(json, list, from, err);
	return evidence_parts(json, list, from, err);
}

bool co_wrap_trustee_is_tpm_quote(struct ev_span content)
{
	return co_part_json_names(content, "signature") &&
	       co_part_json_names(content, "message") &&
	       co_part_json_names(content, "pcrs");
}

enum ev_code co_wrap_trustee_tpm_quote(struct ev_span content,
				       struct co_parts *list, size_t from,
				       struct ev_error *err)
{
	ev_auto_json json_t *json = NULL;
	enum ev_code code;
	size_t attest;
	bool ints;

	code = parse(content, &json, err);
	if (code != EV_OK)
		return code;
	ints = json_is_array(json_object_get(json, "message"));
	return co_tpm_parts(json, &alone_rows[!ints], list, from, &attest, err);
}
