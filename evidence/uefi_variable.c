/* SPDX-License-Identifier: Apache-2.0 */
/* UEFI variables as firmware measured them. */
#include "evidence/uefi_variable.h"

#include "evidence/base/hex.h"
#include "evidence/event_data.h"
#include "evidence/show_field.h"
#include "evidence/shown_text.h"
#include "evidence/uefi_guid.h"
#include "evidence/uefi_load_option.h"
#include "evidence/uefi_signatures.h"

enum ev_code ev_uefi_variable_parse(struct ev_span in, uint64_t base,
				    struct ev_uefi_variable *out,
				    struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(in, base, "uefi-variable", err);
	struct ev_uefi_variable v;
	uint64_t n_name, n_data;

	v.guid = ev_read_span(&r, EV_GUID_SIZE, "VariableName");
	n_name = ev_read_u64le(&r, "UnicodeNameLength");
	n_data = ev_read_u64le(&r, "VariableDataLength");
	/* In characters, and what does not fit must not wrap either. */
	if (ev_reader_ok(&r) && n_name > r.left.n / 2)
		ev_fail_u64(err, EV_TRUNCATED, r.object, "UnicodeNameLength",
			    base + EV_GUID_SIZE, r.left.n / 2, n_name);
	if (!ev_reader_ok(&r))
		return err->code;
	v.name = ev_read_span(&r, 2 * (size_t)n_name, "UnicodeName");
	v.data = ev_read_span(&r, n_data, "VariableData");
	v.rest = ev_read_rest(&r);
	if (ev_reader_ok(&r))
		*out = v;
	return err->code;
}

bool ev_uefi_variable_is_named(const struct ev_uefi_variable *v,
			       const char *name)
{
	size_t n = strlen(name);

	if (v->name.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (v->name.p[2 * i] != (uint8_t)name[i] ||
		    v->name.p[2 * i + 1] != 0)
			return false;
	return true;
}

bool ev_uefi_variable_is(const struct ev_uefi_variable *v, const char *guid,
			 const char *name)
{
	return ev_uefi_variable_is_named(v, name) &&
	       ev_uefi_guid_is(v->guid, guid);
}

bool ev_uefi_variable_is_boot_option(const struct ev_uefi_variable *v)
{
	struct ev_uefi_variable prefix = *v;

	if (v->name.n != 16 || !ev_uefi_guid_is(v->guid, EV_GUID_EFI_GLOBAL))
		return false;
	prefix.name.n = 8;
	for (size_t i = 8; i < 16; i += 2)
		if (ev_hex_digit(v->name.p[i]) < 0 || v->name.p[i + 1] != 0)
			return false;
	return ev_uefi_variable_is_named(&prefix, "Boot");
}

/* --- what the names say of the data --- */

static void write_signatures(struct ev_writer *w, struct ev_span data,
			     uint64_t at)
{
	ev_show_extent(w, "data", at, data.n);
	ev_uefi_signatures_write(w, data, at);
}

static void write_number(struct ev_writer *w, struct ev_span data, uint64_t at)
{
	if (data.n == 1)
		ev_show_number(w, "value", at, 1, data.p[0]);
	else
		ev_event_write_bytes(w, "data", at, data);
}

static void describe_number(struct ev_span data, struct ev_buffer *out)
{
	if (data.n == 1)
		ev_buffer_printf(out, "%u", data.p[0]);
	else
		ev_event_describe_bytes(data, out);
}

/* UEFI 2.10, 3.1: options by number, in the order of trying. */
static void write_order(struct ev_writer *w, struct ev_span data, uint64_t at)
{
	ev_show_extent(w, "data", at, data.n);
	ev_write_array(w, "order");
	for (size_t i = 0; i + 1 < data.n && i < 2 * EV_EVENT_LIST_MAX; i += 2)
		ev_write_int(w, NULL, data.p[i] | data.p[i + 1] << 8);
	ev_write_end(w);
	ev_event_left_out(w, data.n / 2);
}

static void describe_order(struct ev_span data, struct ev_buffer *out)
{
	for (size_t i = 0; i + 1 < data.n && i < 64; i += 2)
		ev_buffer_printf(out, "%s%04X", i > 0 ? "," : "",
				 data.p[i] | data.p[i + 1] << 8);
}

static void write_text(struct ev_writer *w, struct ev_span data, uint64_t at)
{
	ev_shown_write_bytes(w, "text", at, data);
}

static void describe_text(struct ev_span data, struct ev_buffer *out)
{
	struct ev_span text = data;

	/* SbatLevel is CSV: its first line says its version. */
	for (text.n = 0; text.n < data.n && data.p[text.n] != '\n'; text.n++)
		;
	ev_shown_bytes(text, out);
}

struct row {
	const char *guid, *name;
	void (*write)(struct ev_writer *w, struct ev_span data, uint64_t at);
	void (*describe)(struct ev_span data, struct ev_buffer *out);
};

#define SIGNATURES write_signatures, ev_uefi_signatures_describe

static const struct row rows[] = {
	{ EV_GUID_EFI_GLOBAL, "PK", SIGNATURES },
	{ EV_GUID_EFI_GLOBAL, "KEK", SIGNATURES },
	{ EV_GUID_SECURITY_DATABASE, "db", SIGNATURES },
	{ EV_GUID_SECURITY_DATABASE, "dbx", SIGNATURES },
	{ EV_GUID_SECURITY_DATABASE, "dbt", SIGNATURES },
	{ EV_GUID_SECURITY_DATABASE, "dbr", SIGNATURES },
	{ EV_GUID_EFI_GLOBAL, "SecureBoot", write_number, describe_number },
	{ EV_GUID_EFI_GLOBAL, "SetupMode", write_number, describe_number },
	{ EV_GUID_EFI_GLOBAL, "AuditMode", write_number, describe_number },
	{ EV_GUID_EFI_GLOBAL, "DeployedMode", write_number, describe_number },
	{ EV_GUID_EFI_GLOBAL, "BootOrder", write_order, describe_order },
	{ EV_GUID_EFI_GLOBAL, "DriverOrder", write_order, describe_order },
	{ EV_GUID_SHIM, "SbatLevel", write_text, describe_text },
	{ EV_GUID_SHIM, "MokListTrusted", write_number, describe_number },
};

static const struct row *row_of(const struct ev_uefi_variable *v)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (ev_uefi_variable_is(v, rows[i].guid, rows[i].name))
			return &rows[i];
	return NULL;
}

