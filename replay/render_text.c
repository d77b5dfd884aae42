/* SPDX-License-Identifier: Apache-2.0 */
/* The text report: the answer first, then what holds, breaks, is missing. */
#include "replay/render.h"

#include "evidence/base/json.h"
#include "replay/render_level.h"

#define SHORT_DIGITS 16

/* A text member reached by up to three names; "" where it is not there. */
static const char *text_at(const json_t *v, const char *a, const char *b,
			   const char *c)
{
	v = json_object_get(v, a);
	if (b != NULL)
		v = json_object_get(v, b);
	if (c != NULL)
		v = json_object_get(v, c);
	return json_is_string(v) ? json_string_value(v) : "";
}

static json_int_t int_at(const json_t *v, const char *a, const char *b)
{
	v = json_object_get(v, a);
	if (b != NULL)
		v = json_object_get(v, b);
	return json_integer_value(v);
}

/* Digests are cut to their first 16 digits unless --full. */
static const char *digest(const char *hex, bool full, char out[132])
{
	size_t n = strlen(hex);

	if (full || n <= SHORT_DIGITS)
		snprintf(out, 132, "%.131s", hex);
	else
		snprintf(out, 132, "%.16s...", hex);
	return out;
}

static const char *verdict_word(const json_t *r)
{
	const char *v = text_at(r, "verdict", NULL, NULL);

	if (strcmp(v, "pass") == 0)
		return "PASS";
	return strcmp(v, "fail") == 0 ? "FAIL" : "INCOMPLETE";
}

static bool rests_on_simulated(const json_t *r)
{
	const json_t *anchor;
	size_t i;

	json_array_foreach (json_object_get(r, "anchors"), i, anchor)
		if (json_is_true(json_object_get(anchor, "used")) &&
		    json_is_true(json_object_get(anchor, "simulated")))
			return true;
	return false;
}

static void first_line(const json_t *r, bool full, struct ev_buffer *out)
{
	const char *basis = text_at(r, "asOf", "basis", NULL);
	char sha[132];

	ev_buffer_printf(
		out, "%s  as of %s%s  under policy \"%s\" (sha256 %s)\n",
		verdict_word(r), text_at(r, "asOf", "time", NULL),
		strcmp(basis, "claimed") == 0  ? " (claimed by the collector)"
		: strcmp(basis, "proven") == 0 ? " (proven)"
					       : "",
		text_at(r, "policy", "name", NULL),
		digest(text_at(r, "policy", "sha256", NULL), full, sha));
	if (rests_on_simulated(r))
		ev_buffer_add_str(out, "SIMULATED anchors: this says nothing "
				       "about a real machine\n");
	ev_buffer_add_str(out, "\n");
}

static bool untrusted(const json_t *facts, const char *area)
{
	const json_t *v = json_object_get(facts, area);

	return v != NULL && !json_is_true(json_object_get(v, "trusted"));
}

static const char *mark(const json_t *facts, const char *area)
{
	return untrusted(facts, area) ? "   [not trusted]" : "";
}

static void machine_lines(const json_t *f, bool full, struct ev_buffer *out)
{
	const char *family = "", *tee = text_at(f, "quote", "tee", NULL);
	char a[132], b[132];

	if (json_object_get(f, "azure") != NULL)
		family = text_at(f, "azure", "runtimeData", "family");
	if (tee[0] != '\0')
		ev_buffer_printf(out, "  machine      Intel %s%s%s%s%s\n", tee,
				 json_object_get(f, "azure") != NULL
					 ? ", Azure paravisor"
					 : "",
				 family[0] != '\0' ? " of the family " : "",
				 family, mark(f, "quote"));
	if (json_object_get(f, "tdx") != NULL)
		ev_buffer_printf(
			out, "  %s    MRTD %s   no reference given%s\n",
			json_object_get(f, "azure") != NULL ? "paravisor"
							    : "firmware ",
			digest(text_at(f, "tdx", "mrtd", NULL), full, a),
			mark(f, "tdx"));
	if (json_object_get(f, "platform") != NULL)
		ev_buffer_printf(
			out,
			"  platform     FMSPC %s  PPID %s  %s%s%.10s%s%s\n",
			text_at(f, "platform", "fmspc", NULL),
			digest(text_at(f, "platform", "ppid", NULL), full, b),
			text_at(f, "tcb", "platform", "status"),
			text_at(f, "tcb", "platform", "date")[0] != '\0'
				? " (level of "
				: "",
			text_at(f, "tcb", "platform", "date"),
			text_at(f, "tcb", "platform", "date")[0] != '\0' ? ")"
									 : "",
			mark(f, "platform"));
}

