/* SPDX-License-Identifier: Apache-2.0 */
/* What events that measure nothing say. */
#include "evidence/no_action.h"

#include "evidence/event_data.h"
#include "evidence/show_field.h"
#include "evidence/shown_text.h"
#include "evidence/sipa.h"
#include "evidence/uefi_guid.h"

#define SIGNATURE_SIZE 16
#define LOCALITY       "StartupLocality"
#define SP800_155      "SP800-155 Event"

/* Whether the data begins with that text, and the bytes of the signature
 * behind it are NULs. */
static bool is_signed(const struct ev_tcg_event *e, const char *text)
{
	uint8_t want[SIGNATURE_SIZE] = { 0 };

	memcpy(want, text, strnlen(text, SIGNATURE_SIZE));
	return e->data.n >= SIGNATURE_SIZE &&
	       memcmp(e->data.p, want, SIGNATURE_SIZE) == 0;
}

bool ev_no_action_locality(const struct ev_tcg_event *e, uint8_t *locality)
{
	if (!is_signed(e, LOCALITY) || e->data.n <= SIGNATURE_SIZE)
		return false;
	*locality = e->data.p[SIGNATURE_SIZE];
	return true;
}

/* --- SP800-155 --- */

/* A field of the event, in order. */
enum form {
	NUMBER, /* u32 */
	GUID,
	TEXT,	   /* u8 size with the NUL, text */
	LONG_TEXT, /* u32 size, text: a locator of type 0 is raw data */
};

struct field {
	const char *name;
	enum form form;
	bool third; /* in Event3 alone */
};

/* 10.4: TCG_Sp800_155_PlatformId_Event2 and _Event3. */
static const struct field fields[] = {
	{ "vendorId", NUMBER, false },
	{ "referenceManifestGuid", GUID, false },
	{ "platformManufacturer", TEXT, false },
	{ "platformModel", TEXT, false },
	{ "platformVersion", TEXT, false },
	{ "firmwareManufacturer", TEXT, false },
	{ "firmwareManufacturerId", NUMBER, false },
	{ "firmwareVersion", TEXT, false },
	{ "rimLocatorType", NUMBER, true },
	{ "rimLocator", LONG_TEXT, true },
	{ "platformCertLocatorType", NUMBER, true },
	{ "platformCertLocator", LONG_TEXT, true },
};

static void write_string(struct ev_reader *r, const struct field *f,
			 struct ev_writer *w)
{
	uint32_t n = f->form == TEXT ? ev_read_u8(r, f->name)
				     : ev_read_u32le(r, f->name);
	uint64_t at = ev_reader_offset(r);
	struct ev_span text = ev_read_span(r, n, f->name);
	struct ev_span shown = text;

	if (!ev_reader_ok(r))
		return;
	if (ev_text_form_of(&shown) == EV_TEXT_BYTES)
		ev_shown_write_bytes(w, f->name, at, shown);
	else
		ev_event_write_bytes(w, f->name, at, text);
}

static void write_field(struct ev_reader *r, const struct field *f,
			struct ev_writer *w)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span bytes;

	if (f->form == TEXT || f->form == LONG_TEXT) {
		write_string(r, f, w);
		return;
	}
	bytes = ev_read_span(r, f->form == GUID ? EV_GUID_SIZE : 4, f->name);
	if (!ev_reader_ok(r))
		return;
	if (f->form == GUID)
		ev_uefi_guid_write(w, f->name, at, bytes);
	else
		ev_show_layout(w, bytes, at,
			       &(struct ev_field){ f->name, 0, 4, EV_FIELD_LE },
			       1);
}

/* The first form has a vendor and a GUID alone; what is behind the last field
 * of the others is padding. */
static void write_sp800_155(struct ev_reader *r, char version,
			    struct ev_writer *w)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct field *f = &fields[i];

		if ((f->third && version != '3') || (version == 0 && i > 1) ||
		    !ev_reader_ok(r))
			break;
		write_field(r, f, w);
	}
}

/* --- the decoders --- */

static bool is_sp800_155(const struct ev_tcg_event *e, char *version)
{
	size_t n = strlen(SP800_155);

	if (e->data.n < SIGNATURE_SIZE || memcmp(e->data.p, SP800_155, n) != 0)
		return false;
	*version = (char)e->data.p[n];
	return *version == 0 || *version == '2' || *version == '3';
}

static void write_signed(const struct ev_tcg_event *e, char version,
			 struct ev_writer *w)
{
	uint64_t at = ev_event_data_offset(e);
	struct ev_error err = { 0 };
	struct ev_reader r = ev_event_reader(e, "no-action", &err);
	struct ev_span signature =
		ev_read_span(&r, SIGNATURE_SIZE, "signature");
	uint64_t rest;

	ev_shown_write_bytes(w, "signature", at, ev_text_until_nul(signature));
	if (is_signed(e, LOCALITY))
		ev_show_number(w, "startupLocality", at + SIGNATURE_SIZE, 1,
			       ev_read_u8(&r, "StartupLocality"));
	else
		write_sp800_155(&r, version, w);
	rest = ev_reader_offset(&r);
	if (err.code == EV_OK && r.left.n > 0)
		ev_event_write_bytes(w, "trailing", rest, ev_read_rest(&r));
	ev_event_refused(w, &err);
}

void ev_no_action_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	char version = 0;

	if (is_signed(e, LOCALITY) || is_sp800_155(e, &version))
		write_signed(e, version, w);
	else if (ev_sipa_is(e->data))
		ev_sipa_write(w, e->data, ev_event_data_offset(e));
	else
		ev_event_write_text(e, w);
}

/* "SP800-155 Event3: Google, Inc. ..." */
static void describe_sp800_155(const struct ev_tcg_event *e, char version,
			       struct ev_buffer *out)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_event_reader(e, "no-action", &err);

	ev_shown_bytes(ev_text_until_nul(ev_read_span(&r, SIGNATURE_SIZE, "")),
		       out);
	ev_read_span(&r, 4 + EV_GUID_SIZE, "");
	ev_buffer_add_byte(out, ':');
	for (int i = 0; i < 3 && version != 0; i++) {
		uint8_t n = ev_read_u8(&r, "");
		struct ev_span text = ev_read_span(&r, n, "");

		if (!ev_reader_ok(&r) ||
		    ev_text_form_of(&text) != EV_TEXT_BYTES)
			continue;
		ev_buffer_add_byte(out, ' ');
		ev_shown_bytes(text, out);
	}
}

void ev_no_action_describe(const struct ev_tcg_event *e, struct ev_buffer *out)
{
	char version = 0;
	uint8_t locality;

	if (ev_no_action_locality(e, &locality))
		ev_buffer_printf(out, "startup locality %u", locality);
	else if (is_sp800_155(e, &version))
		describe_sp800_155(e, version, out);
	else if (ev_sipa_is(e->data))
		ev_sipa_describe(e->data, out);
	else
		ev_event_describe_text(e, out);
}
