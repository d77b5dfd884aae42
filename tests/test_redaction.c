/* SPDX-License-Identifier: Apache-2.0 */
/* Archives of which items are withheld. */
#include "collect/redaction.h"

#include "evidence/base/hex.h"
#include "evidence/base/json.h"
#include "evidence/session.h"
#include "tests/sample.h"

#include <stdio.h>
#include <stdlib.h>

/* Indices in items; co_item_paths numbers each kind from 0000. */
enum { WRAPPER, QUOTE, IMDS, IMDS_SALT, LOG, AGAIN, INSTANCE, BOTH_SALT, COPY };

static const uint8_t salt[32] = "salt of the attested document";
static const uint8_t shared[32] = "salt of two";
static const struct co_relation from_wrapper = { "decoded-from", WRAPPER };
static const struct co_relation of_imds = { "salt-of", IMDS };
static const struct co_relation of_both[] = { { "salt-of", AGAIN },
					      { "salt-of", INSTANCE } };

#define TEXT(text)                                                             \
	{                                                                      \
		(const uint8_t *)text, sizeof(text) - 1                        \
	}

static const struct co_item items[] = {
	[WRAPPER] = { .kind = "wrapper", .bytes = TEXT("a quote, wrapped") },
	[QUOTE] = { .kind = "tdx-quote",
		    .bytes = TEXT("a quote"),
		    .relates = &from_wrapper,
		    .n_relates = 1 },
	[IMDS] = { .kind = "azure-imds-attested", .bytes = TEXT("tenant") },
	[IMDS_SALT] = { .kind = "salt",
			.bytes = { salt, sizeof(salt) },
			.relates = &of_imds,
			.n_relates = 1 },
	[LOG] = { .kind = "collect-log", .bytes = TEXT("log") },
	[AGAIN] = { .kind = "jwks", .bytes = TEXT("keys") },
	[INSTANCE] = { .kind = "azure-imds-instance", .bytes = TEXT("vm") },
	[BOTH_SALT] = { .kind = "salt",
			.bytes = { shared, sizeof(shared) },
			.relates = of_both,
			.n_relates = 2 },
	[COPY] = { .kind = "collect-log", .bytes = TEXT("log") },
};
#define N_ITEMS (sizeof(items) / sizeof(items[0]))

static const char *const paths[N_ITEMS] = {
	[WRAPPER] = "items/wrapper/0000.bin",
	[QUOTE] = "items/tdx-quote/0000.bin",
	[IMDS] = "items/azure-imds-attested/0000.json",
	[IMDS_SALT] = "items/salt/0000.bin",
	[LOG] = "items/collect-log/0000.txt",
	[AGAIN] = "items/jwks/0000.json",
	[INSTANCE] = "items/azure-imds-instance/0000.json",
	[BOTH_SALT] = "items/salt/0001.bin",
	[COPY] = "items/collect-log/0001.txt",
};

/* What every member of the predicate is that a redaction leaves alone. */
static const char *const members[] = { "binding", "series", "subjectSystem",
				       "previous", "time" };

static void make_source(const char *pem, struct ev_buffer *file)
{
	static const uint8_t id[32] = "of the archive before",
			     program[32] = "p";
	struct co_key *key = pem != NULL ? sample_key(pem) : NULL;
	const struct co_archive_options options = {
		.claims = { .verb = "collect",
			    .has_time = true,
			    .time = 1780922561,
			    .root = "test",
			    .series = "lab",
			    .previous = id,
			    .program = program,
			    .clock = TEXT("{\"synchronized\":\"no\"}"),
			    .steps = TEXT("[{\"outcome\":\"ok\","
					  "\"source\":\"host\"}]"),
			    .binding = TEXT("{\"recipe\":\"ecart/2\"}"),
			    .subject_system = TEXT("{\"label\":\"a\"}") },
		.key = key,
	};
	struct ev_error err = { 0 };

	assert_int_equal(co_archive_make(sample_crypto(), items, N_ITEMS,
					 &options, ev_sink_buffer(file), NULL,
					 &err),
			 EV_OK);
	co_key_free(key);
}

