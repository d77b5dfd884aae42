/* SPDX-License-Identifier: Apache-2.0 */
/* Launch measurements out of a finished report. */
#include "audit/measured.h"

#include <stdlib.h>

/* An area of the facts: one object, or a list in some order of items. */
struct area {
	const json_t *facts;
	size_t next; /* where the next item's object is looked for first */
};

/* What a report is read through. */
struct reader {
	const struct source *source;
	struct area facts, sgx, quote;
	json_t *unvouched; /* item: index of signers */
	size_t n_read;	   /* objects of facts that were read */
	struct au_measured_list list;
	struct ev_error *err;
};

/* A kind of evidence with a launch measurement. */
struct source {
	enum au_platform platform;
	const char *authenticates; /* the finding that each item has */
	const char *area, *member;
	const char *unauthenticated, *debug;
	bool (*is_debug)(const json_t *fact);
	int64_t (*offset)(struct reader *r, const char *item,
			  const json_t *fact);
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

/* TDATTRIBUTES bits 0 to 7: a TD that can be debugged holds other code than
 * what was measured as soon as the host wants it to. */
static bool is_debug_td(const json_t *tdx)
{
	return strncmp(text_of(tdx, "attributes"), "00", 2) != 0;
}

/* The same of a guest whose policy lets the host decrypt it. */
static bool is_debug_snp(const json_t *snp)
{
	const json_t *bits = json_object_get(snp, "policyBits");

	return !json_is_false(json_object_get(bits, "debug"));
}

/* Where MRTD stands in a quote file (measurement page, section 1). */
static int64_t mrtd_offset(struct reader *r, const char *item,
			   const json_t *tdx)
{
	const json_t *quote = find_fact(&r->quote, item);
	json_int_t version =
		json_integer_value(json_object_get(quote, "version"));

	(void)tdx;
	return version == 4 ? 184 : version == 5 ? 190 : -1;
}

/* Where MEASUREMENT stands in a report (SNP-ABI, ATTESTATION_REPORT). */
static int64_t ld_offset(struct reader *r, const char *item, const json_t *snp)
{
	const json_t *at = json_object_get(snp, "offset");

	(void)r;
	(void)item;
	return json_is_integer(at) ? json_integer_value(at) + 0x90 : -1;
}

/* No evidence that a replay reads says what VBS measured. */
static const struct source sources[] = {
	{ AU_TDX, "dcap.quote.signature", "tdx", "mrtd",
	  "unauthenticated: dcap.quote.signature did not pass",
	  "debug: TD attributes allow debugging, or are absent", is_debug_td,
	  mrtd_offset },
	{ AU_SNP, "snp.signature", "snp", "measurement",
	  "unauthenticated: snp.signature, snp.chain or snp.tcb did not pass",
	  "debug: the guest policy allows debugging, or is absent",
	  is_debug_snp, ld_offset },
};

/* What says of an item's signer that it is one: a key that was revoked, an
 * enclave that is not the platform's or tells its key, a module that is not
 * Intel's sign or report whatever they like, and the signature is good. */
static const struct {
	const char *check, *reason;
} signers[] = {
	{ "dcap.qe-identity.match",
	  "unauthenticated: dcap.qe-identity.match failed" },
	{ "dcap.qe.debug", "unauthenticated: dcap.qe.debug failed" },
	{ "dcap.pck.revocation",
	  "unauthenticated: dcap.pck.revocation failed" },
	{ "dcap.pck-ca.revocation",
	  "unauthenticated: dcap.pck-ca.revocation failed" },
	{ "dcap.tdx-module.match",
	  "unauthenticated: dcap.tdx-module.match failed" },
};

/* The items whose signer failed one of these, unless the policy waives it. */
static enum ev_code find_unvouched(struct reader *r, const json_t *checks)
{
	r->unvouched = json_object();
	for (size_t i = 0; i < json_array_size(checks); i++) {
		const json_t *f = json_array_get(checks, i);
		size_t n = sizeof(signers) / sizeof(signers[0]), k = 0;

		while (k < n && strcmp(text_of(f, "id"), signers[k].check) != 0)
			k++;
		if (k == n || strcmp(text_of(f, "outcome"), "fail") != 0 ||
		    json_is_true(json_object_get(f, "waived")))
			continue;
		if (json_object_set_new(r->unvouched, text_of(f, "subject"),
					json_integer((json_int_t)k)) != 0)
			return ev_fail_trouble(r->err, "report",
					       "out of memory");
	}
	return r->unvouched != NULL
		       ? EV_OK
		       : ev_fail_trouble(r->err, "report", "out of memory");
}

const char *au_measured_check(enum au_platform platform)
{
	static const char *const checks[] = {
		[AU_TDX] = "measure.mrtd",
		[AU_SNP] = "measure.snp",
		[AU_VBS] = "measure.vbs",
	};

	return checks[platform];
}

static const struct au_register *register_of(enum au_platform platform)
{
	size_t i = 0;

	while (au_registers[i].platform != platform)
		i++;
	return &au_registers[i];
}

static const char *not_comparable(const struct reader *r, const json_t *finding,
				  const json_t *fact)
{
	const struct source *s = r->source;
	const json_t *unvouched =
		json_object_get(r->unvouched, text_of(finding, "subject"));

	if (fact == NULL)
		return "unread: the report holds no measurement of it";
	if (strcmp(text_of(finding, "outcome"), "pass") != 0 ||
	    !json_is_true(json_object_get(fact, "trusted")))
		return s->unauthenticated;
	if (unvouched != NULL)
		return signers[json_integer_value(unvouched)].reason;
	return s->is_debug(fact) ? s->debug : NULL;
}

static enum ev_code add(struct reader *r, const struct au_measured *m)
{
	struct au_measured *more = reallocarray(r->list.item, r->list.n + 1,
						sizeof(*r->list.item));

