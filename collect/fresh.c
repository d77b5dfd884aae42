/* SPDX-License-Identifier: Apache-2.0 */
/* Replies held against the question. */
#include "collect/fresh.h"

#include <stdio.h>

static bool refused(const struct ev_error *err, char why[CO_WHY_TEXT])
{
	ev_error_format(err, why, CO_WHY_TEXT);
	return false;
}

static bool no(char why[CO_WHY_TEXT], const char *text)
{
	snprintf(why, CO_WHY_TEXT, "%s", text);
	return false;
}

bool co_fresh_quote(struct ev_span item, enum ev_tee tee,
		    struct ev_span report_data, struct ev_quote *out,
		    char why[CO_WHY_TEXT])
{
	struct ev_error err = { 0 };
	struct ev_span has;

	if (ev_quote_parse(item, out, &err) != EV_OK)
		return refused(&err, why);
	if (out->tee != tee)
		return no(why, "the quote is of another kind of TEE");
	has = tee == EV_TEE_SGX ? out->sgx.report_data : out->td.report_data;
	if (report_data.n > 0 && !ev_span_eq(has, report_data))
		return no(why, "the quote does not carry our REPORTDATA "
			       "(somebody else's, or an old one)");
	return true;
}

bool co_fresh_hcl(struct ev_span item, struct ev_span user_data,
		  struct ev_hcl *out, char why[CO_WHY_TEXT])
{
	struct ev_runtime_claims claims = { 0 };
	struct ev_error err = { 0 };
	bool same;

	if (ev_hcl_parse(item, out, &err) != EV_OK)
		return refused(&err, why);
	if (user_data.n == 0)
		return true;
	if (ev_runtime_claims_parse(out->runtime_data,
				    ev_hcl_offset(out, out->runtime_data),
				    &claims, &err) != EV_OK)
		return refused(&err, why);
	same = claims.has_user_data &&
	       ev_span_eq(EV_SPAN(claims.user_data), user_data);
	ev_runtime_claims_free(&claims);
	return same || no(why, "the report does not carry our user-data");
}

bool co_fresh_tpm_quote(struct ev_span item, struct ev_span nonce,
			const struct ev_pcr_selection *bank,
			struct ev_tpm_quote *out, char why[CO_WHY_TEXT])
{
	struct ev_error err = { 0 };

	if (ev_tpm_quote_parse(item, out, &err) != EV_OK)
		return refused(&err, why);
	if (!ev_span_eq(out->extra_data, nonce))
		return no(why, "the quote does not carry our nonce");
	if (out->n_banks != 1 || out->bank[0].alg != bank->alg ||
	    out->bank[0].pcrs != bank->pcrs)
		return no(why, "the quote is over other PCRs than were asked "
			       "for");
	return true;
}

bool co_fresh_tpm_signature(struct ev_span item, char why[CO_WHY_TEXT])
{
	struct ev_tpm_signature signature;
	struct ev_error err = { 0 };

	if (ev_tpm_signature_parse(item, false, &signature, &err) != EV_OK)
		return refused(&err, why);
	/* What parses as a bare signature alone is a piece of one. */
	return signature.rsa.p != item.p ||
	       no(why, "the signature of the quote is not whole");
}
