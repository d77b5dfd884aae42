/* SPDX-License-Identifier: Apache-2.0 */
/* Launch measurements out of a finished report. */
#include "audit/measured.h"

#include <stdlib.h>

static const char authenticates[] = "dcap.quote.signature";

/* An area of the facts: one object, or a list in some order of quotes. */
struct area {
	const json_t *facts;
	size_t next; /* where the next quote's object is looked for first */
};

/* What a report is read through. */
struct reader {
	struct area tdx, sgx, quote;
	size_t n_tdx; /* objects of facts.tdx that were read */
	struct au_measured_list list;
	struct ev_error *err;
};

static const char *text_of(const json_t *obj, const char *member)
{
	const char *text = json_string_value(json_object_get(obj, member));

	return text != NULL ? text : "";
}

static size_t area_size(const struct area *a)
{
	return json_is_object(a->facts) ? 1 : json_array_size(a->facts);
}

/* The object of that item, or NULL. */
static const json_t *find_fact(struct area *a, const char *item)
{
	size_t n = area_size(a);

	for (size_t i = 0; i < n; i++) {
		size_t at = (a->next + i) % n;
		const json_t *fact = json_is_object(a->facts)
					     ? a->facts
					     : json_array_get(a->facts, at);

		if (strcmp(text_of(fact, "item"), item) == 0) {
			a->next = at + 1;
			return fact;
		}
	}
	return NULL;
}

/* Where MRTD stands in a quote file (measurement page, section 1). */
static int64_t mrtd_offset(struct reader *r, const char *item)
{
	const json_t *quote = find_fact(&r->quote, item);
	json_int_t version =
		json_integer_value(json_object_get(quote, "version"));

	return version == 4 ? 184 : version == 5 ? 190 : -1;
}

static const char *not_comparable(const json_t *finding, const json_t *tdx)
{
	if (tdx == NULL)
		return "unread: the report holds no measurement of it";
	if (strcmp(text_of(finding, "outcome"), "pass") != 0 ||
	    !json_is_true(json_object_get(tdx, "trusted")))
		return "unauthenticated: dcap.quote.signature did not pass";
	/* TDATTRIBUTES bits 0 to 7: a TD that can be debugged holds other
	 * code than what was measured as soon as the host wants it to. */
	if (strncmp(text_of(tdx, "attributes"), "00", 2) != 0)
		return "debug: TD attributes allow debugging, or are absent";
	return NULL;
}

static enum ev_code add(struct reader *r, const struct au_measured *m)
{
	struct au_measured *more = reallocarray(r->list.quote, r->list.n + 1,
						sizeof(*r->list.quote));

	if (more == NULL)
		return ev_fail_trouble(r->err, "report", "out of memory");
	r->list.quote = more;
	more[r->list.n++] = *m;
	return EV_OK;
}

static enum ev_code read_one(struct reader *r, const json_t *finding)
{
	struct au_measured m = { .item = text_of(finding, "subject"),
				 .offset = -1 };
	const json_t *tdx = find_fact(&r->tdx, m.item);

	if (tdx == NULL && find_fact(&r->sgx, m.item) != NULL)
		return EV_OK;
	m.not_comparable = not_comparable(finding, tdx);
	if (tdx == NULL)
		return add(r, &m);
	if (ev_json_get_hex(tdx, "report.facts.tdx", "mrtd", m.value,
			    sizeof(m.value), r->err) != EV_OK)
		return r->err->code;
	r->n_tdx++;
	m.hex = text_of(tdx, "mrtd");
	m.offset = mrtd_offset(r, m.item);
	return add(r, &m);
}

static enum ev_code read_all(struct reader *r, const json_t *checks)
{
	for (size_t i = 0; i < json_array_size(checks); i++) {
		const json_t *f = json_array_get(checks, i);

		/* Without a subject it says that there is no quote. */
		if (strcmp(text_of(f, "id"), authenticates) != 0 ||
		    *text_of(f, "subject") == '\0')
			continue;
		if (read_one(r, f) != EV_OK)
			return r->err->code;
	}
	if (r->n_tdx == area_size(&r->tdx))
		return EV_OK;
	return ev_fail_u64(r->err, EV_VALUE, "report.facts", "tdx", 0, r->n_tdx,
			   area_size(&r->tdx));
}

enum ev_code au_measured_read(const json_t *report,
			      struct au_measured_list *out,
			      struct ev_error *err)
{
	const json_t *facts = json_object_get(report, "facts");
	struct reader r = {
		.tdx = { json_object_get(facts, "tdx"), 0 },
		.sgx = { json_object_get(facts, "sgx"), 0 },
		.quote = { json_object_get(facts, "quote"), 0 },
		.err = err,
	};

	if (read_all(&r, json_object_get(report, "checks")) != EV_OK) {
		au_measured_free(&r.list);
		return err->code;
	}
	*out = r.list;
	return EV_OK;
}

void au_measured_free(struct au_measured_list *list)
{
	free(list->quote);
	*list = (struct au_measured_list){ 0 };
}
