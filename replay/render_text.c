/* SPDX-License-Identifier: Apache-2.0 */
/* The text report: the answer first, then what holds, breaks, is missing. */
#include "replay/render.h"

#include "evidence/base/json.h"
#include "replay/render_boot.h"
#include "replay/render_hindsight.h"
#include "replay/render_line.h"
#include "replay/render_machine.h"
#include "replay/render_member.h"
#include "replay/render_place.h"
#include "replay/render_registers.h"
#include "replay/render_roundtrip.h"
#include "replay/render_session.h"
#include "replay/render_token.h"

static const char *text_at(const json_t *v, const char *name)
{
	return rp_member_text(v, name, NULL, NULL);
}

static void first_lines(const json_t *r, bool full, struct ev_buffer *out)
{
	const char *basis = rp_member_text(r, "asOf", "basis", NULL);
	const char *sha = rp_member_text(r, "policy", "sha256", NULL);

	ev_buffer_printf(out, "%s  as of %s%s\n", rp_verdict_word(r),
			 rp_member_text(r, "asOf", "time", NULL),
			 strcmp(basis, "claimed") == 0
				 ? " (claimed by the collector)"
			 : strcmp(basis, "proven") == 0 ? " (proven)"
							: "");
	ev_buffer_printf(out, "under policy \"%s\" (sha256 %.*s%s)\n",
			 rp_member_text(r, "policy", "name", NULL),
			 full ? 64 : 16, sha, full ? "" : "...");
	if (rp_rests_on_simulated(r))
		ev_buffer_add_str(out, RP_SIMULATED "\n");
	ev_buffer_add_str(out, "\n");
}

static bool outcome_is(const json_t *check, const char *outcome)
{
	return strcmp(text_at(check, "outcome"), outcome) == 0;
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
		rp_render_line(out, waived ? "waived" : "BROKEN", "%s",
			       text_at(check, "id"));
		rp_render_line(out, "", "%s", text_at(check, "subject"));
		rp_render_line(out, "", "%s", text_at(check, "reason"));
	}
}

static void missing_lines(const json_t *checks, struct ev_buffer *out)
{
	const json_t *check;
	size_t i;

	json_array_foreach (checks, i, check) {
		const char *reason = text_at(check, "reason");

		if (!outcome_is(check, "skip") ||
		    !json_is_true(json_object_get(check, "required")))
			continue;
		if (strncmp(reason, "after: ", 7) == 0)
			continue; /* counted, and explained by what broke */
		rp_render_line(out, "MISSING", "%s: %s", text_at(check, "id"),
			       reason);
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
			 strncmp(text_at(check, "reason"), "after: ", 7) == 0;
	}
	if (fail > 0 || after > 0)
		rp_render_line(out, "holds",
			       "%zu of %zu links (%zu broken, %zu not judged "
			       "because they rest on others)",
			       hold, links, fail, after);
	else
		rp_render_line(out, "holds", "%zu of %zu links", hold, links);
	if (waived > 0)
		rp_render_line(out, "", "%zu broken, but waived by the policy",
			       waived);
}

static void gap_lines(const json_t *r, struct ev_buffer *out)
{
	const json_t *gaps = json_object_get(r, "gaps"), *gap;
	size_t i;

	json_array_foreach (gaps, i, gap)
		rp_render_line(out, i == 0 ? "gaps" : "", "%s",
			       json_string_value(gap));
}

/* What --collateral added to the archive. */
static void outside_lines(const json_t *r, struct ev_buffer *out)
{
	const json_t *item;
	size_t i;

	json_array_foreach (json_object_get(r, "notFromArchive"), i, item)
		rp_render_line(out, i == 0 ? "outside" : "", "%s",
			       text_at(item, "name"));
	if (i > 0)
		rp_render_line(out, "",
			       "(not from the archive, given with "
			       "--collateral)");
}

static void way_out_lines(const json_t *checks, struct ev_buffer *out)
{
	const json_t *check;
	size_t i;

	json_array_foreach (checks, i, check) {
		if (!outcome_is(check, "fail") ||
		    strcmp(text_at(check, "id"), "dcap.collateral.window") != 0)
			continue;
		rp_render_line(out, "ways out",
			       "--at with a time inside every window, or the "
			       "evidence packed with newer collateral");
		return;
	}
}

