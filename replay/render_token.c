/* SPDX-License-Identifier: Apache-2.0 */
/* Lines about tokens. */
#include "replay/render_token.h"

#include "replay/render_line.h"
#include "replay/render_member.h"

static const char *text(const json_t *v, const char *name)
{
	return rp_member_text(v, name, NULL, NULL);
}

static bool is_result(const json_t *claim, const char *result)
{
	return strcmp(text(claim, "result"), result) == 0;
}

static size_t count(const json_t *token, const char *result)
{
	const json_t *claim;
	size_t i, n = 0;

	json_array_foreach (json_object_get(token, "claims"), i, claim)
		n += is_result(claim, result);
	return n;
}

/* --- the first screen --- */

static const struct {
	const char *word, *meaning;
} signatures[] = {
	{ "good", "signature good" },
	{ "bad", "signature NOT good" },
	{ "no-key", "signature not checked: nothing here has its key" },
};

/* An enclave or a pinned CA vouches for the key. */
static bool is_vouched_for(const json_t *report, const json_t *token)
{
	static const char *const grounds[] = { "maa.enclave", "ita.chain",
					       "google.chain" };
	const json_t *check;
	size_t i;

	json_array_foreach (json_object_get(report, "checks"), i, check) {
		if (strcmp(text(check, "subject"), text(token, "item")) != 0 ||
		    strcmp(text(check, "outcome"), "pass") != 0)
			continue;
		for (size_t k = 0; k < sizeof(grounds) / sizeof(grounds[0]);
		     k++)
			if (strcmp(text(check, "id"), grounds[k]) == 0)
				return true;
	}
	return false;
}

static const char *meaning_of(const json_t *report, const json_t *token)
{
	const char *word = text(token, "signature");

	if (strcmp(word, "good") == 0 && !is_vouched_for(report, token))
		return "signature good, by a key that nothing here vouches for";
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
		if (strcmp(signatures[i].word, word) == 0)
			return signatures[i].meaning;
	return word;
}

static void claims_line(const json_t *token, struct ev_buffer *out)
{
	const char *evidence = text(token, "evidence");
	size_t equal = count(token, "equal"), differ = count(token, "differs");
	size_t rest = count(token, "not-recomputable");

	if (evidence[0] == '\0')
		rp_render_line(out, "",
			       "%zu claims, none recomputed: the evidence it "
			       "speaks of is not here",
			       rest);
	else
		rp_render_line(out, "",
			       "of %zu claims %zu follow from %s%s, %zu are "
			       "the service's word alone",
			       equal + differ + rest, equal, evidence,
			       differ > 0 ? ", SOME DIFFER" : "", rest);
}

static void names_line(const json_t *token, const char *result,
		       const char *label, struct ev_buffer *out)
{
	ev_auto_buffer struct ev_buffer names = { 0 };
	const json_t *claim;
	size_t i, n = 0;

	json_array_foreach (json_object_get(token, "claims"), i, claim)
		if (is_result(claim, result))
			ev_buffer_printf(&names, "%s%s", n++ > 0 ? ", " : "",
					 text(claim, "name"));
	ev_buffer_add_byte(&names, 0);
	if (!ev_buffer_ok(&names))
		out->failed = true;
	else if (n > 0)
		rp_render_line(out, "", "%s: %s", label, (const char *)names.p);
}

/* What Microsoft's own policy concludes, and nobody else can: where it is the
 * service's claim, of its own name and in its own place, in a token that the
 * service signed. */
