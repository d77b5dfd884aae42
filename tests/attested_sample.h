/* SPDX-License-Identifier: Apache-2.0 */
/* A real attested document of 2019 whose content was edited. */
#ifndef TESTS_ATTESTED_SAMPLE_H
#define TESTS_ATTESTED_SAMPLE_H

#include "evidence/base/base64.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Its message; the caller frees *owned.  The file's end of line was encoded
 * with it and is no part of it. */
static inline struct ev_span attested_edited(uint8_t **owned)
{
	struct ev_span text;
	char *joined;
	size_t n = 0, used = 0;

	assert_true(vectors_read("azure/imds-attested-message-bad.b64", &text));
	joined = malloc(text.n + 1);
	*owned = malloc(text.n + 1);
	assert_non_null(joined);
	assert_non_null(*owned);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\n')
			joined[used++] = (char)text.p[i];
	assert_true(ev_base64_decode(EV_BASE64_STD, ev_span_of(joined, used),
				     *owned, &n));
	free(joined);
	assert_int_equal((*owned)[n - 1], '\n');
	return ev_span_of(*owned, n - 1);
}

#endif
