/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of Azure's paravisor: facts.azure. */
#include "replay/checks.h"
#include "replay/facts.h"

#include <stdio.h>

static bool passed(const struct rp_case *c, const char *id,
		   const struct rp_subject *s)
{
	return rp_outcome_of(c, id, s) == RP_PASS;
}

static void write_number(struct ev_writer *w, const char *name, json_int_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, n);
	ev_write_str(w, name, text);
}

/* Objects in objects; what the report is read back with allows 32. */
#define DEPTH_MAX 8

/* A report can carry it; name is NULL in a list. */
static bool is_carried(const char *name, const json_t *v, unsigned int depth)
{
	if (name != NULL && !rp_fact_name_ok(name))
		return false;
	if (json_is_object(v) || json_is_array(v))
		return depth < DEPTH_MAX;
	return json_is_boolean(v) || json_is_integer(v) || json_is_string(v);
}

/* vm-configuration as the paravisor tells it. */
static void write_value(struct ev_writer *w, const char *name, const json_t *v,
			unsigned int depth)
{
	const char *key;
	json_t *inner;
	size_t i;

	if (!is_carried(name, v, depth))
		return;
	if (json_is_boolean(v))
		ev_write_bool(w, name, json_is_true(v));
	else if (json_is_integer(v))
		write_number(w, name, json_integer_value(v));
	else if (json_is_string(v))
		ev_write_foreign(w, name,
				 ev_span_of(json_string_value(v),
					    json_string_length(v)));
	else if (json_is_array(v))
		ev_write_array(w, name);
	else
		ev_write_object(w, name);
	json_array_foreach (v, i, inner)
		write_value(w, NULL, inner, depth + 1);
	json_object_foreach ((json_t *)(uintptr_t)v, key, inner)
		write_value(w, key, inner, depth + 1);
	if (json_is_array(v) || json_is_object(v))
		ev_write_end(w);
}

/* What is in v and was not carried, by path. */
static void write_left(struct ev_writer *w, const char *path, const json_t *v,
		       unsigned int depth)
{
	char inner_path[200];
	const char *key;
	json_t *inner;
	size_t i;

	json_array_foreach (v, i, inner) {
		snprintf(inner_path, sizeof(inner_path), "%.150s[%zu]", path,
			 i);
		if (!is_carried(NULL, inner, depth))
			ev_write_foreign(w, NULL, ev_span_str(inner_path));
		else
			write_left(w, inner_path, inner, depth + 1);
	}
	json_object_foreach ((json_t *)(uintptr_t)v, key, inner) {
		snprintf(inner_path, sizeof(inner_path), "%.120s%s%.70s", path,
			 path[0] != '\0' ? "." : "", key);
		if (!is_carried(key, inner, depth))
			ev_write_foreign(w, NULL, ev_span_str(inner_path));
		else
			write_left(w, inner_path, inner, depth + 1);
	}
}

static void write_configuration(struct ev_writer *w, const json_t *config)
{
	write_value(w, "vmConfiguration", config, 0);
	ev_write_array(w, "notCarried");
	write_left(w, "", config, 1);
	ev_write_end(w);
}

static void write_claims(const struct rp_case *c, const struct rp_subject *s,
			 struct ev_writer *w)
{
	const struct ev_runtime_claims *claims = &s->hcl->claims;
	struct ev_span ak = ev_span_of(claims->ak.n, claims->ak.n_size);
	uint8_t digest[32];

	ev_write_object(w, "runtimeData");
	ev_write_bool(w, "trusted", passed(c, "hcl.runtime-data.format", s));
	ev_write_int(
		w, "offset",
		(int64_t)ev_hcl_offset(&s->hcl->hcl, s->hcl->hcl.runtime_data));
	ev_write_int(w, "size", (int64_t)s->hcl->hcl.runtime_data.n);
	if (ev_digest(c->crypto, EV_SHA256, s->hcl->hcl.runtime_data, digest))
		ev_write_hex(w, "sha256", EV_SPAN(digest));
	if (s->hcl->claims_parsed.code == EV_OK) {
		if (claims->ak.present)
			ev_write_hex(w, "akModulus", ak);
		if (claims->has_user_data)
			ev_write_hex(w, "userData", EV_SPAN(claims->user_data));
		if (claims->vm_configuration != NULL) {
			write_configuration(w, claims->vm_configuration);
			/* A fingerprint, not a proof: only OpenHCL's reports
			 * have this member. */
			ev_write_str(w, "family",
				     json_object_get(
					     claims->vm_configuration,
					     "filtered-vpci-devices-allowed") !=
						     NULL
					     ? "OpenHCL"
					     : "legacy HCL");
		}
		if (claims->vm_unique_id.n > 0)
			ev_write_foreign(w, "vmUniqueId", claims->vm_unique_id);
	}
	ev_write_end(w);
}

/* What the hardware signed names this report. */
static bool is_trusted(const struct rp_case *c, const struct rp_subject *s)
{
	if (s->hcl->alone)
		return passed(c, "hcl.runtime-data.binding", s);
	return s->hcl->snp != NULL ? rp_quote_trusted(c, s->hcl->snp)
				   : passed(c, "hcl.report.match", s);
}

static void write_hcl(const struct rp_case *c, const struct rp_subject *s,
		      struct ev_writer *w)
{
	const struct ev_hcl *h = &s->hcl->hcl;

	ev_write_str(w, "item", s->name);
	rp_fact_quote_write(s->hcl->quote, w);
	if (s->hcl->snp != NULL)
		ev_write_str(w, "snp", s->hcl->snp->name);
	ev_write_bool(w, "trusted", is_trusted(c, s));
	ev_write_int(w, "size", (int64_t)h->item.n);
	write_claims(c, s, w);
	if (s->hcl->alone)
		return;
	ev_write_object(w, "hardwareReport");
	ev_write_int(w, "offset", EV_HCL_HARDWARE_OFFSET);
	ev_write_int(w, "size", EV_HCL_HARDWARE_SIZE);
	ev_write_end(w);
	ev_write_int(w, "headerVersion", h->version);
	ev_write_int(w, "reportSize", h->report_size);
	ev_write_int(w, "requestType", h->request_type);
	ev_write_int(w, "status", h->status);
	ev_write_int(w, "dataSize", h->data_size);
	ev_write_int(w, "requestVersion", h->request_version);
	ev_write_int(w, "reportType", h->report_type);
	ev_write_int(w, "hashType", h->hash_type);
}

static bool is_parsed(const struct rp_case *c, const struct rp_subject *s)
{
	(void)c;
	return s->hcl->parsed.code == EV_OK;
}

void rp_facts_azure_write(const struct rp_case *c, struct ev_writer *w)
{
	static const struct rp_area azure = { "azure", RP_HCL, is_parsed,
					      write_hcl };

	rp_area_write(c, &azure, w);
}
