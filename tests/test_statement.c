/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: compared with what was recomputed, written, printed, counted. */
#include "audit/endorsement.h"

#include "evidence/base/json.h"
#include "tests/corim_case.h"

static struct ev_crypto *crypto;
static struct au_statements list;
static const struct au_cose_trust nobody = { NULL, 0, 0 };

static int begin(void **state)
{
	(void)state;
	crypto = ev_crypto_new();
	return crypto == NULL;
}

static int end(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

/* The one statement of a document of the folder. */
static struct au_statement *say(const char *document, const char *signature,
				struct ev_span bytes[2])
{
	struct au_signed_document doc = { .use = AU_COSE_DETACHED };
	struct ev_error err = { 0 };

	bytes[0] = corim_read(document);
	bytes[1] = (struct ev_span){ NULL, 0 };
	if (signature != NULL)
		bytes[1] = corim_read(signature);
	doc.document = bytes[0];
	doc.signature = bytes[1];
	list.n = 0;
	assert_int_equal(au_statement_corim(&doc, &nobody, crypto, &list, &err),
			 EV_OK);
	assert_int_equal(list.n, 1);
	return &list.item[0];
}

static void done(struct ev_span bytes[2])
{
	corim_free(bytes[0]);
	corim_free(bytes[1]);
}

static void a_manifest_agrees_with_its_value_alone(void **state)
{
	struct ev_span bytes[2];
	struct au_statement *s = say("good-tdx.cbor", NULL, bytes);
	uint8_t value[48], other[48] = { 0 };
	struct au_recomputed r = { "tdx", EV_SPAN(value) };

	(void)state;
	assert_string_equal(s->platform, "tdx");
	assert_int_equal(s->svn, 12);
	assert_int_equal(s->agreement, AU_NOT_COMPARED);
	memcpy(value, s->value, 48);
	au_statements_compare(&list, NULL, 0);
	assert_int_equal(s->agreement, AU_NOT_COMPARED);
	au_statements_compare(&list, &r, 1);
	assert_int_equal(s->agreement, AU_AGREES);
	assert_int_equal(au_statements_status(&list), 2); /* unsigned */
	r.value = EV_SPAN(other);
	au_statements_compare(&list, &r, 1);
	assert_int_equal(s->agreement, AU_CONTRADICTS);
	assert_int_equal(au_statements_status(&list), 1);
	r.platform = "snp";
	au_statements_compare(&list, &r, 1);
	assert_int_equal(s->agreement, AU_NOT_COMPARED);
	/* A prefix is another value. */
	r = (struct au_recomputed){ "tdx", ev_span_of(value, 47) };
	au_statements_compare(&list, &r, 1);
	assert_int_equal(s->agreement, AU_CONTRADICTS);
	done(bytes);
}

static void the_status_is_the_worst(void **state)
{
	static const struct {
		enum au_agreement agreement;
		enum au_signature_state signature;
		int status;
	} rows[] = {
		{ AU_AGREES, AU_SIGNED, 0 },
		{ AU_AGREES, AU_SIGNED_NO_ROOT, 2 },
		{ AU_AGREES, AU_UNSIGNED, 2 },
		{ AU_NOT_COMPARED, AU_SIGNED, 2 },
		{ AU_CONTRADICTS, AU_SIGNED, 1 },
		{ AU_AGREES, AU_SIGNED_NOT, 1 },
		{ AU_AGREES, AU_SIGNED_KEY, 1 },
		{ AU_AGREES, AU_SIGNED_USAGE, 1 },
		{ AU_AGREES, AU_SIGNED_INCOMPLETE, 1 },
		{ AU_AGREES, AU_SIGNED_UNTRUSTED, 1 },
		{ AU_AGREES, AU_SIGNED_PATH, 1 },
		{ AU_AGREES, AU_SIGNED_EXPIRED, 1 },
		{ AU_AGREES, AU_SIGNED_NOT_YET, 1 },
		{ AU_AGREES, AU_SIGNED_OUTSIDE, 1 },
	};

	(void)state;
	list.n = 0;
	assert_int_equal(au_statements_status(&list), 2);
	list.n = 1;
	list.item[0] = (struct au_statement){ .agreement = AU_AGREES,
					      .signature.state = AU_SIGNED };
	list.n_silent = 1;
	assert_int_equal(au_statements_status(&list), 2);
	list.n_silent = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		list.n = 1;
		list.item[0] =
			(struct au_statement){ .agreement = rows[i].agreement,
					       .signature.state =
						       rows[i].signature };
		assert_int_equal(au_statements_status(&list), rows[i].status);
		/* Beside a good one it is no better. */
		list.item[1] = list.item[0];
		list.item[0].agreement = AU_AGREES;
		list.item[0].signature.state = AU_SIGNED;
		list.n = 2;
		assert_int_equal(au_statements_status(&list), rows[i].status);
	}
	list.item[1].refused.code = EV_VALUE;
	assert_int_equal(au_statements_status(&list), 1);
}

