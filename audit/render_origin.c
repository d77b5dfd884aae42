/* SPDX-License-Identifier: Apache-2.0 */
/* Where references come from, for people. */
#include "audit/render_origin.h"

#include "evidence/base/cleanup.h"

#include <stdio.h>

/* "signed by NAME (SHA256:...)", or the state and why. */
static void add_voucher(const json_t *voucher, struct ev_buffer *out)
{
	const char *state = au_page_text_of(voucher, "state");
	const char *reason = au_page_text_of(voucher, "reason");

	if (strcmp(state, "good") == 0)
		ev_buffer_printf(out, "signed by %s (%s)",
				 au_page_text_of(voucher, "principals"),
				 au_page_text_of(voucher, "key"));
	else
		ev_buffer_printf(out, "%s%s%s", state,
				 *reason != '\0' ? ", " : "", reason);
}

static void line_voucher(struct au_page *p, const char *label,
			 const json_t *voucher)
{
	static const struct {
		const char *kind, *words;
	} kinds[] = {
		{ "tag", "the tag: " },
		{ "commit", "the commit: " },
		{ "file-commit", "the commit that made it: " },
	};
	ev_auto_buffer struct ev_buffer text = { 0 };
	const char *kind = au_page_text_of(voucher, "kind");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kind, kinds[i].kind) == 0)
			ev_buffer_add_str(&text, kinds[i].words);
	add_voucher(voucher, &text);
	au_page_line_of(p, label, &text);
}

static void line_known(struct au_page *p, const json_t *known)
{
	const char *reason = au_page_text_of(known, "reason");
	ev_auto_buffer struct ev_buffer text = { 0 };
	char hex[136];

	ev_buffer_printf(
		&text, "%s: %s%s%s",
		au_page_digest(au_page_text_of(known, "commit"), p->full, hex),
		au_page_text_of(known, "state"), *reason != '\0' ? ", " : "",
		reason);
	au_page_line_of(p, "  known", &text);
}

static void line_commit(struct au_page *p, const json_t *repository)
{
	const char *commit = au_page_text_of(repository, "commit");
	long long n =
		json_integer_value(json_object_get(repository, "manifests"));
	char hex[136], text[200];

	if (*commit != '\0')
		snprintf(text, sizeof(text), "%lld at commit %s", n,
			 au_page_digest(commit, p->full, hex));
	else
		snprintf(text, sizeof(text),
			 "%lld, not in git; their sha256 is %s", n,
			 au_page_digest(au_page_text_of(repository, "sha256"),
					p->full, hex));
	au_page_line(p, "  references", text);
}

void au_render_repository(struct au_page *p, const json_t *repository)
{
	const json_t *tag = json_object_get(repository, "tag");
	const json_t *known = json_object_get(repository, "known");

	if (repository == NULL)
		return;
	line_commit(p, repository);
	if (*au_page_text_of(repository, "commit") == '\0')
		return;
	if (tag != NULL)
		line_voucher(p, "  signature", tag);
	line_voucher(p, "  signature",
		     json_object_get(repository, "signature"));
	if (known != NULL)
		line_known(p, known);
}

static void line_event(struct au_page *p, const char *label,
		       const json_t *event)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	char hex[136];

	if (event == NULL)
		return;
	ev_buffer_printf(
		&text, "%s (claimed), commit %s, ",
		au_page_text_of(event, "time"),
		au_page_digest(au_page_text_of(event, "commit"), p->full, hex));
	add_voucher(json_object_get(event, "signature"), &text);
	au_page_line_of(p, label, &text);
}

static void line_builder(struct au_page *p, const json_t *provenance)
{
	const char *refused = au_page_text_of(provenance, "refused");
	long long n =
		json_integer_value(json_object_get(provenance, "dependencies"));
	ev_auto_buffer struct ev_buffer text = { 0 };

	if (provenance == NULL)
		return;
	if (*refused != '\0')
		ev_buffer_printf(&text, "not readable: %s", refused);
	else
		ev_buffer_printf(
			&text, "%s from %lld dependenc%s, as it says of itself",
			au_page_text_of(provenance, "builder"), n,
			n == 1 ? "y" : "ies");
	au_page_line_of(p, "  built by", &text);
}

void au_render_origin(struct au_page *p, const json_t *reference)
{
	const json_t *by = json_object_get(reference, "vouchedBy");
	const char *refused = au_page_text_of(reference, "historyRefused");

	if (strcmp(au_page_text_of(by, "state"), "good") == 0)
		line_voucher(p, "  vouched by", by);
	if (*refused != '\0')
		au_page_line(p, "  history", refused);
	line_event(p, "  entered", json_object_get(reference, "entered"));
	line_event(p, "  changed", json_object_get(reference, "changed"));
	line_builder(p, json_object_get(reference, "provenance"));
}
