/* SPDX-License-Identifier: Apache-2.0 */
/* An archive as its replay's report tells of it. */
#include "audit/history/archive_seen.h"

#include "replay/render_member.h"

static const char object[] = "report";

static const char *const bases[] = {
	[AU_PROVEN] = "proven",
	[AU_CLAIMED] = "claimed",
	[AU_GIVEN] = "given",
};
static const char *const verdicts[AU_N_VERDICTS] = { "pass", "fail",
						     "incomplete" };

const char *au_basis_name(enum au_basis basis)
{
	return bases[basis];
}

const char *au_verdict_name(size_t verdict)
{
	return verdicts[verdict];
}

/* Whether there are findings of a check, and each passes. */
static bool passes(const json_t *checks, const char *check)
{
	size_t n = 0, n_pass = 0;

	for (size_t i = 0; i < json_array_size(checks); i++) {
		const json_t *f = json_array_get(checks, i);

		if (strcmp(rp_member_text(f, "id", NULL, NULL), check) != 0)
			continue;
		n++;
		n_pass += strcmp(rp_member_text(f, "outcome", NULL, NULL),
				 "pass") == 0;
	}
	return n > 0 && n == n_pass;
}

static bool is_tampered(const json_t *report)
{
	const json_t *checks = json_object_get(report, "checks");

	return !passes(checks, "archive.manifest") ||
	       !passes(checks, "archive.digests");
}

/* The index of a word; n where it is none of them. */
static size_t index_of(const char *const *words, size_t n, struct ev_span word)
{
	size_t i = 0;

	while (i < n && !ev_span_eq(word, ev_span_str(words[i])))
		i++;
	return i;
}

static enum ev_code read_words(struct ev_span basis, struct ev_span verdict,
			       struct au_archive_seen *out,
			       struct ev_error *err)
{
	size_t b = index_of(bases, sizeof(bases) / sizeof(bases[0]), basis);
	size_t v = index_of(verdicts, AU_N_VERDICTS, verdict);

	if (b == sizeof(bases) / sizeof(bases[0]))
		return ev_fail_text(err, EV_VALUE, "report.asOf", "basis", 0,
				    "proven, claimed or given", basis);
	if (v == AU_N_VERDICTS)
		return ev_fail_text(err, EV_VALUE, object, "verdict", 0,
				    "pass, fail or incomplete", verdict);
	out->basis = (enum au_basis)b;
	out->verdict = (uint8_t)v;
	return EV_OK;
}

enum ev_code au_archive_seen_read(struct ev_crypto *crypto, struct ev_span text,
				  const json_t *report,
				  struct au_archive_seen *out,
				  struct ev_error *err)
{
	json_t *archive = NULL, *as_of = NULL;
	struct ev_span basis = { NULL, 0 }, verdict = { NULL, 0 };

	if (ev_json_get_object(report, object, "archive", &archive, err) !=
		    EV_OK ||
	    ev_json_get_hex(archive, "report.archive", "id", out->id,
			    sizeof(out->id), err) != EV_OK ||
	    ev_json_get_object(report, object, "asOf", &as_of, err) != EV_OK ||
	    ev_json_get_time(as_of, "report.asOf", "time", &out->time, err) !=
		    EV_OK ||
	    ev_json_get_str(as_of, "report.asOf", "basis", &basis, err) !=
		    EV_OK ||
	    ev_json_get_str(report, object, "verdict", &verdict, err) !=
		    EV_OK ||
	    read_words(basis, verdict, out, err) != EV_OK)
		return err->code;
	if (!ev_digest(crypto, EV_SHA256, text, out->report))
		return ev_fail_trouble(err, object, "out of memory");
	out->is_tampered = is_tampered(report);
	out->is_counted = true;
	return EV_OK;
}

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int au_archive_seen_order(const struct au_archive_seen *a,
			  const struct au_archive_seen *b)
{
	int by = memcmp(a->id, b->id, sizeof(a->id));

	if (by == 0)
		by = a->is_tampered - b->is_tampered;
	if (by == 0)
		by = by_number(a->basis, b->basis);
	if (by == 0)
		by = by_number(a->time, b->time);
	if (by == 0)
		by = a->verdict - b->verdict;
	return by != 0 ? by : memcmp(a->report, b->report, sizeof(a->report));
}

bool au_archive_seen_same(const struct au_archive_seen *a,
			  const struct au_archive_seen *b)
{
	if (memcmp(a->id, b->id, sizeof(a->id)) != 0)
		return false;
	return (!a->is_tampered && !b->is_tampered) ||
	       memcmp(a->report, b->report, sizeof(a->report)) == 0;
}
