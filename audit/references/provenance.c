/* SPDX-License-Identifier: Apache-2.0 */
/* Who built an artifact: an in-toto Statement with SLSA provenance. */
#include "audit/references/provenance.h"

#include "audit/references/reference_text.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"

#include <stdio.h>

static const char object[] = "provenance";
static const char statement_type[] = "https://in-toto.io/Statement/v1";
static const char predicate_type[] = "https://slsa.dev/provenance/v1";

static const char *const words[] = {
	[JSON_OBJECT] = "an object",
	[JSON_ARRAY] = "a list",
	[JSON_STRING] = "a string",
};

/* The member that the dotted name ends in; NULL has refused. */
static json_t *get(const json_t *obj, const char *name, json_type type,
		   struct ev_error *err)
{
	const char *dot = strrchr(name, '.');
	json_t *v = json_object_get(obj, dot != NULL ? dot + 1 : name);

	if (v != NULL && json_typeof(v) == type)
		return v;
	ev_fail(err, v == NULL ? EV_MISSING : EV_SYNTAX, object, name, 0,
		words[type], v == NULL ? "nothing" : ev_json_type_word(v));
	return NULL;
}

static enum ev_code get_text(const json_t *obj, const char *name,
			     struct ev_span *out, struct ev_error *err)
{
	const json_t *v = get(obj, name, JSON_STRING, err);

	if (v == NULL)
		return err->code;
	*out = ev_span_of(json_string_value(v), json_string_length(v));
	return EV_OK;
}

static enum ev_code get_list(const json_t *obj, const char *name, size_t max,
			     json_t **out, struct ev_error *err)
{
	*out = get(obj, name, JSON_ARRAY, err);
	if (*out != NULL && json_array_size(*out) > max)
		return ev_fail_u64(err, EV_LIMIT, object, name, 0, max,
				   json_array_size(*out));
	return err->code;
}

