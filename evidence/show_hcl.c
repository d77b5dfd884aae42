/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of Azure's paravisor and their runtime claims as JSON. */
#include "evidence/hcl.h"
#include "evidence/show.h"
#include "evidence/show_field.h"
#include "evidence/show_report.h"

static const struct ev_field layout[] = {
	{ "version", 4, 4, EV_FIELD_LE },
	{ "report_size", 8, 4, EV_FIELD_LE },
	{ "request_type", 12, 4, EV_FIELD_LE },
	{ "status", 16, 4, EV_FIELD_LE },
	{ "reserved", 20, 12, EV_FIELD_HEX },
	{ "data_size", 1216, 4, EV_FIELD_LE },
	{ "request_version", 1220, 4, EV_FIELD_LE },
	{ "report_type", 1224, 4, EV_FIELD_LE },
	{ "hash_type", 1228, 4, EV_FIELD_LE },
	{ "variable_data_size", 1232, 4, EV_FIELD_LE },
	/* Request data version 2 alone: */
	{ "capabilities", 1236, 4, EV_FIELD_LE },
};

static void show_snp(struct ev_writer *w, const struct ev_snp_report *report)
{
	ev_write_object(w, "snp_report");
	ev_show_snp_fields(w, report);
	ev_write_end(w);
}

static void show_hcl(struct ev_writer *w, const struct ev_hcl *h)
{
	size_t n = sizeof(layout) / sizeof(layout[0]);

	ev_show_layout(w, h->item, 0, layout,
		       h->request_version == 2 ? n : n - 1);
	if (h->report_type == EV_HCL_TDX)
		ev_show_tdreport(w, "td_report", &h->td);
	else if (h->report_type == EV_HCL_SNP)
		show_snp(w, &h->snp);
	else
		ev_show_hex(w, "hardware_report", EV_HCL_HARDWARE_OFFSET,
			    h->hardware_report);
	ev_show_text(w, "runtime_data", ev_hcl_offset(h, h->runtime_data),
		     h->runtime_data);
	ev_show_padding(w, "padding", ev_hcl_offset(h, h->padding), h->padding);
}

enum ev_code ev_show_hcl(struct ev_span item, struct ev_writer *w,
			 struct ev_error *err)
{
	struct ev_hcl h;

	if (ev_hcl_parse(item, &h, err) != EV_OK)
		return err->code;
	if (w != NULL)
		show_hcl(w, &h);
	return EV_OK;
}

static void show_key(struct ev_writer *w, const char *name,
		     const struct ev_jwk_rsa *key)
{
	if (!key->present)
		return;
	ev_write_object(w, name);
	ev_write_hex(w, "n", ev_span_of(key->n, key->n_size));
	ev_write_hex(w, "e", ev_span_of(key->e, key->e_size));
	ev_write_end(w);
}

/* What a JSON number can hold exactly (ecart-JCS): 2^53 - 1. */
static bool is_exact(const json_t *v)
{
	json_int_t i = json_integer_value(v);

	return i >= -INT64_C(9007199254740991) &&
	       i <= INT64_C(9007199254740991);
}

/* Scalars of the configuration; what is nested stays in the item. */
static void show_configuration(struct ev_writer *w, const json_t *v)
{
	const char *name;
	json_t *member;

	ev_write_array(w, "vm_configuration");
	/* An array of pairs: these names are foreign.  jansson keeps the order
	 * of the text. */
	json_object_foreach ((json_t *)(uintptr_t)v, name, member) {
		ev_write_object(w, NULL);
		ev_write_foreign(w, "name", ev_span_str(name));
		if (json_is_string(member))
			ev_write_foreign(
				w, "value",
				ev_span_of(json_string_value(member),
					   json_string_length(member)));
		else if (json_is_boolean(member))
			ev_write_bool(w, "value", json_is_true(member));
		else if (json_is_integer(member) && is_exact(member))
			ev_write_int(w, "value", json_integer_value(member));
		ev_write_end(w);
	}
	ev_write_end(w);
}

enum ev_code ev_show_runtime_data(struct ev_span item, struct ev_writer *w,
				  struct ev_error *err)
{
	struct ev_runtime_claims c;

	if (ev_runtime_claims_parse(item, 0, &c, err) != EV_OK)
		return err->code;
	if (w != NULL) {
		show_key(w, "HCLAkPub", &c.ak);
		show_key(w, "HCLEkPub", &c.ek);
		if (c.has_user_data)
			ev_write_hex(w, "user_data", EV_SPAN(c.user_data));
		if (c.vm_configuration != NULL)
			show_configuration(w, c.vm_configuration);
	}
	ev_runtime_claims_free(&c);
	return EV_OK;
}
