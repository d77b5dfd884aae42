/* SPDX-License-Identifier: Apache-2.0 */
/* The document of a reference, made new or with something added. */
#include "audit/references/reference_document.h"

#include "audit/json_set.h"
#include "evidence/base/hex.h"
#include "evidence/base/time.h"

#include <stdlib.h>

static const char object[] = "reference";

static json_t *hex(const uint8_t sha256[32])
{
	char text[65];

	ev_hex_encode(ev_span_of(sha256, 32), text);
	return json_string(text);
}

/* The members of a new reference, its lists still empty. */
static json_t *new_document(const struct au_addition *add)
{
	json_t *v = json_object();
	bool good =
		au_set(v, "reference", json_string(AU_REFERENCE_1)) &&
		au_set(v, "product", json_string(add->product)) &&
		au_set(v, "version", json_string(add->version)) &&
		au_set(v, "source",
		       json_pack("{s:s,s:s}", "repository", add->source,
				 "commit", add->source_commit)) &&
		au_set(v, "recipe",
		       json_pack("{s:s,s:o}", "path", add->recipe_path,
				 "sha256", hex(add->recipe_sha256))) &&
		au_set(v, "artifact",
		       json_pack("{s:s,s:o,s:I}", "name", add->artifact_name,
				 "sha256", hex(add->artifact_sha256), "size",
				 (json_int_t)add->artifact_size)) &&
		au_set(v, "measurements", json_array()) &&
		au_set(v, "status", json_array());

	if (good)
		return v;
	json_decref(v);
	return NULL;
}

/* "NAME=VALUE" into an object; twice the same name is refused. */
static enum ev_code add_parameter(json_t *all, const char *text,
				  struct ev_error *err)
{
	const char *equals = strchr(text, '=');
	char name[80] = "";

	if (equals == NULL || equals == text ||
	    (size_t)(equals - text) >= sizeof(name))
		return ev_fail_text(err, EV_SYNTAX, object,
				    "measurements.parameters", 0, "NAME=VALUE",
				    ev_span_str(text));
	memcpy(name, text, (size_t)(equals - text));
	if (json_object_get(all, name) != NULL)
		return ev_fail_text(err, EV_DUPLICATE, object,
				    "measurements.parameters", 0,
				    "each name once", ev_span_str(name));
	if (!au_set(all, name, json_string(equals + 1)))
		return ev_fail(err, EV_SYNTAX, object,
			       "measurements.parameters", 0, "UTF-8 text",
			       "other bytes");
	return EV_OK;
}

static enum ev_code add_measurement(json_t *document,
				    const struct au_addition *add,
				    struct ev_error *err)
{
	json_t *list = json_object_get(document, "measurements");
	const struct au_register *reg =
		add->reg != NULL ? add->reg : &au_registers[0];
	json_t *entry = json_pack("{s:s,s:s,s:s,s:s}", "platform",
				  reg->platform_name, "register", reg->name,
				  "alg", reg->alg, "value", add->value);
	json_t *all = json_object();
	enum ev_code code = EV_OK;

	for (size_t i = 0; i < add->n_parameters && code == EV_OK; i++)
		code = add_parameter(all, add->parameter[i], err);
	if (add->n_parameters > 0)
		au_set(entry, "parameters", json_incref(all));
	json_decref(all);
	if (json_array_append_new(list, entry) != 0)
		return ev_fail_trouble(err, object, "out of memory");
	return code;
}

static enum ev_code add_state(json_t *document, const struct au_addition *add,
			      struct ev_error *err)
{
	json_t *list = json_object_get(document, "status");
	char since[EV_TIME_TEXT];
	json_t *entry;
	bool good;

	if (add->since < 0 || add->since > EV_TIME_MAX)
		return ev_fail(err, EV_VALUE, object, "since", 0,
			       "1970 to 9999", "another year");
	ev_time_format(add->since, since);
	entry = json_object();
	good = au_set(entry, "state",
		      json_string(add->state != NULL ? add->state : "good")) &&
	       au_set(entry, "since", json_string(since));
	if (good && add->reason != NULL)
		good = au_set(entry, "reason", json_string(add->reason));
	if (good && add->advisory != NULL)
		good = au_set(entry, "advisory", json_string(add->advisory));
	if (json_array_append_new(list, entry) != 0 || !good)
		return ev_fail(err, EV_SYNTAX, object, "status", 0,
			       "UTF-8 text", "other bytes, or no memory");
	return EV_OK;
}

/* What one builder signed is not put in another's place. */
static enum ev_code add_provenance(json_t *document,
				   const struct au_addition *add,
				   struct ev_error *err)
{
	static const char member[] = "provenance";

	if (json_object_get(document, member) != NULL)
		return ev_fail(err, EV_DUPLICATE, object, member, 0,
			       "a reference without one", "one");
	if (!au_set(document, member,
		    json_pack("{s:s,s:o}", "path", add->provenance_path,
			      "sha256", hex(add->provenance_sha256))))
		return ev_fail_trouble(err, object, "out of memory");
	return EV_OK;
}

enum ev_code au_reference_document(const struct au_addition *add,
				   const struct au_reference *existing,
				   char **out, size_t *n, struct ev_error *err)
{
	ev_auto_json json_t *document =
		existing != NULL ? json_deep_copy(existing->document)
				 : new_document(add);

	/* json_pack gives NULL for what is no UTF-8, too. */
	if (document == NULL)
		return ev_fail(err, EV_SYNTAX, object, "document", 0,
			       "UTF-8 text", "other bytes, or no memory");
	if ((existing == NULL || add->value != NULL) &&
	    add_measurement(document, add, err) != EV_OK)
		return err->code;
	if ((existing == NULL || add->state != NULL) &&
	    add_state(document, add, err) != EV_OK)
		return err->code;
	if (add->provenance_path != NULL &&
	    add_provenance(document, add, err) != EV_OK)
		return err->code;
	return au_reference_write(document, out, n, err);
}
