/* SPDX-License-Identifier: Apache-2.0 */
/* Signature lists of UEFI, entry by entry. */
#include "evidence/uefi_signatures.h"

#include "evidence/base/hex.h"
#include "evidence/cert_subject.h"
#include "evidence/event_data.h"
#include "evidence/show_field.h"
#include "evidence/shown_text.h"
#include "evidence/uefi_guid.h"

#include <stdio.h>

#define LIST_HEAD   28
#define SHA256_SIZE 32

static enum ev_signature_form form_of(struct ev_span type, struct ev_span data)
{
	if (ev_uefi_guid_is(type, "a5c059a1-94e4-4aa7-87b5-ab155c2bf072"))
		return EV_SIGNATURE_CERT;
	if (ev_uefi_guid_is(type, "c1c41626-504c-4092-aca9-41f936934328") &&
	    data.n == SHA256_SIZE)
		return EV_SIGNATURE_SHA256;
	return EV_SIGNATURE_OTHER;
}

struct ev_uefi_signatures ev_uefi_signatures_open(struct ev_span lists,
						  uint64_t base,
						  struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(lists, base, "signature-list", err);

	return (struct ev_uefi_signatures){
		.r = r,
		.entries = ev_reader_init((struct ev_span){ NULL, 0 }, base,
					  r.object, err),
	};
}

/* Sizes that contradict each other would shift all entries behind them. */
static void check_sizes(struct ev_reader *r, uint64_t at, uint32_t list,
			uint32_t header, uint32_t entry)
{
	uint64_t least = (uint64_t)LIST_HEAD + header;
	char want[48], found[16];

	if (!ev_reader_ok(r))
		return;
	if (list < least) {
		snprintf(want, sizeof(want), "at least %llu",
			 (unsigned long long)least);
		snprintf(found, sizeof(found), "%u", list);
		ev_fail(r->err, EV_VALUE, r->object, "SignatureListSize",
			at + 16, want, found);
	} else if (entry <= EV_GUID_SIZE || (list - least) % entry != 0) {
		snprintf(want, sizeof(want), "over 16, a divisor of %llu",
			 (unsigned long long)(list - least));
		snprintf(found, sizeof(found), "%u", entry);
		ev_fail(r->err, EV_VALUE, r->object, "SignatureSize", at + 24,
			want, found);
	}
}

static bool open_list(struct ev_uefi_signatures *list)
{
	struct ev_reader *r = &list->r;
	uint64_t at = ev_reader_offset(r);
	uint32_t size, header;
	struct ev_span body;

	list->type = ev_read_span(r, EV_GUID_SIZE, "SignatureType");
	size = ev_read_u32le(r, "SignatureListSize");
	header = ev_read_u32le(r, "SignatureHeaderSize");
	list->size = ev_read_u32le(r, "SignatureSize");
	check_sizes(r, at, size, header, list->size);
	ev_read_span(r, header, "SignatureHeader");
	if (!ev_reader_ok(r))
		return false;
	at = ev_reader_offset(r);
	body = ev_read_span(r, size - LIST_HEAD - header, "Signatures");
	list->entries = ev_reader_init(body, at, r->object, r->err);
	return ev_reader_ok(r);
}

bool ev_uefi_signatures_next(struct ev_uefi_signatures *list,
			     struct ev_uefi_signature *out)
{
	struct ev_reader *entries = &list->entries;

	while (entries->left.n == 0)
		if (!ev_reader_ok(&list->r) || list->r.left.n == 0 ||
		    !open_list(list))
			return false;
	out->offset = ev_reader_offset(entries);
	out->type = list->type;
	out->owner = ev_read_span(entries, EV_GUID_SIZE, "SignatureOwner");
	out->data = ev_read_span(entries, list->size - EV_GUID_SIZE,
				 "SignatureData");
	out->form = form_of(out->type, out->data);
	return true;
}

/* 30 82: a SEQUENCE with a length of two bytes, where a GUID stands else. */
static bool is_certificate(struct ev_span data)
{
	char subject[EV_NAME_TEXT];

	return data.n > 2 && data.p[0] == 0x30 && data.p[1] == 0x82 &&
	       ev_cert_subject(data, subject);
}

struct ev_uefi_signature ev_uefi_signature_of_authority(struct ev_span data,
							uint64_t base)
{
	struct ev_uefi_signature s = { .data = data, .offset = base };
	struct ev_span rest;

	if (is_certificate(data)) {
		s.form = EV_SIGNATURE_CERT;
		return s;
	}
	if (data.n <= EV_GUID_SIZE)
		return s;
	rest = ev_span_sub(data, EV_GUID_SIZE, data.n - EV_GUID_SIZE);
	if (is_certificate(rest))
		s.form = EV_SIGNATURE_CERT;
	else if (rest.n == SHA256_SIZE)
		s.form = EV_SIGNATURE_SHA256;
	else
		return s;
	s.owner = ev_span_sub(data, 0, EV_GUID_SIZE);
	s.data = rest;
	return s;
}