/* The last window to begin, or the first to end (way 1 or -1); RFC 3339 in
 * one zone sorts as text.  NULL: there are none. */
static const json_t *edge(const json_t *r, const char *member, int way)
{
	const json_t *found = NULL, *w;
	size_t i;

	json_array_foreach (json_object_get(r, "windows"), i, w)
		if (found == NULL ||
		    way * strcmp(text_at(w, member), text_at(found, member)) >
			    0)
			found = w;
	return found;
}

/* From when until when all of it holds, and why. */
static void time_left(const json_t *r, struct ev_buffer *out)
{
	const char *at = rp_member_text(r, "asOf", "time", NULL);
	const json_t *first = edge(r, "notBefore", 1);
	const json_t *last = edge(r, "notAfter", -1);

	if (last == NULL)
		return;
	if (strcmp(at, text_at(last, "notAfter")) > 0) {
		rp_render_line(out, "time left", "none: %s ended at %s",
			       text_at(last, "what"),
			       text_at(last, "notAfter"));
		return;
	}
	rp_render_line(out, "time left",
		       "until %s (%s ends); later: --at, or --hindsight",
		       text_at(last, "notAfter"), text_at(last, "what"));
	rp_render_line(out, "", "%s %s (%s begins)",
		       strcmp(at, text_at(first, "notBefore")) < 0
			       ? "holds only from"
			       : "holds since",
		       text_at(first, "notBefore"), text_at(first, "what"));
}

static void full_checks(const json_t *r, struct ev_buffer *out)
{
	const json_t *check;
	size_t i;

	ev_buffer_add_str(out, "\nEvery check:\n");
	json_array_foreach (json_object_get(r, "checks"), i, check) {
		const char *reason = text_at(check, "reason");

		ev_buffer_printf(
			out, "  %-4s  %-27s  %s\n", text_at(check, "outcome"),
			text_at(check, "id"), text_at(check, "subject"));
		if (reason[0] != '\0')
			rp_render_words(out, "", 8, reason);
	}
}

static void full_trust(const json_t *r, struct ev_buffer *out)
{
	const json_t *t;
	size_t i;

	ev_buffer_add_str(out, "\nThis verdict rests on:\n");
	json_array_foreach (json_object_get(r, "trust"), i, t) {
		const char *anchor = text_at(t, "anchor");

		rp_render_line(out, text_at(t, "owner"), "%s%s%s",
			       text_at(t, "for"), anchor[0] != '\0' ? ": " : "",
			       anchor);
	}
	ev_buffer_add_str(out, "It does not rest on: an attestation service, "
			       "the network, this machine's clock.\n");
	ev_buffer_add_str(out, "\nWindows:\n");
	json_array_foreach (json_object_get(r, "windows"), i, t)
		ev_buffer_printf(out, "  %s  %s  %s\n      %s\n",
				 text_at(t, "notBefore"),
				 text_at(t, "notAfter"), text_at(t, "what"),
				 text_at(t, "item"));
}

bool rp_render_text(struct ev_span report, bool full, struct ev_buffer *out)
{
	ev_auto_json json_t *r = rp_report_load(report);
	const json_t *checks;

	if (r == NULL)
		return false;
	checks = json_object_get(r, "checks");
	first_lines(r, full, out);
	rp_render_machines(r, full, out);
	rp_render_registers(r, full, out);
	rp_render_boot(r, full, out);
	rp_render_session(r, full, out);
	rp_render_tokens(r, full, out);
	rp_render_place(r, full, out);
	rp_render_roundtrips(r, full, out);
	ev_buffer_add_str(out, "\n");
	broken_lines(checks, out);
	way_out_lines(checks, out);
	count_lines(checks, out);
	missing_lines(checks, out);
	gap_lines(r, out);
	outside_lines(r, out);
	time_left(r, out);
	rp_render_hindsight(r, out);
	if (full) {
		full_checks(r, out);
		full_trust(r, out);
	}
	return true;
}