static bool is_alpha(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* RFC 3986, 3.1: a scheme, which is what makes it absolute. */
static bool is_uri(struct ev_span text)
{
	size_t i = 0;

	while (i < text.n &&
	       (is_alpha(text.p[i]) ||
		(i > 0 &&
		 ((text.p[i] >= '0' && text.p[i] <= '9') || text.p[i] == '+' ||
		  text.p[i] == '-' || text.p[i] == '.'))))
		i++;
	return i > 0 && i + 1 < text.n && text.p[i] == ':' &&
	       au_text_is(AU_ADDRESS, text);
}

static enum ev_code get_uri(const json_t *obj, const char *name,
			    struct ev_span *out, struct ev_error *err)
{
	if (get_text(obj, name, out, err) != EV_OK)
		return err->code;
	if (!is_uri(*out))
		return ev_fail_text(err, EV_VALUE, object, name, 0,
				    "a URI of at most 1024 printable ASCII "
				    "characters",
				    *out);
	return EV_OK;
}

static enum ev_code expect(const json_t *obj, const char *name,
			   const char *want, struct ev_error *err)
{
	struct ev_span text;

	if (get_text(obj, name, &text, err) != EV_OK)
		return err->code;
	if (!ev_span_eq(text, ev_span_str(want)))
		return ev_fail_text(err, EV_VALUE, object, name, 0, want, text);
	return EV_OK;
}

/* Where a list's entry was refused: its number goes behind what was wanted. */
static enum ev_code numbered(size_t i, struct ev_error *err)
{
	size_t n = strlen(err->want);

	snprintf(err->want + n, sizeof(err->want) - n, " (entry %zu)", i);
	return err->code;
}

/* in-toto's DigestSet: an algorithm's name to hex. */
static enum ev_code check_digests(const json_t *digests, const char *name,
				  struct ev_error *err)
{
	const char *alg;
	json_t *v;

	json_object_foreach ((json_t *)(uintptr_t)digests, alg, v) {
		(void)alg;
		if (!json_is_string(v) || json_string_length(v) == 0)
			return ev_fail(err, EV_SYNTAX, object, name, 0,
				       "a filled string for each algorithm",
				       json_is_string(v)
					       ? "an empty one"
					       : ev_json_type_word(v));
	}
	return EV_OK;
}

/* ResourceDescriptor: one of three members says what it is. */
static enum ev_code check_dependency(const json_t *entry, struct ev_error *err)
{
	static const char name[] =
		"predicate.buildDefinition.resolvedDependencies";
	static const char digest[] =
		"predicate.buildDefinition.resolvedDependencies.digest";
	const json_t *digests;

	if (!json_is_object(entry))
		return ev_fail(err, EV_SYNTAX, object, name, 0, "an object",
			       ev_json_type_word(entry));
	if (json_object_get(entry, "uri") == NULL &&
	    json_object_get(entry, "digest") == NULL &&
	    json_object_get(entry, "content") == NULL)
		return ev_fail(err, EV_MISSING, object, name, 0,
			       "uri, digest or content", "none of them");
	if (json_object_get(entry, "digest") == NULL)
		return EV_OK;
	digests = get(entry, digest, JSON_OBJECT, err);
	return digests == NULL ? err->code
			       : check_digests(digests, digest, err);
}

static enum ev_code check_definition(const json_t *definition,
				     struct au_provenance *p,
				     struct ev_error *err)
{
	json_t *list = NULL;

	if (get_uri(definition, "predicate.buildDefinition.buildType",
		    &p->build_type, err) != EV_OK ||
	    get(definition, "predicate.buildDefinition.externalParameters",
		JSON_OBJECT, err) == NULL)
		return err->code;
	if (json_object_get(definition, "resolvedDependencies") == NULL)
		return EV_OK;
	if (get_list(definition,
		     "predicate.buildDefinition.resolvedDependencies",
		     AU_DEPENDENCIES_MAX, &list, err) != EV_OK)
		return err->code;
	p->n_dependencies = json_array_size(list);
	for (size_t i = 0; i < p->n_dependencies; i++)
		if (check_dependency(json_array_get(list, i), err) != EV_OK)
			return numbered(i, err);
	return EV_OK;
}

static enum ev_code check_predicate(const json_t *predicate,
				    struct au_provenance *p,
				    struct ev_error *err)
{
	const json_t *definition, *details, *builder;

	definition =
		get(predicate, "predicate.buildDefinition", JSON_OBJECT, err);
	if (definition == NULL || check_definition(definition, p, err) != EV_OK)
		return err->code;
	details = get(predicate, "predicate.runDetails", JSON_OBJECT, err);
	if (details == NULL)
		return err->code;
	builder =
		get(details, "predicate.runDetails.builder", JSON_OBJECT, err);
	if (builder == NULL ||
	    get_uri(builder, "predicate.runDetails.builder.id", &p->builder_id,
		    err) != EV_OK)
		return err->code;
	if (json_object_get(details, "metadata") != NULL)
		get(details, "predicate.runDetails.metadata", JSON_OBJECT, err);
	return err->code;
}

/* One spelling, so that nobody has to guess whether two digests are one. */
static bool is_sha256(struct ev_span text, uint8_t out[32])
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'A' && text.p[i] <= 'F')
			return false;
	return text.n == 64 && ev_hex_decode(text, out, 32);
}

static enum ev_code check_subject(const json_t *subject, struct ev_error *err)
{
	static const char name[] = "subject.digest.sha256";
	const json_t *digests;
	struct ev_span text;
	uint8_t sha256[32];

	if (!json_is_object(subject))
		return ev_fail(err, EV_SYNTAX, object, "subject", 0,
			       "an object", ev_json_type_word(subject));
	digests = get(subject, "subject.digest", JSON_OBJECT, err);
	if (digests == NULL ||
	    check_digests(digests, "subject.digest", err) != EV_OK)
		return err->code;
	if (json_object_get(digests, "sha256") == NULL)
		return EV_OK;
	if (get_text(digests, name, &text, err) == EV_OK &&
	    !is_sha256(text, sha256))
		ev_fail_text(err, EV_VALUE, object, name, 0,
			     "64 lower-case hex digits", text);
	return err->code;
}

static enum ev_code check_subjects(struct au_provenance *p,
				   struct ev_error *err)
{
	json_t *list = NULL;

	if (get_list(p->statement, "subject", AU_SUBJECTS_MAX, &list, err) !=
	    EV_OK)
		return err->code;
	if (json_array_size(list) == 0)
		return ev_fail(err, EV_MISSING, object, "subject", 0,
			       "at least one", "none");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (check_subject(json_array_get(list, i), err) != EV_OK)
			return numbered(i, err);
	p->subject = list;
	return EV_OK;
}