/* The archive in file, which is sound. */
static void open_sound(const struct ev_buffer *file, struct ev_archive *a)
{
	struct ev_archive_problem fault;
	struct ev_error err = { 0 };

	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(file),
					 EV_ARCHIVE_MAX, a, &err),
			 EV_OK);
	assert_int_equal(ev_archive_sound(sample_crypto(), a, &fault),
			 EV_VERIFIED_YES);
	assert_true(a->manifest.canonical);
}

static enum ev_code redact(const struct ev_archive *source,
			   const struct co_redaction_request *request,
			   const struct co_key *key, struct ev_buffer *out,
			   struct ev_error *err)
{
	struct co_redaction r;

	if (co_redaction_make(sample_crypto(), source, request, &r, err) ==
	    EV_OK)
		co_redaction_write(source, &r, key, false, ev_sink_buffer(out),
				   err);
	co_redaction_free(&r);
	return err->code;
}

/* The member's canonical text; empty where there is none. */
static struct ev_span member_of(const struct ev_archive *a, const char *name)
{
	const struct ev_node *v = ev_node_member(a->manifest.predicate, name);

	return v != NULL ? ev_span_sub(a->manifest_bytes, v->at, v->size)
			 : ev_span_of(NULL, 0);
}

static struct ev_span entry_of(const struct ev_archive *a,
			       const struct ev_manifest_item *item)
{
	return ev_span_sub(a->manifest_bytes, item->entry->at,
			   item->entry->size);
}

static json_t *json_of(struct ev_span text)
{
	struct ev_error err = { 0 };
	json_t *v = NULL;

	assert_int_equal(ev_json_parse(text, text.n, "test", &v, &err), EV_OK);
	return v;
}

/* --- what is kept --- */

static void what_is_kept_is_as_it_was(void **state)
{
	static const char *const names[] = { "items/azure-imds-attested/0000."
					     "json" };
	const struct co_redaction_request request = { .names = names,
						      .n_names = 1,
						      .reason = "tenant" };
	ev_auto_buffer struct ev_buffer file = { 0 };
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct ev_archive before, after;
	struct ev_error err = { 0 };

	(void)state;
	make_source(sample_ed25519, &file);
	open_sound(&file, &before);
	assert_int_equal(before.n_sigs, 1);
	assert_int_equal(redact(&before, &request, NULL, &out, &err), EV_OK);
	open_sound(&out, &after);
	assert_int_equal(after.n_sigs, 0);
	assert_int_equal(after.manifest.n_items, N_ITEMS - 2);
	for (size_t i = 0; i < after.manifest.n_items; i++) {
		const struct ev_manifest_item *now = &after.manifest.items[i];
		const struct ev_manifest_item *was =
			ev_manifest_find(&before.manifest, now->name);

		assert_non_null(was);
		assert_true(ev_span_eq(entry_of(&after, now),
				       entry_of(&before, was)));
		assert_true(ev_span_eq(
			after.items[i].data,
			before.items[was - before.manifest.items].data));
	}
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct ev_span was = member_of(&before, members[i]);

		assert_true(was.n > 0);
		assert_true(ev_span_eq(was, member_of(&after, members[i])));
	}
	assert_int_equal(member_of(&after, "source").n, 0);
	assert_string_equal(after.manifest.verb, "redact");
	ev_archive_free(&before);
	ev_archive_free(&after);
}

