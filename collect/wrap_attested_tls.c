/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence and collateral of flashbots/attested-tls, both YAML mappings. */
#include "collect/part.h"
#include "collect/tpm_parts.h"
#include "collect/wrap.h"
#include "collect/yaml.h"

static const char object[] = "attested-tls";

/* A leaf and its issuers; two are usual. */
#define INTERMEDIATES_MAX 16

static const struct co_tpm_spelling tpm_spelling = {
	CO_INTS,
	object,
	"tpm_attestation.quote.message",
	"tpm_attestation.quote.message, numbers",
	"tpm_attestation.quote.signature",
	"tpm_attestation.quote.signature, numbers",
	"tpm_attestation.quote.pcrs",
	"tpm_attestation.quote.pcrs, numbers, joined",
};

/* A key at the start of a line, where a block mapping's own keys stand; an
 * archive or image that holds such text is not text itself. */
static bool has_key(struct ev_span content, const char *key)
{
	struct ev_span left = content;
	size_t n = strlen(key);

	if (content.n == 0 || memchr(content.p, 0, content.n) != NULL)
		return false;
	while (left.n > n) {
		const uint8_t *end = memchr(left.p, '\n', left.n);

		if (memcmp(left.p, key, n) == 0 && left.p[n] == ':')
			return true;
		if (end == NULL)
			return false;
		left.n -= (size_t)(end + 1 - left.p);
		left.p = end + 1;
	}
	return false;
}

bool co_wrap_attested_tls_is_evidence(struct ev_span content)
{
	return has_key(content, "tdx_quote_base64") &&
	       has_key(content, "tpm_attestation");
}

bool co_wrap_attested_tls_is_collateral(struct ev_span content)
{
	return has_key(content, "tcb_info") && has_key(content, "qe_identity");
}

static enum ev_code ak_certificate(const json_t *tpm, size_t attest,
				   struct co_parts *list, size_t from,
				   size_t *leaf, struct ev_error *err)
{
	static const struct co_part_row row = {
		"ak_certificate_pem", "tpm_attestation.ak_certificate_pem",
		"cert-pem", CO_TEXT, "tpm_attestation.ak_certificate_pem, text"
	};
	enum ev_code code;

	code = co_part_decode(tpm, object, &row, list, from, leaf, err);
	if (code == EV_OK)
		co_parts_relate(list, *leaf, "key-of", attest);
	return code;
}

/* The leaf's issuer stands first: each is the issuer of the one before. */
static enum ev_code intermediates(const json_t *tpm, size_t subject,
				  struct co_parts *list, size_t from,
				  struct ev_error *err)
{
	static const char field[] =
		"tpm_attestation.ak_intermediate_certificates_pem";
	json_t *chain = NULL;
	enum ev_code code;
	uint8_t *p;
	size_t n;

	code = ev_json_get_array(tpm, object,
				 "ak_intermediate_certificates_pem",
				 INTERMEDIATES_MAX, &chain, err);
	for (size_t i = 0; code == EV_OK && i < json_array_size(chain); i++) {
		size_t at;

		code = co_encoded_value(json_array_get(chain, i), object, field,
					CO_TEXT, &p, &n, err);
		if (code == EV_OK)
			code = co_parts_take(list, "cert-pem", p, n, &at, err);
		if (code != EV_OK)
			return code;
		co_parts_relate(list, at, "decoded-from", from);
		co_parts_relate(list, at, "issuer-of", subject);
		list->part[at].detail =
			"tpm_attestation.ak_intermediate_certificates_pem, "
			"text";
		subject = at;
	}
	return code;
}

static enum ev_code tpm_attestation(json_t *tpm, struct co_parts *list,
				    size_t from, struct ev_error *err)
{
	static const char *const known[] = { "quote", "ak_certificate_pem",
					     "ak_intermediate_certificates_pem",
					     NULL };
	bool has_issuers = co_part_has(tpm, "ak_intermediate_certificates_pem");
	size_t attest = 0, leaf = 0;
	enum ev_code code;

	if (!json_is_object(tpm))
		return ev_fail(err, EV_MISSING, object, "tpm_attestation", 0,
			       "a mapping", "something else");
	code = co_tpm_parts(json_object_get(tpm, "quote"), &tpm_spelling, list,
			    from, &attest, err);
	if (code == EV_OK &&
	    (has_issuers || co_part_has(tpm, "ak_certificate_pem")))
		code = ak_certificate(tpm, attest, list, from, &leaf, err);
	if (code == EV_OK && has_issuers)
		code = intermediates(tpm, leaf, list, from, err);
	if (code == EV_OK)
		co_part_note_unknown(tpm, known, list);
	return code;
}

enum ev_code co_wrap_attested_tls_evidence(struct ev_span content,
					   struct co_parts *list, size_t from,
					   struct ev_error *err)
{
	static const struct co_part_row rows[] = {
		{ "tdx_quote_base64", "tdx_quote_base64", "tdx-quote",
		  CO_BASE64URL, "tdx_quote_base64, base64url" },
		{ "hcl_report_base64", "hcl_report_base64", "azure-hcl-report",
		  CO_BASE64URL, "hcl_report_base64, base64url" },
	};
	static const char *const known[] = { "tdx_quote_base64",
					     "hcl_report_base64",
					     "tpm_attestation", NULL };
	ev_auto_json json_t *yaml = NULL;
	enum ev_code code;

	code = co_yaml_parse(content, CO_WRAPPER_MAX, object, &yaml, err);
	if (code != EV_OK)
		return code;
	for (size_t i = 0; code == EV_OK && i < 2; i++)
		code = co_part_decode(yaml, object, &rows[i], list, from, NULL,
				      err);
	if (code == EV_OK)
		code = tpm_attestation(json_object_get(yaml, "tpm_attestation"),
				       list, from, err);
	if (code == EV_OK)
		co_part_note_unknown(yaml, known, list);
	return code;
}

enum ev_code co_wrap_attested_tls_collateral(struct ev_span content,
					     struct co_parts *list, size_t from,
					     struct ev_error *err)
{
	ev_auto_json json_t *yaml = NULL;
	enum ev_code code;

	code = co_yaml_parse(content, CO_WRAPPER_MAX, object, &yaml, err);
	if (code != EV_OK)
		return code;
	return co_wrap_collateral_members(yaml, list, from, err);
}