static void compliance_line(const json_t *token, struct ev_buffer *out)
{
	static const char *const places[] = {
		"x-ms-compliance-status",
		"x-ms-isolation-tee.x-ms-compliance-status",
	};
	const json_t *claim;
	size_t i;

	if (strcmp(text(token, "signature"), "good") != 0)
		return;
	json_array_foreach (json_object_get(token, "claims"), i, claim) {
		if (strcmp(text(claim, "name"), places[0]) != 0 &&
		    strcmp(text(claim, "name"), places[1]) != 0)
			continue;
		rp_render_line(
			out, "",
			"%s \"%s\" says that a policy of the service's "
			"owner found a confidential VM and a paravisor that "
			"it knows.  It does not say which versions that "
			"policy takes, nor that you would take them, nor "
			"anything of the guest's own system, of who runs it, "
			"or of where the machine stands.",
			places[0], text(claim, "token"));
	}
}

/* Anybody may run an enclave on genuine hardware. */
static void identity_line(const json_t *enclave, bool sgx,
			  struct ev_buffer *out)
{
	const char *identity = text(enclave, "identity");

	if (strcmp(identity, "unpinned") == 0)
		rp_render_line(out, "",
			       "nothing here vouches for which enclave that "
			       "is, or whose: the policy names none (expect, "
			       "%s)",
			       sgx ? "maa.mrsigner" : "maa.hostData");
	else if (strcmp(identity, "unexpected") == 0)
		rp_render_line(out, "",
			       "that is NOT the enclave that the policy names");
}

static void enclave_line(const json_t *report, const json_t *token,
			 struct ev_buffer *out)
{
	const json_t *e = rp_area_of(json_object_get(report, "facts"), "maa",
				     "token", text(token, "item"), 0);
	bool sgx = strcmp(text(e, "form"), "sgx") == 0;

	if (e == NULL)
		return;
	rp_render_line(
		out, "", "its key is of an enclave%s: %s %s%s",
		rp_member_is_true(e, "debug") ? " that its host can look into"
					      : "",
		sgx ? "MRENCLAVE" : "host data",
		text(e, sgx ? "mrenclave" : "hostData"),
		rp_member_is_true(e, "trusted") ? "" : "   [not trusted]");
	identity_line(e, sgx, out);
}

void rp_render_tokens(const json_t *report, bool full, struct ev_buffer *out)
{
	const json_t *facts = json_object_get(report, "facts"), *token;
	size_t i;

	json_array_foreach (json_object_get(facts, "token"), i, token) {
		const char *type = text(token, "type");

		rp_render_line(out, i == 0 ? "token" : "", "%s%s%s of %s: %s",
			       text(token, "item"), type[0] != '\0' ? ", " : "",
			       type, text(token, "issuer"),
			       meaning_of(report, token));
		claims_line(token, out);
		names_line(token, "differs", "differ", out);
		if (full)
			names_line(token, "not-recomputable",
				   "the service's word alone", out);
		enclave_line(report, token, out);
		compliance_line(token, out);
	}
}

/* --- the table --- */

static void claim_rows(const json_t *claim, struct ev_buffer *out)
{
	const json_t *input = json_object_get(claim, "input");
	const char *note = text(claim, "note");
	json_int_t offset = rp_member_int(input, "offset");
	json_int_t length = rp_member_int(input, "length");

	ev_buffer_printf(out, "  %-16s  %s%s%s%s\n", text(claim, "result"),
			 text(claim, "name"), note[0] != '\0' ? " (" : "", note,
			 note[0] != '\0' ? ")" : "");
	ev_buffer_printf(out, "    token           %s\n", text(claim, "token"));
	if (input == NULL)
		return;
	ev_buffer_printf(out, "    recomputed      %s\n",
			 text(claim, "recomputed"));
	ev_buffer_printf(out,
			 "    from            %s, bytes %" JSON_INTEGER_FORMAT
			 "..%" JSON_INTEGER_FORMAT "\n",
			 text(input, "item"), offset, offset + length - 1);
}

void rp_render_claims(const json_t *report, const char *item,
		      struct ev_buffer *out)
{
	const json_t *token = rp_area_of(json_object_get(report, "facts"),
					 "token", "item", item, 0);
	const json_t *claim;
	size_t i;

	json_array_foreach (json_object_get(token, "claims"), i, claim)
		claim_rows(claim, out);
}
