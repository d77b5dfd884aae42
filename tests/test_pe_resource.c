/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/image/pe_resource. */
#include "audit/image/pe_resource.h"

#include "tests/image_case.h"

static enum ev_code find(struct ev_span item, struct ev_error *err)
{
	struct ev_span out;
	uint64_t offset;

	return au_pe_resource_find(item, &out, &offset, err);
}

static void the_resource_is_exactly_the_igvm(void **state)
{
	struct ev_span dll = image_sample("igvm.dll");
	struct ev_span inner = image_sample("small-1.igvm"), out;
	struct ev_error err = { 0 };
	uint64_t offset;

	(void)state;
	assert_true(au_pe_is(dll));
	assert_false(au_pe_is(inner));
	assert_int_equal(au_pe_resource_find(dll, &out, &offset, &err), EV_OK);
	assert_true(ev_span_eq(out, inner));
	assert_ptr_equal(out.p, dll.p + offset);
	image_sample_free(dll);
	image_sample_free(inner);
}

/* Bytes behind the resource belong to nothing that is looked at, but the
 * section must be in the file. */
static void every_prefix_is_refused(void **state)
{
	struct ev_span dll = image_sample("igvm.dll");

	(void)state;
	parse_prefixes(find, dll, dll.n);
	image_sample_free(dll);
}

static void changed_bytes_never_crash(void **state)
{
	struct ev_span dll = image_sample("igvm.dll");

	(void)state;
	parse_mutations(find, dll, 2000);
	image_sample_free(dll);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_resource_is_exactly_the_igvm),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(changed_bytes_never_crash),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
