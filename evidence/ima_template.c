/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of IMA's templates. */
#include "evidence/ima_template.h"

static const struct {
	const char *name, *format;
} templates[] = {
	{ "ima-ng", "d-ng|n-ng" },
	{ "ima-ngv2", "d-ngv2|n-ng" },
	{ "ima-sig", "d-ng|n-ng|sig" },
	{ "ima-sigv2", "d-ngv2|n-ng|sig" },
	{ "ima-buf", "d-ng|n-ng|buf" },
	{ "ima-modsig", "d-ng|n-ng|sig|d-modsig|modsig" },
	{ "evm-sig", "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|"
		     "iuid|igid|imode" },
};

static const struct {
	const char *id;
	enum ev_ima_form form;
} fields[] = {
	{ "d-ng", EV_IMA_DIGEST },
	{ "n-ng", EV_IMA_FILE },
	{ "sig", EV_IMA_SIGNED },
	{ "buf", EV_IMA_BYTES },
	{ "d-ngv2", EV_IMA_DIGEST },
	{ "d", EV_IMA_BARE },
	{ "n", EV_IMA_FILE },
	{ "d-modsig", EV_IMA_STRIPPED },
	{ "modsig", EV_IMA_SIGNED },
	{ "evmsig", EV_IMA_SIGNED },
	{ "xattrnames", EV_IMA_BYTES },
	{ "xattrlengths", EV_IMA_BYTES },
	{ "xattrvalues", EV_IMA_BYTES },
	{ "iuid", EV_IMA_BYTES },
	{ "igid", EV_IMA_BYTES },
	{ "imode", EV_IMA_BYTES },
};

#define N_TEMPLATES (sizeof(templates) / sizeof(templates[0]))
#define N_FIELDS    (sizeof(fields) / sizeof(fields[0]))

/* A custom template is named by its format. */
static struct ev_span format_of(struct ev_span name)
{
	for (size_t i = 0; i < N_TEMPLATES; i++)
		if (ev_span_eq(name, ev_span_str(templates[i].name)))
			return ev_span_str(templates[i].format);
	return name;
}

static bool add_field(struct ev_ima_template *t, struct ev_span id)
{
	for (size_t i = 0; i < N_FIELDS; i++) {
		if (!ev_span_eq(id, ev_span_str(fields[i].id)))
			continue;
		if (t->n_fields == EV_IMA_FIELDS_MAX)
			return false;
		t->id[t->n_fields] = fields[i].id;
		t->form[t->n_fields++] = fields[i].form;
		return true;
	}
	return false;
}

void ev_ima_template_read(struct ev_span name, struct ev_ima_template *out)
{
	struct ev_span rest = format_of(name), id;
	bool ok = true;

	out->name = name;
	out->n_fields = 0;
	out->plain = ev_span_eq(name, EV_SPAN_LITERAL("ima"));
	while (ok && !out->plain) {
		const uint8_t *bar = memchr(rest.p, '|', rest.n);

		id = ev_span_of(rest.p,
				bar == NULL ? rest.n : (size_t)(bar - rest.p));
		ok = id.n > 0 && add_field(out, id);
		if (bar == NULL)
			break;
		rest = ev_span_sub(rest, id.n + 1, rest.n - id.n - 1);
		ok = ok && rest.n > 0;
	}
	if (!ok)
		out->n_fields = 0;
}

bool ev_ima_digest_split(struct ev_span value, struct ev_span *kind,
			 struct ev_span *algo, struct ev_span *digest)
{
	const uint8_t *nul = value.n > 0 ? memchr(value.p, 0, value.n) : NULL;
	const uint8_t *colon;
	struct ev_span head;

	if (nul == NULL || nul - value.p < 2 || nul[-1] != ':')
		return false;
	head = ev_span_of(value.p, (size_t)(nul - value.p) - 1);
	*digest = ev_span_sub(value, head.n + 2, value.n - head.n - 2);
	*kind = (struct ev_span){ NULL, 0 };
	colon = memchr(head.p, ':', head.n);
	if (colon != NULL) {
		*kind = ev_span_of(head.p, (size_t)(colon - head.p));
		head = ev_span_sub(head, kind->n + 1, head.n - kind->n - 1);
	}
	*algo = head;
	return true;
}