static void module_line(const json_t *f, bool full, struct ev_buffer *out)
{
	const json_t *module =
		json_object_get(json_object_get(f, "tcb"), "module");
	char a[132];

	if (json_object_get(f, "tdx") == NULL)
		return;
	ev_buffer_printf(out, "  TDX module   MRSEAM %s",
			 digest(text_at(f, "tdx", "mrseam", NULL), full, a));
	if (module != NULL)
		ev_buffer_printf(out, "   %s SVN %" JSON_INTEGER_FORMAT "  %s",
				 text_at(module, "id", NULL, NULL),
				 int_at(module, "svn", NULL),
				 text_at(module, "status", NULL, NULL));
	ev_buffer_printf(out, "%s\n", mark(f, "tcb"));
}

static void guest_line(const json_t *f, struct ev_buffer *out)
{
	if (json_object_get(f, "azure") != NULL)
		ev_buffer_printf(out,
				 "  guest        %s; TDX registers say nothing "
				 "about the guest here%s\n",
				 json_object_get(f, "pcr") != NULL
					 ? "PCRs from the vTPM"
					 : "no PCRs",
				 mark(f, "pcr"));
	else if (json_object_get(f, "tdx") != NULL)
		ev_buffer_add_str(out, "  guest        RTMRs are quoted; no "
				       "event log was replayed\n");
}

static bool outcome_is(const json_t *check, const char *outcome)
{
	return strcmp(text_at(check, "outcome", NULL, NULL), outcome) == 0;
}

/* A link is a check that was answered, or that must be and was not. */
static bool is_link(const json_t *check)
{
	return !outcome_is(check, "skip") ||
	       json_is_true(json_object_get(check, "required"));
}

static void broken_lines(const json_t *checks, struct ev_buffer *out)
{
	const json_t *check;
	size_t i;

	json_array_foreach (checks, i, check) {
		bool waived = json_is_true(json_object_get(check, "waived"));

		if (!outcome_is(check, "fail"))
			continue;
		ev_buffer_printf(out,
				 "  %s %s\n               %s\n"
				 "               %s\n",
				 waived ? "waived      " : "BROKEN      ",
				 text_at(check, "id", NULL, NULL),
				 text_at(check, "subject", NULL, NULL),
				 text_at(check, "reason", NULL, NULL));
	}
}

static void missing_lines(const json_t *checks, struct ev_buffer *out)
{
	const json_t *check;
	size_t i;

	json_array_foreach (checks, i, check) {
		const char *reason = text_at(check, "reason", NULL, NULL);

		if (!outcome_is(check, "skip") ||
		    !json_is_true(json_object_get(check, "required")))
			continue;
		if (strncmp(reason, "after: ", 7) == 0)
			continue; /* counted, and explained by what broke */
		ev_buffer_printf(out, "  MISSING      %s: %s\n",
				 text_at(check, "id", NULL, NULL), reason);
	}
}

static void count_lines(const json_t *checks, struct ev_buffer *out)
{
	size_t i, links = 0, hold = 0, fail = 0, waived = 0, after = 0;
	const json_t *check;

	json_array_foreach (checks, i, check) {
		if (!is_link(check))
			continue;
		links++;
		hold += outcome_is(check, "pass");
		if (json_is_true(json_object_get(check, "waived")))
			waived++;
		else
			fail += outcome_is(check, "fail");
		after += outcome_is(check, "skip") &&
			 strncmp(text_at(check, "reason", NULL, NULL),
				 "after: ", 7) == 0;
	}
	ev_buffer_printf(out, "  holds        %zu of %zu links", hold, links);
	if (fail > 0 || after > 0)
		ev_buffer_printf(out,
				 " (%zu broken, %zu not judged because they "
				 "rest on others)",
				 fail, after);
	ev_buffer_add_str(out, "\n");
	if (waived > 0)
		ev_buffer_printf(out,
				 "               %zu broken, but waived by the "
				 "policy\n",
				 waived);
}

static void gap_lines(const json_t *r, struct ev_buffer *out)
{
	const json_t *gaps = json_object_get(r, "gaps"), *gap;
	size_t i;

	json_array_foreach (gaps, i, gap)
		ev_buffer_printf(out, "  %s %s\n",
				 i == 0 ? "gaps        " : "            ",
				 json_string_value(gap));
}

/* What --collateral added to the archive. */
static void outside_lines(const json_t *r, struct ev_buffer *out)
{
	const json_t *item;
	size_t i;

	json_array_foreach (json_object_get(r, "notFromArchive"), i, item)
		ev_buffer_printf(out, "  %s %s\n",
				 i == 0 ? "outside     " : "            ",
				 text_at(item, "name", NULL, NULL));
	if (i > 0)
		ev_buffer_add_str(out, "               (not from the archive, "
				       "given with --collateral)\n");
}