static void collector_differs_in_its_verb_alone(void **state)
{
	const struct co_redaction_request request = { .names = &paths[QUOTE],
						      .n_names = 0,
						      .reason = "" };
	ev_auto_buffer struct ev_buffer file = { 0 };
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct ev_archive before, after;
	struct ev_error err = { 0 };
	json_t *was, *now;

	(void)state;
	make_source(NULL, &file);
	open_sound(&file, &before);
	assert_int_equal(redact(&before, &request, NULL, &out, &err), EV_OK);
	open_sound(&out, &after);
	was = json_of(member_of(&before, "collector"));
	now = json_of(member_of(&after, "collector"));
	assert_int_equal(json_object_del(was, "verb"), 0);
	assert_int_equal(json_object_del(now, "verb"), 0);
	assert_true(json_equal(was, now));
	assert_non_null(json_object_get(now, "steps"));
	assert_non_null(json_object_get(now, "clock"));
	assert_non_null(json_object_get(now, "root"));
	json_decref(was);
	json_decref(now);
	ev_archive_free(&before);
	ev_archive_free(&after);
}

/* --- what is withheld --- */

static void salted_items_are_named_by_the_digest_that_nonces_hold(void **state)
{
	const struct co_redaction_request request = { .names = &paths[IMDS],
						      .n_names = 1,
						      .reason = "a \\ b\n" };
	ev_auto_buffer struct ev_buffer file = { 0 };
	ev_auto_buffer struct ev_buffer out = { 0 };
	const struct ev_redaction *imds, *gone;
	struct ev_archive before, after;
	struct ev_error err = { 0 };
	uint8_t want[32];

	(void)state;
	make_source(NULL, &file);
	open_sound(&file, &before);
	assert_int_equal(redact(&before, &request, NULL, &out, &err), EV_OK);
	open_sound(&out, &after);
	assert_int_equal(after.manifest.redactions.n, 2);
	imds = ev_redactions_find(&after.manifest.redactions, paths[IMDS]);
	gone = ev_redactions_find(&after.manifest.redactions, paths[IMDS_SALT]);
	assert_non_null(imds);
	assert_non_null(gone);
	assert_true(ev_session_item_digest(sample_crypto(), EV_SPAN(salt),
					   items[IMDS].bytes, want));
	assert_true(imds->salted);
	assert_memory_equal(imds->sha256, want, 32);
	assert_string_equal(imds->kind, "azure-imds-attested");
	assert_string_equal(imds->reason, "a \\x5c b\\x0a");
	assert_true(imds->size == items[IMDS].bytes.n);
	assert_true(ev_digest(sample_crypto(), EV_SHA256, EV_SPAN(salt), want));
	assert_false(gone->salted);
	assert_true(gone->has_sha384);
	assert_memory_equal(gone->sha256, want, 32);
	/* Nothing tells the document: not its digest, not its salt. */
	assert_null(memmem(out.p, out.n, "tenant", 6));
	assert_null(memmem(out.p, out.n, salt, sizeof(salt)));
	ev_archive_free(&before);
	ev_archive_free(&after);
}

static void redaction_goes_on_from_a_redacted_archive(void **state)
{
	static const char *const second[] = { "items/tdx-quote/0000.bin",
					      "items/wrapper/0000.bin" };
	struct co_redaction_request request = { .names = &paths[IMDS],
						.n_names = 1,
						.reason = "one",
						.link_source = true };
	struct co_key *key = sample_key(sample_p256);
	ev_auto_buffer struct ev_buffer file = { 0 };
	ev_auto_buffer struct ev_buffer one = { 0 };
	ev_auto_buffer struct ev_buffer two = { 0 };
	struct ev_archive a, b, c;
	struct ev_error err = { 0 };
	char id[65];

	(void)state;
	make_source(NULL, &file);
	open_sound(&file, &a);
	assert_int_equal(redact(&a, &request, key, &one, &err), EV_OK);
	open_sound(&one, &b);
	assert_int_equal(b.n_sigs, 1);
	ev_hex_encode(EV_SPAN(a.id), id);
	assert_string_equal(
		ev_node_text(ev_node_member(
			ev_node_member(b.manifest.predicate, "source"),
			"sha256")),
		id);
	/* Twice is refused; another goes on, and forgets the source. */
	assert_int_equal(redact(&b, &request, NULL, &two, &err), EV_VALUE);
	err = (struct ev_error){ 0 };
	request = (struct co_redaction_request){ .names = second,
						 .n_names = 2,
						 .reason = "two" };
	assert_int_equal(redact(&b, &request, NULL, &two, &err), EV_OK);
	open_sound(&two, &c);
	assert_int_equal(c.manifest.redactions.n, 4);
	assert_string_equal(c.manifest.redactions.list[0].reason, "one");
	assert_string_equal(c.manifest.redactions.list[3].reason, "two");
	assert_int_equal(member_of(&c, "source").n, 0);
	ev_archive_free(&a);
	ev_archive_free(&b);
	ev_archive_free(&c);
	co_key_free(key);
}