static enum ev_code check_statement(struct au_provenance *p,
				    struct ev_error *err)
{
	const json_t *predicate;

	if (!json_is_object(p->statement))
		return ev_fail(err, EV_SYNTAX, object, "statement", 0,
			       "an object", ev_json_type_word(p->statement));
	if (expect(p->statement, "_type", statement_type, err) != EV_OK ||
	    expect(p->statement, "predicateType", predicate_type, err) !=
		    EV_OK ||
	    check_subjects(p, err) != EV_OK)
		return err->code;
	predicate = get(p->statement, "predicate", JSON_OBJECT, err);
	return predicate == NULL ? err->code
				 : check_predicate(predicate, p, err);
}

enum ev_code au_provenance_parse(struct ev_span envelope,
				 struct au_provenance *out,
				 struct ev_error *err)
{
	struct au_provenance p = { 0 };

	if (envelope.n > AU_PROVENANCE_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   AU_PROVENANCE_MAX, envelope.n);
	if (ev_dsse_parse(envelope, &p.envelope, err) != EV_OK)
		return err->code;
	if (!ev_span_eq(p.envelope.payload_type, ev_span_str(EV_DSSE_TYPE)))
		ev_fail_text(err, EV_VALUE, object, "payloadType", 0,
			     EV_DSSE_TYPE, p.envelope.payload_type);
	else if (ev_json_parse_numbers(p.envelope.payload, AU_PROVENANCE_MAX,
				       object, &p.statement, err) == EV_OK)
		check_statement(&p, err);
	if (err->code != EV_OK) {
		au_provenance_free(&p);
		return err->code;
	}
	*out = p;
	return EV_OK;
}

void au_provenance_free(struct au_provenance *provenance)
{
	json_decref(provenance->statement);
	ev_dsse_free(&provenance->envelope);
	memset(provenance, 0, sizeof(*provenance));
}

bool au_provenance_is_of(const struct au_provenance *provenance,
			 const uint8_t sha256[32])
{
	for (size_t i = 0; i < json_array_size(provenance->subject); i++) {
		const json_t *v = json_object_get(
			json_object_get(json_array_get(provenance->subject, i),
					"digest"),
			"sha256");
		uint8_t found[32];

		if (json_is_string(v) &&
		    is_sha256(ev_span_of(json_string_value(v),
					 json_string_length(v)),
			      found) &&
		    memcmp(found, sha256, sizeof(found)) == 0)
			return true;
	}
	return false;
}

static json_t *new_statement(json_t *predicate, struct ev_span name,
			     const uint8_t sha256[32])
{
	char hex[65];

	ev_hex_encode(ev_span_of(sha256, 32), hex);
	return json_pack("{s:s,s:[{s:s%,s:{s:s}}],s:s,s:O}", "_type",
			 statement_type, "subject", "name",
			 (const char *)name.p, name.n, "digest", "sha256", hex,
			 "predicateType", predicate_type, "predicate",
			 predicate);
}

enum ev_code au_provenance_statement(struct ev_span build, struct ev_span name,
				     const uint8_t sha256[32], char **out,
				     size_t *n, struct ev_error *err)
{
	struct au_provenance p = { 0 };
	ev_auto_json json_t *document = NULL;
	json_t *predicate;

	if (!au_text_is(AU_FILE_NAME, name))
		return ev_fail_text(err, EV_VALUE, object, "subject.name", 0,
				    au_text_want(AU_FILE_NAME), name);
	if (ev_json_parse(build, AU_BUILD_MAX, "build", &document, err) !=
	    EV_OK)
		return err->code;
	if (!json_is_object(document))
		return ev_fail(err, EV_SYNTAX, "build", "document", 0,
			       "an object", ev_json_type_word(document));
	predicate = get(document, "predicate", JSON_OBJECT, err);
	if (predicate == NULL)
		return err->code;
	p.statement = new_statement(predicate, name, sha256);
	if (p.statement == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	if (check_statement(&p, err) == EV_OK)
		ev_json_canonical(p.statement, object, out, n, err);
	json_decref(p.statement);
	return err->code;
}
