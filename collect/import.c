/* SPDX-License-Identifier: Apache-2.0 */
/* The list of decoded parts and the table of wrapper formats. */
#include "collect/import.h"

#include "collect/wrap.h"
#include "evidence/base/der.h"

#include <stdio.h>
#include <stdlib.h>

static const char object[] = "pack";

static bool is_serialized_pcrs(struct ev_span content)
{
	const struct ev_kind *kind =
		ev_kind_find(EV_SPAN_LITERAL("tpm-pcrs-serialized"));

	return kind != NULL && kind->recognise != NULL &&
	       kind->recognise(content);
}

const struct co_format co_formats[] = {
	{ "evidence of attested-tls (YAML)", "wrapper", "application/yaml",
	  "yaml", co_wrap_attested_tls_is_evidence,
	  co_wrap_attested_tls_evidence },
	{ "collateral of attested-tls (YAML)", "wrapper", "application/yaml",
	  "yaml", co_wrap_attested_tls_is_collateral,
	  co_wrap_attested_tls_collateral },
	{ "Azure evidence of trustee (JSON)", "wrapper", "application/json",
	  "json", co_wrap_trustee_is_evidence, co_wrap_trustee_evidence },
	{ "TPM quote of trustee (JSON)", "wrapper", "application/json", "json",
	  co_wrap_trustee_is_tpm_quote, co_wrap_trustee_tpm_quote },
	{ "SEV-SNP evidence of cmcp (JSON)", "wrapper", "application/json",
	  "json", co_wrap_cmcp_is_evidence, co_wrap_cmcp_evidence },
	{ "DCAP collateral (JSON)", "wrapper", "application/json", "json",
	  co_wrap_dcap_is_collateral, co_wrap_dcap_collateral },
	{ "PCR file of tpm2_quote", "tpm-pcrs-serialized", NULL, NULL,
	  is_serialized_pcrs, co_wrap_pcrs_serialized },
};
const size_t co_n_formats = sizeof(co_formats) / sizeof(co_formats[0]);

const struct co_format *co_format_recognise(struct ev_span content)
{
	/* What is larger is no wrapper that could be read. */
	if (content.n > CO_WRAPPER_MAX)
		content.n = CO_WRAPPER_MAX;
	for (size_t i = 0; i < co_n_formats; i++) {
		if (co_formats[i].recognise(content))
			return &co_formats[i];
	}
	return NULL;
}

static void parts_cut(struct co_parts *list, size_t n)
{
	while (list->n > n)
		free(list->part[--list->n].owned);
}

void co_parts_free(struct co_parts *list)
{
	parts_cut(list, 0);
	free(list->part);
	*list = (struct co_parts){ 0 };
}

/* False where memory ran out. */
static bool parts_reserve(struct co_parts *list)
{
	size_t room = list->room == 0 ? 16 : 2 * list->room;
	struct co_part *p;

	if (list->n < list->room)
		return true;
	p = reallocarray(list->part, room, sizeof(*p));
	if (p == NULL)
		return false;
	list->part = p;
	list->room = room;
	return true;
}

static enum ev_code parts_borrow(struct co_parts *list, const char *kind,
				 struct ev_span bytes, size_t *index,
				 struct ev_error *err)
{
	if (list->n >= CO_PARTS_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "parts", 0,
				   CO_PARTS_MAX, list->n + 1);
	if (!parts_reserve(list))
		return ev_fail_trouble(err, object, "out of memory");
	list->part[list->n] = (struct co_part){
		.kind = kind,
		.bytes = bytes.p,
		.n = bytes.n,
	};
	*index = list->n++;
	return EV_OK;
}

enum ev_code co_parts_take(struct co_parts *list, const char *kind, uint8_t *p,
			   size_t n, size_t *index, struct ev_error *err)
{
	size_t at;

	if (parts_borrow(list, kind, ev_span_of(p, n), &at, err) != EV_OK) {
		free(p);
		return err->code;
	}
	list->part[at].owned = p;
	if (index != NULL)
		*index = at;
	return EV_OK;
}

enum ev_code co_parts_add(struct co_parts *list, const char *kind,
			  struct ev_span bytes, size_t *index,
			  struct ev_error *err)
{
	uint8_t *p = malloc(bytes.n + 1);