void ev_uefi_signature_describe(const struct ev_uefi_signature *s,
				struct ev_buffer *out)
{
	char subject[EV_NAME_TEXT], hex[2 * SHA256_SIZE + 1];

	if (s->form == EV_SIGNATURE_CERT && ev_cert_subject(s->data, subject)) {
		ev_buffer_add_str(out, subject);
	} else if (s->form == EV_SIGNATURE_SHA256) {
		ev_hex_encode(s->data, hex);
		ev_buffer_add_str(out, hex);
	} else {
		ev_event_describe_bytes(s->data, out);
	}
}

void ev_uefi_signature_write(struct ev_writer *w, const char *name,
			     const struct ev_uefi_signature *s)
{
	uint64_t at = s->offset + s->owner.n;
	char subject[EV_NAME_TEXT];

	ev_write_object(w, name);
	if (s->owner.n > 0)
		ev_uefi_guid_write(w, "owner", s->offset, s->owner);
	if (s->form == EV_SIGNATURE_CERT) {
		if (ev_cert_subject(s->data, subject))
			ev_write_shown(w, "subject", subject);
		ev_show_extent(w, "certificate", at, s->data.n);
	} else if (s->form == EV_SIGNATURE_SHA256) {
		ev_show_hex(w, "sha256", at, s->data);
	} else {
		ev_event_write_bytes(w, "data", at, s->data);
	}
	if (s->form == EV_SIGNATURE_OTHER && s->type.n > 0)
		ev_write_str(w, "type",
			     ev_uefi_guid_name(s->type) != NULL
				     ? ev_uefi_guid_name(s->type)
				     : "not known");
	ev_write_end(w);
}

void ev_uefi_signatures_write(struct ev_writer *w, struct ev_span lists,
			      uint64_t base)
{
	struct ev_error err = { 0 };
	struct ev_uefi_signatures list =
		ev_uefi_signatures_open(lists, base, &err);
	struct ev_uefi_signature s;
	uint64_t n = 0;

	ev_write_array(w, "signatures");
	for (; ev_uefi_signatures_next(&list, &s); n++)
		if (n < EV_EVENT_LIST_MAX)
			ev_uefi_signature_write(w, NULL, &s);
	ev_write_end(w);
	ev_event_left_out(w, n);
	ev_event_refused(w, &err);
}

/* The first RDN of the subject: a comma inside it has a backslash before. */
static void add_short_name(const struct ev_uefi_signature *s,
			   struct ev_buffer *out)
{
	char subject[EV_NAME_TEXT];
	size_t n = 0;

	if (!ev_cert_subject(s->data, subject)) {
		ev_event_describe_bytes(s->data, out);
		return;
	}
	while (subject[n] != '\0' &&
	       (subject[n] != ',' || (n > 0 && subject[n - 1] == '\\')))
		n++;
	ev_buffer_add(out, ev_span_of(subject, n));
}

/* Names of certificates that a line has room for. */
#define NAMED_MAX 3

void ev_uefi_signatures_describe(struct ev_span lists, struct ev_buffer *out)
{
	struct ev_error err = { 0 };
	struct ev_uefi_signatures list =
		ev_uefi_signatures_open(lists, 0, &err);
	ev_auto_buffer struct ev_buffer names = { 0 };
	uint64_t n = 0, certs = 0;
	struct ev_uefi_signature s;

	for (; ev_uefi_signatures_next(&list, &s); n++) {
		if (s.form != EV_SIGNATURE_CERT)
			continue;
		if (certs < NAMED_MAX) {
			ev_buffer_add_str(&names, certs > 0 ? "; " : "");
			add_short_name(&s, &names);
		}
		certs++;
	}
	if (lists.n == 0)
		ev_buffer_add_str(out, "empty");
	if (certs > 0) {
		ev_buffer_printf(out, "%llu certificate%s (",
				 (unsigned long long)certs,
				 certs == 1 ? "" : "s");
		ev_buffer_add(out, ev_buffer_span(&names));
		ev_buffer_add_str(out, certs > NAMED_MAX ? "; ...)" : ")");
	}
	if (n > certs)
		ev_buffer_printf(out, "%s%llu digest%s", certs > 0 ? ", " : "",
				 (unsigned long long)(n - certs),
				 n - certs == 1 ? "" : "s");
	if (err.code != EV_OK)
		ev_buffer_add_str(out, ", then unreadable");
	out->failed |= !ev_buffer_ok(&names);
}