static void a_refused_document_is_a_statement(void **state)
{
	struct ev_span bytes[2];
	struct au_statement *s = say("series-digest.cbor", NULL, bytes);
	ev_auto_buffer struct ev_buffer out = { 0 };

	(void)state;
	assert_int_equal(s->refused.code, EV_VALUE);
	assert_string_equal(s->refused.field, "series digest");
	assert_null(s->platform);
	assert_int_equal(s->size, 0);
	done(bytes);
	s = say("good-tdx.cbor", "critical.cose", bytes);
	assert_string_equal(s->refused.field, "crit");
	assert_null(s->platform);
	au_statements_print(&list, "", false, &out);
	ev_buffer_add_byte(&out, 0);
	assert_non_null(strstr((char *)out.p, "refused"));
	done(bytes);
}

/* Each document of the folder, as text and as JSON. */
static void what_is_written_is_canonical_and_narrow(void **state)
{
	struct ev_span index = corim_read("signatures");
	char *at = (char *)(uintptr_t)index.p, *column[CORIM_COLUMNS];

	(void)state;
	while (corim_line(&at, column)) {
		ev_auto_writer struct ev_writer *w = ev_writer_new();
		ev_auto_buffer struct ev_buffer out = { 0 };
		struct ev_error err = { 0 };
		struct ev_span bytes[2];
		size_t n = 0, width = 0;
		char *text;

		if (strcmp(column[1], "-") == 0)
			continue;
		say(column[1], column[0], bytes);
		ev_write_object(w, NULL);
		au_statements_write(&list, "statements", w);
		ev_write_end(w);
		text = ev_writer_finish(w, &n);
		assert_non_null(text);
		assert_int_equal(ev_json_check_canonical(ev_span_of(text, n),
							 NULL, "test", &err),
				 EV_OK);
		free(text);
		au_statements_print(&list, "        ", false, &out);
		assert_true(ev_buffer_ok(&out) && out.n > 0);
		for (size_t i = 0; i < out.n; i++) {
			width = out.p[i] == '\n' ? 0 : width + 1;
			assert_true(width <= 80);
		}
		done(bytes);
	}
	corim_free(index);
}

static void an_id_block_is_compared_by_its_digest(void **state)
{
	uint8_t bytes[AU_ID_BLOCK_SIZE] = { 0 }, value[48];
	const struct au_recomputed r = { "snp", EV_SPAN(value) };
	struct ev_error err = { 0 };

	(void)state;
	memset(bytes + 8, 0xd1, 48);
	memset(value, 0xd1, 48);
	list.n = 0;
	assert_int_equal(au_statement_id_block(EV_SPAN(bytes), 7, &list, &err),
			 EV_OK);
	au_statements_compare(&list, &r, 1);
	assert_int_equal(list.item[0].agreement, AU_AGREES);
	assert_int_equal(list.item[0].offset, 15);
	assert_int_equal(au_statements_status(&list), 2);
	value[47] ^= 1;
	au_statements_compare(&list, &r, 1);
	assert_int_equal(list.item[0].agreement, AU_CONTRADICTS);
}

/* A launch that carries a manifest of another platform, and one of its own. */
static void a_launch_speaks_of_itself(void **state)
{
	struct ev_span bytes = corim_read("good-snp.cbor");
	struct au_launch launch = { .reg = &au_registers[0], .corim = bytes };
	struct au_candidate c = { .launch = &launch, .is_default = true };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_registers[0].platform, AU_TDX);
	list.n = 0;
	assert_int_equal(au_endorsement_read(&c, &nobody, crypto, &list, &err),
			 EV_OK);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.item[0].agreement, AU_CONTRADICTS);
	assert_non_null(strstr(list.item[0].reason, "speaks of snp"));
	launch.reg = &au_registers[1];
	memcpy(c.value, list.item[0].value, 48);
	list.n = 0;
	assert_int_equal(au_endorsement_read(&c, &nobody, crypto, &list, &err),
			 EV_OK);
	assert_int_equal(list.item[0].agreement, AU_AGREES);
	launch.corim = (struct ev_span){ NULL, 0 };
	list.n = 0;
	assert_int_equal(au_endorsement_read(&c, &nobody, crypto, &list, &err),
			 EV_OK);
	assert_int_equal(list.n, 0);
	/* The two before carried one. */
	assert_int_equal(list.n_silent, 1);
	assert_string_equal(list.silent[0], "snp");
	list.n_silent = 0;
	corim_free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_agrees_with_its_value_alone),
		cmocka_unit_test(the_status_is_the_worst),
		cmocka_unit_test(a_refused_document_is_a_statement),
		cmocka_unit_test(what_is_written_is_canonical_and_narrow),
		cmocka_unit_test(an_id_block_is_compared_by_its_digest),
		cmocka_unit_test(a_launch_speaks_of_itself),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, end);
}
