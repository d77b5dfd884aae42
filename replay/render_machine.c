/* SPDX-License-Identifier: Apache-2.0 */
/* A block for each quote with what is linked to it, then what is linked to
 * none. */
#include "replay/render_machine.h"

#include "replay/choice.h"
#include "replay/render_level.h"
#include "replay/render_line.h"
#include "replay/render_member.h"
#include "replay/render_snp.h"
#include "replay/render_together.h"

#include <stdio.h>

/* The facts of one quote; members are NULL where there are none. */
struct machine {
	const json_t *facts;
	const char *item;
	const json_t *quote, *tdx, *sgx, *platform, *azure;
	const json_t *choice; /* the set that the policy names */
	bool full;
};

static const char *text(const json_t *v, const char *name)
{
	return rp_member_text(v, name, NULL, NULL);
}

static const char *comma(const char *word, const char *before)
{
	return word[0] != '\0' ? before : "";
}

static void add_machine(const struct machine *m, struct ev_buffer *out)
{
	const char *family =
		rp_member_text(m->azure, "runtimeData", "family", NULL);
	const json_t *more;

	if (m->azure == NULL)
		rp_render_line(out, "machine", "Intel %s%s",
			       text(m->quote, "tee"), rp_member_mark(m->quote));
	else
		rp_render_line(
			out, "machine", "Intel %s, Azure paravisor%s%s%s",
			text(m->quote, "tee"), comma(family, " of the family "),
			family,
			rp_member_mark(rp_member_is_true(m->quote, "trusted")
					       ? m->azure
					       : m->quote));
	for (size_t i = 1; (more = rp_area_of(m->facts, "azure", "quote",
					      m->item, i)) != NULL;
	     i++)
		rp_render_line(out, "", "and its report %s%s",
			       text(more, "item"), rp_member_mark(more));
}

static void add_code(const struct machine *m, struct ev_buffer *out)
{
	bool paravisor = rp_member_is_true(m->azure, "trusted");
	rp_digest_text a, b;

	if (m->tdx != NULL)
		rp_render_line(out, paravisor ? "paravisor" : "firmware",
			       "MRTD %s   no reference given%s",
			       rp_member_digest(m->tdx, "mrtd", m->full, a),
			       rp_member_mark(m->tdx));
	if (m->sgx != NULL)
		rp_render_line(
			out, "enclave", "MRENCLAVE %s  MRSIGNER %s%s",
			rp_member_digest(m->sgx, "mrenclave", m->full, a),
			rp_member_digest(m->sgx, "mrsigner", m->full, b),
			rp_member_mark(m->sgx));
}

static void add_platform(const struct machine *m, struct ev_buffer *out)
{
	rp_digest_text a;

	if (m->platform != NULL)
		rp_render_line(
			out, "platform", "FMSPC %s  PPID %s%s",
			text(m->platform, "fmspc"),
			rp_member_digest(m->platform, "ppid", m->full, a),
			rp_member_mark(m->platform));
	if (m->tdx != NULL)
		rp_render_line(out, "TDX module", "MRSEAM %s%s",
			       rp_member_digest(m->tdx, "mrseam", m->full, a),
			       rp_member_mark(m->tdx));
}

/* "TDX_01 SVN 13 UpToDate, " or nothing. */
static void module_text(const json_t *tcb, char out[80])
{
	const json_t *module = json_object_get(tcb, "module");

	out[0] = '\0';
	if (module != NULL)
		snprintf(out, 80, "%s SVN %" JSON_INTEGER_FORMAT " %s, ",
			 text(module, "id"), rp_member_int(module, "svn"),
			 text(module, "status"));
}

static void add_set(const json_t *tcb, bool named, bool full,
		    struct ev_buffer *out)
{
	const char *date = rp_member_text(tcb, "platform", "date", NULL);
	bool decides = rp_member_is_true(tcb, "decides");
	char module[80];

	module_text(tcb, module);
	rp_render_line(out, decides ? "TCB level" : "beside",
		       "%s%s%splatform %s%s%.10s%s, %sQE %s%s",
		       named ? "by " : "", named ? text(tcb, "collateral") : "",
		       !named	 ? ""
		       : decides ? " (decides): "
				 : ": ",
		       rp_member_text(tcb, "platform", "status", NULL),
		       comma(date, " (level of "), date, comma(date, ")"),
		       module, rp_member_text(tcb, "qe", "status", NULL),
		       rp_member_mark(tcb));
	rp_render_together(tcb, rp_member_mark(tcb), full, out);
}

/* Why this set decides, or why none does, where the policy names one. */
static void add_choice(const struct machine *m, bool decided,
		       struct ev_buffer *out)
{
	struct rp_choice choice = { 0 };
	struct ev_error err = { 0 };
	char set[RP_CHOICE_TEXT];

	if (m->choice == NULL ||
	    rp_choice_read(m->choice, &choice, &err) != EV_OK)
		return;
	rp_choice_format(&choice, set);
	rp_render_line(out, decided ? "" : "TCB level",
		       decided ? "(the policy names this set: %s)"
			       : "not judged: the policy names a set that is "
				 "not here: %s",
		       set);
}

/* Every set of collateral; the distance by the one that decides. */
static void add_levels(const struct machine *m, struct ev_buffer *out)
{
	const json_t *first = rp_area_of(m->facts, "tcb", "item", m->item, 0);
	const json_t *deciding = rp_unless_beside(first), *tcb;
	bool named = deciding == NULL ||
		     rp_area_of(m->facts, "tcb", "item", m->item, 1) != NULL;

	if (first != NULL && deciding == NULL)
		add_choice(m, false, out);
	for (size_t i = 0;
	     (tcb = rp_area_of(m->facts, "tcb", "item", m->item, i)) != NULL;
	     i++) {
		add_set(tcb, named, m->full, out);
		if (tcb == deciding)
			add_choice(m, true, out);
	}
	rp_render_level(deciding, m->platform, m->tdx, out);
}