/* --- the decoders --- */

static uint64_t place(const struct ev_tcg_event *e, struct ev_span part)
{
	return ev_event_data_offset(e) +
	       (part.n > 0 ? (uint64_t)(part.p - e->data.p) : e->data.n);
}

static void write_names(const struct ev_tcg_event *e,
			const struct ev_uefi_variable *v, struct ev_writer *w)
{
	ev_uefi_guid_write(w, "namespace", place(e, v->guid), v->guid);
	ev_shown_write_utf16le(w, "name", place(e, v->name), v->name);
	if (v->rest.n > 0)
		ev_event_write_bytes(w, "trailing", place(e, v->rest), v->rest);
}

static bool parse(const struct ev_tcg_event *e, struct ev_uefi_variable *v,
		  struct ev_writer *w)
{
	struct ev_error err = { 0 };
	uint64_t at = ev_event_data_offset(e);

	if (ev_uefi_variable_parse(e->data, at, v, &err) == EV_OK)
		return true;
	if (w != NULL) {
		ev_event_write_bytes(w, "data", at, e->data);
		ev_event_refused(w, &err);
	}
	return false;
}

void ev_uefi_variable_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	const struct row *row;
	struct ev_uefi_variable v;

	if (!parse(e, &v, w))
		return;
	write_names(e, &v, w);
	row = row_of(&v);
	if (row != NULL)
		row->write(w, v.data, place(e, v.data));
	else if (ev_uefi_variable_is_boot_option(&v))
		ev_uefi_load_option_write(w, v.data, place(e, v.data));
	else
		ev_event_write_bytes(w, "data", place(e, v.data), v.data);
}

/* A namespace that is not the name's own is part of the name. */
static void describe_name(const struct ev_uefi_variable *v, bool known,
			  struct ev_buffer *out)
{
	char guid[EV_GUID_TEXT];

	ev_shown_utf16le(v->name, out);
	if (known || ev_uefi_guid_name(v->guid) != NULL)
		return;
	ev_uefi_guid_format(v->guid, guid);
	ev_buffer_printf(out, "-%s", guid);
}

void ev_uefi_variable_describe(const struct ev_tcg_event *e,
			       struct ev_buffer *out)
{
	const struct row *row;
	struct ev_uefi_variable v;

	if (!parse(e, &v, NULL)) {
		ev_buffer_add_str(out, "no variable: ");
		ev_event_describe_bytes(e->data, out);
		return;
	}
	row = row_of(&v);
	describe_name(&v, row != NULL, out);
	ev_buffer_add_str(out, ": ");
	if (row != NULL && v.data.n > 0)
		row->describe(v.data, out);
	else if (v.data.n == 0)
		ev_buffer_add_str(out, "empty");
	else if (ev_uefi_variable_is_boot_option(&v))
		ev_uefi_load_option_describe(v.data, out);
	else
		ev_event_describe_bytes(v.data, out);
}

/* What is no list: shim's own settings keep their names' form. */
static const struct row *setting_of(const struct ev_uefi_variable *v)
{
	const struct row *row = row_of(v);

	return row != NULL && row->write != write_signatures ? row : NULL;
}

void ev_uefi_authority_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	struct ev_uefi_variable v;
	struct ev_uefi_signature s;
	const struct row *row;

	if (!parse(e, &v, w))
		return;
	write_names(e, &v, w);
	row = setting_of(&v);
	if (row != NULL) {
		row->write(w, v.data, place(e, v.data));
		return;
	}
	ev_show_extent(w, "data", place(e, v.data), v.data.n);
	s = ev_uefi_signature_of_authority(v.data, place(e, v.data));
	ev_uefi_signature_write(w, "authority", &s);
}

void ev_uefi_authority_describe(const struct ev_tcg_event *e,
				struct ev_buffer *out)
{
	struct ev_uefi_signature s;
	struct ev_uefi_variable v;

	if (!parse(e, &v, NULL) || setting_of(&v) != NULL) {
		ev_uefi_variable_describe(e, out);
		return;
	}
	describe_name(&v, row_of(&v) != NULL, out);
	ev_buffer_add_str(out, ": ");
	s = ev_uefi_signature_of_authority(v.data, 0);
	ev_uefi_signature_describe(&s, out);
}
