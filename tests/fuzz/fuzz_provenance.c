/* SPDX-License-Identifier: Apache-2.0 */
/* Provenance: what is composed of a build is canonical, and what is read has a
 * builder; the input is tried as both. */
#include "audit/references/provenance.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>

static void compose(struct ev_span build)
{
	static const uint8_t sha256[32] = { 0 };
	struct ev_error err = { 0 };
	char *text = NULL;
	size_t n = 0;

	if (au_provenance_statement(build, EV_SPAN_LITERAL("image"), sha256,
				    &text, &n, &err) == EV_OK)
		assert(ev_json_check_canonical(ev_span_of(text, n), NULL,
					       "provenance", &err) == EV_OK);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct au_provenance p = { 0 };
	struct ev_error err = { 0 };

	compose(ev_span_of(bytes, n));
	if (au_provenance_parse(ev_span_of(bytes, n), &p, &err) != EV_OK)
		return 0;
	assert(p.builder_id.n > 0 && p.build_type.n > 0);
	assert(p.envelope.n_signatures > 0 && json_array_size(p.subject) > 0);
	au_provenance_free(&p);
	return 0;
}