/* One vTPM; named where the report knows more than one. */
static void add_vtpm(const json_t *facts, const json_t *tpm, const char *more,
		     struct ev_buffer *out)
{
	bool several = rp_area_nth(facts, "tpm", 1) != NULL;
	const char *item = text(tpm, "item");
	const json_t *pcr = rp_area_of(facts, "pcr", "tpmQuote", item, 0);
	const char *weak = text(tpm, "weak"); /* "SHA-1", or nothing */

	rp_render_line(
		out, "guest", "%s%s%s%s%s%s%s%s",
		pcr != NULL ? "PCRs from the vTPM" : "a vTPM's quote, no PCRs",
		several ? " (" : "", several ? item : "", several ? ")" : "",
		weak[0] != '\0' ? ", weak: signed over " : "", weak, more,
		rp_member_mark(pcr != NULL ? pcr : tpm));
}

static void add_guest(const struct machine *m, struct ev_buffer *out)
{
	static const char nothing[] =
		"; TDX registers say nothing about the guest here";
	const json_t *tpm;
	size_t i;

	for (i = 0;
	     (tpm = rp_area_of(m->facts, "tpm", "quote", m->item, i)) != NULL;
	     i++)
		add_vtpm(m->facts, tpm, m->tdx != NULL ? nothing : "", out);
	if (i == 0 && m->azure != NULL && m->tdx != NULL)
		rp_render_line(out, "guest", "no PCRs%s", nothing);
	else if (i == 0 && m->tdx != NULL)
		rp_render_line(
			out, "guest", "RTMRs are quoted%s",
			rp_area_of(m->facts, "log", "quote", m->item, 0) != NULL
				? ""
				: "; no event log was replayed");
}

static void add_quote(const json_t *report, const json_t *quote, bool full,
		      struct ev_buffer *out)
{
	const json_t *facts = json_object_get(report, "facts");
	const char *item = text(quote, "item");
	const struct machine m = {
		.facts = facts,
		.item = item,
		.quote = quote,
		.tdx = rp_area_of(facts, "tdx", "item", item, 0),
		.sgx = rp_area_of(facts, "sgx", "item", item, 0),
		.platform = rp_area_of(facts, "platform", "item", item, 0),
		.azure = rp_area_of(facts, "azure", "quote", item, 0),
		.choice = json_object_get(json_object_get(report, "policy"),
					  "collateral"),
		.full = full,
	};

	add_machine(&m, out);
	add_code(&m, out);
	add_platform(&m, out);
	add_levels(&m, out);
	add_guest(&m, out);
}

static const char *hardware(json_int_t report_type)
{
	return report_type == 4	  ? "Intel TDX"
	       : report_type == 2 ? "AMD SEV-SNP"
				  : "unknown hardware";
}

/* A paravisor's report that no quote in the archive vouches for; one of SEV-SNP
 * needs none. */
static void add_report(const json_t *facts, const json_t *azure, bool full,
		       struct ev_buffer *out)
{
	const char *family =
		rp_member_text(azure, "runtimeData", "family", NULL);
	const json_t *snp =
		rp_area_of(facts, "snp", "item", text(azure, "snp"), 0);
	const json_t *tpm;

	if (snp != NULL)
		rp_render_snp(snp, azure, full, out);
	else
		rp_render_line(out, "machine",
			       "Azure paravisor%s%s on %s, no quote%s",
			       comma(family, " of the family "), family,
			       hardware(rp_member_int(azure, "reportType")),
			       rp_member_mark(azure));
	for (size_t i = 0; (tpm = rp_area_of(facts, "tpm", "report",
					     text(azure, "item"), i)) != NULL;
	     i++)
		add_vtpm(facts, tpm, "", out);
}

/* Begins a block; its item is named where there are several. */
static void begin(const json_t *v, const char *label, bool several,
		  size_t *blocks, struct ev_buffer *out)
{
	if (several && *blocks > 0)
		ev_buffer_add_str(out, "\n");
	if (several)
		rp_render_line(out, label, "%s", text(v, "item"));
	++*blocks;
}

void rp_render_machines(const json_t *report, bool full, struct ev_buffer *out)
{
	const json_t *facts = json_object_get(report, "facts");
	bool several = rp_area_nth(facts, "quote", 1) != NULL ||
		       rp_area_nth(facts, "snp", 1) != NULL ||
		       rp_area_nth(facts, "azure", 1) != NULL;
	size_t blocks = 0;
	const json_t *v;

	for (size_t i = 0; (v = rp_area_nth(facts, "quote", i)) != NULL; i++) {
		begin(v, "quote", several, &blocks, out);
		add_quote(report, v, full, out);
	}
	for (size_t i = 0;
	     (v = rp_area_of(facts, "azure", "quote", "", i)) != NULL; i++) {
		begin(v, "report", several, &blocks, out);
		add_report(facts, v, full, out);
	}
	for (size_t i = 0; (v = rp_area_nth(facts, "snp", i)) != NULL; i++) {
		if (rp_area_of(facts, "azure", "snp", text(v, "item"), 0) !=
		    NULL)
			continue;
		begin(v, "report", several, &blocks, out);
		rp_render_snp(v, NULL, full, out);
	}
	for (size_t i = 0; (v = rp_area_nth(facts, "tpm", i)) != NULL; i++)
		if (text(v, "quote")[0] == '\0' && text(v, "report")[0] == '\0')
			add_vtpm(facts, v, "", out);
}