/* --- what is refused --- */

static const struct {
	size_t names[4]; /* ended by N_ITEMS */
	size_t about;	 /* the path that the refusal names */
	const char *want;
} refusals[] = {
	{ { IMDS_SALT, N_ITEMS }, IMDS_SALT, "a salt goes with its item" },
	{ { QUOTE, N_ITEMS }, WRAPPER, "was decoded from it" },
	{ { AGAIN, N_ITEMS }, INSTANCE, "shares a salt" },
	{ { LOG, N_ITEMS }, COPY, "the bytes of one" },
	{ { COPY, N_ITEMS }, LOG, "the bytes of one" },
};

static void choices_that_withhold_nothing_in_truth_are_refused(void **state)
{
	static const char *const absent[] = { "items/tdx-quote/0001.bin" };
	struct co_redaction_request request = { .names = absent,
						.n_names = 1,
						.reason = "" };
	ev_auto_buffer struct ev_buffer file = { 0 };
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct ev_archive a;
	struct ev_error err = { 0 };

	(void)state;
	make_source(NULL, &file);
	open_sound(&file, &a);
	assert_int_equal(redact(&a, &request, NULL, &out, &err), EV_VALUE);
	assert_string_equal(err.found, absent[0]);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const char *names[4];

		request.names = names;
		request.n_names = 0;
		while (refusals[i].names[request.n_names] != N_ITEMS) {
			names[request.n_names] =
				paths[refusals[i].names[request.n_names]];
			request.n_names++;
		}
		err = (struct ev_error){ 0 };
		assert_int_equal(redact(&a, &request, NULL, &out, &err),
				 EV_VALUE);
		assert_string_equal(err.object, "redact");
		assert_string_equal(err.found, paths[refusals[i].about]);
		assert_non_null(strstr(err.want, refusals[i].want));
	}
	assert_int_equal(out.n, 0);
	ev_archive_free(&a);
}

static void withholding_everything_is_refused(void **state)
{
	const char *names[N_ITEMS];
	struct co_redaction_request request = { .names = names, .reason = "" };
	ev_auto_buffer struct ev_buffer file = { 0 };
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct ev_archive a;
	struct ev_error err = { 0 };

	(void)state;
	make_source(NULL, &file);
	open_sound(&file, &a);
	for (size_t i = 0; i < N_ITEMS; i++)
		if (i != IMDS_SALT && i != BOTH_SALT)
			names[request.n_names++] = paths[i];
	assert_int_equal(redact(&a, &request, NULL, &out, &err), EV_VALUE);
	assert_non_null(strstr(err.want, "nothing would be kept"));
	/* All but one, the same name twice. */
	names[0] = names[1];
	err = (struct ev_error){ 0 };
	assert_int_equal(redact(&a, &request, NULL, &out, &err), EV_VALUE);
	assert_string_equal(err.found, paths[WRAPPER]);
	ev_archive_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept_is_as_it_was),
		cmocka_unit_test(collector_differs_in_its_verb_alone),
		cmocka_unit_test(
			salted_items_are_named_by_the_digest_that_nonces_hold),
		cmocka_unit_test(redaction_goes_on_from_a_redacted_archive),
		cmocka_unit_test(
			choices_that_withhold_nothing_in_truth_are_refused),
		cmocka_unit_test(withholding_everything_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
