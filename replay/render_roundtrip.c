/* SPDX-License-Identifier: Apache-2.0 */
/* Round trips and statements of registries, in the text report. */
#include "replay/render_roundtrip.h"

#include "replay/render_line.h"
#include "replay/render_member.h"

#include <inttypes.h>

static const char *text_at(const json_t *v, const char *name)
{
	return rp_member_text(v, name, NULL, NULL);
}

static void list_lines(const json_t *v, const char *name, const char *label,
		       struct ev_buffer *out)
{
	const json_t *text;
	size_t i;

	json_array_foreach (json_object_get(v, name), i, text)
		rp_render_line(out, i == 0 ? label : "", "%s",
			       json_string_value(text));
}

/* A decimal count of nanoseconds, as "1.234 ms". */
static void add_ms(struct ev_buffer *out, const char *ns)
{
	uint64_t v = 0;

	for (; *ns >= '0' && *ns <= '9'; ns++)
		v = 10 * v + (uint64_t)(*ns - '0');
	ev_buffer_printf(out, "%" PRIu64 ".%03" PRIu64 " ms", v / 1000000,
			 v / 1000 % 1000);
}

static void times_line(const json_t *r, struct ev_buffer *out)
{
	ev_auto_buffer struct ev_buffer line = { 0 };

	ev_buffer_printf(&line,
			 "%" JSON_INTEGER_FORMAT " tries, %" JSON_INTEGER_FORMAT
			 " failed; fastest ",
			 rp_member_int(r, "tries"), rp_member_int(r, "failed"));
	add_ms(&line, rp_member_text(r, "ns", "min", NULL));
	ev_buffer_add_str(&line, ", median ");
	add_ms(&line, rp_member_text(r, "ns", "median", NULL));
	ev_buffer_add_byte(&line, 0);
	if (ev_buffer_ok(&line))
		rp_render_line(out, "", "%s", (const char *)line.p);
}

static void roundtrip_lines(const json_t *r, bool full, struct ev_buffer *out)
{
	bool trusted = rp_member_is_true(r, "trusted");

	if (!trusted) {
		rp_render_line(out, "place",
			       "%s: tries at %s, of which nothing follows: "
			       "place.tls did not pass",
			       text_at(r, "grade"), text_at(r, "host"));
		times_line(r, out);
		return;
	}
	rp_render_line(out, "place",
		       "%s: upper bound on distance to a holder of the key of "
		       "%s: %s km, under assumptions A1..A4",
		       text_at(r, "grade"), text_at(r, "host"),
		       text_at(r, "boundKm"));
	times_line(r, out);
	if (rp_member_is_true(json_object_get(r, "fastest"), "belowTcpRtt"))
		rp_render_line(out, "",
			       "the fastest took less than its connection's "
			       "own round trip");
	if (full) {
		list_lines(r, "assumptions", "assumes", out);
		list_lines(r, "limits", "shows not", out);
		return;
	}
	rp_render_line(out, "",
		       "it cannot tell a relay from this machine; what else it "
		       "does not show: --full");
}

static void registry_lines(const json_t *r, struct ev_buffer *out)
{
	const char *issuer = text_at(r, "issuer");

	if (issuer[0] == '\0')
		issuer = text_at(r, "asked");
	rp_render_line(out, "registry",
		       "%s: %s says \"%s\" of machine %s%s (signature: %s)",
		       text_at(r, "grade"),
		       issuer[0] != '\0' ? issuer : "an unnamed registry",
		       text_at(r, "label"), text_at(r, "machineId"),
		       rp_member_is_true(r, "aboutThisPlatform")
			       ? ""
			       : " [not known to be this platform]",
		       text_at(r, "signature"));
}

void rp_render_roundtrips(const json_t *report, bool full,
			  struct ev_buffer *out)
{
	const json_t *facts = json_object_get(report, "facts"), *v;

	for (size_t i = 0; (v = rp_area_nth(facts, "roundtrip", i)) != NULL;
	     i++)
		roundtrip_lines(v, full, out);
	for (size_t i = 0; (v = rp_area_nth(facts, "registry", i)) != NULL; i++)
		registry_lines(v, out);
}