	if (more == NULL)
		return ev_fail_trouble(r->err, "report", "out of memory");
	r->list.item = more;
	more[r->list.n++] = *m;
	return EV_OK;
}

static enum ev_code read_one(struct reader *r, const json_t *finding)
{
	const struct source *s = r->source;
	struct au_measured m = { .item = text_of(finding, "subject"),
				 .reg = register_of(s->platform),
				 .offset = -1 };

	m.fact = find_fact(&r->facts, m.item);
	if (m.fact == NULL && find_fact(&r->sgx, m.item) != NULL)
		return EV_OK;
	m.not_comparable = not_comparable(r, finding, m.fact);
	if (m.fact == NULL)
		return add(r, &m);
	if (ev_json_get_hex(m.fact, "report.facts", s->member, m.value,
			    m.reg->size, r->err) != EV_OK)
		return r->err->code;
	r->n_read++;
	m.hex = text_of(m.fact, s->member);
	m.offset = s->offset(r, m.item, m.fact);
	return add(r, &m);
}

static enum ev_code read_all(struct reader *r, const json_t *checks)
{
	for (size_t i = 0; i < json_array_size(checks); i++) {
		const json_t *f = json_array_get(checks, i);

		/* Without a subject it says that there is none. */
		if (strcmp(text_of(f, "id"), r->source->authenticates) != 0 ||
		    *text_of(f, "subject") == '\0')
			continue;
		if (read_one(r, f) != EV_OK)
			return r->err->code;
	}
	if (r->n_read == area_size(&r->facts))
		return EV_OK;
	return ev_fail_u64(r->err, EV_VALUE, "report.facts", r->source->area, 0,
			   r->n_read, area_size(&r->facts));
}

static enum ev_code read_sources(struct reader *r, const json_t *facts,
				 const json_t *checks)
{
	if (find_unvouched(r, checks) != EV_OK)
		return r->err->code;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		r->source = &sources[i];
		r->facts =
			(struct area){ json_object_get(facts, sources[i].area),
				       0 };
		r->sgx = (struct area){ json_object_get(facts, "sgx"), 0 };
		r->quote = (struct area){ json_object_get(facts, "quote"), 0 };
		r->n_read = 0;
		if (read_all(r, checks) != EV_OK)
			return r->err->code;
	}
	return EV_OK;
}

enum ev_code au_measured_read(const json_t *report,
			      struct au_measured_list *out,
			      struct ev_error *err)
{
	const json_t *facts = json_object_get(report, "facts");
	const json_t *checks = json_object_get(report, "checks");
	struct reader r = { .err = err };
	enum ev_code code = read_sources(&r, facts, checks);

	json_decref(r.unvouched);
	if (code != EV_OK) {
		au_measured_free(&r.list);
		return code;
	}
	*out = r.list;
	return EV_OK;
}

void au_measured_free(struct au_measured_list *list)
{
	free(list->item);
	*list = (struct au_measured_list){ 0 };
}