static void way_out_lines(const json_t *checks, struct ev_buffer *out)
{
	const json_t *check;
	size_t i;

	json_array_foreach (checks, i, check) {
		if (!outcome_is(check, "fail") ||
		    strcmp(text_at(check, "id", NULL, NULL),
			   "dcap.collateral.window") != 0)
			continue;
		ev_buffer_add_str(out,
				  "  ways out     --at with a time inside "
				  "every window, or the evidence packed\n"
				  "               with newer collateral\n");
		return;
	}
}

/* RFC 3339 in one zone sorts as text. */
static void time_left(const json_t *r, struct ev_buffer *out)
{
	const char *end = NULL, *what = "";
	const json_t *w;
	size_t i;

	json_array_foreach (json_object_get(r, "windows"), i, w) {
		const char *t = text_at(w, "notAfter", NULL, NULL);

		if (end == NULL || strcmp(t, end) < 0) {
			end = t;
			what = text_at(w, "what", NULL, NULL);
		}
	}
	if (end != NULL)
		ev_buffer_printf(out,
				 "  time left    collateral ends %s (%s); for "
				 "later times use --at\n",
				 end, what);
}

static void full_checks(const json_t *r, struct ev_buffer *out)
{
	const json_t *check;
	size_t i;

	ev_buffer_add_str(out, "\nEvery check:\n");
	json_array_foreach (json_object_get(r, "checks"), i, check) {
		const char *reason = text_at(check, "reason", NULL, NULL);

		ev_buffer_printf(out, "  %-4s  %-28s %s%s%s\n",
				 text_at(check, "outcome", NULL, NULL),
				 text_at(check, "id", NULL, NULL),
				 text_at(check, "subject", NULL, NULL),
				 reason[0] != '\0' ? "\n        " : "", reason);
	}
}

static void full_trust(const json_t *r, struct ev_buffer *out)
{
	const json_t *t;
	size_t i;

	ev_buffer_add_str(out, "\nThis verdict rests on:\n");
	json_array_foreach (json_object_get(r, "trust"), i, t)
		ev_buffer_printf(
			out, "  %-10s %s%s%s\n",
			text_at(t, "owner", NULL, NULL),
			text_at(t, "for", NULL, NULL),
			text_at(t, "anchor", NULL, NULL)[0] != '\0' ? ": " : "",
			text_at(t, "anchor", NULL, NULL));
	ev_buffer_add_str(out, "It does not rest on: an attestation service, "
			       "the network, this machine's clock.\n");
	ev_buffer_add_str(out, "\nWindows:\n");
	json_array_foreach (json_object_get(r, "windows"), i, t)
		ev_buffer_printf(out, "  %s  %s  %s %s\n",
				 text_at(t, "notBefore", NULL, NULL),
				 text_at(t, "notAfter", NULL, NULL),
				 text_at(t, "item", NULL, NULL),
				 text_at(t, "what", NULL, NULL));
}

static json_t *load(struct ev_span report)
{
	struct ev_error err = { 0 };
	json_t *r = NULL;

	if (ev_json_parse(report, report.n, "report", &r, &err) != EV_OK)
		return NULL;
	return r;
}

bool rp_render_text(struct ev_span report, bool full, struct ev_buffer *out)
{
	ev_auto_json json_t *r = load(report);
	const json_t *facts, *checks;

	if (r == NULL)
		return false;
	facts = json_object_get(r, "facts");
	checks = json_object_get(r, "checks");
	first_line(r, full, out);
	machine_lines(facts, full, out);
	module_line(facts, full, out);
	guest_line(facts, out);
	ev_buffer_add_str(out, "\n");
	broken_lines(checks, out);
	rp_render_level(facts, out);
	way_out_lines(checks, out);
	count_lines(checks, out);
	missing_lines(checks, out);
	gap_lines(r, out);
	outside_lines(r, out);
	time_left(r, out);
	if (full) {
		full_checks(r, out);
		full_trust(r, out);
	}
	return true;
}

void rp_render_row_header(struct ev_buffer *out)
{
	ev_buffer_printf(out, "%-10s  %-20s  %-16s  %-12s  %-12s  %s\n",
			 "VERDICT", "AS OF", "MRTD", "FMSPC", "TCB", "FILE");
}

bool rp_render_row(struct ev_span report, const char *name,
		   struct ev_buffer *out)
{
	ev_auto_json json_t *r = load(report);
	const json_t *f;

	if (r == NULL)
		return false;
	f = json_object_get(r, "facts");
	ev_buffer_printf(out, "%-10s  %-20s  %-16.16s  %-12s  %-12s  %s\n",
			 verdict_word(r), text_at(r, "asOf", "time", NULL),
			 text_at(f, "tdx", "mrtd", NULL),
			 text_at(f, "platform", "fmspc", NULL),
			 text_at(f, "tcb", "status", NULL), name);
	return true;
}
