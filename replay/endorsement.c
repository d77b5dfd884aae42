/* SPDX-License-Identifier: Apache-2.0 */
/* What a site owner's statement says of its issuer; facts.endorsements. */
#include "replay/endorsement.h"

#include "evidence/base/json.h"
#include "evidence/jwt.h"
#include "replay/facts.h"

#include <stdlib.h>

static const char *const names[] = { "issuer", "iss" };

/* A member that is text, without its quotes. */
static bool text_member(struct ev_span json, const char *name,
			struct ev_span *out)
{
	if (!ev_json_member(json, name, out) || out->n < 2 || out->p[0] != '"')
		return false;
	*out = ev_span_sub(*out, 1, out->n - 2);
	return true;
}

static bool of_statement(const struct rp_item *item, struct ev_buffer *out)
{
	struct ev_span text;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_member(item->bytes, names[i], &text)) {
			ev_buffer_add(out, text);
			return true;
		}
	return false;
}

static bool of_token(const struct rp_item *item, struct ev_buffer *out)
{
	static const char *const iss[] = { "iss", NULL };
	struct ev_error none = { 0 };
	struct ev_span text;
	struct ev_jwt jwt;
	bool found;

	if (ev_jwt_parse(item->bytes, &jwt, &none) != EV_OK)
		return false;
	found = ev_jwt_text(&jwt, iss, &text);
	if (found)
		ev_buffer_add(out, text);
	ev_jwt_free(&jwt);
	return found;
}

static bool of_manifest(const struct rp_item *item, struct ev_buffer *out)
{
	const struct ev_manifest_item *e = item->entry;
	const char *said = NULL;

	if (e != NULL)
		said = e->source_uri != NULL ? e->source_uri : e->source_detail;
	if (said != NULL)
		ev_buffer_add_str(out, said);
	return said != NULL;
}

void rp_endorsement_issuer(const struct rp_item *item, struct ev_buffer *out,
			   const char **from)
{
	*from = of_statement(item, out)	 ? "statement"
		: of_token(item, out)	 ? "token"
		: of_manifest(item, out) ? "manifest"
					 : NULL;
}

/* What the archive's maker says that it endorses. */
static void write_about(const struct rp_item *item, struct ev_writer *w)
{
	const struct ev_manifest_item *e = item->entry;

	ev_write_array(w, "endorses");
	for (size_t i = 0; e != NULL && i < e->n_relates; i++)
		if (strcmp(e->relates[i].rel, "endorses") == 0)
			ev_write_foreign(w, NULL,
					 ev_span_str(e->relates[i].name));
	ev_write_end(w);
}

static void write_endorsement(const struct rp_subject *s, struct ev_writer *w)
{
	ev_auto_buffer struct ev_buffer issuer = { 0 };
	struct ev_span bytes = s->item->bytes;
	size_t shown =
		bytes.n < RP_ENDORSEMENT_SHOWN ? bytes.n : RP_ENDORSEMENT_SHOWN;
	const char *from;

	ev_write_object(w, NULL);
	write_about(s->item, w);
	rp_endorsement_issuer(s->item, &issuer, &from);
	if (from != NULL) {
		ev_write_foreign(w, "issuer", ev_buffer_span(&issuer));
		ev_write_str(w, "issuerFrom", from);
	}
	ev_write_foreign(w, "item", ev_span_str(s->name));
	ev_write_bool(w, "judged", false);
	ev_write_int(w, "size", (int64_t)bytes.n);
	ev_write_foreign(w, "statement", ev_span_sub(bytes, 0, shown));
	ev_write_end(w);
}

void rp_facts_endorsements_write(const struct rp_case *c, struct ev_writer *w)
{
	const struct rp_subject *s = rp_next_subject(c, RP_ENDORSEMENT, NULL);

	if (s == NULL)
		return;
	ev_write_array(w, "endorsements");
	for (; s != NULL; s = s->next)
		write_endorsement(s, w);
	ev_write_end(w);
}
