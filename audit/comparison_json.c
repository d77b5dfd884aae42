/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison with references as the report tells it. */
#include "audit/comparison_json.h"

#include "audit/json_set.h"
#include "evidence/base/buffer.h"
#include "evidence/base/time.h"

static bool add_status(json_t *ref, const struct au_status *s)
{
	return au_set(ref, "status", json_string(au_state_name(s->state))) &&
	       au_set_time(ref, "since", s->since) &&
	       au_set_text(ref, "reason", s->reason) &&
	       au_set_text(ref, "advisory", s->advisory);
}

/* What was said of it after the time that is asked about. */
static json_t *later_json(const struct au_status *s)
{
	json_t *out = json_object();

	if (add_status(out, s))
		return out;
	json_decref(out);
	return NULL;
}

json_t *au_reference_json(const struct au_comparison *c)
{
	const struct au_reference *ref = &c->listed->reference;
	json_t *out = json_object(), *source = json_object();
	json_t *recipe = json_object(), *artifact = json_object();
	bool good = au_set(out, "path", json_string(c->listed->path)) &&
		    au_set_hex(out, "sha256", c->listed->sha256, 32) &&
		    au_set_text(out, "product", ref->product) &&
		    au_set_text(out, "version", ref->version) &&
		    au_set_text(source, "repository", ref->repository) &&
		    au_set_text(source, "commit", ref->commit) &&
		    au_set_text(recipe, "path", ref->recipe_path) &&
		    au_set_hex(recipe, "sha256", ref->recipe_sha256, 32) &&
		    au_set_text(artifact, "name", ref->artifact_name) &&
		    au_set_hex(artifact, "sha256", ref->artifact_sha256, 32) &&
		    add_status(out, c->status);

	good = au_set(out, "source", source) && good;
	good = au_set(out, "recipe", recipe) && good;
	good = au_set(out, "artifact", artifact) && good;
	if (good && c->later != NULL)
		good = au_set(out, "later", later_json(c->later));
	if (good && c->entry != NULL && c->entry->parameters != NULL)
		good = au_set(out, "parameters",
			      json_deep_copy(c->entry->parameters));
	if (good)
		return out;
	json_decref(out);
	return NULL;
}

json_t *au_not_good_json(const struct au_comparison *c)
{
	const struct au_reference *ref = &c->listed->reference;
	const struct au_status *s = c->status;
	ev_auto_buffer struct ev_buffer text = { 0 };
	char since[EV_TIME_TEXT];

	ev_time_format(s->since, since);
	ev_buffer_add(&text, ref->product);
	ev_buffer_add_str(&text, " ");
	ev_buffer_add(&text, ref->version);
	ev_buffer_printf(&text, " has this value and is %s since %s: ",
			 au_state_name(s->state), since);
	ev_buffer_add(&text, s->reason);
	if (s->advisory.n > 0) {
		ev_buffer_add_str(&text, " (");
		ev_buffer_add(&text, s->advisory);
		ev_buffer_add_str(&text, ")");
	}
	return ev_buffer_ok(&text) ? json_stringn((const char *)text.p, text.n)
				   : NULL;
}

json_t *au_repository_json(const struct au_references *refs)
{
	json_t *out = json_object();
	bool good =
		au_set(out, "manifests", json_integer((json_int_t)refs->n)) &&
		au_set_hex(out, "sha256", refs->sha256, sizeof(refs->sha256));

	if (refs->commit[0] != '\0')
		good = au_set(out, "commit", json_string(refs->commit)) && good;
	else
		good = au_set(out, "note", json_string("not in git")) && good;
	if (good)
		return out;
	json_decref(out);
	return NULL;
}