	if (p == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	if (bytes.n > 0)
		memcpy(p, bytes.p, bytes.n);
	return co_parts_take(list, kind, p, bytes.n, index, err);
}

void co_parts_relate(struct co_parts *list, size_t part, const char *rel,
		     size_t other)
{
	struct co_part *p = &list->part[part];

	assert(part < list->n && other < list->n);
	assert(p->n_relates < CO_RELATIONS_MAX);
	p->relates[p->n_relates++] = (struct co_relation){ rel, other };
}

void co_parts_note(struct co_parts *list, const char *what,
		   struct ev_span member)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	if (list->n_notes >= CO_NOTES_MAX) {
		list->more_notes = true;
		return;
	}
	if (member.n > 64)
		member.n = 64;
	ev_escape_foreign(member, &text);
	ev_buffer_add_byte(&text, 0);
	snprintf(list->note[list->n_notes++], CO_NOTE_TEXT, "%s %s", what,
		 ev_buffer_ok(&text) ? (const char *)text.p
				     : "(out of memory)");
}

static enum ev_code refuse_unknown(struct ev_span content, struct ev_error *err)
{
	char found[16 * 3 + 1] = "";
	size_t shown = content.n < 16 ? content.n : 16;

	for (size_t i = 0; i < shown; i++)
		snprintf(found + 3 * i, sizeof(found) - 3 * i, "%02x%s",
			 content.p[i], i + 1 < shown ? " " : "");
	return ev_fail(err, EV_VALUE, object, "content", 0,
		       "a kind or a format of another tool", found);
}

/* A bare RSA signature carries no algorithm of its own (azure page 6). */
static const char *scheme_of(const struct ev_kind *kind, struct ev_span content)
{
	if (strcmp(kind->kind, "tpm-quote-signature") != 0)
		return NULL;
	if (kind->recognise != NULL && kind->recognise(content))
		return NULL;
	return "rsassa-sha256";
}

/* A certificate or CRL that was written out with its buffer. */
static void note_padding(struct ev_span content, const struct ev_kind *kind,
			 struct co_parts *list)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(content, 0, object, &err);
	struct ev_span der;
	char text[CO_NOTE_TEXT];

	if (strcmp(kind->kind, "cert-der") != 0 &&
	    strcmp(kind->kind, "crl-der") != 0)
		return;
	der = ev_der_read_any(&r, "der");
	if (!ev_reader_ok(&r) || r.left.n == 0 || !ev_span_is_zero(r.left))
		return;
	snprintf(text, sizeof(text), "%s: %zu bytes, then %zu zero bytes",
		 kind->kind, der.n, r.left.n);
	co_parts_note(list, "padded", ev_span_str(text));
}

static enum ev_code import_kind(struct ev_span content,
				const struct ev_kind *kind,
				struct co_parts *list, struct ev_error *err)
{
	enum ev_code code;
	size_t at;

	if (content.n > kind->max_size)
		return ev_fail_u64(err, EV_LIMIT, object, kind->kind, 0,
				   kind->max_size, content.n);
	code = parts_borrow(list, kind->kind, content, &at, err);
	if (code != EV_OK)
		return code;
	list->part[at].scheme = scheme_of(kind, content);
	note_padding(content, kind, list);
	return EV_OK;
}

static enum ev_code import_format(struct ev_span content,
				  const struct co_format *format,
				  struct co_parts *list, struct ev_error *err)
{
	size_t before = list->n, notes = list->n_notes, from;
	enum ev_code code;

	if (content.n > CO_WRAPPER_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "wrapper", 0,
				   CO_WRAPPER_MAX, content.n);
	code = parts_borrow(list, format->kind, content, &from, err);
	if (code != EV_OK)
		return code;
	list->part[from].detail = format->name;
	list->part[from].media_type = format->media_type;
	list->part[from].extension = format->extension;
	code = format->decode(content, list, from, err);
	if (code != EV_OK) {
		parts_cut(list, before);
		list->n_notes = notes;
	}
	return code;
}

enum ev_code co_import(struct ev_span content, const struct ev_kind *forced,
		       struct co_parts *list, struct ev_error *err)
{
	const struct co_format *format = co_format_recognise(content);
	const struct ev_kind *kind = forced;

	if (format != NULL &&
	    (forced == NULL || strcmp(forced->kind, format->kind) == 0))
		return import_format(content, format, list, err);
	if (kind == NULL)
		kind = ev_kind_recognise(content);
	if (kind == NULL)
		return refuse_unknown(content, err);
	return import_kind(content, kind, list, err);
}
